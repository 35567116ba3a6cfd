/*
 * The list of records: found by anything, in columns, sorted, filtered; remembered.
 */
#include "sample_notebook.h"

static void
one_box_finds_over_everything(void)
{
	static const struct {
		const char *typed, *want;
	} cases[] = {
		{ "zxj", "赵小姐" }, { "1203", "1203" },
		{ "11月5日", "钟敏仪" }, { "0001", "王阿姨" }, { "广场舞", "袁" },
	};
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(term_keys(t, "<F3>"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(term_keys(t, cases[i].typed));
		CHECK(term_has(t, cases[i].want));
		CHECK(term_keys(t, "<C-u>"));
	}
	sample_leave(t);
	sample_remove();
}

static int
row_of(struct term *t, const char *text)
{
	int row = -1, col;

	CHECK(term_find(t, text, &row, &col));
	return row;
}

static void
a_forms_records_stand_in_columns(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "<F4>", "Visit<Enter>");
	CHECK(term_has(t, "State     Visit date  Way of visiting"));
	CHECK(term_has(t, "queued    2026-11-17  By telephone"));
	SAMPLE_TYPE(t, "<F3>", "Room<Enter>");
	CHECK(term_has(t, "sorted by Room"));
	CHECK(row_of(t, "402") < row_of(t, "1105"));
	CHECK(row_of(t, "1105") < row_of(t, "1203"));
	SAMPLE_TYPE(t, "<F3>", "Room<Enter>");
	CHECK(term_has(t, "sorted by Room (backward)"));
	CHECK(row_of(t, "1203") < row_of(t, "1105"));
	/* One more column, one less. */
	SAMPLE_TYPE(t, "<M-o>", "visit_mode<Space>", "<BS>");
	SAMPLE_TYPE(t, "<C-u>", "person_name<Space>", "<Enter>");
	CHECK(term_has(t, "Name or.."));
	CHECK(term_has(t, "赵小姐"));
	CHECK(!term_has(t, "Way of visiting"));
	sample_leave(t);
	sample_remove();
}

static void
what_was_chosen_is_there_again(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	SAMPLE_TYPE(t, "<F3>", "<F4>", "Visit<Enter>", "<F4>", "waiting<Enter>", "<F3>",
	    "Room<Enter>");
	CHECK(term_has(t, "Visit, waiting to be sent: 12   sorted by Room"));
	sample_leave(t);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Overdue 8"));
	CHECK(term_keys(t, "<F3>"));
	CHECK(term_has(t, "Visit, waiting to be sent: 12   sorted by Room"));
	/* A new record of the form that is shown. */
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_has(t, "Visit > new"));
	SAMPLE_TYPE(t, "<Esc>", "<F4>", "all<Enter>");
	CHECK(term_has(t, "all records: 47"));
	sample_leave(t);
	sample_remove();
}

/* What a form computes of it is a column, the masked answer itself is none. */
static void
a_column_has_no_masked_answer_in_it(void)
{
	static const char form[] =
	    "survey\n,type,name,label,appearance,calculation\n,text,a,Name,,\n"
	    ",text,no,Number,masked,\n,calculate,both,Both,,\"concat(${a}, '/', ${no})\"\n"
	    "settings\n,form_title,form_id,version\n,Leaky,leaky,1\n";
	static const char line[] = "{\"_form\":\"leaky\",\"a\":\"Wang\",\"no\":\"44030119820615\"}";
	struct buf field = { 0 };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;
	struct term *t;
	char path[256];

	sample_make(false);
	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	snprintf(path, sizeof(path), "%s/陈桂芳.notebook", sample_home);
	nb = notebook_open(path, false, &clock, &err);
	CHECK(nb && notebook_form_take(nb, "leaky", "1", form, strlen(form), &err));
	CHECK(notebook_set(nb, "list.columns.leaky", "a no both", &err));
	CHECK_INT(session_import(nb, line, strlen(line), &field, &err), IMPORT_ADDED);
	buf_clear(&field);
	notebook_close(nb);
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Leaky"));
	SAMPLE_TYPE(t, "<F3>", "<F4>", "Leaky<Enter>");
	CHECK(term_see(t, "Wang/**********0615"));
	CHECK(!term_has(t, "Number") && !term_has(t, "44030119"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	RUN(one_box_finds_over_everything);
	RUN(a_forms_records_stand_in_columns);
	RUN(a_column_has_no_masked_answer_in_it);
	RUN(what_was_chosen_is_there_again);
	return CHECK_DONE();
}
