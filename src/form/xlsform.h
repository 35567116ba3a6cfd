/*
 * xlsform - what the parts of the XLSForm reader share
 *
 * sheets: the file as tables · columns: what a header means · types: what a type cell
 * means · params, range: the parameters column · choices: lists · loops: rows that
 * stand for many · survey: the definitions · details: what hangs on them · refs:
 * ${name}. All of it lives in the form's arena.
 */
#ifndef XLSFORM_H
#define XLSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "form_build.h"
#include "list.h"

struct arena;
struct buf;
struct xls_type;

/* What a column of a sheet is for. The ones up to COL_REQUIRED_MESSAGE are texts that
 * may stand in several languages. */
enum xls_column_kind {
	COL_LABEL,
	COL_HINT,
	COL_GUIDANCE_HINT,
	COL_CONSTRAINT_MESSAGE,
	COL_REQUIRED_MESSAGE,
	COL_MEDIA, /* known, and of no use in a terminal */
	COL_TYPE,
	COL_NAME,
	COL_RELEVANT,
	COL_REQUIRED,
	COL_READ_ONLY,
	COL_CONSTRAINT,
	COL_CALCULATION,
	COL_DEFAULT,
	COL_REPEAT_COUNT,
	COL_CHOICE_FILTER,
	COL_PARAMETERS,
	COL_APPEARANCE,
	COL_TRIGGER,
	COL_SAVE_TO,
	COL_DISABLED,
	COL_LIST_NAME,
	COL_OTHER,
	COL_KINDS
};

struct xls_column {
	enum xls_column_kind kind;
	const char *header;   /* as written */
	const char *name;     /* COL_OTHER: what choice_filter calls it */
	const char *language; /* NULL: none named */
	size_t language_index;
};

struct xls_row {
	int row, line; /* of the sheet, of the file */
	const char **cells;
};

struct xls_sheet {
	const char *name;
	int line; /* of its header */
	struct xls_column *columns;
	size_t column_count;
	struct xls_row *rows;
	size_t row_count, row_cap;
};

/* A list's file that was asked for. */
struct xls_file {
	struct xls_file *next;
	const char *name;
	struct list *list; /* NULL: not to be had, and told */
};

/* xlsform_names.c: what has which name, each in a scope of its own. Names are lent. */
struct xls_names {
	struct xls_name *slots;
	size_t size, count;
};
void *xls_names_get(const struct xls_names *n, const void *scope, const char *name);
void xls_names_put(
    struct xls_names *n, const void *scope, const char *name, void *value);
void xls_names_clear(struct xls_names *n);

struct xls_problem {
	struct form_problem problem;
	size_t order; /* as found, where lines are equal */
};

struct xls {
	struct arena *arena;
	struct form *form;
	const struct form_files *files;
	struct xls_sheet survey, choices, external_choices, settings, entities;
	struct xls_type *types; /* of survey's rows */
	bool allow_choice_duplicates;
	bool workbook; /* its sheets were a workbook's: rows count from the top */
	struct xls_file *files_read;
	bool choices_unread; /* a choices sheet lacks a column: its lists are unknown */
	struct xls_names names;
	struct xls_problem *problems;
	size_t problem_count, problem_cap;
	bool failed; /* some problem was an error */
};

/* Where a problem is. */
struct xls_place {
	const struct xls_sheet *sheet;
	const struct xls_row *row; /* NULL: the header */
	const char *column;        /* its header, or NULL */
};

