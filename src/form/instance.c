#include "instance.h"

#include "buf.h"
#include "form.h"
#include "instance_part.h"
#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- making and unmaking nodes ---- */

static struct node *
node_new(struct instance *in, const struct def *def, struct node *parent)
{
	struct node *node = mem_alloc(sizeof(*node));

	in->by_id = mem_grow(in->by_id, &in->id_cap, in->id_count + 1, sizeof(node));
	*node = (struct node){ .def = def,
			       .parent = parent,
			       .id = (uint32_t)in->id_count,
			       .text = mem_strdup(""),
			       .self_relevant = true,
			       .relevant = true,
			       .rule_relevant = true };
	in->by_id[in->id_count++] = node;
	if (!def_repeat(def))
		in->alone[def->index] = node;
	return node;
}

/* Before the given sibling; NULL: last. */
static void
node_link(struct node *node, struct node *before)
{
	struct node *parent = node->parent;

	node->next = before;
	node->prev = before ? before->prev : parent->last;
	*(node->prev ? &node->prev->next : &parent->first) = node;
	*(before ? &before->prev : &parent->last) = node;
}

static void
node_unlink(struct node *node)
{
	struct node *parent = node->parent;

	*(node->prev ? &node->prev->next : &parent->first) = node->next;
	*(node->next ? &node->next->prev : &parent->last) = node->prev;
	node->next = node->prev = NULL;
}

static void
node_fill(struct instance *in, struct node *node)
{
	for (struct def *def = node->def->first; def; def = def->next) {
		struct node *child = node_new(in, def, node);

		if (def->kind == DEF_REPEAT) {
			child->is_place = true;
			child->next = node->places;
			node->places = child;
			continue;
		}
		node_link(child, NULL);
		node_fill(in, child);
	}
}

static void
node_free(struct instance *in, struct node *node)
{
	struct node *next;

	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		node_free(in, child);
	}
	for (struct node *place = node->places; place; place = next) {
		next = place->next;
		node_free(in, place);
	}
	in->by_id[node->id] = NULL;
	free(node->text);
	free(node);
}

struct instance *
instance_new(const struct form *form)
{
	struct instance *in = mem_alloc(sizeof(*in));

	in->tree = (struct tree){ .ops = &instance_tree_ops, .root = ID_DOCUMENT };
	in->form = form;
	in->alone = mem_alloc(form->def_count * sizeof(struct node *));
	in->by_id = mem_grow(NULL, &in->id_cap, form->def_count + ID_ROOT,
			     sizeof(struct node *));
	memset(in->by_id, 0, ID_ROOT * sizeof(struct node *));
	in->id_count = ID_ROOT;
	in->root = node_new(in, form->root, NULL);
	node_fill(in, in->root);
	return in;
}

void
instance_free(struct instance *in)
{
	if (!in)
		return;
	node_free(in, in->root);
	free(in->by_id);
	free(in->alone);
	free(in);
}

/* ---- looking around ---- */

const struct form *
instance_form(const struct instance *in)
{
	return in->form;
}

struct node *
instance_root(const struct instance *in)
{
	return in->root;
}

const struct tree *
instance_tree(const struct instance *in)
{
	return &in->tree;
}

struct node *
instance_node(const struct instance *in, uint32_t id)
{
	return id < in->id_count ? in->by_id[id] : NULL;
}

struct node_ref
instance_ref(const struct instance *in, const struct node *node)
{
	return (struct node_ref){ .tree = &in->tree, .id = node->id };
}

/* The node itself, reached through its neighbours: to lend what was lent as const. */
static struct node *
itself(const struct node *node)
{
	if (node->first)
		return node->first->parent;
	if (node->prev)
		return node->prev->next;
	return node->parent ? node->parent->first : NULL;
}

