/*
 * The sealed notebook from outside: passphrases, recovery, changing, sealing a plain one.
 */
#include "check.h"
#include "old_layout.h"
#include "vault_fixture.h"
#include "../src/notebook/store.h"
#include "../src/notebook/vault_open.h"
#include "../src/notebook/vault_private.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool
opens_with(const char *path, const char *passphrase, struct err *err)
{
	struct vault_passphrase p = phrase(passphrase);

	return phrase_fits(path, &p, err);
}

static bool
has_setting(struct notebook *nb, const char *key, const char *want)
{
	struct buf value = { 0 };
	bool has = notebook_get(nb, key, &value, NULL) && !strcmp(buf_text(&value), want);

	buf_clear(&value);
	return has;
}

static void
what_was_written_is_there_again(void)
{
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase(SEALED_PHRASE);

	CHECK(notebook_set(s.nb, SETTING_WORKER_NAME, "陈桂芳", &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	vault_key_free(s.key);
	CHECK_INT(vault_look(s.path, &s.err), VAULT_SEALED);
	s.key = vault_unlock(s.path, &p, &s.err);
	CHECK(s.key != NULL);
	CHECK(sealed_reopen(&s));
	CHECK(has_setting(s.nb, SETTING_WORKER_NAME, "陈桂芳"));
	sealed_free(&s);
}

static void
wrong_passphrase_is_refused(void)
{
	struct sealed s = sealed_new();

	CHECK(!opens_with(s.path, "海棠花 又 开 了", &s.err));
	CHECK_INT(s.err.kind, ERR_INPUT);
	CHECK(!opens_with(s.path, "", &s.err));
	CHECK_INT(s.err.kind, ERR_INPUT);
	CHECK(opens_with(s.path, SEALED_PHRASE, &s.err));
	sealed_free(&s);
}

static void
composed_and_decomposed_are_the_same(void)
{
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase("caf\xC3\xA9 noir");
	struct vault_choice choice = { &p, NULL, &cheap };

	CHECK(vault_change(s.path, s.key, &choice, &s.err));
	CHECK(opens_with(s.path, "cafe\xCC\x81 noir", &s.err));
	sealed_free(&s);
}

static void
a_changed_passphrase_is_the_only_one(void)
{
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase("another one here");
	struct vault_choice choice = { &p, NULL, &cheap };

	CHECK(notebook_set(s.nb, "a", "1", &s.err));
	CHECK(vault_change(s.path, s.key, &choice, &s.err)); /* while it is open */
	CHECK(notebook_set(s.nb, "b", "2", &s.err));
	CHECK(!opens_with(s.path, SEALED_PHRASE, &s.err));
	CHECK(opens_with(s.path, "another one here", &s.err));
	CHECK(sealed_reopen(&s));
	CHECK(has_setting(s.nb, "a", "1") && has_setting(s.nb, "b", "2"));
	sealed_free(&s);
}

static void
the_lock_outlives_a_change(void)
{
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase("another one here");
	struct vault_choice choice = { &p, NULL, &cheap };
	int status;
	pid_t child;

	CHECK(vault_change(s.path, s.key, &choice, &s.err));
	child = fork();
	if (child == 0) {
		struct notebook *nb =
		    notebook_open_sealed(s.path, false, s.key, s.clock, &s.err);

		_exit(!nb && strstr(s.err.text, "another window") ? 0 : 1);
	}
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	sealed_free(&s);
}

/* Rewrapping with another file's key would make the file unreadable for ever. */
static void
another_files_key_changes_nothing(void)
{
	struct sealed s = sealed_new();
	struct vault_key *other = new_key("the other one", NULL);
	struct vault_passphrase p = phrase("never taken over");
	struct vault_choice choice = { &p, NULL, &cheap };

	CHECK(!vault_change(s.path, other, &choice, &s.err));
	CHECK_INT(s.err.kind, ERR_INPUT);
	/* Even when it says it is that file's. */
	memcpy(other->cipher.file_id, s.key->cipher.file_id, CIPHER_FILE_ID);
	CHECK(!vault_change(s.path, other, &choice, &s.err));
	CHECK(opens_with(s.path, SEALED_PHRASE, &s.err));
	vault_key_free(other);
	sealed_free(&s);
}

static void
two_workers_cannot_open_each_others(void)
{
	struct sealed s = sealed_new();
	char path[160];
	struct vault_key *other = new_key("the other one", NULL);
	struct notebook *nb;

	snprintf(path, sizeof(path), "%s/other.notebook", s.dir);
	nb = notebook_open_sealed(path, true, other, s.clock, &s.err);
	CHECK(nb != NULL);
	CHECK(notebook_set(nb, SETTING_WORKER_NAME, "周敏", &s.err));
	notebook_close(nb);
	CHECK(!opens_with(path, SEALED_PHRASE, &s.err));
	CHECK(!opens_with(s.path, "the other one", &s.err));
	CHECK(!notebook_open_sealed(path, false, s.key, s.clock, &s.err));
	CHECK_INT(s.err.kind, ERR_INPUT);
	CHECK(!notebook_open(path, false, s.clock, &s.err));
	CHECK(opens_with(path, "the other one", &s.err));
	vault_key_free(other);
	sealed_free(&s);
}

static void
the_district_can_recover(void)
{
	char public_text[VAULT_RECOVERY_TEXT], secret_text[VAULT_RECOVERY_TEXT];
	unsigned char public[VAULT_RECOVERY_SIZE], secret[VAULT_RECOVERY_SIZE];
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase("a new passphrase");
	struct vault_choice choice = { &p, NULL, &cheap };
	struct vault_facts facts;

	CHECK(!vault_recover(s.path, secret, &s.err)); /* made without */
	CHECK_INT(s.err.kind, ERR_INPUT);
	vault_recovery_make(public_text, secret_text);
	CHECK(vault_recovery_read(public_text, VAULT_PUBLIC, public, &s.err));
	CHECK(vault_recovery_read(secret_text, VAULT_SECRET, secret, &s.err));
	choice.recovery = public;
	CHECK(vault_change(s.path, s.key, &choice, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	vault_key_free(s.key);
	CHECK(vault_facts(s.path, &facts, &s.err) && facts.has_recovery);
	CHECK(!memcmp(facts.recovery, public, sizeof(public)));
	CHECK(!vault_recover(s.path, public, &s.err));
	s.key = vault_recover(s.path, secret, &s.err);
	CHECK(s.key && sealed_reopen(&s));
	p = phrase("chosen after it");
	choice.recovery = NULL; /* the old one stays */
	CHECK(vault_change(s.path, s.key, &choice, &s.err));
	CHECK(opens_with(s.path, "chosen after it", &s.err));
	CHECK(vault_facts(s.path, &facts, &s.err) && facts.has_recovery);
	sealed_free(&s);
}

static void
a_recovery_key_with_a_slip_is_refused(void)
{
	char public_text[VAULT_RECOVERY_TEXT], secret_text[VAULT_RECOVERY_TEXT];
	unsigned char key[VAULT_RECOVERY_SIZE];
	struct err err = { 0 };
	char padded[VAULT_RECOVERY_TEXT + 8];

	vault_recovery_make(public_text, secret_text);
	snprintf(padded, sizeof(padded), " %s\n", public_text);
	CHECK(vault_recovery_read(padded, VAULT_PUBLIC, key, &err));
	public_text[20] = public_text[20] == '0' ? '1' : '0';
	CHECK(!vault_recovery_read(public_text, VAULT_PUBLIC, key, &err));
	CHECK(!vault_recovery_read("minqing-public-", VAULT_PUBLIC, key, &err));
	CHECK(!vault_recovery_read("", VAULT_PUBLIC, key, &err));
	snprintf(padded, sizeof(padded), "%s00", secret_text);
	CHECK(!vault_recovery_read(padded, VAULT_SECRET, key, &err));
}

static void
the_wrong_half_is_told(void)
{
	char public_text[VAULT_RECOVERY_TEXT], secret_text[VAULT_RECOVERY_TEXT];
	unsigned char key[VAULT_RECOVERY_SIZE];
	struct err err = { 0 };

	vault_recovery_make(public_text, secret_text);
	CHECK(!vault_recovery_read(secret_text, VAULT_PUBLIC, key, &err));
	CHECK(strstr(err.text, "can open every notebook"));
	CHECK(!strstr(err.text, secret_text));
	err = (struct err){ 0 };
	CHECK(!vault_recovery_read(public_text, VAULT_SECRET, key, &err));
	CHECK(strstr(err.text, "opens nothing"));
}

static void
passphrases_that_are_too_weak(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "", false },	      { "1234567", false },	 { "12345678901", false },
		{ "七个字", false },  { "海棠花开", true },	 { "abcdefg", false },
		{ "a1234567", true }, { "correct horse", true }, { "\xFF\xFE 12345678", false },
		{ "ab          ", false }, { "  12345678901", false }, { "          ", false },
	};
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vault_passphrase p = phrase(cases[i].text);

		check_case(cases[i].text);
		CHECK_INT(vault_passphrase_check(&p, &err), cases[i].good);
	}
}

/* The screens trim what is typed; a file of passphrases may have a blank too many. */
static void
blanks_at_the_ends_do_not_count(void)
{
	struct sealed s = sealed_new();
	struct vault_passphrase p = phrase(" words of today\t ");
	struct vault_choice choice = { &p, NULL, &cheap };

	CHECK(vault_change(s.path, s.key, &choice, &s.err));
	CHECK(opens_with(s.path, "words of today", &s.err));
	CHECK(opens_with(s.path, "words of today\xE3\x80\x80", &s.err));
	CHECK(!opens_with(s.path, "wordsoftoday", &s.err));
	sealed_free(&s);
}

/* --- the slots --- */

static void
write_at(const char *path, off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	CHECK(pwrite(fd, bytes, len, at) == (ssize_t)len);
	close(fd);
}

static void
either_copy_of_the_slots_will_do(void)
{
	static const unsigned char zeros[BLOCK_SIZE];

	for (int copy = 0; copy < 2; copy++) {
		struct sealed s = sealed_new();
		struct vault_facts facts;

		CHECK(notebook_set(s.nb, "a", "1", &s.err));
		notebook_close(s.nb);
		write_at(s.path, copy * BLOCK_SIZE, zeros, BLOCK_SIZE);
		CHECK_INT(vault_look(s.path, &s.err), VAULT_SEALED);
		CHECK(opens_with(s.path, SEALED_PHRASE, &s.err));
		CHECK(vault_facts(s.path, &facts, &s.err));
		CHECK_INT(facts.copies_good, 1);
		s.nb = notebook_open_sealed(s.path, false, s.key, s.clock, &s.err);
		CHECK(s.nb && has_setting(s.nb, "a", "1"));
		CHECK(vault_facts(s.path, &facts, &s.err));
		CHECK_INT(facts.copies_good, 2); /* opening mended it */
		sealed_free(&s);
	}
}

/* Whoever has it open may be in the middle of a change of the passphrase. */
static void
slots_in_use_are_not_mended(void)
{
	struct sealed s = sealed_new();
	unsigned char byte = 0xFF, back;
	bool mended;
	int fd;

	write_at(s.path, 100, &byte, 1);
	CHECK(vault_prepare(s.path, s.key, &mended, &s.err));
	fd = open(s.path, O_RDONLY);
	CHECK(pread(fd, &back, 1, 100) == 1 && back == byte);
	notebook_close(s.nb);
	s.nb = NULL;
	CHECK(vault_prepare(s.path, s.key, &mended, &s.err) && mended);
	CHECK(pread(fd, &back, 1, 100) == 1 && back != byte);
	close(fd);
	sealed_free(&s);
}

static void
no_copy_of_the_slots_is_said(void)
{
	static const unsigned char zeros[2 * BLOCK_SIZE];
	struct sealed s = sealed_new();

	notebook_close(s.nb);
	s.nb = NULL;
	write_at(s.path, 0, zeros, sizeof(zeros));
	CHECK_INT(vault_look(s.path, &s.err), VAULT_BROKEN);
	CHECK(!opens_with(s.path, SEALED_PHRASE, &s.err));
	CHECK_INT(s.err.kind, ERR_SYSTEM);
	sealed_free(&s);
}

/* What the slots ask for before anything is authenticated is held within bounds. */
static void
a_slot_cannot_ask_for_more(void)
{
	static const struct vault_cost costs[] = {
		{ COST_PASSES_MAX + 1, 8 },
		{ UINT32_MAX, 8 },
		{ 0, 8 },
		{ 1, COST_KIB_MAX + 1 },
		{ 1, UINT32_MAX },
		{ 1, 0 },
	};

	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		struct sealed s = sealed_new();
		unsigned char bytes[BLOCK_BYTES];
		struct block block = s.key->block;

		block.slots[0].cost = costs[i];
		block_write(&block, &s.key->cipher, bytes);
		write_at(s.path, 0, bytes, sizeof(bytes));
		CHECK(opens_with(s.path, SEALED_PHRASE, &s.err)); /* by the other copy */
		write_at(s.path, BLOCK_SIZE, bytes, sizeof(bytes));
		CHECK(!opens_with(s.path, SEALED_PHRASE, &s.err));
		CHECK_INT(s.err.kind, ERR_SYSTEM);
		sealed_free(&s);
	}
}

