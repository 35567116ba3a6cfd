/*
 * list - choices: a table of rows with a name, labels and whatever columns the form
 * filters by
 *
 * From a form's choices sheet, or a CSV file that several forms share. A large list
 * stays as the text it came in, with an index of its rows: a list of 200,000 people
 * costs little more than its file. Immutable; reference-counted, because forms share.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct list;
struct tree;

#define LIST_BYTES_MAX (64u << 20)
#define LIST_NONE      ((size_t)-1)

/* Reads a CSV with a header row; "name" and "label" usually are columns
 * ("label::English (en)" for another language), but a form may ask for others. The text
 * is copied. Where there is a column "name", two rows of the same name are an error, unless a
 * column "list_name" says that several lists stand in it. */
struct list *list_from_csv(const char *id, const char *text, size_t len,
    struct err *err);

/* The same from an XML file: a root element, an element a row, an element a cell. */
struct list *list_from_xml(const char *id, const char *text, size_t len,
    struct err *err);

/* By the name of the file, whose end says what it holds (.csv; .xml; .geojson: a feature a
 * row, with its id, properties and geometry); the list's id is what stands before. */
struct list *list_read(const char *filename, const char *text, size_t len,
    struct err *err);

/* For readers that build a list row by row: columns first, then rows (a cell each). */
struct list *list_new(const char *id, const char *const *columns, size_t column_count);
void list_add(struct list *l, const char *const *cells);

struct list *list_ref(struct list *l);
void list_unref(struct list *l);

const char *list_id(const struct list *l);
size_t list_count(const struct list *l);
size_t list_column_count(const struct list *l);
const char *list_column(const struct list *l, size_t column);
/* LIST_NONE when there is no such column. */
size_t list_column_named(const struct list *l, const char *name);
/* Lent as long as the list; "" when empty. */
const char *list_cell(const struct list *l, size_t row, size_t column);

/* The row whose cell in that column is exactly value, by an index made at the first
 * call; LIST_NONE when there is none. */
size_t list_find(const struct list *l, size_t column, const char *value);

/* What the nodes of the tree are called, where it is not root and item: as in the
 * instance of an XForm that the list was read from. */
void list_name_nodes(struct list *l, const char *root, const char *item);
const char *list_root_name(const struct list *l);
const char *list_item_name(const struct list *l);

/* "/root/item/…", for instance('id'). Node of a row: list_row_node(). */
const struct tree *list_tree(const struct list *l);
uint32_t list_row_node(const struct list *l, size_t row);
size_t list_node_row(const struct list *l, uint32_t node);

#endif
