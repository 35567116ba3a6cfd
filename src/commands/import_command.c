/*
 * import_command - files of JSON lines into the notebook
 *
 * Some hundred records share a transaction; a refused line takes nothing with it.
 */
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"
#include "session.h"
#include "text.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_A_TRANSACTION 500

struct import_run {
	struct notebook *nb;
	bool json;
	const char *file;
	long line;
	long added, same, refused;
	int in_transaction;
};

static void
tell_refused(struct import_run *run, const char *field, const char *reason)
{
	struct buf out = { 0 };
	struct json_writer w;

	run->refused++;
	if (!run->json) {
		fprintf(stderr, _("%s: line %ld: %s%s%s\n"), run->file, run->line,
		    text_brief(field, (char[TEXT_BRIEF]){ 0 }), *field ? ": " : "", reason);
		return;
	}
	json_writer_init(&w, &out);
	json_object(&w);
	json_member(&w, "file", run->file);
	json_member_integer(&w, "line", run->line);
	json_member(&w, "field", field);
	json_member(&w, "reason", reason);
	json_object_end(&w);
	puts(buf_text(&out));
	buf_clear(&out);
}

static bool
next_transaction(struct import_run *run, struct err *err)
{
	if (run->in_transaction && !notebook_end(run->nb, true, err))
		return false;
	run->in_transaction = 0;
	return true;
}

static bool
import_line(struct import_run *run, const char *line, size_t len, struct buf *field,
    struct err *err)
{
	struct err reason = { 0 };

	if (!run->in_transaction && !notebook_begin(run->nb, err))
		return false;
	run->in_transaction++;
	switch (session_import(run->nb, line, len, field, &reason)) {
	case IMPORT_ADDED:
		run->added++;
		break;
	case IMPORT_SAME:
		run->same++;
		break;
	case IMPORT_REFUSED:
		tell_refused(run, buf_text(field), reason.text);
		break;
	case IMPORT_FAILED:
		*err = reason;
		return false;
	}
	if (run->in_transaction >= RECORDS_A_TRANSACTION)
		return next_transaction(run, err);
	return true;
}

/* Blank lines are passed over; a line that is too long is refused, not cut. */
static bool
import_stream(struct import_run *run, FILE *in, struct err *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	struct buf field = { 0 };
	bool good = true;

	run->line = 0;
	while (good && (len = getline(&line, &cap, in)) >= 0) {
		run->line++;
		while (len > 0 && strchr("\r\n \t", line[len - 1]))
			line[--len] = '\0';
		if (len > 0)
			good = import_line(run, line, (size_t)len, &field, err);
	}
	if (good && ferror(in))
		good = err_set(err, ERR_SYSTEM, _("%s cannot be read: %s. Check the name, and that you may "
		    "read it."), run->file,
		    strerror(errno));
	if (!good && run->in_transaction)
		notebook_end(run->nb, false, NULL);
	else
		good = good && next_transaction(run, err);
	free(line);
	buf_clear(&field);
	return good;
}

static bool
import_file(struct import_run *run, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "r");
	bool good;

	run->file = path;
	if (!in)
		return err_set(err, ERR_INPUT, _("%s cannot be opened: %s. Check the name, and that you may "
		    "read it."), path,
		    strerror(errno));
	good = import_stream(run, in, err);
	if (!is_stdin)
		fclose(in);
	return good;
}

static void
tell_sum(const struct import_run *run)
{
	if (run->json)
		printf("{\"added\":%ld,\"same\":%ld,\"refused\":%ld}\n", run->added,
		    run->same, run->refused);
	else
		printf(_("%ld logged, %ld were here already, %ld refused\n"), run->added,
		    run->same, run->refused);
}

int
command_import(const struct command_context *context, const struct words *words)
{
	struct err err = { 0 };
	int status;
	struct import_run run = { .json = words_get(words, "--json") != NULL };
	bool good = true;

	run.nb = command_notebook(context, &status);
	if (!run.nb)
		return status;
	for (int i = 0; good && i < words->rest_count; i++)
		good = import_file(&run, words->rest[i], &err);
	tell_sum(&run);
	notebook_close(run.nb);
	if (!good)
		return command_failed(&err);
	return run.refused ? EXIT_WRONG : EXIT_OK;
}
