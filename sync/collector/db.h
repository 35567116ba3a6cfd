/*
 * db - the collector's store, as a table of our own verbs
 *
 * Everything that the collector wants from a database is a verb here, so that another
 * engine is another table. Verbs over many records take them all at once: an engine on
 * the other side of a network must not be asked a thousand times.
 *
 * One struct db is one connection, used by one thread. Every verb but open and close
 * says how it went by an enum db_result and fills err when that is neither DB_OK nor
 * DB_NONE.
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"

struct db;
struct err;
struct wire_record;

enum db_result {
	DB_OK,
	DB_NONE, /* nothing of that name */
	DB_BUSY, /* somebody else writes; worth trying again */
	DB_FULL, /* the disk, or a limit on it */
	DB_FAILED,
};

enum db_mode {
	DB_READ,   /* beside a collector that serves */
	DB_CHANGE, /* small changes, beside a collector that serves; makes a new store */
	DB_SERVE,  /* the one that takes batches; a second one is refused */
};

struct db_device {
	int64_t id;
	char name[65];
	char added[40], seen[40]; /* RFC 3339; "" for never */
	bool removed;
};

/* A stored revision, as far as a new one is judged by it. Texts are lent. */
struct db_known {
	size_t record; /* index of the id asked for */
	long rev, base;
	const char *hash, *base_hash, *user;
	int64_t device; /* whose token sent it */
	bool withdrawn;
};

struct db_batch {
	int64_t device;
	const char *received; /* RFC 3339 */
	const char *label;    /* Batch-Id, "" when there was none */
	long records, added, same, bad;
	size_t bytes; /* as sent */
};

/* The last revision of a record; texts are lent to the callback. */
struct db_row {
	const char *id, *form, *version, *user, *station, *device, *created;
	long rev;
	bool withdrawn;
	const char *why;     /* "" unless withdrawn */
	const char *answers; /* of the last revision that has any; "{}" for none */
	size_t answers_len;
};

struct db_stats {
	long records, revisions, withdrawn;
	long waiting; /* revisions whose base has not come yet */
	long devices, batches;
	char last_batch[40]; /* RFC 3339, "" for none */
	char last_device[65];
};

struct db_form_stats {
	const char *form;
	long records, revisions, withdrawn;
};

struct db_ops {
	const char *name;

	/* NULL and err: not there, not ours, newer than this program, in use. */
	struct db *(*open)(const char *where, enum db_mode mode, struct err *err);
	void (*close)(struct db *db);

	/* A transaction that may write. After anything but DB_OK there is none. */
	enum db_result (*begin)(struct db *db, struct err *err);
	enum db_result (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db);

	/* DB_NONE: the name is taken. */
	enum db_result (*device_add)(struct db *db, const char *name,
	    const unsigned char token[HASH_SIZE], const char *now, struct err *err);
	enum db_result (*device_remove)(struct db *db, const char *name, const char *now,
	    struct err *err);
	/* By the hash of its token; removed ones are found too. */
	enum db_result (*device_find)(struct db *db, const unsigned char token[HASH_SIZE],
	    struct db_device *device, struct err *err);
	enum db_result (*device_each)(struct db *db,
	    bool (*row)(const struct db_device *device, void *data), void *data,
	    struct err *err);

	/* Every stored revision of these records, in the order of the ids. */
	enum db_result (*known)(struct db *db, const char *const *ids, size_t count,
	    void (*row)(const struct db_known *known, void *data), void *data,
	    struct err *err);
	enum db_result (*batch_add)(struct db *db, const struct db_batch *batch,
	    int64_t *id, struct err *err);
	/* None of them may be stored already. */
	enum db_result (*store)(struct db *db, const struct wire_record *const *records,
	    size_t count, int64_t device, int64_t batch, struct err *err);

	/* Last revisions in the order of their ids; form "" for all forms. */
	enum db_result (*rows)(struct db *db, const char *form, bool withdrawn_too,
	    bool (*row)(const struct db_row *row, void *data), void *data,
	    struct err *err);
	enum db_result (*stats)(struct db *db, struct db_stats *stats,
	    void (*form)(const struct db_form_stats *form, void *data), void *data,
	    struct err *err);
};

extern const struct db_ops db_sqlite;

#endif
