#include "autosync.h"

#include "buf.h"
#include "client.h"
#include "moment.h"
#include "network.h"
#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct autosync {
	struct notebook *nb;
	struct client *client; /* while one runs */
	struct moment moment;
	long waiting; /* revisions */
	bool wanted;  /* it is switched on, and there is somebody to send to */
	bool paused, held, stopped;
	bool unfinished;     /* what comes down was left for later */
	int from, to;       /* closing window, minutes of the day */
	int network, epoll; /* epoll: the network's and the client's news together */
};

static int
minute_of_day(const struct notebook *nb)
{
	const struct clock *clock = notebook_clock(nb);
	int64_t now = clock_now(clock);

	return (int)((now / 60000 + clock_offset(clock, now)) % 1440);
}

static void
watch(struct autosync *a, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd >= 0)
		epoll_ctl(a->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Milliseconds; as the setting says. */
static int64_t
soon(struct notebook *nb)
{
	struct buf value = { 0 };
	int64_t ms = MOMENT_SOON;

	if (notebook_get(nb, SETTING_SOON, &value, NULL) && value.len)
		ms = strtol(value.data, NULL, 10) * 1000;
	buf_clear(&value);
	return ms;
}

struct autosync *
autosync_new(struct notebook *nb)
{
	struct autosync *a = mem_alloc(sizeof(*a));

	a->nb = nb;
	a->epoll = epoll_create1(EPOLL_CLOEXEC);
	a->network = network_open();
	watch(a, a->network);
	moment_init(&a->moment, soon(nb));
	autosync_look(a);
	return a;
}

static void
drop_client(struct autosync *a)
{
	client_free(
	    a->client); /* closes its descriptor, which leaves the epoll with it */
	a->client = NULL;
}

void
autosync_free(struct autosync *a)
{
	if (!a)
		return;
	drop_client(a);
	if (a->network >= 0)
		close(a->network);
	if (a->epoll >= 0)
		close(a->epoll);
	free(a);
}

/* --- what there is to do --- */

static bool
is_set(struct notebook *nb, const char *key)
{
	struct buf value = { 0 };
	bool set = notebook_get(nb, key, &value, NULL) && value.len > 0;

	buf_clear(&value);
	return set;
}

static bool
is_no(struct notebook *nb, const char *key)
{
	struct buf value = { 0 };
	bool no =
	    notebook_get(nb, key, &value, NULL) && !strcmp(buf_text(&value), "no");

	buf_clear(&value);
	return no;
}

static void
read_closing(struct autosync *a)
{
	struct buf closing = { 0 };

	if (!notebook_get(a->nb, SETTING_CLOSING, &closing, NULL) ||
	    !wire_window_read(buf_text(&closing), &a->from, &a->to))
		a->from = a->to = 0;
	buf_clear(&closing);
}

/* Is there something, and since when is a moment planned for it? */
static void
look(struct autosync *a)
{
	int64_t bytes;

	if (!outbox_count(a->nb, &a->waiting, &bytes, NULL))
		a->waiting = 0;
	if (!a->wanted || (!a->waiting && !a->unfinished) || a->stopped) {
		moment_done(&a->moment);
		return;
	}
	moment_plan(&a->moment, clock_monotonic(), minute_of_day(a->nb), a->from, a->to);
}

void
autosync_look(struct autosync *a)
{
	if (a->paused)
		moment_done(&a->moment);
	a->stopped = a->stopped && !a->paused;
	a->paused = false;
	a->wanted = is_set(a->nb, SETTING_COLLECTOR) && is_set(a->nb, SETTING_TOKEN) &&
		    !is_no(a->nb, SETTING_BY_ITSELF);
	read_closing(a);
	if (!a->client)
		look(a);
}

void
autosync_pause(struct autosync *a)
{
	drop_client(a);
	a->paused = true;
}

void
autosync_hold(struct autosync *a, bool hold)
{
	a->held = hold;
}

/* --- steps --- */

static void
begin(struct autosync *a)
{
	struct err err = { 0 };

	a->client = client_new(a->nb, CLIENT_BY_ITSELF, &err);
	if (a->client) {
		watch(a, client_fd(a->client));
		return;
	}
	/* No libcurl, an address that is none: the sync by hand says it. */
	a->stopped = true;
	look(a);
}

static void
end(struct autosync *a, enum client_state state)
{
	const struct err *err = client_err(a->client);
	long retry_after = client_retry_after(a->client);
	bool reached = client_receipt(a->client) != 0;

	if (state == CLIENT_DONE) {
		a->unfinished = false;
		moment_done(&a->moment);
	} else if (err->kind == ERR_REFUSED) {
		a->stopped = true;
	} else {
		moment_failed(
		    &a->moment, clock_monotonic(), retry_after, !reached && !retry_after);
	}
	drop_client(a);
	look(a);
}

/* Everything is up; what follows may change records. */
static bool
has_sent(const struct client *c)
{
	const struct client_progress *p = client_progress(c);

	return p->sent >= p->total;
}

static void
leave_the_rest(struct autosync *a)
{
	drop_client(a);
	a->unfinished = true;
	moment_done(&a->moment);
	look(a);
}

static bool
may_begin(const struct autosync *a)
{
	return !a->client && !a->paused && !a->held && a->moment.due != MOMENT_NEVER;
}

bool
autosync_step(struct autosync *a)
{
	enum client_state state;

	if (a->network >= 0 && network_came(a->network))
		moment_network(&a->moment, clock_monotonic());
	if (may_begin(a) && a->moment.due <= clock_monotonic())
		begin(a);
	if (a->client && a->held && has_sent(a->client))
		leave_the_rest(a);
	if (!a->client || (state = client_step(a->client)) == CLIENT_RUNNING)
		return false;
	end(a, state);
	return true;
}

int
autosync_fd(const struct autosync *a)
{
	return a->epoll;
}

int
autosync_timeout(const struct autosync *a)
{
	int64_t left;

	if (a->client)
		return client_timeout(a->client);
	if (!may_begin(a))
		return -1;
	left = a->moment.due - clock_monotonic();
	return left <= 0 ? 0 : left < 3600000 ? (int)left : 3600000;
}

/* --- for the top of the screen --- */

enum autosync_state
autosync_state(const struct autosync *a)
{
	if (a->client)
		return AUTOSYNC_RUNNING;
	if (!a->wanted)
		return AUTOSYNC_OFF;
	if (!a->waiting)
		return AUTOSYNC_IDLE;
	if (a->stopped)
		return AUTOSYNC_STOPPED;
	return a->moment.offline ? AUTOSYNC_OFFLINE : AUTOSYNC_WAITING;
}

void
autosync_words(const struct autosync *a, struct buf *out)
{
	const struct client_progress *p = a->client ? client_progress(a->client) : NULL;

	if (a->paused) /* who sends by hand sees what is told there */
		return;
	switch (autosync_state(a)) {
	case AUTOSYNC_OFF:
	case AUTOSYNC_IDLE:
		break;
	case AUTOSYNC_WAITING:
		buf_fmt(out, _("%ld to send"), a->waiting);
		break;
	case AUTOSYNC_OFFLINE:
		buf_fmt(out, _("%ld to send, no line"), a->waiting);
		break;
	case AUTOSYNC_RUNNING:
		buf_fmt(out, _("sending %ld of %ld"), p->sent, p->total);
		break;
	case AUTOSYNC_STOPPED:
		buf_fmt(out, _("%ld to send: press F9"), a->waiting);
		break;
	}
}