/* Someone who swaps slots of another file in gets nothing. */
static void
tampered_slots_are_refused(void)
{
	struct sealed s = sealed_new();
	unsigned char bytes[BLOCK_BYTES];
	struct block block = s.key->block;

	memset(block.slots[1].recovery, 7, VAULT_RECOVERY_SIZE);
	block.slots[1].kind = SLOT_RECOVERY;
	block_write(&block, &s.key->cipher, bytes);
	memset(bytes + 2016, 0, CIPHER_DIGEST); /* he has not the key */
	write_at(s.path, 0, bytes, sizeof(bytes));
	write_at(s.path, BLOCK_SIZE, bytes, sizeof(bytes));
	CHECK(!opens_with(s.path, SEALED_PHRASE, &s.err));
	CHECK_INT(s.err.kind, ERR_SYSTEM);
	CHECK(strstr(s.err.text, "changed from outside"));
	sealed_free(&s);
}

static void
the_cost_is_within_bounds(void)
{
	struct vault_cost cost = vault_cost_measure();

	CHECK(cost.passes >= 2 && cost.passes <= COST_PASSES_MAX);
	CHECK(cost.kib >= 19 * 1024 && cost.kib <= COST_KIB_MAX);
}

/* --- sealing a plain one --- */

static void
fill_plain(const char *path, struct clock *clock, char id[UUID_SIZE])
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct err err = { 0 };
	struct notebook *nb = notebook_open(path, true, clock, &err);

	CHECK(nb != NULL);
	CHECK(notebook_set(nb, SETTING_WORKER_NAME, "陈桂芳", &err));
	for (int i = 0; i < 200; i++) {
		CHECK(record_begin(nb, &origin, id, &err));
		CHECK(record_draft_save(nb, id, "{\"a\":\"王淑芳\"}", 17, "t", "a", &err));
	}
	notebook_close(nb);
}

