/*
 * xform_tree - a secondary instance that is no table, as a tree for expressions
 *
 * Nodes stand in one array in document order; numbers begin with 1, the document.
 */
#include "xform.h"

#include "arena.h"
#include "buf.h"
#include "tree.h"
#include "value.h"

#include <string.h>

struct doc_node {
	uint32_t parent, first, next;
	const char *name, *text;
	const char *const *attributes;
};

struct doc {
	struct tree tree;
	struct doc_node *nodes; /* [0] is none, [1] the document */
};

static const struct doc_node *
at(const struct tree *tree, uint32_t id)
{
	return &((const struct doc *)tree)->nodes[id];
}

static uint32_t
doc_parent(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->parent;
}

static uint32_t
doc_first_child(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->first;
}

static uint32_t
doc_next_sibling(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->next;
}

static const char *
doc_name(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->name;
}

static void
add_text(const struct tree *tree, uint32_t id, struct buf *out)
{
	buf_str(out, at(tree, id)->text);
	for (uint32_t n = at(tree, id)->first; n; n = at(tree, n)->next)
		add_text(tree, n, out);
}

static void
doc_value(const struct tree *tree, uint32_t id, struct arena *a, struct value *out)
{
	struct buf text = { 0 };

	if (!at(tree, id)->first) {
		*out = value_string(at(tree, id)->text);
		return;
	}
	add_text(tree, id, &text);
	*out = value_string(arena_strndup(a, buf_text(&text), text.len));
	buf_clear(&text);
}

static const char *
doc_attribute(const struct tree *tree, uint32_t id, const char *name)
{
	const char *const *pair = at(tree, id)->attributes;

	for (; pair && *pair; pair += 2)
		if (!strcmp(*pair, name))
			return pair[1];
	return NULL;
}

static const struct tree_ops doc_ops = {
	.parent = doc_parent,
	.first_child = doc_first_child,
	.next_sibling = doc_next_sibling,
	.name = doc_name,
	.value = doc_value,
	.attribute = doc_attribute,
};

static const char *const *
copy_attributes(struct arena *a, const char *const *pairs)
{
	const char **copy;
	size_t count = 0;

	while (pairs && pairs[count])
		count++;
	if (!count)
		return NULL;
	copy = arena_alloc(a, (count + 1) * sizeof(copy[0]));
	for (size_t i = 0; i < count; i++)
		copy[i] = arena_strdup(a, pairs[i]);
	return copy;
}

/* Fills the node after *count and all below it; returns its number. */
static uint32_t
fill(struct arena *a, struct doc *doc, uint32_t *count, uint32_t parent,
    const struct xml_node *from)
{
	uint32_t id = ++*count, last = 0;
	struct doc_node *node = &doc->nodes[id];
	const char *text = from->text;

	node->parent = parent;
	node->name = arena_strdup(a, from->name);
	node->attributes = copy_attributes(a, from->attributes);
	for (const struct xml_node *n = xml_child(from, NULL, NULL); n;
	     n = xml_child(from, n, NULL)) {
		uint32_t child = fill(a, doc, count, id, n);

		if (last)
			doc->nodes[last].next = child;
		else
			node->first = child;
		last = child;
	}
	node->text = node->first ? "" : arena_strdup(a, text);
	return id;
}

const struct tree *
xform_tree(struct arena *a, const struct xml_node *root)
{
	struct doc *doc = arena_alloc(a, sizeof(*doc));
	uint32_t count = 1;
	size_t size = 3; /* none, the document, the root */

	for (const struct xml_node *n = xml_next(root, root); n; n = xml_next(root, n))
		size++;
	doc->tree = (struct tree){ &doc_ops, 1 };
	doc->nodes = arena_alloc(a, size * sizeof(doc->nodes[0]));
	doc->nodes[1].name = doc->nodes[1].text = "";
	doc->nodes[1].first = fill(a, doc, &count, 1, root);
	return &doc->tree;
}
