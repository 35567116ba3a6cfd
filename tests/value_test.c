#include "check.h"

#include "arena.h"
#include "value.h"

#include <math.h>
#include <stdlib.h>

static const struct {
	double n;
	const char *text;
} numbers[] = {
	{ 0, "0" },
	{ -0.0, "0" },
	{ 1, "1" },
	{ -1, "-1" },
	{ 0.5, "0.5" },
	{ 0.1 + 0.2, "0.30000000000000004" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 123456789012.0, "123456789012" },
	{ 9007199254740991.0, "9007199254740991" },
	{ 9007199254740992.0, "9007199254740992" },
	{ 1e21, "1000000000000000000000" },
	{ -1.5e17, "-150000000000000000" },
	{ 1.5e-7, "0.00000015" },
	{ -2e-10, "-0.0000000002" },
	{ 12345678.9, "12345678.9" },
	{ 1.2345678901234567e19, "12345678901234567000" },
	{ NAN, "NaN" },
	{ INFINITY, "Infinity" },
	{ -INFINITY, "-Infinity" },
};

static void
numbers_print_short_and_without_exponent(void)
{
	char text[VALUE_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		value_format_number(numbers[i].n, text);
		CHECK_STR(text, numbers[i].text);
	}
}

static void
numbers_read_back_as_they_were(void)
{
	char text[VALUE_NUMBER_SIZE];
	double n;

	srand(7);
	for (int i = 0; i < 20000; i++) {
		n = ldexp((double)rand() / RAND_MAX - 0.5, rand() % 600 - 300);
		value_format_number(n, text);
		CHECK(strtod(text, NULL) == n);
		CHECK(!strpbrk(text, "eE"));
	}
	value_format_number(-1.7976931348623157e308, text);
	CHECK(strtod(text, NULL) == -1.7976931348623157e308);
	value_format_number(-4.9406564584124654e-324, text);
	CHECK(strtod(text, NULL) == -4.9406564584124654e-324);
}

static const struct {
	const char *text;
	double n;
} texts[] = {
	{ "5", 5 },          { " 5 \n", 5 }, { "-0.25", -0.25 }, { ".5", 0.5 },
	{ "5.", 5 },         { "1,5", 1.5 }, { "007", 7 },       { "", NAN },
	{ " ", NAN },        { ".", NAN },   { "-", NAN },       { "+5", NAN },
	{ "- 5", NAN },      { "1e5", NAN }, { "1.2.3", NAN },   { "0x10", NAN },
	{ "Infinity", NAN }, { "5 5", NAN },
};

static void
texts_read_as_xpath_numbers(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double n = value_parse_number(texts[i].text);

		CHECK(n == texts[i].n || (isnan(n) && isnan(texts[i].n)));
	}
}

static void
dates_print_as_iso(void)
{
	struct arena *a = arena_new();
	struct value day = value_date(20759), moment = { .type = VALUE_DATETIME },
		     time = { .type = VALUE_TIME, .number = 9.5 / 24 };

	moment.number = 20759 + 1.5 / 24;
	CHECK_STR(value_to_string(&day, 480, a), "2026-11-02");
	CHECK_STR(value_to_string(&moment, 480, a), "2026-11-02T09:30:00.000+08:00");
	CHECK_STR(value_to_string(&moment, -210, a), "2026-11-01T22:00:00.000-03:30");
	CHECK_STR(value_to_string(&time, 480, a), "09:30");
	time.number += 5.25 / 86400;
	CHECK_STR(value_to_string(&time, 480, a), "09:30:05.250");
	day = value_date(-1);
	CHECK_STR(value_to_string(&day, 0, a), "1969-12-31");
	arena_free(a);
}

static void
values_cast_as_xpath_says(void)
{
	struct arena *a = arena_new();
	struct value v = value_boolean(true), none = value_nodes(NULL, 0);

	CHECK_STR(value_to_string(&v, 0, a), "true");
	CHECK(value_to_number(&v) == 1);
	v = value_number(NAN);
	CHECK(!value_to_boolean(&v));
	v = value_number(-0.0);
	CHECK(!value_to_boolean(&v));
	v = value_string("false");
	CHECK(value_to_boolean(&v));
	v = value_string("");
	CHECK(!value_to_boolean(&v));
	v = value_date(0);
	CHECK(value_to_boolean(&v) && value_to_number(&v) == 0);
	CHECK_STR(value_to_string(&none, 0, a), "");
	CHECK(isnan(value_to_number(&none)) && !value_to_boolean(&none));
	arena_free(a);
}

int
main(void)
{
	RUN(numbers_print_short_and_without_exponent);
	RUN(numbers_read_back_as_they_were);
	RUN(texts_read_as_xpath_numbers);
	RUN(dates_print_as_iso);
	RUN(values_cast_as_xpath_says);
	return CHECK_DONE();
}
