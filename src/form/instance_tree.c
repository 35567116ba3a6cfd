/*
 * instance_tree - a record as the tree that expressions walk
 */
#include "instance_part.h"

#include "arena.h"
#include "clock.h"
#include "form.h"
#include "value.h"

#include <string.h>

#define DAY_MS	   86400000.0
#define DAY_LENGTH 10 /* of 2026-11-05, with which a moment begins */

/* Children looked through one by one before the form's table of names is asked. */
#define SCAN_MAX 12

static const struct instance *
of_tree(const struct tree *tree)
{
	return (const struct instance *)tree;
}

static const struct node *
tree_node(const struct tree *tree, uint32_t id)
{
	return instance_node(of_tree(tree), id);
}

static uint32_t
tree_id(const struct node *node)
{
	return node ? node->id : 0;
}

static uint32_t
tree_parent(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	if (!node)
		return 0;
	return node->parent ? node->parent->id : ID_DOCUMENT;
}

static uint32_t
tree_first_child(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	if (id == ID_DOCUMENT)
		return ID_ROOT;
	return node ? tree_id(node->first) : 0;
}

static uint32_t
tree_next_sibling(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	return node && !node->is_place ? tree_id(node->next) : 0;
}

static const char *
tree_name(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	return node ? node->def->name : "";
}

static void
tree_value(const struct tree *tree, uint32_t id, struct arena *a, struct value *out)
{
	const struct node *node = tree_node(tree, id);
	int64_t days, ms;
	int offset;
	double n;

	*out = value_string(node ? arena_strdup(a, node->text) : "");
	if (!node || !node->text[0] || !node->def->question)
		return;
	if (node->is_truth || (node->def->flags & DEF_TRUTH)) {
		*out = value_boolean(!strcmp(node->text, "1") ||
				     !strcmp(node->text, "true"));
		return;
	}
	if (node->is_day && strlen(node->text) >= DAY_LENGTH &&
	    clock_parse_day(arena_strndup(a, node->text, DAY_LENGTH), &days)) {
		*out = value_date(days);
		return;
	}
	switch (node->def->question->answer) {
	case ANSWER_INTEGER:
	case ANSWER_DECIMAL:
		n = value_parse_number(node->text);
		if (n == n)
			*out = value_number(n);
		break;
	case ANSWER_DATE:
		if (clock_parse_day(node->text, &days))
			*out = value_date(days);
		break;
	case ANSWER_DATETIME:
		if (clock_parse(node->text, &ms, &offset)) {
			out->type = VALUE_DATETIME;
			out->number = (double)ms / DAY_MS;
		}
		break;
	case ANSWER_NONE:
	case ANSWER_STRING:
	case ANSWER_TIME: /* as it is written: decimal-time() reads texts */
	case ANSWER_ONE:
	case ANSWER_MANY:
		break;
	}
}

/* The first child of a group with many, by the form's table of names. */
static const struct node *
search_child(const struct instance *in, const struct node *group, const char *name)
{
	struct def *const *defs = in->form->by_name;
	size_t low = 0, high = in->form->def_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(defs[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < in->form->def_count && !strcmp(defs[low]->name, name); low++) {
		const struct node *n = group->first;

		if (defs[low]->parent != group->def)
			continue;
		if (in->alone[defs[low]->index])
			return in->alone[defs[low]->index];
		while (n && n->def != defs[low])
			n = n->next;
		return n;
	}
	return NULL;
}

static uint32_t
tree_child_named(const struct tree *tree, uint32_t id, const char *name)
{
	const struct instance *in = of_tree(tree);
	const struct node *group = instance_node(in, id), *n;
	size_t few = SCAN_MAX;

	if (id == ID_DOCUMENT)
		return !strcmp(in->root->def->name, name) ? ID_ROOT : 0;
	for (n = group ? group->first : NULL; n && few; n = n->next, few--)
		if (!strcmp(n->def->name, name))
			return n->id;
	return n ? tree_id(search_child(in, group, name)) : 0;
}

static uint32_t
tree_next_named(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	if (!node || node->is_place)
		return 0;
	for (const struct node *n = node->next; n; n = n->next)
		if (n->def == node->def)
			return n->id;
	return 0;
}

static bool
tree_hidden(const struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);

	return node && !node->relevant;
}

const struct tree_ops instance_tree_ops = {
	.parent = tree_parent,
	.first_child = tree_first_child,
	.next_sibling = tree_next_sibling,
	.name = tree_name,
	.value = tree_value,
	.child_named = tree_child_named,
	.next_named = tree_next_named,
	.hidden = tree_hidden,
};
