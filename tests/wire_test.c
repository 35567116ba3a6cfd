/* What both programs agree on: lines, gzip, the answer to a batch. */
#include "check.h"

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "outbox.h"
#include "wire.h"

#include <stdlib.h>

#define ID "01a18d00-c3c0-7611-8ab9-caf83cdf9504"

static struct outbox_item
sample(const char *answers, char hash[17])
{
	hash_short(answers, strlen(answers), hash);
	return (struct outbox_item){ .id = ID, .rev = 2, .base = 1, .form = "visit",
		.version = "2026112301", .user = "chenguifang", .station = "巴登社区",
		.device = "laptop-1", .at = "2026-11-02T09:30:00+08:00",
		.created = "2026-11-01T08:00:00+08:00", .hash = hash, .answers = answers,
		.answers_len = strlen(answers) };
}

static void
a_record_survives_the_line(void)
{
	const char *answers = "{\"who\":\"王 \\\"小\\\"\",\"n\":3,\"needs\":[{\"t\":\"a\\nb\"}]}";
	struct buf line = { 0 }, scratch = { 0 }, path = { 0 }, message = { 0 };
	char hash[17];
	struct outbox_item item = sample(answers, hash);
	struct wire_record r;

	wire_record_write(&item, &line);
	CHECK(line.len > 0 && line.data[line.len - 1] == '\n');
	CHECK(memchr(line.data, '\n', line.len) == line.data + line.len - 1);
	CHECK_STR(wire_record_read(line.data, line.len - 1, &scratch, &r, &path, &message),
	    NULL);
	CHECK_STR(r.id, ID);
	CHECK_INT(r.rev, 2);
	CHECK_INT(r.base, 1);
	CHECK_STR(r.form, "visit");
	CHECK_STR(r.version, "2026112301");
	CHECK_STR(r.user, "chenguifang");
	CHECK_STR(r.station, "巴登社区");
	CHECK_STR(r.device, "laptop-1");
	CHECK_STR(r.at, "2026-11-02T09:30:00+08:00");
	CHECK_STR(r.created, "2026-11-01T08:00:00+08:00");
	CHECK_STR(r.hash, hash);
	CHECK_STR(r.base_hash, "");
	CHECK(!r.withdrawn);
	CHECK_INT(r.answers_len, strlen(answers));
	CHECK(!memcmp(r.answers, answers, r.answers_len));
	buf_clear(&line);
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

static void
a_withdrawal_survives_the_line(void)
{
	const char *why = "写错了人";
	struct buf line = { 0 }, scratch = { 0 }, path = { 0 }, message = { 0 };
	char hash[17];
	struct outbox_item item = sample("{}", hash);
	struct wire_record r;

	item.answers = NULL;
	item.answers_len = 0;
	item.why = why;
	hash_short(why, strlen(why), hash);
	wire_record_write(&item, &line);
	CHECK_STR(wire_record_read(line.data, line.len - 1, &scratch, &r, &path, &message),
	    NULL);
	CHECK(r.withdrawn);
	CHECK(!r.answers);
	CHECK_STR(r.why, why);
	CHECK_STR(r.hash, hash);
	buf_clear(&line);
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

#define HEAD "{\"id\":\"" ID "\",\"rev\":1,\"base\":0,"
#define FORM "\"form\":\"visit\",\"version\":\"1\",\"user\":\"u\","
#define AT   "\"at\":\"2026-11-02T09:30:00+08:00\","
#define HASH "\"hash\":\"44136fa355b3678a\"," /* of {} */
#define GOOD HEAD FORM AT HASH "\"answers\":{}}"

static const struct {
	const char *name, *line, *code, *path;
} lines[] = {
	{ "the least that a record has", GOOD, NULL, "" },
	{ "unknown members", HEAD "\"x\":{\"a\":[1,{\"b\":2}]},\"y\":null," FORM AT HASH
	    "\"answers\":{}}", NULL, "" },
	{ "an identifier in upper case",
	    "{\"id\":\"01A18D00-C3C0-7611-8AB9-CAF83CDF9504\",\"rev\":1," FORM AT HASH
	    "\"answers\":{}}", NULL, "" },
	{ "not JSON", "hello", "json", "" },
	{ "an array", "[]", "json", "" },
	{ "half an object", "{\"id\":\"" ID "\",\"rev\":1", "json", "" },
	{ "two objects", GOOD GOOD, "json", "" },
	{ "no rev", "{\"id\":\"" ID "\"," FORM AT HASH "\"answers\":{}}", "invalid", "rev" },
	{ "rev 0", "{\"id\":\"" ID "\",\"rev\":0," FORM AT HASH "\"answers\":{}}", "invalid",
	    "rev" },
	{ "rev 1.5", "{\"id\":\"" ID "\",\"rev\":1.5," FORM AT HASH "\"answers\":{}}",
	    "invalid", "rev" },
	{ "rev as text", "{\"id\":\"" ID "\",\"rev\":\"1\"," FORM AT HASH "\"answers\":{}}",
	    "invalid", "rev" },
	{ "base not below rev", "{\"id\":\"" ID "\",\"rev\":1,\"base\":1," FORM AT HASH
	    "\"answers\":{}}", "invalid", "base" },
	{ "no UUID", "{\"id\":\"7\",\"rev\":1," FORM AT HASH "\"answers\":{}}", "invalid",
	    "id" },
	{ "no form", HEAD "\"version\":\"1\",\"user\":\"u\"," AT HASH "\"answers\":{}}",
	    "invalid", "form" },
	{ "a form with a blank", HEAD "\"form\":\"a b\",\"version\":\"1\",\"user\":\"u\"," AT
	    HASH "\"answers\":{}}", "invalid", "form" },
	{ "a member twice", HEAD FORM FORM AT HASH "\"answers\":{}}", "invalid", "form" },
	{ "no time", HEAD FORM "\"at\":\"yesterday\"," HASH "\"answers\":{}}", "invalid",
	    "at" },
	{ "another hash", HEAD FORM AT "\"hash\":\"0000000000000000\",\"answers\":{}}",
	    "invalid", "hash" },
	{ "a hash of other bytes", HEAD FORM AT HASH "\"answers\":{ }}", "invalid", "hash" },
	{ "answers that are a list", HEAD FORM AT HASH "\"answers\":[]}", "invalid",
	    "answers" },
	{ "no answers", HEAD FORM AT "\"hash\":\"44136fa355b3678a\"}", "invalid",
	    "answers" },
	{ "a withdrawal without a reason", HEAD "\"withdrawn\":true}", "invalid", "why" },
	{ "a withdrawal with an empty reason", HEAD "\"withdrawn\":true,\"why\":\"\"}",
	    "invalid", "why" },
	{ "a bare withdrawal", HEAD "\"withdrawn\":true,\"why\":\"x\"}", NULL, "" },
	{ "a withdrawal with answers", HEAD "\"withdrawn\":true,\"why\":\"x\","
	    "\"answers\":{}}", "invalid", "answers" },
	{ "another kind of thing", "{\"kind\":\"audit\",\"id\":7,\"hash\":\"of another length\"}",
	    NULL, "" },
	{ "a record that says so", HEAD "\"kind\":\"record\",\"withdrawn\":true,"
	    "\"why\":\"x\"}", NULL, "" },
	{ "a kind that is no name", HEAD "\"kind\":\"a b\",\"answers\":{}}", "invalid", "form" },
	{ "a kind that is too long", HEAD "\"kind\":\"123456789012345678901234567890123\"}",
	    "invalid", "kind" },
	{ "another kind, cut", "{\"kind\":\"audit\",\"id\":7", "json", "" },
	{ "withdrawn as text", HEAD "\"withdrawn\":\"yes\",\"why\":\"x\"}", "invalid",
	    "withdrawn" },
};

static void
lines_are_read_or_refused(void)
{
	struct buf scratch = { 0 }, path = { 0 }, message = { 0 };
	struct wire_record r;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *code = wire_record_read(lines[i].line, strlen(lines[i].line),
		    &scratch, &r, &path, &message);

		check_case(lines[i].name);
		CHECK_STR(code, lines[i].code);
		CHECK_STR(buf_text(&path), lines[i].path);
		CHECK((code != NULL) == (message.len > 0));
	}
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

/* The notebook shows it in its worker's language. */
static void
every_message_is_in_the_catalogue(void)
{
	struct buf scratch = { 0 }, path = { 0 }, message = { 0 };
	struct wire_record r;
	size_t i;

	i18n_use("zh");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		check_case(lines[i].name);
		if (wire_record_read(lines[i].line, strlen(lines[i].line), &scratch, &r,
			&path, &message))
			CHECK(strcmp(_(buf_text(&message)), buf_text(&message)) != 0);
	}
	i18n_use("en");
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

static void
another_kind_is_only_named(void)
{
	static const char line[] =
	    "{\"id\":\"" ID "\",\"rev\":7,\"kind\":\"audit\",\"user\":\"x\"}";
	struct buf scratch = { 0 }, path = { 0 }, message = { 0 };
	struct wire_record r;

	CHECK_STR(wire_record_read(line, strlen(line), &scratch, &r, &path, &message), NULL);
	CHECK_STR(r.kind, "audit");
	CHECK_STR(r.user, "");
	CHECK_INT(r.rev, 0);
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

static void
a_refused_line_still_says_whose_it_is(void)
{
	static const char line[] = "{\"id\":\"" ID "\",\"rev\":7,\"form\":\"visit\",\"x\":tru";
	struct buf scratch = { 0 }, path = { 0 }, message = { 0 };
	struct wire_record r;

	CHECK_STR(wire_record_read(line, strlen(line), &scratch, &r, &path, &message),
	    "json");
	CHECK_STR(r.id, ID);
	CHECK_INT(r.rev, 7);
	CHECK_STR(r.form, "");
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

static const char *
read_big(size_t size, int depth)
{
	struct buf line = { 0 }, scratch = { 0 }, path = { 0 }, message = { 0 };
	struct buf answers = { 0 };
	struct wire_record r;
	const char *code;
	char hash[17];
	int i;

	buf_str(&answers, "{\"a\":");
	for (i = 0; i < depth; i++)
		buf_char(&answers, '[');
	buf_char(&answers, '"');
	while (answers.len < size)
		buf_char(&answers, 'x');
	buf_char(&answers, '"');
	for (i = 0; i < depth; i++)
		buf_char(&answers, ']');
	buf_char(&answers, '}');
	struct outbox_item item = sample(answers.data, hash);
	wire_record_write(&item, &line);
	code = wire_record_read(line.data, line.len - 1, &scratch, &r, &path, &message);
	CHECK_STR(r.id, ID);
	buf_clear(&answers);
	buf_clear(&line);
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
	return code;
}

static void
size_and_depth_have_an_end(void)
{
	CHECK_STR(read_big(WIRE_RECORD_MAX - 1024, 0), NULL);
	CHECK_STR(read_big(WIRE_RECORD_MAX, 0), "too_big");
	CHECK_STR(read_big(10, WIRE_DEPTH_MAX - 2), NULL);
	CHECK_STR(read_big(10, WIRE_DEPTH_MAX - 1), "json");
	CHECK_STR(read_big(10, 30000), "json");
}

/* So many bytes that shrink by about three. */
static void
fill_text(struct buf *out, size_t len)
{
	uint32_t state = 1;

	while (out->len < len) {
		state = state * 1664525u + 1013904223u;
		buf_fmt(out, "{\"n\":%u,\"name\":\"陈桂芳\"}\n", state >> 12);
	}
}

static enum wire_inflate_result
unpack(const struct buf *packed, size_t len, size_t max, struct buf *out)
{
	buf_reset(out);
	return wire_gunzip(packed->data, len, max, out);
}

static void
gzip_comes_back_whole(void)
{
	static const size_t sizes[] = { 0, 1, 1000, 65535, 65536, 65537, 3000000 };
	struct buf text = { 0 }, packed = { 0 }, back = { 0 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buf_reset(&text);
		buf_reset(&packed);
		fill_text(&text, sizes[i]);
		CHECK(wire_gzip(buf_text(&text), text.len, &packed, NULL));
		CHECK_INT(unpack(&packed, packed.len, WIRE_INFLATED_MAX, &back),
		    WIRE_INFLATED);
		CHECK_INT(back.len, text.len);
		CHECK(!memcmp(buf_text(&back), buf_text(&text), text.len));
	}
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&back);
}

static void
gzip_that_is_not_one_whole_member_is_refused(void)
{
	struct buf text = { 0 }, packed = { 0 }, back = { 0 };
	size_t len, i;

	fill_text(&text, 5000);
	CHECK(wire_gzip(text.data, text.len, &packed, NULL));
	len = packed.len;
	for (i = 0; i < len; i++)
		if (unpack(&packed, i, WIRE_INFLATED_MAX, &back) != WIRE_NOT_GZIP)
			CHECK(!"cut short");
	buf_char(&packed, '\0');
	CHECK_INT(unpack(&packed, len + 1, WIRE_INFLATED_MAX, &back), WIRE_NOT_GZIP);
	buf_truncate(&packed, len);
	CHECK(wire_gzip(text.data, text.len, &packed, NULL)); /* a second member */
	CHECK_INT(unpack(&packed, packed.len, WIRE_INFLATED_MAX, &back), WIRE_NOT_GZIP);
	packed.data[len / 2] ^= 0x55;
	CHECK_INT(unpack(&packed, len, WIRE_INFLATED_MAX, &back), WIRE_NOT_GZIP);
	CHECK_INT(unpack(&text, text.len, WIRE_INFLATED_MAX, &back), WIRE_NOT_GZIP);
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&back);
}

static void
a_bomb_is_stopped_at_the_ceiling(void)
{
	struct buf text = { 0 }, packed = { 0 }, back = { 0 };

	/* 20 MB of zeros shrink to 20 kB: a ratio of 1000. */
	buf_reserve(&text, 20000000);
	memset(text.data, 0, 20000000);
	text.len = 20000000;
	CHECK(wire_gzip(text.data, text.len, &packed, NULL));
	CHECK_INT(unpack(&packed, packed.len, WIRE_INFLATED_MAX, &back), WIRE_TOO_LARGE);
	CHECK(back.len <= packed.len * WIRE_RATIO_MAX + (64u << 10));
	/* So many bytes may come out at any ratio. */
	buf_reset(&packed);
	CHECK(wire_gzip(text.data, WIRE_RATIO_FREE, &packed, NULL));
	CHECK_INT(unpack(&packed, packed.len, WIRE_INFLATED_MAX, &back), WIRE_INFLATED);
	buf_reset(&packed);
	CHECK(wire_gzip(text.data, WIRE_RATIO_FREE + 1, &packed, NULL));
	CHECK_INT(unpack(&packed, packed.len, WIRE_INFLATED_MAX, &back), WIRE_TOO_LARGE);
	/* An honest ratio, but more than may come out. */
	buf_reset(&text);
	buf_reset(&packed);
	fill_text(&text, 300000);
	CHECK(wire_gzip(text.data, text.len, &packed, NULL));
	CHECK_INT(unpack(&packed, packed.len, 200000, &back), WIRE_TOO_LARGE);
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&back);
}

struct seen {
	struct buf text;
};

static void
see(const struct wire_refusal *refusal, void *data)
{
	struct seen *seen = data;

	buf_fmt(&seen->text, "%zu %s %ld %s %s|", refusal->line, refusal->id, refusal->rev,
	    refusal->code, refusal->message);
}

static const struct {
	const char *name, *text;
	size_t sent;
	bool good;
	const char *seen;
} answers[] = {
	{ "all new", "{\"batch\":\"b\",\"n\":2,\"new\":2,\"same\":0,\"bad\":[]}", 2, true, "" },
	{ "unknown members", "{\"x\":{},\"batch\":\"b\",\"n\":1,\"new\":0,\"same\":1,\"bad\":[],\"y\":[]}", 1,
	    true, "" },
	{ "one refused",
	    "{\"batch\":\"b\",\"n\":2,\"new\":1,\"same\":0,\"bad\":[{\"line\":2,\"id\":\"i\",\"rev\":3,"
	    "\"code\":\"invalid\",\"path\":\"p\",\"message\":\"m\",\"z\":1}]}",
	    2, true, "1 i 3 invalid m|" },
	{ "counts that do not add up", "{\"batch\":\"b\",\"n\":2,\"new\":1,\"same\":0,\"bad\":[]}", 2, false,
	    "" },
	{ "another n", "{\"batch\":\"b\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}", 2, false, "" },
	{ "no bad", "{\"batch\":\"b\",\"n\":2,\"new\":2,\"same\":0}", 2, false, "" },
	{ "a line that was not sent",
	    "{\"batch\":\"b\",\"n\":1,\"new\":0,\"same\":0,\"bad\":[{\"line\":2,\"code\":\"json\"}]}", 1,
	    false, "" },
	{ "no line", "{\"batch\":\"b\",\"n\":1,\"new\":0,\"same\":0,\"bad\":[{\"code\":\"json\"}]}", 1, false,
	    "" },
	{ "no code", "{\"batch\":\"b\",\"n\":1,\"new\":0,\"same\":0,\"bad\":[{\"line\":1}]}", 1, false, "" },
	{ "cut", "{\"batch\":\"b\",\"n\":2,\"new\":2,\"same\":0,\"bad\":[]", 2, false, "" },
	{ "more behind it", "{\"batch\":\"b\",\"n\":2,\"new\":2,\"same\":0,\"bad\":[]}x", 2, false, "" },
	{ "another batch's", "{\"batch\":\"a\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}",
	    1, false, "" },
	{ "no batch's", "{\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}", 1, false, "" },
	{ "a page", "<html>Welcome</html>", 2, false, "" },
	{ "nothing", "", 0, false, "" },
	{ "an empty object", "{}", 0, false, "" },
};

static void
answers_are_believed_only_when_they_add_up(void)
{
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct seen seen = { { 0 } };

		check_case(answers[i].name);
		CHECK_INT(wire_answer_read(answers[i].text, strlen(answers[i].text),
			      "b", answers[i].sent, see, &seen),
		    answers[i].good);
		if (answers[i].good)
			CHECK_STR(buf_text(&seen.text), answers[i].seen);
		buf_clear(&seen.text);
	}
}

