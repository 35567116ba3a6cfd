#include "wire.h"

#include "buf.h"
#include "clock.h"
#include "hash.h"
#include "i18n.h"
#include "json.h"
#include "outbox.h"
#include "uuid.h"
#include "wire_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define REV_MAX 1000000000L
/* Longer by what a line of the feed says besides. */
#define DOWN_MAX (WIRE_RECORD_MAX + 4096)

_Static_assert(JSON_DEPTH_MAX == WIRE_DEPTH_MAX, "the reader keeps the wire's limit");

static void
member_unless_empty(struct json_writer *w, const char *name, const char *value)
{
	if (value && *value)
		json_member(w, name, value);
}

/* What changes from record to record stands at the two ends, so that gzip finds one
 * long repeat in between. */
void
wire_record_write(const struct outbox_item *item, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object(&w);
	json_member(&w, "id", item->id);
	json_member_integer(&w, "rev", item->rev);
	json_member_integer(&w, "base", item->base);
	json_member(&w, "form", item->form);
	json_member(&w, "version", item->version);
	json_member(&w, "user", item->user);
	member_unless_empty(&w, "station", item->station);
	member_unless_empty(&w, "device", item->device);
	member_unless_empty(&w, "created", item->created);
	json_member(&w, "at", item->at);
	json_member(&w, "hash", item->hash);
	if (item->answers) {
		json_name(&w, "answers");
		json_raw(&w, item->answers, item->answers_len);
	} else {
		json_name(&w, "withdrawn");
		json_bool(&w, true);
		json_member(&w, "why", item->why ? item->why : "");
	}
	json_object_end(&w);
	buf_char(out, '\n');
}

/* What a line may say. Members that are not here are passed over. */
enum member {
	ID,
	REV,
	BASE,
	FORM,
	FORM_VERSION,
	USER,
	STATION,
	DEVICE,
	CREATED,
	AT,
	HASH,
	BASE_HASH,
	ANSWERS,
	WITHDRAWN,
	WHY,
	KIND,
	MEMBERS
};

enum kind { TEXT, NUMBER, FLAG, TREE };

/* clang-format off */
static const struct {
	const char *name;
	enum kind kind;
	size_t max; /* bytes of a text */
} members[MEMBERS] = {
	[ID]           = { "id",        TEXT,   36 },
	[REV]          = { "rev",       NUMBER, 0 },
	[BASE]         = { "base",      NUMBER, 0 },
	[FORM]         = { "form",      TEXT,   64 },
	[FORM_VERSION] = { "version",   TEXT,   64 },
	[USER]         = { "user",      TEXT,   128 },
	[STATION]      = { "station",   TEXT,   128 },
	[DEVICE]       = { "device",    TEXT,   128 },
	[CREATED]      = { "created",   TEXT,   40 },
	[AT]           = { "at",        TEXT,   40 },
	[HASH]         = { "hash",      TEXT,   16 },
	[BASE_HASH]    = { "base_hash", TEXT,   16 },
	[ANSWERS]      = { "answers",   TREE,   0 },
	[WITHDRAWN]    = { "withdrawn", FLAG,   0 },
	[WHY]          = { "why",       TEXT,   4000 },
	[KIND]         = { "kind",      TEXT,   WIRE_KIND_SIZE - 1 },
};
/* clang-format on */

#define BIT(m) (1u << (m))
#define NEEDED (BIT(ID) | BIT(REV))
#define NEEDED_ANSWERS \
	(BIT(FORM) | BIT(FORM_VERSION) | BIT(USER) | BIT(AT) | BIT(HASH) | BIT(ANSWERS))

/* One line on its way into a struct wire_record. */
struct reading {
	struct wire_record *record;
	struct buf *scratch, *path, *message;
	size_t at[MEMBERS]; /* where a text stands in scratch */
	unsigned seen;      /* bits of enum member */
	unsigned kept;      /* of texts that stand in scratch */
	bool bad;           /* path and message say why */
};

/* Keeps the first thing that is wrong. */
static void
complain(struct reading *rd, const char *path, const char *message)
{
	if (rd->bad)
		return;
	rd->bad = true;
	buf_str(rd->path, path);
	buf_str(rd->message, message);
}

static enum member
member_find(const char *name)
{
	enum member m;

	for (m = 0; m < MEMBERS; m++)
		if (!strcmp(members[m].name, name))
			break;
	return m;
}

bool
wire_number_read(const char *text, long *n)
{
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 10 || text[len])
		return false;
	*n = strtol(text, NULL, 10);
	return *n <= REV_MAX;
}

