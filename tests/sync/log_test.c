/*
 * log_test - the notebook's log on its way to the collector, which tells whether it is
 * whole
 */
#include "audit.h"
#include "day.h"
#include "fake.h"
#include "hash.h"

#include <sys/stat.h>

/* The collector's exit code and what it printed of the logs. */
static int
audit_of(struct day *d, struct buf *out)
{
	buf_reset(out);
	return collector_run(&d->c, out, "audit", "--db", d->c.db, "--json", NULL);
}

static long
lines_of(const struct buf *text)
{
	long lines = 0;

	for (const char *at = buf_text(text); (at = strchr(at, '\n')); at++)
		lines++;
	return lines;
}

static int64_t
sent_to(struct day *d)
{
	int64_t number = -1;

	CHECK(audit_sent(d->f->nb, &number, &d->f->err));
	return number;
}

/* The log of both sides is one and the same. */
static void
agrees(struct day *d, long entries)
{
	struct buf out = { 0 };

	CHECK_INT(audit_of(d, &out), 0);
	CHECK_INT(lines_of(&out), entries);
	CHECK_INT(sent_to(d), entries);
	buf_clear(&out);
}

static void
begin(struct day *d)
{
	day_begin(d);
	day_set(d, SETTING_WORKER_ID, "chenguifang");
}

static void
the_log_goes_with_the_records(void)
{
	struct buf out = { 0 };
	struct day d;

	begin(&d);
	day_add(&d, 5);
	CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv visit", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "5 sent, 5 accepted"));
	agrees(&d, 6);
	audit_of(&d, &out);
	CHECK(strstr(buf_text(&out), "\"user\":\"chenguifang\",\"number\":6,\"at\":\"" FIXTURE_NOW
		"\",\"who\":\"chenguifang\",\"what\":\"export\",\"about\":\"csv visit\"}"));
	CHECK_INT(day_held(&d), 5); /* it is no record */
	buf_clear(&out);
	day_end(&d);
}

static void
the_log_goes_alone_when_no_record_waits(void)
{
	struct day d;

	begin(&d);
	CHECK(audit_add(d.f->nb, AUDIT_VIEW, "x", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "Nothing was waiting to be sent"));
	agrees(&d, 1);
	/* Nothing of it is sent twice. */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.batch, 0);
	day_end(&d);
}

static void
a_long_log_goes_in_pieces(void)
{
	struct day d;

	begin(&d);
	day_set(&d, SETTING_BATCH, "20");
	day_add(&d, 90);
	for (int i = 0; i < 60; i++)
		CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	agrees(&d, 150);
	day_end(&d);
}

/* Cut at every tenth of the way: what is sent again overlaps what is there. */
static void
a_cut_log_is_sent_again_and_stays_one(void)
{
	struct link_count whole;
	struct day d;
	long entries = 0;

	begin(&d);
	day_add(&d, 8);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	whole = d.link->count;
	entries = 8;
	for (int i = 1; i < 20; i++) {
		day_add(&d, 8);
		entries += 8;
		link_reset(d.link);
		if (i < 10)
			d.link->plan.up.cut = (whole.up * i) / 10;
		else
			d.link->plan.down.cut = (whole.down * (i - 9)) / 11;
		day_sync(&d);
		link_reset(d.link);
		/* One more in between, so that the piece is cut anew. */
		CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv", &d.f->err));
		entries++;
		CHECK_INT(day_sync(&d), CLIENT_DONE);
		agrees(&d, entries);
	}
	day_end(&d);
}

/* A collector of before: the log stays at home, and nothing else is changed by it. */
static void
a_collector_that_keeps_no_kinds_gets_none(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_JSON("200 OK", "", "{\"batch\":\"$B\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}") };
	struct fake *fake = fake_new(answers, 2);
	struct day d;

	begin(&d);
	day_add(&d, 1);
	day_address(&d, fake->port);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(sent_to(&d), 0);
	fake_free(fake);
	day_end(&d);
}

#define KEEPS \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: $L\r\n\r\n" \
	"{\"name\":\"minqing-collector\",\"protocols\":[1],\"keeps_kinds\":true," \
	"\"time\":\"2026-11-23T09:30:00+08:00\"}"

