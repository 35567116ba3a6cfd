/*
 * fake - a web server that says what a test tells it, whatever it is asked
 *
 * Answers are raw HTTP, taken one after the other; the last one is repeated. "$B" in
 * one becomes the request's Batch-Id; a Content-Length is put in where "$L" stands.
 * Whoever asks what comes down hears of nothing, unless the answer whose turn it is is
 * a feed.
 */
#ifndef TEST_FAKE_H
#define TEST_FAKE_H

#include "collector.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

struct fake_seen {
	int64_t at;    /* milliseconds */
	char head[2048];
	size_t body;   /* bytes */
};

struct fake {
	int port;
	pid_t pid;
	volatile int count; /* requests so far */
	struct fake_seen seen[64];
};

#define FAKE_HELLO \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: $L\r\n\r\n" \
	"{\"name\":\"minqing-collector\",\"protocols\":[1]," \
	"\"time\":\"2026-11-23T09:30:00+08:00\"}"
#define FAKE_JSON(status, headers, body) \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" headers \
	"Content-Length: $L\r\n\r\n" body
#define FAKE_FEED(lines) \
	"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: $L\r\n" \
	"\r\n" lines "{\"kind\":\"end\",\"cursor\":\"1\",\"more\":false}\n"

static inline const char *
fake_header(const char *head, const char *name, char *value, size_t size)
{
	const char *at = strcasestr(head, name);

	*value = '\0';
	if (at)
		snprintf(value, size, "%.*s", (int)strcspn(at + strlen(name), "\r"),
		    at + strlen(name));
	return value;
}

static inline bool
fake_read(int fd, struct fake_seen *seen)
{
	struct timespec now;
	struct buf all = { 0 };
	size_t want = (size_t)-1;
	char bytes[8192], length[32], *end;
	ssize_t n;

	while (all.len < want && (n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		buf_add(&all, bytes, (size_t)n);
		end = strstr(all.data, "\r\n\r\n");
		if (!end)
			continue;
		snprintf(seen->head, sizeof(seen->head), "%.*s", (int)(end - all.data),
		    all.data);
		seen->body = (size_t)atol(fake_header(seen->head, "Content-Length: ", length,
		    sizeof(length)));
		want = (size_t)(end - all.data) + 4 + seen->body;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	seen->at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	buf_clear(&all);
	return want != (size_t)-1;
}

static inline void
fake_answer(int fd, const char *answer, const struct fake_seen *seen)
{
	const char *body = strstr(answer, "\r\n\r\n");
	struct buf text = { 0 }, filled = { 0 };
	char batch[64];

	fake_header(seen->head, "Batch-Id: ", batch, sizeof(batch));
	for (body = body ? body + 4 : answer + strlen(answer); *body; body++)
		if (body[0] == '$' && body[1] == 'B') {
			buf_str(&text, batch);
			body++;
		} else {
			buf_char(&text, *body);
		}
	for (; *answer && strncmp(answer, "\r\n\r\n", 4) != 0; answer++)
		if (answer[0] == '$' && answer[1] == 'L') {
			buf_fmt(&filled, "%zu", text.len);
			answer++;
		} else {
			buf_char(&filled, *answer);
		}
	if (*answer)
		buf_str(&filled, "\r\n\r\n");
	buf_add(&filled, buf_text(&text), text.len);
	send_all(fd, filled.data, filled.len);
	buf_clear(&text);
	buf_clear(&filled);
}

static inline void
fake_run(struct fake *fake, int listener, const char *const *answers, int count)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		struct fake_seen *seen;

		while (fd >= 0 && fake->count < 64 &&
		    fake_read(fd, seen = &fake->seen[fake->count])) {
			int i = fake->count < count ? fake->count : count - 1;
			bool closes = !strstr(answers[i], "Content-Length: $L");

			if (strstr(seen->head, "/v1/changes") &&
			    !strstr(answers[i], "x-ndjson")) {
				fake_answer(fd, FAKE_FEED(""), seen);
				continue;
			}
			fake->count++;
			fake_answer(fd, answers[i], seen);
			if (closes)
				break;
		}
		close(fd);
	}
}

static inline struct fake *
fake_new(const char *const *answers, int count)
{
	struct fake *fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	if (fake == MAP_FAILED || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 8) != 0 || getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		die("fake");
	fake->port = ntohs(at.sin_port);
	pid = fork(); /* the fake is shared: the child's 0 must not stand in it */
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fake_run(fake, fd, answers, count);
	}
	if (pid < 0)
		die("fork");
	fake->pid = pid;
	close(fd);
	return fake;
}

static inline void
fake_free(struct fake *fake)
{
	kill(fake->pid, SIGKILL);
	waitpid(fake->pid, NULL, 0);
	munmap(fake, sizeof(*fake));
}

#endif
