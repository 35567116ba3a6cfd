/*
 * err - why something failed, in words for the person at the keyboard
 *
 * Functions that can fail for reasons outside the program take a struct err
 * last and return false (or NULL, or -1). Mistakes in the program itself are
 * assert()s; running out of memory ends the program (mem.h).
 */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_INPUT,   /* a file, a form or an answer is not what it should be */
	ERR_SYSTEM,  /* the disk, the database or the OS said no */
	ERR_DAMAGED, /* what was asked for stands in a damaged part of a file; others may not */
	ERR_BUSY,    /* another program has it; worth trying again later */
	ERR_NETWORK, /* worth trying again later */
	ERR_REFUSED, /* the other side understood and said no */
	ERR_CANCELLED,
};

struct err {
	enum err_kind kind;
	char text[512]; /* UTF-8, cut at a character's boundary */
};

/* Fills err (which may be NULL) and returns false, so callers can return it. */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "what: " in front of a message on its way up. Returns false. */
bool err_within(struct err *err, const char *what);

#endif
