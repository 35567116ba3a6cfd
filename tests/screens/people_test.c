/*
 * Several workers on one laptop: whose notebook, passphrases, the lock, and what a
 * screen that is locked or left gives away.
 */
#include "../check.h"
#include "../folder.h"
#include "audit.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "notebook.h"
#include "place.h"
#include "tries.h"
#include "../../src/commands/passphrase.h"
#include "screen.h"
#include "vault.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHEN_PHRASE "海棠 花 又 开 了"
#define ZHOU_PHRASE "two birds on a wire"

static const char *home;
static char program[512];

static struct term *
start_with(const char *extra)
{
	char home_variable[128];
	const char *const argv[] = { program, extra ? "screen" : NULL, extra, NULL };
	const char *const env[] = { home_variable, "MINQING_FORMS=forms", "LANGUAGE=en",
		"MINQING_NOW=2026-11-23T18:00:00+08:00", NULL };

	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	return term_start(&(struct term_options){ .argv = argv, .env = env });
}

static struct term *
start(void)
{
	return start_with(NULL);
}

static void
type(struct term *t, const char *const *keys)
{
	for (; *keys; keys++)
		CHECK(term_keys(t, *keys));
}

#define TYPE(t, ...) type((t), (const char *const[]){ __VA_ARGS__, NULL })

static void
leave(struct term *t)
{
	int status = -1;

	for (int i = 0; i < 4 && term_keys(t, "<F10>"); i++)
		;
	CHECK(term_ended(t, &status));
	CHECK_INT(status, 0);
	term_free(t);
}

/* A notebook that unlocks as quickly as can be; phrase NULL: plain. */
static void
make(const char *name, const char *id, const char *phrase)
{
	static const struct vault_cost cheap = { 1, 8 };
	struct worker worker = { .name = name, .id = id };
	struct vault_passphrase p = { 0 };
	struct vault_choice choice = { &p, NULL, &cheap };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;

	CHECK(clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err));
	if (phrase)
		p.len = strlen(strcpy(p.text, phrase));
	nb = place_create_sealed(&worker, phrase ? &p : NULL, &clock, &err);
	CHECK(nb != NULL);
	if (nb && phrase)
		CHECK(vault_change(notebook_path(nb), notebook_key(nb), &choice, &err));
	notebook_close(nb);
}

static void
begin(void)
{
	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
}

/* Made once and copied: what a new passphrase costs is measured each time. */
static char made[64];

static void
copy_made(const char *name)
{
	char line[500];

	snprintf(line, sizeof(line), "cp '%s/%s.notebook' '%s'", made, name, home);
	CHECK_INT(system(line), 0);
}

static void
begin_one(void)
{
	begin();
	copy_made("陈桂芳");
}

static void
begin_two(void)
{
	begin_one();
	copy_made("周敏");
}

