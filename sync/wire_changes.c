/* What comes down, read by the notebook: the feed's lines, and which revisions the
 * collector misses. Strangers' bytes until proven ours. */
#include "wire.h"

#include "buf.h"
#include "hash.h"
#include "json.h"
#include "uuid.h"
#include "wire_private.h"

#include <ctype.h>
#include <string.h>

enum member_kind { TEXT, NUMBER, FLAG, TREE };

/* Where a member goes; texts are kept as places in scratch until all are read. */
#define AT(member) offsetof(struct wire_change, member)

/* clang-format off */
static const struct member {
	const char *name;
	enum member_kind kind;
	size_t at;
} members[] = {
	{ "id",      TEXT,   AT(id) },
	{ "name",    TEXT,   AT(name) },
	{ "version", TEXT,   AT(version) },
	{ "sha256",  TEXT,   AT(sha256) },
	{ "to",      TEXT,   AT(to) },
	{ "state",   TEXT,   AT(state) },
	{ "path",    TEXT,   AT(path) },
	{ "message", TEXT,   AT(message) },
	{ "at",      TEXT,   AT(at) },
	{ "ref",     TEXT,   AT(ref) },
	{ "day",     TEXT,   AT(day) },
	{ "text",    TEXT,   AT(text) },
	{ "due",     TEXT,   AT(due) },
	{ "form",    TEXT,   AT(form) },
	{ "cursor",  TEXT,   AT(cursor) },
	{ "rev",     NUMBER, AT(rev) },
	{ "closed",  FLAG,   AT(closed) },
	{ "more",    FLAG,   AT(more) },
	{ "again",   FLAG,   AT(again) },
	{ "set",     TREE,   AT(set) },
};

/* Kinds, and the texts without which a line is none of them. */
static const struct {
	const char *name;
	size_t needed[2];
	int count;
	bool of_record; /* id is a UUID, rev a revision's number */
} kinds[WIRE_KINDS] = {
	[WIRE_FORM]       = { "form",       { AT(id), AT(version) }, 2, false },
	[WIRE_LIST]       = { "list",       { AT(name) }, 1, false },
	[WIRE_REVISION]   = { "record",     { AT(id) }, 1, true },
	[WIRE_MOVED]      = { "moved",      { AT(to) }, 1, true },
	[WIRE_FEEDBACK]   = { "feedback",   { AT(state) }, 1, true },
	[WIRE_NEED]       = { "need",       { AT(ref) }, 1, false },
	[WIRE_OPEN]       = { "open",       { 0 }, 0, false },
	[WIRE_ASSIGNMENT] = { "assignment", { AT(id), AT(text) }, 2, false },
	[WIRE_END]        = { "end",        { AT(cursor) }, 1, false },
};
/* clang-format on */

#define MEMBERS (sizeof(members) / sizeof(members[0]))

struct reading {
	struct wire_change *change;
	struct buf *scratch;
	size_t places[MEMBERS]; /* of texts in scratch, + 1; 0: not there */
};

static const char **
text_at(struct wire_change *change, size_t at)
{
	return (const char **)(void *)((char *)change + at);
}

