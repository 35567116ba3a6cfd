/*
 * damage_test - flipped bits, lost writes, swapped and cut files: nothing passes
 * unnoticed, and what is not damaged can still be read
 */
#include "../check.h"
#include "../vault_fixture.h"
#include "backup.h"
#include "../../src/notebook/store.h"
#include "../../src/notebook/vault_private.h"
#include "../../src/notebook/vault_vfs.h"
#include "sim.h"

#define PATH    "/disk/worker.notebook"
#define LOG     PATH "-wal"
#define FLIPS   400
#define RECORDS 60
#define SAVES   40

static struct clock test_clock;
static struct vault_key *key;
static uint64_t seed = 4711;

static size_t
draw(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed >> 11) % below;
}

static struct notebook *
open_sealed(bool create)
{
	struct err err = { 0 };
	struct notebook *nb = notebook_open_sealed(PATH, create, key, &test_clock, &err);

	if (!nb)
		fprintf(stderr, "%s\n", err.text);
	return nb;
}

static void
add_record(struct notebook *nb, int number)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	char id[UUID_SIZE], answers[1200], text[64];
	struct record_final final = { .title = text, .day = "2026-11-23", .text = text,
				      .version = "1" };
	struct err err = { 0 };
	int len = snprintf(answers, sizeof(answers), "{\"number\":\"%d\",\"pad\":\"%01000d\"}",
			   number, number);

	snprintf(text, sizeof(text), "record %d", number);
	final.answers = answers;
	final.len = (size_t)len;
	CHECK(record_begin(nb, &origin, id, &err));
	CHECK(record_finalise(nb, id, &final, NULL, &err));
}

/* A notebook of some records, closed. */
static void
begin(void)
{
	struct notebook *nb;

	sim_reset();
	vault_key_free(key);
	key = new_key(SEALED_PHRASE, NULL);
	nb = open_sealed(true);
	for (int i = 0; i < RECORDS; i++)
		add_record(nb, i);
	notebook_close(nb);
}

static struct vault_report
report(void)
{
	struct vault_report r = { 0 };
	struct err err = { 0 };

	CHECK(vault_check(PATH, key, &test_clock, &r, &err));
	return r;
}

static bool
is_good(void)
{
	struct vault_report r = report();

	return vault_report_is_good(&r);
}

/* --- the database --- */

static void
every_flipped_bit_of_a_page_is_found(void)
{
	size_t size;
	int found = 0;

	begin();
	size = sim_size(PATH);
	CHECK(is_good()); /* the control */
	for (int i = 0; i < FLIPS; i++) {
		size_t at = PAGES_BEGIN + draw(size - PAGES_BEGIN);
		unsigned char bit = (unsigned char)(1u << draw(8));
		struct vault_report r;

		sim_bytes(PATH)[at] ^= bit;
		r = report();
		found += r.bad_pages == 1 &&
			 r.bad_page == (int64_t)(at - PAGES_BEGIN) / PAGE_SIZE + 1;
		CHECK(!vault_report_is_good(&r));
		sim_bytes(PATH)[at] ^= bit;
		if (i % 50 == 0)
			CHECK(is_good());
	}
	CHECK_INT(found, FLIPS);
	CHECK(is_good());
}

/* The slots stand there twice. */
static void
flipped_bits_of_the_slots_lock_nobody_out(void)
{
	struct vault_passphrase p = phrase(SEALED_PHRASE);
	struct err err = { 0 };

	begin();
	for (int i = 0; i < 200; i++) {
		/* The last bytes of a copy are checked by the key alone. */
		size_t at = i % 4 ? draw(PAGES_BEGIN)
				  : (i % 8 ? BLOCK_SIZE : 0) + BLOCK_BYTES - 1 - draw(32);
		bool in_slots = at % BLOCK_SIZE < BLOCK_BYTES;
		struct vault_report r;

		sim_bytes(PATH)[at] ^= 1;
		CHECK(phrase_fits(PATH, &p, &err));
		CHECK_INT(err.kind, ERR_NONE); /* of a good copy nothing is to be said */
		r = report();
		CHECK_INT(r.keys_bad, in_slots);
		CHECK_INT(vault_report_is_good(&r), !in_slots);
		sim_bytes(PATH)[at] ^= 1;
	}
	CHECK(is_good());
}

