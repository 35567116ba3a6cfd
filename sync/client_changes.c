#include "client_changes.h"

#include "hash.h"
#include "i18n.h"
#include "inbox.h"
#include "json.h"
#include "mem.h"
#include "merge.h"
#include "notebook.h"
#include "session.h"
#include "version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MOST    1000 /* revisions asked after at a time */
#define READY_A_STEP 4    /* lines made ready before keys are looked at again */

/* A line of the page. */
struct item {
	size_t at, len;
	enum wire_kind kind;
	struct record_words words; /* of a record */
	bool described;
	bool kept; /* it cannot be read now */
	bool gone; /* nothing is to be done about it any more */
};

struct changes {
	struct buf page;
	struct item *items;
	size_t count, cap;
	size_t ready;      /* so many of them */
	int64_t kept;      /* the page is this line of the notebook's; 0: the feed's */
	bool over, kept_over;
	enum { ASKED_PAGE, ASKED_FILE, ASKED_HELD } asked;
	struct buf scratch, path, cursor, held;
	int64_t held_to;   /* the last revision that was asked after */
	bool waiting;      /* there is more to send now than when we began */
	bool merged;       /* what came down was brought together with what is here */
};

struct changes *
changes_new(void)
{
	return mem_alloc(sizeof(struct changes));
}

/* The page is dealt with. */
static void
drop_page(struct changes *ch)
{
	for (size_t i = 0; i < ch->count; i++)
		record_words_clear(&ch->items[i].words);
	ch->count = ch->ready = 0;
	ch->kept = 0;
	buf_reset(&ch->page);
}

void
changes_free(struct changes *ch)
{
	if (!ch)
		return;
	drop_page(ch);
	free(ch->items);
	buf_clear(&ch->page);
	buf_clear(&ch->scratch);
	buf_clear(&ch->path);
	buf_clear(&ch->cursor);
	buf_clear(&ch->held);
	free(ch);
}

/* The line once more; it was read before, so it can be. */
static void
read_item(struct changes *ch, const struct item *it, struct wire_change *change)
{
	wire_change_read(ch->page.data + it->at, it->len, &ch->scratch, change);
}

/* --- making ready --- */

/* Of what is here under that name; "" when there is none. */
static bool
sha_here(struct client *c, const struct wire_change *file, char hex[HASH_HEX_SIZE])
{
	unsigned char sha[HASH_SIZE];
	struct buf bytes = { 0 };
	struct err missing = { 0 };
	bool ok;

	if (file->kind == WIRE_LIST)
		ok = notebook_list_text(c->nb, file->name, &bytes, &c->err);
	else
		ok = notebook_form_source(c->nb, file->id, file->version, &bytes,
			 &missing) ||
		    missing.kind == ERR_INPUT;
	hash_sha256(buf_text(&bytes), bytes.len, sha);
	hash_hex(sha, sizeof(sha), hex);
	if (!bytes.len)
		*hex = '\0';
	if (!ok && missing.kind != ERR_NONE)
		c->err = missing;
	buf_clear(&bytes);
	return ok;
}

static enum client_next
ask_file(struct client *c, const struct wire_change *file)
{
	struct line_request request = { .accept = "application/octet-stream",
		.answer_max = WIRE_FILE_MAX };

	buf_reset(&c->changes->path);
	buf_fmt(&c->changes->path, "/v1/blob/%s", file->sha256);
	request.path = c->changes->path.data;
	c->changes->asked = ASKED_FILE;
	return client_ask(c, &request);
}

/* What lists and the search will say of a record. Without its form it is stored all the
 * same. */
static void
describe(struct client *c, struct item *it, const struct wire_record *r)
{
	struct answers answers = { r->form, r->version, r->user, r->at, r->answers,
		r->answers_len };

	it->described = r->answers &&
	    session_describe(c->nb, &answers, &it->words, NULL);
}