/* A command of the one worker there is; its exit code. */
static int
command(const char *worker, const char *phrase, const char *arguments)
{
	char line[1500];
	int status;

	snprintf(line, sizeof(line),
	    "MINQING_NOW=2026-11-23T18:00:00+08:00 '%s' --worker %s --passphrase-fd 9 %s "
	    ">/dev/null 2>&1 9<<'E'\n%s\nE\n", program, worker, arguments, phrase);
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
output_has(struct term *t, const char *bytes)
{
	size_t len;
	const char *output = term_output(t, &len);

	return memmem(output, len, bytes, strlen(bytes)) != NULL;
}

/* At home with 陈桂芳, of two. */
static struct term *
chen(void)
{
	struct term *t = start();

	CHECK(term_see(t, "Who are you?"));
	TYPE(t, "cgf<Enter>", CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(term_has(t, "陈桂芳"));
	return t;
}

/* --- the list --- */

static void
names_are_listed_and_initials_pick(void)
{
	struct term *t;

	begin_two();
	t = start();
	CHECK(term_see(t, "Who are you?"));
	CHECK(term_has(t, "陈桂芳") && term_has(t, "周敏") && term_has(t, "Somebody else"));
	CHECK(term_has(t, "its pinyin initials"));
	TYPE(t, "zm<Enter>");
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, ZHOU_PHRASE);
	CHECK(term_has(t, "*******************") && !term_has(t, "two birds"));
	TYPE(t, "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(term_has(t, "周敏"));
	leave(t);
	folder_remove(home);
}

static void
one_is_asked_at_once_and_can_still_be_another(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "<Esc>");
	CHECK(term_see(t, "Somebody else: make a new notebook"));
	TYPE(t, "<Down>", "<Enter>");
	CHECK(term_see(t, "Your name"));
	CHECK(term_has(t, "A new notebook.") && !term_has(t, "has no notebook yet"));
	TYPE(t, "林晓彤<Enter>", "<F2>");
	CHECK(term_see(t, "A new passphrase"));
	CHECK(term_has(t, "at least eight"));   /* before one is too short */
	CHECK(term_has(t, "not sent is gone")); /* no recovery key here */
	TYPE(t, "short<Enter>");
	CHECK(term_see(t, "too short"));
	TYPE(t, "a third set of words<Enter>", "a third set of word<Enter>");
	CHECK(term_see(t, "not the same"));
	TYPE(t, "a third set of words<Enter>", "a third set of words<Enter>");
	CHECK(term_see(t, "The notebook is ready."));
	leave(t);
	CHECK_INT(command("林晓彤", "a third set of words", "list"), 0);
	folder_remove(home);
}

static void
the_supervisors_key_is_told(void)
{
	char public_text[VAULT_RECOVERY_TEXT], secret_text[VAULT_RECOVERY_TEXT];
	char path[300], line[1000];
	struct term *t;
	FILE *f;

	begin();
	snprintf(line, sizeof(line), "cp -r forms '%s/forms'", home);
	CHECK_INT(system(line), 0);
	vault_recovery_make(public_text, secret_text);
	snprintf(path, sizeof(path), "%s/forms/district.txt", home);
	f = fopen(path, "w");
	fprintf(f, "passphrase required\nrecovery %s\n", public_text);
	fclose(f);
	snprintf(path, sizeof(path), "MINQING_FORMS=%s/forms", home);
	snprintf(line, sizeof(line), "MINQING_HOME=%s", home);
	t = term_start(&(struct term_options){
	    .argv = (const char *const[]){ program, NULL },
	    .env = (const char *const[]){ path, line, "LANGUAGE=en", NULL } });
	CHECK(term_see(t, "Your name"));
	TYPE(t, "陈桂芳<Enter>", "<F2>");
	CHECK(term_see(t, "the supervisor can open the"));
	TYPE(t, "<Esc>");
	CHECK(term_see(t, "every notebook has a passphrase"));
	term_free(t);
	folder_remove(home);
}

/* What does not fit into the message row is shown whole. */
static void
a_long_reason_is_read_to_its_end_at_the_first_start(void)
{
	char line[300], forms[128], folder[128];
	struct term *t;

	begin();
	snprintf(line, sizeof(line),
	    "cp -r forms '%s/forms' && echo recovry x >'%s/forms/district.txt'", home,
	    home);
	CHECK_INT(system(line), 0);
	snprintf(forms, sizeof(forms), "MINQING_FORMS=%s/forms", home);
	snprintf(folder, sizeof(folder), "MINQING_HOME=%s", home);
	t = term_start(&(struct term_options){ .rows = 15,
	    .cols = 60,
	    .argv = (const char *const[]){ program, NULL },
	    .env = (const char *const[]){ forms, folder, "LANGUAGE=en", NULL } });
	CHECK(term_see(t, "Your name"));
	TYPE(t, "陈桂芳<Enter>", "<F2>");
	CHECK(term_see(t, "Remove it from"));
	CHECK(term_has(t, "district.txt.") || term_has(t, " district.txt"));
	TYPE(t, "<Enter>");
	CHECK(term_see(t, "Your name"));
	leave(t);
	folder_remove(home);
}

/* --- passphrases --- */

static void
neither_opens_the_others(void)
{
	begin_two();
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 0);
	CHECK_INT(command("周敏", ZHOU_PHRASE, "list"), 0);
	CHECK_INT(command("周敏", CHEN_PHRASE, "list"), 1);
	CHECK_INT(command("陈桂芳", ZHOU_PHRASE, "list"), 1);
	folder_remove(home);
}

static void
wrong_ones_slow_down_after_a_restart_too(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "one<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	CHECK(term_has(t, "forgotten"));
	TYPE(t, "two<Enter>");
	term_kill(t);
	term_free(t);
	/* By commands as well. */
	CHECK_INT(command("陈桂芳", "three", "list"), 1);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 1); /* not even tried */
	t = start();
	CHECK(term_appears(t, "The next try is in"));
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 0);
	folder_remove(home);
}

