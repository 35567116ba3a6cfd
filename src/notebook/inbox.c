/*
 * What the district sends down, stored beside what is here.
 */
#include "inbox.h"

#include "clock.h"
#include "i18n.h"
#include "store.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* --- revisions --- */

/* What is here of the record that a line names. */
struct here {
	int64_t number;
	int rev, sent; /* sent: the last that the collector has */
	bool has_draft, unsent, withdrawn, returned;
	struct buf texts; /* holds those below */
	const char *form, *holder, *code, *path, *reason, *accepted, *title;
};

static void
keep_here(struct here *here, sqlite3_stmt *stmt)
{
	static const int columns[] = { 1, 4, 8, 9, 10, 11, 12 };
	const char **texts[] = { &here->form, &here->holder, &here->code, &here->path,
				 &here->reason, &here->accepted, &here->title };
	size_t places[sizeof(columns) / sizeof(columns[0])] = { 0 };

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *text = store_column(stmt, columns[i]);

		places[i] = here->texts.len;
		buf_add(&here->texts, text, strlen(text) + 1);
	}
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		*texts[i] = here->texts.data + places[i];
}

/* 1, 0 when there is no such record, -1 and err. */
static int
look_here(struct notebook *nb, const char *id, struct here *here, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_LOOK, err);
	int got;

	*here = (struct here){ .form = "", .holder = "", .code = "", .path = "",
			       .reason = "", .accepted = "", .title = "" };
	if (!stmt)
		return -1;
	store_bind(stmt, 1, id);
	if ((got = store_step(nb, stmt, err)) != 1)
		return got;
	here->number = sqlite3_column_int64(stmt, 0);
	here->withdrawn = !strcmp(store_column(stmt, 2), "withdrawn");
	here->returned = !strcmp(store_column(stmt, 2), "returned");
	here->rev = sqlite3_column_int(stmt, 3);
	here->has_draft = sqlite3_column_int(stmt, 5);
	here->sent = sqlite3_column_int(stmt, 6);
	here->unsent = sqlite3_column_int(stmt, 7);
	keep_here(here, stmt);
	sqlite3_reset(stmt);
	return 1;
}

static int
is_known(struct notebook *nb, int64_t record, const struct inbox_revision *r,
	 struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_KNOWN, err);
	int got;

	if (!stmt)
		return -1;
	sqlite3_bind_int64(stmt, 1, record);
	sqlite3_bind_int(stmt, 2, r->rev);
	store_bind(stmt, 3, r->hash);
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	return got;
}

/* When it was written there, but never in our future. */
static int64_t
moment_of(const struct notebook *nb, const char *stamp, char out[CLOCK_STAMP_SIZE])
{
	int64_t now = clock_now(nb->clock), ms;
	int offset;

	if (!clock_parse(stamp, &ms, &offset) || ms > now) {
		clock_stamp(nb->clock, now, out);
		return now;
	}
	snprintf(out, CLOCK_STAMP_SIZE, "%s", stamp);
	return ms;
}

static bool
add_record(struct notebook *nb, const struct inbox_revision *r, int64_t *number,
	   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_ADD, err);
	char stamp[CLOCK_STAMP_SIZE], created[CLOCK_STAMP_SIZE];
	int64_t ms = moment_of(nb, r->at, stamp);

	if (!stmt)
		return false;
	moment_of(nb, *r->created ? r->created : r->at, created);
	store_bind(stmt, 1, r->id);
	store_bind(stmt, 2, r->form);
	store_bind(stmt, 3, r->version);
	store_bind_bytes(stmt, 4, created, strlen("2026-11-02"));
	store_bind(stmt, 5, created);
	sqlite3_bind_int64(stmt, 6, ms);
	store_bind(stmt, 7, stamp);
	store_bind(stmt, 8, r->user);
	store_bind(stmt, 9, r->station);
	store_bind(stmt, 10, r->device);
	if (!store_run(nb, stmt, err))
		return false;
	*number = sqlite3_last_insert_rowid(nb->db);
	return true;
}

static void
bind_content(sqlite3_stmt *stmt, int index, const struct inbox_revision *r)
{
	store_bind(stmt, index, r->answers ? NULL : r->why);
	if (r->answers)
		store_bind_bytes(stmt, index + 1, r->answers, r->len);
	else
		sqlite3_bind_null(stmt, index + 1);
}

