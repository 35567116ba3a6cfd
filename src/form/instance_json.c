/*
 * instance_json - a record's answers as the JSON of instance.h, written and read
 *
 * Whole repeats are read as their instances come; an answer's type decides how it is
 * written: 7 for an integer, "7" for a text.
 */
#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "json.h"
#include "value.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

/* The number that text is, shortest; false when it is none that JSON can hold. */
static bool
as_number(const char *text, char out[VALUE_NUMBER_SIZE])
{
	double n = value_parse_number(text);

	if (!isfinite(n))
		return false;
	value_format_number(n, out);
	return true;
}

static bool
is_computed(const struct def *def)
{
	return def->question->kind == QUESTION_CALCULATE ||
	       def->question->kind == QUESTION_HIDDEN;
}

static void
write_answer(struct json_writer *w, const struct node *node)
{
	char number[VALUE_NUMBER_SIZE];
	enum answer_type type = node->def->question->answer;

	/* A calculation is a number when it prints as one, and loses nothing by it:
	 * "007" and an identity number of 18 digits stay texts. */
	if (((type == ANSWER_INTEGER || type == ANSWER_DECIMAL) &&
	     as_number(node->text, number)) ||
	    (is_computed(node->def) && as_number(node->text, number) &&
	     !strcmp(number, node->text)))
		json_raw(w, number, strlen(number));
	else
		json_string(w, node->text);
}

static bool
is_answered(const struct node *node)
{
	return node->def->question->answer != ANSWER_NONE && node->text[0];
}

/* True when a group or one below it has something to show. */
static bool
has_content(const struct node *group, bool only_relevant)
{
	for (const struct node *n = group->places; n; n = n->next)
		if (!only_relevant || n->relevant)
			return true;
	for (const struct node *n = group->first; n; n = n->next) {
		if ((only_relevant && !n->relevant) || (n->def->flags & DEF_META))
			continue;
		if (n->def->kind == DEF_QUESTION ? is_answered(n)
						 : has_content(n, only_relevant))
			return true;
	}
	return false;
}

static void write_children(struct json_writer *w, const struct node *group,
			   bool only_relevant);

static void
write_repeat(struct json_writer *w, const struct node *parent, const struct def *repeat,
	     bool only_relevant)
{
	size_t index = 0;
	const struct node *n;

	if (only_relevant && !instance_repeat_place(parent, repeat)->relevant)
		return;
	json_name(w, repeat->name);
	json_array(w);
	for (n = instance_repeat_at(parent, repeat, index); n && n->def == repeat;
	     n = n->next) {
		if (only_relevant && !n->relevant)
			continue;
		json_object(w);
		write_children(w, n, only_relevant);
		json_object_end(w);
	}
	json_array_end(w);
}

static void
write_children(struct json_writer *w, const struct node *group, bool only_relevant)
{
	const struct node *n = group->first;

	/* Every question and group has its node, in the order of the form. */
	for (const struct def *def = group->def->first; def; def = def->next) {
		if (def->kind == DEF_REPEAT) {
			write_repeat(w, group, def, only_relevant);
			while (n && n->def == def)
				n = n->next;
			continue;
		}
		assert(n && n->def == def);
		if ((only_relevant && !n->relevant) || (def->flags & DEF_META)) {
			; /* pruned; what a record is, its row in the notebook says */
		} else if (def->kind == DEF_QUESTION) {
			if (is_answered(n)) {
				json_name(w, def->name);
				write_answer(w, n);
			}
		} else if (has_content(n, only_relevant)) {
			json_name(w, def->name);
			json_object(w);
			write_children(w, n, only_relevant);
			json_object_end(w);
		}
		n = n->next;
	}
}

void
instance_to_json(const struct instance *in, bool only_relevant, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object(&w);
	write_children(&w, instance_root(in), only_relevant);
	json_object_end(&w);
}

/* ---- reading ---- */

struct reading {
	struct json_reader json;
	struct instance *in;
	bool lenient;
	struct err *err;
};

static bool
bad_json(struct reading *r)
{
	return err_set(r->err, ERR_INPUT, _("The answers are not JSON: %s."),
		       r->json.problem ? r->json.problem : _("the text ends too soon"));
}

