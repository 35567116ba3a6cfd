/*
 * vault_vfs_private - what the files of the VFS share: vault_vfs.c is the table,
 * vault_pages.c the database, vault_log.c the log, vault_state.c the clean close
 */
#ifndef VAULT_VFS_PRIVATE_H
#define VAULT_VFS_PRIVATE_H

#include "vault_vfs.h"

struct vault_vfs {
	sqlite3_vfs base; /* first: SQLite's pointer is ours */
	sqlite3_vfs *under;
	struct cipher *cipher;
	const char *path;
	bool frozen;
	struct vault_file *pages, *log; /* while they are open */
	struct vault_events events;
	char name[40];
};

/* What a clean close leaves behind, see vault_state.c. */
struct state {
	bool known;    /* digest is that of the pages on the disk */
	bool on_disk;  /* the state on the disk says so */
	uint64_t serial;
	bool one_bad;  /* one of its two sectors cannot be read: the serial may be behind */
	unsigned char digest[CIPHER_DIGEST];
};

enum file_kind {
	FILE_PLAIN,
	FILE_PAGES,
	FILE_LOG,
	FILE_NOTHING, /* frozen, and there is no log */
};

/* A log between its opening and the first use of what was recovered. */
struct log {
	uint64_t salts; /* of its header, the generation */
	bool recovering;
	bool header_bad;
	bool other;    /* the header is of another day's log */
	int64_t last;  /* the last frame that recovery read; -1: none */
	bool last_bad; /* and it did not open */
	bool last_old; /* or is of another generation than the header */
	bool last_newer; /* a later one: the header's write was swallowed */
};

struct vault_file {
	sqlite3_file base; /* first */
	struct vault_vfs *vfs;
	enum file_kind kind;
	const char *name; /* SQLite's, lasts until it closes the file */
	int64_t page_count; /* FILE_PAGES: on the disk */
	struct state state; /* FILE_PAGES */
	struct log log;     /* FILE_LOG */
	unsigned char unit[PAGE_SIZE]; /* one sealed unit on its way */
	sqlite3_file *under;
};

/* The file below; codes are SQLite's. A full disk gets the ballast and one more try. */
int under_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at);
int under_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at);
int under_sync(struct vault_file *f);
int under_size(struct vault_file *f, sqlite3_int64 *size);

/* vault_pages.c */
int pages_open(struct vault_file *f);
int pages_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at);
int pages_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at);
int pages_truncate(struct vault_file *f, sqlite3_int64 size);
int pages_size(struct vault_file *f, sqlite3_int64 *size);
/* One page, opened; out has PAGE_SIZE bytes. */
int pages_page(struct vault_file *f, int64_t number, unsigned char *out);

/* vault_check.c: is the page that did not open one that was never written? That is no
 * damage: SQLite does not read it. */
bool vault_is_hole(const struct vault_file *f);

/* vault_log.c */
int log_open(struct vault_file *f);
int log_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at);
int log_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at);
int log_truncate(struct vault_file *f, sqlite3_int64 size);
int log_size(struct vault_file *f, sqlite3_int64 *size);
/* Pages are asked for, so recovery is over: looks what stands behind the place where it
 * ended. Harmless without a log, and the second time. */
void log_recovered(struct vault_vfs *vfs);

/* vault_state.c */
int state_load(struct vault_file *f);
/* Before a page is written: the state on the disk is clean no longer. */
int state_before_write(struct vault_file *f);
/* A page's tag changes; NULL: there was none, or is none any more. */
void state_change(struct vault_file *f, int64_t number, const unsigned char *old,
    const unsigned char *new);
/* At the end: the digest of what is there, and that it was a clean end. */
int state_save(struct vault_file *f);
/* Is all of the log in the database? It is gone, or empty, only then. */
bool state_log_is_gone(const struct vault_file *f);
/* The digest anew, from the disk. */
int state_count(struct vault_file *f, unsigned char digest[CIPHER_DIGEST]);

#endif
