/*
 * screen_inside - what screen.c, look.c and draw.c know of each other
 */
#ifndef SCREEN_INSIDE_H
#define SCREEN_INSIDE_H

#include "screen.h"

/* look.c: of each role, as curses has it. */
struct look {
	unsigned attributes[ROLE_COUNT];
	short pairs[ROLE_COUNT];
};

void look_choose(struct look *look, enum screen_look which);
/* Can this terminal show colours, and may we? (NO_COLOR) */
bool look_has_colours(void);

/* What is drawn from now on looks like that role. */
void screen_wear(struct screen *s, enum role role);

#endif
