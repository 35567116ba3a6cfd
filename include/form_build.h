/*
 * form_build - what the form readers share: they make definitions in document order,
 * hang texts and expressions on them, and finish
 */
#ifndef FORM_BUILD_H
#define FORM_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "form.h"

struct err;
struct list;

#define FORM_DEPTH_MAX 64

/* An empty form whose root is a group of that name. */
struct form *form_new(const char *root_name);

/* The last child of parent. Everything is in the form's arena; name is copied. */
struct def *form_add(struct form *form, struct def *parent, enum def_kind kind,
    const char *name);

/* The reference is given. */
void form_add_list(struct form *form, struct list *list);

/* Numbers the definitions and sorts them for form_find(). After this, no form_add(). */
void form_index(struct form *form);

/* The first definition of that name in document order; count gets how many there are.
 * NULL when there is none. After form_index(). */
struct def *form_named(const struct form *form, const char *name, size_t *count);

/* Steps from the root; the root's is 0. */
int def_depth(const struct def *def);

#endif
