/* The table of functions, and those that decide, choose and ask the form. */
#include "functions.h"

#include "arena.h"
#include "ast.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "uuid.h"
#include "value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UUID_LENGTH_MAX 1000

static FN(fn_true);
static FN(fn_false);
static FN(fn_boolean);
static FN(fn_boolean_from_string);
static FN(fn_not);
static FN(fn_if);
static FN(fn_coalesce);
static FN(fn_once);
static FN(fn_checklist);
static FN(fn_weighted_checklist);
static FN(fn_depend);
static FN(fn_choice_name);
static FN(fn_itext);
static FN(fn_property);
static FN(fn_version);
static FN(fn_uuid);

#define MANY    FUNCTION_MANY
#define LAZY    FUNCTION_LAZY
#define OWN     FUNCTION_OWN
#define PAIRS   FUNCTION_PAIRS
#define PATTERN FUNCTION_PATTERN
#define PATH    FUNCTION_PATH

/* clang-format off */
/* In the order of strcmp(): function_find() halves. */
static const struct function functions[] = {
	{ "abs",                 1, 1,    fn_math, 0 },
	{ "acos",                1, 1,    fn_math, 0 },
	{ "area",                1, MANY, fn_area, 0 },
	{ "asin",                1, 1,    fn_math, 0 },
	{ "atan",                1, 1,    fn_math, 0 },
	{ "atan2",               2, 2,    fn_atan2, 0 },
	{ "avg",                 1, MANY, fn_avg, 0 },
	{ "base64-decode",       1, 1,    fn_base64_decode, 0 },
	{ "boolean",             1, 1,    fn_boolean, 0 },
	{ "boolean-from-string", 1, 1,    fn_boolean_from_string, 0 },
	{ "ceiling",             1, 1,    fn_math, 0 },
	{ "checklist",           2, MANY, fn_checklist, 0 },
	{ "coalesce",            2, MANY, fn_coalesce, LAZY },
	{ "concat",              0, MANY, fn_concat, 0 },
	{ "contains",            2, 2,    fn_contains, 0 },
	{ "cos",                 1, 1,    fn_math, 0 },
	{ "count",               1, 1,    fn_count, 0 },
	{ "count-non-empty",     1, 1,    fn_count_non_empty, 0 },
	{ "count-selected",      1, 1,    fn_count_selected, 0 },
	{ "current",             0, 0,    fn_current, 0 },
	{ "date",                1, 1,    fn_date, 0 },
	{ "date-time",           1, 1,    fn_date_time, 0 },
	{ "decimal-date-time",   1, 1,    fn_decimal_date_time, 0 },
	{ "decimal-time",        1, 1,    fn_decimal_time, 0 },
	{ "depend",              1, MANY, fn_depend, 0 },
	{ "digest",              2, 3,    fn_digest, 0 },
	{ "distance",            1, MANY, fn_distance, 0 },
	{ "enclosed-area",       1, MANY, fn_area, 0 },
	{ "ends-with",           2, 2,    fn_ends_with, 0 },
	{ "exp",                 1, 1,    fn_math, 0 },
	{ "exp10",               1, 1,    fn_math, 0 },
	{ "extract-signed",      2, 2,    fn_extract_signed, 0 },
	{ "false",               0, 0,    fn_false, 0 },
	{ "floor",               1, 1,    fn_math, 0 },
	{ "format-date",         2, 2,    fn_format_date, 0 },
	{ "format-date-time",    2, 2,    fn_format_date, 0 },
	{ "geofence",            2, 2,    fn_geofence, 0 },
	{ "if",                  3, 3,    fn_if, LAZY },
	{ "indexed-repeat",      3, 11,   fn_indexed_repeat, LAZY | PAIRS },
	{ "instance",            1, 1,    fn_instance, 0 },
	{ "int",                 1, 1,    fn_int, 0 },
	{ "is-selected",         2, 2,    fn_selected, 0 },
	{ "join",                1, MANY, fn_join, 0 },
	{ "jr:choice-name",      2, 2,    fn_choice_name, LAZY | PATH },
	{ "jr:itext",            1, 1,    fn_itext, 0 },
	{ "last",                0, 0,    fn_last, 0 },
	{ "local-name",          0, 1,    fn_local_name, OWN },
	{ "log",                 1, 1,    fn_math, 0 },
	{ "log10",               1, 1,    fn_math, 0 },
	{ "max",                 1, MANY, fn_max, 0 },
	{ "min",                 1, MANY, fn_min, 0 },
	{ "name",                0, 1,    fn_name, OWN },
	{ "normalize-space",     0, 1,    fn_normalize_space, OWN },
	{ "not",                 1, 1,    fn_not, 0 },
	{ "now",                 0, 0,    fn_now, 0 },
	{ "number",              1, 1,    fn_number, 0 },
	{ "once",                1, 1,    fn_once, LAZY },
	{ "pi",                  0, 0,    fn_pi, 0 },
	{ "position",            0, 1,    fn_position, OWN },
	{ "pow",                 2, 2,    fn_pow, 0 },
	{ "property",            1, 1,    fn_property, 0 },
	{ "pulldata",            4, 4,    fn_pulldata, 0 },
	{ "random",              0, 0,    fn_random, 0 },
	{ "randomize",           1, 2,    fn_randomize, 0 },
	{ "regex",               2, 2,    fn_regex, PATTERN },
	{ "round",               1, 2,    fn_round, 0 },
	{ "selected",            2, 2,    fn_selected, 0 },
	{ "selected-at",         2, 2,    fn_selected_at, 0 },
	{ "sin",                 1, 1,    fn_math, 0 },
	{ "sqrt",                1, 1,    fn_math, 0 },
	{ "starts-with",         2, 2,    fn_starts_with, 0 },
	{ "string",              0, 1,    fn_string, OWN },
	{ "string-length",       0, 1,    fn_string_length, OWN },
	{ "substr",              2, 3,    fn_substr, 0 },
	{ "substring",           2, 3,    fn_substring, 0 },
	{ "substring-after",     2, 2,    fn_substring_after, 0 },
	{ "substring-before",    2, 2,    fn_substring_before, 0 },
	{ "sum",                 1, 1,    fn_sum, 0 },
	{ "tan",                 1, 1,    fn_math, 0 },
	{ "time",                1, 1,    fn_time, 0 },
	{ "today",               0, 0,    fn_today, 0 },
	{ "translate",           3, 3,    fn_translate, 0 },
	{ "true",                0, 0,    fn_true, 0 },
	{ "uuid",                0, 1,    fn_uuid, 0 },
	{ "version",             0, 0,    fn_version, 0 },
	{ "weighted-checklist",  4, MANY, fn_weighted_checklist, PAIRS },
};
/* clang-format on */

