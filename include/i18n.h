/*
 * i18n - the words of the program in the user's language
 *
 * Sentences are written in English in the code and translated by gettext;
 * src/po/zh_CN.po holds the Chinese. N_() marks a string in a table that is
 * translated where it is shown.
 */
#ifndef I18N_H
#define I18N_H

#include <libintl.h>

#define _(s)  gettext(s)
#define N_(s) (s)

/*
 * Finds the message catalogues beside the program and picks a language: "zh",
 * "en", or NULL for what the environment says (zh when it says nothing). May be called
 * again while running. Sets the process's locale (LC_CTYPE always UTF-8, LC_NUMERIC
 * always C) and LANGUAGE.
 */
void i18n_use(const char *language);

/* "zh" or "en": what i18n_use() settled on. Never NULL. */
const char *i18n_language(void);

#endif