static void
take_text(struct reading *rd, enum member m, const char *text, size_t len)
{
	size_t i;

	if (len > members[m].max) {
		complain(rd, members[m].name, N_("is too long"));
		return;
	}
	rd->at[m] = rd->scratch->len;
	rd->kept |= BIT(m);
	buf_add(rd->scratch, text, len + 1);
	if (m != ID || !uuid_valid(text))
		return;
	for (i = 0; i < 36; i++)
		rd->record->id[i] = (char)tolower((unsigned char)text[i]);
}

static void
take_number(struct reading *rd, enum member m, const char *text)
{
	long *n = m == REV ? &rd->record->rev : &rd->record->base;

	if (!wire_number_read(text, n)) {
		*n = 0;
		complain(rd, members[m].name, N_("must be a whole number"));
	}
}

/* The value of a member that we know; false when the JSON is broken. */
static bool
take_tree(struct reading *rd, struct json_reader *r)
{
	const char *raw;
	size_t len;

	/* The reader stands after the name, so skipping goes past the value. */
	if (!json_skip(r, &raw, &len))
		return false;
	if (len == 0 || raw[0] != '{') {
		complain(rd, "answers", N_("must be an object"));
		return true;
	}
	rd->record->answers = raw;
	rd->record->answers_len = len;
	return true;
}

static bool
take_member(struct reading *rd, struct json_reader *r, enum member m)
{
	static const char *const wanted[] = { N_("must be a text"),
		N_("must be a whole number"), N_("must be true or false") };
	enum json_token token;

	if (rd->seen & BIT(m))
		complain(rd, members[m].name, N_("stands twice in the record"));
	rd->seen |= BIT(m);
	if (members[m].kind == TREE)
		return take_tree(rd, r);
	token = json_next(r);
	if (token == JSON_ERROR)
		return false;
	if (token == JSON_STRING && members[m].kind == TEXT)
		take_text(rd, m, r->text, r->text_len);
	else if (token == JSON_NUMBER && members[m].kind == NUMBER)
		take_number(rd, m, r->text);
	else if (token == JSON_TRUE && members[m].kind == FLAG)
		rd->record->withdrawn = true;
	else if (token != JSON_FALSE || members[m].kind != FLAG)
		complain(rd, members[m].name, wanted[members[m].kind]);
	if (token == JSON_OBJECT || token == JSON_ARRAY)
		return json_skip(r, NULL, NULL);
	return true;
}

static bool
take_members(struct reading *rd, struct json_reader *r)
{
	enum json_token token = json_next(r);

	if (token != JSON_OBJECT) {
		if (token != JSON_ERROR)
			r->problem = N_("the line is not an object");
		return false;
	}
	while ((token = json_next(r)) == JSON_NAME) {
		enum member m = member_find(r->text);

		if (m == MEMBERS ? !json_skip(r, NULL, NULL) : !take_member(rd, r, m))
			return false;
	}
	return token == JSON_OBJECT_END && json_next(r) == JSON_END;
}

static const char *
text_of(const struct reading *rd, enum member m)
{
	return rd->seen & BIT(m) && !rd->bad ? rd->scratch->data + rd->at[m] : "";
}

static bool
is_hash(const char *text)
{
	return strspn(text, "0123456789abcdef") == 16 && text[16] == '\0';
}

static bool
is_name(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		if (!isalnum(*p) && !strchr("_-.:", *p))
			return false;
	return p != (const unsigned char *)text;
}

static bool
is_stamp(const char *text)
{
	int64_t ms;
	int offset;

	return clock_parse(text, &ms, &offset);
}

/* Every member that the record must have, by its kind. */
static void
check_needed(struct reading *rd)
{
	unsigned needed = rd->record->withdrawn ? BIT(WHY) : NEEDED_ANSWERS;
	enum member m;

	for (m = 0; m < MEMBERS; m++)
		if ((NEEDED | needed) & ~rd->seen & BIT(m))
			complain(rd, members[m].name, N_("is missing"));
}

