/*
 * keymap - which key does what where: one table for dispatch, bottom bar and help
 */
#include "keymap.h"

#include "buf.h"
#include "i18n.h"
#include "screen.h"
#include "text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define IN(c)    (1u << CONTEXT_##c)
#define ANYWHERE (IN(GLOBAL) | IN(POPUP))
#define TYPING   (IN(FIELD) | IN(NOTES))
#define ROLLING  (IN(PICKER) | IN(LIST) | IN(HOME) | IN(ROWS) | IN(VIEW) | IN(SYNC) | \
	IN(DUE) | IN(MERGE) | IN(DRAFTS))

/* clang-format off */
static const struct keymap_row shipped[] = {
	/* where, key, twin, action, weight, label, help */
	{ ANYWHERE, K_F(1), 0, ACTION_HELP, 99, N_("Help"),
	    N_("shows the keys that work here") },

	/* entry */
	{ IN(ENTRY), K_F(2), K_CTRL('S'), ACTION_SAVE, 95, N_("Done"),
	    N_("checks the record and puts it in the queue for sending") },
	{ IN(SETTINGS), K_F(5), K_CTRL('R'), ACTION_PASSPHRASE, 60, N_("Passphrase"),
	    N_("gives the notebook another passphrase") },
	{ IN(START), K_F(2), K_CTRL('S'), ACTION_SAVE, 95, N_("Done"),
	    N_("keeps what was filled in") },
	{ IN(ENTRY), K_F(4), 0, ACTION_OPEN_LIST, 0, N_("List"),
	    N_("opens the list, or the calendar for a day") },
	{ IN(ENTRY), K_F(6), K_CTRL('G'), ACTION_GO_TO, 52, N_("Go to"),
	    N_("goes to a field by its name or its letters") },
	{ IN(ENTRY), K_F(7), K_CTRL('N'), ACTION_ROW_ADD, 0, N_("Add row"),
	    N_("adds a row below the one that the cursor is in") },
	{ IN(ENTRY), K_F(8), K_CTRL('X'), ACTION_ROW_DELETE, 0,
	    N_("Delete row"), N_("deletes the row that the cursor is in") },
	{ IN(ENTRY) | IN(ROWS), K_ALT(K_UP), K_ALT('k'), ACTION_ROW_UP, 0, N_("Row up"),
	    N_("moves the row up") },
	{ IN(ENTRY) | IN(ROWS), K_ALT(K_DOWN), K_ALT('j'), ACTION_ROW_DOWN, 0,
	    N_("Row down"), N_("moves the row down") },
	{ IN(ENTRY), K_PGDN, K_ALT('n'), ACTION_SECTION_NEXT, 0, N_("Section"),
	    N_("goes to the next section") },
	{ IN(ENTRY), K_PGUP, K_ALT('p'), ACTION_SECTION_PREV, 0, N_("Section back"),
	    N_("goes to the section before") },
	{ IN(ENTRY), K_ALT('i'), 0, ACTION_REVEAL, 0, N_("In full"),
	    N_("shows a masked answer in full; the notebook's log tells that it was done") },
	{ IN(RECORD), K_ALT('i'), 0, ACTION_REVEAL, 44, N_("In full"),
	    N_("shows a masked answer in full; the notebook's log tells that it was done") },
	{ IN(ENTRY), K_ALT('x'), 0, ACTION_CLEAR, 0, N_("Clear"),
	    N_("clears the field") },
	{ IN(ENTRY) | IN(START), K_TAB, K_ENTER, ACTION_NEXT, 55, N_("Next"),
	    N_("goes to the next field") },
	{ IN(ENTRY) | IN(START), K_DOWN, 0, ACTION_NEXT, 0, N_("Next"),
	    N_("goes to the next field") },
	{ IN(ENTRY) | IN(START), K_BACKTAB, K_UP, ACTION_PREV, 0, N_("Before"),
	    N_("goes to the field before") },
	{ IN(ENTRY), K_CTRL(K_HOME), K_ALT('<'), ACTION_FIRST, 0, N_("First"),
	    N_("goes to the first field") },
	{ IN(ENTRY), K_CTRL(K_END), K_ALT('>'), ACTION_LAST, 0, N_("Last"),
	    N_("goes to the last field") },

	/* home and lists */
	{ IN(HOME), K_ENTER, 0, ACTION_TAKE, 80, N_("Open"),
	    N_("begins or opens what the cursor is on") },
	{ IN(LIST), K_ENTER, 0, ACTION_TAKE, 80, N_("Open"), N_("opens the record") },
	{ IN(ROWS), K_ENTER, 0, ACTION_TAKE, 0, N_("Open"), N_("opens the row") },
	{ IN(HOME) | IN(LIST), K_F(2), K_CTRL('N'), ACTION_NEW, 70, N_("New"),
	    N_("begins a new record") },
	{ IN(HOME), K_F(3), K_CTRL('F'), ACTION_FIND, 75, N_("Find"),
	    N_("finds records by any word in them") },
	{ IN(HOME) | IN(DUE), K_F(4), K_CTRL('V'), ACTION_LOOK, 44, N_("Look"),
	    N_("shows the record that the row is of") },
	{ IN(HOME), K_F(5), K_CTRL('D'), ACTION_DUE, 72, N_("Due"),
	    N_("shows all visits, answers and follow-ups that records ask for") },
	{ IN(HOME), K_F(6), K_CTRL('T'), ACTION_TEMPLATES, 40, N_("Templates"),
	    N_("begins a record from a template") },
	{ IN(LIST) | IN(RECORD), K_F(7), K_ALT('c'), ACTION_COPY, 47, N_("Copy"),
	    N_("begins a new record with the answers of this one") },
	{ IN(ENTRY) | IN(RECORD), K_ALT('t'), 0, ACTION_KEEP, 0, N_("Keep"),
	    N_("keeps the answers as a template, under a name") },
	{ IN(ENTRY), K_ALT('v'), 0, ACTION_LOOK, 0, N_("Look"),
	    N_("shows the record that this one may be a second of") },
	{ IN(HOME), K_ALT('d'), K_CTRL('R'), ACTION_REVIEW, 0, N_("Check drafts"),
	    N_("checks all drafts at once and finishes those that are complete") },
	{ IN(HOME), K_ALT('i'), 0, ACTION_TOUR, 0, N_("Introduction"),
	    N_("shows the introduction for who is new here") },
	{ IN(TOUR), K_ENTER, K_PGDN, ACTION_TAKE, 80, N_("Next"),
	    N_("goes to the next screen; from the last, to the notebook") },
	{ IN(TOUR), K_PGUP, K_BACKSPACE, ACTION_PREV, 0, N_("Before"),
	    N_("goes to the screen before") },
	{ IN(HOME), K_ALT('m'), K_CTRL('G'), ACTION_MONTH, 0, N_("Month"),
	    N_("shows the month: records a day, and how many of each form") },
	{ IN(MONTH), K_ENTER, 0, ACTION_TAKE, 80, N_("Records"),
	    N_("shows the day's records") },
	{ IN(MONTH), K_TAB, 0, ACTION_PART_NEXT, 70, N_("Day or month"),
	    N_("changes between the bars of the day and of the whole month") },
	{ IN(DRAFTS), K_ENTER, 0, ACTION_TAKE, 80, N_("Open"),
	    N_("opens the draft, at what is missing") },
	{ IN(DRAFTS), K_F(2), K_CTRL('S'), ACTION_SAVE, 75, N_("Finish all"),
	    N_("finishes all drafts in which nothing is missing") },
	{ IN(DRAFTS), K_F(8), K_CTRL('X'), ACTION_DELETE, 45, N_("Delete draft"),
	    N_("deletes the draft") },
	{ IN(LIST) | IN(RECORD), K_ALT('h'), 0, ACTION_HISTORY, 0, N_("History"),
	    N_("shows the record's revisions and what each changed") },
	{ IN(LIST) | IN(RECORD), K_ALT('y'), 0, ACTION_VERIFY, 0, N_("Verify"),
	    N_("keys the record a second time and shows what differs") },
	{ IN(TEMPLATES), K_F(8), K_CTRL('X'), ACTION_DELETE, 70, N_("Delete"),
	    N_("deletes the template; records made from it stay") },
	{ IN(DUE), K_ENTER, 0, ACTION_TAKE, 80, N_("Settle"),
	    N_("opens the form that settles it, with what is known filled in") },
	{ IN(DUE), K_F(3), K_CTRL('T'), ACTION_FILTER, 55, N_("Filter"),
	    N_("chooses what is shown") },
	{ IN(LIST), K_F(4), K_CTRL('T'), ACTION_FILTER, 55, N_("Filter"),
	    N_("chooses which records are shown") },
	{ IN(LIST), K_F(3), K_ALT('s'), ACTION_SORT, 54, N_("Sort"),
	    N_("chooses the order; the same one again turns it round") },
	{ IN(LIST), K_ALT('o'), 0, ACTION_COLUMNS, 0, N_("Columns"),
	    N_("chooses the columns of this form's records") },
	{ IN(LIST) | IN(RECORD), K_F(5), K_CTRL('E'), ACTION_CORRECT, 65, N_("Correct"),
	    N_("begins a correction: the next revision of the record") },
	{ IN(LIST) | IN(RECORD), K_F(6), K_CTRL('W'), ACTION_WITHDRAW, 46,
	    N_("Withdraw"), N_("withdraws the record, with a reason") },
	{ IN(HOME) | IN(LIST), K_F(8), K_CTRL('X'), ACTION_DELETE, 45,
	    N_("Delete draft"), N_("deletes the draft") },
	{ IN(HOME), K_CTRL('U'), 0, ACTION_SWITCH, 22, N_("Switch"),
	    N_("closes the notebook and shows who else works here") },
	{ IN(HOME), SCREEN_LOCK_KEY, SCREEN_LOCK_TWIN, ACTION_LOCK, 21, N_("Lock"),
	    N_("locks a notebook that has a passphrase; what is typed stays") },
	{ IN(HOME), K_F(7), 0, ACTION_SETTINGS, 20, N_("Settings"),
	    N_("changes your role, service point, the collector, lock and passphrase") },
	{ IN(HOME) | IN(LIST) | IN(SYNC), K_F(9), K_CTRL('Y'), ACTION_SYNC, 78,
	    N_("Send"), N_("sends what is queued and fetches what is new") },
	{ IN(ENTRY), K_F(9), 0, ACTION_SYNC, 0, N_("Send"),
	    N_("keeps the draft, sends what is queued and fetches what is new") },
	{ IN(ENTRY), K_ALT(K_DELETE), K_ALT('w'), ACTION_DELETE, 0, N_("Delete draft"),
	    N_("deletes the draft, after a question") },
	{ IN(SYNC), K_ENTER, 0, ACTION_RETRY, 0, N_("Again"), N_("tries again") },
	{ IN(SYNC), K_ESC, K_CTRL('C'), ACTION_CANCEL, 90, N_("Stop"),
	    N_("stops sending, or goes back when it is done; nothing is lost") },

	{ IN(MERGE), K_F(2), K_CTRL('S'), ACTION_SAVE, 95, N_("Done"),
	    N_("makes what is marked the next revision") },
	{ IN(MERGE), K_LEFT, 0, ACTION_PREV_COLUMN, 90, N_("Mine"),
	    N_("takes the answer that stands here") },
	{ IN(MERGE), K_RIGHT, 0, ACTION_NEXT_COLUMN, 90, N_("Theirs"),
	    N_("takes the answer from elsewhere") },
	{ IN(MERGE), ' ', 0, ACTION_MARK, 70, N_("Both"),
	    N_("takes the rows that were added on both sides") },

	/* lists, texts and pop-ups alike */
	{ IN(MARKS), ' ', 0, ACTION_MARK, 85, N_("Mark"),
	    N_("marks the row, or takes its mark away") },
	{ IN(MARKS), K_ENTER, K_TAB, ACTION_TAKE, 80, N_("Take marked"),
	    N_("takes all rows that are marked") },
	{ IN(PICKER), K_ENTER, K_TAB, ACTION_TAKE, 80, N_("Take"),
	    N_("takes the row that the cursor is on") },
	{ IN(PICKER), K_BACKSPACE, 0, ACTION_DELETE_LEFT, 0, N_("Widen"),
	    N_("takes back the last character that was typed") },
	{ IN(PICKER), K_CTRL('U'), 0, ACTION_CLEAR, 0, N_("Show all"),
	    N_("takes back all that was typed") },
	{ ROLLING, K_UP, K_CTRL('P'), ACTION_UP, 0, N_("Up"), N_("goes up") },
	{ ROLLING, K_DOWN, 0, ACTION_DOWN, 0, N_("Down"), N_("goes down") },
	{ ROLLING, K_PGUP, K_ALT('p'), ACTION_PAGE_UP, 0, N_("Page up"),
	    N_("goes up a page") },
	{ ROLLING, K_PGDN, K_ALT('n'), ACTION_PAGE_DOWN, 0, N_("Page down"),
	    N_("goes down a page") },
	{ ROLLING & ~IN(LIST), K_HOME, K_ALT('<'), ACTION_FIRST, 0, N_("First"),
	    N_("goes to the first row") },
	{ ROLLING & ~IN(LIST), K_END, K_ALT('>'), ACTION_LAST, 0, N_("Last"),
	    N_("goes to the last row") },
	{ IN(HOME), K_TAB, 0, ACTION_PART_NEXT, 0, N_("Next part"),
	    N_("goes to the next part of the screen") },
	{ IN(HOME), K_BACKTAB, 0, ACTION_PART_PREV, 0, N_("Part before"),
	    N_("goes to the part of the screen before") },
	{ IN(HOME), K_RIGHT, 0, ACTION_NEXT_COLUMN, 0, N_("Right"),
	    N_("goes to the form on the right") },
	{ IN(HOME), K_LEFT, 0, ACTION_PREV_COLUMN, 0, N_("Left"),
	    N_("goes to the form on the left") },
	{ IN(DIALOG), K_ENTER, 0, ACTION_TAKE, 80, N_("Take"),
	    N_("takes the answer that stands out") },
	{ IN(DIALOG), K_TAB, K_RIGHT, ACTION_NEXT, 0, N_("Next"),
	    N_("goes to the next answer") },
	{ IN(DIALOG), K_DOWN, 0, ACTION_NEXT, 0, N_("Next"),
	    N_("goes to the next answer") },
	{ IN(DIALOG), K_BACKTAB, K_LEFT, ACTION_PREV, 0, N_("Before"),
	    N_("goes to the answer before") },
	{ IN(DIALOG), K_UP, 0, ACTION_PREV, 0, N_("Before"),
	    N_("goes to the answer before") },
	{ IN(VIEW), K_ENTER, ' ', ACTION_PAGE_DOWN, 0, N_("Page down"),
	    N_("goes down a page") },

	/* calendar */
	{ IN(CALENDAR), K_ENTER, ' ', ACTION_TAKE, 80, N_("Take"), N_("takes the day") },
	{ IN(CALENDAR), K_LEFT, 0, ACTION_PREV_COLUMN, 0, N_("Day before"),
	    N_("goes to the day before") },
	{ IN(CALENDAR), K_RIGHT, 0, ACTION_NEXT_COLUMN, 0, N_("Next day"),
	    N_("goes to the next day") },
	{ IN(CALENDAR), K_UP, 0, ACTION_UP, 0, N_("Week before"),
	    N_("goes to the week before") },
	{ IN(CALENDAR), K_DOWN, 0, ACTION_DOWN, 0, N_("Next week"),
	    N_("goes to the next week") },
	{ IN(CALENDAR), K_PGUP, K_ALT('p'), ACTION_MONTH_PREV, 60, N_("Month back"),
	    N_("goes to the month before") },
	{ IN(CALENDAR), K_PGDN, K_ALT('n'), ACTION_MONTH_NEXT, 60, N_("Month on"),
	    N_("goes to the next month") },
	{ IN(CALENDAR), K_HOME, '.', ACTION_TODAY, 50, N_("Today"), N_("goes to today") },

	/* editing text */
	{ IN(INPUT), K_ENTER, K_TAB, ACTION_TAKE, 80, N_("Take"),
	    N_("takes what is typed") },
	{ IN(FIELD), K_TAB, K_ENTER, ACTION_NEXT, 55, N_("Next"),
	    N_("takes the text and goes on") },
	{ IN(NOTES), K_ENTER, 0, ACTION_NEWLINE, 0, N_("New line"),
	    N_("begins a new line") },
	{ IN(NOTES), K_TAB, 0, ACTION_NEXT, 55, N_("Next"),
	    N_("takes the text and goes on") },
	{ TYPING, K_BACKTAB, 0, ACTION_PREV, 0, N_("Before"),
	    N_("takes the text and goes back") },
	{ TYPING, K_UP, K_CTRL('P'), ACTION_UP, 0, N_("Up"),
	    N_("goes up a row; from the first one, to the field before") },
	{ TYPING, K_DOWN, 0, ACTION_DOWN, 0, N_("Down"),
	    N_("goes down a row; from the last one, to the next field") },
	{ IN(NOTES), K_PGUP, 0, ACTION_PAGE_UP, 0, N_("Page up"),
	    N_("goes up a page; from the top, to the section before") },
	{ IN(NOTES), K_PGDN, 0, ACTION_PAGE_DOWN, 0, N_("Page down"),
	    N_("goes down a page; from the end, to the next section") },
	{ TYPING, K_LEFT, K_CTRL('B'), ACTION_CHAR_LEFT, 0, N_("Left"),
	    N_("goes a character to the left") },
	{ TYPING, K_RIGHT, 0, ACTION_CHAR_RIGHT, 0, N_("Right"),
	    N_("goes a character to the right") },
	{ TYPING, K_CTRL(K_LEFT), K_ALT('b'), ACTION_WORD_LEFT, 0, N_("Word left"),
	    N_("goes a word to the left") },
	{ TYPING, K_CTRL(K_RIGHT), K_ALT('f'), ACTION_WORD_RIGHT, 0, N_("Word right"),
	    N_("goes a word to the right") },
	{ TYPING, K_HOME, K_CTRL('A'), ACTION_LINE_START, 0, N_("Start"),
	    N_("goes to the start of the row") },
	{ TYPING, K_END, K_CTRL('E'), ACTION_LINE_END, 0, N_("End"),
	    N_("goes to the end of the row") },
	{ IN(NOTES), K_CTRL(K_HOME), K_ALT('<'), ACTION_TEXT_START, 0, N_("Top"),
	    N_("goes to the start of the text") },
	{ IN(NOTES), K_CTRL(K_END), K_ALT('>'), ACTION_TEXT_END, 0, N_("Bottom"),
	    N_("goes to the end of the text") },
	{ TYPING, K_BACKSPACE, 0, ACTION_DELETE_LEFT, 0, N_("Delete"),
	    N_("deletes the character to the left") },
	{ TYPING, K_DELETE, K_CTRL('D'), ACTION_DELETE_RIGHT, 0, N_("Delete"),
	    N_("deletes the character under the cursor") },
	{ TYPING, K_CTRL('W'), K_ALT(K_BACKSPACE), ACTION_DELETE_WORD_LEFT, 0,
	    N_("Delete word"), N_("deletes the word to the left") },
	{ TYPING, K_CTRL(K_DELETE), K_ALT('d'), ACTION_DELETE_WORD_RIGHT, 0,
	    N_("Delete word"), N_("deletes the word to the right") },
	{ TYPING, K_CTRL('K'), 0, ACTION_KILL_TO_END, 0, N_("Cut to end"),
	    N_("cuts the rest of the line; Ctrl-Y puts it back, elsewhere too") },
	{ TYPING, K_CTRL('U'), 0, ACTION_KILL_TO_START, 0, N_("Cut to start"),
	    N_("cuts the line up to the cursor") },
	{ TYPING, K_CTRL('Y'), 0, ACTION_YANK, 0, N_("Paste"),
	    N_("puts in what was cut last") },
	{ TYPING, K_CTRL('_'), K_ALT('u'), ACTION_UNDO, 0, N_("Undo"),
	    N_("takes back the last change in this field") },
	{ TYPING, K_ALT('r'), K_CTRL('^'), ACTION_REDO, 0, N_("Redo"),
	    N_("does again what was taken back") },

	/* everywhere, last because an inner place may have its own use for the key */
	{ ANYWHERE, K_ESC, K_CTRL('C'), ACTION_BACK, 65, N_("Back"),
	    N_("goes back; what was entered stays") },
	{ IN(GLOBAL), K_F(10), K_CTRL('Q'), ACTION_LEAVE, 58, N_("Leave"),
	    N_("leaves the notebook; what was entered stays") },
	{ ANYWHERE, K_CTRL('L'), 0, ACTION_REPAINT, 0, N_("Repaint"),
	    N_("paints the screen again when something has spoilt it") },
	{ ANYWHERE, SCREEN_LOCK_KEY, SCREEN_LOCK_TWIN, ACTION_LOCK, 0, N_("Lock"),
	    N_("locks a notebook that has a passphrase; what is typed stays") },
	{ ANYWHERE, K_CTRL('Z'), 0, ACTION_SUSPEND, 0, N_("Pause"),
	    N_("gives the terminal to the shell; fg comes back") },

	/* In an entry's bar these come last, behind what is the same for all fields: so
	 * moving between fields does not paint the bar anew. */
	{ IN(ENTRY), K_F(5), K_CTRL('R'), ACTION_REPEAT_VALUE, 50, N_("Repeat"),
	    N_("takes the last record's value for this field") },
	{ IN(CHOICE), K_F(4), ' ', ACTION_OPEN_LIST, 48, N_("List"),
	    N_("opens the list of answers") },
	{ IN(ROWS), K_F(7), K_CTRL('N'), ACTION_ROW_ADD, 70, N_("Add"),
	    N_("adds a row, as one more person or one more session") },
	{ IN(ROWS), K_F(8), K_CTRL('X'), ACTION_ROW_DELETE, 69,
	    N_("Remove"), N_("deletes the row that the cursor is on") },
	{ ANYWHERE, K_ALT('z'), 0, ACTION_CONTRAST, 0, N_("Contrast"),
	    N_("changes between colours, none, and high contrast") },
	{ IN(GLOBAL), K_F(12), K_CTRL('O'), ACTION_LANGUAGE, 10, N_("Language"),
	    N_("changes between Chinese and English") },
};
/* clang-format on */

