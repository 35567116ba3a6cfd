/*
 * minqing-collector - receives the notebooks' batches and gives out what it holds
 *
 * Exit codes: 0 done; 1 done, but not as asked (no such name, the name is taken);
 * 2 the words were not understood; 3 the store, the disk or the system said no.
 */
#include "commands.h"

#include "argv.h"
#include "auth.h"
#include "buf.h"
#include "carrier.h"
#include "err.h"
#include "http.h"
#include "i18n.h"
#include "json.h"
#include "output.h"
#include "version.h"
#include "wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

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
	[O_NAME] = { "--name", true },
	[O_ROLE] = { "--role", true },
	[O_STATION] = { "--station", true },
	[O_HOURS] = { "--hours", true },
	[O_WHY] = { "--why", true },
	[O_FIELD] = { "--field", true },
	[O_TO] = { "--to", true },
	[O_TEXT] = { "--text", true },
	[O_DUE] = { "--due", true },
	[O_SET] = { "--set", true },
	[O_NEED] = { "--need", true },
	[O_USER] = { "--user", true },
	[O_KEY] = { "--key", true },
	[O_RATE] = { "--rate", true },
	[O_CLOSING] = { "--closing", true },
	[O_LANGUAGE] = { "--language", true },
};

#define BIT(o)    (1u << (o))
#define OF_ALL    (BIT(O_DB) | BIT(O_LANGUAGE))
#define NAMES_MAX 1000

struct command {
	const char *name, *usage, *help;
	unsigned options; /* those it takes beside OF_ALL */
	size_t min, max;  /* how many names */
	int (*run)(const struct words *words, struct err *err);
};

static int cmd_serve(const struct words *words, struct err *err);

