/* What goes down again: enrolment, feedback, cases, tasks. publish_commands.c: forms. */
#include "commands.h"

#include "buf.h"
#include "changes.h"
#include "enrol.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With tabs between, whatever stands in the cells. */
static void
print_row(const char *const *cells)
{
	struct buf line = { 0 };

	for (size_t i = 0; cells[i]; i++) {
		if (i)
			buf_char(&line, '\t');
		text_cut(cells[i], TEXT_REASON, &line);
	}
	puts(buf_text(&line));
	buf_clear(&line);
}

#define TEXT_MAX 2000 /* bytes of a reason or a task */
#define PATH_MAX_BYTES 200

static bool
is_blank(const char *text)
{
	return !text || !text[strspn(text, " \t\r\n")];
}

/* A text that was said and is not too long. */
static bool
check_text(const char *option, const char *text, size_t max, struct err *err)
{
	if (is_blank(text))
		return err_set(err, ERR_INPUT,
		    _("%s is missing, or empty: write some words after it."), option);
	if (strlen(text) > max)
		return err_set(err, ERR_INPUT,
		    _("%s is too long: shorten it to %zu bytes; a Chinese character is "
		      "three."),
		    option, max);
	return true;
}

/* --- which record --- */

struct matches {
	char id[37];
	int count;
};

static void
take_match(const char *id, void *data)
{
	struct matches *m = data;

	m->count++;
	memcpy(m->id, id, sizeof(m->id));
}

static bool
is_beginning(const char *text, char lower[37])
{
	size_t len = strlen(text), i;

	if (len < 8 || len > 36 || strspn(text, "0123456789abcdefABCDEF-") != len)
		return false;
	for (i = 0; i <= len; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	return true;
}

/* The record that is meant by a whole id or at least 8 digits of its beginning. */
static int
find_record(struct db *db, const char *said, struct db_last *last, struct err *err)
{
	struct matches m = { .count = 0 };
	char beginning[37];
	int code;

	if (!is_beginning(said, beginning)) {
		err_set(err, ERR_INPUT,
		    _("\"%s\" is not a record's id: give at least its first 8 digits."),
		    said);
		return USAGE;
	}
	code = exit_of(store_ops()->match(db, beginning, take_match, &m, err));
	if (code != DONE)
		return code;
	if (m.count != 1) {
		err_set(err, ERR_INPUT,
		    m.count ? _("More than one record begins with %s: give more of its id.")
			    : _("There is no record %s here. Look at its id once more."),
		    said);
		return WRONG;
	}
	return exit_of(store_ops()->last(db, m.id, last, err));
}

static int
find_worker(struct db *db, const char *user, struct db_worker *worker, struct err *err)
{
	enum db_result result = store_ops()->worker_find(db, user, worker, err);

	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    _("There is no worker %s here. minqing-collector workers lists them; "
		      "enrol makes one."),
		    user);
		return WRONG;
	}
	return exit_of(result);
}

/* --- enrolment --- */

static void
take_word(char *out, size_t size, const char *said)
{
	if (said)
		snprintf(out, size, "%s", said);
}

static int
enrol(struct db *db, const struct words *words, void *data, struct err *err)
{
	struct db_worker worker = { 0 };
	unsigned char hash[HASH_SIZE];
	const char *user = words->names[0];
	char stamp[CLOCK_STAMP_SIZE];
	long hours = words->value[O_HOURS] ? atol(words->value[O_HOURS]) : ENROL_HOURS;
	enum db_result result = store_ops()->worker_find(db, user, &worker, err);

	if (result == DB_NONE && is_blank(words->value[O_NAME])) {
		err_set(err, ERR_INPUT,
		    _("%s is new here: say the worker's name by --name."), user);
		return USAGE;
	}
	if (result != DB_OK && result != DB_NONE)
		return SYSTEM;
	take_word(worker.user, sizeof(worker.user), user);
	take_word(worker.name, sizeof(worker.name), words->value[O_NAME]);
	take_word(worker.role, sizeof(worker.role), words->value[O_ROLE]);
	take_word(worker.station, sizeof(worker.station), words->value[O_STATION]);
	stamp_now(words, stamp);
	enrol_code_new(data, hash);
	result = store_ops()->worker_put(db, &worker, stamp, err);
	if (result == DB_OK)
		result = store_ops()->code_add(db, hash, user,
		    clock_now(&words->clock) + (int64_t)hours * 3600000, err);
	return exit_of(result);
}

