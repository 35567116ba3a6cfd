/*
 * The write-ahead log: every header and every page is a unit of its own.
 *
 * SQLite recovers a log by reading its header and then frame by frame until one is not
 * valid. What does not open is answered with zeros then, which are not valid: that is
 * how the log of a power cut ends. At any other time it is an error.
 *
 * Where recovery ended before the last frame, those behind it tell whether that was the
 * end (a frame that does not open, or one of an older save or generation stands there):
 * SQLite syncs each save before it writes the next, so a frame behind a whole save proves
 * that the save had been confirmed.
 */
#include "vault_vfs_private.h"

#include <stdlib.h>
#include <string.h>

/* SQLite's sizes, https://www.sqlite.org/fileformat2.html#walformat, and ours. */
#define HEADER        32
#define FRAME_HEADER  24
#define FRAME         (FRAME_HEADER + PAGE_SIZE)
#define SEALED_HEADER (HEADER + CIPHER_EXTRA)
#define SEALED_FRAME  (FRAME_HEADER + CIPHER_EXTRA + PAGE_SIZE)

/* Where the salts stand in the log's header, and in a frame's after page and commit. */
#define HEADER_SALTS 16
#define FRAME_PAGE   0
#define FRAME_COMMIT 4
#define FRAME_SALTS  8
#define FRAME_SUM    16

/* One unit: what SQLite sees of it and where it stands on the disk. */
struct unit {
	enum cipher_kind kind;
	int64_t frame;
	sqlite3_int64 at, disk_at;
	int len;   /* as SQLite sees it */
	int plain; /* what is sealed of that */
};

static struct unit
header_unit(void)
{
	return (struct unit){ .kind = CIPHER_LOG_HEADER, .len = HEADER, .plain = HEADER };
}

static struct unit
frame_header_unit(int64_t frame)
{
	return (struct unit){
		.kind = CIPHER_FRAME_HEADER,
		.frame = frame,
		.at = HEADER + frame * FRAME,
		.disk_at = SEALED_HEADER + frame * SEALED_FRAME,
		.len = FRAME_HEADER,
		.plain = FRAME_HEADER,
	};
}

static struct unit
frame_unit(int64_t frame)
{
	struct unit header = frame_header_unit(frame);

	return (struct unit){
		.kind = CIPHER_FRAME,
		.frame = frame,
		.at = header.at + FRAME_HEADER,
		.disk_at = header.disk_at + FRAME_HEADER + CIPHER_EXTRA,
		.len = PAGE_SIZE,
		.plain = PAGE_PLAIN,
	};
}

static struct unit
unit_at(sqlite3_int64 at)
{
	int64_t frame = (at - HEADER) / FRAME;

	if (at < HEADER)
		return header_unit();
	return (at - HEADER) % FRAME < FRAME_HEADER ? frame_header_unit(frame)
						    : frame_unit(frame);
}

/* Which clean close of the database a log comes after: its header is sealed to that, so
 * that one of another day that was put back is not taken for the end of this one. */
static uint64_t
header_epoch(const struct vault_file *f)
{
	return f->vfs->pages ? f->vfs->pages->state.serial + 1 : 0;
}

static struct cipher_place
unit_place(const struct vault_file *f, const struct unit *u)
{
	return (struct cipher_place){
		.kind = u->kind,
		.number = (uint64_t)u->frame,
		.epoch = u->kind == CIPHER_FRAME        ? f->log.salts
			 : u->kind == CIPHER_LOG_HEADER ? header_epoch(f)
							: 0,
	};
}

static uint64_t
get_salts(const unsigned char *in)
{
	uint64_t salts;

	memcpy(&salts, in, sizeof(salts));
	return salts;
}

/* How many whole frames stand on the disk; *rest is what is behind them. */
static int
count_frames(struct vault_file *f, int64_t *frames, int64_t *rest)
{
	sqlite3_int64 size;
	int code = under_size(f, &size);

	*frames = *rest = 0;
	if (code != SQLITE_OK || size < SEALED_HEADER)
		return code;
	*frames = (size - SEALED_HEADER) / SEALED_FRAME;
	*rest = (size - SEALED_HEADER) % SEALED_FRAME;
	return SQLITE_OK;
}