/* Passes over the value that begins with token, or says that it has no place. */
static bool
no_place(struct reading *r, enum json_token token, const struct node *node,
	 const char *name)
{
	struct buf path = { 0 };

	if (token == JSON_ERROR || token == JSON_END)
		return bad_json(r);
	if (r->lenient) {
		if (token != JSON_OBJECT && token != JSON_ARRAY)
			return true;
		return json_skip(&r->json, NULL, NULL) || bad_json(r);
	}
	instance_path(node, &path);
	if (name)
		buf_fmt(&path, "%s%s", path.len ? "/" : "", name);
	err_set(r->err, ERR_INPUT,
		_("The form %s has no place for the answer \"%s\" as it stands there."),
		instance_form(r->in)->id, buf_text(&path));
	buf_clear(&path);
	return false;
}

static bool read_object(struct reading *r, struct node *group);

static bool
read_repeat(struct reading *r, struct node *parent, const struct def *repeat)
{
	enum json_token token = json_next(&r->json);

	if (token == JSON_NULL)
		return true;
	if (token != JSON_ARRAY)
		return no_place(r, token, parent, repeat->name);
	while ((token = json_next(&r->json)) != JSON_ARRAY_END) {
		struct node *last;

		if (token != JSON_OBJECT) {
			if (!no_place(r, token, parent, repeat->name))
				return false;
			continue;
		}
		last = instance_repeat_add(r->in, parent, repeat, (size_t)-1);
		if (!read_object(r, last))
			return false;
	}
	return true;
}

static bool
read_answer(struct reading *r, struct node *node)
{
	enum json_token token = json_next(&r->json);
	char number[VALUE_NUMBER_SIZE];
	const char *text = r->json.text;

	if (node->def->question->answer == ANSWER_NONE && token != JSON_NULL)
		return no_place(r, token, node, NULL);
	/* An answer has no exponent. */
	if (token == JSON_NUMBER && strpbrk(text, "eE") &&
	    isfinite(strtod(text, NULL))) {
		value_format_number(strtod(text, NULL), number);
		text = number;
	}
	switch (token) {
	case JSON_STRING:
	case JSON_NUMBER:
		instance_set(r->in, node, text);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		instance_set(r->in, node, token == JSON_TRUE ? "true" : "false");
		return true;
	case JSON_NULL:
		return true;
	case JSON_END:
	case JSON_ERROR:
	case JSON_OBJECT:
	case JSON_OBJECT_END:
	case JSON_ARRAY:
	case JSON_ARRAY_END:
	case JSON_NAME:
		break;
	}
	return no_place(r, token, node, NULL);
}

static const struct def *
child_def(const struct def *parent, const char *name)
{
	const struct def *def = parent->first;

	while (def && strcmp(def->name, name))
		def = def->next;
	return def;
}

static bool
read_group(struct reading *r, struct node *group)
{
	enum json_token token = json_next(&r->json);

	if (token == JSON_OBJECT)
		return read_object(r, group);
	return token == JSON_NULL || no_place(r, token, group, NULL);
}

static bool
read_member(struct reading *r, struct node *group)
{
	const struct def *def = child_def(group->def, r->json.text);
	struct node *child;
	struct buf name = { 0 };
	bool ok;

	if (!def) {
		buf_str(&name, r->json.text);
		ok = no_place(r, r->lenient ? json_next(&r->json) : JSON_NAME, group,
			      buf_text(&name));
		buf_clear(&name);
		return ok;
	}
	if (def->kind == DEF_REPEAT)
		return read_repeat(r, group, def);
	child = instance_near(group, def);
	return def->kind == DEF_GROUP ? read_group(r, child) : read_answer(r, child);
}

static bool
read_object(struct reading *r, struct node *group)
{
	enum json_token token;

	while ((token = json_next(&r->json)) == JSON_NAME)
		if (!read_member(r, group))
			return false;
	return token == JSON_OBJECT_END || bad_json(r);
}

bool
instance_from_json(struct instance *in, const char *json, size_t len, bool lenient,
		   struct err *err)
{
	struct reading r = { .in = in, .lenient = lenient, .err = err };
	bool ok;

	json_reader_init(&r.json, json, len);
	ok = json_next(&r.json) == JSON_OBJECT || bad_json(&r);
	ok = ok && read_object(&r, instance_root(in));
	ok = ok && (json_next(&r.json) == JSON_END || bad_json(&r));
	json_reader_clear(&r.json);
	return ok;
}