/* Opening mends it, and the worker hears of it. */
static void
a_damaged_copy_of_the_slots_is_told(void)
{
	struct buf words = { 0 };
	struct notebook *nb;

	begin();
	sim_bytes(PATH)[BLOCK_SIZE + 99] ^= 1;
	nb = open_sealed(false);
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "mended from the second copy"));
	notebook_close(nb);
	CHECK(is_good());
	buf_reset(&words);
	nb = open_sealed(false);
	notebook_warnings(nb, &words);
	CHECK_STR(buf_text(&words), "");
	notebook_close(nb);
	buf_clear(&words);
}

static void
a_cut_database_is_found(void)
{
	struct sim_copy *whole;
	struct vault_report r;
	size_t size;
	int counted = 0;

	begin();
	whole = sim_copy();
	size = sim_size(PATH);
	for (size_t cut = 1; cut < size - PAGES_BEGIN; cut += 3777) {
		unsigned char *bytes = malloc(size - cut);

		memcpy(bytes, sim_bytes(PATH), size - cut);
		sim_put(PATH, bytes, size - cut);
		free(bytes);
		r = report();
		CHECK(!vault_report_is_good(&r));
		if (r.bad_page != 1) { /* which says how many there should be */
			CHECK_INT(r.missing, (int64_t)(cut / PAGE_SIZE));
			counted++;
		}
		sim_restore(whole);
		CHECK(cut % 10 || is_good());
	}
	CHECK(counted > 20);
	sim_copy_free(whole);
}

static unsigned char *
page(size_t number)
{
	return sim_bytes(PATH) + PAGES_BEGIN + PAGE_SIZE * number;
}

static void
swapped_pages_are_found(void)
{
	unsigned char kept[PAGE_SIZE];
	struct vault_report r;
	size_t pages;

	begin();
	pages = (sim_size(PATH) - PAGES_BEGIN) / PAGE_SIZE;
	for (int i = 0; i < 50; i++) {
		size_t a = 1 + draw(pages - 1), b = 1 + draw(pages - 1);

		if (a == b)
			continue;
		memcpy(kept, page(a), PAGE_SIZE);
		memcpy(page(a), page(b), PAGE_SIZE);
		memcpy(page(b), kept, PAGE_SIZE);
		r = report();
		CHECK_INT(r.bad_pages, 2);
		memcpy(page(b), page(a), PAGE_SIZE);
		memcpy(page(a), kept, PAGE_SIZE);
	}
	CHECK(is_good());
}

static void
a_page_of_another_notebook_is_found(void)
{
	unsigned char kept[PAGE_SIZE];

	begin();
	memcpy(kept, page(10), PAGE_SIZE);
	begin(); /* the same work under another key */
	memcpy(page(10), kept, PAGE_SIZE);
	CHECK(!is_good());
}

/* Is a backup made? Otherwise why says so. */
static bool
is_backed_up(const char *why)
{
	struct notebook *nb = open_sealed(false);
	struct buf path = { 0 };
	struct err err = { 0 };
	bool made = nb && backup_make(nb, "/disk", 1, &path, &err);

	CHECK(made || !nb || strstr(err.text, why));
	notebook_close(nb);
	buf_clear(&path);
	return made;
}

/* Each page opens, but the disk swallowed a write, or somebody put one back. */
static void
yesterdays_pages_are_found(void)
{
	struct sim_copy *today;
	unsigned char *yesterday;
	size_t pages, differ = 0;
	struct notebook *nb;

	begin();
	pages = (sim_size(PATH) - PAGES_BEGIN) / PAGE_SIZE;
	yesterday = malloc(sim_size(PATH));
	memcpy(yesterday, sim_bytes(PATH), sim_size(PATH));
	nb = open_sealed(false);
	for (int i = 0; i < 10; i++)
		add_record(nb, RECORDS + i);
	notebook_close(nb);
	CHECK(is_backed_up("")); /* the control */
	today = sim_copy();
	for (size_t i = 1; i < pages; i++) {
		const unsigned char *old = yesterday + PAGES_BEGIN + PAGE_SIZE * i;

		if (!memcmp(page(i), old, PAGE_SIZE))
			continue;
		differ++;
		memcpy(page(i), old, PAGE_SIZE);
		CHECK(!is_good());
		CHECK(differ % 4 != 1 || !is_backed_up("older copy"));
		/* And still after days of work on it. */
		if ((nb = open_sealed(false))) {
			CHECK(notebook_set(nb, "tomorrow", "1", NULL));
			notebook_close(nb);
			CHECK(!is_good());
		}
		sim_restore(today);
		CHECK(is_good());
	}
	CHECK(differ > 8);
	sim_copy_free(today);
	free(yesterday);
}

