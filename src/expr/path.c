/*
 * Walking paths. An absolute path's steps that name an ancestor of the context stay
 * in that ancestor: /data/rep/x inside the second rep is the second's x. The last step
 * and steps with a predicate are free, and so is everything after one of those.
 */
#include "eval.h"

#include "arena.h"
#include "expr.h"
#include "functions.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <string.h>

#define ANCESTORS_MAX 64

struct node_ref
node_parent(struct node_ref n)
{
	return (struct node_ref){ n.tree, n.tree->ops->parent(n.tree, n.id) };
}

struct node_ref
node_first_child(struct node_ref n)
{
	return (struct node_ref){ n.tree, n.tree->ops->first_child(n.tree, n.id) };
}

struct node_ref
node_next_sibling(struct node_ref n)
{
	return (struct node_ref){ n.tree, n.tree->ops->next_sibling(n.tree, n.id) };
}

static bool
has_name(struct node_ref n, const char *name)
{
	const char *own = n.tree->ops->name(n.tree, n.id);

	return own && !strcmp(own, name);
}

/* n itself or the first of its following siblings that has the name. */
static struct node_ref
seek_named(struct node_ref n, const char *name)
{
	while (n.id && !has_name(n, name))
		n = node_next_sibling(n);
	return n;
}

struct node_ref
node_child_named(struct node_ref n, const char *name)
{
	if (n.tree->ops->child_named)
		return (struct node_ref){ n.tree, n.tree->ops->child_named(n.tree, n.id,
									   name) };
	return seek_named(node_first_child(n), name);
}

struct node_ref
node_next_named(struct node_ref n, const char *name)
{
	if (n.tree->ops->next_named)
		return (struct node_ref){ n.tree,
					  n.tree->ops->next_named(n.tree, n.id) };
	return seek_named(node_next_sibling(n), name);
}

bool
node_is_hidden(struct node_ref n)
{
	return n.tree->ops->hidden && n.tree->ops->hidden(n.tree, n.id);
}

void
nodes_add(struct eval *ev, struct nodes *set, struct node_ref node)
{
	struct node_ref *items;
	size_t cap;

	if (set->count == set->cap) {
		cap = set->cap ? set->cap * 4 : 1;
		items = arena_alloc(ev->arena, cap * sizeof(*items));
		if (set->count)
			memcpy(items, set->items, set->count * sizeof(*items));
		set->items = items;
		set->cap = cap;
	}
	set->items[set->count++] = node;
}

/* Which nodes are in a set already: open addressing, kept half empty. */
struct seen {
	uint32_t *slots; /* index in the set, from 1 */
	size_t cap, known;
};

static uint32_t *
seen_slot(const struct seen *seen, const struct nodes *set, struct node_ref n)
{
	size_t at = (n.id * (size_t)UINT32_C(2654435761)) & (seen->cap - 1);

	while (seen->slots[at] && (set->items[seen->slots[at] - 1].id != n.id ||
				   set->items[seen->slots[at] - 1].tree != n.tree))
		at = (at + 1) & (seen->cap - 1);
	return &seen->slots[at];
}

static void
add_once(struct eval *ev, struct nodes *set, struct seen *seen, struct node_ref n)
{
	uint32_t *slot;

	if (set->count * 2 >= seen->cap) {
		seen->cap = seen->cap ? seen->cap * 4 : 16;
		seen->slots = arena_alloc(ev->arena, seen->cap * sizeof(uint32_t));
		for (size_t i = 0; i < set->count; i++)
			*seen_slot(seen, set, set->items[i]) = (uint32_t)i + 1;
	}
	slot = seen_slot(seen, set, n);
	if (*slot)
		return;
	nodes_add(ev, set, n);
	*slot = (uint32_t)set->count;
}

static bool
passes_test(struct node_ref n, const struct step *s)
{
	if (s->test == TEST_NAME)
		return has_name(n, s->name);
	return s->test == TEST_NODE || n.id != n.tree->root;
}

static void
add_if(struct eval *ev, struct nodes *out, struct node_ref n, const struct step *s)
{
	if (n.id && passes_test(n, s))
		nodes_add(ev, out, n);
}

/* Document order, without recursion: trees may be deep. */
static void
add_descendants(struct eval *ev, struct nodes *out, struct node_ref top,
		const struct step *s)
{
	struct node_ref n = node_first_child(top), up;

	while (n.id) {
		add_if(ev, out, n, s);
		up = node_first_child(n);
		while (!up.id) {
			if (n.id == top.id)
				return;
			up = node_next_sibling(n);
			if (!up.id) {
				n = node_parent(n);
				if (n.id == top.id)
					return;
			}
		}
		n = up;
	}
}

