/*
 * editor - a field to type into, of one line or several
 *
 * Knows which of its keys do what (keymap.h: CONTEXT_FIELD or CONTEXT_NOTES) and how
 * it looks in a rectangle; the text and the cursor are edit.h's. It never decides
 * where to go next: it says that a key wants out.
 */
#ifndef EDITOR_H
#define EDITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "screen.h"

struct buf;
struct editor;

struct editor_options {
	bool multiline;    /* Enter is a newline, Tab leaves */
	bool masked;       /* shows a star for each character */
	size_t max_chars;  /* clusters; 0: no limit but a sane one */
	struct buf *kill;  /* shared by all editors, outlives them; NULL: its own */
};

enum editor_result {
	EDITOR_TAKEN,   /* done; the text may have changed */
	EDITOR_REFUSED, /* ours, but nothing to do: the field is full, an edge */
	EDITOR_NEXT,    /* wants out, forwards: Enter (one line), Tab, Down at the last row */
	EDITOR_PREV,    /* wants out, backwards: Shift-Tab, Up at the first row */
	EDITOR_PASS,    /* not an editor's key: the page decides */
};

struct editor *editor_new(const struct editor_options *options); /* NULL: one line */
void editor_free(struct editor *e);

void editor_set(struct editor *e, const char *text); /* NULL is "" */
const char *editor_text(const struct editor *e);     /* as typed; lent */
/* Appends what the field holds when it is left: NFC. */
void editor_value(const struct editor *e, struct buf *out);
size_t editor_chars(const struct editor *e);
void editor_to_end(struct editor *e);

enum editor_result editor_key(struct editor *e, const struct key *key);

/* Rows that the whole text needs at that width, at least 1. */
int editor_rows(struct editor *e, int cols);
/* Draws into area; with the focus it also places the hardware cursor. A one-line
 * editor uses the first row only and scrolls sideways. */
void editor_draw(struct editor *e, struct screen *s, struct rect area, bool focused);
/* How text looks in a field without an editor (the fields that have no focus): cut,
 * newlines shown as blanks, underlined over cols. */
void editor_draw_still(struct screen *s, int row, int col, int cols, const char *text,
    bool masked);

#endif
