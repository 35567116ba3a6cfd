/*
 * day - a notebook with records to send, its collector, and the line between them
 */
#ifndef TEST_DAY_H
#define TEST_DAY_H

#include "../check.h"
#include "../notebook_fixture.h"
#include "client.h"
#include "collector.h"
#include "i18n.h"
#include "link.h"
#include "outbox.h"

struct day {
	struct collector c;
	struct link *link;
	struct fixture *f;
	/* Of the last sync. */
	enum client_state state;
	struct client_progress progress;
	struct err err;
	char sentence[1024];
	long retry_after;
};

static inline void
day_set(struct day *d, const char *key, const char *value)
{
	CHECK(notebook_set(d->f->nb, key, value, &d->f->err));
}

static inline void
day_address(struct day *d, int port)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
	day_set(d, SETTING_COLLECTOR, url);
}

/* A collector that serves, a line that does nothing to what it carries, an empty
 * notebook that sends there, once, without trying again. */
static inline void
day_begin_in(struct day *d, const char *parent)
{
	*d = (struct day){ 0 };
	i18n_use("en");
	collector_init_in(&d->c, parent);
	collector_serve(&d->c);
	d->link = link_new(d->c.port);
	d->f = fixture_new_in(parent);
	day_set(d, SETTING_TOKEN, d->c.token);
	day_set(d, SETTING_PATIENCE, "0");
	day_address(d, d->link->port);
}

static inline void
day_begin(struct day *d)
{
	day_begin_in(d, "/tmp");
}

static inline void
day_end(struct day *d)
{
	fixture_free(d->f);
	link_free(d->link);
	collector_end(&d->c);
}

static inline void
day_add(struct day *d, int count)
{
	char id[UUID_SIZE];

	CHECK(notebook_begin(d->f->nb, &d->f->err));
	while (count-- > 0)
		CHECK(fixture_add(d->f, count % 2 ? "visit" : "dispute", "x", id));
	CHECK(notebook_end(d->f->nb, true, &d->f->err));
}

static inline void
day_keep_result(struct day *d, const struct client *client)
{
	d->progress = *client_progress(client);
	d->err = *client_err(client);
	d->retry_after = client_retry_after(client);
	snprintf(d->sentence, sizeof(d->sentence), "%s", client_sentence(client));
}

static inline enum client_state
day_sync_as(struct day *d, enum client_way way)
{
	struct client *client;

	d->err = (struct err){ 0 };
	d->sentence[0] = '\0';
	client = client_new(d->f->nb, way, &d->err);
	if (!client)
		return d->state = CLIENT_FAILED;
	while ((d->state = client_step(client)) == CLIENT_RUNNING)
		client_wait(client, -1, 1000);
	day_keep_result(d, client);
	client_free(client);
	return d->state;
}

static inline enum client_state
day_sync(struct day *d)
{
	return day_sync_as(d, CLIENT_BY_HAND);
}

static inline long
day_waiting(struct day *d)
{
	int64_t bytes;
	long count = -1;

	CHECK(outbox_count(d->f->nb, &count, &bytes, &d->f->err));
	return count;
}

/* How many revisions the collector holds, by its own export. */
static inline long
day_held(struct day *d)
{
	struct buf out = { 0 };
	long lines = 0;

	collector_export(&d->c, &out);
	for (const char *at = buf_text(&out); (at = strchr(at, '\n')); at++)
		lines++;
	buf_clear(&out);
	return lines;
}

static inline bool
day_says(struct day *d, const char *words)
{
	if (strstr(d->sentence, words))
		return true;
	fprintf(stderr, "  \"%s\" is not in \"%s\" (%s)\n", words, d->sentence, d->err.text);
	return false;
}

#endif
