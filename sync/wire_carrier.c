/* What became of a batch that came by another carrier: every line of it by its name. */
#include "wire.h"

#include "buf.h"
#include "json.h"
#include "uuid.h"
#include "wire_private.h"

#include <ctype.h>
#include <string.h>

void
wire_verdict_write(const struct wire_verdict *v, struct json_writer *w)
{
	json_object(w);
	json_member(w, "id", v->id);
	json_member_integer(w, "rev", v->rev);
	json_member(w, "hash", v->hash);
	if (v->code) {
		json_member(w, "code", v->code);
		json_member(w, "path", v->path);
		json_member(w, "message", v->message);
	}
	json_object_end(w);
}

enum { ID, HASH, CODE, PATH, MESSAGE, TEXTS };

static const char *const names[TEXTS] = { "id", "hash", "code", "path", "message" };

struct reading {
	struct buf texts[TEXTS];
	long rev;
	bool refused;
};

static bool
read_member(struct json_reader *r, struct reading *rd)
{
	size_t i = 0;

	if (!strcmp(r->text, "rev"))
		return json_next(r) == JSON_NUMBER && wire_number_read(r->text, &rd->rev);
	while (i < TEXTS && strcmp(names[i], r->text) != 0)
		i++;
	if (i == TEXTS)
		return json_skip(r, NULL, NULL);
	if (json_next(r) != JSON_STRING)
		return false;
	buf_reset(&rd->texts[i]);
	buf_str(&rd->texts[i], r->text);
	rd->refused = rd->refused || i == CODE;
	return true;
}

static bool
read_verdict(struct json_reader *r, struct reading *rd,
    void (*row)(const struct wire_verdict *verdict, void *data), void *data)
{
	struct wire_verdict v = { 0 };
	enum json_token token;

	for (int i = 0; i < TEXTS; i++)
		buf_reset(&rd->texts[i]);
	rd->rev = 0;
	rd->refused = false;
	while ((token = json_next(r)) == JSON_NAME)
		if (!read_member(r, rd))
			return false;
	if (token != JSON_OBJECT_END || rd->rev < 1 || !uuid_valid(buf_text(&rd->texts[ID])))
		return false;
	v.id = buf_text(&rd->texts[ID]);
	v.rev = rd->rev;
	v.hash = buf_text(&rd->texts[HASH]);
	if (rd->refused) {
		v.code = buf_text(&rd->texts[CODE]);
		v.path = buf_text(&rd->texts[PATH]);
		v.message = buf_text(&rd->texts[MESSAGE]);
	}
	row(&v, data);
	return true;
}

bool
wire_verdicts_read(const char *text, size_t len,
    void (*row)(const struct wire_verdict *verdict, void *data), void *data)
{
	struct reading rd = { 0 };
	enum json_token token;
	struct json_reader r;
	bool ok;

	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_ARRAY;
	while (ok && (token = json_next(&r)) != JSON_ARRAY_END)
		ok = token == JSON_OBJECT && read_verdict(&r, &rd, row, data);
	ok = ok && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	for (int i = 0; i < TEXTS; i++)
		buf_clear(&rd.texts[i]);
	return ok;
}
