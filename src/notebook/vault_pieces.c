/*
 * The pages one by one, https://www.sqlite.org/fileformat2.html: of the log's when it
 * has a later one, of the database's otherwise. Pages that are free hold what was
 * deleted and are passed over, as far as they are known.
 */
#include "vault_pieces.h"

#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "vault_vfs_private.h"

#include <stdlib.h>
#include <string.h>

#define LEAF          13 /* a page of a table's rows */
#define FIRST_HEADER  100
#define AT_USABLE     20 /* in the first page: bytes at the end of pages that are not used */
#define AT_PAGES      28 /* in the first page: how many there are */
#define AT_FREE       32 /* in the first page: the first that tells of free pages */
#define LOG_HEADER    32
#define FRAME_HEADER  24
#define FRAME         (FRAME_HEADER + PAGE_SIZE)
#define COLUMNS_MAX   24
#define ROW_MAX       (64 << 20)

struct pieces {
	struct vault_vfs *vfs;
	sqlite3_file *file, *log;
	char *file_name, *log_name; /* SQLite's: ended by two NULs */
	int64_t pages;
	int64_t *frames; /* by page, from 1: its last frame in the log, from 1; 0: none */
	bool *free;      /* by page */
	int usable;
	sqlite3 *db;
	sqlite3_stmt **inserts;
	unsigned char *row; /* the one that is looked at */
	size_t row_cap;
	long lost;
};

/* --- what rows look like --- */

/* A letter a column: N null (the row's own number), I a whole number, T text, B bytes;
 * small: or null. Columns that came later may be missing at the end (after '/'). */
struct shape {
	const char *columns;
	const char *table;  /* made in memory */
	const char *insert; /* ?1 is the row's number, ?2… the columns */
	bool may_be_cut;    /* without its end it is still of use */
};

/* Of two rows of one number the newer one counts. */
/* clang-format off */
static const struct shape shapes[] = {
	{ "NTTTTIiTTTITTTTTTT/TT",
	  "CREATE TABLE record (number INTEGER PRIMARY KEY, id, form, version, state, rev,"
	  " created, changed, modified, user, station, device)",
	  "INSERT INTO record VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?11, ?12, ?13, ?14, ?15, ?16)"
	  " ON CONFLICT DO UPDATE SET id = excluded.id, form = excluded.form,"
	  " version = excluded.version, state = excluded.state, rev = excluded.rev,"
	  " created = excluded.created, changed = excluded.changed,"
	  " modified = excluded.modified, user = excluded.user, station = excluded.station,"
	  " device = excluded.device WHERE excluded.changed > changed", false },
	{ "NIIITTTTTtt",
	  "CREATE TABLE revision (seq INTEGER PRIMARY KEY, record, rev, version, at, user,"
	  " why, answers); CREATE INDEX of_record ON revision (record)",
	  "INSERT OR IGNORE INTO revision VALUES (?1, ?3, ?4, ?6, ?7, ?8, ?11, ?12)", true },
	{ "NTITTTT/I",
	  "CREATE TABLE draft (record INTEGER PRIMARY KEY, version, saved, modified, title,"
	  " cursor, answers)",
	  "INSERT INTO draft VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8)"
	  " ON CONFLICT DO UPDATE SET version = excluded.version, saved = excluded.saved,"
	  " modified = excluded.modified, title = excluded.title, cursor = excluded.cursor,"
	  " answers = excluded.answers WHERE excluded.saved > saved", true },
	{ "NTTTTBT",
	  "CREATE TABLE form (number INTEGER PRIMARY KEY, id, version, source)",
	  "INSERT OR IGNORE INTO form VALUES (?1, ?3, ?4, ?7)", false },
	{ "TTB",
	  "CREATE TABLE list (filename PRIMARY KEY, added, text)",
	  "INSERT INTO list VALUES (?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
	  " added = excluded.added, text = excluded.text WHERE excluded.added > added", false },
	{ "NTTTIIIIIIITT",
	  "CREATE TABLE receipt (id INTEGER PRIMARY KEY, began, ended, collector, sent,"
	  " accepted, refused, remaining, digest, outcome)",
	  "INSERT OR REPLACE INTO receipt VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?13, ?14)",
	  false },
	{ "NTTTTT",
	  "CREATE TABLE audit (number INTEGER PRIMARY KEY, at, who, what, about, hash)",
	  "INSERT OR IGNORE INTO audit VALUES (?1, ?3, ?4, ?5, ?6, ?7)", false },
};
/* clang-format on */
#define SHAPES (sizeof(shapes) / sizeof(*shapes))

struct value {
	char kind; /* as in shape.columns; F: a number with a point */
	int64_t number;
	const unsigned char *bytes;
	int64_t len;
};

