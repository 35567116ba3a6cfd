/*
 * The notebook's log: what goes into it by itself, and that it cannot be changed.
 */
#include "audit.h"

#include "../src/notebook/store.h"
#include "check.h"
#include "hash.h"
#include "notebook_fixture.h"

/* Entries as "number who what about", a line each. */
static bool
write_entry(const struct audit_entry *e, void *data)
{
	buf_fmt(data, "%d %s %s %s\n", (int)e->number, e->who, e->what, e->about);
	return true;
}

static const char *
entries(struct fixture *f, int64_t after, int limit)
{
	static struct buf text;

	buf_reset(&text);
	CHECK(audit_each(f->nb, after, limit, write_entry, &text, &f->err));
	return buf_text(&text);
}

static struct fixture *
begin(void)
{
	struct fixture *f = fixture_new();

	CHECK(notebook_set(f->nb, SETTING_WORKER_ID, "chenguifang", &f->err));
	return f;
}

static int64_t
broken_at(struct fixture *f)
{
	int64_t broken = -1;

	CHECK(audit_check(f->nb, &broken, &f->err));
	return broken;
}

static void
finalising_and_withdrawing_are_logged(void)
{
	struct fixture *f = begin();
	char id[UUID_SIZE], want[200];

	CHECK(fixture_add(f, "visit", "王芳", id));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, "{\"a\":\"c\"}", "王芳", "王芳"));
	CHECK(record_withdraw(f->nb, id, "王芳来电", &f->err));
	snprintf(want, sizeof(want),
		 "1 chenguifang finalise %s/1\n2 chenguifang finalise %s/2\n"
		 "3 chenguifang withdraw %s/3\n", id, id, id);
	CHECK_STR(entries(f, 0, 0), want);
	CHECK_INT(broken_at(f), 0);
	fixture_free(f);
}

static void
what_was_taken_back_is_not_logged(void)
{
	struct fixture *f = begin();
	char id[UUID_SIZE];

	CHECK(notebook_begin(f->nb, &f->err));
	CHECK(fixture_add(f, "visit", "a", id));
	CHECK(notebook_end(f->nb, false, &f->err));
	CHECK_STR(entries(f, 0, 0), "");
	CHECK(fixture_add(f, "visit", "a", id));
	CHECK(!record_withdraw(f->nb, id, " ", &f->err));
	CHECK(strchr(entries(f, 0, 0), '\n')[1] == '\0');
	CHECK_INT(broken_at(f), 0);
	fixture_free(f);
}

static void
a_part_is_read(void)
{
	struct fixture *f = begin();

	for (int i = 0; i < 5; i++)
		CHECK(audit_add(f->nb, AUDIT_EXPORT, "csv", &f->err));
	CHECK_STR(entries(f, 2, 2), "3 chenguifang export csv\n4 chenguifang export csv\n");
	fixture_free(f);
}

static void
somebody_else_is_named_and_a_long_text_cut(void)
{
	struct fixture *f = begin();
	char about[AUDIT_ABOUT_MAX + 40] = "";
	const char *at;

	for (int i = 0; i < (AUDIT_ABOUT_MAX + 30) / 3; i++)
		strcat(about, "房");
	CHECK(audit_add_by(f->nb, "district", AUDIT_RECOVER, about, &f->err));
	at = strstr(entries(f, 0, 0), "district recover ");
	CHECK(at && strlen(at) == strlen("district recover \n") + AUDIT_ABOUT_MAX);
	fixture_free(f);
}

