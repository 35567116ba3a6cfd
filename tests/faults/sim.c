#include "sim.h"

#include "../../src/notebook/vault_files.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR    512
#define FILES_MAX 64
#define NAME_MAX_ 256

/* --- bytes --- */

struct bytes {
	unsigned char *data;
	size_t len, cap;
};

static void *
must(void *p)
{
	if (!p) {
		fprintf(stderr, "sim: out of memory\n");
		_Exit(70);
	}
	return p;
}

static void
bytes_resize(struct bytes *b, size_t len)
{
	if (len > b->cap) {
		b->cap = len + len / 2 + 4096;
		b->data = must(realloc(b->data, b->cap));
	}
	if (len > b->len)
		memset(b->data + b->len, 0, len - b->len);
	b->len = len;
}

static void
bytes_write(struct bytes *b, size_t at, const void *from, size_t len)
{
	if (at + len > b->len)
		bytes_resize(b, at + len);
	memcpy(b->data + at, from, len);
}

static void
bytes_copy(struct bytes *to, const struct bytes *from)
{
	bytes_resize(to, from->len);
	if (from->len)
		memcpy(to->data, from->data, from->len);
}

/* --- the log --- */

enum op_kind {
	OP_CREATE, /* name, inode */
	OP_WRITE,  /* inode, at, len, data */
	OP_TRUNCATE,
	OP_SYNC,   /* inode */
	OP_FOLDER, /* the folder is synced */
	OP_DELETE, /* name */
	OP_RENAME, /* name to other */
	OP_LINK,
	OP_ACK, /* at: the number */
};

struct op {
	enum op_kind kind;
	int inode;
	int64_t at;
	size_t len;
	unsigned char *data;
	char *name, *other;
};

/* A folder: which names there are, and whose they are; -1: free. */
struct folder {
	char names[FILES_MAX][NAME_MAX_];
	int inodes[FILES_MAX];
};

static struct {
	struct op *ops;
	size_t count, cap;
	bool off; /* while states are looked at */
} journal;

static struct {
	struct folder folder;
	struct bytes inodes[4096];
	int inode_count;
} now;

static struct sim_copy *base; /* what was there when the log began */

static struct {
	enum sim_sync sync;
	int writes, fail_at, code, cause;
	bool once;
	int reads, fail_read_at;
	int64_t room;
} fault = { .fail_at = -1, .fail_read_at = -1, .room = -1 };

static struct op *
record(enum op_kind kind)
{
	static struct op unused;
	struct op *op;

	if (journal.off) {
		unused = (struct op){ 0 };
		return &unused;
	}
	if (journal.count == journal.cap) {
		journal.cap = journal.cap ? 2 * journal.cap : 1024;
		journal.ops = must(realloc(journal.ops, journal.cap * sizeof(*op)));
	}
	op = &journal.ops[journal.count++];
	*op = (struct op){ .kind = kind };
	return op;
}

static void
forget_journal(void)
{
	for (size_t i = 0; i < journal.count; i++) {
		free(journal.ops[i].data);
		free(journal.ops[i].name);
		free(journal.ops[i].other);
	}
	journal.count = 0;
}

/* --- folders --- */

static void
folder_clear(struct folder *f)
{
	for (int i = 0; i < FILES_MAX; i++)
		f->inodes[i] = -1;
}

static int
folder_slot(const struct folder *f, const char *name)
{
	for (int i = 0; i < FILES_MAX; i++)
		if (f->inodes[i] >= 0 && !strcmp(f->names[i], name))
			return i;
	return -1;
}

static void
folder_set(struct folder *f, const char *name, int inode)
{
	int slot = folder_slot(f, name);

	for (int i = 0; slot < 0 && i < FILES_MAX; i++)
		if (f->inodes[i] < 0)
			slot = i;
	assert(slot >= 0);
	snprintf(f->names[slot], NAME_MAX_, "%s", name);
	f->inodes[slot] = inode;
}

static void
folder_remove_name(struct folder *f, const char *name)
{
	int slot = folder_slot(f, name);

	if (slot >= 0)
		f->inodes[slot] = -1;
}

/* What an operation on names does to a folder. */
static void
folder_apply(struct folder *f, const struct op *op)
{
	int slot;

	switch (op->kind) {
	case OP_CREATE:
		folder_set(f, op->name, op->inode);
		break;
	case OP_DELETE:
		folder_remove_name(f, op->name);
		break;
	case OP_RENAME:
	case OP_LINK:
		slot = folder_slot(f, op->name);
		if (slot < 0)
			break;
		folder_set(f, op->other, f->inodes[slot]);
		if (op->kind == OP_RENAME && strcmp(op->name, op->other) != 0)
			folder_remove_name(f, op->name);
		break;
	default:
		break;
	}
}

