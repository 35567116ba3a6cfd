#include "enrol.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "json.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CODE_DIGITS 12
#define DEVICES_MAX 1000

/* Crockford's base 32: no I, L, O, U. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
code_hash(const char plain[CODE_DIGITS], unsigned char hash[HASH_SIZE])
{
	hash_sha256(plain, CODE_DIGITS, hash);
}

void
enrol_code_new(char code[ENROL_CODE_SIZE], unsigned char hash[HASH_SIZE])
{
	unsigned char random[CODE_DIGITS];
	char plain[CODE_DIGITS];
	int i, at = 0;

	hash_random(random, sizeof(random));
	for (i = 0; i < CODE_DIGITS; i++) {
		plain[i] = digits[random[i] & 31];
		if (i && i % 4 == 0)
			code[at++] = '-';
		code[at++] = plain[i];
	}
	code[at] = '\0';
	code_hash(plain, hash);
}

/* As typed: case, blanks and dashes do not matter, O is 0, I and L are 1. False when it
 * cannot be a code. */
static bool
typed_hash(const char *typed, unsigned char hash[HASH_SIZE])
{
	char plain[CODE_DIGITS];
	int n = 0;

	for (; *typed; typed++) {
		char c = (char)toupper((unsigned char)*typed);

		if (c == '-' || c == ' ')
			continue;
		if (c == 'O')
			c = '0';
		else if (c == 'I' || c == 'L')
			c = '1';
		if (n == CODE_DIGITS || !strchr(digits, c))
			return false;
		plain[n++] = c;
	}
	if (n == CODE_DIGITS)
		code_hash(plain, hash);
	return n == CODE_DIGITS;
}

/* --- the request --- */

struct asked {
	unsigned char code[HASH_SIZE], token[HASH_SIZE];
	bool has_code, has_token;
};

static bool
read_hex(const char *text, unsigned char out[HASH_SIZE])
{
	size_t i;

	if (strlen(text) != 2 * HASH_SIZE ||
	    strspn(text, "0123456789abcdef") != 2 * HASH_SIZE)
		return false;
	for (i = 0; i < HASH_SIZE; i++) {
		unsigned byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		out[i] = (unsigned char)byte;
	}
	return true;
}

static bool
read_member(struct json_reader *r, struct asked *asked)
{
	bool code = !strcmp(r->text, "code"), token = !strcmp(r->text, "token");

	if (!code && !token)
		return json_skip(r, NULL, NULL);
	if (json_next(r) != JSON_STRING)
		return false;
	if (code)
		asked->has_code = typed_hash(r->text, asked->code);
	else
		asked->has_token = read_hex(r->text, asked->token);
	return true;
}

/* False when it is no request; one whose code cannot be one has no code. */
static bool
read_request(const char *body, size_t len, struct asked *asked)
{
	enum json_token t = JSON_ERROR;
	struct json_reader r;
	bool ok;

	json_reader_init(&r, body, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (t = json_next(&r)) == JSON_NAME)
		ok = read_member(&r, asked);
	ok = ok && t == JSON_OBJECT_END && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok && asked->has_token;
}

/* --- the store --- */

static enum enrol_result
from_db(enum db_result result)
{
	switch (result) {
	case DB_OK:
		return ENROL_DONE;
	case DB_NONE:
		return ENROL_UNKNOWN;
	case DB_BUSY:
		return ENROL_BUSY;
	case DB_FULL:
		return ENROL_FULL;
	case DB_FAILED:
		break;
	}
	return ENROL_FAILED;
}

/* "chenguifang", "chenguifang-2", …: the first that is free. */
static enum db_result
add_device(const struct db_ops *ops, struct db *db, const struct asked *asked,
    const char *now, struct db_code *code, struct err *err)
{
	enum db_result result = DB_NONE;
	int i;

	for (i = 1; result == DB_NONE && i <= DEVICES_MAX; i++) {
		char end[16] = "";

		if (i > 1)
			snprintf(end, sizeof(end), "-%d", i);
		snprintf(code->device, sizeof(code->device), "%.*s%s",
		    (int)(DB_NAME_SIZE - 1 - strlen(end)), code->user, end);
		result = ops->device_add(db, code->device, code->user, asked->token, now, err);
	}
	return result;
}

static enum enrol_result
take_code(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const struct asked *asked, struct db_code *code, struct err *err)
{
	enum db_result result = ops->code_find(db, asked->code, code, err);
	int64_t now = clock_now(clock);
	char stamp[CLOCK_STAMP_SIZE];

	if (result != DB_OK)
		return from_db(result);
	if (code->used)
		return hash_equal(code->token, asked->token, HASH_SIZE) ? ENROL_DONE
									: ENROL_USED;
	if (now > code->expires)
		return ENROL_EXPIRED;
	clock_stamp(clock, now, stamp);
	result = add_device(ops, db, asked, stamp, code, err);
	if (result == DB_OK)
		result = ops->code_use(db, asked->code, asked->token, code->device, err);
	return from_db(result);
}

static enum enrol_result
write_profile(const struct db_ops *ops, struct db *db, const struct db_code *code,
    struct buf *answer, struct err *err)
{
	struct db_worker worker = { 0 };
	struct buf key = { 0 };
	struct json_writer w;
	enum db_result result = ops->worker_find(db, code->user, &worker, err);

	if (result == DB_OK)
		result = ops->meta_get(db, META_KEY, &key, err);
	if (result == DB_OK || result == DB_NONE) {
		json_writer_init(&w, answer);
		json_object(&w);
		json_member(&w, "device", code->device);
		json_member(&w, "user", code->user);
		json_member(&w, "name", worker.name);
		json_member(&w, "role", worker.role);
		json_member(&w, "station", worker.station);
		if (key.len)
			json_member(&w, "key", key.data);
		json_object_end(&w);
		result = DB_OK;
	}
	buf_clear(&key);
	return from_db(result);
}

enum enrol_result
enrol_run(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const char *body, size_t len, struct buf *answer, struct err *err)
{
	struct asked asked = { 0 };
	struct db_code code = { 0 };
	enum enrol_result result;

	if (!read_request(body, len, &asked))
		return ENROL_MALFORMED;
	if (!asked.has_code)
		return ENROL_UNKNOWN;
	result = from_db(ops->begin(db, err));
	if (result != ENROL_DONE)
		return result;
	result = take_code(ops, db, clock, &asked, &code, err);
	if (result == ENROL_DONE)
		result = write_profile(ops, db, &code, answer, err);
	if (result == ENROL_DONE)
		return from_db(ops->commit(db, err));
	ops->rollback(db);
	return result;
}
