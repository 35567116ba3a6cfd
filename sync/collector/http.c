#include "http_private.h"

#include "auth.h"
#include "clock.h"
#include "err.h"
#include "gate.h"
#include "i18n.h"
#include "mem.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1000
#define BODIES_MAX      (256u << 20) /* of all requests under way */
#define DISCARD_MAX     (8u << 20)   /* of a refused body, so that its sender can read why */
#define GRACE_MS        10000        /* for requests under way when told to stop */
#define GZIP_FROM       1024         /* shorter answers are not worth it */
#define LOOK_MS         1000         /* between looks for senders that went away */
#define BUSY_SECONDS    5

static const char no_server[] =
    N_("The web server could not be started. Close other programs and try again.");

struct http {
	struct MHD_Daemon *daemon;
	struct http_options options;
	struct gate gate;
	char address[80];
	bool loopback, draining;
	struct request *requests;
	size_t bodies;  /* bytes promised to requests under way */
	int64_t looked; /* when senders were last looked for */
};

const char *
http_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

bool
http_wants_gzip(const struct request *r)
{
	const char *accept = http_header(r, "Accept-Encoding");

	return accept && strstr(accept, "gzip") && !strstr(accept, "gzip;q=0");
}

void
http_log_err(const struct request *r, const struct err *err)
{
	if (err->kind != ERR_NONE)
		fprintf(stderr, "%s %s\n", r->id, err->text);
}

const struct http_options *
http_options(const struct request *r)
{
	return &r->http->options;
}

/* One line a request, nothing of what was written in it. */
static void
log_request(const struct request *r)
{
	char now[CLOCK_STAMP_SIZE];

	clock_stamp(r->http->options.clock, clock_now(r->http->options.clock), now);
	fprintf(stderr,
	    "%s %s %s %s %d device=%s bytes=%zu n=%ld new=%ld same=%ld bad=%ld ms=%lld\n",
	    now, r->id, r->route ? r->route->method : "-",
	    r->route ? r->route->path : "-", r->status,
	    r->device.name[0] ? r->device.name : "-", r->len, r->counts.records,
	    r->counts.added, r->counts.same, r->counts.bad,
	    (long long)(clock_monotonic() - r->began));
}

/* Checks of a body, from the headers. */
static enum problem
check_body(struct request *r)
{
	const char *type = http_header(r, "Content-Type"),
		   *encoding = http_header(r, "Content-Encoding"),
		   *length = http_header(r, "Content-Length");
	size_t n = type ? strcspn(type, "; \t") : 0;
	unsigned long long promised;
	char *end;

	if (!type || n != strlen(r->route->type) || strncasecmp(type, r->route->type, n) != 0)
		return PROBLEM_TYPE;
	r->gzip = encoding && !strcasecmp(encoding, "gzip");
	if (encoding && !r->gzip && strcasecmp(encoding, "identity") != 0)
		return PROBLEM_ENCODING;
	if (!length)
		return PROBLEM_NO_LENGTH;
	errno = 0;
	promised = strtoull(length, &end, 10);
	r->endless = errno || *end || promised > DISCARD_MAX;
	if (r->endless || promised > r->route->body_max)
		return PROBLEM_TOO_LARGE;
	if (r->http->bodies + promised > BODIES_MAX)
		return PROBLEM_BUSY;
	r->body = malloc(promised + 1);
	if (!r->body)
		return PROBLEM_BUSY;
	r->length = promised;
	r->http->bodies += promised;
	return PROBLEM_NONE;
}

static enum problem
check_token(struct request *r)
{
	struct err err = { 0 };
	enum auth_result result = auth_check(r->http->options.ops, r->http->options.db,
	    http_header(r, "Authorization"), &r->device, &err);

	http_log_err(r, &err);
	switch (result) {
	case AUTH_OK:
		return PROBLEM_NONE;
	case AUTH_UNKNOWN:
		return PROBLEM_NO_TOKEN;
	case AUTH_REMOVED:
		return PROBLEM_REMOVED;
	case AUTH_BUSY:
		return PROBLEM_BUSY;
	case AUTH_FAILED:
		break;
	}
	return PROBLEM_FAILED;
}

