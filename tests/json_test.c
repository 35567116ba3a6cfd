/*
 * json_test - what is JSON, what is not, and that what is written reads back
 */
#include "check.h"

#include "buf.h"
#include "json.h"

#include <stdlib.h>

#define S(text) text, sizeof(text) - 1

/* Tokens as one line: {} [] as they are, n:NAME, s:STRING, d:NUMBER, t f z, . ! */
static void
spell(struct buf *out, const char *text, size_t len)
{
	struct json_reader r;
	enum json_token token;

	buf_reset(out);
	json_reader_init(&r, text, len);
	do {
		static const char signs[] = ".!{}[]nsdtfz";

		token = json_next(&r);
		buf_char(out, signs[token]);
		if (token == JSON_NAME || token == JSON_STRING || token == JSON_NUMBER) {
			CHECK_INT(strlen(r.text), r.text_len);
			buf_fmt(out, ":%s ", r.text);
		}
	} while (token != JSON_END && token != JSON_ERROR);
	if (token == JSON_ERROR) {
		CHECK(r.problem && *r.problem);
		CHECK(json_next(&r) == JSON_ERROR);
	}
	json_reader_clear(&r);
}

static void
tokens(void)
{
	/* clang-format off */
	static const struct { const char *text; size_t len; const char *want; } cases[] = {
		{ S("{}"), "{}." },
		{ S(" [ ] \r\n\t"), "[]." },
		{ S("{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"x\"}}"),
		    "{n:a d:1 n:b [tfz]n:c {n:d s:x }}." },
		{ S("\"\""), "s: ." },
		{ S("\"王淑芳\""), "s:王淑芳 ." },
		{ S("\"\\u738b\\u6dD1\\u82B3\""), "s:王淑芳 ." },
		{ S("\"\\ud83d\\ude00\\uD840\\uDC00\""), "s:😀𠀀 ." },
		{ S("\"\\u007f\\u00e9\\u07ff\\u0800\""), "s:\x7fé\u07ff\u0800 ." },
		{ S("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "s:\"\\/\b\f\n\r\t ." },
		{ S("\"a\\nb\\nc\""), "s:a\nb\nc ." },
		{ S("[0,-0,12.50,1e5,-1.5E+10,1E-2]"),
		    "[d:0 d:-0 d:12.50 d:1e5 d:-1.5E+10 d:1E-2 ]." },
		{ S("[[],{},[{}]]"), "[[]{}[{}]]." },
		{ S("12345678901234567890"), "d:12345678901234567890 ." },
	};
	/* clang-format on */
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(cases[i].text);
		spell(&out, cases[i].text, cases[i].len);
		CHECK_STR(buf_text(&out), cases[i].want);
		CHECK(json_valid(cases[i].text, cases[i].len));
	}
	buf_clear(&out);
}

static void
refused(void)
{
	/* clang-format off */
	static const struct { const char *text; size_t len; } cases[] = {
		{ S("") }, { S("  ") }, { S("{") }, { S("[") }, { S("[1") }, { S("[1,") },
		{ S("[1,]") }, { S("[,1]") }, { S("{\"a\"}") }, { S("{\"a\":}") },
		{ S("{\"a\":1,}") }, { S("{a:1}") }, { S("{1:1}") }, { S("{\"a\" 1}") },
		{ S("{\"a\":1 \"b\":2}") }, { S("[1 2]") }, { S("[1}") }, { S("{]") },
		{ S("1 2") }, { S("{} x") }, { S("[]]") }, { S("01") }, { S("-") },
		{ S("+1") }, { S("1.") }, { S(".5") }, { S("1e") }, { S("1e+") },
		{ S("-a") }, { S("0x1") }, { S("NaN") }, { S("tru") }, { S("True") },
		{ S("nulll") }, { S("'a'") }, { S("\"") }, { S("\"a") }, { S("\"\\") },
		{ S("\"\\x\"") }, { S("\"\\u12\"") }, { S("\"\\u12g4\"") },
		{ S("\"\\u0000\"") }, { S("\"a\nb\"") }, { S("\"a\tb\"") },
		{ S("\"a\0b\"") }, { S("\"\\\0\"") },
		{ S("\"\\ud800\"") }, { S("\"\\udc00\"") }, { S("\"\\ud800\\ud800\"") },
		{ S("\"\\ud800x\"") }, { S("\"\\ud800\\n1234\"") },
		{ S("\"\x80\"") }, { S("\"\xC0\x80\"") }, { S("\"\xE7\x8E\"") },
		{ S("\"\xED\xA0\x80\"") }, { S("\"\xF4\x90\x80\x80\"") },
		{ S("\"\xF8\x88\x80\x80\x80\"") }, { S("\"\xE0\x80\x80\"") },
		{ S("\"\xF0\x80\x80\x80\"") }, { S("\xEF\xBB\xBF{}") },
		{ S("[1]\0") }, { S("/**/1") },
	};
	/* clang-format on */
	struct buf out = { 0 };
	char name[40];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_close();
		snprintf(name, sizeof(name), "refused row %zu: %.12s", i, cases[i].text);
		check_case(name);
		spell(&out, cases[i].text, cases[i].len);
		CHECK(out.data[out.len - 1] == '!');
		CHECK(!json_valid(cases[i].text, cases[i].len));
	}
	buf_clear(&out);
}

