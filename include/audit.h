/*
 * audit - what was done with a notebook that somebody may have to answer for
 *
 * A chain of entries in the notebook (chain.h, beginning at the device's id), so that
 * nothing can be changed, taken out or put in between without the rest saying so. They
 * are never removed, go to the collector with the sync (sync/PROTOCOL.md) and hold no
 * personal data: ids, names of forms and fields, counts; never what was typed.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "chain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct notebook;

enum audit_what {
	AUDIT_FINALISE,   /* about: record id, "/", revision */
	AUDIT_WITHDRAW,   /* the same */
	AUDIT_VIEW,       /* a masked answer in full; record id, " ", its path */
	AUDIT_EXPORT,     /* what went out: format, form, how */
	AUDIT_UNLOCK,     /* a passphrase or PIN that was wrong: when; " PIN" */
	AUDIT_RECOVER,    /* opened with the district's key */
	AUDIT_PASSPHRASE, /* another one, or the first */
	AUDIT_BACKUP,
	AUDIT_RESTORE,
	AUDIT_KINDS
};

/* "finalise", "withdraw", …: as in the notebook and on the wire. */
extern const char *const audit_names[AUDIT_KINDS];

#define AUDIT_ABOUT_MAX 240 /* bytes; what is more is cut off */

/* Adds an entry by the worker, now. Inside a transaction it is kept or taken back with
 * the rest. */
bool audit_add(struct notebook *nb, enum audit_what what, const char *about,
    struct err *err);
/* By somebody else: "district" when the recovery key was used. */
bool audit_add_by(struct notebook *nb, const char *who, enum audit_what what,
    const char *about, struct err *err);

struct audit_entry {
	int64_t number;       /* from 1, without gaps */
	const char *at;       /* RFC 3339 */
	const char *who;      /* the worker's id */
	const char *what;     /* a name of audit_names, or of a later version's */
	const char *about;
	const char *hash;     /* hex */
};

/* number > after, at most limit of them (0: all), oldest first. Lent to the callback; it
 * returns false to stop. */
bool audit_each(struct notebook *nb, int64_t after, int limit,
    bool (*row)(const struct audit_entry *entry, void *data), void *data,
    struct err *err);

/* The last entry's number (0: none) and hash; of none, the hash that the first follows
 * on. For telling an older copy of the notebook from a newer one. */
bool audit_head(struct notebook *nb, int64_t *number, char hash[CHAIN_SIZE],
    struct err *err);

/* Reads the whole chain: *broken is the first number that does not follow on the one
 * before, or, of an end that was cut off, the first that is missing; 0 when all is there. */
bool audit_check(struct notebook *nb, int64_t *broken, struct err *err);

/* Appends ["at","who","what","about"], the bytes that are hashed. */
void audit_write(const struct audit_entry *entry, struct buf *out);

/* How far the collector has acknowledged the log. It only goes up. */
bool audit_sent(struct notebook *nb, int64_t *number, struct err *err);
bool audit_set_sent(struct notebook *nb, int64_t number, struct err *err);

#endif
