/*
 * screen - a terminal for tests: a program on a pty, its screen read by libvterm
 *
 *	struct term *t = term_start(&(struct term_options){ .rows = 24, .cols = 80,
 *	    .argv = argv, .env = env });
 *	term_see(t, "Visits");              (waits until it stands there)
 *	term_keys(t, "<F2>王淑芳<Tab>5<Enter>");
 *	CHECK_STR(term_row(t, 3), "  Name   王淑芳");
 *	term_free(t);
 *
 * Nothing sleeps for a fixed time. term_keys() returns as soon as the program has
 * read everything and sleeps again with nothing more to print, which is asked of the
 * kernel (/proc/PID/syscall and the pty's queues); term_see() waits until the text
 * stands there, and then likewise. Both are bounded by TERM_PATIENCE_MS. (The
 * notebook's own screen.h is <screen.h> for tests.)
 */
#ifndef TESTS_SCREENS_SCREEN_H
#define TESTS_SCREENS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TERM_PATIENCE_MS 10000

struct term;

struct term_options {
	int rows, cols;          /* 0: 24 × 80 */
	const char *const *argv; /* a program, NULL-terminated, or … */
	int (*run)(void *data);  /* … a function run in a fork of the test */
	void *data;
	/* "NAME=value", NULL-terminated, on top of TERM=xterm-256color, LANG=C.UTF-8,
	 * LANGUAGE=en, ESCDELAY unset, NO_COLOR unset; "NAME" alone removes it. */
	const char *const *env;
};

struct term *term_start(const struct term_options *options);
/* SIGKILL if it still runs, waits for it. Returns its wait status; NULL: 0. */
int term_free(struct term *t);

/* Keys by name in angle brackets: <F1>..<F12> <Tab> <S-Tab> <Enter> <Esc> <Space>
 * <BS> <Del> <Ins> <Up> <Down> <Left> <Right> <Home> <End> <PgUp> <PgDn> <C-a> <M-u>
 * <C-Left> <C-Right> <C-Home> <C-End> <lt>; <Paste>…</Paste> brackets a paste; all
 * else is text. One write, then waits as said above. False when it ran out of time or
 * the program has ended. */
bool term_keys(struct term *t, const char *keys);
/* The same without waiting afterwards: type-ahead. */
bool term_type_ahead(struct term *t, const char *keys);
bool term_bytes(struct term *t, const char *bytes, size_t len); /* raw, no waiting */
bool term_settle(struct term *t);

/* Waits until text stands somewhere on the screen (is gone from it). On failure prints
 * the screen to stderr. */
bool term_see(struct term *t, const char *text);
/* As term_see(), but in the moment that it appears, perhaps in the middle of a painting. */
bool term_appears(struct term *t, const char *text);
bool term_see_not(struct term *t, const char *text);
bool term_has(struct term *t, const char *text); /* now, no waiting */
/* The row and column of text, or false. */
bool term_find(struct term *t, const char *text, int *row, int *col);

/* A row as UTF-8, wide characters once, blanks at its end cut; lent until the next
 * call of term_row (four may be held at once). */
const char *term_row(struct term *t, int row);
/* The whole screen, rows ended by newlines; the caller frees it. */
char *term_text(struct term *t);
void term_dump(struct term *t); /* to stderr, framed, for a failed test */

void term_cursor(struct term *t, int *row, int *col);
bool term_cursor_visible(struct term *t);
bool term_alternate(struct term *t); /* is the alternate screen shown? */

struct term_look {
	bool bold, underline, reverse, coloured; /* coloured: any colour not the default */
	int width;
};

struct term_look term_look(struct term *t, int row, int col);

void term_resize(struct term *t, int rows, int cols); /* and waits */

pid_t term_pid(const struct term *t);
void term_signal(struct term *t, int sig);
void term_kill(struct term *t); /* SIGKILL and waits for it to be gone */
/* Waits until the program ends by itself; false: it did not. *status as wait()'s. */
bool term_ended(struct term *t, int *status);

/* What the program wrote since term_reset(): bytes, and how often it was woken. */
void term_reset(struct term *t);
size_t term_written(const struct term *t);
const char *term_output(const struct term *t, size_t *len); /* the bytes themselves */
/* Microseconds from the last write of keys to the first byte that came back. */
long term_latency_us(const struct term *t);
/* Voluntary context switches so far: does it sleep when idle? */
long term_wakeups(const struct term *t);

/* The tty's own settings, for what is left behind after the end. */
bool term_is_cooked(const struct term *t);

#endif
