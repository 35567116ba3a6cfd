/* When backups are made. */
#include "rescue.h"

#include "audit.h"
#include "check.h"
#include "i18n.h"
#include "place.h"
#include "tries.h"
#include "vault_fixture.h"

#include <dirent.h>

static int
copies(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += strstr(entry->d_name, ".backup") != NULL;
	if (dir)
		closedir(dir);
	return count;
}

static bool
once_a_day(struct fixture *f, const char *words_in)
{
	struct buf words = { 0 };
	bool good = rescue_once_a_day(f->nb, &words);

	if (words_in ? !strstr(buf_text(&words), words_in) : words.len > 0) {
		fprintf(stderr, "  \"%s\"\n", buf_text(&words));
		good = !good;
	}
	buf_clear(&words);
	return good;
}

static void
a_sync_that_nobody_asked_for_copies_once_a_day(void)
{
	const char *folder = folder_make();
	struct fixture *f = fixture_new();
	struct buf words = { 0 };

	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, folder, &f->err));
	CHECK(once_a_day(f, "A backup was made"));
	CHECK_INT(copies(folder), 1);
	fixture_later(f, 60);
	CHECK(once_a_day(f, NULL));
	CHECK_INT(copies(folder), 1);
	CHECK(rescue_after_sync(f->nb, &words)); /* by hand: every time */
	CHECK_INT(copies(folder), 2);
	fixture_later(f, 24 * 3600);
	CHECK(once_a_day(f, "A backup was made"));
	CHECK_INT(copies(folder), 3);
	fixture_later(f, 24 * 3600);
	CHECK(rescue_after_sync(f->nb, &words));
	CHECK(once_a_day(f, NULL)); /* there is today's */
	buf_clear(&words);
	fixture_free(f);
	folder_remove(folder);
}

static void
what_failed_is_tried_again(void)
{
	const char *folder = folder_make();
	struct fixture *f = fixture_new();

	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, "/proc/nowhere", &f->err));
	CHECK(!once_a_day(f, "No backup was made"));
	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, folder, &f->err));
	CHECK(once_a_day(f, "A backup was made"));
	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, RESCUE_OFF, &f->err));
	fixture_later(f, 24 * 3600);
	CHECK(once_a_day(f, NULL));
	CHECK_INT(copies(folder), 1);
	fixture_free(f);
	folder_remove(folder);
}

/* A copy on the notebook's own disk, where the stick had been, would be none. */
static void
a_stick_that_was_pulled_out_is_told(void)
{
	const char *home = folder_make();
	struct fixture *f = fixture_new();
	struct buf words = { 0 };
	char stick[100], seen[120];

	snprintf(stick, sizeof(stick), "%s/stick", home);
	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, stick, &f->err));
	CHECK(rescue_after_sync(f->nb, &words)); /* made, the first time */
	CHECK_INT(copies(stick), 1);
	folder_empty(stick);
	rmdir(stick);
	buf_reset(&words);
	CHECK(!rescue_after_sync(f->nb, &words));
	CHECK(strstr(buf_text(&words), "is not there any more: plug in"));
	CHECK(access(stick, F_OK) != 0);
	/* The folder it was mounted on stays; it was on another disk the last time. */
	mkdir(stick, 0700);
	snprintf(seen, sizeof(seen), "1 %s", stick);
	CHECK(notebook_set(f->nb, "backup.seen", seen, &f->err));
	buf_reset(&words);
	CHECK(!rescue_after_sync(f->nb, &words));
	CHECK(strstr(buf_text(&words), "plug in"));
	CHECK_INT(copies(stick), 0);
	/* Another folder is another matter, and so is one that is named by hand. */
	buf_reset(&words);
	CHECK(rescue_backup(f->nb, stick, &words, &f->err));
	CHECK_INT(copies(stick), 1);
	CHECK(notebook_set(f->nb, SETTING_BACKUP_FOLDER, home, &f->err));
	CHECK(rescue_after_sync(f->nb, &words));
	buf_clear(&words);
	fixture_free(f);
	folder_remove(home);
}

static bool
remember(void *data, const char *worker, enum place_asking asking,
    struct vault_passphrase *p, struct err *err)
{
	(void)data;
	(void)worker;
	(void)asking;
	(void)err;
	*p = phrase(SEALED_PHRASE);
	return true;
}

static bool
count_unlocks(const struct audit_entry *entry, void *data)
{
	*(int *)data += !strcmp(entry->what, "unlock");
	return true;
}

/* Whoever mistyped before need not wait at every later restore. */
static void
wrong_tries_at_a_backup_go_into_the_log_that_comes_back(void)
{
	static const struct place_asker asker = { .ask = remember };
	struct sealed s = sealed_new();
	struct buf backup = { 0 }, worker = { 0 }, kept = { 0 };
	int count = 0;

	setenv("MINQING_HOME", s.dir, 1);
	CHECK(notebook_set(s.nb, SETTING_WORKER_NAME, "worker", &s.err));
	CHECK(backup_make(s.nb, s.dir, 3, &backup, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	for (int i = 0; i < 2; i++)
		tries_failed(buf_text(&backup), s.clock);
	CHECK(rescue_restore(buf_text(&backup), &asker, s.clock, &worker, &kept, &s.err));
	CHECK(sealed_reopen(&s) && audit_each(s.nb, 0, 0, count_unlocks, &count, &s.err));
	CHECK_INT(count, 2);
	tries_failed(buf_text(&backup), s.clock);
	CHECK_INT(tries_wait(buf_text(&backup), s.clock), 0); /* as if it were the first */
	unsetenv("MINQING_HOME");
	buf_clear(&backup);
	buf_clear(&worker);
	buf_clear(&kept);
	sealed_free(&s);
}

int
main(void)
{
	i18n_use("en");
	RUN(a_sync_that_nobody_asked_for_copies_once_a_day);
	RUN(what_failed_is_tried_again);
	RUN(a_stick_that_was_pulled_out_is_told);
	RUN(wrong_tries_at_a_backup_go_into_the_log_that_comes_back);
	return CHECK_DONE();
}
