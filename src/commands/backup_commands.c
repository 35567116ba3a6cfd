/*
 * backup_commands - backup and restore
 */
#include "buf.h"
#include "clock.h"
#include "command.h"
#include "commands_private.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "passphrase.h"
#include "rescue.h"

#include <stdio.h>

static int
made(bool good, struct buf *path, const struct err *err)
{
	if (good)
		printf(_("A backup was made and read back: %s\n"), buf_text(path));
	buf_clear(path);
	if (!good)
		return command_failed(err);
	if (err->kind == ERR_NONE)
		return EXIT_OK;
	fprintf(stderr,
	    _("minqing: The backup is whole, but the notebook could not note it: %s\n"),
	    err->text);
	return EXIT_WRONG;
}

int
command_backup(const struct command_context *context, const struct words *words)
{
	struct place_asker asker = passphrases_asker(context->passphrases);
	const char *folder = words->rest_count ? words->rest[0] : NULL;
	struct err err = { 0 };
	struct buf path = { 0 };
	struct notebook *nb;
	int status;
	bool good;

	/* A disk that fails is often made read-only: then a copy is what is wanted. */
	if (folder && rescue_is_read_only(context->worker)) {
		good = rescue_backup_read_only(context->worker, &asker, context->clock, folder,
		    &path, &err);
		return made(good, &path, &err);
	}
	nb = command_notebook(context, &status);
	if (!nb)
		return status;
	good = rescue_backup(nb, folder, &path, &err);
	notebook_close(nb);
	return made(good, &path, &err);
}

/* EXIT_WRONG when the two contradict each other; to be older is no fault. */
static int
print_difference(const char *worker, const struct backup_difference *d)
{
	printf(_("The backup is whole and can be restored. Nothing was changed.\n"));
	printf(_("Compared with the notebook of %s, %ld records, drafts, forms and lists are "
		 "the same.\n"),
	    worker, d->same);
	if (d->only_here || d->changed)
		printf(_("Since the backup %ld were added and %ld changed.\n"),
		    d->only_here, d->changed);
	if (d->only_copy)
		printf(_("%ld are only in the backup.\n"), d->only_copy);
	if (!d->different)
		return EXIT_OK;
	printf(_("%ld finished records or forms are not the same in both, which must not be: "
		 "one of the two files is damaged. Check the notebook with: minqing vault "
		 "check\n"),
	    d->different);
	return EXIT_WRONG;
}

static int
rehearse(const struct command_context *context, const char *backup)
{
	struct place_asker asker = passphrases_asker(context->passphrases);
	struct backup_difference d;
	struct err err = { 0 };
	struct buf worker = { 0 };
	bool compared;
	int status = EXIT_OK;

	if (!rescue_rehearse(backup, &asker, context->clock, &worker, &compared, &d, &err))
		status = command_failed(&err);
	else if (compared)
		status = print_difference(buf_text(&worker), &d);
	else
		printf(_("The backup is whole and can be restored. There is no notebook of %s "
			 "here to compare it with.\n"),
		    buf_text(&worker));
	buf_clear(&worker);
	return status;
}

static int
restore(const struct command_context *context, const char *backup)
{
	struct place_asker asker = passphrases_asker(context->passphrases);
	struct err err = { 0 };
	struct buf worker = { 0 }, kept = { 0 };
	int status = EXIT_OK;

	if (rescue_restore(backup, &asker, context->clock, &worker, &kept, &err))
		printf(_("The notebook of %s is again as it was when the backup was made; so is "
			 "its passphrase. Sync next: what was sent since comes back.\n"),
		    buf_text(&worker));
	else
		status = command_failed(&err);
	if (kept.len)
		printf(_("The notebook that was here before is kept as %s\n"),
		    buf_text(&kept));
	buf_clear(&worker);
	buf_clear(&kept);
	return status;
}

static void
print_backup(const char *worker, const char *when, long long bytes, const char *path,
    void *data)
{
	++*(long *)data;
	printf("%s  %s  %lld kB  %s\n", when, worker, (bytes + 1023) / 1024, path);
}

static int
list_backups(void)
{
	struct buf folder = { 0 };
	struct err err = { 0 };
	long listed = 0;
	bool good = rescue_list(&folder, print_backup, &listed, &err);

	if (good && listed)
		printf(_("Bring one back with: minqing restore FILE\n"));
	else if (good)
		printf(_("There are no backups in %s. If yours are elsewhere, on a USB stick "
			 "for one, name the file: minqing restore FILE\n"),
		    buf_text(&folder));
	buf_clear(&folder);
	return good ? EXIT_OK : command_failed(&err);
}

int
command_restore(const struct command_context *context, const struct words *words)
{
	if (!words->rest_count)
		return list_backups();
	return words_get(words, "--rehearse") ? rehearse(context, words->rest[0])
					      : restore(context, words->rest[0]);
}
