/*
 * receipt_commands - what each sync did, and one receipt whole, to be checked elsewhere
 */
#include "command.h"
#include "commands_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"
#include "notebook.h"
#include "output.h"
#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>

static void
receipt_members(struct json_writer *w, const struct receipt *r)
{
	json_member_integer(w, "receipt", r->id);
	json_member(w, "began", r->began);
	json_member(w, "ended", r->ended);
	json_member(w, "collector", r->collector);
	json_member_integer(w, "sent", r->sent);
	json_member_integer(w, "accepted", r->accepted);
	json_member_integer(w, "refused", r->refused);
	json_member_integer(w, "left", r->left);
	json_member_integer(w, "bytes_up", r->bytes_up);
	json_member_integer(w, "bytes_down", r->bytes_down);
	json_member_integer(w, "milliseconds", r->milliseconds);
	json_member(w, "digest", r->digest);
	json_member(w, "outcome", r->outcome);
}

static bool
print_receipt(const struct receipt *r, void *data)
{
	const bool *json = data;
	struct buf line = { 0 };
	struct json_writer w;

	if (!*json) {
		printf(_("%ld  %s  sent %ld, accepted %ld, refused %ld, left %ld; %lld "
			 "bytes, %lld ms; %s\n  digest %s\n"),
		    (long)r->id, r->began, r->sent, r->accepted, r->refused, r->left,
		    (long long)r->bytes_up, (long long)r->milliseconds, r->outcome,
		    r->digest);
		return true;
	}
	json_writer_init(&w, &line);
	json_object(&w);
	receipt_members(&w, r);
	json_object_end(&w);
	puts(buf_text(&line));
	buf_clear(&line);
	return true;
}

int
command_receipts(const struct command_context *context, const struct words *words)
{
	bool json = words_get(words, "--json") != NULL;
	struct err err = { 0 };
	int status;
	struct notebook *nb = command_notebook(context, &status);
	bool good;

	if (!nb)
		return status;
	good = receipt_list(nb, 0, print_receipt, &json, &err);
	notebook_close(nb);
	return good ? EXIT_OK : command_failed(&err);
}

/* --- one of them, as a file --- */

struct wanted {
	int64_t id; /* 0: the newest */
	struct notebook *nb;
	struct buf head;
};

static bool
write_head(const struct receipt *r, void *data)
{
	static const struct {
		const char *name, *key;
	} rows[] = { { "worker", SETTING_WORKER_ID }, { "device", SETTING_DEVICE } };
	struct wanted *wanted = data;
	struct json_writer w;

	if (wanted->id && r->id != wanted->id)
		return true;
	wanted->id = r->id;
	json_writer_init(&w, &wanted->head);
	json_object(&w);
	receipt_members(&w, r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf value = { 0 };

		notebook_get(wanted->nb, rows[i].key, &value, NULL);
		json_member(&w, rows[i].name, buf_text(&value));
		buf_clear(&value);
	}
	json_object_end(&w);
	return false;
}

static bool
print_line(const char *record, int rev, const char *hash, void *data)
{
	(void)data;
	printf("%s %d %s\n", record, rev, hash);
	return true;
}

int
command_receipt(const struct command_context *context, const struct words *words)
{
	const char *number = words->rest_count ? words->rest[0] : NULL;
	struct wanted wanted = { .id = number ? strtol(number, NULL, 10) : 0 };
	struct err err = { 0 };
	int status;
	bool good;

	if (number && wanted.id < 1) {
		fprintf(stderr, _("minqing: \"%s\" is no receipt's number.\n"), number);
		return EXIT_USAGE;
	}
	wanted.nb = command_notebook(context, &status);
	if (!wanted.nb)
		return status;
	good = receipt_list(wanted.nb, 0, write_head, &wanted, &err);
	if (good && !wanted.head.len)
		good =
		    err_set(&err, ERR_INPUT, _("There is no receipt of this number. Look with minqing "
		    "receipts."));
	if (good) {
		output_for_programs();
		puts(buf_text(&wanted.head));
		good = receipt_lines(wanted.nb, wanted.id, print_line, NULL, &err);
	}
	buf_clear(&wanted.head);
	notebook_close(wanted.nb);
	return good ? EXIT_OK : command_failed(&err);
}
