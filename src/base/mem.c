#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* abort(), so that the screen's handler can give the terminal back. */
static _Noreturn void
out_of_memory(void)
{
	static const char text[] = "minqing: out of memory\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)written;
	abort();
}

void *
mem_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
mem_resize(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

char *
mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

char *
mem_strndup(const char *s, size_t len)
{
	char *copy = mem_alloc(len + 1);

	memcpy(copy, s, len);
	return copy;
}

void *
mem_grow(void *array, size_t *cap, size_t need, size_t item_size)
{
	size_t room = *cap ? *cap : 8;

	if (need <= *cap)
		return array;
	while (room < need)
		room *= 2;
	if (room > SIZE_MAX / item_size)
		out_of_memory();
	*cap = room;
	return mem_resize(array, room * item_size);
}
