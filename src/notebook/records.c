/*
 * One record's life: begun, saved, finalised, corrected, withdrawn.
 */
#include "records.h"

#include "audit.h"
#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "store.h"
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *const record_state_names[RECORD_STATES] = {
	[RECORD_DRAFT] = "draft",         [RECORD_QUEUED] = "queued",
	[RECORD_SENT] = "sent",           [RECORD_RETURNED] = "returned",
	[RECORD_WITHDRAWN] = "withdrawn",
};

/* One moment, as a number and as it is written. */
struct moment {
	int64_t ms;
	char stamp[CLOCK_STAMP_SIZE];
};

static struct moment
moment_now(const struct notebook *nb)
{
	struct moment now = { .ms = clock_now(nb->clock) };

	clock_stamp(nb->clock, now.ms, now.stamp);
	return now;
}

/* What must be known of a record before its next step. */
struct look {
	int64_t number;
	int rev, base, next; /* next: the number of the next revision */
	bool has_draft, withdrawn;
	bool other; /* another revision came down and waits to be looked at */
	struct buf texts; /* holds those below */
	const char *form, *user, *version; /* user: of the next revision */
	const char *holder; /* "" or to whom it was handed over */
};

static bool
no_such_record(struct err *err)
{
	return err_set(err, ERR_INPUT, _("There is no such record in this notebook. Look with "
	    "minqing list."));
}

static bool
no_draft(struct err *err)
{
	return err_set(err, ERR_INPUT,
		       _("This record has no draft: begin a correction first."));
}

/* Nobody writes over what another worker, or another laptop, wrote meanwhile. */
static bool
may_go_on(const struct look *look, struct err *err)
{
	if (*look->holder)
		return err_set(err, ERR_INPUT,
			       _("This record was handed over to %s. It can only be looked "
			    "at here. Ask there for a change."),
			       look->holder);
	return !look->other ||
	       err_set(err, ERR_INPUT,
		       _("This record was changed elsewhere as well. Everything is kept: "
			 "open it again, and both are shown side by side."));
}

static bool
look_at(struct notebook *nb, const char *id, struct look *look, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECORD_LOOK, err);
	size_t user, version, holder;
	int got;

	look->form = look->user = look->version = look->holder = "";
	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	store_bind(stmt, 2, SETTING_WORKER_ID);
	if ((got = store_step(nb, stmt, err)) <= 0)
		return got < 0 ? false : no_such_record(err);
	look->number = sqlite3_column_int64(stmt, 0);
	look->withdrawn = !strcmp(store_column(stmt, 2), "withdrawn");
	look->rev = sqlite3_column_int(stmt, 3);
	look->has_draft = sqlite3_column_int(stmt, 4);
	look->base = sqlite3_column_int(stmt, 5);
	buf_str(&look->texts, store_column(stmt, 1));
	buf_char(&look->texts, '\0');
	user = look->texts.len;
	buf_str(&look->texts, store_column(stmt, 6));
	buf_char(&look->texts, '\0');
	version = look->texts.len;
	buf_str(&look->texts, store_column(stmt, 7));
	buf_char(&look->texts, '\0');
	holder = look->texts.len;
	buf_str(&look->texts, store_column(stmt, 8));
	look->other = sqlite3_column_int(stmt, 9);
	look->next = (look->rev > look->base ? look->rev : look->base) + 1;
	look->form = look->texts.data;
	look->holder = look->texts.data + holder;
	look->user = look->texts.data + user;
	look->version = look->texts.data + version;
	sqlite3_reset(stmt);
	return true;
}

static bool
add_draft(struct notebook *nb, int64_t number, const char *version,
	  const struct moment *now, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DRAFT_ADD, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	store_bind(stmt, 2, version);
	sqlite3_bind_int64(stmt, 3, now->ms);
	store_bind(stmt, 4, now->stamp);
	return store_run(nb, stmt, err);
}

