/*
 * dates - days and times written short, as people type them
 *
 * Full-width digits and signs count as ASCII. Days are civil days since 1970-01-01
 * (clock.h), minutes are minutes since midnight.
 */
#ifndef DATES_H
#define DATES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * 5 → the 5th of this month; 1105, 11-5, 11/5, 11.5, 11月5日 → this year; 20261105,
 * 2026-11-05, 261105, 2026年11月5日; . today 今天 → today; yesterday 昨天, 前天, 明天,
 * 后天; -1 +2 → days from today. False when it is none, or there is no such day.
 */
bool dates_read_day(const char *typed, int64_t today, int64_t *day);

/* 905, 9:05, 9.05, 9：05, 9点05分, 9点半 → 09:05; 9 → 09:00; 15 → 15:00; . now 现在 →
 * now. False when it is none. */
bool dates_read_time(const char *typed, int now, int *minutes);

/* A day and a time separated by blanks or T: "5 905"; a day alone takes 00:00. */
bool dates_read_moment(const char *typed, int64_t today, int now, int64_t *day,
    int *minutes);

/* "2026-11-05", "09:05" */
void dates_write_time(int minutes, char out[8]);

/* 1 Monday … 7 Sunday */
int dates_weekday(int64_t day);
/* "Thu" / "周四", translated; lent. */
const char *dates_weekday_name(int weekday);

#endif
