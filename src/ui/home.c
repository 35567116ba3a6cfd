/*
 * home - what is in hand: start a record, go on with one, see what waits
 *
 * The forms, each with its number; the records that came back, with the reason, and the
 * drafts; then what finished records ask for, kind by kind, the longest overdue first.
 * Arrows choose, Tab goes to the next part, Enter opens or settles, a digit starts a form.
 */
#include "app_private.h"

#include "autosync.h"
#include "err.h"
#include "follow.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_HAND_MAX    50
#define FOLLOW_SHOWN   5    /* of a kind; the rest is a key away */
#define FOLLOW_COUNTED 1000 /* what is more is "999+" */

enum item_kind {
	ITEM_FORM,
	ITEM_RECORD,
	ITEM_FOLLOW,
	ITEM_MORE,
	ITEM_TASK,
	ITEM_NEWS,
};

struct item {
	enum item_kind kind;
	char id[UUID_SIZE]; /* a record's, a task's, or "" */
	enum follow_kind follow;
	int row;     /* of what a record asks for */
	enum news_kind news;
	long count;  /* of news */
	char *text;  /* what its line says; NULL: a form */
	bool alarm;  /* came back, or overdue */
	size_t line; /* where it stands */
};

/* A line of the page: a heading, a blank, or items (two forms beside each other). */
struct line {
	char *heading; /* or NULL */
	size_t item, count;
};

