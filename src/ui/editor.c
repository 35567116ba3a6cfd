/*
 * editor - a field to type into, of one line or several
 */
#include "editor.h"

#include "buf.h"
#include "edit.h"
#include "keymap.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN 4 /* cells kept in sight beside the cursor when scrolling sideways */

struct editor {
	struct editor_options options;
	struct edit *edit;
	struct buf own_kill;
	struct buf *kill;
	size_t left;     /* one line: the byte offset at the left edge */
	size_t top;      /* several: the row at the upper edge */
	int cols, rows;  /* as drawn last, for moving by rows before the first drawing */
};

struct editor *
editor_new(const struct editor_options *options)
{
	struct editor *e = mem_alloc(sizeof *e);

	if (options)
		e->options = *options;
	e->edit = edit_new(e->options.multiline, e->options.max_chars);
	e->kill = e->options.kill ? e->options.kill : &e->own_kill;
	e->cols = 60;
	e->rows = 1;
	return e;
}

void
editor_free(struct editor *e)
{
	if (!e)
		return;
	edit_free(e->edit);
	buf_clear(&e->own_kill);
	free(e);
}

void
editor_set(struct editor *e, const char *text)
{
	edit_set(e->edit, text ? text : "", text ? strlen(text) : 0);
	e->left = 0;
	e->top = 0;
}

const char *
editor_text(const struct editor *e)
{
	return edit_text(e->edit);
}

void
editor_value(const struct editor *e, struct buf *out)
{
	edit_value(e->edit, out);
}

size_t
editor_chars(const struct editor *e)
{
	return text_count(edit_text(e->edit), edit_len(e->edit));
}

void
editor_to_end(struct editor *e)
{
	edit_place(e->edit, edit_len(e->edit));
}

/* ---- keys ---- */

static enum editor_result
done(bool changed)
{
	return changed ? EDITOR_TAKEN : EDITOR_REFUSED;
}

