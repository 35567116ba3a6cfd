#include "entry_private.h"

#include "dates.h"
#include "clock.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "session.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define SUMMARY_ANSWERS 6 /* of a repeat's instance, on its row */

/* --- making rows --- */

static struct entry_row *
add(struct entry *e, enum row_kind kind, struct node *node, const struct def *def,
    int level)
{
	struct entry_row *row;

	e->rows = mem_grow(e->rows, &e->cap, e->count + 1, sizeof(*e->rows));
	row = &e->rows[e->count++];
	*row = (struct entry_row){ .kind = kind, .node = node, .def = def, .id = node->id,
		.level = level };
	return row;
}

static char *
label_of(struct entry *e, const struct node *node)
{
	struct buf b = { 0 };

	logic_label(e->logic, node, &b);
	return buf_take(&b);
}

/* A repeat's label without an instance of its own to ask. */
static char *
label_of_def(struct entry *e, const struct node *parent, const struct def *def)
{
	size_t language = form_language(e->form, i18n_language());
	struct buf b = { 0 };

	logic_text(e->logic, form_text(e->form, &def->label, language), parent, &b);
	if (!b.len)
		buf_str(&b, def->name);
	return buf_take(&b);
}

static bool
has_label(const struct def *def)
{
	return def->label.by_language != NULL;
}

static void
answer_words(struct entry *e, const struct node *node, struct buf *out)
{
	enum question_kind kind = node->def->question->kind;
	int64_t day;

	if (kind == QUESTION_ACKNOWLEDGE && (!e->view || node->text[0]))
		buf_str(out, node->text[0] ? "[x]" : "[ ]");
	else if (kind == QUESTION_DATETIME)
		entry_field_text(e, node, out);
	else
		logic_answer_text(e->logic, node, e->revealed, out);
	if (e->view && kind == QUESTION_DATE && clock_parse_day(node->text, &day))
		buf_fmt(out, "  %s", dates_weekday_name(dates_weekday(day)));
}

/* The first answers of an instance: what tells it from its neighbours. */
static void
summarise(struct entry *e, const struct node *instance, int *left, struct buf *out)
{
	for (const struct node *n = instance->first; n && *left; n = n->next) {
		if (!n->relevant || n->def->kind == DEF_REPEAT)
			continue;
		if (n->def->kind == DEF_GROUP) {
			summarise(e, n, left, out);
			continue;
		}
		if (!n->text[0] || !n->def->question->asked)
			continue;
		if (out->len)
			buf_str(out, "  ");
		answer_words(e, n, out);
		--*left;
	}
}

static bool
is_shown_only(const struct entry *e, const struct node *node)
{
	const struct question_row *q = node->def->question;

	return e->view || node->readonly || !q->asked || !q->served;
}

/* Calculated and hidden ones are shown when the form has words for them. */
static bool
is_shown(const struct node *node)
{
	const struct question_row *q = node->def->question;

	if (q->asked)
		return true;
	return q->kind == QUESTION_CALCULATE && has_label(node->def) && node->text[0];
}

/* Answered wrongly by the person; after a try to finish, whatever is not right. */
static bool
is_marked(struct entry *e, const struct node *node)
{
	return !e->view && (e->strict || (node->touched && node->text[0])) &&
	    logic_check(e->logic, node, NULL) != LOGIC_GOOD;
}

static void
add_question(struct entry *e, struct node *node, int level)
{
	const struct question_row *q = node->def->question;
	struct buf text = { 0 };
	struct entry_row *row;

	if (!is_shown(node))
		return;
	if (q->kind == QUESTION_NOTE) {
		row = add(e, ROW_NOTE, node, node->def, level);
		row->label = label_of(e, node);
		return;
	}
	row = add(e, is_shown_only(e, node) ? ROW_VALUE : ROW_FIELD, node, node->def, level);
	row->label = label_of(e, node);
	if (!q->served)
		buf_str(&text, _("not available here"));
	else
		answer_words(e, node, &text);
	row->text = buf_take(&text);
	row->wrong = is_marked(e, node);
}

static void add_children(struct entry *e, struct node *node, int level);

/* "Parties 2/3" and its questions, for reading. */
static void
add_open_instance(struct entry *e, struct node *node, size_t i, size_t count, int level)
{
	struct entry_row *row = add(e, ROW_HEADING, node, node->def, level);
	char *label = label_of(e, node);
	struct buf b = { 0 };

	buf_fmt(&b, "%s %zu/%zu", label, i + 1, count);
	free(label);
	row->label = buf_take(&b);
	row->section = level == 0;
	add_children(e, node, level + 1);
}

