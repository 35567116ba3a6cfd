/*
 * xlsform - reads an XLSForm: settings, languages, choices, survey, then the graph
 *
 * Goes on after an error as long as anything can still be found, so that a designer
 * sees all of them at once.
 */
#include "xlsform.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "logic.h"
#include "mem.h"
#include "xlsx.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 4, 0))) static void
add_problem(
    struct xls *x, struct xls_place place, bool warning, const char *fmt, va_list args)
{
	char text[1024];
	struct form_problem *p;

	vsnprintf(text, sizeof(text), fmt, args);
	x->problems = mem_grow(
	    x->problems, &x->problem_cap, x->problem_count + 1, sizeof(x->problems[0]));
	x->problems[x->problem_count].order = x->problem_count;
	p = &x->problems[x->problem_count++].problem;
	*p = (struct form_problem){ .sheet = place.sheet->name, .warning = warning };
	p->row = place.row ? place.row->row : place.column ? 1 : 0;
	p->line = place.row ? place.row->line : place.sheet->line;
	p->column = place.column;
	p->text = arena_strdup(x->arena, text);
	x->failed = x->failed || !warning;
}

void
xls_error(struct xls *x, struct xls_place place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_problem(x, place, false, fmt, args);
	va_end(args);
}

void
xls_warning(struct xls *x, struct xls_place place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_problem(x, place, true, fmt, args);
	va_end(args);
}

static const char *
join_blanks(struct arena *a, const char *cell)
{
	char *copy = arena_strdup(a, cell), *end = copy;

	for (; *cell; cell++)
		if (*cell != ' ' || cell[1] != ' ')
			*end++ = *cell;
	*end = '\0';
	return copy;
}

/* Chinese and Japanese text has these quotation marks as its own. */
static bool
has_own_quotes(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0xe3 && (unsigned char)*text <= 0xe9)
			return true; /* U+3000 to U+9FFF */
	return false;
}

static bool
joins_blanks(const struct xls_sheet *settings)
{
	for (size_t i = 0; settings->row_count && i < settings->column_count; i++)
		if (!strcmp(settings->columns[i].name, "clean_text_values"))
			return !xls_no(settings->rows[0].cells[i]);
	return true;
}

/* pyxform's rules for all texts: typographic quotation marks become plain ones; in
 * survey, blanks side by side become one, unless a setting says no. */
static void
clean_cells(struct xls *x)
{
	const struct xls_sheet *sheets[] = { &x->survey, &x->choices, &x->settings,
		&x->external_choices };
	bool join = joins_blanks(&x->settings);

	for (size_t s = 0; s < sizeof(sheets) / sizeof(sheets[0]); s++)
		for (size_t i = 0; i < sheets[s]->row_count; i++)
			for (size_t c = 0; c < sheets[s]->column_count; c++) {
				const char **cell = &sheets[s]->rows[i].cells[c];

				if (!has_own_quotes(*cell))
					*cell = xls_straight_quotes(x->arena, *cell);
				if (s == 0 && join && strstr(*cell, "  "))
					*cell = join_blanks(x->arena, *cell);
			}
}

static void
parse_types(struct xls *x)
{
	struct xls_row header = { .row = 1, .line = x->survey.line };
	bool typed = false;

	for (size_t i = 0; i < x->survey.column_count; i++)
		typed = typed || x->survey.columns[i].kind == COL_TYPE;
	if (!typed)
		xls_error(x, xls_place(&x->survey, &header, COL_TYPE),
		    _("The sheet survey needs a column \"type\"."));
	x->types =
	    arena_alloc(x->arena, (x->survey.row_count + 1) * sizeof(x->types[0]));
	for (size_t i = 0; i < x->survey.row_count; i++)
		xls_parse_type(x->arena,
		    xls_cell(&x->survey, &x->survey.rows[i], COL_TYPE), &x->types[i]);
}

/* All settings as pairs, those that rows of survey set first. */
static void
read_settings(struct xls *x)
{
	const struct xls_sheet *sheet = &x->settings;
	size_t count = 0;
	const char **pairs;

	pairs = arena_alloc(x->arena,
	    2 * (sheet->column_count + x->survey.row_count + 1) * sizeof(pairs[0]));
	for (size_t i = 0; i < x->survey.row_count; i++) {
		const char *value = xls_cell(&x->survey, &x->survey.rows[i], COL_NAME);

		if (x->types[i].what != TYPE_SETTING || !*value)
			continue;
		pairs[count++] = x->types[i].setting;
		pairs[count++] = value;
	}
	for (size_t i = 0; sheet->row_count && i < sheet->column_count; i++) {
		if (!sheet->rows[0].cells[i][0] || !sheet->columns[i].header[0])
			continue;
		pairs[count++] = sheet->columns[i].name;
		pairs[count++] = sheet->rows[0].cells[i];
	}
	if (sheet->row_count > 1)
		xls_warning(x, (struct xls_place){ sheet, &sheet->rows[1], NULL },
		    _("Settings stand in one row; this one is passed over."));
	x->form->settings = pairs;
}

static const char *
setting(const struct xls *x, const char *name, const char *otherwise)
{
	const char *value = form_pair(x->form->settings, name);

	return value ? value : otherwise;
}

