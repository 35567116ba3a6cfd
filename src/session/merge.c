/*
 * Two versions of a record brought together: compared as trees of the same form, changed
 * in mine, and handed on as a draft or the next revision.
 */
#include "merge.h"

#include "buf.h"
#include "clock.h"
#include "conflict.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "notebook.h"
#include "session.h"
#include "uuid.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 400 /* bytes of a repeat's words */

enum { BASE, MINE, THEIRS, SIDES };

struct clash {
	struct merge_item item;
	char *label, *texts[SIDES];
	/* A question's nodes, or the nodes that a repeat stands in. */
	struct node *mine, *theirs;
	const struct def *repeat; /* or NULL */
	size_t from;              /* rows from here on differ */
};

struct merge {
	struct notebook *nb;
	char id[UUID_SIZE];
	const char *language;
	struct conflict conflict;
	struct clock clock; /* what is shown is computed as of theirs */
	struct logic_world world;
	const struct form *form;
	struct instance *in[SIDES];
	struct logic *logic[SIDES];
	struct clash *differences;
	size_t count, cap;
	bool whole; /* one of them withdraws it */
};

/* --- trees --- */

static struct node *
child_of(const struct node *parent, const struct def *def)
{
	struct node *n = parent ? parent->first : NULL;

	while (n && n->def != def)
		n = n->next;
	return n;
}

static size_t
rows_of(const struct node *parent, const struct def *repeat)
{
	return parent ? instance_repeat_count(parent, repeat) : 0;
}

static struct node *
row_of(const struct node *parent, const struct def *repeat, size_t index)
{
	return parent ? instance_repeat_at(parent, repeat, index) : NULL;
}

static const char *
text_of(const struct node *node)
{
	return node ? node->text : "";
}

/* What people and defaults said; calculations follow from it. */
static bool
is_answer(const struct def *def)
{
	return def->question->kind != QUESTION_CALCULATE &&
	    def->question->answer != ANSWER_NONE;
}

static void
write_answers(const struct node *node, struct buf *out)
{
	const struct node *n;

	for (n = node->first; n; n = n->next) {
		if (n->def->kind != DEF_QUESTION) {
			buf_fmt(out, "(%s", n->def->name);
			write_answers(n, out);
			buf_char(out, ')');
		} else if (n->text[0] && is_answer(n->def)) {
			buf_fmt(out, "%s=%zu:%s", n->def->name, strlen(n->text), n->text);
		}
	}
}

/* All that stands in the rows from there on, so that it can be compared. */
static char *
rows_text(const struct node *parent, const struct def *repeat, size_t from)
{
	struct buf out = { 0 };
	const struct node *row;

	for (; (row = row_of(parent, repeat, from)); from++) {
		buf_char(&out, '[');
		write_answers(row, &out);
	}
	return buf_take(&out);
}

static void
copy_answers(struct instance *in, struct node *to, const struct node *from)
{
	const struct node *n;

	for (n = from->first; n; n = n->next) {
		if (n->def->kind == DEF_QUESTION)
			instance_set(in, child_of(to, n->def), n->text);
		else if (n->def->kind == DEF_GROUP)
			copy_answers(in, child_of(to, n->def), n);
		else
			copy_answers(in,
			    instance_repeat_add(in, to, n->def,
				instance_repeat_count(to, n->def)),
			    n);
	}
}

/* --- words --- */

static void
add_words(struct merge *m, int side, const struct node *node, size_t begin,
    struct buf *out)
{
	const struct node *n;

	for (n = node->first; n && out->len < WORDS_MAX; n = n->next) {
		if (n->def->kind != DEF_QUESTION) {
			add_words(m, side, n, begin, out);
		} else if (n->text[0] && is_answer(n->def)) {
			if (out->len > begin)
				buf_str(out, " · ");
			logic_answer_text(m->logic[side], n, false, out);
		}
	}
}

static char *
rows_words(struct merge *m, int side, const struct clash *d)
{
	const struct node *parent = side == MINE ? d->mine : d->theirs, *row;
	struct buf out = { 0 };

	for (size_t i = d->from; (row = row_of(parent, d->repeat, i)); i++) {
		if (out.len)
			buf_str(&out, "; ");
		buf_fmt(&out, "%zu: ", i + 1);
		add_words(m, side, row, out.len, &out);
	}
	return buf_take(&out);
}

