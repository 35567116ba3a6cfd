/*
 * shipped - the forms and lists that come with the program, taken into a notebook
 */
#include "place.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "list.h"
#include "mem.h"
#include "notebook.h"
#include "place_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ORDER_BYTES_MAX 65536

/* The shipped files as they stood when they were last taken in. */
#define SETTING_FORMS_STAMP "forms.stamp"

struct csv_files {
	char **names;
	size_t count, cap;
};

static void
csv_files_clear(struct csv_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	*f = (struct csv_files){ 0 };
}

/* The CSV files of a folder, sorted; their sizes and times go to the stamp. */
static bool
csv_files_read(struct csv_files *f, const char *folder, struct buf *stamp,
    struct err *err)
{
	DIR *dir = opendir(folder);

	if (!dir)
		return err_set(err, ERR_SYSTEM, _("The folder %s cannot be read: %s. Check the name, and "
		    "that you may read it."),
		    folder, strerror(errno));
	for (struct dirent *e; (e = readdir(dir));) {
		size_t len = strlen(e->d_name);

		if (len <= 4 || strcmp(e->d_name + len - 4, ".csv") != 0 ||
		    e->d_name[0] == '.')
			continue;
		f->names = mem_grow(f->names, &f->cap, f->count + 1, sizeof(*f->names));
		f->names[f->count++] = mem_strdup(e->d_name);
	}
	closedir(dir);
	if (f->count)
		qsort(f->names, f->count, sizeof(*f->names), place_by_name);
	for (size_t i = 0; i < f->count; i++) {
		struct buf path = { 0 };
		struct stat st = { 0 };

		buf_fmt(&path, "%s/%s", folder, f->names[i]);
		if (stat(buf_text(&path), &st) == 0)
			buf_fmt(stamp, "%s %lld %lld.%09ld\n", f->names[i],
			    (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			    st.st_mtim.tv_nsec);
		buf_clear(&path);
	}
	return true;
}

void
place_warn(struct buf *warning, const char *what, const struct err *err)
{
	if (!warning)
		return;
	if (warning->len)
		buf_char(warning, '\n');
	buf_fmt(warning, "%s: %s", what, err->text);
}

static void
take_list(struct notebook *nb, const char *folder, const char *name, struct buf *warning)
{
	struct buf path = { 0 }, text = { 0 };
	struct err err = { 0 };

	buf_fmt(&path, "%s/lists/%s", folder, name);
	if (!place_read(buf_text(&path), LIST_BYTES_MAX, &text, &err) ||
	    !notebook_list_add(nb, name, buf_text(&text), text.len, &err))
		place_warn(warning, name, &err);
	buf_clear(&path);
	buf_clear(&text);
}

static struct list *
list_of_notebook(void *data, const char *filename, struct err *err)
{
	return notebook_list(data, filename, err);
}

bool
place_add_form(struct notebook *nb, const char *text, size_t len, struct err *err)
{
	struct form_files files = { list_of_notebook, nb };
	struct form *form = form_read(text, len, &files, NULL, NULL, err);
	bool added = form && notebook_form_add(nb, form, text, len, err);

	form_free(form);
	return added;
}

struct current {
	const char *id;
	char version[64];
	bool found;
};

static bool
find_current(const struct notebook_form *row, void *data)
{
	struct current *c = data;

	c->found = !strcmp(row->id, c->id);
	if (c->found)
		snprintf(c->version, sizeof(c->version), "%s", row->version);
	return !c->found;
}

/* The newest form that is added is the current one. A shipped one that is older than
 * what a designer or the collector has given must not take its place; numbers in
 * versions count as numbers. */
static bool
is_older(struct notebook *nb, const struct form *form, struct err *err)
{
	struct current c = { .id = form->id };

	return notebook_forms(nb, "en", find_current, &c, err) && c.found &&
	       strverscmp(form->version, c.version) < 0;
}

static void
take_form(struct notebook *nb, const char *folder, const char *name, struct buf *warning)
{
	struct buf path = { 0 }, text = { 0 };
	struct err err = { 0 };
	struct form_files files = { list_of_notebook, nb };
	struct form *form = NULL;

	buf_fmt(&path, "%s/%s", folder, name);
	if (!place_read(buf_text(&path), FORM_BYTES_MAX, &text, &err) ||
	    !(form = form_read(buf_text(&text), text.len, &files, NULL, NULL,
		  &err)) ||
	    (!is_older(nb, form, &err) &&
		!notebook_form_add(nb, form, buf_text(&text), text.len, &err)))
		place_warn(warning, name, &err);
	form_free(form);
	buf_clear(&path);
	buf_clear(&text);
}

/* The forms that order.txt names, a file a line, come first and in its order: so they
 * stand on the home page, and a form's digit stays the same. The file may be missing. */
static void
put_in_order(struct csv_files *f, const char *folder)
{
	struct buf path = { 0 }, text = { 0 };
	size_t placed = 0;

	buf_fmt(&path, "%s/order.txt", folder);
	if (!place_read(buf_text(&path), ORDER_BYTES_MAX, &text, NULL))
		buf_reset(&text);
	for (char *line = text.data ? strtok(text.data, "\r\n") : NULL; line;
	     line = strtok(NULL, "\r\n"))
		for (size_t i = placed; i < f->count; i++) {
			char *name = f->names[i];

			if (strcmp(name, line) != 0)
				continue;
			memmove(&f->names[placed + 1], &f->names[placed],
			    (i - placed) * sizeof(*f->names));
			f->names[placed++] = name;
			break;
		}
	buf_clear(&path);
	buf_clear(&text);
}

bool
place_take_shipped(struct notebook *nb, struct buf *warning, struct err *err)
{
	struct buf folder = { 0 }, lists = { 0 }, stamp = { 0 }, before = { 0 };
	struct csv_files forms_found = { 0 }, lists_found = { 0 };
	bool good = false;

	if (!place_forms(&folder, err))
		goto out;
	buf_fmt(&lists, "%s/lists", buf_text(&folder));
	buf_fmt(&stamp, "%s\n", buf_text(&folder));
	if (!csv_files_read(&forms_found, buf_text(&folder), &stamp, err) ||
	    !csv_files_read(&lists_found, buf_text(&lists), &stamp, err) ||
	    !notebook_get(nb, SETTING_FORMS_STAMP, &before, err))
		goto out;
	good = true;
	if (strcmp(buf_text(&stamp), buf_text(&before)) == 0)
		goto out;
	good = notebook_begin(nb, err);
	if (!good)
		goto out;
	put_in_order(&forms_found, buf_text(&folder));
	for (size_t i = 0; i < lists_found.count; i++)
		take_list(nb, buf_text(&folder), lists_found.names[i], warning);
	for (size_t i = 0; i < forms_found.count; i++)
		take_form(nb, buf_text(&folder), forms_found.names[i], warning);
	good = notebook_set(nb, SETTING_FORMS_STAMP, buf_text(&stamp), err);
	good = notebook_end(nb, good, good ? err : NULL) && good;
out:
	csv_files_clear(&forms_found);
	csv_files_clear(&lists_found);
	buf_clear(&folder);
	buf_clear(&lists);
	buf_clear(&stamp);
	buf_clear(&before);
	return good;
}
