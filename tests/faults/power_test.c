/*
 * power_test - power cuts before every operation of a day's work
 *
 *	power_test              at least 2,000 states
 *	power_test --long       at least 100,000
 *	power_test --first      ends at the first bad state
 */
#include "../check.h"
#include "../old_layout.h"
#include "../vault_fixture.h"
#include "backup.h"
#include "../../src/notebook/store.h"
#include "../../src/notebook/vault_vfs.h"
#include "sim.h"

#define PATH "/disk/worker.notebook"

static struct clock test_clock;
static struct vault_key *key;
static bool normal; /* synchronous=NORMAL, to see that it is not enough */
static bool told;   /* why the first bad state is bad has been said */
static bool at_first; /* the first bad state ends the test */
static long alarms; /* states in which saves were said to be lost */
static long tried;  /* states in all of the tests that find none bad */
static uint64_t seed = 20261123;

static bool
fail(const char *why, const char *more)
{
	if (!told)
		fprintf(stderr, "  bad state: %s %s\n", why, more);
	if (at_first)
		exit(1);
	told = true;
	return false;
}

static void
tune(struct notebook *nb)
{
	/* Small, so that pages go into the log before the end of a save, and so that
	 * the log goes into the database and begins anew many times. */
	store_exec(nb, "PRAGMA cache_size = 12; PRAGMA wal_autocheckpoint = 40", NULL);
	if (normal)
		store_exec(nb, "PRAGMA synchronous = NORMAL", NULL);
}

/* --- a day's work --- */

#define DRAFT_BYTES 24000

static char draft_id[UUID_SIZE];
static char answers[DRAFT_BYTES + 64];

static bool
save_draft(struct notebook *nb, int n, size_t size, struct err *err)
{
	int len = snprintf(answers, sizeof(answers), "{\"n\":%d,\"pad\":\"", n);

	memset(answers + len, 'a' + n % 26, size);
	strcpy(answers + len + size, "\"}");
	return record_draft_save(nb, draft_id, answers, strlen(answers), "t", "n", err);
}

/* Many records at once, and then all of them changed: more than the cache holds. */
static bool
big_transaction(struct notebook *nb, int n, struct err *err)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	char id[UUID_SIZE];
	bool ok = notebook_begin(nb, err);

	for (int i = 0; ok && i < 20; i++)
		ok = record_begin(nb, &origin, id, err) &&
		     record_draft_save(nb, id, answers, strlen(answers), "t", "n", err);
	ok = ok && store_exec(nb, "UPDATE draft SET title = title || 'x'", err) &&
	     store_exec(nb, "UPDATE draft SET title = title || 'y', cursor = 'z'", err);
	ok = ok && save_draft(nb, n, 100, err);
	return notebook_end(nb, ok, err) && ok;
}

/* One step of the day: the draft gets the number n. */
static bool
step(struct notebook *nb, int n, struct err *err)
{
	static const size_t sizes[] = { 30, 80, 4000, 200, DRAFT_BYTES, 60, 900 };

	if (n % 16 == 15)
		return big_transaction(nb, n, err);
	return save_draft(nb, n, sizes[n % 7], err);
}

static struct notebook *
reopen(struct err *err)
{
	struct notebook *nb = key ? notebook_open_sealed(PATH, false, key, &test_clock, err)
				  : notebook_open(PATH, false, &test_clock, err);

	if (nb)
		tune(nb);
	return nb;
}

static bool
work(int steps)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct err err = { 0 };
	struct notebook *nb = reopen(&err);

	if (!nb || !record_begin(nb, &origin, draft_id, &err) || !save_draft(nb, 0, 10, &err))
		return fail("the work began:", err.text);
	sim_ack(0);
	for (int n = 1; n <= steps; n++) {
		if (!step(nb, n, &err)) {
			notebook_close(nb);
			return fail("the work went on:", err.text);
		}
		sim_ack(n);
		if (n % 23 != 0)
			continue;
		notebook_close(nb); /* the evening, and the next morning */
		nb = reopen(&err);
		if (!nb)
			return fail("reopened:", err.text);
	}
	notebook_close(nb);
	return true;
}

