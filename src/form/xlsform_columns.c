/*
 * xlsform_columns - what the headers of a sheet mean
 *
 * pyxform's spellings: blanks and case do not matter, "::" parts a column from its
 * language (":" does in a sheet without any "::"), and "bind::", "control::" and
 * "media::" columns are the ones they stand for.
 */
#include "xlsform.h"

#include "arena.h"
#include "i18n.h"
#include "mem.h"
#include "xml.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
struct spelling {
	const char *name;
	enum xls_column_kind kind;
};

static const struct spelling survey_columns[] = {
	{ "type", COL_TYPE }, { "command", COL_TYPE },
	{ "name", COL_NAME }, { "value", COL_NAME }, { "tag", COL_NAME },
	{ "label", COL_LABEL }, { "caption", COL_LABEL },
	{ "hint", COL_HINT },
	{ "guidance_hint", COL_GUIDANCE_HINT },
	{ "constraint_message", COL_CONSTRAINT_MESSAGE },
	{ "constraining_message", COL_CONSTRAINT_MESSAGE },
	{ "bind::jr:constraintmsg", COL_CONSTRAINT_MESSAGE },
	{ "required_message", COL_REQUIRED_MESSAGE },
	{ "requiredmsg", COL_REQUIRED_MESSAGE },
	{ "bind::jr:requiredmsg", COL_REQUIRED_MESSAGE },
	{ "media", COL_MEDIA }, { "image", COL_MEDIA }, { "big-image", COL_MEDIA }, { "audio", COL_MEDIA },
	{ "video", COL_MEDIA }, { "media::image", COL_MEDIA },
	{ "media::big-image", COL_MEDIA }, { "media::audio", COL_MEDIA },
	{ "media::video", COL_MEDIA },
	{ "relevant", COL_RELEVANT }, { "relevance", COL_RELEVANT },
	{ "bind::relevant", COL_RELEVANT },
	{ "required", COL_REQUIRED }, { "bind::required", COL_REQUIRED },
	{ "read_only", COL_READ_ONLY }, { "readonly", COL_READ_ONLY },
	{ "bind::readonly", COL_READ_ONLY },
	{ "constraint", COL_CONSTRAINT }, { "bind::constraint", COL_CONSTRAINT },
	{ "calculation", COL_CALCULATION }, { "calculate", COL_CALCULATION },
	{ "bind::calculate", COL_CALCULATION },
	{ "default", COL_DEFAULT },
	{ "repeat_count", COL_REPEAT_COUNT }, { "count", COL_REPEAT_COUNT },
	{ "jr:count", COL_REPEAT_COUNT }, { "control::jr:count", COL_REPEAT_COUNT },
	{ "choice_filter", COL_CHOICE_FILTER },
	{ "parameters", COL_PARAMETERS },
	{ "appearance", COL_APPEARANCE }, { "control::appearance", COL_APPEARANCE },
	{ "trigger", COL_TRIGGER },
	{ "save_to", COL_SAVE_TO }, { "bind::entities:saveto", COL_SAVE_TO },
	{ "disabled", COL_DISABLED },
	{ NULL, COL_OTHER },
};

static const struct spelling choices_columns[] = {
	{ "list_name", COL_LIST_NAME }, { "list", COL_LIST_NAME },
	{ "name", COL_NAME }, { "value", COL_NAME },
	{ "label", COL_LABEL }, { "caption", COL_LABEL },
	{ "image", COL_MEDIA }, { "big-image", COL_MEDIA }, { "audio", COL_MEDIA },
	{ "video", COL_MEDIA }, { "media::image", COL_MEDIA },
	{ "media::big-image", COL_MEDIA }, { "media::audio", COL_MEDIA },
	{ "media::video", COL_MEDIA },
	{ NULL, COL_OTHER },
};

/* A setting is kept under its name; these have others. */
static const struct { const char *spelling, *name; } settings_names[] = {
	{ "id_string",      "form_id" },
	{ "set_form_id",    "form_id" },
	{ "title",          "form_title" },
	{ "set_form_title", "form_title" },
};

