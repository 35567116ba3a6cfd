/*
 * picker_test - choosing from lists: what typing finds, what the keys do, how it looks
 */
#include "../check.h"
#include "screen.h"

#include "buf.h"
#include "calendar.h"
#include "clock.h"
#include "dialog.h"
#include "keymap.h"
#include "list.h"
#include "picker.h"

#include <screen.h>

#include <locale.h>
#include <stdlib.h>
#include <time.h>

struct row {
	const char *code, *label, *extra, *mnemonic;
};

static const struct row people[] = {
	{ "wang", "王淑芳", "3号楼 201", NULL }, { "li", "李重光", "3号楼 202", NULL },
	{ "zhang", "张单", "5号楼 101", NULL }, { "zeng", "曾曾", NULL, NULL },
	{ "lau", "Lau Mei", NULL, NULL }, { "wu", "吴淑芬", "6号楼", NULL },
};

static const struct row results[] = {
	{ "1", "成功", NULL, "cg ok" }, { "2", "不成功", NULL, "bcg GG" },
	{ "3", "正在调解", NULL, "gg" }, { "10", "撤回", NULL, NULL },
	{ "99", "其他", NULL, NULL },
};

static void
row_at(void *data, size_t index, struct picker_item *item)
{
	const struct row *rows = data;

	item->code = rows[index].code;
	item->label = rows[index].label;
	item->extra = rows[index].extra;
	item->mnemonic = rows[index].mnemonic;
}

/* The rows are never written to. */
#define SOURCE(rows) \
	{ sizeof(rows) / sizeof *(rows), row_at, (void *)(uintptr_t)(rows) }

static const struct picker_source people_source = SOURCE(people);
static const struct picker_source results_source = SOURCE(results);

static void
type(struct picker *p, const char *text)
{
	char one[5] = "";
	struct key key = { .text = one };

	for (; *text; text += key.len) {
		key.len = (unsigned char)*text < 0x80 ? 1 : (unsigned char)*text < 0xE0 ? 2 : 3;
		memcpy(one, text, key.len);
		one[key.len] = '\0';
		key.code = key.len == 1 ? *one : K_TEXT;
		picker_key(p, &key);
	}
}

static enum picker_result
press(struct picker *p, int code)
{
	struct key key = { .code = code, .text = code == ' ' ? " " : "", .len = code == ' ' };

	return picker_key(p, &key);
}

/* ---- what typing finds ---- */

static const struct {
	const char *typed;
	size_t matches;
	const char *current; /* code */
} finds[] = {
	{ "", 6, "wang" }, { "wang", 1, "wang" }, { "wsf", 2, "wang" },
	{ "w", 2, "wang" }, { "wu", 1, "wu" }, { "淑", 2, "wang" }, { "芬", 1, "wu" },
	{ "lcg", 1, "li" }, { "lzg", 1, "li" }, { "zs", 1, "zhang" },
	{ "zd", 1, "zhang" }, { "zz", 1, "zeng" }, { "zc", 2, "zhang" }, { "zengc", 1, "zeng" },
	{ "mei", 1, "lau" }, { "MEI", 1, "lau" }, { "ｍｅｉ", 1, "lau" },
	{ "wangs", 1, "wang" }, { "201", 1, "wang" }, { "3号", 2, "wang" },
	{ "2", 2, "li" }, { "6", 1, "wu" }, { "qqq", 0, NULL },
};

static void
check_finds(void)
{
	size_t i;

	for (i = 0; i < sizeof finds / sizeof *finds; i++) {
		struct picker *p = picker_new(&people_source, NULL);
		size_t at;

		check_case(finds[i].typed);
		type(p, finds[i].typed);
		CHECK_INT(picker_matches(p), finds[i].matches);
		at = picker_current(p);
		CHECK_STR(at == PICKER_NONE ? NULL : people[at].code, finds[i].current);
		CHECK_STR(picker_typed(p), finds[i].typed);
		picker_free(p);
	}
}

