/*
 * db_sqlite - the store as one SQLite file (WAL, synchronous=FULL)
 *
 * Only the connection opened with DB_SERVE checkpoints: SQLite before 3.51.3 can damage
 * a WAL database that two connections checkpoint at once. The others leave what they
 * wrote in the WAL.
 */
#include "db.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sqlite3.h>

#define BUSY_MS        5000
#define APPLICATION_ID 0x4D514331 /* "MQC1", so that no other database is taken for it */

/* Shipped rows are never edited; a change is a new row. */
static const char *const migrations[] = {
	/* 1 */
	"CREATE TABLE device ("      /* laptops that may send */
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" token BLOB NOT NULL UNIQUE," /* SHA-256 of the token */
	" added TEXT NOT NULL,"
	" seen TEXT NOT NULL DEFAULT ''," /* its last batch */
	" removed TEXT);"                 /* when; its token is refused since */
	"CREATE UNIQUE INDEX device_name ON device (name) WHERE removed IS NULL;"
	"CREATE TABLE batch ("       /* one row a batch that was committed */
	" id INTEGER PRIMARY KEY,"
	" device INTEGER NOT NULL REFERENCES device (id),"
	" received TEXT NOT NULL,"
	" label TEXT NOT NULL,"      /* Batch-Id, as the client said it */
	" records INTEGER NOT NULL, added INTEGER NOT NULL,"
	" same INTEGER NOT NULL, bad INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL);"  /* as sent */
	"CREATE TABLE revision ("    /* what was received; never changed, never removed */
	" seq INTEGER PRIMARY KEY,"  /* in the order of committing */
	" id BLOB NOT NULL,"         /* 16 bytes of the UUID */
	" rev INTEGER NOT NULL,"
	" base INTEGER NOT NULL,"    /* the revision it was made from; 0 for none */
	" base_hash TEXT NOT NULL,"  /* '' when the line did not say */
	" form TEXT NOT NULL, version TEXT NOT NULL,"
	" user TEXT NOT NULL, station TEXT NOT NULL, device TEXT NOT NULL,"
	" created TEXT NOT NULL, at TEXT NOT NULL,"
	" hash TEXT NOT NULL,"
	" withdrawn INTEGER NOT NULL, why TEXT NOT NULL,"
	" answers TEXT,"             /* its bytes as received; NULL for a withdrawal */
	" sender INTEGER NOT NULL REFERENCES device (id)," /* whose token */
	" batch INTEGER NOT NULL REFERENCES batch (id),"
	" UNIQUE (id, rev));",
};

#define MIGRATIONS ((int)(sizeof(migrations) / sizeof(migrations[0])))

enum stmt {
	BEGIN,
	COMMIT,
	ROLLBACK,
	DEVICE_ADD,
	DEVICE_REMOVE,
	DEVICE_FIND,
	DEVICE_EACH,
	DEVICE_SEEN,
	KNOWN,
	BATCH_ADD,
	STORE,
	ROWS,
	STATS,
	STATS_FORMS,
	STMTS
};

