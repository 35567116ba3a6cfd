/*
 * wire_private - what the parts of wire.h share; for sync/wire*.c only
 */
#ifndef WIRE_PRIVATE_H
#define WIRE_PRIVATE_H

#include <stdbool.h>

/* A whole number without a sign, at most a billion. */
bool wire_number_read(const char *text, long *n);

#endif
