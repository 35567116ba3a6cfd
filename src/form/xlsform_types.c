/*
 * xlsform_types - what stands in a cell of the type column
 */
#include "xlsform.h"

#include "arena.h"

#include <ctype.h>
#include <string.h>

/* clang-format off */
enum { FROM_FILE = 1, EXTERNAL = 2 };

/* Commands that a list's name follows. Blanks and underscores are alike. */
static const struct {
	const char *command;
	enum question_kind kind;
	int flags;
} selects[] = {
	{ "select_one",                       QUESTION_SELECT_ONE,      0 },
	{ "select1",                          QUESTION_SELECT_ONE,      0 },
	{ "select_one_from",                  QUESTION_SELECT_ONE,      0 },
	{ "add_select_one_prompt_using",      QUESTION_SELECT_ONE,      0 },
	{ "select_one_external",              QUESTION_SELECT_ONE,      EXTERNAL },
	{ "select_one_from_file",             QUESTION_SELECT_ONE,      FROM_FILE },
	{ "select_multiple",                  QUESTION_SELECT_MULTIPLE, 0 },
	{ "select_all_that_apply",            QUESTION_SELECT_MULTIPLE, 0 },
	{ "select_all_that_apply_from",       QUESTION_SELECT_MULTIPLE, 0 },
	{ "add_select_multiple_prompt_using", QUESTION_SELECT_MULTIPLE, 0 },
	{ "select_multiple_from_file",        QUESTION_SELECT_MULTIPLE, FROM_FILE },
	{ "rank",                             QUESTION_RANK,            0 },
};

static const struct { const char *name; int begin, end; } controls[] = {
	{ "group",        TYPE_BEGIN_GROUP,  TYPE_END_GROUP },
	{ "repeat",       TYPE_BEGIN_REPEAT, TYPE_END_REPEAT },
	{ "lgroup",       TYPE_BEGIN_REPEAT, TYPE_END_REPEAT },
	{ "looped_group", TYPE_BEGIN_REPEAT, TYPE_END_REPEAT },
	{ "loop",         TYPE_BEGIN_LOOP,   TYPE_END_LOOP },
};

/* Types that bring a rule of their own. */
static const struct { const char *name, *constraint; } rules[] = {
	{ "percentage",                        "0 <= . and . <= 100" },
	{ "number_of_days_in_last_month",      "0 <= . and . <= 31" },
	{ "number_of_days_in_last_six_months", "0 <= . and . <= 183" },
	{ "number_of_days_in_last_year",       "0 <= . and . <= 365" },
	{ "phone_number",                      "regex(., '^\\d*$')" },
};

static const struct { const char *name, *setting; } settings[] = {
	{ "set_form_title", "form_title" }, { "form_title", "form_title" },
	{ "set_form_id", "form_id" }, { "form_id", "form_id" },
};

static const struct { const char *start, *owner; } foreign[] = {
	{ "db:", "Medic CHT" }, { "tel", "Medic CHT" },
	{ "caseid", "SurveyCTO" }, { "text_audit", "SurveyCTO" },
	{ "audio_audit", "SurveyCTO" }, { "calculate_here", "SurveyCTO" },
	{ "comments", "SurveyCTO" }, { "speed_violations", "SurveyCTO" },
	{ "sensor_", "SurveyCTO" }, { "enumerator", "SurveyCTO" },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The cell in one spelling: single underscores between words, ASCII small. What a
 * file or a list is called is cut from the cell itself: both have the same length. */
static char *
one_spelling(struct arena *a, char *cell)
{
	char *out, *p = cell;

	for (char *s = cell; *s; s++)
		if (!isspace((unsigned char)*s))
			*p++ = *s;
		else if (p > cell && p[-1] != ' ')
			*p++ = ' ';
	while (p > cell && p[-1] == ' ')
		p--;
	*p = '\0';
	out = arena_strdup(a, cell);
	for (p = out; *p; p++)
		*p = *p == ' ' ? '_' : (char)tolower((unsigned char)*p);
	return out;
}

static bool
cut_prefix(const char **s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (strncmp(*s, prefix, n))
		return false;
	*s += n;
	return true;
}

/* "begin_group", "end repeat", "begin loop over toilets". */
static bool
parse_control(const char *name, const char *cell, struct xls_type *type)
{
	const char *rest = name;
	bool begin = cut_prefix(&rest, "begin_");

	if (!begin && !cut_prefix(&rest, "end_"))
		return false;
	for (size_t i = 0; i < COUNT(controls); i++) {
		const char *tail = rest;

		if (!cut_prefix(&tail, controls[i].name))
			continue;
		if (*tail == '_' && controls[i].begin == TYPE_BEGIN_LOOP) {
			tail++;
			cut_prefix(&tail, "over_");
			type->list = cell + (tail - name);
			tail = "";
		}
		if (*tail)
			continue;
		type->what = begin ? controls[i].begin : controls[i].end;
		return true;
	}
	return false;
}

/* "yes_no or_other" → "yes_no" */
static void
cut_other(struct arena *a, struct xls_type *type)
{
	static const char *const others[] = { " or_other", " or other",
		" or specify other" };
	size_t len = strlen(type->list);

	for (size_t i = 0; i < COUNT(others); i++) {
		size_t n = strlen(others[i]);

		if (len > n && !strcmp(type->list + len - n, others[i])) {
			type->or_other = true;
			type->list = arena_strndup(a, type->list, len - n);
			return;
		}
	}
}

static bool
parse_select(struct arena *a, const char *name, const char *cell, struct xls_type *type)
{
	size_t best = 0;

	for (size_t i = 0; i < COUNT(selects); i++) {
		size_t n = strlen(selects[i].command);

		/* the blank before the list's name must be one in the cell */
		if (n <= best || strncmp(name, selects[i].command, n) || cell[n] != ' ')
			continue;
		best = n;
		type->what = TYPE_QUESTION;
		type->question = &question_rows[selects[i].kind];
		type->list = cell + n + 1;
		type->from_file = selects[i].flags & FROM_FILE;
		type->external = selects[i].flags & EXTERNAL;
	}
	if (!best)
		return false;
	cut_other(a, type);
	if (strchr(type->list, ' '))
		type->what = TYPE_UNKNOWN; /* "select_one a b" */
	return true;
}

void
xls_parse_type(struct arena *a, const char *text, struct xls_type *type)
{
	char *cell = arena_strdup(a, text);
	const char *name = one_spelling(a, cell);

	*type = (struct xls_type){ .what = TYPE_UNKNOWN };
	for (size_t i = 0; i < COUNT(settings); i++)
		if (!strcmp(name, settings[i].name)) {
			type->what = TYPE_SETTING;
			type->setting = settings[i].setting;
			return;
		}
	if (parse_control(name, cell, type) || parse_select(a, name, cell, type))
		return;
	if (!strncmp(name, "osm_", 4))
		name = "osm";
	type->question = question_named(name);
	if (!type->question)
		return;
	type->what = TYPE_QUESTION;
	for (size_t i = 0; i < COUNT(rules); i++)
		if (!strcmp(name, rules[i].name))
			type->constraint = rules[i].constraint;
}

const char *
xls_foreign_type(const char *cell)
{
	char name[32];
	size_t n = 0;

	for (; cell[n] && n + 1 < sizeof(name); n++)
		name[n] = cell[n] == ' ' ? '_' : (char)tolower((unsigned char)cell[n]);
	name[n] = '\0';
	for (size_t i = 0; i < COUNT(foreign); i++)
		if (!strncmp(name, foreign[i].start, strlen(foreign[i].start)))
			return foreign[i].owner;
	return NULL;
}