static void
digits_pick_codes(void)
{
	const struct picker_options options = { .codes = true };
	struct picker *p = picker_new(&results_source, &options);

	type(p, "1");
	CHECK_INT(picker_matches(p), 2);
	CHECK_INT(picker_current(p), 0);
	type(p, "0");
	CHECK_INT(picker_current(p), 3);
	CHECK_INT(press(p, K_BACKSPACE), PICKER_STAY);
	CHECK_INT(picker_current(p), 0);
	CHECK_INT(press(p, K_ESC), PICKER_STAY); /* widens first */
	CHECK_STR(picker_typed(p), "");
	CHECK_INT(picker_current(p), 0);
	CHECK_INT(press(p, K_ESC), PICKER_LEFT);
	type(p, "5"); /* codes show, so numbers do not count */
	CHECK_INT(picker_matches(p), 0);
	CHECK_INT(press(p, K_ENTER), PICKER_STAY);
	picker_free(p);
}

/* Narrowing step by step finds what a fresh search finds. */
static void
narrowing_is_exact(void)
{
	size_t i, j, n;

	for (i = 0; i < sizeof finds / sizeof *finds; i++) {
		struct picker *a = picker_new(&people_source, NULL);
		struct picker *b = picker_new(&people_source, NULL);

		type(a, finds[i].typed);
		type(b, finds[i].typed);
		picker_reload(b, &people_source);
		n = picker_matches(a);
		CHECK_INT(n, picker_matches(b));
		for (j = 0; j < n; j++) {
			CHECK_INT(picker_current(a), picker_current(b));
			press(a, K_DOWN);
			press(b, K_DOWN);
		}
		picker_free(a);
		picker_free(b);
	}
}

static void
marks_are_taken_in_the_lists_order(void)
{
	const struct picker_options options = { .multiple = true, .codes = true };
	struct picker *p = picker_new(&results_source, &options);
	struct buf codes = { 0 };

	picker_mark_codes(p, "99 2 404");
	CHECK(picker_is_marked(p, 4) && picker_is_marked(p, 1) && !picker_is_marked(p, 0));
	CHECK_INT(press(p, ' '), PICKER_STAY); /* marks the first */
	press(p, K_END);
	press(p, ' ');                         /* takes the mark of the last away */
	type(p, "cx");                         /* 撤回 chehui: no; 成功 no */
	CHECK_INT(picker_matches(p), 0);
	press(p, K_CTRL('U'));
	type(p, "ch");
	CHECK_INT(picker_current(p), 3 - 3);   /* 成 cheng comes before 撤 che */
	press(p, K_CTRL('U'));
	type(p, "10");
	CHECK_INT(press(p, K_ENTER), PICKER_STAY); /* marks what was looked for */
	CHECK_STR(picker_typed(p), "");
	CHECK_INT(press(p, K_ENTER), PICKER_TAKEN);
	picker_marked_codes(p, &codes);
	CHECK_STR(codes.data, "1 2 10");
	buf_clear(&codes);
	picker_free(p);
}

static const struct {
	const char *typed;
	size_t index;
} guesses[] = {
	{ "1", 0 }, { "10", 3 }, { "99", 4 }, { "4", 3 }, { "成功", 0 }, { "不", 1 },
	{ "zztj", 2 }, { "cg", 0 }, { "gg", PICKER_NONE }, { "", PICKER_NONE }, { "v", PICKER_NONE }, { "功", PICKER_NONE },
	{ "６", PICKER_NONE }, { "３", 2 }, { " 3 ", 2 }, { "qt", 4 },
};

static void
typed_text_is_guessed(void)
{
	size_t i;

	for (i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		check_case(guesses[i].typed);
		CHECK_INT(picker_guess(&results_source, guesses[i].typed), guesses[i].index);
	}
}