int
cmd_enrol(const struct words *words, struct err *err)
{
	const char *hours = words->value[O_HOURS];
	char code[ENROL_CODE_SIZE];
	int exit;

	if (!check_name(words->names[0], err))
		return USAGE;
	if (hours && (atol(hours) < 1 || atol(hours) > 24 * 90)) {
		err_set(err, ERR_INPUT, _("%s is \"%s\": give a number from %d to %d."),
		    "--hours", hours, 1, 24 * 90);
		return USAGE;
	}
	exit = store_change(words, enrol, code, err);
	if (exit == DONE)
		printf("%s\n", code);
	return exit;
}

static bool
print_worker(const struct db_worker *w, void *data)
{
	struct json_writer *json = data;

	if (!json) {
		print_row((const char *[]){ w->user, w->name, w->role, w->station, NULL });
		return true;
	}
	json_object(json);
	json_member(json, "user", w->user);
	json_member(json, "name", w->name);
	json_member(json, "role", w->role);
	json_member(json, "station", w->station);
	json_object_end(json);
	return true;
}

static enum db_result
worker_rows(struct db *db, struct json_writer *json, struct err *err)
{
	return store_ops()->worker_each(db, print_worker, json, err);
}

int
cmd_workers(const struct words *words, struct err *err)
{
	return print_rows(words, worker_rows, err);
}

/* --- feedback --- */

static int
give_feedback(struct db *db, const struct words *words, void *data, struct err *err)
{
	const char *state = data, *field = words->value[O_FIELD], *why = words->value[O_WHY];
	struct db_last last = { 0 };
	char stamp[CLOCK_STAMP_SIZE];
	struct db_feedback feedback = { .state = state, .path = field ? field : "",
		.message = why ? why : "", .at = stamp };
	enum db_result result;
	int code = find_record(db, words->names[0], &last, err);

	if (code != DONE)
		return code;
	if (last.withdrawn) {
		err_set(err, ERR_INPUT,
		    _("The record was withdrawn by its writer: choose another one."));
		return WRONG;
	}
	stamp_now(words, stamp);
	feedback.id = last.id;
	feedback.rev = last.rev;
	result = store_ops()->feedback_set(db, &feedback, err);
	if (result == DB_OK)
		result = changes_tell(db, &last, store_ops()->feedback_put, err);
	return exit_of(result);
}

int
cmd_accept(const struct words *words, struct err *err)
{
	static char state[] = "accepted";
	const char *why = words->value[O_WHY];

	if (why && !check_text("--why", why, TEXT_MAX, err))
		return USAGE;
	return store_change(words, give_feedback, state, err);
}

/* "g_who/room", "needs[2]/need_text", "room". */
static bool
is_path(const char *path)
{
	const unsigned char *p = (const unsigned char *)path;

	for (; *p; p++)
		if (*p < 0x80 && !isalnum(*p) && !strchr("_-.:/[]", *p))
			return false;
	return strlen(path) <= PATH_MAX_BYTES;
}

int
cmd_return(const struct words *words, struct err *err)
{
	static char state[] = "returned";
	const char *field = words->value[O_FIELD];

	if (!check_text("--why", words->value[O_WHY], TEXT_MAX, err))
		return USAGE;
	if (field && !is_path(field)) {
		err_set(err, ERR_INPUT,
		    _("\"%s\" is not a field: write room, g_who/room or "
		      "needs[2]/need_text."),
		    field);
		return USAGE;
	}
	return store_change(words, give_feedback, state, err);
}

