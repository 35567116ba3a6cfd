/*
 * start_page - who works here, where, and which collector hears of it
 *
 * The first start makes the notebook from it; later the same page changes what may be
 * changed.
 */
#include "app_private.h"

#include "client.h"
#include "dialog.h"
#include "editor.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "list.h"
#include "notebook.h"
#include "picker.h"
#include "district.h"
#include "place.h"
#include "vault.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIELD_NAME,
	FIELD_ROLE,
	FIELD_STATION,
	FIELD_COLLECTOR,
	FIELD_CODE,
	FIELD_TOKEN,
	FIELD_LOCK,
	FIELD_PIN,
	FIELD_COUNT
};

struct field_row {
	const char *label, *hint;
	const char *setting; /* where settings keep it; NULL: cannot be changed later */
	size_t max_chars;
	bool masked;
};

/* clang-format off */
static const struct field_row field_rows[FIELD_COUNT] = {
	[FIELD_NAME] = { N_("Your name"),
	    N_("As your colleagues know you. The notebook is called by it."),
	    NULL, 30, false },
	[FIELD_ROLE] = { N_("Role"),
	    N_("F4 or the space bar opens the list."),
	    SETTING_WORKER_ROLE, 30, false },
	[FIELD_STATION] = { N_("Service point"),
	    N_("Where you work, for example the name of the U-Station."),
	    SETTING_STATION, 60, false },
	[FIELD_COLLECTOR] = { N_("Collector"),
	    N_("The district's address, as https://collector.example. May be left empty for now."),
	    SETTING_COLLECTOR, 200, false },
	[FIELD_CODE] = { N_("One-time code"),
	    N_("Twelve letters and digits from the district. Token, role and the rest come by it."),
	    NULL, 40, false },
	[FIELD_TOKEN] = { N_("Device token"),
	    N_("The long code that the district gave for this laptop. May be left empty for now."),
	    SETTING_TOKEN, 200, true },
	[FIELD_LOCK] = { N_("Lock after minutes"),
	    N_("The screen is locked when no key came for so long. 0: only by F11."),
	    SETTING_LOCK_MINUTES, 3, false },
	[FIELD_PIN] = { N_("PIN"),
	    N_("4 to 12 digits that come back from the lock. Empty: the passphrase is asked for."),
	    SETTING_PIN, VAULT_PIN_MAX, true },
};
/* clang-format on */

struct start_page {
	struct app *app;
	bool first; /* first start: the notebook is not there yet */
	bool others; /* somebody else's is */
	struct editor *fields[FIELD_COUNT];
	int current;
	struct form *form; /* whose list the roles come from, or NULL */
	const struct itemset *roles;
	struct err err;
	struct screen_layer layer;
};

static const enum context first_stack[] = { CONTEXT_START, CONTEXT_FIELD, CONTEXT_GLOBAL };
static const enum context later_stack[] = { CONTEXT_SETTINGS, CONTEXT_START, CONTEXT_FIELD,
	CONTEXT_GLOBAL };

static const enum context *
contexts(const struct start_page *p, size_t *depth)
{
	*depth = p->first ? 3 : 4;
	return p->first ? first_stack : later_stack;
}

/* The name stays what it is; a lock needs a passphrase. */
static bool
is_shown(const struct start_page *p, int field)
{
	if (field == FIELD_LOCK || field == FIELD_PIN)
		return !p->first && p->app->nb && notebook_key(p->app->nb);
	return p->first || field != FIELD_NAME;
}

static int
next_shown(const struct start_page *p, int field, int by)
{
	do
		field += by;
	while (field >= 0 && field < FIELD_COUNT && !is_shown(p, field));
	return field;
}

/* --- roles --- */

