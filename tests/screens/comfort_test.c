/*
 * comfort_test - small and wide windows, no colours, high contrast, both languages, own
 * keys: the whole program as each of them has it
 */
#include "sample_notebook.h"

#include <stdlib.h>

/* The pages, by the keys that lead from home to each. */
static const struct {
	const char *name, *there, *sign;
} pages[] = {
	{ "home", "", "F9" },
	{ "a form", "1", "Room" },
	{ "a list in it", "1<S-Tab><F4>", "Find:" },
	{ "a calendar in it", "1<C-Home><F4>", "2026-11" },
	{ "rows in it", "3<C-End><PgUp><F7>", "Volunteer" },
	{ "what is due", "<F5>", "days late" },
	{ "records", "<F3>", "F5" },
	{ "help", "<F1>", "Keys that work here" },
	{ "sending", "<F9>", "F1" },
	{ "settings", "<F7>", "Service point" },
};

#define PAGES (sizeof(pages) / sizeof(*pages))

/* A title above, keys below, the cursor where the work is, no character cut in half. */
static void
check_page(struct term *t, int rows, int cols)
{
	int row, col;

	term_settle(t);
	CHECK(*term_row(t, 0) != '\0');
	CHECK(strstr(term_row(t, rows - 1), "F1") != NULL);
	CHECK(term_cursor_visible(t));
	term_cursor(t, &row, &col);
	CHECK(row >= 0 && row < rows - 1 && col >= 0 && col < cols);
	CHECK(!term_has(t, "too small"));
}

static bool
is_home(struct term *t)
{
	return strstr(term_row(t, 0), "notebook") || strstr(term_row(t, 0), "民情日记");
}

/* By Esc, at least one when away. */
static void
go_home(struct term *t, bool away)
{
	for (int i = 0; i < 5 && (away || !is_home(t)); i++) {
		CHECK(term_keys(t, "<Esc>"));
		away = false;
	}
}

static void
every_page_fits_every_window(void)
{
	static const int sizes[][2] = { { 12, 40 }, { 12, 80 }, { 24, 80 }, { 50, 200 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int rows = sizes[i][0], cols = sizes[i][1];
		char name[64];
		struct term *t;

		sample_make(true);
		t = sample_start(rows, cols, "en");
		CHECK(term_see(t, "F1"));
		for (size_t k = 0; k < PAGES; k++) {
			snprintf(name, sizeof(name), "%s, %d x %d", pages[k].name, rows,
			    cols);
			check_case(name);
			CHECK(!*pages[k].there || term_keys(t, pages[k].there));
			if (cols >= 80)
				CHECK(term_see(t, pages[k].sign));
			check_page(t, rows, cols);
			go_home(t, k > 0);
		}
		sample_leave(t);
		sample_remove();
	}
}

static size_t
letters(const char *s)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z'))
		n++;
	return n;
}

/* English in the Chinese screens would be words that nobody translated: they begin large
 * or follow one another. Names of keys and codes in records are not. */
static bool
is_no_word(const char *word, size_t len)
{
	static const char *const known[] = { "Ctrl", "PgDn", "PgUp", "Home", "Shift",
		"Delete", "Backspace", "Insert" };

	if (len < 4 || (*word >= 'a' && (word[len] != ' ' || letters(word + len + 1) < 3)))
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i]) == len && memcmp(known[i], word, len) == 0)
			return true;
	return false;
}

static void
check_chinese(struct term *t)
{
	char *text = term_text(t);
	size_t len;

	for (const char *at = text; *at; at += len ? len : 1) {
		len = letters(at);
		if (!is_no_word(at, len)) {
			fprintf(stderr, "  \"%.*s\" in the Chinese screen\n", (int)len, at);
			CHECK(!"a word that is not translated");
			term_dump(t);
			break;
		}
	}
	free(text);
}

static void
every_page_is_chinese_where_it_should_be(void)
{
	struct term *t;

	sample_make(true);
	t = sample_start(24, 80, "zh_CN");
	CHECK(term_see(t, "F1"));
	for (size_t k = 0; k < PAGES; k++) {
		check_case(pages[k].name);
		CHECK(!*pages[k].there || term_keys(t, pages[k].there));
		check_chinese(t);
		go_home(t, k > 0);
	}
	sample_leave(t);
	sample_remove();
}

/* How many cells are coloured. */
static int
coloured(struct term *t, int rows, int cols)
{
	int count = 0;

	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++)
			count += term_look(t, row, col).coloured;
	return count;
}

