/* What goes down: cases, feedback, forms and lists, and a worker's own records. */
#include "db_sqlite_private.h"

#include "err.h"

#include <stdio.h>
#include <string.h>

static enum db_result
change_put(struct db *db, enum feed feed, const char *audience, const void *key,
    size_t len, struct err *err)
{
	sqlite3_stmt *s = db->stmt[CHANGE_PUT];

	sqlite3_bind_int(s, 1, (int)feed);
	sql_bind(s, 2, audience);
	sqlite3_bind_blob64(s, 3, key, len, SQLITE_STATIC);
	return sql_run(db, CHANGE_PUT, err);
}

static enum db_result
record_put(struct db *db, enum feed feed, const char *id, const char *audience,
    struct err *err)
{
	unsigned char key[16];

	sql_id_pack(id, key);
	return change_put(db, feed, audience, key, sizeof(key), err);
}

static void
bind_after(sqlite3_stmt *s, enum feed feed, const char *audience, int64_t after)
{
	sqlite3_bind_int(s, 1, (int)feed);
	sql_bind(s, 2, audience);
	sqlite3_bind_int64(s, 3, after);
}

/* --- cases and a worker's own records --- */

struct revisions {
	bool (*row)(const struct db_revision *revision, void *data);
	void *data;
	bool stopped;
};

static bool
take_revision(sqlite3_stmt *s, void *data)
{
	struct revisions *r = data;
	char id[37];
	struct db_revision revision = { .seq = sqlite3_column_int64(s, 0), .id = id,
		.form = sql_column(s, 2), .version = sql_column(s, 3),
		.user = sql_column(s, 4), .station = sql_column(s, 5),
		.device = sql_column(s, 6), .created = sql_column(s, 7),
		.at = sql_column(s, 8), .hash = sql_column(s, 9),
		.rev = (long)sqlite3_column_int64(s, 10),
		.base = (long)sqlite3_column_int64(s, 11),
		.withdrawn = sqlite3_column_int(s, 12), .why = sql_column(s, 13),
		.answers = (const char *)sqlite3_column_text(s, 14),
		.answers_len = (size_t)sqlite3_column_bytes(s, 14),
		.holder = sql_column(s, 15), .holder_name = sql_column(s, 16) };

	sql_id_unpack(sqlite3_column_blob(s, 1), id);
	r->stopped = !r->row(&revision, r->data);
	return !r->stopped;
}

enum db_result
db_sqlite_case_put(struct db *db, const char *id, const char *audience, struct err *err)
{
	return record_put(db, FEED_CASE, id, audience, err);
}

enum db_result
db_sqlite_cases_after(struct db *db, const char *audience, int64_t after,
    bool (*row)(const struct db_revision *revision, void *data), void *data,
    struct err *err)
{
	struct revisions r = { .row = row, .data = data };

	bind_after(db->stmt[CASES_AFTER], FEED_CASE, audience, after);
	return sql_rows(db, CASES_AFTER, take_revision, &r, err);
}

enum db_result
db_sqlite_hand_over(struct db *db, const char *id, const char *user, const char *now,
    struct err *err)
{
	enum db_result result;
	unsigned char room[16];

	sql_bind_id(db->stmt[HAND_OVER], 1, id, room);
	sql_bind(db->stmt[HAND_OVER], 2, user);
	sql_bind(db->stmt[HAND_OVER], 3, now);
	result = sql_run(db, HAND_OVER, err);
	return result == DB_OK ? db_sqlite_case_put(db, id, user, err) : result;
}

static bool
take_number(sqlite3_stmt *s, void *data)
{
	*(int64_t *)data = sqlite3_column_int64(s, 0);
	return true;
}

