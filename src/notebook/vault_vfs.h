/*
 * vault_vfs - SQLite's files for one notebook: sealed, or plain
 *
 * SQLite sees an ordinary database of 4 KiB pages, of which it leaves the last
 * CIPHER_EXTRA bytes alone, and an ordinary write-ahead log. On the disk stand:
 *
 *	database  two blocks (vault_block.h), then page i at 8192 + 4096 i: what SQLite
 *	          wrote of it, nonce, tag
 *	log       header of 32 + 40 bytes; then frames of a header of 24 + 40 bytes and a
 *	          page, sealed in place as in the database
 *
 * Every unit is written whole and never read to be written, so that a torn write
 * touches no neighbour and POWERSAFE_OVERWRITE stays true. No other file is opened:
 * rollback journals, temporary files and attached databases are refused.
 *
 * Also here, for plain notebooks too: the ballast that makes room on a full disk, and a
 * frozen way of opening that writes nothing.
 */
#ifndef VAULT_VFS_H
#define VAULT_VFS_H

#include "vault_private.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* What was found missing behind the end of the log that a crash left. */
enum log_loss {
	LOG_WHOLE,
	LOG_CUT,  /* writing stopped inside a save: it was not confirmed, unless the
		   * disk damaged the very last save afterwards */
	LOG_LOST, /* confirmed saves stand behind a damaged place, out of reach */
	LOG_OTHER, /* it belongs to an older or a newer copy of the notebook: not read */
};

/* What happened to this notebook's files since it was opened. */
struct vault_events {
	enum log_loss log_loss;
	int saves_lost;     /* LOG_LOST: at least */
	uint32_t bad_pages; /* reads of pages that did not open */
	uint32_t bad_page;  /* the last of them, from 1 */
	bool ballast_spent; /* the disk was full and the reserve was used */
};

struct vault_vfs;

/* cipher NULL: plain. frozen: nothing is written. Both the cipher and the path outlive
 * it. Register and open by vault_vfs_name(). NULL: not memory enough. */
struct vault_vfs *vault_vfs_new(const char *path, struct cipher *cipher, bool frozen);
/* After its database was closed. */
void vault_vfs_free(struct vault_vfs *vfs);
const char *vault_vfs_name(const struct vault_vfs *vfs);
const struct vault_events *vault_vfs_events(const struct vault_vfs *vfs);
/* Is a page on the disk an older copy of itself, as far as can be told? Reads 16 bytes of
 * every page. */
bool vault_vfs_is_stale(const struct vault_vfs *vfs);

#endif
