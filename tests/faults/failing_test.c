/*
 * failing_test - every write and every read of a save fails once, and for good
 *
 * Whatever fails, a save is either confirmed and there, or refused in words and not
 * there; and the next one works again.
 */
#include "../check.h"
#include "../vault_fixture.h"
#include "../../src/notebook/store.h"
#include "../../src/notebook/vault_ballast.h"
#include "../../src/notebook/vault_vfs.h"
#include "sim.h"

#include <errno.h>

#define PATH "/disk/worker.notebook"

static struct clock test_clock;
static struct vault_key *key; /* NULL: a plain notebook */
static char draft_id[UUID_SIZE];

static struct notebook *
reopen(void)
{
	struct err err = { 0 };
	struct notebook *nb = key ? notebook_open_sealed(PATH, false, key, &test_clock, &err)
				  : notebook_open(PATH, false, &test_clock, &err);

	if (!nb)
		fprintf(stderr, "%s\n", err.text);
	return nb;
}

static bool
save_n(struct notebook *nb, int n, int size, struct err *err)
{
	static char answers[70000];
	int len = snprintf(answers, sizeof(answers), "{\"n\":%d,\"pad\":\"%0*d\"}", n, size, 0);

	return record_draft_save(nb, draft_id, answers, (size_t)len, "t", "n", err);
}

static int
draft_number(struct notebook *nb)
{
	struct buf text = { 0 }, cursor = { 0 };
	int n = -1;

	if (record_draft_load(nb, draft_id, &text, &cursor, NULL))
		sscanf(buf_text(&text), "{\"n\":%d", &n);
	buf_clear(&text);
	buf_clear(&cursor);
	return n;
}

/* --- the saves --- */

static bool
save_field(struct notebook *nb, struct err *err)
{
	return save_n(nb, 2, 20, err);
}

static bool
save_long_field(struct notebook *nb, struct err *err)
{
	return save_n(nb, 2, 60000, err);
}

static bool
save_batch(struct notebook *nb, struct err *err)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	char id[UUID_SIZE];
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	ok = save_n(nb, 2, 20, err);
	for (int i = 0; ok && i < 10; i++)
		ok = record_begin(nb, &origin, id, err) &&
		     record_draft_save(nb, id, "{}", 2, "t", "n", err);
	ok = notebook_end(nb, ok, ok ? err : NULL) && ok;
	return ok;
}

/* With so little cache that pages go into the log before the end. */
static bool
save_spilling(struct notebook *nb, struct err *err)
{
	bool ok;

	store_exec(nb, "PRAGMA cache_size = 4", NULL);
	if (!notebook_begin(nb, err))
		return false;
	ok = save_n(nb, 1, 60000, err) && save_n(nb, 3, 40000, err) &&
	     save_n(nb, 2, 50000, err);
	return notebook_end(nb, ok, ok ? err : NULL) && ok;
}

/* The log goes into the database on the way. */
static bool
save_and_checkpoint(struct notebook *nb, struct err *err)
{
	store_exec(nb, "PRAGMA wal_autocheckpoint = 1", NULL);
	return save_n(nb, 2, 9000, err);
}

static const struct {
	const char *name;
	bool (*save)(struct notebook *nb, struct err *err);
} saves[] = {
	{ "a field", save_field },
	{ "a long field", save_long_field },
	{ "a batch", save_batch },
	{ "more than the cache holds", save_spilling },
	{ "with a checkpoint", save_and_checkpoint },
};

/* --- what fails --- */

enum what { DISK_FULL, DISK_FAILS, READ_FAILS };

static void
arm(enum what what, int n, bool once)
{
	if (what == READ_FAILS)
		sim_fail_read_at(n);
	else
		sim_fail_at(n, what == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE, once);
}

/* How many operations were counted since arm(). */
static int
disarm(void)
{
	int reads = sim_fail_read_at(-1), writes = sim_fail_at(-1, 0, false);

	return reads > writes ? reads : writes;
}

