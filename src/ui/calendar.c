/*
 * calendar - a month to pick a day from, in a pop-up
 */
#include "calendar.h"

#include "clock.h"
#include "dates.h"
#include "dialog.h"
#include "i18n.h"
#include "keymap.h"
#include "screen.h"

#include <stdio.h>

#define CELL_COLS 5
#define WEEKS     6

struct calendar {
	int64_t today, day;
};

static const enum context stack[] = { CONTEXT_CALENDAR, CONTEXT_POPUP };

static void
calendar_draw_day(struct screen *s, const struct calendar *c, int64_t day, int number,
    int row, int col)
{
	/* Today is in brackets, the chosen day stands out. */
	bool today = day == c->today, chosen = day == c->day;

	screen_printf(s, row, col, CELL_COLS,
	    chosen ? ROLE_SELECTED : today ? ROLE_MARK : ROLE_NORMAL,
	    today ? "[%2d]" : " %2d ", number);
	if (chosen)
		screen_cursor(s, row, col + 2);
}

static void
calendar_draw(struct screen *s, void *data)
{
	const struct calendar *c = data;
	struct rect in;
	int64_t year, first;
	int month, day, i, column, row;
	char title[32];

	clock_civil_from_day(c->day, &year, &month, &day);
	first = clock_day_from_civil(year, month, 1);
	snprintf(title, sizeof title, "%04lld-%02d", (long long)year, month);
	in = screen_box(s, screen_middle(s, WEEKS + 3, 7 * CELL_COLS + 4), title);
	for (i = 0; i < 7; i++)
		screen_put(s, in.row, in.col + i * CELL_COLS, CELL_COLS, ROLE_HEADING,
		    dates_weekday_name(i + 1));
	column = dates_weekday(first) - 1;
	row = in.row + 1;
	for (i = 0; i < clock_days_in_month(year, month); i++) {
		calendar_draw_day(s, c, first + i, i + 1, row,
		    in.col + column * CELL_COLS);
		if (++column == 7) {
			column = 0;
			row++;
		}
	}
	keymap_draw_bar(s, screen_size(s).rows - 1, stack, 2);
}

/* The same day of another month, or its last. */
static int64_t
months_on(int64_t from, int months)
{
	int64_t year;
	int month, day, most;

	clock_civil_from_day(from, &year, &month, &day);
	month += months - 1;
	year += month < 0 ? -1 : month / 12;
	month = (month + 12) % 12 + 1;
	most = clock_days_in_month(year, month);
	return clock_day_from_civil(year, month, day < most ? day : most);
}

bool
calendar_move(enum action action, int64_t today, int64_t *day)
{
	switch ((int)action) {
	case ACTION_PREV_COLUMN:
		(*day)--;
		return true;
	case ACTION_NEXT_COLUMN:
		(*day)++;
		return true;
	case ACTION_UP:
		*day -= 7;
		return true;
	case ACTION_DOWN:
		*day += 7;
		return true;
	case ACTION_MONTH_PREV:
		*day = months_on(*day, -1);
		return true;
	case ACTION_MONTH_NEXT:
		*day = months_on(*day, 1);
		return true;
	case ACTION_TODAY:
		*day = today;
		return true;
	default:
		return false;
	}
}

bool
calendar_run(struct screen *s, int64_t today, int64_t *day)
{
	struct calendar c = { today, *day };
	struct screen_layer layer = { .draw = calendar_draw, .data = &c };
	enum action action;
	struct key key;

	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		action = keymap_action(&key, stack, 2);
		if (action == ACTION_HELP)
			dialog_help(s, stack, 2);
		else if (action != ACTION_TAKE && action != ACTION_BACK &&
		    !calendar_move(action, today, &c.day))
			screen_beep(s);
	} while (action != ACTION_TAKE && action != ACTION_BACK);
	screen_pop(s, &layer);
	if (action == ACTION_TAKE)
		*day = c.day;
	return action == ACTION_TAKE;
}
