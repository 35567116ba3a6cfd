/*
 * meaning - which questions of different forms ask for the same thing
 *
 * The list meaning.csv, beside the forms' other lists, says it: a row a question, with
 * the thing ("person") and the part of it ("phone"). So what one record knows can be
 * carried into another, and a person typed before can be offered. Without the list
 * nothing is carried and nothing offered. In the column field also stand "_id" (the
 * record's ID), "_row" (the ID with the row of a repeat behind it: "…-2"), "=code" (a
 * fixed answer) and "building+room" (answers in words, one after the other).
 */
#ifndef MEANING_H
#define MEANING_H

#include <stdbool.h>
#include <stddef.h>

struct list;
struct notebook;

#define MEANING_LIST "meaning.csv"

enum meaning_use {
	MEANING_PLAIN, /* is filled, or carried */
	MEANING_SAME,  /* tells one such thing from another */
	MEANING_FIND,  /* so does this; and typing into it offers what was typed before */
};

struct meaning {
	const char *form, *field, *thing, *part;
	enum meaning_use use;
};

/* A reference of the caller's (list_unref), or NULL when the notebook has no such list. */
struct list *meaning_list(struct notebook *nb);

/* Row i of it; false past the end. */
bool meaning_row(const struct list *list, size_t i, struct meaning *row);

/* The meaning of a form's question; false when the list does not name it. */
bool meaning_of(const struct list *list, const char *form, const char *field,
    struct meaning *row);

#endif
