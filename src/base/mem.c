#include "mem.h"

#include <malloc.h>
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

/* --- what was given back --- */

#define SWEEP_LARGEST  65536
#define SWEEP_SMALLEST 24
#define SWEEP_STACK    131072
#define SWEEP_MARGIN   33554432 /* what the heap may grow by meanwhile, at most */

/* What functions left below, which have returned. */
static void __attribute__((noinline))
sweep_stack(void)
{
	char below[SWEEP_STACK];

	explicit_bzero(below, sizeof(below));
}

/* malloc() gives what is free before it lets the heap grow. */
static void *
take_all_of(size_t size, void *taken, size_t *left)
{
	const void *end = sbrk(0);
	void *p;

	while (*left >= size && (p = malloc(size))) {
		*left -= size;
		explicit_bzero(p, malloc_usable_size(p));
		memcpy(p, &taken, sizeof(taken));
		taken = p;
		if (sbrk(0) != end)
			break;
	}
	return taken;
}

void
mem_give_back(void)
{
	malloc_trim(0);
}

void
mem_sweep(void)
{
	void *taken = NULL, *before;
	size_t left, size;

	malloc_trim(0); /* whole pages go to the system, which gives them out as zeros */
	left = mallinfo2().fordblks + SWEEP_MARGIN;
	for (size = SWEEP_LARGEST; size > 1024; size /= 2)
		taken = take_all_of(size, taken, &left);
	for (; size >= SWEEP_SMALLEST; size -= 16)
		taken = take_all_of(size, taken, &left);
	for (; taken; taken = before) {
		memcpy(&before, taken, sizeof(before));
		free(taken);
	}
	malloc_trim(0);
	sweep_stack();
}