/* --- the log that a crash leaves --- */

/* A disk as a kill leaves it after numbered saves of one field, all in the log. */
static void
begin_with_log(int saves, char id[UUID_SIZE])
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct err err = { 0 };
	struct notebook *nb;
	struct sim_copy *killed;
	char answers[32];

	begin();
	nb = open_sealed(false);
	CHECK(record_begin(nb, &origin, id, &err));
	CHECK(record_draft_save(nb, id, "{\"n\":0}", 7, "", "", &err));
	CHECK(store_exec(nb, "PRAGMA wal_checkpoint(TRUNCATE)", &err));
	for (int n = 1; n <= saves; n++) {
		int len = snprintf(answers, sizeof(answers), "{\"n\":%d}", n);

		CHECK(record_draft_save(nb, id, answers, (size_t)len, "", "", &err));
	}
	killed = sim_copy();
	notebook_close(nb);
	sim_restore(killed);
	sim_copy_free(killed);
}

/* Opens it and says which save is the last that is there, -1: it does not open. */
static int
last_save(const char *id, enum log_loss *loss, int *lost)
{
	struct notebook *nb = open_sealed(false);
	struct buf answers = { 0 }, cursor = { 0 };
	int n = -1;

	if (!nb)
		return -1;
	*loss = vault_vfs_events(nb->vfs)->log_loss;
	*lost = vault_vfs_events(nb->vfs)->saves_lost;
	if (record_draft_load(nb, id, &answers, &cursor, NULL))
		sscanf(buf_text(&answers), "{\"n\":%d", &n);
	notebook_close(nb);
	buf_clear(&answers);
	buf_clear(&cursor);
	return n;
}

static void
every_flipped_bit_of_the_log_is_told(void)
{
	struct sim_copy *killed;
	enum log_loss loss;
	char id[UUID_SIZE];
	size_t size;
	int lost, told_lost = 0;

	begin_with_log(SAVES, id);
	killed = sim_copy();
	size = sim_size(LOG);
	CHECK_INT(last_save(id, &loss, &lost), SAVES); /* the control */
	CHECK_INT(loss, LOG_WHOLE);
	for (int i = 0; i < FLIPS; i++) {
		int n;

		sim_restore(killed);
		/* The header's bits often enough. */
		sim_bytes(LOG)[i % 20 ? draw(size) : draw(72)] ^= (unsigned char)(1u << draw(8));
		n = last_save(id, &loss, &lost);
		CHECK(n >= 0 && n < SAVES);
		CHECK(loss != LOG_WHOLE);
		/* Whatever two saves or more came after is known to be missing. */
		CHECK(n >= SAVES - 2 || loss == LOG_LOST);
		CHECK(loss != LOG_LOST || (lost > 0 && lost <= SAVES - n));
		told_lost += loss == LOG_LOST;
		/* A copy of what was damaged is kept, and the rest goes on. */
		CHECK(loss != LOG_LOST || sim_size(PATH ".damaged-2026-11-23-wal") == size);
		CHECK(is_good());
		sim_remove(PATH ".damaged-2026-11-23-wal");
		sim_remove(PATH ".damaged-2026-11-23");
	}
	CHECK(told_lost > FLIPS / 2);
	sim_copy_free(killed);
}

/* What a log holds behind its end from earlier days is no loss. */
static void
an_older_generation_behind_the_end_is_no_loss(void)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct sim_copy *killed;
	enum log_loss loss;
	char id[UUID_SIZE];
	struct notebook *nb;
	int lost;

	begin();
	nb = open_sealed(false);
	CHECK(record_begin(nb, &origin, id, NULL));
	for (int i = 0; i < 20; i++)
		add_record(nb, 100 + i);
	CHECK(store_exec(nb, "PRAGMA wal_checkpoint(RESTART)", NULL));
	CHECK(record_draft_save(nb, id, "{\"n\":7}", 7, "", "", NULL));
	killed = sim_copy();
	notebook_close(nb);
	sim_restore(killed);
	CHECK_INT(last_save(id, &loss, &lost), 7);
	CHECK_INT(loss, LOG_WHOLE);
	/* Begun anew and torn in its header: the database had everything. */
	sim_restore(killed);
	memset(sim_bytes(LOG), 0, 40);
	CHECK(last_save(id, &loss, &lost) < 7); /* it had never been confirmed, or … */
	sim_copy_free(killed);
}

