#include "wire.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "json.h"
#include "outbox.h"
#include "uuid.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define GZIP_LEVEL  6
#define GZIP_WINDOW (15 + 16) /* 32 kB, and a gzip header instead of zlib's */
#define GZIP_MEMORY 9
#define STEP        (64u << 10)
#define REV_MAX     1000000000L

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

bool
wire_gzip(const void *data, size_t len, struct buf *out, struct err *err)
{
	z_stream z = { 0 };
	size_t bound;
	int rc;

	if (len > UINT32_MAX / 2 || deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED,
					GZIP_WINDOW, GZIP_MEMORY,
					Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_SYSTEM, _("The records could not be compressed."));
	bound = deflateBound(&z, len);
	buf_reserve(out, bound);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	z.next_out = (Bytef *)out->data + out->len;
	z.avail_out = (uInt)bound;
	rc = deflate(&z, Z_FINISH);
	out->len += bound - z.avail_out;
	out->data[out->len] = '\0';
	deflateEnd(&z);
	if (rc != Z_STREAM_END)
		return err_set(err, ERR_SYSTEM, _("The records could not be compressed."));
	return true;
}

/* Room for STEP more bytes and a NUL; false when there is no memory. */
static bool
room_for_step(struct buf *out)
{
	size_t cap = out->cap ? out->cap : STEP + 1;
	char *data;

	while (cap < out->len + STEP + 1)
		cap *= 2;
	if (cap == out->cap)
		return true;
	data = realloc(out->data, cap);
	if (!data)
		return false;
	out->data = data;
	out->cap = cap;
	return true;
}

static size_t
inflate_ceiling(size_t len, size_t max)
{
	size_t by_ratio = len > max / WIRE_RATIO_MAX ? max : len * WIRE_RATIO_MAX;

	if (by_ratio < WIRE_RATIO_FREE)
		by_ratio = WIRE_RATIO_FREE;
	return by_ratio < max ? by_ratio : max;
}

enum wire_inflate_result
wire_gunzip(const void *data, size_t len, size_t max, struct buf *out)
{
	enum wire_inflate_result result = WIRE_NOT_GZIP;
	size_t ceiling = inflate_ceiling(len, max), total = 0;
	z_stream z = { 0 };
	int rc = Z_OK;

	if (len > UINT32_MAX)
		return WIRE_TOO_LARGE;
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return WIRE_NO_MEMORY;
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	while (rc == Z_OK) {
		size_t got;

		if (!room_for_step(out)) {
			rc = Z_MEM_ERROR;
			break;
		}
		z.next_out = (Bytef *)out->data + out->len;
		z.avail_out = STEP;
		rc = inflate(&z, Z_NO_FLUSH);
		got = STEP - z.avail_out;
		total += got;
		out->len += got;
		out->data[out->len] = '\0';
		if (total > ceiling) {
			result = WIRE_TOO_LARGE;
			goto out;
		}
	}
	if (rc == Z_MEM_ERROR)
		result = WIRE_NO_MEMORY;
	else if (rc == Z_STREAM_END && z.avail_in == 0)
		result = WIRE_INFLATED;
out:
	inflateEnd(&z);
	return result;
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

static bool
read_number(const char *text, long *n)
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
		complain(rd, members[m].name, "is too long");
		return;
	}
	rd->at[m] = rd->scratch->len;
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

	if (!read_number(text, n)) {
		*n = 0;
		complain(rd, members[m].name, "must be a whole number");
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
		complain(rd, "answers", "must be an object");
		return true;
	}
	rd->record->answers = raw;
	rd->record->answers_len = len;
	return true;
}

static bool
take_member(struct reading *rd, struct json_reader *r, enum member m)
{
	static const char *const wanted[] = { "must be a text", "must be a whole number",
		"must be true or false" };
	enum json_token token;

	if (rd->seen & BIT(m))
		complain(rd, members[m].name, "stands twice in the record");
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
			r->problem = "the line is not an object";
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
			complain(rd, members[m].name, "is missing");
}

static void
check_values(struct reading *rd)
{
	struct wire_record *rec = rd->record;
	char hash[17];

	if (!rec->id[0])
		complain(rd, "id", "must be a UUID");
	if (rec->rev < 1)
		complain(rd, "rev", "must be 1 or more");
	if (rec->base >= rec->rev)
		complain(rd, "base", "must be less than rev");
	if (*rec->form && !is_name(rec->form))
		complain(rd, "form", "must be letters, digits and _ - . :");
	if (*rec->at && !is_stamp(rec->at))
		complain(rd, "at", "must be a time (RFC 3339)");
	if (*rec->created && !is_stamp(rec->created))
		complain(rd, "created", "must be a time (RFC 3339)");
	if (*rec->hash && !is_hash(rec->hash))
		complain(rd, "hash", "must be 16 digits of lower-case hex");
	if (*rec->base_hash && !is_hash(rec->base_hash))
		complain(rd, "base_hash", "must be 16 digits of lower-case hex");
	if (rec->withdrawn && rec->answers)
		complain(rd, "answers", "a withdrawal has none");
	if (rec->withdrawn && !*rec->why)
		complain(rd, "why", "must say why");
	if (!rec->withdrawn && !*rec->form)
		complain(rd, "form", "must not be empty");
	if (rd->bad)
		return;
	if (rec->withdrawn)
		hash_short(rec->why, strlen(rec->why), hash);
	else
		hash_short(rec->answers, rec->answers_len, hash);
	if (strcmp(hash, rec->hash) != 0)
		complain(rd, "hash", "does not belong to what was sent");
}

