/*
 * backup - a second copy of a notebook, looked through before it counts
 *
 * A backup is the notebook's file as it is, sealed when the notebook is and under the
 * passphrase of that day. It is called NAME-YYYYMMDD-HHMMSS.backup, NAME being the
 * notebook's, and has its name only when every page of it was read back.
 */
#ifndef BACKUP_H
#define BACKUP_H

#include <stdbool.h>

struct buf;
struct clock;
struct err;
struct notebook;
struct vault_key;

#define BACKUP_SUFFIX ".backup"
#define BACKUP_KEEP   7 /* of a notebook in a folder, when nothing else was said */

/* Copies the open notebook into the folder, opens and checks the copy, then removes this
 * notebook's oldest copies beyond keep (0: none are). Appends the copy's path. False and
 * err: there is no new copy, and the old ones are all there. */
bool backup_make(struct notebook *nb, const char *folder, int keep, struct buf *path,
    struct err *err);

/* The same of a notebook that cannot be opened because nothing may be written where it
 * stands; no copy is removed. */
bool backup_make_unopened(const char *notebook, struct vault_key *key, const char *folder,
    const struct clock *clock, struct buf *path, struct err *err);

/* The backups in a folder, whosever, newest first; when is "2026-11-28 21:45:01". False
 * when the folder cannot be read (errno). */
bool backup_list(const char *folder,
    void (*row)(const char *worker, const char *when, long long bytes, const char *path,
	void *data),
    void *data);

/* What one has and the other. Revisions, drafts, forms and lists are compared byte for
 * byte. */
struct backup_difference {
	long same;      /* in both */
	long only_here; /* only in the notebook: newer than the copy */
	long only_copy; /* only in the copy */
	long changed;   /* drafts and lists that went on since; they may */
	long different; /* revisions and form versions, which never change: damage */
};

bool backup_compare(struct notebook *nb, struct notebook *copy,
    struct backup_difference *d, struct err *err);

/*
 * Makes the backup the notebook at path. It is copied beside it and checked first; a
 * notebook that is there keeps its bytes under another name, which is appended to kept.
 * A crash leaves the one or the other. False and err when somebody has the notebook
 * open, the copy is damaged, or the disk said no: all is as it was.
 */
bool backup_restore(const char *backup, struct vault_key *key, const char *path,
    const struct clock *clock, struct buf *kept, struct err *err);

#endif
