/*
 * editor_test - fields on a real terminal: what is seen, where the cursor stands, how
 * much crosses the line
 */
#include "../check.h"
#include "screen.h"

#include "buf.h"
#include "editor.h"
#include "err.h"
#include "keymap.h"
#include "text.h"

#include <screen.h>

#include <locale.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the program under test: a form of four fields ---- */

enum { NAME, PHONE, SHORT, NOTES, FIELD_COUNT };

static const struct {
	const char *label;
	struct editor_options options;
	struct rect area;
} fields[FIELD_COUNT] = {
	[NAME] = { "Name", { .max_chars = 0 }, { 2, 10, 1, 20 } },
	[PHONE] = { "Phone", { .masked = true, .max_chars = 11 }, { 3, 10, 1, 20 } },
	[SHORT] = { "Short", { .max_chars = 5 }, { 4, 10, 1, 20 } },
	[NOTES] = { "Notes", { .multiline = true }, { 6, 10, 4, 21 } },
};

struct page {
	struct editor *editors[FIELD_COUNT];
	int focus;
	const char *said;
};

static void
page_draw(struct screen *s, void *data)
{
	struct page *p = data;
	int i;

	screen_put(s, 0, 0, 40, ROLE_TITLE, "A form");
	for (i = 0; i < FIELD_COUNT; i++) {
		screen_put(s, fields[i].area.row, 1, 8,
		    i == p->focus ? ROLE_FOCUS_LABEL : ROLE_LABEL, fields[i].label);
		editor_draw(p->editors[i], s, fields[i].area, i == p->focus);
	}
	screen_put(s, 11, 1, 30, ROLE_HINT, p->said);
}

static int
run_form(void *data)
{
	struct page p = { .said = "" };
	struct screen_layer layer = { .draw = page_draw, .data = &p, .covers = true };
	struct editor_options options;
	struct buf kill = { 0 }, value = { 0 };
	struct err err = { 0 };
	struct screen *s = screen_open(&err);
	enum editor_result result;
	struct key key;
	FILE *out;
	int i;

	if (!s) {
		fprintf(stderr, "%s\n", err.text);
		return 3;
	}
	for (i = 0; i < FIELD_COUNT; i++) {
		options = fields[i].options;
		options.kill = &kill;
		p.editors[i] = editor_new(&options);
		editor_set(p.editors[i], NULL);
	}
	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		result = editor_key(p.editors[p.focus], &key);
		p.said = result == EDITOR_REFUSED ? "refused" :
		    result == EDITOR_PASS ? "passed" : "";
		if (result == EDITOR_NEXT)
			p.focus = (p.focus + 1) % FIELD_COUNT;
		if (result == EDITOR_PREV)
			p.focus = (p.focus + FIELD_COUNT - 1) % FIELD_COUNT;
	} while (key.code != K_F(10));
	screen_pop(s, &layer);
	screen_close(s);
	out = fopen(data, "w");
	for (i = 0; out && i < FIELD_COUNT; i++) {
		editor_value(p.editors[i], &value);
		buf_char(&value, '\x1f');
		editor_free(p.editors[i]);
	}
	if (out) {
		fwrite(value.data, 1, value.len, out);
		fclose(out);
	}
	buf_clear(&value);
	buf_clear(&kill);
	return 0;
}

/* ---- driving it ---- */

static char result_path[] = "/tmp/editor_test.XXXXXX";

static struct term *
start(int rows, int cols)
{
	struct term *t = term_start(&(struct term_options){ .rows = rows, .cols = cols,
	    .run = run_form, .data = result_path });

	term_see(t, "Notes");
	term_settle(t);
	return t;
}

/* Leaves the form and gives its values, separated by "|". */
static const char *
finish(struct term *t)
{
	static char text[70000];
	size_t n;
	FILE *f;
	int status = -1;
	char *at;

	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status) && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	term_free(t);
	f = fopen(result_path, "r");
	n = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	while ((at = strchr(text, '\x1f')))
		*at = '|';
	return text;
}

static void
check_cursor(struct term *t, int row, int col)
{
	int at_row, at_col;

	term_cursor(t, &at_row, &at_col);
	if (at_row != row || at_col != col)
		fprintf(stderr, "  cursor at %d, %d, wanted %d, %d\n", at_row, at_col, row,
		    col);
	CHECK(at_row == row && at_col == col);
	CHECK(term_cursor_visible(t));
}

static void
hanzi_go_in_and_the_cursor_follows(void)
{
	struct term *t = start(24, 80);

	check_cursor(t, 2, 10);
	term_keys(t, "王淑芳");
	CHECK_STR(term_row(t, 2), " Name     王淑芳");
	check_cursor(t, 2, 16);
	term_keys(t, "<Left><BS>");
	CHECK_STR(term_row(t, 2), " Name     王芳");
	check_cursor(t, 2, 12);
	CHECK_INT(term_look(t, 2, 10).width, 2);
	CHECK(term_look(t, 2, 10).underline);
	CHECK(term_look(t, 3, 10).underline);
	CHECK_STR(finish(t), "王芳||||");
}

