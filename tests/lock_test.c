/*
 * What the lock needs: a notebook put to sleep and woken, a key under a PIN, and wrong
 * passphrases that make the next one wait.
 */
#include "check.h"
#include "audit.h"
#include "place.h"
#include "tries.h"
#include "vault_fixture.h"

/* A sealed notebook that keeps its key. */
static struct sealed
begin(void)
{
	struct sealed s = sealed_new();

	notebook_keep_key(s.nb, s.key);
	s.key = NULL;
	return s;
}

static void
a_notebook_sleeps_and_wakes(void)
{
	struct sealed s = begin();
	struct vault_passphrase p = phrase(SEALED_PHRASE);
	struct notebook *other;
	struct buf value = { 0 };
	struct vault_key *key;

	CHECK(notebook_set(s.nb, "a", "b", &s.err));
	notebook_suspend(s.nb);
	CHECK(notebook_is_suspended(s.nb));
	CHECK(notebook_key(s.nb) == NULL);
	/* Nobody has the file open now. */
	key = vault_unlock(s.path, &p, &s.err);
	other = notebook_open_sealed(s.path, false, key, s.clock, &s.err);
	CHECK(other != NULL);
	CHECK(notebook_set(other, "c", "d", &s.err));
	/* While somebody else has it, it does not wake, and can be woken later. */
	CHECK(!notebook_resume(s.nb, vault_unlock(s.path, &p, &s.err), &s.err));
	CHECK(strstr(s.err.text, "another window"));
	CHECK(notebook_is_suspended(s.nb));
	notebook_close(other);
	CHECK(notebook_resume(s.nb, key, &s.err));
	CHECK(notebook_get(s.nb, "a", &value, &s.err));
	CHECK(notebook_get(s.nb, "c", &value, &s.err));
	CHECK_STR(buf_text(&value), "bd");
	CHECK(notebook_key(s.nb) == key);
	buf_clear(&value);
	sealed_free(&s);
}

static void
a_sleeping_notebook_can_be_closed(void)
{
	struct sealed s = begin();

	notebook_suspend(s.nb);
	sealed_free(&s);
}

static void
another_files_key_does_not_wake_it(void)
{
	struct sealed s = begin();

	notebook_suspend(s.nb);
	CHECK(!notebook_resume(s.nb, new_key("some other words", NULL), &s.err));
	CHECK(notebook_is_suspended(s.nb));
	sealed_free(&s);
}

static void
a_pin_brings_the_key_back(void)
{
	struct sealed s = begin();
	struct vault_parked *parked = vault_park(notebook_key(s.nb), "4711", &s.err);

	CHECK(vault_parked_is_there(parked));
	notebook_suspend(s.nb);
	CHECK(vault_unpark(parked, "4712", &s.err) == NULL);
	CHECK_INT(s.err.kind, ERR_INPUT);
	CHECK(vault_unpark(parked, "", &s.err) == NULL);
	CHECK(notebook_resume(s.nb, vault_unpark(parked, "4711", &s.err), &s.err));
	CHECK(notebook_set(s.nb, "a", "b", &s.err));
	vault_parked_free(parked);
	sealed_free(&s);
}

static void
three_wrong_pins_are_the_end_of_it(void)
{
	struct sealed s = begin();
	struct vault_parked *parked = vault_park(notebook_key(s.nb), "4711", &s.err);
	unsigned char first[16], zero[16] = { 0 };

	memcpy(first, parked, sizeof(first));
	CHECK(memcmp(first, zero, sizeof(zero)) != 0);
	for (int i = 0; i < VAULT_PIN_TRIES; i++)
		CHECK(vault_unpark(parked, "0000", &s.err) == NULL);
	CHECK(strstr(s.err.text, "three times"));
	CHECK(!vault_parked_is_there(parked));
	CHECK(memcmp(parked, zero, sizeof(zero)) == 0); /* wiped, not only marked */
	CHECK(vault_unpark(parked, "4711", &s.err) == NULL);
	vault_parked_free(parked);
	sealed_free(&s);
}

static void
a_pin_is_a_few_digits(void)
{
	CHECK(vault_pin_check("0000", NULL));
	CHECK(vault_pin_check("123456789012", NULL));
	CHECK(!vault_pin_check("123", NULL));
	CHECK(!vault_pin_check("1234567890123", NULL));
	CHECK(!vault_pin_check("12a4", NULL));
	CHECK(!vault_pin_check("", NULL));
}

static void
wrong_ones_make_the_next_wait(void)
{
	static const int waits[] = { 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };
	struct sealed s = begin();

	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		CHECK_INT(tries_wait(s.path, s.clock), waits[i]);
		tries_failed(s.path, s.clock);
	}
	s.clock->ms += 200 * 1000;
	CHECK_INT(tries_wait(s.path, s.clock), 100);
	s.clock->ms += 100 * 1000;
	CHECK_INT(tries_wait(s.path, s.clock), 0);
	/* However many there were. */
	for (int i = 0; i < 1200; i++)
		tries_failed(s.path, s.clock);
	CHECK_INT(tries_wait(s.path, s.clock), 300);
	s.clock->ms += 1000 * 1000;
	CHECK_INT(tries_wait(s.path, s.clock), 0);
	tries_failed(s.path, s.clock);
	CHECK_INT(tries_wait(s.path, s.clock), 300);
	/* A clock that was put back a year. */
	s.clock->ms -= INT64_C(365) * 86400 * 1000;
	CHECK_INT(tries_wait(s.path, s.clock), 300);
	sealed_free(&s);
}

