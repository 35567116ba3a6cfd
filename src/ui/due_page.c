/*
 * due_page - everything that finished records ask for, and the form that settles each
 *
 * Kind by kind, the longest overdue first. Enter opens the form that settles it, with
 * what is known carried over.
 */
#include "app_private.h"

#include "err.h"
#include "follow.h"
#include "i18n.h"
#include "mem.h"
#include "picker.h"
#include "records.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 2000

/* clang-format off */
static const struct {
	const char *title;
	const char *form;   /* a new record of it settles; NULL: the next revision */
	const char *go_to;  /* where in it the cursor begins; NULL: as always */
} kinds[FOLLOW_KINDS] = {
	[FOLLOW_MISSED]    = { N_("Doors to try again"), "visit", NULL },
	[FOLLOW_AGAIN]     = { N_("Visits to make again"), "visit", NULL },
	[FOLLOW_NEED]      = { N_("Needs without an answer"), "feedback", NULL },
	[FOLLOW_DISPUTE]   = { N_("Disputes found, not taken up"), "dispute", NULL },
	[FOLLOW_MEDIATION] = { N_("Mediation terms running out"), NULL, "sessions" },
	[FOLLOW_AGREEMENT] = { N_("Agreements to follow up"), NULL, "followups" },
	[FOLLOW_SIGNS]     = { N_("New signs of conflict"), NULL, "followups" },
	[FOLLOW_JUDICIAL]  = { N_("Days left for judicial confirmation"), NULL,
	    "g_outcome/judicial" },
};
/* clang-format on */

const char *
due_kind_title(enum follow_kind kind)
{
	return _(kinds[kind].title);
}

void
due_line(const struct follow *f, struct buf *out)
{
	long late = (long)f->late;

	buf_fmt(out, "%s  ", f->due);
	if (late > 0)
		buf_fmt(out, ngettext("%ld day late", "%ld days late",
		    (unsigned long)late), late);
	else if (late == 0)
		buf_str(out, _("today"));
	else
		buf_fmt(out, ngettext("in %ld day", "in %ld days",
		    (unsigned long)-late), -late);
	buf_fmt(out, "  %s%s%s", f->title, *f->what ? "  " : "", f->what);
}

void
due_settle(struct app *app, enum follow_kind kind, const char *id, int row)
{
	struct err err = { 0 };

	if (!kinds[kind].form)
		app_fill(app, session_correct(app->nb, id, i18n_language(), &err),
		    kinds[kind].go_to, NULL, &err);
	else
		app_fill(app, session_carry(app->nb, kinds[kind].form, id, row,
		    i18n_language(), &err), NULL, NULL, &err);
}

/* --- the page --- */

struct due_row {
	enum follow_kind kind;
	bool heading, late;
	char id[UUID_SIZE];
	int row;
	char *text;
};

