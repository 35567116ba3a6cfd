/*
 * list_files - a list by its file's name; and GeoJSON, as JavaRosa has it
 *
 * A row is a feature: its id, its properties, and its geometry as "latitude longitude 0
 * 0", the points of a line or of a polygon's outside with semicolons between. The text
 * is read twice: for the columns, then for the rows.
 */
#include "list.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct features {
	struct json_reader json;
	struct arena *arena;
	const char *columns[CSV_COLUMNS_MAX], *cells[CSV_COLUMNS_MAX];
	size_t count;
	struct list *list; /* NULL: only the columns are looked for */
	bool too_many;
};

static void
set_cell(struct features *f, const char *column, const char *text)
{
	size_t i = 0;

	while (i < f->count && strcmp(f->columns[i], column) != 0)
		i++;
	if (i == CSV_COLUMNS_MAX) {
		f->too_many = true;
		return;
	}
	if (i == f->count)
		f->columns[f->count++] = arena_strdup(f->arena, column);
	f->cells[i] = f->list ? arena_strdup(f->arena, text) : "";
}

/* A member's value: of an object or an array nothing is kept. */
static bool
read_value(struct features *f, const char *column)
{
	enum json_token token = json_next(&f->json);
	bool scalar = token == JSON_STRING || token == JSON_NUMBER;

	if (token == JSON_ERROR)
		return false;
	set_cell(f, column,
	    scalar                ? f->json.text
	    : token == JSON_TRUE  ? "true"
	    : token == JSON_FALSE ? "false"
				  : "");
	return (token != JSON_OBJECT && token != JSON_ARRAY) ||
	       json_skip(&f->json, NULL, NULL);
}

static bool
read_properties(struct features *f)
{
	enum json_token token = json_next(&f->json);

	if (token == JSON_NULL)
		return true;
	if (token != JSON_OBJECT)
		return false;
	while ((token = json_next(&f->json)) == JSON_NAME) {
		char *column = mem_strdup(f->json.text);
		bool good = read_value(f, column);

		free(column);
		if (!good)
			return false;
	}
	return token == JSON_OBJECT_END;
}

/* Longitude comes first there, latitude here. */
static void
add_point(struct buf *out, const char *longitude, const char *latitude)
{
	buf_fmt(out, "%s%s %s 0 0", out->len ? "; " : "", latitude, longitude);
}

/* Positions however deep they stand; those after the first ring are holes. */
static bool
read_coordinates(struct features *f, struct buf *out)
{
	char number[2][32] = { "", "" };
	int depth = 0, numbers = 0, rings = 0;

	do {
		enum json_token token = json_next(&f->json);

		if (token == JSON_ARRAY) {
			depth++;
			numbers = 0;
		} else if (token == JSON_ARRAY_END) {
			if (numbers >= 2 && !rings)
				add_point(out, number[0], number[1]);
			rings += !numbers && depth > 1;
			numbers = 0;
			depth--;
		} else if (token == JSON_NUMBER) {
			if (numbers < 2)
				snprintf(number[numbers], sizeof(number[0]), "%s",
				    f->json.text);
			numbers++;
		} else {
			return token == JSON_NULL && !depth;
		}
	} while (depth > 0);
	return true;
}

static bool
read_geometry(struct features *f)
{
	enum json_token token = json_next(&f->json);
	struct buf out = { 0 };
	bool good = true;

	if (token == JSON_NULL)
		return true;
	if (token != JSON_OBJECT)
		return false;
	while (good && (token = json_next(&f->json)) == JSON_NAME)
		good = !strcmp(f->json.text, "coordinates")
			   ? read_coordinates(f, &out)
			   : json_skip(&f->json, NULL, NULL);
	set_cell(f, "geometry", buf_text(&out));
	buf_clear(&out);
	return good && token == JSON_OBJECT_END;
}

static bool
read_feature(struct features *f)
{
	enum json_token token;

	for (size_t i = 0; i < f->count; i++)
		f->cells[i] = "";
	while ((token = json_next(&f->json)) == JSON_NAME) {
		bool good = !strcmp(f->json.text, "properties") ? read_properties(f)
			    : !strcmp(f->json.text, "geometry") ? read_geometry(f)
			    : !strcmp(f->json.text, "id")
				? read_value(f, "id")
				: json_skip(&f->json, NULL, NULL);

		if (!good)
			return false;
	}
	if (f->list && token == JSON_OBJECT_END)
		list_add(f->list, f->cells);
	return token == JSON_OBJECT_END;
}

static bool
read_features(struct features *f)
{
	enum json_token token = json_next(&f->json);

	if (token != JSON_ARRAY)
		return false;
	while ((token = json_next(&f->json)) == JSON_OBJECT)
		if (!read_feature(f))
			return false;
	return token == JSON_ARRAY_END;
}

static bool
read_collection(struct features *f, const char *text, size_t len)
{
	bool found = false, good;

	json_reader_init(&f->json, text, len);
	good = json_next(&f->json) == JSON_OBJECT;
	while (good && json_next(&f->json) == JSON_NAME) {
		bool features = !strcmp(f->json.text, "features");

		good = features ? read_features(f) : json_skip(&f->json, NULL, NULL);
		found = found || features;
	}
	json_reader_clear(&f->json);
	return good && found && !f->too_many;
}

/* A feature a row, with its id, properties and geometry. */
static struct list *
list_from_geojson(const char *id, const char *text, size_t len, struct err *err)
{
	struct features f = { .arena = arena_new() };
	struct list *list = NULL;

	if (len > LIST_BYTES_MAX) {
		err_set(err, ERR_INPUT, _("The list is larger than %u MB: split it."),
		    LIST_BYTES_MAX >> 20);
	} else if (!read_collection(&f, text, len)) {
		err_set(err, ERR_INPUT,
		    _("This is no GeoJSON: it needs a FeatureCollection with features, "
		      "each with properties."));
	} else {
		list = f.list = list_new(id, f.columns, f.count);
		read_collection(&f, text, len);
	}
	arena_free(f.arena);
	return list;
}

struct list *
list_read(const char *filename, const char *text, size_t len, struct err *err)
{
	static const struct {
		const char *end;
		struct list *(*read)(
		    const char *id, const char *text, size_t len, struct err *err);
	} kinds[] = { { ".xml", list_from_xml }, { ".geojson", list_from_geojson } };
	const char *dot = strrchr(filename, '.');
	char *id =
	    mem_strndup(filename, dot ? (size_t)(dot - filename) : strlen(filename));
	struct list *list = NULL;
	size_t i = 0;

	while (i < 2 && (!dot || strcasecmp(dot, kinds[i].end) != 0))
		i++;
	list = i < 2 ? kinds[i].read(id, text, len, err)
		     : list_from_csv(id, text, len, err);
	free(id);
	return list;
}
