/* What a collector answers, read by the notebook: strangers' bytes until proven ours. */
#include "wire.h"

#include "buf.h"
#include "clock.h"
#include "json.h"
#include "wire_private.h"

#include <stdio.h>
#include <string.h>

static bool
read_count(struct json_reader *r, long *n)
{
	return json_next(r) == JSON_NUMBER && wire_number_read(r->text, n);
}

/* Texts of a refusal while its object is read. */
struct refusing {
	struct wire_refusal refusal;
	struct buf texts[4]; /* id, code, path, message */
	long line;
};

static bool
read_refusal_member(struct json_reader *r, struct refusing *f)
{
	static const char *const names[] = { "id", "code", "path", "message" };
	size_t i;

	if (!strcmp(r->text, "line"))
		return read_count(r, &f->line);
	if (!strcmp(r->text, "rev"))
		return read_count(r, &f->refusal.rev);
	for (i = 0; i < 4; i++) {
		if (strcmp(r->text, names[i]) != 0)
			continue;
		if (json_next(r) != JSON_STRING)
			return false;
		buf_reset(&f->texts[i]);
		buf_add(&f->texts[i], r->text, r->text_len);
		return true;
	}
	return json_skip(r, NULL, NULL);
}

static bool
read_refusal(struct json_reader *r, size_t sent, struct refusing *f)
{
	enum json_token token;
	size_t i;

	f->line = 0;
	f->refusal.rev = 0;
	for (i = 0; i < 4; i++)
		buf_reset(&f->texts[i]);
	while ((token = json_next(r)) == JSON_NAME)
		if (!read_refusal_member(r, f))
			return false;
	if (token != JSON_OBJECT_END || f->line < 1 || (size_t)f->line > sent ||
	    !f->texts[1].len)
		return false;
	f->refusal.line = (size_t)f->line - 1;
	f->refusal.id = buf_text(&f->texts[0]);
	f->refusal.code = buf_text(&f->texts[1]);
	f->refusal.path = buf_text(&f->texts[2]);
	f->refusal.message = buf_text(&f->texts[3]);
	return true;
}

static bool
read_refusals(struct json_reader *r, size_t sent, long *count,
    void (*refusal)(const struct wire_refusal *refusal, void *data), void *data)
{
	struct refusing f = { 0 };
	enum json_token token;
	bool ok = json_next(r) == JSON_ARRAY;
	size_t i;

	while (ok && (token = json_next(r)) != JSON_ARRAY_END) {
		ok = token == JSON_OBJECT && read_refusal(r, sent, &f);
		if (ok) {
			refusal(&f.refusal, data);
			++*count;
		}
	}
	for (i = 0; i < 4; i++)
		buf_clear(&f.texts[i]);
	return ok;
}

bool
wire_answer_read(const char *text, size_t len, const char *batch, size_t sent,
    void (*refusal)(const struct wire_refusal *refusal, void *data), void *data)
{
	long n = -1, fresh = -1, same = -1, bad = 0;
	enum json_token token;
	struct json_reader r;
	bool ok, listed = false, named = false;

	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) != JSON_OBJECT_END) {
		if (token != JSON_NAME)
			ok = false;
		else if (!strcmp(r.text, "n"))
			ok = read_count(&r, &n);
		else if (!strcmp(r.text, "new"))
			ok = read_count(&r, &fresh);
		else if (!strcmp(r.text, "same"))
			ok = read_count(&r, &same);
		else if (!strcmp(r.text, "batch"))
			ok = named = json_next(&r) == JSON_STRING && !strcmp(r.text, batch);
		else if (!strcmp(r.text, "bad"))
			ok = !listed && read_refusals(&r, sent, &bad, refusal, data),
			listed = true;
		else
			ok = json_skip(&r, NULL, NULL);
	}
	ok = ok && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok && named && listed && n == (long)sent && fresh >= 0 && same >= 0 &&
	    fresh + same + bad == n;
}

/* The reader stands after the object's beginning; smaller limits replace those there. */
static bool
read_limits(struct json_reader *r, struct wire_limits *limits)
{
	const struct {
		const char *name;
		long *limit;
	} known[] = { { "max_bytes", &limits->max_bytes },
		{ "max_inflated", &limits->max_inflated },
		{ "max_records", &limits->max_records } };
	enum json_token token;
	size_t i;

	while ((token = json_next(r)) == JSON_NAME) {
		long n = 0;

		for (i = 0; i < 3 && strcmp(r->text, known[i].name) != 0; i++)
			;
		if (i == 3 ? !json_skip(r, NULL, NULL) : !read_count(r, &n))
			return false;
		if (i < 3 && n > 0 && n < *known[i].limit)
			*known[i].limit = n;
	}
	return token == JSON_OBJECT_END;
}

