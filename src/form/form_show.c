/*
 * form_show - the form model as text, the same whichever reader made it
 *
 * A line a node. The record's root is left out of paths and of expressions, because
 * programs that make XForms name it as they please; expressions are written in one way;
 * a text that all languages share stands once; lists that the form holds stand with
 * their rows. What only says how the form was written (names of lists, order of
 * columns) is not shown.
 */
#include "form.h"

#include "buf.h"
#include "expr.h"
#include "list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct show {
	const struct form *form;
	struct buf *out;
	struct buf room;
};

/* ---- expressions ---- */

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-.:", c)) || (c & 0x80);
}

/* True where a path begins, or goes on from the root of the last saved record. */
static bool
begins_path(const struct buf *before)
{
	static const char saved[] = "instance('__last-saved')";
	size_t n = sizeof(saved) - 1;
	char last = before->len ? before->data[before->len - 1] : ' ';

	if (before->len >= n && !memcmp(before->data + before->len - n, saved, n))
		return true;
	return !is_name_byte(last) && !strchr(")]*/", last);
}

static void
add_without_root(struct show *s, const char *text, struct buf *out)
{
	const char *root = s->form->root->name;
	size_t n = strlen(root);
	char quote = '\0';

	for (; *text; text++) {
		if (quote || *text == '\'' || *text == '"') {
			quote = !quote ? *text : *text == quote ? '\0' : quote;
		} else if (*text == '/' && !strncmp(text + 1, root, n) &&
			   !is_name_byte(text[1 + n]) && text[1 + n] != '[' &&
			   begins_path(out)) {
			text += n;
			if (text[1] == '/')
				continue;
			buf_char(out, '/');
			continue;
		}
		buf_char(out, *text);
	}
}

static void
add_expr(struct show *s, const struct expr *e, struct buf *out)
{
	struct buf text = { 0 }, shown = { 0 };

	expr_print(e, &text);
	add_without_root(s, buf_text(&text), &shown);
	buf_str(out, buf_text(&shown));
	buf_clear(&text);
	buf_clear(&shown);
}

/* ---- values ---- */

static void
quote(struct show *s, const char *text)
{
	static const char plain[] = "\"\\\n\r\t", letters[] = "\"\\nrt";

	buf_char(s->out, '"');
	for (; *text; text++) {
		const char *at = strchr(plain, *text);

		if (at)
			buf_char(s->out, '\\');
		buf_char(s->out, at ? letters[at - plain] : *text);
	}
	buf_char(s->out, '"');
}

static void
show_text(struct show *s, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	buf_fmt(s->out, " %s=", key);
	quote(s, text);
}

static void
show_expr(struct show *s, const char *key, const struct expr *e)
{
	if (!e)
		return;
	buf_reset(&s->room);
	add_expr(s, e, &s->room);
	show_text(s, key, buf_text(&s->room));
}

/* ---- texts ---- */

/* "Hello {/name}", without the blanks at its ends. Given. */
static char *
flat_text(struct show *s, const struct text *text)
{
	struct buf out = { 0 };
	size_t begin = 0;

	for (size_t i = 0; text && i < text->count; i++) {
		const struct text_part *part = &text->parts[i];

		if (part->literal) {
			buf_str(&out, part->literal);
		} else {
			buf_char(&out, '{');
			add_expr(s, part->expr, &out);
			buf_char(&out, '}');
		}
	}
	while (out.len && isspace((unsigned char)out.data[out.len - 1]))
		buf_truncate(&out, out.len - 1);
	while (begin < out.len && isspace((unsigned char)out.data[begin]))
		begin++;
	if (begin) {
		memmove(out.data, out.data + begin, out.len - begin);
		buf_truncate(&out, out.len - begin);
	}
	return buf_take(&out);
}

/* What a person reads in each language; once where it is the same in all. */
static void
show_languages(struct show *s, const char *key, char *const *texts)
{
	size_t count = s->form->language_count;
	bool same = true;

	for (size_t i = 1; i < count; i++)
		same = same && texts[i] && !strcmp(texts[i], texts[0]);
	if (same) {
		show_text(s, key, texts[0]);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct buf name = { 0 };

		buf_fmt(&name, "%s::%s", key, s->form->languages[i]);
		show_text(s, buf_text(&name), texts[i]);
		buf_clear(&name);
	}
}