static void
fields_follow_one_another(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "a<Enter>1<Tab>c<Down>d<S-Tab><Up><Up>b");
	check_cursor(t, 2, 12);
	CHECK_STR(finish(t), "ab|1|c|d|");
}

static void
a_long_line_scrolls_with_a_margin(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "一二三四五六七八九十甲乙");
	CHECK_STR(term_row(t, 2), " Name     四五六七八九十甲乙");
	check_cursor(t, 2, 28);
	term_keys(t, "<Home>");
	CHECK_STR(term_row(t, 2), " Name     一二三四五六七八九十");
	check_cursor(t, 2, 10);
	/* Four cells stay in sight to the right of the cursor. */
	term_keys(t, "<Right><Right><Right><Right><Right><Right><Right><Right>");
	CHECK_STR(term_row(t, 2), " Name     二三四五六七八九十甲");
	check_cursor(t, 2, 24);
	term_keys(t, "<Right>");
	CHECK_STR(term_row(t, 2), " Name     三四五六七八九十甲乙");
	term_keys(t, "<End><Left><Left><Left><Left><Left><Left><Left>");
	CHECK_STR(finish(t), "一二三四五六七八九十甲乙||||");
}

static void
masked_text_is_not_seen(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "<Tab>13900000000");
	CHECK_STR(term_row(t, 3), " Phone    ***********");
	CHECK(!term_has(t, "139"));
	term_keys(t, "1");
	CHECK(term_has(t, "refused"));
	CHECK_STR(finish(t), "|13900000000|||");
}

static void
the_limit_counts_characters(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "<Tab><Tab>王淑芳王淑芳");
	CHECK_STR(term_row(t, 4), " Short    王淑芳王淑");
	CHECK(term_has(t, "refused"));
	CHECK_STR(finish(t), "||王淑芳王淑||");
}

static void
notes_wrap_by_width_and_scroll(void)
{
	struct term *t = start(24, 80);

	/* Twenty cells a row: ten hanzi. */
	term_keys(t, "<Tab><Tab><Tab>一二三四五六七八九十甲乙<Enter>a");
	CHECK_STR(term_row(t, 6), " Notes    一二三四五六七八九十");
	CHECK_STR(term_row(t, 7), "          甲乙");
	CHECK_STR(term_row(t, 8), "          a");
	check_cursor(t, 8, 11);
	term_keys(t, "<Enter>b<Enter>c");
	CHECK_STR(term_row(t, 6), " Notes    甲乙");
	CHECK_STR(term_row(t, 9), "          c");
	term_keys(t, "<Up><Up><Up><Up><Home>x");
	CHECK_STR(term_row(t, 6), " Notes    x一二三四五六七八九");
	CHECK_STR(term_row(t, 7), "          十甲乙");
	check_cursor(t, 6, 11);
	term_keys(t, "<Up>y"); /* leaves the notes: the field above has it */
	CHECK_STR(finish(t), "||y|x一二三四五六七八九十甲乙\na\nb\nc|");
}

static void
end_of_a_soft_row_is_seen_there(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "<Tab><Tab><Tab>一二三四五六七八九十甲乙<Up><End>");
	check_cursor(t, 6, 30);
	term_keys(t, "<Right>");
	check_cursor(t, 7, 12);
	term_keys(t, "<Down>z");
	/* Down at the last row went on to the first field. */
	CHECK_STR(finish(t), "z|||一二三四五六七八九十甲乙|");
}

static void
what_cannot_be_shown_is_kept(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "a\xF3\xB0\x80\x80" "b\xF0\xB2\x8E\xB0☎\uFE0Fc");
	/* Private use is wcwidth's business; an unassigned one is 〓. */
	CHECK(strstr(term_row(t, 2), "b〓☎c") || strstr(term_row(t, 2), "b\xF0\xB2\x8E\xB0☎c"));
	CHECK_STR(finish(t), "a\xF3\xB0\x80\x80" "b\xF0\xB2\x8E\xB0☎\uFE0Fc||||");
}

static void
decomposed_text_is_stored_composed(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "cafe\u0301");
	check_cursor(t, 2, 14);
	CHECK_STR(finish(t), "caf\u00e9||||");
}

static void
unknown_sequences_are_no_text(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "a\033[15;9~\033[99~\033[?7hb");
	CHECK_STR(finish(t), "ab||||");
}

static void
a_paste_is_one_change(void)
{
	struct term *t = start(24, 80);
	size_t len;

	CHECK(strstr(term_output(t, &len), "\033[?2004h") != NULL);
	term_keys(t, "x<Paste>王\t淑\n芳<Enter>!</Paste>");
	CHECK_STR(term_row(t, 2), " Name     x王 淑 芳 !");
	term_keys(t, "<C-_>");
	CHECK_STR(term_row(t, 2), " Name     x");
	term_keys(t, "<M-r><Tab><Tab><Tab><Paste>a\nb</Paste>");
	CHECK_STR(finish(t), "x王 淑 芳 !|||a\nb|");
}

