/*
 * entry_known - what was written down before, offered while it is typed; a record that
 * may be there twice; answers kept as a template
 */
#include "entry_private.h"

#include "dialog.h"
#include "editor.h"
#include "err.h"
#include "i18n.h"
#include "instance.h"
#include "known.h"
#include "mem.h"
#include "picker.h"
#include "session.h"
#include "template.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_MAX 1000

/* Read when it is first asked for: most records never do. */
static const struct known *
known(struct entry *e)
{
	struct err err = { 0 };

	if (!e->known && !e->known_failed) {
		e->known = known_load(e->session, &err);
		e->known_failed = !e->known;
		if (!e->known)
			entry_say(e, true, "%s", err.text);
	}
	return e->known;
}

static bool
helps(struct entry *e, const struct node *node)
{
	return node && e->editor && session_finds(e->session, node) && known(e) &&
	    known_may_help(e->known, e->session, node);
}

void
entry_known_clear(struct entry *e)
{
	known_free(e->known);
	buf_clear(&e->twin_words);
}

/* --- while it is typed --- */

void
entry_known_typed(struct entry *e)
{
	const struct node *node = entry_question(e);
	size_t before = e->offer_count;

	e->offer_count = 0;
	if (e->editor && *editor_text(e->editor) && !e->untouched && helps(e, node))
		e->offer_count = known_find(e->known, e->session, node,
		    editor_text(e->editor), e->offers, ENTRY_OFFERS);
	if (before || e->offer_count)
		entry_hint_update(e);
}

void
entry_known_hint(struct entry *e, struct buf *out)
{
	for (size_t i = 0; i < e->offer_count; i++) {
		buf_str(out, i ? "; " : _("F4 takes: "));
		known_line(e->known, e->session, entry_question(e), e->offers[i], out);
	}
	if (e->offer_count)
		buf_str(out, "  ");
}

/* --- F4 --- */

struct offers {
	char **lines;
	size_t count;
};

static void
offer_item(void *data, size_t index, struct picker_item *item)
{
	const struct offers *o = data;

	*item = (struct picker_item){ .code = "", .label = o->lines[index] };
}

/* PICKER_NONE: left without taking one. */
static size_t
choose(struct entry *e, const size_t *found, size_t count)
{
	struct offers offers = { mem_alloc(count * sizeof(char *)), count };
	struct picker_source source = { count, offer_item, &offers };
	struct picker_options options = { .title = _("Written down before") };
	struct picker *picker = picker_new(&source, &options);
	size_t at = PICKER_NONE;

	for (size_t i = 0; i < count; i++) {
		struct buf line = { 0 };

		known_line(e->known, e->session, entry_question(e), found[i], &line);
		offers.lines[i] = buf_take(&line);
	}
	picker_reload(picker, &source);
	if (picker_run(picker, e->screen))
		at = picker_current(picker);
	picker_free(picker);
	for (size_t i = 0; i < count; i++)
		free(offers.lines[i]);
	free(offers.lines);
	return at == PICKER_NONE ? at : found[at];
}

bool
entry_known_open(struct entry *e, bool *taken)
{
	struct node *node = entry_question(e);
	size_t *found, count, thing;
	const char *typed;

	*taken = false;
	if (!helps(e, node))
		return false;
	typed = e->untouched ? "" : editor_text(e->editor);
	found = mem_alloc(LISTED_MAX * sizeof(*found));
	count = known_find(e->known, e->session, node, typed, found, LISTED_MAX);
	thing = PICKER_NONE;
	if (!count)
		entry_say(e, false,
		    _("Nothing like it was written down before: type it in full."));
	else
		thing = count == 1 && *typed ? found[0] : choose(e, found, count);
	free(found);
	if (thing == PICKER_NONE)
		return true;
	known_fill(e->known, e->session, node, thing);
	*taken = entry_answer(e, known_value(e->known, e->session, node, thing));
	return true;
}

/* --- the same record twice --- */

void
entry_known_check(struct entry *e, const struct node *node)
{
	struct buf title = { 0 };
	struct err err = { 0 };
	int found;

	if (session_is_second(e->session) || (node && !session_tells(e->session, node)))
		return;
	found = known_same_day(e->session, e->twin, &title, &err);
	buf_reset(&e->twin_words);
	if (found > 0)
		buf_fmt(&e->twin_words,
		    _("Perhaps written down already: %s. Alt-v shows that record."),
		    buf_text(&title));
	else if (found < 0)
		entry_say(e, true, "%s", err.text);
	buf_clear(&title);
}

void
entry_known_look(struct entry *e)
{
	struct entry_options options = { .kill = e->kill };
	struct err err = { 0 };
	struct session *other;

	if (!e->twin_words.len) {
		entry_say(e, false, _("No other record of this day is like this one."));
		return;
	}
	other = session_view(e->nb, e->twin, 0, i18n_language(), &err);
	if (!other) {
		entry_say(e, true, _("It is a draft: it is on the home page."));
		return;
	}
	/* To correct or withdraw it is begun from its own page. */
	entry_run(e->screen, other, &options, &err);
	session_close(other);
	if (err.kind != ERR_NONE)
		entry_say(e, true, "%s", err.text);
}

/* --- templates --- */

void
entry_keep_template(struct entry *e)
{
	struct dialog_input input = {
		.title = _("Keep as a template"),
		.text = _("The answers, without days and times, begin new records when you "
			  "choose the template on the home page. Its name?"),
		.max_chars = TEMPLATE_NAME_MAX,
	};
	struct buf name = { 0 };
	struct err err = { 0 };

	if (!dialog_input(e->screen, &input, &name))
		entry_say(e, false, _("No template was kept."));
	else if (template_keep(e->session, buf_text(&name), &err))
		entry_say(e, false, _("Kept as the template \"%s\"."), buf_text(&name));
	else
		entry_say(e, true, "%s", err.text);
	buf_clear(&name);
}
