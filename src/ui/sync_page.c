/*
 * sync_page - the day is sent: a bar while it runs, then what came of it
 *
 * The client runs in steps between keys, so the screen stays alive and Esc stops it.
 * Whatever happens, what was not acknowledged stays queued.
 */
#include "app_private.h"

#include "autosync.h"
#include "client.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "outbox.h"
#include "rescue.h"

#include <stdio.h>
#include <string.h>

#define REDRAW_MS 200

struct sync_page {
	struct app *app;
	struct client *client; /* NULL when it could not begin, or the screen was locked */
	enum client_state state;
	struct err err;
	struct buf receipt; /* its number and digest, when it has ended */
	struct buf backup;  /* what came of it */
	bool backed_up;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_SYNC, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

static void
draw_bar(struct screen *s, int row, int cols, int64_t done, int64_t total)
{
	int width = cols - 12, full = total ? (int)(done * width / total) : width;

	screen_fill(s, (struct rect){ row, 2, 1, width }, ROLE_FIELD);
	if (full > 0)
		screen_fill(s, (struct rect){ row, 2, 1, full }, ROLE_SELECTED);
	screen_printf(s, row, width + 4, 6, ROLE_NORMAL, "%3d%%",
	    total ? (int)(done * 100 / total) : 100);
}

/* The row of the bar; below it stand the figures, then words. On a small screen these
 * need the rows between. */
static int
bar_row(struct rect all)
{
	return all.rows >= 20 ? 3 : 1;
}

static int
figures_row(struct rect all)
{
	return bar_row(all) + (all.rows >= 20 ? 2 : 1);
}

static int
words_row(struct rect all)
{
	return figures_row(all) + (all.rows >= 20 ? 3 : 2);
}

/* What is being done, and how long it will still take where that is known. */
static void
draw_stage(struct screen *s, struct rect all, const struct client_progress *c)
{
	struct buf words = { 0 };
	long left = (long)(c->left + 999) / 1000;

	buf_str(&words, c->stage);
	if (left >= 120)
		buf_fmt(&words, _("; some %ld minutes left"), (left + 59) / 60);
	else if (c->left > 0)
		buf_fmt(&words, _("; some %ld seconds left"), left);
	screen_put_cut(
	    s, words_row(all), 2, all.cols - 4, ROLE_NORMAL, buf_text(&words));
	buf_clear(&words);
}

static void
draw_progress(struct sync_page *p, struct rect all)
{
	const struct client_progress *c = client_progress(p->client);
	struct screen *s = p->app->screen;
	int row = figures_row(all), cols = all.cols;

	/* By bytes, which is what a slow line takes its time for. */
	draw_bar(s, bar_row(all), cols,
	    c->bytes_done < c->bytes_total ? c->bytes_done : c->bytes_total,
	    c->bytes_total);
	screen_printf(s, row, 2, cols - 4, ROLE_NORMAL,
	    _("%ld of %ld records answered; %ld accepted, %ld sent back"),
	    c->accepted + c->refused, c->total, c->accepted, c->refused);
	screen_printf(s, row + 1, 2, cols - 4, ROLE_MUTED,
	    _("%lld bytes up, %lld down, %.1f seconds"), (long long)c->bytes_up,
	    (long long)c->bytes_down, (double)c->milliseconds / 1000);
	if (p->state == CLIENT_RUNNING && c->stage)
		draw_stage(s, all, c);
}

static void
draw(struct screen *s, void *data)
{
	struct sync_page *p = data;
	struct rect all = screen_size(s);
	struct rect text = { words_row(all), 2, all.rows - 3 - words_row(all),
		all.cols - 4 },
		    below;
	int rows = 0;

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("Send to the collector"));
	if (p->client)
		draw_progress(p, all);
	if (!p->client)
		screen_wrap(s, text, ROLE_ERROR, p->err.text, 0);
	else if (p->state != CLIENT_RUNNING)
		rows = screen_wrap(s, text,
		    p->state == CLIENT_DONE ? ROLE_NORMAL : ROLE_ERROR,
		    client_sentence(p->client), 0);
	screen_cursor(s, text.row, text.col); /* what it says is read from there */
	if (p->receipt.len) {
		screen_put_cut(s, text.row + rows, 2, text.cols, ROLE_MUTED,
		    buf_text(&p->receipt));
		rows++;
	}
	below = (struct rect){ text.row + rows + 1, 2, text.rows - rows - 1, text.cols };
	if (below.rows > 0 && p->backup.len)
		screen_wrap(s, below, p->backed_up ? ROLE_MUTED : ROLE_ERROR,
		    buf_text(&p->backup), 0);
	app_draw_bottom(p->app, stack, DEPTH);
}

