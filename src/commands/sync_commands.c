/*
 * sync_commands - sync
 */
#include "client.h"
#include "command.h"
#include "commands_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"
#include "outbox.h"
#include "rescue.h"

#include <signal.h>
#include <stdio.h>
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
	fputc('\r', stderr);
	fprintf(stderr, _("%ld of %ld sent, %lld kB up "), p->sent, p->total,
	    (long long)(p->bytes_up + 1023) / 1024);
	fflush(stderr);
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

static int
run_sync(struct client *c, bool json)
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
	print_result(c, json);
	if (state != CLIENT_DONE)
		return command_failed(client_err(c));
	return client_progress(c)->refused ? EXIT_WRONG : EXIT_OK;
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

int
command_sync(const struct command_context *context, const struct words *words)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	struct err err = { 0 };
	struct client *c;
	int status;
	struct notebook *nb = command_notebook(context, &status);

	if (!nb)
		return status;
	sigaction(SIGINT, &action, NULL);
	c = client_new(nb, CLIENT_BY_HAND, &err);
	status = c ? run_sync(c, words_get(words, "--json") != NULL) : command_failed(&err);
	if (c && (status == EXIT_OK || status == EXIT_WRONG))
		back_up(nb);
	client_free(c);
	notebook_close(nb);
	return status;
}
