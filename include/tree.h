/*
 * tree - what expressions walk over: a record, a list of choices, last saved answers
 *
 * A node is a tree and a number; 0 is no node. The root is the document node, as
 * XPath's "/"; its only child is the root element. Trees are shared and lent.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct tree;
struct value;

struct node_ref {
	const struct tree *tree;
	uint32_t id;
};

struct tree_ops {
	uint32_t (*parent)(const struct tree *tree, uint32_t id);
	uint32_t (*first_child)(const struct tree *tree, uint32_t id);
	uint32_t (*next_sibling)(const struct tree *tree, uint32_t id);
	const char *(*name)(const struct tree *tree, uint32_t id);
	/* A leaf's value in its question's type (an empty answer is the string "");
	 * for anything with children, the text below it joined. */
	void (*value)(const struct tree *tree, uint32_t id, struct arena *a,
	    struct value *out);
	/* May be NULL: the first child of that name, and the next sibling of the same
	 * name (0: none), faster than walking. */
	uint32_t (*child_named)(const struct tree *tree, uint32_t id, const char *name);
	uint32_t (*next_named)(const struct tree *tree, uint32_t id);
	/* May be NULL: the next child of that name, after the given one (0: the first),
	 * whose own first child named key has exactly that text; 0 when there is none.
	 * For item[key = 'text'] in a long list. */
	uint32_t (*child_where)(const struct tree *tree, uint32_t id, const char *name,
	    const char *key, const char *text, uint32_t after);
	/* May be NULL: true for a node that is not relevant. Paths leave such nodes
	 * out, as JavaRosa does: they count for nothing and have no value. */
	bool (*hidden)(const struct tree *tree, uint32_t id);
	/* May be NULL: an attribute's text, or NULL. */
	const char *(*attribute)(const struct tree *tree, uint32_t id, const char *name);
};

/* First member of every struct that is a tree. */
struct tree {
	const struct tree_ops *ops;
	uint32_t root;
};

#endif
