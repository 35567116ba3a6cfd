#include "client_private.h"

#include "client_changes.h"
#include "client_rosa.h"
#include "clock.h"
#include "i18n.h"
#include "inbox.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALL_SECONDS  30
#define PATIENCE       20    /* seconds */
#define SILENCE_COST   10000 /* of patience, for a line that went silent */
#define RETRY_FIRST_MS 500
#define RETRY_MOST_MS  8000
#define RETRY_LEAST_MS 50
#define SKEW_MS        (5 * 60000)

static enum client_next ask_hello(struct client *c);
static bool take_hello(struct client *c, const struct line_result *r);
static enum client_next ask_batch(struct client *c);
static bool take_batch(struct client *c, const struct line_result *r);
static bool batch_failed(struct client *c, const struct line_result *r);

/* A run goes through them in this order. */
static const struct exchange exchanges[] = {
	{ N_("connecting"), ask_hello, take_hello, NULL },
	{ N_("sending"), ask_batch, take_batch, batch_failed },
	{ N_("fetching"), changes_ask, changes_take, changes_failed },
};

#define BATCHES 1 /* row */

/* --- the beginning --- */

/* The setting's text, given; "" when it was never set. NULL and err. */
static char *
setting(struct notebook *nb, const char *key, struct err *err)
{
	struct buf value = { 0 };

	if (notebook_get(nb, key, &value, err))
		return buf_take(&value);
	buf_clear(&value);
	return NULL;
}

static bool
setting_number(struct notebook *nb, const char *key, long otherwise, long *number,
    struct err *err)
{
	char *text = setting(nb, key, err), *end;

	if (!text)
		return false;
	*number = strtol(text, &end, 10);
	if (end == text || *end || *number < 0 || *number > 3600)
		*number = otherwise;
	free(text);
	return true;
}

static bool
check_settings(const struct line_settings *s, struct err *err)
{
	if (!*s->collector)
		return err_set(err, ERR_INPUT,
		    _("No collector's address is set, so there is nowhere to "
		    "send to. Your records are kept. Set it in the settings."));
	if ((!*s->token && !s->openrosa) || strpbrk(s->token, "\r\n"))
		return err_set(err, ERR_INPUT,
		    _("This notebook has no token for the collector. Ask the district for "
		      "one. Your records are kept."));
	return true;
}

/* The line, and what else the settings say. */
static bool
read_settings(struct client *c, struct err *err)
{
	char *token = NULL, *ca = NULL, *insecure = NULL, *protocol = NULL;
	long patience, stall, most;
	bool ok = (c->collector = setting(c->nb, SETTING_COLLECTOR, err)) &&
	    (token = setting(c->nb, SETTING_TOKEN, err)) &&
	    (ca = setting(c->nb, SETTING_CA, err)) &&
	    (insecure = setting(c->nb, SETTING_INSECURE, err)) &&
	    (protocol = setting(c->nb, SETTING_PROTOCOL, err)) &&
	    setting_number(c->nb, SETTING_STALL, STALL_SECONDS, &stall, err) &&
	    setting_number(c->nb, SETTING_PATIENCE, PATIENCE, &patience, err) &&
	    setting_number(c->nb, SETTING_BATCH, 0, &most, err);

	if (ok) {
		struct line_settings s = { c->collector, token, ca,
			!strcmp(insecure, INSECURE_WORDS), stall,
			!strcmp(protocol, PROTOCOL_OPENROSA) };

		c->patience = patience * 1000;
		batch_init(&c->batch, (int)most);
		ok = check_settings(&s, err) && (c->line = line_new(&s, err));
		if (ok && s.openrosa)
			c->rosa = rosa_new(&s);
		c->rows = s.openrosa ? rosa_exchanges : exchanges;
		c->row_count = s.openrosa ? rosa_exchange_count
					  : sizeof(exchanges) / sizeof(exchanges[0]);
	}
	free(token);
	free(ca);
	free(insecure);
	free(protocol);
	return ok;
}

static bool
begin_receipt(struct client *c, struct err *err)
{
	return c->receipt || receipt_begin(c->nb, c->collector, &c->receipt, err);
}

