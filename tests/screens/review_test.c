/*
 * Looking records over: drafts checked at once, revisions compared, a second keying.
 */
#include "sample_notebook.h"

static void
drafts_are_checked_and_finished_at_once(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	/* One without anything, one that is complete but for its finishing. */
	SAMPLE_TYPE(t, "1", "999<Enter>", "nothome<Enter>", "<Esc>");
	SAMPLE_TYPE(t, "1", "998<Enter>", "<Esc>");
	CHECK(term_has(t, "Drafts 2"));
	CHECK(term_keys(t, "<M-d>"));
	CHECK(term_has(t, "Drafts: 2, complete: 1"));
	CHECK(term_has(t, "Name or form of address: "));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_has(t, "1 draft is complete"));
	CHECK(term_keys(t, "y"));
	CHECK(term_has(t, "Drafts: 1, complete: 0"));
	/* Enter on what is missing goes there. */
	SAMPLE_TYPE(t, "<Home>", "<Down>", "<Enter>");
	SAMPLE_TYPE(t, "何先生<Enter>", "<Esc>");
	CHECK(!term_has(t, "Name or form of address: "));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_has(t, "No draft is complete"));
	sample_leave(t);
	sample_remove();
}

static void
revisions_are_shown_with_what_they_changed(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "赵小姐", "<F5>", "<C-g>address<Enter>", "<M-x>", "赵女士<Enter>",
	    "<F2>");
	CHECK(term_keys(t, "<C-u>赵女士"));
	CHECK(term_keys(t, "<M-h>"));
	CHECK(term_has(t, "赵小姐 -> 赵女士"));
	CHECK(term_has(t, "Revision 2"));
	CHECK(term_has(t, "Revision 1"));
	SAMPLE_TYPE(t, "<Esc>", "<C-u>", "钟敏仪", "<Enter>", "<M-h>");
	CHECK(term_has(t, "Revision 1"));
	CHECK(!term_has(t, "->"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

static void
a_second_keying_shows_what_differs(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "1203<M-y>");
	CHECK(term_has(t, "Key the record a second time"));
	SAMPLE_TYPE(t, "<C-Home>", "1106<Enter>", "10<Enter>", "440304001<Enter>",
	    "dongyuan<Enter>", "pscenter<Enter>", "grid<Enter>", "吴志强<Enter>", "<Enter>",
	    "nyd001<Enter>", "1230<Enter>", "refused<Enter>", "<F2>");
	CHECK(term_has(t, "1 answer differs"));
	CHECK(term_has(t, "Room: 1203 / 1230"));
	/* Nothing of it is stored; the record is corrected where it differs. */
	CHECK(term_keys(t, "c"));
	CHECK(term_has(t, "Room                            1203"));
	SAMPLE_TYPE(t, "<Esc>", "<Esc>");
	CHECK(term_has(t, "Drafts 1"));
	sample_leave(t);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "1203<M-y>", "<Esc>");
	CHECK(term_has(t, "Not verified: nothing of the second time was kept."));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(drafts_are_checked_and_finished_at_once);
	RUN(revisions_are_shown_with_what_they_changed);
	RUN(a_second_keying_shows_what_differs);
	return CHECK_DONE();
}
