#include "vault_ballast.h"

#include "mem.h"
#include "vault_disk.h"
#include "vault_files.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this the room is better left to the notebook. */
#define ROOM_WANTED (4 * BALLAST_SIZE)

static char *
ballast_path(const char *path)
{
	static const char end[] = ".ballast";
	char *name = mem_alloc(strlen(path) + sizeof(end));

	sprintf(name, "%s%s", path, end);
	return name;
}

static bool
is_whole(const char *name)
{
	int code;
	struct disk_file *f = disk_exists(name) ? disk_open(name, DISK_READ, &code) : NULL;
	sqlite3_int64 size = 0;
	bool whole = f && disk_size(f, &size) == SQLITE_OK && size >= BALLAST_SIZE;

	disk_close(f);
	return whole;
}

static bool
fill(const char *name)
{
	unsigned char block[65536];
	int code;
	struct disk_file *f = disk_open(name, DISK_CREATE, &code);

	if (!f)
		return false;
	for (int at = 0; at < BALLAST_SIZE && code == SQLITE_OK; at += (int)sizeof(block)) {
		randombytes_buf(block, sizeof(block));
		code = disk_write(f, at, block, sizeof(block));
	}
	if (code == SQLITE_OK)
		code = disk_sync(f);
	disk_close(f);
	return code == SQLITE_OK;
}

bool
ballast_lay(const char *path)
{
	char *name = ballast_path(path);
	int64_t room = files_room(path);
	bool there = is_whole(name);

	if (!there && room >= ROOM_WANTED) {
		there = fill(name);
		if (!there)
			disk_delete(name);
	}
	free(name);
	return there;
}

bool
ballast_drop(const char *path)
{
	char *name = ballast_path(path);
	bool dropped = disk_exists(name) && disk_delete(name) == SQLITE_OK;

	free(name);
	return dropped;
}

bool
ballast_there(const char *path)
{
	char *name = ballast_path(path);
	bool there = is_whole(name);

	free(name);
	return there;
}
