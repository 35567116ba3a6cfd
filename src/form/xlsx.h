/*
 * xlsx - what the parts of the workbook reader share
 *
 * A workbook (ISO/IEC 29500) is a zip of XML. It is read as a stream and becomes the
 * CSV in which a form's sheets stand one after the other, so that there is one reader
 * of forms. pack: the zip · value: a number as pyxform sees it · xlsx: sheets.
 */
#ifndef XLSX_H
#define XLSX_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* All that is unpacked of one workbook: empty rows with a colour are many. */
#define XLSX_BYTES_MAX (256u << 20)
/* Parts that are held whole: the list of sheets, the styles. */
#define XLSX_PART_MAX (8u << 20)

/* ---- xlsx_pack.c ---- */

struct xlsx_pack;

/* NULL and err when it is no zip; data is lent until xlsx_pack_close(). */
struct xlsx_pack *xlsx_pack_open(const char *data, size_t len, struct err *err);
void xlsx_pack_close(struct xlsx_pack *p);

/* A part piece by piece; take says false to stop. False and err when there is no such
 * part, it is broken, or too much has been unpacked. */
bool xlsx_pack_stream(struct xlsx_pack *p, const char *name,
    bool (*take)(const char *piece, size_t len, void *data), void *data,
    struct err *err);
/* The same into out, to XLSX_PART_MAX. */
bool xlsx_pack_read(
    struct xlsx_pack *p, const char *name, struct buf *out, struct err *err);

/* ---- xlsx_value.c ---- */

/* How a cell's number is shown. */
enum xlsx_look { XLSX_NUMBER, XLSX_DATE };

/* The look of a number format, by its id and, for a workbook's own, its code (or
 * NULL): "yyyy-mm-dd" is a date. */
enum xlsx_look xlsx_look(int id, const char *code);

/* Appends the number as pyxform writes it: 5.0 as 5, a date as 2026-11-28 00:00:00, a
 * part of a day as 09:30:00. What is no number is appended as it stands. */
void xlsx_number(const char *text, enum xlsx_look look, bool from_1904, struct buf *out);

/* ---- xlsx.c ---- */

/* True when a file begins as a workbook does. */
bool xlsx_begins(const char *data, size_t len);

/* Appends the sheets of a form as CSV; those that are no form's are named and empty. */
bool xlsx_to_csv(const char *data, size_t len, struct buf *csv, struct err *err);

#endif
