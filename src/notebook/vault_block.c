#include "vault_block.h"

#include <sodium.h>
#include <string.h>

_Static_assert(BOX_SIZE == CIPHER_KEY + crypto_box_SEALBYTES, "box");
_Static_assert(VAULT_RECOVERY_SIZE == crypto_box_PUBLICKEYBYTES, "recovery");
_Static_assert(SALT_SIZE == crypto_pwhash_SALTBYTES, "salt");

static const unsigned char magic[16] = "minqing vault\0\0\1";

#define AT_FILE_ID    16
#define AT_GENERATION 32
#define AT_SLOTS      64
#define SLOT_SIZE     224
#define AT_DIGEST     1984
#define AT_KEYED      2016

/* Where the parts of a slot stand in it. */
enum {
	IN_KIND = 0,
	IN_PASSES = 4,
	IN_KIB = 8,
	IN_SALT = 16,
	IN_WRAPPED = 32,
	IN_RECOVERY = 112,
	IN_BOX = 144,
};

static void
put32(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t
get32(const unsigned char *in)
{
	return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
	       (uint32_t)in[3] << 24;
}

static void
slot_write(const struct slot *s, unsigned char *out)
{
	put32(out + IN_KIND, s->kind);
	put32(out + IN_PASSES, s->cost.passes);
	put32(out + IN_KIB, s->cost.kib);
	memcpy(out + IN_SALT, s->salt, SALT_SIZE);
	memcpy(out + IN_WRAPPED, s->wrapped, WRAP_SIZE);
	memcpy(out + IN_RECOVERY, s->recovery, VAULT_RECOVERY_SIZE);
	memcpy(out + IN_BOX, s->box, BOX_SIZE);
}

static void
slot_read(struct slot *s, const unsigned char *in)
{
	s->kind = get32(in + IN_KIND);
	s->cost.passes = get32(in + IN_PASSES);
	s->cost.kib = get32(in + IN_KIB);
	memcpy(s->salt, in + IN_SALT, SALT_SIZE);
	memcpy(s->wrapped, in + IN_WRAPPED, WRAP_SIZE);
	memcpy(s->recovery, in + IN_RECOVERY, VAULT_RECOVERY_SIZE);
	memcpy(s->box, in + IN_BOX, BOX_SIZE);
}

static bool
slot_is_sane(const struct slot *s)
{
	switch (s->kind) {
	case SLOT_EMPTY:
	case SLOT_RECOVERY:
		return true;
	case SLOT_PASSPHRASE:
		return s->cost.passes >= 1 && s->cost.passes <= COST_PASSES_MAX &&
		       s->cost.kib >= COST_KIB_MIN && s->cost.kib <= COST_KIB_MAX;
	}
	return false;
}

void
block_write(const struct block *b, const struct cipher *c,
	    unsigned char out[BLOCK_BYTES])
{
	memset(out, 0, BLOCK_BYTES);
	memcpy(out, magic, sizeof(magic));
	memcpy(out + AT_FILE_ID, b->file_id, CIPHER_FILE_ID);
	put32(out + AT_GENERATION, b->generation);
	for (int i = 0; i < BLOCK_SLOTS; i++)
		slot_write(&b->slots[i], out + AT_SLOTS + i * SLOT_SIZE);
	crypto_generichash(out + AT_DIGEST, CIPHER_DIGEST, out, AT_DIGEST, NULL, 0);
	cipher_digest(c, "slots", out, AT_DIGEST, out + AT_KEYED);
}

bool
block_read(struct block *b, const unsigned char in[BLOCK_BYTES])
{
	unsigned char digest[CIPHER_DIGEST];

	if (memcmp(in, magic, sizeof(magic)) != 0)
		return false;
	crypto_generichash(digest, sizeof(digest), in, AT_DIGEST, NULL, 0);
	if (memcmp(digest, in + AT_DIGEST, sizeof(digest)) != 0)
		return false;
	memcpy(b->file_id, in + AT_FILE_ID, CIPHER_FILE_ID);
	b->generation = get32(in + AT_GENERATION);
	for (int i = 0; i < BLOCK_SLOTS; i++) {
		slot_read(&b->slots[i], in + AT_SLOTS + i * SLOT_SIZE);
		if (!slot_is_sane(&b->slots[i]))
			return false;
	}
	memcpy(b->keyed, in + AT_KEYED, CIPHER_DIGEST);
	return true;
}

bool
block_is_of(const struct block *b, const struct cipher *c)
{
	unsigned char bytes[BLOCK_BYTES];

	if (memcmp(b->file_id, c->file_id, CIPHER_FILE_ID) != 0)
		return false;
	block_write(b, c, bytes);
	return sodium_memcmp(bytes + AT_KEYED, b->keyed, CIPHER_DIGEST) == 0;
}
