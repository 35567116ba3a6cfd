/*
 * templates_page - the templates that were kept: Enter begins a record, F8 deletes
 */
#include "app_private.h"

#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "picker.h"
#include "session.h"
#include "template.h"

#include <stdlib.h>
#include <string.h>

struct template {
	char *form, *name;
};

struct templates {
	struct app *app;
	struct template *rows;
	size_t count, cap;
	struct picker *picker;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_TEMPLATES, CONTEXT_PICKER, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

static void
forget(struct templates *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->rows[i].form);
		free(t->rows[i].name);
	}
	t->count = 0;
}

static bool
keep(const char *form, const char *name, void *data)
{
	struct templates *t = data;

	t->rows = mem_grow(t->rows, &t->cap, t->count + 1, sizeof(*t->rows));
	t->rows[t->count++] = (struct template){ mem_strdup(form), mem_strdup(name) };
	return true;
}

static void
template_item(void *data, size_t index, struct picker_item *item)
{
	const struct templates *t = data;

	*item = (struct picker_item){ .code = "", .label = t->rows[index].name,
		.extra = app_form_title(t->app, t->rows[index].form) };
}

static struct picker_source
load(struct templates *t)
{
	struct err err = { 0 };

	forget(t);
	if (!template_list(t->app->nb, keep, t, &err))
		app_say(t->app, "%s", err.text);
	return (struct picker_source){ t->count, template_item, t };
}

static void
draw(struct screen *s, void *data)
{
	struct templates *t = data;
	struct rect all = screen_size(s);

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(t->app, _("Templates"));
	picker_draw(t->picker, s, (struct rect){ 2, 1, all.rows - 5, all.cols - 2 });
	app_draw_bottom(t->app, stack, DEPTH);
}

static void
delete_current(struct templates *t)
{
	size_t at = picker_current(t->picker);
	struct picker_source source;
	struct err err = { 0 };

	if (at == PICKER_NONE ||
	    !dialog_ask(t->app->screen, _("Delete this template?"),
		_("Records that were made from it stay."), false))
		return;
	if (!template_forget(t->app->nb, t->rows[at].form, t->rows[at].name, &err))
		app_say(t->app, "%s", err.text);
	source = load(t);
	picker_reload(t->picker, &source);
}

static void
begin_current(struct templates *t)
{
	size_t at = picker_current(t->picker);
	struct err err = { 0 };

	if (at != PICKER_NONE)
		app_fill(t->app, template_begin(t->app->nb, t->rows[at].form,
		    t->rows[at].name, i18n_language(), &err), NULL, NULL, &err);
}

/* False: the page is done. */
static bool
key_pressed(struct templates *t, const struct key *key)
{
	enum action action = keymap_action(key, stack, DEPTH);

	if (action == ACTION_DELETE) {
		delete_current(t);
		return true;
	}
	switch (picker_key(t->picker, key)) {
	case PICKER_TAKEN:
		begin_current(t);
		return false;
	case PICKER_LEFT:
		return false;
	case PICKER_STAY:
		return true;
	case PICKER_PASS:
		break;
	}
	if (action == ACTION_LEAVE || action == ACTION_BACK)
		return false;
	app_global_action(t->app, action, stack, DEPTH);
	return true;
}

void
templates_page_run(struct app *app)
{
	struct templates t = { .app = app };
	struct picker_options options = {
		.empty = _("No template is kept yet. Alt-t in a record keeps its answers as one."),
	};
	struct picker_source source = load(&t);
	struct key key;

	t.picker = picker_new(&source, &options);
	t.layer = (struct screen_layer){ .draw = draw, .data = &t, .covers = true };
	screen_push(app->screen, &t.layer);
	do {
		screen_read(app->screen, &key);
		if (key.code != K_RESIZE)
			buf_reset(&app->notice);
	} while (key_pressed(&t, &key));
	screen_pop(app->screen, &t.layer);
	picker_free(t.picker);
	forget(&t);
	free(t.rows);
}
