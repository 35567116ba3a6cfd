#include "carrier.h"

#include "auth.h"
#include "buf.h"
#include "enrol.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "json.h"
#include "log_piece.h"
#include "mem.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

/* --- keys --- */

static enum db_result
make_keys(const struct db_ops *ops, struct db *db, struct err *err)
{
	unsigned char public_key[WIRE_KEY_SIZE], secret_key[WIRE_KEY_SIZE];
	char hex[2 * WIRE_KEY_SIZE + 1];
	enum db_result result;

	wire_key_new(public_key, secret_key);
	hash_hex(secret_key, WIRE_KEY_SIZE, hex);
	result = ops->meta_set(db, META_SECRET, hex, err);
	hash_hex(public_key, WIRE_KEY_SIZE, hex);
	if (result == DB_OK)
		result = ops->meta_set(db, META_KEY, hex, err);
	return result;
}

enum db_result
carrier_keys(const struct db_ops *ops, struct db *db, struct err *err)
{
	struct buf key = { 0 };
	enum db_result result = ops->begin(db, err);

	if (result != DB_OK)
		return result;
	result = ops->meta_get(db, META_KEY, &key, err);
	buf_clear(&key);
	if (result == DB_NONE)
		result = make_keys(ops, db, err);
	if (result == DB_OK)
		return ops->commit(db, err);
	ops->rollback(db);
	return result;
}

static bool
read_key(const struct db_ops *ops, struct db *db, const char *name,
    unsigned char key[WIRE_KEY_SIZE], struct err *err)
{
	struct buf hex = { 0 };
	enum db_result result = ops->meta_get(db, name, &hex, err);
	bool ok = result == DB_OK && wire_key_read(buf_text(&hex), key);

	buf_clear(&hex);
	if (!ok && (result == DB_OK || result == DB_NONE))
		err_set(err, ERR_SYSTEM, 
		    _("The district's key is not in this store. Put a copy of the store "
		      "back that has it."));
	return ok;
}

/* --- whose it is --- */

static bool
find_device(const struct db_ops *ops, struct db *db, const char *token,
    struct db_device *device, struct err *err)
{
	struct buf header = { 0 };
	enum auth_result result;

	buf_fmt(&header, "Bearer %s", token);
	result = auth_check(ops, db, header.data, device, err);
	buf_clear(&header);
	switch (result) {
	case AUTH_OK:
		return true;
	case AUTH_UNKNOWN:
		return err_set(err, ERR_INPUT,
		    _("The laptop that wrote it is not known here. Enrol it, and let it "
		      "write its batch again."));
	case AUTH_REMOVED:
		return err_set(err, ERR_INPUT,
		    _("The token of the laptop that wrote it was taken back. Enrol it again "
		      "if it may send, and let it write its batch again."));
	case AUTH_BUSY:
	case AUTH_FAILED:
		break;
	}
	return false;
}

/* --- what is answered --- */

struct refusal {
	char *code, *path, *message; /* code NULL: the line is stored */
};

struct answering {
	struct refusal *lines;
	size_t count;
};

static void
keep_refusal(const struct wire_refusal *refusal, void *data)
{
	struct answering *a = data;
	struct refusal *line = &a->lines[refusal->line];

	if (line->code)
		return;
	line->code = mem_strdup(refusal->code);
	line->path = mem_strdup(refusal->path);
	line->message = mem_strdup(refusal->message);
}

/* Codes that are no final word: the laptop sends those again without hearing of them. */
static bool
is_final(const char *code)
{
	static const char *const final[] = { "json", "too_big", "invalid", "form_unknown",
		"conflict", "forbidden" };

	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
		if (!strcmp(final[i], code))
			return true;
	return false;
}

/* A piece of a log is answered for by the batch and the number of its last entry. */
static void
write_log_line(const char *line, size_t len, const char *batch, struct json_writer *w)
{
	struct log_piece p = { 0 };
	long number;

	if (log_piece_read(line, len, &p) && log_piece_end(&p, &number) && number > 0)
		wire_verdict_write(&(struct wire_verdict){ .id = batch, .rev = number,
			.hash = buf_text(&p.hash) }, w);
	log_piece_clear(&p);
}

