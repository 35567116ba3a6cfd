/*
 * xlsform_params - the parameters column: "start=1 end=10", each kind with its own
 */
#include "xlsform.h"

#include "arena.h"
#include "i18n.h"
#include "value.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define PARAMETERS_MAX 16

enum check {
	CHECK_ANY,
	CHECK_BOOLEAN,
	CHECK_NUMBER,
	CHECK_WHOLE,   /* a whole number, not negative */
	CHECK_QUALITY, /* of audio */
	CHECK_QUALITY_EXTERNAL,
	CHECK_PRIORITY, /* of the audit's location */
	CHECK_ON_EDIT,
	CHECK_SEED, /* a number or one ${name} */
	CHECK_COLUMN,
	CHECK_PACKAGE, /* an Android program */
	CHECK_PLACES,  /* a list or a ${repeat} that has places in it */
};

/* clang-format off */
/* What a kind may be told. Kinds that have no row take anything. */
static const struct {
	enum question_kind kind;
	const char *name;
	enum check check;
	bool from_file; /* only for selects from a file */
} allowed[] = {
	{ QUESTION_TEXT, "rows", CHECK_WHOLE, false },
	{ QUESTION_RANGE, "start", CHECK_NUMBER, false },
	{ QUESTION_RANGE, "end", CHECK_NUMBER, false },
	{ QUESTION_RANGE, "step", CHECK_NUMBER, false },
	{ QUESTION_RANGE, "tick_interval", CHECK_NUMBER, false },
	{ QUESTION_RANGE, "placeholder", CHECK_NUMBER, false },
	{ QUESTION_RANGE, "tick_labelset", CHECK_ANY, false },
	{ QUESTION_SELECT_ONE, "randomize", CHECK_BOOLEAN, false },
	{ QUESTION_SELECT_ONE, "seed", CHECK_SEED, false },
	{ QUESTION_SELECT_ONE, "value", CHECK_COLUMN, true },
	{ QUESTION_SELECT_ONE, "label", CHECK_COLUMN, true },
	{ QUESTION_SELECT_MULTIPLE, "randomize", CHECK_BOOLEAN, false },
	{ QUESTION_SELECT_MULTIPLE, "seed", CHECK_SEED, false },
	{ QUESTION_SELECT_MULTIPLE, "value", CHECK_COLUMN, true },
	{ QUESTION_SELECT_MULTIPLE, "label", CHECK_COLUMN, true },
	{ QUESTION_RANK, "randomize", CHECK_BOOLEAN, false },
	{ QUESTION_RANK, "seed", CHECK_SEED, false },
	{ QUESTION_IMAGE, "max-pixels", CHECK_WHOLE, false },
	{ QUESTION_IMAGE, "app", CHECK_PACKAGE, false },
	{ QUESTION_AUDIO, "quality", CHECK_QUALITY_EXTERNAL, false },
	{ QUESTION_BACKGROUND_AUDIO, "quality", CHECK_QUALITY, false },
	{ QUESTION_GEOPOINT, "allow-mock-accuracy", CHECK_BOOLEAN, false },
	{ QUESTION_GEOPOINT, "capture-accuracy", CHECK_NUMBER, false },
	{ QUESTION_GEOPOINT, "warning-accuracy", CHECK_NUMBER, false },
	{ QUESTION_GEOPOINT, "incremental", CHECK_BOOLEAN, false },
	{ QUESTION_GEOPOINT, "reference-geometry", CHECK_PLACES, false },
	{ QUESTION_GEOTRACE, "allow-mock-accuracy", CHECK_BOOLEAN, false },
	{ QUESTION_GEOTRACE, "incremental", CHECK_BOOLEAN, false },
	{ QUESTION_GEOTRACE, "reference-geometry", CHECK_PLACES, false },
	{ QUESTION_GEOSHAPE, "allow-mock-accuracy", CHECK_BOOLEAN, false },
	{ QUESTION_GEOSHAPE, "incremental", CHECK_BOOLEAN, false },
	{ QUESTION_GEOSHAPE, "reference-geometry", CHECK_PLACES, false },
	{ QUESTION_AUDIT, "location-priority", CHECK_PRIORITY, false },
	{ QUESTION_AUDIT, "location-min-interval", CHECK_WHOLE, false },
	{ QUESTION_AUDIT, "location-max-age", CHECK_WHOLE, false },
	{ QUESTION_AUDIT, "track-changes", CHECK_BOOLEAN, false },
	{ QUESTION_AUDIT, "identify-user", CHECK_BOOLEAN, false },
	{ QUESTION_AUDIT, "track-changes-reasons", CHECK_ON_EDIT, false },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(value, *words))
			return true;
	return false;
}