static void
nesting_has_a_limit(void)
{
	char text[2 * (JSON_DEPTH_MAX + 1)];

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	CHECK(json_valid(text, 2 * JSON_DEPTH_MAX));
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	CHECK(!json_valid(text, sizeof(text)));
}

/* Every prefix of a good text is bad, and none is read past its end. */
static void
cut_anywhere(void)
{
	static const char text[] = "{\"名\":[1.5e2,\"\\u738b\\n\",true],\"b\":null}";
	size_t n;

	for (n = 0; n < sizeof(text) - 1; n++) {
		char *copy = malloc(n ? n : 1); /* exactly as long: ASan watches */

		memcpy(copy, text, n);
		CHECK(!json_valid(copy, n));
		free(copy);
	}
	CHECK(json_valid(text, sizeof(text) - 1));
}

static void
check_raw(struct json_reader *r, const char *want)
{
	const char *raw;
	size_t len;

	CHECK(json_skip(r, &raw, &len));
	CHECK(len == strlen(want) && !memcmp(raw, want, len));
}

static void
skipping(void)
{
	static const char text[] =
	    "{ \"a\" : {\"x\":[1,{}]} , \"b\": [1, [2]] ,\"c\":-1.5, \"d\" :\"s\"}";
	struct json_reader r;

	json_reader_init(&r, text, strlen(text));
	CHECK(json_next(&r) == JSON_OBJECT);
	CHECK(json_next(&r) == JSON_NAME);
	check_raw(&r, "{\"x\":[1,{}]}");
	CHECK(json_next(&r) == JSON_NAME);
	CHECK_STR(r.text, "b");
	CHECK(json_next(&r) == JSON_ARRAY);
	check_raw(&r, "[1, [2]]");
	CHECK(json_next(&r) == JSON_NAME);
	check_raw(&r, "-1.5");
	CHECK(json_next(&r) == JSON_NAME);
	CHECK(json_next(&r) == JSON_STRING);
	check_raw(&r, "\"s\"");
	CHECK(json_next(&r) == JSON_OBJECT_END);
	CHECK(json_next(&r) == JSON_END);
	json_reader_clear(&r);

	json_reader_init(&r, text, strlen(text));
	CHECK(json_next(&r) == JSON_OBJECT);
	check_raw(&r, text);
	CHECK(json_next(&r) == JSON_END);
	json_reader_clear(&r);

	json_reader_init(&r, text, strlen(text));
	check_raw(&r, text);
	json_reader_clear(&r);

	json_reader_init(&r, S("[[1,2"));
	CHECK(json_next(&r) == JSON_ARRAY);
	CHECK(!json_skip(&r, NULL, NULL));
	CHECK(!json_skip(&r, NULL, NULL));
	json_reader_clear(&r);
}

static void
writing(void)
{
	struct buf out = { 0 };
	struct json_writer w;

	json_writer_init(&w, &out);
	json_object(&w);
	json_member(&w, "id", "a\"\\\b\f\n\r\t\x01\x7f王");
	json_name(&w, "empty");
	json_object(&w);
	json_object_end(&w);
	json_name(&w, "rows");
	json_array(&w);
	json_array(&w);
	json_array_end(&w);
	json_integer(&w, -9223372036854775807LL - 1);
	json_bool(&w, true);
	json_bool(&w, false);
	json_null(&w);
	json_string(&w, NULL);
	json_raw(&w, S("1.50"));
	json_object(&w);
	json_member_integer(&w, "n", 7);
	json_member(&w, "bad", "a\xFFz\xE7\x8E");
	json_object_end(&w);
	json_array_end(&w);
	json_member(&w, "last", NULL);
	json_object_end(&w);
	CHECK_STR(buf_text(&out),
	    "{\"id\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f王\",\"empty\":{},"
	    "\"rows\":[[],-9223372036854775808,true,false,null,null,1.50,"
	    "{\"n\":7,\"bad\":\"a\uFFFDz\uFFFD\uFFFD\"}],\"last\":null}");
	CHECK(json_valid(out.data, out.len));
	buf_clear(&out);
}

/* Each character of the lower planes survives writing and reading. */
static void
round_trip(void)
{
	struct buf out = { 0 };
	struct json_writer w;
	struct json_reader r;
	char s[300];
	int i, n = 0;

	for (i = 1; i < 0x80; i++)
		s[n++] = (char)i;
	strcpy(s + n, "é王𠀀👨‍👩‍👧");
	json_writer_init(&w, &out);
	json_string(&w, s);
	json_reader_init(&r, out.data, out.len);
	CHECK(json_next(&r) == JSON_STRING);
	CHECK_STR(r.text, s);
	CHECK(json_next(&r) == JSON_END);
	json_reader_clear(&r);
	buf_clear(&out);
}

int
main(void)
{
	tokens();
	refused();
	RUN(nesting_has_a_limit);
	RUN(cut_anywhere);
	RUN(skipping);
	RUN(writing);
	RUN(round_trip);
	return CHECK_DONE();
}
