/*
 * list - rows of cells, one after the other in one block of text
 *
 * Every cell ends with a NUL and every row has all columns, so a cell is found by
 * walking from its row's start; rows are found by an array of starts. Nothing is
 * stored per cell, which is what keeps a list of 200,000 people near its file's size.
 */
#include "list.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include "tree.h"
#include "value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing; a slot holds a row and 1, so that 0 is an empty one. */
struct list_index {
	uint32_t *slots; /* a value's first row */
	uint32_t *next;  /* by row: the next of the same value; NULL when none is */
	size_t size;
	size_t rows; /* of the list when it was made */
};

struct list {
	struct tree tree; /* first, so that a list is a tree */
	int refs;
	char *id;
	char *root_name, *item_name; /* in instance('id')/root/item */
	char **columns;
	const char **node_names; /* of the columns, below the item */
	size_t column_count;
	struct buf cells;
	uint32_t *rows; /* where each begins in cells */
	size_t row_count, row_cap;
	struct list_index *indexes; /* one a column, empty until it is asked for */
};

/*
 * Nodes: 1 the document, 2 <root>, then an item and its columns, row after row.
 */
enum { NODE_DOCUMENT = 1, NODE_ROOT = 2, NODE_ITEMS = 3 };

static const struct list *
as_list(const struct tree *tree)
{
	return (const struct list *)tree;
}

static uint32_t
item_size(const struct list *l)
{
	return (uint32_t)l->column_count + 1;
}

/* 0 for an item itself, else the column and 1. */
static uint32_t
node_part(const struct list *l, uint32_t id)
{
	return (id - NODE_ITEMS) % item_size(l);
}

static uint32_t
tree_parent(const struct tree *tree, uint32_t id)
{
	if (id <= NODE_DOCUMENT)
		return 0;
	if (id == NODE_ROOT)
		return NODE_DOCUMENT;
	uint32_t part = node_part(as_list(tree), id);

	return part ? id - part : NODE_ROOT;
}

static uint32_t
tree_first_child(const struct tree *tree, uint32_t id)
{
	const struct list *l = as_list(tree);

	if (id == NODE_DOCUMENT)
		return NODE_ROOT;
	if (id == NODE_ROOT)
		return l->row_count ? NODE_ITEMS : 0;
	return node_part(l, id) || !l->column_count ? 0 : id + 1;
}

static uint32_t
tree_next_sibling(const struct tree *tree, uint32_t id)
{
	const struct list *l = as_list(tree);
	uint32_t part;

	if (id < NODE_ITEMS)
		return 0;
	part = node_part(l, id);
	if (part)
		return part < l->column_count ? id + 1 : 0;
	return list_node_row(l, id) + 1 < l->row_count ? id + item_size(l) : 0;
}

static const char *
tree_name(const struct tree *tree, uint32_t id)
{
	const struct list *l = as_list(tree);
	uint32_t part;

	if (id < NODE_ITEMS)
		return id == NODE_ROOT ? l->root_name : "";
	part = node_part(l, id);
	return part ? l->node_names[part - 1] : l->item_name;
}

/* Of anything but a cell: the text below it, as XPath has it. */
static const char *
joined_text(const struct list *l, uint32_t id, struct arena *a)
{
	struct buf b = { 0 };
	size_t first = 0, end = l->row_count;
	const char *text;

	if (id >= NODE_ITEMS) {
		first = list_node_row(l, id);
		end = first + 1;
	}
	for (size_t row = first; row < end; row++)
		for (size_t c = 0; c < l->column_count; c++)
			buf_str(&b, list_cell(l, row, c));
	text = arena_strndup(a, buf_text(&b), b.len);
	buf_clear(&b);
	return text;
}

static void
tree_value(const struct tree *tree, uint32_t id, struct arena *a, struct value *out)
{
	const struct list *l = as_list(tree);
	uint32_t part = id < NODE_ITEMS ? 0 : node_part(l, id);

	*out = (struct value){ .type = VALUE_STRING };
	out->string =
	    part ? list_cell(l, list_node_row(l, id), part - 1) : joined_text(l, id, a);
}