/* Two words or more with dots between, each beginning with a letter. */
static bool
is_package(const char *value)
{
	bool start = true, dotted = false;

	for (const char *p = value; *p; p++) {
		if (*p == '.' && !start)
			dotted = start = true;
		else if (isalpha((unsigned char)*p) ||
			 (!start && (isdigit((unsigned char)*p) || *p == '_')))
			start = false;
		else
			return false;
	}
	return dotted && !start;
}

/* What the value should have been, or NULL when it is good. */
static const char *
should_be(enum check check, const char *value)
{
	static const char *const quality[] = { "voice-only", "low", "normal",
		"external", NULL };
	static const char *const some_quality[] = { "voice-only", "low", "normal",
		NULL };
	static const char *const priority[] = { "no-power", "low-power", "balanced",
		"high-accuracy", NULL };

	switch (check) {
	case CHECK_ANY:
	case CHECK_PLACES:
		return NULL;
	case CHECK_BOOLEAN:
		return xls_yes(value) || xls_no(value) ? NULL : _("true or false");
	case CHECK_NUMBER:
		return isnan(value_parse_number(value)) ? _("a number") : NULL;
	case CHECK_WHOLE:
		return *value && strspn(value, "0123456789") == strlen(value)
			   ? NULL
			   : _("a whole number");
	case CHECK_QUALITY:
		return is_one_of(value, some_quality) ? NULL
						      : "voice-only, low, normal";
	case CHECK_QUALITY_EXTERNAL:
		return is_one_of(value, quality) ? NULL
						 : "voice-only, low, normal, external";
	case CHECK_PRIORITY:
		return is_one_of(value, priority)
			   ? NULL
			   : "no-power, low-power, balanced, high-accuracy";
	case CHECK_ON_EDIT:
		return strcmp(value, "on-form-edit") ? "on-form-edit" : NULL;
	case CHECK_SEED:
		return strncmp(value, "${", 2) && isnan(value_parse_number(value))
			   ? _("a number or one ${question}")
			   : NULL;
	case CHECK_COLUMN:
		return xls_is_name(value) ? NULL : _("a column's name");
	case CHECK_PACKAGE:
		return is_package(value)
			   ? NULL
			   : _("a program's name such as org.example.app");
	}
	return NULL;
}

static bool
is_file_of(const struct xls_type *type, const char *row_name, const char *id)
{
	size_t n = strlen(id);

	if (type->what != TYPE_QUESTION)
		return false;
	if (type->question->kind == QUESTION_CSV_EXTERNAL ||
	    type->question->kind == QUESTION_XML_EXTERNAL)
		return !strcmp(row_name, id);
	return type->from_file && !strncmp(type->list, id, n) && type->list[n] == '.';
}

/* A list that the form has as an instance, by its id; or the name of a repeat. */
static bool
has_places(struct xls *x, const char *value)
{
	const struct def *def;
	size_t at = 0;

	if (!strncmp(value, "${", 2)) {
		def = xls_refs_are_good(x, value) ? xls_next_ref(x, value, &at) : NULL;
		return def && def->kind == DEF_REPEAT && !value[at];
	}
	if (xls_choices_list(x, value) || xls_is_entity_list(x, value))
		return true;
	for (size_t i = 0; i < x->survey.row_count; i++)
		if (is_file_of(&x->types[i],
			xls_cell(&x->survey, &x->survey.rows[i], COL_NAME), value))
			return true;
	return false;
}

static void
check_pair(struct xls *x, struct xls_place place, const struct xls_type *type,
    const char *name, const char *value)
{
	const char *appearance = xls_cell(&x->survey, place.row, COL_APPEARANCE);
	enum question_kind kind = type->question->kind;
	bool any_row = false;

	for (size_t i = 0; i < COUNT(allowed); i++) {
		const char *wanted;

		if (allowed[i].kind != kind)
			continue;
		any_row = true;
		if (strcmp(allowed[i].name, name) ||
		    (allowed[i].from_file && !type->from_file))
			continue;
		wanted = should_be(allowed[i].check, value);
		if (allowed[i].check == CHECK_PLACES && !has_places(x, value))
			wanted = _("the name of a list, or a repeat as ${name}");
		if (wanted && allowed[i].check == CHECK_PACKAGE && appearance[0] &&
		    strcmp(appearance, "annotate"))
			wanted = NULL; /* then no program is called */
		if (wanted)
			xls_error(x, place,
			    _("The parameter %s must be %s, not \"%s\"."), name, wanted,
			    value);
		return;
	}
	if (any_row)
		xls_error(x, place, _("A question of type %s has no parameter \"%s\"."),
		    type->question->name, name);
}

