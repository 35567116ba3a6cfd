/*
 * xlsform_choices - the lists of the choices sheets, and lists in files
 */
#include "xlsform.h"

#include "arena.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
static const struct { const char *code, *other, *specify; } other_words[] = {
	{ "zh", "其他", "请注明。" },
	{ "en", "Other", "Specify other." },
};
/* clang-format on */

/* A list of a choices sheet while it is gathered. */
struct gathered {
	const char *name;
	size_t *rows; /* of the sheet */
	size_t count, cap;
	bool many;  /* a select_multiple or rank asks for it */
	bool other; /* an or_other asks for it */
};

struct gathering {
	struct gathered *lists;
	size_t count, cap;
	struct xls_names names;
};

static size_t
word_row(const char *language)
{
	const char *open = strrchr(language, '(');

	return (open && !strncmp(open + 1, "zh", 2)) || !strcmp(language, "zh") ? 0 : 1;
}

static const char *
xls_other_label(const char *language)
{
	return other_words[word_row(language)].other;
}

const char *
xls_specify_label(const char *language)
{
	return other_words[word_row(language)].specify;
}

static struct gathered *
gathered_named(const struct gathering *g, const char *name)
{
	/* its place and 1, because the array moves as it grows */
	uintptr_t at = (uintptr_t)xls_names_get(&g->names, g, name);

	return at ? &g->lists[at - 1] : NULL;
}

/* Rows by list, in the order in which the lists first appear. */
static void
gather(struct xls *x, struct xls_sheet *sheet, struct gathering *g)
{
	struct gathered *list = NULL;

	for (size_t i = 0; i < sheet->row_count; i++) {
		struct xls_row *row = &sheet->rows[i];
		const char *name = xls_cell(sheet, row, COL_LIST_NAME);

		if (!*name) {
			xls_warning(x, xls_place(sheet, row, COL_LIST_NAME),
			    _("This row is in no list and is passed over: fill "
			      "list_name."));
			continue;
		}
		if (!list || strcmp(list->name, name))
			list = gathered_named(g, name);
		if (!list) {
			g->lists = mem_grow(
			    g->lists, &g->cap, g->count + 1, sizeof(g->lists[0]));
			list = &g->lists[g->count++];
			*list = (struct gathered){ .name = name };
			xls_names_put(&g->names, g, name, (void *)(uintptr_t)g->count);
		}
		list->rows = mem_grow(
		    list->rows, &list->cap, list->count + 1, sizeof(list->rows[0]));
		list->rows[list->count++] = i;
	}
}

/* What survey's types ask of the lists. */
static void
mark_uses(struct xls *x, struct gathering *g, bool external)
{
	for (size_t i = 0; i < x->survey.row_count; i++) {
		const struct xls_type *type = &x->types[i];
		struct gathered *list;

		if (type->what != TYPE_QUESTION || !type->list || type->from_file ||
		    type->external != external)
			continue;
		list = gathered_named(g, type->list);
		if (!list)
			continue;
		list->many = list->many || type->question->answer == ANSWER_MANY;
		list->other = list->other || type->or_other;
	}
}

/* What a column of a choices sheet is called in the list; NULL: it is not kept. */
static const char *
list_column_name(struct xls *x, const struct xls_column *column)
{
	switch (column->kind) {
	case COL_NAME:
		return "name";
	case COL_LABEL:
		return column->language
			   ? arena_fmt(x->arena, "label::%s", column->language)
			   : "label";
	default:
		return column->kind == COL_OTHER && xls_is_name(column->header)
			   ? column->header
			   : NULL;
	}
}

static bool
column_is_used(
    const struct xls_sheet *sheet, const struct gathered *list, size_t column)
{
	if (sheet->columns[column].kind == COL_NAME)
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (sheet->rows[list->rows[i]].cells[column][0])
			return true;
	return false;
}

static void
check_row(struct xls *x, const struct xls_sheet *sheet, const struct xls_row *row,
    const struct gathered *list)
{
	const char *name = xls_cell(sheet, row, COL_NAME);
	bool labelled = sheet != &x->choices;

	if (!*name)
		xls_error(x, xls_place(sheet, row, COL_NAME),
		    _("A choice needs a name: the code that the record keeps."));
	else if (list->many && strchr(name, ' '))
		xls_error(x, xls_place(sheet, row, COL_NAME),
		    _("The name \"%s\" has a blank in it, and several choices of this "
		      "list can be chosen together: write it without."),
		    name);
	for (size_t i = 0; i < sheet->column_count; i++)
		if (sheet->columns[i].kind == COL_LABEL ||
		    sheet->columns[i].kind == COL_MEDIA)
			labelled = labelled || row->cells[i][0];
	if (!labelled && *name)
		xls_warning(x, xls_place(sheet, row, COL_LABEL),
		    _("The choice \"%s\" has no label: its name will be shown."), name);
}

