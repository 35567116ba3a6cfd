/*
 * store - what the files of this folder share: the connection, its statements, its
 * transactions and the sentences for what can go wrong with a disk
 *
 * Every statement that is not written from a form's names stands in one table
 * (statements.c) and is prepared at its first use. Values are bound, never pasted.
 */
#ifndef STORE_H
#define STORE_H

#include "buf.h"
#include "err.h"
#include "notebook.h"
#include "records.h"

#include <sqlite3.h>
#include <stdbool.h>

enum stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_SAVEPOINT,
	STMT_RELEASE,
	STMT_ROLLBACK_TO,
	STMT_SETTING_GET,
	STMT_SETTING_SET, STMT_SETTING_LIST,
	STMT_DEVICE_MAKE,
	STMT_LAST_CHANGED,
	STMT_FORM_FIND,
	STMT_FORM_ADD,
	STMT_FORM_SOURCE,
	STMT_FORM_LIST,
	STMT_FORM_NUMBERS,
	STMT_FORM_SWAP,
	STMT_FORM_SWAPPED,
	STMT_VIEW_LIST,
	STMT_VIEW_OWNER,
	STMT_VIEW_ADD,
	STMT_VIEW_FORGET,
	STMT_LIST_SAME,
	STMT_LIST_ADD,
	STMT_LIST_TEXT,
	STMT_LIST_KEEP,
	STMT_LIST_FORGET,
	STMT_LIST_KEPT,
	STMT_LISTS_OF_DRAFT,
	STMT_RECORD_ADD,
	STMT_RECORD_EXISTS,
	STMT_RECORD_LOOK,
	STMT_RECORD_DELETE,
	STMT_RECORD_FINAL,
	STMT_RECORD_WITHDRAW,
	STMT_DRAFT_ADD,
	STMT_DRAFT_SAVE,
	STMT_DRAFT_LOAD,
	STMT_DRAFT_CORRECT,
	STMT_DRAFT_DELETE,
	STMT_REVISION_ADD,
	STMT_WORDS_SET,
	STMT_LAST_SAVED_SET,
	STMT_LAST_SAVED,
	STMT_ANSWERS,
	STMT_ANSWERS_LATEST,
	STMT_REVISIONS,
	STMT_SUBMISSION,
	STMT_SUBMISSION_KEEP,
	STMT_RECORD_FIND,
	STMT_RECORD_GET,
	STMT_RECORDS_BY_STATE,
	STMT_RECORDS_BY_DAY,
	STMT_RECORDS_WITH_DRAFT,
	STMT_RECORDS_FOUND,
	STMT_TALLY,
	STMT_DAY_COUNTS,
	STMT_TODAY,
	STMT_TODAY_FORM,
	STMT_OUTBOX_COUNT,
	STMT_OUTBOX_EACH,
	STMT_OUTBOX_LOOK,
	STMT_OUTBOX_MARK,
	STMT_OUTBOX_SENT,
	STMT_OUTBOX_RETURNED,
	STMT_OUTBOX_REBASE,
	STMT_OUTBOX_ACKNOWLEDGED,
	STMT_RECEIPT_ADD,
	STMT_RECEIPT_COUNT,
	STMT_RECEIPT_LINES,
	STMT_RECEIPT_LINES_MANY,
	STMT_RECEIPT_ACCEPTED,
	STMT_RECEIPT_END,
	STMT_RECEIPT_LIST,
	STMT_SETTLES_OF,
	STMT_SETTLES_DELETE,
	STMT_FOLLOW_DELETE,
	STMT_SETTLE_KEY,
	STMT_SETTLE_ALL,
	STMT_SETTLE_OTHER,
	STMT_FOLLOW_RECORDS,
	STMT_FOLLOW_LIST,
	STMT_FOLLOW_OF,
	STMT_FOLLOW_COUNT,
	STMT_COMPARE_REVISIONS,
	STMT_COMPARE_DRAFTS,
	STMT_COMPARE_FORMS,
	STMT_COMPARE_LISTS,
	STMT_AUDIT_HEAD,
	STMT_AUDIT_ADD,
	STMT_AUDIT_EACH,
	STMT_INBOX_LOOK,
	STMT_INBOX_KNOWN,
	STMT_INBOX_ADD,
	STMT_INBOX_REVISION,
	STMT_INBOX_TAKE,
	STMT_INBOX_LAST_SAVED,
	STMT_INBOX_CLOSE,
	STMT_INBOX_ASIDE,
	STMT_INBOX_REFUSE,
	STMT_INBOX_RETURN,
	STMT_INBOX_ACCEPT,
	STMT_INBOX_HOLDER,
	STMT_CONFLICT,
	STMT_CONFLICTS,
	STMT_CONFLICT_CLOSE,
	STMT_CONFLICT_DRAFT,
	STMT_TASK_STALE,
	STMT_TASK_KNOWN,
	STMT_TASK_PUT,
	STMT_TASK_DROP,
	STMT_TASKS,
	STMT_TOLD,
	STMT_NEWS_ADD,
	STMT_NEWS,
	STMT_NEWS_SEEN,
	STMT_UNREAD_ADD,
	STMT_UNREAD,
	STMT_UNREAD_AGAIN,
	STMT_UNREAD_DROP,
	STMT_HELD,
	STMT_REQUEUE,
	STMT_REQUEUE_RECORD,
	STMT_COUNT
};

