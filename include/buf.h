/*
 * buf - bytes that grow at the end; always NUL-terminated once touched
 *
 * struct buf b = { 0 } is a good empty one; buf_clear() gives the memory back.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

struct buf {
	char *data; /* NULL until the first byte */
	size_t len; /* without the NUL */
	size_t cap;
};

void buf_clear(struct buf *b);
void buf_reset(struct buf *b); /* empty, but keeps the room */
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_truncate(struct buf *b, size_t len);

/* Never NULL; lent until the next change. */
const char *buf_text(const struct buf *b);

/* Gives the bytes away (never NULL) and leaves b empty. */
char *buf_take(struct buf *b);

#endif
