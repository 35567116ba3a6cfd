/*
 * Opening and closing the file, and its settings.
 */
#include "store.h"

#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "vault_ballast.h"
#include "vault_files.h"
#include "vault_open.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * How every connection is set up. The exclusive lock comes before the first read, so
 * that the WAL's index stays in memory and no -shm file is made; nothing else than the
 * database and its WAL is ever written.
 */
static const char before_first_read[] = "PRAGMA locking_mode = EXCLUSIVE;"
					"PRAGMA temp_store = MEMORY;"
					"PRAGMA cell_size_check = ON;";
/* A new file takes its layout before its first page; until it has a WAL, no rollback
 * journal is written: an unfinished file is thrown away whole. */
static const char new_file[] = "PRAGMA page_size = 4096;"
			       "PRAGMA journal_mode = MEMORY;";
static const char connection_setup[] = "PRAGMA journal_mode = WAL;"
				       "PRAGMA synchronous = FULL;"
				       "PRAGMA foreign_keys = ON;"
				       "PRAGMA journal_size_limit = 4194304;";
/* Opening a page costs more than reading it: a search through 20,000 records' words (some
 * 10 MB) is to find them in memory the second time. Taken as needed. */
static const char sealed_setup[] = "PRAGMA cache_size = -24000;";
/* Nothing is written; of a file that was cut off, what is left is read: only so does
 * SQLite take one that is shorter than its header says. */
static const char frozen_setup[] = "PRAGMA query_only = ON;"
				   "PRAGMA writable_schema = ON;";

/* The last who had it may still be on the way out. */
#define WAIT_FOR_LOCK_MS 200

/* What is to be opened, and how. */
struct opening {
	const char *path;
	const struct clock *clock;
	struct cipher *cipher; /* NULL: plain */
	bool create, frozen;
	bool fresh; /* nothing is in it yet */
};

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

/* The end of every page stays free for the seal, in a plain notebook too, so that it
 * can be sealed page by page one day. */
static void
leave_room_for_seals(struct notebook *nb)
{
	int extra = CIPHER_EXTRA;

	sqlite3_file_control(nb->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &extra);
}

/* After a crash: what is found damaged is kept as it is before anything is written, where
 * there is room for a copy; then the log begins anew, so that nothing old stands behind
 * its end. On a full disk that waits: what is there can be read. */