static int
inode_of(const char *name)
{
	int slot = folder_slot(&now.folder, name);

	return slot < 0 ? -1 : now.folder.inodes[slot];
}

static int
new_inode(void)
{
	int inode = now.inode_count++;

	assert(inode < (int)(sizeof(now.inodes) / sizeof(*now.inodes)));
	now.inodes[inode].len = 0;
	return inode;
}

/* --- for SQLite --- */

struct sim_file {
	sqlite3_file base;
	int inode;
	bool log, database, deleted_at_close;
	bool folder_due; /* the next sync is of the folder, too */
	char name[NAME_MAX_];
};

static bool
fails(void)
{
	int n = fault.writes++;

	if (fault.fail_at < 0 || n < fault.fail_at || (fault.once && n > fault.fail_at))
		return false;
	errno = fault.cause;
	return true;
}

static int64_t
all_bytes(void)
{
	int64_t sum = 0;

	for (int i = 0; i < FILES_MAX; i++)
		if (now.folder.inodes[i] >= 0)
			sum += (int64_t)now.inodes[now.folder.inodes[i]].len;
	return sum;
}

static int
sim_close(sqlite3_file *file)
{
	struct sim_file *f = (struct sim_file *)file;

	if (f->deleted_at_close)
		folder_remove_name(&now.folder, f->name);
	return SQLITE_OK;
}

static int
sim_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
	struct sim_file *f = (struct sim_file *)file;
	const struct bytes *b = &now.inodes[f->inode];
	size_t have = (size_t)at < b->len ? b->len - (size_t)at : 0;

	if (fault.reads++ == fault.fail_read_at)
		return SQLITE_IOERR_READ;
	if (have >= (size_t)len) {
		memcpy(out, b->data + at, (size_t)len);
		return SQLITE_OK;
	}
	if (have)
		memcpy(out, b->data + at, have);
	memset((char *)out + have, 0, (size_t)len - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int
sim_write(sqlite3_file *file, const void *in, int len, sqlite3_int64 at)
{
	struct sim_file *f = (struct sim_file *)file;
	struct bytes *b = &now.inodes[f->inode];
	struct op *op;

	if (fails())
		return fault.code;
	if (fault.room >= 0 && (size_t)(at + len) > b->len &&
	    all_bytes() + at + len - (int64_t)b->len > fault.room)
		return SQLITE_FULL;
	bytes_write(b, (size_t)at, in, (size_t)len);
	if (journal.off)
		return SQLITE_OK;
	op = record(OP_WRITE);
	op->inode = f->inode;
	op->at = at;
	op->len = (size_t)len;
	op->data = must(malloc((size_t)len));
	memcpy(op->data, in, (size_t)len);
	return SQLITE_OK;
}

static int
sim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct sim_file *f = (struct sim_file *)file;
	struct op *op;

	if (fails())
		return fault.code;
	bytes_resize(&now.inodes[f->inode], (size_t)size);
	op = record(OP_TRUNCATE);
	op->inode = f->inode;
	op->at = size;
	return SQLITE_OK;
}

/* As SQLite's own does on Unix: a log's first sync after it was opened syncs the folder. */
static int
sim_sync(sqlite3_file *file, int flags)
{
	struct sim_file *f = (struct sim_file *)file;

	(void)flags;
	if (fails())
		return fault.code == SQLITE_FULL ? SQLITE_OK : SQLITE_IOERR_FSYNC;
	if ((f->log && (fault.sync == SIM_SKIP_LOG || fault.sync == SIM_SKIP_BOTH)) ||
	    (f->database &&
	     (fault.sync == SIM_SKIP_DATABASE || fault.sync == SIM_SKIP_BOTH)))
		return SQLITE_OK;
	record(OP_SYNC)->inode = f->inode;
	if (f->folder_due)
		record(OP_FOLDER);
	f->folder_due = false;
	return SQLITE_OK;
}

static int
sim_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)now.inodes[((struct sim_file *)file)->inode].len;
	return SQLITE_OK;
}

static int
sim_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int
sim_reserved(sqlite3_file *file, int *held)
{
	(void)file;
	*held = 0;
	return SQLITE_OK;
}

/* A file that was renamed away is noticed, as on Unix. */
static int
sim_control(sqlite3_file *file, int op, void *arg)
{
	struct sim_file *f = (struct sim_file *)file;

	if (op != SQLITE_FCNTL_HAS_MOVED)
		return SQLITE_NOTFOUND;
	*(int *)arg = inode_of(f->name) != f->inode;
	return SQLITE_OK;
}

