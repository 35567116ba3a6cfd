/*
 * What a worker should know of the notebook's file, in words.
 */
#include "store.h"

#include "clock.h"
#include "i18n.h"
#include "vault_ballast.h"
#include "vault_files.h"
#include "vault_vfs.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS        ((int64_t)24 * 3600 * 1000)
#define LONG_AGO      (400 * DAY_MS)
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
	case LOG_OTHER:
		line(words);
		buf_str(words,
			_("The file with the last saves (-wal) is not of the same day as the "
			  "notebook: one of the two was put back from another copy. It was not "
			  "read. Look at the last records, and if something is missing, type "
			  "it again or bring back a backup."));
		if (nb->kept.len > 0)
			buf_fmt(words, _(" Both files are kept as %s."),
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

static int64_t
last_changed(struct notebook *nb)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LAST_CHANGED, NULL);
	int64_t last = 0;

	if (!stmt)
		return 0;
	if (store_step(nb, stmt, NULL) == 1)
		last = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return last;
}

/* The last change, in milliseconds, when the collector said that this clock is right. */
#define SETTING_CLOCK_AGREED "clock.agreed"

static int64_t
agreed(struct notebook *nb)
{
	struct buf text = { 0 };
	int64_t ms = 0;

	if (notebook_get(nb, SETTING_CLOCK_AGREED, &text, NULL) && text.len)
		ms = strtoll(buf_text(&text), NULL, 10);
	buf_clear(&text);
	return ms;
}

void
notebook_clock_agrees(struct notebook *nb)
{
	int64_t last = last_changed(nb);
	char text[24];

	if (last <= clock_now(nb->clock) + DAY_MS || last <= agreed(nb))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)last);
	notebook_set(nb, SETTING_CLOCK_AGREED, text, NULL);
}

static void
warn_of_clock(struct notebook *nb, struct buf *words)
{
	int64_t now = clock_now(nb->clock), last = last_changed(nb);
	char today[CLOCK_STAMP_SIZE], before[CLOCK_STAMP_SIZE];
	bool ahead = last > now + DAY_MS && last > agreed(nb);

	if (!ahead && (last == 0 || now < last + LONG_AGO))
		return;
	clock_stamp(nb->clock, now, today);
	clock_stamp(nb->clock, last, before);
	line(words);
	if (ahead)
		buf_fmt(words,
			_("The computer's clock says %.10s, but the notebook was written on "
			  "%.10s. Nothing is lost. If today's date is wrong, set the clock "
			  "before you write: records would get the wrong day. If it is "
			  "right, look at the days of the last records."),
			today, before);
	else
		buf_fmt(words,
			_("The computer's clock says %.10s, and the notebook was last written "
			  "on %.10s. If today's date is wrong, set the clock before you "
			  "write."),
			today, before);
}

bool
notebook_has_room(const struct notebook *nb, struct buf *words)
{
	bool reserve = ballast_lay(nb->path); /* again, as soon as there is room */
	int64_t room = files_room(nb->path);

	if (!reserve && (vault_vfs_events(nb->vfs)->ballast_spent ||
			    (room >= 0 && room < BALLAST_SIZE))) {
		line(words);
		buf_str(words,
			_("The disk is full: saves used up the reserve. Make room before you "
			  "go on."));
		return false;
	}
	if (room < 0 || room >= ROOM_LOW)
		return true;
	line(words);
	if (room < BYTES_PER_MIB)
		buf_str(words, _("The disk is nearly full: less than 1 MB is left. Make room "
				 "now."));
	else
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
