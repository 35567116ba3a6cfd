#include "clock.h"

#include "err.h"
#include "i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    INT64_C(86400000)

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool
clock_init(struct clock *c, struct err *err)
{
	const char *now = getenv("MINQING_NOW");

	*c = (struct clock){ 0 };
	if (!now || !*now)
		return true;
	if (!clock_stop_at(c, now, err))
		return err_within(err, "MINQING_NOW");
	return true;
}

bool
clock_stop_at(struct clock *c, const char *stamp, struct err *err)
{
	*c = (struct clock){ .fixed = true };
	if (!clock_parse(stamp, &c->ms, &c->offset_minutes))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is not a time with its zone; write it like "
		      "2026-11-02T09:30:00+08:00"),
		    stamp);
	return true;
}

int64_t
clock_now(const struct clock *c)
{
	struct timespec ts;

	if (c->fixed)
		return c->ms;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
clock_offset(const struct clock *c, int64_t ms)
{
	time_t seconds = (time_t)floor_div(ms, 1000);
	struct tm tm;

	if (c->fixed)
		return c->offset_minutes;
	if (!localtime_r(&seconds, &tm))
		return 0; /* a year that struct tm cannot hold */
	return (int)(tm.tm_gmtoff / 60);
}

int64_t
clock_today(const struct clock *c)
{
	int64_t now = clock_now(c);

	return floor_div(now + clock_offset(c, now) * MINUTE_MS, DAY_MS);
}

void
clock_stamp(const struct clock *c, int64_t ms, char out[CLOCK_STAMP_SIZE])
{
	int offset = clock_offset(c, ms);
	int64_t local = ms + offset * MINUTE_MS, day = floor_div(local, DAY_MS);
	unsigned left = (unsigned)(local - day * DAY_MS), east = (unsigned)abs(offset);
	char date[16], fraction[8] = "";

	clock_format_day(day, date);
	if (left % 1000)
		snprintf(fraction, sizeof(fraction), ".%03u", left % 1000);
	snprintf(out, CLOCK_STAMP_SIZE, "%sT%02u:%02u:%02u%s%c%02u:%02u", date,
	    left / 3600000 % 24, left / 60000 % 60, left / 1000 % 60, fraction,
	    offset < 0 ? '-' : '+', east / 60 % 24, east % 60);
}

/* Reads exactly count digits and moves on; -1 when they are not there. */
static int
digits(const char **s, int count)
{
	int n = 0;

	for (; count > 0; count--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		n = n * 10 + (**s - '0');
	}
	return n;
}

static bool
separator(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool
parse_date(const char **s, int64_t *days)
{
	int year, month, day;

	year = digits(s, 4);
	if (year < 0 || !separator(s, '-'))
		return false;
	month = digits(s, 2);
	if (month < 1 || month > 12 || !separator(s, '-'))
		return false;
	day = digits(s, 2);
	if (day < 1 || day > clock_days_in_month(year, month))
		return false;
	*days = clock_day_from_civil(year, month, day);
	return true;
}

/* ":SS" and ".fff…", both optional, into milliseconds. A leap second counts as the
 * first second of the next minute, as POSIX time does. */
static bool
parse_seconds(const char **s, int *ms)
{
	int second, scale = 100;

	*ms = 0;
	if (!separator(s, ':'))
		return true;
	second = digits(s, 2);
	if (second < 0 || second > 60)
		return false;
	*ms = second * 1000;
	if (!separator(s, '.'))
		return true;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++, scale /= 10)
		*ms += (**s - '0') * scale;
	return true;
}

static bool
parse_offset(const char **s, int *minutes)
{
	int sign = **s == '-' ? -1 : 1, hour, minute;

	*minutes = 0;
	if (separator(s, 'Z') || separator(s, 'z'))
		return true;
	if (**s != '+' && **s != '-')
		return false;
	(*s)++;
	hour = digits(s, 2);
	if (hour < 0 || hour > 23 || !separator(s, ':'))
		return false;
	minute = digits(s, 2);
	if (minute < 0 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool
clock_parse(const char *stamp, int64_t *ms, int *offset_minutes)
{
	int64_t days;
	int hour, minute, rest, offset;

	if (!parse_date(&stamp, &days))
		return false;
	if (!separator(&stamp, 'T') && !separator(&stamp, 't') &&
	    !separator(&stamp, ' '))
		return false;
	hour = digits(&stamp, 2);
	if (hour < 0 || hour > 23 || !separator(&stamp, ':'))
		return false;
	minute = digits(&stamp, 2);
	if (minute < 0 || minute > 59)
		return false;
	if (!parse_seconds(&stamp, &rest) || !parse_offset(&stamp, &offset) || *stamp)
		return false;
	*ms = days * DAY_MS + (hour * 60 + minute - offset) * MINUTE_MS + rest;
	if (offset_minutes)
		*offset_minutes = offset;
	return true;
}

/* Eras of 400 years that begin on 1 March, so that the leap day comes last. */
int64_t
clock_day_from_civil(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2), era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

void
clock_civil_from_day(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468, era = floor_div(z, 146097);
	int64_t doe = z - era * 146097; /* day of era, 0 to 146096 */
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = (int)(doe - (365 * yoe + yoe / 4 - yoe / 100));
	int mp = (5 * doy + 2) / 153; /* months since March */

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

int
clock_days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

bool
clock_parse_day(const char *text, int64_t *days)
{
	return parse_date(&text, days) && !*text;
}

void
clock_format_day(int64_t days, char out[16])
{
	int64_t year;
	int month, day;

	clock_civil_from_day(days, &year, &month, &day);
	/* The remainders only say what is so already: the text fits. */
	snprintf(out, 16, "%s%04lld-%02u-%02u", year < 0 ? "-" : "",
	    llabs(year) % 100000000, (unsigned)month % 100, (unsigned)day % 100);
}
