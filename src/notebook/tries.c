#include "tries.h"

#include "audit.h"
#include "buf.h"
#include "clock.h"
#include "notebook.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOGGED_MAX 1000 /* what is more costs its wait, and no more lines in the log */

/* The file opened, or NULL. */
static FILE *
open_tries(const char *path)
{
	struct buf name = { 0 };
	FILE *f;

	buf_fmt(&name, "%s.tries", path);
	f = fopen(buf_text(&name), "re");
	buf_clear(&name);
	return f;
}

#define PIN_MARK " PIN"

/* Calls for every line that is kept, with its time and whether a PIN was meant. */
static void
each_try(const char *path,
    bool (*row)(const char *line, int64_t ms, bool pin, void *data), void *data)
{
	char line[CLOCK_STAMP_SIZE + 8], stamp[CLOCK_STAMP_SIZE];
	int offset;
	int64_t ms;
	FILE *f = open_tries(path);

	while (f && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, " \n");

		line[strcspn(line, "\n")] = '\0';
		snprintf(stamp, sizeof(stamp), "%.*s", (int)len, line);
		if (!clock_parse(stamp, &ms, &offset) ||
		    (line[len] && strcmp(line + len, PIN_MARK) != 0))
			continue;
		if (!row(line, ms, line[len] != '\0', data))
			break;
	}
	if (f)
		fclose(f);
}

struct failures {
	int64_t last;
	int count;
};

static bool
count_try(const char *line, int64_t ms, bool pin, void *data)
{
	struct failures *f = data;

	(void)line;
	if (!pin) {
		f->last = ms;
		f->count++;
	}
	return true;
}

int
tries_wait(const char *path, const struct clock *clock)
{
	int64_t now = clock_now(clock), until;
	struct failures f = { 0 };
	int wait = 1;

	each_try(path, count_try, &f);
	if (f.count < TRIES_FREE)
		return 0;
	for (int i = TRIES_FREE; i < f.count && wait < TRIES_WAIT_MAX; i++)
		wait *= 2;
	if (wait > TRIES_WAIT_MAX)
		wait = TRIES_WAIT_MAX;
	/* A clock that was put back shortens nothing and locks nobody out. */
	if (f.last > now)
		f.last = now;
	until = f.last + (int64_t)wait * 1000;
	return until > now ? (int)((until - now + 999) / 1000) : 0;
}

static void
keep_try(const char *path, const struct clock *clock, const char *mark)
{
	struct buf line = { 0 };
	char stamp[CLOCK_STAMP_SIZE];
	int fd;

	buf_fmt(&line, "%s.tries", path);
	fd = open(buf_text(&line), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		clock_stamp(clock, clock_now(clock), stamp);
		dprintf(fd, "%s%s\n", stamp, mark);
		fsync(fd);
		close(fd);
	}
	buf_clear(&line);
}

void
tries_failed(const char *path, const struct clock *clock)
{
	keep_try(path, clock, "");
}

void
tries_pin_failed(const char *path, const struct clock *clock)
{
	keep_try(path, clock, PIN_MARK);
}

struct logging {
	struct notebook *nb;
	struct err *err;
	bool good;
	int left;
};

static bool
log_try(const char *line, int64_t ms, bool pin, void *data)
{
	struct logging *l = data;

	(void)ms;
	(void)pin;
	l->good = audit_add(l->nb, AUDIT_UNLOCK, line, l->err);
	return l->good && --l->left > 0;
}

bool
tries_log(struct notebook *nb, const char *path, struct err *err)
{
	struct logging l = { nb, err, true, LOGGED_MAX };
	struct buf name = { 0 };

	if (!notebook_begin(nb, err))
		return false;
	each_try(path, log_try, &l);
	if (!notebook_end(nb, l.good, l.good ? err : NULL) || !l.good)
		return false;
	buf_fmt(&name, "%s.tries", path);
	unlink(buf_text(&name));
	buf_clear(&name);
	return true;
}
