/*
 * Sealing a plain notebook, page by page, crash-safe.
 */
#include "store.h"

#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "vault_files.h"
#include "vault_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The plain notebook, held by its lock, and the sealed one beside it. */
struct conversion {
	const char *path;
	char *new_name, *old_name;
	struct notebook *nb;
	sqlite3_file *plain;
	struct vault_vfs *vfs;
	sqlite3_file *sealed; /* opened by hand: page for page */
	char *sealed_name;    /* ended by two NULs, as SQLite wants */
};

/* Every page gives up its end, where the seal will stand; everything is in the database
 * and nothing in its log. Older notebooks are written anew for that, in their own
 * transaction. */
static bool
make_ready(struct notebook *nb, struct err *err)
{
	int extra = -1;

	sqlite3_file_control(nb->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &extra);
	if (extra != CIPHER_EXTRA) {
		extra = CIPHER_EXTRA;
		sqlite3_file_control(nb->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &extra);
		if (!store_exec(nb, "VACUUM", err))
			return false;
	}
	return store_exec(nb, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

static int
open_sealed(struct conversion *c, struct vault_key *key)
{
	sqlite3_vfs *vfs;
	size_t len = strlen(c->new_name);

	c->vfs = vault_vfs_new(c->new_name, &key->cipher, false);
	if (!c->vfs)
		return SQLITE_NOMEM;
	vfs = sqlite3_vfs_find(vault_vfs_name(c->vfs));
	c->sealed = mem_alloc((size_t)vfs->szOsFile);
	c->sealed_name = mem_alloc(len + 2);
	memcpy(c->sealed_name, c->new_name, len);
	return vfs->xOpen(vfs, c->sealed_name, c->sealed,
			  SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE, NULL);
}

static int
close_sealed(struct conversion *c)
{
	int code = SQLITE_OK;

	if (c->sealed && c->sealed->pMethods)
		code = c->sealed->pMethods->xClose(c->sealed);
	free(c->sealed);
	free(c->sealed_name);
	c->sealed = NULL;
	c->sealed_name = NULL;
	vault_vfs_free(c->vfs);
	c->vfs = NULL;
	return code;
}

static int
copy_pages(struct conversion *c, sqlite3_int64 size)
{
	unsigned char page[PAGE_SIZE];
	int code = SQLITE_OK;

	for (sqlite3_int64 at = 0; at < size && code == SQLITE_OK; at += PAGE_SIZE) {
		code = c->plain->pMethods->xRead(c->plain, page, PAGE_SIZE, at);
		if (code == SQLITE_OK)
			code =
			    c->sealed->pMethods->xWrite(c->sealed, page, PAGE_SIZE, at);
	}
	if (code == SQLITE_OK)
		code = c->sealed->pMethods->xSync(c->sealed, SQLITE_SYNC_NORMAL);
	return code;
}

/* What was written is read back and is the same. */
static int
compare_pages(struct conversion *c, sqlite3_int64 size)
{
	unsigned char page[PAGE_SIZE], back[PAGE_SIZE];

	for (sqlite3_int64 at = 0; at < size; at += PAGE_SIZE) {
		int code = c->plain->pMethods->xRead(c->plain, page, PAGE_SIZE, at);

		/* Its header alone is answered without a look into the page. */
		if (code == SQLITE_OK)
			code =
			    c->sealed->pMethods->xRead(c->sealed, back, PAGE_SIZE, at);
		if (code != SQLITE_OK)
			return code;
		if (memcmp(page, back, PAGE_PLAIN) != 0)
			return SQLITE_IOERR_DATA;
	}
	return SQLITE_OK;
}

static bool
make_copy(struct conversion *c, struct vault_key *key, struct err *err)
{
	sqlite3_int64 size = 0;
	int code, closed;

	if (!vault_begin_file(c->new_name, key, err))
		return false;
	code = c->plain->pMethods->xFileSize(c->plain, &size);
	if (code == SQLITE_OK)
		code = open_sealed(c, key);
	if (code == SQLITE_OK)
		code = copy_pages(c, size);
	if (code == SQLITE_OK)
		code = compare_pages(c, size);
	closed = close_sealed(c);
	if (code == SQLITE_OK)
		code = closed;
	return code == SQLITE_OK || disk_fail(code, c->path, err);
}

static bool
convert(struct conversion *c, struct vault_key *key, struct err *err)
{
	if (!make_ready(c->nb, err))
		return false;
	sqlite3_file_control(c->nb->db, "main", SQLITE_FCNTL_FILE_POINTER, &c->plain);
	if (make_copy(c, key, err)) {
		/* The plain one's, empty. Not later: it may be the log of whoever has
		 * opened the sealed one meanwhile. */
		vault_drop_log(c->path);
		if (files_swap_in(c->new_name, c->path, c->old_name))
			return true;
	}
	if (!err || err->kind == ERR_NONE)
		err_set(err, ERR_SYSTEM, _("%s cannot be sealed: %s. It is as it was. Try again when "
		    "there is room on the disk."),
			c->path, strerror(errno));
	vault_drop_file(c->new_name);
	return false;
}

bool
vault_convert(const char *path, struct vault_key *key, const struct clock *clock,
	      struct err *err)
{
	struct conversion c = { .path = path };
	bool converted = false;

	c.nb = notebook_open(path, false, clock, err);
	if (!c.nb)
		return false;
	c.new_name = vault_new_name(path);
	c.old_name = vault_old_name(path);
	converted = convert(&c, key, err);
	notebook_close(c.nb);
	if (converted && disk_exists(c.old_name) && !files_wipe(c.old_name))
		converted = err_set(
		    err, ERR_SYSTEM,
		    _("The notebook is sealed, but the plain file %s could not be "
		      "removed: %s. Remove it."),
		    c.old_name, strerror(errno));
	free(c.new_name);
	free(c.old_name);
	return converted;
}