/* Where the sealed frames stand. */
#define LOG_HEADER 72
#define LOG_FRAME  (64 + PAGE_SIZE)

/* The disk said that it had written, and has not: an honest unit of an earlier generation
 * stands where a header or a frame should. */
static void
swallow_each(int records_before)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct notebook *nb;
	struct sim_copy *killed;
	unsigned char *before;
	enum log_loss loss;
	char id[UUID_SIZE], answers[32];
	size_t size;
	int lost;

	begin();
	nb = open_sealed(false);
	CHECK(record_begin(nb, &origin, id, NULL));
	CHECK(store_exec(nb, "PRAGMA wal_checkpoint(TRUNCATE)", NULL));
	for (int i = 0; i < records_before; i++)
		add_record(nb, 100 + i);
	CHECK(record_draft_save(nb, id, "{\"n\":0}", 7, "", "", NULL));
	size = sim_size(LOG);
	before = malloc(size);
	memcpy(before, sim_bytes(LOG), size);
	CHECK(store_exec(nb, "PRAGMA wal_checkpoint(RESTART)", NULL));
	for (int n = 1; n <= SAVES; n++) {
		int len = snprintf(answers, sizeof(answers), "{\"n\":%d}", n);

		CHECK(record_draft_save(nb, id, answers, (size_t)len, "", "", NULL));
	}
	killed = sim_copy();
	notebook_close(nb);
	sim_restore(killed);
	CHECK_INT(last_save(id, &loss, &lost), SAVES); /* the control */
	CHECK_INT(loss, LOG_WHOLE);
	for (int unit = 0; unit < 10; unit++) {
		size_t at = unit ? LOG_HEADER + LOG_FRAME * (size_t)(unit - 1) : 0;
		size_t len = unit ? LOG_FRAME : LOG_HEADER;

		if (at + len > size)
			break;
		sim_restore(killed);
		memcpy(sim_bytes(LOG) + at, before + at, len);
		CHECK(last_save(id, &loss, &lost) < SAVES);
		CHECK_INT(loss, LOG_LOST);
		CHECK(lost > 0 && lost <= SAVES);
	}
	sim_copy_free(killed);
	free(before);
}

/* The log of before was the longer one, and the shorter one. */
static void
a_swallowed_write_of_the_log_is_told(void)
{
	swallow_each(20);
	swallow_each(0);
}

/* Only the log of this session counts; each of the two files alone would look whole. */
static void
a_log_of_another_day_is_not_read(void)
{
	struct sim_copy *killed;
	unsigned char *old_log, *old_pages;
	size_t log_size, pages_size;
	struct vault_report r;
	struct buf words = { 0 };
	struct notebook *nb;
	enum log_loss loss;
	char id[UUID_SIZE];
	int lost;

	begin_with_log(SAVES, id);
	killed = sim_copy();
	log_size = sim_size(LOG);
	old_log = malloc(log_size);
	memcpy(old_log, sim_bytes(LOG), log_size);
	pages_size = sim_size(PATH);
	old_pages = malloc(pages_size);
	memcpy(old_pages, sim_bytes(PATH), pages_size);
	CHECK_INT(last_save(id, &loss, &lost), SAVES); /* the control, and a clean close */
	CHECK_INT(loss, LOG_WHOLE);
	nb = open_sealed(false);
	CHECK(record_draft_save(nb, id, "{\"n\":77}", 8, "", "", NULL));
	notebook_close(nb);
	sim_put(LOG, old_log, log_size);
	r = report();
	CHECK(r.other_log && !vault_report_is_good(&r));
	nb = open_sealed(false);
	notebook_warnings(nb, &words);
	CHECK(strstr(buf_text(&words), "is not of the same day as the notebook"));
	CHECK(strstr(buf_text(&words), ".damaged-2026-11-23"));
	notebook_close(nb);
	CHECK_INT(sim_size(PATH ".damaged-2026-11-23-wal"), log_size);
	CHECK_INT(last_save(id, &loss, &lost), 77);
	CHECK_INT(loss, LOG_WHOLE);
	CHECK(is_good());
	/* The other way round: a log that is newer than the notebook that was put back. */
	nb = open_sealed(false);
	CHECK(record_draft_save(nb, id, "{\"n\":78}", 8, "", "", NULL));
	sim_copy_free(killed);
	killed = sim_copy();
	notebook_close(nb);
	sim_restore(killed);
	sim_remove(PATH ".damaged-2026-11-23-wal");
	sim_remove(PATH ".damaged-2026-11-23");
	sim_put(PATH, old_pages, pages_size);
	CHECK(last_save(id, &loss, &lost) < SAVES);
	CHECK_INT(loss, LOG_OTHER);
	free(old_log);
	free(old_pages);
	buf_clear(&words);
	sim_copy_free(killed);
}

