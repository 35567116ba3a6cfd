/*
 * logic_text - labels with answers in them, answers in words; of masked ones only what may
 * be seen
 */
#include "logic_part.h"

#include "arena.h"
#include "buf.h"
#include "form.h"
#include "instance.h"
#include "list.h"
#include "text.h"

#include <string.h>

void
logic_text(struct logic *l, const struct text *text, const struct node *node,
	   struct buf *out)
{
	struct expr_context context;
	const char *answer;

	for (size_t i = 0; text && i < text->count; i++) {
		const struct text_part *part = &text->parts[i];

		if (part->literal)
			buf_str(out, part->literal);
		if (!part->expr)
			continue;
		context = logic_context(l, node);
		/* An answer that cannot be computed yet leaves its place empty. */
		if (expr_string(part->expr, &context, &answer, NULL))
			instance_veil(l->in, answer, out);
	}
}

const char *
logic_text_now(struct logic *l, const struct text *text, const struct node *node,
	       struct arena *a)
{
	struct arena *outer = l->arena;
	const struct node *at = l->at;
	struct buf out = { 0 };
	const char *now;

	l->arena = arena_new();
	logic_text(l, text, node, &out);
	arena_free(l->arena);
	l->arena = outer;
	l->at = at;
	now = arena_strdup(a, buf_text(&out));
	buf_clear(&out);
	return now;
}

void
logic_label(struct logic *l, const struct node *node, struct buf *out)
{
	const struct text *label = form_text(l->form, &node->def->label, l->language);
	size_t before = out->len;

	logic_text(l, label, node, out);
	if (out->len == before)
		buf_str(out, node->def->name);
}

static void
write_choices(struct logic *l, const struct node *node, struct buf *out)
{
	const struct itemset *set = node->def->itemset;
	struct arena *names = arena_new();
	const struct list *list = choices_list(l, node, NULL);
	const char *at = node->text, *name, *sep = "";

	while ((name = choices_next(node->def, names, &at))) {
		size_t row = list ? list_find(list, set->value_column, name)
				   : LIST_NONE;

		buf_str(out, sep);
		buf_str(out, row == LIST_NONE ? name
					      : choices_label(l, node, row));
		sep = l->world.language && !strncmp(l->world.language, "zh", 2) ? "、"
										: ", ";
	}
	arena_free(names);
}

void
logic_answer_text(struct logic *l, const struct node *node, bool show_masked,
		  struct buf *out)
{
	const struct itemset *set = node->def->itemset;

	if (!node->text[0])
		return;
	if (!show_masked && (node->def->flags & DEF_MASKED))
		text_mask(node->text, out);
	else if (set && set->value_column != LIST_NONE)
		write_choices(l, node, out);
	else if (show_masked)
		buf_str(out, node->text);
	else
		instance_seen(l->in, node, out);
}
