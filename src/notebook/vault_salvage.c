/*
 * Everything that can still be read, row by row: a damaged page costs the rows on it
 * and no others, and a damaged inner page those below it.
 *
 * Rows are asked for by number, one after the other, since a walk through a table ends
 * at the first page that does not open.
 */
#include "store.h"

#include "buf.h"
#include "i18n.h"
#include "json.h"
#include "mem.h"
#include "vault.h"

#include <stdlib.h>
#include <string.h>

/* How far past the last row that is seen numbers are tried when the end of a table does
 * not open. */
#define BEYOND 20000

enum query { RECORD, REVISION, REVISION_OF, DRAFT, FORM, LIST, QUERIES };

static const char *const queries[QUERIES] = {
	[RECORD] = "SELECT id, form, version, created, modified, rev, user, station,"
		   " device, state FROM record WHERE number = ?1",
	[REVISION] = "SELECT rev, version, at, user, answers FROM revision WHERE seq = ?1",
	[REVISION_OF] = "SELECT record FROM revision"
			" WHERE seq = ?1 AND answers IS NOT NULL",
	[DRAFT] = "SELECT version, modified, title, answers FROM draft WHERE record = ?1",
	[FORM] = "SELECT id, version, source FROM form WHERE number = ?1",
	[LIST] = "SELECT filename, NULL, text FROM list WHERE rowid = ?1",
};

struct salvaging {
	struct notebook *nb;
	const struct vault_salvor *salvor;
	struct vault_salvage *result;
	struct buf line;
	int64_t records, revisions; /* numbers go up to these */
	sqlite3_stmt *stmts[QUERIES];
	int64_t *latest;            /* by record: its last revision that opens */
	int64_t shut[QUERIES];      /* the last number that could not be read */
	bool stopped;
};

/* The row of that number, until the same is asked again; NULL: there is none, or it
 * cannot be read, which counts: once for numbers that follow one another, since a page
 * that does not open shuts away all of its own. */
static sqlite3_stmt *
ask(struct salvaging *s, enum query which, int64_t number)
{
	sqlite3_stmt **stmt = &s->stmts[which];
	int code = SQLITE_OK;

	if (!*stmt)
		code = sqlite3_prepare_v2(s->nb->db, queries[which], -1, stmt, NULL);
	if (code == SQLITE_OK) {
		sqlite3_reset(*stmt);
		sqlite3_bind_int64(*stmt, 1, number);
		code = sqlite3_step(*stmt);
	}
	if (code == SQLITE_ROW)
		return *stmt;
	if (code != SQLITE_DONE) {
		s->result->lost += s->shut[which] == 0 || number != s->shut[which] + 1;
		s->shut[which] = number;
	}
	return NULL;
}

/* A column, or "": a long text may go on over a page that does not open. */
static const char *
text_of(sqlite3_stmt *stmt, int column, size_t *len)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	*len = text ? (size_t)sqlite3_column_bytes(stmt, column) : 0;
	return text ? (const char *)text : "";
}

/* The highest number in a table: the last one; or, when that does not open, a good way
 * past the last one seen from the front. */