static void
the_passphrase_is_changed_on_the_screen(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F7>", "<F5>");
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "not this one<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "A new passphrase"));
	TYPE(t, "the words of tomorrow<Enter>", "the words of tomorrow<Enter>");
	CHECK(term_see(t, "The notebook has a new passphrase."));
	leave(t);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 1);
	CHECK_INT(command("陈桂芳", "the words of tomorrow", "list"), 0);
	folder_remove(home);
}

/* The window may go with the program: it is read before. */
static void
why_it_does_not_open_is_read_before_the_end(void)
{
	static const char other[] = "The notebook is open in another window";
	struct term *t, *second;
	char path[200];
	int status = -1;
	FILE *f;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	second = start();
	CHECK(term_see(second, "Passphrase:"));
	TYPE(second, CHEN_PHRASE "<Enter>");
	CHECK(term_see(second, other));
	CHECK(term_alternate(second));
	term_keys(second, "<Enter>");
	CHECK(term_ended(second, &status));
	CHECK_INT(WEXITSTATUS(status), 3);
	term_free(second);
	leave(t);
	/* The first page of the database. */
	snprintf(path, sizeof(path), "%s/陈桂芳.notebook", home);
	f = fopen(path, "r+");
	CHECK(f && fseek(f, 9000, SEEK_SET) == 0 && fputs("damage", f) >= 0 &&
	      fclose(f) == 0);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "its file is damaged at a"));
	CHECK(!term_has(t, "you can go on"));
	term_keys(t, "<Enter>");
	CHECK(term_ended(t, &status));
	CHECK_INT(WEXITSTATUS(status), 3);
	term_free(t);
	folder_remove(home);
}

/* A damaged page that the home page needs: its figures are not 0, they are not known. */
static void
what_cannot_be_counted_is_not_nothing(void)
{
	struct term *t;
	char path[200];
	FILE *f;

	begin_one();
	snprintf(path, sizeof(path), "%s/陈桂芳.notebook", home);
	f = fopen(path, "r+");
	CHECK(f && fseek(f, 17000, SEEK_SET) == 0 && fputs("damage", f) >= 0 &&
	      fclose(f) == 0);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "you can go on with"));
	CHECK(term_has(t, "Today ?") && !term_has(t, "Today 0"));
	TYPE(t, "<Enter>");
	leave(t);
	folder_remove(home);
}

/* A plain notebook whose worker was never asked about that. */
static void
begin_from_before(void)
{
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;

	begin();
	make("陈桂芳", "chenguifang", NULL);
	CHECK(clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_open("陈桂芳", &clock, NULL, &err);
	CHECK(nb && notebook_set(nb, SETTING_PLAIN, "", &err));
	notebook_close(nb);
}

static void
a_plain_notebook_from_before_is_sealed_at_the_first_start(void)
{
	struct term *t;

	begin_from_before();
	t = start();
	CHECK(term_see(t, "This notebook has no passphrase"));
	TYPE(t, "y");
	CHECK(term_see(t, "A new passphrase"));
	TYPE(t, CHEN_PHRASE "<Enter>", CHEN_PHRASE);
	term_type_ahead(t, "<Enter>");
	CHECK(term_appears(t, "The notebook is sealed..."));
	CHECK(term_see(t, "Start a record"));
	leave(t);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "vault check"), 0);
	CHECK_INT(command("陈桂芳", "something else", "list"), 1);
	folder_remove(home);
}

/* In the settings, which stay on the screen while their notebook is closed; from then on
 * it can be locked, there too. */
static void
a_plain_notebook_is_sealed_in_the_settings(void)
{
	struct term *t;

	begin();
	make("陈桂芳", "chenguifang", NULL);
	t = start();
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F7>", "<F5>");
	CHECK(term_see(t, "A new passphrase"));
	TYPE(t, CHEN_PHRASE "<Enter>", CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "has a passphrase now. F11 locks it."));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	TYPE(t, CHEN_PHRASE);
	term_type_ahead(t, "<Enter>");
	CHECK(term_appears(t, "The passphrase is checked..."));
	CHECK(term_see(t, "Lock after minutes"));
	TYPE(t, "<Esc>");
	leave(t);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 0);
	folder_remove(home);
}

