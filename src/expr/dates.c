#include "dates.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS    INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define YEAR_MAX  9999

struct name {
	const char *brief, *full;
};

/* clang-format off */
static const struct name months[] = {
	{ "Jan", "January" },
	{ "Feb", "February" },
	{ "Mar", "March" },
	{ "Apr", "April" },
	{ "May", "May" },
	{ "Jun", "June" },
	{ "Jul", "July" },
	{ "Aug", "August" },
	{ "Sep", "September" },
	{ "Oct", "October" },
	{ "Nov", "November" },
	{ "Dec", "December" },
};
/* clang-format on */

/* English, then Chinese. */
static const struct name weekdays[2][7] = {
	{
	    { "Sun", "Sunday" },
	    { "Mon", "Monday" },
	    { "Tue", "Tuesday" },
	    { "Wed", "Wednesday" },
	    { "Thu", "Thursday" },
	    { "Fri", "Friday" },
	    { "Sat", "Saturday" },
	},
	{
	    { "周日", "星期日" },
	    { "周一", "星期一" },
	    { "周二", "星期二" },
	    { "周三", "星期三" },
	    { "周四", "星期四" },
	    { "周五", "星期五" },
	    { "周六", "星期六" },
	},
};

/* Reads between min and max digits; false when there are fewer. */
static bool
read_digits(const char **s, int min, int max, int *out)
{
	int n = 0, value = 0;

	while (n < max && **s >= '0' && **s <= '9') {
		value = value * 10 + (**s - '0');
		(*s)++;
		n++;
	}
	*out = value;
	return n >= min;
}

static bool
read_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool
read_day(const char **s, bool strict, int64_t *day)
{
	int year, month, mday;

	if (!read_digits(s, strict ? 4 : 1, 4, &year) || !read_char(s, '-') ||
	    !read_digits(s, strict ? 2 : 1, 2, &month) || !read_char(s, '-') ||
	    !read_digits(s, strict ? 2 : 1, 2, &mday))
		return false;
	if (month < 1 || month > 12 || mday < 1 ||
	    mday > clock_days_in_month(year, month))
		return false;
	*day = clock_day_from_civil(year, month, mday);
	return true;
}

static bool
read_zone(const char **s, struct moment *m)
{
	int hours, minutes = 0, sign = **s == '-' ? -1 : 1;

	if (read_char(s, 'Z') || read_char(s, 'z')) {
		m->has_zone = true;
		return true;
	}
	if (**s != '+' && **s != '-')
		return true;
	(*s)++;
	if (!read_digits(s, 1, 2, &hours))
		return false;
	if ((read_char(s, ':') || (**s >= '0' && **s <= '9')) &&
	    !read_digits(s, 2, 2, &minutes))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	m->has_zone = true;
	m->offset_minutes = sign * (hours * 60 + minutes);
	return true;
}

static bool
read_time(const char **s, struct moment *m)
{
	int hour, minute, second = 0;
	double fraction = 0, unit = 1;

	if (!read_digits(s, 1, 2, &hour) || !read_char(s, ':') ||
	    !read_digits(s, 1, 2, &minute))
		return false;
	if (read_char(s, ':')) {
		if (!read_digits(s, 1, 2, &second))
			return false;
		if (read_char(s, '.') || read_char(s, ','))
			for (; **s >= '0' && **s <= '9'; (*s)++)
				fraction += (unit /= 10) * (**s - '0');
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	m->has_time = true;
	m->ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) +
		(int64_t)(fraction * 1000 + 1e-6);
	return read_zone(s, m);
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t\r\n");
}

static bool
parse(const char *text, bool strict, struct moment *m)
{
	const char *s = skip_blanks(text);

	*m = (struct moment){ 0 };
	if (!read_day(&s, strict, &m->day))
		return false;
	if (read_char(&s, 'T') && !read_time(&s, m))
		return false;
	return !*skip_blanks(s);
}

bool
moment_parse(const char *text, struct moment *out)
{
	return parse(text, false, out);
}

bool
moment_parse_iso(const char *text, struct moment *out)
{
	return parse(text, true, out);
}

bool
moment_parse_time(const char *text, struct moment *out)
{
	const char *s = skip_blanks(text);

	*out = (struct moment){ 0 };
	return read_time(&s, out) && !*skip_blanks(s);
}

int
dates_offset(const struct clock *clock, int64_t ms)
{
	return clock ? clock_offset(clock, ms) : 0;
}

int64_t
moment_ms(const struct moment *m, const struct clock *clock)
{
	int64_t ms = m->day * DAY_MS + m->ms;

	if (m->has_zone)
		return ms - m->offset_minutes * MINUTE_MS;
	/* The zone's offset at a local time: right but for the hour in which summer
	 * time begins or ends. */
	ms -= dates_offset(clock, ms) * MINUTE_MS;
	return m->day * DAY_MS + m->ms - dates_offset(clock, ms) * MINUTE_MS;
}

int64_t
dates_local_day(double d, const struct clock *clock, int64_t *ms_of_day)
{
	int64_t ms = (int64_t)round(d * (double)DAY_MS), day;

	ms += dates_offset(clock, ms) * MINUTE_MS;
	day = ms / DAY_MS - (ms % DAY_MS < 0);
	if (ms_of_day)
		*ms_of_day = ms - day * DAY_MS;
	return day;
}

