/* What each address takes and answers. */
#include "http_private.h"

#include "changes.h"
#include "clock.h"
#include "enrol.h"
#include "err.h"
#include "have.h"
#include "json.h"
#include "log_piece.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

static void run_batch(struct request *r, struct answer *answer);
static void run_blob(struct request *r, struct answer *answer);
static void run_changes(struct request *r, struct answer *answer);
static void run_enrol(struct request *r, struct answer *answer);
static void run_have(struct request *r, struct answer *answer);
static void run_hello(struct request *r, struct answer *answer);

const char http_json[] = "application/json";
static const char ndjson_type[] = "application/x-ndjson";

static const struct route routes[] = {
	{ "/v1/batch", MHD_HTTP_METHOD_POST, ndjson_type, WIRE_BODY_MAX, false, false, false,
	    run_batch },
	{ "/v1/blob/", MHD_HTTP_METHOD_GET, NULL, 0, true, false, false, run_blob },
	{ "/v1/changes", MHD_HTTP_METHOD_GET, NULL, 0, false, false, false, run_changes },
	{ "/v1/enrol", MHD_HTTP_METHOD_POST, http_json, 4096, false, true, false, run_enrol },
	{ "/v1/have", MHD_HTTP_METHOD_POST, http_json, HAVE_BYTES, false, false, false, run_have },
	{ "/v1/hello", MHD_HTTP_METHOD_GET, NULL, 0, false, false, true, run_hello },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

const struct route *
http_route(const char *url)
{
	size_t i;

	for (i = 0; i < ROUTES; i++)
		if (routes[i].beginning
			? !strncmp(url, routes[i].path, strlen(routes[i].path))
			: !strcmp(url, routes[i].path))
			return &routes[i];
	return NULL;
}

static enum problem
problem_of(enum ingest_result result)
{
	static const enum problem problems[] = {
		[INGEST_OK] = PROBLEM_NONE,
		[INGEST_DIGEST] = PROBLEM_DIGEST,
		[INGEST_NOT_GZIP] = PROBLEM_NOT_GZIP,
		[INGEST_NOT_NDJSON] = PROBLEM_NOT_NDJSON,
		[INGEST_TOO_LARGE] = PROBLEM_TOO_LARGE,
		[INGEST_TOO_MANY] = PROBLEM_TOO_LARGE,
		[INGEST_NO_MEMORY] = PROBLEM_BUSY,
		[INGEST_BUSY] = PROBLEM_BUSY,
		[INGEST_FULL] = PROBLEM_FULL,
		[INGEST_FAILED] = PROBLEM_FAILED,
	};

	return problems[result];
}

static void
run_batch(struct request *r, struct answer *answer)
{
	const struct http_options *o = http_options(r);
	const char *label = http_header(r, "Batch-Id");
	struct ingest_batch batch = { .device = &r->device, .label = label ? label : "",
		.digest = http_header(r, "Content-Digest"), .gzip = r->gzip, .body = r->body,
		.len = r->len };
	struct err err = { 0 };
	enum ingest_result result;

	if (strlen(batch.label) > 64)
		batch.label = "";
	result = ingest_run(o->ops, o->db, o->clock, &batch, &r->counts, &answer->body,
	    &err);
	http_log_err(r, &err);
	answer->problem = problem_of(result);
}

static enum problem
problem_of_db(enum db_result result)
{
	switch (result) {
	case DB_OK:
		return PROBLEM_NONE;
	case DB_NONE:
		return PROBLEM_NOT_FOUND;
	case DB_BUSY:
		return PROBLEM_BUSY;
	case DB_FULL:
		return PROBLEM_FULL;
	case DB_FAILED:
		break;
	}
	return PROBLEM_FAILED;
}

static void
run_changes(struct request *r, struct answer *answer)
{
	const char *since =
	    MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "since");
	const struct http_options *o = http_options(r);
	struct err err = { 0 };

	answer->type = ndjson_type;
	answer->problem = problem_of_db(changes_page(o->ops, o->db, &r->device,
	    since ? since : "", &answer->body, &err));
	http_log_err(r, &err);
}

static void
take_blob(const void *gzip, size_t len, void *data)
{
	buf_add(data, gzip, len);
}

/* The 32 bytes that 64 digits of hex are. */
static bool
read_sha(const char *text, unsigned char sha[HASH_SIZE])
{
	unsigned byte;

	if (strlen(text) != 2 * HASH_SIZE ||
	    strspn(text, "0123456789abcdef") != 2 * HASH_SIZE)
		return false;
	for (size_t i = 0; i < HASH_SIZE && sscanf(text + 2 * i, "%2x", &byte) == 1; i++)
		sha[i] = (unsigned char)byte;
	return true;
}

