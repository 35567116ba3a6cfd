/*
 * edit_test - the editor's text against a plain model: an array of characters
 *
 * The model knows nothing of UTF-8 offsets: it is a list of clusters, found anew by
 * going through the whole text after each change, and the history is a list of whole
 * texts. EDIT_STEPS sets the number of random steps (20,000 when unset).
 */
#include "../check.h"

#include "buf.h"
#include "edit.h"
#include "mem.h"
#include "text.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* ---- a table of keys and what they do ---- */

/* l r left, right; b f word; < > start and end of row; u d up, down; h x delete left,
 * right; w W delete word; k K kill to the end, to the start; y yank; z Z undo, redo;
 * 'text' types, [text] pastes. */
struct run_case {
	const char *name;
	bool multiline;
	size_t max;
	int columns;
	const char *text, *keys, *want; /* | is the cursor */
};

static const struct run_case cases[] = {
	{ "typing", false, 0, 20, "", "'王淑芳'", "王淑芳|" },
	{ "in the middle", false, 0, 20, "ab", "l'王'", "a王|b" },
	{ "over a family", false, 0, 20, "a👨\u200d👩\u200d👧b", "ll'x'",
	    "ax|👨\u200d👩\u200d👧b" },
	{ "delete a family", false, 0, 20, "a👨\u200d👩\u200d👧b", "lh", "a|b" },
	{ "delete a flag", false, 0, 20, "🇨🇳🇨🇳", "h", "🇨🇳|" },
	{ "delete e and its accent", false, 0, 20, "cafe\u0301", "h", "caf|" },
	{ "delete right", false, 0, 20, "cafe\u0301!", "llx", "caf|!" },
	{ "an accent joins what stands before", false, 0, 20, "ab", "l'\u0301'",
	    "a\u0301|b" },
	{ "a joiner joins both sides", false, 0, 20, "👨👩", "l'\u200d'",
	    "👨\u200d👩|" },
	{ "half a flag joins the next half", false, 0, 20, "🇳", "l'🇨'", "🇨🇳|" },
	{ "words of letters", false, 0, 20, "one two", "b'x'", "one x|two" },
	{ "words of hanzi", false, 0, 20, "王淑芳 abc", "bb'x'", "x|王淑芳 abc" },
	{ "delete a word", false, 0, 20, "one two", "w", "one |" },
	{ "delete a word right", false, 0, 20, "one two", "<W", "|two" },
	{ "home and end", false, 0, 20, "abc", "<'x'>'y'", "xabcy|" },
	{ "kill and yank", false, 0, 20, "abc def", "bk<y", "def|abc " },
	{ "kill to the start", false, 0, 20, "abc def", "bK>y", "defabc |" },
	{ "a pasted newline is a blank", false, 0, 20, "", "[a\nb\tc]", "a b c|" },
	{ "CR LF is one newline", true, 0, 20, "", "[a\r\nb\rc]", "a\nb\nc|" },
	{ "controls are dropped", false, 0, 20, "", "[a\001\033b\302\205c]", "abc|" },
	{ "bad bytes are seen", false, 0, 20, "", "[a\377b]", "a\uFFFDb|" },
	{ "no more than the limit", false, 3, 20, "", "'王''淑''芳''x'", "王淑芳|" },
	{ "an accent still fits", false, 3, 20, "abe", "'\u0301'", "abe\u0301|" },
	{ "a paste is cut to the limit", false, 3, 20, "a", "[王淑芳]", "a王淑|" },
	{ "a paste is cut by characters", false, 2, 20, "", "[e\u0301e\u0301e\u0301]",
	    "e\u0301e\u0301|" },
	{ "a longer stored text stays", false, 2, 20, "abcd", "'x'h", "abc|" },
	{ "undo takes a run", false, 0, 20, "x", "'abc'z", "x|" },
	{ "a move parts runs", false, 0, 20, "x", "'ab'lr'cd'z", "xab|" },
	{ "undo and redo", false, 0, 20, "", "'ab'lr'cd'zzZ", "ab|" },
	{ "undo a kill", false, 0, 20, "abc def", "bkz", "abc |def" },
	{ "undo deletions left", false, 0, 20, "abcd", "hhhz", "abcd|" },
	{ "undo deletions right", false, 0, 20, "abcd", "<xxz", "|abcd" },
	{ "a change forgets redo", false, 0, 20, "", "'ab'z'x'Z", "x|" },
	{ "nothing to undo", false, 0, 20, "ab", "z", "ab|" },
	{ "newline parts runs", true, 0, 20, "", "'a''\n''b'z", "a\n|" },
	{ "up keeps the column", true, 0, 20, "abcdef\nab\nabcdef", "lu'x'",
	    "abcdef\nabx|\nabcdef" },
	{ "up twice goes back to it", true, 0, 20, "abcdef\nab\nabcdef", "luu'x'",
	    "abcdex|f\nab\nabcdef" },
	{ "up in soft rows", true, 0, 6, "abcdefghijkl", "u'x'", "abcdefgx|hijkl" },
	{ "home of a soft row", true, 0, 6, "abcdefghijkl", "u<'x'", "abcdex|fghijkl" },
	{ "end of a soft row", true, 0, 6, "abcdefghijkl", "uu>'x'", "abcdex|fghijkl" },
	{ "rows of hanzi by width", true, 0, 6, "王淑芳王淑芳", "u<'x'", "王淑x|芳王淑芳" },
	{ "kill a line, then its end", true, 0, 20, "ab\ncd", "u<kk'x'", "x|cd" },
	{ "kill back over a line's start", true, 0, 20, "ab\ncd", "<K", "ab|cd" },
};