static uint32_t
tree_child_named(const struct tree *tree, uint32_t id, const char *name)
{
	const struct list *l = as_list(tree);

	if (id == NODE_DOCUMENT)
		return strcmp(name, l->root_name) ? 0 : NODE_ROOT;
	if (id == NODE_ROOT)
		return strcmp(name, l->item_name) || !l->row_count ? 0 : NODE_ITEMS;
	if (node_part(l, id))
		return 0;
	for (size_t c = 0; c < l->column_count; c++)
		if (!strcmp(l->node_names[c], name))
			return id + 1 + (uint32_t)c;
	return 0;
}

/* Items all have one name; columns have names of their own. */
static uint32_t
tree_next_named(const struct tree *tree, uint32_t id)
{
	return id >= NODE_ITEMS && !node_part(as_list(tree), id)
	    ? tree_next_sibling(tree, id)
	    : 0;
}

static uint32_t tree_child_where(const struct tree *tree, uint32_t id, const char *name,
    const char *key, const char *text, uint32_t after);

static const struct tree_ops list_ops = {
	.parent = tree_parent,
	.first_child = tree_first_child,
	.next_sibling = tree_next_sibling,
	.name = tree_name,
	.value = tree_value,
	.child_named = tree_child_named,
	.next_named = tree_next_named,
	.child_where = tree_child_where,
};

/* A list whose labels all have a language still answers to "label": with the first. */
static void
name_nodes(struct list *l)
{
	bool labelled = list_column_named(l, "label") != LIST_NONE;

	for (size_t c = 0; c < l->column_count; c++) {
		l->node_names[c] = l->columns[c];
		if (!labelled && !strncmp(l->columns[c], "label::", 7)) {
			l->node_names[c] = "label";
			labelled = true;
		}
	}
}

struct list *
list_new(const char *id, const char *const *columns, size_t column_count)
{
	struct list *l = mem_alloc(sizeof(*l));

	assert(column_count && column_count <= CSV_COLUMNS_MAX);
	l->tree.ops = &list_ops;
	l->tree.root = NODE_DOCUMENT;
	l->refs = 1;
	l->id = mem_strdup(id);
	list_name_nodes(l, "root", "item");
	l->columns = mem_alloc(column_count * sizeof(l->columns[0]));
	l->node_names = mem_alloc(column_count * sizeof(l->node_names[0]));
	l->indexes = mem_alloc(column_count * sizeof(l->indexes[0]));
	l->column_count = column_count;
	for (size_t i = 0; i < column_count; i++)
		l->columns[i] = mem_strdup(columns[i]);
	name_nodes(l);
	return l;
}

void
list_name_nodes(struct list *l, const char *root, const char *item)
{
	free(l->root_name);
	free(l->item_name);
	l->root_name = mem_strdup(root);
	l->item_name = mem_strdup(item);
}

const char *
list_root_name(const struct list *l)
{
	return l->root_name;
}

const char *
list_item_name(const struct list *l)
{
	return l->item_name;
}

static void
row_begin(struct list *l)
{
	l->rows = mem_grow(l->rows, &l->row_cap, l->row_count + 1, sizeof(l->rows[0]));
	l->rows[l->row_count++] = (uint32_t)l->cells.len;
}

void
list_add(struct list *l, const char *const *cells)
{
	row_begin(l);
	for (size_t i = 0; i < l->column_count; i++)
		buf_add(&l->cells, cells[i], strlen(cells[i]) + 1);
}

struct list *
list_ref(struct list *l)
{
	l->refs++;
	return l;
}

void
list_unref(struct list *l)
{
	if (!l || --l->refs)
		return;
	for (size_t i = 0; i < l->column_count; i++) {
		free(l->columns[i]);
		free(l->indexes[i].slots);
		free(l->indexes[i].next);
	}
	free(l->columns);
	free(l->node_names);
	free(l->indexes);
	free(l->rows);
	free(l->root_name);
	free(l->item_name);
	free(l->id);
	buf_clear(&l->cells);
	free(l);
}

const char *
list_id(const struct list *l)
{
	return l->id;
}

size_t
list_count(const struct list *l)
{
	return l->row_count;
}

size_t
list_column_count(const struct list *l)
{
	return l->column_count;
}

const char *
list_column(const struct list *l, size_t column)
{
	return l->columns[column];
}