static bool
drop_draft(struct notebook *nb, int64_t number, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DRAFT_DELETE, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	return store_run(nb, stmt, err);
}

static bool
is_known(struct notebook *nb, const char *id, bool *known, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECORD_EXISTS, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	*known = got == 1;
	return got >= 0;
}

static bool
add_record(struct notebook *nb, const struct record_origin *origin, const char *id,
	   const struct moment *now, struct err *err)
{
	const char *created = origin->created ? origin->created : now->stamp;
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECORD_ADD, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	store_bind(stmt, 2, origin->form);
	store_bind(stmt, 3, origin->version);
	store_bind_bytes(stmt, 4, created, strlen("2026-11-02"));
	store_bind(stmt, 5, created);
	sqlite3_bind_int64(stmt, 6, now->ms);
	store_bind(stmt, 7, now->stamp);
	store_bind(stmt, 8, origin->user);
	store_bind(stmt, 9, origin->station);
	store_bind(stmt, 10, SETTING_WORKER_ID);
	store_bind(stmt, 11, SETTING_STATION);
	store_bind(stmt, 12, SETTING_DEVICE);
	return store_run(nb, stmt, err) &&
	       add_draft(nb, sqlite3_last_insert_rowid(nb->db), origin->version, now,
			 err);
}

/* The id that was brought along, or a new one. */
static bool
name_record(struct notebook *nb, const struct record_origin *origin, int64_t now_ms,
	    char id[UUID_SIZE], struct err *err)
{
	bool known;

	if (!origin->id) {
		uuid_new(now_ms, id);
		return true;
	}
	if (!uuid_valid(origin->id))
		return err_set(
		    err, ERR_INPUT,
		    _("The record's id is not a UUID (32 hexadecimal digits with "
		    "dashes). Leave it out, and one is made."));
	for (int i = 0; i < UUID_SIZE; i++)
		id[i] = (char)tolower((unsigned char)origin->id[i]);
	if (!is_known(nb, id, &known, err))
		return false;
	if (known)
		return err_set(err, ERR_INPUT,
			       _("A record with this id is in the notebook already. Correct "
			    "that one, or leave the id out."));
	return true;
}

bool
record_begin(struct notebook *nb, const struct record_origin *origin,
	     char id[UUID_SIZE], struct err *err)
{
	struct moment now = moment_now(nb);
	int64_t created;
	int offset;

	if (origin->created && !clock_parse(origin->created, &created, &offset))
		return err_set(err, ERR_INPUT,
			       _("The time when the record was made must be written as "
			    "2026-11-02T09:30:00+08:00. Write it so."));
	if (!name_record(nb, origin, now.ms, id, err) || !notebook_begin(nb, err))
		return false;
	return store_end(nb, add_record(nb, origin, id, &now, err), err);
}

bool
record_draft_save(struct notebook *nb, const char *id, const char *answers, size_t len,
		  const char *title, const char *cursor, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DRAFT_SAVE, err);
	struct moment now = moment_now(nb);

	if (!stmt)
		return false;
	/* One statement is one transaction. */
	store_bind(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, now.ms);
	store_bind(stmt, 3, now.stamp);
	store_bind(stmt, 4, title ? title : "");
	store_bind(stmt, 5, cursor ? cursor : "");
	store_bind_bytes(stmt, 6, answers, len);
	if (!store_run(nb, stmt, err))
		return false;
	return sqlite3_changes(nb->db) == 1 || no_draft(err);
}

bool
record_draft_load(struct notebook *nb, const char *id, struct buf *answers,
		  struct buf *cursor, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DRAFT_LOAD, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	if ((got = store_step(nb, stmt, err)) <= 0)
		return got < 0 ? false : no_draft(err);
	buf_str(answers, store_column(stmt, 0));
	if (cursor)
		buf_str(cursor, store_column(stmt, 1));
	sqlite3_reset(stmt);
	return true;
}

