/*
 * export - what the collector holds, for other programs and for spreadsheets
 *
 * Of every record its last revision; withdrawn ones only when asked for.
 *
 * JSONL is the whole truth: one record a line, the envelope keys _id _form _version
 * _created _rev _operator _station _device (and _withdrawn with the reason), then the
 * answers nested as they were received.
 *
 * CSV is for a spreadsheet: one form, one row a record, a column for every answer that
 * any record has; groups are "g_who/room", repeats "needs[1]/need_text". It begins with
 * a byte order mark, without which Excel takes Chinese for something else; a text that
 * a spreadsheet would run as a formula gets an apostrophe in front.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include <stdbool.h>
#include <stdio.h>

struct db;
struct db_ops;
struct err;

struct export_options {
	const char *form; /* "" for all; CSV needs one */
	bool withdrawn_too;
};

bool export_jsonl(const struct db_ops *ops, struct db *db,
    const struct export_options *options, FILE *out, struct err *err);
bool export_csv(const struct db_ops *ops, struct db *db,
    const struct export_options *options, FILE *out, struct err *err);

#endif
