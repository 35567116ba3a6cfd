/*
 * keymap_file - the keys as a text file that a worker can change
 *
 * A line is where, what, and the keys: "entry  save  F2 Ctrl-S". It replaces all keys
 * that this had there; "none" leaves it without. The file is taken whole or not at all.
 * It stands in the notebooks' folder and is called "keys", or where MINQING_KEYS says.
 */
#include "keymap.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "place.h"
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_MAX 6       /* of one line */
#define FILE_MAX (64 << 10)

static const char *const context_names[CONTEXT_COUNT] = {
	[CONTEXT_GLOBAL] = "everywhere", [CONTEXT_POPUP] = "popup",
	[CONTEXT_HOME] = "home", [CONTEXT_ENTRY] = "entry", [CONTEXT_FIELD] = "field",
	[CONTEXT_NOTES] = "notes", [CONTEXT_CHOICE] = "choice",
	[CONTEXT_PICKER] = "picker", [CONTEXT_MARKS] = "marks", [CONTEXT_LIST] = "list",
	[CONTEXT_ROWS] = "rows", [CONTEXT_SYNC] = "sync", [CONTEXT_DIALOG] = "dialog",
	[CONTEXT_INPUT] = "input", [CONTEXT_START] = "start",
	[CONTEXT_CALENDAR] = "calendar", [CONTEXT_VIEW] = "view",
	[CONTEXT_RECORD] = "record", [CONTEXT_DUE] = "due",
	[CONTEXT_MERGE] = "merge",
	[CONTEXT_DRAFTS] = "drafts", [CONTEXT_MONTH] = "month",
	[CONTEXT_TEMPLATES] = "templates", [CONTEXT_SETTINGS] = "settings",
	[CONTEXT_TOUR] = "tour",
};

static const char *const action_names[ACTION_COUNT] = {
	[ACTION_HELP] = "help", [ACTION_LEAVE] = "leave", [ACTION_BACK] = "back",
	[ACTION_REPAINT] = "repaint", [ACTION_SUSPEND] = "suspend",
	[ACTION_CONTRAST] = "contrast", [ACTION_LANGUAGE] = "language",
	[ACTION_NEXT] = "next", [ACTION_PREV] = "previous", [ACTION_UP] = "up",
	[ACTION_DOWN] = "down", [ACTION_PAGE_UP] = "page-up",
	[ACTION_PAGE_DOWN] = "page-down", [ACTION_FIRST] = "first",
	[ACTION_LAST] = "last", [ACTION_PREV_COLUMN] = "column-left",
	[ACTION_NEXT_COLUMN] = "column-right", [ACTION_PART_NEXT] = "part-next",
	[ACTION_PART_PREV] = "part-previous", [ACTION_TAKE] = "take",
	[ACTION_MARK] = "mark",
	[ACTION_SAVE] = "save", [ACTION_OPEN_LIST] = "open-list",
	[ACTION_REPEAT_VALUE] = "repeat-value", [ACTION_GO_TO] = "go-to",
	[ACTION_ROW_ADD] = "row-add", [ACTION_ROW_DELETE] = "row-delete",
	[ACTION_ROW_UP] = "row-up", [ACTION_ROW_DOWN] = "row-down",
	[ACTION_SECTION_NEXT] = "section-next",
	[ACTION_SECTION_PREV] = "section-previous", [ACTION_CLEAR] = "clear",
	[ACTION_FIND] = "find", [ACTION_SYNC] = "sync", [ACTION_FILTER] = "filter",
	[ACTION_NEW] = "new", [ACTION_CORRECT] = "correct",
	[ACTION_WITHDRAW] = "withdraw", [ACTION_DELETE] = "delete",
	[ACTION_CANCEL] = "cancel", [ACTION_RETRY] = "retry",
	[ACTION_SETTINGS] = "settings", [ACTION_LOOK] = "look", [ACTION_DUE] = "due",
	[ACTION_COPY] = "copy", [ACTION_KEEP] = "keep-template",
	[ACTION_TEMPLATES] = "templates", [ACTION_SORT] = "sort",
	[ACTION_COLUMNS] = "columns", [ACTION_REVIEW] = "check-drafts",
	[ACTION_VERIFY] = "verify", [ACTION_HISTORY] = "history",
	[ACTION_MONTH] = "month", [ACTION_LOCK] = "lock", [ACTION_SWITCH] = "switch",
	[ACTION_PASSPHRASE] = "passphrase",
	[ACTION_TOUR] = "tour",
	[ACTION_CHAR_LEFT] = "left", [ACTION_CHAR_RIGHT] = "right",
	[ACTION_WORD_LEFT] = "word-left", [ACTION_WORD_RIGHT] = "word-right",
	[ACTION_LINE_START] = "line-start", [ACTION_LINE_END] = "line-end",
	[ACTION_TEXT_START] = "text-start", [ACTION_TEXT_END] = "text-end",
	[ACTION_DELETE_LEFT] = "delete-left", [ACTION_DELETE_RIGHT] = "delete-right",
	[ACTION_DELETE_WORD_LEFT] = "delete-word-left",
	[ACTION_DELETE_WORD_RIGHT] = "delete-word-right",
	[ACTION_KILL_TO_END] = "kill-to-end", [ACTION_KILL_TO_START] = "kill-to-start",
	[ACTION_YANK] = "yank", [ACTION_UNDO] = "undo", [ACTION_REDO] = "redo",
	[ACTION_NEWLINE] = "newline", [ACTION_MONTH_NEXT] = "month-next",
	[ACTION_MONTH_PREV] = "month-previous", [ACTION_TODAY] = "today",
	[ACTION_REVEAL] = "reveal",
};

