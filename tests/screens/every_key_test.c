/*
 * every_key_test - each key of the table, and its twin, does something where it is bound
 *
 * For each place a few ways lead there from home. A key is reached when in one of these
 * states it changes what is on the screen, where the cursor is, or ends the program;
 * its twin must then do the same. The whole table takes a minute: KEYS_ALL=1 (as
 * `make faults` has it); else only the places where most is typed.
 */
#include "sample_notebook.h"

#include "keymap.h"

#include <screen.h>
#include <stdlib.h>

#define WAYS 8
#define SHEET "3清淤<PgDn><Paste>SZFT000101\t林晓彤\nSZFT000102\t张建国\n</Paste>"

static const struct {
	enum context context;
	bool always;
	const char *ways[WAYS];
} places[] = {
	{ CONTEXT_GLOBAL, false, { "" } },
	{ CONTEXT_POPUP, false, { "1<S-Tab><F4>" } },
	{ CONTEXT_HOME, false, { "", "<Tab>", "<Tab><Tab>", "<Tab><Tab><Tab>", "<End>",
	    "<Down>", "<Right>", "1x<Esc><Tab>" } },
	{ CONTEXT_ENTRY, true, { "1", "1<S-Tab>", "1<C-End>", SHEET "<Up>",
	    SHEET "<Up><Up>", SHEET, "1203" } },
	{ CONTEXT_FIELD, true, { "1ab cd<Left><Left>", "1ab cd<M-u>", "1ab<C-u>",
	    "1ab cd" } },
	{ CONTEXT_NOTES, true, { "3ab cd<Enter>ef gh<Enter>ij kl<Up><Left><Left>",
	    "3ab cd<M-u>", "3ab<C-u>", "3ab<Enter>c<Enter>d<Enter>e<Enter>f<Enter>g<Enter>h"
	    "<Enter>i<Enter>j<Enter>k<Enter>l<Enter>m<Enter>n",
	    "3ab<Enter>c<Enter>d<Enter>e<Enter>f<Enter>g<Enter>h<Enter>i<Enter>j<Enter>k"
	    "<Enter>l<Enter>m<Enter>n<C-Home>" } },
	{ CONTEXT_CHOICE, true, { "1<S-Tab>" } },
	{ CONTEXT_PICKER, true, { "2<F4>", "2<F4><Down>", "2<F4>n", "2<F4><End>" } },
	{ CONTEXT_MARKS, true, { "1<F6>Hazards found<Enter><F4>" } },
	{ CONTEXT_LIST, false, { "<F3>", "<F3><Down>", "<F3><End>", "1x<Esc><F3>" } },
	{ CONTEXT_ROWS, true, { SHEET "<Up>", SHEET "<Up><Up>", SHEET, SHEET "<C-Home>" } },
	{ CONTEXT_DIALOG, false, { "1x<Tab><M-w>" } },
	{ CONTEXT_INPUT, false, { "<F3><F6>", "<F3><F6>x" } },
	{ CONTEXT_START, false, { "<F7>", "<F7><Tab>" } },
	{ CONTEXT_CALENDAR, true, { "1<C-Home><F4>", "1<C-Home><F4><Down>" } },
	{ CONTEXT_VIEW, false, { "<F1>", "<F1><End>" } },
	{ CONTEXT_RECORD, false, { "<F3><Enter>" } },
	{ CONTEXT_DRAFTS, false, { "1x<Esc>2y<Esc><Esc><M-d>", "1x<Esc>2y<Esc><Esc><M-d><End>" } },
	{ CONTEXT_MONTH, false, { "<M-m>" } },
	{ CONTEXT_TOUR, false, { "<M-i>", "<M-i><Enter>" } },
	{ CONTEXT_SETTINGS, false, { "<F7>" } },
	{ CONTEXT_TEMPLATES, false, { "1x<Tab><M-t>mine<Enter><Esc><F6>" } },
	{ CONTEXT_DUE, false, { "<F5>", "<F5><Down>", "<F5><End>" } },
};

/* ---- keys as the terminal sends them ---- */

/* In term_keys() notation. */
static void
write_key(int key, char *out, size_t size)
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ K_TAB, "Tab" }, { K_ENTER, "Enter" }, { K_ESC, "Esc" },
		{ K_BACKTAB, "S-Tab" }, { K_BACKSPACE, "BS" }, { K_DELETE, "Del" },
		{ K_INSERT, "Ins" }, { K_UP, "Up" }, { K_DOWN, "Down" },
		{ K_LEFT, "Left" }, { K_RIGHT, "Right" }, { K_HOME, "Home" },
		{ K_END, "End" }, { K_PGUP, "PgUp" }, { K_PGDN, "PgDn" },
		{ ' ', "Space" },
	};
	int plain = key & ~(K_WITH_CTRL | K_WITH_ALT);
	const char *with = key & K_WITH_CTRL ? "C-" : key & K_WITH_ALT ? "M-" : "";

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].key == plain) {
			snprintf(out, size, "<%s%s>", with, names[i].name);
			return;
		}
	if (plain > K_F0)
		snprintf(out, size, "<F%d>", plain - K_F0);
	else if (*with)
		snprintf(out, size, "<%s%c>", with,
		    key & K_WITH_CTRL && plain >= 'A' && plain <= 'Z' ? plain + 32 : plain);
	else
		snprintf(out, size, "%c", plain);
}

