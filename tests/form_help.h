/*
 * form_help - what the tests of forms share: shipped forms, files, paths
 */
#ifndef FORM_HELP_H
#define FORM_HELP_H

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "list.h"
#include "logic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline char *
help_read(const char *path, size_t *len)
{
	struct buf b = { 0 };
	char block[8192];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	*len = b.len;
	return buf_take(&b);
}

static inline struct list *
help_list(void *data, const char *filename, struct err *err)
{
	struct buf path = { 0 };
	struct list *list = NULL;
	size_t len;
	char *text, id[64];

	(void)data;
	buf_fmt(&path, "forms/lists/%s", filename);
	snprintf(id, sizeof(id), "%.*s", (int)strcspn(filename, "."), filename);
	text = help_read(buf_text(&path), &len);
	if (text)
		list = list_from_csv(id, text, len, err);
	else
		err_set(err, ERR_SYSTEM, "no %s", buf_text(&path));
	free(text);
	buf_clear(&path);
	return list;
}

static inline struct form *
help_form_text(const char *text, size_t len)
{
	struct form_files files = { .list = help_list };
	struct err err = { 0 };
	struct form *form = form_from_xlsform_csv(text, len, &files, NULL, NULL, &err);

	if (!form)
		fprintf(stderr, "  form: %s\n", err.text);
	return form;
}

/* One of the shipped forms. The tests run in the top folder. */
static inline struct form *
help_form(const char *id)
{
	struct buf path = { 0 };
	struct form *form = NULL;
	size_t len;
	char *text;

	buf_fmt(&path, "forms/%s.csv", id);
	text = help_read(buf_text(&path), &len);
	if (text)
		form = help_form_text(text, len);
	else
		fprintf(stderr, "  no %s\n", buf_text(&path));
	free(text);
	buf_clear(&path);
	return form;
}

/*
 * A form written row by row: "integer a | relevant=${b} > 1 | default=3". A row of
 * choices is "choice LIST NAME | label=…", a setting "set instance_name | value=…".
 */
static inline const char *
help_column(const char *row, const char *column, char out[1024])
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "| %s=", column);
	at = strstr(row, key);
	if (!at)
		return "";
	at += strlen(key);
	snprintf(out, 1024, "%.*s",
		 strstr(at, " | ") ? (int)(strstr(at, " | ") - at) : (int)strlen(at),
		 at);
	return out;
}

static inline void
help_row(struct buf *csv, const char *row, const char *const *columns, int words)
{
	const char *at = row, *end = strstr(row, " |");
	size_t len = end ? (size_t)(end - row) : strlen(row), word;
	char cell[1024];

	for (int i = 0; i < words; i++) {
		/* a type may be two words; the name is the last */
		word = strcspn(at, " ");
		if (i == 0 && words == 2)
			for (const char *p = row; p < row + len; p++)
				if (*p == ' ')
					word = (size_t)(p - row);
		if (at + word > row + len)
			word = (size_t)(row + len - at);
		buf_fmt(csv, ",%.*s", (int)word, at);
		at += word + (at[word] == ' ' && at + word < row + len);
	}
	for (; *columns; columns++) {
		buf_str(csv, ",\"");
		for (const char *p = help_column(row, *columns, cell); *p; p++)
			buf_fmt(csv, *p == '"' ? "\"\"" : "%c", *p);
		buf_char(csv, '"');
	}
	buf_char(csv, '\n');
}

static inline struct form *
help_form_rows_err(const char *const rows[], struct err *err)
{
	static const char *const survey[] = { "label",
					      "required",
					      "required_message",
					      "relevant",
					      "constraint",
					      "constraint_message",
					      "calculation",
					      "choice_filter",
					      "default",
					      "read_only",
					      "repeat_count",
					      "trigger",
					      "appearance",
					      NULL };
	static const char *const choices[] = { "label", "f", NULL };
	struct form_files files = { .list = help_list };
	struct buf csv = { 0 }, names = { 0 }, values = { 0 };
	struct form *form;
	char cell[1024];

	buf_str(&csv, "survey\n,type,name");
	for (size_t i = 0; survey[i]; i++)
		buf_fmt(&csv, ",%s", survey[i]);
	buf_str(&csv, ",hint\n");
	for (size_t i = 0; rows[i]; i++)
		if (strncmp(rows[i], "choice ", 7) != 0 &&
		    strncmp(rows[i], "set ", 4) != 0) {
			help_row(&csv, rows[i], survey, strchr(rows[i], ' ') ? 2 : 1);
			buf_truncate(&csv, csv.len - 1);
			buf_str(&csv, ",?\n"); /* every question says something */
		}
	buf_str(&csv, "choices\n,list_name,name,label,f\n");
	for (size_t i = 0; rows[i]; i++)
		if (!strncmp(rows[i], "choice ", 7))
			help_row(&csv, rows[i] + 7, choices, 2);
	buf_str(&names, "settings\n,form_id,allow_choice_duplicates");
	buf_str(&values, ",rec,yes");
	for (size_t i = 0; rows[i]; i++)
		if (!strncmp(rows[i], "set ", 4)) {
			buf_fmt(&names, ",%.*s", (int)strcspn(rows[i] + 4, " "),
				rows[i] + 4);
			buf_fmt(&values, ",\"%s\"",
				help_column(rows[i], "value", cell));
		}
	buf_fmt(&csv, "%s\n%s\n", buf_text(&names), buf_text(&values));
	form = form_from_xlsform_csv(csv.data, csv.len, &files, NULL, NULL, err);
	buf_clear(&csv);
	buf_clear(&names);
	buf_clear(&values);
	return form;
}

static inline struct form *
help_form_rows(const char *const rows[])
{
	struct err err = { 0 };
	struct form *form = help_form_rows_err(rows, &err);

	if (!form)
		fprintf(stderr, "  form: %s\n", err.text);
	return form;
}

/* The node at "rep[2]/x"; instances that are missing are added at the end. */
static inline struct node *
help_node(struct logic *l, struct instance *in, const char *path)
{
	struct node *node = instance_find(in, path), *parent;
	const char *bracket = strchr(path, '[');
	const struct def *def;
	char name[256];

	if (node || !bracket)
		return node;
	snprintf(name, sizeof(name), "%.*s", (int)(bracket - path), path);
	def = form_find(instance_form(in),
			strrchr(name, '/') ? strrchr(name, '/') + 1 : name);
	if (!def || def->kind != DEF_REPEAT)
		return NULL;
	parent = instance_near(instance_root(in), def->parent);
	if (!logic_repeat_add(l, parent, def, instance_repeat_count(parent, def), NULL))
		return NULL;
	return instance_find(in, path);
}

#endif