/* How many clean closes before and after this one are looked through for a log that does
 * not belong here; that is some hundred days. */
#define OTHER_DAYS 400

/* The header of a log begun in this session or the one that a crash ended: before the
 * database was first written in it or after; or when of the two sectors that tell the
 * newer one is damaged; or by a program that did not seal headers so (0). A log of
 * another day opens as well, but does not count. */
static bool
open_header(struct vault_file *f, const struct unit *u, unsigned char *out)
{
	struct cipher_place place = unit_place(f, u);
	uint64_t now = place.epoch;
	const struct state *s = f->vfs->pages ? &f->vfs->pages->state : NULL;
	uint64_t takes[] = { now, s && s->one_bad ? now + 1 : now,
			     s && s->on_disk ? now : now - 1, 0 };

	for (size_t i = 0; i < sizeof(takes) / sizeof(*takes); i++) {
		place.epoch = takes[i];
		if (cipher_open(f->vfs->cipher, place, f->unit, (size_t)u->plain, out))
			return true;
	}
	for (int64_t i = -OTHER_DAYS; i <= OTHER_DAYS && !f->log.other; i++) {
		place.epoch = now + (uint64_t)i;
		f->log.other = cipher_open(f->vfs->cipher, place, f->unit, (size_t)u->plain,
		    out);
	}
	return false;
}

static bool
open_sealed(struct vault_file *f, const struct unit *u, unsigned char *out)
{
	return u->kind == CIPHER_LOG_HEADER
		   ? open_header(f, u, out)
		   : cipher_open(f->vfs->cipher, unit_place(f, u), f->unit,
			 (size_t)u->plain, out);
}

