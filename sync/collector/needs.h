/*
 * needs - what visits found that somebody has to deal with, and what was done about it
 *
 * A need of a visit is open until it was dealt with on the spot, its latest feedback
 * says that it is done or dropped, or (a dispute) a dispute's record cites the visit.
 * This is the only place of the collector that knows questions by their names: those of
 * the forms visit, feedback and dispute. Other forms are passed over.
 */
#ifndef NEEDS_H
#define NEEDS_H

#include "db.h"

/* Takes what a stored revision says of needs. Inside a transaction. */
enum db_result needs_take(const struct db_ops *ops, struct db *db,
    const struct wire_record *record, struct err *err);

#endif
