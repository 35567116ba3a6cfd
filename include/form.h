/*
 * form - a form as data: what every reader builds and everything else reads
 *
 * A form is a tree of definitions (groups, repeats, questions) with the texts,
 * expressions and lists that belong to them. It lives in one arena and never changes
 * after it was read. Words and rules are XLSForm's: https://xlsform.org/en/ref-table/.
 */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "question.h"

struct arena;
struct buf;
struct err;
struct expr;
struct form;
struct graph;
struct itext;
struct list;
struct tree;

#define FORM_BYTES_MAX     (8u << 20)
#define FORM_LANGUAGES_MAX 64

/* A text with answers in it: "本次 ${vol_count} 人". */
struct text_part {
	const char *literal;     /* or NULL */
	const struct expr *expr; /* or NULL */
};

struct text {
	const struct text_part *parts;
	size_t count;
};

/* One text a language of the form, in the form's order; an empty one is missing.
 * NULL when the form gives none in any language. */
struct texts {
	const struct text *by_language;
};

enum def_kind { DEF_GROUP, DEF_REPEAT, DEF_QUESTION };

struct itemset {
	struct list *list;
	size_t value_column, label_columns[FORM_LANGUAGES_MAX]; /* LIST_NONE: missing */
	const struct expr *filter; /* choice_filter, from a row's node; or NULL */
	bool fixed_order; /* false: most recently used first; so with lists in files */
	bool or_other;
	bool randomize;          /* in an order by chance, which seed fixes */
	const struct expr *seed; /* or NULL */
	/* Labels with answers in them: of a row in a language, at
	 * [row * language_count + language]; a count of 0: the list has it. Or NULL. */
	const struct text *label_texts;
	/*
	 * Choices that are not the rows of one list: the nodes that nodeset gives,
	 * filtered already, with the value and label of each read from it. The list
	 * has no rows then. NULL for all others.
	 */
	const struct expr *nodeset, *value, *label;
};

enum def_flags {
	DEF_REQUIRED = 1,        /* required: yes (an expression stands in required) */
	DEF_READ_ONLY = 2,
	DEF_MULTILINE = 4,       /* appearance multiline */
	DEF_MASKED = 8,          /* appearance masked: hidden while not being typed */
	DEF_DEFAULT_DYNAMIC = 16,
	DEF_DEFAULT_LAST_SAVED = 32, /* the default reads the last saved record */
	DEF_UNASKED = 64, /* nobody is asked, although such questions are */
	DEF_FIXED_COUNT = 128, /* a repeat whose instances are not added or removed */
	DEF_META = 256, /* the group in which a record says what it is */
	DEF_TRUTH = 512, /* XForms' boolean: "1" or "0", read as true or false */
};

/*
 * What stands in the instances of a repeat that a new record begins with, a node each,
 * where the definitions' defaults do not say it.
 */
struct initial {
	const struct def *def;
	const char *text; /* of a question; never NULL */
	struct initial *first, *next;
};

struct def {
	enum def_kind kind;
	const struct question_row *question; /* DEF_QUESTION only */
	const char *name;
	const char *path; /* "/visit/needs/need_text": no positions */
	struct def *parent, *first, *last, *next;
	uint32_t index; /* of all definitions, in document order; the root is 0 */
	unsigned flags;
	int row; /* of the survey sheet, for messages; 0 when unknown */

	struct texts label, hint, guidance_hint, constraint_message, required_message;
	const struct expr *relevant, *required, *readonly, *constraint, *calculation;
	const struct expr *repeat_count;
	const char *default_value;          /* static, or NULL */
	const struct expr *default_expr;    /* dynamic, or NULL */
	const struct expr *trigger_calculation; /* only when a trigger changes */
	const struct def **triggers;        /* NULL-terminated, or NULL */
	const struct itemset *itemset;      /* selects and ranks only */
	const char *appearance;             /* as written, never NULL */
	const char *const *parameters;      /* name, value, name, value, NULL; or NULL */
	const char *save_to;                /* entities: kept as data; or NULL */
	const char *const *attributes;      /* of its element: as parameters; or NULL */
	/* Repeats: the instances that a new record begins with (those of a repeat in a
	 * repeat: in each of its). NULL: none. */
	const struct initial *initial;
};

/* When an action runs. */
enum form_event {
	ACTION_FIRST_LOAD = 1, /* a record begins */
	ACTION_LOAD = 2,       /* a record is opened, the first time too */
	ACTION_NEW_REPEAT = 4, /* the source, a repeat, gets an instance */
	ACTION_CHANGE = 8,     /* the source's answer has been changed */
	ACTION_FINISH = 16,    /* the record is finalised */
};

/*
 * What a form sets by itself when something happens: those that are no default and no
 * trigger's calculation. In a repeat the instances nearest to the source are meant.
 * The value is computed where the target stands.
 */
struct form_action {
	unsigned events;
	const struct def *source; /* a question or a repeat; NULL: the record */
	const struct def *target;
	const struct expr *which; /* those nodes of the target; NULL: as above */
	const struct expr *value;
};

/* What instance() gives under an id, beside the lists, which have ids of their own. */
struct form_instance {
	const char *id;
	const struct tree *tree; /* NULL: the last saved record */
};