/* What tells the day stands there twice. */
static void
a_damaged_day_costs_no_log(void)
{
	struct sim_copy *killed;
	enum log_loss loss;
	char id[UUID_SIZE];
	int lost;

	begin_with_log(SAVES, id);
	killed = sim_copy();
	for (int copy = 0; copy < BLOCK_COPIES; copy++) {
		sim_restore(killed);
		sim_bytes(PATH)[copy * BLOCK_SIZE + 2048 + 30] ^= 1;
		CHECK_INT(last_save(id, &loss, &lost), SAVES);
		CHECK_INT(loss, LOG_WHOLE);
	}
	sim_copy_free(killed);
}

static void
a_cut_log_is_told(void)
{
	struct sim_copy *killed;
	enum log_loss loss;
	char id[UUID_SIZE];
	size_t size;
	int lost;

	begin_with_log(SAVES, id);
	killed = sim_copy();
	size = sim_size(LOG);
	for (size_t cut = 1; cut < 4000; cut += 397) {
		unsigned char *bytes = malloc(size - cut);

		sim_restore(killed);
		memcpy(bytes, sim_bytes(LOG), size - cut);
		sim_put(LOG, bytes, size - cut);
		free(bytes);
		CHECK_INT(last_save(id, &loss, &lost), SAVES - 1);
		CHECK_INT(loss, LOG_CUT);
	}
	sim_copy_free(killed);
}

/* --- what is left can be had --- */

struct found {
	int records[RECORDS];
	int drafts, files, others, other;
	char draft[1000]; /* the last one */
};

static bool
found_record(void *data, const char *line, size_t len)
{
	struct found *f = data;
	const char *at = strstr(line, "\"number\":\"");
	int n = at ? atoi(at + 10) : -1;

	(void)len;
	if (n >= 0 && n < RECORDS && strstr(line, "\"_form\":\"visit\""))
		f->records[n]++;
	else
		f->other++;
	return true;
}

static bool
found_draft(void *data, const char *line, size_t len)
{
	struct found *f = data;

	f->drafts++;
	snprintf(f->draft, sizeof(f->draft), "%.*s", (int)len, line);
	return true;
}

static bool
found_file(void *data, const char *name, const char *version, const char *bytes,
	   size_t len)
{
	(void)name;
	(void)version;
	(void)bytes;
	(void)len;
	((struct found *)data)->files++;
	return true;
}

static bool
found_other(void *data, const char *line, size_t len)
{
	(void)line;
	(void)len;
	((struct found *)data)->others++;
	return true;
}

static int
salvage(struct found *found)
{
	struct vault_salvor salvor = { found_record, found_draft, found_file, found_other,
		found };
	struct vault_salvage result;
	struct err err = { 0 };
	int records = 0;

	memset(found, 0, sizeof(*found));
	if (!vault_salvage(PATH, key, &salvor, &result, &err)) {
		CHECK(*err.text);
		return -1;
	}
	for (int i = 0; i < RECORDS; i++)
		records += found->records[i] == 1;
	CHECK(records == RECORDS || result.lost > 0);
	return records;
}

