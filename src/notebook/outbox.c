/*
 * What waits to be sent, the collector's answers, and the receipts of both.
 */
#include "outbox.h"

#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>

static void
stamp_now(const struct notebook *nb, char stamp[CLOCK_STAMP_SIZE])
{
	clock_stamp(nb->clock, clock_now(nb->clock), stamp);
}

bool
outbox_count(struct notebook *nb, long *count, int64_t *bytes, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_COUNT, err);
	int got;

	if (!stmt)
		return false;
	if ((got = store_step(nb, stmt, err)) == 1) {
		*count = (long)sqlite3_column_int64(stmt, 0);
		*bytes = sqlite3_column_int64(stmt, 1);
	}
	sqlite3_reset(stmt);
	return got == 1;
}

static const char *
column_or_null(sqlite3_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt, column);
}

bool
outbox_each(struct notebook *nb, int64_t after, int limit,
	    bool (*row)(const struct outbox_item *item, void *data), void *data,
	    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_EACH, err);
	int got;

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int(stmt, 2, limit);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct outbox_item item = {
			.seq = sqlite3_column_int64(stmt, 0),
			.id = store_column(stmt, 1),
			.rev = sqlite3_column_int(stmt, 2),
			.base = sqlite3_column_int(stmt, 3),
			.form = store_column(stmt, 4),
			.version = store_column(stmt, 5),
			.user = store_column(stmt, 6),
			.station = store_column(stmt, 7),
			.device = store_column(stmt, 8),
			.at = store_column(stmt, 9),
			.created = store_column(stmt, 10),
			.hash = store_column(stmt, 11),
			.answers = column_or_null(stmt, 12),
			.answers_len = (size_t)sqlite3_column_bytes(stmt, 12),
			.why = column_or_null(stmt, 13),
		};

		if (!row(&item, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

/* A revision that waits, as an answer names it. */
struct waiting {
	int64_t seq, record;
	bool is_last; /* no newer one was made meanwhile */
};

/* 1, 0 when it does not wait, -1 and err. */
static int
find_waiting(struct notebook *nb, const struct outbox_answer *answer,
	     struct waiting *waiting, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_LOOK, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, answer->id);
	sqlite3_bind_int(stmt, 2, answer->rev);
	store_bind(stmt, 3, answer->hash && *answer->hash ? answer->hash : NULL);
	if ((got = store_step(nb, stmt, err)) == 1) {
		waiting->seq = sqlite3_column_int64(stmt, 0);
		waiting->record = sqlite3_column_int64(stmt, 1);
		waiting->is_last = sqlite3_column_int(stmt, 2);
	}
	sqlite3_reset(stmt);
	return got;
}

static bool
mark_revision(struct notebook *nb, int64_t seq, const char *state, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_MARK, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, seq);
	store_bind(stmt, 2, state);
	return store_run(nb, stmt, err);
}

static bool
acknowledge(struct notebook *nb, int64_t receipt, const struct waiting *waiting,
	    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_ACKNOWLEDGED, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, receipt);
	sqlite3_bind_int64(stmt, 2, waiting->seq);
	if (!store_run(nb, stmt, err) || !mark_revision(nb, waiting->seq, "sent", err))
		return false;
	if (!waiting->is_last)
		return true; /* the record's state is its newest revision's */
	if (!(stmt = store_stmt(nb, STMT_OUTBOX_SENT, err)))
		return false;
	sqlite3_bind_int64(stmt, 1, waiting->record);
	return store_run(nb, stmt, err);
}

static bool
return_record(struct notebook *nb, int64_t record, const struct outbox_answer *answer,
	      struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_RETURNED, err);
	char stamp[CLOCK_STAMP_SIZE];
	int64_t now = clock_now(nb->clock);

	if (!stmt)
		return false;
	clock_stamp(nb->clock, now, stamp);
	sqlite3_bind_int64(stmt, 1, record);
	sqlite3_bind_int64(stmt, 2, now);
	store_bind(stmt, 3, stamp);
	store_bind(stmt, 4, answer->code ? answer->code : "");
	store_bind(stmt, 5, answer->path ? answer->path : "");
	store_bind(stmt, 6, answer->message ? answer->message : "");
	return store_run(nb, stmt, err);
}

/* Records of which a waiting revision lost its base in this batch. */
struct rebased {
	int64_t *records;
	size_t count, cap;
};

