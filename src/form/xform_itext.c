/*
 * xform_itext - the form's texts by id, in all its languages
 *
 * A table with chains, made once: the form asks it while it is read (labels) and when
 * it is filled (jr:itext of what is computed).
 */
#include "xform.h"

#include "arena.h"
#include "i18n.h"

#include <stdint.h>
#include <string.h>

struct itext_value {
	const char *form; /* "" for none */
	struct text *by_language;
	struct texts texts; /* the same, as it is lent */
	struct itext_value *next;
};

struct itext_text {
	const char *id;
	struct itext_value *values;
	struct itext_text *next; /* in the same slot */
};

struct itext {
	struct itext_text **slots;
	size_t mask;
};

static size_t
hash_of(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ (h >> 32));
}

static struct itext_text *
find_text(const struct itext *itext, const char *id)
{
	struct itext_text *t = itext->slots[hash_of(id) & itext->mask];

	while (t && strcmp(t->id, id) != 0)
		t = t->next;
	return t;
}

static struct itext_text *
keep_text(struct xform *x, const char *id)
{
	struct itext_text *t = find_text(x->itext, id), **slot;

	if (t)
		return t;
	t = arena_alloc(x->arena, sizeof(*t));
	t->id = arena_strdup(x->arena, id);
	slot = &x->itext->slots[hash_of(id) & x->itext->mask];
	t->next = *slot;
	*slot = t;
	return t;
}

static struct itext_value *
find_value(const struct itext_text *t, const char *form)
{
	struct itext_value *v = t->values;

	while (v && strcmp(v->form, form) != 0)
		v = v->next;
	return v;
}

static struct itext_value *
keep_value(struct xform *x, struct itext_text *t, const char *form)
{
	struct itext_value *v = find_value(t, form), **end = &t->values;

	if (v)
		return v;
	v = arena_alloc(x->arena, sizeof(*v));
	v->form = *form ? arena_strdup(x->arena, form) : "";
	v->by_language = arena_alloc(
	    x->arena, x->form->language_count * sizeof(v->by_language[0]));
	v->texts.by_language = v->by_language;
	while (*end)
		end = &(*end)->next;
	*end = v;
	return v;
}

static void
read_text(struct xform *x, const struct xml_node *node, size_t language)
{
	const char *id = xml_attribute(node, "id");
	struct itext_text *t;

	if (!id) {
		xform_warning(x, node, _("A text needs an id: it is passed over."));
		return;
	}
	t = keep_text(x, id);
	for (const struct xml_node *n = xml_child(node, NULL, "value"); n;
	     n = xml_child(node, n, "value")) {
		const char *form = xml_attribute(n, "form");
		struct itext_value *v = keep_value(x, t, form ? form : "");

		if (!v->by_language[language].count)
			v->by_language[language] = xform_text(x, n);
	}
}

/* pyxform writes "-" where a language has no text. */
static void
drop_dashes(const struct form *form, struct itext_value *v)
{
	bool other = false;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < form->language_count; i++) {
			struct text *t = &v->by_language[i];
			bool dash = t->count == 1 && t->parts[0].literal &&
				    !strcmp(t->parts[0].literal, "-");

			if (!pass)
				other = other || (t->count && !dash);
			else if (dash && other)
				t->count = 0;
		}
}

static void
add_language(struct xform *x, const struct xml_node *node, const char *name)
{
	struct form *form = x->form;
	const char *is_default = xml_attribute(node, "default");

	if (form->language_count == FORM_LANGUAGES_MAX) {
		xform_error(x, node, _("A form can have %d languages: remove some."),
		    FORM_LANGUAGES_MAX);
		return;
	}
	name = arena_strdup(x->arena, name);
	form->languages[form->language_count++] = name;
	if (is_default && !xform_is_false(is_default))
		form->default_language = name;
}

/* LIST_NONE-like: language_count when there is none. */
static size_t
language_of(const struct form *form, const char *name)
{
	size_t i = 0;

	while (i < form->language_count && strcmp(form->languages[i], name) != 0)
		i++;
	return i;
}

static size_t
count_texts(const struct xml_node *itext)
{
	size_t count = 0;

	for (const struct xml_node *t = xml_child(itext, NULL, "translation"); t;
	     t = xml_child(itext, t, "translation"))
		for (const struct xml_node *n = t->first; n; n = n->next)
			count++;
	return count;
}

void
xform_read_itext(struct xform *x)
{
	const struct xml_node *itext = xml_child(x->model, NULL, "itext"), *t;
	struct form *form = x->form;
	size_t size = 16, count;

	form->languages =
	    arena_alloc(x->arena, FORM_LANGUAGES_MAX * sizeof(form->languages[0]));
	for (t = itext ? xml_child(itext, NULL, "translation") : NULL; t;
	     t = xml_child(itext, t, "translation")) {
		const char *name = xml_attribute(t, "lang");

		if (name && language_of(form, name) == form->language_count)
			add_language(x, t, name);
	}
	if (!form->language_count)
		form->languages[form->language_count++] = "default";
	if (!form->default_language)
		form->default_language = form->languages[0];
	if (!itext)
		return;
	count = count_texts(itext);
	while (size < count)
		size *= 2;
	x->itext = arena_alloc(x->arena, sizeof(*x->itext));
	x->itext->slots = arena_alloc(x->arena, size * sizeof(x->itext->slots[0]));
	x->itext->mask = size - 1;
	form->itext = x->itext;
	for (t = xml_child(itext, NULL, "translation"); t;
	     t = xml_child(itext, t, "translation")) {
		const char *name = xml_attribute(t, "lang");
		size_t language = name ? language_of(form, name) : 0;

		if (language == form->language_count)
			continue;
		for (const struct xml_node *n = xml_child(t, NULL, "text"); n;
		     n = xml_child(t, n, "text"))
			read_text(x, n, language);
	}
	for (size_t i = 0; i < size; i++)
		for (struct itext_text *e = x->itext->slots[i]; e; e = e->next)
			for (struct itext_value *v = e->values; v; v = v->next)
				drop_dashes(form, v);
}

const struct texts *
form_itext(const struct form *form, const char *id, const char *value_form)
{
	const struct itext_text *t = form->itext ? find_text(form->itext, id) : NULL;
	const struct itext_value *v = NULL;

	if (!t)
		return NULL;
	if (value_form)
		v = find_value(t, value_form);
	else if (!(v = find_value(t, "")) && !(v = find_value(t, "long")))
		v = find_value(t, "short");
	return v ? &v->texts : NULL;
}
