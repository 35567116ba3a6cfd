/*
 * xform_select - the choices of a select: written out, rows of a list, or any nodes
 */
#include "xform.h"

#include "arena.h"
#include "expr.h"
#include "i18n.h"
#include "list.h"

#include <string.h>

static struct itemset *
new_itemset(struct xform *x)
{
	struct itemset *set = arena_alloc(x->arena, sizeof(*set));

	set->value_column = LIST_NONE;
	for (size_t i = 0; i < FORM_LANGUAGES_MAX; i++)
		set->label_columns[i] = LIST_NONE;
	return set;
}

static struct list *
new_list(struct xform *x, const struct def *def)
{
	const char *columns[FORM_LANGUAGES_MAX + 1] = { "name" };
	struct list *list;

	for (size_t i = 0; i < x->form->language_count; i++)
		columns[i + 1] =
		    arena_fmt(x->scratch, "label::%s", x->form->languages[i]);
	/* an id that no instance has */
	list = list_new(def->path, columns, x->form->language_count + 1);
	form_add_list(x->form, list);
	return list;
}

/* Puts what is computed in a row's labels beside the list. */
static void
keep_label_texts(
    struct xform *x, struct itemset *set, size_t row, const struct texts *texts)
{
	size_t languages = x->form->language_count;
	bool computed = false;
	struct text *all;

	for (size_t i = 0; i < languages; i++)
		for (size_t k = 0; k < texts->by_language[i].count; k++)
			computed = computed || texts->by_language[i].parts[k].expr;
	if (!computed)
		return;
	if (!set->label_texts)
		set->label_texts = arena_alloc(x->arena,
		    list_count(set->list) * languages * sizeof(set->label_texts[0]));
	all = (struct text *)(uintptr_t)set->label_texts;
	memcpy(&all[row * languages], texts->by_language, languages * sizeof(*all));
}

/* ---- items written out ---- */

static void
read_items(struct xform *x, struct def *def, const struct xml_node *control)
{
	struct itemset *set = new_itemset(x);
	size_t languages = x->form->language_count, count = 0;
	const char *cells[FORM_LANGUAGES_MAX + 1];
	struct texts *texts;

	set->list = new_list(x, def);
	for (const struct xml_node *n = control->first; n; n = n->next)
		count++;
	texts = arena_alloc(x->scratch, (count + 1) * sizeof(texts[0]));
	count = 0;
	for (const struct xml_node *n = xml_child(control, NULL, "item"); n;
	     n = xml_child(control, n, "item"), count++) {
		const struct xml_node *value = xml_child(n, NULL, "value");
		const struct xml_node *label = xml_child(n, NULL, "label");

		cells[0] = value ? xform_trimmed(x, value->text) : "";
		if (label)
			texts[count] = xform_texts(x, label);
		for (size_t i = 0; i < languages; i++)
			cells[i + 1] = texts[count].by_language
					   ? xform_flat(x, &texts[count].by_language[i])
					   : "";
		list_add(set->list, cells);
	}
	for (size_t i = 0; i < count; i++)
		if (texts[i].by_language)
			keep_label_texts(x, set, i, &texts[i]);
	set->fixed_order = true;
	set->value_column = 0;
	for (size_t i = 0; i < languages; i++)
		set->label_columns[i] = i + 1;
	def->itemset = set;
}

/* ---- an itemset ---- */

