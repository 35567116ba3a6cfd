/*
 * The district's key pair, as text that people copy.
 */
#include "vault.h"

#include "err.h"
#include "i18n.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_LEN  (sizeof("minqing-public-") - 1)
#define CHECK_BYTES 4
#define KEY_BYTES   (VAULT_RECOVERY_SIZE + CHECK_BYTES)

_Static_assert(VAULT_RECOVERY_TEXT == PREFIX_LEN + 2 * KEY_BYTES + 1, "text");

static const char *const prefixes[] = {
	[VAULT_PUBLIC] = "minqing-public-",
	[VAULT_SECRET] = "minqing-secret-",
};

static void
add_check(unsigned char bytes[KEY_BYTES])
{
	unsigned char digest[crypto_generichash_BYTES];

	crypto_generichash(digest, sizeof(digest), bytes, VAULT_RECOVERY_SIZE, NULL, 0);
	memcpy(bytes + VAULT_RECOVERY_SIZE, digest, CHECK_BYTES);
}

static void
write_text(enum vault_half half, unsigned char bytes[KEY_BYTES],
	   char text[VAULT_RECOVERY_TEXT])
{
	add_check(bytes);
	memcpy(text, prefixes[half], PREFIX_LEN);
	sodium_bin2hex(text + PREFIX_LEN, 2 * KEY_BYTES + 1, bytes, KEY_BYTES);
	sodium_memzero(bytes, KEY_BYTES);
}

void
vault_recovery_make(char public_text[VAULT_RECOVERY_TEXT],
		    char secret_text[VAULT_RECOVERY_TEXT])
{
	unsigned char public[KEY_BYTES], secret[KEY_BYTES];

	/* No key may be made where the kernel gives no randomness. */
	if (sodium_init() < 0 || crypto_box_keypair(public, secret) != 0)
		abort();
	write_text(VAULT_PUBLIC, public, public_text);
	write_text(VAULT_SECRET, secret, secret_text);
}

static bool
has_prefix(const char *text, enum vault_half half)
{
	return strncmp(text, prefixes[half], PREFIX_LEN) == 0;
}

bool
vault_recovery_read(const char *text, enum vault_half half,
		    unsigned char key[VAULT_RECOVERY_SIZE], struct err *err)
{
	unsigned char bytes[KEY_BYTES], checked[KEY_BYTES];
	const char *end = NULL;
	size_t len = 0;
	bool good = false;

	text += strspn(text, " \t\r\n");
	if (half == VAULT_PUBLIC && has_prefix(text, VAULT_SECRET))
		return err_set(err, ERR_INPUT,
			       _("This is the secret half of the recovery key, and whoever reads "
				 "it can open every notebook. Take it away from here and put the "
				 "public half in its place; if others may have read it, make a "
				 "new pair."));
	if (half == VAULT_SECRET && has_prefix(text, VAULT_PUBLIC))
		return err_set(err, ERR_INPUT,
			       _("This is the public half of the recovery key, which opens "
				 "nothing. Give the file that \"minqing vault recovery-key\" "
				 "made: it begins with \"%s\"."),
			       prefixes[VAULT_SECRET]);
	if (has_prefix(text, half) &&
	    sodium_hex2bin(bytes, sizeof(bytes), text + PREFIX_LEN, 2 * KEY_BYTES, NULL,
			   &len, &end) == 0 &&
	    len == KEY_BYTES && !end[strspn(end, " \t\r\n")]) {
		memcpy(checked, bytes, KEY_BYTES);
		add_check(checked);
		good = sodium_memcmp(checked, bytes, KEY_BYTES) == 0;
	}
	if (good)
		memcpy(key, bytes, VAULT_RECOVERY_SIZE);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(checked, sizeof(checked));
	return good ||
	       err_set(err, ERR_INPUT,
		       _("This is not a recovery key: it begins with \"%s\" and has %d "
			 "digits and letters after it. Copy it whole."),
		       prefixes[half], 2 * KEY_BYTES);
}
