/*
 * xform_actions - setvalue and its kin: defaults, triggers' calculations, actions
 */
#include "xform.h"

#include "arena.h"
#include "buf.h"
#include "expr.h"
#include "i18n.h"

#include <stdint.h>
#include <string.h>

/* clang-format off */
static const struct { const char *name; unsigned event; } events[] = {
	{ "odk-instance-first-load", ACTION_FIRST_LOAD },
	{ "xforms-ready",            ACTION_FIRST_LOAD },
	{ "odk-instance-load",       ACTION_LOAD },
	{ "odk-new-repeat",          ACTION_NEW_REPEAT },
	{ "jr-insert",               ACTION_NEW_REPEAT },
	{ "xforms-value-changed",    ACTION_CHANGE },
	{ "xforms-revalidate",       ACTION_FINISH },
};
/* clang-format on */

static unsigned
read_events(struct xform *x, const struct xml_node *node)
{
	const char *text = xml_attribute(node, "event");
	unsigned all = 0;

	while (text && *(text += strspn(text, " \t\r\n"))) {
		size_t len = strcspn(text, " \t\r\n"), i = 0;

		while (i < sizeof(events) / sizeof(events[0]) &&
		       (strlen(events[i].name) != len ||
			   strncmp(events[i].name, text, len) != 0))
			i++;
		if (i < sizeof(events) / sizeof(events[0]))
			all |= events[i].event;
		else
			xform_warning(x, node,
			    _("The event \"%.*s\" is not known and never comes."),
			    (int)len, text);
		text += len;
	}
	return all;
}

/* The value's expression; literal text is one in quotes. */
static const struct expr *
read_value(struct xform *x, const struct xml_node *node)
{
	const char *value = xml_attribute(node, "value"), *text;
	struct buf flat = { 0 };
	char quote;

	if (value && *xform_trimmed(x, value))
		return xform_expr(x, node, value);
	xml_text(node, &flat);
	text = xform_trimmed(x, arena_strndup(x->scratch, buf_text(&flat), flat.len));
	buf_clear(&flat);
	quote = strchr(text, '\'') ? '"' : '\'';
	return xform_expr(x, node, arena_fmt(x->scratch, "%c%s%c", quote, text, quote));
}

static bool
same_expr(const struct expr *a, const struct expr *b)
{
	return !strcmp(expr_text(a), expr_text(b));
}

static void
add_trigger(struct xform *x, struct def *target, const struct def *source)
{
	const struct def **list;
	size_t count = 0;

	while (target->triggers && target->triggers[count])
		count++;
	list = arena_alloc(x->arena, (count + 2) * sizeof(list[0]));
	if (count)
		memcpy(list, target->triggers, count * sizeof(list[0]));
	list[count] = source;
	target->triggers = list;
}

static bool
is_within(const struct def *def, const struct def *around)
{
	while (def && def != around)
		def = def->parent;
	return def;
}

static bool
reads_last_saved(const struct xform *x, const char *text)
{
	for (size_t i = 0; i < x->form->instance_count; i++)
		if (!x->form->instances[i].tree &&
		    strstr(text, x->form->instances[i].id))
			return true;
	return false;
}

/* Defaults as XLSForm has them: computed when what they stand in begins. */
static bool
is_default(const struct form_action *action)
{
	const struct def *target = action->target;
	const struct def *repeat = def_repeat(target);

	if (target->default_expr)
		return false;
	if (!repeat)
		return action->events == ACTION_FIRST_LOAD;
	return action->events == (ACTION_FIRST_LOAD | ACTION_NEW_REPEAT) &&
	       action->source == repeat;
}

static bool
is_trigger(const struct form_action *action)
{
	const struct def *target = action->target, *repeat = def_repeat(target);

	return action->events == ACTION_CHANGE && action->source &&
	       (!repeat || is_within(action->source, repeat)) &&
	       (!target->trigger_calculation ||
		   same_expr(target->trigger_calculation, action->value));
}

static void
add_action(struct xform *x, const struct form_action *action)
{
	struct form *form = x->form;
	struct form_action *grown =
	    arena_alloc(x->arena, (form->action_count + 1) * sizeof(grown[0]));

	if (form->action_count)
		memcpy(grown, form->actions, form->action_count * sizeof(grown[0]));
	grown[form->action_count++] = *action;
	form->actions = grown;
}

static void
make_default(struct xform *x, const struct form_action *action)
{
	struct def *target = x->form->defs[action->target->index];

	target->default_expr = action->value;
	target->flags |= DEF_DEFAULT_DYNAMIC;
	if (reads_last_saved(x, expr_text(action->value)))
		target->flags |= DEF_DEFAULT_LAST_SAVED;
}

static void
read_setvalue(struct xform *x, const struct xml_node *node, const struct def *source)
{
	struct def *target = xform_target(x, node, source);
	struct form_action action = {
		.events = read_events(x, node), .source = source, .target = target
	};
	const char *ref;

	if (!target || !action.events)
		return;
	action.value = read_value(x, node);
	if (!action.value)
		return;
	x->info[target->index].set = true;
	ref = xml_attribute(node, "ref");
	if (ref && strchr(ref, '[')) {
		action.which = xform_expr(x, node, ref);
		add_action(x, &action);
	} else if (is_default(&action)) {
		make_default(x, &action);
	} else if (is_trigger(&action)) {
		target->trigger_calculation = action.value;
		add_trigger(x, target, source);
	} else {
		add_action(x, &action);
	}
}

void
xform_read_action(
    struct xform *x, const struct xml_node *node, const struct def *source)
{
	struct def *target;

	if (!strcmp(node->local, "setvalue")) {
		read_setvalue(x, node, source);
	} else if (!strcmp(node->local, "setgeopoint") ||
		   !strcmp(node->local, "recordaudio")) {
		target = xform_target(x, node, source);
		if (!target)
			return;
		x->info[target->index].action = node;
		if (source && source->kind == DEF_QUESTION)
			add_trigger(x, target, source);
	}
}

/* The one that does the same when a record begins, as pyxform writes defaults in
 * repeats; or NULL. */
static struct form_action *
same_at_first_load(const struct form *form, const struct form_action *action)
{
	for (size_t i = 0; i < form->action_count; i++) {
		const struct form_action *other = &form->actions[i];

		if (other->events == ACTION_FIRST_LOAD && !other->source &&
		    other->target == action->target &&
		    same_expr(other->value, action->value))
			return (struct form_action *)(uintptr_t)other;
	}
	return NULL;
}

void
xform_settle_actions(struct xform *x)
{
	struct form *form = x->form;
	struct form_action *all = (struct form_action *)(uintptr_t)form->actions;
	size_t kept = 0;

	for (size_t i = 0; i < form->action_count; i++) {
		struct form_action *a = &all[i], *b;
		const struct def *repeat = a->target ? def_repeat(a->target) : NULL;

		if (a->events != ACTION_NEW_REPEAT || !repeat || a->source != repeat ||
		    a->target->default_expr || !(b = same_at_first_load(form, a)))
			continue;
		make_default(x, a);
		a->events = b->events = 0;
	}
	for (size_t i = 0; i < form->action_count; i++)
		if (all[i].events)
			all[kept++] = all[i];
	form->action_count = kept;
}