static void
check_twins(struct xls *x, const struct xls_sheet *sheet, const struct gathered *from,
    const struct list *list)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct xls_row *row = &sheet->rows[from->rows[i]];
		const char *name = list_cell(list, i, 0);
		size_t first = list_find(list, 0, name);

		if (*name && first < i)
			xls_error(x, xls_place(sheet, row, COL_NAME),
			    _("The list %s has \"%s\" in row %d already: give this one "
			      "another name, or set allow_choice_duplicates."),
			    from->name, name, sheet->rows[from->rows[first]].row);
	}
}

/* The choice that or_other adds, unless the list has one of that name. */
static void
add_other(struct xls *x, struct list *list, const char **cells)
{
	if (list_find(list, 0, "other") != LIST_NONE)
		return;
	for (size_t c = 0; c < list_column_count(list); c++) {
		const char *column = list_column(list, c);

		cells[c] = "";
		if (!strcmp(column, "name"))
			cells[c] = "other";
		else if (!strcmp(column, "label"))
			cells[c] = xls_other_label(x->form->default_language);
		else if (!strncmp(column, "label::", 7))
			cells[c] = xls_other_label(column + 7);
	}
	list_add(list, cells);
}

/* Column 0 of the list is the name; columns that are empty in it are left out. */
static struct list *
make_list(struct xls *x, const struct xls_sheet *sheet, const struct gathered *from)
{
	size_t *columns = mem_alloc((sheet->column_count + 1) * sizeof(columns[0]));
	const char **cells = mem_alloc((sheet->column_count + 1) * sizeof(cells[0]));
	size_t count = 0;
	struct list *list;

	for (int pass = 0; pass < 2; pass++) /* the name first */
		for (size_t c = 0; c < sheet->column_count; c++) {
			const char *name = list_column_name(x, &sheet->columns[c]);

			if (!name ||
			    (sheet->columns[c].kind == COL_NAME) != (pass == 0) ||
			    !column_is_used(sheet, from, c))
				continue;
			cells[count] = name;
			columns[count++] = c;
		}
	list = list_new(from->name, cells, count);
	for (size_t i = 0; i < from->count; i++) {
		const struct xls_row *row = &sheet->rows[from->rows[i]];

		for (size_t c = 0; c < count; c++)
			cells[c] = row->cells[columns[c]];
		list_add(list, cells);
		check_row(x, sheet, row, from);
	}
	if (!x->allow_choice_duplicates && sheet == &x->choices)
		check_twins(x, sheet, from, list);
	if (from->other)
		add_other(x, list, cells);
	free(cells);
	free(columns);
	return list;
}

static bool
has_column(struct xls *x, const struct xls_sheet *sheet, enum xls_column_kind kind)
{
	struct xls_row header = { .row = 1, .line = sheet->line };

	for (size_t i = 0; i < sheet->column_count; i++)
		if (sheet->columns[i].kind == kind)
			return true;
	xls_error(x, xls_place(sheet, &header, kind),
	    _("The sheet %s needs a column \"%s\"."), sheet->name,
	    xls_header(sheet, kind));
	return false;
}

static void
read_sheet(struct xls *x, struct xls_sheet *sheet)
{
	struct gathering g = { 0 };
	bool good;

	if (!sheet->row_count)
		return;
	good = has_column(x, sheet, COL_LIST_NAME);
	good = has_column(x, sheet, COL_NAME) && good;
	x->choices_unread = x->choices_unread || !good;
	if (!good)
		return;
	gather(x, sheet, &g);
	mark_uses(x, &g, sheet == &x->external_choices);
	for (size_t i = 0; i < g.count; i++) {
		struct list *list = make_list(x, sheet, &g.lists[i]);

		form_add_list(x->form, list);
		xls_names_put(&x->names, sheet, g.lists[i].name, list);
		free(g.lists[i].rows);
	}
	free(g.lists);
	xls_names_clear(&g.names);
}

void
xls_read_choices(struct xls *x)
{
	read_sheet(x, &x->choices);
	read_sheet(x, &x->external_choices);
}

static struct list *
own_list(const struct xls *x, const char *name, bool external)
{
	return xls_names_get(
	    &x->names, external ? &x->external_choices : &x->choices, name);
}

struct list *
xls_choices_list(const struct xls *x, const char *name)
{
	return own_list(x, name, false);
}

void
xls_check_choices(struct xls *x)
{
	for (size_t i = 0; i < x->choices.row_count; i++)
		for (size_t c = 0; c < x->choices.column_count; c++) {
			const struct xls_column *column = &x->choices.columns[c];
			struct xls_place place = { &x->choices, &x->choices.rows[i],
				column->header };

			if (column->kind == COL_LABEL || column->kind == COL_MEDIA)
				xls_check_refs(x, place, x->choices.rows[i].cells[c]);
		}
}

/* Labels with answers in them, beside the list; what is wrong with them is told for
 * the sheet (xls_check_choices()). */
static void
read_label_texts(struct xls *x, struct itemset *set)
{
	size_t languages = x->form->language_count;
	struct xls_place place = { &x->choices, NULL, NULL };
	struct text *all = NULL;

	for (size_t row = 0; row < list_count(set->list); row++)
		for (size_t i = 0; i < languages; i++) {
			size_t column = set->label_columns[i];
			const char *cell = column == LIST_NONE
					       ? ""
					       : list_cell(set->list, row, column);

			if (!strstr(cell, "${") || !xls_refs_are_good(x, cell))
				continue;
			if (!all)
				all = arena_alloc(x->arena, list_count(set->list) *
								languages *
								sizeof(all[0]));
			all[row * languages + i] =
			    xls_text(x, place, x->form->root, cell);
		}
	set->label_texts = all;
}

