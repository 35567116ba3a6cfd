#include "chain.h"

#include "buf.h"
#include "hash.h"

#include <string.h>

static void
link_of(const void *bytes, size_t len, char link[CHAIN_SIZE])
{
	unsigned char digest[HASH_SIZE];

	hash_sha256(bytes, len, digest);
	hash_hex(digest, sizeof(digest), link);
}

void
chain_root(const char *name, char link[CHAIN_SIZE])
{
	link_of(name, strlen(name), link);
}

void
chain_next(char link[CHAIN_SIZE], const void *entry, size_t len)
{
	struct buf bytes = { 0 };

	buf_add(&bytes, link, CHAIN_SIZE - 1);
	buf_add(&bytes, entry, len);
	link_of(bytes.data, bytes.len, link);
	buf_clear(&bytes);
}
