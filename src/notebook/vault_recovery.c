/*
 * The district's key pair, as text that people copy.
 */
#include "vault.h"

#include "err.h"
#include "i18n.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX      "minqing-"
#define PREFIX_LEN  (sizeof(PREFIX) - 1)
#define CHECK_BYTES 4
#define KEY_BYTES   (VAULT_RECOVERY_SIZE + CHECK_BYTES)

_Static_assert(VAULT_RECOVERY_TEXT == PREFIX_LEN + 2 * KEY_BYTES + 1, "text");

static void
add_check(unsigned char bytes[KEY_BYTES])
{
	unsigned char digest[crypto_generichash_BYTES];

	crypto_generichash(digest, sizeof(digest), bytes, VAULT_RECOVERY_SIZE, NULL, 0);
	memcpy(bytes + VAULT_RECOVERY_SIZE, digest, CHECK_BYTES);
}

static void
write_text(unsigned char bytes[KEY_BYTES], char text[VAULT_RECOVERY_TEXT])
{
	add_check(bytes);
	memcpy(text, PREFIX, PREFIX_LEN);
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
	write_text(public, public_text);
	write_text(secret, secret_text);
}

bool
vault_recovery_read(const char *text, unsigned char key[VAULT_RECOVERY_SIZE],
		    struct err *err)
{
	unsigned char bytes[KEY_BYTES], checked[KEY_BYTES];
	const char *end = NULL;
	size_t len = 0;
	bool good = false;

	text += strspn(text, " \t\r\n");
	if (strncmp(text, PREFIX, PREFIX_LEN) == 0 &&
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
		       PREFIX, 2 * KEY_BYTES);
}
