/*
 * minqing-collector - receives the notebooks' batches and gives out what it holds
 *
 * Exit codes: 0 done; 1 done, but not as asked (no such name, the name is taken);
 * 2 the words were not understood; 3 the store, the disk or the system said no.
 */
#include "auth.h"
#include "buf.h"
#include "clock.h"
#include "db.h"
#include "err.h"
#include "export.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
#include "version.h"
#include "wire.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum exit_code { DONE, WRONG, USAGE, SYSTEM };

/* Everything that can be said after a command. */
enum option { O_DB, O_LISTEN, O_STALL, O_FORMAT, O_FORM, O_OUT, O_ALL, O_JSON, OPTIONS };

static const struct {
	const char *name;
	bool takes_value;
} option_names[OPTIONS] = {
	[O_DB] = { "--db", true },
	[O_LISTEN] = { "--listen", true },
	[O_STALL] = { "--stall", true },
	[O_FORMAT] = { "--format", true },
	[O_FORM] = { "--form", true },
	[O_OUT] = { "--out", true },
	[O_ALL] = { "--all", false },
	[O_JSON] = { "--json", false },
};

struct words {
	const char *name;           /* the one word that is no option; NULL */
	const char *value[OPTIONS]; /* "" for a flag that is there; NULL */
	struct clock clock;
};

#define BIT(o) (1u << (o))

struct command {
	const char *name, *usage, *help;
	unsigned options; /* those it takes, --db is one of all */
	bool takes_name;
	int (*run)(const struct words *words, struct err *err);
};

static int cmd_serve(const struct words *words, struct err *err);
static int cmd_token_add(const struct words *words, struct err *err);
static int cmd_token_list(const struct words *words, struct err *err);
static int cmd_token_remove(const struct words *words, struct err *err);
static int cmd_export(const struct words *words, struct err *err);
static int cmd_stats(const struct words *words, struct err *err);

static const struct command commands[] = {
	{ "serve", "serve --db FILE --listen ADDRESS:PORT [--stall SECONDS]",
	    N_("take batches until SIGTERM; port 0 is a free one"),
	    BIT(O_LISTEN) | BIT(O_STALL), false, cmd_serve },
	{ "token add", "token add NAME --db FILE",
	    N_("let a laptop send; its token is printed once"), 0, true, cmd_token_add },
	{ "token list", "token list --db FILE [--json]",
	    N_("the laptops that may send, and when they last did"), BIT(O_JSON), false,
	    cmd_token_list },
	{ "token remove", "token remove NAME --db FILE",
	    N_("take a laptop's token back"), 0, true, cmd_token_remove },
	{ "export",
	    "export --db FILE --format jsonl|csv [--form ID] [--all] [--out FILE]",
	    N_("the last revision of every record; --all: withdrawn ones too"),
	    BIT(O_FORMAT) | BIT(O_FORM) | BIT(O_OUT) | BIT(O_ALL), false, cmd_export },
	{ "stats", "stats --db FILE [--json]", N_("what there is, in numbers"),
	    BIT(O_JSON), false, cmd_stats },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct db_ops *
store_ops(void)
{
	return &db_sqlite;
}

static struct db *
store_open(const struct words *words, enum db_mode mode, struct err *err)
{
	return store_ops()->open(words->value[O_DB], mode, err);
}

/* SIGTERM and SIGINT become readable; the others that writing could raise become
 * errors of the call. */
static int
signals_open(struct err *err)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		err_set(err, ERR_SYSTEM, "signalfd: %s", strerror(errno));
	return fd;
}

static int
serve(const struct words *words, int stop_fd, int stall, struct db *db, struct err *err)
{
	struct http_options options = { .ops = store_ops(), .db = db,
		.clock = &words->clock, .version = MINQING_VERSION, .stall = stall };
	struct http *http = http_new(words->value[O_LISTEN], &options, err);
	bool ok;

	if (!http)
		return err->kind == ERR_INPUT ? USAGE : SYSTEM;
	if (!http_is_loopback(http))
		fprintf(stderr,
		    _("Warning: %s can be reached from outside without encryption. Put a "
		      "server with TLS in front and listen at 127.0.0.1.\n"),
		    http_address(http));
	printf("listening on %s\n", http_address(http));
	fflush(stdout);
	ok = http_serve(http, stop_fd, err);
	http_free(http);
	return ok ? DONE : SYSTEM;
}