size_t
list_column_named(const struct list *l, const char *name)
{
	for (size_t i = 0; i < l->column_count; i++)
		if (!strcmp(l->columns[i], name))
			return i;
	return LIST_NONE;
}

const char *
list_cell(const struct list *l, size_t row, size_t column)
{
	const char *cell = l->cells.data + l->rows[row];

	while (column--)
		cell += strlen(cell) + 1;
	return cell;
}

/* FNV-1a, its high bits folded in. */
static uint32_t
hash_of(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (uint32_t)(h ^ (h >> 32));
}

/* Where value stands in the index, or the empty slot where it would. */
static size_t
index_slot(const struct list *l, const struct list_index *index, size_t column,
    const char *value)
{
	size_t at = (size_t)((uint64_t)hash_of(value) * index->size >> 32);

	assert(index->slots);
	for (; index->slots[at]; at = at + 1 < index->size ? at + 1 : 0)
		if (!strcmp(list_cell(l, index->slots[at] - 1, column), value))
			break;
	return at;
}

/* Indexes a column; the first row of a value wins. Returns the first row whose value
 * an earlier one has, or LIST_NONE. */
static size_t
index_make(const struct list *l, size_t column)
{
	struct list_index *index = &l->indexes[column];
	size_t twin = LIST_NONE;

	free(index->slots);
	free(index->next);
	index->size = l->row_count + l->row_count / 3 + 16;
	index->slots = mem_alloc(index->size * sizeof(index->slots[0]));
	index->next = NULL;
	index->rows = l->row_count;
	/* from the last row on, so that the first stands first */
	for (size_t row = l->row_count; row-- > 0;) {
		size_t at = index_slot(l, index, column, list_cell(l, row, column));
		uint32_t later = index->slots[at];

		index->slots[at] = (uint32_t)row + 1;
		if (!later)
			continue;
		if (!index->next)
			index->next = mem_alloc(l->row_count * sizeof(index->next[0]));
		index->next[row] = later;
		if (later - 1 < twin)
			twin = later - 1;
	}
	return twin;
}

size_t
list_find(const struct list *l, size_t column, const char *value)
{
	struct list_index *index = &l->indexes[column];
	size_t at;

	if (!index->slots || index->rows != l->row_count)
		index_make(l, column);
	at = index_slot(l, index, column, value);
	assert(index->slots);
	return index->slots[at] ? index->slots[at] - 1 : LIST_NONE;
}

static uint32_t
tree_child_where(const struct tree *tree, uint32_t id, const char *name, const char *key,
    const char *text, uint32_t after)
{
	const struct list *l = as_list(tree);
	size_t column = 0, row;
	const uint32_t *next;

	while (column < l->column_count && strcmp(l->node_names[column], key) != 0)
		column++;
	if (id != NODE_ROOT || strcmp(name, l->item_name) != 0 || column == l->column_count)
		return 0;
	if (!after) {
		row = list_find(l, column, text);
		return row == LIST_NONE ? 0 : list_row_node(l, row);
	}
	next = l->indexes[column].next;
	row = next ? next[list_node_row(l, after)] : 0;
	return row ? list_row_node(l, row - 1) : 0;
}

const struct tree *
list_tree(const struct list *l)
{
	return &l->tree;
}

uint32_t
list_row_node(const struct list *l, size_t row)
{
	return NODE_ITEMS + (uint32_t)row * item_size(l);
}

size_t
list_node_row(const struct list *l, uint32_t node)
{
	return (node - NODE_ITEMS) / item_size(l);
}

