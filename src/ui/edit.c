/*
 * edit - text under a cursor: characters, words, undo, soft wrap; knows no screen
 *
 * Every change goes through edit_splice(), which keeps the history and puts the cursor
 * on a boundary: an insertion may join the cluster before or after it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "edit.h"
#include "mem.h"
#include "text.h"

#define CHARS_MAX   100000
#define CHANGES_MAX 1000
#define RUN_BYTES   90 /* about thirty hanzi: what one undo takes back at most */
#define NO_GOAL     (-1)

enum change_kind { CHANGE_TYPED, CHANGE_DELETED_LEFT, CHANGE_DELETED_RIGHT, CHANGE_WHOLE };

struct change {
	enum change_kind kind;
	size_t at;             /* where it happened */
	struct buf gone, came; /* what was there, what is there now */
	size_t before, after;  /* the cursor */
};

struct edit {
	bool multiline;
	size_t max_chars;
	struct buf text;
	size_t cursor;
	bool upstream; /* at a soft wrap: shown behind the upper row, not before the lower */
	int goal;      /* column that Up and Down would like to keep */

	struct change *changes;
	size_t change_count, change_cap;
	size_t done;   /* changes that are in the text; the others can be redone */
	bool run_open; /* the next typed character may join the last change */

	size_t *starts; /* of the rows of the last layout */
	size_t row_count, row_cap;
	int columns;         /* of that layout; 0: none */
	size_t changed_from; /* rows beginning before it are as they were */
};

struct edit *
edit_new(bool multiline, size_t max_chars)
{
	struct edit *e = mem_alloc(sizeof *e);

	e->multiline = multiline;
	e->max_chars = max_chars ? max_chars : CHARS_MAX;
	e->goal = NO_GOAL;
	return e;
}

/* ---- history ---- */

static void
change_clear(struct change *c)
{
	buf_clear(&c->gone);
	buf_clear(&c->came);
}

static void
edit_forget_redo(struct edit *e)
{
	while (e->change_count > e->done)
		change_clear(&e->changes[--e->change_count]);
}

static void
edit_forget(struct edit *e)
{
	e->done = 0;
	edit_forget_redo(e);
	e->run_open = false;
}

void
edit_free(struct edit *e)
{
	if (!e)
		return;
	edit_forget(e);
	free(e->changes);
	free(e->starts);
	buf_clear(&e->text);
	free(e);
}

static struct change *
edit_add_change(struct edit *e, enum change_kind kind, size_t at)
{
	struct change *c;

	if (e->change_count == CHANGES_MAX) {
		change_clear(&e->changes[0]);
		memmove(e->changes, e->changes + 1,
		    (CHANGES_MAX - 1) * sizeof *e->changes);
		e->change_count--;
		e->done--;
	}
	e->changes = mem_grow(e->changes, &e->change_cap, e->change_count + 1,
	    sizeof *e->changes);
	c = &e->changes[e->change_count++];
	memset(c, 0, sizeof *c);
	c->kind = kind;
	c->at = at;
	c->before = e->cursor;
	e->done = e->change_count;
	return c;
}

/* May this change be one with the last: the same kind, right beside it? */
static bool
edit_joins_run(const struct edit *e, enum change_kind kind, size_t at, size_t gone)
{
	const struct change *c;

	if (!e->run_open || e->done == 0 || kind == CHANGE_WHOLE)
		return false;
	c = &e->changes[e->done - 1];
	if (c->kind != kind || e->cursor != c->after)
		return false;
	switch (kind) {
	case CHANGE_TYPED:
		return at == c->at + c->came.len && c->came.len < RUN_BYTES &&
		    c->came.data[c->came.len - 1] != '\n';
	case CHANGE_DELETED_LEFT:
		return at + gone == c->at && c->gone.len < RUN_BYTES;
	case CHANGE_DELETED_RIGHT:
		return at == c->at && c->gone.len < RUN_BYTES;
	case CHANGE_WHOLE:
		break;
	}
	return false;
}

static void
edit_record(struct edit *e, enum change_kind kind, size_t at, size_t gone,
    const char *came, size_t came_len)
{
	struct change *c;
	struct buf both = { 0 };

	edit_forget_redo(e);
	if (edit_joins_run(e, kind, at, gone))
		c = &e->changes[e->done - 1];
	else
		c = edit_add_change(e, kind, at);
	if (kind == CHANGE_DELETED_LEFT) {
		buf_add(&both, e->text.data + at, gone);
		buf_add(&both, c->gone.data, c->gone.len);
		buf_clear(&c->gone);
		c->gone = both;
		c->at = at;
	} else if (gone) {
		buf_add(&c->gone, e->text.data + at, gone);
	}
	buf_add(&c->came, came, came_len);
	e->run_open = kind != CHANGE_WHOLE;
}

