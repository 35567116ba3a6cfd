/*
 * A look at every page of a notebook: do they open, are they today's, do they hang
 * together.
 */
#include "store.h"

#include "vault.h"
#include "vault_pieces.h"
#include "vault_vfs_private.h"

#include <string.h>

#define PROBLEMS_MAX 100

static void
bad(struct vault_report *report, int64_t page)
{
	if (report->bad_pages++ == 0)
		report->bad_page = page;
}

bool
vault_is_hole(const struct vault_file *f)
{
	unsigned char all = 0;

	for (int i = 0; i < PAGE_SIZE; i++)
		all |= f->unit[i];
	return !all;
}

static void
open_every_page(struct vault_file *f, struct vault_report *report)
{
	unsigned char page[PAGE_SIZE], digest[CIPHER_DIGEST];

	for (int64_t i = 0; i < f->page_count; i++)
		if (pages_page(f, i, page) != SQLITE_OK && !vault_is_hole(f))
			bad(report, i + 1);
	if (report->bad_pages == 0 && f->state.on_disk && f->state.known)
		report->stale = state_count(f, digest) == SQLITE_OK &&
				memcmp(digest, f->state.digest, CIPHER_DIGEST) != 0;
}

/* Where the header says how many pages there are. */
#define AT_PAGE_COUNT 28

static void
count_missing(sqlite3_file *file, struct vault_report *report)
{
	unsigned char at[4];
	int64_t pages;

	if (file->pMethods->xRead(file, at, sizeof(at), AT_PAGE_COUNT) != SQLITE_OK)
		return;
	pages = (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
	if (pages > report->pages)
		report->missing = pages - report->pages;
}

/* SQLite heads its lines with the database's name. */
static void
add_problem(struct vault_report *report, const char *text)
{
	size_t len;

	if (strncmp(text, "***", 3) == 0)
		text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
	len = strcspn(text, "\n");

	if (report->problems++ > 0)
		return;
	if (len >= sizeof(report->problem))
		len = sizeof(report->problem) - 1;
	memcpy(report->problem, text, len);
	report->problem[len] = '\0';
}

/* SQLite's own look at how the pages hang together. */
static void
check_structure(struct notebook *nb, struct vault_report *report)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(nb->db, "PRAGMA integrity_check", -1, &stmt, NULL);

	while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *text = store_column(stmt, 0);

		if (strcmp(text, "ok") != 0 && report->problems < PROBLEMS_MAX)
			add_problem(report, text);
		code = SQLITE_OK;
	}
	if (code != SQLITE_DONE)
		add_problem(report, sqlite3_errstr(code));
	sqlite3_finalize(stmt);
}

/* What nothing opens without is damaged: the pages can be counted all the same. */
static bool
check_shut(const char *path, struct vault_key *key, struct vault_report *report)
{
	if (!pieces_look(path, key, report))
		return false;
	add_problem(report, "the schema does not open");
	report->keys_bad = key ? vault_keys_bad(path, key) : 0;
	return true;
}

bool
vault_check(const char *path, struct vault_key *key, const struct clock *clock,
	    struct vault_report *report, struct err *err)
{
	struct err why = { 0 };
	struct notebook *nb = notebook_open_frozen(path, key, clock, &why);
	const struct vault_events *events;
	struct vault_file *f = NULL;
	sqlite3_int64 pages;

	memset(report, 0, sizeof(*report));
	if (!nb && why.kind == ERR_DAMAGED && check_shut(path, key, report))
		return true;
	if (!nb && err)
		*err = why;
	if (!nb)
		return false;
	check_structure(nb, report);
	events = vault_vfs_events(nb->vfs);
	report->saves_lost = events->saves_lost;
	report->cut = events->log_loss == LOG_CUT;
	report->other_log = events->log_loss == LOG_OTHER;
	sqlite3_file_control(nb->db, "main", SQLITE_FCNTL_FILE_POINTER, &f);
	if (f->base.pMethods->xFileSize(&f->base, &pages) == SQLITE_OK)
		report->pages = pages / PAGE_SIZE;
	if (key)
		report->keys_bad = vault_keys_bad(path, key);
	if (state_log_is_gone(f))
		count_missing(&f->base, report);
	/* A log that is not empty may hold the better copy of a page. */
	if (f->kind == FILE_PAGES && state_log_is_gone(f))
		open_every_page(f, report);
	else if (events->bad_pages > 0) {
		report->bad_pages = events->bad_pages;
		report->bad_page = events->bad_page;
	}
	notebook_close(nb);
	return true;
}

bool
vault_report_is_good(const struct vault_report *r)
{
	return r->bad_pages == 0 && r->missing == 0 && r->keys_bad == 0 && !r->stale &&
	       !r->other_log && r->saves_lost == 0 && r->problems == 0;
}
