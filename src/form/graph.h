/*
 * graph - a form's rules and what each reads, compiled once
 *
 * A rule is an expression that decides something about a definition's nodes. Reading
 * the value of a node is reading its relevance and that of all around it too, as what
 * is not relevant has no value. A reading is shared within a repeat when a node of the
 * rule reads only what stands in the same instance of that repeat as itself.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct def;
struct expr;

/*
 * Relevance, calculations and what follows from them have an order in which each is
 * computed once. Filters and counts come after all of those, again when they changed
 * something: they may read each other, as in JavaRosa, where a choice or a new
 * instance is made by the person and not by the form.
 */
enum rule_kind {
	RULE_RELEVANT,
	RULE_CALCULATE,
	RULE_REQUIRED,
	RULE_READONLY,
	RULE_FILTER, /* a chosen value that is no longer a choice is cleared */
	RULE_COUNT,  /* of a repeat's instances */
	RULE_KINDS
};

#define RULE_NONE UINT32_MAX

struct rule {
	const struct def *def;
	enum rule_kind kind;
	const struct expr *expr;
	bool from_parent; /* a count that names what stands beside the repeat */
	bool feeds_itself; /* a count that grows by the instances that it asks for */
};

/* A rule to compute again, in all its nodes below the same instance of shared as the
 * node that changed; NULL: in the whole record. */
struct reader {
	uint32_t rule;
	const struct def *shared;
};

struct readers {
	struct reader *items;
	size_t count, cap;
};

struct graph {
	struct arena *arena;
	size_t def_count, rule_count;
	struct rule *rules;              /* in the order in which they are computed */
	uint32_t (*rule_of)[RULE_KINDS]; /* by definition; RULE_NONE */
	struct readers *readers;         /* by definition: of its nodes' values */
	/* By definition: when instances of that repeat come, go or change places. shared
	 * is found from the node around the instances. */
	struct readers *place_readers;
	const struct def **
	    *triggered;              /* by definition: what its change sets; or NULL */
	/* By definition: the rows that its filter lets through, of
	 * instance(GRAPH_CHOICES), or the nodes of its nodeset; NULL: every row. */
	const struct expr **choices;
};

/* The list of the question that asks, for graph->choices. */
#define GRAPH_CHOICES ".choices"

#endif
