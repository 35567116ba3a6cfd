#include "backup.h"

#include "store.h"

#include "clock.h"
#include "i18n.h"
#include "mem.h"
#include "vault.h"
#include "vault_ballast.h"
#include "vault_disk.h"
#include "vault_files.h"
#include "vault_open.h"
#include "vault_vfs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAMP_SIZE 16 /* "20261128-214501" */
#define GROWING    ".growing"
#define SPARE_ROOM (1 << 20) /* bytes that a copy leaves free */

/* --- names --- */

/* "…/陈桂芳.notebook" → "陈桂芳". Given. */
static char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

	return dot && dot > name ? mem_strndup(name, (size_t)(dot - name))
				 : mem_strdup(name);
}

static void
stamp_now(const struct clock *clock, char out[STAMP_SIZE])
{
	char stamp[CLOCK_STAMP_SIZE];
	int at = 0;

	clock_stamp(clock, clock_now(clock), stamp);
	for (const char *p = stamp; *p && at < STAMP_SIZE - 1; p++) {
		if (*p == 'T')
			out[at++] = '-';
		else if (*p >= '0' && *p <= '9')
			out[at++] = *p;
	}
	out[at] = '\0';
}

/* FOLDER/NAME-STAMP and an end that nothing there has yet; a second copy within one
 * second gets a number. */
static void
free_name(const char *start, const char *end, struct buf *path)
{
	size_t before = path->len;

	buf_fmt(path, "%s%s", start, end);
	for (int n = 2; disk_exists(buf_text(path)); n++) {
		buf_truncate(path, before);
		buf_fmt(path, "%s-%d%s", start, n, end);
	}
}

/* Is it a copy of the notebook of that name? */
static bool
is_copy_of(const char *filename, const char *name)
{
	size_t len = strlen(name), end = strlen(BACKUP_SUFFIX), all = strlen(filename);

	return all >= len + STAMP_SIZE + end && strncmp(filename, name, len) == 0 &&
	       filename[len] == '-' &&
	       strspn(filename + len + 1, "0123456789-") == all - len - 1 - end &&
	       strcmp(filename + all - end, BACKUP_SUFFIX) == 0;
}

/* --- old ones go --- */

struct names {
	char **at;
	size_t count, cap;
};

/* Every entry of a folder that is asked for. False: it cannot be read. */
static bool
read_names(const char *folder, struct names *all,
    bool (*wanted)(const char *filename, const char *name), const char *name)
{
	DIR *dir = opendir(folder);

	if (!dir)
		return false;
	for (struct dirent *e; (e = readdir(dir));) {
		if (!wanted(e->d_name, name))
			continue;
		all->at = mem_grow(all->at, &all->cap, all->count + 1, sizeof(*all->at));
		all->at[all->count++] = mem_strdup(e->d_name);
	}
	closedir(dir);
	return true;
}

static void
forget_names(struct names *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->at[i]);
	free(all->at);
}

/* A copy that a crash left, or a stick that was pulled out. */
static bool
is_unfinished(const char *filename, const char *name)
{
	size_t len = strlen(filename), end = strlen(GROWING);
	char *copy;
	bool is;

	if (len <= end || strcmp(filename + len - end, GROWING) != 0)
		return false;
	copy = mem_strndup(filename, len - end);
	is = is_copy_of(copy, name);
	free(copy);
	return is;
}

static void
drop_unfinished(const char *folder, const char *name)
{
	struct names all = { 0 };

	read_names(folder, &all, is_unfinished, name);
	for (size_t i = 0; i < all.count; i++) {
		struct buf path = { 0 };

		buf_fmt(&path, "%s/%s", folder, all.at[i]);
		vault_drop_file(buf_text(&path));
		buf_clear(&path);
	}
	forget_names(&all);
}

