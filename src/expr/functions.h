/*
 * functions - the table of functions, and what a function gets and gives
 *
 * A new function is one row in functions.c and one function in the file of its kind.
 */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "eval.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct ast;
struct err;

/* A call being made. args are the values, evaluated, unless the row says lazy. */
struct call {
	struct eval *ev;
	const struct ast *ast;
	struct value *args;
	size_t count;
};

enum function_flags {
	FUNCTION_LAZY = 1,    /* evaluates its arguments itself, with eval() */
	FUNCTION_OWN = 2,     /* without arguments it reads the question that asks;
	                         * once() too, but that is nothing to wait for */
	FUNCTION_PAIRS = 4,   /* above min, arguments come in pairs */
	FUNCTION_PATTERN = 8, /* the second argument, when a literal, is a regex */
	FUNCTION_PATH = 16,   /* … is a path */
};

#define FUNCTION_MANY ((size_t)-1)

struct function {
	const char *name;
	size_t min, max;
	bool (*fn)(struct call *c, struct value *out);
	unsigned flags;
};

/* NULL when there is none. */
const struct function *function_find(const char *name);
bool function_takes(const struct function *f, size_t count);
/* The sentence for a call of nothing or with a wrong number of arguments; false. */
bool function_mistake(const struct ast *call, struct err *err);

/* False and err: "Column 7: name(): …". */
bool call_fail(struct call *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An argument cast, and the same for all nodes of all arguments from first on. */
const char *call_string(struct call *c, size_t index);
double call_number(struct call *c, size_t index);
/* False and err when it is no node set. */
bool call_nodes(struct call *c, size_t index, const struct value **nodes);

/* Walks the arguments from first on, node sets node by node. */
struct call_items {
	struct call *c;
	size_t index, node;
	struct value item;
};
void call_items_start(struct call_items *it, struct call *c, size_t first);
bool call_items_next(struct call_items *it);

#define FN(name) bool name(struct call *c, struct value *out)

/* fn_string.c */
FN(fn_string);
FN(fn_concat);
FN(fn_join);
FN(fn_substring);
FN(fn_substr);
FN(fn_substring_before);
FN(fn_substring_after);
FN(fn_string_length);
FN(fn_contains);
FN(fn_starts_with);
FN(fn_ends_with);
FN(fn_normalize_space);
FN(fn_translate);
FN(fn_regex);
FN(fn_digest);
FN(fn_base64_decode);
FN(fn_extract_signed);
FN(fn_selected);
FN(fn_selected_at);
FN(fn_count_selected);

/* fn_number.c */
FN(fn_number);
FN(fn_int);
FN(fn_round);
FN(fn_sum);
FN(fn_min);
FN(fn_max);
FN(fn_avg);
FN(fn_pow);
FN(fn_atan2);
FN(fn_pi);
FN(fn_math);
FN(fn_random);
FN(fn_area);
FN(fn_distance);
FN(fn_geofence);

/* fn_date.c */
FN(fn_today);
FN(fn_now);
FN(fn_date);
FN(fn_date_time);
FN(fn_time);
FN(fn_decimal_date_time);
FN(fn_decimal_time);
FN(fn_format_date);

/* fn_nodes.c */
FN(fn_count);
FN(fn_count_non_empty);
FN(fn_position);
FN(fn_last);
FN(fn_name);
FN(fn_local_name);
FN(fn_current);
FN(fn_instance);
FN(fn_indexed_repeat);
FN(fn_randomize);
FN(fn_pulldata);

#endif