/* --- is everything there? --- */

static int
draft_number(struct notebook *nb, struct err *err)
{
	struct buf text = { 0 }, cursor = { 0 };
	int n = -1;

	if (record_draft_load(nb, draft_id, &text, &cursor, err))
		sscanf(buf_text(&text), "{\"n\":%d", &n);
	buf_clear(&text);
	buf_clear(&cursor);
	return n;
}

/* The state has everything confirmed; a confirmed step more can be done in it. */
static bool
all_is_there(void *data, int acked)
{
	static int every;
	struct err err = { 0 };
	struct vault_report report;
	struct notebook *nb = reopen(&err);
	bool good = nb != NULL;

	(void)data;
	if (!nb)
		return fail("it opens:", err.text);
	if (vault_vfs_events(nb->vfs)->log_loss == LOG_LOST)
		alarms++;
	if (schema_number(nb, "SELECT count(*) FROM pragma_integrity_check"
			      " WHERE integrity_check = 'ok'", &err) != 1)
		good = fail("whole:", err.text);
	if (acked >= 0 && draft_number(nb, &err) < acked)
		good = fail("every confirmed save is there", err.text);
	if (acked >= 0 && good && every++ % 4 == 0) {
		if (!save_draft(nb, acked + 1, 500, &err))
			good = fail("it goes on:", err.text);
		notebook_close(nb);
		if (!vault_check(PATH, key, &test_clock, &report, &err) ||
		    !vault_report_is_good(&report))
			good = fail("whole after the next day", report.problem);
		nb = reopen(&err);
		if (!nb || draft_number(nb, &err) != acked + 1)
			good = fail("the next save is there", err.text);
	}
	notebook_close(nb);
	return good;
}

/* Makes a sealed (or plain) notebook on an empty disk. */
static void
begin(bool sealed)
{
	struct err err = { 0 };
	struct notebook *nb;

	sim_reset();
	vault_key_free(key);
	key = sealed ? new_key(SEALED_PHRASE, NULL) : NULL;
	nb = sealed ? notebook_open_sealed(PATH, true, key, &test_clock, &err)
		    : notebook_open(PATH, true, &test_clock, &err);
	if (!nb) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	notebook_close(nb);
	sim_begin();
	told = false;
	alarms = 0;
}

/* Where no state may be bad. */
static struct sim_result
cut(int every, int states, bool (*check)(void *data, int acked), void *data)
{
	struct sim_result result =
	    sim_cut_everywhere(every, states, seed++, 0, check, data);

	tried += result.states;
	return result;
}

static long
cut_a_day(bool sealed, int steps, int every, int states)
{
	struct sim_result result;

	begin(sealed);
	if (!work(steps))
		return 1;
	result = cut(every, states, all_is_there, NULL);
	printf("%s: %d saves, %ld operations, %ld states, %ld bad\n",
	       sealed ? "sealed" : "plain", steps, result.operations, result.states,
	       result.bad);
	return result.bad;
}

static int scale = 1;

static void
a_day_of_saves(void)
{
	CHECK_INT(cut_a_day(true, 60, 1, scale > 1 ? 2 * scale : 1), 0);
	/* A cut never looks like saves lost by damage. */
	CHECK_INT(alarms, 0);
}

static void
a_day_of_saves_in_a_plain_notebook(void)
{
	CHECK_INT(cut_a_day(false, 60, 8, 2 * scale), 0);
}

/* --- making, sealing, changing --- */

static bool
made_or_not(void *data, int acked)
{
	struct err err = { 0 };
	struct notebook *nb;

	(void)data;
	switch (vault_look(PATH, &err)) {
	case VAULT_ABSENT:
	case VAULT_SEALED:
		break;
	case VAULT_PLAIN:
	case VAULT_BROKEN:
		return fail("half a notebook", err.text);
	}
	if (acked >= 0 && vault_look(PATH, &err) != VAULT_SEALED)
		return fail("a made notebook is there", "");
	nb = notebook_open_sealed(PATH, true, key, &test_clock, &err);
	if (!nb)
		return fail("it opens:", err.text);
	notebook_close(nb);
	return true;
}

