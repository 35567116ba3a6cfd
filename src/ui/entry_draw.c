/*
 * entry_draw - how the rows of a record stand on the screen
 *
 * Top: what record this is. Middle: the rows, scrolled so that the one with the focus
 * is seen with its neighbours. Bottom: hint, message, keys, each always in its row.
 * Everything is drawn anew from the rows; curses sends what differs.
 */
#include "entry_private.h"

#include "clock.h"
#include "dates.h"
#include "editor.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "notebook.h"
#include "session.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define MARGIN     2  /* lines kept in sight around the focus */
#define LABEL_LEFT 2  /* columns before a label: its mark and a blank */
#define NOTES_MAX  8  /* lines of a notes field at most */
#define LABEL_ROWS 3
#define BOTTOM     3  /* hint, message, keys */

/* --- layout --- */

static int
width_of(const char *text)
{
	return text_width(text, strlen(text));
}

static int
smaller(int a, int b)
{
	return a < b ? a : b;
}

static int
larger(int a, int b)
{
	return a > b ? a : b;
}

static bool
has_label_column(const struct entry_row *row)
{
	return row->kind == ROW_FIELD || row->kind == ROW_VALUE;
}

/* Rows that text needs at a width. */
static int
rows_at(const char *text, int cols)
{
	struct rect area = { 0, 0, 1, cols };

	if (!strchr(text, '\n') && width_of(text) <= cols)
		return 1;
	return larger(1, screen_wrap(NULL, area, ROLE_NORMAL, text, 0));
}

static int
indent_of(const struct entry_row *row)
{
	return LABEL_LEFT + (row->level > 1 ? (row->level - 1) * ENTRY_INDENT : 0);
}

static int
label_room(const struct entry *e, const struct entry_row *row)
{
	return larger(4, LABEL_LEFT + e->label_cols - indent_of(row));
}

static int
field_col(const struct entry *e)
{
	return LABEL_LEFT + e->label_cols + 2;
}

static int
field_room(const struct entry *e, int cols)
{
	return larger(8, cols - field_col(e) - 1);
}

static bool
is_notes(const struct entry_row *row)
{
	return row->kind == ROW_FIELD && entry_is_notes(row->def);
}

static bool
has_editor(const struct entry *e, size_t i)
{
	return i == e->at && e->editor && e->rows[i].id == e->field_id;
}

static int
field_lines(struct entry *e, size_t i, int cols)
{
	struct entry_row *row = &e->rows[i];
	int room = field_room(e, cols), most = larger(2, smaller(NOTES_MAX, e->body / 2));

	if (row->kind == ROW_VALUE)
		return rows_at(row->text, room);
	if (!is_notes(row))
		return 1;
	return larger(2, smaller(most, has_editor(e, i) ? editor_rows(e->editor, room)
							: rows_at(row->text, room)));
}

static int
row_lines(struct entry *e, size_t i, int cols)
{
	struct entry_row *row = &e->rows[i];

	if (row->kind == ROW_NOTE)
		return rows_at(row->label, cols - indent_of(row) - 1);
	if (!has_label_column(row))
		return 1;
	return larger(smaller(LABEL_ROWS, rows_at(row->label, label_room(e, row))),
	    field_lines(e, i, cols));
}

/* The label column: as wide as the longest label, at most two fifths. */
static int
label_cols(const struct entry *e, int cols)
{
	int widest = larger(8, e->widest);

	for (size_t i = 0; i < e->count; i++)
		if (has_label_column(&e->rows[i]))
			widest = larger(widest,
			    width_of(e->rows[i].label) + indent_of(&e->rows[i]) - LABEL_LEFT);
	return smaller(widest, cols * 2 / 5 - LABEL_LEFT);
}

static void
scroll_to_focus(struct entry *e)
{
	const struct entry_row *row;
	int margin, above, below;

	if (e->at >= e->count)
		return;
	row = &e->rows[e->at];
	margin = smaller(MARGIN, larger(0, (e->body - row->lines) / 2));
	above = row->at - margin;
	below = row->at + row->lines + margin;
	/* Beyond an edge: by two thirds of the page, not line by line. */
	if (above < e->top)
		e->top = row->at + row->lines - e->body * 2 / 3;
	else if (smaller(below, e->total) > e->top + e->body)
		e->top = row->at - e->body / 3;
	e->top = smaller(e->top, above);
	e->top = larger(e->top, row->at + row->lines + margin - e->body);
}

static void
layout(struct entry *e, struct rect all)
{
	int at = 0;

	e->body = all.rows - 1 - BOTTOM;
	e->label_cols = label_cols(e, all.cols);
	for (size_t i = 0; i < e->count; i++) {
		struct entry_row *row = &e->rows[i];

		/* A line of air before a section, but not before the first. */
		if (row->section && i && all.rows >= 20)
			at++;
		row->at = at;
		row->lines = row_lines(e, i, all.cols);
		at += row->lines;
	}
	e->total = at;
	scroll_to_focus(e);
	e->top = larger(0, smaller(e->top, e->total - e->body));
}

