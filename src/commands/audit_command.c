/*
 * audit_command - the notebook's log
 */
#include "audit.h"
#include "buf.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"

#include <stdio.h>
#include <string.h>

static bool
print_json(const struct audit_entry *e, void *data)
{
	struct buf line = { 0 };
	struct json_writer w;

	(void)data;
	json_writer_init(&w, &line);
	json_object(&w);
	json_member_integer(&w, "number", e->number);
	json_member(&w, "at", e->at);
	json_member(&w, "who", e->who);
	json_member(&w, "what", e->what);
	json_member(&w, "about", e->about);
	json_member(&w, "hash", e->hash);
	json_object_end(&w);
	puts(buf_text(&line));
	buf_clear(&line);
	return true;
}

/* What an entry says, for who reads it; one of a later version in its own word. */
static const char *
words_of(const char *what)
{
	static const char *const words[AUDIT_KINDS] = {
		[AUDIT_FINALISE] = N_("record finished"),
		[AUDIT_WITHDRAW] = N_("record withdrawn"),
		[AUDIT_VIEW] = N_("masked answer seen in full"),
		[AUDIT_EXPORT] = N_("export"),
		[AUDIT_UNLOCK] = N_("wrong passphrase or PIN"),
		[AUDIT_RECOVER] = N_("opened with the district's key"),
		[AUDIT_PASSPHRASE] = N_("new passphrase"),
		[AUDIT_BACKUP] = N_("backup"),
		[AUDIT_RESTORE] = N_("backup brought back"),
	};

	for (int i = 0; i < AUDIT_KINDS; i++)
		if (strcmp(audit_names[i], what) == 0)
			return _(words[i]);
	return what;
}

static bool
print_plain(const struct audit_entry *e, void *data)
{
	(void)data;
	printf("%5lld  %s  %s  %s%s%s\n", (long long)e->number, e->at, e->who,
	    words_of(e->what), *e->about ? ": " : "", e->about);
	return true;
}

int
command_audit(const struct command_context *context, const struct words *words)
{
	bool json = words_get(words, "--json") != NULL, good;
	struct err err = { 0 };
	struct notebook *nb;
	int64_t broken = 0;
	int status;

	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	good = audit_each(nb, 0, 0, json ? print_json : print_plain, NULL, &err) &&
	       audit_check(nb, &broken, &err);
	notebook_close(nb);
	if (!good)
		return command_failed(&err);
	if (!broken)
		return EXIT_OK;
	fprintf(stderr,
	    _("minqing: Entry %lld of the log is missing or does not follow on the one "
	      "before: somebody changed the log. Tell the district.\n"),
	    (long long)broken);
	return EXIT_WRONG;
}
