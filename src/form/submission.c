/*
 * submission - writes and reads a record's XML
 *
 * Meta is written by us: an XLSForm has no definitions for it, an XForm's say where in it
 * each part stands.
 */
#include "submission.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ids ---- */

/* The time in a record's id: its first 48 bits. */
static int64_t
time_of(const char *record_id)
{
	char hex[13] = "";
	size_t n = 0;

	for (; *record_id && n < 12; record_id++)
		if (*record_id != '-')
			hex[n++] = *record_id;
	return strtoll(hex, NULL, 16);
}

/* A name in the world for a part of the record. */
static void
id_of_part(const char *record_id, const char *part, char out[UUID_SIZE])
{
	struct buf name = { 0 };

	buf_fmt(&name, "%s %s", record_id, part);
	uuid_named(time_of(record_id), name.data, name.len, out);
	buf_clear(&name);
}

void
submission_id(const char *record_id, int rev, char out[SUBMISSION_ID_SIZE])
{
	char own[UUID_SIZE], part[32];

	if (rev <= 1) {
		snprintf(out, SUBMISSION_ID_SIZE, "uuid:%s", record_id);
		return;
	}
	snprintf(part, sizeof(part), "revision %d", rev);
	id_of_part(record_id, part, own);
	snprintf(out, SUBMISSION_ID_SIZE, "uuid:%s", own);
}

/* ---- writing ---- */

struct writing {
	const struct form *form;
	const struct submission *s;
	struct buf *out;
	struct buf room;
};

static const char *
local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

/* On one line: breaks are references, which also keeps them in attributes. */
static void
add_escaped(struct writing *w, const char *text)
{
	buf_reset(&w->room);
	xml_escape(text, &w->room);
	for (const char *at = buf_text(&w->room); *at; at++)
		if (*at == '\n')
			buf_str(w->out, "&#10;");
		else if (*at == '\t')
			buf_str(w->out, "&#9;");
		else
			buf_char(w->out, *at);
}

static void
add_attribute(struct writing *w, const char *name, const char *value)
{
	buf_fmt(w->out, " %s=\"", name);
	add_escaped(w, value);
	buf_char(w->out, '"');
}

static void
add_element(
    struct writing *w, const char *prefix_of, const char *name, const char *text)
{
	const char *colon = strchr(prefix_of, ':');
	int prefix = colon ? (int)(colon + 1 - prefix_of) : 0;

	if (!text || !*text)
		return;
	buf_fmt(w->out, "<%.*s%s>", prefix, prefix_of, name);
	add_escaped(w, text);
	buf_fmt(w->out, "</%.*s%s>", prefix, prefix_of, name);
}

/* What meta says of the record, by local name; NULL: nothing that we know. */
static const char *
said_in_meta(const struct writing *w, const char *local)
{
	if (!strcmp(local, "instanceID"))
		return w->s->id;
	if (!strcmp(local, "deprecatedID"))
		return w->s->deprecated ? w->s->deprecated : "";
	if (!strcmp(local, "instanceName"))
		return w->s->name;
	return NULL;
}

/* An entity that is made needs a name in the world. */
static bool
is_new_entity(const struct def *def)
{
	const char *id = form_pair(def->attributes, "id");

	return !strcmp(local_name(def->name), "entity") && id && !*id &&
	       form_pair(def->attributes, "create");
}

static void
add_entity_id(struct writing *w, const struct node *node)
{
	struct buf path = { 0 };
	char id[UUID_SIZE];

	instance_path(node, &path);
	id_of_part(w->s->id + strlen("uuid:"), buf_text(&path), id);
	add_attribute(w, "id", id);
	buf_clear(&path);
}

static void
add_attributes(struct writing *w, const struct node *node)
{
	bool entity = is_new_entity(node->def);
	const char *const *pair = node->def->attributes;

	for (; pair && *pair; pair += 2)
		if (entity && !strcmp(pair[0], "id"))
			add_entity_id(w, node);
		else
			add_attribute(w, pair[0], pair[1]);
}

