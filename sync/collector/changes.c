#include "changes.h"

#include "buf.h"
#include "hash.h"
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES (192u << 10) /* some six seconds of 64 kbit/s, compressed */
#define OPEN_MAX   200          /* tasks */

/* What a cursor says: how far each stream of the feed was read. */
struct cursor {
	int64_t files, cases, records, feedback, settled;
	int64_t own_until; /* up to here the laptop's own records come too */
	char mark[9];      /* of what stood at `records`: another means another store */
	char open[17];     /* of what was open when it was last said; "-" nothing said */
};

struct page {
	const struct db_ops *ops;
	struct db *db;
	const struct db_device *device;
	char audience[DB_NAME_SIZE];
	struct cursor cursor;
	struct buf *out;
	size_t began; /* where the page begins in out */
	bool full;    /* there may be more */
	bool again;   /* the cursor was of no use: from the beginning */
};

void
changes_audience(const struct db_device *device, char audience[DB_NAME_SIZE])
{
	if (*device->worker)
		snprintf(audience, DB_NAME_SIZE, "%s", device->worker);
	else
		snprintf(audience, DB_NAME_SIZE, "#%" PRId64, device->id);
}

enum db_result
changes_tell(struct db *db, const struct db_last *last,
    enum db_result (*put)(struct db *db, const char *id, const char *audience,
	struct err *err),
    struct err *err)
{
	struct db_device sender = { .id = last->device };
	char audience[DB_NAME_SIZE];
	enum db_result result;

	result = put(db, last->id, *last->holder ? last->holder : last->user, err);
	snprintf(sender.worker, sizeof(sender.worker), "%s", last->worker);
	changes_audience(&sender, audience);
	if (result == DB_OK && !*last->holder && strcmp(audience, last->user) != 0)
		result = put(db, last->id, audience, err);
	return result;
}

/* --- the cursor --- */

#define CURSOR \
	"%" SCNd64 ".%" SCNd64 ".%" SCNd64 ".%" SCNd64 ".%" SCNd64 ".%" SCNd64 \
	".%8[0-9a-f-].%16[0-9a-f-]%n"

static void
cursor_write(const struct cursor *c, struct buf *out)
{
	buf_fmt(out,
	    "%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64
	    ".%s.%s",
	    c->files, c->cases, c->records, c->feedback, c->settled, c->own_until, c->mark,
	    c->open);
}

static bool
cursor_read(const char *text, struct cursor *c)
{
	int used = -1;

	return strlen(text) < 160 &&
	    sscanf(text, CURSOR, &c->files, &c->cases, &c->records, &c->feedback,
		&c->settled, &c->own_until, c->mark, c->open, &used) == 8 &&
	    used >= 0 && !text[used];
}

/* What stands at a place of the order of receiving; "-" for none. */
static enum db_result
mark_at(struct page *p, int64_t seq, char mark[9], struct err *err)
{
	enum db_result result = DB_NONE;
	char hash[17] = "-";

	if (seq > 0)
		result = p->ops->mark(p->db, seq, hash, err);
	snprintf(mark, 9, "%.8s", hash);
	return result == DB_NONE ? DB_OK : result;
}

static bool
is_place(int64_t place, int64_t newest)
{
	return place >= 0 && place <= newest;
}

/* Is the cursor of this store, and not of one that is gone? */
static enum db_result
cursor_check(struct page *p, int64_t change, int64_t revision, bool *good,
    struct err *err)
{
	const struct cursor *c = &p->cursor;
	enum db_result result;
	char mark[9];

	result = mark_at(p, c->records, mark, err);
	*good = is_place(c->files, change) && is_place(c->cases, change) &&
	    is_place(c->feedback, change) && is_place(c->settled, change) &&
	    is_place(c->records, revision) && !strcmp(mark, c->mark);
	return result;
}

static enum db_result
cursor_begin(struct page *p, const char *text, struct err *err)
{
	int64_t change, revision;
	enum db_result result = p->ops->newest(p->db, &change, &revision, err);
	bool good = false;

	if (result == DB_OK && *text && cursor_read(text, &p->cursor))
		result = cursor_check(p, change, revision, &good, err);
	p->again = *text && !good;
	if (!good)
		p->cursor = (struct cursor){ .own_until = revision, .mark = "-", .open = "-" };
	return result;
}

