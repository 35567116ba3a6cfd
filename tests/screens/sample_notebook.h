/*
 * sample_notebook - a notebook with the sample's 47 records, and the program over it
 */
#ifndef SAMPLE_NOTEBOOK_H
#define SAMPLE_NOTEBOOK_H

#include "../check.h"
#include "../folder.h"
#include "clock.h"
#include "err.h"
#include "buf.h"
#include "notebook.h"
#include "place.h"
#include "session.h"
#include "screen.h"

#define SAMPLE_NOW "2026-11-23T18:00:00+08:00"

static const char *sample_home;

static inline void
sample_log(struct notebook *nb, const char *name)
{
	struct buf field = { 0 };
	struct err err = { 0 };
	char path[128], *line = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *in;

	snprintf(path, sizeof(path), "tests/data/sample/%s.jsonl", name);
	in = fopen(path, "r");
	CHECK(in != NULL);
	while (in && (len = getline(&line, &room, in)) > 0)
		CHECK_INT(session_import(nb, line, (size_t)len - 1, &field, &err),
		    IMPORT_ADDED);
	free(line);
	buf_clear(&field);
	if (in)
		fclose(in);
}

/* The notebook of 陈桂芳 in a folder of its own: with the sample, or empty. Nothing has
 * it open when this returns. id: of whom the forms know the last records. */
static inline void
sample_make_for(const char *id, bool filled)
{
	static const char *const files[] = { "visits", "disputes", "volunteers", "others" };
	struct worker worker = { .id = id, .name = "陈桂芳", .role = "bldhead", .station = "u1" };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;

	sample_home = folder_make();
	setenv("MINQING_HOME", sample_home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	nb = place_create(&worker, &clock, &err);
	CHECK(nb != NULL);
	for (size_t i = 0; filled && i < sizeof(files) / sizeof(*files); i++)
		sample_log(nb, files[i]);
	notebook_close(nb);
}

static inline void
sample_make(bool filled)
{
	sample_make_for(NULL, filled);
}

static inline void
sample_remove(void)
{
	folder_remove(sample_home);
}

static inline struct term *
sample_start(int rows, int cols, const char *language)
{
	static char program[512], home_variable[128], language_variable[64];
	const char *build = getenv("MINQING_BUILD");
	const char *const argv[] = { program, NULL };
	const char *const env[] = { home_variable, language_variable, "MINQING_FORMS=forms",
		"MINQING_NOW=" SAMPLE_NOW, NULL };

	snprintf(program, sizeof(program), "%s/minqing", build ? build : "build/plain");
	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", sample_home);
	snprintf(language_variable, sizeof(language_variable), "LANGUAGE=%s", language);
	return term_start(&(struct term_options){ .rows = rows, .cols = cols,
	    .argv = argv, .env = env });
}

/* One key sequence after the other, each settled before the next. */
static inline void
sample_type(struct term *t, const char *const *keys)
{
	for (; *keys; keys++)
		CHECK(term_keys(t, *keys));
}

#define SAMPLE_TYPE(t, ...) \
	sample_type((t), (const char *const[]){ __VA_ARGS__, NULL })

/* Leaves by F10 until the program has ended, and well. */
static inline void
sample_leave(struct term *t)
{
	int status = -1;

	for (int i = 0; i < 4 && term_keys(t, "<F10>"); i++)
		;
	CHECK(term_ended(t, &status));
	CHECK_INT(status, 0);
	term_free(t);
}

#endif
