/* A batch's bytes, packed and unpacked; neither holds more than it must. */
#include "wire.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"

#include <stdlib.h>

#include <zlib.h>

#define LEVEL       6
#define LEVEL_BATCH 9 /* 3 % smaller: a line's time is dearer than a laptop's */
#define GZIP_WINDOW (15 + 16) /* 32 kB, and a gzip header instead of zlib's */
#define GZIP_MEMORY 9
#define STEP        (64u << 10)
#define PACK_STEP   (16u << 10)

struct wire_packer {
	z_stream z;
	bool ready;
	int level;
	struct buf *out;
};

struct wire_packer *
wire_packer_new(void)
{
	struct wire_packer *p = mem_alloc(sizeof(*p));

	p->level = LEVEL_BATCH;
	return p;
}

void
wire_packer_free(struct wire_packer *p)
{
	if (!p)
		return;
	if (p->ready)
		deflateEnd(&p->z);
	free(p);
}

static bool
not_packed(struct err *err)
{
	return err_set(err, ERR_SYSTEM, _("The records could not be compressed. Close other programs "
	    "and try again."));
}

bool
wire_packer_begin(struct wire_packer *p, struct buf *out, struct err *err)
{
	p->out = out;
	if (p->ready)
		return deflateReset(&p->z) == Z_OK || not_packed(err);
	p->ready = deflateInit2(&p->z, p->level, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
		       Z_DEFAULT_STRATEGY) == Z_OK;
	return p->ready || not_packed(err);
}

/* False when zlib says anything but that it goes on or has ended. */
static bool
deflate_into(struct wire_packer *p, int flush)
{
	int rc = Z_OK;

	do {
		buf_reserve(p->out, PACK_STEP);
		p->z.next_out = (Bytef *)p->out->data + p->out->len;
		p->z.avail_out = PACK_STEP;
		rc = deflate(&p->z, flush);
		p->out->len += PACK_STEP - p->z.avail_out;
		p->out->data[p->out->len] = '\0';
	} while (rc == Z_OK && p->z.avail_out == 0);
	return rc == (flush == Z_FINISH ? Z_STREAM_END : Z_OK);
}

bool
wire_packer_add(struct wire_packer *p, const void *data, size_t len, struct err *err)
{
	if (len == 0)
		return true;
	if (len > UINT32_MAX / 2)
		return not_packed(err);
	p->z.next_in = (Bytef *)(uintptr_t)data;
	p->z.avail_in = (uInt)len;
	return deflate_into(p, Z_NO_FLUSH) || not_packed(err);
}

bool
wire_packer_end(struct wire_packer *p, struct err *err)
{
	p->z.avail_in = 0;
	return deflate_into(p, Z_FINISH) || not_packed(err);
}

bool
wire_gzip(const void *data, size_t len, struct buf *out, struct err *err)
{
	struct wire_packer p = { .level = LEVEL };
	bool ok = wire_packer_begin(&p, out, err) &&
	    wire_packer_add(&p, data, len, err) && wire_packer_end(&p, err);

	if (p.ready)
		deflateEnd(&p.z);
	return ok;
}

/* Room for STEP more bytes and a NUL; false when there is no memory. */
static bool
room_for_step(struct buf *out)
{
	size_t cap = out->cap ? out->cap : STEP + 1;
	char *data;

	while (cap < out->len + STEP + 1)
		cap *= 2;
	if (cap == out->cap)
		return true;
	data = realloc(out->data, cap);
	if (!data)
		return false;
	out->data = data;
	out->cap = cap;
	return true;
}

static size_t
inflate_ceiling(size_t len, size_t max)
{
	size_t by_ratio = len > max / WIRE_RATIO_MAX ? max : len * WIRE_RATIO_MAX;

	if (by_ratio < WIRE_RATIO_FREE)
		by_ratio = WIRE_RATIO_FREE;
	return by_ratio < max ? by_ratio : max;
}

enum wire_inflate_result
wire_gunzip(const void *data, size_t len, size_t max, struct buf *out)
{
	enum wire_inflate_result result = WIRE_NOT_GZIP;
	size_t ceiling = inflate_ceiling(len, max), total = 0;
	z_stream z = { 0 };
	int rc = Z_OK;

	if (len > UINT32_MAX)
		return WIRE_TOO_LARGE;
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return WIRE_NO_MEMORY;
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	while (rc == Z_OK) {
		size_t got;

		if (!room_for_step(out)) {
			rc = Z_MEM_ERROR;
			break;
		}
		z.next_out = (Bytef *)out->data + out->len;
		z.avail_out = STEP;
		rc = inflate(&z, Z_NO_FLUSH);
		got = STEP - z.avail_out;
		total += got;
		out->len += got;
		out->data[out->len] = '\0';
		if (total > ceiling) {
			result = WIRE_TOO_LARGE;
			goto out;
		}
	}
	if (rc == Z_MEM_ERROR)
		result = WIRE_NO_MEMORY;
	else if (rc == Z_STREAM_END && z.avail_in == 0)
		result = WIRE_INFLATED;
out:
	inflateEnd(&z);
	return result;
}
