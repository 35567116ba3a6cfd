/*
 * dialog - small pop-ups: a message, a question, one line to type, a text to read
 *
 * Each runs until it is answered and leaves the layers as they were. Texts are already
 * translated; they wrap to the pop-up's width and may hold newlines.
 */
#ifndef DIALOG_H
#define DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "keymap.h"

struct buf;
struct screen;

/* Any of Enter, Esc, Space closes it. */
void dialog_message(struct screen *s, const char *title, const char *text);

/*
 * One of several answers. Each has a letter or digit in front ("y" "Yes, delete it");
 * arrows and Tab move, Enter takes the one that is current (first: `preset`), Esc is
 * -1. Returns the index.
 */
struct dialog_choice {
	char letter;
	const char *label;
};

int dialog_choose(struct screen *s, const char *title, const char *text,
    const struct dialog_choice *choices, size_t count, size_t preset);

/* y or n, Enter takes what is current: `preset`. Esc is no. */
bool dialog_ask(struct screen *s, const char *title, const char *text, bool preset);

struct dialog_input {
	const char *title, *text; /* text stands above the line; may be NULL */
	size_t max_chars;         /* 0: no limit */
	bool masked;
	/* May be NULL. Says what is wrong (in message) and keeps the pop-up open. */
	bool (*accept)(const char *typed, void *data, struct buf *message);
	void *data;
};

/* *io holds what stands there first, and what was typed (NFC, trimmed). False: Esc. */
bool dialog_input(struct screen *s, const struct dialog_input *input, struct buf *io);

/* A text to scroll through; lines of the form "left\tright" are two columns. */
void dialog_text(struct screen *s, const char *title, const char *text);

/* The help for the keys that work here. */
void dialog_help(struct screen *s, const enum context *stack, size_t depth);

/* Shows a line of words at once while something slow happens; nothing to answer. */
void dialog_wait(struct screen *s, const char *text);

#endif