/* --- rows --- */

/* Text in an area whose first `hidden` lines are above the page. */
static void
put_wrapped(struct screen *s, struct rect area, int hidden, enum role role,
    const char *text)
{
	area.row += hidden;
	area.rows -= hidden;
	if (area.rows > 0)
		screen_wrap(s, area, role, text, hidden);
}

static void
draw_mark(struct entry *e, const struct entry_row *row, int line)
{
	const char *mark = row->wrong ? "!" : row->node->required ? "*" : NULL;

	if (mark && !e->view)
		screen_put(e->screen, line, 1, 1, row->wrong ? ROLE_ERROR : ROLE_MARK, mark);
}

static void
draw_after(struct entry *e, const struct entry_row *row, int line, int col, int room)
{
	int64_t day;

	if (row->def->question->kind == QUESTION_DATE && room > 4 &&
	    clock_parse_day(row->node->text, &day))
		screen_put_cut(e->screen, line, col + 1, room - 1, ROLE_MUTED,
		    dates_weekday_name(dates_weekday(day)));
}

static int
field_width(const struct entry_row *row, const char *text, int room)
{
	int least = 24;

	switch ((int)row->def->question->answer) {
	case ANSWER_INTEGER:
	case ANSWER_DECIMAL:
	case ANSWER_DATE:
		least = 12;
		break;
	case ANSWER_TIME:
		least = 8;
		break;
	case ANSWER_DATETIME:
		least = 20;
		break;
	default:
		break;
	}
	if (row->def->question->kind == QUESTION_ACKNOWLEDGE)
		least = 3;
	return smaller(room, larger(least, width_of(text) + 2));
}

static void
draw_focused(struct entry *e, struct entry_row *row, struct rect area)
{
	const char *typed = e->editor ? editor_text(e->editor) : "";

	if (e->editor && (!entry_is_choice(e) || *typed)) {
		if (!is_notes(row))
			area.cols = field_width(row, typed, area.cols);
		editor_draw(e->editor, e->screen, area, true);
	} else {
		area.cols = field_width(row, row->text, area.cols);
		screen_fill(e->screen, (struct rect){ area.row, area.col, 1, area.cols },
		    ROLE_FOCUS);
		screen_put_cut(e->screen, area.row, area.col, area.cols, ROLE_FOCUS,
		    row->text);
		screen_cursor(e->screen, area.row, area.col);
	}
	draw_after(e, row, area.row, area.col + area.cols,
	    screen_size(e->screen).cols - area.col - area.cols);
}

static void
draw_still(struct entry *e, const struct entry_row *row, struct rect area, int hidden)
{
	int room = area.cols;

	if (is_notes(row)) {
		area.row += hidden;
		area.rows -= hidden;
		if (area.rows <= 0)
			return;
		screen_fill(e->screen, area, ROLE_FIELD);
		screen_wrap(e->screen, area, ROLE_FIELD, row->text, hidden);
		return;
	}
	if (hidden)
		return;
	area.cols = field_width(row, row->text, room);
	editor_draw_still(e->screen, area.row, area.col, area.cols, row->text, false);
	draw_after(e, row, area.row, area.col + area.cols, room - area.cols);
}

/* line is where the row's first line stands; above `first` nothing may be drawn. */
static void
draw_question(struct entry *e, size_t i, int line, int first, int last, int cols)
{
	struct entry_row *row = &e->rows[i];
	bool focused = i == e->at;
	int hidden = larger(0, first - line);
	int rows = smaller(row->lines, last - line);
	struct rect label = { line, indent_of(row), smaller(rows, LABEL_ROWS),
		label_room(e, row) };
	struct rect field = { line, field_col(e), smaller(rows, field_lines(e, i, cols)),
		field_room(e, cols) };

	put_wrapped(e->screen, label, hidden, focused ? ROLE_FOCUS_LABEL : ROLE_LABEL,
	    row->label);
	if (!hidden)
		draw_mark(e, row, line);
	if (row->kind == ROW_VALUE)
		put_wrapped(e->screen, field, hidden, e->view ? ROLE_VALUE : ROLE_MUTED,
		    row->text);
	else if (focused)
		draw_focused(e, row, field);
	else
		draw_still(e, row, field, hidden);
}

static void
draw_instance(struct entry *e, size_t i, int line, int cols)
{
	const struct entry_row *row = &e->rows[i];
	int col = indent_of(row), room = cols - col - 1;
	enum role role = i == e->at ? ROLE_SELECTED : ROLE_NORMAL;

	if (row->wrong)
		screen_put(e->screen, line, 1, 1, ROLE_ERROR, "!");
	if (i == e->at)
		screen_cursor(e->screen, line, col);
	if (row->kind == ROW_ADD)
		screen_printf(e->screen, line, col, room, role, "F7  %s", row->text);
	else
		screen_printf(e->screen, line, col, room, role, "%2zu  %s",
		    instance_repeat_index(row->node) + 1, row->text);
}

