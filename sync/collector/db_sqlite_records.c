/* Laptops, batches and the records that they brought. */
#include "db_sqlite_private.h"

#include "buf.h"
#include "err.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

enum db_result
db_sqlite_device_add(struct db *db, const char *name, const char *worker,
    const unsigned char token[HASH_SIZE], const char *now, struct err *err)
{
	sqlite3_stmt *s = db->stmt[DEVICE_ADD];

	sql_bind(s, 1, name);
	sql_bind_hash(s, 2, token);
	sql_bind(s, 3, now);
	sql_bind(s, 4, worker);
	return sql_change(db, DEVICE_ADD, err);
}

enum db_result
db_sqlite_device_remove(struct db *db, const char *name, const char *now, struct err *err)
{
	sql_bind(db->stmt[DEVICE_REMOVE], 1, name);
	sql_bind(db->stmt[DEVICE_REMOVE], 2, now);
	return sql_change(db, DEVICE_REMOVE, err);
}

static void
read_device(sqlite3_stmt *s, struct db_device *device)
{
	*device = (struct db_device){ .id = sqlite3_column_int64(s, 0),
		.removed = sqlite3_column_int(s, 4) };
	SQL_COPY(device->name, s, 1);
	SQL_COPY(device->added, s, 2);
	SQL_COPY(device->seen, s, 3);
	SQL_COPY(device->worker, s, 5);
}

enum db_result
db_sqlite_device_find(struct db *db, const unsigned char token[HASH_SIZE],
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
		result = rc == SQLITE_DONE ? DB_NONE : sql_failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

enum db_result
db_sqlite_device_each(struct db *db, bool (*row)(const struct db_device *device, void *data),
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
		result = sql_failed(db, err);
	sqlite3_reset(s);
	return result;
}

enum db_result
db_sqlite_known(struct db *db, const char *const *ids, size_t count,
    void (*row)(const struct db_known *known, void *data), void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[KNOWN];
	enum db_result result = DB_OK;
	unsigned char id[16];
	size_t i;

	for (i = 0; i < count && result == DB_OK; i++) {
		int rc;

		sql_id_pack(ids[i], id);
		sqlite3_bind_blob(s, 1, id, sizeof(id), SQLITE_STATIC);
		while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
			struct db_known known = { .record = i,
				.rev = (long)sqlite3_column_int64(s, 0),
				.base = (long)sqlite3_column_int64(s, 1),
				.hash = sql_column(s, 2),
				.base_hash = sql_column(s, 3),
				.user = sql_column(s, 4),
				.device = sqlite3_column_int64(s, 5),
				.withdrawn = sqlite3_column_int(s, 6) };

			row(&known, data);
		}
		if (rc != SQLITE_DONE)
			result = sql_failed(db, err);
		sqlite3_reset(s);
	}
	sqlite3_clear_bindings(s);
	return result;
}

struct holders {
	size_t record;
	void (*row)(size_t record, const char *user, void *data);
	void *data;
};

static bool
take_holder(sqlite3_stmt *s, void *data)
{
	struct holders *h = data;

	h->row(h->record, sql_column(s, 0), h->data);
	return true;
}

enum db_result
db_sqlite_holders(struct db *db, const char *const *ids, size_t count,
    void (*row)(size_t record, const char *user, void *data), void *data, struct err *err)
{
	struct holders h = { .row = row, .data = data };
	enum db_result result = DB_OK;
	unsigned char id[16];

	for (; h.record < count && result == DB_OK; h.record++) {
		sql_bind_id(db->stmt[HOLDERS], 1, ids[h.record], id);
		result = sql_rows(db, HOLDERS, take_holder, &h, err);
	}
	return result;
}

enum db_result
db_sqlite_batch_add(struct db *db, const struct db_batch *batch, int64_t *id,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[BATCH_ADD];
	enum db_result result;

	sqlite3_bind_int64(s, 1, batch->device);
	sql_bind(s, 2, batch->received);
	sql_bind(s, 3, batch->label);
	sqlite3_bind_int64(s, 4, batch->records);
	sqlite3_bind_int64(s, 5, batch->added);
	sqlite3_bind_int64(s, 6, batch->same);
	sqlite3_bind_int64(s, 7, batch->bad);
	sqlite3_bind_int64(s, 8, (sqlite3_int64)batch->bytes);
	result = sql_run(db, BATCH_ADD, err);
	if (result != DB_OK)
		return result;
	*id = sqlite3_last_insert_rowid(db->sql);
	sqlite3_bind_int64(db->stmt[DEVICE_SEEN], 1, batch->device);
	sql_bind(db->stmt[DEVICE_SEEN], 2, batch->received);
	return sql_run(db, DEVICE_SEEN, err);
}

static void
bind_record(sqlite3_stmt *s, const struct wire_record *r)
{
	sqlite3_bind_int64(s, 2, r->rev);
	sqlite3_bind_int64(s, 3, r->base);
	sql_bind(s, 4, r->base_hash);
	sql_bind(s, 5, r->form);
	sql_bind(s, 6, r->version);
	sql_bind(s, 7, r->user);
	sql_bind(s, 8, r->station);
	sql_bind(s, 9, r->device);
	sql_bind(s, 10, r->created);
	sql_bind(s, 11, r->at);
	sql_bind(s, 12, r->hash);
	sqlite3_bind_int(s, 13, r->withdrawn);
	sql_bind(s, 14, r->why);
	if (r->answers)
		sqlite3_bind_text(s, 15, r->answers, (int)r->answers_len, SQLITE_STATIC);
}

