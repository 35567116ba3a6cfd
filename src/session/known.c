/*
 * What was written down before: the things of the newest records, without repeats.
 *
 * Answers are read as they are stored: names are unique in a form, so no form is needed.
 * An object in an array is an instance of a repeat and a thing of its own.
 */
#include "known.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "json.h"
#include "list.h"
#include "logic.h"
#include "meaning.h"
#include "mem.h"
#include "pinyin.h"
#include "records.h"
#include "session.h"
#include "session_private.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 16 /* of a thing */

struct thing {
	const char *kind; /* "person"; known.parts' */
	char *values[PARTS_MAX]; /* in the order of its parts; NULL: not known */
};

/* A part of a kind of thing: "person", "phone". */
struct part {
	const char *kind, *name; /* one kind, one pointer */
	bool tells, finds;
};

struct known {
	struct notebook *nb;
	struct list *meanings;
	struct part *parts; /* those of a kind one behind the other */
	size_t part_count, part_cap;
	struct thing *things;
	size_t count, cap;
	char except[UUID_SIZE]; /* the record that is being filled */
};

/* --- the parts --- */

/* The first part of a kind; those behind it are its others. */
static size_t
first_part(const struct known *k, const char *kind)
{
	size_t i = 0;

	while (i < k->part_count && strcmp(k->parts[i].kind, kind) != 0)
		i++;
	return i;
}

/* Where the value of a part stands in a thing of its kind; PARTS_MAX: nowhere. */
static size_t
place_of(const struct known *k, const char *kind, const char *name)
{
	size_t first = first_part(k, kind);

	for (size_t i = first; i < k->part_count && i - first < PARTS_MAX &&
	     strcmp(k->parts[i].kind, kind) == 0; i++)
		if (strcmp(k->parts[i].name, name) == 0)
			return i - first;
	return PARTS_MAX;
}

static bool
is_of_form(const struct known *k, const char *kind, const char *form)
{
	struct meaning m;

	for (size_t i = 0; meaning_row(k->meanings, i, &m); i++)
		if (strcmp(m.form, form) == 0 && strcmp(m.thing, kind) == 0 &&
		    m.use == MEANING_FIND)
			return true;
	return false;
}

static void
add_part(struct known *k, const struct meaning *m)
{
	size_t place = place_of(k, m->thing, m->part), first = first_part(k, m->thing);
	struct part *part;

	if (place == PARTS_MAX) {
		k->parts = mem_grow(k->parts, &k->part_cap, k->part_count + 1,
		    sizeof(*k->parts));
		for (place = first; place < k->part_count &&
		     strcmp(k->parts[place].kind, m->thing) == 0; place++)
			;
		memmove(k->parts + place + 1, k->parts + place,
		    (k->part_count - place) * sizeof(*k->parts));
		k->part_count++;
		k->parts[place] = (struct part){ .name = m->part,
			.kind = place > first ? k->parts[first].kind : m->thing };
		place -= first;
	}
	part = &k->parts[first + place];
	part->tells = part->tells || m->use != MEANING_PLAIN;
	part->finds = part->finds || m->use == MEANING_FIND;
}

/* The kinds of thing that the form looks for, with all their parts in any form. */
static struct known *
known_new(const struct session *s)
{
	struct known *k = mem_alloc(sizeof(*k));
	struct meaning m;

	k->nb = s->nb;
	k->meanings = meaning_list(s->nb);
	memcpy(k->except, s->id, UUID_SIZE);
	for (size_t i = 0; meaning_row(k->meanings, i, &m); i++)
		if (is_of_form(k, m.thing, s->form->id))
			add_part(k, &m);
	return k;
}

static void
thing_clear(struct thing *thing)
{
	for (size_t i = 0; i < PARTS_MAX; i++)
		free(thing->values[i]);
}

void
known_free(struct known *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->count; i++)
		thing_clear(&k->things[i]);
	list_unref(k->meanings);
	free(k->parts);
	free(k->things);
	free(k);
}

/* --- reading answers --- */

/* What one object of the answers says, by known.parts. */
struct scope {
	char **values;
};

typedef void thing_fn(struct known *k, struct thing *thing);

/* Each kind of which something to find it by is there becomes a thing, which is given. */
static void
hand_out(struct known *k, struct scope *scope, thing_fn *fn)
{
	size_t i = 0;

	while (i < k->part_count) {
		struct thing thing = { .kind = k->parts[i].kind };
		bool finds = false;
		size_t at = 0;

		for (; i < k->part_count && k->parts[i].kind == thing.kind; i++, at++) {
			if (!scope->values[i] || at >= PARTS_MAX)
				continue;
			thing.values[at] = scope->values[i];
			scope->values[i] = NULL;
			finds = finds || k->parts[i].finds;
		}
		if (finds)
			fn(k, &thing);
		else
			thing_clear(&thing);
	}
}

