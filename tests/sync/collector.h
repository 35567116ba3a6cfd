/*
 * A real collector on a free port of this machine, and a small HTTP client of the
 * tests' own, so that a mistake in ours cannot hide one in the collector.
 */
#ifndef TEST_COLLECTOR_H
#define TEST_COLLECTOR_H

#include "buf.h"
#include "hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct collector {
	char dir[64], db[96], token[80];
	char program[256];
	pid_t pid;
	int port;
	size_t file_max; /* of its files, in bytes; 0: no limit */
	const char *stall, *rate, *closing; /* as serve is told; NULL */
};

static inline void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* Runs the collector's program with these words; its output, and its exit code. */
static inline int
collector_run(const struct collector *c, struct buf *out, ...)
{
	const char *argv[24] = { c->program };
	int n = 1, fds[2], status;
	char bytes[4096];
	ssize_t got;
	va_list ap;
	pid_t pid;

	va_start(ap, out);
	while (n < 22 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	if (pipe(fds) != 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(fds[1], 1);
		dup2(null, 2);
		close(fds[0]);
		close(fds[1]);
		execv(c->program, (char **)(uintptr_t)argv);
		_exit(127);
	}
	close(fds[1]);
	while ((got = read(fds[0], bytes, sizeof(bytes))) > 0)
		if (out)
			buf_add(out, bytes, (size_t)got);
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void
collector_child(const struct collector *c, int out)
{
	char log[128];
	int fd;

	snprintf(log, sizeof(log), "%s/log", c->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(out, 1);
	dup2(fd, 2);
	if (c->file_max) {
		/* The shell's limit, in the shell's own blocks of 512 bytes. */
		char command[512];

		snprintf(command, sizeof(command),
		    "ulimit -f %zu; exec \"%s\" serve --db \"%s\" --listen 127.0.0.1:0 --rate 0",
		    c->file_max / 512, c->program, c->db);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	} else {
		execl(c->program, c->program, "serve", "--db", c->db, "--listen",
		    "127.0.0.1:0", "--stall", c->stall ? c->stall : "60", "--rate",
		    c->rate ? c->rate : "0", c->closing ? "--closing" : (char *)NULL,
		    c->closing, (char *)NULL);
	}
	_exit(127);
}

static inline void
collector_serve(struct collector *c)
{
	char line[128];
	FILE *out;
	int fds[2];

	if (pipe(fds) != 0)
		die("pipe");
	c->pid = fork();
	if (c->pid == 0)
		collector_child(c, fds[1]);
	close(fds[1]);
	out = fdopen(fds[0], "r");
	if (!fgets(line, sizeof(line), out) ||
	    sscanf(line, "listening on 127.0.0.1:%d", &c->port) != 1)
		die("the collector does not start");
	fclose(out);
}

/* In a new folder of the one named. */
static inline void
collector_init_in(struct collector *c, const char *parent)
{
	const char *build = getenv("MINQING_BUILD");
	struct buf out = { 0 };

	*c = (struct collector){ 0 };
	snprintf(c->program, sizeof(c->program), "%s/minqing-collector",
	    build ? build : "build/plain");
	snprintf(c->dir, sizeof(c->dir), "%s/minqing-test-XXXXXX", parent);
	if (!mkdtemp(c->dir))
		die("mkdtemp");
	snprintf(c->db, sizeof(c->db), "%s/collector.db", c->dir);
	if (collector_run(c, &out, "token", "add", "laptop-1", "--db", c->db, NULL) != 0)
		die("token add");
	snprintf(c->token, sizeof(c->token), "%.*s", (int)strcspn(buf_text(&out), "\n"),
	    buf_text(&out));
	buf_clear(&out);
}

static inline void
collector_init(struct collector *c)
{
	collector_init_in(c, "/tmp");
}

static inline void
collector_start(struct collector *c)
{
	collector_init(c);
	collector_serve(c);
}

/* Its exit code; -1 after a signal. */
static inline int
collector_stop(struct collector *c, int sig)
{
	int status;

	if (c->pid <= 0)
		return 0;
	kill(c->pid, sig);
	if (waitpid(c->pid, &status, 0) != c->pid)
		die("waitpid");
	c->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void
collector_end(struct collector *c)
{
	static const char *const files[] = { "collector.db", "collector.db-wal",
		"collector.db-shm", "collector.db-serving", "log", "notebook.db",
		"notebook.db-wal", "notebook.db-shm", "out" };
	char path[192];
	size_t i;

	collector_stop(c, SIGTERM);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", c->dir, files[i]);
		unlink(path);
	}
	rmdir(c->dir);
}

/* The collector's own export of everything, one line a record. */
static inline void
collector_export(const struct collector *c, struct buf *out)
{
	buf_reset(out);
	if (collector_run(c, out, "export", "--db", c->db, "--format", "jsonl", "--all",
		NULL) != 0)
		buf_str(out, "(export failed)");
}

static inline int
connect_to(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline void
send_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

struct reply {
	int status; /* 0: the connection ended without an answer */
	struct buf head, body;
};

static inline void
reply_clear(struct reply *r)
{
	buf_clear(&r->head);
	buf_clear(&r->body);
	r->status = 0;
}

/* The value of a header, or "". */
static inline const char *
reply_header(const struct reply *r, const char *name)
{
	static char value[256];
	const char *at = buf_text(&r->head);
	size_t len = strlen(name);

	while ((at = strstr(at, "\r\n"))) {
		at += 2;
		if (!strncasecmp(at, name, len) && at[len] == ':') {
			at += len + 1;
			at += strspn(at, " ");
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
			return value;
		}
	}
	return "";
}

/* One answer off the connection; gives up after 20 silent seconds. */
static inline void
read_reply(int fd, struct reply *r)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t want = (size_t)-1, head = 0;
	char bytes[8192];

	reply_clear(r);
	while (r->body.len < want && poll(&p, 1, 20000) == 1) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
		char *end;

		if (n <= 0)
			break;
		buf_add(&r->body, bytes, (size_t)n);
		if (head || !(end = strstr(buf_text(&r->body), "\r\n\r\n")))
			continue;
		head = (size_t)(end - r->body.data) + 4;
		buf_add(&r->head, r->body.data, head);
		memmove(r->body.data, r->body.data + head, r->body.len - head);
		buf_truncate(&r->body, r->body.len - head);
		r->status = atoi(r->head.data + strcspn(r->head.data, " "));
		want = (size_t)atol(reply_header(r, "Content-Length"));
	}
}

/* One request as a notebook would make it: POST when there is a body, else GET. */
static inline void
collector_ask(const struct collector *c, const char *token, const char *path,
    const char *type, const char *body, struct reply *r)
{
	struct buf head = { 0 };
	int fd = connect_to(c->port);

	buf_fmt(&head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nSync-Version: 1\r\n",
	    body ? "POST" : "GET", path);
	if (token)
		buf_fmt(&head, "Authorization: Bearer %s\r\n", token);
	if (body)
		buf_fmt(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
		    strlen(body));
	buf_str(&head, "\r\n");
	if (body)
		buf_str(&head, body);
	send_all(fd, head.data, head.len);
	read_reply(fd, r);
	close(fd);
	buf_clear(&head);
}

/* A laptop of a worker's, by its code. */
static inline void
collector_enrol(const struct collector *c, const char *user, const char *name,
    char token[80])
{
	unsigned char random[HASH_SIZE], hash[HASH_SIZE];
	char hex[HASH_HEX_SIZE];
	struct buf code = { 0 }, body = { 0 };
	struct reply r = { 0 };

	hash_random(random, sizeof(random));
	hash_hex(random, sizeof(random), hex);
	snprintf(token, 80, "%s", hex);
	hash_sha256(token, strlen(token), hash);
	hash_hex(hash, sizeof(hash), hex);
	if (collector_run(c, &code, "enrol", user, "--name", name, "--db", c->db, NULL) != 0)
		die("enrol");
	buf_fmt(&body, "{\"code\":\"%.14s\",\"token\":\"%s\"}", buf_text(&code), hex);
	collector_ask(c, NULL, "/v1/enrol", "application/json", body.data, &r);
	if (r.status != 200)
		die("enrol");
	reply_clear(&r);
	buf_clear(&code);
	buf_clear(&body);
}

#endif
