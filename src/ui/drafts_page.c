/*
 * drafts_page - all drafts checked at once, with what is missing in each
 *
 * Enter opens a draft at what is missing; F2 finishes all in which nothing is.
 */
#include "app_private.h"

#include "dialog.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "mem.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define DRAFTS_MAX 500

/* A draft, or one of the answers that are not right in it. */
struct draft_row {
	char id[UUID_SIZE];
	char *text, *path; /* path NULL: the draft itself */
	bool complete;
};

struct drafts_page {
	struct app *app;
	struct draft_row *rows;
	size_t count, cap, current, top;
	size_t drafts, complete;
	struct session *checking;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_DRAFTS, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

/* --- rows --- */

static void
forget_texts(void *data)
{
	struct drafts_page *p = data;

	for (size_t i = 0; i < p->count; i++) {
		free(p->rows[i].text);
		p->rows[i].text = NULL;
	}
}

static void
forget(struct drafts_page *p)
{
	forget_texts(p);
	for (size_t i = 0; i < p->count; i++)
		free(p->rows[i].path);
	p->count = p->drafts = p->complete = 0;
}

static struct draft_row *
add_row(struct drafts_page *p, const char *id, struct buf *text)
{
	struct draft_row *row;

	p->rows = mem_grow(p->rows, &p->cap, p->count + 1, sizeof(*p->rows));
	row = &p->rows[p->count++];
	*row = (struct draft_row){ .text = buf_take(text) };
	memcpy(row->id, id, UUID_SIZE);
	return row;
}

static bool
keep(const struct record *r, void *data)
{
	struct drafts_page *p = data;
	struct buf text = { 0 };

	buf_fmt(&text, "%s  %s", app_form_title(p->app, r->form),
	    *r->title ? r->title : r->created);
	add_row(p, r->id, &text);
	return true;
}

static void
report(struct node *node, enum logic_verdict verdict, const char *message, void *data)
{
	struct drafts_page *p = data;
	struct buf text = { 0 }, path = { 0 };
	struct draft_row *row;

	(void)verdict;
	logic_label(session_logic(p->checking), node, &text);
	buf_fmt(&text, ": %s", message);
	instance_path(node, &path);
	row = add_row(p, session_record_id(p->checking), &text);
	row->path = buf_take(&path);
}

/* The draft's row, and behind it what is missing. */
static void
check(struct drafts_page *p, struct draft_row *draft)
{
	struct err err = { 0 };
	struct buf text = { 0 }, message = { 0 };
	size_t at = p->count;

	buf_str(&text, draft->text);
	add_row(p, draft->id, &text);
	p->checking = session_resume(p->app->nb, draft->id, i18n_language(), &err);
	if (!p->checking) {
		buf_str(&text, err.text);
		add_row(p, draft->id, &text)->path = mem_strdup("");
		return;
	}
	p->rows[at].complete = !logic_check_all(session_logic(p->checking), &message, report,
	    p);
	p->complete += p->rows[at].complete;
	session_close(p->checking);
	p->checking = NULL;
	buf_clear(&message);
}

static void
load(struct drafts_page *p)
{
	struct record_query query = { .drafts = true, .limit = DRAFTS_MAX };
	struct drafts_page drafts = { .app = p->app };
	struct err err = { 0 };

	forget(p);
	if (!record_list(p->app->nb, &query, keep, &drafts, &err))
		app_say(p->app, "%s", err.text);
	for (size_t i = 0; i < drafts.count; i++)
		check(p, &drafts.rows[i]);
	p->drafts = drafts.count;
	forget(&drafts);
	free(drafts.rows);
	if (p->current >= p->count)
		p->current = p->count ? p->count - 1 : 0;
}

/* --- drawing --- */

static void
draw_row(struct drafts_page *p, const struct draft_row *row, int at, int cols, bool current)
{
	struct screen *s = p->app->screen;
	enum role role = current ? ROLE_SELECTED : row->path ? ROLE_ERROR : ROLE_NORMAL;
	struct buf text = { 0 };

	if (row->path)
		buf_fmt(&text, "    %s", row->text);
	else
		buf_fmt(&text, "%s  %s", row->complete ? _("complete") : _("not yet"),
		    row->text);
	if (current)
		screen_cursor(s, at, 2);
	screen_put_padded(s, at, 2, cols - 4, role, buf_text(&text));
	buf_clear(&text);
}

static void
draw(struct screen *s, void *data)
{
	struct drafts_page *p = data;
	struct rect all = screen_size(s);
	size_t rows = (size_t)(all.rows - 5);

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("Drafts, checked"));
	screen_printf(s, 1, 2, all.cols - 4, ROLE_LABEL, _("Drafts: %zu, complete: %zu"),
	    p->drafts, p->complete);
	if (p->current < p->top)
		p->top = p->current;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	for (size_t i = 0; i < rows && p->top + i < p->count; i++)
		draw_row(p, &p->rows[p->top + i], 3 + (int)i, all.cols,
		    p->top + i == p->current);
	if (!p->count)
		screen_put_cut(s, 3, 2, all.cols - 4, ROLE_MUTED, _("There are no drafts."));
	app_draw_bottom(p->app, stack, DEPTH);
}