static void
a_log_that_is_not_wanted_holds_no_record_back(void)
{
	static const struct {
		const char *name, *answer;
		long accepted;
	} cases[] = {
		{ "put off",
		    FAKE_JSON("200 OK", "",
			"{\"batch\":\"$B\",\"n\":2,\"new\":1,\"same\":0,\"bad\":[{\"line\":2,"
			"\"code\":\"busy\",\"path\":\"\",\"message\":\"\"}]}"),
		    1 },
		{ "refused",
		    FAKE_JSON("200 OK", "",
			"{\"batch\":\"$B\",\"n\":2,\"new\":1,\"same\":0,\"bad\":[{\"line\":2,"
			"\"code\":\"invalid\",\"path\":\"id\",\"message\":\"is missing\"}]}"),
		    1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *const answers[] = { KEEPS, cases[i].answer };
		struct fake *fake = fake_new(answers, 2);
		struct day d;

		check_case(cases[i].name);
		begin(&d);
		day_add(&d, 1);
		day_address(&d, fake->port);
		CHECK_INT(day_sync(&d), CLIENT_DONE);
		CHECK_INT(d.progress.accepted, cases[i].accepted);
		CHECK_INT(d.progress.refused, 0);
		CHECK_INT(day_waiting(&d), 0);
		CHECK_INT(sent_to(&d), 0); /* another day */
		CHECK_INT(fake->count, 2);
		fake_free(fake);
		day_end(&d);
	}
}

static void
what_is_too_large_goes_without_the_log(void)
{
	static const char *const answers[] = { KEEPS,
		FAKE_JSON("413 Content Too Large", "", "{}"),
		FAKE_JSON("200 OK", "", "{\"batch\":\"$B\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}") };
	struct fake *fake = fake_new(answers, 3);
	struct day d;

	begin(&d);
	day_add(&d, 1);
	day_address(&d, fake->port);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.accepted, 1);
	CHECK_INT(sent_to(&d), 0);
	fake_free(fake);
	day_end(&d);
}

/* --- what the collector finds --- */

/* One line of a made-up log, as a batch of its own. */
static void
post_piece(struct day *d, const char *text)
{
	struct buf body = { 0 };
	struct reply r = { 0 };

	buf_fmt(&body, "%s\n", text);
	collector_ask(&d->c, d->c.token, "/v1/batch", "application/x-ndjson", body.data, &r);
	CHECK_STR(buf_text(&r.body), "{\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}");
	collector_ask(&d->c, d->c.token, "/v1/batch", "application/x-ndjson", body.data, &r);
	CHECK_STR(buf_text(&r.body), "{\"n\":1,\"new\":0,\"same\":1,\"bad\":[]}");
	reply_clear(&r);
	buf_clear(&body);
}

/* A piece of entries, each "[…]", that follows on base's link, which it moves on. */
static void
write_piece(struct buf *out, char link[CHAIN_SIZE], int base, const char *const *entries)
{
	buf_reset(out);
	buf_fmt(out, "{\"kind\":\"audit\",\"device\":\"d1\",\"user\":\"zhao\",\"base\":%d,"
		     "\"base_hash\":\"%s\",\"entries\":[", base, link);
	for (int i = 0; entries[i]; i++) {
		buf_fmt(out, "%s%s", i ? "," : "", entries[i]);
		chain_next(link, entries[i], strlen(entries[i]));
	}
	buf_fmt(out, "],\"hash\":\"%s\"}", link);
}

#define ENTRY(about) "[\"2026-11-23T09:30:00+08:00\",\"zhao\",\"export\",\"" about "\"]"

static void
a_log_that_was_tampered_with_is_told(void)
{
	static const struct {
		const char *name;
		int base;          /* of the second piece */
		const char *entry; /* of the second piece */
		const char *spoil; /* a text of it that is changed on the way */
		int exit;
	} cases[] = {
		{ "follows", 2, ENTRY("c"), NULL, 0 },
		{ "overlaps", 1, ENTRY("b"), NULL, 0 },
		{ "an entry is changed", 2, ENTRY("c"), "\"c\"", 1 },
		{ "entries are missing", 3, ENTRY("d"), NULL, 1 },
		{ "another history", 1, ENTRY("x"), NULL, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *const first[] = { ENTRY("a"), ENTRY("b"), NULL };
		const char *const second[] = { cases[i].entry, NULL };
		char link[CHAIN_SIZE], links[3][CHAIN_SIZE];
		struct buf piece = { 0 }, out = { 0 };
		char *at;
		struct day d;

		check_case(cases[i].name);
		begin(&d);
		chain_root("d1", link);
		for (int n = 0; n < 3; n++) {
			memcpy(links[n], link, CHAIN_SIZE);
			if (n < 2)
				chain_next(link, first[n], strlen(first[n]));
		}
		write_piece(&piece, links[0], 0, first);
		post_piece(&d, piece.data);
		memcpy(link, links[cases[i].base < 3 ? cases[i].base : 2], CHAIN_SIZE);
		write_piece(&piece, link, cases[i].base, second);
		at = cases[i].spoil ? strstr(piece.data, cases[i].spoil) : NULL;
		if (at)
			at[1] = 'z';
		post_piece(&d, piece.data);
		CHECK_INT(audit_of(&d, &out), cases[i].exit);
		buf_clear(&piece);
		buf_clear(&out);
		day_end(&d);
	}
}

/* What a later version may send. */
static void
a_kind_that_nobody_knows_is_kept(void)
{
	struct buf out = { 0 };
	struct day d;

	begin(&d);
	post_piece(&d, "{\"kind\":\"weather\",\"sun\":true}");
	CHECK_INT(day_held(&d), 0);
	CHECK_INT(audit_of(&d, &out), 0);
	CHECK_STR(buf_text(&out), "");
	buf_clear(&out);
	day_end(&d);
}

/* The notebook's file under another name, or back again. */
static void
copy_notebook(struct day *d, const char *from, const char *to)
{
	pid_t pid;
	int status = -1;

	notebook_close(d->f->nb);
	d->f->nb = NULL;
	pid = fork();
	if (pid == 0) {
		execlp("cp", "cp", from, to, (char *)NULL);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	fixture_reopen(d->f);
}

static void
an_older_copy_is_noticed(void)
{
	struct day d;
	char aside[120];

	begin(&d);
	snprintf(aside, sizeof(aside), "%s.aside", d.f->path);
	day_add(&d, 2);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	copy_notebook(&d, d.f->path, aside);
	day_add(&d, 3);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(!day_says(&d, "older"));
	copy_notebook(&d, aside, d.f->path);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.behind, 3);
	CHECK(day_says(&d, "older than the one that sent last"));
	day_add(&d, 4); /* goes its own way now: that is told as well, once */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.accepted, 4);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.behind, 0);
	CHECK_INT(day_held(&d), 9);
	/* And the other copy comes back. */
	copy_notebook(&d, aside, d.f->path);
	day_add(&d, 9);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.behind, -1);
	CHECK(day_says(&d, "Another copy of this notebook"));
	unlink(aside);
	day_end(&d);
}