static bool
fits(const struct shape *s, const struct value *values, int count)
{
	const char *c = s->columns;
	int i = 0;

	for (bool optional = false; *c; c++) {
		if (*c == '/') {
			optional = true;
			continue;
		}
		if (i == count)
			return optional;
		if (values[i].kind != (*c >= 'a' ? *c - 'a' + 'A' : *c) &&
		    !(*c >= 'a' && values[i].kind == 'N'))
			return false;
		i++;
	}
	return i == count;
}

/* --- numbers --- */

static uint32_t
get_number(const unsigned char *at, int len)
{
	uint32_t n = 0;

	while (len-- > 0)
		n = n << 8 | *at++;
	return n;
}

/* SQLite's numbers of one to nine bytes. False: the end comes first. */
static bool
get_varint(const unsigned char **at, const unsigned char *end, int64_t *number)
{
	uint64_t n = 0;

	for (int i = 0; i < 9 && *at < end; i++) {
		unsigned char c = *(*at)++;

		n = i == 8 ? n << 8 | c : n << 7 | (c & 0x7F);
		if (i == 8 || !(c & 0x80)) {
			*number = (int64_t)n;
			return true;
		}
	}
	return false;
}

/* --- pages --- */

static bool
read_page(struct pieces *p, int64_t number, unsigned char page[PAGE_SIZE])
{
	int64_t frame = p->frames[number];
	sqlite3_int64 at = LOG_HEADER + (frame - 1) * FRAME + FRAME_HEADER;

	if (frame > 0)
		return p->log->pMethods->xRead(p->log, page, PAGE_SIZE, at) == SQLITE_OK;
	return p->file->pMethods->xRead(p->file, page, PAGE_SIZE,
		   (number - 1) * PAGE_SIZE) == SQLITE_OK;
}

/* A page that was just not read; one that was never written is no damage. */
static bool
is_bad(const struct pieces *p, int64_t number)
{
	return p->frames[number] || !vault_is_hole((const struct vault_file *)p->file);
}

/* The log's whole saves: from the first frame on, of one generation. The database may
 * not have grown yet: it has as many pages then as the last save says. */
static void
read_log(struct pieces *p)
{
	unsigned char header[LOG_HEADER], frame[FRAME];
	sqlite3_int64 size = 0;
	int64_t *pages, count, kept = 0, most;

	p->log->pMethods->xFileSize(p->log, &size);
	count = size > LOG_HEADER ? (size - LOG_HEADER) / FRAME : 0;
	most = p->pages + count;
	p->frames = mem_alloc((size_t)(most + 1) * sizeof(*p->frames));
	if (!count || p->log->pMethods->xRead(p->log, header, LOG_HEADER, 0) != SQLITE_OK)
		return;
	pages = mem_alloc((size_t)count * sizeof(*pages));
	for (int64_t i = 0; i < count; i++) {
		int64_t grown;

		if (p->log->pMethods->xRead(p->log, frame, FRAME, LOG_HEADER + i * FRAME) !=
			SQLITE_OK ||
		    memcmp(frame + 8, header + 16, 8) != 0)
			break;
		pages[i] = get_number(frame, 4);
		grown = get_number(frame + 4, 4);
		if (grown == 0)
			continue;
		/* What a damaged file makes up is no reason to look for its pages. */
		if (grown > p->pages && grown <= most)
			p->pages = grown;
		for (; kept <= i; kept++)
			if (pages[kept] > 0 && pages[kept] <= p->pages)
				p->frames[pages[kept]] = kept + 1;
	}
	free(pages);
}

/* The chain of pages that tell which are free. */
static void
find_free(struct pieces *p, const unsigned char first[PAGE_SIZE])
{
	unsigned char page[PAGE_SIZE];
	int64_t next = get_number(first + AT_FREE, 4);

	while (next > 0 && next <= p->pages && !p->free[next] && read_page(p, next, page)) {
		int64_t count = get_number(page + 4, 4);

		p->free[next] = true;
		for (int64_t i = 0; i < count && 8 + 4 * i + 4 <= p->usable; i++) {
			int64_t number = get_number(page + 8 + 4 * i, 4);

			if (number > 0 && number <= p->pages)
				p->free[number] = true;
		}
		next = get_number(page, 4);
	}
}

/* --- rows --- */

