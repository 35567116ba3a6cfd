/*
 * check - the whole test library: say what failed, keep going, count.
 *
 * A test is a function named for a behaviour and run by RUN(); a row of a table that
 * is a test of its own is opened by check_case(). The last line a program prints is
 * `N passed, M failed`.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int check_passed, check_failed, check_bad_in_case;
static const char *check_name;

static inline void
check_close(void)
{
	if (!check_name)
		return;
	if (check_bad_in_case) {
		check_failed++;
		fprintf(stderr, "FAIL %s\n", check_name);
	} else {
		check_passed++;
	}
	check_name = NULL;
	check_bad_in_case = 0;
}

static inline void
check_case(const char *name)
{
	check_close();
	check_name = name;
}

static inline int
check_str(const char *got, const char *want)
{
	if (got && want && !strcmp(got, want))
		return 1;
	if (!got && !want)
		return 1;
	fprintf(stderr, "  got  \"%s\"\n  want \"%s\"\n", got ? got : "(null)",
	    want ? want : "(null)");
	return 0;
}

#define CHECK(cond) \
	((cond) ? (void)0 \
		: (void)(check_bad_in_case++, \
		      fprintf(stderr, "%s:%d: [%s] %s\n", __FILE__, __LINE__, \
			  check_name ? check_name : "", #cond)))

#define CHECK_STR(got, want) CHECK(check_str((got), (want)))

#define CHECK_INT(got, want) \
	do { \
		long long check_got = (long long)(got), check_want = (long long)(want); \
		if (check_got != check_want) { \
			fprintf(stderr, "  got %lld, want %lld\n", check_got, check_want); \
			CHECK(!#got); \
		} \
	} while (0)

#define RUN(fn) (check_case(#fn), fn(), check_close())

#define CHECK_DONE() \
	(check_close(), printf("%d passed, %d failed\n", check_passed, check_failed), \
	    check_failed != 0)

#endif