struct client *
client_new(struct notebook *nb, enum client_way way, struct err *err)
{
	struct client *c = mem_alloc(sizeof(*c));

	c->nb = nb;
	c->by_itself = way == CLIENT_BY_ITSELF;
	c->began = clock_monotonic();
	c->progress.left = -1;
	c->changes = changes_new();
	if (read_settings(c, err) &&
	    outbox_count(nb, &c->progress.total, &c->progress.bytes_total, err) &&
	    (c->by_itself || begin_receipt(c, err))) {
		c->progress.stage = _(c->rows[0].stage);
		return c;
	}
	client_free(c);
	return NULL;
}

/* --- the end --- */

static bool
clock_is_wrong(int64_t skew)
{
	return (skew < 0 ? -skew : skew) >= SKEW_MS;
}

/* "2026-11-23 09:30" */
static void
say_minute(const struct clock *clock, int64_t ms, char out[20])
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(clock, ms, stamp);
	snprintf(out, 20, "%.10s %.5s", stamp, stamp + 11);
}

/* What stands there ends with a full stop, whether it did so or not. */
static void
begin_sentence(struct buf *out)
{
	static const char *const stops[] = { ".", "。" };

	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
		size_t len = strlen(stops[i]);

		if (out->len > len &&
		    memcmp(out->data + out->len - len, stops[i], len) == 0)
			buf_truncate(out, out->len - len);
	}
	buf_str(out, _(". "));
}

static void
say_skew(const struct client *c, struct buf *out)
{
	const struct clock *clock = notebook_clock(c->nb);
	int64_t now = clock_now(clock);
	char here[20], there[20];

	if (!clock_is_wrong(c->progress.skew))
		return;
	say_minute(clock, now, here);
	say_minute(clock, now - c->progress.skew, there);
	begin_sentence(out);
	buf_fmt(out,
	    _("This computer's clock says %s, the district's %s: set this "
	      "computer's clock."),
	    here, there);
}

/* "47 sent, 47 accepted; 3 still waiting." and why it stopped. */
static void
write_sentence(struct client *c, const char *why)
{
	const struct client_progress *p = &c->progress;
	struct buf *out = &c->sentence;
	int64_t bytes;
	long left = 0;

	if (!outbox_count(c->nb, &left, &bytes, NULL))
		left = p->total - p->accepted - p->refused;
	buf_reset(out);
	if (p->sent == 0 && left == 0) {
		buf_str(out, _("Nothing was waiting to be sent"));
	} else if (p->refused) {
		buf_fmt(out, _("%ld sent, %ld accepted, %ld refused"), p->sent, p->accepted,
		    p->refused);
	} else {
		buf_fmt(out, _("%ld sent, %ld accepted"), p->sent, p->accepted);
	}
	if (left)
		buf_fmt(out, _("; %ld still waiting"), left);
	if (p->received)
		buf_fmt(out, _("; %ld came down"), p->received);
	if (p->merged)
		buf_fmt(out, _("; %ld changed on both sides and brought together"),
		    p->merged);
	if (p->conflicts)
		buf_fmt(out, _("; %ld changed elsewhere as well: open them to choose"),
		    p->conflicts);
	if (p->unread)
		buf_str(out, _("; something came that only a newer version of this program "
			       "can read"));
	if (p->behind > 0)
		buf_str(out,
		    _(". This notebook is older than the one that sent last: a backup or an "
		      "older copy was put back. What was sent since then comes back from the "
		      "district, when this laptop is enrolled there. What had not been sent is "
		      "only in the newer copy: look whether anything is missing"));
	else if (p->behind < 0)
		buf_str(out,
		    _(". Another copy of this notebook was used and has sent meanwhile. Use only "
		      "one of the two. What the other has sent comes from the district, when this "
		      "laptop is enrolled there. What it had not sent is only in it: look "
		      "whether anything is missing"));
	if (why && *why) {
		begin_sentence(out);
		buf_str(out, why);
	}
	say_skew(c, out);
}

static void
count_time(struct client *c)
{
	c->progress.milliseconds = clock_monotonic() - c->began;
}

/* The end of a run; c->err says why it failed. */
static void
finish(struct client *c, enum client_state state)
{
	line_stop(c->line);
	if (c->rosa)
		rosa_stop(c->rosa);
	count_time(c);
	c->stage = STAGE_ENDED;
	c->state = state;
	c->progress.stage = "";
	c->progress.left = 0;
	write_sentence(c, state == CLIENT_DONE ? "" : c->err.text);
	if (c->receipt &&
	    !receipt_end(c->nb, c->receipt, c->progress.bytes_up, c->progress.bytes_down,
		c->progress.milliseconds,
		state == CLIENT_DONE ? "ok" : c->sentence.data, &c->err))
		c->state = CLIENT_FAILED;
}

