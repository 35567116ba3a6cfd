/*
 * client_trail - the notebook's log on its way to the collector, a piece a batch
 *
 * A piece is the last line of a batch's body. It goes again, cut anew, until the
 * collector has said that it is stored. Holding it back never holds records back.
 */
#ifndef CLIENT_TRAIL_H
#define CLIENT_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct err;
struct notebook;

/* {0} is one that is not sent. */
struct client_trail {
	bool wanted;    /* the collector keeps lines of other kinds than records */
	bool again;     /* what follows on `from` is sent, whatever was acknowledged: the
	                 * collector has lost some, or its answer comes another day */
	int64_t from;
	int64_t last;   /* the last entry in the batch under way; 0: none is in it */
	bool put_off;   /* the answer said that it is not stored */
};

/* Is there something to send? */
bool trail_waits(const struct client_trail *trail, struct notebook *nb, bool *waits,
    struct err *err);

/* Appends a line of at most so many entries; nothing when nothing waits. */
bool trail_write(struct client_trail *trail, struct notebook *nb, int most, struct buf *line,
    struct err *err);

/* The batch was answered for. What was put off is not tried again in this run. */
bool trail_answered(struct client_trail *trail, struct notebook *nb, struct err *err);

/* The batch is on its way, and is answered for another day. */
void trail_carried(struct client_trail *trail);

/* The collector has the log up to this entry only. That is less than it had acknowledged
 * when its own database was put back from an older copy. */
bool trail_begin(struct client_trail *trail, struct notebook *nb, int64_t number,
    struct err *err);

/* The collector has had the log up to this entry. *behind: so many of them are not here,
 * because an older copy of the notebook was put back; -1: that entry is another one here,
 * because two copies were used; 0: it is here. */
bool trail_behind(struct notebook *nb, int64_t number, const char *hash, int64_t *behind,
    struct err *err);

#endif
