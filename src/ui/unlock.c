/*
 * unlock - the screens ask for a passphrase
 */
#include "app_private.h"

#include "dialog.h"
#include "err.h"
#include "i18n.h"
#include "place.h"
#include "vault.h"

#include <string.h>

/* False: Esc. What was typed is wiped from the buffer. */
static bool
type_one(struct app *app, const char *title, const char *text,
    struct vault_passphrase *p)
{
	struct dialog_input input = { .title = title, .text = text, .masked = true };
	struct buf typed = { 0 };
	bool entered;

	buf_reserve(&typed, VAULT_PASSPHRASE_MAX);
	entered = dialog_input(app->screen, &input, &typed);
	p->len = typed.len < VAULT_PASSPHRASE_MAX ? typed.len : VAULT_PASSPHRASE_MAX;
	if (entered)
		memcpy(p->text, buf_text(&typed), p->len);
	p->text[p->len] = '\0';
	if (typed.data)
		explicit_bzero(typed.data, typed.cap);
	buf_clear(&typed);
	return entered;
}

static bool
choose_one(struct app *app, struct vault_passphrase *p)
{
	const char *text =
	    _("Choose a passphrase for the notebook. Nobody can open it without: when it "
	      "is lost and the district has no recovery key, what was not sent is gone.");
	struct vault_passphrase again = { 0 };
	struct err err = { 0 };
	bool same = false;

	while (!same) {
		if (!type_one(app, _("A new passphrase"), text, p))
			return false;
		if (!vault_passphrase_check(p, &err)) {
			text = err.text;
			continue;
		}
		if (!type_one(app, _("A new passphrase"), _("Once more:"), &again))
			return false;
		same = p->len == again.len && memcmp(p->text, again.text, p->len) == 0;
		text = _("The two were not the same. Type both again.");
	}
	vault_passphrase_wipe(&again);
	return true;
}

static bool
ask(void *data, const char *worker, enum place_asking asking, struct vault_passphrase *p,
    struct err *err)
{
	struct app *app = data;

	(void)err;
	switch (asking) {
	case PLACE_ASK_OPEN:
		return type_one(app, worker, _("Passphrase:"), p);
	case PLACE_ASK_AGAIN:
		return type_one(app, worker, _("The passphrase is wrong."), p);
	case PLACE_ASK_NEW:
		break;
	}
	return choose_one(app, p);
}

struct place_asker
app_asker(struct app *app)
{
	return (struct place_asker){ .ask = ask, .data = app };
}
