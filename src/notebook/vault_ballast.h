/*
 * vault_ballast - room kept in reserve beside a notebook, for the day the disk is full
 *
 * A file of BALLAST_SIZE bytes, PATH.ballast, of bytes that no file system can press
 * together. When a save finds no room it goes, and the save goes on.
 */
#ifndef VAULT_BALLAST_H
#define VAULT_BALLAST_H

#include <stdbool.h>

#define BALLAST_SIZE (512 * 1024)

/* Lays it down where there is room enough; harmless when it is there. False when it is
 * not there afterwards. */
bool ballast_lay(const char *path);
/* Gives its room back; false when there was none. */
bool ballast_drop(const char *path);
bool ballast_there(const char *path);

#endif
