/*
 * audit_command - the logs of the notebooks, as far as they have come, and whether each
 * is one unbroken chain
 *
 * A notebook sends its log in pieces that may overlap, since a lost answer makes it send
 * one again, cut anew. An entry that comes twice must be the same entry.
 */
#include "commands.h"

#include "buf.h"
#include "chain.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "log_piece.h"
#include "mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One notebook's log so far. */
struct log {
	char device[DB_WORDS_SIZE], user[DB_WORDS_SIZE];
	char (*links)[CHAIN_SIZE]; /* links[n]: of entry n; links[0] the root */
	size_t count, cap;
	bool broken;
};

struct logs {
	struct log *logs;
	size_t count, cap;
	const char *user; /* only this worker's; or NULL */
	bool json;
	long problems;
};

static const char two_entries[] =
    N_("two different entries have the number %ld: look at this laptop, and whether an "
       "older copy of its notebook was put back");

static struct log *
log_of(struct logs *all, const struct log_piece *p)
{
	struct log *log;

	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->logs[i].device, p->device.data))
			return &all->logs[i];
	all->logs = mem_grow(all->logs, &all->cap, all->count + 1, sizeof(*all->logs));
	log = &all->logs[all->count++];
	*log = (struct log){ 0 };
	snprintf(log->device, sizeof(log->device), "%s", p->device.data);
	snprintf(log->user, sizeof(log->user), "%s", buf_text(&p->user));
	log->links = mem_grow(NULL, &log->cap, 1, sizeof(*log->links));
	chain_root(log->device, log->links[0]);
	log->count = 1;
	return log;
}

