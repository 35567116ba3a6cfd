#include "argv.h"

#include "mem.h"

#include <string.h>

char **
argv_take(int argc, char **argv, int open)
{
	size_t size = ((size_t)argc + 1) * sizeof(*argv);
	char **words, *at;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	words = mem_alloc(size);
	at = (char *)(words + argc + 1);
	for (int i = 0; i < argc; i++) {
		words[i] = strcpy(at, argv[i]);
		at += strlen(at) + 1;
		if (i >= open)
			explicit_bzero(argv[i], strlen(argv[i]));
	}
	return words;
}