/* Opens one unit into out. SQLITE_IOERR_DATA: it is not what was written there. */
static int
open_unit(struct vault_file *f, const struct unit *u, unsigned char *out)
{
	int code = under_read(f, f->unit, u->plain + CIPHER_EXTRA, u->disk_at);

	if (code == SQLITE_OK && open_sealed(f, u, out)) {
		memset(out + u->plain, 0, (size_t)(u->len - u->plain));
		return SQLITE_OK;
	}
	memset(out, 0, (size_t)u->len);
	return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA
								    : code;
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* --- recovery --- */

/* SQLite counts in the first half of the salts, and draws the other by lot. */
static bool
is_newer(const unsigned char *salts, uint64_t than)
{
	unsigned char bytes[sizeof(than)];

	memcpy(bytes, &than, sizeof(than));
	return (int32_t)(get32(salts) - get32(bytes)) > 0;
}

/* What recovery sees of a unit is remembered for log_recovered(). */
static void
recovery_saw(struct log *log, const struct unit *u, bool bad, const unsigned char *bytes)
{
	if (u->kind == CIPHER_LOG_HEADER) {
		log->header_bad = bad;
		log->salts = bad ? 0 : get_salts(bytes + HEADER_SALTS);
	} else if (u->kind == CIPHER_FRAME_HEADER) {
		log->last = u->frame;
		log->last_bad = bad;
		/* A frame of an earlier generation is an honest end. */
		log->last_old = !bad && get_salts(bytes + FRAME_SALTS) != log->salts;
		log->last_newer = log->last_old && is_newer(bytes + FRAME_SALTS, log->salts);
	} else {
		log->last_bad |= bad && !log->last_old;
	}
}

/* A frame's header, when it opens and belongs to this generation. */
static bool
same_generation(struct vault_file *f, int64_t frame, unsigned char header[FRAME_HEADER])
{
	struct unit u = frame_header_unit(frame);

	return open_unit(f, &u, header) == SQLITE_OK &&
	       get_salts(header + FRAME_SALTS) == f->log.salts;
}

static bool
is_commit(const unsigned char header[FRAME_HEADER])
{
	static const unsigned char none[4];

	return memcmp(header + FRAME_COMMIT, none, sizeof(none)) != 0;
}

static void
add_sum(uint32_t sum[2], const unsigned char *bytes, int len)
{
	for (int i = 0; i < len; i += 8) {
		uint32_t words[2]; /* in this machine's order, as SQLite writes them */

		memcpy(words, bytes + i, sizeof(words));
		sum[0] += words[0] + sum[1];
		sum[1] += words[1] + sum[0];
	}
}

/* Was this frame written after the one before? Their checksums are a chain; a frame
 * left from a save that was taken back is no part of it. */
static bool
is_chained(struct vault_file *f, int64_t frame,
	   const unsigned char before[FRAME_HEADER])
{
	unsigned char header[FRAME_HEADER], page[PAGE_SIZE];
	struct unit body = frame_unit(frame);
	uint32_t sum[2] = { get32(before + FRAME_SUM), get32(before + FRAME_SUM + 4) };

	if (!same_generation(f, frame, header) || open_unit(f, &body, page) != SQLITE_OK)
		return false;
	add_sum(sum, header, FRAME_SALTS);
	add_sum(sum, page, PAGE_SIZE);
	return sum[0] == get32(header + FRAME_SUM) &&
	       sum[1] == get32(header + FRAME_SUM + 4);
}

/* Saves behind the frame where recovery ended: one after which more was written had been
 * confirmed. Also behind a frame that opens: the disk may have swallowed the write of the
 * one that should stand there, and the one before is still in its place. */
static void
look_behind(struct vault_file *f, int64_t frames)
{
	struct vault_events *events = &f->vfs->events;
	unsigned char header[FRAME_HEADER];

	for (int64_t i = f->log.last + 1; i + 1 < frames; i++)
		if (same_generation(f, i, header) && is_commit(header) &&
		    is_chained(f, i + 1, header)) {
			events->log_loss = LOG_LOST;
			events->saves_lost++;
		}
}

/* --- a log whose header does not open, or is not its frames' --- */

/* Its frames, of one generation, up to the last whole save; returns how many saves. */
static int
saves_without_header(struct vault_file *f, int64_t frames, int64_t *end)
{
	unsigned char header[FRAME_HEADER], page[PAGE_SIZE];
	int saves = 0;

	*end = 0;
	for (int64_t i = 0; i < frames; i++) {
		struct unit head = frame_header_unit(i), body = frame_unit(i);

		if (open_unit(f, &head, header) != SQLITE_OK)
			break;
		if (i == 0)
			f->log.salts = get_salts(header + FRAME_SALTS);
		if (get_salts(header + FRAME_SALTS) != f->log.salts ||
		    open_unit(f, &body, page) != SQLITE_OK)
			break;
		if (!is_commit(header))
			continue;
		saves++;
		*end = i + 1;
	}
	return saves;
}

/* Is a page that the log has not what the database has? */
static bool
page_differs(struct vault_file *f, int64_t frame, uint32_t number)
{
	struct unit body = frame_unit(frame);
	unsigned char logged[PAGE_SIZE], there[PAGE_SIZE];

	return open_unit(f, &body, logged) != SQLITE_OK || !f->vfs->pages ||
	       pages_page(f->vfs->pages, (int64_t)number - 1, there) != SQLITE_OK ||
	       memcmp(logged, there, PAGE_PLAIN) != 0;
}

/*
 * A log is begun anew only when the database has all of it: then a header that was torn
 * in the writing costs nothing. Otherwise the header was damaged, and the saves that
 * only the log had are out of reach.
 */
static void
look_without_header(struct vault_file *f, int64_t frames)
{
	struct vault_events *events = &f->vfs->events;
	unsigned char header[FRAME_HEADER];
	uint64_t salts = f->log.salts;
	int64_t end;
	int saves = saves_without_header(f, frames, &end);
	uint32_t *seen = calloc((size_t)end + 1, sizeof(*seen)), count = 0;
	bool differs = end > 0 && !seen;

	for (int64_t i = end - 1; i >= 0 && !differs; i--) {
		uint32_t number, k = 0;

		if (!same_generation(f, i, header))
			continue;
		number = get32(header + FRAME_PAGE);
		while (k < count && seen[k] != number)
			k++;
		if (k < count)
			continue; /* a later frame of the same page was compared */
		seen[count++] = number;
		differs = page_differs(f, i, number);
	}
	free(seen);
	f->log.salts = salts;
	if (!differs)
		return;
	events->log_loss = LOG_LOST;
	events->saves_lost = saves;
}

void
log_recovered(struct vault_vfs *vfs)
{
	struct vault_file *f = vfs->log;
	int64_t frames, rest;

	if (!f || !f->log.recovering)
		return;
	f->log.recovering = false;
	if (count_frames(f, &frames, &rest) != SQLITE_OK)
		return;
	if (f->log.other) {
		vfs->events.log_loss = LOG_OTHER;
		return;
	}
	if (f->log.last_bad || (rest > 0 && f->log.last + 1 == frames))
		vfs->events.log_loss = LOG_CUT;
	if (f->log.header_bad || (f->log.last == 0 && f->log.last_newer))
		look_without_header(f, frames);
	else
		look_behind(f, frames);
}

/* --- for SQLite --- */

int
log_open(struct vault_file *f)
{
	sqlite3_int64 size;
	int code = under_size(f, &size);

	f->log.recovering = code == SQLITE_OK && size > 0;
	f->log.last = -1;
	return code;
}

static int
read_unit(struct vault_file *f, const struct unit *u, unsigned char *out)
{
	int code = open_unit(f, u, out);
	bool bad = code == SQLITE_IOERR_DATA;

	if (!f->log.recovering) {
		f->vfs->events.bad_pages += bad;
		return code;
	}
	recovery_saw(&f->log, u, bad, out);
	return bad ? SQLITE_OK : code; /* zeros end the recovery */
}

int
log_read(struct vault_file *f, void *bytes, int len, sqlite3_int64 at)
{
	unsigned char unit[PAGE_SIZE], *out = bytes;

	/* Recovery reads the header and frames; anything else comes after it. */
	if (!(at == 0 && len == HEADER) && len != FRAME)
		log_recovered(f->vfs);
	while (len > 0) {
		struct unit u = unit_at(at);
		int skip = (int)(at - u.at), part = u.len - skip;
		int code = read_unit(f, &u, unit);

		if (code != SQLITE_OK)
			return code;
		if (part > len)
			part = len;
		memcpy(out, unit + skip, (size_t)part);
		out += part;
		at += part;
		len -= part;
	}
	return SQLITE_OK;
}

static bool
is_zero(const unsigned char *bytes, int len)
{
	unsigned char all = 0;

	while (len-- > 0)
		all |= bytes[len];
	return !all;
}

int
log_write(struct vault_file *f, const void *bytes, int len, sqlite3_int64 at)
{
	const unsigned char *in = bytes;

	log_recovered(f->vfs);
	while (len > 0) {
		struct unit u = unit_at(at);
		int code;

		if (at != u.at || len < u.len)
			return SQLITE_IOERR_WRITE; /* only whole units are sealed */
		if (u.kind == CIPHER_LOG_HEADER)
			f->log.salts = get_salts(in + HEADER_SALTS);
		if (u.plain < u.len && !is_zero(in + u.plain, u.len - u.plain))
			return SQLITE_IOERR_WRITE; /* it would not come back */
		cipher_seal(f->vfs->cipher, unit_place(f, &u), in, (size_t)u.plain,
			    f->unit);
		code = under_write(f, f->unit, u.plain + CIPHER_EXTRA, u.disk_at);
		if (code != SQLITE_OK)
			return code;
		in += u.len;
		at += u.len;
		len -= u.len;
	}
	return SQLITE_OK;
}

/* SQLite cuts off what is no longer in use, at any size: the frames that fit stay. */
int
log_truncate(struct vault_file *f, sqlite3_int64 size)
{
	sqlite3_int64 disk_size = 0;

	if (size >= HEADER)
		disk_size = SEALED_HEADER + (size - HEADER) / FRAME * SEALED_FRAME;
	return f->under->pMethods->xTruncate(f->under, disk_size);
}

int
log_size(struct vault_file *f, sqlite3_int64 *size)
{
	int64_t frames = 0, rest;
	sqlite3_int64 disk_size;
	int code = under_size(f, &disk_size);

	if (code == SQLITE_OK)
		code = count_frames(f, &frames, &rest);
	if (code == SQLITE_OK)
		*size = disk_size < SEALED_HEADER ? 0 : HEADER + frames * FRAME;
	return code;
}
