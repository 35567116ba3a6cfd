#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drops a character that was cut in half at the end of a full message. */
static void
trim_partial(char *text, size_t size)
{
	size_t len = strlen(text), start = len;

	if (len + 1 < size)
		return;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
		text[start - 1] = '\0';
}

bool
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return false;
	err->kind = kind;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	trim_partial(err->text, sizeof(err->text));
	return false;
}

bool
err_within(struct err *err, const char *what)
{
	char inner[sizeof(err->text)];

	if (!err)
		return false;
	memcpy(inner, err->text, sizeof(inner));
	snprintf(err->text, sizeof(err->text), "%.120s: %.380s", what, inner);
	trim_partial(err->text, sizeof(err->text));
	return false;
}
