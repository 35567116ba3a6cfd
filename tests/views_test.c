/*
 * Views: records as plain SQL, a column a question.
 */
#include "../src/notebook/store.h"
#include "check.h"
#include "form.h"
#include "notebook_fixture.h"

#define HEAD(id, version) \
	"settings\n,form_title,form_id,version\n,t," id "," version "\n" \
	"survey\n,type,name,label,calculation\n"

static const char case_1[] = HEAD("case", "1") ",begin_group,g_who,who,\n"
					       ",text,person,who,\n"
					       ",integer,age,age,\n"
					       ",end_group,,,\n"
					       ",note,hello,hello,\n"
					       ",decimal,amount,amount,\n"
					       ",text,title,a name of the envelope's,\n"
					       ",calculate,twice,,${age} * 2\n"
					       ",begin_group,g_more,more,\n"
					       ",begin_repeat,parties,parties,\n"
					       ",text,p_name,name,\n"
					       ",begin_group,g_p,of a party,\n"
					       ",integer,p_age,age,\n"
					       ",end_group,,,\n"
					       ",begin_repeat,phones,phones,\n"
					       ",text,number,number,\n"
					       ",text,row,a name that is taken,\n"
					       ",end_repeat,,,\n"
					       ",end_repeat,,,\n"
					       ",end_group,,,\n";

static const char case_2[] = HEAD("case", "2") ",begin_group,g_who,who,\n"
					       ",text,person,who,\n"
					       ",end_group,,,\n"
					       ",text,added,added,\n";

static const char odd[] = HEAD("odd-form.x", "1") ",text,a-b.c,odd,\n";

static const char clash[] = HEAD("case_parties", "1") ",text,other,other,\n";

static bool
add_form(struct fixture *f, const char *source)
{
	struct form *form =
	    form_from_xlsform_csv(source, strlen(source), NULL, NULL, NULL, &f->err);
	bool ok =
	    form && notebook_form_add(f->nb, form, source, strlen(source), &f->err);

	if (!ok)
		fprintf(stderr, "%s\n", f->err.text);
	form_free(form);
	return ok;
}

/* All rows, columns with "|" between, their types told by quotes. */
static void
check_rows(struct fixture *f, const char *sql, const char *want)
{
	struct buf got = { 0 };
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(f->nb->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		buf_str(&got, sqlite3_errmsg(f->nb->db));
	while (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *quote =
			    sqlite3_column_type(stmt, i) == SQLITE_TEXT ? "'" : "";
			const char *null =
			    sqlite3_column_type(stmt, i) == SQLITE_NULL ? "-" : "";

			buf_fmt(&got, "%s%s%s%s%s", i ? "|" : "", quote,
				store_column(stmt, i), null, quote);
		}
		buf_char(&got, '\n');
	}
	sqlite3_finalize(stmt);
	CHECK_STR(buf_text(&got), want);
	buf_clear(&got);
}

static void
columns_of(struct fixture *f, const char *view, const char *want)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT group_concat(name, ' ') FROM pragma_table_info('%s')", view);
	check_rows(f, sql, want);
}

static void
add_case(struct fixture *f)
{
	static const char answers[] =
	    "{\"g_who\":{\"person\":\"王小满\",\"age\":42},\"amount\":12.5,"
	    "\"title\":\"mine\",\"twice\":84,\"g_more\":{\"parties\":["
	    "{\"p_name\":\"赵\",\"g_p\":{\"p_age\":30},"
	    "\"phones\":[{\"number\":\"1\",\"row\":\"r\"},{\"number\":\"2\"}]},"
	    "{\"p_name\":\"冯\",\"phones\":[{\"number\":\"3\"}]}]}}";
	struct record_origin origin = {
		.id = "01a1fd70-f1c0-779f-a490-f54c0613fce0",
		.form = "case",
		.version = "1",
		.user = "chen",
		.station = "u1",
	};
	char id[UUID_SIZE];

	CHECK(record_begin(f->nb, &origin, id, &f->err));
	CHECK(fixture_finalise(f, id, answers, "王小满", ""));
}

