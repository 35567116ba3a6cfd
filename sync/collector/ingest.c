#include "ingest.h"

#include "buf.h"
#include "changes.h"
#include "clock.h"
#include "db.h"
#include "err.h"
#include "hash.h"
#include "json.h"
#include "mem.h"
#include "needs.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

/* One line of the batch. */
struct line {
	const char *text;
	size_t len;
	struct buf scratch; /* the record's texts */
	struct wire_record record;
	struct buf path, message;
	const char *code; /* why it is not stored; NULL: it is, or was already */
	bool same;
	bool other; /* no record: kept as it is */
	size_t group; /* index into the ids asked for */
};

/* A stored revision, kept beyond the callback. */
struct claim {
	size_t group;
	long rev, base;
	char hash[17], base_hash[17];
	char *user;
	int64_t device;
	bool withdrawn;
	bool refused; /* of this batch, and not stored */
};

struct work {
	const struct db_ops *ops;
	struct db *db;
	const struct db_device *device;
	struct buf inflated;
	struct line *lines;
	size_t count, lines_cap;
	struct line **order; /* good ones, by id and revision, then as they came */
	size_t good;
	const char **ids;
	size_t groups;
	struct claim *claims; /* in the order of groups */
	size_t claims_count, claims_cap;
	bool *held; /* by group: it was once handed over to the sender */
};

/* "sha-256=:…:" among the members of the header (RFC 9530); other algorithms are
 * passed over, and so is a header without ours. */
static bool
digest_matches(const char *header, const void *body, size_t len)
{
	static const char name[] = "sha-256=";
	const char *at = header;
	char want[64];

	hash_content_digest(body, len, want);
	while (at) {
		at += strspn(at, " \t,");
		if (!strncmp(at, name, sizeof(name) - 1)) {
			size_t n = strcspn(at, ", \t;");

			return n == strlen(want) && !strncmp(at, want, n);
		}
		at = strchr(at, ',');
	}
	return true;
}

static enum ingest_result
inflate_body(struct work *w, const struct ingest_batch *batch, const char **text,
    size_t *len)
{
	*text = batch->body;
	*len = batch->len;
	if (batch->digest && !digest_matches(batch->digest, batch->body, batch->len))
		return INGEST_DIGEST;
	if (!batch->gzip)
		return INGEST_OK;
	switch (wire_gunzip(batch->body, batch->len, WIRE_INFLATED_MAX, &w->inflated)) {
	case WIRE_INFLATED:
		*text = buf_text(&w->inflated);
		*len = w->inflated.len;
		return INGEST_OK;
	case WIRE_NOT_GZIP:
		return INGEST_NOT_GZIP;
	case WIRE_TOO_LARGE:
		return INGEST_TOO_LARGE;
	case WIRE_NO_MEMORY:
		break;
	}
	return INGEST_NO_MEMORY;
}

static bool
is_blank(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r", text[len - 1]) && text[len - 1])
		len--;
	return len == 0;
}

static enum ingest_result
split(struct work *w, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);

		if (!is_blank(text, n)) {
			if (w->count == WIRE_RECORDS_MAX)
				return INGEST_TOO_MANY;
			w->lines = mem_grow(w->lines, &w->lines_cap, w->count + 1,
			    sizeof(*w->lines));
			w->lines[w->count++] = (struct line){ .text = text, .len = n };
		}
		text += n + 1;
	}
	return w->count ? INGEST_OK : INGEST_NOT_NDJSON;
}

/* Only when every line is readable as a record or as a refusal; a batch of which no
 * line is JSON was something else. */
static enum ingest_result
read_lines(struct work *w)
{
	size_t i, broken = 0;

	for (i = 0; i < w->count; i++) {
		struct line *line = &w->lines[i];

		line->code = wire_record_read(line->text, line->len, &line->scratch,
		    &line->record, &line->path, &line->message);
		line->other = !line->code && *line->record.kind;
		if (line->code && !strcmp(line->code, "json"))
			broken++;
	}
	return broken == w->count ? INGEST_NOT_NDJSON : INGEST_OK;
}