#define SHIPPED_COUNT (sizeof shipped / sizeof *shipped)
#define BAR_MAX       24

/* The ones in force: shipped, or own of the worker's file. */
static const struct keymap_row *rows = shipped;
static size_t row_count = SHIPPED_COUNT;
static struct keymap_row *own_rows;

static const struct {
	int key;
	const char *name;
} key_names[] = {
	{ K_TAB, N_("Tab") }, { K_ENTER, N_("Enter") }, { K_ESC, N_("Esc") },
	{ K_BACKTAB, N_("Shift-Tab") }, { K_BACKSPACE, N_("Backspace") },
	{ K_DELETE, N_("Delete") }, { K_INSERT, N_("Insert") }, { K_UP, N_("Up") },
	{ K_DOWN, N_("Down") }, { K_LEFT, N_("Left") }, { K_RIGHT, N_("Right") },
	{ K_HOME, N_("Home") }, { K_END, N_("End") }, { K_PGUP, N_("PgUp") },
	{ K_PGDN, N_("PgDn") }, { ' ', N_("Space") },
};

const struct keymap_row *
keymap_rows(size_t *count)
{
	*count = row_count;
	return rows;
}

void
keymap_use(struct keymap_row *own, size_t count)
{
	free(own_rows);
	own_rows = own;
	rows = own ? own : shipped;
	row_count = own ? count : SHIPPED_COUNT;
}

