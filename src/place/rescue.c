#include "rescue.h"

#include "audit.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "inbox.h"
#include "notebook.h"
#include "place.h"
#include "tries.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- making one --- */

static bool
default_folder(struct buf *folder, struct err *err)
{
	if (!place_folder(folder, err))
		return false;
	buf_str(folder, "/backup");
	return true;
}

static int
how_many(struct notebook *nb)
{
	struct buf text = { 0 };
	int keep = BACKUP_KEEP;

	if (notebook_get(nb, SETTING_BACKUP_KEEP, &text, NULL) && text.len)
		keep = atoi(buf_text(&text));
	buf_clear(&text);
	return keep > 0 ? keep : BACKUP_KEEP;
}

/* The folder that backups went into, "1 " before it: it was on another disk than the
 * notebook. */
#define SETTING_BACKUP_SEEN "backup.seen"

static bool
is_apart(const char *folder, const char *notebook)
{
	struct stat there, here;

	return stat(folder, &there) == 0 && stat(notebook, &here) == 0 &&
	       there.st_dev != here.st_dev;
}

/* A stick that was pulled out leaves no folder, or an empty one on the disk of the
 * notebook: a copy there would be none. */
static bool
stick_is_in(struct notebook *nb, const char *folder, struct err *err)
{
	struct buf seen = { 0 };
	bool in = notebook_get(nb, SETTING_BACKUP_SEEN, &seen, err);

	if (in && seen.len > 2 && strcmp(buf_text(&seen) + 2, folder) == 0 &&
	    (access(folder, F_OK) != 0 ||
		(buf_text(&seen)[0] == '1' && !is_apart(folder, notebook_path(nb)))))
		in = err_set(err, ERR_SYSTEM,
		    _("The folder for backups, %s, is not there any more: plug in its stick "
		      "or disk, or choose another folder with \"minqing settings --backup\"."),
		    folder);
	buf_clear(&seen);
	return in;
}

static bool
remember_stick(struct notebook *nb, const char *folder, struct err *err)
{
	struct buf seen = { 0 }, now = { 0 };
	bool good = notebook_get(nb, SETTING_BACKUP_SEEN, &seen, err);

	buf_fmt(&now, "%d %s", is_apart(folder, notebook_path(nb)), folder);
	if (good && strcmp(buf_text(&seen), buf_text(&now)) != 0)
		good = notebook_set(nb, SETTING_BACKUP_SEEN, buf_text(&now), err);
	buf_clear(&seen);
	buf_clear(&now);
	return good;
}

/* The words of place_make_folders() speak of the notebooks' folder. */
static bool
make_backup_folder(const char *folder, struct err *err)
{
	return place_make_folders(folder, NULL) ||
	       err_set(err, ERR_SYSTEM,
		   _("The folder %s cannot be made: %s. Plug in the stick or disk that it is "
		     "on, or choose another folder."),
		   folder, strerror(errno));
}

bool
rescue_backup(struct notebook *nb, const char *folder, struct buf *path, struct err *err)
{
	struct buf set = { 0 }, where = { 0 };
	bool good = notebook_get(nb, SETTING_BACKUP_FOLDER, &set, err);
	bool chosen = !folder && set.len && strcmp(buf_text(&set), RESCUE_OFF) != 0;

	if (good && folder)
		buf_str(&where, folder);
	else if (good && chosen)
		buf_str(&where, buf_text(&set));
	else if (good)
		good = default_folder(&where, err);
	good = good && (!chosen || stick_is_in(nb, buf_text(&where), err)) &&
	       make_backup_folder(buf_text(&where), err) &&
	       backup_make(nb, buf_text(&where), how_many(nb), path, err);
	/* What the notebook cannot note any more, on a full disk, leaves the copy as it is. */
	if (good && (!chosen || remember_stick(nb, buf_text(&where), err)))
		audit_add(nb, AUDIT_BACKUP, "", err);
	buf_clear(&set);
	buf_clear(&where);
	return good;
}