static const struct command commands[] = {
	{ "serve",
	    "serve --db FILE --listen ADDRESS:PORT [--stall SECONDS] [--rate N] "
	    "[--closing FROM-TO]",
	    N_("take batches until SIGTERM; port 0 is a free one. --rate: syncs that begin a "
	       "second (50; 0: any number), the others are told when to come again. "
	       "--closing: when most finish their day, as 17:00-18:30; notebooks spread "
	       "over it"),
	    BIT(O_LISTEN) | BIT(O_STALL) | BIT(O_RATE) | BIT(O_CLOSING), 0, 0, cmd_serve },
	{ "enrol",
	    "enrol USER --db FILE [--name NAME] [--role ROLE] [--station NAME] [--hours N]",
	    N_("a one-time code by which a laptop becomes this worker's; printed once"),
	    BIT(O_NAME) | BIT(O_ROLE) | BIT(O_STATION) | BIT(O_HOURS), 1, 1, cmd_enrol },
	{ "workers", "workers --db FILE [--json]", N_("the workers who were enrolled"),
	    BIT(O_JSON), 0, 0, cmd_workers },
	{ "token add", "token add NAME --db FILE [--user USER]",
	    N_("let a laptop send without a code; its token is printed once"),
	    BIT(O_USER), 1, 1, cmd_token_add },
	{ "token list", "token list --db FILE [--json]",
	    N_("the laptops that may send, when they last did, and whose they are"),
	    BIT(O_JSON), 0, 0, cmd_token_list },
	{ "token remove", "token remove NAME --db FILE",
	    N_("take a laptop's token back"), 0, 1, 1, cmd_token_remove },
	{ "accept", "accept ID --db FILE [--why TEXT]",
	    N_("tell a record's writer that it is accepted"), BIT(O_WHY), 1, 1,
	    cmd_accept },
	{ "return", "return ID --db FILE --why TEXT [--field PATH]",
	    N_("send a record back to its writer, who is shown the reason at that field"),
	    BIT(O_WHY) | BIT(O_FIELD), 1, 1, cmd_return },
	{ "hand-over", "hand-over ID --db FILE --to USER",
	    N_("give a case to another worker"), BIT(O_TO), 1, 1, cmd_hand_over },
	{ "assign",
	    "assign --db FILE --to USER --text TEXT [--due DAY] [--form ID] "
	    "[--set FIELD=VALUE]... [--need ID-N]",
	    N_("ask a worker to do something, in a form that begins with these answers; "
	       "prints its number. --need: to see to a need that a visit found"),
	    BIT(O_TO) | BIT(O_TEXT) | BIT(O_DUE) | BIT(O_FORM) | BIT(O_SET) | BIT(O_NEED), 0,
	    0, cmd_assign },
	{ "assign list", "assign list --db FILE [--json]", N_("what was asked of whom"),
	    BIT(O_JSON), 0, 0, cmd_assign_list },
	{ "assign done", "assign done NUMBER --db FILE",
	    N_("it is done, or no longer wanted"), 0, 1, 1, cmd_assign_done },
	{ "needs", "needs --db FILE [--json]",
	    N_("what visits found and nobody has settled yet, by the day it is due"),
	    BIT(O_JSON), 0, 0, cmd_needs },
	{ "publish", "publish FORM --db FILE",
	    N_("give a form's new version to every notebook (.csv, .xlsx or .xml)"), 0, 1, 1,
	    cmd_publish },
	{ "list put", "list put LIST.csv --db FILE",
	    N_("give a list that forms share to every notebook, in place of the one of its "
	       "name"),
	    0, 1, 1, cmd_list_put },
	{ "published", "published --db FILE [--json]",
	    N_("the forms and lists that notebooks get"), BIT(O_JSON), 0, 0,
	    cmd_published },
	{ "carrier import", "carrier import FILE|FOLDER... --db FILE [--out FOLDER]",
	    N_("take batches that came on a stick (minqing sync --to), and write the answer "
	       "of each beside it or where --out says; twice is as once"),
	    BIT(O_OUT), 1, NAMES_MAX, cmd_carrier_import },
	{ "carrier key", "carrier key --db FILE",
	    N_("the district's public key, which notebooks seal such batches with; they hear "
	       "of it by themselves"),
	    0, 0, 0, cmd_carrier_key },
	{ "export",
	    "export --db FILE --format jsonl|csv [--form ID] [--all] [--out FILE]",
	    N_("the last revision of every record; --all: withdrawn ones too"),
	    BIT(O_FORMAT) | BIT(O_FORM) | BIT(O_OUT) | BIT(O_ALL), 0, 0, cmd_export },
	{ "audit", "audit --db FILE [--user USER] [--json]",
	    N_("the notebooks' logs: who finished, withdrew, saw in full, exported, unlocked; "
	       "and whether each is one unbroken chain"),
	    BIT(O_USER) | BIT(O_JSON), 0, 0, cmd_audit },
	{ "receipt", "receipt FILE --db FILE",
	    N_("look for everything that a notebook's receipt names, and compute its digest "
	       "from what is here"),
	    0, 1, 1, cmd_receipt },
	{ "stats", "stats --db FILE [--json]", N_("what there is, in numbers"),
	    BIT(O_JSON), 0, 0, cmd_stats },
};

static const char not_understood[] =
    N_("\"%s\" is not understood here: write the command as it stands below.");

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define RATE      50 /* syncs that begin a second, unless something else is said */

const struct db_ops *
store_ops(void)
{
	return &db_sqlite;
}

struct db *
store_open(const struct words *words, enum db_mode mode, struct err *err)
{
	return store_ops()->open(words->value[O_DB], mode, err);
}

int
exit_of(enum db_result result)
{
	return result == DB_OK ? DONE : result == DB_NONE ? WRONG : SYSTEM;
}

int
store_change(const struct words *words, change_fn *fn, void *data, struct err *err)
{
	struct db *db = store_open(words, DB_CHANGE, err);
	int code;

	if (!db)
		return SYSTEM;
	code = exit_of(store_ops()->begin(db, err));
	if (code == DONE) {
		code = fn(db, words, data, err);
		if (code == DONE)
			code = exit_of(store_ops()->commit(db, err));
		else
			store_ops()->rollback(db);
	}
	store_ops()->close(db);
	return code;
}

void
stamp_now(const struct words *words, char stamp[CLOCK_STAMP_SIZE])
{
	clock_stamp(&words->clock, clock_now(&words->clock), stamp);
}