/* "登记 2 · 对象 · 房号": the rows that it stands in, and its own label. */
static char *
label_of(struct merge *m, const struct node *parent, const struct def *def)
{
	struct buf out = { 0 };
	const struct node *n, *own = child_of(parent, def);

	for (n = parent; n; n = n->parent) {
		struct buf outer = { 0 };

		if (n->def->kind != DEF_REPEAT)
			continue;
		logic_label(m->logic[MINE], n, &outer);
		buf_fmt(&outer, " %zu · ", instance_repeat_index(n) + 1);
		buf_str(&outer, buf_text(&out));
		buf_clear(&out);
		out = outer;
	}
	if (own)
		logic_label(m->logic[MINE], own, &out);
	else
		buf_str(&out, def->name);
	return buf_take(&out);
}

/* --- comparing --- */

static struct clash *
add(struct merge *m, struct node *mine, struct node *theirs)
{
	m->differences =
	    mem_grow(m->differences, &m->cap, m->count + 1, sizeof(*m->differences));
	m->differences[m->count] = (struct clash){ .mine = mine, .theirs = theirs };
	return &m->differences[m->count++];
}

/* Who changed it takes it; both: somebody must say. */
static void
decide(struct clash *d, bool i_changed, bool they_changed)
{
	d->item.overlaps = i_changed && they_changed;
	if (!d->item.overlaps)
		d->item.take = they_changed ? MERGE_THEIRS : MERGE_MINE;
}

static void
compare_question(struct merge *m, struct node *const parents[SIDES],
    const struct def *def)
{
	struct node *mine = child_of(parents[MINE], def);
	struct node *theirs = child_of(parents[THEIRS], def);
	const char *base = text_of(child_of(parents[BASE], def));
	struct clash *d;
	struct buf words = { 0 };

	if (!mine || !theirs || !is_answer(def) || !strcmp(mine->text, theirs->text))
		return;
	if (!def->question->asked) { /* times and names that the program fills in */
		if (!strcmp(mine->text, base))
			instance_set(m->in[MINE], mine, theirs->text);
		return;
	}
	d = add(m, mine, theirs);
	decide(d, strcmp(mine->text, base) != 0, strcmp(theirs->text, base) != 0);
	d->label = label_of(m, parents[MINE], def);
	logic_answer_text(m->logic[MINE], mine, false, &words);
	d->texts[MINE] = buf_take(&words);
	logic_answer_text(m->logic[THEIRS], theirs, false, &words);
	d->texts[THEIRS] = buf_take(&words);
}

/* The rows from there on, as one thing. added: both sides only added there. */
static void
compare_rows(struct merge *m, struct node *const parents[SIDES],
    const struct def *repeat, size_t from, bool added)
{
	char *texts[SIDES] = { 0 };
	struct clash *d;

	for (int side = 0; side < SIDES; side++)
		texts[side] = rows_text(parents[side], repeat, from);
	if (strcmp(texts[MINE], texts[THEIRS]) != 0) {
		d = add(m, parents[MINE], parents[THEIRS]);
		d->repeat = repeat;
		d->from = from;
		d->item.rows = true;
		d->item.both = added;
		decide(d, strcmp(texts[MINE], texts[BASE]) != 0,
		    strcmp(texts[THEIRS], texts[BASE]) != 0);
		if (added && d->item.overlaps) {
			d->item.overlaps = false;
			d->item.take = MERGE_BOTH;
		}
		d->label = label_of(m, parents[MINE], repeat);
		d->texts[MINE] = rows_words(m, MINE, d);
		d->texts[THEIRS] = rows_words(m, THEIRS, d);
	}
	for (int side = 0; side < SIDES; side++)
		free(texts[side]);
}

static void
compare_group(struct merge *m, struct node *const parents[SIDES])
{
	const struct def *def = parents[MINE]->def->first;
	struct node *inner[SIDES] = { 0 };

	for (; def; def = def->next) {
		size_t rows;

		if (def->kind == DEF_QUESTION) {
			compare_question(m, parents, def);
			continue;
		}
		if (def->kind == DEF_GROUP) {
			for (int side = 0; side < SIDES; side++)
				inner[side] = child_of(parents[side], def);
			if (inner[MINE] && inner[THEIRS])
				compare_group(m, inner);
			continue;
		}
		rows = rows_of(parents[BASE], def);
		if (rows_of(parents[MINE], def) < rows ||
		    rows_of(parents[THEIRS], def) < rows) {
			compare_rows(m, parents, def, 0, false);
			continue;
		}
		for (size_t i = 0; i < rows; i++) {
			for (int side = 0; side < SIDES; side++)
				inner[side] = row_of(parents[side], def, i);
			compare_group(m, inner);
		}
		compare_rows(m, parents, def, rows, true);
	}
}

/* --- the beginning --- */

