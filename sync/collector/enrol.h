/*
 * enrol - a laptop becomes a worker's by a one-time code
 *
 * A code is twelve letters and digits, said over the telephone or printed, kept only as
 * its SHA-256; it makes one device and then no other. The laptop brings the hash of a
 * token that it made itself, so that saying the same again is answered the same: a lost
 * answer costs no code, and the token never crosses the line here.
 */
#ifndef ENROL_H
#define ENROL_H

#include "db.h"

struct clock;

#define ENROL_CODE_SIZE 15 /* "7K3M-Q9XT-4HVB" and its NUL */
#define ENROL_HOURS     72 /* how long a code is good, unless said otherwise */

/* A new code and what is kept of it. */
void enrol_code_new(char code[ENROL_CODE_SIZE], unsigned char hash[HASH_SIZE]);

enum enrol_result {
	ENROL_DONE,
	ENROL_MALFORMED, /* the request is not one */
	ENROL_UNKNOWN,   /* no such code */
	ENROL_USED,      /* by another laptop */
	ENROL_EXPIRED,
	ENROL_BUSY,
	ENROL_FULL,
	ENROL_FAILED,
};

/* The body of POST /v1/enrol; answer gets the JSON for it. One transaction, committed
 * before this returns. */
enum enrol_result enrol_run(const struct db_ops *ops, struct db *db,
    const struct clock *clock, const char *body, size_t len, struct buf *answer,
    struct err *err);

/* Where the district's public key stands, in hex. */
#define META_KEY "district.key"

#endif
