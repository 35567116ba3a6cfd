/*
 * ingest - a batch's bytes into the store, and a verdict on every record
 *
 * One batch is one transaction, committed before this returns INGEST_OK. Knows the
 * batch format and the rules of sync/PROTOCOL.md, nothing of sockets. The revision that
 * a conflicting one met is put into the sender's feed.
 */
#ifndef INGEST_H
#define INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct clock;
struct db;
struct db_device;
struct db_ops;
struct err;

struct ingest_batch {
	const struct db_device *device; /* whose token */
	const char *label;  /* Batch-Id or "" */
	const char *digest; /* Content-Digest or NULL */
	bool gzip;
	const void *body;
	size_t len;
};

struct ingest_counts {
	long records, added, same, bad;
};

enum ingest_result {
	INGEST_OK,
	INGEST_DIGEST,     /* the bytes are not those of Content-Digest */
	INGEST_NOT_GZIP,
	INGEST_NOT_NDJSON, /* not one line of it is a JSON object */
	INGEST_TOO_LARGE,  /* inflated */
	INGEST_TOO_MANY,
	INGEST_NO_MEMORY,
	INGEST_BUSY,
	INGEST_FULL,
	INGEST_FAILED,
};

/* After INGEST_OK answer has the JSON for the sender; after anything else nothing was
 * stored, and err says why where the store is to blame. */
enum ingest_result ingest_run(const struct db_ops *ops, struct db *db,
    const struct clock *clock, const struct ingest_batch *batch,
    struct ingest_counts *counts, struct buf *answer, struct err *err);

#endif
