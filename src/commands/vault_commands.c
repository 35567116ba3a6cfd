/*
 * vault_commands - a notebook's passphrase, and what can be done when something is wrong
 */
#include "audit.h"
#include "buf.h"
#include "clock.h"
#include "command.h"
#include "commands_private.h"
#include "district.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "passphrase.h"
#include "place.h"
#include "text.h"
#include "tries.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every command here begins with; cleared with target_clear(). */
struct target {
	struct buf path;
	char *worker;
	enum vault_look look;
	struct place_asker asker;
	const struct clock *clock;
	struct vault_key *key;
	struct err err;
};

static bool
target_find(struct target *t, const struct command_context *context)
{
	if (!place_path(context->worker, &t->path, &t->err))
		return false;
	t->worker = place_worker(buf_text(&t->path));
	t->asker = passphrases_asker(context->passphrases);
	t->clock = context->clock;
	t->look = vault_look(buf_text(&t->path), &t->err);
	return t->look != VAULT_BROKEN;
}

/* Asks for the passphrase when there is one. */
static bool
target_unlock(struct target *t)
{
	if (t->look != VAULT_SEALED)
		return true;
	t->key = place_key(buf_text(&t->path), &t->asker, t->clock, &t->err);
	return t->key != NULL;
}

static void
target_clear(struct target *t)
{
	vault_key_free(t->key);
	buf_clear(&t->path);
	free(t->worker);
}

static int
target_failed(struct target *t)
{
	int status = command_failed(&t->err);

	target_clear(t);
	return status;
}

static bool
try_log(struct target *t, const char *who, enum audit_what what, const char *about,
    struct err *err)
{
	const char *path = buf_text(&t->path);
	struct notebook *nb = t->key
	    ? notebook_open_sealed(path, false, t->key, t->clock, err)
	    : notebook_open(path, false, t->clock, err);
	bool logged = nb && tries_log(nb, path, err) &&
		      (who ? audit_add_by(nb, who, what, about, err)
			   : audit_add(nb, what, about, err));

	notebook_close(nb);
	return logged;
}

/* Into the notebook's log. A damaged notebook may not take it: that stops nothing, and
 * is told. */
static void
log_entry(struct target *t, enum audit_what what, const char *about)
{
	struct err err = { 0 };

	if (!try_log(t, NULL, what, about, &err))
		fprintf(stderr, _("minqing: The notebook's log could not be written: %s\n"),
		    err.text);
}

/* A new passphrase, asked for and good enough, with the district's recovery key. */
static bool
choose(struct target *t, struct vault_passphrase *p, struct district *district,
    struct vault_choice *choice)
{
	*choice = (struct vault_choice){ .passphrase = p };
	if (!district_read(district, &t->err))
		return false;
	if (district->has_recovery)
		choice->recovery = district->recovery;
	return t->asker.ask(t->asker.data, t->worker, PLACE_ASK_NEW, p, &t->err) &&
	       vault_passphrase_check(p, &t->err);
}

static void
say_recovery(const struct district *district)
{
	puts(district->has_recovery
		? _("When the passphrase is lost, the district can recover the notebook.")
		: _("The district has no recovery key: when the passphrase is lost, what "
		    "was not sent is gone."));
}

int
command_vault_encrypt(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };
	struct vault_passphrase p = { 0 };
	struct vault_choice choice;
	struct district district;
	bool good = target_find(&t, context);

	(void)words;
	if (good && t.look == VAULT_SEALED)
		good = err_set(&t.err, ERR_INPUT,
		    _("The notebook of %s is sealed already. Another passphrase: minqing "
		      "vault passwd"),
		    t.worker);
	good = good && choose(&t, &p, &district, &choice) &&
	       (t.key = vault_key_new(&choice, &t.err)) != NULL;
	vault_passphrase_wipe(&p);
	if (!good || !vault_convert(buf_text(&t.path), t.key, context->clock, &t.err))
		return target_failed(&t);
	log_entry(&t, AUDIT_PASSPHRASE, "first");
	printf(_("The notebook of %s is sealed.\n"), t.worker);
	say_recovery(&district);
	target_clear(&t);
	return EXIT_OK;
}