/* The roles are a list of the visit form, so they are not said twice. */
static void
load_roles(struct start_page *p)
{
	struct buf folder = { 0 }, path = { 0 }, text = { 0 };
	struct form_files files = { place_list, NULL };
	const struct def *def;

	if (place_forms(&folder, NULL)) {
		files.data = folder.data;
		buf_fmt(&path, "%s/visit.csv", buf_text(&folder));
		if (place_read(buf_text(&path), FORM_BYTES_MAX, &text, NULL))
			p->form = form_read(buf_text(&text), text.len, &files,
			    NULL, NULL, NULL);
	}
	def = p->form ? form_find(p->form, "visitor_role") : NULL;
	p->roles = def ? def->itemset : NULL;
	buf_clear(&folder);
	buf_clear(&path);
	buf_clear(&text);
}

static const char *
role_label(const struct start_page *p, size_t row)
{
	size_t language = form_language(p->form, i18n_language());
	size_t column = p->roles->label_columns[language];

	return list_cell(p->roles->list, row,
	    column == LIST_NONE ? p->roles->value_column : column);
}

static void
role_item(void *data, size_t index, struct picker_item *item)
{
	const struct start_page *p = data;

	item->code = list_cell(p->roles->list, index, p->roles->value_column);
	item->label = role_label(p, index);
	item->extra = NULL;
}

/* Opens the list of roles; true when one was taken. */
static bool
pick_role(struct start_page *p)
{
	struct picker_source source;
	struct picker_options options = { .title = _("Role") };
	struct picker *picker;
	bool taken;

	if (!p->roles)
		return false;
	source = (struct picker_source){ list_count(p->roles->list), role_item, p };
	picker = picker_new(&source, &options);
	picker_select_code(picker, editor_text(p->fields[FIELD_ROLE]));
	taken = picker_run(picker, p->app->screen) &&
	    picker_current(picker) != PICKER_NONE;
	if (taken)
		editor_set(p->fields[FIELD_ROLE],
		    list_cell(p->roles->list, picker_current(picker),
			p->roles->value_column));
	picker_free(picker);
	return taken;
}

/* What was typed for the role: a code, a label, pinyin; its code, or false. */
static bool
settle_role(struct start_page *p)
{
	struct picker_source source;
	const char *typed = editor_text(p->fields[FIELD_ROLE]);
	size_t row;

	if (!p->roles || !*typed)
		return true;
	source = (struct picker_source){ list_count(p->roles->list), role_item, p };
	row = picker_guess(&source, typed);
	if (row == PICKER_NONE)
		return pick_role(p);
	editor_set(p->fields[FIELD_ROLE],
	    list_cell(p->roles->list, row, p->roles->value_column));
	return true;
}

/* --- drawing --- */

/* The role's words stand behind its code. */
static void
draw_role_words(struct start_page *p, int row, int col, int cols)
{
	size_t found = p->roles ? list_find(p->roles->list, p->roles->value_column,
				      editor_text(p->fields[FIELD_ROLE]))
				: LIST_NONE;

	if (found != LIST_NONE && cols > 0)
		screen_put_cut(p->app->screen, row, col, cols, ROLE_MUTED,
		    role_label(p, found));
}

static void
draw(struct screen *s, void *data)
{
	struct start_page *p = data;
	struct rect all = screen_size(s);
	int label_cols = 20, row = 3, step = all.rows >= 20 ? 2 : 1;
	size_t depth;
	const enum context *stack = contexts(p, &depth);

	screen_fill(s, all, ROLE_NORMAL);
	app_draw_title(p->app,
	    p->first ? _("minqing field notebook: who are you?") : _("Settings"));
	if (p->first && all.rows >= 20)
		row += screen_wrap(s, (struct rect){ 2, 2, 3, all.cols - 4 },
		    ROLE_NORMAL,
		    p->others ? _("A new notebook. Say who you are; the rest can be "
				  "changed later. Esc goes back to the names.")
			      : _("This laptop has no notebook yet. Say who you "
				  "are; the rest can be changed later."),
		    0);
	for (int i = next_shown(p, -1, 1); i < FIELD_COUNT;
	     i = next_shown(p, i, 1), row += step) {
		struct rect area = { row, label_cols + 2, 1, all.cols - label_cols - 4 };
		bool focused = i == p->current;

		if (i == FIELD_ROLE && area.cols > 40)
			area.cols = 16;
		screen_put_cut(s, row, 2, label_cols - 1,
		    focused ? ROLE_FOCUS_LABEL : ROLE_LABEL, _(field_rows[i].label));
		editor_draw(p->fields[i], s, area, focused);
		if (i == FIELD_ROLE)
			draw_role_words(p, row, area.col + area.cols + 2,
			    all.cols - area.col - area.cols - 4);
	}
	if (!p->app->notice.len)
		screen_put_cut(s, all.rows - 3, 1, all.cols - 2, ROLE_HINT,
		    _(field_rows[p->current].hint));
	app_draw_bottom(p->app, stack, depth);
}

