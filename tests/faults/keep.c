/*
 * keep - preloaded into the program: keeps every byte that it writes to a file
 *
 * Everything written to a regular file is appended to KEEP_FILE, and so is what a file
 * holds when it loses its name, so that nothing escapes by being removed again.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void
keep(const void *bytes, size_t len)
{
	const char *path = getenv("KEEP_FILE");
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path,
				     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
		      : -1;

	if (fd < 0)
		return;
	if (syscall(SYS_write, fd, bytes, len) != (long)len)
		_exit(99);
	syscall(SYS_close, fd);
}

static void
keep_written(int fd, const void *bytes, ssize_t len)
{
	struct stat st;

	if (len > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		keep(bytes, (size_t)len);
}

static void
keep_file(const char *path)
{
	char block[65536];
	long got;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return;
	while ((got = syscall(SYS_read, fd, block, sizeof(block))) > 0)
		keep(block, (size_t)got);
	syscall(SYS_close, fd);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	ssize_t done = syscall(SYS_write, fd, bytes, len);

	keep_written(fd, bytes, done);
	return done;
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t done = syscall(SYS_pwrite64, fd, bytes, len, at);

	keep_written(fd, bytes, done);
	return done;
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
	return pwrite(fd, bytes, len, at);
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	ssize_t sum = 0;

	for (int i = 0; i < count; i++) {
		ssize_t done = write(fd, parts[i].iov_base, parts[i].iov_len);

		if (done < 0)
			return sum ? sum : done;
		sum += done;
		if ((size_t)done < parts[i].iov_len)
			break;
	}
	return sum;
}

int
unlink(const char *path)
{
	keep_file(path);
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
unlinkat(int dir, const char *path, int flags)
{
	if (dir == AT_FDCWD)
		keep_file(path);
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}

int
rename(const char *from, const char *to)
{
	keep_file(from);
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