/* A row's bytes, on this page and on those it goes on over; how many were found. */
static int64_t
gather(struct pieces *p, const unsigned char *at, const unsigned char *end, int64_t len)
{
	unsigned char page[PAGE_SIZE];
	int64_t most = p->usable - 35, least = (p->usable - 12) * 32 / 255 - 23;
	int64_t here = len, got, next = 0;

	if (len > most) {
		here = least + (len - least) % (p->usable - 4);
		if (here > most)
			here = least;
	}
	if (at + here + (len > most ? 4 : 0) > end)
		return 0;
	if ((size_t)len > p->row_cap) {
		free(p->row);
		p->row_cap = (size_t)len;
		p->row = mem_alloc(p->row_cap);
	}
	memcpy(p->row, at, (size_t)here);
	if (len > most)
		next = get_number(at + here, 4);
	for (got = here; got < len; got += here) {
		if (next < 1 || next > p->pages || !read_page(p, next, page))
			break;
		here = len - got < p->usable - 4 ? len - got : p->usable - 4;
		memcpy(p->row + got, page + 4, (size_t)here);
		next = get_number(page, 4);
	}
	return got;
}

/* How a value of that type looks, and how long it is. */
static char
kind_of(int64_t type, int64_t *len)
{
	static const signed char lens[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

	*len = type >= 12 ? (type - 12) / 2 : type >= 0 && type < 10 ? lens[type] : -1;
	if (type >= 12)
		return type % 2 ? 'T' : 'B';
	return type == 0 ? 'N' : type == 7 ? 'F' : 'I';
}

/* The columns of the row in p->row, of which got bytes are there; how many columns, 0: it
 * is none. A last one that is not whole is cut. */
static int
take_apart(struct pieces *p, int64_t len, int64_t got, struct value *values)
{
	const unsigned char *at = p->row, *end = p->row + got;
	int64_t header, type, where;
	int count = 0;

	if (!get_varint(&at, end, &header) || header < 1 || header > got)
		return 0;
	where = header;
	end = p->row + header;
	while (at < end) {
		struct value *v = &values[count];

		if (count++ == COLUMNS_MAX || !get_varint(&at, end, &type))
			return 0;
		v->kind = kind_of(type, &v->len);
		if (v->len < 0 || where + v->len > len)
			return 0;
		v->bytes = p->row + where;
		where += v->len;
		if (where > got)
			v->len = where - v->len < got ? got - (where - v->len) : 0;
		v->number = type == 9;
		if (v->kind == 'I' && v->len > 0) {
			v->number = v->bytes[0] & 0x80 ? -1 : 0;
			for (int64_t i = 0; i < v->len; i++)
				v->number = (int64_t)((uint64_t)v->number << 8 | v->bytes[i]);
		}
	}
	return where == len ? count : 0;
}

static void
keep(struct pieces *p, size_t shape, int64_t number, const struct value *values, int count)
{
	sqlite3_stmt *stmt = p->inserts[shape];
	int bound = sqlite3_bind_parameter_count(stmt);

	sqlite3_bind_int64(stmt, 1, number);
	for (int i = 0; i < count && i + 2 <= bound; i++) {
		const struct value *v = &values[i];

		if (v->kind == 'I')
			sqlite3_bind_int64(stmt, i + 2, v->number);
		else if (v->kind == 'N')
			sqlite3_bind_null(stmt, i + 2);
		else if (v->kind == 'T')
			sqlite3_bind_text64(stmt, i + 2, (const char *)v->bytes,
			    (sqlite3_uint64)v->len, SQLITE_STATIC, SQLITE_UTF8);
		else
			sqlite3_bind_blob64(stmt, i + 2, v->bytes, (sqlite3_uint64)v->len,
			    SQLITE_STATIC);
	}
	sqlite3_step(stmt);
	sqlite3_reset(stmt);
}

static void
look_at_row(struct pieces *p, const unsigned char *at, const unsigned char *end)
{
	struct value values[COLUMNS_MAX + 1];
	int64_t len, number, got;
	int count;

	if (!get_varint(&at, end, &len) || !get_varint(&at, end, &number) || len < 1 ||
	    len > ROW_MAX || len > p->pages * p->usable)
		return;
	got = gather(p, at, end, len);
	count = got ? take_apart(p, len, got, values) : 0;
	for (size_t i = 0; count && i < SHAPES; i++) {
		if (!fits(&shapes[i], values, count))
			continue;
		p->lost += got < len;
		if (got == len || shapes[i].may_be_cut)
			keep(p, i, number, values, count);
		return;
	}
}

static void
look_at_page(struct pieces *p, int64_t number)
{
	unsigned char page[PAGE_SIZE];
	const unsigned char *header = page + (number == 1 ? FIRST_HEADER : 0);
	const unsigned char *end = page + p->usable;
	int cells;

	if (p->free[number])
		return;
	if (!read_page(p, number, page)) {
		p->lost += is_bad(p, number);
		return;
	}
	if (header[0] != LEAF)
		return;
	cells = (int)get_number(header + 3, 2);
	for (int i = 0; i < cells && header + 8 + 2 * i + 2 <= end; i++) {
		uint32_t at = get_number(header + 8 + 2 * i, 2);

		if (at < (uint32_t)p->usable)
			look_at_row(p, page + at, end);
	}
}

/* --- all of it --- */

static char *
name_of(const char *path, const char *end)
{
	char *name = mem_alloc(strlen(path) + strlen(end) + 2);

	return strcat(strcpy(name, path), end);
}

static int
open_files(struct pieces *p, const char *path, struct cipher *cipher)
{
	sqlite3_vfs *vfs;
	sqlite3_int64 size = 0;
	int code;

	p->vfs = vault_vfs_new(path, cipher, true);
	if (!p->vfs)
		return SQLITE_NOMEM;
	vfs = sqlite3_vfs_find(vault_vfs_name(p->vfs));
	p->file_name = name_of(path, "");
	p->log_name = name_of(path, "-wal");
	p->file = mem_alloc((size_t)vfs->szOsFile);
	p->log = mem_alloc((size_t)vfs->szOsFile);
	code = vfs->xOpen(vfs, p->file_name, p->file,
	    SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE, NULL);
	if (code == SQLITE_OK)
		code = p->file->pMethods->xLock(p->file, SQLITE_LOCK_SHARED);
	if (code == SQLITE_OK)
		code = vfs->xOpen(vfs, p->log_name, p->log,
		    SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, NULL);
	if (code == SQLITE_OK)
		code = p->file->pMethods->xFileSize(p->file, &size);
	p->pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;
	return code;
}

static void
close_files(struct pieces *p)
{
	if (p->log && p->log->pMethods)
		p->log->pMethods->xClose(p->log);
	if (p->file && p->file->pMethods)
		p->file->pMethods->xClose(p->file);
	free(p->log);
	free(p->file);
	free(p->log_name);
	free(p->file_name);
	vault_vfs_free(p->vfs);
}

static int
make_tables(struct pieces *p)
{
	int code = sqlite3_open(":memory:", &p->db);

	if (code == SQLITE_OK) /* what is sorted, too */
		code = sqlite3_exec(p->db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	for (size_t i = 0; i < SHAPES && code == SQLITE_OK; i++) {
		code = sqlite3_exec(p->db, shapes[i].table, NULL, NULL, NULL);
		if (code == SQLITE_OK)
			code = sqlite3_prepare_v2(p->db, shapes[i].insert, -1,
			    &p->inserts[i], NULL);
	}
	return code == SQLITE_OK ? sqlite3_exec(p->db, "BEGIN", NULL, NULL, NULL) : code;
}

static void
read_everything(struct pieces *p)
{
	unsigned char first[PAGE_SIZE];

	read_log(p);
	p->free = mem_alloc((size_t)(p->pages + 1) * sizeof(*p->free));
	p->usable = PAGE_PLAIN; /* as every notebook is made */
	if (p->pages > 0 && read_page(p, 1, first)) {
		p->usable = PAGE_SIZE - first[AT_USABLE];
		find_free(p, first);
		if (get_number(first + AT_PAGES, 4) > p->pages)
			p->lost++; /* the end was cut off */
	}
	for (int64_t i = 1; i <= p->pages; i++)
		look_at_page(p, i);
	free(p->frames);
	free(p->free);
	free(p->row);
}

sqlite3 *
pieces_read(const char *path, struct vault_key *key, long *lost, struct err *err)
{
	sqlite3_stmt *inserts[SHAPES] = { 0 };
	struct pieces p = { .inserts = inserts };
	int code = open_files(&p, path, key ? &key->cipher : NULL);

	if (code == SQLITE_OK)
		code = make_tables(&p);
	if (code == SQLITE_OK)
		read_everything(&p);
	for (size_t i = 0; i < SHAPES; i++)
		sqlite3_finalize(inserts[i]);
	close_files(&p);
	*lost = p.lost;
	if (code == SQLITE_OK)
		code = sqlite3_exec(p.db, "COMMIT", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return p.db;
	sqlite3_close(p.db);
	if (code == SQLITE_BUSY)
		err_set(err, ERR_BUSY, _("The notebook is open in another window. Close it "
		    "there, or go on there."));
	else
		disk_fail(code, path, err);
	return NULL;
}

bool
pieces_look(const char *path, struct vault_key *key, struct vault_report *report)
{
	struct pieces p = { 0 };
	unsigned char page[PAGE_SIZE];
	bool opened = open_files(&p, path, key ? &key->cipher : NULL) == SQLITE_OK;

	if (opened)
		read_log(&p);
	report->pages = p.pages;
	for (int64_t i = 1; opened && i <= p.pages; i++) {
		if (!read_page(&p, i, page)) {
			if (is_bad(&p, i) && report->bad_pages++ == 0)
				report->bad_page = i;
		} else if (i == 1 && get_number(page + AT_PAGES, 4) > p.pages) {
			report->missing = get_number(page + AT_PAGES, 4) - p.pages;
		}
	}
	free(p.frames);
	close_files(&p);
	return opened;
}