bool
keymap_steps(enum action action, int page, size_t count, long *by)
{
	const struct {
		enum action action;
		long by;
	} steps[] = {
		{ ACTION_UP, -1 },
		{ ACTION_DOWN, 1 },
		{ ACTION_PAGE_UP, -page },
		{ ACTION_PAGE_DOWN, page },
		{ ACTION_FIRST, -(long)count },
		{ ACTION_LAST, (long)count },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].action == action) {
			*by = steps[i].by;
			return true;
		}
	return false;
}

enum action
keymap_action(const struct key *key, const enum context *stack, size_t depth)
{
	size_t level, i;

	if (key->code == K_NONE)
		return ACTION_NONE;
	for (level = 0; level < depth; level++)
		for (i = 0; i < row_count; i++)
			if ((rows[i].contexts & 1u << stack[level]) &&
			    (rows[i].key == key->code || rows[i].twin == key->code))
				return rows[i].action;
	return ACTION_NONE;
}

static void
key_name(int key, bool translated, struct buf *out)
{
	int plain = key & ~(K_WITH_CTRL | K_WITH_ALT | K_WITH_SHIFT);
	size_t i;

	if (key & K_WITH_CTRL)
		buf_str(out, "Ctrl-");
	if (key & K_WITH_ALT)
		buf_str(out, "Alt-");
	if (key & K_WITH_SHIFT)
		buf_str(out, "Shift-");
	for (i = 0; i < sizeof key_names / sizeof *key_names; i++) {
		if (key_names[i].key == plain) {
			buf_str(out, translated ? _(key_names[i].name)
						: key_names[i].name);
			return;
		}
	}
	if (plain > K_F0 && plain <= K_F(12))
		buf_fmt(out, "F%d", plain - K_F0);
	else if (plain > ' ' && plain < K_DEL)
		buf_char(out, (char)plain);
}