static int
cmd_serve(const struct words *words, struct err *err)
{
	int stall = WIRE_STALL, stop_fd, code = SYSTEM;
	struct db *db;

	if (!words->value[O_LISTEN]) {
		err_set(err, ERR_INPUT, _("--listen is missing."));
		return USAGE;
	}
	if (words->value[O_STALL]) {
		stall = atoi(words->value[O_STALL]);
		if (stall < 1 || stall > 3600) {
			err_set(err, ERR_INPUT, _("--stall takes 1 to 3600 seconds."));
			return USAGE;
		}
	}
	stop_fd = signals_open(err);
	if (stop_fd < 0)
		return SYSTEM;
	db = store_open(words, DB_SERVE, err);
	if (db)
		code = serve(words, stop_fd, stall, db, err);
	store_ops()->close(db);
	close(stop_fd);
	return code;
}

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
		result = store_ops()->device_add(db, words->name, "", hash, now, err);
	} else {
		result = store_ops()->device_remove(db, words->name, now, err);
	}
	store_ops()->close(db);
	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    add ? _("%s has a token already; remove it first.")
			: _("There is no token for %s."),
		    words->name);
		return WRONG;
	}
	return result == DB_OK ? DONE : SYSTEM;
}

static int
cmd_token_add(const struct words *words, struct err *err)
{
	char text[HASH_HEX_SIZE];
	int code;

	if (!auth_name_valid(words->name)) {
		err_set(err, ERR_INPUT,
		    _("A name has at most %d bytes: letters, digits and _ - . @"),
		    AUTH_NAME_MAX);
		return USAGE;
	}
	code = token_change(words, err, true, text);
	if (code == DONE)
		printf("%s\n", text);
	return code;
}

static int
cmd_token_remove(const struct words *words, struct err *err)
{
	return token_change(words, err, false, NULL);
}

static bool
list_text(const struct db_device *device, void *data)
{
	(void)data;
	if (!device->removed)
		printf("%s\t%s\t%s\n", device->name, device->added,
		    device->seen[0] ? device->seen : "-");
	return true;
}

static bool
list_json(const struct db_device *device, void *data)
{
	struct json_writer *w = data;

	json_object(w);
	json_member(w, "name", device->name);
	json_member(w, "added", device->added);
	json_member(w, "seen", device->seen);
	json_name(w, "removed");
	json_bool(w, device->removed);
	json_object_end(w);
	return true;
}

static int
cmd_token_list(const struct words *words, struct err *err)
{
	bool json = words->value[O_JSON] != NULL;
	struct db *db = store_open(words, DB_READ, err);
	struct buf out = { 0 };
	struct json_writer w;
	enum db_result result;

	if (!db)
		return SYSTEM;
	json_writer_init(&w, &out);
	json_array(&w);
	result = store_ops()->device_each(db, json ? list_json : list_text, &w, err);
	json_array_end(&w);
	if (json && result == DB_OK)
		printf("%s\n", buf_text(&out));
	buf_clear(&out);
	store_ops()->close(db);
	return result == DB_OK ? DONE : SYSTEM;
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
		err_set(err, ERR_SYSTEM, "%s: %s", part.data, strerror(errno));
		buf_clear(&part);
		return SYSTEM;
	}
	ok = run(ops, db, options, out, err);
	if (ok && fsync(fileno(out)) != 0 && errno != EINVAL)
		ok = err_set(err, ERR_SYSTEM, "%s: %s", part.data, strerror(errno));
	if (fclose(out) != 0 && ok)
		ok = err_set(err, ERR_SYSTEM, "%s: %s", part.data, strerror(errno));
	if (ok && rename(part.data, path) != 0)
		ok = err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (!ok)
		unlink(part.data);
	buf_clear(&part);
	return ok ? DONE : SYSTEM;
}

static int
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
		err_set(err, ERR_INPUT, _("--format takes jsonl or csv."));
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
	else
		code = (csv ? export_csv : export_jsonl)(store_ops(), db, &options, stdout,
			   err)
		    ? DONE
		    : SYSTEM;
	store_ops()->close(db);
	return code;
}

