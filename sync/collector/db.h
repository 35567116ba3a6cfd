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

struct buf;
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

/* Bytes of a name with its NUL: of a device or worker, of a person or place. */
#define DB_NAME_SIZE 65
#define DB_WORDS_SIZE 129

struct db_device {
	int64_t id;
	char name[DB_NAME_SIZE];
	char worker[DB_NAME_SIZE]; /* whose laptop it is; "" when nobody said */
	char added[40], seen[40];  /* RFC 3339; "" for never */
	bool removed;
};

struct db_worker {
	char user[DB_NAME_SIZE]; /* as in records */
	char name[DB_WORDS_SIZE], role[DB_NAME_SIZE], station[DB_WORDS_SIZE];
};

/* A one-time code. */
struct db_code {
	char user[DB_NAME_SIZE];
	int64_t expires; /* milliseconds since 1970 */
	bool used;
	unsigned char token[HASH_SIZE]; /* when used: of the device that it made */
	char device[DB_NAME_SIZE];
};

/* The last revision of a record, without its answers. */
struct db_last {
	char id[37];
	long rev;
	char form[DB_NAME_SIZE], user[DB_WORDS_SIZE];
	int64_t device; /* whose token sent it */
	char worker[DB_NAME_SIZE]; /* whose laptop that is */
	char holder[DB_NAME_SIZE]; /* whom it was handed over to; "" when never */
	bool withdrawn;
};

/* The last revision of a record, whole, for the feed. Texts are lent. */
struct db_revision {
	int64_t seq;      /* its place in what was asked for */
	const char *id, *form, *version, *user, *station, *device, *created, *at, *hash;
	long rev, base;
	bool withdrawn;
	const char *why;     /* "" unless withdrawn */
	const char *answers; /* NULL for a withdrawal */
	size_t answers_len;
	const char *holder;  /* whom it was handed over to; "" when never */
	const char *holder_name;
};

/* A form or a list that notebooks get. Texts are lent. */
struct db_file {
	int64_t seq;
	const char *kind; /* "form", "list" */
	const char *name, *version;
	unsigned char sha[HASH_SIZE]; /* of its bytes */
	size_t size;
};

/* What the district said of a record's last revision. Texts are lent. */
struct db_feedback {
	int64_t seq;
	const char *id;
	long rev;
	const char *state; /* "accepted", "returned" */
	const char *path, *message, *at;
};

/* What a worker is asked to do. Texts are lent. */
struct db_task {
	int64_t number;
	const char *user, *text;
	const char *due;  /* "2026-11-09" or "" */
	const char *form; /* to be filled in; "" for none */
	const char *set;  /* JSON object of answers that it begins with */
	const char *added, *closed; /* RFC 3339; closed "": it is open */
};

/* A need that a visit found (domain: forms visit, feedback, dispute). Texts are lent. */
struct db_need {
	const char *id;   /* of the visit, "-", its place from 1 */
	const char *text, *due;
	bool dispute;     /* closed by a dispute that cites the visit */
	const char *user; /* whose visit */
};

/* What became of a need, for the feed. Texts are lent. */
struct db_settled {
	int64_t seq;
	const char *ref; /* the need's id; of a dispute that takes it up, the visit's */
	const char *day; /* of the last answer; "" when there is none any more */
	bool closed;
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

