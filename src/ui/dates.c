/*
 * dates - days and times written short, as people type them
 *
 * What was typed is made narrow and cut into numbers and signs; the shape of that says
 * what is meant.
 */
#include "dates.h"

#include "buf.h"
#include "clock.h"
#include "i18n.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX 3

/* Numbers and what stands between them: "11月5日" is { 11, 5 }, "md". */
struct shape {
	int count;
	int numbers[NUMBERS_MAX];
	int digits[NUMBERS_MAX];
	char signs[NUMBERS_MAX + 1]; /* the sign after each number; '\0': none */
};

static const struct {
	const char *word;
	int days;
} day_words[] = {
	{ ".", 0 }, { "today", 0 }, { "今天", 0 }, { "今", 0 }, { "yesterday", -1 },
	{ "昨天", -1 }, { "昨", -1 }, { "前天", -2 }, { "tomorrow", 1 }, { "明天", 1 },
	{ "明", 1 }, { "后天", 2 },
};

static const struct {
	const char *text;
	char sign;
} signs[] = {
	{ "-", '-' }, { "/", '-' }, { ".", '-' }, { "年", 'y' }, { "月", 'm' },
	{ "日", 'd' }, { "号", 'd' }, { ":", ':' }, { "点", 'h' }, { "时", 'h' },
	{ "分", 'i' }, { "半", 'b' },
};

static char *
tidy(const char *typed)
{
	struct buf folded = { 0 };

	text_fold(typed, strlen(typed), &folded);
	buf_char(&folded, '\0');
	text_trim(folded.data);
	return buf_take(&folded);
}

static bool
shape_read(const char *s, struct shape *shape)
{
	size_t i;
	int n;

	memset(shape, 0, sizeof *shape);
	while (*s) {
		if (*s < '0' || *s > '9' || shape->count == NUMBERS_MAX)
			return false;
		n = shape->count++;
		for (; *s >= '0' && *s <= '9'; s++, shape->digits[n]++) {
			if (shape->digits[n] == 8)
				return false;
			shape->numbers[n] = shape->numbers[n] * 10 + (*s - '0');
		}
		for (i = 0; *s && i < sizeof signs / sizeof *signs; i++) {
			if (strncmp(s, signs[i].text, strlen(signs[i].text)))
				continue;
			shape->signs[n] = signs[i].sign;
			s += strlen(signs[i].text);
			break;
		}
		if (*s && !shape->signs[n])
			return false;
		if (shape->signs[n] == 'h' && !strcmp(s, "半")) {
			shape->signs[n] = 'b';
			break;
		}
	}
	return shape->count > 0;
}

/* ---- days ---- */

static bool
day_of(int64_t year, int month, int day, int64_t *out)
{
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > clock_days_in_month(year, month))
		return false;
	*out = clock_day_from_civil(year, month, day);
	return true;
}

/* "5", "1105", "261105", "20261105": by how many digits there are. */
static bool
day_from_digits(int number, int digits, int64_t year, int month, int64_t *day)
{
	switch (digits) {
	case 1:
	case 2:
		return day_of(year, month, number, day);
	case 3:
	case 4:
		return day_of(year, number / 100, number % 100, day);
	case 6:
		return day_of(year - year % 100 + number / 10000, number / 100 % 100,
		    number % 100, day);
	case 8:
		return day_of(number / 10000, number / 100 % 100, number % 100, day);
	default:
		return false;
	}
}

static int64_t
whole_year(int number, int digits, int64_t year)
{
	return digits <= 2 ? year - year % 100 + number : number;
}

static bool
day_from_shape(const struct shape *s, int64_t today, int64_t *day)
{
	const int *n = s->numbers;
	int64_t year;
	int month, this_day;

	clock_civil_from_day(today, &year, &month, &this_day);
	if (s->count == 1 && (!s->signs[0] || s->signs[0] == 'd'))
		return day_from_digits(n[0], s->digits[0], year, month, day);
	if (s->count == 2 && !strcmp(s->signs, "-"))
		return day_of(year, n[0], n[1], day);
	if (s->count == 2 && s->signs[0] == 'm' && (!s->signs[1] || s->signs[1] == 'd'))
		return day_of(year, n[0], n[1], day);
	if (s->count == 3 && (!strcmp(s->signs, "--") || !strcmp(s->signs, "ymd") ||
	    !strcmp(s->signs, "ym")))
		return (s->digits[0] == 2 || s->digits[0] == 4) &&
		    day_of(whole_year(n[0], s->digits[0], year), n[1], n[2], day);
	return false;
}

