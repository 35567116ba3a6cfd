#include "app.h"

#include "app_private.h"
#include "autosync.h"
#include "clock.h"
#include "dates.h"
#include "dialog.h"
#include "entry.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "picker.h"
#include "place.h"
#include "rescue.h"
#include "session.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
app_say(struct app *app, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_reset(&app->notice);
	buf_str(&app->notice, text);
}

/* --- language --- */

/* Between Chinese and English; remembered. */
static void
switch_language(struct app *app)
{
	struct err err = { 0 };

	i18n_use(strcmp(i18n_language(), "zh") == 0 ? "en" : "zh");
	if (app->nb && !notebook_set(app->nb, SETTING_LANGUAGE, i18n_language(), &err))
		app_say(app, "%s", err.text);
}

static void
use_own_language(struct app *app, const struct app_options *options)
{
	struct buf language = { 0 };

	if (options->language)
		i18n_use(options->language);
	else if (notebook_get(app->nb, SETTING_LANGUAGE, &language, NULL) && language.len)
		i18n_use(buf_text(&language));
	buf_clear(&language);
}

/* --- the look --- */

static const char *const look_names[SCREEN_LOOKS] = { "colours", "plain", "contrast" };

static void
keep_look(void *data, enum screen_look which)
{
	struct app *app = data;
	struct err err = { 0 };

	if (app->nb && !notebook_is_suspended(app->nb) &&
	    !notebook_set(app->nb, SETTING_LOOK, look_names[which], &err))
		app_say(app, "%s", err.text);
}

static void
use_own_look(struct app *app)
{
	struct buf look = { 0 };

	notebook_get(app->nb, SETTING_LOOK, &look, NULL);
	for (int i = 0; i < SCREEN_LOOKS; i++)
		if (strcmp(buf_text(&look), look_names[i]) == 0)
			screen_use_look(app->screen, (enum screen_look)i);
	buf_clear(&look);
}

bool
app_global_action(struct app *app, enum action action, const enum context *stack,
    size_t depth)
{
	if (action == ACTION_HELP)
		dialog_help(app->screen, stack, depth);
	else if (action == ACTION_LANGUAGE)
		switch_language(app);
	else
		return false;
	return true;
}

/* --- what every page shows --- */

/* At the right end of the top row, if there is room; used: columns of the title. */
static bool
put_right(struct app *app, int used, const struct buf *text)
{
	struct rect all = screen_size(app->screen);
	int wanted = text_width(buf_text(text), text->len);

	if (wanted >= all.cols - used - 3)
		return false;
	screen_put(app->screen, 0, all.cols - wanted, wanted, ROLE_TITLE, buf_text(text));
	return true;
}

void
app_draw_title(struct app *app, const char *title)
{
	struct rect all = screen_size(app->screen);
	struct buf sending = { 0 }, who = { 0 };
	char day[16];
	int64_t today = clock_today(app->clock);
	int used;

	if (app->autosync)
		autosync_words(app->autosync, &sending);
	if (sending.len)
		buf_str(&sending, "  ");
	buf_str(&who, buf_text(&sending));
	if (app->nb) {
		notebook_get(app->nb, SETTING_WORKER_NAME, &who, NULL);
		buf_str(&who, "  ");
		notebook_get(app->nb, SETTING_STATION, &who, NULL);
		buf_str(&who, "  ");
	}
	clock_format_day(today, day);
	buf_fmt(&who, "%s %s ", day, dates_weekday_name(dates_weekday(today)));
	screen_fill(app->screen, (struct rect){ 0, 0, 1, all.cols }, ROLE_TITLE);
	used = screen_put_cut(app->screen, 0, 1, all.cols - 2, ROLE_TITLE, title);
	if (!put_right(app, used, &who))
		put_right(app, used, &sending);
	buf_clear(&sending);
	buf_clear(&who);
}

