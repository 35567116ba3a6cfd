/*
 * place_unlock - opening a notebook: whose, with which passphrase, how often
 */
#include "place.h"

#include "audit.h"
#include "buf.h"
#include "district.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "place_private.h"
#include "tries.h"
#include "vault.h"

#include <stdlib.h>

/* False and err, also when nobody answered without saying why. */
static bool
ask(const struct place_asker *asker, const char *path, enum place_asking asking,
    struct vault_passphrase *p, struct err *err)
{
	char *worker = place_worker(path);
	struct err why = { 0 };
	bool answered = asker && asker->ask(asker->data, worker, asking, p, &why);

	if (!answered && why.kind == ERR_NONE)
		err_set(&why, asker ? ERR_CANCELLED : ERR_INPUT,
		    _("The notebook of %s wants its passphrase."), worker);
	if (!answered && err)
		*err = why;
	free(worker);
	return answered;
}

/* After too many wrong ones. False and err when nobody wants to wait. */
static bool
wait_for_try(const struct place_asker *asker, const char *path, const struct clock *clock,
    struct err *err)
{
	int seconds = tries_wait(path, clock);
	char *worker;
	bool waited;

	if (seconds == 0)
		return true;
	worker = place_worker(path);
	waited = asker && asker->wait && asker->wait(asker->data, worker, seconds);
	free(worker);
	return waited ||
	       err_set(err, ERR_CANCELLED,
		   _("The passphrase was wrong too often. Try again in %d seconds."), seconds);
}

/* NULL and ERR_INPUT: the passphrase was wrong. */
static struct vault_key *
try_once(const char *path, const struct vault_passphrase *p, const struct clock *clock,
    struct err *err)
{
	struct vault_key *key = vault_unlock(path, p, err);

	if (!key && err->kind == ERR_INPUT)
		tries_failed(path, clock); /* before anybody hears that it was wrong */
	return key;
}

struct vault_key *
place_key(const char *path, const struct place_asker *asker, const struct clock *clock,
    struct err *err)
{
	enum place_asking asking = PLACE_ASK_OPEN;
	struct vault_key *key = NULL;
	struct vault_passphrase p = { 0 };
	struct err why;

	while (!key && wait_for_try(asker, path, clock, err) &&
	    ask(asker, path, asking, &p, err)) {
		why = (struct err){ 0 };
		key = try_once(path, &p, clock, &why);
		vault_passphrase_wipe(&p);
		if (!key && why.kind != ERR_INPUT) {
			if (err)
				*err = why;
			break;
		}
		asking = PLACE_ASK_AGAIN;
	}
	vault_passphrase_wipe(&p);
	return key;
}

struct vault_key *
place_seal(const char *path, const struct place_asker *asker, const struct clock *clock,
    struct err *err)
{
	struct vault_passphrase p = { 0 };
	struct vault_choice choice = { .passphrase = &p };
	struct vault_key *key = NULL;
	struct district district;

	if (!district_read(&district, err))
		return NULL;
	if (district.has_recovery)
		choice.recovery = district.recovery;
	if (ask(asker, path, PLACE_ASK_NEW, &p, err) && vault_passphrase_check(&p, err))
		key = vault_key_new(&choice, err);
	vault_passphrase_wipe(&p);
	if (key && !vault_convert(path, key, clock, err)) {
		vault_key_free(key);
		key = NULL;
	}
	return key;
}

/* A plain one that has just been sealed. */
static struct notebook *
log_first(struct notebook *nb, struct err *err)
{
	if (!nb || audit_add(nb, AUDIT_PASSPHRASE, "first", err))
		return nb;
	notebook_close(nb);
	return NULL;
}

static struct notebook *
open_with_key(const char *path, struct vault_key *key, const struct clock *clock,
    struct err *err)
{
	struct notebook *nb =
	    key ? notebook_open_sealed(path, false, key, clock, err) : NULL;

	if (nb)
		notebook_keep_key(nb, key);
	else
		vault_key_free(key);
	return nb;
}

static struct notebook *
open_any(const char *path, const struct place_asker *asker, const struct clock *clock,
    struct err *err)
{
	struct district district;

	if (!district_read(&district, err))
		return NULL;
	switch (vault_look(path, err)) {
	case VAULT_SEALED:
		return open_with_key(path, place_key(path, asker, clock, err), clock, err);
	case VAULT_PLAIN:
		if (district.passphrase_required)
			return log_first(open_with_key(path,
			    place_seal(path, asker, clock, err), clock, err), err);
		break;
	case VAULT_ABSENT:
	case VAULT_BROKEN: /* said by the opening */
		break;
	}
	return notebook_open(path, false, clock, err);
}

struct notebook *
place_unlock(const char *name, const struct place_asker *asker,
    const struct clock *clock, struct buf *warning, struct err *err)
{
	struct buf path = { 0 };
	struct notebook *nb = NULL;
	struct err problem = { 0 };

	if (place_path(name, &path, err))
		nb = open_any(buf_text(&path), asker, clock, err);
	if (nb && !place_take_shipped(nb, warning, &problem))
		place_warn(warning, _("shipped forms"), &problem);
	if (nb && notebook_key(nb) && !tries_log(nb, buf_text(&path), &problem))
		place_warn(warning, _("the log"), &problem);
	if (nb && warning)
		notebook_warnings(nb, warning);
	buf_clear(&path);
	return nb;
}

struct notebook *
place_open(const char *name, const struct clock *clock, struct buf *warning,
    struct err *err)
{
	return place_unlock(name, NULL, clock, warning, err);
}
