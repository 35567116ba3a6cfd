/*
 * log_piece - a piece of a notebook's log, as it came in a batch (sync/PROTOCOL.md)
 */
#ifndef LOG_PIECE_H
#define LOG_PIECE_H

#include "buf.h"

#include <stdbool.h>

/* A line taken apart; entries are lent from it. */
struct log_piece {
	struct buf device, user, base_hash, hash;
	long base;
	const char *entries; /* a JSON array */
	size_t entries_len;
};

/* False when the line is no such piece. To be cleared in any case. */
bool log_piece_read(const char *line, size_t len, struct log_piece *p);
void log_piece_clear(struct log_piece *p);

/* The number of its last entry. */
bool log_piece_end(const struct log_piece *p, long *number);

#endif
