#include "client_batch.h"

#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#define BODY_MOST    (256l << 10) /* bytes, compressed */
#define SHRINKS      4            /* lines / compressed, until it is known */
#define PACK_AT_ONCE (16u << 10)  /* bytes of lines: a key must not wait for long */

void
batch_init(struct client_batch *b, int most)
{
	*b = (struct client_batch){ .shrinks = SHRINKS, .packer = wire_packer_new(),
		.limits = { WIRE_BODY_MAX, WIRE_INFLATED_MAX, WIRE_RECORDS_MAX } };
	pace_init(&b->pace, most);
}

static void
item_clear(struct batch_item *it)
{
	free(it->form);
	free(it->code);
	free(it->path);
	free(it->message);
}

void
batch_drop(struct client_batch *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		item_clear(&b->items[i]);
	b->count = b->packed_to = b->lines = 0;
	b->odd = b->only_trail = false;
	b->trail.last = 0;
	buf_reset(&b->packed);
}

void
batch_clear(struct client_batch *b)
{
	batch_drop(b);
	free(b->items);
	wire_packer_free(b->packer);
	buf_clear(&b->packed);
	buf_clear(&b->line);
}

static long
body_most(const struct client_batch *b)
{
	return b->limits.max_bytes < BODY_MOST ? b->limits.max_bytes : BODY_MOST;
}

/* Goes on while what was chosen should fit into a body. */
static bool
choose(const struct outbox_item *item, void *data)
{
	struct client_batch *b = data;
	struct batch_item *it;

	b->items = mem_grow(b->items, &b->cap, b->count + 1, sizeof(*b->items));
	it = &b->items[b->count++];
	*it = (struct batch_item){ .seq = item->seq, .rev = item->rev,
		.bytes = item->answers_len, .form = mem_strdup(item->form) };
	strncpy(it->id, item->id, sizeof(it->id) - 1);
	strncpy(it->hash, item->hash, sizeof(it->hash) - 1);
	b->lines += item->answers_len;
	return b->lines / b->shrinks < (size_t)body_most(b);
}

static int
by_age(const void *a, const void *b)
{
	const struct batch_item *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Sorted by form: 3 to 9 % smaller, for nothing. */
static int
by_form(const void *a, const void *b)
{
	const struct batch_item *x = a, *y = b;
	int order = strcmp(x->form, y->form);

	return order ? order : by_age(a, b);
}

bool
batch_gather(struct client_batch *b, struct notebook *nb, struct err *err)
{
	int most = b->pace.records;

	if (most > b->limits.max_records)
		most = (int)b->limits.max_records;
	batch_drop(b);
	if (!outbox_each(nb, b->after, most, choose, b, err))
		return false;
	if (!b->count)
		return trail_waits(&b->trail, nb, &b->only_trail, err);
	qsort(b->items, b->count, sizeof(*b->items), by_form);
	return true;
}

bool
batch_is_empty(const struct client_batch *b)
{
	return !b->count && !b->only_trail;
}

/* The older half of it; the others are chosen again next time. */
static void
keep_half(struct client_batch *b)
{
	size_t i, keep = (b->count + 1) / 2;

	qsort(b->items, b->count, sizeof(*b->items), by_age);
	for (i = keep; i < b->count; i++)
		item_clear(&b->items[i]);
	b->count = keep;
	qsort(b->items, b->count, sizeof(*b->items), by_form);
	b->packed_to = 0;
}

static bool
write_line(const struct outbox_item *item, void *data)
{
	buf_reset(data);
	wire_record_write(item, data);
	return false;
}

/* The next item's line, by the order of its finalising: it waits still. */
static bool
pack_one(struct client_batch *b, struct notebook *nb, struct err *err)
{
	const struct batch_item *it = &b->items[b->packed_to++];

	if (!outbox_each(nb, it->seq - 1, 1, write_line, &b->line, err))
		return false;
	b->lines += b->line.len;
	return wire_packer_add(b->packer, b->line.data, b->line.len, err);
}

/* As many entries as records, so that a bad line carries little of it at a time. */
static bool
pack_trail(struct client_batch *b, struct notebook *nb, struct err *err)
{
	buf_reset(&b->line);
	if (!trail_write(&b->trail, nb, b->pace.records, &b->line, err))
		return false;
	b->lines += b->line.len;
	return !b->line.len ||
	    wire_packer_add(b->packer, b->line.data, b->line.len, err);
}

/* Within the limits, and not so well compressed that it would pass for a bomb. */
static bool
fits(const struct client_batch *b)
{
	return b->packed.len <= (size_t)body_most(b) &&
	    b->lines <= (size_t)b->limits.max_inflated &&
	    (b->lines <= WIRE_RATIO_FREE || b->lines / WIRE_RATIO_MAX < b->packed.len);
}

enum batch_state
batch_pack(struct client_batch *b, struct notebook *nb, struct err *err)
{
	size_t from;

	if (b->packed_to == 0) {
		buf_reset(&b->packed);
		b->lines = 0;
		uuid_new(clock_now(notebook_clock(nb)), b->id);
		if (!wire_packer_begin(b->packer, &b->packed, err))
			return BATCH_FAILED;
	}
	for (from = b->lines; b->packed_to < b->count && b->lines - from < PACK_AT_ONCE;)
		if (!pack_one(b, nb, err))
			return BATCH_FAILED;
	if (b->packed_to < b->count)
		return BATCH_PACKING;
	if (!pack_trail(b, nb, err) || !wire_packer_end(b->packer, err))
		return BATCH_FAILED;
	b->shrinks = b->lines / b->packed.len + 1;
	if (fits(b) || b->count <= 1)
		return BATCH_PACKED;
	keep_half(b);
	return BATCH_PACKING;
}

void
batch_halve(struct client_batch *b, int64_t age)
{
	pace_halve(&b->pace, b->count ? b->count : (size_t)b->pace.records, age);
}

bool
batch_leave_trail(struct client_batch *b)
{
	bool left = b->trail.last != 0;

	b->trail.wanted = b->trail.wanted && !left;
	b->trail.last = 0;
	b->trail.put_off = false;
	return left;
}

void
batch_shrink(struct client_batch *b, const char *problem, size_t len)
{
	wire_limits_read(problem, len, &b->limits);
	batch_halve(b, 0);
}

/* What a code means, in the worker's words; and whether the collector's own message says
 * more than it. Codes that are not here are for later: an unknown one must not send a
 * record back for nothing. */
static const struct {
	const char *code, *text;
	bool more;
} refusals[] = {
	{ "json", N_("The collector could not read the record. Tell the district."), true },
	{ "too_big", N_("The record is larger than the collector takes. Shorten its longest "
			"texts and finish it again."), false },
	{ "invalid", N_("The collector found something wrong in the record. Correct it, or "
			"tell the district."), true },
	{ "form_unknown", N_("The collector does not know this form. Tell the district."),
	    false },
	{ "conflict", N_("This record was changed elsewhere in the meantime."), false },
	{ "forbidden", N_("This record belongs to another worker. Ask the district."),
	    false },
};

/* A message is English on the wire; those of our own reader (wire.c, json.c) are in the
 * catalogue. */
bool
batch_refusal_words(const char *code, const char *path, const char *message,
    struct buf *out)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (!strcmp(refusals[i].code, code))
			break;
	if (i == sizeof(refusals) / sizeof(refusals[0]))
		return false;
	buf_str(out, _(refusals[i].text));
	if (!refusals[i].more || !*message)
		return true;
	if (*path)
		buf_fmt(out, _(" (%s: %s)"), path, _(message));
	else
		buf_fmt(out, _(" (%s)"), _(message));
	return true;
}