static const char *
run_one(struct edit *e, const char *keys, int columns, struct buf *kill)
{
	const char *end;

	edit_wrap(e, columns);
	switch (*keys) {
	case '\'':
		end = strchr(keys + 1, '\'');
		/* As keys come: character by character. */
		for (keys++; keys < end;) {
			size_t n = text_next(keys, (size_t)(end - keys), 0);

			edit_insert(e, keys, n);
			keys += n;
		}
		return end + 1;
	case '[':
		end = strchr(keys, ']');
		edit_paste(e, keys + 1, (size_t)(end - keys - 1));
		return end + 1;
	case 'l': edit_left(e); break;
	case 'r': edit_right(e); break;
	case 'b': edit_word_left(e); break;
	case 'f': edit_word_right(e); break;
	case '<': edit_row_start(e); break;
	case '>': edit_row_end(e); break;
	case 'u': edit_up(e, 1); break;
	case 'd': edit_down(e, 1); break;
	case 'h': edit_delete_left(e); break;
	case 'x': edit_delete_right(e); break;
	case 'w': edit_delete_word_left(e); break;
	case 'W': edit_delete_word_right(e); break;
	case 'k': edit_kill_to_end(e, kill); break;
	case 'K': edit_kill_to_start(e, kill); break;
	case 'y': edit_paste(e, buf_text(kill), kill->len); break;
	case 'z': edit_undo(e); break;
	case 'Z': edit_redo(e); break;
	default: abort();
	}
	return keys + 1;
}

static void
check_cases(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct run_case *c = &cases[i];
		struct edit *e = edit_new(c->multiline, c->max);
		struct buf got = { 0 }, kill = { 0 };
		const char *keys = c->keys;

		check_case(c->name);
		edit_set(e, c->text, strlen(c->text));
		while (*keys)
			keys = run_one(e, keys, c->columns, &kill);
		buf_add(&got, edit_text(e), edit_cursor(e));
		buf_char(&got, '|');
		buf_str(&got, edit_text(e) + edit_cursor(e));
		CHECK_STR(got.data, c->want);
		buf_clear(&got);
		buf_clear(&kill);
		edit_free(e);
	}
}

/* ---- the model ---- */

#define CLUSTERS_MAX 4000
#define HISTORY_MAX  64

struct model {
	struct buf text;
	size_t cursor; /* bytes */
	size_t count;
	size_t starts[CLUSTERS_MAX + 1]; /* of each cluster; the last is the length */
	size_t max_chars;
	bool multiline;
};

static void
model_count(struct model *m)
{
	m->count = 0;
	m->starts[0] = 0;
	while (m->starts[m->count] < m->text.len && m->count < CLUSTERS_MAX) {
		m->starts[m->count + 1] = text_next(m->text.data, m->text.len,
		    m->starts[m->count]);
		m->count++;
	}
}

/* The number of the cluster that begins at the first boundary from offset on. */
static size_t
model_cluster(const struct model *m, size_t offset)
{
	size_t i;

	for (i = 0; i < m->count && m->starts[i] < offset; i++)
		;
	return i;
}

