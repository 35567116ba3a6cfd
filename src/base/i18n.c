#include "i18n.h"

#include <ctype.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN    "minqing"
#define CATALOGUE "/zh_CN/LC_MESSAGES/" DOMAIN ".mo"
#define UTF8      "C.UTF-8"

/* The language is the process's, as it is for gettext() itself. */
static struct {
	const char *language;
	const char *ours; /* what we put into LANGUAGE */
	char theirs[128]; /* what stood there before */
} state;

/* Beside the program in the build folder or under the prefix it is installed to; the
 * last two for test programs in folders of their own. */
static const char *const places[] = {
	"/locale",
	"/../share/locale",
	"/../locale",
	"/../../locale",
};

static void
bind_catalogue(void)
{
	char folder[PATH_MAX], file[PATH_MAX + 64];
	ssize_t len = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash;
	size_t i;

	if (len < 0)
		return; /* gettext's own folder is as good a guess as any */
	folder[len] = '\0';
	slash = strrchr(folder, '/');
	if (!slash)
		return;
	*slash = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(file, sizeof(file), "%s%s%s", folder, places[i], CATALOGUE);
		if (access(file, R_OK) == 0) {
			file[strlen(file) - strlen(CATALOGUE)] = '\0';
			bindtextdomain(DOMAIN, file);
			return;
		}
	}
}

/* LANGUAGE as the user left it. */
static const char *
their_language(void)
{
	const char *now = getenv("LANGUAGE");

	if (now && state.ours && !strcmp(now, state.ours))
		return state.theirs;
	return now;
}

/* The first variable that names a language decides. "C" names none; then it is zh,
 * because the people who use this are Chinese. */
static const char *
guess(void)
{
	const char *const says[] = { their_language(), getenv("LC_ALL"),
		getenv("LC_MESSAGES"), getenv("LANG") };
	size_t i;

	for (i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		const char *s = says[i];

		if (!s || !*s || !strcmp(s, "C") || !strncmp(s, "C.", 2) ||
		    !strcmp(s, "POSIX"))
			continue;
		return !strncmp(s, "zh", 2) && !isalpha((unsigned char)s[2]) ? "zh" : "en";
	}
	return "zh";
}

static bool
is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* LANGUAGE counts in any locale but plain C; the terminal needs UTF-8; a decimal point
 * is a point in files and on the wire. */
static void
choose_locale(void)
{
	const char *messages;

	if (!setlocale(LC_ALL, ""))
		setlocale(LC_ALL, UTF8);
	if (!is_utf8())
		setlocale(LC_CTYPE, UTF8);
	messages = setlocale(LC_MESSAGES, NULL);
	if (!messages || !strcmp(messages, "C") || !strcmp(messages, "POSIX"))
		setlocale(LC_MESSAGES, UTF8);
	setlocale(LC_NUMERIC, "C");
}

void
i18n_use(const char *language)
{
	const char *theirs = their_language();
	bool zh;

	if (!language)
		language = guess();
	zh = !strcmp(language, "zh");
	if (theirs != state.theirs)
		snprintf(state.theirs, sizeof(state.theirs), "%s", theirs ? theirs : "");
	state.language = zh ? "zh" : "en";
	state.ours = zh ? "zh_CN" : "en";
	setenv("LANGUAGE", state.ours, 1);
	choose_locale(); /* after each setlocale() gettext looks at LANGUAGE again */
	bind_catalogue();
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

const char *
i18n_language(void)
{
	return state.language ? state.language : guess();
}
