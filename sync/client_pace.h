/*
 * client_pace - how much goes at a time, and how long to wait after a failure
 *
 * Learns from what the line did; knows no line, no clock and no notebook.
 */
#ifndef CLIENT_PACE_H
#define CLIENT_PACE_H

#include <stddef.h>
#include <stdint.h>

/* Set up by pace_init(). */
struct pace {
	int records; /* at a time, as the line is known so far */
	int most;    /* never more */
	int clean;   /* batches since the number last changed */
};

/* most: what somebody allows at most; 0: nobody said. */
void pace_init(struct pace *p, int most);
/* So many records went through whole, in so many milliseconds. */
void pace_clean(struct pace *p, size_t records, int64_t milliseconds);
/* So many were on the line when it was cut, or were too much: half of it, down to one. */
void pace_halve(struct pace *p, size_t records);

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
