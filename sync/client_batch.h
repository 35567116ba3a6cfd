/*
 * client_batch - the batch under way: which revisions, which bytes, what was said of them
 *
 * Learns how many records the line carries at a time. Knows the outbox and the wire,
 * nothing of sockets.
 */
#ifndef CLIENT_BATCH_H
#define CLIENT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "uuid.h"
#include "wire.h"

struct err;
struct notebook;

struct batch_item {
	int64_t seq;
	char id[UUID_SIZE], hash[17];
	int rev;
	char *form;
	size_t at, len; /* its line in lines */
	bool listed;    /* in bad */
	bool later;     /* to be sent again some other day */
	char *code, *path, *message;
};

/* Set up by batch_init(), given back by batch_clear(). */
struct client_batch {
	struct batch_item *items; /* in the order of their lines */
	size_t count, cap;
	struct buf lines, text, packed;
	bool gzip;     /* else the body is text */
	bool odd;      /* the answer names a line that was not sent so */
	int64_t after; /* seq: everything up to here was dealt with */
	int limit;     /* records at a time, as the line is known so far */
	int clean;     /* batches since the limit last changed */
	struct wire_limits limits;
};

struct batch_counts {
	long sent, accepted, refused, later;
};

void batch_init(struct client_batch *b);
void batch_clear(struct client_batch *b);

/* The next batch, packed; count 0 when nothing waits any more. */
bool batch_gather(struct client_batch *b, struct notebook *nb, struct err *err);
/* Its bytes as they are sent. */
const struct buf *batch_body(const struct client_batch *b);

/* After a cut: half of what it was, down to one. */
void batch_halve(struct client_batch *b);
/* After a 413, whose document may name the collector's limits. */
void batch_shrink(struct client_batch *b, const char *problem, size_t len);

/* What was said of every revision; false when this is no answer to this batch. */
bool batch_read_answer(struct client_batch *b, const char *text, size_t len);
/* Says of the only revision that the collector cannot take it. */
void batch_refuse_only(struct client_batch *b, const char *message);

/* What was said, into the notebook, in one transaction; then the batch is dealt with. */
bool batch_store(struct client_batch *b, struct notebook *nb, int64_t receipt,
    struct batch_counts *counts, struct err *err);

#endif
