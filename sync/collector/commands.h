/*
 * commands - what an administrator or the district's desk can say to the collector
 *
 * The table of all of them is in main.c; their work is in data_commands.c (what was
 * received), desk_commands.c and publish_commands.c (what goes down again),
 * carrier_command.c and audit_command.c.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "clock.h"
#include "db.h"

struct json_writer;

/* 0 done; 1 done, but not as asked (no such name, the name is taken); 2 the words were
 * not understood; 3 the store, the disk or the system said no. */
enum exit_code { DONE, WRONG, USAGE, SYSTEM };

/* Everything that can be said after a command. */
enum option {
	O_DB, O_LISTEN, O_STALL, O_FORMAT, O_FORM, O_OUT, O_ALL, O_JSON, O_NAME, O_ROLE,
	O_STATION, O_HOURS, O_WHY, O_FIELD, O_TO, O_TEXT, O_DUE, O_SET, O_NEED, O_USER,
	O_KEY, O_RATE, O_CLOSING, O_LANGUAGE,
	OPTIONS
};

#define SETS_MAX 16

struct words {
	const char *const *names;   /* the words that are no options */
	size_t name_count;
	const char *value[OPTIONS]; /* "" for a flag that is there; NULL */
	const char *sets[SETS_MAX]; /* --set, each time it was said */
	size_t set_count;
	struct clock clock;
};

const struct db_ops *store_ops(void);
/* NULL and err. */
struct db *store_open(const struct words *words, enum db_mode mode, struct err *err);
/* One change: the store opened, fn in a transaction, which is taken back unless fn
 * returns DONE, the store closed. An exit code. */
typedef int change_fn(struct db *db, const struct words *words, void *data,
    struct err *err);
int store_change(const struct words *words, change_fn *fn, void *data, struct err *err);
void stamp_now(const struct words *words, char stamp[CLOCK_STAMP_SIZE]);
/* The exit code for what a verb said; err is filled but for DB_OK and DB_NONE. */
int exit_of(enum db_result result);
/* Rows of the store: as one JSON array when the words ask for that, else as text (json
 * NULL). An exit code. */
typedef enum db_result rows_fn(struct db *db, struct json_writer *json, struct err *err);
int print_rows(const struct words *words, rows_fn *rows, struct err *err);
/* A whole file of at most max bytes. */
bool read_file(const char *path, size_t max, struct buf *out, struct err *err);
/* Says so, by errno. Returns false. */
bool cannot_write(const char *path, struct err *err);
/* Whether it may be a worker's or a laptop's name. False and err. */
bool check_name(const char *name, struct err *err);

/* data_commands.c */
int cmd_token_add(const struct words *words, struct err *err);
int cmd_token_list(const struct words *words, struct err *err);
int cmd_token_remove(const struct words *words, struct err *err);
int cmd_export(const struct words *words, struct err *err);
int cmd_receipt(const struct words *words, struct err *err);
int cmd_stats(const struct words *words, struct err *err);

/* carrier_command.c */
int cmd_carrier_import(const struct words *words, struct err *err);
int cmd_carrier_key(const struct words *words, struct err *err);

/* audit_command.c */
int cmd_audit(const struct words *words, struct err *err);

/* desk_commands.c */
int cmd_enrol(const struct words *words, struct err *err);
int cmd_workers(const struct words *words, struct err *err);
int cmd_accept(const struct words *words, struct err *err);
int cmd_return(const struct words *words, struct err *err);
int cmd_hand_over(const struct words *words, struct err *err);
int cmd_assign(const struct words *words, struct err *err);
int cmd_assign_list(const struct words *words, struct err *err);
int cmd_assign_done(const struct words *words, struct err *err);
int cmd_needs(const struct words *words, struct err *err);

/* publish_commands.c */
int cmd_publish(const struct words *words, struct err *err);
int cmd_list_put(const struct words *words, struct err *err);
int cmd_published(const struct words *words, struct err *err);

#endif
