#include "log_piece.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

void
log_piece_clear(struct log_piece *p)
{
	buf_clear(&p->device);
	buf_clear(&p->user);
	buf_clear(&p->base_hash);
	buf_clear(&p->hash);
}

static bool
read_member(struct json_reader *r, struct log_piece *p)
{
	const struct {
		const char *name;
		struct buf *text;
	} texts[] = { { "device", &p->device }, { "user", &p->user },
		{ "base_hash", &p->base_hash }, { "hash", &p->hash } };

	if (!strcmp(r->text, "entries"))
		return json_skip(r, &p->entries, &p->entries_len);
	if (!strcmp(r->text, "base")) {
		if (json_next(r) != JSON_NUMBER)
			return false;
		p->base = strtol(r->text, NULL, 10);
		return p->base >= 0;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (strcmp(r->text, texts[i].name) != 0)
			continue;
		if (json_next(r) != JSON_STRING)
			return false;
		buf_reset(texts[i].text);
		buf_add(texts[i].text, r->text, r->text_len);
		return true;
	}
	return json_skip(r, NULL, NULL);
}

bool
log_piece_read(const char *line, size_t len, struct log_piece *p)
{
	struct json_reader r;
	enum json_token token = JSON_ERROR;
	bool good;

	json_reader_init(&r, line, len);
	good = json_next(&r) == JSON_OBJECT;
	while (good && (token = json_next(&r)) == JSON_NAME)
		good = read_member(&r, p);
	json_reader_clear(&r);
	return good && token == JSON_OBJECT_END && p->device.len && p->entries;
}

bool
log_piece_end(const struct log_piece *p, long *number)
{
	struct json_reader r;
	bool good;

	*number = p->base;
	json_reader_init(&r, p->entries, p->entries_len);
	good = json_next(&r) == JSON_ARRAY;
	while (good && json_next(&r) == JSON_ARRAY && (good = json_skip(&r, NULL, NULL)))
		++*number;
	json_reader_clear(&r);
	return good;
}