enum db_result
db_sqlite_revisions_after(struct db *db, const char *user, int64_t device, int64_t after,
    int64_t own_until, bool (*row)(const struct db_revision *revision, void *data),
    void *data, int64_t *end, struct err *err)
{
	struct revisions r = { .row = row, .data = data };
	sqlite3_stmt *s = db->stmt[REVISIONS_AFTER];
	enum db_result result;
	int64_t last = after;

	sql_bind(db->stmt[REVISIONS_END], 1, user);
	result = sql_row(db, REVISIONS_END, take_number, &last, err);
	if (result != DB_OK)
		return result;
	sql_bind(s, 1, user);
	sqlite3_bind_int64(s, 2, after);
	sqlite3_bind_int64(s, 3, device);
	sqlite3_bind_int64(s, 4, own_until);
	result = sql_rows(db, REVISIONS_AFTER, take_revision, &r, err);
	if (!r.stopped && last > after)
		*end = last;
	return result;
}

static bool
take_hash(sqlite3_stmt *s, void *data)
{
	snprintf(data, 17, "%s", sql_column(s, 0));
	return true;
}

enum db_result
db_sqlite_mark(struct db *db, int64_t seq, char hash[17], struct err *err)
{
	sqlite3_bind_int64(db->stmt[MARK], 1, seq);
	return sql_row(db, MARK, take_hash, hash, err);
}

static bool
take_two(sqlite3_stmt *s, void *data)
{
	int64_t **numbers = data;

	*numbers[0] = sqlite3_column_int64(s, 0);
	*numbers[1] = sqlite3_column_int64(s, 1);
	return true;
}

enum db_result
db_sqlite_newest(struct db *db, int64_t *change, int64_t *revision, struct err *err)
{
	int64_t *numbers[] = { change, revision };

	return sql_row(db, NEWEST, take_two, numbers, err);
}

/* --- feedback --- */

enum db_result
db_sqlite_feedback_set(struct db *db, const struct db_feedback *feedback, struct err *err)
{
	sqlite3_stmt *s = db->stmt[FEEDBACK_SET];
	unsigned char room[16];

	sql_bind_id(s, 1, feedback->id, room);
	sqlite3_bind_int64(s, 2, feedback->rev);
	sql_bind(s, 3, feedback->state);
	sql_bind(s, 4, feedback->path);
	sql_bind(s, 5, feedback->message);
	sql_bind(s, 6, feedback->at);
	return sql_run(db, FEEDBACK_SET, err);
}

enum db_result
db_sqlite_feedback_put(struct db *db, const char *id, const char *audience,
    struct err *err)
{
	return record_put(db, FEED_FEEDBACK, id, audience, err);
}

struct feedbacks {
	bool (*row)(const struct db_feedback *feedback, void *data);
	void *data;
};

static bool
take_feedback(sqlite3_stmt *s, void *data)
{
	struct feedbacks *f = data;
	char id[37];
	struct db_feedback feedback = { .seq = sqlite3_column_int64(s, 0), .id = id,
		.rev = (long)sqlite3_column_int64(s, 2), .state = sql_column(s, 3),
		.path = sql_column(s, 4), .message = sql_column(s, 5),
		.at = sql_column(s, 6) };

	sql_id_unpack(sqlite3_column_blob(s, 1), id);
	return f->row(&feedback, f->data);
}

enum db_result
db_sqlite_feedback_after(struct db *db, const char *audience, int64_t after,
    bool (*row)(const struct db_feedback *feedback, void *data), void *data,
    struct err *err)
{
	struct feedbacks f = { row, data };

	bind_after(db->stmt[FEEDBACK_AFTER], FEED_FEEDBACK, audience, after);
	return sql_rows(db, FEEDBACK_AFTER, take_feedback, &f, err);
}

/* --- forms and lists --- */

/* A form's versions stand beside each other, a list replaces the one of its name. */
static void
write_key(const struct db_file *file, char key[256])
{
	if (!strcmp(file->kind, "form"))
		snprintf(key, 256, "form %s %s", file->name, file->version);
	else
		snprintf(key, 256, "%s %s", file->kind, file->name);
}