static struct term *
start_with(const char *variable)
{
	if (variable)
		putenv((char *)(uintptr_t)variable);
	return sample_start(24, 80, "en");
}

static void
no_colour_is_shown_where_none_is_wanted(void)
{
	struct term *t;

	sample_make(true);
	t = start_with(NULL);
	CHECK(term_see(t, "F9") && term_keys(t, "1"));
	CHECK(coloured(t, 24, 80) > 0); /* required stars */
	CHECK(term_keys(t, "<M-z>"));   /* the next look: none */
	CHECK_INT(coloured(t, 24, 80), 0);
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	t = start_with(NULL); /* remembered */
	CHECK(term_see(t, "F9") && term_keys(t, "1"));
	CHECK_INT(coloured(t, 24, 80), 0);
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

/* Bold white on black everywhere, and what has the focus is reversed as a whole. */
static void
high_contrast_is_one_key_away_and_remembered(void)
{
	struct term *t;
	int row, col;

	sample_make(true);
	t = start_with(NULL);
	CHECK(term_see(t, "F9") && term_keys(t, "<M-z><M-z>1<S-Tab>"));
	CHECK_INT(coloured(t, 24, 80), 24 * 80);
	term_cursor(t, &row, &col);
	CHECK(term_look(t, row, col).reverse && term_look(t, row, col).bold);
	CHECK(term_keys(t, "<F4>")); /* pop-ups too; the key works in them */
	CHECK_INT(coloured(t, 24, 80), 24 * 80);
	CHECK(term_keys(t, "<M-z>"));
	CHECK(coloured(t, 24, 80) < 24 * 80);
	CHECK(term_keys(t, "<M-z><M-z><Esc><Esc>"));
	sample_leave(t);
	t = start_with(NULL);
	CHECK(term_see(t, "F9"));
	CHECK_INT(coloured(t, 24, 80), 24 * 80);
	sample_leave(t);
	sample_remove();
}

static void
the_language_is_one_key_away_and_remembered(void)
{
	const char *build = getenv("MINQING_BUILD");
	char program[512], folder[128];
	const char *const argv[] = { program, NULL };
	const char *const env[] = { folder, "LANGUAGE", "MINQING_FORMS=forms",
		"MINQING_NOW=" SAMPLE_NOW, NULL };
	struct term *t;

	sample_make(false);
	snprintf(program, sizeof(program), "%s/minqing", build ? build : "build/plain");
	snprintf(folder, sizeof(folder), "MINQING_HOME=%s", sample_home);
	t = term_start(&(struct term_options){ .argv = argv, .env = env });
	CHECK(term_see(t, "走访记录")); /* nothing said: Chinese */
	CHECK(term_keys(t, "<F12>") && term_see(t, "Dispute and mediation"));
	CHECK(term_keys(t, "1") && term_see(t, "Visit date"));
	CHECK(term_keys(t, "<C-o>") && term_see(t, "走访日期"));
	CHECK(term_keys(t, "<F12>") && term_see(t, "Visit date"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	t = term_start(&(struct term_options){ .argv = argv, .env = env });
	CHECK(term_see(t, "Dispute and mediation"));
	sample_leave(t);
	sample_remove();
}

static void
write_keys(const char *text)
{
	char path[160];
	FILE *out;

	snprintf(path, sizeof(path), "%s/keys", sample_home);
	out = fopen(path, "w");
	CHECK(out && fputs(text, out) >= 0);
	if (out)
		fclose(out);
}

static void
own_keys_work_and_are_shown(void)
{
	struct term *t;

	sample_make(false);
	write_keys("home new Alt-g\nhome settings F2 Ctrl-N\n");
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Alt-g New"));
	CHECK(term_keys(t, "<F1>") && term_see(t, "Alt-g"));
	CHECK(term_has(t, "begins a new record"));
	CHECK(term_keys(t, "<Esc><C-n>") && term_see(t, "Service point"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	/* A file that cannot be: said where and what, and all works as it came. */
	write_keys("home new F99\n");
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "Please note"));
	CHECK(term_has(t, "keys: line 1: not a key"));
	CHECK(term_has(t, "lists all places")); /* to its end, though it is long */
	CHECK(term_keys(t, "<Enter>") && term_see(t, "F2 New"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	unsetenv("NO_COLOR");
	every_page_fits_every_window();
	every_page_is_chinese_where_it_should_be();
	RUN(no_colour_is_shown_where_none_is_wanted);
	RUN(high_contrast_is_one_key_away_and_remembered);
	RUN(the_language_is_one_key_away_and_remembered);
	RUN(own_keys_work_and_are_shown);
	return CHECK_DONE();
}
