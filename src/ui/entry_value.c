/*
 * entry_value - what was typed into a field, as its question's answer
 *
 * Days and times may be typed short (dates.h); the rest is logic.h's to make canonical.
 */
#include "entry_private.h"

#include "clock.h"
#include "dates.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "text.h"
#include "value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)

static int
now_minutes(const struct entry *e)
{
	int64_t now = clock_now(e->clock);
	int64_t minutes = now / MINUTE_MS + clock_offset(e->clock, now);

	return (int)(((minutes % 1440) + 1440) % 1440);
}

/* --- as it is typed --- */

void
entry_field_text(const struct entry *e, const struct node *node, struct buf *out)
{
	int64_t ms, minutes;
	int offset;
	char day[16], time[8];

	if (node->def->question->kind != QUESTION_DATETIME ||
	    !clock_parse(node->text, &ms, &offset)) {
		buf_str(out, node->text);
		return;
	}
	minutes = ms / MINUTE_MS + clock_offset(e->clock, ms);
	clock_format_day(minutes / 1440, day);
	dates_write_time((int)(minutes % 1440), time);
	buf_fmt(out, "%s %s", day, time);
}

/* --- reading --- */

static bool
read_day(struct entry *e, const struct node *node, const char *typed, struct buf *answer,
    struct err *err)
{
	int64_t day;
	char text[16];

	if (!dates_read_day(typed, clock_today(e->clock), &day))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no day. Type 5, 1105 or 2026-11-05, or choose with F4."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
	clock_format_day(day, text);
	buf_str(answer, text);
	return true;
}

static bool
read_time(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	int minutes;
	char text[8];

	if (!dates_read_time(typed, now_minutes(e), &minutes))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no time of day. Type 9, 905 or 09:05; a point is now."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
	dates_write_time(minutes, text);
	buf_str(answer, text);
	return true;
}

static bool
read_moment(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	int64_t day, ms;
	int minutes;
	char stamp[CLOCK_STAMP_SIZE];

	if (!dates_read_moment(
		typed, clock_today(e->clock), now_minutes(e), &day, &minutes))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no day and time. Type 5 905 or 2026-11-05 09:05."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
	ms = (day * 1440 + minutes) * MINUTE_MS;
	ms -= clock_offset(e->clock, ms) * MINUTE_MS;
	clock_stamp(e->clock, ms, stamp);
	buf_str(answer, stamp);
	return true;
}

struct bounds {
	double start, end, step;
};

/* XLSForm's own defaults: 1 to 10 in steps of 1. */
static struct bounds
bounds_of(const struct def *def)
{
	const char *const names[] = { "start", "end", "step" };
	double values[] = { 1, 10, 1 };

	for (size_t i = 0; i < 3; i++) {
		const char *text = def->parameters ? form_pair(def->parameters, names[i])
						   : NULL;
		double v = text ? value_parse_number(text) : NAN;

		if (!isnan(v))
			values[i] = v;
	}
	return (struct bounds){ values[0], values[1], values[2] };
}

static bool
read_range(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	struct bounds b = bounds_of(node->def);
	double low = fmin(b.start, b.end), high = fmax(b.start, b.end), v, steps;
	struct buf narrow = { 0 };

	(void)e;
	text_narrow(typed, strlen(typed), &narrow);
	v = value_parse_number(buf_text(&narrow));
	buf_clear(&narrow);
	if (isnan(v) || v < low || v > high)
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is not between %g and %g. Type a number of that range."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }),
		    low, high);
	steps = b.step > 0 ? (v - b.start) / b.step : 0;
	if (fabs(steps - round(steps)) > 1e-6)
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is between two steps: from %g on in steps of %g. "
		    "Type one of these."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }),
		    b.start, b.step);
	buf_str(answer, typed);
	return true;
}

static bool
read_plain(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	(void)node;
	(void)e;
	(void)err;
	buf_str(answer, typed);
	return true;
}

static bool (*const readers[QUESTION_KINDS])(struct entry *e, const struct node *node,
    const char *typed, struct buf *answer, struct err *err) = {
	[QUESTION_DATE] = read_day,
	[QUESTION_TIME] = read_time,
	[QUESTION_DATETIME] = read_moment,
	[QUESTION_RANGE] = read_range,
};

bool
entry_value_read(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	if (!*typed)
		return true;
	if (readers[node->def->question->kind])
		return readers[node->def->question->kind](e, node, typed, answer, err);
	return read_plain(e, node, typed, answer, err);
}

/* --- what may be typed --- */

bool
entry_value_accepts(const struct def *def, const struct key *key)
{
	enum question_kind kind = def->question->kind;
	struct buf narrow = { 0 };
	const char *also;
	bool good;

	if (kind == QUESTION_INTEGER)
		also = "-+";
	else if (kind == QUESTION_DECIMAL || kind == QUESTION_RANGE)
		also = "-+.";
	else
		return true;
	text_narrow(key->text, key->len, &narrow);
	good = narrow.len == 1 &&
	    ((*narrow.data >= '0' && *narrow.data <= '9') || strchr(also, *narrow.data));
	/* The full stop of Chinese input methods. */
	good = good || (strchr(also, '.') && strcmp(buf_text(&narrow), "。") == 0);
	buf_clear(&narrow);
	return good;
}

void
entry_value_hint(struct entry *e, const struct node *node, struct buf *out)
{
	struct bounds b;

	(void)e;
	if (node->def->question->kind != QUESTION_RANGE)
		return;
	b = bounds_of(node->def);
	buf_fmt(out, _("%g to %g in steps of %g"), b.start, b.end, b.step);
}
