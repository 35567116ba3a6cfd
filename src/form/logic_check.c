/*
 * logic_check - whether an answer is right, and what to say when it is not
 *
 * In JavaRosa's order: what is required first, then what kind of answer it is, last
 * the form's constraint.
 */
#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "list.h"
#include "text.h"

#include <stdio.h>

/* The form's own sentence, else ours. */
static void
say(struct logic *l, const struct node *node, const struct texts *texts,
    const char *ours, struct buf *message)
{
	size_t before;

	if (!message)
		return;
	before = message->len;
	if (texts)
		logic_text(l, form_text(l->form, texts, l->language), node, message);
	if (message->len == before)
		instance_veil(l->in, ours, message); /* an expression may quote a masked one */
}

static enum logic_verdict
check_empty(struct logic *l, const struct node *node, struct buf *message)
{
	const struct def *def = node->def;

	if (!node->required || !def->question->asked ||
	    def->question->answer == ANSWER_NONE)
		return LOGIC_GOOD;
	if (!def->question->served) {
		say(l, node, NULL,
		    _("This must be answered, but a terminal cannot take such an "
		      "answer: "
		      "finish this record on a phone or tablet."),
		    message);
		return LOGIC_UNSERVED;
	}
	say(l, node, &def->required_message,
	    _("This must be answered: please fill it in."), message);
	return LOGIC_REQUIRED;
}

/* An answer of its type is written as answer_canonical() would write it, or can be. */
static enum logic_verdict
check_type(struct logic *l, const struct node *node, struct buf *message)
{
	enum answer_type type = node->def->question->answer;
	struct buf canonical = { 0 };
	struct err err = { 0 };
	bool ok = true;

	if (type != ANSWER_ONE && type != ANSWER_MANY)
		ok = answer_canonical(l, node->def, node->text, &canonical, &err);
	buf_clear(&canonical);
	if (ok)
		return LOGIC_GOOD;
	say(l, node, NULL, err.text, message);
	return LOGIC_TYPE;
}

static enum logic_verdict
wrong_choice(struct logic *l, const struct node *node, const char *name,
	     const struct err *err, struct buf *message)
{
	char text[sizeof(err->text) + 200];

	if (err->kind != ERR_NONE)
		snprintf(
		    text, sizeof(text),
		    _("The choices cannot be computed: %s Tell the form's designer."),
		    err->text);
	else
		snprintf(
		    text, sizeof(text),
		    _("\"%s\" is not among the choices here: please choose again."),
		    def_quote(node->def, name, (char[TEXT_BRIEF]){ 0 }));
	say(l, node, NULL, text, message);
	return LOGIC_CHOICE;
}

static enum logic_verdict
check_choices(struct logic *l, const struct node *node, struct buf *message)
{
	const struct itemset *set = node->def->itemset;
	enum logic_verdict verdict = LOGIC_GOOD;
	enum answer_type type = node->def->question->answer;
	struct arena *names;
	const char *at = node->text, *name;
	bool allowed;

	if ((type != ANSWER_ONE && type != ANSWER_MANY) || !set ||
	    set->value_column == LIST_NONE)
		return LOGIC_GOOD;
	names = arena_new();
	while (verdict == LOGIC_GOOD && (name = choices_next(node->def, names, &at))) {
		struct err err = { 0 };

		if (!choices_allow(l, node, name, &allowed, &err) || !allowed)
			verdict = wrong_choice(l, node, name, &err, message);
	}
	arena_free(names);
	return verdict;
}

static enum logic_verdict
check_constraint(struct logic *l, const struct node *node, struct buf *message)
{
	struct expr_context context;
	char text[700];
	struct err err = { 0 };
	bool holds;

	if (!node->def->constraint)
		return LOGIC_GOOD;
	context = logic_context(l, node);
	if (!expr_boolean(node->def->constraint, &context, &holds, &err)) {
		snprintf(
		    text, sizeof(text),
		    _("Whether this is right cannot be computed: %s Tell the form's "
		      "designer."),
		    err.text);
		say(l, node, NULL, text, message);
		return LOGIC_CONSTRAINT;
	}
	if (holds)
		return LOGIC_GOOD;
	say(l, node, &node->def->constraint_message,
	    _("The form does not allow this answer: please check it."), message);
	return LOGIC_CONSTRAINT;
}

/* A rule of the node that could not be computed: what goes wrong in it. */
static enum logic_verdict
check_rules(struct logic *l, const struct node *node, struct buf *message)
{
	const uint32_t *rules = l->graph->rule_of[node->def->index];
	struct expr_context context;
	char text[700];
	struct value v;

	for (int kind = 0; kind < RULE_KINDS; kind++) {
		struct err err = { 0 };

		if (!(node->broken & (1u << kind)) || rules[kind] == RULE_NONE ||
		    kind == RULE_FILTER)
			continue;
		context = logic_context(l, node);
		if (expr_eval(l->graph->rules[rules[kind]].expr, &context, &v, &err))
			continue;
		snprintf(text, sizeof(text),
			 _("What the form computes here cannot be computed: %s Check "
			   "the answers "
			   "that it uses, or tell the form's designer."),
			 err.text);
		say(l, node, NULL, text, message);
		return LOGIC_TYPE;
	}
	return LOGIC_GOOD;
}

enum logic_verdict
logic_check(struct logic *l, const struct node *node, struct buf *message)
{
	enum logic_verdict verdict;

	if (!node->relevant)
		return LOGIC_GOOD;
	verdict = node->broken ? check_rules(l, node, message) : LOGIC_GOOD;
	for (const struct node *place = node->places; place; place = place->next)
		if (verdict == LOGIC_GOOD && place->broken)
			verdict = check_rules(l, place, message);
	if (verdict != LOGIC_GOOD)
		return verdict;
	if (node->def->kind != DEF_QUESTION)
		return LOGIC_GOOD;
	if (!node->text[0])
		return check_empty(l, node, message);
	if (!node->def->question->asked)
		return LOGIC_GOOD;
	verdict = check_type(l, node, message);
	if (verdict == LOGIC_GOOD)
		verdict = check_choices(l, node, message);
	if (verdict == LOGIC_GOOD)
		verdict = check_constraint(l, node, message);
	return verdict;
}

struct node *
logic_check_all(struct logic *l, struct buf *message,
		void (*report)(struct node *node, enum logic_verdict verdict,
			       const char *message, void *data),
		void *data)
{
	struct node *first = NULL;
	struct buf text = { 0 };

	for (struct node *n = instance_root(l->in); n; n = instance_next(n)) {
		enum logic_verdict verdict;

		buf_reset(&text);
		verdict = logic_check(l, n, &text);
		if (verdict == LOGIC_GOOD)
			continue;
		if (!first && message)
			buf_str(message, buf_text(&text));
		first = first ? first : n;
		if (!report)
			break;
		report(n, verdict, buf_text(&text), data);
	}
	buf_clear(&text);
	return first;
}
