/*
 * entry_repeat - the rows of a repeat, and the page behind each
 *
 * An instance that was begun and left before anything was typed into it goes again by
 * itself; whatever holds an answer is deleted only after a question.
 */
#include "entry_private.h"

#include "dialog.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "session.h"

#include <stdlib.h>

static void
show_page(struct entry *e, struct node *page)
{
	entry_field_close(e);
	e->page = page;
	e->top = 0;
	e->at = ENTRY_NONE;
	entry_rows_build(e);
}

static const struct entry_row *
current(const struct entry *e)
{
	return e->at < e->count ? &e->rows[e->at] : NULL;
}

/* The instance that the focus is on, else the one whose page this is, else NULL. */
static struct node *
current_instance(const struct entry *e)
{
	const struct entry_row *row = current(e);

	if (row && row->kind == ROW_INSTANCE)
		return row->node;
	/* On "add" of rows within this row nothing is meant but what is to come. */
	if (row && row->kind == ROW_ADD)
		return NULL;
	return e->page->def->kind == DEF_REPEAT ? e->page : NULL;
}

void
entry_repeat_open(struct entry *e)
{
	const struct entry_row *row = current(e);

	if (row && row->kind == ROW_ADD) {
		entry_repeat_add(e);
		return;
	}
	if (!row || row->kind != ROW_INSTANCE)
		return;
	show_page(e, row->node);
	entry_focus(e, e->at);
}

/* Where a new row goes: below the one with the focus, at the end from "add". */
void
entry_repeat_add(struct entry *e)
{
	const struct entry_row *row = current(e);
	struct node *instance = current_instance(e), *parent, *node;
	const struct def *repeat;
	struct err err = { 0 };
	size_t index;

	if (row && row->kind == ROW_ADD) {
		parent = row->node;
		repeat = row->def;
		index = instance_repeat_count(parent, repeat);
	} else if (instance) {
		parent = instance->parent;
		repeat = instance->def;
		index = instance_repeat_index(instance) + 1;
	} else {
		entry_say(e, false, _("F7 adds a row where there is a list of rows."));
		return;
	}
	node = session_repeat_add(e->session, parent, repeat, index, &err);
	if (!node) {
		entry_rows_build(e);
		entry_say(e, true, "%s", err.text);
		return;
	}
	e->begun = node->id;
	show_page(e, node);
	entry_focus(e, e->at);
}

static bool
is_touched(const struct node *node)
{
	for (const struct node *n = node->first; n; n = n->next)
		if (n->touched || is_touched(n))
			return true;
	return false;
}

/* Takes an instance away and shows the page it stood in. */
static bool
remove_instance(struct entry *e, struct node *instance)
{
	struct node *parent = instance->parent, *page = entry_page_of(e, instance);
	const struct def *repeat = instance->def;
	size_t index = instance_repeat_index(instance), at;
	struct err err = { 0 };

	bool good = session_repeat_delete(e->session, instance, &err);

	/* Gone from the model even when it could not be written. */
	if (!good && err.kind == ERR_INPUT) {
		entry_say(e, true, "%s", err.text);
		return false;
	}
	show_page(e, page);
	at = index < instance_repeat_count(parent, repeat)
	    ? entry_rows_find(e, instance_repeat_at(parent, repeat, index))
	    : entry_rows_find_add(e, parent, repeat);
	entry_focus(e, at != ENTRY_NONE ? at : e->at);
	if (!good)
		entry_say(e, true, _("Not saved yet: %s"), err.text);
	return good;
}

void
entry_repeat_delete(struct entry *e)
{
	struct node *instance = current_instance(e);
	struct buf title = { 0 };

	if (!instance || !logic_repeat_is_free(e->logic, instance->def)) {
		entry_say(e, false, instance
			? _("How many rows there are follows from another answer.")
			: _("F8 deletes a row where there is a list of rows."));
		return;
	}
	logic_label(e->logic, instance, &title);
	buf_fmt(&title, " %zu", instance_repeat_index(instance) + 1);
	if (dialog_ask(e->screen, buf_text(&title),
		_("Delete this row and all that was typed into it?"), false))
		remove_instance(e, instance);
	buf_clear(&title);
}

void
entry_repeat_move(struct entry *e, int by)
{
	const struct entry_row *row = current(e);
	struct err err = { 0 };
	size_t index, count;

	if (!row || row->kind != ROW_INSTANCE) {
		screen_beep(e->screen);
		return;
	}
	index = instance_repeat_index(row->node);
	count = instance_repeat_count(row->node->parent, row->def);
	if ((by < 0 && index == 0) || (by > 0 && index + 1 >= count)) {
		screen_beep(e->screen);
		return;
	}
	buf_reset(&e->message);
	if (!session_repeat_move(e->session, row->node, by < 0 ? index - 1 : index + 1,
		&err))
		entry_say(e, true, "%s", err.text);
	entry_rows_build(e);
}

void
entry_repeat_leave(struct entry *e, bool done)
{
	struct node *instance = e->page, *parent = instance->parent;
	const struct def *repeat = instance->def;
	size_t row = ENTRY_NONE;

	if (!done && e->begun == instance->id && !is_touched(instance)) {
		if (remove_instance(e, instance))
			entry_say(e, false, _("Nothing was typed: the row is taken away."));
		return;
	}
	show_page(e, entry_page_of(e, instance));
	if (done)
		row = entry_rows_find_add(e, parent, repeat);
	if (row == ENTRY_NONE)
		row = entry_rows_find(e, instance);
	entry_focus(e, row != ENTRY_NONE ? row : e->at);
}
