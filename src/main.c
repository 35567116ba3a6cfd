#include "command.h"
#include "vault.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	/* Before anything is read: what is in memory stays there. */
	if (!vault_guard_process())
		perror("minqing: memory is not guarded");
	return command_main(argc, argv);
}