/* --- keys --- */

static void
open_current(struct drafts_page *p)
{
	struct err err = { 0 };
	struct draft_row *row = &p->rows[p->current];
	char *path = row->path ? mem_strdup(row->path) : NULL;

	app_fill(p->app, session_resume(p->app->nb, row->id, i18n_language(), &err),
	    path && *path ? path : NULL, NULL, &err);
	free(path);
	load(p);
}

static void
finish_one(struct drafts_page *p, const char *id, size_t *done)
{
	struct err err = { 0 };
	struct buf message = { 0 };
	struct node *wrong;
	struct session *s = session_resume(p->app->nb, id, i18n_language(), &err);

	if (s && session_finalise(s, &wrong, &message, &err) == SESSION_FINAL)
		(*done)++;
	if (err.kind != ERR_NONE)
		app_say(p->app, "%s", err.text);
	session_close(s);
	buf_clear(&message);
}

static void
finish_all(struct drafts_page *p)
{
	struct buf question = { 0 };
	size_t done = 0;
	bool yes;

	if (!p->complete) {
		app_say(p->app, _("No draft is complete: Enter goes to what is missing."));
		return;
	}
	buf_fmt(&question, ngettext("%zu draft is complete and would be queued for sending.",
	    "%zu drafts are complete and would be queued for sending.",
	    (unsigned long)p->complete), p->complete);
	yes = dialog_ask(p->app->screen, _("Finish all that are complete?"),
	    buf_text(&question), true);
	buf_clear(&question);
	if (!yes)
		return;
	for (size_t i = 0; i < p->count; i++)
		if (p->rows[i].complete)
			finish_one(p, p->rows[i].id, &done);
	if (done == p->complete)
		app_say(p->app, ngettext("%zu record is finished and waits to be sent.",
		    "%zu records are finished and wait to be sent.", (unsigned long)done),
		    done);
	load(p);
}

static void
delete_current(struct drafts_page *p)
{
	char id[UUID_SIZE];

	memcpy(id, p->rows[p->current].id, UUID_SIZE);
	app_delete_draft(p->app, id);
	load(p);
}

static void
move(struct drafts_page *p, long by)
{
	long to = (long)p->current + by;

	if (to >= (long)p->count)
		to = (long)p->count - 1;
	p->current = (size_t)(to < 0 ? 0 : to);
}

static bool
act(struct drafts_page *p, enum action action)
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
		if (p->count)
			open_current(p);
		break;
	case ACTION_SAVE:
		finish_all(p);
		break;
	case ACTION_DELETE:
		if (p->count)
			delete_current(p);
		break;
	default:
		if (app_global_action(p->app, action, stack, DEPTH))
			load(p);
		break;
	}
	return true;
}

void
drafts_page_run(struct app *app)
{
	struct drafts_page p = { .app = app };
	struct key key;

	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true,
		.forget = forget_texts };
	load(&p);
	screen_push(app->screen, &p.layer);
	do {
		screen_read(app->screen, &key);
		if (key.code == K_RESIZE)
			load(&p);
		else
			buf_reset(&app->notice);
	} while (act(&p, keymap_action(&key, stack, DEPTH)));
	screen_pop(app->screen, &p.layer);
	forget(&p);
	free(p.rows);
}
