/*
 * plain - a record filled in line by line
 *
 * The form is walked from its beginning in its own order; going back walks it again, up to
 * the question that was answered before. So nothing need be remembered of a form whose
 * questions come and go with the answers.
 */
#include "plain.h"

#include "buf.h"
#include "clock.h"
#include "dates.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "session.h"
#include "text.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHOICES_SHOWN 40
#define MINUTE_MS     INT64_C(60000)

enum step {
	STEP_ON,
	STEP_BACK,   /* to the question before */
	STEP_FINISH, /* as far as it is */
	STEP_END,    /* the input is over */
	STEP_FAILED,
};

struct plain {
	struct session *s;
	struct logic *logic;
	FILE *in, *out;
	bool typed_here; /* at a terminal, which shows what is typed */
	struct err *err;
	char *line;
	size_t room;
	char **asked; /* paths of the questions that were answered, in order */
	size_t count, cap;
	char *from; /* nothing is asked before this path; NULL: everything is */
};

/* --- reading --- */

/* False: nobody typed for so long that a screen would have been locked. */
static bool
somebody_is_there(struct plain *p)
{
	int64_t after = p->typed_here ? notebook_lock_after(session_notebook(p->s)) : 0;
	struct pollfd fd = { .fd = fileno(p->in), .events = POLLIN };

	if (after <= 0 || poll(&fd, 1, after < INT_MAX ? (int)after : INT_MAX) != 0)
		return true;
	fprintf(p->out, "\n%s\n", _("Nobody typed for a while, so the notebook is closed."));
	return false;
}

/* The next line without its end; a backslash at the end goes on with the next one.
 * False: there is none. */
static bool
read_line(struct plain *p, struct buf *typed)
{
	ssize_t len;

	buf_reset(typed);
	for (;;) {
		if (!somebody_is_there(p))
			return false;
		len = getline(&p->line, &p->room, p->in);
		if (!p->typed_here) /* nobody sees an Enter: answers begin new lines */
			fputc('\n', p->out);
		if (len <= 0)
			return typed->len > 0;
		while (len > 0 && (p->line[len - 1] == '\n' || p->line[len - 1] == '\r'))
			len--;
		if (!text_valid(p->line, (size_t)len)) {
			fprintf(p->out, "! %s\n", _("This line is not UTF-8. Type it again."));
			continue;
		}
		if (len == 0 || p->line[len - 1] != '\\')
			break;
		buf_add(typed, p->line, (size_t)len - 1);
		buf_char(typed, '\n');
	}
	buf_add(typed, p->line, (size_t)len);
	text_trim(typed->data ? typed->data : p->line);
	typed->len = typed->data ? strlen(typed->data) : 0;
	return true;
}

static bool
ask_yes(struct plain *p, const char *question, bool preset, enum step *step)
{
	struct buf typed = { 0 };
	bool yes = preset;

	*step = STEP_ON;
	fprintf(p->out, "%s [%s]\n> ", question, preset ? _("y") : _("n"));
	fflush(p->out);
	if (!read_line(p, &typed))
		*step = STEP_END;
	else if (strcmp(buf_text(&typed), "<") == 0)
		*step = STEP_BACK;
	else if (strcmp(buf_text(&typed), "!") == 0)
		*step = STEP_FINISH;
	else if (typed.len)
		yes = strcasecmp(typed.data, "y") == 0 ||
		    strcmp(typed.data, _("y")) == 0;
	buf_clear(&typed);
	return yes && *step == STEP_ON;
}

/* --- choices --- */

struct choices {
	struct logic *logic;
	const struct def *def;
	const size_t *rows;
	size_t count;
};

static void
choice_item(void *data, size_t index, struct picker_item *item)
{
	const struct choices *c = data;

	*item = (struct picker_item){
		.code = logic_choice_name(c->logic, c->def, c->rows[index]),
		.label = logic_choice_label(c->logic, c->def, c->rows[index]),
	};
}

static bool
load_choices(struct plain *p, const struct node *node, struct choices *c, struct err *err)
{
	*c = (struct choices){ .logic = p->logic, .def = node->def };
	c->rows = logic_choices(p->logic, node, &c->count, err);
	return c->rows != NULL;
}