struct due_page {
	struct app *app;
	int shown; /* kinds, as in follow_query */
	struct due_row *rows;
	size_t count, cap, current, top;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_DUE, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

static void
forget_texts(void *data)
{
	struct due_page *p = data;

	for (size_t i = 0; i < p->count; i++) {
		free(p->rows[i].text);
		p->rows[i].text = NULL;
	}
}

static void
forget(struct due_page *p)
{
	forget_texts(p);
	p->count = 0;
}

static struct due_row *
add_row(struct due_page *p, enum follow_kind kind, char *text)
{
	p->rows = mem_grow(p->rows, &p->cap, p->count + 1, sizeof(*p->rows));
	p->rows[p->count] = (struct due_row){ .kind = kind, .text = text };
	return &p->rows[p->count++];
}

static bool
keep(const struct follow *f, void *data)
{
	struct due_page *p = data;
	struct buf text = { 0 };
	struct due_row *row;

	if (!p->count || p->rows[p->count - 1].kind != f->kind)
		add_row(p, f->kind, mem_strdup(due_kind_title(f->kind)))->heading = true;
	due_line(f, &text);
	row = add_row(p, f->kind, buf_take(&text));
	memcpy(row->id, f->id, UUID_SIZE);
	row->row = f->row;
	row->late = f->late > 0;
	return true;
}

/* The nearest row that is none of the headings, in that direction, else in the other. */
static void
settle_on_row(struct due_page *p, int by)
{
	size_t at = p->current;

	if (p->current >= p->count)
		at = p->current = p->count ? p->count - 1 : 0;
	while (at < p->count && p->rows[at].heading)
		at += (size_t)by;
	if (at < p->count)
		p->current = at;
	else if (p->count)
		p->current += (size_t)-by;
}

static void
load(struct due_page *p)
{
	struct follow_query query = { .kinds = p->shown, .ahead = DUE_AHEAD,
		.limit = SHOWN_MAX };
	struct err err = { 0 };

	forget(p);
	if (!follow_list(p->app->nb, &query, keep, p, &err))
		app_say(p->app, "%s", err.text);
	settle_on_row(p, 1);
}

static void
draw(struct screen *s, void *data)
{
	struct due_page *p = data;
	struct rect all = screen_size(s);
	size_t rows = (size_t)(all.rows - 4), from;

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("What records ask for"));
	from = p->current > 0 && p->current < p->count && p->rows[p->current - 1].heading
	    ? p->current - 1 : p->current;
	if (from < p->top)
		p->top = from;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	for (size_t i = 0; i < rows && p->top + i < p->count; i++) {
		const struct due_row *row = &p->rows[p->top + i];
		bool current = p->top + i == p->current;
		enum role role = row->heading ? ROLE_HEADING : current ? ROLE_SELECTED
		    : row->late ? ROLE_ERROR : ROLE_NORMAL;

		if (current)
			screen_cursor(s, 2 + (int)i, 2);
		screen_put_padded(s, 2 + (int)i, row->heading ? 1 : 2,
		    all.cols - (row->heading ? 2 : 4), role, row->text);
	}
	if (!p->count)
		screen_put_cut(s, 3, 2, all.cols - 4, ROLE_MUTED,
		    _("Nothing is asked for in the next days."));
	app_draw_bottom(p->app, stack, DEPTH);
}

static void
kind_item(void *data, size_t index, struct picker_item *item)
{
	(void)data;
	*item = (struct picker_item){ .code = "" };
	item->label = index ? due_kind_title((enum follow_kind)(index - 1))
			    : _("Everything");
}

static void
choose_kind(struct due_page *p)
{
	struct picker_source source = { FOLLOW_KINDS + 1, kind_item, NULL };
	struct picker_options options = { .title = _("Show what?") };
	struct picker *picker = picker_new(&source, &options);

	if (picker_run(picker, p->app->screen) &&
	    picker_current(picker) != PICKER_NONE) {
		size_t at = picker_current(picker);

		p->shown = at ? 1 << (at - 1) : 0;
		p->current = p->top = 0;
		load(p);
	}
	picker_free(picker);
}

static void
move(struct due_page *p, long by)
{
	long to = (long)p->current + by;

	if (!p->count)
		return;
	if (to >= (long)p->count)
		to = (long)p->count - 1;
	p->current = (size_t)(to < 0 ? 0 : to);
	settle_on_row(p, by < 0 ? -1 : 1);
}

static void
settle_current(struct due_page *p)
{
	struct due_row row;

	if (p->current >= p->count || p->rows[p->current].heading)
		return;
	row = p->rows[p->current];
	due_settle(p->app, row.kind, row.id, row.row);
	load(p);
}

static void
look_at_current(struct due_page *p)
{
	char id[UUID_SIZE];

	if (p->current >= p->count || p->rows[p->current].heading)
		return;
	memcpy(id, p->rows[p->current].id, UUID_SIZE);
	app_look_at_record(p->app, id);
	load(p);
}

static bool
act(struct due_page *p, enum action action)
{
	long by;

	if (keymap_steps(action, screen_size(p->app->screen).rows - 6, p->count, &by)) {
		move(p, by);
		return true;
	}
	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return false;
	case ACTION_TAKE:
		settle_current(p);
		break;
	case ACTION_LOOK:
		look_at_current(p);
		break;
	case ACTION_FILTER:
		choose_kind(p);
		break;
	default:
		if (app_global_action(p->app, action, stack, DEPTH))
			load(p);
		break;
	}
	return true;
}

void
due_page_run(struct app *app, int shown)
{
	struct due_page p = { .app = app, .shown = shown };
	struct key key;

	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true,
		.forget = forget_texts };
	load(&p);
	screen_push(app->screen, &p.layer);
	do {
		app_read(app, &key);
		if (key.code == K_RESIZE)
			load(&p);
		else
			buf_reset(&app->notice);
	} while (act(&p, keymap_action(&key, stack, DEPTH)));
	screen_pop(app->screen, &p.layer);
	forget(&p);
	free(p.rows);
}
