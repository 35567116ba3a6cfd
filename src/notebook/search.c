/*
 * Search: every word of the query must stand somewhere in a record's text.
 *
 * Texts and words are folded (case, width) and compared byte by byte, so that one
 * hanzi, the end of a phone number or a room finds. It reads through the words table
 * from end to end: 20,000 records are some 10 MB, a few milliseconds, and saving pays
 * nothing for an index. Drafts are few and always changing; their answers are looked
 * through as they are.
 */
#include "store.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define NEEDLES_MAX  16
#define NEEDLES_TYPE "needles" /* what sqlite3_value_pointer() asks for */

struct needles {
	struct buf folded; /* the words, NUL after each */
	size_t count;
	struct {
		const char *text;
		size_t len;
	} words[NEEDLES_MAX];
};

struct needles *
needles_new(const char *query)
{
	struct needles *needles = mem_alloc(sizeof(*needles));
	char *word, *rest;

	text_fold(query, strlen(query), &needles->folded);
	rest = needles->folded.data;
	while (rest && (word = strsep(&rest, " \t\r\n")))
		if (*word && needles->count < NEEDLES_MAX) {
			needles->words[needles->count].text = word;
			needles->words[needles->count++].len = strlen(word);
		}
	if (needles->count > 0)
		return needles;
	needles_free(needles);
	return NULL;
}

void
needles_free(struct needles *needles)
{
	if (!needles)
		return;
	buf_clear(&needles->folded);
	free(needles);
}

void
needles_bind(sqlite3_stmt *stmt, int index, struct needles *needles)
{
	sqlite3_bind_pointer(stmt, index, needles, NEEDLES_TYPE, NULL);
}

static bool
all_found(const struct needles *needles, const char *text, size_t len)
{
	for (size_t i = 0; i < needles->count; i++)
		if (!memmem(text, len, needles->words[i].text, needles->words[i].len))
			return false;
	return true;
}

static void
words_match(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct needles *needles = sqlite3_value_pointer(argv[1], NEEDLES_TYPE);
	/* As a blob: a text would be copied to get its NUL. */
	const char *text = sqlite3_value_blob(argv[0]);
	size_t len = (size_t)sqlite3_value_bytes(argv[0]);

	(void)argc;
	sqlite3_result_int(context, needles && text && all_found(needles, text, len));
}

/* Appends a draft's answers, folded, without the names of the fields. */
static void
fold_answers(const char *json, size_t len, struct buf *out)
{
	struct json_reader reader;
	enum json_token token;

	json_reader_init(&reader, json, len);
	while ((token = json_next(&reader)) != JSON_END && token != JSON_ERROR)
		if (token == JSON_STRING || token == JSON_NUMBER) {
			buf_char(out, '\n');
			text_fold(reader.text, reader.text_len, out);
		}
	json_reader_clear(&reader);
}

static void
draft_match(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct needles *needles = sqlite3_value_pointer(argv[2], NEEDLES_TYPE);
	const char *title = (const char *)sqlite3_value_text(argv[0]);
	const char *answers = (const char *)sqlite3_value_text(argv[1]);
	struct buf text = { 0 };

	(void)argc;
	if (title)
		text_fold(title, strlen(title), &text);
	if (answers)
		fold_answers(answers, (size_t)sqlite3_value_bytes(argv[1]), &text);
	sqlite3_result_int(context, needles && text.len &&
					all_found(needles, text.data, text.len));
	buf_clear(&text);
}

bool
search_register(struct notebook *nb, struct err *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

	if (sqlite3_create_function(nb->db, "words_match", 2, flags, NULL, words_match,
				    NULL, NULL) == SQLITE_OK &&
	    sqlite3_create_function(nb->db, "draft_match", 3, flags, NULL, draft_match,
				    NULL, NULL) == SQLITE_OK)
		return true;
	return store_fail(nb, err);
}
