/*
 * month_page - a month in pictures: how much was done each day, and of what
 *
 * A calendar with the number of records of each day and a mark for how many that is;
 * below it, or beside where there are few rows, a bar for each form, of the chosen day or
 * of the whole month. Enter shows the day's records.
 *
 * Bars and marks are block characters where those surely have one column: their width is
 * ambiguous, and terminals of Chinese, Japanese and Korean places may give them two. There
 * ASCII does it. MINQING_BLOCKS=1 or 0 says otherwise. The numbers stand beside.
 */
#include "app_private.h"

#include "calendar.h"
#include "clock.h"
#include "dates.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_COLS  7
#define WEEKS      6
#define DAYS       31
#define BESIDE     (7 * CELL_COLS + 28) /* columns from which the bars stand beside */
#define LABEL_COLS 16 /* twice as many where there is room */

struct month_page {
	struct app *app;
	int64_t today, day, first; /* first: of the month that was read */
	long counts[DAYS];         /* all forms */
	long (*forms)[DAYS];       /* by app.forms */
	bool whole;                /* bars of the whole month */
	bool blocks;
	struct screen_layer layer;
};

static const enum context stack[] = { CONTEXT_MONTH, CONTEXT_CALENDAR, CONTEXT_GLOBAL };

#define DEPTH (sizeof(stack) / sizeof(*stack))

static const char *const marks[2][5] = {
	{ " ", ".", ":", "+", "#" },
	{ " ", "░", "▒", "▓", "█" },
};

static bool
blocks_are_safe(void)
{
	static const char *const wide[] = { "zh", "ja", "ko" };
	const char *said = getenv("MINQING_BLOCKS"), *term = getenv("TERM");
	const char *place = setlocale(LC_CTYPE, NULL), *lang = getenv("LANG");

	if (said)
		return strcmp(said, "1") == 0;
	if (!term || strcmp(term, "linux") == 0 || strncmp(term, "vt", 2) == 0)
		return false;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if ((place && strncmp(place, wide[i], 2) == 0) ||
		    (lang && strncmp(lang, wide[i], 2) == 0) ||
		    strcmp(i18n_language(), wide[i]) == 0)
			return false;
	return text_width("█", strlen("█")) == 1;
}

/* --- counting --- */

static bool
count(const char *day, const char *form, long records, void *data)
{
	struct month_page *p = data;
	int64_t days;

	if (!clock_parse_day(day, &days) || days < p->first || days >= p->first + DAYS)
		return true;
	p->counts[days - p->first] += records;
	for (size_t i = 0; i < p->app->form_count; i++)
		if (strcmp(p->app->forms[i].id, form) == 0)
			p->forms[i][days - p->first] += records;
	return true;
}

static void
load(struct month_page *p)
{
	struct err err = { 0 };
	int64_t year;
	int month, day;
	char text[24];

	clock_civil_from_day(p->day, &year, &month, &day);
	p->first = clock_day_from_civil(year, month, 1);
	p->blocks = blocks_are_safe();
	memset(p->counts, 0, sizeof(p->counts));
	p->forms = mem_resize(p->forms, (p->app->form_count + 1) * sizeof(*p->forms));
	memset(p->forms, 0, (p->app->form_count + 1) * sizeof(*p->forms));
	snprintf(text, sizeof(text), "%04d-%02d", (int)year, month);
	if (!record_days(p->app->nb, text, count, p, &err))
		app_say(p->app, "%s", err.text);
}

static int
days_in_month(const struct month_page *p)
{
	int64_t year;
	int month, day;

	clock_civil_from_day(p->first, &year, &month, &day);
	return clock_days_in_month(year, month);
}

static long
most(const long *counts)
{
	long found = 0;

	for (int i = 0; i < DAYS; i++)
		found = counts[i] > found ? counts[i] : found;
	return found;
}

static long
total(const long *counts)
{
	long sum = 0;

	for (int i = 0; i < DAYS; i++)
		sum += counts[i];
	return sum;
}

/* --- drawing --- */

/* " 23#12": the day, how much that is, the number; today in brackets. */
static void
draw_day(struct month_page *p, int i, long busiest, int row, int col)
{
	struct screen *s = p->app->screen;
	long n = p->counts[i];
	bool chosen = p->first + i == p->day, today = p->first + i == p->today;
	/* 1 to 4 by quarters of the busiest day. */
	long level = n ? 1 + (n * 4 - 1) / busiest : 0;
	enum role role = chosen ? ROLE_SELECTED : today ? ROLE_MARK : ROLE_NORMAL;
	char number[24] = "";

	level = level > 4 ? 4 : level;
	if (n)
		snprintf(number, sizeof(number), "%ld", n > 999 ? 999 : n);
	screen_printf(s, row, col, CELL_COLS, role, "%c%2d%s%-3s", today ? '*' : ' ', i + 1,
	    marks[p->blocks][level], number);
	if (chosen)
		screen_cursor(s, row, col + 2);
}

