/*
 * dialog - small pop-ups: a message, a question, one line to type, a text to read
 *
 * A message is a question with one answer.
 */
#include "dialog.h"

#include "buf.h"
#include "editor.h"
#include "i18n.h"
#include "screen.h"
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COLS_WANTED 60

#define FAR_DOWN 1000000 /* rows */

static const enum context dialog_stack[] = { CONTEXT_DIALOG, CONTEXT_POPUP };
static const enum context field_stack[] = { CONTEXT_INPUT, CONTEXT_FIELD,
	CONTEXT_POPUP };
static const enum context view_stack[] = { CONTEXT_VIEW, CONTEXT_POPUP };

static int
dialog_cols(const struct screen *s)
{
	int most = screen_size(s).cols - 4;

	return most < COLS_WANTED ? most : COLS_WANTED;
}

/* Rows that a text takes in the inside of a box of so many columns. */
static int
text_rows(const char *text, int cols)
{
	return text && *text ?
	    screen_wrap(NULL, (struct rect){ 0, 0, 0, cols - 4 }, ROLE_NORMAL, text, 0) : 0;
}

/* ---- questions ---- */

struct question {
	const char *title, *text;
	const struct dialog_choice *choices;
	size_t count, current;
};

static void
question_draw(struct screen *s, void *data)
{
	const struct question *q = data;
	int cols = dialog_cols(s), rows = text_rows(q->text, cols), row;
	int most = screen_size(s).rows - 4 - (int)q->count;
	struct rect in;
	size_t i;

	rows = rows > most ? most : rows;
	in = screen_box(s, screen_middle(s, rows + (int)q->count + 3, cols), q->title);
	screen_wrap(s, (struct rect){ in.row, in.col, rows, in.cols }, ROLE_NORMAL,
	    q->text, 0);
	for (i = 0; i < q->count; i++) {
		enum role role = i == q->current ? ROLE_SELECTED : ROLE_NORMAL;

		row = in.row + rows + 1 + (int)i;
		screen_fill(s, (struct rect){ row, in.col, 1, in.cols }, role);
		screen_printf(s, row, in.col, 3, role, "%c  ", q->choices[i].letter);
		screen_put_cut(s, row, in.col + 3, in.cols - 3, role,
		    q->choices[i].label);
		if (i == q->current)
			screen_cursor(s, row, in.col);
	}
	keymap_draw_bar(s, screen_size(s).rows - 1, dialog_stack, 2);
}

/* The choice with that letter, or -1. */
static int
question_letter(const struct question *q, const struct key *key)
{
	size_t i;

	if (key->code <= ' ' || key->code >= K_DEL)
		return -1;
	for (i = 0; i < q->count; i++)
		if (tolower(key->code) == tolower((unsigned char)q->choices[i].letter))
			return (int)i;
	return -1;
}

int
dialog_choose(struct screen *s, const char *title, const char *text,
    const struct dialog_choice *choices, size_t count, size_t preset)
{
	struct question q = { title, text, choices, count, preset };
	struct screen_layer layer = { .draw = question_draw, .data = &q };
	enum action action = ACTION_NONE;
	struct key key;
	int taken = -1;

	screen_push(s, &layer);
	while (taken < 0 && action != ACTION_BACK) {
		screen_read(s, &key);
		taken = question_letter(&q, &key);
		action = keymap_action(&key, dialog_stack, 2);
		if (action == ACTION_TAKE)
			taken = (int)q.current;
		else if (action == ACTION_NEXT)
			q.current = (q.current + 1) % count;
		else if (action == ACTION_PREV)
			q.current = (q.current + count - 1) % count;
		else if (action == ACTION_HELP)
			dialog_help(s, dialog_stack, 2);
	}
	screen_pop(s, &layer);
	return taken;
}

void
dialog_message(struct screen *s, const char *title, const char *text)
{
	const struct dialog_choice go_on = { ' ', _("Go on") };
	struct question q = { title, text, &go_on, 1, 0 };
	struct screen_layer layer = { .draw = question_draw, .data = &q };
	enum action action;
	struct key key;

	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		action = keymap_action(&key, dialog_stack, 2);
	} while (action != ACTION_TAKE && action != ACTION_BACK && key.code != ' ');
	screen_pop(s, &layer);
}

