/*
 * vault_disk - files as the vault touches them: through SQLite's own way to the disk
 *
 * Never by open() and close(): closing any descriptor of a file drops the locks that
 * SQLite holds on it in the same process. Codes are SQLite's; SQLITE_OK is 0.
 */
#ifndef VAULT_DISK_H
#define VAULT_DISK_H

#include <sqlite3.h>
#include <stdbool.h>

struct err;
struct disk_file;

enum disk_how { DISK_READ, DISK_WRITE, DISK_CREATE };

/* NULL and *code when it cannot be opened. */
struct disk_file *disk_open(const char *path, enum disk_how how, int *code);
void disk_close(struct disk_file *f);

/* Whole or an error: SQLITE_IOERR_SHORT_READ when the file ends before. */
int disk_read(struct disk_file *f, sqlite3_int64 at, void *bytes, int len);
int disk_write(struct disk_file *f, sqlite3_int64 at, const void *bytes, int len);
int disk_sync(struct disk_file *f);
int disk_size(struct disk_file *f, sqlite3_int64 *size);

/* Nobody else has it open; it stays so until it is closed. */
bool disk_lock_alone(struct disk_file *f);

bool disk_exists(const char *path);
bool disk_is_empty(const char *path); /* or not there */
/* Every byte, synced, its name too. What was at to before is written over. */
int disk_copy(const char *from, const char *to);
int disk_delete(const char *path); /* one that is not there: SQLITE_OK */

/* Says in words what a code means for the file called path. Returns false. */
bool disk_fail(int code, const char *path, struct err *err);

#endif
