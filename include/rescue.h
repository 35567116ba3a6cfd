/*
 * rescue - backups in their place: where they go, when they are made, how one comes back
 *
 * backup.h makes a copy; here is which folder, how many, and whose notebook it is.
 */
#ifndef RESCUE_H
#define RESCUE_H

#include "backup.h"

struct notebook;
struct place_asker;

/* Settings of a notebook. The folder: "" is "backup" beside the notebooks, RESCUE_OFF
 * makes none by itself. */
#define SETTING_BACKUP_FOLDER "backup.folder"
#define SETTING_BACKUP_KEEP   "backup.keep"
#define RESCUE_OFF            "off"

/* A backup into that folder (NULL: the settings'), which is made when it is not there.
 * Appends its path. True when the copy is whole; err is filled then too if the notebook
 * could not note that there is one. */
bool rescue_backup(struct notebook *nb, const char *folder, struct buf *path,
    struct err *err);

/* Is the worker's notebook (name as in place_path()) where nothing may be written? */
bool rescue_is_read_only(const char *name);
/* A backup of such a one. */
bool rescue_backup_read_only(const char *name, const struct place_asker *asker,
    const struct clock *clock, const char *folder, struct buf *path, struct err *err);

/* After a sync: as the settings say. Appends a sentence: where the copy is, or why there
 * is none (false); nothing when it is switched off. */
bool rescue_after_sync(struct notebook *nb, struct buf *words);

/* After a sync that nobody asked for: the same, but only the first time of a day, so that
 * the copies that are kept are not all of the last hour. */
bool rescue_once_a_day(struct notebook *nb, struct buf *words);

/* The backups in the default folder, newest first: name, "2026-11-28 21:45:01", bytes,
 * path. folder (appended) is where was looked. False and err when it cannot be read; that
 * it is not there is no error. */
bool rescue_list(struct buf *folder,
    void (*row)(const char *worker, const char *when, long long bytes, const char *path,
	void *data),
    void *data,
    struct err *err);

/* A backup becomes the notebook of its worker, who may have one here already; that one's
 * bytes are kept, their path is appended to kept. worker is the name. What was tried at
 * the backup goes into its log (tries.h). */
bool rescue_restore(const char *backup, const struct place_asker *asker,
    const struct clock *clock, struct buf *worker, struct buf *kept, struct err *err);

/* The same without changing anything: restored under another name beside the notebook,
 * compared with it when there is one (*compared), removed. */
bool rescue_rehearse(const char *backup, const struct place_asker *asker,
    const struct clock *clock, struct buf *worker, bool *compared,
    struct backup_difference *d, struct err *err);

#endif
