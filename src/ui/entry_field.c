/*
 * entry_field - the question that has the focus: typed into, taken, saved
 */
#include "entry_private.h"

#include "audit.h"
#include "calendar.h"
#include "clock.h"
#include "dates.h"
#include "editor.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "session.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define ACKNOWLEDGED "OK" /* what ODK stores */

struct node *
entry_question(const struct entry *e)
{
	if (e->at >= e->count || e->rows[e->at].kind != ROW_FIELD)
		return NULL;
	return e->rows[e->at].node;
}

static enum question_kind
kind_of(const struct node *node)
{
	return node->def->question->kind;
}

static bool
is_choice(const struct node *node)
{
	enum answer_type type = node->def->question->answer;

	return type == ANSWER_ONE || type == ANSWER_MANY;
}

bool
entry_is_choice(const struct entry *e)
{
	const struct node *node = entry_question(e);

	return node && is_choice(node);
}

bool
entry_is_notes(const struct def *def)
{
	return def->kind == DEF_QUESTION && (def->flags & DEF_MULTILINE) &&
	    def->question->answer == ANSWER_STRING;
}

/* Short answers are typed anew rather than mended: the first character replaces. */
static bool
is_typed_anew(const struct node *node)
{
	switch ((int)node->def->question->answer) {
	case ANSWER_INTEGER:
	case ANSWER_DECIMAL:
	case ANSWER_DATE:
	case ANSWER_TIME:
	case ANSWER_DATETIME:
		return true;
	default:
		return false;
	}
}

/* --- the hint row --- */

static void
add_hint(struct entry *e, const struct node *node)
{
	size_t language = form_language(e->form, i18n_language());
	struct buf ours = { 0 };

	entry_known_hint(e, &e->hint);
	logic_text(e->logic, form_text(e->form, &node->def->hint, language), node,
	    &e->hint);
	if (is_choice(node))
		entry_choice_hint(e, node, &ours);
	else
		entry_value_hint(e, node, &ours);
	if (e->hint.len && ours.len)
		buf_str(&e->hint, "  ");
	buf_add(&e->hint, buf_text(&ours), ours.len);
	buf_clear(&ours);
}

void
entry_hint_update(struct entry *e)
{
	const struct node *node = entry_question(e);

	buf_reset(&e->hint);
	if (node)
		add_hint(e, node);
	else if (e->at < e->count && e->rows[e->at].kind == ROW_ADD)
		buf_str(&e->hint, _("Enter begins a row, Tab goes on."));
	else if (e->at < e->count && !logic_repeat_is_free(e->logic, e->rows[e->at].def))
		buf_str(&e->hint, _("Enter opens this row."));
	else if (e->at < e->count)
		buf_str(&e->hint, _("Enter opens this row; F7 adds one, F8 deletes it."));
	for (size_t i = 0; i < e->hint.len; i++)
		if (e->hint.data[i] == '\n')
			e->hint.data[i] = ' ';
}

/* --- the focus --- */

void
entry_field_close(struct entry *e)
{
	editor_free(e->editor);
	e->editor = NULL;
	free(e->initial);
	e->initial = NULL;
	e->field_id = 0;
}

/* A masked answer that was there before shows as stars. */
static bool
is_hidden(const struct entry *e, const struct node *node)
{
	return (node->def->flags & DEF_MASKED) && node->text[0] && e->open_id != node->id;
}

/* The field over the answer as it is stored now. */
static void
open_field(struct entry *e)
{
	struct node *node = entry_question(e);
	struct editor_options options = { .kill = e->kill };
	struct buf text = { 0 };

	entry_field_close(e);
	e->untouched = true;
	if (!node)
		return;
	e->field_id = node->id;
	if (!is_choice(node))
		entry_field_text(e, node, &text);
	e->initial = buf_take(&text);
	if (kind_of(node) == QUESTION_ACKNOWLEDGE)
		return;
	options.multiline = entry_is_notes(node->def);
	options.max_chars = def_length_limit(node->def);
	options.masked = is_hidden(e, node);
	e->editor = editor_new(&options);
	editor_set(e->editor, e->initial);
}

