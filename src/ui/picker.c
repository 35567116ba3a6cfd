/*
 * picker - a list to choose from, by arrows, number, code, label or pinyin
 *
 * Nothing typed: all rows match, and no list of them is kept. Typing one more
 * character looks only at what matched before it, as all ways of matching narrow. Rows
 * that are preferred stand before the others, in either case. Listening to the rows of a long
 * list and searching go on by slices while no key is waiting, so that a list of any length
 * opens at once and its first matches are painted at once.
 */
#include "picker.h"

#include "buf.h"
#include "dialog.h"
#include "i18n.h"
#include "keymap.h"
#include "mem.h"
#include "picker_item.h"
#include "pinyin.h"
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPED_MAX 60   /* bytes */
#define LONG_LIST 2000 /* rows from which on their sounds are kept */
#define SLICE     4096 /* rows looked at before the first painting: under a millisecond */
#define MORE      16384 /* and before each further one, which mostly changes the count */

/* Looking for what was typed: what is still to be looked at, and how. */
struct search {
	size_t again, again_end; /* these of the matches: of less text, or preferred */
	size_t next;             /* then the rows from here on */
	uint64_t wanted;
	bool letter; /* one letter or digit: sounds decide */
	bool number; /* it may mean rows' numbers */
	size_t exact; /* the first row that is exactly this; PICKER_NONE once it is current */
	bool settled; /* the cursor was placed: nothing moves it any more */
};

struct picker {
	struct picker_source source;
	struct picker_options options;
	struct buf typed, folded;
	uint64_t *sounds; /* of each row of a long list, else NULL */
	size_t heard;     /* rows that have theirs: all of them before anything is looked for */
	uint64_t code_letters; /* that its codes and mnemonics begin with */
	size_t preferred[PICKER_PREFERRED], preferred_count;
	/* Indexes, only when something is typed: the preferred ones, then ascending. */
	uint32_t *matches;
	size_t match_count, match_cap;
	struct search search;
	size_t current;  /* position among the matches */
	size_t top;      /* position of the first row drawn */
	size_t page;     /* rows as drawn last */
	unsigned char *marks; /* a bit a row */
	size_t marks_size;
};

static void picker_listen(struct picker *p);

struct picker *
picker_new(const struct picker_source *source, const struct picker_options *options)
{
	struct picker *p = mem_alloc(sizeof *p);

	p->source = *source;
	if (options)
		p->options = *options;
	p->page = 10;
	picker_listen(p);
	return p;
}

void
picker_free(struct picker *p)
{
	if (!p)
		return;
	buf_clear(&p->typed);
	buf_clear(&p->folded);
	free(p->sounds);
	free(p->matches);
	free(p->marks);
	free(p);
}

/* The rows are others: their sounds are still to be heard. */
static void
picker_listen(struct picker *p)
{
	free(p->sounds);
	p->sounds = NULL;
	p->code_letters = 0;
	p->heard = 0;
	if (p->source.count >= LONG_LIST)
		p->sounds = mem_alloc(p->source.count * sizeof *p->sounds);
}

static bool
is_listening(const struct picker *p)
{
	return p->sounds && p->heard < p->source.count;
}

/* Hears so many rows more. */
static void
picker_hear(struct picker *p, size_t rows)
{
	for (; rows && is_listening(p); rows--, p->heard++) {
		struct picker_item item = item_at(&p->source, p->heard);
		uint64_t code = item_code_sounds(&item);

		p->code_letters |= code;
		p->sounds[p->heard] = code | item_sounds(&item);
	}
}

/* ---- what is shown ---- */

/* The index at that place when all rows are shown. */
static size_t
picker_nth(const struct picker *p, size_t position)
{
	size_t base, index, before, i;

	if (position < p->preferred_count)
		return p->preferred[position];
	base = index = position - p->preferred_count;
	do { /* as many further as there are preferred ones up to it */
		before = index;
		index = base;
		for (i = 0; i < p->preferred_count; i++)
			index += p->preferred[i] <= before;
	} while (index != before);
	return index;
}

