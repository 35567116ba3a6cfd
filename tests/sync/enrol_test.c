/* A laptop becomes a worker's by a one-time code, from the notebook's side. */
#include "day.h"
#include "fake.h"
#include "inbox.h"

#include <ctype.h>

/* The day's notebook without a token; code gets a new one for the worker. */
static void
begin(struct day *d, const char *user, char code[32])
{
	struct buf out = { 0 };

	day_begin(d);
	day_set(d, SETTING_TOKEN, "");
	CHECK_INT(collector_run(&d->c, &out, "enrol", user, "--name", "陈桂芳", "--role",
		      "bldhead", "--station", "巴登U站", "--db", d->c.db, NULL), 0);
	snprintf(code, 32, "%.14s", buf_text(&out));
	buf_clear(&out);
}

static const char *
setting(struct day *d, const char *key)
{
	static struct buf value;

	buf_reset(&value);
	CHECK(notebook_get(d->f->nb, key, &value, &d->f->err));
	return buf_text(&value);
}

static bool
enrol(struct day *d, const char *code)
{
	d->err = (struct err){ 0 };
	return client_enrol(d->f->nb, code, NULL, &d->err);
}

static void
a_code_makes_the_laptop_the_workers(void)
{
	char code[32], typed[32];
	struct day d;

	begin(&d, "chen", code);
	day_set(&d, SETTING_CURSOR, "x");
	/* As somebody types it. */
	snprintf(typed, sizeof(typed), " %.4s %.4s%.4s ", code, code + 5, code + 10);
	for (char *c = typed; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	CHECK(enrol(&d, typed));
	CHECK_STR(d.err.text, "");
	CHECK_STR(setting(&d, SETTING_WORKER_ID), "chen");
	CHECK_STR(setting(&d, SETTING_WORKER_NAME), "陈桂芳");
	CHECK_STR(setting(&d, SETTING_WORKER_ROLE), "bldhead");
	CHECK_STR(setting(&d, SETTING_STATION), "巴登U站");
	CHECK_STR(setting(&d, SETTING_CURSOR), "");
	CHECK_INT(strlen(setting(&d, SETTING_TOKEN)), 64);
	day_add(&d, 1);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_held(&d), 1);
	/* It is used up now. */
	CHECK(!enrol(&d, code));
	CHECK_INT(d.err.kind, ERR_REFUSED);
	CHECK(strstr(d.err.text, "made another laptop"));
	CHECK_INT(strlen(setting(&d, SETTING_TOKEN)), 64);
	day_end(&d);
}

static void
what_is_no_code_is_told(void)
{
	char code[32];
	struct day d;

	begin(&d, "chen", code);
	CHECK(!enrol(&d, "7K3M"));
	CHECK_INT(d.err.kind, ERR_INPUT);
	CHECK(strstr(d.err.text, "twelve letters"));
	CHECK(!enrol(&d, "AAAA-AAAA-AAAA"));
	CHECK_INT(d.err.kind, ERR_REFUSED);
	CHECK(strstr(d.err.text, "does not know this code"));
	CHECK_STR(setting(&d, SETTING_TOKEN), "");
	day_set(&d, SETTING_COLLECTOR, "");
	CHECK(!enrol(&d, code));
	CHECK(strstr(d.err.text, "address first"));
	day_end(&d);
}

/* Stops when the answer is on its way. */
static bool
until_answered(void *data, int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct link *link = data;

	poll(&p, 1, timeout_ms >= 0 && timeout_ms < 20 ? timeout_ms : 20);
	return link->count.down == 0;
}

/* The collector has made the laptop and nobody heard of it. */
static void
a_lost_answer_does_no_harm(void)
{
	struct client_waiter waiter = { until_answered, NULL };
	char code[32];
	struct day d;

	begin(&d, "chen", code);
	d.link->plan.hold_down = true;
	waiter.data = d.link;
	CHECK(!client_enrol(d.f->nb, code, &waiter, &d.err));
	CHECK_STR(setting(&d, SETTING_TOKEN), "");
	link_reset(d.link);
	fixture_reopen(d.f);
	d.link->plan.down.cut = 1; /* and once more */
	CHECK(enrol(&d, code));
	CHECK_INT(d.link->count.cuts, 1);
	CHECK_INT(strlen(setting(&d, SETTING_TOKEN)), 64);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	day_end(&d);
}

static void
somebody_else_is_no_collector(void)
{
	static const char *const answers[] = {
		FAKE_JSON("200 OK", "", "{\"device\":\"x\"}"),
		FAKE_JSON("200 OK", "", "{\"device\":\"x\",\"user\":\"y\",\"key\":\"zz\"}"),
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: $L\r\n\r\n<html>",
		FAKE_JSON("403 Forbidden", "", "{\"type\":\"urn:minqing:problem:code-expired\"}"),
	};
	static const char *const says[] = { "is not a collector", "is not a collector",
		"is not a collector", "too old" };
	char code[32];
	struct day d;

	begin(&d, "chen", code);
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		struct fake *fake = fake_new(answers + i, 1);

		day_address(&d, fake->port);
		CHECK(!enrol(&d, code));
		CHECK(strstr(d.err.text, says[i]));
		CHECK_STR(setting(&d, SETTING_TOKEN), "");
		fake_free(fake);
	}
	/* And the code is still good where it comes from. */
	day_address(&d, d.c.port);
	CHECK(enrol(&d, code));
	day_end(&d);
}

static bool
stop(void *data, int fd, int timeout_ms)
{
	(void)fd;
	(void)timeout_ms;
	++*(int *)data;
	return false;
}

static void
it_can_be_stopped(void)
{
	struct client_waiter waiter = { stop, NULL };
	char code[32];
	struct day d;
	int asked = 0;

	begin(&d, "chen", code);
	waiter.data = &asked;
	CHECK(!client_enrol(d.f->nb, code, &waiter, &d.err));
	CHECK_INT(d.err.kind, ERR_CANCELLED);
	CHECK_INT(asked, 1);
	CHECK(enrol(&d, code));
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(a_code_makes_the_laptop_the_workers);
	RUN(what_is_no_code_is_told);
	RUN(a_lost_answer_does_no_harm);
	RUN(somebody_else_is_no_collector);
	RUN(it_can_be_stopped);
	return CHECK_DONE();
}
