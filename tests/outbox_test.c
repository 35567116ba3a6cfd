/*
 * The outbox: what waits, what the collector says of it, what the receipt says.
 */
#include "outbox.h"

#include "../src/notebook/store.h"
#include "check.h"
#include "hash.h"
#include "notebook_fixture.h"

/* A revision as the outbox gives it. */
struct seen {
	char id[UUID_SIZE], hash[17];
	int rev, base;
	int64_t seq;
	bool withdrawal;
};

struct seen_list {
	struct seen items[16];
	int count, stop_at;
};

static bool
see(const struct outbox_item *item, void *data)
{
	struct seen_list *list = data;
	struct seen *seen = &list->items[list->count++];

	snprintf(seen->id, sizeof(seen->id), "%s", item->id);
	snprintf(seen->hash, sizeof(seen->hash), "%s", item->hash);
	seen->rev = item->rev;
	seen->base = item->base;
	seen->seq = item->seq;
	seen->withdrawal = item->why != NULL;
	CHECK((item->answers == NULL) == (item->why != NULL));
	if (item->answers)
		CHECK_INT(item->answers_len, strlen(item->answers));
	return list->count != list->stop_at;
}

static struct seen_list
waiting(struct fixture *f)
{
	struct seen_list list = { 0 };

	CHECK(outbox_each(f->nb, 0, 16, see, &list, &f->err));
	return list;
}

static void
check_waiting(struct fixture *f, const char *want)
{
	struct seen_list list = waiting(f);
	struct buf got = { 0 };

	for (int i = 0; i < list.count; i++)
		buf_fmt(&got, "%d<%d%s ", list.items[i].rev, list.items[i].base,
			list.items[i].withdrawal ? "w" : "");
	CHECK_STR(buf_text(&got), want);
	buf_clear(&got);
}

static int64_t
receipt(struct fixture *f)
{
	int64_t id = 0;

	CHECK(receipt_begin(f->nb, "http://127.0.0.1:8080", &id, &f->err));
	return id;
}

static void
accept_one(struct fixture *f, int64_t in, const char *id, int rev)
{
	struct outbox_answer answer = { .id = id, .rev = rev };

	CHECK(outbox_answered(f->nb, in, &answer, 1, &f->err));
}

static void
refuse_one(struct fixture *f, int64_t in, const char *id, int rev)
{
	struct outbox_answer answer = {
		.id = id,
		.rev = rev,
		.refused = true,
		.code = "invalid",
		.path = "needs[2]/need_text",
		.message = "too long",
	};

	CHECK(outbox_answered(f->nb, in, &answer, 1, &f->err));
}

static void
check_state(struct fixture *f, const char *id, enum record_state state, int rev,
	    const char *reason)
{
	struct record record;

	CHECK_INT(record_get(f->nb, id, &record, &f->err), 1);
	CHECK_STR(record_state_names[record.state], record_state_names[state]);
	CHECK_INT(record.rev, rev);
	CHECK_STR(record.reason, reason);
	CHECK_STR(record.reason_code, *reason ? "invalid" : "");
	CHECK_STR(record.reason_path, *reason ? "needs[2]/need_text" : "");
}

static bool
correct(struct fixture *f, const char *id, const char *answers)
{
	return record_correct(f->nb, id, &f->err) &&
	       fixture_finalise(f, id, answers, "t", "t");
}

static void
oldest_first_and_some_at_a_time(void)
{
	struct fixture *f = fixture_new();
	struct seen_list list = { 0 }, rest = { 0 }, one = { .stop_at = 1 };
	char ids[3][UUID_SIZE];
	int64_t bytes;
	long count;

	for (int i = 0; i < 3; i++)
		CHECK(fixture_add(f, "visit", "x", ids[i]));
	CHECK(outbox_each(f->nb, 0, 2, see, &list, &f->err));
	CHECK_INT(list.count, 2);
	CHECK_STR(list.items[0].id, ids[0]);
	CHECK_STR(list.items[1].id, ids[1]);
	CHECK(list.items[0].seq < list.items[1].seq);
	CHECK(outbox_each(f->nb, list.items[1].seq, 2, see, &rest, &f->err));
	CHECK_INT(rest.count, 1);
	CHECK_STR(rest.items[0].id, ids[2]);
	CHECK(outbox_each(f->nb, 0, 16, see, &one, &f->err));
	CHECK_INT(one.count, 1);
	CHECK(outbox_count(f->nb, &count, &bytes, &f->err));
	CHECK_INT(count, 3);
	CHECK_INT(bytes, 3 * strlen("{\"a\":\"b\"}"));
	fixture_free(f);
}