static void
limits_only_shrink(void)
{
	static const char text[] = "{\"status\":413,\"max_bytes\":1000,\"x\":{\"a\":1},"
				   "\"max_records\":900000,\"max_inflated\":-5}";
	struct wire_limits limits = { 5000, 6000, 700 };

	wire_limits_read(text, strlen(text), &limits);
	CHECK_INT(limits.max_bytes, 1000);
	CHECK_INT(limits.max_inflated, 6000);
	CHECK_INT(limits.max_records, 700);
	wire_limits_read("<html>", 6, &limits);
	CHECK_INT(limits.max_bytes, 1000);
}

/* --- hello --- */

static const struct {
	const char *name, *text;
	bool good;
	const char *closing;
	long max_records;
} hellos[] = {
	{ "a collector's",
	    "{\"name\":\"c\",\"protocols\":[2,1],\"time\":\"2026-11-23T09:30:00+08:00\","
	    "\"closing\":\"17:00-18:30\",\"limits\":{\"max_records\":20,\"max_depth\":32}}",
	    true, "17:00-18:30", 20 },
	{ "unknown members, larger limits",
	    "{\"x\":[{}],\"protocols\":[\"1\",{},1],\"time\":\"2026-11-23T09:30:00Z\","
	    "\"limits\":{\"max_records\":99999,\"y\":{}}}",
	    true, "", 1000 },
	{ "a window that is none",
	    "{\"protocols\":[1],\"time\":\"2026-11-23T09:30:00Z\",\"closing\":\"soon\"}", true,
	    "", 1000 },
	{ "another version", "{\"protocols\":[2],\"time\":\"2026-11-23T09:30:00Z\"}", false,
	    "", 0 },
	{ "no time", "{\"protocols\":[1]}", false, "", 0 },
	{ "a time that is none", "{\"protocols\":[1],\"time\":\"noon\"}", false, "", 0 },
	{ "cut", "{\"protocols\":[1],\"time\":\"2026-11-23T09:30:00Z\"", false, "", 0 },
	{ "protocols cut", "{\"protocols\":[1", false, "", 0 },
	{ "limits cut",
	    "{\"protocols\":[1],\"time\":\"2026-11-23T09:30:00Z\",\"limits\":{\"max_bytes\":1",
	    false, "", 0 },
	{ "a page", "<html>Welcome</html>", false, "", 0 },
	{ "somebody else's", "{\"ok\":true}", false, "", 0 },
};

