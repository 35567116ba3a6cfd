/*
 * vault_fixture - a sealed notebook in a folder of its own, cheap to unlock
 */
#ifndef VAULT_FIXTURE_H
#define VAULT_FIXTURE_H

#include "notebook_fixture.h"
#include "folder.h"
#include "vault.h"

#include <stdlib.h>
#include <string.h>

/* Nothing like what a notebook is made with: the tests unlock thousands of times. */
static const struct vault_cost cheap = { .passes = 1, .kib = 8 };

static inline struct vault_passphrase
phrase(const char *text)
{
	struct vault_passphrase p = { .len = strlen(text) };

	memcpy(p.text, text, p.len + 1);
	return p;
}

static inline struct vault_key *
new_key(const char *passphrase, const unsigned char *recovery)
{
	struct vault_passphrase p = phrase(passphrase);
	struct vault_choice choice = { &p, recovery, &cheap };
	struct err err = { 0 };
	struct vault_key *key = vault_key_new(&choice, &err);

	if (!key) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return key;
}

/* Does that passphrase open the file? */
static inline bool
phrase_fits(const char *path, const struct vault_passphrase *p, struct err *err)
{
	struct vault_key *key = vault_unlock(path, p, err);

	vault_key_free(key);
	return key != NULL;
}

struct sealed {
	const char *dir;
	char path[128];
	struct clock *clock; /* the open notebook points at it */
	struct vault_key *key;
	struct notebook *nb;
	struct err err;
};

#define SEALED_PHRASE "海棠 花 又 开 了"

/* Made and open. */
static inline struct sealed
sealed_new(void)
{
	struct sealed s = { .dir = folder_make(), .clock = mem_alloc(sizeof(*s.clock)) };

	snprintf(s.path, sizeof(s.path), "%s/worker.notebook", s.dir);
	if (!clock_stop_at(s.clock, FIXTURE_NOW, &s.err))
		abort();
	s.key = new_key(SEALED_PHRASE, NULL);
	s.nb = notebook_open_sealed(s.path, true, s.key, s.clock, &s.err);
	if (!s.nb) {
		fprintf(stderr, "%s\n", s.err.text);
		abort();
	}
	return s;
}

/* Closed and opened again; nb is NULL and err says why when it does not open. */
static inline bool
sealed_reopen(struct sealed *s)
{
	notebook_close(s->nb);
	s->err = (struct err){ 0 };
	s->nb = notebook_open_sealed(s->path, false, s->key, s->clock, &s->err);
	return s->nb != NULL;
}

static inline void
sealed_free(struct sealed *s)
{
	notebook_close(s->nb);
	vault_key_free(s->key);
	free(s->clock);
	folder_remove(s->dir);
}

#endif
