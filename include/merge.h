/*
 * merge - two versions of one record, field by field, and what becomes of them
 *
 * Compares what is here and what came down (conflict.h) with what both were made from.
 * What only one side changed is taken by itself; where both changed the same answer,
 * somebody must choose. Rows of a repeat are compared one by one while no side added or
 * removed any; rows that both added stand one after the other; otherwise the repeat is
 * one thing.
 */
#ifndef MERGE_H
#define MERGE_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct merge;
struct notebook;

enum merge_take {
	MERGE_UNDECIDED, /* both changed it */
	MERGE_MINE,
	MERGE_THEIRS,
	MERGE_BOTH, /* rows that both added */
};

/* A difference. Texts are lent while the merge lives. */
struct merge_item {
	const char *label; /* in the language in use, with the rows it stands in */
	const char *mine, *theirs; /* in words; masked answers masked; "" when empty */
	bool overlaps;     /* both changed it */
	bool rows;         /* a repeat as a whole: both can be taken when they only added */
	bool both;         /* MERGE_BOTH may be chosen */
	enum merge_take take;
};

/* 1 and the merge; 0 when there is nothing to bring together; -1 and err. */
int merge_new(struct notebook *nb, const char *id, const char *language,
    struct merge **merge, struct err *err);
void merge_free(struct merge *m);

/* Differences in the form's order. A withdrawal is one of the whole record. */
size_t merge_count(const struct merge *m);
void merge_item(const struct merge *m, size_t i, struct merge_item *item);
void merge_take(struct merge *m, size_t i, enum merge_take take);
/* Of those, nobody has chosen so many yet. */
size_t merge_undecided(const struct merge *m);
/* Who wrote theirs and when (RFC 3339), for the page. */
const char *merge_their_user(const struct merge *m);
const char *merge_their_time(const struct merge *m);

enum merge_outcome {
	MERGE_QUEUED, /* the next revision waits to be sent */
	MERGE_DRAFT,  /* brought together, and a draft: it was one, or the form wants more */
	MERGE_FAILED, /* err; nothing has changed */
};

/* Does it. Everything must be decided. finish: also when mine was a draft. */
enum merge_outcome merge_apply(struct merge *m, bool finish, struct err *err);

/* All records with both versions finished whose changes do not overlap, by themselves.
 * merged, left: how many became one, and how many want somebody to choose. */
bool merge_all(struct notebook *nb, long *merged, long *left, struct err *err);

#endif
