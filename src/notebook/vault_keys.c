/*
 * Wrapping the data key: by a passphrase, and to the district's recovery key.
 */
#include "vault_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "text.h"

#include <sodium.h>
#include <string.h>

/* Where in the block the slots of either kind go; the others are for later kinds. */
enum { OF_PASSPHRASE, OF_RECOVERY };

struct vault_key *
key_alloc(struct err *err)
{
	struct vault_key *key = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*key));

	if (!key) {
		err_set(err, ERR_SYSTEM,
			_("There is not enough memory for the notebook's key. Close "
			  "other programs and try again."));
		return NULL;
	}
	memset(key, 0, sizeof(*key));
	return key;
}

void
vault_key_free(struct vault_key *key)
{
	sodium_free(key); /* wipes it */
}

void
vault_passphrase_wipe(struct vault_passphrase *p)
{
	sodium_memzero(p, sizeof(*p));
}

/* The same letters typed in another way are the same passphrase (NFC), and blanks at its
 * ends, which nobody sees, are no part of it. */
static void
compose(const struct vault_passphrase *p, struct buf *out)
{
	buf_reserve(out, 4 * VAULT_PASSPHRASE_MAX); /* no copy is left behind */
	text_nfc(p->text, p->len, out);
	text_trim(out->data);
	out->len = strlen(out->data);
}

static void
wipe(struct buf *composed)
{
	sodium_memzero(composed->data, composed->cap);
	buf_clear(composed);
}

static bool
derive(const struct vault_passphrase *p, const struct slot *slot,
       unsigned char out[CIPHER_KEY], struct err *err)
{
	struct buf composed = { 0 };
	int code;

	compose(p, &composed);
	code =
	    crypto_pwhash(out, CIPHER_KEY, buf_text(&composed), composed.len,
			  slot->salt, slot->cost.passes, (size_t)slot->cost.kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13);
	wipe(&composed);
	if (code == 0)
		return true;
	return err_set(err, ERR_SYSTEM,
		       _("There is not enough memory to check the passphrase: it wants "
			 "%u MiB. Close other programs and try again."),
		       (unsigned)(slot->cost.kib / 1024 + 1));
}

static void
slot_cipher(struct cipher *wrapping, const struct block *block)
{
	memcpy(wrapping->file_id, block->file_id, CIPHER_FILE_ID);
	cipher_start(wrapping);
}

/* The cost is authenticated with the wrapped key. */
static struct cipher_place
slot_place(const struct slot *slot, int index)
{
	return (struct cipher_place){
		.kind = CIPHER_SLOT,
		.number = (uint64_t)index,
		.epoch = (uint64_t)slot->cost.passes << 32 | slot->cost.kib,
	};
}

bool
key_wrap(const struct cipher *c, struct block *block, const struct vault_choice *choice,
	 struct err *err)
{
	struct slot slot = { .kind = SLOT_PASSPHRASE };
	struct slot recovery = block->slots[OF_RECOVERY];
	struct cipher wrapping;
	bool good;

	if (choice->recovery) {
		recovery = (struct slot){ .kind = SLOT_RECOVERY };
		memcpy(recovery.recovery, choice->recovery, VAULT_RECOVERY_SIZE);
		if (crypto_box_seal(recovery.box, c->key, CIPHER_KEY, recovery.recovery) != 0)
			return err_set(err, ERR_INPUT,
				       _("The district's recovery key is not a key. Ask the "
				    "district for a new district.txt."));
	}
	slot.cost = choice->cost ? *choice->cost : vault_cost_measure();
	randombytes_buf(slot.salt, SALT_SIZE);
	good = derive(choice->passphrase, &slot, wrapping.key, err);
	if (good) {
		slot_cipher(&wrapping, block);
		cipher_seal(&wrapping, slot_place(&slot, OF_PASSPHRASE), c->key,
			    CIPHER_KEY, slot.wrapped);
		block->slots[OF_PASSPHRASE] = slot;
		block->slots[OF_RECOVERY] = recovery;
	}
	sodium_memzero(&wrapping, sizeof(wrapping));
	return good;
}

/* The key that came out is the file's, or it is not kept. */
static int
accept_key(struct vault_key *key, const struct block *block, struct err *err)
{
	memcpy(key->cipher.file_id, block->file_id, CIPHER_FILE_ID);
	key->block = *block;
	if (block_is_of(block, &key->cipher))
		return 1;
	sodium_memzero(key, sizeof(*key));
	err_set(err, ERR_SYSTEM,
		_("The beginning of the notebook's file was changed from outside, so "
		  "it is not opened. Do not delete it. Bring back the last backup: "
		  "\"minqing restore\" tells which there are."));
	return -1;
}

int
key_unwrap(struct vault_key *key, const struct block *block,
	   const struct vault_passphrase *p, struct err *err)
{
	for (int i = 0; i < BLOCK_SLOTS; i++) {
		const struct slot *slot = &block->slots[i];
		struct cipher wrapping;
		bool derived, opened;

		if (slot->kind != SLOT_PASSPHRASE)
			continue;
		derived = derive(p, slot, wrapping.key, err);
		slot_cipher(&wrapping, block);
		opened = derived && cipher_open(&wrapping, slot_place(slot, i),
						slot->wrapped, CIPHER_KEY,
						key->cipher.key);
		sodium_memzero(&wrapping, sizeof(wrapping));
		if (!derived)
			return -1;
		if (opened)
			return accept_key(key, block, err);
	}
	return 0;
}

int
key_unseal(struct vault_key *key, const struct block *block,
	   const unsigned char secret[VAULT_RECOVERY_SIZE], struct err *err)
{
	unsigned char public[VAULT_RECOVERY_SIZE];

	if (crypto_scalarmult_base(public, secret) != 0)
		return 0;
	for (int i = 0; i < BLOCK_SLOTS; i++) {
		const struct slot *slot = &block->slots[i];

		if (slot->kind == SLOT_RECOVERY &&
		    crypto_box_seal_open(key->cipher.key, slot->box, BOX_SIZE, public,
					 secret) == 0)
			return accept_key(key, block, err);
	}
	return 0;
}

/* --- choosing --- */

/* A hanzi says about as much as two letters, and is two columns wide. */
#define PASSPHRASE_COLUMNS 8

bool
vault_passphrase_check(const struct vault_passphrase *p, struct err *err)
{
	struct buf words = { 0 };
	bool only_digits;
	int columns;

	if (p->len > VAULT_PASSPHRASE_MAX || memchr(p->text, '\0', p->len) ||
	    !text_valid(p->text, p->len))
		return err_set(err, ERR_INPUT,
			       _("This cannot be a passphrase: at most %d bytes of ordinary "
			    "text. Choose a shorter one."),
			       VAULT_PASSPHRASE_MAX);
	compose(p, &words);
	columns = text_width(words.data, words.len);
	only_digits = strspn(words.data, "0123456789") == words.len;
	wipe(&words);
	if (columns < PASSPHRASE_COLUMNS)
		return err_set(err, ERR_INPUT,
			       _("The passphrase is too short: at least eight letters, or "
			    "four hanzi. A few words are easy to keep in mind. Choose "
			    "a longer one."));
	if (only_digits)
		return err_set(err, ERR_INPUT,
			       _("Digits alone are found by trying: take words, or add "
				 "some letters."));
	return true;
}
