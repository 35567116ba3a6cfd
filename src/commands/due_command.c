/*
 * due_command - what finished records ask for
 */
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "follow.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD     7
#define AHEAD_MAX 3650

static bool
print_json(const struct follow *f, void *data)
{
	struct buf line = { 0 };
	struct json_writer w;

	(void)data;
	json_writer_init(&w, &line);
	json_object(&w);
	json_member(&w, "kind", follow_kind_names[f->kind]);
	json_member(&w, "due", f->due);
	json_member_integer(&w, "late", f->late);
	json_member(&w, "id", f->id);
	json_member_integer(&w, "row", f->row);
	json_member(&w, "form", f->form);
	json_member(&w, "title", f->title);
	json_member(&w, "what", f->what);
	json_object_end(&w);
	puts(buf_text(&line));
	buf_clear(&line);
	return true;
}

static bool
print_plain(const struct follow *f, void *data)
{
	struct buf line = { 0 };

	(void)data;
	buf_fmt(&line, "%s %5lld  %-9s  %s", f->due, (long long)f->late,
	    follow_kind_names[f->kind], f->id);
	if (f->row)
		buf_fmt(&line, "-%d", f->row);
	buf_str(&line, "  ");
	text_cut(f->title, TEXT_ROW, &line);
	if (*f->what)
		buf_str(&line, "  ");
	text_cut(f->what, TEXT_ROW, &line);
	puts(buf_text(&line));
	buf_clear(&line);
	return true;
}

static int
kind_bit(const char *name)
{
	for (int i = 0; i < FOLLOW_KINDS; i++)
		if (strcmp(follow_kind_names[i], name) == 0)
			return 1 << i;
	return 0;
}

/* False when the words make no sense; says so. */
static bool
read_query(const struct words *words, struct follow_query *query)
{
	const char *kind = words_get(words, "--kind"), *days = words_get(words, "--days");
	char *end = NULL;

	*query = (struct follow_query){ .ahead = AHEAD };
	query->overdue = words_get(words, "--overdue") != NULL;
	if (kind && !(query->kinds = kind_bit(kind))) {
		fprintf(stderr,
		    _("minqing: \"%s\" is no kind: missed, again, need, dispute, mediation, "
		      "agreement, signs or judicial.\n"),
		    kind);
		return false;
	}
	if (days)
		query->ahead = (int)strtol(days, &end, 10);
	if (days && (!*days || *end || query->ahead < 0 || query->ahead > AHEAD_MAX)) {
		fprintf(stderr, _("minqing: --days wants a whole number from 0 to %d.\n"),
		    AHEAD_MAX);
		return false;
	}
	return true;
}

int
command_due(const struct command_context *context, const struct words *words)
{
	struct follow_query query;
	struct err err = { 0 };
	struct notebook *nb;
	int status;
	bool good;

	if (!read_query(words, &query))
		return EXIT_USAGE;
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	good = follow_list(nb, &query,
	    words_get(words, "--json") ? print_json : print_plain, NULL, &err);
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}
