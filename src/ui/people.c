/*
 * people - who works here: the list at the start, and beginning anew for somebody else
 */
#include "app_private.h"

#include "audit.h"
#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "place.h"
#include "vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct people {
	char **names;
	size_t count; /* of names; the list has one row more */
};

static void
person_item(void *data, size_t index, struct picker_item *item)
{
	const struct people *p = data;

	if (index < p->count)
		*item = (struct picker_item){ .code = p->names[index],
			.label = p->names[index] };
	else
		*item = (struct picker_item){ .code = "+",
			.label = _("Somebody else: make a new notebook") };
}

/* Below the list of names. */
static void
draw_ground(struct screen *s, void *data)
{
	struct rect all = screen_size(s);

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(data, _("minqing field notebook"));
	screen_wrap(s, (struct rect){ 2, 2, 2, all.cols - 4 }, ROLE_NORMAL,
	    _("Choose your name: its number, or its pinyin initials, as wsf for "
	      "王淑芳."),
	    0);
}

/* The row that was taken, or PICKER_NONE. */
static size_t
pick(struct app *app, struct people *p)
{
	struct screen_layer ground = {
		.draw = draw_ground, .data = app, .covers = true
	};
	struct picker_source source = { p->count + 1, person_item, p };
	struct picker_options options = { .title = _("Who are you?") };
	struct picker *list = picker_new(&source, &options);
	size_t taken = PICKER_NONE;

	screen_push(app->screen, &ground);
	if (picker_run(list, app->screen))
		taken = picker_current(list);
	screen_pop(app->screen, &ground);
	picker_free(list);
	return taken;
}

/* The names are read anew each time: one may have been made meanwhile. */
static bool
choose(struct app *app, const struct place_asker *asker, struct err *err)
{
	struct people p = { 0 };
	size_t taken;

	p.names = place_names(&p.count, err);
	if (!p.names)
		return false;
	taken = pick(app, &p);
	if (taken < p.count)
		app->nb = place_unlock(p.names[taken], asker, app->clock, &app->notice, err);
	else if (taken == PICKER_NONE)
		err_set(err, ERR_CANCELLED, _("Nobody was chosen. Start again and choose a name."));
	else
		start_page_run(app, p.count > 0);
	/* Who did not remember the passphrase is back in the list; so is who left the page
	 * of a new notebook. */
	if (!app->nb && taken != PICKER_NONE) {
		if (err->kind != ERR_NONE && err->kind != ERR_CANCELLED)
			dialog_message(app->screen, p.names[taken], err->text);
		*err = (struct err){ 0 };
	}
	place_names_free(p.names);
	return app->nb != NULL || err->kind != ERR_NONE;
}

bool
people_run(struct app *app, const struct place_asker *asker, struct err *err)
{
	while (!choose(app, asker, err))
		if (err->kind != ERR_NONE)
			return false;
	if (!app->nb) /* left: no fault */
		*err = (struct err){ 0 };
	return app->nb != NULL;
}

void
app_begin_anew(struct app *app)
{
	const char *const words[] = { "minqing", "--language", i18n_language(), "screen",
		"--people", NULL };

	app_sync_end(app);
	notebook_close(app->nb);
	screen_forget(app->screen);
	screen_close(app->screen);
	unsetenv("MINQING_WORKER");
	unsetenv("MINQING_PASSPHRASE_FD");
	execv("/proc/self/exe", (char *const *)(uintptr_t)words);
	/* The program was replaced or /proc is not there: it is begun by hand. */
	exit(EXIT_SUCCESS);
}

/* --- a notebook without a passphrase --- */

void
people_offer_seal(struct app *app, const struct place_asker *asker, struct err *err)
{
	const struct dialog_choice choices[] = { { 'y', _("Yes, choose one now") },
		{ 'l', _("Later") }, { 'n', _("No, it stays readable") } };
	struct buf plain = { 0 };
	struct err why = { 0 };
	int choice;

	notebook_get(app->nb, SETTING_PLAIN, &plain, NULL);
	if (notebook_key(app->nb) || strcmp(buf_text(&plain), "yes") == 0) {
		buf_clear(&plain);
		return;
	}
	buf_clear(&plain);
	choice = dialog_choose(app->screen, _("This notebook has no passphrase"),
	    _("Whoever takes this laptop can read everything in it. Give it a passphrase?"),
	    choices, 3, 0);
	if (choice == 2 && !notebook_set(app->nb, SETTING_PLAIN, "yes", &why))
		app_say(app, "%s", why.text);
	if (choice != 0 || people_seal(app, asker, &why))
		return;
	if (!app->nb)
		*err = why;
	else if (why.kind != ERR_CANCELLED)
		app_say(app, "%s", why.text);
}

bool
people_seal(struct app *app, const struct place_asker *asker, struct err *err)
{
	char *path = mem_strdup(notebook_path(app->nb));
	struct vault_key *key;
	struct err why = { 0 };

	notebook_close(app->nb);
	app->nb = NULL; /* the page below the questions is drawn meanwhile */
	key = place_seal(path, asker, app->clock, err);
	app->nb = key ? notebook_open_sealed(path, false, key, app->clock, err)
		      : notebook_open(path, false, app->clock, &why);
	if (key && app->nb) {
		notebook_keep_key(app->nb, key);
		if (!audit_add(app->nb, AUDIT_PASSPHRASE, "first", &why))
			dialog_message(app->screen,
			    _("The notebook is sealed, but its log does not say so"), why.text);
	} else {
		vault_key_free(key);
	}
	if (!app->nb && err->kind == ERR_NONE)
		*err = why;
	free(path);
	return key != NULL && app->nb != NULL;
}
