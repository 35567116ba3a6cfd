/*
 * place - where notebooks and shipped forms are kept on this machine
 *
 * Notebooks stand in MINQING_HOME, else $XDG_DATA_HOME/minqing, else
 * ~/.local/share/minqing: one file a worker, named by the worker's name
 * ("陈桂芳.notebook"), so that the start screen can list them without opening any.
 * Shipped forms are in MINQING_FORMS, else beside the program (PREFIX/share/minqing/
 * forms, or forms/ of the source tree when it runs from build/).
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct clock;
struct err;
struct form;
struct list;
struct notebook;
struct vault_key;
struct vault_passphrase;

#define PLACE_SUFFIX ".notebook"

/* What a worker says at the first start. NULL or "" where nothing was said. */
struct worker {
	const char *id; /* of ASCII letters and digits; made from the name when empty */
	const char *name;
	const char *role;
	const char *station;
	const char *collector; /* http:// or https:// address */
	const char *token;
};

/* Appends the folder's path. */
bool place_folder(struct buf *path, struct err *err);

/* Makes a folder, and those above it, for nobody else to look into. */
bool place_make_folders(const char *path, struct err *err);

/* Names of the notebooks here, sorted; a NULL-terminated array of given strings, to
 * be freed with place_names_free(). NULL and err when the folder cannot be read. */
char **place_names(size_t *count, struct err *err);
void place_names_free(char **names);

/* Makes a worker's notebook (and the folder) and puts the shipped forms into it. It is
 * plain, which a district may forbid. */
struct notebook *place_create(const struct worker *worker, const struct clock *clock,
    struct err *err);
/* The same, sealed with a passphrase (and the district's recovery key). NULL: plain. */
struct notebook *place_create_sealed(const struct worker *worker,
    const struct vault_passphrase *passphrase, const struct clock *clock,
    struct err *err);

/* Where a passphrase comes from when a notebook wants one. */
enum place_asking {
	PLACE_ASK_OPEN,  /* the notebook's */
	PLACE_ASK_AGAIN, /* the same: the one before was wrong */
	PLACE_ASK_NEW,   /* a new one, for a notebook that is to be sealed */
};

struct place_asker {
	/* Fills p, which place wipes. False when nobody answers; err may say why. */
	bool (*ask)(void *data, const char *worker, enum place_asking asking,
	    struct vault_passphrase *p, struct err *err);
	/* Too many were wrong: waits so many seconds. False, or NULL: nobody waits. */
	bool (*wait)(void *data, const char *worker, int seconds);
	void *data;
};

/*
 * Opens a worker's notebook: by name, by the beginning of the name's pinyin initials,
 * or, when name is NULL, MINQING_WORKER's or the only one there is. Shipped forms and
 * lists that are newer than the notebook's go into it; one that cannot is told in
 * warning (may be NULL), and the notebook opens all the same.
 */
struct notebook *place_open(const char *name, const struct clock *clock,
    struct buf *warning, struct err *err);
/*
 * The same, also for sealed notebooks: asks for the passphrase until it is right. A
 * plain one is sealed when the district wants that. The notebook keeps the key and wipes
 * it when it is closed. What notebook_warnings() knows goes into warning as well.
 */
struct notebook *place_unlock(const char *name, const struct place_asker *asker,
    const struct clock *clock, struct buf *warning, struct err *err);

/* The path of the notebook that is meant, appended; names as for place_open(). */
bool place_path(const char *name, struct buf *path, struct err *err);

/* Asks as place_unlock() does, and slows down as tries.h says; NULL and err. Its owner
 * frees it (vault.h). */
struct vault_key *place_key(const char *path, const struct place_asker *asker,
    const struct clock *clock, struct err *err);

/* Seals a plain notebook, which nobody has open, with a passphrase that is asked for;
 * its key, or NULL and err. */
struct vault_key *place_seal(const char *path, const struct place_asker *asker,
    const struct clock *clock, struct err *err);

/* "…/陈桂芳.notebook" → "陈桂芳". Given. */
char *place_worker(const char *path);

/* Appends the folder of the shipped forms; false and err when it is nowhere. */
bool place_forms(struct buf *path, struct err *err);

/* A whole file of at most max bytes. */
bool place_read(const char *path, size_t max, struct buf *out, struct err *err);

/* A form's source, in whichever format, into the notebook; lists that it names are read
 * from there. */
bool place_add_form(struct notebook *nb, const char *text, size_t len, struct err *err);

/* Lists beside a form file, for reading a form that is in no notebook:
 * FOLDER/lists/NAME, then FOLDER/NAME. data is the folder's path (const char *). */
struct list *place_list(void *data, const char *filename, struct err *err);

#endif
