/*
 * sync_commands - sync: now, or as soon as there is a line
 */
#include "client.h"
#include "clock.h"
#include "moment.h"
#include "network.h"
#include "command.h"
#include "commands_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"
#include "passphrase.h"
#include "place.h"
#include "rescue.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void
show_progress(const struct client_progress *p)
{
	dprintf(STDERR_FILENO, "\r"); /* our own: what is printed may have none */
	dprintf(STDERR_FILENO, _("%ld of %ld sent, %lld kB up "), p->sent, p->total,
	    (long long)(p->bytes_up + 1023) / 1024);
}

static void
print_result(const struct client *c, bool json)
{
	const struct client_progress *p = client_progress(c);
	struct buf line = { 0 };
	struct json_writer w;

	if (!json) {
		printf("%s\n", client_sentence(c));
		return;
	}
	json_writer_init(&w, &line);
	json_object(&w);
	json_member_integer(&w, "receipt", client_receipt(c));
	json_member_integer(&w, "sent", p->sent);
	json_member_integer(&w, "accepted", p->accepted);
	json_member_integer(&w, "refused", p->refused);
	json_member_integer(&w, "left", p->total - p->accepted - p->refused);
	json_member_integer(&w, "bytes_up", p->bytes_up);
	json_member_integer(&w, "bytes_down", p->bytes_down);
	json_member_integer(&w, "milliseconds", p->milliseconds);
	json_member(&w, "sentence", client_sentence(c));
	json_object_end(&w);
	puts(buf_text(&line));
	buf_clear(&line);
}

/* Steps until it has ended; err (if it did not end well) is the client's. */
static enum client_state
run(struct client *c)
{
	bool live = isatty(STDERR_FILENO);
	enum client_state state;

	while ((state = client_step(c)) == CLIENT_RUNNING) {
		if (live)
			show_progress(client_progress(c));
		if (interrupted)
			client_cancel(c);
		client_wait(c, -1, 200);
	}
	if (live)
		fprintf(stderr, "\n");
	return state;
}

/* A day that is sent is also put away. The sync is good without it. */
static void
back_up(struct notebook *nb)
{
	struct buf words = { 0 };

	if (!rescue_after_sync(nb, &words))
		fprintf(stderr, "minqing: ");
	if (words.len)
		fprintf(stderr, "%s\n", buf_text(&words));
	buf_clear(&words);
}

/* Says what came of it; the exit code. */
static int
conclude(
    struct notebook *nb, const struct client *c, enum client_state state, bool json)
{
	print_result(c, json);
	if (state != CLIENT_DONE)
		return command_failed(client_err(c));
	back_up(nb);
	return client_progress(c)->refused ? EXIT_WRONG : EXIT_OK;
}

static void
listen_to_interrupts(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* --- staying until there is a line --- */

#define BUSY_MS 60000 /* between looks whether the notebook is free */

struct waiter {
	const struct command_context *context;
	struct passphrases *passphrases;
	bool asked;          /* the notebook is sealed */
	struct notebook *nb; /* kept open only while a passphrase was needed for it */
	struct moment moment;
	int network;
	int64_t until; /* 0: for ever */
	bool json;
};

static bool
ask(void *data, const char *worker, enum place_asking asking,
    struct vault_passphrase *p, struct err *err)
{
	struct waiter *w = data;
	struct place_asker asker = passphrases_asker(w->passphrases);

	w->asked = true;
	return asker.ask(asker.data, worker, asking, p, err);
}

/* Between tries the notebook is closed, so that its worker can open it. A sealed one
 * stays open: nobody wants to be asked for the passphrase every time. */
static bool
open_for_a_try(struct waiter *w, struct err *err)
{
	struct place_asker asker = { .ask = ask, .data = w };

	if (!w->nb)
		w->nb = place_unlock(
		    w->context->worker, &asker, w->context->clock, NULL, err);
	return w->nb != NULL;
}

static void
close_after_a_try(struct waiter *w)
{
	if (w->asked)
		return;
	notebook_close(w->nb);
	w->nb = NULL;
}

/* True when it is settled: the exit code stands in status. */
static bool
try_once(struct waiter *w, int *status)
{
	struct err err = { 0 };
	struct client *c = NULL;
	enum client_state state;
	bool settled = true;

	if (!open_for_a_try(w, &err)) {
		if (err.kind == ERR_BUSY) {
			w->moment.due = clock_monotonic() + BUSY_MS;
			return false;
		}
		*status = command_failed(&err);
		return true;
	}
	c = client_new(w->nb, CLIENT_BY_ITSELF, &err);
	if (c && (state = run(c)) == CLIENT_FAILED &&
	    client_err(c)->kind == ERR_NETWORK && !interrupted) {
		moment_failed(&w->moment, clock_monotonic(), client_retry_after(c),
		    !client_receipt(c) && !client_retry_after(c));
		settled = false;
	} else {
		*status = c ? conclude(w->nb, c, state, w->json) : command_failed(&err);
	}
	client_free(c);
	close_after_a_try(w);
	return settled;
}

/* Sleeps until the next try. False when it is over before. */
static bool
wait_for_the_moment(struct waiter *w)
{
	struct pollfd p = { .fd = w->network, .events = POLLIN };
	int64_t now;

	while ((now = clock_monotonic()) < w->moment.due && !interrupted) {
		int64_t left = w->moment.due - now;

		if (w->until && now >= w->until)
			return false;
		if (w->until && w->until - now < left)
			left = w->until - now;
		if (poll(&p, 1, left < 60000 ? (int)left : 60000) > 0 &&
		    network_came(w->network))
			moment_network(&w->moment, clock_monotonic());
	}
	return !interrupted && (!w->until || now < w->until);
}

static int
stay(const struct command_context *context, const struct words *words)
{
	const char *within = words_get(words, "--within");
	long seconds = within ? strtol(within, NULL, 10) : 0;
	struct waiter w = { .context = context,
		.passphrases = context->passphrases,
		.json = words_get(words, "--json") != NULL };
	struct err err = { 0 };
	int status = EXIT_OK;

	if (within && seconds <= 0) {
		fprintf(stderr, _("minqing: --within takes a number of seconds.\n"));
		return EXIT_USAGE;
	}
	w.until = within ? clock_monotonic() + seconds * 1000 : 0;
	w.network = network_open();
	moment_init(&w.moment, MOMENT_SOON);
	listen_to_interrupts();
	while (!try_once(&w, &status)) {
		if (wait_for_the_moment(&w))
			continue;
		err_set(&err, interrupted ? ERR_CANCELLED : ERR_NETWORK,
		    _("Not everything is sent yet. Everything is kept."));
		status = command_failed(&err);
		break;
	}
	notebook_close(w.nb);
	if (w.network >= 0)
		close(w.network);
	return status;
}

int
command_sync(const struct command_context *context, const struct words *words)
{
	struct err err = { 0 };
	struct notebook *nb;
	struct client *c;
	int status;

	if (words_get(words, "--wait"))
		return stay(context, words);
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	if (words_get(words, "--to") || words_get(words, "--from")) {
		status = command_carry(nb, words);
		notebook_close(nb);
		return status;
	}
	listen_to_interrupts();
	c = client_new(nb, CLIENT_BY_HAND, &err);
	status = c ? conclude(nb, c, run(c), words_get(words, "--json") != NULL)
		   : command_failed(&err);
	client_free(c);
	notebook_close(nb);
	return status;
}
