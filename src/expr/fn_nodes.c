/* Questions and lists: counting, places, other instances. */
#include "functions.h"

#include "arena.h"
#include "digest.h"
#include "hash.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <string.h>

/* Levels of an indexed-repeat's path. */
#define LEVELS_MAX 64

FN(fn_count)
{
	const struct value *nodes;

	if (!call_nodes(c, 0, &nodes))
		return false;
	*out = value_number((double)nodes->node_count);
	return true;
}

FN(fn_count_non_empty)
{
	const struct value *nodes;
	struct value one;
	size_t count = 0;

	if (!call_nodes(c, 0, &nodes))
		return false;
	for (size_t i = 0; i < nodes->node_count; i++) {
		if (node_first_child(nodes->nodes[i]).id) {
			count++;
			continue;
		}
		eval_node_value(c->ev, nodes->nodes[i], &one);
		count += *eval_to_string(c->ev, &one) != '\0';
	}
	*out = value_number((double)count);
	return true;
}

/* The place of a node among its siblings of the same name. */
static size_t
place_of(struct node_ref n)
{
	struct node_ref parent = node_parent(n), at;
	const char *name = n.tree->ops->name(n.tree, n.id);
	size_t place = 1;

	if (!parent.id || !name)
		return 1;
	for (at = node_child_named(parent, name); at.id && at.id != n.id;
	     at = node_next_named(at, name))
		place++;
	return place;
}

FN(fn_position)
{
	const struct value *nodes;

	if (!c->count) {
		*out = value_number((double)c->ev->position);
		return true;
	}
	if (!call_nodes(c, 0, &nodes))
		return false;
	*out = value_number(nodes->node_count ? (double)place_of(nodes->nodes[0]) : 0);
	return true;
}

FN(fn_last)
{
	*out = value_number((double)c->ev->size);
	return true;
}

static bool
give_name(struct call *c, bool local, struct value *out)
{
	const struct value *nodes;
	struct node_ref n = c->ev->node;
	const char *name, *colon;

	*out = value_string("");
	if (c->count) {
		if (!call_nodes(c, 0, &nodes))
			return false;
		if (!nodes->node_count)
			return true;
		n = nodes->nodes[0];
	}
	name = n.tree ? n.tree->ops->name(n.tree, n.id) : NULL;
	if (!name)
		return true;
	colon = local ? strchr(name, ':') : NULL;
	*out = value_string(colon ? colon + 1 : name);
	return true;
}

FN(fn_name)
{
	return give_name(c, false, out);
}

FN(fn_local_name)
{
	return give_name(c, true, out);
}

static void
give_node(struct call *c, struct node_ref node, struct value *out)
{
	struct nodes set = { 0 };

	nodes_add(c->ev, &set, node);
	*out = value_nodes(set.items, set.count);
}

FN(fn_current)
{
	if (!c->ev->context->current.tree)
		return call_fail(c, _("there is no question here"));
	give_node(c, c->ev->context->current, out);
	return true;
}

static const struct tree *
find_instance(struct call *c, const char *id)
{
	const struct expr_context *context = c->ev->context;
	const struct tree *tree = NULL;

	if (context->host && context->host->instance)
		tree = context->host->instance(context->host_data, id);
	if (!tree)
		call_fail(c, _("there is no list or instance named %s"), id);
	return tree;
}

FN(fn_instance)
{
	const struct tree *tree = find_instance(c, call_string(c, 0));

	if (!tree)
		return false;
	give_node(c, (struct node_ref){ tree, tree->root }, out);
	return true;
}

/* pulldata('list', 'column', 'key column', key): the first row's cell. */
FN(fn_pulldata)
{
	const struct tree *tree = find_instance(c, call_string(c, 0));
	const char *column = call_string(c, 1), *key = call_string(c, 2),
		   *wanted = call_string(c, 3);
	struct node_ref top, row, cell;
	struct value v;

	if (!tree)
		return false;
	*out = value_string("");
	top = node_first_child((struct node_ref){ tree, tree->root });
	if (!top.id || !*wanted)
		return true;
	if (tree->ops->child_where) {
		row = (struct node_ref){ tree,
					 tree->ops->child_where(tree, top.id, "item",
								key, wanted, 0) };
	} else {
		for (row = node_first_child(top); row.id;
		     row = node_next_sibling(row)) {
			cell = node_child_named(row, key);
			if (!cell.id)
				continue;
			eval_node_value(c->ev, cell, &v);
			if (!strcmp(eval_to_string(c->ev, &v), wanted))
				break;
		}
	}
	cell = row.id ? node_child_named(row, column) : row;
	if (!cell.id)
		return true;
	eval_node_value(c->ev, cell, &v);
	*out = value_string(eval_to_string(c->ev, &v));
	return true;
}

/* One level of a path from the record's root, and which of the same name. */
struct level {
	const char *name;
	size_t place; /* from 1; 0: not said */
};

struct levels {
	struct level items[LEVELS_MAX];
	size_t count;
};

static bool
levels_push(struct levels *l, const char *name)
{
	if (l->count == LEVELS_MAX)
		return false;
	l->items[l->count++] = (struct level){ .name = name };
	return true;
}

static bool
levels_of_node(struct call *c, struct node_ref n, struct levels *l)
{
	struct node_ref up = n;
	size_t depth = 0;

	for (; up.id && up.id != c->ev->context->root.id; up = node_parent(up))
		depth++;
	if (depth > LEVELS_MAX)
		return false;
	l->count = depth;
	for (; depth; n = node_parent(n))
		l->items[--depth] =
		    (struct level){ n.tree->ops->name(n.tree, n.id), place_of(n) };
	return true;
}

