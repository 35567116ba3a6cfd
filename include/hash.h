/*
 * hash - SHA-256 and random bytes, by libsodium
 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

struct buf;

#define HASH_SIZE     32
#define HASH_HEX_SIZE 65

void hash_sha256(const void *data, size_t len, unsigned char out[HASH_SIZE]);

/* The same a piece at a time. */
struct hash_sum {
	_Alignas(8) unsigned char state[128]; /* libsodium's */
};

void hash_sum_begin(struct hash_sum *sum);
void hash_sum_add(struct hash_sum *sum, const void *data, size_t len);
void hash_sum_end(struct hash_sum *sum, unsigned char out[HASH_SIZE]);

void hash_hex(const unsigned char *bytes, size_t len, char *out); /* 2 × len + NUL */

/* The first 16 hex digits of the SHA-256: how a record's answers are named on the
 * wire. */
void hash_short(const void *data, size_t len, char out[17]);

/* RFC 9530 "sha-256=:…:" of the bytes. */
void hash_content_digest(const void *data, size_t len, char out[64]);

/* Appends RFC 4648 base64, with its "=". */
void hash_base64(const void *data, size_t len, struct buf *out);

void hash_random(void *out, size_t len);

/* True when the signature is that key's of those bytes (Ed25519, RFC 8032). */
#define HASH_KEY_SIZE       32
#define HASH_SIGNATURE_SIZE 64
int hash_signature_holds(const unsigned char signature[HASH_SIGNATURE_SIZE],
    const void *data, size_t len, const unsigned char key[HASH_KEY_SIZE]);

/* True when equal, in constant time. */
int hash_equal(const void *a, const void *b, size_t len);

#endif