static bool
has_prefix(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(name, prefix, n) && name[n] == ':';
}

static bool
is_prefix_used(const struct form *form, const char *prefix)
{
	for (size_t i = 0; i < form->def_count; i++) {
		const char *const *pair = form->defs[i]->attributes;

		if (has_prefix(form->defs[i]->name, prefix))
			return true;
		for (; pair && *pair; pair += 2)
			if (has_prefix(*pair, prefix))
				return true;
	}
	return false;
}

static void
add_root_attributes(struct writing *w, const struct node *root)
{
	const struct form *form = w->form;
	const char *const *pair = form->namespaces;
	char name[80];

	add_attributes(w, root);
	if (!form->foreign) {
		add_attribute(w, "id", form->id);
		if (form->version[0])
			add_attribute(w, "version", form->version);
	}
	for (; pair && *pair; pair += 2) {
		snprintf(name, sizeof(name), "xmlns:%s", pair[0]);
		if (is_prefix_used(form, pair[0]) &&
		    !form_pair(root->def->attributes, name))
			add_attribute(w, name, pair[1]);
	}
}

/* Rows of a sheet that no record has a node for. */
static bool
is_nowhere(const struct def *def)
{
	return def->kind == DEF_QUESTION &&
	       (def->question->kind == QUESTION_XML_EXTERNAL ||
		   def->question->kind == QUESTION_CSV_EXTERNAL ||
		   def->question->kind == QUESTION_AUDIT) &&
	       !(def->parent->flags & DEF_META);
}

static void write_node(struct writing *w, const struct node *node);

static bool
has_child(const struct def *meta, const char *local)
{
	for (const struct def *d = meta->first; d; d = d->next)
		if (!strcmp(local_name(d->name), local))
			return true;
	return false;
}

/* What the form's meta has no place for; NULL: the form has no meta. */
static void
write_rest_of_meta(struct writing *w, const struct def *meta, const char *name)
{
	static const char *const parts[] = { "instanceID", "deprecatedID",
		"instanceName" };

	for (size_t i = 0; i < 3; i++)
		if (!meta || !has_child(meta, parts[i]))
			add_element(w, name, parts[i], said_in_meta(w, parts[i]));
}

/* Where the form has none: XLSForm's is as pyxform makes it. */
static void
write_own_meta(struct writing *w)
{
	const char *name = w->form->foreign ? "orx:meta" : "meta";

	buf_fmt(w->out, "<%s%s>", name,
	    w->form->foreign ? " xmlns:orx=\"http://openrosa.org/xforms\"" : "");
	write_rest_of_meta(w, NULL, name);
	buf_fmt(w->out, "</%s>", name);
}

static bool
is_own_meta(const struct def *def)
{
	return (def->flags & DEF_META) && def->parent && !def->parent->parent;
}

static void
write_children(struct writing *w, const struct node *node)
{
	for (const struct node *n = node->first; n; n = n->next)
		if (!is_nowhere(n->def) && (n->relevant || is_own_meta(n->def)))
			write_node(w, n);
	if (!node->parent) {
		const struct def *d = w->form->root->first;

		while (d && !is_own_meta(d))
			d = d->next;
		if (!d)
			write_own_meta(w);
	} else if (is_own_meta(node->def)) {
		write_rest_of_meta(w, node->def, node->def->name);
	}
}

static void
write_node(struct writing *w, const struct node *node)
{
	const struct def *def = node->def;
	const char *text = node->text;
	size_t start = w->out->len, begin;

	if (def->parent && is_own_meta(def->parent) &&
	    said_in_meta(w, local_name(def->name)))
		text = said_in_meta(w, local_name(def->name));
	buf_fmt(w->out, "<%s", def->name);
	if (def->parent)
		add_attributes(w, node);
	else
		add_root_attributes(w, node);
	begin = w->out->len;
	buf_char(w->out, '>');
	if (def->kind == DEF_QUESTION)
		add_escaped(w, text);
	else
		write_children(w, node);
	if (w->out->len == begin + 1 && w->s->answered && def->parent &&
	    def->kind != DEF_REPEAT && !is_own_meta(def->parent)) {
		buf_truncate(w->out, start);
		return;
	}
	if (w->out->len > begin + 1) {
		buf_fmt(w->out, "</%s>", def->name);
		return;
	}
	buf_truncate(w->out, begin);
	buf_str(w->out, "/>");
}