void
app_draw_bottom(struct app *app, const enum context *stack, size_t depth)
{
	struct rect all = screen_size(app->screen);

	screen_put_cut(app->screen, all.rows - 2, 1, all.cols - 2, ROLE_HINT,
	    buf_text(&app->notice));
	keymap_draw_bar(app->screen, all.rows - 1, stack, depth);
}

/* --- forms --- */

static void
forget_forms(struct app *app)
{
	for (size_t i = 0; i < app->form_count; i++) {
		free(app->forms[i].id);
		free(app->forms[i].title);
	}
	app->form_count = 0;
}

static bool
keep_form(const struct notebook_form *form, void *data)
{
	struct app *app = data;

	app->forms = mem_grow(app->forms, &app->form_cap, app->form_count + 1,
	    sizeof(*app->forms));
	app->forms[app->form_count++] =
	    (struct app_form){ mem_strdup(form->id), mem_strdup(form->title) };
	return true;
}

bool
app_load_forms(struct app *app, struct err *err)
{
	forget_forms(app);
	return notebook_forms(app->nb, i18n_language(), keep_form, app, err);
}

const char *
app_form_title(const struct app *app, const char *form_id)
{
	for (size_t i = 0; i < app->form_count; i++)
		if (strcmp(app->forms[i].id, form_id) == 0)
			return app->forms[i].title;
	return form_id;
}

/* --- records, from any list --- */

const char *
app_state_word(const struct record *r)
{
	static const char *const words[RECORD_STATES] = {
		[RECORD_DRAFT] = N_("draft"),
		[RECORD_QUEUED] = N_("queued"),
		[RECORD_SENT] = N_("sent"),
		[RECORD_RETURNED] = N_("returned"),
		[RECORD_WITHDRAWN] = N_("withdrawn"),
	};

	if (*r->holder)
		return _("moved");
	if (r->state == RECORD_SENT && *r->accepted)
		return _("accepted");
	return _(words[r->state]);
}

static bool
keep_first(const struct follow *follow, void *data)
{
	*(int *)data = follow->row;
	return false;
}

/* A finished record that found a dispute: its form is opened at once when the worker
 * wants it. Else it stays on the home page. */
static void
offer_dispute(struct app *app, const char *id)
{
	struct follow_query query = { .kinds = 1 << FOLLOW_DISPUTE, .id = id,
		.ahead = DUE_FAR };
	struct err err = { 0 };
	int row = 0;

	if (!follow_list(app->nb, &query, keep_first, &row, &err))
		app_say(app, "%s", err.text);
	else if (row &&
	    dialog_ask(app->screen, _("A dispute was found"),
		_("Fill in the dispute form now, with what is known of it carried over? "
		  "Otherwise it waits on the home page."), true))
		due_settle(app, FOLLOW_DISPUTE, id, row);
}

/* The record that was forgotten while the screen was locked. NULL and err. */
static struct session *
open_again(struct app *app, struct session *session, struct err *err)
{
	bool view = session_is_read_only(session);
	char id[UUID_SIZE];

	memcpy(id, session_record_id(session), UUID_SIZE);
	session_close(session);
	return view ? session_view(app->nb, id, 0, i18n_language(), err)
		    : session_resume(app->nb, id, i18n_language(), err);
}

/* The entry page over it, once more after each lock. *session is NULL when it could not be
 * opened again. */
static enum entry_outcome
run_entry(struct app *app, struct session **session, struct entry_options *options,
    struct err *err)
{
	enum entry_outcome outcome;

	while ((outcome = entry_run(app->screen, *session, options, err)) == ENTRY_LOCKED) {
		*session = open_again(app, *session, err);
		options->notice = NULL;
		if (!*session)
			break;
	}
	entry_place_clear(options->place);
	return outcome;
}

static void
say_not_opened(struct app *app, const struct err *err)
{
	dialog_message(app->screen, _("The record cannot be opened"), err->text);
}