static bool
delete_draft(struct notebook *nb, const struct look *look, struct err *err)
{
	sqlite3_stmt *stmt;

	if (!look->has_draft)
		return no_draft(err);
	if (look->rev == 0 && look->other)
		return may_go_on(look, err);
	if (!drop_draft(nb, look->number, err))
		return false;
	if (look->rev > 0)
		return true;
	if (!(stmt = store_stmt(nb, STMT_RECORD_DELETE, err)))
		return false;
	sqlite3_bind_int64(stmt, 1, look->number);
	return store_run(nb, stmt, err);
}

bool
record_draft_delete(struct notebook *nb, const char *id, struct err *err)
{
	struct look look = { 0 };
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	ok = look_at(nb, id, &look, err) && delete_draft(nb, &look, err);
	buf_clear(&look.texts);
	return store_end(nb, ok, err);
}

static bool
begin_correction(struct notebook *nb, const struct look *look, struct err *err)
{
	struct moment now = moment_now(nb);
	sqlite3_stmt *stmt;

	if (look->withdrawn)
		return err_set(
		    err, ERR_INPUT,
		    _("This record was withdrawn and cannot be corrected. Write a new "
		      "one."));
	if (look->has_draft)
		return true;
	if (*look->holder)
		return may_go_on(look, err);
	if (!(stmt = store_stmt(nb, STMT_DRAFT_CORRECT, err)))
		return false;
	sqlite3_bind_int64(stmt, 1, look->number);
	sqlite3_bind_int64(stmt, 2, now.ms);
	store_bind(stmt, 3, now.stamp);
	return store_run(nb, stmt, err);
}

bool
record_correct(struct notebook *nb, const char *id, struct err *err)
{
	struct look look = { 0 };
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	ok = look_at(nb, id, &look, err) && begin_correction(nb, &look, err);
	buf_clear(&look.texts);
	return store_end(nb, ok, err);
}

/* The next revision: answers, or why it is withdrawn. */
static bool
add_revision(struct notebook *nb, const struct look *look, const char *version,
	     const char *answers, size_t len, const char *why, const struct moment *now,
	     struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_REVISION_ADD, err);
	char hash[17];

	if (!stmt)
		return false;
	hash_short(why ? why : answers, why ? strlen(why) : len, hash);
	sqlite3_bind_int64(stmt, 1, look->number);
	sqlite3_bind_int(stmt, 2, look->next);
	sqlite3_bind_int(stmt, 3, look->base);
	store_bind(stmt, 4, version);
	store_bind(stmt, 5, now->stamp);
	store_bind(stmt, 6, look->user);
	store_bind(stmt, 7, hash);
	store_bind(stmt, 8, why);
	if (why)
		sqlite3_bind_null(stmt, 9);
	else
		store_bind_bytes(stmt, 9, answers, len);
	return store_run(nb, stmt, err);
}

static bool
mark_final(struct notebook *nb, const struct look *look,
	   const struct record_final *final, int64_t seq, const struct moment *now,
	   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECORD_FINAL, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, look->number);
	sqlite3_bind_int(stmt, 2, look->next);
	sqlite3_bind_int64(stmt, 3, seq);
	store_bind(stmt, 4, final->version);
	store_bind(stmt, 5, final->title ? final->title : "");
	store_bind(stmt, 6, final->day);
	sqlite3_bind_int64(stmt, 7, now->ms);
	store_bind(stmt, 8, now->stamp);
	return store_run(nb, stmt, err);
}

static bool
set_words(struct notebook *nb, int64_t number, const struct record_final *final,
	  struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_WORDS_SET, err);
	struct buf words = { 0 }, sounds = { 0 };
	bool ok;

	if (!stmt)
		return false;
	if (final->title)
		text_fold(final->title, strlen(final->title), &words);
	buf_char(&words, '\n');
	if (final->text)
		text_fold(final->text, strlen(final->text), &words);
	sounds_write(buf_text(&words), words.len, &sounds);
	buf_add(&words, buf_text(&sounds), sounds.len);
	sqlite3_bind_int64(stmt, 1, number);
	store_bind_bytes(stmt, 2, words.data, words.len);
	ok = store_run(nb, stmt, err);
	sqlite3_bind_null(stmt, 2);
	buf_clear(&words);
	buf_clear(&sounds);
	return ok;
}

