#include "entry.h"

#include "dialog.h"
#include "editor.h"
#include "entry_private.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "notebook.h"
#include "session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the loop does after a key. */
enum step { STEP_ON, STEP_END };

struct run {
	struct entry *e;
	enum entry_outcome outcome;
	struct err *err;
};

void
entry_say(struct entry *e, bool is_error, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_reset(&e->message);
	buf_str(&e->message, text);
	e->is_error = is_error;
}

size_t
entry_contexts(const struct entry *e, enum context stack[4])
{
	const struct node *node = entry_question(e);
	size_t depth = 0;

	if (e->view) {
		stack[depth++] = CONTEXT_RECORD;
		stack[depth++] = CONTEXT_VIEW;
	} else if (!node) {
		stack[depth++] = CONTEXT_ROWS;
		stack[depth++] = CONTEXT_ENTRY;
	} else {
		if (entry_is_choice(e) ||
		    node->def->question->kind == QUESTION_ACKNOWLEDGE)
			stack[depth++] = CONTEXT_CHOICE;
		else if (entry_is_notes(node->def))
			stack[depth++] = CONTEXT_NOTES;
		else
			stack[depth++] = CONTEXT_FIELD;
		stack[depth++] = CONTEXT_ENTRY;
	}
	stack[depth++] = CONTEXT_GLOBAL;
	return depth;
}

void
entry_switch_language(struct entry *e)
{
	struct err err = { 0 };

	i18n_use(strcmp(i18n_language(), "zh") == 0 ? "en" : "zh");
	logic_use_language(e->logic, i18n_language());
	buf_reset(&e->message);
	if (!notebook_set(e->nb, SETTING_LANGUAGE, i18n_language(), &err))
		entry_say(e, true, "%s", err.text);
	entry_rows_build(e);
	entry_hint_update(e);
}

/* --- moving --- */

static bool
in_instance(const struct entry *e)
{
	return e->page->def->kind == DEF_REPEAT;
}

/* Takes the field that has the focus; afterwards it may not be there any more, and the
 * focus of the rows is on what follows it. False: the cursor stays. */
static bool
commit(struct entry *e, bool forward, bool *gone)
{
	uint32_t id = e->field_id;

	*gone = false;
	if (!entry_commit(e, forward)) {
		entry_hint_update(e);
		return false;
	}
	*gone = id && (e->at >= e->count || e->rows[e->at].id != id);
	return true;
}

static void
move(struct entry *e, int by)
{
	size_t to;
	bool gone;

	if (!commit(e, by > 0, &gone))
		return;
	to = gone ? e->at : entry_rows_step(e, e->at, by);
	if (to != ENTRY_NONE) {
		entry_focus(e, to);
	} else if (in_instance(e)) {
		entry_repeat_leave(e, by > 0);
	} else {
		entry_focus(e, e->at);
		if (by > 0)
			entry_say(e, false,
			    _("This is the last question. F2 finishes the record."));
	}
}

static void
move_section(struct entry *e, int by)
{
	size_t to;
	bool gone;

	if (!commit(e, false, &gone))
		return;
	to = entry_rows_section(e, by);
	entry_focus(e, to != ENTRY_NONE ? to : e->at);
}

/* --- leaving --- */

/* The field is taken, or the worker agrees to lose what is in it. */
static bool
may_leave(struct entry *e)
{
	char text[1400];
	bool gone;

	if (commit(e, false, &gone)) {
		if (gone)
			entry_focus(e, e->at);
		return true;
	}
	snprintf(text, sizeof(text), "%s\n%s", buf_text(&e->message),
	    e->unsaved ? _("What could not be saved is lost.")
		       : _("What is typed in this field is lost; the rest is kept."));
	return dialog_ask(e->screen, _("Leave all the same?"), text, false);
}

static bool
anything_typed(const struct entry *e)
{
	for (const struct node *n = instance_root(e->in); n; n = instance_next(n))
		if (n->touched)
			return true;
	return false;
}

/* A draft into which nothing was typed is none. */
static enum step
leave(struct run *run)
{
	struct entry *e = run->e;

	if (!may_leave(e))
		return STEP_ON;
	run->outcome = ENTRY_LEFT;
	if (!e->was_saved && session_is_saved(e->session) && !anything_typed(e) &&
	    !session_delete(e->session, run->err))
		run->outcome = ENTRY_FAILED;
	return STEP_END;
}

