/*
 * value - what an expression gives: XPath 1.0's four kinds, and ODK's dates
 *
 * Strings and node sets live in the arena of the evaluation that made them.
 * Dates follow JavaRosa: a date is a whole number of civil days since 1970-01-01,
 * a date-time is days with a fraction, a time is a fraction of a day; as numbers
 * they are that, as strings they are ISO 8601: "2026-11-02",
 * "2026-11-02T09:32:00.000+08:00", and "09:32" or "09:32:05" for a time.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

struct arena;

enum value_type {
	VALUE_STRING,
	VALUE_NUMBER,
	VALUE_BOOLEAN,
	VALUE_NODES,
	VALUE_DATE,     /* number holds local civil days since 1970-01-01 */
	VALUE_DATETIME, /* number holds days since the epoch UTC, with a fraction */
	VALUE_TIME,     /* number holds the fraction of the day */
};

struct value {
	enum value_type type;
	double number;
	bool boolean;
	const char *string; /* NUL-terminated UTF-8 */
	const struct node_ref *nodes;
	size_t node_count;
};

struct value value_string(const char *s);
struct value value_number(double n);
struct value value_boolean(bool b);
struct value value_date(int64_t days);
struct value value_nodes(const struct node_ref *nodes, size_t count);

/*
 * XPath's casts, of a node set's first node (a single node is as true as its value).
 * Inside expressions, texts that are ISO dates are numbers too (expr.h); not here.
 * offset_minutes is the zone in which a date-time is written.
 * A number prints in the shortest form that reads back, never with an exponent:
 * "NaN", "Infinity", "-0" is "0".
 */
const char *value_to_string(const struct value *v, int offset_minutes, struct arena *a);
double value_to_number(const struct value *v);
bool value_to_boolean(const struct value *v);

/* XPath's number(): NaN when it is none. Blanks around it are allowed, and a comma for
 * the point, as in JavaRosa. */
double value_parse_number(const char *s);
/* Shortest form, as above. out holds at least VALUE_NUMBER_SIZE bytes. */
#define VALUE_NUMBER_SIZE 400
void value_format_number(double n, char out[VALUE_NUMBER_SIZE]);

#endif
