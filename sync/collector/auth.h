/*
 * auth - which laptop a request comes from
 *
 * A device token is 32 random bytes, shown once as hex and kept only as its SHA-256:
 * guessing it is hopeless, so a slow password hash would protect nothing.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include "hash.h"

struct db;
struct db_device;
struct db_ops;
struct err;

#define AUTH_NAME_MAX 64

/* Letters, digits, other UTF-8 and _ - . @, no blanks: names stand in log lines. */
bool auth_name_valid(const char *name);

/* A new token; keep its hash, give the text away once. */
void auth_token_new(char text[HASH_HEX_SIZE], unsigned char hash[HASH_SIZE]);

enum auth_result {
	AUTH_OK,
	AUTH_UNKNOWN, /* no token, not a token, a token we do not know */
	AUTH_REMOVED, /* a token that was taken back */
	AUTH_BUSY,    /* the store could not be asked just now */
	AUTH_FAILED,
};

/* authorization: the header's value, or NULL. */
enum auth_result auth_check(const struct db_ops *ops, struct db *db,
    const char *authorization, struct db_device *device, struct err *err);

#endif
