/*
 * dates_test - what people type for a day or a time, and what is meant
 */
#include "../check.h"

#include "clock.h"
#include "dates.h"

#include <locale.h>

/* Today is Monday, 2 November 2026, 09:32. */
static const struct {
	const char *typed, *want; /* NULL: no day */
} days[] = {
	{ "5", "2026-11-05" }, { "05", "2026-11-05" }, { "30", "2026-11-30" },
	{ "31", NULL }, { "0", NULL }, { "1105", "2026-11-05" }, { "105", "2026-01-05" },
	{ "1332", NULL }, { "0229", NULL }, { "20261105", "2026-11-05" },
	{ "20240229", "2024-02-29" }, { "20260229", NULL }, { "261105", "2026-11-05" },
	{ "2026-11-05", "2026-11-05" }, { "2026/11/5", "2026-11-05" },
	{ "2026.1.5", "2026-01-05" }, { "26-11-5", "2026-11-05" },
	{ "11-5", "2026-11-05" }, { "11/5", "2026-11-05" }, { "11.5", "2026-11-05" },
	{ "11月5日", "2026-11-05" }, { "11月5", "2026-11-05" }, { "5日", "2026-11-05" },
	{ "5号", "2026-11-05" }, { "2026年11月5日", "2026-11-05" },
	{ "１１－５", "2026-11-05" }, { "２０２６１１０５", "2026-11-05" },
	{ "　5 ", "2026-11-05" }, { ".", "2026-11-02" }, { "。", "2026-11-02" },
	{ "今天", "2026-11-02" }, { "today", "2026-11-02" }, { "Today", "2026-11-02" },
	{ "昨天", "2026-11-01" }, { "前天", "2026-10-31" }, { "明天", "2026-11-03" },
	{ "后天", "2026-11-04" }, { "-1", "2026-11-01" }, { "－１", "2026-11-01" },
	{ "-2", "2026-10-31" }, { "+7", "2026-11-09" }, { "+60", "2027-01-01" },
	{ "", NULL }, { " ", NULL }, { "x", NULL }, { "5x", NULL }, { "11-", NULL },
	{ "11-5-", NULL }, { "2026-11", NULL }, { "-", NULL }, { "--1", NULL },
	{ "12345", NULL }, { "1234567", NULL }, { "999999999", NULL }, { "13-5", NULL },
	{ "2026-11-05-1", NULL }, { "202-11-05", NULL }, { "00000000", NULL },
	{ "0-11-05", NULL },
};

static const struct {
	const char *typed, *want;
} times[] = {
	{ "905", "09:05" }, { "0905", "09:05" }, { "1505", "15:05" }, { "9:05", "09:05" },
	{ "9.05", "09:05" }, { "９：０５", "09:05" }, { "9点05分", "09:05" },
	{ "9点5分", "09:05" }, { "9点", "09:00" }, { "9点半", "09:30" }, { "9时", "09:00" },
	{ "9", "09:00" }, { "15", "15:00" }, { "0", "00:00" }, { "23:59", "23:59" },
	{ "9:05:30", "09:05" }, { ".", "09:32" }, { "now", "09:32" },
	{ "现在", "09:32" }, { "24", NULL }, { "2400", NULL }, { "960", NULL },
	{ "9:5", NULL }, { "9:", NULL }, { "", NULL }, { "noon", NULL },
	{ "12345", NULL }, { "-1", NULL }, { "9:05:61", NULL },
};

static const struct {
	const char *typed, *want;
} moments[] = {
	{ "5 905", "2026-11-05 09:05" }, { "2026-11-05T09:05", "2026-11-05 09:05" },
	{ "今天 9点半", "2026-11-02 09:30" }, { ". .", "2026-11-02 09:32" },
	{ "now", "2026-11-02 09:32" }, { "5", "2026-11-05 00:00" },
	{ "today 9", "2026-11-02 09:00" }, { "5 ", "2026-11-05 00:00" },
	{ "5 99", NULL }, { "9:05", NULL }, { "5 9 1", NULL }, { "tomorrow", "2026-11-03 00:00" },
};

#define NOW (9 * 60 + 32)

static int64_t
today(void)
{
	return clock_day_from_civil(2026, 11, 2);
}

static void
check_all(void)
{
	char got[64];
	int64_t day;
	int minutes;
	size_t i;

	for (i = 0; i < sizeof days / sizeof *days; i++) {
		check_case(days[i].typed);
		if (dates_read_day(days[i].typed, today(), &day)) {
			clock_format_day(day, got);
			CHECK_STR(got, days[i].want);
		} else {
			CHECK(days[i].want == NULL);
		}
	}
	for (i = 0; i < sizeof times / sizeof *times; i++) {
		check_case(times[i].typed);
		if (dates_read_time(times[i].typed, NOW, &minutes)) {
			dates_write_time(minutes, got);
			CHECK_STR(got, times[i].want);
		} else {
			CHECK(times[i].want == NULL);
		}
	}
	for (i = 0; i < sizeof moments / sizeof *moments; i++) {
		check_case(moments[i].typed);
		if (dates_read_moment(moments[i].typed, today(), NOW, &day, &minutes)) {
			clock_format_day(day, got);
			strcat(got, " ");
			dates_write_time(minutes, got + strlen(got));
			CHECK_STR(got, moments[i].want);
		} else {
			CHECK(moments[i].want == NULL);
		}
	}
}

static void
weekdays(void)
{
	CHECK_INT(dates_weekday(today()), 1);
	CHECK_INT(dates_weekday(0), 4);
	CHECK_INT(dates_weekday(-1), 3);
	CHECK_INT(dates_weekday(-4), 7);
	CHECK_STR(dates_weekday_name(7), "Sun");
	CHECK_STR(dates_weekday_name(1), "Mon");
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	check_all();
	RUN(weekdays);
	return CHECK_DONE();
}
