/*
 * What others can do to a notebook's files: read them, put another in their place while
 * one opens, hand over a plain one with whatever they like in it.
 */
#include "check.h"
#include "vault_fixture.h"
#include "../src/notebook/store.h"

#include "backup.h"
#include "tries.h"

#include <fcntl.h>
#include <sys/stat.h>

static int
mode_of(const char *path, const char *end)
{
	char name[200];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, end);
	return stat(name, &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

static void
files_are_the_workers_alone(void)
{
	static const char *const ends[] = { "", "-wal", ".ballast", ".tries" };
	mode_t before = umask(0);
	struct sealed s = sealed_new();
	struct buf copy = { 0 };
	char plain[160];
	struct notebook *nb;

	tries_failed(s.path, s.clock);
	CHECK(notebook_set(s.nb, "a", "b", &s.err));
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		CHECK_INT(mode_of(s.path, ends[i]), 0600);
	}
	CHECK(backup_make(s.nb, s.dir, 1, &copy, &s.err));
	CHECK_INT(mode_of(buf_text(&copy), ""), 0600);
	snprintf(plain, sizeof(plain), "%s/plain.notebook", s.dir);
	nb = notebook_open(plain, true, s.clock, &s.err);
	CHECK_INT(mode_of(plain, ""), 0600);
	CHECK_INT(mode_of(plain, "-wal"), 0600);
	notebook_close(nb);
	/* One from before that was so. */
	CHECK(chmod(plain, 0644) == 0);
	nb = notebook_open(plain, false, s.clock, &s.err);
	CHECK(nb && mode_of(plain, "") == 0600);
	notebook_close(nb);
	umask(before);
	buf_clear(&copy);
	sealed_free(&s);
}

/* --- another file in its place --- */

static sqlite3_vfs *real, watching;
static const char *opened, *other;
static int temporary; /* files without a name that were opened */

/* Between the opening of the file and the lock on it. */
static int
open_and_swap(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
	int code = real->xOpen(real, name, file, flags, got);

	(void)vfs;
	temporary += !name;
	if (other && name && strcmp(name, opened) == 0 && flags & SQLITE_OPEN_READWRITE) {
		CHECK(rename(other, opened) == 0);
		other = NULL;
	}
	return code;
}

/* A log is only deleted while the plain file is there: afterwards it is somebody's. */
static const char *sealing;
static int late;

static int
delete_in_time(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	size_t len = sealing ? strlen(sealing) : 0;

	(void)vfs;
	if (len && strncmp(name, sealing, len) == 0 && strcmp(name + len, "-wal") == 0)
		late += vault_look(sealing, NULL) == VAULT_SEALED;
	return real->xDelete(real, name, sync_folder);
}

static void
watch(void)
{
	real = sqlite3_vfs_find(NULL);
	watching = *real;
	watching.zName = "watching";
	watching.xOpen = open_and_swap;
	watching.xDelete = delete_in_time;
	watching.pNext = NULL;
	sqlite3_vfs_register(&watching, 1);
}

static void
watch_no_more(void)
{
	sqlite3_vfs_unregister(&watching);
	sqlite3_vfs_register(real, 1);
}

