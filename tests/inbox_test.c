/*
 * What comes down beside what is here: every mixture of the two, and nothing written over.
 */
#include "../src/notebook/store.h"
#include "check.h"
#include "hash.h"
#include "inbox.h"
#include "notebook_fixture.h"
#include "outbox.h"

#define ID "01a18d00-c3c0-7611-8ab9-000000000001"

/* A revision as the collector says it. */
static enum inbox_result
come(struct fixture *f, const char *id, int rev, int base, const char *answers)
{
	struct inbox_revision r = { .id = id, .rev = rev, .base = base, .form = "visit",
		.version = "1", .user = "chen", .station = "", .device = "other",
		.created = "2026-11-02T09:00:00+08:00", .at = "2026-11-02T10:00:00+08:00",
		.answers = answers, .len = answers ? strlen(answers) : 0, .why = "gone",
		.title = "theirs", .day = "2026-11-02", .text = "theirs" };
	char hash[17];

	hash_short(answers ? answers : "gone", strlen(answers ? answers : "gone"), hash);
	r.hash = hash;
	return inbox_revision(f->nb, &r, &f->err);
}

static struct record
get(struct fixture *f, const char *id)
{
	struct record r = { 0 };

	CHECK_INT(record_get(f->nb, id, &r, &f->err), 1);
	return r;
}

/* The collector has it. */
static void
acknowledge(struct fixture *f, const char *id, int rev)
{
	struct outbox_answer answer = { .id = id, .rev = rev };
	int64_t receipt;

	CHECK(receipt_begin(f->nb, "x", &receipt, &f->err));
	CHECK(outbox_answered(f->nb, receipt, &answer, 1, &f->err));
}

static void
correct(struct fixture *f, const char *id, const char *answers)
{
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, answers, "mine", "mine"));
}

static bool
write_revision(const struct revision *r, void *data)
{
	buf_fmt(data, "%d/%d %s ", r->rev, r->base, r->state);
	return true;
}

static const char *
revisions(struct fixture *f, const char *id)
{
	static struct buf out;

	buf_reset(&out);
	CHECK(record_revisions(f->nb, id, write_revision, &out, &f->err));
	return buf_text(&out);
}

static void
what_was_not_here_is_taken(void)
{
	struct fixture *f = fixture_new();
	struct record r;

	CHECK_INT(come(f, ID, 3, 2, "{\"a\":1}"), INBOX_TAKEN);
	r = get(f, ID);
	CHECK_INT(r.state, RECORD_SENT);
	CHECK_INT(r.rev, 3);
	CHECK_STR(r.title, "theirs");
	CHECK_STR(r.modified, "2026-11-02T10:00:00+08:00");
	CHECK_STR(r.device, "other");
	CHECK_INT(come(f, ID, 3, 2, "{\"a\":1}"), INBOX_SAME);
	CHECK_INT(come(f, ID, 4, 3, NULL), INBOX_TAKEN);
	CHECK_INT(get(f, ID).state, RECORD_WITHDRAWN);
	CHECK_INT(come(f, ID, 3, 2, "{\"a\":1}"), INBOX_SAME);
	CHECK_INT(get(f, ID).rev, 4);
	fixture_free(f);
}

static void
what_is_sent_gives_way(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	acknowledge(f, id, 1);
	CHECK_INT(come(f, id, 1, 0, "{\"old\":1}"), INBOX_SAME);
	CHECK_INT(come(f, id, 4, 3, "{\"a\":1}"), INBOX_TAKEN);
	CHECK_STR(revisions(f, id), "1/0 sent 4/3 sent ");
	correct(f, id, "{\"a\":2}");
	CHECK_STR(revisions(f, id), "1/0 sent 4/3 sent 5/4 queued ");
	fixture_free(f);
}

static void
what_waits_here_is_never_written_over(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	struct record r;
	long count;
	int64_t bytes;

	CHECK(fixture_add(f, "visit", "x", id));
	acknowledge(f, id, 1);
	correct(f, id, "{\"a\":\"mine\"}");
	CHECK_INT(come(f, id, 2, 1, "{\"a\":\"theirs\"}"), INBOX_ASIDE);
	r = get(f, id);
	CHECK_INT(r.state, RECORD_RETURNED);
	CHECK_STR(r.reason_code, "conflict");
	CHECK_STR(revisions(f, id), "1/0 sent 2/1 refused ");
	CHECK(outbox_count(f->nb, &count, &bytes, &f->err));
	CHECK_INT(count, 0);
	/* Again, and a newer one. */
	CHECK_INT(come(f, id, 2, 1, "{\"a\":\"theirs\"}"), INBOX_SAME);
	CHECK_INT(come(f, id, 3, 2, "{\"a\":\"newer\"}"), INBOX_ASIDE);
	/* Neither finished nor withdrawn without a look at theirs. */
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(!fixture_finalise(f, id, "{\"a\":\"mine\"}", "t", "t"));
	CHECK(strstr(f->err.text, "changed elsewhere"));
	CHECK(!record_withdraw(f->nb, id, "x", &f->err));
	fixture_free(f);
}