double
dates_midnight(int64_t day, const struct clock *clock)
{
	struct moment m = { .day = day };

	return (double)moment_ms(&m, clock) / (double)DAY_MS;
}

static void
format_time(int64_t ms, char *out, size_t size)
{
	int minute = (int)(ms / MINUTE_MS), second = (int)(ms / 1000 % 60),
	    rest = (int)(ms % 1000);

	if (rest)
		snprintf(out, size, "%02d:%02d:%02d.%03d", minute / 60, minute % 60,
			 second, rest);
	else if (second)
		snprintf(out, size, "%02d:%02d:%02d", minute / 60, minute % 60, second);
	else
		snprintf(out, size, "%02d:%02d", minute / 60, minute % 60);
}

void
dates_format(const struct value *v, int offset, char out[DATES_SIZE])
{
	int64_t ms = (int64_t)round(v->number * (double)DAY_MS), year, day;
	int month, mday, minute;

	if (v->type == VALUE_TIME) {
		format_time((ms % DAY_MS + DAY_MS) % DAY_MS, out, DATES_SIZE);
		return;
	}
	if (v->type == VALUE_DATETIME)
		ms += offset * MINUTE_MS;
	day = ms / DAY_MS - (ms % DAY_MS < 0);
	ms -= day * DAY_MS;
	clock_civil_from_day(day, &year, &month, &mday);
	if (v->type == VALUE_DATE) {
		snprintf(out, DATES_SIZE, "%04lld-%02d-%02d", (long long)year, month,
			 mday);
		return;
	}
	minute = (int)(ms / MINUTE_MS);
	snprintf(out, DATES_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d",
		 (long long)year, month, mday, minute / 60, minute % 60,
		 (int)(ms / 1000 % 60), (int)(ms % 1000), offset < 0 ? '-' : '+',
		 (offset < 0 ? -offset : offset) / 60,
		 (offset < 0 ? -offset : offset) % 60);
}

struct fields {
	int64_t day, year;
	int month, mday, weekday;
	int hour, minute, second, ms;
	bool chinese;
};

/* ISO 8601's week of the year: the one that holds the week's Thursday. */
static int
week_of(const struct fields *f)
{
	int64_t thursday = f->day - (f->weekday + 6) % 7 + 3, year;
	int month, mday;

	clock_civil_from_day(thursday, &year, &month, &mday);
	return (int)((thursday - clock_day_from_civil(year, 1, 1)) / 7) + 1;
}

/* %a %A %b %B: capitals are for whole names. */
static void
print_name(struct buf *out, const struct fields *f, char letter)
{
	const struct name *name = &months[f->month - 1];
	bool full = letter == 'A' || letter == 'B';

	if (letter == 'a' || letter == 'A')
		name = &weekdays[f->chinese][f->weekday];
	else if (f->chinese)
		buf_fmt(out, "%d月", f->month);
	if (letter == 'a' || letter == 'A' || !f->chinese)
		buf_str(out, full ? name->full : name->brief);
}

static bool
print_letter(struct buf *out, const struct fields *f, char letter)
{
	switch (letter) {
	case '%':
		buf_char(out, '%');
		return true;
	case 'Y':
		buf_fmt(out, "%04lld", (long long)f->year);
		return true;
	case 'y':
		buf_fmt(out, "%02d", (int)(f->year % 100));
		return true;
	case 'm':
		buf_fmt(out, "%02d", f->month);
		return true;
	case 'n':
		buf_fmt(out, "%d", f->month);
		return true;
	case 'd':
		buf_fmt(out, "%02d", f->mday);
		return true;
	case 'e':
		buf_fmt(out, "%d", f->mday);
		return true;
	case 'H':
		buf_fmt(out, "%02d", f->hour);
		return true;
	case 'h':
		buf_fmt(out, "%d", f->hour);
		return true;
	case 'M':
		buf_fmt(out, "%02d", f->minute);
		return true;
	case 'S':
		buf_fmt(out, "%02d", f->second);
		return true;
	case '3':
		buf_fmt(out, "%03d", f->ms);
		return true;
	case 'W':
		buf_fmt(out, "%d", week_of(f));
		return true;
	case 'a':
	case 'A':
	case 'b':
	case 'B':
		print_name(out, f, letter);
		return true;
	default:
		return false;
	}
}

const char *
dates_print(int64_t day, int64_t ms, const char *pattern, bool chinese, struct arena *a,
	    char *bad)
{
	struct fields f = { .day = day,
			    .chinese = chinese,
			    .hour = (int)(ms / 3600000),
			    .minute = (int)(ms / MINUTE_MS % 60),
			    .second = (int)(ms / 1000 % 60),
			    .ms = (int)(ms % 1000),
			    .weekday = (int)(((day + 4) % 7 + 7) % 7) };
	struct buf out = { 0 };
	const char *text = NULL;

	clock_civil_from_day(day, &f.year, &f.month, &f.mday);
	for (const char *p = pattern; *p; p++) {
		if (*p != '%') {
			buf_char(&out, *p);
		} else if (!*++p || !print_letter(&out, &f, *p)) {
			*bad = *p;
			goto out;
		}
	}
	text = arena_strdup(a, buf_text(&out));
out:
	buf_clear(&out);
	return text;
}
