/*
 * look - how a role of text looks: with colours, without, or in high contrast
 *
 * High contrast is bold white on black; what has the focus is reversed as a whole. No
 * look says anything by colour alone.
 */
#include "screen_inside.h"

#include <curses.h>

#include <stdlib.h>

#define PAIR_CONTRAST 1 /* and behind it one for each ink */
#define STRONG        (A_REVERSE | A_BOLD)

static const struct {
	attr_t plain;    /* without colours */
	attr_t coloured; /* with them */
	short ink;       /* -1: the terminal's own */
	attr_t contrast;
} role_looks[ROLE_COUNT] = {
	[ROLE_NORMAL] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
	[ROLE_TITLE] = { A_REVERSE, A_REVERSE, -1, STRONG },
	[ROLE_HEADING] = { A_BOLD, A_BOLD, -1, A_BOLD | A_UNDERLINE },
	[ROLE_LABEL] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
	[ROLE_FOCUS_LABEL] = { A_REVERSE, A_REVERSE, -1, STRONG },
	[ROLE_FIELD] = { A_UNDERLINE, A_UNDERLINE, -1, A_BOLD | A_UNDERLINE },
	[ROLE_FOCUS] = { A_UNDERLINE, A_UNDERLINE, -1, STRONG },
	[ROLE_VALUE] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
	[ROLE_HINT] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
	[ROLE_ERROR] = { A_BOLD, A_BOLD, COLOR_RED, STRONG },
	[ROLE_BAR] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
	[ROLE_BAR_KEY] = { A_NORMAL, A_NORMAL, -1, STRONG },
	[ROLE_MUTED] = { A_NORMAL, A_DIM, -1, A_BOLD },
	[ROLE_MARK] = { A_BOLD, A_BOLD, COLOR_YELLOW, STRONG },
	[ROLE_SELECTED] = { A_REVERSE, A_REVERSE, -1, STRONG },
	[ROLE_POPUP] = { A_NORMAL, A_NORMAL, -1, A_BOLD },
};

bool
look_has_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return has_colors() && !(no && *no);
}

void
look_choose(struct look *look, enum screen_look which)
{
	bool colours = look_has_colours();
	short pair = PAIR_CONTRAST;

	if (colours) {
		start_color();
		use_default_colors();
		init_pair(PAIR_CONTRAST, COLOR_WHITE, COLOR_BLACK);
	}
	for (int i = 0; i < ROLE_COUNT; i++) {
		look->pairs[i] = 0;
		look->attributes[i] = role_looks[i].plain;
		if (which == SCREEN_CONTRAST) {
			look->attributes[i] = role_looks[i].contrast;
			look->pairs[i] = colours ? PAIR_CONTRAST : 0;
		} else if (which == SCREEN_COLOURS && colours) {
			look->attributes[i] = role_looks[i].coloured;
			if (role_looks[i].ink < 0)
				continue;
			init_pair(++pair, role_looks[i].ink, -1);
			look->pairs[i] = pair;
		}
	}
	bkgdset(' ' | (chtype)COLOR_PAIR(look->pairs[ROLE_NORMAL]));
}