static void
stats_form_text(const struct db_form_stats *form, void *data)
{
	buf_fmt(data, _("%-24s %ld records, %ld revisions, %ld withdrawn\n"), form->form,
	    form->records, form->revisions, form->withdrawn);
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
stats_json(const struct db_stats *stats, const struct buf *forms)
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
stats_text(const struct db_stats *stats, const struct buf *forms)
{
	fputs(buf_text(forms), stdout);
	printf(_("%-24s %ld records, %ld revisions, %ld withdrawn\n"), _("all"),
	    stats->records, stats->revisions, stats->withdrawn);
	if (stats->waiting)
		printf(_("%ld revisions wait for the one they were made from\n"),
		    stats->waiting);
	printf(_("%ld devices, %ld batches\n"), stats->devices, stats->batches);
	if (stats->last_batch[0])
		printf(_("last batch %s from %s\n"), stats->last_batch,
		    stats->last_device);
}

static int
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

static void
help(FILE *out)
{
	size_t i;

	fprintf(out, "%s\n\n",
	    _("minqing-collector receives what the notebooks send, and gives it out."));
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  minqing-collector %s\n      %s\n", commands[i].usage,
		    _(commands[i].help));
	fprintf(out, "\n%s\n",
	    _("Exit codes: 0 done, 1 not as asked, 2 not understood, 3 the system said no."));
}

/* How many words name the command: 1 or 2; 0 when they do not name it. */
static int
command_match(const struct command *c, int argc, char **argv)
{
	size_t first = strcspn(c->name, " ");

	if (argc < 1 || strlen(argv[0]) != first || strncmp(c->name, argv[0], first) != 0)
		return 0;
	if (!c->name[first])
		return 1;
	return argc > 1 && !strcmp(c->name + first + 1, argv[1]) ? 2 : 0;
}

static bool
read_word(const struct command *c, struct words *words, int argc, char **argv, int *at,
    struct err *err)
{
	const char *word = argv[*at];
	enum option o;

	for (o = 0; o < OPTIONS && strcmp(word, option_names[o].name) != 0; o++)
		;
	if (o < OPTIONS && ((c->options | BIT(O_DB)) & BIT(o))) {
		if (option_names[o].takes_value && ++*at >= argc)
			return err_set(err, ERR_INPUT, _("%s needs a value."), word);
		words->value[o] = option_names[o].takes_value ? argv[*at] : "";
		return true;
	}
	if (word[0] == '-' || !c->takes_name || words->name)
		return err_set(err, ERR_INPUT, _("\"%s\" is not understood here."), word);
	words->name = word;
	return true;
}

static int
run_command(const struct command *c, int argc, char **argv, struct err *err)
{
	struct words words = { 0 };
	bool ok = clock_init(&words.clock, err);
	int i;

	for (i = 0; ok && i < argc; i++) {
		if (!strcmp(argv[i], "--help")) {
			printf("minqing-collector %s\n    %s\n", c->usage, _(c->help));
			return DONE;
		}
		ok = read_word(c, &words, argc, argv, &i, err);
	}
	if (ok && c->takes_name && !words.name)
		ok = err_set(err, ERR_INPUT, _("A name is missing."));
	if (ok && !words.value[O_DB])
		ok = err_set(err, ERR_INPUT, _("--db is missing: which database?"));
	return ok ? c->run(&words, err) : USAGE;
}

/* The catalogues stand beside the program, or where they were installed. */
static void
speak(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 64);
	char *slash;

	setlocale(LC_ALL, "");
	textdomain("minqing");
	bind_textdomain_codeset("minqing", "UTF-8");
	if (len <= 0)
		return;
	path[len] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash, "/locale");
	if (access(path, F_OK) != 0)
		strcpy(slash, "/../share/locale");
	bindtextdomain("minqing", path);
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	int code = USAGE;
	size_t i;

	umask(077); /* what people said of their lives is in these files */
	speak();
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("minqing-collector %s\n", MINQING_VERSION);
		return DONE;
	}
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		help(stdout);
		return DONE;
	}
	for (i = 0; i < COMMANDS; i++) {
		int words = command_match(&commands[i], argc - 1, argv + 1);

		if (!words)
			continue;
		code = run_command(&commands[i], argc - 1 - words, argv + 1 + words, &err);
		if (err.kind != ERR_NONE)
			fprintf(stderr, "minqing-collector: %s\n", err.text);
		if (code == USAGE)
			fprintf(stderr, "minqing-collector %s\n", commands[i].usage);
		return code;
	}
	help(stderr);
	return code;
}
