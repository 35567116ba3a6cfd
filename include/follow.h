/*
 * follow - what finished records ask for later: a visit again, an answer to a need, the
 * end of a mediation, a look at how an agreement is kept
 *
 * What a record asks for, and what settles it, is found when it is finalised, by SQL over
 * its form's views (the table in src/notebook/follow.c), and kept: asking costs what the
 * answer is long, however many records there are. A form without the questions that a
 * rule reads asks for nothing. Definitions: a return visit is settled by any visit of the
 * same building and room with a later day; a need by its last feedback being done or
 * dropped, or, when it is a dispute, by a dispute that cites the visit; the others by the
 * record's next revision.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct notebook;

enum follow_kind {
	FOLLOW_MISSED,    /* nobody was home: try again */
	FOLLOW_AGAIN,     /* a visit again was promised */
	FOLLOW_NEED,      /* a need without an answer */
	FOLLOW_DISPUTE,   /* a need that is a dispute which nobody took up */
	FOLLOW_MEDIATION, /* an open case: its term */
	FOLLOW_AGREEMENT, /* an agreement whose keeping was not seen */
	FOLLOW_SIGNS,     /* new signs of conflict at the last follow-up */
	FOLLOW_JUDICIAL,  /* days left to ask a court to confirm; gone when they are over */
	FOLLOW_KINDS
};

/* "missed", "again", …: in the database and in --json. */
extern const char *const follow_kind_names[FOLLOW_KINDS];

struct follow {
	enum follow_kind kind;
	const char *id, *form, *title; /* the record that asks */
	int row;          /* of its repeat, from 1; 0: the record itself */
	const char *due;  /* "2026-11-16" */
	int64_t late;     /* days since; 0: due today, -3: in three days */
	const char *what; /* the need's text, the building's code; or "" */
};

struct follow_query {
	int kinds;  /* bit set of 1 << enum follow_kind; 0: all */
	int ahead;  /* due in at most so many days; 0: today or before */
	bool overdue;   /* only what was due before today */
	const char *id; /* follow_list(): of this record only; NULL: any */
	long limit; /* 0: none */
};

/* What is open, by kind in the order above, the longest overdue first. Lent to the
 * callback, which returns false to stop and may not ask for the same again. */
bool follow_list(struct notebook *nb, const struct follow_query *query,
    bool (*row)(const struct follow *follow, void *data), void *data, struct err *err);

/* How many there are; counting ends at the limit. */
bool follow_count(struct notebook *nb, const struct follow_query *query, long *count,
    struct err *err);

#endif
