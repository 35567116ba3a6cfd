#include "export.h"

#include "buf.h"
#include "csv.h"
#include "db.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16384 /* what Excel and LibreOffice show */
#define NO_COLUMN   SIZE_MAX

/* The envelope: in JSONL before the answers, in CSV the first columns. */
enum envelope { E_ID, E_FORM, E_VERSION, E_CREATED, E_REV, E_OPERATOR, E_STATION,
	E_DEVICE, E_WITHDRAWN, ENVELOPE };

static const char *const envelope[ENVELOPE] = { "_id", "_form", "_version", "_created",
	"_rev", "_operator", "_station", "_device", "_withdrawn" };

static const char *
envelope_text(const struct db_row *row, enum envelope e)
{
	switch (e) {
	case E_ID:
		return row->id;
	case E_FORM:
		return row->form;
	case E_VERSION:
		return row->version;
	case E_CREATED:
		return row->created;
	case E_OPERATOR:
		return row->user;
	case E_STATION:
		return row->station;
	case E_DEVICE:
		return row->device;
	case E_WITHDRAWN:
		return row->why;
	case E_REV:
	case ENVELOPE:
		break;
	}
	return "";
}

struct sink {
	FILE *out;
	struct buf line;
	bool ok;
};

static bool
sink_write(struct sink *sink)
{
	if (fwrite(sink->line.data, 1, sink->line.len, sink->out) != sink->line.len)
		sink->ok = false;
	buf_reset(&sink->line);
	return sink->ok;
}

static bool
sink_end(struct sink *sink, bool read_all, struct err *err)
{
	buf_clear(&sink->line);
	if (!read_all)
		return false;
	if (!sink->ok || fflush(sink->out) != 0)
		return err_set(err, ERR_SYSTEM,
		    _("The export cannot be written: %s. Check that there is room and "
		      "that you may write there."),
		    strerror(errno));
	return true;
}

static bool
jsonl_row(const struct db_row *row, void *data)
{
	struct sink *sink = data;
	struct json_writer w;
	enum envelope e;
	size_t end;

	json_writer_init(&w, &sink->line);
	json_object(&w);
	for (e = 0; e < ENVELOPE; e++) {
		if (e == E_REV)
			json_member_integer(&w, envelope[e], row->rev);
		else if (e != E_WITHDRAWN || row->withdrawn)
			json_member(&w, envelope[e], envelope_text(row, e));
	}
	json_object_end(&w);
	/* The answers' own members go in before the closing brace. */
	for (end = 1; end < row->answers_len && strchr(" \t\r\n", row->answers[end]); end++)
		;
	if (row->answers[end] != '}') {
		buf_truncate(&sink->line, sink->line.len - 1);
		buf_char(&sink->line, ',');
		buf_add(&sink->line, row->answers + 1, row->answers_len - 1);
	}
	buf_char(&sink->line, '\n');
	return sink_write(sink);
}

bool
export_jsonl(const struct db_ops *ops, struct db *db,
    const struct export_options *options, FILE *out, struct err *err)
{
	struct sink sink = { .out = out, .ok = true };
	enum db_result result = ops->rows(db, options->form, options->withdrawn_too,
	    jsonl_row, &sink, err);

	return sink_end(&sink, result == DB_OK, err);
}

/* Columns found so far: a list in the order of the sheet, and a hash table over it. */
struct column {
	char *path;
	size_t next; /* in the sheet's order */
	size_t place;
};

struct columns {
	struct column *all;
	size_t count, cap, first;
	size_t *table; /* open addressing; 0 is empty, else index + 1 */
	size_t size;
};

static size_t
hash_text(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)h;
}

static size_t *
columns_slot(const struct columns *c, const char *path)
{
	size_t i = hash_text(path) & (c->size - 1);

	while (c->table[i] && strcmp(c->all[c->table[i] - 1].path, path) != 0)
		i = (i + 1) & (c->size - 1);
	return &c->table[i];
}

static void
columns_grow(struct columns *c)
{
	size_t i;

	if (c->count * 2 < c->size)
		return;
	free(c->table);
	c->size = c->size ? c->size * 2 : 256;
	c->table = mem_alloc(c->size * sizeof(*c->table));
	for (i = 0; i < c->count; i++)
		*columns_slot(c, c->all[i].path) = i + 1;
}

/* "needs[1]/" of "needs[1]/need_text"; 0 bytes for what stands in no group. */
static size_t
group_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool
same_group(const struct columns *c, size_t at, const char *path, size_t len)
{
	return at != NO_COLUMN && group_len(c->all[at].path) == len &&
	    !strncmp(c->all[at].path, path, len);
}

/* Where a new column goes: behind the one that was before it in its record; but the
 * first of a group that has columns already, in front of those. */
static size_t
place_after(const struct columns *c, const char *path, size_t after)
{
	size_t len = group_len(path), at, before = NO_COLUMN;

	if (len == 0 || same_group(c, after, path, len))
		return after;
	for (at = c->first; at != NO_COLUMN; before = at, at = c->all[at].next)
		if (same_group(c, at, path, len))
			return before;
	return after;
}

static size_t
columns_add(struct columns *c, const char *path, size_t after)
{
	size_t *slot, at;

	columns_grow(c);
	slot = columns_slot(c, path);
	if (*slot)
		return *slot - 1;
	after = place_after(c, path, after);
	at = c->count;
	c->all = mem_grow(c->all, &c->cap, c->count + 1, sizeof(*c->all));
	c->all[at].path = mem_strdup(path);
	if (after == NO_COLUMN) {
		c->all[at].next = c->first;
		c->first = at;
	} else {
		c->all[at].next = c->all[after].next;
		c->all[after].next = at;
	}
	*slot = ++c->count;
	return at;
}

