/*
 * tree_fixture - a small tree written as text, for tests
 *
 *   data(n=5 name='张三' day=@2026-11-02 rep(x=1) rep(x=2) !gone=1)
 *
 * 5 is a number, '…' a text, @… a date, !name is hidden (not relevant).
 */
#ifndef TREE_FIXTURE_H
#define TREE_FIXTURE_H

#include "tree.h"
#include "value.h"

#include "arena.h"
#include "clock.h"

#include <stdlib.h>
#include <string.h>

#define FIXTURE_MAX 256

struct fixture {
	struct tree tree;
	struct arena *arena;
	uint32_t count; /* 1 is the document */
	struct fixture_node {
		uint32_t parent, first, last, next;
		const char *name;
		struct value value;
		bool hidden;
	} nodes[FIXTURE_MAX];
};

static inline const struct fixture_node *
fixture_at(const struct tree *tree, uint32_t id)
{
	return &((const struct fixture *)tree)->nodes[id];
}

static inline uint32_t
fixture_parent(const struct tree *tree, uint32_t id)
{
	return fixture_at(tree, id)->parent;
}

static inline uint32_t
fixture_first_child(const struct tree *tree, uint32_t id)
{
	return fixture_at(tree, id)->first;
}

static inline uint32_t
fixture_next_sibling(const struct tree *tree, uint32_t id)
{
	return fixture_at(tree, id)->next;
}

static inline const char *
fixture_name(const struct tree *tree, uint32_t id)
{
	return fixture_at(tree, id)->name;
}

static inline void
fixture_value(const struct tree *tree, uint32_t id, struct arena *a, struct value *out)
{
	(void)a;
	*out = fixture_at(tree, id)->value;
}

static inline bool
fixture_hidden(const struct tree *tree, uint32_t id)
{
	for (; id; id = fixture_at(tree, id)->parent)
		if (fixture_at(tree, id)->hidden)
			return true;
	return false;
}

static const struct tree_ops fixture_ops = {
	.parent = fixture_parent,
	.first_child = fixture_first_child,
	.next_sibling = fixture_next_sibling,
	.name = fixture_name,
	.value = fixture_value,
	.hidden = fixture_hidden,
};

static inline uint32_t
fixture_add(struct fixture *f, uint32_t parent, const char *name)
{
	uint32_t id = ++f->count;

	if (id >= FIXTURE_MAX)
		abort();
	f->nodes[id] = (struct fixture_node){ .parent = parent,
					      .name = name,
					      .value = value_string("") };
	if (f->nodes[parent].last)
		f->nodes[f->nodes[parent].last].next = id;
	else
		f->nodes[parent].first = id;
	f->nodes[parent].last = id;
	return id;
}

/* s is after the =; returns what follows the value. */
static inline const char *
fixture_read_value(struct fixture *f, const char *s, struct value *out)
{
	size_t len = *s == '\'' ? strcspn(s + 1, "'") : strcspn(s, " )");
	int64_t day;

	if (*s == '\'') {
		*out = value_string(arena_strndup(f->arena, s + 1, len));
		return s + len + 2;
	}
	if (*s == '@' && clock_parse_day(arena_strndup(f->arena, s + 1, len - 1), &day))
		*out = value_date(day);
	else
		*out = value_number(strtod(s, NULL));
	return s + len;
}

static inline struct fixture *
fixture_new(const char *text)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint32_t open, id;
	const char *s = text;

	if (!f)
		abort();
	f->arena = arena_new();
	open = fixture_add(f, 0, "");
	f->nodes[0] = (struct fixture_node){ 0 };
	f->tree = (struct tree){ &fixture_ops, open };
	while (*s) {
		bool hidden = *s == '!';
		size_t len = strcspn(s + hidden, "=( )");

		if (*s == ' ' || *s == ')') {
			open = *s == ')' ? f->nodes[open].parent : open;
			s++;
			continue;
		}
		s += hidden;
		id = fixture_add(f, open, arena_strndup(f->arena, s, len));
		f->nodes[id].hidden = hidden;
		s += len;
		if (*s == '=') {
			s = fixture_read_value(f, s + 1, &f->nodes[id].value);
		} else if (*s == '(') {
			open = id;
			s++;
		}
	}
	return f;
}

static inline void
fixture_free(struct fixture *f)
{
	arena_free(f->arena);
	free(f);
}

#endif