static bool
set_last_saved(struct notebook *nb, const struct look *look, int64_t seq,
	       struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LAST_SAVED_SET, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, look->form);
	store_bind(stmt, 2, look->user);
	sqlite3_bind_int64(stmt, 3, seq);
	return store_run(nb, stmt, err);
}

/* "019ab5c0-…/2": the next revision is made. */
static bool
log_step(struct notebook *nb, enum audit_what what, const char *id, int rev,
	 struct err *err)
{
	char about[UUID_SIZE + 16];

	snprintf(about, sizeof(about), "%s/%d", id, rev);
	return audit_add(nb, what, about, err);
}

static bool
finalise(struct notebook *nb, const char *id, const struct look *look,
	 const struct record_final *final, struct err *err)
{
	struct moment now = moment_now(nb);
	const char *version = final->version ? final->version : look->version;
	int64_t seq;

	if (!look->has_draft)
		return no_draft(err);
	if (!may_go_on(look, err))
		return false;
	if (!add_revision(nb, look, version, final->answers, final->len, NULL, &now,
			  err))
		return false;
	seq = sqlite3_last_insert_rowid(nb->db);
	return mark_final(nb, look, final, seq, &now, err) &&
	       set_words(nb, look->number, final, err) &&
	       drop_draft(nb, look->number, err) &&
	       set_last_saved(nb, look, seq, err) &&
	       follow_update(nb, look->number, id, look->form, false, err) &&
	       log_step(nb, AUDIT_FINALISE, id, look->next, err);
}

bool
record_finalise(struct notebook *nb, const char *id, const struct record_final *final,
		int *rev, struct err *err)
{
	struct look look = { 0 };
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	ok = look_at(nb, id, &look, err) && finalise(nb, id, &look, final, err);
	if (ok && rev)
		*rev = look.next;
	buf_clear(&look.texts);
	return store_end(nb, ok, err);
}

static bool
withdraw(struct notebook *nb, const char *id, const struct look *look, const char *why,
	 struct err *err)
{
	struct moment now = moment_now(nb);
	sqlite3_stmt *stmt;

	if (look->rev == 0)
		return err_set(
		    err, ERR_INPUT,
		    _("This record was never finished: delete its draft instead."));
	if (look->withdrawn)
		return err_set(err, ERR_INPUT, _("This record was withdrawn already. Write a new one if it "
		    "was right after all."));
	if (!may_go_on(look, err))
		return false;
	if (!add_revision(nb, look, look->version, NULL, 0, why, &now, err) ||
	    !(stmt = store_stmt(nb, STMT_RECORD_WITHDRAW, err)))
		return false;
	sqlite3_bind_int64(stmt, 1, look->number);
	sqlite3_bind_int(stmt, 2, look->next);
	sqlite3_bind_int64(stmt, 3, now.ms);
	store_bind(stmt, 4, now.stamp);
	return store_run(nb, stmt, err) && drop_draft(nb, look->number, err) &&
	       follow_update(nb, look->number, id, look->form, true, err) &&
	       log_step(nb, AUDIT_WITHDRAW, id, look->next, err);
}

bool
record_withdraw(struct notebook *nb, const char *id, const char *why, struct err *err)
{
	struct look look = { 0 };
	bool ok;

	if (!why || !why[strspn(why, " \t\n")])
		return err_set(err, ERR_INPUT, _("Say why the record is withdrawn."));
	if (!notebook_begin(nb, err))
		return false;
	ok = look_at(nb, id, &look, err) && withdraw(nb, id, &look, why, err);
	buf_clear(&look.texts);
	return store_end(nb, ok, err);
}
