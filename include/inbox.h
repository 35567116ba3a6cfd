/*
 * inbox - what the district sends down: revisions, feedback, tasks, answers to needs
 *
 * Every line of the feed says what is, so taking one twice changes nothing, and nothing
 * that was written here is ever written over: a revision from elsewhere that excludes
 * what is not sent yet is laid aside, until both are brought together
 * (conflict.h). The caller takes a page and its cursor in one transaction
 * (notebook_begin). Knows nothing of HTTP.
 */
#ifndef INBOX_H
#define INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct notebook;

/* How far the feed was read, as the collector named it; "" from the beginning. Whoever
 * puts back an older copy of a notebook empties it: everything comes once more, what
 * this laptop sent itself too. */
#define SETTING_CURSOR "collector.cursor"
/* Not empty: the collector began again, and has still to be asked what it holds of the
 * revisions behind this one of inbox_held(). */
#define SETTING_HELD "collector.held"

enum inbox_result {
	INBOX_FAILED = -1, /* err */
	INBOX_SAME,        /* it was known, or is older than what is here */
	INBOX_TAKEN,
	INBOX_ASIDE,       /* it excludes what is here */
};

/* The last revision of a record, as the collector holds it. */
struct inbox_revision {
	const char *id;
	int rev, base;
	const char *form, *version, *user, *station, *device;
	const char *created, *at; /* RFC 3339, or "" */
	const char *hash;
	const char *answers; /* NULL: it withdraws the record */
	size_t len;
	const char *why;     /* of a withdrawal */
	/* What the form makes of the answers; NULL where it cannot be told. */
	const char *title, *day, *text;
};

enum inbox_result inbox_revision(struct notebook *nb, const struct inbox_revision *r,
    struct err *err);
/* The record is another worker's now. */
enum inbox_result inbox_moved(struct notebook *nb, const char *id, const char *to,
    struct err *err);

/* What the district said of a revision; it counts while it is the last one. */
struct inbox_feedback {
	const char *id;
	int rev;
	bool returned; /* else accepted */
	const char *path, *message, *at;
};
enum inbox_result inbox_feedback(struct notebook *nb, const struct inbox_feedback *f,
    struct err *err);

/* ref: a visit's id, a dash and the need's place; or the visit's id, of disputes. day:
 * of the last answer. */
enum inbox_result inbox_need(struct notebook *nb, const char *ref, const char *day,
    bool closed, struct err *err);

/* Open tasks: all of them between the two calls; what is not named any more is gone. */
struct task {
	const char *id;
	const char *text;
	const char *due;     /* "2026-11-09" or "" */
	const char *form;    /* to be filled in, or "" */
	const char *answers; /* a JSON object of what it begins with */
};
bool inbox_tasks_begin(struct notebook *nb, struct err *err);
enum inbox_result inbox_task(struct notebook *nb, const struct task *task,
    struct err *err);
bool inbox_tasks_end(struct notebook *nb, struct err *err);
/* By the day they are due. id NULL: all. Lent to the callback; it returns false to
 * stop. */
bool inbox_tasks(struct notebook *nb, const char *id,
    bool (*row)(const struct task *task, void *data), void *data, struct err *err);

/* What came and was not looked at yet, kind by kind. */
enum news_kind {
	NEWS_ACCEPTED, /* revisions that the district accepted */
	NEWS_RETURNED,
	NEWS_RECORD,   /* records that came from elsewhere */
	NEWS_MERGED,   /* changed here and elsewhere, and brought together */
	NEWS_CONFLICT, /* the same, and the worker must choose */
	NEWS_MOVED,
	NEWS_NEED,
	NEWS_TASK,
	NEWS_FORM,
	NEWS_LIST,
	NEWS_KINDS
};

struct news {
	enum news_kind kind;
	long count;
	const char *text; /* what the last one was */
	const char *id;   /* the last one's record, or "" */
};

bool inbox_news_add(struct notebook *nb, enum news_kind kind, const char *text,
    const char *id, struct err *err);
bool inbox_news(struct notebook *nb, bool (*row)(const struct news *news, void *data),
    void *data, struct err *err);
/* kind NEWS_KINDS: all of it. */
bool inbox_news_seen(struct notebook *nb, enum news_kind kind, struct err *err);

/* Lines that this program cannot read are kept for a later version of it: program names
 * the one that tried. */
bool inbox_keep(struct notebook *nb, const char *program, const char *line, size_t len,
    struct err *err);
/* The oldest one that this program has not tried yet: 1 and its line appended, 0 when
 * there is none, -1 and err. */
int inbox_kept(struct notebook *nb, const char *program, int64_t *number,
    struct buf *line, struct err *err);
/* All of them are worth another try. */
bool inbox_kept_again(struct notebook *nb, struct err *err);
bool inbox_kept_drop(struct notebook *nb, int64_t number, struct err *err);

/* Revisions that the collector was known to hold, seq > after, at most limit of them. */
bool inbox_held(struct notebook *nb, int64_t after, int limit,
    bool (*row)(int64_t seq, const char *id, int rev, void *data), void *data,
    struct err *err);
/* It has lost this one: it waits to be sent again. */
bool inbox_send_again(struct notebook *nb, const char *id, int rev, struct err *err);

#endif
