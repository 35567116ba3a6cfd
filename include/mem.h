/*
 * mem - memory that is either there or ends the program
 *
 * Every answer is on the disk before the next key is taken, so ending is safe.
 * Where the size comes from outside, check it against a stated maximum first.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

void *mem_alloc(size_t size) __attribute__((returns_nonnull)); /* zeroed */
void *mem_resize(void *old, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);

/*
 * Grows an array of items of the given size so that it holds at least need of
 * them; *cap is its room in items. Returns the (moved) array.
 */
void *mem_grow(void *array, size_t *cap, size_t need, size_t item_size);

/* Whole pages of what was given back by free() go to the system; a millisecond or two. For
 * after something large that is not done again soon. */
void mem_give_back(void);

/* Wipes what was given back by free() and returned from, as far as the C library says
 * where it is. Some milliseconds: for moments after which nothing may be found. */
void mem_sweep(void);

#endif
