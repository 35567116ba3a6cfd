/*
 * xform_body - the controls: what is asked, in which words, what is repeated
 */
#include "xform.h"

#include "arena.h"
#include "i18n.h"

#include <string.h>

static const char *const controls[] = { "input", "select", "select1", "rank", "range",
	"upload", "trigger", "secret", "textarea", NULL };

static void walk(struct xform *x, const struct xml_node *parent, struct def *at,
    const struct def *source);

static bool
is_control(const struct xml_node *node)
{
	size_t i = 0;

	while (controls[i] && strcmp(controls[i], node->local) != 0)
		i++;
	return controls[i];
}

static void
read_hint(struct xform *x, const struct xml_node *hint, struct def *def)
{
	const char *ref = xml_attribute(hint, "ref"), *id;
	const struct texts *guidance;

	if (!def->hint.by_language)
		def->hint = xform_texts(x, hint);
	id = ref ? xform_itext_id(x, ref) : NULL;
	guidance = id ? form_itext(x->form, id, "guidance") : NULL;
	if (guidance)
		def->guidance_hint = *guidance;
}

/* Label, hint and appearance, where there are none yet. */
static void
read_words(struct xform *x, const struct xml_node *node, struct def *def)
{
	const struct xml_node *label = xml_child(node, NULL, "label");
	const struct xml_node *hint = xml_child(node, NULL, "hint");
	const char *appearance = xml_attribute(node, "appearance");

	if (label && !def->label.by_language)
		def->label = xform_texts(x, label);
	if (hint)
		read_hint(x, hint, def);
	if (appearance && !def->appearance[0])
		def->appearance =
		    arena_strdup(x->arena, xform_trimmed(x, appearance));
}

static void
read_control(struct xform *x, const struct xml_node *node, struct def *at)
{
	struct def *def = xform_target(x, node, at);

	x->form->control_count++;
	if (def && def->kind != DEF_QUESTION) {
		xform_warning(x, node,
		    _("A <%s> needs a node without others in it: it is passed over."),
		    node->name);
		return;
	}
	if (!def)
		return;
	if (!x->info[def->index].control) {
		x->info[def->index].control = node;
		read_words(x, node, def);
	}
	for (const struct xml_node *n = xml_child(node, NULL, NULL); n;
	     n = xml_child(node, n, NULL))
		xform_read_action(x, n, def);
}

static void
read_repeat(struct xform *x, const struct xml_node *node, struct def *at)
{
	const char *path = xml_attribute(node, "nodeset");
	struct def *def = path ? xform_find(x, at, path) : xform_target(x, node, at);
	const char *count = xml_attribute(node, "count");
	const char *fixed = xml_attribute(node, "noAddRemove");

	if (!def || def->kind != DEF_REPEAT) {
		if (path)
			xform_warning(x, node,
			    _("There is no such node in the record's instance: this "
			      "<%s> is passed over."),
			    node->name);
		walk(x, node, at, NULL);
		return;
	}
	read_words(x, node, def);
	if (count && *count && !def->repeat_count)
		def->repeat_count = xform_expr(x, node, count);
	if (fixed && xform_is_true(fixed))
		def->flags |= DEF_FIXED_COUNT;
	walk(x, node, def, def);
}

/* The repeat that a group stands around and speaks for, or NULL. */
static struct def *
repeat_inside(struct xform *x, const struct xml_node *group, struct def *at)
{
	const struct xml_node *repeat = xml_child(group, NULL, "repeat"), *n;
	const char *path = repeat ? xml_attribute(repeat, "nodeset") : NULL;

	for (n = xml_child(group, NULL, NULL); n; n = xml_child(group, n, NULL))
		if (n != repeat && strcmp(n->local, "label") != 0 &&
		    strcmp(n->local, "hint") != 0)
			return NULL;
	return path ? xform_find(x, at, path) : NULL;
}

static void
read_group(struct xform *x, const struct xml_node *node, struct def *at)
{
	struct def *def = xform_target(x, node, at), *repeat;

	if (def && def->kind == DEF_QUESTION)
		def = NULL;
	repeat = repeat_inside(x, node, def ? def : at);
	if (repeat && (!def || def == repeat))
		read_words(x, node, repeat);
	else if (def)
		read_words(x, node, def);
	walk(x, node, def ? def : at, NULL);
}

static void
walk(struct xform *x, const struct xml_node *parent, struct def *at,
    const struct def *source)
{
	for (const struct xml_node *n = xml_child(parent, NULL, NULL); n;
	     n = xml_child(parent, n, NULL)) {
		if (!strcmp(n->local, "group"))
			read_group(x, n, at);
		else if (!strcmp(n->local, "repeat"))
			read_repeat(x, n, at);
		else if (is_control(n))
			read_control(x, n, at);
		else
			xform_read_action(x, n, source);
	}
}

void
xform_read_body(struct xform *x)
{
	walk(x, x->body, x->form->root, NULL);
}
