/*
 * folder - a folder of the test's own, gone when the test ends
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline void
folder_empty(const char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *e; dir && (e = readdir(dir));) {
		char inner[1024];
		struct stat st;
		int len;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		len = snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
		if (len < 0 || (size_t)len >= sizeof(inner))
			continue;
		if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode)) {
			folder_empty(inner);
			rmdir(inner);
		} else {
			unlink(inner);
		}
	}
	if (dir)
		closedir(dir);
}

/* Makes the folder; path lasts until folder_remove(). */
static inline const char *
folder_make(void)
{
	static char path[64];

	strcpy(path, "/tmp/minqing-test-XXXXXX");
	if (!mkdtemp(path)) {
		perror("mkdtemp");
		exit(1);
	}
	return path;
}

static inline void
folder_remove(const char *path)
{
	folder_empty(path);
	rmdir(path);
}

#endif
