/*
 * eval - one evaluation: an expression's tree against a context
 */
#ifndef EVAL_H
#define EVAL_H

#include "ast.h"
#include "expr.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct call;
struct err;

struct eval {
	const struct expr_context *context;
	struct arena *arena;
	struct err *err;
	struct node_ref node; /* "." here: changes inside predicates */
	size_t position, size;
};

bool eval(struct eval *ev, const struct ast *n, struct value *out);
/* eval() and a cast. */
bool eval_number(struct eval *ev, const struct ast *n, double *out);
bool eval_boolean(struct eval *ev, const struct ast *n, bool *out);
bool eval_string(struct eval *ev, const struct ast *n, const char **out);

/* The value of a node. */
void eval_node_value(struct eval *ev, struct node_ref node, struct value *out);

/*
 * Casts as the language has them: an empty node set is the empty text, a larger one
 * is its first node; a text that is an ISO date counts as that date.
 */
double eval_to_number(struct eval *ev, const struct value *v);
bool eval_to_boolean(struct eval *ev, const struct value *v);
const char *eval_to_string(struct eval *ev, const struct value *v);
/* A node set as the value of its first node; anything else as it is. */
void eval_unpack(struct eval *ev, const struct value *v, struct value *out);

/* Column of n, then the sentence. Returns false. */
bool eval_fail(struct eval *ev, const struct ast *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* compare.c */
bool eval_compare(struct eval *ev, enum ast_kind kind, const struct value *left,
		  const struct value *right);

/* path.c */
bool eval_path(struct eval *ev, const struct ast *n, struct value *out);
bool eval_filter(struct eval *ev, const struct ast *n, struct value *out);
bool eval_union(struct eval *ev, const struct ast *n, struct value *out);

/* Nodes gathered in the arena. */
struct nodes {
	struct node_ref *items;
	size_t count, cap;
};
void nodes_add(struct eval *ev, struct nodes *set, struct node_ref node);

struct node_ref node_parent(struct node_ref n);
struct node_ref node_first_child(struct node_ref n);
struct node_ref node_next_sibling(struct node_ref n);
/* The first child of that name, the next sibling of the same name; id 0: none. */
struct node_ref node_child_named(struct node_ref n, const char *name);
struct node_ref node_next_named(struct node_ref n, const char *name);
bool node_is_hidden(struct node_ref n);

#endif
