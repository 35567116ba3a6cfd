/* The notebook that sends by itself: when it tries, and what it does with the answers. */
#include "autosync.h"
#include "day.h"
#include "fake.h"
#include "moment.h"
#include "network.h"

#include <linux/rtnetlink.h>

/* --- when --- */

#define MINUTE 60000
#define TIMES  2000 /* enough to see both ends of what is random */

/* The least and the most that came of many tries. */
struct range {
	int64_t least, most;
};

static void
widen(struct range *r, int64_t value)
{
	if (value < r->least)
		r->least = value;
	if (value > r->most)
		r->most = value;
}

static const struct {
	const char *name;
	int minute, from, to;
	int64_t spread; /* milliseconds */
} plans[] = {
	{ "no window", 600, 0, 0, MOMENT_SOON },
	{ "before the window", 1019, 1020, 1110, MOMENT_SOON },
	{ "at its beginning", 1020, 1020, 1110, 90 * MINUTE },
	{ "in it", 1080, 1020, 1110, 30 * MINUTE },
	{ "in its last minute", 1109, 1020, 1110, MINUTE },
	{ "after it", 1110, 1020, 1110, MOMENT_SOON },
};

static void
any_moment_of_the_closing_window_is_as_good(void)
{
	struct moment m;

	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct range r = { INT64_MAX, 0 };

		check_case(plans[i].name);
		for (int n = 0; n < TIMES; n++) {
			moment_init(&m, MOMENT_SOON);
			moment_plan(
			    &m, 1000, plans[i].minute, plans[i].from, plans[i].to);
			widen(&r, m.due - 1000);
		}
		CHECK(r.least >= 0 && r.least < plans[i].spread / 20);
		CHECK(r.most < plans[i].spread && r.most > plans[i].spread * 19 / 20);
	}
	check_case("any_moment_of_the_closing_window_is_as_good");
	moment_plan(&m, 5000000, 600, 0, 0);
	CHECK(m.due < 1000 + MOMENT_SOON); /* what is planned stays */
}

static void
waits_grow_and_are_all_random(void)
{
	int64_t most[] = { 5000, 10000, 20000, 40000, 80000, 160000, 320000, 600000,
		600000 };
	struct range r[9];

	for (size_t i = 0; i < 9; i++)
		r[i] = (struct range){ INT64_MAX, 0 };
	for (int n = 0; n < TIMES; n++) {
		struct moment m;

		moment_init(&m, MOMENT_SOON);
		for (size_t i = 0; i < 9; i++) {
			moment_failed(&m, 0, 0, true);
			widen(&r[i], m.due);
		}
		CHECK(m.offline);
	}
	for (size_t i = 0; i < 9; i++) {
		CHECK(r[i].least < most[i] / 20);
		CHECK(r[i].most < most[i] && r[i].most > most[i] * 19 / 20);
	}
}

static void
a_network_that_comes_back_is_tried_soon(void)
{
	struct moment m;

	moment_init(&m, MOMENT_SOON);
	moment_network(&m, 0);
	CHECK(m.due == MOMENT_NEVER); /* nothing waits */
	for (int n = 0; n < TIMES; n++) {
		moment_init(&m, MOMENT_SOON);
		for (int i = 0; i < 12; i++)
			moment_failed(&m, 0, 0, true);
		moment_network(&m, 0);
		CHECK(m.due <= MOMENT_SOON);
	}
}

static void
what_the_collector_asked_for_is_never_shortened(void)
{
	struct moment m;

	for (int n = 0; n < TIMES; n++) {
		moment_init(&m, MOMENT_SOON);
		moment_failed(&m, 1000, 300, false);
		CHECK(m.due >= 301000 && m.due < 316000);
		moment_network(&m, 2000);
		moment_plan(&m, 2000, 600, 0, 0);
		CHECK(m.due >= 301000);
	}
}

/* --- news from the kernel --- */

static bool
tells(int type)
{
	struct nlmsghdr message[2] = { { .nlmsg_len = sizeof(message[0]),
					   .nlmsg_type = NLMSG_NOOP },
		{ .nlmsg_len = sizeof(message[0]), .nlmsg_type = (uint16_t)type } };

	return network_read(message, sizeof(message));
}

