/*
 * drawn_test - random edits on a real terminal: rows and cursor as the text has them
 *
 * The same keys go to an editor on a terminal and to edit.h's text, which edit_test
 * holds against a plain model. After each step the row with the cursor, its neighbours
 * and the hardware cursor must stand where the text's layout says, at whatever width the
 * window has. EDIT_STEPS sets the number of steps (500 when unset).
 */
#include "../check.h"
#include "screen.h"

#include "buf.h"
#include "edit.h"
#include "editor.h"
#include "err.h"
#include "keymap.h"
#include "text.h"

#include <screen.h>

#include <locale.h>
#include <stdlib.h>
#include <sys/wait.h>

#define ROUND 250 /* steps with one terminal */

/* ---- the program: notes over nearly the whole screen ---- */

static void
page_draw(struct screen *s, void *data)
{
	struct rect all = screen_size(s);

	screen_put(s, 0, 0, 20, ROLE_TITLE, "notes");
	editor_draw(data, s, (struct rect){ 1, 2, all.rows - 2, all.cols - 4 }, true);
}

static int
run_notes(void *data)
{
	struct editor_options options = { .multiline = true };
	struct editor *e = editor_new(&options);
	struct screen_layer layer = { .draw = page_draw, .data = e, .covers = true };
	struct screen *s = screen_open(NULL);
	struct key key;

	(void)data;
	if (!s)
		return 3;
	editor_set(e, NULL);
	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		editor_key(e, &key);
	} while (key.code != K_F(10));
	screen_pop(s, &layer);
	screen_close(s);
	editor_free(e);
	return 0;
}

/* ---- steps ---- */

static unsigned seed;

static unsigned
roll(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

struct state {
	struct term *t;
	struct edit *e;
	struct buf kill;
	int rows, cols;
};

static const char *const pieces[] = { "a", "b", " ", "王", "淑", "芳", "，", "ｗ", "１",
	"e\u0301", "é", "👩", "한", "x", "\u3000" };

#define PIECES (sizeof(pieces) / sizeof(*pieces))

static void
step_type(struct state *s)
{
	const char *piece = pieces[roll(PIECES)];

	term_keys(s->t, *piece == '<' ? "<lt>" : piece);
	edit_insert(s->e, piece, strlen(piece));
}

static void
step_paste(struct state *s)
{
	struct buf text = { 0 }, keys = { 0 };

	for (unsigned n = 1 + roll(60); n; n--)
		buf_str(&text, roll(9) ? pieces[roll(PIECES)] : "\n");
	buf_fmt(&keys, "<Paste>%s</Paste>", text.data);
	term_keys(s->t, keys.data);
	edit_paste(s->e, text.data, text.len);
	buf_clear(&text);
	buf_clear(&keys);
}

static void
step_kill(struct state *s)
{
	bool end = roll(2);

	term_keys(s->t, end ? "<C-k>" : "<C-u>");
	if (end)
		edit_kill_to_end(s->e, &s->kill);
	else
		edit_kill_to_start(s->e, &s->kill);
}

static void
step_yank(struct state *s)
{
	term_keys(s->t, "<C-y>");
	if (s->kill.len)
		edit_paste(s->e, s->kill.data, s->kill.len);
}

static void
step_resize(struct state *s)
{
	s->rows = 12 + (int)roll(20);
	s->cols = 40 + (int)roll(90);
	term_resize(s->t, s->rows, s->cols);
}

static void
step_vertical(struct state *s)
{
	bool up = roll(2);

	term_keys(s->t, up ? "<Up>" : "<Down>");
	if (up)
		edit_up(s->e, 1);
	else
		edit_down(s->e, 1);
}

static void
step_newline(struct state *s)
{
	term_keys(s->t, "<Enter>");
	edit_insert(s->e, "\n", 1);
}

static const struct {
	const char *keys;
	bool (*run)(struct edit *e);
} plain[] = {
	{ "<Left>", edit_left }, { "<Right>", edit_right }, { "<C-Left>", edit_word_left },
	{ "<C-Right>", edit_word_right }, { "<Home>", edit_row_start },
	{ "<End>", edit_row_end }, { "<BS>", edit_delete_left },
	{ "<Del>", edit_delete_right }, { "<C-w>", edit_delete_word_left },
	{ "<M-d>", edit_delete_word_right }, { "<M-u>", edit_undo }, { "<M-r>", edit_redo },
};

static void
step_plain(struct state *s)
{
	size_t i = roll(sizeof(plain) / sizeof(*plain));

	term_keys(s->t, plain[i].keys);
	plain[i].run(s->e);
}

static const struct {
	unsigned share; /* of 100 */
	void (*run)(struct state *s);
} steps[] = {
	{ 45, step_type }, { 3, step_paste }, { 2, step_kill }, { 2, step_yank },
	{ 3, step_resize }, { 12, step_vertical }, { 6, step_newline }, { 27, step_plain },
};

/* ---- what must be seen ---- */

static void
expected_row(struct state *s, size_t row, struct buf *out)
{
	size_t from, to, i;

	buf_reset(out);
	buf_str(out, "  ");
	edit_row(s->e, row, &from, &to);
	text_visible(edit_text(s->e) + from, to - from, out);
	for (i = out->len; i > 0 && out->data[i - 1] == ' '; i--)
		;
	buf_truncate(out, i);
}

static void
compare(struct state *s, unsigned step)
{
	size_t rows = edit_wrap(s->e, s->cols - 4), row, at;
	struct buf want = { 0 };
	int column, seen_row, seen_col, failed = check_bad_in_case;

	edit_where(s->e, &row, &column);
	term_cursor(s->t, &seen_row, &seen_col);
	CHECK(term_cursor_visible(s->t));
	CHECK_INT(seen_col, column + 2);
	CHECK(seen_row >= 1 && seen_row < s->rows - 1);
	for (int by = -1; by <= 1; by++) {
		at = row + (size_t)by;
		if (at >= rows || seen_row + by < 1 || seen_row + by >= s->rows - 1)
			continue;
		expected_row(s, at, &want);
		CHECK_STR(term_row(s->t, seen_row + by), buf_text(&want));
	}
	if (check_bad_in_case != failed) {
		fprintf(stderr, "  step %u, %d x %d\n", step, s->rows, s->cols);
		term_dump(s->t);
	}
	buf_clear(&want);
}

static void
one_round(unsigned count)
{
	struct state s = { .rows = 24, .cols = 80 };
	int failed = check_bad_in_case, status = -1;
	unsigned what, i;
	size_t kind;

	s.t = term_start(&(struct term_options){ .run = run_notes });
	s.e = edit_new(true, 0);
	edit_set(s.e, "", 0);
	edit_wrap(s.e, s.cols - 4);
	CHECK(term_see(s.t, "notes"));
	for (i = 0; i < count && check_bad_in_case == failed; i++) {
		what = roll(100);
		for (kind = 0; what >= steps[kind].share; kind++)
			what -= steps[kind].share;
		steps[kind].run(&s);
		compare(&s, i);
	}
	term_keys(s.t, "<F10>");
	CHECK(term_ended(s.t, &status) && status == 0);
	term_free(s.t);
	edit_free(s.e);
	buf_clear(&s.kill);
}

static void
the_screen_is_what_the_text_says(void)
{
	const char *wanted = getenv("EDIT_STEPS");
	unsigned left = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 500;

	for (unsigned round = 1; left && !check_bad_in_case; round++) {
		unsigned count = left < ROUND ? left : ROUND;

		seed = round;
		one_round(count);
		left -= count;
	}
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	RUN(the_screen_is_what_the_text_says);
	return CHECK_DONE();
}
