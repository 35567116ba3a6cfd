/*
 * list_view - which columns a form's records have in the list, and their order
 *
 * Where the worker chose none, the columns are the first questions that must be answered
 * and are not simply repeated from the record before. Both choices are settings of the
 * notebook.
 */
#include "list_private.h"

#include "app_private.h"

#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "json.h"
#include "list.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTING_COLUMNS "list.columns."
#define SETTING_SORT    "list.sort."
#define ALL_FORMS       "all"

/* clang-format off */
static const struct {
	const char *name, *label;
} orders[] = {
	{ "",      N_("Newest first") },
	{ "day",   N_("Day") },
	{ "state", N_("State") },
	{ "form",  N_("Form") },
	{ "title", N_("Title") },
};
/* clang-format on */

#define ORDERS (sizeof(orders) / sizeof(*orders))

/* --- which columns --- */

static bool
may_be_column(const struct def *def)
{
	return def->kind == DEF_QUESTION && !def_repeat(def) &&
	    def->question->answer != ANSWER_NONE && !(def->flags & DEF_MASKED);
}

static bool
is_usual(const struct def *def)
{
	return may_be_column(def) && def->question->asked &&
	    ((def->flags & DEF_REQUIRED) || def->required) &&
	    !(def->flags & (DEF_DEFAULT_LAST_SAVED | DEF_MULTILINE));
}

static void
usual_columns(struct list_view *v)
{
	for (size_t i = 0; i < v->form->def_count && v->count < LIST_COLUMNS - 1; i++)
		if (is_usual(v->form->defs[i]))
			v->columns[v->count++] = v->form->defs[i];
}

static void
named_columns(struct list_view *v, char *names)
{
	char *name, *rest = names;

	v->count = 0;
	while ((name = strsep(&rest, " ")) && v->count < LIST_COLUMNS) {
		const struct def *def = *name ? form_find(v->form, name) : NULL;

		if (def && may_be_column(def))
			v->columns[v->count++] = def;
	}
}

static void
write_key(const struct list_view *v, const char *setting, struct buf *key)
{
	buf_fmt(key, "%s%s", setting, v->form ? v->form->id : ALL_FORMS);
}

/* Given, "" when it was never set. */
static char *
remembered(const struct list_view *v, struct app *app, const char *setting)
{
	struct buf key = { 0 }, value = { 0 };

	write_key(v, setting, &key);
	notebook_get(app->nb, buf_text(&key), &value, NULL);
	buf_clear(&key);
	return buf_take(&value);
}

static void
remember(const struct list_view *v, struct app *app, const char *setting,
    const char *value)
{
	struct buf key = { 0 };
	struct err err = { 0 };

	write_key(v, setting, &key);
	if (!notebook_set(app->nb, buf_text(&key), value, &err))
		app_say(app, "%s", err.text);
	buf_clear(&key);
}

void
list_view_open(struct list_view *v, struct app *app, const char *form)
{
	struct err err = { 0 };
	char *text;

	*v = (struct list_view){ 0 };
	if (form && !(v->form = notebook_form(app->nb, form, NULL, &err)))
		app_say(app, "%s", err.text);
	if (v->form) {
		text = remembered(v, app, SETTING_COLUMNS);
		if (*text)
			named_columns(v, text);
		else
			usual_columns(v);
		free(text);
	}
	text = remembered(v, app, SETTING_SORT);
	v->backward = *text == '-';
	v->sort = mem_strdup(text + v->backward);
	free(text);
}

void
list_view_close(struct list_view *v)
{
	free(v->sort);
	v->sort = NULL;
}

const char *
list_view_heading(const struct list_view *v, size_t column)
{
	const struct def *def = v->columns[column];
	const struct text *label =
	    form_text(v->form, &def->label, form_language(v->form, i18n_language()));

	return label && label->count && label->parts[0].literal ? label->parts[0].literal
								: def->name;
}