static void
add_children(struct eval *ev, struct nodes *out, struct node_ref n,
	     const struct step *s)
{
	struct node_ref child;

	if (s->test == TEST_NAME) {
		child = node_child_named(n, s->name);
		for (; child.id; child = node_next_named(child, s->name))
			nodes_add(ev, out, child);
		return;
	}
	for (child = node_first_child(n); child.id; child = node_next_sibling(child))
		add_if(ev, out, child, s);
}

static void
add_preceding(struct eval *ev, struct nodes *out, struct node_ref n,
	      const struct step *s)
{
	struct nodes before = { 0 };
	struct node_ref sibling = node_first_child(node_parent(n));

	for (; sibling.id && sibling.id != n.id; sibling = node_next_sibling(sibling))
		add_if(ev, &before, sibling, s);
	while (before.count)
		nodes_add(ev, out, before.items[--before.count]);
}

/* Nodes on an axis, in its order: nearest first. */
static bool
walk_axis(struct eval *ev, const struct ast *path, const struct step *s,
	  struct node_ref n, struct nodes *out)
{
	switch (s->axis) {
	case AXIS_CHILD:
		add_children(ev, out, n, s);
		return true;
	case AXIS_SELF:
		add_if(ev, out, n, s);
		return true;
	case AXIS_PARENT:
		add_if(ev, out, node_parent(n), s);
		return true;
	case AXIS_DESCENDANT_OR_SELF:
		add_if(ev, out, n, s);
		add_descendants(ev, out, n, s);
		return true;
	case AXIS_DESCENDANT:
		add_descendants(ev, out, n, s);
		return true;
	case AXIS_ANCESTOR_OR_SELF:
	case AXIS_ANCESTOR:
		if (s->axis == AXIS_ANCESTOR)
			n = node_parent(n);
		for (; n.id; n = node_parent(n))
			add_if(ev, out, n, s);
		return true;
	case AXIS_FOLLOWING_SIBLING:
		while ((n = node_next_sibling(n)).id)
			add_if(ev, out, n, s);
		return true;
	case AXIS_PRECEDING_SIBLING:
		if (node_parent(n).id)
			add_preceding(ev, out, n, s);
		return true;
	case AXIS_ATTRIBUTE:
	case AXIS_FOLLOWING:
	case AXIS_PRECEDING:
	case AXIS_NAMESPACE:
		break;
	}
	return eval_fail(ev, path, _("this axis is not part of the form language"));
}

static bool
is_reverse(enum axis axis)
{
	return axis == AXIS_ANCESTOR || axis == AXIS_ANCESTOR_OR_SELF ||
	       axis == AXIS_PRECEDING_SIBLING;
}

