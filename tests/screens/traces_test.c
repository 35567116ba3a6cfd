/*
 * traces_test - what a day's work leaves on the disk, and where else one might look
 *
 * The program runs with every byte it writes to a file kept aside (tests/faults/keep.c).
 * After a day of typing, importing, killing and changing the passphrase, of a lock and
 * of a colleague's notebook beside it, of syncs, by a stick too, of what the district
 * sends, of a record changed on two laptops, of backups and a restore, none of the names,
 * phones and ID numbers stands in any of it, nor in any file that is left. The same in
 * plain notebooks is the control.
 */
#include "../check.h"
#include "../folder.h"
#include "../sync/collector.h"
#include "../vault_fixture.h"
#include "screen.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char program[512], keeper[512];
static const char *home;
static const char *notebooks = "/notebooks"; /* the laptop's, or another one's */
static struct collector district; /* its files are elsewhere */

/* What is typed and imported of residents, and the passphrases. */
static const char *const secrets[] = {
	"欧阳海棠", "13900042017", "440301198206150034", "独居老人每周血压", /* typed */
	"赵某与冯某空调滴水纠纷", "赵小满", "冯建业",
	"王阿姨", "量血压", /* of the sample */
	"许文静", "林晓彤", /* of the colleague's */
	"闻人清风", "水管漏到楼下", /* line by line, then by a stick */
	"司徒美堂", "顾老师说电话不对", /* of the district's: a task, a reason */
	"尉迟恭", /* on another laptop, and down again */
	"贺兰的模板",
};

#define PASSPHRASE "海棠 花 又 开 了"
#define NEXT_PHRASE "another set of words"
#define COLLEAGUE   "李 家 的 五 个 字"

static struct buf environment[8];

static const char *const *
make_environment(bool sealed)
{
	static const char *env[9];
	const char *const rows[][2] = {
		{ "MINQING_HOME=", notebooks }, { "HOME=", "" }, { "TMPDIR=", "/tmp" },
		{ "KEEP_FILE=", "/kept" },
	};
	int n = 0;

	for (int i = 0; i < 8; i++)
		buf_reset(&environment[i]);
	for (; n < 4; n++)
		buf_fmt(&environment[n], "%s%s%s", rows[n][0], home, rows[n][1]);
	buf_fmt(&environment[n++], "LD_PRELOAD=%s", keeper);
	buf_str(&environment[n++], "MINQING_FORMS=forms");
	buf_str(&environment[n++], "ASAN_OPTIONS=verify_asan_link_order=0");
	if (sealed)
		buf_str(&environment[n++], "MINQING_PASSPHRASE_FD=9");
	for (int i = 0; i < n; i++)
		env[i] = buf_text(&environment[i]);
	env[n] = NULL;
	return env;
}

static void
put_file(const char *name, const char *text)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	f = fopen(path, "w");
	CHECK(f && fputs(text, f) >= 0);
	if (f)
		fclose(f);
}

/* A command with passphrases from a file, behind other words of the shell; its exit
 * code. */
