/*
 * itemset - what the nodeset of a choice list is made of
 */
#include "expr.h"

#include "arena.h"
#include "ast.h"
#include "buf.h"

#include <string.h>

static const char *
printed(const struct ast *n, struct arena *a)
{
	struct expr e = { .root = n };
	struct buf out = { 0 };
	const char *text;

	expr_print(&e, &out);
	text = arena_strndup(a, buf_text(&out), out.len);
	buf_clear(&out);
	return text;
}

static bool
is_call(const struct ast *n, const char *name)
{
	return n->kind == AST_CALL && !strcmp(n->call.name, name);
}

/* True when position() or last() of the filtered list stands in it. */
static bool
counts(const struct ast *n)
{
	switch (n->kind) {
	case AST_CALL:
		if (!n->call.count &&
		    (is_call(n, "position") || is_call(n, "last")))
			return true;
		for (size_t i = 0; i < n->call.count; i++)
			if (counts(n->call.args[i]))
				return true;
		return false;
	case AST_NEGATE:
		return counts(n->pair.left);
	case AST_NUMBER:
	case AST_STRING:
	case AST_VARIABLE:
	case AST_FILTER:
	case AST_PATH:
		return false;
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
		return counts(n->pair.left) || counts(n->pair.right);
	}
	return false;
}

/* A predicate that is a number is a position; so may be what is computed. */
static bool
is_condition(const struct ast *n)
{
	switch (n->kind) {
	case AST_OR:
	case AST_AND:
	case AST_EQUAL:
	case AST_NOT_EQUAL:
	case AST_LESS:
	case AST_LESS_EQUAL:
	case AST_GREATER:
	case AST_GREATER_EQUAL:
	case AST_PATH: /* there or not there */
	case AST_STRING:
		return !counts(n);
	case AST_CALL:
		return !counts(n) && !is_call(n, "number") && !is_call(n, "int") &&
		       !is_call(n, "count") && !is_call(n, "round") &&
		       !is_call(n, "sum");
	case AST_NUMBER:
	case AST_NEGATE:
	case AST_VARIABLE:
	case AST_FILTER:
	case AST_ADD:
	case AST_SUBTRACT:
	case AST_MULTIPLY:
	case AST_DIVIDE:
	case AST_MODULO:
	case AST_UNION:
		break;
	}
	return false;
}

/* All predicates of the last step as one condition. */
static bool
take_filter(const struct step *s, struct arena *a, struct expr_itemset *out)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < s->predicate_count; i++)
		if (!is_condition(s->predicates[i]))
			return false;
	if (s->predicate_count == 1)
		out->filter = printed(s->predicates[0], a);
	if (s->predicate_count < 2)
		return true;
	for (size_t i = 0; i < s->predicate_count; i++)
		buf_fmt(
		    &text, "%s(%s)", i ? " and " : "", printed(s->predicates[i], a));
	out->filter = arena_strndup(a, buf_text(&text), text.len);
	buf_clear(&text);
	return true;
}

static bool
is_plain(const struct step *s)
{
	return s->axis == AXIS_CHILD && s->test == TEST_NAME;
}

static bool
take_path(const struct ast *n, struct arena *a, struct expr_itemset *out)
{
	const struct ast *call = n->kind == AST_PATH ? n->path.primary : NULL;

	if (!call || n->path.start != PATH_EXPR || !is_call(call, "instance") ||
	    call->call.count != 1 || call->call.args[0]->kind != AST_STRING ||
	    n->path.count != 2)
		return false;
	if (!is_plain(&n->path.steps[0]) || !is_plain(&n->path.steps[1]) ||
	    n->path.steps[0].predicate_count || !take_filter(&n->path.steps[1], a, out))
		return false;
	out->instance = call->call.args[0]->string.text;
	out->root = n->path.steps[0].name;
	out->item = n->path.steps[1].name;
	return true;
}

bool
expr_itemset(const struct expr *e, struct arena *a, struct expr_itemset *out,
    const char **rest)
{
	const struct ast *n = e->root;

	*out = (struct expr_itemset){ 0 };
	if (is_call(n, "randomize") && n->call.count) {
		out->randomize = true;
		if (n->call.count > 1)
			out->seed = printed(n->call.args[1], a);
		n = n->call.args[0];
	}
	*rest = printed(n, a);
	return take_path(n, a, out);
}
