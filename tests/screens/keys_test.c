/*
 * keys_test - bytes in, keys out; and every key of the table reachable
 */
#include "../check.h"

#include "buf.h"
#include "err.h"
#include "keymap.h"
#include "keys.h"

#include <screen.h>

#include <locale.h>
#include <stdbool.h>

/* What came out, "F5", "\"王\"", "paste(ab)", "Ctrl-Left", separated by blanks. */
static void
describe(struct keys *k, bool final, struct buf *out)
{
	struct key key;
	enum keys_result result;

	while ((result = keys_next(k, final, &key)) == KEYS_GOT) {
		if (out->len)
			buf_char(out, ' ');
		if (key.code == K_PASTE)
			buf_fmt(out, "paste(%.*s)", (int)key.len, key.text);
		else if (key_is_text(&key))
			buf_fmt(out, "'%.*s'", (int)key.len, key.text);
		else
			keymap_key_name(key.code, out);
	}
	if (result == KEYS_PART)
		buf_str(out, out->len ? " part" : "part");
}

static const struct {
	const char *name, *bytes, *want; /* final: the rest never comes */
	bool final;
} cases[] = {
	{ "letters are text", "aB", "'a' 'B'", false },
	{ "hanzi are text", "王淑", "'王' '淑'", false },
	{ "a family is one character", "👨\u200d👩\u200d👧!", "'👨\u200d👩\u200d👧' '!'",
	    false },
	{ "a mark stays with its letter", "e\u0301x", "'e\u0301' 'x'", false },
	{ "controls", "\t\r\n\177\b", "Tab Enter Enter Backspace Backspace", false },
	{ "Ctrl and letters", "\001\032\037", "Ctrl-A Ctrl-Z Ctrl-_", false },
	{ "arrows", "\033[A\033OB\033[C\033OD", "Up Down Right Left", false },
	{ "xterm's function keys", "\033OP\033[15~\033[21~", "F1 F5 F10", false },
	{ "linux console's", "\033[[A\033[[E\033[17~", "F1 F5 F6", false },
	{ "modifiers", "\033[1;5C\033[3;5~\033[1;3A", "Ctrl-Right Ctrl-Delete Alt-Up",
	    false },
	{ "Shift-Tab", "\033[Z", "Shift-Tab", false },
	{ "Esc and a digit", "\0331\0330\0339", "F1 F10 F9", false },
	{ "Esc and a letter", "\033u\033R", "Alt-u Alt-r", false },
	{ "Esc and Backspace", "\033\177", "Alt-Backspace", false },
	{ "a lone Esc may be a beginning", "\033", "part", false },
	{ "a lone Esc", "\033", "Esc", true },
	{ "Esc twice", "\033\033", "Esc Esc", true },
	{ "Esc and an arrow", "\033\033[A", "Esc Up", false },
	{ "Esc and hanzi", "\033王", "Esc '王'", false },
	{ "an unknown sequence is no text", "\033[99~a", "'a'", false },
	{ "a private one neither", "\033[?1;2cb", "'b'", false },
	{ "a mouse report neither", "\033[M !!\033[<0;1;1Mc", "'c'", false },
	{ "half a sequence is no text", "\033[15", "", true },
	{ "half a sequence, then keys", "\033[1\033[A", "Up", false },
	{ "focus reports are no text", "\033[I\033[Od", "'d'", false },
	{ "unknown SS3", "\033OXe", "'e'", false },
	{ "a paste", "\033[200~a\r\nb\rc\td\033[201~x", "paste(a\nb\nc\td) 'x'", false },
	{ "escapes in a paste", "\033[200~\033[15~\033[201~", "paste(\033[15~)", false },
	{ "a paste without end", "\033[200~ab", "part", false },
	{ "a paste that broke off", "\033[200~ab", "paste(ab)", true },
	{ "an empty paste", "\033[200~\033[201~", "paste()", false },
	{ "bad bytes in a paste", "\033[200~a\377b\033[201~", "paste(a\uFFFDb)", false },
	{ "bad bytes are nothing", "\377a\300\200b", "'a' 'b'", false },
	{ "half a character may become one", "\347\216", "part", false },
	{ "half a character is nothing", "\347\216", "", true },
	{ "C1 controls are nothing", "\302\233A", "'A'", false },
};

