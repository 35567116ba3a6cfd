/*
 * A record that was changed elsewhere as well, and what the district sends, on a real
 * screen.
 */
#include "sample_notebook.h"

#include "hash.h"
#include "inbox.h"
#include "outbox.h"
#include "records.h"

static const char tiny[] =
    "survey\n"
    ",type,name,label\n"
    ",text,a,Name\n"
    ",text,b,Room\n"
    ",integer,n,Persons\n"
    "settings\n"
    ",form_title,form_id,version,instance_name\n"
    ",Tiny,tiny,1,${a}\n";

static struct err err;

static struct notebook *
open_notebook(struct clock *clock)
{
	struct notebook *nb;
	char path[256];

	CHECK(clock_stop_at(clock, SAMPLE_NOW, &err));
	snprintf(path, sizeof(path), "%s/陈桂芳.notebook", sample_home);
	nb = notebook_open(path, false, clock, &err);
	CHECK(nb != NULL);
	return nb;
}

static void
finalise(struct notebook *nb, const char *id, const char *answers)
{
	struct record_final final = { .answers = answers, .len = strlen(answers),
		.title = "Wang", .day = "2026-11-23", .text = "", .version = "1" };

	CHECK(record_finalise(nb, id, &final, NULL, &err));
}

/* Mine is finished and not sent when theirs comes. */
static void
make_conflict(const char *mine, const char *theirs)
{
	struct record_origin origin = { .form = "tiny", .version = "1" };
	struct inbox_revision r = { .rev = 2, .base = 1, .form = "tiny", .version = "1",
		.user = "liwei", .station = "", .device = "", .created = "",
		.at = "2026-11-22T10:00:00+08:00", .answers = theirs, .len = strlen(theirs) };
	struct outbox_answer answer = { .rev = 1 };
	struct clock clock = { 0 };
	struct notebook *nb = open_notebook(&clock);
	char id[UUID_SIZE], hash[17];
	int64_t receipt;

	CHECK(notebook_form_take(nb, "tiny", "1", tiny, strlen(tiny), &err));
	CHECK(record_begin(nb, &origin, id, &err));
	finalise(nb, id, "{\"a\":\"Wang\",\"b\":\"1\",\"n\":1}");
	answer.id = r.id = id;
	CHECK(receipt_begin(nb, "x", &receipt, &err));
	CHECK(outbox_answered(nb, receipt, &answer, 1, &err));
	CHECK(record_correct(nb, id, &err));
	finalise(nb, id, mine);
	hash_short(theirs, r.len, hash);
	r.hash = hash;
	CHECK_INT(inbox_revision(nb, &r, &err), INBOX_ASIDE);
	notebook_close(nb);
}

static bool
write_answers(const struct record *record, void *data)
{
	buf_fmt(data, "%d %s ", record->rev, record_state_names[record->state]);
	return false;
}

/* Of the newest record. */
static void
check_record(const char *want)
{
	struct record_query query = { .form = "tiny", .limit = 1 };
	struct clock clock = { 0 };
	struct notebook *nb = open_notebook(&clock);
	struct buf got = { 0 };

	CHECK(record_list(nb, &query, write_answers, &got, &err));
	CHECK_STR(buf_text(&got), want);
	buf_clear(&got);
	notebook_close(nb);
}

/* Two rows, the first is the room's: every key that goes up or down. */
static void
moves_between(struct term *t, int first)
{
	static const struct {
		const char *bytes;
		int to;
	} keys[] = { { "\033[B", 1 }, { "\033[A", 0 }, { "\033[F", 1 }, { "\020", 0 },
		{ "\033[6~", 1 }, { "\033[5~", 0 }, { "\033n", 1 }, { "\033p", 0 },
		{ "\033>", 1 }, { "\033<", 0 }, { "\033[4~", 1 }, { "\033[H", 0 } };
	int row, col;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		CHECK(term_bytes(t, keys[i].bytes, strlen(keys[i].bytes)));
		CHECK(term_settle(t));
		term_cursor(t, &row, &col);
		CHECK_INT(row, first + keys[i].to);
	}
}

