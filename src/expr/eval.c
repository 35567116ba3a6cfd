#include "eval.h"

#include "arena.h"
#include "dates.h"
#include "err.h"
#include "functions.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000.0

/* Arguments of a call that fit on the stack. */
#define ARGS_ON_STACK 6

bool
eval_fail(struct eval *ev, const struct ast *n, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(ev->err, ERR_INPUT, _("Column %zu: %s"), n->column, text);
	return false;
}

void
eval_node_value(struct eval *ev, struct node_ref node, struct value *out)
{
	*out = value_string("");
	node.tree->ops->value(node.tree, node.id, ev->arena, out);
}

void
eval_unpack(struct eval *ev, const struct value *v, struct value *out)
{
	if (v->type != VALUE_NODES)
		*out = *v;
	else if (!v->node_count)
		*out = value_string("");
	else
		eval_node_value(ev, v->nodes[0], out);
}

/* "2026-11-02" where a number is wanted: the day, or the moment when it has a time. */
static double
text_to_number(struct eval *ev, const char *s)
{
	double n = value_parse_number(s);
	struct moment m;

	if (!isnan(n) || strlen(s) < strlen("2026-11-02") || !moment_parse_iso(s, &m))
		return n;
	if (!m.has_time)
		return (double)m.day;
	return (double)moment_ms(&m, ev->context->clock) / DAY_MS;
}

double
eval_to_number(struct eval *ev, const struct value *v)
{
	struct value one;

	switch (v->type) {
	case VALUE_STRING:
		return text_to_number(ev, v->string);
	case VALUE_BOOLEAN:
		return v->boolean;
	case VALUE_NUMBER:
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		return v->number;
	case VALUE_NODES:
		eval_unpack(ev, v, &one);
		return eval_to_number(ev, &one);
	}
	return NAN;
}

bool
eval_to_boolean(struct eval *ev, const struct value *v)
{
	struct value one;

	if (v->type != VALUE_NODES)
		return value_to_boolean(v);
	if (v->node_count > 1)
		return true;
	eval_unpack(ev, v, &one);
	return value_to_boolean(&one);
}

const char *
eval_to_string(struct eval *ev, const struct value *v)
{
	struct value one;
	int offset = 0;

	eval_unpack(ev, v, &one);
	if (one.type == VALUE_DATETIME)
		offset =
		    dates_offset(ev->context->clock, (int64_t)(one.number * DAY_MS));
	return value_to_string(&one, offset, ev->arena);
}

bool
eval_number(struct eval *ev, const struct ast *n, double *out)
{
	struct value v;

	if (!eval(ev, n, &v))
		return false;
	*out = eval_to_number(ev, &v);
	return true;
}

bool
eval_boolean(struct eval *ev, const struct ast *n, bool *out)
{
	struct value v;

	if (!eval(ev, n, &v))
		return false;
	*out = eval_to_boolean(ev, &v);
	return true;
}

bool
eval_string(struct eval *ev, const struct ast *n, const char **out)
{
	struct value v;

	if (!eval(ev, n, &v))
		return false;
	*out = eval_to_string(ev, &v);
	return true;
}

static bool
eval_arithmetic(struct eval *ev, const struct ast *n, struct value *out)
{
	double a, b = 0;

	if (!eval_number(ev, n->pair.left, &a) ||
	    (n->pair.right && !eval_number(ev, n->pair.right, &b)))
		return false;
	switch ((int)n->kind) {
	case AST_NEGATE:
		a = -a;
		break;
	case AST_ADD:
		a += b;
		break;
	case AST_SUBTRACT:
		a -= b;
		break;
	case AST_MULTIPLY:
		a *= b;
		break;
	case AST_DIVIDE:
		a /= b;
		break;
	case AST_MODULO:
		a = fmod(a, b);
		break;
	}
	*out = value_number(a);
	return true;
}

/* The right side of and / or is looked at only when it matters. */
static bool
eval_logic(struct eval *ev, const struct ast *n, struct value *out)
{
	bool b;

	if (!eval_boolean(ev, n->pair.left, &b))
		return false;
	if (b == (n->kind == AST_AND) && !eval_boolean(ev, n->pair.right, &b))
		return false;
	*out = value_boolean(b);
	return true;
}

static bool
eval_call(struct eval *ev, const struct ast *n, struct value *out)
{
	const struct function *f = n->call.function;
	struct value few[ARGS_ON_STACK];
	struct call c = { .ev = ev, .ast = n, .args = few, .count = n->call.count };

	if (!f || !function_takes(f, n->call.count))
		return function_mistake(n, ev->err);
	if (f->flags & FUNCTION_LAZY)
		return f->fn(&c, out);
	if (c.count > ARGS_ON_STACK)
		c.args = arena_alloc(ev->arena, c.count * sizeof(struct value));
	for (size_t i = 0; i < c.count; i++)
		if (!eval(ev, n->call.args[i], &c.args[i]))
			return false;
	return f->fn(&c, out);
}

static bool
eval_comparison(struct eval *ev, const struct ast *n, struct value *out)
{
	struct value left, right;

	if (!eval(ev, n->pair.left, &left) || !eval(ev, n->pair.right, &right))
		return false;
	*out = value_boolean(eval_compare(ev, n->kind, &left, &right));
	return true;
}

bool
eval(struct eval *ev, const struct ast *n, struct value *out)
{
	out->type = VALUE_STRING;
	out->string = "";
	switch (n->kind) {
	case AST_NUMBER:
		*out = value_number(n->number);
		return true;
	case AST_STRING:
		*out = value_string(n->string.text);
		return true;
	case AST_OR:
	case AST_AND:
		return eval_logic(ev, n, out);
	case AST_EQUAL:
	case AST_NOT_EQUAL:
	case AST_LESS:
	case AST_LESS_EQUAL:
	case AST_GREATER:
	case AST_GREATER_EQUAL:
		return eval_comparison(ev, n, out);
	case AST_NEGATE:
	case AST_ADD:
	case AST_SUBTRACT:
	case AST_MULTIPLY:
	case AST_DIVIDE:
	case AST_MODULO:
		return eval_arithmetic(ev, n, out);
	case AST_UNION:
		return eval_union(ev, n, out);
	case AST_CALL:
		return eval_call(ev, n, out);
	case AST_FILTER:
		return eval_filter(ev, n, out);
	case AST_PATH:
		return eval_path(ev, n, out);
	case AST_VARIABLE:
		return eval_fail(ev, n, _("there is no variable $%s"), n->variable);
	}
	return false;
}

static struct eval
start(const struct expr_context *context, struct err *err)
{
	return (struct eval){ .context = context,
			      .arena = context->arena,
			      .err = err,
			      .node = context->node,
			      .position = context->position,
			      .size = context->size };
}

bool
expr_eval(const struct expr *e, const struct expr_context *context, struct value *out,
	  struct err *err)
{
	struct eval ev = start(context, err);

	return eval(&ev, e->root, out);
}

bool
expr_boolean(const struct expr *e, const struct expr_context *context, bool *out,
	     struct err *err)
{
	struct eval ev = start(context, err);

	return eval_boolean(&ev, e->root, out);
}

bool
expr_string(const struct expr *e, const struct expr_context *context, const char **out,
	    struct err *err)
{
	struct eval ev = start(context, err);

	return eval_string(&ev, e->root, out);
}
