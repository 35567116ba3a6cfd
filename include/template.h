/*
 * template - answers kept under a name, with which new records of a form begin
 *
 * They are kept in the notebook. Days and times are left out: those are each record's
 * own. What a template gives counts as a default: a record into which nothing else is
 * typed is none.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>

struct err;
struct notebook;
struct session;

#define TEMPLATE_NAME_MAX 30 /* characters */

/* The record's answers under that name, in place of what was there. */
bool template_keep(struct session *s, const char *name, struct err *err);
bool template_forget(struct notebook *nb, const char *form, const char *name,
    struct err *err);

/* By form, then by name. The callback's texts are lent; false ends the list. */
bool template_list(struct notebook *nb,
    bool (*row)(const char *form, const char *name, void *data), void *data,
    struct err *err);

/* NULL and err when it is not there or its form is not. */
struct session *template_begin(struct notebook *nb, const char *form, const char *name,
    const char *language, struct err *err);

#endif
