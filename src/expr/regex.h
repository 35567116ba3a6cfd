/*
 * regex - regular expressions as Java's users expect them
 *
 * A pattern matches the whole text, as Java's matches() does. Runaway patterns are
 * stopped: what should have taken microseconds ends as an error.
 */
#ifndef REGEX_H
#define REGEX_H

#include <stdbool.h>

struct arena;
struct err;
struct regex;

/* Lives in the arena. NULL and err when it is no pattern. */
struct regex *regex_new(const char *pattern, struct arena *arena, struct err *err);

bool regex_matches(const struct regex *regex, const char *text, bool *matches,
		   struct err *err);

#endif
