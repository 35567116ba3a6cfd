/* What was received: the laptops that send, the records, the figures. */
#include "commands.h"

#include "auth.h"
#include "buf.h"
#include "err.h"
#include "export.h"
#include "i18n.h"
#include "json.h"
#include "output.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FORM_COLUMNS 24

static int
token_change(const struct words *words, struct err *err, bool add,
    char text[HASH_HEX_SIZE])
{
	unsigned char hash[HASH_SIZE];
	char now[CLOCK_STAMP_SIZE];
	enum db_result result;
	struct db *db = store_open(words, DB_CHANGE, err);

	if (!db)
		return SYSTEM;
	clock_stamp(&words->clock, clock_now(&words->clock), now);
	if (add) {
		auth_token_new(text, hash);
		result = store_ops()->device_add(db, words->names[0],
		    words->value[O_USER] ? words->value[O_USER] : "", hash, now, err);
	} else {
		result = store_ops()->device_remove(db, words->names[0], now, err);
	}
	store_ops()->close(db);
	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    add ? _("%s has a token already; remove it first.")
			: _("There is no token for %s. minqing-collector token list shows "
			  "which there are."),
		    words->names[0]);
		return WRONG;
	}
	return result == DB_OK ? DONE : SYSTEM;
}

int
cmd_token_add(const struct words *words, struct err *err)
{
	char text[HASH_HEX_SIZE];
	int code;

	if (!check_name(words->names[0], err) ||
	    (words->value[O_USER] && !check_name(words->value[O_USER], err)))
		return USAGE;
	code = token_change(words, err, true, text);
	if (code == DONE)
		printf("%s\n", text);
	return code;
}

int
cmd_token_remove(const struct words *words, struct err *err)
{
	return token_change(words, err, false, NULL);
}

static bool
print_device(const struct db_device *device, void *data)
{
	struct json_writer *w = data;

	if (!w && !device->removed)
		printf("%s\t%s\t%s\t%s\n", device->name, device->added,
		    device->seen[0] ? device->seen : "-",
		    *device->worker ? device->worker : "-");
	if (!w)
		return true;
	json_object(w);
	json_member(w, "name", device->name);
	json_member(w, "user", device->worker);
	json_member(w, "added", device->added);
	json_member(w, "seen", device->seen);
	json_name(w, "removed");
	json_bool(w, device->removed);
	json_object_end(w);
	return true;
}

static enum db_result
device_rows(struct db *db, struct json_writer *json, struct err *err)
{
	return store_ops()->device_each(db, print_device, json, err);
}

int
cmd_token_list(const struct words *words, struct err *err)
{
	return print_rows(words, device_rows, err);
}

/* Into a file that takes its name only when it is whole. */
static int
export_to_file(const struct db_ops *ops, struct db *db, const char *path,
    const struct export_options *options,
    bool (*run)(const struct db_ops *, struct db *, const struct export_options *, FILE *,
	struct err *),
    struct err *err)
{
	struct buf part = { 0 };
	FILE *out;
	bool ok;

	buf_fmt(&part, "%s.part", path);
	out = fopen(part.data, "we");
	if (!out) {
		cannot_write(part.data, err);
		buf_clear(&part);
		return SYSTEM;
	}
	ok = run(ops, db, options, out, err);
	if (ok && fsync(fileno(out)) != 0 && errno != EINVAL)
		ok = cannot_write(part.data, err);
	if (fclose(out) != 0 && ok)
		ok = cannot_write(part.data, err);
	if (ok && rename(part.data, path) != 0)
		ok = cannot_write(path, err);
	if (!ok)
		unlink(part.data);
	buf_clear(&part);
	return ok ? DONE : SYSTEM;
}