/* By rows in notes; at the edges, and always in one line, it wants out. */
static enum editor_result
editor_vertical(struct editor *e, enum action action)
{
	size_t page = e->rows > 2 ? (size_t)e->rows - 1 : 1;
	bool up = action == ACTION_UP || action == ACTION_PAGE_UP;

	if (action == ACTION_UP || action == ACTION_DOWN)
		page = 1;
	if (e->options.multiline) {
		edit_wrap(e->edit, e->cols);
		if (up ? edit_up(e->edit, page) : edit_down(e->edit, page))
			return EDITOR_TAKEN;
	}
	if (page != 1 || action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
		return EDITOR_PASS; /* the page's own PgUp and PgDn */
	return up ? EDITOR_PREV : EDITOR_NEXT;
}

static bool
editor_line_edge(struct editor *e, bool start)
{
	if (!e->options.multiline) {
		size_t before = edit_cursor(e->edit);

		edit_place(e->edit, start ? 0 : edit_len(e->edit));
		return before != edit_cursor(e->edit);
	}
	edit_wrap(e->edit, e->cols);
	return start ? edit_row_start(e->edit) : edit_row_end(e->edit);
}

static enum editor_result
editor_act(struct editor *e, enum action action)
{
	static const struct {
		enum action action;
		bool (*run)(struct edit *e);
	} plain[] = {
		{ ACTION_CHAR_LEFT, edit_left }, { ACTION_CHAR_RIGHT, edit_right },
		{ ACTION_WORD_LEFT, edit_word_left },
		{ ACTION_WORD_RIGHT, edit_word_right },
		{ ACTION_DELETE_LEFT, edit_delete_left },
		{ ACTION_DELETE_RIGHT, edit_delete_right },
		{ ACTION_DELETE_WORD_LEFT, edit_delete_word_left },
		{ ACTION_DELETE_WORD_RIGHT, edit_delete_word_right },
		{ ACTION_UNDO, edit_undo }, { ACTION_REDO, edit_redo },
	};
	size_t i;

	for (i = 0; i < sizeof plain / sizeof *plain; i++)
		if (plain[i].action == action)
			return done(plain[i].run(e->edit));
	switch ((int)action) { /* the few of many actions that are an editor's */
	case ACTION_NEXT:
		return EDITOR_NEXT;
	case ACTION_PREV:
		return EDITOR_PREV;
	case ACTION_UP:
	case ACTION_DOWN:
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		return editor_vertical(e, action);
	case ACTION_LINE_START:
		return done(editor_line_edge(e, true));
	case ACTION_LINE_END:
		return done(editor_line_edge(e, false));
	case ACTION_TEXT_START:
		edit_place(e->edit, 0);
		return EDITOR_TAKEN;
	case ACTION_TEXT_END:
		editor_to_end(e);
		return EDITOR_TAKEN;
	case ACTION_KILL_TO_END:
		return done(edit_kill_to_end(e->edit, e->options.masked ? NULL : e->kill));
	case ACTION_KILL_TO_START:
		return done(edit_kill_to_start(e->edit, e->options.masked ? NULL : e->kill));
	case ACTION_YANK:
		return done(e->kill->len &&
		    edit_paste(e->edit, e->kill->data, e->kill->len));
	case ACTION_NEWLINE:
		return done(edit_insert(e->edit, "\n", 1));
	default:
		return EDITOR_PASS;
	}
}

enum editor_result
editor_key(struct editor *e, const struct key *key)
{
	enum context context = e->options.multiline ? CONTEXT_NOTES : CONTEXT_FIELD;

	if (key_is_text(key))
		return done(edit_insert(e->edit, key->text, key->len));
	if (key->code == K_PASTE)
		return done(edit_paste(e->edit, key->text, key->len));
	return editor_act(e, keymap_action(key, &context, 1));
}

/* ---- drawing ---- */

int
editor_rows(struct editor *e, int cols)
{
	return e->options.multiline ? (int)edit_wrap(e->edit, cols) : 1;
}

static int
cluster_width(const struct editor *e, const char *s, size_t len)
{
	if (e->options.masked || (len == 1 && *s == '\t'))
		return 1;
	return text_cluster_width(s, len);
}

static int
width_between(const struct editor *e, size_t from, size_t to)
{
	const char *text = edit_text(e->edit);
	size_t next;
	int width = 0;

	for (; from < to; from = next) {
		next = text_next(text, edit_len(e->edit), from);
		width += cluster_width(e, text + from, next - from);
	}
	return width;
}

/* Moves the left edge so that the cursor has cells to both sides, where text is. */
static void
editor_scroll_sideways(struct editor *e, int cols)
{
	const char *text = edit_text(e->edit);
	size_t len = edit_len(e->edit), cursor = edit_cursor(e->edit), at, before;
	int margin = cols >= 4 * MARGIN ? MARGIN : 0, room = cols - 1, width, ahead;

	if (e->left > len)
		e->left = len;
	e->left = e->left ? text_next(text, len, text_prev(text, len, e->left)) : 0;
	/* To the right of the cursor: what text there is, up to the margin. */
	at = cursor;
	for (ahead = 0; at < len && ahead < margin; at = text_next(text, len, at))
		ahead += cluster_width(e, text + at, text_next(text, len, at) - at);
	while (e->left < cursor && width_between(e, e->left, cursor) + ahead > room)
		e->left = text_next(text, len, e->left);
	/* To the left of it the same. */
	at = cursor;
	for (width = 0; at > 0 && width < margin; at = before) {
		before = text_prev(text, len, at);
		width += cluster_width(e, text + before, at - before);
	}
	if (at < e->left)
		e->left = at;
	/* No empty cells at the right while text is hidden at the left. */
	while (e->left > 0) {
		before = text_prev(text, len, e->left);
		if (width_between(e, before, len) > room)
			break;
		e->left = before;
	}
}

/* Clusters [from, to), at most cols columns of them. */
static int
editor_put(const struct editor *e, struct screen *s, int row, int col, int cols,
    enum role role, size_t from, size_t to)
{
	const char *text = edit_text(e->edit);
	size_t next;
	int used = 0;

	if (!e->options.masked)
		return screen_put_bytes(s, row, col, cols, role, text + from, to - from);
	for (; from < to && used < cols; from = next, used++) {
		next = text_next(text, edit_len(e->edit), from);
		screen_put(s, row, col + used, 1, role, "*");
	}
	return used;
}

static void
editor_draw_line(struct editor *e, struct screen *s, struct rect area, enum role role)
{
	size_t to = edit_len(e->edit);

	if (role == ROLE_FOCUS)
		editor_scroll_sideways(e, area.cols);
	else
		e->left = 0;
	screen_fill(s, (struct rect){ area.row, area.col, 1, area.cols }, role);
	editor_put(e, s, area.row, area.col, area.cols, role, e->left, to);
	if (role == ROLE_FOCUS)
		screen_cursor(s, area.row,
		    area.col + width_between(e, e->left, edit_cursor(e->edit)));
}

static void
editor_draw_rows(struct editor *e, struct screen *s, struct rect area, enum role role)
{
	size_t rows = edit_wrap(e->edit, area.cols), row, from, to, i;
	int column;

	edit_where(e->edit, &row, &column);
	if (row < e->top)
		e->top = row;
	if (row >= e->top + (size_t)area.rows)
		e->top = row - (size_t)area.rows + 1;
	if (e->top + (size_t)area.rows > rows) /* no empty rows while text is hidden */
		e->top = rows > (size_t)area.rows ? rows - (size_t)area.rows : 0;
	screen_fill(s, area, role);
	for (i = 0; i < (size_t)area.rows && e->top + i < rows; i++) {
		edit_row(e->edit, e->top + i, &from, &to);
		editor_put(e, s, area.row + (int)i, area.col, area.cols, role, from, to);
	}
	if (role == ROLE_FOCUS)
		screen_cursor(s, area.row + (int)(row - e->top), area.col + column);
}

void
editor_draw(struct editor *e, struct screen *s, struct rect area, bool focused)
{
	enum role role = focused ? ROLE_FOCUS : ROLE_FIELD;

	if (area.rows < 1 || area.cols < 3)
		return;
	e->cols = area.cols;
	e->rows = area.rows;
	if (e->options.multiline)
		editor_draw_rows(e, s, area, role);
	else
		editor_draw_line(e, s, area, role);
}

void
editor_draw_still(struct screen *s, int row, int col, int cols, const char *text,
    bool masked)
{
	size_t i, count = text_count(text, strlen(text));
	struct buf stars = { 0 };

	if (!masked) {
		screen_put_padded(s, row, col, cols, ROLE_FIELD, text);
		return;
	}
	for (i = 0; i < count; i++)
		buf_char(&stars, '*');
	screen_put_padded(s, row, col, cols, ROLE_FIELD, buf_text(&stars));
	buf_clear(&stars);
}