void
client_free(struct client *c)
{
	if (!c)
		return;
	if (c->receipt && c->stage != STAGE_ENDED)
		client_cancel(c);
	line_free(c->line);
	rosa_free(c->rosa);
	batch_clear(&c->batch);
	changes_free(c->changes);
	free(c->collector);
	buf_clear(&c->sentence);
	free(c);
}

/* --- hello --- */

enum client_next
client_ask(struct client *c, const struct line_request *request)
{
	return line_begin(c->line, request, &c->err) ? NEXT_ASKED : NEXT_FAILED;
}

static enum client_next
ask_hello(struct client *c)
{
	static const struct line_request hello = { .path = "/v1/hello",
		.accept = "application/json" };

	return c->greeted ? NEXT_NOTHING : client_ask(c, &hello);
}

/* Half of the way there and back is not the clock's fault. */
static int64_t
skew(const struct client *c, int64_t there, const struct line_result *r)
{
	return clock_now(notebook_clock(c->nb)) - r->milliseconds / 2 - there;
}

/* A setting that the collector tells; written only when it is another one. */
static bool
keep_told(struct client *c, const char *key, const char *value)
{
	char *known = setting(c->nb, key, &c->err);
	bool ok = known &&
	    (!strcmp(known, value) || notebook_set(c->nb, key, value, &c->err));

	free(known);
	return ok;
}

/* An older copy that was put back asks for everything once more; a collector that was put
 * back gets the log once more. */
static bool
look_behind(struct client *c, const struct wire_hello *hello)
{
	if (!trail_behind(c->nb, hello->log_number, hello->log_hash, &c->progress.behind,
		&c->err))
		return false;
	if (c->progress.behind)
		return notebook_set(c->nb, SETTING_CURSOR, "", &c->err);
	return trail_begin(&c->batch.trail, c->nb, hello->log_number, &c->err);
}

static bool
take_hello(struct client *c, const struct line_result *r)
{
	struct wire_hello hello = { .limits = c->batch.limits };

	if (!wire_hello_read(buf_text(r->answer), r->answer->len, &hello))
		return false;
	c->batch.limits = hello.limits;
	c->batch.trail.wanted = hello.keeps_kinds;
	c->progress.skew = skew(c, hello.time, r);
	if (!clock_is_wrong(c->progress.skew))
		notebook_clock_agrees(c->nb);
	return look_behind(c, &hello) && keep_told(c, SETTING_CLOSING, hello.closing) &&
	    (!*hello.key || keep_told(c, SETTING_DISTRICT_KEY, hello.key)) && client_greet(c);
}

bool
client_greet(struct client *c)
{
	c->greeted = true;
	return begin_receipt(c, &c->err);
}

/* --- batches --- */

static enum client_next
ask_batch(struct client *c)
{
	struct line_request batch = { .path = "/v1/batch", .accept = "application/json",
		.type = "application/x-ndjson", .encoding = "gzip",
		.batch = c->batch.id };

	if (batch_is_empty(&c->batch)) {
		if (!batch_gather(&c->batch, c->nb, &c->err))
			return NEXT_FAILED;
		if (batch_is_empty(&c->batch))
			return NEXT_NOTHING;
	}
	switch (batch_pack(&c->batch, c->nb, &c->err)) {
	case BATCH_PACKING:
		return NEXT_BUSY;
	case BATCH_FAILED:
		return NEXT_FAILED;
	case BATCH_PACKED:
		break;
	}
	c->progress.batch++;
	batch.body = c->batch.packed.data;
	batch.len = c->batch.packed.len;
	return client_ask(c, &batch);
}

/* What was said of the batch goes into the notebook and into the progress. */
static bool
store_answers(struct client *c, const struct line_result *r)
{
	struct client_progress *p = &c->progress;
	struct batch_time time = { r->milliseconds, r->age };
	struct batch_counts counts;

	if (!batch_store(&c->batch, c->nb, c->receipt, &time, &counts, &c->err))
		return false;
	p->sent += counts.sent;
	p->accepted += counts.accepted;
	p->refused += counts.refused;
	c->dealt_with += counts.bytes;
	c->postponed += counts.later;
	if (p->total < p->sent)
		p->total = p->sent;
	return true;
}

