#include "client.h"

#include "client_line.h"
#include "client_pace.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "inbox.h"
#include "json.h"
#include "notebook.h"
#include "wire.h"

#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define STALL_SECONDS  30
#define TRIES          4
#define RETRY_FIRST_MS 500
#define RETRY_MOST_MS  4000

/* The code and the token that it was sent with, until the answer has come: the same code
 * is good for the same token only. */
#define SETTING_ENROLLING "collector.enrolling"

struct enrolling {
	struct notebook *nb;
	const struct client_waiter *waiter;
	struct line *line;
	struct buf code; /* without blanks and dashes, upper case */
	char token[HASH_HEX_SIZE];
	struct buf body;
};

/* --- what is sent --- */

static bool
read_code(struct enrolling *e, const char *typed, struct err *err)
{
	for (; *typed; typed++)
		if (isalnum((unsigned char)*typed))
			buf_char(&e->code, (char)toupper((unsigned char)*typed));
	return e->code.len == CLIENT_CODE_DIGITS ||
	    err_set(err, ERR_INPUT,
		_("A one-time code has twelve letters and digits, as "
		    "7K3M-9XT4-HVB2. Type it so."));
}

/* The token of the last try, if it was of this code; else a new one, kept before it is
 * sent. */
static bool
choose_token(struct enrolling *e, struct err *err)
{
	struct buf kept = { 0 };
	unsigned char random[HASH_SIZE];
	size_t code = e->code.len;
	bool ok = notebook_get(e->nb, SETTING_ENROLLING, &kept, err);

	if (ok && kept.len == code + HASH_HEX_SIZE &&
	    !strncmp(buf_text(&kept), buf_text(&e->code), code)) {
		memcpy(e->token, kept.data + code + 1, HASH_HEX_SIZE);
	} else if (ok) {
		hash_random(random, sizeof(random));
		hash_hex(random, sizeof(random), e->token);
		buf_reset(&kept);
		buf_fmt(&kept, "%s %s", buf_text(&e->code), e->token);
		ok = notebook_set(e->nb, SETTING_ENROLLING, kept.data, err);
	}
	buf_clear(&kept);
	return ok;
}

static void
write_body(struct enrolling *e)
{
	unsigned char hash[HASH_SIZE];
	char hex[HASH_HEX_SIZE];
	struct json_writer w;

	hash_sha256(e->token, strlen(e->token), hash);
	hash_hex(hash, sizeof(hash), hex);
	json_writer_init(&w, &e->body);
	json_object(&w);
	json_member(&w, "code", e->code.data);
	json_member(&w, "token", hex);
	json_object_end(&w);
}

static bool
open_line(struct enrolling *e, struct err *err)
{
	struct buf collector = { 0 }, ca = { 0 }, insecure = { 0 };
	bool ok = notebook_get(e->nb, SETTING_COLLECTOR, &collector, err) &&
	    notebook_get(e->nb, SETTING_CA, &ca, err) &&
	    notebook_get(e->nb, SETTING_INSECURE, &insecure, err);
	struct line_settings s = { .token = "", .stall = STALL_SECONDS };

	if (ok && !collector.len)
		ok = err_set(err, ERR_INPUT,
		    _("Say the collector's address first: the code is good there."));
	s.collector = buf_text(&collector);
	s.ca = buf_text(&ca);
	s.insecure = !strcmp(buf_text(&insecure), "yes");
	ok = ok && (e->line = line_new(&s, err));
	buf_clear(&collector);
	buf_clear(&ca);
	buf_clear(&insecure);
	return ok;
}

/* --- what is answered --- */

static const struct {
	const char *name, *text;
} problems[] = {
	{ "code-unknown",
	    N_("The collector does not know this code. Look at it once more, or ask the "
	       "district for a new one.") },
	{ "code-used",
	    N_("This code has made another laptop already. Ask the district for a new "
	       "one.") },
	{ "code-expired", N_("This code is too old. Ask the district for a new one.") },
};

