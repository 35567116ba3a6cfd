/*
 * gate - how many syncs begin a second, and when the others may come again
 *
 * At closing time every laptop comes at the same moment. Those who would be too many
 * are given places in the seconds that follow, one after the other, and find the gate
 * open when they come back. Knows no clock and no sockets.
 */
#ifndef GATE_H
#define GATE_H

#include <stdint.h>

struct gate {
	int64_t spacing;  /* microseconds from one sync to the next; 0: all may enter */
	int64_t entered;  /* when so many would have entered one by one, µs */
	int64_t promised; /* the last place that was given away, µs */
};

/* 0: no limit. */
void gate_init(struct gate *gate, int per_second);
/* 0: may enter now; else so many seconds later. now: milliseconds, never going back. */
long gate_ask(struct gate *gate, int64_t now);

#endif
