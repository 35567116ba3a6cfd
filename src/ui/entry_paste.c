/*
 * entry_paste - a table, pasted into a repeat: a line becomes a row
 *
 * Cells are separated by tabs, as spreadsheets copy them, and go to the repeat's
 * questions in the form's order, or to those that a first line of their labels or names
 * says. Each cell goes the way of a typed answer; one that cannot be taken is left out
 * and told of. All rows are one transaction.
 */
#include "entry_private.h"

#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "notebook.h"
#include "session.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 1000

struct paste {
	struct entry *e;
	struct node *parent; /* of the rows */
	const struct def *repeat;
	size_t index; /* where the next row goes */
	const struct def **columns; /* its questions, in the form's order */
	size_t column_count, column_cap;
	size_t *places, place_count, place_cap; /* of a line's cells among the columns */
	size_t rows, wrong;
	uint32_t wrong_id; /* the first question whose cell was not taken */
	struct buf why;
	bool failed; /* the disk: what follows is not tried */
};

static void
add_columns(struct paste *p, const struct def *within)
{
	for (const struct def *def = within->first; def; def = def->next) {
		if (def->kind == DEF_GROUP)
			add_columns(p, def);
		if (def->kind != DEF_QUESTION || !def->question->asked ||
		    !def->question->served || def->question->answer == ANSWER_NONE)
			continue;
		p->columns = mem_grow(p->columns, &p->column_cap, p->column_count + 1,
		    sizeof *p->columns);
		p->columns[p->column_count++] = def;
	}
}

/* ---- which cell is which question ---- */

/* The next cell of a line, trimmed; NULL when there is none. Given. */
static char *
next_cell(const char **at)
{
	size_t len = strcspn(*at, "\t\n");
	char *cell;

	if (!**at || **at == '\n')
		return NULL;
	cell = mem_strndup(*at, len);
	text_trim(cell);
	*at += len + ((*at)[len] == '\t');
	return cell;
}

static size_t
column_called(struct paste *p, const char *name)
{
	struct buf label = { 0 };
	size_t found = ENTRY_NONE;

	for (size_t i = 0; i < p->column_count && found == ENTRY_NONE; i++) {
		if (strcmp(p->columns[i]->name, name) == 0)
			found = i;
		for (size_t l = 0; l < p->e->form->language_count && found == ENTRY_NONE; l++) {
			buf_reset(&label);
			logic_text(p->e->logic,
			    form_text(p->e->form, &p->columns[i]->label, l), p->parent,
			    &label);
			if (strcmp(buf_text(&label), name) == 0)
				found = i;
		}
	}
	buf_clear(&label);
	return found;
}

static void
place_cell(struct paste *p, size_t column)
{
	p->places = mem_grow(p->places, &p->place_cap, p->place_count + 1,
	    sizeof *p->places);
	p->places[p->place_count++] = column;
}

/* A first line of nothing but labels or names of questions says where cells go. */
static bool
read_header(struct paste *p, const char *line)
{
	char *cell;
	size_t column = 0;

	while (column != ENTRY_NONE && (cell = next_cell(&line))) {
		column = column_called(p, cell);
		if (column != ENTRY_NONE)
			place_cell(p, column);
		free(cell);
	}
	if (column == ENTRY_NONE)
		p->place_count = 0;
	return p->place_count > 0;
}

/* ---- cells ---- */

static void
not_taken(struct paste *p, const struct node *node, const char *cell, const char *why)
{
	if (!p->wrong++) {
		p->wrong_id = node->id;
		buf_fmt(&p->why, "\"%s\": %s", def_quote(node->def, cell, (char[TEXT_BRIEF]){ 0 }),
		    why);
	}
}

static bool
read_cell(struct paste *p, const struct node *node, const char *cell,
    struct buf *answer, struct err *err)
{
	enum answer_type type = node->def->question->answer;

	if (type != ANSWER_ONE && type != ANSWER_MANY)
		return entry_value_read(p->e, node, cell, answer, err);
	return entry_choice_guess(p->e, node, cell, answer) ||
	    err_set(err, ERR_INPUT, _("this is none of its choices, or may be several; type more "
	    "of it"));
}

static void
take_cell(struct paste *p, struct node *node, const char *cell)
{
	struct buf answer = { 0 }, path = { 0 }, message = { 0 };
	struct err err = { 0 };

	instance_path(node, &path);
	if (!node->relevant || node->readonly) {
		not_taken(p, node, cell, _("this is not asked in its row"));
	} else if (!read_cell(p, node, cell, &answer, &err)) {
		not_taken(p, node, cell, err.text);
	} else if (!session_answer(p->e->session, node, buf_text(&answer),
		       buf_text(&path), &err)) {
		p->failed = err.kind != ERR_INPUT;
		not_taken(p, node, cell, err.text);
	} else if (logic_check(p->e->logic, node, &message) != LOGIC_GOOD) {
		not_taken(p, node, cell, buf_text(&message));
	}
	buf_clear(&answer);
	buf_clear(&path);
	buf_clear(&message);
}

