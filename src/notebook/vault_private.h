/*
 * vault_private - what the vault's files share
 *
 * vault.c: looking, unlocking, changing · vault_keys.c: wrapping the data key ·
 * vault_block.c: the slots' bytes · vault_vfs.c, vault_pages.c, vault_log.c: SQLite's
 * files, sealed · vault_state.c: what a clean close leaves behind
 */
#ifndef VAULT_PRIVATE_H
#define VAULT_PRIVATE_H

#include "vault.h"
#include "vault_block.h"
#include "vault_cipher.h"
#include "vault_disk.h"

#include <stdbool.h>

#define PAGE_SIZE   4096
#define PAGE_PLAIN  (PAGE_SIZE - CIPHER_EXTRA) /* what SQLite may use of a page */
#define PAGES_BEGIN ((sqlite3_int64)BLOCK_COPIES * BLOCK_SIZE)

/* Lives in guarded memory (sodium_malloc), whole. */
struct vault_key {
	struct cipher cipher;
	struct block block;
};

/* --- vault_keys.c --- */

/* An empty key, or NULL and err. */
struct vault_key *key_alloc(struct err *err);

/* Wraps the key's data key by a passphrase into the block, and, when there is a
 * recovery key, seals it to that. False and err: not memory enough, or the recovery key
 * is none; the block is as it was. */
bool key_wrap(const struct cipher *c, struct block *block,
    const struct vault_choice *choice, struct err *err);

/* Takes the data key out of a slot into key, and checks it against the whole block.
 * 1 it did, 0 it is the wrong passphrase, -1 and err. */
int key_unwrap(struct vault_key *key, const struct block *block,
    const struct vault_passphrase *p, struct err *err);
int key_unseal(struct vault_key *key, const struct block *block,
    const unsigned char secret[VAULT_RECOVERY_SIZE], struct err *err);

/* --- vault.c --- */

bool vault_read_copy(struct disk_file *f, int copy, struct block *block);
/* The better one of the two copies; *good is how many are good, as far as can be told:
 * to the last byte only with the key's cipher. False and err when neither can be read. */
bool vault_read_block(struct disk_file *f, const char *path, const struct cipher *c,
    struct block *block, int *good, struct err *err);
/* How many copies of the file's slots are damaged. */
int vault_keys_bad(const char *path, const struct vault_key *key);

/* Second copy, sync, first copy, sync. A code of SQLite's. */
int vault_write_blocks(struct disk_file *f, const struct block *block,
    const struct cipher *c);

#endif
