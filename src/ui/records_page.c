/*
 * records_page - every record: found while typing, filtered, opened, corrected
 *
 * What is typed searches at once. Rows are fetched a window at a time, so a notebook
 * of any size opens as quickly; sorted otherwise than by age, the newest SORTED_MAX are
 * read at once. The filter, and each form's columns and order, are remembered.
 */
#include "app_private.h"
#include "list_private.h"

#include "editor.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "records.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW     200
#define SORTED_MAX 5000 /* the newest ones, when they are sorted in another way */

#define SETTING_FILTER "list.filter" /* "visit 2": a form's id or "-", and a state */

/* Which records: of a form, in a state, of a day, in any combination. */
struct filter {
	size_t form;  /* of app.forms; NO_FORM: all */
	size_t state; /* of states[] below */
	char day[11]; /* "": any */
};

#define NO_FORM ((size_t)-1)

struct records_page {
	struct app *app;
	struct editor *search;
	struct filter filter;
	struct list_view view;
	struct list_row *rows;
	size_t count, cap;
	bool more; /* the notebook has further ones */
	size_t current, top;
	struct screen_layer layer;
};

/* The search box is always there, so its keys come first. */
static const enum context stack[] = { CONTEXT_LIST, CONTEXT_FIELD, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

/* clang-format off */
static const struct {
	const char *label;
	int states; /* as in record_query */
	bool drafts;
} states[] = {
	{ N_("all records"),     0, false },
	{ N_("drafts"),          0, true },
	{ N_("waiting to be sent"), 1 << RECORD_QUEUED, false },
	{ N_("sent"),            1 << RECORD_SENT, false },
	{ N_("returned"),        1 << RECORD_RETURNED, false },
	{ N_("withdrawn"),       1 << RECORD_WITHDRAWN, false },
};
/* clang-format on */

#define STATES (sizeof(states) / sizeof(*states))

static const char *
filter_form(const struct records_page *p)
{
	return p->filter.form < p->app->form_count ? p->app->forms[p->filter.form].id : NULL;
}

/* --- rows --- */

static void
forget_texts(void *data)
{
	struct records_page *p = data;

	for (size_t i = 0; i < p->count; i++) {
		struct list_row *row = &p->rows[i];

		free(row->title);
		free(row->reason);
		row->title = row->reason = NULL;
		for (size_t j = 0; j < LIST_COLUMNS; j++) {
			free(row->cells[j]);
			row->cells[j] = NULL;
		}
	}
}

static void
forget_rows(struct records_page *p)
{
	forget_texts(p);
	for (size_t i = 0; i < p->count; i++)
		free(p->rows[i].form);
	p->count = 0;
}

static bool
keep_row(const struct record *r, void *data)
{
	struct records_page *p = data;
	struct list_row *row;

	p->rows = mem_grow(p->rows, &p->cap, p->count + 1, sizeof(*p->rows));
	row = &p->rows[p->count++];
	*row = (struct list_row){ .state = r->state, .word = app_state_word(r),
		.has_draft = r->has_draft, .rev = r->rev };
	memcpy(row->id, r->id, UUID_SIZE);
	snprintf(row->day, sizeof(row->day), "%.10s", r->created);
	row->form = mem_strdup(r->form);
	row->title = mem_strdup(r->title);
	row->reason = mem_strdup(r->state == RECORD_RETURNED ? r->reason : "");
	list_view_cells(&p->view, p->app, r, row);
	return true;
}

/* A record's own number finds it, or the end or beginning of it. */
static void
fetch_by_number(struct records_page *p)
{
	const char *typed = editor_text(p->search);
	struct record r;

	if (strspn(typed, "0123456789abcdefABCDEF-") == strlen(typed) &&
	    record_get(p->app->nb, typed, &r, NULL) > 0)
		keep_row(&r, p);
}

/* The next window of what the search and the filter let through; all that can be sorted
 * at once when they are not in the notebook's order. */
static void
fetch(struct records_page *p)
{
	bool sorted = *p->view.sort;
	struct record_query query = {
		.search = editor_text(p->search),
		.form = filter_form(p),
		.states = states[p->filter.state].states,
		.drafts = states[p->filter.state].drafts,
		.day = *p->filter.day ? p->filter.day : NULL,
		.limit = sorted ? SORTED_MAX : WINDOW,
		.offset = (int)p->count,
	};
	size_t before = p->count;
	struct err err = { 0 };

	if (!record_list(p->app->nb, &query, keep_row, p, &err))
		app_say(p->app, "%s", err.text);
	p->more = !sorted && p->count - before == WINDOW;
	list_view_order(&p->view, p->rows, p->count);
	if (!p->count && *editor_text(p->search))
		fetch_by_number(p);
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
draw_words(struct records_page *p, const struct list_row *row, int at, int cols,
    enum role role)
{
	struct screen *s = p->app->screen;
	int wide = cols >= 100 ? 24 : 16;

	screen_put_cut(s, at, 22, wide, role, app_form_title(p->app, row->form));
	if (*row->reason) {
		char text[600];

		snprintf(text, sizeof(text), "%s: %s", row->title, row->reason);
		screen_put_cut(s, at, 23 + wide, cols - 25 - wide, role, text);
	} else {
		screen_put_cut(s, at, 23 + wide, cols - 25 - wide, role, row->title);
	}
}

/* Columns as wide as what is seen of them; the last has what is left. */
static void
measure(const struct records_page *p, int wide[LIST_COLUMNS], size_t rows, int cols)
{
	int left = cols - 14;

	for (size_t c = 0; c < p->view.count; c++) {
		const char *heading = list_view_heading(&p->view, c);
		int share = left / (int)(p->view.count - c), most;

		wide[c] = text_width(heading, strlen(heading));
		for (size_t i = p->top; i < p->count && i < p->top + rows; i++) {
			const char *cell = p->rows[i].cells[c] ? p->rows[i].cells[c] : "";
			int width = text_width(cell, strlen(cell));

			wide[c] = width > wide[c] ? width : wide[c];
		}
		most = share > 12 ? share * 3 / 2 : share;
		wide[c] = wide[c] > most ? most : wide[c];
		if (c + 1 == p->view.count)
			wide[c] = left;
		left -= wide[c] + 2;
	}
}

static void
draw_cells(struct records_page *p, char *const *cells, const int wide[LIST_COLUMNS], int at,
    enum role role)
{
	int col = 12;

	for (size_t c = 0; c < p->view.count && wide[c] > 0; c++) {
		screen_put_cut(p->app->screen, at, col, wide[c], role,
		    cells[c] ? cells[c] : "");
		col += wide[c] + 2;
	}
}

static void
draw_row(struct records_page *p, const struct list_row *row, const int *wide, int at,
    int cols, bool current)
{
	struct screen *s = p->app->screen;
	enum role role = current ? ROLE_SELECTED
	    : row->state == RECORD_RETURNED ? ROLE_ERROR
	    : row->state == RECORD_WITHDRAWN ? ROLE_MUTED
					     : ROLE_NORMAL;
	char state[64];

	snprintf(state, sizeof(state), "%s%s", row->word,
	    row->has_draft && row->rev ? "*" : "");
	screen_fill(s, (struct rect){ at, 1, 1, cols - 2 }, role);
	if (p->view.form) {
		screen_put_cut(s, at, 2, 9, role, state);
		draw_cells(p, row->cells, wide, at, role);
		return;
	}
	screen_put(s, at, 2, 10, role, row->day);
	screen_put_cut(s, at, 13, 8, role, state);
	draw_words(p, row, at, cols, role);
}

static void
draw_headings(struct records_page *p, const int *wide, int at)
{
	char *headings[LIST_COLUMNS] = { NULL };

	for (size_t c = 0; c < p->view.count; c++)
		headings[c] = mem_strdup(list_view_heading(&p->view, c));
	screen_put(p->app->screen, at, 2, 9, ROLE_HEADING, _("State"));
	draw_cells(p, headings, wide, at, ROLE_HEADING);
	for (size_t c = 0; c < p->view.count; c++)
		free(headings[c]);
}

static void
write_filter(const struct records_page *p, struct buf *out)
{
	const char *sort = list_view_sort_label(&p->view);

	if (filter_form(p))
		buf_fmt(out, "%s, ", p->app->forms[p->filter.form].title);
	if (*p->filter.day)
		buf_fmt(out, "%s, ", p->filter.day);
	buf_fmt(out, _("%s: %zu%s"), _(states[p->filter.state].label), p->count,
	    p->more ? "+" : "");
	if (*sort)
		buf_fmt(out, _("   sorted by %s%s"), sort,
		    p->view.backward ? _(" (backward)") : "");
}

static void
draw(struct screen *s, void *data)
{
	struct records_page *p = data;
	struct rect all = screen_size(s);
	int first = p->view.form ? 4 : 3, wide[LIST_COLUMNS] = { 0 }, used;
	size_t rows = (size_t)(all.rows - 2 - first);
	struct buf words = { 0 };

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("Records"));
	used = screen_put(s, 1, 1, 12, ROLE_LABEL, _("Find:")) + 2;
	write_filter(p, &words);
	screen_put_cut(s, 2, 1, all.cols - 2, ROLE_MUTED, buf_text(&words));
	buf_clear(&words);
	if (p->current < p->top)
		p->top = p->current;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	measure(p, wide, rows, all.cols);
	if (p->view.form)
		draw_headings(p, wide, 3);
	for (size_t i = 0; i < rows && p->top + i < p->count; i++)
		draw_row(p, &p->rows[p->top + i], wide, first + (int)i, all.cols,
		    p->top + i == p->current);
	if (!p->count)
		screen_put(s, first + 1, 2, all.cols - 4, ROLE_MUTED,
		    *editor_text(p->search) ? _("Nothing is found. Try fewer characters.")
					    : _("There are no records here yet."));
	editor_draw(p->search, s, (struct rect){ 1, used, 1, all.cols - used - 2 }, true);
	app_draw_bottom(p->app, stack, DEPTH);
}

/* --- filter --- */

static void
use_filter(struct records_page *p)
{
	list_view_close(&p->view);
	list_view_open(&p->view, p->app, filter_form(p));
	search_changed(p);
}

static void
remember_filter(struct records_page *p)
{
	const char *form = filter_form(p);
	struct buf value = { 0 };
	struct err err = { 0 };

	buf_fmt(&value, "%s %zu", form ? form : "-", p->filter.state);
	if (!notebook_set(p->app->nb, SETTING_FILTER, buf_text(&value), &err))
		app_say(p->app, "%s", err.text);
	buf_clear(&value);
}

static void
recall_filter(struct records_page *p)
{
	struct buf value = { 0 };
	char *space;

	p->filter.form = NO_FORM;
	notebook_get(p->app->nb, SETTING_FILTER, &value, NULL);
	space = value.data ? strchr(value.data, ' ') : NULL;
	if (space) {
		size_t state = (size_t)atoi(space + 1);

		*space = '\0';
		p->filter.state = state < STATES ? state : 0;
		for (size_t i = 0; i < p->app->form_count; i++)
			if (strcmp(p->app->forms[i].id, value.data) == 0)
				p->filter.form = i;
	}
	buf_clear(&value);
}

static void
filter_item(void *data, size_t index, struct picker_item *item)
{
	const struct records_page *p = data;

	*item = (struct picker_item){ .code = "" };
	item->label = index < STATES ? _(states[index].label)
				     : p->app->forms[index - STATES].title;
}

/* A state and a form can hold together; "all records" takes back both, and the day. */
static void
choose_filter(struct records_page *p)
{
	struct picker_source source = { STATES + p->app->form_count, filter_item, p };
	struct picker_options options = { .title = _("Show which records?") };
	struct picker *picker = picker_new(&source, &options);
	size_t at = PICKER_NONE;

	if (picker_run(picker, p->app->screen))
		at = picker_current(picker);
	picker_free(picker);
	if (at == PICKER_NONE)
		return;
	if (at == 0)
		p->filter = (struct filter){ .form = NO_FORM };
	else if (at < STATES)
		p->filter.state = at;
	else
		p->filter.form = at - STATES;
	remember_filter(p);
	use_filter(p);
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
	long by;

	if (keymap_steps(action, screen_size(p->app->screen).rows - 6, p->count, &by)) {
		move(p, by);
		return KEY_DONE;
	}
	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return KEY_LEAVE;
	case ACTION_TAKE:
		with_current(p, app_open_record);
		return KEY_DONE;
	case ACTION_CORRECT:
		with_current(p, app_correct_record);
		return KEY_DONE;
	case ACTION_COPY:
		with_current(p, app_copy_record);
		return KEY_DONE;
	case ACTION_VERIFY:
		with_current(p, verify_run);
		return KEY_DONE;
	case ACTION_HISTORY:
		with_current(p, history_run);
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
	case ACTION_SORT:
		if (list_view_choose_sort(&p->view, p->app))
			search_changed(p);
		return KEY_DONE;
	case ACTION_COLUMNS:
		if (list_view_choose_columns(&p->view, p->app))
			search_changed(p);
		return KEY_DONE;
	case ACTION_NEW:
		if (filter_form(p)) {
			app_new_record(p->app, filter_form(p));
			reload(p);
		} else {
			app_say(p->app, _("A new record of which form? Choose it with F4."));
		}
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

		if (!app_load_forms(p->app, &err))
			app_say(p->app, "%s", err.text);
		reload(p);
	}
	return KEY_DONE;
}

void
records_page_run(struct app *app, const char *day)
{
	struct records_page p = { .app = app, .filter = { .form = NO_FORM } };
	struct editor_options options = { .max_chars = 60, .kill = &app->kill };
	struct key key;
	int done = KEY_DONE;

	if (day)
		snprintf(p.filter.day, sizeof(p.filter.day), "%s", day);
	else
		recall_filter(&p);
	p.search = editor_new(&options);
	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true,
		.forget = forget_texts };
	list_view_open(&p.view, app, filter_form(&p));
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
	list_view_close(&p.view);
	editor_free(p.search);
	notebook_give_back(app->nb);
}
