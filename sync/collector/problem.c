#include "problem.h"

#include "buf.h"
#include "json.h"
#include "wire.h"

/* clang-format off */
static const struct {
	int status;
	const char *name, *title, *detail;
} problems[PROBLEMS] = {
	[PROBLEM_NONE]       = { 200, "ok", "OK", "" },
	[PROBLEM_DIGEST]     = { 400, "digest", "Bad Request",
		"Content-Digest does not belong to the body. Nothing was stored." },
	[PROBLEM_NOT_GZIP]   = { 400, "not-gzip", "Bad Request",
		"The body is not one whole gzip member. Nothing was stored." },
	[PROBLEM_NOT_NDJSON] = { 400, "not-ndjson", "Bad Request",
		"The body is not NDJSON. Nothing was stored." },
	[PROBLEM_NOT_JSON]   = { 400, "not-json", "Bad Request",
		"The body is not the JSON that this address takes." },
	[PROBLEM_NO_TOKEN]   = { 401, "token", "Unauthorized",
		"A device token that this collector knows is needed." },
	[PROBLEM_REMOVED]    = { 403, "removed", "Forbidden",
		"This device's token was taken back." },
	[PROBLEM_CODE_UNKNOWN] = { 403, "code-unknown", "Forbidden",
		"There is no such code." },
	[PROBLEM_CODE_USED]  = { 403, "code-used", "Forbidden",
		"Another laptop was enrolled with this code." },
	[PROBLEM_CODE_EXPIRED] = { 403, "code-expired", "Forbidden",
		"This code is too old." },
	[PROBLEM_NOT_FOUND]  = { 404, "not-found", "Not Found",
		"There is nothing at this address." },
	[PROBLEM_METHOD]     = { 405, "method", "Method Not Allowed",
		"This address does not take that method." },
	[PROBLEM_STALLED]    = { 408, "stalled", "Request Timeout",
		"The body stopped coming. Nothing was stored." },
	[PROBLEM_NO_LENGTH]  = { 411, "length", "Length Required",
		"Content-Length is needed." },
	[PROBLEM_TOO_LARGE]  = { 413, "too-large", "Content Too Large",
		"The batch is over a limit. Send fewer records at a time." },
	[PROBLEM_TYPE]       = { 415, "type", "Unsupported Media Type",
		"Content-Type is not what this address takes; see Accept-Post." },
	[PROBLEM_ENCODING]   = { 415, "encoding", "Unsupported Media Type",
		"Content-Encoding must be gzip or identity." },
	[PROBLEM_VERSION]    = { 426, "version", "Upgrade Required",
		"Sync-Version must be 1." },
	[PROBLEM_FAILED]     = { 500, "failed", "Internal Server Error",
		"The collector failed. Nothing was stored." },
	[PROBLEM_BUSY]       = { 503, "busy", "Service Unavailable",
		"The collector is busy. Try again after Retry-After." },
	[PROBLEM_FULL]       = { 507, "full", "Insufficient Storage",
		"The collector's disk is full. Nothing was stored." },
};
/* clang-format on */

int
problem_status(enum problem problem)
{
	return problems[problem].status;
}

const char *
problem_title(enum problem problem)
{
	return problems[problem].title;
}

void
problem_write(enum problem problem, const char *request_id, struct buf *out)
{
	struct json_writer w;
	struct buf type = { 0 };

	buf_fmt(&type, "urn:minqing:problem:%s", problems[problem].name);
	json_writer_init(&w, out);
	json_object(&w);
	json_member(&w, "type", type.data);
	json_member(&w, "title", problems[problem].title);
	json_member_integer(&w, "status", problems[problem].status);
	json_member(&w, "detail", problems[problem].detail);
	json_member(&w, "request_id", request_id);
	if (problem == PROBLEM_TOO_LARGE) {
		json_member_integer(&w, "max_bytes", WIRE_BODY_MAX);
		json_member_integer(&w, "max_inflated", WIRE_INFLATED_MAX);
		json_member_integer(&w, "max_records", WIRE_RECORDS_MAX);
	}
	json_object_end(&w);
	buf_clear(&type);
}
