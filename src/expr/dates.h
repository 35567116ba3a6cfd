/*
 * dates - days and times as text and as numbers
 *
 * A day is a whole number of civil days since 1970-01-01 and has no zone; a moment is
 * days since the epoch in UTC; a time of day is a fraction of a day, here. The zone
 * is the clock's; without a clock it is UTC.
 */
#ifndef DATES_H
#define DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct clock;
struct value;

/* What a text says, not yet placed in a zone. */
struct moment {
	int64_t day;
	bool has_time, has_zone;
	int64_t ms; /* of the day */
	int offset_minutes;
};

/* "2026-11-02", "2026-11-2", "2026-11-02T09:32:00.000+08:00"; blanks around it are
 * allowed. False when it is no such thing. */
bool moment_parse(const char *text, struct moment *out);
/* As above, but only the full ISO form: what may be taken for a date unasked. */
bool moment_parse_iso(const char *text, struct moment *out);
/* "9:05", "09:05:30.250+08:00". */
bool moment_parse_time(const char *text, struct moment *out);

/* Milliseconds since the epoch. A time without a zone is taken as the clock's. */
int64_t moment_ms(const struct moment *m, const struct clock *clock);

/* Minutes east of UTC at that time. */
int dates_offset(const struct clock *clock, int64_t ms);

/* The local day of a moment (days UTC), and its milliseconds in that day. */
int64_t dates_local_day(double days, const struct clock *clock, int64_t *ms_of_day);
/* The moment at which a civil day begins here, as days UTC. */
double dates_midnight(int64_t day, const struct clock *clock);

/* A date-time, a date or a time as ISO 8601. */
#define DATES_SIZE 48
void dates_format(const struct value *v, int offset_minutes, char out[DATES_SIZE]);

/*
 * format-date(): %Y %y %m %n %b %B %d %e %H %h %M %S %3 %a %A %W and %%. NULL and
 * *bad when the pattern has a letter that means nothing.
 */
const char *dates_print(int64_t day, int64_t ms_of_day, const char *pattern,
			bool chinese, struct arena *a, char *bad);

#endif
