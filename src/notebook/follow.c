/*
 * What records ask for, and what settles it: the rules as SQL over the forms' views, and
 * two narrow tables that hold what they found.
 *
 * Something is settled by the last event of its key after the day it was asked on, if
 * that event is a done one, or by any event of its other key. When a record is finalised,
 * its own rows are made anew and only what shares a key with them is looked at.
 */
#include "follow.h"

#include "clock.h"
#include "form.h"
#include "mem.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const follow_kind_names[FOLLOW_KINDS] = {
	[FOLLOW_MISSED] = "missed",       [FOLLOW_AGAIN] = "again",
	[FOLLOW_NEED] = "need",           [FOLLOW_DISPUTE] = "dispute",
	[FOLLOW_MEDIATION] = "mediation", [FOLLOW_AGREEMENT] = "agreement",
	[FOLLOW_SIGNS] = "signs",         [FOLLOW_JUDICIAL] = "judicial",
};

/* A change of the rules below needs the next number: every notebook is then read
 * through once, at its next opening. */
#define RULES_VERSION   "1"
#define SETTING_VERSION "follow.rules"

enum { RULE_SETTLES = -1 };

struct rule {
	int kind; /* enum follow_kind, or RULE_SETTLES */
	const char *form;
	/* Of the record ?1. An asking rule: row, due (NULL: it does not ask), key, other,
	 * after, what. One that settles: key, day, done. */
	const char *sql;
};

#define HOME_KEY "'home ' || coalesce(building, '') || ' ' || coalesce(room, '')"
#define LAST_FOLLOWUP \
	" FROM v_dispute_followups f WHERE f.id = d.id ORDER BY f.f_date DESC," \
	" f.\"row\" DESC LIMIT 1)"

/* clang-format off */
static const struct rule rules[] = {
	{ RULE_SETTLES, "visit",
	    "SELECT " HOME_KEY " AS key, visit_date AS day, 1 AS done"
	    " FROM v_visit WHERE id = ?1" },
	{ RULE_SETTLES, "feedback",
	    "SELECT 'need ' || lower(need_ref) AS key, fb_date AS day,"
	    " fb_status IN ('done', 'dropped') AS done FROM v_feedback WHERE id = ?1" },
	{ RULE_SETTLES, "dispute",
	    "SELECT 'visit ' || lower(visit_ref) AS key, accept_date AS day, 1 AS done"
	    " FROM v_dispute WHERE id = ?1 AND visit_ref <> ''" },

	{ FOLLOW_MISSED, "visit",
	    "SELECT 0 AS \"row\", coalesce(nullif(next_try, ''), date(visit_date, '+7 days'))"
	    " AS due, " HOME_KEY " AS key, NULL AS other, visit_date AS after,"
	    " building AS what FROM v_visit WHERE id = ?1 AND door_result = 'nothome'" },
	{ FOLLOW_AGAIN, "visit",
	    "SELECT 0 AS \"row\", again_date AS due, " HOME_KEY " AS key, NULL AS other,"
	    " visit_date AS after, building AS what"
	    " FROM v_visit WHERE id = ?1 AND again = 'yes'" },
	{ FOLLOW_NEED, "visit",
	    "SELECT \"row\", need_due AS due, 'need ' || id || '-' || \"row\" AS key,"
	    " NULL AS other, '' AS after, need_text AS what FROM v_visit_needs"
	    " WHERE id = ?1 AND need_kind NOT IN ('praise', 'dispute')"
	    " AND need_handling <> 'onspot'" },
	{ FOLLOW_DISPUTE, "visit",
	    "SELECT \"row\", need_due AS due, 'need ' || id || '-' || \"row\" AS key,"
	    " 'visit ' || id AS other, '' AS after, need_text AS what FROM v_visit_needs"
	    " WHERE id = ?1 AND need_kind = 'dispute' AND need_handling <> 'onspot'" },
	{ FOLLOW_MEDIATION, "dispute",
	    "SELECT 0 AS \"row\", mediate_due AS due, NULL AS key, NULL AS other, '' AS after,"
	    " '' AS what FROM v_dispute WHERE id = ?1 AND status = 'open'" },
	{ FOLLOW_AGREEMENT, "dispute",
	    "SELECT 0 AS \"row\", followup_due AS due, NULL AS key, NULL AS other, '' AS after,"
	    " '' AS what FROM v_dispute d WHERE d.id = ?1 AND status = 'success'"
	    " AND coalesce((SELECT f_perform" LAST_FOLLOWUP ", '')"
	    " NOT IN ('full', 'nopay')" },
	{ FOLLOW_SIGNS, "dispute",
	    "SELECT 0 AS \"row\", (SELECT f_date" LAST_FOLLOWUP " AS due, NULL AS key,"
	    " NULL AS other, '' AS after, '' AS what FROM v_dispute d"
	    " WHERE d.id = ?1 AND status = 'success' AND (SELECT f_again" LAST_FOLLOWUP
	    " = 'yes'" },
	{ FOLLOW_JUDICIAL, "dispute",
	    "SELECT 0 AS \"row\", judicial_due AS due, NULL AS key, NULL AS other, '' AS after,"
	    " '' AS what FROM v_dispute WHERE id = ?1 AND status = 'success'"
	    " AND agree_form = 'written' AND perform_mode IN ('once', 'instalment')"
	    " AND judicial = 'none'" },
};
/* clang-format on */

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

