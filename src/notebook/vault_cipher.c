#include "vault_cipher.h"

#include <sodium.h>
#include <string.h>

_Static_assert(CIPHER_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(CIPHER_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(CIPHER_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

#define PLACE_SIZE (CIPHER_FILE_ID + 8 + 8 + 8)

static void
put64(unsigned char *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static void
write_place(const struct cipher *c, struct cipher_place at, unsigned char *out)
{
	memcpy(out, c->file_id, CIPHER_FILE_ID);
	put64(out + CIPHER_FILE_ID, at.kind);
	put64(out + CIPHER_FILE_ID + 8, at.number);
	put64(out + CIPHER_FILE_ID + 16, at.epoch);
}

void
cipher_start(struct cipher *c)
{
	randombytes_buf(c->nonce, sizeof(c->nonce));
	c->sealed = 0;
}

void
cipher_seal(struct cipher *c, struct cipher_place at, const void *in, size_t len,
	    unsigned char *out)
{
	unsigned char place[PLACE_SIZE], *nonce = out + len;

	write_place(c, at, place);
	put64(c->nonce + CIPHER_NONCE - 8, c->sealed++);
	memcpy(nonce, c->nonce, CIPHER_NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
	    out, nonce + CIPHER_NONCE, NULL, in, len, place, sizeof(place), NULL,
	    c->nonce, c->key);
}

bool
cipher_open(const struct cipher *c, struct cipher_place at, const unsigned char *in,
	    size_t len, void *out)
{
	unsigned char place[PLACE_SIZE];
	const unsigned char *nonce = in + len;

	write_place(c, at, place);
	return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
		   out, NULL, in, len, nonce + CIPHER_NONCE, place, sizeof(place),
		   nonce, c->key) == 0;
}

void
cipher_digest(const struct cipher *c, const char *purpose, const void *bytes,
	      size_t len, unsigned char out[CIPHER_DIGEST])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, c->key, CIPHER_KEY, CIPHER_DIGEST);
	crypto_generichash_update(&state, (const unsigned char *)purpose,
				  strlen(purpose) + 1);
	crypto_generichash_update(&state, bytes, len);
	crypto_generichash_final(&state, out, CIPHER_DIGEST);
	sodium_memzero(&state, sizeof(state));
}
