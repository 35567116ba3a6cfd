/* What comes down, as bytes: the feed's lines, whatever somebody made of them. */
#include "check.h"

#include "buf.h"
#include "mem.h"
#include "wire.h"

#include <stdlib.h>

#define ID  "01a18d00-c3c0-7611-8ab9-caf83cdf9504"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define END "{\"kind\":\"end\",\"cursor\":\"1.2\",\"more\":true,\"again\":true}\n"

static const char page[] =
    "{\"kind\":\"form\",\"id\":\"visit\",\"version\":\"1\",\"sha256\":\"" SHA "\",\"size\":9}\n"
    "{\"kind\":\"list\",\"name\":\"a.csv\",\"version\":\"\",\"sha256\":\"" SHA "\"}\n"
    "{\"kind\":\"record\",\"id\":\"" ID "\",\"rev\":3,\"base\":2,\"answers\":{\"a\":[{}]}}\n"
    "{\"kind\":\"moved\",\"id\":\"" ID "\",\"rev\":3,\"to\":\"李伟\"}\n"
    "{\"kind\":\"feedback\",\"id\":\"" ID "\",\"rev\":3,\"state\":\"returned\",\"path\":\"a\","
    "\"message\":\"x\",\"at\":\"\"}\n"
    "{\"kind\":\"need\",\"ref\":\"" ID "-2\",\"closed\":true,\"day\":\"2026-11-08\"}\n"
    "{\"kind\":\"open\",\"count\":1}\n"
    "{\"kind\":\"assignment\",\"id\":\"7\",\"text\":\"t\",\"due\":\"\",\"form\":\"visit\","
    "\"set\":{\"room\":\"302\"}}\n"
    "{\"new\":[1,{\"x\":null}],\"kind\":\"moon\"}\n" END;

static bool
write_kind(const struct wire_change *change, void *data)
{
	buf_fmt(data, "%d ", change->kind);
	return true;
}

static void
a_page_is_read_line_by_line(void)
{
	struct buf kinds = { 0 };

	CHECK(wire_changes_read(page, strlen(page), write_kind, &kinds));
	CHECK_STR(buf_text(&kinds), "0 1 2 3 4 5 6 7 9 8 ");
	buf_clear(&kinds);
}

static void
members_are_read_by_their_names(void)
{
	static const char line[] =
	    "{\"set\":{\"room\":\"302\"},\"text\":\"a\\nb\",\"id\":\"7\",\"kind\":\"assignment\","
	    "\"due\":5,\"form\":null,\"more\":[{}]}";
	struct buf scratch = { 0 };
	struct wire_change c;

	CHECK(wire_change_read(line, strlen(line), &scratch, &c));
	CHECK_INT(c.kind, WIRE_ASSIGNMENT);
	CHECK_STR(c.id, "7");
	CHECK_STR(c.text, "a\nb");
	CHECK_STR(c.due, "");
	CHECK_STR(c.form, "");
	CHECK_INT(c.set_len, strlen("{\"room\":\"302\"}"));
	CHECK(!strncmp(c.set, "{\"room\":\"302\"}", c.set_len));
	buf_clear(&scratch);
}

static void
a_line_without_what_it_needs_is_none(void)
{
	static const char *const bad[] = { "", "x", "[]", "{}", "{\"kind\":7}",
		"{\"kind\":\"form\",\"id\":\"a\",\"sha256\":\"" SHA "\"}",
		"{\"kind\":\"form\",\"id\":\"a\",\"version\":\"1\",\"sha256\":\"../x\"}",
		"{\"kind\":\"list\",\"name\":\"a\",\"sha256\":\"" SHA "0\"}",
		"{\"kind\":\"record\",\"id\":\"a\",\"rev\":1}",
		"{\"kind\":\"record\",\"id\":\"" ID "\"}",
		"{\"kind\":\"moved\",\"id\":\"" ID "\",\"rev\":1}",
		"{\"kind\":\"feedback\",\"id\":\"" ID "\",\"rev\":-1,\"state\":\"accepted\"}",
		"{\"kind\":\"feedback\",\"id\":\"" ID "\",\"rev\":1}", "{\"kind\":\"need\"}",
		"{\"kind\":\"assignment\",\"id\":\"7\"}",
		"{\"kind\":\"assignment\",\"id\":\"7\",\"text\":\"t\",\"set\":[]}",
		"{\"kind\":\"end\"}", "{\"kind\":\"open\"} x", "{\"kind\":\"open\"" };
	struct buf scratch = { 0 };
	struct wire_change c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (wire_change_read(bad[i], strlen(bad[i]), &scratch, &c))
			CHECK_STR(bad[i], "not read");
	buf_clear(&scratch);
}