static size_t
picker_at(const struct picker *p, size_t position)
{
	return p->typed.len ? p->matches[position] : picker_nth(p, position);
}

size_t
picker_matches(const struct picker *p)
{
	return p->typed.len ? p->match_count : p->source.count;
}

size_t
picker_current(const struct picker *p)
{
	return p->current < picker_matches(p) ? picker_at(p, p->current) : PICKER_NONE;
}

static bool
is_preferred(const struct picker *p, size_t index)
{
	size_t i;

	for (i = 0; i < p->preferred_count; i++)
		if (p->preferred[i] == index)
			return true;
	return false;
}

/* How many of the first ones shown are preferred. */
static size_t
picker_head(const struct picker *p)
{
	size_t head = 0;

	if (!p->typed.len)
		return p->preferred_count;
	while (head < p->match_count && is_preferred(p, p->matches[head]))
		head++;
	return head;
}

/* Puts the cursor on the match at or after index; false when it is no match itself. */
static bool
picker_go_to(struct picker *p, size_t index)
{
	size_t head = picker_head(p), low = head, high = picker_matches(p), middle;

	for (p->current = 0; p->current < head; p->current++)
		if (picker_at(p, p->current) == index)
			return true;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (picker_at(p, middle) < index)
			low = middle + 1;
		else
			high = middle;
	}
	p->current = low < picker_matches(p) || low == 0 ? low : low - 1;
	return picker_current(p) == index;
}

static void
picker_fold(struct picker *p)
{
	buf_reset(&p->folded);
	text_fold(buf_text(&p->typed), p->typed.len, &p->folded);
}

static bool
row_matches(struct picker *p, size_t index)
{
	struct search *search = &p->search;
	const char *folded = p->folded.data;
	bool number = search->number && item_number_begins(index, folded), decided = false;
	struct picker_item item;

	if (p->sounds) {
		if (!number && (p->sounds[index] & search->wanted) != search->wanted)
			return false;
		decided = search->letter;
		if (decided && !(p->sounds[index] & SHORT_CODE) && index >= 9)
			return true; /* and it is not exactly what was typed */
	}
	item = item_at(&p->source, index);
	if (!decided && !item_matches(&item, &p->options, index, folded))
		return false;
	if (search->exact == PICKER_NONE &&
	    item_is_exactly(&item, &p->options, index, folded))
		search->exact = index;
	return true;
}

static void
picker_add_match(struct picker *p, size_t index)
{
	p->matches = mem_grow(p->matches, &p->match_cap, p->match_count + 1,
	    sizeof *p->matches);
	p->matches[p->match_count++] = (uint32_t)index;
}

static bool
is_searching(const struct picker *p)
{
	return p->typed.len &&
	    (p->search.again < p->search.again_end || p->search.next < p->source.count);
}

/* Looks at so many rows more. */
static void
picker_search(struct picker *p, size_t rows)
{
	struct search *search = &p->search;
	size_t index;

	if (!p->typed.len)
		return; /* all rows are shown; the cursor stays */
	for (; rows && is_searching(p); rows--) {
		if (search->again < search->again_end) {
			index = p->matches[search->again++];
			if (row_matches(p, index))
				p->matches[p->match_count++] = (uint32_t)index;
		} else {
			index = search->next++;
			if (row_matches(p, index) && !is_preferred(p, index))
				picker_add_match(p, index);
		}
	}
	if (search->exact != PICKER_NONE && !search->settled &&
	    (search->settled = picker_go_to(p, search->exact)))
		p->top = 0;
}

static void
picker_finish(struct picker *p)
{
	while (is_searching(p))
		picker_search(p, SLICE);
}

/* The matches so far are of less text: all of them, those that were to be looked at
 * again too, are looked at again. */
