/*
 * db_sqlite_private - what the files of the SQLite store share; for db_sqlite*.c only
 *
 * Every statement stands in one table (db_sqlite_schema.c) and is prepared at open.
 * Values are bound, never pasted.
 */
#ifndef DB_SQLITE_PRIVATE_H
#define DB_SQLITE_PRIVATE_H

#include "db.h"

#include <sqlite3.h>

enum stmt {
	BEGIN, COMMIT, ROLLBACK,
	DEVICE_ADD, DEVICE_REMOVE, DEVICE_FIND, DEVICE_EACH, DEVICE_SEEN,
	KNOWN, HOLDERS, BATCH_ADD, STORE, ROWS, STATS, STATS_FORMS, MATCH, LAST,
	WORKER_PUT, WORKER_FIND, WORKER_EACH,
	CODE_FORGET, CODE_ADD, CODE_FIND, CODE_USE,
	CHANGE_PUT, CASES_AFTER, HAND_OVER, FEEDBACK_SET, FEEDBACK_AFTER,
	FILE_SAME, FILE_PUT, BLOB_PUT, BLOB_FORGET, BLOB, FILES_AFTER,
	REVISIONS_END, REVISIONS_AFTER, MARK, NEWEST,
	TASK_ADD, TASK_CLOSE, TASKS,
	NEEDS_FORGET, NEED_ADD, NEED_ANSWER, NEED_FIND, NEEDS_OPEN, REV_NEWEST,
	ANSWER_REF, SETTLED_PUT, SETTLED_PUT_ALL, SETTLED_AFTER,
	META_GET, META_SET,
	KEPT, KEEP, KEPT_EACH, KEPT_LAST,
	STMTS
};

/* Which stream of the feed a row of the table change belongs to. */
enum feed { FEED_FILE, FEED_CASE, FEED_FEEDBACK, FEED_SETTLED };

extern const char *const db_sqlite_statements[STMTS];
extern const char *const db_sqlite_migrations[];
extern const int db_sqlite_migration_count;

struct db {
	sqlite3 *sql;
	enum db_mode mode;
	sqlite3_stmt *stmt[STMTS];
	int lock; /* of DB_SERVE; -1 */
};

/* What SQLite said, in words for an administrator. */
enum db_result sql_failed(struct db *db, struct err *err);
/* Steps a statement that gives no rows; resets it and its bindings. */
enum db_result sql_run(struct db *db, enum stmt which, struct err *err);
/* As sql_run(), and DB_NONE when it changed nothing. */
enum db_result sql_change(struct db *db, enum stmt which, struct err *err);
/* Every row, until the callback says false; resets the statement and its bindings. */
enum db_result sql_rows(struct db *db, enum stmt which,
    bool (*row)(sqlite3_stmt *s, void *data), void *data, struct err *err);
/* The only row; DB_NONE when there is none. */
enum db_result sql_row(struct db *db, enum stmt which,
    bool (*row)(sqlite3_stmt *s, void *data), void *data, struct err *err);

/* Texts outlive the step: every caller holds them until it returns. */
void sql_bind(sqlite3_stmt *s, int column, const char *text);
const char *sql_column(sqlite3_stmt *s, int column);
void sql_bind_hash(sqlite3_stmt *s, int column, const unsigned char hash[HASH_SIZE]);
void sql_bind_id(sqlite3_stmt *s, int column, const char *id, unsigned char room[16]);

/* The 16 bytes of a UUID that is known to be well-formed. */
void sql_id_pack(const char *id, unsigned char out[16]);
void sql_id_unpack(const unsigned char *id, char out[37]);

/* Into an array of that many bytes, cut to fit. */
#define SQL_COPY(array, s, column) \
	snprintf(array, sizeof(array), "%s", sql_column(s, column))

/* The verbs of db.h, from the file that their subject has. */
enum db_result db_sqlite_device_add(struct db *db, const char *name, const char
    *worker, const unsigned char token[HASH_SIZE], const char *now, struct err *err);
enum db_result db_sqlite_device_remove(struct db *db, const char *name, const char
    *now, struct err *err);
enum db_result db_sqlite_device_find(struct db *db, const unsigned char
    token[HASH_SIZE], struct db_device *device, struct err *err);
enum db_result db_sqlite_device_each(struct db *db, bool (*row)(const struct db_device
    *device, void *data), void *data, struct err *err);
enum db_result db_sqlite_known(struct db *db, const char *const *ids, size_t count,
    void (*row)(const struct db_known *known, void *data), void *data, struct err
    *err);
enum db_result db_sqlite_batch_add(struct db *db, const struct db_batch *batch,
    int64_t *id, struct err *err);
enum db_result db_sqlite_store(struct db *db, const struct wire_record *const
    *records, size_t count, int64_t device, int64_t batch, struct err *err);
enum db_result db_sqlite_kept(struct db *db, const char *line, size_t len,
    struct err *err);
enum db_result db_sqlite_keep(struct db *db, const char *kind, const char *line,
    size_t len, int64_t batch, struct err *err);
