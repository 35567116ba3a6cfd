/*
 * import - one line of a file, through the same logic as typed input
 *
 * The line's JSON becomes a small tree; the form is walked in its own order and each
 * question takes its answer from the tree, nested as the form or flat by name. What
 * nobody took is refused, so a misspelt name cannot lose an answer.
 */
#include "session.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "hash.h"
#include "i18n.h"
#include "instance.h"
#include "json.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "session_private.h"
#include "text.h"
#include "wire.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct item {
	const char *name; /* NULL in an array */
	enum json_token type; /* OBJECT, ARRAY, or a leaf's */
	const char *text;     /* a leaf's */
	struct item *first, *next, *parent;
	bool taken;
};

struct import {
	struct notebook *nb;
	struct arena *arena;
	struct item *line;
	struct session *s;
	struct clock clock;
	struct buf *field;
	struct err *err;
	const char *id, *form, *version, *created, *user, *station;
	const char *why, *title, *cursor;
	bool draft;
	char named[UUID_SIZE]; /* the ID that a line without one gets */
	long rev;
};

/* --- the line as a tree --- */

static bool
read_line(struct import *im, const char *text, size_t len)
{
	struct json_reader r;
	struct item *parent = NULL, *last = NULL;
	const char *name = NULL;
	enum json_token t;

	json_reader_init(&r, text, len);
	while ((t = json_next(&r)) > JSON_ERROR) {
		struct item *item;

		if (t == JSON_NAME) {
			name = arena_strndup(im->arena, r.text, r.text_len);
			continue;
		}
		if (t == JSON_OBJECT_END || t == JSON_ARRAY_END) {
			assert(parent); /* the reader checked that it was open */
			last = parent;
			parent = parent->parent;
			continue;
		}
		item = arena_alloc(im->arena, sizeof(*item));
		item->name = name;
		item->type = t;
		item->parent = parent;
		name = NULL;
		if (t == JSON_STRING || t == JSON_NUMBER)
			item->text = arena_strndup(im->arena, r.text, r.text_len);
		else
			item->text = t == JSON_TRUE ? "true" : t == JSON_FALSE ? "false" : "";
		if (last)
			last->next = item;
		else if (parent)
			parent->first = item;
		else
			im->line = item;
		last = item;
		if (t == JSON_OBJECT || t == JSON_ARRAY) {
			parent = item;
			last = NULL;
		}
	}
	if (t == JSON_ERROR)
		err_set(im->err, ERR_INPUT, _("The line is not JSON: %s. Mend the line and import it "
		    "again."), _(r.problem));
	else if (!im->line || im->line->type != JSON_OBJECT)
		t = JSON_ERROR, err_set(im->err, ERR_INPUT,
		    _("The line must be one JSON object, as "
		    "{\"_form\":\"visit\",...}. Write it so."));
	json_reader_clear(&r);
	return t == JSON_END;
}