void
submission_write(const struct instance *in, const struct submission *s, struct buf *out)
{
	struct writing w = { .form = instance_form(in), .s = s, .out = out };

	buf_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	write_node(&w, instance_root(in));
	buf_clear(&w.room);
}

/* ---- reading ---- */

struct reading {
	struct instance *in;
	struct err *err;
};

static const struct def *
child_def(const struct def *parent, const struct xml_node *x)
{
	const struct def *def = parent->first;

	while (def && strcmp(def->name, x->name) != 0)
		def = def->next;
	if (def)
		return def;
	def = parent->first;
	while (def && strcmp(local_name(def->name), x->local) != 0)
		def = def->next;
	return def;
}

static bool
is_child(const struct node *parent, const struct node *node)
{
	return node && node->parent == parent;
}

static bool
no_place(struct reading *r, const struct node *at, const struct xml_node *x)
{
	struct buf path = { 0 };

	instance_path(at, &path);
	buf_fmt(&path, "%s%s", path.len ? "/" : "", x->name);
	err_set(r->err, ERR_INPUT,
	    _("The form %s has no place for the answer \"%s\" as it stands there."),
	    instance_form(r->in)->id, buf_text(&path));
	buf_clear(&path);
	return false;
}

static bool
read_children(struct reading *r, struct node *at, const struct xml_node *x)
{
	for (const struct xml_node *c = xml_child(x, NULL, NULL); c;
	     c = xml_child(x, c, NULL)) {
		const struct def *def = child_def(at->def, c);
		bool meta = (at->def->flags & DEF_META) ||
			    (!at->parent && !strcmp(c->local, "meta"));
		struct node *node = NULL;

		/* a question that is called "x:meta" is not meant by "meta" */
		if (def && !at->parent && !strcmp(c->local, "meta") &&
		    !(def->flags & DEF_META) && strcmp(def->name, c->name) != 0)
			def = NULL;
		if (!def && meta)
			continue;
		if (def && def->kind == DEF_REPEAT)
			node = instance_repeat_add(r->in, at, def, (size_t)-1);
		else if (def)
			node = instance_near(at, def);
		if (!def || !is_child(at, node))
			return no_place(r, at, c);
		if (def->kind == DEF_QUESTION && xml_child(c, NULL, NULL))
			return no_place(r, node, xml_child(c, NULL, NULL));
		if (def->kind == DEF_QUESTION)
			instance_set(r->in, node, c->text);
		else if (!read_children(r, node, c))
			return false;
	}
	return true;
}

/* Bytes that XML cannot hold do not count. */
static bool
is_same(const char *a, const char *b)
{
	struct buf left = { 0 }, right = { 0 };
	bool same;

	xml_escape(a, &left);
	xml_escape(b, &right);
	same = !strcmp(buf_text(&left), buf_text(&right));
	buf_clear(&left);
	buf_clear(&right);
	return same;
}

static bool
is_of_form(struct reading *r, const struct xml_node *root)
{
	const struct form *form = instance_form(r->in);
	const char *id = xml_attribute(root, "id");

	if (!id || !*id)
		id = xml_attribute(root, "xmlns");
	if (!id || is_same(id, form->id))
		return true;
	return err_set(r->err, ERR_INPUT,
	    _("This record is one of the form \"%s\", not of \"%s\"."), id, form->id);
}

bool
submission_read(struct instance *in, const char *xml, size_t len, struct err *err)
{
	struct reading r = { in, err };
	struct arena *a = arena_new();
	const struct xml_node *root = xml_parse(xml, len, NULL, a, err);
	bool good =
	    root && is_of_form(&r, root) && read_children(&r, instance_root(in), root);

	arena_free(a);
	return good;
}
