/*
 * xlsx_pack - the zip around a workbook, unpacked in memory and never beyond a bound
 */
#include "xlsx.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"

#include <stdlib.h>
#include <zip.h>

#define PIECE_BYTES 65536

struct xlsx_pack {
	zip_t *zip;
	size_t unpacked;
	char piece[PIECE_BYTES];
};

struct xlsx_pack *
xlsx_pack_open(const char *data, size_t len, struct err *err)
{
	struct xlsx_pack *p = mem_alloc(sizeof(*p));
	zip_error_t why;
	zip_source_t *source;

	zip_error_init(&why);
	source = zip_source_buffer_create(data, len, 0, &why);
	p->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
	if (!p->zip) {
		zip_source_free(source);
		err_set(err, ERR_INPUT,
		    _("The workbook is damaged: save it again as .xlsx."));
		free(p);
		p = NULL;
	}
	zip_error_fini(&why);
	return p;
}

void
xlsx_pack_close(struct xlsx_pack *p)
{
	if (!p)
		return;
	zip_discard(p->zip);
	free(p);
}

/* 1 and a piece, 0 at the end; -1 and err. */
static int
next_piece(struct xlsx_pack *p, zip_file_t *file, size_t *len, struct err *err)
{
	zip_int64_t got = zip_fread(file, p->piece, sizeof(p->piece));

	if (got < 0) {
		err_set(err, ERR_INPUT,
		    _("The workbook is damaged: save it again as .xlsx."));
		return -1;
	}
	p->unpacked += (size_t)got;
	if (p->unpacked > XLSX_BYTES_MAX) {
		err_set(err, ERR_INPUT,
		    _("The workbook holds more than %u MB: remove its empty rows and "
		      "what is no form's."),
		    XLSX_BYTES_MAX >> 20);
		return -1;
	}
	*len = (size_t)got;
	return got > 0;
}

bool
xlsx_pack_stream(struct xlsx_pack *p, const char *name,
    bool (*take)(const char *piece, size_t len, void *data), void *data,
    struct err *err)
{
	zip_file_t *file = zip_fopen(p->zip, name, ZIP_FL_NOCASE);
	size_t len;
	int got;

	if (!file)
		return err_set(err, ERR_INPUT,
		    _("The workbook has no part \"%s\": save it again as .xlsx, without "
		      "a password."),
		    name);
	while ((got = next_piece(p, file, &len, err)) == 1)
		if (!take(p->piece, len, data))
			break;
	zip_fclose(file);
	return got >= 0;
}

struct whole {
	struct buf *out;
	bool full;
};

static bool
take_whole(const char *piece, size_t len, void *data)
{
	struct whole *w = data;

	w->full = w->out->len + len > XLSX_PART_MAX;
	if (!w->full)
		buf_add(w->out, piece, len);
	return !w->full;
}

bool
xlsx_pack_read(struct xlsx_pack *p, const char *name, struct buf *out, struct err *err)
{
	struct whole w = { .out = out };

	if (!xlsx_pack_stream(p, name, take_whole, &w, err))
		return false;
	if (w.full)
		return err_set(err, ERR_INPUT,
		    _("The part \"%s\" of the workbook is too large: copy the sheets "
		      "into a new workbook."),
		    name);
	return true;
}
