/*
 * The home page and what records ask for, on a real screen.
 */
#include "sample_notebook.h"

#include "autosync.h"
#include "client.h"

static void
what_is_overdue_stands_on_the_home_page(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(40, 100, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(term_has(t, "Visits to make again: 2 (2 overdue)"));
	CHECK(term_has(t, "2026-11-12  11 days late  2026-11-05 402 赵小姐"));
	CHECK(term_has(t, "Needs without an answer: 2 (2 overdue)"));
	CHECK(term_has(t, "Mediation terms running out: 1"));
	CHECK(term_has(t, "Agreements to follow up: 1"));
	CHECK(term_has(t, "New signs of conflict: 1"));
	term_resize(t, 15, 60);
	CHECK(term_see(t, "Overdue 8"));
	sample_leave(t);
	sample_remove();
}

/* Home's parts are reached by Tab; the form's fields come filled in. */
static void
a_need_is_answered_from_it(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<Tab>", "<Tab>", "<Enter>");
	CHECK(term_has(t, "01a1bf92-5240-7d93-a6d1-4765576cb5dc-1"));
	CHECK(term_has(t, "Qiaoxiang Community"));
	SAMPLE_TYPE(t, "cwstation<Enter>", "<Enter>", "<Enter>", "已划线。<Tab>", "<F2>");
	CHECK(term_see(t, "Needs without an answer: 1 (1 overdue)"));
	CHECK(term_has(t, "Overdue 7"));
	sample_leave(t);
	sample_remove();
}

static void
a_return_visit_begins_with_the_home_filled_in(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<Tab>", "<Enter>");
	CHECK(term_has(t, "402"));
	CHECK(term_has(t, "赵小姐"));
	/* What is carried over is no reason to keep a draft. */
	CHECK(term_keys(t, "<Esc>"));
	if (!term_has(t, "Overdue 8"))
		CHECK(term_keys(t, "<Esc>"));
	CHECK(term_see(t, "Drafts 0"));
	sample_leave(t);
	sample_remove();
}

static void
a_case_is_opened_where_it_is_settled(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Enter>");
	CHECK(term_has(t, "Follow-up"));
	SAMPLE_TYPE(t, "<Enter>", "<Enter>", "<Enter>", "full<Enter>", "<Enter>", "<Enter>");
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "Overdue 7"));
	CHECK(!term_has(t, "Agreements to follow up"));
	sample_leave(t);
	sample_remove();
}

static void
everything_that_is_due_is_a_page_of_its_own(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "zh_CN");
	CHECK(term_see(t, "走访记录"));
	CHECK(term_keys(t, "<F5>"));
	CHECK(term_see(t, "需求待反馈"));
	CHECK(term_has(t, "调解期限将到"));
	SAMPLE_TYPE(t, "<End>", "<F4>");
	CHECK(term_see(t, "袁某与贺某广场舞噪音纠纷"));
	SAMPLE_TYPE(t, "<Esc>", "<F3>", "调解<Enter>");
	CHECK(term_has(t, "侨香里业主与物业公"));
	CHECK(!term_has(t, "赵小姐"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

/* Two forms beside each other: Down keeps the column, Left and Right change it. */
static void
the_cursor_moves_among_the_forms(void)
{
	struct term *t;
	int row, col;

	sample_make(false);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Legal service log"));
	SAMPLE_TYPE(t, "<Down>", "<Right>", "<Down>");
	term_cursor(t, &row, &col);
	CHECK(term_find(t, "Review of community work", &row, &col));
	CHECK(term_look(t, row, col).reverse);
	SAMPLE_TYPE(t, "<Left>", "<Enter>");
	CHECK(term_see(t, "Micro-project > new"));
	CHECK(term_keys(t, "<Esc>"));
	term_resize(t, 24, 50);
	CHECK(term_find(t, "Micro-project", &row, &col));
	CHECK_INT(col, 5);
	sample_leave(t);
	sample_remove();
}

static void
sample_set(const char *const settings[][2], size_t count)
{
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;

	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	nb = place_open(NULL, &clock, NULL, &err);
	CHECK(nb != NULL);
	for (size_t i = 0; i < count; i++)
		CHECK(notebook_set(nb, settings[i][0], settings[i][1], &err));
	notebook_close(nb);
}

/* In the closing window it waits for any moment of the next hours. */
static void
what_waits_to_be_sent_stands_at_the_top_of_every_page(void)
{
	static const char *const on[][2] = { { SETTING_COLLECTOR, "http://127.0.0.1:9" },
		{ SETTING_TOKEN, "x" }, { SETTING_CLOSING, "00:00-23:59" } };
	static const char *const off[][2] = { { SETTING_BY_ITSELF, "no" } };
	struct term *t;

	sample_make(true);
	sample_set(on, 3);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "47 to send"));
	CHECK(term_keys(t, "<F5>"));
	CHECK(term_see(t, "47 to send"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_keys(t, "<F9>")); /* nobody answers */
	CHECK(term_see(t, "still waiting"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_see(t, "47 to send"));
	sample_leave(t);
	sample_set(off, 1);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(!term_has(t, "to send"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(what_is_overdue_stands_on_the_home_page);
	RUN(a_need_is_answered_from_it);
	RUN(a_return_visit_begins_with_the_home_filled_in);
	RUN(a_case_is_opened_where_it_is_settled);
	RUN(everything_that_is_due_is_a_page_of_its_own);
	RUN(the_cursor_moves_among_the_forms);
	RUN(what_waits_to_be_sent_stands_at_the_top_of_every_page);
	return CHECK_DONE();
}
