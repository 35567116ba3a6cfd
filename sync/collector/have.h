/*
 * have - which of these revisions are not here
 *
 * For a notebook whose collector lost something (a backup was put back): it asks after
 * what was acknowledged and sends what is missing again.
 */
#ifndef HAVE_H
#define HAVE_H

#include "db.h"

#define HAVE_MAX   1000        /* revisions a request */
#define HAVE_BYTES (128u << 10) /* of it */

enum have_result {
	HAVE_OK,
	HAVE_MALFORMED,
	HAVE_BUSY,
	HAVE_FAILED,
};

/* The body of POST /v1/have, and the JSON for its answer. */
enum have_result have_run(const struct db_ops *ops, struct db *db, const char *body,
    size_t len, struct buf *answer, struct err *err);

#endif