/* --- cases --- */

/* Whoever had it hears that it has gone. */
static int
hand_over(struct db *db, const struct words *words, void *data, struct err *err)
{
	struct db_worker to = { 0 };
	struct db_last last = { 0 };
	char stamp[CLOCK_STAMP_SIZE];
	enum db_result result;
	int code = find_record(db, words->names[0], &last, err);

	(void)data;
	if (code == DONE)
		code = find_worker(db, words->value[O_TO], &to, err);
	if (code != DONE)
		return code;
	if (!strcmp(*last.holder ? last.holder : last.user, to.user)) {
		err_set(err, ERR_INPUT,
		    _("%s has this record already: choose another worker."), to.name);
		return WRONG;
	}
	stamp_now(words, stamp);
	result = changes_tell(db, &last, store_ops()->case_put, err);
	if (result == DB_OK)
		result = store_ops()->hand_over(db, last.id, to.user, stamp, err);
	return exit_of(result);
}

int
cmd_hand_over(const struct words *words, struct err *err)
{
	if (is_blank(words->value[O_TO])) {
		err_set(err, ERR_INPUT, _("--to is missing: say which worker gets it."));
		return USAGE;
	}
	return store_change(words, hand_over, NULL, err);
}

/* --- tasks --- */

/* --set room=1203 …, as a JSON object. */
static bool
write_sets(const struct words *words, const char *need, struct buf *out, struct err *err)
{
	struct json_writer w;
	bool ok = true;

	json_writer_init(&w, out);
	json_object(&w);
	if (need)
		json_member(&w, "need_ref", need);
	for (size_t i = 0; ok && i < words->set_count; i++) {
		const char *equals = strchr(words->sets[i], '=');
		char *field = equals ? mem_strndup(words->sets[i],
					   (size_t)(equals - words->sets[i]))
				     : NULL;

		ok = field && *field && is_path(field);
		if (ok)
			json_member(&w, field, equals + 1);
		free(field);
		if (!ok)
			err_set(err, ERR_INPUT,
			    _("\"%s\" is not FIELD=VALUE: write --set room=1203."),
			    words->sets[i]);
	}
	json_object_end(&w);
	return ok;
}

struct new_task {
	struct buf set, text;
	char need[80];
	int64_t number;
};

/* The text of the need that is assigned, when none was said. */
static int
find_need(struct db *db, struct new_task *t, const char *said, struct err *err)
{
	enum db_result result;
	size_t i;

	for (i = 0; i < sizeof(t->need) - 1 && said[i]; i++)
		t->need[i] = (char)tolower((unsigned char)said[i]);
	result = store_ops()->need_find(db, t->need, &t->text, err);
	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    _("There is no need %s here: it is the visit's id, a dash, and its "
		      "place in the visit. minqing-collector needs lists them."),
		    said);
		return WRONG;
	}
	return exit_of(result);
}

static int
assign(struct db *db, const struct words *words, void *data, struct err *err)
{
	struct new_task *t = data;
	const char *due = words->value[O_DUE], *form = words->value[O_FORM],
		   *need = words->value[O_NEED], *text = words->value[O_TEXT];
	struct db_task task = { .due = due ? due : "",
		.form = form ? form : need ? "feedback" : "" };
	struct db_worker to = { 0 };
	char stamp[CLOCK_STAMP_SIZE];
	int code = find_worker(db, words->value[O_TO], &to, err);

	if (code == DONE && need)
		code = find_need(db, t, need, err);
	if (code == DONE && !write_sets(words, need ? t->need : NULL, &t->set, err))
		code = USAGE;
	if (code != DONE)
		return code;
	stamp_now(words, stamp);
	task.user = to.user;
	task.text = text ? text : buf_text(&t->text);
	task.set = buf_text(&t->set);
	task.added = stamp;
	return exit_of(store_ops()->task_add(db, &task, &t->number, err));
}

