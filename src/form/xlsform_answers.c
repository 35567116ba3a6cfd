/*
 * xlsform_answers - choices that are the answers given in a repeat: "select_one ${name}"
 */
#include "xlsform.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "expr.h"
#include "i18n.h"

#include <string.h>

static const struct expr *
parse(struct xls *x, struct xls_place place, struct buf *text)
{
	struct err err = { 0 };
	const struct expr *e = expr_parse(buf_text(text), x->arena, &err);

	if (!e)
		xls_error(x, place, "%s", err.text);
	buf_clear(text);
	return e;
}

/* The list that is filled when somebody looks: a name, and a label a language. */
static struct list *
empty_list(struct xls *x, const struct def *from)
{
	const char *columns[FORM_LANGUAGES_MAX + 1] = { "name" };
	struct list *list;

	for (size_t i = 0; i < x->form->language_count; i++)
		columns[i + 1] =
		    arena_fmt(x->arena, "label::%s", x->form->languages[i]);
	/* an id that no instance has */
	list = list_new(from->path, columns, x->form->language_count + 1);
	form_add_list(x->form, list);
	return list;
}

/* The repeat's instances in which the question is answered, or which the filter lets
 * through. */
static const struct expr *
read_nodes(struct xls *x, const struct xls_row *row, const struct def *from,
    const struct def *repeat, const struct def *answer)
{
	const char *filter = xls_cell(&x->survey, row, COL_CHOICE_FILTER);
	struct xls_place place = xls_place(&x->survey, row, COL_CHOICE_FILTER);
	struct buf text = { 0 };

	if (*filter) {
		filter = xls_paths_below(x, place, from, repeat, filter);
		if (!filter)
			return NULL;
	}
	xls_write_repeat(from, repeat, &text);
	buf_char(&text, '[');
	buf_str(&text, filter);
	if (!*filter) {
		buf_str(&text, "./");
		xls_write_below(repeat, answer, &text);
		buf_str(&text, " != ''");
	}
	buf_char(&text, ']');
	return parse(x, place, &text);
}

struct itemset *
xls_answers(struct xls *x, const struct xls_row *row, const struct xls_type *type,
    const struct def *from)
{
	struct xls_place place = xls_place(&x->survey, row, COL_TYPE);
	const struct def *answer, *repeat;
	struct buf text = { 0 };
	struct itemset *set;
	size_t at = 0;

	if (!xls_refs_are_good(x, type->list)) {
		xls_check_refs(x, place, type->list);
		return NULL;
	}
	answer = xls_next_ref(x, type->list, &at);
	repeat = answer->kind == DEF_QUESTION ? def_repeat(answer->parent) : NULL;
	if (!repeat || type->list[at]) {
		xls_error(x, place,
		    _("Choices can be the answers of a question in a repeat; \"%s\" is "
		      "none."),
		    type->list);
		return NULL;
	}
	set = arena_alloc(x->arena, sizeof(*set));
	set->list = empty_list(x, from);
	set->fixed_order = true;
	for (size_t i = 0; i < FORM_LANGUAGES_MAX; i++)
		set->label_columns[i] =
		    i < x->form->language_count ? i + 1 : LIST_NONE;
	set->nodeset = read_nodes(x, row, from, repeat, answer);
	xls_write_below(repeat, answer, &text);
	set->value = set->label = parse(x, place, &text);
	return set->nodeset && set->value ? set : NULL;
}
