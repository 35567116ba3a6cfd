/*
 * uuid_test - ids sort by time and stay in order when the clock does not
 */
#include "check.h"

#include "uuid.h"

static void
shape(void)
{
	char id[UUID_SIZE];

	uuid_new(INT64_C(0x0123456789AB), id);
	CHECK_INT(strlen(id), 36);
	CHECK(!strncmp(id, "01234567-89ab-7", 15));
	CHECK(strchr("89ab", id[19]) != NULL);
	CHECK(uuid_valid(id));
}

/* 20,000 in one millisecond is more than the counter holds; then the clock goes back. */
static void
order(void)
{
	const int64_t now = INT64_C(0x0193456789AB);
	char last[UUID_SIZE] = "", id[UUID_SIZE];
	int i, out_of_order = 0;

	for (i = 0; i < 20000; i++) {
		uuid_new(i < 10000 ? now : now - 3600000, id);
		out_of_order += strcmp(last, id) >= 0;
		memcpy(last, id, sizeof(id));
	}
	CHECK_INT(out_of_order, 0);
	uuid_new(now + 1000, id);
	CHECK(strcmp(last, id) < 0);
	CHECK(!strncmp(id, "01934567-8d93-7", 15)); /* the clock is followed again */
	uuid_new(-5, last);
	CHECK(uuid_valid(last) && strcmp(id, last) < 0);
}

static void
valid(void)
{
	static const char *const bad[] = { "", "0193456789ab7def89ab0123456789ab",
		"01934567-89ab-7def-89ab-0123456789a",
		"01934567-89ab-7def-89ab-0123456789abc",
		"01934567-89ab-7def-89ab-0123456789ag",
		"01934567x89ab-7def-89ab-0123456789ab",
		"01934567-89ab-7def-89ab 0123456789ab",
		"{1934567-89ab-7def-89ab-0123456789a}" };
	size_t i;

	CHECK(uuid_valid("01934567-89ab-7def-89ab-0123456789ab"));
	CHECK(uuid_valid("F47AC10B-58CC-4372-A567-0E02B2C3D479"));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (uuid_valid(bad[i]))
			CHECK_STR(bad[i], "refused");
}

static void
named(void)
{
	char a[UUID_SIZE], b[UUID_SIZE], c[UUID_SIZE], d[UUID_SIZE];

	uuid_named(1700000000000, "line", 4, a);
	uuid_named(1700000000000, "line", 4, b);
	uuid_named(1700000000000, "lime", 4, c);
	uuid_named(1700000000001, "line", 4, d);
	CHECK_STR(a, b);
	CHECK(strcmp(a, c) != 0 && strcmp(a, d) != 0);
	CHECK(uuid_valid(a));
	CHECK(a[14] == '7' && strchr("89ab", a[19]) != NULL);
}

int
main(void)
{
	RUN(shape);
	RUN(order);
	RUN(valid);
	RUN(named);
	return CHECK_DONE();
}