int
cmd_assign(const struct words *words, struct err *err)
{
	struct new_task t = { .number = 0 };
	const char *due = words->value[O_DUE];
	int64_t day;
	int code;

	if (is_blank(words->value[O_TO])) {
		err_set(err, ERR_INPUT, _("--to is missing: say which worker is to do it."));
		return USAGE;
	}
	if ((!words->value[O_NEED] || words->value[O_TEXT]) &&
	    !check_text("--text", words->value[O_TEXT], TEXT_MAX, err))
		return USAGE;
	if (due && !clock_parse_day(due, &day)) {
		err_set(err, ERR_INPUT, _("--due is \"%s\": write a day, as 2026-11-09."),
		    due);
		return USAGE;
	}
	code = store_change(words, assign, &t, err);
	if (code == DONE)
		printf("%" PRId64 "\n", t.number);
	buf_clear(&t.set);
	buf_clear(&t.text);
	return code;
}

static bool
print_task(const struct db_task *t, void *data)
{
	struct json_writer *json = data;

	if (!json) {
		char number[24];

		snprintf(number, sizeof(number), "%" PRId64, t->number);
		print_row((const char *[]){ number, t->user, *t->due ? t->due : "-",
		    *t->form ? t->form : "-", *t->closed ? t->closed : _("open"), t->text,
		    NULL });
		return true;
	}
	json_object(json);
	json_member_integer(json, "number", t->number);
	json_member(json, "to", t->user);
	json_member(json, "text", t->text);
	json_member(json, "due", t->due);
	json_member(json, "form", t->form);
	json_name(json, "set");
	json_raw(json, t->set, strlen(t->set));
	json_member(json, "added", t->added);
	json_member(json, "closed", t->closed);
	json_object_end(json);
	return true;
}

static enum db_result
task_rows(struct db *db, struct json_writer *json, struct err *err)
{
	return store_ops()->tasks(db, NULL, print_task, json, err);
}

int
cmd_assign_list(const struct words *words, struct err *err)
{
	return print_rows(words, task_rows, err);
}

static int
close_task(struct db *db, const struct words *words, void *data, struct err *err)
{
	int64_t number = *(int64_t *)data;
	char stamp[CLOCK_STAMP_SIZE];
	enum db_result result;

	stamp_now(words, stamp);
	result = store_ops()->task_close(db, number, stamp, err);
	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    _("There is no open task %ld. minqing-collector assign list shows "
		      "them."),
		    (long)number);
		return WRONG;
	}
	return exit_of(result);
}

int
cmd_assign_done(const struct words *words, struct err *err)
{
	char *end;
	int64_t number = strtoll(words->names[0], &end, 10);

	if (*end || number < 1) {
		err_set(err, ERR_INPUT,
		    _("\"%s\" is not a task's number. minqing-collector assign list "
		      "shows them."),
		    words->names[0]);
		return USAGE;
	}
	return store_change(words, close_task, &number, err);
}

/* --- needs --- */

static bool
print_need(const struct db_need *n, void *data)
{
	struct json_writer *json = data;

	if (!json) {
		print_row((const char *[]){ n->id, n->user, *n->due ? n->due : "-", n->text,
		    NULL });
		return true;
	}
	json_object(json);
	json_member(json, "id", n->id);
	json_member(json, "user", n->user);
	json_member(json, "due", n->due);
	json_member(json, "text", n->text);
	json_name(json, "dispute");
	json_bool(json, n->dispute);
	json_object_end(json);
	return true;
}

static enum db_result
need_rows(struct db *db, struct json_writer *json, struct err *err)
{
	return store_ops()->needs_open(db, print_need, json, err);
}

int
cmd_needs(const struct words *words, struct err *err)
{
	return print_rows(words, need_rows, err);
}
