/*
 * xform - reads an XForm: texts, the record's tree, lists, rules, controls, the graph
 */
#include "xform.h"

#include "arena.h"
#include "err.h"
#include "expr.h"
#include "i18n.h"
#include "logic.h"
#include "mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where text stands between elements. */
static const char *const mixed[] = { "label", "hint", "value", "help", NULL };

/* "/data/a", or the name of an element that has no such attribute. */
static const char *
place_of(const struct xml_node *node)
{
	static const char *const names[] = { "nodeset", "ref", "bind", "id", NULL };

	for (size_t i = 0; names[i]; i++) {
		const char *value = xml_attribute(node, names[i]);

		if (value && *value)
			return value;
	}
	return node->name;
}

__attribute__((format(printf, 4, 0))) static void
tell(struct xform *x, const struct xml_node *node, bool warning, const char *fmt,
    va_list args)
{
	char said[1024], text[1200];
	struct form_problem p = { .warning = warning };

	vsnprintf(said, sizeof(said), fmt, args);
	snprintf(text, sizeof(text), node ? "%s: %s" : "%s%s",
	    node ? place_of(node) : "", said);
	p.text = text;
	p.line = node ? xml_line(x->source, node->offset) : 0;
	if (x->report)
		x->report(&p, x->data);
	if (warning || x->failed)
		return;
	x->failed = true;
	if (p.line)
		err_set(x->err, ERR_INPUT, _("line %d, %s"), p.line, text);
	else
		err_set(x->err, ERR_INPUT, "%s", text);
}

void
xform_error(struct xform *x, const struct xml_node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(x, node, false, fmt, args);
	va_end(args);
}

void
xform_warning(struct xform *x, const struct xml_node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(x, node, true, fmt, args);
	va_end(args);
}

const char *
xform_trimmed(struct xform *x, const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t len;

	text += strspn(text, blanks);
	len = strlen(text);
	while (len && strchr(blanks, text[len - 1]))
		len--;
	return text[len] ? arena_strndup(x->scratch, text, len) : text;
}

const struct expr *
xform_expr(struct xform *x, const struct xml_node *node, const char *text)
{
	struct err err = { 0 };
	const struct expr *e =
	    expr_parse_late(xform_trimmed(x, text), x->arena, &err);

	if (!e)
		xform_warning(x, node,
		    _("%s The rule \"%s\" is passed over."), err.text,
		    xform_trimmed(x, text));
	return e;
}

/* true() and false() with or without blanks. */
static bool
is_constant(const char *text, const char *name)
{
	for (; *text; text++) {
		if (strchr(" \t\r\n", *text))
			continue;
		if (*text != *name)
			return false;
		name++;
	}
	return !*name;
}

bool
xform_is_true(const char *text)
{
	return is_constant(text, "true()");
}

bool
xform_is_false(const char *text)
{
	return is_constant(text, "false()");
}

/* The first element of that name that does not stand deep. */
static struct xml_node *
find_shallow(const struct xml_node *top, const char *local, int depth)
{
	struct xml_node *found = NULL;

	for (struct xml_node *n = xml_child(top, NULL, NULL); n && !found;
	     n = xml_child(top, n, NULL))
		found = !strcmp(n->local, local) ? n
			: depth			 ? find_shallow(n, local, depth - 1)
						 : NULL;
	return found;
}

static const char *
text_of(struct xform *x, const struct xml_node *node)
{
	struct text text = node ? xform_text(x, node) : (struct text){ NULL, 0 };

	return text.count && text.parts[0].literal ? text.parts[0].literal : NULL;
}

/* What XLSForm has as settings. */
static void
read_settings(struct xform *x)
{
	static const struct {
		const char *attribute, *setting;
	} rows[] = {
		{ "action", "submission_url" },
		{ "base64RsaPublicKey", "public_key" },
		{ "auto-send", "auto_send" },
		{ "auto-delete", "auto_delete" },
	};
	const struct xml_node *submission = xml_child(x->model, NULL, "submission");
	const char **pairs = arena_alloc(x->arena, 20 * sizeof(pairs[0]));
	size_t n = 0;

	pairs[n++] = "form_id";
	pairs[n++] = x->form->id;
	pairs[n++] = "form_title";
	pairs[n++] = x->form->title;
	if (x->form->version[0]) {
		pairs[n++] = "version";
		pairs[n++] = x->form->version;
	}
	if (xml_attribute(x->body, "class")) {
		pairs[n++] = "style";
		pairs[n++] =
		    arena_strdup(x->arena, xml_attribute(x->body, "class"));
	}
	for (size_t i = 0; submission && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *value = xml_attribute(submission, rows[i].attribute);

		if (!value)
			continue;
		pairs[n++] = rows[i].setting;
		pairs[n++] = arena_strdup(x->arena, value);
	}
	x->form->settings = pairs;
}