static int
command_behind(const char *before, bool sealed, const char *arguments,
	       const char *phrases)
{
	const char *const *env = make_environment(sealed);
	char line[2048];
	int status;
	pid_t child = fork();

	if (child == 0) {
		for (; *env; env++)
			putenv((char *)(uintptr_t)*env);
		snprintf(line, sizeof(line), "%s '%s' %s 9<'%s/%s' >/dev/null", before,
			 program, arguments, home, phrases);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
command(bool sealed, const char *arguments, const char *phrases)
{
	return command_behind("exec", sealed, arguments, phrases);
}

static struct term *
start(bool sealed, const char *phrases)
{
	static char line[2048];
	static const char *argv[] = { "/bin/sh", "-c", line, NULL };

	snprintf(line, sizeof(line), "exec '%s' --language zh 9<'%s/%s'", program, home,
		 phrases);
	return term_start(
	    &(struct term_options){ .argv = argv, .env = make_environment(sealed) });
}

/* --- looking --- */

static bool
file_holds(const char *path, const char *text)
{
	FILE *f = fopen(path, "rb");
	struct buf bytes = { 0 };
	size_t got;
	bool found;

	if (!f)
		return false;
	do {
		buf_reserve(&bytes, 1 << 20);
		got = fread(bytes.data + bytes.len, 1, 1 << 20, f);
		bytes.len += got;
	} while (got > 0);
	fclose(f);
	found = bytes.len && memmem(bytes.data, bytes.len, text, strlen(text));
	buf_clear(&bytes);
	return found;
}

/* How many of all files below the folder hold the text. */
static int
files_that_hold(const char *folder, const char *text)
{
	DIR *dir = opendir(folder);
	int count = 0;

	for (struct dirent *e; dir && (e = readdir(dir));) {
		char path[1024];
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) >=
			(int)sizeof(path) ||
		    lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			count += files_that_hold(path, text);
		else if (file_holds(path, text)) {
			count++;
		}
	}
	if (dir)
		closedir(dir);
	return count;
}

/* --- the day --- */

static void
type_all(struct term *t, const char *const *keys)
{
	for (; *keys; keys++)
		CHECK(term_keys(t, *keys));
}

static void
type_a_visit(struct term *t)
{
	CHECK(term_see(t, "F10"));
	type_all(t, (const char *[]){ "1", "440304001<Enter>", "badeng<Enter>",
		"ustation<Enter>", "bldhead<Enter>", "陈桂芳<Enter>", "<Enter>",
		"nyb001<Enter>", "302<Enter>", "<Enter>", "欧阳海棠<Enter>", "owner<Enter>",
		"13900042017<Enter>", "1<Enter>", "１<Enter>", "<Enter>", "<Enter>",
		"<Enter>", NULL });
	CHECK(term_has(t, "居民需求与问题"));
	type_all(t, (const char *[]){ "<F7>", "service<Enter>", "elder<Enter>",
		"独居老人每周血压，440301198206150034<Tab>", NULL });
}

/* With a one-time code of the district. */
static void
begin_notebook(bool sealed, const char *name, const char *phrases)
{
	struct buf code = { 0 };
	char words[400];

	CHECK_INT(collector_run(&district, &code, "enrol", "chenguifang", "--name", name,
			  "--db", district.db, NULL), 0);
	snprintf(words, sizeof(words),
		 "init %s --name %s --id chenguifang --collector http://127.0.0.1:%d "
		 "--code %.14s", sealed ? "" : "--plain", name, district.port,
		 buf_text(&code));
	CHECK_INT(command(sealed, words, phrases), 0);
	buf_clear(&code);
}

/* What the district makes of it, and what it asks for, comes down. */
static void
the_district_answers(bool sealed)
{
	CHECK_INT(command(sealed, "sync", "phrase"), 0);
	CHECK_INT(collector_run(&district, NULL, "return",
			  "01a1fd70-f1c0-779f-a490-f54c0613fce0", "--why", "顾老师说电话不对",
			  "--db", district.db, NULL), 0);
	CHECK_INT(collector_run(&district, NULL, "assign", "--to", "chenguifang", "--text",
			  "请去找司徒美堂", "--db", district.db, NULL), 0);
	CHECK_INT(command(sealed, "sync", "phrase"), 0);
	CHECK_INT(command(sealed, "list --state returned", "phrase"), 0);
	CHECK_INT(command(sealed, "tasks", "phrase"), 0);
	CHECK_INT(command(sealed, "receipts", "phrase"), 0);
	CHECK_INT(command(sealed, "receipt", "phrase"), 0);
	CHECK_INT(command(sealed, "keys", "phrase"), 0);
}

/* On a second laptop of the worker the same record is another one. */
static void
two_laptops(bool sealed)
{
	static const char *const record = "01a199e2-7e80-7610-8974-ae9da14ac85c";
	char words[100];

	notebooks = "/second";
	begin_notebook(sealed, "周敏", "phrase");
	CHECK_INT(command_behind("head -n 1 tests/data/sample/visits.jsonl |"
				 " sed s/王阿姨/尉迟恭/ |", sealed, "import -", "phrase"), 0);
	CHECK_INT(command(sealed, "sync", "phrase"), 1);
	snprintf(words, sizeof(words), "merge %s --take mine", record);
	CHECK_INT(command(sealed, words, "phrase"), 0);
	CHECK_INT(command(sealed, "sync", "phrase"), 0);
	notebooks = "/notebooks";
	CHECK_INT(command(sealed, "sync", "phrase"), 0);
}

static void
by_a_stick(bool sealed)
{
	char path[300], words[400];

	snprintf(path, sizeof(path), "%s/stick", home);
	mkdir(path, 0700);
	CHECK_INT(command_behind("printf '%s\\n' '' '' nanyuan badeng ustation bldhead 闻人清风"
				 " '' nyb001 302 nothome '' +3 '' n 水管漏到楼下 '' '' |",
			  sealed, "new visit --plain", "phrase"), 0);
	snprintf(words, sizeof(words), "sync --to '%s'", path);
	CHECK_INT(command(sealed, words, "phrase"), 0);
	CHECK_INT(collector_run(&district, NULL, "carrier", "import", path, "--db",
			  district.db, NULL), 0);
	snprintf(words, sizeof(words), "sync --from '%s'", path);
	CHECK_INT(command(sealed, words, "phrase"), 0);
}

static void
copies(bool sealed)
{
	char words[600];

	snprintf(words, sizeof(words), "backup '%s/usb'", home);
	CHECK_INT(command(sealed, words, "phrase"), 0);
	snprintf(words, sizeof(words), "restore --rehearse '%s'/usb/*.backup", home);
	CHECK_INT(command(sealed, words, "phrase"), 0);
	snprintf(words, sizeof(words), "restore '%s'/usb/*.backup", home);
	CHECK_INT(command(sealed, words, "phrase"), 0);
	/* Killed anywhere: while it copies, while it imports; what that leaves, stays. */
	for (int i = 1; i < 5; i++) {
		snprintf(words, sizeof(words), "timeout -s KILL 0.%02d", i * 20);
		command_behind(words, sealed, "backup", "phrase");
		command_behind(words, sealed, "import tests/data/sample/others.jsonl", "phrase");
	}
}

static void
a_day(bool sealed)
{
	struct term *t;
	int status;

	put_file("phrase", PASSPHRASE "\n");
	put_file("change", PASSPHRASE "\n" NEXT_PHRASE "\n");
	put_file("next", NEXT_PHRASE "\n");
	begin_notebook(sealed, "周敏", "phrase");
	t = start(sealed, "phrase");
	type_a_visit(t);
	term_kill(t); /* the log stays behind */
	term_free(t);
	CHECK_INT(command(sealed, "import tests/data/sample/visits.jsonl "
				  "tests/data/sample/disputes.jsonl", "phrase"), 0);
	t = start(sealed, "phrase");
	CHECK(term_see(t, "F10"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	term_free(t);
	CHECK_INT(command(sealed, "list --search 血压", "phrase"), 0);
	CHECK_INT(command(sealed, "show --masked f54c0613fce0", "phrase"), 0);
	the_district_answers(sealed);
	two_laptops(sealed);
	by_a_stick(sealed);
	copies(sealed);
	if (sealed) {
		CHECK_INT(command(true, "vault passwd", "change"), 0);
		CHECK_INT(command(true, "vault check", "next"), 0);
	}
	CHECK_INT(command(sealed, "withdraw f54c0613fce0 --why 赵小满来电", "next"), 0);
	CHECK_INT(command(sealed, "export --format csv --form visit --masked", "next"), 0);
	t = start(sealed, "next");
	CHECK(term_see(t, "F10"));
	type_all(t, (const char *[]){ "<F9>", NULL });
	CHECK(term_see(t, "备份已完成"));
	type_all(t, (const char *[]){ "<Esc>", NULL });
	CHECK(term_see(t, "F10"));
	type_all(t, (const char *[]){ "<Enter>", "<M-t>", "贺兰的模板<Enter>", NULL });
	if (sealed) { /* and the battery goes while it is locked */
		type_all(t, (const char *[]){ "<F11>", "not the words<Enter>", NULL });
		CHECK(!term_has(t, "欧阳海棠"));
	}
	term_kill(t);
	term_free(t);
}

/* A colleague's notebook beside it, in which other people stand. */
static void
a_colleagues_day(bool sealed)
{
	put_file("colleague", COLLEAGUE "\n");
	put_file("wrong", PASSPHRASE "\n");
	CHECK_INT(command(sealed, sealed ? "init --name 李伟" : "init --plain --name 李伟",
			  "colleague"), 0);
	CHECK_INT(command(sealed, "--worker 李伟 import tests/data/sample/others.jsonl "
				  "tests/data/sample/volunteers.jsonl", "colleague"), 0);
	if (sealed)
		CHECK_INT(command(true, "--worker 李伟 list", "wrong"), 1);
	CHECK_INT(command(sealed, "--worker 李伟 audit", "colleague"), 0);
	CHECK_INT(command(sealed, "--worker 周敏 audit", "next"), 0);
}

static void
begin(void)
{
	char tmp[300];

	home = folder_make();
	notebooks = "/notebooks";
	snprintf(tmp, sizeof(tmp), "%s/tmp", home);
	mkdir(tmp, 0700);
}

static void
nothing_readable_is_left(void)
{
	char kept[300];
	struct stat st;

	begin();
	collector_start(&district);
	a_day(true);
	a_colleagues_day(true);
	snprintf(kept, sizeof(kept), "%s/kept", home);
	CHECK(stat(kept, &st) == 0 && st.st_size > 100000); /* it did keep */
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		int count = files_that_hold(home, secrets[i]);

		if (count)
			fprintf(stderr, "%s stands in %d files\n", secrets[i], count);
		CHECK_INT(count, 0);
	}
	CHECK_INT(files_that_hold(home, district.token), 0);
	/* The passphrases: in the files of the test, and nowhere else. */
	CHECK_INT(files_that_hold(home, PASSPHRASE), 3);
	CHECK_INT(files_that_hold(home, NEXT_PHRASE), 2);
	CHECK_INT(files_that_hold(home, COLLEAGUE), 1);
	collector_end(&district);
	folder_remove(home);
}

static void
a_plain_notebook_is_the_control(void)
{
	begin();
	collector_start(&district);
	a_day(false);
	a_colleagues_day(false);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		if (!files_that_hold(home, secrets[i]))
			fprintf(stderr, "%s is nowhere\n", secrets[i]);
		CHECK(files_that_hold(home, secrets[i]) >= 2); /* notebook, and what was kept */
	}
	collector_end(&district);
	folder_remove(home);
}

/* --- the process --- */

static bool
process_file_holds(pid_t pid, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return file_holds(path, text);
}

static void
the_process_shows_nothing(void)
{
	static const char *const names[] = { "cmdline", "environ", "comm", "status" };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct term *t;
	int status = 0;

	begin();
	setrlimit(RLIMIT_CORE, &all); /* the program's own affair */
	put_file("phrase", PASSPHRASE "\n");
	CHECK_INT(command(true, "init --name 周敏", "phrase"), 0);
	t = start(true, "phrase");
	type_a_visit(t);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		CHECK(!process_file_holds(term_pid(t), names[i], PASSPHRASE));
		CHECK(!process_file_holds(term_pid(t), names[i], "欧阳海棠"));
	}
	CHECK(process_file_holds(term_pid(t), "limits",
				 "Max core file size        0                    0"));
	term_signal(t, SIGABRT); /* the sanitizers take SIGSEGV for themselves */
	CHECK(term_ended(t, &status));
	CHECK(WIFSIGNALED(status) && !WCOREDUMP(status));
	term_free(t);
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
	snprintf(keeper, sizeof(keeper), "%s/tests/faults/keep.so", absolute);
	free(absolute);
	RUN(nothing_readable_is_left);
	RUN(a_plain_notebook_is_the_control);
	RUN(the_process_shows_nothing);
	for (int i = 0; i < 8; i++)
		buf_clear(&environment[i]);
	return CHECK_DONE();
}