static void
show_texts(struct show *s, const char *key, const struct texts *texts)
{
	char *flat[FORM_LANGUAGES_MAX] = { NULL };
	size_t count = s->form->language_count;

	if (!texts->by_language)
		return;
	for (size_t i = 0; i < count; i++)
		flat[i] = flat_text(s, form_text(s->form, texts, i));
	show_languages(s, key, flat);
	for (size_t i = 0; i < count; i++)
		free(flat[i]);
}

/* ---- choices ---- */

/* The label as it stands in that language, else in the default, else in any. */
static const struct text *
computed_label(const struct show *s, const struct itemset *set, size_t row, size_t i)
{
	size_t at = row * s->form->language_count + i;

	return set->label_texts && set->label_texts[at].count ? &set->label_texts[at]
							      : NULL;
}

static char *
own_label(struct show *s, const struct itemset *set, size_t row, size_t language)
{
	const struct text *text = computed_label(s, set, row, language);
	size_t column = set->label_columns[language];
	struct text_part part = { 0 };
	struct text literal = { &part, 1 };

	if (text)
		return flat_text(s, text);
	if (column == LIST_NONE)
		return NULL;
	part.literal = list_cell(set->list, row, column);
	return *part.literal ? flat_text(s, &literal) : NULL;
}

static char *
label_of(struct show *s, const struct itemset *set, size_t row, size_t language)
{
	char *label = own_label(s, set, row, language);
	struct text none = { NULL, 0 };

	if (!label)
		label = own_label(s, set, row, form_language(s->form, NULL));
	for (size_t i = 0; !label && i < s->form->language_count; i++)
		label = own_label(s, set, row, i);
	return label ? label : flat_text(s, &none);
}

/* A column that expressions may ask for: no label, no picture, no text's id. */
static bool
is_plain_column(const struct itemset *set, size_t column)
{
	static const char *const shown[] = { "label", "itextId", "image", "big-image",
		"audio", "video", "media", NULL };
	const char *name = list_column(set->list, column);

	if (column == set->value_column || !*name || strchr(name, ':'))
		return false;
	for (size_t i = 0; i < FORM_LANGUAGES_MAX; i++)
		if (set->label_columns[i] == column)
			return false;
	for (size_t i = 0; shown[i]; i++)
		if (!strcmp(name, shown[i]))
			return false;
	return true;
}

