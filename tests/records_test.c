/*
 * Records: drafts, revisions, states, finding and counting.
 */
#include "../src/notebook/store.h"
#include "check.h"
#include "hash.h"
#include "notebook_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* SQLite's syncs go through here. */
static int syncs;

int
fdatasync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fdatasync, fd);
}

static struct record
get(struct fixture *f, const char *id)
{
	struct record record = { 0 };

	CHECK_INT(record_get(f->nb, id, &record, &f->err), 1);
	return record;
}

static struct record_tally
tally(struct fixture *f)
{
	struct record_tally t;

	CHECK(record_tally(f->nb, &t, &f->err));
	return t;
}

static bool
save(struct fixture *f, const char *id, const char *answers, const char *cursor)
{
	return record_draft_save(f->nb, id, answers, strlen(answers), "a title", cursor,
				 &f->err);
}

/* The draft's answers, or "". */
static char *
draft(struct fixture *f, const char *id)
{
	struct buf answers = { 0 };

	record_draft_load(f->nb, id, &answers, NULL, &f->err);
	return buf_take(&answers);
}

static void
check_draft(struct fixture *f, const char *id, const char *want)
{
	char *got = draft(f, id);

	CHECK_STR(got, want);
	free(got);
}

static void
check_answers(struct fixture *f, const char *id, int rev, const char *want)
{
	struct buf answers = { 0 };

	CHECK(record_answers(f->nb, id, rev, &answers, &f->err));
	CHECK_STR(buf_text(&answers), want);
	buf_clear(&answers);
}

static void
new_record_belongs_to_the_worker(void)
{
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];

	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "chenguifang", &f->err));
	CHECK(notebook_set(f->nb, SETTING_STATION, "ny-badeng-u1", &f->err));
	CHECK(fixture_begin(f, "visit", id));
	CHECK(uuid_valid(id));
	record = get(f, id);
	CHECK_STR(record.id, id);
	CHECK_STR(record.form, "visit");
	CHECK_STR(record.version, "1");
	CHECK_INT(record.state, RECORD_DRAFT);
	CHECK_INT(record.rev, 0);
	CHECK(record.has_draft);
	CHECK(!record.withdrawal_queued);
	CHECK_STR(record.title, "");
	CHECK_STR(record.created, FIXTURE_NOW);
	CHECK_STR(record.modified, FIXTURE_NOW);
	CHECK_STR(record.user, "chenguifang");
	CHECK_STR(record.station, "ny-badeng-u1");
	CHECK_INT(strlen(record.device), 16);
	CHECK_STR(record.reason_code, "");
	check_draft(f, id, "{}");
	fixture_free(f);
}

static void
origin_of_an_import_is_kept(void)
{
	static const char uuid[] = "01A1FD70-F1C0-779F-A490-F54C0613FCE0";
	struct record_origin origin = {
		.id = uuid,
		.form = "dispute",
		.version = "2",
		.created = "2026-11-21T17:30:00+08:00",
		.user = "zhoumin",
		.station = "ny-badeng-pp",
	};
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];

	CHECK(record_begin(f->nb, &origin, id, &f->err));
	CHECK_STR(id, "01a1fd70-f1c0-779f-a490-f54c0613fce0");
	record = get(f, uuid);
	CHECK_STR(record.created, "2026-11-21T17:30:00+08:00");
	CHECK_STR(record.user, "zhoumin");
	CHECK_STR(record.station, "ny-badeng-pp");
	CHECK(!record_begin(f->nb, &origin, id, &f->err));
	CHECK_INT(f->err.kind, ERR_INPUT);
	origin.id = "7";
	CHECK(!record_begin(f->nb, &origin, id, &f->err));
	origin.id = NULL;
	origin.created = "yesterday";
	CHECK(!record_begin(f->nb, &origin, id, &f->err));
	CHECK_INT(tally(f).drafts, 1);
	fixture_free(f);
}