/* ---- the one way to change text ---- */

static void
edit_replace(struct edit *e, size_t at, size_t gone, const char *came, size_t len)
{
	size_t tail = e->text.len - at - gone;

	buf_reserve(&e->text, len + 1);
	memmove(e->text.data + at + len, e->text.data + at + gone, tail);
	if (len)
		memcpy(e->text.data + at, came, len);
	e->text.len = at + len + tail;
	e->text.data[e->text.len] = '\0';
	if (at < e->changed_from)
		e->changed_from = at;
	e->upstream = false;
	e->goal = NO_GOAL;
}

/* The first boundary at or after offset, walking from one that is known. */
static size_t
edit_snap(const struct edit *e, size_t known, size_t offset)
{
	while (known < offset)
		known = text_next(edit_text(e), e->text.len, known);
	return known;
}

static void
edit_splice(struct edit *e, enum change_kind kind, size_t at, size_t gone,
    const char *came, size_t len)
{
	/* What stands before the cluster that ends at `at` cannot be touched. */
	size_t known = at ? text_prev(edit_text(e), e->text.len, at) : 0;

	edit_record(e, kind, at, gone, came, len);
	edit_replace(e, at, gone, came, len);
	e->cursor = edit_snap(e, known, at + len);
	e->changes[e->done - 1].after = e->cursor;
}

static bool
edit_remove(struct edit *e, enum change_kind kind, size_t from, size_t to,
    struct buf *kill)
{
	if (from >= to)
		return false;
	if (kill) {
		buf_reset(kill);
		buf_add(kill, e->text.data + from, to - from);
	}
	edit_splice(e, kind, from, to - from, "", 0);
	return true;
}

/* ---- what may go in ---- */

/* Appends text as this field takes it: line ends as \n, none in one line, no controls,
 * malformed bytes as U+FFFD. */
static void
edit_clean(const struct edit *e, const char *text, size_t len, struct buf *out)
{
	size_t at, n;
	int32_t code;

	for (at = 0; at < len; at += n) {
		n = text_decode(text + at, len - at, &code);
		if (code == '\r' && at + 1 < len && text[at + 1] == '\n')
			continue;
		if (code == '\r')
			code = '\n';
		if (code == '\n' || code == '\t')
			buf_char(out, e->multiline ? (char)code : ' ');
		else if (code < 0)
			buf_str(out, "\xEF\xBF\xBD");
		else if (code >= ' ' && (code < 0x7F || code > 0x9F))
			buf_add(out, text + at, n);
	}
}

static bool
edit_fits(const struct edit *e, const char *came, size_t len)
{
	struct buf whole = { 0 };
	bool fits;

	if (e->text.len + len <= e->max_chars)
		return true; /* no more bytes than characters allowed */
	buf_add(&whole, edit_text(e), e->cursor);
	buf_add(&whole, came, len);
	buf_add(&whole, edit_text(e) + e->cursor, e->text.len - e->cursor);
	fits = text_count(whole.data, whole.len) <= e->max_chars;
	buf_clear(&whole);
	return fits;
}

void
edit_set(struct edit *e, const char *text, size_t len)
{
	struct buf clean = { 0 };

	edit_forget(e);
	edit_clean(e, text, len, &clean);
	buf_clear(&e->text);
	e->text = clean;
	e->cursor = e->text.len;
	e->upstream = false;
	e->goal = NO_GOAL;
	e->changed_from = 0;
}

const char *
edit_text(const struct edit *e)
{
	return buf_text(&e->text);
}

size_t
edit_len(const struct edit *e)
{
	return e->text.len;
}

size_t
edit_cursor(const struct edit *e)
{
	return e->cursor;
}

void
edit_value(const struct edit *e, struct buf *out)
{
	text_nfc(edit_text(e), e->text.len, out);
}

bool
edit_insert(struct edit *e, const char *text, size_t len)
{
	struct buf clean = { 0 };
	bool done = false;

	edit_clean(e, text, len, &clean);
	if (clean.len && edit_fits(e, clean.data, clean.len)) {
		edit_splice(e, CHANGE_TYPED, e->cursor, 0, clean.data, clean.len);
		done = true;
	}
	buf_clear(&clean);
	return done;
}

/* Bytes of the longest beginning, in whole clusters, that fits: halving comes near,
 * what may join at its end decides the rest. */