/* Keeps the nodes for which the predicate holds, in place. */
static bool
filter(struct eval *ev, struct nodes *set, const struct ast *predicate)
{
	struct eval inner = *ev;
	size_t kept = 0;
	struct value v;
	bool keep;

	if (predicate->kind == AST_NUMBER) {
		double at = predicate->number;

		if (at >= 1 && at <= (double)set->count && at == floor(at)) {
			set->items[0] = set->items[(size_t)at - 1];
			set->count = 1;
		} else {
			set->count = 0;
		}
		return true;
	}
	inner.size = set->count;
	for (size_t i = 0; i < set->count; i++) {
		inner.node = set->items[i];
		inner.position = i + 1;
		if (!eval(&inner, predicate, &v))
			return false;
		keep = v.type == VALUE_NUMBER ? v.number == (double)(i + 1)
					      : eval_to_boolean(&inner, &v);
		if (keep)
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
	return true;
}

static bool
filter_all(struct eval *ev, struct nodes *set, const struct ast *const *predicates,
	   size_t count)
{
	for (size_t i = 0; i < count && set->count; i++)
		if (!filter(ev, set, predicates[i]))
			return false;
	return true;
}

/* The key of key = …, when this side is no more than the name of a child. */
static const char *
plain_child(const struct ast *n)
{
	if (n->kind == AST_PATH && n->path.start == PATH_CONTEXT &&
	    n->path.count == 1 && n->path.steps[0].axis == AXIS_CHILD &&
	    n->path.steps[0].test == TEST_NAME && !n->path.steps[0].predicate_count)
		return n->path.steps[0].name;
	return NULL;
}

/* Does this give the same for every node of a list that is not the record? */
static bool
is_outside(const struct ast *n)
{
	const struct ast *primary;

	if (n->kind == AST_STRING)
		return true;
	if (n->kind != AST_PATH || n->path.start == PATH_CONTEXT)
		return false;
	if (n->path.start == PATH_ROOT)
		return true;
	primary = n->path.primary;
	return primary->kind == AST_CALL && primary->call.function &&
	       primary->call.function->fn == fn_current;
}

/*
 * item[key = 'text'] by the tree's own index. *done is false when the step has to
 * be walked after all.
 */
static bool
step_by_index(struct eval *ev, const struct step *s, struct node_ref n,
	      struct nodes *out, bool *done)
{
	const struct ast *p, *other;
	const char *key;
	struct value raw, text;
	uint32_t id = 0;

	*done = false;
	if (!n.tree->ops->child_where || s->axis != AXIS_CHILD ||
	    s->test != TEST_NAME || !s->predicate_count ||
	    s->predicates[0]->kind != AST_EQUAL || n.tree == ev->context->root.tree)
		return true;
	p = s->predicates[0];
	key = plain_child(p->pair.left);
	other = p->pair.right;
	if (!key) {
		key = plain_child(p->pair.right);
		other = p->pair.left;
	}
	if (!key || !is_outside(other))
		return true;
	struct eval inner = *ev;
	inner.node = n;
	if (!eval(&inner, other, &raw))
		return false;
	if (raw.type == VALUE_NODES && raw.node_count > 1)
		return true;
	eval_unpack(ev, &raw, &text);
	/* An item without the key equals the empty text; numbers compare as numbers. */
	if (text.type != VALUE_STRING || !*text.string)
		return true;
	while ((
	    id = n.tree->ops->child_where(n.tree, n.id, s->name, key, text.string, id)))
		nodes_add(ev, out, (struct node_ref){ n.tree, id });
	*done = true;
	return filter_all(ev, out, s->predicates + 1, s->predicate_count - 1);
}

static bool
step_from(struct eval *ev, const struct ast *path, const struct step *s,
	  struct node_ref n, struct nodes *out)
{
	bool done;

	if (s->test != TEST_NAME && s->test != TEST_ANY && s->test != TEST_NODE)
		return eval_fail(ev, path,
				 _("text(), comment(), processing-instruction() and "
				   "prefix:* are not part "
				   "of the form language"));
	if (!step_by_index(ev, s, n, out, &done))
		return false;
	if (done)
		return true;
	return walk_axis(ev, path, s, n, out) &&
	       filter_all(ev, out, s->predicates, s->predicate_count);
}

/* May the same node be reached from two of the nodes? */
static bool
may_meet(enum axis axis)
{
	return axis != AXIS_CHILD && axis != AXIS_SELF;
}

static bool
take_step(struct eval *ev, const struct ast *path, const struct step *s,
	  struct nodes *set)
{
	struct nodes all = { 0 };
	struct seen seen = { 0 };

	if (set->count == 1 && !is_reverse(s->axis)) {
		if (!step_from(ev, path, s, set->items[0], &all))
			return false;
		*set = all;
		return true;
	}
	for (size_t i = 0; i < set->count; i++) {
		struct nodes found = { 0 };

		if (!step_from(ev, path, s, set->items[i], &found))
			return false;
		for (size_t j = 0; j < found.count; j++) {
			struct node_ref n =
			    found.items[is_reverse(s->axis) ? found.count - 1 - j : j];

			if (may_meet(s->axis))
				add_once(ev, &all, &seen, n);
			else
				nodes_add(ev, &all, n);
		}
	}
	*set = all;
	return true;
}

/* An attribute is no node here: the first one's text. */
static bool
take_attribute(struct eval *ev, const struct ast *path, size_t index,
	       const struct nodes *set, struct value *out)
{
	const struct step *s = &path->path.steps[index];
	const char *text;

	if (index + 1 < path->path.count || s->test != TEST_NAME || s->predicate_count)
		return eval_fail(ev, path,
				 _("an attribute is read by its name alone, at the "
				   "end of a path"));
	for (size_t i = 0; i < set->count; i++) {
		const struct tree *tree = set->items[i].tree;

		if (!tree->ops->attribute || node_is_hidden(set->items[i]))
			continue;
		text = tree->ops->attribute(tree, set->items[i].id, s->name);
		if (text) {
			*out = value_string(text);
			return true;
		}
	}
	*out = value_nodes(NULL, 0);
	return true;
}

/* The context's ancestors, outermost first, the document node left out. In a list's
 * predicate the question that asks is what stands in the record. */
static size_t
ancestors(struct eval *ev, struct node_ref chain[ANCESTORS_MAX])
{
	const struct tree *record = ev->context->root.tree;
	struct node_ref n = ev->node.tree == record ? ev->node : ev->context->current;
	size_t depth = 0;

	if (n.tree != record)
		return 0;
	for (struct node_ref up = n; up.id && up.id != ev->context->root.id;
	     up = node_parent(up))
		depth++;
	if (depth > ANCESTORS_MAX)
		return 0;
	for (size_t i = depth; i > 0; i--) {
		chain[i - 1] = n;
		n = node_parent(n);
	}
	return n.id == ev->context->root.id ? depth : 0;
}

/* Steps of an absolute path that name ancestors of the context; returns how many. */
static size_t
take_own_steps(struct eval *ev, const struct ast *path, struct nodes *set)
{
	struct node_ref chain[ANCESTORS_MAX];
	size_t depth, i = 0;

	if (path->path.count < 2)
		return 0;
	depth = ancestors(ev, chain);
	for (; i + 1 < path->path.count && i < depth; i++) {
		const struct step *s = &path->path.steps[i];

		if (s->axis != AXIS_CHILD || s->test != TEST_NAME ||
		    s->predicate_count || !has_name(chain[i], s->name))
			break;
	}
	if (i)
		set->items[0] = chain[i - 1];
	return i;
}

static void
drop_hidden(struct nodes *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++)
		if (!node_is_hidden(set->items[i]))
			set->items[kept++] = set->items[i];
	set->count = kept;
}

