/*
 * http_private - a request as the server and the routes see it; for http*.c only
 */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "http.h"

#include "buf.h"
#include "db.h"
#include "ingest.h"
#include "problem.h"

#include <microhttpd.h>

struct request {
	struct http *http;
	struct request *next, **link; /* all that are under way */
	struct MHD_Connection *connection;
	const struct route *route; /* NULL: no such address */
	char id[17];               /* for the answer and the log */
	char rest[65];             /* of the address, after a route's beginning */
	int64_t began, heard;      /* milliseconds; heard: the last byte of the body */
	struct db_device device;
	struct ingest_counts counts;
	enum problem problem; /* known before the body has come */
	bool gzip, complete;
	unsigned char *body;
	size_t len, length, discarded; /* length: promised, and there is room for it */
	bool endless; /* it promised more than is worth discarding */
	long retry_after; /* seconds, of PROBLEM_BUSY; 0: the usual */
	int status;                    /* what was answered; 0: nothing yet */
};

struct answer {
	struct buf body;
	const char *type;
	bool packed;    /* the body is gzip already */
	bool immutable; /* and may be kept for ever */
	enum problem problem;
};

/* What an address takes and does. */
struct route {
	const char *path, *method;
	const char *type; /* of the body of a POST */
	size_t body_max;
	bool beginning; /* path is only how the address begins */
	bool open;      /* no token is needed */
	bool first;     /* with it a sync begins: not too many at once */
	/* Once the body is whole. */
	void (*run)(struct request *r, struct answer *answer);
};

/* The route of an address, or NULL (http_routes.c). */
const struct route *http_route(const char *url);

/* Of the request; NULL when it is not there. */
const char *http_header(const struct request *r, const char *name);
bool http_wants_gzip(const struct request *r);
void http_log_err(const struct request *r, const struct err *err);
const struct http_options *http_options(const struct request *r);

extern const char http_json[];

#endif
