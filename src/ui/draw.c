/*
 * draw - text, lines and boxes in curses' cells
 *
 * A character is put into its cell with at most four marks on it, as curses can hold.
 * What may be shown at all, and how wide that is, text_visible() decides.
 */
#include "screen.h"

#include "buf.h"
#include "screen_inside.h"
#include "text.h"

#include <curses.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define COMBINING_MAX (CCHARW_MAX - 1)

/* One cell's character: base, and the marks on it, at (row, col). */
static void
put_cell(int row, int col, const wchar_t *codes)
{
	cchar_t cell;

	setcchar(&cell, codes, A_NORMAL, 0, NULL);
	mvadd_wch(row, col, &cell);
}

static void
put_blanks(int row, int col, int cols)
{
	for (; cols > 0; cols--)
		put_cell(row, col++, L" ");
}

/* Shown text without controls, which fits. Returns its columns. */
static int
put_shown(int row, int col, const char *text, size_t len)
{
	wchar_t codes[COMBINING_MAX + 2];
	size_t at, n, count = 0;
	int32_t code;
	int width = 0, used = 0;

	for (at = 0; at <= len; at += n) {
		n = 1;
		code = 0;
		if (at < len)
			n = text_decode(text + at, len - at, &code);
		if (at < len && wcwidth((wchar_t)code) == 0) {
			if (count && count <= COMBINING_MAX)
				codes[count++] = (wchar_t)code;
			continue;
		}
		if (count) {
			codes[count] = L'\0';
			put_cell(row, col + used, codes);
			used += width;
		}
		if (at < len) {
			codes[0] = (wchar_t)code;
			count = 1;
			width = wcwidth((wchar_t)code);
		}
	}
	return used;
}