static enum problem
check_request(struct request *r, const char *url, const char *method)
{
	const char *version = http_header(r, "Sync-Version");
	enum problem problem;

	r->route = http_route(url);
	if (!r->route)
		return PROBLEM_NOT_FOUND;
	if (strcmp(method, r->route->method) != 0)
		return PROBLEM_METHOD;
	problem = r->route->open ? PROBLEM_NONE : check_token(r);
	if (problem != PROBLEM_NONE)
		return problem;
	if (r->route->beginning)
		snprintf(r->rest, sizeof(r->rest), "%.64s", url + strlen(r->route->path));
	if (!version || strcmp(version, "1") != 0)
		return PROBLEM_VERSION;
	if (r->route->first)
		r->retry_after = gate_ask(&r->http->gate, r->began);
	if (r->retry_after)
		return PROBLEM_BUSY;
	return r->route->type ? check_body(r) : PROBLEM_NONE;
}

static void
add_retry_after(const struct request *r, struct MHD_Response *response)
{
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%ld",
	    r->retry_after ? r->retry_after : BUSY_SECONDS);
	MHD_add_response_header(response, "Retry-After", seconds);
}

/* What some statuses must or should say beside the body. */
static void
add_headers(const struct request *r, const struct answer *answer,
    struct MHD_Response *response)
{
	enum problem problem = answer->problem;

	MHD_add_response_header(response, "Request-Id", r->id);
	MHD_add_response_header(response, "Cache-Control",
	    answer->immutable && problem == PROBLEM_NONE
		? "private, max-age=31536000, immutable"
		: "no-store");
	/* Whoever must wait leaves the place to others. */
	if (r->http->draining || problem == PROBLEM_BUSY)
		MHD_add_response_header(response, "Connection", "close");
	if (problem == PROBLEM_NO_TOKEN)
		MHD_add_response_header(response, "WWW-Authenticate",
		    "Bearer realm=\"minqing\"");
	else if (problem == PROBLEM_METHOD)
		MHD_add_response_header(response, "Allow", r->route->method);
	else if (problem == PROBLEM_ENCODING)
		MHD_add_response_header(response, "Accept-Encoding", "gzip, identity");
	else if (problem == PROBLEM_TYPE)
		MHD_add_response_header(response, "Accept-Post", r->route->type);
	else if (problem == PROBLEM_VERSION)
		MHD_add_response_header(response, "Sync-Version", "1");
	else if (problem == PROBLEM_BUSY)
		add_retry_after(r, response);
}

