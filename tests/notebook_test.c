/*
 * The notebook's file: opening, migrations, settings, forms and lists.
 */
#include "notebook.h"

#include "../src/notebook/store.h"
#include "check.h"
#include "form.h"
#include "list.h"
#include "notebook_fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

static const char visit_1[] =
    "settings\n"
    ",form_title,form_id,version,default_language,form_title_en\n"
    ",走访记录,visit,1,中文 (zh),Visit\n"
    "survey\n"
    ",type,name,label::中文 (zh)\n"
    ",text,room,房号\n"
    ",select_one_from_file building.csv,building,楼栋\n";

static const char visit_2[] =
    "settings\n"
    ",form_title,form_id,version,default_language,form_title_en\n"
    ",走访记录,visit,2,中文 (zh),Visit\n"
    "survey\n"
    ",type,name,label::中文 (zh)\n"
    ",text,room,房号\n"
    ",text,person,姓名\n";

static const char micro[] = "settings\n"
			    ",form_title,form_id,version\n"
			    ",微实事,micro,1\n"
			    "survey\n"
			    ",type,name,label\n"
			    ",text,title,标题\n";

static const char buildings[] = "name,label\nb1,一号楼\nb2,二号楼\n";

static struct list *
from_notebook(void *data, const char *filename, struct err *err)
{
	return notebook_list(data, filename, err);
}

static bool
add_form(struct fixture *f, const char *source)
{
	struct form_files files = { .list = from_notebook, .data = f->nb };
	struct form *form =
	    form_from_xlsform_csv(source, strlen(source), &files, NULL, NULL, &f->err);
	bool ok =
	    form && notebook_form_add(f->nb, form, source, strlen(source), &f->err);

	if (!ok)
		fprintf(stderr, "%s\n", f->err.text);
	form_free(form);
	return ok;
}

static bool
add_list(struct fixture *f, const char *text)
{
	return notebook_list_add(f->nb, "building.csv", text, strlen(text), &f->err);
}

