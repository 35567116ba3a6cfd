#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "graph.h"
#include "i18n.h"
#include "instance.h"
#include "list.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- what expressions ask of us ---- */

static const struct tree *
last_saved(struct logic *l)
{
	if (l->world.last_saved)
		return instance_tree(l->world.last_saved);
	if (!l->nothing_saved)
		l->nothing_saved = instance_new(l->form);
	return instance_tree(l->nothing_saved);
}

static const struct tree *
host_instance(void *data, const char *id)
{
	struct logic *l = data;

	if (!strcmp(id, "__last-saved"))
		return last_saved(l);
	if (!strcmp(id, GRAPH_CHOICES))
		return l->asking ? list_tree(l->asking->itemset->list) : NULL;
	for (size_t i = 0; i < l->form->instance_count; i++)
		if (!strcmp(l->form->instances[i].id, id))
			return l->form->instances[i].tree ? l->form->instances[i].tree
							  : last_saved(l);
	for (size_t i = 0; i < l->form->list_count; i++)
		if (!strcmp(list_id(l->form->lists[i]), id))
			return list_tree(l->form->lists[i]);
	return NULL;
}

static const char *
host_choice_name(void *data, const char *value, struct node_ref question)
{
	struct logic *l = data;
	const struct node *node = NULL;
	const struct itemset *set;
	const struct list *list;
	size_t row;

	if (question.tree == instance_tree(l->in))
		node = instance_node(l->in, question.id);
	set = node ? node->def->itemset : NULL;
	list = set && set->value_column != LIST_NONE ? choices_list(l, node, NULL) : NULL;
	if (!list)
		return NULL;
	row = list_find(list, set->value_column, value);
	return row == LIST_NONE ? NULL : choices_label(l, node, row);
}

static const char *
host_itext(void *data, const char *id)
{
	struct logic *l = data;
	const struct texts *texts = form_itext(l->form, id, NULL);
	const struct text *text =
	    texts ? form_text(l->form, texts, l->language) : NULL;

	return text ? logic_text_now(l, text, l->at, l->arena) : NULL;
}

static const char *
host_language(void *data)
{
	const struct logic *l = data;

	return l->world.language ? l->world.language : "en";
}

static const char *
host_property(void *data, const char *name)
{
	const struct logic *l = data;
	const struct logic_world *w = &l->world;
	const struct {
		const char *name, *text;
	} rows[] = {
		{ "deviceid", w->device },       { "username", w->user },
		{ "phonenumber", w->phone },     { "email", w->email },
		{ "version", l->form->version },
	};

	if (!strncmp(name, "uri:", 4))
		name += 4;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(name, rows[i].name))
			return rows[i].text ? rows[i].text : "";
	return NULL;
}

static const struct expr_host host = {
	.instance = host_instance,
	.choice_name = host_choice_name,
	.itext = host_itext,
	.language = host_language,
	.property = host_property,
};

struct expr_context
logic_context(struct logic *l, const struct node *node)
{
	const struct tree *tree = instance_tree(l->in);
	struct node_ref ref = instance_ref(l->in, node);
	bool counted = node->def->kind == DEF_REPEAT && !node->is_place;

	arena_reset(l->arena);
	l->at = node;
	return (struct expr_context){ .node = ref,
				      .current = ref,
				      .root = { tree, tree->root },
				      .position =
					  counted ? instance_repeat_index(node) + 1 : 1,
				      .size = 1,
				      .clock = l->world.clock,
				      .host = &host,
				      .host_data = l,
				      .arena = l->arena };
}

/* ---- beginning and ending ---- */

/* Counts may make instances only when the record has begun: their defaults come after
 * its own. */
static void
release_counts(struct logic *l)
{
	for (size_t i = 0; i < l->held.count; i++) {
		struct node *place = instance_node(l->in, l->held.items[i]);

		if (place)
			compute_wait(l, place, RULE_COUNT);
	}
	l->held.count = 0;
}

struct logic *
logic_new(struct instance *in, const struct logic_world *world, struct err *err)
{
	struct logic *l = mem_alloc(sizeof(*l));
	bool ok;

	assert(world->clock);
	l->in = in;
	l->form = instance_form(in);
	l->graph = l->form->graph;
	l->world = *world;
	l->language = form_language(l->form, world->language);
	l->arena = arena_new();
	l->lent = arena_new();
	l->hold_counts = true;
	compute_enter(l, instance_root(in));
	ok = compute_settle(l, err);
	l->hold_counts = false;
	if (!ok) {
		logic_free(l);
		return NULL;
	}
	release_counts(l);
	return l;
}