static void
making_a_notebook(void)
{
	struct err err = { 0 };
	struct notebook *nb;
	struct sim_result result;

	begin(true);
	sim_remove(PATH);
	sim_begin();
	nb = notebook_open_sealed(PATH, true, key, &test_clock, &err);
	CHECK(nb != NULL);
	sim_ack(1);
	notebook_close(nb);
	result = cut(1, 3 * scale, made_or_not, NULL);
	printf("making: %ld states, %ld bad\n", result.states, result.bad);
	CHECK_INT(result.bad, 0);
}

/* Plain with all its rows, or sealed with all of them; and then it is sealed. */
static bool
plain_or_sealed(void *data, int acked)
{
	struct err err = { 0 };
	struct vault_key *sealing = data;
	enum vault_look look = vault_look(PATH, &err);
	bool good;

	if (acked >= 1000 && look != VAULT_SEALED)
		return fail("a sealed notebook stays sealed", "");
	if (look == VAULT_PLAIN) {
		key = NULL;
		if (!all_is_there(NULL, acked))
			return false;
		if (!vault_convert(PATH, sealing, &test_clock, &err))
			return fail("sealed at the second try:", err.text);
	} else if (look != VAULT_SEALED) {
		return fail("half a notebook", err.text);
	}
	key = sealing;
	good = all_is_there(NULL, acked % 1000);
	key = NULL;
	if (good && sim_size(PATH ".plain"))
		return fail("the plain file is gone", "");
	return good;
}

static void
convert_under_cuts(bool old_layout)
{
	struct err err = { 0 };
	struct vault_key *sealing = new_key(SEALED_PHRASE, NULL);
	struct sim_result result;

	begin(false);
	CHECK(work(12));
	if (old_layout) {
		CHECK(old_layout_make(PATH, "/disk/old"));
		sim_put(PATH, sim_bytes("/disk/old"), sim_size("/disk/old"));
		sim_remove("/disk/old");
		CHECK_INT(sim_bytes(PATH)[20], 0); /* bytes kept free in a page */
	}
	sim_begin();
	sim_ack(12);
	CHECK(vault_convert(PATH, sealing, &test_clock, &err));
	sim_ack(1012);
	result = cut(1, scale, plain_or_sealed, sealing);
	printf("sealing%s: %ld operations, %ld states, %ld bad\n",
	       old_layout ? " an old one" : "", result.operations, result.states,
	       result.bad);
	CHECK_INT(result.bad, 0);
	vault_key_free(sealing);
	key = NULL;
}

static void
sealing_a_plain_notebook(void)
{
	convert_under_cuts(false);
}

static void
sealing_one_of_the_old_layout(void)
{
	convert_under_cuts(true);
}

#define RESTORED 1000 /* is added to what is confirmed once the backup is back */

/* What was there before with every save, or the backup. */
static bool
old_or_restored(void *data, int acked)
{
	struct err err = { 0 };
	struct notebook *nb = reopen(&err);
	int n;

	(void)data;
	if (!nb)
		return fail("it opens:", err.text);
	n = draft_number(nb, &err);
	notebook_close(nb);
	if (n != 3 && (n != 12 || acked >= RESTORED))
		return fail("the one or the other", "");
	return all_is_there(NULL, n);
}

