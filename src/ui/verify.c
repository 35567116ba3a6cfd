/*
 * verify - a finished record keyed a second time, and what differs
 *
 * As two people key a paper: nothing of the second time is stored. What differs is shown
 * and can be corrected in the record at once.
 */
#include "app_private.h"

#include "dialog.h"
#include "entry.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

struct differences {
	struct buf text;
	char *first; /* path of the first one */
};

static void
add_difference(const struct difference *d, void *data)
{
	struct differences *ds = data;

	if (!ds->first)
		ds->first = mem_strdup(d->path);
	buf_fmt(&ds->text, "%s: %s / %s\n", d->label, *d->one ? d->one : "-",
	    *d->other ? d->other : "-");
}

/* The record, then what was typed now; correcting begins where they first differ. */
static void
show(struct app *app, const char *id, const struct differences *ds, size_t count)
{
	static const char letters[] = { 'k', 'c' };
	const struct dialog_choice choices[] = {
		{ letters[0], _("Keep the record as it is") },
		{ letters[1], _("Correct the record") },
	};
	struct buf text = { 0 };
	struct err err = { 0 };

	buf_fmt(&text, ngettext("%zu answer differs: the record's / typed now",
	    "%zu answers differ: the record's / typed now", (unsigned long)count), count);
	buf_fmt(&text, "\n\n%s", buf_text(&ds->text));
	if (dialog_choose(app->screen, _("Verify"), buf_text(&text), choices, 2, 1) == 1)
		app_fill(app, session_correct(app->nb, id, i18n_language(), &err), ds->first,
		    NULL, &err);
	buf_clear(&text);
}

static void
compare(struct app *app, const char *id, struct session *second)
{
	struct err err = { 0 };
	struct session *first = session_view(app->nb, id, 0, i18n_language(), &err);
	struct differences ds = { .first = NULL };
	size_t count;

	if (!first) {
		app_say(app, "%s", err.text);
		return;
	}
	count = session_compare(first, second, add_difference, &ds);
	session_close(first);
	if (count)
		show(app, id, &ds, count);
	else
		dialog_message(app->screen, _("Verify"),
		    _("Both times the same was typed: the record is right."));
	free(ds.first);
	buf_clear(&ds.text);
}

void
verify_run(struct app *app, const char *id)
{
	struct entry_options options = { .kill = &app->kill,
		.notice = _("Key the record a second time, without looking at it. F2 shows "
			    "what differs.") };
	struct err err = { 0 };
	struct session *second = session_again(app->nb, id, i18n_language(), &err);

	if (!second) {
		app_say(app, "%s", err.text);
		return;
	}
	switch (entry_run(app->screen, second, &options, &err)) {
	case ENTRY_FINAL:
		compare(app, id, second);
		break;
	case ENTRY_FAILED:
		app_say(app, "%s", err.text);
		break;
	default:
		app_say(app, _("Not verified: nothing of the second time was kept."));
		break;
	}
	session_close(second);
}
