/* The store's tables, as numbered steps, and every statement, by its name. */
#include "db_sqlite_private.h"

/* Shipped rows are never edited; a change is a new row. */
const char *const db_sqlite_migrations[] = {
	/* 1 */
	"CREATE TABLE device ("      /* laptops that may send */
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" token BLOB NOT NULL UNIQUE," /* SHA-256 of the token */
	" added TEXT NOT NULL,"
	" seen TEXT NOT NULL DEFAULT ''," /* its last batch */
	" removed TEXT);"                 /* when; its token is refused since */
	"CREATE UNIQUE INDEX device_name ON device (name) WHERE removed IS NULL;"
	"CREATE TABLE batch ("       /* one row a batch that was committed */
	" id INTEGER PRIMARY KEY,"
	" device INTEGER NOT NULL REFERENCES device (id),"
	" received TEXT NOT NULL,"
	" label TEXT NOT NULL,"      /* Batch-Id, as the client said it */
	" records INTEGER NOT NULL, added INTEGER NOT NULL,"
	" same INTEGER NOT NULL, bad INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL);"  /* as sent */
	"CREATE TABLE revision ("    /* what was received; never changed, never removed */
	" seq INTEGER PRIMARY KEY,"  /* in the order of committing */
	" id BLOB NOT NULL,"         /* 16 bytes of the UUID */
	" rev INTEGER NOT NULL,"
	" base INTEGER NOT NULL,"    /* the revision it was made from; 0 for none */
	" base_hash TEXT NOT NULL,"  /* '' when the line did not say */
	" form TEXT NOT NULL, version TEXT NOT NULL,"
	" user TEXT NOT NULL, station TEXT NOT NULL, device TEXT NOT NULL,"
	" created TEXT NOT NULL, at TEXT NOT NULL,"
	" hash TEXT NOT NULL,"
	" withdrawn INTEGER NOT NULL, why TEXT NOT NULL,"
	" answers TEXT,"             /* its bytes as received; NULL for a withdrawal */
	" sender INTEGER NOT NULL REFERENCES device (id)," /* whose token */
	" batch INTEGER NOT NULL REFERENCES batch (id),"
	" UNIQUE (id, rev));",
	/* 2: what goes down again */
	"CREATE TABLE worker ("      /* who was enrolled, as records name them */
	" user TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,"
	" station TEXT NOT NULL, added TEXT NOT NULL) WITHOUT ROWID;"
	"ALTER TABLE device ADD COLUMN worker TEXT NOT NULL DEFAULT '';" /* '' unknown */
	"CREATE TABLE code ("        /* one-time codes of enrolment */
	" hash BLOB PRIMARY KEY,"    /* SHA-256 of the code */
	" user TEXT NOT NULL,"
	" expires INTEGER NOT NULL," /* milliseconds since 1970 */
	" token BLOB,"               /* of the device it made; NULL: not used yet */
	" device TEXT NOT NULL DEFAULT '') WITHOUT ROWID;"
	"CREATE INDEX revision_user ON revision (user);"
	"CREATE TABLE hand_over ("   /* never removed; the last of a record counts */
	" seq INTEGER PRIMARY KEY, id BLOB NOT NULL, user TEXT NOT NULL,"
	" at TEXT NOT NULL);"
	"CREATE INDEX hand_over_id ON hand_over (id);"
	"CREATE TABLE change ("      /* the feed: what is put again moves to the end */
	" seq INTEGER PRIMARY KEY AUTOINCREMENT,"
	" feed INTEGER NOT NULL,"    /* enum feed */
	" audience TEXT NOT NULL,"   /* a user, '#' and a device's id, '' everybody */
	" key BLOB NOT NULL,"        /* a record's 16 bytes, a file's key */
	" UNIQUE (feed, audience, key));"
	"CREATE INDEX change_seq ON change (feed, audience, seq);"
	"CREATE TABLE feedback ("    /* on a record's revision; the last counts */
	" id BLOB PRIMARY KEY, rev INTEGER NOT NULL, state TEXT NOT NULL,"
	" path TEXT NOT NULL, message TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE file ("        /* forms, every version; lists, the last of a name */
	" key TEXT PRIMARY KEY,"     /* 'form visit 2026112301', 'list building.csv' */
	" kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,"
	" sha BLOB NOT NULL, size INTEGER NOT NULL, added TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE blob ("        /* their bytes, gzipped */
	" number INTEGER PRIMARY KEY, sha BLOB NOT NULL UNIQUE, gzip BLOB NOT NULL);"
	"CREATE TABLE task ("        /* what workers are asked to do */
	" number INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL,"
	" text TEXT NOT NULL, due TEXT NOT NULL, form TEXT NOT NULL,"
	" answers TEXT NOT NULL,"    /* JSON object that the form begins with */
	" added TEXT NOT NULL, closed TEXT NOT NULL DEFAULT '');"
	"CREATE INDEX task_user ON task (user) WHERE closed = '';"
	"CREATE TABLE need ("        /* found by visits, of their last revision */
	" id TEXT PRIMARY KEY,"      /* the visit's id, '-', its place from 1 */
	" record BLOB NOT NULL, user TEXT NOT NULL, text TEXT NOT NULL,"
	" due TEXT NOT NULL, dispute INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX need_user ON need (user);"
	"CREATE INDEX need_record ON need (record);"
	"CREATE TABLE need_answer (" /* what feedback and disputes say of needs */
	" number INTEGER PRIMARY KEY, record BLOB NOT NULL UNIQUE,"
	" ref TEXT NOT NULL,"        /* a need's id, or a dispute's visit */
	" day TEXT NOT NULL, closes INTEGER NOT NULL);"
	"CREATE INDEX need_answer_ref ON need_answer (ref);"
	"CREATE TABLE meta ("        /* what the collector remembers of itself */
	" key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
	/* 3 */
	"CREATE TABLE kept ("        /* lines of batches that are no records, as they came */
	" seq INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL,"       /* 'audit', or one of a later version's */
	" sha BLOB NOT NULL UNIQUE," /* of the line */
	" batch INTEGER NOT NULL REFERENCES batch (id),"
	" line TEXT NOT NULL);"
	"CREATE INDEX kept_kind ON kept (kind);",
	/* 4 */
	"ALTER TABLE kept ADD COLUMN device INTEGER;" /* whose batch it was in */
	"UPDATE kept SET device = (SELECT b.device FROM batch b WHERE b.id = batch);"
	"CREATE INDEX kept_device ON kept (device, kind);",
	/* 5 */
	"ALTER TABLE kept ADD COLUMN number INTEGER;", /* of a log's piece: its last entry's; pieces
	                                                * on sticks come in any order */
};

