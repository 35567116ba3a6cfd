/*
 * command - what can be said on the command line, as one table
 *
 * The screens are a command too ("minqing" alone). Exit codes: 0 done; 1 done, but
 * something was refused or wrong (the output says what); 2 the words were not
 * understood; 3 the notebook, disk or system said no; 4 the network said no.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

enum command_exit { EXIT_OK, EXIT_WRONG, EXIT_USAGE, EXIT_SYSTEM, EXIT_NETWORK };

struct command {
	const char *name; /* "form check": two words are fine */
	const char *usage;
	const char *help;
	int (*run)(int argc, char **argv); /* argv[0] is the first word after the name */
};

/* Ended by a row without a name. */
extern const struct command commands[];

#endif
