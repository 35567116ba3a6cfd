/*
 * sim - a disk in memory that remembers what was synced, for power cuts
 *
 * It is SQLite's default way to the disk once sim_install() was called, and answers the
 * vault's calls for names as well (this file stands in for vault_files.c). Everything
 * that is done to it is logged. sim_cut_everywhere() replays the log and, before every
 * single operation, makes disks as a power cut may leave them:
 *
 *	what was synced is there; of what was not, each write is kept, dropped, torn by
 *	sectors of 512 bytes, or leaves zeros where the file had grown; names are as after
 *	some beginning of what was done to the folder since it was synced
 *
 * and shows each to the test, which opens the notebook and says whether it is as it
 * should be.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void sim_install(void);
/* An empty disk and an empty log. */
void sim_reset(void);
/* What is there now is taken as synced, and the log begins. */
void sim_begin(void);
/* The test says that something is confirmed: n is told to every state made after it. */
void sim_ack(int n);

/* --- faults that the disk plays --- */

enum sim_sync {
	SIM_HONEST,
	SIM_SKIP_LOG, /* syncs of -wal files are only said to be done */
	SIM_SKIP_DATABASE,
	SIM_SKIP_BOTH,
};

void sim_set_sync(enum sim_sync sync);

/* From the nth write on (0: the next one) writes fail, with SQLite's code: SQLITE_FULL,
 * SQLITE_IOERR_WRITE; -1: none does. Syncs and truncations count as writes. once: only
 * that one fails. Returns how many were counted since the last call. */
int sim_fail_at(int n, int code, bool once);
/* The same for reads: the nth fails with SQLITE_IOERR_READ. */
int sim_fail_read_at(int n);
/* What errno is after a write that fails; 0 at first. */
void sim_set_cause(int cause);

/* Bytes that all files may take; -1: any number. */
void sim_set_room(int64_t bytes);

/* --- the disk's files, as they are now --- */

size_t sim_size(const char *name); /* 0: not there */
unsigned char *sim_bytes(const char *name); /* lent until the next write; or NULL */
void sim_put(const char *name, const void *bytes, size_t len);
void sim_remove(const char *name);

/* A copy of all files, to come back to. */
struct sim_copy;
struct sim_copy *sim_copy(void);
void sim_restore(const struct sim_copy *copy); /* and sim_begin() */
void sim_copy_free(struct sim_copy *copy);

/* --- power cuts --- */

struct sim_result {
	long states, bad, operations;
};

/*
 * At every operation of the log (every step'th), states disks. check gets the last
 * sim_ack() and is to return whether all is well. The log is kept; the disk is as the
 * log's end left it afterwards. stop_at: so many bad states are enough (0: none are).
 */
struct sim_result sim_cut_everywhere(int step, int states, uint64_t seed, long stop_at,
    bool (*check)(void *data, int acked), void *data);

#endif
