/*
 * logic_compute - rules wait in the graph's order and are computed until none waits
 *
 * What changes makes its readers wait. A rule stands behind all that it reads, so it
 * is computed once; filters and counts, which stand last, may make it wait again.
 */
#include "logic_part.h"

#include "arena.h"
#include "err.h"
#include "form.h"
#include "graph.h"
#include "i18n.h"
#include "instance.h"
#include "mem.h"

#include <math.h>
#include <string.h>

/* Rules computed for one change before it is called restless. */
#define RULES_MAX 5000000

static void
ids_add(struct ids *ids, uint32_t id)
{
	ids->items = mem_grow(ids->items, &ids->cap, ids->count + 1, sizeof(id));
	ids->items[ids->count++] = id;
}

/* ---- waiting ---- */

static bool
is_before(const struct waiting *a, const struct waiting *b)
{
	return a->rule != b->rule ? a->rule < b->rule : a->node < b->node;
}

static void
push(struct logic *l, struct waiting w)
{
	size_t i = l->heap_count++, up;

	l->heap = mem_grow(l->heap, &l->heap_cap, l->heap_count, sizeof(w));
	for (; i; i = up) {
		up = (i - 1) / 2;
		if (!is_before(&w, &l->heap[up]))
			break;
		l->heap[i] = l->heap[up];
	}
	l->heap[i] = w;
}

static struct waiting
pop(struct logic *l)
{
	struct waiting top = l->heap[0], last = l->heap[--l->heap_count];
	size_t i = 0, down;

	for (; (down = 2 * i + 1) < l->heap_count; i = down) {
		if (down + 1 < l->heap_count &&
		    is_before(&l->heap[down + 1], &l->heap[down]))
			down++;
		if (!is_before(&l->heap[down], &last))
			break;
		l->heap[i] = l->heap[down];
	}
	l->heap[i] = last;
	return top;
}

static void
wait_for(struct logic *l, uint32_t rule, struct node *node)
{
	unsigned char bit = (unsigned char)(1u << l->graph->rules[rule].kind);

	if (node->dirty & bit)
		return;
	node->dirty |= bit;
	push(l, (struct waiting){ rule, node->id });
}

void
compute_wait(struct logic *l, struct node *node, enum rule_kind kind)
{
	wait_for(l, l->graph->rule_of[node->def->index][kind], node);
}

/* A rule in all its nodes below from. */
static void
wait_below(struct logic *l, uint32_t rule, struct node *from)
{
	const struct rule *r = &l->graph->rules[rule];
	const struct def *step = r->def;
	struct node *place;

	if (from->def == r->def) {
		if (r->kind != RULE_COUNT)
			wait_for(l, rule, from);
		return;
	}
	while (step->parent != from->def)
		step = step->parent;
	if (step == r->def && step->kind == DEF_REPEAT) {
		place = instance_repeat_place(from, step);
		if (r->kind == RULE_COUNT || r->kind == RULE_RELEVANT)
			wait_for(l, rule, place);
	}
	for (struct node *n = from->first; n; n = n->next)
		if (n->def == step)
			wait_below(l, rule, n);
}

static void
wait_readers(struct logic *l, const struct readers *readers, struct node *from)
{
	for (size_t i = 0; i < readers->count; i++) {
		const struct reader *reader = &readers->items[i];
		const struct def *def = l->graph->rules[reader->rule].def;
		struct node *top = from, *alone = instance_alone(l->in, def);

		if (alone) {
			wait_for(l, reader->rule, alone);
			continue;
		}
		while (top->parent && top->def != reader->shared)
			top = top->parent;
		wait_below(l, reader->rule, top);
	}
}

/* Rules that give words, which are other ones in another language. */
void
compute_language(struct logic *l)
{
	for (uint32_t rule = 0; rule < l->graph->rule_count; rule++) {
		const char *text = expr_text(l->graph->rules[rule].expr);

		if (strstr(text, "jr:") || strstr(text, "format-date"))
			wait_below(l, rule, instance_root(l->in));
	}
}

/* Makes what reads the node wait. */
static void
compute_wake(struct logic *l, struct node *node)
{
	wait_readers(l, &l->graph->readers[node->def->index], node);
}

bool
compute_set(struct logic *l, struct node *node, const char *text)
{
	if (!strcmp(node->text, text) && !node->is_truth)
		return false;
	instance_set(l->in, node, text);
	compute_wake(l, node);
	return true;
}

void
compute_places(struct logic *l, struct node *parent, const struct def *repeat)
{
	wait_readers(l, &l->graph->place_readers[repeat->index], parent);
}

/* ---- flags ---- */