/* "-1", "+14": days from today. */
static bool
days_from_today(const char *s, int64_t today, int64_t *day)
{
	char *end;
	long n;

	if ((*s != '-' && *s != '+') || s[1] < '0' || s[1] > '9' || strlen(s) > 5)
		return false;
	n = strtol(s, &end, 10);
	*day = today + n;
	return *end == '\0';
}

bool
dates_read_day(const char *typed, int64_t today, int64_t *day)
{
	char *s = tidy(typed);
	struct shape shape;
	bool read = false;
	size_t i;

	for (i = 0; !read && i < sizeof day_words / sizeof *day_words; i++) {
		if (!strcmp(s, day_words[i].word)) {
			*day = today + day_words[i].days;
			read = true;
		}
	}
	if (!read)
		read = days_from_today(s, today, day) ||
		    (shape_read(s, &shape) && day_from_shape(&shape, today, day));
	free(s);
	return read;
}

/* ---- times ---- */

static bool
time_of(int hour, int minute, int *minutes)
{
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*minutes = hour * 60 + minute;
	return true;
}

static bool
time_from_shape(const struct shape *s, int *minutes)
{
	const int *n = s->numbers;
	char sign = s->signs[0];

	if (s->count == 1 && (!sign || sign == 'h') && s->digits[0] <= 2)
		return time_of(n[0], 0, minutes);
	if (s->count == 1 && sign == 'b')
		return time_of(n[0], 30, minutes);
	if (s->count == 1 && !sign && s->digits[0] <= 4)
		return time_of(n[0] / 100, n[0] % 100, minutes);
	if (s->count == 2 && (sign == ':' || sign == '-' || sign == 'h') &&
	    (!s->signs[1] || s->signs[1] == 'i') && s->digits[1] == 2)
		return time_of(n[0], n[1], minutes);
	if (s->count == 2 && sign == 'h' && s->digits[1] == 1)
		return time_of(n[0], n[1], minutes);
	if (s->count == 3 && !strcmp(s->signs, "::")) /* seconds are not kept */
		return n[2] < 60 && time_of(n[0], n[1], minutes);
	return false;
}

bool
dates_read_time(const char *typed, int now, int *minutes)
{
	char *s = tidy(typed);
	struct shape shape;
	bool read;

	if (!strcmp(s, ".") || !strcmp(s, "now") || !strcmp(s, "现在")) {
		*minutes = now;
		read = true;
	} else {
		read = shape_read(s, &shape) && time_from_shape(&shape, minutes);
	}
	free(s);
	return read;
}

bool
dates_read_moment(const char *typed, int64_t today, int now, int64_t *day, int *minutes)
{
	char *s = tidy(typed), *gap;
	bool read;

	if (!strcmp(s, "now") || !strcmp(s, "现在")) {
		*day = today;
		*minutes = now;
		free(s);
		return true;
	}
	gap = strpbrk(s, " t");
	if (gap && *gap == 't' && (gap == s || gap[-1] < '0' || gap[-1] > '9'))
		gap = strchr(s, ' '); /* the t of "today" parts nothing */
	*minutes = 0;
	if (gap)
		*gap = '\0';
	read = dates_read_day(s, today, day) &&
	    (!gap || dates_read_time(gap + 1, now, minutes));
	free(s);
	return read;
}

void
dates_write_time(int minutes, char out[8])
{
	snprintf(out, 8, "%02d:%02d", minutes / 60 % 24, minutes % 60);
}

int
dates_weekday(int64_t day)
{
	int64_t since_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */

	return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

const char *
dates_weekday_name(int weekday)
{
	static const char *const names[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
		N_("Fri"), N_("Sat"), N_("Sun") };

	return _(names[(weekday + 6) % 7]);
}