bool
rescue_is_read_only(const char *name)
{
	struct buf path = { 0 };
	bool is = false;

	/* Asked by opening it: access() says yes to a disk that an error has closed. */
	if (place_path(name, &path, NULL)) {
		int fd = open(buf_text(&path), O_WRONLY | O_CLOEXEC);

		is = fd < 0 && errno == EROFS;
		if (fd >= 0)
			close(fd);
	}
	buf_clear(&path);
	return is;
}

bool
rescue_backup_read_only(const char *name, const struct place_asker *asker,
    const struct clock *clock, const char *folder, struct buf *path, struct err *err)
{
	struct buf notebook = { 0 };
	struct vault_key *key = NULL;
	bool sealed, good;

	good = place_path(name, &notebook, err) && make_backup_folder(folder, err);
	sealed = good && vault_look(buf_text(&notebook), err) == VAULT_SEALED;
	if (sealed)
		key = place_key(buf_text(&notebook), asker, clock, err);
	good = good && (!sealed || key) &&
	       backup_make_unopened(buf_text(&notebook), key, folder, clock, path, err);
	vault_key_free(key);
	buf_clear(&notebook);
	return good;
}

/* The day of the last backup that a sync made. */
#define SETTING_BACKUP_DAY "backup.day"

static void
today(struct notebook *nb, char day[16])
{
	clock_format_day(clock_today(notebook_clock(nb)), day);
}

static bool
keep_day(struct notebook *nb, struct err *err)
{
	char day[16];

	today(nb, day);
	return notebook_set(nb, SETTING_BACKUP_DAY, day, err);
}

bool
rescue_after_sync(struct notebook *nb, struct buf *words)
{
	struct buf set = { 0 }, path = { 0 };
	struct err err = { 0 };
	bool good = notebook_get(nb, SETTING_BACKUP_FOLDER, &set, &err);

	if (!good || strcmp(buf_text(&set), RESCUE_OFF) != 0) {
		good = good && rescue_backup(nb, NULL, &path, &err);
		if (good) {
			buf_fmt(words, _("A backup was made and read back: %s"),
			    buf_text(&path));
			if (err.kind != ERR_NONE || !keep_day(nb, &err))
				buf_fmt(words, " %s", err.text);
		} else {
			buf_fmt(words, _("No backup was made. %s"), err.text);
		}
	}
	buf_clear(&set);
	buf_clear(&path);
	return good;
}

bool
rescue_once_a_day(struct notebook *nb, struct buf *words)
{
	struct buf last = { 0 };
	char day[16];
	bool done;

	today(nb, day);
	done = notebook_get(nb, SETTING_BACKUP_DAY, &last, NULL) &&
	    strcmp(buf_text(&last), day) == 0;
	buf_clear(&last);
	return done || rescue_after_sync(nb, words);
}

/* --- one comes back --- */

bool
rescue_list(struct buf *folder,
    void (*row)(const char *worker, const char *when, long long bytes, const char *path,
	void *data),
    void *data,
    struct err *err)
{
	if (!default_folder(folder, err))
		return false;
	return backup_list(buf_text(folder), row, data) || errno == ENOENT ||
	       err_set(err, ERR_SYSTEM, _("The folder %s cannot be read: %s. Check the name, and "
		    "that you may read it."),
		   buf_text(folder), strerror(errno));
}

/* What a backup is: its key (NULL: plain) and its worker's name. */
struct found {
	struct vault_key *key;
	struct buf path; /* where this worker's notebook stands */
};

static bool
read_name(const char *backup, struct vault_key *key, const struct clock *clock,
    struct buf *worker, struct err *err)
{
	struct notebook *nb = notebook_open_frozen(backup, key, clock, err);
	bool good = nb && notebook_get(nb, SETTING_WORKER_NAME, worker, err);

