/*
 * json - RFC 8259 read token by token and written straight into a buf
 *
 * The reader builds no tree: it hands out one token a call, checks UTF-8 and
 * nesting, and keeps its place in the text it was lent. The writer puts commas
 * and escapes where they belong; numbers are written as value.h prints them. One
 * writer writes one value: begin the next with json_writer_init().
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define JSON_DEPTH_MAX 32

enum json_token {
	JSON_END, /* the text is over, and was well-formed */
	JSON_ERROR,
	JSON_OBJECT,     /* { */
	JSON_OBJECT_END, /* } */
	JSON_ARRAY,      /* [ */
	JSON_ARRAY_END,  /* ] */
	JSON_NAME,       /* a member's name; its value is the next token */
	JSON_STRING,
	JSON_NUMBER, /* text holds it as written */
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
};

struct json_reader {
	const char *start, *at, *end;
	/* Of the last NAME, STRING or NUMBER: unescaped, NUL-terminated, lent
	 * until the next call. A string with \u0000 in it is an error. */
	const char *text;
	size_t text_len;
	const char *problem; /* after JSON_ERROR: what, in English; _() translates */
	int depth;
	unsigned char stack[JSON_DEPTH_MAX];
	unsigned char expect; /* private */
	const char *token;    /* private: where the last token begins */
	struct buf *scratch;  /* private */
};

void json_reader_init(struct json_reader *r, const char *text, size_t len);
void json_reader_clear(struct json_reader *r);
enum json_token json_next(struct json_reader *r);

/* After OBJECT or ARRAY: goes past its end. After NAME, or at the very start: past the
 * value. After a scalar: stays. False on bad JSON. raw (may be NULL) gets the whole
 * value's own bytes, its brackets too, lent from the text. */
bool json_skip(struct json_reader *r, const char **raw, size_t *raw_len);

/* True when the whole text is one well-formed value. */
bool json_valid(const char *text, size_t len);

struct json_writer {
	struct buf *out;
	bool need_comma; /* private */
};

void json_writer_init(struct json_writer *w, struct buf *out);
void json_object(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_name(struct json_writer *w, const char *name);
/* NULL writes null; bytes that are not UTF-8 become U+FFFD. */
void json_string(struct json_writer *w, const char *s);
void json_integer(struct json_writer *w, long long n);
void json_bool(struct json_writer *w, bool b);
void json_null(struct json_writer *w);
/* text is JSON already: a number, or a whole value. */
void json_raw(struct json_writer *w, const char *text, size_t len);

/* name and value in one call. */
void json_member(struct json_writer *w, const char *name, const char *value);
void json_member_integer(struct json_writer *w, const char *name, long long n);

#endif
