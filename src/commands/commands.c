/*
 * commands - the table of all commands, and how the command line is read
 */
#include "command.h"

#include "app.h"
#include "argv.h"
#include "buf.h"
#include "clock.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "output.h"
#include "passphrase.h"
#include "place.h"
#include "records.h"
#include "version.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* clang-format off */
static const struct option screen_options[] = {
	{ "--people", NULL, N_("begin with the list of who works here, even of one") },
	{ 0 },
};

static const struct option init_options[] = {
	{ "--name",      "NAME", N_("the worker's name; the notebook is called by it") },
	{ "--id",        "ID",   N_("short name in records and at the collector; made from the name's pinyin otherwise") },
	{ "--role",      "ROLE", N_("a choice of the list worker_role, as bldhead or mediator") },
	{ "--station",   "NAME", N_("service point") },
	{ "--collector", "URL",  N_("address of the district's collector") },
	{ "--code",      "CODE", N_("one-time code of the district: token, role and the rest come by it") },
	{ "--token",     "TOKEN", N_("device token that the collector gave") },
	{ "--plain",     NULL,    N_("without a passphrase, where the district allows it") },
	{ 0 },
};

static const struct option set_options[] = {
	{ "--role",      "ROLE", N_("a choice of the list worker_role") },
	{ "--station",   "NAME", N_("service point") },
	{ "--collector", "URL",  N_("address of the district's collector") },
	{ "--token",     "TOKEN", N_("device token that the collector gave") },
	{ "--ca",        "FILE", N_("certificates to trust for the collector, in place of the system's; \"\" for the system's again") },
	{ "--http",      "WORDS", N_("\"allow http without encryption\": an address that begins with http:// may be another machine's; \"\" forbids it again") },
	{ "--by-itself", "YES",  N_("yes: what waits is sent whenever a line is there; no: only by hand") },
	{ "--protocol",  "NAME", N_("\"openrosa\": the collector is ODK Central, KoboToolbox or Ona, and the token a key or NAME:PASSWORD") },
	{ "--backup",    "FOLDER", N_("where a backup goes after each sync; \"off\": none is made") },
	{ "--backup-keep", "N", N_("how many backups are kept there (7)") },
	{ "--lock-minutes", "N", N_("lock the screens after N minutes without a key (5; 0: only by hand)") },
	{ "--screen-language", "CODE", N_("language of the screens: zh or en") },
	{ 0 },
};

static const struct option new_options[] = {
	{ "--plain", NULL, N_("line by line, one question a line: for screen readers, simple terminals and scripts") },
	{ "--draft", "ID", N_("with --plain: goes on with this draft") },
	{ 0 },
};

static const struct option merge_options[] = {
	{ "--take", "SIDE", N_("mine or theirs: for the answers that both sides changed") },
	{ 0 },
};

static const struct option enrol_options[] = {
	{ "--collector", "URL",  N_("address of the district's collector") },
	{ 0 },
};

static const struct option json_option[] = {
	{ "--json", NULL, N_("write JSON, for scripts") },
	{ 0 },
};

static const struct option sync_options[] = {
	{ "--wait", NULL, N_("stay until everything is sent, for a script at login: tries again whenever the network comes back") },
	{ "--within", "SECONDS", N_("with --wait: but no longer than this") },
	{ "--to",   "FOLDER", N_("write the queue as sealed files there, for the district; answers that are there are read first") },
	{ "--from", "FOLDER", N_("only read the district's answers there") },
	{ "--json", NULL, N_("write JSON, for scripts") },
	{ 0 },
};

static const struct option list_options[] = {
	{ "--form",   "ID",    N_("only records of this form") },
	{ "--state",  "STATE", N_("only draft, queued, sent, returned or withdrawn ones") },
	{ "--search", "WORDS", N_("only records in which all these words stand") },
	{ "--day",    "DAY",   N_("only records of this day or month: 2026-11-02 or 2026-11") },
	{ "--limit",  "N",     N_("at most this many") },
	{ "--json",   NULL,    N_("write JSON, one record a line") },
	{ 0 },
};

static const struct option show_options[] = {
	{ "--rev",  "N",  N_("an older revision") },
	{ "--json", NULL, N_("write JSON") },
	{ "--xml",  NULL, N_("write the XML that OpenRosa servers take") },
	{ "--masked", NULL,     N_("with masked answers (ID numbers, phones) in full, not their last four characters only; the log tells that it was done") },
	{ 0 },
};