/* An author's own letters find by their beginning, and wholly typed they decide. */
static void
mnemonics_find(void)
{
	struct picker *p = picker_new(&results_source, NULL);

	type(p, "g");
	CHECK_INT(picker_matches(p), 3); /* 功 twice, and gg */
	press(p, K_CTRL('U'));
	type(p, "ok");
	CHECK_INT(picker_matches(p), 1);
	CHECK_INT(picker_current(p), 0);
	press(p, K_CTRL('U'));
	type(p, "k"); /* not from the middle */
	CHECK_INT(picker_matches(p), 0);
	press(p, K_CTRL('U'));
	type(p, "bcg"); /* 不成功 both ways */
	CHECK_INT(picker_matches(p), 1);
	press(p, K_CTRL('U'));
	type(p, "cg"); /* 成功 is exactly this, 不成功 contains it */
	CHECK_INT(picker_matches(p), 2);
	CHECK_INT(picker_current(p), 0);
	picker_free(p);
}

static void
walk(struct picker *p, struct buf *out)
{
	size_t i;

	buf_reset(out);
	press(p, K_HOME);
	for (i = 0; i < picker_matches(p); i++) {
		buf_fmt(out, "%zu ", picker_current(p));
		press(p, K_DOWN);
	}
}

/* What was used last stands first, once, whatever is typed. */
static void
preferred_rows_come_first(void)
{
	static const size_t used[] = { 4, 77, 1, 4, 5 };
	struct picker *p = picker_new(&people_source, NULL);
	struct buf order = { 0 };
	size_t i;

	picker_prefer(p, used, 5);
	CHECK_INT(picker_current(p), 4);
	walk(p, &order);
	CHECK_STR(order.data, "4 1 5 0 2 3 ");
	for (i = 0; i < 6; i++) {
		picker_select(p, i);
		CHECK_INT(picker_current(p), i);
	}
	type(p, "l");
	walk(p, &order);
	CHECK_STR(order.data, "4 1 5 0 2 ");
	press(p, K_CTRL('U'));
	type(p, "w");
	walk(p, &order);
	CHECK_STR(order.data, "5 0 ");
	type(p, "s");
	walk(p, &order);
	CHECK_STR(order.data, "5 0 ");
	type(p, "fang");
	CHECK_INT(picker_current(p), 0);
	press(p, K_BACKSPACE);
	press(p, K_BACKSPACE);
	press(p, K_BACKSPACE);
	walk(p, &order);
	CHECK_STR(order.data, "5 0 ");
	press(p, K_CTRL('U'));
	CHECK_INT(picker_current(p), 0); /* stays where it was, in its place */
	type(p, "2"); /* rows keep their numbers */
	CHECK_INT(picker_current(p), 1);
	picker_reload(p, &people_source);
	press(p, K_CTRL('U'));
	walk(p, &order);
	CHECK_STR(order.data, "0 1 2 3 4 5 ");
	buf_clear(&order);
	picker_free(p);
}

/* ---- many rows ---- */

#define MANY 200000

/* A list as a form has it: name, label, extra, mnemonic. */
static struct list *many;

static void
make_many(void)
{
	static const char *const columns[] = { "name", "label", "room", "mnemonic" };
	static const char *const family[] = { "王", "李", "张", "刘", "陈", "杨", "赵",
		"黄", "周", "吴" };
	static const char *const given[] = { "淑芳", "建国", "伟", "秀英", "丽华", "志强",
		"小明" };
	char name[16], label[64], room[32];
	const char *const cells[] = { name, label, room, "" };
	size_t i;

	many = list_new("residents", columns, 4);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "r%06zu", i);
		snprintf(label, sizeof label, "%s%s", family[i % 10], given[i / 10 % 7]);
		snprintf(room, sizeof room, "%zu号楼%zu-%zu", i % 40 + 1, i % 3 + 1,
		    i / 100 % 30 * 100 + i % 4 + 1);
		list_add(many, cells);
	}
}

