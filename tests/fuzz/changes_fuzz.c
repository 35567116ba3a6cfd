/* What a notebook reads of the feed, against any bytes: pages, their records, what the
 * collector misses, profiles and answers of another carrier. */
#include "buf.h"
#include "wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t
sum(const struct wire_change *c)
{
	return strlen(c->id) + strlen(c->name) + strlen(c->version) + strlen(c->sha256) +
	    strlen(c->to) + strlen(c->state) + strlen(c->path) + strlen(c->message) +
	    strlen(c->at) + strlen(c->ref) + strlen(c->day) + strlen(c->text) +
	    strlen(c->due) + strlen(c->form) + strlen(c->cursor);
}

static bool
take_change(const struct wire_change *c, void *data)
{
	size_t *texts = data;
	struct wire_record r;
	struct buf scratch = { 0 };

	*texts += sum(c);
	if (c->kind == WIRE_END && !*c->cursor)
		abort();
	if ((c->kind == WIRE_FORM || c->kind == WIRE_LIST) && strlen(c->sha256) != 64)
		abort();
	if (c->set && (c->set_len < 2 || c->set[0] != '{'))
		abort();
	if (c->kind == WIRE_REVISION &&
	    wire_record_read_down(c->line, c->len, &scratch, &r) &&
	    (!*r.id || r.rev < 1 || r.base >= r.rev || (!r.answers && !r.withdrawn)))
		abort();
	buf_clear(&scratch);
	return true;
}

static void
take_missing(const char *id, long rev, void *data)
{
	if (strlen(id) != 36)
		abort();
	*(size_t *)data += (size_t)rev;
}

static void
take_verdict(const struct wire_verdict *v, void *data)
{
	if (strlen(v->id) != 36 || v->rev < 1 || (v->code && (!v->path || !v->message)))
		abort();
	*(size_t *)data += strlen(v->hash);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct wire_profile profile;
	struct buf scratch = { 0 };
	size_t texts = 0;
	char name[16];

	wire_changes_read(text, len, take_change, &texts);
	wire_missing_read(text, len, take_missing, &texts);
	wire_verdicts_read(text, len, take_verdict, &texts);
	if (wire_profile_read(text, len, &scratch, &profile) && !*profile.user)
		abort();
	wire_problem_read(text, len, name, sizeof(name));
	buf_clear(&scratch);
	return 0;
}
