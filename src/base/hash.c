#include "hash.h"

#include "buf.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(HASH_SIZE == crypto_hash_sha256_BYTES, "HASH_SIZE");

void
hash_sha256(const void *data, size_t len, unsigned char out[HASH_SIZE])
{
	crypto_hash_sha256(out, data, len);
}

_Static_assert(sizeof(struct hash_sum) >= sizeof(crypto_hash_sha256_state), "hash_sum");

void
hash_sum_begin(struct hash_sum *sum)
{
	crypto_hash_sha256_init((void *)sum);
}

void
hash_sum_add(struct hash_sum *sum, const void *data, size_t len)
{
	crypto_hash_sha256_update((void *)sum, data, len);
}

void
hash_sum_end(struct hash_sum *sum, unsigned char out[HASH_SIZE])
{
	crypto_hash_sha256_final((void *)sum, out);
}

void
hash_hex(const unsigned char *bytes, size_t len, char *out)
{
	sodium_bin2hex(out, 2 * len + 1, bytes, len);
}

void
hash_short(const void *data, size_t len, char out[17])
{
	unsigned char full[HASH_SIZE];

	hash_sha256(data, len, full);
	hash_hex(full, 8, out);
}

void
hash_content_digest(const void *data, size_t len, char out[64])
{
	static const char prefix[] = "sha-256=:";
	unsigned char full[HASH_SIZE];
	const size_t at = sizeof(prefix) - 1;

	hash_sha256(data, len, full);
	memcpy(out, prefix, at);
	sodium_bin2base64(out + at, 64 - at, full, sizeof(full),
			  sodium_base64_VARIANT_ORIGINAL);
	strcat(out, ":");
}

void
hash_base64(const void *data, size_t len, struct buf *out)
{
	size_t most = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);

	buf_reserve(out, most);
	sodium_bin2base64(out->data + out->len, most, data, len,
			  sodium_base64_VARIANT_ORIGINAL);
	out->len += most - 1;
}

void
hash_random(void *out, size_t len)
{
	/* Safe to call again. It fails only where the kernel gives no randomness, and
	 * then no id and no token may be made. */
	if (sodium_init() < 0)
		abort();
	randombytes_buf(out, len);
}

int
hash_signature_holds(const unsigned char signature[HASH_SIGNATURE_SIZE],
		     const void *data, size_t len,
		     const unsigned char key[HASH_KEY_SIZE])
{
	return crypto_sign_verify_detached(signature, data, len, key) == 0;
}

int
hash_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}
