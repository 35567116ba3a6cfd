/*
 * entry_private - what the files of the entry page share; for src/ui/entry*.c only
 *
 * The rows are a picture of the model (instance and logic), made anew after every
 * change; the focus is kept by what a row is, not by where it stands.
 */
#ifndef ENTRY_PRIVATE_H
#define ENTRY_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "entry.h"
#include "keymap.h"
#include "screen.h"
#include "uuid.h"

struct clock;
struct def;
struct editor;
struct err;
struct form;
struct instance;
struct known;
struct logic;
struct node;
struct notebook;
struct session;

#define ENTRY_NONE   ((size_t)-1)
#define ENTRY_OFFERS 5 /* in the hint row */
#define ENTRY_INDENT 2 /* columns, of a group within a group */

enum row_kind {
	ROW_HEADING,  /* of a group, a repeat or, when reading, one of its rows */
	ROW_NOTE,     /* text of the form's */
	ROW_FIELD,    /* a question to answer */
	ROW_VALUE,    /* a question that is only shown: calculated, read only, not served */
	ROW_INSTANCE, /* one row of a repeat */
	ROW_ADD,      /* where the next one is begun */
};

struct entry_row {
	enum row_kind kind;
	struct node *node; /* ROW_ADD and a repeat's heading: what the repeat stands in */
	const struct def *def;
	uint32_t id; /* the node's: outlives it */
	int level;
	bool section; /* PgUp and PgDn stop here */
	bool wrong;   /* marked: answered, and not as the form wants it */
	char *label;
	char *text; /* the answer in words; of an instance the first of its answers */
	int at, lines; /* where it stands in the page; set by entry_layout() */
};

struct entry {
	struct screen *screen;
	struct session *session;
	struct logic *logic;
	struct instance *in;
	struct notebook *nb;
	const struct form *form;
	const struct clock *clock;
	struct buf *kill;
	struct screen_layer layer;
	struct entry_place *place; /* or NULL */
	bool waiting;   /* for a key, with nothing begun */
	bool forgotten; /* session and rows are gone: the screen was locked */
	bool view;   /* only shown */
	bool revealed; /* a record that is read: masked answers in full */
	bool strict; /* after a first try to finish: what is empty is marked too */
	bool was_saved; /* the draft was there before this page was */

	struct node *page; /* the root or a repeat's instance: its questions are rows */
	struct entry_row *rows;
	size_t count, cap;
	size_t at; /* the row with the focus, or ENTRY_NONE */
	int widest; /* columns of the page's longest label */

	uint32_t begun; /* id of the instance that was added last */

	/* The field with the focus. */
	struct editor *editor; /* NULL on rows that are not typed into */
	char *initial;         /* what it held when the focus came */
	bool untouched; /* the first character typed replaces what is there */
	uint32_t open_id; /* of the masked field that is shown in full, by key or as typed */
	bool unsaved;   /* the last answer could not be written to the disk */
	uint32_t warned; /* id of the field that Enter leaves in spite of its message */

	uint32_t field_id; /* of the question that the editor is of */

	/* What was written down before: entry_known.c. */
	struct known *known; /* read when first asked for */
	bool known_failed;
	size_t offers[ENTRY_OFFERS], offer_count;
	char twin[UUID_SIZE];   /* the record that this one may be a second of */
	struct buf twin_words;  /* "": there is none */

	struct buf hint, message;
	bool is_error;

	/* The layout: entry_draw.c. */
	int top, body, label_cols, total;
};

/* ---- entry.c ---- */

