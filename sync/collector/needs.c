#include "needs.h"

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEEDS_MAX 200

/* The texts of named members, wherever they stand outside of arrays. */
struct wanted {
	const char *name;
	struct buf *text;
};

static void
find_texts(const char *json, size_t len, const struct wanted *wanted, size_t count)
{
	const struct wanted *found = NULL;
	struct json_reader r;
	enum json_token t;

	json_reader_init(&r, json, len);
	while ((t = json_next(&r)) != JSON_END && t != JSON_ERROR) {
		if (t == JSON_STRING && found) {
			buf_reset(found->text);
			buf_add(found->text, r.text, r.text_len);
		}
		found = NULL;
		for (size_t i = 0; t == JSON_NAME && i < count; i++)
			if (!strcmp(r.text, wanted[i].name))
				found = &wanted[i];
		if (t == JSON_ARRAY && !json_skip(&r, NULL, NULL))
			break;
	}
	json_reader_clear(&r);
}

/* One need of the visit's repeat, as it is read. */
struct reading {
	struct buf kind, handling, text, due;
};

static void
reading_reset(struct reading *rd)
{
	buf_reset(&rd->kind);
	buf_reset(&rd->handling);
	buf_reset(&rd->text);
	buf_reset(&rd->due);
}

static void
reading_clear(struct reading *rd)
{
	buf_clear(&rd->kind);
	buf_clear(&rd->handling);
	buf_clear(&rd->text);
	buf_clear(&rd->due);
}

struct found {
	struct db_need *needs;
	size_t count, cap;
};

static bool
is(const struct buf *b, const char *text)
{
	return !strcmp(buf_text(b), text);
}

static void
keep(struct found *f, const char *visit, size_t place, const struct reading *rd)
{
	struct buf id = { 0 };

	if (is(&rd->kind, "praise") || is(&rd->handling, "onspot") ||
	    is(&rd->handling, "") || f->count == NEEDS_MAX)
		return;
	buf_fmt(&id, "%s-%zu", visit, place);
	f->needs = mem_grow(f->needs, &f->cap, f->count + 1, sizeof(*f->needs));
	f->needs[f->count++] = (struct db_need){ .id = buf_take(&id),
		.text = mem_strdup(buf_text(&rd->text)),
		.due = mem_strdup(buf_text(&rd->due)), .dispute = is(&rd->kind, "dispute") };
}

static void
found_clear(struct found *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free((char *)(uintptr_t)f->needs[i].id);
		free((char *)(uintptr_t)f->needs[i].text);
		free((char *)(uintptr_t)f->needs[i].due);
	}
	free(f->needs);
}

/* The reader stands after the beginning of the array. */
static void
read_needs(struct json_reader *r, const char *visit, struct found *f)
{
	struct reading rd = { 0 };
	const struct wanted wanted[] = { { "need_kind", &rd.kind },
		{ "need_handling", &rd.handling }, { "need_text", &rd.text },
		{ "need_due", &rd.due } };
	size_t place = 0, len;
	const char *raw;

	/* Each instance is skipped, which gives its own bytes. */
	while (json_next(r) == JSON_OBJECT && json_skip(r, &raw, &len)) {
		reading_reset(&rd);
		find_texts(raw, len, wanted, sizeof(wanted) / sizeof(wanted[0]));
		keep(f, visit, ++place, &rd);
	}
	reading_clear(&rd);
}

static enum db_result
take_visit(const struct db_ops *ops, struct db *db, const struct wire_record *record,
    struct err *err)
{
	struct found f = { 0 };
	enum db_result result;
	struct json_reader r;
	enum json_token t = JSON_ERROR;

	json_reader_init(&r, record->answers ? record->answers : "",
	    record->answers_len);
	while (record->answers && (t = json_next(&r)) != JSON_END && t != JSON_ERROR)
		if (t == JSON_NAME && !strcmp(r.text, "needs") && json_next(&r) == JSON_ARRAY) {
			read_needs(&r, record->id, &f);
			break;
		}
	json_reader_clear(&r);
	result = ops->needs_set(db, record->id, record->rev, record->user, f.needs, f.count,
	    err);
	found_clear(&f);
	return result;
}

/* A record that answers a need: which one, when, and whether that closes it. */
static enum db_result
answer(const struct db_ops *ops, struct db *db, const struct wire_record *record,
    struct buf *ref, const struct buf *day, bool closes, struct err *err)
{
	for (size_t i = 0; i < ref->len; i++)
		ref->data[i] = (char)tolower((unsigned char)ref->data[i]);
	return ops->need_answer(db, record->id, record->rev, buf_text(ref), buf_text(day),
	    closes, err);
}

static enum db_result
take_feedback(const struct db_ops *ops, struct db *db, const struct wire_record *record,
    struct err *err)
{
	struct buf ref = { 0 }, day = { 0 }, status = { 0 };
	const struct wanted wanted[] = { { "need_ref", &ref }, { "fb_date", &day },
		{ "fb_status", &status } };
	enum db_result result;

	if (record->answers)
		find_texts(record->answers, record->answers_len, wanted,
		    sizeof(wanted) / sizeof(wanted[0]));
	result = answer(ops, db, record, &ref, &day,
	    is(&status, "done") || is(&status, "dropped"), err);
	buf_clear(&ref);
	buf_clear(&day);
	buf_clear(&status);
	return result;
}

static enum db_result
take_dispute(const struct db_ops *ops, struct db *db, const struct wire_record *record,
    struct err *err)
{
	struct buf ref = { 0 }, day = { 0 };
	const struct wanted wanted[] = { { "visit_ref", &ref }, { "accept_date", &day } };
	enum db_result result = DB_OK;

	if (record->answers)
		find_texts(record->answers, record->answers_len, wanted,
		    sizeof(wanted) / sizeof(wanted[0]));
	result = answer(ops, db, record, &ref, &day, true, err);
	buf_clear(&ref);
	buf_clear(&day);
	return result;
}

enum db_result
needs_take(const struct db_ops *ops, struct db *db, const struct wire_record *record,
    struct err *err)
{
	static const struct {
		const char *form;
		enum db_result (*take)(const struct db_ops *ops, struct db *db,
		    const struct wire_record *record, struct err *err);
	} forms[] = {
		{ "visit", take_visit },
		{ "feedback", take_feedback },
		{ "dispute", take_dispute },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(record->form, forms[i].form))
			return forms[i].take(ops, db, record, err);
	return DB_OK;
}
