/*
 * list_private - what the files of the list of records share; for src/ui/ only
 */
#ifndef LIST_PRIVATE_H
#define LIST_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "records.h"

struct app;
struct def;
struct form;

#define LIST_COLUMNS 6

struct list_row {
	char id[UUID_SIZE];
	char *form, *title, *reason;
	char *cells[LIST_COLUMNS]; /* NULL: none */
	char day[11];
	enum record_state state;
	const char *word; /* the same, and more, for people */
	bool has_draft;
	int rev;
};

/* What is shown of one form's records, and in which order; remembered. form NULL: of all
 * forms, where there are no columns. */
struct list_view {
	const struct form *form;
	const struct def *columns[LIST_COLUMNS];
	size_t count;
	char *sort;    /* "day", "state", "form", "title" or a column's name; "": newest first */
	bool backward; /* from the greatest */
};

/* Of a form's id, or of all. */
void list_view_open(struct list_view *v, struct app *app, const char *form);
void list_view_close(struct list_view *v);
/* The record's answers in words. */
void list_view_cells(const struct list_view *v, struct app *app, const struct record *r,
    struct list_row *row);
void list_view_order(const struct list_view *v, struct list_row *rows, size_t count);

/* Pop-ups; true when something was changed, and remembered. */
bool list_view_choose_columns(struct list_view *v, struct app *app);
bool list_view_choose_sort(struct list_view *v, struct app *app);
/* "Room", or how the list is sorted without columns; "" when newest first. */
const char *list_view_sort_label(const struct list_view *v);
/* A column's heading in the language in use; lent by the form. */
const char *list_view_heading(const struct list_view *v, size_t column);

#endif