static char *
whole_words(const struct buf *answers, const struct buf *why)
{
	struct buf out = { 0 };

	if (answers->len)
		buf_str(&out, _("the record with its answers"));
	else
		buf_fmt(&out, _("withdrawn: %s"), buf_text(why));
	return buf_take(&out);
}

/* One of them withdraws the record: then it is all of it, or nothing. */
static void
compare_whole(struct merge *m)
{
	const struct conflict *c = &m->conflict;
	struct clash *d;

	m->whole = true;
	if (!c->mine.len && !c->theirs.len)
		return;
	d = add(m, NULL, NULL);
	d->item.overlaps = true;
	d->label = mem_strdup(_("The record"));
	d->texts[MINE] = whole_words(&c->mine, &c->my_why);
	d->texts[THEIRS] = whole_words(&c->theirs, &c->their_why);
}

/* The newer of the two versions, as far as that is known here. */
static bool
choose_form(struct merge *m, struct err *err)
{
	const char *id = buf_text(&m->conflict.form);
	const char *mine = buf_text(&m->conflict.my_version);
	const char *version = buf_text(&m->conflict.their_version);
	const struct form *current;

	if (strcmp(mine, version) != 0) {
		current = notebook_form(m->nb, id, NULL, err);
		if (!current)
			return false;
		if (!strcmp(current->version, mine))
			version = mine;
	}
	m->form = notebook_form(m->nb, id, version, err);
	return m->form != NULL;
}

static bool
read_sides(struct merge *m, struct err *err)
{
	const struct conflict *c = &m->conflict;
	const struct buf *const texts[SIDES] = { &c->base, &c->mine, &c->theirs };

	for (int side = 0; side < SIDES; side++) {
		m->in[side] = instance_new(m->form);
		if (!instance_from_json(m->in[side], buf_text(texts[side]), texts[side]->len,
			true, err))
			return false;
	}
	for (int side = MINE; side < SIDES; side++)
		if (!(m->logic[side] = logic_new(m->in[side], &m->world, err)))
			return false;
	return true;
}

static bool
compare(struct merge *m, struct err *err)
{
	struct node *roots[SIDES] = { 0 };

	if (!m->conflict.mine.len || !m->conflict.theirs.len) {
		compare_whole(m);
		return true;
	}
	if (!choose_form(m, err) || !read_sides(m, err))
		return false;
	for (int side = 0; side < SIDES; side++)
		roots[side] = instance_root(m->in[side]);
	compare_group(m, roots);
	return true;
}

int
merge_new(struct notebook *nb, const char *id, const char *language,
    struct merge **merge, struct err *err)
{
	struct merge *m = mem_alloc(sizeof(*m));
	int got = conflict_get(nb, id, &m->conflict, err);

	*merge = NULL;
	m->nb = nb;
	m->language = language;
	memcpy(m->id, id, UUID_SIZE);
	m->world.clock = clock_stop_at(&m->clock, buf_text(&m->conflict.at), NULL)
	    ? &m->clock
	    : notebook_clock(nb);
	m->world.language = language;
	if (got == 1 && !compare(m, err))
		got = -1;
	if (got == 1)
		*merge = m;
	else
		merge_free(m);
	return got;
}

void
merge_free(struct merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		free(m->differences[i].label);
		free(m->differences[i].texts[MINE]);
		free(m->differences[i].texts[THEIRS]);
	}
	free(m->differences);
	for (int side = 0; side < SIDES; side++) {
		logic_free(m->logic[side]);
		instance_free(m->in[side]);
	}
	conflict_clear(&m->conflict);
	free(m);
}

/* --- choosing --- */

size_t
merge_count(const struct merge *m)
{
	return m->count;
}

void
merge_item(const struct merge *m, size_t i, struct merge_item *item)
{
	const struct clash *d = &m->differences[i];

	*item = d->item;
	item->label = d->label;
	item->mine = d->texts[MINE];
	item->theirs = d->texts[THEIRS];
}

void
merge_take(struct merge *m, size_t i, enum merge_take take)
{
	if (take != MERGE_BOTH || m->differences[i].item.both)
		m->differences[i].item.take = take;
}

size_t
merge_undecided(const struct merge *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++)
		n += m->differences[i].item.take == MERGE_UNDECIDED;
	return n;
}

const char *
merge_their_user(const struct merge *m)
{
	return buf_text(&m->conflict.user);
}

const char *
merge_their_time(const struct merge *m)
{
	return buf_text(&m->conflict.at);
}

/* --- doing it --- */

