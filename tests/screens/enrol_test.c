/*
 * The first start with a one-time code, against a real collector.
 */
#include "sample_notebook.h"

#include "../sync/collector.h"

static void
a_code_at_the_first_start_is_enough(void)
{
	char address[64], code[16];
	struct buf out = { 0 };
	struct collector c;
	struct term *t;

	collector_start(&c);
	CHECK_INT(collector_run(&c, &out, "enrol", "chen", "--name", "陈桂芳", "--role",
		      "bldhead", "--station", "巴登U站", "--db", c.db, NULL), 0);
	snprintf(code, sizeof(code), "%.14s", buf_text(&out));
	snprintf(address, sizeof(address), "http://127.0.0.1:%d<Enter>", c.port);
	sample_home = folder_make();
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "who are you?"));
	SAMPLE_TYPE(t, "陈桂芳<Enter>", "<Enter>", "<Enter>", address);
	/* A wrong one first: the notebook is there, and the page stays for another. */
	SAMPLE_TYPE(t, "AAAA-AAAA-AAAA<Enter>", "<F2>");
	CHECK(term_see(t, "passphrase"));
	SAMPLE_TYPE(t, "<Esc>", "y"); /* none */
	CHECK(term_see(t, "does not know this code"));
	CHECK(term_see(t, "a new one.")); /* to its end */
	SAMPLE_TYPE(t, "<Enter>", "<C-u>");
	CHECK(term_keys(t, code));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "This laptop is enrolled. F9 on the home page"));
	CHECK(term_has(t, "巴登U站"));
	CHECK(term_keys(t, "<Esc>")); /* the tour */
	CHECK(term_see(t, "F9"));
	CHECK(term_keys(t, "<F9>"));
	CHECK(term_see(t, "Nothing was waiting"));
	/* What came of it is read to its end on a small screen too. */
	CHECK(term_see(t, ".backup"));
	term_resize(t, 15, 60);
	CHECK(term_see(t, "Nothing was waiting"));
	CHECK(term_has(t, ".backup"));
	sample_leave(t);
	sample_remove();
	collector_end(&c);
	buf_clear(&out);
}

int
main(void)
{
	RUN(a_code_at_the_first_start_is_enough);
	return CHECK_DONE();
}
