/*
 * The collector's small requests against any bytes: which revisions are here, and the
 * enrolment, which anybody can send. The first byte says which.
 */
#include "../../sync/collector/enrol.h"
#include "../../sync/collector/have.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum db_result
begin(struct db *db, struct err *err)
{
	(void)db;
	(void)err;
	return DB_OK;
}

static void
rollback(struct db *db)
{
	(void)db;
}

static enum db_result
known(struct db *db, const char *const *ids, size_t count,
    void (*row)(const struct db_known *known, void *data), void *data, struct err *err)
{
	(void)db;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		if (strlen(ids[i]) != 36)
			abort();
		if (i % 2)
			row(&(struct db_known){ .record = i, .rev = 1 }, data);
	}
	return DB_OK;
}

static enum db_result
code_find(struct db *db, const unsigned char code[HASH_SIZE], struct db_code *found,
    struct err *err)
{
	(void)db;
	(void)err;
	*found = (struct db_code){ .user = "chenguifang",
		.expires = INT64_MAX,
		.used = code[0] & 1,
		.device = "chenguifang-1" };
	return code[1] & 1 ? DB_NONE : DB_OK;
}

static enum db_result
code_use(struct db *db, const unsigned char code[HASH_SIZE],
    const unsigned char token[HASH_SIZE], const char *device, struct err *err)
{
	(void)db;
	(void)code;
	(void)token;
	(void)err;
	if (!*device)
		abort();
	return DB_OK;
}

static enum db_result
device_add(struct db *db, const char *name, const char *worker,
    const unsigned char token[HASH_SIZE], const char *now, struct err *err)
{
	(void)db;
	(void)token;
	(void)now;
	(void)err;
	if (!*name || strcmp(worker, "chenguifang") != 0)
		abort();
	return strlen(name) < 14 ? DB_NONE : DB_OK; /* the first names are taken */
}

static enum db_result
worker_find(struct db *db, const char *user, struct db_worker *worker, struct err *err)
{
	(void)db;
	(void)user;
	(void)err;
	*worker = (struct db_worker){ .user = "chenguifang", .name = "陈桂芳" };
	return DB_OK;
}

static enum db_result
meta_get(struct db *db, const char *key, struct buf *value, struct err *err)
{
	(void)db;
	(void)key;
	(void)value;
	(void)err;
	return DB_NONE;
}

static const struct db_ops ops = { .begin = begin,
	.commit = begin,
	.rollback = rollback,
	.known = known,
	.code_find = code_find,
	.code_use = code_use,
	.device_add = device_add,
	.worker_find = worker_find,
	.meta_get = meta_get };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *body = (const char *)data + 1;
	struct buf answer = { 0 };
	struct err err = { 0 };
	struct clock clock;
	bool ok;

	if (!len || !clock_stop_at(&clock, "2026-11-23T09:30:00+08:00", &err))
		return 0;
	if (data[0] & 1)
		ok = have_run(&ops, NULL, body, len - 1, &answer, &err) == HAVE_OK;
	else
		ok = enrol_run(&ops, NULL, &clock, body, len - 1, &answer, &err) ==
		     ENROL_DONE;
	if (ok && !json_valid(buf_text(&answer), answer.len))
		abort();
	buf_clear(&answer);
	return 0;
}