static void
take_rows(struct merge *m, const struct clash *d)
{
	struct instance *in = m->in[MINE];
	struct node *row;

	while (d->item.take == MERGE_THEIRS && (row = row_of(d->mine, d->repeat, d->from)))
		instance_repeat_delete(in, row);
	for (size_t i = d->from; (row = row_of(d->theirs, d->repeat, i)); i++)
		copy_answers(in,
		    instance_repeat_add(in, d->mine, d->repeat, rows_of(d->mine, d->repeat)),
		    row);
}

static void
take_all(struct merge *m)
{
	/* Its rules would look at a tree that is not theirs to see. */
	logic_free(m->logic[MINE]);
	m->logic[MINE] = NULL;
	for (size_t i = 0; i < m->count; i++) {
		const struct clash *d = &m->differences[i];

		if (d->item.take == MERGE_MINE)
			continue;
		if (d->repeat)
			take_rows(m, d);
		else
			instance_set(m->in[MINE], d->mine, d->theirs->text);
	}
}

/* The answers as they were brought together become the draft. */
static bool
store_draft(struct merge *m, struct err *err)
{
	struct buf json = { 0 }, title = { 0 };
	bool good;

	take_all(m);
	m->logic[MINE] = logic_new(m->in[MINE], &m->world, err);
	good = m->logic[MINE] != NULL;
	if (good) {
		instance_to_json(m->in[MINE], false, &json);
		logic_title(m->logic[MINE], &title);
		good = conflict_settle(m->nb, m->id, m->form->version, buf_text(&json),
		    json.len, buf_text(&title), err);
	}
	buf_clear(&json);
	buf_clear(&title);
	return good;
}

/* What the form still wants is asked for when the draft is opened. */
static enum merge_outcome
finish_draft(struct merge *m, struct err *err)
{
	struct session *s = session_resume(m->nb, m->id, m->language, err);
	enum session_outcome outcome;
	struct buf message = { 0 };
	struct node *wrong;

	if (!s)
		return MERGE_FAILED;
	outcome = session_finalise(s, &wrong, &message, err);
	session_close(s);
	buf_clear(&message);
	switch (outcome) {
	case SESSION_FINAL:
		return MERGE_QUEUED;
	case SESSION_WRONG:
		return MERGE_DRAFT;
	case SESSION_FAILED:
		break;
	}
	return MERGE_FAILED;
}

/* One side whole. */
static enum merge_outcome
apply_whole(struct merge *m, struct err *err)
{
	const struct conflict *c = &m->conflict;
	bool theirs = m->count && m->differences[0].item.take == MERGE_THEIRS;
	const struct buf *answers = theirs ? &c->theirs : &c->mine;
	const struct buf *version = theirs ? &c->their_version : &c->my_version;

	if (!answers->len)
		return conflict_withdraw(m->nb, m->id,
			   buf_text(theirs ? &c->their_why : &c->my_why), err)
		    ? MERGE_QUEUED
		    : MERGE_FAILED;
	if (!conflict_settle(m->nb, m->id, buf_text(version), buf_text(answers),
		answers->len, "", err))
		return MERGE_FAILED;
	return c->is_draft ? MERGE_DRAFT : finish_draft(m, err);
}

enum merge_outcome
merge_apply(struct merge *m, bool finish, struct err *err)
{
	if (m->whole)
		return apply_whole(m, err);
	if (!store_draft(m, err))
		return MERGE_FAILED;
	return finish || !m->conflict.is_draft ? finish_draft(m, err) : MERGE_DRAFT;
}

struct all {
	struct notebook *nb;
	long *merged, *left;
	struct err *err;
	bool failed;
};

static bool
merge_one(const char *id, void *data)
{
	struct all *all = data;
	struct merge *m;
	struct err err = { 0 };
	int got = merge_new(all->nb, id, i18n_language(), &m, &err);
	enum merge_outcome outcome = MERGE_DRAFT;

	if (got == 1 && merge_undecided(m) == 0)
		outcome = merge_apply(m, true, &err);
	merge_free(m);
	*all->merged += outcome == MERGE_QUEUED;
	*all->left += outcome != MERGE_QUEUED;
	/* A form that is not here is the worker's to see, not a reason to stop. */
	all->failed = err.kind != ERR_NONE && err.kind != ERR_INPUT;
	if (all->failed && all->err)
		*all->err = err;
	return !all->failed;
}

bool
merge_all(struct notebook *nb, long *merged, long *left, struct err *err)
{
	struct all all = { nb, merged, left, err, false };

	*merged = *left = 0;
	return conflict_each(nb, merge_one, &all, err) && !all.failed;
}
