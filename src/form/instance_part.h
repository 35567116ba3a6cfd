/*
 * instance_part - what the answers and the tree of them share
 */
#ifndef INSTANCE_PART_H
#define INSTANCE_PART_H

#include "instance.h"

/* Tree ids: 0 is no node, 1 the document, 2 the root element. */
enum { ID_DOCUMENT = 1, ID_ROOT = 2 };

struct instance {
	struct tree tree; /* first: a struct tree is lent as this */
	const struct form *form;
	struct node *root;
	struct node **by_id; /* NULL: deleted; ids are not used twice */
	size_t id_count, id_cap;
	struct node **alone; /* by definition: nodes outside repeats */
};

extern const struct tree_ops instance_tree_ops;

#endif
