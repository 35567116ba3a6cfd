#include "json.h"

#include "buf.h"
#include "i18n.h"
#include "mem.h"
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What may stand next. Commas and colons are read together with what follows or
 * precedes them, so that a caller only ever sees tokens. */
enum {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* right after [ */
	EXPECT_NAME_OR_END,  /* right after { */
	EXPECT_NAME,         /* after a comma in an object */
	EXPECT_COMMA,        /* after a value inside something, or its end */
	EXPECT_NOTHING,
	EXPECT_FAILED,
};

void
json_reader_init(struct json_reader *r, const char *text, size_t len)
{
	*r = (struct json_reader){
		.start = text,
		.at = text,
		.end = text + len,
		.token = text,
		.expect = EXPECT_VALUE,
		.scratch = mem_alloc(sizeof(struct buf)),
	};
}

void
json_reader_clear(struct json_reader *r)
{
	if (r->scratch)
		buf_clear(r->scratch);
	free(r->scratch);
	*r = (struct json_reader){ 0 };
}

static enum json_token
fail(struct json_reader *r, const char *problem)
{
	r->problem = problem;
	r->expect = EXPECT_FAILED;
	return JSON_ERROR;
}

static void
skip_blanks(struct json_reader *r)
{
	while (r->at < r->end &&
	       (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

/* The state after a whole value. */
static void
value_done(struct json_reader *r)
{
	r->expect = r->depth ? EXPECT_COMMA : EXPECT_NOTHING;
}

/* Four hex digits at the reader's place, or -1. */
static int32_t
read_hex4(struct json_reader *r)
{
	int32_t code = 0;
	int i;

	if (r->end - r->at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = *r->at++;

		if (c >= '0' && c <= '9')
			code = code * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			code = code * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			code = code * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	return code;
}

static void
add_code(struct buf *out, int32_t code)
{
	if (code < 0x80) {
		buf_char(out, (char)code);
	} else if (code < 0x800) {
		buf_char(out, (char)(0xC0 | code >> 6));
		buf_char(out, (char)(0x80 | (code & 0x3F)));
	} else if (code < 0x10000) {
		buf_char(out, (char)(0xE0 | code >> 12));
		buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
		buf_char(out, (char)(0x80 | (code & 0x3F)));
	} else {
		buf_char(out, (char)(0xF0 | code >> 18));
		buf_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
		buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
		buf_char(out, (char)(0x80 | (code & 0x3F)));
	}
}

/* After \u: one code point, from a surrogate pair where need be. NULL or a problem. */
static const char *
read_unicode_escape(struct json_reader *r)
{
	int32_t code = read_hex4(r), low;

	if (code < 0)
		return N_("\\u needs four hexadecimal digits");
	if (code == 0)
		return N_("a string with \\u0000 in it is not taken");
	if (code >= 0xDC00 && code <= 0xDFFF)
		return N_("half a surrogate pair");
	if (code >= 0xD800 && code <= 0xDBFF) {
		if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u')
			return N_("half a surrogate pair");
		r->at += 2;
		low = read_hex4(r);
		if (low < 0xDC00 || low > 0xDFFF)
			return N_("half a surrogate pair");
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	}
	add_code(r->scratch, code);
	return NULL;
}

static const char *
read_escape(struct json_reader *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	r->at++;
	if (r->at == r->end)
		return N_("a string that does not end");
	if (*r->at == 'u') {
		r->at++;
		return read_unicode_escape(r);
	}
	found = memchr(from, *r->at, sizeof(from) - 1);
	if (!found)
		return N_("an unknown escape after \\");
	buf_char(r->scratch, to[found - from]);
	r->at++;
	return NULL;
}

/* At the opening quote. Leaves the unescaped text in scratch. */
static bool
read_string(struct json_reader *r)
{
	const char *run, *problem;
	size_t n;

	buf_reset(r->scratch);
	r->at++;
	for (run = r->at; r->at < r->end;) {
		unsigned char c = (unsigned char)*r->at;

		if (c == '"' || c == '\\')
			buf_add(r->scratch, run, (size_t)(r->at - run));
		if (c == '"') {
			r->at++;
			r->text = buf_text(r->scratch);
			r->text_len = r->scratch->len;
			return true;
		}
		if (c == '\\') {
			problem = read_escape(r);
			if (problem) {
				fail(r, problem);
				return false;
			}
			run = r->at;
			continue;
		}
		if (c < 0x20) {
			fail(r, N_("a control character inside a string"));
			return false;
		}
		n = utf8_length(r->at, (size_t)(r->end - r->at));
		if (n == 0) {
			fail(r, N_("bytes that are not UTF-8"));
			return false;
		}
		r->at += n;
	}
	fail(r, N_("a string that does not end"));
	return false;
}

static bool
skip_digits(struct json_reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

/* RFC 8259, section 6. */
static enum json_token
read_number(struct json_reader *r)
{
	const char *from = r->at;
	bool ok;

	if (*r->at == '-')
		r->at++;
	if (r->at < r->end && *r->at == '0') {
		r->at++;
		ok = true;
	} else {
		ok = skip_digits(r);
	}
	if (ok && r->at < r->end && *r->at == '.') {
		r->at++;
		ok = skip_digits(r);
	}
	if (ok && r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
			r->at++;
		ok = skip_digits(r);
	}
	if (!ok)
		return fail(r, N_("a malformed number"));
	buf_reset(r->scratch);
	buf_add(r->scratch, from, (size_t)(r->at - from));
	r->text = buf_text(r->scratch);
	r->text_len = r->scratch->len;
	value_done(r);
	return JSON_NUMBER;
}

static enum json_token
read_word(struct json_reader *r)
{
	static const struct {
		const char *word;
		size_t len;
		enum json_token token;
	} words[] = {
		{ "true", 4, JSON_TRUE },
		{ "false", 5, JSON_FALSE },
		{ "null", 4, JSON_NULL },
	};
	size_t i, left = (size_t)(r->end - r->at);

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (left < words[i].len || memcmp(r->at, words[i].word, words[i].len))
			continue;
		r->at += words[i].len;
		value_done(r);
		return words[i].token;
	}
	return fail(r, N_("something that is no value"));
}

static enum json_token
open_nest(struct json_reader *r, char bracket)
{
	if (r->depth == JSON_DEPTH_MAX)
		return fail(r, N_("nested too deeply"));
	r->stack[r->depth++] = (unsigned char)bracket;
	r->at++;
	r->expect = bracket == '{' ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
	return bracket == '{' ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_token
close_nest(struct json_reader *r)
{
	char open = (char)r->stack[r->depth - 1];

	if (*r->at != (open == '{' ? '}' : ']'))
		return fail(r, N_("brackets that do not match"));
	r->at++;
	r->depth--;
	value_done(r);
	return open == '{' ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static enum json_token
read_value(struct json_reader *r)
{
	char c = *r->at;

	if (c == '{' || c == '[')
		return open_nest(r, c);
	if (c == '"') {
		if (!read_string(r))
			return JSON_ERROR;
		value_done(r);
		return JSON_STRING;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(r);
	return read_word(r);
}

static enum json_token
read_name(struct json_reader *r)
{
	if (*r->at != '"')
		return fail(r, N_("a member's name in quotes is missing"));
	if (!read_string(r))
		return JSON_ERROR;
	skip_blanks(r);
	if (r->at == r->end || *r->at != ':')
		return fail(r, N_("a colon is missing after a member's name"));
	r->at++;
	r->expect = EXPECT_VALUE;
	return JSON_NAME;
}

/* After a value inside an object or array: a comma or the end. */
static enum json_token
read_after_value(struct json_reader *r)
{
	bool object = r->stack[r->depth - 1] == '{';

	if (*r->at == '}' || *r->at == ']')
		return close_nest(r);
	if (*r->at != ',')
		return fail(r, N_("a comma is missing"));
	r->at++;
	skip_blanks(r);
	if (r->at == r->end)
		return fail(r, N_("the text ends too early"));
	r->token = r->at;
	return object ? read_name(r) : read_value(r);
}

enum json_token
json_next(struct json_reader *r)
{
	if (r->expect == EXPECT_FAILED)
		return JSON_ERROR;
	skip_blanks(r);
	r->token = r->at;
	if (r->expect == EXPECT_NOTHING)
		return r->at == r->end ? JSON_END
				       : fail(r, N_("more text after the value"));
	if (r->at == r->end)
		return fail(r, N_("the text ends too early"));
	switch (r->expect) {
	case EXPECT_VALUE_OR_END:
		return *r->at == ']' ? close_nest(r) : read_value(r);
	case EXPECT_NAME_OR_END:
		return *r->at == '}' ? close_nest(r) : read_name(r);
	case EXPECT_COMMA:
		return read_after_value(r);
	default:
		return read_value(r);
	}
}

bool
json_skip(struct json_reader *r, const char **raw, size_t *raw_len)
{
	const char *from;
	enum json_token token;
	int depth = r->depth;

	if (r->expect == EXPECT_VALUE_OR_END || r->expect == EXPECT_NAME_OR_END) {
		depth--; /* its bracket has been read */
	} else if (r->expect == EXPECT_VALUE) {
		skip_blanks(r);
		r->token = r->at;
		if (json_next(r) == JSON_ERROR)
			return false;
	}
	from = r->token;
	while (r->depth > depth) {
		token = json_next(r);
		if (token == JSON_ERROR)
			return false;
	}
	if (r->expect == EXPECT_FAILED)
		return false;
	r->token = from;
	if (raw)
		*raw = from;
	if (raw_len)
		*raw_len = (size_t)(r->at - from);
	return true;
}

bool
json_valid(const char *text, size_t len)
{
	struct json_reader r;
	enum json_token token;

	json_reader_init(&r, text, len);
	do
		token = json_next(&r);
	while (token != JSON_END && token != JSON_ERROR);
	json_reader_clear(&r);
	return token == JSON_END;
}

void
json_writer_init(struct json_writer *w, struct buf *out)
{
	w->out = out;
	w->need_comma = false;
}

/* Every value and every name begins here. */
static void
separate(struct json_writer *w)
{
	if (w->need_comma)
		buf_char(w->out, ',');
	w->need_comma = true;
}

static void
write_escaped(struct buf *out, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = memchr(plain, c, sizeof(plain) - 1);

	if (found) {
		buf_char(out, '\\');
		buf_char(out, letters[found - plain]);
	} else {
		buf_fmt(out, "\\u%04x", c);
	}
}

static void
write_string(struct buf *out, const char *s)
{
	size_t left = strlen(s), n;
	const char *run = s;

	buf_char(out, '"');
	while (left) {
		unsigned char c = (unsigned char)*s;

		n = utf8_length(s, left);
		if (n && c >= 0x20 && c != '"' && c != '\\') {
			s += n;
			left -= n;
			continue;
		}
		buf_add(out, run, (size_t)(s - run));
		if (n)
			write_escaped(out, c);
		else
			buf_str(out, "\xEF\xBF\xBD");
		s++;
		left--;
		run = s;
	}
	buf_add(out, run, (size_t)(s - run));
	buf_char(out, '"');
}

void
json_object(struct json_writer *w)
{
	separate(w);
	buf_char(w->out, '{');
	w->need_comma = false;
}

void
json_object_end(struct json_writer *w)
{
	buf_char(w->out, '}');
	w->need_comma = true;
}

void
json_array(struct json_writer *w)
{
	separate(w);
	buf_char(w->out, '[');
	w->need_comma = false;
}

void
json_array_end(struct json_writer *w)
{
	buf_char(w->out, ']');
	w->need_comma = true;
}

void
json_name(struct json_writer *w, const char *name)
{
	separate(w);
	write_string(w->out, name);
	buf_char(w->out, ':');
	w->need_comma = false;
}

void
json_string(struct json_writer *w, const char *s)
{
	if (!s) {
		json_null(w);
		return;
	}
	separate(w);
	write_string(w->out, s);
}

void
json_integer(struct json_writer *w, long long n)
{
	separate(w);
	buf_fmt(w->out, "%lld", n);
}

void
json_bool(struct json_writer *w, bool b)
{
	separate(w);
	buf_str(w->out, b ? "true" : "false");
}

void
json_null(struct json_writer *w)
{
	separate(w);
	buf_str(w->out, "null");
}

void
json_raw(struct json_writer *w, const char *text, size_t len)
{
	separate(w);
	buf_add(w->out, text, len);
}

void
json_member(struct json_writer *w, const char *name, const char *value)
{
	json_name(w, name);
	json_string(w, value);
}

void
json_member_integer(struct json_writer *w, const char *name, long long n)
{
	json_name(w, name);
	json_integer(w, n);
}