/* Esc: one level back. */
static enum step
back(struct run *run)
{
	struct entry *e = run->e;

	if (entry_is_choice(e) && *editor_text(e->editor)) {
		editor_set(e->editor, "");
		buf_reset(&e->message);
		return STEP_ON;
	}
	if (!in_instance(e))
		return leave(run);
	if (may_leave(e))
		entry_repeat_leave(e, false);
	return STEP_ON;
}

static enum step
sync(struct run *run)
{
	if (!may_leave(run->e))
		return STEP_ON;
	run->outcome = ENTRY_SYNC;
	return STEP_END;
}

static enum step
delete_draft(struct run *run)
{
	struct entry *e = run->e;

	if (!dialog_ask(e->screen, _("Delete this draft?"),
		_("All that was typed since it was begun is lost. A record that was "
		  "finished before stays as it was."),
		false))
		return STEP_ON;
	run->outcome = session_delete(e->session, run->err) ? ENTRY_GONE : ENTRY_FAILED;
	return STEP_END;
}

/* The first thing that is wrong gets the cursor, what is wrong stands below. */
static void
show_wrong(struct entry *e, const struct node *wrong, const char *message)
{
	struct buf label = { 0 };

	e->strict = true;
	entry_rows_build(e);
	if (entry_focus_node(e, wrong)) {
		entry_say(e, true, "%s", message);
	} else {
		logic_label(e->logic, wrong, &label);
		entry_say(e, true, "%s: %s", buf_text(&label), message);
		buf_clear(&label);
	}
}

static enum step
finish(struct run *run)
{
	struct entry *e = run->e;
	struct buf message = { 0 };
	struct node *wrong = NULL;
	struct err err = { 0 };
	enum step step = STEP_ON;
	bool gone;

	if (!commit(e, false, &gone))
		return STEP_ON;
	if (gone)
		entry_focus(e, e->at);
	switch (session_finalise(e->session, &wrong, &message, &err)) {
	case SESSION_FINAL:
		run->outcome = ENTRY_FINAL;
		step = STEP_END;
		break;
	case SESSION_WRONG:
		show_wrong(e, wrong, buf_text(&message));
		break;
	case SESSION_FAILED:
		entry_rows_build(e);
		entry_say(e, true, _("Not finished: %s The draft is kept; try again."),
		    err.text);
		break;
	}
	buf_clear(&message);
	return step;
}

/* --- keys --- */

static enum step
help(struct run *run)
{
	enum context stack[4];
	size_t depth = entry_contexts(run->e, stack);

	dialog_help(run->e->screen, stack, depth);
	return STEP_ON;
}

static enum step next(struct run *run) { move(run->e, 1); return STEP_ON; }
static enum step prev(struct run *run) { move(run->e, -1); return STEP_ON; }

static enum step
section_next(struct run *run)
{
	move_section(run->e, 1);
	return STEP_ON;
}

static enum step
section_prev(struct run *run)
{
	move_section(run->e, -1);
	return STEP_ON;
}

static enum step
to_edge(struct run *run, int by)
{
	struct entry *e = run->e;
	bool gone;

	if (commit(e, false, &gone))
		entry_focus(e, entry_rows_step(e, ENTRY_NONE, by));
	return STEP_ON;
}

static enum step first(struct run *run) { return to_edge(run, 1); }
static enum step last(struct run *run) { return to_edge(run, -1); }

static enum step
open_list(struct run *run)
{
	if (entry_open_list(run->e))
		move(run->e, 1);
	return STEP_ON;
}

static enum step
repeat_value(struct run *run)
{
	entry_repeat_value(run->e);
	return STEP_ON;
}

static enum step
clear(struct run *run)
{
	entry_clear(run->e);
	return STEP_ON;
}

static enum step
reveal(struct run *run)
{
	entry_reveal(run->e);
	return STEP_ON;
}

/* What needs the field to be taken first, and then does what it does. */
static void
after_commit(struct entry *e, void (*act)(struct entry *e))
{
	bool gone;

	if (!commit(e, false, &gone))
		return;
	if (gone)
		entry_focus(e, e->at);
	act(e);
}

static enum step
go_to(struct run *run)
{
	after_commit(run->e, entry_go_to);
	return STEP_ON;
}

/* Enter on a row. */
static enum step
take(struct run *run)
{
	if (entry_question(run->e))
		return next(run);
	entry_repeat_open(run->e);
	return STEP_ON;
}

static enum step
look(struct run *run)
{
	entry_known_look(run->e);
	return STEP_ON;
}

static enum step
keep_template(struct run *run)
{
	after_commit(run->e, entry_keep_template);
	return STEP_ON;
}