static bool
keep_receipt(const struct receipt *r, void *data)
{
	struct sync_page *p = data;

	buf_reset(&p->receipt);
	if (r->id == client_receipt(p->client))
		buf_fmt(&p->receipt, _("Receipt %ld: %s"), (long)r->id, r->digest);
	return false;
}

static void
begin(struct sync_page *p)
{
	client_free(p->client);
	buf_reset(&p->receipt);
	buf_reset(&p->backup);
	p->err = (struct err){ 0 };
	p->client = client_new(p->app->nb, CLIENT_BY_HAND, &p->err);
	p->state = p->client ? CLIENT_RUNNING : CLIENT_FAILED;
}

/* A run does not outlive the notebook; act() begins another one. */
static void
forget(void *data)
{
	struct sync_page *p = data;

	if (p->state == CLIENT_RUNNING) {
		client_free(p->client);
		p->client = NULL;
	}
}

/* False when the worker leaves; a run that goes on is stopped first. */
static bool
act(struct sync_page *p, const struct key *key)
{
	enum action action = keymap_action(key, stack, DEPTH);

	if (!p->client && p->state == CLIENT_RUNNING)
		begin(p);
	switch ((int)action) {
	case ACTION_CANCEL:
	case ACTION_BACK:
	case ACTION_LEAVE:
		if (p->state != CLIENT_RUNNING)
			return false;
		client_cancel(p->client);
		return true;
	case ACTION_TAKE:
		return p->state == CLIENT_RUNNING;
	case ACTION_RETRY:
	case ACTION_SYNC:
		if (p->state != CLIENT_RUNNING)
			begin(p);
		return true;
	default:
		app_global_action(p->app, action, stack, DEPTH);
		return true;
	}
}

/* A step of the network, then every key that is there. */
static bool
run_step(struct sync_page *p)
{
	struct key key;

	p->state = client_step(p->client);
	if (p->state != CLIENT_RUNNING)
		receipt_list(p->app->nb, 1, keep_receipt, p, &p->err);
	if (p->state == CLIENT_DONE) {
		screen_paint(p->app->screen); /* the copying takes a moment */
		p->backed_up = rescue_after_sync(p->app->nb, &p->backup);
	}
	while (screen_poll(p->app->screen, &key))
		if (!act(p, &key))
			return false;
	if (p->state == CLIENT_RUNNING) {
		screen_paint(p->app->screen);
		client_wait(p->client, screen_fd(p->app->screen), REDRAW_MS);
	}
	return true;
}

void
sync_page_run(struct app *app)
{
	struct sync_page p = { .app = app };
	struct key key;
	bool on = true;

	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true,
		.forget = forget };
	buf_reset(&app->notice);
	autosync_pause(app->autosync);
	begin(&p);
	screen_push(app->screen, &p.layer);
	while (on) {
		if (p.state == CLIENT_RUNNING) {
			on = run_step(&p);
			continue;
		}
		screen_read(app->screen, &key);
		on = act(&p, &key);
	}
	screen_pop(app->screen, &p.layer);
	client_free(p.client);
	autosync_look(app->autosync);
	buf_clear(&p.receipt);
	buf_clear(&p.backup);
}
