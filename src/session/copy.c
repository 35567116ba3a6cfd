/*
 * A new record that begins as a copy: of another record, or of a template.
 *
 * A template is a setting of the notebook: "template.visit.NAME" with the answers.
 */
#include "session.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "session_private.h"
#include "template.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define SETTING_TEMPLATE "template."

/* A record's own days and times are never another's. */
static bool
is_copied(const struct node *node)
{
	enum answer_type type = node->def->question->answer;

	return node->text[0] && type != ANSWER_DATE && type != ANSWER_TIME &&
	    type != ANSWER_DATETIME && node->def->question->asked;
}

static struct node *
counterpart(struct session *to, const struct node *node)
{
	struct buf path = { 0 };
	struct node *n;

	instance_path(node, &path);
	n = instance_find(to->in, buf_text(&path));
	buf_clear(&path);
	return n;
}

/* The instance that is wanted, when the worker may add one. */
static bool
add_instance(struct session *to, const struct node *node, struct err *err)
{
	struct node *parent = node->parent->parent ? counterpart(to, node->parent)
						   : instance_root(to->in);
	size_t have;

	if (!parent || !logic_repeat_is_free(to->logic, node->def))
		return true;
	have = instance_repeat_count(parent, node->def);
	return have > instance_repeat_index(node) ||
	    logic_repeat_add(to->logic, parent, node->def, have, err) != NULL;
}

/* In the form's order, as a person would: what is asked follows from what is above. */
static bool
copy_answers(struct session *to, const struct instance *from, struct err *err)
{
	for (struct node *n = instance_root(from); n; n = instance_next(n)) {
		struct node *own;

		if (n->def->kind == DEF_REPEAT && !add_instance(to, n, err))
			return false;
		if (n->def->kind != DEF_QUESTION || !is_copied(n))
			continue;
		own = counterpart(to, n);
		/* What the form no longer takes is left to the worker. */
		if (own && !own->readonly && logic_answer(to->logic, own, n->text, NULL))
			own->touched = false;
	}
	return true;
}

static struct session *
begin_from(struct notebook *nb, const char *form, const struct buf *json,
    const char *language, struct err *err)
{
	struct session *s = session_new(nb, form, language, err);
	struct instance *from;
	bool good;

	if (!s)
		return NULL;
	from = instance_new(s->form);
	good = instance_from_json(from, buf_text(json), json->len, true, err) &&
	    copy_answers(s, from, err);
	instance_free(from);
	if (good)
		return s;
	session_close(s);
	return NULL;
}

struct session *
session_copy(struct notebook *nb, const char *record_id, const char *language,
    struct err *err)
{
	struct session *from = session_view(nb, record_id, 0, language, err), *to;

	if (!from)
		return NULL;
	buf_reset(&from->json);
	instance_to_json(from->in, true, &from->json);
	to = begin_from(nb, from->form->id, &from->json, language, err);
	session_close(from);
	return to;
}

/* --- templates --- */

static void
write_key(const char *form, const char *name, struct buf *key)
{
	buf_fmt(key, SETTING_TEMPLATE "%s.%s", form, name);
}

bool
template_keep(struct session *s, const char *name, struct err *err)
{
	struct buf key = { 0 };
	bool good;

	if (!*name || text_count(name, strlen(name)) > TEMPLATE_NAME_MAX)
		return err_set(err, ERR_INPUT,
		    _("A template's name has 1 to %d characters. Type a shorter one."),
		    TEMPLATE_NAME_MAX);
	write_key(s->form->id, name, &key);
	buf_reset(&s->json);
	instance_to_json(s->in, true, &s->json);
	good = notebook_set(s->nb, buf_text(&key), buf_text(&s->json), err);
	buf_clear(&key);
	return good;
}

bool
template_forget(struct notebook *nb, const char *form, const char *name, struct err *err)
{
	struct buf key = { 0 };
	bool good;

	write_key(form, name, &key);
	good = notebook_set(nb, buf_text(&key), "", err);
	buf_clear(&key);
	return good;
}

struct listing {
	bool (*row)(const char *form, const char *name, void *data);
	void *data;
};

static bool
list_one(const char *key, const char *value, void *data)
{
	const struct listing *listing = data;
	const char *rest = key + strlen(SETTING_TEMPLATE), *dot = strchr(rest, '.');
	char form[128];

	if (!*value || !dot)
		return true;
	snprintf(form, sizeof(form), "%.*s", (int)(dot - rest), rest);
	return listing->row(form, dot + 1, listing->data);
}

bool
template_list(struct notebook *nb,
    bool (*row)(const char *form, const char *name, void *data), void *data,
    struct err *err)
{
	struct listing listing = { row, data };

	return notebook_settings(nb, SETTING_TEMPLATE, list_one, &listing, err);
}

struct session *
template_begin(struct notebook *nb, const char *form, const char *name,
    const char *language, struct err *err)
{
	struct buf key = { 0 }, json = { 0 };
	struct session *s = NULL;

	write_key(form, name, &key);
	if (!notebook_get(nb, buf_text(&key), &json, err))
		;
	else if (!json.len)
		err_set(err, ERR_INPUT,
		    _("There is no template \"%s\" any more. Choose another one."), name);
	else
		s = begin_from(nb, form, &json, language, err);
	buf_clear(&key);
	buf_clear(&json);
	return s;
}
