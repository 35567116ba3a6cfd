#include "graph_build.h"

#include "arena.h"
#include "err.h"
#include "expr.h"
#include "form.h"
#include "list.h"
#include "logic.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- the rules ---- */

static const struct expr *
def_expr(const struct def *def, enum rule_kind kind)
{
	switch (kind) {
	case RULE_RELEVANT:
		return def->relevant;
	case RULE_CALCULATE:
		return def->triggers ? NULL : def->calculation;
	case RULE_REQUIRED:
		return def->required;
	case RULE_READONLY:
		return def->readonly;
	case RULE_FILTER:
		if (!def->itemset)
			return NULL;
		return def->itemset->nodeset ? def->itemset->nodeset
					     : def->itemset->filter;
	case RULE_COUNT:
		return def->kind == DEF_REPEAT ? def->repeat_count : NULL;
	case RULE_KINDS:
		break;
	}
	return NULL;
}

static void
collect_rules(struct build *b)
{
	struct graph *g = b->g;
	size_t cap = 0;

	for (size_t i = 0; i < g->def_count; i++)
		for (int kind = 0; kind < RULE_KINDS; kind++) {
			const struct def *def = b->form->defs[i];
			const struct expr *e = def_expr(def, (enum rule_kind)kind);

			g->rule_of[i][kind] = RULE_NONE;
			if (!e)
				continue;
			g->rules = mem_grow(g->rules, &cap, g->rule_count + 1,
					    sizeof(g->rules[0]));
			g->rule_of[i][kind] = (uint32_t)g->rule_count;
			g->rules[g->rule_count++] =
			    (struct rule){ def, (enum rule_kind)kind, e, false, false };
		}
}

/* ---- who reads what ---- */

bool
graph_is_within(const struct def *def, const struct def *around)
{
	while (def && def != around)
		def = def->parent;
	return def != NULL;
}

static void
add_reader(struct readers *set, uint32_t rule, const struct def *shared)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].rule == rule && set->items[i].shared == shared)
			return;
	set->items =
	    mem_grow(set->items, &set->cap, set->count + 1, sizeof(set->items[0]));
	set->items[set->count++] = (struct reader){ rule, shared };
}

/* A reading that goes through a repeat changes with its instances, and so does one
 * of an instance itself: its position. */
static void
add_place_readers(struct graph *g, uint32_t rule, const struct reading *r)
{
	for (const struct def *up = r->def; up; up = up->parent) {
		const struct def *shared = r->shared;

		if (up->kind != DEF_REPEAT)
			continue;
		if (shared && graph_is_within(shared, up)) {
			if (up != r->def)
				continue;
			shared = def_repeat(up->parent);
		}
		add_reader(&g->place_readers[up->index], rule, shared);
	}
}

static void
index_readers(struct build *b)
{
	for (uint32_t rule = 0; rule < b->g->rule_count; rule++)
		for (size_t i = 0; i < b->of_rule[rule].count; i++) {
			const struct reading *r = &b->of_rule[rule].items[i];

			add_reader(&b->g->readers[r->def->index], rule, r->shared);
			add_place_readers(b->g, rule, r);
		}
}

/* ---- counts that grow by what they make ---- */

struct reach {
	const struct graph *g;
	bool *seen; /* by rule */
	uint32_t *queue;
	size_t count;
};

static void
reach_readers(struct reach *r, const struct readers *readers)
{
	for (size_t i = 0; i < readers->count; i++) {
		uint32_t rule = readers->items[i].rule;

		if (r->seen[rule])
			continue;
		r->seen[rule] = true;
		r->queue[r->count++] = rule;
	}
}

/* What a node's relevance decides is the value of all below it. */
static void
reach_below(struct reach *r, const struct def *def)
{
	reach_readers(r, &r->g->readers[def->index]);
	for (const struct def *d = def->first; d; d = d->next)
		reach_below(r, d);
}