const char *
keymap_action_name(enum action action)
{
	return action_names[action];
}

/* ---- writing ---- */

static bool
was_before(const struct keymap_row *rows, size_t at, enum context context)
{
	for (size_t i = 0; i < at; i++)
		if ((rows[i].contexts & 1u << context) && rows[i].action == rows[at].action)
			return true;
	return false;
}

static void
write_line(enum context context, size_t at, struct buf *out)
{
	size_t count, column = out->len;
	const struct keymap_row *rows = keymap_rows(&count);

	buf_fmt(out, "%-10s %-18s", context_names[context], action_names[rows[at].action]);
	for (size_t i = at; i < count; i++) {
		if (!(rows[i].contexts & 1u << context) ||
		    rows[i].action != rows[at].action)
			continue;
		buf_char(out, ' ');
		keymap_key_write(rows[i].key, out);
		if (rows[i].twin) {
			buf_char(out, ' ');
			keymap_key_write(rows[i].twin, out);
		}
	}
	while (out->len - column < 46)
		buf_char(out, ' ');
	buf_fmt(out, "  # %s\n", _(rows[at].help));
}

void
keymap_write(struct buf *out)
{
	size_t count;
	const struct keymap_row *rows = keymap_rows(&count);

	buf_fmt(out, "# %s\n# %s\n",
	    _("Where, what, and its keys. A line replaces the keys that this has there;"),
	    _("\"none\" leaves it without. Lines that are not here stay as they are."));
	for (int context = 0; context < CONTEXT_COUNT; context++)
		for (size_t i = 0; i < count; i++)
			if ((rows[i].contexts & 1u << context) &&
			    !was_before(rows, i, (enum context)context))
				write_line((enum context)context, i, out);
}

/* ---- reading ---- */

struct reading {
	struct keymap_row *rows;
	size_t count, cap;
	int line;
	struct err *err;
};

