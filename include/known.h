/*
 * known - people, rooms and volunteers that this worker wrote down before
 *
 * meaning.h says which questions ask for the same thing, which of them tell one such
 * thing from another, and into which a name or room is typed that may be known. What is
 * known is read from the worker's newest records, at most KNOWN_RECORDS of them.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "uuid.h"

struct buf;
struct err;
struct known;
struct node;
struct notebook;
struct session;

#define KNOWN_RECORDS 4000

/* Reads what is known of the things that the session's form asks for. Without meanings
 * it is empty. The notebook must outlive it. */
struct known *known_load(const struct session *s, struct err *err);
void known_free(struct known *known); /* NULL is fine */

/* Is it a question into which a known thing may be typed? */
bool known_may_help(const struct known *known, const struct session *s,
    const struct node *node);

/*
 * Indexes of things that the typed text may mean in that question, at most max, the most
 * likely first: those with the same building, then the last used. A value that begins
 * with it, holds it, or sounds like it (pinyin.h) fits; "" fits all. Returns how many.
 */
size_t known_find(const struct known *known, const struct session *s,
    const struct node *node, const char *typed, size_t *found, size_t max);

/* The thing in a few words, as the form's lists name its parts, without what the record
 * says already (the building); phones masked. */
void known_line(const struct known *known, const struct session *s,
    const struct node *node, size_t thing, struct buf *out);
/* The thing's own value for the question, "" when it has none; lent. */
const char *known_value(const struct known *known, const struct session *s,
    const struct node *node, size_t thing);

/* Fills what else the form asks of the thing beside the question and nobody has answered
 * yet, as defaults: the next answer saves them. What is not relevant yet is filled as
 * well: it is there when it becomes so. */
void known_fill(const struct known *known, struct session *s, const struct node *node,
    size_t thing);

/* Is a known thing perhaps typed into the question? Without reading anything. */
bool session_finds(const struct session *s, const struct node *node);
/* Does its answer tell records of one day from another? */
bool session_tells(const struct session *s, const struct node *node);

/*
 * Another record of the same form and day that is about the same person, room or
 * volunteer: 1, with its id and title; 0 when there is none; -1 and err. Parts that one
 * of the two leaves empty do not tell them apart.
 */
int known_same_day(const struct session *s, char id[UUID_SIZE], struct buf *title,
    struct err *err);

#endif
