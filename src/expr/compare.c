/*
 * Comparisons. A node set compares when one of its nodes does; an empty one compares
 * as the empty text (JavaRosa's rule, where XPath 1.0 says never).
 */
#include "eval.h"

#include "dates.h"
#include "expr.h"
#include "value.h"

#include <math.h>
#include <string.h>

#define DAY_MS 86400000.0

/* As JavaRosa: 6.1 - 7.8 = -1.7. */
#define NUMBER_NEAR 1e-12
/* Half a millisecond, in days. */
#define MOMENT_NEAR 5.7e-9

static bool
is_temporal(const struct value *v)
{
	return v->type == VALUE_DATE || v->type == VALUE_DATETIME ||
	       v->type == VALUE_TIME;
}

/* A text beside a date or a time is read as one; other values stay what they are. */
static struct value
as_temporal(struct eval *ev, const struct value *v, enum value_type beside)
{
	struct moment m;

	if (v->type != VALUE_STRING)
		return *v;
	if (beside == VALUE_TIME && moment_parse_time(v->string, &m))
		return (struct value){ .type = VALUE_TIME,
				       .number = (double)m.ms / DAY_MS };
	if (!moment_parse(v->string, &m))
		return value_number(value_parse_number(v->string));
	if (!m.has_time)
		return value_date(m.day);
	return (struct value){ .type = VALUE_DATETIME,
			       .number =
				   (double)moment_ms(&m, ev->context->clock) / DAY_MS };
}

/* Both as numbers that may be compared: a moment beside a day is its day here. */
static void
align(struct eval *ev, const struct value *a, const struct value *b, double *na,
      double *nb)
{
	struct value x = *a, y = *b;

	if (is_temporal(a))
		y = as_temporal(ev, b, a->type);
	else if (is_temporal(b))
		x = as_temporal(ev, a, b->type);
	*na = eval_to_number(ev, &x);
	*nb = eval_to_number(ev, &y);
	if (x.type == VALUE_DATETIME && y.type == VALUE_DATE)
		*na = (double)dates_local_day(*na, ev->context->clock, NULL);
	else if (x.type == VALUE_DATE && y.type == VALUE_DATETIME)
		*nb = (double)dates_local_day(*nb, ev->context->clock, NULL);
}

static bool
is_equal(struct eval *ev, const struct value *a, const struct value *b)
{
	double x, y;

	if (a->type == VALUE_BOOLEAN || b->type == VALUE_BOOLEAN)
		return value_to_boolean(a) == value_to_boolean(b);
	if (a->type == VALUE_STRING && b->type == VALUE_STRING)
		return !strcmp(a->string, b->string);
	align(ev, a, b, &x, &y);
	if (x == y)
		return true;
	return fabs(x - y) <
	       (is_temporal(a) && is_temporal(b) ? MOMENT_NEAR : NUMBER_NEAR);
}

static bool
compare_one(struct eval *ev, enum ast_kind kind, const struct value *a,
	    const struct value *b)
{
	double x, y;

	if (kind == AST_EQUAL)
		return is_equal(ev, a, b);
	if (kind == AST_NOT_EQUAL)
		return !is_equal(ev, a, b);
	align(ev, a, b, &x, &y);
	switch ((int)kind) {
	case AST_LESS:
		return x < y;
	case AST_LESS_EQUAL:
		return x <= y;
	case AST_GREATER:
		return x > y;
	default:
		return x >= y;
	}
}

bool
eval_compare(struct eval *ev, enum ast_kind kind, const struct value *left,
	     const struct value *right)
{
	bool equality = kind == AST_EQUAL || kind == AST_NOT_EQUAL;
	struct value one;

	/* Beside a truth, a node set is one too: there is no looking at its nodes. */
	if (equality && left->type == VALUE_NODES && right->type == VALUE_BOOLEAN) {
		one = value_boolean(eval_to_boolean(ev, left));
		return compare_one(ev, kind, &one, right);
	}
	if (equality && right->type == VALUE_NODES && left->type == VALUE_BOOLEAN)
		return eval_compare(ev, kind, right, left);
	if (left->type == VALUE_NODES && left->node_count > 1) {
		for (size_t i = 0; i < left->node_count; i++) {
			eval_node_value(ev, left->nodes[i], &one);
			if (eval_compare(ev, kind, &one, right))
				return true;
		}
		return false;
	}
	if (right->type == VALUE_NODES && right->node_count > 1) {
		for (size_t i = 0; i < right->node_count; i++) {
			eval_node_value(ev, right->nodes[i], &one);
			if (eval_compare(ev, kind, left, &one))
				return true;
		}
		return false;
	}
	struct value a, b;
	eval_unpack(ev, left, &a);
	eval_unpack(ev, right, &b);
	return compare_one(ev, kind, &a, &b);
}
