/*
 * xml - a small document in memory, for forms and records that come as XML
 *
 * No document type, so no entities but XML's own five; depth and size are bounded. All
 * of it lives in the arena that it was read into.
 */
#ifndef XML_H
#define XML_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;

#define XML_DEPTH_MAX 200

struct xml_node {
	const char *name;  /* as written: "h:head"; NULL: this is a piece of text */
	const char *local; /* behind the prefix: "head" */
	const char *text;  /* of a piece, or of an element without children; never NULL */
	const char *const *attributes; /* name, value, …, NULL */
	struct xml_node *parent, *first, *last, *next;
	size_t offset; /* where it begins in the text that was read */
	void *user;    /* the reader's own */
};

/*
 * The root element. Pieces of text that are nothing but blanks are left out beside
 * elements, except in elements whose local name is in mixed (NULL-terminated; may be
 * NULL). NULL and err, with line and column, when it is not well-formed.
 */
struct xml_node *xml_parse(const char *text, size_t len, const char *const *mixed,
    struct arena *arena, struct err *err);

/* An attribute by its name as written, else by what is behind its prefix; or NULL. */
const char *xml_attribute(const struct xml_node *node, const char *local);

/* The next child element of that local name (NULL: of any) after the given one (NULL:
 * the first); NULL when there is none. */
struct xml_node *xml_child(
    const struct xml_node *parent, const struct xml_node *after, const char *local);

/* The next node in document order below top; NULL at the end. */
struct xml_node *xml_next(const struct xml_node *top, const struct xml_node *node);

/* Appends all text below node. */
void xml_text(const struct xml_node *node, struct buf *out);

/* The line of an offset, from 1. */
int xml_line(const char *text, size_t offset);

/* True when an element can be called so. */
bool xml_is_name(const char *name);

/* Appends s with what XML reserves written as references; fit for text and for
 * attributes in double quotes. Controls that XML cannot hold are left out. */
void xml_escape(const char *s, struct buf *out);

#endif