static const struct option export_options[] = {
	{ "--format", "FORMAT", N_("jsonl (the default), csv, which wants --form, or xml: what OpenRosa servers take, a line a record") },
	{ "--form",   "ID",     N_("only records of this form") },
	{ "--repeat", "NAME",   N_("csv: the rows of this repeat, each with its record's ID") },
	{ "--flat",   NULL,     N_("jsonl: answers of groups beside each other, without the groups") },
	{ "--masked", NULL,     N_("with masked answers (ID numbers, phones) in full, not their last four characters only; the log tells that it was done") },
	{ "--out",    "FILE",   N_("into this file (made whole or not at all), not to the terminal") },
	{ 0 },
};

static const struct option due_options[] = {
	{ "--kind",    "KIND", N_("only missed, again, need, dispute, mediation, agreement, signs or judicial") },
	{ "--days",    "N",    N_("also what is due in the next N days (7 otherwise)") },
	{ "--overdue", NULL,   N_("only what was due before today") },
	{ "--json",    NULL,   N_("write JSON, one a line") },
	{ 0 },
};

static const struct option withdraw_options[] = {
	{ "--why", "REASON", N_("the reason, which is kept and sent") },
	{ 0 },
};

static const struct option restore_options[] = {
	{ "--rehearse", NULL, N_("change nothing: restore beside the notebook, compare, remove") },
	{ 0 },
};

const struct command commands[] = {
	{ "screen",     "",     0, 0,  N_("open the notebook on the screen (what minqing alone does)"), screen_options, command_screen },
	{ "new",        "FORM", 1, 1,  N_("begin a record, on the screen or line by line"), new_options, command_new },
	{ "init",       "",     0, 0,  N_("make a worker's notebook"), init_options, command_init },
	{ "settings",   "",     0, 0,  N_("show what the notebook knows of its worker and collector, or change it"), set_options, command_settings },
	{ "enrol",      "CODE", 1, 1,  N_("make this laptop the worker's at the collector, by the one-time code that the district gave"), enrol_options, command_enrol },
	{ "forms",      "",     0, 0,  N_("list the forms of the notebook"), json_option, command_forms },
	{ "form check", "FILE...", 1, -1, N_("check form files: every problem with sheet, row and column"), json_option, command_form_check },
	{ "form show",  "FILE", 1, 1,  N_("write a form file's model, a line a question; alike for XLSForm and XForm"), NULL, command_form_show },
	{ "form add",   "FILE...", 1, -1, N_("put form files (and the lists beside them) into the notebook"), NULL, command_form_add },
	{ "import",     "FILE...", 1, -1, N_("log records from files of JSON lines, each through its form's logic; - reads standard input"), json_option, command_import },
	{ "list",       "",     0, 0,  N_("list records, newest first"), list_options, command_list },
	{ "keys",       "",     0, 0,  N_("write the keys of the screens; changed and kept as \"keys\" beside the notebooks, the text is taken"), NULL, command_keys },
	{ "due",        "",     0, 0,  N_("list what finished records ask for: visits, answers, terms, follow-ups"), due_options, command_due },
	{ "show",       "ID",   1, 1,  N_("show a record; the beginning or end of its ID will do"), show_options, command_show },
	{ "tasks",      "",     0, 0,  N_("list what the district asks of the worker"), json_option, command_tasks },
	{ "merge",      "ID",   1, 1,  N_("bring a record that was changed elsewhere as well together; shows both, and merges when nothing is left to choose"), merge_options, command_merge },
	{ "withdraw",   "ID",   1, 1,  N_("withdraw a finished record"), withdraw_options, command_withdraw },
	{ "export",     "",     0, 0,  N_("write finished records as JSON lines, CSV or XML"), export_options, command_export },
	{ "sync",       "",     0, 0,  N_("send what is queued to the collector and fetch what is new; or by a stick: --to, --from"), sync_options, command_sync },
	{ "receipts",   "",     0, 0,  N_("list what each sync did"), json_option, command_receipts },
	{ "receipt",    "[NUMBER]", 0, 1, N_("write one of them (the last, if not said) with the name of everything that was accepted, for minqing-collector receipt"), NULL, command_receipt },
	{ "audit",      "",     0, 0,  N_("list the notebook's log: what was finished, withdrawn, seen in full, exported; wrong passphrases; and check it"), json_option, command_audit },
	{ "backup",     "[FOLDER]", 0, 1, N_("copy the notebook into a folder, a USB stick for one, and read the copy back"), NULL, command_backup },
	{ "restore",    "[FILE]", 0, 1, N_("make a backup the worker's notebook again; the one that is here is kept beside it. Without FILE: which backups there are"), restore_options, command_restore },
	{ "vault status", "",   0, 0,  N_("is the notebook sealed, and how; asks for nothing"), NULL, command_vault_status },
	{ "vault encrypt", "",  0, 0,  N_("seal the notebook with a passphrase"), NULL, command_vault_encrypt },
	{ "vault passwd", "",   0, 0,  N_("give a sealed notebook another passphrase"), NULL, command_vault_passwd },
	{ "vault recover", "KEYFILE", 1, 1, N_("open a notebook of a lost passphrase with the district's secret key, and give it a new one"), NULL, command_vault_recover },
	{ "vault recovery-key", "KEYFILE", 1, 1, N_("make a district's pair of recovery keys"), NULL, command_vault_recovery_key },
	{ "vault check", "",    0, 0,  N_("read every page of the notebook and say whether it is whole"), NULL, command_vault_check },
	{ "vault salvage", "DIR", 1, 1, N_("write everything that can be read of a damaged notebook into a new folder"), NULL, command_vault_salvage },
	{ 0 },
};