/* A withdrawal that does not name its hash is known by its reason's. */
static void
fill_hash(struct reading *rd)
{
	const char *why = rd->scratch->data + rd->at[WHY];
	char hash[17];

	if (!rd->record->withdrawn || rd->seen & BIT(HASH) || rd->bad)
		return;
	hash_short(why, strlen(why), hash);
	rd->at[HASH] = rd->scratch->len;
	rd->seen |= BIT(HASH);
	buf_add(rd->scratch, hash, sizeof(hash));
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
}

const char *
wire_record_read(const char *line, size_t len, struct buf *scratch,
    struct wire_record *record, struct buf *path, struct buf *message)
{
	struct reading rd = { .record = record, .scratch = scratch, .path = path,
		.message = message };
	struct json_reader r;
	bool well_formed;

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
		buf_str(message, r.problem ? r.problem : "not one JSON object");
	}
	json_reader_clear(&r);
	if (well_formed) {
		check_needed(&rd);
		fill_hash(&rd);
	}
	point_at_texts(&rd);
	if (!well_formed)
		return "json";
	if (len > WIRE_RECORD_MAX) {
		buf_reset(path);
		buf_reset(message);
		buf_fmt(message, "the record is larger than %u kB", WIRE_RECORD_MAX >> 10);
		return "too_big";
	}
	check_values(&rd);
	return rd.bad ? "invalid" : NULL;
}

static bool
read_count(struct json_reader *r, long *n)
{
	return json_next(r) == JSON_NUMBER && read_number(r->text, n);
}

/* Texts of a refusal while its object is read. */
struct refusing {
	struct wire_refusal refusal;
	struct buf texts[4]; /* id, code, path, message */
	long line;
};

static bool
read_refusal_member(struct json_reader *r, struct refusing *f)
{
	static const char *const names[] = { "id", "code", "path", "message" };
	size_t i;

	if (!strcmp(r->text, "line"))
		return read_count(r, &f->line);
	if (!strcmp(r->text, "rev"))
		return read_count(r, &f->refusal.rev);
	for (i = 0; i < 4; i++) {
		if (strcmp(r->text, names[i]) != 0)
			continue;
		if (json_next(r) != JSON_STRING)
			return false;
		buf_reset(&f->texts[i]);
		buf_add(&f->texts[i], r->text, r->text_len);
		return true;
	}
	return json_skip(r, NULL, NULL);
}

static bool
read_refusal(struct json_reader *r, size_t sent, struct refusing *f)
{
	enum json_token token;
	size_t i;

	f->line = 0;
	f->refusal.rev = 0;
	for (i = 0; i < 4; i++)
		buf_reset(&f->texts[i]);
	while ((token = json_next(r)) == JSON_NAME)
		if (!read_refusal_member(r, f))
			return false;
	if (token != JSON_OBJECT_END || f->line < 1 || (size_t)f->line > sent ||
	    !f->texts[1].len)
		return false;
	f->refusal.line = (size_t)f->line - 1;
	f->refusal.id = buf_text(&f->texts[0]);
	f->refusal.code = buf_text(&f->texts[1]);
	f->refusal.path = buf_text(&f->texts[2]);
	f->refusal.message = buf_text(&f->texts[3]);
	return true;
}

static bool
read_refusals(struct json_reader *r, size_t sent, long *count,
    void (*refusal)(const struct wire_refusal *refusal, void *data), void *data)
{
	struct refusing f = { 0 };
	enum json_token token;
	bool ok = json_next(r) == JSON_ARRAY;
	size_t i;

	while (ok && (token = json_next(r)) != JSON_ARRAY_END) {
		ok = token == JSON_OBJECT && read_refusal(r, sent, &f);
		if (ok) {
			refusal(&f.refusal, data);
			++*count;
		}
	}
	for (i = 0; i < 4; i++)
		buf_clear(&f.texts[i]);
	return ok;
}

bool
wire_answer_read(const char *text, size_t len, size_t sent,
    void (*refusal)(const struct wire_refusal *refusal, void *data), void *data)
{
	long n = -1, fresh = -1, same = -1, bad = 0;
	enum json_token token;
	struct json_reader r;
	bool ok, listed = false;

	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) != JSON_OBJECT_END) {
		if (token != JSON_NAME)
			ok = false;
		else if (!strcmp(r.text, "n"))
			ok = read_count(&r, &n);
		else if (!strcmp(r.text, "new"))
			ok = read_count(&r, &fresh);
		else if (!strcmp(r.text, "same"))
			ok = read_count(&r, &same);
		else if (!strcmp(r.text, "bad"))
			ok = !listed && read_refusals(&r, sent, &bad, refusal, data),
			listed = true;
		else
			ok = json_skip(&r, NULL, NULL);
	}
	ok = ok && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok && listed && n == (long)sent && fresh >= 0 && same >= 0 &&
	    fresh + same + bad == n;
}

void
wire_limits_read(const char *text, size_t len, struct wire_limits *limits)
{
	const struct {
		const char *name;
		long *limit;
	} known[] = { { "max_bytes", &limits->max_bytes },
		{ "max_inflated", &limits->max_inflated },
		{ "max_records", &limits->max_records } };
	struct json_reader r;
	size_t i;

	json_reader_init(&r, text, len);
	if (json_next(&r) == JSON_OBJECT)
		while (json_next(&r) == JSON_NAME) {
			long n = 0;

			for (i = 0; i < 3 && strcmp(r.text, known[i].name) != 0; i++)
				;
			if (i == 3) {
				if (!json_skip(&r, NULL, NULL))
					break;
			} else if (read_count(&r, &n) && n > 0 && n < *known[i].limit) {
				*known[i].limit = n;
			}
		}
	json_reader_clear(&r);
}
