/*
 * hostile_test - texts that would command the terminal, on every page that shows any
 *
 * They stand in a form, in a record that came from elsewhere, in a task, a reason, a
 * template's name and what is laid aside. The program's own bytes are looked through: what
 * it writes to the terminal has none of them.
 */
#include "sample_notebook.h"

#include "hash.h"
#include "inbox.h"
#include "outbox.h"
#include "records.h"

/* An escape sequence, C1's, a bidi mark, a zero-width blank; marks without end. */
#define EVIL  "\033]0;owned\007\302\23331m\342\200\256\342\200\213"
#define MARK  "\314\201"
#define MARKS MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK

static const char form_text[] =
    "survey\n"
    ",type,name,label,hint,calculation,constraint,constraint_message\n"
    ",begin_group,g,Part" EVIL ",,,,\n"
    ",text,a,Name" EVIL "e" MARKS ",Hint" EVIL ",,. != 'x',Never" EVIL "\n"
    ",select_one k,kind,Kind" EVIL ",,,,\n"
    ",calculate,made,Made" EVIL ",,concat('m" EVIL "e" MARKS "'),,\n"
    ",note,said,Said ${made},,,,\n"
    ",end_group,,,,,,\n"
    ",begin_repeat,rows,Rows" EVIL ",,,,\n"
    ",text,r,Row" EVIL ",,,,\n"
    ",end_repeat,,,,,,\n"
    "choices\n"
    ",list_name,name,label\n"
    ",k,one,One" EVIL "\n"
    ",k,two,Two" EVIL "e" MARKS "\n"
    "settings\n"
    ",form_title,form_id,version,instance_name\n"
    ",Evil" EVIL ",evil,1,\"concat('t" EVIL "', ${a})\"\n";

/* As another program may have sent them: nothing of it was typed here. */
#define ANSWERS(word) \
	"{\"g\":{\"a\":\"" word "\\u001b]0;owned\\u0007\302\23331m\342\200\256\342\200\213e" MARKS \
	"\",\"kind\":\"one\",\"made\":\"m\342\200\256\"},\"rows\":[{\"r\":\"\\u001b[2J\342\200\256\"}]}"

static struct err err;

static void
finalise(struct notebook *nb, const char *id, const char *answers)
{
	struct record_final final = { .answers = answers, .len = strlen(answers),
		.title = "Title" EVIL "e" MARKS, .day = "2026-11-23", .text = "",
		.version = "1" };

	CHECK(record_finalise(nb, id, &final, NULL, &err));
}

static void
begin(struct notebook *nb, char id[UUID_SIZE])
{
	struct record_origin origin = { .form = "evil", .version = "1",
		.station = "Station" EVIL };

	CHECK(record_begin(nb, &origin, id, &err));
}

/* Mine and theirs, the one as evil as the other. */
static void
make_conflict(struct notebook *nb)
{
	static const char theirs[] = ANSWERS("Theirs");
	struct inbox_revision r = { .rev = 2, .base = 1, .form = "evil", .version = "1",
		.user = "li" EVIL, .station = "", .device = "", .created = "",
		.at = "2026-11-22T10:00:00+08:00", .answers = theirs, .len = strlen(theirs) };
	struct outbox_answer answer = { .rev = 1 };
	char id[UUID_SIZE], hash[17];
	int64_t receipt;

	begin(nb, id);
	finalise(nb, id, ANSWERS("First"));
	answer.id = r.id = id;
	CHECK(receipt_begin(nb, "x" EVIL, &receipt, &err));
	CHECK(outbox_answered(nb, receipt, &answer, 1, &err));
	CHECK(record_correct(nb, id, &err));
	finalise(nb, id, ANSWERS("Mine"));
	hash_short(theirs, r.len, hash);
	r.hash = hash;
	CHECK_INT(inbox_revision(nb, &r, &err), INBOX_ASIDE);
}