/* --- cells --- */

/* The chosen values as the question's list calls them. */
static void
write_choices(const struct list_view *v, const struct def *def, const char *text,
    struct buf *out)
{
	const struct itemset *set = def->itemset;
	size_t label =
	    set->label_columns[form_language(v->form, i18n_language())];

	while (*text) {
		size_t len = strcspn(text, " "), row;
		char code[128];

		snprintf(code, sizeof(code), "%.*s", (int)len, text);
		row = label == LIST_NONE ? LIST_NONE
					 : list_find(set->list, set->value_column, code);
		if (out->len)
			buf_str(out, ", ");
		buf_str(out, row == LIST_NONE ? code : list_cell(set->list, row, label));
		text += len + (text[len] == ' ');
	}
}

static void
note_answer(const struct list_view *v, const char *name, const char *text,
    struct list_row *row)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct def *def = v->columns[i];
		struct buf words = { 0 };

		if (row->cells[i] || strcmp(def->name, name) != 0)
			continue;
		if (def->itemset && def->itemset->value_column != LIST_NONE)
			write_choices(v, def, text, &words);
		else
			buf_str(&words, text);
		row->cells[i] = buf_take(&words);
	}
}

/* Names are unique in a form; what stands in a repeat is none of the columns. */
static void
read_cells(const struct list_view *v, const struct buf *json, struct list_row *row)
{
	struct json_reader r;
	enum json_token token;
	char name[128] = "";

	json_reader_init(&r, buf_text(json), json->len);
	while ((token = json_next(&r)) != JSON_END && token != JSON_ERROR) {
		if (token == JSON_NAME)
			snprintf(name, sizeof(name), "%s", r.text);
		else if (token == JSON_ARRAY)
			json_skip(&r, NULL, NULL);
		else if (token == JSON_STRING || token == JSON_NUMBER)
			note_answer(v, name, r.text, row);
	}
	json_reader_clear(&r);
}

/* What the form computes may have a masked answer in it, which is no column itself. */
static bool
wants_masking(const struct list_view *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (!v->columns[i]->question->asked || v->columns[i]->calculation)
			return true;
	return false;
}

static void
mask_json(const struct list_view *v, struct buf *json)
{
	struct instance *in = instance_new(v->form);

	if (instance_from_json(in, buf_text(json), json->len, true, NULL)) {
		instance_mask(in);
		buf_reset(json);
		instance_to_json(in, false, json);
	} else {
		buf_reset(json);
	}
	instance_free(in);
}

void
list_view_cells(const struct list_view *v, struct app *app, const struct record *r,
    struct list_row *row)
{
	struct buf json = { 0 }, cursor = { 0 };

	if (v->count && (r->rev ? record_answers(app->nb, r->id, 0, &json, NULL)
				: record_draft_load(app->nb, r->id, &json, &cursor, NULL))) {
		if (wants_masking(v))
			mask_json(v, &json);
		read_cells(v, &json, row);
	}
	buf_clear(&json);
	buf_clear(&cursor);
}

/* --- order --- */

struct order {
	const struct list_view *view;
	size_t column; /* LIST_COLUMNS: none of them */
};

static const char *
sorted_by(const struct order *o, const struct list_row *row)
{
	const char *sort = o->view->sort;

	if (o->column < LIST_COLUMNS)
		return row->cells[o->column] ? row->cells[o->column] : "";
	if (strcmp(sort, "day") == 0)
		return row->day;
	if (strcmp(sort, "state") == 0)
		return record_state_names[row->state];
	return strcmp(sort, "form") == 0 ? row->form : row->title;
}

static int
compare(const void *a, const void *b, void *data)
{
	const struct order *o = data;
	const struct list_row *one = a, *two = b;
	/* Numbers within texts by their value: room 402 before 1203. */
	int by = strverscmp(sorted_by(o, one), sorted_by(o, two));

	return o->view->backward ? -by : by;
}

