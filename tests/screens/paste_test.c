/*
 * paste_test - tables pasted into repeats, and what input methods type into fields that
 * want narrow letters, digits, or few characters
 */
#include "sample_notebook.h"

#include "instance.h"
#include "records.h"

#include <stdlib.h>

static bool
keep_id(const struct record *r, void *data)
{
	memcpy(data, r->id, UUID_SIZE);
	return false;
}

/* An answer of the newest record. */
static const char *
stored(const char *path)
{
	static char text[8][200];
	static int turn;
	char *out = text[turn++ % 8], id[UUID_SIZE] = "";
	struct record_query query = { 0 };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct session *s;
	struct notebook *nb;
	struct node *node;

	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	nb = place_open(NULL, &clock, NULL, &err);
	CHECK(nb && record_list(nb, &query, keep_id, id, &err));
	s = session_resume(nb, id, "en", &err);
	if (!s)
		s = session_view(nb, id, 0, "en", &err);
	node = s ? instance_find(session_instance(s), path) : NULL;
	snprintf(out, sizeof(text[0]), "%s", node ? node->text : "(none)");
	session_close(s);
	notebook_close(nb);
	return out;
}

/* To the volunteers of a new sheet. */
static struct term *
start_sheet(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && term_keys(t, "3") && term_see(t, "What was done"));
	CHECK(term_keys(t, "清淤<PgDn>") && term_see(t, "Add the first one"));
	return t;
}

static void
a_table_fills_rows(void)
{
	struct term *t = start_sheet();

	CHECK(term_keys(t, "<Paste>SZFT000101\t林晓彤\t\tleader\n"
	    "SZFT000102\t张建国\t\tVolunteer\t0905\n\n"
	    "SZFT000103\t王淑芳\n</Paste>"));
	CHECK(term_see(t, "3 rows pasted."));
	CHECK(term_has(t, "SZFT000102") && term_has(t, "张建国") && term_has(t, "Add another"));
	CHECK(term_keys(t, "<F2>") && term_see(t, "waits to be sent"));
	sample_leave(t);
	CHECK_STR(stored("attend[1]/v_no"), "SZFT000101");
	CHECK_STR(stored("attend[1]/v_role"), "leader");
	CHECK_STR(stored("attend[2]/v_name"), "张建国");
	CHECK_STR(stored("attend[2]/v_role"), "member");
	CHECK_STR(stored("attend[2]/v_in"), "09:05");
	CHECK_STR(stored("attend[3]/v_no"), "SZFT000103");
	CHECK_STR(stored("attend[4]/v_no"), "(none)");
	sample_remove();
}

static void
a_first_line_of_labels_says_where_cells_go(void)
{
	struct term *t = start_sheet();

	CHECK(term_keys(t, "<Paste>姓名\tv_no\tRole\n林晓彤\tSZFT000101\tTeam leader\n"
	    "张建国\tSZFT000102\t\n</Paste>"));
	CHECK(term_see(t, "2 rows pasted."));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	CHECK_STR(stored("attend[1]/v_name"), "林晓彤");
	CHECK_STR(stored("attend[1]/v_role"), "leader");
	CHECK_STR(stored("attend[2]/v_no"), "SZFT000102");
	sample_remove();
}

/* From a field of a row on: that row first, new ones behind it, before what follows. */
static void
a_table_pasted_into_a_field_begins_there(void)
{
	struct term *t = start_sheet();

	CHECK(term_keys(t, "<Enter>SZFT000109<Enter>末位<Esc>"));
	CHECK(term_keys(t, "<F7>") && term_see(t, "2/2"));
	CHECK(term_keys(t, "SZFT000101<Enter><Paste>林晓彤\nSZFT000102\t张建国\n</Paste>"));
	CHECK(term_see(t, "2 rows pasted."));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	CHECK_STR(stored("attend[1]/v_name"), "末位");
	CHECK_STR(stored("attend[2]/v_no"), "SZFT000101");
	CHECK_STR(stored("attend[2]/v_name"), "林晓彤");
	CHECK_STR(stored("attend[3]/v_name"), "张建国");
	sample_remove();
}

/* What cannot be taken is told of and gets the cursor; the rest stays. */
static void
wrong_cells_are_told_of(void)
{
	struct term *t = start_sheet();

	CHECK(term_keys(t, "<Paste>SZFT000101\t林晓彤\n12\t张建国\t\tchief\t99:99\n</Paste>"));
	CHECK(term_see(t, "2 rows pasted. Cells to look at: 3, the first \"12\": 6 to 20"));
	CHECK(term_has(t, "Volunteers 2/2"));
	CHECK(term_keys(t, "<C-a><C-k>SZFT000102<Enter>"));
	CHECK(term_keys(t, "<F2>") && term_see(t, "waits to be sent"));
	sample_leave(t);
	CHECK_STR(stored("attend[2]/v_no"), "SZFT000102");
	CHECK_STR(stored("attend[2]/v_name"), "张建国");
	sample_remove();
}

/* One line into a one-line field is text, as ever. */
static void
one_line_is_text(void)
{
	struct term *t = start_sheet();

	CHECK(term_keys(t, "<Enter><Paste>SZFT000101\n</Paste><Enter>林<Esc><Esc>"));
	sample_leave(t);
	CHECK_STR(stored("attend[1]/v_no"), "SZFT000101");
	CHECK_STR(stored("attend[2]/v_no"), "(none)");
	sample_remove();
}

static void
full_width_letters_and_digits_are_taken(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && term_keys(t, "1") && term_see(t, "Room"));
	CHECK(term_keys(t, "Ｂ－１２０３<Enter>２<Enter>"));
	CHECK(term_keys(t, "３<Enter>１１２９<Enter><Esc>"));
	sample_leave(t);
	CHECK_STR(stored("g_who/room"), "B-1203");
	CHECK_STR(stored("g_who/door_result"), "nothome");
	CHECK_STR(stored("g_who/attempt_no"), "3");
	CHECK_STR(stored("g_who/next_try"), "2026-11-29");
	sample_remove();
}

/* Where the rule is a number of characters, the field takes no more and says why. */
static void
a_field_takes_as_much_as_its_rule_allows(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && term_keys(t, "1") && term_see(t, "Room"));
	CHECK(term_keys(t, "1203<Enter><Enter>一二三四五六七八九十一二三四五六七八九十"
	    "一二三四五六七八九十多"));
	CHECK(term_see(t, "At most 30 characters"));
	CHECK(term_keys(t, "<Enter><Esc>"));
	sample_leave(t);
	CHECK_STR(stored("g_person/person_name"), "一二三四五六七八九十一二三四五六七八九十"
	    "一二三四五六七八九十");
	sample_remove();
}

int
main(void)
{
	RUN(a_table_fills_rows);
	RUN(a_first_line_of_labels_says_where_cells_go);
	RUN(a_table_pasted_into_a_field_begins_there);
	RUN(wrong_cells_are_told_of);
	RUN(one_line_is_text);
	RUN(full_width_letters_and_digits_are_taken);
	RUN(a_field_takes_as_much_as_its_rule_allows);
	return CHECK_DONE();
}