static void
who_wants_none_is_asked_once(void)
{
	struct term *t;

	begin_from_before();
	t = start();
	CHECK(term_see(t, "This notebook has no passphrase"));
	TYPE(t, "n");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	t = start();
	CHECK(term_see(t, "Start a record"));
	leave(t);
	folder_remove(home);
}

/* --- the lock --- */

/* Those parts of a program's memory that it writes to, looked through; -1: not to be had,
 * as for anybody but the system's administrator, or nothing to go by. */
static int
memory_holds(pid_t pid, const char *text)
{
	char line[512], path[64], *part;
	unsigned long from, to;
	size_t len = strlen(text);
	int found = 0, fd;
	FILE *maps;

#ifdef __SANITIZE_ADDRESS__ /* keeps what was freed */
	return -1;
#endif
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	if (fd < 0 || !maps)
		found = -1;
	while (found >= 0 && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx rw", &from, &to) != 2 || !strstr(line, " rw"))
			continue;
		part = malloc(to - from);
		if (part && pread(fd, part, to - from, (off_t)from) == (ssize_t)(to - from))
			found += memmem(part, to - from, text, len) != NULL;
		free(part);
	}
	if (maps)
		fclose(maps);
	if (fd >= 0)
		close(fd);
	return found;
}

/* In a visit's text field, half typed. */
static void
half_a_name(struct term *t)
{
	TYPE(t, "1", "440304001<Enter>", "badeng<Enter>", "ustation<Enter>", "bldhead<Enter>",
	    "欧阳海棠");
	CHECK(term_has(t, "欧阳海棠"));
}

static void
a_locked_screen_shows_nothing_and_comes_back_as_it_was(void)
{
	struct term *t;

	begin_two();
	t = chen();
	half_a_name(t);
	CHECK(memory_holds(term_pid(t), "欧阳海棠") != 0);
	term_reset(t);
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	CHECK(output_has(t, "\033[3J")); /* what could be scrolled back to is gone */
	CHECK(!term_has(t, "欧阳海棠") && !term_has(t, "巴登") && !term_has(t, "Visit"));
	CHECK(memory_holds(term_pid(t), "欧阳海棠") <= 0);
	/* The file is closed: somebody else may have it. */
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "list"), 0);
	TYPE(t, "wrong words here<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "欧阳海棠"));
	TYPE(t, "等<Enter>");
	CHECK(term_has(t, "欧阳海棠等"));
	leave(t);
	folder_remove(home);
}

static void
what_was_being_typed_is_saved_before_the_lock(void)
{
	struct term *t;

	begin_two();
	t = chen();
	half_a_name(t);
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	term_kill(t); /* the battery */
	term_free(t);
	t = chen();
	TYPE(t, "<Enter>");
	CHECK(term_see(t, "欧阳海棠"));
	leave(t);
	folder_remove(home);
}

static void
nobody_there_locks_by_itself(void)
{
	struct timespec before, after;
	struct term *t;

	begin_one();
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "settings --lock-minutes 0.02"), 0);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "settings --lock-minutes soon"), 1);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK(term_see(t, "Locked"));
	clock_gettime(CLOCK_MONOTONIC, &after);
	/* Not at once; how much later is the machine's affair. */
	CHECK((after.tv_sec - before.tv_sec) * 1000 +
		(after.tv_nsec - before.tv_nsec) / 1000000 > 500);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "settings --lock-minutes 0"), 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	folder_remove(home);
}

static void
a_command_says_what_a_passphrase_has_to_be(void)
{
	const char *const argv[] = { program, "init", "--name", "周敏", NULL };
	char home_variable[128];
	const char *const env[] = { home_variable, "MINQING_FORMS=forms", "LANGUAGE=en",
		NULL };
	struct term *t;
	int status;

	begin();
	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	t = term_start(&(struct term_options){ .argv = argv, .env = env });
	CHECK(term_see(t, "at least eight letters"));
	term_type_ahead(t, "short<Enter>");
	CHECK(term_appears(t, "too short"));
	CHECK(term_ended(t, &status));
	term_free(t);
	folder_remove(home);
}