static int
sim_sector(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

static int
sim_device(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = sim_close,
	.xRead = sim_read,
	.xWrite = sim_write,
	.xTruncate = sim_truncate,
	.xSync = sim_sync,
	.xFileSize = sim_file_size,
	.xLock = sim_lock,
	.xUnlock = sim_lock,
	.xCheckReservedLock = sim_reserved,
	.xFileControl = sim_control,
	.xSectorSize = sim_sector,
	.xDeviceCharacteristics = sim_device,
};

static int
create(const char *name)
{
	int inode = new_inode();
	struct op *op;

	folder_set(&now.folder, name, inode);
	op = record(OP_CREATE);
	if (!journal.off) {
		op->inode = inode;
		op->name = must(strdup(name));
	}
	return inode;
}

static int
sim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
	static int temporary;
	struct sim_file *f = (struct sim_file *)file;
	char unnamed[32];

	(void)vfs;
	memset(f, 0, sizeof(*f));
	if (!name) {
		snprintf(unnamed, sizeof(unnamed), "/temporary-%d", temporary++);
		name = unnamed;
	}
	f->inode = inode_of(name);
	if (f->inode < 0 && !(flags & SQLITE_OPEN_CREATE))
		return SQLITE_CANTOPEN;
	if (f->inode < 0)
		f->inode = create(name);
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->log = flags & SQLITE_OPEN_WAL;
	f->folder_due = f->log && flags & SQLITE_OPEN_CREATE;
	f->database = flags & SQLITE_OPEN_MAIN_DB;
	f->deleted_at_close = flags & SQLITE_OPEN_DELETEONCLOSE;
	f->base.pMethods = &methods;
	if (got)
		*got = flags;
	return SQLITE_OK;
}

static int
sim_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct op *op;

	(void)vfs;
	if (inode_of(name) < 0)
		return SQLITE_IOERR_DELETE_NOENT;
	folder_remove_name(&now.folder, name);
	op = record(OP_DELETE);
	if (!journal.off)
		op->name = must(strdup(name));
	if (sync_folder)
		record(OP_FOLDER);
	return SQLITE_OK;
}

/* As on Unix: an empty file is not there, unless asked whether it can be written. */
static int
sim_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	int inode = inode_of(name);

	(void)vfs;
	*result =
	    inode >= 0 && (flags != SQLITE_ACCESS_EXISTS || now.inodes[inode].len > 0);
	return SQLITE_OK;
}

static int
sim_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)size, "%s", name);
	return SQLITE_OK;
}

static int
sim_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int
sim_last_error(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	(void)len;
	(void)out;
	return 0;
}

void
sim_install(void)
{
	static sqlite3_vfs vfs;
	const sqlite3_vfs *real = sqlite3_vfs_find(NULL);

	vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct sim_file),
		.mxPathname = NAME_MAX_ - 32,
		.zName = "sim",
		.xOpen = sim_open,
		.xDelete = sim_delete,
		.xAccess = sim_access,
		.xFullPathname = sim_full_path,
		.xRandomness = real->xRandomness,
		.xSleep = sim_sleep,
		.xCurrentTime = real->xCurrentTime,
		.xGetLastError = sim_last_error,
	};
	sqlite3_vfs_register(&vfs, 1);
	sim_reset();
}

/* --- for the vault, in place of vault_files.c --- */

static void
record_names(enum op_kind kind, const char *name, const char *other)
{
	struct op op = { .kind = kind, .name = must(strdup(name)),
			 .other = must(strdup(other)) };

	folder_apply(&now.folder, &op);
	if (!journal.off) {
		*record(kind) = op;
		return;
	}
	free(op.name);
	free(op.other);
}

bool
files_swap_in(const char *from, const char *to, const char *old)
{
	if (old && inode_of(old) >= 0)
		sim_delete(NULL, old, 0);
	if (old)
		record_names(OP_LINK, to, old);
	record_names(OP_RENAME, from, to);
	record(OP_FOLDER);
	return true;
}

void
files_make_private(const char *path)
{
	(void)path;
}

bool
files_sync_folder(const char *path)
{
	(void)path;
	record(OP_FOLDER);
	return true;
}

bool
files_are_one(const char *a, const char *b)
{
	return inode_of(a) >= 0 && inode_of(a) == inode_of(b);
}

int64_t
files_room(const char *path)
{
	(void)path;
	return fault.room < 0 ? -1 : fault.room - all_bytes();
}

