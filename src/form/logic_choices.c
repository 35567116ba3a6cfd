/*
 * logic_choices - which rows of a list a question offers, and what they are called
 */
#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "list.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

const char *
choices_next(const struct def *def, struct arena *a, const char **at)
{
	size_t len;
	const char *name;

	*at += strspn(*at, " \t\r\n");
	len = strcspn(*at, def->question->answer == ANSWER_ONE ? "" : " \t\r\n");
	if (!len)
		return NULL;
	name = arena_strndup(a, *at, len);
	*at += len;
	return name;
}

/* Does the filter let this row through? */
static bool
row_passes(struct logic *l, const struct node *node, size_t row, bool *passes,
	   struct err *err)
{
	const struct itemset *set = node->def->itemset;
	struct expr_context context = logic_context(l, node);

	context.node =
	    (struct node_ref){ list_tree(set->list), list_row_node(set->list, row) };
	return expr_boolean(set->filter, &context, passes, err);
}

/* ---- choices that are nodes: of a repeat, of a tree ---- */

static void
add_node(const struct itemset *set, struct list *list, struct expr_context context,
	 struct node_ref ref)
{
	const char *cells[] = { "", "" };

	context.node = ref;
	if (set->value)
		expr_string(set->value, &context, &cells[0], NULL);
	if (set->label)
		expr_string(set->label, &context, &cells[1], NULL);
	/* What has no value yet cannot be chosen. */
	if (*cells[0])
		list_add(list, cells);
}

/* A choice may be asked for while an expression is evaluated: that one's results stay. */
static struct list *
list_of_nodes(struct logic *l, const struct node *node, struct err *err)
{
	static const char *const columns[] = { "name", "label" };
	const struct def *def = node->def;
	struct arena *outer = l->arena;
	const struct node *at = l->at;
	struct expr_context context;
	struct list *list = NULL;
	struct value v;

	l->arena = arena_new();
	context = logic_context(l, node);
	if (expr_eval(l->graph->choices[def->index], &context, &v, err)) {
		list = list_new(def->path, columns, 2);
		for (size_t i = 0; v.type == VALUE_NODES && i < v.node_count; i++)
			add_node(def->itemset, list, context, v.nodes[i]);
	}
	arena_free(l->arena);
	l->arena = outer;
	l->at = at;
	return list;
}

struct list *
choices_list(struct logic *l, const struct node *node, struct err *err)
{
	const struct def *def = node->def;
	struct list *list;

	if (!def->itemset->nodeset)
		return def->itemset->list;
	list = list_of_nodes(l, node, err);
	if (!list)
		return NULL;
	if (!l->node_lists)
		l->node_lists =
		    mem_alloc(l->form->def_count * sizeof(l->node_lists[0]));
	list_unref(l->node_lists[def->index]);
	l->node_lists[def->index] = list;
	return list;
}

void
choices_free(struct logic *l)
{
	for (size_t i = 0; l->node_lists && i < l->form->def_count; i++)
		list_unref(l->node_lists[i]);
	free(l->node_lists);
}

/* The list of a question as it was last made. */
static const struct list *
known_list(const struct logic *l, const struct def *def)
{
	if (!def->itemset->nodeset)
		return def->itemset->list;
	return l->node_lists && l->node_lists[def->index] ? l->node_lists[def->index]
							  : def->itemset->list;
}

/* Names may repeat in a list whose filter tells the rows apart: any of them will do. */
bool
choices_allow(struct logic *l, const struct node *node, const char *name, bool *allowed,
	      struct err *err)
{
	const struct itemset *set = node->def->itemset;
	const struct tree *tree = list_tree(set->list);
	uint32_t root = tree->ops->first_child(tree, tree->root), item = 0;
	const char *key;

	if (set->nodeset) {
		const struct list *list = choices_list(l, node, err);

		*allowed = list && list_find(list, 0, name) != LIST_NONE;
		return list;
	}
	*allowed = list_find(set->list, set->value_column, name) != LIST_NONE;
	if (!*allowed || !set->filter)
		return true;
	key = list_column(set->list, set->value_column);
	do {
		item = tree->ops->child_where(
		    tree, root, list_item_name(set->list), key, name, item);
		*allowed = false;
		if (item &&
		    !row_passes(l, node, list_node_row(set->list, item), allowed, err))
			return false;
	} while (item && !*allowed);
	return true;
}