static struct xls_place
setting_place(const struct xls *x, const char *name)
{
	struct xls_place place = { &x->settings, NULL, name };

	if (!x->settings.name)
		place = (struct xls_place){ &x->survey, NULL, NULL };
	else if (x->settings.row_count)
		place.row = &x->settings.rows[0];
	for (size_t i = 0; i < x->settings.column_count; i++)
		if (!strcmp(x->settings.columns[i].name, name))
			place.column = x->settings.columns[i].header;
	return place;
}

static void
apply_settings(struct xls *x)
{
	struct form *form = x->form;
	const char *name = setting(x, "name", NULL);

	form->id = setting(x, "form_id", "data");
	form->version = setting(x, "version", "");
	form->title = setting(x, "form_title", form->id);
	form->default_language = setting(x, "default_language", NULL);
	x->allow_choice_duplicates =
	    xls_yes(setting(x, "allow_choice_duplicates", "no"));
	if (!setting(x, "form_id", NULL))
		xls_warning(x, setting_place(x, "form_id"),
		    _("The form has no form_id: put one on the sheet settings, so that "
		      "its "
		      "records can be told from others."));
	if (name && !xls_is_name(name))
		xls_error(x, setting_place(x, "name"),
		    _("\"%s\" cannot be a name: it begins with a letter or _, then "
		      "letters, digits, _, - and . may follow."),
		    name);
	else if (!name)
		name = xls_is_name(form->id) ? form->id : "data";
	form->root->name = name;
	form->root->path = arena_fmt(x->arena, "/%s", name);
}

static void
read_instance_name(struct xls *x)
{
	const char *text = setting(x, "instance_name", NULL);

	if (text)
		x->form->instance_name = xls_expr(x, setting_place(x, "instance_name"),
		    x->form->root, REF_EXPR, text);
}

static void
make_graph(struct xls *x)
{
	struct err err = { 0 };
	struct xls_sheet end = { .name = "survey" };

	if (x->failed)
		return; /* half a form has half a graph */
	x->form->graph = graph_new(x->form, &err);
	if (!x->form->graph)
		xls_error(x, (struct xls_place){ &end, NULL, NULL }, "%s", err.text);
}

static int
by_place(const void *a, const void *b)
{
	const struct xls_problem *x = a, *y = b;
	int left = x->problem.line ? x->problem.line : INT_MAX;
	int right = y->problem.line ? y->problem.line : INT_MAX;

	if (left != right)
		return left < right ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* "survey, row 12, column relevant: …" */
static void
first_error(const struct form_problem *p, struct err *err)
{
	if (p->column)
		err_set(err, ERR_INPUT, _("%s, row %d, column %s: %s"), p->sheet,
		    p->row, p->column, p->text);
	else if (p->row)
		err_set(err, ERR_INPUT, _("%s, row %d: %s"), p->sheet, p->row, p->text);
	else
		err_set(err, ERR_INPUT, "%s: %s", p->sheet, p->text);
}

static void
report_problems(struct xls *x, form_problem_fn *report, void *data, struct err *err)
{
	bool told = false;

	if (x->problem_count)
		qsort(x->problems, x->problem_count, sizeof(x->problems[0]), by_place);
	for (size_t i = 0; i < x->problem_count; i++) {
		const struct form_problem *p = &x->problems[i].problem;

		if (x->workbook)
			x->problems[i].problem.line = 0; /* of the CSV inside */
		if (!p->warning && !told)
			first_error(p, err);
		told = told || !p->warning;
		if (report)
			report(p, data);
	}
}

static struct form *
read_sheets(struct xls x, const char *text, size_t len, form_problem_fn *report,
    void *data, struct err *err)
{
	struct form *form = form_new("data");

	x.form = form;
	x.arena = form->arena;
	if (xls_read_sheets(&x, text, len)) {
		clean_cells(&x);
		parse_types(&x);
		read_settings(&x);
		apply_settings(&x);
		xls_find_languages(&x);
		xls_read_choices(&x);
		xls_expand_loops(&x);
		xls_read_survey(&x);
		read_instance_name(&x);
		make_graph(&x);
	}
	report_problems(&x, report, data, err);
	if (x.failed) {
		form_free(form);
		form = NULL;
	}
	free(x.survey.rows);
	free(x.choices.rows);
	free(x.external_choices.rows);
	free(x.settings.rows);
	free(x.entities.rows);
	free(x.problems);
	xls_names_clear(&x.names);
	return form;
}

struct form *
form_from_xlsform_csv(const char *text, size_t len, const struct form_files *files,
    form_problem_fn *report, void *data, struct err *err)
{
	struct xls x = { .files = files };

	return read_sheets(x, text, len, report, data, err);
}

struct form *
form_from_xlsform_xlsx(const char *bytes, size_t len, const struct form_files *files,
    form_problem_fn *report, void *data, struct err *err)
{
	struct xls x = { .files = files, .workbook = true };
	struct form *form = NULL;
	struct buf csv = { 0 };
	struct err why = { 0 };

	if (xlsx_to_csv(bytes, len, &csv, &why)) {
		form = read_sheets(x, buf_text(&csv), csv.len, report, data, err);
	} else {
		struct form_problem problem = { .text = why.text };

		err_set(err, why.kind, "%s", why.text);
		if (report)
			report(&problem, data);
	}
	buf_clear(&csv);
	return form;
}
