/*
 * form - building, searching and freeing a form
 */
#include "form_build.h"

#include "arena.h"
#include "buf.h"
#include "expr.h"
#include "list.h"
#include "logic.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct form *
form_new(const char *root_name)
{
	struct arena *a = arena_new();
	struct form *form = arena_alloc(a, sizeof(*form));

	form->arena = a;
	form->id = form->version = form->title = "";
	form->root = form_add(form, NULL, DEF_GROUP, root_name);
	return form;
}

void
form_free(struct form *form)
{
	if (!form)
		return;
	graph_free(form->graph);
	for (size_t i = 0; i < form->list_count; i++)
		list_unref(form->lists[i]);
	free(form->lists);
	arena_free(form->arena);
}

struct def *
form_add(struct form *form, struct def *parent, enum def_kind kind, const char *name)
{
	struct def *def = arena_alloc(form->arena, sizeof(*def));

	def->kind = kind;
	def->name = arena_strdup(form->arena, name);
	def->path = arena_fmt(form->arena, "%s/%s", parent ? parent->path : "", name);
	def->appearance = "";
	def->parent = parent;
	if (parent) {
		if (parent->last)
			parent->last->next = def;
		else
			parent->first = def;
		parent->last = def;
	}
	form->def_count++;
	return def;
}

void
form_add_list(struct form *form, struct list *list)
{
	form->lists = mem_grow(form->lists, &form->list_cap, form->list_count + 1,
	    sizeof(form->lists[0]));
	form->lists[form->list_count++] = list;
}

static struct def *
next_def(const struct def *def)
{
	if (def->first)
		return def->first;
	while (def && !def->next)
		def = def->parent;
	return def ? def->next : NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct def *x = *(struct def *const *)a, *y = *(struct def *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->index < y->index ? -1 : 1;
}

void
form_index(struct form *form)
{
	size_t size = form->def_count * sizeof(form->defs[0]);
	uint32_t n = 0;

	form->defs = arena_alloc(form->arena, size);
	form->by_name = arena_alloc(form->arena, size);
	for (struct def *def = form->root; def; def = next_def(def)) {
		def->index = n;
		form->defs[n++] = def;
	}
	memcpy(form->by_name, form->defs, size);
	qsort(form->by_name, form->def_count, sizeof(form->by_name[0]), by_name);
}

static size_t
first_named(const struct form *form, const char *name)
{
	size_t low = 0, high = form->def_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(form->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_named(const struct form *form, size_t i, const char *name)
{
	return i < form->def_count && !strcmp(form->by_name[i]->name, name);
}

struct def *
form_named(const struct form *form, const char *name, size_t *count)
{
	size_t first = first_named(form, name), end = first;

	while (is_named(form, end, name))
		end++;
	if (count)
		*count = end - first;
	return end > first ? form->by_name[first] : NULL;
}

struct def *
form_find(const struct form *form, const char *name_or_path)
{
	const char *name = strrchr(name_or_path, '/');

	if (!name)
		return form_named(form, name_or_path, NULL);
	name++;
	for (size_t i = first_named(form, name); is_named(form, i, name); i++)
		if (!strcmp(form->by_name[i]->path, name_or_path))
			return form->by_name[i];
	return NULL;
}

/* "中文 (zh-CN)" is the language "zh-CN", and "zh". */
static bool
language_has_code(const char *language, const char *code)
{
	const char *open = strrchr(language, '(');
	size_t len = strlen(code);

	if (!strcasecmp(language, code))
		return true;
	return open && !strncasecmp(open + 1, code, len) &&
	       (open[1 + len] == ')' || open[1 + len] == '-');
}

size_t
form_language(const struct form *form, const char *code)
{
	for (size_t i = 0; code && i < form->language_count; i++)
		if (language_has_code(form->languages[i], code))
			return i;
	for (size_t i = 0; i < form->language_count; i++)
		if (!strcmp(form->languages[i], form->default_language))
			return i;
	return 0;
}

const struct text *
form_text(const struct form *form, const struct texts *texts, size_t language)
{
	size_t fallback;

	if (!texts->by_language)
		return NULL;
	if (language < form->language_count && texts->by_language[language].count)
		return &texts->by_language[language];
	fallback = form_language(form, NULL);
	if (texts->by_language[fallback].count)
		return &texts->by_language[fallback];
	for (size_t i = 0; i < form->language_count; i++)
		if (texts->by_language[i].count)
			return &texts->by_language[i];
	return NULL;
}

const char *
form_title(const struct form *form, const char *code)
{
	char setting[80];
	const char *title;

	snprintf(setting, sizeof(setting), "form_title_%s", code ? code : "");
	title = form_pair(form->settings, setting);
	return title && *title ? title : form->title;
}

const char *
form_pair(const char *const *pairs, const char *name)
{
	for (; pairs && *pairs; pairs += 2)
		if (!strcmp(pairs[0], name))
			return pairs[1];
	return NULL;
}

const struct def *
def_repeat(const struct def *def)
{
	while (def && def->kind != DEF_REPEAT)
		def = def->parent;
	return def;
}

int
def_depth(const struct def *def)
{
	int depth = 0;

	while ((def = def->parent))
		depth++;
	return depth;
}

size_t
def_length_limit(const struct def *def)
{
	const char *rule = def->constraint ? expr_text(def->constraint) : "";
	size_t limit = 0;
	int end = 0;

	if (sscanf(rule, " string-length(.) <= %zu %n", &limit, &end) != 1 || !end ||
	    rule[end])
		return 0;
	return limit;
}

const char *
def_quote(const struct def *def, const char *answer, char *out)
{
	struct buf seen = { 0 };

	if (def->flags & DEF_MASKED)
		text_mask(answer, &seen);
	else
		buf_str(&seen, answer);
	text_brief(buf_text(&seen), out);
	buf_clear(&seen);
	return out;
}
