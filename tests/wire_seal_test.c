/* Batches as files: who can read them, and whatever else is in a file is none. */
#include "check.h"

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "wire.h"

#include <stdlib.h>

#define ID "01a18d00-c3c0-7611-8ab9-caf83cdf9504"

static unsigned char public_key[WIRE_KEY_SIZE], secret_key[WIRE_KEY_SIZE];

static void
seal(struct buf *file)
{
	struct wire_carried c = { ID, "secret-token", "body\0body", 9 };

	buf_reset(file);
	wire_seal(public_key, &c, file);
}

static bool
unseal(const struct buf *file, struct buf *plain, struct buf *scratch,
    struct wire_carried *c)
{
	return wire_unseal(public_key, secret_key, buf_text(file), file->len, plain, scratch,
	    c);
}

static void
what_is_sealed_is_opened_by_its_key_only(void)
{
	unsigned char other_public[WIRE_KEY_SIZE], other_secret[WIRE_KEY_SIZE];
	struct buf file = { 0 }, plain = { 0 }, scratch = { 0 };
	struct wire_carried c;

	seal(&file);
	CHECK(unseal(&file, &plain, &scratch, &c));
	CHECK_STR(c.batch, ID);
	CHECK_STR(c.token, "secret-token");
	CHECK_INT(c.len, 9);
	CHECK(!memcmp(c.body, "body\0body", 9));
	CHECK(!memmem(file.data, file.len, "secret", 6));
	wire_key_new(other_public, other_secret);
	CHECK(!wire_unseal(other_public, other_secret, file.data, file.len, &plain, &scratch,
	    &c));
	buf_clear(&file);
	buf_clear(&plain);
	buf_clear(&scratch);
}

/* Every byte counts, and so does the length. */
static void
a_file_that_was_changed_is_none(void)
{
	struct buf file = { 0 }, plain = { 0 }, scratch = { 0 }, locked = { 0 };
	struct wire_carried c;
	size_t i;

	seal(&file);
	for (i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		if (unseal(&file, &plain, &scratch, &c))
			CHECK_INT(i, -1);
		file.data[i] ^= 1;
	}
	for (i = file.len; i-- > 0;) {
		buf_truncate(&file, i);
		if (unseal(&file, &plain, &scratch, &c))
			CHECK_INT(i, -1);
	}
	wire_lock("token", "[]", 2, &locked);
	CHECK(wire_unlock("token", locked.data, locked.len, &plain));
	CHECK_STR(buf_text(&plain), "[]");
	CHECK(!wire_unlock("tokem", locked.data, locked.len, &plain));
	for (i = 0; i < locked.len; i++) {
		locked.data[i] ^= 1;
		if (wire_unlock("token", locked.data, locked.len, &plain))
			CHECK_INT(i, -1);
		locked.data[i] ^= 1;
	}
	for (i = locked.len; i-- > 0;)
		if (wire_unlock("token", locked.data, i, &plain))
			CHECK_INT(i, -1);
	buf_clear(&file);
	buf_clear(&plain);
	buf_clear(&scratch);
	buf_clear(&locked);
}

static void
keys_are_read_strictly(void)
{
	unsigned char key[WIRE_KEY_SIZE];
	char hex[66] = "";

	memset(hex, 'a', 64);
	CHECK(wire_key_read(hex, key));
	CHECK_INT(key[31], 0xAA);
	hex[64] = 'a';
	CHECK(!wire_key_read(hex, key));
	hex[63] = '\0';
	CHECK(!wire_key_read(hex, key));
	hex[63] = 'x';
	hex[64] = '\0';
	CHECK(!wire_key_read(hex, key));
	CHECK(!wire_key_read("", key));
	memset(hex, '0', 64); /* nothing can be sealed to it */
	CHECK(!wire_key_read(hex, key));
}

static void
write_verdict(const struct wire_verdict *v, void *data)
{
	buf_fmt(data, "%s/%ld/%s/%s/%s/%s ", v->id, v->rev, v->hash, v->code ? v->code : "-",
	    v->code ? v->path : "", v->code ? v->message : "");
}

static void
verdicts_survive_and_nonsense_does_not(void)
{
	static const char *const bad[] = { "", "{}", "[", "[{}]", "[1]", "[[]]",
		"[{\"id\":\"x\",\"rev\":1}]", "[{\"id\":\"" ID "\",\"rev\":0}]",
		"[{\"id\":\"" ID "\"}]", "[{\"id\":\"" ID "\",\"rev\":1,\"code\":7}]", "[] x" };
	static const struct wire_verdict verdicts[] = { { ID, 1, "0123456789abcdef", 0, 0, 0 },
		{ ID, 2, "h", "invalid", "a/b", "why \"not\"" } };
	struct buf text = { 0 }, said = { 0 };
	struct json_writer w;

	json_writer_init(&w, &text);
	json_array(&w);
	for (size_t i = 0; i < 2; i++)
		wire_verdict_write(&verdicts[i], &w);
	json_array_end(&w);
	CHECK(wire_verdicts_read(text.data, text.len, write_verdict, &said));
	CHECK_STR(buf_text(&said), ID "/1/0123456789abcdef/-// " ID
	    "/2/h/invalid/a/b/why \"not\" ");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (wire_verdicts_read(bad[i], strlen(bad[i]), write_verdict, &said))
			CHECK_STR(bad[i], "not read");
	buf_clear(&text);
	buf_clear(&said);
}

static void
profiles_and_problems_are_read_strictly(void)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"device\":\"a\"}",
		"{\"device\":\"a\",\"user\":7}", "{\"device\":\"a\",\"user\":\"b\",\"key\":\"x\"}",
		"{\"device\":\"a\",\"user\":\"b\"} x" };
	static const char good[] =
	    "{\"device\":\"a\",\"x\":[],\"user\":\"b\",\"name\":\"王\",\"role\":\"r\"}";
	static const char problem[] = "{\"title\":\"t\",\"type\":\"urn:minqing:problem:full\"}";
	struct buf scratch = { 0 };
	struct wire_profile p;
	char name[8];

	CHECK(wire_profile_read(good, strlen(good), &scratch, &p));
	CHECK_STR(p.name, "王");
	CHECK_STR(p.station, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (wire_profile_read(bad[i], strlen(bad[i]), &scratch, &p))
			CHECK_STR(bad[i], "not read");
	CHECK(wire_problem_read(problem, strlen(problem), name, sizeof(name)));
	CHECK_STR(name, "full");
	CHECK(!wire_problem_read(problem, strlen(problem), name, 4));
	CHECK(!wire_problem_read("{\"type\":\"about:blank\"}", 22, name, sizeof(name)));
	buf_clear(&scratch);
}

int
main(void)
{
	wire_key_new(public_key, secret_key);
	RUN(what_is_sealed_is_opened_by_its_key_only);
	RUN(a_file_that_was_changed_is_none);
	RUN(keys_are_read_strictly);
	RUN(verdicts_survive_and_nonsense_does_not);
	RUN(profiles_and_problems_are_read_strictly);
	return CHECK_DONE();
}