static void
one_bad_page_costs_its_own_rows(void)
{
	struct sim_copy *whole;
	struct found found;
	size_t pages;
	int many = 0;

	begin();
	whole = sim_copy();
	pages = (sim_size(PATH) - PAGES_BEGIN) / PAGE_SIZE;
	CHECK_INT(salvage(&found), RECORDS); /* the control */
	for (size_t i = 0; i < pages; i++) {
		int records;

		page(i)[17] ^= 0x40;
		records = salvage(&found);
		CHECK(records >= 0); /* neither the schema nor a root is needed */
		many += RECORDS - records > RECORDS / 4;
		sim_restore(whole);
	}
	printf("of %zu pages %d cost more than a quarter of the records\n", pages, many);
	CHECK(many <= 2);
	CHECK_INT(salvage(&found), RECORDS);
	sim_copy_free(whole);
}

/* After a crash the newest rows stand in the log alone, the schema as well. */
static void
what_only_the_log_has_is_given(void)
{
	struct found found;
	char id[UUID_SIZE];

	begin_with_log(SAVES, id);
	CHECK_INT(salvage(&found), RECORDS);
	CHECK_INT(found.drafts, 1);
	CHECK(strstr(found.draft, id) && strstr(found.draft, "\"_draft\":true") &&
	      strstr(found.draft, "\"n\":40"));
	page(0)[99] ^= 1; /* nothing of it opens by itself */
	CHECK_INT(salvage(&found), RECORDS);
	CHECK(strstr(found.draft, "\"n\":40"));
}

/* What stands before the cut is there, as long as the first pages are. */
static void
a_cut_file_gives_what_is_left(void)
{
	struct sim_copy *whole;
	struct found found;
	size_t pages;
	int last = RECORDS;

	begin();
	whole = sim_copy();
	pages = (sim_size(PATH) - PAGES_BEGIN) / PAGE_SIZE;
	for (size_t left = pages - 1; left > 0; left--) {
		size_t size = PAGES_BEGIN + left * PAGE_SIZE;
		unsigned char *bytes = malloc(size);
		int records;

		memcpy(bytes, sim_bytes(PATH), size);
		sim_put(PATH, bytes, size);
		free(bytes);
		records = salvage(&found);
		CHECK(records >= 0 && records <= last);
		/* Of some only the answers are left. */
		CHECK(left < pages - 1 || records + found.other > RECORDS / 2);
		last = records;
	}
	CHECK_INT(last, 0);
	sim_restore(whole);
	CHECK_INT(salvage(&found), RECORDS);
	sim_copy_free(whole);
}

/* Bad pages everywhere: no crash, and each page's words are told. */
static void
a_ruin_is_searched_to_the_end(void)
{
	struct sim_copy *whole;
	struct found found;
	size_t pages;

	begin();
	whole = sim_copy();
	pages = (sim_size(PATH) - PAGES_BEGIN) / PAGE_SIZE;
	for (int round = 0; round < 60; round++) {
		for (size_t i = 12; i < pages; i++)
			if (draw(4) == 0)
				page(i)[draw(PAGE_SIZE)] ^= 1;
		salvage(&found);
		CHECK(!is_good());
		sim_restore(whole);
	}
	sim_copy_free(whole);
}

int
main(void)
{
	struct err err = { 0 };

	if (!clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		return 1;
	sim_install();
	RUN(every_flipped_bit_of_a_page_is_found);
	RUN(flipped_bits_of_the_slots_lock_nobody_out);
	RUN(a_damaged_copy_of_the_slots_is_told);
	RUN(a_cut_database_is_found);
	RUN(swapped_pages_are_found);
	RUN(a_page_of_another_notebook_is_found);
	RUN(yesterdays_pages_are_found);
	RUN(every_flipped_bit_of_the_log_is_told);
	RUN(an_older_generation_behind_the_end_is_no_loss);
	RUN(a_swallowed_write_of_the_log_is_told);
	RUN(a_log_of_another_day_is_not_read);
	RUN(a_damaged_day_costs_no_log);
	RUN(a_cut_log_is_told);
	RUN(one_bad_page_costs_its_own_rows);
	RUN(what_only_the_log_has_is_given);
	RUN(a_cut_file_gives_what_is_left);
	RUN(a_ruin_is_searched_to_the_end);
	vault_key_free(key);
	sim_reset();
	return CHECK_DONE();
}
