/*
 * utf8 - the one check of UTF-8 that every reader of outside text shares
 *
 * In a header of its own, because the collector takes json and csv but not text.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/*
 * Bytes of the well-formed sequence at s (Unicode table 3-7: no overlong forms, no
 * surrogates, nothing past U+10FFFF); 0 when it is malformed or cut off.
 */
static inline size_t
utf8_length(const char *s, size_t left)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xBF;
	size_t need, i;

	if (left == 0)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xC2 || u[0] > 0xF4)
		return 0;
	need = u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
	if (left < need)
		return 0;
	if (u[0] == 0xE0)
		low = 0xA0;
	else if (u[0] == 0xF0)
		low = 0x90;
	else if (u[0] == 0xED)
		high = 0x9F;
	else if (u[0] == 0xF4)
		high = 0x8F;
	if (u[1] < low || u[1] > high)
		return 0;
	for (i = 2; i < need; i++)
		if ((u[i] & 0xC0) != 0x80)
			return 0;
	return need;
}

#endif
