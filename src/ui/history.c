/*
 * history - a record's revisions, the newest first, and what each changed
 */
#include "app_private.h"

#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

struct revision_copy {
	int rev;
	char *at, *user, *state, *why; /* why: of a withdrawal, else NULL */
};

struct history {
	struct app *app;
	const char *id;
	struct revision_copy *revisions;
	size_t count, cap;
	struct buf text;
};

static bool
keep(const struct revision *r, void *data)
{
	struct history *h = data;
	struct revision_copy *copy;

	h->revisions = mem_grow(h->revisions, &h->cap, h->count + 1, sizeof(*h->revisions));
	copy = &h->revisions[h->count++];
	*copy = (struct revision_copy){ r->rev, mem_strdup(r->at), mem_strdup(r->user),
		mem_strdup(r->state), r->withdrawn ? mem_strdup(r->why) : NULL };
	return true;
}

static void
add_difference(const struct difference *d, void *data)
{
	struct history *h = data;

	buf_fmt(&h->text, "  %s\t%s -> %s\n", d->label, *d->one ? d->one : "-",
	    *d->other ? d->other : "-");
}

static const char *
state_word(const char *state)
{
	static const struct {
		const char *name, *word;
	} words[] = {
		{ "queued", N_("queued") }, { "sent", N_("sent") },
		{ "refused", N_("refused") },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, state) == 0)
			return _(words[i].word);
	return state;
}

/* What it changed of the last one before it that has answers. */
static void
add_changes(struct history *h, size_t i)
{
	size_t before = i + 1;
	struct session *old, *new;
	struct err err = { 0 };

	while (before < h->count && h->revisions[before].why)
		before++;
	if (before >= h->count)
		return;
	old = session_view(h->app->nb, h->id, h->revisions[before].rev, i18n_language(),
	    &err);
	new = session_view(h->app->nb, h->id, h->revisions[i].rev, i18n_language(), &err);
	if (!old || !new)
		buf_fmt(&h->text, "  %s\n", err.text);
	else if (!session_compare(old, new, add_difference, h))
		buf_fmt(&h->text, "  %s\n", _("nothing was changed"));
	session_close(old);
	session_close(new);
}

static int
newest_first(const void *a, const void *b)
{
	const struct revision_copy *one = a, *two = b;

	return two->rev - one->rev;
}

static void
write_all(struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct revision_copy *r = &h->revisions[i];

		if (i)
			buf_char(&h->text, '\n');
		buf_fmt(&h->text, _("Revision %d"), r->rev);
		buf_fmt(&h->text, "  %.16s  %s  %s\n", r->at, r->user, state_word(r->state));
		if (r->why)
			buf_fmt(&h->text, _("  withdrawn: %s\n"), r->why);
		else
			add_changes(h, i);
	}
}

void
history_run(struct app *app, const char *id)
{
	struct history h = { .app = app, .id = id };
	struct err err = { 0 };

	if (!record_revisions(app->nb, id, keep, &h, &err)) {
		app_say(app, "%s", err.text);
	} else if (!h.count) {
		app_say(app, _("A draft has no revisions yet: they begin when it is "
			       "finished."));
	} else {
		qsort(h.revisions, h.count, sizeof(*h.revisions), newest_first);
		write_all(&h);
		dialog_text(app->screen, _("History"), buf_text(&h.text));
	}
	for (size_t i = 0; i < h.count; i++) {
		free(h.revisions[i].at);
		free(h.revisions[i].user);
		free(h.revisions[i].state);
		free(h.revisions[i].why);
	}
	free(h.revisions);
	buf_clear(&h.text);
}
