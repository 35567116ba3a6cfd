/*
 * form_commands - forms, form check, form show and form add
 */
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "json.h"
#include "list.h"
#include "mem.h"
#include "notebook.h"
#include "place.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- forms --- */

struct forms_output {
	bool json;
};

static bool
print_form(const struct notebook_form *form, void *data)
{
	const struct forms_output *out = data;

	if (out->json) {
		struct buf line = { 0 };
		struct json_writer w;

		json_writer_init(&w, &line);
		json_object(&w);
		json_member(&w, "id", form->id);
		json_member(&w, "version", form->version);
		json_member(&w, "title", form->title);
		json_object_end(&w);
		puts(buf_text(&line));
		buf_clear(&line);
	} else {
		struct buf title = { 0 };

		text_cut(form->title, TEXT_ROW, &title);
		printf("%-12s %-12s %s\n", form->id, form->version, buf_text(&title));
		buf_clear(&title);
	}
	return true;
}

int
command_forms(const struct command_context *context, const struct words *words)
{
	struct forms_output out = { words_get(words, "--json") != NULL };
	struct err err = { 0 };
	int status;
	struct notebook *nb = command_notebook(context, &status);
	bool good;

	if (!nb)
		return status;
	good = notebook_forms(nb, i18n_language(), print_form, &out, &err);
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}

/* --- form check --- */

struct check_output {
	const char *file;
	FILE *to; /* NULL: standard output */
	bool json;
	int errors, warnings;
};

static void
print_problem(const struct form_problem *p, void *data)
{
	struct check_output *out = data;
	FILE *to = out->to ? out->to : stdout;

	if (p->warning)
		out->warnings++;
	else
		out->errors++;
	if (out->json) {
		struct buf line = { 0 };
		struct json_writer w;

		json_writer_init(&w, &line);
		json_object(&w);
		json_member(&w, "file", out->file);
		json_member(&w, "sheet", p->sheet);
		json_member_integer(&w, "row", p->row);
		json_member(&w, "column", p->column);
		json_member(&w, "level", p->warning ? "warning" : "error");
		json_member(&w, "message", p->text);
		json_object_end(&w);
		puts(buf_text(&line));
		buf_clear(&line);
		return;
	}
	fprintf(to, "%s: ", out->file);
	if (p->sheet && p->row && p->column)
		fprintf(to, _("sheet %s, row %d, column %s: "), p->sheet, p->row,
		    p->column);
	else if (p->sheet && p->row)
		fprintf(to, _("sheet %s, row %d: "), p->sheet, p->row);
	else if (p->sheet)
		fprintf(to, _("sheet %s: "), p->sheet);
	else if (p->line)
		fprintf(to, _("line %d: "), p->line);
	fprintf(to, "%s%s\n", p->warning ? _("warning: ") : "", p->text);
}

/* The folder that a file stands in. Given. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup(".");
}

/* Reads a form file; its problems are printed. NULL when it cannot be used. */
static struct form *
read_form(const char *path, struct check_output *out, struct buf *source)
{
	char *folder = folder_of(path);
	struct form_files files = { place_list, folder };
	struct err err = { 0 };
	struct form *form = NULL;

	out->file = path;
	if (place_read(path, FORM_BYTES_MAX, source, &err)) {
		form = form_read(
		    buf_text(source), source->len, &files, print_problem, out, &err);
	} else {
		struct form_problem problem = { .text = err.text };

		print_problem(&problem, out);
	}
	free(folder);
	return form;
}

int
command_form_check(const struct command_context *context, const struct words *words)
{
	struct check_output out = { .json = words_get(words, "--json") != NULL };
	bool good = true;

	(void)context;
	for (int i = 0; i < words->rest_count; i++) {
		struct buf source = { 0 };
		struct form *form = read_form(words->rest[i], &out, &source);

		if (form && !out.json)
			printf(
			    _("%s: form \"%s\", version %s: %zu questions and groups, "
			      "good\n"),
			    words->rest[i], form->id, form->version,
			    form->def_count - 1);
		good = good && form;
		form_free(form);
		buf_clear(&source);
	}
	return good ? EXIT_OK : EXIT_WRONG;
}

/* --- form show --- */

int
command_form_show(const struct command_context *context, const struct words *words)
{
	struct check_output out = { 0 };
	struct buf source = { 0 }, shown = { 0 };
	struct form *form;

	(void)context;
	out.to = stderr;
	form = read_form(words->rest[0], &out, &source);
	if (form)
		form_show(form, &shown);
	fputs(buf_text(&shown), stdout);
	buf_clear(&shown);
	buf_clear(&source);
	form_free(form);
	return form ? EXIT_OK : EXIT_WRONG;
}

/* --- form add --- */

/* A list that stands in a file beside the form goes into the notebook. */
static bool
add_list(struct notebook *nb, const char *path, const char *filename, struct err *err)
{
	struct buf text = { 0 };
	bool good = place_read(path, LIST_BYTES_MAX, &text, err) &&
		    notebook_list_add(nb, filename, buf_text(&text), text.len, err);

	buf_clear(&text);
	return good;
}

/* The file of that name, with one of the ends that a list has, when there is one. */
static bool
add_list_named(
    struct notebook *nb, const char *folder, const char *name, struct err *err)
{
	static const char *const folders[] = { "lists/", "" };
	static const char *const ends[] = { ".csv", ".xml", ".geojson" };
	struct buf file = { 0 }, filename = { 0 };
	bool good = true, found = false;

	for (size_t i = 0; i < 6 && !found; i++) {
		buf_reset(&filename);
		buf_reset(&file);
		buf_fmt(&filename, "%s%s", name, ends[i % 3]);
		buf_fmt(&file, "%s/%s%s", folder, folders[i / 3], buf_text(&filename));
		found = access(buf_text(&file), R_OK) == 0;
		if (found)
			good = add_list(nb, buf_text(&file), buf_text(&filename), err);
	}
	buf_clear(&file);
	buf_clear(&filename);
	return good;
}

/* Those of the form, and external choices, which are in one file for all of a form's. */
static bool
add_lists(
    struct notebook *nb, const struct form *form, const char *path, struct err *err)
{
	char *folder = folder_of(path);
	bool good = true;

	for (size_t i = 0; good && i < form->list_count; i++)
		good = add_list_named(nb, folder, list_id(form->lists[i]), err);
	if (good && form->foreign)
		good = add_list_named(nb, folder, "itemsets", err);
	free(folder);
	return good;
}

static bool
add_form(struct notebook *nb, const struct form *form, const char *path,
    const struct buf *source, struct err *err)
{
	bool good;

	if (!notebook_begin(nb, err))
		return false;
	good = add_lists(nb, form, path, err) &&
	       notebook_form_add(nb, form, buf_text(source), source->len, err);
	return notebook_end(nb, good, good ? err : NULL) && good;
}

int
command_form_add(const struct command_context *context, const struct words *words)
{
	struct check_output out = { 0 };
	struct err err = { 0 };
	int status;
	struct notebook *nb = command_notebook(context, &status);
	bool good = true;

	if (!nb)
		return status;
	for (int i = 0; i < words->rest_count && good; i++) {
		struct buf source = { 0 };
		struct form *form = read_form(words->rest[i], &out, &source);

		if (!form)
			status = EXIT_WRONG;
		else
			good = add_form(nb, form, words->rest[i], &source, &err);
		if (form && good)
			printf(_("%s: form \"%s\", version %s is in the notebook\n"),
			    words->rest[i], form->id, form->version);
		form_free(form);
		buf_clear(&source);
	}
	notebook_close(nb);
	return good ? status : command_failed(&err);
}
