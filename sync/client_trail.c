#include "client_trail.h"

#include "audit.h"
#include "buf.h"
#include "json.h"
#include "notebook.h"
#include "wire.h"

#include <string.h>

#define LINE_MOST (WIRE_RECORD_MAX - 2048) /* bytes; a little is left for an entry */

/* How far it has come, as far as is known. */
static bool
sent_to(const struct client_trail *trail, struct notebook *nb, int64_t *number,
    struct err *err)
{
	*number = trail->from;
	return trail->again || audit_sent(nb, number, err);
}

bool
trail_begin(struct client_trail *trail, struct notebook *nb, int64_t number,
    struct err *err)
{
	int64_t sent;

	if (!audit_sent(nb, &sent, err))
		return false;
	trail->again = number < sent;
	trail->from = number;
	return true;
}

bool
trail_waits(const struct client_trail *trail, struct notebook *nb, bool *waits, struct err *err)
{
	char hash[CHAIN_SIZE];
	int64_t head, sent;

	*waits = false;
	if (!trail->wanted)
		return true;
	if (!audit_head(nb, &head, hash, err) || !sent_to(trail, nb, &sent, err))
		return false;
	*waits = head > sent;
	return true;
}

/* Entries on their way into a line. */
struct piece {
	struct json_writer *w;
	char hash[CHAIN_SIZE]; /* of the last one */
	int64_t last;
};

static bool
take_hash(const struct audit_entry *entry, void *data)
{
	memcpy(data, entry->hash, CHAIN_SIZE);
	return false;
}

/* The hash of what the piece follows on. */
static bool
find_base(struct notebook *nb, int64_t after, const char *device, char hash[CHAIN_SIZE],
    struct err *err)
{
	chain_root(device, hash);
	return after == 0 || audit_each(nb, after - 1, 1, take_hash, hash, err);
}

static bool
take_entry(const struct audit_entry *entry, void *data)
{
	struct piece *p = data;
	struct buf json = { 0 };

	audit_write(entry, &json);
	json_raw(p->w, json.data, json.len);
	buf_clear(&json);
	p->last = entry->number;
	memcpy(p->hash, entry->hash, CHAIN_SIZE);
	return p->w->out->len < LINE_MOST;
}

bool
trail_write(struct client_trail *trail, struct notebook *nb, int most, struct buf *line,
    struct err *err)
{
	struct buf device = { 0 }, user = { 0 };
	struct json_writer w;
	struct piece piece = { .w = &w };
	size_t before = line->len;
	int64_t after;
	bool waits, good;

	trail->last = 0;
	trail->put_off = false;
	if (!trail_waits(trail, nb, &waits, err))
		return false;
	if (!waits)
		return true;
	good = sent_to(trail, nb, &after, err) &&
	    notebook_get(nb, SETTING_DEVICE, &device, err) &&
	    notebook_get(nb, SETTING_WORKER_ID, &user, err) &&
	    find_base(nb, after, buf_text(&device), piece.hash, err);
	if (good) {
		json_writer_init(&w, line);
		json_object(&w);
		json_member(&w, "kind", "audit");
		json_member(&w, "device", buf_text(&device));
		json_member(&w, "user", buf_text(&user));
		json_member_integer(&w, "base", after);
		json_member(&w, "base_hash", piece.hash);
		json_name(&w, "entries");
		json_array(&w);
		good = audit_each(nb, after, most, take_entry, &piece, err);
		json_array_end(&w);
		json_member(&w, "hash", piece.hash);
		json_object_end(&w);
		buf_char(line, '\n');
	}
	if (good)
		trail->last = piece.last;
	else
		buf_truncate(line, before);
	buf_clear(&device);
	buf_clear(&user);
	return good;
}

bool
trail_behind(struct notebook *nb, int64_t number, const char *hash, int64_t *behind,
    struct err *err)
{
	char own[CHAIN_SIZE] = "";
	int64_t head;

	*behind = 0;
	if (number < 1)
		return true;
	if (!audit_head(nb, &head, own, err))
		return false;
	if (head < number)
		*behind = number - head;
	else if (!audit_each(nb, number - 1, 1, take_hash, own, err))
		return false;
	else if (strcmp(own, hash) != 0)
		*behind = -1;
	return true;
}

bool
trail_answered(struct client_trail *trail, struct notebook *nb, struct err *err)
{
	bool good = !trail->last || trail->put_off || audit_set_sent(nb, trail->last, err);

	if (trail->put_off)
		trail->wanted = false;
	else if (trail->last)
		trail->from = trail->last;
	trail->last = 0;
	return good;
}

void
trail_carried(struct client_trail *trail)
{
	if (trail->last) {
		trail->again = true;
		trail->from = trail->last;
	}
	trail->last = 0;
}