enum db_result db_sqlite_kept_last(struct db *db, int64_t device, const char *kind,
    struct buf *line, struct err *err);
enum db_result db_sqlite_kept_each(struct db *db, const char *kind,
    bool (*row)(const char *line, size_t len, void *data), void *data, struct err *err);
enum db_result db_sqlite_holders(struct db *db, const char *const *ids, size_t count,
    void (*row)(size_t record, const char *user, void *data), void *data, struct err
    *err);
enum db_result db_sqlite_worker_put(struct db *db, const struct db_worker *worker,
    const char *now, struct err *err);
enum db_result db_sqlite_worker_find(struct db *db, const char *user, struct db_worker
    *worker, struct err *err);
enum db_result db_sqlite_worker_each(struct db *db, bool (*row)(const struct db_worker
    *worker, void *data), void *data, struct err *err);
enum db_result db_sqlite_code_add(struct db *db, const unsigned char code[HASH_SIZE],
    const char *user, int64_t expires, struct err *err);
enum db_result db_sqlite_code_find(struct db *db, const unsigned char code[HASH_SIZE],
    struct db_code *found, struct err *err);
enum db_result db_sqlite_code_use(struct db *db, const unsigned char code[HASH_SIZE],
    const unsigned char token[HASH_SIZE], const char *device, struct err *err);
enum db_result db_sqlite_match(struct db *db, const char *beginning, void (*row)(const
    char *id, void *data), void *data, struct err *err);
enum db_result db_sqlite_last(struct db *db, const char *id, struct db_last *last,
    struct err *err);
enum db_result db_sqlite_case_put(struct db *db, const char *id, const char *audience,
    struct err *err);
enum db_result db_sqlite_cases_after(struct db *db, const char *audience, int64_t
    after, bool (*row)(const struct db_revision *revision, void *data), void *data,
    struct err *err);
enum db_result db_sqlite_hand_over(struct db *db, const char *id, const char *user,
    const char *now, struct err *err);
enum db_result db_sqlite_feedback_set(struct db *db, const struct db_feedback
    *feedback, struct err *err);
enum db_result db_sqlite_feedback_put(struct db *db, const char *id, const char
    *audience, struct err *err);
enum db_result db_sqlite_feedback_after(struct db *db, const char *audience, int64_t
    after, bool (*row)(const struct db_feedback *feedback, void *data), void *data,
    struct err *err);
enum db_result db_sqlite_file_put(struct db *db, const struct db_file *file, const
    void *gzip, size_t len, const char *now, struct err *err);
enum db_result db_sqlite_files_after(struct db *db, int64_t after, bool (*row)(const
    struct db_file *file, void *data), void *data, struct err *err);
enum db_result db_sqlite_blob(struct db *db, const unsigned char sha[HASH_SIZE], void
    (*row)(const void *gzip, size_t len, void *data), void *data, struct err *err);
enum db_result db_sqlite_revisions_after(struct db *db, const char *user, int64_t
    device, int64_t after, int64_t own_until, bool (*row)(const struct db_revision
    *revision, void *data), void *data, int64_t *end, struct err *err);
enum db_result db_sqlite_mark(struct db *db, int64_t seq, char hash[17], struct err
    *err);
enum db_result db_sqlite_newest(struct db *db, int64_t *change, int64_t *revision,
    struct err *err);
enum db_result db_sqlite_task_add(struct db *db, const struct db_task *task, int64_t
    *number, struct err *err);
enum db_result db_sqlite_task_close(struct db *db, int64_t number, const char *now,
    struct err *err);
enum db_result db_sqlite_tasks(struct db *db, const char *user, bool (*row)(const
    struct db_task *task, void *data), void *data, struct err *err);
enum db_result db_sqlite_needs_set(struct db *db, const char *id, long rev, const char
    *user, const struct db_need *needs, size_t count, struct err *err);
enum db_result db_sqlite_need_answer(struct db *db, const char *id, long rev, const
    char *ref, const char *day, bool closes, struct err *err);
enum db_result db_sqlite_settled_after(struct db *db, const char *audience,
    int64_t after, bool (*row)(const struct db_settled *settled, void *data), void *data,
    struct err *err);
enum db_result db_sqlite_need_find(struct db *db, const char *id, struct buf *text,
    struct err *err);
enum db_result db_sqlite_needs_open(struct db *db,
    bool (*row)(const struct db_need *need, void *data), void *data, struct err *err);
enum db_result db_sqlite_meta_get(struct db *db, const char *key, struct buf *value,
    struct err *err);
enum db_result db_sqlite_meta_set(struct db *db, const char *key, const char *value,
    struct err *err);
enum db_result db_sqlite_rows(struct db *db, const char *form, bool withdrawn_too,
    bool (*row)(const struct db_row *row, void *data), void *data, struct err *err);
enum db_result db_sqlite_stats(struct db *db, struct db_stats *stats, void
    (*form)(const struct db_form_stats *form, void *data), void *data, struct err
    *err);

#endif