static bool
holds(const char *path, const char *text)
{
	struct buf bytes = { 0 };
	FILE *f = fopen(path, "rb");
	bool found;

	buf_reserve(&bytes, 4 << 20);
	bytes.len = f ? fread(bytes.data, 1, 4 << 20, f) : 0;
	if (f)
		fclose(f);
	found = memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
	buf_clear(&bytes);
	return found;
}

/* As notebooks were made before pages left room for a seal. */
static void
take_room_away(const char *path)
{
	char old[160];

	snprintf(old, sizeof(old), "%s.old", path);
	CHECK(old_layout_make(path, old));
	CHECK(rename(old, path) == 0);
}

static void
convert_one(bool old_layout)
{
	struct sealed s = { .dir = folder_make(), .clock = mem_alloc(sizeof(*s.clock)) };
	char id[UUID_SIZE], other[160];
	struct buf answers = { 0 }, cursor = { 0 };

	snprintf(s.path, sizeof(s.path), "%s/worker.notebook", s.dir);
	CHECK(clock_stop_at(s.clock, FIXTURE_NOW, &s.err));
	fill_plain(s.path, s.clock, id);
	if (old_layout)
		take_room_away(s.path);
	CHECK(holds(s.path, "王淑芳"));
	s.key = new_key(SEALED_PHRASE, NULL);
	CHECK(vault_convert(s.path, s.key, s.clock, &s.err));
	CHECK_STR(s.err.text, "");
	CHECK_INT(vault_look(s.path, &s.err), VAULT_SEALED);
	CHECK(!holds(s.path, "王淑芳"));
	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = { "-wal", ".plain", ".sealing" };

		snprintf(other, sizeof(other), "%s%s", s.path, ends[i]);
		CHECK(access(other, F_OK) != 0);
	}
	CHECK(sealed_reopen(&s));
	CHECK(has_setting(s.nb, SETTING_WORKER_NAME, "陈桂芳"));
	CHECK(record_draft_load(s.nb, id, &answers, &cursor, &s.err));
	CHECK_STR(buf_text(&answers), "{\"a\":\"王淑芳\"}");
	CHECK(schema_number(s.nb, "SELECT count(*) FROM pragma_integrity_check"
				  " WHERE integrity_check = 'ok'", &s.err) == 1);
	buf_clear(&answers);
	buf_clear(&cursor);
	CHECK(!vault_convert(s.path, s.key, s.clock, &s.err)); /* it is sealed */
	sealed_free(&s);
}

