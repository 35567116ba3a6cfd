/* Copies of a notebook: made, thrown away, compared, put back. */
#include "check.h"
#include "vault_fixture.h"

#include "backup.h"
#include "buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct sealed s;
static char folder[160];

static void
begin(void)
{
	s = sealed_new();
	snprintf(folder, sizeof(folder), "%s/usb", s.dir);
	CHECK(mkdir(folder, 0700) == 0);
}

static void
end(void)
{
	sealed_free(&s);
}

static int
copies(void)
{
	DIR *dir = opendir(folder);
	int count = 0;

	for (struct dirent *e; (e = readdir(dir));)
		count += e->d_name[0] != '.';
	closedir(dir);
	return count;
}

static bool
finish(const char *answers, char id[UUID_SIZE])
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct record_final final = { .answers = answers, .len = strlen(answers),
		.version = "1", .title = "t", .day = "2026-11-23", .text = "" };

	return record_begin(s.nb, &origin, id, &s.err) &&
	       record_finalise(s.nb, id, &final, NULL, &s.err);
}

/* What differs between the notebook and a copy. */
static struct backup_difference
difference(const char *path)
{
	struct backup_difference d = { .different = -1 };
	struct notebook *copy = notebook_open_frozen(path, s.key, s.clock, &s.err);

	CHECK(copy != NULL);
	if (copy)
		CHECK(backup_compare(s.nb, copy, &d, &s.err));
	notebook_close(copy);
	return d;
}

