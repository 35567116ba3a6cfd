/*
 * network - news of this machine's network, from the kernel
 *
 * Says only that something came: an address, a way out. Nobody is asked anything.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>

/* A descriptor that is readable when there is news; -1 where the kernel has none. Given. */
int network_open(void);
/* Reads what is there. True when the machine got an address or a way out. */
bool network_came(int fd);
/* The same for messages that were read already. */
bool network_read(const void *messages, size_t len);

#endif