struct named {
	const char *name, *value;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void
show_columns(struct show *s, const struct itemset *set, size_t row)
{
	size_t count = list_column_count(set->list), n = 0;
	struct named *cells = calloc(count + 1, sizeof(cells[0]));

	for (size_t i = 0; cells && i < count; i++)
		if (is_plain_column(set, i))
			cells[n++] = (struct named){ list_column(set->list, i),
				list_cell(set->list, row, i) };
	if (n)
		qsort(cells, n, sizeof(cells[0]), by_name);
	for (size_t i = 0; i < n; i++)
		show_text(s, cells[i].name, cells[i].value);
	free(cells);
}

static void
show_row(struct show *s, const struct itemset *set, size_t row)
{
	char *labels[FORM_LANGUAGES_MAX] = { NULL };
	size_t count = s->form->language_count;

	buf_str(s->out, row ? ", " : " ");
	quote(s, set->value_column == LIST_NONE
		     ? ""
		     : list_cell(set->list, row, set->value_column));
	for (size_t i = 0; i < count; i++)
		labels[i] = label_of(s, set, row, i);
	show_languages(s, "label", labels);
	for (size_t i = 0; i < count; i++)
		free(labels[i]);
	show_columns(s, set, row);
}

static void
show_choices(struct show *s, const struct itemset *set)
{
	if (set->randomize)
		buf_str(s->out, " randomize");
	show_expr(s, "seed", set->seed);
	show_expr(s, "choice_filter", set->filter);
	if (set->nodeset) {
		show_expr(s, "nodeset", set->nodeset);
		show_expr(s, "value", set->value);
		show_expr(s, "label", set->label);
	} else if (!set->fixed_order) {
		show_text(s, "choices_from", list_id(set->list));
	} else {
		buf_str(s->out, " choices=(");
		for (size_t row = 0; row < list_count(set->list); row++)
			show_row(s, set, row);
		buf_str(s->out, list_count(set->list) ? " )" : ")");
	}
}

/* ---- nodes ---- */

static bool
is_kind(const struct def *def, enum question_kind kind)
{
	return def->kind == DEF_QUESTION && def->question->kind == kind;
}

static bool
is_meta(const struct def *def)
{
	for (; def; def = def->parent)
		if (def->flags & DEF_META)
			return true;
	return false;
}

/* Instances have rows on a sheet, but no nodes in a record. */
static bool
is_body(const struct def *def)
{
	return !is_meta(def) && !is_kind(def, QUESTION_AUDIT) &&
	       !is_kind(def, QUESTION_XML_EXTERNAL) &&
	       !is_kind(def, QUESTION_CSV_EXTERNAL);
}

/* Below the root; an audit is told of where XForms have it. */
static const char *
path_of(const struct show *s, const struct def *def)
{
	return is_kind(def, QUESTION_AUDIT) ? "/meta/audit"
					    : def->path + strlen(s->form->root->path);
}

static bool
is_read_only(const struct def *def)
{
	return (def->flags & DEF_READ_ONLY) || is_kind(def, QUESTION_NOTE);
}

static bool
has_value(const struct def *def)
{
	return def->calculation || def->default_value || def->default_expr ||
	       def->triggers;
}

/* Kinds of which an XForm knows no difference are one. */
static const char *
kind_of(const struct def *def)
{
	enum question_kind kind;

	if (def->kind == DEF_GROUP)
		return "group";
	if (def->kind == DEF_REPEAT)
		return "repeat";
	kind = def->question->kind;
	if (kind == QUESTION_NOTE || (kind == QUESTION_TEXT && is_read_only(def)))
		kind = has_value(def) ? QUESTION_TEXT : QUESTION_NOTE;
	if (kind == QUESTION_HIDDEN || kind == QUESTION_CALCULATE)
		kind = def->calculation || def->triggers ? QUESTION_CALCULATE
							 : QUESTION_HIDDEN;
	return question_rows[kind].name;
}

static void
show_flags(struct show *s, const struct def *def, const char *kind)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = { { DEF_REQUIRED, "required" }, { DEF_MULTILINE, "multiline" },
		{ DEF_MASKED, "masked" }, { DEF_UNASKED, "unasked" },
		{ DEF_FIXED_COUNT, "fixed_count" } };

	if (is_read_only(def) && strcmp(kind, "note") != 0)
		buf_str(s->out, " read_only");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (def->flags & flags[i].flag)
			buf_fmt(s->out, " %s", flags[i].name);
}

/* Parameters that are shown as what they are, or that only a map has a use for. */
static bool
is_shown_elsewhere(const char *parameter)
{
	static const char *const names[] = { "randomize", "seed", "value", "label",
		"reference-geometry", NULL };
	size_t i = 0;

	while (names[i] && strcmp(names[i], parameter) != 0)
		i++;
	return names[i];
}

static void
show_pairs(struct show *s, const char *const *pairs)
{
	struct named sorted[64];
	size_t n = 0;

	for (; pairs && *pairs && n < 64; pairs += 2)
		if (!is_shown_elsewhere(pairs[0]))
			sorted[n++] = (struct named){ pairs[0], pairs[1] };
	if (n)
		qsort(sorted, n, sizeof(sorted[0]), by_name);
	for (size_t i = 0; i < n; i++)
		show_text(s, sorted[i].name, sorted[i].value);
}

static void
show_triggers(struct show *s, const struct def *def)
{
	if (!def->triggers)
		return;
	buf_str(s->out, " trigger=");
	for (size_t i = 0; def->triggers[i]; i++) {
		const struct def *source = def->triggers[i];

		buf_fmt(s->out, "%s%s", i ? "," : "", path_of(s, source));
	}
	show_expr(s, "when_triggered", def->trigger_calculation);
}