struct form {
	struct arena *arena;
	const char *id, *version, *title; /* never NULL; version may be "" */
	const char *default_language;
	const char **languages; /* as in the headers: "中文 (zh)", or "default" */
	size_t language_count;
	const char *const *settings; /* name, value, …, NULL: all of the settings sheet */
	struct def *root;            /* a group named as the instance's root element */
	struct def **defs;           /* all definitions by index */
	struct def **by_name;        /* the same, sorted for form_find() */
	size_t def_count;
	const struct expr *instance_name;
	struct list **lists; /* every list the form can ask for with instance() */
	size_t list_count, list_cap;
	const struct form_instance *instances; /* asked before the lists; or NULL */
	size_t instance_count;
	const struct form_action *actions; /* in the form's order */
	size_t action_count;
	const struct itext *itext; /* form_itext(); or NULL */
	/* An XForm, made for other programs: a calculation may read its own node. */
	bool foreign;
	size_t bind_count, control_count; /* as its file has them */
	/* Prefixes that its instance may use, and what each stands for: as settings. */
	const char *const *namespaces;
	struct graph *graph; /* logic.h: what depends on what; made by the readers */
};

/* Gives a list that the form names and does not hold: "building.csv". Its id is the
 * file's name without the end: "building". The reference is given. NULL and err when
 * there is none. */
struct form_files {
	struct list *(*list)(void *data, const char *filename, struct err *err);
	void *data;
};

/*
 * Something wrong in a form: where and how to mend it. row and column are the sheet's
 * (its header is row 1, the column is named by its header), line is the file's, when
 * the sheets stand in one file; 0 and NULL when there is none.
 */
struct form_problem {
	const char *sheet;
	int row, line;
	const char *column;
	const char *text; /* one sentence, in the user's language */
	bool warning;
};

/* Problems in the order of the file; lent to the callback only. */
typedef void form_problem_fn(const struct form_problem *problem, void *data);

/*
 * Reads XLSForm as CSV: the sheets settings, survey and choices one after the other,
 * as pyxform reads it (first column: the sheet's name). Every problem is told to
 * report (may be NULL), not only the first; err holds the first error with its place.
 * NULL when there was an error.
 *
 * The root element is named by the setting "name", else by the form's id when that is
 * a name, else "data". pyxform never takes the id: to compare with its XForms, compare
 * paths below the root or give the setting.
 */
struct form *form_from_xlsform_csv(const char *text, size_t len,
    const struct form_files *files, form_problem_fn *report, void *data,
    struct err *err);

/* The same from a workbook (.xlsx). Rows are counted as it shows them, cells read as
 * pyxform does: whole numbers without a point, dates as 2026-11-28 00:00:00. */
struct form *form_from_xlsform_xlsx(const char *bytes, size_t len,
    const struct form_files *files, form_problem_fn *report, void *data,
    struct err *err);

/*
 * Reads an ODK XForm: https://getodk.github.io/xforms-spec/. Its problems have a line
 * of the file and no sheet. What only other programs can serve (a place, a picture) is
 * kept and not asked. Where JavaRosa is lenient, so is this: what is unknown is told
 * and passed over. Otherwise as form_from_xlsform_csv().
 */
struct form *form_from_xform(const char *text, size_t len,
    const struct form_files *files, form_problem_fn *report, void *data,
    struct err *err);

/* Reads whatever it is by what it begins with. */
struct form *form_read(const char *text, size_t len, const struct form_files *files,
    form_problem_fn *report, void *data, struct err *err);

void form_free(struct form *form);

/*
 * Appends the model as text: a line for the form, a line a node (path, kind, flags,
 * words, rules, choices), a line an action. Two forms that show alike ask the same in
 * the same way, whichever reader made them.
 */
void form_show(const struct form *form, struct buf *out);

/* The texts of an id of the form's itext: its text (value_form NULL), or another form
 * of it ("audio", "image", "guidance", …). NULL when there are none. */
const struct texts *form_itext(
    const struct form *form, const char *id, const char *value_form);

/* By name anywhere in the form, or by path ("/visit/g_who/room"); NULL: no such. */
struct def *form_find(const struct form *form, const char *name_or_path);

/* Index of the language for a code ("zh", "en") or a whole name; the default
 * language's when the form has no such. */
size_t form_language(const struct form *form, const char *code);

/* The text in that language, else in the default, else in any; NULL when none. */
const struct text *form_text(const struct form *form, const struct texts *texts,
    size_t language);

/* The form's title in the language of a code: the setting form_title_CODE ("en"), else
 * the title that the settings sheet gives in the default language. */
const char *form_title(const struct form *form, const char *code);

/* A parameter or setting of a NULL-terminated pair list, or NULL. */
const char *form_pair(const char *const *pairs, const char *name);

/* The innermost repeat that def stands in (def itself when it is one), or NULL. */
const struct def *def_repeat(const struct def *def);

/* Characters that an answer may have, where its constraint says that and nothing else
 * (string-length(.) <= 30); 0: no such limit. */
size_t def_length_limit(const struct def *def);
/* text_brief() of what was given as its answer, for a sentence; of a masked one only what
 * may be seen. out has TEXT_BRIEF bytes. */
const char *def_quote(const struct def *def, const char *answer, char *out);

#endif
