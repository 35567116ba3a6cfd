/*
 * client_rosa_list - what an OpenRosa server says it has: its forms, and a form's files
 *
 * https://docs.getodk.org/openrosa-form-list/ : formList and the manifest.
 */
#ifndef CLIENT_ROSA_LIST_H
#define CLIENT_ROSA_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

#define ROSA_ITEMS_MAX 2000

/* Texts are "" where nothing was said. */
struct rosa_item {
	const char *name;     /* formID, or the file's name */
	const char *version;
	const char *hash;     /* "md5:…": another when the bytes are */
	const char *url;
	const char *manifest; /* its address; "": the form has no files */
};

struct rosa_list {
	struct rosa_item *items; /* in the arena */
	size_t count;
};

/* ERR_NETWORK: it is no such document. Items without a name or an address, and files
 * whose name is a path, are left out. */
bool rosa_read_forms(const char *text, size_t len, struct arena *arena,
    struct rosa_list *list, struct err *err);
bool rosa_read_manifest(const char *text, size_t len, struct arena *arena,
    struct rosa_list *list, struct err *err);

/* The words in a server's answer to a submission, whatever it is written in: OpenRosa's
 * XML, JSON or a page. Lent from the arena; "" when there are none. */
const char *rosa_message(const char *text, size_t len, struct arena *arena);

#endif