struct node *
instance_next(const struct node *node)
{
	if (node->first)
		return node->first;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

void
instance_set(struct instance *in, struct node *node, const char *text)
{
	char *old = node->text;

	(void)in;
	node->is_truth = node->is_day = false;
	if (!strcmp(old, text))
		return;
	node->text = mem_strdup(text); /* text may be the old one's tail */
	free(old);
}

/* ---- repeats ---- */

struct node *
instance_repeat_place(const struct node *parent, const struct def *repeat)
{
	for (struct node *place = parent->places; place; place = place->next)
		if (place->def == repeat)
			return place;
	return NULL;
}

static struct node *
first_of(const struct node *parent, const struct def *def)
{
	struct node *child = parent->first;

	while (child && child->def != def)
		child = child->next;
	return child;
}

/* The next instance of the same repeat: they stand side by side. */
static struct node *
next_of(const struct node *repeat)
{
	return repeat->next && repeat->next->def == repeat->def ? repeat->next : NULL;
}

size_t
instance_repeat_count(const struct node *parent, const struct def *repeat)
{
	size_t count = 0;

	for (struct node *n = first_of(parent, repeat); n; n = next_of(n))
		count++;
	return count;
}

struct node *
instance_repeat_at(const struct node *parent, const struct def *repeat, size_t index)
{
	struct node *n = first_of(parent, repeat);

	while (n && index--)
		n = next_of(n);
	return n;
}

size_t
instance_repeat_index(const struct node *repeat)
{
	size_t index = 0;

	while (repeat->prev && repeat->prev->def == repeat->def) {
		repeat = repeat->prev;
		index++;
	}
	return index;
}

/* The sibling before which an instance of repeat at index would stand. */
static struct node *
repeat_before(const struct node *parent, const struct def *repeat, size_t index)
{
	struct node *before = instance_repeat_at(parent, repeat, index);

	if (before)
		return before;
	before = parent->first;
	while (before && before->def->index <= repeat->index)
		before = before->next;
	return before;
}

struct node *
instance_repeat_add(struct instance *in, struct node *parent, const struct def *repeat,
		    size_t index)
{
	struct node *node;

	assert(repeat->kind == DEF_REPEAT && parent->def == repeat->parent);
	node = node_new(in, repeat, parent);
	node_link(node, repeat_before(parent, repeat, index));
	node_fill(in, node);
	return node;
}

void
instance_repeat_delete(struct instance *in, struct node *repeat)
{
	assert(repeat->def->kind == DEF_REPEAT && !repeat->is_place);
	node_unlink(repeat);
	node_free(in, repeat);
}

void
instance_repeat_move(struct instance *in, struct node *repeat, size_t index)
{
	(void)in;
	node_unlink(repeat);
	node_link(repeat, repeat_before(repeat->parent, repeat->def, index));
}

/* ---- paths ---- */

void
instance_path(const struct node *node, struct buf *out)
{
	if (!node->parent)
		return;
	if (node->parent->parent) {
		instance_path(node->parent, out);
		buf_char(out, '/');
	}
	buf_str(out, node->def->name);
	if (node->def->kind == DEF_REPEAT && !node->is_place)
		buf_fmt(out, "[%zu]", instance_repeat_index(node) + 1);
}

/* One step of a path: "needs[2]"; *end is set behind it. */
static struct node *
step_down(const struct node *parent, const char *step, const char **end)
{
	size_t len = strcspn(step, "[/");
	unsigned long index = 1;
	char *after = NULL;

	*end = step + len;
	if (**end == '[') {
		index = strtoul(*end + 1, &after, 10);
		if (*after != ']' || !index)
			return NULL;
		*end = after + 1;
	}
	for (struct node *n = parent->first; n; n = n->next)
		if (!strncmp(n->def->name, step, len) && !n->def->name[len] && !--index)
			return n;
	return NULL;
}

struct node *
instance_find(const struct instance *in, const char *path)
{
	struct node *node = in->root;
	const struct def *def;
	const char *at = path;

	while (node && *at) {
		node = step_down(node, at, &at);
		if (*at == '/')
			at++;
		else if (*at)
			node = NULL;
	}
	if (node || strpbrk(path, "/["))
		return *path ? node : NULL;
	def = form_find(in->form, path);
	return def ? in->alone[def->index] : NULL;
}

struct node *
instance_alone(const struct instance *in, const struct def *def)
{
	return in->alone[def->index];
}

static bool
def_is_within(const struct def *def, const struct def *ancestor)
{
	while (def && def != ancestor)
		def = def->parent;
	return def != NULL;
}

/* From a node of an ancestor of def down to def, by the first instances. */
static struct node *
descend(const struct node *from, const struct def *def)
{
	if (def->parent != from->def)
		from = descend(from, def->parent);
	return from ? first_of(from, def) : NULL;
}

struct node *
instance_near(const struct node *from, const struct def *def)
{
	while (from && !def_is_within(def, from->def))
		from = from->parent;
	if (from && from->is_place)
		from = from->parent;
	if (!from)
		return NULL;
	return from->def == def ? itself(from) : descend(from, def);
}

/* ---- what may be seen ---- */

/* A shorter answer stands in too many texts by chance. */
#define VEILED_MIN 5

static bool
is_masked(const struct node *n)
{
	return n->def->kind == DEF_QUESTION && (n->def->flags & DEF_MASKED);
}

/* Made of other answers by the form? */
static bool
is_computed(const struct node *n)
{
	const struct def *def = n->def;

	return def->kind == DEF_QUESTION &&
	       (!def->question->asked || def->calculation || def->trigger_calculation);
}

static bool
has_masked(const struct form *form)
{
	for (size_t i = 0; i < form->def_count; i++)
		if (form->defs[i]->flags & DEF_MASKED)
			return true;
	return false;
}

/* Masks every occurrence of what in the text from there on. */
static void
veil(struct buf *text, size_t from, const char *what)
{
	struct buf veiled = { 0 };
	const char *at = buf_text(text) + from, *found;

	if (!strstr(at, what))
		return;
	for (; (found = strstr(at, what)); at = found + strlen(what)) {
		buf_add(&veiled, at, (size_t)(found - at));
		text_mask(what, &veiled);
	}
	buf_str(&veiled, at);
	buf_truncate(text, from);
	buf_add(text, veiled.data, veiled.len);
	buf_clear(&veiled);
}

void
instance_veil(const struct instance *in, const char *text, struct buf *out)
{
	size_t from = out->len;

	buf_str(out, text);
	if (strlen(text) < VEILED_MIN || !has_masked(in->form))
		return;
	for (const struct node *n = in->root; n; n = instance_next(n))
		if (is_masked(n) && strlen(n->text) >= VEILED_MIN)
			veil(out, from, n->text);
}

void
instance_seen(const struct instance *in, const struct node *node, struct buf *out)
{
	if (is_masked(node))
		text_mask(node->text, out);
	else if (is_computed(node))
		instance_veil(in, node->text, out);
	else
		buf_str(out, node->text);
}

static void
mask_those(struct instance *in, bool (*is_one)(const struct node *n))
{
	struct buf seen = { 0 };

	for (struct node *n = instance_root(in); n; n = instance_next(n)) {
		if (!is_one(n) || !n->text[0])
			continue;
		buf_reset(&seen);
		instance_seen(in, n, &seen);
		instance_set(in, n, buf_text(&seen));
	}
	buf_clear(&seen);
}

/* What has them in it first: it is known by them. */
void
instance_mask(struct instance *in)
{
	if (!has_masked(in->form))
		return;
	mask_those(in, is_computed);
	mask_those(in, is_masked);
}
