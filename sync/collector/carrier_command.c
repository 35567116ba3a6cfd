/* Batches from a folder or a stick, and the answers beside them. */
#include "commands.h"

#include "buf.h"
#include "carrier.h"
#include "enrol.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_END  ".batch"
#define ANSWER_END ".answer"

struct importing {
	const struct words *words;
	struct db *db;
	long good, bad;
};

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), tail = strlen(end);

	return len > tail && !strcmp(name + len - tail, end);
}

/* Whole or not at all, and there when the stick is pulled out. */
static bool
write_file(const char *path, const struct buf *bytes, struct err *err)
{
	struct buf part = { 0 };
	bool ok;
	int fd;

	buf_fmt(&part, "%s.part", path);
	fd = open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, bytes->data, bytes->len) == (ssize_t)bytes->len &&
	    fsync(fd) == 0;
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	ok = ok && rename(part.data, path) == 0;
	if (!ok) {
		cannot_write(path, err);
		unlink(part.data);
	}
	buf_clear(&part);
	return ok;
}

/* "X.batch" is answered by "X.answer", beside it or where --out says. */
static void
answer_path(const struct words *words, const char *path, struct buf *out)
{
	const char *folder = words->value[O_OUT], *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	if (folder)
		buf_fmt(out, "%s/%s", folder, name);
	else
		buf_str(out, path);
	if (ends_with(out->data, BATCH_END))
		buf_truncate(out, out->len - strlen(BATCH_END));
	buf_str(out, ANSWER_END);
}

/* False when the store or the disk said no: then the others have no better luck. */
static bool
import_file(struct importing *im, const char *path, struct err *err)
{
	struct buf file = { 0 }, answer = { 0 }, to = { 0 };
	struct ingest_counts counts;
	struct err why = { 0 };
	bool ok;

	ok = read_file(path, WIRE_CARRIED_MAX, &file, &why) &&
	    (carrier_import(store_ops(), im->db, &im->words->clock, &file, &counts, &answer,
		 &why) ||
		err_within(&why, path));
	if (ok) {
		answer_path(im->words, path, &to);
		ok = write_file(to.data, &answer, &why);
	}
	if (ok)
		printf(_("%s: %ld records, %ld new, %ld here already, %ld refused\n"), path,
		    counts.records, counts.added, counts.same, counts.bad);
	else if (why.kind == ERR_INPUT)
		fprintf(stderr, "%s\n", why.text);
	im->good += ok;
	im->bad += !ok;
	buf_clear(&file);
	buf_clear(&answer);
	buf_clear(&to);
	if (ok || why.kind == ERR_INPUT)
		return true;
	if (err)
		*err = why;
	return false;
}

static int
is_batch(const struct dirent *e)
{
	return ends_with(e->d_name, BATCH_END);
}

/* As they were written: their names begin with the time. */
static bool
import_folder(struct importing *im, const char *folder, struct err *err)
{
	struct dirent **files;
	int count = scandir(folder, &files, is_batch, alphasort);
	bool ok = true;

	if (count < 0)
		return err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check the name, and that you may "
		      "read it."),
		    folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		struct buf path = { 0 };

		buf_fmt(&path, "%s/%s", folder, files[i]->d_name);
		ok = ok && import_file(im, path.data, err);
		buf_clear(&path);
		free(files[i]);
	}
	free(files);
	return ok;
}

int
cmd_carrier_import(const struct words *words, struct err *err)
{
	struct importing im = { .words = words };
	bool ok;

	im.db = store_open(words, DB_CHANGE, err);
	if (!im.db)
		return SYSTEM;
	ok = carrier_keys(store_ops(), im.db, err) == DB_OK;
	for (size_t i = 0; ok && i < words->name_count; i++) {
		struct stat st;

		if (stat(words->names[i], &st) == 0 && S_ISDIR(st.st_mode))
			ok = import_folder(&im, words->names[i], err);
		else
			ok = import_file(&im, words->names[i], err);
	}
	store_ops()->close(im.db);
	if (!ok)
		return SYSTEM;
	return im.bad ? WRONG : DONE;
}

int
cmd_carrier_key(const struct words *words, struct err *err)
{
	struct db *db = store_open(words, DB_CHANGE, err);
	struct buf key = { 0 };
	enum db_result result;

	if (!db)
		return SYSTEM;
	result = carrier_keys(store_ops(), db, err);
	if (result == DB_OK)
		result = store_ops()->meta_get(db, META_KEY, &key, err);
	store_ops()->close(db);
	if (result == DB_OK)
		printf("%s\n", buf_text(&key));
	buf_clear(&key);
	return exit_of(result);
}