void
wire_limits_read(const char *text, size_t len, struct wire_limits *limits)
{
	struct json_reader r;

	json_reader_init(&r, text, len);
	if (json_next(&r) == JSON_OBJECT)
		read_limits(&r, limits);
	json_reader_clear(&r);
}

/* True when WIRE_VERSION is among them. */
static bool
read_protocols(struct json_reader *r, bool *spoken)
{
	enum json_token token;
	long n;

	if (json_next(r) != JSON_ARRAY)
		return false;
	while ((token = json_next(r)) != JSON_ARRAY_END) {
		if (token == JSON_ERROR || token == JSON_END)
			return false;
		if (token == JSON_OBJECT || token == JSON_ARRAY) {
			if (!json_skip(r, NULL, NULL))
				return false;
		} else if (token == JSON_NUMBER && wire_number_read(r->text, &n)) {
			*spoken |= n == WIRE_VERSION;
		}
	}
	return true;
}

bool
wire_window_read(const char *text, int *from, int *to)
{
	int h1, m1, h2, m2, used = 0;

	if (strlen(text) != 11 ||
	    sscanf(text, "%2d:%2d-%2d:%2d%n", &h1, &m1, &h2, &m2, &used) != 4 || used != 11)
		return false;
	*from = h1 * 60 + m1;
	*to = h2 * 60 + m2;
	return h1 >= 0 && h1 < 24 && m1 >= 0 && m1 < 60 && h2 >= 0 && h2 < 24 && m2 >= 0 &&
	    m2 < 60 && *from < *to;
}

/* {"number":17,"hash":"64 HEX"} */
static bool
read_log(struct json_reader *r, struct wire_hello *hello)
{
	enum json_token token;

	while ((token = json_next(r)) == JSON_NAME) {
		bool number = !strcmp(r->text, "number"), hash = !strcmp(r->text, "hash");

		if (number ? !read_count(r, &hello->log_number)
			   : hash ? json_next(r) != JSON_STRING
				  : !json_skip(r, NULL, NULL))
			return false;
		if (hash)
			snprintf(hello->log_hash, sizeof(hello->log_hash), "%s", r->text);
	}
	return token == JSON_OBJECT_END;
}

static bool
read_key(struct json_reader *r, struct wire_hello *hello)
{
	unsigned char key[WIRE_KEY_SIZE];

	if (json_next(r) != JSON_STRING)
		return false;
	if (r->text_len == sizeof(hello->key) - 1 && wire_key_read(r->text, key))
		memcpy(hello->key, r->text, sizeof(hello->key));
	return true;
}

static bool
read_hello_member(struct json_reader *r, struct wire_hello *hello, bool *spoken)
{
	int offset, from, to;

	if (!strcmp(r->text, "protocols"))
		return read_protocols(r, spoken);
	if (!strcmp(r->text, "time"))
		return json_next(r) == JSON_STRING &&
		    clock_parse(r->text, &hello->time, &offset);
	if (!strcmp(r->text, "keeps_kinds")) {
		enum json_token token = json_next(r);

		hello->keeps_kinds = token == JSON_TRUE;
		return token == JSON_TRUE || token == JSON_FALSE;
	}
	if (!strcmp(r->text, "log"))
		return json_next(r) == JSON_OBJECT && read_log(r, hello);
	if (!strcmp(r->text, "limits"))
		return json_next(r) == JSON_OBJECT && read_limits(r, &hello->limits);
	if (!strcmp(r->text, "key"))
		return read_key(r, hello);
	if (strcmp(r->text, "closing") != 0)
		return json_skip(r, NULL, NULL);
	if (json_next(r) != JSON_STRING)
		return false;
	if (wire_window_read(r->text, &from, &to))
		memcpy(hello->closing, r->text, r->text_len + 1);
	return true;
}

bool
wire_hello_read(const char *text, size_t len, struct wire_hello *hello)
{
	enum json_token token = JSON_ERROR;
	bool spoken = false, ok;
	struct json_reader r;

	hello->time = 0;
	hello->closing[0] = hello->key[0] = hello->log_hash[0] = '\0';
	hello->log_number = 0;
	hello->keeps_kinds = false;
	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME)
		ok = read_hello_member(&r, hello, &spoken);
	ok = ok && token == JSON_OBJECT_END && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok && spoken && hello->time != 0;
}
