/*
 * A key put away under a PIN: what coming back from the idle lock needs, in memory.
 */
#include "vault_private.h"

#include "err.h"
#include "i18n.h"

#include <sodium.h>
#include <string.h>

/* In guarded memory, whole. */
struct vault_parked {
	unsigned char salt[SALT_SIZE];
	unsigned char file_id[CIPHER_FILE_ID];
	struct vault_cost cost;
	unsigned char sealed[sizeof(struct vault_key) + CIPHER_EXTRA];
	int tries; /* that are left */
};

bool
vault_pin_check(const char *pin, struct err *err)
{
	size_t len = strlen(pin);

	return (len >= VAULT_PIN_MIN && len <= VAULT_PIN_MAX &&
		strspn(pin, "0123456789") == len) ||
	       err_set(err, ERR_INPUT, _("A PIN is %d to %d digits. Choose another one."), VAULT_PIN_MIN,
		       VAULT_PIN_MAX);
}

static bool
pin_cipher(const struct vault_parked *parked, const char *pin, struct cipher *c)
{
	memcpy(c->file_id, parked->file_id, CIPHER_FILE_ID);
	if (crypto_pwhash(c->key, CIPHER_KEY, pin, strlen(pin), parked->salt,
			  parked->cost.passes, (size_t)parked->cost.kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return false;
	cipher_start(c);
	return true;
}

static const struct cipher_place place = { .kind = CIPHER_SLOT, .number = UINT64_MAX };

static bool
no_memory(struct err *err)
{
	return err_set(err, ERR_SYSTEM,
	    _("There is not enough memory to use the PIN. Type the passphrase, which "
	      "opens the notebook."));
}

struct vault_parked *
vault_park(const struct vault_key *key, const char *pin, struct err *err)
{
	struct vault_parked *parked = sodium_malloc(sizeof(*parked));
	struct cipher wrapping;
	bool good;

	if (!parked) {
		no_memory(err);
		return NULL;
	}
	memset(parked, 0, sizeof(*parked));
	randombytes_buf(parked->salt, SALT_SIZE);
	memcpy(parked->file_id, key->cipher.file_id, CIPHER_FILE_ID);
	for (int i = 0; i < BLOCK_SLOTS; i++)
		if (key->block.slots[i].kind == SLOT_PASSPHRASE)
			parked->cost = key->block.slots[i].cost;
	good = pin_cipher(parked, pin, &wrapping);
	if (good)
		cipher_seal(&wrapping, place, key, sizeof(*key), parked->sealed);
	sodium_memzero(&wrapping, sizeof(wrapping));
	if (good) {
		parked->tries = VAULT_PIN_TRIES;
		return parked;
	}
	no_memory(err);
	sodium_free(parked);
	return NULL;
}

struct vault_key *
vault_unpark(struct vault_parked *parked, const char *pin, struct err *err)
{
	struct vault_key *key = vault_parked_is_there(parked) ? key_alloc(err) : NULL;
	struct cipher wrapping;
	bool opened;

	if (!key || !pin_cipher(parked, pin, &wrapping)) {
		vault_key_free(key);
		no_memory(err);
		return NULL;
	}
	opened = cipher_open(&wrapping, place, parked->sealed, sizeof(*key), key);
	sodium_memzero(&wrapping, sizeof(wrapping));
	if (opened) {
		cipher_start(&key->cipher); /* nonces that were never used */
		return key;
	}
	vault_key_free(key);
	if (--parked->tries > 0)
		err_set(err, ERR_INPUT,
		    _("The PIN is wrong. Try again (tries left: %d)."), parked->tries);
	else
		err_set(err, ERR_INPUT,
		    _("The PIN was wrong three times. Now only the passphrase opens "
		      "the notebook: type it."));
	if (parked->tries == 0)
		sodium_memzero(parked, sizeof(*parked));
	return NULL;
}

bool
vault_parked_is_there(const struct vault_parked *parked)
{
	return parked && parked->tries > 0;
}

void
vault_parked_free(struct vault_parked *parked)
{
	sodium_free(parked);
}
