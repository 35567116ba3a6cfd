#include "client_rosa_list.h"

#include "../src/form/xml.h"
#include "arena.h"
#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"

#include <string.h>

#define MESSAGE_MOST 200 /* bytes */

/* Which elements of a document are which. */
struct shape {
	const char *root, *item, *name;
};

static const struct shape forms = { "xforms", "xform", "formID" };
static const struct shape manifest = { "manifest", "mediaFile", "filename" };

/* The text of a child, without blanks around it; "" when there is none. */
static const char *
text_of(const struct xml_node *node, const char *local, struct arena *arena)
{
	const struct xml_node *child = xml_child(node, NULL, local);
	struct buf text = { 0 };
	const char *from, *kept;
	size_t len;

	if (!child)
		return "";
	xml_text(child, &text);
	from = buf_text(&text);
	from += strspn(from, " \t\r\n");
	len = strlen(from);
	while (len > 0 && strchr(" \t\r\n", from[len - 1]))
		len--;
	kept = arena_strndup(arena, from, len);
	buf_clear(&text);
	return kept;
}

/* A file's name must not lead out of its place. */
static bool
is_usable(const struct rosa_item *item, const struct shape *shape)
{
	if (!*item->name || !*item->url)
		return false;
	return shape == &forms || (!strpbrk(item->name, "/\\") && item->name[0] != '.');
}

static bool
read_list(const char *text, size_t len, const struct shape *shape, struct arena *arena,
    struct rosa_list *list, struct err *err)
{
	const struct xml_node *root = xml_parse(text, len, NULL, arena, NULL), *n = NULL;
	size_t count = 0;

	*list = (struct rosa_list){ 0 };
	if (!root || strcmp(root->local, shape->root) != 0)
		return err_set(err, ERR_NETWORK,
		    _("What answers there is no server for ODK's forms, or "
		    "something between (a login page?) answers for it. Check "
		    "the address and try again."));
	while ((n = xml_child(root, n, shape->item)))
		count++;
	if (count > ROSA_ITEMS_MAX)
		return err_set(err, ERR_NETWORK,
		    _("The server offers %zu forms or files; at most %d are "
		    "taken. Ask for a project with fewer."),
		    count, ROSA_ITEMS_MAX);
	list->items = arena_alloc(arena, (count + 1) * sizeof(*list->items));
	while ((n = xml_child(root, n, shape->item))) {
		struct rosa_item *item = &list->items[list->count];

		item->name = text_of(n, shape->name, arena);
		item->version = text_of(n, "version", arena);
		item->hash = text_of(n, "hash", arena);
		item->url = text_of(n, "downloadUrl", arena);
		item->manifest = text_of(n, "manifestUrl", arena);
		list->count += is_usable(item, shape);
	}
	return true;
}

bool
rosa_read_forms(const char *text, size_t len, struct arena *arena,
    struct rosa_list *list, struct err *err)
{
	return read_list(text, len, &forms, arena, list, err);
}

bool
rosa_read_manifest(const char *text, size_t len, struct arena *arena,
    struct rosa_list *list, struct err *err)
{
	return read_list(text, len, &manifest, arena, list, err);
}

/* --- messages --- */

static const char *
cut_to_size(const char *text, struct arena *arena)
{
	size_t len = strlen(text);

	if (len > MESSAGE_MOST) {
		len = MESSAGE_MOST;
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	return arena_strndup(arena, text, len);
}

/* {"message":"…"} or {"detail":"…"} */
static const char *
json_message(const char *text, size_t len, struct arena *arena)
{
	struct json_reader r;
	const char *found = "";
	bool on;

	json_reader_init(&r, text, len);
	on = json_next(&r) == JSON_OBJECT;
	while (on && json_next(&r) == JSON_NAME) {
		bool wanted = !strcmp(r.text, "message") || !strcmp(r.text, "detail");
		const char *raw;
		size_t raw_len;

		if (!wanted) {
			if (!json_skip(&r, &raw, &raw_len))
				break;
			continue;
		}
		if (json_next(&r) != JSON_STRING)
			break;
		found = cut_to_size(r.text, arena);
	}
	json_reader_clear(&r);
	return found;
}

const char *
rosa_message(const char *text, size_t len, struct arena *arena)
{
	const struct xml_node *root;

	if (len > 0 && text[0] == '{')
		return json_message(text, len, arena);
	root = xml_parse(text, len, NULL, arena, NULL);
	if (root && !strcmp(root->local, "OpenRosaResponse"))
		return cut_to_size(text_of(root, "message", arena), arena);
	return "";
}