void
keymap_key_name(int key, struct buf *out)
{
	key_name(key, true, out);
}

void
keymap_key_write(int key, struct buf *out)
{
	key_name(key, false, out);
}

static int
plain_key(const char *name)
{
	size_t i;
	int n;

	for (i = 0; i < sizeof key_names / sizeof *key_names; i++)
		if (!strcasecmp(key_names[i].name, name))
			return key_names[i].key;
	if ((*name == 'F' || *name == 'f') && (n = atoi(name + 1)) >= 1 && n <= 12)
		return K_F(n);
	return *name > ' ' && *name < K_DEL && !name[1] ? *name : K_NONE;
}

int
keymap_key_read(const char *name)
{
	static const struct {
		const char *prefix;
		int with;
	} modifiers[] = {
		{ "Ctrl-", K_WITH_CTRL }, { "Alt-", K_WITH_ALT }, { "Shift-", K_WITH_SHIFT },
	};
	int with = 0, key;
	size_t i, len;

	for (i = 0; i < 3 && plain_key(name) == K_NONE; i++) {
		len = strlen(modifiers[i].prefix);
		if (strncasecmp(name, modifiers[i].prefix, len) != 0)
			continue;
		with |= modifiers[i].with;
		name += len;
	}
	key = plain_key(name);
	/* As they come from a terminal: Ctrl-S, Alt-u, and Shift only with named keys. */
	if (key > ' ' && key < K_DEL) {
		if (with & K_WITH_SHIFT)
			return K_NONE;
		key = with & K_WITH_CTRL ? toupper(key) : with ? tolower(key) : key;
	}
	return key == K_NONE ? K_NONE : key | with;
}