/* The last save of the day stands in the log only, as after a crash. */
static void
restore_a_backup(bool sealed)
{
	struct buf kept = { 0 };
	struct err err = { 0 };
	struct notebook *nb;
	struct sim_copy *crashed;
	struct sim_result result;

	begin(sealed);
	CHECK(work(3));
	sim_put("/disk/old.backup", sim_bytes(PATH), sim_size(PATH));
	nb = reopen(&err);
	CHECK(nb && save_draft(nb, 6, 500, &err)); /* neither, without its log */
	notebook_close(nb);
	nb = reopen(&err);
	CHECK(nb && save_draft(nb, 12, 500, &err));
	crashed = sim_copy();
	notebook_close(nb);
	sim_restore(crashed);
	sim_copy_free(crashed);
	CHECK(sim_size(PATH "-wal") > 0);
	sim_ack(12);
	CHECK(backup_restore("/disk/old.backup", key, PATH, &test_clock, &kept, &err));
	sim_ack(12 + RESTORED);
	result = cut(1, 3 * scale, old_or_restored, NULL);
	printf("restoring: %ld operations, %ld states, %ld bad\n", result.operations,
	       result.states, result.bad);
	CHECK_INT(result.bad, 0);
	/* What was there is kept, the saves in its log with it. */
	nb = notebook_open_frozen(buf_text(&kept), key, &test_clock, &err);
	CHECK(nb && draft_number(nb, &err) == 12);
	notebook_close(nb);
	buf_clear(&kept);
}

static void
restoring_a_backup(void)
{
	restore_a_backup(true);
}

/* Of a sealed one a log of another day would not be read anyhow. */
static void
restoring_a_plain_backup(void)
{
	restore_a_backup(false);
}

/* The old passphrase opens it or the new one; the new one once that was confirmed. */
static bool
old_or_new(void *data, int acked)
{
	struct vault_passphrase old = phrase(SEALED_PHRASE), new = phrase("the new words");
	struct err err = { 0 };
	bool fits_new = phrase_fits(PATH, &new, &err);

	(void)data;
	if (acked >= 0 && !fits_new)
		return fail("the new passphrase fits:", err.text);
	if (!fits_new && !phrase_fits(PATH, &old, &err))
		return fail("either passphrase fits:", err.text);
	return all_is_there(NULL, 12);
}

static void
changing_the_passphrase(void)
{
	struct vault_passphrase new = phrase("the new words");
	struct vault_choice choice = { &new, NULL, &cheap };
	struct err err = { 0 };
	struct sim_result result;

	begin(true);
	CHECK(work(12));
	sim_begin();
	CHECK(vault_change(PATH, key, &choice, &err));
	sim_ack(1);
	result = cut(1, 8 * scale, old_or_new, NULL);
	printf("changing the passphrase: %ld states, %ld bad\n", result.states, result.bad);
	CHECK_INT(result.bad, 0);
}

static void
enough_was_tried(void)
{
	printf("%ld states in all\n", tried);
	CHECK(tried >= (scale > 1 ? 100000 : 2000));
}

/* --- it must be able to fail --- */

struct breach {
	const char *how;
	enum sim_sync sync;
	bool normal;
};

static const struct breach breaches[] = {
	{ "skip-log", SIM_SKIP_LOG, false },
	{ "skip-database", SIM_SKIP_DATABASE, false },
	{ "skip-both", SIM_SKIP_BOTH, false },
	{ "normal", SIM_HONEST, true },
};

static long
break_a_day(const struct breach *b)
{
	long bad;

	begin(true);
	normal = b->normal;
	sim_set_sync(b->sync);
	bad = work(60) ? sim_cut_everywhere(1, 2, seed++, 1, all_is_there, NULL).bad : 0;
	normal = false;
	return bad;
}

static void
dishonest_disks_are_found_out(void)
{
	for (size_t i = 0; i < sizeof(breaches) / sizeof(*breaches); i++) {
		check_case(breaches[i].how);
		CHECK(break_a_day(&breaches[i]) > 0);
	}
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc > 1 && !strcmp(argv[1], "--long"))
		scale = 30;
	at_first = argc > 1 && !strcmp(argv[1], "--first");
	if (!clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		return 1;
	sim_install();
	RUN(a_day_of_saves);
	RUN(a_day_of_saves_in_a_plain_notebook);
	RUN(making_a_notebook);
	RUN(sealing_a_plain_notebook);
	RUN(sealing_one_of_the_old_layout);
	RUN(restoring_a_backup);
	RUN(restoring_a_plain_backup);
	RUN(changing_the_passphrase);
	RUN(enough_was_tried);
	at_first = false;
	RUN(dishonest_disks_are_found_out);
	vault_key_free(key);
	sim_reset();
	return CHECK_DONE();
}
