/*
 * graph_paths - which definitions a rule reads, and within which instances
 */
#include "graph_build.h"

#include "expr.h"
#include "form.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

static void
add_reading(struct readings *set, struct reading r)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].def == r.def && set->items[i].shared == r.shared &&
		    set->items[i].vague == r.vague)
			return;
	set->items = mem_grow(set->items, &set->cap, set->count + 1, sizeof(r));
	set->items[set->count++] = r;
}

static void
add_below(struct readings *set, struct reading r)
{
	r.vague = true;
	add_reading(set, r);
	for (const struct def *d = r.def->first; d; d = d->next)
		add_below(set, (struct reading){ d, r.shared, true });
}

static void
take_step(const struct expr_step *step, struct reading from, struct readings *out)
{
	const struct def *up = from.def->parent;

	switch (step->axis) {
	case EXPR_STEP_SELF:
		add_reading(out, from);
		return;
	case EXPR_STEP_PARENT:
		if (!up)
			return;
		if (from.shared && !graph_is_within(up, from.shared))
			from.shared = def_repeat(up);
		add_reading(out, (struct reading){ up, from.shared, false });
		return;
	case EXPR_STEP_CHILD:
		for (const struct def *d = from.def->first; d; d = d->next)
			if (!strcmp(step->name, "*"))
				add_reading(out,
					    (struct reading){ d, from.shared, true });
			else if (!strcmp(step->name, d->name))
				add_reading(out,
					    (struct reading){ d, from.shared, false });
		return;
	case EXPR_STEP_DESCENDANT:
		add_below(out, from);
		return;
	}
}

/* The first steps of an absolute path that name what stands around the context stay
 * in the context's instances: as the evaluation does it. */
static size_t
take_own_steps(const struct build *b, const struct expr_path *path,
	       struct reading context, struct reading *at)
{
	const struct def *def = NULL;
	size_t i = 0;

	for (; i + 1 < path->count; i++) {
		const struct expr_step *s = &path->steps[i];
		const struct def *next = def ? def->first : b->form->root;

		if (s->axis != EXPR_STEP_CHILD || s->filtered)
			break;
		while (next && strcmp(next->name, s->name) != 0)
			next = def ? next->next : NULL;
		if (!next || !graph_is_within(context.def, next))
			break;
		def = next;
	}
	if (!def)
		return 0;
	at->def = def;
	at->shared = def_repeat(def);
	if (b->free_paths ||
	    (at->shared &&
	     !(context.shared && graph_is_within(context.shared, at->shared))))
		at->shared = NULL;
	return i;
}

static void lead(const struct build *b, const struct expr_path *path,
		 struct readings *out);

/* Steps of an absolute path from the document on. */
static void
lead_from_root(const struct build *b, const struct expr_path *path,
	       struct reading context, struct readings *out, size_t *step)
{
	struct reading at = { .def = NULL };
	const struct expr_step *first = path->steps;

	*step = take_own_steps(b, path, context, &at);
	if (at.def) {
		add_reading(out, at);
		return;
	}
	at.def = b->form->root;
	if (!path->count)
		return;
	*step = 1;
	if (first->axis == EXPR_STEP_DESCENDANT)
		add_below(out, at);
	else if (first->axis == EXPR_STEP_CHILD &&
		 (!strcmp(first->name, "*") || !strcmp(first->name, at.def->name)))
		add_reading(out, at);
}

static void
lead_from(const struct build *b, const struct expr_path *path, struct reading context,
	  struct readings *out)
{
	struct readings at = { 0 };
	size_t step = 0;

	if (path->start == EXPR_FROM_ROOT)
		lead_from_root(b, path, context, &at, &step);
	else
		add_reading(&at, context);
	for (; step < path->count; step++) {
		struct readings next = { 0 };

		for (size_t i = 0; i < at.count; i++)
			take_step(&path->steps[step], at.items[i], &next);
		free(at.items);
		at = next;
	}
	for (size_t i = 0; i < at.count; i++)
		add_reading(out, at.items[i]);
	free(at.items);
}

static struct reading
own_context(const struct build *b)
{
	const struct def *def = b->g->rules[b->rule].def;

	/* A count is asked once for all instances, from where they stand. */
	if (b->g->rules[b->rule].from_parent)
		return (struct reading){ def->parent, def_repeat(def->parent), false };
	if (b->g->rules[b->rule].kind == RULE_COUNT)
		return (struct reading){ def, def_repeat(def->parent), false };
	return (struct reading){ def, def_repeat(def), false };
}

/* True when "." of a predicate of that path, or of the rule, is a row of a list. */
static bool
stands_in_row(const struct build *b, const struct expr_path *within)
{
	for (; within; within = within->within) {
		if (within->start == EXPR_FROM_INSTANCE)
			return true;
		if (within->start != EXPR_FROM_CONTEXT)
			return false;
	}
	return b->from_row;
}

static void
lead(const struct build *b, const struct expr_path *path, struct readings *out)
{
	struct readings contexts = { 0 };
	bool row = stands_in_row(b, path->within);

	if (path->start == EXPR_FROM_INSTANCE ||
	    (path->start == EXPR_FROM_CONTEXT && row))
		return;
	if (path->within && !row && path->start != EXPR_FROM_CURRENT)
		lead(b, path->within, &contexts);
	else
		add_reading(&contexts, own_context(b));
	for (size_t i = 0; i < contexts.count; i++)
		lead_from(b, path, contexts.items[i], out);
	free(contexts.items);
}

static void
visit(const struct expr_path *path, void *data)
{
	struct build *b = data;

	lead(b, path, &b->of_rule[b->rule]);
}

/* "n" as a count is what stands beside the repeat, as in JavaRosa; "../n" is that too. */
static void
look_for_child(const struct expr_path *path, void *data)
{
	struct rule *r = data;

	if (path->start == EXPR_FROM_CONTEXT && !path->within && path->count &&
	    path->steps[0].axis == EXPR_STEP_CHILD)
		r->from_parent = true;
}

/* A form made elsewhere may keep what is there: coalesce(., 1). That needs no order, and
 * is not computed again because of itself. */
static void
drop_own_reading(struct build *b)
{
	struct readings *set = &b->of_rule[b->rule];
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].def != b->g->rules[b->rule].def)
			set->items[kept++] = set->items[i];
	set->count = kept;
}

void
graph_find_readings(struct build *b)
{
	for (b->rule = 0; b->rule < b->g->rule_count; b->rule++) {
		struct rule *r = &b->g->rules[b->rule];

		if (r->kind == RULE_COUNT)
			expr_paths(r->expr, look_for_child, r);
		b->from_row = r->kind == RULE_FILTER && !r->def->itemset->nodeset;
		/* Its argument is a path for which other places are put in. */
		b->free_paths = strstr(expr_text(r->expr), "indexed-repeat") != NULL;
		expr_paths(r->expr, visit, b);
		if (b->form->foreign && r->kind == RULE_CALCULATE)
			drop_own_reading(b);
	}
}