const struct function *
function_find(const char *name)
{
	size_t low = 0, high = sizeof(functions) / sizeof(functions[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, functions[middle].name);

		if (!order)
			return &functions[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
function_takes(const struct function *f, size_t count)
{
	return count >= f->min && count <= f->max &&
	       (!(f->flags & FUNCTION_PAIRS) || (count - f->min) % 2 == 0);
}

bool
function_mistake(const struct ast *n, struct err *err)
{
	const struct function *f = n->call.function;

	if (!f)
		return err_set(
		    err, ERR_INPUT,
		    _("Column %zu: there is no function %s(); check its spelling."),
		    n->column, n->call.name);
	if (f->flags & FUNCTION_PAIRS)
		return err_set(err, ERR_INPUT,
			       _("Column %zu: %s() has %zu arguments; from %zu on they "
				 "come in pairs."),
			       n->column, f->name, n->call.count, f->min);
	if (f->max == FUNCTION_MANY)
		return err_set(
		    err, ERR_INPUT,
		    _("Column %zu: %s() needs at least %zu arguments and has %zu."),
		    n->column, f->name, f->min, n->call.count);
	if (f->min == f->max)
		return err_set(err, ERR_INPUT,
			       _("Column %zu: %s() needs %zu arguments and has %zu."),
			       n->column, f->name, f->min, n->call.count);
	return err_set(err, ERR_INPUT,
		       _("Column %zu: %s() needs %zu to %zu arguments and has %zu."),
		       n->column, f->name, f->min, f->max, n->call.count);
}

bool
call_fail(struct call *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return eval_fail(c->ev, c->ast, "%s(): %s", c->ast->call.name, text);
}

const char *
call_string(struct call *c, size_t index)
{
	return eval_to_string(c->ev, &c->args[index]);
}

double
call_number(struct call *c, size_t index)
{
	return eval_to_number(c->ev, &c->args[index]);
}

static bool
call_boolean(struct call *c, size_t index)
{
	return eval_to_boolean(c->ev, &c->args[index]);
}

bool
call_nodes(struct call *c, size_t index, const struct value **nodes)
{
	*nodes = &c->args[index];
	if ((*nodes)->type == VALUE_NODES)
		return true;
	return call_fail(c, _("argument %zu must be questions, not a value"),
			 index + 1);
}

void
call_items_start(struct call_items *it, struct call *c, size_t first)
{
	*it = (struct call_items){ .c = c, .index = first };
}

bool
call_items_next(struct call_items *it)
{
	for (; it->index < it->c->count; it->index++, it->node = 0) {
		const struct value *v = &it->c->args[it->index];

		if (v->type != VALUE_NODES) {
			it->item = *v;
			it->index++;
			return true;
		}
		if (it->node < v->node_count) {
			eval_node_value(it->c->ev, v->nodes[it->node++], &it->item);
			return true;
		}
	}
	return false;
}

static FN(fn_true)
{
	(void)c;
	*out = value_boolean(true);
	return true;
}

static FN(fn_false)
{
	(void)c;
	*out = value_boolean(false);
	return true;
}

static FN(fn_boolean)
{
	*out = value_boolean(call_boolean(c, 0));
	return true;
}

static FN(fn_boolean_from_string)
{
	const char *s = call_string(c, 0);

	*out = value_boolean(!strcmp(s, "true") || !strcmp(s, "1"));
	return true;
}

static FN(fn_not)
{
	*out = value_boolean(!call_boolean(c, 0));
	return true;
}

static FN(fn_if)
{
	bool b;

	if (!eval_boolean(c->ev, c->ast->call.args[0], &b))
		return false;
	return eval(c->ev, c->ast->call.args[b ? 1 : 2], out);
}

static FN(fn_coalesce)
{
	struct value one;

	for (size_t i = 0; i < c->count; i++) {
		if (!eval(c->ev, c->ast->call.args[i], out))
			return false;
		eval_unpack(c->ev, out, &one);
		if (one.type == VALUE_STRING
			? *one.string
			: one.type != VALUE_NUMBER || !isnan(one.number))
			break;
	}
	return true;
}

/* What the question holds already, or else the argument. */
static FN(fn_once)
{
	eval_node_value(c->ev, c->ev->node, out);
	if (*eval_to_string(c->ev, out))
		return true;
	return eval(c->ev, c->ast->call.args[0], out);
}

static FN(fn_checklist)
{
	double min = call_number(c, 0), max = call_number(c, 1), count = 0;
	struct call_items it;

	if (c->count == 3) {
		for (call_items_start(&it, c, 2); call_items_next(&it);)
			count += eval_to_boolean(c->ev, &it.item);
	} else {
		for (size_t i = 2; i < c->count; i++)
			count += call_boolean(c, i);
	}
	*out = value_boolean((min < 0 || count >= min) && (max < 0 || count <= max));
	return true;
}

static FN(fn_weighted_checklist)
{
	double min = call_number(c, 0), max = call_number(c, 1), sum = 0;
	const struct value *flags = &c->args[2], *weights = &c->args[3];
	struct value flag, weight;

	if (c->count == 4 && flags->type == VALUE_NODES &&
	    weights->type == VALUE_NODES) {
		if (flags->node_count != weights->node_count)
			return call_fail(c,
					 _("there are %zu questions and %zu weights"),
					 flags->node_count, weights->node_count);
		for (size_t i = 0; i < flags->node_count; i++) {
			eval_node_value(c->ev, flags->nodes[i], &flag);
			eval_node_value(c->ev, weights->nodes[i], &weight);
			if (eval_to_boolean(c->ev, &flag))
				sum += eval_to_number(c->ev, &weight);
		}
	} else {
		for (size_t i = 2; i < c->count; i += 2)
			if (call_boolean(c, i))
				sum += call_number(c, i + 1);
	}
	*out = value_boolean(sum >= min && sum <= max);
	return true;
}

static FN(fn_depend)
{
	*out = c->args[0];
	return true;
}

/* The question is named in quotes ('/data/x') or by a path. */
static FN(fn_choice_name)
{
	const struct ast *path = c->ast->call.args[1];
	const struct expr_context *context = c->ev->context;
	const char *value, *label;
	struct value nodes;

	if (path->kind == AST_STRING)
		path = path->string.path;
	if (!eval_string(c->ev, c->ast->call.args[0], &value))
		return false;
	*out = value_string("");
	if (!*value)
		return true;
	if (!path || !eval(c->ev, path, &nodes) || nodes.type != VALUE_NODES)
		return call_fail(c, _("the second argument must name a question"));
	if (!context->host || !context->host->choice_name)
		return call_fail(c, _("there are no choices here"));
	if (!nodes.node_count)
		return true;
	label = context->host->choice_name(context->host_data, value, nodes.nodes[0]);
	*out = value_string(label ? label : "");
	return true;
}

static FN(fn_itext)
{
	const struct expr_context *context = c->ev->context;
	const char *id = call_string(c, 0), *text;

	if (!context->host || !context->host->itext)
		return call_fail(c, _("there are no translations here"));
	text = context->host->itext(context->host_data, id);
	if (!text)
		return call_fail(c, _("there is no text named %s"), id);
	*out = value_string(text);
	return true;
}

static bool
ask_property(struct call *c, const char *name, struct value *out)
{
	const struct expr_context *context = c->ev->context;
	const char *text;

	if (!context->host || !context->host->property)
		return call_fail(c, _("there are no properties here"));
	text = context->host->property(context->host_data, name);
	*out = value_string(text ? text : "");
	return true;
}

static FN(fn_property)
{
	return ask_property(c, call_string(c, 0), out);
}

static FN(fn_version)
{
	return ask_property(c, "version", out);
}

/* uuid(n): n letters and digits that nobody can guess. */
static const char *
random_letters(struct call *c, size_t length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	char *text = arena_alloc(c->ev->arena, length + 1);

	hash_random(text, length);
	for (size_t i = 0; i < length; i++)
		text[i] = letters[(unsigned char)text[i] & 31];
	return text;
}

static FN(fn_uuid)
{
	char text[UUID_SIZE];
	double length;

	if (c->count) {
		length = call_number(c, 0);
		if (!(length >= 0 && length <= UUID_LENGTH_MAX))
			return call_fail(c, _("the length must be 0 to %d"),
					 UUID_LENGTH_MAX);
		*out = value_string(random_letters(c, (size_t)length));
		return true;
	}
	if (!c->ev->context->clock)
		return call_fail(c, _("there is no clock here"));
	uuid_new(clock_now(c->ev->context->clock), text);
	*out = value_string(arena_strdup(c->ev->arena, text));
	return true;
}