/* NEXT_NOTHING: it is ready. */
static enum client_next
make_ready(struct client *c, struct item *it)
{
	struct changes *ch = c->changes;
	struct wire_change change;
	struct wire_record record;
	char hex[HASH_HEX_SIZE];

	read_item(ch, it, &change);
	if (it->kind == WIRE_REVISION) {
		it->kept =
		    !wire_record_read_down(change.line, change.len, &ch->scratch, &record);
		if (!it->kept)
			describe(c, it, &record);
	} else if (it->kind == WIRE_UNKNOWN) {
		it->kept = true;
	} else if ((it->kind == WIRE_FORM || it->kind == WIRE_LIST) && !it->gone) {
		if (!sha_here(c, &change, hex))
			return NEXT_FAILED;
		if (strcmp(hex, change.sha256) != 0)
			return ask_file(c, &change);
	}
	ch->ready++;
	return NEXT_NOTHING;
}

/* A form or list that this program cannot take is no reason to stop: it is kept. */
static bool
add_file(struct client *c, const struct wire_change *file, const struct buf *bytes,
    struct err *err)
{
	const char *name = file->kind == WIRE_LIST ? file->name : file->id;
	bool ok = notebook_begin(c->nb, err);

	if (!ok)
		return false;
	if (file->kind == WIRE_LIST)
		ok = notebook_list_add(c->nb, name, buf_text(bytes), bytes->len, err) &&
		    inbox_kept_again(c->nb, err); /* a form may have waited for it */
	else
		ok = notebook_form_take(c->nb, name, file->version, buf_text(bytes),
		    bytes->len, err);
	ok = ok &&
	    inbox_news_add(c->nb, file->kind == WIRE_LIST ? NEWS_LIST : NEWS_FORM, name, "",
		err);
	return notebook_end(c->nb, ok, ok ? err : NULL) && ok;
}

static bool
take_file(struct client *c, const struct line_result *r)
{
	struct changes *ch = c->changes;
	struct item *it = &ch->items[ch->ready];
	struct wire_change file;
	unsigned char sha[HASH_SIZE];
	struct err err = { 0 };
	char hex[HASH_HEX_SIZE];

	read_item(ch, it, &file);
	hash_sha256(buf_text(r->answer), r->answer->len, sha);
	hash_hex(sha, sizeof(sha), hex);
	if (strcmp(hex, file.sha256) != 0)
		return false;
	if (add_file(c, &file, r->answer, &err)) {
		c->progress.received++;
	} else if (err.kind == ERR_INPUT) {
		it->kept = true;
	} else {
		c->err = err;
		return false;
	}
	ch->ready++;
	return true;
}

/* --- storing --- */

static enum inbox_result
store_revision(struct client *c, struct item *it, const struct wire_change *change)
{
	struct wire_record r;
	struct inbox_revision revision;
	enum inbox_result result;
	const char *title = it->described ? buf_text(&it->words.title) : NULL;

	wire_record_read_down(change->line, change->len, &c->changes->scratch, &r);
	revision = (struct inbox_revision){ .id = r.id, .rev = (int)r.rev,
		.base = (int)r.base, .form = r.form, .version = r.version, .user = r.user,
		.station = r.station, .device = r.device, .created = r.created, .at = r.at,
		.hash = r.hash, .answers = r.answers, .len = r.answers_len, .why = r.why,
		.title = title };
	if (it->described) {
		revision.day = it->words.day;
		revision.text = buf_text(&it->words.text);
	}
	if (!*r.form) /* a withdrawal by somebody who did not say of what */
		return INBOX_SAME;
	result = inbox_revision(c->nb, &revision, &c->err);
	if (result == INBOX_TAKEN &&
	    !inbox_news_add(c->nb, NEWS_RECORD, title ? title : "", r.id, &c->err))
		return INBOX_FAILED;
	return result;
}