static void
a_plain_notebook_is_sealed(void)
{
	convert_one(false);
}

static void
one_of_the_old_layout_is_sealed(void)
{
	convert_one(true);
}

static void
what_a_conversion_left_is_wiped(void)
{
	struct sealed s = sealed_new();
	char plain[160];
	int fd;

	notebook_close(s.nb);
	snprintf(plain, sizeof(plain), "%s.plain", s.path);
	fd = open(plain, O_CREAT | O_WRONLY, 0600);
	CHECK(write(fd, "王淑芳", 9) == 9);
	close(fd);
	s.nb = notebook_open_sealed(s.path, false, s.key, s.clock, &s.err);
	CHECK(s.nb != NULL);
	CHECK(access(plain, F_OK) != 0);
	notebook_close(s.nb);
	/* Cut between the second name and the first's change: it is the notebook. */
	CHECK(link(s.path, plain) == 0);
	s.nb = notebook_open_sealed(s.path, false, s.key, s.clock, &s.err);
	CHECK(s.nb && access(plain, F_OK) != 0);
	CHECK(s.nb && has_setting(s.nb, SETTING_WORKER_NAME, ""));
	sealed_free(&s);
}

/* --- the process --- */

static void
no_core_dump_can_be_had(void)
{
	struct sealed s = sealed_new();
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit core;
	int status;
	pid_t child;

	setrlimit(RLIMIT_CORE, &all);
	child = fork();
	if (child == 0) {
		if (chdir(s.dir) != 0 || !vault_guard_process())
			_exit(1);
		getrlimit(RLIMIT_CORE, &core);
		if (core.rlim_max != 0)
			_exit(2);
		abort();
	}
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !WCOREDUMP(status));
	sealed_free(&s);
}