int
print_rows(const struct words *words, rows_fn *rows, struct err *err)
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
	result = rows(db, json ? &w : NULL, err);
	json_array_end(&w);
	if (json && result == DB_OK)
		printf("%s\n", buf_text(&out));
	buf_clear(&out);
	store_ops()->close(db);
	return exit_of(result);
}

bool
read_file(const char *path, size_t max, struct buf *out, struct err *err)
{
	FILE *f = fopen(path, "re");
	char bytes[8192];
	size_t got;
	bool ok;

	if (!f)
		return err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check the name, and that you may "
		      "read it."),
		    path, strerror(errno));
	while (out->len <= max && (got = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(out, bytes, got);
	ok = !ferror(f) ||
	    err_set(err, ERR_SYSTEM,
		_("%s cannot be read: %s. Check the name, and that you may read it."),
		path, strerror(errno));
	fclose(f);
	if (ok && out->len > max)
		return err_set(err, ERR_INPUT,
		    _("%s is larger than %zu kB, which is too much. Choose another file."),
		    path, max >> 10);
	return ok;
}

bool
cannot_write(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM,
	    _("%s cannot be written: %s. Check that there is room and that you may write "
	      "there."),
	    path, strerror(errno));
}

bool
check_name(const char *name, struct err *err)
{
	return auth_name_valid(name) ||
	    err_set(err, ERR_INPUT,
		_("\"%s\" is no name here: use letters, digits and _ - . @, at most %d "
		  "bytes; a Chinese character is three."),
		name, AUTH_NAME_MAX);
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
		err_set(err, ERR_SYSTEM,
		    _("The collector cannot start: %s. Close other programs and try "
		      "again."),
		    strerror(errno));
	return fd;
}

static int
serve(const struct words *words, int stop_fd, struct http_options *options,
    struct err *err)
{
	struct http *http = http_new(words->value[O_LISTEN], options, err);
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
	i18n_use("en"); /* what comes now is a log */
	ok = http_serve(http, stop_fd, err);
	http_free(http);
	return ok ? DONE : SYSTEM;
}

/* The option's whole number; what stood there before when it was not said. */
static bool
read_number(const struct words *words, enum option o, int least, int most, int *number,
    struct err *err)
{
	const char *text = words->value[o];
	char *end;
	long n;

	if (!text)
		return true;
	n = strtol(text, &end, 10);
	if (end == text || *end || n < least || n > most)
		return err_set(err, ERR_INPUT,
		    _("%s is \"%s\": give a number from %d to %d."),
		    option_names[o].name, text, least, most);
	*number = (int)n;
	return true;
}

static bool
read_serve_options(const struct words *words, struct http_options *options,
    struct err *err)
{
	int from, to;

	options->closing = words->value[O_CLOSING];
	if (options->closing && !wire_window_read(options->closing, &from, &to))
		return err_set(err, ERR_INPUT,
		    _("--closing is \"%s\": give two times of the day, as 17:00-18:30."),
		    options->closing);
	return read_number(words, O_STALL, 1, 3600, &options->stall, err) &&
	    read_number(words, O_RATE, 0, 100000, &options->rate, err);
}

