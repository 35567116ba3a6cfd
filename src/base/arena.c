#include "arena.h"

#include "mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *block; /* newest first */
};

static struct block *
block_new(struct block *next, size_t size)
{
	struct block *b = mem_alloc(sizeof(*b) + size);

	b->next = next;
	b->size = size;
	return b;
}

static void
blocks_free(struct block *b)
{
	struct block *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

struct arena *
arena_new(void)
{
	return mem_alloc(sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	blocks_free(a->block);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *b = a->block;

	if (!b)
		return;
	blocks_free(b->next);
	b->next = NULL;
	memset(b->bytes, 0, b->used); /* arena_alloc promises zeroes */
	b->used = 0;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->block;
	void *p;

	size = (size + align - 1) / align * align;
	if (!b || b->size - b->used < size) {
		b = block_new(b, size > BLOCK_SIZE ? size : BLOCK_SIZE);
		a->block = b;
	}
	p = b->bytes + b->used;
	b->used += size;
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int len;
	char *text;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = arena_alloc(a, (size_t)(len < 0 ? 0 : len) + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, fmt, ap);
	va_end(ap);
	return text;
}