static void
make_notebook(void)
{
	static const char draft[] = ANSWERS("Draft");
	struct task task = { .id = "7", .text = "Task" EVIL "e" MARKS, .due = "2026-11-24",
		.form = "evil", .answers = "{}" };
	struct inbox_feedback feedback = { .rev = 1, .returned = true, .path = "g/a",
		.message = "Reason" EVIL "e" MARKS, .at = "2026-11-23T10:00:00+08:00" };
	struct outbox_answer answer = { .rev = 1 };
	struct clock clock = { 0 };
	struct notebook *nb;
	char path[256], id[UUID_SIZE];
	int64_t receipt;

	sample_make(false);
	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	snprintf(path, sizeof(path), "%s/陈桂芳.notebook", sample_home);
	nb = notebook_open(path, false, &clock, &err);
	CHECK(nb && notebook_form_take(nb, "evil", "1", form_text, strlen(form_text), &err));
	make_conflict(nb);
	begin(nb, id); /* comes back */
	finalise(nb, id, ANSWERS("Back"));
	answer.id = feedback.id = id;
	CHECK(receipt_begin(nb, "x", &receipt, &err));
	CHECK(outbox_answered(nb, receipt, &answer, 1, &err));
	CHECK_INT(inbox_feedback(nb, &feedback, &err), INBOX_TAKEN);
	begin(nb, id); /* a draft */
	CHECK(record_draft_save(nb, id, draft, strlen(draft), "Title" EVIL, "", &err));
	CHECK(inbox_tasks_begin(nb, &err));
	CHECK_INT(inbox_task(nb, &task, &err), INBOX_TAKEN);
	CHECK(inbox_tasks_end(nb, &err));
	CHECK(inbox_news_add(nb, NEWS_RECORD, "News" EVIL "e" MARKS, id, &err));
	CHECK(notebook_set(nb, SETTING_STATION, "Station" EVIL, &err));
	CHECK_STR(err.text, "");
	notebook_close(nb);
}

static void
nothing_came_through(struct term *t, const char *where)
{
	static const char *const never[] = { "\033]0", "\007", "\302\233", "\342\200\256",
		"\342\200\213", MARK MARK MARK MARK MARK MARK MARK MARK };
	size_t len;
	const char *bytes = term_output(t, &len);

	check_case(where);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		CHECK(!memmem(bytes, len, never[i], strlen(never[i])));
}

/* From home, to where something of it is seen. */
static const struct {
	const char *name, *keys, *see;
} walks[] = {
	{ "home", "", "Task" },
	{ "the records", "<F3>", "Title" },
	{ "found", "<F3>Title", "Title" },
	{ "a record", "<F3><Down><Enter>", "Name" },
	{ "its revisions", "<F3><Down><M-h>", "Revision" },
	{ "both versions", "<F3><Down><Down><Enter>", "Theirs" },
	{ "the drafts", "<M-d>", "Title" },
	{ "the month", "<M-m>", "2026" },
	{ "due", "<M-u>", "" },
	{ "templates", "<F6>", "" },
	{ "a new one", "9", "Name" },
	{ "its hint", "9<F1>", "" },
	{ "a wrong answer", "9x<Enter>", "Never" },
	{ "its choices", "9ok<Enter><F4>", "One" },
	{ "questions", "9<F6>", "Kind" },
	{ "settings", "<F7>", "Station" },
	{ "sending", "<F9>", "" },
};

static void
no_page_writes_them(void)
{
	for (size_t i = 0; i < sizeof(walks) / sizeof(*walks); i++) {
		const char *keys = walks[i].keys;
		char digit[2] = "", now[64];
		struct term *t;

		make_notebook();
		t = sample_start(30, 100, "en");
		CHECK(term_see(t, "F10"));
		CHECK(term_has(t, "Evil"));
		for (int n = 1; *keys == '9' && n < 10; n++) { /* the form's own number */
			snprintf(now, sizeof(now), "%d  Evil", n);
			if (term_has(t, now))
				*digit = (char)('0' + n);
		}
		snprintf(now, sizeof(now), "%s%s", digit, keys + (*keys == '9'));
		if (*now)
			CHECK(term_keys(t, now));
		if (*walks[i].see)
			CHECK(term_see(t, walks[i].see));
		nothing_came_through(t, walks[i].name);
		term_kill(t);
		term_free(t);
		sample_remove();
	}
}

int
main(void)
{
	RUN(no_page_writes_them);
	return CHECK_DONE();
}
