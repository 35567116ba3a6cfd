/*
 * MD5 (RFC 1321), SHA-1 (RFC 3174), SHA-384 and SHA-512 (RFC 6234), as those texts
 * say it; SHA-256 is the base's.
 */
#include "digest.h"

#include "arena.h"
#include "hash.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_MAX 128

static const uint32_t md5_sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char md5_turns[4][4] = {
	{ 7, 12, 17, 22 },
	{ 5, 9, 14, 20 },
	{ 4, 11, 16, 23 },
	{ 6, 10, 15, 21 },
};

/* The first 64 bits of the fractions of the cube roots of the first 80 primes. */
static const uint64_t sha512_roots[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
	0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
	0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
	0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
	0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
	0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
	0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
	0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
	0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
	0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
	0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
	0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
	0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static const uint64_t sha512_start[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint64_t sha384_start[8] = {
	0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
	0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

union state {
	uint32_t narrow[5];
	uint64_t wide[8];
};

static uint32_t
turn32(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint64_t
turn64(uint64_t x, unsigned n)
{
	return x >> n | x << (64 - n);
}

static uint64_t
read_big(const unsigned char *p, size_t size)
{
	uint64_t x = 0;

	for (size_t i = 0; i < size; i++)
		x = x << 8 | p[i];
	return x;
}

static void
write_big(unsigned char *p, size_t size, uint64_t x)
{
	while (size) {
		p[--size] = (unsigned char)x;
		x >>= 8;
	}
}

static void
md5_block(union state *state, const unsigned char *p)
{
	uint32_t a = state->narrow[0], b = state->narrow[1], c = state->narrow[2],
		 d = state->narrow[3], f, w[16];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)(p[i * 4] | p[i * 4 + 1] << 8 | p[i * 4 + 2] << 16) |
		       (uint32_t)p[i * 4 + 3] << 24;
	for (size_t i = 0; i < 64; i++) {
		size_t round = i / 16, at;

		if (round == 0) {
			f = (b & c) | (~b & d);
			at = i;
		} else if (round == 1) {
			f = (d & b) | (~d & c);
			at = (5 * i + 1) % 16;
		} else if (round == 2) {
			f = b ^ c ^ d;
			at = (3 * i + 5) % 16;
		} else {
			f = c ^ (b | ~d);
			at = 7 * i % 16;
		}
		f += a + md5_sines[i] + w[at];
		a = d;
		d = c;
		c = b;
		b += turn32(f, md5_turns[round][i % 4]);
	}
	state->narrow[0] += a;
	state->narrow[1] += b;
	state->narrow[2] += c;
	state->narrow[3] += d;
}

static void
sha1_block(union state *state, const unsigned char *p)
{
	uint32_t a = state->narrow[0], b = state->narrow[1], c = state->narrow[2],
		 d = state->narrow[3], e = state->narrow[4], f, w[80];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)read_big(p + i * 4, 4);
	for (size_t i = 16; i < 80; i++)
		w[i] = turn32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (size_t i = 0; i < 80; i++) {
		if (i < 20)
			f = ((b & c) | (~b & d)) + 0x5a827999;
		else if (i < 40)
			f = (b ^ c ^ d) + 0x6ed9eba1;
		else if (i < 60)
			f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
		else
			f = (b ^ c ^ d) + 0xca62c1d6;
		f += turn32(a, 5) + e + w[i];
		e = d;
		d = c;
		c = turn32(b, 30);
		b = a;
		a = f;
	}
	state->narrow[0] += a;
	state->narrow[1] += b;
	state->narrow[2] += c;
	state->narrow[3] += d;
	state->narrow[4] += e;
}

static void
sha512_block(union state *state, const unsigned char *p)
{
	uint64_t w[80], v[8], t1, t2;

	for (size_t i = 0; i < 16; i++)
		w[i] = read_big(p + i * 8, 8);
	for (size_t i = 16; i < 80; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (turn64(w[i - 15], 1) ^ turn64(w[i - 15], 8) ^ w[i - 15] >> 7) +
		       (turn64(w[i - 2], 19) ^ turn64(w[i - 2], 61) ^ w[i - 2] >> 6);
	memcpy(v, state->wide, sizeof(v));
	for (size_t i = 0; i < 80; i++) {
		t1 = v[7] + (turn64(v[4], 14) ^ turn64(v[4], 18) ^ turn64(v[4], 41)) +
		     ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha512_roots[i] + w[i];
		t2 = (turn64(v[0], 28) ^ turn64(v[0], 34) ^ turn64(v[0], 39)) +
		     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (size_t i = 0; i < 8; i++)
		state->wide[i] += v[i];
}

/* The message, a 1 bit, zeros and the length in bits, block by block. */
static void
run_blocks(union state *state,
	   void (*block)(union state *state, const unsigned char *p), size_t size,
	   bool little, const unsigned char *data, size_t len)
{
	unsigned char last[BLOCK_MAX * 2] = { 0 };
	size_t rest = len % size, room = size / 8, total;
	uint64_t bits = (uint64_t)len * 8;

	for (size_t i = 0; i + size <= len; i += size)
		block(state, data + i);
	if (rest)
		memcpy(last, data + (len - rest), rest);
	last[rest] = 0x80;
	total = rest + 1 + room <= size ? size : size * 2;
	write_big(last + total - 8, 8, bits);
	for (size_t i = 0; little && i < 8; i++)
		last[total - 8 + i] = (unsigned char)(bits >> (8 * i));
	for (size_t i = 0; i < total; i += size)
		block(state, last + i);
}

static size_t
md5(const void *data, size_t len, unsigned char *out)
{
	union state s = { .narrow = { 0x67452301, 0xefcdab89, 0x98badcfe,
				      0x10325476 } };

	run_blocks(&s, md5_block, 64, true, data, len);
	for (size_t i = 0; i < 16; i++)
		out[i] = (unsigned char)(s.narrow[i / 4] >> (i % 4 * 8));
	return 16;
}

static size_t
sha1(const void *data, size_t len, unsigned char *out)
{
	union state s = { .narrow = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
				      0xc3d2e1f0 } };

	run_blocks(&s, sha1_block, 64, false, data, len);
	for (size_t i = 0; i < 5; i++)
		write_big(out + i * 4, 4, s.narrow[i]);
	return 20;
}

static size_t
sha256(const void *data, size_t len, unsigned char *out)
{
	hash_sha256(data, len, out);
	return HASH_SIZE;
}

static size_t
sha512_from(const uint64_t start[8], const void *data, size_t len, unsigned char *out)
{
	union state s;

	memcpy(s.wide, start, sizeof(s.wide));
	run_blocks(&s, sha512_block, 128, false, data, len);
	for (size_t i = 0; i < 8; i++)
		write_big(out + i * 8, 8, s.wide[i]);
	return 64;
}

static size_t
sha384(const void *data, size_t len, unsigned char *out)
{
	sha512_from(sha384_start, data, len, out);
	return 48;
}

static size_t
sha512(const void *data, size_t len, unsigned char *out)
{
	return sha512_from(sha512_start, data, len, out);
}

/* clang-format off */
static const struct {
	const char *name;
	size_t (*run)(const void *data, size_t len, unsigned char *out);
} digests[] = {
	{ "MD5", md5 },
	{ "SHA-1", sha1 },
	{ "SHA-256", sha256 },
	{ "SHA-384", sha384 },
	{ "SHA-512", sha512 },
};
/* clang-format on */

/* "sha1" is SHA-1 too. */
static bool
is_named(const char *known, const char *name)
{
	for (; *known; known++)
		if (*known == '-')
			name += *name == '-';
		else if (*known != toupper((unsigned char)*name++))
			return false;
	return !*name;
}

size_t
digest(const char *name, const void *data, size_t len, unsigned char out[DIGEST_MAX])
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (is_named(digests[i].name, name))
			return digests[i].run(data, len, out);
	return 0;
}

const char *
digest_hex(const unsigned char *bytes, size_t len, struct arena *a)
{
	char *text = arena_alloc(a, len * 2 + 1);

	hash_hex(bytes, len, text);
	return text;
}

const char *
digest_base64(const unsigned char *bytes, size_t len, struct arena *a)
{
	char *text = arena_alloc(a, (len + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16;

		three |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
		three |= i + 2 < len ? bytes[i + 2] : 0;
		*to++ = base64_digits[three >> 18];
		*to++ = base64_digits[three >> 12 & 63];
		*to++ = i + 1 < len ? base64_digits[three >> 6 & 63] : '=';
		*to++ = i + 2 < len ? base64_digits[three & 63] : '=';
	}
	return text;
}

const char *
digest_base64_decode(const char *text, size_t *len, struct arena *a)
{
	char *out = arena_alloc(a, strlen(text) + 1), *to = out;
	uint32_t bits = 0;
	unsigned count = 0;

	for (; *text && *text != '='; text++) {
		const char *digit = strchr(base64_digits, *text);

		if (!digit)
			continue;
		bits = bits << 6 | (uint32_t)(digit - base64_digits);
		count += 6;
		if (count >= 8) {
			count -= 8;
			*to++ = (char)(bits >> count);
		}
	}
	*len = (size_t)(to - out);
	return out;
}