static bool
is_plain_ascii(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

/* Newlines and tabs as blanks, all else as text_visible() has it. */
static void
make_visible(const char *text, size_t len, struct buf *out)
{
	size_t i;

	text_visible(text, len, out);
	for (i = 0; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\t')
			out->data[i] = ' ';
}

/* Puts what fits of text into cols columns and says whether that was all. */
static int
put_fitting(int row, int col, int cols, const char *text, size_t len, const char *cut)
{
	struct buf shown = { 0 };
	size_t fits;
	int used;

	make_visible(text, len, &shown);
	fits = text_fit(buf_text(&shown), shown.len, cols);
	if (fits < shown.len && *cut && cols > (int)strlen(cut)) {
		fits = text_fit(shown.data, shown.len, cols - (int)strlen(cut));
		used = put_shown(row, col, shown.data, fits);
		used += put_shown(row, col + used, cut, strlen(cut));
	} else {
		used = put_shown(row, col, buf_text(&shown), fits);
	}
	buf_clear(&shown);
	return used;
}

static int
clip_columns(struct screen *s, int row, int col, int cols)
{
	struct rect size = screen_size(s);

	if (row < 0 || row >= size.rows || col < 0 || col >= size.cols)
		return 0;
	return cols < size.cols - col ? cols : size.cols - col;
}

static int
put_with_cut(struct screen *s, int row, int col, int cols, enum role role,
    const char *text, size_t len, const char *cut)
{
	int i;

	cols = clip_columns(s, row, col, cols);
	if (cols <= 0)
		return 0;
	screen_wear(s, role);
	if ((int)len <= cols && is_plain_ascii(text, len)) { /* most labels and all bars */
		for (i = 0; i < (int)len; i++)
			put_cell(row, col + i, (wchar_t[]){ (wchar_t)text[i], L'\0' });
		return (int)len;
	}
	return put_fitting(row, col, cols, text, len, cut);
}

int
screen_put_bytes(struct screen *s, int row, int col, int cols, enum role role,
    const char *text, size_t len)
{
	return put_with_cut(s, row, col, cols, role, text, len, "");
}

int
screen_put(struct screen *s, int row, int col, int cols, enum role role,
    const char *text)
{
	return put_with_cut(s, row, col, cols, role, text, strlen(text), "");
}

int
screen_put_cut(struct screen *s, int row, int col, int cols, enum role role,
    const char *text)
{
	return put_with_cut(s, row, col, cols, role, text, strlen(text), "..");
}

int
screen_put_padded(struct screen *s, int row, int col, int cols, enum role role,
    const char *text)
{
	int used;

	cols = clip_columns(s, row, col, cols);
	used = screen_put_cut(s, row, col, cols, role, text);
	screen_wear(s, role);
	put_blanks(row, col + used, cols - used);
	return used;
}

int
screen_printf(struct screen *s, int row, int col, int cols, enum role role,
    const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return screen_put(s, row, col, cols, role, text);
}

void
screen_fill(struct screen *s, struct rect area, enum role role)
{
	int row;

	screen_wear(s, role);
	for (row = area.row; row < area.row + area.rows; row++)
		put_blanks(row, area.col, clip_columns(s, row, area.col, area.cols));
}

void
screen_hline(struct screen *s, int row, int col, int cols, enum role role)
{
	int i;

	screen_wear(s, role);
	cols = clip_columns(s, row, col, cols);
	for (i = 0; i < cols; i++)
		mvaddch(row, col + i, ACS_HLINE);
}

static void
screen_vline(struct screen *s, int row, int col, int rows, enum role role)
{
	int i;

	screen_wear(s, role);
	for (i = 0; i < rows && clip_columns(s, row + i, col, 1); i++)
		mvaddch(row + i, col, ACS_VLINE);
}

/* Before something is put beside column col: of a wide character that stands on both
 * sides of its left edge curses would leave half, and never draw it again. */
static void
part_at(int row, int col)
{
	wchar_t before[512], chars[CCHARW_MAX];
	cchar_t blank;
	attr_t looks;
	short pair;
	int i, at = 0;

	if (col < 1 || col >= (int)(sizeof before / sizeof *before))
		return;
	if (mvinnwstr(row, 0, before, col) == ERR)
		return;
	for (i = 0; before[i] && at < col; i++)
		at += wcwidth(before[i]);
	if (at != col + 1)
		return;
	mvin_wch(row, col - 1, &blank);
	getcchar(&blank, chars, &looks, &pair, NULL);
	setcchar(&blank, L" ", looks, pair, NULL);
	mvadd_wch(row, col - 1, &blank);
	mvadd_wch(row, col, &blank);
}

struct rect
screen_box(struct screen *s, struct rect area, const char *title)
{
	struct rect inside = { area.row + 1, area.col + 2, area.rows - 2, area.cols - 4 };
	int right = area.col + area.cols - 1, bottom = area.row + area.rows - 1, used, row;

	for (row = area.row; row <= bottom; row++) {
		part_at(row, area.col);
		part_at(row, right + 1);
	}
	screen_fill(s, area, ROLE_POPUP);
	screen_hline(s, area.row, area.col, area.cols, ROLE_POPUP);
	screen_hline(s, bottom, area.col, area.cols, ROLE_POPUP);
	screen_vline(s, area.row, area.col, area.rows, ROLE_POPUP);
	screen_vline(s, area.row, right, area.rows, ROLE_POPUP);
	mvaddch(area.row, area.col, ACS_ULCORNER);
	mvaddch(area.row, right, ACS_URCORNER);
	mvaddch(bottom, area.col, ACS_LLCORNER);
	mvaddch(bottom, right, ACS_LRCORNER);
	if (title && *title && area.cols > 8) {
		screen_put(s, area.row, area.col + 2, 1, ROLE_POPUP, " ");
		used = screen_put_cut(s, area.row, area.col + 3, area.cols - 6,
		    ROLE_HEADING, title);
		screen_put(s, area.row, area.col + 3 + used, 1, ROLE_POPUP, " ");
	}
	return inside;
}

/* Signs that never begin a line in Chinese typesetting. */
static bool
sticks_to_left(int32_t code)
{
	static const wchar_t signs[] = L"，。、；：？！）》」』】〉\"’,.;:?!)";

	return code > 0 && wcschr(signs, (wchar_t)code) != NULL;
}

/*
 * Bytes of the row that begins at text and fits cols columns; *skip: blanks and the
 * newline that end it. Lines part at blanks and beside hanzi; a word that is longer
 * than a row is cut.
 */
static size_t
wrap_row(const char *text, size_t len, int cols, size_t *skip)
{
	size_t at, next, part = 0;
	int32_t code, before = 0;
	int column = 0, width;

	*skip = 0;
	for (at = 0; at < len; at = next, before = code) {
		next = text_next(text, len, at);
		text_decode(text + at, len - at, &code);
		if (code == '\n') {
			*skip = 1;
			return at;
		}
		if (at && code != ' ' && (code > 0xFF || before > 0xFF || before == ' ') &&
		    !sticks_to_left(code))
			part = at;
		width = code == '\t' ? 1 : text_cluster_width(text + at, next - at);
		if (column + width > cols && code == ' ') {
			*skip = 1;
			return at;
		}
		if (column + width > cols && at)
			return part ? part : at;
		column += width;
	}
	return len;
}

int
screen_wrap(struct screen *s, struct rect area, enum role role, const char *text,
    int from)
{
	size_t len = strlen(text), at = 0, n, skip;
	int row = 0;

	if (area.cols < 2)
		return 0;
	do {
		n = wrap_row(text + at, len - at, area.cols, &skip);
		if (s && row >= from && row - from < area.rows)
			screen_put_bytes(s, area.row + row - from, area.col, area.cols,
			    role, text + at, n);
		row++;
		at += n + skip;
	} while (at < len);
	return row;
}
