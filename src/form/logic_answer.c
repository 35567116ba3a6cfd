/*
 * logic_answer - what was typed, as its type is written in a record
 *
 * Forgiving in what comes from a keyboard: full-width digits, the Chinese full stop
 * for a decimal point, dates in any of the usual signs. Strict in what stays.
 */
#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "list.h"
#include "mem.h"
#include "text.h"
#include "value.h"

#include <stdlib.h>
#include <string.h>

/* Digits that a number keeps exactly. */
#define DIGITS_MAX 15

/* What the types share: text is narrow and trimmed. */
struct typed {
	const struct logic *l;
	const struct def *def;
	const char *text;
	struct buf *out;
	struct err *err;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

static bool
write_integer(struct typed *t)
{
	const char *s = t->text + strspn(t->text, "+-"), *digits = s;
	bool negative = t->text[0] == '-';

	digits += strspn(digits, "0");
	if (s - t->text > 1 || !*s || s[strspn(s, "0123456789")])
		return err_set(
		    t->err, ERR_INPUT,
		    _("\"%s\" is not a whole number: type digits only, such as 12."),
		    def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	if (strlen(digits) > DIGITS_MAX)
		return err_set(t->err, ERR_INPUT,
			       _("This number is too long: at most 15 digits. Type a "
			    "shorter one."));
	if (!*digits)
		buf_char(t->out, '0');
	else
		buf_fmt(t->out, "%s%s", negative ? "-" : "", digits);
	return true;
}

static bool
is_decimal(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-' || *s == '+';
	whole = strspn(s, "0123456789");
	s += whole;
	if (*s == '.') {
		part = strspn(s + 1, "0123456789");
		s += 1 + part;
	}
	return !*s && whole + part > 0 && whole <= DIGITS_MAX && part <= DIGITS_MAX;
}

static bool
write_decimal(struct typed *t)
{
	char number[VALUE_NUMBER_SIZE];

	if (!is_decimal(t->text))
		return err_set(t->err, ERR_INPUT,
			       _("\"%s\" is not a number: type digits, with a point "
				 "for parts, such as "
				 "12.5."),
			       def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	value_format_number(value_parse_number(t->text + (*t->text == '+')), number);
	buf_str(t->out, number);
	return true;
}

/* ---- days and times ---- */

/* A run of digits; false when there is none or it is longer than most. */
static bool
take_digits(const char **s, size_t most, int *out)
{
	size_t n = strspn(*s, "0123456789");

	if (!n || n > most)
		return false;
	*out = 0;
	for (; n; n--)
		*out = *out * 10 + *(*s)++ - '0';
	return true;
}

static bool
take_sign(const char **s, const char *const signs[])
{
	for (; *signs; signs++)
		if (!strncmp(*s, *signs, strlen(*signs))) {
			*s += strlen(*signs);
			return true;
		}
	return false;
}

/* "2026-11-5", "2026/11/05", "2026.11.5", "2026年11月5日", "20261105". */
static bool
take_day(const char **s, int *year, int *month, int *day)
{
	static const char *const after_year[] = { "-", "/", ".", "年", NULL };
	static const char *const after_month[] = { "-", "/", ".", "月", NULL };
	static const char *const after_day[] = { "日", "号", NULL };
	int all = 0;

	if (strspn(*s, "0123456789") == 8) {
		take_digits(s, 8, &all);
		*year = all / 10000;
		*month = all / 100 % 100;
		*day = all % 100;
		return true;
	}
	if (strspn(*s, "0123456789") != 4 || !take_digits(s, 4, year) ||
	    !take_sign(s, after_year) || !take_digits(s, 2, month) ||
	    !take_sign(s, after_month) || !take_digits(s, 2, day))
		return false;
	take_sign(s, after_day);
	return true;
}

static bool
is_day(int year, int month, int day)
{
	return year >= 1000 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= clock_days_in_month(year, month);
}

static bool
write_date(struct typed *t)
{
	const char *s = t->text;
	int year = 0, month = 0, day = 0, offset;
	int64_t ms;

	if (!take_day(&s, &year, &month, &day) ||
	    (*s && !(*s == 'T' && clock_parse(t->text, &ms, &offset))))
		return err_set(t->err, ERR_INPUT,
			       _("\"%s\" is not a date: type it like 2026-11-05."),
			       def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	if (!is_day(year, month, day))
		return err_set(
		    t->err, ERR_INPUT,
		    _("There is no such day as %s: check the month and the day."),
		    def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	buf_fmt(t->out, "%04d-%02d-%02d", year, month, day);
	return true;
}

/* ":30.250+08:00" or what of it there is, as it stands. */
static bool
is_time_tail(const char *s)
{
	int seconds, hours, minutes;

	if (*s == ':') {
		s++;
		if (!take_digits(&s, 2, &seconds) || seconds > 59)
			return false;
		if (*s == '.') {
			s += 1 + strspn(s + 1, "0123456789");
			if (!is_digit(s[-1]))
				return false;
		}
	}
	if (*s == 'Z')
		return !s[1];
	if (*s != '+' && *s != '-')
		return !*s;
	s++;
	return take_digits(&s, 2, &hours) &&
	       take_sign(&s, (const char *const[]){ ":", NULL }) &&
	       take_digits(&s, 2, &minutes) && hours <= 14 && minutes <= 59 && !*s;
}

/* "9:5", "905", "0905", "09:05:30.000+08:00": hour and minute, then the rest. */
static bool
take_time(const char **s, int *hour, int *minute)
{
	static const char *const after_hour[] = { ":", "时", "点", NULL };
	static const char *const after_minute[] = { "分", NULL };
	size_t n = strspn(*s, "0123456789");
	int all = 0;

	if (n == 3 || n == 4) {
		take_digits(s, 4, &all);
		*hour = all / 100;
		*minute = all % 100;
		return *hour <= 23 && *minute <= 59;
	}
	*minute = 0;
	if (!take_digits(s, 2, hour))
		return false;
	if (take_sign(s, after_hour) && is_digit(**s) && !take_digits(s, 2, minute))
		return false;
	take_sign(s, after_minute);
	return *hour <= 23 && *minute <= 59;
}

static bool
write_time(struct typed *t)
{
	const char *s = t->text;
	int hour, minute;

	if (!take_time(&s, &hour, &minute) || !is_time_tail(s))
		return err_set(t->err, ERR_INPUT,
			       _("\"%s\" is not a time of day: type it like 09:05."),
			       def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	buf_fmt(t->out, "%02d:%02d%s", hour, minute, s);
	return true;
}

/* RFC 3339 stays as it is; without an offset it is the clock's. */
static bool
write_datetime(struct typed *t)
{
	const struct clock *clock = t->l->world.clock;
	const char *s = t->text;
	int year = 0, month = 0, day = 0, hour = 0, minute = 0, offset;
	char stamp[CLOCK_STAMP_SIZE];
	int64_t ms;

	if (clock_parse(t->text, &ms, &offset)) {
		buf_str(t->out, t->text);
		return true;
	}
	if (!take_day(&s, &year, &month, &day) || (*s && *s != 'T' && *s != ' ') ||
	    !is_day(year, month, day) ||
	    (*s && (s++, !take_time(&s, &hour, &minute) || *s)))
		return err_set(
		    t->err, ERR_INPUT,
		    _("\"%s\" is not a date and time: type it like 2026-11-05 09:05."),
		    def_quote(t->def, t->text, (char[TEXT_BRIEF]){ 0 }));
	ms = ((clock_day_from_civil(year, month, day) * 24 + hour) * 60 + minute) *
	     60000;
	ms -= clock_offset(clock, ms) * INT64_C(60000);
	clock_stamp(clock, ms, stamp);
	buf_str(t->out, stamp);
	return true;
}

/* ---- choices ---- */

static bool
no_choice(struct typed *t, const char *name)
{
	return err_set(t->err, ERR_INPUT,
		       _("\"%s\" is not among the choices: choose one of the list."),
		       def_quote(t->def, name, (char[TEXT_BRIEF]){ 0 }));
}

static bool
write_one(struct typed *t)
{
	const struct itemset *set = t->def->itemset;

	if (set && !set->nodeset && set->value_column != LIST_NONE &&
	    list_find(set->list, set->value_column, t->text) == LIST_NONE)
		return no_choice(t, t->text);
	buf_str(t->out, t->text);
	return true;
}

/* Each name once, in the order in which they were given. */
static bool
write_many(struct typed *t)
{
	const struct itemset *set = t->def->itemset;
	struct arena *names = arena_new();
	const char *at = t->text, *name;
	size_t *rows = NULL, count = 0, cap = 0;
	bool ok = true, known = set && !set->nodeset && set->value_column != LIST_NONE;

	while (ok && (name = choices_next(t->def, names, &at))) {
		size_t row =
		    known ? list_find(set->list, set->value_column, name) : count;
		bool twice = false;

		for (size_t i = 0; i < count; i++)
			twice = twice || rows[i] == row;
		if (twice)
			continue;
		if (row == LIST_NONE)
			ok = no_choice(t, name);
		else
			buf_fmt(t->out, "%s%s", count ? " " : "", name);
		rows = mem_grow(rows, &cap, count + 1, sizeof(rows[0]));
		rows[count++] = row;
	}
	free(rows);
	arena_free(names);
	return ok;
}

/* ---- all of them ---- */

/* Rewritten at every occurrence, in place: the replacement is not longer. */
static void
replace_all(char *text, const char *what, const char *with)
{
	size_t from = strlen(what), to = strlen(with);

	for (char *p = text; (p = strstr(p, what)); p += to) {
		memcpy(p, with, to);
		memmove(p + to, p + from, strlen(p + from) + 1);
	}
}

/* Narrow, trimmed: what numbers, days, times and codes are typed in. */
static char *
narrow(const char *text)
{
	struct buf b = { 0 };
	char *out;

	text_narrow(text, strlen(text), &b);
	out = buf_take(&b);
	replace_all(out, "。", ".");
	replace_all(out, "−", "-");
	text_trim(out);
	return out;
}

static bool
write_text(const char *text, struct buf *out)
{
	struct buf plain = { 0 }, b = { 0 };
	char *trimmed;

	text_plain(text, strlen(text), &plain);
	text_nfc(buf_text(&plain), plain.len, &b);
	buf_clear(&plain);
	trimmed = buf_take(&b);
	text_trim(trimmed);
	buf_str(out, trimmed);
	free(trimmed);
	return true;
}

static bool
write_typed(struct typed *t)
{
	switch (t->def->question->answer) {
	case ANSWER_INTEGER:
		return write_integer(t);
	case ANSWER_DECIMAL:
		return write_decimal(t);
	case ANSWER_DATE:
		return write_date(t);
	case ANSWER_TIME:
		return write_time(t);
	case ANSWER_DATETIME:
		return write_datetime(t);
	case ANSWER_ONE:
		return write_one(t);
	case ANSWER_MANY:
		return write_many(t);
	case ANSWER_NONE:
	case ANSWER_STRING:
		break;
	}
	return false;
}

bool
answer_canonical(const struct logic *l, const struct def *def, const char *text,
		 struct buf *out, struct err *err)
{
	struct typed t = { .l = l, .def = def, .out = out, .err = err };
	enum answer_type type = def->question->answer;
	size_t before = out->len;
	char *owned;
	bool ok = true;

	if (type == ANSWER_STRING)
		return write_text(text, out);
	owned = narrow(text);
	t.text = owned;
	if (!*owned)
		ok = true;
	else if (type == ANSWER_NONE)
		ok = err_set(err, ERR_INPUT, _("There is nothing to answer here. Go on to the next "
		    "question."));
	else
		ok = write_typed(&t);
	free(owned);
	if (!ok)
		buf_truncate(out, before);
	return ok;
}
