/* What an expression reads, without evaluating it. */
#include "ast.h"
#include "functions.h"

#include "arena.h"
#include "expr.h"

#include <string.h>

struct walk {
	void (*visit)(const struct expr_path *path, void *data);
	void *data;
	struct arena *arena; /* for the paths while they are shown */
};

static void walk(struct walk *w, const struct ast *n, const struct expr_path *within);

static void
walk_all(struct walk *w, const struct ast *const *items, size_t count,
	 const struct expr_path *within)
{
	for (size_t i = 0; i < count; i++)
		walk(w, items[i], within);
}

static bool
is_call_of(const struct ast *n, bool (*fn)(struct call *c, struct value *out))
{
	return n->kind == AST_CALL && n->call.function && n->call.function->fn == fn;
}

static struct expr_step
step_of(const struct step *s)
{
	struct expr_step out = { .name = s->test == TEST_NAME ? s->name : "*",
				 .filtered = s->predicate_count > 0 };

	switch (s->axis) {
	case AXIS_CHILD:
		out.axis = EXPR_STEP_CHILD;
		return out;
	case AXIS_PARENT:
		out.axis = EXPR_STEP_PARENT;
		if (s->test == TEST_NODE)
			out.name = NULL;
		return out;
	case AXIS_SELF:
	case AXIS_ATTRIBUTE: /* of the node that the path leads to */
		out.axis = EXPR_STEP_SELF;
		if (s->test == TEST_NODE || s->axis == AXIS_ATTRIBUTE)
			out.name = NULL;
		return out;
	case AXIS_DESCENDANT:
	case AXIS_DESCENDANT_OR_SELF:
	case AXIS_ANCESTOR:
	case AXIS_ANCESTOR_OR_SELF:
	case AXIS_FOLLOWING_SIBLING:
	case AXIS_PRECEDING_SIBLING:
	case AXIS_FOLLOWING:
	case AXIS_PRECEDING:
	case AXIS_NAMESPACE:
		break;
	}
	out.axis = EXPR_STEP_DESCENDANT;
	return out;
}

static bool
is_upward(const struct step *s)
{
	return s->axis == AXIS_ANCESTOR || s->axis == AXIS_ANCESTOR_OR_SELF ||
	       s->axis == AXIS_FOLLOWING_SIBLING || s->axis == AXIS_PRECEDING_SIBLING ||
	       s->axis == AXIS_FOLLOWING || s->axis == AXIS_PRECEDING;
}

/* Axes that expr_step does not know widen the path: from the root, anything. */
static void
widen(struct expr_path *p, struct expr_step *steps)
{
	steps[0] = (struct expr_step){ .axis = EXPR_STEP_DESCENDANT, .name = "*" };
	p->start = EXPR_FROM_ROOT;
	p->count = 1;
}

/* Where the path starts; the start's own paths are visited on the way. */
static void
start_of(struct walk *w, const struct ast *n, const struct expr_path *within,
	 struct expr_path *p)
{
	const struct ast *primary;

	p->within = within;
	p->start = n->path.start == PATH_ROOT ? EXPR_FROM_ROOT : EXPR_FROM_CONTEXT;
	if (n->path.start != PATH_EXPR)
		return;
	primary = n->path.primary;
	if (primary->kind == AST_FILTER)
		walk_all(w, primary->filter.predicates, primary->filter.predicate_count,
			 within);
	while (primary->kind == AST_FILTER)
		primary = primary->filter.primary;
	if (is_call_of(primary, fn_current)) {
		p->start = EXPR_FROM_CURRENT;
	} else if (is_call_of(primary, fn_instance) && primary->call.count == 1) {
		p->start = EXPR_FROM_INSTANCE;
		if (primary->call.args[0]->kind == AST_STRING)
			p->instance = primary->call.args[0]->string.text;
		else
			walk(w, primary->call.args[0], within);
	} else {
		walk(w, primary, within);
	}
}

static void
walk_path(struct walk *w, const struct ast *n, const struct expr_path *within)
{
	struct expr_step *steps =
	    arena_alloc(w->arena, (n->path.count + 1) * sizeof(*steps));
	struct expr_path p = { .steps = steps }, *upto;
	bool widened = false;

	start_of(w, n, within, &p);
	/* The value that the steps start from is a path itself: (a | b)/c. */
	if (n->path.start == PATH_EXPR && p.start == EXPR_FROM_CONTEXT)
		widened = true;
	for (size_t i = 0; i < n->path.count; i++) {
		const struct step *s = &n->path.steps[i];

		widened |= is_upward(s);
		steps[p.count++] = step_of(s);
		if (widened)
			widen(&p, steps);
		if (!s->predicate_count)
			continue;
		upto = arena_alloc(w->arena, sizeof(*upto));
		*upto = p;
		walk_all(w, s->predicates, s->predicate_count, upto);
	}
	w->visit(&p, w->data);
}

/* indexed-repeat, jr:choice-name and the like read what their arguments say. */
static void
walk_call(struct walk *w, const struct ast *n, const struct expr_path *within)
{
	struct expr_path p = { .within = within };

	walk_all(w, n->call.args, n->call.count, within);
	if (is_call_of(n, fn_current)) {
		p.start = EXPR_FROM_CURRENT;
		w->visit(&p, w->data);
	} else if (is_call_of(n, fn_instance) || is_call_of(n, fn_pulldata)) {
		p.start = EXPR_FROM_INSTANCE;
		if (n->call.count && n->call.args[0]->kind == AST_STRING)
			p.instance = n->call.args[0]->string.text;
		w->visit(&p, w->data);
	} else if (n->call.function && (n->call.function->flags & FUNCTION_OWN) &&
		   !n->call.count) {
		p.start = EXPR_FROM_CONTEXT;
		w->visit(&p, w->data);
	}
}

static void
walk(struct walk *w, const struct ast *n, const struct expr_path *within)
{
	switch (n->kind) {
	case AST_NUMBER:
	case AST_VARIABLE:
		return;
	case AST_STRING:
		if (n->string.path)
			walk(w, n->string.path, within);
		return;
	case AST_PATH:
		walk_path(w, n, within);
		return;
	case AST_CALL:
		walk_call(w, n, within);
		return;
	case AST_FILTER:
		walk(w, n->filter.primary, within);
		walk_all(w, n->filter.predicates, n->filter.predicate_count, within);
		return;
	case AST_NEGATE:
	case AST_OR:
	case AST_AND:
	case AST_EQUAL:
	case AST_NOT_EQUAL:
	case AST_LESS:
	case AST_LESS_EQUAL:
	case AST_GREATER:
	case AST_GREATER_EQUAL:
	case AST_ADD:
	case AST_SUBTRACT:
	case AST_MULTIPLY:
	case AST_DIVIDE:
	case AST_MODULO:
	case AST_UNION:
		walk(w, n->pair.left, within);
		if (n->pair.right)
			walk(w, n->pair.right, within);
		return;
	}
}

void
expr_paths(const struct expr *e,
	   void (*visit)(const struct expr_path *path, void *data), void *data)
{
	struct walk w = { .visit = visit, .data = data, .arena = arena_new() };

	walk(&w, e->root, NULL);
	arena_free(w.arena);
}