static void
draft_comes_back_with_its_cursor(void)
{
	struct buf answers = { 0 }, cursor = { 0 };
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	fixture_later(f, 60);
	CHECK(save(f, id, "{\"room\":\"三〇二\"}", "g_who/person_name"));
	fixture_reopen(f);
	CHECK(record_draft_load(f->nb, id, &answers, &cursor, &f->err));
	CHECK_STR(buf_text(&answers), "{\"room\":\"三〇二\"}");
	CHECK_STR(buf_text(&cursor), "g_who/person_name");
	CHECK_STR(get(f, id).title, "a title");
	CHECK_STR(get(f, id).modified, "2026-11-23T09:31:00+08:00");
	CHECK_STR(get(f, id).created, FIXTURE_NOW);
	CHECK(!save(f, "01a1fd70-f1c0-779f-a490-f54c0613fce0", "{}", ""));
	CHECK_INT(f->err.kind, ERR_INPUT);
	buf_clear(&answers);
	buf_clear(&cursor);
	fixture_free(f);
}

static void
every_action_is_one_sync(void)
{
	enum { TIMES = 20 };
	struct fixture *f = fixture_new();
	char id[UUID_SIZE], ids[TIMES][UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	syncs = 0;
	for (int i = 0; i < TIMES; i++)
		CHECK(save(f, id, i % 2 ? "{\"room\":\"302\"}" : "{}", "room"));
	CHECK_INT(syncs, TIMES);
	syncs = 0;
	for (int i = 0; i < TIMES; i++)
		CHECK(fixture_begin(f, "visit", ids[i]));
	CHECK_INT(syncs, TIMES);
	syncs = 0;
	for (int i = 0; i < TIMES; i++)
		CHECK(fixture_finalise(f, ids[i], "{}", "t", "t"));
	CHECK_INT(syncs, TIMES);
	syncs = 0;
	CHECK(notebook_begin(f->nb, &f->err));
	for (int i = 0; i < TIMES; i++)
		CHECK(fixture_add(f, "visit", "t", id));
	CHECK_INT(syncs, 0);
	CHECK(notebook_end(f->nb, true, &f->err));
	CHECK_INT(syncs, 1);
	fixture_free(f);
}

static void
deleting_a_draft(void)
{
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	CHECK(record_draft_delete(f->nb, id, &f->err));
	CHECK_INT(record_get(f->nb, id, &record, &f->err), 0);
	CHECK(!record_draft_delete(f->nb, id, &f->err));
	CHECK_INT(tally(f).drafts, 0);

	CHECK(fixture_add(f, "visit", "x", id));
	CHECK(!record_draft_delete(f->nb, id, &f->err));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK_INT(tally(f).corrections, 1);
	CHECK(record_draft_delete(f->nb, id, &f->err));
	CHECK_INT(get(f, id).state, RECORD_QUEUED);
	CHECK(!get(f, id).has_draft);
	CHECK_INT(tally(f).corrections, 0);
	fixture_free(f);
}

static void
finalising_makes_a_queued_revision(void)
{
	struct record_final final = {
		.answers = "{\"a\":1}",
		.len = 7,
		.title = "2026-11-22 302",
		.day = "2026-11-22",
		.text = "302",
		.version = "2",
	};
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];
	int rev = -1;

	CHECK(fixture_begin(f, "visit", id));
	CHECK(save(f, id, "{\"a\":1,\"b\":2}", "b"));
	fixture_later(f, 5);
	CHECK(record_finalise(f->nb, id, &final, &rev, &f->err));
	CHECK_INT(rev, 1);
	record = get(f, id);
	CHECK_INT(record.state, RECORD_QUEUED);
	CHECK_INT(record.rev, 1);
	CHECK(!record.has_draft);
	CHECK_STR(record.title, "2026-11-22 302");
	CHECK_STR(record.version, "2");
	CHECK_STR(record.modified, "2026-11-23T09:30:05+08:00");
	check_answers(f, id, 0, "{\"a\":1}");
	check_answers(f, id, 1, "{\"a\":1}");
	CHECK(!record_finalise(f->nb, id, &final, &rev, &f->err));
	CHECK(!save(f, id, "{}", ""));
	check_draft(f, id, "");
	fixture_free(f);
}

