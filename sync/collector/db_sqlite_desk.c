/* What the district does at its desk: enrolment, tasks, and the needs that are open. */
#include "db_sqlite_private.h"

#include "buf.h"
#include "err.h"

#include <stdio.h>
#include <string.h>

/* --- enrolment --- */

enum db_result
db_sqlite_worker_put(struct db *db, const struct db_worker *worker, const char *now,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[WORKER_PUT];

	sql_bind(s, 1, worker->user);
	sql_bind(s, 2, worker->name);
	sql_bind(s, 3, worker->role);
	sql_bind(s, 4, worker->station);
	sql_bind(s, 5, now);
	return sql_run(db, WORKER_PUT, err);
}

static void
read_worker(sqlite3_stmt *s, struct db_worker *worker)
{
	SQL_COPY(worker->user, s, 0);
	SQL_COPY(worker->name, s, 1);
	SQL_COPY(worker->role, s, 2);
	SQL_COPY(worker->station, s, 3);
}

static bool
take_worker(sqlite3_stmt *s, void *data)
{
	read_worker(s, data);
	return true;
}

enum db_result
db_sqlite_worker_find(struct db *db, const char *user, struct db_worker *worker,
    struct err *err)
{
	sql_bind(db->stmt[WORKER_FIND], 1, user);
	return sql_row(db, WORKER_FIND, take_worker, worker, err);
}

struct workers {
	bool (*row)(const struct db_worker *worker, void *data);
	void *data;
};

static bool
each_worker(sqlite3_stmt *s, void *data)
{
	struct workers *w = data;
	struct db_worker worker = { 0 };

	read_worker(s, &worker);
	return w->row(&worker, w->data);
}

enum db_result
db_sqlite_worker_each(struct db *db,
    bool (*row)(const struct db_worker *worker, void *data), void *data, struct err *err)
{
	struct workers w = { row, data };

	return sql_rows(db, WORKER_EACH, each_worker, &w, err);
}

enum db_result
db_sqlite_code_add(struct db *db, const unsigned char code[HASH_SIZE], const char *user,
    int64_t expires, struct err *err)
{
	enum db_result result;

	sql_bind(db->stmt[CODE_FORGET], 1, user);
	result = sql_run(db, CODE_FORGET, err);
	if (result != DB_OK)
		return result;
	sql_bind_hash(db->stmt[CODE_ADD], 1, code);
	sql_bind(db->stmt[CODE_ADD], 2, user);
	sqlite3_bind_int64(db->stmt[CODE_ADD], 3, expires);
	return sql_run(db, CODE_ADD, err);
}

static bool
take_code(sqlite3_stmt *s, void *data)
{
	struct db_code *code = data;

	*code = (struct db_code){ .expires = sqlite3_column_int64(s, 1),
		.used = sqlite3_column_bytes(s, 2) == HASH_SIZE };
	SQL_COPY(code->user, s, 0);
	SQL_COPY(code->device, s, 3);
	if (code->used)
		memcpy(code->token, sqlite3_column_blob(s, 2), HASH_SIZE);
	return true;
}

enum db_result
db_sqlite_code_find(struct db *db, const unsigned char code[HASH_SIZE],
    struct db_code *found, struct err *err)
{
	sql_bind_hash(db->stmt[CODE_FIND], 1, code);
	return sql_row(db, CODE_FIND, take_code, found, err);
}

enum db_result
db_sqlite_code_use(struct db *db, const unsigned char code[HASH_SIZE],
    const unsigned char token[HASH_SIZE], const char *device, struct err *err)
{
	sql_bind_hash(db->stmt[CODE_USE], 1, code);
	sql_bind_hash(db->stmt[CODE_USE], 2, token);
	sql_bind(db->stmt[CODE_USE], 3, device);
	return sql_change(db, CODE_USE, err);
}

/* --- tasks --- */

enum db_result
db_sqlite_task_add(struct db *db, const struct db_task *task, int64_t *number,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[TASK_ADD];
	enum db_result result;

	sql_bind(s, 1, task->user);
	sql_bind(s, 2, task->text);
	sql_bind(s, 3, task->due);
	sql_bind(s, 4, task->form);
	sql_bind(s, 5, task->set);
	sql_bind(s, 6, task->added);
	result = sql_run(db, TASK_ADD, err);
	*number = sqlite3_last_insert_rowid(db->sql);
	return result;
}

enum db_result
db_sqlite_task_close(struct db *db, int64_t number, const char *now, struct err *err)
{
	sqlite3_bind_int64(db->stmt[TASK_CLOSE], 1, number);
	sql_bind(db->stmt[TASK_CLOSE], 2, now);
	return sql_change(db, TASK_CLOSE, err);
}

struct tasks {
	bool (*row)(const struct db_task *task, void *data);
	void *data;
};

static bool
each_task(sqlite3_stmt *s, void *data)
{
	struct tasks *t = data;
	struct db_task task = { .number = sqlite3_column_int64(s, 0),
		.user = sql_column(s, 1), .text = sql_column(s, 2),
		.due = sql_column(s, 3), .form = sql_column(s, 4),
		.set = sql_column(s, 5), .added = sql_column(s, 6),
		.closed = sql_column(s, 7) };

	return t->row(&task, t->data);
}

enum db_result
db_sqlite_tasks(struct db *db, const char *user,
    bool (*row)(const struct db_task *task, void *data), void *data, struct err *err)
{
	struct tasks t = { row, data };

	sql_bind(db->stmt[TASKS], 1, user);
	return sql_rows(db, TASKS, each_task, &t, err);
}

/* --- needs --- */

static bool
take_rev(sqlite3_stmt *s, void *data)
{
	*(long *)data = (long)sqlite3_column_int64(s, 0);
	return true;
}

