/*
 * entry_view - a record that is only read: the rows, scrolled
 */
#include "entry_private.h"

#include "dialog.h"
#include "i18n.h"

#define FAR_DOWN 1000000 /* rows */

/* False: leave. What scrolls too far is put right by the layout. */
static bool
act(struct entry *e, enum action action, enum entry_outcome *outcome)
{
	switch ((int)action) {
	case ACTION_CORRECT:
		*outcome = ENTRY_CORRECT;
		return false;
	case ACTION_WITHDRAW:
		*outcome = ENTRY_WITHDRAW;
		return false;
	case ACTION_COPY:
		*outcome = ENTRY_COPY;
		return false;
	case ACTION_VERIFY:
		*outcome = ENTRY_VERIFY;
		return false;
	case ACTION_HISTORY:
		*outcome = ENTRY_HISTORY;
		return false;
	case ACTION_KEEP:
		entry_keep_template(e);
		break;
	case ACTION_BACK:
	case ACTION_LEAVE:
		return false;
	case ACTION_UP:
		e->top--;
		break;
	case ACTION_DOWN:
		e->top++;
		break;
	case ACTION_PAGE_UP:
		e->top -= e->body - 1;
		break;
	case ACTION_PAGE_DOWN:
		e->top += e->body - 1;
		break;
	case ACTION_FIRST:
		e->top = 0;
		break;
	case ACTION_LAST:
		e->top = FAR_DOWN; /* put right by the layout */
		break;
	case ACTION_REVEAL:
		entry_reveal(e);
		break;
	case ACTION_LANGUAGE:
		entry_switch_language(e);
		break;
	default:
		break;
	}
	return true;
}

enum entry_outcome
entry_view_run(struct entry *e)
{
	enum entry_outcome outcome = ENTRY_LEFT;
	enum context stack[4];
	size_t depth = entry_contexts(e, stack);
	struct key key;
	enum action action;

	do {
		if (!entry_read(e, &key))
			return ENTRY_LOCKED;
		action = keymap_action(&key, stack, depth);
		if (action == ACTION_HELP)
			dialog_help(e->screen, stack, depth);
	} while (act(e, action, &outcome));
	return outcome;
}
