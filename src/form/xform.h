/*
 * xform - what the parts of the XForm reader share
 *
 * xml: the file as a tree · itext, text: what is shown · instance: the record's tree
 * becomes the definitions · lists: secondary instances · binds: types and rules ·
 * body: controls · select: choices · actions: setvalue. The document lives in an arena
 * of its own and is gone when the form is made.
 */
#ifndef XFORM_H
#define XFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "form_build.h"
#include "xml.h"

struct arena;
struct itext_build;

/* What is found about a definition before it is known what kind it is. */
struct xform_info {
	const struct xml_node *node;    /* of the primary instance: the template */
	const struct xml_node *bind;    /* or NULL */
	const struct xml_node *control; /* the first one, or NULL */
	const struct xml_node *action;  /* setgeopoint or recordaudio that fills it, or NULL */
	bool set;                       /* an action sets it */
};

struct xform {
	struct arena *arena;   /* the form's */
	struct arena *scratch; /* the document's */
	struct form *form;
	const struct form_files *files;
	form_problem_fn *report;
	void *data;
	struct err *err; /* the first error */
	bool failed;
	const char *source;
	struct xml_node *model, *body, *primary;
	struct xform_info *info; /* by definition; after form_index() */
	struct itext *itext;
	/* Columns of lists that hold an itext's id. */
	const char **itext_columns;
	size_t itext_column_count, itext_column_cap;
};

/* xform.c */
void xform_error(struct xform *x, const struct xml_node *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void xform_warning(struct xform *x, const struct xml_node *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* An expression in an attribute of node; NULL when it is wrong (told). */
const struct expr *xform_expr(
    struct xform *x, const struct xml_node *node, const char *text);
/* Without the blanks at both ends; in the scratch arena. */
const char *xform_trimmed(struct xform *x, const char *text);
bool xform_is_true(const char *text);  /* "true()" */
bool xform_is_false(const char *text); /* "false()" */

/* xform_refs.c: a path as XForms writes it, from a definition; NULL when there is no
 * such node. Predicates in it are passed over. */
struct def *xform_find(struct xform *x, const struct def *from, const char *path);
/* What ref, nodeset or bind of a node names; NULL when it has none, or (told) when
 * there is no such node. */
struct def *xform_target(
    struct xform *x, const struct xml_node *node, const struct def *from);

/* xform_itext.c: the languages and the texts by their ids. */
void xform_read_itext(struct xform *x);

/* xform_text.c */
struct text xform_text(struct xform *x, const struct xml_node *node);
/* A label, a hint: of an element, by reference or as it stands. */
struct texts xform_texts(struct xform *x, const struct xml_node *node);
/* A message in an attribute: jr:itext('id'), or what it says. */
struct texts xform_message(
    struct xform *x, const struct xml_node *node, const char *text);
/* The id of jr:itext('id'), or NULL. */
const char *xform_itext_id(struct xform *x, const char *ref);
/* The path of jr:itext(path), or NULL. */
const char *xform_itext_path(struct xform *x, const char *ref);

/* xform_instance.c: the definitions; then, when their kinds are known, the instances of
 * repeats that a record begins with. */
bool xform_read_instance(struct xform *x);
void xform_read_initial(struct xform *x);

/* xform_lists.c: secondary instances. */
void xform_read_lists(struct xform *x);
/* A text as far as it is literal. */
const char *xform_flat(struct xform *x, const struct text *text);
/* xform_tree.c: one that is no table. */
const struct tree *xform_tree(struct arena *a, const struct xml_node *root);
/* A list of the form's external choices, when it comes with them (itemsets.csv) and has
 * no instance of that id. */
void xform_read_external(struct xform *x, const char *id);
/* The list of instance('ID')/root/item, or NULL. */
struct list *xform_list_of(
    struct xform *x, const char *instance, const char *root, const char *item);

/* xform_binds.c */
void xform_read_binds(struct xform *x);
/* Kinds, types and rules, after the body. */
void xform_apply_binds(struct xform *x);

/* xform_body.c */
void xform_read_body(struct xform *x);

/* xform_select.c */
void xform_read_choices(
    struct xform *x, struct def *def, const struct xml_node *control);

/* xform_actions.c: those of the model and of the body; NULL source: the record. */
void xform_read_action(
    struct xform *x, const struct xml_node *node, const struct def *source);
/* When all are read: those that are defaults together become them. */
void xform_settle_actions(struct xform *x);

#endif
