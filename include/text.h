/*
 * text - UTF-8 as people see it: characters, columns, Chinese input
 *
 * A character is an extended grapheme cluster (UAX 29), a column is a cell of
 * the terminal as libc's wcwidth() counts, because curses does.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

bool text_valid(const char *s, size_t len);

/* Bytes of the code point at s (1 when malformed) and the code point, or -1. */
size_t text_decode(const char *s, size_t len, int32_t *code);
size_t text_encode(int32_t code, char out[4]);

/* Where the cluster after/before byte offset at ends/begins. */
size_t text_next(const char *s, size_t len, size_t at);
size_t text_prev(const char *s, size_t len, size_t at);
/* Word movement: a run of hanzi, a run of letters and digits, a run of blanks. */
size_t text_next_word(const char *s, size_t len, size_t at);
size_t text_prev_word(const char *s, size_t len, size_t at);

/* Clusters in s, for "at most 30 characters". */
size_t text_count(const char *s, size_t len);

/* Columns of one cluster as text_visible() shows it: 0, 1 or 2; an unassigned one is 2,
 * a control 0. LC_CTYPE must be a UTF-8 locale (i18n_use). */
int text_cluster_width(const char *s, size_t len);
int text_width(const char *s, size_t len);
/* Most bytes of s that fit in columns, whole clusters only. */
size_t text_fit(const char *s, size_t len, int columns);

/* Appends NFC. Malformed bytes are kept as they are. */
void text_nfc(const char *s, size_t len, struct buf *out);

/* Appends s lower-cased and full-width forms made narrow: for comparing. */
void text_fold(const char *s, size_t len, struct buf *out);

/* Appends s with full-width digits, letters and signs made ASCII (Ａ１：－。　). */
void text_narrow(const char *s, size_t len, struct buf *out);

/* Appends what may be shown: no controls but \n and \t, no bidi or zero-width
 * characters, no U+FE0F, clusters of at most 8 code points and 2 columns (of a joined
 * family the first person), 〓 for what wcwidth() does not know, U+FFFD for malformed
 * bytes. Shows in exactly text_width() columns, \n and \t apart. */
void text_visible(const char *s, size_t len, struct buf *out);

/* Appends what may be kept of text that came from outside: as text_visible(), but no
 * character is replaced or left out for how a terminal shows it. */
void text_plain(const char *s, size_t len, struct buf *out);

/* Where needle stands in hay, both folded; (size_t)-1 when nowhere. */
size_t text_find(const char *hay, const char *needle);

/* The first 40 columns of s in whole clusters, as text_cut(): for sentences that quote
 * what was typed. Returns out. */
#define TEXT_BRIEF 160
const char *text_brief(const char *s, char out[TEXT_BRIEF]);

/* Appends at most that many columns of s in whole clusters, newlines and tabs as blanks,
 * with ".." behind them when that is not all: for one of the texts of a row. */
void text_cut(const char *s, int columns, struct buf *out);
#define TEXT_ROW    200  /* columns that a name in a printed row may have */
#define TEXT_REASON 2000 /* and a sentence */

/* Appends a masked answer as it may be seen: a star for each character but the last four;
 * of a short one half stays hidden. */
void text_mask(const char *s, struct buf *out);
/* The end of it that text_mask() leaves: what it may be searched by. */
const char *text_mask_end(const char *s);

/* Trims blanks (U+3000 too) from both ends, in place. */
void text_trim(char *s);

#endif
