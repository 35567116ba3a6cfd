/*
 * merge_page - a record that was changed here and elsewhere, side by side
 *
 * A row a difference: the question, what stands here, what stands elsewhere. What only
 * one side changed is marked already; where both did, the worker chooses with the arrow
 * keys. Nothing is done before F2; whoever leaves finds both again.
 */
#include "app_private.h"

#include "err.h"
#include "i18n.h"
#include "merge.h"

#include <stdio.h>
#include <string.h>

struct merge_page {
	struct app *app;
	struct merge *merge;
	size_t current, top;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_MERGE, CONTEXT_GLOBAL };

#define DEPTH       (sizeof(stack) / sizeof(*stack))
#define FIRST_ROW   4
#define DETAIL_ROWS 6 /* the current row in full */

static const char *
mark_of(const struct merge_item *item, enum merge_take side)
{
	return item->take == side || item->take == MERGE_BOTH ? "[x] " : "[ ] ";
}

static void
draw_side(struct merge_page *p, int row, int col, int cols, const struct merge_item *item,
    enum merge_take side, enum role role)
{
	struct screen *s = p->app->screen;
	int used = screen_put(s, row, col, cols, role, mark_of(item, side));

	screen_put_cut(s, row, col + used, cols - used - 1, role,
	    side == MERGE_MINE ? item->mine : item->theirs);
}

static void
draw_row(struct merge_page *p, size_t index, int row, int cols)
{
	bool current = index == p->current;
	enum role role = current ? ROLE_SELECTED : ROLE_NORMAL;
	struct screen *s = p->app->screen;
	int wide = (cols - 2) / 3;
	struct merge_item item;

	merge_item(p->merge, index, &item);
	if (item.take == MERGE_UNDECIDED && !current)
		role = ROLE_ERROR;
	screen_fill(s, (struct rect){ row, 1, 1, cols - 2 }, current ? role : ROLE_NORMAL);
	screen_put_cut(s, row, 2, wide - 2, role, item.label);
	draw_side(p, row, 1 + wide, wide, &item, MERGE_MINE, role);
	draw_side(p, row, 1 + 2 * wide, wide, &item, MERGE_THEIRS, role);
	if (current)
		screen_cursor(s, row, 2);
}

/* The current row in full, one side under the other. */
static void
draw_detail(struct merge_page *p, int row, int cols)
{
	struct screen *s = p->app->screen;
	struct merge_item item;
	struct buf text = { 0 };
	int half = DETAIL_ROWS / 2;

	if (p->current >= merge_count(p->merge))
		return;
	merge_item(p->merge, p->current, &item);
	screen_hline(s, row, 1, cols - 2, ROLE_MUTED);
	buf_fmt(&text, _("Here: %s"), item.mine);
	screen_wrap(s, (struct rect){ row + 1, 2, half - 1, cols - 4 }, ROLE_NORMAL,
	    buf_text(&text), 0);
	buf_reset(&text);
	buf_fmt(&text, _("Elsewhere: %s"), item.theirs);
	screen_wrap(s, (struct rect){ row + half, 2, half, cols - 4 }, ROLE_NORMAL,
	    buf_text(&text), 0);
	buf_clear(&text);
}

static void
draw_head(struct merge_page *p, int cols)
{
	const char *at = merge_their_time(p->merge); /* RFC 3339 */
	size_t left = merge_undecided(p->merge);
	struct screen *s = p->app->screen;
	int wide = (cols - 2) / 3;

	screen_printf(s, 1, 2, cols - 4, ROLE_NORMAL,
	    _("Elsewhere: by %s, %.10s %.5s. Nothing is lost: both stay in the notebook."),
	    merge_their_user(p->merge), at, strlen(at) > 16 ? at + 11 : "");
	if (left)
		screen_printf(s, 2, 2, cols - 4, ROLE_ERROR,
		    ngettext("%zu answer was changed on both sides: choose with Left or Right.",
			"%zu answers were changed on both sides: choose with Left or Right.",
			left),
		    left);
	else
		screen_put_cut(s, 2, 2, cols - 4, ROLE_NORMAL,
		    _("Everything is chosen: F2 makes it the next revision."));
	screen_put_cut(s, 3, 2, wide - 2, ROLE_HEADING, _("Question"));
	screen_put_cut(s, 3, 1 + wide, wide, ROLE_HEADING, _("Here (Left)"));
	screen_put_cut(s, 3, 1 + 2 * wide, wide, ROLE_HEADING, _("Elsewhere (Right)"));
}

