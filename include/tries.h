/*
 * tries - wrong passphrases: each makes the next try wait longer
 *
 * Kept beside the notebook or the backup (PATH.tries: a time a line, " PIN" behind that of
 * a PIN), so that starting the program again helps nobody, until the right passphrase
 * comes; then they go into the notebook's log. The first few cost nothing but their own
 * half second: people mistype. Who has the file can try elsewhere: against that the key
 * derivation stands.
 */
#ifndef TRIES_H
#define TRIES_H

#include <stdbool.h>
#include <stdint.h>

struct clock;
struct err;
struct notebook;

#define TRIES_FREE     3   /* wrong ones before anybody waits */
#define TRIES_WAIT_MAX 300 /* seconds */

/* Seconds until the next try; 0: now. */
int tries_wait(const char *path, const struct clock *clock);
/* One more was wrong: on the disk when this returns, where that can be written. */
void tries_failed(const char *path, const struct clock *clock);
/* A PIN was wrong: kept for the log, whatever becomes of the program that asked. Nobody
 * waits for it, since there are few tries at all. */
void tries_pin_failed(const char *path, const struct clock *clock);
/* The right one came: the wrong ones go into the log of the notebook, which is open. path
 * is what they were kept beside: the notebook's own, or the backup that it was. */
bool tries_log(struct notebook *nb, const char *path, struct err *err);

#endif
