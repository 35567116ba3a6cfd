/*
 * What a clean close leaves behind: a digest over the tags of all pages, so that a page
 * of yesterday (a write that the disk swallowed, a copy put back) is found, which its
 * own seal cannot tell.
 *
 * It is kept as pages are written, from the tags that stand on the disk, never by
 * reading what should be there: a lost write stays noticeable for ever. Two sectors take
 * turns, one in each block; the higher serial counts. The first write of a page after a
 * clean close marks the state unclean before; after a crash the digest is made anew at
 * the next clean close.
 */
#include "vault_vfs_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE_AT   2048 /* in a block */
#define STATE_SIZE 512  /* a sector */

/* Sealed: serial, 8 bytes; clean, 1; digest. */
#define PLAIN_SIZE (8 + 1 + CIPHER_DIGEST)

static sqlite3_int64
state_at(int copy)
{
	return (sqlite3_int64)copy * BLOCK_SIZE + STATE_AT;
}

static struct cipher_place
state_place(int copy)
{
	return (struct cipher_place){ .kind = CIPHER_STATE, .number = (uint64_t)copy };
}

static uint64_t
get64(const unsigned char *in)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | in[i];
	return value;
}

static bool
load_copy(struct vault_file *f, int copy, struct state *s)
{
	unsigned char sector[STATE_SIZE], plain[PLAIN_SIZE];

	if (under_read(f, sector, STATE_SIZE, state_at(copy)) != SQLITE_OK ||
	    !cipher_open(f->vfs->cipher, state_place(copy), sector, PLAIN_SIZE, plain))
		return false;
	s->serial = get64(plain);
	s->on_disk = s->known = plain[8];
	memcpy(s->digest, plain + 9, CIPHER_DIGEST);
	return true;
}

int
state_load(struct vault_file *f)
{
	bool any = false;
	int bad = 0;

	f->state.known = f->page_count == 0; /* a new file's digest is nothing */
	for (int copy = 0; copy < BLOCK_COPIES; copy++) {
		struct state s = { 0 };

		if (!load_copy(f, copy, &s)) {
			bad++;
		} else if (!any || s.serial > f->state.serial) {
			f->state = s;
			any = true;
		}
	}
	f->state.one_bad = bad > 0;
	return SQLITE_OK;
}

static int
save(struct vault_file *f, bool clean)
{
	struct state *s = &f->state;
	unsigned char sector[STATE_SIZE] = { 0 }, plain[PLAIN_SIZE];
	int copy = (int)((s->serial + 1) % BLOCK_COPIES), code;

	for (int i = 0; i < 8; i++)
		plain[i] = (unsigned char)((s->serial + 1) >> 8 * i);
	plain[8] = clean;
	memcpy(plain + 9, s->digest, CIPHER_DIGEST);
	cipher_seal(f->vfs->cipher, state_place(copy), plain, PLAIN_SIZE, sector);
	code = under_write(f, sector, STATE_SIZE, state_at(copy));
	if (code == SQLITE_OK)
		code = under_sync(f);
	if (code != SQLITE_OK)
		return code;
	s->serial++;
	s->on_disk = clean;
	return SQLITE_OK;
}

int
state_before_write(struct vault_file *f)
{
	return f->state.on_disk ? save(f, false) : SQLITE_OK;
}

static void
mix(const struct vault_file *f, int64_t number, const unsigned char *tag,
    unsigned char digest[CIPHER_DIGEST])
{
	unsigned char bytes[8 + CIPHER_TAG], one[CIPHER_DIGEST];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)number >> 8 * i);
	memcpy(bytes + 8, tag, CIPHER_TAG);
	cipher_digest(f->vfs->cipher, "tag", bytes, sizeof(bytes), one);
	for (int i = 0; i < CIPHER_DIGEST; i++)
		digest[i] ^= one[i];
}

void
state_change(struct vault_file *f, int64_t number, const unsigned char *old,
	     const unsigned char *new)
{
	if (!f->state.known)
		return;
	if (old)
		mix(f, number, old, f->state.digest);
	if (new)
		mix(f, number, new, f->state.digest);
}

int
state_count(struct vault_file *f, unsigned char digest[CIPHER_DIGEST])
{
	unsigned char tag[CIPHER_TAG];

	memset(digest, 0, CIPHER_DIGEST);
	for (int64_t i = 0; i < f->page_count; i++) {
		int code = under_read(f, tag, CIPHER_TAG,
				      PAGES_BEGIN + PAGE_SIZE * (i + 1) - CIPHER_TAG);

		if (code != SQLITE_OK)
			return code;
		mix(f, i, tag, digest);
	}
	return SQLITE_OK;
}

bool
vault_vfs_is_stale(const struct vault_vfs *vfs)
{
	struct vault_file *f = vfs->pages;
	unsigned char digest[CIPHER_DIGEST];

	return f && f->state.known && state_count(f, digest) == SQLITE_OK &&
	       memcmp(digest, f->state.digest, CIPHER_DIGEST) != 0;
}

bool
state_log_is_gone(const struct vault_file *f)
{
	size_t size = strlen(f->name) + sizeof("-wal");
	char *log = malloc(size);
	bool gone;

	if (!log)
		return false;
	snprintf(log, size, "%s-wal", f->name);
	gone = disk_is_empty(log);
	free(log);
	return gone;
}

int
state_save(struct vault_file *f)
{
	int code = SQLITE_OK;

	if (f->vfs->frozen || f->state.on_disk || f->page_count == 0 || !state_log_is_gone(f))
		return SQLITE_OK;
	if (!f->state.known)
		code = state_count(f, f->state.digest);
	return code == SQLITE_OK ? save(f, true) : code;
}
