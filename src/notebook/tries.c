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

#define KEPT_MAX 1000 /* lines; what is more is not counted any further */

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

/* Calls for every time that is kept; how many there are. */
static int
each_try(const char *path, bool (*row)(const char *stamp, void *data), void *data)
{
	char line[CLOCK_STAMP_SIZE + 8];
	int count = 0, offset;
	int64_t ms;
	FILE *f = open_tries(path);

	while (f && count < KEPT_MAX && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!clock_parse(line, &ms, &offset))
			continue;
		count++;
		if (!row(line, data))
			break;
	}
	if (f)
		fclose(f);
	return count;
}

static bool
take_last(const char *stamp, void *data)
{
	int offset;

	return clock_parse(stamp, data, &offset);
}

int
tries_wait(const char *path, const struct clock *clock)
{
	int64_t last = 0, now = clock_now(clock), until;
	int count = each_try(path, take_last, &last), wait = 1;

	if (count < TRIES_FREE)
		return 0;
	for (int i = TRIES_FREE; i < count && wait < TRIES_WAIT_MAX; i++)
		wait *= 2;
	if (wait > TRIES_WAIT_MAX)
		wait = TRIES_WAIT_MAX;
	/* A clock that was put back shortens nothing and locks nobody out. */
	if (last > now)
		last = now;
	until = last + (int64_t)wait * 1000;
	return until > now ? (int)((until - now + 999) / 1000) : 0;
}

void
tries_failed(const char *path, const struct clock *clock)
{
	struct buf line = { 0 };
	char stamp[CLOCK_STAMP_SIZE];
	int fd;

	buf_fmt(&line, "%s.tries", path);
	fd = open(buf_text(&line), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		clock_stamp(clock, clock_now(clock), stamp);
		dprintf(fd, "%s\n", stamp);
		fsync(fd);
		close(fd);
	}
	buf_clear(&line);
}

struct logging {
	struct notebook *nb;
	struct err *err;
	bool good;
};

static bool
log_try(const char *stamp, void *data)
{
	struct logging *l = data;

	l->good = audit_add(l->nb, AUDIT_UNLOCK, stamp, l->err);
	return l->good;
}

bool
tries_log(struct notebook *nb, struct err *err)
{
	struct logging l = { nb, err, true };
	struct buf name = { 0 };

	if (!notebook_begin(nb, err))
		return false;
	each_try(notebook_path(nb), log_try, &l);
	if (!notebook_end(nb, l.good, l.good ? err : NULL) || !l.good)
		return false;
	buf_fmt(&name, "%s.tries", notebook_path(nb));
	unlink(buf_text(&name));
	buf_clear(&name);
	return true;
}
