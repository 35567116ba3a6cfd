/*
 * plain - a record filled in line by line: for screen readers, dumb terminals, scripts
 *
 * One question a line, its answer on the next. No cursor, no colour, no painting. The
 * answers go through the same session as the screen's: each is on the disk before the
 * next question is asked, and the end of the input keeps the draft.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdio.h>

struct err;
struct session;

enum plain_outcome {
	PLAIN_FINAL,  /* finished and queued */
	PLAIN_LEFT,   /* the input ended: what was answered is a draft */
	PLAIN_FAILED, /* err says why */
};

/* The session stays the caller's to close. */
enum plain_outcome plain_run(struct session *session, FILE *in, FILE *out,
    struct err *err);

#endif