static void
model_splice(struct model *m, size_t from, size_t to, const char *text, size_t len)
{
	struct buf all = { 0 };

	buf_add(&all, buf_text(&m->text), from);
	buf_add(&all, text, len);
	buf_str(&all, buf_text(&m->text) + to);
	buf_clear(&m->text);
	m->text = all;
	model_count(m);
	m->cursor = m->starts[model_cluster(m, from + len)];
}

static bool
model_insert(struct model *m, const char *text, size_t len)
{
	struct buf before = { 0 };
	size_t cursor = m->cursor;
	bool fits;

	buf_str(&before, buf_text(&m->text));
	model_splice(m, cursor, cursor, text, len);
	fits = !m->max_chars || m->count <= m->max_chars;
	if (!fits) {
		buf_clear(&m->text);
		m->text = before;
		m->cursor = cursor;
		model_count(m);
		return false;
	}
	buf_clear(&before);
	return true;
}

static int
model_width(const struct model *m, size_t cluster)
{
	const char *s = m->text.data + m->starts[cluster];

	if (*s == '\t')
		return 1;
	return text_width(s, m->starts[cluster + 1] - m->starts[cluster]);
}

/* The row and column of every boundary, by laying the text out cell by cell. Soft
 * wraps show the lower place. */
static void
model_where(const struct model *m, int columns, size_t offset, size_t *row, int *column)
{
	size_t i;
	int width;

	*row = 0;
	*column = 0;
	for (i = 0; i < m->count; i++) {
		width = m->text.data[m->starts[i]] == '\n' ? 0 : model_width(m, i);
		if (*column && *column + width > columns - 1) {
			++*row;
			*column = 0;
		}
		if (m->starts[i] >= offset)
			return;
		*column += width;
		if (m->text.data[m->starts[i]] == '\n') {
			++*row;
			*column = 0;
		}
	}
}

/* ---- random steps ---- */

static const char *const pieces[] = { "a", "b", " ", "王", "淑", "芳", "，", "e\u0301",
	"\u0301", "👨\u200d👩\u200d👧", "\u200d", "👩", "🇨", "🇳", "한", "ᄀ", "ᅡ", "ᆨ",
	"\t", "ｗ", "１", "𠮷", "☎\uFE0F", "\u3000", "x" };

static unsigned seed = 1;

