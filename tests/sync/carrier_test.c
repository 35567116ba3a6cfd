/* Batches on a stick: sealed, imported in any order and any number of times, answered. */
#include "day.h"
#include "wire.h"

#include <dirent.h>
#include <sys/stat.h>

struct stick {
	struct day d;
	char dir[80];
};

static void
begin(struct stick *s)
{
	char token[80];

	day_begin(&s->d);
	collector_enrol(&s->d.c, "chen", "陈桂芳", token);
	day_set(&s->d, SETTING_TOKEN, token);
	day_set(&s->d, SETTING_WORKER_ID, "chen");
	CHECK_INT(day_sync(&s->d), CLIENT_DONE); /* it hears of the district's key */
	snprintf(s->dir, sizeof(s->dir), "%s/stick", s->d.c.dir);
	CHECK_INT(mkdir(s->dir, 0700), 0);
}

/* Names of the files with that end, sorted by nothing; at most so many. */
static int
files(const struct stick *s, const char *end, char names[][80], int most)
{
	DIR *dir = opendir(s->dir);
	struct dirent *e;
	int n = 0;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && strlen(e->d_name) > strlen(end) && n < most &&
		    !strcmp(e->d_name + strlen(e->d_name) - strlen(end), end))
			snprintf(names[n++], 80, "%.79s", e->d_name);
	closedir(dir);
	return n;
}

static int
count(const struct stick *s, const char *end)
{
	char names[100][80];

	return files(s, end, names, 100);
}

static void
end(struct stick *s)
{
	struct buf path = { 0 };
	char names[100][80];
	int n = files(s, "", names, 100);

	for (int i = 0; i < n; i++) {
		buf_reset(&path);
		buf_fmt(&path, "%s/%s", s->dir, names[i]);
		unlink(path.data);
	}
	buf_clear(&path);
	CHECK_INT(rmdir(s->dir), 0);
	day_end(&s->d);
}

static struct carrier_counts
go(struct stick *s, bool write)
{
	struct carrier_counts c = { 0 };

	CHECK(carrier_read(s->d.f->nb, s->dir, &c, &s->d.f->err));
	CHECK(!write || carrier_write(s->d.f->nb, s->dir, &c, &s->d.f->err));
	return c;
}

static int
import(struct stick *s)
{
	return collector_run(&s->d.c, NULL, "carrier", "import", s->dir, "--db", s->d.c.db,
	    NULL);
}

static void
a_day_goes_by_stick_and_its_answer_comes_back(void)
{
	struct carrier_counts c;
	struct stick s;

	begin(&s);
	day_add(&s.d, 5);
	c = go(&s, true);
	CHECK_INT(c.files, 1);
	CHECK_INT(c.records, 5);
	CHECK_INT(day_waiting(&s.d), 5);
	/* Without an answer they are written again, in place of the older file. */
	day_add(&s.d, 2);
	c = go(&s, true);
	CHECK_INT(c.records, 7);
	CHECK_INT(count(&s, ".batch"), 1);
	CHECK_INT(import(&s), 0);
	CHECK_INT(import(&s), 0);
	CHECK_INT(day_held(&s.d), 7);
	CHECK_INT(count(&s, ".answer"), 1);
	c = go(&s, true);
	CHECK_INT(c.answers, 1);
	CHECK_INT(c.settled, 7);
	CHECK_INT(c.files, 0);
	CHECK_INT(day_waiting(&s.d), 0);
	CHECK_INT(count(&s, ""), 0);
	/* And over the line nothing is left to be sent. */
	CHECK_INT(day_sync(&s.d), CLIENT_DONE);
	CHECK_INT(s.d.progress.sent, 0);
	CHECK_INT(day_held(&s.d), 7);
	end(&s);
}

/* A record, its correction, its withdrawal, each in a file of its own, in every order. */
static void
the_order_of_the_files_means_nothing(void)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	char names[3][80], id[UUID_SIZE];
	struct buf path = { 0 };
	struct stick s;

	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		struct fixture *f;

		begin(&s);
		f = s.d.f;
		for (int step = 0; step < 3; step++) {
			char before[10][80];
			int n = files(&s, ".batch", before, 10);

			if (step == 0)
				CHECK(fixture_add(f, "visit", "x", id));
			if (step == 1)
				CHECK(record_correct(f->nb, id, &f->err) &&
				    fixture_finalise(f, id, "{\"a\":\"c\"}", "t", "t"));
			if (step == 2)
				CHECK(record_withdraw(f->nb, id, "x", &f->err));
			/* The older files stay: somebody has taken them along already. */
			CHECK(notebook_set(f->nb, SETTING_CARRIED, "", &f->err));
			go(&s, true);
			CHECK_INT(files(&s, ".batch", before, 10), n + 1);
		}
		CHECK_INT(files(&s, ".batch", names, 3), 3);
		for (int i = 0; i < 6; i++) { /* each twice */
			buf_reset(&path);
			buf_fmt(&path, "%s/%s", s.dir, names[orders[o][i % 3]]);
			CHECK_INT(collector_run(&s.d.c, NULL, "carrier", "import", path.data,
				      "--db", s.d.c.db, NULL), 0);
		}
		go(&s, false);
		CHECK_INT(day_waiting(&s.d), 0);
		CHECK_INT(day_held(&s.d), 1);
		end(&s);
	}
	buf_clear(&path);
}