static struct item *
member(struct item *object, const char *name)
{
	for (struct item *i = object->first; i; i = i->next)
		if (i->name && strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

/* --- refusals --- */

static enum import_outcome
refuse(struct import *im, const char *field)
{
	buf_reset(im->field);
	buf_str(im->field, field);
	return IMPORT_REFUSED;
}

static bool
refuse_node(struct import *im, const struct node *node)
{
	buf_reset(im->field);
	instance_path(node, im->field);
	return false;
}

/* --- the envelope --- */

struct envelope_row {
	const char *name;
	size_t offset; /* of a const char * in struct import, or SIZE_MAX to pass over */
};

/* clang-format off */
static const struct envelope_row envelope[] = {
	{ "_id",       offsetof(struct import, id) },
	{ "_form",     offsetof(struct import, form) },
	{ "_version",  offsetof(struct import, version) },
	{ "_created",  offsetof(struct import, created) },
	{ "_operator", offsetof(struct import, user) },
	{ "_station",  offsetof(struct import, station) },
	{ "_modified", SIZE_MAX },
	{ "_device",   SIZE_MAX },
	{ "_state",    SIZE_MAX },
	{ "_why",      offsetof(struct import, why) },
	{ "_title",    offsetof(struct import, title) },
	{ "_cursor",   offsetof(struct import, cursor) },
};
/* clang-format on */

static bool
is_envelope(const char *name)
{
	for (size_t i = 0; i < sizeof(envelope) / sizeof(*envelope); i++)
		if (strcmp(envelope[i].name, name) == 0)
			return true;
	return strcmp(name, "_rev") == 0 || strcmp(name, "_draft") == 0;
}

/* A line without an ID gets one of its time and bytes: read twice, it is one record. */
static bool
read_envelope(struct import *im, const char *text, size_t len)
{
	struct item *rev = member(im->line, "_rev"), *draft = member(im->line, "_draft");

	for (size_t i = 0; i < sizeof(envelope) / sizeof(*envelope); i++) {
		struct item *item = member(im->line, envelope[i].name);

		if (!item)
			continue;
		item->taken = true;
		if (item->type != JSON_STRING && item->type != JSON_NULL) {
			refuse(im, item->name);
			return err_set(im->err, ERR_INPUT, _("This must be a text. Put it in quotes."));
		}
		if (envelope[i].offset != SIZE_MAX && item->text[0])
			*(const char **)(void *)((char *)im + envelope[i].offset) =
			    item->text;
	}
	if (draft) {
		draft->taken = true;
		im->draft = draft->type == JSON_TRUE;
	}
	if (rev) {
		char *end = NULL;

		rev->taken = true;
		im->rev = rev->type == JSON_NUMBER ? strtol(rev->text, &end, 10) : 0;
		if (!end || *end || im->rev < 1) {
			refuse(im, "_rev");
			return err_set(im->err, ERR_INPUT,
			    _("The revision must be a whole number from 1. Write 1 for a "
			    "new record."));
		}
	}
	if (!im->form) {
		refuse(im, "_form");
		return err_set(im->err, ERR_INPUT,
		    _("The line does not say which form it belongs to. Add "
		    "\"_form\"."));
	}
	if (im->id && !uuid_valid(im->id)) {
		refuse(im, "_id");
		return err_set(im->err, ERR_INPUT, _("\"%s\" is not a record's UUID. Leave it out, and one is "
		    "made."),
		    im->id);
	}
	if (im->created && !clock_stop_at(&im->clock, im->created, im->err)) {
		refuse(im, "_created");
		return false;
	}
	if (!im->id && im->created) {
		uuid_named(im->clock.ms, text, len, im->named);
		im->id = im->named;
	}
	return true;
}

/* --- the answers --- */

/*
 * A question's own member in scope: inside the objects of its groups, or flat by name.
 * scope is the line, or a row of a repeat. Group objects on the way count as taken.
 */
static struct item *
find_member(struct item *scope, const struct def *def, const struct def *scope_def)
{
	const struct def *groups[64];
	size_t depth = 0;
	struct item *at = scope;

	for (const struct def *g = def->parent; g && g != scope_def && depth < 64;
	     g = g->parent)
		groups[depth++] = g;
	while (at && depth > 0) {
		struct item *next = member(at, groups[--depth]->name);

		if (next && next->type == JSON_OBJECT)
			next->taken = true;
		else
			next = NULL;
		at = next;
	}
	at = at ? member(at, def->name) : NULL;
	return at ? at : member(scope, def->name);
}

static bool
same_answer(const char *a, const char *b)
{
	char *a_end, *b_end;
	double x, y;

	if (strcmp(a, b) == 0)
		return true;
	if (!*a || !*b)
		return false;
	x = strtod(a, &a_end);
	y = strtod(b, &b_end);
	return !*a_end && !*b_end && fabs(x - y) < 1e-9;
}

static bool
is_calculated(const struct def *def)
{
	return def->question->kind == QUESTION_CALCULATE ||
	    (def->calculation && (def->flags & DEF_READ_ONLY));
}

static bool
answer_question(struct import *im, struct node *node, struct item *item)
{
	assert(node);
	item->taken = true;
	if (item->type == JSON_OBJECT || item->type == JSON_ARRAY) {
		refuse_node(im, node);
		return err_set(im->err, ERR_INPUT,
		    _("This question takes one answer, not a list or an object. "
		    "Write the answer alone."));
	}
	if (is_calculated(node->def))
		return true; /* compared when everything else is known */
	if (!node->def->question->asked) {
		instance_set(im->s->in, node, item->text);
		return true;
	}
	if (logic_answer(im->s->logic, node, item->text, im->err))
		return true;
	return refuse_node(im, node);
}

static bool answer_below(struct import *im, struct node *parent, struct item *scope,
    const struct def *scope_def);

/* Rows of a repeat: instances are added or deleted until there are as many. */
static bool
answer_repeat(struct import *im, struct node *parent, const struct def *repeat,
    struct item *rows)
{
	size_t index = 0;

	rows->taken = true;
	if (rows->type != JSON_ARRAY) {
		refuse(im, repeat->name);
		return err_set(im->err, ERR_INPUT,
		    _("This repeats: its answers must be a list of objects. "
		    "Write them as [{...}]."));
	}
	for (struct item *row = rows->first; row; row = row->next, index++) {
		struct node *node = instance_repeat_at(parent, repeat, index);

		if (row->type != JSON_OBJECT) {
			refuse(im, repeat->name);
			return err_set(im->err, ERR_INPUT,
			    _("Row %zu of this list is not an object. Write each row as "
			    "{...}."), index + 1);
		}
		row->taken = true;
		if (!node)
			node = logic_repeat_add(im->s->logic, parent, repeat, index,
			    im->err);
		if (!node) {
			refuse(im, repeat->name);
			return false;
		}
		if (!answer_below(im, node, row, repeat))
			return false;
	}
	while (instance_repeat_count(parent, repeat) > index)
		if (!logic_repeat_delete(im->s->logic,
			instance_repeat_at(parent, repeat, index), im->err)) {
			refuse(im, repeat->name);
			return false;
		}
	return true;
}

static bool
answer_below(struct import *im, struct node *parent, struct item *scope,
    const struct def *scope_def)
{
	for (const struct def *def = parent->def->first; def; def = def->next) {
		struct node *node = NULL;
		struct item *item;

		for (struct node *n = parent->first; n && !node; n = n->next)
			if (n->def == def)
				node = n;
		if (def->kind == DEF_GROUP) {
			if (node && !answer_below(im, node, scope, scope_def))
				return false;
			continue;
		}
		item = find_member(scope, def, scope_def);
		if (!item)
			continue;
		if (def->kind == DEF_REPEAT) {
			if (!answer_repeat(im, parent, def, item))
				return false;
		} else if (!answer_question(im, node, item)) {
			return false;
		}
	}
	return true;
}

/* What repeats a masked answer is not quoted in full, whatever the line says. */
static bool
comes_out_otherwise(struct import *im, struct node *n, const char *said)
{
	struct buf ours = { 0 }, theirs = { 0 };
	char one[TEXT_BRIEF], other[TEXT_BRIEF];

	instance_seen(im->s->in, n, &ours);
	if (strcmp(buf_text(&ours), n->text) == 0)
		buf_str(&theirs, said);
	else
		text_mask(said, &theirs);
	refuse_node(im, n);
	err_set(im->err, ERR_INPUT,
	    _("This is calculated as \"%s\", but the line says \"%s\". "
	    "Leave it out, or correct the answers it comes from."),
	    text_brief(buf_text(&ours), one), text_brief(buf_text(&theirs), other));
	buf_clear(&ours);
	buf_clear(&theirs);
	return false;
}

/* A second walk, when all is known: what was given must be what the record holds. */
static bool
compare_below(struct import *im, struct node *parent, struct item *scope,
    const struct def *scope_def)
{
	size_t row = 0;
	const struct def *repeat = NULL;

	for (struct node *n = parent->first; n; n = n->next) {
		struct item *item;

		if (n->def->kind == DEF_GROUP) {
			if (!compare_below(im, n, scope, scope_def))
				return false;
			continue;
		}
		item = find_member(scope, n->def, scope_def);
		if (n->def->kind == DEF_REPEAT) {
			row = n->def == repeat ? row + 1 : 0;
			repeat = n->def;
			item = item ? item->first : NULL;
			for (size_t i = 0; item && i < row; i++)
				item = item->next;
			if (item && !compare_below(im, n, item, n->def))
				return false;
			continue;
		}
		if (!item)
			continue;
		if (item->text[0] && !n->relevant) {
			refuse_node(im, n);
			return err_set(im->err, ERR_INPUT,
			    _("This is not asked with the other answers as they are: "
			      "leave it out."));
		}
		if (is_calculated(n->def) && !same_answer(item->text, n->text))
			return comes_out_otherwise(im, n, item->text);
	}
	return true;
}

/* Names that no question took. */
static bool
nothing_left(struct import *im, const struct item *object)
{
	for (const struct item *i = object->first; i; i = i->next) {
		if (i->name && !i->taken) {
			refuse(im, i->name);
			return err_set(im->err, ERR_INPUT,
			    _("The form \"%s\" has no such question. Leave it out, or "
			    "correct its name."), im->form);
		}
		if (!nothing_left(im, i))
			return false;
	}
	return true;
}

static bool
answers_are_right(struct import *im)
{
	struct node *root = instance_root(im->s->in);
	struct buf message = { 0 };
	struct node *wrong;

	if (!answer_below(im, root, im->line, root->def) || !nothing_left(im, im->line))
		return false;
	wrong = logic_check_all(im->s->logic, &message, NULL, NULL);
	if (wrong) {
		refuse_node(im, wrong);
		err_set(im->err, ERR_INPUT, "%s", buf_text(&message));
	}
	buf_clear(&message);
	return !wrong && compare_below(im, root, im->line, root->def);
}

/* --- storing --- */

struct known {
	const char *hash;
	int last;  /* newest revision here */
	bool same; /* one with these answers is here */
};

static bool
see_revision(const struct revision *r, void *data)
{
	struct known *k = data;

	if (r->rev > k->last)
		k->last = r->rev;
	if (!r->withdrawn && strcmp(r->hash, k->hash) == 0)
		k->same = true;
	return true;
}

static enum import_outcome
store(struct import *im)
{
	struct session *s = im->s;
	struct record_origin origin = { im->id, im->form, s->form->version, im->created,
		im->user, im->station };
	struct known known = { 0 };
	char hash[17];
	struct record r;
	int found = im->id ? record_get(im->nb, im->id, &r, im->err) : 0;
	bool good;

	if (found < 0)
		return IMPORT_FAILED;
	logic_finish(s->logic);
	buf_reset(&s->json);
	instance_to_json(s->in, true, &s->json);
	hash_short(buf_text(&s->json), s->json.len, hash);
	known.hash = hash;
	if (found && !record_revisions(im->nb, im->id, see_revision, &known, im->err))
		return IMPORT_FAILED;
	if (known.same && im->why && known.last == im->rev)
		return record_withdraw(im->nb, im->id, im->why, im->err) ? IMPORT_ADDED
									: IMPORT_FAILED;
	if (known.same)
		return IMPORT_SAME;
	if (found && (im->rev ? im->rev : 1) <= known.last) {
		err_set(im->err, ERR_INPUT,
		    _("Revision %d of this record is here already, with other answers. "
		      "Give the changed record the next revision number."),
		    known.last);
		return refuse(im, "_rev");
	}
	if (!notebook_begin(im->nb, im->err))
		return IMPORT_FAILED;
	if (found)
		good = record_correct(im->nb, im->id, im->err);
	else
		good = record_begin(im->nb, &origin, s->id, im->err);
	if (found)
		memcpy(s->id, im->id, UUID_SIZE);
	good = good && session_store_final(s, im->err) &&
	    (!im->why || record_withdraw(im->nb, s->id, im->why, im->err));
	good = notebook_end(im->nb, good, good ? im->err : NULL) && good;
	return good ? IMPORT_ADDED : IMPORT_FAILED;
}

/* --- drafts, as vault salvage writes them --- */

/* The line's answers without its envelope. */
static void
draft_answers(const char *line, size_t len, struct buf *out)
{
	struct json_reader r;
	struct json_writer w;
	const char *raw;
	size_t raw_len;

	json_reader_init(&r, line, len);
	json_writer_init(&w, out);
	json_object(&w);
	json_next(&r);
	while (json_next(&r) == JSON_NAME) {
		struct buf name = { 0 };

		buf_str(&name, r.text);
		if (json_skip(&r, &raw, &raw_len) && !is_envelope(buf_text(&name))) {
			json_name(&w, buf_text(&name));
			json_raw(&w, raw, raw_len);
		}
		buf_clear(&name);
	}
	json_object_end(&w);
	json_reader_clear(&r);
}

/* Where the draft goes: a new record, or a correction of what is here. */
static enum import_outcome
begin_draft(struct import *im, const struct form *form)
{
	struct record_origin origin = { im->id, im->form, form->version, im->created,
		im->user, im->station };
	struct record r;
	char id[UUID_SIZE];
	int found = im->id ? record_get(im->nb, im->id, &r, im->err) : 0;

	if (found < 0)
		return IMPORT_FAILED;
	if (!found && im->rev > 0) {
		err_set(im->err, ERR_INPUT,
		    _("This draft corrects a finished record that is not here. Import the "
		      "finished records or sync first, then try again."));
		return refuse(im, "_id");
	}
	if (!found) {
		if (!record_begin(im->nb, &origin, id, im->err))
			return IMPORT_FAILED;
		memcpy(im->s->id, id, UUID_SIZE);
		return IMPORT_ADDED;
	}
	/* It was gone on with here, or finished since. */
	if (r.has_draft || r.rev > im->rev || r.state == RECORD_WITHDRAWN)
		return IMPORT_SAME;
	memcpy(im->s->id, r.id, UUID_SIZE);
	return record_correct(im->nb, im->s->id, im->err) ? IMPORT_ADDED : IMPORT_FAILED;
}

/* As it was left: nothing is checked but that the form can hold it. */
static enum import_outcome
store_draft(struct import *im, const struct form *form, const char *line, size_t len)
{
	struct buf answers = { 0 };
	enum import_outcome outcome;
	bool good;

	draft_answers(line, len, &answers);
	if (!instance_from_json(im->s->in, buf_text(&answers), answers.len, true, im->err)) {
		buf_clear(&answers);
		return refuse(im, "");
	}
	if (!notebook_begin(im->nb, im->err)) {
		buf_clear(&answers);
		return IMPORT_FAILED;
	}
	outcome = begin_draft(im, form);
	good = outcome == IMPORT_ADDED &&
	    record_draft_save(im->nb, im->s->id, buf_text(&answers), answers.len, im->title,
		im->cursor, im->err);
	if (outcome == IMPORT_ADDED && !good)
		outcome = IMPORT_FAILED;
	if (!notebook_end(im->nb, good, good ? im->err : NULL))
		outcome = IMPORT_FAILED;
	buf_clear(&answers);
	return outcome;
}

static enum import_outcome
run(struct import *im, const char *line, size_t len)
{
	const struct form *form;

	if (len > WIRE_RECORD_MAX) {
		err_set(im->err, ERR_INPUT,
		    _("The record is larger than %u bytes: shorten its notes."),
		    WIRE_RECORD_MAX);
		return refuse(im, "");
	}
	if (!read_line(im, line, len))
		return refuse(im, "");
	if (!read_envelope(im, line, len))
		return IMPORT_REFUSED;
	form = notebook_form(im->nb, im->form, im->version, im->err);
	if (!form && im->err->kind != ERR_INPUT)
		return IMPORT_FAILED;
	if (!form)
		return refuse(im, notebook_form(im->nb, im->form, NULL, NULL) ? "_version"
									     : "_form");
	im->s = session_open(im->nb, form, NULL, im->created ? &im->clock : NULL, im->user,
	    im->err);
	if (!im->s)
		return IMPORT_FAILED;
	if (im->draft)
		return store_draft(im, form, line, len);
	im->s->world.ignore_last_saved = true;
	im->s->logic = logic_new(im->s->in, &im->s->world, im->err);
	if (!im->s->logic || !logic_begin(im->s->logic, im->err))
		return refuse(im, "");
	if (!answers_are_right(im))
		return IMPORT_REFUSED;
	return store(im);
}

enum import_outcome
session_import(struct notebook *nb, const char *line, size_t len, struct buf *field,
    struct err *err)
{
	struct import im = { .nb = nb, .arena = arena_new(), .field = field, .err = err };
	enum import_outcome outcome;

	buf_reset(field);
	outcome = run(&im, line, len);
	session_close(im.s);
	arena_free(im.arena);
	return outcome;
}