static bool
whole_item(const struct outbox_item *item, void *data)
{
	buf_fmt(data, "%d %d %s %s %s %s %zu %s %s %s %s", item->rev, item->base,
		item->form, item->version, item->user, item->station,
		strlen(item->device), item->at, item->created,
		item->answers ? item->answers : "-", item->why ? item->why : "-");
	return true;
}

static void
item_carries_the_whole_envelope(void)
{
	struct record_origin origin = {
		.form = "visit",
		.version = "1",
		.created = "2026-11-02T09:32:00+08:00",
		.user = "chen",
		.station = "u1",
	};
	struct fixture *f = fixture_new();
	struct buf line = { 0 };
	char id[UUID_SIZE];

	CHECK(record_begin(f->nb, &origin, id, &f->err));
	CHECK(fixture_finalise(f, id, "{\"n\":\"王\"}", "t", "t"));
	CHECK(outbox_each(f->nb, 0, 1, whole_item, &line, &f->err));
	CHECK_STR(buf_text(&line), "1 0 visit 1 chen u1 16 " FIXTURE_NOW
				   " 2026-11-02T09:32:00+08:00 {\"n\":\"王\"} -");
	buf_clear(&line);
	fixture_free(f);
}

static void
acknowledged_is_sent(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	int64_t in, bytes;
	long count;

	CHECK(fixture_add(f, "visit", "x", id));
	in = receipt(f);
	accept_one(f, in, id, 1);
	check_state(f, id, RECORD_SENT, 1, "");
	check_waiting(f, "");
	CHECK(outbox_count(f->nb, &count, &bytes, &f->err));
	CHECK_INT(count, 0);
	CHECK_INT(bytes, 0);
	refuse_one(f, in, id, 1); /* it waits no more: passed over */
	check_state(f, id, RECORD_SENT, 1, "");
	accept_one(f, in, "01a1fd70-f1c0-779f-a490-f54c0613fce0", 1);
	fixture_free(f);
}

static void
refused_comes_back_and_is_corrected(void)
{
	struct fixture *f = fixture_new();
	struct buf answers = { 0 }, cursor = { 0 };
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "visit", "x", id));
	in = receipt(f);
	refuse_one(f, in, id, 1);
	check_state(f, id, RECORD_RETURNED, 1, "too long");
	check_waiting(f, "");
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(record_draft_load(f->nb, id, &answers, &cursor, &f->err));
	CHECK_STR(buf_text(&cursor),
		  "needs[2]/need_text"); /* begins where it is wrong */
	CHECK(fixture_finalise(f, id, "{}", "t", "t"));
	check_state(f, id, RECORD_QUEUED, 2, "");
	check_waiting(f, "2<0 "); /* the collector never took revision 1 */
	accept_one(f, in, id, 2);
	check_state(f, id, RECORD_SENT, 2, "");
	CHECK(correct(f, id, "{\"n\":3}"));
	check_waiting(f, "3<2 ");
	buf_clear(&answers);
	buf_clear(&cursor);
	fixture_free(f);
}

static void
second_revision_before_the_first_is_acknowledged(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "dispute", "x", id));
	CHECK(correct(f, id, "{\"n\":2}"));
	check_waiting(f, "1<0 2<1 ");
	in = receipt(f);
	accept_one(f, in, id, 1);
	check_state(f, id, RECORD_QUEUED, 2, "");
	check_waiting(f, "2<1 ");
	accept_one(f, in, id, 2);
	check_state(f, id, RECORD_SENT, 2, "");
	fixture_free(f);
}

