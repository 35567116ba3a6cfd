/*
 * The line is cut after every byte of a sync of three batches, up and down; then it is
 * synced again, and both sides must agree. Every CUT_STRIDE'th byte, the third if not said;
 * make faults takes them all.
 */
#include "day.h"

#include <limits.h>

#define PER_SYNC 3 /* revisions; one a batch */
#define BEYOND   24 /* bytes: syncs are not all of the same length */

static int stride;

/* A record, its correction, and a withdrawal of one that was sent before: each needs
 * what came before it. */
static void
add_day(struct day *d, char last[UUID_SIZE])
{
	struct fixture *f = d->f;
	char id[UUID_SIZE];

	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(fixture_add(f, "visit", "x", id));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, "{\"a\":\"c\"}", "t", "t"));
	CHECK(record_withdraw(f->nb, last, "twice", &f->err));
	CHECK(notebook_end(f->nb, true, &f->err));
	strcpy(last, id);
}

static void
begin(struct day *d, char last[UUID_SIZE])
{
	day_begin_in(d, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	day_set(d, SETTING_BATCH, "1");
	CHECK(fixture_add(d->f, "visit", "x", last));
	CHECK_INT(day_sync(d), CLIENT_DONE);
}

struct sum {
	long accepted, refused;
};

static bool
add_up(const struct receipt *receipt, void *data)
{
	struct sum *sum = data;

	sum->accepted += receipt->accepted;
	sum->refused += receipt->refused;
	return true;
}

struct lines {
	char **at;
	size_t count, cap;
};

static bool
list_revision(const struct revision *revision, void *data)
{
	buf_fmt(data, " %d %s", revision->rev, revision->hash);
	return strcmp(revision->state, "sent") == 0;
}

struct listing {
	struct notebook *nb;
	struct lines lines;
};

/* "ID 1 HASH 2 HASH", of one record of the notebook. */
static bool
list_record(const struct record *record, void *data)
{
	struct listing *l = data;
	struct buf line = { 0 };

	buf_str(&line, record->id);
	CHECK(record_revisions(l->nb, record->id, list_revision, &line, NULL));
	l->lines.at = mem_grow(l->lines.at, &l->lines.cap, l->lines.count + 1,
	    sizeof(*l->lines.at));
	l->lines.at[l->lines.count++] = buf_take(&line);
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the collector holds of revisions must be what the notebook holds. */
static void
both_agree(struct day *d, long revisions)
{
	struct listing mine = { .nb = d->f->nb };
	struct record_query all = { 0 };
	struct buf out = { 0 };
	struct sum sum = { 0 };
	char want[64];
	size_t i, there = 0;
	const char *at;

	CHECK_INT(day_waiting(d), 0);
	CHECK(receipt_list(d->f->nb, 0, add_up, &sum, &d->f->err));
	CHECK_INT(sum.accepted, revisions);
	CHECK_INT(sum.refused, 0);
	CHECK(record_list(d->f->nb, &all, list_record, &mine, &d->f->err));
	qsort(mine.lines.at, mine.lines.count, sizeof(char *), by_text);
	CHECK_INT(collector_run(&d->c, &out, "stats", "--db", d->c.db, "--json", NULL), 0);
	snprintf(want, sizeof(want), "\"records\":%zu,\"revisions\":%ld,", mine.lines.count,
	    revisions);
	if (!strstr(buf_text(&out), want))
		CHECK_STR(buf_text(&out), want);
	/* The export is in the order of ids, as ours is now. */
	collector_export(&d->c, &out);
	for (at = buf_text(&out); *at; at = strchr(at, '\n') + 1, there++) {
		const char *id = strstr(at, "\"_id\":\"");

		if (!id || there >= mine.lines.count ||
		    strncmp(id + 7, mine.lines.at[there], UUID_SIZE - 1) != 0)
			break;
	}
	CHECK_INT(there, mine.lines.count);
	for (i = 0; i < mine.lines.count; i++)
		free(mine.lines.at[i]);
	free(mine.lines.at);
	buf_clear(&out);
}

static void
sweep(bool up)
{
	char last[UUID_SIZE];
	long revisions = 1, length, at, uncut = 0;
	struct day d;

	begin(&d, last);
	link_reset(d.link);
	add_day(&d, last);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	revisions += PER_SYNC;
	length = up ? d.link->count.up : d.link->count.down;
	CHECK(length > 1000);
	for (at = 1; at <= length + BEYOND && !check_bad_in_case; at += stride) {
		volatile struct link_way *way;
		long cut;

		add_day(&d, last);
		revisions += PER_SYNC;
		link_reset(d.link);
		way = up ? &d.link->plan.up : &d.link->plan.down;
		way->cut = at;
		d.link->plan.reset = at % 2;
		day_sync(&d);
		CHECK(d.state == CLIENT_FAILED || day_waiting(&d) == 0);
		cut = d.link->count.cuts;
		uncut += !cut;
		CHECK(d.state == CLIENT_DONE || cut == 1);
		way->cut = -1;
		CHECK_INT(day_sync(&d), CLIENT_DONE);
		CHECK_INT(day_waiting(&d), 0);
		if (check_bad_in_case)
			fprintf(stderr, "cut after byte %ld of %ld, %s: %s\n", at, length,
			    up ? "up" : "down", d.sentence);
	}
	CHECK(uncut <= 2 * BEYOND / stride + 1);
	both_agree(&d, revisions);
	day_end(&d);
}

static void
cut_after_every_byte_up(void)
{
	sweep(true);
}

static void
cut_after_every_byte_down(void)
{
	sweep(false);
}

int
main(int argc, char **argv)
{
	const char *said = getenv("CUT_STRIDE");

	signal(SIGPIPE, SIG_IGN);
	stride = argc > 1 ? atoi(argv[1]) : said ? atoi(said) : 3;
	if (stride < 1)
		stride = 1;
	RUN(cut_after_every_byte_up);
	RUN(cut_after_every_byte_down);
	return CHECK_DONE();
}