/* Pairs that mean something, in pyxform's words: "yes" is "true", and a kind without
 * parameters has none. */
static bool
keep_pair(struct xls *x, struct xls_place place, const struct xls_type *type,
    const char *name, const char **value)
{
	const char *appearance = xls_cell(&x->survey, place.row, COL_APPEARANCE);
	const enum question_kind kind = type->question->kind;

	for (size_t i = 0; i < COUNT(allowed); i++) {
		if (allowed[i].kind != kind || strcmp(allowed[i].name, name) != 0)
			continue;
		if (allowed[i].check == CHECK_BOOLEAN)
			*value = xls_yes(*value) ? "true" : "false";
		return allowed[i].check != CHECK_PACKAGE || !appearance[0] ||
		       !strcmp(appearance, "annotate");
	}
	return false;
}

static void
check_together(struct xls *x, struct xls_place place, const char *const *pairs)
{
	const char *priority = form_pair(pairs, "location-priority");
	const char *interval = form_pair(pairs, "location-min-interval");
	const char *age = form_pair(pairs, "location-max-age");

	if (form_pair(pairs, "seed") && !form_pair(pairs, "randomize"))
		xls_error(x, place, _("A seed needs randomize=true beside it."));
	if ((priority || interval || age) && !(priority && interval && age))
		xls_error(x, place,
		    _("Locations in an audit need location-priority, "
		      "location-min-interval and location-max-age together."));
	else if (age && value_parse_number(age) < value_parse_number(interval))
		xls_error(x, place,
		    _("location-max-age must not be less than "
		      "location-min-interval."));
}

/* What a range is where its parameters do not say. */
static size_t
add_missing(const char **pairs, size_t count)
{
	static const char *const usual[][2] = { { "start", "1" }, { "end", "10" },
		{ "step", "1" } };
	size_t added = 0;

	for (size_t i = 0; i < COUNT(usual); i++) {
		if (form_pair(pairs, usual[i][0]))
			continue;
		pairs[2 * (count + added)] = usual[i][0];
		pairs[2 * (count + added) + 1] = usual[i][1];
		added++;
		pairs[2 * (count + added)] = NULL;
	}
	return added;
}

const char *const *
xls_parameters(struct xls *x, const struct xls_row *row, const struct xls_type *type)
{
	const char *cell = xls_cell(&x->survey, row, COL_PARAMETERS);
	const char *separators = strchr(cell, ';')   ? ";"
				 : strchr(cell, ',') ? ","
						     : " \t\n";
	struct xls_place place = xls_place(&x->survey, row, COL_PARAMETERS);
	char *rest = arena_strdup(x->arena, cell), *part;
	const char **pairs;
	size_t count = 0;

	if (!*cell && type->question->kind != QUESTION_RANGE)
		return NULL;
	pairs = arena_alloc(x->arena, (2 * (PARAMETERS_MAX + 3) + 1) * sizeof(pairs[0]));
	while ((part = strsep(&rest, separators))) {
		char *name = part, *value = strchr(part, '=');

		while (isspace((unsigned char)*name))
			name++;
		if (!*name)
			continue;
		if (!value || count == PARAMETERS_MAX) {
			xls_error(x, place,
			    _("Write parameters as \"name=value name=value\"; "
			      "\"%s\" is none."),
			    name);
			return NULL;
		}
		*value++ = '\0';
		for (char *p = name; *p; p++)
			*p = isspace((unsigned char)*p)
				 ? '\0'
				 : (char)tolower((unsigned char)*p);
		while (isspace((unsigned char)*value))
			value++;
		for (size_t n = strlen(value);
		     n && isspace((unsigned char)value[n - 1]);)
			value[--n] = '\0';
		check_pair(x, place, type, name, value);
		pairs[2 * count] = name;
		pairs[2 * count + 1] = value;
		if (keep_pair(x, place, type, name, &pairs[2 * count + 1]))
			count++;
	}
	pairs[2 * count] = NULL;
	check_together(x, place, pairs);
	if (type->question->kind == QUESTION_RANGE) {
		xls_check_range(x, row, pairs);
		count += add_missing(pairs, count);
	}
	return count ? pairs : NULL;
}