void
app_fill(struct app *app, struct session *session, const char *go_to, const char *notice,
    struct err *err)
{
	struct entry_place place = { 0 };
	struct entry_options options = { .kill = &app->kill, .go_to = go_to,
		.notice = notice, .place = &place };
	bool final = false, sync = false;
	void (*then)(struct app *app, const char *id) = NULL;
	char id[UUID_SIZE];

	if (!session) {
		say_not_opened(app, err);
		return;
	}
	buf_reset(&app->notice);
	switch (run_entry(app, &session, &options, err)) {
	case ENTRY_LOCKED:
		say_not_opened(app, err);
		return;
	case ENTRY_LEFT:
		if (session_is_saved(session))
			app_say(app, _("The draft is kept. It is on the home page."));
		break;
	case ENTRY_FINAL:
		app_say(app, _("The record is finished and waits to be sent."));
		final = true;
		break;
	case ENTRY_SYNC:
		sync = true;
		break;
	case ENTRY_GONE:
		app_say(app, _("The draft is deleted."));
		break;
	case ENTRY_FAILED:
		app_say(app, "%s", err->text);
		break;
	case ENTRY_CORRECT:
		then = app_correct_record;
		break;
	case ENTRY_WITHDRAW:
		then = app_withdraw_record;
		break;
	case ENTRY_COPY:
		then = app_copy_record;
		break;
	case ENTRY_VERIFY:
		then = verify_run;
		break;
	case ENTRY_HISTORY:
		then = history_run;
		break;
	}
	memcpy(id, session_record_id(session), UUID_SIZE);
	session_close(session);
	autosync_look(app->autosync);
	if (final)
		offer_dispute(app, id);
	if (sync)
		sync_page_run(app);
	if (then)
		then(app, id);
}

void
app_new_record(struct app *app, const char *form_id)
{
	struct err err = { 0 };

	app_fill(app, session_new(app->nb, form_id, i18n_language(), &err), NULL, NULL, &err);
}

/* What a page must know of a record after the next call on records. */
struct record_copy {
	char id[UUID_SIZE];
	struct buf path, reason;
	enum record_state state;
	bool has_draft;
	bool moved; /* another worker's now */
	int rev;
};

static bool
copy_record(struct app *app, const char *id, struct record_copy *copy, struct err *err)
{
	struct record r;
	int found = record_get(app->nb, id, &r, err);

	if (found == 0)
		err_set(err, ERR_INPUT, _("The record is no longer here. Choose another one."));
	if (found <= 0) {
		app_say(app, "%s", err->text);
		return false;
	}
	memcpy(copy->id, r.id, UUID_SIZE);
	copy->state = r.state;
	copy->has_draft = r.has_draft;
	copy->moved = *r.holder != '\0';
	copy->rev = r.rev;
	if (r.state == RECORD_RETURNED) {
		buf_str(&copy->path, r.reason_path);
		buf_fmt(&copy->reason, _("Returned: %s"), r.reason);
	}
	return true;
}

static void
copy_clear(struct record_copy *copy)
{
	buf_clear(&copy->path);
	buf_clear(&copy->reason);
}

/* True when the record can be filled in now. */
static bool
bring_together(struct app *app, const char *id, struct record_copy *r, struct err *err)
{
	switch (merge_page_run(app, id)) {
	case MERGE_NOTHING:
		return true;
	case MERGE_GO_ON:
		copy_clear(r);
		*r = (struct record_copy){ 0 };
		if (!copy_record(app, id, r, err))
			return false;
		buf_reset(&r->path);
		buf_reset(&r->reason);
		buf_str(&r->reason, _("It holds what was changed elsewhere as well. F2 "
				      "finishes it."));
		return true;
	case MERGE_FINISHED:
	case MERGE_LEFT:
		break;
	}
	return false;
}

