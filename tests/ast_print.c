#include "ast_print.h"

#include "../src/expr/ast.h"

#include "buf.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const operators[] = {
	[AST_OR] = "or",        [AST_AND] = "and",          [AST_EQUAL] = "==",
	[AST_NOT_EQUAL] = "!=", [AST_LESS] = "<",           [AST_LESS_EQUAL] = "<=",
	[AST_GREATER] = ">",    [AST_GREATER_EQUAL] = ">=", [AST_ADD] = "+",
	[AST_SUBTRACT] = "-",   [AST_MULTIPLY] = "*",       [AST_DIVIDE] = "/",
	[AST_MODULO] = "%",     [AST_UNION] = "union",
};

static const char *const axes[] = {
	[AXIS_CHILD] = "child",
	[AXIS_PARENT] = "parent",
	[AXIS_SELF] = "self",
	[AXIS_DESCENDANT] = "descendant",
	[AXIS_DESCENDANT_OR_SELF] = "descendant-or-self",
	[AXIS_ANCESTOR] = "ancestor",
	[AXIS_ANCESTOR_OR_SELF] = "ancestor-or-self",
	[AXIS_FOLLOWING_SIBLING] = "following-sibling",
	[AXIS_PRECEDING_SIBLING] = "preceding-sibling",
	[AXIS_ATTRIBUTE] = "attribute",
	[AXIS_FOLLOWING] = "following",
	[AXIS_PRECEDING] = "preceding",
	[AXIS_NAMESPACE] = "namespace",
};

static void print(const struct ast *n, struct buf *out);

/* Java's Double.toString(), as far as literals go. */
static void
print_number(double n, struct buf *out)
{
	char text[VALUE_NUMBER_SIZE], mantissa[40], *e;

	if (n != 0 && (n < 1e-3 || n >= 1e7)) {
		snprintf(mantissa, sizeof(mantissa), "%.17g", n);
		for (int precision = 1; precision < 17; precision++) {
			snprintf(mantissa, sizeof(mantissa), "%.*e", precision, n);
			if (strtod(mantissa, NULL) == n)
				break;
		}
		e = strchr(mantissa, 'e');
		buf_fmt(out, "{num:%.*sE%d}", (int)(e - mantissa), mantissa,
			atoi(e + 1));
		return;
	}
	value_format_number(n, text);
	buf_fmt(out, "{num:%s%s}", text, strchr(text, '.') ? "" : ".0");
}

static void
print_list(const struct ast *const *items, size_t count, struct buf *out)
{
	buf_str(out, "{");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(out, ",");
		print(items[i], out);
	}
	buf_str(out, "}");
}

/* JavaRosa nests a chain of or (and) to the right; here it leans to the left. */
static void
print_logic(const struct ast *n, struct buf *out)
{
	const struct ast *chain[64];
	size_t count = 0;

	for (const struct ast *at = n; count < 63; at = at->pair.left) {
		if (at->kind != n->kind) {
			chain[count++] = at;
			break;
		}
		chain[count++] = at->pair.right;
	}
	for (size_t i = count; i > 0; i--) {
		if (i > 1)
			buf_fmt(out, "{binop-expr:%s,", operators[n->kind]);
		print(chain[i - 1], out);
		if (i > 1)
			buf_str(out, ",");
	}
	for (size_t i = 1; i < count; i++)
		buf_str(out, "}");
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
		buf_fmt(out, s->name ? "proc-instr('%s')" : "proc-instr()", s->name);
		break;
	}
}

static void
print_path(const struct ast *n, struct buf *out)
{
	buf_str(out, "{path-expr:");
	if (n->path.start == PATH_EXPR && n->path.primary->kind != AST_FILTER) {
		buf_str(out, "{filt-expr:");
		print(n->path.primary, out);
		buf_str(out, ",{}}");
	} else if (n->path.start == PATH_EXPR) {
		print(n->path.primary, out);
	} else {
		buf_str(out, n->path.start == PATH_ROOT ? "abs" : "rel");
	}
	buf_str(out, ",{");
	for (size_t i = 0; i < n->path.count; i++) {
		const struct step *s = &n->path.steps[i];

		buf_fmt(out, "%s{step:%s,", i ? "," : "", axes[s->axis]);
		print_test(s, out);
		if (s->predicate_count) {
			buf_str(out, ",");
			print_list(s->predicates, s->predicate_count, out);
		}
		buf_str(out, "}");
	}
	buf_str(out, "}}");
}

static void
print(const struct ast *n, struct buf *out)
{
	switch (n->kind) {
	case AST_NUMBER:
		print_number(n->number, out);
		return;
	case AST_STRING:
		buf_fmt(out, "{str:'%s'}", n->string.text);
		return;
	case AST_VARIABLE:
		buf_fmt(out, "{var:%s}", n->variable);
		return;
	case AST_NEGATE:
		buf_str(out, "{unop-expr:num-neg,");
		print(n->pair.left, out);
		buf_str(out, "}");
		return;
	case AST_CALL:
		buf_fmt(out, "{func-expr:%s,", n->call.name);
		print_list(n->call.args, n->call.count, out);
		buf_str(out, "}");
		return;
	case AST_FILTER:
		buf_str(out, "{filt-expr:");
		print(n->filter.primary, out);
		buf_str(out, ",");
		print_list(n->filter.predicates, n->filter.predicate_count, out);
		buf_str(out, "}");
		return;
	case AST_PATH:
		print_path(n, out);
		return;
	case AST_OR:
	case AST_AND:
		print_logic(n, out);
		return;
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
		buf_fmt(out, "{binop-expr:%s,", operators[n->kind]);
		print(n->pair.left, out);
		buf_str(out, ",");
		print(n->pair.right, out);
		buf_str(out, "}");
		return;
	}
}

void
ast_print(const struct expr *e, struct buf *out)
{
	print(e->root, out);
}