static void
take_refusal(const struct wire_refusal *refusal, void *data)
{
	struct client_batch *b = data;
	struct batch_item *it;
	struct buf message = { 0 };

	if (refusal->line == b->count) { /* the log's */
		b->odd |= b->trail.put_off;
		b->trail.put_off = true;
		return;
	}
	it = &b->items[refusal->line];

	/* It names what it refuses twice, so that a wrong line is noticed. */
	if (it->listed || (*refusal->id && strcmp(refusal->id, it->id) != 0) ||
	    (refusal->rev && refusal->rev != it->rev)) {
		b->odd = true;
		return;
	}
	it->listed = true;
	if (!batch_refusal_words(refusal->code, refusal->path, refusal->message, &message)) {
		it->later = true;
		return;
	}
	it->code = mem_strdup(refusal->code);
	it->path = mem_strdup(refusal->path);
	it->message = buf_take(&message);
}

bool
batch_read_answer(struct client_batch *b, const char *text, size_t len)
{
	size_t lines = b->count + (b->trail.last ? 1 : 0);

	return wire_answer_read(text, len, b->id, lines, take_refusal, b) && !b->odd;
}

void
batch_refuse_only(struct client_batch *b, const char *message)
{
	b->items[0].code = mem_strdup("too_big");
	b->items[0].path = mem_strdup("");
	b->items[0].message = mem_strdup(message);
}

static size_t
fill_answers(const struct client_batch *b, struct outbox_answer *answers,
    struct batch_counts *counts)
{
	size_t n = 0, i;

	*counts = (struct batch_counts){ .sent = (long)b->count };
	for (i = 0; i < b->count; i++) {
		const struct batch_item *it = &b->items[i];

		if (it->later) {
			counts->later++;
			continue;
		}
		counts->bytes += (int64_t)it->bytes;
		if (it->code)
			counts->refused++;
		else
			counts->accepted++;
		answers[n++] = (struct outbox_answer){ .id = it->id, .rev = it->rev,
			.hash = it->hash, .refused = it->code != NULL, .code = it->code,
			.path = it->path, .message = it->message };
	}
	return n;
}

bool
batch_store(struct client_batch *b, struct notebook *nb, int64_t receipt,
    const struct batch_time *time, struct batch_counts *counts, struct err *err)
{
	struct outbox_answer *answers = mem_alloc((b->count + 1) * sizeof(*answers));
	size_t n = fill_answers(b, answers, counts), i;
	bool ok = outbox_answered(nb, receipt, answers, n, err) &&
	    trail_answered(&b->trail, nb, err);

	free(answers);
	if (!ok)
		return false;
	for (i = 0; i < b->count; i++)
		if (b->items[i].seq > b->after)
			b->after = b->items[i].seq;
	if (b->count)
		pace_clean(&b->pace, b->count, time->milliseconds, time->age);
	batch_drop(b);
	return true;
}
