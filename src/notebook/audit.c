#include "audit.h"

#include "clock.h"
#include "json.h"
#include "store.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTING_AUDIT_SENT "audit.sent"
#define SETTING_AUDIT_LAST "audit.last" /* the last entry's number */

const char *const audit_names[AUDIT_KINDS] = {
	[AUDIT_FINALISE] = "finalise", [AUDIT_WITHDRAW] = "withdraw",
	[AUDIT_VIEW] = "view",         [AUDIT_EXPORT] = "export",
	[AUDIT_UNLOCK] = "unlock",     [AUDIT_RECOVER] = "recover",
	[AUDIT_PASSPHRASE] = "passphrase", [AUDIT_BACKUP] = "backup",
	[AUDIT_RESTORE] = "restore",
};

void
audit_write(const struct audit_entry *entry, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_array(&w);
	json_string(&w, entry->at);
	json_string(&w, entry->who);
	json_string(&w, entry->what);
	json_string(&w, entry->about);
	json_array_end(&w);
}

static bool
begin_chain(struct notebook *nb, char hash[CHAIN_SIZE], struct err *err)
{
	struct buf device = { 0 };
	bool good = notebook_get(nb, SETTING_DEVICE, &device, err);

	if (good)
		chain_root(buf_text(&device), hash);
	buf_clear(&device);
	return good;
}

bool
audit_head(struct notebook *nb, int64_t *number, char hash[CHAIN_SIZE], struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_AUDIT_HEAD, err);
	int got;

	if (!stmt)
		return false;
	*number = 0;
	if ((got = store_step(nb, stmt, err)) < 0)
		return false;
	if (got == 0)
		return begin_chain(nb, hash, err);
	*number = sqlite3_column_int64(stmt, 0);
	strncpy(hash, store_column(stmt, 1), CHAIN_SIZE - 1);
	hash[CHAIN_SIZE - 1] = '\0';
	sqlite3_reset(stmt);
	return true;
}

/* The number of an entry that a setting names; 0 when it names none. */
static bool
read_number(struct notebook *nb, const char *key, int64_t *number, struct err *err)
{
	struct buf value = { 0 };
	bool good = notebook_get(nb, key, &value, err);

	*number = strtoll(buf_text(&value), NULL, 10);
	buf_clear(&value);
	return good;
}

static bool
write_number(struct notebook *nb, const char *key, int64_t number, struct err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	return notebook_set(nb, key, text, err);
}

static bool
add(struct notebook *nb, struct audit_entry *entry, struct err *err)
{
	struct buf json = { 0 };
	char hash[CHAIN_SIZE];
	sqlite3_stmt *stmt;
	bool good = audit_head(nb, &entry->number, hash, err) &&
		    (stmt = store_stmt(nb, STMT_AUDIT_ADD, err)) != NULL;

	if (!good)
		return false;
	audit_write(entry, &json);
	chain_next(hash, json.data, json.len);
	sqlite3_bind_int64(stmt, 1, entry->number + 1);
	store_bind(stmt, 2, entry->at);
	store_bind(stmt, 3, entry->who);
	store_bind(stmt, 4, entry->what);
	store_bind(stmt, 5, entry->about);
	store_bind(stmt, 6, hash);
	good = store_run(nb, stmt, err) &&
	       write_number(nb, SETTING_AUDIT_LAST, entry->number + 1, err);
	buf_clear(&json);
	return good;
}

bool
audit_add_by(struct notebook *nb, const char *who, enum audit_what what,
    const char *about, struct err *err)
{
	char at[CLOCK_STAMP_SIZE];
	struct buf short_about = { 0 };
	struct audit_entry entry = { .at = at, .who = who, .what = audit_names[what] };
	size_t len = 0, next, all = strlen(about);
	bool good;

	while (len < all && (next = text_next(about, all, len)) <= AUDIT_ABOUT_MAX)
		len = next;
	buf_add(&short_about, about, len);
	entry.about = buf_text(&short_about);
	clock_stamp(nb->clock, clock_now(nb->clock), at);
	good = notebook_begin(nb, err);
	if (good)
		good = store_end(nb, add(nb, &entry, err), err);
	buf_clear(&short_about);
	return good;
}

bool
audit_add(struct notebook *nb, enum audit_what what, const char *about, struct err *err)
{
	struct buf who = { 0 };
	bool good = notebook_get(nb, SETTING_WORKER_ID, &who, err) &&
		    audit_add_by(nb, buf_text(&who), what, about, err);

	buf_clear(&who);
	return good;
}

bool
audit_each(struct notebook *nb, int64_t after, int limit,
    bool (*row)(const struct audit_entry *entry, void *data), void *data,
    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_AUDIT_EACH, err);
	int got;

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int(stmt, 2, limit > 0 ? limit : -1);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct audit_entry entry = {
			.number = sqlite3_column_int64(stmt, 0),
			.at = store_column(stmt, 1),
			.who = store_column(stmt, 2),
			.what = store_column(stmt, 3),
			.about = store_column(stmt, 4),
			.hash = store_column(stmt, 5),
		};

		if (!row(&entry, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

/* A walk along the chain. */
struct walk {
	char hash[CHAIN_SIZE];
	struct buf json;
	int64_t last, broken;
};

static bool
follow_chain(const struct audit_entry *entry, void *data)
{
	struct walk *w = data;

	buf_reset(&w->json);
	audit_write(entry, &w->json);
	chain_next(w->hash, w->json.data, w->json.len);
	if (entry->number != ++w->last || strcmp(entry->hash, w->hash) != 0)
		w->broken = entry->number;
	return !w->broken;
}

/* What is known to have been there, by the notebook itself and by the collector: an end
 * that is cut off breaks no link. */
static bool
known_end(struct notebook *nb, int64_t *number, struct err *err)
{
	int64_t sent;

	if (!read_number(nb, SETTING_AUDIT_LAST, number, err) || !audit_sent(nb, &sent, err))
		return false;
	if (sent > *number)
		*number = sent;
	return true;
}

bool
audit_check(struct notebook *nb, int64_t *broken, struct err *err)
{
	struct walk w = { 0 };
	int64_t end = 0;
	bool good = begin_chain(nb, w.hash, err) &&
		    audit_each(nb, 0, 0, follow_chain, &w, err) &&
		    known_end(nb, &end, err);

	*broken = !w.broken && w.last < end ? w.last + 1 : w.broken;
	buf_clear(&w.json);
	return good;
}

bool
audit_sent(struct notebook *nb, int64_t *number, struct err *err)
{
	return read_number(nb, SETTING_AUDIT_SENT, number, err);
}

bool
audit_set_sent(struct notebook *nb, int64_t number, struct err *err)
{
	int64_t before;

	if (!audit_sent(nb, &before, err))
		return false;
	return number <= before || write_number(nb, SETTING_AUDIT_SENT, number, err);
}
