/*
 * full_test - a small disk that fills up while somebody types, and a read-only one
 *
 * Wants to mount a disk in memory for itself, which only root may; says so otherwise.
 */
#include "../check.h"
#include "../folder.h"
#include "../vault_fixture.h"
#include "screen.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

static const char *home;
static char program[512], path[256], filler[256];
static struct clock test_clock;

static bool
mount_small_disk(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", home, "tmpfs", 0, "size=16m") == 0;
}

static void
make_notebook(void)
{
	struct err err = { 0 };
	struct vault_key *key = new_key(SEALED_PHRASE, NULL);
	struct notebook *nb;
	char phrases[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/周敏.notebook", home);
	snprintf(filler, sizeof(filler), "%s/filler", home);
	snprintf(phrases, sizeof(phrases), "%s/passphrase", home);
	f = fopen(phrases, "w");
	CHECK(f && fputs(SEALED_PHRASE "\n", f) >= 0);
	fclose(f);
	nb = notebook_open_sealed(path, true, key, &test_clock, &err);
	CHECK(nb && notebook_set(nb, SETTING_WORKER_NAME, "周敏", &err));
	notebook_close(nb);
	vault_key_free(key);
}

/* Somebody else's file takes the room, all but so many bytes. */
static void
fill_disk(off_t but)
{
	static const char block[4096];
	int fd = open(filler, O_CREAT | O_WRONLY | O_APPEND, 0600);

	while (write(fd, block, sizeof(block)) > 0)
		continue;
	CHECK(ftruncate(fd, lseek(fd, 0, SEEK_END) - but) == 0);
	close(fd);
}

static char home_variable[300], command[1400];
static const char *const env[] = { home_variable, "MINQING_FORMS=forms",
				   "MINQING_PASSPHRASE_FD=9", NULL };

static struct term *
start(void)
{
	static const char *const argv[] = { "/bin/sh", "-c", command, NULL };

	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	snprintf(command, sizeof(command), "exec '%s' 9<'%s/passphrase'", program, home);
	return term_start(&(struct term_options){ .argv = argv, .env = env, .cols = 120 });
}

static int
run(const char *words)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		setenv("MINQING_HOME", home, 1);
		setenv("MINQING_FORMS", "forms", 1);
		setenv("MINQING_PASSPHRASE_FD", "9", 1);
		snprintf(command, sizeof(command),
			 "exec '%s' --language en %s 9<'%s/passphrase' >/tmp/full_test.%d 2>&1",
			 program, words, home, getppid());
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What the last run() said. */
static bool
said(const char *text)
{
	char name[64], words[4000];
	FILE *f;
	size_t len;

	snprintf(name, sizeof(name), "/tmp/full_test.%d", getpid());
	f = fopen(name, "r");
	len = f ? fread(words, 1, sizeof(words) - 1, f) : 0;
	if (f)
		fclose(f);
	unlink(name);
	words[len] = '\0';
	if (strstr(words, text))
		return true;
	fprintf(stderr, "said: %s\n", words);
	return false;
}

static const char *const visit_keys[] = {
	"1", "440304001<Enter>", "badeng<Enter>", "ustation<Enter>", "bldhead<Enter>",
	"陈桂芳<Enter>", "<Enter>", "nyb001<Enter>", NULL
};

static void
a_full_disk_keeps_what_is_typed(void)
{
	struct term *t = start();
	bool refused = false;
	int saves = 0;

	CHECK(term_see(t, "nearly full")); /* early, before anything is wrong */
	for (const char *const *k = visit_keys; *k; k++)
		CHECK(term_keys(t, *k));
	CHECK(term_has(t, "nearly full"));
	fill_disk(8192);
	/* Leaves the room's field again and again: one save each. */
	while (!refused && saves < 2000) {
		char keys[64];

		snprintf(keys, sizeof(keys), "<C-u>%d<Enter>", 100 + saves++ % 800);
		CHECK(term_keys(t, keys));
		refused = term_has(t, "Not saved yet");
		if (saves == 6)
			CHECK(term_has(t, "used up the reserve")); /* 8 kB were two saves */
		if (!refused)
			CHECK(term_keys(t, "<Up>"));
	}
	printf("%d fields were saved after the disk was full\n", saves - 1);
	CHECK(refused && saves > 20);
	/* It stands there, and goes to the disk as soon as there is room. */
	CHECK(unlink(filler) == 0);
	CHECK(term_keys(t, "<C-u>999<Enter>"));
	CHECK(!term_has(t, "Not saved yet"));
	term_kill(t);
	term_free(t);
	CHECK_INT(run("list --json"), 0);
	CHECK(said("999"));
}

/* The one backup in the folder is whole, nothing lies beside it, and the draft whose last
 * saves a kill had left in the log is in it. */
static bool
restores(const char *folder)
{
	char words[700], name[256] = "";
	DIR *dir = opendir(folder);
	int count = 0;

	for (struct dirent *e; dir && (e = readdir(dir));)
		if (e->d_name[0] != '.' && ++count)
			snprintf(name, sizeof(name), "%s", e->d_name);
	if (dir)
		closedir(dir);
	snprintf(words, sizeof(words), "restore --rehearse %s/%s", folder, name);
	return count == 1 && run(words) == 0 && said("can be restored");
}

/* A stick still takes the copy when the notebook's own disk takes nothing any more. */
static void
a_full_disk_can_be_backed_up(void)
{
	char backup[128], reserve[300];

	snprintf(backup, sizeof(backup), "backup /tmp/full_stick.%d", getpid());
	snprintf(reserve, sizeof(reserve), "%s.ballast", path);
	unlink(reserve);
	fill_disk(0);
	CHECK_INT(run(backup), 1);
	CHECK(said("The backup is whole, but"));
	CHECK(unlink(filler) == 0);
	CHECK(restores(strchr(backup, '/')));
	folder_remove(strchr(backup, '/'));
}

static void
a_read_only_disk_can_be_looked_at(void)
{
	char salvage[128], backup[128];

	CHECK_INT(run("settings"), 0);
	CHECK(said("周敏"));
	CHECK(mount(NULL, home, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	CHECK_INT(run("list"), 3);
	CHECK(said("read-only"));
	CHECK_INT(run("vault check"), 0);
	CHECK(said("is whole"));
	snprintf(salvage, sizeof(salvage), "vault salvage /tmp/full_salvage.%d", getpid());
	CHECK_INT(run(salvage), 0);
	CHECK(said("1 drafts"));
	folder_remove(strchr(salvage, '/'));
	snprintf(backup, sizeof(backup), "backup /tmp/full_backup.%d", getpid());
	CHECK_INT(run(backup), 0);
	CHECK(said("made and read back"));
	CHECK(mount(NULL, home, NULL, MS_REMOUNT, NULL) == 0);
	CHECK_INT(run("settings --screen-language en"), 0);
	said("");
	CHECK(restores(strchr(backup, '/')));
	folder_remove(strchr(backup, '/'));
	CHECK_INT(run("list"), 0);
	CHECK(said("999"));
}

/* The slots are written in place; for a line in the log there is no room. */
static void
a_passphrase_that_was_changed_is_told_so(void)
{
	char ballast[300];
	struct term *t = start();

	CHECK(term_see(t, "Start a record"));
	snprintf(ballast, sizeof(ballast), "%s.ballast", path);
	CHECK(unlink(ballast) == 0);
	fill_disk(0);
	CHECK(term_keys(t, "<F7><F5>"));
	CHECK(term_see(t, "Passphrase:"));
	CHECK(term_keys(t, SEALED_PHRASE "<Enter>"));
	CHECK(term_see(t, "A new passphrase"));
	CHECK(term_keys(t, "other words now<Enter>"));
	CHECK(term_see(t, "Once more:"));
	CHECK(term_keys(t, "other words now<Enter>"));
	CHECK(term_see(t, "has a new passphrase, but its log does not say so"));
	term_kill(t);
	term_free(t);
}

int
main(void)
{
	const char *build = getenv("MINQING_BUILD");
	struct err err = { 0 };
	char *absolute = realpath(build ? build : "build/plain", NULL);

	if (!absolute || !clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		return 1;
	snprintf(program, sizeof(program), "%s/minqing", absolute);
	free(absolute);
	home = folder_make();
	if (mount_small_disk()) {
		make_notebook();
		RUN(a_full_disk_keeps_what_is_typed);
		RUN(a_full_disk_can_be_backed_up);
		RUN(a_read_only_disk_can_be_looked_at);
		RUN(a_passphrase_that_was_changed_is_told_so);
		umount(home);
	} else {
		printf("no small disk can be mounted here: nothing was tried\n");
	}
	folder_remove(home);
	return CHECK_DONE();
}
