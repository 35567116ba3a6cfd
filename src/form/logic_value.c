/*
 * logic_value - how a computed value is written, and what a question begins with
 */
#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "form.h"
#include "instance.h"

#include <math.h>
#include <string.h>

#define DAY_MS   86400000.0
#define DAYS_MAX 3000000.0 /* that can be written with a year of four digits */

/* As JavaRosa: NaN is no answer, what is whole but for a hair is an integer. A date
 * may be computed as a number of days: today() + 1. */
static const char *
number_text(struct logic *l, enum answer_type type, double n)
{
	char text[VALUE_NUMBER_SIZE];

	if (isnan(n))
		return "";
	if (type == ANSWER_DATE && fabs(n) < DAYS_MAX) {
		clock_format_day((int64_t)floor(n), text);
		return arena_strdup(l->arena, text);
	}
	if (type == ANSWER_INTEGER)
		n = trunc(n);
	else if (fabs(n) < 2147483647 && fabs(n - rint(n)) < 1e-9)
		n = rint(n);
	value_format_number(n, text);
	return arena_strdup(l->arena, text);
}

/* As JavaRosa: a day that is no date's answer is written as the moment it begins. */
static const char *
moment_text(struct logic *l, enum answer_type type, const struct value *v)
{
	const struct clock *clock = l->world.clock;
	double days = v->number;
	int offset = clock_offset(clock, (int64_t)(days * DAY_MS));
	char text[CLOCK_STAMP_SIZE];

	if (v->type == VALUE_DATETIME && type == ANSWER_DATE) {
		clock_format_day((int64_t)floor(days + offset / 1440.0), text);
		return arena_strdup(l->arena, text);
	}
	if (v->type == VALUE_DATE && type != ANSWER_DATE) {
		int64_t ms = (int64_t)days * (int64_t)DAY_MS;

		clock_stamp(clock, ms - clock_offset(clock, ms) * INT64_C(60000), text);
		return arena_strdup(l->arena, text);
	}
	return value_to_string(v, offset, l->arena);
}

const char *
logic_typed_text(struct logic *l, const struct def *def, const char *text)
{
	struct buf out = { 0 };
	enum answer_type type = def->question->answer;

	if (*text && type != ANSWER_STRING && type != ANSWER_NONE &&
	    answer_canonical(l, def, text, &out, NULL))
		text = arena_strdup(l->arena, buf_text(&out));
	buf_clear(&out);
	return text;
}

/* Any text is true, as in JavaRosa, but for what says otherwise. */
static const char *
truth_text(const struct value *v)
{
	if (v->type == VALUE_STRING && !*v->string)
		return "";
	if (v->type == VALUE_STRING &&
	    (!strcmp(v->string, "0") || !strcmp(v->string, "false")))
		return "0";
	return value_to_boolean(v) ? "1" : "0";
}

const char *
logic_value_text(struct logic *l, const struct def *def, const struct value *v)
{
	if (def->flags & DEF_TRUTH)
		return truth_text(v);
	switch (v->type) {
	case VALUE_STRING:
		return logic_typed_text(l, def, v->string);
	case VALUE_NUMBER:
		return number_text(l, def->question->answer, v->number);
	case VALUE_BOOLEAN:
		return v->boolean ? "1" : "0";
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		return moment_text(l, def->question->answer, v);
	case VALUE_NODES: /* an empty set: the value of others was taken already */
		break;
	}
	return "";
}

/* ---- defaults ---- */

static const char *
metadata(struct logic *l, enum question_kind kind, char stamp[CLOCK_STAMP_SIZE])
{
	const struct logic_world *w = &l->world;

	switch ((int)kind) {
	case QUESTION_START:
		clock_stamp(w->clock, clock_now(w->clock), stamp);
		return stamp;
	case QUESTION_TODAY:
		clock_format_day(clock_today(w->clock), stamp);
		return stamp;
	case QUESTION_DEVICEID:
		return w->device;
	case QUESTION_USERNAME:
		return w->user;
	case QUESTION_PHONENUMBER:
		return w->phone;
	case QUESTION_EMAIL:
		return w->email;
	default:
		return NULL;
	}
}

static void
default_of(struct logic *l, struct node *node, bool statics)
{
	const struct def *def = node->def;
	char stamp[CLOCK_STAMP_SIZE];
	const char *text;

	if (def->kind != DEF_QUESTION)
		return;
	text = metadata(l, def->question->kind, stamp);
	if (text)
		compute_set(l, node, text);
	else if (statics && def->default_value)
		compute_set(l, node, logic_typed_text(l, def, def->default_value));
	if (def->default_expr &&
	    !(l->world.ignore_last_saved && (def->flags & DEF_DEFAULT_LAST_SAVED)))
		actions_default(l, node);
}

void
compute_defaults(struct logic *l, struct node *top, bool statics)
{
	for (struct node *n = top; n; n = compute_next(top, n))
		default_of(l, n, statics);
}