static void
many_at(void *data, size_t index, struct picker_item *item)
{
	(void)data;
	item->code = list_cell(many, index, 0);
	item->label = list_cell(many, index, 1);
	item->extra = list_cell(many, index, 2);
}

static const struct picker_source many_source = { MANY, many_at, NULL };

static long
microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What each key costs: printed, for there is no clock in a test's verdict. */
static void
type_and_time(struct picker *p, const char *keys)
{
	char one[2] = "";
	long began;

	printf("200,000 rows:");
	for (; *keys; keys++) {
		*one = *keys;
		began = microseconds();
		type(p, one);
		printf(" %c %ld us", *keys, microseconds() - began);
	}
	printf("; %zu match\n", picker_matches(p));
}

/* A long list keeps what its rows sound like and passes over most of them; it must find
 * what looking at each row finds: the rows here repeat, every 8,400th is alike. */
static void
long_lists_find_what_short_ones_find(void)
{
	static const char *const typed[] = { "w", "wsf", "wangs", "2", "20", "201", "r00", "5haolou", "zhangw", "chenxiaom", "jg",
		"王", "王淑", "号楼2", "z", "zq", "3-2", "32", "-", "mei", "r" };
	const struct picker_options codes = { .codes = true }; /* no numbers */
	struct picker_source few = { 1900, many_at, NULL };
	size_t i, j;

	for (i = 0; i < sizeof typed / sizeof *typed; i++) {
		struct picker *p = picker_new(&many_source, &codes);
		struct picker *q = picker_new(&few, &codes);

		check_case(typed[i]);
		if (*typed[i] < 0x7F && *typed[i] > ' ')
			type_and_time(p, typed[i]);
		else
			type(p, typed[i]);
		type(q, typed[i]);
		for (j = 0; j < picker_matches(q); j++) {
			CHECK_INT(picker_current(p), picker_current(q));
			press(p, K_DOWN);
			press(q, K_DOWN);
		}
		CHECK(picker_matches(q) == 0 ? picker_matches(p) == 0
					     : picker_current(p) >= 1899);
		picker_free(p);
		picker_free(q);
	}
}

/* ---- on a terminal ---- */

struct page {
	char said[128];
};

static void
page_draw(struct screen *s, void *data)
{
	struct page *p = data;
	int row;

	for (row = 0; row < 23; row++)
		screen_put(s, row, 1, 79, ROLE_NORMAL, "民情日记民情日记民情日记民情日记"
		    "民情日记民情日记民情日记民情日记民情日记");
	screen_put_padded(s, 0, 0, 80, ROLE_TITLE, p->said);
}

/* "yes" when there is text, else a sentence. */
static bool
accept_name(const char *typed, void *data, struct buf *message)
{
	(void)data;
	if (*typed)
		return true;
	buf_str(message, "Write a name, as in 王淑芳.");
	return false;
}

