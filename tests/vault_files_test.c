/*
 * vault_files_test - the order of what the vault does to files by their names
 *
 * The power cuts of tests/faults are on a disk in memory that has these functions of its
 * own; here the real ones are watched on their way to the system.
 */
#include "check.h"
#include "folder.h"
#include "notebook_fixture.h"
#include "../src/notebook/vault_files.h"

#include "backup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);

static char calls[1000]; /* since begin(), each with a blank before it */
static bool syncs_fail;
static int renames_left = -1; /* until syncs fail; -1: they do not */

static void
note(const char *call)
{
	strcat(calls, " ");
	strcat(calls, call);
}

/* Does the file hold anything but zeros? */
static bool
has_text(int fd)
{
	char bytes[4096];
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);

	for (ssize_t i = 0; i < len; i++)
		if (bytes[i])
			return true;
	return false;
}

int
__wrap_fsync(int fd)
{
	struct stat st;
	char path[64];
	int again;

	if (fstat(fd, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		note("sync-folder");
		return syncs_fail ? -1 : __real_fsync(fd);
	}
	/* It may be open for writing only. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	note(has_text(again) ? "sync-text" : "sync-zeros");
	close(again);
	return syncs_fail ? -1 : __real_fsync(fd);
}

int
__wrap_rename(const char *from, const char *to)
{
	note("rename");
	syncs_fail |= renames_left >= 0 && --renames_left == 0;
	return __real_rename(from, to);
}

int
__wrap_unlink(const char *path)
{
	note("unlink");
	return __real_unlink(path);
}

static const char *folder;

static const char *
in_folder(const char *name, char out[200])
{
	snprintf(out, 200, "%s/%s", folder, name);
	return out;
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bool
holds(const char *path, const char *text)
{
	char bytes[64] = "";
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	bytes[fread(bytes, 1, sizeof(bytes) - 1, f)] = '\0';
	fclose(f);
	return !strcmp(bytes, text);
}

static void
a_new_file_takes_the_name_durably(void)
{
	char new[200], path[200], old[200];

	put(in_folder("new", new), "new text");
	put(in_folder("name", path), "old text");
	calls[0] = '\0';
	CHECK(files_swap_in(new, path, in_folder("old", old)));
	CHECK_STR(calls, " unlink rename sync-folder"); /* of what no longer was there */
	CHECK(holds(path, "new text") && holds(old, "old text"));
	CHECK(access(new, F_OK) != 0);
	put(new, "newer text");
	syncs_fail = true;
	CHECK(!files_swap_in(new, path, NULL)); /* nobody knows whether it lasts */
	syncs_fail = false;
}

static void
what_is_wiped_is_written_over_first(void)
{
	char path[200], other[200];

	put(in_folder("plain", path), "what was typed");
	CHECK(link(path, in_folder("other", other)) == 0);
	calls[0] = '\0';
	CHECK(files_wipe(path));
	CHECK_STR(calls, " sync-zeros unlink");
	CHECK(access(path, F_OK) != 0);
	/* Its bytes, not only its name: they are gone from another name as well. */
	CHECK(holds(other, ""));
	put(path, "what was typed");
	syncs_fail = true;
	CHECK(!files_wipe(path));
	syncs_fail = false;
	CHECK(!files_wipe(path)); /* there is none */
}

/* Another window's last words: they stand in the log only. */
static void
set_and_die(struct fixture *f, const char *value)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		fixture_reopen(f);
		_exit(notebook_set(f->nb, "n", value, &f->err) ? 0 : 1);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* It has its place, although nobody knows yet whether it lasts: the log of what was
 * there before is not put back beside it. */
static void
a_restored_notebook_gets_no_log_of_the_one_before(void)
{
	struct fixture *f = fixture_new();
	struct buf backup = { 0 }, kept = { 0 }, value = { 0 };
	char log[200];

	CHECK(notebook_set(f->nb, "n", "of the backup", &f->err));
	CHECK(backup_make(f->nb, folder, 3, &backup, &f->err));
	notebook_close(f->nb);
	f->nb = NULL;
	set_and_die(f, "of the log");
	calls[0] = '\0';
	renames_left = 2; /* the backup, whole, beside it; then in its place */
	CHECK(backup_restore(buf_text(&backup), NULL, f->path, &f->clock, &kept, &f->err));
	CHECK_INT(renames_left, 0);
	syncs_fail = false;
	renames_left = -1;
	snprintf(log, sizeof(log), "%s-wal", f->path);
	CHECK(access(log, F_OK) != 0);
	fixture_reopen(f);
	CHECK(notebook_get(f->nb, "n", &value, &f->err));
	CHECK_STR(buf_text(&value), "of the backup");
	notebook_close(f->nb);
	f->nb = NULL;
	folder_empty(f->dir);
	fixture_free(f);
	buf_clear(&backup);
	buf_clear(&kept);
	buf_clear(&value);
}

int
main(void)
{
	folder = folder_make();
	RUN(a_new_file_takes_the_name_durably);
	RUN(what_is_wiped_is_written_over_first);
	RUN(a_restored_notebook_gets_no_log_of_the_one_before);
	folder_remove(folder);
	return CHECK_DONE();
}