/* "building.csv" → where ".csv" begins, or NULL when it is no file that we know. */
static const char *
file_end(const char *filename)
{
	const char *dot = strrchr(filename, '.');

	return dot && dot > filename &&
		       (!strcasecmp(dot, ".csv") || !strcasecmp(dot, ".xml") ||
			   !strcasecmp(dot, ".geojson"))
		   ? dot
		   : NULL;
}

static struct list *
fetch_list(struct xls *x, struct xls_place place, const char *filename)
{
	struct err err = { 0 };
	struct list *list = NULL;

	if (x->files)
		list = x->files->list(x->files->data, filename, &err);
	if (list)
		form_add_list(x->form, list);
	else
		xls_error(x, place, _("The list %s cannot be read: %s"), filename,
		    err.kind ? err.text : _("there is no such file."));
	return list;
}

struct list *
xls_file_list(struct xls *x, struct xls_place place, const char *filename)
{
	const char *dot = file_end(filename);
	struct xls_file *file;
	size_t n;

	if (!dot || strchr(filename, '/')) {
		xls_error(x, place,
		    _("\"%s\" is not the name of a list's file: it ends with .csv, "
		      ".xml "
		      "or .geojson."),
		    filename);
		return NULL;
	}
	n = (size_t)(dot - filename);
	if (own_list(x, arena_strndup(x->arena, filename, n), false)) {
		xls_error(x, place,
		    _("There is a list \"%.*s\" on the sheet choices too: rename one."),
		    (int)n, filename);
		return NULL;
	}
	for (file = x->files_read; file; file = file->next) {
		if (!strcmp(file->name, filename))
			return file->list;
		if (!strncmp(file->name, filename, n + 1)) {
			xls_error(x, place,
			    _("%s and %s would be one list, \"%.*s\": rename one."),
			    file->name, filename, (int)n, filename);
			return NULL;
		}
	}
	file = arena_alloc(x->arena, sizeof(*file));
	file->name = arena_strdup(x->arena, filename);
	file->list = fetch_list(x, place, filename);
	file->next = x->files_read;
	x->files_read = file;
	return file->list;
}

static struct list *
find_list(struct xls *x, struct xls_place place, const struct xls_type *type)
{
	struct list *list;

	if (type->from_file ||
	    (file_end(type->list) && !own_list(x, type->list, false)))
		return xls_file_list(x, place, type->list);
	list = own_list(x, type->list, type->external);
	if (!list && !x->choices_unread)
		xls_error(x, place,
		    _("There is no list \"%s\" on the sheet %s: correct the name or "
		      "add "
		      "its rows there."),
		    type->list, type->external ? "external_choices" : "choices");
	return list;
}

/* The list's column that a question asks for, by parameter or by custom. Where there is
 * no row yet, there may be no column either. */
static size_t
asked_column(struct xls *x, struct xls_place place, const struct list *list,
    const char *asked, const char *usual)
{
	size_t column = list_column_named(list, asked ? asked : usual);
	bool needed = asked || !strcmp(usual, "name") || !strcmp(usual, "id");

	if (column == LIST_NONE && needed && list_count(list))
		xls_error(x, place, _("The list \"%s\" has no column \"%s\"."),
		    list_id(list), asked ? asked : usual);
	return column;
}

struct itemset *
xls_itemset(struct xls *x, const struct xls_row *row, const struct xls_type *type,
    const char *const *parameters)
{
	struct xls_place place = xls_place(&x->survey, row, COL_TYPE);
	struct list *list = find_list(x, place, type);
	const char *label = form_pair(parameters, "label");
	struct itemset *set;
	bool geo;
	size_t plain;

	if (!list)
		return NULL;
	set = arena_alloc(x->arena, sizeof(*set));
	set->list = list;
	set->or_other = type->or_other;
	set->fixed_order = own_list(x, list_id(list), type->external) == list;
	geo = strstr(type->list, ".geojson");
	set->value_column = asked_column(
	    x, place, list, form_pair(parameters, "value"), geo ? "id" : "name");
	plain = asked_column(x, place, list, label, geo ? "title" : "label");
	for (size_t i = 0; i < FORM_LANGUAGES_MAX; i++)
		set->label_columns[i] = LIST_NONE;
	for (size_t i = 0; i < x->form->language_count; i++) {
		const char *language = x->form->languages[i];
		const char *name = arena_fmt(x->arena, "label::%s", language);

		if (!label)
			set->label_columns[i] = list_column_named(list, name);
		if (set->label_columns[i] == LIST_NONE &&
		    (label || !strcmp(language, x->form->default_language)))
			set->label_columns[i] = plain;
	}
	if (own_list(x, list_id(list), false) == list)
		read_label_texts(x, set);
	return set;
}
