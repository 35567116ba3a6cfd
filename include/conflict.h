/*
 * conflict - a record that was changed here and elsewhere, and the way out of it
 *
 * inbox.h lays a revision aside when it excludes what is here. Both then stand beside
 * each other until somebody (or session/merge.c, where nothing overlaps) has brought
 * them together; the next revision follows on theirs. Neither is ever removed.
 */
#ifndef CONFLICT_H
#define CONFLICT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct err;
struct notebook;

struct conflict {
	struct buf form;
	struct buf base;   /* answers that both were made from; "{}" when not known */
	struct buf mine, theirs; /* answers; empty: withdrawn */
	struct buf my_version, their_version;
	struct buf my_why, their_why; /* of a withdrawal */
	struct buf at, user;          /* of theirs */
	bool is_draft;     /* mine is not finished */
};

/* 1; 0 when nothing is laid aside for the record; -1 and err. Clear it either way. */
int conflict_get(struct notebook *nb, const char *id, struct conflict *c,
    struct err *err);
void conflict_clear(struct conflict *c);

/* The records with one, but those with a draft: their turn comes when it is opened.
 * The callback may do anything but call this. */
bool conflict_each(struct notebook *nb, bool (*row)(const char *id, void *data),
    void *data, struct err *err);

/* Both were brought together: these answers are the record's draft now. */
bool conflict_settle(struct notebook *nb, const char *id, const char *version,
    const char *answers, size_t len, const char *title, struct err *err);
/* The record is withdrawn, by the one or the other. */
bool conflict_withdraw(struct notebook *nb, const char *id, const char *why,
    struct err *err);

#endif
