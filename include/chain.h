/*
 * chain - entries that name what went before them, so that none can be changed unseen
 *
 * Each link is the SHA-256 of the link before it, as text, and the entry's bytes.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>

#define CHAIN_SIZE 65 /* hex digits and NUL */

/* What a chain of that name begins with. */
void chain_root(const char *name, char link[CHAIN_SIZE]);
/* The link of an entry after link, which it replaces. */
void chain_next(char link[CHAIN_SIZE], const void *entry, size_t len);

#endif