/* The rules' statements, prepared when first needed. */
struct follow_rules {
	sqlite3_stmt *stmts[RULE_COUNT];
	bool asked[RULE_COUNT]; /* no statement then: the form has not those questions */
};

void
follow_forget(struct notebook *nb)
{
	if (!nb->follow)
		return;
	for (size_t i = 0; i < RULE_COUNT; i++)
		sqlite3_finalize(nb->follow->stmts[i]);
	free(nb->follow);
	nb->follow = NULL;
}

static void
write_sql(const struct rule *rule, struct buf *sql)
{
	if (rule->kind == RULE_SETTLES)
		buf_fmt(sql,
			"INSERT INTO settles (record, key, day, done)"
			" SELECT ?2, s.key, s.day, s.done FROM (%s) AS s"
			" WHERE s.key IS NOT NULL AND s.day IS NOT NULL",
			rule->sql);
	else
		buf_fmt(sql,
			"INSERT INTO follow (record, kind, \"row\", due, key, other, after,"
			" what, settled) SELECT ?2, ?3, f.\"row\", f.due, f.key, f.other,"
			" f.after, coalesce(substr(f.what, 1, 80), ''), " STORE_SETTLED
			" FROM (%s) AS f WHERE f.due <> ''",
			rule->sql);
}

/* The rule's statement, NULL and true when its form does not ask what it reads. */
static bool
prepare_rule(struct notebook *nb, size_t i, sqlite3_stmt **stmt, struct err *err)
{
	struct buf sql = { 0 };
	int code = SQLITE_OK;

	if (!nb->follow)
		nb->follow = mem_alloc(sizeof(*nb->follow));
	if (!nb->follow->asked[i]) {
		write_sql(&rules[i], &sql);
		code = sqlite3_prepare_v3(nb->db, buf_text(&sql), -1,
					  SQLITE_PREPARE_PERSISTENT,
					  &nb->follow->stmts[i], NULL);
		buf_clear(&sql);
	}
	nb->follow->asked[i] = code == SQLITE_OK || code == SQLITE_ERROR;
	*stmt = nb->follow->stmts[i];
	return nb->follow->asked[i] || store_fail(nb, err);
}

static bool
run_rules(struct notebook *nb, int64_t number, const char *id, const char *form,
	  bool settling, struct err *err)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		sqlite3_stmt *stmt;

		if ((rules[i].kind == RULE_SETTLES) != settling ||
		    strcmp(rules[i].form, form) != 0)
			continue;
		if (!prepare_rule(nb, i, &stmt, err))
			return false;
		if (!stmt)
			continue;
		store_bind(stmt, 1, id);
		sqlite3_bind_int64(stmt, 2, number);
		if (!settling)
			store_bind(stmt, 3, follow_kind_names[rules[i].kind]);
		if (!store_run(nb, stmt, err))
			return false;
	}
	return true;
}

/* What one record settles: NUL-ended keys, one after the other. */
struct keys {
	struct buf texts;
	char day[16]; /* of the event that was read last */
	bool done;    /* all of them are */
};

static bool
read_keys(struct notebook *nb, int64_t number, struct keys *keys, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SETTLES_OF, err);
	int got;

	if (!stmt)
		return false;
	keys->done = true;
	sqlite3_bind_int64(stmt, 1, number);
	while ((got = store_step(nb, stmt, err)) == 1) {
		buf_add(&keys->texts, store_column(stmt, 0),
			strlen(store_column(stmt, 0)) + 1);
		snprintf(keys->day, sizeof(keys->day), "%s", store_column(stmt, 1));
		keys->done = keys->done && sqlite3_column_int(stmt, 2);
	}
	return got == 0;
}

static bool
delete_rows(struct notebook *nb, enum stmt which, int64_t number, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, which, err);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, number);
	return store_run(nb, stmt, err);
}

/* Looks again at what has these keys. day: only at what is open and was asked before;
 * NULL: at everything. */
static bool
settle(struct notebook *nb, const struct keys *keys, const char *day, struct err *err)
{
	static const enum stmt ways[] = { STMT_SETTLE_KEY, STMT_SETTLE_OTHER };
	const char *key = buf_text(&keys->texts), *end = key + keys->texts.len;

	for (; key < end; key += strlen(key) + 1)
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			enum stmt which = !day && i == 0 ? STMT_SETTLE_ALL : ways[i];
			sqlite3_stmt *stmt = store_stmt(nb, which, err);

			if (!stmt)
				return false;
			store_bind(stmt, 1, key);
			if (which == STMT_SETTLE_KEY)
				store_bind(stmt, 2, day);
			if (!store_run(nb, stmt, err))
				return false;
		}
	return true;
}