static void __attribute__((format(printf, 3, 4)))
complain(struct logs *all, struct log *log, const char *what, ...)
{
	va_list ap;

	all->problems++;
	log->broken = true;
	fprintf(stderr, "%s (%s): ", log->user, log->device);
	va_start(ap, what);
	vfprintf(stderr, what, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* The texts of an entry: at, who, what, about. */
static bool
read_entry(const char *text, size_t len, struct buf fields[4])
{
	struct json_reader r;
	bool good;

	json_reader_init(&r, text, len);
	good = json_next(&r) == JSON_ARRAY;
	for (int i = 0; i < 4 && good; i++) {
		good = json_next(&r) == JSON_STRING;
		buf_reset(&fields[i]);
		if (good)
			buf_add(&fields[i], r.text, r.text_len);
	}
	json_reader_clear(&r);
	return good;
}

static void
print_entry(const struct logs *all, const struct log *log, long number,
    const char *text, size_t len)
{
	static const char *const names[4] = { "at", "who", "what", "about" };
	struct buf fields[4] = { 0 }, line = { 0 };
	struct json_writer w;

	if (read_entry(text, len, fields) && all->json) {
		json_writer_init(&w, &line);
		json_object(&w);
		json_member(&w, "device", log->device);
		json_member(&w, "user", log->user);
		json_member_integer(&w, "number", number);
		for (int i = 0; i < 4; i++)
			json_member(&w, names[i], buf_text(&fields[i]));
		json_object_end(&w);
		puts(buf_text(&line));
	} else if (!all->json) {
		printf("%s\t%s\t%ld\t%s\t%s\t%s\t%s\n", log->user, log->device, number,
		    buf_text(&fields[0]), buf_text(&fields[1]), buf_text(&fields[2]),
		    buf_text(&fields[3]));
	}
	for (int i = 0; i < 4; i++)
		buf_clear(&fields[i]);
	buf_clear(&line);
}

/* An entry after the links that are known is new; another one must be known so. */
static bool
take_entry(struct logs *all, struct log *log, char link[CHAIN_SIZE], long number,
    const char *text, size_t len)
{
	chain_next(link, text, len);
	if ((size_t)number < log->count) {
		if (!strcmp(link, log->links[number]))
			return true;
		complain(all, log, _(two_entries), number);
		return false;
	}
	log->links = mem_grow(log->links, &log->cap, log->count + 1, sizeof(*log->links));
	memcpy(log->links[log->count++], link, CHAIN_SIZE);
	if (!all->user || !strcmp(all->user, log->user))
		print_entry(all, log, number, text, len);
	return true;
}

static void
take_entries(struct logs *all, struct log *log, const struct log_piece *p)
{
	char link[CHAIN_SIZE];
	struct json_reader r;
	const char *raw;
	size_t len;
	long number = p->base;

	memcpy(link, log->links[p->base], CHAIN_SIZE);
	json_reader_init(&r, p->entries, p->entries_len);
	if (json_next(&r) == JSON_ARRAY)
		while (json_next(&r) == JSON_ARRAY && json_skip(&r, &raw, &len))
			if (!take_entry(all, log, link, ++number, raw, len))
				break;
	json_reader_clear(&r);
	if (!log->broken && strcmp(link, buf_text(&p->hash)) != 0)
		complain(all, log,
		    _("what was sent does not fit its hash, entry %ld: look at this laptop"),
		    number);
}

static void
take_piece(struct logs *all, const struct log_piece *p)
{
	struct log *log = log_of(all, p);

	if ((size_t)p->base >= log->count)
		complain(all, log,
		    _("entries are missing after number %ld: let this laptop send again"),
		    (long)log->count - 1);
	else if (strcmp(log->links[p->base], buf_text(&p->base_hash)) != 0)
		complain(all, log, _(two_entries), p->base);
	else
		take_entries(all, log, p);
}

/* --- the pieces, which come in any order on sticks --- */

struct pieces {
	struct logs *all;
	struct piece {
		char *line;
		struct log_piece piece; /* lent from the line */
		size_t came;
	} *items;
	size_t count, cap;
};

static bool
keep_piece(const char *line, size_t len, void *data)
{
	struct pieces *all = data;
	struct piece *p;

	all->items = mem_grow(all->items, &all->cap, all->count + 1, sizeof(*all->items));
	p = &all->items[all->count];
	*p = (struct piece){ .line = mem_strndup(line, len), .came = all->count };
	if (log_piece_read(p->line, len, &p->piece)) {
		all->count++;
		return true;
	}
	log_piece_clear(&p->piece);
	free(p->line);
	all->all->problems++;
	fprintf(stderr, "%s\n", _("a piece of a log cannot be read"));
	return true;
}

/* A notebook's in the order of their numbers, of equal ones as they came. */
static int
in_order(const void *a, const void *b)
{
	const struct piece *one = a, *two = b;
	int by = strcmp(buf_text(&one->piece.device), buf_text(&two->piece.device));

	if (by == 0)
		by = (one->piece.base > two->piece.base) - (one->piece.base < two->piece.base);
	return by ? by : (one->came > two->came) - (one->came < two->came);
}

static void
take_pieces(struct pieces *pieces)
{
	if (pieces->count)
		qsort(pieces->items, pieces->count, sizeof(*pieces->items), in_order);
	for (size_t i = 0; i < pieces->count; i++) {
		take_piece(pieces->all, &pieces->items[i].piece);
		log_piece_clear(&pieces->items[i].piece);
		free(pieces->items[i].line);
	}
	free(pieces->items);
}

int
cmd_audit(const struct words *words, struct err *err)
{
	struct logs all = { .user = words->value[O_USER],
		.json = words->value[O_JSON] != NULL };
	struct db *db = store_open(words, DB_READ, err);
	struct pieces pieces = { .all = &all };
	enum db_result result;

	if (!db)
		return SYSTEM;
	result = store_ops()->kept_each(db, "audit", keep_piece, &pieces, err);
	store_ops()->close(db);
	take_pieces(&pieces);
	for (size_t i = 0; i < all.count; i++)
		free(all.logs[i].links);
	free(all.logs);
	if (result != DB_OK)
		return exit_of(result);
	return all.problems ? WRONG : DONE;
}