static size_t
initial_count(const struct def *def)
{
	size_t count = 0;

	for (const struct initial *i = def->initial; i; i = i->next)
		count++;
	return count;
}

/* Whether anybody sees it: words that nobody sees are not in XForms. */
static bool
is_shown(const struct def *def)
{
	return def->kind != DEF_QUESTION ||
	       (def->question->asked && !(def->flags & DEF_UNASKED));
}

static void
show_words(struct show *s, const struct def *def)
{
	if (!is_shown(def))
		return;
	show_texts(s, "label", &def->label);
	if (def->kind == DEF_QUESTION)
		show_texts(s, "hint", &def->hint);
	show_texts(s, "guidance_hint", &def->guidance_hint);
	show_text(s, "appearance", def->appearance);
}

/* "entity#property": which entity follows from where the question stands. */
static void
show_save_to(struct show *s, const char *save_to)
{
	const char *behind = save_to ? strchr(save_to, '#') : NULL;

	show_text(s, "save_to", behind ? behind + 1 : save_to);
}

static void
show_def(struct show *s, const struct def *def)
{
	const char *kind = kind_of(def);

	buf_fmt(s->out, "%s %s", path_of(s, def), kind);
	show_flags(s, def, kind);
	show_words(s, def);
	show_expr(s, "relevant", def->relevant);
	show_expr(s, "required", def->required);
	show_texts(s, "required_message", &def->required_message);
	show_expr(s, "read_only", def->readonly);
	show_expr(s, "constraint", def->constraint);
	show_texts(s, "constraint_message", &def->constraint_message);
	show_expr(s, "calculation", def->calculation);
	show_triggers(s, def);
	show_text(s, "default", def->default_value);
	show_expr(s, "dynamic_default", def->default_expr);
	show_expr(s, "repeat_count", def->repeat_count);
	if (initial_count(def) > 1)
		buf_fmt(s->out, " begins_with=%zu", initial_count(def));
	show_pairs(s, def->parameters);
	show_save_to(s, def->save_to);
	if (def->itemset)
		show_choices(s, def->itemset);
	buf_char(s->out, '\n');
}

static void
show_head(struct show *s)
{
	static const char *const settings[] = { "style", "submission_url", "public_key",
		"auto_send", "auto_delete", NULL };
	const struct form *form = s->form;

	buf_str(s->out, "form");
	show_text(s, "id", form->id);
	show_text(s, "version", form->version);
	show_text(s, "title", form->title);
	for (size_t i = 0; i < form->language_count; i++)
		show_text(s, "language", form->languages[i]);
	show_text(s, "default_language", form->default_language);
	show_expr(s, "instance_name", form->instance_name);
	for (size_t i = 0; settings[i]; i++)
		show_text(s, settings[i], form_pair(form->settings, settings[i]));
	buf_char(s->out, '\n');
}

static void
show_action(struct show *s, const struct form_action *action)
{
	static const char *const events[] = { "first-load", "load", "new-repeat",
		"change", "finish" };

	buf_str(s->out, "when");
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (action->events & (1u << i))
			buf_fmt(s->out, " %s", events[i]);
	if (action->source)
		buf_fmt(s->out, " of %s", path_of(s, action->source));
	buf_fmt(s->out, " set %s", path_of(s, action->target));
	if (action->which)
		show_expr(s, "which", action->which);
	show_expr(s, "value", action->value);
	buf_char(s->out, '\n');
}

void
form_show(const struct form *form, struct buf *out)
{
	struct show s = { .form = form, .out = out };

	show_head(&s);
	for (size_t i = 1; i < form->def_count; i++)
		if (is_body(form->defs[i]))
			show_def(&s, form->defs[i]);
	for (size_t i = 1; i < form->def_count; i++)
		if (is_kind(form->defs[i], QUESTION_AUDIT))
			show_def(&s, form->defs[i]);
	for (size_t i = 0; i < form->action_count; i++)
		if (!is_meta(form->actions[i].target))
			show_action(&s, &form->actions[i]);
	buf_clear(&s.room);
}