static const struct option global_options[] = {
	{ "--worker",   "NAME", N_("whose notebook, when there are several (or MINQING_WORKER)") },
	{ "--language", "CODE", N_("language of this run: zh or en") },
	{ "--passphrase-fd", "N", N_("read passphrases from this file descriptor, a line each (or MINQING_PASSPHRASE_FD)") },
	{ "--help",     NULL,   N_("this help, or a command's") },
	{ "--version",  NULL,   N_("the program's version") },
	{ 0 },
};
/* clang-format on */

/* --- help --- */

static void
print_options(const struct option *o)
{
	for (; o && o->name; o++) {
		char left[64];

		snprintf(left, sizeof(left), "%s %s", o->name, o->value ? o->value : "");
		printf("  %-24s %s\n", left, _(o->help));
	}
}

static void
print_row(FILE *out, const struct command *c)
{
	char left[64];

	snprintf(left, sizeof(left), "%s %s", c->name, c->operands);
	fprintf(out, "  %-24s %s\n", left, _(c->help));
}

static void
print_help(void)
{
	printf(_("minqing - a field notebook: visits, disputes, volunteer hours\n\n"
		 "Usage: minqing [options] [command] [options]\n\n"));
	for (const struct command *c = commands; c->name; c++)
		print_row(stdout, c);
	printf("\n");
	print_options(global_options);
	printf(_("\nEnvironment:\n"
		 "  MINQING_HOME             folder of the notebooks (else the XDG data "
		 "folder)\n"
		 "  MINQING_FORMS            folder of the shipped forms\n"
		 "  MINQING_WORKER           as --worker\n"
		 "  MINQING_PASSPHRASE_FD    as --passphrase-fd\n"
		 "  MINQING_NOW              stops the clock at an RFC 3339 time\n"
		 "\nExit codes: 0 done, 1 something was refused or wrong, 2 words not "
		 "understood,\n3 the notebook or the system said no, 4 the network said "
		 "no.\n"));
}

static void
print_command_help(const struct command *c)
{
	char words[64];

	snprintf(words, sizeof(words), "%s%s%s", c->operands,
	    *c->operands && c->options ? " " : "", c->options ? _("[options]") : "");
	printf(_("Usage: minqing %s %s\n\n%s.\n"), c->name, words, _(c->help));
	if (c->options)
		printf("\n");
	print_options(c->options);
}

/* --- reading the words --- */

static int __attribute__((format(printf, 1, 2)))
usage_error(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "minqing: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, _(" See: minqing --help\n"));
	return EXIT_USAGE;
}

static const struct option *
option_named(const struct option *o, const char *word, size_t len)
{
	for (; o && o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, word, len) == 0)
			return o;
	return NULL;
}