/* The end of passwd and recover: the key is there, a new passphrase is wanted. */
static int
change(struct target *t)
{
	struct vault_passphrase p = { 0 };
	struct vault_choice choice;
	struct district district;
	bool good = choose(t, &p, &district, &choice) &&
		    vault_change(buf_text(&t->path), t->key, &choice, &t->err);

	vault_passphrase_wipe(&p);
	if (!good)
		return target_failed(t);
	log_entry(t, AUDIT_PASSPHRASE, "");
	printf(_("The notebook of %s has a new passphrase.\n"), t->worker);
	say_recovery(&district);
	target_clear(t);
	return EXIT_OK;
}

static bool
is_sealed(struct target *t)
{
	return t->look == VAULT_SEALED ||
	       err_set(&t->err, ERR_INPUT,
		   _("The notebook of %s has no passphrase. Give it one: minqing vault "
		     "encrypt"),
		   t->worker);
}

int
command_vault_passwd(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };

	(void)words;
	if (!target_find(&t, context) || !is_sealed(&t) || !target_unlock(&t))
		return target_failed(&t);
	return change(&t);
}

#define KEY_FILE_MAX 4096

int
command_vault_recover(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };
	struct buf text = { 0 };
	unsigned char secret[VAULT_RECOVERY_SIZE];

	if (target_find(&t, context) && is_sealed(&t) &&
	    place_read(words->rest[0], KEY_FILE_MAX, &text, &t.err) &&
	    vault_recovery_read(buf_text(&text), VAULT_SECRET, secret, &t.err))
		t.key = vault_recover(buf_text(&t.path), secret, &t.err);
	explicit_bzero(secret, sizeof(secret));
	if (text.data)
		explicit_bzero(text.data, text.cap);
	buf_clear(&text);
	if (!t.key)
		return target_failed(&t);
	/* Whatever becomes of the new passphrase: it was opened. Not behind the back of
	 * somebody who has it open; a damaged one may not take it. */
	if (!try_log(&t, "district", AUDIT_RECOVER, "", &t.err)) {
		if (t.err.kind == ERR_BUSY)
			return target_failed(&t);
		fprintf(stderr, _("minqing: The notebook's log could not be written: %s\n"),
		    t.err.text);
		t.err = (struct err){ 0 };
	}
	return change(&t);
}

int
command_vault_recovery_key(const struct command_context *context,
    const struct words *words)
{
	char public_text[VAULT_RECOVERY_TEXT], secret_text[VAULT_RECOVERY_TEXT];
	const char *path = words->rest[0];
	struct err err = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written = false;

	(void)context;
	int why = errno;

	if (fd >= 0) {
		vault_recovery_make(public_text, secret_text);
		written = dprintf(fd, "%s\n", secret_text) > 0 && fsync(fd) == 0;
		why = errno;
		explicit_bzero(secret_text, sizeof(secret_text));
		close(fd);
	}
	if (fd >= 0 && !written)
		unlink(path); /* half a key opens nothing */
	errno = why;
	if (!written && errno == EEXIST)
		err_set(&err, ERR_INPUT,
		    _("There is a file %s already, perhaps the key that is in use. "
		      "Name one that is not there yet."),
		    path);
	else if (!written)
		err_set(&err, ERR_SYSTEM, _("%s cannot be made: %s. Check that there is room and that "
		    "you may write there."), path,
		    strerror(errno));
	if (!written)
		return command_failed(&err);
	printf(_("The secret half is in %s: keep it where only the supervisor gets at it, "
		 "away from the laptops. This line goes into district.txt beside the "
		 "forms:\n"),
	    path);
	printf("recovery %s\n", public_text);
	return EXIT_OK;
}

/* --- looking --- */

/* Can the one who has the secret half of what stands in district.txt today? */
static const char *
who_recovers(const struct vault_facts *facts)
{
	struct district district;

	if (!facts->has_recovery)
		return _("no");
	if (district_read(&district, NULL) && district.has_recovery &&
	    memcmp(district.recovery, facts->recovery, VAULT_RECOVERY_SIZE) != 0)
		return _("only with another key than the one in district.txt: a new "
			 "passphrase takes that one");
	return _("yes");
}

