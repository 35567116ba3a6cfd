/*
 * app_private - what the pages share; for src/ui/ only
 */
#ifndef APP_PRIVATE_H
#define APP_PRIVATE_H

#include <stdbool.h>

#include "app.h"
#include "buf.h"
#include "follow.h"
#include "inbox.h"
#include "keymap.h"
#include "place.h"
#include "records.h"
#include "screen.h"

struct autosync;
struct clock;
struct err;
struct notebook;
struct session;

struct app_form {
	char *id, *title; /* in the language in use */
};

struct app {
	struct screen *screen;
	struct notebook *nb;
	struct autosync *autosync; /* NULL until the notebook is open */
	bool backup_due;           /* it sent everything */
	struct screen_beside beside;
	const struct clock *clock;
	struct buf kill;   /* what editors cut, from any page to any other */
	struct buf notice; /* one sentence for the next page's message row */
	struct app_form *forms; /* current versions, in their order */
	size_t form_count, form_cap;
};

/* The next page says this, in place of what was there. */
void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Actions that mean the same on every page: help, language. True when it was one. */
bool app_global_action(struct app *app, enum action action, const enum context *stack,
    size_t depth);

/* screen_read() for pages that only show what is there, and look at it anew at K_RESIZE:
 * meanwhile what comes down may change it. Every other page reads with nothing but sending
 * going on. */
void app_read(struct app *app, struct key *key);

/* What is longer than its row is shown whole, once. app_read() does it first. */
void app_show_long_notice(struct app *app);

/* The top row: what page this is, and who works here. */
void app_draw_title(struct app *app, const char *title);
/* The two bottom rows: the notice, and the keys that work here. */
void app_draw_bottom(struct app *app, const enum context *stack, size_t depth);

/* Reads the forms anew; their titles are in the language in use. */
bool app_load_forms(struct app *app, struct err *err);
/* A form's title, else its id; lent until the forms are read anew. */
const char *app_form_title(const struct app *app, const char *form_id);

/* The state of a record in a word or two. */
const char *app_state_word(const struct record *r);

/* What can be done with a record from any list. Each says in the notice what came of
 * it. */
void app_new_record(struct app *app, const char *form_id);
void app_open_record(struct app *app, const char *id);    /* draft: go on; else look */
void app_correct_record(struct app *app, const char *id); /* the next revision */
void app_copy_record(struct app *app, const char *id);    /* begins a new one */
void app_look_at_record(struct app *app, const char *id); /* only read */
void app_withdraw_record(struct app *app, const char *id);
void app_delete_draft(struct app *app, const char *id);

/* Runs the entry page over a session, which it ends; NULL: says why there is none (err).
 * go_to and notice as in entry.h. */
void app_fill(struct app *app, struct session *session, const char *go_to,
    const char *notice, struct err *err);

/* due_page.c: what finished records ask for. */
#define DUE_AHEAD 7    /* days before it is due */
#define DUE_FAR   3650 /* whenever it is due */
const char *due_kind_title(enum follow_kind kind);
/* "2026-11-16  7 days late  …" */
void due_line(const struct follow *follow, struct buf *out);
/* Opens the form that settles it, with what is known carried over. */
void due_settle(struct app *app, enum follow_kind kind, const char *id, int row);

/* merge_page.c: a record that was changed elsewhere as well is brought together first. */
enum merge_choice {
	MERGE_NOTHING,  /* it was not */
	MERGE_GO_ON,    /* it is a draft that holds both */
	MERGE_FINISHED, /* the next revision is queued */
	MERGE_LEFT,     /* the worker left it, or the notice says why it was not done */
};
enum merge_choice merge_page_run(struct app *app, const char *id);

/* home_down.c: what the district sent. A task's line tells whether it is late. */
void down_news_line(const struct news *news, struct buf *out);
bool down_task_line(const struct app *app, const struct task *task, struct buf *out);
/* Opens the form that a task names, with what it says filled in. */
void down_open_task(struct app *app, const char *id);
/* It was looked at; the record it is of is opened when it is one. */
void down_open_news(struct app *app, enum news_kind kind, long count, const char *id);
/* verify.c: keys a finished record a second time, and shows what differs. */
void verify_run(struct app *app, const char *id);
/* history.c: the record's revisions with what each changed. */
void history_run(struct app *app, const char *id);
/* drafts_page.c: all drafts with what is missing; those that are complete finished. */
void drafts_page_run(struct app *app);

/* month_page.c: a month and a day in pictures. */
void month_page_run(struct app *app);

/* tour.c: three screens for who is new here. */
void tour_run(struct app *app);

/* templates_page.c: begins a record from a template. */
void templates_page_run(struct app *app);

/* Sending by itself, while the notebook is open. Ended before it closes or sleeps. */
void app_sync_begin(struct app *app);
void app_sync_end(struct app *app);

/* unlock.c: asks for passphrases on the screen. */
struct place_asker app_asker(struct app *app);
/* One line that shows as stars, into out, which the caller wipes. False: Esc. */
bool app_type_secret(struct app *app, const char *title, const char *text, char *out,
    size_t size);
/* Gives the notebook another passphrase, after asking for the one it has. */
void unlock_change(struct app *app);

/* people.c: the list of who works here; opens the notebook of the one that is picked, or
 * makes a new one. False: left, or err. */
bool people_run(struct app *app, const struct place_asker *asker, struct err *err);
/* Asks whether a plain notebook is to be sealed, unless that was declined for good. err
 * and no notebook when it does not open any more. */
void people_offer_seal(struct app *app, const struct place_asker *asker,
    struct err *err);
/* Seals a plain one. False and err; the notebook is NULL only if it does not open. */
bool people_seal(struct app *app, const struct place_asker *asker, struct err *err);
/* Closes everything and begins the program again with that list. Does not return. */
void app_begin_anew(struct app *app) __attribute__((noreturn));

/* lock.c: from now on the screen is locked when nobody is there. Again after its
 * settings have changed. */
void lock_watch(struct app *app);

/* Pages; each runs until the worker leaves it. Home does not return when somebody else
 * wants to work. */
void home_run(struct app *app);
void records_page_run(struct app *app, const char *day); /* "2026-11-05"; NULL: any */
void due_page_run(struct app *app, int shown); /* bit set of kinds; 0: all */
void sync_page_run(struct app *app);
/* First start: makes the notebook. False when the worker left. others: there are notebooks
 * of other workers here. */
bool start_page_run(struct app *app, bool others);
/* The same page for a notebook that is there: role, service point, collector. */
void settings_page_run(struct app *app);

#endif
