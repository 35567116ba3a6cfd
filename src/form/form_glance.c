#include "form_glance.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "xlsx.h"
#include "xml.h"

#include <stdio.h>
#include <string.h>

struct glance {
	char *id, *version;
	/* Which columns of the settings sheet hold them; 0: no such column. */
	size_t id_column, version_column;
	bool in_settings, has_survey;
};

static void
take(char out[FORM_GLANCE_SIZE], const char *text)
{
	snprintf(out, FORM_GLANCE_SIZE, "%s", text ? text : "");
}

static void
find_columns(const struct csv_reader *r, struct glance *g)
{
	for (size_t i = 1; i < r->count; i++) {
		if (!strcmp(r->cells[i], "form_id") || !strcmp(r->cells[i], "id_string"))
			g->id_column = i;
		else if (!strcmp(r->cells[i], "version"))
			g->version_column = i;
	}
}

/* Sheets one after the other, each begun by its name in the first column. */
static void
read_row(const struct csv_reader *r, struct glance *g)
{
	const char *sheet = csv_cell(r, 0);

	if (*sheet) {
		g->in_settings = !strcmp(sheet, "settings");
		g->has_survey |= !strcmp(sheet, "survey");
	} else if (g->in_settings && !g->id_column) {
		find_columns(r, g);
	} else if (g->in_settings && !*g->id) {
		take(g->id, csv_cell(r, g->id_column));
		if (g->version_column)
			take(g->version, csv_cell(r, g->version_column));
	}
}

static bool
read_table(const char *text, size_t len, struct glance *g, struct err *err)
{
	struct csv_reader r;
	int got;

	csv_reader_init(&r, text, len);
	while ((got = csv_next(&r, err)) == 1)
		read_row(&r, g);
	csv_reader_clear(&r);
	if (!g->has_survey)
		*g->id = *g->version = '\0';
	return got == 0;
}

static bool
read_workbook(const char *bytes, size_t len, struct glance *g, struct err *err)
{
	struct buf table = { 0 };
	bool good = xlsx_to_csv(bytes, len, &table, err) &&
		    read_table(buf_text(&table), table.len, g, err);

	buf_clear(&table);
	return good;
}

/* The first element in the first instance is the record's root, and bears both. */
static bool
read_xform(const char *text, size_t len, struct glance *g, struct err *err)
{
	struct arena *arena = arena_new();
	const struct xml_node *top = xml_parse(text, len, NULL, arena, err), *n = top;
	const struct xml_node *root;

	while (n && (!n->name || strcmp(n->local, "instance") != 0))
		n = xml_next(top, n);
	root = n ? xml_child(n, NULL, NULL) : NULL;
	if (root) {
		const char *id = xml_attribute(root, "id");

		if (!id || !*id)
			id = xml_attribute(root, "xmlns");
		take(g->id, id && *id ? id : root->local);
		take(g->version, xml_attribute(root, "version"));
	}
	arena_free(arena);
	return top != NULL;
}

bool
form_glance(const char *text, size_t len, char id[FORM_GLANCE_SIZE],
    char version[FORM_GLANCE_SIZE], struct err *err)
{
	struct glance g = { .id = id, .version = version };
	size_t at = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

	*id = *version = '\0';
	if (xlsx_begins(text, len))
		return read_workbook(text, len, &g, err);
	while (at < len && text[at] && strchr(" \t\r\n", text[at]))
		at++;
	if (at < len && text[at] == '<')
		return read_xform(text + at, len - at, &g, err);
	return read_table(text, len, &g, err);
}
