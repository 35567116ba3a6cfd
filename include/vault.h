/*
 * vault - the notebook's file under lock: passphrase, recovery key, sealed pages
 *
 * A sealed notebook is one file: two copies of a block of key slots, then the pages of
 * an SQLite database, each sealed (XChaCha20-Poly1305) under a random data key of its
 * own. The data key stands in the slots, wrapped by the worker's passphrase (Argon2id)
 * and, when the district has a recovery key, sealed to that (X25519). Changing the
 * passphrase rewrites the slots, never a page. Nothing readable of a sealed notebook is
 * ever written anywhere; what is in use stands in memory only.
 *
 *	look = vault_look(path, &err);
 *	key = vault_unlock(path, &passphrase, &err);    or vault_key_new(), a new file
 *	nb = notebook_open_sealed(path, false, key, clock, &err);
 *	...
 *	notebook_close(nb);                             idle lock: close, then free
 *	vault_key_free(key);                            the key is gone from memory
 *
 * A notebook may stay plain (without a passphrase): vault_look() tells, and
 * notebook_open() opens it. vault_convert() seals a plain one.
 */
#ifndef VAULT_H
#define VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct clock;
struct err;
struct notebook;

/* --- the process --- */

/* First thing in main(): no core dump, and no other program of the same user may look
 * into the memory; a file that may not grow is a full disk, not the program's end. False
 * when the system refused one of the first two. */
bool vault_guard_process(void);

/* --- passphrases --- */

#define VAULT_PASSPHRASE_MAX 255 /* bytes */

/* UTF-8, in whichever composition; blanks at its ends do not count. Whoever fills one
 * wipes it as soon as the key is there. */
struct vault_passphrase {
	char text[VAULT_PASSPHRASE_MAX + 1];
	size_t len;
};

void vault_passphrase_wipe(struct vault_passphrase *p);

/* Is it good enough to be chosen? At least eight letters (a hanzi counts as two), and
 * not digits only. False and err says what is wanted. */
bool vault_passphrase_check(const struct vault_passphrase *p, struct err *err);

/* What deriving the key from a passphrase costs. */
struct vault_cost {
	uint32_t passes; /* at least 1 */
	uint32_t kib;    /* memory; at least 8 */
};

/* The cost that takes this computer about half a second: measured, takes that long. */
struct vault_cost vault_cost_measure(void);

/* --- the district's recovery key --- */

/* A key pair, as text that says which half it is: the public half goes into
 * district.txt and may be known, the secret half opens every notebook that was made with
 * the public one. Both hold a check of themselves against typing errors. */
#define VAULT_RECOVERY_SIZE 32 /* bytes of either half */
#define VAULT_RECOVERY_TEXT 88 /* "minqing-public-" + 72 hex digits + NUL */

enum vault_half { VAULT_PUBLIC, VAULT_SECRET };

void vault_recovery_make(char public_text[VAULT_RECOVERY_TEXT],
    char secret_text[VAULT_RECOVERY_TEXT]);
/* Blanks around it are passed over. False and err when it is not such a key, or is the
 * other half. */
bool vault_recovery_read(const char *text, enum vault_half half,
    unsigned char key[VAULT_RECOVERY_SIZE], struct err *err);

/* --- keys --- */

/* A file's data key, in guarded memory; knows its file's slots. */
struct vault_key;

/* How a new passphrase is set. */
struct vault_choice {
	const struct vault_passphrase *passphrase;
	const unsigned char *recovery; /* VAULT_RECOVERY_SIZE bytes, public; NULL: none */
	const struct vault_cost *cost; /* NULL: vault_cost_measure() */
};

/* A key for a file that is not there yet, see notebook_open_sealed() and
 * vault_convert(). NULL and err when there is not memory enough. */
struct vault_key *vault_key_new(const struct vault_choice *choice, struct err *err);

/* ERR_INPUT when the passphrase is not the one, ERR_SYSTEM for everything else. Takes
 * what the file's cost says, see vault_cost. */
struct vault_key *vault_unlock(const char *path, const struct vault_passphrase *p,
    struct err *err);

/* The same by the district's secret half. ERR_INPUT when no slot is for that key. */
struct vault_key *vault_recover(const char *path,
    const unsigned char secret[VAULT_RECOVERY_SIZE], struct err *err);

/*
 * Puts another passphrase (and recovery key, when one is given; an old one stays
 * otherwise) into the file's slots. May be done while the notebook is open. Power may
 * fail at any moment: either the old passphrase opens it or the new one; so it is after
 * false, when the disk failed. The key must be that file's: with another's nothing is
 * written.
 */
