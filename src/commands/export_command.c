/*
 * export_command - finished records as JSON lines, CSV or XML
 *
 * JSON lines can be imported again; XML is what OpenRosa servers take, a line a record.
 * Masked answers show only their last four characters unless asked for. A file is written
 * under a temporary name, synced and renamed, so it is there whole or not at all. The
 * notebook's log knows of it before the first byte is out.
 */
#include "audit.h"
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "csv.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "json.h"
#include "notebook.h"
#include "output.h"
#include "records.h"
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct export {
	struct notebook *nb;
	bool csv, xml, flat, masked;
	const char *form;    /* or NULL: all */
	const char *repeat;  /* csv: rows of this repeat, or NULL */
	const struct def *table; /* csv: whose children are the columns */
	FILE *out;
	long unread; /* records that stand in a damaged part */
	struct err *err;
	struct buf answers, line; /* kept for their room */
};

/* --- JSON lines --- */

static const struct def *
child_named(const struct def *parent, const char *name)
{
	for (const struct def *d = parent->first; d; d = d->next)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

/* Copies the members of the object that r has just entered; groups lose their braces. */
static void
copy_flat(struct json_reader *r, struct json_writer *w, const struct def *def)
{
	while (json_next(r) == JSON_NAME) {
		const struct def *child = child_named(def, r->text);
		const char *raw;
		size_t len;

		if (child && child->kind == DEF_GROUP) {
			json_next(r);
			copy_flat(r, w, child);
			continue;
		}
		json_name(w, r->text);
		if (child && child->kind == DEF_REPEAT) {
			json_array(w);
			json_next(r);
			while (json_next(r) == JSON_OBJECT) {
				json_object(w);
				copy_flat(r, w, child);
				json_object_end(w);
			}
			json_array_end(w);
		} else if (json_skip(r, &raw, &len)) {
			json_raw(w, raw, len);
		}
	}
}

/* The record's members after those of the envelope; its own braces go. */
static void
write_answers(struct export *ex, struct json_writer *w, const struct form *form)
{
	struct json_reader r;
	const char *raw;
	size_t len;

	json_reader_init(&r, buf_text(&ex->answers), ex->answers.len);
	json_next(&r);
	if (ex->flat) {
		copy_flat(&r, w, form->root);
	} else {
		while (json_next(&r) == JSON_NAME) {
			json_name(w, r.text);
			if (json_skip(&r, &raw, &len))
				json_raw(w, raw, len);
		}
	}
	json_reader_clear(&r);
}

static void
write_json_line(struct export *ex, const struct record *rec, const struct form *form)
{
	struct json_writer w;

	buf_reset(&ex->line);
	json_writer_init(&w, &ex->line);
	json_object(&w);
	json_member(&w, "_id", rec->id);
	json_member(&w, "_form", rec->form);
	json_member(&w, "_version", rec->version);
	json_member(&w, "_created", rec->created);
	json_member(&w, "_modified", rec->modified);
	json_member_integer(&w, "_rev", rec->rev);
	json_member(&w, "_operator", rec->user);
	json_member(&w, "_station", rec->station);
	json_member(&w, "_device", rec->device);
	json_member(&w, "_state", record_state_names[rec->state]);
	write_answers(ex, &w, form);
	json_object_end(&w);
	fprintf(ex->out, "%s\n", buf_text(&ex->line));
}

/* --- CSV --- */

static bool
is_column(const struct def *d)
{
	return d->kind == DEF_QUESTION && d->question->answer != ANSWER_NONE;
}

/* Questions below def that belong to its table, not to that of a repeat inside. */
static void
write_columns(const struct def *def, const struct node *node, struct buf *line)
{
	const struct node *n = node ? node->first : NULL;

	for (const struct def *d = def->first; d; d = d->next) {
		while (n && n->def != d && n->def->index < d->index)
			n = n->next;
		if (d->kind == DEF_GROUP)
			write_columns(d, n && n->def == d ? n : NULL, line);
		else if (is_column(d))
			csv_write(line, false, !node ? d->name : n && n->def == d ? n->text : "");
	}
}

static void
write_header(struct export *ex, const struct def *table)
{
	static const char *const envelope[] = { "_form", "_version", "_created", "_rev",
		"_operator", "_station", "_state", "_title" };

	buf_reset(&ex->line);
	csv_write(&ex->line, true, "_id");
	if (table->parent)
		csv_write(&ex->line, false, "_row");
	else
		for (size_t i = 0; i < sizeof(envelope) / sizeof(*envelope); i++)
			csv_write(&ex->line, false, envelope[i]);
	write_columns(table, NULL, &ex->line);
	fprintf(ex->out, "\xEF\xBB\xBF%s\r\n", buf_text(&ex->line));
}

static void
write_csv_row(struct export *ex, const struct record *rec, struct instance *in)
{
	const char *cells[] = { rec->form, rec->version, rec->created, NULL, rec->user,
		rec->station, record_state_names[rec->state], rec->title };
	char rev[16];

	snprintf(rev, sizeof(rev), "%d", rec->rev);
	cells[3] = rev;
	buf_reset(&ex->line);
	csv_write(&ex->line, true, rec->id);
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		csv_write(&ex->line, false, cells[i]);
	write_columns(instance_form(in)->root, instance_root(in), &ex->line);
	fprintf(ex->out, "%s\r\n", buf_text(&ex->line));
}

static void
write_csv_repeat(struct export *ex, const struct record *rec, struct instance *in)
{
	long row = 0;

	for (struct node *n = instance_root(in); n; n = instance_next(n)) {
		char number[24];

		if (n->def->kind != DEF_REPEAT || strcmp(n->def->name, ex->repeat) != 0)
			continue;
		snprintf(number, sizeof(number), "%ld", ++row);
		buf_reset(&ex->line);
		csv_write(&ex->line, true, rec->id);
		csv_write(&ex->line, false, number);
		write_columns(n->def, n, &ex->line);
		fprintf(ex->out, "%s\r\n", buf_text(&ex->line));
	}
}

/* --- XML --- */

static bool
write_xml_line(struct export *ex, const struct record *rec)
{
	char id[UUID_SIZE];
	bool good;

	snprintf(id, sizeof(id), "%s", rec->id);
	buf_reset(&ex->line);
	good = ex->masked
	    ? session_submission(ex->nb, id, 0, &ex->line, ex->err)
	    : session_submission_masked(ex->nb, id, 0, &ex->line, ex->err);
	if (good)
		fprintf(ex->out, "%s\n", buf_text(&ex->line));
	return good;
}

/* --- records --- */

static bool
write_record(struct export *ex, const struct record *rec)
{
	const struct form *form;
	struct instance *in;
	bool good;

	if (ex->xml)
		return write_xml_line(ex, rec);
	form = notebook_form(ex->nb, rec->form, rec->version, ex->err);
	if (!form)
		return false;
	buf_reset(&ex->answers);
	if (!record_answers(ex->nb, rec->id, 0, &ex->answers, ex->err))
		return false;
	in = instance_new(form);
	good = instance_from_json(in, buf_text(&ex->answers), ex->answers.len, true,
	    ex->err);
	if (good && !ex->masked) {
		instance_mask(in);
		buf_reset(&ex->answers);
		instance_to_json(in, false, &ex->answers);
	}
	if (good && !ex->csv)
		write_json_line(ex, rec, form);
	else if (good && ex->repeat)
		write_csv_repeat(ex, rec, in);
	else if (good)
		write_csv_row(ex, rec, in);
	instance_free(in);
	return good;
}

/* Are the form and the repeat that were said there? */
static bool
find_table(struct export *ex)
{
	const struct form *form =
	    ex->form ? notebook_form(ex->nb, ex->form, NULL, ex->err) : NULL;

	if (!ex->form)
		return true;
	if (!form)
		return false;
	ex->table = ex->repeat ? form_find(form, ex->repeat) : form->root;
	if (ex->table && (!ex->repeat || ex->table->kind == DEF_REPEAT))
		return true;
	return err_set(ex->err, ERR_INPUT,
	    _("The form \"%s\" has no repeat \"%s\". Look with minqing form show."),
	    ex->form, ex->repeat);
}

/* What stands in a damaged part of the notebook keeps nothing else back. */
static bool
export_record(const struct record *rec, void *data)
{
	struct export *ex = data;

	if (write_record(ex, rec))
		return true;
	if (ex->err->kind != ERR_DAMAGED)
		return false;
	*ex->err = (struct err){ 0 };
	ex->unread++;
	return true;
}

static bool
export_all(struct export *ex)
{
	struct record_query query = {
		.form = ex->form,
		.states = 1 << RECORD_QUEUED | 1 << RECORD_SENT | 1 << RECORD_RETURNED,
	};

	if (ex->csv)
		write_header(ex, ex->table);
	if (!record_list(ex->nb, &query, export_record, ex, ex->err) || ex->err->kind)
		return false;
	if (fflush(ex->out) != 0 || ferror(ex->out))
		return err_set(ex->err, ERR_SYSTEM,
		    _("The export cannot be written: %s. Check that there is room and that you "
		      "may write there."),
		    strerror(errno));
	return true;
}

/* Nobody else's to read; what an export that was cut short left there goes. */
static FILE *
open_part(const char *path)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd >= 0 ? fdopen(fd, "w") : NULL;
}

