/*
 * notebook_commands - init and settings: whose notebook this is
 */
#include "autosync.h"
#include "buf.h"
#include "client.h"
#include "clock.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "passphrase.h"
#include "place.h"
#include "rescue.h"
#include "vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
choose_passphrase(const struct command_context *context, const char *name,
    struct vault_passphrase *p, struct err *err)
{
	struct place_asker asker = passphrases_asker(context->passphrases);

	return asker.ask(asker.data, name, PLACE_ASK_NEW, p, err);
}

/* By the district's code; the notebook stands either way, and it can be tried again. */
static int
enrol(struct notebook *nb, const char *code)
{
	struct buf name = { 0 };
	struct err err = { 0 };
	int status = EXIT_OK;

	if (!client_enrol(nb, code, NULL, &err) ||
	    !notebook_get(nb, SETTING_WORKER_NAME, &name, &err))
		status = command_failed(&err);
	else
		printf(_("This laptop is enrolled for %s. The next sync fetches what is the "
			 "worker's.\n"),
		    buf_text(&name));
	buf_clear(&name);
	return status;
}

int
command_init(const struct command_context *context, const struct words *words)
{
	struct err err = { 0 };
	struct worker worker = {
		.id = words_get(words, "--id"),
		.name = words_get(words, "--name"),
		.role = words_get(words, "--role"),
		.station = words_get(words, "--station"),
		.collector = words_get(words, "--collector"),
		.token = words_get(words, "--token"),
	};
	struct vault_passphrase passphrase = { 0 };
	struct notebook *nb;
	bool sealed;
	int status;

	if (!worker.name) {
		fprintf(stderr, _("minqing: init wants --name NAME: whose notebook is it?\n"));
		return EXIT_USAGE;
	}
	sealed = !words_get(words, "--plain") && passphrases_can_ask(context->passphrases);
	nb = sealed && !choose_passphrase(context, worker.name, &passphrase, &err)
		? NULL
		: place_create_sealed(&worker, sealed ? &passphrase : NULL, context->clock,
		      &err);
	vault_passphrase_wipe(&passphrase);
	if (!nb)
		return command_failed(&err);
	printf(_("The notebook of %s is ready.\n"), worker.name);
	if (!sealed)
		printf(_("It has no passphrase: whoever has the file can read it. Seal it "
			 "with: minqing vault encrypt\n"));
	status = words_get(words, "--code") ? enrol(nb, words_get(words, "--code")) : EXIT_OK;
	notebook_close(nb);
	return status;
}

int
command_enrol(const struct command_context *context, const struct words *words)
{
	const char *collector = words_get(words, "--collector");
	int status;
	struct notebook *nb = command_notebook(context, &status);
	struct err err = { 0 };

	if (!nb)
		return status;
	if (collector && !notebook_set(nb, SETTING_COLLECTOR, collector, &err))
		status = command_failed(&err);
	else
		status = enrol(nb, words->rest[0]);
	notebook_close(nb);
	return status;
}

/* clang-format off */
static const struct {
	const char *option, *key, *label;
} rows[] = {
	{ NULL,                SETTING_WORKER_ID,   N_("worker") },
	{ NULL,                SETTING_WORKER_NAME, N_("name") },
	{ "--role",            SETTING_WORKER_ROLE, N_("role") },
	{ "--station",         SETTING_STATION,     N_("service point") },
	{ "--collector",       SETTING_COLLECTOR,   N_("collector") },
	{ "--token",           SETTING_TOKEN,       N_("device token") },
	{ "--protocol",        SETTING_PROTOCOL,    N_("server") },
	{ "--backup",          SETTING_BACKUP_FOLDER, N_("backups") },
	{ "--backup-keep",     SETTING_BACKUP_KEEP, N_("backups kept") },
	{ "--ca",              SETTING_CA,          N_("certificates to trust") },
	{ "--http",            SETTING_INSECURE,    N_("without encryption") },
	{ "--by-itself",       SETTING_BY_ITSELF,   N_("sends by itself") },
	{ "--lock-minutes",    SETTING_LOCK_MINUTES, N_("locks after minutes") },
	{ "--screen-language", SETTING_LANGUAGE,    N_("language") },
	{ NULL,                SETTING_DEVICE,      N_("device") },
};
/* clang-format on */

/* False and err when the value makes no sense. */
static bool
is_sensible(const char *key, const char *value, struct err *err)
{
	char *end;
	long keep = strtol(value, &end, 10);

	if (strcmp(key, SETTING_BACKUP_KEEP) == 0 && (*end || keep < 1 || keep > 999))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no number of backups: say one from 1 to 999."), value);
	if (strcmp(key, SETTING_LOCK_MINUTES) == 0 &&
	    (strtod(value, &end) < 0 || end == value || *end || strtod(value, NULL) > 600))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no number of minutes: say one from 0 to 600."), value);
	if (strcmp(key, SETTING_PROTOCOL) == 0 && *value &&
	    strcmp(value, PROTOCOL_OPENROSA) != 0)
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no kind of server: say \"%s\", or \"\" for the "
		      "district's collector."),
		    value, PROTOCOL_OPENROSA);
	if (strcmp(key, SETTING_BACKUP_FOLDER) == 0 && *value && *value != '/' &&
	    strcmp(value, RESCUE_OFF) != 0)
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is no folder for backups: write its whole path, beginning "
		      "with /, or \"off\"."),
		    value);
	return true;
}

/* A token is never shown: only whether there is one. */
static const char *
shown(const char *key, const char *value)
{
	if (strcmp(key, SETTING_TOKEN) == 0)
		return *value ? _("set") : _("none");
	return value;
}

int
command_settings(const struct command_context *context, const struct words *words)
{
	int status;
	struct notebook *nb = command_notebook(context, &status);
	struct err err = { 0 };
	bool good = true;

	if (!nb)
		return status;
	for (size_t i = 0; good && i < sizeof(rows) / sizeof(*rows); i++) {
		const char *value =
		    rows[i].option ? words_get(words, rows[i].option) : NULL;
		struct buf now = { 0 };

		if (value)
			good = is_sensible(rows[i].key, value, &err) &&
			       notebook_set(nb, rows[i].key, value, &err);
		good = good && notebook_get(nb, rows[i].key, &now, &err);
		if (good)
			printf("%s: %s\n", _(rows[i].label),
			    shown(rows[i].key, buf_text(&now)));
		buf_clear(&now);
	}
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}