int
cmd_export(const struct words *words, struct err *err)
{
	const char *format = words->value[O_FORMAT], *form = words->value[O_FORM],
		   *path = words->value[O_OUT];
	struct export_options options = { .form = form ? form : "",
		.withdrawn_too = words->value[O_ALL] != NULL };
	bool csv = format && !strcmp(format, "csv");
	struct db *db;
	int code;

	if (!csv && (!format || strcmp(format, "jsonl") != 0)) {
		err_set(err, ERR_INPUT, _("--format is missing or unknown: say jsonl or csv."));
		return USAGE;
	}
	if (csv && !form) {
		err_set(err, ERR_INPUT, _("A CSV table has one form: say which by --form."));
		return USAGE;
	}
	db = store_open(words, DB_READ, err);
	if (!db)
		return SYSTEM;
	if (path)
		code = export_to_file(store_ops(), db, path, &options,
		    csv ? export_csv : export_jsonl, err);
	else {
		output_for_programs();
		code = (csv ? export_csv : export_jsonl)(store_ops(), db, &options, stdout,
			   err)
		    ? DONE
		    : SYSTEM;
	}
	store_ops()->close(db);
	return code;
}

/* A row of the table. */
static void
stats_line(struct buf *out, const char *form, long records, long revisions,
    long withdrawn)
{
	int wide = text_width(form, strlen(form));

	buf_fmt(out, "%s%*s ", form, wide < FORM_COLUMNS ? FORM_COLUMNS - wide : 0, "");
	buf_fmt(out, _("%ld records, %ld revisions, %ld withdrawn\n"), records, revisions,
	    withdrawn);
}

static void
stats_form_text(const struct db_form_stats *form, void *data)
{
	stats_line(data, form->form, form->records, form->revisions, form->withdrawn);
}

static void
stats_form_json(const struct db_form_stats *form, void *data)
{
	struct json_writer w;

	if (((struct buf *)data)->len)
		buf_char(data, ',');
	json_writer_init(&w, data);
	json_object(&w);
	json_member(&w, "form", form->form);
	json_member_integer(&w, "records", form->records);
	json_member_integer(&w, "revisions", form->revisions);
	json_member_integer(&w, "withdrawn", form->withdrawn);
	json_object_end(&w);
}

static void
stats_json(const struct db_stats *stats, struct buf *forms)
{
	struct buf out = { 0 };
	struct json_writer w;

	json_writer_init(&w, &out);
	json_object(&w);
	json_member_integer(&w, "records", stats->records);
	json_member_integer(&w, "revisions", stats->revisions);
	json_member_integer(&w, "withdrawn", stats->withdrawn);
	json_member_integer(&w, "waiting_for_base", stats->waiting);
	json_member_integer(&w, "devices", stats->devices);
	json_member_integer(&w, "batches", stats->batches);
	json_member(&w, "last_batch", stats->last_batch);
	json_member(&w, "last_device", stats->last_device);
	json_name(&w, "forms");
	json_array(&w);
	if (forms->len)
		json_raw(&w, forms->data, forms->len);
	json_array_end(&w);
	json_object_end(&w);
	printf("%s\n", out.data);
	buf_clear(&out);
}

static void
stats_text(const struct db_stats *stats, struct buf *forms)
{
	stats_line(forms, _("all"), stats->records, stats->revisions, stats->withdrawn);
	fputs(buf_text(forms), stdout);
	if (stats->waiting)
		printf(_("%ld revisions wait for the one they were made from\n"),
		    stats->waiting);
	printf(_("%ld devices, %ld batches\n"), stats->devices, stats->batches);
	if (stats->last_batch[0])
		printf(_("last batch %s from %s\n"), stats->last_batch,
		    stats->last_device);
}

int
cmd_stats(const struct words *words, struct err *err)
{
	bool json = words->value[O_JSON] != NULL;
	struct db *db = store_open(words, DB_READ, err);
	struct buf forms = { 0 };
	struct db_stats stats;
	enum db_result result;

	if (!db)
		return SYSTEM;
	result = store_ops()->stats(db, &stats, json ? stats_form_json : stats_form_text,
	    &forms, err);
	if (result == DB_OK)
		(json ? stats_json : stats_text)(&stats, &forms);
	buf_clear(&forms);
	store_ops()->close(db);
	return result == DB_OK ? DONE : SYSTEM;
}