static void
picker_search_matches(struct picker *p)
{
	struct search *search = &p->search;
	size_t left = search->again_end - search->again;

	if (left)
		memmove(p->matches + p->match_count, p->matches + search->again,
		    left * sizeof *p->matches);
	search->again = 0;
	search->again_end = p->match_count + left;
	p->match_count = 0;
}

static void
picker_search_all(struct picker *p)
{
	p->match_count = 0;
	for (size_t i = 0; i < p->preferred_count; i++)
		picker_add_match(p, p->preferred[i]);
	p->search = (struct search){ .again_end = p->match_count };
	p->match_count = 0;
}

/* Of a code only the first letter is known. */
static uint64_t
wanted_sounds(const struct picker *p, const char *folded)
{
	uint64_t first = item_sounds_of_code(folded) & PINYIN_LETTERS, wanted = pinyin_wanted(folded);

	if ((unsigned char)*folded < 0x80 && (p->code_letters & first) == first)
		wanted &= first | ~PINYIN_LETTERS;
	return wanted;
}

/* Begins to look for what is typed. narrower: it has only grown. */
static void
picker_filter(struct picker *p, bool narrower)
{
	picker_hear(p, p->source.count);
	picker_fold(p);
	if (narrower)
		picker_search_matches(p);
	else
		picker_search_all(p);
	p->search.wanted = wanted_sounds(p, p->folded.data);
	p->search.letter = p->folded.len == 1 && pinyin_is_sound(p->folded.data);
	p->search.number = item_number_is_meant(&p->options, p->folded.data);
	p->search.exact = PICKER_NONE;
	p->search.settled = false;
	p->current = 0;
}

/* What was typed changed to its first len bytes, with text added. */
static void
picker_retype(struct picker *p, size_t len, const char *text, size_t added)
{
	bool narrower = p->typed.len > 0 && len == p->typed.len;
	size_t was = picker_current(p);

	buf_reserve(&p->typed, added);
	buf_truncate(&p->typed, len);
	buf_add(&p->typed, text, added);
	if (p->typed.len) {
		picker_filter(p, narrower);
	} else {
		p->current = 0;
		if (was != PICKER_NONE)
			picker_go_to(p, was);
	}
	p->top = 0;
}

void
picker_reload(struct picker *p, const struct picker_source *source)
{
	size_t was = picker_current(p);

	p->source = *source;
	p->preferred_count = 0;
	picker_listen(p);
	if (p->typed.len)
		picker_filter(p, false);
	picker_finish(p);
	if (was != PICKER_NONE)
		picker_go_to(p, was);
}

void
picker_prefer(struct picker *p, const size_t *indexes, size_t count)
{
	size_t i;

	p->preferred_count = 0;
	for (i = 0; i < count && p->preferred_count < PICKER_PREFERRED; i++)
		if (indexes[i] < p->source.count && !is_preferred(p, indexes[i]))
			p->preferred[p->preferred_count++] = indexes[i];
	if (p->typed.len)
		picker_filter(p, false);
	picker_finish(p);
	p->current = 0;
}

void
picker_select(struct picker *p, size_t index)
{
	picker_go_to(p, index);
}

bool
picker_select_code(struct picker *p, const char *code)
{
	struct picker_item item;
	size_t i;

	for (i = 0; i < p->source.count; i++) {
		item = item_at(&p->source, i);
		if (item.code && !strcmp(item.code, code))
			return picker_go_to(p, i);
	}
	return false;
}

const char *
picker_typed(const struct picker *p)
{
	return buf_text(&p->typed);
}

/* ---- marks ---- */

bool
picker_is_marked(const struct picker *p, size_t index)
{
	return index / 8 < p->marks_size && (p->marks[index / 8] >> index % 8 & 1);
}