static void
draw_row(struct entry *e, size_t i, int line, int first, int last, int cols)
{
	struct entry_row *row = &e->rows[i];

	switch (row->kind) {
	case ROW_HEADING:
		screen_put_cut(e->screen, line, larger(1, indent_of(row) - 1),
		    cols - indent_of(row) - 1, ROLE_HEADING, row->label);
		break;
	case ROW_NOTE:
		put_wrapped(e->screen,
		    (struct rect){ line, indent_of(row), smaller(row->lines, last - line),
			cols - indent_of(row) - 1 },
		    larger(0, first - line), ROLE_HINT, row->label);
		break;
	case ROW_FIELD:
	case ROW_VALUE:
		draw_question(e, i, line, first, last, cols);
		break;
	case ROW_INSTANCE:
	case ROW_ADD:
		draw_instance(e, i, line, cols);
		break;
	}
}

/* --- around them --- */

/* "2/5 Person visited  7/31" */
static void
write_place(const struct entry *e, struct buf *out)
{
	size_t sections = 0, section = 0, fields = 0, field = 0, heading = ENTRY_NONE;

	for (size_t i = 0; i < e->count; i++) {
		bool here = e->view ? e->rows[i].at <= e->top : i <= e->at;

		if (e->rows[i].section) {
			sections++;
			section += here;
			heading = here ? i : heading;
		}
		if (entry_row_takes_focus(&e->rows[i])) {
			fields++;
			field += here;
		}
	}
	if (heading != ENTRY_NONE)
		buf_fmt(out, "%s %zu/%zu", e->rows[heading].label, section, sections);
	if (fields)
		buf_fmt(out, "%s%zu/%zu", out->len ? "  " : "", field, fields);
	buf_char(out, ' ');
}

/* "Visit > 2026-11-24 1203 王阿姨", "Visit > Parties 2/3" */
static void
write_title(struct entry *e, struct buf *out)
{
	size_t before;

	buf_fmt(out, "%s > ", form_title(e->form, i18n_language()));
	before = out->len;
	if (e->page->def->kind == DEF_REPEAT) {
		logic_label(e->logic, e->page, out);
		buf_fmt(out, " %zu/%zu", instance_repeat_index(e->page) + 1,
		    entry_shown_instances(e->page->parent, e->page->def));
		return;
	}
	if (session_is_saved(e->session) || e->view)
		logic_title(e->logic, out);
	if (out->len == before)
		buf_str(out, e->view ? _("record") : _("new"));
	if (e->view)
		buf_fmt(out, "  (%s)", _("read only"));
}

static void
draw_title(struct entry *e, int cols)
{
	struct buf title = { 0 }, place = { 0 };
	int wanted, used;

	write_title(e, &title);
	write_place(e, &place);
	wanted = smaller(width_of(buf_text(&place)), cols / 2);
	screen_fill(e->screen, (struct rect){ 0, 0, 1, cols }, ROLE_TITLE);
	used = cols - wanted - 3;
	screen_put_cut(e->screen, 0, 1, used, ROLE_TITLE, buf_text(&title));
	screen_put_cut(e->screen, 0, cols - wanted, wanted, ROLE_TITLE, buf_text(&place));
	buf_clear(&title);
	buf_clear(&place);
}

/* Where nothing else is said: a disk that is nearly full is to be seen in time. */
static void
draw_room(struct entry *e, int row, int cols)
{
	struct buf words = { 0 };

	if (!notebook_has_room(session_notebook(e->session), &words))
		screen_put_cut(e->screen, row, 1, cols, ROLE_ERROR, buf_text(&words));
	buf_clear(&words);
}

static void
draw_bottom(struct entry *e, struct rect all)
{
	enum role role = e->is_error ? ROLE_ERROR : ROLE_HINT;
	int row = all.rows - BOTTOM, cols = all.cols - 2;
	enum context stack[4];
	size_t depth = entry_contexts(e, stack);

	/* A long message takes the hint's row as well. */
	if (e->message.len && rows_at(buf_text(&e->message), cols) > 1) {
		screen_wrap(e->screen, (struct rect){ row, 1, 2, cols }, role,
		    buf_text(&e->message), 0);
	} else {
		screen_put_cut(e->screen, row, 1, cols, ROLE_HINT, buf_text(&e->hint));
		screen_put(e->screen, row + 1, 1, cols, role, buf_text(&e->message));
		if (!e->message.len)
			draw_room(e, row + 1, cols);
	}
	keymap_draw_bar(e->screen, all.rows - 1, stack, depth);
}

void
entry_draw(struct screen *s, void *data)
{
	struct entry *e = data;
	struct rect all = screen_size(s);
	int first = 1, last;

	layout(e, all);
	last = first + e->body;
	for (size_t i = 0; i < e->count; i++) {
		const struct entry_row *row = &e->rows[i];
		int line = first + row->at - e->top;

		if (line < last && line + row->lines > first)
			draw_row(e, i, line, first, last, all.cols);
	}
	if (e->view)
		screen_cursor(s, first, 1);
	draw_title(e, all.cols);
	draw_bottom(e, all);
}
