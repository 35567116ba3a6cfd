#include "csv.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

void
csv_reader_init(struct csv_reader *r, const char *text, size_t len)
{
	static const char bom[] = "\xEF\xBB\xBF";

	*r = (struct csv_reader){
		.at = text,
		.end = text + len,
		.next_line = 1,
		.scratch = mem_alloc(sizeof(struct buf)),
	};
	if (len >= 3 && !memcmp(text, bom, 3))
		r->at += 3;
}

void
csv_reader_clear(struct csv_reader *r)
{
	if (r->scratch)
		buf_clear(r->scratch);
	free(r->scratch);
	free(r->cells);
	*r = (struct csv_reader){ 0 };
}

/* CR LF, LF or CR at the reader's place: its length, or 0. */
static size_t
line_break(const struct csv_reader *r)
{
	if (r->at == r->end)
		return 0;
	if (*r->at == '\n')
		return 1;
	if (*r->at != '\r')
		return 0;
	return r->end - r->at > 1 && r->at[1] == '\n' ? 2 : 1;
}

/* Takes one character into the cell and counts lines. */
static bool
take(struct csv_reader *r, struct err *err)
{
	size_t n = utf8_length(r->at, (size_t)(r->end - r->at)), breaks = line_break(r);

	if (n == 0 || *r->at == '\0')
		return err_set(err, ERR_INPUT,
		    _("line %d: not UTF-8 text; save the file again as CSV UTF-8"),
		    r->next_line);
	if (breaks) {
		n = breaks;
		r->next_line++;
	}
	buf_add(r->scratch, r->at, n);
	r->at += n;
	return true;
}

/* Takes what needs no look: ASCII without quotes, commas and line breaks. */
static void
take_plain(struct csv_reader *r)
{
	const char *from = r->at;

	for (; r->at < r->end; r->at++) {
		unsigned char c = (unsigned char)*r->at;

		if (c < ' ' || c >= 0x80 || c == ',' || c == '"')
			break;
	}
	if (r->at > from)
		buf_add(r->scratch, from, (size_t)(r->at - from));
}

/* At the opening quote. */
static bool
read_quoted(struct csv_reader *r, struct err *err)
{
	int began = r->next_line;

	r->at++;
	for (;;) {
		take_plain(r);
		if (r->at == r->end)
			return err_set(err, ERR_INPUT,
			    _("line %d: a quote (\") is opened here and never closed"),
			    began);
		if (*r->at != '"') {
			if (!take(r, err))
				return false;
			continue;
		}
		r->at++;
		if (r->at == r->end || *r->at != '"')
			break;
		buf_char(r->scratch, *r->at++);
	}
	if (r->at < r->end && *r->at != ',' && !line_break(r))
		return err_set(err, ERR_INPUT,
		    _("line %d: text after a closing quote; write a quote inside "
		      "a cell as \"\""),
		    r->next_line);
	return true;
}

/* One cell into scratch; *last when the row ends with it. */
static bool
read_cell(struct csv_reader *r, bool *last, struct err *err)
{
	size_t n;

	if (r->at < r->end && *r->at == '"') {
		if (!read_quoted(r, err))
			return false;
	} else {
		for (;;) {
			take_plain(r);
			if (r->at == r->end || *r->at == ',' || line_break(r))
				break;
			if (!take(r, err))
				return false;
		}
	}
	buf_char(r->scratch, '\0');
	*last = r->at == r->end || *r->at != ',';
	if (!*last) {
		r->at++;
		return true;
	}
	n = line_break(r);
	r->at += n;
	r->next_line += n > 0;
	return true;
}

/* Reads a row, blank or not. The cells stand in scratch one behind the other. */
static bool
read_row(struct csv_reader *r, struct err *err)
{
	bool last = false;
	const char *cell;
	size_t i;

	r->line = r->next_line;
	r->row++;
	r->count = 0;
	buf_reset(r->scratch);
	while (!last) {
		if (r->count == CSV_COLUMNS_MAX)
			return err_set(err, ERR_INPUT,
			    _("line %d: more than %d columns"), r->line,
			    CSV_COLUMNS_MAX);
		if (!read_cell(r, &last, err))
			return false;
		r->count++;
	}
	r->cells = mem_grow(r->cells, &r->cap, r->count, sizeof(*r->cells));
	cell = r->scratch->data;
	for (i = 0; i < r->count; i++) {
		r->cells[i] = cell;
		cell += strlen(cell) + 1;
	}
	return true;
}

int
csv_next(struct csv_reader *r, struct err *err)
{
	while (r->at < r->end) {
		if (!read_row(r, err)) {
			r->count = 0;
			r->at = r->end;
			return -1;
		}
		if (r->scratch->len > r->count) /* more than its cells' NULs */
			return 1;
	}
	r->count = 0;
	return 0;
}

const char *
csv_cell(const struct csv_reader *r, size_t column)
{
	return column < r->count ? r->cells[column] : "";
}

void
csv_write(struct buf *out, bool first, const char *cell)
{
	const char *quote;

	if (!first)
		buf_char(out, ',');
	if (!cell[strcspn(cell, ",\"\r\n")]) {
		buf_str(out, cell);
		return;
	}
	buf_char(out, '"');
	for (; (quote = strchr(cell, '"')); cell = quote + 1) {
		buf_add(out, cell, (size_t)(quote - cell) + 1);
		buf_char(out, '"');
	}
	buf_str(out, cell);
	buf_char(out, '"');
}
