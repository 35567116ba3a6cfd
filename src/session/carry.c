/*
 * A new record that begins with what another one knows.
 */
#include "session.h"

#include "buf.h"
#include "form.h"
#include "instance.h"
#include "json.h"
#include "list.h"
#include "meaning.h"
#include "session_private.h"

#include <stdio.h>
#include <string.h>

struct carry {
	struct session *from, *to;
	struct list *meanings;
	int row; /* of the repeat in which from's row stands; 0: none */
};

/* The node of a question of from's: at the top, or in the row that is carried. */
static const struct node *
source_node(const struct carry *c, const char *field)
{
	const struct def *def = form_find(c->from->form, field), *repeat;
	const struct node *n;

	if (!def || def->kind != DEF_QUESTION)
		return NULL;
	repeat = def_repeat(def);
	if (!repeat)
		return instance_alone(c->from->in, def);
	if (c->row <= 0 || def_repeat(repeat->parent))
		return NULL;
	n = instance_alone(c->from->in, repeat->parent);
	n = instance_repeat_at(n ? n : instance_root(c->from->in), repeat,
	    (size_t)c->row - 1);
	return n ? instance_near(n, def) : NULL;
}

/* "building+room": the answers in words, one behind the other. */
static void
joined_words(const struct carry *c, const char *fields, struct buf *out)
{
	char field[128];

	while (*fields) {
		size_t len = strcspn(fields, "+");
		const struct node *n;

		snprintf(field, sizeof(field), "%.*s", (int)len, fields);
		n = source_node(c, field);
		if (n && n->relevant)
			logic_answer_text(c->from->logic, n, true, out);
		fields += len + (fields[len] == '+');
	}
}

static void
source_value(const struct carry *c, const char *field, struct buf *out)
{
	const struct node *n;

	if (strcmp(field, "_id") == 0) {
		buf_str(out, c->from->id);
	} else if (strcmp(field, "_row") == 0) {
		if (c->row > 0)
			buf_fmt(out, "%s-%d", c->from->id, c->row);
	} else if (field[0] == '=') {
		buf_str(out, field + 1);
	} else if (strchr(field, '+')) {
		joined_words(c, field, out);
	} else if ((n = source_node(c, field)) && n->relevant) {
		buf_str(out, n->text);
	}
}

/* What from knows of a part of a thing; false when nothing. */
static bool
knows(const struct carry *c, const struct meaning *wanted, struct buf *out)
{
	struct meaning m;

	buf_reset(out);
	for (size_t i = 0; meaning_row(c->meanings, i, &m); i++) {
		if (strcmp(m.form, c->from->form->id) != 0 ||
		    strcmp(m.thing, wanted->thing) != 0 ||
		    strcmp(m.part, wanted->part) != 0)
			continue;
		source_value(c, m.field, out);
		if (out->len)
			return true;
	}
	return false;
}

/* A repeat at the top gets a row when what is looked for in it is known by name. */
static bool
add_row(struct carry *c, const struct def *repeat, struct err *err)
{
	struct buf value = { 0 };
	struct meaning m;
	bool known = false;

	for (size_t i = 0; !known && meaning_row(c->meanings, i, &m); i++) {
		const struct def *def;

		if (strcmp(m.form, c->to->form->id) != 0 || m.use != MEANING_FIND)
			continue;
		def = form_find(c->to->form, m.field);
		known = def && def_repeat(def) == repeat && knows(c, &m, &value);
	}
	buf_clear(&value);
	if (!known || def_repeat(repeat->parent))
		return true;
	return logic_repeat_add(c->to->logic, instance_alone(c->to->in, repeat->parent),
		   repeat, 0, err) != NULL;
}

static bool
add_rows(struct carry *c, struct err *err)
{
	const struct form *form = c->to->form;

	for (size_t i = 0; i < form->def_count; i++)
		if (form->defs[i]->kind == DEF_REPEAT && !add_row(c, form->defs[i], err))
			return false;
	return true;
}

/* In the form's order: what is relevant follows from what stands before. An answer that
 * does not fit here (another list, a rule) is left to the worker. */
static void
fill(struct carry *c)
{
	struct buf value = { 0 };
	struct meaning m;

	for (struct node *n = instance_root(c->to->in); n; n = instance_next(n)) {
		if (n->def->kind != DEF_QUESTION || !n->relevant || n->readonly ||
		    !meaning_of(c->meanings, c->to->form->id, n->def->name, &m) ||
		    !knows(c, &m, &value))
			continue;
		if (logic_answer(c->to->logic, n, buf_text(&value), NULL))
			n->touched = false; /* not this worker's answer yet */
	}
	buf_clear(&value);
}

struct session *
session_carry(struct notebook *nb, const char *form, const char *record_id, int row,
    const char *language, struct err *err)
{
	struct carry c = { .row = row };

	c.from = session_view(nb, record_id, 0, language, err);
	if (!c.from)
		return NULL;
	c.to = session_new(nb, form, language, err);
	c.meanings = meaning_list(nb);
	if (c.to && c.meanings) {
		if (add_rows(&c, err)) {
			fill(&c);
		} else {
			session_close(c.to);
			c.to = NULL;
		}
	}
	list_unref(c.meanings);
	session_close(c.from);
	return c.to;
}

/* --- what the district gives along --- */

/* Name and text of an answer, NUL-ended, one behind the other. */
static bool
read_answers(const char *answers, struct buf *pairs)
{
	enum json_token token = JSON_ERROR;
	struct json_reader r;
	bool ok;

	json_reader_init(&r, answers, strlen(answers));
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME) {
		size_t before = pairs->len;

		buf_add(pairs, r.text, r.text_len + 1);
		token = json_next(&r);
		ok = token != JSON_ERROR;
		if (token == JSON_STRING || token == JSON_NUMBER) {
			buf_add(pairs, r.text, r.text_len + 1);
			continue;
		}
		buf_truncate(pairs, before);
		if (token == JSON_OBJECT || token == JSON_ARRAY)
			ok = json_skip(&r, NULL, NULL);
	}
	ok = ok && token == JSON_OBJECT_END;
	json_reader_clear(&r);
	return ok;
}

static const char *
find_answer(const struct buf *pairs, const struct node *n)
{
	const char *at = buf_text(pairs), *end = at + pairs->len, *found = NULL;
	struct buf path = { 0 };

	instance_path(n, &path);
	while (at < end && !found) {
		const char *text = at + strlen(at) + 1;

		if (!strcmp(at, n->def->name) || !strcmp(at, buf_text(&path)))
			found = text;
		at = text + strlen(text) + 1;
	}
	buf_clear(&path);
	return found;
}

struct session *
session_begin_with(struct notebook *nb, const char *form, const char *answers,
    const char *language, struct err *err)
{
	struct session *s = session_new(nb, form, language, err);
	struct buf pairs = { 0 };

	if (s && read_answers(answers, &pairs))
		for (struct node *n = instance_root(s->in); n; n = instance_next(n)) {
			const char *text;

			if (n->def->kind != DEF_QUESTION || !n->relevant || n->readonly ||
			    def_repeat(n->def) || !(text = find_answer(&pairs, n)))
				continue;
			if (logic_answer(s->logic, n, text, NULL))
				n->touched = false; /* not this worker's answer yet */
		}
	buf_clear(&pairs);
	return s;
}