static bool
add_revision(struct notebook *nb, int64_t number, const struct inbox_revision *r,
	     int64_t *seq, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_REVISION, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	sqlite3_bind_int(stmt, 2, r->rev);
	sqlite3_bind_int(stmt, 3, r->base);
	store_bind(stmt, 4, r->version);
	store_bind(stmt, 5, r->at);
	store_bind(stmt, 6, r->user);
	store_bind(stmt, 7, r->hash);
	bind_content(stmt, 8, r);
	if (!store_run(nb, stmt, err))
		return false;
	*seq = sqlite3_last_insert_rowid(nb->db);
	return true;
}

static bool
update_record(struct notebook *nb, int64_t number, const struct inbox_revision *r,
	      int64_t seq, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_TAKE, err);
	char stamp[CLOCK_STAMP_SIZE];

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	store_bind(stmt, 2, r->answers ? "sent" : "withdrawn");
	sqlite3_bind_int(stmt, 3, r->rev);
	if (r->answers)
		sqlite3_bind_int64(stmt, 4, seq);
	else
		sqlite3_bind_null(stmt, 4);
	store_bind(stmt, 5, r->version);
	store_bind(stmt, 6, r->title);
	store_bind(stmt, 7, r->day);
	sqlite3_bind_int64(stmt, 8, moment_of(nb, r->at, stamp));
	store_bind(stmt, 9, stamp);
	return store_run(nb, stmt, err);
}

static bool
set_words(struct notebook *nb, int64_t number, const struct inbox_revision *r,
	  struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_WORDS_SET, err);
	struct buf words = { 0 };
	bool ok;

	if (!stmt)
		return false;
	if (r->title)
		text_fold(r->title, strlen(r->title), &words);
	buf_char(&words, '\n');
	if (r->text)
		text_fold(r->text, strlen(r->text), &words);
	sqlite3_bind_int64(stmt, 1, number);
	store_bind_bytes(stmt, 2, words.data, words.len);
	ok = store_run(nb, stmt, err);
	sqlite3_bind_null(stmt, 2);
	buf_clear(&words);
	return ok;
}

static bool
set_last_saved(struct notebook *nb, const struct inbox_revision *r, int64_t seq,
	       struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_LAST_SAVED, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, r->form);
	store_bind(stmt, 2, r->user);
	sqlite3_bind_int64(stmt, 3, seq);
	return store_run(nb, stmt, err);
}

static bool
take(struct notebook *nb, int64_t number, const struct inbox_revision *r,
     struct err *err)
{
	int64_t seq;

	if (!add_revision(nb, number, r, &seq, err) ||
	    !update_record(nb, number, r, seq, err))
		return false;
	if (r->answers && (!set_words(nb, number, r, err) ||
			   !set_last_saved(nb, r, seq, err)))
		return false;
	return follow_update(nb, number, r->id, r->form, !r->answers, err);
}

static bool
set_reason(struct notebook *nb, int64_t number, const char *code, const char *path,
	   const char *reason, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_RETURN, err);
	int64_t now = clock_now(nb->clock);
	char stamp[CLOCK_STAMP_SIZE];

	if (!stmt)
		return false;
	clock_stamp(nb->clock, now, stamp);
	sqlite3_bind_int64(stmt, 1, number);
	sqlite3_bind_int64(stmt, 2, now);
	store_bind(stmt, 3, stamp);
	store_bind(stmt, 4, code);
	store_bind(stmt, 5, path);
	store_bind(stmt, 6, reason);
	return store_run(nb, stmt, err);
}

static bool
set_holder(struct notebook *nb, int64_t number, const char *holder, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_HOLDER, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	store_bind(stmt, 2, holder);
	return store_run(nb, stmt, err);
}

static bool
run_with_number(struct notebook *nb, enum stmt which, int64_t number, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, which, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	if (which == STMT_INBOX_CLOSE)
		sqlite3_bind_int(stmt, 2, 2);
	return store_run(nb, stmt, err);
}

