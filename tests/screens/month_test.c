/*
 * The month in pictures.
 */
#include "sample_notebook.h"

static void
a_month_shows_its_days_and_forms(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(term_keys(t, "<M-m>"));
	CHECK(term_has(t, "40 records on 19 days; most on 2026-11-10: 4"));
	CHECK(term_has(t, "10█4"));
	CHECK(term_has(t, "11░1"));
	CHECK(term_has(t, "*23 "));
	CHECK(term_has(t, "████ 12"));
	CHECK(term_has(t, "█ 11"));
	/* Another day, and its bars. */
	SAMPLE_TYPE(t, "<Up>", "<Left>", "<Left>", "<Left>", "<Left>", "<Left>", "<Left>", "<Tab>");
	CHECK(term_has(t, "2026-11-10"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_has(t, "2026-11-10, all records: 4"));
	SAMPLE_TYPE(t, "<Esc>", "<PgUp>");
	CHECK(term_has(t, "6 records on 5 days; most on 2026-10-20: 2"));
	SAMPLE_TYPE(t, "<PgUp>", "<PgUp>", "<PgUp>");
	CHECK(term_has(t, "There are no finished records of this month here."));
	CHECK(term_keys(t, "<Home>"));
	CHECK(term_has(t, "40 records on 19 days"));
	sample_leave(t);
	sample_remove();
}

/* Where block characters may be two columns wide, ASCII does it. */
static void
chinese_places_get_ascii(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "zh_CN");
	CHECK(term_see(t, "走访记录"));
	CHECK(term_keys(t, "<M-m>"));
	CHECK(term_has(t, "10#4"));
	CHECK(term_has(t, "11.1"));
	CHECK(term_has(t, "#### 12"));
	CHECK(!term_has(t, "█"));
	/* Few rows: the bars stand beside. */
	term_resize(t, 14, 80);
	CHECK(term_has(t, "10#4"));
	CHECK(term_has(t, "# 12"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(a_month_shows_its_days_and_forms);
	RUN(chinese_places_get_ascii);
	return CHECK_DONE();
}