static struct sim_copy *
begin(bool sealed)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct err err = { 0 };
	struct notebook *nb;

	sim_reset();
	vault_key_free(key);
	key = sealed ? new_key(SEALED_PHRASE, NULL) : NULL;
	nb = sealed ? notebook_open_sealed(PATH, true, key, &test_clock, &err)
		    : notebook_open(PATH, true, &test_clock, &err);
	CHECK(nb && record_begin(nb, &origin, draft_id, &err) && save_n(nb, 1, 10, &err));
	notebook_close(nb);
	return sim_copy();
}

/* The save as the fault left it, in this session and the next. */
static void
check_after(struct notebook *nb, bool saved, int n)
{
	struct vault_report report;
	struct err err = { 0 };

	if (draft_number(nb) != (saved ? 2 : 1)) {
		fprintf(stderr, "  fault %d: saved %d, but %d is there\n", n, saved,
			draft_number(nb));
		CHECK(!"a save is there or not, as was said");
	}
	CHECK(save_n(nb, 7, 30, &err)); /* the disk works again */
	CHECK_STR(err.text, "");
	notebook_close(nb);
	nb = reopen();
	CHECK(nb && draft_number(nb) == 7);
	notebook_close(nb);
	if (n % 4 == 0)
		CHECK(vault_check(PATH, key, &test_clock, &report, &err) &&
		      vault_report_is_good(&report));
}

/* One fault; false when the save had no nth operation. */
static bool
fail_once(const struct sim_copy *start, size_t which, enum what what, int n, bool once)
{
	struct err err = { 0 };
	struct notebook *nb;
	bool saved, reached;

	sim_restore(start);
	nb = reopen();
	if (!nb) {
		CHECK(!"it opens");
		return false;
	}
	arm(what, n, once);
	saved = saves[which].save(nb, &err);
	reached = disarm() > n;
	CHECK(saved || *err.text);
	CHECK(saved || what != DISK_FULL || strstr(err.text, "disk is full") ||
	      strstr(err.text, "disk failed"));
	check_after(nb, saved, n);
	return reached;
}

static void
every_operation_fails(bool sealed)
{
	for (enum what what = DISK_FULL; what <= READ_FAILS; what++)
		for (size_t which = 0; which < sizeof(saves) / sizeof(*saves); which++)
			for (int once = !sealed; once < 2; once++) {
				struct sim_copy *start = begin(sealed);
				int n = 0;

				while (n < 2000 &&
				       fail_once(start, which, what, n, once))
					n++;
				CHECK(what == READ_FAILS || n > 2);
				sim_copy_free(start);
			}
}

static void
a_sealed_save_is_there_or_refused(void)
{
	every_operation_fails(true);
}

static void
a_plain_save_is_there_or_refused(void)
{
	every_operation_fails(false);
}

/* SQLite tells of a quota, or of a disk that has made itself read-only, no more than that
 * a write failed. */
static void
the_cause_is_told(void)
{
	static const struct {
		int cause;
		const char *told;
	} rows[] = {
		{ EDQUOT, "disk is full" },
		{ EFBIG, "disk is full" },
		{ EROFS, "read-only" },
		{ EIO, "disk failed" },
	};
	struct sim_copy *start = begin(true);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };
		struct notebook *nb;

		sim_restore(start);
		nb = reopen();
		arm(DISK_FAILS, 0, false);
		sim_set_cause(rows[i].cause);
		CHECK(nb && !save_field(nb, &err));
		CHECK(strstr(err.text, rows[i].told));
		sim_set_cause(0);
		disarm();
		check_after(nb, false, 0);
	}
	sim_copy_free(start);
}

/* The checkpoint at the end fails; what was confirmed is there the next time. */
static void
closing_may_fail(void)
{
	struct err err = { 0 };
	struct sim_copy *start = begin(true);
	bool reached = true;

	for (int n = 0; reached; n++) {
		struct notebook *nb;
		struct vault_report report;

		sim_restore(start);
		nb = reopen();
		CHECK(nb && save_n(nb, 5, 20000, &err));
		arm(n % 2 ? DISK_FULL : DISK_FAILS, n / 2, false);
		notebook_close(nb);
		reached = disarm() > n / 2;
		nb = reopen();
		CHECK(nb && draft_number(nb) == 5);
		notebook_close(nb);
		CHECK(vault_check(PATH, key, &test_clock, &report, &err) &&
		      vault_report_is_good(&report));
	}
	sim_copy_free(start);
}

