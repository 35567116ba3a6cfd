/* Lines of batches that are no records: kept as they came, for whoever reads them. */
#include "db_sqlite_private.h"

#include "buf.h"
#include "log_piece.h"

#include <string.h>

enum db_result
db_sqlite_kept(struct db *db, const char *line, size_t len, struct err *err)
{
	sqlite3_stmt *s = db->stmt[KEPT];
	unsigned char sha[HASH_SIZE];
	enum db_result result;
	int rc;

	hash_sha256(line, len, sha);
	sql_bind_hash(s, 1, sha);
	rc = sqlite3_step(s);
	result = rc == SQLITE_ROW ? DB_OK : rc == SQLITE_DONE ? DB_NONE : sql_failed(db, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return result;
}

enum db_result
db_sqlite_keep(struct db *db, const char *kind, const char *line, size_t len,
    int64_t batch, struct err *err)
{
	sqlite3_stmt *s = db->stmt[KEEP];
	unsigned char sha[HASH_SIZE];

	struct log_piece p = { 0 };
	long number;

	hash_sha256(line, len, sha);
	sql_bind(s, 1, kind);
	sql_bind_hash(s, 2, sha);
	sqlite3_bind_int64(s, 3, batch);
	sqlite3_bind_text(s, 4, line, (int)len, SQLITE_STATIC);
	sqlite3_bind_null(s, 5);
	if (!strcmp(kind, "audit") && log_piece_read(line, len, &p) &&
	    log_piece_end(&p, &number))
		sqlite3_bind_int64(s, 5, number);
	log_piece_clear(&p);
	return sql_run(db, KEEP, err);
}

struct reading {
	bool (*row)(const char *line, size_t len, void *data);
	void *data;
};

static bool
take_line(sqlite3_stmt *s, void *data)
{
	struct reading *r = data;

	return r->row(sql_column(s, 0), (size_t)sqlite3_column_bytes(s, 0), r->data);
}

enum db_result
db_sqlite_kept_each(struct db *db, const char *kind,
    bool (*row)(const char *line, size_t len, void *data), void *data, struct err *err)
{
	struct reading r = { row, data };

	sql_bind(db->stmt[KEPT_EACH], 1, kind);
	return sql_rows(db, KEPT_EACH, take_line, &r, err);
}

static bool
add_line(sqlite3_stmt *s, void *data)
{
	buf_add(data, sql_column(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	return true;
}

enum db_result
db_sqlite_kept_last(struct db *db, int64_t device, const char *kind, struct buf *line,
    struct err *err)
{
	sqlite3_bind_int64(db->stmt[KEPT_LAST], 1, device);
	sql_bind(db->stmt[KEPT_LAST], 2, kind);
	return sql_row(db, KEPT_LAST, add_line, line, err);
}