bool
files_wipe(const char *path)
{
	sim_delete(NULL, path, 0);
	return true;
}

/* --- for the tests --- */

void
sim_reset(void)
{
	for (int i = 0; i < now.inode_count; i++) {
		free(now.inodes[i].data);
		now.inodes[i] = (struct bytes){ 0 };
	}
	now.inode_count = 0;
	folder_clear(&now.folder);
	sim_begin();
	fault.sync = SIM_HONEST;
	fault.fail_at = fault.fail_read_at = -1;
	fault.room = -1;
	fault.cause = 0;
}

void
sim_ack(int n)
{
	record(OP_ACK)->at = n;
}

void
sim_set_sync(enum sim_sync sync)
{
	fault.sync = sync;
}

int
sim_fail_at(int n, int code, bool once)
{
	int writes = fault.writes;

	fault.writes = 0;
	fault.fail_at = n;
	fault.code = code;
	fault.once = once;
	return writes;
}

void
sim_set_cause(int cause)
{
	fault.cause = cause;
}

int
sim_fail_read_at(int n)
{
	int reads = fault.reads;

	fault.reads = 0;
	fault.fail_read_at = n;
	return reads;
}

void
sim_set_room(int64_t bytes)
{
	fault.room = bytes;
}

size_t
sim_size(const char *name)
{
	int inode = inode_of(name);

	return inode < 0 ? 0 : now.inodes[inode].len;
}

unsigned char *
sim_bytes(const char *name)
{
	int inode = inode_of(name);

	return inode < 0 ? NULL : now.inodes[inode].data;
}

void
sim_put(const char *name, const void *data, size_t len)
{
	int inode = inode_of(name);

	if (inode < 0)
		inode = create(name);
	bytes_resize(&now.inodes[inode], 0);
	bytes_write(&now.inodes[inode], 0, data, len);
}

void
sim_remove(const char *name)
{
	folder_remove_name(&now.folder, name);
}

struct sim_copy {
	struct folder folder;
	struct bytes *inodes;
	int inode_count;
};

struct sim_copy *
sim_copy(void)
{
	struct sim_copy *copy = must(calloc(1, sizeof(*copy)));

	copy->folder = now.folder;
	copy->inode_count = now.inode_count;
	copy->inodes = must(calloc((size_t)now.inode_count + 1, sizeof(*copy->inodes)));
	for (int i = 0; i < FILES_MAX; i++)
		if (now.folder.inodes[i] >= 0) /* what nobody names is gone */
			bytes_copy(&copy->inodes[now.folder.inodes[i]],
				   &now.inodes[now.folder.inodes[i]]);
	return copy;
}

static void
load(const struct sim_copy *copy)
{
	now.folder = copy->folder;
	for (int i = 0; i < copy->inode_count; i++)
		bytes_copy(&now.inodes[i], &copy->inodes[i]);
	now.inode_count = copy->inode_count;
}

void
sim_begin(void)
{
	forget_journal();
	if (base)
		sim_copy_free(base);
	base = sim_copy();
}

void
sim_restore(const struct sim_copy *copy)
{
	load(copy);
	sim_begin();
}

void
sim_copy_free(struct sim_copy *copy)
{
	for (int i = 0; i < copy->inode_count; i++)
		free(copy->inodes[i].data);
	free(copy->inodes);
	free(copy);
}

/* --- power cuts --- */

/* The disk as the log has made it up to some operation. */
struct replay {
	struct folder folder; /* synced */
	struct bytes *inodes; /* synced */
	size_t *pending;      /* operations that were not, in their order */
	size_t pending_count;
	int acked;
};

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (*seed >> 11) % below;
}

static bool
is_about_names(const struct op *op)
{
	return op->kind == OP_CREATE || op->kind == OP_DELETE || op->kind == OP_RENAME ||
	       op->kind == OP_LINK;
}

static void
apply_to(struct bytes *b, const struct op *op)
{
	if (op->kind == OP_WRITE)
		bytes_write(b, (size_t)op->at, op->data, op->len);
	else if (op->kind == OP_TRUNCATE)
		bytes_resize(b, (size_t)op->at);
}

/* A sync makes durable what was done to a file, or to the folder's names. */
static void
settle(struct replay *r, bool names, int inode)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->pending_count; i++) {
		const struct op *op = &journal.ops[r->pending[i]];

		if (names && is_about_names(op))
			folder_apply(&r->folder, op);
		else if (!names && !is_about_names(op) && op->inode == inode)
			apply_to(&r->inodes[inode], op);
		else
			r->pending[kept++] = r->pending[i];
	}
	r->pending_count = kept;
}

