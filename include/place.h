/*
 * place - where notebooks and shipped forms are kept on this machine
 *
 * Notebooks stand in MINQING_HOME, else $XDG_DATA_HOME/minqing, else
 * ~/.local/share/minqing: one file a worker, named by the worker's name
 * ("陈桂芳.notebook"), so that the start screen can list them without opening any.
 * Shipped forms are in MINQING_FORMS, else beside the program (PREFIX/share/minqing/
 * forms, or forms/ of the source tree when it runs from build/).
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct clock;
struct err;
struct form;
struct list;
struct notebook;

#define PLACE_SUFFIX ".notebook"

/* What a worker says at the first start. NULL or "" where nothing was said. */
struct worker {
	const char *id; /* of ASCII letters and digits; made from the name when empty */
	const char *name;
	const char *role;
	const char *station;
	const char *collector; /* http:// or https:// address */
	const char *token;
};

/* Appends the folder's path. */
bool place_folder(struct buf *path, struct err *err);

/* Names of the notebooks here, sorted; a NULL-terminated array of given strings, to
 * be freed with place_names_free(). NULL and err when the folder cannot be read. */
char **place_names(size_t *count, struct err *err);
void place_names_free(char **names);

/* Makes a worker's notebook (and the folder) and puts the shipped forms into it. */
struct notebook *place_create(const struct worker *worker, const struct clock *clock,
    struct err *err);

/*
 * Opens a worker's notebook: by name, by the beginning of the name's pinyin initials,
 * or, when name is NULL, MINQING_WORKER's or the only one there is. Shipped forms and
 * lists that are newer than the notebook's go into it; one that cannot is told in
 * warning (may be NULL), and the notebook opens all the same.
 */
struct notebook *place_open(const char *name, const struct clock *clock,
    struct buf *warning, struct err *err);

/* Appends the folder of the shipped forms; false and err when it is nowhere. */
bool place_forms(struct buf *path, struct err *err);

/* A whole file of at most max bytes. */
bool place_read(const char *path, size_t max, struct buf *out, struct err *err);

/* Lists beside a form file, for reading a form that is in no notebook:
 * FOLDER/lists/NAME, then FOLDER/NAME. data is the folder's path (const char *). */
struct list *place_list(void *data, const char *filename, struct err *err);

#endif