/* --- keys --- */

/* The current field is left: NULL when it may be, else what is wrong. */
static const char *
check_field(struct start_page *p)
{
	const char *text = editor_text(p->fields[p->current]);

	if (p->current == FIELD_NAME && !*text)
		return _("A name is needed: the notebook is called by it.");
	if (p->current == FIELD_ROLE && !settle_role(p))
		return _("Choose a role from the list, or leave it empty.");
	if (p->current == FIELD_COLLECTOR && *text && strncmp(text, "http://", 7) != 0 &&
	    strncmp(text, "https://", 8) != 0)
		return _("The address begins with https:// (or http:// on this machine).");
	if (p->current == FIELD_LOCK && strspn(text, "0123456789") != strlen(text))
		return _("A number of minutes, or empty.");
	if (p->current == FIELD_PIN && *text && !vault_pin_check(text, &p->err))
		return p->err.text;
	return NULL;
}

static void
go(struct start_page *p, int by)
{
	const char *wrong = check_field(p);
	int to = next_shown(p, p->current, by);

	if (wrong && by > 0) {
		app_say(p->app, "%s", wrong);
		return;
	}
	if (to >= 0 && to < FIELD_COUNT)
		p->current = to;
	editor_to_end(p->fields[p->current]);
}

/* A token or a PIN may stand in it. */
static void
wipe(struct buf *text)
{
	if (text->data)
		explicit_bzero(text->data, text->cap);
	buf_clear(text);
}

static const char *
field_text(struct start_page *p, int field, struct buf *out)
{
	editor_value(p->fields[field], out);
	return buf_text(out);
}

static bool
store_settings(struct start_page *p, struct err *err)
{
	bool good = true;

	if (!notebook_begin(p->app->nb, err))
		return false;
	for (int i = 0; good && i < FIELD_COUNT; i++) {
		struct buf text = { 0 };

		if (field_rows[i].setting && is_shown(p, i))
			good = notebook_set(p->app->nb, field_rows[i].setting,
			    field_text(p, i, &text), err);
		buf_clear(&text);
	}
	return notebook_end(p->app->nb, good, good ? err : NULL) && good;
}

/* A passphrase, or the worker's word that none is wanted, where the district allows it. */
static bool
choose_passphrase(struct start_page *p, const char *name, struct vault_passphrase *chosen,
    bool *sealed, struct err *err)
{
	struct place_asker asker = app_asker(p->app);
	struct district district;

	if (!district_read(&district, err))
		return false;
	*sealed = asker.ask(asker.data, name, PLACE_ASK_NEW, chosen, err);
	if (*sealed)
		return true;
	if (district.passphrase_required)
		return err_set(err, ERR_CANCELLED,
		    _("In this district every notebook has a passphrase. Choose one."));
	return dialog_ask(p->app->screen, _("Without a passphrase?"),
		   _("Whoever takes this laptop can read everything in the notebook "
		     "then."),
		   false) ||
	       err_set(err, ERR_CANCELLED,
		   _("The notebook is not made yet. Press F2 to try again, Esc to "
		     "leave."));
}

static void
create(struct start_page *p, const struct worker *worker, struct err *err)
{
	struct vault_passphrase chosen = { 0 };
	bool sealed;

	if (choose_passphrase(p, worker->name, &chosen, &sealed, err))
		p->app->nb = place_create_sealed(worker, sealed ? &chosen : NULL,
		    p->app->clock, err);
	vault_passphrase_wipe(&chosen);
}