static void
check_values(struct reading *rd)
{
	struct wire_record *rec = rd->record;
	char hash[17];

	if (!rec->id[0])
		complain(rd, "id", N_("must be a UUID"));
	if (rec->rev < 1)
		complain(rd, "rev", N_("must be 1 or more"));
	if (rec->base >= rec->rev)
		complain(rd, "base", N_("must be less than rev"));
	if (*rec->form && !is_name(rec->form))
		complain(rd, "form", N_("must be letters, digits and _ - . :"));
	if (*rec->at && !is_stamp(rec->at))
		complain(rd, "at", N_("must be a time (RFC 3339)"));
	if (*rec->created && !is_stamp(rec->created))
		complain(rd, "created", N_("must be a time (RFC 3339)"));
	if (*rec->hash && !is_hash(rec->hash))
		complain(rd, "hash", N_("must be 16 digits of lower-case hex"));
	if (*rec->base_hash && !is_hash(rec->base_hash))
		complain(rd, "base_hash", N_("must be 16 digits of lower-case hex"));
	if (rec->withdrawn && rec->answers)
		complain(rd, "answers", N_("a withdrawal has none"));
	if (rec->withdrawn && !*rec->why)
		complain(rd, "why", N_("must say why"));
	if (!rec->withdrawn && !*rec->form)
		complain(rd, "form", N_("must not be empty"));
	if (rd->bad)
		return;
	if (rec->withdrawn)
		hash_short(rec->why, strlen(rec->why), hash);
	else
		hash_short(rec->answers, rec->answers_len, hash);
	if (strcmp(hash, rec->hash) != 0)
		complain(rd, "hash", N_("does not belong to what was sent"));
}

/* A withdrawal that does not name its hash is known by its reason's. */
static void
fill_hash(struct reading *rd)
{
	const char *why;
	char hash[17];

	if (!rd->record->withdrawn || rd->seen & BIT(HASH) || rd->bad)
		return;
	why = rd->scratch->data + rd->at[WHY];
	hash_short(why, strlen(why), hash);
	rd->at[HASH] = rd->scratch->len;
	rd->seen |= BIT(HASH);
	buf_add(rd->scratch, hash, sizeof(hash));
}

/* Of a line that is no record only the kind is read: what its members mean is not known
 * here. */
static bool
is_other(struct reading *rd)
{
	const char *kind = rd->kept & BIT(KIND) ? rd->scratch->data + rd->at[KIND] : "";

	if (!is_name(kind) || !strcmp(kind, "record"))
		return false;
	*rd->record = (struct wire_record){ .kind = kind };
	rd->bad = true; /* nothing else is lent */
	buf_reset(rd->path);
	buf_reset(rd->message);
	return true;
}

/* Texts are pointed at only now: scratch may have moved while it grew. */
static void
point_at_texts(struct reading *rd)
{
	struct wire_record *rec = rd->record;

	rec->form = text_of(rd, FORM);
	rec->version = text_of(rd, FORM_VERSION);
	rec->user = text_of(rd, USER);
	rec->station = text_of(rd, STATION);
	rec->device = text_of(rd, DEVICE);
	rec->at = text_of(rd, AT);
	rec->created = text_of(rd, CREATED);
	rec->hash = text_of(rd, HASH);
	rec->base_hash = text_of(rd, BASE_HASH);
	rec->why = text_of(rd, WHY);
	if (!rec->kind)
		rec->kind = "";
}

static const char *
read_record(const char *line, size_t len, size_t max, struct buf *scratch,
    struct wire_record *record, struct buf *path, struct buf *message)
{
	struct reading rd = { .record = record, .scratch = scratch, .path = path,
		.message = message };
	struct json_reader r;
	bool well_formed, other = false;

	*record = (struct wire_record){ 0 };
	buf_reset(scratch);
	buf_reset(path);
	buf_reset(message);
	json_reader_init(&r, line, len);
	well_formed = take_members(&rd, &r);
	if (!well_formed) {
		buf_reset(path);
		buf_reset(message);
		rd.bad = true;
		buf_str(message, r.problem ? r.problem : N_("not one JSON object"));
	}
	json_reader_clear(&r);
	if (well_formed)
		other = is_other(&rd);
	if (well_formed && !other) {
		check_needed(&rd);
		fill_hash(&rd);
	}
	point_at_texts(&rd);
	if (!well_formed)
		return "json";
	if (len > max) {
		buf_reset(path);
		buf_reset(message);
		buf_fmt(message, "the record is larger than %u kB", WIRE_RECORD_MAX >> 10);
		return "too_big";
	}
	if (other)
		return NULL;
	check_values(&rd);
	return rd.bad ? "invalid" : NULL;
}

const char *
wire_record_read(const char *line, size_t len, struct buf *scratch,
    struct wire_record *record, struct buf *path, struct buf *message)
{
	return read_record(line, len, WIRE_RECORD_MAX, scratch, record, path, message);
}

bool
wire_record_read_down(const char *line, size_t len, struct buf *scratch,
    struct wire_record *record)
{
	struct buf path = { 0 }, message = { 0 };
	bool good = !read_record(line, len, DOWN_MAX, scratch, record, &path, &message);

	buf_clear(&path);
	buf_clear(&message);
	return good;
}