static int
by_revision(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;
	int order = strcmp(x->record.id, y->record.id);

	if (order)
		return order;
	if (x->record.rev != y->record.rev)
		return x->record.rev < y->record.rev ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Good lines of one record side by side, and the ids to ask the store for. */
static void
group(struct work *w)
{
	size_t i;

	w->order = mem_alloc(w->count * sizeof(struct line *));
	w->ids = mem_alloc(w->count * sizeof(char *));
	w->held = mem_alloc(w->count * sizeof(bool));
	for (i = 0; i < w->count; i++)
		if (!w->lines[i].code && !w->lines[i].other)
			w->order[w->good++] = &w->lines[i];
	qsort(w->order, w->good, sizeof(struct line *), by_revision);
	for (i = 0; i < w->good; i++) {
		struct line *line = w->order[i];

		if (!w->groups || strcmp(w->ids[w->groups - 1], line->record.id) != 0)
			w->ids[w->groups++] = line->record.id;
		line->group = w->groups - 1;
	}
}

static void
keep_claim(const struct db_known *known, void *data)
{
	struct work *w = data;
	struct claim *c;

	w->claims = mem_grow(w->claims, &w->claims_cap, w->claims_count + 1, sizeof(*c));
	c = &w->claims[w->claims_count++];
	*c = (struct claim){ .group = known->record, .rev = known->rev,
		.base = known->base, .device = known->device,
		.withdrawn = known->withdrawn, .user = mem_strdup(known->user) };
	strncpy(c->hash, known->hash, sizeof(c->hash) - 1);
	strncpy(c->base_hash, known->base_hash, sizeof(c->base_hash) - 1);
}

/* Who sends: the laptop's worker, or who the record says. */
static const char *
sender(const struct work *w, const struct line *line)
{
	return *w->device->worker ? w->device->worker : line->record.user;
}

static void
keep_holder(size_t record, const char *user, void *data)
{
	struct work *w = data;

	for (size_t i = 0; i < w->good && !w->held[record]; i++)
		if (w->order[i]->group == record)
			w->held[record] = !strcmp(user, sender(w, w->order[i]));
}

enum relation {
	APART,    /* both may stand */
	SAME,     /* the same revision again */
	CONFLICT, /* only one of them can be part of the record's history */
};

static bool
differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

/*
 * A revision claims the numbers after its base up to its own; what was made from the
 * base that it names. The rule looks at two revisions only and not at which is first,
 * so a history ends up whole whatever the order in which its parts come.
 */
static enum relation
relate(const struct claim *a, const struct claim *b)
{
	if (a->rev == b->rev)
		return a->withdrawn == b->withdrawn && !strcmp(a->hash, b->hash)
		    ? SAME
		    : CONFLICT;
	if (a->base < b->rev && b->base < a->rev)
		return CONFLICT;
	if ((a->base == b->rev && differ(a->base_hash, b->hash)) ||
	    (b->base == a->rev && differ(b->base_hash, a->hash)))
		return CONFLICT;
	return APART;
}

static void
refuse(struct line *line, const char *code, const char *path, const char *message)
{
	line->code = code;
	buf_reset(&line->path);
	buf_str(&line->path, path);
	buf_reset(&line->message);
	buf_str(&line->message, message);
}

/* Against every stored revision of its record, and those of this batch. */
static void
judge(struct line *line, const struct claim *mine, const struct claim *others, size_t n,
    bool held)
{
	bool conflict = false, related = held, alone = true;
	size_t i;

	for (i = 0; i < n; i++) {
		enum relation relation;

		/* What was made from a refused revision would pass for the successor
		 * of the one that was kept. */
		if (others[i].refused) {
			conflict |= mine->base == others[i].rev;
			continue;
		}
		relation = relate(mine, &others[i]);
		if (relation == SAME) {
			line->same = true;
			return;
		}
		conflict |= relation == CONFLICT;
		alone = false;
		related |= mine->device == others[i].device ||
		    !strcmp(mine->user, others[i].user);
	}
	if (!alone && !related)
		refuse(line, "forbidden", "", "the record belongs to another worker");
	else if (conflict)
		refuse(line, "conflict", "",
		    "another revision of this record is already here");
}

static struct claim
claim_of(const struct work *w, const struct line *line)
{
	const struct wire_record *r = &line->record;
	struct claim c = { .group = line->group, .rev = r->rev, .base = r->base,
		.device = w->device->id, .withdrawn = r->withdrawn };

	memcpy(c.hash, r->hash, strlen(r->hash) + 1);
	memcpy(c.base_hash, r->base_hash, strlen(r->base_hash) + 1);
	return c;
}

/* Lines and claims are both in the order of groups: walks them side by side. */
static void
judge_all(struct work *w)
{
	struct claim *near = NULL;
	size_t near_cap = 0, n = 0, i, next = 0;

	for (i = 0; i < w->good; i++) {
		struct line *line = w->order[i];
		struct claim mine = claim_of(w, line);

		if (i == 0 || w->order[i - 1]->group != line->group) {
			n = 0;
			for (; next < w->claims_count &&
			     w->claims[next].group == line->group;
			     next++) {
				near = mem_grow(near, &near_cap, n + 1, sizeof(*near));
				near[n++] = w->claims[next];
			}
		}
		mine.user = (char *)(uintptr_t)sender(w, line);
		judge(line, &mine, near, n, w->held[line->group]);
		if (line->same)
			continue;
		mine.refused = line->code != NULL;
		near = mem_grow(near, &near_cap, n + 1, sizeof(*near));
		near[n++] = mine;
	}
	free(near);
}

/* Which of the lines that are no records are here already. */
static enum db_result
look_for_others(struct work *w, struct err *err)
{
	enum db_result result = DB_OK;

	for (size_t i = 0; i < w->count && result == DB_OK; i++) {
		struct line *line = &w->lines[i];

		if (!line->other)
			continue;
		result = w->ops->kept(w->db, line->text, line->len, err);
		line->same = result == DB_OK;
		if (result == DB_NONE)
			result = DB_OK;
	}
	return result;
}

static void
count(const struct work *w, struct ingest_counts *counts)
{
	size_t i;

	*counts = (struct ingest_counts){ .records = (long)w->count };
	for (i = 0; i < w->count; i++) {
		if (w->lines[i].code)
			counts->bad++;
		else if (w->lines[i].same)
			counts->same++;
		else
			counts->added++;
	}
}

/* Whoever conflicts gets to see with what. */
static enum db_result
show_conflicts(struct work *w, struct err *err)
{
	enum db_result result = DB_OK;
	char audience[DB_NAME_SIZE];
	size_t i;

	changes_audience(w->device, audience);
	for (i = 0; i < w->good && result == DB_OK; i++) {
		const struct line *line = w->order[i];

		if (line->code && !strcmp(line->code, "conflict"))
			result = w->ops->case_put(w->db, line->record.id, audience, err);
	}
	return result;
}

static enum db_result
store_new(struct work *w, const struct ingest_batch *batch, const char *now,
    const struct ingest_counts *counts, struct err *err)
{
	struct db_batch row = { .device = batch->device->id, .received = now,
		.label = batch->label, .records = counts->records,
		.added = counts->added, .same = counts->same, .bad = counts->bad,
		.bytes = batch->len };
	const struct wire_record **fresh = mem_alloc(w->count * sizeof(*fresh));
	enum db_result result;
	size_t n = 0, i;
	int64_t id;

	/* In the order of the batch: oldest first, as the worker wrote them. */
	for (i = 0; i < w->count; i++)
		if (!w->lines[i].code && !w->lines[i].same && !w->lines[i].other)
			fresh[n++] = &w->lines[i].record;
	result = w->ops->batch_add(w->db, &row, &id, err);
	if (result == DB_OK)
		result = w->ops->store(w->db, fresh, n, batch->device->id, id, err);
	for (i = 0; i < n && result == DB_OK; i++)
		result = needs_take(w->ops, w->db, fresh[i], err);
	for (i = 0; i < w->count && result == DB_OK; i++)
		if (w->lines[i].other && !w->lines[i].same)
			result = w->ops->keep(w->db, w->lines[i].record.kind,
			    w->lines[i].text, w->lines[i].len, id, err);
	free(fresh);
	return result;
}

static enum ingest_result
from_db(enum db_result result)
{
	switch (result) {
	case DB_OK:
		return INGEST_OK;
	case DB_BUSY:
		return INGEST_BUSY;
	case DB_FULL:
		return INGEST_FULL;
	case DB_NONE:
	case DB_FAILED:
		break;
	}
	return INGEST_FAILED;
}

static enum ingest_result
transact(struct work *w, const struct clock *clock, const struct ingest_batch *batch,
    struct ingest_counts *counts, struct err *err)
{
	char now[CLOCK_STAMP_SIZE];
	enum db_result result;

	clock_stamp(clock, clock_now(clock), now);
	result = w->ops->begin(w->db, err);
	if (result != DB_OK)
		return from_db(result);
	result = w->ops->known(w->db, w->ids, w->groups, keep_claim, w, err);
	if (result == DB_OK)
		result = w->ops->holders(w->db, w->ids, w->groups, keep_holder, w, err);
	if (result == DB_OK)
		result = look_for_others(w, err);
	if (result == DB_OK) {
		judge_all(w);
		count(w, counts);
		result = store_new(w, batch, now, counts, err);
	}
	if (result == DB_OK)
		result = show_conflicts(w, err);
	if (result == DB_OK)
		return from_db(w->ops->commit(w->db, err));
	w->ops->rollback(w->db);
	return from_db(result);
}

static void
write_answer(const struct work *w, const char *label, const struct ingest_counts *counts,
    struct buf *out)
{
	struct json_writer j;
	size_t i;

	json_writer_init(&j, out);
	json_object(&j);
	if (*label) /* so that an answer is never taken for another batch's */
		json_member(&j, "batch", label);
	json_member_integer(&j, "n", counts->records);
	json_member_integer(&j, "new", counts->added);
	json_member_integer(&j, "same", counts->same);
	json_name(&j, "bad");
	json_array(&j);
	for (i = 0; i < w->count; i++) {
		const struct line *line = &w->lines[i];

		if (!line->code)
			continue;
		json_object(&j);
		json_member_integer(&j, "line", (long long)i + 1);
		if (line->record.id[0])
			json_member(&j, "id", line->record.id);
		if (line->record.rev > 0)
			json_member_integer(&j, "rev", line->record.rev);
		json_member(&j, "code", line->code);
		json_member(&j, "path", buf_text(&line->path));
		json_member(&j, "message", buf_text(&line->message));
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
}

static void
work_clear(struct work *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		buf_clear(&w->lines[i].scratch);
		buf_clear(&w->lines[i].path);
		buf_clear(&w->lines[i].message);
	}
	for (i = 0; i < w->claims_count; i++)
		free(w->claims[i].user);
	free(w->claims);
	free(w->held);
	free(w->lines);
	free(w->order);
	free(w->ids);
	buf_clear(&w->inflated);
}

enum ingest_result
ingest_run(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const struct ingest_batch *batch, struct ingest_counts *counts, struct buf *answer,
    struct err *err)
{
	struct work w = { .ops = ops, .db = db, .device = batch->device };
	enum ingest_result result;
	const char *text;
	size_t len;

	*counts = (struct ingest_counts){ 0 };
	result = inflate_body(&w, batch, &text, &len);
	if (result == INGEST_OK)
		result = split(&w, text, len);
	if (result == INGEST_OK)
		result = read_lines(&w);
	if (result == INGEST_OK) {
		group(&w);
		result = transact(&w, clock, batch, counts, err);
	}
	if (result == INGEST_OK)
		write_answer(&w, batch->label, counts, answer);
	work_clear(&w);
	return result;
}