static void
draw_calendar(struct month_page *p, int row, int col)
{
	long busiest = most(p->counts);
	int column = dates_weekday(p->first) - 1;

	for (int i = 0; i < 7; i++)
		screen_printf(p->app->screen, row, col + i * CELL_COLS, CELL_COLS,
		    ROLE_HEADING, " %s", dates_weekday_name(i + 1));
	row++;
	for (int i = 0; i < days_in_month(p); i++) {
		draw_day(p, i, busiest, row, col + column * CELL_COLS);
		if (++column == 7) {
			column = 0;
			row++;
		}
	}
}

static void
draw_bar(struct month_page *p, const char *label, long n, long greatest, int row,
    struct rect area)
{
	struct screen *s = p->app->screen;
	int wide = area.cols >= 60 ? LABEL_COLS * 2 : LABEL_COLS;
	int col = area.col, room = area.cols - wide - 6;
	long length = greatest ? n * room / greatest : 0;

	screen_put_cut(s, row, col, wide - 1, ROLE_LABEL, label);
	col += wide;
	length = n && !length ? 1 : length;
	for (long i = 0; i < length; i++)
		screen_put(s, row, col++, 1, ROLE_NORMAL, marks[p->blocks][4]);
	screen_printf(s, row, col + (length > 0), 6, ROLE_VALUE, "%ld", n);
}

static void
draw_bars(struct month_page *p, struct rect area)
{
	int64_t at = p->day - p->first;
	long greatest = 0;
	char day[16];

	clock_format_day(p->day, day);
	if (p->whole)
		day[7] = '\0';
	screen_put_cut(p->app->screen, area.row, area.col, area.cols, ROLE_HEADING, day);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < p->app->form_count; i++) {
			long n = p->whole ? total(p->forms[i]) : p->forms[i][at];

			if (pass == 0)
				greatest = n > greatest ? n : greatest;
			else if ((int)i + 1 < area.rows)
				draw_bar(p, p->app->forms[i].title, n, greatest,
				    area.row + 1 + (int)i, area);
		}
}

/* "47 records on 12 days; most on 2026-11-02: 6" */
static void
draw_summary(struct month_page *p, int row, int cols)
{
	long busiest = most(p->counts), days = 0;
	char day[16] = "";

	for (int i = DAYS - 1; i >= 0; i--) {
		days += p->counts[i] > 0;
		if (p->counts[i] == busiest && busiest)
			clock_format_day(p->first + i, day);
	}
	if (busiest)
		screen_printf(p->app->screen, row, 2, cols - 4, ROLE_LABEL,
		    _("%ld records on %ld days; most on %s: %ld"), total(p->counts), days, day,
		    busiest);
	else
		screen_put(p->app->screen, row, 2, cols - 4, ROLE_MUTED,
		    _("There are no finished records of this month here."));
}

static void
draw(struct screen *s, void *data)
{
	struct month_page *p = data;
	struct rect all = screen_size(s), bars;
	int below = 3 + WEEKS + 2;
	char day[16];

	screen_fill(s, all, ROLE_NORMAL);
	clock_format_day(p->first, day);
	day[7] = '\0';
	app_draw_title(p->app, day);
	draw_summary(p, 1, all.cols);
	draw_calendar(p, 3, 2);
	bars = (struct rect){ below, 2, all.rows - 2 - below, all.cols - 4 };
	if (bars.rows <= (int)p->app->form_count && all.cols >= BESIDE)
		bars = (struct rect){ 3, 7 * CELL_COLS + 4, all.rows - 5,
			all.cols - 7 * CELL_COLS - 5 };
	if (bars.rows > 1)
		draw_bars(p, bars);
	app_draw_bottom(p->app, stack, DEPTH);
}

/* --- keys --- */

static void
show_records(struct month_page *p)
{
	char day[16];

	clock_format_day(p->day, day);
	records_page_run(p->app, day);
	load(p);
}

static bool
act(struct month_page *p, enum action action)
{
	if (action == ACTION_LEAVE || action == ACTION_BACK)
		return false;
	if (action == ACTION_TAKE)
		show_records(p);
	else if (action == ACTION_PART_NEXT)
		p->whole = !p->whole;
	else if (calendar_move(action, p->today, &p->day) ||
	    app_global_action(p->app, action, stack, DEPTH)) {
		struct err err = { 0 };

		if (action == ACTION_LANGUAGE && !app_load_forms(p->app, &err))
			app_say(p->app, "%s", err.text);
		load(p);
	}
	return true;
}

void
month_page_run(struct app *app)
{
	struct month_page p = { .app = app, .today = clock_today(app->clock), .whole = true };
	struct key key;

	p.day = p.today;
	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true };
	load(&p);
	screen_push(app->screen, &p.layer);
	do {
		screen_read(app->screen, &key);
		if (key.code != K_RESIZE)
			buf_reset(&app->notice);
	} while (act(&p, keymap_action(&key, stack, DEPTH)));
	screen_pop(app->screen, &p.layer);
	free(p.forms);
}