static bool
take_batch(struct client *c, const struct line_result *r)
{
	return batch_read_answer(&c->batch, buf_text(r->answer), r->answer->len) &&
	    store_answers(c, r);
}

static bool
batch_failed(struct client *c, const struct line_result *r)
{
	if (r->action == LINE_CUT)
		batch_halve(&c->batch, r->age);
	if (r->action != LINE_SPLIT)
		return false;
	/* A single record that is too large comes back to its writer. */
	if (batch_leave_trail(&c->batch)) {
		batch_drop(&c->batch);
		return true;
	}
	if (c->batch.count == 1) {
		batch_refuse_only(&c->batch, _(r->text));
		return store_answers(c, r);
	}
	batch_shrink(&c->batch, buf_text(r->answer), r->answer->len);
	batch_drop(&c->batch);
	return true;
}

/* --- a failure --- */

static void
say_when(struct buf *out, long seconds)
{
	if (seconds >= 120)
		buf_fmt(out, _(" Try again in %ld minutes."), (seconds + 59) / 60);
	else if (seconds > 0)
		buf_fmt(out, _(" Try again in %ld seconds."), seconds);
}

static void
give_up(struct client *c, const struct line_result *r)
{
	struct buf text = { 0 };

	buf_fmt(&text, "%s: %s", line_host(c->line), _(r->text));
	say_when(&text, r->retry_after);
	buf_str(&text, _(" Everything is kept; the next sync sends the rest."));
	err_set(&c->err, r->kind, "%s", text.data);
	buf_clear(&text);
	c->retry_after = r->retry_after;
	finish(c, CLIENT_FAILED);
}

static void
wait_and_retry(struct client *c, const struct line_result *r)
{
	int64_t cost = r->silent ? SILENCE_COST : 0, wait;

	wait = r->retry_after > 0
	    ? pace_retry_after(r->retry_after)
	    : RETRY_LEAST_MS + pace_back_off(c->tries, RETRY_FIRST_MS, RETRY_MOST_MS);
	if (c->waited + wait + cost > c->patience || (c->by_itself && !c->greeted)) {
		give_up(c, r);
		return;
	}
	c->tries++;
	c->waited += wait + cost;
	c->wake = clock_monotonic() + wait;
	c->stage = STAGE_WAIT;
	c->progress.stage = _("waiting to try again");
}

static void
on_failure(struct client *c, const struct line_result *r)
{
	const struct exchange *x = &c->rows[c->exchange];
	/* A line that was there a moment ago may come back. */
	bool again = r->action != LINE_STOP || (r->unreached && c->greeted);

	if (x->failed && x->failed(c, r)) {
		c->stage = STAGE_ASK;
		return;
	}
	batch_drop(&c->batch);
	if (c->err.kind != ERR_NONE)
		finish(c, CLIENT_FAILED);
	else if (again)
		wait_and_retry(c, r);
	else
		give_up(c, r);
}

void
client_failed_with(struct client *c, const struct line_result *r)
{
	on_failure(c, r);
}

void
client_fail(struct client *c)
{
	finish(c, CLIENT_FAILED);
}

void
client_succeeded(struct client *c)
{
	c->tries = 0;
	c->waited = 0;
}

static void
on_answer(struct client *c, const struct line_result *r)
{
	struct line_result odd = { .action = LINE_STOP, .kind = ERR_NETWORK,
		.text = line_not_ours };

	if (c->rows[c->exchange].take(c, r)) {
		client_succeeded(c);
		c->stage = STAGE_ASK;
	} else if (c->err.kind != ERR_NONE) {
		finish(c, CLIENT_FAILED);
	} else {
		give_up(c, &odd);
	}
}

/* --- steps --- */

/* How long the rest will take at the speed so far. */
static int64_t
time_left(const struct client_progress *p)
{
	int64_t rest = p->bytes_total - p->bytes_done;

	if (p->bytes_done <= 0 || p->milliseconds < 500)
		return -1;
	return rest > 0 ? p->milliseconds * rest / p->bytes_done : 0;
}

