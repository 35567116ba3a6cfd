/*
 * home_down - what the district sent, as lines of the home page, and what Enter does
 */
#include "app_private.h"

#include "clock.h"
#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "inbox.h"
#include "mem.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

static const char *const words[NEWS_KINDS] = {
	[NEWS_ACCEPTED] = N_("Records that the district accepted"),
	[NEWS_RETURNED] = N_("Records that came back with a reason"),
	[NEWS_RECORD] = N_("Records that came from elsewhere"),
	[NEWS_MERGED] = N_("Changed on both sides and one again"),
	[NEWS_CONFLICT] = N_("Changed on both sides: open them to choose"),
	[NEWS_MOVED] = N_("Records handed over to other workers"),
	[NEWS_NEED] = N_("Needs that were answered elsewhere"),
	[NEWS_TASK] = N_("New tasks"),
	[NEWS_FORM] = N_("Forms of which a new version came"),
	[NEWS_LIST] = N_("Lists that were brought up to date"),
};

void
down_news_line(const struct news *news, struct buf *out)
{
	buf_fmt(out, "%s: %ld", _(words[news->kind]), news->count);
	if (*news->text)
		buf_fmt(out, "  %s", news->text);
}

bool
down_task_line(const struct app *app, const struct task *task, struct buf *out)
{
	int64_t due, today = clock_today(app->clock);
	bool late = clock_parse_day(task->due, &due) && due < today;

	if (*task->due)
		buf_fmt(out, "%s  ", task->due);
	buf_str(out, task->text);
	if (*task->form)
		buf_fmt(out, "  (%s)", app_form_title(app, task->form));
	return late;
}

struct copy {
	char *text, *form, *answers;
};

static bool
copy_task(const struct task *task, void *data)
{
	struct copy *copy = data;

	copy->text = mem_strdup(task->text);
	copy->form = mem_strdup(task->form);
	copy->answers = mem_strdup(task->answers);
	return false;
}

void
down_open_task(struct app *app, const char *id)
{
	struct copy task = { 0 };
	struct err err = { 0 };

	if (!inbox_tasks(app->nb, id, copy_task, &task, &err) || !task.text)
		app_say(app, "%s", task.text ? "" : err.text);
	else if (*task.form)
		app_fill(app,
		    session_begin_with(app->nb, task.form, task.answers, i18n_language(),
			&err),
		    NULL, task.text, &err);
	else
		dialog_message(app->screen, _("Task from the district"), task.text);
	free(task.text);
	free(task.form);
	free(task.answers);
}

void
down_open_news(struct app *app, enum news_kind kind, long count, const char *id)
{
	struct err err = { 0 };

	if (!inbox_news_seen(app->nb, kind, &err))
		app_say(app, "%s", err.text);
	else if (count == 1 && *id)
		app_open_record(app, id);
}