/* ---- the bar ---- */

struct bar_item {
	const struct keymap_row *row;
	struct buf key;
	const char *label;
	int columns;
};

/* Does a context further in the stack use the row's key for something else? */
static bool
is_covered(const struct keymap_row *row, const enum context *stack, size_t level)
{
	size_t i, inner;

	for (inner = 0; inner < level; inner++)
		for (i = 0; i < row_count; i++)
			if ((rows[i].contexts & 1u << stack[inner]) &&
			    (rows[i].key == row->key || rows[i].twin == row->key))
				return true;
	return false;
}

/* All that could stand in the bar, in the table's order. */
static size_t
bar_collect(const enum context *stack, size_t depth, struct bar_item items[BAR_MAX])
{
	size_t i, level, count = 0;

	for (i = 0; i < row_count && count < BAR_MAX; i++) {
		if (rows[i].weight == 0)
			continue;
		for (level = 0; level < depth; level++)
			if (rows[i].contexts & 1u << stack[level])
				break;
		if (level == depth || is_covered(&rows[i], stack, level))
			continue;
		items[count] = (struct bar_item){ .row = &rows[i] };
		keymap_key_name(rows[i].key, &items[count].key);
		items[count].label = _(rows[i].label);
		items[count].columns = (int)items[count].key.len + 1 +
		    text_width(items[count].label, strlen(items[count].label)) + 2;
		count++;
	}
	return count;
}