/* Opening, making and changing on a disk that fails: refused in words, nothing lost. */
static void
opening_may_fail(void)
{
	struct sim_copy *start = begin(true);

	for (int what = DISK_FULL; what <= READ_FAILS; what++)
		for (int n = 0; n < 200; n++) {
			struct err err = { 0 };
			struct notebook *nb;
			bool reached;

			sim_restore(start);
			arm((enum what)what, n, true);
			nb = notebook_open_sealed(PATH, false, key, &test_clock, &err);
			reached = disarm() > n;
			CHECK(nb || *err.text);
			notebook_close(nb);
			nb = reopen();
			CHECK(nb && draft_number(nb) == 1);
			notebook_close(nb);
			if (!reached)
				break;
		}
	sim_copy_free(start);
}

/* There is none then, or it is whole. */
static void
making_may_fail(void)
{
	bool reached = true;

	for (int n = 0; reached; n++) {
		struct vault_report report;
		struct err err = { 0 };
		struct notebook *nb;

		sim_reset();
		vault_key_free(key);
		key = new_key(SEALED_PHRASE, NULL);
		arm(n % 4 < 2 ? DISK_FULL : DISK_FAILS, n / 4, n % 2);
		nb = notebook_open_sealed(PATH, true, key, &test_clock, &err);
		reached = disarm() > n / 4;
		CHECK(nb || *err.text);
		notebook_close(nb);
		if (vault_look(PATH, &err) == VAULT_ABSENT)
			continue;
		nb = reopen();
		CHECK(nb != NULL);
		notebook_close(nb);
		CHECK(vault_check(PATH, key, &test_clock, &report, &err) &&
		      vault_report_is_good(&report));
		CHECK(!reached || sim_size(PATH) > 100000);
	}
}

static void
changing_may_fail(void)
{
	struct sim_copy *start = begin(true);
	struct vault_passphrase old = phrase(SEALED_PHRASE), new = phrase("the new words");
	struct vault_choice choice = { &new, NULL, &cheap };
	bool reached = true;

	for (int n = 0; reached; n++) {
		struct err err = { 0 };
		bool changed, fits_new;

		sim_restore(start);
		arm(DISK_FAILS, n, false);
		changed = vault_change(PATH, key, &choice, &err);
		reached = disarm() > n;
		fits_new = phrase_fits(PATH, &new, NULL);
		CHECK(fits_new || (!changed && phrase_fits(PATH, &old, NULL)));
		CHECK(changed || *err.text);
		if (!changed && fits_new) /* who hears that it failed would type the old one */
			CHECK(strstr(err.text, "the old one or the new one"));
	}
	sim_copy_free(start);
}

/* --- a full disk --- */

/* Saves longer and longer texts; the number of the last one that was confirmed. */
static int
save_until_refused(struct notebook *nb, int from, struct err *err)
{
	int n = from;

	while (n < from + 400 && save_n(nb, n + 1, 50000 + n % 100, err))
		n++;
	return n;
}