static bool
revision_line(const struct revision *r, void *data)
{
	buf_fmt(data, "%d<%d %s %s %s%s%s\n", r->rev, r->base, r->state, r->user,
		r->hash, r->withdrawn ? " withdrawn: " : "", r->why);
	return true;
}

static void
correcting_keeps_what_was(void)
{
	struct fixture *f = fixture_new();
	struct buf lines = { 0 }, want = { 0 };
	char id[UUID_SIZE], hash[3][17];

	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "chen", &f->err));
	CHECK(fixture_begin(f, "dispute", id));
	CHECK(fixture_finalise(f, id, "{\"n\":1}", "one", "one"));
	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "zhou", &f->err));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(get(f, id).has_draft);
	CHECK_INT(get(f, id).state, RECORD_QUEUED);
	check_draft(f, id, "{\"n\":1}");
	CHECK(save(f, id, "{\"n\":2}", "n"));
	CHECK(record_correct(f->nb, id, &f->err)); /* goes on with it */
	check_draft(f, id, "{\"n\":2}");
	check_answers(f, id, 0, "{\"n\":1}");
	CHECK(fixture_finalise(f, id, "{\"n\":2}", "two", "two"));
	check_answers(f, id, 0, "{\"n\":2}");
	check_answers(f, id, 1, "{\"n\":1}");
	CHECK(record_withdraw(f->nb, id, "counted twice", &f->err));
	check_answers(f, id, 0, "{\"n\":2}");

	hash_short("{\"n\":1}", 7, hash[0]);
	hash_short("{\"n\":2}", 7, hash[1]);
	hash_short("counted twice", 13, hash[2]);
	CHECK(record_revisions(f->nb, id, revision_line, &lines, &f->err));
	buf_fmt(&want, "1<0 queued chen %s\n2<1 queued zhou %s\n", hash[0], hash[1]);
	buf_fmt(&want, "3<2 queued zhou %s withdrawn: counted twice\n", hash[2]);
	CHECK_STR(buf_text(&lines), buf_text(&want));
	buf_clear(&lines);
	buf_clear(&want);
	fixture_free(f);
}

static void
withdrawing(void)
{
	struct fixture *f = fixture_new();
	struct buf answers = { 0 };
	char id[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	CHECK(!record_withdraw(f->nb, id, "wrong", &f->err)); /* never finished */
	CHECK(fixture_finalise(f, id, "{}", "t", "t"));
	CHECK(!record_withdraw(f->nb, id, " \t", &f->err));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(record_withdraw(f->nb, id, "wrong house", &f->err));
	CHECK_INT(get(f, id).state, RECORD_WITHDRAWN);
	CHECK(get(f, id).withdrawal_queued);
	CHECK(!get(f, id).has_draft);
	CHECK_INT(get(f, id).rev, 2);
	CHECK(!record_withdraw(f->nb, id, "again", &f->err));
	CHECK(!record_correct(f->nb, id, &f->err));
	CHECK(!record_answers(f->nb, id, 2, &answers, &f->err)); /* it has none */
	buf_clear(&answers);
	fixture_free(f);
}

static void
revisions_cannot_be_changed(void)
{
	static const char *const attempts[] = {
		"UPDATE revision SET answers = '{}'",
		"UPDATE revision SET hash = ''",
		"DELETE FROM revision",
	};
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		CHECK(sqlite3_exec(f->nb->db, attempts[i], NULL, NULL, NULL) !=
		      SQLITE_OK);
	check_answers(f, id, 1, "{\"a\":\"b\"}");
	fixture_free(f);
}

static void
record_is_found_by_a_part_of_its_id(void)
{
	enum { NONE = -1 };
	static const char *const ids[] = {
		"01a1fd70-f1c0-779f-a490-f54c0613fce0",
		"01a1fd70-f1c0-779f-a490-f54c0613aaaa",
		"01a1fd71-0000-7000-8000-00000000beef",
	};
	static const struct {
		const char *part;
		int got; /* of record_get() */
		int id;  /* index in ids */
	} cases[] = {
		{ "01a1fd71", 1, 2 },
		{ "01A1FD71", 1, 2 },
		{ "01a1fd710000", 1, 2 },
		{ "01a1fd71-00", 1, 2 },
		{ "01a1fd7", 0, NONE },
		{ "01a1fd70", -1, NONE },
		{ "01a1fd70-f1c0-779f-a490-f54c0613", -1, NONE },
		{ "01a1fd70-f1c0-779f-a490-f54c0613f", 1, 0 },
		{ "beef", 1, 2 },
		{ "fce0", 1, 0 },
		{ "a490-f54c0613fce0", 1, 0 },
		{ "a490f54c0613aaaa", 1, 1 },
		{ "eef", 0, NONE },
		{ "", 0, NONE },
		{ "%", 0, NONE },
		{ "deadbeef", 0, NONE },
		{ "01a1fd70-f1c0-779f-a490-f54c0613fce00", 0, NONE },
	};
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];

	for (size_t i = 0; i < 3; i++) {
		struct record_origin origin = { .id = ids[i],
						.form = "visit",
						.version = "1" };

		CHECK(record_begin(f->nb, &origin, id, &f->err));
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = record_get(f->nb, cases[i].part, &record, &f->err);

		if (got != cases[i].got)
			fprintf(stderr, "  part \"%s\"\n", cases[i].part);
		CHECK_INT(got, cases[i].got);
		if (got == 1)
			CHECK_STR(record.id, ids[cases[i].id]);
		if (got < 0)
			CHECK(strstr(f->err.text, "More than one"));
	}
	fixture_free(f);
}

