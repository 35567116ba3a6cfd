/*
 * xform_lists - secondary instances: tables become lists, all else trees
 *
 * A table is a root with elements of one name, each with elements that hold text, each
 * of another name. The labels that an itext gives by an id in a column are columns
 * too, one a language, as in a choices sheet.
 */
#include "xform.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "expr.h"
#include "i18n.h"
#include "list.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define NO_COLUMN ((size_t)-1)

struct table {
	const char *columns[CSV_COLUMNS_MAX];
	size_t count;
};

/* Where a row's child stands; most stand where they stood in the row before. */
static size_t
column_of(const struct table *t, const char *name, size_t guess)
{
	if (guess < t->count && !strcmp(t->columns[guess], name))
		return guess;
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->columns[i], name))
			return i;
	return NO_COLUMN;
}

static bool
take_row(struct table *t, const struct xml_node *row)
{
	size_t at = 0;

	if (row->attributes || !xml_child(row, NULL, NULL))
		return false;
	for (const struct xml_node *n = row->first; n; n = n->next, at++) {
		size_t column;

		if (!n->name || n->first || n->attributes)
			return false;
		column = column_of(t, n->name, at);
		if (column == NO_COLUMN && t->count < CSV_COLUMNS_MAX / 2)
			t->columns[t->count++] = n->name;
		else if (column == NO_COLUMN)
			return false;
	}
	/* one of a name in a row */
	if (at <= t->count)
		for (const struct xml_node *n = row->first; n && n->next; n = n->next)
			for (const struct xml_node *m = n->next; m; m = m->next)
				if (m->name == n->name)
					return false;
	return at <= t->count;
}

/* The table's columns; false when it is none. */
static bool
find_columns(struct table *t, const struct xml_node *root)
{
	const struct xml_node *first = xml_child(root, NULL, NULL);

	t->count = 0;
	for (const struct xml_node *row = root->first; row; row = row->next)
		if (!row->name || strcmp(row->name, first->name) != 0 ||
		    !take_row(t, row))
			return false;
	return t->count > 0;
}

static void
add_row(struct table *t, struct list *list, const struct xml_node *row,
    const char **cells, struct arena *a)
{
	static const char blanks[] = " \t\r\n";
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++)
		cells[i] = "";
	for (const struct xml_node *n = row->first; n; n = n->next, at++) {
		const char *text = n->text + strspn(n->text, blanks);
		size_t len = strlen(text);

		while (len && strchr(blanks, text[len - 1]))
			len--;
		if (text[len])
			text = arena_strndup(a, text, len);
		cells[column_of(t, n->name, at)] = text;
	}
	list_add(list, cells);
}

/* ---- labels from the itext ---- */

static void
note_itext_column(struct xform *x, const struct xml_node *itemset)
{
	const struct xml_node *label = xml_child(itemset, NULL, "label");
	const char *ref = label ? xml_attribute(label, "ref") : NULL;
	const char *path = ref ? xform_itext_path(x, ref) : NULL;

	if (!path || strchr(path, '/'))
		return;
	for (size_t i = 0; i < x->itext_column_count; i++)
		if (!strcmp(x->itext_columns[i], path))
			return;
	x->itext_columns = mem_grow(x->itext_columns, &x->itext_column_cap,
	    x->itext_column_count + 1, sizeof(x->itext_columns[0]));
	x->itext_columns[x->itext_column_count++] = path;
}

/* The column whose cells are ids of the itext, or NO_COLUMN. */
static size_t
id_column(const struct xform *x, const struct table *t)
{
	for (size_t i = 0; i < x->itext_column_count; i++) {
		size_t column = column_of(t, x->itext_columns[i], 0);

		if (column != NO_COLUMN)
			return column;
	}
	return NO_COLUMN;
}

/* As far as it is literal: what is computed is the itemset's (label_texts). */
const char *
xform_flat(struct xform *x, const struct text *text)
{
	struct buf out = { 0 };
	const char *flat;

	if (!text->count)
		return "";
	if (text->count == 1 && text->parts[0].literal)
		return text->parts[0].literal;
	for (size_t i = 0; i < text->count; i++)
		buf_str(&out, text->parts[i].literal ? text->parts[i].literal : "…");
	flat = arena_strndup(x->scratch, buf_text(&out), out.len);
	buf_clear(&out);
	return flat;
}

static void
add_labels(struct xform *x, const struct xml_node *root, size_t ids, struct table *t,
    const char **cells, struct list *list)
{
	size_t languages = x->form->language_count;

	for (const struct xml_node *row = root->first; row; row = row->next) {
		const struct texts *texts = NULL;

		for (size_t i = 0; i < t->count + languages; i++)
			cells[i] = "";
		for (const struct xml_node *n = row->first; n; n = n->next) {
			size_t column = column_of(t, n->name, 0);

			cells[column] = xform_trimmed(x, n->text);
			if (column == ids)
				texts = form_itext(x->form, cells[column], NULL);
		}
		for (size_t i = 0; texts && i < languages; i++)
			cells[t->count + i] = xform_flat(x, &texts->by_language[i]);
		list_add(list, cells);
	}
}

static struct list *
make_list(struct xform *x, const char *id, const struct xml_node *root, struct table *t)
{
	size_t ids = id_column(x, t), count = t->count;
	const char **cells;
	struct list *list;

	if (ids != NO_COLUMN)
		count += x->form->language_count;
	cells = mem_alloc(count * sizeof(cells[0]));
	for (size_t i = 0; i < count; i++)
		cells[i] = i < t->count ? t->columns[i]
					: arena_fmt(x->scratch, "label::%s",
					      x->form->languages[i - t->count]);
	list = list_new(id, cells, count);
	if (ids != NO_COLUMN)
		add_labels(x, root, ids, t, cells, list);
	else
		for (const struct xml_node *row = root->first; row; row = row->next)
			add_row(t, list, row, cells, x->scratch);
	free(cells);
	list_name_nodes(list, root->name, root->first ? root->first->name : "");
	return list;
}

