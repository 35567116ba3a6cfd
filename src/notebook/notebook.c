/*
 * Opening and closing the file, and its settings.
 */
#include "store.h"

#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * How every connection is set up. The exclusive lock comes before the first read, so
 * that the WAL's index stays in memory and no -shm file is made; nothing else than the
 * database and its WAL is ever written.
 */
static const char connection_setup[] = "PRAGMA locking_mode = EXCLUSIVE;"
				       "PRAGMA temp_store = MEMORY;"
				       "PRAGMA journal_mode = WAL;"
				       "PRAGMA synchronous = FULL;"
				       "PRAGMA foreign_keys = ON;"
				       "PRAGMA journal_size_limit = 4194304;";

/* The last who had it may still be on the way out. */
#define WAIT_FOR_LOCK_MS 200

static bool
make_device_id(struct notebook *nb, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DEVICE_MAKE, err);
	unsigned char bytes[8];
	char hex[2 * sizeof(bytes) + 1];

	if (!stmt)
		return false;
	hash_random(bytes, sizeof(bytes));
	hash_hex(bytes, sizeof(bytes), hex);
	store_bind(stmt, 1, SETTING_DEVICE);
	store_bind(stmt, 2, hex);
	return store_run(nb, stmt, err);
}

static bool
set_up(struct notebook *nb, struct err *err)
{
	struct buf device = { 0 };
	bool ok;

	sqlite3_extended_result_codes(nb->db, 1);
	sqlite3_busy_timeout(nb->db, WAIT_FOR_LOCK_MS);
	ok = store_exec(nb, connection_setup, err) && search_register(nb, err) &&
	     schema_migrate(nb, err) &&
	     notebook_get(nb, SETTING_DEVICE, &device, err) &&
	     (device.len > 0 || make_device_id(nb, err)) && follow_begin(nb, err);
	buf_clear(&device);
	return ok;
}

struct notebook *
notebook_open(const char *path, bool create, const struct clock *clock, struct err *err)
{
	struct notebook *nb;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	if (!create && access(path, F_OK) != 0) {
		err_set(err, ERR_INPUT, _("There is no notebook at %s yet."), path);
		return NULL;
	}
	nb = mem_alloc(sizeof(*nb));
	nb->clock = clock;
	if (sqlite3_open_v2(path, &nb->db, flags | (create ? SQLITE_OPEN_CREATE : 0),
			    NULL) != SQLITE_OK) {
		store_fail(nb, err);
		notebook_close(nb);
		return NULL;
	}
	if (!set_up(nb, err)) {
		notebook_close(nb);
		return NULL;
	}
	return nb;
}

void
notebook_close(struct notebook *nb)
{
	int code;

	if (!nb)
		return;
	for (int i = 0; i < STMT_COUNT; i++)
		sqlite3_finalize(nb->stmts[i]);
	follow_forget(nb);
	code = sqlite3_close(nb->db);
	assert(code == SQLITE_OK);
	(void)code;
	forms_forget(nb);
	buf_clear(&nb->lent);
	memset(nb, 0, sizeof(*nb));
	free(nb);
}

const struct clock *
notebook_clock(const struct notebook *nb)
{
	return nb->clock;
}

bool
notebook_get(struct notebook *nb, const char *key, struct buf *value, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SETTING_GET, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, key);
	got = store_step(nb, stmt, err);
	if (got == 1)
		buf_str(value, store_column(stmt, 0));
	sqlite3_reset(stmt);
	return got >= 0;
}

bool
notebook_set(struct notebook *nb, const char *key, const char *value, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SETTING_SET, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, key);
	store_bind(stmt, 2, value);
	return store_run(nb, stmt, err);
}