static enum MHD_Result
send_answer(struct request *r, struct answer *answer)
{
	struct MHD_Response *response;
	struct buf packed = { 0 };
	enum MHD_Result result;
	bool pack = !answer->packed && answer->body.len >= GZIP_FROM && http_wants_gzip(r) &&
	    wire_gzip(answer->body.data, answer->body.len, &packed, NULL);
	struct buf *body = pack ? &packed : &answer->body;

	response = MHD_create_response_from_buffer(body->len, body->data,
	    MHD_RESPMEM_MUST_COPY);
	buf_clear(&packed);
	buf_clear(&answer->body);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", answer->type);
	if (pack || answer->packed)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	add_headers(r, answer, response);
	r->status = problem_status(answer->problem);
	result = MHD_queue_response(r->connection, (unsigned)r->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
respond(struct request *r)
{
	struct answer answer = { .problem = r->problem, .type = http_json };

	r->complete = true;
	if (answer.problem == PROBLEM_NONE)
		r->route->run(r, &answer);
	if (answer.problem != PROBLEM_NONE) {
		answer.type = "application/problem+json";
		answer.packed = false;
		buf_reset(&answer.body);
		problem_write(answer.problem, r->id, &answer.body);
	}
	return send_answer(r, &answer);
}

static int
socket_of(const struct request *r)
{
	return MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
	    ->connect_fd;
}

/*
 * libmicrohttpd takes no answer while a body is coming. Said straight to the socket,
 * then, which is ours alone until the answer: nothing was sent on it since the last
 * request. The end of the stream makes libmicrohttpd close it.
 */
static void
break_off(struct request *r, enum problem problem)
{
	struct buf text = { 0 }, body = { 0 };

	problem_write(problem, r->id, &body);
	buf_fmt(&text,
	    "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
	    "Request-Id: %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
	    problem_status(problem), problem_title(problem), r->id, body.len, body.data);
	if (send(socket_of(r), text.data, text.len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)text.len)
		r->status = problem_status(problem);
	shutdown(socket_of(r), SHUT_RDWR);
	r->complete = true;
	buf_clear(&text);
	buf_clear(&body);
}

static struct request *
request_new(struct http *http, struct MHD_Connection *connection)
{
	struct request *r = calloc(1, sizeof(*r));
	unsigned char random[8];

	if (!r)
		return NULL;
	hash_random(random, sizeof(random));
	hash_hex(random, sizeof(random), r->id);
	r->http = http;
	r->connection = connection;
	r->began = r->heard = clock_monotonic();
	r->next = http->requests;
	r->link = &http->requests;
	if (r->next)
		r->next->link = &r->next;
	http->requests = r;
	return r;
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
    enum MHD_RequestTerminationCode code)
{
	struct request *r = *con_cls;

	(void)cls;
	(void)connection;
	(void)code;
	if (!r)
		return;
	log_request(r);
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	r->http->bodies -= r->length;
	free(r->body);
	free(r);
	*con_cls = NULL;
}

static enum MHD_Result
take_body(struct request *r, const char *data, size_t len)
{
	r->heard = clock_monotonic();
	if (r->problem == PROBLEM_NONE && r->len + len <= r->length) {
		memcpy(r->body + r->len, data, len);
		r->len += len;
		return MHD_YES;
	}
	if (r->problem == PROBLEM_NONE)
		r->problem = r->route->type ? PROBLEM_TOO_LARGE : PROBLEM_NONE;
	r->discarded += len;
	if (r->discarded <= DISCARD_MAX)
		return MHD_YES;
	break_off(r, r->problem == PROBLEM_NONE ? PROBLEM_TOO_LARGE : r->problem);
	return MHD_NO;
}

/* Called when the headers are there, whenever a piece of the body is, and at its end. */
static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **con_cls)
{
	struct request *r = *con_cls;
	enum MHD_Result result;

	(void)version;
	if (!r) {
		*con_cls = r = request_new(cls, connection);
		if (!r)
			return MHD_NO;
		r->problem = check_request(r, url, method);
		return r->endless ? respond(r) : MHD_YES;
	}
	if (*len == 0)
		return respond(r);
	result = take_body(r, data, *len);
	*len = 0;
	return result;
}

/* libmicrohttpd's epoll is edge-triggered and misses an end that came together with
 * the last bytes; shutting the socket down is an edge that it sees. */
static void
drop_if_gone(struct request *r)
{
	char byte;

	if (recv(socket_of(r), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
		return;
	shutdown(socket_of(r), SHUT_RDWR);
	r->complete = true;
}

/* Looks after the bodies that are coming. True when there are any. */
static bool
watch_bodies(struct http *http)
{
	int64_t now = clock_monotonic(), stall = (int64_t)http->options.stall * 1000;
	bool look = now - http->looked >= LOOK_MS, any = false;
	struct request *r;

	if (look)
		http->looked = now;
	for (r = http->requests; r; r = r->next) {
		if (!r->complete && now - r->heard >= stall)
			break_off(r, PROBLEM_STALLED);
		else if (!r->complete && look)
			drop_if_gone(r);
		any |= !r->complete;
	}
	return any;
}

static int
wait_limit(struct http *http, int64_t deadline)
{
	int64_t limit = watch_bodies(http) ? LOOK_MS : -1, left;
	MHD_UNSIGNED_LONG_LONG mhd;

	if (MHD_get_timeout(http->daemon, &mhd) == MHD_YES &&
	    (limit < 0 || (int64_t)mhd < limit))
		limit = (int64_t)mhd;
	if (deadline) {
		left = deadline - clock_monotonic();
		if (left < 0)
			left = 0;
		if (limit < 0 || left < limit)
			limit = left;
	}
	return limit > 3600000 ? 3600000 : (int)limit;
}

static void
stop_listening(struct http *http)
{
	MHD_socket fd = MHD_quiesce_daemon(http->daemon);

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	http->draining = true;
}

bool
http_serve(struct http *http, int stop_fd, struct err *err)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
	int64_t deadline = 0;

	if (!info)
		return err_set(err, ERR_SYSTEM, _(no_server));
	fds[0].fd = info->epoll_fd;
	while (!deadline || (http->requests && clock_monotonic() < deadline)) {
		int n = poll(fds, deadline ? 1 : 2, wait_limit(http, deadline));

		if (n < 0 && errno != EINTR)
			return err_set(err, ERR_SYSTEM,
			    _("The collector had to end: %s. Start it again."),
			    strerror(errno));
		MHD_run(http->daemon);
		if (!deadline && fds[1].revents) {
			stop_listening(http);
			deadline = clock_monotonic() + GRACE_MS;
		}
	}
	return true;
}

/* "127.0.0.1:80" or "[::1]:80"; the host must be an address, so that nothing is asked
 * of a name server. */
static struct addrinfo *
resolve(const char *listen_at, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const char *colon = strrchr(listen_at, ':');
	struct addrinfo *found = NULL;
	char host[64];
	size_t len = colon ? (size_t)(colon - listen_at) : 0;

	if (len >= 2 && listen_at[0] == '[' && listen_at[len - 1] == ']') {
		listen_at++;
		len -= 2;
	}
	if (len > 0 && len < sizeof(host)) {
		memcpy(host, listen_at, len);
		host[len] = '\0';
		if (getaddrinfo(host, colon + 1, &hints, &found) == 0)
			return found;
	}
	err_set(err, ERR_INPUT,
	    _("Cannot listen there: give an address and a port, as 127.0.0.1:8080."));
	return NULL;
}

static int
listen_on(struct http *http, const char *listen_at, struct err *err)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	struct addrinfo *ai = resolve(listen_at, err);
	char host[64], port[8];
	int fd, on = 1;

	if (!ai)
		return -1;
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&at, len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		err_set(err, ERR_SYSTEM,
		    _("Cannot listen at %s: %s. Give another address or port, or stop the "
		      "program that has it."),
		    listen_at, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
		goto out;
	}
	http->loopback = !strncmp(host, "127.", 4) || !strcmp(host, "::1");
	snprintf(http->address, sizeof(http->address),
	    at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
out:
	freeaddrinfo(ai);
	return fd;
}

struct http *
http_new(const char *listen_at, const struct http_options *options, struct err *err)
{
	struct http *http = mem_alloc(sizeof(*http));
	int fd;

	http->options = *options;
	gate_init(&http->gate, options->rate);
	fd = listen_on(http, listen_at, err);
	if (fd < 0)
		goto fail;
	/* Its own time-out is for idle connections and for headers that never end;
	 * bodies have ours, which answers. */
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, http,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)options->stall + 15, MHD_OPTION_END);
	if (!http->daemon) {
		err_set(err, ERR_SYSTEM, _(no_server));
		close(fd);
		goto fail;
	}
	return http;
fail:
	free(http);
	return NULL;
}

void
http_free(struct http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	free(http);
}

const char *
http_address(const struct http *http)
{
	return http->address;
}

bool
http_is_loopback(const struct http *http)
{
	return http->loopback;
}