/* The cells of a line, from that column on. */
static void
take_line(struct paste *p, struct node *row, const char *line, size_t first)
{
	char *cell;

	for (size_t i = 0; !p->failed && (cell = next_cell(&line)); i++) {
		size_t column = p->place_count ? (i < p->place_count ? p->places[i]
								     : ENTRY_NONE)
					       : first + i;
		struct node *node = column < p->column_count
		    ? instance_near(row, p->columns[column])
		    : NULL;

		if (*cell && node)
			take_cell(p, node, cell);
		else if (*cell)
			not_taken(p, row, cell, _("there is no question for this cell"));
		free(cell);
	}
	p->rows++;
}

/* ---- lines ---- */

static bool
is_blank_line(const char *line)
{
	return line[strspn(line, " \t")] == '\n' || !line[strspn(line, " \t")];
}

static const char *
next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

static void
take_lines(struct paste *p, struct node *row, size_t first, const char *text)
{
	struct err err = { 0 };

	if (read_header(p, text))
		text = next_line(text);
	for (; *text && !p->failed && p->rows < ROWS_MAX; text = next_line(text)) {
		if (is_blank_line(text))
			continue;
		if (!row)
			row = session_repeat_add(p->e->session, p->parent, p->repeat,
			    p->index, &err);
		if (!row) {
			p->failed = true;
			p->wrong++;
			buf_fmt(&p->why, "%s", err.text);
			return;
		}
		take_line(p, row, text, first);
		p->index = instance_repeat_index(row) + 1;
		row = NULL;
		first = 0;
	}
}

static void
say_what_came(struct paste *p)
{
	struct entry *e = p->e;

	if (p->wrong)
		entry_say(e, true, _("%zu rows pasted. Cells to look at: %zu, the first %s"),
		    p->rows, p->wrong, buf_text(&p->why));
	else
		entry_say(e, false, _("%zu rows pasted."), p->rows);
}

/* The cursor: at the first cell that was not taken, else where the next row is begun. */
static void
focus_after(struct paste *p)
{
	struct entry *e = p->e;
	const struct node *wrong = p->wrong_id ? instance_node(e->in, p->wrong_id) : NULL;
	size_t add;

	entry_field_close(e);
	e->page = p->parent->def->kind == DEF_REPEAT ? p->parent
						     : entry_page_of(e, p->parent);
	e->at = ENTRY_NONE;
	entry_rows_build(e);
	if (!wrong || !entry_focus_node(e, wrong)) {
		add = entry_rows_find_add(e, p->parent, p->repeat);
		entry_focus(e, add != ENTRY_NONE ? add : e->at);
	}
	say_what_came(p);
}

static void
paste_rows(struct paste *p, struct node *row, size_t first, const char *text)
{
	struct err err = { 0 };
	bool begun = notebook_begin(p->e->nb, &err);

	add_columns(p, p->repeat);
	if (begun)
		take_lines(p, row, first, text);
	if (!begun || !notebook_end(p->e->nb, true, &err)) {
		p->wrong++;
		buf_reset(&p->why);
		buf_str(&p->why, err.text);
	}
	focus_after(p);
	free(p->columns);
	free(p->places);
	buf_clear(&p->why);
}

static size_t
column_of(const struct def *repeat, const struct def *def)
{
	struct paste p = { 0 };
	size_t i;

	add_columns(&p, repeat);
	for (i = 0; i < p.column_count && p.columns[i] != def; i++)
		;
	free(p.columns);
	return i;
}

/* In a field of a row: more than one cell, or more than one line. */
static bool
is_table(const char *text)
{
	const char *end = text + strlen(text);

	while (end > text && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	return memchr(text, '\t', (size_t)(end - text)) ||
	    memchr(text, '\n', (size_t)(end - text));
}

bool
entry_paste(struct entry *e, const struct key *key)
{
	const struct entry_row *at = e->at < e->count ? &e->rows[e->at] : NULL;
	const struct node *node = entry_question(e);
	struct paste p = { .e = e };
	struct node *row = NULL;
	size_t first = 0;

	if (!at || is_blank_line(key->text))
		return false;
	if (at->kind == ROW_ADD) {
		p.parent = at->node;
		p.repeat = at->def;
		p.index = instance_repeat_count(p.parent, p.repeat);
	} else if (at->kind == ROW_INSTANCE) {
		p.parent = at->node->parent;
		p.repeat = at->def;
		p.index = instance_repeat_index(at->node) + 1;
	} else if (node && e->page->def->kind == DEF_REPEAT && is_table(key->text) &&
	    !entry_is_notes(node->def)) {
		row = e->page;
		p.parent = row->parent;
		p.repeat = row->def;
		p.index = instance_repeat_index(row) + 1;
		first = column_of(p.repeat, node->def);
	} else {
		return false;
	}
	if (!logic_repeat_is_free(e->logic, p.repeat)) {
		entry_say(e, false,
		    _("How many rows there are follows from another answer."));
		return true;
	}
	paste_rows(&p, row, first, key->text);
	return true;
}
