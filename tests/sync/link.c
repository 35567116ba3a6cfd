#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAIRS    1100
#define PIECE    1024  /* bytes that travel together */
#define AHEAD_MS 40    /* of line that are taken in before they have left */
#define PIECES   4096  /* on the way at a time, each way of a connection */
#define BUFFER   4096  /* of the system's own, so that a sender feels the line */

struct piece {
	int64_t due; /* microseconds */
	int len;
	char bytes[PIECE];
};

struct queue { /* one way of one connection */
	struct piece *pieces; /* a ring, made when first needed */
	int first, count;
	bool ended; /* nothing more will come in */
	int at;     /* bytes of the first piece that are out already */
};

struct pair {
	int client, server;
	struct queue up, down;
	int64_t opened;
};

struct state {
	struct link *link;
	int listener, wake;
	struct pair *pairs;
	int pair_count;
	int64_t free_up, free_down; /* when the line has carried what it was given */
	int64_t began, last_cut;    /* of the line; 0: nothing was carried yet */
};

static int64_t
micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
die(const char *what)
{
	perror(what);
	_exit(1);
}

/* --- connections --- */

static int
dial(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
hang_up(int fd, bool reset)
{
	struct linger now = { 1, 0 };

	if (fd < 0)
		return;
	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void
drop(struct state *s, int i, bool reset)
{
	struct pair *p = &s->pairs[i];

	hang_up(p->client, reset);
	hang_up(p->server, reset);
	free(p->up.pieces);
	free(p->down.pieces);
	*p = s->pairs[--s->pair_count];
}

static void
cut(struct state *s)
{
	s->link->count.cuts++;
	while (s->pair_count)
		drop(s, 0, s->link->plan.reset);
	s->free_up = s->free_down = 0;
}

static void
take_connection(struct state *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
	struct pair *p;

	if (fd < 0)
		return;
	s->link->count.connections++;
	if (s->link->plan.refuse || s->pair_count == PAIRS) {
		hang_up(fd, true);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	p = &s->pairs[s->pair_count];
	*p = (struct pair){ .client = fd, .server = dial(s->link->target),
		.opened = micros() };
	if (p->server < 0)
		hang_up(fd, true);
	else
		s->pair_count++;
}

/* --- bytes --- */

static struct piece *
piece_add(struct queue *q)
{
	if (!q->pieces)
		q->pieces = malloc(PIECES * sizeof(*q->pieces));
	if (!q->pieces)
		die("malloc");
	return &q->pieces[(q->first + q->count++) % PIECES];
}

/* When bytes that come in now will have left the line. */
static int64_t
carried(struct state *s, const struct pair *p, bool up, int len)
{
	const volatile struct link_plan *plan = &s->link->plan;
	int64_t *free_at = up ? &s->free_up : &s->free_down, now = micros();
	int64_t from = p->opened + 2000 * plan->delay; /* the handshake */
	long rate = up ? plan->up.rate : plan->down.rate;

	if (from < now)
		from = now;
	if (from < *free_at)
		from = *free_at;
	*free_at = from + (rate ? (int64_t)len * 1000000 / rate : 0);
	return *free_at + 1000 * plan->delay;
}

static bool
is_dark(const struct state *s)
{
	const volatile struct link_plan *plan = &s->link->plan;

	return plan->black_every && s->began &&
	    (micros() - s->began) / 1000 % plan->black_every >=
	    plan->black_every - plan->black_for;
}

/* As many bytes as may still come this way before something happens. */
static long
room(const struct state *s, bool up)
{
	const volatile struct link_way *way = up ? &s->link->plan.up : &s->link->plan.down;
	long count = up ? s->link->count.up : s->link->count.down, most = PIECE;
	int64_t free_at = up ? s->free_up : s->free_down;

	if (way->rate && free_at - micros() > AHEAD_MS * 1000)
		return 0;
	if (way->cut >= 0 && way->cut - count < most)
		most = way->cut - count;
	if (way->stall >= 0 && way->stall - count < most)
		most = way->stall - count;
	return most > 0 ? most : 0;
}

/* False when the line was cut. */
static bool
take_in(struct state *s, struct pair *p, bool up)
{
	struct queue *q = up ? &p->up : &p->down;
	volatile struct link_way *way = up ? &s->link->plan.up : &s->link->plan.down;
	volatile long *count = up ? &s->link->count.up : &s->link->count.down;
	char bytes[PIECE];
	ssize_t n;

	while (!q->ended && q->count < PIECES - 2 && !is_dark(s)) {
		long most = room(s, up);
		int times = !up && s->link->plan.twice ? 2 : 1;
		struct piece *piece;

		if (!most)
			break;
		n = recv(up ? p->client : p->server, bytes, (size_t)most, 0);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR || (q->ended = true);
		q->ended = n == 0;
		if (!s->began)
			s->began = s->last_cut = micros();
		*count += n;
		while (n > 0 && times--) {
			piece = piece_add(q);
			piece->len = (int)n;
			memcpy(piece->bytes, bytes, (size_t)n);
			piece->due = carried(s, p, up, (int)n);
		}
		if (way->cut >= 0 && *count >= way->cut) {
			way->cut = -1;
			return false;
		}
	}
	return true;
}

static void
put_out(struct state *s, struct pair *p, bool up)
{
	struct queue *q = up ? &p->up : &p->down;
	int fd = up ? p->server : p->client;
	int64_t now = micros();

	if (!up && s->link->plan.hold_down)
		return;
	while (q->count && q->pieces[q->first].due <= now) {
		struct piece *piece = &q->pieces[q->first];
		ssize_t n = send(fd, piece->bytes + q->at, (size_t)(piece->len - q->at),
		    MSG_NOSIGNAL);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR) {
				q->count = 0;
				q->ended = true;
			}
			return;
		}
		q->at += (int)n;
		if (q->at < piece->len)
			return;
		q->at = 0;
		q->first = (q->first + 1) % PIECES;
		q->count--;
	}
}

/* --- the loop --- */

/* Microseconds until something is due; at most a tenth of a second. */
static int64_t
until_due(const struct state *s)
{
	const volatile struct link_plan *plan = &s->link->plan;
	int64_t now = micros(), due = now + 100000;
	int i;

	for (i = 0; i < s->pair_count; i++) {
		const struct pair *p = &s->pairs[i];

		if (p->up.count && p->up.pieces[p->up.first].due < due)
			due = p->up.pieces[p->up.first].due;
		if (p->down.count && p->down.pieces[p->down.first].due < due)
			due = p->down.pieces[p->down.first].due;
	}
	if (s->pair_count && (plan->up.rate || plan->down.rate || plan->black_every) &&
	    now + 5000 < due)
		due = now + 5000;
	return due > now ? due - now : 0;
}

static void
start_anew(struct state *s)
{
	char byte;

	if (read(s->wake, &byte, 1) != 1)
		_exit(0);
	while (s->pair_count)
		drop(s, 0, true);
	s->free_up = s->free_down = s->began = s->last_cut = 0;
	s->link->seen = s->link->generation;
}

static void
wait_for_something(struct state *s)
{
	static struct pollfd fds[2 + 2 * PAIRS];
	int64_t wait = until_due(s);
	struct timespec t = { wait / 1000000, wait % 1000000 * 1000 };
	int n = 0, i;

	fds[n++] = (struct pollfd){ .fd = s->listener, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = s->wake, .events = POLLIN };
	for (i = 0; i < s->pair_count; i++) {
		struct pair *p = &s->pairs[i];

		fds[n++] = (struct pollfd){ .fd = p->up.ended || !room(s, true) ? -1
			    : p->client, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = p->down.ended || !room(s, false) ? -1
			    : p->server, .events = POLLIN };
	}
	ppoll(fds, (nfds_t)n, &t, NULL);
	if (fds[1].revents)
		start_anew(s);
	if (fds[0].revents)
		take_connection(s);
}

static bool
is_over(const struct pair *p)
{
	return (p->up.ended && !p->up.count) || (p->down.ended && !p->down.count);
}

static void
carry(struct state *s)
{
	const volatile struct link_plan *plan = &s->link->plan;
	int i;

	if (plan->cut_every && s->began &&
	    micros() - s->last_cut >= 1000 * plan->cut_every) {
		s->last_cut += 1000 * plan->cut_every;
		cut(s);
	}
	for (i = s->pair_count - 1; i >= 0; i--) {
		struct pair *p = &s->pairs[i];

		if (!take_in(s, p, true) || !take_in(s, p, false)) {
			/* What was taken in before still arrives, on this machine. */
			put_out(s, p, true);
			put_out(s, p, false);
			cut(s);
			return;
		}
		put_out(s, p, true);
		put_out(s, p, false);
		if (is_over(p))
			drop(s, i, false);
	}
}

static void
run(struct link *link, int listener, int wake)
{
	struct state s = { .link = link, .listener = listener, .wake = wake };

	s.pairs = calloc(PAIRS, sizeof(*s.pairs));
	if (!s.pairs)
		die("calloc");
	for (;;) {
		wait_for_something(&s);
		carry(&s);
	}
}

static int
listen_anywhere(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int size = BUFFER;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, PAIRS) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		die("link");
	*port = ntohs(at.sin_port);
	return fd;
}