static void
settle_log(struct notebook *nb)
{
	enum log_loss loss = vault_vfs_events(nb->vfs)->log_loss;
	char day[16];

	if (loss == LOG_WHOLE)
		return;
	clock_format_day(clock_today(nb->clock), day);
	if ((loss == LOG_LOST || loss == LOG_OTHER) && !vault_keep_copy(nb->path, day, &nb->kept))
		buf_reset(&nb->kept);
	store_exec(nb, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
}

/* Taking back must not need memory that is no longer there. */
static bool
prepare_transactions(struct notebook *nb, struct err *err)
{
	for (int i = STMT_BEGIN; i <= STMT_ROLLBACK_TO; i++)
		if (!store_stmt(nb, (enum stmt)i, err))
			return false;
	return true;
}

/* While it was waited for the lock the file may have been sealed or given for a backup:
 * what were saved into the one that was there before would be lost. */
static bool
is_still_there(struct notebook *nb, struct err *err)
{
	int moved = 0;

	sqlite3_file_control(nb->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return !moved || err_set(err, ERR_BUSY,
			     _("Another window has just put another file in this notebook's "
			       "place. Open it again."));
}

static bool
set_up(struct notebook *nb, const struct opening *o, struct err *err)
{
	struct buf device = { 0 };
	bool ok;

	sqlite3_extended_result_codes(nb->db, 1);
	sqlite3_busy_timeout(nb->db, WAIT_FOR_LOCK_MS);
	if (!store_exec(nb, before_first_read, err) || !search_register(nb, err) ||
	    (o->frozen && !store_exec(nb, frozen_setup, err)) ||
	    (o->cipher && !store_exec(nb, sealed_setup, err)))
		return false;
	if (o->frozen)
		return schema_check(nb, err);
	if (o->fresh)
		leave_room_for_seals(nb);
	ok = (!o->fresh || store_exec(nb, new_file, err)) &&
	     store_exec(nb, connection_setup, err) &&
	     schema_number(nb, "PRAGMA user_version", err) >= 0 && is_still_there(nb, err);
	if (ok)
		settle_log(nb);
	ok = ok && schema_migrate(nb, err) && prepare_transactions(nb, err) &&
	     notebook_get(nb, SETTING_DEVICE, &device, err) &&
	     (device.len > 0 || make_device_id(nb, err)) && follow_begin(nb, err) &&
	     sounds_begin(nb, err);
	buf_clear(&device);
	return ok;
}

/* Of a place without which nothing opens "go on with the rest" would be no help. */
static bool
fail_to_open(struct err *err)
{
	if (!err || err->kind != ERR_DAMAGED)
		return false;
	return err_set(err, ERR_DAMAGED,
	    _("The notebook cannot be opened: its file is damaged at a place that "
	      "everything needs. Do not delete it. What was sent is safe with the "
	      "district. Ask for help: \"minqing vault salvage FOLDER\" writes out all "
	      "that can be read, then \"minqing restore\" tells which backups there are "
	      "and brings one back."));
}

/* When it fails, what was opened is still to be closed. */
static bool
connect(struct notebook *nb, const struct opening *o, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX;

	flags |= o->frozen ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	flags |= o->create ? SQLITE_OPEN_CREATE : 0;
	nb->vfs = vault_vfs_new(nb->path, o->cipher, o->frozen);
	if (!nb->vfs)
		return err_set(err, ERR_SYSTEM, _("There is not enough memory. Close other programs and try "
		    "again."));
	if (sqlite3_open_v2(nb->path, &nb->db, flags, vault_vfs_name(nb->vfs)) !=
	    SQLITE_OK)
		return store_fail(nb, err);
	return set_up(nb, o, err) || (!o->frozen && fail_to_open(err));
}

/* The file and all that hangs on it; the key is wiped. */
static void
disconnect(struct notebook *nb)
{
	int code;

	for (int i = 0; i < STMT_COUNT; i++) {
		sqlite3_finalize(nb->stmts[i]);
		nb->stmts[i] = NULL;
	}
	follow_forget(nb);
	code = sqlite3_close(nb->db);
	assert(code == SQLITE_OK);
	(void)code;
	nb->db = NULL;
	vault_vfs_free(nb->vfs);
	nb->vfs = NULL;
	if (nb->key_is_ours)
		vault_key_free(nb->key);
	nb->key = NULL;
}

static struct notebook *
open_file(const struct opening *o, struct err *err)
{
	struct notebook *nb = mem_alloc(sizeof(*nb));

	nb->clock = o->clock;
	nb->path = mem_strdup(o->path);
	if (!o->frozen)
		files_make_private(o->path);
	if (connect(nb, o, err))
		return nb;
	notebook_close(nb);
	return NULL;
}

struct notebook *
notebook_open(const char *path, bool create, const struct clock *clock, struct err *err)
{
	struct opening o = { path, clock, .create = create };
	struct notebook *nb;

	switch (vault_look(path, err)) {
	case VAULT_ABSENT:
		o.fresh = true;
		if (create)
			break;
		err_set(err, ERR_INPUT, _("There is no notebook at %s yet. Make one with minqing "
		    "init."), path);
		return NULL;
	case VAULT_SEALED:
		err_set(err, ERR_INPUT, _("The notebook at %s wants a passphrase. Give it one when "
		    "it asks."),
			path);
		return NULL;
	case VAULT_PLAIN:
		break;
	case VAULT_BROKEN: /* an empty one was begun and did not come far */
		if (!create || !disk_is_empty(path))
			return NULL;
		if (err)
			*err = (struct err){ 0 };
		o.fresh = true;
		break;
	}
	nb = open_file(&o, err);
	if (nb)
		ballast_lay(path);
	return nb;
}

/* Grows under another name and takes its own when it is whole. */
static bool
make_sealed(const char *path, struct vault_key *key, const struct clock *clock,
	    struct err *err)
{
	char *new_name = vault_new_name(path);
	struct opening o = { new_name, clock, .cipher = &key->cipher, .fresh = true };
	struct notebook *nb = NULL;
	bool made = false;

	if (vault_begin_file(new_name, key, err))
		nb = open_file(&o, err);
	notebook_close(nb);
	errno = EIO;
	if (nb) /* what its closing could not bring over would stay behind in its log */
		made = (vault_log_is_gone(new_name) && files_swap_in(new_name, path, NULL)) ||
		       err_set(err, ERR_SYSTEM, _("%s cannot be made: %s. Check that there is room and that "
		    "you may write there."), path,
			       strerror(errno));
	if (!made)
		vault_drop_file(new_name);
	free(new_name);
	return made;
}

struct notebook *
notebook_open_sealed(const char *path, bool create, struct vault_key *key,
		     const struct clock *clock, struct err *err)
{
	struct opening o = { path, clock, .cipher = &key->cipher };
	struct notebook *nb;
	bool mended;

	switch (vault_look(path, err)) {
	case VAULT_ABSENT:
		if (!create) {
			err_set(err, ERR_INPUT, _("There is no notebook at %s yet. Make one with minqing "
			    "init."),
				path);
			return NULL;
		}
		if (!make_sealed(path, key, clock, err))
			return NULL;
		break;
	case VAULT_SEALED:
		break;
	case VAULT_PLAIN:
		err_set(err, ERR_INPUT, _("The notebook at %s has no passphrase. Open it without one."),
			path);
		return NULL;
	case VAULT_BROKEN:
		if (!create || !disk_is_empty(path))
			return NULL;
		if (err)
			*err = (struct err){ 0 };
		if (!make_sealed(path, key, clock, err))
			return NULL;
		break;
	}
	if (!vault_prepare(path, key, &mended, err))
		return NULL;
	nb = open_file(&o, err);
	if (!nb)
		return NULL;
	nb->key = key;
	nb->keys_mended = mended;
	ballast_lay(path);
	return nb;
}

void
notebook_keep_key(struct notebook *nb, struct vault_key *key)
{
	nb->key = key;
	nb->key_is_ours = true;
}

struct notebook *
notebook_open_frozen(const char *path, struct vault_key *key, const struct clock *clock,
		     struct err *err)
{
	struct opening o = { path, clock, .cipher = key ? &key->cipher : NULL,
			     .frozen = true };

	return open_file(&o, err);
}

void
notebook_close(struct notebook *nb)
{
	if (!nb)
		return;
	disconnect(nb);
	forms_forget(nb);
	free(nb->path);
	buf_clear(&nb->kept);
	buf_clear(&nb->lent);
	memset(nb, 0, sizeof(*nb));
	free(nb);
}

void
notebook_give_back(struct notebook *nb)
{
	sqlite3_db_release_memory(nb->db);
	mem_give_back();
}

void
notebook_suspend(struct notebook *nb)
{
	assert(nb->key && nb->key_is_ours && nb->depth == 0);
	disconnect(nb);
	if (nb->lent.data)
		explicit_bzero(nb->lent.data, nb->lent.cap);
	buf_reset(&nb->lent);
}

bool
notebook_resume(struct notebook *nb, struct vault_key *key, struct err *err)
{
	struct opening o = { nb->path, nb->clock, .cipher = &key->cipher };

	assert(notebook_is_suspended(nb));
	notebook_keep_key(nb, key);
	if (vault_prepare(nb->path, key, &nb->keys_mended, err) && connect(nb, &o, err))
		return true;
	disconnect(nb);
	return false;
}

bool
notebook_is_suspended(const struct notebook *nb)
{
	return !nb->db;
}

int64_t
notebook_lock_after(struct notebook *nb)
{
	struct buf text = { 0 };
	double minutes;

	if (!nb->key)
		return 0;
	notebook_get(nb, SETTING_LOCK_MINUTES, &text, NULL);
	minutes = text.len ? strtod(buf_text(&text), NULL) : LOCK_MINUTES;
	buf_clear(&text);
	return (int64_t)(minutes * 60000);
}

const char *
notebook_path(const struct notebook *nb)
{
	return nb->path;
}

struct vault_key *
notebook_key(const struct notebook *nb)
{
	return nb->key;
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

bool
notebook_settings(struct notebook *nb, const char *beginning,
    bool (*row)(const char *key, const char *value, void *data), void *data,
    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SETTING_LIST, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, beginning);
	while ((got = store_step(nb, stmt, err)) == 1)
		if (!row(store_column(stmt, 0), store_column(stmt, 1), data))
			break;
	sqlite3_reset(stmt);
	return got >= 0;
}