/* ---- the instances ---- */

static void
add_instance(struct xform *x, const char *id, const struct tree *tree)
{
	struct form *form = x->form;
	struct form_instance *grown;

	/* few: an array that is made anew */
	grown = arena_alloc(
	    x->arena, (form->instance_count + 1) * sizeof(grown[0]));
	if (form->instance_count)
		memcpy(grown, form->instances, form->instance_count * sizeof(grown[0]));
	grown[form->instance_count++] =
	    (struct form_instance){ arena_strdup(x->arena, id), tree };
	form->instances = grown;
}

static void
read_file(struct xform *x, const struct xml_node *node, const char *id, const char *src)
{
	const char *slash = strrchr(src, '/'), *filename = slash ? slash + 1 : src;
	struct err err = { 0 };
	struct list *list = NULL;

	if (x->files)
		list = x->files->list(x->files->data, filename, &err);
	if (!list) {
		xform_error(x, node, _("The list %s cannot be read: %s"), filename,
		    err.kind ? err.text : _("there is no such file."));
		return;
	}
	form_add_list(x->form, list);
	add_instance(x, id, list_tree(list));
}

static void
read_instance(struct xform *x, const struct xml_node *node, struct table *t)
{
	const char *id = xml_attribute(node, "id"), *src = xml_attribute(node, "src");
	const struct xml_node *root = xml_child(node, NULL, NULL);

	if (!id || !*id) {
		xform_warning(x, node,
		    _("An instance without an id cannot be asked for: it is passed "
		      "over."));
	} else if (src && strstr(src, "last-saved")) {
		add_instance(x, id, NULL);
	} else if (src && *src && !root) {
		read_file(x, node, id, src);
	} else if (root && find_columns(t, root)) {
		struct list *list = make_list(x, id, root, t);

		form_add_list(x->form, list);
		add_instance(x, id, list_tree(list));
	} else if (root) {
		add_instance(x, id, xform_tree(x->arena, root));
	}
}

void
xform_read_lists(struct xform *x)
{
	const struct xml_node *n;
	struct table *t = arena_alloc(x->scratch, sizeof(*t));

	for (n = x->body; n; n = xml_next(x->body, n))
		if (n->name && !strcmp(n->local, "itemset"))
			note_itext_column(x, n);
	n = xml_child(x->model, NULL, "instance"); /* the record's own */
	while ((n = xml_child(x->model, n, "instance")))
		read_instance(x, n, t);
}

struct list *
xform_list_of(
    struct xform *x, const char *instance, const char *root, const char *item)
{
	for (size_t i = 0; i < x->form->instance_count; i++) {
		const struct form_instance *in = &x->form->instances[i];

		if (strcmp(in->id, instance) != 0)
			continue;
		for (size_t k = 0; k < x->form->list_count; k++) {
			struct list *list = x->form->lists[k];

			if (list_tree(list) == in->tree &&
			    !strcmp(list_root_name(list), root) &&
			    !strcmp(list_item_name(list), item))
				return list;
		}
	}
	return NULL;
}

/* ---- external choices ---- */

/* The rows of one list, without the column that says which. */
static struct list *
rows_of(const struct list *all, const char *id, size_t key)
{
	size_t count = list_column_count(all);
	const char **cells = mem_alloc(count * sizeof(cells[0]));
	struct list *list;

	for (size_t i = 0; i < count; i++)
		if (i != key)
			cells[i - (i > key)] = list_column(all, i);
	list = list_new(id, cells, count - 1);
	for (size_t row = 0; row < list_count(all); row++) {
		if (strcmp(list_cell(all, row, key), id) != 0)
			continue;
		for (size_t i = 0; i < count; i++)
			if (i != key)
				cells[i - (i > key)] = list_cell(all, row, i);
		list_add(list, cells);
	}
	free(cells);
	return list;
}

void
xform_read_external(struct xform *x, const char *id)
{
	struct list *all, *list;
	size_t key;

	for (size_t i = 0; i < x->form->instance_count; i++)
		if (!strcmp(x->form->instances[i].id, id))
			return;
	all = x->files ? x->files->list(x->files->data, "itemsets.csv", NULL) : NULL;
	key = all ? list_column_named(all, "list_name") : LIST_NONE;
	if (key != LIST_NONE) {
		list = rows_of(all, id, key);
		form_add_list(x->form, list);
		add_instance(x, id, list_tree(list));
	}
	list_unref(all);
}

/* ---- a list in an XML file ---- */

struct list *
list_from_xml(const char *id, const char *text, size_t len, struct err *err)
{
	struct arena *a = arena_new();
	struct table *t = arena_alloc(a, sizeof(*t));
	const struct xml_node *root = NULL;
	struct list *list = NULL;

	if (len > LIST_BYTES_MAX)
		err_set(err, ERR_INPUT, _("The list is larger than %u MB: split it."),
		    LIST_BYTES_MAX >> 20);
	else
		root = xml_parse(text, len, NULL, a, err);
	if (root && find_columns(t, root)) {
		const char **cells = arena_alloc(a, t->count * sizeof(cells[0]));

		list = list_new(id, t->columns, t->count);
		list_name_nodes(list, root->name, root->first->name);
		for (const struct xml_node *row = root->first; row; row = row->next)
			add_row(t, list, row, cells, a);
	} else if (root) {
		err_set(err, ERR_INPUT,
		    _("This XML is no list: it needs elements of one name below its "
		      "root, each with elements that hold text."));
	}
	arena_free(a);
	return list;
}
