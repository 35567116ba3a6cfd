/*
 * keymap - which key does what where: one table for dispatch, bottom bar and help
 *
 * A place on the screen is a short stack of contexts, innermost first: in a notes field
 * { CONTEXT_NOTES, CONTEXT_ENTRY, CONTEXT_GLOBAL }. The first that binds a key wins.
 * To add a key: one row in src/ui/keymap.c, and an action below when there is none.
 * F1 … F10 have Esc and a digit as twins everywhere without saying so. A worker's own
 * keys come from a file, which `minqing keys` writes.
 */
#ifndef KEYMAP_H
#define KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;
struct key;
struct screen;

enum context {
	CONTEXT_GLOBAL,
	CONTEXT_POPUP, /* below all pop-ups, in place of CONTEXT_GLOBAL */
	CONTEXT_HOME,
	CONTEXT_ENTRY,  /* moving between the fields of a form */
	CONTEXT_FIELD,  /* in a one-line editor */
	CONTEXT_NOTES,  /* in an editor of several lines */
	CONTEXT_CHOICE, /* on a field that is answered from a list */
	CONTEXT_PICKER, /* in the list itself */
	CONTEXT_MARKS,  /* a picker with marks: above CONTEXT_PICKER */
	CONTEXT_LIST,   /* the list of records */
	CONTEXT_ROWS,   /* rows of a repeat */
	CONTEXT_SYNC,
	CONTEXT_DIALOG,
	CONTEXT_INPUT,  /* a line typed into a dialog: above CONTEXT_FIELD */
	CONTEXT_START,  /* first start */
	CONTEXT_SETTINGS, /* the same page later: above CONTEXT_START */
	CONTEXT_CALENDAR,
	CONTEXT_VIEW,   /* text that is only read: a record, the help */
	CONTEXT_RECORD, /* a finished record that is read: above CONTEXT_VIEW */
	CONTEXT_DUE,    /* what records ask for */
	CONTEXT_MERGE,  /* two versions of a record, side by side */
	CONTEXT_DRAFTS, /* all drafts, checked */
	CONTEXT_MONTH,  /* a month in pictures: above CONTEXT_CALENDAR */
	CONTEXT_TOUR,
	CONTEXT_TEMPLATES, /* above CONTEXT_PICKER */
	CONTEXT_COUNT
};

enum action {
	ACTION_NONE, /* no key of ours: text, or nothing */

	/* everywhere */
	ACTION_HELP, ACTION_LEAVE, ACTION_BACK, ACTION_LANGUAGE, ACTION_LOCK,
	ACTION_REPAINT, ACTION_SUSPEND, ACTION_CONTRAST, /* the screen's own */

	/* moving: in forms, lists, pop-ups, calendars and texts alike */
	ACTION_NEXT, ACTION_PREV,     /* the next relevant field; Tab, Enter, Down */
	ACTION_UP, ACTION_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_FIRST,
	ACTION_LAST, ACTION_PREV_COLUMN, ACTION_NEXT_COLUMN,
	ACTION_PART_NEXT, ACTION_PART_PREV, /* parts of a page */
	ACTION_TAKE, /* Enter on a row, a day, an answer */
	ACTION_MARK, /* set or remove the mark of a row */

	/* entry */
	ACTION_SAVE, ACTION_OPEN_LIST, ACTION_REPEAT_VALUE, ACTION_GO_TO,
	ACTION_ROW_ADD, ACTION_ROW_DELETE, ACTION_ROW_UP, ACTION_ROW_DOWN,
	ACTION_SECTION_NEXT, ACTION_SECTION_PREV, ACTION_CLEAR, ACTION_REVEAL,

	/* home, lists, sync */
	ACTION_FIND, ACTION_SYNC, ACTION_FILTER, ACTION_NEW, ACTION_CORRECT,
	ACTION_WITHDRAW, ACTION_DELETE, ACTION_CANCEL, ACTION_RETRY, ACTION_SETTINGS,
	ACTION_LOOK, ACTION_DUE, ACTION_COPY, ACTION_KEEP, ACTION_TEMPLATES,
	ACTION_SORT, ACTION_COLUMNS, ACTION_REVIEW, ACTION_VERIFY, ACTION_HISTORY,
	ACTION_MONTH, ACTION_SWITCH, ACTION_PASSPHRASE, ACTION_TOUR,

	/* editing text */
	ACTION_CHAR_LEFT, ACTION_CHAR_RIGHT, ACTION_WORD_LEFT, ACTION_WORD_RIGHT,
	ACTION_LINE_START, ACTION_LINE_END, ACTION_TEXT_START, ACTION_TEXT_END,
	ACTION_DELETE_LEFT, ACTION_DELETE_RIGHT, ACTION_DELETE_WORD_LEFT,
	ACTION_DELETE_WORD_RIGHT, ACTION_KILL_TO_END, ACTION_KILL_TO_START, ACTION_YANK,
	ACTION_UNDO, ACTION_REDO, ACTION_NEWLINE,

	/* calendar */
	ACTION_MONTH_NEXT, ACTION_MONTH_PREV, ACTION_TODAY,

	ACTION_COUNT
};

struct keymap_row {
	unsigned contexts; /* bit set of 1u << enum context */
	int key, twin;     /* see screen.h; twin 0: none */
	enum action action;
	int weight;        /* in the bar: higher stays longer; 0: help page only */
	const char *label; /* a word or two for the bar, N_() */
	const char *help;  /* what it does, a sentence, N_() */
};

/* All rows, *count of them. Like the language, the keys are one thing a process. */
const struct keymap_row *keymap_rows(size_t *count);
/* These instead, which are taken over; NULL: those that came along. */
void keymap_use(struct keymap_row *own, size_t count);

/* keymap_file.c: what is in force as the file's text, appended; a changed one read. */
void keymap_write(struct buf *out);
bool keymap_read(const char *text, struct err *err);
/* Reads the worker's file (MINQING_KEYS, else "keys" beside the notebooks); none is fine. */
bool keymap_load(struct err *err);
const char *keymap_action_name(enum action action); /* in the file */

/* How many rows of a list of count rows, page of them seen at a time, an action goes down
 * (up: < 0). False: it is none that moves. */
bool keymap_steps(enum action action, int page, size_t count, long *by);

enum action keymap_action(const struct key *key, const enum context *stack,
    size_t depth);

/* "F2", "Ctrl-S", "Esc", "PgDn", translated where keys have names. */
void keymap_key_name(int key, struct buf *out);
/* The same, not translated, and back; K_NONE when it is no key. */
void keymap_key_write(int key, struct buf *out);
int keymap_key_read(const char *name);

/* The bar's text: as many labels as fit in columns, by weight, in the table's order. */
void keymap_bar(const enum context *stack, size_t depth, int columns, struct buf *out);
/* The same drawn over the whole of a row, the keys' names set off. */
void keymap_draw_bar(struct screen *s, int row, const enum context *stack,
    size_t depth);

/* The help: a line a key, "F2, Ctrl-S\tsaves …\n", the innermost context first. */
void keymap_help(const enum context *stack, size_t depth, struct buf *out);

#endif
