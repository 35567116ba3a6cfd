/*
 * uuid - names for records that need no server (RFC 9562, version 7)
 */
#ifndef UUID_H
#define UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_SIZE 37 /* with the NUL */

/* Version 7 of that time, lower case; later calls in one process sort later. */
void uuid_new(int64_t now_ms, char out[UUID_SIZE]);

/* The same for the same time and bytes, so that what is read twice gets one name; the
 * random bits are the bytes' SHA-256. */
void uuid_named(int64_t ms, const void *name, size_t len, char out[UUID_SIZE]);

/* Any version; lower or upper case hex, dashes in their places. */
bool uuid_valid(const char *text);

#endif