/* --- lines --- */

static bool
page_is_full(struct page *p)
{
	p->full = p->full || p->out->len - p->began >= PAGE_BYTES;
	return p->full;
}

static void
begin_line(struct json_writer *w, struct buf *out, const char *kind)
{
	json_writer_init(w, out);
	json_object(w);
	json_member(w, "kind", kind);
}

static void
end_line(struct json_writer *w, struct buf *out)
{
	json_object_end(w);
	buf_char(out, '\n');
}

static bool
write_file(const struct db_file *file, void *data)
{
	struct page *p = data;
	char sha[HASH_HEX_SIZE];
	struct json_writer w;

	if (page_is_full(p))
		return false;
	hash_hex(file->sha, HASH_SIZE, sha);
	begin_line(&w, p->out, file->kind);
	json_member(&w, !strcmp(file->kind, "form") ? "id" : "name", file->name);
	json_member(&w, "version", file->version);
	json_member(&w, "sha256", sha);
	json_member_integer(&w, "size", (long long)file->size);
	end_line(&w, p->out);
	p->cursor.files = file->seq;
	return true;
}

/* A batch's line with its kind in front. */
static void
write_record(struct page *p, const struct db_revision *r)
{
	struct json_writer w;

	begin_line(&w, p->out, "record");
	json_member(&w, "id", r->id);
	json_member_integer(&w, "rev", r->rev);
	json_member_integer(&w, "base", r->base);
	json_member(&w, "form", r->form);
	json_member(&w, "version", r->version);
	json_member(&w, "user", r->user);
	json_member(&w, "station", r->station);
	json_member(&w, "device", r->device);
	json_member(&w, "created", r->created);
	json_member(&w, "at", r->at);
	json_member(&w, "hash", r->hash);
	if (r->answers) {
		json_name(&w, "answers");
		json_raw(&w, r->answers, r->answers_len);
	} else {
		json_name(&w, "withdrawn");
		json_bool(&w, true);
		json_member(&w, "why", r->why);
	}
	end_line(&w, p->out);
}

/* To whom it was handed over, and nothing of what is in it. */
static void
write_moved(struct page *p, const struct db_revision *r)
{
	struct json_writer w;

	begin_line(&w, p->out, "moved");
	json_member(&w, "id", r->id);
	json_member_integer(&w, "rev", r->rev);
	json_member(&w, "to", *r->holder_name ? r->holder_name : r->holder);
	end_line(&w, p->out);
}

static bool
write_case(const struct db_revision *r, void *data)
{
	struct page *p = data;

	if (page_is_full(p))
		return false;
	if (*r->holder && strcmp(r->holder, p->device->worker) != 0)
		write_moved(p, r);
	else
		write_record(p, r);
	p->cursor.cases = r->seq;
	return true;
}

static bool
write_own(const struct db_revision *r, void *data)
{
	struct page *p = data;

	if (page_is_full(p))
		return false;
	write_record(p, r);
	p->cursor.records = r->seq;
	return true;
}

static bool
write_feedback(const struct db_feedback *f, void *data)
{
	struct page *p = data;
	struct json_writer w;

	if (page_is_full(p))
		return false;
	begin_line(&w, p->out, "feedback");
	json_member(&w, "id", f->id);
	json_member_integer(&w, "rev", f->rev);
	json_member(&w, "state", f->state);
	json_member(&w, "path", f->path);
	json_member(&w, "message", f->message);
	json_member(&w, "at", f->at);
	end_line(&w, p->out);
	p->cursor.feedback = f->seq;
	return true;
}

static bool
write_settled(const struct db_settled *settled, void *data)
{
	struct page *p = data;
	struct json_writer w;

	if (page_is_full(p))
		return false;
	begin_line(&w, p->out, "need");
	json_member(&w, "ref", settled->ref);
	json_name(&w, "closed");
	json_bool(&w, settled->closed);
	json_member(&w, "day", settled->day);
	end_line(&w, p->out);
	p->cursor.settled = settled->seq;
	return true;
}