void
picker_mark(struct picker *p, size_t index, bool on)
{
	size_t size = index / 8 + 1;
	unsigned char bit = (unsigned char)(1u << index % 8);

	if (size > p->marks_size) {
		if (!on)
			return;
		size += 64;
		p->marks = mem_resize(p->marks, size);
		memset(p->marks + p->marks_size, 0, size - p->marks_size);
		p->marks_size = size;
	}
	if (on)
		p->marks[index / 8] |= bit;
	else
		p->marks[index / 8] &= (unsigned char)~bit;
}

/* Is code one of the blank-separated codes? */
static bool
has_code(const char *codes, const char *code)
{
	size_t len = strlen(code), n;

	for (; *codes; codes += n) {
		codes += strspn(codes, " ");
		n = strcspn(codes, " ");
		if (n == len && n && !memcmp(codes, code, n))
			return true;
	}
	return false;
}

void
picker_mark_codes(struct picker *p, const char *codes)
{
	struct picker_item item;
	size_t i;

	for (i = 0; i < p->source.count; i++) {
		item = item_at(&p->source, i);
		picker_mark(p, i, item.code && has_code(codes, item.code));
	}
}

void
picker_marked_codes(const struct picker *p, struct buf *out)
{
	struct picker_item item;
	size_t i;
	bool any = false;

	for (i = 0; i < p->source.count; i++) {
		if (!picker_is_marked(p, i))
			continue;
		item = item_at(&p->source, i);
		buf_fmt(out, "%s%s", any ? " " : "", item.code);
		any = true;
	}
}

/* ---- keys ---- */

static bool
picker_move(struct picker *p, enum action action)
{
	size_t page = p->page > 1 ? p->page - 1 : 1, to = p->current, count, last;

	if (action == ACTION_LAST || p->current + page >= picker_matches(p))
		picker_finish(p);
	p->search.settled = true;
	count = picker_matches(p);
	last = count ? count - 1 : 0;

	switch ((int)action) {
	case ACTION_UP:
		to = to ? to - 1 : 0;
		break;
	case ACTION_DOWN:
		to++;
		break;
	case ACTION_PAGE_UP:
		to = to > page ? to - page : 0;
		break;
	case ACTION_PAGE_DOWN:
		to += page;
		break;
	case ACTION_FIRST:
		to = 0;
		break;
	case ACTION_LAST:
		to = last;
		break;
	default:
		return false;
	}
	p->current = to < last ? to : last;
	return true;
}

/* Enter on a row that was looked for among marks means that row, and then the next. */
static enum picker_result
picker_take(struct picker *p)
{
	picker_finish(p);
	if (picker_current(p) == PICKER_NONE)
		return PICKER_STAY;
	if (!p->options.multiple || !p->typed.len)
		return PICKER_TAKEN;
	picker_mark(p, picker_current(p), true);
	picker_retype(p, 0, "", 0);
	return PICKER_STAY;
}

static void
picker_toggle(struct picker *p)
{
	size_t index;

	picker_finish(p);
	index = picker_current(p);
	if (index == PICKER_NONE)
		return;
	picker_mark(p, index, !picker_is_marked(p, index));
	if (p->typed.len)
		picker_retype(p, 0, "", 0); /* the next one is looked for anew */
}

static void
picker_type_key(struct picker *p, const struct key *key)
{
	size_t len = key->len;

	if (p->typed.len + len > TYPED_MAX || (p->typed.len == 0 && *key->text == ' '))
		return;
	picker_retype(p, p->typed.len, key->text, len);
}

