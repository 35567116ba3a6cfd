/* Dates and times. */
#include "functions.h"

#include "arena.h"
#include "clock.h"
#include "dates.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DAY_MS 86400000.0

/* Days that can still be written as a date. */
#define DAYS_MAX 2147483647.0

static const struct clock *
clock_of(struct call *c)
{
	return c->ev->context->clock;
}

static struct value
moment_value(double days)
{
	return (struct value){ .type = VALUE_DATETIME, .number = days };
}

FN(fn_today)
{
	if (!clock_of(c))
		return call_fail(c, _("there is no clock here"));
	*out = value_date(clock_today(clock_of(c)));
	return true;
}

FN(fn_now)
{
	if (!clock_of(c))
		return call_fail(c, _("there is no clock here"));
	*out = moment_value((double)clock_now(clock_of(c)) / DAY_MS);
	return true;
}

static bool
in_range(struct call *c, double days)
{
	if (fabs(days) <= DAYS_MAX)
		return true;
	return call_fail(c, _("the number is too large for a date"));
}

static bool
no_date(struct call *c, const char *text)
{
	return call_fail(c, _("\"%s\" is no date"), text);
}

/*
 * The argument as a date or a moment; an empty text and NaN stay what they are, as in
 * JavaRosa. False and err for anything else that is none.
 */
static bool
read_date(struct call *c, struct value *out, struct moment *m)
{
	eval_unpack(c->ev, &c->args[0], out);
	switch (out->type) {
	case VALUE_STRING:
		if (!*out->string)
			return true;
		if (!moment_parse(out->string, m))
			return no_date(c, out->string);
		if (m->has_time)
			*out = moment_value((double)moment_ms(m, clock_of(c)) / DAY_MS);
		else
			*out = value_date(m->day);
		return true;
	case VALUE_NUMBER:
		return isnan(out->number) || in_range(c, out->number);
	case VALUE_BOOLEAN:
		return no_date(c, out->boolean ? "true" : "false");
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		return true;
	case VALUE_NODES:
		break;
	}
	return no_date(c, "");
}

/* A text with a time keeps the day that it names, wherever it was written. */
FN(fn_date)
{
	struct moment m = { 0 };

	if (!read_date(c, out, &m))
		return false;
	if (m.has_time)
		*out = value_date(m.day);
	else if (out->type == VALUE_NUMBER && !isnan(out->number))
		*out = value_date((int64_t)trunc(out->number));
	else if (out->type == VALUE_DATETIME)
		*out = value_date(dates_local_day(out->number, clock_of(c), NULL));
	else if (out->type == VALUE_TIME)
		*out = value_date(0);
	return true;
}

FN(fn_date_time)
{
	struct moment m = { 0 };

	if (!read_date(c, out, &m))
		return false;
	if (out->type == VALUE_NUMBER && !isnan(out->number))
		*out = moment_value(out->number);
	else if (out->type == VALUE_DATE)
		*out = moment_value(dates_midnight((int64_t)out->number, clock_of(c)));
	else if (out->type == VALUE_TIME)
		*out = moment_value(dates_midnight(0, clock_of(c)) + out->number);
	return true;
}

FN(fn_decimal_date_time)
{
	struct moment m = { 0 };

	if (!read_date(c, out, &m))
		return false;
	if (out->type == VALUE_DATE)
		*out = value_number(dates_midnight((int64_t)out->number, clock_of(c)));
	else if (out->type != VALUE_STRING)
		*out = value_number(out->number);
	return true;
}

/* The fraction of the day, here. NaN for what is no time: a constraint that says
 * decimal-time(.) > … is then simply not met. */
static double
day_fraction(struct call *c, const struct value *v)
{
	const struct clock *clock = clock_of(c);
	struct moment m;
	int64_t ms;

	switch (v->type) {
	case VALUE_STRING:
		if (moment_parse(v->string, &m) && m.has_time) {
			dates_local_day((double)moment_ms(&m, clock) / DAY_MS, clock,
					&ms);
			return (double)ms / DAY_MS;
		}
		if (moment_parse(v->string, &m))
			return 0;
		if (!moment_parse_time(v->string, &m))
			return NAN;
		ms = m.ms;
		if (m.has_zone)
			ms += (dates_offset(clock, clock ? clock_now(clock) : 0) -
			       m.offset_minutes) *
			      INT64_C(60000);
		return (double)ms / DAY_MS - floor((double)ms / DAY_MS);
	case VALUE_DATETIME:
		dates_local_day(v->number, clock, &ms);
		return (double)ms / DAY_MS;
	case VALUE_NUMBER:
	case VALUE_DATE:
	case VALUE_TIME:
		return v->number - floor(v->number);
	case VALUE_BOOLEAN:
	case VALUE_NODES:
		break;
	}
	return NAN;
}

FN(fn_decimal_time)
{
	struct value v;

	eval_unpack(c->ev, &c->args[0], &v);
	*out = v.type == VALUE_STRING && !*v.string ? v
						    : value_number(day_fraction(c, &v));
	return true;
}

/* The time of day as a value of its own. */
FN(fn_time)
{
	struct value v;

	eval_unpack(c->ev, &c->args[0], &v);
	if (v.type == VALUE_STRING && !*v.string) {
		*out = v;
		return true;
	}
	*out = (struct value){ .type = VALUE_TIME, .number = day_fraction(c, &v) };
	if (isnan(out->number))
		return call_fail(c, _("\"%s\" is no time"), call_string(c, 0));
	return true;
}

static bool
speaks_chinese(struct call *c)
{
	const struct expr_context *context = c->ev->context;

	return context->host && context->host->language &&
	       !strncmp(context->host->language(context->host_data), "zh", 2);
}

FN(fn_format_date)
{
	const char *pattern = call_string(c, 1), *text;
	struct moment m = { 0 };
	struct value v;
	int64_t day, ms = 0;
	char bad = 0, shown[3] = "%";

	if (!read_date(c, &v, &m))
		return false;
	*out = value_string("");
	if (v.type == VALUE_STRING || (v.type == VALUE_NUMBER && isnan(v.number)))
		return true;
	if (v.type == VALUE_DATE) {
		day = (int64_t)v.number;
	} else if (v.type == VALUE_TIME) {
		day = 0;
		ms = (int64_t)round(v.number * DAY_MS);
	} else {
		day = dates_local_day(v.number, clock_of(c), &ms);
	}
	text = dates_print(day, ms, pattern, speaks_chinese(c), c->ev->arena, &bad);
	if (!text) {
		shown[1] = bad;
		return call_fail(c, _("%s in the pattern means nothing"), shown);
	}
	*out = value_string(text);
	return true;
}
