/*
 * entry_choice - questions that are answered from a list
 *
 * A typed code, number, part of the label or pinyin is taken at once when it can mean
 * one choice only; else the list opens with what was typed.
 */
#include "entry_private.h"

#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "picker.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* The hint row shows a list when it is as short as this, whole or not at all. */
#define SHORT_LIST 5
#define SHORT_COLS 60

struct choices {
	struct entry *e;
	const struct node *node;
	size_t *rows; /* of the question's list, in its order */
	size_t count;
	bool numbered; /* the codes are short numbers: shown and typed */
};

static bool
is_short_number(const char *code)
{
	return *code && strlen(code) <= 2 && strspn(code, "0123456789") == strlen(code);
}

static bool
load(struct choices *c, struct entry *e, const struct node *node)
{
	struct err err = { 0 };
	const size_t *rows;

	*c = (struct choices){ .e = e, .node = node, .numbered = true };
	rows = logic_choices(e->logic, node, &c->count, &err);
	if (!rows) {
		entry_say(e, true, "%s", err.text);
		return false;
	}
	/* Lent until the next call on logic: labels are asked of it too. */
	c->rows = mem_alloc((c->count + 1) * sizeof(*c->rows));
	memcpy(c->rows, rows, c->count * sizeof(*c->rows));
	for (size_t i = 0; i < c->count && c->numbered; i++)
		c->numbered = is_short_number(logic_choice_name(node->def, c->rows[i]));
	return true;
}

static void
item(void *data, size_t index, struct picker_item *out)
{
	struct choices *c = data;

	*out = (struct picker_item){
		.code = logic_choice_name(c->node->def, c->rows[index]),
		.label = logic_choice_label(c->e->logic, c->node->def, c->rows[index]),
	};
}

static const char *
name_at(const struct choices *c, size_t index)
{
	return logic_choice_name(c->node->def, c->rows[index]);
}

static struct picker_source
source_of(struct choices *c)
{
	return (struct picker_source){ c->count, item, c };
}

/* --- the list --- */

static void
type_into(struct picker *p, const char *typed)
{
	size_t len = strlen(typed);

	for (size_t at = 0, next; at < len; at = next) {
		char text[64];
		struct key key = { .code = K_TEXT, .text = text };

		next = text_next(typed, len, at);
		if (next - at >= sizeof(text))
			continue;
		key.len = next - at;
		memcpy(text, typed + at, key.len);
		text[key.len] = '\0';
		if (key.len == 1)
			key.code = (unsigned char)text[0];
		picker_key(p, &key);
	}
}

static struct picker *
new_list(struct choices *c, const char *title, bool multiple)
{
	struct picker_source source = source_of(c);
	struct picker_options options = { .multiple = multiple, .codes = c->numbered,
		.title = title,
		.empty = c->count ? NULL
				  : _("There is nothing to choose: answer the questions "
				      "before this one first.") };

	return picker_new(&source, &options);
}

static bool
pick_one(struct choices *c, const char *title, const char *typed, struct buf *answer)
{
	struct picker *p = new_list(c, title, false);
	bool taken;

	picker_select_code(p, c->node->text);
	type_into(p, typed);
	taken = picker_run(p, c->e->screen) && picker_current(p) != PICKER_NONE;
	if (taken)
		buf_str(answer, name_at(c, picker_current(p)));
	picker_free(p);
	return taken;
}

static bool
pick_many(struct choices *c, const char *title, const char *typed, struct buf *answer)
{
	struct picker *p = new_list(c, title, true);
	bool taken;

	picker_mark_codes(p, c->node->text);
	type_into(p, typed);
	taken = picker_run(p, c->e->screen);
	if (taken)
		picker_marked_codes(p, answer);
	picker_free(p);
	return taken;
}

/* Takes choice index out of what is still to be ranked. */
static void
remove_choice(struct choices *c, size_t index)
{
	memmove(c->rows + index, c->rows + index + 1,
	    (c->count - index - 1) * sizeof(*c->rows));
	c->count--;
}