int
command_vault_status(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };
	struct vault_facts facts;

	(void)words;
	if (!target_find(&t, context))
		return target_failed(&t);
	printf(_("notebook: %s\n"), buf_text(&t.path));
	if (t.look != VAULT_SEALED) {
		printf(_("sealed: no\n"));
	} else if (vault_facts(buf_text(&t.path), &facts, &t.err)) {
		printf(_("sealed: yes\n"));
		printf(_("a try at the passphrase costs: %u passes over %u MiB\n"),
		    facts.cost.passes, (facts.cost.kib + 1023) / 1024);
		printf(_("the district can recover it: %s\n"), who_recovers(&facts));
		printf(_("good copies of the keys: %d of 2\n"), facts.copies_good);
	} else {
		return target_failed(&t);
	}
	target_clear(&t);
	return EXIT_OK;
}

static void
print_report(const struct vault_report *r)
{
	printf(_("pages: %lld, damaged: %lld\n"), (long long)r->pages,
	    (long long)r->bad_pages);
	if (r->missing > 0)
		printf(_("The file was cut off; pages that are missing at its end: %lld\n"),
		    (long long)r->missing);
	if (r->keys_bad > 0)
		printf(_("One of the two copies of the keys at its beginning is damaged. "
			 "Nothing is lost: it is mended when the notebook is opened next.\n"));
	if (r->saves_lost > 0)
		printf(_("At the end at least %d saves cannot be read.\n"), r->saves_lost);
	if (r->cut)
		printf(_("The last save is not whole: it was cut short, or the disk has "
			 "damaged it. All before it is here.\n"));
	if (r->other_log)
		printf(_("The file with the last saves (-wal) is not of the same day as the "
			 "notebook and is not read: one of the two was put back from another "
			 "copy.\n"));
	if (r->stale && !r->missing)
		printf(_("Every page opens, but the disk has kept an older copy of at "
			 "least one: something that was saved is missing.\n"));
	if (r->problems > 0)
		printf(_("Its parts do not fit together in %d places. For whoever helps you: "
			 "%s\n"),
		    r->problems, r->problem);
	if (vault_report_is_good(r))
		printf(_("The notebook is whole.\n"));
	else if (r->bad_pages || r->missing || r->stale || r->saves_lost ||
		 r->other_log || r->problems)
		printf(_("What can still be read stays readable, and going on makes nothing "
			 "worse. What to do:\n"
			 "1. \"minqing vault salvage FOLDER\" writes out all that can be "
			 "read.\n"
			 "2. \"minqing restore\" tells which backups there are and brings one "
			 "back. If there is none, move this file away and make a new notebook.\n"
			 "3. \"minqing sync\" fetches what was sent; then \"minqing import\" "
			 "takes what was written out and is still missing.\n"
			 "4. Have the disk checked.\n"));
}

int
command_vault_check(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };
	struct vault_report report;

	(void)words;
	if (!target_find(&t, context) || !target_unlock(&t) ||
	    !vault_check(buf_text(&t.path), t.key, context->clock, &report, &t.err))
		return target_failed(&t);
	print_report(&report);
	target_clear(&t);
	return vault_report_is_good(&report) ? EXIT_OK : EXIT_WRONG;
}

/* --- salvage --- */

struct rescue {
	const char *dir;
	FILE *records, *drafts, *other;
	struct err *err;
};