static bool
make_notebook(struct start_page *p, struct err *err)
{
	struct buf texts[FIELD_COUNT] = { 0 };
	struct worker worker = {
		.name = field_text(p, FIELD_NAME, &texts[FIELD_NAME]),
		.role = field_text(p, FIELD_ROLE, &texts[FIELD_ROLE]),
		.station = field_text(p, FIELD_STATION, &texts[FIELD_STATION]),
		.collector = field_text(p, FIELD_COLLECTOR, &texts[FIELD_COLLECTOR]),
		.token = field_text(p, FIELD_TOKEN, &texts[FIELD_TOKEN]),
	};

	create(p, &worker, err);
	for (int i = 0; i < FIELD_COUNT; i++)
		buf_clear(&texts[i]);
	return p->app->nb && notebook_set(p->app->nb, SETTING_LANGUAGE, i18n_language(), err);
}

/* Keys while the collector is asked: Esc has had enough of it. */
static bool
wait_for(void *data, int fd, int timeout_ms)
{
	struct start_page *p = data;
	struct key key;
	size_t depth;
	const enum context *stack = contexts(p, &depth);

	if (!screen_wait(p->app->screen, &key, fd, timeout_ms, NULL))
		return true;
	switch ((int)keymap_action(&key, stack, depth)) {
	case ACTION_BACK:
	case ACTION_LEAVE:
		return false;
	default:
		return true;
	}
}

/* By the code, if one was typed. The notebook is there by now; when the code is not good,
 * the page stays for another one. */
static bool
enrol(struct start_page *p)
{
	const struct client_waiter waiter = { wait_for, p };
	const char *code = editor_text(p->fields[FIELD_CODE]);
	struct err err = { 0 };

	if (!*code)
		return true;
	app_say(p->app, _("Asking the collector. Esc stops."));
	screen_paint(p->app->screen);
	if (client_enrol(p->app->nb, code, &waiter, &err)) {
		app_say(p->app, _("This laptop is enrolled. F9 on the home page "
				  "fetches what is yours."));
		return true;
	}
	app_say(p->app, "%s", err.text);
	p->first = false;
	p->current = FIELD_CODE;
	return false;
}

/* True when everything is stored. */
static bool
save(struct start_page *p)
{
	struct err err = { 0 };

	for (int i = next_shown(p, -1, 1); i < FIELD_COUNT; i = next_shown(p, i, 1)) {
		const char *wrong;

		p->current = i;
		wrong = check_field(p);
		if (wrong) {
			app_say(p->app, "%s", wrong);
			return false;
		}
	}
	if (!(p->first ? make_notebook(p, &err) : store_settings(p, &err))) {
		p->current = next_shown(p, -1, 1);
		app_say(p->app, "%s", err.text);
		return false;
	}
	app_say(p->app, "%s", p->first ? _("The notebook is ready.")
				       : _("The settings are kept."));
	return enrol(p);
}

/* Another one, or the first. */
static void
give_passphrase(struct start_page *p)
{
	struct place_asker asker = app_asker(p->app);
	struct err err = { 0 };

	if (notebook_key(p->app->nb)) {
		unlock_change(p->app);
		return;
	}
	app_sync_end(p->app);
	if (people_seal(p->app, &asker, &err))
		app_say(p->app, _("The notebook has a passphrase now. F11 locks it."));
	else if (err.kind != ERR_CANCELLED)
		app_say(p->app, "%s", err.text);
	if (!p->app->nb)
		app_begin_anew(p->app);
	app_sync_begin(p->app);
	lock_watch(p->app);
}

enum { STAY, SAVED, LEFT };

/* What the notebook has of a field; "" where that cannot be read. */
static void
stored_text(const struct start_page *p, int field, struct buf *out)
{
	if (field_rows[field].setting)
		notebook_get(p->app->nb, field_rows[field].setting, out, NULL);
	if (field == FIELD_LOCK && !out->len)
		buf_fmt(out, "%d", LOCK_MINUTES); /* holds when nothing was said */
}

