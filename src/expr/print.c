/*
 * print - an expression written back, always in the same way
 *
 * One blank around operators, abbreviated axes, brackets only where they are needed:
 * two expressions that print alike mean the same.
 */
#include "expr.h"

#include "ast.h"
#include "buf.h"
#include "value.h"

#include <string.h>

/* clang-format off */
static const struct { const char *sign; int level; } operators[] = {
	[AST_OR] = { " or ", 1 }, [AST_AND] = { " and ", 2 },
	[AST_EQUAL] = { " = ", 3 }, [AST_NOT_EQUAL] = { " != ", 3 },
	[AST_LESS] = { " < ", 4 }, [AST_LESS_EQUAL] = { " <= ", 4 },
	[AST_GREATER] = { " > ", 4 }, [AST_GREATER_EQUAL] = { " >= ", 4 },
	[AST_ADD] = { " + ", 5 }, [AST_SUBTRACT] = { " - ", 5 },
	[AST_MULTIPLY] = { " * ", 6 }, [AST_DIVIDE] = { " div ", 6 },
	[AST_MODULO] = { " mod ", 6 },
	[AST_NEGATE] = { "-", 7 },
	[AST_UNION] = { " | ", 8 },
};

static const char *const axes[] = {
	[AXIS_CHILD] = "", [AXIS_PARENT] = "parent::", [AXIS_SELF] = "self::",
	[AXIS_DESCENDANT] = "descendant::",
	[AXIS_DESCENDANT_OR_SELF] = "descendant-or-self::",
	[AXIS_ANCESTOR] = "ancestor::",
	[AXIS_ANCESTOR_OR_SELF] = "ancestor-or-self::",
	[AXIS_FOLLOWING_SIBLING] = "following-sibling::",
	[AXIS_PRECEDING_SIBLING] = "preceding-sibling::", [AXIS_ATTRIBUTE] = "@",
	[AXIS_FOLLOWING] = "following::", [AXIS_PRECEDING] = "preceding::",
	[AXIS_NAMESPACE] = "namespace::",
};
/* clang-format on */

static void print(const struct ast *n, int level, struct buf *out);

static void
print_string(const char *s, struct buf *out)
{
	char quote = strchr(s, '\'') ? '"' : '\'';

	buf_fmt(out, "%c%s%c", quote, s, quote);
}

static void
print_predicates(const struct ast *const *items, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		buf_char(out, '[');
		print(items[i], 0, out);
		buf_char(out, ']');
	}
}

static void
print_test(const struct step *s, struct buf *out)
{
	switch (s->test) {
	case TEST_NAME:
	case TEST_ANY:
		buf_str(out, s->name);
		break;
	case TEST_ANY_IN:
		buf_fmt(out, "%s:*", s->name);
		break;
	case TEST_NODE:
		buf_str(out, "node()");
		break;
	case TEST_TEXT:
		buf_str(out, "text()");
		break;
	case TEST_COMMENT:
		buf_str(out, "comment()");
		break;
	case TEST_INSTRUCTION:
		buf_str(out, "processing-instruction(");
		if (s->name)
			print_string(s->name, out);
		buf_char(out, ')');
		break;
	}
}

/* "." and ".." where they say it all. */
static void
print_step(const struct step *s, struct buf *out)
{
	if (s->test == TEST_NODE && s->axis == AXIS_SELF) {
		buf_char(out, '.');
	} else if (s->test == TEST_NODE && s->axis == AXIS_PARENT) {
		buf_str(out, "..");
	} else {
		buf_str(out, axes[s->axis]);
		print_test(s, out);
	}
	print_predicates(s->predicates, s->predicate_count, out);
}

static bool
is_any_below(const struct step *s)
{
	return s->axis == AXIS_DESCENDANT_OR_SELF && s->test == TEST_NODE &&
	       !s->predicate_count;
}

static void
print_path(const struct ast *n, int level, struct buf *out)
{
	const struct ast *primary =
	    n->path.start == PATH_EXPR ? n->path.primary : NULL;
	bool slash = n->path.start == PATH_ROOT;

	if (primary) {
		/* "(/)/a" is "/a" */
		if (primary->kind != AST_PATH || primary->path.start != PATH_ROOT ||
		    primary->path.count)
			print(primary, 9, out);
		slash = true;
	}
	/* behind "/" an operator would be read as a name */
	if (!n->path.count && slash && !primary)
		buf_str(out, level ? "(/)" : "/");
	for (size_t i = 0; i < n->path.count; i++, slash = true) {
		const struct step *s = &n->path.steps[i];

		if (slash && is_any_below(s) && i + 1 < n->path.count) {
			buf_char(out, '/'); /* with the next one's: "//" */
			continue;
		}
		if (slash)
			buf_char(out, '/');
		print_step(s, out);
	}
}

static void
print_call(const struct ast *n, struct buf *out)
{
	buf_fmt(out, "%s(", n->call.name);
	for (size_t i = 0; i < n->call.count; i++) {
		if (i)
			buf_str(out, ", ");
		print(n->call.args[i], 0, out);
	}
	buf_char(out, ')');
}

/* Operators of one level lean to the left: what stands on the right needs more. */
static void
print_operator(const struct ast *n, int level, struct buf *out)
{
	int own = operators[n->kind].level;

	if (own < level)
		buf_char(out, '(');
	if (n->kind == AST_NEGATE) {
		buf_char(out, '-');
		print(n->pair.left, own, out);
	} else {
		print(n->pair.left, own, out);
		buf_str(out, operators[n->kind].sign);
		print(n->pair.right, own + 1, out);
	}
	if (own < level)
		buf_char(out, ')');
}

static void
print(const struct ast *n, int level, struct buf *out)
{
	char number[VALUE_NUMBER_SIZE];

	switch (n->kind) {
	case AST_NUMBER:
		value_format_number(n->number, number);
		buf_str(out, number);
		return;
	case AST_STRING:
		print_string(n->string.text, out);
		return;
	case AST_VARIABLE:
		buf_fmt(out, "$%s", n->variable);
		return;
	case AST_CALL:
		print_call(n, out);
		return;
	case AST_FILTER:
		buf_char(out, '(');
		print(n->filter.primary, 0, out);
		buf_char(out, ')');
		print_predicates(
		    n->filter.predicates, n->filter.predicate_count, out);
		return;
	case AST_PATH:
		print_path(n, level, out);
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
		print_operator(n, level, out);
		return;
	}
}

void
expr_print(const struct expr *e, struct buf *out)
{
	print(e->root, 0, out);
}