static bool
start_set(struct eval *ev, const struct ast *n, struct nodes *set)
{
	struct value v;

	switch (n->path.start) {
	case PATH_ROOT:
		nodes_add(ev, set, ev->context->root);
		return true;
	case PATH_CONTEXT:
		nodes_add(ev, set, ev->node);
		return true;
	case PATH_EXPR:
		if (!eval(ev, n->path.primary, &v))
			return false;
		if (v.type != VALUE_NODES)
			return eval_fail(
			    ev, n, _("a path starts at questions, not at a value"));
		for (size_t i = 0; i < v.node_count; i++)
			nodes_add(ev, set, v.nodes[i]);
		return true;
	}
	return false;
}

bool
eval_path(struct eval *ev, const struct ast *n, struct value *out)
{
	struct nodes set = { 0 };
	size_t i = 0;

	if (!start_set(ev, n, &set))
		return false;
	if (set.count && !set.items[0].tree)
		return eval_fail(ev, n, _("there is no record here to read from"));
	if (n->path.start == PATH_ROOT)
		i = take_own_steps(ev, n, &set);
	for (; i < n->path.count && set.count; i++) {
		if (n->path.steps[i].axis == AXIS_ATTRIBUTE)
			return take_attribute(ev, n, i, &set, out);
		if (!take_step(ev, n, &n->path.steps[i], &set))
			return false;
	}
	drop_hidden(&set);
	*out = value_nodes(set.items, set.count);
	return true;
}

bool
eval_filter(struct eval *ev, const struct ast *n, struct value *out)
{
	struct nodes set = { 0 };
	struct value v;

	if (!eval(ev, n->filter.primary, &v))
		return false;
	if (v.type != VALUE_NODES)
		return eval_fail(ev, n,
				 _("only questions can be filtered, not a value"));
	for (size_t i = 0; i < v.node_count; i++)
		nodes_add(ev, &set, v.nodes[i]);
	if (!filter_all(ev, &set, n->filter.predicates, n->filter.predicate_count))
		return false;
	*out = value_nodes(set.items, set.count);
	return true;
}

bool
eval_union(struct eval *ev, const struct ast *n, struct value *out)
{
	struct nodes set = { 0 };
	struct seen seen = { 0 };
	struct value sides[2];

	if (!eval(ev, n->pair.left, &sides[0]) || !eval(ev, n->pair.right, &sides[1]))
		return false;
	for (size_t side = 0; side < 2; side++) {
		if (sides[side].type != VALUE_NODES)
			return eval_fail(ev, n, _("| joins questions, not values"));
		for (size_t i = 0; i < sides[side].node_count; i++)
			add_once(ev, &set, &seen, sides[side].nodes[i]);
	}
	*out = value_nodes(set.items, set.count);
	return true;
}