static bool
is_rebased(const struct rebased *rebased, int64_t record)
{
	for (size_t i = 0; i < rebased->count; i++)
		if (rebased->records[i] == record)
			return true;
	return false;
}

static bool
rebase(struct notebook *nb, const struct waiting *waiting, int rev,
       struct rebased *rebased, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_OUTBOX_REBASE, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, waiting->record);
	sqlite3_bind_int(stmt, 2, rev);
	if (!store_run(nb, stmt, err))
		return false;
	rebased->records = mem_grow(rebased->records, &rebased->cap, rebased->count + 1,
				    sizeof(*rebased->records));
	rebased->records[rebased->count++] = waiting->record;
	return true;
}

static bool
refuse(struct notebook *nb, const struct waiting *waiting,
       const struct outbox_answer *answer, struct rebased *rebased, struct err *err)
{
	if (!mark_revision(nb, waiting->seq, "refused", err))
		return false;
	return waiting->is_last ? return_record(nb, waiting->record, answer, err)
				: rebase(nb, waiting, answer->rev, rebased, err);
}

static bool
count_in_receipt(struct notebook *nb, int64_t receipt, size_t sent, int accepted,
		 int refused, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECEIPT_COUNT, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, receipt);
	sqlite3_bind_int64(stmt, 2, (int64_t)sent);
	sqlite3_bind_int(stmt, 3, accepted);
	sqlite3_bind_int(stmt, 4, refused);
	if (!store_run(nb, stmt, err))
		return false;
	return sqlite3_changes(nb->db) == 1 ||
	       err_set(err, ERR_INPUT, _("There is no receipt of this number. Look with minqing "
	    "receipts."));
}

static bool
is_conflict(const struct outbox_answer *answer)
{
	return answer->refused && answer->code && !strcmp(answer->code, "conflict");
}

struct answer_counts {
	int accepted, refused;
};

static bool
take_answer(struct notebook *nb, int64_t receipt, const struct outbox_answer *answer,
	    struct answer_counts *counts, struct rebased *rebased, struct err *err)
{
	struct waiting waiting = { 0 };
	int got = find_waiting(nb, answer, &waiting, err);

	if (got <= 0)
		return got == 0;
	if (!answer->refused) {
		counts->accepted++;
		return acknowledge(nb, receipt, &waiting, err);
	}
	/* It conflicts only because what it stood on was refused beside it. */
	if (is_conflict(answer) && is_rebased(rebased, waiting.record))
		return true;
	counts->refused++;
	return refuse(nb, &waiting, answer, rebased, err);
}

/* Conflicts last: by then it is known what else was refused. */
static bool
take_answers(struct notebook *nb, int64_t receipt, const struct outbox_answer *answers,
	     size_t count, struct err *err)
{
	struct answer_counts counts = { 0 };
	struct rebased rebased = { 0 };
	bool ok = true;

	for (int conflicts = 0; conflicts <= 1; conflicts++)
		for (size_t i = 0; ok && i < count; i++)
			if (is_conflict(&answers[i]) == (conflicts == 1))
				ok = take_answer(nb, receipt, &answers[i], &counts,
						 &rebased, err);
	free(rebased.records);
	return ok && count_in_receipt(nb, receipt, count, counts.accepted,
				      counts.refused, err);
}

bool
outbox_answered(struct notebook *nb, int64_t receipt,
		const struct outbox_answer *answers, size_t count, struct err *err)
{
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb, take_answers(nb, receipt, answers, count, err), err);
}

bool
receipt_begin(struct notebook *nb, const char *collector, int64_t *id, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECEIPT_ADD, err);
	char stamp[CLOCK_STAMP_SIZE];

	if (!stmt)
		return false;
	stamp_now(nb, stamp);
	store_bind(stmt, 1, stamp);
	store_bind(stmt, 2, collector);
	if (!store_run(nb, stmt, err))
		return false;
	*id = sqlite3_last_insert_rowid(nb->db);
	return true;
}

#define MANY 5000 /* lines that are sorted in memory */

static bool
is_long(struct notebook *nb, int64_t receipt, bool *is, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECEIPT_ACCEPTED, err);
	int got;

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, receipt);
	got = store_step(nb, stmt, err);
	*is = got == 1 && sqlite3_column_int64(stmt, 0) > MANY;
	sqlite3_reset(stmt);
	return got >= 0;
}