void xls_error(struct xls *x, struct xls_place place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void xls_warning(struct xls *x, struct xls_place place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* xlsform_sheets.c: fills the sheets; false when the file is not one at all. */
bool xls_read_sheets(struct xls *x, const char *text, size_t len);

/* xlsform_columns.c */
void xls_read_header(
    struct xls *x, struct xls_sheet *sheet, const char *const *headers, size_t count);
const char *xls_cell(const struct xls_sheet *sheet, const struct xls_row *row,
    enum xls_column_kind kind); /* never NULL */
/* The header of the first column of that kind, for problems; a usual name else. */
const char *xls_header(const struct xls_sheet *sheet, enum xls_column_kind kind);
struct xls_place xls_place(const struct xls_sheet *sheet, const struct xls_row *row,
    enum xls_column_kind kind);
/* Languages of all texts, after the settings are known. */
void xls_find_languages(struct xls *x);
bool xls_yes(const char *cell);
bool xls_no(const char *cell);
bool xls_is_name(const char *s);

/* xlsform_types.c: a type cell taken apart. */
struct xls_type {
	enum {
		TYPE_UNKNOWN,
		TYPE_QUESTION,
		TYPE_BEGIN_GROUP,
		TYPE_BEGIN_REPEAT,
		TYPE_BEGIN_LOOP,
		TYPE_END_GROUP,
		TYPE_END_REPEAT,
		TYPE_END_LOOP,
		TYPE_SETTING, /* "set form title": the name column holds its value */
	} what;
	const struct question_row *question;
	const char *list; /* a list's name or a file's; NULL: none */
	bool from_file, external, or_other;
	const char *setting;
	const char *constraint; /* types that bring one: percentage */
};
void xls_parse_type(struct arena *a, const char *cell, struct xls_type *type);
/* Whose type an unknown one is, or NULL. */
const char *xls_foreign_type(const char *cell);

/* xlsform_params.c: pairs for def->parameters; problems are told. */
const char *const *xls_parameters(
    struct xls *x, const struct xls_row *row, const struct xls_type *type);

/* xlsform_range.c */
void xls_check_range(
    struct xls *x, const struct xls_row *row, const char *const *pairs);

/* xlsform_loops.c: survey's rows and their types, loops written out. */
void xls_expand_loops(struct xls *x);

/* xlsform_choices.c: the lists of both choices sheets; then a select's itemset. */
void xls_read_choices(struct xls *x);
struct itemset *xls_itemset(struct xls *x, const struct xls_row *row,
    const struct xls_type *type, const char *const *parameters);
/* xlsform_answers.c: of a select whose choices are a repeat's answers; NULL when it
 * cannot be (told). */
struct itemset *xls_answers(struct xls *x, const struct xls_row *row,
    const struct xls_type *type, const struct def *from);
/* The label of the question that or_other adds, in a language. */
const char *xls_specify_label(const char *language);
/* A list of the choices sheet, or NULL. */
struct list *xls_choices_list(const struct xls *x, const char *name);
/* After form_index(): the references in the choices' texts. */
void xls_check_choices(struct xls *x);
/* A list in a file, added to the form; NULL when it cannot be got (told). */
struct list *xls_file_list(struct xls *x, struct xls_place place, const char *filename);

/* xlsform_refs.c: after form_index(). */
enum xls_ref_use { REF_EXPR, REF_FILTER };
const struct expr *xls_expr(struct xls *x, struct xls_place place,
    const struct def *from, enum xls_ref_use use, const char *text);
/* The text with every ${name} a path; NULL when one is wrong (told). */
const char *xls_paths(struct xls *x, struct xls_place place, const struct def *from,
    enum xls_ref_use use, const char *text);
struct text xls_text(
    struct xls *x, struct xls_place place, const struct def *from, const char *text);
/* ${a}, ${b} as definitions, NULL-terminated; NULL when it is no such list (told). */
const struct def **xls_ref_list(
    struct xls *x, struct xls_place place, const char *text);
/* The nodes of a repeat as a question reads them; a definition below it, from one of
 * them; a predicate on them (NULL when a reference is wrong, told). */
void xls_write_repeat(
    const struct def *from, const struct def *repeat, struct buf *out);
void xls_write_below(
    const struct def *repeat, const struct def *def, struct buf *out);
const char *xls_paths_below(struct xls *x, struct xls_place place,
    const struct def *from, const struct def *repeat, const char *text);
/* Tells of references that name no question; true when there are any. */
bool xls_check_refs(struct xls *x, struct xls_place place, const char *text);
/* What the next ${name} from *at on names, in a text whose references are good; NULL
 * after the last. */
const struct def *xls_next_ref(struct xls *x, const char *text, size_t *at);
/* With plain quotation marks in place of typographic ones. */
const char *xls_straight_quotes(struct arena *a, const char *text);
/* True when all references in the text name a question, and one only. */
bool xls_refs_are_good(struct xls *x, const char *text);
/* pyxform's rule for which defaults are expressions. */
bool xls_default_is_dynamic(const char *text, enum question_kind kind);

/* xlsform_survey.c: the definitions. */
struct xls_item {
	struct def *def;
	const struct xls_row *row;
	const struct xls_type *type;
	enum {
		ITEM_ROW,   /* the row's own */
		ITEM_COUNT, /* made for its repeat_count */
		ITEM_OTHER, /* made for its or_other */
	} role;
};
void xls_read_survey(struct xls *x);

/* xlsform_entities.c: what the sheet entities says, and the save_to of these. */
bool xls_is_entity_list(const struct xls *x, const char *name);
void xls_check_entities(struct xls *x, const struct xls_item *items, size_t count);

/* xlsform_details.c: what hangs on one, after form_index(). */
void xls_read_details(struct xls *x, const struct xls_item *item);

#endif