static void
print_choices(struct plain *p, const struct node *node)
{
	struct choices c;
	struct picker_item item;

	if (!load_choices(p, node, &c, NULL))
		return;
	for (size_t i = 0; i < c.count && i < CHOICES_SHOWN; i++) {
		choice_item(&c, i, &item);
		fprintf(p->out, "  %s  %s\n", item.code, item.label);
	}
	if (c.count > CHOICES_SHOWN)
		fprintf(p->out, _("  ... and %zu more: a part of the name or its initials will "
				  "do\n"), c.count - CHOICES_SHOWN);
}

/* Each word is a code, a number, a label or what can mean one choice only. */
static bool
read_choices(struct plain *p, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	bool many = node->def->question->answer == ANSWER_MANY;
	char *copy = mem_strdup(typed), *rest = copy, *word;
	struct choices c;
	bool good = load_choices(p, node, &c, err);

	while (good && (word = many ? strsep(&rest, " ,") : rest)) {
		struct picker_source source = { c.count, choice_item, &c };
		size_t at;

		if (!many)
			rest = NULL;
		if (!*word)
			continue;
		at = picker_guess(&source, word);
		if (at == PICKER_NONE)
			good = err_set(err, ERR_INPUT,
			    _("\"%s\" is not one of the answers, or may mean several. Type ? "
			      "to hear them."),
			    def_quote(node->def, word, (char[TEXT_BRIEF]){ 0 }));
		else
			buf_fmt(answer, "%s%s", answer->len ? " " : "",
			    logic_choice_name(p->logic, c.def, c.rows[at]));
	}
	free(copy);
	return good;
}

/* --- one question --- */

static bool
read_day(struct plain *p, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	const struct clock *clock = notebook_clock(session_notebook(p->s));
	int64_t day;
	char text[16];

	if (!dates_read_day(typed, clock_today(clock), &day))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no day. Type 5, 1105 or 2026-11-05."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
	clock_format_day(day, text);
	buf_str(answer, text);
	return true;
}

static bool
read_time(struct plain *p, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	const struct clock *clock = notebook_clock(session_notebook(p->s));
	int64_t now = clock_now(clock);
	int minutes;
	char text[8];

	minutes = (int)((now / MINUTE_MS + clock_offset(clock, now)) % 1440);
	if (!dates_read_time(typed, minutes, &minutes))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no time of day. Type 9, 905 or 09:05; a point is now."),
		    def_quote(node->def, typed, (char[TEXT_BRIEF]){ 0 }));
	dates_write_time(minutes, text);
	buf_str(answer, text);
	return true;
}

static bool
read_answer(struct plain *p, const struct node *node, const char *typed,
    struct buf *answer, struct err *err)
{
	switch ((int)node->def->question->answer) {
	case ANSWER_ONE:
	case ANSWER_MANY:
		return read_choices(p, node, typed, answer, err);
	case ANSWER_DATE:
		return read_day(p, node, typed, answer, err);
	case ANSWER_TIME:
		return read_time(p, node, typed, answer, err);
	default:
		buf_str(answer, *typed == '\\' ? typed + 1 : typed);
		return true;
	}
}

static void
explain(struct plain *p, const struct node *node)
{
	const struct form *form = session_form(p->s);
	struct buf hint = { 0 };

	logic_text(p->logic, form_text(form, &node->def->hint,
	    form_language(form, i18n_language())), node, &hint);
	if (hint.len)
		fprintf(p->out, "  %s\n", buf_text(&hint));
	buf_clear(&hint);
	if (node->def->itemset)
		print_choices(p, node);
	fprintf(p->out, "  %s\n",
	    _("An empty line takes what is in brackets; - empties it; < goes back; ! finishes "
	      "the record; the end of the input (Ctrl-D) keeps it as a draft."));
}