/* Line by line there is nothing to lock: the draft is kept and the program ends. */
static void
nobody_there_ends_a_plain_page(void)
{
	const char *const argv[] = { program, "new", "visit", "--plain", NULL };
	char home_variable[128];
	const char *const env[] = { home_variable, "MINQING_FORMS=forms", "LANGUAGE=en",
		"MINQING_NOW=2026-11-23T18:00:00+08:00", NULL };
	struct term *t;
	int status;

	begin_one();
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "settings --lock-minutes 0.02"), 0);
	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	t = term_start(&(struct term_options){ .argv = argv, .env = env });
	CHECK(term_see(t, "Passphrase"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Nobody typed for a while"));
	CHECK(term_ended(t, &status));
	CHECK_INT(WEXITSTATUS(status), 1);
	term_free(t);
	folder_remove(home);
}

/* Right or wrong, typed or asked for twice: no longer than until the key is there. */
static void
a_passphrase_is_not_remembered(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "wrong words here<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	CHECK(memory_holds(term_pid(t), "wrong words here") <= 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(memory_holds(term_pid(t), CHEN_PHRASE) <= 0);
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	TYPE(t, "wröng wörds hére<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	CHECK(memory_holds(term_pid(t), "wröng wörds hére") <= 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	folder_remove(home);
}

/* The next worker's program is begun from this one. */
static void
a_descriptor_of_passphrases_is_not_passed_on(void)
{
	struct passphrases p;
	struct err err = { 0 };
	char number[16];
	int ends[2];

	CHECK(pipe(ends) == 0);
	snprintf(number, sizeof(number), "%d", ends[0]);
	CHECK(passphrases_init(&p, number, &err) && p.fd == ends[0]);
	CHECK(fcntl(ends[0], F_GETFD) & FD_CLOEXEC);
	close(ends[0]);
	close(ends[1]);
}

/* The machine slept, the time went on; the key that wakes it is for nobody's record. */
static void
waking_from_sleep_locks(void)
{
	static const struct timespec asleep = { 1, 500000000 };
	struct term *t;

	begin_one();
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "settings --lock-minutes 0.02"), 0);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	term_signal(t, SIGSTOP);
	nanosleep(&asleep, NULL);
	term_type_ahead(t, "<F7>");
	term_signal(t, SIGCONT);
	CHECK(term_see(t, "Locked"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(!term_has(t, "Lock after minutes"));
	term_kill(t);
	term_free(t);
	folder_remove(home);
}

/* What was found and read before is not in the locked program's memory. */
static void
a_locked_program_remembers_nothing_that_is_closed(void)
{
	static const char summary[] = "家中无跌倒隐患", title[] = "302 王阿姨";
	struct term *t;

	begin_one();
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "import tests/data/sample/visits.jsonl"), 0);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>", "<F3>", "血压");
	CHECK(term_see(t, "王阿姨"));
	TYPE(t, "<Down>", "<Enter>", "<End>");
	CHECK(term_see(t, "精神尚可"));
	CHECK(memory_holds(term_pid(t), summary) != 0);
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	CHECK(memory_holds(term_pid(t), summary) <= 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "精神尚可")); /* where it was scrolled to */
	TYPE(t, "<Esc>", "<F11>");
	CHECK(term_see(t, "Locked"));
	CHECK(memory_holds(term_pid(t), summary) <= 0);
	CHECK(memory_holds(term_pid(t), title) <= 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, title)); /* the list is there again */
	TYPE(t, "<Esc>");
	CHECK(term_see(t, "Start a record"));
	CHECK(term_has(t, title));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	CHECK(memory_holds(term_pid(t), title) <= 0);
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(term_has(t, title));
	leave(t);
	folder_remove(home);
}

/* The address of a server that takes a call and says nothing; its socket. */
static int
silent_server(char *address, size_t size)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK(bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 8) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	snprintf(address, size, "http://127.0.0.1:%d", ntohs(at.sin_port));
	return fd;
}

/* What is on its way is given up by the lock, and begun again after it. */
static void
sending_stops_and_begins_again(void)
{
	char address[64], line[200];
	int fd = silent_server(address, sizeof(address)), calls = 0;
	struct term *t;

	begin_one();
	snprintf(line, sizeof(line), "settings --collector %s --token secret", address);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, line), 0);
	CHECK_INT(command("陈桂芳", CHEN_PHRASE, "import tests/data/sample/visits.jsonl"), 0);
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>", "<F9>");
	CHECK(term_see(t, "records answered"));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "records answered"));
	TYPE(t, "<Esc>", "<Esc>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (accept(fd, NULL, NULL) >= 0)
		calls++;
	CHECK(calls >= 2);
	close(fd);
	folder_remove(home);
}

