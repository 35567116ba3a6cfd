/*
 * client - sends what waits in the outbox to the collector and takes its answers
 *
 * Runs in steps inside the caller's own loop: keys and the network share one thread. A
 * step takes a millisecond or two, and longer only where the disk does. libcurl is
 * loaded when the first sync begins, so a start does not pay for it. The protocol:
 * sync/PROTOCOL.md.
 *
 * Settings that it reads: SETTING_COLLECTOR, SETTING_TOKEN, and those below.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct client;
struct err;
struct notebook;

/* INSECURE_WORDS, word for word: plain http to other machines than this one is allowed. */
#define SETTING_INSECURE "collector.insecure"
#define INSECURE_WORDS   "allow http without encryption"
/* A file of certificates to trust instead of the system's. */
#define SETTING_CA "collector.ca"
/* Seconds that one sync goes on trying by itself (20), and that a line may be silent
 * before it counts as cut (30). */
#define SETTING_PATIENCE "collector.patience"
#define SETTING_STALL    "collector.stall"
/* PROTOCOL_OPENROSA: the collector is a server of ODK's kind (ODK Central, KoboToolbox,
 * Ona): its forms are fetched and records go to it. The address is then the one that ODK
 * Collect is given. The token is "NAME:PASSWORD", "Token …", "Bearer …" or a bearer's
 * alone; none where the address holds a key. */
#define SETTING_PROTOCOL  "collector.protocol"
#define PROTOCOL_OPENROSA "openrosa"
/* Records a batch at most; not set: as many as the line carries well. */
#define SETTING_BATCH "collector.batch"
/* The district's public key, 64 hex digits, as it was told when the laptop was enrolled:
 * for batches on another carrier. */
#define SETTING_DISTRICT_KEY "collector.key"
/* The closing window that the collector told, "17:00-18:30"; the client writes it. */
#define SETTING_CLOSING "collector.closing"

struct client_progress {
	long total;            /* revisions waiting when it began */
	long sent, accepted, refused;
	long received;         /* of what came down, so much was new */
	long merged;           /* records changed on both sides that are one again */
	long conflicts;        /* and those of which the worker must choose */
	long unread;           /* what only a newer version of this program can read */
	int64_t bytes_total;   /* of answers waiting, before compression */
	int64_t bytes_done;    /* of those, what is answered or has left this machine */
	int64_t bytes_up, bytes_down;
	int64_t milliseconds;
	int64_t left;          /* milliseconds it will still take; -1: not known yet */
	int64_t skew;          /* this clock minus the collector's, ms; 0: not told */
	int64_t behind;        /* entries of this notebook's log that the collector has had
	                        * and that are not here; -1: others stand here */
	int batch;             /* number of the batch under way, from 1 */
	const char *stage;     /* a few translated words: "connecting", … */
};

enum client_state { CLIENT_RUNNING, CLIENT_DONE, CLIENT_FAILED, CLIENT_CANCELLED };

enum client_way {
	CLIENT_BY_HAND,   /* somebody waits for it: tries for a while, leaves a receipt */
	CLIENT_BY_ITSELF, /* gives up at once, without a receipt, if nothing answers */
};

/* The notebook must outlive it. NULL and err: no collector set, libcurl not there. */
struct client *client_new(struct notebook *nb, enum client_way way, struct err *err);
void client_free(struct client *c);

/* client_step() has something to do when fd is readable, or after so many milliseconds
 * (-1: never). */
int client_fd(const struct client *c);
int client_timeout(const struct client *c);
/* Waits for that, or until fd (-1: none) is readable, at most timeout_ms; true when fd
 * is readable. */
bool client_wait(struct client *c, int fd, int timeout_ms);
enum client_state client_step(struct client *c);
/* At once; what was under way stays queued. */
void client_cancel(struct client *c);

const struct client_progress *client_progress(const struct client *c);
/* Of a sync that has ended: one sentence for the user; the receipt is stored. */
const char *client_sentence(const struct client *c);
const struct err *client_err(const struct client *c);
int64_t client_receipt(const struct client *c); /* 0: none was begun */
/* Seconds after which the collector wants to be asked again; 0: it did not say. */
long client_retry_after(const struct client *c);

/*
 * Another carrier: the queue as sealed files in a folder (a USB stick), which the
 * collector imports in any order and any number of times, and its answers beside them.
 */
/* Which batches stand in files, until the next writing. */
#define SETTING_CARRIED "carrier.batches"

struct carrier_counts {
	long files, records;           /* written */
	long answers, settled, refused; /* read: files, revisions that wait no longer */
	long foreign;                  /* answers to other laptops, or damaged */
};

/* Counts are added to. Everything that waits; what was written before goes when it is
 * whole. ERR_INPUT: the district's key is not known yet. */
bool carrier_write(struct notebook *nb, const char *folder,
    struct carrier_counts *counts, struct err *err);
/* What the answers say, with a receipt; they and their batches go then. */
bool carrier_read(struct notebook *nb, const char *folder, struct carrier_counts *counts,
    struct err *err);

/*
 * Enrolment: a one-time code, typed in whatever way, makes this laptop the worker's. The
 * collector's address is set already; token, worker, role, service point and the
 * district's key are stored when it was good. A lost answer does no harm: the same code
 * can be given again in the same notebook.
 */
#define CLIENT_CODE_DIGITS 12

/* Waits until fd (-1: none) is readable, at most timeout_ms (-1: as it likes). False:
 * somebody wants no more of it. */
struct client_waiter {
	bool (*wait)(void *data, int fd, int timeout_ms);
	void *data;
};

/* waiter NULL: nobody can stop it. ERR_REFUSED: the code is not good, and why. */
bool client_enrol(struct notebook *nb, const char *code,
    const struct client_waiter *waiter, struct err *err);

#endif
