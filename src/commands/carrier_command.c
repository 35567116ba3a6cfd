/*
 * carrier_command - the queue onto a stick, and the district's answers from it
 */
#include "client.h"
#include "command.h"
#include "commands_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "json.h"

#include <stdio.h>

static void
print_carried(const struct carrier_counts *n, bool wrote, bool json)
{
	struct buf line = { 0 };
	struct json_writer w;

	if (json) {
		json_writer_init(&w, &line);
		json_object(&w);
		json_member_integer(&w, "answers", n->answers);
		json_member_integer(&w, "settled", n->settled);
		json_member_integer(&w, "refused", n->refused);
		json_member_integer(&w, "foreign", n->foreign);
		json_member_integer(&w, "files", n->files);
		json_member_integer(&w, "records", n->records);
		json_object_end(&w);
		puts(buf_text(&line));
		buf_clear(&line);
		return;
	}
	printf(_("%ld answers read: %ld records settled, %ld of them refused.\n"), n->answers,
	    n->settled, n->refused);
	if (n->foreign)
		printf(_("%ld answers are of other laptops, or damaged.\n"), n->foreign);
	if (wrote)
		printf(_("%ld records written in %ld files. They count as sent when their "
			 "answers are read here.\n"),
		    n->records, n->files);
}

/* What is answered there is not written again. */
int
command_carry(struct notebook *nb, const struct words *words)
{
	const char *to = words_get(words, "--to"), *from = words_get(words, "--from");
	struct carrier_counts counts = { 0 };
	struct err err = { 0 };

	if (!carrier_read(nb, from ? from : to, &counts, &err) ||
	    (to && !carrier_write(nb, to, &counts, &err)))
		return command_failed(&err);
	print_carried(&counts, to != NULL, words_get(words, "--json") != NULL);
	return counts.refused ? EXIT_WRONG : EXIT_OK;
}
