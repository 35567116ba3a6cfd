/*
 * records_page - every record: found while typing, filtered, opened, corrected
 *
 * What is typed searches at once. Rows are fetched a window at a time, so a notebook
 * of any size opens as quickly.
 */
#include "app_private.h"

#include "editor.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 200

struct row {
	char id[UUID_SIZE];
	char *form, *title, *reason;
	char day[11];
	enum record_state state;
	const char *word; /* the same, and more, for people */
	bool has_draft;
	int rev;
};

struct filter {
	const char *label; /* N_(), or a form's title */
	const char *form;  /* or NULL */
	int states;
	bool drafts;
};

struct records_page {
	struct app *app;
	struct editor *search;
	struct filter filter;
	struct row *rows;
	size_t count, cap;
	bool more; /* the notebook has further ones */
	size_t current, top;
	struct screen_layer layer;
};

/* The search box is always there, so its keys come first. */
static const enum context stack[] = { CONTEXT_LIST, CONTEXT_FIELD, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

/* clang-format off */
static const struct filter state_filters[] = {
	{ N_("all records"),     NULL, 0, false },
	{ N_("drafts"),          NULL, 0, true },
	{ N_("waiting to be sent"), NULL, 1 << RECORD_QUEUED, false },
	{ N_("sent"),            NULL, 1 << RECORD_SENT, false },
	{ N_("returned"),        NULL, 1 << RECORD_RETURNED, false },
	{ N_("withdrawn"),       NULL, 1 << RECORD_WITHDRAWN, false },
};
/* clang-format on */

#define STATE_FILTERS (sizeof(state_filters) / sizeof(*state_filters))

/* --- rows --- */

static void
forget_rows(struct records_page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->rows[i].form);
		free(p->rows[i].title);
		free(p->rows[i].reason);
	}
	p->count = 0;
}

static bool
keep_row(const struct record *r, void *data)
{
	struct records_page *p = data;
	struct row *row;

	p->rows = mem_grow(p->rows, &p->cap, p->count + 1, sizeof(*p->rows));
	row = &p->rows[p->count++];
	*row = (struct row){ .state = r->state, .word = app_state_word(r),
		.has_draft = r->has_draft, .rev = r->rev };
	memcpy(row->id, r->id, UUID_SIZE);
	snprintf(row->day, sizeof(row->day), "%.10s", r->created);
	row->form = mem_strdup(r->form);
	row->title = mem_strdup(r->title);
	row->reason = mem_strdup(r->state == RECORD_RETURNED ? r->reason : "");
	return true;
}

/* The next window of what the search and the filter let through. */
static void
fetch(struct records_page *p)
{
	struct record_query query = {
		.search = editor_text(p->search),
		.form = p->filter.form,
		.states = p->filter.states,
		.drafts = p->filter.drafts,
		.limit = WINDOW,
		.offset = (int)p->count,
	};
	size_t before = p->count;
	struct err err = { 0 };

	if (!record_list(p->app->nb, &query, keep_row, p, &err))
		app_say(p->app, "%s", err.text);
	p->more = p->count - before == WINDOW;
}

/* Reads anew; the cursor stays on the record that it was on, if it is still there. */
static void
reload(struct records_page *p)
{
	char id[UUID_SIZE] = "";
	size_t wanted = p->current + 1;

	if (p->current < p->count)
		memcpy(id, p->rows[p->current].id, UUID_SIZE);
	forget_rows(p);
	do
		fetch(p);
	while (p->more && p->count < wanted);
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->rows[i].id, id) == 0)
			p->current = i;
	if (p->current >= p->count)
		p->current = p->count ? p->count - 1 : 0;
}

static void
search_changed(struct records_page *p)
{
	p->current = p->top = 0;
	forget_rows(p);
	fetch(p);
}

/* --- drawing --- */

static void
draw_row(struct records_page *p, const struct row *row, int at, int cols, bool current)
{
	struct screen *s = p->app->screen;
	enum role role = current ? ROLE_SELECTED
	    : row->state == RECORD_RETURNED ? ROLE_ERROR
	    : row->state == RECORD_WITHDRAWN ? ROLE_MUTED
					     : ROLE_NORMAL;
	char state[64];
	int wide = cols >= 100 ? 24 : 16;

	snprintf(state, sizeof(state), "%s%s", row->word,
	    row->has_draft && row->rev ? "*" : "");
	screen_fill(s, (struct rect){ at, 1, 1, cols - 2 }, role);
	screen_put(s, at, 2, 10, role, row->day);
	screen_put_cut(s, at, 13, 8, role, state);
	screen_put_cut(s, at, 22, wide, role, app_form_title(p->app, row->form));
	if (*row->reason) {
		char text[600];

		snprintf(text, sizeof(text), "%s: %s", row->title, row->reason);
		screen_put_cut(s, at, 23 + wide, cols - 25 - wide, role, text);
	} else {
		screen_put_cut(s, at, 23 + wide, cols - 25 - wide, role, row->title);
	}
}