/* "Room (required) [402]" */
static void
print_question(struct plain *p, const struct node *node)
{
	struct buf text = { 0 };

	logic_label(p->logic, node, &text);
	if (node->required)
		buf_fmt(&text, " %s", _("(required)"));
	if (node->text[0]) {
		buf_str(&text, " [");
		logic_answer_text(p->logic, node, false, &text);
		buf_char(&text, ']');
	}
	fprintf(p->out, "%s\n> ", buf_text(&text));
	fflush(p->out);
	buf_clear(&text);
}

static void
say_error(struct plain *p, const char *sentence)
{
	fprintf(p->out, "! %s\n", sentence);
}

/* Stores it and says what is wrong with it; true when one may go on. */
static bool
store(struct plain *p, struct node *node, const char *answer, bool *failed)
{
	struct buf path = { 0 }, message = { 0 };
	struct err err = { 0 };
	bool good = true;

	instance_path(node, &path);
	if (strcmp(answer, node->text) != 0)
		good = session_answer(p->s, node, answer, buf_text(&path), &err);
	if (!good && err.kind != ERR_INPUT) {
		*failed = true;
		*p->err = err;
	} else if (!good) {
		say_error(p, err.text);
	} else if (logic_check(p->logic, node, &message) != LOGIC_GOOD) {
		say_error(p, buf_text(&message));
		good = false;
	}
	buf_clear(&path);
	buf_clear(&message);
	return good;
}

static void
remember(struct plain *p, const struct node *node)
{
	struct buf path = { 0 };

	instance_path(node, &path);
	p->asked = mem_grow(p->asked, &p->cap, p->count + 1, sizeof(*p->asked));
	p->asked[p->count++] = buf_take(&path);
}

/* True while the walk has not come to where it begins. */
static bool
is_before(struct plain *p, const struct node *node)
{
	struct buf path = { 0 };
	bool here;

	if (!p->from)
		return false;
	instance_path(node, &path);
	here = strcmp(buf_text(&path), p->from) == 0;
	buf_clear(&path);
	if (here) {
		free(p->from);
		p->from = NULL;
	}
	return !here;
}

static enum step
ask(struct plain *p, struct node *node)
{
	struct buf typed = { 0 }, answer = { 0 };
	enum step step = STEP_ON;
	bool done = false, failed = false;

	while (!done && step == STEP_ON) {
		struct err err = { 0 };
		const char *text;

		print_question(p, node);
		buf_reset(&answer);
		if (!read_line(p, &typed)) {
			step = STEP_END;
			break;
		}
		text = buf_text(&typed);
		if (strcmp(text, "?") == 0)
			explain(p, node);
		else if (strcmp(text, "<") == 0)
			step = STEP_BACK;
		else if (strcmp(text, "!") == 0)
			step = STEP_FINISH;
		else if (strcmp(text, "-") == 0)
			done = store(p, node, "", &failed);
		else if (!*text)
			done = store(p, node, node->text, &failed);
		else if (!read_answer(p, node, text, &answer, &err))
			say_error(p, err.text);
		else
			done = store(p, node, buf_text(&answer), &failed);
		if (failed)
			step = STEP_FAILED;
	}
	if (done)
		remember(p, node);
	buf_clear(&typed);
	buf_clear(&answer);
	return step;
}

/* --- the walk --- */

static enum step walk(struct plain *p, struct node *parent, const struct def *def);

static void
print_heading(struct plain *p, const struct node *node)
{
	struct buf label = { 0 };

	logic_label(p->logic, node, &label);
	if (strcmp(buf_text(&label), node->def->name) != 0)
		fprintf(p->out, "\n== %s ==\n", buf_text(&label));
	buf_clear(&label);
}

static enum step
walk_inside(struct plain *p, struct node *node)
{
	enum step step = STEP_ON;

	if (!p->from)
		print_heading(p, node);
	for (const struct def *d = node->def->first; d && step == STEP_ON; d = d->next)
		step = walk(p, node, d);
	return step;
}

