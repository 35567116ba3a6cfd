/*
 * logic_actions - what a form sets by itself: when a record begins, when a repeat gets
 * an instance, when an answer changes
 *
 * Nothing is set at once: it waits until all rules are computed, then one after the
 * other is set in the order in which they came, and rules are computed in between.
 */
#include "logic_part.h"

#include "clock.h"
#include "form.h"
#include "graph.h"
#include "instance.h"
#include "mem.h"

/* Questions whose change sets others may be set by such a change, this deep. */
#define CHANGES_DEEP 32

static void
add(struct logic *l, const struct node *node, const struct expr *e, unsigned depth)
{
	l->pending =
	    mem_grow(l->pending, &l->pending_cap, l->pending_count + 1, sizeof(*l->pending));
	l->pending[l->pending_count++] = (struct pending){ node->id, depth, e };
}

void
actions_default(struct logic *l, const struct node *node)
{
	add(l, node, node->def->default_expr, 0);
}

static void
add_target(struct logic *l, const struct node *target, const struct form_action *action,
	   unsigned depth)
{
	if (target && target->def->kind == DEF_QUESTION)
		add(l, target, action->value, depth);
}

/* The nodes that the action names by itself, from where its source is. */
static void
add_named(struct logic *l, const struct node *from, const struct form_action *action,
	  unsigned depth)
{
	struct expr_context context = logic_context(l, from);
	struct value v;

	if (!expr_eval(action->which, &context, &v, NULL) || v.type != VALUE_NODES)
		return;
	for (size_t i = 0; i < v.node_count; i++) {
		const struct node *node = NULL;

		if (v.nodes[i].tree == instance_tree(l->in))
			node = instance_node(l->in, v.nodes[i].id);
		if (node && node->def == action->target)
			add_target(l, node, action, depth);
	}
}

/* Those of that event and source, where they stand nearest to from. */
static void
add_near(struct logic *l, const struct node *from, enum form_event event, unsigned depth)
{
	for (size_t i = 0; i < l->form->action_count; i++) {
		const struct form_action *action = &l->form->actions[i];

		if (!(action->events & (unsigned)event) || action->source != from->def)
			continue;
		if (action->which)
			add_named(l, from, action, depth);
		else
			add_target(l, instance_near(from, action->target), action,
				   depth);
	}
}

static void
add_everywhere(struct logic *l, const struct form_action *action)
{
	const struct node *root = instance_root(l->in);

	if (action->which)
		add_named(l, root, action, 0);
	else if (!def_repeat(action->target))
		add_target(l, instance_alone(l->in, action->target), action, 0);
	else
		for (const struct node *n = root; n; n = instance_next(n))
			if (n->def == action->target)
				add_target(l, n, action, 0);
}

/* In every instance of a repeat. */
void
actions_event(struct logic *l, enum form_event event)
{
	for (size_t i = 0; i < l->form->action_count; i++)
		if (l->form->actions[i].events & (unsigned)event)
			add_everywhere(l, &l->form->actions[i]);
}

void
actions_new_repeat(struct logic *l, const struct node *repeat)
{
	add_near(l, repeat, ACTION_NEW_REPEAT, 0);
}

void
actions_changed(struct logic *l, const struct node *node, unsigned depth)
{
	const struct def **def = l->graph->triggered[node->def->index];

	if (depth >= CHANGES_DEEP)
		return;
	for (; def && *def; def++) {
		const struct node *target = instance_near(node, *def);

		if (target && (*def)->trigger_calculation)
			add(l, target, (*def)->trigger_calculation, depth);
	}
	add_near(l, node, ACTION_CHANGE, depth);
}

bool
actions_next(struct logic *l)
{
	struct pending next;
	struct node *node;

	if (l->pending_done == l->pending_count) {
		l->pending_count = l->pending_done = 0;
		return false;
	}
	next = l->pending[l->pending_done++];
	node = instance_node(l->in, next.node);
	if (node && compute_put(l, node, next.expr))
		actions_changed(l, node, next.depth + 1);
	return true;
}

/* ---- the instances of repeats that a record begins with ---- */

static void
fill(struct logic *l, struct node *node, const struct initial *initial)
{
	for (const struct initial *i = initial->first; i; i = i->next) {
		struct node *child;

		if (i->def->kind == DEF_REPEAT) {
			child = compute_add_bare(l, node, i->def,
						 instance_repeat_count(node, i->def));
			fill(l, child, i);
			continue;
		}
		for (child = node->first; child->def != i->def;)
			child = child->next;
		if (i->def->kind == DEF_QUESTION)
			compute_set(l, child, logic_typed_text(l, i->def, i->text));
		else
			fill(l, child, i);
	}
}

void
actions_initial(struct logic *l, struct node *top)
{
	const struct def *def;
	struct node *node;

	for (def = top->def->first; def; def = def->next)
		for (const struct initial *i = def->kind == DEF_REPEAT ? def->initial
								       : NULL;
		     i; i = i->next) {
			node = compute_add_bare(l, top, def,
						instance_repeat_count(top, def));
			fill(l, node, i);
			compute_defaults(l, node, false);
		}
	for (node = top->first; node; node = node->next)
		if (node->def->kind == DEF_GROUP)
			actions_initial(l, node);
}
