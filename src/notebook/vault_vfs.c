/*
 * The table of functions that SQLite calls, and the file below.
 */
#include "vault_vfs_private.h"

#include "vault_ballast.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the file below --- */

int
under_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at)
{
	return f->under->pMethods->xRead(f->under, bytes, len, at);
}

/* SQLite knows of ENOSPC; a quota or a size limit is no less a full disk. */
static int
write_once(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at)
{
	int code;

	errno = 0;
	code = f->under->pMethods->xWrite(f->under, bytes, len, at);
	if ((code & 0xFF) == SQLITE_IOERR && (errno == EDQUOT || errno == EFBIG))
		return SQLITE_FULL;
	return code;
}

int
under_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at)
{
	struct vault_vfs *vfs = f->vfs;
	int code;

	if (vfs->frozen)
		return SQLITE_READONLY;
	code = write_once(f, bytes, len, at);
	if (code != SQLITE_FULL || !ballast_drop(vfs->path))
		return code;
	vfs->events.ballast_spent = true;
	return write_once(f, bytes, len, at);
}

int
under_sync(struct vault_file *f)
{
	return f->under->pMethods->xSync(f->under, SQLITE_SYNC_NORMAL);
}

int
under_size(struct vault_file *f, sqlite3_int64 *size)
{
	return f->under->pMethods->xFileSize(f->under, size);
}

/* --- what is done with a file --- */

static int
file_close(sqlite3_file *file)
{
	struct vault_file *f = (struct vault_file *)file;
	int code = SQLITE_OK, closed = SQLITE_OK;

	if (f->kind == FILE_PAGES) {
		code = state_save(f);
		f->vfs->pages = NULL;
	}
	if (f->kind == FILE_LOG)
		f->vfs->log = NULL;
	if (f->kind != FILE_NOTHING)
		closed = f->under->pMethods->xClose(f->under);
	return code == SQLITE_OK ? closed : code;
}

static int
file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	struct vault_file *f = (struct vault_file *)file;

	switch (f->kind) {
	case FILE_PLAIN:
		return under_read(f, bytes, len, at);
	case FILE_PAGES:
		return pages_read(f, bytes, len, at);
	case FILE_LOG:
		return log_read(f, bytes, len, at);
	case FILE_NOTHING:
		break;
	}
	memset(bytes, 0, (size_t)len);
	return SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	struct vault_file *f = (struct vault_file *)file;

	switch (f->kind) {
	case FILE_PLAIN:
		return under_write(f, bytes, len, at);
	case FILE_PAGES:
		return pages_write(f, bytes, len, at);
	case FILE_LOG:
		return log_write(f, bytes, len, at);
	case FILE_NOTHING:
		break;
	}
	return SQLITE_READONLY;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vault_file *f = (struct vault_file *)file;

	if (f->vfs->frozen)
		return SQLITE_READONLY;
	switch (f->kind) {
	case FILE_PAGES:
		return pages_truncate(f, size);
	case FILE_LOG:
		return log_truncate(f, size);
	case FILE_PLAIN:
	case FILE_NOTHING:
		break;
	}
	return f->under->pMethods->xTruncate(f->under, size);
}

static int
file_sync(sqlite3_file *file, int flags)
{
	struct vault_file *f = (struct vault_file *)file;

	if (f->vfs->frozen)
		return SQLITE_OK;
	return f->under->pMethods->xSync(f->under, flags);
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vault_file *f = (struct vault_file *)file;

	switch (f->kind) {
	case FILE_PLAIN:
		return under_size(f, size);
	case FILE_PAGES:
		return pages_size(f, size);
	case FILE_LOG:
		return log_size(f, size);
	case FILE_NOTHING:
		break;
	}
	*size = 0;
	return SQLITE_OK;
}

/* Where nothing may be written no lock can be had either, and none is needed; but a
 * notebook that somebody else is writing is not read. */
static int
file_lock(sqlite3_file *file, int level)
{
	struct vault_file *f = (struct vault_file *)file;
	int code;

	if (f->kind == FILE_NOTHING)
		return SQLITE_OK;
	code = f->under->pMethods->xLock(f->under, level);
	if (f->vfs->frozen && (code & 0xFF) != SQLITE_BUSY)
		return SQLITE_OK;
	return code;
}

static int
file_unlock(sqlite3_file *file, int level)
{
	struct vault_file *f = (struct vault_file *)file;

	if (f->kind == FILE_NOTHING)
		return SQLITE_OK;
	return f->under->pMethods->xUnlock(f->under, level);
}

static int
file_reserved(sqlite3_file *file, int *held)
{
	struct vault_file *f = (struct vault_file *)file;

	*held = 0;
	if (f->kind == FILE_NOTHING)
		return SQLITE_OK;
	return f->under->pMethods->xCheckReservedLock(f->under, held);
}

/* Only what does not speak of places in a file goes down as it is. */
static int
file_control(sqlite3_file *file, int op, void *arg)
{
	struct vault_file *f = (struct vault_file *)file;
	sqlite3_int64 hint;

	if (f->kind == FILE_NOTHING)
		return SQLITE_NOTFOUND;
	switch (op) {
	case SQLITE_FCNTL_SIZE_HINT:
		if (f->kind != FILE_PAGES)
			break;
		hint = *(sqlite3_int64 *)arg + PAGES_BEGIN;
		return f->under->pMethods->xFileControl(f->under, op, &hint);
	case SQLITE_FCNTL_LOCKSTATE:
	case SQLITE_FCNTL_LAST_ERRNO:
	case SQLITE_FCNTL_PERSIST_WAL:
	case SQLITE_FCNTL_POWERSAFE_OVERWRITE:
	case SQLITE_FCNTL_HAS_MOVED:
	case SQLITE_FCNTL_LOCK_TIMEOUT:
		return f->under->pMethods->xFileControl(f->under, op, arg);
	default:
		break;
	}
	return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *file)
{
	struct vault_file *f = (struct vault_file *)file;

	return f->kind == FILE_NOTHING ? PAGE_SIZE
				       : f->under->pMethods->xSectorSize(f->under);
}

