#include "store.h"

#include "i18n.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* The disk, not the database, is what ran out. SQLite says so of ENOSPC only; of a
 * quota or a size limit it leaves errno (sqlite3_system_errno() stays 0 for a step). */
static bool
disk_is_full(int code, int cause)
{
	if ((code & 0xFF) == SQLITE_FULL)
		return true;
	return (code & 0xFF) == SQLITE_IOERR &&
	       (cause == ENOSPC || cause == EDQUOT || cause == EFBIG);
}

/* The disk has made itself read-only while the file was open, or the file was opened for
 * reading alone and is asked for a lock, which only a writer can have. */
static bool
is_read_only(int code, int cause)
{
	return (code & 0xFF) == SQLITE_IOERR &&
	       (cause == EROFS || (code == SQLITE_IOERR_LOCK && cause == EBADF));
}

/* What SQLite says of itself may quote names of columns, never what was typed; it is
 * kept to the number all the same. */
bool
store_fail(struct notebook *nb, struct err *err)
{
	int cause = errno, code = sqlite3_extended_errcode(nb->db);

	if (disk_is_full(code, cause))
		return err_set(
		    err, ERR_SYSTEM,
		    _("The disk is full, so this could not be saved. Make room on the "
		      "disk and try again. Everything that was saved before is safe."));
	if (code == SQLITE_IOERR_DATA || (code & 0xFF) == SQLITE_CORRUPT)
		return err_set(
		    err, ERR_DAMAGED,
		    _("A part of the notebook's file is damaged and cannot be read. "
		      "Nothing else is touched, and you can go on with everything that "
		      "opens. Do not delete the file. \"minqing vault check\" tells how "
		      "much is damaged, \"minqing vault salvage\" writes out all that "
		      "can be read."));
	if (is_read_only(code, cause))
		code = SQLITE_READONLY;
	switch (code & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(
		    err, ERR_BUSY,
		    _("The notebook is open in another window. Close it there, or go "
		      "on there."));
	case SQLITE_IOERR:
		return err_set(
		    err, ERR_SYSTEM,
		    _("The disk failed while the notebook was read or written (%d). "
		      "Everything that was saved before is kept as it was. Try again; "
		      "if it happens again, copy the notebook to another disk."),
		    code);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return err_set(
		    err, ERR_SYSTEM,
		    _("The notebook cannot be written: the file or its folder is "
		      "read-only. Nothing was lost. Make it writable and try again. If the "
		      "disk has made itself read-only, it fails: \"minqing backup FOLDER\" "
		      "copies the notebook to a stick."));
	case SQLITE_CANTOPEN:
		return err_set(
		    err, ERR_SYSTEM,
		    _("The notebook's file cannot be opened. Check that its folder is "
		      "there and that you may write in it."));
	case SQLITE_NOTADB:
		return err_set(err, ERR_SYSTEM, _("This file is not a notebook. Choose another one."));
	case SQLITE_NOMEM:
		return err_set(
		    err, ERR_SYSTEM,
		    _("There is not enough memory. Everything that was saved before is "
		      "safe. Close other programs and try again."));
	}
	return err_set(
	    err, ERR_SYSTEM,
	    _("The notebook could not do this (%d). Everything that was "
	    "saved before is safe. Try again."),
	    code);
}

sqlite3_stmt *
store_stmt(struct notebook *nb, enum stmt which, struct err *err)
{
	sqlite3_stmt **slot = &nb->stmts[which];

	errno = 0;
	if (!*slot &&
	    sqlite3_prepare_v3(nb->db, stmt_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
			       slot, NULL) != SQLITE_OK) {
		store_fail(nb, err);
		return NULL;
	}
	assert(!sqlite3_stmt_busy(*slot)); /* a callback may not call its caller */
	return *slot;
}

int
store_step(struct notebook *nb, sqlite3_stmt *stmt, struct err *err)
{
	int code;

	errno = 0; /* store_fail() asks for it */
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE) {
		store_fail(nb, err);
		if (nb->depth > 0 && sqlite3_get_autocommit(nb->db))
			nb->lost = true;
	}
	sqlite3_reset(stmt);
	return code == SQLITE_DONE ? 0 : -1;
}

bool
store_run(struct notebook *nb, sqlite3_stmt *stmt, struct err *err)
{
	int got = store_step(nb, stmt, err);

	assert(got <= 0);
	return got == 0;
}

bool
store_exec(struct notebook *nb, const char *sql, struct err *err)
{
	errno = 0;
	if (sqlite3_exec(nb->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	store_fail(nb, err);
	if (nb->depth > 0 && sqlite3_get_autocommit(nb->db))
		nb->lost = true;
	return false;
}

static bool
run(struct notebook *nb, enum stmt which, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, which, err);

	return stmt && store_run(nb, stmt, err);
}

bool
notebook_begin(struct notebook *nb, struct err *err)
{
	if (nb->lost)
		return err_set(err, ERR_SYSTEM,
			       _("The disk failed before, so this was not done. Leave the "
			    "notebook and open it again."));
	if (!run(nb, nb->depth ? STMT_SAVEPOINT : STMT_BEGIN, err))
		return false;
	nb->depth++;
	return true;
}

/* The outermost end. A commit that fails is taken back: no half of it stays. */
static bool
end_transaction(struct notebook *nb, bool keep, struct err *err)
{
	bool kept;

	if (nb->lost) {
		nb->lost = false;
		if (!keep)
			return true;
		return err_set(
		    err, ERR_SYSTEM,
		    _("The disk failed, so nothing of this was saved. Everything "
		    "that was saved before is safe. Leave the notebook and "
		    "open it again."));
	}
	kept = keep && run(nb, STMT_COMMIT, err);
	if (!kept && !sqlite3_get_autocommit(nb->db) &&
	    !run(nb, STMT_ROLLBACK, keep ? NULL : err))
		return false;
	return kept || !keep;
}

bool
notebook_end(struct notebook *nb, bool keep, struct err *err)
{
	if (nb->depth == 0) { /* the end that failed before was the end */
		assert(!keep);
		return true;
	}
	if (--nb->depth == 0)
		return end_transaction(nb, keep, err);
	if (nb->lost)
		return !keep ||
		       err_set(err, ERR_SYSTEM,
			       _("The disk failed before, so this was not done. Leave the "
			    "notebook and open it again."));
	if (!keep && !run(nb, STMT_ROLLBACK_TO, err))
		return false;
	return run(nb, STMT_RELEASE, err);
}

bool
store_end(struct notebook *nb, bool ok, struct err *err)
{
	/* What went wrong first is what the user needs to know. */
	if (!ok) {
		notebook_end(nb, false, NULL);
		return false;
	}
	if (notebook_end(nb, true, err))
		return true;
	return false;
}

void
store_bind(sqlite3_stmt *stmt, int index, const char *text)
{
	if (text)
		store_bind_bytes(stmt, index, text, strlen(text));
	else
		sqlite3_bind_null(stmt, index);
}

void
store_bind_bytes(sqlite3_stmt *stmt, int index, const char *text, size_t len)
{
	sqlite3_bind_text64(stmt, index, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

const char *
store_column(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text ? (const char *)text : "";
}

static void
quote(struct buf *sql, char mark, const char *text)
{
	buf_char(sql, mark);
	for (; *text; text++) {
		if (*text == mark)
			buf_char(sql, mark);
		buf_char(sql, *text);
	}
	buf_char(sql, mark);
}

void
store_quote_name(struct buf *sql, const char *name)
{
	quote(sql, '"', name);
}

void
store_quote_text(struct buf *sql, const char *text)
{
	quote(sql, '\'', text);
}
