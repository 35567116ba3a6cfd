#include "session.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "mem.h"
#include "notebook.h"
#include "records.h"
#include "session_private.h"

#include <stdlib.h>
#include <string.h>

/* --- opening --- */

static bool
setting(struct notebook *nb, const char *key, char **value, struct err *err)
{
	struct buf b = { 0 };
	bool good = notebook_get(nb, key, &b, err);

	*value = buf_take(&b);
	return good;
}

/* The answers that ${last-saved#x} reads; none is no mistake. */
static bool
load_last_saved(struct session *s, struct err *err)
{
	struct buf json = { 0 };
	int found = record_last_saved(s->nb, s->form->id, s->user, &json, err);

	if (found > 0) {
		s->last_saved = instance_new(s->form);
		if (!instance_from_json(s->last_saved, buf_text(&json), json.len, true,
			err))
			found = -1;
	}
	buf_clear(&json);
	return found >= 0;
}

/*
 * A session of a form without answers. clock NULL: the notebook's. user NULL: the
 * notebook's worker.
 */
struct session *
session_open(struct notebook *nb, const struct form *form, const char *language,
    const struct clock *clock, const char *user, struct err *err)
{
	struct session *s = mem_alloc(sizeof(*s));

	s->nb = nb;
	s->form = form;
	s->in = instance_new(form);
	s->world.clock = clock ? clock : notebook_clock(nb);
	s->world.language = language;
	if (user)
		s->user = mem_strdup(user);
	else if (!setting(nb, SETTING_WORKER_ID, &s->user, err))
		goto fail;
	if (!setting(nb, SETTING_DEVICE, &s->device, err))
		goto fail;
	s->world.user = s->user;
	s->world.device = s->device;
	return s;
fail:
	session_close(s);
	return NULL;
}

static bool
start_logic(struct session *s, struct err *err)
{
	s->world.last_saved = s->last_saved;
	s->logic = logic_new(s->in, &s->world, err);
	return s->logic != NULL;
}

struct session *
session_new(struct notebook *nb, const char *form_id, const char *language,
    struct err *err)
{
	const struct form *form = notebook_form(nb, form_id, NULL, err);
	struct session *s;

	if (!form)
		return NULL;
	s = session_open(nb, form, language, NULL, NULL, err);
	if (s && load_last_saved(s, err) && start_logic(s, err) &&
	    logic_begin(s->logic, err))
		return s;
	session_close(s);
	return NULL;
}

/* Names that outlive the next call on records. */
struct record_names {
	char id[UUID_SIZE];
	char *form, *version, *modified;
};

/*
 * The record's own form version, last saved answers and logic over json. A record that
 * is only looked at is computed as of its own time (stopped_at), not of now.
 */
static struct session *
session_over(struct notebook *nb, const struct record_names *names,
    const char *language, const char *stopped_at, const struct buf *json,
    struct err *err)
{
	const struct form *form = stopped_at
	    ? notebook_form(nb, names->form, names->version, err)
	    : notebook_draft_form(nb, names->id, names->form, names->version, err);
	struct session *s;

	if (!form)
		return NULL;
	s = session_open(nb, form, language, NULL, NULL, err);
	if (!s)
		return NULL;
	memcpy(s->id, names->id, UUID_SIZE);
	s->saved = true;
	if (stopped_at && clock_stop_at(&s->stopped, stopped_at, NULL))
		s->world.clock = &s->stopped;
	if (load_last_saved(s, err) &&
	    instance_from_json(s->in, buf_text(json), json->len, true, err) &&
	    start_logic(s, err))
		return s;
	session_close(s);
	return NULL;
}

static bool
find_record(struct notebook *nb, const char *record_id, struct record_names *names,
    struct err *err)
{
	struct record r;
	int found = record_get(nb, record_id, &r, err);

	if (found == 0)
		err_set(err, ERR_INPUT,
		    _("There is no record \"%s\" in this notebook. Look with "
		    "minqing list."), record_id);
	if (found <= 0)
		return false;
	memcpy(names->id, r.id, UUID_SIZE);
	names->form = mem_strdup(r.form);
	names->version = mem_strdup(r.version);
	names->modified = mem_strdup(r.modified);
	return true;
}

struct session *
session_resume(struct notebook *nb, const char *record_id, const char *language,
    struct err *err)
{
	struct record_names names = { 0 };
	struct buf json = { 0 }, cursor = { 0 };
	struct session *s = NULL;

	if (find_record(nb, record_id, &names, err) &&
	    record_draft_load(nb, names.id, &json, &cursor, err))
		s = session_over(nb, &names, language, NULL, &json, err);
	if (s && !logic_resume(s->logic, err)) {
		session_close(s);
		s = NULL;
	}
	if (s)
		s->cursor = buf_take(&cursor);
	buf_clear(&json);
	buf_clear(&cursor);
	free(names.form);
	free(names.version);
	free(names.modified);
	return s;
}

struct session *
session_correct(struct notebook *nb, const char *record_id, const char *language,
    struct err *err)
{
	if (!record_correct(nb, record_id, err))
		return NULL;
	return session_resume(nb, record_id, language, err);
}

struct session *
session_view(struct notebook *nb, const char *record_id, int rev, const char *language,
    struct err *err)
{
	struct record_names names = { 0 };
	struct buf json = { 0 };
	struct session *s = NULL;

	if (find_record(nb, record_id, &names, err) &&
	    record_answers(nb, names.id, rev, &json, err))
		s = session_over(nb, &names, language, names.modified, &json, err);
	if (s)
		s->view_only = true;
	buf_clear(&json);
	free(names.form);
	free(names.version);
	free(names.modified);
	return s;
}

