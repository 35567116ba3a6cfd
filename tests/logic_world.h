/*
 * logic_world - a small form, its record and its logic, for tests of either
 */
#ifndef LOGIC_WORLD_H
#define LOGIC_WORLD_H

#include "check.h"
#include "form_help.h"

struct world {
	struct form *form;
	struct instance *in;
	struct logic *l;
	struct clock clock;
	struct logic_world around;
};

static inline struct world
world_of(const char *const rows[], const struct instance *last_saved)
{
	struct world w = { .form = help_form_rows(rows) };
	struct err err = { 0 };

	CHECK(w.form != NULL);
	if (!w.form)
		exit(1);
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", &err);
	w.around = (struct logic_world){ .language = "zh",
					 .user = "chen",
					 .device = "d1",
					 .last_saved = last_saved };
	w.in = instance_new(w.form);
	return w;
}

/* Begins here: the clock's place must not move afterwards. */
static inline void
begin(struct world *w)
{
	struct err err = { 0 };

	w->around.clock = &w->clock;
	w->l = logic_new(w->in, &w->around, &err);
	CHECK_STR(err.text, "");
	CHECK(w->l && logic_begin(w->l, &err));
}

static inline void
end(struct world *w)
{
	logic_free(w->l);
	instance_free(w->in);
	form_free(w->form);
}

static inline struct node *
at(struct world *w, const char *path)
{
	struct node *node = instance_find(w->in, path);

	if (!node) {
		fprintf(stderr, "  no node %s\n", path);
		exit(1);
	}
	return node;
}

static inline void
put(struct world *w, const char *path, const char *text)
{
	struct err err = { 0 };
	struct node *node = help_node(w->l, w->in, path);

	CHECK(node && logic_answer(w->l, node, text, &err));
	CHECK_STR(err.text, "");
}

static inline const char *
is(struct world *w, const char *path)
{
	return at(w, path)->text;
}

static inline struct node *
add(struct world *w, const char *parent, const char *repeat)
{
	struct node *node = *parent ? at(w, parent) : instance_root(w->in);
	const struct def *def = form_find(w->form, repeat);

	return logic_repeat_add(w->l, node, def, instance_repeat_count(node, def),
				NULL);
}

static inline void
check_json(struct world *w, const char *want)
{
	struct buf out = { 0 };

	instance_to_json(w->in, true, &out);
	CHECK_STR(buf_text(&out), want);
	buf_clear(&out);
}

static inline void
check_verdict(struct world *w, const char *path, enum logic_verdict want,
	      const char *text)
{
	struct buf message = { 0 };

	CHECK_INT(logic_check(w->l, at(w, path), &message), want);
	CHECK_STR(buf_text(&message), text);
	buf_clear(&message);
}

#endif