static size_t
edit_room(const struct edit *e, const char *came, size_t len)
{
	size_t *ends = NULL, cap = 0, count = 0, low = 0, high, middle, at = 0;

	do {
		ends = mem_grow(ends, &cap, count + 1, sizeof *ends);
		ends[count++] = at;
		at = text_next(came, len, at);
	} while (ends[count - 1] < len);
	for (high = count - 1; low < high;) {
		middle = low + (high - low + 1) / 2;
		if (edit_fits(e, came, ends[middle]))
			low = middle;
		else
			high = middle - 1;
	}
	while (low + 1 < count && edit_fits(e, came, ends[low + 1]))
		low++;
	at = ends[low];
	free(ends);
	return at;
}

bool
edit_paste(struct edit *e, const char *text, size_t len)
{
	struct buf clean = { 0 };
	bool whole;

	edit_clean(e, text, len, &clean);
	whole = edit_fits(e, buf_text(&clean), clean.len);
	if (!whole)
		buf_truncate(&clean, edit_room(e, clean.data, clean.len));
	if (clean.len)
		edit_splice(e, CHANGE_WHOLE, e->cursor, 0, clean.data, clean.len);
	buf_clear(&clean);
	return whole;
}

/* ---- moving and deleting ---- */

static bool
edit_move(struct edit *e, size_t to)
{
	bool moved = to != e->cursor || e->upstream;

	e->cursor = to;
	e->upstream = false;
	e->goal = NO_GOAL;
	e->run_open = false;
	return moved;
}

void
edit_place(struct edit *e, size_t offset)
{
	const char *text = edit_text(e);
	size_t at, next;

	if (offset > e->text.len)
		offset = e->text.len;
	for (at = offset; at > 0 && text[at - 1] != '\n'; at--)
		;
	for (; (next = text_next(text, e->text.len, at)) <= offset && at < offset; at = next)
		;
	edit_move(e, at);
}

bool
edit_left(struct edit *e)
{
	return e->cursor > 0 &&
	    edit_move(e, text_prev(edit_text(e), e->text.len, e->cursor));
}

bool
edit_right(struct edit *e)
{
	return e->cursor < e->text.len &&
	    edit_move(e, text_next(edit_text(e), e->text.len, e->cursor));
}

bool
edit_word_left(struct edit *e)
{
	return e->cursor > 0 &&
	    edit_move(e, text_prev_word(edit_text(e), e->text.len, e->cursor));
}

bool
edit_word_right(struct edit *e)
{
	return e->cursor < e->text.len &&
	    edit_move(e, text_next_word(edit_text(e), e->text.len, e->cursor));
}

bool
edit_delete_left(struct edit *e)
{
	return e->cursor > 0 && edit_remove(e, CHANGE_DELETED_LEFT,
	    text_prev(edit_text(e), e->text.len, e->cursor), e->cursor, NULL);
}

bool
edit_delete_right(struct edit *e)
{
	return edit_remove(e, CHANGE_DELETED_RIGHT, e->cursor,
	    text_next(edit_text(e), e->text.len, e->cursor), NULL);
}

bool
edit_delete_word_left(struct edit *e)
{
	return e->cursor > 0 && edit_remove(e, CHANGE_WHOLE,
	    text_prev_word(edit_text(e), e->text.len, e->cursor), e->cursor, NULL);
}

bool
edit_delete_word_right(struct edit *e)
{
	return edit_remove(e, CHANGE_WHOLE, e->cursor,
	    text_next_word(edit_text(e), e->text.len, e->cursor), NULL);
}

bool
edit_kill_to_end(struct edit *e, struct buf *kill)
{
	const char *text = edit_text(e);
	size_t to = e->cursor;

	while (to < e->text.len && text[to] != '\n')
		to++;
	if (to == e->cursor && to < e->text.len)
		to++;
	return edit_remove(e, CHANGE_WHOLE, e->cursor, to, kill);
}

bool
edit_kill_to_start(struct edit *e, struct buf *kill)
{
	const char *text = edit_text(e);
	size_t from = e->cursor;

	while (from > 0 && text[from - 1] != '\n')
		from--;
	if (from == e->cursor && from > 0)
		from--;
	return edit_remove(e, CHANGE_WHOLE, from, e->cursor, kill);
}

bool
edit_undo(struct edit *e)
{
	const struct change *c;

	if (e->done == 0)
		return false;
	c = &e->changes[--e->done];
	edit_replace(e, c->at, c->came.len, c->gone.data, c->gone.len);
	edit_move(e, c->before);
	return true;
}

bool
edit_redo(struct edit *e)
{
	const struct change *c;

	if (e->done == e->change_count)
		return false;
	c = &e->changes[e->done++];
	edit_replace(e, c->at, c->gone.len, c->came.data, c->came.len);
	edit_move(e, c->after);
	return true;
}

