/*
 * The notebook's line against a server that says anything: status, head, body, in any
 * bytes. Only a whole answer of 200 with the right type may count as one.
 */
#include "../../sync/client_line.h"
#include "buf.h"
#include "err.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int listener = -1;
static char address[64];

static void
listen_once(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);

	if (listener >= 0)
		return;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&at, size) != 0 ||
	    listen(listener, 8) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &size) != 0)
		abort();
	snprintf(address, sizeof(address), "http://127.0.0.1:%d", ntohs(at.sin_port));
}

/* Says it and ends; nothing is left of the connection afterwards. */
static int
say(const uint8_t *data, size_t len)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 || send(fd, data, len, MSG_NOSIGNAL) < 0)
		abort();
	shutdown(fd, SHUT_WR);
	return fd;
}

static void
step(struct line *line, struct line_result *result, int *fd, const uint8_t *data,
    size_t len)
{
	while (!line_step(line, result)) {
		struct pollfd fds[2] = { { .fd = line_fd(line), .events = POLLIN },
			{ .fd = *fd < 0 ? listener : -1, .events = POLLIN } };
		int timeout = line_timeout(line);

		poll(fds, 2, timeout < 0 ? 1000 : timeout);
		if (fds[1].revents)
			*fd = say(data, len);
	}
}

static void
check(const struct line_result *r, const uint8_t *data, size_t len)
{
	if (r->action != LINE_ANSWER) {
		if (!r->text || r->kind == ERR_NONE || r->retry_after < 0 ||
		    r->retry_after > 86400)
			abort();
		return;
	}
	if (r->status != 200 || !memmem(data, len, "200", 3) || r->answer->len > 4096)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct linger now = { 1, 0 };
	struct line_request hello = {
		.path = "/v1/hello", .accept = "application/json", .answer_max = 4096
	};
	struct line_result result;
	struct line_settings settings = { address, "token", "", false, 5, false };
	struct err err = { 0 };
	struct line *line;
	int fd = -1;

	listen_once();
	line = line_new(&settings, &err);
	if (!line || !line_begin(line, &hello, &err))
		abort();
	step(line, &result, &fd, data, len);
	check(&result, data, len);
	line_free(line);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	return 0;
}
