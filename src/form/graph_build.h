/*
 * graph_build - what the making of a graph shares: rules, what each reads, their order
 */
#ifndef GRAPH_BUILD_H
#define GRAPH_BUILD_H

#include "graph.h"

struct err;
struct form;

/* What a path leads to. */
struct reading {
	const struct def *def;
	const struct def *shared;
	bool vague; /* "anything": it is computed again, but nothing waits for it */
};

struct readings {
	struct reading *items;
	size_t count, cap;
};

struct build {
	const struct form *form;
	struct graph *g;
	struct readings *of_rule; /* by rule */
	uint32_t rule;            /* whose expression is being walked */
	bool from_row;            /* the rule's context is a row of a list */
	bool free_paths;          /* absolute paths may read other instances */
};

/* True when def is around or something in it. */
bool graph_is_within(const struct def *def, const struct def *around);

/* graph_paths.c: fills of_rule. */
void graph_find_readings(struct build *b);

/* graph_order.c: puts the rules, and of_rule, in the order in which they are computed.
 * False and err when there is none. */
bool graph_order_rules(struct build *b, struct err *err);

#endif
