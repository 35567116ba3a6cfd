/*
 * client_rosa - a run against an OpenRosa server: ODK Central, KoboToolbox, Ona
 *
 * Fetches the forms it offers with their files, then posts each record as its XML, the
 * same bytes for ever, several at a time, never one twice at once. Only 201 and 202 mean
 * that a record is stored.
 */
#ifndef CLIENT_ROSA_H
#define CLIENT_ROSA_H

#include "client_private.h"

struct rosa;

struct rosa *rosa_new(const struct line_settings *settings);
void rosa_free(struct rosa *rosa);

/* The rows of such a run. */
extern const struct exchange rosa_exchanges[];
extern const size_t rosa_exchange_count;

/* While c->stage is STAGE_LANES: a step of every record under way. */
void rosa_step(struct client *c);
int rosa_fd(const struct rosa *rosa);
int rosa_timeout(const struct rosa *rosa);
/* Stops what is under way. */
void rosa_stop(struct rosa *rosa);
/* Bytes that went over the lanes, added. */
void rosa_traffic(const struct rosa *rosa, struct line_traffic *traffic);

#endif
