/* What comes down, from a real collector into a real notebook: forms, records from other
 * laptops, feedback, tasks; and what heals when one of the two forgot. */
#include "day.h"
#include "fake.h"
#include "inbox.h"
#include "outbox.h"

#define FORM(version, more) \
	"survey\n,type,name,label\n,date,d,D\n,text,a,A\n,text,b,B\n" more \
	"settings\n,form_title,form_id,version,instance_name\n,Tiny,tiny," version \
	",${a}\n"

/* The notebook of the day becomes a worker's, by a token of an enrolment. */
static void
begin(struct day *d, const char *user)
{
	char token[80];

	day_begin(d);
	collector_enrol(&d->c, user, user, token);
	day_set(d, SETTING_TOKEN, token);
	day_set(d, SETTING_WORKER_ID, user);
}

/* Another laptop for the same collector. */
static struct fixture *
another(struct day *d, const char *user)
{
	struct fixture *f = d->f, *other;
	char token[80];

	d->f = other = fixture_new();
	collector_enrol(&d->c, user, user, token);
	day_set(d, SETTING_TOKEN, token);
	day_set(d, SETTING_WORKER_ID, user);
	day_set(d, SETTING_PATIENCE, "0");
	day_address(d, d->link->port);
	d->f = f;
	return other;
}

static enum client_state
sync_of(struct day *d, struct fixture *f)
{
	struct fixture *own = d->f;
	enum client_state state;

	d->f = f;
	state = day_sync(d);
	d->f = own;
	return state;
}

static struct record
get(struct fixture *f, const char *id)
{
	struct record r = { 0 };

	CHECK_INT(record_get(f->nb, id, &r, &f->err), 1);
	return r;
}

static const char *
answers_of(struct fixture *f, const char *id)
{
	static struct buf answers;

	buf_reset(&answers);
	record_answers(f->nb, id, 0, &answers, &f->err);
	return buf_text(&answers);
}

static void
write_file(const struct day *d, const char *name, const char *text, char path[128])
{
	FILE *f;

	snprintf(path, 128, "%s/%s", d->c.dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void
publish(struct day *d, const char *text)
{
	char path[128];

	write_file(d, "out", text, path);
	CHECK_INT(collector_run(&d->c, NULL, "publish", path, "--db", d->c.db, NULL), 0);
	unlink(path);
}

static void
put_list(struct day *d, const char *name, const char *text)
{
	char path[128];

	write_file(d, name, text, path);
	CHECK_INT(collector_run(&d->c, NULL, "list", "put", path, "--db", d->c.db, NULL), 0);
	unlink(path);
}

/* A finalised record of the tiny form. */
static void
add(struct fixture *f, const char *answers, char id[UUID_SIZE])
{
	CHECK(fixture_begin(f, "tiny", id));
	CHECK(fixture_finalise(f, id, answers, "mine", "mine"));
}

static void
correct(struct fixture *f, const char *id, const char *answers)
{
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, answers, "mine", "mine"));
}

static bool
add_news(const struct news *news, void *data)
{
	long *counts = data;

	counts[news->kind] = news->count;
	return true;
}

static long
news_of(struct fixture *f, enum news_kind kind)
{
	long counts[NEWS_KINDS] = { 0 };

	CHECK(inbox_news(f->nb, add_news, counts, &f->err));
	return counts[kind];
}

static bool
keep_version(const struct notebook_form *form, void *data)
{
	snprintf(data, 32, "%s %s", form->id, form->version);
	return true;
}

static const char *
current_form(struct fixture *f)
{
	static char text[32];

	*text = '\0';
	CHECK(notebook_forms(f->nb, "en", keep_version, text, &f->err));
	return text;
}