bool
follow_update(struct notebook *nb, int64_t number, const char *id, const char *form,
	      bool withdrawn, struct err *err)
{
	struct keys before = { 0 }, now = { 0 };
	bool ok;

	ok = read_keys(nb, number, &before, err) &&
	     delete_rows(nb, STMT_SETTLES_DELETE, number, err) &&
	     delete_rows(nb, STMT_FOLLOW_DELETE, number, err) &&
	     (withdrawn || (run_rules(nb, number, id, form, true, err) &&
			    run_rules(nb, number, id, form, false, err))) &&
	     read_keys(nb, number, &now, err) && settle(nb, &before, NULL, err) &&
	     settle(nb, &now, now.done ? now.day : NULL, err);
	buf_clear(&before.texts);
	buf_clear(&now.texts);
	return ok;
}

bool
follow_rebuild(struct notebook *nb, const char *form, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FOLLOW_RECORDS, err);
	int got;

	follow_forget(nb);
	if (!stmt)
		return false;
	store_bind(stmt, 1, form);
	while ((got = store_step(nb, stmt, err)) == 1)
		if (!follow_update(nb, sqlite3_column_int64(stmt, 0),
				   store_column(stmt, 1), store_column(stmt, 2), false,
				   err)) {
			sqlite3_reset(stmt);
			return false;
		}
	return got == 0;
}

bool
follow_begin(struct notebook *nb, struct err *err)
{
	struct buf version = { 0 };
	bool ok = notebook_get(nb, SETTING_VERSION, &version, err);
	bool same = !strcmp(buf_text(&version), RULES_VERSION);

	buf_clear(&version);
	if (!ok || same)
		return ok;
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb,
			 follow_rebuild(nb, NULL, err) &&
			     notebook_set(nb, SETTING_VERSION, RULES_VERSION, err),
			 err);
}

/* --- asking --- */

static enum follow_kind
kind_named(const char *name)
{
	int kind = 0;

	while (kind < FOLLOW_KINDS - 1 && strcmp(follow_kind_names[kind], name) != 0)
		kind++;
	return kind;
}

/* The days between which one kind's rows are wanted. */
static void
bind_days(sqlite3_stmt *stmt, const struct notebook *nb,
	  const struct follow_query *query, enum follow_kind kind)
{
	int64_t today = clock_today(nb->clock);
	char first[16] = "", last[16];

	if (kind == FOLLOW_JUDICIAL)
		clock_format_day(today, first);
	clock_format_day(query->overdue ? today - 1 : today + query->ahead, last);
	sqlite3_bind_text(stmt, 2, first, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(stmt, 3, last, -1, SQLITE_TRANSIENT);
}

static sqlite3_stmt *
ask(struct notebook *nb, enum stmt which, const struct follow_query *query,
    enum follow_kind kind, long limit, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, which, err);

	if (!stmt)
		return NULL;
	store_bind(stmt, 1, follow_kind_names[kind]);
	bind_days(stmt, nb, query, kind);
	sqlite3_bind_int64(stmt, 4, limit);
	if (which == STMT_FOLLOW_OF)
		store_bind(stmt, 5, query->id);
	return stmt;
}

static bool
is_asked(const struct follow_query *query, int kind)
{
	return !query->kinds || query->kinds & 1 << kind;
}

bool
follow_list(struct notebook *nb, const struct follow_query *query,
	    bool (*row)(const struct follow *follow, void *data), void *data,
	    struct err *err)
{
	enum stmt which = query->id ? STMT_FOLLOW_OF : STMT_FOLLOW_LIST;
	long left = query->limit ? query->limit : -1;
	int64_t today = clock_today(nb->clock), due;
	bool on = true;

	for (int kind = 0; kind < FOLLOW_KINDS && on && left != 0; kind++) {
		sqlite3_stmt *stmt;
		int got = 0;

		if (!is_asked(query, kind))
			continue;
		if (!(stmt = ask(nb, which, query, kind, left, err)))
			return false;
		while (on && left != 0 && (got = store_step(nb, stmt, err)) == 1) {
			struct follow f = {
				.kind = kind_named(store_column(stmt, 0)),
				.row = sqlite3_column_int(stmt, 1),
				.due = store_column(stmt, 2),
				.what = store_column(stmt, 3),
				.id = store_column(stmt, 4),
				.form = store_column(stmt, 5),
				.title = store_column(stmt, 6),
			};

			if (clock_parse_day(f.due, &due))
				f.late = today - due;
			on = row(&f, data);
			left -= left > 0;
		}
		sqlite3_reset(stmt);
		if (got < 0)
			return false;
	}
	return true;
}

bool
follow_count(struct notebook *nb, const struct follow_query *query, long *count,
	     struct err *err)
{
	*count = 0;
	for (int kind = 0; kind < FOLLOW_KINDS; kind++) {
		long left = query->limit ? query->limit - *count : -1;
		sqlite3_stmt *stmt;
		int got;

		if (!is_asked(query, kind))
			continue;
		if (!(stmt = ask(nb, STMT_FOLLOW_COUNT, query, kind, left, err)))
			return false;
		if ((got = store_step(nb, stmt, err)) == 1)
			*count += (long)sqlite3_column_int64(stmt, 0);
		sqlite3_reset(stmt);
		if (got < 0)
			return false;
	}
	return true;
}
