/*
 * The notebook's tables, as numbered steps. A step that was shipped is never edited:
 * what comes next is a new row at the end. PRAGMA user_version holds the last one.
 */
#include "store.h"

#include "i18n.h"

#include <stdio.h>

/* "mqnb" */
#define APPLICATION_ID 0x6D716E62

/* clang-format off */
static const char *const migrations[] = {
[0] =
"CREATE TABLE setting ( -- what the worker said, and what is remembered\n"
"	key   TEXT PRIMARY KEY,\n"
"	value TEXT NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE form ( -- every version that was ever added\n"
"	number  INTEGER PRIMARY KEY, -- the highest of an id is its current version\n"
"	id      TEXT NOT NULL,\n"
"	version TEXT NOT NULL,\n"
"	title   TEXT NOT NULL,\n"
"	titles  TEXT NOT NULL,       -- by language: {\"zh\":\"走访记录\"}\n"
"	source  BLOB NOT NULL,       -- the form's file, byte for byte\n"
"	added   TEXT NOT NULL,\n"
"	UNIQUE (id, version)\n"
") STRICT;\n"

"CREATE TABLE form_view ( -- which views a form made, to make them anew\n"
"	name TEXT PRIMARY KEY COLLATE NOCASE,\n"
"	form TEXT NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE list ( -- lists that forms share; the newest of a name only\n"
"	filename TEXT PRIMARY KEY,\n"
"	added    TEXT NOT NULL,\n"
"	text     BLOB NOT NULL\n"
") STRICT;\n"

"CREATE TABLE record (\n"
"	number   INTEGER PRIMARY KEY, -- its name inside this file\n"
"	id       TEXT NOT NULL UNIQUE, -- its name in the world: a UUID\n"
"	form     TEXT NOT NULL,\n"
"	version  TEXT NOT NULL,       -- of the form, at the last finalising\n"
"	state    TEXT NOT NULL DEFAULT 'draft' CHECK (state IN\n"
"	         ('draft', 'queued', 'sent', 'returned', 'withdrawn')),\n"
"	rev      INTEGER NOT NULL DEFAULT 0, -- the last one; 0: never finalised\n"
"	latest   INTEGER REFERENCES revision (seq), -- the last that has answers\n"
"	title    TEXT NOT NULL DEFAULT '',\n"
"	day      TEXT NOT NULL,       -- its own; until finalised, the day it was begun\n"
"	created  TEXT NOT NULL,       -- RFC 3339, as all times but changed and saved\n"
"	changed  INTEGER NOT NULL,    -- milliseconds since 1970 of the last step of its\n"
"	                              -- life (draft saves are none): the order of lists\n"
"	modified TEXT NOT NULL,       -- the same moment\n"
"	user     TEXT NOT NULL,\n"
"	station  TEXT NOT NULL,\n"
"	device   TEXT NOT NULL,\n"
"	reason_code TEXT NOT NULL DEFAULT '', -- why it came back\n"
"	reason_path TEXT NOT NULL DEFAULT '',\n"
"	reason      TEXT NOT NULL DEFAULT ''\n"
") STRICT;\n"
"CREATE INDEX record_by_state ON record (state, changed);\n"
"CREATE INDEX record_by_day ON record (day, form, state);\n"

"CREATE TABLE draft ( -- narrow and without an index: a save writes one page\n"
"	record   INTEGER PRIMARY KEY REFERENCES record (number),\n"
"	version  TEXT NOT NULL,    -- of the form it was begun with\n"
"	saved    INTEGER NOT NULL, -- milliseconds since 1970\n"
"	modified TEXT NOT NULL,    -- the same moment\n"
"	title    TEXT NOT NULL,\n"
"	cursor   TEXT NOT NULL,    -- path of the field where the cursor was\n"
"	answers  TEXT NOT NULL     -- JSON, irrelevant ones too\n"
") STRICT;\n"

"CREATE TABLE revision ( -- never changed but for base, state; never removed\n"
"	seq     INTEGER PRIMARY KEY, -- in the order of finalising\n"
"	record  INTEGER NOT NULL REFERENCES record (number),\n"
"	rev     INTEGER NOT NULL,\n"
"	base    INTEGER NOT NULL, -- the revision that the collector must have\n"
"	version TEXT NOT NULL,\n"
"	at      TEXT NOT NULL,\n"
"	user    TEXT NOT NULL,\n"
"	hash    TEXT NOT NULL,    -- of the answers; of why for a withdrawal\n"
"	state   TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused')),\n"
"	why     TEXT,             -- a withdrawal's reason, else NULL\n"
"	answers TEXT,             -- NULL for a withdrawal\n"
"	UNIQUE (record, rev),\n"
"	CHECK ((why IS NULL) <> (answers IS NULL))\n"
") STRICT;\n"
"CREATE INDEX revision_waiting ON revision (seq) WHERE state = 'queued';\n"

"CREATE TRIGGER revision_stays BEFORE UPDATE OF\n"
"	seq, record, rev, version, at, user, hash, why, answers ON revision\n"
"BEGIN SELECT raise(ABORT, 'a revision is never changed'); END;\n"
"CREATE TRIGGER revision_kept BEFORE DELETE ON revision\n"
"BEGIN SELECT raise(ABORT, 'a revision is never removed'); END;\n"

"CREATE TABLE words ( -- what the search looks through, folded\n"
"	record INTEGER PRIMARY KEY REFERENCES record (number),\n"
"	text   TEXT NOT NULL\n"
") STRICT;\n"

"CREATE TABLE last_saved ( -- what ${last-saved#...} reads\n"
"	form     TEXT NOT NULL,\n"
"	user     TEXT NOT NULL,\n"
"	revision INTEGER NOT NULL REFERENCES revision (seq),\n"
"	PRIMARY KEY (form, user)\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE receipt ( -- one sync's account\n"
"	id           INTEGER PRIMARY KEY,\n"
"	began        TEXT NOT NULL,\n"
"	ended        TEXT NOT NULL DEFAULT '', -- '': it was cut short\n"
"	collector    TEXT NOT NULL,\n"
"	sent         INTEGER NOT NULL DEFAULT 0,\n"
"	accepted     INTEGER NOT NULL DEFAULT 0,\n"
"	refused      INTEGER NOT NULL DEFAULT 0,\n"
"	remaining    INTEGER NOT NULL DEFAULT 0, -- still waiting\n"
"	bytes_up     INTEGER NOT NULL DEFAULT 0,\n"
"	bytes_down   INTEGER NOT NULL DEFAULT 0,\n"
"	milliseconds INTEGER NOT NULL DEFAULT 0,\n"
"	digest       TEXT NOT NULL DEFAULT '',\n"
"	outcome      TEXT NOT NULL DEFAULT ''\n"
") STRICT;\n"

"CREATE TABLE acknowledged ( -- which revisions a receipt is for\n"
"	receipt  INTEGER NOT NULL REFERENCES receipt (id),\n"
"	revision INTEGER NOT NULL REFERENCES revision (seq),\n"
"	PRIMARY KEY (receipt, revision)\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE tally ( -- counted as things happen, so that asking is quick\n"
"	name  TEXT PRIMARY KEY, -- a record's state; unfinished: rows of draft;\n"
"	                        -- waiting, waiting_bytes: revisions to be sent\n"
"	count INTEGER NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"
"INSERT INTO tally (name, count) VALUES ('draft', 0), ('queued', 0), ('sent', 0),\n"
"	('returned', 0), ('withdrawn', 0), ('unfinished', 0), ('waiting', 0),\n"
"	('waiting_bytes', 0);\n"

"CREATE TRIGGER record_added AFTER INSERT ON record BEGIN\n"
"	UPDATE tally SET count = count + 1 WHERE name = NEW.state;\n"
"END;\n"
"CREATE TRIGGER record_deleted AFTER DELETE ON record BEGIN\n"
"	UPDATE tally SET count = count - 1 WHERE name = OLD.state;\n"
"END;\n"
"CREATE TRIGGER record_moved AFTER UPDATE OF state ON record\n"
"WHEN OLD.state <> NEW.state BEGIN\n"
"	UPDATE tally SET count = count - 1 WHERE name = OLD.state;\n"
"	UPDATE tally SET count = count + 1 WHERE name = NEW.state;\n"
"END;\n"
"CREATE TRIGGER draft_added AFTER INSERT ON draft BEGIN\n"
"	UPDATE tally SET count = count + 1 WHERE name = 'unfinished';\n"
"END;\n"
"CREATE TRIGGER draft_deleted AFTER DELETE ON draft BEGIN\n"
"	UPDATE tally SET count = count - 1 WHERE name = 'unfinished';\n"
"END;\n"
"CREATE TRIGGER revision_queued AFTER INSERT ON revision\n"
"WHEN NEW.state = 'queued' BEGIN\n"
"	UPDATE tally SET count = count + 1 WHERE name = 'waiting';\n"
"	UPDATE tally SET count = count + coalesce(length(CAST(NEW.answers AS BLOB)), 0)\n"
"	WHERE name = 'waiting_bytes';\n"
"END;\n"
"CREATE TRIGGER revision_answered AFTER UPDATE OF state ON revision\n"
"WHEN OLD.state = 'queued' AND NEW.state <> 'queued' BEGIN\n"
"	UPDATE tally SET count = count - 1 WHERE name = 'waiting';\n"
"	UPDATE tally SET count = count - coalesce(length(CAST(OLD.answers AS BLOB)), 0)\n"
"	WHERE name = 'waiting_bytes';\n"
"END;\n",

[1] =
"CREATE TABLE follow ( -- what a record asks for later: follow.c has the rules\n"
"	record  INTEGER NOT NULL REFERENCES record (number),\n"
"	kind    TEXT NOT NULL,\n"
"	\"row\"   INTEGER NOT NULL, -- of the form's repeat, from 1; 0: the record itself\n"
"	due     TEXT NOT NULL,    -- the day\n"
"	key     TEXT,             -- the last event of this key after the day `after`\n"
"	after   TEXT NOT NULL,    -- settles it, if it is a done one\n"
"	other   TEXT,             -- so does any event of this one\n"
"	what    TEXT NOT NULL,\n"
"	settled INTEGER NOT NULL,\n"
"	PRIMARY KEY (record, kind, \"row\")\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE INDEX follow_open ON follow (kind, due, record, \"row\") WHERE settled = 0;\n"
"CREATE INDEX follow_by_key ON follow (key, settled, after) WHERE key IS NOT NULL;\n"
"CREATE INDEX follow_by_other ON follow (other) WHERE other IS NOT NULL;\n"

"CREATE TABLE settles ( -- the events\n"
"	record INTEGER NOT NULL REFERENCES record (number),\n"
"	key    TEXT NOT NULL,\n"
"	day    TEXT NOT NULL,\n"
"	done   INTEGER NOT NULL,\n"
"	PRIMARY KEY (record, key)\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE INDEX settles_by_key ON settles (key, day, record, done);\n",

[2] =
"CREATE TABLE audit ( -- a chain: audit.h; never changed, never removed\n"
"	number INTEGER PRIMARY KEY, -- from 1, without gaps\n"
"	at     TEXT NOT NULL,\n"
"	who    TEXT NOT NULL,\n"
"	what   TEXT NOT NULL,\n"
"	about  TEXT NOT NULL, -- ids and names of fields, never what was typed\n"
"	hash   TEXT NOT NULL  -- of the hash before it and the rest of the row\n"
") STRICT;\n"
"CREATE TRIGGER audit_stays BEFORE UPDATE ON audit\n"
"BEGIN SELECT raise(ABORT, 'the log is never changed'); END;\n"
"CREATE TRIGGER audit_kept BEFORE DELETE ON audit\n"
"BEGIN SELECT raise(ABORT, 'the log is never cut'); END;\n",

[3] =
"CREATE TABLE submission ( -- a revision's XML, as it was or will be sent\n"
"	revision INTEGER PRIMARY KEY REFERENCES revision (seq),\n"
"	base     INTEGER NOT NULL, -- of the revision then: the XML names it\n"
"	xml      TEXT NOT NULL\n"
") STRICT;\n",

[4] =
"ALTER TABLE record ADD COLUMN holder TEXT NOT NULL DEFAULT ''; -- to whom it was\n"
"	-- handed over; '': to nobody\n"
"ALTER TABLE record ADD COLUMN accepted TEXT NOT NULL DEFAULT ''; -- when the district\n"
"	-- accepted the last revision\n"

"CREATE TABLE other_revision ( -- came down, and excludes what was written here\n"
"	record  INTEGER NOT NULL REFERENCES record (number),\n"
"	rev     INTEGER NOT NULL,\n"
"	version TEXT NOT NULL,\n"
"	at      TEXT NOT NULL,\n"
"	user    TEXT NOT NULL,\n"
"	hash    TEXT NOT NULL,\n"
"	why     TEXT,             -- a withdrawal's reason, else NULL\n"
"	answers TEXT,             -- NULL for a withdrawal\n"
"	open    INTEGER NOT NULL, -- 1: not yet brought together with what is here;\n"
"	                          -- 0: it is; 2: a newer one came instead\n"
"	PRIMARY KEY (record, rev, hash),\n"
"	CHECK ((why IS NULL) <> (answers IS NULL))\n"
") STRICT;\n"
"CREATE INDEX other_revision_open ON other_revision (record) WHERE open = 1;\n"
"CREATE TRIGGER other_revision_kept BEFORE DELETE ON other_revision\n"
"BEGIN SELECT raise(ABORT, 'a revision is never removed'); END;\n"

"CREATE TABLE task ( -- what the district asks of this worker\n"
"	id      TEXT PRIMARY KEY, -- the district's\n"
"	place   INTEGER NOT NULL, -- in the district's order\n"
"	text    TEXT NOT NULL,\n"
"	due     TEXT NOT NULL,    -- a day or ''\n"
"	form    TEXT NOT NULL,    -- to fill in, or ''\n"
"	answers TEXT NOT NULL,    -- JSON: what the form begins with\n"
"	stale   INTEGER NOT NULL  -- only while the open ones are told anew\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE told ( -- what the district knows of needs: follow.c\n"
"	key  TEXT PRIMARY KEY,\n"
"	day  TEXT NOT NULL,\n"
"	done INTEGER NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE news ( -- what came down and nobody has looked at yet\n"
"	kind   TEXT PRIMARY KEY,\n"
"	count  INTEGER NOT NULL,\n"
"	text   TEXT NOT NULL, -- of the last one\n"
"	record TEXT NOT NULL  -- its id, or ''\n"
") STRICT, WITHOUT ROWID;\n"

"CREATE TABLE unread ( -- lines of the feed that this program cannot read\n"
"	number  INTEGER PRIMARY KEY,\n"
"	program TEXT NOT NULL, -- the last version that tried\n"
"	line    TEXT NOT NULL UNIQUE\n"
") STRICT;\n"

"CREATE TRIGGER revision_waits_again AFTER UPDATE OF state ON revision\n"
"WHEN OLD.state <> 'queued' AND NEW.state = 'queued' BEGIN\n"
"	UPDATE tally SET count = count + 1 WHERE name = 'waiting';\n"
"	UPDATE tally SET count = count + coalesce(length(CAST(NEW.answers AS BLOB)), 0)\n"
"	WHERE name = 'waiting_bytes';\n"
"END;\n",

[5] =
"CREATE TABLE list_kept ( -- lists that were replaced while drafts used them\n"
"	number   INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"	filename TEXT NOT NULL,\n"
"	text     BLOB NOT NULL\n"
") STRICT;\n"
"ALTER TABLE draft ADD COLUMN lists INTEGER NOT NULL DEFAULT 0; -- what was replaced\n"
"	-- after this number is still its own\n",

[6] = /* with settled in it: counting need not look into the table for each row */
"DROP INDEX follow_open;\n"
"CREATE INDEX follow_open ON follow (kind, due, record, \"row\", settled)\n"
"WHERE settled = 0;\n",
};
/* clang-format on */