/* What cannot be saved yet stands in its field again: half a code, half a date. */
static void
what_could_not_be_saved_is_there_after_the_lock(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	half_a_name(t);
	TYPE(t, "<Enter>", "<Up>", "<Up>", "bldh");
	CHECK(term_has(t, "bldh"));
	TYPE(t, "<F11>", CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "bldh"));
	TYPE(t, "ead<Enter>");
	CHECK(term_has(t, "Building head"));
	TYPE(t, "<C-Home>", "2026-1");
	TYPE(t, "<F11>", CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "2026-1"));
	TYPE(t, "1-05<Enter>");
	CHECK(term_has(t, "2026-11-05"));
	leave(t);
	folder_remove(home);
}

static void
a_pin_comes_back_and_three_wrong_ones_do_not(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>", "<F7>");
	CHECK(term_see(t, "Lock after minutes"));
	TYPE(t, "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "12<Enter>");
	CHECK(term_see(t, "A PIN is 4 to 12 digits."));
	TYPE(t, "34<F2>");
	CHECK(term_see(t, "The settings are kept."));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "PIN:"));
	TYPE(t, "1234<Enter>");
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F11>", "1111<Enter>");
	CHECK(term_see(t, "The PIN is wrong. Try again (tries left: 2)."));
	TYPE(t, "2222<Enter>", "3333<Enter>");
	CHECK(term_see(t, "three times"));
	TYPE(t, "<Enter>");
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "1234<Enter>");
	CHECK(term_see(t, "The passphrase is wrong."));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	folder_remove(home);
}

static void
settings_are_not_thrown_away_by_esc(void)
{
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>", "<F7>");
	CHECK(term_see(t, "Lock after minutes"));
	TYPE(t, "<Esc>"); /* nothing was changed */
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F7>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "1234",
	    "<Esc>");
	CHECK(term_see(t, "Keep the changes?"));
	TYPE(t, "<Esc>"); /* neither: the page stays */
	CHECK(
	    term_see_not(t, "Keep the changes?") && term_has(t, "Lock after minutes"));
	TYPE(t, "<Esc>", "n");
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F7>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "1234",
	    "<Esc>", "<Enter>");
	CHECK(term_see(t, "The settings are kept."));
	TYPE(t, "<F11>");
	CHECK(term_see(t, "PIN:"));
	TYPE(t, "1234<Enter>");
	CHECK(term_see(t, "Start a record"));
	leave(t);
	folder_remove(home);
}

static void
somebody_else_begins_from_the_lock(void)
{
	struct term *t;

	begin_two();
	t = chen();
	half_a_name(t);
	TYPE(t, "<F11>");
	CHECK(term_see(t, "Locked"));
	TYPE(t, "<Esc>");
	CHECK(term_see(t, "Somebody else works now"));
	TYPE(t, "b");
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "<Esc>", "o");
	CHECK(term_see(t, "Who are you?"));
	TYPE(t, "zm<Enter>", ZHOU_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	CHECK(!term_has(t, "陈桂芳") && term_has(t, "周敏"));
	leave(t);
	t = chen(); /* and the first one's draft is there */
	TYPE(t, "<Enter>");
	CHECK(term_see(t, "欧阳海棠"));
	leave(t);
	folder_remove(home);
}

static void
the_worker_switches_at_home(void)
{
	int status = -1;
	struct term *t;

	begin_two();
	t = chen();
	TYPE(t, "<C-u>");
	CHECK(term_see(t, "Who are you?"));
	CHECK(!term_has(t, "Start a record"));
	term_keys(t, "<Esc>");
	CHECK(term_ended(t, &status));
	CHECK_INT(status, 0);
	term_free(t);
	folder_remove(home);
}

static void
a_plain_notebook_is_not_locked(void)
{
	struct term *t;

	begin();
	make("陈桂芳", "chenguifang", NULL);
	t = start();
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F11>");
	CHECK(term_has(t, "Start a record"));
	CHECK(term_has(t, "without a passphrase is not locked"));
	leave(t);
	folder_remove(home);
}