static int
run_lists(void *data)
{
	const struct picker_options one = { .title = "居民", .codes = false };
	const struct picker_options several = { .multiple = true, .codes = true,
		.title = "Results" };
	struct dialog_input input = { .title = "Name", .text = "Whose home was it?",
		.max_chars = 6, .accept = accept_name };
	struct page page = { .said = "ready" };
	struct screen_layer layer = { .draw = page_draw, .data = &page, .covers = true };
	struct screen *s = screen_open(NULL);
	struct picker *p[3];
	struct buf codes = { 0 };
	int64_t day = clock_day_from_civil(2026, 11, 5);
	struct key key;
	int i;

	(void)data;
	if (!s)
		return 3;
	p[0] = picker_new(&people_source, &one);
	p[1] = picker_new(&results_source, &several);
	p[2] = picker_new(&many_source, &one);
	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		buf_reset(&codes);
		if (key.code == '1' || key.code == '3') {
			i = key.code - '1';
			if (picker_run(p[i], s))
				snprintf(page.said, sizeof page.said, "row %zu",
				    picker_current(p[i]));
			else
				strcpy(page.said, "left");
		} else if (key.code == '2' && picker_run(p[1], s)) {
			picker_marked_codes(p[1], &codes);
			snprintf(page.said, sizeof page.said, "codes %s", codes.data);
		} else if (key.code == 'c') {
			char text[16] = "left";

			if (calendar_run(s, clock_day_from_civil(2026, 11, 2), &day))
				clock_format_day(day, text);
			snprintf(page.said, sizeof page.said, "day %s", text);
		} else if (key.code == 'i') {
			bool taken;

			buf_str(&codes, "王");
			taken = dialog_input(s, &input, &codes);
			snprintf(page.said, sizeof page.said, "input %s %s",
			    taken ? "taken" : "left", codes.data);
		} else if (key.code == 'h') {
			const enum context stack[] = { CONTEXT_NOTES, CONTEXT_ENTRY,
				CONTEXT_GLOBAL };

			dialog_help(s, stack, 3);
		} else if (key.code == 'm') {
			dialog_message(s, "Saved", "The record is in the queue.\nIt goes "
			    "out with the next sending.");
		}
	} while (key.code != 'q');
	for (i = 0; i < 3; i++)
		picker_free(p[i]);
	buf_clear(&codes);
	screen_close(s);
	return 0;
}

static struct term *
start(void)
{
	struct term *t = term_start(&(struct term_options){ .run = run_lists });

	term_see(t, "ready");
	return t;
}

static void
end(struct term *t)
{
	int status = -1;

	term_keys(t, "q");
	CHECK(term_ended(t, &status) && status == 0);
	term_free(t);
}

static void
a_list_opens_narrows_and_is_taken(void)
{
	struct term *t = start();
	int row, col, at_row, at_col;

	term_keys(t, "1");
	CHECK(term_has(t, "居民") && term_has(t, "1 王淑芳  3号楼 201"));
	CHECK(term_has(t, "1/6"));
	term_keys(t, "<Down>");
	CHECK(term_find(t, "2 李重光", &row, &col));
	CHECK(term_look(t, row, col).reverse);
	term_cursor(t, &at_row, &at_col);
	CHECK(at_row == row && at_col == col);
	term_keys(t, "wsf");
	CHECK(term_has(t, "Find: wsf") && term_has(t, "1/2") && !term_has(t, "李重光"));
	term_keys(t, "<Down><Enter>");
	CHECK(term_has(t, "row 5") && !term_has(t, "吴淑芬"));
	term_keys(t, "1<Esc><Esc>");
	CHECK(term_has(t, "left"));
	end(t);
}

static void
typing_ahead_opens_and_takes(void)
{
	struct term *t = start();

	term_keys(t, "1wsf<Down><Enter>1<Enter>");
	CHECK(term_has(t, "row 5"));
	end(t);
}

static void
marks_are_seen_without_colour(void)
{
	struct term *t = start();

	term_keys(t, "2<Space><Down><Down><Space>");
	CHECK(term_has(t, "[x] 1  成功") && term_has(t, "[ ] 2  不成功"));
	CHECK(term_has(t, "[x] 3  正在调解"));
	term_keys(t, "99<Enter><Enter>");
	CHECK(term_has(t, "codes 1 3 99"));
	end(t);
}

static void
a_long_list_scrolls(void)
{
	struct term *t = start();

	term_keys(t, "3<End>");
	CHECK(term_has(t, "200000/200000"));
	CHECK(term_has(t, "200000 "));
	term_keys(t, "<PgUp><Home><PgDn>");
	term_keys(t, "<Esc>");
	end(t);
}