void
logic_free(struct logic *l)
{
	if (!l)
		return;
	instance_free(l->nothing_saved);
	choices_free(l);
	arena_free(l->arena);
	arena_free(l->lent);
	free(l->heap);
	free(l->pending);
	free(l->held.items);
	free(l->rows);
	free(l);
}

void
logic_use_language(struct logic *l, const char *language)
{
	l->world.language = language;
	l->language = form_language(l->form, language);
	compute_language(l);
	compute_settle(l, NULL);
}

bool
logic_begin(struct logic *l, struct err *err)
{
	compute_defaults(l, instance_root(l->in), true);
	actions_initial(l, instance_root(l->in));
	actions_event(l, ACTION_FIRST_LOAD);
	actions_event(l, ACTION_LOAD);
	return compute_settle(l, err);
}

bool
logic_resume(struct logic *l, struct err *err)
{
	actions_event(l, ACTION_LOAD);
	return compute_settle(l, err);
}

void
logic_instance_name(struct logic *l, struct buf *out)
{
	struct expr_context context;
	const char *name;

	if (!l->form->instance_name)
		return;
	context = logic_context(l, instance_root(l->in));
	if (expr_string(l->form->instance_name, &context, &name, NULL))
		buf_str(out, name);
}

void
logic_title(struct logic *l, struct buf *out)
{
	struct buf name = { 0 };

	logic_instance_name(l, &name);
	instance_veil(l->in, buf_text(&name), out);
	buf_clear(&name);
}

void
logic_finish(struct logic *l)
{
	const struct clock *clock = l->world.clock;
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(clock, clock_now(clock), stamp);
	for (struct node *n = instance_root(l->in); n; n = instance_next(n))
		if (n->def->kind == DEF_QUESTION && n->def->question->kind == QUESTION_END)
			compute_set(l, n, stamp);
	actions_event(l, ACTION_FINISH);
	compute_settle(l, NULL);
}

/* ---- changing answers ---- */

void
logic_touch(struct logic *l, struct node *node)
{
	node->touched = true;
	for (struct node *up = node->parent; up; up = up->parent)
		if (up->def->kind == DEF_REPEAT && up->def->repeat_count)
			compute_wait(l, instance_repeat_place(up->parent, up->def),
				     RULE_COUNT);
}

bool
logic_answer(struct logic *l, struct node *node, const char *text, struct err *err)
{
	struct buf canonical = { 0 };
	bool ok = true;

	assert(node->def->kind == DEF_QUESTION);
	arena_reset(l->lent);
	if (node->def->question->kind == QUESTION_CALCULATE || node->readonly) {
		if (!strcmp(node->text, text))
			return true;
		return err_set(
		    err, ERR_INPUT,
		    _("This is the form's to fill in; it cannot be changed here. "
		    "Go on to the next question."));
	}
	if (!answer_canonical(l, node->def, text, &canonical, err)) {
		buf_clear(&canonical);
		return false;
	}
	logic_touch(l, node);
	if (compute_set(l, node, buf_text(&canonical)))
		actions_changed(l, node, 0);
	ok = compute_settle(l, err);
	buf_clear(&canonical);
	return ok;
}

bool
logic_repeat_is_free(const struct logic *l, const struct def *repeat)
{
	(void)l;
	return !repeat->repeat_count;
}

static bool
check_free(const struct logic *l, const struct def *repeat, struct err *err)
{
	if (logic_repeat_is_free(l, repeat))
		return true;
	return err_set(
	    err, ERR_INPUT,
	    _("How many there are follows from another answer; change that one."));
}

struct node *
logic_repeat_add(struct logic *l, struct node *parent, const struct def *repeat,
		 size_t index, struct err *err)
{
	struct node *node;

	if (!check_free(l, repeat, err))
		return NULL;
	node = compute_add(l, parent, repeat, index);
	return compute_settle(l, err) ? node : NULL;
}

bool
logic_repeat_delete(struct logic *l, struct node *repeat, struct err *err)
{
	struct node *parent = repeat->parent;
	const struct def *def = repeat->def;

	if (!check_free(l, def, err))
		return false;
	instance_repeat_delete(l->in, repeat);
	compute_places(l, parent, def);
	return compute_settle(l, err);
}

bool
logic_repeat_move(struct logic *l, struct node *repeat, size_t index, struct err *err)
{
	instance_repeat_move(l->in, repeat, index);
	compute_places(l, repeat->parent, repeat->def);
	return compute_settle(l, err);
}