static bool
take_sha(sqlite3_stmt *s, void *data)
{
	if (sqlite3_column_bytes(s, 0) == HASH_SIZE)
		memcpy(data, sqlite3_column_blob(s, 0), HASH_SIZE);
	return true;
}

static enum db_result
file_write(struct db *db, const struct db_file *file, const char *key, const char *now,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[FILE_PUT];

	sql_bind(s, 1, key);
	sql_bind(s, 2, file->kind);
	sql_bind(s, 3, file->name);
	sql_bind(s, 4, file->version);
	sql_bind_hash(s, 5, file->sha);
	sqlite3_bind_int64(s, 6, (sqlite3_int64)file->size);
	sql_bind(s, 7, now);
	return sql_run(db, FILE_PUT, err);
}

static enum db_result
blob_write(struct db *db, const unsigned char sha[HASH_SIZE], const void *gzip, size_t len,
    struct err *err)
{
	sqlite3_stmt *s = db->stmt[BLOB_PUT];

	sql_bind_hash(s, 1, sha);
	sqlite3_bind_blob64(s, 2, gzip, len, SQLITE_STATIC);
	return sql_run(db, BLOB_PUT, err);
}

enum db_result
db_sqlite_file_put(struct db *db, const struct db_file *file, const void *gzip, size_t len,
    const char *now, struct err *err)
{
	unsigned char there[HASH_SIZE] = { 0 };
	enum db_result result;
	char key[256];

	write_key(file, key);
	sql_bind(db->stmt[FILE_SAME], 1, key);
	result = sql_row(db, FILE_SAME, take_sha, there, err);
	if (result == DB_OK && !memcmp(there, file->sha, HASH_SIZE))
		return DB_OK;
	if (result == DB_OK && !strcmp(file->kind, "form"))
		return DB_NONE;
	if (result == DB_OK || result == DB_NONE)
		result = blob_write(db, file->sha, gzip, len, err);
	if (result == DB_OK)
		result = file_write(db, file, key, now, err);
	if (result == DB_OK)
		result = sql_run(db, BLOB_FORGET, err);
	if (result == DB_OK)
		result = change_put(db, FEED_FILE, "", key, strlen(key), err);
	return result;
}

struct files {
	bool (*row)(const struct db_file *file, void *data);
	void *data;
};

static bool
take_file(sqlite3_stmt *s, void *data)
{
	struct files *f = data;
	struct db_file file = { .seq = sqlite3_column_int64(s, 0),
		.kind = sql_column(s, 1), .name = sql_column(s, 2),
		.version = sql_column(s, 3), .size = (size_t)sqlite3_column_int64(s, 5) };

	if (sqlite3_column_bytes(s, 4) == HASH_SIZE)
		memcpy(file.sha, sqlite3_column_blob(s, 4), HASH_SIZE);
	return f->row(&file, f->data);
}

enum db_result
db_sqlite_files_after(struct db *db, int64_t after,
    bool (*row)(const struct db_file *file, void *data), void *data, struct err *err)
{
	struct files f = { row, data };

	sqlite3_bind_int(db->stmt[FILES_AFTER], 1, FEED_FILE);
	sqlite3_bind_int64(db->stmt[FILES_AFTER], 2, after);
	return sql_rows(db, FILES_AFTER, take_file, &f, err);
}

struct blobs {
	void (*row)(const void *gzip, size_t len, void *data);
	void *data;
};

static bool
take_blob(sqlite3_stmt *s, void *data)
{
	struct blobs *b = data;

	b->row(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), b->data);
	return true;
}

enum db_result
db_sqlite_blob(struct db *db, const unsigned char sha[HASH_SIZE],
    void (*row)(const void *gzip, size_t len, void *data), void *data, struct err *err)
{
	struct blobs b = { row, data };

	sql_bind_hash(db->stmt[BLOB], 1, sha);
	return sql_row(db, BLOB, take_blob, &b, err);
}
