/*
 * xlsform_details - what a row of survey says about its definition: texts, rules,
 * defaults, choices
 */
#include "xlsform.h"

#include "arena.h"
#include "expr.h"
#include "i18n.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
static const struct { enum xls_column_kind column; size_t offset; } text_columns[] = {
	{ COL_LABEL,              offsetof(struct def, label) },
	{ COL_HINT,               offsetof(struct def, hint) },
	{ COL_GUIDANCE_HINT,      offsetof(struct def, guidance_hint) },
	{ COL_CONSTRAINT_MESSAGE, offsetof(struct def, constraint_message) },
	{ COL_REQUIRED_MESSAGE,   offsetof(struct def, required_message) },
};

/* Words of an appearance that the model knows. */
static const struct { const char *word; unsigned flag; } appearance_flags[] = {
	{ "multiline", DEF_MULTILINE },
	{ "masked",    DEF_MASKED },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct expr *
cell_expr(struct xls *x, const struct xls_item *item, enum xls_column_kind column,
    const char *text)
{
	return xls_expr(x, xls_place(&x->survey, item->row, column), item->def,
	    column == COL_CHOICE_FILTER ? REF_FILTER : REF_EXPR, text);
}

/* A text's cells, one a language; a cell whose language is named goes before one in a
 * column without. */
static void
read_texts(struct xls *x, const struct xls_item *item, enum xls_column_kind column,
    struct texts *out)
{
	struct text *by_language = NULL;

	for (int named = 1; named >= 0; named--)
		for (size_t i = 0; i < x->survey.column_count; i++) {
			const struct xls_column *c = &x->survey.columns[i];
			const char *cell = item->row->cells[i];
			struct xls_place place = { &x->survey, item->row, c->header };

			if (c->kind != column || !*cell ||
			    (c->language != NULL) != named)
				continue;
			if (!by_language)
				by_language = arena_alloc(x->arena,
				    x->form->language_count * sizeof(by_language[0]));
			if (!by_language[c->language_index].count)
				by_language[c->language_index] =
				    xls_text(x, place, item->def, cell);
		}
	out->by_language = by_language;
}

/* "yes" is the flag, "no" is nothing, all else an expression. */
static const struct expr *
yes_or_expr(struct xls *x, const struct xls_item *item, enum xls_column_kind column,
    unsigned flag)
{
	const char *cell = xls_cell(&x->survey, item->row, column);

	if (!*cell || xls_no(cell))
		return NULL;
	if (!xls_yes(cell))
		return cell_expr(x, item, column, cell);
	item->def->flags |= flag;
	return NULL;
}

/* A plain expression; pyxform lets yes and no stand for true() and false(). */
static const struct expr *
plain_expr(struct xls *x, const struct xls_item *item, enum xls_column_kind column)
{
	const char *cell = xls_cell(&x->survey, item->row, column);

	if (!*cell)
		return NULL;
	return cell_expr(x, item, column,
	    xls_yes(cell)  ? "true()"
	    : xls_no(cell) ? "false()"
			   : cell);
}

static void
read_appearance(struct xls *x, const struct xls_item *item)
{
	struct def *def = item->def;
	const char *rows = form_pair(def->parameters, "rows");

	def->appearance = xls_cell(&x->survey, item->row, COL_APPEARANCE);
	for (size_t i = 0; i < COUNT(appearance_flags); i++) {
		const char *word = appearance_flags[i].word, *at = def->appearance;
		size_t n = strlen(word);

		for (; (at = strstr(at, word)); at += n)
			if ((at == def->appearance || isspace((unsigned char)at[-1])) &&
			    (!at[n] || isspace((unsigned char)at[n])))
				def->flags |= appearance_flags[i].flag;
	}
	if (rows && atoi(rows) > 1)
		def->flags |= DEF_MULTILINE;
}

static void
read_default(struct xls *x, const struct xls_item *item)
{
	const char *cell = xls_cell(&x->survey, item->row, COL_DEFAULT);
	struct xls_place place = xls_place(&x->survey, item->row, COL_DEFAULT);
	struct def *def = item->def;
	const struct itemset *set = def->itemset;

	if (!*cell)
		return;
	if (xls_default_is_dynamic(cell, def->question->kind)) {
		def->flags |= DEF_DEFAULT_DYNAMIC;
		if (strstr(cell, "${last-saved#"))
			def->flags |= DEF_DEFAULT_LAST_SAVED;
		def->default_expr = xls_expr(x, place, def, REF_EXPR, cell);
		return;
	}
	def->default_value = cell;
	if (set && !set->nodeset && def->question->answer == ANSWER_ONE &&
	    set->value_column != LIST_NONE &&
	    list_find(set->list, set->value_column, cell) == LIST_NONE)
		xls_warning(x, place, _("The list \"%s\" has no choice \"%s\"."),
		    list_id(set->list), cell);
}

/* A calculation, which a trigger ties to the change of another question. */
static void
read_calculation(struct xls *x, const struct xls_item *item)
{
	const struct xls_sheet *sheet = &x->survey;
	const char *trigger = xls_cell(sheet, item->row, COL_TRIGGER);
	struct xls_place place = xls_place(sheet, item->row, COL_TRIGGER);
	const struct expr *e = plain_expr(x, item, COL_CALCULATION);
	struct def *def = item->def;

	if (!*trigger) {
		def->calculation = e;
		if (def->question->kind == QUESTION_CALCULATE &&
		    !*xls_cell(sheet, item->row, COL_CALCULATION) && !def->default_expr)
			xls_error(x, xls_place(sheet, item->row, COL_CALCULATION),
			    _("A calculate row needs a calculation."));
		return;
	}
	def->triggers = xls_ref_list(x, place, trigger);
	def->trigger_calculation = e;
	if (!*xls_cell(sheet, item->row, COL_CALCULATION) &&
	    def->question->kind != QUESTION_START_GEOPOINT)
		def->trigger_calculation = expr_parse("''", x->arena, NULL);
	for (size_t i = 0; def->triggers && def->triggers[i]; i++) {
		const struct def *d = def->triggers[i];

		if (d->kind != DEF_QUESTION || !d->question->asked)
			xls_error(x, place,
			    _("\"%s\" is not asked, so nothing can wait for its "
			      "change: "
			      "name a question that is."),
			    d->name);
	}
}

static bool
has_media(const struct xls *x, const struct xls_row *row, const char *what)
{
	for (size_t i = 0; i < x->survey.column_count; i++) {
		const struct xls_column *c = &x->survey.columns[i];
		size_t prefix = strncmp(c->name, "media::", 7) ? 0 : 7;

		if (c->kind == COL_MEDIA && row->cells[i][0] &&
		    (!what || !strcmp(c->name + prefix, what)))
			return true;
	}
	return false;
}

/*
 * A computed question that says nothing is asked of nobody; one that is asked has to
 * say something.
 */
static void
check_label(struct xls *x, const struct xls_item *item)
{
	struct xls_place place = xls_place(&x->survey, item->row, COL_LABEL);
	struct def *def = item->def;
	bool says = def->label.by_language || def->hint.by_language;

	if (has_media(x, item->row, "big-image") && !has_media(x, item->row, "image"))
		xls_error(x, xls_place(&x->survey, item->row, COL_MEDIA),
		    _("A big-image needs an image beside it: fill the column image."));
	if (says || has_media(x, item->row, NULL))
		return;
	if (def->kind != DEF_QUESTION) {
		if (!strstr(def->appearance, "field-list"))
			xls_warning(x, place,
			    _("\"%s\" has no label: its name will be shown."),
			    def->name);
		return;
	}
	if (!def->question->asked)
		return;
	if (!def->calculation && !def->triggers) {
		xls_error(x, place,
		    _("The question \"%s\" has neither label nor hint: write what is "
		      "asked."),
		    def->name);
		return;
	}
	if (!def->itemset) {
		def->flags |= DEF_UNASKED;
		return;
	}
	def->question = &question_rows[QUESTION_CALCULATE]; /* as text */
	def->itemset = NULL;
}

/* pulldata('people', …) reads people.csv. */
static void
read_pulldata(struct xls *x, const struct xls_item *item)
{
	static const char call[] = "pulldata(";

	for (size_t i = 0; i < x->survey.column_count; i++) {
		struct xls_place place = { &x->survey, item->row,
			x->survey.columns[i].header };
		const char *at = item->row->cells[i];

		if (x->survey.columns[i].kind < COL_RELEVANT ||
		    x->survey.columns[i].kind >= COL_PARAMETERS)
			continue;
		while ((at = strstr(at, call))) {
			const char *end;

			at += sizeof(call) - 1;
			at += strspn(at, " ");
			end = *at == '\'' || *at == '"' ? strchr(at + 1, *at) : NULL;
			if (end)
				xls_file_list(x, place,
				    arena_fmt(x->arena, "%.*s.csv", (int)(end - at - 1),
					at + 1));
		}
	}
}

static void
read_group(struct xls *x, const struct xls_item *item)
{
	struct def *def = item->def;
	const char *count = xls_cell(&x->survey, item->row, COL_REPEAT_COUNT);

	if (def->kind != DEF_REPEAT || !*count)
		return;
	if (strncmp(count, "${", 2) || strchr(count, '}') != count + strlen(count) - 1)
		count = arena_fmt(x->arena, "${%s_count}", def->name);
	def->repeat_count = cell_expr(x, item, COL_REPEAT_COUNT, count);
}

/* Choices in an order by chance. */
static void
read_order(struct xls *x, const struct xls_item *item, struct itemset *set)
{
	const char *randomize = form_pair(item->def->parameters, "randomize");
	const char *seed = form_pair(item->def->parameters, "seed");

	set->randomize = randomize && xls_yes(randomize);
	if (set->randomize && seed)
		set->seed = cell_expr(x, item, COL_PARAMETERS, seed);
}

static void
read_question(struct xls *x, const struct xls_item *item)
{
	const struct xls_sheet *sheet = &x->survey;
	const struct xls_row *row = item->row;
	struct def *def = item->def;
	const char *filter = xls_cell(sheet, row, COL_CHOICE_FILTER);
	const char *save_to = xls_cell(sheet, row, COL_SAVE_TO);

	def->parameters = xls_parameters(x, row, item->type);
	if (item->type->list && def->question->wants_list) {
		struct itemset *set =
		    strncmp(item->type->list, "${", 2)
			? xls_itemset(x, row, item->type, def->parameters)
			: xls_answers(x, row, item->type, def);

		if (set)
			read_order(x, item, set);
		if (*filter && set && set->or_other)
			xls_error(x, xls_place(sheet, row, COL_CHOICE_FILTER),
			    _("or_other cannot stand beside a choice_filter: add the "
			      "choice and its question yourself."));
		if (*filter && set && !set->nodeset)
			set->filter = cell_expr(x, item, COL_CHOICE_FILTER, filter);
		def->itemset = set;
	}
	if (def->question->kind == QUESTION_CSV_EXTERNAL ||
	    def->question->kind == QUESTION_XML_EXTERNAL)
		xls_file_list(x, xls_place(sheet, row, COL_NAME),
		    arena_fmt(x->arena, "%s.%.3s", def->name, def->question->name));
	def->constraint = plain_expr(x, item, COL_CONSTRAINT);
	if (!def->constraint && item->type->constraint)
		def->constraint =
		    cell_expr(x, item, COL_CONSTRAINT, item->type->constraint);
	def->save_to = *save_to ? save_to : NULL;
	read_default(x, item);
	read_calculation(x, item);
	read_pulldata(x, item);
}

static void
read_row(struct xls *x, const struct xls_item *item)
{
	struct def *def = item->def;

	for (size_t i = 0; i < COUNT(text_columns); i++)
		read_texts(x, item, text_columns[i].column,
		    (struct texts *)(void *)((char *)def + text_columns[i].offset));
	def->relevant = plain_expr(x, item, COL_RELEVANT);
	def->readonly = yes_or_expr(x, item, COL_READ_ONLY, DEF_READ_ONLY);
	def->required = yes_or_expr(x, item, COL_REQUIRED, DEF_REQUIRED);
	if (def->kind == DEF_QUESTION)
		read_question(x, item);
	else
		read_group(x, item);
	read_appearance(x, item);
	check_label(x, item);
}

/* The question that or_other adds below a select. */
static void
read_other(struct xls *x, const struct xls_item *item)
{
	struct def *def = item->def;
	size_t n = strlen(def->name) - strlen("_other");
	struct text *texts =
	    arena_alloc(x->arena, x->form->language_count * sizeof(texts[0]));
	struct xls_place place = xls_place(&x->survey, item->row, COL_TYPE);

	for (size_t i = 0; i < x->form->language_count; i++)
		texts[i] =
		    xls_text(x, place, def, xls_specify_label(x->form->languages[i]));
	def->label.by_language = texts;
	def->relevant = xls_expr(x, place, def, REF_EXPR,
	    arena_fmt(x->arena, "selected(../%.*s, 'other')", (int)n, def->name));
}

void
xls_read_details(struct xls *x, const struct xls_item *item)
{
	switch (item->role) {
	case ITEM_ROW:
		read_row(x, item);
		break;
	case ITEM_COUNT:
		item->def->flags |= DEF_READ_ONLY;
		item->def->calculation = plain_expr(x, item, COL_REPEAT_COUNT);
		break;
	case ITEM_OTHER:
		read_other(x, item);
		break;
	}
}
