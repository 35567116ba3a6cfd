#include "auth.h"

#include "db.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool
auth_name_valid(const char *name)
{
	size_t len = strlen(name);
	const unsigned char *p;

	if (len == 0 || len > AUTH_NAME_MAX)
		return false;
	for (p = (const unsigned char *)name; *p; p++)
		if (*p < 0x80 && !isalnum(*p) && !strchr("_-.@", *p))
			return false;
	return true;
}

/* What is hashed is the text of the token, as it stands in the header. */
static void
token_hash(const char *text, size_t len, unsigned char hash[HASH_SIZE])
{
	hash_sha256(text, len, hash);
}

void
auth_token_new(char text[HASH_HEX_SIZE], unsigned char hash[HASH_SIZE])
{
	unsigned char bytes[HASH_SIZE];

	hash_random(bytes, sizeof(bytes));
	hash_hex(bytes, sizeof(bytes), text);
	token_hash(text, strlen(text), hash);
}

/* The token in "Bearer TOKEN" (RFC 6750); NULL for anything else. */
static const char *
bearer(const char *authorization, size_t *len)
{
	const char *token;

	if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	token = authorization + 7;
	token += strspn(token, " ");
	*len = strcspn(token, " \t");
	return *len > 0 && *len <= 512 ? token : NULL;
}

enum auth_result
auth_check(const struct db_ops *ops, struct db *db, const char *authorization,
    struct db_device *device, struct err *err)
{
	unsigned char hash[HASH_SIZE];
	const char *token;
	size_t len;

	token = bearer(authorization, &len);
	if (!token)
		return AUTH_UNKNOWN;
	token_hash(token, len, hash);
	switch (ops->device_find(db, hash, device, err)) {
	case DB_OK:
		return device->removed ? AUTH_REMOVED : AUTH_OK;
	case DB_NONE:
		return AUTH_UNKNOWN;
	case DB_BUSY:
		return AUTH_BUSY;
	case DB_FULL:
	case DB_FAILED:
		break;
	}
	return AUTH_FAILED;
}
