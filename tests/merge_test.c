/*
 * A record that was changed here and elsewhere: what becomes one by itself, what somebody
 * must choose, and that neither side is ever lost.
 */
#include "check.h"
#include "conflict.h"
#include "hash.h"
#include "i18n.h"
#include "inbox.h"
#include "merge.h"
#include "notebook_fixture.h"
#include "outbox.h"
#include "session.h"

static const char form[] =
    "survey\n"
    ",type,name,label,required,constraint,calculation\n"
    ",text,a,First,,,\n"
    ",text,b,Second,,,\n"
    ",integer,n,Number,,. < 10,\n"
    ",calculate,sum,,,,\"concat(${a}, ${b})\"\n"
    ",begin_repeat,rows,Rows,,,\n"
    ",text,x,X,,,\n"
    ",text,y,Y,,,\n"
    ",end_repeat,,,,,\n"
    "settings\n"
    ",form_title,form_id,version,instance_name\n"
    ",Tiny,visit,1,${a}\n";

static struct fixture *
begin(void)
{
	struct fixture *f = fixture_new();

	i18n_use("en");
	CHECK(notebook_form_take(f->nb, "visit", "1", form, strlen(form), &f->err));
	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "chen", &f->err));
	return f;
}

static void
acknowledge(struct fixture *f, const char *id, int rev)
{
	struct outbox_answer answer = { .id = id, .rev = rev };
	int64_t receipt;

	CHECK(receipt_begin(f->nb, "x", &receipt, &f->err));
	CHECK(outbox_answered(f->nb, receipt, &answer, 1, &f->err));
}

static void
come(struct fixture *f, const char *id, int rev, int base, const char *answers)
{
	struct inbox_revision r = { .id = id, .rev = rev, .base = base, .form = "visit",
		.version = "1", .user = "li", .station = "", .device = "other",
		.created = "", .at = "2026-11-02T10:00:00+08:00", .answers = answers,
		.len = answers ? strlen(answers) : 0, .why = "gone" };
	char hash[17];

	hash_short(answers ? answers : "gone", strlen(answers ? answers : "gone"), hash);
	r.hash = hash;
	CHECK_INT(inbox_revision(f->nb, &r, &f->err), INBOX_ASIDE);
}

/* Both sides made from base; mine is finished and was not sent. */
static void
both(struct fixture *f, const char *base, const char *mine, const char *theirs,
    char id[UUID_SIZE])
{
	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, base, "t", "t"));
	acknowledge(f, id, 1);
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, mine, "t", "t"));
	come(f, id, 2, 1, theirs);
}

static const char *
answers_of(struct fixture *f, const char *id, int rev)
{
	static struct buf answers;

	buf_reset(&answers);
	CHECK(record_answers(f->nb, id, rev, &answers, &f->err));
	return buf_text(&answers);
}

static struct record
get(struct fixture *f, const char *id)
{
	struct record r = { 0 };

	CHECK_INT(record_get(f->nb, id, &r, &f->err), 1);
	return r;
}

static struct merge *
merge_of(struct fixture *f, const char *id)
{
	struct merge *m = NULL;

	CHECK_INT(merge_new(f->nb, id, "en", &m, &f->err), 1);
	return m;
}

