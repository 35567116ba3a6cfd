/*
 * digest - checksums that the form language can ask for, and their spellings
 *
 * MD5 and SHA-1 are here because forms use them to tell texts apart; nothing is kept
 * secret by them.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

struct arena;

#define DIGEST_MAX 64

/* name as in digest(): "SHA-256". Bytes written; 0 when the name is unknown. */
size_t digest(const char *name, const void *data, size_t len,
	      unsigned char out[DIGEST_MAX]);

const char *digest_hex(const unsigned char *bytes, size_t len, struct arena *a);
const char *digest_base64(const unsigned char *bytes, size_t len, struct arena *a);
/* NUL-terminated behind its len bytes. What is no base64 is passed over. */
const char *digest_base64_decode(const char *text, size_t *len, struct arena *a);

#endif