static void
draw(struct screen *s, void *data)
{
	struct records_page *p = data;
	struct rect all = screen_size(s);
	size_t rows = (size_t)(all.rows - 5);
	int used;

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("Records"));
	used = screen_put(s, 1, 1, 12, ROLE_LABEL, _("Find:")) + 2;
	screen_printf(s, 2, 1, all.cols - 2, ROLE_MUTED, _("%s: %zu%s"),
	    p->filter.form ? p->filter.label : _(p->filter.label), p->count,
	    p->more ? "+" : "");
	if (p->current < p->top)
		p->top = p->current;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	for (size_t i = 0; i < rows && p->top + i < p->count; i++)
		draw_row(p, &p->rows[p->top + i], 3 + (int)i, all.cols,
		    p->top + i == p->current);
	if (!p->count)
		screen_put(s, 4, 2, all.cols - 4, ROLE_MUTED,
		    *editor_text(p->search) ? _("Nothing is found. Try fewer characters.")
					    : _("There are no records here yet."));
	editor_draw(p->search, s, (struct rect){ 1, used, 1, all.cols - used - 2 }, true);
	app_draw_bottom(p->app, stack, DEPTH);
}

/* --- filter --- */

static void
filter_item(void *data, size_t index, struct picker_item *item)
{
	const struct records_page *p = data;

	*item = (struct picker_item){ .code = "" };
	item->label = index < STATE_FILTERS
	    ? _(state_filters[index].label)
	    : p->app->forms[index - STATE_FILTERS].title;
}

static void
choose_filter(struct records_page *p)
{
	struct picker_source source = { STATE_FILTERS + p->app->form_count, filter_item,
		p };
	struct picker_options options = { .title = _("Show which records?") };
	struct picker *picker = picker_new(&source, &options);
	size_t at;

	if (picker_run(picker, p->app->screen) &&
	    (at = picker_current(picker)) != PICKER_NONE) {
		if (at < STATE_FILTERS) {
			p->filter = state_filters[at];
		} else {
			const struct app_form *f = &p->app->forms[at - STATE_FILTERS];

			p->filter = (struct filter){ f->title, f->id, 0, false };
		}
		search_changed(p);
	}
	picker_free(picker);
}

/* --- keys --- */

static void
move(struct records_page *p, long by)
{
	long to = (long)p->current + by;

	while (p->more && to >= (long)p->count)
		fetch(p);
	if (to >= (long)p->count)
		to = (long)p->count - 1;
	p->current = (size_t)(to < 0 ? 0 : to);
}

static void
with_current(struct records_page *p, void (*act)(struct app *app, const char *id))
{
	char id[UUID_SIZE];

	if (p->current >= p->count)
		return;
	memcpy(id, p->rows[p->current].id, UUID_SIZE);
	act(p->app, id);
	reload(p);
}

enum { KEY_DONE, KEY_LEAVE, KEY_OTHER };

static int
act(struct records_page *p, enum action action)
{
	int page = screen_size(p->app->screen).rows - 6;

	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return KEY_LEAVE;
	case ACTION_UP:
		move(p, -1);
		return KEY_DONE;
	case ACTION_DOWN:
		move(p, 1);
		return KEY_DONE;
	case ACTION_PAGE_UP:
		move(p, -page);
		return KEY_DONE;
	case ACTION_PAGE_DOWN:
		move(p, page);
		return KEY_DONE;
	case ACTION_TAKE:
		with_current(p, app_open_record);
		return KEY_DONE;
	case ACTION_CORRECT:
		with_current(p, app_correct_record);
		return KEY_DONE;
	case ACTION_WITHDRAW:
		with_current(p, app_withdraw_record);
		return KEY_DONE;
	case ACTION_DELETE:
		with_current(p, app_delete_draft);
		return KEY_DONE;
	case ACTION_FILTER:
		choose_filter(p);
		return KEY_DONE;
	case ACTION_SYNC:
		sync_page_run(p->app);
		reload(p);
		return KEY_DONE;
	default:
		break;
	}
	if (!app_global_action(p->app, action, stack, DEPTH))
		return KEY_OTHER;
	if (action == ACTION_LANGUAGE) {
		struct err err = { 0 };

		p->filter = state_filters[0]; /* its label is of the other language */
		if (!app_load_forms(p->app, &err))
			app_say(p->app, "%s", err.text);
		reload(p);
	}
	return KEY_DONE;
}

void
records_page_run(struct app *app, bool searching)
{
	struct records_page p = { .app = app, .filter = state_filters[0] };
	struct editor_options options = { .max_chars = 60, .kill = &app->kill };
	struct key key;
	int done = KEY_DONE;

	(void)searching; /* the cursor always stands in the search box */
	p.search = editor_new(&options);
	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true };
	fetch(&p);
	screen_push(app->screen, &p.layer);
	while (done != KEY_LEAVE) {
		app_read(app, &key);
		if (key.code == K_RESIZE) {
			reload(&p);
			continue;
		}
		buf_reset(&app->notice);
		done = act(&p, keymap_action(&key, stack, DEPTH));
		if (done == KEY_OTHER &&
		    editor_key(p.search, &key) == EDITOR_TAKEN)
			search_changed(&p);
	}
	screen_pop(app->screen, &p.layer);
	forget_rows(&p);
	free(p.rows);
	editor_free(p.search);
}