/* The header's cells, trimmed; those without a name end the columns that count. */
static struct list *
list_from_header(const char *id, const struct csv_reader *r, struct err *err)
{
	char **names = mem_alloc((r->count + 1) * sizeof(names[0]));
	struct list *l = NULL;
	size_t count = 0, twin = 0;

	for (size_t i = 0; i < r->count; i++) {
		names[i] = mem_strdup(r->cells[i]);
		text_trim(names[i]);
		if (names[i][0])
			count = i + 1;
		for (size_t j = 0; j < i && names[i][0]; j++)
			if (!strcmp(names[j], names[i]))
				twin = i;
	}
	if (!count)
		err_set(err, ERR_INPUT, _("The first row must name the columns."));
	else if (twin)
		err_set(err, ERR_INPUT, _("Two columns are headed \"%s\": rename one."),
		    names[twin]);
	else
		l = list_new(id, (const char *const *)names, count);
	for (size_t i = 0; i < r->count; i++)
		free(names[i]);
	free(names);
	return l;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Appends a cell without the blanks around it. */
static void
add_cell(struct list *l, const char *cell)
{
	size_t len = strlen(cell);

	while (len && is_blank(*cell))
		cell++, len--;
	while (len && is_blank(cell[len - 1]))
		len--;
	buf_add(&l->cells, cell, len);
	buf_char(&l->cells, '\0');
}

/* The length of a row whose cells can be taken as the reader holds them: all columns
 * in one piece, no blanks around any. 0 when they cannot. */
static size_t
row_in_one_piece(const struct list *l, const struct csv_reader *r)
{
	const char *at = r->cells[0];

	if (r->count != l->column_count)
		return 0;
	for (size_t i = 0; i < r->count; i++) {
		size_t len = strlen(at);

		if (r->cells[i] != at ||
		    (len && (is_blank(*at) || is_blank(at[len - 1]))))
			return 0;
		at += len + 1;
	}
	return (size_t)(at - r->cells[0]);
}

static void
add_csv_row(struct list *l, const struct csv_reader *r)
{
	size_t len = row_in_one_piece(l, r);

	row_begin(l);
	if (len)
		buf_add(&l->cells, r->cells[0], len);
	for (size_t i = 0; !len && i < l->column_count; i++)
		add_cell(l, csv_cell(r, i));
}

/* The spreadsheet's number of a row of the list. */
static int
spreadsheet_row(const char *text, size_t len, size_t row)
{
	struct csv_reader r;
	int number = 0;

	csv_reader_init(&r, text, len);
	csv_next(&r, NULL);
	while (csv_next(&r, NULL) == 1) {
		number = r.row;
		if (!row--)
			break;
	}
	csv_reader_clear(&r);
	return number;
}

/* Every row has a name of its own, where the list has names at all and is one list. */
static bool
names_are_good(const struct list *l, const char *text, size_t len, struct err *err)
{
	size_t column = list_column_named(l, "name"), empty, twin;

	if (column == LIST_NONE || list_column_named(l, "list_name") != LIST_NONE)
		return true;
	twin = index_make(l, column);
	empty = list_find(l, column, "");
	if (empty != LIST_NONE)
		return err_set(err, ERR_INPUT,
		    _("Row %d has no name: fill its column \"name\"."),
		    spreadsheet_row(text, len, empty));
	if (twin != LIST_NONE)
		return err_set(err, ERR_INPUT,
		    _("Row %d: the name \"%s\" stands in row %d already; every row "
		      "needs its own."),
		    spreadsheet_row(text, len, twin), list_cell(l, twin, column),
		    spreadsheet_row(
			text, len, list_find(l, column, list_cell(l, twin, column))));
	return true;
}

struct list *
list_from_csv(const char *id, const char *text, size_t len, struct err *err)
{
	struct csv_reader r;
	struct list *l = NULL;
	int got;

	if (len > LIST_BYTES_MAX) {
		err_set(err, ERR_INPUT, _("The list is larger than %u MB: split it."),
		    LIST_BYTES_MAX >> 20);
		return NULL;
	}
	csv_reader_init(&r, text, len);
	got = csv_next(&r, err);
	if (!got)
		err_set(err, ERR_INPUT, _("The first row must name the columns."));
	if (got == 1)
		l = list_from_header(id, &r, err);
	if (l) {
		buf_reserve(&l->cells, len + 1);
		while ((got = csv_next(&r, err)) == 1)
			add_csv_row(l, &r);
		/* the room that growing left over, in a list that stays for long */
		l->cells.data = mem_resize(l->cells.data, l->cells.len + 1);
		l->cells.cap = l->cells.len + 1;
	}
	if (l && (got < 0 || !names_are_good(l, text, len, err))) {
		list_unref(l);
		l = NULL;
	}
	csv_reader_clear(&r);
	return l;
}