static void
find_feeding(const struct graph *g, struct rule *count)
{
	struct reach r = { .g = g };

	r.seen = mem_alloc(g->rule_count * sizeof(r.seen[0]));
	r.queue = mem_alloc(g->rule_count * sizeof(r.queue[0]));
	reach_readers(&r, &g->place_readers[count->def->index]);
	for (size_t next = 0; next < r.count; next++) {
		const struct rule *rule = &g->rules[r.queue[next]];

		if (rule == count)
			count->feeds_itself = true;
		else if (rule->kind == RULE_CALCULATE)
			reach_readers(&r, &g->readers[rule->def->index]);
		else if (rule->kind == RULE_RELEVANT)
			reach_below(&r, rule->def);
	}
	free(r.seen);
	free(r.queue);
}

static void
index_counts(struct graph *g)
{
	for (size_t i = 0; i < g->rule_count; i++)
		if (g->rules[i].kind == RULE_COUNT)
			find_feeding(g, &g->rules[i]);
}

static void
index_triggers(struct build *b)
{
	struct graph *g = b->g;

	for (size_t i = 0; i < g->def_count; i++) {
		const struct def *const *triggers =
		    (const struct def *const *)b->form->defs[i]->triggers;

		for (; triggers && *triggers; triggers++) {
			const struct def **old = g->triggered[(*triggers)->index],
					 **now;
			size_t n = 0;

			while (old && old[n])
				n++;
			now = arena_alloc(g->arena, (n + 2) * sizeof(now[0]));
			if (n)
				memcpy(now, old, n * sizeof(now[0]));
			now[n] = b->form->defs[i];
			g->triggered[(*triggers)->index] = now;
		}
	}
}

static bool
compile_choices(struct build *b, struct err *err)
{
	for (size_t i = 0; i < b->g->def_count; i++) {
		const struct def *def = b->form->defs[i];
		const struct itemset *set = def->itemset;
		const char *text;

		if (!set || !(set->filter || set->nodeset || set->randomize))
			continue;
		text = set->nodeset
			   ? expr_text(set->nodeset)
			   : arena_fmt(b->g->arena,
				       "instance('" GRAPH_CHOICES "')/%s/%s",
				       list_root_name(set->list),
				       list_item_name(set->list));
		if (set->filter)
			text = arena_fmt(b->g->arena, "%s[%s]", text,
					 expr_text(set->filter));
		if (set->randomize)
			text = arena_fmt(b->g->arena, "randomize(%s%s%s)", text,
					 set->seed ? ", " : "",
					 set->seed ? expr_text(set->seed) : "");
		b->g->choices[i] = expr_parse_late(text, b->g->arena, err);
		if (!b->g->choices[i])
			return err_within(err, def->name);
	}
	return true;
}

struct graph *
graph_new(const struct form *form, struct err *err)
{
	struct arena *a = arena_new();
	struct graph *g = arena_alloc(a, sizeof(*g));
	size_t n = form->def_count;
	struct build b = { .form = form, .g = g };
	bool ok;

	*g = (struct graph){ .arena = a,
			     .def_count = n,
			     .rule_of = arena_alloc(a, n * sizeof(g->rule_of[0])),
			     .readers = arena_alloc(a, n * sizeof(g->readers[0])),
			     .place_readers =
				 arena_alloc(a, n * sizeof(g->place_readers[0])),
			     .triggered = arena_alloc(a, n * sizeof(g->triggered[0])),
			     .choices = arena_alloc(a, n * sizeof(g->choices[0])) };
	collect_rules(&b);
	b.of_rule = mem_alloc((g->rule_count + 1) * sizeof(b.of_rule[0]));
	graph_find_readings(&b);
	ok = compile_choices(&b, err) && graph_order_rules(&b, err);
	if (ok) {
		index_readers(&b);
		index_counts(g);
		index_triggers(&b);
	} else {
		free(g->rules); /* not in the arena before they have an order */
	}
	for (size_t i = 0; i < g->rule_count; i++)
		free(b.of_rule[i].items);
	free(b.of_rule);
	if (!ok) {
		g->rules = NULL;
		graph_free(g);
		return NULL;
	}
	return g;
}

void
graph_free(struct graph *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->def_count; i++) {
		free(g->readers[i].items);
		free(g->place_readers[i].items);
	}
	arena_free(g->arena);
}