static void
last_saved_is_the_users_own(void)
{
	struct record_origin origin = { .form = "visit",
					.version = "1",
					.user = "zhou" };
	struct fixture *f = fixture_new();
	struct buf answers = { 0 };
	char id[UUID_SIZE];

	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "chen", &f->err));
	CHECK_INT(record_last_saved(f->nb, "visit", "chen", &answers, &f->err), 0);
	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{\"n\":1}", "", ""));
	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{\"n\":2}", "", ""));
	CHECK(record_begin(f->nb, &origin, id, &f->err));
	CHECK(fixture_finalise(f, id, "{\"n\":3}", "", ""));
	CHECK_INT(record_last_saved(f->nb, "visit", "chen", &answers, &f->err), 1);
	CHECK_STR(buf_text(&answers), "{\"n\":2}");
	buf_reset(&answers);
	CHECK_INT(record_last_saved(f->nb, "visit", "zhou", &answers, &f->err), 1);
	CHECK_STR(buf_text(&answers), "{\"n\":3}");
	CHECK_INT(record_last_saved(f->nb, "micro", "chen", &answers, &f->err), 0);
	buf_clear(&answers);
	fixture_free(f);
}

static bool
title_word(const struct record *record, void *data)
{
	buf_fmt(data, "%s ", record->title);
	return true;
}

static bool
first_title(const struct record *record, void *data)
{
	title_word(record, data);
	return false;
}

static void
check_list(struct fixture *f, struct record_query query, const char *want)
{
	struct buf titles = { 0 };

	CHECK(record_list(f->nb, &query, title_word, &titles, &f->err));
	CHECK_STR(buf_text(&titles), want);
	buf_clear(&titles);
}

/* q1 q2 v3 queued, w4 withdrawn, d5 a new draft, c6 a correction begun. */
static void
make_some(struct fixture *f)
{
	static const char *const titles[] = { "q1", "q2", "v3", "w4", "d5", "c6" };
	char id[UUID_SIZE];

	for (int i = 0; i < 6; i++) {
		struct record_origin origin = {
			.form = i == 2 ? "volunteer" : "visit",
			.version = "1",
			.user = i == 1 ? "zhou" : "chen",
		};
		struct record_final final = {
			.answers = "{}",
			.len = 2,
			.title = titles[i],
			.day = i == 0   ? "2026-10-31"
			       : i == 1 ? "2026-11-02"
					: "2026-11-23",
			.version = "1",
		};

		fixture_later(f, 10);
		CHECK(record_begin(f->nb, &origin, id, &f->err));
		if (i == 4) {
			CHECK(record_draft_save(f->nb, id, "{}", 2, "d5", "", &f->err));
			continue;
		}
		CHECK(record_finalise(f->nb, id, &final, NULL, &f->err));
		if (i == 3)
			CHECK(record_withdraw(f->nb, id, "twice", &f->err));
		if (i == 5)
			CHECK(record_correct(f->nb, id, &f->err));
	}
}