static FILE *
make_file(struct rescue *r, const char *name)
{
	struct buf path = { 0 };
	int fd;
	FILE *f;

	buf_fmt(&path, "%s/%s", r->dir, name);
	fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f) {
		err_set(r->err, ERR_SYSTEM, _("%s cannot be made: %s. Check that there is room and that "
		    "you may write there."),
		    buf_text(&path), strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	buf_clear(&path);
	return f;
}

static bool
end_file(FILE *f)
{
	bool written = f && fflush(f) == 0 && fsync(fileno(f)) == 0;

	return f && fclose(f) == 0 && written;
}

static bool
write_line(FILE *f, const char *line, size_t len)
{
	return fwrite(line, 1, len, f) == len && putc('\n', f) != EOF;
}

static bool
write_record(void *data, const char *line, size_t len)
{
	return write_line(((struct rescue *)data)->records, line, len);
}

static bool
write_draft(void *data, const char *line, size_t len)
{
	return write_line(((struct rescue *)data)->drafts, line, len);
}

static bool
write_other(void *data, const char *line, size_t len)
{
	return write_line(((struct rescue *)data)->other, line, len);
}

#define NAME_MOST 200 /* bytes: disks take 255 */

/* A name may be too long behind its beginning, or there already, in what is damaged. */
static void
name_in_reach(const struct rescue *r, struct buf *name)
{
	struct buf path = { 0 };
	size_t len = 0, next;

	while (len < name->len && (next = text_next(name->data, name->len, len)) <= NAME_MOST)
		len = next;
	if (len < name->len) {
		buf_truncate(name, len);
		buf_str(name, ".csv");
	}
	len = name->len;
	for (int n = 2; n < 1000; n++) {
		buf_reset(&path);
		buf_fmt(&path, "%s/%s", r->dir, buf_text(name));
		if (access(buf_text(&path), F_OK) != 0)
			break;
		buf_truncate(name, len);
		buf_fmt(name, "-%d", n);
	}
	buf_clear(&path);
}

/* "visit-2026112301.csv"; a list keeps its name. Names come from a file that may be
 * damaged: no slash, no full stop in front. */
static bool
write_file(void *data, const char *name, const char *version, const char *bytes,
    size_t len)
{
	struct rescue *r = data;
	struct buf path = { 0 };
	FILE *f;
	bool written;

	if (version)
		buf_fmt(&path, "form-%s-%s.csv", name, version);
	else
		buf_fmt(&path, "list-%s", name);
	for (char *c = path.data; *c; c++)
		if (*c == '/')
			*c = '_';
	name_in_reach(r, &path);
	f = make_file(r, buf_text(&path));
	written = f && fwrite(bytes, 1, len, f) == len;
	written = end_file(f) && written;
	buf_clear(&path);
	return written;
}

static bool
begin_rescue(struct rescue *r)
{
	if (mkdir(r->dir, 0700) != 0)
		return err_set(r->err, ERR_INPUT,
		    _("The folder %s cannot be made: %s. Name one that is not there yet."),
		    r->dir, strerror(errno));
	r->records = make_file(r, "records.jsonl");
	r->drafts = r->records ? make_file(r, "drafts.jsonl") : NULL;
	r->other = r->drafts ? make_file(r, "receipts-and-log.jsonl") : NULL;
	return r->other != NULL;
}

int
command_vault_salvage(const struct command_context *context, const struct words *words)
{
	struct target t = { 0 };
	struct rescue r = { .dir = words->rest[0], .err = &t.err };
	struct vault_salvor salvor = { write_record, write_draft, write_file, write_other,
		&r };
	struct vault_salvage result;
	bool begun = target_find(&t, context) && target_unlock(&t) && begin_rescue(&r);
	bool good = begun &&
		    vault_salvage(buf_text(&t.path), t.key, &salvor, &result, &t.err);

	bool written = end_file(r.records);

	written = end_file(r.drafts) && written;
	written = end_file(r.other) && written;
	if (good && !written)
		good = err_set(&t.err, ERR_SYSTEM, _("%s cannot be written: %s. Check that there is room and "
		    "that you may write there."), r.dir,
		    strerror(errno));
	if (begun) /* whatever came of it: something may have been written */
		log_entry(&t, AUDIT_EXPORT, "salvage");
	if (!good)
		return target_failed(&t);
	printf(_("%ld finished records, %ld drafts, %ld forms and lists are in %s; "
		 "places that could not be read: %ld\n"),
	    result.records, result.drafts, result.files, r.dir, result.lost);
	printf(_("Anybody can read these files: keep them safe. In a good notebook, \"minqing "
		 "sync\" first fetches what was sent, then \"minqing import %s/records.jsonl "
		 "%s/drafts.jsonl\" adds what is missing and leaves alone what is there. Then "
		 "delete the folder.\n"),
	    r.dir, r.dir);
	target_clear(&t);
	return result.lost ? EXIT_WRONG : EXIT_OK;
}
