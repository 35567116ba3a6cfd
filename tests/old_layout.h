/*
 * old_layout - a plain notebook whose pages leave no room for a seal, as they once were
 */
#ifndef OLD_LAYOUT_H
#define OLD_LAYOUT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

static inline bool
old_layout_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
	return false;
}

/* Runs what a query of statements gives. */
static inline bool
old_layout_each(sqlite3 *db, const char *query)
{
	sqlite3_stmt *stmt = NULL;
	bool good = sqlite3_prepare_v2(db, query, -1, &stmt, NULL) == SQLITE_OK;

	if (!good)
		fprintf(stderr, "%s: %s\n", query, sqlite3_errmsg(db));
	while (good && sqlite3_step(stmt) == SQLITE_ROW)
		good = old_layout_run(db, (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return good;
}

static inline bool
old_layout_version(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	char sql[64];
	bool good =
	    sqlite3_prepare_v2(db, "PRAGMA new.user_version", -1, &stmt, NULL) ==
		SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW;

	snprintf(sql, sizeof(sql), "PRAGMA main.user_version = %d",
		 good ? sqlite3_column_int(stmt, 0) : 0);
	sqlite3_finalize(stmt);
	return good && old_layout_run(db, sql);
}

/* Makes the file to, with all that is in the plain notebook from. */
static inline bool
old_layout_make(const char *from, const char *to)
{
	char attach[256];
	sqlite3 *db = NULL;
	bool good = sqlite3_open(to, &db) == SQLITE_OK;

	snprintf(attach, sizeof(attach), "ATTACH '%s' AS new", from);
	good = good &&
	       old_layout_run(db, "PRAGMA locking_mode = EXCLUSIVE;"
				  "PRAGMA temp_store = MEMORY;"
				  "PRAGMA application_id = 1836150370") &&
	       old_layout_run(db, attach) &&
	       old_layout_each(db, "SELECT sql FROM new.sqlite_schema"
				   " WHERE type = 'table' AND name NOT LIKE 'sqlite%'") &&
	       old_layout_each(db, "SELECT 'INSERT INTO main.' || name ||"
				   " ' SELECT * FROM new.' || name"
				   " FROM new.sqlite_schema"
				   " WHERE type = 'table' AND name NOT LIKE 'sqlite%'") &&
	       old_layout_each(db, "SELECT sql FROM new.sqlite_schema"
				   " WHERE type <> 'table' AND sql IS NOT NULL") &&
	       old_layout_version(db) &&
	       old_layout_run(db, "PRAGMA main.journal_mode = WAL");
	sqlite3_close(db);
	return good;
}

#endif