/* The next key; false: the record was forgotten meanwhile. */
bool entry_read(struct entry *e, struct key *key);
void entry_say(struct entry *e, bool is_error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Which keys work where the cursor is. Returns the depth. */
size_t entry_contexts(const struct entry *e, enum context stack[4]);
/* Program and form at once; what is being typed stays. */
void entry_switch_language(struct entry *e);

/* ---- entry_rows.c: the rows, and where the focus can be ---- */

/* Anew from the model. The focus stays with its row, or goes to the next that is
 * still there when its own has vanished. Labels and texts are of the language in use. */
void entry_rows_build(struct entry *e);
void entry_rows_clear(struct entry *e);
bool entry_row_takes_focus(const struct entry_row *row);
/* The next row that takes the focus from `from` on (excluded), by = 1 or -1. */
size_t entry_rows_step(const struct entry *e, size_t from, int by);
/* The row of a node; of the place where instances of repeat are added to parent. */
size_t entry_rows_find(const struct entry *e, const struct node *node);
size_t entry_rows_find_add(const struct entry *e, const struct node *parent,
    const struct def *repeat);
/* The first row with the focus of the section after (before) the one of `at`. */
size_t entry_rows_section(const struct entry *e, int by);
/* How many instances of a repeat there are to see. */
size_t entry_shown_instances(const struct node *parent, const struct def *repeat);
/* The page that shows a node: the innermost instance around it, else the root. */
struct node *entry_page_of(const struct entry *e, const struct node *node);

/* ---- entry_field.c: the field with the focus ---- */

/* Moves the focus without asking; the caller has committed the field that had it. */
void entry_focus(struct entry *e, size_t row);
/* The same to a node on whatever page; false when no row with the focus shows it. */
bool entry_focus_node(struct entry *e, const struct node *node);
/* Takes what the field holds as its answer and saves it. False: the cursor has to
 * stay, the message says why. forward: a broken rule holds it once. */
bool entry_commit(struct entry *e, bool forward);
/* Answers the focused question by other means than typing. */
bool entry_answer(struct entry *e, const char *text);
/* A key for the field. False: not one of its keys. *move: 1 or -1 when it wants out. */
bool entry_field_key(struct entry *e, const struct key *key, int *move);
void entry_field_close(struct entry *e);
/* The question with the focus; NULL on other rows. */
struct node *entry_question(const struct entry *e);
bool entry_is_choice(const struct entry *e);
/* Is it typed in several lines? */
bool entry_is_notes(const struct def *def);
/* The hint row's text anew, after a change of focus, answers or language. */
void entry_hint_update(struct entry *e);
void entry_repeat_value(struct entry *e); /* F5 */
/* F4, Space. True when something was taken from a list: the cursor may go on. */
bool entry_open_list(struct entry *e);
void entry_clear(struct entry *e);        /* empties the field */
/* The masked answer of the field, or, of a record that is read, all of them, in full. The
 * log has it first. */
void entry_reveal(struct entry *e);

/* ---- entry_value.c: what was typed, as a question's answer ---- */

/* How a stored answer stands in the field that it is typed into. */
void entry_field_text(const struct entry *e, const struct node *node, struct buf *out);
bool entry_value_read(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err);
/* May this character be typed into a question of that kind? */
bool entry_value_accepts(const struct def *def, const struct key *key);
void entry_value_hint(struct entry *e, const struct node *node, struct buf *out);

/* ---- entry_choice.c: questions answered from a list ---- */

/* Makes an answer of typed text, opening the list when it may mean several choices or
 * none. False: left without taking anything. */
bool entry_choice_typed(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer);
/* The same without opening anything: false when it cannot mean one choice (each). */
bool entry_choice_guess(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer);
/* Opens the list with that text already typed. */
bool entry_choice_open(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer);
/* Its answer was taken and stored: remembered, where the list has no order of its own. */
void entry_choice_used(struct entry *e, const struct node *node);
/* "1 Yes  2 No" of a short list. */
void entry_choice_hint(struct entry *e, const struct node *node, struct buf *out);

/* ---- entry_known.c: what was written down before ---- */

/* After a key in the field: offers anew. */
void entry_known_typed(struct entry *e);
void entry_known_hint(struct entry *e, struct buf *out);
/* F4: false when nothing known is typed into this question. *taken: one was. */
bool entry_known_open(struct entry *e, bool *taken);
/* After an answer (NULL: whichever): is there such a record already? */
void entry_known_check(struct entry *e, const struct node *node);
void entry_known_look(struct entry *e); /* shows that record */
void entry_keep_template(struct entry *e);
void entry_known_clear(struct entry *e);

/* ---- entry_repeat.c: the rows of repeats, and the pages behind them ---- */

void entry_repeat_open(struct entry *e); /* the row with the focus, as a page */
void entry_repeat_add(struct entry *e);
void entry_repeat_delete(struct entry *e);
void entry_repeat_move(struct entry *e, int by);
/* Back from an instance's page to the rows. done: the cursor goes to where the next
 * one is added. */
void entry_repeat_leave(struct entry *e, bool done);

/* ---- entry_paste.c ---- */

/* A paste of a table where rows of a repeat are. False: it is the field's. */
bool entry_paste(struct entry *e, const struct key *key);

/* ---- entry_goto.c: F6 ---- */

void entry_go_to(struct entry *e);

/* ---- entry_draw.c ---- */

void entry_draw(struct screen *s, void *data);

/* ---- entry_view.c: a record that is only read ---- */

enum entry_outcome entry_view_run(struct entry *e);

#endif