static size_t
column_named(const struct list_view *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->columns[i]->name, name) == 0)
			return i;
	return LIST_COLUMNS;
}

void
list_view_order(const struct list_view *v, struct list_row *rows, size_t count)
{
	struct order order = { v, column_named(v, v->sort) };

	if (*v->sort && count > 1)
		qsort_r(rows, count, sizeof(*rows), compare, &order);
}

const char *
list_view_sort_label(const struct list_view *v)
{
	size_t column = column_named(v, v->sort);

	if (column < LIST_COLUMNS)
		return list_view_heading(v, column);
	for (size_t i = 1; i < ORDERS; i++)
		if (strcmp(orders[i].name, v->sort) == 0)
			return _(orders[i].label);
	return "";
}

/* --- choosing --- */

static void
order_item(void *data, size_t index, struct picker_item *item)
{
	const struct list_view *v = data;

	*item = (struct picker_item){ .code = "" };
	item->label = index < ORDERS ? _(orders[index].label)
				     : list_view_heading(v, index - ORDERS);
}

bool
list_view_choose_sort(struct list_view *v, struct app *app)
{
	struct picker_source source = { ORDERS + v->count, order_item, v };
	struct picker_options options = {
		.title = _("Sort by? (The same again turns it round)"),
	};
	struct picker *picker = picker_new(&source, &options);
	size_t at = PICKER_NONE;

	if (picker_run(picker, app->screen))
		at = picker_current(picker);
	picker_free(picker);
	if (at == PICKER_NONE)
		return false;
	{
		const char *name = at < ORDERS ? orders[at].name
					       : v->columns[at - ORDERS]->name;
		struct buf value = { 0 };

		v->backward = strcmp(v->sort, name) == 0 && !v->backward;
		free(v->sort);
		v->sort = mem_strdup(name);
		buf_fmt(&value, "%s%s", v->backward && *name ? "-" : "", name);
		remember(v, app, SETTING_SORT, buf_text(&value));
		buf_clear(&value);
	}
	return true;
}

struct questions {
	const struct list_view *view;
	const struct def **defs;
	size_t count, cap;
};

static void
question_item(void *data, size_t index, struct picker_item *item)
{
	const struct questions *q = data;
	const struct def *def = q->defs[index];
	const struct text *label = form_text(q->view->form, &def->label,
	    form_language(q->view->form, i18n_language()));

	*item = (struct picker_item){ .code = def->name, .extra = def->name };
	item->label = label && label->count && label->parts[0].literal
	    ? label->parts[0].literal : def->name;
}

bool
list_view_choose_columns(struct list_view *v, struct app *app)
{
	struct questions q = { .view = v };
	struct picker_options options = { .multiple = true,
		.title = _("Which columns? Space marks up to 6") };
	struct picker *picker;
	struct buf names = { 0 };
	bool taken;

	if (!v->form) {
		app_say(app, _("Columns belong to one form: choose it first, with F4."));
		return false;
	}
	for (size_t i = 0; i < v->form->def_count; i++)
		if (may_be_column(v->form->defs[i])) {
			q.defs = mem_grow(q.defs, &q.cap, q.count + 1, sizeof(*q.defs));
			q.defs[q.count++] = v->form->defs[i];
		}
	picker = picker_new(&(struct picker_source){ q.count, question_item, &q }, &options);
	for (size_t i = 0; i < q.count; i++)
		if (column_named(v, q.defs[i]->name) < LIST_COLUMNS)
			picker_mark(picker, i, true);
	taken = picker_run(picker, app->screen);
	if (taken) {
		picker_marked_codes(picker, &names);
		remember(v, app, SETTING_COLUMNS, buf_text(&names));
		if (names.len) {
			named_columns(v, names.data);
		} else {
			v->count = 0;
			usual_columns(v);
		}
	}
	picker_free(picker);
	free(q.defs);
	buf_clear(&names);
	return taken;
}