/* For problems, where the sheet has no such column. */
static const char *const usual_names[COL_KINDS] = {
	[COL_LABEL] = "label", [COL_HINT] = "hint",
	[COL_GUIDANCE_HINT] = "guidance_hint",
	[COL_CONSTRAINT_MESSAGE] = "constraint_message",
	[COL_REQUIRED_MESSAGE] = "required_message", [COL_MEDIA] = "image",
	[COL_TYPE] = "type", [COL_NAME] = "name", [COL_RELEVANT] = "relevant",
	[COL_REQUIRED] = "required", [COL_READ_ONLY] = "read_only",
	[COL_CONSTRAINT] = "constraint", [COL_CALCULATION] = "calculation",
	[COL_DEFAULT] = "default", [COL_REPEAT_COUNT] = "repeat_count",
	[COL_CHOICE_FILTER] = "choice_filter", [COL_PARAMETERS] = "parameters",
	[COL_APPEARANCE] = "appearance", [COL_TRIGGER] = "trigger",
	[COL_SAVE_TO] = "save_to", [COL_DISABLED] = "disabled",
	[COL_LIST_NAME] = "list_name",
};
/* clang-format on */

/* "Constraint Message" → "constraint_message", a part of a header. */
static char *
snake(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1), *p = out;

	for (size_t i = 0; i < len; i++) {
		bool blank = isspace((unsigned char)s[i]);

		if (blank && (p == out || p[-1] == '_'))
			continue;
		*p++ = blank ? '_' : (char)tolower((unsigned char)s[i]);
	}
	while (p > out && p[-1] == '_')
		p--;
	*p = '\0';
	return out;
}

/* The next part of a header and what is behind it; NULL when there is none. */
static char *
next_part(struct arena *a, const char **at, bool double_colon)
{
	const char *s = *at, *end = NULL;
	char *part;

	if (!s)
		return NULL;
	if (double_colon) {
		end = strstr(s, "::");
	} else {
		end = strchr(s, ':');
		/* "jr:count" is one word */
		if (end && end - s >= 2 && !strncmp(end - 2, "jr", 2) &&
		    (end - s == 2 || !isalnum((unsigned char)end[-3])))
			end = strchr(end + 1, ':');
	}
	*at = end ? end + (double_colon ? 2 : 1) : NULL;
	part = arena_strndup(a, s, end ? (size_t)(end - s) : strlen(s));
	while (isspace((unsigned char)*part))
		part++;
	for (size_t n = strlen(part); n && isspace((unsigned char)part[n - 1]);)
		part[--n] = '\0';
	return part;
}

static bool
look_up(const struct spelling *table, const char *name, enum xls_column_kind *kind)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name)) {
			*kind = table->kind;
			return true;
		}
	return false;
}

static void
read_column(struct xls *x, const struct spelling *table, bool double_colon,
    struct xls_column *column)
{
	const char *at = column->header;
	char *first, *second, *whole = snake(x->arena, at, strlen(at));

	column->kind = COL_OTHER;
	column->name = column->header;
	if (!table || look_up(table, whole, &column->kind)) {
		column->name = whole;
		return;
	}
	first = next_part(x->arena, &at, double_colon || strstr(at, "::"));
	first = snake(x->arena, first, strlen(first));
	if (!strcmp(first, "bind") || !strcmp(first, "control") ||
	    !strcmp(first, "body") || !strcmp(first, "media")) {
		second = next_part(
		    x->arena, &at, double_colon || strstr(column->header, "::"));
		if (!second)
			return;
		second = snake(x->arena, second, strlen(second));
		first = arena_fmt(x->arena, "%s::%s",
		    strcmp(first, "body") ? first : "control", second);
	}
	if (!look_up(table, first, &column->kind))
		return;
	column->name = first;
	column->language =
	    next_part(x->arena, &at, double_colon || strstr(column->header, "::"));
	if (column->language && !column->language[0])
		column->language = NULL;
}

/* One letter more, less, other, or two changed places. */
static bool
is_slip_of(const char *written, const char *meant)
{
	while (*written && *written == *meant)
		written++, meant++;
	if (!*written && !*meant)
		return false;
	if (*written && *meant) {
		if (!strcmp(written + 1, meant + 1))
			return true;
		if (written[0] == meant[1] && written[1] == meant[0] &&
		    !strcmp(written + 2, meant + 2))
			return true;
	}
	return (*written && !strcmp(written + 1, meant)) ||
	       (*meant && !strcmp(written, meant + 1));
}

