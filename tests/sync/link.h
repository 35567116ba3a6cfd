/*
 * link - a line between a notebook and its collector, as bad as a test wants it
 *
 *	struct link *link = link_new(collector_port);
 *	link->plan.cut_up = 1000;
 *	…  http://127.0.0.1:<link->port>  …
 *	link_free(link);
 *
 * One child process forwards a port of this machine to another. The plan stands in
 * memory that both share: it may be changed at any time, and what was carried can be
 * read at any time. Rate and delay belong to the line, not to a connection; a new
 * connection costs a round trip before its first byte, as TCP's does.
 */
#ifndef TEST_LINK_H
#define TEST_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct link_way {
	long rate;  /* bytes a second; 0: as they come */
	long cut;   /* after so many bytes of this way the line is cut; -1: never */
	long stall; /* after so many nothing comes any more; -1: never */
};

struct link_plan {
	struct link_way up, down;
	long delay;      /* milliseconds, one way */
	long cut_every;  /* milliseconds from one cut of the line to the next; 0: none */
	long black_every, black_for; /* milliseconds: how often it goes dark, how long */
	bool reset;      /* a cut is an RST, not an end */
	bool refuse;     /* connections are ended as they come */
	bool hold_down;  /* what comes back waits here until this is false */
	bool twice;      /* what comes back comes twice */
};

struct link_count {
	long up, down;   /* bytes taken in since link_reset() */
	long connections, cuts;
};

struct link {
	int port;
	pid_t pid;
	int target; /* port; may be changed */
	volatile struct link_plan plan;
	volatile struct link_count count;
	volatile unsigned generation, seen; /* of link_reset() */
	int wake; /* the child hears of it by a byte through here */
};

struct link *link_new(int target);
/* A plan that does nothing, counts at 0, every connection ended. */
void link_reset(struct link *link);
void link_free(struct link *link);

#endif
