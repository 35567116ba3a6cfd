/*
 * xml_tree - an XML document as a struct tree, for tests: elements, text, attributes
 */
#ifndef XML_TREE_H
#define XML_TREE_H

#include "tree.h"

#include <stdbool.h>

struct buf;
struct xml_tree;

/* NULL when the file is not there or is no XML. */
struct xml_tree *xml_tree_read(const char *path);
void xml_tree_free(struct xml_tree *x);

const struct tree *xml_tree_tree(const struct xml_tree *x);

/* A view of the same nodes that begins at an element: "/" is that element. Lives as
 * long as x does. */
const struct tree *xml_tree_view(struct xml_tree *x, uint32_t root);

/* The node that a path of "*[n]" steps leads to; 0 when there is none. */
uint32_t xml_tree_find(const struct xml_tree *x, const char *path);
/* The path that leads to a node. */
void xml_tree_path(const struct xml_tree *x, uint32_t id, struct buf *out);

#endif