/* What a statement's only row says, as text. */
static char *
ask(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	char *text = NULL;

	if (sqlite3_prepare_v2(f->nb->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		text = mem_strdup(store_column(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

static void
check_ask(struct fixture *f, const char *sql, const char *want)
{
	char *got = ask(f, sql);

	CHECK_STR(got, want);
	free(got);
}

static void
every_statement_prepares(void)
{
	struct fixture *f = fixture_new();

	for (int i = 0; i < STMT_COUNT; i++)
		if (!store_stmt(f->nb, i, &f->err)) {
			fprintf(stderr, "%s\n%s\n", stmt_sql[i],
				sqlite3_errmsg(f->nb->db));
			CHECK(!"the statement prepares");
		}
	fixture_free(f);
}

static void
connection_is_durable_and_alone(void)
{
	struct fixture *f = fixture_new();
	char path[128];

	check_ask(f, "PRAGMA journal_mode", "wal");
	check_ask(f, "PRAGMA synchronous", "2");
	check_ask(f, "PRAGMA locking_mode", "exclusive");
	check_ask(f, "PRAGMA foreign_keys", "1");
	check_ask(f, "PRAGMA temp_store", "2");
	check_ask(f, "PRAGMA application_id", "1836150370");
	snprintf(path, sizeof(path), "%s-wal", f->path);
	CHECK(access(path, F_OK) == 0);
	snprintf(path, sizeof(path), "%s-shm", f->path);
	CHECK(access(path, F_OK) != 0);
	fixture_free(f);
}

static void
new_file_gets_the_newest_schema(void)
{
	struct fixture *f = fixture_new();
	char want[16];

	snprintf(want, sizeof(want), "%d", schema_newest());
	check_ask(f, "PRAGMA user_version", want);
	notebook_close(f->nb);
	CHECK(truncate(f->path, 0) == 0); /* an empty file is a new one */
	/* … when one is to be made; otherwise what was in it is gone. */
	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	CHECK(!f->nb && strstr(f->err.text, "nothing left in"));
	f->nb = notebook_open(f->path, true, &f->clock, &f->err);
	CHECK(f->nb != NULL);
	if (f->nb)
		check_ask(f, "PRAGMA user_version", want);
	fixture_free(f);
}

static void
newer_notebook_is_refused(void)
{
	struct fixture *f = fixture_new();
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", schema_newest() + 1);
	CHECK(store_exec(f->nb, sql, &f->err));
	notebook_close(f->nb);
	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	CHECK(f->nb == NULL);
	CHECK(strstr(f->err.text, "newer version"));
	fixture_free(f);
}

static void
other_files_are_refused(void)
{
	struct fixture *f = fixture_new();
	FILE *file;

	CHECK(store_exec(f->nb, "PRAGMA application_id = 7", &f->err));
	notebook_close(f->nb);
	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	CHECK(f->nb == NULL);
	CHECK_STR(f->err.text, "This file is not a notebook. Choose another one.");

	file = fopen(f->path, "w");
	for (int i = 0; i < 2000; i++)
		fputs("no database at all\n", file);
	fclose(file);
	f->err.text[0] = '\0';
	f->nb = notebook_open(f->path, true, &f->clock, &f->err);
	CHECK(f->nb == NULL);
	CHECK(strstr(f->err.text, "is not a notebook, or its beginning is damaged"));
	fixture_free(f);
}

static void
missing_notebook_is_not_made_unasked(void)
{
	struct fixture *f = fixture_new();

	notebook_close(f->nb);
	unlink(f->path);
	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	CHECK(f->nb == NULL);
	CHECK_INT(f->err.kind, ERR_INPUT);
	CHECK(strstr(f->err.text, "no notebook"));
	CHECK(access(f->path, F_OK) != 0);
	f->nb = notebook_open("/nowhere/at/all.db", true, &f->clock, &f->err);
	CHECK(f->nb == NULL);
	CHECK(strstr(f->err.text, "cannot be opened"));
	fixture_free(f);
}

static void
second_opener_is_told(void)
{
	struct fixture *f = fixture_new();
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct notebook *nb = notebook_open(f->path, false, &f->clock, &f->err);

		_exit(!nb && strstr(f->err.text, "another window") ? 0 : 1);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(
	    notebook_set(f->nb, "language", "zh", &f->err)); /* and the first goes on */
	fixture_free(f);
}

static void
read_only_folder_is_told(void)
{
	struct fixture *f = fixture_new();
	int status;
	pid_t child;

	notebook_close(f->nb);
	chmod(f->dir, 0555);
	chmod(f->path, 0444);
	child = fork();
	if (child == 0) { /* root may write anywhere: be nobody */
		struct notebook *nb;

		if (geteuid() == 0 && seteuid(65534) != 0)
			_exit(0);
		nb = notebook_open(f->path, false, &f->clock, &f->err);
		_exit(!nb && f->err.kind == ERR_SYSTEM && strstr(f->err.text, "writ")
			  ? 0
			  : 1);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	chmod(f->dir, 0755);
	chmod(f->path, 0644);
	f->nb = NULL;
	fixture_free(f);
}

static void
settings_are_kept(void)
{
	struct fixture *f = fixture_new();
	struct buf value = { 0 }, device = { 0 }, again = { 0 };

	CHECK(notebook_get(f->nb, SETTING_WORKER_NAME, &value, &f->err));
	CHECK_INT(value.len, 0);
	CHECK(notebook_set(f->nb, SETTING_WORKER_NAME, "陈桂芳", &f->err));
	CHECK(notebook_set(f->nb, SETTING_WORKER_NAME, "周敏", &f->err));
	CHECK(notebook_get(f->nb, SETTING_DEVICE, &device, &f->err));
	CHECK_INT(device.len, 16);
	fixture_reopen(f);
	CHECK(notebook_get(f->nb, SETTING_WORKER_NAME, &value, &f->err));
	CHECK_STR(buf_text(&value), "周敏");
	CHECK(notebook_get(f->nb, SETTING_DEVICE, &again, &f->err));
	CHECK_STR(buf_text(&again), buf_text(&device));
	buf_clear(&value);
	buf_clear(&device);
	buf_clear(&again);
	fixture_free(f);
}

static bool
form_line(const struct notebook_form *form, void *data)
{
	buf_fmt(data, "%s %s %s\n", form->id, form->version, form->title);
	return true;
}

static void
check_forms(struct fixture *f, const char *language, const char *want)
{
	struct buf lines = { 0 };

	CHECK(notebook_forms(f->nb, language, form_line, &lines, &f->err));
	CHECK_STR(buf_text(&lines), want);
	buf_clear(&lines);
}

static void
every_form_version_stays(void)
{
	struct fixture *f = fixture_new();
	struct buf source = { 0 };

	CHECK(add_list(f, buildings));
	CHECK(add_form(f, visit_1));
	CHECK(add_form(f, micro));
	CHECK(add_form(f, visit_2));
	CHECK(add_form(f, visit_1)); /* the same again: version 2 stays current */
	check_forms(f, "zh", "visit 2 走访记录\nmicro 1 微实事\n");
	check_forms(f, "en", "visit 2 Visit\nmicro 1 微实事\n");
	check_forms(f, NULL, "visit 2 走访记录\nmicro 1 微实事\n");
	CHECK(notebook_form_source(f->nb, "visit", NULL, &source, &f->err));
	CHECK_STR(buf_text(&source), visit_2);
	buf_reset(&source);
	CHECK(notebook_form_source(f->nb, "visit", "1", &source, &f->err));
	CHECK_STR(buf_text(&source), visit_1);
	CHECK(!notebook_form_source(f->nb, "visit", "3", &source, &f->err));
	CHECK_INT(f->err.kind, ERR_INPUT);
	CHECK(!notebook_form_source(f->nb, "nothing", NULL, &source, &f->err));
	buf_clear(&source);
	fixture_free(f);
}

static void
other_bytes_under_a_version_are_refused(void)
{
	struct fixture *f = fixture_new();
	char changed[sizeof(micro) + 32];
	struct form *form;

	CHECK(add_form(f, micro));
	snprintf(changed, sizeof(changed), "%s,text,more,更多\n", micro);
	form =
	    form_from_xlsform_csv(changed, strlen(changed), NULL, NULL, NULL, &f->err);
	CHECK(form != NULL);
	CHECK(!notebook_form_add(f->nb, form, changed, strlen(changed), &f->err));
	CHECK_INT(f->err.kind, ERR_INPUT);
	CHECK(strstr(f->err.text, "new version"));
	form_free(form);
	fixture_free(f);
}

static void
forms_are_parsed_once(void)
{
	struct fixture *f = fixture_new();
	const struct form *one, *two;

	CHECK(add_list(f, buildings));
	CHECK(add_form(f, visit_1));
	CHECK(add_form(f, visit_2));
	fixture_reopen(f);
	two = notebook_form(f->nb, "visit", NULL, &f->err);
	CHECK(two && !strcmp(two->version, "2"));
	CHECK(notebook_form(f->nb, "visit", NULL, &f->err) == two);
	CHECK(notebook_form(f->nb, "visit", "2", &f->err) == two);
	one = notebook_form(f->nb, "visit", "1", &f->err);
	CHECK(one && one != two && form_find(one, "building") != NULL);
	CHECK(notebook_form(f->nb, "nothing", NULL, &f->err) == NULL);
	CHECK_INT(f->err.kind, ERR_INPUT);
	fixture_free(f);
}

static void
newest_list_counts(void)
{
	static const char more[] = "name,label\nb1,一号楼\nb2,二号楼\nb3,三号楼\n";
	struct fixture *f = fixture_new();
	const struct form *before, *after;
	struct list *list, *kept;

	CHECK(notebook_list(f->nb, "building.csv", &f->err) == NULL);
	CHECK_INT(f->err.kind, ERR_INPUT);
	CHECK(add_list(f, buildings));
	CHECK(add_form(f, visit_1));
	list = notebook_list(f->nb, "building.csv", &f->err);
	CHECK(list && list_count(list) == 2);
	before = notebook_form(f->nb, "visit", NULL, &f->err);
	CHECK(add_list(f, buildings)); /* the same: nothing changes */
	CHECK(notebook_form(f->nb, "visit", NULL, &f->err) == before);
	CHECK(add_list(f, more));
	kept = notebook_list(f->nb, "building.csv", &f->err);
	CHECK(kept && list_count(kept) == 3);
	CHECK(list && list_count(list) == 2); /* ours still */
	after = notebook_form(f->nb, "visit", NULL, &f->err);
	CHECK(after && after != before); /* the form sees the new list */
	CHECK(!add_list(f, "name,label\nb1,x\nb1,y\n"));
	list_unref(list);
	list_unref(kept);
	fixture_reopen(f);
	list = notebook_list(f->nb, "building.csv", &f->err);
	CHECK(list && list_count(list) == 3);
	list_unref(list);
	fixture_free(f);
}

static int
cached_kb(struct notebook *nb)
{
	int bytes = 0, most;

	sqlite3_db_status(nb->db, SQLITE_DBSTATUS_CACHE_USED, &bytes, &most, 0);
	return bytes / 1024;
}

static void
a_large_list_leaves_no_pages_behind(void)
{
	struct fixture *f = fixture_new();
	struct buf text = { 0 };
	struct list *list;

	buf_str(&text, "name,label\n");
	for (int i = 0; i < 60000; i++)
		buf_fmt(&text, "b%05d,%d号楼一单元\n", i, i);
	CHECK(text.len > 1500000);
	CHECK(add_list(f, buf_text(&text)));
	fixture_reopen(f);
	list = notebook_list(f->nb, "building.csv", &f->err);
	CHECK(list && list_count(list) == 60000);
	CHECK(cached_kb(f->nb) < 300);
	list_unref(list);
	buf_clear(&text);
	fixture_free(f);
}

/* Choices of the building question, as a draft sees them. */
static size_t
choices(struct fixture *f, const char *id)
{
	const struct form *form = id ? notebook_draft_form(f->nb, id, "visit", "1", &f->err)
				     : notebook_form(f->nb, "visit", "1", &f->err);
	const struct def *def = form ? form_find(form, "building") : NULL;

	return def ? list_count(def->itemset->list) : 0;
}

static void
a_draft_keeps_the_lists_that_it_was_begun_with(void)
{
	static const char three[] = "name,label\nb1,a\nb2,b\nb3,c\n";
	static const char four[] = "name,label\nb1,a\nb2,b\nb3,c\nb4,d\n";
	struct fixture *f = fixture_new();
	char first[UUID_SIZE], second[UUID_SIZE], third[UUID_SIZE];

	CHECK(add_list(f, buildings) && add_form(f, visit_1));
	CHECK(fixture_begin(f, "visit", first));
	CHECK_INT(choices(f, first), 2);
	CHECK(add_list(f, three));
	CHECK(fixture_begin(f, "visit", second));
	CHECK(add_list(f, four));
	CHECK(fixture_begin(f, "visit", third));
	for (int opened = 0; opened < 2; opened++) {
		CHECK_INT(choices(f, first), 2);
		CHECK_INT(choices(f, second), 3);
		CHECK_INT(choices(f, third), 4);
		CHECK_INT(choices(f, NULL), 4);
		fixture_reopen(f);
	}
	/* What no draft needs any more goes with the next one. */
	CHECK(record_draft_delete(f->nb, first, &f->err));
	CHECK(fixture_finalise(f, second, "{}", "t", "t"));
	CHECK(record_correct(f->nb, second, &f->err)); /* begun now, with the newest */
	CHECK_INT(choices(f, second), 4);
	CHECK(add_list(f, buildings));
	CHECK_INT(schema_number(f->nb, "SELECT count(*) FROM list_kept", &f->err), 1);
	CHECK_INT(choices(f, third), 4);
	CHECK_INT(choices(f, NULL), 2);
	fixture_free(f);
}

static void
begun_and_not_kept_leaves_nothing(void)
{
	struct fixture *f = fixture_new();
	struct buf value = { 0 };

	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(notebook_set(f->nb, "a", "outer", &f->err));
	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(notebook_set(f->nb, "a", "inner", &f->err));
	CHECK(notebook_end(f->nb, false, &f->err));
	CHECK(notebook_get(f->nb, "a", &value, &f->err));
	CHECK_STR(buf_text(&value), "outer");
	CHECK(add_form(f, micro));
	CHECK(notebook_end(f->nb, false, &f->err));
	buf_reset(&value);
	CHECK(notebook_get(f->nb, "a", &value, &f->err));
	CHECK_STR(buf_text(&value), "");
	check_forms(f, NULL, "");
	check_ask(f, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", "0");
	buf_clear(&value);
	fixture_free(f);
}

int
main(void)
{
	RUN(every_statement_prepares);
	RUN(connection_is_durable_and_alone);
	RUN(new_file_gets_the_newest_schema);
	RUN(newer_notebook_is_refused);
	RUN(other_files_are_refused);
	RUN(missing_notebook_is_not_made_unasked);
	RUN(second_opener_is_told);
	RUN(read_only_folder_is_told);
	RUN(settings_are_kept);
	RUN(every_form_version_stays);
	RUN(other_bytes_under_a_version_are_refused);
	RUN(forms_are_parsed_once);
	RUN(newest_list_counts);
	RUN(a_large_list_leaves_no_pages_behind);
	RUN(a_draft_keeps_the_lists_that_it_was_begun_with);
	RUN(begun_and_not_kept_leaves_nothing);
	return CHECK_DONE();
}