static void
write_line(const char *line, size_t len, const struct refusal *refusal,
    const char *batch, struct json_writer *w)
{
	struct buf scratch = { 0 }, path = { 0 }, message = { 0 };
	struct wire_record r;
	struct wire_verdict v;

	wire_record_read(line, len, &scratch, &r, &path, &message);
	if (*r.id && r.rev > 0 && !*r.kind && (!refusal->code || is_final(refusal->code))) {
		v = (struct wire_verdict){ r.id, r.rev, r.hash, refusal->code, refusal->path,
			refusal->message };
		wire_verdict_write(&v, w);
	} else if (!strcmp(r.kind, "audit") && !refusal->code) {
		write_log_line(line, len, batch, w);
	}
	buf_clear(&scratch);
	buf_clear(&path);
	buf_clear(&message);
}

static bool
is_blank(const char *line, size_t len)
{
	return strspn(line, " \t\r") >= len;
}

/* Every line by its name; a line's number is its place among those that are not blank. */
static void
write_verdicts(const struct buf *lines, const struct answering *a, const char *batch,
    struct buf *out)
{
	const char *at = buf_text(lines), *end = at + lines->len;
	struct json_writer w;
	size_t n = 0;

	json_writer_init(&w, out);
	json_array(&w);
	while (at < end && n < a->count) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (!is_blank(at, len))
			write_line(at, len, &a->lines[n++], batch, &w);
		at += len + 1;
	}
	json_array_end(&w);
}

static bool
write_answer(const struct wire_carried *c, const struct ingest_counts *counts,
    const struct buf *answer, struct buf *out, struct err *err)
{
	struct answering a = { .count = (size_t)counts->records };
	struct buf lines = { 0 }, verdicts = { 0 };
	bool ok;

	a.lines = mem_alloc((a.count + 1) * sizeof(*a.lines));
	ok = wire_answer_read(buf_text(answer), answer->len, c->batch, a.count, keep_refusal,
		 &a) &&
	    wire_gunzip(c->body, c->len, WIRE_INFLATED_MAX, &lines) == WIRE_INFLATED;
	if (ok) {
		write_verdicts(&lines, &a, c->batch, &verdicts);
		wire_lock(c->token, verdicts.data, verdicts.len, out);
	} else {
		err_set(err, ERR_SYSTEM,
		    _("The batch was stored, but its answer could not be made. Import it "
		      "once more."));
	}
	for (size_t i = 0; i < a.count; i++) {
		free(a.lines[i].code);
		free(a.lines[i].path);
		free(a.lines[i].message);
	}
	free(a.lines);
	buf_clear(&lines);
	buf_clear(&verdicts);
	return ok;
}

/* --- one file --- */

static bool
ingest(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const struct wire_carried *c, struct ingest_counts *counts, struct buf *answer,
    struct err *err)
{
	struct db_device device;
	struct ingest_batch batch = { .device = &device, .label = c->batch, .gzip = true,
		.body = c->body, .len = c->len };

	if (!find_device(ops, db, c->token, &device, err))
		return false;
	switch (ingest_run(ops, db, clock, &batch, counts, answer, err)) {
	case INGEST_OK:
		return true;
	case INGEST_DIGEST:
	case INGEST_NOT_GZIP:
	case INGEST_NOT_NDJSON:
	case INGEST_TOO_LARGE:
	case INGEST_TOO_MANY:
		return err_set(err, ERR_INPUT,
		    _("What is in it is no batch. Let the laptop write it again."));
	case INGEST_NO_MEMORY:
		return err_set(err, ERR_SYSTEM,
		    _("There is not enough memory. Close other programs and try again."));
	case INGEST_BUSY:
	case INGEST_FULL:
	case INGEST_FAILED:
		break;
	}
	return false;
}

bool
carrier_import(const struct db_ops *ops, struct db *db, const struct clock *clock,
    const struct buf *file, struct ingest_counts *counts, struct buf *answer,
    struct err *err)
{
	unsigned char public_key[WIRE_KEY_SIZE], secret_key[WIRE_KEY_SIZE];
	struct buf plain = { 0 }, scratch = { 0 }, said = { 0 };
	struct wire_carried c;
	bool ok;

	*counts = (struct ingest_counts){ 0 };
	ok = read_key(ops, db, META_KEY, public_key, err) &&
	    read_key(ops, db, META_SECRET, secret_key, err);
	if (ok && !wire_unseal(public_key, secret_key, buf_text(file), file->len, &plain,
		      &scratch, &c))
		ok = err_set(err, ERR_INPUT,
		    _("It is no batch, is damaged, or was sealed for another district. Take "
		      "the laptop's own file once more."));
	ok = ok && ingest(ops, db, clock, &c, counts, &said, err) &&
	    write_answer(&c, counts, &said, answer, err);
	buf_clear(&plain);
	buf_clear(&scratch);
	buf_clear(&said);
	return ok;
}
