/*
 * hash_test - known digests, and the way each is written
 */
#include "check.h"

#include "hash.h"

static void
known_digests(void)
{
	/* FIPS 180-4 examples and the empty text. */
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc",
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	unsigned char bytes[HASH_SIZE];
	char hex[HASH_HEX_SIZE], name[17];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hash_sha256(cases[i].text, strlen(cases[i].text), bytes);
		hash_hex(bytes, sizeof(bytes), hex);
		CHECK_STR(hex, cases[i].hex);
		hash_short(cases[i].text, strlen(cases[i].text), name);
		CHECK_INT(strlen(name), 16);
		CHECK(!strncmp(name, cases[i].hex, 16));
	}
}

/* The example of RFC 9530, appendix D: {"hello": "world"} and a newline. */
static void
content_digest(void)
{
	static const char body[] = "{\"hello\": \"world\"}\n";
	char digest[64];

	hash_content_digest(body, strlen(body), digest);
	CHECK_STR(digest, "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
}

static void
random_bytes(void)
{
	unsigned char a[33] = { 0 }, b[33] = { 0 };

	hash_random(a, 32);
	hash_random(b, 32);
	CHECK(memcmp(a, b, 32) != 0);
	CHECK_INT(a[32], 0);
	CHECK(!hash_equal(a, b, 32));
	memcpy(b, a, 32);
	CHECK(hash_equal(a, b, 32));
	b[31] ^= 1;
	CHECK(!hash_equal(a, b, 32));
	CHECK(hash_equal(a, b, 31));
}

int
main(void)
{
	RUN(known_digests);
	RUN(content_digest);
	RUN(random_bytes);
	return CHECK_DONE();
}
