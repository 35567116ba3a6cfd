/*
 * Everything that can still be read: a damaged page costs the rows on it and no others.
 */
#include "store.h"

#include "buf.h"
#include "i18n.h"
#include "json.h"
#include "vault.h"
#include "vault_pieces.h"

#include <string.h>

/* What a record's row has for its line stands behind each one's own columns. */
#define ENVELOPE \
	" r.id, r.form, r.created, r.modified, r.user, r.station, r.device, r.state"

/* A draft that is older than what was finalised since was left on a page that is free. */
static const char drafts_sql[] =
    "SELECT d.record, coalesce(r.rev, 0), d.version, d.answers, d.title, d.cursor," ENVELOPE
    " FROM draft d LEFT JOIN record r ON r.number = d.record"
    " WHERE r.number IS NULL OR r.state = 'draft' OR d.saved >= r.changed"
    " ORDER BY d.record";

/* The last revision that has answers; why is that of a withdrawal after it. */
static const char records_sql[] =
    "SELECT v.record, v.rev, v.version, v.answers,"
    " (SELECT w.why FROM revision w WHERE w.record = v.record AND w.seq > v.seq"
    "  ORDER BY w.seq DESC), NULL," ENVELOPE
    " FROM revision v LEFT JOIN record r ON r.number = v.record"
    " WHERE v.seq IN (SELECT max(seq) FROM revision WHERE answers IS NOT NULL"
    "  GROUP BY record)"
    " ORDER BY v.record";
enum { NUMBER, REV, VERSION, ANSWERS, WHY_OR_TITLE, CURSOR, ID };

static const char files_sql[] =
    "SELECT id, version, source FROM form"
    " UNION ALL SELECT filename, NULL, text FROM list";

static const char log_sql[] =
    "SELECT number, at, who, what, about, hash FROM audit ORDER BY number";

static const char receipts_sql[] =
    "SELECT id, began, ended, collector, sent, accepted, refused, remaining, digest,"
    " outcome FROM receipt ORDER BY id";

struct salvaging {
	sqlite3 *db;
	const struct vault_salvor *salvor;
	struct vault_salvage *result;
	struct buf line;
};

static const char *
text_of(sqlite3_stmt *stmt, int column, size_t *len)
{
	const void *text = sqlite3_column_blob(stmt, column);

	*len = (size_t)sqlite3_column_bytes(stmt, column);
	return text ? text : "";
}

/* The record's members, as export writes them. */
static void
write_envelope(struct json_writer *w, sqlite3_stmt *stmt)
{
	static const char *const names[] = { "_id", "_form", "_created", "_modified",
					     "_operator", "_station", "_device", "_state" };

	if (sqlite3_column_type(stmt, ID) == SQLITE_NULL) {
		json_member_integer(w, "_number", sqlite3_column_int64(stmt, NUMBER));
		return;
	}
	for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
		json_member(w, names[i], store_column(stmt, ID + i));
}

/* The members of the answers' own object. False: they are not whole. */
static bool
write_answers(struct json_writer *w, const char *answers, size_t len)
{
	struct json_reader r;
	const char *raw;
	size_t raw_len;
	bool whole;

	json_reader_init(&r, answers, len);
	whole = json_next(&r) == JSON_OBJECT;
	while (whole && json_next(&r) == JSON_NAME) {
		json_name(w, r.text);
		whole = json_skip(&r, &raw, &raw_len);
		if (whole)
			json_raw(w, raw, raw_len);
		else
			json_null(w);
	}
	json_reader_clear(&r);
	return whole;
}

static bool
salvage_records(struct salvaging *s, sqlite3_stmt *stmt, bool drafts)
{
	const char *answers;
	size_t len;
	struct json_writer w;

	buf_reset(&s->line);
	json_writer_init(&w, &s->line);
	json_object(&w);
	write_envelope(&w, stmt);
	json_member(&w, "_version", store_column(stmt, VERSION));
	if (sqlite3_column_int(stmt, REV) > 0)
		json_member_integer(&w, "_rev", sqlite3_column_int(stmt, REV));
	if (drafts) {
		json_name(&w, "_draft");
		json_bool(&w, true);
		json_member(&w, "_title", store_column(stmt, WHY_OR_TITLE));
		json_member(&w, "_cursor", store_column(stmt, CURSOR));
	} else if (sqlite3_column_type(stmt, WHY_OR_TITLE) != SQLITE_NULL) {
		json_member(&w, "_why", store_column(stmt, WHY_OR_TITLE));
	}
	answers = text_of(stmt, ANSWERS, &len);
	if (!write_answers(&w, answers, len))
		s->result->lost++;
	json_object_end(&w);
	(*(drafts ? &s->result->drafts : &s->result->records))++;
	return (drafts ? s->salvor->draft : s->salvor->record)(s->salvor->data,
	    buf_text(&s->line), s->line.len);
}

static bool
salvage_record(struct salvaging *s, sqlite3_stmt *stmt)
{
	return salvage_records(s, stmt, false);
}

static bool
salvage_draft(struct salvaging *s, sqlite3_stmt *stmt)
{
	return salvage_records(s, stmt, true);
}

static bool
salvage_file(struct salvaging *s, sqlite3_stmt *stmt)
{
	size_t len;
	const char *bytes = text_of(stmt, 2, &len);
	const char *version = (const char *)sqlite3_column_text(stmt, 1);

	s->result->files++;
	return s->salvor->file(s->salvor->data, store_column(stmt, 0), version, bytes, len);
}

/* A row as an object whose members are the columns. */
static bool
salvage_other(struct salvaging *s, sqlite3_stmt *stmt)
{
	struct json_writer w;

	buf_reset(&s->line);
	json_writer_init(&w, &s->line);
	json_object(&w);
	for (int i = 0; i < sqlite3_column_count(stmt); i++) {
		const char *name = sqlite3_column_name(stmt, i);

		if (sqlite3_column_type(stmt, i) == SQLITE_INTEGER)
			json_member_integer(&w, name, sqlite3_column_int64(stmt, i));
		else
			json_member(&w, name, store_column(stmt, i));
	}
	json_object_end(&w);
	return s->salvor->other(s->salvor->data, buf_text(&s->line), s->line.len);
}

/* Each row to give, until one is not taken. */
static bool
each(struct salvaging *s, const char *sql, bool (*give)(struct salvaging *, sqlite3_stmt *))
{
	sqlite3_stmt *stmt = NULL;
	bool taken = true;
	int code = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	while (code == SQLITE_OK && taken && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		taken = give(s, stmt);
		code = SQLITE_OK;
	}
	sqlite3_finalize(stmt);
	return taken && code == SQLITE_DONE;
}

bool
vault_salvage(const char *path, struct vault_key *key, const struct vault_salvor *salvor,
	      struct vault_salvage *result, struct err *err)
{
	struct salvaging s = { .salvor = salvor, .result = result };
	bool good;

	memset(result, 0, sizeof(*result));
	s.db = pieces_read(path, key, &result->lost, err);
	if (!s.db)
		return false;
	good = each(&s, records_sql, salvage_record) && each(&s, drafts_sql, salvage_draft) &&
	       each(&s, files_sql, salvage_file) && each(&s, receipts_sql, salvage_other) &&
	       each(&s, log_sql, salvage_other);
	sqlite3_close(s.db);
	buf_clear(&s.line);
	return good || err_set(err, ERR_SYSTEM,
			   _("What was found could not be written out. Check that there "
			     "is room and that you may write there."));
}