/* One option at argv[*i], its value beside it or after "="; 0, or an exit code. */
static int
read_option(const struct option *rows, int argc, char **argv, int *i, const char **values)
{
	const char *word = argv[*i], *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct option *o = option_named(rows, word, len);

	if (!o)
		return usage_error(_("\"%s\" is not an option here."), word);
	if (!o->value && equals)
		return usage_error(_("%s takes no value."), o->name);
	if (o->value && !equals && *i + 1 >= argc)
		return usage_error(_("%s wants a value."), o->name);
	values[o - rows] = !o->value ? "" : equals ? equals + 1 : argv[++*i];
	return EXIT_OK;
}

const char *
words_get(const struct words *words, const char *option)
{
	const struct option *o = option_named(words->options, option, strlen(option));

	return o ? words->values[o - words->options] : NULL;
}

/* Is "vault" the first of the command's two words? */
static bool
is_first_word(const struct command *c, const char *word)
{
	size_t len = strlen(word);

	return strncmp(c->name, word, len) == 0 && c->name[len] == ' ';
}

/* Of the first of two words alone all second ones are told. */
static int
no_command(int argc, char **argv)
{
	bool asked = argc > 1 && strcmp(argv[1], "--help") == 0, found = false;
	FILE *out = asked ? stdout : stderr;

	for (const struct command *c = commands; c->name; c++) {
		if (!is_first_word(c, argv[0]))
			continue;
		if (!found)
			fprintf(out, _("These commands begin with \"%s\":\n"), argv[0]);
		found = true;
		print_row(out, c);
	}
	if (!found)
		return usage_error(_("\"%s\" is not a command."), argv[0]);
	return asked ? EXIT_OK : EXIT_USAGE;
}

/* How many of argv's words are the command's name; 0 when it is another one. */
static int
command_words(const struct command *c, int argc, char **argv)
{
	const char *space = strchr(c->name, ' ');

	if (!space)
		return argc >= 1 && strcmp(argv[0], c->name) == 0;
	return argc >= 2 && strlen(argv[0]) == (size_t)(space - c->name) &&
		strncmp(argv[0], c->name, (size_t)(space - c->name)) == 0 &&
		strcmp(argv[1], space + 1) == 0
	    ? 2
	    : 0;
}

enum { GLOBAL_WORKER, GLOBAL_LANGUAGE, GLOBAL_PASSPHRASE, GLOBAL_HELP, GLOBAL_VERSION };

/* What is needed whatever the command: the words, the clock, where passphrases are. */
static int
use_globals(struct command_context *context, const char *const *globals)
{
	struct err err = { 0 };

	context->worker = globals[GLOBAL_WORKER];
	context->language = globals[GLOBAL_LANGUAGE];
	if (context->language)
		i18n_use(context->language);
	if (passphrases_init(context->passphrases, globals[GLOBAL_PASSPHRASE], &err))
		return EXIT_OK;
	fprintf(stderr, "minqing: %s\n", err.text);
	return EXIT_USAGE;
}

/* The options of all commands are understood behind a command, too. */
static int
run_command(const struct command *c, struct command_context *context,
    const char **globals, int argc, char **argv)
{
	struct words words = { .options = c->options };
	int status = EXIT_OK;
	bool only_operands = false;

	words.rest = mem_alloc((size_t)(argc + 1) * sizeof(*words.rest));
	for (int i = 0; i < argc && status == EXIT_OK; i++) {
		size_t len = strcspn(argv[i], "=");

		if (!only_operands && strcmp(argv[i], "--") == 0)
			only_operands = true;
		else if (!only_operands && strcmp(argv[i], "--help") == 0) {
			print_command_help(c);
			goto out;
		} else if (only_operands || strncmp(argv[i], "--", 2) != 0)
			words.rest[words.rest_count++] = argv[i];
		else if (!option_named(c->options, argv[i], len) &&
			 option_named(global_options, argv[i], len))
			status = read_option(global_options, argc, argv, &i, globals);
		else
			status = read_option(c->options, argc, argv, &i, words.values);
	}
	if (status == EXIT_OK && words.rest_count < c->min)
		status = usage_error(_("This command wants %s."), c->operands);
	if (status == EXIT_OK && c->max >= 0 && words.rest_count > c->max)
		status = usage_error(_("\"%s\" is one word too many."), words.rest[c->max]);
	if (status == EXIT_OK)
		status = use_globals(context, globals);
	if (status == EXIT_OK && words_get(&words, "--json"))
		output_for_programs();
	if (status == EXIT_OK)
		status = c->run(context, &words);
out:
	free(words.rest);
	return status;
}

