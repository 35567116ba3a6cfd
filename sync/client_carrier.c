#include "client.h"

#include "client_batch.h"

#include "audit.h"
#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "uuid.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH_MOST 500 /* records a file */
#define BATCH_BEGIN "minqing-"
#define BATCH_END  ".batch"
#define ANSWER_END ".answer"

static bool
file_failed(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

/* What was renamed is there when the stick is pulled out. */
static bool
sync_folder(const char *folder, struct err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	return ok || file_failed(folder, err);
}

static bool
write_whole(const char *path, const struct buf *bytes, struct err *err)
{
	struct buf part = { 0 };
	size_t at = 0;
	ssize_t n = 0;
	bool ok;
	int fd;

	buf_fmt(&part, "%s.part", path);
	fd = open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (fd >= 0 && at < bytes->len &&
	    (n = write(fd, bytes->data + at, bytes->len - at)) > 0)
		at += (size_t)n;
	ok = fd >= 0 && at == bytes->len && fsync(fd) == 0;
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	ok = (ok && rename(part.data, path) == 0) || file_failed(path, err);
	if (!ok)
		unlink(part.data);
	buf_clear(&part);
	return ok;
}

static bool
read_whole(const char *path, size_t max, struct buf *out, struct err *err)
{
	FILE *f = fopen(path, "re");
	char bytes[16384];
	size_t n;
	bool ok;

	if (!f)
		return file_failed(path, err);
	while (out->len <= max && (n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(out, bytes, n);
	ok = !ferror(f) || file_failed(path, err);
	fclose(f);
	return ok;
}

/* --- the queue into files --- */

struct writing {
	struct notebook *nb;
	const char *folder;
	unsigned char key[WIRE_KEY_SIZE];
	struct buf token, hex, before, names; /* names: of the batches, a blank after each */
	struct client_batch batch;
	struct carrier_counts *counts;
};

static void
batch_path(const char *folder, const char *name, const char *end, struct buf *path)
{
	buf_reset(path);
	buf_fmt(path, "%s/" BATCH_BEGIN "%s%s", folder, name, end);
}

static bool
begin_writing(struct writing *w, struct err *err)
{
	if (!notebook_get(w->nb, SETTING_TOKEN, &w->token, err) ||
	    !notebook_get(w->nb, SETTING_DISTRICT_KEY, &w->hex, err) ||
	    !notebook_get(w->nb, SETTING_CARRIED, &w->before, err))
		return false;
	if (!w->token.len || !wire_key_read(buf_text(&w->hex), w->key))
		return err_set(err, ERR_INPUT,
		    _("This notebook does not know the district's key yet: enrol "
		    "it, or sync once over a line. Your records are kept. Then "
		    "try again."));
	return true;
}

static bool
write_batch(struct writing *w, struct err *err)
{
	struct wire_carried c = { .batch = w->batch.id, .token = w->token.data,
		.body = w->batch.packed.data, .len = w->batch.packed.len };
	struct buf file = { 0 }, path = { 0 };
	bool ok;

	wire_seal(w->key, &c, &file);
	batch_path(w->folder, w->batch.id, BATCH_END, &path);
	ok = write_whole(path.data, &file, err);
	if (ok) {
		buf_fmt(&w->names, "%s ", w->batch.id);
		w->counts->files++;
		w->counts->records += (long)w->batch.count;
	}
	buf_clear(&file);
	buf_clear(&path);
	return ok;
}

static bool
write_batches(struct writing *w, struct err *err)
{
	struct client_batch *b = &w->batch;
	enum batch_state state = BATCH_PACKING;

	for (;;) {
		size_t i;

		if (!batch_gather(b, w->nb, err))
			return false;
		if (batch_is_empty(b))
			return true;
		do
			state = batch_pack(b, w->nb, err);
		while (state == BATCH_PACKING);
		if (state == BATCH_FAILED || !write_batch(w, err))
			return false;
		for (i = 0; i < b->count; i++)
			if (b->items[i].seq > b->after)
				b->after = b->items[i].seq;
		trail_carried(&b->trail);
		batch_drop(b);
	}
}

/* All that they held stands in the new ones, or was answered. */
static void
drop_older(struct writing *w)
{
	struct buf path = { 0 };
	char *save = NULL, *name;

	for (name = w->before.data ? strtok_r(w->before.data, " ", &save) : NULL; name;
	     name = strtok_r(NULL, " ", &save)) {
		batch_path(w->folder, name, BATCH_END, &path);
		unlink(path.data);
	}
	buf_clear(&path);
}

bool
carrier_write(struct notebook *nb, const char *folder, struct carrier_counts *counts,
    struct err *err)
{
	struct writing w = { .nb = nb, .folder = folder, .counts = counts };
	bool ok = begin_writing(&w, err);

	batch_init(&w.batch, BATCH_MOST);
	w.batch.pace.records = BATCH_MOST;
	w.batch.trail.wanted = true;
	ok = ok && write_batches(&w, err) && sync_folder(folder, err) &&
	    notebook_set(nb, SETTING_CARRIED, buf_text(&w.names), err);
	if (ok)
		drop_older(&w);
	batch_clear(&w.batch);
	buf_clear(&w.token);
	buf_clear(&w.hex);
	buf_clear(&w.before);
	buf_clear(&w.names);
	return ok;
}

/* --- answers out of files --- */

struct verdicts {
	struct outbox_answer *answers;
	size_t count, cap;
	char batch[UUID_SIZE]; /* by whose name a piece of the log is answered for */
	long log;           /* how far of it has come; 0: nothing is said of it */
};

static void
keep_verdict(const struct wire_verdict *v, void *data)
{
	struct verdicts *all = data;
	struct outbox_answer *a;
	struct buf message = { 0 };

	if (!strcmp(v->id, all->batch)) {
		if (!v->code && v->rev > all->log)
			all->log = v->rev;
		return;
	}
	if (v->code && !batch_refusal_words(v->code, v->path, v->message, &message))
		return; /* for later: it waits on */
	all->answers =
	    mem_grow(all->answers, &all->cap, all->count + 1, sizeof(*all->answers));
	a = &all->answers[all->count++];
	*a = (struct outbox_answer){ .id = mem_strdup(v->id), .rev = (int)v->rev,
		.hash = mem_strdup(v->hash), .refused = v->code != NULL };
	if (!v->code)
		return;
	a->code = mem_strdup(v->code);
	a->path = mem_strdup(v->path);
	a->message = buf_take(&message);
}

static void
free_text(const char *text)
{
	free((char *)(uintptr_t)text);
}

static void
verdicts_clear(struct verdicts *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free_text(all->answers[i].id);
		free_text(all->answers[i].hash);
		free_text(all->answers[i].code);
		free_text(all->answers[i].path);
		free_text(all->answers[i].message);
	}
	free(all->answers);
}

struct taking {
	struct notebook *nb;
	const char *folder;
	struct buf token;
	struct carrier_counts *counts;
	int64_t receipt; /* 0: none was begun */
	int64_t bytes;
};

/* The folder is where the receipt says that it went. */
static bool
begin_receipt(struct taking *t, struct err *err)
{
	struct buf from = { 0 };
	bool ok;

	if (t->receipt)
		return true;
	buf_fmt(&from, "file:%s", t->folder);
	ok = receipt_begin(t->nb, from.data, &t->receipt, err);
	buf_clear(&from);
	return ok;
}

static long
waiting(struct notebook *nb)
{
	int64_t bytes;
	long count = 0;

	outbox_count(nb, &count, &bytes, NULL);
	return count;
}

static bool
take_verdicts(struct taking *t, const struct verdicts *all, struct err *err)
{
	long before = waiting(t->nb), refused = 0;

	if (!begin_receipt(t, err) ||
	    !outbox_answered(t->nb, t->receipt, all->answers, all->count, err) ||
	    !audit_set_sent(t->nb, all->log, err))
		return false;
	for (size_t i = 0; i < all->count; i++)
		refused += all->answers[i].refused;
	t->counts->answers++;
	t->counts->settled += before - waiting(t->nb);
	t->counts->refused += refused;
	return true;
}

/* "minqing-UUID.answer": it has done its work, and its batch too. */
static void
drop_pair(const struct taking *t, const char *name)
{
	struct buf path = { 0 };

	buf_fmt(&path, "%s/%s", t->folder, name);
	unlink(path.data);
	buf_truncate(&path, path.len - strlen(ANSWER_END));
	buf_str(&path, BATCH_END);
	unlink(path.data);
	buf_clear(&path);
}

/* Another laptop's stays; so does one that was damaged on the way. */
static bool
take_file(struct taking *t, const char *name, struct err *err)
{
	struct buf path = { 0 }, file = { 0 }, plain = { 0 };
	struct verdicts all = { 0 };
	bool ok, ours;

	snprintf(all.batch, sizeof(all.batch), "%.36s",
		 strncmp(name, BATCH_BEGIN, strlen(BATCH_BEGIN)) ? "" : name + strlen(BATCH_BEGIN));
	buf_fmt(&path, "%s/%s", t->folder, name);
	ok = read_whole(path.data, WIRE_CARRIED_MAX, &file, err);
	ours = ok &&
	    wire_unlock(buf_text(&t->token), buf_text(&file), file.len, &plain) &&
	    wire_verdicts_read(buf_text(&plain), plain.len, keep_verdict, &all);
	if (ours) {
		t->bytes += (int64_t)file.len;
		ok = take_verdicts(t, &all, err);
		if (ok)
			drop_pair(t, name);
	} else if (ok) {
		t->counts->foreign++;
	}
	verdicts_clear(&all);
	buf_clear(&path);
	buf_clear(&file);
	buf_clear(&plain);
	return ok;
}

static bool
is_answer(const char *name)
{
	size_t len = strlen(name), end = strlen(ANSWER_END);

	return len > end && !strcmp(name + len - end, ANSWER_END);
}

static bool
take_files(struct taking *t, struct err *err)
{
	DIR *dir = opendir(t->folder);
	struct dirent *e;
	bool ok = true;

	if (!dir)
		return file_failed(t->folder, err);
	while (ok && (e = readdir(dir)))
		if (is_answer(e->d_name))
			ok = take_file(t, e->d_name, err);
	closedir(dir);
	return ok;
}

bool
carrier_read(struct notebook *nb, const char *folder, struct carrier_counts *counts,
    struct err *err)
{
	struct taking t = { .nb = nb, .folder = folder, .counts = counts };
	bool ok = notebook_get(nb, SETTING_TOKEN, &t.token, err) && take_files(&t, err);

	if (t.receipt)
		ok = receipt_end(nb, t.receipt, 0, t.bytes, 0, ok ? "ok" : err ? err->text : "",
			 ok ? err : NULL) &&
		    ok;
	buf_clear(&t.token);
	return ok;
}