bool
choices_prune(struct logic *l, struct node *node, struct err *err)
{
	const struct itemset *set = node->def->itemset;
	struct arena *names = arena_new();
	struct buf kept = { 0 };
	const char *at = node->text, *name;
	bool changed = false, allowed;

	while (set->value_column != LIST_NONE &&
	       (name = choices_next(node->def, names, &at))) {
		if (!choices_allow(l, node, name, &allowed, err))
			goto out;
		if (!allowed)
			changed = true;
		else
			buf_fmt(&kept, "%s%s", kept.len ? " " : "", name);
	}
	if (changed)
		compute_set(l, node, buf_text(&kept));
out:
	buf_clear(&kept);
	arena_free(names);
	return changed;
}

static void
add_row(struct logic *l, size_t row, size_t count)
{
	l->rows = mem_grow(l->rows, &l->row_cap, count + 1, sizeof(l->rows[0]));
	l->rows[count] = row;
}

const size_t *
logic_choices(struct logic *l, const struct node *node, size_t *count, struct err *err)
{
	const struct itemset *set = node->def->itemset;
	const struct expr *filtered = l->graph->choices[node->def->index];
	struct expr_context context;
	const struct list *list;
	struct value v;
	bool ok;

	*count = 0;
	arena_reset(l->lent);
	l->chosen_at = node->id;
	add_row(l, 0, 0); /* so that no rows are not NULL */
	if (!set)
		return l->rows;
	list = set->nodeset ? choices_list(l, node, err) : set->list;
	if (!list)
		return NULL;
	if (!filtered || set->nodeset) {
		for (; *count < list_count(list); ++*count)
			add_row(l, *count, *count);
		return l->rows;
	}
	context = logic_context(l, node);
	l->asking = node->def;
	ok = expr_eval(filtered, &context, &v, err);
	l->asking = NULL;
	if (!ok)
		return NULL;
	for (; *count < v.node_count; ++*count)
		add_row(l, list_node_row(set->list, v.nodes[*count].id), *count);
	return l->rows;
}

const char *
logic_choice_name(const struct logic *l, const struct def *def, size_t row)
{
	const struct itemset *set = def->itemset;

	if (!set || set->value_column == LIST_NONE)
		return "";
	return list_cell(known_list(l, def), row, set->value_column);
}

static const char *
label_in(const struct itemset *set, size_t row, size_t language)
{
	size_t column = set->label_columns[language];

	return column == LIST_NONE ? "" : list_cell(set->list, row, column);
}

static const char *
label_of(const struct logic *l, const struct itemset *set, size_t row)
{
	const char *label = label_in(set, row, l->language);

	if (!*label)
		label = label_in(set, row, form_language(l->form, NULL));
	for (size_t i = 0; !*label && i < l->form->language_count; i++)
		label = label_in(set, row, i);
	return label;
}

/* A label with answers in it, in the language in use; NULL when it has none. */
static const char *
computed_label(struct logic *l, const struct itemset *set, size_t row,
	       const struct node *node)
{
	const struct text *text;

	if (!set->label_texts)
		return NULL;
	text = &set->label_texts[row * l->form->language_count + l->language];
	return text->count ? logic_text_now(l, text, node, l->lent) : NULL;
}

const char *
choices_label(struct logic *l, const struct node *node, size_t row)
{
	const struct def *def = node->def;
	const struct itemset *set = def->itemset;
	const char *label = "";

	if (set && set->nodeset)
		label = list_cell(known_list(l, def), row, 1);
	else if (set && !(label = computed_label(l, set, row, node)))
		label = label_of(l, set, row);
	return *label ? label : logic_choice_name(l, def, row);
}

const char *
logic_choice_label(struct logic *l, const struct def *def, size_t row)
{
	const struct node *node = instance_node(l->in, l->chosen_at);

	if (!node || node->def != def)
		node = instance_alone(l->in, def);
	if (!node)
		node = instance_near(instance_root(l->in), def);
	return node ? choices_label(l, node, row) : logic_choice_name(l, def, row);
}
