/*
 * client_private - one run, as its kinds of exchange see it; for sync/client*.c only
 *
 * A run is a row of exchanges: hello, batches up, … (the table in client.c). Each asks
 * until it has nothing more to ask, then the next one's turn has come. What is the same
 * for all of them (cuts, waiting, giving up) is done once, in client.c.
 */
#ifndef CLIENT_PRIVATE_H
#define CLIENT_PRIVATE_H

#include "client.h"

#include "buf.h"
#include "client_batch.h"
#include "client_line.h"
#include "err.h"

enum client_next {
	NEXT_ASKED,   /* its next request is on the line */
	NEXT_BUSY,    /* not yet: call again at the next step */
	NEXT_LANES,   /* several are on lines of their own (client_rosa.h) */
	NEXT_NOTHING, /* nothing more to ask */
	NEXT_FAILED,  /* the run's err says why */
};

struct exchange {
	const char *stage; /* what the user sees meanwhile, not yet translated */
	enum client_next (*ask)(struct client *c);
	/* Takes an answer. False: it is not what the protocol says, or err says what
	 * else went wrong. */
	bool (*take)(struct client *c, const struct line_result *r);
	/* Before a failure is treated as any other; true: it is dealt with, go on. */
	bool (*failed)(struct client *c, const struct line_result *r);
};

struct changes;

enum client_stage { STAGE_ASK, STAGE_LINE, STAGE_LANES, STAGE_WAIT, STAGE_ENDED };

struct client {
	struct notebook *nb;
	struct line *line;
	char *collector;
	bool by_itself;

	enum client_stage stage;
	enum client_state state;
	const struct exchange *rows;
	size_t row_count, exchange; /* row under way */
	struct rosa *rosa; /* NULL: the collector is our own */
	int64_t began, wake; /* monotonic milliseconds */

	/* Failures in a row. */
	int tries;
	int64_t waited, patience; /* milliseconds */

	bool greeted;
	struct client_batch batch; /* under way */
	long postponed, retry_after;
	struct changes *changes; /* what comes down */
	bool once_more;          /* the batches' turn has come again */

	int64_t dealt_with; /* bytes of answers in batches that were answered */
	struct client_progress progress;
	int64_t receipt; /* 0: none was begun */
	struct buf sentence;
	struct err err;
};

/* Puts a request on the line; NEXT_FAILED and err for want of memory. */
enum client_next client_ask(struct client *c, const struct line_request *request);

/* The server is what it should be: whoever waits for it may be told so. */
bool client_greet(struct client *c);
/* For lanes: an answer came; a failure of the line, as any other; the end, err says
 * why. */
void client_succeeded(struct client *c);
void client_failed_with(struct client *c, const struct line_result *r);
void client_fail(struct client *c);

#endif
