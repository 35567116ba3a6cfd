#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of text that fit into max without cutting a character in half. */
static int
fitting(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return (int)len;
	while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
		max--;
	return (int)max;
}

bool
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;
	char text[sizeof(err->text) + 1]; /* one more, to see what is cut */
	int len;

	if (!err)
		return false;
	err->kind = kind;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = fitting(text, sizeof(err->text) - 1);
	memcpy(err->text, text, (size_t)len);
	err->text[len] = '\0';
	return false;
}

bool
err_within(struct err *err, const char *what)
{
	char inner[sizeof(err->text)];

	if (!err)
		return false;
	memcpy(inner, err->text, sizeof(inner));
	snprintf(err->text, sizeof(err->text), "%.*s: %.*s", fitting(what, 120), what,
	    fitting(inner, 380), inner);
	return false;
}
