/*
 * clock_test - the calendar, RFC 3339, and zones that change their clocks
 */
#include "check.h"

#include "clock.h"
#include "err.h"

#include <stdlib.h>
#include <time.h>

static void
days_and_dates(void)
{
	static const struct {
		int64_t year;
		int month, day;
		int64_t days;
	} cases[] = {
		{ 1970, 1, 1, 0 },
		{ 1969, 12, 31, -1 },
		{ 2000, 2, 29, 11016 },
		{ 2026, 11, 2, 20759 },
		{ 2038, 1, 19, 24855 },
		{ 1900, 3, 1, -25508 },
		{ 0, 1, 1, -719528 },
		{ -1, 12, 31, -719529 },
		{ -4, 2, 29, -720930 },
		{ -400, 3, 1, -865565 },
		{ 9999, 12, 31, 2932896 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t year;
		int month, day;

		CHECK_INT(clock_day_from_civil(cases[i].year, cases[i].month,
			      cases[i].day),
		    cases[i].days);
		clock_civil_from_day(cases[i].days, &year, &month, &day);
		CHECK_INT(year, cases[i].year);
		CHECK_INT(month, cases[i].month);
		CHECK_INT(day, cases[i].day);
	}
}

/* Counts every day of 1,600 years, half of them before the year 0, by hand. */
static void
every_day_follows_the_last(void)
{
	int64_t day = clock_day_from_civil(-800, 1, 1), y, year;
	int m, d, month, dom;

	for (y = -800; y < 800; y++) {
		for (m = 1; m <= 12; m++) {
			for (d = 1; d <= clock_days_in_month(y, m); d++, day++) {
				clock_civil_from_day(day, &year, &month, &dom);
				if (year != y || month != m || dom != d ||
				    clock_day_from_civil(y, m, d) != day) {
					CHECK(!"day out of step");
					return;
				}
			}
		}
	}
	CHECK_INT(day, clock_day_from_civil(800, 1, 1));
	CHECK_INT(clock_days_in_month(1900, 2), 28);
	CHECK_INT(clock_days_in_month(2000, 2), 29);
	CHECK_INT(clock_days_in_month(-4, 2), 29);
	CHECK_INT(clock_days_in_month(2026, 2), 28);
}

static void
parse_day(void)
{
	static const char *const bad[] = { "", "2026-11-2", "2026-11-31", "2025-02-29",
		"2026-00-01", "2026-13-01", "2026-01-00", "2026-01-01 ", " 2026-01-01",
		"20260101", "2026/01/01", "2026-1-01", "nonsense", "2026-01-01T00:00" };
	char text[16];
	int64_t days;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (clock_parse_day(bad[i], &days))
			CHECK_STR(bad[i], "refused");
	CHECK(clock_parse_day("2024-02-29", &days));
	clock_format_day(days, text);
	CHECK_STR(text, "2024-02-29");
	clock_format_day(clock_day_from_civil(-1, 3, 4), text);
	CHECK_STR(text, "-0001-03-04");
	clock_format_day(clock_day_from_civil(12345, 3, 4), text);
	CHECK_STR(text, "12345-03-04");
}

static void
parse_stamp(void)
{
	/* clang-format off */
	static const struct { const char *text; int64_t ms; int offset; } cases[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "1970-01-01t08:00+08:00", 0, 480 },
		{ "1970-01-01 00:00:00.5z", 500, 0 },
		{ "1969-12-31T23:59:59.999-00:00", -1, 0 },
		{ "2026-11-02T09:32:00.123456+08:00", 1793583120123, 480 },
		{ "2026-11-02T09:32:00-09:30", 1793646120000, -570 },
		{ "2016-12-31T23:59:60Z", 1483228800000, 0 },
	};
	static const char *const bad[] = { "", "2026-11-02", "2026-11-02T09:32:00",
		"2026-11-02T09Z", "2026-11-02T24:00Z", "2026-11-02T09:60Z",
		"2026-11-02T09:32:61Z", "2026-11-02T09:32:00.Z", "2026-11-02T09:32.5Z",
		"2026-11-02T09:32+0800", "2026-11-02T09:32+08", "2026-11-02T09:32+24:00",
		"2026-11-02T09:32+08:60", "2026-11-02T09:32Z ", "2026-02-30T09:32Z",
		"2026-11-02x09:32Z" };
	/* clang-format on */
	int64_t ms;
	int offset;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(clock_parse(cases[i].text, &ms, &offset));
		CHECK_INT(ms, cases[i].ms);
		CHECK_INT(offset, cases[i].offset);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (clock_parse(bad[i], &ms, &offset))
			CHECK_STR(bad[i], "refused");
	CHECK(clock_parse("1970-01-01T00:00:00Z", &ms, NULL));
}

static void
stopped_clock(void)
{
	static const char *const stamps[] = { "2026-11-02T09:32:00+08:00",
		"2026-11-02T00:30:00.007-09:30", "1969-12-31T23:59:59.999+00:00" };
	char stamp[CLOCK_STAMP_SIZE];
	struct clock c;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		CHECK(clock_stop_at(&c, stamps[i], &err));
		clock_stamp(&c, clock_now(&c), stamp);
		CHECK_STR(stamp, stamps[i]);
	}
	CHECK_INT(clock_today(&c), -1);
	CHECK(clock_stop_at(&c, "2026-11-02T00:30:00+08:00", &err));
	CHECK_INT(clock_today(&c), 20759); /* still the day before in UTC */
	CHECK(!clock_stop_at(&c, "yesterday", &err));
	CHECK(err.kind == ERR_INPUT && strstr(err.text, "yesterday"));
}

static void
environment(void)
{
	struct clock c;
	struct err err = { 0 };
	int64_t before;

	setenv("MINQING_NOW", "2026-11-02T09:32:00+08:00", 1);
	CHECK(clock_init(&c, &err));
	CHECK(c.fixed);
	CHECK_INT(clock_now(&c), 1793583120000);
	CHECK_INT(clock_offset(&c, 0), 480);
	setenv("MINQING_NOW", "2026-11-02T09:32:00", 1);
	CHECK(!clock_init(&c, &err));
	CHECK(strstr(err.text, "MINQING_NOW"));
	unsetenv("MINQING_NOW");
	CHECK(clock_init(&c, &err));
	CHECK(!c.fixed);
	before = (int64_t)time(NULL) * 1000;
	CHECK(clock_now(&c) >= before && clock_now(&c) < before + 60000);
}

/* The running clock writes the zone that applied at that time, not today's. */
static void
zones(void)
{
	struct clock c = { 0 };
	char stamp[CLOCK_STAMP_SIZE];

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	clock_stamp(&c, 1793583120000, stamp);
	CHECK_STR(stamp, "2026-11-02T02:32:00+01:00");
	clock_stamp(&c, 1783583120001, stamp);
	CHECK_STR(stamp, "2026-07-09T09:45:20.001+02:00");
	setenv("TZ", "CST-8", 1);
	tzset();
	clock_stamp(&c, 1793583120000, stamp);
	CHECK_STR(stamp, "2026-11-02T09:32:00+08:00");
	clock_stamp(&c, -1, stamp);
	CHECK_STR(stamp, "1970-01-01T07:59:59.999+08:00");
	CHECK_INT(clock_offset(&c, 0), 480);
}

int
main(void)
{
	RUN(days_and_dates);
	RUN(every_day_follows_the_last);
	RUN(parse_day);
	RUN(parse_stamp);
	RUN(stopped_clock);
	RUN(environment);
	RUN(zones);
	return CHECK_DONE();
}
