/*
 * line - how long the day takes over a line, against the shortest that it could take
 *
 *   line sync PORT RATE RTT CUT    sends the one notebook of MINQING_HOME there
 *   line posts PORT RATE RTT N     its first N records as OpenRosa clients send them:
 *                                  one multipart POST a record, on one connection
 *   line trail 200,300             the notebook's log as it goes with batches of these
 *                                  sizes, a line each
 *   line memory PORT               sends it with no line between; memory above idle
 *
 * PORT: of a collector on this machine. RATE: bits a second up; down it is
 * four times that. RTT, CUT:
 * milliseconds, of a round trip and between two cuts of the line (0: none). Prints one
 * line of NAME=VALUE, which tests/bench/lines reads.
 */
#include "../../sync/client_trail.h"
#include "../sync/fake.h"
#include "../sync/link.h"
#include "client.h"
#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "outbox.h"
#include "place.h"
#include "wire.h"

static struct err err;

static void
must(bool good)
{
	if (good)
		return;
	fprintf(stderr, "line: %s\n", err.text);
	exit(3);
}

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct link *
line_of(int port, long rate, long round_trip, long cut_every)
{
	struct link *link = link_new(port);

	link->plan.up.rate = rate / 8;
	link->plan.down.rate = rate / 2; /* four times that */
	link->plan.delay = round_trip / 2;
	link->plan.cut_every = cut_every;
	return link;
}

static void
send_to(struct notebook *nb, int port)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
	must(notebook_set(nb, SETTING_COLLECTOR, url, &err));
	must(notebook_set(nb, SETTING_PATIENCE, "3600", &err));
}

/* One sync; each_step is called between its steps. */
static void
run_sync(struct notebook *nb, struct client_progress *p,
    void (*each_step)(const struct client_progress *now))
{
	struct client *c = client_new(nb, CLIENT_BY_HAND, &err);
	enum client_state state;

	must(c != NULL);
	while ((state = client_step(c)) == CLIENT_RUNNING) {
		each_step(client_progress(c));
		client_wait(c, -1, 1000);
	}
	*p = *client_progress(c);
	each_step(p);
	must(state == CLIENT_DONE || err_set(&err, ERR_NETWORK, "%s", client_sentence(c)));
	client_free(c);
}

static struct buf sizes; /* "200,300": records of the batches that went through */

static void
look_at_batches(const struct client_progress *now)
{
	static long before;

	if (now->sent == before)
		return;
	buf_fmt(&sizes, sizes.len ? ",%ld" : "%ld", now->sent - before);
	before = now->sent;
}

static void
sync_over(struct notebook *nb, struct link *link)
{
	struct client_progress p;
	int64_t began;

	send_to(nb, link->port);
	began = monotonic();
	run_sync(nb, &p, look_at_batches);
	printf("ms=%lld body=%lld up=%ld down=%ld batches=%d cuts=%ld sizes=%s\n",
	    (long long)(monotonic() - began), (long long)p.bytes_up, link->count.up,
	    link->count.down, p.batch, link->count.cuts,
	    buf_text(&sizes));
	buf_clear(&sizes);
}

/* --- one POST a record --- */

struct posting {
	int fd;
	long done;
};

static bool
post(const struct outbox_item *item, void *data)
{
	static const char edge[] = "--1MoTLOl0hHe6Yf5xWzq";
	struct posting *posting = data;
	struct buf line = { 0 }, body = { 0 }, head = { 0 };
	struct reply reply = { 0 };

	wire_record_write(item, &line);
	buf_fmt(&body,
	    "%s\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
	    "filename=\"submission.xml\"\r\nContent-Type: text/xml\r\n\r\n%s\r\n%s--\r\n",
	    edge, line.data, edge);
	buf_fmt(&head,
	    "POST /submission?deviceID=minqing HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	    "User-Agent: bench\r\nX-OpenRosa-Version: 1.0\r\nAccept-Encoding: gzip\r\n"
	    "Content-Type: multipart/form-data; boundary=%s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    edge + 2, body.len);
	buf_str(&head, body.data);
	send_all(posting->fd, head.data, head.len);
	read_reply(posting->fd, &reply);
	must(reply.status == 201 || err_set(&err, ERR_NETWORK, "no 201"));
	posting->done++;
	reply_clear(&reply);
	buf_clear(&head);
	buf_clear(&body);
	buf_clear(&line);
	return true;
}

static void
posts_over(struct notebook *nb, long rate, long round_trip, int count)
{
	static const char *const answers[] = { FAKE_JSON("201 Created", "", "{}") };
	struct fake *fake = fake_new(answers, 1);
	struct link *link = line_of(fake->port, rate, round_trip, 0);
	struct posting posting = { 0 };
	int64_t began = monotonic();

	posting.fd = connect_to(link->port);
	must(outbox_each(nb, 0, count, post, &posting, &err));
	printf("ms=%lld up=%ld posted=%ld\n", (long long)(monotonic() - began),
	    link->count.up, posting.done);
	close(posting.fd);
	link_free(link);
	fake_free(fake);
}

/* --- the log --- */

static void
print_trail(struct notebook *nb, const char *batch_sizes)
{
	struct client_trail trail = { .wanted = true };
	struct buf line = { 0 };

	for (const char *at = batch_sizes; at; at = strchr(at, ',')) {
		at += *at == ',';
		buf_reset(&line);
		must(trail_write(&trail, nb, atoi(at), &line, &err) &&
		    trail_answered(&trail, nb, &err));
		printf("%s%s", buf_text(&line), line.len ? "" : "\n");
	}
	buf_clear(&line);
}

/* --- memory --- */

/* A line of /proc/self/status, in kB. */
static long
status_kb(const char *name)
{
	FILE *in = fopen("/proc/self/status", "r");
	size_t len = strlen(name);
	char line[128];
	long kb = -1;

	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, name, len))
			kb = atol(line + len);
	fclose(in);
	return kb;
}

static long most_kb;

static void
look_at_memory(const struct client_progress *now)
{
	long kb = status_kb("RssAnon:");

	(void)now;
	if (kb > most_kb)
		most_kb = kb;
}

static void
memory_of(struct notebook *nb, int port)
{
	struct client_progress p;
	long count, idle;
	int64_t bytes;

	send_to(nb, port);
	must(outbox_count(nb, &count, &bytes, &err));
	idle = status_kb("RssAnon:");
	run_sync(nb, &p, look_at_memory);
	printf("records=%ld idle_kb=%ld most_kb=%ld ms=%lld batches=%d\n", count, idle,
	    most_kb, (long long)p.milliseconds, p.batch);
}

static long
number(int argc, char **argv, int i)
{
	return i < argc ? strtol(argv[i], NULL, 10) : 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int port = (int)number(argc, argv, 2);
	long rate = number(argc, argv, 3), round_trip = number(argc, argv, 4),
	     last = number(argc, argv, 5);
	struct notebook *nb;
	struct clock clock;

	i18n_use("en");
	must(clock_init(&clock, &err));
	nb = place_open(NULL, &clock, NULL, &err);
	must(nb != NULL);
	if (!strcmp(what, "memory")) {
		memory_of(nb, port);
	} else if (!strcmp(what, "trail")) {
		print_trail(nb, argc > 2 ? argv[2] : "");
	} else if (!strcmp(what, "posts")) {
		posts_over(nb, rate, round_trip, (int)last);
	} else {
		struct link *link = line_of(port, rate, round_trip, last);

		sync_over(nb, link);
		link_free(link);
	}
	notebook_close(nb);
	return 0;
}
