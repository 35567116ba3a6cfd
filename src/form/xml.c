#include "xml.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "i18n.h"

#include <ctype.h>
#include <expat.h>
#include <stdint.h>
#include <string.h>

#define NAME_SLOTS 256

/* A name is kept once, however often it stands. */
struct xml_name {
	struct xml_name *next;
	const char *name, *local;
};

struct reading {
	XML_Parser parser;
	struct arena *arena;
	const char *const *mixed;
	struct xml_node *root, *open;
	struct buf text; /* since the last tag */
	size_t text_offset;
	int depth;
	struct xml_name *names[NAME_SLOTS];
	const char *refusal; /* why it was stopped; NULL: by expat */
};

static const struct xml_name *
keep_name(struct reading *r, const char *name)
{
	uint32_t h = 2166136261u;
	struct xml_name *n;
	const char *colon;

	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (n = r->names[h % NAME_SLOTS]; n; n = n->next)
		if (!strcmp(n->name, name))
			return n;
	n = arena_alloc(r->arena, sizeof(*n));
	n->name = arena_strdup(r->arena, name);
	colon = strchr(n->name, ':');
	n->local = colon ? colon + 1 : n->name;
	n->next = r->names[h % NAME_SLOTS];
	r->names[h % NAME_SLOTS] = n;
	return n;
}

static void
hang(struct xml_node *parent, struct xml_node *node)
{
	node->parent = parent;
	if (!parent)
		return;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
}

static bool
is_blank(const struct buf *text)
{
	return text->len == strspn(buf_text(text), " \t\r\n");
}

static bool
is_mixed(const struct reading *r, const struct xml_node *node)
{
	const char *const *name = r->mixed;

	while (name && *name && strcmp(*name, node->local) != 0)
		name++;
	return name && *name;
}

/* What was read since the last tag becomes a piece of text. */
static void
end_text(struct reading *r)
{
	struct xml_node *piece;

	if (!r->text.len)
		return;
	if (r->open && (!is_blank(&r->text) || is_mixed(r, r->open))) {
		piece = arena_alloc(r->arena, sizeof(*piece));
		piece->text = arena_strndup(r->arena, r->text.data, r->text.len);
		piece->offset = r->text_offset;
		hang(r->open, piece);
	}
	buf_reset(&r->text);
}

static void
stop(struct reading *r, const char *why)
{
	r->refusal = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static void
on_start(void *data, const char *name, const char **attributes)
{
	struct reading *r = data;
	struct xml_node *node = arena_alloc(r->arena, sizeof(*node));
	const struct xml_name *kept = keep_name(r, name);
	const char **pairs;
	size_t count = 0;

	end_text(r);
	if (++r->depth > XML_DEPTH_MAX) {
		stop(r, _("too many elements stand in each other."));
		return;
	}
	node->name = kept->name;
	node->local = kept->local;
	node->text = "";
	node->offset = (size_t)XML_GetCurrentByteIndex(r->parser);
	while (attributes[count])
		count++;
	if (count) {
		pairs = arena_alloc(r->arena, (count + 1) * sizeof(pairs[0]));
		for (size_t i = 0; i < count; i += 2) {
			pairs[i] = keep_name(r, attributes[i])->name;
			pairs[i + 1] = arena_strdup(r->arena, attributes[i + 1]);
		}
		node->attributes = pairs;
	}
	hang(r->open, node);
	if (!r->open)
		r->root = node;
	r->open = node;
}

static void
on_end(void *data, const char *name)
{
	struct reading *r = data;
	struct xml_node *node = r->open;

	(void)name;
	if (!node->first && r->text.len) {
		node->text = arena_strndup(r->arena, r->text.data, r->text.len);
		buf_reset(&r->text);
	}
	end_text(r);
	r->open = node->parent;
	r->depth--;
}

static void
on_text(void *data, const char *text, int len)
{
	struct reading *r = data;

	if (!r->text.len)
		r->text_offset = (size_t)XML_GetCurrentByteIndex(r->parser);
	buf_add(&r->text, text, (size_t)len);
}

static void
on_doctype(void *data, const char *name, const char *system, const char *public,
    int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(data, _("a document type (<!DOCTYPE …>) is not taken: remove it."));
}

static bool
fail(const struct reading *r, struct err *err)
{
	return err_set(err, ERR_INPUT, _("Line %lu, column %lu: %s"),
	    (unsigned long)XML_GetCurrentLineNumber(r->parser),
	    (unsigned long)XML_GetCurrentColumnNumber(r->parser) + 1,
	    r->refusal ? r->refusal
		       : XML_ErrorString(XML_GetErrorCode(r->parser)));
}

struct xml_node *
xml_parse(const char *text, size_t len, const char *const *mixed, struct arena *arena,
    struct err *err)
{
	struct reading r = { .arena = arena, .mixed = mixed };
	bool good;

	r.parser = XML_ParserCreate(NULL);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	good = len < INT32_MAX &&
	       XML_Parse(r.parser, text, (int)len, 1) == XML_STATUS_OK;
	if (!good)
		fail(&r, err);
	XML_ParserFree(r.parser);
	buf_clear(&r.text);
	return good ? r.root : NULL;
}

/* Which letters of the world XML takes, expat knows. */
bool
xml_is_name(const char *name)
{
	struct buf element = { 0 };
	XML_Parser parser;
	bool ascii = true, good;

	for (const char *p = name; *p; p++) {
		ascii = ascii && !(*p & 0x80);
		if (!(*p & 0x80) && !isalnum((unsigned char)*p) && !strchr("_-.:", *p))
			return false;
	}
	if (ascii)
		return isalpha((unsigned char)*name) || *name == '_';
	buf_fmt(&element, "<%s/>", name);
	parser = XML_ParserCreate("UTF-8");
	good = XML_Parse(parser, buf_text(&element), (int)element.len, 1) ==
	       XML_STATUS_OK;
	XML_ParserFree(parser);
	buf_clear(&element);
	return good;
}

static const char *
behind_prefix(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

const char *
xml_attribute(const struct xml_node *node, const char *local)
{
	const char *const *pair;

	for (pair = node->attributes; pair && *pair; pair += 2)
		if (!strcmp(*pair, local))
			return pair[1];
	for (pair = node->attributes; pair && *pair; pair += 2)
		if (strncmp(*pair, "xmlns", 5) != 0 &&
		    !strcmp(behind_prefix(*pair), local))
			return pair[1];
	return NULL;
}

struct xml_node *
xml_child(
    const struct xml_node *parent, const struct xml_node *after, const char *local)
{
	struct xml_node *node = after ? after->next : parent->first;

	while (node && (!node->name || (local && strcmp(node->local, local) != 0)))
		node = node->next;
	return node;
}

struct xml_node *
xml_next(const struct xml_node *top, const struct xml_node *node)
{
	if (node->first)
		return node->first;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

void
xml_text(const struct xml_node *node, struct buf *out)
{
	for (const struct xml_node *n = node; n; n = xml_next(node, n))
		buf_str(out, n->text);
}

int
xml_line(const char *text, size_t offset)
{
	int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

void
xml_escape(const char *s, struct buf *out)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		case '\r':
			buf_str(out, "&#13;");
			break;
		default:
			if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
				buf_char(out, *s);
		}
}
