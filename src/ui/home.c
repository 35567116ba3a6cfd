/*
 * home - what is in hand: start a record, go on with one, see what waits
 *
 * One list under the figures: the forms, each with its number, then the records that
 * came back, then the drafts. Arrows choose, Enter opens, a digit starts a form.
 */
#include "app_private.h"

#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_HAND_MAX 50

struct in_hand {
	char id[UUID_SIZE];
	char *line;   /* what its row says */
	char *reason; /* a returned record's, or NULL */
};

struct home {
	struct app *app;
	struct record_tally tally;
	long *today; /* finished today, by form */
	struct in_hand *items;
	size_t item_count, item_cap;
	size_t current; /* of the forms and then the items */
	int top;        /* first row of the list that is visible */
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_HOME, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

/* --- what is shown --- */

static bool
keep_item(const struct record *r, void *data)
{
	struct home *h = data;
	struct buf line = { 0 };
	bool returned = r->state == RECORD_RETURNED;

	buf_fmt(&line, "%s  %s  %s", r->has_draft && !returned ? _("draft")
							       : app_state_word(r->state),
	    app_form_title(h->app, r->form), *r->title ? r->title : r->created);
	h->items = mem_grow(h->items, &h->item_cap, h->item_count + 1, sizeof(*h->items));
	h->items[h->item_count] = (struct in_hand){ .line = buf_take(&line) };
	memcpy(h->items[h->item_count].id, r->id, UUID_SIZE);
	if (returned)
		h->items[h->item_count].reason = mem_strdup(r->reason);
	h->item_count++;
	return true;
}

static void
forget_items(struct home *h)
{
	for (size_t i = 0; i < h->item_count; i++) {
		free(h->items[i].line);
		free(h->items[i].reason);
	}
	h->item_count = 0;
}

/* Reads everything anew: after a record was filled, a sync, another language. */
static bool
load(struct home *h, struct err *err)
{
	struct record_query returned = { .states = 1 << RECORD_RETURNED,
		.limit = IN_HAND_MAX };
	struct record_query drafts = { .drafts = true, .limit = IN_HAND_MAX,
		.states = ~(1 << RECORD_RETURNED) & ((1 << RECORD_STATES) - 1) };
	struct app *app = h->app;

	forget_items(h);
	if (!app_load_forms(app, err) || !record_tally(app->nb, &h->tally, err))
		return false;
	h->today = mem_resize(h->today, (app->form_count + 1) * sizeof(*h->today));
	for (size_t i = 0; i < app->form_count; i++)
		if (!record_today(app->nb, app->forms[i].id, &h->today[i], err))
			return false;
	return record_list(app->nb, &returned, keep_item, h, err) &&
	    record_list(app->nb, &drafts, keep_item, h, err);
}

static void
reload(struct home *h)
{
	struct err err = { 0 };
	size_t rows;

	if (!load(h, &err))
		app_say(h->app, "%s", err.text);
	rows = h->app->form_count + h->item_count;
	if (h->current >= rows)
		h->current = rows ? rows - 1 : 0;
}

/* --- drawing --- */

static void
draw_figures(struct home *h, int row, int cols)
{
	struct screen *s = h->app->screen;
	const struct {
		const char *label;
		long count;
	} figures[] = {
		{ _("Today"), h->tally.today },
		{ _("Drafts"), h->tally.drafts + h->tally.corrections },
		{ _("Queued"), h->tally.queued },
		{ _("Sent"), h->tally.sent },
		{ _("Returned"), h->tally.returned },
	};
	int col = 2;

	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures) && col < cols; i++) {
		enum role role = ROLE_VALUE;

		if (figures[i].count && i == 4)
			role = ROLE_ERROR;
		col += screen_printf(s, row, col, cols - col, ROLE_LABEL, "%s ",
		    figures[i].label);
		col += screen_printf(s, row, col, cols - col, role, "%ld",
		    figures[i].count);
		col += 4;
	}
}

/* One row of the list: a form, or a record in hand. */
static void
draw_item(struct home *h, size_t index, int row, int cols)
{
	struct app *app = h->app;
	bool current = index == h->current;
	enum role role = current ? ROLE_SELECTED : ROLE_NORMAL;
	char text[512];

	if (index < app->form_count) {
		char key[24] = " ";

		if (index < 9)
			snprintf(key, sizeof(key), "%zu", index + 1);
		if (h->today[index])
			snprintf(text, sizeof(text), _("%s  %s   today %ld"), key,
			    app->forms[index].title, h->today[index]);
		else
			snprintf(text, sizeof(text), "%s  %s", key,
			    app->forms[index].title);
	} else {
		const struct in_hand *item = &h->items[index - app->form_count];

		snprintf(text, sizeof(text), "%s%s%s", item->line, item->reason ? ": " : "",
		    item->reason ? item->reason : "");
		if (item->reason && !current)
			role = ROLE_ERROR;
	}
	screen_fill(app->screen, (struct rect){ row, 1, 1, cols - 2 },
	    current ? ROLE_SELECTED : ROLE_NORMAL);
	screen_put_cut(app->screen, row, 2, cols - 4, role, text);
	if (current)
		screen_cursor(app->screen, row, 2);
}

/*
 * The list's lines: a heading stands before the forms and before the records. Gives
 * the item of a line, or -1 for the headings (and which in *heading).
 */