/* A column that nothing is read from, and that is nearly one that is. */
static void
warn_of_slip(struct xls *x, const struct xls_sheet *sheet, const struct spelling *table,
    const struct xls_column *column)
{
	const char *name =
	    snake(x->arena, column->header, strcspn(column->header, ":"));

	if (!table || column->kind != COL_OTHER)
		return;
	for (; table->name; table++)
		if (strlen(table->name) > 4 && is_slip_of(name, table->name)) {
			xls_warning(x,
			    (struct xls_place){ sheet, NULL, column->header },
			    _("There is no column \"%s\"; is it \"%s\"?"),
			    column->header, table->name);
			return;
		}
}

static bool
same_column(const struct xls_column *a, const struct xls_column *b)
{
	if (a->kind != b->kind || a->kind == COL_MEDIA)
		return false;
	if (a->kind == COL_OTHER)
		return a->header[0] && !strcmp(a->header, b->header);
	if (!a->language || !b->language)
		return a->language == b->language;
	return !strcmp(a->language, b->language);
}

void
xls_read_header(
    struct xls *x, struct xls_sheet *sheet, const char *const *headers, size_t count)
{
	const struct spelling *table = sheet == &x->survey     ? survey_columns
				       : sheet == &x->settings ||
						 sheet == &x->entities
					   ? NULL
							       : choices_columns;
	bool double_colon = false;

	for (size_t i = 0; i < count; i++)
		double_colon = double_colon || strstr(headers[i], "::");
	sheet->columns = arena_alloc(x->arena, count * sizeof(sheet->columns[0]));
	sheet->column_count = count;
	for (size_t i = 0; i < count; i++) {
		struct xls_column *column = &sheet->columns[i];
		const char *at = headers[i];

		column->header = next_part(x->arena, &at, true);
		assert(column->header); /* a header has a first part */
		if (at) /* next_part() cut it at "::"; trim the whole */
			column->header = arena_strdup(x->arena, headers[i]);
		read_column(x, table, double_colon, column);
		if (table == survey_columns)
			warn_of_slip(x, sheet, table, column);
		for (size_t j = 0; j < i; j++)
			if (same_column(column, &sheet->columns[j]))
				xls_error(x,
				    (struct xls_place){ sheet, NULL, column->header },
				    _("The columns \"%s\" and \"%s\" are the same "
				      "one: remove or rename one."),
				    sheet->columns[j].header, column->header);
	}
	for (size_t i = 0; sheet == &x->settings && i < count; i++)
		for (size_t j = 0;
		     j < sizeof(settings_names) / sizeof(settings_names[0]); j++)
			if (!strcmp(sheet->columns[i].name, settings_names[j].spelling))
				sheet->columns[i].name = settings_names[j].name;
}

const char *
xls_cell(
    const struct xls_sheet *sheet, const struct xls_row *row, enum xls_column_kind kind)
{
	for (size_t i = 0; i < sheet->column_count; i++)
		if (sheet->columns[i].kind == kind)
			return row->cells[i];
	return "";
}

const char *
xls_header(const struct xls_sheet *sheet, enum xls_column_kind kind)
{
	for (size_t i = 0; i < sheet->column_count; i++)
		if (sheet->columns[i].kind == kind)
			return sheet->columns[i].header;
	return usual_names[kind];
}

struct xls_place
xls_place(
    const struct xls_sheet *sheet, const struct xls_row *row, enum xls_column_kind kind)
{
	return (struct xls_place){ sheet, row, xls_header(sheet, kind) };
}

/* Index of a language, added when new. */
static size_t
language_index(struct xls *x, const struct xls_sheet *sheet,
    const struct xls_column *column, const char *language)
{
	struct form *form = x->form;

	for (size_t i = 0; i < form->language_count; i++)
		if (!strcmp(form->languages[i], language))
			return i;
	if (form->language_count == FORM_LANGUAGES_MAX) {
		xls_error(x, (struct xls_place){ sheet, NULL, column->header },
		    _("A form can have %d languages: remove some."),
		    FORM_LANGUAGES_MAX);
		return 0;
	}
	form->languages[form->language_count] = language;
	return form->language_count++;
}

