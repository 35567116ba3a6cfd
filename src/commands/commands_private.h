/*
 * commands_private - the commands' functions, for their table
 */
#ifndef COMMANDS_PRIVATE_H
#define COMMANDS_PRIVATE_H

struct command_context;
struct words;

typedef int command_fn(const struct command_context *context, const struct words *words);

struct notebook;

/* sync --to and --from, with the notebook open; an exit code. */
int command_carry(struct notebook *nb, const struct words *words);
/* The screens, a new record of a form first; NULL: home. */
int command_screen_with(const struct command_context *context, const char *form);

command_fn command_new, command_screen, command_init, command_settings, command_forms;
command_fn command_form_check, command_form_show, command_form_add, command_import;
command_fn command_list;
command_fn command_show, command_withdraw, command_export, command_sync;
command_fn command_backup, command_restore;
command_fn command_tasks, command_merge;
command_fn command_enrol, command_receipts, command_receipt, command_due, command_audit;
command_fn command_vault_encrypt, command_vault_passwd, command_vault_recover;
command_fn command_vault_recovery_key, command_vault_status, command_vault_check;
command_fn command_vault_salvage, command_keys;

#endif
