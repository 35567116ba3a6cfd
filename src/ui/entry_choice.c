/*
 * entry_choice - questions that are answered from a list
 *
 * A typed code, number, part of the label or pinyin is taken at once when it can mean
 * one choice only; else the list opens with what was typed. Where a list has no order of
 * its own, what was used last stands first; a setting of the notebook remembers it.
 */
#include "entry_private.h"

#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "list.h"
#include "logic.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* The hint row shows a list when it is as short as this, whole or not at all. */
#define SHORT_LIST 5
#define SHORT_COLS 44

/* The column of a choices sheet or list for an author's own letters. */
#define MNEMONIC "mnemonic"

struct choices {
	struct entry *e;
	const struct node *node;
	size_t *rows; /* of the question's list, in its order; NULL: all, as they stand */
	size_t count;
	bool numbered; /* the codes are short numbers: shown and typed */
	size_t mnemonic; /* a column, or LIST_NONE */
};

static bool
is_short_number(const char *code)
{
	return *code && strlen(code) <= 2 && strspn(code, "0123456789") == strlen(code);
}

/* The whole of a list, as it stands: no array of its rows is needed, which of 200,000
 * would be large. Ranking takes rows out of its array. */
static bool
is_whole_list(const struct def *def)
{
	const struct itemset *set = def->itemset;

	return set && !set->filter && !set->randomize && !set->nodeset &&
	    def->question->kind != QUESTION_RANK;
}

static size_t
row_at(const struct choices *c, size_t index)
{
	return c->rows ? c->rows[index] : index;
}

static bool
load_rows(struct choices *c)
{
	struct err err = { 0 };
	const size_t *rows = logic_choices(c->e->logic, c->node, &c->count, &err);

	if (!rows) {
		entry_say(c->e, true, "%s", err.text);
		return false;
	}
	/* Lent until the next call on logic: labels are asked of it too. */
	c->rows = mem_alloc((c->count + 1) * sizeof(*c->rows));
	memcpy(c->rows, rows, c->count * sizeof(*c->rows));
	return true;
}

static bool
load(struct choices *c, struct entry *e, const struct node *node)
{
	const struct itemset *set = node->def->itemset;

	*c = (struct choices){ .e = e, .node = node, .numbered = true,
		.mnemonic = set ? list_column_named(set->list, MNEMONIC) : LIST_NONE };
	if (is_whole_list(node->def))
		c->count = list_count(set->list);
	else if (!load_rows(c))
		return false;
	for (size_t i = 0; i < c->count && c->numbered; i++)
		c->numbered = is_short_number(
		    logic_choice_name(e->logic, node->def, row_at(c, i)));
	return true;
}

static void
item(void *data, size_t index, struct picker_item *out)
{
	struct choices *c = data;

	*out = (struct picker_item){
		.code = logic_choice_name(c->e->logic, c->node->def, row_at(c, index)),
		.label = logic_choice_label(c->e->logic, c->node->def, row_at(c, index)),
	};
	if (c->mnemonic != LIST_NONE)
		out->mnemonic =
		    list_cell(c->node->def->itemset->list, row_at(c, index), c->mnemonic);
}

static const char *
name_at(const struct choices *c, size_t index)
{
	return logic_choice_name(c->e->logic, c->node->def, row_at(c, index));
}

static struct picker_source
source_of(struct choices *c)
{
	return (struct picker_source){ c->count, item, c };
}

/* --- what was used last --- */

static bool
has_own_order(const struct def *def)
{
	const struct itemset *set = def->itemset;

	return !set || set->fixed_order || set->value_column == LIST_NONE;
}

/* Appends the codes used last, newest first, a line each. */
static void
used_codes(struct entry *e, const struct def *def, struct buf *out)
{
	struct buf key = { 0 };

	buf_fmt(&key, SETTING_USED "%s", list_id(def->itemset->list));
	notebook_get(e->nb, buf_text(&key), out, NULL); /* none will do */
	buf_clear(&key);
}

/* Appends a line of `lines` unless it is there; at most PICKER_PREFERRED remain. */
static void
add_code(struct buf *lines, size_t *count, const char *code, size_t len)
{
	const char *at = buf_text(lines);

	for (; *at; at += strcspn(at, "\n") + 1)
		if (strcspn(at, "\n") == len && memcmp(at, code, len) == 0)
			return;
	if (len == 0 || *count == PICKER_PREFERRED)
		return;
	buf_add(lines, code, len);
	buf_char(lines, '\n');
	++*count;
}

