/*
 * xlsform_loops - "begin loop over LIST": its rows once for each choice of a list
 *
 * An old construct that some forms still have. It becomes a group that has a group for
 * each choice, named and labelled as the choice is; in the rows' cells %(name)s and
 * %(label)s stand for them.
 */
#include "xlsform.h"

#include "arena.h"
#include "buf.h"
#include "i18n.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Loops in loops multiply. */
#define ROWS_MAX 65536

struct expansion {
	struct xls *x;
	struct xls_row *rows;
	struct xls_type *types;
	size_t count, cap, types_cap;
	bool full; /* told */
};

static void
put_row(struct expansion *e, struct xls_row row, struct xls_type type)
{
	if (e->count == ROWS_MAX) {
		if (!e->full)
			xls_error(e->x, xls_place(&e->x->survey, &row, COL_TYPE),
			    _("The loops make more than %d rows: shorten their lists."),
			    ROWS_MAX);
		e->full = true;
		return;
	}
	e->rows = mem_grow(e->rows, &e->cap, e->count + 1, sizeof(e->rows[0]));
	e->types = mem_grow(e->types, &e->types_cap, e->count + 1, sizeof(e->types[0]));
	e->rows[e->count] = row;
	e->types[e->count++] = type;
}

/* The text with each %(word)s replaced. */
static const char *
fill_in(struct arena *a, const char *text, const char *word, const char *value)
{
	struct buf out = { 0 };
	const char *at;

	if (!strstr(text, word))
		return text;
	for (; (at = strstr(text, word)); text = at + strlen(word)) {
		buf_add(&out, text, (size_t)(at - text));
		buf_str(&out, value);
	}
	buf_str(&out, text);
	text = arena_strdup(a, buf_text(&out));
	buf_clear(&out);
	return text;
}

/* The choice's label in a column's language. */
static const char *
choice_label(struct xls *x, const struct list *list, size_t choice,
    const struct xls_column *column)
{
	size_t c = LIST_NONE;

	if (column->language)
		c = list_column_named(
		    list, arena_fmt(x->arena, "label::%s", column->language));
	if (c == LIST_NONE)
		c = list_column_named(list, "label");
	return c == LIST_NONE ? "" : list_cell(list, choice, c);
}

/* A row as it is for a choice: of the body, or (name set) the group around it. */
static struct xls_row
row_for(struct xls *x, const struct xls_row *from, const struct list *list,
    size_t choice, const char *name)
{
	struct xls_row row = *from;
	size_t n = x->survey.column_count;

	row.cells = arena_alloc(x->arena, n * sizeof(row.cells[0]));
	for (size_t i = 0; i < n; i++) {
		const struct xls_column *c = &x->survey.columns[i];
		const char *label = choice_label(x, list, choice, c);
		const char *cell = from->cells[i];

		if (name)
			cell = c->kind == COL_TYPE    ? "begin group"
			       : c->kind == COL_NAME  ? name
			       : c->kind == COL_LABEL ? label
						      : "";
		cell = fill_in(x->arena, cell, "%(name)s", list_cell(list, choice, 0));
		row.cells[i] = fill_in(x->arena, cell, "%(label)s", label);
	}
	return row;
}

/* The row that ends the loop beginning at begin, or end. */
static size_t
loop_end(const struct xls *x, size_t begin, size_t end)
{
	int depth = 0;

	for (size_t i = begin; i < end; i++) {
		depth += x->types[i].what == TYPE_BEGIN_LOOP;
		depth -= x->types[i].what == TYPE_END_LOOP;
		if (!depth)
			return i;
	}
	return end;
}

static void expand(struct expansion *e, size_t begin, size_t end,
    const struct list *list, size_t choice);

static void
expand_loop(struct expansion *e, size_t begin, size_t end, struct xls_row head)
{
	struct xls *x = e->x;
	const struct xls_type *type = &x->types[begin];
	const struct list *over = type->list ? xls_choices_list(x, type->list) : NULL;
	struct xls_type open = { .what = TYPE_BEGIN_GROUP };
	struct xls_type close = { .what = TYPE_END_GROUP };

	if (!over) {
		xls_error(x, xls_place(&x->survey, &head, COL_TYPE),
		    _("A loop goes over a list of the sheet choices: write \"begin "
		      "loop "
		      "over NAME\"."));
		return;
	}
	put_row(e, head, open);
	for (size_t i = 0; i < list_count(over) && !e->full; i++) {
		put_row(e, row_for(x, &head, over, i, list_cell(over, i, 0)), open);
		expand(e, begin + 1, end, over, i);
		put_row(e, head, close);
	}
	put_row(e, head, close);
}

/* Rows [begin, end) as they are for a choice of the loop around them, if there is. */
static void
expand(struct expansion *e, size_t begin, size_t end, const struct list *list,
    size_t choice)
{
	struct xls *x = e->x;

	for (size_t i = begin; i < end && !e->full; i++) {
		struct xls_row row = x->survey.rows[i];

		if (list)
			row = row_for(x, &row, list, choice, NULL);
		if (x->types[i].what == TYPE_BEGIN_LOOP) {
			size_t last = loop_end(x, i, end);

			if (last == end) {
				put_row(e, row, x->types[i]); /* told as never ended */
				continue;
			}
			expand_loop(e, i, last, row);
			i = last;
		} else {
			put_row(e, row, x->types[i]);
		}
	}
}

void
xls_expand_loops(struct xls *x)
{
	struct expansion e = { .x = x };
	bool any = false;

	for (size_t i = 0; i < x->survey.row_count; i++)
		any = any || x->types[i].what == TYPE_BEGIN_LOOP;
	if (!any)
		return;
	expand(&e, 0, x->survey.row_count, NULL, 0);
	free(x->survey.rows);
	x->survey.rows = e.rows;
	x->survey.row_count = e.full ? 0 : e.count; /* half of them are worth nothing */
	x->types = arena_alloc(x->arena, (e.count + 1) * sizeof(x->types[0]));
	if (e.count)
		memcpy(x->types, e.types, e.count * sizeof(x->types[0]));
	free(e.types);
}
