/*
 * problem - what can be wrong with a whole request, as one table (RFC 9457)
 *
 * Titles and details are English: they are read in logs and by administrators. A
 * notebook says it in its own user's words, by the status.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

struct buf;

enum problem {
	PROBLEM_NONE,
	PROBLEM_DIGEST,
	PROBLEM_NOT_GZIP,
	PROBLEM_NOT_NDJSON,
	PROBLEM_NOT_JSON,
	PROBLEM_NO_TOKEN,
	PROBLEM_REMOVED,
	PROBLEM_CODE_UNKNOWN,
	PROBLEM_CODE_USED,
	PROBLEM_CODE_EXPIRED,
	PROBLEM_NOT_FOUND,
	PROBLEM_METHOD,
	PROBLEM_STALLED,
	PROBLEM_NO_LENGTH,
	PROBLEM_TOO_LARGE,
	PROBLEM_TYPE,
	PROBLEM_ENCODING,
	PROBLEM_VERSION,
	PROBLEM_FAILED,
	PROBLEM_BUSY,
	PROBLEM_FULL,
	PROBLEMS
};

int problem_status(enum problem problem);
/* The reason phrase of its status. */
const char *problem_title(enum problem problem);
void problem_write(enum problem problem, const char *request_id, struct buf *out);

#endif