static bool
add_aside(struct notebook *nb, int64_t number, const struct inbox_revision *r,
	  struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_ASIDE, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	sqlite3_bind_int(stmt, 2, r->rev);
	store_bind(stmt, 3, r->version);
	store_bind(stmt, 4, r->at);
	store_bind(stmt, 5, r->user);
	store_bind(stmt, 6, r->hash);
	bind_content(stmt, 7, r);
	return store_run(nb, stmt, err);
}

/* What waits here would be refused for it, so it waits no longer. */
static bool
lay_aside(struct notebook *nb, const struct here *here, const struct inbox_revision *r,
	  struct err *err)
{
	if (!run_with_number(nb, STMT_INBOX_CLOSE, here->number, err) ||
	    !add_aside(nb, here->number, r, err) ||
	    (*here->holder && !set_holder(nb, here->number, "", err)))
		return false;
	return !here->unsent ||
	       (run_with_number(nb, STMT_INBOX_REFUSE, here->number, err) &&
		set_reason(nb, here->number, "conflict", "",
			   _("This record was changed elsewhere in the meantime."), err));
}

/* It is this worker's again, and nothing else is new. */
static bool
give_back(struct notebook *nb, const struct here *here, const char *id, struct err *err)
{
	return set_holder(nb, here->number, "", err) &&
	       follow_update(nb, here->number, id, here->form, here->withdrawn, err);
}

static enum inbox_result
take_known(struct notebook *nb, const struct here *here, const struct inbox_revision *r,
	   struct err *err)
{
	int known = is_known(nb, here->number, r, err);

	if (known < 0)
		return INBOX_FAILED;
	if (known || r->rev <= here->sent) {
		if (!*here->holder)
			return INBOX_SAME;
		return give_back(nb, here, r->id, err) ? INBOX_TAKEN : INBOX_FAILED;
	}
	if (here->has_draft || here->unsent)
		return lay_aside(nb, here, r, err) ? INBOX_ASIDE : INBOX_FAILED;
	return take(nb, here->number, r, err) ? INBOX_TAKEN : INBOX_FAILED;
}

enum inbox_result
inbox_revision(struct notebook *nb, const struct inbox_revision *r, struct err *err)
{
	enum inbox_result result = INBOX_FAILED;
	struct here here;
	int64_t number;
	int got;

	if (!notebook_begin(nb, err))
		return INBOX_FAILED;
	got = look_here(nb, r->id, &here, err);
	if (got == 1)
		result = take_known(nb, &here, r, err);
	else if (got == 0 && add_record(nb, r, &number, err) && take(nb, number, r, err))
		result = INBOX_TAKEN;
	buf_clear(&here.texts);
	return store_end(nb, result != INBOX_FAILED, err) ? result : INBOX_FAILED;
}

enum inbox_result
inbox_moved(struct notebook *nb, const char *id, const char *to, struct err *err)
{
	enum inbox_result result = INBOX_SAME;
	struct here here;
	int got;

	if (!notebook_begin(nb, err))
		return INBOX_FAILED;
	got = look_here(nb, id, &here, err);
	if (got < 0)
		result = INBOX_FAILED;
	else if (got == 1 && strcmp(here.holder, to) != 0)
		result = set_holder(nb, here.number, to, err) &&
				 follow_update(nb, here.number, id, here.form, true, err) &&
				 inbox_news_add(nb, NEWS_MOVED, here.title, id, err)
			     ? INBOX_TAKEN
			     : INBOX_FAILED;
	buf_clear(&here.texts);
	return store_end(nb, result != INBOX_FAILED, err) ? result : INBOX_FAILED;
}

/* --- feedback --- */

static bool
accept(struct notebook *nb, const struct here *here, const struct inbox_feedback *f,
       struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_INBOX_ACCEPT, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, here->number);
	store_bind(stmt, 2, *f->at ? f->at : "?");
	return store_run(nb, stmt, err) &&
	       inbox_news_add(nb, NEWS_ACCEPTED, here->title, f->id, err);
}

static bool
return_record(struct notebook *nb, const struct here *here,
	      const struct inbox_feedback *f, struct err *err)
{
	return set_reason(nb, here->number, "returned", f->path, f->message, err) &&
	       inbox_news_add(nb, NEWS_RETURNED, here->title, f->id, err);
}