static int
run(int argc, char **argv)
{
	const char *globals[OPTIONS_MAX] = { 0 };
	struct passphrases passphrases = { .fd = -1 };
	struct clock clock = { 0 };
	struct command_context context = { .clock = &clock, .passphrases = &passphrases };
	struct err err = { 0 };
	int at = 1, status;

	i18n_use(NULL);
	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		status = read_option(global_options, argc, argv, &at, globals);
		if (status != EXIT_OK)
			return status;
	}
	if (globals[GLOBAL_LANGUAGE])
		i18n_use(globals[GLOBAL_LANGUAGE]);
	if (globals[GLOBAL_VERSION]) {
		printf("minqing %s\n", MINQING_VERSION);
		return EXIT_OK;
	}
	if (globals[GLOBAL_HELP]) {
		print_help();
		return EXIT_OK;
	}
	if (!clock_init(&clock, &err)) {
		fprintf(stderr, "minqing: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (at == argc)
		return run_command(&commands[0], &context, globals, 0, argv + at);
	for (const struct command *c = commands; c->name; c++) {
		int taken = command_words(c, argc - at, argv + at);

		if (taken)
			return run_command(c, &context, globals, argc - at - taken,
			    argv + at + taken);
	}
	return no_command(argc - at, argv + at);
}

/* How many words at the beginning anybody may read: the program's name, a command's. */
static int
open_words(int argc, char **argv)
{
	for (const struct command *c = commands; c->name; c++) {
		int taken = command_words(c, argc - 1, argv + 1);

		if (taken)
			return 1 + taken;
	}
	return 1;
}

int
command_main(int argc, char **argv)
{
	char **words = argv_take(argc, argv, open_words(argc, argv));
	int status;

	umask(077); /* what people said of their lives is in these files */
	output_filter();
	status = run(argc, words);
	free(words);
	return status;
}

/* --- for the commands --- */

int
command_failed(const struct err *err)
{
	fprintf(stderr, "minqing: %s\n", err->text);
	switch (err->kind) {
	case ERR_NETWORK:
	case ERR_REFUSED:
		return EXIT_NETWORK;
	case ERR_INPUT:
	case ERR_CANCELLED:
		return EXIT_WRONG;
	case ERR_NONE:
	case ERR_SYSTEM:
	case ERR_DAMAGED:
	case ERR_BUSY:
		break;
	}
	return EXIT_SYSTEM;
}

struct notebook *
command_notebook(const struct command_context *context, int *status)
{
	struct buf warning = { 0 };
	struct err err = { 0 };
	struct place_asker asker = passphrases_asker(context->passphrases);
	struct notebook *nb =
	    place_unlock(context->worker, &asker, context->clock, &warning, &err);

	*status = nb ? EXIT_OK : command_failed(&err);
	if (warning.len)
		fprintf(stderr, "minqing: %s\n", buf_text(&warning));
	buf_clear(&warning);
	return nb;
}

bool
command_record(struct notebook *nb, const char *id, struct record *record, struct err *err)
{
	int found = record_get(nb, id, record, err);

	if (found == 0)
		err_set(err, ERR_INPUT,
		    _("There is no record \"%s\" in this notebook. Look with minqing list."), id);
	return found > 0;
}

static int
run_screens(const struct command_context *context, const char *form, bool people)
{
	struct place_asker asker = passphrases_asker(context->passphrases);
	struct app_options options = { context->worker, context->language,
		context->clock, context->passphrases->fd >= 0 ? &asker : NULL, form, people };
	struct err err = { 0 };
	bool good;

	output_release(); /* curses has the terminal, and filters by cells */
	good = app_run(&options, &err);
	output_filter();
	return good ? EXIT_OK : command_failed(&err);
}

int
command_screen_with(const struct command_context *context, const char *form)
{
	return run_screens(context, form, false);
}

int
command_screen(const struct command_context *context, const struct words *words)
{
	return run_screens(context, NULL, words_get(words, "--people") != NULL);
}
