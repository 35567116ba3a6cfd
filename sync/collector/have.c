#include "have.h"

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "uuid.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct asked {
	char id[UUID_SIZE];
	long rev;
	bool here;
};

struct question {
	struct asked *asked;
	const char **ids;
	size_t count;
};

/* ["id",rev], its beginning read. */
static bool
read_pair(struct json_reader *r, struct question *q)
{
	struct asked *a = &q->asked[q->count];
	char *end;

	if (q->count == HAVE_MAX || json_next(r) != JSON_STRING || !uuid_valid(r->text))
		return false;
	for (size_t i = 0; i < UUID_SIZE; i++)
		a->id[i] = (char)tolower((unsigned char)r->text[i]);
	if (json_next(r) != JSON_NUMBER)
		return false;
	a->rev = strtol(r->text, &end, 10);
	if (*end || json_next(r) != JSON_ARRAY_END)
		return false;
	q->ids[q->count++] = a->id;
	return true;
}

static bool
read_pairs(struct json_reader *r, struct question *q)
{
	enum json_token t;

	if (json_next(r) != JSON_ARRAY)
		return false;
	while ((t = json_next(r)) == JSON_ARRAY)
		if (!read_pair(r, q))
			return false;
	return t == JSON_ARRAY_END;
}

static bool
read_question(const char *body, size_t len, struct question *q)
{
	enum json_token t = JSON_ERROR;
	struct json_reader r;
	bool ok, asked = false;

	json_reader_init(&r, body, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (t = json_next(&r)) == JSON_NAME) {
		bool ids = !asked && !strcmp(r.text, "ids");

		ok = ids ? read_pairs(&r, q) : json_skip(&r, NULL, NULL);
		asked |= ids;
	}
	ok = ok && t == JSON_OBJECT_END && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	return ok && asked;
}

static void
mark(const struct db_known *known, void *data)
{
	struct question *q = data;

	if (q->asked[known->record].rev == known->rev)
		q->asked[known->record].here = true;
}

static void
write_missing(const struct question *q, struct buf *answer)
{
	struct json_writer w;

	json_writer_init(&w, answer);
	json_object(&w);
	json_name(&w, "missing");
	json_array(&w);
	for (size_t i = 0; i < q->count; i++) {
		if (q->asked[i].here)
			continue;
		json_array(&w);
		json_string(&w, q->asked[i].id);
		json_integer(&w, q->asked[i].rev);
		json_array_end(&w);
	}
	json_array_end(&w);
	json_object_end(&w);
}

enum have_result
have_run(const struct db_ops *ops, struct db *db, const char *body, size_t len,
    struct buf *answer, struct err *err)
{
	struct question q = { .asked = mem_alloc(HAVE_MAX * sizeof(*q.asked)),
		.ids = mem_alloc(HAVE_MAX * sizeof(*q.ids)) };
	enum have_result result = HAVE_MALFORMED;

	if (read_question(body, len, &q)) {
		enum db_result found = ops->known(db, q.ids, q.count, mark, &q, err);

		result = found == DB_OK ? HAVE_OK
		    : found == DB_BUSY  ? HAVE_BUSY
					: HAVE_FAILED;
	}
	if (result == HAVE_OK)
		write_missing(&q, answer);
	free(q.asked);
	free(q.ids);
	return result;
}