bool
receipt_lines(struct notebook *nb, int64_t id,
	      bool (*row)(const char *record, int rev, const char *hash, void *data),
	      void *data, struct err *err)
{
	sqlite3_stmt *stmt;
	bool many;
	int got;

	if (!is_long(nb, id, &many, err) ||
	    !(stmt = store_stmt(nb, many ? STMT_RECEIPT_LINES_MANY : STMT_RECEIPT_LINES, err)))
		return false;
	sqlite3_bind_int64(stmt, 1, id);
	while ((got = store_step(nb, stmt, err)) == 1)
		if (!row(store_column(stmt, 0), sqlite3_column_int(stmt, 1),
			 store_column(stmt, 2), data))
			break;
	sqlite3_reset(stmt);
	return got >= 0;
}

static bool
add_to_sum(const char *record, int rev, const char *hash, void *data)
{
	struct buf line = { 0 };

	buf_fmt(&line, "%s %d %s\n", record, rev, hash);
	hash_sum_add(data, line.data, line.len);
	buf_clear(&line);
	return true;
}

/* SHA-256 in hex over the lines of everything that the receipt acknowledges. */
static bool
receipt_digest(struct notebook *nb, int64_t id, char hex[HASH_HEX_SIZE],
	       struct err *err)
{
	unsigned char digest[HASH_SIZE];
	struct hash_sum sum;

	hash_sum_begin(&sum);
	if (!receipt_lines(nb, id, add_to_sum, &sum, err))
		return false;
	hash_sum_end(&sum, digest);
	hash_hex(digest, sizeof(digest), hex);
	return true;
}

static bool
close_receipt(struct notebook *nb, int64_t id, int64_t bytes_up, int64_t bytes_down,
	      int64_t milliseconds, const char *outcome, struct err *err)
{
	char digest[HASH_HEX_SIZE], stamp[CLOCK_STAMP_SIZE];
	sqlite3_stmt *stmt;

	if (!receipt_digest(nb, id, digest, err) ||
	    !(stmt = store_stmt(nb, STMT_RECEIPT_END, err)))
		return false;
	stamp_now(nb, stamp);
	sqlite3_bind_int64(stmt, 1, id);
	store_bind(stmt, 2, stamp);
	sqlite3_bind_int64(stmt, 3, bytes_up);
	sqlite3_bind_int64(stmt, 4, bytes_down);
	sqlite3_bind_int64(stmt, 5, milliseconds);
	store_bind(stmt, 6, digest);
	store_bind(stmt, 7, outcome ? outcome : "");
	if (!store_run(nb, stmt, err))
		return false;
	return sqlite3_changes(nb->db) == 1 ||
	       err_set(err, ERR_INPUT, _("There is no receipt of this number. Look with minqing "
	    "receipts."));
}

bool
receipt_end(struct notebook *nb, int64_t id, int64_t bytes_up, int64_t bytes_down,
	    int64_t milliseconds, const char *outcome, struct err *err)
{
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	ok = close_receipt(nb, id, bytes_up, bytes_down, milliseconds, outcome, err);
	return store_end(nb, ok, err);
}

bool
receipt_list(struct notebook *nb, int limit,
	     bool (*row)(const struct receipt *receipt, void *data), void *data,
	     struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECEIPT_LIST, err);
	int got;

	if (!stmt)
		return false;
	sqlite3_bind_int(stmt, 1, limit ? limit : -1);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct receipt receipt = {
			.id = sqlite3_column_int64(stmt, 0),
			.began = store_column(stmt, 1),
			.ended = store_column(stmt, 2),
			.collector = store_column(stmt, 3),
			.sent = (long)sqlite3_column_int64(stmt, 4),
			.accepted = (long)sqlite3_column_int64(stmt, 5),
			.refused = (long)sqlite3_column_int64(stmt, 6),
			.left = (long)sqlite3_column_int64(stmt, 7),
			.bytes_up = sqlite3_column_int64(stmt, 8),
			.bytes_down = sqlite3_column_int64(stmt, 9),
			.milliseconds = sqlite3_column_int64(stmt, 10),
			.digest = store_column(stmt, 11),
			.outcome = store_column(stmt, 12),
		};

		if (!row(&receipt, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}