static void
test_cases(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct keys *k = keys_new();
		struct buf out = { 0 };

		check_case(cases[i].name);
		keys_feed(k, cases[i].bytes, strlen(cases[i].bytes));
		describe(k, cases[i].final, &out);
		CHECK_STR(buf_text(&out), cases[i].want);
		buf_clear(&out);
		keys_free(k);
	}
}

/* However the bytes are cut up, the keys are the same. */
static void
bytes_may_come_one_by_one(void)
{
	size_t i, j;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct keys *k = keys_new();
		struct buf out = { 0 };

		if (strstr(cases[i].want, "'👨") || strstr(cases[i].want, "'e\u0301'")) {
			keys_free(k); /* a cluster is as much of it as had come */
			continue;
		}
		for (j = 0; cases[i].bytes[j]; j++) {
			struct key key;

			keys_feed(k, cases[i].bytes + j, 1);
			while (cases[i].bytes[j + 1] &&
			    keys_next(k, false, &key) == KEYS_GOT) {
				buf_str(&out, out.len ? " " : "");
				if (key.code == K_PASTE)
					buf_fmt(&out, "paste(%.*s)", (int)key.len, key.text);
				else if (key_is_text(&key))
					buf_fmt(&out, "'%.*s'", (int)key.len, key.text);
				else
					keymap_key_name(key.code, &out);
			}
		}
		describe(k, cases[i].final, &out);
		CHECK_STR(buf_text(&out), cases[i].want);
		buf_clear(&out);
		keys_free(k);
	}
}

static void
terminfo_keys_win(void)
{
	struct keys *k = keys_new();
	struct buf out = { 0 };

	keys_define(k, "\033[[X", K_F(9));
	keys_define(k, "\033A", K_UP);
	keys_define(k, "\177", K_DELETE); /* one byte: not taken */
	keys_feed(k, "\033[[X\033A\177", 7);
	describe(k, false, &out);
	CHECK_STR(buf_text(&out), "F9 Up Backspace");
	buf_clear(&out);
	keys_free(k);
}

/* No context binds one key twice, and every action has a row. */
static void
the_table_is_unambiguous(void)
{
	size_t count, i, j;
	const struct keymap_row *rows = keymap_rows(&count);
	bool bound[ACTION_COUNT] = { false };
	int action;

	for (i = 0; i < count; i++) {
		bound[rows[i].action] = true;
		CHECK(rows[i].key != rows[i].twin);
		CHECK(rows[i].help && *rows[i].help && rows[i].label && *rows[i].label);
		for (j = i + 1; j < count; j++) {
			bool same;

			if (!(rows[i].contexts & rows[j].contexts))
				continue;
			same = rows[i].key == rows[j].key || rows[i].key == rows[j].twin ||
			    (rows[i].twin && (rows[i].twin == rows[j].key ||
			    rows[i].twin == rows[j].twin));
			if (same)
				fprintf(stderr, "  %s / %s\n", rows[i].help, rows[j].help);
			CHECK(!same);
		}
	}
	for (action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		if (!bound[action])
			fprintf(stderr, "  action %d has no key\n", action);
		CHECK(bound[action]);
	}
}

/* Keys that the screen keeps for itself can mean nothing else anywhere. */
static void
the_screens_own_keys_are_nobody_elses(void)
{
	size_t count, i, j;
	const struct keymap_row *rows = keymap_rows(&count);

	for (i = 0; i < count; i++) {
		if (rows[i].action != ACTION_REPAINT && rows[i].action != ACTION_SUSPEND &&
		    rows[i].action != ACTION_CONTRAST)
			continue;
		for (j = 0; j < count; j++) {
			bool same = rows[j].key == rows[i].key ||
			    rows[j].twin == rows[i].key ||
			    (rows[i].twin && (rows[j].key == rows[i].twin ||
				rows[j].twin == rows[i].twin));

			if (same && rows[j].action != rows[i].action)
				CHECK_STR(rows[j].help, rows[i].help);
		}
	}
}