static unsigned
roll(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static void
make_text(struct buf *out, unsigned pieces_max, bool newlines)
{
	unsigned n = 1 + roll(pieces_max);

	while (n--) {
		if (newlines && roll(12) == 0)
			buf_char(out, '\n');
		else
			buf_str(out, pieces[roll(sizeof pieces / sizeof *pieces)]);
	}
}

/* What a field of one line makes of it. */
static void
flatten(const struct model *m, struct buf *text)
{
	size_t i;

	for (i = 0; !m->multiline && i < text->len; i++)
		if (text->data[i] == '\n' || text->data[i] == '\t')
			text->data[i] = ' ';
}

/* One cluster is typed when the keyboard sends one; several are pasted. */
static void
step_insert(struct edit *e, struct model *m, bool paste)
{
	struct buf text = { 0 };
	size_t before = m->count, n;
	bool whole, fits;

	make_text(&text, paste ? 12 : 1, m->multiline);
	flatten(m, &text);
	if (!paste) {
		fits = model_insert(m, text.data, text.len);
		CHECK_INT(edit_insert(e, text.data, text.len), fits);
	} else if (!m->max_chars || text_count(text.data, text.len) + before + 2 <
	    m->max_chars) {
		whole = model_insert(m, text.data, text.len);
		CHECK(edit_paste(e, text.data, text.len) && whole);
	} else {
		/* Cut somewhere: what is there must be a beginning of the paste, the
		 * longest in whole characters. */
		size_t at = m->cursor, grown = edit_len(e);

		whole = edit_paste(e, text.data, text.len);
		grown = edit_len(e) - grown;
		CHECK(grown <= text.len && (!whole || grown == text.len));
		CHECK(grown == text.len ||
		    !model_insert(m, text.data, text_next(text.data, text.len, grown)));
		m->cursor = at;
		CHECK(!memcmp(edit_text(e) + at, text.data, grown));
		for (n = 0; n < grown; n = text_next(text.data, text.len, n))
			;
		CHECK_INT(n, grown);
		CHECK(grown == 0 || model_insert(m, text.data, grown));
	}
	buf_clear(&text);
}

static void
step_move(struct edit *e, struct model *m, unsigned which)
{
	size_t here = model_cluster(m, m->cursor);

	switch (which) {
	case 0:
		CHECK_INT(edit_left(e), here > 0);
		m->cursor = m->starts[here ? here - 1 : 0];
		break;
	case 1:
		CHECK_INT(edit_right(e), here < m->count);
		m->cursor = m->starts[here < m->count ? here + 1 : here];
		break;
	default:
		here = roll((unsigned)m->count + 1);
		/* Anywhere inside of a cluster is its beginning. */
		edit_place(e, m->starts[here] + (here < m->count ?
		    roll((unsigned)(m->starts[here + 1] - m->starts[here])) : 0));
		m->cursor = m->starts[here];
		break;
	}
}

static void
step_delete(struct edit *e, struct model *m, unsigned which)
{
	size_t here = model_cluster(m, m->cursor), from, to;
	const char *text = buf_text(&m->text);

	switch (which) {
	case 0:
		CHECK_INT(edit_delete_left(e), here > 0);
		if (here)
			model_splice(m, m->starts[here - 1], m->cursor, "", 0);
		break;
	case 1:
		CHECK_INT(edit_delete_right(e), here < m->count);
		if (here < m->count)
			model_splice(m, m->cursor, m->starts[here + 1], "", 0);
		break;
	case 2:
		from = text_prev_word(text, m->text.len, m->cursor);
		CHECK_INT(edit_delete_word_left(e), from < m->cursor);
		model_splice(m, from, m->cursor, "", 0);
		break;
	default:
		for (to = m->cursor; to < m->text.len && text[to] != '\n'; to++)
			;
		if (to == m->cursor && to < m->text.len)
			to++;
		CHECK_INT(edit_kill_to_end(e, NULL), to > m->cursor);
		model_splice(m, m->cursor, to, "", 0);
		break;
	}
}

/* Up and Down: a row further, and in that row nowhere further right than could be. */
static void
step_vertical(struct edit *e, struct model *m, int columns, bool up)
{
	size_t row, new_row, model_row, rows = edit_wrap(e, columns);
	int column, new_column, model_column;
	bool moved;

	edit_where(e, &row, &column);
	moved = up ? edit_up(e, 1) : edit_down(e, 1);
	CHECK_INT(moved, up ? row > 0 : row + 1 < rows);
	if (!moved)
		return;
	edit_where(e, &new_row, &new_column);
	CHECK_INT(new_row, up ? row - 1 : row + 1);
	m->cursor = edit_cursor(e);
	model_where(m, columns, m->cursor, &model_row, &model_column);
	CHECK(model_row == new_row || (model_row == new_row + 1 && model_column == 0));
}

static void
compare(struct edit *e, struct model *m, int columns)
{
	size_t rows, row, model_row, from, to, at = 0, i;
	int column, model_column;

	CHECK_STR(edit_text(e), buf_text(&m->text));
	CHECK_INT(edit_cursor(e), m->cursor);
	CHECK_INT(m->starts[model_cluster(m, m->cursor)], m->cursor);
	rows = edit_wrap(e, columns);
	edit_where(e, &row, &column);
	model_where(m, columns, m->cursor, &model_row, &model_column);
	if (model_row == row)
		CHECK_INT(column, model_column);
	else
		CHECK(model_row == row + 1 && model_column == 0);
	CHECK(column >= 0 && column < columns);
	for (i = 0; i < rows; i++) {
		edit_row(e, i, &from, &to);
		CHECK(from == at || (from == at + 1 && edit_text(e)[at] == '\n'));
		CHECK(to >= from && text_width(edit_text(e) + from, to - from) < columns);
		at = to;
	}
	CHECK_INT(at, edit_len(e));
}

/* All undone gives the text of the beginning, all redone that of the end. */
static void
check_history(struct edit *e)
{
	char *now, *then;

	while (edit_redo(e))
		; /* the last step may have been an undo */
	now = mem_strdup(edit_text(e));
	while (edit_undo(e))
		;
	then = mem_strdup(edit_text(e));
	while (edit_redo(e))
		;
	CHECK_STR(edit_text(e), now);
	while (edit_undo(e))
		;
	CHECK_STR(edit_text(e), then);
	while (edit_redo(e))
		;
	CHECK_STR(edit_text(e), now);
	free(now);
	free(then);
}

/* An undo and its redo are where one was, and an undo really takes something back. */
static void
step_history(struct edit *e, struct model *m)
{
	char *now = mem_strdup(edit_text(e));
	unsigned n = 1 + roll(3), done = 0;

	while (done < n && edit_undo(e)) {
		CHECK(text_valid(edit_text(e), edit_len(e)));
		done++;
	}
	if (roll(2)) {
		while (done--)
			CHECK(edit_redo(e));
		CHECK_STR(edit_text(e), now);
	}
	buf_reset(&m->text);
	buf_str(&m->text, edit_text(e));
	model_count(m);
	m->cursor = edit_cursor(e);
	free(now);
}

static void
random_round(unsigned steps, bool multiline, size_t max_chars)
{
	struct edit *e = edit_new(multiline, max_chars);
	struct model *m = mem_alloc(sizeof *m);
	int columns = 12, failed = check_bad_in_case;
	unsigned i;

	m->multiline = multiline;
	m->max_chars = max_chars;
	model_count(m);
	edit_set(e, "", 0);
	for (i = 0; i < steps && check_bad_in_case == failed; i++) {
		unsigned what = roll(100);

		if (m->count > 400)
			what = 60 + roll(25); /* keep it small: delete */
		if (what < 35)
			step_insert(e, m, false);
		else if (what < 42)
			step_insert(e, m, true);
		else if (what < 60)
			step_move(e, m, roll(3));
		else if (what < 80)
			step_delete(e, m, roll(30) ? roll(3) : 3);
		else if (what < 85)
			step_history(e, m);
		else if (what < 95 && multiline)
			step_vertical(e, m, columns, roll(2));
		else
			columns = 4 + (int)roll(40);
		compare(e, m, columns);
		if (check_bad_in_case != failed)
			fprintf(stderr, "  step %u, kind %u, columns %d\n", i, what, columns);
	}
	check_history(e);
	buf_clear(&m->text);
	free(m);
	edit_free(e);
}

static void
random_edits_agree_with_the_model(void)
{
	const char *wanted = getenv("EDIT_STEPS");
	unsigned left = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 20000, round = 0;

	for (; left && !check_bad_in_case; round++) {
		unsigned steps = left < 500 ? left : 500;

		seed = round + 1;
		random_round(steps, round % 3 != 0, round % 4 == 1 ? 30 : 0);
		left -= steps;
		if (check_bad_in_case)
			fprintf(stderr, "  round %u\n", round);
	}
}

/* 5,000 hanzi: typing in the middle, with the layout, in microseconds a key. */
static void
long_notes_stay_quick(void)
{
	struct edit *e = edit_new(true, 6000);
	struct buf text = { 0 };
	struct timespec from, to;
	long us;
	int i;

	for (i = 0; i < 5000; i++)
		buf_str(&text, i % 100 == 99 ? "\n" : "民");
	edit_set(e, text.data, text.len);
	edit_place(e, text.len / 2);
	edit_wrap(e, 70);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 200; i++) {
		edit_insert(e, "情", 3);
		edit_wrap(e, 70);
		edit_up(e, 1);
		edit_down(e, 1);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	us = ((to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000) / 200;
	printf("5,000 hanzi: %ld us a key\n", us);
	CHECK(us < 5000);
	buf_clear(&text);
	edit_free(e);
}

static void
the_value_is_nfc(void)
{
	struct edit *e = edit_new(false, 0);
	struct buf value = { 0 };

	edit_insert(e, "cafe", 4);
	edit_insert(e, "\u0301", 2);
	CHECK_STR(edit_text(e), "cafe\u0301"); /* as typed, while it is typed */
	edit_value(e, &value);
	CHECK_STR(value.data, "caf\u00e9");
	buf_clear(&value);
	edit_free(e);
}

/* A thousand changes are kept, older ones are not, and nothing breaks there. */
static void
history_is_bounded(void)
{
	struct edit *e = edit_new(false, 0);
	int i, undone = 0;

	edit_set(e, "", 0);
	for (i = 0; i < 1500; i++) {
		edit_insert(e, "a", 1);
		edit_left(e); /* parts the runs */
	}
	while (edit_undo(e))
		undone++;
	CHECK_INT(undone, 1000);
	CHECK_INT(edit_len(e), 500);
	while (edit_redo(e))
		;
	CHECK_INT(edit_len(e), 1500);
	edit_free(e);
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	check_cases();
	RUN(the_value_is_nfc);
	RUN(history_is_bounded);
	RUN(random_edits_agree_with_the_model);
	RUN(long_notes_stay_quick);
	return CHECK_DONE();
}