/* ---- the text as rows ---- */

static int
cluster_width(const char *s, size_t len)
{
	return len == 1 && *s == '\t' ? 1 : text_cluster_width(s, len);
}

/* The last row that begins at or before offset. */
static size_t
edit_row_of(const struct edit *e, size_t offset)
{
	size_t low = 0, high = e->row_count - 1, middle;

	while (low < high) {
		middle = low + (high - low + 1) / 2;
		if (e->starts[middle] <= offset)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void
edit_add_row(struct edit *e, size_t start)
{
	e->starts = mem_grow(e->starts, &e->row_cap, e->row_count + 1, sizeof *e->starts);
	e->starts[e->row_count++] = start;
}

/* One cell of a row is kept free, so that the cursor can stand behind its last. */
static void
edit_lay_rows(struct edit *e, size_t at, int columns)
{
	const char *text = edit_text(e);
	size_t next;
	int column = 0, width;

	for (; at < e->text.len; at = next) {
		next = text_next(text, e->text.len, at);
		if (text[at] == '\n') {
			edit_add_row(e, next);
			column = 0;
			continue;
		}
		width = cluster_width(text + at, next - at);
		if (column > 0 && column + width > columns - 1) {
			edit_add_row(e, at);
			column = 0;
		}
		column += width;
	}
}

size_t
edit_wrap(struct edit *e, int columns)
{
	size_t keep = 0;

	if (columns < 3)
		columns = 3;
	if (columns == e->columns && e->changed_from == SIZE_MAX)
		return e->row_count;
	if (columns == e->columns && e->row_count) {
		/* A change can join the cluster before it, on the row above. */
		keep = edit_row_of(e, e->changed_from);
		keep = keep > 1 ? keep - 1 : 0;
	}
	e->row_count = keep;
	if (keep == 0)
		edit_add_row(e, 0);
	else
		e->row_count = keep + 1; /* its start is where it was */
	e->columns = columns;
	edit_lay_rows(e, e->starts[e->row_count - 1], columns);
	e->changed_from = SIZE_MAX;
	return e->row_count;
}

void
edit_row(const struct edit *e, size_t row, size_t *from, size_t *to)
{
	assert(row < e->row_count);
	*from = e->starts[row];
	*to = row + 1 < e->row_count ? e->starts[row + 1] : e->text.len;
	if (row + 1 < e->row_count && e->text.data[*to - 1] == '\n')
		(*to)--;
}

void
edit_where(const struct edit *e, size_t *row, int *column)
{
	const char *text = edit_text(e);
	size_t at, next;

	*row = edit_row_of(e, e->cursor);
	if (e->upstream && *row > 0 && e->starts[*row] == e->cursor)
		--*row;
	*column = 0;
	for (at = e->starts[*row]; at < e->cursor; at = next) {
		next = text_next(text, e->text.len, at);
		*column += cluster_width(text + at, next - at);
	}
}

/* As near to the column wished for as the row allows. */
static void
edit_to_row(struct edit *e, size_t row, int goal)
{
	const char *text = edit_text(e);
	size_t at, to, next;
	int column = 0, width;

	edit_row(e, row, &at, &to);
	for (; at < to; at = next) {
		next = text_next(text, e->text.len, at);
		width = cluster_width(text + at, next - at);
		if (column + width > goal)
			break;
		column += width;
	}
	edit_move(e, at);
	e->upstream = at == to && row + 1 < e->row_count && e->starts[row + 1] == at;
	e->goal = goal;
}

bool
edit_up(struct edit *e, size_t rows)
{
	size_t row;
	int column;

	edit_where(e, &row, &column);
	if (row == 0)
		return false;
	edit_to_row(e, row > rows ? row - rows : 0, e->goal == NO_GOAL ? column : e->goal);
	return true;
}

bool
edit_down(struct edit *e, size_t rows)
{
	size_t row, last = e->row_count - 1;
	int column;

	edit_where(e, &row, &column);
	if (row == last)
		return false;
	row = last - row > rows ? row + rows : last;
	edit_to_row(e, row, e->goal == NO_GOAL ? column : e->goal);
	return true;
}

bool
edit_row_start(struct edit *e)
{
	size_t row;
	int column;

	edit_where(e, &row, &column);
	return edit_move(e, e->starts[row]);
}

bool
edit_row_end(struct edit *e)
{
	size_t row, from, to, before = e->cursor;
	int column;

	edit_where(e, &row, &column);
	edit_row(e, row, &from, &to);
	edit_move(e, to);
	e->upstream = row + 1 < e->row_count && e->starts[row + 1] == to;
	return to != before;
}