static int
named(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static bool
refuse(struct reading *r, const char *why, const char *word)
{
	return err_set(r->err, ERR_INPUT, _("line %d: %s: \"%s\"; the command "
	    "minqing keys lists all places, actions and keys"), r->line, why, word);
}

/* Where text is typed, a character is text and no command. */
static bool
may_bind(enum context context, int key)
{
	if (key <= ' ' || key >= K_DEL)
		return key != ' ' || context == CONTEXT_MARKS || context == CONTEXT_CHOICE ||
		    context == CONTEXT_VIEW || context == CONTEXT_CALENDAR ||
		    context == CONTEXT_MERGE;
	return context == CONTEXT_VIEW || context == CONTEXT_CALENDAR ||
	    context == CONTEXT_MERGE;
}

/* Takes the action's rows out of that place. Where the first stood, or count; *like is
 * a copy of it. */
static size_t
take_out(struct reading *r, enum context context, enum action action,
    struct keymap_row *like)
{
	size_t first = r->count;

	for (size_t i = r->count; i-- > 0;) {
		if (!(r->rows[i].contexts & 1u << context) || r->rows[i].action != action)
			continue;
		*like = r->rows[i];
		first = i;
		r->rows[i].contexts &= ~(1u << context);
	}
	return first;
}

static void
put_in(struct reading *r, size_t at, const struct keymap_row *row)
{
	r->rows = mem_grow(r->rows, &r->cap, r->count + 1, sizeof *r->rows);
	memmove(r->rows + at + 1, r->rows + at, (r->count - at) * sizeof *r->rows);
	r->rows[at] = *row;
	r->count++;
}

static bool
read_keys(struct reading *r, enum context context, char *words, int keys[KEYS_MAX],
    size_t *count)
{
	char *rest = NULL;

	*count = 0;
	for (char *word = strtok_r(words, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (strcmp(word, "none") == 0)
			continue;
		if (*count == KEYS_MAX)
			return refuse(r, _("too many keys"), word);
		keys[*count] = keymap_key_read(word);
		if (keys[*count] == K_NONE)
			return refuse(r, _("not a key"), word);
		if (!may_bind(context, keys[*count]))
			return refuse(r, _("a key that types cannot be a command here"),
			    word);
		++*count;
	}
	return true;
}

static bool
read_line(struct reading *r, char *line)
{
	char *rest = NULL, *place = strtok_r(line, " \t", &rest), *what;
	int context, action, keys[KEYS_MAX];
	struct keymap_row row = { 0 };
	size_t count, at;

	if (!place)
		return true;
	what = strtok_r(NULL, " \t", &rest);
	if (!what)
		return refuse(r, _("an action is missing after the place"), place);
	context = named(context_names, CONTEXT_COUNT, place);
	if (context < 0)
		return refuse(r, _("not a place"), place);
	action = named(action_names, ACTION_COUNT, what);
	if (action < 0)
		return refuse(r, _("not an action"), what);
	if (!read_keys(r, (enum context)context, rest, keys, &count))
		return false;
	at = take_out(r, (enum context)context, (enum action)action, &row);
	if (!row.help)
		return refuse(r, _("not an action of this place"), what);
	row.contexts = 1u << context;
	for (size_t i = 0; i < count; i += 2) {
		row.key = keys[i];
		row.twin = i + 1 < count ? keys[i + 1] : 0;
		put_in(r, at++, &row);
		row.weight = 0; /* the bar says it once */
	}
	return true;
}

static bool
share_a_key(const struct keymap_row *a, const struct keymap_row *b, int *key)
{
	const int of_a[] = { a->key, a->twin }, of_b[] = { b->key, b->twin };

	for (size_t i = 0; i < 4; i++)
		if (of_a[i / 2] && of_a[i / 2] == of_b[i % 2]) {
			*key = of_a[i / 2];
			return true;
		}
	return false;
}

/* One key does one thing in one place. */
static bool
check_unambiguous(struct reading *r)
{
	struct buf name = { 0 };
	int key, context;

	for (size_t i = 0; i < r->count; i++)
		for (size_t k = i + 1; k < r->count; k++) {
			unsigned both = r->rows[i].contexts & r->rows[k].contexts;

			if (!both || !share_a_key(&r->rows[i], &r->rows[k], &key))
				continue;
			for (context = 0; !(both & 1u << context); context++)
				;
			keymap_key_write(key, &name);
			err_set(r->err, ERR_INPUT, _("%s does both \"%s %s\" and "
			    "\"%s %s\": give one of them another key, or none"),
			    buf_text(&name), context_names[context],
			    action_names[r->rows[i].action], context_names[context],
			    action_names[r->rows[k].action]);
			buf_clear(&name);
			return false;
		}
	return true;
}

bool
keymap_read(const char *text, struct err *err)
{
	struct reading r = { .err = err };
	const struct keymap_row *now = keymap_rows(&r.count);
	bool good = true;

	r.rows = mem_grow(NULL, &r.cap, r.count, sizeof *r.rows);
	memcpy(r.rows, now, r.count * sizeof *r.rows);
	for (const char *at = text; *at && good; at += strcspn(at, "\n"), at += *at != 0) {
		char *line = mem_strndup(at, strcspn(at, "#\r\n"));

		r.line++;
		good = read_line(&r, line);
		free(line);
	}
	good = good && check_unambiguous(&r);
	if (good)
		keymap_use(r.rows, r.count);
	else
		free(r.rows);
	return good;
}

/* ---- the file ---- */

static bool
find_file(struct buf *path, struct err *err)
{
	const char *said = getenv("MINQING_KEYS");

	if (said && *said) {
		buf_str(path, said);
		return true;
	}
	if (!place_folder(path, err))
		return false;
	buf_str(path, "/keys");
	if (access(buf_text(path), F_OK) != 0)
		buf_reset(path); /* there need not be one */
	return true;
}

bool
keymap_load(struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	bool good = find_file(&path, err);

	if (good && path.len) {
		good = place_read(buf_text(&path), FILE_MAX, &text, err) &&
		    keymap_read(buf_text(&text), err);
		if (!good)
			err_within(err, buf_text(&path));
	}
	buf_clear(&path);
	buf_clear(&text);
	return good;
}