/* Promises of atomic writes are about sizes and places that are no longer so. */
static int
file_device(sqlite3_file *file)
{
	struct vault_file *f = (struct vault_file *)file;
	int promises = SQLITE_IOCAP_POWERSAFE_OVERWRITE;

	if (f->kind == FILE_NOTHING)
		return promises;
	return f->under->pMethods->xDeviceCharacteristics(f->under) & promises;
}

/* Version 1: no shared memory, so the log's index can only be in this process. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
};

/* --- opening --- */

static int
open_under(struct vault_file *f, int flags, int *got)
{
	sqlite3_vfs *under = f->vfs->under;
	int code;

	f->under = (sqlite3_file *)(f + 1);
	memset(f->under, 0, (size_t)under->szOsFile);
	if (f->vfs->frozen) {
		int readonly = flags & ~(SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE);

		/* A lock can only be asked for where writing is allowed. */
		code = under->xOpen(under, f->name, f->under, readonly, got);
		if (code != SQLITE_OK)
			code = under->xOpen(
			    under, f->name, f->under,
			    (readonly & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY,
			    got);
		*got = (*got & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
		return code;
	}
	return under->xOpen(under, f->name, f->under, flags, got);
}

static int
open_kind(struct vault_file *f)
{
	int code = SQLITE_OK;

	if (f->kind == FILE_PAGES && (code = pages_open(f)) == SQLITE_OK)
		f->vfs->pages = f;
	if (f->kind == FILE_LOG && (code = log_open(f)) == SQLITE_OK)
		f->vfs->log = f;
	return code;
}

static int
vfs_open(sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags,
	 int *got)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;
	struct vault_file *f = (struct vault_file *)file;
	int code, unused;

	memset(f, 0, sizeof(*f));
	f->vfs = vfs;
	f->name = name;
	if (!got)
		got = &unused;
	*got = flags;
	if (vfs->cipher) { /* nothing may be written readably */
		if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
			return SQLITE_CANTOPEN;
		f->kind = flags & SQLITE_OPEN_WAL ? FILE_LOG : FILE_PAGES;
		if (f->kind == FILE_PAGES && vfs->pages)
			return SQLITE_CANTOPEN; /* an attached one */
	}
	code = open_under(f, flags, got);
	if (code != SQLITE_OK && vfs->frozen && flags & SQLITE_OPEN_WAL) {
		f->kind = FILE_NOTHING;
		code = SQLITE_OK;
	}
	if (code != SQLITE_OK)
		return code;
	code = open_kind(f);
	if (code == SQLITE_OK)
		f->base.pMethods = &methods;
	else
		f->under->pMethods->xClose(f->under);
	return code;
}

static int
vfs_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->frozen ? SQLITE_OK
			   : vfs->under->xDelete(vfs->under, name, sync_folder);
}

/* A sealed notebook has no rollback journal: one that lies beside it is not its. */
static int
vfs_access(sqlite3_vfs *base, const char *name, int flags, int *result)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;
	size_t len = strlen(name);

	if (vfs->cipher && len > 8 && strcmp(name + len - 8, "-journal") == 0) {
		*result = 0;
		return SQLITE_OK;
	}
	return vfs->under->xAccess(vfs->under, name, flags, result);
}

static int
vfs_full_path(sqlite3_vfs *base, const char *name, int size, char *out)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->under->xFullPathname(vfs->under, name, size, out);
}

static int
vfs_randomness(sqlite3_vfs *base, int len, char *out)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->under->xRandomness(vfs->under, len, out);
}

static int
vfs_sleep(sqlite3_vfs *base, int microseconds)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->under->xSleep(vfs->under, microseconds);
}

static int
vfs_time(sqlite3_vfs *base, double *now)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->under->xCurrentTime(vfs->under, now);
}

static int
vfs_last_error(sqlite3_vfs *base, int len, char *out)
{
	struct vault_vfs *vfs = (struct vault_vfs *)base;

	return vfs->under->xGetLastError(vfs->under, len, out);
}

struct vault_vfs *
vault_vfs_new(const char *path, struct cipher *cipher, bool frozen)
{
	struct vault_vfs *vfs = calloc(1, sizeof(*vfs));

	if (!vfs)
		return NULL;
	vfs->under = sqlite3_vfs_find(NULL);
	vfs->cipher = cipher;
	vfs->path = path;
	vfs->frozen = frozen;
	snprintf(vfs->name, sizeof(vfs->name), "notebook-%p", (void *)vfs);
	vfs->base = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = (int)sizeof(struct vault_file) + vfs->under->szOsFile,
		.mxPathname = vfs->under->mxPathname,
		.zName = vfs->name,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	if (cipher)
		cipher_start(cipher);
	if (sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK)
		return vfs;
	free(vfs);
	return NULL;
}

void
vault_vfs_free(struct vault_vfs *vfs)
{
	if (!vfs)
		return;
	sqlite3_vfs_unregister(&vfs->base);
	free(vfs);
}

const char *
vault_vfs_name(const struct vault_vfs *vfs)
{
	return vfs->name;
}

const struct vault_events *
vault_vfs_events(const struct vault_vfs *vfs)
{
	return &vfs->events;
}
