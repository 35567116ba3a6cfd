/*
 * What is here and what came down, beside each other.
 */
#include "conflict.h"

#include "clock.h"
#include "mem.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>

int
conflict_get(struct notebook *nb, const char *id, struct conflict *c, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_CONFLICT, err);
	struct buf *const texts[] = { &c->form, &c->base, &c->mine, &c->theirs,
				      &c->my_version, &c->their_version, &c->my_why,
				      &c->their_why, &c->at, &c->user };
	int got;

	*c = (struct conflict){ 0 };
	if (!stmt)
		return -1;
	store_bind(stmt, 1, id);
	if ((got = store_step(nb, stmt, err)) == 1) {
		for (int i = 0; i < (int)(sizeof(texts) / sizeof(texts[0])); i++)
			buf_str(texts[i], store_column(stmt, i));
		c->is_draft = sqlite3_column_int(stmt, 10);
	}
	sqlite3_reset(stmt);
	return got;
}

void
conflict_clear(struct conflict *c)
{
	struct buf *const texts[] = { &c->form, &c->base, &c->mine, &c->theirs,
				      &c->my_version, &c->their_version, &c->my_why,
				      &c->their_why, &c->at, &c->user };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		buf_clear(texts[i]);
}

/* The ids first: what is done with one changes what the statement reads. */
bool
conflict_each(struct notebook *nb, bool (*row)(const char *id, void *data), void *data,
	      struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_CONFLICTS, err);
	struct buf ids = { 0 };
	bool on = true;
	int got;

	if (!stmt)
		return false;
	while ((got = store_step(nb, stmt, err)) == 1)
		buf_add(&ids, store_column(stmt, 0), UUID_SIZE);
	for (size_t at = 0; got == 0 && on && at < ids.len; at += UUID_SIZE)
		on = row(ids.data + at, data);
	buf_clear(&ids);
	return got == 0;
}

static bool
close_all(struct notebook *nb, const char *id, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_CONFLICT_CLOSE, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	return store_run(nb, stmt, err);
}

static bool
put_draft(struct notebook *nb, const char *id, const char *version, const char *answers,
	  size_t len, const char *title, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_CONFLICT_DRAFT, err);
	int64_t now = clock_now(nb->clock);
	char stamp[CLOCK_STAMP_SIZE];

	if (!stmt)
		return false;
	clock_stamp(nb->clock, now, stamp);
	store_bind(stmt, 1, id);
	store_bind(stmt, 2, version);
	sqlite3_bind_int64(stmt, 3, now);
	store_bind(stmt, 4, stamp);
	store_bind(stmt, 5, title);
	store_bind_bytes(stmt, 6, answers, len);
	return store_run(nb, stmt, err);
}

bool
conflict_settle(struct notebook *nb, const char *id, const char *version,
		const char *answers, size_t len, const char *title, struct err *err)
{
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb,
			 close_all(nb, id, err) &&
			     put_draft(nb, id, version, answers, len, title, err),
			 err);
}

bool
conflict_withdraw(struct notebook *nb, const char *id, const char *why, struct err *err)
{
	if (!notebook_begin(nb, err))
		return false;
	return store_end(
	    nb, close_all(nb, id, err) && record_withdraw(nb, id, why, err), err);
}