static enum wire_kind
kind_named(const char *name)
{
	int kind = 0;

	while (kind < WIRE_UNKNOWN && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (enum wire_kind)kind;
}

static bool
read_tree(struct reading *rd, struct json_reader *r)
{
	if (!json_skip(r, &rd->change->set, &rd->change->set_len))
		return false;
	return rd->change->set_len > 0 && rd->change->set[0] == '{';
}

/* A member that has another kind of value than it should is as good as not there: what
 * is needed is asked for afterwards. */
static bool
read_value(struct reading *rd, struct json_reader *r, size_t m)
{
	char *to = (char *)rd->change + members[m].at;
	enum json_token token;

	if (members[m].kind == TREE)
		return read_tree(rd, r);
	token = json_next(r);
	if (token == JSON_STRING && members[m].kind == TEXT) {
		rd->places[m] = rd->scratch->len + 1;
		buf_add(rd->scratch, r->text, r->text_len + 1);
	} else if (token == JSON_NUMBER && members[m].kind == NUMBER) {
		return wire_number_read(r->text, (long *)(void *)to);
	} else if ((token == JSON_TRUE || token == JSON_FALSE) && members[m].kind == FLAG) {
		*(bool *)to = token == JSON_TRUE;
	} else if (token == JSON_OBJECT || token == JSON_ARRAY) {
		return json_skip(r, NULL, NULL);
	}
	return token != JSON_ERROR && token != JSON_END;
}

static bool
read_member(struct reading *rd, struct json_reader *r, bool *named)
{
	size_t m;

	if (!strcmp(r->text, "kind")) {
		*named = json_next(r) == JSON_STRING;
		rd->change->kind = *named ? kind_named(r->text) : WIRE_UNKNOWN;
		return *named;
	}
	for (m = 0; m < MEMBERS && strcmp(members[m].name, r->text) != 0; m++)
		;
	return m < MEMBERS ? read_value(rd, r, m) : json_skip(r, NULL, NULL);
}

static bool
is_lower_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* What its kind needs is there. */
static bool
is_whole(struct wire_change *c)
{
	int i;

	if (c->kind == WIRE_UNKNOWN)
		return true;
	for (i = 0; i < kinds[c->kind].count; i++)
		if (!**text_at(c, kinds[c->kind].needed[i]))
			return false;
	if (kinds[c->kind].of_record && (!uuid_valid(c->id) || c->rev < 1))
		return false;
	return (c->kind != WIRE_FORM && c->kind != WIRE_LIST) ||
	    is_lower_hex(c->sha256, HASH_HEX_SIZE - 1);
}

bool
wire_change_read(const char *line, size_t len, struct buf *scratch,
    struct wire_change *change)
{
	struct reading rd = { .change = change, .scratch = scratch };
	enum json_token token = JSON_ERROR;
	bool ok, named = false;
	struct json_reader r;

	*change = (struct wire_change){ .line = line, .len = len, .kind = WIRE_UNKNOWN };
	buf_reset(scratch);
	json_reader_init(&r, line, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME)
		ok = read_member(&rd, &r, &named);
	ok = ok && token == JSON_OBJECT_END && json_next(&r) == JSON_END && named;
	json_reader_clear(&r);
	for (size_t m = 0; m < MEMBERS; m++)
		if (members[m].kind == TEXT)
			*text_at(change, members[m].at) =
			    rd.places[m] ? scratch->data + rd.places[m] - 1 : "";
	return ok && is_whole(change);
}

bool
wire_changes_read(const char *text, size_t len,
    bool (*change)(const struct wire_change *change, void *data), void *data)
{
	const char *end = text + len;
	struct buf scratch = { 0 };
	struct wire_change c;
	bool ended = false, ok = true;

	while (ok && text < end) {
		const char *line = text, *stop = memchr(text, '\n', (size_t)(end - text));

		/* A line without its end was cut. */
		ok = !ended && stop &&
		    wire_change_read(line, (size_t)(stop - line), &scratch, &c) &&
		    (!change || change(&c, data));
		ended = ok && c.kind == WIRE_END;
		text = stop ? stop + 1 : end;
	}
	buf_clear(&scratch);
	return ok && ended;
}

/* --- what the collector misses --- */

static bool
read_missing(struct json_reader *r, void (*row)(const char *id, long rev, void *data),
    void *data)
{
	char id[37];
	long rev;

	if (json_next(r) != JSON_STRING || !uuid_valid(r->text))
		return false;
	for (int i = 0; i < 37; i++)
		id[i] = (char)tolower((unsigned char)r->text[i]);
	if (json_next(r) != JSON_NUMBER || !wire_number_read(r->text, &rev) ||
	    json_next(r) != JSON_ARRAY_END)
		return false;
	row(id, rev, data);
	return true;
}

bool
wire_missing_read(const char *text, size_t len,
    void (*row)(const char *id, long rev, void *data), void *data)
{
	bool ok, listed = false;
	enum json_token token = JSON_ERROR;
	struct json_reader r;

	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME) {
		if (strcmp(r.text, "missing") != 0) {
			ok = json_skip(&r, NULL, NULL);
			continue;
		}
		ok = !listed && json_next(&r) == JSON_ARRAY;
		listed = true;
		while (ok && (token = json_next(&r)) != JSON_ARRAY_END)
			ok = token == JSON_ARRAY && read_missing(&r, row, data);
	}
	ok = ok && listed && token == JSON_OBJECT_END && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok;
}
