/*
 * corpus_help - what the runners of conformance data share: files, tables, skips
 *
 * A runner takes the folder of its data. Without one it takes MINQING_CORPUS/NAME, else
 * ../shared/corpus/NAME when that is there, else tests/corpus/NAME, the small copy.
 */
#ifndef CORPUS_HELP_H
#define CORPUS_HELP_H

#include "buf.h"
#include "list.h"
#include "mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CORPUS_FIELDS 12

struct corpus {
	const char *dir;
	char dir_room[256];
	char *skips; /* id, reason; a line each */
	size_t passed, failed, skipped;
};

static inline void
corpus_open(struct corpus *c, int argc, char **argv, const char *name)
{
	const char *root = getenv("MINQING_CORPUS");
	struct stat st;

	*c = (struct corpus){ .dir = c->dir_room };
	if (argc > 1) {
		c->dir = argv[1];
		return;
	}
	snprintf(c->dir_room, sizeof(c->dir_room), "%s/%s",
	    root ? root : "../shared/corpus", name);
	if (stat(c->dir_room, &st) != 0)
		snprintf(c->dir_room, sizeof(c->dir_room), "tests/corpus/%s", name);
}

/* Given; NULL when it cannot be read. */
static inline char *
corpus_read(const char *dir, const char *name, size_t *len)
{
	struct buf path = { 0 }, text = { 0 };
	char block[65536];
	FILE *file;
	size_t n;

	buf_fmt(&path, "%s/%s", dir, name);
	file = fopen(buf_text(&path), "rb");
	buf_clear(&path);
	if (!file)
		return NULL;
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&text, block, n);
	fclose(file);
	if (len)
		*len = text.len;
	return buf_take(&text);
}

static inline void
corpus_unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			*out++ = *s == 't' ? '\t' : *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

/* The next line's fields, in place; missing ones are "". False at the end. */
static inline bool
corpus_row(char **at, char *row[CORPUS_FIELDS])
{
	static char empty[1];
	char *line = *at, *end;

	if (!line || !*line)
		return false;
	end = strchr(line, '\n');
	*at = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	for (size_t i = 0; i < CORPUS_FIELDS; i++) {
		char *tab = line ? strchr(line, '\t') : NULL;

		row[i] = line ? line : empty;
		if (tab)
			*tab = '\0';
		if (line)
			corpus_unescape(row[i]);
		line = tab ? tab + 1 : NULL;
	}
	return true;
}

/* A line of the list of skips: the id, a tab, the reason, which must be there. */
static inline bool
corpus_is_skipped(struct corpus *c, const char *list, const char *id)
{
	size_t n = strlen(id);

	if (!c->skips && !(c->skips = corpus_read("tests/corpus", list, NULL)))
		c->skips = mem_strdup("");
	for (const char *at = c->skips; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, id, n) != 0 || at[n] != '\t')
			continue;
		if (strcspn(at + n + 1, "\n") < 3) {
			printf("%s: %s has no reason\n", list, id);
			exit(2);
		}
		c->skipped++;
		return true;
	}
	return false;
}

static inline int
corpus_close(struct corpus *c)
{
	printf("%zu passed, %zu failed, %zu skipped\n", c->passed, c->failed, c->skipped);
	free(c->skips);
	return c->failed != 0;
}

/* Files beside a form that the corpus does not hold: a list of that name, with no rows;
 * data is the folder of those that it holds (const char *), or NULL. */
static inline struct list *
corpus_list(void *data, const char *filename, struct err *err)
{
	static const char *const columns[] = { "name", "label" };
	const char *dot = strrchr(filename, '.');
	size_t len;
	char *text = data ? corpus_read(data, filename, &len) : NULL, *id;
	struct list *list;

	if (text) {
		list = list_read(filename, text, len, err);
		free(text);
		return list;
	}
	id = mem_strndup(filename, dot ? (size_t)(dot - filename) : strlen(filename));
	list = list_new(id, columns, 2);
	free(id);
	return list;
}

#endif