#define NEWEST ((int)(sizeof(migrations) / sizeof(migrations[0])))

int
schema_newest(void)
{
	return NEWEST;
}

int
schema_number(struct notebook *nb, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt;
	int value = -1;

	if (sqlite3_prepare_v2(nb->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	else
		store_fail(nb, err);
	sqlite3_finalize(stmt);
	return value;
}

static bool
apply(struct notebook *nb, int number, struct err *err)
{
	char pragmas[96];
	bool ok;

	if (!notebook_begin(nb, err))
		return false;
	/* Pragmas take no bound values. */
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
		 number);
	ok =
	    store_exec(nb, migrations[number - 1], err) && store_exec(nb, pragmas, err);
	return store_end(nb, ok, err);
}

bool
schema_check(struct notebook *nb, struct err *err)
{
	int version = schema_number(nb, "PRAGMA user_version", err), application, tables;

	if (version < 0)
		return false;
	application = schema_number(nb, "PRAGMA application_id", err);
	if (application < 0)
		return false;
	tables = schema_number(nb, "SELECT count(*) FROM sqlite_schema", err);
	if (tables < 0)
		return false;
	if (tables > 0 && application != APPLICATION_ID)
		return err_set(err, ERR_SYSTEM, _("This file is not a notebook. Choose another one."));
	return version <= NEWEST ||
	       err_set(
		   err, ERR_SYSTEM,
		   _("This notebook was written by a newer version of the program. "
		     "Install that version to open it; nothing was changed."));
}

bool
schema_migrate(struct notebook *nb, struct err *err)
{
	int version;

	if (!schema_check(nb, err) ||
	    (version = schema_number(nb, "PRAGMA user_version", err)) < 0)
		return false;
	while (version < NEWEST)
		if (!apply(nb, ++version, err))
			return false;
	return true;
}
