/*
 * carrier - batches that come as files, and the answers that go back with them
 *
 * A file is sealed to the district's key (sync/PROTOCOL.md) and says whose it is by its
 * token, as a request does. It goes through the same ingest, so importing it twice, or in
 * another order, changes nothing.
 */
#ifndef CARRIER_H
#define CARRIER_H

#include <stdbool.h>
#include <stddef.h>

#include "db.h"
#include "ingest.h"

struct buf;
struct clock;
struct err;

#define META_SECRET "district.secret"

/* The district's keys: made and stored when there are none. */
enum db_result carrier_keys(const struct db_ops *ops, struct db *db, struct err *err);

/* One file: counts of it, and the file of its answer appended. False and err: it is none,
 * or the store said no. */
bool carrier_import(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const struct buf *file, struct ingest_counts *counts, struct buf *answer,
    struct err *err);

#endif
