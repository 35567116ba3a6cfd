/*
 * place_private - what place.c and place_unlock.c share
 */
#ifndef PLACE_PRIVATE_H
#define PLACE_PRIVATE_H

#include <stdbool.h>

struct buf;
struct err;
struct notebook;

/* Appends a problem that stops nothing; warning may be NULL. */
void place_warn(struct buf *warning, const char *what, const struct err *err);

/* Lists first: forms name them. Nothing is read when no file has changed. */
bool place_take_shipped(struct notebook *nb, struct buf *warning, struct err *err);

#endif
