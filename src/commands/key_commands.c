/*
 * key_commands - the keys of the screens, as a file to change
 */
#include "command.h"

#include "buf.h"
#include "commands_private.h"
#include "err.h"
#include "keymap.h"

#include <stdio.h>

/* With the worker's own file in force: what it says wrongly is told. */
int
command_keys(const struct command_context *context, const struct words *words)
{
	struct buf text = { 0 };
	struct err err = { 0 };

	(void)context;
	(void)words;
	if (!keymap_load(&err))
		return command_failed(&err);
	keymap_write(&text);
	fputs(buf_text(&text), stdout);
	buf_clear(&text);
	return EXIT_OK;
}