	/* DB_NONE: the name is taken. worker may be "". */
	enum db_result (*device_add)(struct db *db, const char *name, const char *worker,
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

	/* Lines that are no records, as they came. kept: DB_NONE when it is not there. */
	enum db_result (*kept)(struct db *db, const char *line, size_t len,
	    struct err *err);
	enum db_result (*keep)(struct db *db, const char *kind, const char *line, size_t len,
	    int64_t batch, struct err *err);
	/* The last one that came from that device; DB_NONE. */
	enum db_result (*kept_last)(struct db *db, int64_t device, const char *kind,
	    struct buf *line, struct err *err);
	/* Oldest first. */
	enum db_result (*kept_each)(struct db *db, const char *kind,
	    bool (*row)(const char *line, size_t len, void *data), void *data,
	    struct err *err);

	/* Whom these records were handed over to, oldest first, in the order of the ids. */
	enum db_result (*holders)(struct db *db, const char *const *ids, size_t count,
	    void (*row)(size_t record, const char *user, void *data), void *data,
	    struct err *err);

	/* Enrolment. worker_put replaces; code_add takes back the worker's unused ones. */
	enum db_result (*worker_put)(struct db *db, const struct db_worker *worker,
	    const char *now, struct err *err);
	enum db_result (*worker_find)(struct db *db, const char *user,
	    struct db_worker *worker, struct err *err);
	enum db_result (*worker_each)(struct db *db,
	    bool (*row)(const struct db_worker *worker, void *data), void *data,
	    struct err *err);
	enum db_result (*code_add)(struct db *db, const unsigned char code[HASH_SIZE],
	    const char *user, int64_t expires, struct err *err);
	enum db_result (*code_find)(struct db *db, const unsigned char code[HASH_SIZE],
	    struct db_code *found, struct err *err);
	enum db_result (*code_use)(struct db *db, const unsigned char code[HASH_SIZE],
	    const unsigned char token[HASH_SIZE], const char *device, struct err *err);

	/* Up to two records whose ids begin so (lower case, with dashes). */
	enum db_result (*match)(struct db *db, const char *beginning,
	    void (*row)(const char *id, void *data), void *data, struct err *err);
	enum db_result (*last)(struct db *db, const char *id, struct db_last *last,
	    struct err *err);

	/*
	 * The feed. What is put for an audience (a worker's user, or "#" and a device's
	 * number; "" for everybody) comes after everything that was put before, once: what
	 * is put again moves to the end. The …_after verbs give rows with seq > after in
	 * that order, until the callback says false.
	 */
	enum db_result (*case_put)(struct db *db, const char *id, const char *audience,
	    struct err *err);
	enum db_result (*cases_after)(struct db *db, const char *audience, int64_t after,
	    bool (*row)(const struct db_revision *revision, void *data), void *data,
	    struct err *err);
	/* Puts the case for the new holder too. */
	enum db_result (*hand_over)(struct db *db, const char *id, const char *user,
	    const char *now, struct err *err);
	enum db_result (*feedback_set)(struct db *db, const struct db_feedback *feedback,
	    struct err *err);
	enum db_result (*feedback_put)(struct db *db, const char *id, const char *audience,
	    struct err *err);
	enum db_result (*feedback_after)(struct db *db, const char *audience, int64_t after,
	    bool (*row)(const struct db_feedback *feedback, void *data), void *data,
	    struct err *err);
	/* A list replaces the one of its name. DB_NONE: this form version is here with
	 * other bytes. Nothing happens when the same is here. gzip: the bytes, packed. */
	enum db_result (*file_put)(struct db *db, const struct db_file *file,
	    const void *gzip, size_t len, const char *now, struct err *err);
	enum db_result (*files_after)(struct db *db, int64_t after,
	    bool (*row)(const struct db_file *file, void *data), void *data,
	    struct err *err);
	/* The packed bytes, lent to the callback. */
	enum db_result (*blob)(struct db *db, const unsigned char sha[HASH_SIZE],
	    void (*row)(const void *gzip, size_t len, void *data), void *data,
	    struct err *err);
	/*
	 * A worker's own records, last revisions only, by their place in the order of
	 * receiving: those that another device sent, and up to own_until this device's too;
	 * those handed over to somebody else are left out. *end gets the place up to which
	 * there was nothing more (only when no callback said false).
	 */
	enum db_result (*revisions_after)(struct db *db, const char *user, int64_t device,
	    int64_t after, int64_t own_until,
	    bool (*row)(const struct db_revision *revision, void *data), void *data,
	    int64_t *end, struct err *err);
	/* The hash of what stands at that place of the order of receiving. */
	enum db_result (*mark)(struct db *db, int64_t seq, char hash[17], struct err *err);
	/* The last place of the feed, and of the order of receiving. */
	enum db_result (*newest)(struct db *db, int64_t *change, int64_t *revision,
	    struct err *err);

	/* Tasks and needs. number 0: a new one, *number gets its. */
	enum db_result (*task_add)(struct db *db, const struct db_task *task,
	    int64_t *number, struct err *err);
	enum db_result (*task_close)(struct db *db, int64_t number, const char *now,
	    struct err *err);
	/* user NULL: everybody's, closed ones too; otherwise the open ones of one. */
	enum db_result (*tasks)(struct db *db, const char *user,
	    bool (*row)(const struct db_task *task, void *data), void *data,
	    struct err *err);
	/* What a visit's revision says replaces what an older one of it said. Answers and
	 * needs that meet are put into the feed of the visit's worker. */
	enum db_result (*needs_set)(struct db *db, const char *id, long rev,
	    const char *user, const struct db_need *needs, size_t count, struct err *err);
	/* The same for a record that answers one: ref is a need's id, or for a dispute its
	 * visit's; "" takes back what it said. */
	enum db_result (*need_answer)(struct db *db, const char *id, long rev,
	    const char *ref, const char *day, bool closes, struct err *err);
	enum db_result (*settled_after)(struct db *db, const char *audience, int64_t after,
	    bool (*row)(const struct db_settled *settled, void *data), void *data,
	    struct err *err);
	/* DB_NONE: no such need. */
	enum db_result (*need_find)(struct db *db, const char *id, struct buf *text,
	    struct err *err);
	/* Everybody's, by the day they are due. */
	enum db_result (*needs_open)(struct db *db,
	    bool (*row)(const struct db_need *need, void *data), void *data,
	    struct err *err);

	/* What the collector remembers of itself. Appends; DB_NONE: never set. */
	enum db_result (*meta_get)(struct db *db, const char *key, struct buf *value,
	    struct err *err);
	enum db_result (*meta_set)(struct db *db, const char *key, const char *value,
	    struct err *err);

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
