/*
 * The first start: who works here, then three screens for who is new.
 */
#include "sample_notebook.h"

static void
three_screens_come_after_the_first_start(void)
{
	struct term *t;

	sample_home = folder_make();
	setenv("MINQING_HOME", sample_home, 1);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Your name"));
	SAMPLE_TYPE(t, "陈桂芳<Enter>", "bldhead<Enter>", "<F2>", "<Esc>", "y");
	CHECK(term_see(t, "Filling in a record  1/3"));
	CHECK(term_has(t, "F2 is done"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_has(t, "The home page  2/3"));
	CHECK(term_has(t, "F9 sends what is finished"));
	CHECK(term_keys(t, "<PgUp>"));
	CHECK(term_has(t, "1/3"));
	SAMPLE_TYPE(t, "<Enter>", "<Enter>");
	/* What nothing on the home page says: how to lock it and how to hand it over. */
	CHECK(term_has(t, "3/3"));
	CHECK(term_has(t, "F11 locks the notebook") &&
	      term_has(t, "Ctrl-U on the home page"));
	CHECK(term_has(t, "F7 on the home page"));
	SAMPLE_TYPE(t, "<Enter>");
	CHECK(term_see(t, "Start a record"));
	sample_leave(t);
	/* Once only; Alt-i shows it again. */
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Start a record"));
	CHECK(term_keys(t, "<M-i>"));
	CHECK(term_has(t, "1/3"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_has(t, "Start a record"));
	sample_leave(t);
	sample_remove();
}

/* In 12 rows of 60 columns each screen is still whole. */
static void
small_screens_show_all_of_it(void)
{
	struct term *t;

	sample_make(false);
	t = sample_start(12, 80, "zh_CN");
	CHECK(term_see(t, "走访记录"));
	CHECK(term_keys(t, "<M-i>"));
	CHECK(term_has(t, "1/3"));
	CHECK(term_has(t, "草稿"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_has(t, "中英文"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_has(t, "几分钟后锁屏"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(three_screens_come_after_the_first_start);
	RUN(small_screens_show_all_of_it);
	return CHECK_DONE();
}
