/*
 * clock - what time it is, here; and how times are written
 *
 * MINQING_NOW (RFC 3339 with an offset) stops the clock for tests. Times are
 * milliseconds since 1970 UTC; days are whole civil days since 1970-01-01.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct clock {
	bool fixed;
	int64_t ms;         /* the time, when fixed */
	int offset_minutes; /* east of UTC, when fixed */
};

#define CLOCK_STAMP_SIZE 40

/* The machine's clock, or MINQING_NOW. False and err when that is malformed. */
bool clock_init(struct clock *c, struct err *err);
/* A clock stopped at an RFC 3339 time. */
bool clock_stop_at(struct clock *c, const char *stamp, struct err *err);

int64_t clock_now(const struct clock *c);
/* Milliseconds of a clock that nobody sets and that never goes back, for how long
 * something takes. MINQING_NOW does not stop it. */
int64_t clock_monotonic(void);
/* Minutes east of UTC in the zone of the clock at that time. */
int clock_offset(const struct clock *c, int64_t ms);
/* Today's civil day number in the clock's zone. */
int64_t clock_today(const struct clock *c);

/* "2026-11-02T09:32:00.000+08:00"; milliseconds only when they are not zero. */
void clock_stamp(const struct clock *c, int64_t ms, char out[CLOCK_STAMP_SIZE]);
/* Reads RFC 3339; seconds and their fraction may be missing. */
bool clock_parse(const char *stamp, int64_t *ms, int *offset_minutes);

/* The proleptic Gregorian calendar. */
int64_t clock_day_from_civil(int64_t year, int month, int day);
void clock_civil_from_day(int64_t days, int64_t *year, int *month, int *day);
int clock_days_in_month(int64_t year, int month);
/* "2026-11-02" read strictly; false when there is no such day. */
bool clock_parse_day(const char *text, int64_t *days);
void clock_format_day(int64_t days, char out[16]); /* years of up to 8 digits */

#endif