void
app_open_record(struct app *app, const char *id)
{
	struct record_copy r = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (!r.moved && !bring_together(app, r.id, &r, &err))
		;
	else if (!r.moved && (r.state == RECORD_RETURNED || r.has_draft))
		app_fill(app, r.has_draft ? session_resume(app->nb, r.id, i18n_language(), &err)
				      : session_correct(app->nb, r.id, i18n_language(), &err),
		    r.path.len ? buf_text(&r.path) : NULL,
		    r.reason.len ? buf_text(&r.reason) : NULL, &err);
	else
		app_fill(app, session_view(app->nb, r.id, 0, i18n_language(), &err), NULL,
		    NULL, &err);
	copy_clear(&r);
}

void
app_look_at_record(struct app *app, const char *id)
{
	struct record_copy r = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (r.rev)
		app_fill(app, session_view(app->nb, r.id, 0, i18n_language(), &err), NULL,
		    NULL, &err);
	else
		app_say(app, _("This record was never finished: Enter goes on with it."));
	copy_clear(&r);
}

void
app_correct_record(struct app *app, const char *id)
{
	struct record_copy r = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (bring_together(app, r.id, &r, &err))
		app_fill(app, session_correct(app->nb, r.id, i18n_language(), &err),
		    r.path.len ? buf_text(&r.path) : NULL,
		    r.reason.len ? buf_text(&r.reason) : NULL, &err);
	copy_clear(&r);
}

void
app_copy_record(struct app *app, const char *id)
{
	struct record_copy r = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (r.rev)
		app_fill(app, session_copy(app->nb, r.id, i18n_language(), &err), NULL, NULL,
		    &err);
	else
		app_say(app, _("Only finished records are copied: finish this one first."));
	copy_clear(&r);
}

static bool
is_a_reason(const char *typed, void *data, struct buf *message)
{
	(void)data;
	if (*typed)
		return true;
	buf_str(message, _("A reason is needed: it is kept and sent with the withdrawal."));
	return false;
}

void
app_withdraw_record(struct app *app, const char *id)
{
	struct dialog_input input = {
		.title = _("Withdraw this record"),
		.text = _("It stays in the notebook and the collector is told. Why is it "
			  "withdrawn?"),
		.max_chars = 200,
		.accept = is_a_reason,
	};
	struct record_copy r = { 0 };
	struct buf why = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (!r.rev || r.state == RECORD_WITHDRAWN)
		app_say(app, "%s", r.rev ? _("The record is withdrawn already.")
					: _("A draft is not withdrawn but deleted."));
	else if (!dialog_input(app->screen, &input, &why))
		buf_reset(&app->notice);
	else if (record_withdraw(app->nb, r.id, buf_text(&why), &err))
		app_say(app, _("The record is withdrawn; the collector hears of it at the "
			       "next sync."));
	else
		app_say(app, "%s", err.text);
	buf_clear(&why);
	copy_clear(&r);
}

void
app_delete_draft(struct app *app, const char *id)
{
	struct record_copy r = { 0 };
	struct err err = { 0 };

	if (!copy_record(app, id, &r, &err))
		return;
	if (!r.has_draft)
		app_say(app, _("Only drafts are deleted; a finished record is withdrawn."));
	else if (!dialog_ask(app->screen, _("Delete this draft?"),
		     r.rev ? _("The correction is lost; the finished record stays.")
			   : _("What was typed in it is lost."),
		     false))
		buf_reset(&app->notice);
	else if (record_draft_delete(app->nb, r.id, &err))
		app_say(app, _("The draft is deleted."));
	else
		app_say(app, "%s", err.text);
	copy_clear(&r);
}

/* --- whose notebook --- */

/* The only one there is, or the one that was named. Who does not know its passphrase
 * sees who else is there. */
static bool
open_one(struct app *app, const char *name, const struct place_asker *asker, bool named,
    struct err *err)
{
	app->nb = place_unlock(name, asker, app->clock, &app->notice, err);
	if (app->nb || named || err->kind != ERR_CANCELLED)
		return app->nb != NULL;
	*err = (struct err){ 0 };
	return people_run(app, asker, err);
}

