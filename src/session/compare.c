/*
 * Two sets of answers side by side: revisions of a record, or a record and the same keyed
 * a second time.
 */
#include "session.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_compared(const struct node *n)
{
	return n->def->kind == DEF_QUESTION && n->def->question->asked && n->relevant;
}

static const struct node *
counterpart(const struct session *other, const struct node *node)
{
	struct buf path = { 0 };
	const struct node *n;

	instance_path(node, &path);
	n = instance_find(other->in, buf_text(&path));
	buf_clear(&path);
	return n && n->relevant ? n : NULL;
}

/* "Needs and problems 2: Details" */
static void
write_label(const struct session *s, const struct node *node, struct buf *out)
{
	for (const struct node *n = node->parent; n; n = n->parent)
		if (n->def->kind == DEF_REPEAT) {
			logic_label(s->logic, n, out);
			buf_fmt(out, " %zu: ", instance_repeat_index(n) + 1);
			break;
		}
	logic_label(s->logic, node, out);
}

struct comparison {
	const struct session *one, *other;
	difference_fn *row;
	void *data;
	size_t count;
};

static void
tell(struct comparison *c, const struct session *s, const struct node *node,
    const struct node *one, const struct node *other)
{
	struct buf label = { 0 }, path = { 0 }, a = { 0 }, b = { 0 };
	struct difference d;

	write_label(s, node, &label);
	instance_path(node, &path);
	if (one)
		logic_answer_text(c->one->logic, one, false, &a);
	if (other)
		logic_answer_text(c->other->logic, other, false, &b);
	d = (struct difference){ buf_text(&path), buf_text(&label), buf_text(&a),
		buf_text(&b) };
	c->count++;
	if (c->row)
		c->row(&d, c->data);
	buf_clear(&label);
	buf_clear(&path);
	buf_clear(&a);
	buf_clear(&b);
}

size_t
session_compare(const struct session *one, const struct session *other,
    difference_fn *row, void *data)
{
	struct comparison c = { one, other, row, data, 0 };

	for (const struct node *n = instance_root(one->in); n; n = instance_next(n)) {
		const struct node *o = is_compared(n) ? counterpart(other, n) : NULL;

		if (is_compared(n) && strcmp(n->text, o ? o->text : "") != 0)
			tell(&c, one, n, n, o);
	}
	/* What only the other one has. */
	for (const struct node *n = instance_root(other->in); n; n = instance_next(n))
		if (is_compared(n) && n->text[0] && !counterpart(one, n))
			tell(&c, other, n, NULL, n);
	return c.count;
}

/* --- keying a record a second time --- */

struct session *
session_again(struct notebook *nb, const char *record_id, const char *language,
    struct err *err)
{
	struct record r;
	const struct form *form;
	struct session *s = NULL;
	int found = record_get(nb, record_id, &r, err);
	char *modified;

	if (found == 0 || (found > 0 && !r.rev))
		err_set(err, ERR_INPUT,
		    _("Only a finished record is keyed a second time. Finish it first."));
	if (found <= 0 || !r.rev)
		return NULL;
	modified = mem_strdup(r.modified);
	form = notebook_form(nb, r.form, r.version, err);
	if (form)
		s = session_open(nb, form, language, NULL, NULL, err);
	if (s) {
		s->second = true;
		/* As on that day: rules that ask for today mean it. */
		if (clock_stop_at(&s->stopped, modified, NULL))
			s->world.clock = &s->stopped;
		s->world.ignore_last_saved = true;
		s->logic = logic_new(s->in, &s->world, err);
	}
	free(modified);
	if (s && s->logic && logic_begin(s->logic, err))
		return s;
	session_close(s);
	return NULL;
}

bool
session_is_second(const struct session *s)
{
	return s->second;
}