struct home {
	struct app *app;
	bool known; /* what stands below could be read */
	struct record_tally tally;
	long overdue; /* of everything that records ask for */
	long *today;  /* finished today, by form */
	int down;     /* lines from the district */
	struct item *items;
	size_t item_count, item_cap;
	struct line *lines;
	size_t line_count, line_cap;
	size_t current;
	int top, columns; /* first visible line; forms beside each other: 1 or 2 */
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_HOME, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

/* --- what is shown --- */

static struct line *
add_line(struct home *h, char *heading)
{
	h->lines = mem_grow(h->lines, &h->line_cap, h->line_count + 1, sizeof(*h->lines));
	h->lines[h->line_count] = (struct line){ .heading = heading };
	return &h->lines[h->line_count++];
}

/* The item's line, which it has alone. text is given. */
static struct item *
add_item(struct home *h, enum item_kind kind, char *text)
{
	struct line *line = add_line(h, NULL);

	h->items = mem_grow(h->items, &h->item_cap, h->item_count + 1, sizeof(*h->items));
	line->item = h->item_count;
	line->count = 1;
	h->items[h->item_count] =
	    (struct item){ .kind = kind, .text = text, .line = h->line_count - 1 };
	return &h->items[h->item_count++];
}

static void
forget(struct home *h)
{
	for (size_t i = 0; i < h->item_count; i++)
		free(h->items[i].text);
	for (size_t i = 0; i < h->line_count; i++)
		free(h->lines[i].heading);
	h->item_count = h->line_count = 0;
}

static void
forget_texts(void *data)
{
	struct home *h = data;

	for (size_t i = 0; i < h->item_count; i++) {
		free(h->items[i].text);
		h->items[i].text = NULL;
	}
}

/* As many beside each other as there are columns. */
static void
add_forms(struct home *h)
{
	h->columns = screen_size(h->app->screen).cols >= 60 ? 2 : 1;
	add_line(h, mem_strdup(_("Start a record")));
	for (size_t i = 0; i < h->app->form_count; i++) {
		struct item *item;

		if (i % (size_t)h->columns == 0) {
			add_item(h, ITEM_FORM, NULL);
			continue;
		}
		h->items = mem_grow(h->items, &h->item_cap, h->item_count + 1,
		    sizeof(*h->items));
		item = &h->items[h->item_count++];
		*item = (struct item){ .kind = ITEM_FORM, .line = h->line_count - 1 };
		h->lines[h->line_count - 1].count++;
	}
}

static bool
add_record(const struct record *r, void *data)
{
	struct home *h = data;
	struct buf text = { 0 };
	bool returned = r->state == RECORD_RETURNED;
	struct item *item;

	buf_fmt(&text, "%s  %s  %s", r->has_draft && !returned ? _("draft")
							       : app_state_word(r),
	    app_form_title(h->app, r->form), *r->title ? r->title : r->created);
	if (returned)
		buf_fmt(&text, ": %s", r->reason);
	item = add_item(h, ITEM_RECORD, buf_take(&text));
	memcpy(item->id, r->id, UUID_SIZE);
	item->alarm = returned;
	return true;
}

static bool
add_records(struct home *h, struct err *err)
{
	struct record_query returned = { .states = 1 << RECORD_RETURNED,
		.limit = IN_HAND_MAX };
	struct record_query drafts = { .drafts = true, .limit = IN_HAND_MAX,
		.states = ~(1 << RECORD_RETURNED) & ((1 << RECORD_STATES) - 1) };
	struct record_tally *t = &h->tally;

	if (t->returned + t->drafts + t->corrections == 0)
		return true;
	add_line(h, mem_strdup(""));
	add_line(h, mem_strdup(_("In hand: Enter goes on")));
	return record_list(h->app->nb, &returned, add_record, h, err) &&
	    record_list(h->app->nb, &drafts, add_record, h, err);
}

/* The first line from the district brings the heading along. */
static void
add_down_heading(struct home *h)
{
	if (h->down++)
		return;
	add_line(h, mem_strdup(""));
	add_line(h, mem_strdup(_("From the district")));
}

static bool
add_task(const struct task *task, void *data)
{
	struct home *h = data;
	struct buf text = { 0 };
	struct item *item;
	bool late = down_task_line(h->app, task, &text);

	add_down_heading(h);
	item = add_item(h, ITEM_TASK, buf_take(&text));
	snprintf(item->id, sizeof(item->id), "%s", task->id);
	item->alarm = late;
	return true;
}

static bool
add_news(const struct news *news, void *data)
{
	struct home *h = data;
	struct buf text = { 0 };
	struct item *item;

	add_down_heading(h);
	down_news_line(news, &text);
	item = add_item(h, ITEM_NEWS, buf_take(&text));
	item->news = news->kind;
	item->count = news->count;
	snprintf(item->id, sizeof(item->id), "%s", news->id);
	return true;
}

static bool
add_down(struct home *h, struct err *err)
{
	h->down = 0;
	return inbox_tasks(h->app->nb, NULL, add_task, h, err) &&
	    inbox_news(h->app->nb, add_news, h, err);
}

static bool
add_follow(const struct follow *f, void *data)
{
	struct home *h = data;
	struct buf text = { 0 };
	struct item *item;

	due_line(f, &text);
	item = add_item(h, ITEM_FOLLOW, buf_take(&text));
	memcpy(item->id, f->id, UUID_SIZE);
	item->follow = f->kind;
	item->row = f->row;
	item->alarm = f->late > 0;
	return true;
}

static void
add_follow_heading(struct home *h, enum follow_kind kind, long count, long overdue)
{
	struct buf text = { 0 };

	buf_fmt(&text, "%s: %ld%s", due_kind_title(kind), count,
	    count < FOLLOW_COUNTED ? "" : "+");
	if (overdue)
		buf_fmt(&text, _(" (%ld%s overdue)"), overdue,
		    overdue < FOLLOW_COUNTED ? "" : "+");
	add_line(h, mem_strdup(""));
	add_line(h, buf_take(&text));
}

static bool
add_follows(struct home *h, enum follow_kind kind, struct err *err)
{
	struct follow_query query = { .kinds = 1 << kind, .ahead = DUE_AHEAD,
		.limit = FOLLOW_COUNTED };
	struct buf text = { 0 };
	long count, overdue;

	if (!follow_count(h->app->nb, &query, &count, err))
		return false;
	if (!count)
		return true;
	query.overdue = true;
	if (!follow_count(h->app->nb, &query, &overdue, err))
		return false;
	h->overdue += overdue;
	add_follow_heading(h, kind, count, overdue);
	query.overdue = false;
	query.limit = count > FOLLOW_SHOWN ? FOLLOW_SHOWN - 1 : FOLLOW_SHOWN;
	if (!follow_list(h->app->nb, &query, add_follow, h, err))
		return false;
	if (count > FOLLOW_SHOWN) {
		buf_fmt(&text, _("... %ld%s more: Enter shows all"), count - query.limit,
		    count < FOLLOW_COUNTED ? "" : "+");
		add_item(h, ITEM_MORE, buf_take(&text))->follow = kind;
	}
	return true;
}

static bool
load(struct home *h, struct err *err)
{
	struct app *app = h->app;

	forget(h);
	h->overdue = 0;
	if (!app_load_forms(app, err) || !record_tally(app->nb, &h->tally, err))
		return false;
	h->today = mem_resize(h->today, (app->form_count + 1) * sizeof(*h->today));
	for (size_t i = 0; i < app->form_count; i++)
		if (!record_today(app->nb, app->forms[i].id, &h->today[i], err))
			return false;
	add_forms(h);
	if (!add_records(h, err) || !add_down(h, err))
		return false;
	for (int kind = 0; kind < FOLLOW_KINDS; kind++)
		if (!add_follows(h, kind, err))
			return false;
	return true;
}

/* Is it the same thing, in a page that was read anew? */
static bool
is_same(const struct item *a, const struct item *b)
{
	return a->kind == b->kind && a->follow == b->follow && a->row == b->row &&
	    a->news == b->news && strcmp(a->id, b->id) == 0;
}

/* Reads everything anew: after a record was filled, a sync, another language. The
 * cursor stays on what it was on, or where that was. */
static void
reload(struct home *h)
{
	struct item before = { .kind = ITEM_FORM };
	struct err err = { 0 };

	if (h->current < h->item_count)
		before = h->items[h->current];
	autosync_look(h->app->autosync);
	h->known = load(h, &err);
	if (!h->known)
		app_say(h->app, "%s", err.text);
	for (size_t i = 0; before.kind != ITEM_FORM && i < h->item_count; i++)
		if (is_same(&before, &h->items[i]))
			h->current = i;
	if (h->current >= h->item_count)
		h->current = h->item_count ? h->item_count - 1 : 0;
}

/* --- drawing --- */

struct figure {
	const char *label;
	long count;
	bool alarm;
};

static void
write_count(const struct home *h, const struct figure *f, char out[24])
{
	if (h->known)
		snprintf(out, 24, "%ld", f->count);
	else /* 0 would say that everything is gone */
		snprintf(out, 24, "?");
}

/* Columns between two figures: as many as leave room for the last one, which alarms. */
static int
figures_gap(const struct home *h, const struct figure *figures, int n, int cols)
{
	char count[24];
	int used = 0;

	for (int i = 0; i < n; i++) {
		write_count(h, &figures[i], count);
		used += text_width(figures[i].label, strlen(figures[i].label)) + 1 +
			(int)strlen(count);
	}
	return used + 3 * (n - 1) <= cols - 2 ? 3 : 1;
}

static void
draw_figures(struct home *h, int row, int cols)
{
	const struct figure figures[] = {
		{ _("Today"), h->tally.today, false },
		{ _("Drafts"), h->tally.drafts + h->tally.corrections, false },
		{ _("Queued"), h->tally.queued, false },
		{ _("Sent"), h->tally.sent, false },
		{ _("Returned"), h->tally.returned, true },
		{ _("Overdue"), h->overdue, true },
	};
	struct screen *s = h->app->screen;
	int n = sizeof(figures) / sizeof(*figures), col = 2;
	int gap = figures_gap(h, figures, n, cols);
	char count[24];

	for (int i = 0; i < n && col < cols; i++) {
		enum role role =
		    figures[i].alarm && figures[i].count ? ROLE_ERROR : ROLE_VALUE;

		col += screen_printf(s, row, col, cols - col, ROLE_LABEL, "%s ",
		    figures[i].label);
		write_count(h, &figures[i], count);
		col += screen_printf(s, row, col, cols - col, role, "%s", count);
		col += gap;
	}
}

static void
write_form(const struct home *h, size_t form, struct buf *text)
{
	char key[24] = " ";

	if (form < 9)
		snprintf(key, sizeof(key), "%zu", form + 1);
	buf_fmt(text, "%s  %s", key, h->app->forms[form].title);
	if (h->today[form])
		buf_fmt(text, _("   today %ld"), h->today[form]);
}

static void
draw_item(struct home *h, size_t index, struct rect area)
{
	const struct item *item = &h->items[index];
	bool current = index == h->current;
	enum role role = current ? ROLE_SELECTED : item->alarm ? ROLE_ERROR : ROLE_NORMAL;
	struct screen *s = h->app->screen;
	struct buf text = { 0 };

	if (item->kind == ITEM_FORM)
		write_form(h, index, &text);
	else
		buf_str(&text, item->text);
	screen_fill(s, area, current ? ROLE_SELECTED : ROLE_NORMAL);
	screen_put_cut(s, area.row, area.col + 1, area.cols - 2, role, buf_text(&text));
	if (current)
		screen_cursor(s, area.row, area.col + 1);
	buf_clear(&text);
}

static void
draw_line(struct home *h, const struct line *line, int row, int cols)
{
	int wide = (cols - 2) / (line->count > 1 ? (int)line->count : h->columns);

	if (line->heading) {
		screen_put_cut(h->app->screen, row, 1, cols - 2, ROLE_HEADING,
		    line->heading);
		return;
	}
	if (h->items[line->item].kind != ITEM_FORM)
		wide = cols - 2;
	for (size_t i = 0; i < line->count; i++)
		draw_item(h, line->item + i, (struct rect){ row, 1 + (int)i * wide, 1, wide });
}

/* The first visible line: the current one is seen, with the heading above it. */
static void
scroll(struct home *h, int rows)
{
	int at = h->item_count ? (int)h->items[h->current].line : 0;
	int from = at > 0 && h->lines[at - 1].heading ? at - 1 : at;

	if (from < h->top)
		h->top = from;
	if (at >= h->top + rows)
		h->top = at - rows + 1;
}

static void
draw(struct screen *s, void *data)
{
	struct home *h = data;
	struct rect all = screen_size(s);
	int first = all.rows >= 20 ? 4 : 3, rows = all.rows - 2 - first;

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(h->app, _("minqing field notebook"));
	draw_figures(h, first / 2, all.cols);
	scroll(h, rows);
	for (int i = 0; i < rows && h->top + i < (int)h->line_count; i++)
		draw_line(h, &h->lines[h->top + i], first + i, all.cols);
	app_draw_bottom(h->app, stack, DEPTH);
}

/* --- keys --- */

static void
start_form(struct home *h, size_t index)
{
	if (index < h->app->form_count)
		app_new_record(h->app, h->app->forms[index].id);
}

static void
open_current(struct home *h)
{
	struct item item;

	if (h->current >= h->item_count)
		return;
	item = h->items[h->current];
	switch (item.kind) {
	case ITEM_FORM:
		start_form(h, h->current);
		break;
	case ITEM_RECORD:
		app_open_record(h->app, item.id);
		break;
	case ITEM_FOLLOW:
		due_settle(h->app, item.follow, item.id, item.row);
		break;
	case ITEM_MORE:
		due_page_run(h->app, 1 << item.follow);
		break;
	case ITEM_TASK:
		down_open_task(h->app, item.id);
		break;
	case ITEM_NEWS:
		down_open_news(h->app, item.news, item.count, item.id);
		break;
	}
}

/* What can be done with the record that the cursor is on. */
static void
with_record(struct home *h, void (*act)(struct app *app, const char *id))
{
	struct item item;

	if (h->current >= h->item_count || !*h->items[h->current].id ||
	    h->items[h->current].kind >= ITEM_TASK)
		return;
	item = h->items[h->current];
	act(h->app, item.id);
}

/* By lines: from the forms' lines the cursor keeps its column. */
static void
move(struct home *h, long by)
{
	long line, step = by < 0 ? -1 : 1;
	size_t column;

	if (!h->item_count)
		return;
	line = (long)h->items[h->current].line;
	column = h->current - h->lines[line].item;
	for (long left = by * step; left > 0; left--) {
		long to = line + step;

		while (to >= 0 && to < (long)h->line_count && h->lines[to].heading)
			to += step;
		if (to < 0 || to >= (long)h->line_count)
			break;
		line = to;
	}
	if (column >= h->lines[line].count)
		column = h->lines[line].count - 1;
	h->current = h->lines[line].item + column;
}

static void
move_across(struct home *h, int by)
{
	const struct line *line = &h->lines[h->items[h->current].line];
	size_t column = h->current - line->item;

	if (by < 0 ? column > 0 : column + 1 < line->count)
		h->current += (size_t)by;
}

/* To the first item below the next heading, or the one above; around at the end. */
static void
move_part(struct home *h, int by)
{
	size_t at = h->current, n = h->item_count;

	for (size_t i = 0; i < n; i++) {
		size_t line;

		at = (at + n + (size_t)by) % n;
		line = h->items[at].line;
		if (h->lines[line].item == at && h->lines[line - 1].heading)
			break;
	}
	h->current = at;
}

/* The cursor's keys. False: another one. */
static bool
moved(struct home *h, enum action action)
{
	int page = screen_size(h->app->screen).rows - 8;

	if (!h->item_count)
		return false;
	switch ((int)action) {
	case ACTION_UP:
		move(h, -1);
		return true;
	case ACTION_DOWN:
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
		h->current = h->item_count - 1;
		return true;
	case ACTION_PREV_COLUMN:
		move_across(h, -1);
		return true;
	case ACTION_NEXT_COLUMN:
		move_across(h, 1);
		return true;
	case ACTION_PART_NEXT:
		move_part(h, 1);
		return true;
	case ACTION_PART_PREV:
		move_part(h, -1);
		return true;
	default:
		return false;
	}
}

/* False when the worker leaves. */
static bool
act(struct home *h, enum action action)
{
	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return false;
	case ACTION_TAKE:
	case ACTION_NEW:
		open_current(h);
		break;
	case ACTION_LOOK:
		with_record(h, app_look_at_record);
		break;
	case ACTION_FIND:
		records_page_run(h->app, NULL);
		break;
	case ACTION_DUE:
		due_page_run(h->app, 0);
		break;
	case ACTION_SYNC:
		sync_page_run(h->app);
		break;
	case ACTION_TOUR:
		tour_run(h->app);
		break;
	case ACTION_MONTH:
		month_page_run(h->app);
		break;
	case ACTION_REVIEW:
		drafts_page_run(h->app);
		break;
	case ACTION_TEMPLATES:
		templates_page_run(h->app);
		break;
	case ACTION_DELETE:
		with_record(h, app_delete_draft);
		break;
	case ACTION_SETTINGS:
		settings_page_run(h->app);
		break;
	case ACTION_LOCK: /* the screen does it where it can be done */
		app_say(h->app, _("A notebook without a passphrase is not locked. F7, then F5 "
				  "gives it one."));
		break;
	case ACTION_SWITCH:
		app_begin_anew(h->app);
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
	for (size_t i = 0; i < h->item_count; i++) {
		if (h->items[i].kind != ITEM_RECORD || h->items[i].alarm)
			continue;
		h->current = i;
		if (!h->app->notice.len)
			app_say(h->app, _("A record is not finished yet: Enter goes on "
					  "with it."));
		return;
	}
}

static bool
key_pressed(struct home *h, const struct key *key)
{
	enum action action = keymap_action(key, stack, DEPTH);

	if (key->code == K_RESIZE) {
		reload(h);
		return true;
	}
	buf_reset(&h->app->notice);
	if (moved(h, action))
		return true;
	if (key->len == 1 && key->text[0] >= '1' && key->text[0] <= '9') {
		start_form(h, (size_t)(key->text[0] - '1'));
		reload(h);
		return true;
	}
	return act(h, action);
}

void
home_run(struct app *app)
{
	struct home h = { .app = app };
	struct key key;

	h.layer = (struct screen_layer){ .draw = draw, .data = &h, .covers = true,
		.forget = forget_texts };
	reload(&h);
	offer_draft(&h);
	screen_push(app->screen, &h.layer);
	do
		app_read(app, &key);
	while (key_pressed(&h, &key));
	screen_pop(app->screen, &h.layer);
	forget(&h);
	free(h.items);
	free(h.lines);
	free(h.today);
}