/* clang-format off */
static const struct {
	const char *name, *base, *mine, *theirs;
	const char *merged; /* NULL: somebody must choose */
	const char *item;   /* of the first difference then: label|mine|theirs */
} cases[] = {
	{ "different questions", "{\"a\":\"1\",\"b\":\"1\"}", "{\"a\":\"2\",\"b\":\"1\"}",
	    "{\"a\":\"1\",\"b\":\"3\"}",
	    "{\"a\":\"2\",\"b\":\"3\",\"sum\":23,\"rows\":[]}", NULL },
	{ "the same question, the same answer", "{\"a\":\"1\"}", "{\"a\":\"2\"}",
	    "{\"a\":\"2\",\"b\":\"3\"}",
	    "{\"a\":\"2\",\"b\":\"3\",\"sum\":23,\"rows\":[]}", NULL },
	{ "one side emptied it", "{\"a\":\"1\",\"b\":\"1\"}", "{\"a\":\"1\"}", "{\"a\":\"2\",\"b\":\"1\"}",
	    "{\"a\":\"2\",\"sum\":2,\"rows\":[]}", NULL },
	{ "the same question", "{\"a\":\"1\"}", "{\"a\":\"2\"}", "{\"a\":\"3\"}", NULL,
	    "First|2|3" },
	{ "emptied and changed", "{\"a\":\"1\"}", "{}", "{\"a\":\"3\"}", NULL, "First||3" },
	{ "rows that both added", "{\"rows\":[{\"x\":\"1\"}]}",
	    "{\"rows\":[{\"x\":\"1\"},{\"x\":\"2\"}]}",
	    "{\"rows\":[{\"x\":\"1\"},{\"x\":\"3\",\"y\":\"4\"}]}",
	    "{\"rows\":[{\"x\":\"1\"},{\"x\":\"2\"},{\"x\":\"3\",\"y\":\"4\"}]}", NULL },
	{ "a row that only they added", "{\"rows\":[]}", "{\"a\":\"1\",\"rows\":[]}",
	    "{\"rows\":[{\"x\":\"3\"}]}", "{\"a\":\"1\",\"sum\":1,\"rows\":[{\"x\":\"3\"}]}", NULL },
	{ "the same row added twice", "{\"rows\":[]}", "{\"rows\":[{\"x\":\"3\"}]}",
	    "{\"a\":\"1\",\"rows\":[{\"x\":\"3\"}]}",
	    "{\"a\":\"1\",\"sum\":1,\"rows\":[{\"x\":\"3\"}]}", NULL },
	{ "different fields of one row", "{\"rows\":[{\"x\":\"1\",\"y\":\"1\"}]}",
	    "{\"rows\":[{\"x\":\"2\",\"y\":\"1\"}]}", "{\"rows\":[{\"x\":\"1\",\"y\":\"3\"}]}",
	    "{\"rows\":[{\"x\":\"2\",\"y\":\"3\"}]}", NULL },
	{ "the same field of one row", "{\"rows\":[{\"x\":\"1\"}]}", "{\"rows\":[{\"x\":\"2\"}]}",
	    "{\"rows\":[{\"x\":\"3\"}]}", NULL, "Rows 1 · X|2|3" },
	{ "they removed a row", "{\"rows\":[{\"x\":\"1\"},{\"x\":\"2\"}]}",
	    "{\"a\":\"1\",\"rows\":[{\"x\":\"1\"},{\"x\":\"2\"}]}", "{\"rows\":[{\"x\":\"2\"}]}",
	    "{\"a\":\"1\",\"sum\":1,\"rows\":[{\"x\":\"2\"}]}", NULL },
	{ "removed and changed", "{\"rows\":[{\"x\":\"1\"},{\"x\":\"2\"}]}", "{\"rows\":[{\"x\":\"1\"}]}",
	    "{\"rows\":[{\"x\":\"1\"},{\"x\":\"4\"}]}", NULL, "Rows|1: 1|1: 1; 2: 4" },
};
/* clang-format on */

static void
what_does_not_overlap_becomes_one(void)
{
	struct fixture *f = begin();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char id[UUID_SIZE], item[200];
		struct merge_item first;
		struct merge *m;
		long merged, left;

		check_case(cases[i].name);
		both(f, cases[i].base, cases[i].mine, cases[i].theirs, id);
		CHECK(merge_all(f->nb, &merged, &left, &f->err));
		CHECK_INT(merged, cases[i].merged != NULL);
		if (cases[i].merged) {
			CHECK_STR(answers_of(f, id, 3), cases[i].merged);
			CHECK_INT(get(f, id).state, RECORD_QUEUED);
			continue;
		}
		CHECK_INT(get(f, id).state, RECORD_RETURNED);
		m = merge_of(f, id);
		CHECK(merge_undecided(m) > 0);
		merge_item(m, 0, &first);
		snprintf(item, sizeof(item), "%s|%s|%s", first.label, first.mine,
		    first.theirs);
		CHECK_STR(item, cases[i].item);
		/* Out of the way of the next case. */
		merge_take(m, 0, MERGE_MINE);
		CHECK_INT(merge_apply(m, true, &f->err), MERGE_QUEUED);
		merge_free(m);
	}
	fixture_free(f);
}

static bool
write_revision(const struct revision *r, void *data)
{
	buf_fmt(data, "%d/%d %s ", r->rev, r->base, r->state);
	return true;
}

static void
either_side_can_be_taken(void)
{
	struct fixture *f = begin();
	struct buf revisions = { 0 };
	struct merge_item item;
	char id[UUID_SIZE];
	struct merge *m;

	both(f, "{\"a\":\"1\",\"b\":\"1\",\"n\":1}", "{\"a\":\"2\",\"b\":\"2\",\"n\":1}",
	    "{\"a\":\"3\",\"b\":\"3\",\"n\":4}", id);
	m = merge_of(f, id);
	CHECK_INT(merge_count(m), 3);
	CHECK_INT(merge_undecided(m), 2);
	merge_take(m, 0, MERGE_THEIRS);
	merge_take(m, 1, MERGE_MINE);
	merge_take(m, 1, MERGE_BOTH); /* an answer is one or the other */
	merge_item(m, 1, &item);
	CHECK_INT(item.take, MERGE_MINE);
	merge_item(m, 2, &item); /* theirs by itself, and it can be said otherwise */
	CHECK_INT(item.take, MERGE_THEIRS);
	merge_take(m, 2, MERGE_MINE);
	CHECK_INT(merge_apply(m, true, &f->err), MERGE_QUEUED);
	merge_free(m);
	CHECK_STR(answers_of(f, id, 3),
	    "{\"a\":\"3\",\"b\":\"2\",\"n\":1,\"sum\":32,\"rows\":[]}");
	CHECK_STR(get(f, id).title, "3");
	/* The next one follows on theirs; mine is still there to be read. */
	CHECK(record_revisions(f->nb, id, write_revision, &revisions, &f->err));
	CHECK_STR(buf_text(&revisions), "1/0 sent 2/1 refused 3/2 queued ");
	CHECK_STR(answers_of(f, id, 2), "{\"a\":\"2\",\"b\":\"2\",\"n\":1}");
	CHECK_INT(merge_new(f->nb, id, "en", &m, &f->err), 0);
	/* Changed elsewhere once more: what was agreed on is what both were made from. */
	come(f, id, 4, 2, "{\"a\":\"3\",\"b\":\"9\",\"n\":4}");
	m = merge_of(f, id);
	CHECK_INT(merge_undecided(m), 1); /* b; a is the same, n was only mine */
	merge_free(m);
	buf_clear(&revisions);
	fixture_free(f);
}