static void
first_refused_while_the_second_waits(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "dispute", "x", id));
	CHECK(correct(f, id, "{\"n\":2}"));
	CHECK(correct(f, id, "{\"n\":3}"));
	check_waiting(f, "1<0 2<1 3<2 ");
	in = receipt(f);
	refuse_one(f, in, id, 1);
	check_state(f, id, RECORD_QUEUED, 3, "");
	check_waiting(f, "2<0 3<2 ");
	refuse_one(f, in, id, 2);
	check_waiting(f, "3<0 ");
	refuse_one(f, in, id, 3);
	check_state(f, id, RECORD_RETURNED, 3, "too long");
	fixture_free(f);
}

static void
conflict_with_a_revision_refused_beside_it_waits(void)
{
	struct fixture *f = fixture_new();
	struct outbox_answer answers[2];
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "dispute", "x", id));
	CHECK(correct(f, id, "{\"n\":2}"));
	answers[0] = (struct outbox_answer){
		.id = id, .rev = 2, .refused = true, .code = "conflict"
	};
	answers[1] = (struct outbox_answer){
		.id = id, .rev = 1, .refused = true, .code = "invalid"
	};
	CHECK(outbox_answered(f->nb, receipt(f), answers, 2, &f->err));
	check_state(f, id, RECORD_QUEUED, 2, "");
	check_waiting(f, "2<0 ");
	CHECK(outbox_answered(f->nb, receipt(f), answers, 1,
			      &f->err)); /* now it is one */
	check_waiting(f, "");
	fixture_free(f);
}

static void
older_answer_does_not_undo_a_newer(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "dispute", "x", id));
	CHECK(correct(f, id, "{\"n\":2}"));
	in = receipt(f);
	accept_one(f, in, id, 2);
	check_state(f, id, RECORD_SENT, 2, "");
	refuse_one(f, in, id, 1);
	check_state(f, id, RECORD_SENT, 2, "");
	check_waiting(f, "");
	fixture_free(f);
}

static void
answer_for_other_content_is_passed_over(void)
{
	struct fixture *f = fixture_new();
	struct outbox_answer answer = { .rev = 1, .hash = "0000000000000000" };
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	answer.id = id;
	CHECK(outbox_answered(f->nb, receipt(f), &answer, 1, &f->err));
	check_state(f, id, RECORD_QUEUED, 1, "");
	fixture_free(f);
}

static void
withdrawals_are_sent_too(void)
{
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "visit", "x", id));
	CHECK(record_withdraw(f->nb, id, "wrong house", &f->err));
	check_waiting(f, "1<0 2<1w "); /* never sent, and both go */
	in = receipt(f);
	accept_one(f, in, id, 1);
	check_state(f, id, RECORD_WITHDRAWN, 2, "");
	CHECK_INT(record_get(f->nb, id, &record, &f->err), 1);
	CHECK(record.withdrawal_queued);
	accept_one(f, in, id, 2);
	check_state(f, id, RECORD_WITHDRAWN, 2, "");
	CHECK_INT(record_get(f->nb, id, &record, &f->err), 1);
	CHECK(!record.withdrawal_queued);
	fixture_free(f);
}

static void
refused_withdrawal_can_be_tried_again(void)
{
	struct fixture *f = fixture_new();
	struct buf answers = { 0 };
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "visit", "x", id));
	in = receipt(f);
	accept_one(f, in, id, 1);
	CHECK(record_withdraw(f->nb, id, "wrong house", &f->err));
	refuse_one(f, in, id, 2);
	check_state(f, id, RECORD_RETURNED, 2, "too long");
	CHECK(record_answers(f->nb, id, 0, &answers, &f->err));
	CHECK_STR(buf_text(&answers), "{\"a\":\"b\"}");
	CHECK(record_withdraw(f->nb, id, "wrong house", &f->err));
	check_waiting(f, "3<1w ");
	buf_clear(&answers);
	fixture_free(f);
}