static enum inbox_result
store_feedback(struct client *c, const struct wire_change *change)
{
	struct inbox_feedback f = { .id = change->id, .rev = (int)change->rev,
		.path = change->path, .message = change->message, .at = change->at };

	f.returned = !strcmp(change->state, "returned");
	if (!f.returned && strcmp(change->state, "accepted") != 0)
		return INBOX_SAME;
	return inbox_feedback(c->nb, &f, &c->err);
}

static enum inbox_result
store_task(struct client *c, const struct wire_change *change)
{
	char *set = change->set ? mem_strndup(change->set, change->set_len)
				: mem_strdup("{}");
	struct task task = { change->id, change->text, change->due, change->form, set };
	enum inbox_result result = inbox_task(c->nb, &task, &c->err);

	free(set);
	return result;
}

static enum inbox_result
from_bool(bool ok)
{
	return ok ? INBOX_SAME : INBOX_FAILED;
}

static bool
store_end_line(struct client *c, const struct wire_change *change)
{
	struct changes *ch = c->changes;

	/* One that goes round in circles is left. */
	ch->over = !change->more || !strcmp(change->cursor, buf_text(&ch->cursor));
	return inbox_tasks_end(c->nb, &c->err) &&
	    notebook_set(c->nb, SETTING_CURSOR, change->cursor, &c->err) &&
	    (!change->again || notebook_set(c->nb, SETTING_HELD, "0", &c->err));
}

static enum inbox_result
keep(struct client *c, const struct wire_change *change)
{
	c->progress.unread++;
	return from_bool(
	    inbox_keep(c->nb, MINQING_VERSION, change->line, change->len, &c->err));
}

/* The district says which version counts. */
static enum inbox_result
use_form(struct client *c, const struct wire_change *change)
{
	struct err err = { 0 };

	if (notebook_form_use(c->nb, change->id, change->version, &err))
		return INBOX_SAME;
	if (err.kind == ERR_INPUT)
		return keep(c, change);
	c->err = err;
	return INBOX_FAILED;
}

static enum inbox_result
store_item(struct client *c, struct item *it)
{
	struct wire_change change;

	read_item(c->changes, it, &change);
	if (it->gone)
		return INBOX_SAME;
	if (it->kept)
		return keep(c, &change);
	switch (it->kind) {
	case WIRE_FORM:
		return use_form(c, &change);
	case WIRE_REVISION:
		return store_revision(c, it, &change);
	case WIRE_MOVED:
		return inbox_moved(c->nb, change.id, change.to, &c->err);
	case WIRE_FEEDBACK:
		return store_feedback(c, &change);
	case WIRE_NEED:
		return inbox_need(c->nb, change.ref, change.day, change.closed, &c->err);
	case WIRE_OPEN:
		return from_bool(inbox_tasks_begin(c->nb, &c->err));
	case WIRE_ASSIGNMENT:
		return store_task(c, &change);
	case WIRE_END:
		return from_bool(store_end_line(c, &change));
	case WIRE_LIST:
	case WIRE_UNKNOWN:
		break;
	}
	return INBOX_SAME;
}

static bool
store_items(struct client *c)
{
	struct changes *ch = c->changes;

	if (ch->kept && !inbox_kept_drop(c->nb, ch->kept, &c->err))
		return false;
	for (size_t i = 0; i < ch->count; i++) {
		enum inbox_result result = store_item(c, &ch->items[i]);

		if (result == INBOX_FAILED)
			return false;
		c->progress.received += result == INBOX_TAKEN;
		c->progress.conflicts += result == INBOX_ASIDE;
	}
	return true;
}

/* All of the page and its cursor, or nothing. */
static enum client_next
store_page(struct client *c)
{
	bool ok = notebook_begin(c->nb, &c->err);

	if (ok) {
		ok = store_items(c);
		ok = notebook_end(c->nb, ok, ok ? &c->err : NULL) && ok;
	}
	drop_page(c->changes);
	return ok ? NEXT_BUSY : NEXT_FAILED;
}