static int
cmd_serve(const struct words *words, struct err *err)
{
	struct http_options options = { .ops = store_ops(), .clock = &words->clock,
		.version = MINQING_VERSION, .stall = WIRE_STALL, .rate = RATE };
	int stop_fd, code = SYSTEM;
	struct db *db;

	if (!words->value[O_LISTEN]) {
		err_set(err, ERR_INPUT, 
		    _("--listen is missing: give an address and a port, as "
		      "127.0.0.1:8080."));
		return USAGE;
	}
	if (!read_serve_options(words, &options, err))
		return USAGE;
	stop_fd = signals_open(err);
	if (stop_fd < 0)
		return SYSTEM;
	options.db = db = store_open(words, DB_SERVE, err);
	if (db && carrier_keys(store_ops(), db, err) == DB_OK)
		code = serve(words, stop_fd, &options, err);
	store_ops()->close(db);
	close(stop_fd);
	return code;
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
	    _("Every command takes --language zh or --language en, which may stand in front "
	      "of it."));
	fprintf(out, "%s\n",
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

/* The command that the most words name. */
static const struct command *
find_command(int argc, char **argv, int *used)
{
	const struct command *found = NULL;

	*used = 0;
	for (size_t i = 0; i < COMMANDS; i++) {
		int words = command_match(&commands[i], argc, argv);

		if (words > *used) {
			*used = words;
			found = &commands[i];
		}
	}
	return found;
}

static bool
read_option(const struct command *c, struct words *words, int argc, char **argv, int *at,
    struct err *err)
{
	const char *word = argv[*at];
	enum option o;

	for (o = 0; o < OPTIONS && strcmp(word, option_names[o].name) != 0; o++)
		;
	if (o == OPTIONS || !((c->options | OF_ALL) & BIT(o)))
		return err_set(err, ERR_INPUT, _(not_understood), word);
	if (option_names[o].takes_value && ++*at >= argc)
		return err_set(err, ERR_INPUT, _("%s needs a value: write one after it."), word);
	words->value[o] = option_names[o].takes_value ? argv[*at] : "";
	if (o == O_LANGUAGE)
		i18n_use(words->value[o]);
	if (o == O_SET && words->set_count == SETS_MAX)
		return err_set(err, ERR_INPUT,
		    _("--set can be said %d times: leave the others out."), SETS_MAX);
	if (o == O_SET)
		words->sets[words->set_count++] = argv[*at];
	return true;
}

static bool
read_words(const struct command *c, struct words *words, const char **names, int argc,
    char **argv, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			if (!read_option(c, words, argc, argv, &i, err))
				return false;
		} else if (words->name_count == c->max) {
			return err_set(err, ERR_INPUT, _(not_understood), argv[i]);
		} else {
			names[words->name_count++] = argv[i];
		}
	}
	if (words->name_count < c->min)
		return err_set(err, ERR_INPUT,
		    _("A name is missing: write the command as it stands below."));
	if (!words->value[O_DB])
		return err_set(err, ERR_INPUT,
		    _("--db is missing: say which database, as --db district.db."));
	return true;
}

static int
run_command(const struct command *c, int argc, char **argv, struct err *err)
{
	const char *names[NAMES_MAX];
	struct words words = { .names = names };
	int i;

	for (i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--help")) {
			printf("minqing-collector %s\n    %s\n", c->usage, _(c->help));
			return DONE;
		}
	if (!clock_init(&words.clock, err) ||
	    !read_words(c, &words, names, argc, argv, err))
		return USAGE;
	if (words.value[O_JSON])
		output_for_programs();
	return c->run(&words, err);
}

static int
run(int argc, char **argv, int used, const struct command *c)
{
	struct err err = { 0 };
	int code = USAGE;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("minqing-collector %s\n", MINQING_VERSION);
		return DONE;
	}
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		help(stdout);
		return DONE;
	}
	if (!c) {
		help(stderr);
		return USAGE;
	}
	code = run_command(c, argc - 1 - used, argv + 1 + used, &err);
	if (err.kind != ERR_NONE)
		fprintf(stderr, "minqing-collector: %s\n", err.text);
	if (code == USAGE)
		fprintf(stderr, "minqing-collector %s\n", c->usage);
	return code;
}

int
main(int argc, char **argv)
{
	static const struct rlimit none = { 0, 0 };
	const struct command *c;
	char **words;
	int used = 0, code;

	umask(077); /* what people said of their lives is in these files */
	setrlimit(RLIMIT_CORE, &none); /* and in memory, of which none are made */
	i18n_use(NULL);
	for (; argc > 2 && !strcmp(argv[1], "--language"); argc -= 2, argv += 2)
		i18n_use(argv[2]);
	c = find_command(argc - 1, argv + 1, &used);
	words = argv_take(argc, argv, c ? 1 + used : 1);
	output_filter();
	code = run(argc, words, used, c);
	free(words);
	return code;
}