const int db_sqlite_migration_count =
    (int)(sizeof(db_sqlite_migrations) / sizeof(db_sqlite_migrations[0]));

/* What read_revision() reads. r: revision, h: the last hand-over, w: its worker. */
#define REVISION_COLUMNS \
	"r.id, r.form, r.version, r.user, r.station, r.device," \
	" coalesce(nullif(r.created, ''), r.at), r.at, r.hash, r.rev, r.base," \
	" r.withdrawn, r.why, r.answers, coalesce(h.user, ''), coalesce(w.name, '')"
#define WITH_HOLDER \
	" LEFT JOIN hand_over h ON h.seq =" \
	"  (SELECT max(x.seq) FROM hand_over x WHERE x.id = r.id)" \
	" LEFT JOIN worker w ON w.user = h.user"
#define IS_LAST "r.rev = (SELECT max(m.rev) FROM revision m WHERE m.id = r.id)"

const char *const db_sqlite_statements[STMTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[DEVICE_ADD] = "INSERT INTO device (name, token, added, worker)"
	    " SELECT ?1, ?2, ?3, ?4"
	    " WHERE NOT EXISTS (SELECT 1 FROM device WHERE name = ?1"
	    " AND removed IS NULL)",
	[DEVICE_REMOVE] = "UPDATE device SET removed = ?2"
	    " WHERE name = ?1 AND removed IS NULL",
	[DEVICE_FIND] = "SELECT id, name, added, seen, removed IS NOT NULL,"
	    " worker FROM device"
	    " WHERE token = ?1",
	[DEVICE_EACH] = "SELECT id, name, added, seen, removed IS NOT NULL,"
	    " worker FROM device"
	    " ORDER BY name, id",
	[DEVICE_SEEN] = "UPDATE device SET seen = ?2 WHERE id = ?1",
	[KNOWN] = "SELECT rev, base, hash, base_hash, user, sender, withdrawn"
	    " FROM revision WHERE id = ?1 ORDER BY rev",
	[BATCH_ADD] = "INSERT INTO batch (device, received, label, records, added, same,"
	    " bad, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STORE] = "INSERT INTO revision (id, rev, base, base_hash, form, version, user,"
	    " station, device, created, at, hash, withdrawn, why, answers, sender, batch)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
	    " ?16, ?17)",
	[ROWS] = "SELECT r.id, r.form, r.version, r.user, r.station, r.device,"
	    " coalesce(nullif(r.created, ''), r.at), r.rev, r.withdrawn, r.why, coalesce(r.answers, (SELECT p.answers"
	    "  FROM revision p WHERE p.id = r.id AND p.answers IS NOT NULL"
	    "  ORDER BY p.rev DESC LIMIT 1), '{}')"
	    " FROM revision r"
	    " WHERE (?1 = '' OR r.form = ?1) AND (?2 OR NOT r.withdrawn)"
	    " AND r.rev = (SELECT max(m.rev) FROM revision m WHERE m.id = r.id)"
	    " ORDER BY r.id",
	[STATS] = "SELECT (SELECT count(DISTINCT id) FROM revision),"
	    " (SELECT count(*) FROM revision),"
	    " (SELECT count(*) FROM revision r WHERE r.withdrawn AND r.rev ="
	    "  (SELECT max(m.rev) FROM revision m WHERE m.id = r.id)),"
	    " (SELECT count(*) FROM revision r WHERE r.base > 0 AND NOT EXISTS"
	    "  (SELECT 1 FROM revision b WHERE b.id = r.id AND b.rev = r.base)),"
	    " (SELECT count(*) FROM device WHERE removed IS NULL),"
	    " (SELECT count(*) FROM batch),"
	    " coalesce((SELECT received FROM batch ORDER BY id DESC LIMIT 1), ''),"
	    " coalesce((SELECT d.name FROM batch b JOIN device d ON d.id = b.device"
	    "  ORDER BY b.id DESC LIMIT 1), '')",
	[STATS_FORMS] = "SELECT form, count(*), sum(n), sum(withdrawn) FROM"
	    " (SELECT r.form AS form, r.withdrawn AS withdrawn,"
	    "   (SELECT count(*) FROM revision c WHERE c.id = r.id) AS n"
	    "  FROM revision r WHERE r.rev ="
	    "   (SELECT max(m.rev) FROM revision m WHERE m.id = r.id))"
	    " GROUP BY form ORDER BY form",
	[HOLDERS] = "SELECT user FROM hand_over WHERE id = ?1 ORDER BY seq",
	[MATCH] = "SELECT DISTINCT id FROM revision WHERE id BETWEEN ?1 AND ?2 LIMIT 2",
	[LAST] = "SELECT r.id, r.rev, r.form, r.user, r.sender, d.worker,"
	    " coalesce(h.user, ''), r.withdrawn FROM revision r"
	    " JOIN device d ON d.id = r.sender" WITH_HOLDER " WHERE r.id = ?1 AND " IS_LAST,

	[WORKER_PUT] = "INSERT INTO worker (user, name, role, station, added)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user) DO UPDATE SET"
	    " name = excluded.name, role = excluded.role, station = excluded.station",
	[WORKER_FIND] = "SELECT user, name, role, station FROM worker WHERE user = ?1",
	[WORKER_EACH] = "SELECT user, name, role, station FROM worker ORDER BY user",
	[CODE_FORGET] = "DELETE FROM code WHERE user = ?1 AND token IS NULL",
	[CODE_ADD] = "INSERT INTO code (hash, user, expires) VALUES (?1, ?2, ?3)",
	[CODE_FIND] = "SELECT user, expires, token, device FROM code WHERE hash = ?1",
	[CODE_USE] = "UPDATE code SET token = ?2, device = ?3"
	    " WHERE hash = ?1 AND token IS NULL",

	[CHANGE_PUT] = "REPLACE INTO change (feed, audience, key) VALUES (?1, ?2, ?3)",
	[CASES_AFTER] = "SELECT c.seq, " REVISION_COLUMNS " FROM change c"
	    " JOIN revision r ON r.id = c.key AND " IS_LAST WITH_HOLDER
	    " WHERE c.feed = ?1 AND c.audience = ?2 AND c.seq > ?3 ORDER BY c.seq",
	[HAND_OVER] = "INSERT INTO hand_over (id, user, at) VALUES (?1, ?2, ?3)",
	[FEEDBACK_SET] = "REPLACE INTO feedback (id, rev, state, path, message, at)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[FEEDBACK_AFTER] = "SELECT c.seq, f.id, f.rev, f.state, f.path, f.message, f.at"
	    " FROM change c JOIN feedback f ON f.id = c.key"
	    " WHERE c.feed = ?1 AND c.audience = ?2 AND c.seq > ?3 ORDER BY c.seq",
	[FILE_SAME] = "SELECT sha FROM file WHERE key = ?1",
	[FILE_PUT] = "REPLACE INTO file (key, kind, name, version, sha, size, added)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[BLOB_PUT] = "INSERT INTO blob (sha, gzip) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
	[BLOB_FORGET] = "DELETE FROM blob WHERE sha NOT IN (SELECT sha FROM file)",
	[BLOB] = "SELECT gzip FROM blob WHERE sha = ?1",
	[FILES_AFTER] = "SELECT c.seq, f.kind, f.name, f.version, f.sha, f.size"
	    " FROM change c JOIN file f ON f.key = CAST(c.key AS TEXT)"
	    " WHERE c.feed = ?1 AND c.audience = '' AND c.seq > ?2 ORDER BY c.seq",
	[REVISIONS_END] = "SELECT coalesce(max(seq), 0) FROM revision WHERE user = ?1",
	[REVISIONS_AFTER] = "SELECT r.seq, " REVISION_COLUMNS " FROM revision r" WITH_HOLDER
	    " WHERE r.user = ?1 AND r.seq > ?2 AND (r.sender <> ?3 OR r.seq <= ?4)"
	    " AND coalesce(h.user, ?1) = ?1 AND " IS_LAST " ORDER BY r.seq",
	[MARK] = "SELECT hash FROM revision WHERE seq = ?1",
	[NEWEST] = "SELECT (SELECT coalesce(max(seq), 0) FROM change),"
	    " (SELECT coalesce(max(seq), 0) FROM revision)",

	[TASK_ADD] = "INSERT INTO task (user, text, due, form, answers, added)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[TASK_CLOSE] = "UPDATE task SET closed = ?2 WHERE number = ?1 AND closed = ''",
	[TASKS] = "SELECT number, user, text, due, form, answers, added, closed FROM task"
	    " WHERE ?1 IS NULL OR (user = ?1 AND closed = '')"
	    " ORDER BY closed <> '', due = '', due, number",
	[REV_NEWEST] = "SELECT coalesce(max(rev), 0) FROM revision WHERE id = ?1",
	[NEEDS_FORGET] = "DELETE FROM need WHERE record = ?1",
	[NEED_ADD] = "INSERT INTO need (id, record, user, text, due, dispute)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[NEED_ANSWER] = "REPLACE INTO need_answer (record, ref, day, closes)"
	    " VALUES (?1, ?2, ?3, ?4)",
	[NEED_FIND] = "SELECT text FROM need WHERE id = ?1",
	/* Open: not closed by its latest feedback, nor taken up by a dispute. */
	[NEEDS_OPEN] = "SELECT n.id, n.text, n.due, n.dispute, n.user FROM need n"
	    " WHERE NOT coalesce((SELECT a.closes FROM need_answer a WHERE a.ref = n.id"
	    "  ORDER BY a.day DESC, a.number DESC LIMIT 1), 0)"
	    " AND NOT (n.dispute AND EXISTS (SELECT 1 FROM need_answer a"
	    "  WHERE a.ref = substr(n.id, 1, 36)))"
	    " ORDER BY n.due, n.id",
	[ANSWER_REF] = "SELECT ref FROM need_answer WHERE record = ?1",
	/* Into the feed of those whose visit found it; ?1 the feed, ?2 the answer's ref. */
	[SETTLED_PUT] = "REPLACE INTO change (feed, audience, key)"
	    " SELECT DISTINCT ?1, n.user, ?2 FROM need n"
	    " WHERE n.id = ?2 OR (n.dispute AND n.id >= ?2 || '-' AND n.id < ?2 || '.')",
	/* A visit's needs that were answered already. */
	[SETTLED_PUT_ALL] = "REPLACE INTO change (feed, audience, key)"
	    " SELECT DISTINCT ?1, n.user, a.ref FROM need n JOIN need_answer a"
	    " ON a.ref = n.id OR (n.dispute AND a.ref = substr(n.id, 1, 36))"
	    " WHERE n.record = ?2",
	[SETTLED_AFTER] = "SELECT c.seq, c.key,"
	    " coalesce((SELECT a.day FROM need_answer a WHERE a.ref = c.key"
	    "  ORDER BY a.day DESC, a.number DESC LIMIT 1), ''),"
	    " coalesce((SELECT a.closes FROM need_answer a WHERE a.ref = c.key"
	    "  ORDER BY a.day DESC, a.number DESC LIMIT 1), 0)"
	    " FROM change c WHERE c.feed = ?1 AND c.audience = ?2 AND c.seq > ?3"
	    " ORDER BY c.seq",
	[KEPT] = "SELECT 1 FROM kept WHERE sha = ?1",
	[KEEP] = "INSERT INTO kept (kind, sha, batch, line, number, device)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, (SELECT device FROM batch WHERE id = ?3))"
	    " ON CONFLICT DO NOTHING",
	[KEPT_EACH] = "SELECT line FROM kept WHERE kind = ?1 ORDER BY seq",
	[KEPT_LAST] = "SELECT line FROM kept WHERE device = ?1 AND kind = ?2"
	    " ORDER BY number DESC, seq DESC LIMIT 1",
	[META_GET] = "SELECT value FROM meta WHERE key = ?1",
	[META_SET] = "INSERT INTO meta (key, value) VALUES (?1, ?2)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
};