/* As picker_key(), without searching to the end. */
static enum picker_result
picker_press(struct picker *p, const struct key *key)
{
	enum context stack[] = { CONTEXT_MARKS, CONTEXT_PICKER, CONTEXT_POPUP };
	size_t skip = p->options.multiple ? 0 : 1;
	enum action action = keymap_action(key, stack + skip, 3 - skip);

	if (action == ACTION_NONE && key_is_text(key)) {
		picker_type_key(p, key);
		return PICKER_STAY;
	}
	switch ((int)action) {
	case ACTION_TAKE:
		return picker_take(p);
	case ACTION_MARK:
		picker_toggle(p);
		return PICKER_STAY;
	case ACTION_DELETE_LEFT:
		if (p->typed.len)
			picker_retype(p,
			    text_prev(p->typed.data, p->typed.len, p->typed.len), "", 0);
		return PICKER_STAY;
	case ACTION_CLEAR:
		picker_retype(p, 0, "", 0);
		return PICKER_STAY;
	case ACTION_BACK:
		if (!p->typed.len)
			return PICKER_LEFT;
		picker_retype(p, 0, "", 0);
		return PICKER_STAY;
	default:
		return picker_move(p, action) ? PICKER_STAY : PICKER_PASS;
	}
}

void
picker_type(struct picker *p, const char *text)
{
	size_t len = strlen(text), at = 0, next;

	while (at < len && (next = text_next(text, len, at)) <= TYPED_MAX)
		at = next;
	picker_retype(p, 0, text, at);
	picker_search(p, SLICE);
}

enum picker_result
picker_key(struct picker *p, const struct key *key)
{
	enum picker_result result = picker_press(p, key);

	picker_finish(p);
	return result;
}

/* ---- drawing ---- */

/* What stands after the label; NULL: nothing. */
static const char *
muted_text(const struct picker_item *item)
{
	const char *text = item->extra ? item->extra : item->mnemonic;

	return text && *text ? text : NULL;
}

static void
picker_draw_row(struct picker *p, struct screen *s, struct rect line, size_t position,
    int code_cols)
{
	size_t index = picker_at(p, position);
	struct picker_item item = item_at(&p->source, index);
	bool current = position == p->current;
	enum role role = current ? ROLE_SELECTED : ROLE_NORMAL;
	char number[24];
	int col = line.col, end = line.col + line.cols;

	screen_fill(s, line, role);
	if (p->options.multiple)
		col += screen_put(s, line.row, col, end - col, role,
		    picker_is_marked(p, index) ? "[x] " : "[ ] ");
	snprintf(number, sizeof number, "%zu", index + 1);
	screen_put_cut(s, line.row, col, code_cols, role,
	    p->options.codes && item.code ? item.code : number);
	col += code_cols + 1;
	col += screen_put_cut(s, line.row, col, end - col, role, item.label);
	if (muted_text(&item) && col + 2 < end)
		screen_put_cut(s, line.row, col + 2, end - col - 2,
		    current ? role : ROLE_MUTED, muted_text(&item));
	if (current)
		screen_cursor(s, line.row, line.col);
}

/* Columns for codes or numbers: as the rows in sight need, at most a third. */
static int
picker_code_columns(const struct picker *p, size_t from, size_t to, int cols)
{
	struct picker_item item;
	char number[24];
	int width = 1, n;

	for (; from < to; from++) {
		item = item_at(&p->source, picker_at(p, from));
		if (p->options.codes && item.code)
			n = text_width(item.code, strlen(item.code));
		else
			n = snprintf(number, sizeof number, "%zu", picker_at(p, from) + 1);
		width = n > width ? n : width;
	}
	return width < cols / 3 ? width : cols / 3;
}

static void
picker_draw_foot(struct picker *p, struct screen *s, struct rect line)
{
	char position[64];
	size_t count = picker_matches(p);
	int used, width;

	snprintf(position, sizeof position, "%zu/%zu%s", count ? p->current + 1 : 0, count,
	    is_searching(p) ? "+" : "");
	width = (int)strlen(position);
	used = screen_put(s, line.row, line.col, line.cols, ROLE_HINT, _("Find: "));
	screen_put_cut(s, line.row, line.col + used, line.cols - used - width - 1,
	    ROLE_MARK, picker_typed(p));
	screen_put(s, line.row, line.col + line.cols - width, width, ROLE_MUTED, position);
}

