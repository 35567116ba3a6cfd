/*
 * entry - the page on which a record is filled in, or read
 *
 * Rows are what is relevant of the form, in its order. A field that was left is on the
 * disk before the next key is taken; nothing that was typed is thrown away without a
 * question. A session from session_view() is shown with the same layout and cannot be
 * changed.
 */
#ifndef ENTRY_H
#define ENTRY_H

struct buf;
struct err;
struct screen;
struct session;

enum entry_outcome {
	ENTRY_LEFT,  /* the draft, if anything was typed (session_is_saved), stays */
	ENTRY_FINAL, /* finished and queued */
	ENTRY_SYNC,  /* left to exchange with the collector; the draft stays */
	ENTRY_GONE,  /* the draft was deleted */
	ENTRY_FAILED, /* err says why */
	ENTRY_LOCKED, /* the screen was, and the record forgotten: to be opened again */
	/* Of a record that is only read: what the worker wants to do with it now. */
	ENTRY_CORRECT,
	ENTRY_WITHDRAW,
	ENTRY_COPY,
	ENTRY_VERIFY,
	ENTRY_HISTORY,
};

/* Where a record was when the screen was locked. */
struct entry_place {
	char *path;  /* as go_to below; NULL */
	char *typed; /* what could not be saved of it; NULL: nothing */
	int top;     /* the first row that was seen */
};

void entry_place_clear(struct entry_place *place);

struct entry_options {
	struct buf *kill; /* what editors cut, shared by all pages; may be NULL */
	/* Path of the field where the cursor begins, or the name of a repeat: where its
	 * next row is added. NULL, or when it is not there: where the draft was left, else
	 * the first field that must be answered and is not, else the first. */
	const char *go_to;
	/* Stands in the message row until the first field is left: why a record was
	 * returned. May be NULL. */
	const char *notice;
	/* In and out; NULL: the record stays in memory while the screen is locked. */
	struct entry_place *place;
};

/* Runs until the record is left; the session stays the caller's to close. The language
 * may have been switched meanwhile (i18n_language); the notebook remembers it. */
enum entry_outcome entry_run(struct screen *s, struct session *session,
    const struct entry_options *options, struct err *err);

#endif
