/*
 * form_glance - which form a file is, without reading more of it than that takes
 *
 * For who hands forms on and has no use for what they ask.
 */
#ifndef FORM_GLANCE_H
#define FORM_GLANCE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define FORM_GLANCE_SIZE 66 /* one more than a name may have: what is cut is none */

/*
 * The form's id and version as form_read() would find them: of an XLSForm as CSV or as a
 * workbook, or of an XForm. Both are "" when it is no form; the version also when it has
 * none. False and err when the file is broken.
 */
bool form_glance(const char *text, size_t len, char id[FORM_GLANCE_SIZE],
    char version[FORM_GLANCE_SIZE], struct err *err);

#endif
