/*
 * client - sends what waits in the outbox to the collector and takes its answers
 *
 * Runs in steps inside the caller's own loop: keys and the network share one thread.
 * libcurl is loaded when the first sync begins, so a start does not pay for it.
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

/* "yes": plain http to other machines than this one is allowed. */
#define SETTING_INSECURE "collector.insecure"
/* A file of certificates to trust instead of the system's. */
#define SETTING_CA "collector.ca"
/* Seconds that one sync goes on trying by itself (20), and that a line may be silent
 * before it counts as cut (30). */
#define SETTING_PATIENCE "collector.patience"
#define SETTING_STALL    "collector.stall"

struct client_progress {
	long total;            /* revisions waiting when it began */
	long sent, accepted, refused;
	int64_t bytes_total;   /* of answers waiting, before compression */
	int64_t bytes_up, bytes_down;
	int64_t milliseconds;
	int batch;             /* number of the batch under way, from 1 */
	const char *stage;     /* a few translated words: "connecting", … */
};

enum client_state { CLIENT_RUNNING, CLIENT_DONE, CLIENT_FAILED, CLIENT_CANCELLED };

/* The notebook must outlive it. NULL and err: no collector set, libcurl not there. */
struct client *client_new(struct notebook *nb, struct err *err);
void client_free(struct client *c);

/* Waits until the network or file descriptor fd (-1: none) has something, at most
 * timeout_ms; true when fd is readable. */
bool client_wait(struct client *c, int fd, int timeout_ms);
enum client_state client_step(struct client *c);
/* At once; what was under way stays queued. */
void client_cancel(struct client *c);

const struct client_progress *client_progress(const struct client *c);
/* Of a sync that has ended: one sentence for the user; the receipt is stored. */
const char *client_sentence(const struct client *c);
const struct err *client_err(const struct client *c);
int64_t client_receipt(const struct client *c);

#endif
