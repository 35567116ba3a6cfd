/*
 * calendar - a month to pick a day from, in a pop-up
 *
 * Arrows move by day and week, PgUp/PgDn by month, Home to today, Enter takes, Esc
 * leaves. Weeks begin on Monday.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "keymap.h"

struct screen;

/* The key's day from here: arrows, PgUp and PgDn, Home. False: none of them. */
bool calendar_move(enum action action, int64_t today, int64_t *day);

/* *day: where to begin, and what was taken. False: left with Esc. */
bool calendar_run(struct screen *s, int64_t today, int64_t *day);

#endif