void
picker_draw(struct picker *p, struct screen *s, struct rect area)
{
	size_t count = picker_matches(p), rows, i;
	struct rect line = { area.row, area.col, 1, area.cols };
	int code_cols;

	if (area.rows < 2 || area.cols < 12)
		return;
	rows = (size_t)area.rows - 1;
	p->page = rows;
	if (p->current < p->top)
		p->top = p->current;
	if (p->current >= p->top + rows)
		p->top = p->current - rows + 1;
	if (p->top + rows > count)
		p->top = count > rows ? count - rows : 0;
	code_cols = picker_code_columns(p, p->top,
	    p->top + rows < count ? p->top + rows : count, area.cols);
	for (i = 0; i < rows && p->top + i < count; i++, line.row++)
		picker_draw_row(p, s, line, p->top + i, code_cols);
	line.row = area.row + area.rows - 1;
	if (count == 0 && !is_searching(p))
		screen_wrap(s, (struct rect){ area.row, area.col, area.rows - 1, area.cols },
		    ROLE_HINT, p->options.empty ? p->options.empty :
		    p->typed.len ? _("Nothing matches. Backspace widens the search.") :
		    _("The list is empty."), 0);
	if (count == 0)
		screen_cursor(s, line.row, area.col);
	picker_draw_foot(p, s, line);
}

/* ---- the pop-up ---- */

static int
picker_widest(struct picker *p)
{
	struct picker_item item;
	size_t i, count = p->source.count < 200 ? p->source.count : 200;
	int widest = 0, width;

	for (i = 0; i < count; i++) {
		item = item_at(&p->source, i);
		width = text_width(item.label, strlen(item.label)) + 14;
		if (muted_text(&item))
			width += text_width(muted_text(&item),
			    strlen(muted_text(&item))) + 2;
		if (p->options.codes && item.code)
			width += text_width(item.code, strlen(item.code));
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void
picker_draw_popup(struct screen *s, void *data)
{
	struct picker *p = data;
	enum context stack[] = { CONTEXT_MARKS, CONTEXT_PICKER, CONTEXT_POPUP };
	size_t skip = p->options.multiple ? 0 : 1;
	const char *title = p->options.title;
	int wanted = picker_widest(p), rows;
	int most = screen_size(s).cols - 4, need = title ? text_width(title,
	    strlen(title)) + 10 : 0;

	wanted = wanted > need ? wanted : need;
	wanted = wanted < 40 ? 40 : wanted > most ? most : wanted;
	rows = p->source.count < 100 ? (int)p->source.count + 3 : 100;
	rows = rows < 6 ? 6 : rows;
	if (rows > screen_size(s).rows - 3)
		rows = screen_size(s).rows - 3;
	picker_draw(p, s, screen_box(s, screen_middle(s, rows, wanted), title));
	keymap_draw_bar(s, screen_size(s).rows - 1, stack + skip, 3 - skip);
}

bool
picker_run(struct picker *p, struct screen *s)
{
	struct screen_layer layer = { .draw = picker_draw_popup, .data = p };
	enum picker_result result;
	enum context stack[] = { CONTEXT_MARKS, CONTEXT_PICKER, CONTEXT_POPUP };
	size_t skip = p->options.multiple ? 0 : 1;
	struct key key;

	screen_push(s, &layer);
	do {
		if (!is_searching(p) && !is_listening(p)) {
			screen_read(s, &key);
		} else if (!screen_poll(s, &key)) {
			picker_search(p, MORE);
			picker_hear(p, MORE);
			result = PICKER_STAY;
			continue;
		}
		result = picker_press(p, &key);
		picker_search(p, SLICE);
		if (result == PICKER_PASS &&
		    keymap_action(&key, stack + skip, 3 - skip) == ACTION_HELP)
			dialog_help(s, stack + skip, 3 - skip);
	} while (result == PICKER_STAY || result == PICKER_PASS);
	screen_pop(s, &layer);
	return result == PICKER_TAKEN;
}
