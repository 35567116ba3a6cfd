/*
 * What a worker should know of the notebook's file, in words.
 */
#include "store.h"

#include "clock.h"
#include "i18n.h"
#include "vault_ballast.h"
#include "vault_files.h"
#include "vault_vfs.h"

#define DAY_MS        ((int64_t)24 * 3600 * 1000)
#define ROOM_LOW      ((int64_t)50 << 20) /* some weeks of records */
#define BYTES_PER_MIB ((int64_t)1 << 20)

static void
line(struct buf *words)
{
	if (words->len > 0)
		buf_char(words, '\n');
}

static void
warn_of_log(struct notebook *nb, struct buf *words)
{
	const struct vault_events *events = vault_vfs_events(nb->vfs);

	switch (events->log_loss) {
	case LOG_WHOLE:
		return;
	case LOG_CUT:
		line(words);
		buf_str(words,
			_("The last save in the notebook is not whole: the computer "
			  "stopped in the middle of it, or the disk has damaged it. All "
			  "before it is here; look at what was typed last."));
		return;
	case LOG_LOST:
		line(words);
		buf_fmt(words,
			_("The disk has damaged the end of the notebook: at least %d of "
			  "the last saves cannot be read. All that was saved before "
			  "them is here. Look at the last records, type again what is "
			  "missing, and have the disk checked."),
			events->saves_lost);
		if (nb->kept.len > 0)
			buf_fmt(words, _(" The damaged file is kept as %s."),
				buf_text(&nb->kept));
		return;
	}
}

/* No more than that: which of the two was damaged says nothing to a worker. */
static void
warn_of_keys(const struct notebook *nb, struct buf *words)
{
	if (!nb->keys_mended)
		return;
	line(words);
	buf_str(words,
		_("The beginning of the notebook's file was damaged. Nothing is lost: it "
		  "stands there twice and was mended from the second copy. Make a backup, "
		  "and if this is said again, have the disk checked."));
}

static void
warn_of_clock(struct notebook *nb, struct buf *words)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LAST_CHANGED, NULL);
	int64_t now = clock_now(nb->clock), last = 0;
	char today[CLOCK_STAMP_SIZE], before[CLOCK_STAMP_SIZE];

	if (!stmt)
		return;
	if (store_step(nb, stmt, NULL) == 1)
		last = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	if (last <= now + DAY_MS)
		return;
	clock_stamp(nb->clock, now, today);
	clock_stamp(nb->clock, last, before);
	line(words);
	buf_fmt(words,
		_("The computer's clock says %.10s, but the notebook was written on "
		  "%.10s. Nothing is lost, but new records would get the wrong day: set "
		  "the clock."),
		today, before);
}

bool
notebook_has_room(const struct notebook *nb, struct buf *words)
{
	int64_t room = files_room(nb->path);

	if (vault_vfs_events(nb->vfs)->ballast_spent) {
		line(words);
		buf_str(words,
			_("The disk is full: the last saves used up the reserve. Make "
			  "room before you go on."));
		return false;
	}
	if (room < 0 || room >= ROOM_LOW)
		return true;
	line(words);
	buf_fmt(words,
		_("The disk is nearly full: %lld MB are left. Make room before it is "
		  "full."),
		(long long)(room / BYTES_PER_MIB));
	return false;
}

void
notebook_warnings(struct notebook *nb, struct buf *words)
{
	warn_of_keys(nb, words);
	warn_of_log(nb, words);
	warn_of_clock(nb, words);
	notebook_has_room(nb, words);
}
