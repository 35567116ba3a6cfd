/*
 * records - drafts, finished records, their revisions
 *
 * A record is named by a UUIDv7 before anything else is known of it. Its draft is
 * saved field by field; finalising makes the next revision, which waits in the outbox.
 * Revisions are never changed or removed. Every call is one transaction, one sync. Ids
 * are whole ones, except in record_get(). A callback may ask for other things, but not
 * call the function that called it.
 *
 * Which revision the next one is made from (its base, as the collector understands it:
 * what must be there before it is taken): the newest of the record that was not refused,
 * 0 when there is none. While that one still waits, it goes first; when it is refused
 * then, the base of those that wait behind it goes down to the one below. So a revision
 * that was refused is never a base, and what is made after it follows on the last one
 * that the collector has acknowledged.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uuid.h"

struct buf;
struct err;
struct notebook;

enum record_state {
	RECORD_DRAFT,     /* never finalised */
	RECORD_QUEUED,    /* its last revision waits to be sent */
	RECORD_SENT,      /* the collector has it */
	RECORD_RETURNED,  /* the collector, or someone there, sent it back */
	RECORD_WITHDRAWN, /* withdrawn by the worker; the withdrawal may be queued */
	RECORD_STATES
};

/* "draft", "queued", …: as in the database, in --json and in views. */
extern const char *const record_state_names[RECORD_STATES];

struct record {
	const char *id, *form, *version;
	enum record_state state;
	int rev;             /* of the last finalised revision; 0 for none */
	bool has_draft;      /* new, or a correction that was begun */
	bool withdrawal_queued;
	const char *title;   /* instance_name; "" when there is none yet */
	const char *created, *modified; /* RFC 3339 with zone */
	const char *user, *station, *device;
	const char *reason_code, *reason_path, *reason; /* "" unless returned */
	const char *holder;   /* to whom it was handed over: only to be looked at; or "" */
	const char *accepted; /* RFC 3339: when the district accepted this revision; or "" */
};

struct record_origin {
	const char *id;      /* NULL: a new one */
	const char *form, *version;
	const char *created; /* RFC 3339; NULL: now */
	const char *user, *station; /* NULL: the notebook's worker */
};

/* A new draft without answers. id gets the record's. */
bool record_begin(struct notebook *nb, const struct record_origin *origin,
    char id[UUID_SIZE], struct err *err);

/* Saves a draft's answers (instance JSON with irrelevant ones) and the path of the
 * field that the cursor went to. Title and cursor may be NULL: none. */
bool record_draft_save(struct notebook *nb, const char *id, const char *answers,
    size_t len, const char *title, const char *cursor, struct err *err);
bool record_draft_load(struct notebook *nb, const char *id, struct buf *answers,
    struct buf *cursor, struct err *err);
/* A new record goes with it; a record that was finalised before stays. */
bool record_draft_delete(struct notebook *nb, const char *id, struct err *err);

/* Begins a draft of the next revision from the last one that has answers (or goes on
 * with the one that was begun). The cursor of a returned record stands where the
 * collector saw the mistake. Withdrawn records are refused. */
bool record_correct(struct notebook *nb, const char *id, struct err *err);

struct record_final {
	const char *answers; /* canonical JSON, pruned */
	size_t len;
	const char *title;
	const char *day;  /* "2026-11-02": the record's own day, for lists */
	const char *text; /* all answers in words, for the search */
	const char *version; /* the form version they were checked against */
};

/* Draft → next revision, queued. rev (may be NULL) gets its number. The first revision
 * is the record's user's, later ones are the notebook's worker's. */
bool record_finalise(struct notebook *nb, const char *id,
    const struct record_final *final, int *rev, struct err *err);

/* The next revision says that the record is withdrawn, and why (not empty). A draft of
 * it goes. Also of a record that was never sent: the collector learns of both. */
bool record_withdraw(struct notebook *nb, const char *id, const char *why,
    struct err *err);

/* 1 and the record, lent until the next call here; 0 when there is none; -1 and err.
 * id may be any unambiguous beginning of at least 8 digits, or end of at least 4; dashes
 * and case do not matter. -1 when more than one record answers to it. */
int record_get(struct notebook *nb, const char *id, struct record *record,
    struct err *err);

/* Appends the answers of a revision (0: the last; a draft is record_draft_load). */
bool record_answers(struct notebook *nb, const char *id, int rev, struct buf *answers,
    struct err *err);

struct revision {
	int rev, base;
	const char *version, *at, *user, *hash; /* hash_short of the answers */
	const char *state; /* "queued", "sent", "refused" */
	bool withdrawn;
	const char *why;
};

bool record_revisions(struct notebook *nb, const char *id,
    bool (*row)(const struct revision *revision, void *data), void *data,
    struct err *err);

/* The XML that is kept of a revision: 1 and it is appended, 0 when none is, -1 and err.
 * session_submission() makes it when there is none. What is kept never changes once the
 * revision's base is settled; before, it is kept anew for another base. */
int record_submission(struct notebook *nb, const char *id, int rev, struct buf *xml,
    struct err *err);
bool record_submission_keep(struct notebook *nb, const char *id, int rev,
    const char *xml, size_t len, struct err *err);

/* Answers of the last finalised record of a form by this user; 0 when there is none. */
int record_last_saved(struct notebook *nb, const char *form, const char *user,
    struct buf *answers, struct err *err);

struct record_query {
	const char *search;  /* words, all of which must be found; NULL or "": all */
	const char *form;    /* NULL: any */
	int states;          /* bit set of 1 << enum record_state; 0: any */
	bool drafts;         /* only records that have a draft */
	const char *day;     /* NULL: any; "2026-11" for a month */
	const char *user;    /* NULL: any */
	int limit, offset;   /* limit 0: all */
};

/* Newest first: by the last step of the record's life (begun, finalised, withdrawn, come
 * back); when only drafts are asked for, by their last save. A never finalised record's
 * day is the one it was begun. The callback may call record_answers(). Search words
 * are parts of words, in any order, whatever case or width; drafts are searched as
 * well, by their title and answers. */
bool record_list(struct notebook *nb, const struct record_query *query,
    bool (*row)(const struct record *record, void *data), void *data, struct err *err);

/* For the home screen; quick however many records there are. */
struct record_tally {
	long drafts, queued, sent, returned, withdrawn; /* records in that state */
	long corrections; /* drafts of records that were finalised before */
	long today; /* finalised records whose day is today, withdrawn ones aside */
};

bool record_tally(struct notebook *nb, struct record_tally *tally, struct err *err);
/* Finished records, withdrawn ones aside, of each day and form of a month ("2026-11") that
 * has any; false from the callback ends it. */
bool record_days(struct notebook *nb, const char *month,
    bool (*row)(const char *day, const char *form, long count, void *data), void *data,
    struct err *err);
/* Today's finalised records of one form. */
bool record_today(struct notebook *nb, const char *form, long *count, struct err *err);

#endif
