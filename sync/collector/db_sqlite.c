/*
 * db_sqlite - the store as one SQLite file (WAL, synchronous=FULL)
 *
 * Only the connection opened with DB_SERVE checkpoints: SQLite before 3.51.3 can damage
 * a WAL database that two connections checkpoint at once. The others leave what they
 * wrote in the WAL.
 */
#include "db_sqlite_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BUSY_MS        5000
#define APPLICATION_ID 0x4D514331 /* "MQC1", so that no other database is taken for it */

/* os: errno after the step, which SQLite does not keep for us. */
static enum db_result
failed_with(struct db *db, int os, struct err *err)
{
	int rc = sqlite3_extended_errcode(db->sql);
	const char *said = sqlite3_errmsg(db->sql);

	if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) {
		err_set(err, ERR_SYSTEM,
		    _("The store is busy: another program writes. Try again a little "
		      "later."));
		return DB_BUSY;
	}
	if (rc == SQLITE_FULL ||
	    ((rc & 0xff) == SQLITE_IOERR &&
	     (os == ENOSPC || os == EDQUOT || os == EFBIG))) {
		err_set(err, ERR_SYSTEM,
		    _("The disk of the store is full. Make room and try again."));
		return DB_FULL;
	}
	err_set(err, ERR_SYSTEM,
	    _("The store failed: %s (%d, %s). Check its disk, then try again."), said, rc,
	    os ? strerror(os) : "-");
	return DB_FAILED;
}

enum db_result
sql_failed(struct db *db, struct err *err)
{
	return failed_with(db, 0, err);
}

enum db_result
sql_run(struct db *db, enum stmt which, struct err *err)
{
	sqlite3_stmt *s = db->stmt[which];
	enum db_result result = DB_OK;

	errno = 0;
	if (sqlite3_step(s) != SQLITE_DONE)
		result = failed_with(db, errno, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

void
sql_bind(sqlite3_stmt *s, int column, const char *text)
{
	sqlite3_bind_text(s, column, text, -1, SQLITE_STATIC);
}

const char *
sql_column(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? (const char *)text : "";
}

void
sql_id_pack(const char *id, unsigned char out[16])
{
	int nibble = 0;

	for (; *id && nibble < 32; id++) {
		unsigned digit;

		if (*id == '-')
			continue;
		digit = (unsigned)(*id <= '9' ? *id - '0' : *id - 'a' + 10);
		if (nibble % 2 == 0)
			out[nibble / 2] = (unsigned char)(digit << 4);
		else
			out[nibble / 2] |= (unsigned char)digit;
		nibble++;
	}
}

void
sql_id_unpack(const unsigned char *id, char out[37])
{
	int i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		hash_hex(id + i, 1, out);
		out += 2;
	}
}

enum db_result
sql_change(struct db *db, enum stmt which, struct err *err)
{
	enum db_result result = sql_run(db, which, err);

	return result == DB_OK && sqlite3_changes(db->sql) == 0 ? DB_NONE : result;
}

enum db_result
sql_rows(struct db *db, enum stmt which, bool (*row)(sqlite3_stmt *s, void *data),
    void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[which];
	enum db_result result = DB_OK;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		if (!row(s, data))
			break;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = sql_failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

enum db_result
sql_row(struct db *db, enum stmt which, bool (*row)(sqlite3_stmt *s, void *data),
    void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[which];
	enum db_result result = DB_OK;
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		row(s, data);
	else
		result = rc == SQLITE_DONE ? DB_NONE : sql_failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

void
sql_bind_hash(sqlite3_stmt *s, int column, const unsigned char hash[HASH_SIZE])
{
	sqlite3_bind_blob(s, column, hash, HASH_SIZE, SQLITE_STATIC);
}

void
sql_bind_id(sqlite3_stmt *s, int column, const char *id, unsigned char room[16])
{
	sql_id_pack(id, room);
	sqlite3_bind_blob(s, column, room, 16, SQLITE_STATIC);
}

static bool
exec(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	sql_failed(db, err);
	return false;
}

static bool
pragma_int(struct db *db, const char *sql, int *n, struct err *err)
{
	sqlite3_stmt *s;
	bool ok = false;

	if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW) {
		*n = sqlite3_column_int(s, 0);
		ok = true;
	} else {
		sql_failed(db, err);
	}
	sqlite3_finalize(s);
	return ok;
}

/* Refuses what is not ours or newer than we are. */
static bool
check_identity(struct db *db, const char *where, int *version, struct err *err)
{
	int application, tables;

	if (!pragma_int(db, "PRAGMA application_id", &application, err) ||
	    !pragma_int(db, "PRAGMA user_version", version, err) ||
	    !pragma_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return false;
	if (application != APPLICATION_ID && (tables > 0 || db->mode == DB_READ))
		return err_set(err, ERR_INPUT,
		    _("%s is not a collector's database. Give the right file by --db."),
		    where);
	if (*version > db_sqlite_migration_count)
		return err_set(err, ERR_INPUT,
		    _("%s was made by a newer minqing-collector. Update this one."), where);
	if (*version < db_sqlite_migration_count && db->mode == DB_READ)
		return err_set(err, ERR_INPUT,
		    _("%s was made by an older minqing-collector. Start serving it once, "
		      "which brings it up to date."),
		    where);
	return true;
}

static bool
migrate(struct db *db, int version, struct err *err)
{
	struct buf mark = { 0 };
	bool ok = true;

	for (; ok && version < db_sqlite_migration_count; version++) {
		buf_reset(&mark);
		buf_fmt(&mark, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		    APPLICATION_ID, version + 1);
		ok = exec(db, "BEGIN EXCLUSIVE", err) && exec(db, db_sqlite_migrations[version], err) &&
		    exec(db, mark.data, err);
		if (!ok)
			sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	}
	buf_clear(&mark);
	return ok;
}

static bool
set_up(struct db *db, const char *where, struct err *err)
{
	int version, which;

	sqlite3_extended_result_codes(db->sql, 1);
	sqlite3_busy_timeout(db->sql, BUSY_MS);
	if (!check_identity(db, where, &version, err))
		return false;
	if (db->mode != DB_READ &&
	    (!exec(db,
		 "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"
		 "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
		 err) ||
		!migrate(db, version, err)))
		return false;
	if (db->mode != DB_SERVE) {
		sqlite3_wal_autocheckpoint(db->sql, 0);
		sqlite3_db_config(db->sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	}
	for (which = 0; which < STMTS; which++)
		if (sqlite3_prepare_v3(db->sql, db_sqlite_statements[which], -1,
			SQLITE_PREPARE_PERSISTENT, &db->stmt[which], NULL) != SQLITE_OK) {
			sql_failed(db, err);
			return false;
		}
	return true;
}

/* A lock file of its own: closing a second descriptor of the database itself would
 * drop SQLite's locks. */
static bool
take_lock(struct db *db, const char *where, struct err *err)
{
	struct buf path = { 0 };
	bool ok = true;

	buf_fmt(&path, "%s-serving", where);
	db->lock = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock < 0)
		ok = err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check that its folder is there and that "
		      "you may write in it."),
		    path.data, strerror(errno));
	else if (flock(db->lock, LOCK_EX | LOCK_NB) != 0)
		ok = err_set(err, ERR_SYSTEM,
		    _("Another minqing-collector already serves %s. Stop it first."), where);
	buf_clear(&path);
	return ok;
}

static void
sqlite_close(struct db *db)
{
	int which;

	if (!db)
		return;
	for (which = 0; which < STMTS; which++)
		sqlite3_finalize(db->stmt[which]);
	if (db->sql && db->mode == DB_SERVE)
		sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
		    NULL);
	sqlite3_close(db->sql);
	if (db->lock >= 0)
		close(db->lock);
	free(db);
}

