/*
 * The database: page i sealed at PAGES_BEGIN + PAGE_SIZE i.
 */
#include "vault_vfs_private.h"

#include <string.h>

#define HEADER_READ 100 /* what SQLite reads of a database before anything else */

static struct cipher_place
page_place(int64_t number)
{
	return (struct cipher_place){ .kind = CIPHER_PAGE, .number = (uint64_t)number };
}

static sqlite3_int64
page_at(int64_t number)
{
	return PAGES_BEGIN + PAGE_SIZE * number;
}

/* A page that was cut off at the end of the file counts: it is damaged. */
static int64_t
pages_in(sqlite3_int64 size)
{
	return size <= PAGES_BEGIN ? 0 : (size - PAGES_BEGIN + PAGE_SIZE - 1) / PAGE_SIZE;
}

int
pages_open(struct vault_file *f)
{
	sqlite3_int64 size;
	int code = under_size(f, &size);

	if (code != SQLITE_OK)
		return code;
	f->page_count = pages_in(size);
	return state_load(f);
}

static int
bad_page(struct vault_file *f, int64_t number)
{
	f->vfs->events.bad_pages++;
	f->vfs->events.bad_page = (uint32_t)number + 1;
	return SQLITE_IOERR_DATA;
}

int
pages_page(struct vault_file *f, int64_t number, unsigned char *out)
{
	int code;

	if (number >= f->page_count) {
		memset(out, 0, PAGE_SIZE);
		return SQLITE_IOERR_SHORT_READ;
	}
	code = under_read(f, f->unit, PAGE_SIZE, page_at(number));
	if (code == SQLITE_IOERR_SHORT_READ)
		return bad_page(f, number);
	if (code != SQLITE_OK)
		return code;
	if (!cipher_open(f->vfs->cipher, page_place(number), f->unit, PAGE_PLAIN, out))
		return bad_page(f, number);
	memset(out + PAGE_PLAIN, 0, CIPHER_EXTRA);
	return SQLITE_OK;
}

/* SQLite asks for the header before it has looked at the log. The first page may be torn
 * then, and mends itself from the log: what is the same in every notebook answers. */
static void
constant_header(unsigned char *out)
{
	static const unsigned char begin[] = {
		'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ',
		'3', 0, PAGE_SIZE >> 8, PAGE_SIZE & 0xFF, 2, 2, CIPHER_EXTRA, 64, 32, 32,
	};

	memset(out, 0, HEADER_READ);
	memcpy(out, begin, sizeof(begin));
}

static int
read_part(struct vault_file *f, void *bytes, int len, sqlite3_int64 at)
{
	unsigned char page[PAGE_SIZE];
	int code = pages_page(f, at / PAGE_SIZE, page);

	if (at % PAGE_SIZE + len > PAGE_SIZE)
		return SQLITE_IOERR_READ; /* SQLite never reads across pages */
	if (code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ)
		memcpy(bytes, page + at % PAGE_SIZE, (size_t)len);
	return code;
}

int
pages_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at)
{
	if (at == 0 && len == HEADER_READ && f->page_count > 0) {
		constant_header(bytes);
		return SQLITE_OK;
	}
	log_recovered(f->vfs);
	if (len == PAGE_SIZE && at % PAGE_SIZE == 0)
		return pages_page(f, at / PAGE_SIZE, bytes);
	return read_part(f, bytes, len, at);
}

/* The tag of what stands there now goes out of the digest. */
static int
take_old_tag(struct vault_file *f, int64_t number, unsigned char tag[CIPHER_TAG])
{
	int code;

	if (!f->state.known)
		return SQLITE_OK;
	code = under_read(f, tag, CIPHER_TAG, page_at(number + 1) - CIPHER_TAG);
	if (code != SQLITE_IOERR_SHORT_READ)
		return code;
	f->state.known = false; /* it was cut off */
	return SQLITE_OK;
}

int
pages_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at)
{
	int64_t number = at / PAGE_SIZE;
	unsigned char tag[CIPHER_TAG];
	bool had = number < f->page_count;
	int code;

	if (len != PAGE_SIZE || at % PAGE_SIZE != 0)
		return SQLITE_IOERR_WRITE; /* nothing but whole pages is sealed */
	code = state_before_write(f);
	if (code == SQLITE_OK && had)
		code = take_old_tag(f, number, tag);
	if (code != SQLITE_OK)
		return code;
	cipher_seal(f->vfs->cipher, page_place(number), bytes, PAGE_PLAIN, f->unit);
	code = under_write(f, f->unit, PAGE_SIZE, page_at(number));
	if (code != SQLITE_OK) {
		f->state.known = false; /* nobody knows what stands there */
		return code;
	}
	state_change(f, number, had ? tag : NULL, f->unit + PAGE_SIZE - CIPHER_TAG);
	if (number > f->page_count)
		f->state.known = false; /* it left a hole */
	if (!had)
		f->page_count = number + 1;
	return SQLITE_OK;
}

/* SQLite calls for it at the end of every checkpoint, mostly for the size that is there. */
int
pages_truncate(struct vault_file *f, sqlite3_int64 size)
{
	int64_t count = size / PAGE_SIZE;
	unsigned char tag[CIPHER_TAG];
	int code = SQLITE_OK;

	if (count == f->page_count)
		return SQLITE_OK;
	code = state_before_write(f);
	for (int64_t i = count; i < f->page_count && code == SQLITE_OK; i++) {
		code = take_old_tag(f, i, tag);
		if (code == SQLITE_OK)
			state_change(f, i, tag, NULL);
	}
	if (code == SQLITE_OK)
		code = f->under->pMethods->xTruncate(f->under, PAGES_BEGIN + size);
	if (code != SQLITE_OK || count > f->page_count)
		f->state.known = false; /* counted anew at the end */
	if (code == SQLITE_OK)
		f->page_count = count;
	return code;
}

int
pages_size(struct vault_file *f, sqlite3_int64 *size)
{
	*size = PAGE_SIZE * f->page_count;
	return SQLITE_OK;
}