static const char *const statements[STMTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[DEVICE_ADD] = "INSERT INTO device (name, token, added) SELECT ?1, ?2, ?3"
	    " WHERE NOT EXISTS (SELECT 1 FROM device WHERE name = ?1"
	    " AND removed IS NULL)",
	[DEVICE_REMOVE] = "UPDATE device SET removed = ?2"
	    " WHERE name = ?1 AND removed IS NULL",
	[DEVICE_FIND] = "SELECT id, name, added, seen, removed IS NOT NULL FROM device"
	    " WHERE token = ?1",
	[DEVICE_EACH] = "SELECT id, name, added, seen, removed IS NOT NULL FROM device"
	    " ORDER BY name, id",
	[DEVICE_SEEN] = "UPDATE device SET seen = ?2 WHERE id = ?1",
	[KNOWN] = "SELECT rev, base, hash, base_hash, user, sender, withdrawn"
	    " FROM revision WHERE id = ?1 ORDER BY rev",
	[BATCH_ADD] = "INSERT INTO batch (device, received, label, records, added, same,"
	    " bad, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STORE] = "INSERT INTO revision (id, rev, base, base_hash, form, version, user,"
	    " station, device, created, at, hash, withdrawn, why, answers, sender, batch)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
	    " ?16, ?17)",
	[ROWS] = "SELECT r.id, r.form, r.version, r.user, r.station, r.device,"
	    " coalesce(nullif(r.created, ''), r.at), r.rev, r.withdrawn, r.why, coalesce(r.answers, (SELECT p.answers"
	    "  FROM revision p WHERE p.id = r.id AND p.answers IS NOT NULL"
	    "  ORDER BY p.rev DESC LIMIT 1), '{}')"
	    " FROM revision r"
	    " WHERE (?1 = '' OR r.form = ?1) AND (?2 OR NOT r.withdrawn)"
	    " AND r.rev = (SELECT max(m.rev) FROM revision m WHERE m.id = r.id)"
	    " ORDER BY r.id",
	[STATS] = "SELECT (SELECT count(DISTINCT id) FROM revision),"
	    " (SELECT count(*) FROM revision),"
	    " (SELECT count(*) FROM revision r WHERE r.withdrawn AND r.rev ="
	    "  (SELECT max(m.rev) FROM revision m WHERE m.id = r.id)),"
	    " (SELECT count(*) FROM revision r WHERE r.base > 0 AND NOT EXISTS"
	    "  (SELECT 1 FROM revision b WHERE b.id = r.id AND b.rev = r.base)),"
	    " (SELECT count(*) FROM device WHERE removed IS NULL),"
	    " (SELECT count(*) FROM batch),"
	    " coalesce((SELECT received FROM batch ORDER BY id DESC LIMIT 1), ''),"
	    " coalesce((SELECT d.name FROM batch b JOIN device d ON d.id = b.device"
	    "  ORDER BY b.id DESC LIMIT 1), '')",
	[STATS_FORMS] = "SELECT form, count(*), sum(n), sum(withdrawn) FROM"
	    " (SELECT r.form AS form, r.withdrawn AS withdrawn,"
	    "   (SELECT count(*) FROM revision c WHERE c.id = r.id) AS n"
	    "  FROM revision r WHERE r.rev ="
	    "   (SELECT max(m.rev) FROM revision m WHERE m.id = r.id))"
	    " GROUP BY form ORDER BY form",
};

struct db {
	sqlite3 *sql;
	enum db_mode mode;
	sqlite3_stmt *stmt[STMTS];
	int lock; /* of DB_SERVE; -1 */
};

/* What SQLite said, in words for an administrator. os: errno after the step, which
 * SQLite does not keep for us. */
static enum db_result
failed_with(struct db *db, int os, struct err *err)
{
	int rc = sqlite3_extended_errcode(db->sql);
	const char *said = sqlite3_errmsg(db->sql);

	if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) {
		err_set(err, ERR_SYSTEM, _("The store is busy: another program writes."));
		return DB_BUSY;
	}
	if (rc == SQLITE_FULL ||
	    ((rc & 0xff) == SQLITE_IOERR &&
	     (os == ENOSPC || os == EDQUOT || os == EFBIG))) {
		err_set(err, ERR_SYSTEM, _("The disk of the store is full."));
		return DB_FULL;
	}
	err_set(err, ERR_SYSTEM, _("The store failed: %s (%d, %s)."), said, rc,
	    os ? strerror(os) : "-");
	return DB_FAILED;
}

static enum db_result
failed(struct db *db, struct err *err)
{
	return failed_with(db, 0, err);
}

static enum db_result
run(struct db *db, enum stmt which, struct err *err)
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

