/*
 * xform_instance - the elements of the primary instance become the definitions
 *
 * Elements of one name beside each other are one definition. It is a repeat when the
 * body repeats it or when there are several; the one marked as a template, else the
 * first, says what a new instance begins with. Every element keeps its definition in
 * user.
 */
#include "xform.h"

#include "arena.h"
#include "i18n.h"
#include "xlsform.h"

#include <string.h>

struct walk {
	struct xform *x;
	struct xls_names names; /* definitions by their parents, elements by theirs */
	bool too_deep;
};

static bool
is_template(const struct xml_node *node)
{
	return xml_attribute(node, "jr:template") != NULL;
}

static bool
is_template_name(const char *attribute)
{
	const char *colon = strchr(attribute, ':');

	return colon && !strcmp(colon + 1, "template");
}

/* Attributes of the element that a record has to have too. */
static void
keep_attributes(struct xform *x, const struct xml_node *node, struct def *def)
{
	const char *const *pair = node->attributes;
	const char **kept;
	size_t count = 0, n = 0;

	while (pair && pair[count])
		count++;
	if (!count || (count == 2 && is_template_name(pair[0])))
		return;
	kept = arena_alloc(x->arena, (count + 1) * sizeof(kept[0]));
	for (; *pair; pair += 2) {
		if (is_template_name(*pair))
			continue;
		kept[n++] = arena_strdup(x->arena, pair[0]);
		kept[n++] = arena_strdup(x->arena, pair[1]);
	}
	def->attributes = kept;
}

static void
add_children(struct walk *w, struct xml_node *parent, struct def *group, int depth)
{
	struct xform *x = w->x;

	if (depth > FORM_DEPTH_MAX) {
		xform_error(x, parent,
		    _("More than %d groups stand in each other here: take some apart."),
		    FORM_DEPTH_MAX);
		w->too_deep = true;
	}
	for (struct xml_node *n = xml_child(parent, NULL, NULL); n && !w->too_deep;
	     n = xml_child(parent, n, NULL)) {
		struct def *def = xls_names_get(&w->names, group, n->name);

		if (!def) {
			def = form_add(x->form, group, DEF_QUESTION, n->name);
			xls_names_put(&w->names, group, def->name, def);
		} else if (xls_names_get(&w->names, parent, n->name)) {
			def->flags |= DEF_FIXED_COUNT; /* the body may say otherwise */
		}
		xls_names_put(&w->names, parent, n->name, n);
		n->user = def;
		if (xml_child(n, NULL, NULL) && def->kind == DEF_QUESTION)
			def->kind = DEF_GROUP;
		add_children(w, n, def, depth + 1);
	}
}

/* The element that speaks for each definition. */
static void
choose_nodes(struct xform *x, const struct xml_node *parent)
{
	for (int pass = 0; pass < 3; pass++)
		for (struct xml_node *n = xml_child(parent, NULL, NULL); n;
		     n = xml_child(parent, n, NULL)) {
			const struct def *def = n->user;
			const struct xml_node **chosen = &x->info[def->index].node;

			if (pass)
				(*chosen == n) == (pass == 1) ? choose_nodes(x, n)
							      : (void)0;
			else if (!*chosen || (is_template(n) && !is_template(*chosen) &&
						 (*chosen)->parent == n->parent))
				*chosen = n;
		}
}

static void
mark_repeats(struct xform *x)
{
	for (const struct xml_node *n = x->body; n; n = xml_next(x->body, n)) {
		struct def *def;
		const char *path;

		if (!n->name || strcmp(n->local, "repeat") != 0)
			continue;
		path = xml_attribute(n, "nodeset");
		def = path ? xform_find(x, NULL, path) : xform_target(x, n, NULL);
		if (!def)
			continue;
		if (!def->parent) {
			xform_error(x, n,
			    _("The record's root element cannot be repeated."));
			continue;
		}
		def->kind = DEF_REPEAT;
		def->flags &= ~(unsigned)DEF_FIXED_COUNT;
	}
	for (size_t i = 0; i < x->form->def_count; i++)
		if (x->form->defs[i]->flags & DEF_FIXED_COUNT)
			x->form->defs[i]->kind = DEF_REPEAT;
}

/* The record's own; in groups and repeats, those of entities. */
static bool
is_meta(const struct xml_node *node, const struct def *def)
{
	return !strcmp(node->local, "meta") &&
	       (!def->parent->parent || xml_child(node, NULL, "entity"));
}

bool
xform_read_instance(struct xform *x)
{
	struct form *form = x->form;
	struct walk w = { .x = x };

	form->root->name = arena_strdup(x->arena, x->primary->name);
	form->root->path = arena_fmt(x->arena, "/%s", x->primary->name);
	x->primary->user = form->root;
	add_children(&w, x->primary, form->root, 1);
	xls_names_clear(&w.names);
	if (w.too_deep)
		return false;
	form_index(form);
	x->info = arena_alloc(x->scratch, form->def_count * sizeof(x->info[0]));
	x->info[0].node = x->primary;
	choose_nodes(x, x->primary);
	mark_repeats(x);
	for (size_t i = 0; i < form->def_count; i++) {
		struct def *def = form->defs[i];
		const char *text = xform_trimmed(x, x->info[i].node->text);

		keep_attributes(x, x->info[i].node, def);
		if (def->kind != DEF_REPEAT && def->parent &&
		    is_meta(x->info[i].node, def)) {
			def->kind = DEF_GROUP; /* an empty one too */
			def->flags |= DEF_META;
		}
		if (def->kind == DEF_QUESTION)
			def->question = &question_rows[QUESTION_TEXT];
		if (def->kind == DEF_QUESTION && *text)
			def->default_value = arena_strdup(x->arena, text);
	}
	return !x->failed;
}

static struct initial *
copy_instance(struct xform *x, const struct xml_node *node)
{
	struct initial *copy = arena_alloc(x->arena, sizeof(*copy)), **end;

	copy->def = node->user;
	copy->text = "";
	if (copy->def->kind == DEF_QUESTION)
		copy->text = arena_strdup(x->arena, xform_trimmed(x, node->text));
	end = &copy->first;
	for (const struct xml_node *n = xml_child(node, NULL, NULL); n;
	     n = xml_child(node, n, NULL)) {
		if (is_template(n))
			continue;
		*end = copy_instance(x, n);
		end = &(*end)->next;
	}
	return copy;
}

/* A new instance of a repeat without a template begins without those in it, as in
 * JavaRosa, whatever the first one of the record has. */
static bool
is_whole(const struct xform *x, const struct def *repeat)
{
	return !repeat || is_template(x->info[repeat->index].node);
}

void
xform_read_initial(struct xform *x)
{
	struct form *form = x->form;

	for (size_t i = 0; i < form->def_count; i++) {
		struct def *def = form->defs[i];
		const struct xml_node *parent = x->info[i].node->parent, *n;
		struct initial *first = NULL, **end = &first;

		if (def->kind != DEF_REPEAT || !is_whole(x, def_repeat(def->parent)))
			continue;
		for (n = xml_child(parent, NULL, NULL); n;
		     n = xml_child(parent, n, NULL)) {
			if (n->user != def || is_template(n))
				continue;
			*end = copy_instance(x, n);
			end = &(*end)->next;
		}
		def->initial = first;
	}
}