static void
forms_and_lists_come_down_once(void)
{
	static const char rooms[] = "name,label\na,A\nb,B\n";
	struct buf text = { 0 };
	struct day d;
	int asked;

	begin(&d, "chen");
	publish(&d, FORM("1", ",select_one_from_file rooms.csv,r,R\n"));
	put_list(&d, "rooms.csv", rooms);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "; 2 came down"));
	CHECK_STR(current_form(d.f), "tiny 1");
	CHECK(notebook_list_text(d.f->nb, "rooms.csv", &text, &d.f->err));
	CHECK_STR(buf_text(&text), rooms);
	CHECK_INT(news_of(d.f, NEWS_FORM), 1);
	CHECK(inbox_news_seen(d.f->nb, NEWS_FORM, &d.f->err));
	CHECK_INT(news_of(d.f, NEWS_FORM), 0);
	CHECK_INT(news_of(d.f, NEWS_LIST), 1);
	/* The same once more: no bytes are fetched again. */
	asked = (int)d.link->count.down;
	CHECK(notebook_set(d.f->nb, SETTING_CURSOR, "", &d.f->err));
	link_reset(d.link);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(d.link->count.down < asked);
	CHECK_INT(d.progress.received, 0);
	/* A newer one is current; the older stays for its drafts. */
	publish(&d, FORM("2", ""));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(current_form(d.f), "tiny 2");
	buf_reset(&text);
	CHECK(notebook_form_source(d.f->nb, "tiny", "1", &text, &d.f->err));
	CHECK(notebook_form(d.f->nb, "tiny", "1", &d.f->err) != NULL);
	/* The district says which one counts, not the order of adding. */
	CHECK(notebook_form_use(d.f->nb, "tiny", "1", &d.f->err));
	CHECK_STR(current_form(d.f), "tiny 1");
	CHECK(notebook_set(d.f->nb, SETTING_CURSOR, "", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(current_form(d.f), "tiny 2");
	buf_clear(&text);
	day_end(&d);
}

/* As the desk has them: a workbook, or what another program made. */
static void
a_form_may_be_a_workbook_or_an_xform(void)
{
	static const char xform[] =
	    "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'>"
	    "<h:head><h:title>T</h:title><model><instance><tiny id='tiny' version='7'><a/>"
	    "</tiny></instance><bind nodeset='/tiny/a' type='string'/></model></h:head>"
	    "<h:body><input ref='/tiny/a'><label>A</label></input></h:body></h:html>";
	struct day d;

	begin(&d, "chen");
	publish(&d, xform);
	CHECK_INT(collector_run(&d.c, NULL, "publish", "tests/fuzz/xlsx/stored.xlsx", "--db",
		      d.c.db, NULL),
	    0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "; 2 came down"));
	CHECK(notebook_form(d.f->nb, "x", "20260101", &d.f->err) != NULL);
	CHECK(notebook_form(d.f->nb, "tiny", "7", &d.f->err) != NULL);
	day_end(&d);
}

static bool
count_record(const struct record *record, void *data)
{
	(void)record;
	++*(long *)data;
	return true;
}