bool vault_change(const char *path, struct vault_key *key,
    const struct vault_choice *choice, struct err *err);

/*
 * A key put away under a PIN while the screen is locked: in memory only, at the cost of
 * the file's passphrase. NULL and err when there is not memory enough. The key itself is
 * still to be freed.
 */
struct vault_parked;
#define VAULT_PIN_MIN   4 /* digits */
#define VAULT_PIN_MAX   12
#define VAULT_PIN_TRIES 3

/* Nothing but digits, as many as that. */
bool vault_pin_check(const char *pin, struct err *err);
struct vault_parked *vault_park(const struct vault_key *key, const char *pin,
    struct err *err);
/* NULL and err when the PIN is wrong; the third time the key is wiped for good. */
struct vault_key *vault_unpark(struct vault_parked *parked, const char *pin,
    struct err *err);
/* May the PIN still be tried? */
bool vault_parked_is_there(const struct vault_parked *parked);
void vault_parked_free(struct vault_parked *parked);

/* Wipes and frees it. The notebook that was opened with it is closed before. */
void vault_key_free(struct vault_key *key);

/* --- files --- */

enum vault_look {
	VAULT_ABSENT, /* no such file */
	VAULT_PLAIN,
	VAULT_SEALED,
	VAULT_BROKEN, /* neither; empty; sealed with both copies of its slots damaged */
};

/* What kind of file it is, by its first bytes. err is filled for VAULT_BROKEN only. Where a
 * power cut came into a restore that was all but done, that is done first. */
enum vault_look vault_look(const char *path, struct err *err);

/*
 * Seals a plain notebook under a key of vault_key_new(). The sealed copy is made beside
 * it, compared page by page, and takes its place in one step: a crash leaves one or the
 * other, whole. The plain bytes are then written over, which on some disks (SSDs,
 * copy-on-write file systems) does not reach every old copy of them.
 */
bool vault_convert(const char *path, struct vault_key *key, const struct clock *clock,
    struct err *err);

/* What is known without the passphrase. */
struct vault_facts {
	struct vault_cost cost;
	bool has_recovery;
	unsigned char recovery[VAULT_RECOVERY_SIZE];
	int copies_good; /* of the slots: 2, or 1 when one is damaged */
};

bool vault_facts(const char *path, struct vault_facts *facts, struct err *err);

/* --- damage --- */

/* What a look at every page found. Nothing of it stops the rest from being read. */
struct vault_report {
	int64_t pages;
	int64_t bad_pages; /* do not open, or not as a database's */
	int64_t bad_page;  /* the first of them, from 1 */
	int64_t missing;   /* pages that were cut off at the end */
	int keys_bad;      /* copies of the key slots that are damaged; 2 does not open */
	bool stale;        /* all open, but one is older than the last clean close left it */
	int saves_lost;    /* at the end of the log: at least */
	bool cut;          /* the log ends inside a save */
	bool other_log;    /* the log is of another copy of the notebook, and not read */
	int problems;      /* of the database's structure */
	char problem[160]; /* the first of them, in SQLite's words; never what was typed */
};

/* Reads the whole file; writes nothing. key NULL: plain. False and err when it cannot be
 * read at all; otherwise vault_report_is_good() tells. */
bool vault_check(const char *path, struct vault_key *key, const struct clock *clock,
    struct vault_report *report, struct err *err);
bool vault_report_is_good(const struct vault_report *report);

/* What vault_salvage() found, one thing a call; texts are lent. False stops it. */
struct vault_salvor {
	/* A finished record as a line of JSON that import takes, and a draft's. Of one
	 * whose own row is lost only its number, the version and the answers are known. */
	bool (*record)(void *data, const char *line, size_t len);
	bool (*draft)(void *data, const char *line, size_t len);
	/* Forms and lists, byte for byte; version NULL for a list. */
	bool (*file)(void *data, const char *name, const char *version,
	    const char *bytes, size_t len);
	/* Receipts of syncs and the log's entries, a line of JSON each. */
	bool (*other)(void *data, const char *line, size_t len);
	void *data;
};

struct vault_salvage {
	long records, drafts, files; /* given out */
	long lost;                   /* pages that do not open, rows that are not whole */
};

/* Gives out everything that can be read, however much of the file is damaged, held in
 * memory all at once; writes nothing to the notebook. False and err when the file cannot
 * be read at all or the salvor stopped. */
bool vault_salvage(const char *path, struct vault_key *key,
    const struct vault_salvor *salvor, struct vault_salvage *result, struct err *err);

#endif