static void
correction_under_way_survives_the_answer(void)
{
	struct fixture *f = fixture_new();
	struct record record;
	char id[UUID_SIZE];
	int64_t in;

	CHECK(fixture_add(f, "visit", "x", id));
	CHECK(record_correct(f->nb, id, &f->err));
	in = receipt(f);
	accept_one(f, in, id, 1);
	CHECK_INT(record_get(f->nb, id, &record, &f->err), 1);
	CHECK_INT(record.state, RECORD_SENT);
	CHECK(record.has_draft);
	CHECK(fixture_finalise(f, id, "{}", "t", "t"));
	check_waiting(f, "2<1 ");
	fixture_free(f);
}

static bool
receipt_line(const struct receipt *r, void *data)
{
	buf_fmt(data, "%s|%s|%s|%ld %ld %ld %ld|%lld %lld %lld|%s|%s\n", r->began,
		r->ended, r->collector, r->sent, r->accepted, r->refused, r->left,
		(long long)r->bytes_up, (long long)r->bytes_down,
		(long long)r->milliseconds, r->digest, r->outcome);
	return true;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Ten revisions of one record and one of another, acknowledged out of order. */
static void
receipt_adds_up_and_is_digested(void)
{
	struct fixture *f = fixture_new();
	struct outbox_answer answers[12] = { 0 };
	struct buf lines = { 0 }, digested = { 0 }, want = { 0 };
	unsigned char digest[HASH_SIZE];
	char ids[3][UUID_SIZE], hex[HASH_HEX_SIZE], *sorted[11];
	struct seen_list list;
	int64_t in;

	CHECK(fixture_add(f, "visit", "x", ids[0]));
	for (int i = 0; i < 9; i++)
		CHECK(correct(f, ids[0], "{\"n\":2}"));
	CHECK(fixture_add(f, "visit", "x", ids[1]));
	CHECK(fixture_add(f, "visit", "x", ids[2]));
	list = waiting(f);
	CHECK_INT(list.count, 12);
	for (int i = 0; i < 12; i++) {
		answers[11 - i] = (struct outbox_answer){
			.id = list.items[i].id,
			.rev = list.items[i].rev,
			.hash = list.items[i].hash,
			.refused = i == 11,
			.code = "invalid",
		};
		if (i < 11 && asprintf(&sorted[i], "%s %d %s\n", list.items[i].id,
				       list.items[i].rev, list.items[i].hash) < 0)
			abort();
	}
	in = receipt(f);
	CHECK(outbox_answered(f->nb, in, answers, 5, &f->err));
	fixture_later(f, 60);
	CHECK(receipt_list(f->nb, 1, receipt_line, &lines, &f->err));
	CHECK_STR(buf_text(&lines),
		  FIXTURE_NOW "||http://127.0.0.1:8080|5 4 1 7|0 0 0||\n");
	CHECK(outbox_answered(f->nb, in, answers + 5, 7, &f->err));
	CHECK(receipt_end(f->nb, in, 1000, 20, 345, "ok", &f->err));

	qsort(sorted, 11, sizeof(*sorted), compare_lines);
	for (int i = 0; i < 11; i++) {
		buf_str(&digested, sorted[i]);
		free(sorted[i]);
	}
	hash_sha256(digested.data, digested.len, digest);
	hash_hex(digest, sizeof(digest), hex);
	buf_fmt(&want,
		FIXTURE_NOW "|2026-11-23T09:31:00+08:00|http://127.0.0.1:8080|12 11 1 0"
			    "|1000 20 345|%s|ok\n",
		hex);
	buf_reset(&lines);
	CHECK(receipt_list(f->nb, 1, receipt_line, &lines, &f->err));
	CHECK_STR(buf_text(&lines), buf_text(&want));
	buf_clear(&lines);
	buf_clear(&digested);
	buf_clear(&want);
	fixture_free(f);
}

struct in_order {
	struct buf before;
	long count;
	bool sorted;
};

static bool
acknowledge_one(const struct outbox_item *item, void *data)
{
	struct outbox_answer **next = data;

	*(*next)++ = (struct outbox_answer){ .id = mem_strdup(item->id), .rev = item->rev };
	return true;
}

static bool
is_after(const char *record, int rev, const char *hash, void *data)
{
	struct in_order *seen = data;
	struct buf line = { 0 };

	buf_fmt(&line, "%s %d %s\n", record, rev, hash);
	seen->sorted &= strcmp(line.data, buf_text(&seen->before)) > 0;
	seen->count++;
	buf_clear(&seen->before);
	seen->before = line;
	return true;
}

/* So long that its lines are not sorted in memory. */
static void
a_long_receipt_is_in_the_same_order(void)
{
	enum { MANY = 5100, REVS = 11 };
	struct fixture *f = fixture_new();
	struct outbox_answer *answers = mem_alloc((MANY + REVS) * sizeof(*answers)),
			     *next = answers;
	struct in_order seen = { .sorted = true };
	char id[UUID_SIZE];
	int64_t in;

	CHECK(notebook_begin(f->nb, &f->err));
	for (int i = 0; i < MANY; i++)
		CHECK(fixture_add(f, "visit", "x", id));
	for (int i = 0; i < REVS; i++)
		CHECK(correct(f, id, "{\"n\":2}"));
	CHECK(notebook_end(f->nb, true, &f->err));
	CHECK(outbox_each(f->nb, 0, MANY + REVS, acknowledge_one, &next, &f->err));
	in = receipt(f);
	CHECK(outbox_answered(f->nb, in, answers, MANY + REVS, &f->err));
	CHECK(receipt_end(f->nb, in, 0, 0, 0, "ok", &f->err));
	CHECK(receipt_lines(f->nb, in, is_after, &seen, &f->err));
	CHECK_INT(seen.count, MANY + REVS);
	CHECK(seen.sorted);
	for (int i = 0; i < MANY + REVS; i++)
		free((char *)(uintptr_t)answers[i].id);
	free(answers);
	buf_clear(&seen.before);
	fixture_free(f);
}

static void
receipts_newest_first(void)
{
	struct fixture *f = fixture_new();
	struct buf lines = { 0 };

	receipt(f);
	fixture_later(f, 60);
	CHECK(receipt_end(f->nb, receipt(f), 0, 0, 0, "no line", &f->err));
	CHECK(receipt_list(f->nb, 0, receipt_line, &lines, &f->err));
	/* The digest of nothing. */
	CHECK_STR(
	    buf_text(&lines),
	    "2026-11-23T09:31:00+08:00|2026-11-23T09:31:00+08:00|http://127.0.0.1:8080"
	    "|0 0 0 0|0 0 0"
	    "|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855|no "
	    "line\n" FIXTURE_NOW "||http://127.0.0.1:8080|0 0 0 0|0 0 0||\n");
	CHECK(!receipt_end(f->nb, 99, 0, 0, 0, "ok", &f->err));
	buf_clear(&lines);
	fixture_free(f);
}

static void
answers_to_no_receipt_change_nothing(void)
{
	struct fixture *f = fixture_new();
	struct outbox_answer answer = { .rev = 1 };
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	answer.id = id;
	CHECK(!outbox_answered(f->nb, 7, &answer, 1, &f->err));
	check_state(f, id, RECORD_QUEUED, 1, "");
	check_waiting(f, "1<0 ");
	fixture_free(f);
}

int
main(void)
{
	RUN(oldest_first_and_some_at_a_time);
	RUN(item_carries_the_whole_envelope);
	RUN(acknowledged_is_sent);
	RUN(refused_comes_back_and_is_corrected);
	RUN(second_revision_before_the_first_is_acknowledged);
	RUN(first_refused_while_the_second_waits);
	RUN(conflict_with_a_revision_refused_beside_it_waits);
	RUN(older_answer_does_not_undo_a_newer);
	RUN(answer_for_other_content_is_passed_over);
	RUN(withdrawals_are_sent_too);
	RUN(refused_withdrawal_can_be_tried_again);
	RUN(correction_under_way_survives_the_answer);
	RUN(receipt_adds_up_and_is_digested);
	RUN(a_long_receipt_is_in_the_same_order);
	RUN(receipts_newest_first);
	RUN(answers_to_no_receipt_change_nothing);
	return CHECK_DONE();
}