static void
what_is_refused_comes_back(void)
{
	struct carrier_counts c;
	struct fixture *f;
	char id[UUID_SIZE];
	struct record r;
	struct stick s;
	struct buf answers = { 0 };

	begin(&s);
	f = s.d.f;
	CHECK(fixture_begin(f, "visit", id));
	buf_str(&answers, "{\"a\":\"");
	while (answers.len < 70000) /* more than a line may have */
		buf_fmt(&answers, "%ld", random());
	buf_str(&answers, "\"}");
	CHECK(fixture_finalise(f, id, answers.data, "t", "t"));
	day_add(&s.d, 1);
	go(&s, true);
	CHECK_INT(import(&s), 0);
	c = go(&s, false);
	CHECK_INT(c.settled, 2);
	CHECK_INT(c.refused, 1);
	CHECK_INT(record_get(f->nb, id, &r, &f->err), 1);
	CHECK_INT(r.state, RECORD_RETURNED);
	CHECK_STR(r.reason_code, "too_big");
	CHECK_INT(day_held(&s.d), 1);
	buf_clear(&answers);
	end(&s);
}

static void
damage(const struct stick *s, const char *end, size_t at)
{
	struct buf path = { 0 };
	char names[1][80];
	FILE *file;
	int byte;

	CHECK_INT(files(s, end, names, 1), 1);
	buf_fmt(&path, "%s/%s", s->dir, names[0]);
	file = fopen(path.data, "r+");
	fseek(file, (long)at, SEEK_SET);
	byte = fgetc(file);
	fseek(file, (long)at, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
	buf_clear(&path);
}

/* A stick passes through many hands. */
static void
nobody_else_can_read_or_answer_it(void)
{
	struct carrier_counts c;
	struct stick s;
	char token[80];

	begin(&s);
	day_add(&s.d, 3);
	go(&s, true);
	damage(&s, ".batch", 200);
	CHECK_INT(import(&s), 1);
	CHECK_INT(day_held(&s.d), 0);
	CHECK_INT(count(&s, ".answer"), 0);
	damage(&s, ".batch", 200); /* back */
	CHECK_INT(import(&s), 0);
	damage(&s, ".answer", 60);
	c = go(&s, false);
	CHECK_INT(c.foreign, 1);
	CHECK_INT(day_waiting(&s.d), 3);
	damage(&s, ".answer", 60);
	/* Another laptop's token opens nothing. */
	collector_enrol(&s.d.c, "li", "李伟", token);
	day_set(&s.d, SETTING_TOKEN, token);
	c = go(&s, false);
	CHECK_INT(c.foreign, 1);
	CHECK_INT(day_waiting(&s.d), 3);
	end(&s);
}

/* What is taken back over the line is taken back on the stick. */
static void
a_laptop_that_was_removed_is_refused(void)
{
	struct stick s;

	begin(&s);
	day_add(&s.d, 1);
	go(&s, true);
	CHECK_INT(collector_run(&s.d.c, NULL, "token", "remove", "chen", "--db", s.d.c.db,
		      NULL), 0);
	CHECK_INT(import(&s), 1);
	CHECK_INT(day_held(&s.d), 0);
	end(&s);
}

static void
without_the_districts_key_nothing_is_written(void)
{
	struct carrier_counts c = { 0 };
	struct stick s;

	begin(&s);
	day_set(&s.d, SETTING_DISTRICT_KEY, "");
	day_add(&s.d, 1);
	CHECK(!carrier_write(s.d.f->nb, s.dir, &c, &s.d.f->err));
	CHECK_INT(s.d.f->err.kind, ERR_INPUT);
	CHECK(strstr(s.d.f->err.text, "district's key"));
	CHECK_INT(count(&s, ""), 0);
	end(&s);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(a_day_goes_by_stick_and_its_answer_comes_back);
	RUN(the_order_of_the_files_means_nothing);
	RUN(what_is_refused_comes_back);
	RUN(nobody_else_can_read_or_answer_it);
	RUN(a_laptop_that_was_removed_is_refused);
	RUN(without_the_districts_key_nothing_is_written);
	return CHECK_DONE();
}
