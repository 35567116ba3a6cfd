/*
 * xform_text - labels, hints and messages: literal text, output elements, itext
 */
#include "xform.h"

#include "arena.h"
#include "buf.h"
#include "expr.h"

#include <string.h>

struct parts {
	struct text_part *items;
	size_t count;
};

static size_t
count_nodes(const struct xml_node *node)
{
	size_t count = 1;

	for (const struct xml_node *n = node; (n = xml_next(node, n));)
		count++;
	return count;
}

static bool
is_output(const struct xml_node *node)
{
	return node->name && !strcmp(node->local, "output");
}

static void
add_output(struct xform *x, const struct xml_node *node, struct parts *parts)
{
	const char *value = xml_attribute(node, "value");
	const struct expr *e;

	if (!value)
		value = xml_attribute(node, "ref");
	if (value && (e = xform_expr(x, node, value)))
		parts->items[parts->count++].expr = e;
}

/* Appends to the last literal, so that no two stand beside each other. */
static void
add_literal(struct xform *x, const char *text, struct parts *parts)
{
	struct text_part *last =
	    parts->count ? &parts->items[parts->count - 1] : NULL;

	if (!*text)
		return;
	if (last && last->literal)
		last->literal = arena_fmt(x->arena, "%s%s", last->literal, text);
	else
		parts->items[parts->count++].literal = arena_strdup(x->arena, text);
}

static void
trim_ends(struct xform *x, struct parts *parts)
{
	static const char blanks[] = " \t\r\n";
	struct text_part *first = parts->items, *last = first + parts->count - 1;

	if (parts->count && first->literal) {
		first->literal += strspn(first->literal, blanks);
		if (!*first->literal) {
			memmove(first, first + 1, --parts->count * sizeof(*first));
			last--;
		}
	}
	if (parts->count && last->literal) {
		size_t len = strlen(last->literal);

		while (len && strchr(blanks, last->literal[len - 1]))
			len--;
		if (last->literal[len])
			last->literal = arena_strndup(x->arena, last->literal, len);
		parts->count -= !len;
	}
}

struct text
xform_text(struct xform *x, const struct xml_node *node)
{
	struct parts parts = { .count = 0 };

	parts.items =
	    arena_alloc(x->arena, count_nodes(node) * sizeof(parts.items[0]));
	for (const struct xml_node *n = node; n; n = xml_next(node, n))
		if (is_output(n))
			add_output(x, n, &parts);
		else
			add_literal(x, n->text, &parts);
	trim_ends(x, &parts);
	return (struct text){ parts.items, parts.count };
}

/* Of text that has no language. */
static struct texts
xform_plain(struct xform *x, struct text text)
{
	struct form *form = x->form;
	struct text *by_language;

	if (!text.count)
		return (struct texts){ NULL };
	by_language =
	    arena_alloc(x->arena, form->language_count * sizeof(by_language[0]));
	by_language[form_language(form, NULL)] = text;
	return (struct texts){ by_language };
}

/* What stands in the brackets of jr:itext(…). */
static const char *
itext_argument(struct xform *x, const char *ref)
{
	static const char call[] = "jr:itext(";
	size_t len;

	ref += strspn(ref, " \t\r\n");
	if (strncmp(ref, call, sizeof(call) - 1) != 0)
		return NULL;
	ref = xform_trimmed(x, ref + sizeof(call) - 1);
	len = strlen(ref);
	if (!len || ref[len - 1] != ')')
		return NULL;
	return xform_trimmed(x, arena_strndup(x->scratch, ref, len - 1));
}

const char *
xform_itext_id(struct xform *x, const char *ref)
{
	const char *id = itext_argument(x, ref);
	size_t len = id ? strlen(id) : 0;

	if (len < 2 || (*id != '\'' && *id != '"') ||
	    strchr(id + 1, *id) != id + len - 1)
		return NULL;
	return arena_strndup(x->scratch, id + 1, len - 2);
}

const char *
xform_itext_path(struct xform *x, const char *ref)
{
	const char *path = itext_argument(x, ref);

	return path && *path != '\'' && *path != '"' && !strchr(path, '(') ? path
									     : NULL;
}

static struct texts
computed(struct xform *x, const struct xml_node *node, const char *text)
{
	const struct expr *e = xform_expr(x, node, text);
	struct text_part *part;

	if (!e)
		return (struct texts){ NULL };
	part = arena_alloc(x->arena, sizeof(*part));
	part->expr = e;
	return xform_plain(x, (struct text){ part, 1 });
}

struct texts
xform_texts(struct xform *x, const struct xml_node *node)
{
	const char *ref = xml_attribute(node, "ref"), *id;
	const struct texts *texts;

	if (!ref || !*ref)
		return xform_plain(x, xform_text(x, node));
	id = xform_itext_id(x, ref);
	if (!id)
		return computed(x, node, ref);
	texts = form_itext(x->form, id, NULL);
	return texts ? *texts : (struct texts){ NULL };
}

struct texts
xform_message(struct xform *x, const struct xml_node *node, const char *text)
{
	const char *id = xform_itext_id(x, text);
	const struct texts *texts = id ? form_itext(x->form, id, NULL) : NULL;
	struct text_part *part;

	if (texts)
		return *texts;
	if (id)
		return (struct texts){ NULL };
	if (!strncmp(text, "jr:itext(", 9))
		return computed(x, node, text);
	text = xform_trimmed(x, text);
	if (!*text)
		return (struct texts){ NULL };
	part = arena_alloc(x->arena, sizeof(*part));
	part->literal = arena_strdup(x->arena, text);
	return xform_plain(x, (struct text){ part, 1 });
}
