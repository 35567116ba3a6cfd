/*
 * The collector's batch reader against any bytes: gunzip, lines, records, the rules on
 * them. The store takes everything and knows an older revision of every other record.
 * The first byte says whether the rest is gzip.
 */
#include "../../sync/collector/db.h"
#include "../../sync/collector/ingest.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "json.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum db_result
begin(struct db *db, struct err *err)
{
	(void)db;
	(void)err;
	return DB_OK;
}

static void
rollback(struct db *db)
{
	(void)db;
}

static enum db_result
known(struct db *db, const char *const *ids, size_t count,
    void (*row)(const struct db_known *known, void *data), void *data, struct err *err)
{
	(void)db;
	(void)ids;
	(void)err;
	for (size_t i = 0; i < count; i += 2)
		row(&(struct db_known){ .record = i,
			.rev = 1,
			.hash = "0123456789abcdef",
			.base_hash = "",
			.user = "chenguifang",
			.device = 1 + (int64_t)i % 3 },
		    data);
	return DB_OK;
}

static enum db_result
holders(struct db *db, const char *const *ids, size_t count,
    void (*row)(size_t record, const char *user, void *data), void *data,
    struct err *err)
{
	(void)db;
	(void)ids;
	(void)err;
	if (count > 2)
		row(2, "zhoumin", data);
	return DB_OK;
}

static enum db_result
batch_add(struct db *db, const struct db_batch *batch, int64_t *id, struct err *err)
{
	(void)db;
	(void)err;
	if (batch->added + batch->same + batch->bad > batch->records)
		abort();
	*id = 1;
	return DB_OK;
}

static enum db_result
store(struct db *db, const struct wire_record *const *records, size_t count,
    int64_t device, int64_t batch, struct err *err)
{
	(void)db;
	(void)device;
	(void)batch;
	(void)err;
	for (size_t i = 0; i < count; i++)
		if (strlen(records[i]->id) != 36 || records[i]->rev < 1 ||
		    (records[i]->answers &&
			!json_valid(records[i]->answers, records[i]->answers_len)))
			abort();
	return DB_OK;
}

static enum db_result
case_put(struct db *db, const char *id, const char *audience, struct err *err)
{
	(void)db;
	(void)id;
	(void)audience;
	(void)err;
	return DB_OK;
}

static enum db_result
needs_set(struct db *db, const char *id, long rev, const char *user,
    const struct db_need *needs, size_t count, struct err *err)
{
	(void)db;
	(void)id;
	(void)rev;
	(void)user;
	(void)needs;
	(void)count;
	(void)err;
	return DB_OK;
}

static enum db_result
need_answer(struct db *db, const char *id, long rev, const char *ref, const char *day,
    bool closes, struct err *err)
{
	(void)db;
	(void)id;
	(void)rev;
	(void)ref;
	(void)day;
	(void)closes;
	(void)err;
	return DB_OK;
}

static enum db_result
kept(struct db *db, const char *line, size_t len, struct err *err)
{
	(void)db;
	(void)line;
	(void)err;
	return len % 2 ? DB_NONE : DB_OK;
}

static enum db_result
keep(struct db *db, const char *kind, const char *line, size_t len, int64_t batch,
    struct err *err)
{
	(void)db;
	(void)kind;
	(void)batch;
	(void)err;
	if (!json_valid(line, len))
		abort();
	return DB_OK;
}

static const struct db_ops ops = { .begin = begin,
	.commit = begin,
	.rollback = rollback,
	.known = known,
	.holders = holders,
	.batch_add = batch_add,
	.store = store,
	.case_put = case_put,
	.needs_set = needs_set,
	.need_answer = need_answer,
	.kept = kept,
	.keep = keep };

static void
take_refusal(const struct wire_refusal *refusal, void *data)
{
	(void)refusal;
	++*(long *)data;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct db_device device = {
		.id = 2, .name = "laptop", .worker = "chenguifang"
	};
	struct ingest_batch batch = { .device = &device,
		.label = "fuzz",
		.gzip = len && (data[0] & 1),
		.body = data + 1,
		.len = len ? len - 1 : 0 };
	struct ingest_counts counts = { 0 };
	struct buf answer = { 0 };
	struct err err = { 0 };
	struct clock clock;
	long refused = 0;

	if (!len || !clock_stop_at(&clock, "2026-11-23T09:30:00+08:00", &err))
		return 0;
	/* What the collector says is what a notebook understands. */
	if (ingest_run(&ops, NULL, &clock, &batch, &counts, &answer, &err) ==
		INGEST_OK &&
	    (!wire_answer_read(buf_text(&answer), answer.len, "fuzz",
		 (size_t)counts.records, take_refusal, &refused) ||
		refused != counts.bad))
		abort();
	buf_clear(&answer);
	return 0;
}