/* Texts outlive the step: every caller holds them until it returns. */
static void
bind_text(sqlite3_stmt *s, int column, const char *text)
{
	sqlite3_bind_text(s, column, text, -1, SQLITE_STATIC);
}

static const char *
column_text(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? (const char *)text : "";
}

/* The 16 bytes of a UUID that is known to be well-formed. */
static void
id_pack(const char *id, unsigned char out[16])
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

static void
id_unpack(const unsigned char *id, char out[37])
{
	int i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		hash_hex(id + i, 1, out);
		out += 2;
	}
}

static bool
exec(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	failed(db, err);
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
		failed(db, err);
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
		return err_set(err, ERR_INPUT, _("%s is not a collector's database."), where);
	if (*version > MIGRATIONS)
		return err_set(err, ERR_INPUT,
		    _("%s was made by a newer minqing-collector. Update this one."), where);
	return true;
}

static bool
migrate(struct db *db, int version, struct err *err)
{
	struct buf mark = { 0 };
	bool ok = true;

	for (; ok && version < MIGRATIONS; version++) {
		buf_reset(&mark);
		buf_fmt(&mark, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		    APPLICATION_ID, version + 1);
		ok = exec(db, "BEGIN EXCLUSIVE", err) && exec(db, migrations[version], err) &&
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
		if (sqlite3_prepare_v3(db->sql, statements[which], -1,
			SQLITE_PREPARE_PERSISTENT, &db->stmt[which], NULL) != SQLITE_OK) {
			failed(db, err);
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
		ok = err_set(err, ERR_SYSTEM, "%s: %s", path.data, strerror(errno));
	else if (flock(db->lock, LOCK_EX | LOCK_NB) != 0)
		ok = err_set(err, ERR_SYSTEM,
		    _("Another minqing-collector already serves %s."), where);
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
		err_set(err, ERR_SYSTEM, "%s: %s", where, strerror(errno));
		goto fail;
	}
	if (mode == DB_SERVE && !take_lock(db, where, err))
		goto fail;
	if (sqlite3_open_v2(where, &db->sql, flags, NULL) != SQLITE_OK) {
		err_set(err, ERR_SYSTEM, "%s: %s", where, sqlite3_errmsg(db->sql));
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
	return run(db, BEGIN, err);
}

static void
sqlite_rollback(struct db *db)
{
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(db->sql))
		run(db, ROLLBACK, NULL);
}

static enum db_result
sqlite_commit(struct db *db, struct err *err)
{
	enum db_result result = run(db, COMMIT, err);

	if (result != DB_OK)
		sqlite_rollback(db);
	return result;
}

static enum db_result
sqlite_device_add(struct db *db, const char *name, const unsigned char token[HASH_SIZE],
    const char *now, struct err *err)
{
	sqlite3_stmt *s = db->stmt[DEVICE_ADD];
	enum db_result result;

	bind_text(s, 1, name);
	sqlite3_bind_blob(s, 2, token, HASH_SIZE, SQLITE_STATIC);
	bind_text(s, 3, now);
	result = run(db, DEVICE_ADD, err);
	if (result == DB_OK && sqlite3_changes(db->sql) == 0)
		return DB_NONE;
	return result;
}

static enum db_result
sqlite_device_remove(struct db *db, const char *name, const char *now, struct err *err)
{
	enum db_result result;

	bind_text(db->stmt[DEVICE_REMOVE], 1, name);
	bind_text(db->stmt[DEVICE_REMOVE], 2, now);
	result = run(db, DEVICE_REMOVE, err);
	if (result == DB_OK && sqlite3_changes(db->sql) == 0)
		return DB_NONE;
	return result;
}

static void
read_device(sqlite3_stmt *s, struct db_device *device)
{
	*device = (struct db_device){ .id = sqlite3_column_int64(s, 0),
		.removed = sqlite3_column_int(s, 4) };
	snprintf(device->name, sizeof(device->name), "%s", column_text(s, 1));
	snprintf(device->added, sizeof(device->added), "%s", column_text(s, 2));
	snprintf(device->seen, sizeof(device->seen), "%s", column_text(s, 3));
}

static enum db_result
sqlite_device_find(struct db *db, const unsigned char token[HASH_SIZE],
    struct db_device *device, struct err *err)
{
	sqlite3_stmt *s = db->stmt[DEVICE_FIND];
	enum db_result result = DB_OK;
	int rc;

	sqlite3_bind_blob(s, 1, token, HASH_SIZE, SQLITE_STATIC);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		read_device(s, device);
	else
		result = rc == SQLITE_DONE ? DB_NONE : failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

static enum db_result
sqlite_device_each(struct db *db, bool (*row)(const struct db_device *device, void *data),
    void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[DEVICE_EACH];
	enum db_result result = DB_OK;
	struct db_device device;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		read_device(s, &device);
		if (!row(&device, data))
			break;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = failed(db, err);
	sqlite3_reset(s);
	return result;
}

static enum db_result
sqlite_known(struct db *db, const char *const *ids, size_t count,
    void (*row)(const struct db_known *known, void *data), void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[KNOWN];
	enum db_result result = DB_OK;
	unsigned char id[16];
	size_t i;

	for (i = 0; i < count && result == DB_OK; i++) {
		int rc;

		id_pack(ids[i], id);
		sqlite3_bind_blob(s, 1, id, sizeof(id), SQLITE_STATIC);
		while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
			struct db_known known = { .record = i,
				.rev = (long)sqlite3_column_int64(s, 0),
				.base = (long)sqlite3_column_int64(s, 1),
				.hash = column_text(s, 2),
				.base_hash = column_text(s, 3),
				.user = column_text(s, 4),
				.device = sqlite3_column_int64(s, 5),
				.withdrawn = sqlite3_column_int(s, 6) };

			row(&known, data);
		}
		if (rc != SQLITE_DONE)
			result = failed(db, err);
		sqlite3_reset(s);
	}
	sqlite3_clear_bindings(s);
	return result;
}

static enum db_result
sqlite_batch_add(struct db *db, const struct db_batch *batch, int64_t *id,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[BATCH_ADD];
	enum db_result result;

	sqlite3_bind_int64(s, 1, batch->device);
	bind_text(s, 2, batch->received);
	bind_text(s, 3, batch->label);
	sqlite3_bind_int64(s, 4, batch->records);
	sqlite3_bind_int64(s, 5, batch->added);
	sqlite3_bind_int64(s, 6, batch->same);
	sqlite3_bind_int64(s, 7, batch->bad);
	sqlite3_bind_int64(s, 8, (sqlite3_int64)batch->bytes);
	result = run(db, BATCH_ADD, err);
	if (result != DB_OK)
		return result;
	*id = sqlite3_last_insert_rowid(db->sql);
	sqlite3_bind_int64(db->stmt[DEVICE_SEEN], 1, batch->device);
	bind_text(db->stmt[DEVICE_SEEN], 2, batch->received);
	return run(db, DEVICE_SEEN, err);
}

static void
bind_record(sqlite3_stmt *s, const struct wire_record *r)
{
	sqlite3_bind_int64(s, 2, r->rev);
	sqlite3_bind_int64(s, 3, r->base);
	bind_text(s, 4, r->base_hash);
	bind_text(s, 5, r->form);
	bind_text(s, 6, r->version);
	bind_text(s, 7, r->user);
	bind_text(s, 8, r->station);
	bind_text(s, 9, r->device);
	bind_text(s, 10, r->created);
	bind_text(s, 11, r->at);
	bind_text(s, 12, r->hash);
	sqlite3_bind_int(s, 13, r->withdrawn);
	bind_text(s, 14, r->why);
	if (r->answers)
		sqlite3_bind_text(s, 15, r->answers, (int)r->answers_len, SQLITE_STATIC);
}

static enum db_result
sqlite_store(struct db *db, const struct wire_record *const *records, size_t count,
    int64_t device, int64_t batch, struct err *err)
{
	sqlite3_stmt *s = db->stmt[STORE];
	enum db_result result = DB_OK;
	unsigned char id[16];
	size_t i;

	for (i = 0; i < count && result == DB_OK; i++) {
		id_pack(records[i]->id, id);
		sqlite3_bind_blob(s, 1, id, sizeof(id), SQLITE_STATIC);
		bind_record(s, records[i]);
		sqlite3_bind_int64(s, 16, device);
		sqlite3_bind_int64(s, 17, batch);
		result = run(db, STORE, err);
	}
	return result;
}

static enum db_result
sqlite_rows(struct db *db, const char *form, bool withdrawn_too,
    bool (*row)(const struct db_row *row, void *data), void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[ROWS];
	enum db_result result = DB_OK;
	char id[37];
	int rc;

	bind_text(s, 1, form);
	sqlite3_bind_int(s, 2, withdrawn_too);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct db_row r = { .id = id, .form = column_text(s, 1),
			.version = column_text(s, 2), .user = column_text(s, 3),
			.station = column_text(s, 4), .device = column_text(s, 5),
			.created = column_text(s, 6),
			.rev = (long)sqlite3_column_int64(s, 7),
			.withdrawn = sqlite3_column_int(s, 8), .why = column_text(s, 9),
			.answers = column_text(s, 10),
			.answers_len = (size_t)sqlite3_column_bytes(s, 10) };

		id_unpack(sqlite3_column_blob(s, 0), id);
		if (!row(&r, data))
			break;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

static enum db_result
read_totals(struct db *db, struct db_stats *stats, struct err *err)
{
	sqlite3_stmt *s = db->stmt[STATS];
	enum db_result result = DB_OK;

	*stats = (struct db_stats){ 0 };
	if (sqlite3_step(s) == SQLITE_ROW) {
		stats->records = (long)sqlite3_column_int64(s, 0);
		stats->revisions = (long)sqlite3_column_int64(s, 1);
		stats->withdrawn = (long)sqlite3_column_int64(s, 2);
		stats->waiting = (long)sqlite3_column_int64(s, 3);
		stats->devices = (long)sqlite3_column_int64(s, 4);
		stats->batches = (long)sqlite3_column_int64(s, 5);
		snprintf(stats->last_batch, sizeof(stats->last_batch), "%s",
		    column_text(s, 6));
		snprintf(stats->last_device, sizeof(stats->last_device), "%s",
		    column_text(s, 7));
	} else {
		result = failed(db, err);
	}
	sqlite3_reset(s);
	return result;
}

static enum db_result
sqlite_stats(struct db *db, struct db_stats *stats,
    void (*form)(const struct db_form_stats *form, void *data), void *data,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[STATS_FORMS];
	enum db_result result = read_totals(db, stats, err);
	int rc;

	if (result != DB_OK)
		return result;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct db_form_stats f = { .form = column_text(s, 0),
			.records = (long)sqlite3_column_int64(s, 1),
			.revisions = (long)sqlite3_column_int64(s, 2),
			.withdrawn = (long)sqlite3_column_int64(s, 3) };

		form(&f, data);
	}
	if (rc != SQLITE_DONE)
		result = failed(db, err);
	sqlite3_reset(s);
	return result;
}

const struct db_ops db_sqlite = {
	.name = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.device_add = sqlite_device_add,
	.device_remove = sqlite_device_remove,
	.device_find = sqlite_device_find,
	.device_each = sqlite_device_each,
	.known = sqlite_known,
	.batch_add = sqlite_batch_add,
	.store = sqlite_store,
	.rows = sqlite_rows,
	.stats = sqlite_stats,
};