static struct db *
sqlite_open(const char *where, enum db_mode mode, struct err *err)
{
	struct db *db = mem_alloc(sizeof(*db));
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY
				    : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	db->mode = mode;
	db->lock = -1;
	if (mode == DB_READ && access(where, F_OK) != 0) {
		err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check the name, and that you may "
		      "read it."),
		    where, strerror(errno));
		goto fail;
	}
	if (mode == DB_SERVE && !take_lock(db, where, err))
		goto fail;
	if (sqlite3_open_v2(where, &db->sql, flags, NULL) != SQLITE_OK) {
		err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check that its folder is there and that "
		      "you may write in it."),
		    where, sqlite3_errmsg(db->sql));
		goto fail;
	}
	if (!set_up(db, where, err))
		goto fail;
	return db;
fail:
	sqlite_close(db);
	return NULL;
}

static enum db_result
sqlite_begin(struct db *db, struct err *err)
{
	return sql_run(db, BEGIN, err);
}

static void
sqlite_rollback(struct db *db)
{
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(db->sql))
		sql_run(db, ROLLBACK, NULL);
}

static enum db_result
sqlite_commit(struct db *db, struct err *err)
{
	enum db_result result = sql_run(db, COMMIT, err);

	if (result != DB_OK)
		sqlite_rollback(db);
	return result;
}

const struct db_ops db_sqlite = {
	.name = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.device_add = db_sqlite_device_add,
	.device_remove = db_sqlite_device_remove,
	.device_find = db_sqlite_device_find,
	.device_each = db_sqlite_device_each,
	.known = db_sqlite_known,
	.kept = db_sqlite_kept,
	.keep = db_sqlite_keep,
	.kept_last = db_sqlite_kept_last,
	.kept_each = db_sqlite_kept_each,
	.holders = db_sqlite_holders,
	.batch_add = db_sqlite_batch_add,
	.store = db_sqlite_store,
	.rows = db_sqlite_rows,
	.stats = db_sqlite_stats,
	.match = db_sqlite_match,
	.last = db_sqlite_last,
	.newest = db_sqlite_newest,
	.mark = db_sqlite_mark,
	.meta_get = db_sqlite_meta_get,
	.meta_set = db_sqlite_meta_set,
	.worker_put = db_sqlite_worker_put,
	.worker_find = db_sqlite_worker_find,
	.worker_each = db_sqlite_worker_each,
	.code_add = db_sqlite_code_add,
	.code_find = db_sqlite_code_find,
	.code_use = db_sqlite_code_use,
	.task_add = db_sqlite_task_add,
	.task_close = db_sqlite_task_close,
	.tasks = db_sqlite_tasks,
	.needs_set = db_sqlite_needs_set,
	.need_answer = db_sqlite_need_answer,
	.settled_after = db_sqlite_settled_after,
	.need_find = db_sqlite_need_find,
	.needs_open = db_sqlite_needs_open,
	.case_put = db_sqlite_case_put,
	.cases_after = db_sqlite_cases_after,
	.hand_over = db_sqlite_hand_over,
	.feedback_set = db_sqlite_feedback_set,
	.feedback_put = db_sqlite_feedback_put,
	.feedback_after = db_sqlite_feedback_after,
	.file_put = db_sqlite_file_put,
	.files_after = db_sqlite_files_after,
	.blob = db_sqlite_blob,
	.revisions_after = db_sqlite_revisions_after,
};