/* A label that no row has is none: a list of names only. */
static bool
find_labels(struct xform *x, struct itemset *set, const char *ref)
{
	const char *path = xform_itext_path(x, ref);
	size_t column, languages = x->form->language_count;

	if (!path) {
		column = list_column_named(set->list, ref);
		for (size_t i = 0; i < languages; i++)
			set->label_columns[i] = list_column_named(
			    set->list, arena_fmt(x->scratch, "%s::%s", ref,
					   x->form->languages[i]));
		if (column != LIST_NONE)
			set->label_columns[form_language(x->form, NULL)] = column;
		return column != LIST_NONE || !strpbrk(ref, "/([.@*");
	}
	for (size_t i = 0; i < languages; i++)
		set->label_columns[i] = list_column_named(set->list,
		    arena_fmt(x->scratch, "label::%s", x->form->languages[i]));
	column = list_column_named(set->list, path);
	if (column == LIST_NONE)
		return false;
	for (size_t row = 0; row < list_count(set->list); row++) {
		const struct texts *texts =
		    form_itext(x->form, list_cell(set->list, row, column), NULL);

		if (texts)
			keep_label_texts(x, set, row, texts);
	}
	return set->label_columns[0] != LIST_NONE;
}

static const char *
ref_of(struct xform *x, const struct xml_node *itemset, const char *local)
{
	const struct xml_node *node = xml_child(itemset, NULL, local);
	const char *ref = node ? xml_attribute(node, "ref") : NULL;

	if (!ref)
		return local[0] == 'v' ? "name" : "label";
	ref = xform_trimmed(x, ref);
	return !strncmp(ref, "./", 2) ? ref + 2 : ref;
}

/* A list that is to be had but has no rows yet may have no columns either. */
static bool
is_table(struct xform *x, const struct xml_node *node, struct itemset *set,
    const struct expr_itemset *parts, const char *value, const char *label)
{
	set->list = xform_list_of(x, parts->instance, parts->root, parts->item);
	if (!set->list)
		return false;
	set->value_column = list_column_named(set->list, value);
	if (list_count(set->list) &&
	    (set->value_column == LIST_NONE || !find_labels(x, set, label)))
		return false;
	if (!list_count(set->list))
		find_labels(x, set, label);
	if (parts->filter)
		set->filter = xform_expr(x, node, parts->filter);
	return true;
}

static bool
is_file(const struct xform *x, const char *instance)
{
	const struct xml_node *n = NULL;

	while ((n = xml_child(x->model, n, "instance"))) {
		const char *id = xml_attribute(n, "id");

		if (id && !strcmp(id, instance))
			return xml_attribute(n, "src") != NULL;
	}
	return false;
}

static void
read_itemset(
    struct xform *x, struct def *def, const struct xml_node *node, const char *nodeset)
{
	struct itemset *set = new_itemset(x);
	const struct expr *e = xform_expr(x, node, nodeset);
	const char *value = ref_of(x, node, "value"), *label = ref_of(x, node, "label");
	const char *rest;
	struct expr_itemset parts;
	bool simple;

	if (!e)
		return;
	simple = expr_itemset(e, x->scratch, &parts, &rest);
	if (simple && node->parent && strcmp(node->local, "itemset") != 0)
		xform_read_external(x, parts.instance);
	set->randomize = parts.randomize;
	if (parts.seed)
		set->seed = xform_expr(x, node, parts.seed);
	if (simple && is_table(x, node, set, &parts, value, label)) {
		set->fixed_order = !is_file(x, parts.instance);
	} else {
		set->list = new_list(x, def);
		set->fixed_order = true;
		set->value_column = 0;
		for (size_t i = 0; i < x->form->language_count; i++)
			set->label_columns[i] = i + 1;
		set->nodeset = xform_expr(x, node, rest);
		set->value = xform_expr(x, node, value);
		set->label = xform_expr(x, node, label);
	}
	def->itemset = set;
}

void
xform_read_choices(struct xform *x, struct def *def, const struct xml_node *control)
{
	const struct xml_node *itemset = xml_child(control, NULL, "itemset");
	const char *query = xml_attribute(control, "query");
	const char *nodeset = itemset ? xml_attribute(itemset, "nodeset") : NULL;

	if (nodeset)
		read_itemset(x, def, itemset, nodeset);
	else if (query && !strcmp(control->local, "input"))
		read_itemset(x, def, control, query);
	else
		read_items(x, def, control);
}
