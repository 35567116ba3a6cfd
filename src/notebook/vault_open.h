/*
 * vault_open - what the vault does around the opening and making of a notebook's file
 */
#ifndef VAULT_OPEN_H
#define VAULT_OPEN_H

#include "vault_vfs.h"

#include <stdbool.h>

/* A new file grows under this name and takes its own when it is whole. Given. */
char *vault_new_name(const char *path);
/* What a conversion calls the plain file until it is wiped. Given. */
char *vault_old_name(const char *path);

/* What a restored copy is called that is whole and only has to take its place. Given. */
char *vault_restored_name(const char *path);
/* It takes it, when there is one; the log that is there goes first, it belongs to what
 * was there before. False: it still has its own name. */
bool vault_take_restored(const char *path);

/* The beginning of a new sealed file at that name, pages come after it. What is left of
 * an earlier try goes. */
bool vault_begin_file(const char *new_name, struct vault_key *key, struct err *err);

/* Removes a new file that did not become whole, and its log. */
void vault_drop_file(const char *new_name);
void vault_drop_log(const char *path);
/* It is not there, or empty: everything is in the file itself. */
bool vault_log_is_gone(const char *path);

/* Before a sealed notebook opens: the key is its own; a copy of the slots that is
 * behind or damaged is made good; what a conversion left is wiped. *mended: one was
 * damaged. */
bool vault_prepare(const char *path, struct vault_key *key, bool *mended,
    struct err *err);

/* Copies the file and its log as they are to PATH.damaged-DAY (and -wal; DAY-2 the second
 * time), both sealed; name gets that name. False when there is no room. */
bool vault_keep_copy(const char *path, const char *day, struct buf *name);

#endif