static enum client_next
work_on_page(struct client *c)
{
	struct changes *ch = c->changes;

	for (int n = 0; ch->ready < ch->count; n++) {
		enum client_next next;

		if (n == READY_A_STEP)
			return NEXT_BUSY;
		next = make_ready(c, &ch->items[ch->ready]);
		if (next != NEXT_NOTHING)
			return next;
	}
	return store_page(c);
}

/* --- pages --- */

static bool
add_item(const struct wire_change *change, void *data)
{
	struct changes *ch = data;

	ch->items = mem_grow(ch->items, &ch->cap, ch->count + 1, sizeof(*ch->items));
	ch->items[ch->count++] = (struct item){ .at = (size_t)(change->line - ch->page.data),
		.len = change->len, .kind = change->kind };
	return true;
}

/* What an older version of this program could not read. */
static enum client_next
ask_kept(struct client *c)
{
	struct changes *ch = c->changes;
	struct wire_change change;
	int got = inbox_kept(c->nb, MINQING_VERSION, &ch->kept, &ch->page, &c->err);

	if (got < 0)
		return NEXT_FAILED;
	ch->kept_over = got == 0;
	if (got == 0)
		return NEXT_NOTHING;
	if (!wire_change_read(ch->page.data, ch->page.len, &ch->scratch, &change) ||
	    change.kind == WIRE_END)
		change.kind = WIRE_UNKNOWN;
	add_item(&change, ch);
	return NEXT_BUSY;
}

static enum client_next
ask_page(struct client *c)
{
	struct changes *ch = c->changes;
	struct line_request request = { .accept = "application/x-ndjson" };

	buf_reset(&ch->cursor);
	if (!notebook_get(c->nb, SETTING_CURSOR, &ch->cursor, &c->err))
		return NEXT_FAILED;
	buf_reset(&ch->path);
	buf_fmt(&ch->path, "/v1/changes?since=%s", buf_text(&ch->cursor));
	request.path = ch->path.data;
	ch->asked = ASKED_PAGE;
	return client_ask(c, &request);
}

/* Forms are read with the lists that they name. */
static void
put_lists_first(struct changes *ch)
{
	size_t placed = 0;

	for (size_t i = 0; i < ch->count; i++) {
		struct item it = ch->items[i];

		if (it.kind != WIRE_LIST)
			continue;
		memmove(&ch->items[placed + 1], &ch->items[placed],
		    (i - placed) * sizeof(it));
		ch->items[placed++] = it;
	}
}

static bool
take_page(struct client *c, const struct line_result *r)
{
	struct changes *ch = c->changes;

	drop_page(ch);
	buf_add(&ch->page, buf_text(r->answer), r->answer->len);
	if (!wire_changes_read(ch->page.data, ch->page.len, add_item, ch)) {
		drop_page(ch);
		return false;
	}
	put_lists_first(ch);
	return true;
}

/* --- what the collector holds --- */

struct held {
	struct json_writer w;
	int64_t last;
	int count;
};

static bool
add_held(int64_t seq, const char *id, int rev, void *data)
{
	struct held *h = data;

	json_array(&h->w);
	json_string(&h->w, id);
	json_integer(&h->w, rev);
	json_array_end(&h->w);
	h->last = seq;
	h->count++;
	return true;
}

