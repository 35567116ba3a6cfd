/*
 * Search: every word of the query must stand somewhere in a record's text.
 *
 * Texts and words are folded (case, width) and compared byte by byte, so that one
 * hanzi, the end of a phone number or a room finds; days are found however they are typed,
 * names by their initials (sounds.c). It reads through the words table
 * from end to end: 20,000 records are some 10 MB, a few milliseconds, and saving pays
 * nothing for an index. Drafts are few and always changing; their answers are looked
 * through as they stand, as far as they may be seen.
 */
#include "store.h"

#include "form.h"
#include "instance.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
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
		char day[16]; /* the same as answers write it; "": it is no day */
	} words[NEEDLES_MAX];
};

/* A number of at most `digits` digits; NULL when there is none. */
static const char *
read_number(const char *s, size_t digits, int *number)
{
	size_t len = strspn(s, "0123456789");

	if (len == 0 || len > digits)
		return NULL;
	*number = atoi(s);
	return s + len;
}

/* What stands between the parts of a day, in any of the ways it is typed. */
static const char *
read_sign(const char *s, const char *hanzi)
{
	if (*s == '-' || *s == '/' || *s == '.')
		return s + 1;
	return strncmp(s, hanzi, strlen(hanzi)) == 0 ? s + strlen(hanzi) : NULL;
}

/* "11/5", "11月5日", "2026.11.5", "2026年11月": as answers write days. */
static void
write_day(const char *word, char day[16])
{
	int year = 0, month, number;
	const char *at = read_number(word, 4, &month), *next;

	day[0] = '\0';
	if (at && at - word == 4) {
		year = month;
		at = read_sign(at, "年");
		at = at ? read_number(at, 2, &month) : NULL;
	}
	if (!at || month < 1 || month > 12)
		return;
	next = read_sign(at, "月");
	if (year && (!*at || (next && !*next))) {
		snprintf(day, 16, "%04d-%02d", year, month);
		return;
	}
	at = next ? read_number(next, 2, &number) : NULL;
	if (!at || number < 1 || number > 31 ||
	    (*at && strcmp(at, "日") != 0 && strcmp(at, "号") != 0))
		return;
	if (year)
		snprintf(day, 16, "%04d-%02d-%02d", year, month, number);
	else
		snprintf(day, 16, "-%02d-%02d", month, number);
}

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
			write_day(word, needles->words[needles->count].day);
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
	for (size_t i = 0; i < needles->count; i++) {
		const char *day = needles->words[i].day;

		if (!memmem(text, len, needles->words[i].text, needles->words[i].len) &&
		    (!*day || !memmem(text, len, day, strlen(day))))
			return false;
	}
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

/* Appends what may be seen of a draft's answers, folded: of masked ones their end. */
static void
fold_seen(struct instance *in, struct buf *out)
{
	struct buf seen = { 0 };

	for (const struct node *n = instance_root(in); n; n = instance_next(n)) {
		if (n->def->kind != DEF_QUESTION || !n->text[0])
			continue;
		buf_reset(&seen);
		if (n->def->flags & DEF_MASKED)
			buf_str(&seen, text_mask_end(n->text));
		else
			instance_seen(in, n, &seen);
		buf_char(out, '\n');
		text_fold(seen.data, seen.len, out);
	}
	buf_clear(&seen);
}

/* A form that cannot be read says of no answer that it may be seen. */
static void
fold_answers(struct notebook *nb, sqlite3_value **argv, struct buf *out)
{
	const char *json = (const char *)sqlite3_value_text(argv[1]);
	const char *id = (const char *)sqlite3_value_text(argv[2]);
	const char *version = (const char *)sqlite3_value_text(argv[3]);
	const struct form *form =
	    json && id && version ? notebook_form(nb, id, version, NULL) : NULL;
	struct instance *in = form ? instance_new(form) : NULL;

	if (in && instance_from_json(in, json, (size_t)sqlite3_value_bytes(argv[1]), true,
				     NULL))
		fold_seen(in, out);
	instance_free(in);
}

static void
draft_match(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct needles *needles = sqlite3_value_pointer(argv[4], NEEDLES_TYPE);
	const char *title = (const char *)sqlite3_value_text(argv[0]);
	struct buf text = { 0 }, sounds = { 0 };

	(void)argc;
	if (title)
		text_fold(title, strlen(title), &text);
	fold_answers(sqlite3_user_data(context), argv, &text);
	sounds_write(buf_text(&text), text.len, &sounds);
	buf_add(&text, buf_text(&sounds), sounds.len);
	sqlite3_result_int(context, needles && text.len &&
					all_found(needles, text.data, text.len));
	buf_clear(&text);
	buf_clear(&sounds);
}

bool
search_register(struct notebook *nb, struct err *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;

	if (sqlite3_create_function(nb->db, "words_match", 2,
				    flags | SQLITE_DETERMINISTIC, NULL, words_match, NULL,
				    NULL) == SQLITE_OK &&
	    sqlite3_create_function(nb->db, "draft_match", 5, flags, nb, draft_match, NULL,
				    NULL) == SQLITE_OK)
		return true;
	return store_fail(nb, err);
}