static void
cut_text_can_be_put_into_another_field(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "one two<C-u><Tab><Tab><Tab><C-y><Enter><C-y><C-w>");
	CHECK_STR(finish(t), "|||one two\none |");
}

static void
words_by_ctrl_and_by_esc(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "王淑芳 one two<C-Left>1<C-Left><M-b>2<M-f>3<C-Right>4<M-b><M-d>");
	CHECK_STR(finish(t), "王淑芳 2one ||||");
}

/* ---- figures ---- */

static void
little_crosses_the_line(void)
{
	struct term *t = start(24, 80);
	size_t hanzi, tab;

	term_keys(t, "王");
	term_reset(t);
	term_keys(t, "淑");
	hanzi = term_written(t);
	term_reset(t);
	term_keys(t, "<Tab>");
	tab = term_written(t);
	printf("bytes: %zu a hanzi, %zu a Tab\n", hanzi, tab);
	CHECK(hanzi > 0 && hanzi <= 30);
	CHECK(tab > 0 && tab <= 200);
	term_reset(t);
	term_keys(t, "<C-l>");
	printf("bytes: %zu a full repaint\n", term_written(t));
	CHECK(term_written(t) > 100 && term_written(t) <= 1500);
	finish(t);
}

/* An input method hands over a phrase at once: one painting, not nine. */
static void
a_burst_is_painted_once(void)
{
	struct term *t = start(24, 80);
	size_t len, i, paints = 0;
	const char *out;

	term_reset(t);
	term_keys(t, "一二三四五六七八九");
	out = term_output(t, &len);
	for (i = 0; i + 1 < len; i++) /* a painting ends by placing the cursor anew */
		paints += !memcmp(out + i, "\xE4\xB8\x80", 3);
	CHECK_INT(paints, 1);
	printf("bytes: %zu a burst of nine hanzi\n", len);
	CHECK(len <= 50);
	CHECK_STR(finish(t), "一二三四五六七八九||||");
}

static void
type_ahead_is_never_lost(void)
{
	struct term *t = start(24, 80);
	struct buf keys = { 0 }, want = { 0 };
	const char *got;
	int i;

	for (i = 0; i < 2000; i++) {
		buf_str(&keys, i % 2 ? "民" : "a");
		buf_str(&want, i % 2 ? "民" : "a");
	}
	term_keys(t, "<Tab><Tab><Tab>");
	term_type_ahead(t, keys.data);
	term_type_ahead(t, "<Tab>z");
	got = finish(t);
	CHECK(!strncmp(got, "z|||", 4) && !strncmp(got + 4, want.data, want.len) &&
	    got[4 + want.len] == '|');
	buf_clear(&keys);
	buf_clear(&want);
}

static void
an_idle_form_sleeps(void)
{
	struct term *t = start(24, 80);
	struct timespec second = { 0, 500000000 };
	long before, after;

	term_keys(t, "a");
	before = term_wakeups(t);
	nanosleep(&second, NULL);
	after = term_wakeups(t);
	CHECK_INT(after - before, 0);
	finish(t);
}

static void
a_resize_keeps_text_and_cursor(void)
{
	struct term *t = start(24, 80);

	term_keys(t, "王淑芳<Left>");
	term_resize(t, 12, 40);
	CHECK_STR(term_row(t, 2), " Name     王淑芳");
	check_cursor(t, 2, 14);
	term_resize(t, 8, 30);
	CHECK(term_has(t, "too small"));
	term_keys(t, "x");
	term_resize(t, 30, 100);
	CHECK_STR(term_row(t, 2), " Name     王淑x芳");
	CHECK_STR(finish(t), "王淑x芳||||");
}

int
main(void)
{
	int fd = mkstemp(result_path);

	setlocale(LC_ALL, "C.UTF-8");
	RUN(hanzi_go_in_and_the_cursor_follows);
	RUN(fields_follow_one_another);
	RUN(a_long_line_scrolls_with_a_margin);
	RUN(masked_text_is_not_seen);
	RUN(the_limit_counts_characters);
	RUN(notes_wrap_by_width_and_scroll);
	RUN(end_of_a_soft_row_is_seen_there);
	RUN(what_cannot_be_shown_is_kept);
	RUN(decomposed_text_is_stored_composed);
	RUN(unknown_sequences_are_no_text);
	RUN(a_paste_is_one_change);
	RUN(cut_text_can_be_put_into_another_field);
	RUN(words_by_ctrl_and_by_esc);
	RUN(little_crosses_the_line);
	RUN(a_burst_is_painted_once);
	RUN(type_ahead_is_never_lost);
	RUN(an_idle_form_sleeps);
	RUN(a_resize_keeps_text_and_cursor);
	if (fd >= 0)
		unlink(result_path);
	return CHECK_DONE();
}