/* Every beginning of a page but the whole one was cut. */
static void
a_page_that_was_cut_is_none(void)
{
	for (size_t len = 0; len < strlen(page); len++)
		if (wire_changes_read(page, len, NULL, NULL))
			CHECK_INT(len, strlen(page));
	CHECK(!wire_changes_read(END END, strlen(END END), NULL, NULL));
}

static bool
touch(const struct wire_change *change, void *data)
{
	const char *const texts[] = { change->id, change->name, change->version,
		change->sha256, change->to, change->state, change->path, change->message,
		change->at, change->ref, change->day, change->text, change->due,
		change->form, change->cursor };
	struct wire_record record;
	struct buf scratch = { 0 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*(size_t *)data += strlen(texts[i]);
	if (change->kind == WIRE_REVISION)
		wire_record_read_down(change->line, change->len, &scratch, &record);
	buf_clear(&scratch);
	return true;
}

static void
add_missing(const char *id, long rev, void *data)
{
	*(size_t *)data += strlen(id) + (size_t)rev;
}

/* Bytes changed, doubled and left out at random: read or not, but never beyond. */
static void
nothing_that_is_sent_breaks_the_reader(void)
{
	static const char missing[] = "{\"missing\":[[\"" ID "\",1],[\"" ID "\",20]]}";
	static const char odd[] = "{}[]\",:\\u0\n\xe4\xff 9e-truefalsnkid";
	size_t read = 0, texts = 0;

	srandom(20261123);
	for (int round = 0; round < 20000; round++) {
		const char *from = round % 8 ? page : missing;
		size_t len = strlen(from);
		/* Of exactly its size, so that a byte too far is noticed. */
		char *text = mem_alloc(len);

		memcpy(text, from, len);
		for (long changes = random() % 4; changes >= 0; changes--) {
			size_t at = (size_t)random() % len, to = (size_t)random() % len;
			size_t some = (size_t)random() % 40;

			if (random() % 2)
				text[at] = odd[(size_t)random() % (sizeof(odd) - 1)];
			else if (at + some <= len && to + some <= len)
				memmove(text + to, text + at, some);
		}
		read += from == page ? wire_changes_read(text, len, touch, &texts)
				     : wire_missing_read(text, len, add_missing, &texts);
		free(text);
	}
	CHECK(read > 0 && texts > 0);
}

static void
what_is_missing_is_read_strictly(void)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"missing\":[[\"" ID "\"]]}",
		"{\"missing\":[[\"x\",1]]}", "{\"missing\":[[\"" ID "\",1,2]]}",
		"{\"missing\":[[\"" ID "\",1]]", "{\"missing\":[]} x",
		"{\"missing\":[],\"missing\":[]}" };
	static const char good[] = "{\"x\":{},\"missing\":[[\"" ID "\",4]]}";
	size_t sum = 0;

	CHECK(wire_missing_read(good, strlen(good), add_missing, &sum));
	CHECK_INT(sum, 40);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (wire_missing_read(bad[i], strlen(bad[i]), add_missing, &sum))
			CHECK_STR(bad[i], "not read");
}

int
main(void)
{
	RUN(a_page_is_read_line_by_line);
	RUN(members_are_read_by_their_names);
	RUN(a_line_without_what_it_needs_is_none);
	RUN(a_page_that_was_cut_is_none);
	RUN(nothing_that_is_sent_breaks_the_reader);
	RUN(what_is_missing_is_read_strictly);
	return CHECK_DONE();
}
