#include "vault_open.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "vault_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
with_end(const char *path, const char *end)
{
	char *name = mem_alloc(strlen(path) + strlen(end) + 1);

	sprintf(name, "%s%s", path, end);
	return name;
}

char *
vault_new_name(const char *path)
{
	return with_end(path, ".sealing");
}

char *
vault_old_name(const char *path)
{
	return with_end(path, ".plain");
}

char *
vault_restored_name(const char *path)
{
	return with_end(path, ".restored");
}

bool
vault_take_restored(const char *path)
{
	char *restored = vault_restored_name(path), *log = with_end(path, "-wal");
	bool taken = !disk_exists(restored) || disk_delete(log) == SQLITE_OK;

	/* In its place it is at home, even if nobody can tell whether that outlives a power
	 * cut: the name that it had before is on the disk, and it would be taken once more. */
	if (taken && disk_exists(restored) && !files_swap_in(restored, path, NULL))
		taken = !disk_exists(restored);
	free(restored);
	free(log);
	return taken;
}

void
vault_drop_log(const char *path)
{
	char *log = with_end(path, "-wal");

	disk_delete(log);
	free(log);
}

bool
vault_log_is_gone(const char *path)
{
	char *log = with_end(path, "-wal");
	bool gone = disk_is_empty(log);

	free(log);
	return gone;
}

void
vault_drop_file(const char *new_name)
{
	vault_drop_log(new_name);
	disk_delete(new_name);
}

bool
vault_begin_file(const char *new_name, struct vault_key *key, struct err *err)
{
	struct disk_file *f;
	int code;

	vault_drop_file(new_name);
	f = disk_open(new_name, DISK_CREATE, &code);
	if (f)
		code = vault_write_blocks(f, &key->block, &key->cipher);
	/* Pages begin on a boundary, whatever the file system does with holes. */
	if (code == SQLITE_OK) {
		static const unsigned char end[BLOCK_SIZE - BLOCK_BYTES];

		code = disk_write(f, PAGES_BEGIN - (int)sizeof(end), end, sizeof(end));
	}
	disk_close(f);
	return code == SQLITE_OK || disk_fail(code, new_name, err);
}

/* --- before it opens --- */

static bool
make_blocks_good(const char *path, struct vault_key *key, bool *mended, struct err *err)
{
	struct disk_file *f;
	struct block copies[BLOCK_COPIES], best;
	int code, good = 0;
	bool fine = false;

	f = disk_open(path, DISK_READ, &code);
	if (!f)
		return disk_fail(code, path, err);
	if (!vault_read_block(f, path, &key->cipher, &best, &good, err))
		goto out;
	if (!block_is_of(&best, &key->cipher)) {
		err_set(err, ERR_INPUT, _("This key is not the one of %s. Take the right one."), path);
		goto out;
	}
	key->block = best;
	fine = true;
	*mended = good < BLOCK_COPIES;
	for (int i = 0; i < BLOCK_COPIES && good == BLOCK_COPIES; i++)
		if (!vault_read_copy(f, i, &copies[i]))
			good = 0;
	if (good == BLOCK_COPIES && copies[0].generation == copies[1].generation)
		goto out;
	disk_close(f);
	/* On a disk that cannot be written the good copy is enough. Whoever has it open may
	 * be changing the passphrase: read anew when nobody has. */
	f = disk_open(path, DISK_WRITE, &code);
	if (f && disk_lock_alone(f) &&
	    vault_read_block(f, path, &key->cipher, &best, &good, NULL) &&
	    block_is_of(&best, &key->cipher)) {
		vault_write_blocks(f, &best, &key->cipher);
		key->block = best;
	}
out:
	disk_close(f);
	return fine;
}

bool
vault_prepare(const char *path, struct vault_key *key, bool *mended, struct err *err)
{
	char *plain = vault_old_name(path);
	bool fine;

	*mended = false;
	fine = make_blocks_good(path, key, mended, err);

	if (fine && disk_exists(plain)) {
		if (files_are_one(plain, path))
			disk_delete(plain);
		else
			files_wipe(plain);
	}
	free(plain);
	return fine;
}

/* --- a copy of what is damaged --- */

bool
vault_keep_copy(const char *path, const char *day, struct buf *name)
{
	char *log = with_end(path, "-wal"), *copy_log;
	bool kept;

	buf_reset(name);
	buf_fmt(name, "%s.damaged-%s", path, day);
	for (int n = 2; disk_exists(buf_text(name)); n++) {
		buf_reset(name);
		buf_fmt(name, "%s.damaged-%s-%d", path, day, n);
	}
	copy_log = with_end(buf_text(name), "-wal");
	kept = disk_copy(log, copy_log) == SQLITE_OK &&
	       disk_copy(path, buf_text(name)) == SQLITE_OK;
	if (!kept) {
		disk_delete(copy_log);
		disk_delete(buf_text(name));
	}
	free(copy_log);
	free(log);
	return kept;
}