static bool
any_wrong(struct entry *e, const struct node *instance)
{
	for (const struct node *n = instance->first; n; n = n->next) {
		if (n->def->kind != DEF_QUESTION) {
			if (n->relevant && any_wrong(e, n))
				return true;
		} else if (is_marked(e, n)) {
			return true;
		}
	}
	return false;
}

static void
add_instance(struct entry *e, struct node *node, int level)
{
	struct entry_row *row = add(e, ROW_INSTANCE, node, node->def, level);
	int left = SUMMARY_ANSWERS;
	struct buf b = { 0 };

	summarise(e, node, &left, &b);
	row->text = buf_take(&b);
	row->wrong = any_wrong(e, node);
}

/* Without those that the form's own count has put aside. */
size_t
entry_shown_instances(const struct node *parent, const struct def *repeat)
{
	size_t count = instance_repeat_count(parent, repeat), shown = 0;

	for (size_t i = 0; i < count; i++)
		shown += instance_repeat_at(parent, repeat, i)->relevant;
	return shown;
}

static void
add_repeat(struct entry *e, struct node *parent, const struct def *def, int level)
{
	size_t count = instance_repeat_count(parent, def), shown;
	struct node *place = instance_repeat_place(parent, def), *node;
	struct entry_row *row;
	struct buf b = { 0 };
	char *label;

	if (place && !place->relevant)
		return;
	shown = entry_shown_instances(parent, def);
	if (e->view) {
		for (size_t i = 0; i < count; i++)
			if ((node = instance_repeat_at(parent, def, i))->relevant)
				add_open_instance(e, node, i, shown, level);
		return;
	}
	row = add(e, ROW_HEADING, parent, def, level);
	row->section = level == 0;
	label = label_of_def(e, parent, def);
	buf_fmt(&b, "%s (%zu)", label, shown);
	free(label);
	row->label = buf_take(&b);
	for (size_t i = 0; i < count; i++)
		if ((node = instance_repeat_at(parent, def, i))->relevant)
			add_instance(e, node, level + 1);
	if (!logic_repeat_is_free(e->logic, def))
		return;
	row = add(e, ROW_ADD, parent, def, level + 1);
	row->text = mem_strdup(shown ? _("Add another") : _("Add the first one"));
}

static void
add_group(struct entry *e, struct node *node, int level)
{
	struct entry_row *row;

	if (!has_label(node->def)) {
		add_children(e, node, level);
		return;
	}
	row = add(e, ROW_HEADING, node, node->def, level);
	row->label = label_of(e, node);
	row->section = level == 0;
	add_children(e, node, level + 1);
}

/* In the form's order; the nodes stand in the same, instances of repeats between. */
static void
add_children(struct entry *e, struct node *node, int level)
{
	struct node *n = node->first;

	for (const struct def *def = node->def->first; def; def = def->next) {
		if (def->kind == DEF_REPEAT)
			add_repeat(e, node, def, level);
		while (n && n->def->kind == DEF_REPEAT)
			n = n->next;
		if (!n || n->def != def)
			continue;
		if (n->relevant && def->kind == DEF_GROUP)
			add_group(e, n, level);
		else if (n->relevant)
			add_question(e, n, level);
		n = n->next;
	}
}

/* A heading over nothing says nothing. */
static void
drop_empty_headings(struct entry *e)
{
	size_t kept = e->count;
	int below = -1; /* level of the row that follows what is kept */

	for (size_t i = e->count; i-- > 0;) {
		struct entry_row *row = &e->rows[i];

		if (row->kind == ROW_HEADING && row->def->kind == DEF_GROUP &&
		    below <= row->level) {
			free(row->label);
			continue;
		}
		below = row->level;
		e->rows[--kept] = *row;
	}
	if (!e->rows)
		return;
	memmove(e->rows, e->rows + kept, (e->count - kept) * sizeof(*e->rows));
	e->count -= kept;
}

/* --- the label column --- */

/* Also of what is not relevant now: the column keeps its place when questions come. */
static void
widen(struct entry *e, const struct node *node, int indent)
{
	struct buf b = { 0 };
	int cols;

	for (const struct node *n = node->first; n; n = n->next) {
		if (n->def->kind == DEF_GROUP)
			widen(e, n, indent + ENTRY_INDENT);
		if (n->def->kind != DEF_QUESTION || !n->def->question->asked ||
		    n->def->question->kind == QUESTION_NOTE)
			continue;
		buf_reset(&b);
		logic_label(e->logic, n, &b);
		cols = text_width(buf_text(&b), b.len) + (indent > 0 ? indent : 0);
		if (cols > e->widest)
			e->widest = cols;
	}
	buf_clear(&b);
}

