/*
 * notebook - one worker's file: settings, forms and lists; records.h has the records
 *
 * One SQLite database (WAL, synchronous=FULL, one exclusive connection), so a second
 * program that opens it is told so in words. What a call has returned true for is on
 * the disk. Schema and migrations: src/notebook/schema.c.
 */
#ifndef NOTEBOOK_H
#define NOTEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct clock;
struct err;
struct list;
struct notebook;
struct vault_key;

/* The clock must outlive the notebook. create: makes it when it is not there. A sealed
 * file is refused. */
struct notebook *notebook_open(const char *path, bool create, const struct clock *clock,
    struct err *err);
/* A sealed one (vault.h); the key, too, must outlive the notebook. With create and a
 * key of vault_key_new() it is made. A plain file is refused. */
struct notebook *notebook_open_sealed(const char *path, bool create,
    struct vault_key *key, const struct clock *clock, struct err *err);
/* The notebook owns the key from now on: closing wipes it. */
void notebook_keep_key(struct notebook *nb, struct vault_key *key);
/* As it stands, for looking and rescuing: nothing at all is written, a failing or
 * read-only disk will do. key NULL: plain. */
struct notebook *notebook_open_frozen(const char *path, struct vault_key *key,
    const struct clock *clock, struct err *err);
/* Appends what the worker should know of the file, one sentence a line: saves lost by
 * damage, a clock that cannot be right, a disk that is nearly full. */
void notebook_warnings(struct notebook *nb, struct buf *words);
/* The collector's clock and this one agree: records that are later than now were written
 * under a wrong one, which is no longer warned of. */
void notebook_clock_agrees(struct notebook *nb);
/* Is there room on the disk for the next days? False appends what to do. Cheap enough to
 * be asked after every save. */
bool notebook_has_room(const struct notebook *nb, struct buf *words);
void notebook_close(struct notebook *nb);

/* What reading has left in memory goes back to the system: after a search, or a large list.
 * It is read again when it is wanted. */
void notebook_give_back(struct notebook *nb);

/*
 * Idle lock of a sealed notebook that keeps its key: closes the file and wipes the key,
 * so that nothing of it can be read any more; the notebook itself stays for the pages
 * that hold it. Until it is resumed nothing may be asked of it but its path and clock,
 * and that it is closed.
 */
void notebook_suspend(struct notebook *nb);
/* Opens it again and keeps the key, also when it fails: then it is wiped, and another
 * try takes another key. */
bool notebook_resume(struct notebook *nb, struct vault_key *key, struct err *err);
bool notebook_is_suspended(const struct notebook *nb);
/* Milliseconds without a key after which it is locked; 0: never, as plain ones. */
int64_t notebook_lock_after(struct notebook *nb);
const char *notebook_path(const struct notebook *nb);
/* What it was opened with; NULL when it is plain or suspended. */
struct vault_key *notebook_key(const struct notebook *nb);
const struct clock *notebook_clock(const struct notebook *nb);

/*
 * Many actions as one transaction, for imports. Inside, each action still happens
 * whole or not at all. notebook_end(nb, false, …) takes all of them back. One may stand
 * inside another: ending the inner one with false takes back the inner one's only, and
 * nothing is on the disk before the outermost has ended with true. When notebook_begin()
 * returned false, nothing began and nothing is to be ended. When notebook_end() returned
 * false, it was taken back, and ending it once more with false is harmless.
 */
bool notebook_begin(struct notebook *nb, struct err *err);
bool notebook_end(struct notebook *nb, bool keep, struct err *err);

/* What the worker said at the first start, and what is remembered. */
#define SETTING_WORKER_ID    "worker.id"      /* "chenguifang" */
#define SETTING_WORKER_NAME  "worker.name"    /* "陈桂芳" */
#define SETTING_WORKER_ROLE  "worker.role"    /* a choice of the worker_role list */
#define SETTING_STATION      "worker.station" /* service point */
#define SETTING_COLLECTOR    "collector.url"  /* "http://127.0.0.1:8080" */
#define SETTING_TOKEN        "collector.token"
#define SETTING_DEVICE       "device.id"      /* made when the notebook is */
#define SETTING_LANGUAGE     "language"       /* "zh", "en" */
#define SETTING_LOOK         "look"           /* "colours", "plain", "contrast" */
#define SETTING_USED         "used."          /* and a list's id: codes used last, a line each */
#define SETTING_PLAIN        "vault.plain"    /* "yes": it is wanted without a passphrase */
#define SETTING_LOCK_MINUTES "lock.minutes"   /* LOCK_MINUTES when not set; "0": by hand */
#define LOCK_MINUTES         5
#define SETTING_PIN          "lock.pin"       /* digits that come back from the lock */

/* Appends the value; nothing and true when it was never set. */
bool notebook_get(struct notebook *nb, const char *key, struct buf *value,
    struct err *err);
bool notebook_set(struct notebook *nb, const char *key, const char *value,
    struct err *err);
/* All settings whose key begins so, by key; false from the callback ends it. */
bool notebook_settings(struct notebook *nb, const char *beginning,
    bool (*row)(const char *key, const char *value, void *data), void *data,
    struct err *err);

/*
 * Forms. Every version that was ever added stays; the newest added is current. Adding
 * the same bytes again changes nothing; other bytes under a version already there
 * are refused. Titles in other languages come from columns of the settings
 * sheet named for their codes: "form_title_en". Adding a form makes its SQL views: one
 * named v_<form> with a column a question, one v_<form>_<repeat> a repeat (columns from
 * the struct form given); src/notebook/views.c says what is in them.
 */
struct form;
bool notebook_form_add(struct notebook *nb, const struct form *form, const char *source,
    size_t len, struct err *err);
/* Appends the source. version NULL: the current one. ERR_INPUT when there is none. */
bool notebook_form_source(struct notebook *nb, const char *id, const char *version,
    struct buf *source, struct err *err);

/* The same from the file's bytes, which must be of that id and version. ERR_INPUT when
 * this program cannot read them. */
bool notebook_form_take(struct notebook *nb, const char *id, const char *version,
    const char *source, size_t len, struct err *err);
/* An older version that is there becomes the current one again. */
bool notebook_form_use(struct notebook *nb, const char *id, const char *version,
    struct err *err);

struct notebook_form {
	const char *id, *version;
	const char *title; /* in the language asked for */
};

/* Current versions in the order in which their forms were first added. Lent to the
 * callback; it returns false to stop. */
bool notebook_forms(struct notebook *nb, const char *language,
    bool (*row)(const struct notebook_form *form, void *data), void *data,
    struct err *err);

/* Lists that forms share, by file name ("building.csv"). The newest added counts. One
 * that list.h cannot read is refused. Forms asked for from now on see the new one; the
 * older one stays while there are drafts that were begun with it. */
bool notebook_list_add(struct notebook *nb, const char *filename, const char *text,
    size_t len, struct err *err);
/* Appends its text; nothing and true when there is none. */
bool notebook_list_text(struct notebook *nb, const char *filename, struct buf *text,
    struct err *err);
/* A reference of the caller's; parsed once and kept. */
struct list *notebook_list(struct notebook *nb, const char *filename, struct err *err);

/* A form ready for use, parsed once and kept until the notebook closes. Lent. */
const struct form *notebook_form(struct notebook *nb, const char *id,
    const char *version, struct err *err);
/* The same for a record's draft: with the lists as they stood when it was begun. */
const struct form *notebook_draft_form(struct notebook *nb, const char *record_id,
    const char *id, const char *version, struct err *err);

#endif