static void
run_blob(struct request *r, struct answer *answer)
{
	const struct http_options *o = http_options(r);
	unsigned char sha[HASH_SIZE] = { 0 };
	struct buf packed = { 0 };
	struct err err = { 0 };

	answer->type = "application/octet-stream";
	answer->immutable = true;
	answer->problem = PROBLEM_NOT_FOUND;
	if (read_sha(r->rest, sha))
		answer->problem =
		    problem_of_db(o->ops->blob(o->db, sha, take_blob, &packed, &err));
	http_log_err(r, &err);
	answer->packed = http_wants_gzip(r);
	if (answer->packed) {
		buf_add(&answer->body, buf_text(&packed), packed.len);
	} else if (answer->problem == PROBLEM_NONE &&
	    wire_gunzip(packed.data, packed.len, WIRE_FILE_MAX, &answer->body) !=
		WIRE_INFLATED) {
		answer->problem = PROBLEM_FAILED;
	}
	buf_clear(&packed);
}

static void
run_enrol(struct request *r, struct answer *answer)
{
	static const enum problem problems[] = {
		[ENROL_DONE] = PROBLEM_NONE,
		[ENROL_MALFORMED] = PROBLEM_NOT_JSON,
		[ENROL_UNKNOWN] = PROBLEM_CODE_UNKNOWN,
		[ENROL_USED] = PROBLEM_CODE_USED,
		[ENROL_EXPIRED] = PROBLEM_CODE_EXPIRED,
		[ENROL_BUSY] = PROBLEM_BUSY,
		[ENROL_FULL] = PROBLEM_FULL,
		[ENROL_FAILED] = PROBLEM_FAILED,
	};
	const struct http_options *o = http_options(r);
	struct err err = { 0 };

	answer->problem = r->gzip ? PROBLEM_ENCODING
				  : problems[enrol_run(o->ops, o->db, o->clock,
					(const char *)r->body, r->len, &answer->body, &err)];
	http_log_err(r, &err);
}

static void
run_have(struct request *r, struct answer *answer)
{
	static const enum problem problems[] = {
		[HAVE_OK] = PROBLEM_NONE,
		[HAVE_MALFORMED] = PROBLEM_NOT_JSON,
		[HAVE_BUSY] = PROBLEM_BUSY,
		[HAVE_FAILED] = PROBLEM_FAILED,
	};
	const struct http_options *o = http_options(r);
	struct err err = { 0 };

	answer->problem = r->gzip ? PROBLEM_ENCODING
				  : problems[have_run(o->ops, o->db,
					(const char *)r->body, r->len, &answer->body, &err)];
	http_log_err(r, &err);
}

/* How far this notebook's log has come: an older copy of it has less. */
static enum problem
write_log(struct request *r, struct json_writer *w)
{
	const struct http_options *o = http_options(r);
	struct buf line = { 0 };
	struct log_piece piece = { 0 };
	long number;
	enum problem problem =
	    problem_of_db(o->ops->kept_last(o->db, r->device.id, "audit", &line, NULL));

	if (problem == PROBLEM_NONE && log_piece_read(buf_text(&line), line.len, &piece) &&
	    log_piece_end(&piece, &number)) {
		json_name(w, "log");
		json_object(w);
		json_member_integer(w, "number", number);
		json_member(w, "hash", buf_text(&piece.hash));
		json_object_end(w);
	}
	log_piece_clear(&piece);
	buf_clear(&line);
	return problem == PROBLEM_NOT_FOUND ? PROBLEM_NONE : problem;
}

static void
run_hello(struct request *r, struct answer *answer)
{
	const struct http_options *o = http_options(r);
	char now[CLOCK_STAMP_SIZE];
	struct buf key = { 0 };
	struct json_writer w;

	clock_stamp(o->clock, clock_now(o->clock), now);
	answer->problem = problem_of_db(o->ops->meta_get(o->db, META_KEY, &key, NULL));
	if (answer->problem == PROBLEM_NOT_FOUND)
		answer->problem = PROBLEM_NONE;
	json_writer_init(&w, &answer->body);
	json_object(&w);
	json_member(&w, "name", "minqing-collector");
	json_member(&w, "version", o->version);
	json_name(&w, "protocols");
	json_array(&w);
	json_integer(&w, WIRE_VERSION);
	json_array_end(&w);
	json_member(&w, "time", now);
	json_member(&w, "device", r->device.name);
	if (*r->device.worker)
		json_member(&w, "user", r->device.worker);
	json_name(&w, "keeps_kinds");
	json_bool(&w, true);
	if (key.len)
		json_member(&w, "key", key.data);
	buf_clear(&key);
	if (answer->problem == PROBLEM_NONE)
		answer->problem = write_log(r, &w);
	if (o->closing)
		json_member(&w, "closing", o->closing);
	json_name(&w, "limits");
	json_object(&w);
	json_member_integer(&w, "max_bytes", WIRE_BODY_MAX);
	json_member_integer(&w, "max_inflated", WIRE_INFLATED_MAX);
	json_member_integer(&w, "max_ratio", WIRE_RATIO_MAX);
	json_member_integer(&w, "max_records", WIRE_RECORDS_MAX);
	json_member_integer(&w, "max_record", WIRE_RECORD_MAX);
	json_member_integer(&w, "max_depth", WIRE_DEPTH_MAX);
	json_member_integer(&w, "stall_seconds", o->stall);
	json_object_end(&w);
	json_object_end(&w);
}