static enum step
row_add(struct run *run)
{
	after_commit(run->e, entry_repeat_add);
	return STEP_ON;
}

static enum step
row_delete(struct run *run)
{
	entry_repeat_delete(run->e);
	return STEP_ON;
}

static enum step
row_up(struct run *run)
{
	entry_repeat_move(run->e, -1);
	return STEP_ON;
}

static enum step
row_down(struct run *run)
{
	entry_repeat_move(run->e, 1);
	return STEP_ON;
}

static enum step
language(struct run *run)
{
	entry_switch_language(run->e);
	return STEP_ON;
}

static const struct {
	enum action action;
	enum step (*run)(struct run *run);
} actions[] = {
	{ ACTION_HELP, help },
	{ ACTION_LANGUAGE, language },
	{ ACTION_LEAVE, leave },
	{ ACTION_BACK, back },
	{ ACTION_SYNC, sync },
	{ ACTION_SAVE, finish },
	{ ACTION_DELETE, delete_draft },
	{ ACTION_NEXT, next },
	{ ACTION_DOWN, next },
	{ ACTION_PREV, prev },
	{ ACTION_UP, prev },
	{ ACTION_TAKE, take },
	{ ACTION_SECTION_NEXT, section_next },
	{ ACTION_SECTION_PREV, section_prev },
	{ ACTION_PAGE_DOWN, section_next },
	{ ACTION_PAGE_UP, section_prev },
	{ ACTION_FIRST, first },
	{ ACTION_LAST, last },
	{ ACTION_OPEN_LIST, open_list },
	{ ACTION_MARK, open_list },
	{ ACTION_REPEAT_VALUE, repeat_value },
	{ ACTION_CLEAR, clear },
	{ ACTION_GO_TO, go_to },
	{ ACTION_LOOK, look },
	{ ACTION_KEEP, keep_template },
	{ ACTION_REVEAL, reveal },
	{ ACTION_ROW_ADD, row_add },
	{ ACTION_ROW_DELETE, row_delete },
	{ ACTION_ROW_UP, row_up },
	{ ACTION_ROW_DOWN, row_down },
};

static enum step
act(struct run *run, enum action action, bool *known)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (actions[i].action == action) {
			*known = true;
			return actions[i].run(run);
		}
	*known = false;
	return STEP_ON;
}

/*
 * Keys of lists come before the field's (Space opens the list), the field's before the
 * page's (in notes Down is a line down).
 */
static enum step
key_pressed(struct run *run, const struct key *key)
{
	struct entry *e = run->e;
	enum context stack[4];
	size_t depth = entry_contexts(e, stack);
	enum step step;
	bool known = false;
	int by;

	if (stack[0] == CONTEXT_CHOICE) {
		step = act(run, keymap_action(key, stack, 1), &known);
		if (known)
			return step;
	}
	if (key->code == K_PASTE && entry_paste(e, key))
		return STEP_ON;
	if (entry_field_key(e, key, &by)) {
		if (by)
			move(e, by);
		return STEP_ON;
	}
	step = act(run, keymap_action(key, stack, depth), &known);
	if (!known && key->code != K_RESIZE)
		screen_beep(e->screen);
	return step;
}

/* --- where the cursor begins --- */

/* The first question that must be answered and is not. */
static const struct node *
first_missing(struct entry *e)
{
	for (struct node *n = instance_root(e->in); n; n = instance_next(n))
		if (n->def->kind == DEF_QUESTION && !n->text[0] && !n->readonly &&
		    n->def->question->served && entry_page_of(e, n) == e->page &&
		    logic_check(e->logic, n, NULL) == LOGIC_REQUIRED)
			return n;
	return NULL;
}

/* Where a draft was left: behind the answer that was saved last. */
static void
go_behind(struct entry *e, const struct node *node)
{
	size_t to;

	if (!entry_focus_node(e, node) || !node->text[0] ||
	    logic_check(e->logic, node, NULL) != LOGIC_GOOD)
		return;
	to = entry_rows_step(e, e->at, 1);
	if (to != ENTRY_NONE)
		entry_focus(e, to);
}

/* A question's path, or a repeat's name: where its next row is begun. */
static bool
go_where_told(struct entry *e, const char *place)
{
	const struct def *def = place ? form_find(e->form, place) : NULL;
	const struct node *node;
	size_t row;

	if (def && def->kind == DEF_REPEAT && !def_repeat(def->parent)) {
		row = entry_rows_find_add(e, instance_alone(e->in, def->parent), def);
		if (row != ENTRY_NONE)
			entry_focus(e, row);
		return row != ENTRY_NONE;
	}
	node = place ? instance_find(e->in, place) : NULL;
	return node && entry_focus_node(e, node);
}

