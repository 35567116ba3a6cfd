/*
 * place_private - what the files of this folder share; for nobody else
 */
#ifndef PLACE_PRIVATE_H
#define PLACE_PRIVATE_H

#include <stdbool.h>

struct buf;
struct err;
struct notebook;

/* The path of the notebook of that name; "…/陈桂芳.notebook". */
bool place_path_of(const char *name, struct buf *path, struct err *err);
/* For qsort() over strings. */
int place_by_name(const void *a, const void *b);

/* Appends a problem that stops nothing; warning may be NULL. */
void place_warn(struct buf *warning, const char *what, const struct err *err);

/* Lists first: forms name them. Nothing is read when no file has changed. */
bool place_take_shipped(struct notebook *nb, struct buf *warning, struct err *err);

#endif
