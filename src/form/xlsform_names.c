/*
 * xlsform_names - names seen so far, each in a scope: a group's rows, the repeats, the
 * lists of a sheet
 *
 * A table with open addressing, so that a sheet of any length is read in one go.
 */
#include "xlsform.h"

#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct xls_name {
	const void *scope;
	const char *name; /* NULL: an empty slot */
	void *value;
};

static size_t
hash_of(const void *scope, const char *name)
{
	uint64_t h = 14695981039346656037u ^ (uintptr_t)scope;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return (size_t)(h ^ (h >> 29));
}

static struct xls_name *
slot_of(const struct xls_names *n, const void *scope, const char *name)
{
	size_t at = hash_of(scope, name) & (n->size - 1);

	for (; n->slots[at].name; at = (at + 1) & (n->size - 1))
		if (n->slots[at].scope == scope && !strcmp(n->slots[at].name, name))
			break;
	return &n->slots[at];
}

void *
xls_names_get(const struct xls_names *n, const void *scope, const char *name)
{
	return n->size ? slot_of(n, scope, name)->value : NULL;
}

static void
grow(struct xls_names *n)
{
	struct xls_names bigger = { .size = n->size ? 2 * n->size : 64 };

	bigger.slots = mem_alloc(bigger.size * sizeof(bigger.slots[0]));
	bigger.count = n->count;
	for (size_t i = 0; i < n->size; i++)
		if (n->slots[i].name)
			*slot_of(&bigger, n->slots[i].scope, n->slots[i].name) =
			    n->slots[i];
	free(n->slots);
	*n = bigger;
}

void
xls_names_put(struct xls_names *n, const void *scope, const char *name, void *value)
{
	struct xls_name *slot;

	if (n->count * 2 >= n->size)
		grow(n);
	slot = slot_of(n, scope, name);
	n->count += !slot->name;
	*slot = (struct xls_name){ scope, name, value };
}

void
xls_names_clear(struct xls_names *n)
{
	free(n->slots);
	*n = (struct xls_names){ 0 };
}
