/*
 * vault_cipher - sealing one unit of a sealed notebook, and opening it
 *
 * The only file that knows the cipher: another one needs these functions and no more.
 * A sealed unit is CIPHER_EXTRA bytes longer than what is in it: ciphertext, nonce, tag.
 * Its place is authenticated with it, so that a unit that stands elsewhere, in another
 * file or in another generation of the log does not open.
 */
#ifndef VAULT_CIPHER_H
#define VAULT_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CIPHER_KEY     32
#define CIPHER_FILE_ID 16
#define CIPHER_NONCE   24
#define CIPHER_TAG     16
#define CIPHER_EXTRA   (CIPHER_NONCE + CIPHER_TAG)
#define CIPHER_DIGEST  32

enum cipher_kind {
	CIPHER_SLOT = 1,    /* number: the slot */
	CIPHER_STATE,       /* number: which of the two */
	CIPHER_PAGE,        /* number: the page, from 0 */
	CIPHER_LOG_HEADER,
	CIPHER_FRAME_HEADER, /* number: the frame, from 0 */
	CIPHER_FRAME,        /* the same; epoch: the log's salts */
};

/* Where a unit stands. */
struct cipher_place {
	enum cipher_kind kind;
	uint64_t number, epoch;
};

/* One key in use. Fill key and file_id, then cipher_start(). */
struct cipher {
	unsigned char key[CIPHER_KEY];
	unsigned char file_id[CIPHER_FILE_ID];
	/* 16 random bytes and a count: no nonce comes twice under a key. */
	unsigned char nonce[CIPHER_NONCE];
	uint64_t sealed;
};

void cipher_start(struct cipher *c);

/* out has room for len + CIPHER_EXTRA bytes; in and out may be the same. */
void cipher_seal(struct cipher *c, struct cipher_place at, const void *in, size_t len,
    unsigned char *out);
/* len is that of what comes out; false when the unit is not what was sealed there, and
 * out then holds nothing of use. */
bool cipher_open(const struct cipher *c, struct cipher_place at,
    const unsigned char *in, size_t len, void *out);

/* A keyed digest of some bytes, another one for every purpose. */
void cipher_digest(const struct cipher *c, const char *purpose, const void *bytes,
    size_t len, unsigned char out[CIPHER_DIGEST]);

#endif