enum db_result
db_sqlite_store(struct db *db, const struct wire_record *const *records, size_t count,
    int64_t device, int64_t batch, struct err *err)
{
	sqlite3_stmt *s = db->stmt[STORE];
	enum db_result result = DB_OK;
	unsigned char id[16];
	size_t i;

	for (i = 0; i < count && result == DB_OK; i++) {
		sql_id_pack(records[i]->id, id);
		sqlite3_bind_blob(s, 1, id, sizeof(id), SQLITE_STATIC);
		bind_record(s, records[i]);
		sqlite3_bind_int64(s, 16, device);
		sqlite3_bind_int64(s, 17, batch);
		result = sql_run(db, STORE, err);
	}
	return result;
}

enum db_result
db_sqlite_rows(struct db *db, const char *form, bool withdrawn_too,
    bool (*row)(const struct db_row *row, void *data), void *data, struct err *err)
{
	sqlite3_stmt *s = db->stmt[ROWS];
	enum db_result result = DB_OK;
	char id[37];
	int rc;

	sql_bind(s, 1, form);
	sqlite3_bind_int(s, 2, withdrawn_too);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct db_row r = { .id = id, .form = sql_column(s, 1),
			.version = sql_column(s, 2), .user = sql_column(s, 3),
			.station = sql_column(s, 4), .device = sql_column(s, 5),
			.created = sql_column(s, 6),
			.rev = (long)sqlite3_column_int64(s, 7),
			.withdrawn = sqlite3_column_int(s, 8), .why = sql_column(s, 9),
			.answers = sql_column(s, 10),
			.answers_len = (size_t)sqlite3_column_bytes(s, 10) };

		sql_id_unpack(sqlite3_column_blob(s, 0), id);
		if (!row(&r, data))
			break;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = sql_failed(db, err);
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
		    sql_column(s, 6));
		snprintf(stats->last_device, sizeof(stats->last_device), "%s",
		    sql_column(s, 7));
	} else {
		result = sql_failed(db, err);
	}
	sqlite3_reset(s);
	return result;
}

enum db_result
db_sqlite_stats(struct db *db, struct db_stats *stats,
    void (*form)(const struct db_form_stats *form, void *data), void *data,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[STATS_FORMS];
	enum db_result result = read_totals(db, stats, err);
	int rc;

	if (result != DB_OK)
		return result;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct db_form_stats f = { .form = sql_column(s, 0),
			.records = (long)sqlite3_column_int64(s, 1),
			.revisions = (long)sqlite3_column_int64(s, 2),
			.withdrawn = (long)sqlite3_column_int64(s, 3) };

		form(&f, data);
	}
	if (rc != SQLITE_DONE)
		result = sql_failed(db, err);
	sqlite3_reset(s);
	return result;
}


struct matching {
	void (*row)(const char *id, void *data);
	void *data;
};

static bool
take_match(sqlite3_stmt *s, void *data)
{
	struct matching *m = data;
	char id[37];

	sql_id_unpack(sqlite3_column_blob(s, 0), id);
	m->row(id, m->data);
	return true;
}

/* The digits of the beginning, filled up with the first and the last one. */
enum db_result
db_sqlite_match(struct db *db, const char *beginning,
    void (*row)(const char *id, void *data), void *data, struct err *err)
{
	struct matching m = { row, data };
	char low[33], high[33];
	unsigned char from[16], to[16];
	size_t n = 0;

	for (; *beginning && n < 32; beginning++)
		if (*beginning != '-')
			low[n] = high[n] = *beginning, n++;
	memset(low + n, '0', 32 - n);
	memset(high + n, 'f', 32 - n);
	low[32] = high[32] = '\0';
	sql_bind_id(db->stmt[MATCH], 1, low, from);
	sql_bind_id(db->stmt[MATCH], 2, high, to);
	return sql_rows(db, MATCH, take_match, &m, err);
}

static bool
take_last(sqlite3_stmt *s, void *data)
{
	struct db_last *last = data;

	*last = (struct db_last){ .rev = (long)sqlite3_column_int64(s, 1),
		.device = sqlite3_column_int64(s, 4),
		.withdrawn = sqlite3_column_int(s, 7) };
	sql_id_unpack(sqlite3_column_blob(s, 0), last->id);
	SQL_COPY(last->form, s, 2);
	SQL_COPY(last->user, s, 3);
	SQL_COPY(last->worker, s, 5);
	SQL_COPY(last->holder, s, 6);
	return true;
}

enum db_result
db_sqlite_last(struct db *db, const char *id, struct db_last *last, struct err *err)
{
	unsigned char room[16];

	sql_bind_id(db->stmt[LAST], 1, id, room);
	return sql_row(db, LAST, take_last, last, err);
}

static bool
take_text(sqlite3_stmt *s, void *data)
{
	buf_str(data, sql_column(s, 0));
	return true;
}

enum db_result
db_sqlite_meta_get(struct db *db, const char *key, struct buf *value, struct err *err)
{
	sql_bind(db->stmt[META_GET], 1, key);
	return sql_row(db, META_GET, take_text, value, err);
}

enum db_result
db_sqlite_meta_set(struct db *db, const char *key, const char *value, struct err *err)
{
	sql_bind(db->stmt[META_SET], 1, key);
	sql_bind(db->stmt[META_SET], 2, value);
	return sql_run(db, META_SET, err);
}
