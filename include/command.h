/*
 * command - what can be said on the command line, as one table
 *
 * Exit codes: 0 done; 1 done, but something was refused or wrong (the output says
 * what); 2 the words were not understood; 3 the notebook, the disk or the system said
 * no; 4 the network said no.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum command_exit { EXIT_OK, EXIT_WRONG, EXIT_USAGE, EXIT_SYSTEM, EXIT_NETWORK };

struct buf;
struct clock;
struct err;
struct notebook;
struct passphrases;
struct record;

/* What every command gets. */
struct command_context {
	const char *worker;   /* --worker, or NULL */
	const char *language; /* --language, or NULL */
	const struct clock *clock;
	struct passphrases *passphrases; /* passphrase.h */
};

struct option {
	const char *name; /* "--form" */
	const char *value; /* what the help calls it, "ID"; NULL for a flag */
	const char *help;
};

#define OPTIONS_MAX 12

/* The words after a command's name, taken apart by its rows of options. */
struct words {
	const struct option *options;
	const char *values[OPTIONS_MAX]; /* by the row's place; "" for a flag, or NULL */
	char **rest; /* what is no option */
	int rest_count;
};

struct command {
	const char *name;    /* "form check": two words are fine */
	const char *operands; /* "FILE..."; "" */
	int min, max;        /* how many operands; max -1: any number */
	const char *help;
	const struct option *options; /* ended by a row without a name; or NULL */
	int (*run)(const struct command_context *context, const struct words *words);
};

/* Ended by a row without a name. */
extern const struct command commands[];

/* Parses the command line and runs it; an exit code. */
int command_main(int argc, char **argv);

/* For the commands: opens the notebook that is meant; tells warnings on stderr. NULL
 * after it told why not; status is the exit code then. */
struct notebook *command_notebook(const struct command_context *context, int *status);

/* The record that is meant, as record_get() gives it. False and err when there is none. */
bool command_record(struct notebook *nb, const char *id, struct record *record,
    struct err *err);

/* Tells err on stderr; the exit code that fits its kind. */
int command_failed(const struct err *err);

/* The value of an option by its name; NULL when it was not given. */
const char *words_get(const struct words *words, const char *option);

#endif
