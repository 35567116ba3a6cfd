/*
 * record_commands - list, show and withdraw
 */
#include "audit.h"
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "json.h"
#include "notebook.h"
#include "output.h"
#include "records.h"
#include "session.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The state in the user's words. */
static const char *
state_word(enum record_state state)
{
	static const char *const words[RECORD_STATES] = {
		[RECORD_DRAFT] = N_("draft"),
		[RECORD_QUEUED] = N_("queued"),
		[RECORD_SENT] = N_("sent"),
		[RECORD_RETURNED] = N_("returned"),
		[RECORD_WITHDRAWN] = N_("withdrawn"),
	};

	return _(words[state]);
}

/* The envelope of a record, without the braces. */
static void
write_record(struct json_writer *w, const struct record *r)
{
	json_member(w, "id", r->id);
	json_member(w, "form", r->form);
	json_member(w, "version", r->version);
	json_member(w, "state", record_state_names[r->state]);
	json_member_integer(w, "rev", r->rev);
	json_name(w, "draft");
	json_bool(w, r->has_draft);
	json_member(w, "title", r->title);
	json_member(w, "created", r->created);
	json_member(w, "modified", r->modified);
	json_member(w, "operator", r->user);
	json_member(w, "station", r->station);
	if (r->state == RECORD_RETURNED) {
		json_member(w, "code", r->reason_code);
		json_member(w, "path", r->reason_path);
		json_member(w, "reason", r->reason);
	}
	if (*r->holder)
		json_member(w, "holder", r->holder);
	if (*r->accepted)
		json_member(w, "accepted", r->accepted);
}

/* --- list --- */

static bool
print_record(const struct record *r, void *data)
{
	const bool *json = data;
	struct buf line = { 0 };
	struct json_writer w;

	if (*json) {
		json_writer_init(&w, &line);
		json_object(&w);
		write_record(&w, r);
		json_object_end(&w);
		puts(buf_text(&line));
		buf_clear(&line);
		return true;
	}
	buf_fmt(&line, "%s  %-10s %s%s  ", r->id, r->form, state_word(r->state),
	    r->has_draft && r->rev ? "*" : "");
	text_cut(r->title, TEXT_ROW, &line);
	buf_char(&line, '\n');
	if (r->state == RECORD_RETURNED) {
		buf_fmt(&line, "    %s%s", r->reason_path, *r->reason_path ? ": " : "");
		text_cut(r->reason, TEXT_REASON, &line);
		buf_char(&line, '\n');
	}
	if (*r->holder)
		buf_fmt(&line, _("    handed over to %s\n"), r->holder);
	if (*r->accepted)
		buf_fmt(&line, _("    accepted by the district, %s\n"), r->accepted);
	fputs(buf_text(&line), stdout);
	buf_clear(&line);
	return true;
}

/* The bit of a state's name, or 0. */
static int
state_bit(const char *name)
{
	for (int i = 0; i < RECORD_STATES; i++)
		if (strcmp(record_state_names[i], name) == 0)
			return 1 << i;
	return 0;
}

int
command_list(const struct command_context *context, const struct words *words)
{
	const char *state = words_get(words, "--state"), *limit = words_get(words, "--limit");
	struct record_query query = {
		.search = words_get(words, "--search"),
		.form = words_get(words, "--form"),
		.day = words_get(words, "--day"),
		.states = state ? state_bit(state) : 0,
	};
	bool json = words_get(words, "--json") != NULL, good;
	struct err err = { 0 };
	struct notebook *nb;
	char *end = NULL;
	int status;

	if (state && !query.states) {
		fprintf(stderr,
		    _("minqing: \"%s\" is not a state: draft, queued, sent, returned or "
		      "withdrawn.\n"),
		    state);
		return EXIT_USAGE;
	}
	if (limit)
		query.limit = (int)strtol(limit, &end, 10);
	if (limit && (*end || query.limit < 1)) {
		fprintf(stderr, _("minqing: --limit wants a whole number from 1.\n"));
		return EXIT_USAGE;
	}
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	good = record_list(nb, &query, print_record, &json, &err);
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}

/* --- show --- */

static void
print_answers(struct session *s, bool masked)
{
	struct buf line = { 0 };

	for (struct node *n = instance_root(session_instance(s)); n; n = instance_next(n)) {
		if (!n->relevant || n->def == session_form(s)->root)
			continue;
		buf_reset(&line);
		if (n->def->kind == DEF_QUESTION) {
			if (!n->text[0])
				continue;
			buf_str(&line, "  ");
			logic_label(session_logic(s), n, &line);
			buf_str(&line, ": ");
			logic_answer_text(session_logic(s), n, masked, &line);
		} else {
			buf_str(&line, "# ");
			logic_label(session_logic(s), n, &line);
			if (n->def->kind == DEF_REPEAT)
				buf_fmt(&line, " %zu", instance_repeat_index(n) + 1);
		}
		buf_char(&line, '\n');
		fputs(buf_text(&line), stdout);
	}
	buf_clear(&line);
}

