/*
 * form_read - a form by what it begins with
 */
#include "form.h"

#include "err.h"
#include "xlsx.h"

#include <string.h>

struct form *
form_read(const char *text, size_t len, const struct form_files *files,
    form_problem_fn *report, void *data, struct err *err)
{
	size_t at = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

	if (xlsx_begins(text, len))
		return form_from_xlsform_xlsx(text, len, files, report, data, err);
	while (at < len && text[at] && strchr(" \t\r\n", text[at]))
		at++;
	if (at < len && text[at] == '<')
		return form_from_xform(
		    text + at, len - at, files, report, data, err);
	return form_from_xlsform_csv(text, len, files, report, data, err);
}