static enum client_next
ask_held(struct client *c)
{
	struct changes *ch = c->changes;
	struct line_request request = { .path = "/v1/have", .accept = "application/json",
		.type = "application/json" };
	struct buf from = { 0 };
	struct held h = { 0 };
	bool ok = notebook_get(c->nb, SETTING_HELD, &from, &c->err), wanted = from.len > 0;

	buf_reset(&ch->held);
	json_writer_init(&h.w, &ch->held);
	json_object(&h.w);
	json_name(&h.w, "ids");
	json_array(&h.w);
	ok = ok && (!wanted || inbox_held(c->nb, atoll(buf_text(&from)), HELD_MOST, add_held,
				  &h, &c->err));
	json_array_end(&h.w);
	json_object_end(&h.w);
	buf_clear(&from);
	if (ok && wanted && !h.count)
		ok = notebook_set(c->nb, SETTING_HELD, "", &c->err);
	if (!ok || !h.count)
		return ok ? NEXT_NOTHING : NEXT_FAILED;
	ch->held_to = h.last;
	ch->asked = ASKED_HELD;
	request.body = ch->held.data;
	request.len = ch->held.len;
	return client_ask(c, &request);
}

struct lost {
	struct client *c;
	bool ok;
};

static void
send_again(const char *id, long rev, void *data)
{
	struct lost *lost = data;

	lost->ok = lost->ok && inbox_send_again(lost->c->nb, id, (int)rev, &lost->c->err);
	lost->c->changes->waiting = true;
}

static bool
take_held(struct client *c, const struct line_result *r)
{
	struct lost lost = { c, notebook_begin(c->nb, &c->err) };
	char to[24];
	bool ok;

	if (!lost.ok)
		return false;
	snprintf(to, sizeof(to), "%" PRId64, c->changes->held_to);
	ok = wire_missing_read(buf_text(r->answer), r->answer->len, send_again, &lost) &&
	    lost.ok && notebook_set(c->nb, SETTING_HELD, to, &c->err);
	return notebook_end(c->nb, ok, ok ? &c->err : NULL) && ok;
}

/* --- what was changed on both sides --- */

static bool
add_news(struct client *c, enum news_kind kind, long count)
{
	while (count-- > 0)
		if (!inbox_news_add(c->nb, kind, "", "", &c->err))
			return false;
	return true;
}

/* What does not overlap becomes one by itself and goes with the next batch; the rest,
 * and what is still a draft, is the worker's. */
static enum client_next
bring_together(struct client *c)
{
	struct client_progress *p = &c->progress;
	long left = 0;

	c->changes->merged = true;
	if (!p->conflicts)
		return NEXT_NOTHING;
	if (!merge_all(c->nb, &p->merged, &left, &c->err))
		return NEXT_FAILED;
	p->conflicts = p->conflicts > p->merged ? p->conflicts - p->merged : 0;
	c->changes->waiting = c->changes->waiting || p->merged;
	return add_news(c, NEWS_MERGED, p->merged) &&
		add_news(c, NEWS_CONFLICT, p->conflicts)
	    ? NEXT_NOTHING
	    : NEXT_FAILED;
}

/* --- the exchange --- */

enum client_next
changes_ask(struct client *c)
{
	struct changes *ch = c->changes;
	enum client_next next = NEXT_NOTHING;

	if (ch->count)
		return work_on_page(c);
	if (!ch->kept_over)
		next = ask_kept(c);
	if (next == NEXT_NOTHING && !ch->over)
		next = ask_page(c);
	if (next == NEXT_NOTHING && !ch->merged)
		next = bring_together(c);
	if (next == NEXT_NOTHING)
		next = ask_held(c);
	if (next == NEXT_NOTHING && ch->waiting) {
		ch->waiting = false;
		c->once_more = true;
	}
	return next;
}

bool
changes_take(struct client *c, const struct line_result *r)
{
	switch (c->changes->asked) {
	case ASKED_PAGE:
		return take_page(c, r);
	case ASKED_FILE:
		return take_file(c, r);
	case ASKED_HELD:
		return take_held(c, r);
	}
	return false;
}

/* A file that was replaced while we read of it: a later line names the new one. */
bool
changes_failed(struct client *c, const struct line_result *r)
{
	if (c->changes->asked != ASKED_FILE || r->status != 404)
		return false;
	c->changes->items[c->changes->ready].gone = true;
	return true;
}
