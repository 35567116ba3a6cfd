/*
 * vault_files - names and room, which SQLite's way to the disk knows nothing of
 */
#ifndef VAULT_FILES_H
#define VAULT_FILES_H

#include <stdbool.h>
#include <stdint.h>

/* from takes the name to, in one step that a power cut does not halve; what stood at to
 * before is called old then (NULL: it is dropped). Synced. False and errno. */
bool files_swap_in(const char *from, const char *to, const char *old);

/* Are both the same file under two names? */
bool files_are_one(const char *a, const char *b);

/* Nobody else may read or write it, where the disk knows of others. False and errno. */
bool files_keep_private(const char *path);

/* Room on the disk of that file, for an ordinary user, in bytes; -1 when unknown. */
int64_t files_room(const char *path);

/* Writes over the whole file, syncs, removes it. False and errno. */
bool files_wipe(const char *path);

#endif