	notebook_close(nb);
	if (!good)
		return err_set(err, ERR_SYSTEM,
		    _("%s is not a backup, or it is damaged. Nothing was changed. Take another "
		      "one: \"minqing restore\" tells which there are."),
		    backup);
	if (!worker->len || strchr(buf_text(worker), '/') || buf_text(worker)[0] == '.')
		return err_set(err, ERR_INPUT, _("%s does not say whose notebook it is. Choose a file that "
		    "minqing backup made."),
		    backup);
	return true;
}

static bool
find(struct found *f, const char *backup, const struct place_asker *asker,
    const struct clock *clock, struct buf *worker, struct err *err)
{
	switch (vault_look(backup, NULL)) {
	case VAULT_ABSENT:
		return err_set(err, ERR_INPUT, _("There is no file %s. Check its name and folder."), backup);
	case VAULT_BROKEN:
		return err_set(err, ERR_SYSTEM,
		    _("%s is not a backup, or it is damaged. Nothing was changed. Take another "
		      "one: \"minqing restore\" tells which there are."),
		    backup);
	case VAULT_SEALED:
		f->key = place_key(backup, asker, clock, err);
		if (!f->key)
			return false;
		break;
	case VAULT_PLAIN:
		break;
	}
	if (!read_name(backup, f->key, clock, worker, err) || !place_folder(&f->path, err) ||
	    !place_make_folders(buf_text(&f->path), err))
		return false;
	buf_fmt(&f->path, "/%s%s", buf_text(worker), PLACE_SUFFIX);
	return true;
}

static void
found_clear(struct found *f)
{
	vault_key_free(f->key);
	buf_clear(&f->path);
}

static struct notebook *
open_found(const struct found *f, const char *path, const struct clock *clock,
    struct err *err)
{
	return f->key ? notebook_open_sealed(path, false, f->key, clock, err)
		      : notebook_open(path, false, clock, err);
}

bool
rescue_restore(const char *backup, const struct place_asker *asker,
    const struct clock *clock, struct buf *worker, struct buf *kept, struct err *err)
{
	struct found f = { 0 };
	struct notebook *nb = NULL;
	bool good = find(&f, backup, asker, clock, worker, err) &&
		    backup_restore(backup, f.key, buf_text(&f.path), clock, kept, err) &&
		    (nb = open_found(&f, buf_text(&f.path), clock, err)) != NULL &&
		    tries_log(nb, backup, err) && audit_add(nb, AUDIT_RESTORE, "", err) &&
		    /* What came down since then, and what was sent, comes once more. */
		    notebook_set(nb, SETTING_CURSOR, "", err);

	notebook_close(nb);
	found_clear(&f);
	return good;
}

bool
rescue_rehearse(const char *backup, const struct place_asker *asker,
    const struct clock *clock, struct buf *worker, bool *compared,
    struct backup_difference *d, struct err *err)
{
	struct found f = { 0 };
	struct buf trial = { 0 }, kept = { 0 };
	struct notebook *nb = NULL, *copy = NULL;
	bool good;

	if (!find(&f, backup, asker, clock, worker, err)) {
		found_clear(&f);
		return false;
	}
	buf_fmt(&trial, "%s.rehearsal", buf_text(&f.path));
	unlink(buf_text(&trial)); /* of one that was cut short */
	good = backup_restore(backup, f.key, buf_text(&trial), clock, &kept, err) &&
	       (copy = notebook_open_frozen(buf_text(&trial), f.key, clock, err)) != NULL;
	*compared = good && access(buf_text(&f.path), F_OK) == 0;
	if (*compared)
		good = (nb = open_found(&f, buf_text(&f.path), clock, err)) != NULL &&
		       backup_compare(nb, copy, d, err);
	notebook_close(copy);
	notebook_close(nb);
	unlink(buf_text(&trial));
	buf_clear(&trial);
	buf_clear(&kept);
	found_clear(&f);
	return good;
}