void
entry_choice_used(struct entry *e, const struct node *node)
{
	struct buf before = { 0 }, now = { 0 }, key = { 0 };
	bool one = node->def->question->answer == ANSWER_ONE;
	size_t count = 0, len;
	const char *at;

	if (has_own_order(node->def) || !node->text[0])
		return;
	used_codes(e, node->def, &before);
	for (at = node->text; *at; at += len + (at[len] != '\0')) {
		len = one ? strlen(at) : strcspn(at, " ");
		add_code(&now, &count, at, len);
	}
	for (at = buf_text(&before); *at; at += len + (at[len] != '\0')) {
		len = strcspn(at, "\n");
		add_code(&now, &count, at, len);
	}
	/* Nothing but an order is lost when the disk will not have it. */
	buf_fmt(&key, SETTING_USED "%s", list_id(node->def->itemset->list));
	if (strcmp(buf_text(&before), buf_text(&now)) != 0)
		notebook_set(e->nb, buf_text(&key), buf_text(&now), NULL);
	buf_clear(&before);
	buf_clear(&now);
	buf_clear(&key);
}

/* Where a code stands among the choices; PICKER_NONE when nowhere. */
static size_t
index_of(const struct choices *c, const char *code)
{
	const struct itemset *set = c->node->def->itemset;
	size_t row = *code && set && !set->nodeset && set->value_column != LIST_NONE
	    ? list_find(set->list, set->value_column, code)
	    : LIST_NONE;

	if (row == LIST_NONE && !(set && set->nodeset))
		return PICKER_NONE;
	if (!c->rows)
		return row;
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(name_at(c, i), code) == 0)
			return i;
	return PICKER_NONE;
}

static void
prefer_used(const struct choices *c, struct picker *p)
{
	struct buf codes = { 0 };
	size_t indexes[PICKER_PREFERRED], count = 0;
	char *line, *rest, *all;

	if (has_own_order(c->node->def))
		return;
	used_codes(c->e, c->node->def, &codes);
	all = buf_take(&codes);
	for (line = strtok_r(all, "\n", &rest); line && count < PICKER_PREFERRED;
	     line = strtok_r(NULL, "\n", &rest))
		if ((indexes[count] = index_of(c, line)) != PICKER_NONE)
			count++;
	picker_prefer(p, indexes, count);
	free(all);
}

/* --- the list --- */

static struct picker *
new_list(struct choices *c, const char *title, bool multiple)
{
	struct picker *p;
	struct picker_source source = source_of(c);
	struct picker_options options = { .multiple = multiple, .codes = c->numbered,
		.title = title,
		.empty = c->count ? NULL
				  : _("There is nothing to choose: answer the questions "
				      "before this one first.") };

	p = picker_new(&source, &options);
	prefer_used(c, p);
	return p;
}

static bool
pick_one(struct choices *c, const char *title, const char *typed, struct buf *answer)
{
	struct picker *p = new_list(c, title, false);
	size_t current = index_of(c, c->node->text);
	bool taken;

	if (current != PICKER_NONE)
		picker_select(p, current);
	picker_type(p, typed);
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
	picker_type(p, typed);
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

static bool
guess(struct choices *c, const char *typed, struct buf *answer)
{
	struct picker_source source = source_of(c);
	size_t index;

	if (c->node->def->question->answer == ANSWER_MANY)
		return guess_each(c, typed, answer);
	index = picker_guess(&source, typed);
	if (index != PICKER_NONE)
		buf_str(answer, name_at(c, index));
	return index != PICKER_NONE;
}

bool
entry_choice_guess(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer)
{
	struct choices c;
	bool taken;

	if (!load(&c, e, node))
		return false;
	taken = guess(&c, typed, answer);
	free(c.rows);
	return taken;
}

bool
entry_choice_typed(struct entry *e, const struct node *node, const char *typed,
    struct buf *answer)
{
	struct choices c;
	bool taken;

	if (!load(&c, e, node))
		return false;
	taken = guess(&c, typed, answer) || open_list(&c, typed, answer);
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