static void
a_draft_is_never_written_over(void)
{
	struct fixture *f = fixture_new();
	struct buf answers = { 0 };
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	acknowledge(f, id, 1);
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(record_draft_save(f->nb, id, "{\"a\":\"mine\"}", 12, "t", "", &f->err));
	CHECK_INT(come(f, id, 2, 1, "{\"a\":\"theirs\"}"), INBOX_ASIDE);
	CHECK(record_draft_load(f->nb, id, &answers, NULL, &f->err));
	CHECK_STR(buf_text(&answers), "{\"a\":\"mine\"}");
	CHECK(!fixture_finalise(f, id, "{\"a\":\"mine\"}", "t", "t"));
	CHECK_INT(get(f, id).state, RECORD_SENT);
	buf_clear(&answers);
	fixture_free(f);
}

static void
feedback_counts_for_the_last_revision_only(void)
{
	struct inbox_feedback said = { .rev = 1, .returned = true, .path = "a",
		.message = "why", .at = "2026-11-03T09:00:00+08:00" };
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	said.id = id;
	CHECK_INT(inbox_feedback(f->nb, &said, &f->err), INBOX_SAME); /* not sent yet */
	acknowledge(f, id, 1);
	correct(f, id, "{\"a\":2}");
	CHECK_INT(inbox_feedback(f->nb, &said, &f->err), INBOX_SAME);
	CHECK_INT(get(f, id).state, RECORD_QUEUED);
	acknowledge(f, id, 2);
	said.rev = 2;
	CHECK_INT(inbox_feedback(f->nb, &said, &f->err), INBOX_TAKEN);
	CHECK_INT(inbox_feedback(f->nb, &said, &f->err), INBOX_SAME);
	CHECK_INT(get(f, id).state, RECORD_RETURNED);
	said.id = ID;
	CHECK_INT(inbox_feedback(f->nb, &said, &f->err), INBOX_SAME);
	fixture_free(f);
}

static void
a_moved_record_waits_for_nothing_here(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	acknowledge(f, id, 1);
	CHECK_INT(inbox_moved(f->nb, id, "李伟", &f->err), INBOX_TAKEN);
	CHECK_INT(inbox_moved(f->nb, id, "李伟", &f->err), INBOX_SAME);
	CHECK_INT(inbox_moved(f->nb, ID, "李伟", &f->err), INBOX_SAME);
	CHECK(!record_correct(f->nb, id, &f->err));
	CHECK(strstr(f->err.text, "李伟"));
	/* It is mine again, unchanged. */
	CHECK_INT(come(f, id, 1, 0, "{\"a\":\"b\"}"), INBOX_TAKEN);
	CHECK(record_correct(f->nb, id, &f->err));
	fixture_free(f);
}

/* What the district knows of a need settles what a visit asks for. */
static void
a_need_answered_elsewhere_is_settled(void)
{
	static const char sql[] =
	    "INSERT INTO follow (record, kind, \"row\", due, key, after, other, what, settled)"
	    " VALUES (1, 'need', 2, '2026-11-09', 'need " ID "-2', '', NULL, '', 0),"
	    " (1, 'dispute', 1, '2026-11-09', 'need " ID "-1', '', 'visit " ID "', '', 0)";
	static const char open[] = "SELECT count(*) FROM follow WHERE settled = 0";
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_add(f, "visit", "x", id));
	CHECK(store_exec(f->nb, sql, &f->err));
	CHECK_INT(inbox_need(f->nb, ID "-2", "2026-11-08", false, &f->err), INBOX_TAKEN);
	CHECK_INT(schema_number(f->nb, open, &f->err), 2);
	CHECK_INT(inbox_need(f->nb, ID "-2", "2026-11-08", true, &f->err), INBOX_TAKEN);
	CHECK_INT(schema_number(f->nb, open, &f->err), 1);
	CHECK_INT(inbox_need(f->nb, ID "-2", "2026-11-08", true, &f->err), INBOX_SAME);
	CHECK_INT(inbox_need(f->nb, ID, "2026-11-08", true, &f->err), INBOX_TAKEN);
	CHECK_INT(schema_number(f->nb, open, &f->err), 0);
	/* Taken back there. */
	CHECK_INT(inbox_need(f->nb, ID "-2", "", false, &f->err), INBOX_TAKEN);
	CHECK_INT(schema_number(f->nb, open, &f->err), 1);
	fixture_free(f);
}

static void
a_lost_revision_waits_again(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];
	long count;
	int64_t bytes;

	CHECK(fixture_add(f, "visit", "x", id));
	acknowledge(f, id, 1);
	CHECK(inbox_send_again(f->nb, id, 1, &f->err));
	CHECK(inbox_send_again(f->nb, id, 1, &f->err));
	CHECK(outbox_count(f->nb, &count, &bytes, &f->err));
	CHECK_INT(count, 1);
	CHECK_INT(bytes, strlen("{\"a\":\"b\"}"));
	CHECK_INT(get(f, id).state, RECORD_QUEUED);
	acknowledge(f, id, 1);
	CHECK_INT(get(f, id).state, RECORD_SENT);
	fixture_free(f);
}

int
main(void)
{
	RUN(what_was_not_here_is_taken);
	RUN(what_is_sent_gives_way);
	RUN(what_waits_here_is_never_written_over);
	RUN(a_draft_is_never_written_over);
	RUN(feedback_counts_for_the_last_revision_only);
	RUN(a_moved_record_waits_for_nothing_here);
	RUN(a_need_answered_elsewhere_is_settled);
	RUN(a_lost_revision_waits_again);
	return CHECK_DONE();
}
