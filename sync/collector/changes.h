/*
 * changes - one page of the feed: everything that goes down to a notebook
 *
 * Written as sync/PROTOCOL.md has it: forms and lists, the worker's own records, cases,
 * feedback, answers to needs, then the tasks that are open. A cursor is opaque to the
 * notebook; one that is not ours, or older than the store, begins again, which is
 * harmless.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "db.h"

/* Appends the page after that cursor ("": from the beginning). */
enum db_result changes_page(const struct db_ops *ops, struct db *db,
    const struct db_device *device, const char *cursor, struct buf *out,
    struct err *err);

/* Whose part of the feed a device reads: its worker's, or its own. */
void changes_audience(const struct db_device *device, char audience[DB_NAME_SIZE]);

/* Feedback and cases of a record reach everybody who has it: its holder or writer, and
 * the laptop that sent its last revision. */
enum db_result changes_tell(struct db *db, const struct db_last *last,
    enum db_result (*put)(struct db *db, const char *id, const char *audience,
	struct err *err),
    struct err *err);

#endif
