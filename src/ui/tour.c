/*
 * tour - three screens for who sees the notebook for the first time
 *
 * The keys are said as the keymap has them, the worker's own too.
 */
#include "app_private.h"

#include "i18n.h"

#include <assert.h>
#include <string.h>

#define SCREENS 3
#define LINES   6

/* A line: what it is about, and the key that does it (its place and action). */
struct tour_line {
	const char *text; /* N_(), with one %s for the key */
	enum context context;
	enum action action;
};

/* clang-format off */
static const struct {
	const char *title;
	struct tour_line lines[LINES];
} screens[SCREENS] = {
	{ N_("Filling in a record"), {
		{ N_("%s takes an answer and goes to the next question; a short list is answered by its number or its letters."),
		    CONTEXT_ENTRY, ACTION_NEXT },
		{ N_("%s goes back. What you leave is on the disk at once: a power cut loses nothing."),
		    CONTEXT_ENTRY, ACTION_PREV },
		{ N_("%s opens the list or the calendar; typing pinyin initials finds, as wsf finds a name."),
		    CONTEXT_ENTRY, ACTION_OPEN_LIST },
		{ N_("%s repeats the answer of the record before."),
		    CONTEXT_ENTRY, ACTION_REPEAT_VALUE },
		{ N_("%s is done: the record is checked and waits to be sent. What is missing gets the cursor."),
		    CONTEXT_ENTRY, ACTION_SAVE },
		{ N_("%s leaves it as a draft, to be gone on with later."),
		    CONTEXT_ENTRY, ACTION_BACK },
	} },
	{ N_("The home page"), {
		{ N_("The number beside a form begins a record of it; %s opens what the cursor is on."),
		    CONTEXT_HOME, ACTION_TAKE },
		{ N_("Below the forms stands what is in hand: drafts, what came back, what records ask for. %s goes from part to part."),
		    CONTEXT_HOME, ACTION_PART_NEXT },
		{ N_("%s finds any record by anything in it: a name, a room, the end of a phone, a day."),
		    CONTEXT_HOME, ACTION_FIND },
		{ N_("%s sends what is finished. Without a line nothing is lost: it waits here."),
		    CONTEXT_HOME, ACTION_SYNC },
		{ N_("%s shows which keys work, wherever you are."),
		    CONTEXT_GLOBAL, ACTION_HELP },
		{ N_("%s changes between Chinese and English."),
		    CONTEXT_GLOBAL, ACTION_LANGUAGE },
	} },
	{ N_("Who goes away from the laptop"), {
		{ N_("%s locks the notebook; after five minutes it locks by itself. The passphrase brings you back."),
		    CONTEXT_GLOBAL, ACTION_LOCK },
		{ N_("%s on the home page: a colleague works now, in a notebook of their own."),
		    CONTEXT_HOME, ACTION_SWITCH },
		{ N_("%s on the home page: another passphrase, a PIN for the lock, minutes until it locks."),
		    CONTEXT_HOME, ACTION_SETTINGS },
	} },
};
/* clang-format on */

struct tour {
	struct app *app;
	int at;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_TOUR, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

static void
write_key(enum context context, enum action action, struct buf *out)
{
	size_t count;
	const struct keymap_row *rows = keymap_rows(&count);

	for (int pass = 0; pass < 2; pass++, context = CONTEXT_GLOBAL)
		for (size_t i = 0; i < count; i++)
			if ((rows[i].contexts & 1u << context) && rows[i].action == action) {
				keymap_key_name(rows[i].key, out);
				return;
			}
	buf_str(out, "-"); /* the worker took the key away */
}

/* The line with its key, which stands where "%s" does. */
static void
write_line(const struct tour_line *line, struct buf *out)
{
	const char *text = _(line->text), *place = strstr(text, "%s");

	assert(place);
	buf_add(out, text, (size_t)(place - text));
	write_key(line->context, line->action, out);
	buf_str(out, place + 2);
}

static void
draw(struct screen *s, void *data)
{
	struct tour *t = data;
	struct rect all = screen_size(s);
	int row = 2;

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(t->app, _("minqing field notebook"));
	screen_printf(s, row, 2, all.cols - 4, ROLE_HEADING, "%s  %d/%d",
	    _(screens[t->at].title), t->at + 1, SCREENS);
	screen_cursor(s, row, 2);
	row += all.rows >= 20 ? 2 : 1;
	for (int i = 0; i < LINES && screens[t->at].lines[i].text && row < all.rows - 2;
	     i++) {
		struct buf text = { 0 };

		write_line(&screens[t->at].lines[i], &text);
		screen_put(s, row, 2, 1, ROLE_NORMAL, "*");
		row += screen_wrap(s, (struct rect){ row, 4, all.rows - 2 - row, all.cols - 6 },
		    ROLE_NORMAL, buf_text(&text), 0);
		row += all.rows >= 20;
		buf_clear(&text);
	}
	app_draw_bottom(t->app, stack, DEPTH);
}

void
tour_run(struct app *app)
{
	struct tour t = { .app = app };
	enum action action;
	struct key key;

	t.layer = (struct screen_layer){ .draw = draw, .data = &t, .covers = true };
	screen_push(app->screen, &t.layer);
	do {
		screen_read(app->screen, &key);
		action = keymap_action(&key, stack, DEPTH);
		if (action == ACTION_TAKE)
			t.at++;
		else if (action == ACTION_PREV && t.at > 0)
			t.at--;
		else
			app_global_action(app, action, stack, DEPTH);
	} while (t.at < SCREENS && action != ACTION_BACK && action != ACTION_LEAVE);
	screen_pop(app->screen, &t.layer);
}
