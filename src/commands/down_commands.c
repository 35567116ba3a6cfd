/*
 * down_commands - tasks of the district, and records that were changed elsewhere as well
 */
#include "command.h"
#include "commands_private.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "inbox.h"
#include "json.h"
#include "merge.h"
#include "notebook.h"
#include "records.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

struct tasks_output {
	struct notebook *nb;
	bool json;
};

/* What a form begins with, masked answers masked; of a form that is not here nothing, for
 * nobody knows which those are. */
static void
write_set(struct notebook *nb, const struct task *task, struct json_writer *w)
{
	const struct form *form = notebook_form(nb, task->form, NULL, NULL);
	struct json_reader r;
	const char *raw;
	size_t len;

	json_reader_init(&r, task->answers, strlen(task->answers));
	json_object(w);
	if (form && json_next(&r) == JSON_OBJECT)
		while (json_next(&r) == JSON_NAME) {
			const char *slash = strrchr(r.text, '/');
			const struct def *def = form_find(form, slash ? slash + 1 : r.text);

			json_name(w, r.text);
			if (!json_skip(&r, &raw, &len))
				break;
			if (def && (def->flags & DEF_MASKED))
				json_string(w, "****");
			else
				json_raw(w, raw, len);
		}
	json_object_end(w);
	json_reader_clear(&r);
}

static bool
print_task(const struct task *task, void *data)
{
	const struct tasks_output *out = data;
	struct buf line = { 0 };
	struct json_writer w;

	if (!out->json) {
		buf_fmt(&line, "%-6s %-10s  ", task->id, *task->due ? task->due : "-");
		text_cut(task->text, TEXT_REASON, &line);
		printf("%s%s%s\n", buf_text(&line), *task->form ? "  " : "", task->form);
		buf_clear(&line);
		return true;
	}
	json_writer_init(&w, &line);
	json_object(&w);
	json_member(&w, "id", task->id);
	json_member(&w, "text", task->text);
	json_member(&w, "due", task->due);
	json_member(&w, "form", task->form);
	json_name(&w, "set");
	write_set(out->nb, task, &w);
	json_object_end(&w);
	puts(buf_text(&line));
	buf_clear(&line);
	return true;
}

int
command_tasks(const struct command_context *context, const struct words *words)
{
	struct tasks_output out = { .json = words_get(words, "--json") != NULL };
	struct err err = { 0 };
	int status;
	struct notebook *nb = command_notebook(context, &status);
	bool good;

	if (!nb)
		return status;
	out.nb = nb;
	good = inbox_tasks(nb, NULL, print_task, &out, &err);
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}

/* --- two versions of one record --- */

static void
print_difference(const struct merge_item *item)
{
	static const char *const takes[] = { [MERGE_UNDECIDED] = N_("?"),
		[MERGE_MINE] = N_("here"), [MERGE_THEIRS] = N_("elsewhere"),
		[MERGE_BOTH] = N_("both") };

	printf(_("%s (%s)\n    here: %s\n    elsewhere: %s\n"), item->label,
	    _(takes[item->take]), item->mine, item->theirs);
}

/* What both changed goes to the side that was said. */
static void
decide(struct merge *m, const char *side)
{
	enum merge_take take = !strcmp(side, "mine") ? MERGE_MINE : MERGE_THEIRS;
	struct merge_item item;

	for (size_t i = 0; i < merge_count(m); i++) {
		merge_item(m, i, &item);
		if (item.take == MERGE_UNDECIDED)
			merge_take(m, i, take);
	}
}

static int
show_or_apply(struct merge *m, const char *side)
{
	struct merge_item item;
	struct err err = { 0 };

	if (side)
		decide(m, side);
	for (size_t i = 0; i < merge_count(m); i++) {
		merge_item(m, i, &item);
		print_difference(&item);
	}
	if (merge_undecided(m)) {
		printf(_("Choose on the screen, or with --take mine or --take theirs for all "
			 "that both changed.\n"));
		return EXIT_WRONG;
	}
	switch (merge_apply(m, false, &err)) {
	case MERGE_QUEUED:
		printf(_("Both versions are one: the next revision waits to be sent.\n"));
		return EXIT_OK;
	case MERGE_DRAFT:
		printf(_("Both versions are one draft now: finish it on the screen.\n"));
		return EXIT_OK;
	case MERGE_FAILED:
		break;
	}
	return command_failed(&err);
}

static int
merge(struct notebook *nb, const char *said, const char *side)
{
	struct merge *m = NULL;
	struct err err = { 0 };
	struct record record;
	char id[UUID_SIZE];
	int got, status;

	if (!command_record(nb, said, &record, &err))
		return command_failed(&err);
	memcpy(id, record.id, UUID_SIZE);
	got = merge_new(nb, id, i18n_language(), &m, &err);
	if (got == 0)
		err_set(&err, ERR_INPUT,
		    _("This record was not changed elsewhere. Look with minqing list."));
	status = got == 1 ? show_or_apply(m, side) : command_failed(&err);
	merge_free(m);
	return status;
}

int
command_merge(const struct command_context *context, const struct words *words)
{
	const char *side = words_get(words, "--take");
	struct notebook *nb;
	int status;

	if (side && strcmp(side, "mine") != 0 && strcmp(side, "theirs") != 0) {
		fprintf(stderr, _("minqing: --take is mine or theirs.\n"));
		return EXIT_USAGE;
	}
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	status = merge(nb, words->rest[0], side);
	notebook_close(nb);
	return status;
}