int
main(void)
{
	setenv("LANG", "C.UTF-8", 1);
	setlocale(LC_ALL, "C.UTF-8");
	RUN(what_was_written_is_there_again);
	RUN(wrong_passphrase_is_refused);
	RUN(composed_and_decomposed_are_the_same);
	RUN(a_changed_passphrase_is_the_only_one);
	RUN(the_lock_outlives_a_change);
	RUN(another_files_key_changes_nothing);
	RUN(two_workers_cannot_open_each_others);
	RUN(the_district_can_recover);
	RUN(a_recovery_key_with_a_slip_is_refused);
	RUN(the_wrong_half_is_told);
	RUN(passphrases_that_are_too_weak);
	RUN(blanks_at_the_ends_do_not_count);
	RUN(either_copy_of_the_slots_will_do);
	RUN(slots_in_use_are_not_mended);
	RUN(no_copy_of_the_slots_is_said);
	RUN(a_slot_cannot_ask_for_more);
	RUN(tampered_slots_are_refused);
	RUN(the_cost_is_within_bounds);
	RUN(a_plain_notebook_is_sealed);
	RUN(one_of_the_old_layout_is_sealed);
	RUN(what_a_conversion_left_is_wiped);
	RUN(no_core_dump_can_be_had);
	return CHECK_DONE();
}
