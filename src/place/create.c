/*
 * create - a worker's new notebook
 */
#include "place.h"

#include "buf.h"
#include "district.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "pinyin.h"
#include "place_private.h"
#include "text.h"
#include "vault.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES_MAX 120

static bool
name_is_usable(const char *name, struct err *err)
{
	if (!name || !*name)
		return err_set(err, ERR_INPUT,
		    _("A notebook needs its worker's name: say who you are."));
	if (strlen(name) > NAME_BYTES_MAX)
		return err_set(err, ERR_INPUT,
		    _("The name is too long: at most %d bytes. Choose a shorter "
		    "one."), NAME_BYTES_MAX);
	if (name[0] == '.' || strchr(name, '/') || !text_valid(name, strlen(name)))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" cannot be a worker's name: it must not begin with "
		    "a full stop or hold a slash. Choose another one."),
		    name);
	return true;
}

/* "陈桂芳" → "chenguifang": what records and the collector call the worker. */
static void
worker_id(const char *name, struct buf *out)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < len;) {
		const char *reading[1];
		int32_t code;
		size_t n = text_decode(name + at, len - at, &code);

		if ((code >= '0' && code <= '9') || (code >= 'a' && code <= 'z'))
			buf_char(out, (char)code);
		else if (code >= 'A' && code <= 'Z')
			buf_char(out, (char)(code - 'A' + 'a'));
		else if (pinyin_readings(code, reading, 1))
			buf_str(out, reading[0]);
		at += n;
	}
	if (!out->len)
		buf_str(out, "worker");
}

static bool
store_worker(struct notebook *nb, const struct worker *w, struct err *err)
{
	struct buf id = { 0 };
	bool good;

	if (w->id && *w->id)
		buf_str(&id, w->id);
	else
		worker_id(w->name, &id);
	const struct {
		const char *key, *value;
	} rows[] = {
		{ SETTING_WORKER_ID, buf_text(&id) },
		{ SETTING_WORKER_NAME, w->name },
		{ SETTING_WORKER_ROLE, w->role },
		{ SETTING_STATION, w->station },
		{ SETTING_COLLECTOR, w->collector },
		{ SETTING_TOKEN, w->token },
	};

	good = notebook_begin(nb, err);
	if (!good)
		goto out;
	for (size_t i = 0; good && i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].value && *rows[i].value)
			good = notebook_set(nb, rows[i].key, rows[i].value, err);
	good = notebook_end(nb, good, good ? err : NULL) && good;
out:
	buf_clear(&id);
	return good;
}

/* A new notebook's file: sealed, or plain where the district allows it. */
static struct notebook *
make_notebook(const char *path, const struct vault_passphrase *passphrase,
    const struct clock *clock, struct err *err)
{
	struct district district;
	struct vault_choice choice = { .passphrase = passphrase };
	struct vault_key *key;
	struct notebook *nb;

	if (!district_read(&district, err))
		return NULL;
	if (!passphrase && district.passphrase_required) {
		err_set(err, ERR_INPUT,
		    _("In this district every notebook has a passphrase. Choose one."));
		return NULL;
	}
	if (!passphrase)
		return notebook_open(path, true, clock, err);
	if (district.has_recovery)
		choice.recovery = district.recovery;
	if (!vault_passphrase_check(passphrase, err))
		return NULL;
	key = vault_key_new(&choice, err);
	nb = key ? notebook_open_sealed(path, true, key, clock, err) : NULL;
	if (nb)
		notebook_keep_key(nb, key);
	else
		vault_key_free(key);
	return nb;
}

struct notebook *
place_create(const struct worker *worker, const struct clock *clock, struct err *err)
{
	return place_create_sealed(worker, NULL, clock, err);
}

struct notebook *
place_create_sealed(const struct worker *worker,
    const struct vault_passphrase *passphrase, const struct clock *clock,
    struct err *err)
{
	struct buf folder = { 0 }, path = { 0 };
	struct notebook *nb = NULL;
	struct stat st;

	if (!name_is_usable(worker->name, err) || !place_folder(&folder, err) ||
	    !place_make_folders(buf_text(&folder), err) ||
	    !place_path_of(worker->name, &path, err))
		goto out;
	/* An empty one was begun and did not come far. */
	if (stat(buf_text(&path), &st) == 0 && st.st_size > 0) {
		err_set(err, ERR_INPUT,
		    _("There is a notebook of %s already. Open it, or give the new one "
		      "another name."),
		    worker->name);
		goto out;
	}
	nb = make_notebook(buf_text(&path), passphrase, clock, err);
	if (nb && (!store_worker(nb, worker, err) || !place_take_shipped(nb, NULL, err) ||
		      (!passphrase && !notebook_set(nb, SETTING_PLAIN, "yes", err)))) {
		notebook_close(nb);
		nb = NULL;
		unlink(buf_text(&path)); /* a half-made notebook holds nothing yet */
	}
out:
	buf_clear(&folder);
	buf_clear(&path);
	return nb;
}