static void
text_fields_have_no_letter_commands(void)
{
	static const enum context notes[] = { CONTEXT_NOTES, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	static const enum context field[] = { CONTEXT_FIELD, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	int c;

	for (c = ' '; c < K_DEL; c++) {
		struct key key = { .code = c, .text = "", .len = 0 };

		CHECK_INT(keymap_action(&key, notes, 3), ACTION_NONE);
		CHECK_INT(keymap_action(&key, field, 3), ACTION_NONE);
	}
}

static void
the_inner_place_wins(void)
{
	static const enum context notes[] = { CONTEXT_NOTES, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	static const enum context field[] = { CONTEXT_FIELD, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	struct key enter = { .code = K_ENTER, .text = "" };
	struct key f2 = { .code = K_F(2), .text = "" };

	CHECK_INT(keymap_action(&enter, notes, 3), ACTION_NEWLINE);
	CHECK_INT(keymap_action(&enter, field, 3), ACTION_NEXT);
	CHECK_INT(keymap_action(&f2, notes, 3), ACTION_SAVE);
}

static void
the_bar_drops_what_weighs_least(void)
{
	static const enum context field[] = { CONTEXT_FIELD, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	struct buf wide = { 0 }, narrow = { 0 };

	keymap_bar(field, 3, 200, &wide);
	keymap_bar(field, 3, 24, &narrow);
	CHECK(strstr(wide.data, "F2 Done") && strstr(wide.data, "F12 Language"));
	CHECK(narrow.len <= 24);
	CHECK(strstr(narrow.data, "F2 Done") && !strstr(narrow.data, "F12"));
	CHECK(!strstr(wide.data, "Shift-Tab")); /* the editor's own, and light */
	buf_clear(&wide);
	buf_clear(&narrow);
}

static void
the_help_names_every_key_once(void)
{
	static const enum context notes[] = { CONTEXT_NOTES, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	struct buf text = { 0 };
	const char *enter;

	keymap_help(notes, 3, &text);
	CHECK(strstr(text.data, "F2, Ctrl-S\tchecks the record") != NULL);
	enter = strstr(text.data, "Enter\tbegins a new line");
	CHECK(enter != NULL);
	CHECK(!strstr(text.data, "Enter, Tab"));
	buf_clear(&text);
}

/* ---- a worker's own keys ---- */

static int
action_of(enum context context, int code)
{
	struct key key = { .code = code, .text = "" };

	return keymap_action(&key, &context, 1);
}

/* What is written can be read and changes nothing; each action has a name of its own
 * (in src/ui/keymap_file.c). */
static void
the_keys_are_a_file(void)
{
	struct buf before = { 0 }, after = { 0 };
	struct err err = { 0 };
	size_t count, i;
	const struct keymap_row *rows = keymap_rows(&count);
	int a, b;

	for (i = 0; i < count; i++)
		if (!keymap_action_name(rows[i].action))
			CHECK_STR(rows[i].help, "an action with a name in the file");
	for (a = 1; a < ACTION_COUNT; a++)
		for (b = a + 1; b < ACTION_COUNT; b++)
			CHECK(!keymap_action_name((enum action)a) ||
			    !keymap_action_name((enum action)b) ||
			    strcmp(keymap_action_name((enum action)a),
				keymap_action_name((enum action)b)) != 0);
	keymap_write(&before);
	CHECK(keymap_read(before.data, &err));
	CHECK_STR(err.text, "");
	keymap_write(&after);
	CHECK_STR(after.data, before.data);
	keymap_use(NULL, 0);
	buf_clear(&before);
	buf_clear(&after);
}

static void
own_keys_are_taken(void)
{
	static const enum context field[] = { CONTEXT_FIELD, CONTEXT_ENTRY,
		CONTEXT_GLOBAL };
	struct err err = { 0 };
	struct buf bar = { 0 }, help = { 0 };

	CHECK(keymap_read("# mine\nentry save F3 alt-S Ctrl-End\r\n\n"
	    "entry last none\nfield redo  # by nothing\ncalendar today t\n", &err));
	CHECK_STR(err.text, "");
	CHECK_INT(action_of(CONTEXT_ENTRY, K_F(3)), ACTION_SAVE);
	CHECK_INT(action_of(CONTEXT_ENTRY, K_ALT('s')), ACTION_SAVE);
	CHECK_INT(action_of(CONTEXT_ENTRY, K_CTRL(K_END)), ACTION_SAVE);
	CHECK_INT(action_of(CONTEXT_ENTRY, K_F(2)), ACTION_NONE);
	CHECK_INT(action_of(CONTEXT_START, K_F(2)), ACTION_SAVE); /* another place */
	CHECK_INT(action_of(CONTEXT_FIELD, K_ALT('r')), ACTION_NONE);
	CHECK_INT(action_of(CONTEXT_NOTES, K_ALT('r')), ACTION_REDO);
	CHECK_INT(action_of(CONTEXT_CALENDAR, 't'), ACTION_TODAY);
	keymap_bar(field, 3, 200, &bar);
	CHECK(strstr(bar.data, "F3 Done") && !strstr(bar.data, "F2 Done"));
	CHECK(strstr(strstr(bar.data, "Done") + 1, "Done") == NULL); /* said once */
	keymap_help(field, 3, &help);
	CHECK(strstr(help.data, "F3, Alt-s\tchecks the record") != NULL);
	keymap_use(NULL, 0);
	CHECK_INT(action_of(CONTEXT_ENTRY, K_F(2)), ACTION_SAVE);
	buf_clear(&bar);
	buf_clear(&help);
}

/* What cannot be is refused whole, with its line and what to do. */
static const struct {
	const char *text, *said;
} bad_keys[] = {
	{ "entry save F2\nentry", "line 2: an action is missing" },
	{ "nowhere save F2", "line 1: not a place: \"nowhere\"" },
	{ "entry saved F2", "line 1: not an action: \"saved\"" },
	{ "entry today F2", "not an action of this place" },
	{ "entry save F13", "not a key: \"F13\"" },
	{ "entry save Shift-x", "not a key" },
	{ "entry save Ctrl-", "not a key" },
	{ "entry save x", "cannot be a command here" },
	{ "field undo Space", "cannot be a command here" },
	{ "entry save F1 F2 F3 F4 F5 F6 F7", "too many keys" },
	{ "entry save F4", "F4 does both \"entry save\" and \"entry open-list\"" },
};

static void
bad_keys_are_refused_in_words(void)
{
	struct err err;
	size_t i;

	for (i = 0; i < sizeof bad_keys / sizeof *bad_keys; i++) {
		check_case(bad_keys[i].text);
		err = (struct err){ 0 };
		CHECK(!keymap_read(bad_keys[i].text, &err));
		CHECK(strstr(err.text, bad_keys[i].said) != NULL);
		CHECK_INT(action_of(CONTEXT_ENTRY, K_F(2)), ACTION_SAVE);
	}
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_cases();
	RUN(bytes_may_come_one_by_one);
	RUN(terminfo_keys_win);
	RUN(the_table_is_unambiguous);
	RUN(the_screens_own_keys_are_nobody_elses);
	RUN(text_fields_have_no_letter_commands);
	RUN(the_inner_place_wins);
	RUN(the_bar_drops_what_weighs_least);
	RUN(the_help_names_every_key_once);
	RUN(the_keys_are_a_file);
	RUN(own_keys_are_taken);
	bad_keys_are_refused_in_words();
	return CHECK_DONE();
}
