/*
 * What a notebook's receipt says was accepted, held against what is here: the digest is
 * computed anew, from the collector's own hashes.
 */
#include "commands.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "mem.h"
#include "uuid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE  500 /* lines that are looked up together */
#define MISSED   20  /* named; the rest is only counted */
#define LINE_MAX 65536

struct named {
	char id[UUID_SIZE];
	long rev;
	char hash[17]; /* as the receipt has it */
	char here[17]; /* as it is here; "" when it is not */
};

struct check {
	struct db *db;
	struct named *lines; /* AT_ONCE of them */
	size_t count;
	long all, missing, accepted; /* accepted: as the receipt says */
	char digest[HASH_HEX_SIZE];  /* the receipt's */
	struct hash_sum sum;         /* of what is here */
};

static bool
read_head(struct check *check, const char *text, size_t len)
{
	struct json_reader r;
	enum json_token token;
	bool ok;

	check->accepted = -1;
	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) != JSON_OBJECT_END) {
		if (token != JSON_NAME)
			ok = false;
		else if (!strcmp(r.text, "digest"))
			ok = json_next(&r) == JSON_STRING &&
			     snprintf(check->digest, sizeof(check->digest), "%s",
				 r.text) == HASH_HEX_SIZE - 1;
		else if (!strcmp(r.text, "accepted"))
			ok = json_next(&r) == JSON_NUMBER &&
			     (check->accepted = strtol(r.text, NULL, 10)) >= 0;
		else
			ok = json_skip(&r, NULL, NULL);
	}
	json_reader_clear(&r);
	return ok && check->accepted >= 0 && *check->digest;
}

static bool
read_named(const char *line, struct named *n)
{
	int used = 0;

	*n = (struct named){ 0 };
	return sscanf(line, "%36s %9ld %16s%n", n->id, &n->rev, n->hash, &used) == 3 &&
	       line[used + (int)strspn(line + used, "\r\n")] == '\0' &&
	       uuid_valid(n->id);
}

static void
take_known(const struct db_known *known, void *data)
{
	struct check *check = data;
	struct named *n = &check->lines[known->record];

	if (known->rev == n->rev)
		snprintf(n->here, sizeof(n->here), "%s", known->hash);
}

static enum db_result
look_up(struct check *check, struct err *err)
{
	const char *ids[AT_ONCE];
	enum db_result result;
	size_t i;

	for (i = 0; i < check->count; i++)
		ids[i] = check->lines[i].id;
	result =
	    store_ops()->known(check->db, ids, check->count, take_known, check, err);
	for (i = 0; result == DB_OK && i < check->count; i++) {
		const struct named *n = &check->lines[i];
		struct buf line = { 0 };

		check->all++;
		if (strcmp(n->hash, n->here) != 0 && check->missing++ < MISSED)
			printf(
			    *n->here
				? _("%s, revision %ld, is here with other answers.\n")
				: _("%s, revision %ld, is not here.\n"),
			    n->id, n->rev);
		if (!*n->here)
			continue;
		buf_fmt(&line, "%s %ld %s\n", n->id, n->rev, n->here);
		hash_sum_add(&check->sum, line.data, line.len);
		buf_clear(&line);
	}
	check->count = 0;
	return result;
}

/* The receipt's lines, some hundred at a time. */
static int
read_lines(struct check *check, FILE *in, const char *path, struct err *err)
{
	char line[LINE_MAX];
	enum db_result result = DB_OK;

	if (!fgets(line, sizeof(line), in) || !read_head(check, line, strlen(line))) {
		err_set(err, ERR_INPUT,
		    _("%s is no receipt: give a file that \"minqing receipt\" wrote."),
		    path);
		return USAGE;
	}
	while (result == DB_OK && fgets(line, sizeof(line), in)) {
		if (!read_named(line, &check->lines[check->count])) {
			err_set(err, ERR_INPUT,
			    _("%s, line %ld: not understood. Let the notebook write the "
			      "receipt once more: minqing receipt"),
			    path, check->all + (long)check->count + 2);
			return USAGE;
		}
		if (++check->count == AT_ONCE)
			result = look_up(check, err);
	}
	if (result == DB_OK)
		result = look_up(check, err);
	return exit_of(result);
}

static int
say_result(struct check *check)
{
	unsigned char digest[HASH_SIZE];
	char hex[HASH_HEX_SIZE];
	bool same;

	hash_sum_end(&check->sum, digest);
	hash_hex(digest, sizeof(digest), hex);
	same = !strcmp(hex, check->digest);
	printf(_("%ld of %ld are here; the receipt says %ld.\n"),
	    check->all - check->missing, check->all, check->accepted);
	printf("%s\n%s\n", hex,
	    same ? _("The digest is the receipt's.")
		 : _("The receipt's digest is another one."));
	return same && !check->missing && check->all == check->accepted ? DONE : WRONG;
}

int
cmd_receipt(const struct words *words, struct err *err)
{
	struct check check = { 0 };
	FILE *in = fopen(words->names[0], "re");
	int code = SYSTEM;

	if (!in) {
		err_set(err, ERR_SYSTEM,
		    _("%s cannot be opened: %s. Check the name, and that you may "
		      "read it."),
		    words->names[0], strerror(errno));
		return SYSTEM;
	}
	hash_sum_begin(&check.sum);
	check.lines = mem_alloc(AT_ONCE * sizeof(*check.lines));
	check.db = store_open(words, DB_READ, err);
	if (check.db)
		code = read_lines(&check, in, words->names[0], err);
	if (code == DONE)
		code = say_result(&check);
	store_ops()->close(check.db);
	free(check.lines);
	fclose(in);
	return code;
}