/* A column whose cells may stand in several languages, pictures and sounds too. */
static bool
is_language_column(const struct xls_sheet *sheet, size_t column)
{
	if (sheet->columns[column].kind > COL_MEDIA)
		return false;
	for (size_t i = 0; i < sheet->row_count; i++)
		if (sheet->rows[i].cells[column][0])
			return true;
	return false;
}

/* What a question shows is one thing, so that a language for one of its parts is one
 * for all; its messages are apart. */
static bool
same_part(const struct xls_column *a, const struct xls_column *b)
{
	static const unsigned shown = 1u << COL_LABEL | 1u << COL_HINT |
				      1u << COL_GUIDANCE_HINT | 1u << COL_MEDIA;

	return a->kind == b->kind ||
	       (a->kind <= COL_MEDIA && b->kind <= COL_MEDIA &&
		   (shown >> a->kind & shown >> b->kind & 1) &&
		   (a->kind == COL_MEDIA || b->kind == COL_MEDIA));
}

/* True when something stands both with a language and without one. */
static bool
is_mixed(const struct xls_sheet *sheet)
{
	for (size_t i = 0; i < sheet->column_count; i++)
		for (size_t j = 0; j < sheet->column_count; j++)
			if (!sheet->columns[i].language && sheet->columns[j].language &&
			    same_part(&sheet->columns[i], &sheet->columns[j]) &&
			    is_language_column(sheet, i) && is_language_column(sheet, j))
				return true;
	return false;
}

/* Those of a sheet, and for each of its columns which it is. */
static void
add_languages(struct xls *x, struct xls_sheet *sheet, const char *plain)
{
	for (size_t i = 0; i < sheet->column_count; i++) {
		struct xls_column *c = &sheet->columns[i];
		const char *language = c->language ? c->language : plain;

		if (language && is_language_column(sheet, i))
			c->language_index = language_index(x, sheet, c, language);
	}
}

static bool
names_a_language(const struct xls_sheet *sheet)
{
	for (size_t i = 0; i < sheet->column_count; i++)
		if (sheet->columns[i].language && is_language_column(sheet, i))
			return true;
	return false;
}

/*
 * A column without a language is in the default language. Without such a setting it
 * is a language of its own, "default", where the same text has others too; and else
 * it serves all of them, which falling back to the first language does. Choices that
 * name languages come before the survey.
 */
void
xls_find_languages(struct xls *x)
{
	const char *wanted = x->form->default_language, *plain = wanted;
	struct form *form = x->form;

	form->languages =
	    arena_alloc(x->arena, FORM_LANGUAGES_MAX * sizeof(form->languages[0]));
	if (!plain && (is_mixed(&x->survey) || is_mixed(&x->choices)))
		plain = "default";
	if (names_a_language(&x->choices))
		add_languages(x, &x->choices, plain);
	add_languages(x, &x->survey, plain);
	add_languages(x, &x->choices, plain);
	if (!form->language_count)
		form->languages[form->language_count++] = wanted ? wanted : "default";
	form->default_language = form->languages[0];
	for (size_t i = 0; i < form->language_count; i++)
		if (plain && !strcmp(form->languages[i], plain))
			form->default_language = plain;
	if (wanted && strcmp(form->default_language, wanted))
		xls_warning(x,
		    (struct xls_place){ &x->settings, NULL, "default_language" },
		    _("No column is in the default language \"%s\": write it as the "
		      "headers of survey do (label::%s)."),
		    wanted, form->languages[0]);
}

bool
xls_yes(const char *cell)
{
	return !strcasecmp(cell, "yes") || !strcasecmp(cell, "true") ||
	       !strcmp(cell, "true()");
}

bool
xls_no(const char *cell)
{
	return !strcasecmp(cell, "no") || !strcasecmp(cell, "false") ||
	       !strcmp(cell, "false()");
}

/* XML's names, one prefix allowed. */
bool
xls_is_name(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	bool start = true, prefixed = false;

	if (!*p)
		return false;
	for (; *p; p++) {
		if (isalpha(*p) || *p == '_' || *p >= 0x80) {
			start = false;
		} else if (*p == ':' && !start && !prefixed) {
			prefixed = start = true;
		} else if (start || !(isdigit(*p) || *p == '-' || *p == '.')) {
			return false;
		}
	}
	return !start && xml_is_name(s);
}
