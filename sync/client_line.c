#include "client_line.h"

#include "buf.h"
#include "client.h"
#include "client_curl.h"
#include "client_verdict.h"
#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "version.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ANSWER_MAX  (1u << 20) /* bytes */
#define CONNECT_MS  15000
#define LOOK_MS     500  /* between looks whether the line still carries anything */

struct line {
	struct curl_table curl;
	CURLM *multi;
	CURL *easy;
	bool under_way;
	struct curl_slist *headers;
	char *base, *host, *token, *accept;
	bool loopback;
	long stall;

	int epoll;            /* libcurl's sockets, in one descriptor of ours */
	int64_t curl_due;     /* when libcurl wants to be called; -1: not */
	int64_t heard, moved; /* when bytes last moved, and how many had by then */
	int64_t began;        /* the exchange */
	int64_t connected;    /* when the connection was begun; 0: there is none */
	const char *body;     /* what is left of it to be read */
	size_t left;
	struct buf answer;
	size_t answer_max;
	bool begun;      /* the request was sent, or part of it */
	bool openrosa, posting;
	struct buf scratch;
	int64_t accepts; /* as the answer's head said */
	struct buf mark;
	bool head_ended; /* of the answer; libcurl takes a head that was cut for whole */
	int64_t up_before, down_before; /* of finished exchanges */
	struct line_traffic traffic;
};

/* --- the address --- */