static bool
say_problem(const struct line_result *r, struct err *err)
{
	char name[64];

	if (r->answer && wire_problem_read(buf_text(r->answer), r->answer->len, name, sizeof(name)))
		for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
			if (!strcmp(problems[i].name, name))
				return err_set(err, ERR_REFUSED, "%s", _(problems[i].text));
	return err_set(err, r->kind, "%s", _(r->text));
}

/* What the district knows of the worker counts; what it does not say stays. */
static bool
keep_profile(struct enrolling *e, const struct wire_profile *p, struct err *err)
{
	const struct {
		const char *key, *value;
	} rows[] = {
		{ SETTING_TOKEN, e->token },
		{ SETTING_WORKER_ID, p->user },
		{ SETTING_WORKER_NAME, p->name },
		{ SETTING_WORKER_ROLE, p->role },
		{ SETTING_STATION, p->station },
		{ SETTING_DISTRICT_KEY, p->key },
	};
	bool ok = notebook_begin(e->nb, err);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (*rows[i].value)
			ok = notebook_set(e->nb, rows[i].key, rows[i].value, err);
	/* Another laptop's eyes: everything of this worker comes down. */
	ok = ok && notebook_set(e->nb, SETTING_CURSOR, "", err) &&
	    notebook_set(e->nb, SETTING_ENROLLING, "", err);
	return notebook_end(e->nb, ok, ok ? err : NULL) && ok;
}

static bool
take_answer(struct enrolling *e, const struct line_result *r, struct err *err)
{
	struct wire_profile profile;
	struct buf scratch = { 0 };
	bool ok = wire_profile_read(buf_text(r->answer), r->answer->len, &scratch, &profile);

	if (ok)
		ok = keep_profile(e, &profile, err);
	else
		err_set(err, ERR_NETWORK, "%s", _(line_not_ours));
	buf_clear(&scratch);
	return ok;
}

/* --- the exchange --- */

/* False when the user has had enough. */
static bool
wait_for(struct enrolling *e, int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (e->waiter)
		return e->waiter->wait(e->waiter->data, fd, timeout_ms);
	poll(&p, 1, timeout_ms);
	return true;
}

static bool
pause_for(struct enrolling *e, int64_t ms)
{
	int64_t until = clock_monotonic() + ms, left;

	while ((left = until - clock_monotonic()) > 0)
		if (!wait_for(e, -1, (int)left))
			return false;
	return true;
}

static bool
cancelled(struct err *err)
{
	return err_set(err, ERR_CANCELLED,
	    _("Stopped. The same code can be given again here. Try again "
	    "when you like."));
}

/* One try: true when it has ended, r says how. */
static bool
ask(struct enrolling *e, struct line_result *r, struct err *err)
{
	struct line_request request = { .path = "/v1/enrol", .accept = "application/json",
		.type = "application/json", .body = e->body.data, .len = e->body.len };

	if (!line_begin(e->line, &request, err))
		return false;
	while (!line_step(e->line, r))
		if (!wait_for(e, line_fd(e->line), line_timeout(e->line))) {
			line_stop(e->line);
			return cancelled(err);
		}
	return true;
}

static bool
run(struct enrolling *e, struct err *err)
{
	struct line_result r;

	for (int i = 0;; i++) {
		if (!ask(e, &r, err))
			return false;
		if (r.action == LINE_ANSWER)
			return take_answer(e, &r, err);
		if (i + 1 == TRIES || r.action == LINE_STOP || r.action == LINE_SPLIT)
			return say_problem(&r, err);
		if (!pause_for(e, pace_back_off(i, RETRY_FIRST_MS, RETRY_MOST_MS)))
			return cancelled(err);
	}
}

bool
client_enrol(struct notebook *nb, const char *code, const struct client_waiter *waiter,
    struct err *err)
{
	struct enrolling e = { .nb = nb, .waiter = waiter };
	bool ok = read_code(&e, code, err) && open_line(&e, err) && choose_token(&e, err);

	if (ok) {
		write_body(&e);
		ok = run(&e, err);
	}
	line_free(e.line);
	buf_clear(&e.code);
	buf_clear(&e.body);
	return ok;
}