/* The chain as one can compute it by hand. */
static void
the_chain_begins_at_the_device(void)
{
	struct fixture *f = begin();
	struct buf device = { 0 }, bytes = { 0 };
	unsigned char digest[HASH_SIZE];
	char link[CHAIN_SIZE], hash[CHAIN_SIZE];
	int64_t number;

	CHECK(notebook_get(f->nb, SETTING_DEVICE, &device, &f->err));
	hash_sha256(device.data, device.len, digest);
	hash_hex(digest, HASH_SIZE, link);
	CHECK(audit_head(f->nb, &number, hash, &f->err));
	CHECK_INT(number, 0);
	CHECK_STR(hash, link);
	CHECK(audit_add(f->nb, AUDIT_VIEW, "g_person/phone", &f->err));
	buf_fmt(&bytes, "%s[\"" FIXTURE_NOW "\",\"chenguifang\",\"view\",\"g_person/phone\"]",
	    link);
	hash_sha256(bytes.data, bytes.len, digest);
	hash_hex(digest, HASH_SIZE, link);
	CHECK(audit_head(f->nb, &number, hash, &f->err));
	CHECK_INT(number, 1);
	CHECK_STR(hash, link);
	buf_clear(&device);
	buf_clear(&bytes);
	fixture_free(f);
}

static void
the_log_cannot_be_changed(void)
{
	struct fixture *f = begin();

	CHECK(audit_add(f->nb, AUDIT_EXPORT, "csv", &f->err));
	CHECK(!store_exec(f->nb, "UPDATE audit SET about = 'x'", NULL));
	CHECK(!store_exec(f->nb, "DELETE FROM audit", NULL));
	CHECK_STR(entries(f, 0, 0), "1 chenguifang export csv\n");
	fixture_free(f);
}

/* By somebody who can write the file. */
static void
a_change_in_the_chain_is_found(void)
{
	static const struct {
		const char *sql;
		int broken;
	} changes[] = {
		{ "UPDATE audit SET about = 'jsonl' WHERE number = 3", 3 },
		{ "UPDATE audit SET at = '2026-11-22T09:30:00+08:00' WHERE number = 2", 2 },
		{ "UPDATE audit SET hash = lower(hash) || '' WHERE number = 2", 0 },
		{ "DELETE FROM audit WHERE number = 4", 5 },
		{ "DELETE FROM audit WHERE number = 1", 2 },
		{ "UPDATE audit SET number = 10 WHERE number = 5;"
		  "UPDATE audit SET number = 5 WHERE number = 4;"
		  "UPDATE audit SET number = 4 WHERE number = 10", 4 },
		{ "DELETE FROM audit WHERE number = 5", 5 },
		{ "DELETE FROM audit WHERE number > 2", 3 },
		{ "DELETE FROM audit", 1 },
		/* Whoever knows of that as well still cannot take back what was sent. */
		{ "DELETE FROM audit WHERE number > 2;"
		  "UPDATE setting SET value = 2 WHERE key = 'audit.last'", 3 },
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct fixture *f = begin();

		check_case(changes[i].sql);
		for (int n = 0; n < 5; n++) {
			fixture_later(f, 60);
			CHECK(audit_add(f->nb, AUDIT_EXPORT, "csv", &f->err));
		}
		CHECK(audit_set_sent(f->nb, 4, &f->err));
		CHECK(store_exec(f->nb,
				 "DROP TRIGGER audit_stays; DROP TRIGGER audit_kept", NULL));
		CHECK(store_exec(f->nb, changes[i].sql, NULL));
		CHECK_INT(broken_at(f), changes[i].broken);
		fixture_free(f);
	}
}

static void
what_was_sent_only_goes_up(void)
{
	struct fixture *f = begin();
	int64_t sent;

	CHECK(audit_sent(f->nb, &sent, &f->err));
	CHECK_INT(sent, 0);
	CHECK(audit_set_sent(f->nb, 7, &f->err));
	CHECK(audit_set_sent(f->nb, 3, &f->err));
	fixture_reopen(f);
	CHECK(audit_sent(f->nb, &sent, &f->err));
	CHECK_INT(sent, 7);
	fixture_free(f);
}

int
main(void)
{
	RUN(finalising_and_withdrawing_are_logged);
	RUN(what_was_taken_back_is_not_logged);
	RUN(a_part_is_read);
	RUN(somebody_else_is_named_and_a_long_text_cut);
	RUN(the_chain_begins_at_the_device);
	RUN(the_log_cannot_be_changed);
	RUN(a_change_in_the_chain_is_found);
	RUN(what_was_sent_only_goes_up);
	return CHECK_DONE();
}
