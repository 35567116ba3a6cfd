/*
 * unlock - the screens ask for a passphrase, and give a notebook another one
 */
#include "app_private.h"

#include "audit.h"
#include "clock.h"
#include "dialog.h"
#include "district.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "place.h"
#include "tries.h"
#include "vault.h"

#include <stdio.h>
#include <string.h>

bool
app_type_secret(struct app *app, const char *title, const char *text, char *out,
    size_t size)
{
	struct dialog_input input = { .title = title, .text = text, .masked = true };
	struct buf typed = { 0 };
	bool entered;

	buf_reserve(&typed, VAULT_PASSPHRASE_MAX);
	entered = dialog_input(app->screen, &input, &typed);
	snprintf(out, size, "%s", entered ? buf_text(&typed) : "");
	if (typed.data)
		explicit_bzero(typed.data, typed.cap);
	buf_clear(&typed);
	mem_sweep(); /* the field it was typed into, and what could be undone there */
	return entered;
}

/* False: Esc. What was typed is wiped from the buffer. */
static bool
type_one(struct app *app, const char *title, const char *text,
    struct vault_passphrase *p)
{
	bool entered = app_type_secret(app, title, text, p->text, sizeof(p->text));

	p->len = strlen(p->text);
	return entered;
}

/* What becomes of the notebook when the passphrase is lost, in this district. */
static void
tell_recovery(struct buf *text)
{
	struct district district;
	struct err err = { 0 };

	buf_str(text, _("Choose a passphrase: a few words, at least eight letters. "
			"Nobody gets in without it."));
	buf_char(text, '\n');
	if (district_read(&district, &err) && district.has_recovery)
		buf_str(text,
		    _("When it is lost, the supervisor can open the notebook with the "
		      "district's key; the log tells of it."));
	else
		buf_str(text,
		    _("The district has no recovery key: when it is lost, what was not sent "
		      "is gone."));
}

static bool
choose_one(struct app *app, struct vault_passphrase *p)
{
	struct vault_passphrase again = { 0 };
	struct buf about = { 0 };
	struct err err = { 0 };
	const char *text;
	bool same = false;

	tell_recovery(&about);
	text = buf_text(&about);
	while (!same) {
		if (!type_one(app, _("A new passphrase"), text, p))
			break;
		if (!vault_passphrase_check(p, &err)) {
			text = err.text;
			continue;
		}
		if (!type_one(app, _("A new passphrase"), _("Once more:"), &again))
			break;
		same = p->len == again.len && memcmp(p->text, again.text, p->len) == 0;
		text = _("The two were not the same. Type both again.");
	}
	vault_passphrase_wipe(&again);
	buf_clear(&about);
	return same;
}

/* The key takes its half second, on purpose: nobody shall think that nothing happens. */
static bool
wait_for(struct app *app, const char *text)
{
	dialog_wait(app->screen, text);
	return true;
}

static bool
ask(void *data, const char *worker, enum place_asking asking, struct vault_passphrase *p,
    struct err *err)
{
	struct app *app = data;
	const char *text = _("Passphrase:");

	(void)err;
	switch (asking) {
	case PLACE_ASK_OPEN:
		break;
	case PLACE_ASK_AGAIN:
		text =
		    _("The passphrase is wrong. Type it again; mind capitals and the "
		      "input method. Who has forgotten it asks the supervisor.");
		break;
	case PLACE_ASK_NEW:
		if (choose_one(app, p))
			return wait_for(app, _("The notebook is sealed..."));
		return false;
	}
	return type_one(app, worker, text, p) &&
	       wait_for(app, _("The passphrase is checked..."));
}

/* --- waiting --- */

struct waiting {
	const char *worker;
	int seconds;
};

static void
draw_waiting(struct screen *s, void *data)
{
	static const enum context stack[] = { CONTEXT_DIALOG, CONTEXT_GLOBAL };
	const struct waiting *w = data;
	int cols = screen_size(s).cols < 64 ? screen_size(s).cols - 4 : 60;
	char text[200];

	snprintf(text, sizeof(text),
	    _("The passphrase was wrong too often. The next try is in %d seconds; Esc "
	      "leaves."),
	    w->seconds);
	screen_wrap(s, screen_box(s, screen_middle(s, 5, cols), w->worker), ROLE_NORMAL,
	    text, 0);
	keymap_draw_bar(s, screen_size(s).rows - 1, stack, 2);
}

/* False: Esc. */
static bool
wait_seconds(void *data, const char *worker, int seconds)
{
	static const enum context stack[] = { CONTEXT_DIALOG, CONTEXT_GLOBAL };
	struct app *app = data;
	struct waiting w = { worker, seconds };
	struct screen_layer layer = { .draw = draw_waiting, .data = &w };
	int64_t until = clock_monotonic() + (int64_t)seconds * 1000, left;
	bool waits = true;
	struct key key;

	screen_push(app->screen, &layer);
	while (waits && (left = until - clock_monotonic()) > 0) {
		w.seconds = (int)((left + 999) / 1000);
		if (screen_wait(app->screen, &key, -1, left < 1000 ? (int)left : 1000, NULL))
			waits = keymap_action(&key, stack, 2) != ACTION_BACK;
	}
	screen_pop(app->screen, &layer);
	return waits;
}

struct place_asker
app_asker(struct app *app)
{
	return (struct place_asker){ .ask = ask, .wait = wait_seconds, .data = app };
}

/* --- another passphrase --- */

static bool
change(struct app *app, const struct vault_passphrase *p, struct err *err)
{
	struct district district;
	struct vault_choice choice = { .passphrase = p };

	if (!district_read(&district, err))
		return false;
	if (district.has_recovery)
		choice.recovery = district.recovery;
	dialog_wait(app->screen, _("The passphrase is changed..."));
	return vault_change(notebook_path(app->nb), notebook_key(app->nb), &choice, err);
}

/* The one there is, asked for until it is right; false: left. */
static bool
know_the_old(struct app *app, struct err *err)
{
	struct place_asker asker = app_asker(app);
	struct vault_key *key =
	    place_key(notebook_path(app->nb), &asker, app->clock, err);

	vault_key_free(key);
	return key && tries_log(app->nb, notebook_path(app->nb), err);
}

void
unlock_change(struct app *app)
{
	struct vault_passphrase p = { 0 };
	struct err err = { 0 };

	if (know_the_old(app, &err) && choose_one(app, &p) && change(app, &p, &err)) {
		if (audit_add(app->nb, AUDIT_PASSPHRASE, "", &err))
			app_say(app, _("The notebook has a new passphrase."));
		else
			app_say(app, _("The notebook has a new passphrase, but its log does "
				       "not say so: %s"), err.text);
	} else if (err.kind != ERR_NONE && err.kind != ERR_CANCELLED) {
		app_say(app, "%s", err.text);
	}
	vault_passphrase_wipe(&p);
}