static void
only_what_came_is_news(void)
{
	CHECK(tells(RTM_NEWADDR));
	CHECK(tells(RTM_NEWROUTE));
	CHECK(!tells(RTM_DELADDR));
	CHECK(!tells(RTM_DELROUTE));
	CHECK(!tells(RTM_NEWLINK));
	CHECK(!network_read("", 0));
}

/* --- the whole of it --- */

static struct autosync *
sending(struct day *d)
{
	day_set(d, SETTING_SOON, "0");
	return autosync_new(d->f->nb);
}

/* Steps until it is in that state; gives up after a minute. */
static bool
run_until(struct autosync *a, enum autosync_state state)
{
	for (int i = 0; i < 6000; i++) {
		struct pollfd p = { .fd = autosync_fd(a), .events = POLLIN };
		int timeout = autosync_timeout(a);

		if (autosync_state(a) == state)
			return true;
		poll(&p, 1, timeout >= 0 && timeout < 10 ? timeout : 10);
		autosync_step(a);
	}
	return false;
}

static bool
words_are(const struct autosync *a, const char *want)
{
	struct buf words = { 0 };
	bool same;

	autosync_words(a, &words);
	same = !strcmp(buf_text(&words), want);
	if (!same)
		fprintf(stderr, "  \"%s\" instead of \"%s\"\n", buf_text(&words), want);
	buf_clear(&words);
	return same;
}

static void
what_is_finished_goes_by_itself(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	a = sending(&d);
	CHECK_INT(autosync_state(a), AUTOSYNC_IDLE);
	CHECK_INT(autosync_timeout(a), -1);
	CHECK(words_are(a, ""));
	day_add(&d, 5);
	autosync_look(a);
	CHECK_INT(autosync_state(a), AUTOSYNC_WAITING);
	CHECK(words_are(a, "5 to send"));
	CHECK(run_until(a, AUTOSYNC_IDLE));
	CHECK(words_are(a, ""));
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 5);
	autosync_free(a);
	day_end(&d);
}

static void
without_a_line_it_waits_and_goes_on_when_there_is_one(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	d.link->plan.refuse = true;
	day_add(&d, 3);
	a = sending(&d);
	CHECK(run_until(a, AUTOSYNC_OFFLINE));
	CHECK(words_are(a, "3 to send, no line"));
	CHECK_INT(day_waiting(&d), 3);
	d.link->plan.refuse = false;
	CHECK(run_until(a, AUTOSYNC_IDLE));
	CHECK_INT(day_held(&d), 3);
	autosync_free(a);
	day_end(&d);
}

static void
it_stays_still_while_somebody_else_acts(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	day_add(&d, 3);
	a = sending(&d);
	autosync_hold(a, true);
	CHECK_INT(autosync_timeout(a), -1);
	CHECK(!autosync_step(a));
	CHECK_INT(d.link->count.connections, 0);
	autosync_hold(a, false);
	CHECK_INT(autosync_timeout(a), 0);
	CHECK(run_until(a, AUTOSYNC_RUNNING));
	CHECK(words_are(a, "sending 0 of 3"));
	autosync_pause(a);
	CHECK_INT(autosync_timeout(a), -1);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(words_are(a, ""));
	autosync_look(a);
	CHECK_INT(autosync_state(a), AUTOSYNC_IDLE);
	CHECK_INT(day_held(&d), 3);
	autosync_free(a);
	day_end(&d);
}

static void
while_a_record_is_open_it_only_sends(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_BATCH, "1");
	day_add(&d, 3);
	a = sending(&d);
	CHECK(run_until(a, AUTOSYNC_RUNNING));
	autosync_hold(a, true);
	CHECK(run_until(a, AUTOSYNC_IDLE));
	CHECK_INT(day_held(&d), 3);
	CHECK_INT(autosync_timeout(a), -1);
	autosync_hold(a, false);
	CHECK_INT(autosync_timeout(a), 0); /* what was left is fetched */
	CHECK(run_until(a, AUTOSYNC_RUNNING));
	CHECK(run_until(a, AUTOSYNC_IDLE));
	CHECK_INT(autosync_timeout(a), -1);
	autosync_free(a);
	day_end(&d);
}