static void
a_file_that_was_replaced_is_not_written(void)
{
	struct sealed s = sealed_new();
	struct notebook *nb;
	char plain[160], sealed[160];

	snprintf(plain, sizeof(plain), "%s/plain.notebook", s.dir);
	snprintf(sealed, sizeof(sealed), "%s/sealed.notebook", s.dir);
	notebook_close(notebook_open(plain, true, s.clock, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	CHECK(link(s.path, sealed) == 0);
	watch();
	opened = plain;
	other = sealed;
	nb = notebook_open(plain, false, s.clock, &s.err);
	watch_no_more();
	CHECK(other == NULL);
	CHECK(nb == NULL && s.err.kind == ERR_BUSY);
	notebook_close(nb);
	CHECK_INT(vault_look(plain, NULL), VAULT_SEALED);
	sealed_free(&s);
}

static void
sealing_deletes_nobodys_log(void)
{
	struct fixture *f = fixture_new();
	struct vault_key *key = new_key(SEALED_PHRASE, NULL);
	char log[128];

	CHECK(notebook_set(f->nb, "a", "b", &f->err));
	notebook_close(f->nb);
	f->nb = NULL;
	watch();
	sealing = f->path;
	late = 0;
	CHECK(vault_convert(f->path, key, &f->clock, &f->err));
	CHECK_STR(f->err.text, "");
	sealing = NULL;
	watch_no_more();
	CHECK_INT(late, 0);
	snprintf(log, sizeof(log), "%s-wal", f->path);
	CHECK(access(log, F_OK) != 0);
	vault_key_free(key);
	fixture_free(f);
}

/* --- a plain file of somebody else's --- */

static long records_found, drafts_found;

static bool
take_line(void *data, const char *line, size_t len)
{
	(void)line;
	(void)len;
	++*(data ? (long *)data : &drafts_found);
	return true;
}

static bool
take_draft(void *data, const char *line, size_t len)
{
	(void)data;
	return take_line(NULL, line, len);
}

static bool
take_file(void *data, const char *name, const char *version, const char *bytes, size_t len)
{
	(void)data, (void)name, (void)version, (void)bytes, (void)len;
	return true;
}

static bool
salvage(const char *path)
{
	struct vault_salvor salvor = { take_line, take_draft, take_file, take_line,
		&records_found };
	struct vault_salvage result;
	struct err err = { 0 };

	records_found = drafts_found = 0;
	return vault_salvage(path, NULL, &salvor, &result, &err);
}

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK_STR(sqlite3_exec(db, sql, NULL, NULL, NULL) ? sqlite3_errmsg(db) : "", "");
	CHECK(sqlite3_close(db) == SQLITE_OK);
}

/* A number is eight bytes at most; eight times this one overflows. */
static void
a_number_out_of_this_world_is_no_number(void)
{
	struct fixture *f = fixture_new();
	struct record_origin origin = { .form = "visit", .version = "1" };
	char id[UUID_SIZE];

	for (int i = 0; i < 3; i++) {
		CHECK(record_begin(f->nb, &origin, id, &f->err));
		CHECK(record_draft_save(f->nb, id, "{}", 2, "t", "n", &f->err));
	}
	notebook_close(f->nb);
	f->nb = NULL;
	run_sql(f->path, "UPDATE draft SET record = 2305843009213693951 WHERE record = 3;"
			 "UPDATE record SET number = 2305843009213693951 WHERE number = 3;"
			 "INSERT INTO revision (seq, record, rev, base, version, at, user, hash,"
			 " state, answers)"
			 " SELECT 2305843009213693951, 1, 1, 0, '1', '', '', '', 'sent', '{}';"
			 "INSERT INTO list (rowid, filename, added, text)"
			 " VALUES (4611686018427387904, 'a.csv', '', x'6E')");
	CHECK(salvage(f->path));
	CHECK_INT(drafts_found, 3); /* its row is there */
	fixture_free(f);
}

static void
the_connection_is_set_up_so(void)
{
	struct fixture *f = fixture_new();

	CHECK_INT(schema_number(f->nb, "PRAGMA cell_size_check", &f->err), 1);
	CHECK_INT(schema_number(f->nb, "PRAGMA temp_store", &f->err), 2);
	CHECK_INT(schema_number(f->nb, "PRAGMA synchronous", &f->err), 2);
	CHECK_INT(schema_number(f->nb, "PRAGMA foreign_keys", &f->err), 1);
	fixture_free(f);
}

/* Whatever it is for: what a big statement needs beside the notebook stays in memory. */
static void
no_other_file_is_ever_opened(void)
{
	static const char *const refused[] = {
		"ATTACH '/tmp/minqing-attached.db' AS a; CREATE TABLE a.t (n)",
		"VACUUM INTO '/tmp/minqing-attached.db'",
	};
	static const char big[] =
	    "CREATE TABLE big (n INTEGER PRIMARY KEY, t TEXT UNIQUE);"
	    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000)"
	    " INSERT INTO big SELECT n, hex(randomblob(40)) FROM c;"
	    "CREATE INDEX big_t ON big (t, n);"
	    "BEGIN; SAVEPOINT s; UPDATE big SET t = t || 'x'; UPDATE OR IGNORE big SET t = 'y';"
	    "ROLLBACK TO s; COMMIT;"
	    "SELECT count(*) FROM (SELECT t FROM big ORDER BY t || n DESC LIMIT 5 OFFSET 100)";
	struct sealed s = sealed_new();

	CHECK(store_exec(s.nb, big, &s.err));
	CHECK_STR(s.err.text, "");
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		CHECK(!store_exec(s.nb, refused[i], NULL));
	CHECK(access("/tmp/minqing-attached.db", F_OK) != 0);
	CHECK_INT(schema_number(s.nb, "SELECT count(*) FROM big WHERE t LIKE '%x'", &s.err), 0);
	sealed_free(&s);
}

/* Records by the megabyte are put in order. */
static void
salvage_writes_nothing_readable(void)
{
	struct sealed s = sealed_new();
	struct vault_salvor salvor = { take_line, take_draft, take_file, take_line,
		&records_found };
	struct vault_salvage result;

	CHECK(store_exec(s.nb,
	    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000)"
	    " INSERT INTO record (id, form, version, day, created, changed, modified, user,"
	    " station, device) SELECT 'id' || n, 'visit', '1', '', '', 1, '', '', '', '' FROM c;"
	    "INSERT INTO revision (record, rev, base, version, at, user, hash, state, answers)"
	    " SELECT 1 + number * 7 % 4000, 1, 0, '1', '', '', '', 'sent',"
	    " '{\"a\":\"' || hex(randomblob(1000)) || '\"}' FROM record", &s.err));
	CHECK_STR(s.err.text, "");
	notebook_close(s.nb);
	s.nb = NULL;
	records_found = temporary = 0;
	watch();
	CHECK(vault_salvage(s.path, s.key, &salvor, &result, &s.err));
	watch_no_more();
	CHECK(records_found >= 4000);
	CHECK_INT(temporary, 0);
	sealed_free(&s);
}

int
main(void)
{
	RUN(files_are_the_workers_alone);
	RUN(a_file_that_was_replaced_is_not_written);
	RUN(sealing_deletes_nobodys_log);
	RUN(a_number_out_of_this_world_is_no_number);
	RUN(the_connection_is_set_up_so);
	RUN(no_other_file_is_ever_opened);
	RUN(salvage_writes_nothing_readable);
	return CHECK_DONE();
}
