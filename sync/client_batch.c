#include "client_batch.h"

#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_FIRST  150          /* records, until the line is known */
#define LIMIT_MOST   500          /* records */
#define BODY_MOST    (256l << 10) /* compressed: ten seconds of a poor line */
#define GATHER_BYTES (2u << 20)   /* of lines held at once */

void
batch_init(struct client_batch *b)
{
	*b = (struct client_batch){ .limit = LIMIT_FIRST,
		.limits = { WIRE_BODY_MAX, WIRE_INFLATED_MAX, WIRE_RECORDS_MAX } };
}

static void
item_clear(struct batch_item *it)
{
	free(it->form);
	free(it->code);
	free(it->path);
	free(it->message);
}

static void
empty(struct client_batch *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		item_clear(&b->items[i]);
	b->count = 0;
	b->odd = false;
	buf_reset(&b->lines);
	buf_reset(&b->text);
	buf_reset(&b->packed);
}

void
batch_clear(struct client_batch *b)
{
	empty(b);
	free(b->items);
	buf_clear(&b->lines);
	buf_clear(&b->text);
	buf_clear(&b->packed);
}

static bool
gather_item(const struct outbox_item *item, void *data)
{
	struct client_batch *b = data;
	struct batch_item *it;

	b->items = mem_grow(b->items, &b->cap, b->count + 1, sizeof(*b->items));
	it = &b->items[b->count++];
	*it = (struct batch_item){ .seq = item->seq, .rev = item->rev, .at = b->lines.len,
		.form = mem_strdup(item->form) };
	strncpy(it->id, item->id, sizeof(it->id) - 1);
	strncpy(it->hash, item->hash, sizeof(it->hash) - 1);
	wire_record_write(item, &b->lines);
	it->len = b->lines.len - it->at;
	return b->lines.len < GATHER_BYTES;
}

static int
by_age(const void *a, const void *b)
{
	const struct batch_item *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int
by_form(const void *a, const void *b)
{
	const struct batch_item *x = a, *y = b;
	int order = strcmp(x->form, y->form);

	return order ? order : by_age(a, b);
}

/* The oldest so many of what was gathered; the others are gathered again next time. */
static void
keep_oldest(struct client_batch *b, size_t count)
{
	size_t i;

	qsort(b->items, b->count, sizeof(*b->items), by_age);
	for (i = count; i < b->count; i++)
		item_clear(&b->items[i]);
	b->count = count;
}

/* Sorted by form: 3 to 9 % smaller, for nothing. */
static bool
pack(struct client_batch *b, struct err *err)
{
	size_t i;

	qsort(b->items, b->count, sizeof(*b->items), by_form);
	buf_reset(&b->text);
	buf_reset(&b->packed);
	for (i = 0; i < b->count; i++)
		buf_add(&b->text, b->lines.data + b->items[i].at, b->items[i].len);
	if (!wire_gzip(b->text.data, b->text.len, &b->packed, err))
		return false;
	/* What shrinks like this would be taken for a bomb. */
	b->gzip = b->text.len <= WIRE_RATIO_FREE ||
	    b->text.len / WIRE_RATIO_MAX < b->packed.len;
	return true;
}

const struct buf *
batch_body(const struct client_batch *b)
{
	return b->gzip ? &b->packed : &b->text;
}

static bool
fits(const struct client_batch *b)
{
	long most = b->limits.max_bytes < BODY_MOST ? b->limits.max_bytes : BODY_MOST;

	return batch_body(b)->len <= (size_t)most &&
	    b->text.len <= (size_t)b->limits.max_inflated;
}

bool
batch_gather(struct client_batch *b, struct notebook *nb, struct err *err)
{
	long most = b->limits.max_records < LIMIT_MOST ? b->limits.max_records : LIMIT_MOST;

	empty(b);
	if (b->limit > most)
		b->limit = (int)most;
	if (!outbox_each(nb, b->after, b->limit, gather_item, b, err))
		return false;
	while (b->count > 0) {
		if (!pack(b, err))
			return false;
		if (fits(b) || b->count == 1)
			return true;
		keep_oldest(b, (b->count + 1) / 2);
	}
	return true;
}

void
batch_halve(struct client_batch *b)
{
	b->limit = (int)(b->count / 2);
	if (b->limit < 1)
		b->limit = 1;
	b->clean = 0;
}

void
batch_shrink(struct client_batch *b, const char *problem, size_t len)
{
	wire_limits_read(problem, len, &b->limits);
	batch_halve(b);
}

/* What a code means, in the worker's words. Codes that are not here are for later: an
 * unknown one must not send a record back for nothing. */
static const struct {
	const char *code, *text;
} refusals[] = {
	{ "json", N_("The collector could not read the record.") },
	{ "too_big", N_("The record is larger than the collector takes.") },
	{ "invalid", N_("The collector found something wrong in the record.") },
	{ "form_unknown", N_("The collector does not know this form.") },
	{ "conflict", N_("This record was changed elsewhere in the meantime.") },
	{ "forbidden", N_("This record belongs to another worker.") },
};

static void
take_refusal(const struct wire_refusal *refusal, void *data)
{
	struct client_batch *b = data;
	struct batch_item *it = &b->items[refusal->line];
	struct buf message = { 0 };
	size_t i;

	/* It names what it refuses twice, so that a wrong line is noticed. */
	if (it->listed || (*refusal->id && strcmp(refusal->id, it->id) != 0) ||
	    (refusal->rev && refusal->rev != it->rev)) {
		b->odd = true;
		return;
	}
	it->listed = true;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (!strcmp(refusals[i].code, refusal->code))
			break;
	if (i == sizeof(refusals) / sizeof(refusals[0])) {
		it->later = true;
		return;
	}
	buf_str(&message, _(refusals[i].text));
	if (*refusal->message)
		buf_fmt(&message, " (%s)", refusal->message);
	it->code = mem_strdup(refusal->code);
	it->path = mem_strdup(refusal->path);
	it->message = buf_take(&message);
}

bool
batch_read_answer(struct client_batch *b, const char *text, size_t len)
{
	return wire_answer_read(text, len, b->count, take_refusal, b) && !b->odd;
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
    struct batch_counts *counts, struct err *err)
{
	struct outbox_answer *answers = mem_alloc(b->count * sizeof(*answers));
	size_t n = fill_answers(b, answers, counts), i;
	bool ok = outbox_answered(nb, receipt, answers, n, err);

	free(answers);
	if (!ok)
		return false;
	for (i = 0; i < b->count; i++)
		if (b->items[i].seq > b->after)
			b->after = b->items[i].seq;
	if (++b->clean >= 2) {
		b->limit *= 2; /* batch_gather() keeps it below what may be sent */
		b->clean = 0;
	}
	return true;
}
