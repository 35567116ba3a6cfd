#include "xml_tree.h"

#include "arena.h"
#include "buf.h"
#include "mem.h"
#include "value.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text is a node without a name, and no walk shows it. */
struct xml_node {
	uint32_t parent, first, last, next;
	const char *name, *text;
	const char **attributes; /* name, value, …, NULL */
};

struct view {
	struct tree tree;
	struct xml_tree *x;
	struct view *older;
};

struct xml_tree {
	struct arena *arena;
	struct xml_node *nodes; /* 1 is the document, 0 nothing */
	size_t count, cap;
	uint32_t open;
	struct view *views;
};

static const struct xml_node *
at(const struct tree *tree, uint32_t id)
{
	const struct view *v = (const struct view *)tree;

	return &v->x->nodes[id];
}

static uint32_t
skip_text(const struct tree *tree, uint32_t id)
{
	while (id && !at(tree, id)->name)
		id = at(tree, id)->next;
	return id;
}

static uint32_t
op_parent(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->parent;
}

static uint32_t
op_first_child(const struct tree *tree, uint32_t id)
{
	return skip_text(tree, at(tree, id)->first);
}

static uint32_t
op_next_sibling(const struct tree *tree, uint32_t id)
{
	return skip_text(tree, at(tree, id)->next);
}

static const char *
op_name(const struct tree *tree, uint32_t id)
{
	return at(tree, id)->name;
}

static void
add_text(const struct tree *tree, uint32_t id, struct buf *out)
{
	if (at(tree, id)->text)
		buf_str(out, at(tree, id)->text);
	for (uint32_t child = at(tree, id)->first; child; child = at(tree, child)->next)
		add_text(tree, child, out);
}

static void
op_value(const struct tree *tree, uint32_t id, struct arena *a, struct value *out)
{
	struct buf text = { 0 };

	add_text(tree, id, &text);
	*out = value_string(arena_strdup(a, buf_text(&text)));
	buf_clear(&text);
}

static const char *
op_attribute(const struct tree *tree, uint32_t id, const char *name)
{
	const char **pair = at(tree, id)->attributes;

	for (; pair && *pair; pair += 2)
		if (!strcmp(*pair, name))
			return pair[1];
	return NULL;
}

static const struct tree_ops ops = {
	.parent = op_parent,
	.first_child = op_first_child,
	.next_sibling = op_next_sibling,
	.name = op_name,
	.value = op_value,
	.attribute = op_attribute,
};

static struct xml_node *
add_node(struct xml_tree *x)
{
	struct xml_node *parent;
	uint32_t id = (uint32_t)x->count;

	x->nodes = mem_grow(x->nodes, &x->cap, x->count + 1, sizeof(*x->nodes));
	x->nodes[x->count++] = (struct xml_node){ .parent = x->open };
	parent = &x->nodes[x->open];
	if (!x->open)
		return &x->nodes[id];
	if (parent->last)
		x->nodes[parent->last].next = id;
	else
		parent->first = id;
	parent->last = id;
	return &x->nodes[id];
}

static void
on_start(void *data, const char *name, const char **attributes)
{
	struct xml_tree *x = data;
	struct xml_node *n = add_node(x);
	size_t count = 0;

	n->name = arena_strdup(x->arena, name);
	while (attributes[count])
		count++;
	n->attributes = arena_alloc(x->arena, (count + 1) * sizeof(char *));
	for (size_t i = 0; i < count; i++)
		n->attributes[i] = arena_strdup(x->arena, attributes[i]);
	x->open = (uint32_t)(n - x->nodes);
}

static void
on_end(void *data, const char *name)
{
	struct xml_tree *x = data;

	(void)name;
	x->open = x->nodes[x->open].parent;
}

static void
on_text(void *data, const char *text, int len)
{
	struct xml_tree *x = data;

	add_node(x)->text = arena_strndup(x->arena, text, (size_t)len);
}

const struct tree *
xml_tree_view(struct xml_tree *x, uint32_t root)
{
	struct view *v = arena_alloc(x->arena, sizeof(*v));

	*v = (struct view){ .tree = { &ops, root }, .x = x, .older = x->views };
	x->views = v;
	return &v->tree;
}

const struct tree *
xml_tree_tree(const struct xml_tree *x)
{
	const struct view *v = x->views;

	while (v->older)
		v = v->older;
	return &v->tree;
}

struct xml_tree *
xml_tree_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct xml_tree *x;
	XML_Parser parser;
	char block[4096];
	size_t len;
	bool good = true;

	if (!file)
		return NULL;
	x = mem_alloc(sizeof(*x));
	x->arena = arena_new();
	add_node(x);
	add_node(x)->name = "";
	x->open = 1;
	xml_tree_view(x, 1);
	parser = XML_ParserCreate(NULL);
	XML_SetUserData(parser, x);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	while (good && (len = fread(block, 1, sizeof(block), file)) > 0)
		good = XML_Parse(parser, block, (int)len, 0) == XML_STATUS_OK;
	good = good && XML_Parse(parser, block, 0, 1) == XML_STATUS_OK;
	XML_ParserFree(parser);
	fclose(file);
	if (good)
		return x;
	xml_tree_free(x);
	return NULL;
}

void
xml_tree_free(struct xml_tree *x)
{
	if (!x)
		return;
	arena_free(x->arena);
	free(x->nodes);
	free(x);
}

uint32_t
xml_tree_find(const struct xml_tree *x, const char *path)
{
	const struct tree *tree = xml_tree_tree(x);
	uint32_t id = 1;

	if (!strcmp(path, "/"))
		return id;
	while (id && !strncmp(path, "/*[", 3)) {
		long place = strtol(path + 3, NULL, 10);

		id = op_first_child(tree, id);
		while (id && --place > 0)
			id = op_next_sibling(tree, id);
		path = strchr(path, ']') + 1;
	}
	return *path ? 0 : id;
}

void
xml_tree_path(const struct xml_tree *x, uint32_t id, struct buf *out)
{
	const struct tree *tree = xml_tree_tree(x);
	uint32_t parent = x->nodes[id].parent, sibling;
	int place = 1;

	if (!parent) {
		buf_str(out, "/");
		return;
	}
	if (parent != 1)
		xml_tree_path(x, parent, out);
	for (sibling = op_first_child(tree, parent); sibling != id; place++)
		sibling = op_next_sibling(tree, sibling);
	buf_fmt(out, "/*[%d]", place);
}