/* What is wrong with an answer that is there, as soon as the cursor comes to it. */
static void
say_what_is_wrong(struct entry *e)
{
	const struct node *node = entry_question(e);

	buf_reset(&e->message);
	e->is_error = true;
	if (node && node->text[0])
		logic_check(e->logic, node, &e->message);
	if (!e->message.len)
		buf_str(&e->message, buf_text(&e->twin_words));
}

void
entry_focus(struct entry *e, size_t row)
{
	e->at = row;
	e->warned = 0;
	e->offer_count = 0;
	e->open_id = 0;
	e->unsaved = false;
	open_field(e);
	say_what_is_wrong(e);
	entry_hint_update(e);
}

bool
entry_focus_node(struct entry *e, const struct node *node)
{
	struct node *page = entry_page_of(e, node);
	size_t row;

	if (page != e->page) {
		e->page = page;
		e->top = 0;
		e->at = ENTRY_NONE;
		entry_rows_build(e);
	}
	row = entry_rows_find(e, node);
	entry_focus(e, row != ENTRY_NONE ? row : e->at);
	return row != ENTRY_NONE;
}

/* --- taking and saving --- */

/* True when the answer is stored. When it is not on the disk it is still in the model:
 * the next save, of whatever field, takes it along. */
static bool
store(struct entry *e, struct node *node, const char *text)
{
	struct buf path = { 0 };
	struct err err = { 0 };
	bool good;

	instance_path(node, &path);
	good = session_answer(e->session, node, text, buf_text(&path), &err);
	buf_clear(&path);
	e->unsaved = !good && err.kind != ERR_INPUT;
	if (e->unsaved)
		entry_say(e, true, _("Not saved yet: %s Enter tries again."), err.text);
	else if (!good)
		entry_say(e, true, "%s", err.text);
	if (good && is_choice(node))
		entry_choice_used(e, node);
	if (good)
		entry_known_check(e, node);
	if (good || e->unsaved)
		entry_rows_build(e);
	return good;
}

/* The stored answer has changed under the field. */
static void
refresh_field(struct entry *e, const struct node *node)
{
	if (e->at < e->count && e->rows[e->at].id == node->id)
		open_field(e);
}

/* What the field holds, trimmed. Given. */
static char *
typed_text(struct entry *e)
{
	struct buf value = { 0 };
	char *text;

	editor_value(e->editor, &value);
	text = buf_take(&value);
	text_trim(text);
	return text;
}

