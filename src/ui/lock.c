/*
 * lock - what happens when nobody is there, or the worker locks the screen
 *
 * The field being typed is saved, the notebook closed and its key wiped; the terminal
 * shows nothing of it any more. The pages stay as they are: the worker comes back, by
 * PIN or passphrase, to the very place. Somebody else begins the program anew, so that
 * nothing of the one before is in its memory.
 */
#include "app_private.h"

#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "place.h"
#include "tries.h"
#include "vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lock {
	struct app *app;
	char *name; /* whose notebook it is */
	struct vault_parked *parked; /* NULL: the passphrase is wanted */
	struct err why; /* what the last try came to */
};

/* Nothing of the notebook may be asked for here. */
static void
draw(struct screen *s, void *data)
{
	const struct lock *l = data;
	struct rect all = screen_size(s);

	screen_fill(s, all, ROLE_NORMAL);
	screen_fill(s, (struct rect){ 0, 0, 1, all.cols }, ROLE_TITLE);
	screen_put_cut(s, 0, 1, all.cols - 2, ROLE_TITLE, _("Locked"));
	screen_put_cut(s, 2, 2, all.cols - 4, ROLE_NORMAL, l->name);
	screen_put_cut(s, all.rows - 3, 2, all.cols - 4, ROLE_MUTED,
	    _("Does somebody else want to work? Esc."));
}

/* --- coming back --- */

enum try { CAME_BACK, NOT_YET, LEFT };

static enum try
resume(struct lock *l, struct vault_key *key)
{
	struct err err = { 0 };

	dialog_wait(l->app->screen, _("The notebook is opened..."));
	if (!notebook_resume(l->app->nb, key, &l->why))
		return NOT_YET;
	if (!tries_log(l->app->nb, notebook_path(l->app->nb), &err))
		app_say(l->app, "%s", err.text);
	return CAME_BACK;
}

static enum try
by_pin(struct lock *l)
{
	const char *text = l->why.text[0] ? l->why.text : _("PIN:");
	struct vault_key *key;
	char pin[VAULT_PIN_MAX + 1];
	enum try result = LEFT;

	if (app_type_secret(l->app, l->name, text, pin, sizeof(pin))) {
		l->why = (struct err){ 0 };
		key = vault_unpark(l->parked, pin, &l->why);
		/* Before anybody hears that it was wrong. */
		if (!key && l->why.kind == ERR_INPUT)
			tries_pin_failed(notebook_path(l->app->nb), l->app->clock);
		result = key ? resume(l, key) : NOT_YET;
	}
	explicit_bzero(pin, sizeof(pin));
	return result;
}

static enum try
by_passphrase(struct lock *l)
{
	struct place_asker asker = app_asker(l->app);
	struct vault_key *key;

	if (l->why.text[0])
		dialog_message(l->app->screen, l->name, l->why.text);
	l->why = (struct err){ 0 };
	key = place_key(notebook_path(l->app->nb), &asker, l->app->clock, &l->why);
	if (key)
		return resume(l, key);
	return l->why.kind == ERR_CANCELLED ? LEFT : NOT_YET;
}

/* Neither was given. */
static void
ask_what_else(struct lock *l)
{
	const struct dialog_choice choices[] = { { 'b', _("Back to unlocking") },
		{ 'p', _("The passphrase in place of the PIN") },
		{ 'o', _("Somebody else works now") } };
	const struct dialog_choice without_pin[] = { choices[0], choices[2] };
	bool pin = vault_parked_is_there(l->parked);
	int choice = dialog_choose(l->app->screen, l->name,
	    _("The notebook is locked. What is saved stays; a field that could not be saved "
	      "is lost when somebody else begins."),
	    pin ? choices : without_pin, pin ? 3 : 2, 0);

	l->why = (struct err){ 0 };
	if (pin && choice == 1) {
		vault_parked_free(l->parked);
		l->parked = NULL;
	} else if (choice == (pin ? 2 : 1)) {
		vault_parked_free(l->parked);
		l->parked = NULL;
		app_begin_anew(l->app);
	}
}

static void
wait_for_worker(struct lock *l)
{
	enum try result;

	do {
		result = vault_parked_is_there(l->parked) ? by_pin(l) : by_passphrase(l);
		if (result == LEFT)
			ask_what_else(l);
	} while (result != CAME_BACK);
}

/* --- locking --- */

static struct vault_parked *
park(struct app *app, struct err *err)
{
	struct buf pin = { 0 };
	struct vault_parked *parked = NULL;

	buf_reserve(&pin, VAULT_PIN_MAX);
	if (notebook_get(app->nb, SETTING_PIN, &pin, NULL) && pin.len)
		parked = vault_park(notebook_key(app->nb), buf_text(&pin), err);
	explicit_bzero(pin.data, pin.cap);
	buf_clear(&pin);
	return parked;
}

static void
lock(void *data)
{
	struct app *app = data;
	struct lock l = { .app = app, .name = place_worker(notebook_path(app->nb)) };
	struct screen_layer layer = { .draw = draw, .data = &l, .covers = true };

	screen_push(app->screen, &layer);
	screen_forget(app->screen);
	screen_paint(app->screen);
	l.parked = park(app, &l.why);
	app_sync_end(app);
	notebook_suspend(app->nb);
	mem_sweep(); /* the database's pages, of whatever was looked at */
	wait_for_worker(&l);
	app_sync_begin(app);
	vault_parked_free(l.parked);
	free(l.name);
	screen_pop(app->screen, &layer);
	lock_watch(app);
}

void
lock_watch(struct app *app)
{
	bool sealed = notebook_key(app->nb) != NULL;

	screen_on_idle(app->screen, notebook_lock_after(app->nb), sealed ? lock : NULL, app);
}