/* Is it the record's last revision, or newer than all that are here? */
static enum db_result
is_newest(struct db *db, const char *id, long rev, bool *newest, struct err *err)
{
	enum db_result result;
	unsigned char room[16];
	long last = 0;

	sql_bind_id(db->stmt[REV_NEWEST], 1, id, room);
	result = sql_row(db, REV_NEWEST, take_rev, &last, err);
	*newest = rev >= last;
	return result;
}

/* Answers that were here before the visit that they answer. */
static enum db_result
settled_put_all(struct db *db, const unsigned char record[16], struct err *err)
{
	sqlite3_bind_int(db->stmt[SETTLED_PUT_ALL], 1, FEED_SETTLED);
	sqlite3_bind_blob(db->stmt[SETTLED_PUT_ALL], 2, record, 16, SQLITE_STATIC);
	return sql_run(db, SETTLED_PUT_ALL, err);
}

enum db_result
db_sqlite_needs_set(struct db *db, const char *id, long rev, const char *user,
    const struct db_need *needs, size_t count, struct err *err)
{
	sqlite3_stmt *s = db->stmt[NEED_ADD];
	unsigned char room[16];
	bool newest;
	enum db_result result = is_newest(db, id, rev, &newest, err);

	if (result != DB_OK || !newest)
		return result;
	sql_bind_id(db->stmt[NEEDS_FORGET], 1, id, room);
	result = sql_run(db, NEEDS_FORGET, err);
	for (size_t i = 0; i < count && result == DB_OK; i++) {
		sql_bind(s, 1, needs[i].id);
		sqlite3_bind_blob(s, 2, room, sizeof(room), SQLITE_STATIC);
		sql_bind(s, 3, user);
		sql_bind(s, 4, needs[i].text);
		sql_bind(s, 5, needs[i].due);
		sqlite3_bind_int(s, 6, needs[i].dispute);
		result = sql_run(db, NEED_ADD, err);
	}
	return result == DB_OK && count ? settled_put_all(db, room, err) : result;
}

static bool
take_text(sqlite3_stmt *s, void *data)
{
	buf_str(data, sql_column(s, 0));
	return true;
}

/* What it answered before, and what it answers now. */
static enum db_result
settled_put(struct db *db, const char *ref, struct err *err)
{
	if (!*ref)
		return DB_OK;
	sqlite3_bind_int(db->stmt[SETTLED_PUT], 1, FEED_SETTLED);
	sql_bind(db->stmt[SETTLED_PUT], 2, ref);
	return sql_run(db, SETTLED_PUT, err);
}

enum db_result
db_sqlite_need_answer(struct db *db, const char *id, long rev, const char *ref,
    const char *day, bool closes, struct err *err)
{
	sqlite3_stmt *s = db->stmt[NEED_ANSWER];
	struct buf before = { 0 };
	unsigned char room[16];
	bool newest;
	enum db_result result = is_newest(db, id, rev, &newest, err);

	if (result != DB_OK || !newest)
		return result;
	sql_bind_id(db->stmt[ANSWER_REF], 1, id, room);
	result = sql_row(db, ANSWER_REF, take_text, &before, err);
	if (result == DB_OK || (result == DB_NONE && *ref)) {
		sqlite3_bind_blob(s, 1, room, sizeof(room), SQLITE_STATIC);
		sql_bind(s, 2, ref);
		sql_bind(s, 3, day);
		sqlite3_bind_int(s, 4, closes);
		result = sql_run(db, NEED_ANSWER, err);
	}
	if (result == DB_OK)
		result = settled_put(db, ref, err);
	if (result == DB_OK && strcmp(buf_text(&before), ref) != 0)
		result = settled_put(db, buf_text(&before), err);
	buf_clear(&before);
	return result == DB_NONE ? DB_OK : result;
}

struct settleds {
	bool (*row)(const struct db_settled *settled, void *data);
	void *data;
};

static bool
each_settled(sqlite3_stmt *s, void *data)
{
	struct settleds *t = data;
	struct db_settled settled = { .seq = sqlite3_column_int64(s, 0),
		.ref = sql_column(s, 1), .day = sql_column(s, 2),
		.closed = sqlite3_column_int(s, 3) };

	return t->row(&settled, t->data);
}

enum db_result
db_sqlite_settled_after(struct db *db, const char *audience, int64_t after,
    bool (*row)(const struct db_settled *settled, void *data), void *data,
    struct err *err)
{
	struct settleds t = { row, data };
	sqlite3_stmt *s = db->stmt[SETTLED_AFTER];

	sqlite3_bind_int(s, 1, FEED_SETTLED);
	sql_bind(s, 2, audience);
	sqlite3_bind_int64(s, 3, after);
	return sql_rows(db, SETTLED_AFTER, each_settled, &t, err);
}

enum db_result
db_sqlite_need_find(struct db *db, const char *id, struct buf *text, struct err *err)
{
	sql_bind(db->stmt[NEED_FIND], 1, id);
	return sql_row(db, NEED_FIND, take_text, text, err);
}

struct needs {
	bool (*row)(const struct db_need *need, void *data);
	void *data;
};

static bool
each_need(sqlite3_stmt *s, void *data)
{
	struct needs *n = data;
	struct db_need need = { .id = sql_column(s, 0), .text = sql_column(s, 1),
		.due = sql_column(s, 2), .dispute = sqlite3_column_int(s, 3),
		.user = sql_column(s, 4) };

	return n->row(&need, n->data);
}

enum db_result
db_sqlite_needs_open(struct db *db, bool (*row)(const struct db_need *need, void *data),
    void *data, struct err *err)
{
	struct needs n = { row, data };

	return sql_rows(db, NEEDS_OPEN, each_need, &n, err);
}
