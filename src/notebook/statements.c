/*
 * Every statement of the notebook, by its name in store.h. A test prepares them all.
 */
#include "store.h"

/* clang-format off */

/* What record_from_row() reads. r: record, d: its draft or NULLs. */
#define RECORD_COLUMNS \
	"r.id, r.form, coalesce(d.version, r.version), r.state, r.rev," \
	" d.record IS NOT NULL," \
	" CASE r.state WHEN 'withdrawn' THEN EXISTS (SELECT 1 FROM revision v" \
	"  WHERE v.record = r.number AND v.rev = r.rev AND v.state = 'queued')" \
	" ELSE 0 END," \
	" coalesce(nullif(d.title, ''), r.title), r.created," \
	" coalesce(d.modified, r.modified), r.user, r.station, r.device," \
	" r.reason_code, r.reason_path, r.reason, r.holder, r.accepted"

/* The parameters of all record lists: 1 bit set of states (1 << enum record_state),
 * 2 form, 3 user, 4 beginning of the day, 5 limit (-1: none), 6 offset, 7 needles,
 * 8 only those with a draft. NULL: any. */
#define OF_FORM_AND_USER \
	" (?2 IS NULL OR r.form = ?2) AND (?3 IS NULL OR r.user = ?3)"
#define OF_STATE \
	" (?1 >> CASE r.state WHEN 'draft' THEN 0 WHEN 'queued' THEN 1 WHEN 'sent' THEN 2" \
	"  WHEN 'returned' THEN 3 ELSE 4 END) & 1"
#define OF_DAY \
	" (?4 IS NULL OR (r.day >= ?4 AND r.day < ?4 || ':'))"
#define SOME \
	" LIMIT ?5 OFFSET ?6"

/* One state's records, newest first, straight from record_by_state; the list of all
 * states merges five of them and reads no further than its limit. */
#define STATE_ARM(state, bit) \
	"SELECT " RECORD_COLUMNS ", r.changed AS moment, r.number AS number" \
	" FROM record r LEFT JOIN draft d ON d.record = r.number" \
	" WHERE r.state = CASE WHEN ?1 & " bit " THEN '" state "' END AND" OF_FORM_AND_USER

/* ?1 kind, ?2 first day, ?3 last day, ?4 limit (-1: none). */
#define FOLLOW_COLUMNS \
	"f.kind, f.\"row\", f.due, f.what, r.id, r.form, r.title"
#define FOLLOW_OPEN \
	" f.kind = ?1 AND f.settled = 0 AND f.due >= ?2 AND f.due <= ?3"
#define LISTS_NOW \
	"coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'list_kept'), 0)"
#define FOLLOW_SOME \
	" ORDER BY f.due, f.record, f.\"row\" LIMIT ?4"