static void
only_a_collector_says_hello(void)
{
	size_t i;

	for (i = 0; i < sizeof(hellos) / sizeof(hellos[0]); i++) {
		struct wire_hello hello = { .limits = { 1u << 20, 16u << 20, 1000 } };

		check_case(hellos[i].name);
		CHECK_INT(wire_hello_read(hellos[i].text, strlen(hellos[i].text), &hello),
		    hellos[i].good);
		if (!hellos[i].good)
			continue;
		CHECK_STR(hello.closing, hellos[i].closing);
		CHECK_INT(hello.limits.max_records, hellos[i].max_records);
		CHECK(hello.time != 0);
	}
}

static void
windows_are_read_strictly(void)
{
	static const char *const bad[] = { "", "17:00", "17:00-18:60", "24:00-25:00",
		"18:00-17:00", "17:00-17:00", "1700-1800xxx", "17:00-18:30 ", "-1:00-18:30" };
	int from, to;
	size_t i;

	CHECK(wire_window_read("07:05-18:30", &from, &to));
	CHECK_INT(from, 425);
	CHECK_INT(to, 1110);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!wire_window_read(bad[i], &from, &to));
}

static void
a_body_packed_in_pieces_is_the_same_body(void)
{
	struct wire_packer *p = wire_packer_new();
	struct buf text = { 0 }, packed = { 0 }, whole = { 0 }, back = { 0 };
	struct err err = { 0 };
	int round, i;

	for (round = 0; round < 2; round++) {
		buf_reset(&text);
		buf_reset(&packed);
		buf_reset(&whole);
		buf_reset(&back);
		CHECK(wire_packer_begin(p, &packed, &err));
		for (i = 0; i < 3000; i++) {
			size_t from = text.len;

			buf_fmt(&text, "{\"n\":%d,\"answers\":\"王小明%x\"}\n", i, i * 7919);
			CHECK(wire_packer_add(p, text.data + from, text.len - from, &err));
		}
		CHECK(wire_packer_end(p, &err));
		CHECK(wire_gzip(text.data, text.len, &whole, &err));
		CHECK(packed.len <= whole.len); /* it packs harder */
		CHECK_INT(wire_gunzip(packed.data, packed.len, WIRE_INFLATED_MAX, &back),
		    WIRE_INFLATED);
		CHECK_STR(buf_text(&back), buf_text(&text));
	}
	wire_packer_free(p);
	buf_clear(&text);
	buf_clear(&packed);
	buf_clear(&whole);
	buf_clear(&back);
}

int
main(void)
{
	RUN(a_record_survives_the_line);
	RUN(a_withdrawal_survives_the_line);
	lines_are_read_or_refused();
	every_message_is_in_the_catalogue();
	RUN(another_kind_is_only_named);
	RUN(a_refused_line_still_says_whose_it_is);
	RUN(size_and_depth_have_an_end);
	RUN(gzip_comes_back_whole);
	RUN(gzip_that_is_not_one_whole_member_is_refused);
	RUN(a_bomb_is_stopped_at_the_ceiling);
	answers_are_believed_only_when_they_add_up();
	RUN(limits_only_shrink);
	only_a_collector_says_hello();
	RUN(windows_are_read_strictly);
	RUN(a_body_packed_in_pieces_is_the_same_body);
	return CHECK_DONE();
}