static void
note_answer(struct known *k, const char *form, const char *field, const char *text,
    struct scope *scope)
{
	struct meaning m;
	size_t place;

	if (!*text || !meaning_of(k->meanings, form, field, &m))
		return;
	place = place_of(k, m.thing, m.part);
	if (place == PARTS_MAX)
		return;
	place += first_part(k, m.thing);
	if (!scope->values[place])
		scope->values[place] = mem_strdup(text);
}

static void read_object(struct known *k, const char *form, struct json_reader *r,
    struct scope *scope, thing_fn *fn);

static void
read_instance(struct known *k, const char *form, struct json_reader *r, thing_fn *fn)
{
	struct scope scope = { mem_alloc((k->part_count + 1) * sizeof(*scope.values)) };

	read_object(k, form, r, &scope, fn);
	hand_out(k, &scope, fn);
	for (size_t i = 0; i < k->part_count; i++)
		free(scope.values[i]);
	free(scope.values);
}

/* Its "{" is read. A group within it is still the same thing. */
static void
read_object(struct known *k, const char *form, struct json_reader *r,
    struct scope *scope, thing_fn *fn)
{
	char field[128] = "";
	enum json_token token;

	while ((token = json_next(r)) != JSON_OBJECT_END) {
		if (token == JSON_END || token == JSON_ERROR)
			return;
		if (token == JSON_NAME)
			snprintf(field, sizeof(field), "%s", r->text);
		else if (token == JSON_STRING || token == JSON_NUMBER)
			note_answer(k, form, field, r->text, scope);
		else if (token == JSON_OBJECT)
			read_object(k, form, r, scope, fn);
		else if (token == JSON_ARRAY)
			while (json_next(r) == JSON_OBJECT)
				read_instance(k, form, r, fn);
	}
}

static void
read_answers(struct known *k, const char *form, const struct buf *json, thing_fn *fn)
{
	struct json_reader r;

	json_reader_init(&r, buf_text(json), json->len);
	if (json_next(&r) == JSON_OBJECT)
		read_instance(k, form, &r, fn);
	json_reader_clear(&r);
}

/* --- the things --- */

static bool
is_same_thing(const struct known *k, const struct thing *a, const struct thing *b)
{
	size_t first = first_part(k, a->kind);
	bool same = false;

	if (a->kind != b->kind)
		return false;
	for (size_t i = 0; i < PARTS_MAX && first + i < k->part_count; i++) {
		const struct part *part = &k->parts[first + i];
		const char *one = a->values[i], *two = b->values[i];

		if (part->kind != a->kind)
			break;
		/* A room where nobody was met is that of whoever was met there. */
		if (!part->tells || (part->finds && (!one || !two)))
			continue;
		if (!one != !two || (one && strcmp(one, two) != 0))
			return false;
		same = same || part->finds;
	}
	return same;
}

/* Newer records come first: what they say holds, what they leave out is added. */
static void
keep_thing(struct known *k, struct thing *thing)
{
	for (size_t i = 0; i < k->count; i++) {
		if (!is_same_thing(k, &k->things[i], thing))
			continue;
		for (size_t j = 0; j < PARTS_MAX; j++) {
			char **value = &k->things[i].values[j];

			if (*value || !thing->values[j])
				continue;
			*value = thing->values[j];
			thing->values[j] = NULL;
		}
		thing_clear(thing);
		return;
	}
	k->things = mem_grow(k->things, &k->cap, k->count + 1, sizeof(*k->things));
	k->things[k->count++] = *thing;
}

static bool
read_record(const struct record *r, void *data)
{
	struct known *k = data;
	struct buf json = { 0 };

	if (r->rev && r->state != RECORD_WITHDRAWN && strcmp(r->id, k->except) != 0 &&
	    record_answers(k->nb, r->id, 0, &json, NULL))
		read_answers(k, r->form, &json, keep_thing);
	buf_clear(&json);
	return true;
}

struct known *
known_load(const struct session *s, struct err *err)
{
	struct known *k = known_new(s);
	struct record_query query = { .user = s->user, .limit = KNOWN_RECORDS };

	if (!k->part_count || record_list(s->nb, &query, read_record, k, err))
		return k;
	known_free(k);
	return NULL;
}

/* --- finding --- */

static bool
meaning_of_node(const struct known *k, const struct session *s, const struct node *node,
    struct meaning *m, size_t *place)
{
	if (node->def->kind != DEF_QUESTION ||
	    !meaning_of(k->meanings, s->form->id, node->def->name, m))
		return false;
	*place = place_of(k, m->thing, m->part);
	return *place != PARTS_MAX;
}

