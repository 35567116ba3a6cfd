/*
 * entry_goto - a list of all questions, to go to one
 */
#include "entry_private.h"

#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "logic.h"
#include "mem.h"
#include "picker.h"

#include <stdio.h>
#include <stdlib.h>

struct place {
	const struct node *node;
	char *label;
	enum logic_verdict verdict;
};

struct places {
	struct entry *e;
	struct place *place;
	size_t count, cap;
};

/* "Parties 2 > Name": which of the rows a question belongs to. */
static void
write_label(struct entry *e, const struct node *node, struct buf *out)
{
	const struct node *page = entry_page_of(e, node);

	if (page->def->kind == DEF_REPEAT) {
		write_label(e, page, out);
		buf_fmt(out, " %zu > ", instance_repeat_index(page) + 1);
	}
	logic_label(e->logic, node, out);
}

static void
collect(struct places *p)
{
	struct buf label = { 0 };

	for (struct node *n = instance_root(p->e->in); n; n = instance_next(n)) {
		const struct question_row *q = n->def->question;

		if (n->def->kind != DEF_QUESTION || !n->relevant || n->readonly ||
		    !q->asked || !q->served || q->answer == ANSWER_NONE)
			continue;
		buf_reset(&label);
		write_label(p->e, n, &label);
		p->place = mem_grow(p->place, &p->cap, p->count + 1, sizeof(*p->place));
		p->place[p->count++] = (struct place){ n, mem_strdup(buf_text(&label)),
			logic_check(p->e->logic, n, NULL) };
	}
	buf_clear(&label);
}

static const char *
mark_of(enum logic_verdict verdict)
{
	switch (verdict) {
	case LOGIC_GOOD:
		break;
	case LOGIC_REQUIRED:
		return _("* to be answered");
	case LOGIC_CONSTRAINT:
	case LOGIC_TYPE:
	case LOGIC_CHOICE:
	case LOGIC_UNSERVED:
		return _("! not right");
	}
	return NULL;
}

static void
item(void *data, size_t index, struct picker_item *out)
{
	const struct places *p = data;

	*out = (struct picker_item){ .code = "", .label = p->place[index].label,
		.extra = mark_of(p->place[index].verdict) };
}

void
entry_go_to(struct entry *e)
{
	struct places p = { .e = e };
	struct picker_source source = { 0, item, &p };
	struct picker_options options = { .title = _("Go to which question?") };
	const struct node *here = entry_question(e);
	struct picker *picker;
	size_t at;

	collect(&p);
	source.count = p.count;
	picker = picker_new(&source, &options);
	for (size_t i = 0; i < p.count; i++)
		if (p.place[i].node == here)
			picker_select(picker, i);
	if (picker_run(picker, e->screen) && (at = picker_current(picker)) != PICKER_NONE)
		entry_focus_node(e, p.place[at].node);
	picker_free(picker);
	for (size_t i = 0; i < p.count; i++)
		free(p.place[i].label);
	free(p.place);
}