static bool
count_tries(const struct audit_entry *e, void *data)
{
	if (!strcmp(e->what, "unlock") && !strncmp(e->about, "2026-11-23T09:3", 15))
		++*(int *)data;
	return true;
}

static void
the_right_one_logs_the_wrong_ones(void)
{
	struct sealed s = begin();
	int count = 0;

	for (int i = 0; i < 5; i++)
		tries_failed(s.path, s.clock);
	CHECK(tries_log(s.nb, s.path, &s.err));
	CHECK(audit_each(s.nb, 0, 0, count_tries, &count, &s.err));
	CHECK_INT(count, 5);
	CHECK_INT(tries_wait(s.path, s.clock), 0);
	CHECK(tries_log(s.nb, s.path, &s.err)); /* none: nothing happens */
	count = 0;
	CHECK(audit_each(s.nb, 0, 0, count_tries, &count, &s.err));
	CHECK_INT(count, 5);
	sealed_free(&s);
}

static bool
count_pins(const struct audit_entry *e, void *data)
{
	if (!strcmp(e->what, "unlock") && strstr(e->about, "+08:00 PIN"))
		++*(int *)data;
	return true;
}

/* The program that asked may be gone before the right one comes. */
static void
wrong_pins_are_kept_and_nobody_waits_for_them(void)
{
	struct sealed s = begin();
	int count = 0;

	for (int i = 0; i < 9; i++)
		tries_pin_failed(s.path, s.clock);
	CHECK_INT(tries_wait(s.path, s.clock), 0);
	for (int i = 0; i < 3; i++)
		tries_failed(s.path, s.clock);
	CHECK_INT(tries_wait(s.path, s.clock), 1);
	CHECK(tries_log(s.nb, s.path, &s.err));
	CHECK(audit_each(s.nb, 0, 0, count_pins, &count, &s.err));
	CHECK_INT(count, 9);
	count = 0;
	CHECK(audit_each(s.nb, 0, 0, count_tries, &count, &s.err));
	CHECK_INT(count, 12);
	sealed_free(&s);
}

/* --- asking --- */

struct answers {
	const char *const *phrases; /* NULL: nobody answers any more */
	int waited; /* seconds */
	bool patient;
};

static bool
answer(void *data, const char *worker, enum place_asking asking,
    struct vault_passphrase *p, struct err *err)
{
	struct answers *a = data;

	(void)worker;
	(void)asking;
	(void)err;
	if (!*a->phrases)
		return false;
	*p = phrase(*a->phrases++);
	return true;
}

static bool
wait_a_while(void *data, const char *worker, int seconds)
{
	struct answers *a = data;

	(void)worker;
	a->waited += seconds;
	return a->patient;
}

static void
asking_slows_down_and_forgets_nothing(void)
{
	static const char *const wrong[] = { "a", "b", "c", "d", "e", NULL };
	static const char *const right[] = { "f", SEALED_PHRASE, NULL };
	struct sealed s = begin();
	struct answers a = { .phrases = wrong, .patient = true };
	struct place_asker asker = { answer, wait_a_while, &a };
	struct vault_key *key;

	CHECK(place_key(s.path, &asker, s.clock, &s.err) == NULL);
	CHECK_INT(a.waited, 1 + 2 + 4); /* before d, e, and before nobody answered */
	/* Another start of the program. */
	a = (struct answers){ .phrases = right, .patient = true };
	key = place_key(s.path, &asker, s.clock, &s.err);
	CHECK(key != NULL);
	CHECK_INT(a.waited, 4 + 8);
	vault_key_free(key);
	sealed_free(&s);
}

static void
who_does_not_wait_is_told_how_long(void)
{
	static const char *const right[] = { SEALED_PHRASE, NULL };
	struct sealed s = begin();
	struct answers a = { .phrases = right };
	struct place_asker asker = { answer, wait_a_while, &a };

	for (int i = 0; i < 6; i++)
		tries_failed(s.path, s.clock);
	CHECK(place_key(s.path, &asker, s.clock, &s.err) == NULL);
	CHECK_INT(s.err.kind, ERR_CANCELLED);
	CHECK(strstr(s.err.text, "8 seconds"));
	asker.wait = NULL;
	CHECK(place_key(s.path, &asker, s.clock, &s.err) == NULL);
	CHECK(*a.phrases != NULL); /* it was not even asked for */
	sealed_free(&s);
}

int
main(void)
{
	RUN(a_notebook_sleeps_and_wakes);
	RUN(a_sleeping_notebook_can_be_closed);
	RUN(another_files_key_does_not_wake_it);
	RUN(a_pin_brings_the_key_back);
	RUN(three_wrong_pins_are_the_end_of_it);
	RUN(a_pin_is_a_few_digits);
	RUN(wrong_ones_make_the_next_wait);
	RUN(the_right_one_logs_the_wrong_ones);
	RUN(wrong_pins_are_kept_and_nobody_waits_for_them);
	RUN(asking_slows_down_and_forgets_nothing);
	RUN(who_does_not_wait_is_told_how_long);
	return CHECK_DONE();
}