/* The form's id is the root element's, else its namespace. */
static void
read_identity(struct xform *x, const struct xml_node *root)
{
	const char *id = xml_attribute(x->primary, "id");
	const char *version = xml_attribute(x->primary, "version");
	const char *title = text_of(x, find_shallow(root, "title", 1));

	if (!id || !*id)
		id = xml_attribute(x->primary, "xmlns");
	x->form->id = arena_strdup(x->arena, id && *id ? id : x->primary->local);
	x->form->version = arena_strdup(x->arena, version ? version : "");
	x->form->title = title ? title : x->form->id;
}

/* Prefixes that are declared around the record's instance, the nearest first. */
static void
read_namespaces(struct xform *x)
{
	const char **pairs, *const *pair;
	size_t count = 0;

	for (const struct xml_node *n = x->primary; n; n = n->parent)
		for (pair = n->attributes; pair && *pair; pair += 2)
			count += !strncmp(*pair, "xmlns:", 6);
	pairs = arena_alloc(x->arena, (2 * count + 1) * sizeof(pairs[0]));
	x->form->namespaces = pairs;
	count = 0;
	for (const struct xml_node *n = x->primary; n; n = n->parent)
		for (pair = n->attributes; pair && *pair; pair += 2) {
			if (strncmp(*pair, "xmlns:", 6) != 0 ||
			    form_pair(x->form->namespaces, *pair + 6))
				continue;
			pairs[count++] = arena_strdup(x->arena, *pair + 6);
			pairs[count++] = arena_strdup(x->arena, pair[1]);
		}
}

static bool
find_parts(struct xform *x, struct xml_node *root)
{
	const struct xml_node *instance;

	x->model = find_shallow(root, "model", 2);
	x->body = find_shallow(root, "body", 1);
	instance = x->model ? xml_child(x->model, NULL, "instance") : NULL;
	x->primary = instance ? xml_child(instance, NULL, NULL) : NULL;
	if (!x->model || !x->body)
		xform_error(x, root,
		    _("This is no XForm: it needs a model in its head, and a body."));
	else if (!x->primary)
		xform_error(x, x->model,
		    _("The model's first instance holds no record: add its root "
		      "element."));
	return x->primary;
}

static void
make_graph(struct xform *x)
{
	struct err err = { 0 };

	if (x->failed)
		return;
	x->form->graph = graph_new(x->form, &err);
	if (!x->form->graph)
		xform_error(x, NULL, "%s", err.text);
}

static void
read_model_actions(struct xform *x)
{
	for (const struct xml_node *n = xml_child(x->model, NULL, NULL); n;
	     n = xml_child(x->model, n, NULL))
		xform_read_action(x, n, NULL);
}

static void
read_all(struct xform *x, struct xml_node *root)
{
	if (!find_parts(x, root))
		return;
	xform_read_itext(x);
	if (!xform_read_instance(x))
		return;
	read_identity(x, root);
	read_namespaces(x);
	read_settings(x);
	xform_read_lists(x);
	xform_read_binds(x);
	xform_read_body(x);
	read_model_actions(x);
	xform_settle_actions(x);
	xform_apply_binds(x);
	xform_read_initial(x);
	make_graph(x);
}

struct form *
form_from_xform(const char *text, size_t len, const struct form_files *files,
    form_problem_fn *report, void *data, struct err *err)
{
	struct err own = { 0 };
	struct xform x = { .files = files,
		.report = report,
		.data = data,
		.source = text,
		.err = err ? err : &own };
	struct xml_node *root = NULL;
	size_t blank = 0;

	while (blank < len && strchr(" \t\r\n", text[blank]) && text[blank])
		blank++;
	x.source = text += blank;
	len -= blank;
	x.form = form_new("data");
	x.form->foreign = true;
	x.arena = x.form->arena;
	x.scratch = arena_new();
	if (len > FORM_BYTES_MAX)
		xform_error(&x, NULL, _("The form is larger than %u MB."),
		    FORM_BYTES_MAX >> 20);
	else if (!(root = xml_parse(text, len, mixed, x.scratch, &own)))
		xform_error(&x, NULL, "%s", own.text);
	if (root)
		read_all(&x, root);
	arena_free(x.scratch);
	free(x.itext_columns);
	if (!x.failed)
		return x.form;
	form_free(x.form);
	return NULL;
}