static void
lists_are_filtered_and_newest_first(void)
{
	const int draft_bit = 1 << RECORD_DRAFT, queued = 1 << RECORD_QUEUED,
		  withdrawn = 1 << RECORD_WITHDRAWN;
	struct fixture *f = fixture_new();
	struct buf one = { 0 };

	make_some(f);
	check_list(f, (struct record_query){ 0 }, "c6 d5 w4 v3 q2 q1 ");
	check_list(f, (struct record_query){ .limit = 2 }, "c6 d5 ");
	check_list(f, (struct record_query){ .limit = 2, .offset = 3 }, "v3 q2 ");
	check_list(f, (struct record_query){ .offset = 5 }, "q1 ");
	check_list(f, (struct record_query){ .form = "volunteer" }, "v3 ");
	check_list(f, (struct record_query){ .user = "zhou" }, "q2 ");
	check_list(f, (struct record_query){ .states = queued }, "c6 v3 q2 q1 ");
	check_list(f, (struct record_query){ .states = draft_bit | withdrawn },
		   "d5 w4 ");
	check_list(f, (struct record_query){ .states = 1 << RECORD_SENT }, "");
	check_list(f, (struct record_query){ .drafts = true }, "c6 d5 ");
	check_list(f, (struct record_query){ .drafts = true, .states = draft_bit },
		   "d5 ");
	check_list(f, (struct record_query){ .day = "2026-11" }, "c6 d5 w4 v3 q2 ");
	check_list(f, (struct record_query){ .day = "2026-11-02" }, "q2 ");
	check_list(f, (struct record_query){ .day = "2026-1" }, "c6 d5 w4 v3 q2 q1 ");
	check_list(f,
		   (struct record_query){
		       .day = "2026-11-23", .form = "visit", .states = queued },
		   "c6 ");
	CHECK(record_list(f->nb, &(struct record_query){ 0 }, first_title, &one,
			  &f->err));
	CHECK_STR(buf_text(&one), "c6 ");
	buf_clear(&one);
	fixture_free(f);
}