/* A backup was put back at the district: what it lost of the log comes again. */
static void
what_the_collector_lost_is_sent_again(void)
{
	char command[300];
	struct day d;

	begin(&d);
	day_add(&d, 2);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	collector_stop(&d.c, SIGTERM);
	snprintf(command, sizeof(command), "cp %s %s/out", d.c.db, d.c.dir);
	CHECK_INT(system(command), 0);
	collector_serve(&d.c);
	day_address(&d, d.c.port);
	day_set(&d, SETTING_BATCH, "20");
	for (int i = 0; i < 50; i++)
		CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	agrees(&d, 52);
	collector_stop(&d.c, SIGTERM);
	snprintf(command, sizeof(command), "mv %s/out %s", d.c.dir, d.c.db);
	CHECK_INT(system(command), 0);
	collector_serve(&d.c);
	day_address(&d, d.c.port);
	CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv", &d.f->err));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	agrees(&d, 53);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.batch, 0);
	day_end(&d);
}

/* More than a file takes, and records with it; answered twice is as once. */
static void
a_stick_takes_the_log_too(void)
{
	struct carrier_counts counts = { 0 };
	char dir[80], command[400];
	struct day d;

	begin(&d);
	CHECK_INT(day_sync(&d), CLIENT_DONE); /* it hears of the district's key */
	snprintf(dir, sizeof(dir), "%s/stick", d.c.dir);
	CHECK_INT(mkdir(dir, 0700), 0);
	day_add(&d, 3);
	for (int i = 0; i < 1200; i++)
		CHECK(audit_add(d.f->nb, AUDIT_EXPORT, "csv", &d.f->err));
	CHECK(carrier_write(d.f->nb, dir, &counts, &d.f->err));
	CHECK_INT(counts.records, 3);
	CHECK(counts.files >= 3);
	CHECK_INT(sent_to(&d), 0);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(collector_run(&d.c, NULL, "carrier", "import", dir, "--db", d.c.db,
			      NULL), 0);
		CHECK(carrier_read(d.f->nb, dir, &counts, &d.f->err));
		agrees(&d, 1203);
	}
	counts = (struct carrier_counts){ 0 };
	CHECK(carrier_write(d.f->nb, dir, &counts, &d.f->err));
	CHECK_INT(counts.files, 0);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	CHECK_INT(system(command), 0);
	day_end(&d);
}

int
main(void)
{
	RUN(the_log_goes_with_the_records);
	RUN(the_log_goes_alone_when_no_record_waits);
	RUN(a_long_log_goes_in_pieces);
	RUN(a_cut_log_is_sent_again_and_stays_one);
	RUN(a_collector_that_keeps_no_kinds_gets_none);
	RUN(a_log_that_is_not_wanted_holds_no_record_back);
	RUN(what_is_too_large_goes_without_the_log);
	RUN(a_log_that_was_tampered_with_is_told);
	RUN(a_kind_that_nobody_knows_is_kept);
	RUN(what_the_collector_lost_is_sent_again);
	RUN(a_stick_takes_the_log_too);
	RUN(an_older_copy_is_noticed);
	return CHECK_DONE();
}