/* False when it cannot be such an answer; then the message says why. */
static bool
read_answer(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer)
{
	struct err err = { 0 };

	if (is_choice(node)) {
		if (entry_choice_typed(e, node, typed, answer))
			return true;
		entry_say(e, true, _("\"%s\" is not taken yet: choose with F4, or delete it."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
		return false;
	}
	if (entry_value_read(e, node, typed, answer, &err))
		return true;
	entry_say(e, true, "%s", err.text);
	return false;
}

/* Digits and letters of an input method are as wide as hanzi: where the form's rule for
 * a number or code wants narrow ones, they are meant. */
static bool
narrow_if_needed(struct entry *e, struct node *node)
{
	struct buf wide = { 0 }, narrow = { 0 };
	bool good = true;

	buf_str(&wide, node->text);
	text_narrow(wide.data, wide.len, &narrow);
	if (node->def->question->answer == ANSWER_STRING && !entry_is_notes(node->def) &&
	    strcmp(wide.data, buf_text(&narrow)) != 0 &&
	    logic_check(e->logic, node, NULL) == LOGIC_CONSTRAINT) {
		good = store(e, node, buf_text(&narrow));
		if (good && logic_check(e->logic, node, NULL) != LOGIC_GOOD)
			good = store(e, node, wide.data); /* as it was typed, then */
	}
	buf_clear(&wide);
	buf_clear(&narrow);
	return good;
}

static bool
take_typed(struct entry *e, struct node *node)
{
	char *typed = typed_text(e);
	struct buf answer = { 0 };
	bool good = true;

	if (strcmp(typed, e->initial) != 0 || e->unsaved) {
		/* A choice whose save failed: its answer is in the model already. */
		if (is_choice(node) && !*typed)
			buf_str(&answer, node->text);
		else
			good = read_answer(e, node, typed, &answer);
		good = good && store(e, node, buf_text(&answer)) &&
		    (!answer.len || narrow_if_needed(e, node));
		if (good)
			refresh_field(e, node);
	}
	buf_clear(&answer);
	free(typed);
	return good;
}

/* A rule of the form is broken: said once; who goes on all the same may. */
static bool
holds_back(struct entry *e, const struct node *node)
{
	struct buf message = { 0 };
	bool wrong = node->text[0] &&
	    logic_check(e->logic, node, &message) != LOGIC_GOOD;

	if (wrong && e->warned == node->id)
		wrong = false;
	else if (wrong) {
		e->warned = node->id;
		entry_say(e, true, _("%s (Enter again goes on.)"), buf_text(&message));
	}
	buf_clear(&message);
	return wrong;
}

bool
entry_commit(struct entry *e, bool forward)
{
	struct node *node = entry_question(e);

	if (!node)
		return true;
	if (e->editor && !take_typed(e, node))
		return false;
	if (!e->editor && e->unsaved && !store(e, node, node->text))
		return false;
	return !forward || !holds_back(e, node);
}

bool
entry_answer(struct entry *e, const char *text)
{
	struct node *node = entry_question(e);
	bool good;

	if (!node)
		return false;
	buf_reset(&e->message);
	good = store(e, node, text);
	if (!good && !e->unsaved)
		return false;
	if (e->at < e->count && e->rows[e->at].id == node->id) {
		open_field(e);
		if (good)
			say_what_is_wrong(e);
	} else {
		entry_focus(e, e->at);
	}
	entry_hint_update(e);
	return good;
}

/* --- keys --- */

/* A field that takes no more says so in the form's own words. */
static void
say_full(struct entry *e, const struct node *node)
{
	size_t limit = def_length_limit(node->def);
	struct buf words = { 0 };

	if (!limit || editor_chars(e->editor) < limit)
		return;
	logic_text(e->logic,
	    form_text(e->form, &node->def->constraint_message,
		form_language(e->form, i18n_language())),
	    node, &words);
	if (words.len)
		entry_say(e, true, "%s", buf_text(&words));
	else
		entry_say(e, true, _("At most %zu characters."), limit);
	buf_clear(&words);
}

bool
entry_field_key(struct entry *e, const struct key *key, int *move)
{
	const struct node *node = entry_question(e);

	*move = 0;
	if (!e->editor || !node)
		return false;
	if (key_is_text(key) && !entry_value_accepts(node->def, key)) {
		screen_beep(e->screen);
		return true;
	}
	if (is_choice(node) && !*editor_text(e->editor) &&
	    (key->code == K_BACKSPACE || key->code == K_DELETE)) {
		entry_clear(e);
		return true;
	}
	if ((key_is_text(key) || key->code == K_PASTE) && e->untouched && is_hidden(e, node)) {
		e->open_id = node->id;
		open_field(e);
		editor_set(e->editor, "");
	}
	if (key_is_text(key) && e->untouched && is_typed_anew(node))
		editor_set(e->editor, "");
	switch (editor_key(e->editor, key)) {
	case EDITOR_TAKEN:
		e->untouched = false;
		entry_known_typed(e);
		return true;
	case EDITOR_REFUSED:
		say_full(e, node);
		screen_beep(e->screen);
		return true;
	case EDITOR_NEXT:
		*move = 1;
		return true;
	case EDITOR_PREV:
		*move = -1;
		return true;
	case EDITOR_PASS:
		break;
	}
	return false;
}

static bool
open_calendar(struct entry *e, const struct node *node)
{
	int64_t today = clock_today(e->clock), day = today;
	char *typed = typed_text(e), text[16];

	if (!dates_read_day(typed, today, &day))
		clock_parse_day(node->text, &day);
	free(typed);
	if (!calendar_run(e->screen, today, &day))
		return false;
	clock_format_day(day, text);
	return entry_answer(e, text);
}

static bool
open_choices(struct entry *e, const struct node *node)
{
	struct buf answer = { 0 };
	char *typed = typed_text(e);
	bool taken = entry_choice_open(e, node, typed, &answer) &&
	    entry_answer(e, buf_text(&answer));

	free(typed);
	buf_clear(&answer);
	return taken;
}

bool
entry_open_list(struct entry *e)
{
	const struct node *node = entry_question(e);
	bool taken;

	if (!node)
		return false;
	if (is_choice(node))
		return open_choices(e, node);
	if (entry_known_open(e, &taken))
		return taken;
	if (kind_of(node) == QUESTION_DATE)
		return open_calendar(e, node);
	if (kind_of(node) == QUESTION_ACKNOWLEDGE)
		entry_answer(e, node->text[0] ? "" : ACKNOWLEDGED);
	else
		entry_say(e, false, _("This question has no list: type the answer."));
	return false;
}

void
entry_clear(struct entry *e)
{
	const struct node *node = entry_question(e);
	bool typed = e->editor && *editor_text(e->editor);

	if (typed) {
		editor_set(e->editor, "");
		e->untouched = false;
	} else if (node && node->text[0]) {
		entry_answer(e, "");
	} else {
		screen_beep(e->screen);
	}
}

/* The same question in the row before, else in the last record of this form. */
static const struct node *
earlier(struct entry *e, const struct node *node)
{
	const struct instance *last = session_last_saved(e->session);
	struct node *page = entry_page_of(e, node);
	const struct node *found = NULL;
	struct buf path = { 0 };
	size_t index;

	if (page->def->kind == DEF_REPEAT && (index = instance_repeat_index(page)) > 0)
		return instance_near(
		    instance_repeat_at(page->parent, page->def, index - 1), node->def);
	if (last) {
		instance_path(node, &path);
		found = instance_find(last, buf_text(&path));
		buf_clear(&path);
	}
	return found;
}

void
entry_repeat_value(struct entry *e)
{
	const struct node *node = entry_question(e), *before = NULL;
	char *text;

	if (node)
		before = earlier(e, node);
	if (!before || !before->text[0]) {
		entry_say(e, false, _("There is no earlier answer to repeat here."));
		return;
	}
	text = mem_strdup(before->text);
	entry_answer(e, text);
	free(text);
}

/* --- in full --- */

static bool
log_view(struct entry *e, const struct node *node)
{
	struct buf about = { 0 };
	struct err err = { 0 };
	bool good;

	buf_fmt(&about, "%s ", session_record_id(e->session));
	if (node)
		instance_path(node, &about);
	else
		buf_char(&about, '*');
	good = audit_add(e->nb, AUDIT_VIEW, buf_text(&about), &err);
	if (!good)
		entry_say(e, true, "%s", err.text);
	buf_clear(&about);
	return good;
}

void
entry_reveal(struct entry *e)
{
	const struct node *node = entry_question(e);

	if (e->view) {
		e->revealed = e->revealed || log_view(e, NULL);
		entry_rows_build(e);
	} else if (!node || !is_hidden(e, node) || !e->untouched) {
		entry_say(e, false, _("Nothing is masked here."));
	} else if (log_view(e, node)) {
		e->open_id = node->id;
		open_field(e);
	}
}
