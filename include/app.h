/*
 * app - the screens, from the first key to the last
 *
 * Opens the worker's notebook (asking whose when there are several, and who is there
 * when there is none), then shows home until the worker leaves. Everything typed is on
 * the disk before this returns.
 */
#ifndef APP_H
#define APP_H

#include <stdbool.h>

struct clock;
struct err;
struct place_asker;

struct app_options {
	const char *worker;   /* whose notebook, as place_open(); NULL: ask or the only one */
	const char *language; /* "zh", "en"; NULL: the notebook's, else the environment's */
	const struct clock *clock;
	const struct place_asker *asker; /* for passphrases; NULL: the screens ask */
	const char *form; /* a new record of it is begun at once; may be NULL */
	bool people; /* begin with the list of who works here, even of one */
};

/* False and err when there is no fit terminal or the notebook cannot be opened. */
bool app_run(const struct app_options *options, struct err *err);

#endif