static enum inbox_result
take_feedback(struct notebook *nb, const struct here *here,
	      const struct inbox_feedback *f, struct err *err)
{
	bool same = f->returned ? here->returned && !strcmp(here->path, f->path) &&
				      !strcmp(here->reason, f->message)
				: *here->accepted != '\0';

	if (same || here->rev != f->rev || here->unsent || here->withdrawn ||
	    *here->holder)
		return INBOX_SAME;
	if (f->returned ? return_record(nb, here, f, err) : accept(nb, here, f, err))
		return INBOX_TAKEN;
	return INBOX_FAILED;
}

enum inbox_result
inbox_feedback(struct notebook *nb, const struct inbox_feedback *f, struct err *err)
{
	enum inbox_result result = INBOX_SAME;
	struct here here;
	int got;

	if (!notebook_begin(nb, err))
		return INBOX_FAILED;
	got = look_here(nb, f->id, &here, err);
	if (got != 0)
		result = got < 0 ? INBOX_FAILED : take_feedback(nb, &here, f, err);
	buf_clear(&here.texts);
	return store_end(nb, result != INBOX_FAILED, err) ? result : INBOX_FAILED;
}

/* --- needs --- */

static bool
look_again(struct notebook *nb, const char *key, struct err *err)
{
	static const enum stmt ways[] = { STMT_SETTLE_ALL, STMT_SETTLE_OTHER };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		sqlite3_stmt *stmt = store_stmt(nb, ways[i], err);

		if (!stmt)
			return false;
		store_bind(stmt, 1, key);
		if (!store_run(nb, stmt, err))
			return false;
	}
	return true;
}

enum inbox_result
inbox_need(struct notebook *nb, const char *ref, const char *day, bool closed,
	   struct err *err)
{
	/* As the rules of follow.c call them. */
	const char *thing = strlen(ref) < UUID_SIZE ? "visit" : "need";
	enum inbox_result result = INBOX_FAILED;
	struct buf key = { 0 };
	sqlite3_stmt *stmt;

	if (!notebook_begin(nb, err))
		return INBOX_FAILED;
	buf_fmt(&key, "%s %s", thing, ref);
	if ((stmt = store_stmt(nb, STMT_TOLD, err))) {
		store_bind(stmt, 1, key.data);
		store_bind(stmt, 2, day);
		sqlite3_bind_int(stmt, 3, closed);
		if (store_run(nb, stmt, err))
			result = sqlite3_changes(nb->db) ? INBOX_TAKEN : INBOX_SAME;
	}
	if (result == INBOX_TAKEN &&
	    (!look_again(nb, key.data, err) ||
	     (closed && !inbox_news_add(nb, NEWS_NEED, day, "", err))))
		result = INBOX_FAILED;
	buf_clear(&key);
	return store_end(nb, result != INBOX_FAILED, err) ? result : INBOX_FAILED;
}

/* --- tasks --- */

static bool
run(struct notebook *nb, enum stmt which, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, which, err);

	return stmt && store_run(nb, stmt, err);
}

bool
inbox_tasks_begin(struct notebook *nb, struct err *err)
{
	return run(nb, STMT_TASK_STALE, err);
}

bool
inbox_tasks_end(struct notebook *nb, struct err *err)
{
	return run(nb, STMT_TASK_DROP, err);
}

static int
task_known(struct notebook *nb, const char *id, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_TASK_KNOWN, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, id);
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	return got;
}

static bool
put_task(struct notebook *nb, const struct task *task, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_TASK_PUT, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, task->id);
	store_bind(stmt, 2, task->text);
	store_bind(stmt, 3, task->due);
	store_bind(stmt, 4, task->form);
	store_bind(stmt, 5, task->answers);
	return store_run(nb, stmt, err);
}

enum inbox_result
inbox_task(struct notebook *nb, const struct task *task, struct err *err)
{
	bool ok;
	int known;

	if (!notebook_begin(nb, err))
		return INBOX_FAILED;
	known = task_known(nb, task->id, err);
	ok = known >= 0 && put_task(nb, task, err) &&
	     (known || inbox_news_add(nb, NEWS_TASK, task->text, "", err));
	if (!store_end(nb, ok, err))
		return INBOX_FAILED;
	return known ? INBOX_SAME : INBOX_TAKEN;
}

