/* What a notebook reads of answers, against any bytes: of a batch, of hello, a problem. */
#include "wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SENT 3

static void
take_refusal(const struct wire_refusal *refusal, void *data)
{
	size_t *texts = data;

	if (refusal->line >= SENT || !*refusal->code)
		abort();
	*texts +=
	    strlen(refusal->id) + strlen(refusal->path) + strlen(refusal->message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct wire_limits limits = { WIRE_BODY_MAX, WIRE_INFLATED_MAX,
		WIRE_RECORDS_MAX };
	struct wire_hello hello = { .limits = limits };
	const char *text = (const char *)data;
	size_t texts = 0;
	int from, to;

	wire_answer_read(text, len, "b", SENT, take_refusal, &texts);
	wire_limits_read(text, len, &limits);
	if (limits.max_bytes < 1 || limits.max_inflated < 1 || limits.max_records < 1 ||
	    limits.max_bytes > WIRE_BODY_MAX || limits.max_records > WIRE_RECORDS_MAX)
		abort();
	if (wire_hello_read(text, len, &hello) &&
	    (hello.time == 0 ||
		(*hello.closing && !wire_window_read(hello.closing, &from, &to))))
		abort();
	return 0;
}