static void
advance(struct replay *r, size_t index)
{
	const struct op *op = &journal.ops[index];

	switch (op->kind) {
	case OP_ACK:
		r->acked = (int)op->at;
		break;
	case OP_SYNC:
		settle(r, false, op->inode);
		break;
	case OP_FOLDER:
		settle(r, true, 0);
		break;
	case OP_CREATE:
	case OP_WRITE:
	case OP_TRUNCATE:
	case OP_DELETE:
	case OP_RENAME:
	case OP_LINK:
		r->pending[r->pending_count++] = index;
		break;
	}
}

#define KINDS 6 /* of states: nothing kept, everything, some whole writes, torn ones */

enum fate { DROPPED, KEPT, TORN, ZEROS };

/* The first states of a place are the plain ones: nothing kept, everything kept. */
static enum fate
choose_fate(int state, uint64_t *seed)
{
	static const enum fate fates[] = { DROPPED, KEPT, TORN, KEPT, DROPPED, TORN, ZEROS };

	if (state < 2)
		return state == 0 ? DROPPED : KEPT;
	return fates[draw(seed, state == 2 ? 2 : sizeof(fates) / sizeof(*fates))];
}

static void
write_torn(struct bytes *b, const struct op *op, uint64_t *seed)
{
	size_t at = (size_t)op->at, end = at + op->len;

	while (at < end) {
		size_t next = (at / SECTOR + 1) * SECTOR;

		if (next > end)
			next = end;
		if (draw(seed, 2))
			bytes_write(b, at, op->data + (at - (size_t)op->at), next - at);
		at = next;
	}
}

/* Puts a possible disk where SQLite finds it. */
static void
make_state(const struct replay *r, int inode_count, int state, uint64_t *seed)
{
	size_t names = 0, names_kept;

	now.folder = r->folder;
	now.inode_count = inode_count;
	for (int i = 0; i < inode_count; i++)
		bytes_copy(&now.inodes[i], &r->inodes[i]);
	for (size_t i = 0; i < r->pending_count; i++)
		names += is_about_names(&journal.ops[r->pending[i]]);
	names_kept = state == 0 ? 0 : state == 1 ? names : draw(seed, names + 1);
	for (size_t i = 0; i < r->pending_count; i++) {
		const struct op *op = &journal.ops[r->pending[i]];
		struct bytes *b = &now.inodes[op->inode];
		enum fate fate;

		if (is_about_names(op)) {
			if (names_kept > 0) {
				folder_apply(&now.folder, op);
				names_kept--;
			}
			continue;
		}
		fate = choose_fate(state, seed);
		if (fate == KEPT || (fate == TORN && op->kind == OP_TRUNCATE))
			apply_to(b, op);
		else if (fate == TORN)
			write_torn(b, op, seed);
		else if (fate == ZEROS && op->kind == OP_WRITE &&
			 (size_t)op->at + op->len > b->len)
			bytes_resize(b, (size_t)op->at + op->len);
	}
}

struct sim_result
sim_cut_everywhere(int step, int states, uint64_t seed, long stop_at,
		   bool (*check)(void *data, int acked), void *data)
{
	struct sim_copy *end = sim_copy();
	struct replay r = { .acked = -1 };
	struct sim_result result = { 0 };
	int inode_count = now.inode_count;

	r.folder = base->folder;
	r.inodes = must(calloc((size_t)inode_count + 1, sizeof(*r.inodes)));
	for (int i = 0; i < base->inode_count; i++)
		bytes_copy(&r.inodes[i], &base->inodes[i]);
	r.pending = must(calloc(journal.count + 1, sizeof(*r.pending)));
	journal.off = true;
	for (size_t i = 0; i <= journal.count; i++) {
		for (int s = 0; s < states && i % (size_t)step == 0; s++) {
			/* A short run takes turns, so that each kind is seen. */
			int kind = states >= KINDS ? s
						   : (int)(i / (size_t)step *
								   (size_t)states +
							   (size_t)s) %
							 KINDS;

			make_state(&r, inode_count, kind, &seed);
			result.states++;
			if (!check(data, r.acked))
				result.bad++;
			if (stop_at && result.bad >= stop_at)
				goto out;
		}
		if (i < journal.count)
			advance(&r, i);
		result.operations++;
	}
out:
	journal.off = false;
	for (int i = 0; i < inode_count; i++)
		free(r.inodes[i].data);
	free(r.inodes);
	free(r.pending);
	load(end);
	sim_copy_free(end);
	return result;
}