static bool
host_is_loopback(const char *host)
{
	struct in_addr four;
	struct in6_addr six;
	char bare[64];
	size_t len = strlen(host);

	if (!strcasecmp(host, "localhost"))
		return true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (len < 3 || len >= sizeof(bare) || host[0] != '[')
		return false;
	memcpy(bare, host + 1, len - 2);
	bare[len - 2] = '\0';
	return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* http or https, a host, no name and password; plain http only where allowed. */
static bool
check_address(struct line *line, CURLU *u, bool insecure, struct err *err)
{
	const struct curl_table *curl = &line->curl;
	char *scheme = NULL, *host = NULL, *user = NULL;
	bool ok = false;

	if (curl->url_set(u, CURLUPART_URL, line->base, 0) != CURLUE_OK ||
	    curl->url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl->url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl->url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
		err_set(err, ERR_INPUT,
		    _("The collector's address is not a web address: \"%s\". It "
		    "looks like https://example.org; correct it in the "
		    "settings."),
		    line->base);
		goto out;
	}
	line->host = mem_strdup(host);
	line->loopback = host_is_loopback(host);
	if (!strcmp(scheme, "http") && !line->loopback && !insecure) {
		err_set(err, ERR_INPUT,
		    _("%s would be reached without encryption, so nothing was sent. Use an "
		      "address that begins with https://. If the line itself is safe: "
		      "minqing settings --http \"%s\""),
		    line->host, INSECURE_WORDS);
		goto out;
	}
	ok = true;
out:
	curl->free(scheme);
	curl->free(host);
	curl->free(user);
	return ok;
}

static bool
take_address(struct line *line, const struct line_settings *s, struct err *err)
{
	size_t len = strlen(s->collector);
	CURLU *u = line->curl.url();
	bool ok;

	while (len > 0 && s->collector[len - 1] == '/')
		len--;
	line->base = mem_strndup(s->collector, len);
	ok = u && check_address(line, u, s->insecure, err);
	line->curl.url_cleanup(u);
	return ok;
}

/* --- libcurl in our loop --- */

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	struct line *line = data;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(line->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) |
	    (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
	(void)known;
	if (epoll_ctl(line->epoll, EPOLL_CTL_MOD, fd, &event) != 0)
		epoll_ctl(line->epoll, EPOLL_CTL_ADD, fd, &event);
	return 0;
}

static int
on_timer(CURLM *multi, long timeout_ms, void *data)
{
	struct line *line = data;

	(void)multi;
	line->curl_due = timeout_ms < 0 ? -1 : clock_monotonic() + timeout_ms;
	return 0;
}

int
line_fd(const struct line *line)
{
	return line->epoll;
}

int
line_timeout(const struct line *line)
{
	int64_t now, due;

	if (!line->under_way)
		return -1;
	now = clock_monotonic();
	due = now + LOOK_MS;
	if (line->curl_due >= 0 && line->curl_due < due)
		due = line->curl_due;
	return due > now ? (int)(due - now) : 0;
}

static size_t
take_answer(char *data, size_t size, size_t count, void *into)
{
	struct line *line = into;

	if (line->answer.len + size * count > line->answer_max)
		return 0;
	buf_add(&line->answer, data, size * count);
	return size * count;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200"; libcurl takes others that begin so for a 200. */
static bool
is_status_line(const char *text, size_t len)
{
	char line[16];
	int version, minor, status, used = 0;

	snprintf(line, sizeof(line), "%.*s", (int)(len < 15 ? len : 15), text);
	return (sscanf(line, "HTTP/%1d.%1d %3d%n", &version, &minor, &status, &used) == 3 ||
		   sscanf(line, "HTTP/%1d %3d%n", &version, &status, &used) == 2) &&
	    used >= 10 && status >= 100;
}

/* Appends what stands behind a header's name. */
static bool
head_is(const char *text, size_t len, const char *name, struct buf *value)
{
	size_t at = strlen(name);

	if (len < at || strncasecmp(text, name, at) != 0)
		return false;
	while (at < len && text[at] == ' ')
		at++;
	while (len > at && strchr(" \r\n", text[len - 1]))
		len--;
	buf_reset(value);
	buf_add(value, text + at, len - at);
	return true;
}

static size_t
take_head(char *text, size_t size, size_t count, void *into)
{
	struct line *line = into;

	if (size * count >= 5 && !memcmp(text, "HTTP/", 5) &&
	    !is_status_line(text, size * count))
		return 0;
	size_t len = size * count;

	line->head_ended = len == 2 && !memcmp(text, "\r\n", 2);
	buf_reset(&line->scratch);
	if (!line->openrosa)
		return len;
	if (head_is(text, len, "X-OpenRosa-Accept-Content-Length:", &line->scratch))
		line->accepts = strtoll(buf_text(&line->scratch), NULL, 10);
	if (head_is(text, len, "ETag:", &line->scratch)) {
		buf_reset(&line->mark);
		buf_str(&line->mark, buf_text(&line->scratch));
	}
	return len;
}

/* libcurl would send a request anew, at once, when a connection that was kept alive is cut
 * before the answer. What follows a cut is for us to say, so it may begin only once, */
static int
ask_to_send(void *from, char *peer, char *self, int peer_port, int self_port)
{
	struct line *line = from;

	(void)peer, (void)self, (void)peer_port, (void)self_port;
	if (line->begun)
		return CURL_PREREQFUNC_ABORT;
	line->begun = true;
	return CURL_PREREQFUNC_OK;
}

/* and a body is read through here and not to be read again. */
static size_t
give_body(char *room, size_t size, size_t count, void *from)
{
	struct line *line = from;
	size_t n = size * count < line->left ? size * count : line->left;

	memcpy(room, line->body, n);
	line->body += n;
	line->left -= n;
	return n;
}

/* What is the same for every exchange; the handle keeps the connection alive. */
static bool
set_up(struct line *line, const char *ca, struct err *err)
{
	const struct curl_table *curl = &line->curl;

	line->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (line->epoll < 0)
		return err_set(err, ERR_SYSTEM, _("The network cannot be used: %s. Check the line and try "
		    "again."),
		    strerror(errno));
	line->multi = curl->multi_init();
	line->easy = curl->easy_init();
	if (!line->multi || !line->easy)
		return err_set(err, ERR_SYSTEM, _("The library libcurl does not start. Install the package "
		    "libcurl4 anew."));
	curl->multi_setopt(line->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl->multi_setopt(line->multi, CURLMOPT_SOCKETDATA, line);
	curl->multi_setopt(line->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl->multi_setopt(line->multi, CURLMOPT_TIMERDATA, line);
	curl->easy_setopt(line->easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(line->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl->easy_setopt(line->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl->easy_setopt(line->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl->easy_setopt(line->easy, CURLOPT_USERAGENT, "minqing/" MINQING_VERSION);
	curl->easy_setopt(line->easy, CURLOPT_WRITEFUNCTION, take_answer);
	curl->easy_setopt(line->easy, CURLOPT_WRITEDATA, line);
	curl->easy_setopt(line->easy, CURLOPT_HEADERFUNCTION, take_head);
	curl->easy_setopt(line->easy, CURLOPT_HEADERDATA, line);
	curl->easy_setopt(line->easy, CURLOPT_READFUNCTION, give_body);
	curl->easy_setopt(line->easy, CURLOPT_READDATA, line);
	curl->easy_setopt(line->easy, CURLOPT_PREREQFUNCTION, ask_to_send);
	curl->easy_setopt(line->easy, CURLOPT_PREREQDATA, line);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Not to wait for a slow name server when cancelled; older ones do not know it. */
	curl->easy_setopt(line->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	if (line->loopback)
		curl->easy_setopt(line->easy, CURLOPT_NOPROXY, "*");
	if (*ca) { /* and not the system's beside it */
		curl->easy_setopt(line->easy, CURLOPT_CAINFO, ca);
		curl->easy_setopt(line->easy, CURLOPT_CAPATH, NULL);
	}
	return true;
}

struct line *
line_new(const struct line_settings *settings, struct err *err)
{
	struct line *line = mem_alloc(sizeof(*line));

	line->epoll = -1;
	line->curl_due = -1;
	line->stall = settings->stall;
	line->openrosa = settings->openrosa;
	line->token = mem_strdup(settings->token);
	if (curl_load(&line->curl, err) && take_address(line, settings, err) &&
	    set_up(line, settings->ca, err))
		return line;
	line_free(line);
	return NULL;
}

void
line_free(struct line *line)
{
	if (!line)
		return;
	line_stop(line);
	if (line->easy)
		line->curl.easy_cleanup(line->easy);
	if (line->multi)
		line->curl.multi_cleanup(line->multi);
	if (line->epoll >= 0)
		close(line->epoll);
	free(line->base);
	free(line->host);
	free(line->token);
	free(line->accept);
	buf_clear(&line->answer);
	buf_clear(&line->scratch);
	buf_clear(&line->mark);
	free(line);
}

const char *
line_host(const struct line *line)
{
	return line->host;
}

/* --- one exchange --- */

static bool
add_header(struct line *line, const char *name, const char *value)
{
	struct buf text = { 0 };
	struct curl_slist *longer;

	/* "Name:" alone takes a header of libcurl's own away. */
	buf_fmt(&text, *value ? "%s: %s" : "%s:", name, value);
	longer = line->curl.slist_append(line->headers, text.data);
	buf_clear(&text);
	if (longer)
		line->headers = longer;
	return longer != NULL;
}

static bool
add_token(struct line *line)
{
	struct buf token = { 0 };
	bool ok;

	if (!*line->token)
		return true;
	if (line->openrosa && strchr(line->token, ':')) {
		/* At once, not when asked: the server would have the body twice. */
		buf_str(&token, "Basic ");
		hash_base64(line->token, strlen(line->token), &token);
	} else if (line->openrosa && strchr(line->token, ' ')) {
		buf_str(&token, line->token);
	} else {
		buf_fmt(&token, "Bearer %s", line->token);
	}
	ok = add_header(line, "Authorization", token.data);
	buf_clear(&token);
	return ok;
}

static bool
add_body_headers(struct line *line, const struct line_request *r)
{
	char digest[64];

	hash_content_digest(r->body, r->len, digest);
	return add_header(line, "Content-Type", r->type) &&
	    add_header(line, "Content-Encoding", r->encoding ? r->encoding : "identity") &&
	    add_header(line, "Content-Digest", digest) &&
	    (!r->batch || add_header(line, "Batch-Id", r->batch)) &&
	    add_header(line, "Expect", ""); /* a second's wait on a slow line */
}

static bool
add_openrosa_headers(struct line *line, const struct line_request *r)
{
	return add_token(line) && add_header(line, "X-OpenRosa-Version", "1.0") &&
	    (!r->known || add_header(line, "If-None-Match", r->known)) &&
	    (!r->body || (add_header(line, "Content-Type", r->type) &&
		add_header(line, "Expect", "")));
}

static bool
add_headers(struct line *line, const struct line_request *r)
{
	char version[8];
	struct buf accept = { 0 };
	bool ok;

	if (line->openrosa)
		return add_openrosa_headers(line, r);

	snprintf(version, sizeof(version), "%d", WIRE_VERSION);
	buf_fmt(&accept, "%s, application/problem+json", r->accept);
	ok = add_token(line) && add_header(line, "Sync-Version", version) &&
	    add_header(line, "Accept", accept.data) &&
	    (!r->body || add_body_headers(line, r));
	buf_clear(&accept);
	return ok;
}

static void
set_request(struct line *line, const struct line_request *r)
{
	const struct curl_table *curl = &line->curl;
	struct buf url = { 0 };

	buf_fmt(&url, "%s%s", *r->path == '/' ? line->base : "", r->path);
	curl->easy_setopt(line->easy, CURLOPT_URL, url.data); /* it keeps a copy */
	buf_clear(&url);
	if (r->body) {
		curl->easy_setopt(line->easy, CURLOPT_POST, 1L);
		curl->easy_setopt(line->easy, CURLOPT_POSTFIELDS, NULL);
		line->body = r->body;
		line->left = r->len;
		curl->easy_setopt(line->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)r->len);
	} else {
		curl->easy_setopt(line->easy, CURLOPT_HTTPGET, 1L);
	}
	if (r->head)
		curl->easy_setopt(line->easy, CURLOPT_NOBODY, 1L);
	curl->easy_setopt(line->easy, CURLOPT_HTTPHEADER, line->headers);
}

/* Its key goes to no other. */
static bool
is_same_server(const struct line *line, const char *url)
{
	const char *host = strstr(line->base, "://");
	size_t len = host ? strcspn(host + 3, "/?#") + (size_t)(host + 3 - line->base) : 0;

	return len > 0 && strncasecmp(url, line->base, len) == 0 &&
	    strchr("/?#", url[len]) && url[len];
}

bool
line_begin(struct line *line, const struct line_request *request, struct err *err)
{
	buf_reset(&line->answer);
	line->answer_max = request->answer_max ? request->answer_max : ANSWER_MAX;
	free(line->accept);
	line->accept = mem_strdup(request->accept ? request->accept : "");
	line->posting = request->body != NULL;
	line->accepts = 0;
	buf_reset(&line->mark);
	line->traffic.sent = 0;
	line->traffic.connected = false;
	line->head_ended = line->begun = false;
	if (*request->path != '/' && !is_same_server(line, request->path))
		return err_set(err, ERR_NETWORK,
		    _("The server sends this notebook on to another one (%s), which may not "
		      "have its key. Tell whoever looks after it."),
		    request->path);
	if (!add_headers(line, request))
		return err_set(err, ERR_SYSTEM, _("There is not enough memory to send. Close other programs "
		    "and try again."));
	set_request(line, request);
	if (line->curl.multi_add_handle(line->multi, line->easy) != CURLM_OK)
		return err_set(err, ERR_SYSTEM, _("There is not enough memory to send. Close other programs "
		    "and try again."));
	line->under_way = true;
	line->heard = line->began = clock_monotonic();
	line->moved = 0;
	return true;
}

void
line_stop(struct line *line)
{
	if (line->under_way)
		line->curl.multi_remove_handle(line->multi, line->easy);
	line->under_way = false;
	if (line->headers)
		line->curl.slist_free_all(line->headers);
	line->headers = NULL;
	line->curl_due = -1;
}

/* --- what has moved --- */

/* Bytes that were handed to the system and have not been taken by the other side. */
static int64_t
in_the_queue(const struct line *line)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	int queued = 0;

	if (line->curl.easy_getinfo(line->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	    fd == CURL_SOCKET_BAD || ioctl(fd, SIOCOUTQ, &queued) != 0)
		return 0;
	return queued;
}

static void
count(struct line *line)
{
	struct line_traffic *t = &line->traffic;
	curl_off_t up = 0, down = 0, ready = 0, name = 0, connect = 0;
	const struct curl_table *curl = &line->curl;
	long head = 0, fresh = 0;
	int64_t moved;

	curl->easy_getinfo(line->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl->easy_getinfo(line->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl->easy_getinfo(line->easy, CURLINFO_HEADER_SIZE, &head);
	curl->easy_getinfo(line->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	curl->easy_getinfo(line->easy, CURLINFO_NAMELOOKUP_TIME_T, &name);
	curl->easy_getinfo(line->easy, CURLINFO_CONNECT_TIME_T, &connect);
	t->up = line->up_before + up;
	t->down = line->down_before + down + head;
	t->connected = ready > 0;
	curl->easy_getinfo(line->easy, CURLINFO_NUM_CONNECTS, &fresh);
	if (fresh > 0)
		line->connected = line->began;
	if (connect > name)
		t->round_trip = (connect - name) / 1000;
	moved = up - in_the_queue(line);
	t->sent = moved > 0 ? moved : 0;
	moved += down + head;
	if (moved == line->moved)
		return;
	line->moved = moved;
	line->heard = clock_monotonic();
}

void
line_traffic(const struct line *line, struct line_traffic *traffic)
{
	*traffic = line->traffic;
}

/* --- how it ended --- */

static void
judge(struct line *line, CURLcode code, struct line_result *r)
{
	curl_off_t ready = 0, first = 0;

	*r = (struct line_result){ .answer = &line->answer };
	count(line);
	line->up_before = line->traffic.up;
	line->down_before = line->traffic.down;
	line->curl.easy_getinfo(line->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	line->curl.easy_getinfo(line->easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
	r->milliseconds = first > ready ? (first - ready) / 1000 : 0;
	if (line->traffic.connected)
		r->age = line->heard - line->connected;
	if (code == CURLE_OK && !line->head_ended)
		code = CURLE_PARTIAL_FILE;
	r->accepts = line->accepts;
	r->mark = buf_text(&line->mark);
	if (code == CURLE_OK && line->openrosa)
		verdict_on_openrosa(&line->curl, line->easy, line->posting, r);
	else if (code == CURLE_OK)
		verdict_on_status(&line->curl, line->easy, line->accept, r);
	else
		verdict_on_failure(&line->curl, line->easy, code, line->traffic.connected, r);
	line_stop(line);
}

static void
go_on(struct line *line)
{
	struct epoll_event events[8];
	int n = epoll_wait(line->epoll, events, 8, 0), running, i;

	for (i = 0; i < n; i++) {
		int what = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
		    (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		    (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);

		line->curl.multi_socket_action(line->multi, events[i].data.fd, what,
		    &running);
	}
	if (line->curl_due < 0 || clock_monotonic() < line->curl_due)
		return;
	line->curl_due = -1;
	line->curl.multi_socket_action(line->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

bool
line_step(struct line *line, struct line_result *result)
{
	CURLMsg *message;
	int left;

	if (!line->under_way)
		return false;
	go_on(line);
	message = line->curl.multi_info_read(line->multi, &left);
	if (message && message->msg == CURLMSG_DONE) {
		judge(line, message->data.result, result);
		return true;
	}
	count(line);
	if (clock_monotonic() - line->heard >= (int64_t)line->stall * 1000) {
		judge(line, CURLE_OPERATION_TIMEDOUT, result);
		return true;
	}
	return false;
}