bool
known_may_help(const struct known *k, const struct session *s, const struct node *node)
{
	struct meaning m;
	size_t place;

	return meaning_of_node(k, s, node, &m, &place) && m.use == MEANING_FIND;
}

static bool
fits(const char *value, const char *typed)
{
	struct buf hay = { 0 }, needle = { 0 };
	bool found;

	text_fold(value, strlen(value), &hay);
	text_fold(typed, strlen(typed), &needle);
	found = text_find(buf_text(&hay), buf_text(&needle)) != (size_t)-1 ||
	    (pinyin_is_sound(buf_text(&needle)) &&
		pinyin_match(value, buf_text(&needle)));
	buf_clear(&hay);
	buf_clear(&needle);
	return found;
}

/* Do the answers that are there already speak against it? The same building, mostly. */
static bool
is_near(const struct known *k, const struct session *s, const struct node *node,
    const struct thing *thing)
{
	struct meaning m;

	for (size_t i = 0; meaning_row(k->meanings, i, &m); i++) {
		const struct def *def;
		const struct node *n;
		size_t place;

		if (m.use != MEANING_SAME || strcmp(m.form, s->form->id) != 0 ||
		    strcmp(m.thing, thing->kind) != 0)
			continue;
		def = form_find(s->form, m.field);
		n = def ? instance_near(node, def) : NULL;
		place = place_of(k, m.thing, m.part);
		if (n && n->text[0] && place != PARTS_MAX &&
		    (!thing->values[place] || strcmp(thing->values[place], n->text) != 0))
			return false;
	}
	return true;
}

size_t
known_find(const struct known *k, const struct session *s, const struct node *node,
    const char *typed, size_t *found, size_t max)
{
	struct meaning m;
	size_t place, count = 0;

	if (!meaning_of_node(k, s, node, &m, &place))
		return 0;
	for (int near = 1; near >= 0; near--)
		for (size_t i = 0; i < k->count && count < max; i++) {
			const struct thing *thing = &k->things[i];

			if (strcmp(thing->kind, m.thing) == 0 && thing->values[place] &&
			    fits(thing->values[place], typed) &&
			    is_near(k, s, node, thing) == near)
				found[count++] = i;
		}
	return count;
}

/* --- in words --- */

/* How this form's list calls a value of the part; NULL when it has none. */
static const char *
label_of(const struct session *s, const struct known *k, const struct part *part,
    const char *value)
{
	struct meaning m;

	for (size_t i = 0; meaning_row(k->meanings, i, &m); i++) {
		const struct def *def;
		size_t row;

		if (strcmp(m.form, s->form->id) != 0 || strcmp(m.thing, part->kind) != 0 ||
		    strcmp(m.part, part->name) != 0)
			continue;
		def = form_find(s->form, m.field);
		if (!def || !def->itemset || def->itemset->value_column == LIST_NONE)
			return NULL;
		row = list_find(def->itemset->list, def->itemset->value_column, value);
		return row == LIST_NONE ? NULL : logic_choice_label(s->logic, def, row);
	}
	return NULL;
}

/* Does a form keep the part's answers from being seen? */
static bool
is_masked(const struct session *s, const struct known *k, const struct part *part)
{
	struct meaning m;

	for (size_t i = 0; meaning_row(k->meanings, i, &m); i++) {
		const struct def *def = strcmp(m.form, s->form->id) == 0
		    ? form_find(s->form, m.field) : NULL;

		if (def && strcmp(m.thing, part->kind) == 0 &&
		    strcmp(m.part, part->name) == 0 && (def->flags & DEF_MASKED))
			return true;
	}
	return false;
}

void
known_line(const struct known *k, const struct session *s, const struct node *node,
    size_t thing, struct buf *out)
{
	const struct thing *t = &k->things[thing];
	size_t first = first_part(k, t->kind), before = out->len;
	bool near = is_near(k, s, node, t);

	for (size_t i = 0; i < PARTS_MAX && first + i < k->part_count; i++) {
		const struct part *part = &k->parts[first + i];
		const char *value = t->values[i], *label;
		bool masked;

		if (part->kind != t->kind)
			break;
		if (!value)
			continue;
		masked = is_masked(s, k, part);
		if ((!part->tells && !masked) || (near && part->tells && !part->finds))
			continue;
		if (out->len > before)
			buf_char(out, ' ');
		label = label_of(s, k, part, value);
		if (masked)
			buf_fmt(out, "**%s", text_mask_end(value));
		else
			buf_str(out, label ? label : value);
	}
}

