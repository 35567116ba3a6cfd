/*
 * What was written down before: offered, noticed, copied and kept as templates.
 */
#include "sample_notebook.h"

static void
a_room_typed_before_is_offered_and_fills_the_rest(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "1", "<C-g>room<Enter>", "40");
	CHECK(term_has(t, "F4 takes: 402 赵小姐"));
	CHECK(!term_has(t, "赵小姐;"));
	CHECK(term_keys(t, "9"));
	CHECK(!term_has(t, "F4 takes"));
	SAMPLE_TYPE(t, "<BS>", "<F4>");
	CHECK(term_has(t, "Name or form of address         赵小姐"));
	CHECK(term_has(t, "Kind of resident                Tenant"));
	SAMPLE_TYPE(t, "<Esc>");
	CHECK(term_see(t, "Drafts 1"));
	sample_leave(t);
	sample_remove();
}

/* By sound; several may be meant, and one is chosen from the list. */
static void
a_name_is_found_by_its_letters(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "1", "<C-g>address<Enter>", "zxj");
	CHECK(term_has(t, "F4 takes: 402 赵小姐"));
	SAMPLE_TYPE(t, "<M-x>", "<F4>");
	CHECK(term_has(t, "Written down before"));
	SAMPLE_TYPE(t, "wangay<Enter>");
	CHECK(term_has(t, "Name or form of address         王阿姨"));
	CHECK(term_has(t, "Room                            302"));
	SAMPLE_TYPE(t, "<Esc>");
	sample_leave(t);
	sample_remove();
}

static void
the_same_home_on_the_same_day_is_pointed_out(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "1", "<C-Home>", "5<Enter>", "<C-g>room<Enter>", "401<Enter>");
	CHECK(!term_has(t, "Perhaps written down already"));
	SAMPLE_TYPE(t, "<Up>", "<M-x>", "402<Enter>");
	CHECK(term_has(t, "Perhaps written down already: 2026-11-05 402 赵小姐"));
	CHECK(term_keys(t, "<M-v>"));
	CHECK(term_has(t, "read only"));
	SAMPLE_TYPE(t, "<Esc>", "<Tab>");
	CHECK(term_has(t, "Visit > 2026-11-05 402"));
	sample_leave(t);
	sample_remove();
}

static void
a_record_is_copied_as_a_new_one(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "赵小姐", "<F7>");
	CHECK(term_has(t, "Visit > new"));
	CHECK(term_keys(t, "<C-Home>"));
	CHECK(term_has(t, "2026-11-23"));
	CHECK(term_has(t, "赵小姐"));
	CHECK(term_has(t, "402"));
	SAMPLE_TYPE(t, "<Esc>", "<Esc>");
	CHECK(term_see(t, "Drafts 0"));
	sample_leave(t);
	sample_remove();
}

static void
answers_are_kept_as_a_template(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(term_keys(t, "<F6>"));
	CHECK(term_has(t, "No template is kept yet."));
	SAMPLE_TYPE(t, "<Esc>", "<F3>", "赵小姐", "<Enter>", "<M-t>", "每周探访<Enter>", "<Esc>",
	    "<Esc>", "<F6>");
	CHECK(term_has(t, "每周探访"));
	SAMPLE_TYPE(t, "mztf<Enter>", "<C-Home>");
	CHECK(term_has(t, "Visit > new"));
	CHECK(term_has(t, "赵小姐"));
	SAMPLE_TYPE(t, "<Esc>", "<F6>", "<F8>", "y");
	CHECK(term_has(t, "No template is kept yet."));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(a_room_typed_before_is_offered_and_fills_the_rest);
	RUN(a_name_is_found_by_its_letters);
	RUN(the_same_home_on_the_same_day_is_pointed_out);
	RUN(a_record_is_copied_as_a_new_one);
	RUN(answers_are_kept_as_a_template);
	return CHECK_DONE();
}
