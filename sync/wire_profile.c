/* How a collector answers a one-time code: a profile, or a problem. */
#include "wire.h"

#include "buf.h"
#include "hash.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

#define PROBLEM "urn:minqing:problem:"

enum { DEVICE, USER, NAME, ROLE, STATION, KEY, MEMBERS };

static const char *const members[MEMBERS] = { "device", "user", "name", "role", "station",
	"key" };

static bool
read_member(struct json_reader *r, struct buf *scratch, size_t places[MEMBERS])
{
	size_t m = 0;

	while (m < MEMBERS && strcmp(members[m], r->text) != 0)
		m++;
	if (m == MEMBERS)
		return json_skip(r, NULL, NULL);
	if (json_next(r) != JSON_STRING)
		return false;
	places[m] = scratch->len + 1;
	buf_add(scratch, r->text, r->text_len + 1);
	return true;
}

bool
wire_profile_read(const char *text, size_t len, struct buf *scratch,
    struct wire_profile *p)
{
	const char **const texts[MEMBERS] = { &p->device, &p->user, &p->name, &p->role,
		&p->station, &p->key };
	size_t places[MEMBERS] = { 0 };
	enum json_token token = JSON_ERROR;
	struct json_reader r;
	bool ok;

	buf_reset(scratch);
	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME)
		ok = read_member(&r, scratch, places);
	ok = ok && token == JSON_OBJECT_END && json_next(&r) == JSON_END;
	json_reader_clear(&r);
	for (size_t m = 0; m < MEMBERS; m++)
		*texts[m] = places[m] ? scratch->data + places[m] - 1 : "";
	return ok && *p->device && *p->user &&
	    (!*p->key || (strlen(p->key) == HASH_HEX_SIZE - 1 &&
			     strspn(p->key, "0123456789abcdef") == HASH_HEX_SIZE - 1));
}

bool
wire_problem_read(const char *text, size_t len, char *name, size_t size)
{
	enum json_token token = JSON_ERROR;
	struct json_reader r;
	bool found = false, ok;

	json_reader_init(&r, text, len);
	ok = json_next(&r) == JSON_OBJECT;
	while (ok && (token = json_next(&r)) == JSON_NAME) {
		if (strcmp(r.text, "type") != 0) {
			ok = json_skip(&r, NULL, NULL);
			continue;
		}
		ok = json_next(&r) == JSON_STRING;
		found = ok && !strncmp(r.text, PROBLEM, strlen(PROBLEM)) &&
		    r.text_len - strlen(PROBLEM) < size;
		if (found)
			snprintf(name, size, "%s", r.text + strlen(PROBLEM));
	}
	ok = ok && token == JSON_OBJECT_END;
	json_reader_clear(&r);
	return ok && found;
}
