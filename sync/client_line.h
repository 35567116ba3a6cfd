/*
 * client_line - the line to the collector: one HTTP exchange at a time
 *
 * Keeps one connection alive from exchange to exchange, and says of each one how it
 * ended and what that means, so that nobody above needs to know HTTP. Knows nothing of
 * batches, feeds or notebooks. Runs in steps inside the caller's loop.
 */
#ifndef CLIENT_LINE_H
#define CLIENT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct buf;
struct line;

struct line_settings {
	const char *collector; /* its address, without a path */
	const char *token;     /* "": none is sent */
	const char *ca;        /* the only certificates to trust; "": the system's */
	bool insecure;         /* plain http to other machines is allowed */
	long stall;            /* seconds of silence after which a line counts as cut */
	bool openrosa;         /* a server of ODK's kind, not our collector */
};

/* Loads libcurl. ERR_INPUT: the address is none, or would need encryption. */
struct line *line_new(const struct line_settings *settings, struct err *err);
void line_free(struct line *line);
/* The collector's host, for sentences. */
const char *line_host(const struct line *line);

struct line_request {
	const char *path;     /* "/v1/batch", with a query if it has one; or a whole address
	                       * of the same server */
	const char *accept;   /* the media type that is an answer; no other is success.
	                       * Not asked for of an OpenRosa server */
	const void *body;     /* lent until the exchange has ended; NULL: GET, else POST */
	size_t len;
	const char *type, *encoding; /* of the body */
	const char *batch;    /* its Batch-Id, or NULL */
	size_t answer_max;    /* bytes of an answer; 0: 1 MiB */
	bool head;            /* HEAD, not GET */
	const char *known;    /* mark of what is here already; NULL: nothing is */
};

/* What to do after an exchange. */
enum line_action {
	LINE_ANSWER, /* it was answered: status 200 and the media type asked for; of an
	              * OpenRosa server 200, 204 or 304 to a question, 201 or 202 to a body */
	LINE_REFUSED, /* an OpenRosa server will not take this one, or does not have it */
	LINE_STOP,   /* trying again would change nothing */
	LINE_RETRY,  /* the same again, a little later */
	LINE_CUT,    /* less, a little later: the line was cut or went silent */
	LINE_SPLIT,  /* less, at once: too large for the collector */
};

struct line_result {
	enum line_action action;
	long status;         /* HTTP's; 0: there was no answer */
	enum err_kind kind;  /* unless it was answered */
	const char *text;    /* what went wrong, not yet translated */
	bool unreached;      /* no connection came about */
	bool silent;         /* it took the whole of stall to find out */
	long retry_after;    /* seconds; 0: it did not say */
	const struct buf *answer; /* lent until the next exchange */
	int64_t accepts;   /* bytes of a body, as an OpenRosa server said; 0: it did not */
	const char *mark;  /* the answer's ETag, lent; "": none */
	int64_t milliseconds;     /* from the request's first byte to the answer's first */
	int64_t age;              /* milliseconds that the connection has held so far; 0:
	                           * there is none */
};

/* An exchange at a time. False and err for want of memory. */
bool line_begin(struct line *line, const struct line_request *request, struct err *err);
/* True when the exchange has ended; result says how. */
bool line_step(struct line *line, struct line_result *result);
/* Drops what is under way; its connection with it. */
void line_stop(struct line *line);
/* line_step() has something to do when fd is readable, or after so many milliseconds
 * (-1: never). */
int line_fd(const struct line *line);
int line_timeout(const struct line *line);

struct line_traffic {
	int64_t up, down;  /* bytes of bodies and answers' heads, of all exchanges */
	int64_t sent;      /* bytes of this body that have left this machine for good */
	int64_t round_trip; /* milliseconds, as connecting took; 0: not known */
	bool connected;
};

/* Of the exchange under way, or the last one. */
void line_traffic(const struct line *line, struct line_traffic *traffic);

/* The sentence for an answer of 200 that is not what the protocol says. */
extern const char line_not_ours[];

#endif
