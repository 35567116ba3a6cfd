/*
 * outbox - finished revisions waiting to be sent, and what the collector said of them
 *
 * A revision enters when its form is finalised (or its record withdrawn) and leaves
 * when the collector has acknowledged or refused it. A crash in between sends it
 * again; the collector drops repeats by id and revision. Knows nothing of HTTP.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct notebook;

struct outbox_item {
	const char *id;
	int rev, base;
	const char *form, *version, *user, *station, *device;
	const char *at, *created; /* RFC 3339 */
	const char *hash;    /* hash_short of the answers; of why for a withdrawal */
	const char *answers; /* NULL for a withdrawal */
	size_t answers_len;
	const char *why; /* a withdrawal's reason, else NULL */
	int64_t seq; /* grows in the order of finalising */
};

/* Of waiting revisions; bytes of their answers. */
bool outbox_count(struct notebook *nb, long *count, int64_t *bytes, struct err *err);

/*
 * Waiting revisions oldest first, seq > after, at most limit of them; skipped ones
 * stay. Lent to the callback; it returns false to stop.
 */
bool outbox_each(struct notebook *nb, int64_t after, int limit,
    bool (*row)(const struct outbox_item *item, void *data), void *data,
    struct err *err);

/* The collector's answer about one revision of a batch. */
struct outbox_answer {
	const char *id;
	int rev;
	const char *hash;
	bool refused;
	const char *code, *path, *message; /* when refused */
};

/*
 * A whole batch's answer and the receipt's running figures, in one transaction. An
 * accepted revision is sent, a refused one returns its record, unless a newer one waits.
 * Passed over: answers to revisions that no longer wait, or whose hash (NULL or "": not
 * told) is another's; and a "conflict" of a revision that was made from one refused in
 * the same batch: it waits on, with the base that is right now (records.h).
 */
bool outbox_answered(struct notebook *nb, int64_t receipt,
    const struct outbox_answer *answers, size_t count, struct err *err);

/* One sync's account, kept for ever. */
struct receipt {
	int64_t id;
	const char *began, *ended; /* RFC 3339; ended "" when it was cut short */
	const char *collector;
	long sent, accepted, refused, left; /* sent: answered for; left: still waiting */
	int64_t bytes_up, bytes_down, milliseconds;
	const char *digest;  /* SHA-256 hex over sorted "id rev hash\n" acknowledged */
	const char *outcome; /* "ok", or the sentence that was shown */
};

bool receipt_begin(struct notebook *nb, const char *collector, int64_t *id,
    struct err *err);
/* Fills in what is known at the end; the digest is computed here. */
bool receipt_end(struct notebook *nb, int64_t id, int64_t bytes_up, int64_t bytes_down,
    int64_t milliseconds, const char *outcome, struct err *err);
/* The revisions that a receipt acknowledges, in the order of its digest. Lent to the
 * callback; it returns false to stop. */
bool receipt_lines(struct notebook *nb, int64_t id,
    bool (*row)(const char *record, int rev, const char *hash, void *data), void *data,
    struct err *err);
/* Newest first; limit 0: all. */
bool receipt_list(struct notebook *nb, int limit,
    bool (*row)(const struct receipt *receipt, void *data), void *data,
    struct err *err);

#endif