static void
the_worker_chooses_side_by_side(void)
{
	struct term *t;
	int row, col;

	sample_make(false);
	make_conflict("{\"a\":\"Wang\",\"b\":\"2\",\"n\":1}",
	    "{\"a\":\"Wang\",\"b\":\"3\",\"n\":4}");
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "This record was changed elsewhere"));
	SAMPLE_TYPE(t, "<Tab>", "<Enter>");
	CHECK(term_has(t, "Changed here and elsewhere"));
	CHECK(term_has(t, "by liwei, 2026-11-22 10:00"));
	CHECK(term_has(t, "1 answer was changed on both sides"));
	CHECK(term_find(t, "Room", &row, &col));
	CHECK(strstr(term_row(t, row), "[ ] 2") && strstr(term_row(t, row), "[ ] 3"));
	CHECK(strstr(term_row(t, row + 1), "[ ] 1") && strstr(term_row(t, row + 1), "[x] 4"));
	moves_between(t, row);
	/* Nothing is done while something is not chosen, or when it is left. */
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_has(t, "Choose here first"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_see(t, "both versions wait for you"));
	SAMPLE_TYPE(t, "<Enter>", "<Right>");
	CHECK(strstr(term_row(t, row), "[ ] 2") && strstr(term_row(t, row), "[x] 3"));
	CHECK(term_has(t, "Everything is chosen"));
	CHECK(term_keys(t, "<Left>"));
	CHECK(strstr(term_row(t, row), "[x] 2") && strstr(term_row(t, row), "[ ] 3"));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "the next revision waits"));
	CHECK(term_has(t, "Queued 1"));
	sample_leave(t);
	check_record("3 queued ");
	sample_remove();
}

static void
what_does_not_overlap_asks_nothing(void)
{
	struct term *t;

	sample_make(false);
	make_conflict("{\"a\":\"Wang\",\"b\":\"2\",\"n\":1}",
	    "{\"a\":\"Wang\",\"b\":\"1\",\"n\":4}");
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Returned 1"));
	SAMPLE_TYPE(t, "<Tab>", "<Enter>");
	CHECK(term_see(t, "Queued 1"));
	CHECK(term_has(t, "Both versions are one"));
	sample_leave(t);
	sample_remove();
}

/* The smallest screen, in Chinese. */
static void
it_fits_a_small_screen(void)
{
	struct term *t;

	sample_make(false);
	make_conflict("{\"a\":\"王\",\"b\":\"2\",\"n\":1}", "{\"a\":\"李\",\"b\":\"3\",\"n\":1}");
	t = sample_start(12, 40, "zh_CN");
	CHECK(term_see(t, "新建记录"));
	SAMPLE_TYPE(t, "<Tab>", "<Enter>");
	CHECK(term_has(t, "[ ] 王"));
	SAMPLE_TYPE(t, "<Right>", "<Left>");
	CHECK(term_has(t, "[x] 李"));
	CHECK(term_has(t, "[x] 2"));
	SAMPLE_TYPE(t, "<F2>");
	CHECK(!term_has(t, "[x]"));
	sample_leave(t);
	check_record("3 queued ");
	sample_remove();
}

static void
tasks_and_news_stand_on_the_home_page(void)
{
	static const struct task task = { "7", "走访302", "2026-11-20", "tiny",
		"{\"b\":\"302\",\"n\":3,\"x\":[1]}" };
	static const struct task plain = { "8", "Call the district", "", "", "{}" };
	struct clock clock = { 0 };
	struct notebook *nb;
	struct term *t;

	sample_make(false);
	nb = open_notebook(&clock);
	CHECK(notebook_form_take(nb, "tiny", "1", tiny, strlen(tiny), &err));
	CHECK_INT(inbox_task(nb, &task, &err), INBOX_TAKEN);
	CHECK_INT(inbox_task(nb, &plain, &err), INBOX_TAKEN);
	notebook_close(nb);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "From the district"));
	CHECK(term_has(t, "2026-11-20  走访302  (Tiny)"));
	CHECK(term_has(t, "New tasks: 2  Call the district"));
	/* The form, with what is known. */
	SAMPLE_TYPE(t, "<Tab>", "<Enter>");
	CHECK(term_has(t, "Tiny > new"));
	CHECK(term_has(t, "302"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_see(t, "Drafts 0"));
	SAMPLE_TYPE(t, "<Down>", "<Enter>");
	CHECK(term_has(t, "Task from the district"));
	CHECK(term_keys(t, "<Enter>"));
	/* News are gone once they were looked at. */
	SAMPLE_TYPE(t, "<Down>", "<Enter>");
	CHECK(!term_has(t, "New tasks"));
	CHECK(term_has(t, "走访302"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(the_worker_chooses_side_by_side);
	RUN(what_does_not_overlap_asks_nothing);
	RUN(it_fits_a_small_screen);
	RUN(tasks_and_news_stand_on_the_home_page);
	return CHECK_DONE();
}