/* Bytes of this body that have left count as done until the answer says so. */
static void
count_bytes(struct client *c)
{
	struct client_progress *p = &c->progress;
	int64_t body = (int64_t)c->batch.packed.len;
	struct line_traffic t;

	line_traffic(c->line, &t);
	if (c->rosa)
		rosa_traffic(c->rosa, &t);
	p->bytes_up = t.up;
	p->bytes_down = t.down;
	p->bytes_done = c->dealt_with;
	if (c->stage == STAGE_LINE && body)
		p->bytes_done += (int64_t)c->batch.lines * t.sent / body;
	p->left = time_left(p);
	if (c->stage == STAGE_LINE && t.connected)
		p->stage = body && t.sent >= body ? _("waiting for the answer")
						  : _(c->rows[c->exchange].stage);
}

/* The collector put some of them off. */
static void
end_well(struct client *c)
{
	if (c->postponed)
		err_set(&c->err, ERR_NETWORK,
		    _("The collector cannot take %ld of them yet; the next sync "
		    "tries again. Send again later."),
		    c->postponed);
	finish(c, c->postponed ? CLIENT_FAILED : CLIENT_DONE);
}

/* The next exchange's turn, or the end. */
static void
go_on(struct client *c)
{
	if (c->once_more) {
		c->once_more = false;
		c->exchange = BATCHES;
		c->batch.after = 0;
		c->postponed = 0;
	} else if (++c->exchange == c->row_count) {
		end_well(c);
	}
}

static void
ask(struct client *c)
{
	switch (c->rows[c->exchange].ask(c)) {
	case NEXT_ASKED:
		c->stage = STAGE_LINE;
		break;
	case NEXT_LANES:
		c->stage = STAGE_LANES;
		c->progress.stage = _(c->rows[c->exchange].stage);
		break;
	case NEXT_BUSY:
		break;
	case NEXT_NOTHING:
		go_on(c);
		break;
	case NEXT_FAILED:
		finish(c, CLIENT_FAILED);
		break;
	}
}

enum client_state
client_step(struct client *c)
{
	struct line_result r;

	if (c->stage == STAGE_WAIT && clock_monotonic() >= c->wake)
		c->stage = STAGE_ASK;
	if (c->stage == STAGE_ASK)
		ask(c);
	if (c->stage == STAGE_LINE && line_step(c->line, &r)) {
		count_bytes(c);
		if (r.action == LINE_ANSWER)
			on_answer(c, &r);
		else
			on_failure(c, &r);
	}
	if (c->stage == STAGE_LANES)
		rosa_step(c);
	if (c->stage == STAGE_ENDED)
		return c->state;
	count_time(c);
	count_bytes(c);
	return c->state;
}

int
client_fd(const struct client *c)
{
	return c->stage == STAGE_LANES ? rosa_fd(c->rosa) : line_fd(c->line);
}

int
client_timeout(const struct client *c)
{
	int64_t left;

	switch (c->stage) {
	case STAGE_ASK:
		return 0;
	case STAGE_LINE:
		return line_timeout(c->line);
	case STAGE_LANES:
		return rosa_timeout(c->rosa);
	case STAGE_WAIT:
		left = c->wake - clock_monotonic();
		return left > 0 ? (int)left : 0;
	case STAGE_ENDED:
		break;
	}
	return -1;
}

bool
client_wait(struct client *c, int fd, int timeout_ms)
{
	struct pollfd fds[2] = { { .fd = client_fd(c), .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };
	int own = client_timeout(c);

	if (own >= 0 && own < timeout_ms)
		timeout_ms = own;
	return poll(fds, 2, timeout_ms) > 0 && fds[1].revents != 0;
}

void
client_cancel(struct client *c)
{
	if (c->stage == STAGE_ENDED)
		return;
	count_bytes(c);
	err_set(&c->err, ERR_CANCELLED,
	    _("Stopped. Everything that was not accepted is kept. Send "
	    "again when you like."));
	finish(c, CLIENT_CANCELLED);
}

const struct client_progress *
client_progress(const struct client *c)
{
	return &c->progress;
}

const char *
client_sentence(const struct client *c)
{
	return buf_text(&c->sentence);
}

const struct err *
client_err(const struct client *c)
{
	return &c->err;
}

int64_t
client_receipt(const struct client *c)
{
	return c->receipt;
}

long
client_retry_after(const struct client *c)
{
	return c->retry_after;
}
