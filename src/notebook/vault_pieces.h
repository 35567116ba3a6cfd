/*
 * vault_pieces - a damaged notebook's rows, read without the notebook
 *
 * SQLite finds a table by its schema and a row by the pages above it; when one of those
 * does not open, everything below is out of reach. Here every page is looked at for
 * itself: what looks like a record, a revision, a draft, a form, a list, a receipt or an
 * entry of the log is one, wherever it stands. Nothing is written to the notebook.
 */
#ifndef VAULT_PIECES_H
#define VAULT_PIECES_H

#include <sqlite3.h>
#include <stdbool.h>

struct err;
struct vault_key;
struct vault_report;

/* The rows, in tables of a database in memory (vault_pieces.c has them); *lost counts the
 * pages that do not open and the rows that are not whole. NULL and err when the file
 * cannot be read at all. Closed with sqlite3_close(). */
sqlite3 *pieces_read(const char *path, struct vault_key *key, long *lost,
    struct err *err);

/* Fills in how many pages there are, do not open and are missing. False: the file cannot
 * be read at all. */
bool pieces_look(const char *path, struct vault_key *key, struct vault_report *report);

#endif