static void
a_copy_is_the_notebook_of_its_moment(void)
{
	char id[UUID_SIZE], draft[UUID_SIZE];
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct buf path = { 0 };
	struct backup_difference d;
	struct stat st;

	begin();
	CHECK(finish("{\"n\":1}", id));
	CHECK(record_begin(s.nb, &origin, draft, &s.err));
	CHECK(record_draft_save(s.nb, draft, "{}", 2, "t", "n", &s.err));
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	CHECK(strstr(buf_text(&path), "worker-20261123-093000.backup"));
	CHECK(stat(buf_text(&path), &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK_INT(vault_look(buf_text(&path), NULL), VAULT_SEALED);
	d = difference(buf_text(&path));
	CHECK_INT(d.same, 2);
	CHECK_INT(d.only_here + d.only_copy + d.changed + d.different, 0);
	CHECK(finish("{\"n\":2}", id));
	CHECK(record_draft_save(s.nb, draft, "{\"n\":3}", 7, "t", "n", &s.err));
	d = difference(buf_text(&path));
	CHECK_INT(d.same, 1);
	CHECK_INT(d.only_here, 1);
	CHECK_INT(d.changed, 1);
	CHECK_INT(d.only_copy + d.different, 0);
	buf_clear(&path);
	end();
}

static void
the_oldest_go_when_a_new_one_is_whole(void)
{
	struct buf path = { 0 };
	char other[200];

	begin();
	snprintf(other, sizeof(other), "%s/somebody-20200101-000000.backup", folder);
	CHECK(close(open(other, O_CREAT | O_WRONLY, 0600)) == 0);
	for (int i = 0; i < 5; i++) {
		buf_reset(&path);
		CHECK(backup_make(s.nb, folder, 2, &path, &s.err)); /* in one second, too */
		s.clock->ms += i == 1 ? 0 : 1000;
	}
	CHECK_INT(copies(), 3);
	CHECK(access(other, F_OK) == 0);
	CHECK(access(buf_text(&path), F_OK) == 0);
	buf_clear(&path);
	end();
}

static bool
is_there(const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static void
touch(const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	CHECK(close(open(path, O_CREAT | O_WRONLY, 0600)) == 0);
}

/* A clock that was wrong for a week made copies that would be the newest for years. */
static void
copies_of_another_day_to_come_go_first(void)
{
	static const char *const later[] = { "worker-20350101-000000.backup",
		"worker-20350102-000000.backup", "worker-20350103-000000.backup" };
	struct buf path = { 0 };

	begin();
	touch("worker-20261120-180000.backup");
	touch("worker-20261121-180000.backup");
	for (int i = 0; i < 3; i++)
		touch(later[i]);
	CHECK(backup_make(s.nb, folder, 4, &path, &s.err));
	CHECK_INT(copies(), 4);
	CHECK(is_there("worker-20261120-180000.backup"));
	CHECK(is_there("worker-20261121-180000.backup"));
	CHECK(is_there("worker-20350103-000000.backup"));
	CHECK(is_there("worker-20261123-093000.backup"));
	buf_clear(&path);
	end();
}

static void
what_a_crash_left_goes(void)
{
	struct buf path = { 0 };

	begin();
	touch("worker-20261101-180000.backup.growing");
	touch("worker-20261101-180000-2.backup.growing");
	touch("another-20261101-180000.backup.growing");
	touch("worker.growing");
	CHECK(backup_make(s.nb, folder, 4, &path, &s.err));
	CHECK_INT(copies(), 3);
	CHECK(is_there("another-20261101-180000.backup.growing"));
	CHECK(is_there("worker.growing"));
	buf_clear(&path);
	end();
}

static void
list_one(const char *worker, const char *when, long long bytes, const char *path,
    void *data)
{
	CHECK(strncmp(path, folder, strlen(folder)) == 0);
	buf_fmt(data, "%s %s %lld;", worker, when, bytes);
}

static void
the_newest_is_listed_first(void)
{
	struct buf listed = { 0 };

	begin();
	touch("worker-20261101-180000.backup");
	touch("陈-桂芳-20261102-180000-3.backup");
	touch("20261102-180000.backup");
	touch("worker.backup");
	touch("worker-20261104-180000.backup.growing");
	touch("worker-20261103-070809.backup");
	CHECK(backup_list(folder, list_one, &listed));
	CHECK_STR(buf_text(&listed), "worker 2026-11-03 07:08:09 0;"
				     "陈-桂芳 2026-11-02 18:00:00 0;"
				     "worker 2026-11-01 18:00:00 0;");
	CHECK(!backup_list("/nowhere/at/all", list_one, &listed));
	buf_clear(&listed);
	end();
}

static void
no_copy_no_loss(void)
{
	struct buf path = { 0 };
	char nowhere[200];

	begin();
	CHECK(backup_make(s.nb, folder, 1, &path, &s.err));
	buf_reset(&path);
	snprintf(nowhere, sizeof(nowhere), "%s/not/there", folder);
	s.clock->ms += 1000;
	CHECK(!backup_make(s.nb, nowhere, 1, &path, &s.err));
	CHECK(strstr(s.err.text, "not/there"));
	CHECK_INT(path.len, 0);
	CHECK_INT(copies(), 1);
	CHECK(notebook_set(s.nb, "a", "b", &s.err));
	buf_clear(&path);
	end();
}

static void
flip(const char *path, off_t at)
{
	unsigned char byte = 0;
	int fd = open(path, O_RDWR);

	CHECK(pread(fd, &byte, 1, at) == 1);
	byte ^= 1;
	CHECK(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

static void
one_comes_back(void)
{
	char first[UUID_SIZE], second[UUID_SIZE];
	struct record record;
	struct buf path = { 0 }, kept = { 0 };
	struct backup_difference d;

	begin();
	CHECK(finish("{\"n\":1}", first));
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	CHECK(finish("{\"n\":2}", second));
	/* Not while it is open. */
	CHECK(!backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	CHECK(strstr(s.err.text, "another window"));
	CHECK(record_get(s.nb, second, &record, &s.err) == 1);
	notebook_close(s.nb);
	s.nb = NULL;
	CHECK(backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	CHECK(sealed_reopen(&s));
	CHECK(record_get(s.nb, first, &record, &s.err) == 1);
	CHECK(record_get(s.nb, second, &record, &s.err) == 0);
	/* What was here before is whole. */
	CHECK(kept.len > 0);
	d = difference(buf_text(&kept));
	CHECK_INT(d.same, 1);
	CHECK_INT(d.only_copy, 1);
	buf_clear(&path);
	buf_clear(&kept);
	end();
}

/* A record is finished, and the program killed: it stands in the log only. */
static void
finish_and_die(char id[UUID_SIZE])
{
	int status;
	pid_t child;
	char name[200];
	FILE *f;

	snprintf(name, sizeof(name), "%s/.id", folder);
	notebook_close(s.nb);
	s.nb = NULL;
	child = fork();
	if (child == 0) {
		bool good = sealed_reopen(&s) && finish("{\"n\":1}", id);
		f = fopen(name, "w");
		fputs(id, f);
		fclose(f);
		_exit(good ? 0 : 1); /* as a kill would: the log stays */
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	f = fopen(name, "r");
	CHECK(f && fread(id, 1, UUID_SIZE - 1, f) == UUID_SIZE - 1);
	id[UUID_SIZE - 1] = '\0';
	fclose(f);
	unlink(name);
}

/* A log that a crash left behind belongs to what was there, not to the backup. */
static void
a_log_left_behind_is_kept_with_its_notebook(void)
{
	char id[UUID_SIZE];
	struct record record;
	struct buf path = { 0 }, kept = { 0 };
	struct notebook *before;

	begin();
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	finish_and_die(id);
	CHECK(backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	CHECK(sealed_reopen(&s));
	CHECK(record_get(s.nb, id, &record, &s.err) == 0);
	before = notebook_open_frozen(buf_text(&kept), s.key, s.clock, &s.err);
	CHECK(before && record_get(before, id, &record, &s.err) == 1);
	notebook_close(before);
	buf_clear(&path);
	buf_clear(&kept);
	end();
}

/* The damaged notebook was moved away, and its log forgotten: it opens under the same
 * key, and its pages would go into the backup's. */
static void
a_log_without_its_notebook_is_not_the_backups(void)
{
	char id[UUID_SIZE], log[160], keep[160];
	struct record record;
	struct buf path = { 0 }, kept = { 0 };
	int status;
	pid_t child;

	begin();
	CHECK(finish("{\"n\":1}", id));
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	child = fork();
	if (child == 0)
		_exit(sealed_reopen(&s) && finish("{\"n\":2}", id) ? 0 : 1);
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	snprintf(log, sizeof(log), "%s-wal", s.path);
	snprintf(keep, sizeof(keep), "%s.away", s.path);
	CHECK(access(log, F_OK) == 0);
	CHECK(rename(s.path, keep) == 0);
	CHECK(backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	CHECK_INT(kept.len, 0); /* there was no notebook */
	CHECK(access(log, F_OK) != 0);
	CHECK(sealed_reopen(&s));
	CHECK(record_get(s.nb, id, &record, &s.err) == 1);
	CHECK_INT(difference(buf_text(&path)).only_here, 0);
	buf_clear(&path);
	buf_clear(&kept);
	end();
}

/* While the copy grows, which takes its time, somebody unlocks the notebook. */
static const char *watched, *opened_at;
static int tried, refused;
static sqlite3_vfs *real;

static int
open_and_try(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
	static bool trying;
	struct err err = { 0 };
	struct notebook *nb;

	(void)vfs;
	if (!trying && name && strstr(name, watched)) {
		trying = true;
		nb = notebook_open_sealed(opened_at, false, s.key, s.clock, &err);
		tried++;
		refused += !nb && err.kind == ERR_BUSY;
		notebook_close(nb);
		trying = false;
	}
	return real->xOpen(real, name, file, flags, got);
}

static void
nobody_opens_it_while_it_is_replaced(void)
{
	static sqlite3_vfs watching;
	char id[UUID_SIZE];
	struct buf path = { 0 }, kept = { 0 };

	begin();
	CHECK(finish("{\"n\":1}", id));
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	real = sqlite3_vfs_find(NULL);
	watching = *real;
	watching.zName = "watching";
	watching.xOpen = open_and_try;
	watching.pNext = NULL;
	watched = ".restoring";
	opened_at = s.path;
	CHECK(sqlite3_vfs_register(&watching, 1) == SQLITE_OK);
	CHECK(backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	sqlite3_vfs_unregister(&watching);
	CHECK(sqlite3_vfs_register(real, 1) == SQLITE_OK);
	CHECK(tried > 0 && refused == tried);
	CHECK(sealed_reopen(&s));
	buf_clear(&path);
	buf_clear(&kept);
	end();
}

/* As on a disk that has made itself read-only after a crash. */
static void
what_cannot_be_opened_is_copied_with_its_log(void)
{
	char id[UUID_SIZE];
	struct record record;
	struct buf path = { 0 };
	struct notebook *copy;

	begin();
	finish_and_die(id);
	CHECK(backup_make_unopened(s.path, s.key, folder, s.clock, &path, &s.err));
	CHECK_INT(copies(), 1); /* nothing beside it */
	copy = notebook_open_frozen(buf_text(&path), s.key, s.clock, &s.err);
	CHECK(copy && record_get(copy, id, &record, &s.err) == 1);
	notebook_close(copy);
	flip(s.path, 8192 + 5 * 4096 + 77);
	s.clock->ms += 1000;
	CHECK(!backup_make_unopened(s.path, s.key, folder, s.clock, &path, &s.err));
	CHECK(strstr(s.err.text, "damaged"));
	CHECK_INT(copies(), 1);
	buf_clear(&path);
	end();
}

static void
a_damaged_one_is_refused(void)
{
	char id[UUID_SIZE];
	struct record record;
	struct buf path = { 0 }, kept = { 0 };

	begin();
	CHECK(finish("{\"n\":1}", id));
	CHECK(backup_make(s.nb, folder, 3, &path, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	flip(buf_text(&path), 8192 + 5 * 4096 + 77);
	CHECK(!backup_restore(buf_text(&path), s.key, s.path, s.clock, &kept, &s.err));
	CHECK(strstr(s.err.text, "damaged"));
	CHECK_INT(kept.len, 0);
	CHECK(sealed_reopen(&s));
	CHECK(record_get(s.nb, id, &record, &s.err) == 1);
	buf_clear(&path);
	buf_clear(&kept);
	end();
}

int
main(void)
{
	RUN(a_copy_is_the_notebook_of_its_moment);
	RUN(the_oldest_go_when_a_new_one_is_whole);
	RUN(copies_of_another_day_to_come_go_first);
	RUN(what_a_crash_left_goes);
	RUN(the_newest_is_listed_first);
	RUN(no_copy_no_loss);
	RUN(one_comes_back);
	RUN(a_log_left_behind_is_kept_with_its_notebook);
	RUN(a_log_without_its_notebook_is_not_the_backups);
	RUN(nobody_opens_it_while_it_is_replaced);
	RUN(what_cannot_be_opened_is_copied_with_its_log);
	RUN(a_damaged_one_is_refused);
	return CHECK_DONE();
}