const char *const stmt_sql[STMT_COUNT] = {
[STMT_BEGIN]       = "BEGIN IMMEDIATE",
[STMT_COMMIT]      = "COMMIT",
[STMT_ROLLBACK]    = "ROLLBACK",
[STMT_SAVEPOINT]   = "SAVEPOINT action",
[STMT_RELEASE]     = "RELEASE action",
[STMT_ROLLBACK_TO] = "ROLLBACK TO action",

[STMT_SETTING_GET] =
	"SELECT value FROM setting WHERE key = ?1",
[STMT_SETTING_SET] =
	"INSERT INTO setting (key, value) VALUES (?1, ?2)"
	" ON CONFLICT (key) DO UPDATE SET value = excluded.value",
[STMT_SETTING_LIST] =
	"SELECT key, value FROM setting WHERE key >= ?1 AND key < ?1 || char(1114111)"
	" ORDER BY key",
[STMT_DEVICE_MAKE] =
	"INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",

[STMT_LAST_CHANGED] = /* one look into record_by_state a state */
	"SELECT max(changed) FROM ("
	"SELECT max(changed) AS changed FROM record WHERE state = 'draft' UNION ALL "
	"SELECT max(changed) FROM record WHERE state = 'queued' UNION ALL "
	"SELECT max(changed) FROM record WHERE state = 'sent' UNION ALL "
	"SELECT max(changed) FROM record WHERE state = 'returned' UNION ALL "
	"SELECT max(changed) FROM record WHERE state = 'withdrawn')",

[STMT_FORM_FIND] =
	"SELECT source = ?3 FROM form WHERE id = ?1 AND version = ?2",
[STMT_FORM_ADD] =
	"INSERT INTO form (id, version, title, titles, source, added)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
[STMT_FORM_SOURCE] =
	"SELECT source, version FROM form WHERE id = ?1 AND (?2 IS NULL OR version = ?2)"
	" ORDER BY number DESC LIMIT 1",
[STMT_FORM_LIST] =
	"SELECT f.id, f.version, coalesce(f.titles ->> ?1, f.title)"
	" FROM (SELECT max(number) AS current, min(number) AS first FROM form"
	"  GROUP BY id) AS form_id JOIN form f ON f.number = form_id.current"
	" ORDER BY form_id.first",

[STMT_FORM_NUMBERS] = /* of a version, and of the current one */
	"SELECT number, (SELECT max(number) FROM form WHERE id = ?1) FROM form"
	" WHERE id = ?1 AND version = ?2",
[STMT_FORM_SWAP] = /* two steps: numbers are never there twice */
	"UPDATE form SET number = -number WHERE number IN (?1, ?2)",
[STMT_FORM_SWAPPED] =
	"UPDATE form SET number = ?1 + ?2 + number WHERE number < 0",

[STMT_VIEW_LIST] =
	"SELECT name FROM form_view WHERE form = ?1",
[STMT_VIEW_OWNER] = /* a table of that name counts as well */
	"SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE",
[STMT_VIEW_ADD] =
	"INSERT INTO form_view (name, form) VALUES (?1, ?2)",
[STMT_VIEW_FORGET] =
	"DELETE FROM form_view WHERE form = ?1",

[STMT_LIST_SAME] =
	"SELECT 1 FROM list WHERE filename = ?1 AND text = ?2",
[STMT_LIST_ADD] =
	"INSERT INTO list (filename, text, added) VALUES (?1, ?2, ?3)"
	" ON CONFLICT (filename) DO UPDATE SET text = excluded.text,"
	" added = excluded.added",
[STMT_LIST_TEXT] =
	"SELECT text FROM list WHERE filename = ?1",
[STMT_LIST_KEEP] =
	"INSERT INTO list_kept (filename, text) SELECT filename, text FROM list"
	" WHERE filename = ?1 AND EXISTS (SELECT 1 FROM draft)",
[STMT_LIST_FORGET] = /* no draft is older than its replacement */
	"DELETE FROM list_kept WHERE NOT EXISTS"
	" (SELECT 1 FROM draft WHERE draft.lists < list_kept.number)",
[STMT_LIST_KEPT] =
	"SELECT text FROM list_kept WHERE filename = ?1 AND number > ?2"
	" ORDER BY number LIMIT 1",
[STMT_LISTS_OF_DRAFT] = /* only when something was replaced since */
	"SELECT d.lists FROM record r JOIN draft d ON d.record = r.number WHERE r.id = ?1"
	" AND EXISTS (SELECT 1 FROM list_kept k WHERE k.number > d.lists)",

[STMT_RECORD_ADD] = /* the worker's own name, place and device where none is given */
	"INSERT INTO record"
	" (id, form, version, day, created, changed, modified, user, station, device)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
	" coalesce(?8, (SELECT value FROM setting WHERE key = ?10), ''),"
	" coalesce(?9, (SELECT value FROM setting WHERE key = ?11), ''),"
	" coalesce((SELECT value FROM setting WHERE key = ?12), ''))",
[STMT_RECORD_EXISTS] =
	"SELECT 1 FROM record WHERE id = ?1",
[STMT_RECORD_LOOK] = /* base: the last that the collector has or will have by then */
	"SELECT r.number, r.form, r.state, r.rev, d.record IS NOT NULL,"
	" max(CASE r.rev WHEN 0 THEN 0 ELSE coalesce((SELECT max(v.rev) FROM revision v"
	"  WHERE v.record = r.number AND v.state <> 'refused'), 0) END,"
	"  coalesce((SELECT max(o.rev) FROM other_revision o"
	"   WHERE o.record = r.number), 0)),"
	" CASE r.rev WHEN 0 THEN r.user ELSE coalesce((SELECT nullif(value, '')"
	"  FROM setting WHERE key = ?2), r.user) END,"
	" r.version, r.holder,"
	" EXISTS (SELECT 1 FROM other_revision o WHERE o.record = r.number AND o.open = 1)"
	" FROM record r LEFT JOIN draft d ON d.record = r.number WHERE r.id = ?1",
[STMT_RECORD_DELETE] =
	"DELETE FROM record WHERE number = ?1",
[STMT_RECORD_FINAL] =
	"UPDATE record SET state = 'queued', rev = ?2, latest = ?3, version = ?4,"
	" title = ?5, day = ?6, changed = ?7, modified = ?8, accepted = '',"
	" reason_code = '', reason_path = '', reason = '' WHERE number = ?1",
[STMT_RECORD_WITHDRAW] =
	"UPDATE record SET state = 'withdrawn', rev = ?2, changed = ?3, modified = ?4,"
	" accepted = '',"
	" reason_code = '', reason_path = '', reason = '' WHERE number = ?1",

[STMT_DRAFT_ADD] =
	"INSERT INTO draft (record, version, saved, modified, title, cursor, answers, lists)"
	" VALUES (?1, ?2, ?3, ?4, '', '', '{}', " LISTS_NOW ")",
[STMT_DRAFT_SAVE] =
	"UPDATE draft SET saved = ?2, modified = ?3, title = ?4, cursor = ?5, answers = ?6"
	" WHERE record = (SELECT number FROM record WHERE id = ?1)",
[STMT_DRAFT_LOAD] =
	"SELECT answers, cursor FROM draft"
	" WHERE record = (SELECT number FROM record WHERE id = ?1)",
[STMT_DRAFT_CORRECT] =
	"INSERT INTO draft (record, version, saved, modified, title, cursor, answers, lists)"
	" SELECT r.number, v.version, ?2, ?3, r.title, r.reason_path, v.answers, " LISTS_NOW
	" FROM record r JOIN revision v ON v.seq = r.latest WHERE r.number = ?1",
[STMT_DRAFT_DELETE] =
	"DELETE FROM draft WHERE record = ?1",

[STMT_REVISION_ADD] =
	"INSERT INTO revision"
	" (record, rev, base, version, at, user, hash, state, why, answers)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?9)",
[STMT_WORDS_SET] =
	"INSERT INTO words (record, text) VALUES (?1, ?2)"
	" ON CONFLICT (record) DO UPDATE SET text = excluded.text",
[STMT_LAST_SAVED_SET] =
	"INSERT INTO last_saved (form, user, revision) VALUES (?1, ?2, ?3)"
	" ON CONFLICT (form, user) DO UPDATE SET revision = excluded.revision",
[STMT_LAST_SAVED] =
	"SELECT v.answers FROM last_saved l JOIN revision v ON v.seq = l.revision"
	" WHERE l.form = ?1 AND l.user = ?2",
[STMT_ANSWERS] =
	"SELECT v.answers FROM record r JOIN revision v ON v.record = r.number"
	" WHERE r.id = ?1 AND v.rev = ?2 AND v.answers IS NOT NULL",
[STMT_ANSWERS_LATEST] =
	"SELECT v.answers FROM record r JOIN revision v ON v.seq = r.latest"
	" WHERE r.id = ?1",
[STMT_REVISIONS] =
	"SELECT v.rev, v.base, v.version, v.at, v.user, v.hash, v.state,"
	" v.why IS NOT NULL, v.why"
	" FROM record r JOIN revision v ON v.record = r.number WHERE r.id = ?1"
	" ORDER BY v.rev",
[STMT_SUBMISSION] = /* not one that names another base than is right now */
	"SELECT s.xml FROM record r JOIN revision v ON v.record = r.number"
	" JOIN submission s ON s.revision = v.seq AND s.base = v.base"
	" WHERE r.id = ?1 AND v.rev = ?2",
[STMT_SUBMISSION_KEEP] =
	"INSERT OR REPLACE INTO submission (revision, base, xml)"
	" SELECT v.seq, v.base, ?3 FROM record r JOIN revision v ON v.record = r.number"
	" WHERE r.id = ?1 AND v.rev = ?2",

[STMT_RECORD_FIND] = /* ?1 a beginning, ?2 an end; two rows tell that it is not one */
	"SELECT id FROM record WHERE id >= ?1 AND id < ?1 || 'g'"
	" UNION SELECT id FROM record WHERE substr(id, -length(?2)) = ?2 LIMIT 2",
[STMT_RECORD_GET] =
	"SELECT " RECORD_COLUMNS " FROM record r LEFT JOIN draft d ON d.record = r.number"
	" WHERE r.id = ?1",

[STMT_RECORDS_BY_STATE] =
	STATE_ARM("draft", "1") " UNION ALL " STATE_ARM("queued", "2") " UNION ALL "
	STATE_ARM("sent", "4") " UNION ALL " STATE_ARM("returned", "8") " UNION ALL "
	STATE_ARM("withdrawn", "16") " ORDER BY moment DESC, number DESC" SOME,
[STMT_RECORDS_BY_DAY] =
	"SELECT " RECORD_COLUMNS " FROM record r"
	" LEFT JOIN draft d ON d.record = r.number"
	" WHERE r.day >= ?4 AND r.day < ?4 || ':' AND" OF_FORM_AND_USER " AND" OF_STATE
	" ORDER BY r.changed DESC, r.number DESC" SOME,
[STMT_RECORDS_WITH_DRAFT] =
	"SELECT " RECORD_COLUMNS " FROM draft d CROSS JOIN record r ON r.number = d.record"
	" WHERE" OF_FORM_AND_USER " AND" OF_STATE " AND" OF_DAY
	" ORDER BY d.saved DESC, d.record DESC" SOME,
[STMT_RECORDS_FOUND] =
	"SELECT " RECORD_COLUMNS " FROM (SELECT r.number AS number, r.changed AS moment"
	"  FROM (SELECT record FROM words WHERE words_match(text, ?7)"
	"   UNION ALL SELECT d.record FROM draft d"
	"    CROSS JOIN record o ON o.number = d.record"
	"    WHERE draft_match(d.title, d.answers, o.form, d.version, ?7)"
	"    AND NOT EXISTS (SELECT 1 FROM words w WHERE w.record = d.record"
	"     AND words_match(w.text, ?7))) AS hit"
	"  CROSS JOIN record r ON r.number = hit.record"
	"  WHERE" OF_FORM_AND_USER " AND" OF_STATE " AND" OF_DAY
	"  AND (?8 = 0 OR EXISTS (SELECT 1 FROM draft WHERE record = r.number))"
	"  ORDER BY moment DESC, number DESC" SOME ") AS found"
	" CROSS JOIN record r ON r.number = found.number"
	" LEFT JOIN draft d ON d.record = r.number"
	" ORDER BY found.moment DESC, found.number DESC",

[STMT_TALLY] =
	"SELECT name, count FROM tally",
[STMT_DAY_COUNTS] = /* from record_by_day alone */
	"SELECT day, form, count(*) FROM record WHERE day >= ?1 AND day < ?1 || ':'"
	" AND state NOT IN ('draft', 'withdrawn') GROUP BY day, form ORDER BY day, form",
[STMT_TODAY] =
	"SELECT count(*) FROM record WHERE day = ?1 AND state NOT IN ('draft', 'withdrawn')",
[STMT_TODAY_FORM] =
	"SELECT count(*) FROM record WHERE day = ?1 AND form = ?2"
	" AND state NOT IN ('draft', 'withdrawn')",

[STMT_OUTBOX_COUNT] =
	"SELECT (SELECT count FROM tally WHERE name = 'waiting'),"
	" (SELECT count FROM tally WHERE name = 'waiting_bytes')",
[STMT_OUTBOX_EACH] =
	"SELECT v.seq, r.id, v.rev, v.base, r.form, v.version, v.user, r.station, r.device,"
	" v.at, r.created, v.hash, v.answers, v.why"
	" FROM revision v INDEXED BY revision_waiting"
	" CROSS JOIN record r ON r.number = v.record"
	" WHERE v.state = 'queued' AND v.seq > ?1 ORDER BY v.seq LIMIT ?2",
[STMT_OUTBOX_LOOK] =
	"SELECT v.seq, r.number, r.rev = v.rev, v.why IS NOT NULL"
	" FROM record r JOIN revision v ON v.record = r.number AND v.rev = ?2"
	" WHERE r.id = ?1 AND v.state = 'queued' AND (?3 IS NULL OR v.hash = ?3)",
[STMT_OUTBOX_MARK] =
	"UPDATE revision SET state = ?2 WHERE seq = ?1",
[STMT_OUTBOX_SENT] =
	"UPDATE record SET state = CASE state WHEN 'withdrawn' THEN state ELSE 'sent' END,"
	" reason_code = '', reason_path = '', reason = '' WHERE number = ?1",
[STMT_OUTBOX_RETURNED] =
	"UPDATE record SET state = 'returned', changed = ?2, modified = ?3,"
	" reason_code = ?4, reason_path = ?5, reason = ?6 WHERE number = ?1",
[STMT_OUTBOX_REBASE] = /* what stood on a refused revision stands on the one below */
	"UPDATE revision SET base = max(coalesce((SELECT max(b.rev) FROM revision b"
	"  WHERE b.record = ?1 AND b.rev < revision.rev AND b.state <> 'refused'), 0),"
	"  coalesce((SELECT max(o.rev) FROM other_revision o"
	"   WHERE o.record = ?1 AND o.rev < revision.rev), 0))"
	" WHERE record = ?1 AND rev > ?2 AND state = 'queued'",
[STMT_OUTBOX_ACKNOWLEDGED] =
	"INSERT INTO acknowledged (receipt, revision) VALUES (?1, ?2)",

[STMT_RECEIPT_ADD] =
	"INSERT INTO receipt (began, collector, remaining) VALUES (?1, ?2,"
	" (SELECT count FROM tally WHERE name = 'waiting'))",
[STMT_RECEIPT_COUNT] =
	"UPDATE receipt SET sent = sent + ?2, accepted = accepted + ?3,"
	" refused = refused + ?4,"
	" remaining = (SELECT count FROM tally WHERE name = 'waiting') WHERE id = ?1",
[STMT_RECEIPT_LINES] = /* in the order of their bytes: 10 before 2 */
	"SELECT r.id, v.rev, v.hash FROM acknowledged a"
	" CROSS JOIN revision v ON v.seq = a.revision"
	" CROSS JOIN record r ON r.number = v.record"
	" WHERE a.receipt = ?1 ORDER BY r.id, CAST(v.rev AS TEXT)",
[STMT_RECEIPT_LINES_MANY] = /* the same through all records: nothing is held to be sorted */
	"SELECT r.id, v.rev, v.hash FROM record r"
	" CROSS JOIN revision v ON v.record = r.number"
	" CROSS JOIN acknowledged a ON a.receipt = ?1 AND a.revision = v.seq"
	" ORDER BY r.id, CAST(v.rev AS TEXT)",
[STMT_RECEIPT_ACCEPTED] =
	"SELECT accepted FROM receipt WHERE id = ?1",
[STMT_RECEIPT_END] =
	"UPDATE receipt SET ended = ?2, bytes_up = ?3, bytes_down = ?4, milliseconds = ?5,"
	" digest = ?6, outcome = ?7,"
	" remaining = (SELECT count FROM tally WHERE name = 'waiting') WHERE id = ?1",
[STMT_RECEIPT_LIST] =
	"SELECT id, began, ended, collector, sent, accepted, refused, remaining, bytes_up,"
	" bytes_down, milliseconds, digest, outcome FROM receipt ORDER BY id DESC LIMIT ?1",

[STMT_SETTLES_OF] =
	"SELECT key, day, done FROM settles WHERE record = ?1",
[STMT_SETTLES_DELETE] =
	"DELETE FROM settles WHERE record = ?1",
[STMT_FOLLOW_DELETE] =
	"DELETE FROM follow WHERE record = ?1",
[STMT_SETTLE_KEY] = /* quick: an event only settles what was asked before it */
	"UPDATE follow AS f SET settled = " STORE_SETTLED
	" WHERE f.key = ?1 AND f.settled = 0 AND f.after < ?2",
[STMT_SETTLE_ALL] =
	"UPDATE follow AS f SET settled = " STORE_SETTLED " WHERE f.key = ?1",
[STMT_SETTLE_OTHER] =
	"UPDATE follow AS f SET settled = " STORE_SETTLED " WHERE f.other = ?1",
[STMT_FOLLOW_RECORDS] =
	"SELECT number, id, form FROM record WHERE latest IS NOT NULL"
	" AND state <> 'withdrawn' AND holder = '' AND (?1 IS NULL OR form = ?1)",
[STMT_FOLLOW_LIST] =
	"SELECT " FOLLOW_COLUMNS " FROM follow f INDEXED BY follow_open"
	" CROSS JOIN record r ON r.number = f.record WHERE" FOLLOW_OPEN FOLLOW_SOME,
[STMT_FOLLOW_OF] =
	"SELECT " FOLLOW_COLUMNS " FROM record r CROSS JOIN follow f ON f.record = r.number"
	" WHERE r.id = ?5 AND" FOLLOW_OPEN FOLLOW_SOME,
[STMT_FOLLOW_COUNT] =
	"SELECT count(*) FROM (SELECT 1 FROM follow f INDEXED BY follow_open"
	" WHERE" FOLLOW_OPEN " LIMIT ?4)",

/* Two columns that name a thing, in their order, and its bytes. */
[STMT_COMPARE_REVISIONS] =
	"SELECT r.id, printf('%08d', v.rev), v.hash || coalesce(v.answers, v.why)"
	" FROM record r JOIN revision v ON v.record = r.number ORDER BY r.id, v.rev",
[STMT_COMPARE_DRAFTS] =
	"SELECT r.id, '', d.answers FROM record r JOIN draft d ON d.record = r.number"
	" ORDER BY r.id",
[STMT_COMPARE_FORMS] =
	"SELECT id, version, source FROM form ORDER BY id, version",
[STMT_COMPARE_LISTS] =
	"SELECT filename, '', text FROM list ORDER BY filename",

[STMT_AUDIT_HEAD] =
	"SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
[STMT_AUDIT_ADD] =
	"INSERT INTO audit (number, at, who, what, about, hash)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
[STMT_AUDIT_EACH] =
	"SELECT number, at, who, what, about, hash FROM audit WHERE number > ?1"
	" ORDER BY number LIMIT ?2",

[STMT_INBOX_LOOK] = /* sent: the last that the collector has; unsent: after that one */
	"SELECT r.number, r.form, r.state, r.rev, r.holder, d.record IS NOT NULL,"
	" coalesce((SELECT max(v.rev) FROM revision v"
	"  WHERE v.record = r.number AND v.state = 'sent'), 0) AS sent,"
	" EXISTS (SELECT 1 FROM revision v WHERE v.record = r.number AND v.rev = r.rev"
	"  AND v.state <> 'sent'), r.reason_code, r.reason_path, r.reason, r.accepted,"
	" r.title"
	" FROM record r LEFT JOIN draft d ON d.record = r.number WHERE r.id = ?1",
[STMT_INBOX_KNOWN] =
	"SELECT 1 FROM revision WHERE record = ?1 AND rev = ?2 AND hash = ?3"
	" UNION ALL SELECT 1 FROM other_revision"
	" WHERE record = ?1 AND rev = ?2 AND hash = ?3 LIMIT 1",
[STMT_INBOX_ADD] =
	"INSERT INTO record"
	" (id, form, version, day, created, changed, modified, user, station, device)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
[STMT_INBOX_REVISION] =
	"INSERT INTO revision"
	" (record, rev, base, version, at, user, hash, state, why, answers)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'sent', ?8, ?9)",
[STMT_INBOX_TAKE] =
	"UPDATE record SET state = ?2, rev = ?3, latest = coalesce(?4, latest),"
	" version = ?5, title = coalesce(?6, title), day = coalesce(?7, day),"
	" changed = ?8, modified = ?9, reason_code = '', reason_path = '', reason = '',"
	" holder = '', accepted = '' WHERE number = ?1",
[STMT_INBOX_LAST_SAVED] = /* the last that was written, not the last that came */
	"INSERT INTO last_saved (form, user, revision) VALUES (?1, ?2, ?3)"
	" ON CONFLICT (form, user) DO UPDATE SET revision = excluded.revision"
	" WHERE (SELECT at FROM revision WHERE seq = excluded.revision) >="
	" (SELECT at FROM revision WHERE seq = last_saved.revision)",
[STMT_INBOX_CLOSE] =
	"UPDATE other_revision SET open = ?2 WHERE record = ?1 AND open = 1",
[STMT_INBOX_ASIDE] =
	"INSERT INTO other_revision"
	" (record, rev, version, at, user, hash, why, answers, open)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
[STMT_INBOX_REFUSE] =
	"UPDATE revision SET state = 'refused' WHERE record = ?1 AND state = 'queued'",
[STMT_INBOX_RETURN] =
	"UPDATE record SET state = 'returned', changed = ?2, modified = ?3,"
	" reason_code = ?4, reason_path = ?5, reason = ?6, accepted = '' WHERE number = ?1",
[STMT_INBOX_ACCEPT] =
	"UPDATE record SET state = 'sent', reason_code = '', reason_path = '',"
	" reason = '', accepted = ?2 WHERE number = ?1",
[STMT_INBOX_HOLDER] =
	"UPDATE record SET holder = ?2 WHERE number = ?1",
[STMT_CONFLICT] = /* base: the last below theirs that both are made from */
	"SELECT r.form, coalesce((SELECT b.answers FROM (SELECT rev, answers FROM revision"
	"   WHERE record = r.number AND state = 'sent'"
	"   UNION ALL SELECT rev, answers FROM other_revision"
	"   WHERE record = r.number AND open = 0) AS b WHERE b.rev < o.rev"
	"   AND b.answers IS NOT NULL ORDER BY b.rev DESC LIMIT 1), '{}'),"
	" coalesce(d.answers, CASE WHEN l.why IS NULL THEN v.answers END), o.answers,"
	" coalesce(d.version, r.version), o.version, l.why, o.why, o.at, o.user,"
	" d.record IS NOT NULL"
	" FROM record r JOIN other_revision o ON o.record = r.number AND o.open = 1"
	" LEFT JOIN draft d ON d.record = r.number"
	" LEFT JOIN revision v ON v.seq = r.latest"
	" LEFT JOIN revision l ON l.record = r.number AND l.rev = r.rev"
	" WHERE r.id = ?1",
[STMT_CONFLICTS] =
	"SELECT r.id FROM other_revision o JOIN record r ON r.number = o.record"
	" WHERE o.open = 1 AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.record = r.number)",
[STMT_CONFLICT_CLOSE] =
	"UPDATE other_revision SET open = 0 WHERE open = 1"
	" AND record = (SELECT number FROM record WHERE id = ?1)",
[STMT_CONFLICT_DRAFT] =
	"INSERT INTO draft (record, version, saved, modified, title, cursor, answers, lists)"
	" SELECT number, ?2, ?3, ?4, ?5, '', ?6, " LISTS_NOW " FROM record WHERE id = ?1"
	" ON CONFLICT (record) DO UPDATE SET version = excluded.version,"
	" saved = excluded.saved, modified = excluded.modified, title = excluded.title,"
	" cursor = '', answers = excluded.answers",
[STMT_TASK_STALE] =
	"UPDATE task SET stale = 1",
[STMT_TASK_KNOWN] =
	"SELECT 1 FROM task WHERE id = ?1",
[STMT_TASK_PUT] =
	"INSERT INTO task (id, place, text, due, form, answers, stale)"
	" VALUES (?1, (SELECT count(*) FROM task WHERE stale = 0), ?2, ?3, ?4, ?5, 0)"
	" ON CONFLICT (id) DO UPDATE SET place = excluded.place, text = excluded.text,"
	" due = excluded.due, form = excluded.form, answers = excluded.answers, stale = 0",
[STMT_TASK_DROP] =
	"DELETE FROM task WHERE stale = 1",
[STMT_TASKS] =
	"SELECT id, text, due, form, answers FROM task WHERE ?1 IS NULL OR id = ?1"
	" ORDER BY due = '', due, place",
[STMT_TOLD] =
	"INSERT INTO told (key, day, done) VALUES (?1, ?2, ?3)"
	" ON CONFLICT (key) DO UPDATE SET day = excluded.day, done = excluded.done"
	" WHERE day <> excluded.day OR done <> excluded.done",
[STMT_NEWS_ADD] =
	"INSERT INTO news (kind, count, text, record) VALUES (?1, 1, ?2, ?3)"
	" ON CONFLICT (kind) DO UPDATE SET count = count + 1, text = excluded.text,"
	" record = excluded.record",
[STMT_NEWS] =
	"SELECT kind, count, text, record FROM news ORDER BY kind",
[STMT_NEWS_SEEN] =
	"DELETE FROM news WHERE ?1 IS NULL OR kind = ?1",
[STMT_UNREAD_ADD] =
	"INSERT INTO unread (program, line) VALUES (?1, ?2)"
	" ON CONFLICT (line) DO UPDATE SET program = excluded.program",
[STMT_UNREAD] =
	"SELECT number, line FROM unread WHERE program <> ?1 ORDER BY number LIMIT 1",
[STMT_UNREAD_AGAIN] =
	"UPDATE unread SET program = ''",
[STMT_UNREAD_DROP] =
	"DELETE FROM unread WHERE number = ?1",
[STMT_HELD] =
	"SELECT v.seq, r.id, v.rev FROM revision v JOIN record r ON r.number = v.record"
	" WHERE v.seq > ?1 AND v.state = 'sent' ORDER BY v.seq LIMIT ?2",
[STMT_REQUEUE] =
	"UPDATE revision SET state = 'queued' WHERE state = 'sent' AND rev = ?2"
	" AND record = (SELECT number FROM record WHERE id = ?1)",
[STMT_REQUEUE_RECORD] =
	"UPDATE record SET state = 'queued' WHERE id = ?1 AND rev = ?2 AND state = 'sent'",
};
