/*
 * http - the collector's side of the line: requests in, answers out
 *
 * One thread does everything, libmicrohttpd's epoll and the store's one writing
 * connection alike: a batch is read in pieces whenever bytes come, and is stored in one
 * go when it is whole, in a few milliseconds. Locks would buy nothing, since SQLite has
 * one writer anyway.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>

struct clock;
struct db;
struct db_ops;
struct err;
struct http;

struct http_options {
	const struct db_ops *ops;
	struct db *db; /* must outlive the server */
	const struct clock *clock;
	const char *version; /* of the program, for /v1/hello */
	int stall;           /* seconds without a byte before 408 */
	int rate;            /* syncs that begin a second; 0: any number */
	const char *closing; /* "17:00-18:30": when most come; NULL: not told */
};

/* Listens at "127.0.0.1:8080" or "[::1]:0"; port 0 is a free one. */
struct http *http_new(const char *listen, const struct http_options *options,
    struct err *err);
void http_free(struct http *http);

/* "127.0.0.1:40123": where it really listens. */
const char *http_address(const struct http *http);
/* False when others than this machine can reach it. */
bool http_is_loopback(const struct http *http);

/* Serves until stop_fd is readable, then takes no new connection, finishes the requests
 * that are under way (10 s at most) and returns. */
bool http_serve(struct http *http, int stop_fd, struct err *err);

#endif
