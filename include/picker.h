/*
 * picker - a list to choose from, by arrows, number, code, label or pinyin
 *
 * The list is the caller's: a count and a function that lends one item, so 200,000
 * rows cost nothing to open. Typing narrows it: a row stays when its code or number
 * or one of its mnemonics begins with what was typed, or its label or extra text
 * contains it, or its pinyin initials or syllables match. When what is typed is exactly
 * one row's code or mnemonic (or, where codes are not numbers, its number), that row
 * comes to be the current one. Of long lists 8 bytes a row are kept while one is open:
 * which sounds its row has, so that most rows need not be asked for at a key.
 */
#ifndef PICKER_H
#define PICKER_H

#include <stdbool.h>
#include <stddef.h>

#include "screen.h"

struct buf;
struct picker;

struct picker_item {
	const char *code;  /* what is stored; shown before the label when codes is set */
	const char *label;
	const char *extra; /* also searched, shown muted after the label; may be NULL */
	const char *mnemonic; /* a form author's own, blank-separated; may be NULL */
};

struct picker_source {
	size_t count; /* below 2^32 */
	/* Lends item index; the strings must live until the next call. */
	void (*item)(void *data, size_t index, struct picker_item *item);
	void *data;
};

struct picker_options {
	bool multiple;   /* Space marks, Enter takes all that is marked */
	bool codes;      /* show codes in place of running numbers */
	const char *title;
	const char *empty; /* sentence for when nothing matches; NULL: a general one */
};

enum picker_result {
	PICKER_STAY,
	PICKER_TAKEN,
	PICKER_LEFT,  /* Esc with nothing typed: nothing changes */
	PICKER_PASS,  /* not a picker's key */
};

#define PICKER_NONE ((size_t)-1)

struct picker *picker_new(const struct picker_source *source,
    const struct picker_options *options);
void picker_free(struct picker *p);
/* The caller's list has changed; typed text and marks by index stay. */
void picker_reload(struct picker *p, const struct picker_source *source);

/* These rows come before all others, in this order, and the first of them is current:
 * what was used last, where the list has no order of its own. They keep their numbers.
 * Rows that are not in the list are passed over; at most PICKER_PREFERRED are taken. */
#define PICKER_PREFERRED 9
void picker_prefer(struct picker *p, const size_t *indexes, size_t count);

/* The current row by its index in the source, PICKER_NONE when nothing matches. */
size_t picker_current(const struct picker *p);
void picker_select(struct picker *p, size_t index);
bool picker_select_code(struct picker *p, const char *code);
void picker_mark(struct picker *p, size_t index, bool on);
bool picker_is_marked(const struct picker *p, size_t index);
/* Marks the codes of a blank-separated list and no others, as select_multiple has it. */
void picker_mark_codes(struct picker *p, const char *codes);
/* Appends the marked codes, in the list's order, separated by blanks. */
void picker_marked_codes(const struct picker *p, struct buf *out);
/* What was typed to narrow the list, "" at first. */
const char *picker_typed(const struct picker *p);
size_t picker_matches(const struct picker *p);

/* As if that text had been typed, in place of what was; for picker_run(), which looks on
 * for what matches. */
void picker_type(struct picker *p, const char *text);
enum picker_result picker_key(struct picker *p, const struct key *key);
/* Into area, without a frame: what was typed and "3/12" in its last row. The current
 * row is always visible and the hardware cursor stands there. */
void picker_draw(struct picker *p, struct screen *s, struct rect area);

/*
 * The whole in a pop-up: opens, runs until Enter or Esc. True when taken; then read
 * picker_current() or picker_marked_codes().
 */
bool picker_run(struct picker *p, struct screen *s);

/*
 * What a field that is answered from a list makes of typed text, without opening it:
 * the index of the only row with that code, or number, or label, or the only match of
 * picker's filter; PICKER_NONE when there is none or more than one.
 */
size_t picker_guess(const struct picker_source *source, const char *typed);

#endif