static void
it_is_off_where_the_setting_says_so(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	day_add(&d, 3);
	day_set(&d, SETTING_BY_ITSELF, "no");
	a = sending(&d);
	CHECK_INT(autosync_state(a), AUTOSYNC_OFF);
	CHECK_INT(autosync_timeout(a), -1);
	day_set(&d, SETTING_BY_ITSELF, "yes");
	day_set(&d, SETTING_COLLECTOR, "");
	autosync_look(a);
	CHECK_INT(autosync_state(a), AUTOSYNC_OFF);
	autosync_free(a);
	day_end(&d);
}

static void
a_refusal_stops_it_until_somebody_looked(void)
{
	struct autosync *a;
	struct day d;

	day_begin(&d);
	day_add(&d, 3);
	day_set(&d, SETTING_TOKEN, "mq1_nobody");
	a = sending(&d);
	CHECK(run_until(a, AUTOSYNC_STOPPED));
	CHECK_INT(autosync_timeout(a), -1);
	CHECK(words_are(a, "3 to send: press F9"));
	autosync_look(a);
	CHECK_INT(autosync_state(a), AUTOSYNC_STOPPED);
	day_set(&d, SETTING_TOKEN, d.c.token);
	autosync_pause(a); /* F9 */
	autosync_look(a);
	CHECK(run_until(a, AUTOSYNC_IDLE));
	CHECK_INT(day_held(&d), 3);
	autosync_free(a);
	day_end(&d);
}

/* A captive portal, then the collector's own "later". */
static void
strangers_and_busy_collectors_are_waited_for(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
		"$L\r\n\r\n"
		"<html>Please log in.</html>",
		FAKE_JSON("503 Service Unavailable", "Retry-After: 600\r\n", "{}"),
	};
	struct fake *fake = fake_new(answers, 2);
	struct autosync *a;
	struct day d;

	day_begin(&d);
	day_add(&d, 3);
	day_address(&d, fake->port);
	a = sending(&d);
	CHECK(run_until(a, AUTOSYNC_OFFLINE));
	CHECK(run_until(a, AUTOSYNC_WAITING));
	CHECK_INT(fake->count, 2);
	CHECK(autosync_timeout(a) > 590000);
	CHECK_INT(day_waiting(&d), 3);
	autosync_free(a);
	fake_free(fake);
	day_end(&d);
}

static void
the_closing_window_is_learnt(void)
{
	struct buf closing = { 0 };
	struct autosync *a;
	struct day d;

	day_begin(&d);
	collector_stop(&d.c, SIGTERM);
	d.c.closing = "09:00-10:00"; /* it is 09:30 */
	collector_serve(&d.c);
	d.link->target = d.c.port;
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(notebook_get(d.f->nb, SETTING_CLOSING, &closing, &d.f->err));
	CHECK_STR(buf_text(&closing), "09:00-10:00");
	day_add(&d, 1);
	a = sending(&d);
	CHECK_INT(autosync_state(a), AUTOSYNC_WAITING);
	CHECK(autosync_timeout(a) >= 0 && autosync_timeout(a) <= 30 * MINUTE);
	autosync_free(a);
	buf_clear(&closing);
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	any_moment_of_the_closing_window_is_as_good();
	RUN(waits_grow_and_are_all_random);
	RUN(a_network_that_comes_back_is_tried_soon);
	RUN(what_the_collector_asked_for_is_never_shortened);
	RUN(only_what_came_is_news);
	RUN(what_is_finished_goes_by_itself);
	RUN(without_a_line_it_waits_and_goes_on_when_there_is_one);
	RUN(it_stays_still_while_somebody_else_acts);
	RUN(while_a_record_is_open_it_only_sends);
	RUN(it_is_off_where_the_setting_says_so);
	RUN(a_refusal_stops_it_until_somebody_looked);
	RUN(strangers_and_busy_collectors_are_waited_for);
	RUN(the_closing_window_is_learnt);
	return CHECK_DONE();
}