const char *
known_value(const struct known *k, const struct session *s, const struct node *node,
    size_t thing)
{
	struct meaning m;
	size_t place;
	const char *value = NULL;

	if (meaning_of_node(k, s, node, &m, &place))
		value = k->things[thing].values[place];
	return value ? value : "";
}

/* --- filling --- */

static bool
is_beside(const struct node *node, const struct node *other)
{
	const struct def *repeat = def_repeat(node->def);

	if (def_repeat(other->def) != repeat)
		return false;
	return !repeat || instance_near(node, other->def) == other;
}

void
known_fill(const struct known *k, struct session *s, const struct node *node,
    size_t thing)
{
	const struct thing *t = &k->things[thing];
	struct meaning m;
	size_t place;

	for (struct node *n = instance_root(s->in); n; n = instance_next(n)) {
		if (n == node || n->readonly || (n->touched && n->text[0]) ||
		    !meaning_of_node(k, s, n, &m, &place) ||
		    strcmp(m.thing, t->kind) != 0 || !t->values[place] ||
		    !is_beside(node, n))
			continue;
		/* What does not fit here, of another list, is left to the worker. */
		if (logic_answer(s->logic, n, t->values[place], NULL))
			n->touched = false;
	}
}

static bool
has_use(const struct session *s, const struct node *node, bool only_find)
{
	struct list *meanings = meaning_list(s->nb);
	struct meaning m;
	bool has = node->def->kind == DEF_QUESTION &&
	    meaning_of(meanings, s->form->id, node->def->name, &m) &&
	    (m.use == MEANING_FIND || (!only_find && m.use == MEANING_SAME));

	list_unref(meanings);
	return has;
}

bool
session_finds(const struct session *s, const struct node *node)
{
	return has_use(s, node, true);
}

bool
session_tells(const struct session *s, const struct node *node)
{
	return (node->def->kind == DEF_QUESTION &&
		   node->def->question->kind == QUESTION_DATE) || has_use(s, node, false);
}

/* --- the same person on the same day --- */

struct twin {
	struct known *mine, *other;
	const struct session *s;
	char *id;
	struct buf *title;
	bool found;
};

/* Nothing that both know differs, and something to find them by is the same. */
static bool
may_be_same(const struct known *k, const struct thing *a, const struct thing *b)
{
	size_t first = first_part(k, a->kind);
	bool same = false;

	if (strcmp(a->kind, b->kind) != 0)
		return false;
	for (size_t i = 0; i < PARTS_MAX && first + i < k->part_count; i++) {
		const struct part *part = &k->parts[first + i];

		if (part->kind != a->kind)
			break;
		if (!part->tells || !a->values[i] || !b->values[i])
			continue;
		if (strcmp(a->values[i], b->values[i]) != 0)
			return false;
		same = same || part->finds;
	}
	return same;
}

static void
forget_things(struct known *k)
{
	for (size_t i = 0; i < k->count; i++)
		thing_clear(&k->things[i]);
	k->count = 0;
}

static bool
look_at(const struct record *r, void *data)
{
	struct twin *twin = data;
	struct buf json = { 0 }, cursor = { 0 };

	if (strcmp(r->id, twin->s->id) == 0 || r->state == RECORD_WITHDRAWN)
		return true;
	forget_things(twin->other);
	if (r->rev ? record_answers(twin->s->nb, r->id, 0, &json, NULL)
		   : record_draft_load(twin->s->nb, r->id, &json, &cursor, NULL))
		read_answers(twin->other, r->form, &json, keep_thing);
	buf_clear(&json);
	buf_clear(&cursor);
	for (size_t i = 0; i < twin->mine->count && !twin->found; i++)
		for (size_t j = 0; j < twin->other->count && !twin->found; j++)
			twin->found = may_be_same(twin->mine, &twin->mine->things[i],
			    &twin->other->things[j]);
	if (twin->found) {
		memcpy(twin->id, r->id, UUID_SIZE);
		buf_reset(twin->title);
		buf_str(twin->title, r->title);
	}
	return !twin->found;
}

int
known_same_day(const struct session *s, char id[UUID_SIZE], struct buf *title,
    struct err *err)
{
	struct twin twin = { known_new(s), known_new(s), s, id, title, false };
	char day[16];
	struct record_query query = { .form = s->form->id, .day = day };
	struct buf json = { 0 };
	bool good = true;

	twin.other->except[0] = '\0';
	session_day(s, day);
	instance_to_json(s->in, true, &json);
	read_answers(twin.mine, s->form->id, &json, keep_thing);
	if (twin.mine->count)
		good = record_list(s->nb, &query, look_at, &twin, err);
	buf_clear(&json);
	known_free(twin.mine);
	known_free(twin.other);
	return good ? twin.found : -1;
}