static enum step
walk_repeat(struct plain *p, struct node *parent, const struct def *repeat)
{
	const struct node *place = instance_repeat_place(parent, repeat);
	enum step step = STEP_ON;
	struct buf question = { 0 }, label = { 0 };

	if (!place || !place->relevant)
		return STEP_ON;
	logic_label(p->logic, place, &label);
	for (size_t i = 0; step == STEP_ON; i++) {
		struct node *row = instance_repeat_at(parent, repeat, i);

		if (!row && (p->from || !logic_repeat_is_free(p->logic, repeat)))
			break;
		buf_reset(&question);
		buf_fmt(&question, _("%s: add number %zu?"), buf_text(&label), i + 1);
		if (!row && !ask_yes(p, buf_text(&question), false, &step))
			break;
		if (!row)
			row = session_repeat_add(p->s, parent, repeat, i, p->err);
		step = row ? row->relevant ? walk_inside(p, row) : STEP_ON : STEP_FAILED;
	}
	buf_clear(&question);
	buf_clear(&label);
	return step;
}

static struct node *
child_of(struct node *parent, const struct def *def)
{
	struct node *n = parent->first;

	while (n && n->def != def)
		n = n->next;
	return n;
}

static enum step
walk(struct plain *p, struct node *parent, const struct def *def)
{
	struct node *node;

	if (def->kind == DEF_REPEAT)
		return walk_repeat(p, parent, def);
	node = child_of(parent, def);
	if (!node || !node->relevant)
		return STEP_ON;
	if (def->kind == DEF_GROUP)
		return walk_inside(p, node);
	if (def->question->answer == ANSWER_NONE) {
		if (!p->from && def->question->kind == QUESTION_NOTE) {
			struct buf text = { 0 };

			logic_label(p->logic, node, &text);
			fprintf(p->out, "%s\n", buf_text(&text));
			buf_clear(&text);
		}
		return STEP_ON;
	}
	if (!def->question->asked || !def->question->served || node->readonly ||
	    is_before(p, node))
		return STEP_ON;
	return ask(p, node);
}

/* --- the end --- */

/* Wrong: what is wrong is asked again. */
static enum plain_outcome
finish(struct plain *p, bool *again)
{
	struct buf message = { 0 }, path = { 0 };
	struct node *wrong = NULL;
	enum plain_outcome outcome = PLAIN_FINAL;

	*again = false;
	switch (session_finalise(p->s, &wrong, &message, p->err)) {
	case SESSION_FINAL:
		break;
	case SESSION_WRONG:
		say_error(p, buf_text(&message));
		instance_path(wrong, &path);
		free(p->from);
		p->from = buf_take(&path);
		*again = true;
		outcome = PLAIN_LEFT;
		break;
	case SESSION_FAILED:
		outcome = PLAIN_FAILED;
		break;
	}
	buf_clear(&message);
	buf_clear(&path);
	return outcome;
}

/* To the question before the one that is asked now. */
static void
go_back(struct plain *p)
{
	free(p->from);
	p->from = p->count ? p->asked[--p->count] : NULL;
}

enum plain_outcome
plain_run(struct session *session, FILE *in, FILE *out, struct err *err)
{
	struct plain p = { .s = session, .logic = session_logic(session), .in = in,
		.out = out, .err = err, .typed_here = isatty(fileno(in)) };
	enum plain_outcome outcome = PLAIN_LEFT;
	bool again = true;

	if (p.typed_here) /* what is asked of the terminal is not read yet */
		setvbuf(in, NULL, _IONBF, 0);
	/* A draft goes on where it was left. */
	if (*session_cursor(session))
		p.from = mem_strdup(session_cursor(session));
	fprintf(out, "%s: %s\n", form_title(session_form(session), i18n_language()),
	    _("one question a line. ? explains, an empty line takes what is in brackets."));
	while (again) {
		struct node *root = instance_root(session_instance(session));
		enum step step = walk_inside(&p, root);

		again = false;
		if (step == STEP_ON && ask_yes(&p, _("Finish the record?"), true, &step))
			step = STEP_FINISH;
		if (step == STEP_BACK) {
			go_back(&p);
			again = true;
		} else if (step == STEP_FINISH) {
			outcome = finish(&p, &again);
		} else if (step == STEP_FAILED) {
			outcome = PLAIN_FAILED;
		}
	}
	while (p.count)
		free(p.asked[--p.count]);
	free(p.asked);
	free(p.from);
	free(p.line);
	return outcome;
}
