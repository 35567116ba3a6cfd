/* Batches as files for another carrier: sealed on the way up, locked on the way down. */
#include "wire.h"

#include "buf.h"
#include "json.h"
#include "uuid.h"
#include "wire_private.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(WIRE_KEY_SIZE == crypto_box_PUBLICKEYBYTES &&
	WIRE_KEY_SIZE == crypto_box_SECRETKEYBYTES &&
	WIRE_KEY_SIZE == crypto_secretbox_KEYBYTES, "keys");

static const char sealed_begins[] = "minqing-batch-1\n";
static const char locked_begins[] = "minqing-answer-1\n";

#define SEALED_BEGINS (sizeof(sealed_begins) - 1)
#define LOCKED_BEGINS (sizeof(locked_begins) - 1)

/* No key may be made where the kernel gives no randomness. */
static void
begin_sodium(void)
{
	if (sodium_init() < 0)
		abort();
}

void
wire_key_new(unsigned char public_key[WIRE_KEY_SIZE],
    unsigned char secret_key[WIRE_KEY_SIZE])
{
	begin_sodium();
	crypto_box_keypair(public_key, secret_key);
}

bool
wire_key_read(const char *hex, unsigned char key[WIRE_KEY_SIZE])
{
	unsigned char secret[crypto_scalarmult_SCALARBYTES], shared[crypto_scalarmult_BYTES];
	size_t len = 0;
	const char *end = NULL;

	begin_sodium();
	randombytes_buf(secret, sizeof(secret));
	/* To a handful of keys, all zeros for one, nothing can be sealed. */
	return sodium_hex2bin(key, WIRE_KEY_SIZE, hex, strlen(hex), NULL, &len, &end) == 0 &&
	    len == WIRE_KEY_SIZE && !*end && crypto_scalarmult(shared, secret, key) == 0;
}

void
wire_seal(const unsigned char public_key[WIRE_KEY_SIZE], const struct wire_carried *c,
    struct buf *out)
{
	struct buf plain = { 0 };
	struct json_writer w;
	size_t at;

	begin_sodium();
	json_writer_init(&w, &plain);
	json_object(&w);
	json_member(&w, "batch", c->batch);
	json_member(&w, "token", c->token);
	json_object_end(&w);
	buf_char(&plain, '\n');
	buf_add(&plain, c->body, c->len);
	buf_add(out, sealed_begins, SEALED_BEGINS);
	at = out->len;
	buf_reserve(out, plain.len + crypto_box_SEALBYTES);
	out->len += plain.len + crypto_box_SEALBYTES;
	crypto_box_seal((unsigned char *)out->data + at, (unsigned char *)plain.data,
	    plain.len, public_key);
	buf_truncate(out, out->len);
	sodium_memzero(plain.data, plain.len);
	buf_clear(&plain);
}

/* The first line says whose batch it is; the rest is its body. */
static bool
read_head(struct buf *plain, struct buf *scratch, struct wire_carried *c)
{
	const char *end = plain->len ? memchr(plain->data, '\n', plain->len) : NULL;
	size_t batch = 0, token = 0;
	enum json_token t = JSON_ERROR;
	struct json_reader r;
	bool ok;

	if (!end)
		return false;
	buf_reset(scratch);
	json_reader_init(&r, plain->data, (size_t)(end - plain->data));
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (t = json_next(&r)) == JSON_NAME) {
		size_t *place = !strcmp(r.text, "batch") ? &batch
		    : !strcmp(r.text, "token")           ? &token
							 : NULL;

		if (!place) {
			ok = json_skip(&r, NULL, NULL);
			continue;
		}
		ok = json_next(&r) == JSON_STRING;
		*place = scratch->len + 1;
		if (ok)
			buf_add(scratch, r.text, r.text_len + 1);
	}
	ok = ok && t == JSON_OBJECT_END && batch && token;
	json_reader_clear(&r);
	if (!ok)
		return false;
	*c = (struct wire_carried){ .batch = scratch->data + batch - 1,
		.token = scratch->data + token - 1, .body = end + 1,
		.len = plain->len - (size_t)(end + 1 - plain->data) };
	return uuid_valid(c->batch);
}

bool
wire_unseal(const unsigned char public_key[WIRE_KEY_SIZE],
    const unsigned char secret_key[WIRE_KEY_SIZE], const void *data, size_t len,
    struct buf *plain, struct buf *scratch, struct wire_carried *c)
{
	const unsigned char *bytes = data;

	if (len < SEALED_BEGINS + crypto_box_SEALBYTES ||
	    memcmp(bytes, sealed_begins, SEALED_BEGINS) != 0)
		return false;
	len -= SEALED_BEGINS;
	begin_sodium();
	buf_reset(plain);
	buf_reserve(plain, len);
	if (crypto_box_seal_open((unsigned char *)plain->data, bytes + SEALED_BEGINS, len,
		public_key, secret_key) != 0)
		return false;
	plain->len = len - crypto_box_SEALBYTES;
	buf_truncate(plain, plain->len);
	return read_head(plain, scratch, c);
}

/* Only who has the token can have made it, or can read it. */
static void
key_of_token(const char *token, unsigned char key[WIRE_KEY_SIZE])
{
	crypto_generichash_state state;

	begin_sodium();
	crypto_generichash_init(&state, NULL, 0, WIRE_KEY_SIZE);
	crypto_generichash_update(&state, (const unsigned char *)locked_begins,
	    LOCKED_BEGINS);
	crypto_generichash_update(&state, (const unsigned char *)token, strlen(token));
	crypto_generichash_final(&state, key, WIRE_KEY_SIZE);
	sodium_memzero(&state, sizeof(state));
}

void
wire_lock(const char *token, const void *data, size_t len, struct buf *out)
{
	unsigned char key[WIRE_KEY_SIZE], nonce[crypto_secretbox_NONCEBYTES];
	size_t at;

	key_of_token(token, key);
	randombytes_buf(nonce, sizeof(nonce));
	buf_add(out, locked_begins, LOCKED_BEGINS);
	buf_add(out, nonce, sizeof(nonce));
	at = out->len;
	buf_reserve(out, len + crypto_secretbox_MACBYTES);
	out->len += len + crypto_secretbox_MACBYTES;
	crypto_secretbox_easy((unsigned char *)out->data + at, data, len, nonce, key);
	buf_truncate(out, out->len);
	sodium_memzero(key, sizeof(key));
}

bool
wire_unlock(const char *token, const void *data, size_t len, struct buf *out)
{
	const unsigned char *bytes = data;
	unsigned char key[WIRE_KEY_SIZE];
	size_t head = LOCKED_BEGINS + crypto_secretbox_NONCEBYTES;
	bool ok;

	if (len < head + crypto_secretbox_MACBYTES ||
	    memcmp(bytes, locked_begins, LOCKED_BEGINS) != 0)
		return false;
	key_of_token(token, key);
	buf_reset(out);
	buf_reserve(out, len - head);
	ok = crypto_secretbox_open_easy((unsigned char *)out->data, bytes + head, len - head,
		 bytes + LOCKED_BEGINS, key) == 0;
	sodium_memzero(key, sizeof(key));
	if (ok)
		out->len = len - head - crypto_secretbox_MACBYTES;
	buf_truncate(out, out->len);
	return ok;
}
