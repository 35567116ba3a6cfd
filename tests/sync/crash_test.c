/* One side dies or runs out of disk in the middle of a sync; afterwards both agree. */
#include "day.h"
#include "inbox.h"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#define RECORDS 5

/* Goes on with a sync until the condition holds, or it ends. */
static struct client *
sync_until(struct day *d, bool (*holds)(struct day *d, const struct client *client))
{
	struct client *client = client_new(d->f->nb, CLIENT_BY_HAND, &d->err);

	CHECK(client != NULL);
	while (client_step(client) == CLIENT_RUNNING && !holds(d, client))
		client_wait(client, -1, 5);
	return client;
}

static void
sync_to_its_end(struct day *d, struct client *client)
{
	while ((d->state = client_step(client)) == CLIENT_RUNNING)
		client_wait(client, -1, 1000);
	day_keep_result(d, client);
	client_free(client);
}

/* The line led to the old process; the new one listens elsewhere. */
static void
start_again(struct day *d)
{
	collector_serve(&d->c);
	d->link->target = d->c.port;
	link_reset(d->link);
}

static void
arrives_once(struct day *d, long held)
{
	CHECK_INT(day_waiting(d), RECORDS);
	CHECK_INT(day_held(d), held);
	start_again(d);
	CHECK_INT(day_sync(d), CLIENT_DONE);
	CHECK_INT(d->progress.accepted, RECORDS);
	CHECK_INT(day_waiting(d), 0);
	CHECK_INT(day_held(d), RECORDS);
}

static bool
whole_body_is_there(struct day *d, const struct client *client)
{
	struct timespec tenth = { 0, 100000000 };

	(void)d;
	if (strcmp(client_progress(client)->stage, "waiting for the answer") != 0)
		return false;
	nanosleep(&tenth, NULL); /* the collector waits for the lock by now */
	return true;
}

static void
the_collector_dies_before_the_commit(void)
{
	struct client *client;
	sqlite3 *other;
	struct day d;

	day_begin(&d);
	day_add(&d, RECORDS);
	CHECK_INT(sqlite3_open(d.c.db, &other), SQLITE_OK);
	sqlite3_db_config(other, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	CHECK_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	client = sync_until(&d, whole_body_is_there);
	collector_stop(&d.c, SIGKILL);
	sqlite3_close(other);
	sync_to_its_end(&d, client);
	CHECK_INT(d.state, CLIENT_FAILED);
	arrives_once(&d, 0);
	day_end(&d);
}

/* Holds the answer back once a batch is under way. */
static bool
answer_is_on_its_way(struct day *d, const struct client *client)
{
	if (client_progress(client)->batch == 0)
		return false;
	if (!d->link->plan.hold_down) {
		d->link->plan.hold_down = true;
		d->link->count.down = 0;
	}
	return d->link->count.down > 100;
}

static void
the_collector_dies_after_the_commit(void)
{
	struct client *client;
	struct day d;

	day_begin(&d);
	day_add(&d, RECORDS);
	client = sync_until(&d, answer_is_on_its_way);
	collector_stop(&d.c, SIGKILL);
	link_reset(d.link);
	sync_to_its_end(&d, client);
	CHECK_INT(d.state, CLIENT_FAILED);
	arrives_once(&d, RECORDS);
	day_end(&d);
}

/* Bytes of the last answer of a sync: nothing new came down. */
static long
feed_length(struct day *d)
{
	struct buf path = { 0 };
	struct reply r = { 0 };
	long length;

	buf_str(&path, "/v1/changes?since=");
	CHECK(notebook_get(d->f->nb, SETTING_CURSOR, &path, &d->f->err));
	collector_ask(&d->c, d->c.token, path.data, NULL, NULL, &r);
	length = (long)(r.head.len + r.body.len);
	reply_clear(&r);
	buf_clear(&path);
	return length;
}

static void
the_collector_dies_in_the_middle_of_the_answer(void)
{
	struct link_count whole;
	struct day d;
	int i;

	day_begin(&d);
	for (i = 0; i < 2; i++) { /* the first feed says more than the later ones */
		day_add(&d, RECORDS);
		link_reset(d.link);
		CHECK_INT(day_sync(&d), CLIENT_DONE);
	}
	memcpy(&whole, (void *)(uintptr_t)&d.link->count, sizeof(whole));
	day_add(&d, RECORDS);
	link_reset(d.link);
	d.link->plan.down.cut = whole.down - feed_length(&d) - 20;
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(day_waiting(&d), RECORDS);
	collector_stop(&d.c, SIGKILL);
	CHECK_INT(day_held(&d), 3 * RECORDS);
	start_again(&d);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 3 * RECORDS);
	day_end(&d);
}

static void
a_full_disk_at_the_collector_is_told(void)
{
	char answers[2000];
	char id[UUID_SIZE];
	struct day d;

	day_begin(&d);
	collector_stop(&d.c, SIGTERM);
	memset(answers, 'x', sizeof(answers));
	memcpy(answers, "{\"a\":\"", 6);
	strcpy(answers + sizeof(answers) - 3, "\"}");
	for (int i = 0; i < 200; i++) {
		CHECK(fixture_begin(d.f, "visit", id));
		CHECK(fixture_finalise(d.f, id, answers, "t", "t"));
	}
	d.c.file_max = 200 << 10;
	start_again(&d);
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK(day_says(&d, "disk is full"));
	CHECK_INT(day_waiting(&d), 200 - d.progress.accepted);
	collector_stop(&d.c, SIGTERM);
	CHECK_INT(day_held(&d), d.progress.accepted); /* nothing of it is half there */
	d.c.file_max = 0;
	start_again(&d);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 200);
	day_end(&d);
}

/* No file of ours may grow beyond so many bytes; 0: as before. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes ? bytes : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* Whichever write finds the disk full: the receipt's, the answers', the end's. */
static void
a_full_disk_at_the_notebook_loses_nothing(void)
{
	int failed = 0, done = 0;
	long held = 0;
	struct day d;

	day_begin(&d);
	for (rlim_t more = 0; more < 40 && !done; more++) {
		char wal[128];
		struct stat st;

		day_add(&d, RECORDS);
		held += RECORDS;
		fixture_reopen(d.f); /* the log begins anew */
		day_set(&d, SETTING_STALL, "30");
		snprintf(wal, sizeof(wal), "%s-wal", d.f->path);
		CHECK_INT(stat(wal, &st), 0);
		limit_files((rlim_t)st.st_size + more * 2048);
		day_sync(&d);
		limit_files(0);
		if (d.state == CLIENT_DONE)
			done++;
		else
			failed++;
		CHECK(d.state == CLIENT_DONE || d.err.kind == ERR_SYSTEM);
		CHECK_INT(day_sync(&d), CLIENT_DONE);
		CHECK_INT(day_waiting(&d), 0);
		CHECK_INT(day_held(&d), held);
	}
	CHECK(failed > 2);
	CHECK_INT(done, 1);
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	RUN(the_collector_dies_before_the_commit);
	RUN(the_collector_dies_after_the_commit);
	RUN(the_collector_dies_in_the_middle_of_the_answer);
	RUN(a_full_disk_at_the_collector_is_told);
	RUN(a_full_disk_at_the_notebook_loses_nothing);
	return CHECK_DONE();
}