static void
one_column_a_question(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(add_form(f, case_1));
	CHECK(fixture_begin(f, "case", id)); /* a draft is not there */
	CHECK(fixture_add(f, "other", "x", id));
	add_case(f);
	columns_of(f, "v_case",
		   "'id rev state created user station title person age amount title_2 "
		   "twice'\n");
	check_rows(f, "SELECT * FROM v_case",
		   "'01a1fd70-f1c0-779f-a490-f54c0613fce0'|1|'queued'|'" FIXTURE_NOW
		   "'|'chen'|'u1'|'王小满'|'王小满'|42|12.5|'mine'|84\n");
	check_rows(f, "SELECT sum(amount) FROM v_case WHERE age > 40", "12.5\n");
	fixture_free(f);
}

static void
one_view_a_repeat(void)
{
	struct fixture *f = fixture_new();

	CHECK(add_form(f, case_1));
	add_case(f);
	columns_of(f, "v_case_parties", "'id rev row p_name p_age'\n");
	columns_of(f, "v_case_phones", "'id rev parties_row row number row_2'\n");
	check_rows(f, "SELECT rev, row, p_name, p_age FROM v_case_parties",
		   "1|1|'赵'|30\n1|2|'冯'|-\n");
	check_rows(f, "SELECT parties_row, row, number, row_2 FROM v_case_phones",
		   "1|1|'1'|'r'\n1|2|'2'|-\n2|1|'3'|-\n");
	check_rows(
	    f,
	    "SELECT c.person, p.p_name FROM v_case c JOIN v_case_parties p USING (id)"
	    " WHERE p.row = 2",
	    "'王小满'|'冯'\n");
	fixture_free(f);
}

static void
newer_version_remakes_the_views(void)
{
	struct fixture *f = fixture_new();

	CHECK(add_form(f, case_1));
	add_case(f);
	CHECK(add_form(f, case_2));
	columns_of(f, "v_case",
		   "'id rev state created user station title person added'\n");
	check_rows(f, "SELECT person, added FROM v_case", "'王小满'|-\n");
	check_rows(f, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", "1\n");
	fixture_reopen(f);
	check_rows(f, "SELECT person FROM v_case", "'王小满'\n");
	fixture_free(f);
}

static void
last_revision_with_answers_is_shown(void)
{
	struct fixture *f = fixture_new();
	static const char id[] = "01a1fd70-f1c0-779f-a490-f54c0613fce0";

	CHECK(add_form(f, case_2));
	add_case(f);
	CHECK(record_correct(f->nb, id, &f->err));
	check_rows(f, "SELECT rev, person FROM v_case", "1|'王小满'\n");
	CHECK(fixture_finalise(f, id, "{\"g_who\":{\"person\":\"李\"}}", "t", ""));
	check_rows(f, "SELECT rev, person FROM v_case", "2|'李'\n");
	CHECK(record_withdraw(f->nb, id, "twice", &f->err));
	check_rows(f, "SELECT rev, person, state FROM v_case", "2|'李'|'withdrawn'\n");
	fixture_free(f);
}

static void
odd_names_are_quoted(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(add_form(f, odd));
	CHECK(fixture_begin(f, "odd-form.x", id));
	CHECK(fixture_finalise(f, id, "{\"a-b.c\":\"x\"}", "t", ""));
	check_rows(f, "SELECT \"a-b.c\" FROM \"v_odd-form.x\"", "'x'\n");
	fixture_free(f);
}

static void
forms_do_not_take_each_others_views(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(add_form(f, case_1));
	CHECK(add_form(f, clash)); /* its view would be the repeat's */
	CHECK(fixture_begin(f, "case_parties", id));
	CHECK(fixture_finalise(f, id, "{\"other\":\"x\"}", "t", ""));
	columns_of(f, "v_case_parties", "'id rev row p_name p_age'\n");
	check_rows(f, "SELECT other FROM v_case_parties_2", "'x'\n");
	fixture_free(f);
}

int
main(void)
{
	RUN(one_column_a_question);
	RUN(one_view_a_repeat);
	RUN(newer_version_remakes_the_views);
	RUN(last_revision_with_answers_is_shown);
	RUN(odd_names_are_quoted);
	RUN(forms_do_not_take_each_others_views);
	return CHECK_DONE();
}
