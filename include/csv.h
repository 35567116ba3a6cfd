/*
 * csv - RFC 4180 tables: read row by row, written with only the quotes needed
 *
 * Accepts CRLF, LF and CR, a UTF-8 BOM, quoted line breaks. The reader works on
 * text it was lent and keeps the number of the row's first line. Rows in which every
 * cell is empty are passed over, but counted.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

#define CSV_COLUMNS_MAX 512

struct csv_reader {
	const char *at, *end;
	int line;   /* the line on which the last row began, from 1 */
	int row;    /* rows read so far, blank ones counted: a spreadsheet's number */
	size_t count;
	const char **cells; /* count of them, NUL-terminated, lent until the next row */
	size_t cap;            /* private */
	int next_line;         /* private */
	struct buf *scratch;   /* private */
};

void csv_reader_init(struct csv_reader *r, const char *text, size_t len);
void csv_reader_clear(struct csv_reader *r);

/* 1 and a row, 0 at the end, -1 and err (an open quote, too many columns, bytes that
 * are not UTF-8); after an error the reader is at its end. */
int csv_next(struct csv_reader *r, struct err *err);

/* "" past the row's end. */
const char *csv_cell(const struct csv_reader *r, size_t column);

/* Writes one cell, with a comma before it unless it is the row's first. */
void csv_write(struct buf *out, bool first, const char *cell);

#endif