static int64_t
highest(struct salvaging *s, const char *number, const char *table)
{
	struct buf sql = { 0 };
	sqlite3_stmt *stmt = NULL;
	int64_t found = 0;
	int code;

	buf_fmt(&sql, "SELECT max(%s) FROM %s NOT INDEXED", number, table);
	code = sqlite3_prepare_v2(s->nb->db, buf_text(&sql), -1, &stmt, NULL);
	if (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		found = sqlite3_column_int64(stmt, 0);
		goto out;
	}
	sqlite3_finalize(stmt);
	stmt = NULL;
	buf_reset(&sql);
	buf_fmt(&sql, "SELECT %s FROM %s NOT INDEXED", number, table);
	code = sqlite3_prepare_v2(s->nb->db, buf_text(&sql), -1, &stmt, NULL);
	while (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		if (sqlite3_column_int64(stmt, 0) > found)
			found = sqlite3_column_int64(stmt, 0);
	found += BEYOND;
out:
	sqlite3_finalize(stmt);
	buf_clear(&sql);
	return found;
}

static void
give(struct salvaging *s, bool (*to)(void *, const char *, size_t), long *count)
{
	if (to(s->salvor->data, buf_text(&s->line), s->line.len))
		++*count;
	else
		s->stopped = true;
}

/* A record's members that its row has, as export writes them. */
static void
write_envelope(struct json_writer *w, sqlite3_stmt *record)
{
	static const char *const names[] = { "_id", "_form", "_version", "_created",
					     "_modified", NULL, "_operator", "_station",
					     "_device", "_state" };
	size_t len;

	for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
		if (names[i])
			json_member(w, names[i], text_of(record, i, &len));
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

/* One object: the record's row when it opens, its number when not; then the answers. */
static void
write_line(struct salvaging *s, int64_t number, sqlite3_stmt *record, int rev,
	   const char *answers, size_t len)
{
	struct json_writer w;

	buf_reset(&s->line);
	json_writer_init(&w, &s->line);
	json_object(&w);
	if (record)
		write_envelope(&w, record);
	else
		json_member_integer(&w, "_number", number);
	if (rev > 0)
		json_member_integer(&w, "_rev", rev);
	if (!write_answers(&w, answers, len))
		s->result->lost++;
	json_object_end(&w);
}

static void
salvage_draft(struct salvaging *s, int64_t number, sqlite3_stmt *record)
{
	sqlite3_stmt *draft = ask(s, DRAFT, number);
	const char *answers;
	size_t len;

	if (!draft)
		return;
	answers = text_of(draft, 3, &len);
	if (len == 0)
		s->result->lost++;
	write_line(s, number, record, 0, answers, len);
	give(s, s->salvor->draft, &s->result->drafts);
}

static void
salvage_record(struct salvaging *s, int64_t number)
{
	sqlite3_stmt *record = ask(s, RECORD, number);
	sqlite3_stmt *revision = NULL;
	const char *answers;
	size_t len;

	if (s->latest[number])
		revision = ask(s, REVISION, s->latest[number]);
	if (revision) {
		answers = text_of(revision, 4, &len);
		write_line(s, number, record, sqlite3_column_int(revision, 0), answers,
			   len);
		give(s, s->salvor->record, &s->result->records);
	}
	if (!s->stopped)
		salvage_draft(s, number, record);
}

/* Which revision is a record's last: by going through all of them. */
static void
find_latest(struct salvaging *s)
{
	for (int64_t seq = 1; seq <= s->revisions; seq++) {
		sqlite3_stmt *stmt = ask(s, REVISION_OF, seq);
		int64_t record = stmt ? sqlite3_column_int64(stmt, 0) : 0;

		if (record > 0 && record <= s->records)
			s->latest[record] = seq;
	}
}

static void
salvage_files(struct salvaging *s, enum query which, int64_t count)
{
	for (int64_t i = 1; i <= count && !s->stopped; i++) {
		sqlite3_stmt *stmt = ask(s, which, i);
		const char *bytes, *version;
		size_t len;

		if (!stmt)
			continue;
		bytes = text_of(stmt, 2, &len);
		version = (const char *)sqlite3_column_text(stmt, 1);
		if (len == 0)
			s->result->lost++;
		else if (s->salvor->file(s->salvor->data, store_column(stmt, 0), version,
					 bytes, len))
			s->result->files++;
		else
			s->stopped = true;
	}
}

/* Tables that know a record's number; whichever opens. */
static int64_t
highest_record(struct salvaging *s)
{
	static const struct {
		const char *number, *table;
	} from[] = {
		{ "number", "record" },
		{ "record", "draft" },
		{ "record", "words" },
		{ "record", "revision" },
	};
	int64_t found = 0;

	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		int64_t n = highest(s, from[i].number, from[i].table);

		if (n > found)
			found = n;
	}
	return found;
}

bool
vault_salvage(const char *path, struct vault_key *key, const struct clock *clock,
	      const struct vault_salvor *salvor, struct vault_salvage *result,
	      struct err *err)
{
	struct salvaging s = { .salvor = salvor, .result = result };

	memset(result, 0, sizeof(*result));
	s.nb = notebook_open_frozen(path, key, clock, err);
	if (!s.nb)
		return false;
	s.records = highest_record(&s);
	s.revisions = highest(&s, "seq", "revision");
	s.latest = mem_alloc((size_t)(s.records + 1) * sizeof(*s.latest));
	find_latest(&s);
	for (int64_t n = 1; n <= s.records && !s.stopped; n++)
		salvage_record(&s, n);
	salvage_files(&s, FORM, highest(&s, "number", "form"));
	salvage_files(&s, LIST, highest(&s, "rowid", "list"));
	for (int i = 0; i < QUERIES; i++)
		sqlite3_finalize(s.stmts[i]);
	free(s.latest);
	buf_clear(&s.line);
	notebook_close(s.nb);
	return !s.stopped || err_set(err, ERR_SYSTEM,
				     _("What was found could not be written out. Check that there "
				    "is room and that you may write there."));
}