static void
draw(struct screen *s, void *data)
{
	struct merge_page *p = data;
	struct rect all = screen_size(s);
	size_t rows = (size_t)(all.rows - FIRST_ROW - 3 - DETAIL_ROWS), i;

	if (all.rows < FIRST_ROW + DETAIL_ROWS + 6)
		rows = (size_t)(all.rows - FIRST_ROW - 2);
	if (p->current < p->top)
		p->top = p->current;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app, _("Changed here and elsewhere"));
	draw_head(p, all.cols);
	for (i = 0; i < rows && p->top + i < merge_count(p->merge); i++)
		draw_row(p, p->top + i, FIRST_ROW + (int)i, all.cols);
	if (all.rows >= FIRST_ROW + DETAIL_ROWS + 6)
		draw_detail(p, all.rows - 3 - DETAIL_ROWS, all.cols);
	app_draw_bottom(p->app, stack, DEPTH);
}

static void
move(struct merge_page *p, long by)
{
	long to = (long)p->current + by, last = (long)merge_count(p->merge) - 1;

	if (to > last)
		to = last;
	p->current = (size_t)(to < 0 ? 0 : to);
}

/* To the next one that nobody has chosen, if there is any below. */
static void
choose(struct merge_page *p, enum merge_take take)
{
	struct merge_item item;

	merge_take(p->merge, p->current, take);
	for (size_t i = p->current + 1; i < merge_count(p->merge); i++) {
		merge_item(p->merge, i, &item);
		if (item.take == MERGE_UNDECIDED) {
			p->current = i;
			return;
		}
	}
}

static void
choose_both(struct merge_page *p)
{
	struct merge_item item;

	merge_item(p->merge, p->current, &item);
	if (item.both)
		choose(p, MERGE_BOTH);
	else
		app_say(p->app, _("Only rows that were added on both sides can both stay."));
}

/* The first that is not chosen gets the cursor. */
static bool
all_chosen(struct merge_page *p)
{
	struct merge_item item;

	for (size_t i = 0; i < merge_count(p->merge); i++) {
		merge_item(p->merge, i, &item);
		if (item.take != MERGE_UNDECIDED)
			continue;
		p->current = i;
		app_say(p->app, _("Choose here first: Left keeps yours, Right takes theirs."));
		return false;
	}
	return true;
}

enum { STAY, DONE, LEFT };

static int
act(struct merge_page *p, enum action action)
{
	int page = screen_size(p->app->screen).rows - FIRST_ROW - 4 - DETAIL_ROWS;
	long by;

	if (keymap_steps(action, page, merge_count(p->merge), &by)) {
		move(p, by);
		return STAY;
	}
	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		app_say(p->app, _("Nothing was changed: both versions wait for you."));
		return LEFT;
	case ACTION_SAVE:
		return all_chosen(p) ? DONE : STAY;
	case ACTION_PREV_COLUMN:
		choose(p, MERGE_MINE);
		break;
	case ACTION_NEXT_COLUMN:
		choose(p, MERGE_THEIRS);
		break;
	case ACTION_MARK:
		choose_both(p);
		break;
	default:
		app_global_action(p->app, action, stack, DEPTH);
		break;
	}
	return STAY;
}

static int
run(struct merge_page *p)
{
	int outcome = STAY;
	struct key key;

	buf_reset(&p->app->notice);
	p->layer = (struct screen_layer){ .draw = draw, .data = p, .covers = true };
	screen_push(p->app->screen, &p->layer);
	while (outcome == STAY) {
		screen_read(p->app->screen, &key);
		if (key.code != K_RESIZE)
			buf_reset(&p->app->notice);
		outcome = act(p, keymap_action(&key, stack, DEPTH));
	}
	screen_pop(p->app->screen, &p->layer);
	return outcome;
}

enum merge_choice
merge_page_run(struct app *app, const char *id)
{
	struct merge_page p = { .app = app };
	struct err err = { 0 };
	int got = merge_new(app->nb, id, i18n_language(), &p.merge, &err);
	enum merge_choice choice = MERGE_LEFT;

	if (got == 0)
		return MERGE_NOTHING;
	if (got == 1 && (!merge_undecided(p.merge) || run(&p) == DONE))
		switch (merge_apply(p.merge, false, &err)) {
		case MERGE_QUEUED:
			app_say(app, _("Both versions are one: the next revision waits to be "
				       "sent."));
			choice = MERGE_FINISHED;
			break;
		case MERGE_DRAFT:
			choice = MERGE_GO_ON;
			break;
		case MERGE_FAILED:
			break;
		}
	if (err.kind != ERR_NONE)
		app_say(app, "%s", err.text);
	merge_free(p.merge);
	return choice;
}
