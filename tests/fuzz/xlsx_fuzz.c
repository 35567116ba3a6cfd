/*
 * An XLSForm as a workbook. Bytes that begin as a zip archive does are one; all others
 * are the files in it, so that mutation reaches the XML: parts that begin with a 0x1f,
 * the first line of each its name. They are stored, not compressed.
 */
#include "fuzz_form.h"

#include <string.h>

static uint32_t
crc32_of(const uint8_t *data, size_t size)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void
put(struct buf *out, uint32_t number, int bytes)
{
	for (; bytes--; number >>= 8)
		buf_char(out, (char)(number & 0xff));
}

struct part {
	const uint8_t *name, *data;
	size_t name_len, size;
};

/* What both headers of a part have. */
static void
put_common(struct buf *out, const struct part *p)
{
	put(out, 20, 2);
	put(out, 0, 4); /* flags, method: stored */
	put(out, 0, 4); /* time, day */
	put(out, crc32_of(p->data, p->size), 4);
	put(out, (uint32_t)p->size, 4);
	put(out, (uint32_t)p->size, 4);
	put(out, (uint32_t)p->name_len, 2);
	put(out, 0, 2);
}

static void
add_part(struct buf *zip, struct buf *directory, const struct part *p)
{
	put(directory, 0x02014b50, 4);
	put(directory, 20, 2);
	put_common(directory, p);
	put(directory, 0, 4);
	put(directory, 0, 2);
	put(directory, 0, 4);
	put(directory, (uint32_t)zip->len, 4);
	buf_add(directory, p->name, p->name_len);
	put(zip, 0x04034b50, 4);
	put_common(zip, p);
	buf_add(zip, p->name, p->name_len);
	buf_add(zip, p->data, p->size);
}

static void
make_zip(const uint8_t *data, size_t size, struct buf *zip)
{
	const uint8_t *at = data, *end = data + size;
	struct buf directory = { 0 };
	uint32_t count = 0, start;

	while (at < end && count < 64) {
		const uint8_t *next = memchr(at, 0x1f, (size_t)(end - at));
		const uint8_t *line;
		struct part p = { .name = at };

		next = next ? next : end;
		line = memchr(at, '\n', (size_t)(next - at));
		if (line) {
			p.name_len = (size_t)(line - at);
			p.data = line + 1;
			p.size = (size_t)(next - p.data);
			add_part(zip, &directory, &p);
			count++;
		}
		at = next + 1;
	}
	start = (uint32_t)zip->len;
	buf_add(zip, buf_text(&directory), directory.len);
	put(zip, 0x06054b50, 4);
	put(zip, 0, 4);
	put(zip, count, 2);
	put(zip, count, 2);
	put(zip, (uint32_t)directory.len, 4);
	put(zip, start, 4);
	put(zip, 0, 2);
	buf_clear(&directory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf zip = { 0 };

	if (size >= 2 && data[0] == 'P' && data[1] == 'K') {
		fuzz_form(data, size);
		return 0;
	}
	make_zip(data, size, &zip);
	fuzz_form((const uint8_t *)buf_text(&zip), zip.len);
	buf_clear(&zip);
	return 0;
}
