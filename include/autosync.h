/*
 * autosync - sends by itself what waits, whenever a line is there
 *
 * Tries soon after a record is finished, or at a random moment of the closing window;
 * again and again with longer waits while nobody answers; soon when the network comes
 * back; when the collector asks for it later, then. The first message is a few hundred
 * bytes, and a try that reaches nobody leaves nothing behind.
 *
 * Runs in steps inside the caller's own loop, as client.h does.
 */
#ifndef AUTOSYNC_H
#define AUTOSYNC_H

#include <stdbool.h>
#include <stdint.h>

struct autosync;
struct buf;
struct notebook;

/* "no": what waits is sent only by hand. */
#define SETTING_BY_ITSELF "collector.by_itself"
/* Seconds within which a finished record is tried, or a network that came back (30). */
#define SETTING_SOON "collector.soon"

enum autosync_state {
	AUTOSYNC_OFF,     /* switched off, or no collector is set */
	AUTOSYNC_IDLE,    /* nothing waits */
	AUTOSYNC_WAITING, /* for its moment */
	AUTOSYNC_OFFLINE, /* the same; the last try reached nobody */
	AUTOSYNC_RUNNING,
	AUTOSYNC_STOPPED, /* trying again would change nothing: somebody must look */
};

/* The notebook must outlive it. */
struct autosync *autosync_new(struct notebook *nb);
void autosync_free(struct autosync *a);

/* The notebook may have changed: its queue, its settings. */
void autosync_look(struct autosync *a);
/* Somebody sends by hand: what is under way is dropped, nothing is begun until
 * autosync_look(). */
void autosync_pause(struct autosync *a);
/* While held, because a record is open, nothing comes down that could change it under
 * its writer's hands: nothing new is begun, and a sync under way only sends. The rest is
 * fetched afterwards. */
void autosync_hold(struct autosync *a, bool hold);

/* autosync_step() has something to do when fd is readable, or after so many
 * milliseconds (-1: never). */
int autosync_fd(const struct autosync *a);
int autosync_timeout(const struct autosync *a);
/* True when a sync has ended and the notebook is another one than before. */
bool autosync_step(struct autosync *a);

enum autosync_state autosync_state(const struct autosync *a);
/* Appends a few translated words for the top of the screen: "3 waiting, no network";
 * nothing when there is nothing to say. */
void autosync_words(const struct autosync *a, struct buf *out);

#endif