/* Drops the lightest until the rest fits; their row is NULL then. */
static void
bar_fit(struct bar_item *items, size_t count, int columns)
{
	size_t i, lightest;
	int total = -2;

	for (i = 0; i < count; i++)
		total += items[i].columns;
	while (total > columns) {
		lightest = count;
		for (i = 0; i < count; i++)
			if (items[i].row && (lightest == count ||
			    items[i].row->weight <= items[lightest].row->weight))
				lightest = i;
		if (lightest == count)
			return;
		total -= items[lightest].columns;
		items[lightest].row = NULL;
	}
}

static void
bar_clear(struct bar_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_clear(&items[i].key);
}

void
keymap_bar(const enum context *stack, size_t depth, int columns, struct buf *out)
{
	struct bar_item items[BAR_MAX];
	size_t i, count = bar_collect(stack, depth, items);
	bool any = false;

	bar_fit(items, count, columns);
	for (i = 0; i < count; i++) {
		if (!items[i].row)
			continue;
		buf_fmt(out, "%s%s %s", any ? "  " : "", buf_text(&items[i].key),
		    items[i].label);
		any = true;
	}
	bar_clear(items, count);
}

void
keymap_draw_bar(struct screen *s, int row, const enum context *stack, size_t depth)
{
	struct bar_item items[BAR_MAX];
	size_t i, count = bar_collect(stack, depth, items);
	int cols = screen_size(s).cols, col = 0;

	screen_fill(s, (struct rect){ row, 0, 1, cols }, ROLE_BAR);
	bar_fit(items, count, cols - 1); /* the corner costs bytes of its own */
	for (i = 0; i < count; i++) {
		if (!items[i].row)
			continue;
		col += screen_put(s, row, col, cols - col, ROLE_BAR_KEY,
		    buf_text(&items[i].key));
		col += 1 + screen_put(s, row, col + 1, cols - col - 1, ROLE_BAR,
		    items[i].label);
		col += 2;
	}
	bar_clear(items, count);
}

/* ---- the help ---- */

void
keymap_help(const enum context *stack, size_t depth, struct buf *out)
{
	size_t level, i;

	for (level = 0; level < depth; level++) {
		for (i = 0; i < row_count; i++) {
			if (!(rows[i].contexts & 1u << stack[level]) ||
			    is_covered(&rows[i], stack, level))
				continue;
			keymap_key_name(rows[i].key, out);
			if (rows[i].twin) {
				buf_str(out, ", ");
				keymap_key_name(rows[i].twin, out);
			}
			buf_fmt(out, "\t%s\n", _(rows[i].help));
		}
	}
	buf_fmt(out, "%s\t%s\n", _("Esc 1 ... Esc 0"),
	    _("are F1 ... F10 where those keys are missing; Alt with the digit as well"));
}