static void
a_new_laptop_gets_everything_back(void)
{
	struct record_query found = { .search = "漏水", .day = "2026-11-03" };
	char id[UUID_SIZE], gone[UUID_SIZE];
	struct fixture *fresh;
	struct record r;
	struct day d;
	long n = 0;

	begin(&d, "chen");
	publish(&d, FORM("1", ""));
	add(d.f, "{\"d\":\"2026-11-02\",\"a\":\"漏水\"}", id);
	correct(d.f, id, "{\"d\":\"2026-11-03\",\"a\":\"漏水\",\"b\":\"x\"}");
	add(d.f, "{\"a\":\"z\"}", gone);
	CHECK(record_withdraw(d.f->nb, gone, "twice", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	fresh = another(&d, "chen");
	CHECK_INT(sync_of(&d, fresh), CLIENT_DONE);
	CHECK_INT(news_of(fresh, NEWS_RECORD), 2);
	r = get(fresh, id);
	CHECK_INT(r.state, RECORD_SENT);
	CHECK_INT(r.rev, 2);
	CHECK_STR(r.title, "漏水");
	CHECK_STR(r.user, "chen");
	CHECK_STR(answers_of(fresh, id),
	    "{\"d\":\"2026-11-03\",\"a\":\"漏水\",\"b\":\"x\"}");
	CHECK_INT(get(fresh, gone).state, RECORD_WITHDRAWN);
	/* As lists and the search know it. */
	CHECK(record_list(fresh->nb, &found, count_record, &n, &fresh->err));
	CHECK_INT(n, 1);
	/* Both go on from there. */
	correct(fresh, id, "{\"a\":\"on\"}");
	CHECK_INT(sync_of(&d, fresh), CLIENT_DONE);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(get(d.f, id).rev, 3);
	CHECK_STR(answers_of(d.f, id), "{\"a\":\"on\"}");
	CHECK_STR(get(d.f, id).title, "on");
	correct(d.f, id, "{\"a\":\"and on\"}");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(get(d.f, id).state, RECORD_SENT);
	day_end(&d);
	fixture_free(fresh);
}

static void
feedback_returns_a_record_at_its_field(void)
{
	struct buf answers = { 0 }, cursor = { 0 };
	char id[UUID_SIZE];
	struct record r;
	struct day d;

	begin(&d, "chen");
	add(d.f, "{\"a\":\"1\"}", id);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(collector_run(&d.c, NULL, "return", id, "--why", "房号不对", "--field", "b",
		      "--db", d.c.db, NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	r = get(d.f, id);
	CHECK_INT(r.state, RECORD_RETURNED);
	CHECK_STR(r.reason_code, "returned");
	CHECK_STR(r.reason_path, "b");
	CHECK_STR(r.reason, "房号不对");
	CHECK_INT(news_of(d.f, NEWS_RETURNED), 1);
	/* Everything once more changes nothing. */
	CHECK(notebook_set(d.f->nb, SETTING_CURSOR, "", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.received, 0);
	CHECK(record_correct(d.f->nb, id, &d.f->err));
	CHECK(record_draft_load(d.f->nb, id, &answers, &cursor, &d.f->err));
	CHECK_STR(buf_text(&cursor), "b");
	CHECK(fixture_finalise(d.f, id, "{\"a\":\"2\"}", "t", "t"));
	/* What was said of the older revision does not count any more. */
	CHECK(notebook_set(d.f->nb, SETTING_CURSOR, "", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(get(d.f, id).state, RECORD_SENT);
	CHECK_INT(collector_run(&d.c, NULL, "accept", id, "--db", d.c.db, NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(*get(d.f, id).accepted != '\0');
	CHECK_INT(news_of(d.f, NEWS_ACCEPTED), 1);
	/* Whoever accepts it after all. */
	CHECK_INT(collector_run(&d.c, NULL, "return", id, "--why", "x", "--db", d.c.db, NULL),
	    0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(get(d.f, id).state, RECORD_RETURNED);
	CHECK_STR(get(d.f, id).accepted, "");
	CHECK_INT(collector_run(&d.c, NULL, "accept", id, "--db", d.c.db, NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(get(d.f, id).state, RECORD_SENT);
	buf_clear(&answers);
	buf_clear(&cursor);
	day_end(&d);
}

static void
a_case_goes_to_another_worker_and_comes_back(void)
{
	struct fixture *li;
	char id[UUID_SIZE];
	struct day d;

	begin(&d, "chen");
	li = another(&d, "li");
	add(d.f, "{\"a\":\"1\"}", id);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(collector_run(&d.c, NULL, "hand-over", id, "--to", "li", "--db", d.c.db,
		      NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(get(d.f, id).holder, "li");
	CHECK(!record_correct(d.f->nb, id, &d.f->err));
	CHECK(strstr(d.f->err.text, "handed over to li"));
	CHECK(!record_withdraw(d.f->nb, id, "x", &d.f->err));
	CHECK_INT(sync_of(&d, li), CLIENT_DONE);
	correct(li, id, "{\"a\":\"2\"}");
	CHECK_INT(sync_of(&d, li), CLIENT_DONE);
	CHECK_INT(get(li, id).state, RECORD_SENT);
	CHECK_INT(collector_run(&d.c, NULL, "hand-over", id, "--to", "chen", "--db", d.c.db,
		      NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(get(d.f, id).holder, "");
	CHECK_STR(answers_of(d.f, id), "{\"a\":\"2\"}");
	correct(d.f, id, "{\"a\":\"3\"}");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(get(d.f, id).state, RECORD_SENT);
	CHECK_INT(sync_of(&d, li), CLIENT_DONE);
	CHECK_STR(get(li, id).holder, "chen");
	fixture_free(li);
	day_end(&d);
}

/* The same record on two laptops: what does not overlap is one after the next syncs. */
static void
both_sides_of_a_case_become_one(void)
{
	struct fixture *other;
	char id[UUID_SIZE];
	struct day d;

	begin(&d, "chen");
	publish(&d, FORM("1", ""));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	add(d.f, "{\"a\":\"1\",\"b\":\"1\"}", id);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	other = another(&d, "chen");
	CHECK_INT(sync_of(&d, other), CLIENT_DONE);
	correct(d.f, id, "{\"a\":\"2\",\"b\":\"1\"}");
	correct(other, id, "{\"a\":\"1\",\"b\":\"3\"}");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	/* Refused, met, brought together, and sent: all in one run. */
	CHECK_INT(sync_of(&d, other), CLIENT_DONE);
	CHECK(day_says(&d, "; 1 changed on both sides and brought together"));
	CHECK_INT(get(other, id).state, RECORD_SENT);
	CHECK_INT(get(other, id).rev, 3);
	CHECK_STR(answers_of(other, id), "{\"a\":\"2\",\"b\":\"3\"}");
	CHECK_INT(news_of(other, NEWS_MERGED), 1);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(answers_of(d.f, id), "{\"a\":\"2\",\"b\":\"3\"}");
	/* What overlaps waits for somebody. */
	correct(d.f, id, "{\"a\":\"x\",\"b\":\"3\"}");
	correct(other, id, "{\"a\":\"y\",\"b\":\"3\"}");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(sync_of(&d, other), CLIENT_DONE);
	CHECK(day_says(&d, "open them to choose"));
	CHECK_INT(get(other, id).state, RECORD_RETURNED);
	CHECK_INT(news_of(other, NEWS_CONFLICT), 1);
	CHECK_STR(answers_of(other, id), "{\"a\":\"y\",\"b\":\"3\"}");
	fixture_free(other);
	day_end(&d);
}

static bool
write_task(const struct task *task, void *data)
{
	buf_fmt(data, "%s|%s|%s|%s\n", task->text, task->due, task->form, task->answers);
	return true;
}

static const char *
tasks_of(struct fixture *f)
{
	static struct buf out;

	buf_reset(&out);
	CHECK(inbox_tasks(f->nb, NULL, write_task, &out, &f->err));
	return buf_text(&out);
}

static void
tasks_are_what_the_district_says(void)
{
	struct day d;

	begin(&d, "chen");
	CHECK_INT(collector_run(&d.c, NULL, "assign", "--to", "chen", "--text", "later", "--db",
		      d.c.db, NULL), 0);
	CHECK_INT(collector_run(&d.c, NULL, "assign", "--to", "chen", "--text", "走访302",
		      "--due", "2026-11-29", "--form", "tiny", "--set", "a=302", "--db", d.c.db,
		      NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(tasks_of(d.f), "走访302|2026-11-29|tiny|{\"a\":\"302\"}\nlater|||{}\n");
	CHECK_INT(news_of(d.f, NEWS_TASK), 2);
	CHECK_INT(collector_run(&d.c, NULL, "assign", "done", "1", "--db", d.c.db, NULL), 0);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(tasks_of(d.f), "走访302|2026-11-29|tiny|{\"a\":\"302\"}\n");
	day_end(&d);
}

/* A backup was put back at the district: what it lost comes again. */
static void
what_the_collector_lost_is_sent_again(void)
{
	struct buf copy = { 0 };
	char id[3][UUID_SIZE], path[256];
	struct day d;

	begin(&d, "chen");
	add(d.f, "{\"a\":\"1\"}", id[0]);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	collector_stop(&d.c, SIGTERM);
	snprintf(path, sizeof(path), "cp %s %s/out", d.c.db, d.c.dir);
	CHECK_INT(system(path), 0);
	collector_serve(&d.c);
	day_address(&d, d.c.port);
	add(d.f, "{\"a\":\"2\"}", id[1]);
	correct(d.f, id[0], "{\"a\":\"3\"}");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_held(&d), 2);
	collector_stop(&d.c, SIGTERM);
	snprintf(path, sizeof(path), "mv %s/out %s", d.c.dir, d.c.db);
	CHECK_INT(system(path), 0);
	collector_serve(&d.c);
	day_address(&d, d.c.port);
	CHECK_INT(day_held(&d), 1);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.accepted, 2);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 2);
	CHECK_INT(get(d.f, id[0]).state, RECORD_SENT);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.sent, 0);
	buf_clear(&copy);
	day_end(&d);
}

static void
what_is_not_known_is_kept(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_FEED("{\"kind\":\"moon\",\"phase\":3}\n"
			  "{\"kind\":\"record\",\"id\":\"01a18d00-c3c0-7611-8ab9-000000000001\","
			  "\"rev\":1,\"hash\":7}\n"),
		FAKE_HELLO, FAKE_FEED("") };
	struct buf line = { 0 };
	struct fake *fake;
	int64_t number;
	struct day d;

	begin(&d, "chen");
	fake = fake_new(answers, 4);
	day_address(&d, fake->port);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "only a newer version"));
	CHECK_INT(inbox_kept(d.f->nb, "0.0.0", &number, &line, &d.f->err), 1);
	CHECK_STR(buf_text(&line), "{\"kind\":\"moon\",\"phase\":3}");
	/* This version does not try again. */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(inbox_kept(d.f->nb, "0.0.0", &number, &line, &d.f->err), 1);
	fake_free(fake);
	buf_clear(&line);
	day_end(&d);
}

/* A page without its end counts for nothing; neither does another text. */
static void
a_page_that_is_none_changes_nothing(void)
{
	static const char *const pages[] = { "", "{}\n", "x",
		"{\"kind\":\"open\",\"count\":0}\n",
		"{\"kind\":\"end\",\"cursor\":\"1\",\"more\":false}",
		"{\"kind\":\"end\",\"cursor\":\"\",\"more\":false}\n",
		"{\"kind\":\"end\",\"cursor\":\"1\"}\n{\"kind\":\"end\",\"cursor\":\"1\"}\n" };
	struct buf cursor = { 0 }, answer = { 0 };
	struct day d;

	begin(&d, "chen");
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const char *answers[2] = { FAKE_HELLO };
		struct fake *fake;

		buf_reset(&answer);
		buf_fmt(&answer, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
				 "Content-Length: $L\r\n\r\n%s", pages[i]);
		answers[1] = answer.data;
		fake = fake_new(answers, 2);
		day_address(&d, fake->port);
		CHECK_INT(day_sync(&d), CLIENT_FAILED);
		CHECK(day_says(&d, "is not a collector"));
		CHECK(notebook_get(d.f->nb, SETTING_CURSOR, &cursor, &d.f->err));
		CHECK_STR(buf_text(&cursor), "");
		fake_free(fake);
	}
	buf_clear(&cursor);
	buf_clear(&answer);
	day_end(&d);
}

/* Many pages over a line that is cut all the time. */
static void
the_feed_goes_on_after_a_cut(void)
{
	struct record_query all = { 0 };
	struct buf answers = { 0 };
	struct fixture *fresh;
	char id[UUID_SIZE];
	long n = 0, cuts = 0;
	struct day d;

	begin(&d, "chen");
	CHECK(notebook_begin(d.f->nb, &d.f->err));
	for (int i = 0; i < 400; i++) {
		unsigned char random[500];
		char hex[1001];

		hash_random(random, sizeof(random)); /* so that it stays large */
		hash_hex(random, sizeof(random), hex);
		buf_reset(&answers);
		buf_fmt(&answers, "{\"a\":\"%s\"}", hex);
		add(d.f, answers.data, id);
	}
	CHECK(notebook_end(d.f->nb, true, &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	fresh = another(&d, "chen");
	link_reset(d.link);
	d.link->plan.down.cut = 150000;
	while (sync_of(&d, fresh) != CLIENT_DONE && cuts++ < 20)
		link_reset(d.link), d.link->plan.down.cut = 150000 + 60000 * cuts;
	CHECK(cuts > 0);
	CHECK(record_list(fresh->nb, &all, count_record, &n, &fresh->err));
	CHECK_INT(n, 400);
	buf_clear(&answers);
	fixture_free(fresh);
	day_end(&d);
}

static void
a_wrong_clock_is_told(void)
{
	struct day d;

	begin(&d, "chen"); /* its clock stands in the past */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "This computer's clock says 2026-11-23 09:30, the district's "));
	CHECK(clock_init(&d.f->clock, &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(!strstr(d.sentence, "clock"));
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(forms_and_lists_come_down_once);
	RUN(a_form_may_be_a_workbook_or_an_xform);
	RUN(a_new_laptop_gets_everything_back);
	RUN(feedback_returns_a_record_at_its_field);
	RUN(a_case_goes_to_another_worker_and_comes_back);
	RUN(both_sides_of_a_case_become_one);
	RUN(tasks_are_what_the_district_says);
	RUN(what_the_collector_lost_is_sent_again);
	RUN(what_is_not_known_is_kept);
	RUN(a_page_that_is_none_changes_nothing);
	RUN(the_feed_goes_on_after_a_cut);
	RUN(a_wrong_clock_is_told);
	return CHECK_DONE();
}