/* Opens or makes the notebook; false when the worker left or err says why not. */
static bool
open_notebook(struct app *app, const struct app_options *options, struct err *err)
{
	size_t count = 0;
	char **names = place_names(&count, err);
	bool named = options->worker || getenv("MINQING_WORKER");
	struct place_asker asker = options->asker ? *options->asker : app_asker(app);

	if (!names)
		return false;
	place_names_free(names);
	if (count == 0 && !named)
		return start_page_run(app, false);
	if (named || (count == 1 && !options->people))
		return open_one(app, options->worker, &asker, named || options->asker, err);
	return people_run(app, &asker, err);
}

/* A notebook from before there were passphrases. */
static void
seal_plain(struct app *app, const struct app_options *options, struct err *err)
{
	struct place_asker asker = options->asker ? *options->asker : app_asker(app);

	people_offer_seal(app, &asker, err);
}

/* --- sending by itself, beside the keys --- */

static int
sync_fd(void *data)
{
	const struct app *app = data;

	return autosync_fd(app->autosync);
}

static int
sync_timeout(void *data)
{
	const struct app *app = data;

	return autosync_timeout(app->autosync);
}

static bool
sync_step(void *data)
{
	struct app *app = data;
	bool ended = autosync_step(app->autosync);

	app->backup_due |= ended && autosync_state(app->autosync) == AUTOSYNC_IDLE;
	return ended;
}

static void
back_up(struct app *app)
{
	struct buf words = { 0 };

	app->backup_due = false;
	rescue_once_a_day(app->nb, &words);
	if (words.len)
		app_say(app, "%s", buf_text(&words));
	buf_clear(&words);
}

void
app_show_long_notice(struct app *app)
{
	const char *text = buf_text(&app->notice);

	if (!strchr(text, '\n') &&
	    text_width(text, app->notice.len) <= screen_size(app->screen).cols - 2)
		return;
	dialog_message(app->screen, _("Please note"), text);
	buf_reset(&app->notice);
}

void
app_read(struct app *app, struct key *key)
{
	app_show_long_notice(app);
	if (app->backup_due)
		back_up(app);
	autosync_hold(app->autosync, false);
	screen_read(app->screen, key);
	autosync_hold(app->autosync, true);
}

void
app_sync_end(struct app *app)
{
	screen_beside(app->screen, NULL);
	autosync_free(app->autosync);
	app->autosync = NULL;
}

void
app_sync_begin(struct app *app)
{
	app_sync_end(app); /* one was begun before the first page */
	app->autosync = autosync_new(app->nb);
	autosync_hold(app->autosync, true);
	app->beside = (struct screen_beside){ sync_fd, sync_timeout, sync_step, app };
	screen_beside(app->screen, &app->beside);
}

static void
run(struct app *app, const char *form)
{
	app_sync_begin(app);
	lock_watch(app);
	if (form)
		app_new_record(app, form);
	home_run(app);
	screen_on_idle(app->screen, 0, NULL, NULL);
	app_sync_end(app);
}

bool
app_run(const struct app_options *options, struct err *err)
{
	struct app app = { .clock = options->clock };
	struct err keys = { 0 };

	if (options->language)
		i18n_use(options->language);
	if (!keymap_load(&keys)) /* said on the first page; the keys that came along do */
		app_say(&app, "%s", keys.text);
	app.screen = screen_open(err);
	if (!app.screen)
		return false;
	if (open_notebook(&app, options, err)) {
		use_own_language(&app, options);
		use_own_look(&app);
		screen_on_look(app.screen, keep_look, &app);
		seal_plain(&app, options, err);
		if (app.nb)
			run(&app, options->form);
	}
	if (err->kind != ERR_NONE && err->kind != ERR_CANCELLED && !options->asker)
		/* Where the window goes with the program nobody would read it afterwards. */
		dialog_message(app.screen, _("Please note"), err->text);
	notebook_close(app.nb);
	screen_close(app.screen);
	forget_forms(&app);
	free(app.forms);
	buf_clear(&app.kill);
	buf_clear(&app.notice);
	return err->kind == ERR_NONE;
}