static bool
is_changed(struct start_page *p)
{
	bool changed = false;

	for (int i = next_shown(p, -1, 1); i < FIELD_COUNT; i = next_shown(p, i, 1)) {
		struct buf stored = { 0 }, typed = { 0 };

		stored_text(p, i, &stored);
		if (field_rows[i].setting &&
		    strcmp(buf_text(&stored), field_text(p, i, &typed)) != 0)
			changed = true;
		wipe(&stored);
		wipe(&typed);
	}
	return changed;
}

/* Esc in the settings throws nothing away unasked. */
static int
leave(struct start_page *p)
{
	const struct dialog_choice choices[] = { { 'y', _("Yes, keep them") },
		{ 'n', _("No, leave them as they were") } };
	int choice;

	if (p->first || !is_changed(p))
		return LEFT;
	choice = dialog_choose(p->app->screen, _("Keep the changes?"),
	    _("Settings were changed here that are not kept yet."), choices, 2, 0);
	if (choice == 0)
		return save(p) ? SAVED : STAY;
	return choice == 1 ? LEFT : STAY;
}

static int
act(struct start_page *p, const struct key *key)
{
	size_t depth;
	const enum context *stack = contexts(p, &depth);
	enum action action = keymap_action(key, stack, depth);

	switch ((int)action) {
	case ACTION_LEAVE:
	case ACTION_BACK:
		return leave(p);
	case ACTION_PASSPHRASE:
		give_passphrase(p);
		return STAY;
	case ACTION_SAVE:
		return save(p) ? SAVED : STAY;
	case ACTION_OPEN_LIST:
		if (p->current == FIELD_ROLE)
			pick_role(p);
		return STAY;
	default:
		break;
	}
	if (app_global_action(p->app, action, stack, depth))
		return STAY;
	if (p->current == FIELD_ROLE && key->code == ' ' && p->roles) {
		pick_role(p);
		return STAY;
	}
	switch (editor_key(p->fields[p->current], key)) {
	case EDITOR_NEXT:
		if (next_shown(p, p->current, 1) == FIELD_COUNT && key->code == K_ENTER)
			return save(p) ? SAVED : STAY;
		go(p, 1);
		break;
	case EDITOR_PREV:
		go(p, -1);
		break;
	case EDITOR_TAKEN:
	case EDITOR_REFUSED:
	case EDITOR_PASS:
		break;
	}
	return STAY;
}

static bool
run(struct app *app, bool first, bool others)
{
	struct start_page p = { .app = app,
		.first = first,
		.others = others,
		.current = first ? FIELD_NAME : FIELD_ROLE };
	struct key key;
	int outcome = STAY;

	load_roles(&p);
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct editor_options options = { .max_chars = field_rows[i].max_chars,
			.masked = field_rows[i].masked, .kill = &app->kill };
		struct buf text = { 0 };

		p.fields[i] = editor_new(&options);
		if (!first)
			stored_text(&p, i, &text);
		editor_set(p.fields[i], buf_text(&text));
		editor_to_end(p.fields[i]);
		wipe(&text);
	}
	p.layer = (struct screen_layer){ .draw = draw, .data = &p, .covers = true };
	screen_push(app->screen, &p.layer);
	while (outcome == STAY) {
		app_show_long_notice(app);
		screen_read(app->screen, &key);
		if (key.code != K_RESIZE)
			buf_reset(&app->notice);
		outcome = act(&p, &key);
	}
	screen_pop(app->screen, &p.layer);
	for (int i = 0; i < FIELD_COUNT; i++)
		editor_free(p.fields[i]);
	form_free(p.form);
	return app->nb != NULL;
}

bool
start_page_run(struct app *app, bool others)
{
	if (!run(app, true, others))
		return false;
	tour_run(app);
	return true;
}

void
settings_page_run(struct app *app)
{
	run(app, false, false);
	lock_watch(app);
}