static void
draft_saved_last_stands_first_among_drafts(void)
{
	struct fixture *f = fixture_new();
	char a[UUID_SIZE], b[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", a));
	fixture_later(f, 1);
	CHECK(fixture_begin(f, "visit", b));
	CHECK(record_draft_save(f->nb, b, "{}", 2, "b", "", &f->err));
	fixture_later(f, 1);
	CHECK(record_draft_save(f->nb, a, "{}", 2, "a", "", &f->err));
	check_list(f, (struct record_query){ .drafts = true }, "a b ");
	fixture_free(f);
}

/* One number that SQL finds. */
static long
number(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	long value = -1;

	if (sqlite3_prepare_v2(f->nb->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = (long)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static void
tally_counts_what_is_there(void)
{
	struct fixture *f = fixture_new();
	struct record_tally t;
	long count;

	make_some(f);
	t = tally(f);
	CHECK_INT(t.drafts, 1);
	CHECK_INT(t.queued, 4);
	CHECK_INT(t.sent, 0);
	CHECK_INT(t.returned, 0);
	CHECK_INT(t.withdrawn, 1);
	CHECK_INT(t.corrections, 1);
	CHECK_INT(t.today, 2); /* v3, c6 */
	CHECK(record_today(f->nb, "visit", &count, &f->err));
	CHECK_INT(count, 1);
	CHECK(record_today(f->nb, "volunteer", &count, &f->err));
	CHECK_INT(count, 1);
	CHECK(record_today(f->nb, "micro", &count, &f->err));
	CHECK_INT(count, 0);
	CHECK_INT(number(f, "SELECT count(*) FROM revision WHERE state = 'queued'"),
		  number(f, "SELECT count FROM tally WHERE name = 'waiting'"));
	fixture_free(f);
}

static void
import_batch_is_kept_or_taken_back(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(fixture_add(f, "visit", "kept", id));
	CHECK(notebook_begin(f->nb, &f->err)); /* one record of the batch, refused */
	CHECK(fixture_add(f, "visit", "not kept", id));
	CHECK(notebook_end(f->nb, false, &f->err));
	CHECK(!record_finalise(
	    f->nb, id, &(struct record_final){ .answers = "{}", .len = 2 }, NULL,
	    &f->err)); /* an action that fails spoils nothing around it */
	CHECK(notebook_end(f->nb, true, &f->err));
	check_list(f, (struct record_query){ 0 }, "kept ");

	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(fixture_add(f, "visit", "taken back", id));
	CHECK(notebook_end(f->nb, false, &f->err));
	check_list(f, (struct record_query){ 0 }, "kept ");
	CHECK_INT(tally(f).queued, 1);
	fixture_free(f);
}

/* Whichever step of an action fails, none of it stays. */
static void
half_an_action_never_stays(void)
{
	static const char *const steps[] = { "INSERT ON revision", "UPDATE ON record",
					     "INSERT ON words", "DELETE ON draft",
					     "INSERT ON last_saved" };
	struct fixture *f = fixture_new();
	char id[UUID_SIZE], sql[160];

	CHECK(fixture_begin(f, "visit", id));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		snprintf(sql, sizeof(sql),
			 "CREATE TEMP TRIGGER broken AFTER %s BEGIN SELECT "
			 "raise(ABORT, ''); END",
			 steps[i]);
		CHECK(store_exec(f->nb, sql, &f->err));
		for (int in_batch = 0; in_batch <= 1; in_batch++) {
			if (in_batch)
				CHECK(notebook_begin(f->nb, &f->err));
			CHECK(!fixture_finalise(f, id, "{}", "t", "t"));
			CHECK_INT(f->err.kind, ERR_SYSTEM);
			if (in_batch)
				CHECK(notebook_end(f->nb, true, &f->err));
			CHECK_INT(get(f, id).state, RECORD_DRAFT);
			CHECK_INT(get(f, id).rev, 0);
			CHECK(get(f, id).has_draft);
			CHECK_INT(number(f, "SELECT count(*) FROM revision"), 0);
			CHECK_INT(number(f, "SELECT count(*) FROM words"), 0);
			CHECK_INT(tally(f).queued, 0);
		}
		CHECK(store_exec(f->nb, "DROP TRIGGER broken", &f->err));
	}
	CHECK(fixture_finalise(f, id, "{}", "t", "t"));
	fixture_free(f);
}

/* The child saves for ever and tells each save that is finished. */
static _Noreturn void
save_until_killed(struct fixture *f, const char *id, int first, int out)
{
	char answers[2048];
	int len;

	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	if (!f->nb)
		_exit(2);
	for (int n = first;; n++) {
		/* Long and short, so that pages come and go. */
		len = snprintf(answers, sizeof(answers), "{\"n\":%d,\"pad\":\"%0*d\"}",
			       n, 1 + n * 37 % 1900, 7);
		if (!record_draft_save(f->nb, id, answers, (size_t)len, "t", "n",
				       &f->err) ||
		    (n % 7 == 0 &&
		     !fixture_add(f, "visit", "x", (char[UUID_SIZE]){ 0 })) ||
		    write(out, &n, sizeof(n)) != sizeof(n))
			_exit(3);
	}
}

/* Lets a child save for a while, kills it; returns the last save that it told of. */
static int
kill_while_saving(struct fixture *f, const char *id, int first, int *status)
{
	struct timespec delay = { .tv_nsec = 1000000L * (2 + random() % 30) };
	int ends[2], told = first - 1, n;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		close(ends[0]);
		save_until_killed(f, id, first, ends[1]);
	}
	close(ends[1]);
	if (read(ends[0], &n, sizeof(n)) == sizeof(n)) { /* it has begun */
		told = n;
		nanosleep(&delay, NULL);
	}
	kill(child, SIGKILL);
	while (read(ends[0], &n, sizeof(n)) == sizeof(n))
		told = n;
	close(ends[0]);
	waitpid(child, status, 0);
	return told;
}

static void
no_told_save_is_lost_by_a_kill(void)
{
	enum { KILLS = 120 };
	struct fixture *f = fixture_new();
	int told = 0, found, status, kills = 0;
	char id[UUID_SIZE];

	srandom(20261123);
	CHECK(fixture_begin(f, "visit", id));
	for (int i = 0; i < KILLS; i++) {
		char *answers;

		notebook_close(f->nb);
		f->nb = NULL;
		told = kill_while_saving(f, id, told + 1, &status);
		kills += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		f->nb = notebook_open(f->path, false, &f->clock, &f->err);
		if (!f->nb) {
			CHECK(!"the notebook opens after a kill");
			fprintf(stderr, "%s\n", f->err.text);
			break;
		}
		answers = draft(f, id);
		found = -1;
		CHECK(sscanf(answers, "{\"n\":%d", &found) == 1);
		CHECK(found == told || found == told + 1);
		free(answers);
		told = found;
	}
	CHECK_INT(kills, KILLS);
	CHECK(told > KILLS);
	CHECK_INT(number(f, "SELECT count(*) FROM pragma_integrity_check"
			    " WHERE integrity_check = 'ok'"),
		  1);
	CHECK_INT(number(f, "SELECT count(*) FROM record WHERE state = 'queued'"),
		  tally(f).queued);
	CHECK(tally(f).queued > 0);
	fixture_free(f);
}

/* How the disk is made full, and what makes room again. */
struct full_disk {
	bool by_limit; /* else by a ballast file */
	char ballast[128];
};

#define ROOM       (150 << 10) /* what a full disk still has for the notebook */
#define SIZE_LIMIT (600 << 10)
#define BIG        60000 /* a draft */

static void
set_size_limit(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void
fill_disk(struct fixture *f, struct full_disk *disk)
{
	static const char block[4096];
	int fd;

	if (disk->by_limit) {
		signal(SIGXFSZ, SIG_IGN);
		set_size_limit(SIZE_LIMIT);
		return;
	}
	snprintf(disk->ballast, sizeof(disk->ballast), "%s/ballast", f->dir);
	fd = open(disk->ballast, O_CREAT | O_WRONLY, 0600);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	CHECK(ftruncate(fd, lseek(fd, 0, SEEK_END) - ROOM) == 0);
	close(fd);
}

static void
make_room(const struct full_disk *disk)
{
	if (disk->by_limit)
		set_size_limit(RLIM_INFINITY);
	else
		CHECK(unlink(disk->ballast) == 0);
}

static void
big_answers(char answers[BIG + 1], int number)
{
	int len = snprintf(answers, BIG, "{\"n\":%4d,\"pad\":\"", number);

	memset(answers + len, 'x', (size_t)(BIG - len - 2));
	strcpy(answers + BIG - 2, "\"}");
}

/* Saves bigger and bigger numbers until it fails; kept gets what was saved last. */
static void
save_until_full(struct fixture *f, const char *id, char kept[BIG + 1])
{
	static char answers[BIG + 1];
	int n = 0;

	for (;; n++) {
		big_answers(answers, n);
		if (n == 500 ||
		    !record_draft_save(f->nb, id, answers, BIG, "t", "n", &f->err))
			break;
		strcpy(kept, answers);
	}
	CHECK(n > 0 && n < 500);
	CHECK_INT(f->err.kind, ERR_SYSTEM);
	CHECK(strstr(f->err.text, "disk is full"));
}

/* Nothing can be written, and everything is as it was. */
static void
check_nothing_changes(struct fixture *f, const char *id, const char *kept)
{
	check_draft(f, id, kept);
	CHECK(!fixture_finalise(f, id, kept, "t", "t"));
	CHECK(strstr(f->err.text, "disk is full"));
	CHECK_INT(get(f, id).state, RECORD_DRAFT);
	CHECK_INT(get(f, id).rev, 0);
	CHECK_INT(tally(f).drafts, 1);
	CHECK_INT(tally(f).queued, 0);
	CHECK_INT(number(f, "SELECT count(*) FROM revision"), 0);
}

/* Also inside a batch, of which SQLite itself may take back everything. */
static void
check_batch_fails(struct fixture *f, const char *id, const char *kept)
{
	bool ok;

	CHECK(notebook_begin(f->nb, &f->err));
	ok = fixture_finalise(f, id, kept, "t", "t");
	CHECK(!(notebook_end(f->nb, ok, &f->err) && ok));
	CHECK(notebook_end(f->nb, false, NULL)); /* once more does no harm */
	check_draft(f, id, kept);
}

static void
fill_and_save(struct fixture *f, bool by_limit)
{
	static char kept[BIG + 1];
	struct full_disk disk = { .by_limit = by_limit };
	char id[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	fill_disk(f, &disk);
	save_until_full(f, id, kept);
	for (int i = 0; i < 3; i++)
		check_nothing_changes(f, id, kept);
	check_batch_fails(f, id, kept);
	make_room(&disk);
	CHECK(save(f, id, "{\"n\":\"after\"}", "n"));
	fixture_reopen(f);
	check_draft(f, id, "{\"n\":\"after\"}");
	CHECK_INT(number(f, "SELECT count(*) FROM pragma_integrity_check"
			    " WHERE integrity_check = 'ok'"),
		  1);
}

static void
full_by_file_size_loses_nothing(void)
{
	struct fixture *f = fixture_new();
	int status;
	pid_t child;

	notebook_close(f->nb);
	f->nb = NULL;
	child = fork();
	if (child == 0) {
		f->nb = notebook_open(f->path, false, &f->clock, &f->err);
		fill_and_save(f, true);
		notebook_close(f->nb);
		_exit(check_bad_in_case ? 1 : 0);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fixture_free(f);
}

/* A small disk of its own, where the test may mount one. */
static bool
mount_small_disk(const char *dir)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", dir, "tmpfs", 0, "size=1m") == 0;
}

static void
full_disk_loses_nothing(void)
{
	struct fixture *f = fixture_new();
	int status;
	pid_t child;

	notebook_close(f->nb);
	f->nb = NULL;
	child = fork();
	if (child == 0) {
		if (!mount_small_disk(f->dir))
			_exit(77);
		f->nb = notebook_open(f->path, true, &f->clock, &f->err);
		fill_and_save(f, false);
		notebook_close(f->nb);
		_exit(check_bad_in_case ? 1 : 0);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		printf("no small disk can be mounted here: only the size limit was "
		       "tried\n");
	else
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fixture_free(f);
}

int
main(void)
{
	RUN(new_record_belongs_to_the_worker);
	RUN(origin_of_an_import_is_kept);
	RUN(draft_comes_back_with_its_cursor);
	RUN(every_action_is_one_sync);
	RUN(deleting_a_draft);
	RUN(finalising_makes_a_queued_revision);
	RUN(correcting_keeps_what_was);
	RUN(withdrawing);
	RUN(revisions_cannot_be_changed);
	RUN(record_is_found_by_a_part_of_its_id);
	RUN(last_saved_is_the_users_own);
	RUN(lists_are_filtered_and_newest_first);
	RUN(draft_saved_last_stands_first_among_drafts);
	RUN(tally_counts_what_is_there);
	RUN(import_batch_is_kept_or_taken_back);
	RUN(half_an_action_never_stays);
	RUN(no_told_save_is_lost_by_a_kill);
	RUN(full_by_file_size_loses_nothing);
	RUN(full_disk_loses_nothing);
	return CHECK_DONE();
}
