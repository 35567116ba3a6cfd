/*
 * keys - what bytes from a terminal mean as keys
 *
 * Knows the sequences of ECMA-48 terminals (xterm, linux, vt, screen, tmux, putty) and
 * those of this terminal's terminfo entry as it is told. What it does not know is
 * swallowed, never taken for text. Reads nothing itself.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct key;
struct keys;

#define KEYS_PASTE_MAX (1u << 20) /* bytes of a paste; what is more is dropped */

struct keys *keys_new(void);
void keys_free(struct keys *k);

/* This terminal sends that sequence for that code (screen.h). */
void keys_define(struct keys *k, const char *sequence, int code);

void keys_feed(struct keys *k, const char *bytes, size_t len);

enum keys_result {
	KEYS_EMPTY,
	KEYS_GOT,
	KEYS_PART, /* the beginning of something: wait a little for the rest */
};

/* The next key; final: the rest of a beginning did not come, so take it as it is. */
enum keys_result keys_next(struct keys *k, bool final, struct key *key);

/* Is a paste under way? Then its end may be a while in coming. */
bool keys_in_paste(const struct keys *k);

#endif
