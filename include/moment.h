/*
 * moment - when a notebook that sends by itself tries next
 *
 * Everything is spread at random, so that laptops that were told of the same thing at
 * the same moment (the day's end, a network that is back) do not come together. Knows
 * no clock, no network and no notebook; times are milliseconds of a clock that never
 * goes back.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_NEVER INT64_MAX

struct moment {
	int64_t due;  /* MOMENT_NEVER: nothing is planned */
	int tries;    /* failures in a row */
	bool asked;   /* the collector named the moment: nothing brings it forward */
	bool offline; /* the last try reached nobody */
	int64_t soon; /* milliseconds: at any moment of them */
};

#define MOMENT_SOON 30000 /* milliseconds, unless something else is wanted */

void moment_init(struct moment *m, int64_t soon);
/* Something waits. minute: of the day; from, to: the closing window, in minutes; to 0:
 * there is none. Within the window any moment that is left of it, otherwise soon. Does
 * nothing when a moment is planned. */
void moment_plan(struct moment *m, int64_t now, int minute, int from, int to);
/* The network came back: soon, unless the collector named a later moment. */
void moment_network(struct moment *m, int64_t now);
/* It failed. retry_after: seconds, 0: not told; offline: nobody was reached. */
void moment_failed(struct moment *m, int64_t now, long retry_after, bool offline);
/* It went well, or somebody sent by hand. */
void moment_done(struct moment *m);

#endif