/* As it was before the screen was locked. */
static bool
go_back(struct entry *e)
{
	struct entry_place *place = e->place;
	bool there = place && place->path && go_where_told(e, place->path);

	if (there && e->editor && place->typed) {
		editor_set(e->editor, place->typed);
		e->untouched = false;
	}
	if (place) {
		e->top = place->top;
		entry_place_clear(place);
	}
	return there;
}

static void
begin(struct entry *e, const struct entry_options *options)
{
	const struct node *node = NULL;

	entry_rows_build(e);
	entry_focus(e, e->at);
	if (!go_back(e) && !go_where_told(e, options->go_to)) {
		if ((node = instance_find(e->in, session_cursor(e->session))))
			go_behind(e, node);
		else if ((node = first_missing(e)))
			entry_focus_node(e, node);
	}
	if (!e->view && e->was_saved) {
		entry_known_check(e, NULL);
		if (e->twin_words.len)
			entry_say(e, true, "%s", buf_text(&e->twin_words));
	}
	if (options->notice)
		entry_say(e, true, "%s", options->notice);
}

/* The field is saved without a word, where nothing need be asked for that. */
static void
settle(void *data)
{
	struct entry *e = data;
	bool gone;

	if (e->view || !e->editor || (entry_is_choice(e) && *editor_text(e->editor)))
		return;
	if (commit(e, false, &gone) && gone)
		entry_focus(e, e->at);
}

/* --- the lock --- */

void
entry_place_clear(struct entry_place *place)
{
	free(place->path);
	free(place->typed);
	*place = (struct entry_place){ 0 };
}

/* Where the focus is, and what settle() had to leave in the field. */
static void
keep_place(const struct entry *e)
{
	const struct node *node = e->at < e->count ? e->rows[e->at].node : NULL;
	struct buf path = { 0 }, saved = { 0 };

	if (node && e->rows[e->at].kind == ROW_ADD)
		buf_str(&path, e->rows[e->at].def->name);
	else if (node)
		instance_path(node, &path);
	if (path.len)
		e->place->path = buf_take(&path);
	if (e->editor && !entry_is_choice(e))
		entry_field_text(e, node, &saved);
	if (e->editor && strcmp(editor_text(e->editor), buf_text(&saved)) != 0)
		e->place->typed = mem_strdup(editor_text(e->editor));
	buf_clear(&saved);
	e->place->top = e->top;
}

static void
drop_page(struct entry *e)
{
	entry_field_close(e);
	entry_rows_clear(e);
	entry_known_clear(e);
	buf_clear(&e->hint);
	buf_clear(&e->message);
}

/* What is stored need not stand in memory while nobody may see it. */
static void
forget(void *data)
{
	struct entry *e = data;

	if (!e->waiting || !e->place || e->unsaved)
		return;
	keep_place(e);
	e->forgotten = session_forget(e->session);
	if (e->forgotten)
		drop_page(e);
	else
		entry_place_clear(e->place);
}

bool
entry_read(struct entry *e, struct key *key)
{
	e->waiting = true;
	screen_read(e->screen, key);
	e->waiting = false;
	return !e->forgotten;
}

enum entry_outcome
entry_run(struct screen *s, struct session *session, const struct entry_options *options,
    struct err *err)
{
	struct entry e = {
		.screen = s,
		.session = session,
		.logic = session_logic(session),
		.in = session_instance(session),
		.nb = session_notebook(session),
		.form = session_form(session),
		.kill = options->kill,
		.place = options->place,
		.view = session_is_read_only(session),
		.was_saved = session_is_saved(session),
		.at = ENTRY_NONE,
	};
	struct run run = { &e, ENTRY_LEFT, err };
	struct key key;

	e.clock = notebook_clock(e.nb);
	e.page = instance_root(e.in);
	e.layer = (struct screen_layer){ .draw = entry_draw, .data = &e, .covers = true,
		.settle = settle, .forget = forget };
	begin(&e, options);
	screen_push(s, &e.layer);
	if (e.view)
		run.outcome = entry_view_run(&e);
	else
		while (entry_read(&e, &key) && key_pressed(&run, &key) == STEP_ON)
			;
	screen_pop(s, &e.layer);
	drop_page(&e);
	return e.forgotten ? ENTRY_LOCKED : run.outcome;
}
