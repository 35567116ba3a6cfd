/*
 * new_command - begins a record: on the screen, or line by line
 */
#include "app.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "passphrase.h"
#include "plain.h"
#include "session.h"

#include <stdio.h>

static int
fill_plainly(struct notebook *nb, const char *form, const char *draft)
{
	struct err err = { 0 };
	struct session *s = draft ? session_resume(nb, draft, i18n_language(), &err)
				  : session_new(nb, form, i18n_language(), &err);
	int status = EXIT_OK;

	if (!s)
		return command_failed(&err);
	switch (plain_run(s, stdin, stdout, &err)) {
	case PLAIN_FINAL:
		printf("%s %s\n", _("The record is finished and waits to be sent."),
		    session_record_id(s));
		break;
	case PLAIN_LEFT:
		status = EXIT_WRONG;
		if (session_is_saved(s))
			printf("\n%s %s\n", _("The draft is kept; --draft goes on with it:"),
			    session_record_id(s));
		else
			printf("\n%s\n", _("Nothing was answered; nothing is kept."));
		break;
	case PLAIN_FAILED:
		status = command_failed(&err);
		break;
	}
	session_close(s);
	return status;
}

int
command_new(const struct command_context *context, const struct words *words)
{
	const char *draft = words_get(words, "--draft");
	struct notebook *nb;
	int status;

	if (words_get(words, "--plain")) {
		nb = command_notebook(context, &status);
		if (nb)
			status = fill_plainly(nb, words->rest[0], draft);
		notebook_close(nb);
		return status;
	}
	if (draft) {
		fprintf(stderr, "minqing: %s\n",
		    _("--draft goes with --plain; on the screen drafts stand on the home page."));
		return EXIT_USAGE;
	}
	return command_screen_with(context, words->rest[0]);
}
