#include "value.h"

#include "arena.h"
#include "dates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers up to here print exactly as integers. */
#define WHOLE_MAX 9007199254740992.0

struct value
value_string(const char *s)
{
	return (struct value){ .type = VALUE_STRING, .string = s };
}

struct value
value_number(double n)
{
	return (struct value){ .type = VALUE_NUMBER, .number = n };
}

struct value
value_boolean(bool b)
{
	return (struct value){ .type = VALUE_BOOLEAN, .boolean = b };
}

struct value
value_date(int64_t days)
{
	return (struct value){ .type = VALUE_DATE, .number = (double)days };
}

struct value
value_nodes(const struct node_ref *nodes, size_t count)
{
	struct value v = { .type = VALUE_NODES, .nodes = nodes };

	v.node_count = count;
	return v;
}

double
value_parse_number(const char *s)
{
	char copy[512];
	size_t len = 0, digits = 0;
	bool point = false;

	s += strspn(s, " \t\r\n");
	if (*s == '-')
		copy[len++] = *s++;
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			digits++;
		else if ((*s == '.' || *s == ',') && !point)
			point = true; /* a comma, as JavaRosa allows */
		else
			break;
		if (len == sizeof(copy) - 1)
			return NAN;
		copy[len++] = *s == ',' ? '.' : *s;
	}
	if (!digits || s[strspn(s, " \t\r\n")])
		return NAN;
	copy[len] = '\0';
	return strtod(copy, NULL);
}

/* "1.5e-07" as plain digits. */
static void
spell_out(const char *scientific, char *out)
{
	const char *e = strchr(scientific, 'e');
	int exponent = e ? atoi(e + 1) : 0, point = 0, count = 0;
	char digits[40] = ""; /* as long as text in value_format_number() */

	if (!e) {
		strcpy(out, scientific);
		return;
	}
	if (*scientific == '-')
		*out++ = *scientific++;
	for (const char *p = scientific; p < e; p++) {
		if (*p == '.')
			point = count;
		else
			digits[count++] = *p;
	}
	point = (point ? point : count) + exponent;
	if (point <= 0) {
		*out++ = '0';
		*out++ = '.';
		for (; point < 0; point++)
			*out++ = '0';
		memcpy(out, digits, (size_t)count);
		out[count] = '\0';
		return;
	}
	for (int i = 0; i < point || i < count; i++) {
		if (i == point)
			*out++ = '.';
		*out++ = i < count ? digits[i] : '0';
	}
	*out = '\0';
}

void
value_format_number(double n, char out[VALUE_NUMBER_SIZE])
{
	char text[40];

	if (isnan(n)) {
		strcpy(out, "NaN");
	} else if (isinf(n)) {
		strcpy(out, n < 0 ? "-Infinity" : "Infinity");
	} else if (n == 0) {
		strcpy(out, "0");
	} else if (n == floor(n) && fabs(n) < WHOLE_MAX) {
		snprintf(out, VALUE_NUMBER_SIZE, "%lld", (long long)n);
	} else {
		for (int precision = 15; precision <= 17; precision++) {
			snprintf(text, sizeof(text), "%.*g", precision, n);
			if (strtod(text, NULL) == n)
				break;
		}
		spell_out(text, out);
	}
}

const char *
value_to_string(const struct value *v, int offset, struct arena *a)
{
	char number[VALUE_NUMBER_SIZE], date[DATES_SIZE];
	struct value of_node;

	switch (v->type) {
	case VALUE_STRING:
		return v->string;
	case VALUE_NUMBER:
		value_format_number(v->number, number);
		return arena_strdup(a, number);
	case VALUE_BOOLEAN:
		return v->boolean ? "true" : "false";
	case VALUE_NODES:
		if (!v->node_count)
			return "";
		v->nodes->tree->ops->value(v->nodes->tree, v->nodes->id, a, &of_node);
		return value_to_string(&of_node, offset, a);
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		dates_format(v, offset, date);
		return arena_strdup(a, date);
	}
	return "";
}

double
value_to_number(const struct value *v)
{
	struct arena *a;
	struct value of_node;
	double n;

	switch (v->type) {
	case VALUE_STRING:
		return value_parse_number(v->string);
	case VALUE_BOOLEAN:
		return v->boolean;
	case VALUE_NUMBER:
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		return v->number;
	case VALUE_NODES:
		if (!v->node_count)
			return NAN;
		a = arena_new();
		v->nodes->tree->ops->value(v->nodes->tree, v->nodes->id, a, &of_node);
		n = value_to_number(&of_node);
		arena_free(a);
		return n;
	}
	return NAN;
}

bool
value_to_boolean(const struct value *v)
{
	struct arena *a;
	struct value of_node;
	bool b;

	switch (v->type) {
	case VALUE_STRING:
		return *v->string;
	case VALUE_BOOLEAN:
		return v->boolean;
	case VALUE_NUMBER:
		return v->number != 0 && !isnan(v->number);
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
		return true;
	case VALUE_NODES:
		if (v->node_count != 1)
			return v->node_count > 1;
		a = arena_new();
		v->nodes->tree->ops->value(v->nodes->tree, v->nodes->id, a, &of_node);
		b = value_to_boolean(&of_node);
		arena_free(a);
		return b;
	}
	return false;
}
