/*
 * notebook_fixture - a notebook in a folder of its own, for the tests of src/notebook/
 */
#ifndef NOTEBOOK_FIXTURE_H
#define NOTEBOOK_FIXTURE_H

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE_NOW "2026-11-23T09:30:00+08:00"

struct fixture {
	char dir[64], path[96];
	struct clock clock;
	struct notebook *nb;
	struct err err;
};

/* A new folder in the one named; the notebook is opened in it. */
static inline struct fixture *
fixture_new_in(const char *parent)
{
	struct fixture *f = mem_alloc(sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "%s/minqing-notebook.XXXXXX", parent);
	if (!mkdtemp(f->dir) || !clock_stop_at(&f->clock, FIXTURE_NOW, &f->err))
		abort();
	snprintf(f->path, sizeof(f->path), "%s/worker.db", f->dir);
	f->nb = notebook_open(f->path, true, &f->clock, &f->err);
	if (!f->nb) {
		fprintf(stderr, "%s\n", f->err.text);
		abort();
	}
	return f;
}

static inline struct fixture *
fixture_new(void)
{
	return fixture_new_in("/tmp");
}

static inline void
fixture_reopen(struct fixture *f)
{
	notebook_close(f->nb);
	f->nb = notebook_open(f->path, false, &f->clock, &f->err);
	if (!f->nb) {
		fprintf(stderr, "%s\n", f->err.text);
		abort();
	}
}

static inline void
fixture_free(struct fixture *f)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal",
					  ".ballast" };
	char path[128];

	notebook_close(f->nb);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, ends[i]);
		unlink(path);
	}
	if (rmdir(f->dir) != 0)
		fprintf(stderr, "%s was not empty\n", f->dir);
	free(f);
}

/* Moves the stopped clock on. */
static inline void
fixture_later(struct fixture *f, int seconds)
{
	f->clock.ms += seconds * 1000;
}

static inline bool
fixture_begin(struct fixture *f, const char *form, char id[UUID_SIZE])
{
	struct record_origin origin = { .form = form, .version = "1" };

	return record_begin(f->nb, &origin, id, &f->err);
}

static inline bool
fixture_finalise(struct fixture *f, const char *id, const char *answers,
		 const char *title, const char *text)
{
	struct record_final final = {
		.answers = answers,
		.len = strlen(answers),
		.title = title,
		.day = "2026-11-23",
		.text = text,
		.version = "1",
	};
	int rev;

	return record_finalise(f->nb, id, &final, &rev, &f->err);
}

/* Begun and finalised. */
static inline bool
fixture_add(struct fixture *f, const char *form, const char *text, char id[UUID_SIZE])
{
	return fixture_begin(f, form, id) &&
	       fixture_finalise(f, id, "{\"a\":\"b\"}", text, text);
}

#endif
