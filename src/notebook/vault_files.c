#include "vault_files.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void
files_make_private(const char *path)
{
	/* Only a file that is new may be closed here: nobody can hold a lock on it. */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat st;

	if (fd >= 0)
		close(fd);
	else if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 0077)
		(void)!chmod(path, 0600);
}

bool
files_sync_folder(const char *path)
{
	char *copy = mem_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems keep their folders in order and know no way to ask for it. */
	bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	free(copy);
	return synced;
}

bool
files_swap_in(const char *from, const char *to, const char *old)
{
	if (old && unlink(old) != 0 && errno != ENOENT)
		return false;
	/* Where a file cannot have two names, the old bytes cannot be written over. */
	if (old && link(to, old) != 0 && errno != EPERM && errno != EOPNOTSUPP)
		return false;
	return rename(from, to) == 0 && files_sync_folder(to);
}

bool
files_are_one(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

int64_t
files_room(const char *path)
{
	char *copy = mem_strdup(path);
	struct statvfs room;
	int64_t bytes = -1;

	if (statvfs(dirname(copy), &room) == 0)
		bytes = (int64_t)room.f_bavail * (int64_t)room.f_frsize;
	free(copy);
	return bytes;
}

static bool
write_over(int fd, off_t size)
{
	static const char zeros[65536];

	for (off_t at = 0; at < size; at += (off_t)sizeof(zeros)) {
		size_t len = sizeof(zeros);

		if (size - at < (off_t)len)
			len = (size_t)(size - at);
		if (pwrite(fd, zeros, len, at) != (ssize_t)len)
			return false;
	}
	return fsync(fd) == 0;
}

bool
files_wipe(const char *path)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool wiped = fd >= 0 && fstat(fd, &st) == 0 && write_over(fd, st.st_size);

	if (fd >= 0)
		close(fd);
	return unlink(path) == 0 && wiped;
}
