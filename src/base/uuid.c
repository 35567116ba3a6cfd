#include "uuid.h"

#include "hash.h"

#include <stddef.h>
#include <stdio.h>

#define TIME_MAX    ((INT64_C(1) << 48) - 1)
#define COUNTER_MAX 0xFFF

/* rest: eight bytes, the variant's two bits set here. */
static void
write_uuid(int64_t ms, unsigned rand_a, const unsigned char *rest, char out[UUID_SIZE])
{
	snprintf(out, UUID_SIZE,
	    "%08llx-%04llx-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	    (unsigned long long)((ms & TIME_MAX) >> 16), (unsigned long long)(ms & 0xFFFF),
	    rand_a, (rest[0] & 0x3F) | 0x80, rest[1], rest[2], rest[3], rest[4], rest[5],
	    rest[6], rest[7]);
}

/*
 * RFC 9562, section 6.2, method 1: rand_a is a counter that begins anywhere in its
 * lower half each millisecond; when it is full, or the clock stood still or went back,
 * the id's time runs ahead instead.
 */
void
uuid_new(int64_t now_ms, char out[UUID_SIZE])
{
	/* Order within the process is what the counter is for: it must outlive a call. */
	static struct {
		int64_t ms;
		unsigned counter;
	} last = { -1, 0 };
	unsigned char random[10];
	unsigned fresh;

	hash_random(random, sizeof(random));
	fresh = ((unsigned)random[8] << 8 | random[9]) & (COUNTER_MAX >> 1);
	if (now_ms < 0)
		now_ms = 0;
	if (now_ms > last.ms) {
		last.ms = now_ms;
		last.counter = fresh;
	} else if (last.counter < COUNTER_MAX) {
		last.counter++;
	} else {
		last.ms++;
		last.counter = fresh;
	}
	write_uuid(last.ms, last.counter, random, out);
}

void
uuid_named(int64_t ms, const void *name, size_t len, char out[UUID_SIZE])
{
	unsigned char digest[HASH_SIZE];

	hash_sha256(name, len, digest);
	write_uuid(ms < 0 ? 0 : ms, ((unsigned)digest[8] << 8 | digest[9]) & COUNTER_MAX,
	    digest, out);
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

bool
uuid_valid(const char *text)
{
	size_t i;

	for (i = 0; i < UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !is_hex(text[i]))
			return false;
	}
	return text[i] == '\0';
}
