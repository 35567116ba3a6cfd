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

/* Makes the file, empty, when it is not there; it is its owner's alone either way (0600),
 * as far as the file system knows of such things. Whatever cannot be done is left to
 * whoever opens it. */
void files_make_private(const char *path);

/* The names in that file's folder stay, whatever becomes of the power. False and errno. */
bool files_sync_folder(const char *path);

/* Are both the same file under two names? */
bool files_are_one(const char *a, const char *b);

/* Room on the disk of that file, for an ordinary user, in bytes; -1 when unknown. */
int64_t files_room(const char *path);

/* Writes over the whole file, syncs, removes it. False and errno. */
bool files_wipe(const char *path);

#endif
