/*
 * buf_test - the small things that everything stands on: buf, arena, err, mem
 */
#include "check.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "mem.h"
#include "text.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

static void
buf_grows(void)
{
	struct buf b = { 0 };
	char *taken;
	int i;

	CHECK_STR(buf_text(&b), "");
	buf_str(&b, "");
	CHECK(b.data && b.data[0] == '\0');
	for (i = 0; i < 1000; i++)
		buf_char(&b, (char)('a' + i % 26));
	CHECK_INT(b.len, 1000);
	CHECK_INT(strlen(b.data), 1000);
	CHECK(b.data[999] == 'a' + 999 % 26);
	buf_truncate(&b, 3);
	buf_truncate(&b, 10); /* longer: nothing happens */
	CHECK_STR(buf_text(&b), "abc");
	buf_fmt(&b, "%d-%s", 42, "王");
	CHECK_STR(buf_text(&b), "abc42-王");
	buf_reset(&b);
	CHECK_INT(b.len, 0);
	buf_add(&b, "a\0b", 3);
	CHECK(b.len == 3 && !memcmp(b.data, "a\0b", 4));
	taken = buf_take(&b);
	CHECK(!memcmp(taken, "a\0b", 4));
	CHECK(b.data == NULL && b.len == 0 && b.cap == 0);
	free(taken);
	taken = buf_take(&b);
	CHECK_STR(taken, "");
	free(taken);
	buf_reset(&b);
	buf_truncate(&b, 0);
	CHECK(b.data == NULL);
	buf_clear(&b);
}

/* What buf_fmt() writes just fills the room, with the NUL. */
static void
room_that_was_made_is_empty(void)
{
	struct buf b = { 0 };

	b.data = mem_alloc(64);
	memset(b.data, 'x', 64);
	b.cap = 64;
	buf_reserve(&b, 10);
	CHECK_STR(buf_text(&b), "");
	buf_clear(&b);
}

static void
buf_fmt_at_each_length(void)
{
	char want[201];
	int len;

	for (len = 0; len <= 200; len++) {
		struct buf b = { 0 };

		memset(want, 'x', (size_t)len);
		want[len] = '\0';
		buf_fmt(&b, "%s", want);
		CHECK_STR(buf_text(&b), want);
		CHECK(b.cap > b.len);
		buf_clear(&b);
	}
}

static void
arena_gives_zeroed_aligned_memory(void)
{
	struct arena *a = arena_new();
	size_t size;
	int round, bad = 0;

	for (round = 0; round < 3; round++) {
		for (size = 1; size < 3000; size += 7) {
			unsigned char *p = arena_alloc(a, size);
			size_t i;

			bad += (uintptr_t)p % alignof(max_align_t) != 0;
			for (i = 0; i < size; i++)
				bad += p[i] != 0;
			memset(p, 0xA5, size);
		}
		arena_reset(a);
	}
	CHECK_INT(bad, 0);
	arena_free(a);
	arena_free(NULL);
}

static void
arena_strings(void)
{
	struct arena *a = arena_new();
	char *s = arena_strdup(a, "王淑芳"), *cut = arena_strndup(a, "abcdef", 3);
	char *made = arena_fmt(a, "%05d", 42), *big = arena_alloc(a, 100000);

	memset(big, 'x', 100000);
	CHECK_STR(s, "王淑芳");
	CHECK_STR(cut, "abc");
	CHECK_STR(made, "00042");
	CHECK_STR(arena_strdup(a, ""), "");
	arena_free(a);
}

static void
errors(void)
{
	struct err err = { 0 };

	CHECK(!err_set(&err, ERR_INPUT, "row %d is wrong", 7));
	CHECK(err.kind == ERR_INPUT);
	CHECK_STR(err.text, "row 7 is wrong");
	CHECK(!err_within(&err, "visit.csv"));
	CHECK(err.kind == ERR_INPUT);
	CHECK_STR(err.text, "visit.csv: row 7 is wrong");
	CHECK(!err_set(NULL, ERR_SYSTEM, "nobody asks"));
	CHECK(!err_within(NULL, "nothing"));
}

/* A message too long for its place is cut between two characters, never inside. */
static void
long_errors_stay_utf8(void)
{
	char text[700], what[700];
	size_t lead, i;

	for (lead = 0; lead < 4; lead++) {
		struct err err = { 0 };

		memset(text, 'x', lead);
		for (i = lead; i + 4 < sizeof(text); i += 3)
			memcpy(text + i, "王", 4);
		memcpy(what, text, sizeof(what));
		err_set(&err, ERR_INPUT, "%s", text);
		CHECK(text_valid(err.text, strlen(err.text)));
		CHECK(strlen(err.text) > 500);
		err_within(&err, what);
		CHECK(text_valid(err.text, strlen(err.text)));
	}
}

static void
memory(void)
{
	size_t cap = 0, i;
	int *numbers = NULL;
	char *copy;

	for (i = 0; i < 1000; i++) {
		numbers = mem_grow(numbers, &cap, i + 1, sizeof(*numbers));
		CHECK(cap > i);
		numbers[i] = (int)i;
	}
	CHECK_INT(numbers[0], 0);
	CHECK_INT(numbers[999], 999);
	CHECK(mem_grow(numbers, &cap, 3, sizeof(*numbers)) == numbers);
	free(numbers);
	copy = mem_strndup("abcdef", 2);
	CHECK_STR(copy, "ab");
	copy = mem_resize(copy, 100);
	CHECK_STR(copy, "ab");
	free(copy);
	copy = mem_strdup("");
	CHECK_STR(copy, "");
	free(copy);
	copy = mem_alloc(0);
	CHECK(copy != NULL);
	free(copy);
}

int
main(void)
{
	RUN(buf_grows);
	RUN(room_that_was_made_is_empty);
	RUN(buf_fmt_at_each_length);
	RUN(arena_gives_zeroed_aligned_memory);
	RUN(arena_strings);
	RUN(errors);
	RUN(long_errors_stay_utf8);
	RUN(memory);
	return CHECK_DONE();
}