/* These are sequences that term_keys() has no names for. */
static const struct {
	int key;
	const char *bytes;
} sequences[] = {
	{ K_ALT(K_UP), "\033[1;3A" }, { K_ALT(K_DOWN), "\033[1;3B" },
	{ K_ALT(K_DELETE), "\033[3;3~" }, { K_CTRL(K_DELETE), "\033[3;5~" },
	{ K_ALT(K_BACKSPACE), "\033\177" }, { K_CTRL('_'), "\037" },
	{ K_CTRL('^'), "\036" }, { K_ALT('<'), "\033<" }, { K_ALT('>'), "\033>" },
};

static bool
press(struct term *t, int key)
{
	char text[16];

	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++)
		if (sequences[i].key == key)
			return term_bytes(t, sequences[i].bytes,
				   strlen(sequences[i].bytes)) &&
			    term_settle(t);
	write_key(key, text, sizeof(text));
	return term_keys(t, text);
}

/* ---- states ---- */

/* All that is seen: text, looks, the cursor. Given. */
static char *
picture(struct term *t)
{
	char *text = term_text(t), *all;
	unsigned long looks = 5381;
	int row, col;

	for (row = 0; row < 24; row++)
		for (col = 0; col < 80; col++) {
			struct term_look look = term_look(t, row, col);

			looks = looks * 33 + look.bold + 2u * look.reverse +
			    4u * look.underline + 8u * look.coloured;
		}
	term_cursor(t, &row, &col);
	if (asprintf(&all, "%s%lu %d,%d", text, looks, row, col) < 0)
		abort();
	free(text);
	return all;
}

static char *kept; /* a copy of the notebooks' folder as it is before each key */

static bool
copy_folder(const char *from, const char *to)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf %s && cp -r %s %s", to, from, to);
	return system(command) == 0;
}

/* What the key makes of the state at the end of the way: a picture, "ended", or NULL when
 * it makes nothing of it. Given. */
static char *
outcome(const char *way, int key, enum action action)
{
	struct term *t;
	char *before, *after;
	int status;

	CHECK(copy_folder(kept, sample_home));
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && (!*way || term_keys(t, way)));
	before = picture(t);
	term_reset(t);
	if (press(t, key)) {
		after = picture(t);
		/* A repaint changes nothing, and sends it all. */
		if (strcmp(before, after) == 0 &&
		    (action != ACTION_REPAINT || term_written(t) < 500)) {
			free(after);
			after = NULL;
		}
	} else {
		after = strdup(term_ended(t, &status) ? "ended" : "lost");
	}
	free(before);
	term_free(t);
	return after;
}

static void
check_row(size_t place, const struct keymap_row *row)
{
	char *first = NULL, *second = NULL, name[16], twin[16];
	size_t way;

	write_key(row->key, name, sizeof(name));
	check_case(row->help);
	for (way = 0; way < WAYS && places[place].ways[way] && !first; way++)
		first = outcome(places[place].ways[way], row->key, row->action);
	if (!first)
		fprintf(stderr, "  %s does nothing in place %d\n", name,
		    places[place].context);
	CHECK(first != NULL);
	if (!first || !row->twin)
		goto out;
	write_key(row->twin, twin, sizeof(twin));
	second = outcome(places[place].ways[way - 1], row->twin, row->action);
	CHECK(second && strcmp(first, second) == 0);
	if (second && strcmp(first, second) != 0)
		fprintf(stderr, "  %s and %s differ:\n%s\n%s\n", name, twin, first, second);
out:
	free(first);
	free(second);
}

/* Stopping and going on is screen_test's; sending wants a collector, as day_test has, two
 * versions are merge_test's, a passphrase people_test's, masked answers entry_test's. */
static bool
is_elsewhere(enum context context, enum action action)
{
	return action == ACTION_SUSPEND || action == ACTION_LOCK ||
	    action == ACTION_REVEAL || context == CONTEXT_SYNC || context == CONTEXT_MERGE;
}

static size_t
place_of(enum context context)
{
	size_t i = 0;

	while (i < sizeof(places) / sizeof(*places) && places[i].context != context)
		i++;
	return i;
}

int
main(void)
{
	size_t count, place;
	const struct keymap_row *rows = keymap_rows(&count);
	bool all = getenv("KEYS_ALL") != NULL;

	sample_make(true);
	if (asprintf(&kept, "%s.kept", sample_home) < 0)
		return 1;
	CHECK(copy_folder(sample_home, kept));
	for (int context = 0; context < CONTEXT_COUNT; context++)
		for (size_t i = 0; i < count; i++) {
			if (!(rows[i].contexts & 1u << context))
				continue;
			place = place_of((enum context)context);
			if (is_elsewhere((enum context)context, rows[i].action))
				continue;
			if (place == sizeof(places) / sizeof(*places)) {
				check_case(rows[i].help);
				CHECK(!all); /* no way leads there: add one above */
			} else if (all || places[place].always) {
				check_row(place, &rows[i]);
			}
		}
	sample_remove();
	folder_remove(kept);
	free(kept);
	return CHECK_DONE();
}