static int
newest_first(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* Copies that are dated later than the one just made come from a clock that was wrong:
 * they go before all others. */
static void
drop_old(const char *folder, const char *name, int keep, const char *just_made)
{
	struct names all = { 0 };
	const char *made = strrchr(just_made, '/') + 1;
	size_t later = 0, kept = 1;

	read_names(folder, &all, is_copy_of, name);
	if (all.count)
		qsort(all.at, all.count, sizeof(*all.at), newest_first);
	while (later < all.count && strcmp(all.at[later], made) > 0)
		later++;
	for (size_t i = 0; i < all.count; i++) {
		const char *filename = all.at[(later + i) % all.count];
		struct buf path = { 0 };

		buf_fmt(&path, "%s/%s", folder, filename);
		if (strcmp(filename, made) != 0 && ++kept > (size_t)keep)
			disk_delete(buf_text(&path));
		buf_clear(&path);
	}
	forget_names(&all);
}

/* --- which there are --- */

/* The stamp in "陈桂芳-20261128-214501.backup" or "…-214501-2.backup"; NULL: it is no
 * backup's name. */
static const char *
stamp_of(const char *filename)
{
	size_t len = strlen(filename), end = strlen(BACKUP_SUFFIX);
	const char *at;

	if (len < end || strcmp(filename + len - end, BACKUP_SUFFIX) != 0)
		return NULL;
	for (at = filename + len - end; at > filename; at--)
		if (at[-1] == '-' && at - 1 > filename && strspn(at, "0123456789") == 8 &&
		    at[8] == '-' && strspn(at + 9, "0123456789") == 6)
			return at;
	return NULL;
}

static bool
is_backup(const char *filename, const char *name)
{
	(void)name;
	return stamp_of(filename) != NULL;
}

static int
newest_stamp_first(const void *a, const void *b)
{
	return strcmp(stamp_of(*(char *const *)b), stamp_of(*(char *const *)a));
}

static void
tell(const char *folder, const char *filename,
    void (*row)(const char *worker, const char *when, long long bytes, const char *path,
	void *data),
    void *data)
{
	const char *s = stamp_of(filename);
	char *worker = mem_strndup(filename, (size_t)(s - 1 - filename)), when[32];
	struct buf path = { 0 };
	struct stat st = { 0 };

	snprintf(when, sizeof(when), "%.4s-%.2s-%.2s %.2s:%.2s:%.2s", s, s + 4, s + 6,
	    s + 9, s + 11, s + 13);
	buf_fmt(&path, "%s/%s", folder, filename);
	if (stat(buf_text(&path), &st) == 0)
		row(worker, when, (long long)st.st_size, buf_text(&path), data);
	buf_clear(&path);
	free(worker);
}

bool
backup_list(const char *folder,
    void (*row)(const char *worker, const char *when, long long bytes, const char *path,
	void *data),
    void *data)
{
	struct names all = { 0 };

	if (!read_names(folder, &all, is_backup, NULL))
		return false;
	if (all.count)
		qsort(all.at, all.count, sizeof(*all.at), newest_stamp_first);
	for (size_t i = 0; i < all.count; i++)
		tell(folder, all.at[i], row, data);
	forget_names(&all);
	return true;
}

/* --- a copy --- */

/* A copy on its way: a backup into a folder, or one that comes back. */
struct copying {
	const char *from, *to;
	const char *place; /* what the worker knows of to: the folder */
	bool restoring;
	bool log_too; /* from could not be opened: its log stands beside it */
	struct vault_key *key;
	const struct clock *clock;
};

static bool
has_room(const struct copying *c, struct err *err)
{
	struct stat st;
	int64_t room = files_room(c->to);

	if (stat(c->from, &st) != 0 || room < 0 || room >= st.st_size + SPARE_ROOM)
		return true; /* the copying says what else may be wrong */
	return err_set(err, ERR_SYSTEM,
	    _("There is no room for a copy in %s: it takes %lld kB, and %lld kB are left. "
	      "Make room there, or choose another folder."),
	    c->place, (long long)(st.st_size / 1024), (long long)(room / 1024));
}

static bool
copy_failed(const struct copying *c, int code, struct err *err)
{
	if ((code & 0xFF) == SQLITE_FULL)
		return err_set(err, ERR_SYSTEM,
		    _("There is no room left in %s. Make room there, or choose another "
		      "folder."),
		    c->place);
	if (code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ)
		return err_set(err, ERR_SYSTEM,
		    _("%s cannot be read to its end: the disk or the stick that it is on "
		      "fails. Copy what matters to another one, and take another backup "
		      "when this is one."),
		    c->from);
	return err_set(err, ERR_SYSTEM,
	    _("Nothing can be written in %s. Check that it is there, that a stick was not "
	      "pulled out, and that you may write there; or choose another folder."),
	    c->place);
}

static bool
copy_is_damaged(const struct copying *c, struct err *err)
{
	if (c->restoring)
		return err_set(err, ERR_SYSTEM,
		    _("The backup %s is damaged, so nothing was changed. Take another one: "
		      "\"minqing restore\" tells which there are."),
		    c->from);
	return err_set(err, ERR_SYSTEM,
	    _("%s was copied, but the copy is damaged when it is read back, and was thrown "
	      "away; the backups of before are kept. The notebook or a disk is damaged: look "
	      "with \"minqing vault check\"."),
	    c->from);
}

/* The log of a notebook that nothing can be written to goes into the copy. */
static bool
take_log_in(const struct copying *c, struct err *err)
{
	struct buf log = { 0 }, copy = { 0 };
	struct notebook *nb;
	int code = SQLITE_OK;

	buf_fmt(&log, "%s-wal", c->from);
	buf_fmt(&copy, "%s-wal", c->to);
	if (!disk_is_empty(buf_text(&log)))
		code = disk_copy(buf_text(&log), buf_text(&copy));
	buf_clear(&log);
	buf_clear(&copy);
	if (code != SQLITE_OK)
		return copy_failed(c, code, err);
	nb = c->key ? notebook_open_sealed(c->to, false, c->key, c->clock, NULL)
		    : notebook_open(c->to, false, c->clock, NULL);
	notebook_close(nb);
	ballast_drop(c->to);
	return nb || copy_is_damaged(c, err);
}

/* The copy under a name that does not count yet, every page of it read. */
static bool
copy_and_check(const struct copying *c, struct err *err)
{
	struct vault_report report;
	int code;

	vault_drop_file(c->to);
	if (!has_room(c, err))
		return false;
	code = disk_copy(c->from, c->to);
	if (code != SQLITE_OK)
		return copy_failed(c, code, err);
	if (c->log_too && !take_log_in(c, err))
		return false;
	if (!vault_check(c->to, c->key, c->clock, &report, NULL))
		return copy_is_damaged(c, err);
	return vault_report_is_good(&report) || copy_is_damaged(c, err);
}

static bool
make(struct copying *c, int keep, struct buf *path, struct err *err)
{
	struct buf start = { 0 }, growing = { 0 };
	char *name = name_of(c->from), stamp[STAMP_SIZE];
	size_t before = path->len;
	bool made;

	stamp_now(c->clock, stamp);
	buf_fmt(&start, "%s/%s-%s", c->place, name, stamp);
	free_name(buf_text(&start), BACKUP_SUFFIX, path);
	buf_fmt(&growing, "%s" GROWING, buf_text(path) + before);
	c->to = buf_text(&growing);
	drop_unfinished(c->place, name);
	made = copy_and_check(c, err);
	if (made && !files_swap_in(c->to, buf_text(path) + before, NULL))
		made = copy_failed(c, SQLITE_PERM, err);
	if (!made)
		vault_drop_file(c->to);
	else if (keep > 0)
		drop_old(c->place, name, keep, buf_text(path) + before);
	if (!made)
		buf_truncate(path, before);
	buf_clear(&start);
	buf_clear(&growing);
	free(name);
	return made;
}

/* A copy of yesterday's page opens like today's. The backups from before it was put back
 * are worth more than one of now. */
static bool
is_todays(struct notebook *nb, struct err *err)
{
	return !vault_vfs_is_stale(nb->vfs) ||
	       err_set(err, ERR_SYSTEM,
		   _("No copy was made: the disk has kept an older copy of a part of the "
		     "notebook, so something that was saved is missing. The backups that "
		     "are there stay. Look with minqing vault check."));
}

bool
backup_make(struct notebook *nb, const char *folder, int keep, struct buf *path,
    struct err *err)
{
	struct copying c = { .from = nb->path, .place = folder, .key = nb->key,
		.clock = nb->clock };

	return store_exec(nb, "PRAGMA wal_checkpoint(TRUNCATE)", err) && is_todays(nb, err) &&
	       make(&c, keep, path, err);
}

bool
backup_make_unopened(const char *notebook, struct vault_key *key, const char *folder,
    const struct clock *clock, struct buf *path, struct err *err)
{
	struct copying c = { .from = notebook, .place = folder, .key = key, .clock = clock,
		.log_too = true };

	return make(&c, 0, path, err);
}

/* --- comparing --- */

/* Both sides of one comparison, each with a row or at its end. */
struct side {
	struct notebook *nb;
	sqlite3_stmt *stmt;
	int got; /* 1 a row, 0 the end, -1 failed */
};

static bool
side_begin(struct side *s, struct notebook *nb, enum stmt which, struct err *err)
{
	s->nb = nb;
	s->stmt = store_stmt(nb, which, err);
	s->got = s->stmt ? store_step(nb, s->stmt, err) : -1;
	return s->got >= 0;
}

static int
name_order(const struct side *a, const struct side *b)
{
	int order = 0;

	if (a->got != b->got)
		return a->got ? -1 : 1;
	for (int i = 0; i < 2 && order == 0; i++)
		order = strcmp(store_column(a->stmt, i), store_column(b->stmt, i));
	return order;
}

static bool
same_bytes(const struct side *a, const struct side *b)
{
	int len = sqlite3_column_bytes(a->stmt, 2);

	return len == sqlite3_column_bytes(b->stmt, 2) &&
	       (len == 0 || memcmp(sqlite3_column_blob(a->stmt, 2),
				sqlite3_column_blob(b->stmt, 2), (size_t)len) == 0);
}

static bool
compare(struct notebook *nb, struct notebook *copy, enum stmt which, long *other,
    struct backup_difference *d, struct err *err)
{
	struct side here = { 0 }, there = { 0 };
	bool good =
	    side_begin(&here, nb, which, err) && side_begin(&there, copy, which, err);

	while (good && (here.got || there.got)) {
		int order = name_order(&here, &there);

		if (order < 0)
			d->only_here++;
		else if (order > 0)
			d->only_copy++;
		else if (same_bytes(&here, &there))
			d->same++;
		else
			(*other)++;
		if (order <= 0)
			here.got = store_step(nb, here.stmt, err);
		if (order >= 0)
			there.got = store_step(copy, there.stmt, err);
		good = here.got >= 0 && there.got >= 0;
	}
	if (here.stmt)
		sqlite3_reset(here.stmt);
	if (there.stmt)
		sqlite3_reset(there.stmt);
	return good;
}

bool
backup_compare(struct notebook *nb, struct notebook *copy, struct backup_difference *d,
    struct err *err)
{
	*d = (struct backup_difference){ 0 };
	return compare(nb, copy, STMT_COMPARE_REVISIONS, &d->different, d, err) &&
	       compare(nb, copy, STMT_COMPARE_DRAFTS, &d->changed, d, err) &&
	       compare(nb, copy, STMT_COMPARE_FORMS, &d->different, d, err) &&
	       compare(nb, copy, STMT_COMPARE_LISTS, &d->changed, d, err);
}

/* --- restoring --- */

/* Nobody has the notebook open, and nobody can open it until *held is closed: what were
 * saved meanwhile would go with the old file. NULL when it is not there. */
static bool
hold(const char *path, struct disk_file **held, struct err *err)
{
	int code;

	*held = NULL;
	if (!disk_exists(path))
		return true;
	*held = disk_open(path, DISK_WRITE, &code);
	if (!*held)
		return disk_fail(code, path, err);
	return disk_lock_alone(*held) ||
	       err_set(err, ERR_INPUT,
		   _("The notebook is open in another window. Close it there, "
		     "then restore."));
}

/* What is at path, its log too, copied to another name. A log without its notebook goes as
 * well: were it a notebook of the same key, the backup would take it for its own. */
static bool
put_aside(const char *path, const struct clock *clock, struct buf *kept, struct err *err)
{
	struct buf start = { 0 }, log = { 0 }, kept_log = { 0 };
	char stamp[STAMP_SIZE];
	size_t before = kept->len;
	bool there = disk_exists(path);
	int code = SQLITE_OK;

	stamp_now(clock, stamp);
	buf_fmt(&start, "%s.before-%s", path, stamp);
	free_name(buf_text(&start), "", kept);
	buf_fmt(&log, "%s-wal", path);
	buf_fmt(&kept_log, "%s-wal", buf_text(kept) + before);
	if (disk_exists(buf_text(&log)))
		code = disk_copy(buf_text(&log), buf_text(&kept_log));
	if (code == SQLITE_OK && there)
		code = disk_copy(path, buf_text(kept) + before);
	if (code != SQLITE_OK) {
		disk_fail(code, buf_text(kept) + before, err);
		vault_drop_file(buf_text(kept) + before);
	}
	if (code != SQLITE_OK || !there)
		buf_truncate(kept, before);
	buf_clear(&start);
	buf_clear(&log);
	buf_clear(&kept_log);
	return code == SQLITE_OK;
}

static void
give_log_back(const char *path, const char *kept)
{
	struct buf log = { 0 }, kept_log = { 0 };

	buf_fmt(&log, "%s-wal", path);
	buf_fmt(&kept_log, "%s-wal", kept);
	if (disk_exists(buf_text(&kept_log)))
		disk_copy(buf_text(&kept_log), buf_text(&log));
	buf_clear(&log);
	buf_clear(&kept_log);
}

/* From its first step on a power cut does not undo it, see vault_look(). */
static bool
take_place(const char *growing, const char *path, const char *kept)
{
	char *restored = vault_restored_name(path);
	bool taken = files_swap_in(growing, restored, NULL) && vault_take_restored(path);

	if (!taken) {
		give_log_back(path, kept);
		disk_delete(restored);
	}
	free(restored);
	return taken;
}

bool
backup_restore(const char *backup, struct vault_key *key, const char *path,
    const struct clock *clock, struct buf *kept, struct err *err)
{
	struct copying c = { .from = backup, .restoring = true, .key = key, .clock = clock };
	struct buf growing = { 0 }, folder = { 0 };
	struct disk_file *held = NULL;
	const char *slash = strrchr(path, '/');
	bool restored;

	buf_fmt(&growing, "%s.restoring", path);
	buf_add(&folder, path, slash ? (size_t)(slash - path) : 0);
	c.to = buf_text(&growing);
	c.place = buf_text(&folder);
	restored = hold(path, &held, err) && copy_and_check(&c, err) &&
	           put_aside(path, clock, kept, err);
	if (restored && !take_place(c.to, path, buf_text(kept)))
		restored = copy_failed(&c, SQLITE_PERM, err);
	if (!restored)
		vault_drop_file(c.to);
	disk_close(held);
	buf_clear(&growing);
	buf_clear(&folder);
	return restored;
}