static void
fill_the_disk(bool sealed)
{
	struct err err = { 0 };
	struct buf words = { 0 };
	struct sim_copy *start = begin(sealed);
	struct notebook *nb;
	int first, last;

	sim_restore(start);
	sim_set_room(64 << 20);
	nb = reopen();
	CHECK(ballast_there(PATH));
	CHECK(notebook_has_room(nb, &words));
	store_exec(nb, "PRAGMA wal_autocheckpoint = 0", NULL);
	/* Somebody else's files fill it. */
	sim_set_room((int64_t)(sim_size(PATH) + sim_size(PATH "-wal") +
			       sim_size(PATH ".ballast") + 120000));
	first = save_until_refused(nb, 1, &err);
	last = draft_number(nb);
	CHECK_INT(first, last);
	CHECK(strstr(err.text, "disk is full"));
	/* The reserve was used on the way, which is told before the end. */
	CHECK(!ballast_there(PATH));
	CHECK(vault_vfs_events(nb->vfs)->ballast_spent);
	printf("the full disk took %d saves more\n", first - 1);
	CHECK(first >= 6); /* 120 kB are one such save; half a megabyte some five more */
	CHECK(!notebook_has_room(nb, &words));
	CHECK(strstr(buf_text(&words), "Make room"));
	/* The next who opens it hears of it too. */
	notebook_close(nb);
	nb = reopen();
	buf_reset(&words);
	if (nb)
		notebook_warnings(nb, &words);
	CHECK(nb && strstr(buf_text(&words), "used up the reserve"));
	/* Short texts still find a place, or are refused; nothing goes missing. */
	CHECK_INT(draft_number(nb), last);
	sim_set_room(64 << 20);
	CHECK(save_n(nb, 500, 50000, &err));
	CHECK(notebook_has_room(nb, &words)); /* laid again, without leaving */
	CHECK(ballast_there(PATH));
	notebook_close(nb);
	nb = reopen();
	CHECK(nb && draft_number(nb) == 500);
	CHECK(ballast_there(PATH)); /* laid again */
	notebook_close(nb);
	sim_set_room(-1);
	sim_copy_free(start);
	buf_clear(&words);
}

static void
the_ballast_takes_the_last_saves(void)
{
	fill_the_disk(true);
}

static void
the_ballast_serves_plain_notebooks_too(void)
{
	fill_the_disk(false);
}

static void
a_nearly_full_disk_is_told_early(void)
{
	struct sim_copy *start = begin(true);
	struct buf words = { 0 };
	struct notebook *nb;

	sim_set_room(30 << 20);
	nb = reopen();
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "nearly full: 2"));
	notebook_close(nb);
	sim_set_room(-1);
	sim_copy_free(start);
	buf_clear(&words);
}

static void
a_wrong_clock_is_told(void)
{
	struct sim_copy *start = begin(true);
	struct buf words = { 0 };
	struct clock before;
	struct err err = { 0 };
	struct notebook *nb;

	CHECK(clock_stop_at(&before, "2019-01-01T00:00:00+08:00", &err));
	nb = notebook_open_sealed(PATH, false, key, &before, &err);
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "2019-01-01") && strstr(buf_text(&words), "2026-11-23"));
	notebook_close(nb);
	buf_reset(&words);
	nb = reopen();
	notebook_warnings(nb, &words);
	CHECK_STR(buf_text(&words), "");
	notebook_close(nb);
	/* Years ahead: perhaps it was long put away. */
	buf_reset(&words);
	CHECK(clock_stop_at(&before, "2035-01-01T00:00:00+08:00", &err));
	nb = notebook_open_sealed(PATH, false, key, &before, &err);
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "2035-01-01, and the notebook was last written on 2026"));
	/* Something is written then, and the clock is set right again: told until the
	 * collector says that it is. */
	CHECK(record_begin(nb, &(struct record_origin){ .form = "visit", .version = "1" },
	    draft_id, &err));
	notebook_close(nb);
	buf_reset(&words);
	nb = reopen();
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "2026-11-23, but the notebook was written on 2035"));
	notebook_clock_agrees(nb);
	buf_reset(&words);
	notebook_warnings(nb, &words);
	CHECK_STR(buf_text(&words), "");
	notebook_close(nb);
	sim_copy_free(start);
	buf_clear(&words);
}

int
main(void)
{
	struct err err = { 0 };

	if (!clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		return 1;
	sim_install();
	RUN(a_sealed_save_is_there_or_refused);
	RUN(a_plain_save_is_there_or_refused);
	RUN(the_cause_is_told);
	RUN(closing_may_fail);
	RUN(opening_may_fail);
	RUN(making_may_fail);
	RUN(changing_may_fail);
	RUN(the_ballast_takes_the_last_saves);
	RUN(the_ballast_serves_plain_notebooks_too);
	RUN(a_nearly_full_disk_is_told_early);
	RUN(a_wrong_clock_is_told);
	vault_key_free(key);
	sim_reset();
	return CHECK_DONE();
}