extern const char *const stmt_sql[STMT_COUNT];

/* Forms and lists that were parsed (forms_store.c). */
struct parsed_form;
struct parsed_list;
struct vault_vfs;
/* The statements of what records ask for (follow.c). */
struct follow_rules;

struct notebook {
	sqlite3 *db;
	struct vault_vfs *vfs; /* its files */
	char *path;
	struct vault_key *key; /* it was opened with; NULL: plain */
	bool key_is_ours;
	bool keys_mended; /* one copy of the slots was damaged when it was opened */
	struct buf kept; /* where a copy of the damaged file was kept; or empty */
	const struct clock *clock;
	int depth; /* transactions and savepoints that are open */
	bool lost; /* SQLite took back the transaction that we were in */
	sqlite3_stmt *stmts[STMT_COUNT];
	struct buf lent; /* the texts of the record that record_get() gave */
	struct parsed_form *forms;
	struct parsed_list *lists;
	struct follow_rules *follow;
};

/* schema.c: brings the file to the newest schema; a newer file is refused. */
bool schema_migrate(struct notebook *nb, struct err *err);
int schema_newest(void);
/* Of a file that must not be written: is it a notebook, and not a newer one? */
bool schema_check(struct notebook *nb, struct err *err);
/* One number that a pragma or a query gives; -1 and err. */
int schema_number(struct notebook *nb, const char *sql, struct err *err);

/* store.c */

/* The statement, ready to be bound; NULL and err when it cannot be prepared. */
sqlite3_stmt *store_stmt(struct notebook *nb, enum stmt which, struct err *err);
/* Says why the last call on the database failed, in words. Returns false. */
bool store_fail(struct notebook *nb, struct err *err);
/* Steps: 1 a row, 0 the end, -1 and err. The statement is reset after 0 and -1. */
int store_step(struct notebook *nb, sqlite3_stmt *stmt, struct err *err);
/* Steps a statement that gives no rows and resets it. */
bool store_run(struct notebook *nb, sqlite3_stmt *stmt, struct err *err);
/* Text that a form's names went into; no values. */
bool store_exec(struct notebook *nb, const char *sql, struct err *err);

/* Ends what notebook_begin() began: keeps it when ok. Returns ok and kept. */
bool store_end(struct notebook *nb, bool ok, struct err *err);

/* Binding lends the text until the statement is reset. NULL binds NULL. */
void store_bind(sqlite3_stmt *stmt, int index, const char *text);
void store_bind_bytes(sqlite3_stmt *stmt, int index, const char *text, size_t len);
/* Never NULL; lent until the next step. */
const char *store_column(sqlite3_stmt *stmt, int column);

/* "name" and 'text' as SQL writes them, for views. */
void store_quote_name(struct buf *sql, const char *name);
void store_quote_text(struct buf *sql, const char *text);

/* search.c: the SQL functions words_match(text, needles) and
 * draft_match(title, answers, form, version, needles). */
struct needles;
bool search_register(struct notebook *nb, struct err *err);
/* NULL when the query holds no word. */
struct needles *needles_new(const char *query);
void needles_free(struct needles *needles);
void needles_bind(sqlite3_stmt *stmt, int index, struct needles *needles);

/* sounds.c: appends the pinyin initials of what is short in folded text. */
void sounds_write(const char *text, size_t len, struct buf *out);
/* Words that were written without them get theirs, once. */
bool sounds_begin(struct notebook *nb, struct err *err);

/* views.c: makes a form's views anew. */
bool views_make(struct notebook *nb, const struct form *form, struct err *err);

/* follow.c: rows anew for a record that was finalised or withdrawn, inside its
 * transaction; for all records of a form (NULL: of all) after its views were made anew;
 * at the opening, when the rules have changed. */
bool follow_update(struct notebook *nb, int64_t number, const char *id,
    const char *form, bool withdrawn, struct err *err);
bool follow_rebuild(struct notebook *nb, const char *form, struct err *err);
bool follow_begin(struct notebook *nb, struct err *err);
void follow_forget(struct notebook *nb);

/* Is a row f of follow (or one that becomes such) settled? */
#define STORE_SETTLED \
	"coalesce((SELECT s.done FROM settles s WHERE s.key = f.key AND s.day > f.after" \
	" ORDER BY s.day DESC, s.record DESC LIMIT 1), 0)" \
	" OR EXISTS (SELECT 1 FROM settles s WHERE s.key = f.other)" \
	" OR EXISTS (SELECT 1 FROM told t WHERE t.key IN (f.key, f.other) AND t.done)"

/* forms_store.c */
void forms_forget(struct notebook *nb);

#endif