/* A path of names, . and .. only, from the root or from the question that asks. */
static bool
levels_of_path(struct call *c, const struct ast *n, struct levels *l)
{
	l->count = 0;
	if (n->kind != AST_PATH)
		return false;
	if (n->path.start == PATH_CONTEXT && !levels_of_node(c, c->ev->node, l))
		return false;
	if (n->path.start == PATH_EXPR &&
	    (n->path.primary->kind != AST_CALL || !n->path.primary->call.function ||
	     n->path.primary->call.function->fn != fn_current ||
	     !levels_of_node(c, c->ev->context->current, l)))
		return false;
	for (size_t i = 0; i < n->path.count; i++) {
		const struct step *s = &n->path.steps[i];

		if (s->axis == AXIS_SELF && s->test == TEST_NODE)
			continue;
		if (s->axis == AXIS_PARENT && s->test == TEST_NODE) {
			if (!l->count)
				return false;
			l->count--;
		} else if (s->axis != AXIS_CHILD || s->test != TEST_NAME ||
			   !levels_push(l, s->name)) {
			return false;
		}
	}
	for (size_t i = 0; i < l->count; i++)
		l->items[i].place = 0;
	return true;
}

/* Takes the places of the question that asks, as far as the names agree. */
static bool
take_own_places(struct call *c, struct levels *target)
{
	struct levels own;

	if (!levels_of_node(c, c->ev->node, &own))
		return false;
	for (size_t i = 0; i < own.count && i + 1 < target->count; i++) {
		if (strcmp(own.items[i].name, target->items[i].name) != 0)
			break;
		target->items[i].place = own.items[i].place;
	}
	return true;
}

static bool
take_index(struct call *c, size_t arg, struct levels *target)
{
	struct levels group;
	double index;

	if (!levels_of_path(c, c->ast->call.args[arg], &group) || !group.count)
		return call_fail(c, _("argument %zu must be the path of a repeat"),
				 arg + 1);
	if (group.count > target->count)
		return call_fail(c, _("argument %zu is no repeat around the question"),
				 arg + 1);
	for (size_t i = 0; i < group.count; i++)
		if (strcmp(group.items[i].name, target->items[i].name) != 0)
			return call_fail(
			    c, _("argument %zu is no repeat around the question"),
			    arg + 1);
	if (!eval_number(c->ev, c->ast->call.args[arg + 1], &index))
		return false;
	/* An index that has no value yet means the first, as in JavaRosa. */
	target->items[group.count - 1].place =
	    index >= 1 && index < 1e9 ? (size_t)index : 1;
	return true;
}

FN(fn_indexed_repeat)
{
	struct levels target;
	struct node_ref n = c->ev->context->root;

	if (!levels_of_path(c, c->ast->call.args[0], &target) || !target.count ||
	    !take_own_places(c, &target))
		return call_fail(c, _("argument 1 must be the path of a question"));
	for (size_t i = 1; i + 1 < c->count; i += 2)
		if (!take_index(c, i, &target))
			return false;
	for (size_t i = 0; i < target.count && n.id; i++) {
		const char *name = target.items[i].name;

		n = node_child_named(n, name);
		for (size_t at = 1; n.id && at < target.items[i].place; at++)
			n = node_next_named(n, name);
	}
	if (!n.id || node_is_hidden(n))
		*out = value_nodes(NULL, 0);
	else
		give_node(c, n, out);
	return true;
}

/*
 * Park and Miller's generator and the inside-out shuffle, as JavaRosa and Enketo have
 * them: the same seed gives the same order on every program.
 */
#define PARK_MILLER_MODULUS    2147483647.0
#define PARK_MILLER_MULTIPLIER 16807.0

/* A number is a seed; of any other text, the first eight bytes of its SHA-256 are. */
static double
seed_of(struct call *c)
{
	const char *text = call_string(c, 1);
	double n = value_parse_number(text);
	unsigned char bytes[DIGEST_MAX];
	uint64_t bits = 0;

	if (!isnan(n))
		return fabs(n) < 9e18 ? trunc(n) : 0;
	digest("SHA-256", text, strlen(text), bytes);
	for (size_t i = 0; i < 8; i++)
		bits = bits << 8 | bytes[i];
	return (double)(int64_t)bits;
}

static double
random_seed(void)
{
	uint32_t bits;

	hash_random(&bits, sizeof(bits));
	return (double)bits;
}

FN(fn_randomize)
{
	const struct value *nodes;
	struct node_ref *order;
	double seed;

	if (!call_nodes(c, 0, &nodes))
		return false;
	/* In doubles, because JavaRosa loses the same low bits of a large seed. */
	seed = fmod(c->count > 1 ? seed_of(c) : random_seed(), PARK_MILLER_MODULUS);
	if (seed <= 0)
		seed += PARK_MILLER_MODULUS - 1;
	order = arena_alloc(c->ev->arena, (nodes->node_count + 1) * sizeof(*order));
	for (size_t i = 0; i < nodes->node_count; i++) {
		size_t j;

		seed = fmod(seed * PARK_MILLER_MULTIPLIER, PARK_MILLER_MODULUS);
		j = (size_t)((seed - 1) / (PARK_MILLER_MODULUS - 1) * (double)(i + 1));
		order[i] = order[j];
		order[j] = nodes->nodes[i];
	}
	*out = value_nodes(order, nodes->node_count);
	return true;
}
