/*
 * client_changes - a run's way down: the feed, the files that it names, and what the
 * collector may have lost
 *
 * A page is made ready a little at a time (files fetched, records looked through), so
 * that keys need not wait, and then stored with its cursor in one transaction.
 */
#ifndef CLIENT_CHANGES_H
#define CLIENT_CHANGES_H

#include <stdbool.h>

#include "client_private.h"

struct changes *changes_new(void);
void changes_free(struct changes *ch);

/* The row of the exchanges' table. */
enum client_next changes_ask(struct client *c);
bool changes_take(struct client *c, const struct line_result *r);
bool changes_failed(struct client *c, const struct line_result *r);

#endif
