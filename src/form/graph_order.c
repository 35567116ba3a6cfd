/*
 * graph_order - rules behind all that they read, or the circle that forbids it
 */
#include "graph_build.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* A rule that must be computed before, because of what is read at via. */
struct need {
	uint32_t rule;
	const struct def *via;
};

struct needs {
	struct need *items;
	size_t count, cap;
};

/* Filters and counts wait for all others anyway and hold up none. */
static bool
is_ordered(enum rule_kind kind)
{
	return kind < RULE_FILTER;
}

static void
add_need(struct needs *n, uint32_t rule, const struct def *via)
{
	if (rule == RULE_NONE)
		return;
	n->items = mem_grow(n->items, &n->cap, n->count + 1, sizeof(n->items[0]));
	n->items[n->count++] = (struct need){ rule, via };
}

static struct needs
find_needs(const struct build *b, uint32_t rule)
{
	const struct readings *set = &b->of_rule[rule];
	const struct rule *self = &b->g->rules[rule];
	struct needs n = { 0 };

	if (!is_ordered(self->kind))
		return n;
	for (size_t i = 0; i < set->count; i++) {
		const struct def *def = set->items[i].def;

		if (set->items[i].vague)
			continue;
		/* A repeat reads of itself where it stands: it has no value. */
		if (def == self->def && def->kind == DEF_REPEAT &&
		    self->kind == RULE_RELEVANT)
			continue;
		/* Nothing reads these; only one that reads itself goes in a circle. */
		if ((self->kind == RULE_REQUIRED && def == self->def) ||
		    (self->kind == RULE_READONLY && graph_is_within(def, self->def) &&
		     def->kind == DEF_QUESTION))
			add_need(&n, rule, def);
		add_need(&n, b->g->rule_of[def->index][RULE_CALCULATE], def);
		for (const struct def *up = def; up; up = up->parent)
			add_need(&n, b->g->rule_of[up->index][RULE_RELEVANT], def);
	}
	return n;
}

struct visit {
	uint32_t rule;
	size_t next; /* of its needs */
};

struct ordering {
	struct build *b;
	struct needs *needs; /* by rule */
	struct visit *stack;
	size_t depth;
	enum { NEW, OPEN, DONE } * state; /* by rule */
	uint32_t *order;
	size_t count;
};

static void
add_name(struct buf *out, const char **last, const struct def *def)
{
	if (*last && !strcmp(*last, def->name))
		return;
	if (*last)
		buf_str(out, " → ");
	buf_str(out, def->name);
	*last = def->name;
}

/* The open rules from the needed one to the end of the stack are the circle. */
static bool
report_circle(struct ordering *o, const struct need *closing, struct err *err)
{
	const struct rule *rules = o->b->g->rules;
	struct buf names = { 0 };
	const char *last = NULL;
	size_t i = o->depth - 1;

	while (o->stack[i].rule != closing->rule)
		i--;
	for (; i < o->depth; i++) {
		const struct needs *n = &o->needs[o->stack[i].rule];

		add_name(&names, &last, rules[o->stack[i].rule].def);
		add_name(&names, &last, n->items[o->stack[i].next - 1].via);
	}
	if (strstr(buf_text(&names), "→"))
		add_name(&names, &last, rules[closing->rule].def);
	else
		buf_fmt(&names, " → %s", rules[closing->rule].def->name);
	err_set(err, ERR_INPUT,
		_("Calculations or conditions depend on each other in a circle: %s. "
		  "Change one "
		  "of them so that it does not need the next."),
		buf_text(&names));
	buf_clear(&names);
	return false;
}

static void
open_rule(struct ordering *o, uint32_t rule)
{
	o->state[rule] = OPEN;
	o->stack[o->depth++] = (struct visit){ rule, 0 };
}

/* Depth first, needs before what needs them, without recursion: chains are long. */
static bool
order_from(struct ordering *o, uint32_t rule, struct err *err)
{
	if (o->state[rule] != NEW)
		return true;
	open_rule(o, rule);
	while (o->depth) {
		struct visit *top = &o->stack[o->depth - 1];
		const struct needs *n = &o->needs[top->rule];

		if (top->next == n->count) {
			o->state[top->rule] = DONE;
			o->order[o->count++] = top->rule;
			o->depth--;
			continue;
		}
		rule = n->items[top->next++].rule;
		if (o->state[rule] == OPEN)
			return report_circle(o, &n->items[top->next - 1], err);
		if (o->state[rule] == NEW)
			open_rule(o, rule);
	}
	return true;
}

/* Ordered rules first, then filters, then counts. */
static bool
find_order(struct ordering *o, struct err *err)
{
	const struct graph *g = o->b->g;

	for (int phase = 0; phase < 3; phase++)
		for (uint32_t i = 0; i < g->rule_count; i++) {
			enum rule_kind kind = g->rules[i].kind;

			if (phase != (is_ordered(kind)      ? 0
				      : kind == RULE_FILTER ? 1
							    : 2))
				continue;
			if (!order_from(o, i, err))
				return false;
		}
	return true;
}

static void
apply_order(struct build *b, const uint32_t *order)
{
	struct graph *g = b->g;
	size_t size = g->rule_count * sizeof(g->rules[0]);
	struct rule *rules = arena_alloc(g->arena, size);
	struct readings *of_rule = mem_alloc((g->rule_count + 1) * sizeof(of_rule[0]));

	for (uint32_t i = 0; i < g->rule_count; i++) {
		rules[i] = g->rules[order[i]];
		of_rule[i] = b->of_rule[order[i]];
		g->rule_of[rules[i].def->index][rules[i].kind] = i;
	}
	free(b->of_rule);
	b->of_rule = of_rule;
	free(g->rules);
	g->rules = rules;
}

bool
graph_order_rules(struct build *b, struct err *err)
{
	size_t n = b->g->rule_count + 1;
	struct ordering o = { .b = b };
	bool ok;

	o.needs = mem_alloc(n * sizeof(o.needs[0]));
	o.stack = mem_alloc(n * sizeof(o.stack[0]));
	o.state = mem_alloc(n * sizeof(o.state[0]));
	o.order = mem_alloc(n * sizeof(o.order[0]));
	for (uint32_t i = 0; i < b->g->rule_count; i++)
		o.needs[i] = find_needs(b, i);
	ok = find_order(&o, err);
	if (ok)
		apply_order(b, o.order);
	for (uint32_t i = 0; i < b->g->rule_count; i++)
		free(o.needs[i].items);
	free(o.needs);
	free(o.stack);
	free(o.state);
	free(o.order);
	return ok;
}
