/*
 * district - what a district has laid down for all its notebooks
 *
 * Read from district.txt in the folder of the shipped forms, a name and a value a line
 * ("#" begins a remark). Without the file, or without a line, a notebook may be plain.
 *
 *	passphrase required      every notebook has a passphrase; plain ones are sealed
 *	                         when they are opened next
 *	recovery minqing-public-…  the public half of the recovery key (vault.h): whoever
 *	                         has the other half opens notebooks of lost passphrases
 */
#ifndef DISTRICT_H
#define DISTRICT_H

#include "vault.h"

#include <stdbool.h>

struct err;

struct district {
	bool passphrase_required;
	bool has_recovery;
	unsigned char recovery[VAULT_RECOVERY_SIZE];
};

/* False and err when the file is there and a line of it is not understood: a rule that
 * is not understood must not be passed over. */
bool district_read(struct district *d, struct err *err);

#endif
