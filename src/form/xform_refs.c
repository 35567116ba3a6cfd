/*
 * xform_refs - which definition a path in an attribute names
 */
#include "xform.h"

#include "i18n.h"

#include <string.h>

static const char *
behind_prefix(const char *name, size_t *len)
{
	const char *colon = memchr(name, ':', *len);

	if (!colon)
		return name;
	*len -= (size_t)(colon + 1 - name);
	return colon + 1;
}

static bool
is_named(const struct def *def, const char *name, size_t len)
{
	size_t own = strlen(def->name);
	const char *local;

	if (own == len && !memcmp(def->name, name, len))
		return true;
	local = behind_prefix(def->name, &own);
	name = behind_prefix(name, &len);
	return own == len && !memcmp(local, name, len);
}

static struct def *
child_named(struct def *parent, const char *name, size_t len)
{
	struct def *d = parent->first;

	while (d && !is_named(d, name, len))
		d = d->next;
	return d;
}

/* One step, its predicate left out; the length of it all in *len. */
static size_t
step_length(const char *path, size_t *len)
{
	size_t name = strcspn(path, "/["), all = name;
	int open = 0;

	for (; path[all] && (open || path[all] != '/'); all++)
		open += (path[all] == '[') - (path[all] == ']');
	*len = all;
	while (name && strchr(" \t\r\n", path[name - 1]))
		name--;
	return name;
}

struct def *
xform_find(struct xform *x, const struct def *from, const char *path)
{
	struct def *at = from ? x->form->defs[from->index] : x->form->root;
	bool first = false;

	path += strspn(path, " \t\r\n");
	if (*path == '/') {
		struct def *def = form_find(x->form, path);

		if (def)
			return def;
		at = NULL;
		path++;
		first = true;
	} else if (!strncmp(path, "current()/", 10)) {
		path += 10;
	}
	while (*path && (at || first)) {
		size_t all, len = step_length(path, &all);

		if (first)
			at = is_named(x->form->root, path, len) ? x->form->root : NULL;
		else if (len == 2 && !strncmp(path, "..", 2))
			at = at->parent;
		else if (len && !(len == 1 && *path == '.'))
			at = child_named(at, path, len);
		first = false;
		path += all;
		path += *path == '/';
	}
	return at;
}

static const struct xml_node *
bind_of_id(const struct xform *x, const char *id)
{
	for (const struct xml_node *n = xml_child(x->model, NULL, "bind"); n;
	     n = xml_child(x->model, n, "bind")) {
		const char *own = xml_attribute(n, "id");

		if (own && !strcmp(own, id))
			return n;
	}
	return NULL;
}

struct def *
xform_target(struct xform *x, const struct xml_node *node, const struct def *from)
{
	const char *path = xml_attribute(node, "ref");
	const char *id = xml_attribute(node, "bind");
	const struct xml_node *bind;
	struct def *def;

	if (!path)
		path = xml_attribute(node, "nodeset");
	if (!path && id && (bind = bind_of_id(x, id)) != NULL) {
		path = xml_attribute(bind, "nodeset");
		from = NULL;
	}
	if (!path && !id)
		return NULL;
	def = path && *path ? xform_find(x, from, path) : NULL;
	if (!def && !(path && strchr(path, '@')))
		xform_warning(x, node,
		    _("There is no such node in the record's instance: this <%s> "
		      "is passed over."),
		    node->name);
	return def;
}
