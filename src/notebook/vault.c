/*
 * The vault from outside: what kind of file it is, its slots, its keys.
 */
#include "vault_private.h"
#include "vault_open.h"

#include "err.h"
#include "i18n.h"
#include "mem.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

bool
vault_guard_process(void)
{
	static const struct rlimit none = { 0, 0 };

	signal(SIGXFSZ, SIG_IGN);
	return setrlimit(RLIMIT_CORE, &none) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* --- blocks --- */

bool
vault_read_copy(struct disk_file *f, int copy, struct block *block)
{
	unsigned char bytes[BLOCK_BYTES];

	return disk_read(f, (sqlite3_int64)copy * BLOCK_SIZE, bytes, BLOCK_BYTES) ==
		   SQLITE_OK &&
	       block_read(block, bytes);
}

/* Of two copies the newer one: a change was cut short between them; but one that the key
 * (NULL: not known yet) has made, since the end of a copy only the key can check. Is there
 * one? *good is how many are such. */
static bool
best_block(struct disk_file *f, const struct cipher *c, struct block *block, int *good)
{
	struct block copy;
	bool any = false, best_is_good = false;

	*good = 0;
	for (int i = 0; i < BLOCK_COPIES; i++) {
		bool is_good;

		if (!vault_read_copy(f, i, &copy))
			continue;
		is_good = !c || block_is_of(&copy, c);
		*good += is_good;
		if (!any || is_good > best_is_good ||
		    (is_good == best_is_good && copy.generation > block->generation)) {
			*block = copy;
			best_is_good = is_good;
		}
		any = true;
	}
	return any;
}

bool
vault_read_block(struct disk_file *f, const char *path, const struct cipher *c,
		 struct block *block, int *good, struct err *err)
{
	return best_block(f, c, block, good) ||
	       err_set(err, ERR_SYSTEM,
		       _("Both copies of the keys at the beginning of %s are damaged, "
			 "so nobody can open it any more. Bring back the last backup: "
			 "\"minqing restore\" tells which there are. What was sent is "
			 "at the district."),
		       path);
}

int
vault_write_blocks(struct disk_file *f, const struct block *block,
		   const struct cipher *c)
{
	unsigned char bytes[BLOCK_BYTES];
	int code = SQLITE_OK;

	block_write(block, c, bytes);
	for (int i = BLOCK_COPIES - 1; i >= 0 && code == SQLITE_OK; i--) {
		code =
		    disk_write(f, (sqlite3_int64)i * BLOCK_SIZE, bytes, BLOCK_BYTES);
		if (code == SQLITE_OK)
			code = disk_sync(f);
	}
	return code;
}

/* Opens the file for its slots; NULL and err. */
static struct disk_file *
open_for_block(const char *path, enum disk_how how, const struct cipher *c,
	       struct block *block, int *good, struct err *err)
{
	int code;
	struct disk_file *f = disk_open(path, how, &code);

	if (!f) {
		disk_fail(code, path, err);
		return NULL;
	}
	if (vault_read_block(f, path, c, block, good, err))
		return f;
	disk_close(f);
	return NULL;
}

static bool
load_block(const char *path, const struct cipher *c, struct block *block, int *good,
	   struct err *err)
{
	struct disk_file *f = open_for_block(path, DISK_READ, c, block, good, err);

	disk_close(f);
	return f != NULL;
}

int
vault_keys_bad(const char *path, const struct vault_key *key)
{
	struct block block;
	int good = BLOCK_COPIES;

	return load_block(path, &key->cipher, &block, &good, NULL) ? BLOCK_COPIES - good
								  : 0;
}

enum vault_look
vault_look(const char *path, struct err *err)
{
	static const char plain[16] = "SQLite format 3";
	char bytes[sizeof(plain)];
	struct block block;
	sqlite3_int64 size = 0;
	enum vault_look look = VAULT_BROKEN;
	struct disk_file *f;
	int code, good;

	vault_take_restored(path); /* the power may have failed before it could */
	if (!disk_exists(path))
		return VAULT_ABSENT;
	f = disk_open(path, DISK_READ, &code);
	if (!f) {
		disk_fail(code, path, err);
		return VAULT_BROKEN;
	}
	disk_size(f, &size);
	if (disk_read(f, 0, bytes, sizeof(bytes)) == SQLITE_OK &&
	    memcmp(bytes, plain, sizeof(plain)) == 0)
		look = VAULT_PLAIN;
	else if (size > PAGES_BEGIN && best_block(f, NULL, &block, &good))
		look = VAULT_SEALED;
	else if (size == 0 || best_block(f, NULL, &block, &good))
		err_set(err, ERR_SYSTEM,
			_("There is nothing left in %s: the file is empty or was cut off. "
			  "Bring back the last backup: \"minqing restore\" tells which "
			  "there are. What was sent is at the district."),
			path);
	else
		err_set(err, ERR_SYSTEM,
			_("%s is not a notebook, or its beginning is damaged. Do not "
			  "delete it. Bring back the last backup: \"minqing restore\" "
			  "tells which there are; the damaged file is kept beside it."),
			path);
	disk_close(f);
	return look;
}

bool
vault_facts(const char *path, struct vault_facts *facts, struct err *err)
{
	struct block block = { 0 };

	memset(facts, 0, sizeof(*facts));
	if (!load_block(path, NULL, &block, &facts->copies_good, err))
		return false;
	for (int i = 0; i < BLOCK_SLOTS; i++) {
		const struct slot *slot = &block.slots[i];

		if (slot->kind == SLOT_PASSPHRASE)
			facts->cost = slot->cost;
		if (slot->kind != SLOT_RECOVERY)
			continue;
		facts->has_recovery = true;
		memcpy(facts->recovery, slot->recovery, VAULT_RECOVERY_SIZE);
	}
	return true;
}

/* --- keys --- */

/* Both copies that can be read, the better one first: when only the key shows that its end
 * is damaged, there is the other. How many; 0 and err. */
static int
load_copies(const char *path, struct block copies[BLOCK_COPIES], struct err *err)
{
	struct disk_file *f;
	struct block other;
	int good, count = 1;

	f = open_for_block(path, DISK_READ, NULL, &copies[0], &good, err);
	if (!f)
		return 0;
	for (int i = 0; i < BLOCK_COPIES && good == BLOCK_COPIES && count == 1; i++)
		if (vault_read_copy(f, i, &other) &&
		    memcmp(&other, &copies[0], sizeof(other)) != 0)
			copies[count++] = other;
	disk_close(f);
	return count;
}

struct vault_key *
vault_key_new(const struct vault_choice *choice, struct err *err)
{
	struct vault_key *key = key_alloc(err);

	if (!key)
		return NULL;
	randombytes_buf(key->cipher.key, CIPHER_KEY);
	randombytes_buf(key->cipher.file_id, CIPHER_FILE_ID);
	memcpy(key->block.file_id, key->cipher.file_id, CIPHER_FILE_ID);
	key->block.generation = 1;
	if (key_wrap(&key->cipher, &key->block, choice, err))
		return key;
	vault_key_free(key);
	return NULL;
}

/* The key when one of the copies opened: what was said of the other is no error then. */
static struct vault_key *
end_opening(struct vault_key *key, int opened, struct err *err)
{
	if (opened == 1) {
		if (err)
			*err = (struct err){ 0 };
		return key;
	}
	vault_key_free(key);
	return NULL;
}

struct vault_key *
vault_unlock(const char *path, const struct vault_passphrase *p, struct err *err)
{
	struct vault_key *key = key_alloc(err);
	struct block copies[BLOCK_COPIES];
	int count = key ? load_copies(path, copies, err) : 0, opened = -1;

	for (int i = 0; i < count && opened < 0; i++)
		opened = key_unwrap(key, &copies[i], p, err);
	if (opened == 0)
		err_set(err, ERR_INPUT, _("The passphrase is wrong. Try again."));
	return end_opening(key, opened, err);
}

struct vault_key *
vault_recover(const char *path, const unsigned char secret[VAULT_RECOVERY_SIZE],
	      struct err *err)
{
	struct vault_key *key = key_alloc(err);
	struct block copies[BLOCK_COPIES];
	int count = key ? load_copies(path, copies, err) : 0, opened = -1;

	for (int i = 0; i < count && opened < 0; i++)
		opened = key_unseal(key, &copies[i], secret, err);
	if (opened == 0)
		err_set(err, ERR_INPUT,
			_("This recovery key does not open this notebook: it was "
			    "made with another one, or with none. Ask the district for "
			    "the right one."));
	return end_opening(key, opened, err);
}

bool
vault_change(const char *path, struct vault_key *key, const struct vault_choice *choice,
	     struct err *err)
{
	struct block block;
	int good, code;
	struct disk_file *f =
	    open_for_block(path, DISK_WRITE, &key->cipher, &block, &good, err);
	bool changed = false;

	if (!f)
		return false;
	/* With another key in its slots the file could never be opened again. */
	if (!block_is_of(&block, &key->cipher)) {
		err_set(err, ERR_INPUT,
			_("This key is not the one of %s, so nothing was changed. "
			    "Take the right one."),
			path);
	} else if (key_wrap(&key->cipher, &block, choice, err)) {
		block.generation++;
		code = vault_write_blocks(f, &block, &key->cipher);
		changed = code == SQLITE_OK ||
			  err_set(err, ERR_SYSTEM,
				  _("The disk failed while the passphrase of %s was changed (%d). "
				    "Now the old one or the new one opens the notebook: try "
				    "both, make a backup on another disk, and change it again."),
				  path, code);
		if (changed)
			key->block = block;
	}
	disk_close(f);
	return changed;
}