bool
dialog_ask(struct screen *s, const char *title, const char *text, bool preset)
{
	const struct dialog_choice choices[] = { { 'y', _("Yes") }, { 'n', _("No") } };

	return dialog_choose(s, title, text, choices, 2, preset ? 0 : 1) == 0;
}

/* ---- a line to type ---- */

struct line {
	const struct dialog_input *input;
	struct editor *editor;
	struct buf message;
};

static void
line_draw(struct screen *s, void *data)
{
	struct line *l = data;
	int cols = dialog_cols(s), above = text_rows(l->input->text, cols);
	int below = text_rows(buf_text(&l->message), cols);
	struct rect in;

	below = below < 1 ? 1 : below > 3 ? 3 : below;
	if (above > screen_size(s).rows - 5 - below)
		above = screen_size(s).rows - 5 - below;
	in = screen_box(s, screen_middle(s, above + below + 3, cols), l->input->title);
	screen_wrap(s, (struct rect){ in.row, in.col, above, in.cols }, ROLE_NORMAL,
	    l->input->text ? l->input->text : "", 0);
	screen_wrap(s, (struct rect){ in.row + above + 1, in.col, below, in.cols },
	    ROLE_ERROR, buf_text(&l->message), 0);
	editor_draw(l->editor, s, (struct rect){ in.row + above, in.col, 1, in.cols }, true);
	keymap_draw_bar(s, screen_size(s).rows - 1, field_stack, 3);
}

static bool
line_accept(struct line *l, struct buf *value)
{
	char *text;

	buf_reset(value);
	editor_value(l->editor, value);
	buf_char(value, '\0');
	text_trim(value->data);
	text = buf_take(value);
	buf_str(value, text);
	free(text);
	buf_reset(&l->message);
	return !l->input->accept ||
	    l->input->accept(buf_text(value), l->input->data, &l->message);
}

bool
dialog_input(struct screen *s, const struct dialog_input *input, struct buf *io)
{
	struct editor_options options = { .masked = input->masked,
		.max_chars = input->max_chars };
	struct line l = { .input = input, .editor = editor_new(&options) };
	struct screen_layer layer = { .draw = line_draw, .data = &l };
	struct buf value = { 0 };
	bool taken = false;
	enum action action = ACTION_NONE;
	struct key key;

	editor_set(l.editor, buf_text(io));
	screen_push(s, &layer);
	while (!taken && action != ACTION_BACK) {
		screen_read(s, &key);
		action = keymap_action(&key, field_stack, 3);
		if (action == ACTION_HELP)
			dialog_help(s, field_stack, 3);
		else if (action == ACTION_TAKE)
			taken = line_accept(&l, &value);
		else if (action != ACTION_BACK)
			editor_key(l.editor, &key);
	}
	screen_pop(s, &layer);
	if (taken) {
		buf_reset(io);
		buf_str(io, buf_text(&value));
	}
	buf_clear(&value);
	buf_clear(&l.message);
	editor_free(l.editor);
	return taken;
}

/* ---- a text to read ---- */

struct reading {
	const char *title, *text;
	int top, rows, total; /* rows: as drawn last */
	int left_cols;        /* of the left column; 0: there is none */
};

/* The widest left part, at most a third of the columns. */
static int
reading_left_columns(const char *text, int cols)
{
	const char *end, *tab;
	int widest = 0, width;

	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		tab = memchr(text, '\t', (size_t)(end - text));
		width = tab ? text_width(text, (size_t)(tab - text)) : 0;
		widest = width > widest ? width : widest;
	}
	return widest < cols / 3 ? widest : cols / 3;
}