static bool
cannot_write(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM,
	    _("%s cannot be written: %s. Check that there is room and that you may write "
	      "there."),
	    path, strerror(errno));
}

/* Into PATH.part, synced, renamed. */
static bool
export_to_file(struct export *ex, const char *path)
{
	struct buf part = { 0 };
	bool good;

	buf_fmt(&part, "%s.part", path);
	ex->out = open_part(buf_text(&part));
	if (!ex->out) {
		cannot_write(buf_text(&part), ex->err);
		buf_clear(&part);
		return false;
	}
	good = export_all(ex);
	if (good && fsync(fileno(ex->out)) != 0)
		good = cannot_write(path, ex->err);
	if (fclose(ex->out) != 0 && good)
		good = cannot_write(path, ex->err);
	if (good && rename(buf_text(&part), path) != 0)
		good = cannot_write(path, ex->err);
	if (!good)
		unlink(buf_text(&part));
	buf_clear(&part);
	return good;
}

/* "csv visit needs", "jsonl, masked answers in full". */
static bool
log_export(const struct export *ex)
{
	struct buf about = { 0 };
	bool good;

	buf_str(&about, ex->csv ? "csv" : ex->xml ? "xml" : "jsonl");
	if (ex->form)
		buf_fmt(&about, " %s", ex->form);
	if (ex->repeat)
		buf_fmt(&about, " %s", ex->repeat);
	if (ex->masked)
		buf_str(&about, ", masked answers in full");
	good = audit_add(ex->nb, AUDIT_EXPORT, buf_text(&about), ex->err);
	buf_clear(&about);
	return good;
}

