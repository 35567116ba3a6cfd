/*
 * What records ask for: the sample's expected results, and random lives of records
 * against the definitions read from scratch.
 */
#include "../src/notebook/store.h"
#include "check.h"
#include "folder.h"
#include "follow.h"
#include "form.h"
#include "notebook_fixture.h"
#include "place.h"
#include "session.h"

static const char *const sample_files[] = { "visits", "disputes", "volunteers", "others" };

static struct err err;

/* --- the sample --- */

static void
log_file(struct notebook *nb, const char *name)
{
	struct buf field = { 0 };
	char path[128], *line = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *in;

	snprintf(path, sizeof(path), "tests/data/sample/%s.jsonl", name);
	in = fopen(path, "r");
	CHECK(in != NULL);
	while (in && (len = getline(&line, &room, in)) > 0)
		CHECK_INT(session_import(nb, line, (size_t)len - 1, &field, &err),
			  IMPORT_ADDED);
	free(line);
	buf_clear(&field);
	if (in)
		fclose(in);
}

/* Rows of the sample's expected.json, a line each, as sql writes them. */
static void
expected(struct notebook *nb, const char *sql, struct buf *out)
{
	struct buf text = { 0 };
	sqlite3_stmt *stmt = NULL;

	CHECK(place_read("tests/data/sample/expected.json", 1 << 20, &text, &err));
	CHECK(sqlite3_prepare_v2(nb->db, sql, -1, &stmt, NULL) == SQLITE_OK);
	sqlite3_bind_text(stmt, 1, buf_text(&text), -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_fmt(out, "%s\n", store_column(stmt, 0));
	sqlite3_finalize(stmt);
	buf_clear(&text);
}

/* "ID-row due late", sorted by nothing but the list itself. */
static bool
write_follow(const struct follow *f, void *data)
{
	struct buf *out = data;

	buf_str(out, f->id);
	if (f->row)
		buf_fmt(out, "-%d", f->row);
	buf_fmt(out, " %s %lld\n", f->due, (long long)f->late);
	return true;
}

static void
list(struct notebook *nb, int kinds, bool overdue, struct buf *out)
{
	struct follow_query query = { .kinds = kinds, .ahead = 7, .overdue = overdue };

	CHECK(follow_list(nb, &query, write_follow, out, &err));
}

static const struct {
	const char *name;
	int kinds;
	bool overdue;
	const char *expected;
} definitions[] = {
	{ "R03 missed doors", 1 << FOLLOW_MISSED, true,
	  "SELECT value FROM json_each(?1, '$.R03')" },
	{ "R04 return visits", 1 << FOLLOW_AGAIN, true,
	  "SELECT value ->> 0 || ' ' || date('2026-11-23', '-' || (value ->> 1) || ' days')"
	  " || ' ' || (value ->> 1) FROM json_each(?1, '$.R04')" },
	{ "R05 open needs", 1 << FOLLOW_NEED | 1 << FOLLOW_DISPUTE, true,
	  "SELECT value ->> 'id' || ' ' || (value ->> 'due') || ' ' || (value ->> 'overdue')"
	  " FROM json_each(?1, '$.R05') WHERE value ->> 'state' = 'open'"
	  " ORDER BY value ->> 'kind' = 'dispute', value ->> 'due'" },
	{ "R11 past the month", 1 << FOLLOW_MEDIATION, true,
	  "SELECT value ->> 0 || ' ' || (value ->> 1) || ' ' || (value ->> 2)"
	  " FROM json_each(?1, '$.R11')" },
	{ "R12 agreements", 1 << FOLLOW_AGREEMENT, true,
	  "SELECT value ->> 0 || ' ' || (value ->> 1) || ' ' || (value ->> 2)"
	  " FROM json_each(?1, '$.R12')" },
	{ "R12 judicial", 1 << FOLLOW_JUDICIAL, false,
	  "SELECT value ->> 0 FROM json_each(?1, '$.R12_judicial')" },
};

static const char *home;
static struct clock test_clock;

static struct notebook *
sample_notebook(void)
{
	struct worker worker = { .name = "陈桂芳" };
	struct notebook *nb;

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_create(&worker, &test_clock, &err);
	CHECK(nb != NULL);
	for (size_t i = 0; i < sizeof(sample_files) / sizeof(*sample_files); i++)
		log_file(nb, sample_files[i]);
	return nb;
}

static void
sample_asks_for_what_is_expected(void)
{
	struct notebook *nb = sample_notebook();
	struct buf got = { 0 }, want = { 0 };

	for (size_t i = 0; i < sizeof(definitions) / sizeof(*definitions); i++) {
		check_case(definitions[i].name);
		buf_reset(&got);
		buf_reset(&want);
		list(nb, definitions[i].kinds, definitions[i].overdue, &got);
		expected(nb, definitions[i].expected, &want);
		CHECK_STR(buf_text(&got), buf_text(&want));
	}
	buf_clear(&got);
	buf_clear(&want);
	notebook_close(nb);
	folder_remove(home);
}

static bool
same_id(const struct follow *f, void *data)
{
	return strcmp(f->id, data) != 0;
}

static void
new_signs_of_conflict_are_listed(void)
{
	struct notebook *nb = sample_notebook();
	struct follow_query query = { .kinds = 1 << FOLLOW_SIGNS };
	struct buf id = { 0 };
	long count = -1;

	CHECK(follow_count(nb, &query, &count, &err));
	CHECK_INT(count, 1);
	expected(nb, "SELECT value FROM json_each(?1, '$.R12_again')", &id);
	buf_truncate(&id, id.len - 1);
	CHECK(follow_list(nb, &query, same_id, id.data, &err));
	query.id = buf_text(&id);
	count = 0;
	CHECK(follow_list(nb, &query, same_id, id.data, &err));
	buf_clear(&id);
	notebook_close(nb);
	folder_remove(home);
}

static void
counting_ends_at_the_limit(void)
{
	struct notebook *nb = sample_notebook();
	struct follow_query query = { .ahead = 7 };
	long all = 0, some = 0;

	CHECK(follow_count(nb, &query, &all, &err));
	CHECK(all >= 6);
	query.limit = 4;
	CHECK(follow_count(nb, &query, &some, &err));
	CHECK_INT(some, 4);
	notebook_close(nb);
	folder_remove(home);
}

static void
a_withdrawn_record_asks_for_nothing(void)
{
	struct notebook *nb = sample_notebook();
	struct follow_query query = { .kinds = 1 << FOLLOW_MEDIATION, .ahead = 7 };
	long count = 0;

	CHECK(record_withdraw(nb, "01a1c441-a980-71e3-a20d-6e4ca977ddfa", "twice", &err));
	CHECK(follow_count(nb, &query, &count, &err));
	CHECK_INT(count, 0);
	notebook_close(nb);
	folder_remove(home);
}

/* --- random lives --- */

#define HEAD(id) \
	"settings\n,form_title,form_id,version\n,t," id ",1\n" \
	"survey\n,type,name,label\n"

static const char visit_form[] = HEAD("visit") ",date,visit_date,a\n,text,building,a\n"
	",text,room,a\n,text,door_result,a\n,date,next_try,a\n,text,again,a\n"
	",date,again_date,a\n,begin_repeat,needs,a\n,text,need_kind,a\n"
	",text,need_handling,a\n,text,need_text,a\n,date,need_due,a\n,end_repeat,,\n";
static const char feedback_form[] = HEAD("feedback") ",text,need_ref,a\n,date,fb_date,a\n"
	",text,fb_status,a\n";
static const char dispute_form[] = HEAD("dispute") ",text,visit_ref,a\n"
	",date,accept_date,a\n";

static void
add_form(struct fixture *f, const char *source)
{
	struct form *form =
	    form_from_xlsform_csv(source, strlen(source), NULL, NULL, NULL, &f->err);

	CHECK(form && notebook_form_add(f->nb, form, source, strlen(source), &f->err));
	form_free(form);
}

static unsigned seed = 20261123;

static int
below(int n)
{
	seed = seed * 1103515245 + 12345;
	return (int)(seed >> 16) % n;
}

static const char *
one_of(const char *const *words, int count)
{
	return words[below(count)];
}

#define ONE_OF(...) \
	one_of((const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void
write_visit(struct buf *out)
{
	int needs = below(3);

	buf_fmt(out, "{\"visit_date\":\"2026-11-%02d\",", 1 + below(9));
	if (below(4))
		buf_fmt(out, "\"building\":\"b%d\",\"room\":\"%d\",", below(2), below(2));
	if (below(2))
		buf_fmt(out, "\"door_result\":\"%s\",", ONE_OF("met", "nothome"));
	if (below(2))
		buf_fmt(out, "\"next_try\":\"2026-11-%02d\",", 10 + below(9));
	if (below(2))
		buf_fmt(out, "\"again\":\"yes\",\"again_date\":\"2026-11-%02d\",",
			10 + below(9));
	buf_str(out, "\"needs\":[");
	for (int i = 0; i < needs; i++)
		buf_fmt(out,
			"%s{\"need_kind\":\"%s\",\"need_handling\":\"%s\","
			"\"need_text\":\"t\",\"need_due\":\"2026-11-%02d\"}",
			i ? "," : "", ONE_OF("service", "dispute", "praise"),
			ONE_OF("self", "onspot", "dispatch"), 10 + below(9));
	buf_str(out, "]}");
}

#define LIVES 40

struct life {
	char id[UUID_SIZE];
	int form; /* 0 visit, 1 feedback, 2 dispute */
	bool gone;
};

static void
write_answers(const struct life *lives, int count, int form, struct buf *out)
{
	const char *id = lives[below(count)].id;

	if (form == 0)
		write_visit(out);
	else if (form == 1)
		buf_fmt(out,
			"{\"need_ref\":\"%s-%d\",\"fb_date\":\"2026-11-%02d\","
			"\"fb_status\":\"%s\"}",
			id, 1 + below(2), 10 + below(9), ONE_OF("done", "doing", "dropped"));
	else if (below(3))
		buf_fmt(out, "{\"visit_ref\":\"%s\",\"accept_date\":\"2026-11-12\"}", id);
	else
		buf_str(out, "{\"accept_date\":\"2026-11-12\"}");
}

static void
step(struct fixture *f, struct life *lives, int *count)
{
	static const char *const forms[] = { "visit", "feedback", "dispute" };
	struct buf answers = { 0 };
	struct life *life;

	if (*count < LIVES && (*count == 0 || below(2))) {
		life = &lives[(*count)++];
		*life = (struct life){ .form = *count == 1 ? 0 : below(3) };
		CHECK(fixture_begin(f, forms[life->form], life->id));
	} else {
		life = &lives[below(*count)];
		if (life->gone)
			return;
		if (below(8) == 0) {
			life->gone = true;
			CHECK(record_withdraw(f->nb, life->id, "no", &f->err));
			return;
		}
		CHECK(record_correct(f->nb, life->id, &f->err));
	}
	write_answers(lives, *count, life->form, &answers);
	CHECK(fixture_finalise(f, life->id, buf_text(&answers), "t", ""));
	buf_clear(&answers);
}

/* What is open, straight from the views. */
static const char from_scratch[] =
	"WITH v AS MATERIALIZED (SELECT id, visit_date, coalesce(building, '') AS b,"
	"  coalesce(room, '') AS r, door_result, next_try, again, again_date FROM v_visit"
	"  WHERE state <> 'withdrawn'),"
	" fb AS (SELECT * FROM v_feedback WHERE state <> 'withdrawn')"
	"SELECT group_concat(line, char(10)) FROM (SELECT line FROM ("
	" SELECT 'missed ' || id || ' 0 ' || coalesce(next_try, date(visit_date, '+7 days'))"
	"  AS line FROM v WHERE door_result = 'nothome' AND NOT EXISTS (SELECT 1 FROM v w"
	"   WHERE w.b = v.b AND w.r = v.r AND w.visit_date > v.visit_date)"
	" UNION ALL SELECT 'again ' || id || ' 0 ' || again_date FROM v WHERE again = 'yes'"
	"  AND NOT EXISTS (SELECT 1 FROM v w"
	"   WHERE w.b = v.b AND w.r = v.r AND w.visit_date > v.visit_date)"
	" UNION ALL SELECT CASE need_kind WHEN 'dispute' THEN 'dispute ' ELSE 'need ' END"
	"  || n.id || ' ' || n.\"row\" || ' ' || need_due FROM v_visit_needs n"
	"  WHERE n.id IN (SELECT id FROM v) AND need_kind <> 'praise'"
	"  AND need_handling <> 'onspot'"
	"  AND NOT coalesce((SELECT fb_status IN ('done', 'dropped') FROM fb"
	"   WHERE need_ref = n.id || '-' || n.\"row\" ORDER BY fb_date DESC,"
	"   (SELECT number FROM record WHERE id = fb.id) DESC LIMIT 1), 0)"
	"  AND NOT (need_kind = 'dispute' AND EXISTS (SELECT 1 FROM v_dispute d"
	"   WHERE d.visit_ref = n.id AND d.state <> 'withdrawn'))"
	") ORDER BY line)";

static const char kept[] =
	"SELECT group_concat(line, char(10)) FROM (SELECT f.kind || ' ' || r.id || ' ' ||"
	" f.\"row\" || ' ' || f.due AS line FROM follow f JOIN record r"
	" ON r.number = f.record WHERE f.settled = 0 ORDER BY line)";

static void
ask(struct fixture *f, const char *sql, struct buf *out)
{
	sqlite3_stmt *stmt = NULL;

	CHECK(sqlite3_prepare_v2(f->nb->db, sql, -1, &stmt, NULL) == SQLITE_OK);
	if (stmt && sqlite3_step(stmt) == SQLITE_ROW)
		buf_str(out, store_column(stmt, 0));
	sqlite3_finalize(stmt);
}

static void
what_is_kept_is_what_the_views_say(void)
{
	struct buf got = { 0 }, want = { 0 };
	int open = 0;

	for (int round = 0; round < 12; round++) {
		struct fixture *f = fixture_new();
		struct life lives[LIVES];
		int count = 0;

		add_form(f, visit_form);
		add_form(f, feedback_form);
		add_form(f, dispute_form);
		for (int i = 0; i < 120 && !check_bad_in_case; i++) {
			step(f, lives, &count);
			buf_reset(&got);
			buf_reset(&want);
			ask(f, kept, &got);
			ask(f, from_scratch, &want);
			CHECK_STR(buf_text(&got), buf_text(&want));
			open += got.len > 0;
		}
		fixture_free(f);
	}
	CHECK(open > 1000);
	buf_clear(&got);
	buf_clear(&want);
}

static void
a_form_without_the_questions_asks_for_nothing(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	struct buf got = { 0 };

	add_form(f, HEAD("visit") ",date,visit_date,a\n");
	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{\"visit_date\":\"2026-11-02\",\"again\":\"yes\"}",
			       "t", ""));
	ask(f, kept, &got);
	CHECK_STR(buf_text(&got), "");
	fixture_free(f);
	buf_clear(&got);
}

/* A form comes after its records, or a notebook from before there were rules. */
static void
records_of_before_are_read_too(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	struct follow_query query = { .ahead = 99 };
	long count = 0;

	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id,
			       "{\"visit_date\":\"2026-11-02\",\"again\":\"yes\","
			       "\"again_date\":\"2026-11-09\"}",
			       "t", ""));
	add_form(f, visit_form);
	CHECK(follow_count(f->nb, &query, &count, &f->err));
	CHECK_INT(count, 1);
	CHECK(store_exec(f->nb, "DELETE FROM follow; DELETE FROM settles", &f->err));
	CHECK(notebook_set(f->nb, "follow.rules", "0", &f->err));
	fixture_reopen(f);
	CHECK(follow_count(f->nb, &query, &count, &f->err));
	CHECK_INT(count, 1);
	fixture_free(f);
}

/* The home page counts at every start: from the index alone, or a large notebook opens
 * slowly. */
static void
counting_reads_the_index_alone(void)
{
	struct fixture *f = fixture_new();
	struct buf sql = { 0 };
	sqlite3_stmt *stmt = NULL;
	bool table = false;

	buf_fmt(&sql, "EXPLAIN %s", stmt_sql[STMT_FOLLOW_COUNT]);
	CHECK(sqlite3_prepare_v2(f->nb->db, buf_text(&sql), -1, &stmt, NULL) == SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		table = table || !strcmp(store_column(stmt, 1), "NotFound");
	CHECK(!table);
	sqlite3_finalize(stmt);
	buf_clear(&sql);
	fixture_free(f);
}

int
main(void)
{
	sample_asks_for_what_is_expected();
	RUN(new_signs_of_conflict_are_listed);
	RUN(counting_ends_at_the_limit);
	RUN(a_withdrawn_record_asks_for_nothing);
	RUN(what_is_kept_is_what_the_views_say);
	RUN(a_form_without_the_questions_asks_for_nothing);
	RUN(records_of_before_are_read_too);
	RUN(counting_reads_the_index_alone);
	return CHECK_DONE();
}
