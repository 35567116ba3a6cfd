#include "vault_disk.h"

#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "vault_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct disk_file {
	char *path; /* SQLite keeps it: ended by two NULs, as it wants */
	sqlite3_file *file;
};

static const int open_flags[] = {
	[DISK_READ] = SQLITE_OPEN_READONLY,
	[DISK_WRITE] = SQLITE_OPEN_READWRITE,
	[DISK_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
};

struct disk_file *
disk_open(const char *path, enum disk_how how, int *code)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	struct disk_file *f = mem_alloc(sizeof(*f));
	size_t len = strlen(path);

	f->path = mem_alloc(len + 2);
	memcpy(f->path, path, len);
	f->file = mem_alloc((size_t)vfs->szOsFile);
	if (how == DISK_CREATE)
		files_make_private(path);
	*code = vfs->xOpen(vfs, f->path, f->file, open_flags[how] | SQLITE_OPEN_MAIN_DB,
			   NULL);
	if (*code == SQLITE_OK)
		return f;
	disk_close(f);
	return NULL;
}

void
disk_close(struct disk_file *f)
{
	if (!f)
		return;
	if (f->file->pMethods)
		f->file->pMethods->xClose(f->file);
	free(f->file);
	free(f->path);
	free(f);
}

int
disk_read(struct disk_file *f, sqlite3_int64 at, void *bytes, int len)
{
	return f->file->pMethods->xRead(f->file, bytes, len, at);
}

int
disk_write(struct disk_file *f, sqlite3_int64 at, const void *bytes, int len)
{
	int code;

	errno = 0;
	code = f->file->pMethods->xWrite(f->file, bytes, len, at);
	if ((code & 0xFF) == SQLITE_IOERR && (errno == EDQUOT || errno == EFBIG))
		return SQLITE_FULL; /* SQLite knows of ENOSPC only */
	return code;
}

int
disk_sync(struct disk_file *f)
{
	return f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL);
}

int
disk_size(struct disk_file *f, sqlite3_int64 *size)
{
	return f->file->pMethods->xFileSize(f->file, size);
}

bool
disk_lock_alone(struct disk_file *f)
{
	static const int levels[] = { SQLITE_LOCK_SHARED, SQLITE_LOCK_EXCLUSIVE };

	for (int i = 0; i < 2; i++)
		if (f->file->pMethods->xLock(f->file, levels[i]) != SQLITE_OK)
			return false;
	return true;
}

int
disk_copy(const char *from, const char *to)
{
	unsigned char piece[65536];
	sqlite3_int64 size = 0;
	int code, open_code;
	struct disk_file *in = disk_open(from, DISK_READ, &code), *out = NULL;

	if (in && (code = disk_size(in, &size)) == SQLITE_OK) {
		out = disk_open(to, DISK_CREATE, &open_code);
		code = open_code;
	}
	for (sqlite3_int64 at = 0; out && code == SQLITE_OK && at < size;
	     at += (int)sizeof(piece)) {
		int len = size - at < (int)sizeof(piece) ? (int)(size - at)
							 : (int)sizeof(piece);

		code = disk_read(in, at, piece, len);
		if (code == SQLITE_OK)
			code = disk_write(out, at, piece, len);
	}
	if (out && code == SQLITE_OK)
		code = out->file->pMethods->xTruncate(out->file, size);
	if (out && code == SQLITE_OK)
		code = disk_sync(out);
	if (out && code == SQLITE_OK && !files_sync_folder(to))
		code = SQLITE_IOERR_DIR_FSYNC;
	disk_close(in);
	disk_close(out);
	return code;
}

static bool
has_access(const char *path, int what)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	int there = 0;

	return vfs->xAccess(vfs, path, what, &there) == SQLITE_OK && there;
}

bool
disk_exists(const char *path)
{
	/* On Unix the first question is answered with no for an empty file. */
	return has_access(path, SQLITE_ACCESS_EXISTS) ||
	       has_access(path, SQLITE_ACCESS_READWRITE);
}

bool
disk_is_empty(const char *path)
{
	sqlite3_int64 size = 1;
	int code;
	struct disk_file *f;
	bool empty;

	if (!disk_exists(path))
		return true;
	f = disk_open(path, DISK_READ, &code);
	empty = f && disk_size(f, &size) == SQLITE_OK && size == 0;
	disk_close(f);
	return empty;
}

int
disk_delete(const char *path)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	int code = vfs->xDelete(vfs, path, 1);

	return code == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : code;
}

bool
disk_fail(int code, const char *path, struct err *err)
{
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return err_set(err, ERR_SYSTEM,
			       _("The disk is full: %s could not be written. Everything "
				 "that was saved before is safe. Make room and try "
				 "again."),
			       path);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_SYSTEM,
			       _("%s cannot be opened. Check that it is there and that "
				 "you may read and write it and its folder."),
			       path);
	}
	return err_set(err, ERR_SYSTEM,
		       _("The disk failed at %s (%d). Everything that was saved before "
			 "is kept as it was. Try again; if it happens again, copy the "
			 "notebook to another disk."),
		       path, code);
}