/* Its rows are listened to while no key waits; a key that comes before is answered alike. */
static void
a_long_list_needs_no_waiting(void)
{
	struct term *t = start();

	term_keys(t, "3wsf");
	CHECK(term_has(t, "1/5716"));
	term_keys(t, "<Esc><Esc>");
	end(t);
	t = start();
	term_keys(t, "3");
	term_keys(t, "wsf");
	CHECK(term_has(t, "1/5716"));
	term_keys(t, "<Esc><Esc>");
	end(t);
	t = start();
	term_keys(t, "3r199999<Enter>");
	CHECK(term_has(t, "row 199999"));
	end(t);
}

static void
nothing_found_says_what_to_do(void)
{
	struct term *t = start();

	term_keys(t, "1qqq");
	CHECK(term_has(t, "Nothing matches. Backspace"));
	term_keys(t, "<Enter><BS><BS><BS><Enter>");
	CHECK(term_has(t, "row 0"));
	end(t);
}

static void
a_day_is_picked_in_the_calendar(void)
{
	struct term *t = start();

	term_keys(t, "c");
	CHECK(term_has(t, "2026-11") && term_has(t, "Mon  Tue  Wed"));
	CHECK(term_has(t, "[ 2]   3    4    5")); /* today in brackets */
	term_keys(t, "<Right><Down><Enter>");
	CHECK(term_has(t, "day 2026-11-13"));
	term_keys(t, "c<PgDn><PgDn><PgDn><Enter>");
	CHECK(term_has(t, "day 2027-02-13"));
	term_keys(t, "c<Home><Left><Left><PgUp><Enter>"); /* 31 October: 30 September */
	CHECK(term_has(t, "day 2026-09-30"));
	term_keys(t, "c<PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><PgUp><Enter>");
	CHECK(term_has(t, "day 2025-12-28"));
	term_keys(t, "c<Esc>");
	CHECK(term_has(t, "day left"));
	end(t);
}

static void
a_line_is_asked_for(void)
{
	struct term *t = start();

	term_keys(t, "i");
	CHECK(term_has(t, "Whose home was it?"));
	term_keys(t, "<BS><Enter>");
	CHECK(term_has(t, "Write a name, as in"));
	term_keys(t, " 李重光 <Enter>");
	CHECK(term_has(t, "input taken 李重光"));
	CHECK(!term_has(t, "Whose home"));
	term_keys(t, "ix<Esc>");
	CHECK(term_has(t, "input left 王"));
	end(t);
}

static void
help_is_made_from_the_table(void)
{
	struct term *t = start();

	term_keys(t, "h");
	CHECK(term_has(t, "Keys that work here") && term_has(t, "begins a new line"));
	term_keys(t, "<End>");
	CHECK(term_has(t, "are F1 ... F10 where those keys are missing"));
	term_keys(t, "<Esc>");
	CHECK(!term_has(t, "Keys that work here"));
	term_keys(t, "1<F1>");
	CHECK(term_has(t, "takes the row that the cursor is on"));
	term_keys(t, "<Esc><Esc>m");
	CHECK(term_has(t, "It goes out with the next sending."));
	term_keys(t, "<Enter>");
	CHECK(!term_has(t, "It goes out"));
	end(t);
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	check_finds();
	RUN(digits_pick_codes);
	RUN(narrowing_is_exact);
	RUN(marks_are_taken_in_the_lists_order);
	typed_text_is_guessed();
	RUN(mnemonics_find);
	RUN(preferred_rows_come_first);
	make_many();
	RUN(long_lists_find_what_short_ones_find);
	RUN(a_list_opens_narrows_and_is_taken);
	RUN(typing_ahead_opens_and_takes);
	RUN(marks_are_seen_without_colour);
	RUN(a_long_list_scrolls);
	RUN(a_long_list_needs_no_waiting);
	RUN(nothing_found_says_what_to_do);
	RUN(a_day_is_picked_in_the_calendar);
	RUN(a_line_is_asked_for);
	RUN(help_is_made_from_the_table);
	list_unref(many);
	return CHECK_DONE();
}
