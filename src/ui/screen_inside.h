/*
 * screen_inside - what screen.c and draw.c know of each other
 */
#ifndef SCREEN_INSIDE_H
#define SCREEN_INSIDE_H

#include "screen.h"

/* What is drawn from now on looks like that role. */
void screen_wear(struct screen *s, enum role role);

#endif
