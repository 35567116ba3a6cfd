/*
 * Sounds: behind a record's words stand the initials of the short ones, so that "wsf"
 * finds 王淑芳 by the same look through the text as everything else.
 *
 * A hanzi with several readings gives several spellings, as long as they are few. Long
 * texts give none: nobody looks for a sentence by its initials, and they would find
 * everything.
 */
#include "store.h"

#include "pinyin.h"
#include "text.h"

#include <string.h>

#define LINE_MAX_CHARS 24 /* of an answer: names, places, choices */
#define SPELLINGS_MAX  8
#define READINGS_MAX   6

/* A change of what is written here needs the next number: every notebook's words are
 * then gone through once, at its next opening. */
#define SOUNDS_VERSION  "1"
#define SETTING_VERSION "search.sounds"

struct spellings {
	char texts[SPELLINGS_MAX][LINE_MAX_CHARS + 1];
	size_t count, len;
};

/* The first letters of a hanzi's readings, each once. */
static size_t
initials_of(int32_t code, char letters[READINGS_MAX])
{
	const char *readings[READINGS_MAX];
	size_t count = pinyin_readings(code, readings, READINGS_MAX), kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!memchr(letters, readings[i][0], kept))
			letters[kept++] = readings[i][0];
	return kept;
}

/* Every spelling so far with each of the letters behind it. */
static void
spell(struct spellings *s, const char *letters, size_t count)
{
	size_t before = s->count;

	for (size_t i = 1; i < count && before * (i + 1) <= SPELLINGS_MAX; i++)
		for (size_t j = 0; j < before; j++) {
			memcpy(s->texts[s->count], s->texts[j], s->len);
			s->texts[s->count++][s->len] = letters[i];
		}
	for (size_t j = 0; j < before; j++)
		s->texts[j][s->len] = letters[0];
	s->len++;
}

static void
write_run(struct spellings *s, struct buf *out)
{
	for (size_t i = 0; s->len > 1 && i < s->count; i++) {
		buf_char(out, '\n');
		buf_add(out, s->texts[i], s->len);
	}
	*s = (struct spellings){ .count = 1 };
}

/* Each run of hanzi of a line, if the line is short. */
static void
write_line(const char *line, size_t len, struct buf *out)
{
	struct spellings s = { .count = 1 };

	if (len > LINE_MAX_CHARS * 4 || text_count(line, len) > LINE_MAX_CHARS)
		return;
	for (size_t at = 0, n; at < len; at += n) {
		char letters[READINGS_MAX];
		int32_t code;
		size_t count;

		n = text_decode(line + at, len - at, &code);
		count = code >= 0x80 ? initials_of(code, letters) : 0;
		if (count)
			spell(&s, letters, count);
		else
			write_run(&s, out);
	}
	write_run(&s, out);
}

void
sounds_write(const char *text, size_t len, struct buf *out)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t line = (size_t)((stop ? stop : end) - text);

		write_line(text, line, out);
		text += line + 1;
	}
}

static void
with_sounds(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	size_t len = (size_t)sqlite3_value_bytes(argv[0]);
	struct buf out = { 0 };

	(void)argc;
	if (text) {
		buf_add(&out, text, len);
		sounds_write(text, len, &out);
	}
	sqlite3_result_text(context, buf_text(&out), (int)out.len, SQLITE_TRANSIENT);
	buf_clear(&out);
}

bool
sounds_begin(struct notebook *nb, struct err *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	struct buf version = { 0 };
	bool ok = notebook_get(nb, SETTING_VERSION, &version, err);
	bool same = strcmp(buf_text(&version), SOUNDS_VERSION) == 0;

	buf_clear(&version);
	if (!ok || same)
		return ok;
	if (sqlite3_create_function(nb->db, "with_sounds", 1, flags, NULL, with_sounds,
				    NULL, NULL) != SQLITE_OK)
		return store_fail(nb, err);
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb,
			 store_exec(nb, "UPDATE words SET text = with_sounds(text)", err) &&
			     notebook_set(nb, SETTING_VERSION, SOUNDS_VERSION, err),
			 err);
}
