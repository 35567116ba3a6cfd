/*
 * vault_block - the key slots at the beginning of a sealed notebook
 *
 * A file begins with two copies of one block of BLOCK_SIZE bytes. In each:
 *
 *	   0  magic and version of the format, 16 bytes
 *	  16  the file's id, 16 random bytes
 *	  32  generation: the copy with the higher one counts
 *	  64  BLOCK_SLOTS slots of 224 bytes, see vault_block.c
 *	1984  unkeyed digest of what is before: is the copy damaged?
 *	2016  keyed digest of the same: is this that file's key, was it tampered with?
 *	2048  the state (vault_state.c), a sector of its own, not part of the block
 *
 * Numbers are little-endian. What the slots say before the passphrase was tried is only
 * believed within bounds.
 */
#ifndef VAULT_BLOCK_H
#define VAULT_BLOCK_H

#include "vault.h"
#include "vault_cipher.h"

#include <stdbool.h>
#include <stdint.h>

#define BLOCK_SIZE   4096
#define BLOCK_COPIES 2
#define BLOCK_BYTES  2048 /* of a block that are slots and digests */
#define BLOCK_SLOTS  4

/* Bounds of what a slot may ask for: more is taken for damage. */
#define COST_PASSES_MAX 64
#define COST_KIB_MAX    (128 * 1024)
#define COST_KIB_MIN    8

#define SALT_SIZE 16
#define WRAP_SIZE (CIPHER_KEY + CIPHER_EXTRA)
#define BOX_SIZE  (CIPHER_KEY + 48) /* crypto_box_seal */

enum slot_kind { SLOT_EMPTY, SLOT_PASSPHRASE, SLOT_RECOVERY };

struct slot {
	uint32_t kind; /* enum slot_kind */
	struct vault_cost cost;
	unsigned char salt[SALT_SIZE];
	unsigned char wrapped[WRAP_SIZE]; /* the data key under the passphrase's */
	unsigned char recovery[VAULT_RECOVERY_SIZE];
	unsigned char box[BOX_SIZE]; /* the data key sealed to that */
};

struct block {
	unsigned char file_id[CIPHER_FILE_ID];
	uint32_t generation;
	struct slot slots[BLOCK_SLOTS];
	unsigned char keyed[CIPHER_DIGEST];
};

/* The block's bytes, with both digests. */
void block_write(const struct block *b, const struct cipher *c,
    unsigned char out[BLOCK_BYTES]);

/* False when it is no block, damaged, or asks for what is out of bounds. */
bool block_read(struct block *b, const unsigned char in[BLOCK_BYTES]);

/* Is it that file's key, and has nobody changed the block? */
bool block_is_of(const struct block *b, const struct cipher *c);

#endif
