/*
 * expr - the form language: ODK's dialect of XPath 1.0, parsed once, evaluated often
 *
 * https://getodk.github.io/xforms-spec/#xpath-functions. Where implementations
 * differ, JavaRosa's meaning holds. An expression never changes anything; what it
 * needs from outside it asks of its host.
 *
 * Paths. An absolute path's leading steps that name ancestors of the context stay in
 * those: /data/rep/x evaluated at /data/rep[2]/y is /data/rep[2]/x. The last step, a
 * step with a predicate, and all steps after either are free: there, count(/data/rep)
 * counts them all and /data/rep[1]/x is the first one's. In a predicate on another
 * instance the question that asks takes the context's place. Relative paths mean what
 * XPath says. Nodes that a tree hides (tree.h) are left out of a path's result.
 *
 * Node sets. One used as a value is its first node's value, an empty one the empty
 * text; as a truth, a single node is as true as its value. A comparison holds when it
 * holds for one of the nodes; an empty set compares as the empty text. sum(), min()
 * and max() leave out empty answers and are NaN when something is there and no number.
 *
 * Dates. A date is whole civil days, a date-time is days since the epoch in UTC with a
 * fraction; compared with each other, both count as local days. A text that is an ISO
 * date counts as a date where a number or a date is wanted. decimal-date-time() of a
 * date is the moment, in UTC, at which that day begins here.
 */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"
#include "value.h"

struct arena;
struct buf;
struct clock;
struct err;
struct expr;

/* What an expression may ask of the form that it stands in. Any member may be NULL:
 * then the function that wants it is an error that says so. */
struct expr_host {
	/* instance('id'), or NULL when there is none of that name. */
	const struct tree *(*instance)(void *data, const char *id);
	/* jr:choice-name: the label of a choice of the question at that node. */
	const char *(*choice_name)(void *data, const char *value, struct node_ref question);
	/* jr:itext: the text of that id in the language in use. */
	const char *(*itext)(void *data, const char *id);
	/* format-date's month and day names: "zh" or "en". */
	const char *(*language)(void *data);
	/* property(name), and "version" for version(); NULL is "". */
	const char *(*property)(void *data, const char *name);
};

struct expr_context {
	struct node_ref node;    /* where relative paths start, "." */
	struct node_ref current; /* current(): the question that asks; usually node */
	struct node_ref root;    /* "/": the record's document node */
	size_t position, size;   /* of node in the list being filtered; 1, 1 otherwise:
	                          * position() and last() outside of predicates */
	const struct clock *clock;
	const struct expr_host *host; /* may be NULL */
	void *host_data;
	struct arena *arena; /* results and scratch; the caller resets it */
};

/*
 * Parses text into arena. NULL and err on a mistake: the sentence names the column
 * (in characters, from 1), what stands there and what was expected. An unknown
 * function or a wrong number of arguments is a mistake too. Nesting is bounded.
 */
struct expr *expr_parse(const char *text, struct arena *arena, struct err *err);

/*
 * As expr_parse(), but what is only wrong when it is evaluated (an unknown function, a
 * wrong number of arguments, a bad pattern) is an error only then: for XForms made
 * for other programs, as JavaRosa reads them.
 */
struct expr *expr_parse_late(const char *text, struct arena *arena, struct err *err);

/* The text that it was parsed from. */
const char *expr_text(const struct expr *e);

/* Appends it in the one way in which all that mean the same by their form are written:
 * blanks, brackets and quotes do not matter. Parses to the same again. */
void expr_print(const struct expr *e, struct buf *out);

/* What a choice list's nodeset is made of, when it is instance('ID')/root/item[filter],
 * or randomize() of that. Texts live in the arena. */
struct expr_itemset {
	const char *instance, *root, *item;
	const char *filter; /* of all its predicates; NULL: none */
	bool randomize;
	const char *seed; /* an expression's text; NULL: none */
};

/* False when it is any other expression, or has predicates that count positions; then
 * only randomize and seed are told, and in rest the nodeset without them. */
bool expr_itemset(const struct expr *e, struct arena *arena, struct expr_itemset *out,
    const char **rest);

/* False and err when it cannot be evaluated, as with date('nonsense'). */
bool expr_eval(const struct expr *e, const struct expr_context *context,
    struct value *out, struct err *err);

/* expr_eval and a cast. */
bool expr_boolean(const struct expr *e, const struct expr_context *context, bool *out,
    struct err *err);
bool expr_string(const struct expr *e, const struct expr_context *context,
    const char **out, struct err *err);

/*
 * Paths that the expression reads, for finding what depends on what. Each path is
 * given as steps from a start; predicates' own paths are visited too, with the path
 * they stand on as their start.
 */
enum expr_path_start {
	EXPR_FROM_ROOT,     /* /data/a */
	EXPR_FROM_CONTEXT,  /* a, ./a, ../a; inside a predicate: from the filtered node */
	EXPR_FROM_CURRENT,  /* current()/../a */
	EXPR_FROM_INSTANCE, /* instance('x')/root/item */
};

struct expr_step {
	enum { EXPR_STEP_CHILD, EXPR_STEP_PARENT, EXPR_STEP_SELF, EXPR_STEP_DESCENDANT } axis;
	const char *name; /* "*" for any; NULL for parent and self */
	bool filtered;    /* has a predicate */
};

/* An axis that these do not cover (ancestor, following-sibling, …) is told as all of
 * the record: from the root, EXPR_STEP_DESCENDANT of any name. What once() holds already is
 * nothing to wait for and is not reported. */

struct expr_path {
	enum expr_path_start start;
	const char *instance; /* EXPR_FROM_INSTANCE: its id, NULL when computed */
	const struct expr_path *within; /* inside a predicate: the path up to and with
	                                 * the filtered step; NULL otherwise */
	const struct expr_step *steps;
	size_t count;
};

void expr_paths(const struct expr *e,
    void (*visit)(const struct expr_path *path, void *data), void *data);

#endif