static void
columns_clear(struct columns *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		free(c->all[i].path);
	free(c->all);
	free(c->table);
}

struct table {
	struct sink sink;
	struct columns columns;
	struct buf path;
	size_t last; /* the column before, while columns are gathered */
	struct buf *cells; /* of the row being written, by place; NULL while gathering */
	bool too_wide;
};

static bool
is_formula(const char *text)
{
	return strchr("=+-@\t\r", text[0]) && text[0];
}

static void
take_leaf(struct table *t, enum json_token token, const struct json_reader *r)
{
	size_t *slot;
	struct buf *cell;

	if (token == JSON_NULL)
		return;
	if (!t->cells) {
		t->last = columns_add(&t->columns, buf_text(&t->path), t->last);
		return;
	}
	slot = columns_slot(&t->columns, buf_text(&t->path));
	if (!*slot)
		return; /* came in after the columns were gathered */
	cell = &t->cells[t->columns.all[*slot - 1].place];
	buf_reset(cell);
	if (token == JSON_STRING && is_formula(r->text))
		buf_char(cell, '\'');
	if (token == JSON_STRING || token == JSON_NUMBER)
		buf_add(cell, r->text, r->text_len);
	else
		buf_str(cell, token == JSON_TRUE ? "true" : "false");
}

/* A value and everything in it; path names it. Nesting is bounded by the reader. */
static bool
take_value(struct table *t, struct json_reader *r, enum json_token token)
{
	size_t len = t->path.len;
	int position = 0;

	if (token == JSON_OBJECT) {
		while ((token = json_next(r)) == JSON_NAME) {
			if (len)
				buf_char(&t->path, '/');
			buf_str(&t->path, r->text);
			if (!take_value(t, r, json_next(r)))
				return false;
			buf_truncate(&t->path, len);
		}
		return token == JSON_OBJECT_END;
	}
	if (token == JSON_ARRAY) {
		while ((token = json_next(r)) != JSON_ARRAY_END) {
			buf_fmt(&t->path, "[%d]", ++position);
			if (!take_value(t, r, token))
				return false;
			buf_truncate(&t->path, len);
		}
		return true;
	}
	if (token == JSON_ERROR || token == JSON_END)
		return false;
	take_leaf(t, token, r);
	return true;
}

static void
take_answers(struct table *t, const struct db_row *row)
{
	struct json_reader r;

	buf_reset(&t->path);
	t->last = NO_COLUMN;
	json_reader_init(&r, row->answers, row->answers_len);
	take_value(t, &r, json_next(&r)); /* well-formed, or it were not stored */
	json_reader_clear(&r);
}

static bool
gather_row(const struct db_row *row, void *data)
{
	struct table *t = data;

	take_answers(t, row);
	t->too_wide = t->columns.count > COLUMNS_MAX;
	return !t->too_wide;
}

static bool
csv_row(const struct db_row *row, void *data)
{
	struct table *t = data;
	char rev[24];
	enum envelope e;
	size_t i;

	take_answers(t, row);
	snprintf(rev, sizeof(rev), "%ld", row->rev);
	for (e = 0; e < ENVELOPE; e++)
		csv_write(&t->sink.line, e == 0,
		    e == E_REV ? rev : envelope_text(row, e));
	for (i = 0; i < t->columns.count; i++) {
		csv_write(&t->sink.line, false, buf_text(&t->cells[i]));
		buf_reset(&t->cells[i]);
	}
	buf_str(&t->sink.line, "\r\n");
	return sink_write(&t->sink);
}

static void
csv_head(struct table *t)
{
	enum envelope e;
	size_t at = t->columns.first, place;

	buf_str(&t->sink.line, "\xEF\xBB\xBF");
	for (e = 0; e < ENVELOPE; e++)
		csv_write(&t->sink.line, e == 0, envelope[e]);
	for (place = 0; place < t->columns.count; place++) {
		struct column *c = &t->columns.all[at];

		c->place = place;
		csv_write(&t->sink.line, false, c->path);
		at = c->next;
	}
	buf_str(&t->sink.line, "\r\n");
	sink_write(&t->sink);
}

bool
export_csv(const struct db_ops *ops, struct db *db, const struct export_options *options,
    FILE *out, struct err *err)
{
	struct table t = { .sink = { .out = out, .ok = true },
		.columns = { .first = NO_COLUMN } };
	bool ok;
	size_t i;

	columns_grow(&t.columns);
	ok = ops->rows(db, options->form, options->withdrawn_too, gather_row, &t, err) ==
	    DB_OK;
	if (ok && t.too_wide)
		ok = err_set(err, ERR_INPUT,
		    _("The table would have more than %d columns; export as jsonl."),
		    COLUMNS_MAX);
	if (ok) {
		csv_head(&t);
		t.cells = mem_alloc((t.columns.count + 1) * sizeof(*t.cells));
		ok = ops->rows(db, options->form, options->withdrawn_too, csv_row, &t,
			 err) == DB_OK;
		for (i = 0; i < t.columns.count; i++)
			buf_clear(&t.cells[i]);
		free(t.cells);
	}
	buf_clear(&t.path);
	columns_clear(&t.columns);
	return sink_end(&t.sink, ok, err);
}
