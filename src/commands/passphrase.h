/*
 * passphrase - where the commands get passphrases from: a descriptor, or the terminal
 *
 * Never from the command line or the environment: those can be read by others. A
 * descriptor (--passphrase-fd, or its number in MINQING_PASSPHRASE_FD) is read a line at
 * a time; the terminal does not show what is typed, and a new one is typed twice.
 */
#ifndef PASSPHRASE_H
#define PASSPHRASE_H

#include "place.h"

#include <stdbool.h>

struct passphrases {
	int fd; /* -1: the terminal */
};

/* From --passphrase-fd's value (or NULL) and the environment. False and err when it is
 * no number. */
bool passphrases_init(struct passphrases *p, const char *option, struct err *err);

/* Can anybody be asked? */
bool passphrases_can_ask(const struct passphrases *p);

/* The asker; p must outlive it. */
struct place_asker passphrases_asker(struct passphrases *p);

#endif
