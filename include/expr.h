/*
 * expr - the form language: ODK's dialect of XPath 1.0, parsed once, evaluated often
 *
 * https://getodk.github.io/xforms-spec/#xpath-functions. Where implementations
 * differ, JavaRosa's meaning holds. An expression never changes anything; what it
 * needs from outside it asks of its host.
 */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"
#include "value.h"

struct arena;
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
	/* once(), uuid(), random(), property(name). */
	const char *(*property)(void *data, const char *name);
};

struct expr_context {
	struct node_ref node;    /* where relative paths start, "." */
	struct node_ref current; /* current(): the question that asks; usually node */
	struct node_ref root;    /* "/": the record's document node */
	size_t position, size;   /* of node in the list being filtered; 1, 1 otherwise */
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

/* The text that it was parsed from. */
const char *expr_text(const struct expr *e);

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

/* True when its value depends on now(), today(), random() or uuid(). */
bool expr_is_volatile(const struct expr *e);

#endif