/* One place of the ranking after the other; Esc ends it with those that are chosen. */
static bool
pick_rank(struct choices *c, const char *title, struct buf *answer)
{
	struct buf heading = { 0 };
	size_t place = 1, before;

	while (c->count) {
		buf_reset(&heading);
		buf_fmt(&heading, _("%s: number %zu"), title, place++);
		before = answer->len;
		if (before)
			buf_char(answer, ' ');
		if (!pick_one(c, buf_text(&heading), "", answer)) {
			buf_truncate(answer, before);
			break;
		}
		for (size_t i = 0; i < c->count; i++)
			if (strcmp(name_at(c, i),
				answer->data + before + (before ? 1 : 0)) == 0) {
				remove_choice(c, i);
				break;
			}
	}
	buf_clear(&heading);
	return answer->len > 0;
}

static bool
open_list(struct choices *c, const char *typed, struct buf *answer)
{
	struct buf title = { 0 };
	bool taken;

	logic_label(c->e->logic, c->node, &title);
	if (c->node->def->question->kind == QUESTION_RANK)
		taken = pick_rank(c, buf_text(&title), answer);
	else if (c->node->def->question->answer == ANSWER_MANY)
		taken = pick_many(c, buf_text(&title), typed, answer);
	else
		taken = pick_one(c, buf_text(&title), typed, answer);
	buf_clear(&title);
	return taken;
}

bool
entry_choice_open(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer)
{
	struct choices c;
	bool taken;

	if (!load(&c, e, node))
		return false;
	taken = open_list(&c, typed, answer);
	free(c.rows);
	return taken;
}

/* --- typed --- */

/* "1,3" and "1，3" and "1、3": each part must mean one choice. */
static bool
guess_each(struct choices *c, const char *typed, struct buf *answer)
{
	struct picker_source source = source_of(c);
	struct buf plain = { 0 };
	size_t before = answer->len;
	char *part, *rest, *all;
	bool good = true;

	for (const char *at = typed; *at;) {
		size_t sign = strncmp(at, "，", 3) == 0 || strncmp(at, "、", 3) == 0 ? 3 : 0;

		buf_char(&plain, sign ? ',' : *at);
		at += sign ? sign : 1;
	}
	all = buf_take(&plain);
	for (part = strtok_r(all, ",", &rest); part && good;
	     part = strtok_r(NULL, ",", &rest)) {
		size_t index;

		text_trim(part);
		index = picker_guess(&source, part);
		good = index != PICKER_NONE;
		if (good)
			buf_fmt(answer, "%s%s", answer->len > before ? " " : "",
			    name_at(c, index));
	}
	free(all);
	if (!good)
		buf_truncate(answer, before);
	return good;
}

bool
entry_choice_typed(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer)
{
	struct choices c;
	struct picker_source source;
	size_t index;
	bool taken = true;

	if (!load(&c, e, node))
		return false;
	source = source_of(&c);
	if (node->def->question->answer == ANSWER_MANY)
		taken = guess_each(&c, typed, answer);
	else if ((index = picker_guess(&source, typed)) != PICKER_NONE)
		buf_str(answer, name_at(&c, index));
	else
		taken = false;
	if (!taken)
		taken = open_list(&c, typed, answer);
	free(c.rows);
	return taken;
}

void
entry_choice_hint(struct entry *e, const struct node *node, struct buf *out)
{
	struct choices c;
	struct picker_item it;

	if (!load(&c, e, node))
		return;
	for (size_t i = 0; i < c.count && c.count <= SHORT_LIST; i++) {
		item(&c, i, &it);
		if (c.numbered)
			buf_fmt(out, "%s%s %s", i ? "  " : "", it.code, it.label);
		else
			buf_fmt(out, "%s%zu %s", i ? "  " : "", i + 1, it.label);
	}
	if (c.count > SHORT_LIST || text_width(buf_text(out), out->len) > SHORT_COLS) {
		buf_reset(out);
		buf_fmt(out, _("%zu choices: type, or F4"), c.count);
	}
	free(c.rows);
}