struct link *
link_new(int target)
{
	struct link *link = mmap(NULL, sizeof(*link), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int listener, fds[2];
	pid_t pid;

	if (link == MAP_FAILED)
		die("mmap");
	link->target = target;
	link->plan.up.cut = link->plan.down.cut = -1;
	link->plan.up.stall = link->plan.down.stall = -1;
	listener = listen_anywhere(&link->port);
	if (pipe2(fds, O_CLOEXEC) != 0)
		die("pipe");
	link->wake = fds[1];
	pid = fork(); /* the link is shared: the child's 0 must not stand in it */
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[1]);
		run(link, listener, fds[0]);
	}
	if (pid < 0)
		die("fork");
	link->pid = pid;
	close(listener);
	close(fds[0]);
	return link;
}

void
link_reset(struct link *link)
{
	struct link_plan nothing = { .up = { .cut = -1, .stall = -1 },
		.down = { .cut = -1, .stall = -1 } };

	link->generation++;
	if (write(link->wake, "", 1) != 1)
		die("link");
	while (link->seen != link->generation)
		usleep(20);
	memcpy((void *)(uintptr_t)&link->plan, &nothing, sizeof(nothing));
	memset((void *)(uintptr_t)&link->count, 0, sizeof(link->count));
}

void
link_free(struct link *link)
{
	kill(link->pid, SIGKILL);
	waitpid(link->pid, NULL, 0);
	close(link->wake);
	munmap(link, sizeof(*link));
}