static void
drop_answers(struct session *s)
{
	logic_free(s->logic);
	instance_free(s->in);
	instance_free(s->last_saved);
	s->logic = NULL;
	s->in = s->last_saved = NULL;
	buf_clear(&s->json);
	buf_clear(&s->title);
}

bool
session_forget(struct session *s)
{
	if (!s->saved || s->second)
		return false;
	drop_answers(s);
	return true;
}

void
session_close(struct session *s)
{
	if (!s)
		return;
	drop_answers(s);
	free(s->user);
	free(s->device);
	free(s->cursor);
	free(s);
}

const char *
session_record_id(const struct session *s)
{
	return s->id;
}

const struct form *
session_form(const struct session *s)
{
	return s->form;
}

struct instance *
session_instance(const struct session *s)
{
	return s->in;
}

struct logic *
session_logic(const struct session *s)
{
	return s->logic;
}

bool
session_is_saved(const struct session *s)
{
	return s->saved;
}

const char *
session_cursor(const struct session *s)
{
	return s->cursor ? s->cursor : "";
}

bool
session_is_read_only(const struct session *s)
{
	return s->view_only;
}

struct notebook *
session_notebook(const struct session *s)
{
	return s->nb;
}

const struct instance *
session_last_saved(const struct session *s)
{
	return s->last_saved;
}

/* --- changing and saving --- */

/* One sync: the record's name and its first answer come in one transaction. */
static bool
save(struct session *s, const char *cursor, struct err *err)
{
	struct record_origin origin = { .form = s->form->id, .version = s->form->version };
	bool fresh = !s->saved, good = true;

	if (s->second)
		return true;
	buf_reset(&s->json);
	buf_reset(&s->title);
	instance_to_json(s->in, false, &s->json);
	logic_title(s->logic, &s->title);
	if (fresh && !notebook_begin(s->nb, err))
		return false;
	if (fresh)
		good = record_begin(s->nb, &origin, s->id, err);
	good = good && record_draft_save(s->nb, s->id, buf_text(&s->json), s->json.len,
	    buf_text(&s->title), cursor ? cursor : "", err);
	if (fresh)
		good = notebook_end(s->nb, good, good ? err : NULL) && good;
	s->saved = s->saved || good;
	return good;
}

static bool
may_change(const struct session *s, struct err *err)
{
	if (!s->view_only)
		return true;
	return err_set(err, ERR_INPUT,
	    _("This record is finished and only shown here. Correct it to change it."));
}

bool
session_answer(struct session *s, struct node *node, const char *text,
    const char *cursor, struct err *err)
{
	return may_change(s, err) && logic_answer(s->logic, node, text, err) &&
	    save(s, cursor, err);
}

struct node *
session_repeat_add(struct session *s, struct node *parent, const struct def *repeat,
    size_t index, struct err *err)
{
	struct node *node;

	if (!may_change(s, err))
		return NULL;
	node = logic_repeat_add(s->logic, parent, repeat, index, err);
	return node && save(s, NULL, err) ? node : NULL;
}

bool
session_repeat_delete(struct session *s, struct node *repeat, struct err *err)
{
	return may_change(s, err) && logic_repeat_delete(s->logic, repeat, err) &&
	    save(s, NULL, err);
}

bool
session_repeat_move(struct session *s, struct node *repeat, size_t index,
    struct err *err)
{
	return may_change(s, err) && logic_repeat_move(s->logic, repeat, index, err) &&
	    save(s, NULL, err);
}

bool
session_delete(struct session *s, struct err *err)
{
	if (!may_change(s, err))
		return false;
	if (s->saved && !record_draft_delete(s->nb, s->id, err))
		return false;
	s->saved = false;
	s->view_only = true;
	return true;
}

/* --- finalising --- */

/* In one transaction: what other programs will ask for is what was finalised. */
static bool
finalise_with_xml(
    struct session *s, const struct record_final *final, struct err *err)
{
	int rev;
	bool good;

	if (!notebook_begin(s->nb, err))
		return false;
	good = record_finalise(s->nb, s->id, final, &rev, err) &&
	       session_keep_xml(s, rev, err);
	return notebook_end(s->nb, good, good ? err : NULL) && good;
}

/* Draft and checked answers → the next revision. */
bool
session_store_final(struct session *s, struct err *err)
{
	struct buf words = { 0 };
	char day[16];
	struct record_final final = { .version = s->form->version, .day = day };
	bool good;

	logic_finish(s->logic);
	buf_reset(&s->json);
	buf_reset(&s->title);
	instance_to_json(s->in, true, &s->json);
	logic_title(s->logic, &s->title);
	session_words(s, &words);
	session_day(s, day);
	final.answers = buf_text(&s->json);
	final.len = s->json.len;
	final.title = buf_text(&s->title);
	final.text = buf_text(&words);
	good = s->form->foreign ? finalise_with_xml(s, &final, err)
				: record_finalise(s->nb, s->id, &final, NULL, err);
	buf_clear(&words);
	return good;
}

enum session_outcome
session_finalise(struct session *s, struct node **wrong, struct buf *message,
    struct err *err)
{
	*wrong = NULL;
	if (!may_change(s, err))
		return SESSION_FAILED;
	*wrong = logic_check_all(s->logic, message, NULL, NULL);
	if (*wrong)
		return SESSION_WRONG;
	if (s->second)
		return SESSION_FINAL;
	if (!s->saved && !save(s, NULL, err))
		return SESSION_FAILED;
	if (!session_store_final(s, err))
		return SESSION_FAILED;
	s->view_only = true;
	return SESSION_FINAL;
}