static bool
write_what(const struct audit_entry *e, void *data)
{
	buf_fmt(data, "%s %s\n", e->what, e->about);
	return true;
}

/* Everything of a bad day, in the log. */
static void
the_log_knows_what_was_tried(void)
{
	struct vault_passphrase p = { 0 };
	struct clock clock = { 0 };
	struct buf path = { 0 }, log = { 0 };
	struct err err = { 0 };
	struct vault_key *key;
	struct notebook *nb;
	struct term *t;

	begin_one();
	t = start();
	CHECK(term_see(t, "Passphrase:"));
	TYPE(t, "one<Enter>", CHEN_PHRASE "<Enter>", "<F11>", "two<Enter>",
	    CHEN_PHRASE "<Enter>");
	CHECK(term_see(t, "Start a record"));
	TYPE(t, "<F7>");
	CHECK(term_see(t, "Lock after minutes"));
	TYPE(t, "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "1234<F2>");
	CHECK(term_see(t, "The settings are kept."));
	TYPE(t, "<F11>", "9999<Enter>");
	CHECK(term_see(t, "The PIN is wrong."));
	term_kill(t); /* the battery goes */
	term_free(t);
	CHECK(place_path("陈桂芳", &path, &err));
	CHECK(clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err));
	p.len = strlen(strcpy(p.text, CHEN_PHRASE));
	key = vault_unlock(buf_text(&path), &p, &err);
	nb = key ? notebook_open_sealed(buf_text(&path), false, key, &clock, &err) : NULL;
	CHECK(nb && tries_log(nb, buf_text(&path), &err) && audit_each(nb, 0, 0, write_what, &log, &err));
	CHECK_STR(buf_text(&log), "unlock 2026-11-23T18:00:00+08:00\n"
				  "unlock 2026-11-23T18:00:00+08:00\n"
				  "unlock 2026-11-23T18:00:00+08:00 PIN\n");
	notebook_close(nb);
	vault_key_free(key);
	buf_clear(&path);
	buf_clear(&log);
	folder_remove(home);
}

int
main(void)
{
	const char *build = getenv("MINQING_BUILD");
	char *absolute = realpath(build ? build : "build/plain", NULL);

	if (!absolute)
		return 1;
	snprintf(program, sizeof(program), "%s/minqing", absolute);
	free(absolute);
	begin();
	make("陈桂芳", "chenguifang", CHEN_PHRASE);
	make("周敏", "zhoumin", ZHOU_PHRASE);
	snprintf(made, sizeof(made), "%s", home);
	RUN(names_are_listed_and_initials_pick);
	RUN(one_is_asked_at_once_and_can_still_be_another);
	RUN(the_supervisors_key_is_told);
	RUN(a_long_reason_is_read_to_its_end_at_the_first_start);
	RUN(neither_opens_the_others);
	RUN(wrong_ones_slow_down_after_a_restart_too);
	RUN(the_passphrase_is_changed_on_the_screen);
	RUN(why_it_does_not_open_is_read_before_the_end);
	RUN(what_cannot_be_counted_is_not_nothing);
	RUN(a_plain_notebook_from_before_is_sealed_at_the_first_start);
	RUN(a_plain_notebook_is_sealed_in_the_settings);
	RUN(who_wants_none_is_asked_once);
	RUN(a_locked_screen_shows_nothing_and_comes_back_as_it_was);
	RUN(what_was_being_typed_is_saved_before_the_lock);
	RUN(nobody_there_locks_by_itself);
	RUN(nobody_there_ends_a_plain_page);
	RUN(a_command_says_what_a_passphrase_has_to_be);
	RUN(a_passphrase_is_not_remembered);
	RUN(a_descriptor_of_passphrases_is_not_passed_on);
	RUN(waking_from_sleep_locks);
	RUN(a_locked_program_remembers_nothing_that_is_closed);
	RUN(sending_stops_and_begins_again);
	RUN(what_could_not_be_saved_is_there_after_the_lock);
	RUN(a_pin_comes_back_and_three_wrong_ones_do_not);
	RUN(settings_are_not_thrown_away_by_esc);
	RUN(somebody_else_begins_from_the_lock);
	RUN(the_worker_switches_at_home);
	RUN(a_plain_notebook_is_not_locked);
	RUN(the_log_knows_what_was_tried);
	folder_remove(made);
	return CHECK_DONE();
}