/* Draws one line, wrapped, from row `at` of the text on; returns the rows it takes. */
static int
reading_line(struct screen *s, struct rect in, const char *line, size_t len, int left,
    int at)
{
	const char *tab = memchr(line, '\t', len);
	struct buf part = { 0 };
	struct rect area = in;
	int skip = at < 0 ? -at : 0, rows, indent = tab ? left + 2 : 0;

	area.row = in.row + (at > 0 ? at : 0);
	area.rows = in.rows - (at > 0 ? at : 0);
	if (tab && skip == 0 && area.rows > 0 && s)
		screen_put_bytes(s, area.row, area.col, left, ROLE_HEADING, line,
		    (size_t)(tab - line));
	area.col += indent;
	area.cols -= indent;
	if (tab)
		buf_add(&part, tab + 1, len - (size_t)(tab + 1 - line));
	else
		buf_add(&part, line, len);
	rows = screen_wrap(area.rows > 0 ? s : NULL, area, ROLE_NORMAL, buf_text(&part),
	    skip);
	buf_clear(&part);
	return rows;
}

static void
reading_draw(struct screen *s, void *data)
{
	struct reading *r = data;
	struct rect size = screen_size(s), in;
	const char *line, *end;
	int row;

	in = screen_box(s, screen_middle(s, size.rows - 2, size.cols - 4 < 76 ?
	    size.cols - 4 : 76), r->title);
	r->rows = in.rows;
	r->left_cols = reading_left_columns(r->text, in.cols);
	for (row = 0, line = r->text; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		row += reading_line(NULL, in, line, (size_t)(end - line), r->left_cols, 0);
	}
	r->total = row;
	if (r->top > r->total - r->rows)
		r->top = r->total - r->rows;
	if (r->top < 0)
		r->top = 0;
	for (row = -r->top, line = r->text; *line && row < in.rows;
	    line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		row += reading_line(s, in, line, (size_t)(end - line), r->left_cols, row);
	}
	if (r->total > r->rows)
		screen_printf(s, in.row + in.rows, in.col + in.cols - 14, 14, ROLE_POPUP,
		    " %d-%d/%d ", r->top + 1, r->top + r->rows, r->total);
	screen_cursor(s, in.row, in.col);
	keymap_draw_bar(s, size.rows - 1, view_stack, 2);
}

static void
reading_move(struct reading *r, enum action action)
{
	int page = r->rows > 1 ? r->rows - 1 : 1;

	if (action == ACTION_UP)
		r->top--;
	else if (action == ACTION_DOWN)
		r->top++;
	else if (action == ACTION_PAGE_UP)
		r->top -= page;
	else if (action == ACTION_PAGE_DOWN)
		r->top += page;
	else if (action == ACTION_FIRST)
		r->top = 0;
	else if (action == ACTION_LAST)
		r->top = FAR_DOWN; /* put right when it is drawn, perhaps the first time */
}

void
dialog_text(struct screen *s, const char *title, const char *text)
{
	struct reading r = { .title = title, .text = text };
	struct screen_layer layer = { .draw = reading_draw, .data = &r };
	enum action action;
	struct key key;

	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		action = keymap_action(&key, view_stack, 2);
		reading_move(&r, action);
	} while (action != ACTION_BACK && action != ACTION_HELP);
	screen_pop(s, &layer);
}

void
dialog_help(struct screen *s, const enum context *stack, size_t depth)
{
	struct buf text = { 0 };

	keymap_help(stack, depth, &text);
	dialog_text(s, _("Keys that work here"), buf_text(&text));
	buf_clear(&text);
}

/* ---- please wait ---- */

static void
wait_draw(struct screen *s, void *data)
{
	const char *text = data;
	int cols = dialog_cols(s), rows = text_rows(text, cols);

	screen_wrap(s, screen_box(s, screen_middle(s, rows + 2, cols), NULL), ROLE_NORMAL,
	    text, 0);
}

void
dialog_wait(struct screen *s, const char *text)
{
	struct buf copy = { 0 };
	struct screen_layer layer = { .draw = wait_draw };

	buf_str(&copy, text);
	layer.data = copy.data;
	screen_push(s, &layer);
	screen_paint(s);
	screen_pop(s, &layer);
	buf_clear(&copy);
}