static void
spread_relevance(struct logic *l, struct node *node)
{
	bool relevant = node->rule_relevant && !node->beyond;

	node->self_relevant = relevant;
	relevant = relevant && (!node->parent || node->parent->relevant);
	if (relevant == node->relevant)
		return;
	node->relevant = relevant;
	if (!node->is_place)
		compute_wake(l, node);
	if (relevant && node->filter_waits) {
		node->filter_waits = false;
		wait_for(l, l->graph->rule_of[node->def->index][RULE_FILTER], node);
	}
	for (struct node *n = node->first; n; n = n->next)
		spread_relevance(l, n);
	for (struct node *n = node->places; n; n = n->next)
		spread_relevance(l, n);
}

static void
spread_readonly(struct logic *l, struct node *node)
{
	bool readonly = node->self_readonly || (node->parent && node->parent->readonly);

	if (readonly == node->readonly)
		return;
	node->readonly = readonly;
	for (struct node *n = node->first; n; n = n->next)
		spread_readonly(l, n);
	for (struct node *n = node->places; n; n = n->next)
		spread_readonly(l, n);
}

struct node *
compute_next(const struct node *top, const struct node *node)
{
	if (node->first)
		return node->first;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

static void
enter_node(struct logic *l, struct node *node)
{
	const uint32_t *rules = l->graph->rule_of[node->def->index];

	node->rule_relevant = true;
	node->self_relevant = !node->beyond;
	node->relevant =
	    node->self_relevant && (!node->parent || node->parent->relevant);
	node->required = (node->def->flags & DEF_REQUIRED) != 0;
	node->self_readonly = (node->def->flags & DEF_READ_ONLY) != 0;
	node->readonly =
	    node->self_readonly || (node->parent && node->parent->readonly);
	for (int kind = 0; kind < RULE_KINDS; kind++) {
		bool runs = node->is_place ? kind == RULE_RELEVANT || kind == RULE_COUNT
					   : kind != RULE_FILTER && kind != RULE_COUNT;

		if (runs && rules[kind] != RULE_NONE)
			wait_for(l, rules[kind], node);
	}
	for (struct node *place = node->places; place; place = place->next)
		enter_node(l, place);
}

void
compute_enter(struct logic *l, struct node *top)
{
	for (struct node *n = top; n; n = compute_next(top, n))
		enter_node(l, n);
}

static void
note_trouble(struct node *node, enum rule_kind kind, bool ok)
{
	unsigned char bit = (unsigned char)(1u << kind);

	node->broken = (unsigned char)(ok ? node->broken & ~bit : node->broken | bit);
}

bool
compute_put(struct logic *l, struct node *node, const struct expr *e)
{
	struct expr_context context = logic_context(l, node);
	struct value v = { .type = VALUE_STRING, .string = "" };
	bool ok = expr_eval(e, &context, &v, NULL), changed;
	const char *text;

	if (ok && v.type == VALUE_NODES && v.node_count)
		v.nodes->tree->ops->value(v.nodes->tree, v.nodes->id, l->arena, &v);
	text = ok ? logic_value_text(l, node->def, &v) : "";
	note_trouble(node, RULE_CALCULATE, ok);
	if (node->is_truth && v.type == VALUE_BOOLEAN && !strcmp(text, node->text))
		return false;
	changed = compute_set(l, node, text);
	node->is_truth = ok && v.type == VALUE_BOOLEAN;
	node->is_day = ok && v.type == VALUE_DATE;
	return changed;
}

/* ---- rules ---- */

static void
run_relevant(struct logic *l, struct node *node, const struct rule *r)
{
	struct expr_context context = logic_context(l, node);
	bool relevant = true, ok = expr_boolean(r->expr, &context, &relevant, NULL);

	note_trouble(node, r->kind, ok);
	/* What cannot be computed hides nothing. */
	node->rule_relevant = relevant || !ok;
	spread_relevance(l, node);
}

static void
run_flag(struct logic *l, struct node *node, const struct rule *r)
{
	struct expr_context context = logic_context(l, node);
	bool b = false, ok = expr_boolean(r->expr, &context, &b, NULL);

	note_trouble(node, r->kind, ok);
	b = b && ok;
	if (r->kind == RULE_READONLY) {
		node->self_readonly = b;
		spread_readonly(l, node);
	} else {
		node->required = b;
	}
}

static void
run_filter(struct logic *l, struct node *node, const struct rule *r)
{
	struct err err = { 0 };

	if (!node->text[0])
		return;
	if (!node->relevant) {
		node->filter_waits = true;
		return;
	}
	choices_prune(l, node, &err);
	note_trouble(node, r->kind, err.kind == ERR_NONE);
}

struct node *
compute_add_bare(struct logic *l, struct node *parent, const struct def *repeat,
		 size_t index)
{
	struct node *node = instance_repeat_add(l->in, parent, repeat, index);

	compute_enter(l, node);
	compute_places(l, parent, repeat);
	return node;
}

struct node *
compute_add(struct logic *l, struct node *parent, const struct def *repeat,
	    size_t index)
{
	struct node *node = compute_add_bare(l, parent, repeat, index);

	compute_defaults(l, node, true);
	actions_initial(l, node);
	actions_new_repeat(l, node);
	return node;
}

static size_t
most_of(const struct initial *list, const struct def *def)
{
	size_t count = 0, below, most = 0;

	for (const struct initial *i = list; i; i = i->next) {
		count += i->def == def;
		below = most_of(i->first, def);
		most = below > most ? below : most;
	}
	return count > most ? count : most;
}

/* Instances of a repeat that the form itself has, where it has most. */
static size_t
own_instances(const struct form *form, const struct def *repeat)
{
	size_t most = 0;

	for (size_t i = 0; i < form->def_count; i++) {
		size_t count = most_of(form->defs[i]->initial, repeat);

		most = count > most ? count : most;
	}
	return most;
}

/* Has somebody gone through it? All that must be answered is; where nothing must be,
 * the last question has been. */
static bool
is_done(const struct node *instance)
{
	bool must = false, last_touched = false;

	for (const struct node *n = instance; n; n = compute_next(instance, n)) {
		if (n->def->kind != DEF_QUESTION || !n->relevant || n->readonly ||
		    !n->def->question->asked ||
		    n->def->question->answer == ANSWER_NONE)
			continue;
		if (n->required && !n->text[0])
			return false;
		must = must || n->required;
		last_touched = n->touched;
	}
	return must || last_touched;
}

/* A count that grows by its own instances gets the next one when the last is done: in
 * JavaRosa, when somebody steps there. */
static bool
may_follow(const struct rule *r, const struct node *parent, size_t count)
{
	return !r->feeds_itself || !count ||
	       is_done(instance_repeat_at(parent, r->def, count - 1));
}

/* Instances beyond the count are kept, as all answers are, but not relevant. A count
 * that is not answered leaves those that the form itself has. */
static void
run_count(struct logic *l, struct node *place, const struct rule *r)
{
	struct node *parent = place->parent, *n;
	struct expr_context context = logic_context(l, r->from_parent ? parent : place);
	const char *text = "";
	bool ok = expr_string(r->expr, &context, &text, NULL);
	double wanted = value_parse_number(ok ? text : "");
	bool answered = !ok || *text;
	size_t count = 0;

	note_trouble(place, r->kind, ok);
	if (!answered)
		wanted = (double)own_instances(l->form, r->def);
	wanted = isnan(wanted) ? 0 : fmin(trunc(wanted), LOGIC_COUNT_MAX);
	for (n = instance_repeat_at(parent, r->def, 0); n && n->def == r->def;
	     n = n->next) {
		n->beyond = (double)count++ >= wanted;
		spread_relevance(l, n);
	}
	if (l->hold_counts) {
		ids_add(&l->held, place->id);
		return;
	}
	for (; answered && (double)count < wanted && may_follow(r, parent, count);
	     count++)
		compute_add(l, parent, r->def, count);
}

static void
run(struct logic *l, struct node *node, const struct rule *r)
{
	node->dirty &= (unsigned char)~(1u << r->kind);
	switch (r->kind) {
	case RULE_RELEVANT:
		run_relevant(l, node, r);
		return;
	case RULE_CALCULATE:
		compute_put(l, node, r->expr);
		return;
	case RULE_REQUIRED:
	case RULE_READONLY:
		run_flag(l, node, r);
		return;
	case RULE_FILTER:
		run_filter(l, node, r);
		return;
	case RULE_COUNT:
		run_count(l, node, r);
		return;
	case RULE_KINDS:
		return;
	}
}

bool
compute_settle(struct logic *l, struct err *err)
{
	struct node *node;
	size_t done = 0;

	for (;; done++) {
		if (done == RULES_MAX)
			return err_set(err, ERR_INPUT,
				       _("The form %s computes without end; its "
					 "designer must mend "
					 "it."),
				       l->form->id);
		if (l->heap_count) {
			struct waiting w = pop(l);

			node = instance_node(l->in, w.node);
			if (node)
				run(l, node, &l->graph->rules[w.rule]);
		} else if (!actions_next(l)) {
			return true;
		}
	}
}