int
command_export(const struct command_context *context, const struct words *words)
{
	const char *format = words_get(words, "--format"), *path = words_get(words, "--out");
	struct err err = { 0 };
	struct export ex = {
		.csv = format && strcmp(format, "csv") == 0,
		.flat = words_get(words, "--flat") != NULL,
		.masked = words_get(words, "--masked") != NULL,
		.form = words_get(words, "--form"),
		.repeat = words_get(words, "--repeat"),
		.err = &err,
	};
	bool good;
	int status;

	ex.xml = format && strcmp(format, "xml") == 0;
	if (format && !ex.csv && !ex.xml && strcmp(format, "jsonl") != 0) {
		fprintf(stderr, _("minqing: \"%s\" is not a format: jsonl, csv or xml.\n"), format);
		return EXIT_USAGE;
	}
	if (ex.csv && !ex.form) {
		fprintf(stderr, _("minqing: CSV has the columns of one form: say --form ID.\n"));
		return EXIT_USAGE;
	}
	ex.nb = command_notebook(context, &status);
	if (!ex.nb)
		return status;
	output_for_programs();
	ex.out = stdout;
	good = find_table(&ex) && log_export(&ex) &&
	       (path ? export_to_file(&ex, path) : export_all(&ex));
	notebook_close(ex.nb);
	buf_clear(&ex.answers);
	buf_clear(&ex.line);
	if (!good)
		return command_failed(&err);
	fprintf(stderr,
	    _("What was exported is not sealed: whoever gets at it can read it. Keep it safe, "
	      "and remove it when it is no longer needed.\n"));
	if (!ex.unread)
		return EXIT_OK;
	fprintf(stderr,
	    _("minqing: Records that stand in a damaged part of the notebook and are not in it: "
	      "%ld. All others are. Look with \"minqing vault check\".\n"),
	    ex.unread);
	return EXIT_WRONG;
}