static void
clear_rows(struct entry_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(rows[i].label);
		free(rows[i].text);
	}
	free(rows);
}

void
entry_rows_clear(struct entry *e)
{
	clear_rows(e->rows, e->count);
	e->rows = NULL;
	e->count = e->cap = 0;
}

/* --- the focus --- */

bool
entry_row_takes_focus(const struct entry_row *row)
{
	return row->kind == ROW_FIELD || row->kind == ROW_INSTANCE || row->kind == ROW_ADD;
}

static size_t
find_like(const struct entry *e, const struct entry_row *like)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->rows[i].id == like->id && e->rows[i].def == like->def &&
		    e->rows[i].kind == like->kind)
			return i;
	return ENTRY_NONE;
}

/* Where the focus of the old rows is now: at its row, else the next, else the last
 * before it that is still there. */
static size_t
find_survivor(const struct entry *e, const struct entry_row *old, size_t count, size_t at)
{
	size_t found = ENTRY_NONE;

	for (size_t i = at; i < count && found == ENTRY_NONE; i++)
		if (entry_row_takes_focus(&old[i]))
			found = find_like(e, &old[i]);
	for (size_t i = at; i-- > 0 && found == ENTRY_NONE;)
		if (entry_row_takes_focus(&old[i]))
			found = find_like(e, &old[i]);
	return found != ENTRY_NONE ? found : entry_rows_step(e, ENTRY_NONE, 1);
}

void
entry_rows_build(struct entry *e)
{
	struct entry_row *old = e->rows;
	size_t old_count = e->count, old_at = e->at;

	e->rows = NULL;
	e->count = e->cap = 0;
	add_children(e, e->page, 0);
	drop_empty_headings(e);
	e->widest = 0;
	widen(e, e->page, -ENTRY_INDENT);
	if (!e->view)
		e->at = old_at < old_count ? find_survivor(e, old, old_count, old_at)
					   : entry_rows_step(e, ENTRY_NONE, 1);
	clear_rows(old, old_count);
}

size_t
entry_rows_step(const struct entry *e, size_t from, int by)
{
	size_t i = from;

	if (from == ENTRY_NONE)
		i = by > 0 ? ENTRY_NONE : e->count;
	while ((i += (size_t)by) < e->count)
		if (entry_row_takes_focus(&e->rows[i]))
			return i;
	return ENTRY_NONE;
}

size_t
entry_rows_find(const struct entry *e, const struct node *node)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->rows[i].node == node && entry_row_takes_focus(&e->rows[i]) &&
		    e->rows[i].kind != ROW_ADD)
			return i;
	return ENTRY_NONE;
}

size_t
entry_rows_find_add(const struct entry *e, const struct node *parent,
    const struct def *repeat)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->rows[i].kind == ROW_ADD && e->rows[i].node == parent &&
		    e->rows[i].def == repeat)
			return i;
	return ENTRY_NONE;
}

/* The heading of the section that a row stands in, or the first row. */
static size_t
section_start(const struct entry *e, size_t at)
{
	while (at > 0 && !e->rows[at].section)
		at--;
	return at;
}

size_t
entry_rows_section(const struct entry *e, int by)
{
	size_t start, first;

	if (e->at >= e->count)
		return ENTRY_NONE;
	if (by > 0) {
		for (size_t i = e->at + 1; i < e->count; i++)
			if (e->rows[i].section)
				return entry_rows_step(e, i, 1);
		return entry_rows_step(e, ENTRY_NONE, -1);
	}
	start = section_start(e, e->at);
	first = entry_rows_step(e, start ? start - 1 : ENTRY_NONE, 1);
	if (first != e->at || !start)
		return first;
	/* Already at the first of its section: to that of the one before. */
	for (start--;; start--) {
		start = section_start(e, start);
		first = entry_rows_step(e, start ? start - 1 : ENTRY_NONE, 1);
		if (first < e->at || !start)
			return first;
	}
}

struct node *
entry_page_of(const struct entry *e, const struct node *node)
{
	struct node *n = node->parent;

	while (n && n->parent && n->def->kind != DEF_REPEAT)
		n = n->parent;
	return n ? n : instance_root(e->in);
}