static void
a_draft_stays_a_draft(void)
{
	static const char mine[] = "{\"a\":\"1\",\"b\":\"mine\"}";
	struct fixture *f = begin();
	struct buf draft = { 0 };
	char id[UUID_SIZE];
	struct merge *m;
	long merged, left;

	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{\"a\":\"1\"}", "t", "t"));
	acknowledge(f, id, 1);
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(record_draft_save(f->nb, id, mine, strlen(mine), "t", "b", &f->err));
	come(f, id, 2, 1, "{\"a\":\"theirs\"}");
	CHECK(merge_all(f->nb, &merged, &left, &f->err)); /* not while somebody fills it in */
	CHECK_INT(merged + left, 0);
	m = merge_of(f, id);
	CHECK_INT(merge_undecided(m), 0);
	CHECK_INT(merge_apply(m, false, &f->err), MERGE_DRAFT);
	merge_free(m);
	CHECK(record_draft_load(f->nb, id, &draft, NULL, &f->err));
	CHECK(strstr(buf_text(&draft), "\"a\":\"theirs\",\"b\":\"mine\""));
	CHECK(fixture_finalise(f, id, "{\"a\":\"x\"}", "t", "t"));
	CHECK_INT(get(f, id).rev, 3);
	buf_clear(&draft);
	fixture_free(f);
}

/* Each is right by itself, both together are not: the worker hears of it. */
static void
what_the_form_refuses_is_a_draft(void)
{
	struct fixture *f = begin();
	char id[UUID_SIZE];
	struct merge *m;

	both(f, "{\"a\":\"1\",\"n\":1}", "{\"a\":\"2\",\"n\":1}", "{\"a\":\"1\",\"n\":12}", id);
	m = merge_of(f, id);
	CHECK_INT(merge_apply(m, true, &f->err), MERGE_DRAFT);
	merge_free(m);
	CHECK(get(f, id).has_draft);
	fixture_free(f);
}

static void
a_withdrawal_is_one_or_the_other(void)
{
	struct fixture *f = begin();
	struct merge_item item;
	char id[UUID_SIZE];
	struct merge *m;
	long merged, left;

	/* They withdrew it. */
	for (int take = MERGE_MINE; take <= MERGE_THEIRS; take++) {
		both(f, "{\"a\":\"1\"}", "{\"a\":\"2\"}", NULL, id);
		CHECK(merge_all(f->nb, &merged, &left, &f->err));
		CHECK_INT(left, 1);
		m = merge_of(f, id);
		CHECK_INT(merge_undecided(m), 1);
		merge_item(m, 0, &item);
		CHECK_STR(item.theirs, "withdrawn: gone");
		merge_take(m, 0, (enum merge_take)take);
		CHECK_INT(merge_apply(m, true, &f->err), MERGE_QUEUED);
		merge_free(m);
		CHECK_INT(get(f, id).state,
		    take == MERGE_MINE ? RECORD_QUEUED : RECORD_WITHDRAWN);
		CHECK_INT(get(f, id).rev, 3);
	}
	/* I did. */
	for (int take = MERGE_MINE; take <= MERGE_THEIRS; take++) {
		CHECK(fixture_begin(f, "visit", id));
		CHECK(fixture_finalise(f, id, "{\"a\":\"1\"}", "t", "t"));
		acknowledge(f, id, 1);
		CHECK(record_withdraw(f->nb, id, "mine", &f->err));
		come(f, id, 2, 1, "{\"a\":\"3\"}");
		m = merge_of(f, id);
		merge_item(m, 0, &item);
		CHECK_STR(item.mine, "withdrawn: mine");
		merge_take(m, 0, (enum merge_take)take);
		CHECK_INT(merge_apply(m, true, &f->err), MERGE_QUEUED);
		merge_free(m);
		CHECK_INT(get(f, id).state,
		    take == MERGE_MINE ? RECORD_WITHDRAWN : RECORD_QUEUED);
		if (take == MERGE_THEIRS)
			CHECK_STR(answers_of(f, id, 0), "{\"a\":\"3\",\"sum\":3,\"rows\":[]}");
	}
	fixture_free(f);
}

int
main(void)
{
	RUN(what_does_not_overlap_becomes_one);
	RUN(either_side_can_be_taken);
	RUN(a_draft_stays_a_draft);
	RUN(what_the_form_refuses_is_a_draft);
	RUN(a_withdrawal_is_one_or_the_other);
	return CHECK_DONE();
}
