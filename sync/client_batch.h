/*
 * client_batch - the batch under way: which revisions, which bytes, what was said of them
 *
 * Holds the names of its revisions and their compressed bytes, nothing else, so that a
 * long queue costs no more than a short one. Knows the outbox and the wire, nothing of
 * sockets.
 */
#ifndef CLIENT_BATCH_H
#define CLIENT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "client_pace.h"
#include "client_trail.h"
#include "uuid.h"
#include "wire.h"

struct err;
struct notebook;

struct batch_item {
	int64_t seq;
	char id[UUID_SIZE], hash[17];
	int rev;
	char *form;
	size_t bytes; /* of its answers */
	bool listed;  /* in bad */
	bool later;   /* to be sent again some other day */
	char *code, *path, *message;
};

/* Set up by batch_init(), given back by batch_clear(). */
struct client_batch {
	struct batch_item *items; /* in the order of their lines */
	size_t count, cap;
	char id[UUID_SIZE]; /* its name on the line */
	struct wire_packer *packer;
	struct buf packed, line;
	size_t lines;     /* bytes before compression */
	size_t packed_to; /* items that are in packed already */
	size_t shrinks;   /* lines / packed, as the last batch came out */
	bool odd;         /* the answer names a line that was not sent so */
	int64_t after;    /* seq: everything up to here was dealt with */
	struct pace pace;
	struct wire_limits limits;
	struct client_trail trail;
	bool only_trail; /* no revision waits, but some of the log does */
};

struct batch_counts {
	long sent, accepted, refused, later;
	int64_t bytes; /* of answers that were dealt with */
};

/* most: records a batch at most; 0: as many as go well. */
void batch_init(struct client_batch *b, int most);
void batch_clear(struct client_batch *b);

/* Forgets what was chosen; it is chosen again. */
void batch_drop(struct client_batch *b);

/* Chooses the next batch, oldest first; batch_is_empty() when nothing waits any more. */
bool batch_gather(struct client_batch *b, struct notebook *nb, struct err *err);

bool batch_is_empty(const struct client_batch *b);

enum batch_state { BATCH_PACKING, BATCH_PACKED, BATCH_FAILED };

/* Packs a few records more, a millisecond's worth; BATCH_PACKED: packed has the body. */
enum batch_state batch_pack(struct client_batch *b, struct notebook *nb, struct err *err);

/* After a cut of a connection of that age (milliseconds; 0: not known), or a 413, whose
 * document may name the collector's limits. */
void batch_halve(struct client_batch *b, int64_t age);
void batch_shrink(struct client_batch *b, const char *problem, size_t len);
/* After a 413 of a body that the log stood in: it stays at home. False: it did not. */
bool batch_leave_trail(struct client_batch *b);

/* What was said of every revision; false when this is no answer to this batch. */
bool batch_read_answer(struct client_batch *b, const char *text, size_t len);
/* What a code means, in the worker's words, and what the collector says more of it. False:
 * it is no final one, so the revision is for later. */
bool batch_refusal_words(const char *code, const char *path, const char *message,
    struct buf *out);
/* Says of the only revision that the collector cannot take it. */
void batch_refuse_only(struct client_batch *b, const char *message);

struct batch_time {
	int64_t milliseconds; /* how long the line took */
	int64_t age;          /* of its connection by then */
};

/* What was said, into the notebook, in one transaction; then the batch is dealt with. */
bool batch_store(struct client_batch *b, struct notebook *nb, int64_t receipt,
    const struct batch_time *time, struct batch_counts *counts, struct err *err);

#endif
