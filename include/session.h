/*
 * session - one record being filled: form, answers, logic and saving together
 *
 * What the screens, the commands and the tests drive. Each answer is recomputed by
 * logic.h and on the disk before the call returns. After a kill, session_resume()
 * brings back everything but the field that was being typed.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "logic.h"

struct err;
struct form;
struct instance;
struct node;
struct notebook;
struct record_origin;
struct session;

/* A new record of the form's current version, with its defaults. Nothing is written
 * until the first answer. */
struct session *session_new(struct notebook *nb, const char *form, const char *language,
    struct err *err);
/* Goes on with a draft, on the form version that it was begun with. */
struct session *session_resume(struct notebook *nb, const char *record_id,
    const char *language, struct err *err);
/* Begins (or goes on with) a correction of a finalised record. */
struct session *session_correct(struct notebook *nb, const char *record_id,
    const char *language, struct err *err);
/* A finalised record for looking at: answering is an error. rev 0: the last. */
struct session *session_view(struct notebook *nb, const char *record_id, int rev,
    const char *language, struct err *err);
/* A new record that begins with what a finished one knows (meaning.h), and with row
 * (from 1; 0: none) of the repeat that the meanings name: a dispute that a visit found, a
 * feedback to a need, the visit after a visit. What is carried counts as a default. */
struct session *session_carry(struct notebook *nb, const char *form,
    const char *record_id, int row, const char *language, struct err *err);
/* A new record that begins with these answers: a JSON object of fields' names or paths
 * ("g_who/room"), outside repeats. What does not fit is left out. */
struct session *session_begin_with(struct notebook *nb, const char *form,
    const char *answers, const char *language, struct err *err);
/* A new record with the answers of a finished one, but for its days and times. They count
 * as defaults. */
struct session *session_copy(struct notebook *nb, const char *record_id,
    const char *language, struct err *err);
/* The form of a finished record, empty, to key it a second time and compare: its time
 * stands still at the record's own, nothing of it is stored, finalising only checks. */
struct session *session_again(struct notebook *nb, const char *record_id,
    const char *language, struct err *err);
bool session_is_second(const struct session *s);
/* The draft stays as it is. */
void session_close(struct session *s);
/* Drops all answers from memory, when they are stored as they stand: only its id may be
 * asked for then, and it is closed. False: they are not stored, it stays as it was. */
bool session_forget(struct session *s);

const char *session_record_id(const struct session *s);
const struct form *session_form(const struct session *s);
struct instance *session_instance(const struct session *s);
struct logic *session_logic(const struct session *s);
bool session_is_saved(const struct session *s); /* something was written */
/* Path of the field where the cursor was when the draft was saved; "" when new. */
const char *session_cursor(const struct session *s);
bool session_is_read_only(const struct session *s); /* a finished record, shown */
struct notebook *session_notebook(const struct session *s);
/* The worker's last saved record of this form; NULL when there is none. */
const struct instance *session_last_saved(const struct session *s);

/* As their namesakes in logic.h, and saved. cursor: path of the field that the cursor
 * goes to next (may be NULL). */
bool session_answer(struct session *s, struct node *node, const char *text,
    const char *cursor, struct err *err);
struct node *session_repeat_add(struct session *s, struct node *parent,
    const struct def *repeat, size_t index, struct err *err);
bool session_repeat_delete(struct session *s, struct node *repeat, struct err *err);
bool session_repeat_move(struct session *s, struct node *repeat, size_t index,
    struct err *err);

/* Deletes the draft, if one was saved; the session can only be closed then. What was
 * finalised before stays. */
bool session_delete(struct session *s, struct err *err);

enum session_outcome {
	SESSION_FINAL,   /* the next revision is queued */
	SESSION_WRONG,   /* *wrong is the first thing to mend, message says what */
	SESSION_FAILED,  /* err: nothing changed, the draft is there */
};

enum session_outcome session_finalise(struct session *s, struct node **wrong,
    struct buf *message, struct err *err);

/* Answers of a revision that was made elsewhere, and what lists and the search say of
 * it here. False and err when its form is not here, or they are not its answers. */
struct answers {
	const char *form, *version, *user;
	const char *at; /* RFC 3339 */
	const char *json;
	size_t len;
};
struct record_words {
	struct buf title, text;
	char day[16];
};
bool session_describe(struct notebook *nb, const struct answers *answers,
    struct record_words *words, struct err *err);
void record_words_clear(struct record_words *words);

/*
 * A finalised revision (0: the last that has answers) as the XML that OpenRosa servers
 * take (submission.h), appended: the same bytes whenever it is asked for, kept in the
 * notebook from the first time on. instanceID is submission_id() of the revision,
 * deprecatedID that of its base.
 */
bool session_submission(struct notebook *nb, const char *record_id, int rev,
    struct buf *xml, struct err *err);
/* The same for looking at: masked answers show their last four characters only. */
bool session_submission_masked(struct notebook *nb, const char *record_id, int rev,
    struct buf *xml, struct err *err);

/* An answer that differs, in words, masked ones masked; "" where there is none. */
struct difference {
	const char *path, *label, *one, *other;
};

typedef void difference_fn(const struct difference *difference, void *data);

/* Calls row (may be NULL) for each question whose answers differ, in the form's order;
 * returns how many. The forms may be different versions. */
size_t session_compare(const struct session *one, const struct session *other,
    difference_fn *row, void *data);

/*
 * One line of an import (JSON object, envelope keys "_id", "_form", "_version",
 * "_created", "_modified", "_rev", "_operator", "_station", "_device"; answers flat
 * by field name or nested as the form). "_why": it was withdrawn, for that reason.
 * "_draft": true makes it a draft, unchecked; one that was gone on with, or finished
 * since, stays as it is. Goes through the same logic; the clock stands at _created. A line
 * with _created but no _id gets an ID made from its bytes; one with neither is a new record
 * each time. Defaults that read the last saved record are not applied. Nothing is stored
 * unless the whole record is right.
 */
enum import_outcome {
	IMPORT_ADDED,
	IMPORT_SAME,    /* this revision was here already, with these answers */
	IMPORT_REFUSED, /* field and err say why */
	IMPORT_FAILED,  /* the notebook could not be written: stop */
};

enum import_outcome session_import(struct notebook *nb, const char *line, size_t len,
    struct buf *field, struct err *err);

#endif