bool
inbox_tasks(struct notebook *nb, const char *id,
	    bool (*row)(const struct task *task, void *data), void *data,
	    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_TASKS, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct task task = {
			.id = store_column(stmt, 0),
			.text = store_column(stmt, 1),
			.due = store_column(stmt, 2),
			.form = store_column(stmt, 3),
			.answers = store_column(stmt, 4),
		};

		if (!row(&task, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

/* --- news --- */

static const char *const news_names[NEWS_KINDS] = {
	[NEWS_ACCEPTED] = "accepted", [NEWS_RETURNED] = "returned",
	[NEWS_RECORD] = "record",     [NEWS_MERGED] = "merged",
	[NEWS_CONFLICT] = "conflict", [NEWS_MOVED] = "moved",
	[NEWS_NEED] = "need",         [NEWS_TASK] = "task",
	[NEWS_FORM] = "form",         [NEWS_LIST] = "list",
};

bool
inbox_news_add(struct notebook *nb, enum news_kind kind, const char *text,
	       const char *id, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_NEWS_ADD, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, news_names[kind]);
	store_bind(stmt, 2, text);
	store_bind(stmt, 3, id);
	return store_run(nb, stmt, err);
}

bool
inbox_news(struct notebook *nb, bool (*row)(const struct news *news, void *data),
	   void *data, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_NEWS, err);
	int got;

	if (!stmt)
		return false;
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct news news = {
			.count = (long)sqlite3_column_int64(stmt, 1),
			.text = store_column(stmt, 2),
			.id = store_column(stmt, 3),
		};
		int kind = 0;

		while (kind < NEWS_KINDS &&
		       strcmp(news_names[kind], store_column(stmt, 0)) != 0)
			kind++;
		news.kind = (enum news_kind)kind;
		if (kind < NEWS_KINDS && !row(&news, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

bool
inbox_news_seen(struct notebook *nb, enum news_kind kind, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_NEWS_SEEN, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, kind == NEWS_KINDS ? NULL : news_names[kind]);
	return store_run(nb, stmt, err);
}

/* --- what cannot be read yet --- */

bool
inbox_keep(struct notebook *nb, const char *program, const char *line, size_t len,
	   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_UNREAD_ADD, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, program);
	store_bind_bytes(stmt, 2, line, len);
	return store_run(nb, stmt, err);
}

int
inbox_kept(struct notebook *nb, const char *program, int64_t *number, struct buf *line,
	   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_UNREAD, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, program);
	if ((got = store_step(nb, stmt, err)) == 1) {
		*number = sqlite3_column_int64(stmt, 0);
		buf_str(line, store_column(stmt, 1));
	}
	sqlite3_reset(stmt);
	return got;
}

bool
inbox_kept_again(struct notebook *nb, struct err *err)
{
	return run(nb, STMT_UNREAD_AGAIN, err);
}

bool
inbox_kept_drop(struct notebook *nb, int64_t number, struct err *err)
{
	return run_with_number(nb, STMT_UNREAD_DROP, number, err);
}

/* --- what the collector lost --- */

bool
inbox_held(struct notebook *nb, int64_t after, int limit,
	   bool (*row)(int64_t seq, const char *id, int rev, void *data), void *data,
	   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_HELD, err);
	int got;

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int(stmt, 2, limit);
	while ((got = store_step(nb, stmt, err)) == 1)
		if (!row(sqlite3_column_int64(stmt, 0), store_column(stmt, 1),
			 sqlite3_column_int(stmt, 2), data))
			break;
	sqlite3_reset(stmt);
	return got >= 0;
}

bool
inbox_send_again(struct notebook *nb, const char *id, int rev, struct err *err)
{
	static const enum stmt steps[] = { STMT_REQUEUE, STMT_REQUEUE_RECORD };
	bool ok = true;

	if (!notebook_begin(nb, err))
		return false;
	for (size_t i = 0; ok && i < sizeof(steps) / sizeof(steps[0]); i++) {
		sqlite3_stmt *stmt = store_stmt(nb, steps[i], err);

		ok = stmt != NULL;
		if (!ok)
			break;
		store_bind(stmt, 1, id);
		sqlite3_bind_int(stmt, 2, rev);
		ok = store_run(nb, stmt, err);
	}
	return store_end(nb, ok, err);
}
