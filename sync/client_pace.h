/*
 * client_pace - how much goes at a time, and how long to wait after a failure
 *
 * Learns from what the line did; knows no line, no clock and no notebook.
 */
#ifndef CLIENT_PACE_H
#define CLIENT_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set up by pace_init(). */
struct pace {
	int records; /* at a time, as the line is known so far */
	int most;    /* never more */
	int clean;   /* batches since the number last changed */
	bool was_cut;
	int64_t micros; /* of line a record took last; 0: not known */
	int64_t life;   /* milliseconds that a connection held last; 0: never cut */
};

/* most: what somebody allows at most; 0: nobody said. */
void pace_init(struct pace *p, int most);
/* So many records went through whole, in so many milliseconds of a connection that is
 * of that age (milliseconds): twice as many, after a cut only every second time, but no
 * more than ten seconds' worth, or a quarter of what a connection holds here. */
void pace_clean(struct pace *p, size_t records, int64_t milliseconds, int64_t age);
/* So many were on the line when it was cut at that age (0: not known), or were too
 * much: half of it, down to one. */
void pace_halve(struct pace *p, size_t records, int64_t age);

/*
 * Milliseconds to wait before the next try, after so many failures in a row (0: the
 * first): anything from nothing to first × 2^tries, at most most. All of it random
 * ("full jitter"), so that laptops that failed together do not come back together.
 */
int64_t pace_back_off(int tries, int64_t first, int64_t most);
/* The same when the collector said how many seconds: never sooner, a little later. */
int64_t pace_retry_after(long seconds);
/* 0 … most - 1 */
int64_t pace_random(int64_t most);

#endif