/* A draft is shown as it stands, a finished record as it was finalised. */
static struct session *
open_for_show(struct notebook *nb, const struct record *r, int rev, struct err *err)
{
	if (!r->rev)
		return session_resume(nb, r->id, i18n_language(), err);
	return session_view(nb, r->id, rev, i18n_language(), err);
}

/* All masked answers of the record, in full. */
static bool
log_view(struct notebook *nb, const char *id, struct err *err)
{
	char about[UUID_SIZE + 2];

	snprintf(about, sizeof(about), "%s *", id);
	return audit_add(nb, AUDIT_VIEW, about, err);
}

/* The bytes that a server gets; masked, unless they are asked for in full. */
static int
show_xml(struct notebook *nb, const char *id, int rev, bool masked)
{
	struct err err = { 0 };
	struct record r;
	struct buf xml = { 0 };
	char whole[UUID_SIZE] = "";
	bool good = command_record(nb, id, &r, &err);

	if (good)
		memcpy(whole, r.id, UUID_SIZE);
	if (good && masked)
		good = log_view(nb, whole, &err) &&
		    session_submission(nb, whole, rev, &xml, &err);
	else if (good)
		good = session_submission_masked(nb, whole, rev, &xml, &err);
	if (good) {
		output_for_programs();
		puts(buf_text(&xml));
	}
	buf_clear(&xml);
	return good ? EXIT_OK : command_failed(&err);
}

static int
show(struct notebook *nb, const char *id, int rev, bool json, bool masked)
{
	struct err err = { 0 };
	struct record r;
	struct session *s;
	struct buf answers = { 0 }, line = { 0 };
	struct json_writer w;

	if (!command_record(nb, id, &r, &err))
		return command_failed(&err);
	json_writer_init(&w, &line);
	json_object(&w);
	write_record(&w, &r);
	if (!json)
		print_record(&r, &json);
	s = open_for_show(nb, &r, rev, &err);
	if (s && masked && !log_view(nb, r.id, &err)) {
		session_close(s);
		s = NULL;
	}
	if (!s)
		goto out;
	if (json) {
		if (!masked)
			instance_mask(session_instance(s));
		instance_to_json(session_instance(s), r.rev > 0, &answers);
		json_name(&w, "answers");
		json_raw(&w, buf_text(&answers), answers.len);
		json_object_end(&w);
		puts(buf_text(&line));
	} else {
		print_answers(s, masked);
	}
out:
	session_close(s);
	buf_clear(&answers);
	buf_clear(&line);
	return s ? EXIT_OK : command_failed(&err);
}

int
command_show(const struct command_context *context, const struct words *words)
{
	const char *rev = words_get(words, "--rev");
	char *end = NULL;
	long number = rev ? strtol(rev, &end, 10) : 0;
	struct notebook *nb;
	int status;

	if (rev && (*end || number < 1)) {
		fprintf(stderr, _("minqing: --rev wants a whole number from 1.\n"));
		return EXIT_USAGE;
	}
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	if (words_get(words, "--xml"))
		status = show_xml(nb, words->rest[0], (int)number,
		    words_get(words, "--masked") != NULL);
	else
		status = show(nb, words->rest[0], (int)number,
		    words_get(words, "--json") != NULL,
		    words_get(words, "--masked") != NULL);
	notebook_close(nb);
	return status;
}

/* --- withdraw --- */

int
command_withdraw(const struct command_context *context, const struct words *words)
{
	const char *why = words_get(words, "--why");
	struct err err = { 0 };
	struct notebook *nb;
	struct record r;
	char id[UUID_SIZE];
	bool good;
	int status;

	if (!why || !*why) {
		fprintf(stderr, _("minqing: withdraw wants --why REASON.\n"));
		return EXIT_USAGE;
	}
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	good = command_record(nb, words->rest[0], &r, &err);
	if (good) {
		memcpy(id, r.id, UUID_SIZE);
		good = record_withdraw(nb, id, why, &err);
	}
	notebook_close(nb);
	if (!good)
		return command_failed(&err);
	printf(_("The record is withdrawn; the collector hears of it at the next sync.\n"));
	return EXIT_OK;
}