/* --- what is open --- */

struct open_list {
	struct buf lines;
	int count;
};

static bool
add_task(const struct db_task *task, void *data)
{
	struct open_list *l = data;
	struct json_writer w;
	char id[24];

	if (l->count++ >= OPEN_MAX)
		return false;
	snprintf(id, sizeof(id), "%" PRId64, task->number);
	begin_line(&w, &l->lines, "assignment");
	json_member(&w, "id", id);
	json_member(&w, "text", task->text);
	json_member(&w, "due", task->due);
	json_member(&w, "form", task->form);
	json_name(&w, "set");
	json_raw(&w, task->set, strlen(task->set));
	end_line(&w, &l->lines);
	return true;
}

/* All of it, or nothing when it is what was said last time. */
static enum db_result
write_open(struct page *p, struct err *err)
{
	struct open_list l = { 0 };
	enum db_result result = DB_OK;
	struct json_writer w;
	char digest[17];

	if (*p->device->worker)
		result = p->ops->tasks(p->db, p->device->worker, add_task, &l, err);
	hash_short(buf_text(&l.lines), l.lines.len, digest);
	if (result == DB_OK && strcmp(digest, p->cursor.open) != 0) {
		begin_line(&w, p->out, "open");
		json_member_integer(&w, "count", l.count < OPEN_MAX ? l.count : OPEN_MAX);
		end_line(&w, p->out);
		buf_add(p->out, buf_text(&l.lines), l.lines.len);
		memcpy(p->cursor.open, digest, sizeof(digest));
	}
	buf_clear(&l.lines);
	return result;
}

/* --- the page --- */

/* A worker's own records; a laptop of nobody's has none. */
static enum db_result
write_records(struct page *p, struct err *err)
{
	const struct cursor *c = &p->cursor;

	if (!*p->device->worker)
		return DB_OK;
	return p->ops->revisions_after(p->db, p->device->worker, p->device->id, c->records,
	    c->own_until, write_own, p, &p->cursor.records, err);
}

/* A stream after the other. Forms and lists end the page: what comes after them may be
 * written with them. */
static enum db_result
write_streams(struct page *p, struct err *err)
{
	enum db_result result;

	result = p->ops->files_after(p->db, p->cursor.files, write_file, p, err);
	p->full = p->full || p->out->len > p->began;
	if (result == DB_OK && !p->full)
		result = write_records(p, err);
	if (result == DB_OK && !p->full)
		result = p->ops->cases_after(p->db, p->audience, p->cursor.cases, write_case,
		    p, err);
	if (result == DB_OK && !p->full)
		result = p->ops->feedback_after(p->db, p->audience, p->cursor.feedback,
		    write_feedback, p, err);
	if (result == DB_OK && !p->full)
		result = p->ops->settled_after(p->db, p->audience, p->cursor.settled,
		    write_settled, p, err);
	if (result == DB_OK && !p->full)
		result = write_open(p, err);
	return result;
}

static void
write_end(struct page *p)
{
	struct buf cursor = { 0 };
	struct json_writer w;

	cursor_write(&p->cursor, &cursor);
	begin_line(&w, p->out, "end");
	json_member(&w, "cursor", buf_text(&cursor));
	json_name(&w, "more");
	json_bool(&w, p->full);
	if (p->again) {
		json_name(&w, "again");
		json_bool(&w, true);
	}
	end_line(&w, p->out);
	buf_clear(&cursor);
}

enum db_result
changes_page(const struct db_ops *ops, struct db *db, const struct db_device *device,
    const char *cursor, struct buf *out, struct err *err)
{
	struct page p = { .ops = ops, .db = db, .device = device, .out = out,
		.began = out->len };
	enum db_result result;

	changes_audience(device, p.audience);
	result = cursor_begin(&p, cursor, err);
	if (result == DB_OK)
		result = write_streams(&p, err);
	if (result == DB_OK)
		result = mark_at(&p, p.cursor.records, p.cursor.mark, err);
	if (result == DB_OK)
		write_end(&p);
	return result;
}