static long
item_of_line(const struct home *h, int line, const char **heading)
{
	long forms = (long)h->app->form_count;

	*heading = NULL;
	if (line == 0)
		*heading = _("Start a record");
	else if (line <= forms)
		return line - 1;
	else if (line == forms + 1)
		*heading = h->item_count ? _("In hand: Enter goes on") : "";
	else
		return line - 2;
	return -1;
}

static int
line_of_item(const struct home *h, size_t index)
{
	return (int)index + (index < h->app->form_count ? 1 : 2);
}

static void
draw(struct screen *s, void *data)
{
	struct home *h = data;
	struct rect all = screen_size(s);
	int first = all.rows >= 20 ? 4 : 3, rows = all.rows - 2 - first;
	int lines = (int)(h->app->form_count + h->item_count) + 2;
	int at = line_of_item(h, h->current);

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(h->app, _("minqing field notebook"));
	draw_figures(h, first / 2, all.cols);
	if (at <= h->top)
		h->top = at - 1; /* its heading too */
	if (at >= h->top + rows)
		h->top = at - rows + 1;
	for (int i = 0; i < rows && h->top + i < lines; i++) {
		const char *heading;
		long item = item_of_line(h, h->top + i, &heading);

		if (item >= 0)
			draw_item(h, (size_t)item, first + i, all.cols);
		else
			screen_put_cut(s, first + i, 1, all.cols - 2, ROLE_HEADING, heading);
	}
	app_draw_bottom(h->app, stack, DEPTH);
}

/* --- keys --- */

/* The id of the record under the cursor, or NULL. */
static const char *
current_record(const struct home *h)
{
	size_t forms = h->app->form_count;

	if (h->current < forms || h->current - forms >= h->item_count)
		return NULL;
	return h->items[h->current - forms].id;
}

static void
start_form(struct home *h, size_t index)
{
	if (index < h->app->form_count)
		app_new_record(h->app, h->app->forms[index].id);
}

static void
open_current(struct home *h)
{
	const char *id = current_record(h);
	char copy[UUID_SIZE];

	if (!id) {
		start_form(h, h->current);
		return;
	}
	memcpy(copy, id, UUID_SIZE);
	app_open_record(h->app, copy);
}

static void
delete_current(struct home *h)
{
	const char *id = current_record(h);
	char copy[UUID_SIZE];

	if (!id)
		return;
	memcpy(copy, id, UUID_SIZE);
	app_delete_draft(h->app, copy);
}

static void
move(struct home *h, long by)
{
	long rows = (long)(h->app->form_count + h->item_count);
	long to = (long)h->current + by;

	if (to >= rows)
		to = rows - 1;
	h->current = (size_t)(to < 0 ? 0 : to);
}

/* False when the worker leaves. */
static bool
act(struct home *h, enum action action)
{
	int page = screen_size(h->app->screen).rows - 8;

	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return false;
	case ACTION_UP:
	case ACTION_PREV:
		move(h, -1);
		return true;
	case ACTION_DOWN:
	case ACTION_NEXT:
		move(h, 1);
		return true;
	case ACTION_PAGE_UP:
		move(h, -page);
		return true;
	case ACTION_PAGE_DOWN:
		move(h, page);
		return true;
	case ACTION_FIRST:
		h->current = 0;
		return true;
	case ACTION_LAST:
		move(h, (long)(h->app->form_count + h->item_count));
		return true;
	case ACTION_TAKE:
	case ACTION_NEW:
		open_current(h);
		break;
	case ACTION_FIND:
		records_page_run(h->app, true);
		break;
	case ACTION_OPEN_LIST:
		records_page_run(h->app, false);
		break;
	case ACTION_SYNC:
		sync_page_run(h->app);
		break;
	case ACTION_DELETE:
		delete_current(h);
		break;
	case ACTION_SETTINGS:
		settings_page_run(h->app);
		break;
	default:
		if (!app_global_action(h->app, action, stack, DEPTH))
			return true;
		break;
	}
	reload(h);
	return true;
}

/* After a crash or a power cut the last draft is one key away. */
static void
offer_draft(struct home *h)
{
	size_t forms = h->app->form_count;

	for (size_t i = 0; i < h->item_count; i++) {
		if (h->items[i].reason)
			continue;
		h->current = forms + i;
		if (!h->app->notice.len)
			app_say(h->app, _("A record is not finished yet: Enter goes on "
					  "with it."));
		return;
	}
}

void
home_run(struct app *app)
{
	struct home h = { .app = app };
	struct key key;
	bool on = true;

	h.layer = (struct screen_layer){ .draw = draw, .data = &h, .covers = true };
	reload(&h);
	offer_draft(&h);
	screen_push(app->screen, &h.layer);
	while (on) {
		screen_read(app->screen, &key);
		if (key.code != K_RESIZE)
			buf_reset(&app->notice);
		if (key.len == 1 && key.text[0] >= '1' && key.text[0] <= '9') {
			start_form(&h, (size_t)(key.text[0] - '1'));
			reload(&h);
		} else {
			on = act(&h, keymap_action(&key, stack, DEPTH));
		}
	}
	screen_pop(app->screen, &h.layer);
	forget_items(&h);
	free(h.items);
	free(h.today);
}
