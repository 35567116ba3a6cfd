#include "client_rosa.h"

#include "arena.h"
#include "client_rosa_list.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "place.h"
#include "session.h"
#include "uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#define LANES       4   /* records on their way at a time: four times as many on a slow line */
#define CHOSEN_MOST 256 /* names of waiting records in memory */
#define ACCEPTS     10000000        /* bytes, where the server does not say: Kobo's, Ona's */
#define FORM_MOST   (16l << 20)     /* bytes of a form or of one of its files */

/* What was taken last, so that nothing is fetched twice: the server's mark of its list,
 * and a hash for every form and file. */
#define SETTING_LIST_MARK "openrosa.list"
#define SETTING_HASH      "openrosa.hash." /* and "form." or "file.", and its name */

struct chosen {
	int64_t seq;
	char id[UUID_SIZE], hash[17];
	int rev;
	bool withdrawn;
};

struct lane {
	struct line *line;
	bool busy;
	struct chosen record;
	bool again; /* it was refused once as deleted, which is not always true */
	struct buf body;
};

struct rosa {
	struct arena *arena;
	struct rosa_list forms, files;
	size_t form, file; /* under way */
	bool listed, has_manifest;
	enum { ASKED_MANIFEST, ASKED_FILE, ASKED_FORM } asked;
	struct buf mark, problems;
	bool failed_form;

	bool measured; /* it was asked how much it takes */
	int64_t accepts;
	struct lane lanes[LANES];
	int lanes_used;
	int epoll;
	struct chosen chosen[CHOSEN_MOST];
	size_t chosen_count, chosen_at;
};

struct rosa *
rosa_new(const struct line_settings *settings)
{
	struct rosa *rosa = mem_alloc(sizeof(*rosa));

	rosa->arena = arena_new();
	rosa->accepts = ACCEPTS;
	rosa->lanes_used = LANES;
	rosa->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < LANES && rosa->epoll >= 0; i++) {
		struct epoll_event event = { .events = EPOLLIN };

		rosa->lanes[i].line = line_new(settings, NULL);
		if (!rosa->lanes[i].line ||
		    epoll_ctl(rosa->epoll, EPOLL_CTL_ADD, line_fd(rosa->lanes[i].line),
			&event) != 0)
			rosa->lanes_used = i;
		if (rosa->lanes_used == i)
			break;
	}
	return rosa;
}

void
rosa_stop(struct rosa *rosa)
{
	for (int i = 0; i < LANES; i++) {
		if (rosa->lanes[i].line)
			line_stop(rosa->lanes[i].line);
		rosa->lanes[i].busy = rosa->lanes[i].again = false;
	}
	rosa->chosen_count = rosa->chosen_at = 0;
}

void
rosa_free(struct rosa *rosa)
{
	if (!rosa)
		return;
	for (int i = 0; i < LANES; i++) {
		line_free(rosa->lanes[i].line);
		buf_clear(&rosa->lanes[i].body);
	}
	if (rosa->epoll >= 0)
		close(rosa->epoll);
	arena_free(rosa->arena);
	buf_clear(&rosa->mark);
	buf_clear(&rosa->problems);
	free(rosa);
}

/* --- the list of forms --- */

static enum client_next
ask_list(struct client *c)
{
	struct line_request list = { .path = "/formList", .answer_max = FORM_MOST };
	struct buf known = { 0 };
	enum client_next next;

	if (c->rosa->listed)
		return NEXT_NOTHING;
	if (!notebook_get(c->nb, SETTING_LIST_MARK, &known, &c->err))
		return NEXT_FAILED;
	list.known = known.len ? buf_text(&known) : NULL;
	next = client_ask(c, &list);
	buf_clear(&known);
	return next;
}

static bool
take_list(struct client *c, const struct line_result *r)
{
	struct rosa *rosa = c->rosa;

	rosa->listed = true;
	if (!client_greet(c))
		return false;
	if (r->status == 304)
		return true;
	if (r->mark && *r->mark)
		buf_str(&rosa->mark, r->mark);
	return rosa_read_forms(buf_text(r->answer), r->answer->len, rosa->arena,
	    &rosa->forms, &c->err);
}

/* --- forms --- */

/* Is this form or file, or rather its bytes, here already? */
static bool
is_here(struct client *c, const char *kind, const struct rosa_item *item, bool *here)
{
	struct buf key = { 0 }, known = { 0 };
	bool good;

	buf_fmt(&key, "%s%s.%s", SETTING_HASH, kind, item->name);
	good = notebook_get(c->nb, buf_text(&key), &known, &c->err);
	*here = *item->hash && strcmp(buf_text(&known), item->hash) == 0;
	buf_clear(&key);
	buf_clear(&known);
	return good;
}

static bool
remember(struct client *c, const char *kind, const struct rosa_item *item)
{
	struct buf key = { 0 };
	bool good;

	buf_fmt(&key, "%s%s.%s", SETTING_HASH, kind, item->name);
	good = notebook_set(c->nb, buf_text(&key), item->hash, &c->err);
	buf_clear(&key);
	return good;
}

/* A form that cannot be used stops nothing: it is told at the end, and the list is asked
 * for once more the next time. */
static void
tell_problem(struct rosa *rosa, const char *name, const char *why)
{
	rosa->failed_form = true;
	if (rosa->problems.len < 400)
		buf_fmt(&rosa->problems, "%s%s: %s", rosa->problems.len ? " " : "", name,
		    why);
}

static void
next_form(struct rosa *rosa)
{
	rosa->form++;
	rosa->file = 0;
	rosa->has_manifest = false;
	rosa->files = (struct rosa_list){ 0 };
}

static enum client_next
ask_for(struct client *c, int asked, const char *url)
{
	struct line_request request = { .path = url, .answer_max = FORM_MOST };

	c->rosa->asked = asked;
	return client_ask(c, &request);
}

/* A terminal needs what choices are read from, no pictures and no sounds. */
static bool
is_data(const char *name)
{
	static const char *const ends[] = { ".csv", ".xml", ".geojson" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);

		if (len > end && strcasecmp(name + len - end, ends[i]) == 0)
			return true;
	}
	return false;
}

/* All are here: that list need not be read again while it stays the same. */
static enum client_next
end_forms(struct client *c)
{
	struct rosa *rosa = c->rosa;

	if (rosa->mark.len && !rosa->failed_form &&
	    !notebook_set(c->nb, SETTING_LIST_MARK, buf_text(&rosa->mark), &c->err))
		return NEXT_FAILED;
	buf_reset(&rosa->mark);
	return NEXT_NOTHING;
}

/* A form's manifest, its files, then itself: it is read with its files. */
static enum client_next
ask_form(struct client *c)
{
	struct rosa *rosa = c->rosa;
	bool here;

	for (; rosa->form < rosa->forms.count; next_form(rosa)) {
		const struct rosa_item *form = &rosa->forms.items[rosa->form];

		if (*form->manifest && !rosa->has_manifest)
			return ask_for(c, ASKED_MANIFEST, form->manifest);
		for (; rosa->file < rosa->files.count; rosa->file++) {
			const struct rosa_item *file = &rosa->files.items[rosa->file];

			if (!is_here(c, "file", file, &here))
				return NEXT_FAILED;
			if (!here && is_data(file->name))
				return ask_for(c, ASKED_FILE, file->url);
		}
		if (!is_here(c, "form", form, &here))
			return NEXT_FAILED;
		if (!here)
			return ask_for(c, ASKED_FORM, form->url);
	}
	return end_forms(c);
}

static bool
take_form(struct client *c, const struct line_result *r)
{
	struct rosa *rosa = c->rosa;
	const struct rosa_item *form = &rosa->forms.items[rosa->form], *file;
	const char *text = buf_text(r->answer);
	size_t len = r->answer->len;
	struct err err = { 0 };

	switch (rosa->asked) {
	case ASKED_MANIFEST:
		rosa->has_manifest = true;
		if (rosa_read_manifest(text, len, rosa->arena, &rosa->files, &err))
			return true;
		break;
	case ASKED_FILE:
		file = &rosa->files.items[rosa->file++];
		if (notebook_list_add(c->nb, file->name, text, len, &err))
			return remember(c, "file", file);
		break;
	case ASKED_FORM:
		if (place_add_form(c->nb, text, len, &err)) {
			next_form(rosa);
			return remember(c, "form", form);
		}
		break;
	}
	if (err.kind == ERR_SYSTEM) { /* the notebook's own */
		c->err = err;
		return false;
	}
	tell_problem(rosa, form->name, err.text);
	next_form(rosa);
	return true;
}

/* Forms that cannot be had now do not keep records back. */
static bool
form_failed(struct client *c, const struct line_result *r)
{
	struct rosa *rosa = c->rosa;

	if (r->action != LINE_REFUSED)
		return false;
	tell_problem(rosa, rosa->forms.items[rosa->form].name, _(r->text));
	next_form(rosa);
	return true;
}

/* --- how much it takes --- */

static enum client_next
ask_measure(struct client *c)
{
	static const struct line_request head = { .path = "/submission", .head = true };

	return c->rosa->measured ? NEXT_NOTHING : client_ask(c, &head);
}

static bool
take_measure(struct client *c, const struct line_result *r)
{
	c->rosa->measured = true;
	if (r->accepts > 0)
		c->rosa->accepts = r->accepts;
	return true;
}

static bool
measure_failed(struct client *c, const struct line_result *r)
{
	c->rosa->measured = r->action == LINE_REFUSED; /* it does not say: that is fine */
	return c->rosa->measured;
}

/* --- records --- */

static bool
choose(const struct outbox_item *item, void *data)
{
	struct rosa *rosa = data;
	struct chosen *one = &rosa->chosen[rosa->chosen_count++];

	*one = (struct chosen){ .seq = item->seq, .rev = item->rev,
		.withdrawn = item->why != NULL };
	snprintf(one->id, sizeof(one->id), "%s", item->id);
	snprintf(one->hash, sizeof(one->hash), "%s", item->hash);
	return rosa->chosen_count < CHOSEN_MOST;
}

static int
busy_lanes(const struct rosa *rosa)
{
	int busy = 0;

	for (int i = 0; i < LANES; i++)
		busy += rosa->lanes[i].busy;
	return busy;
}

static bool
is_under_way(const struct rosa *rosa, const char *id)
{
	for (int i = 0; i < LANES; i++)
		if (rosa->lanes[i].busy && !strcmp(rosa->lanes[i].record.id, id))
			return true;
	return false;
}

/* What became of a record, into the notebook and the progress. code NULL: stored. */
static bool
answer(struct client *c, const struct chosen *one, const char *code, const char *message)
{
	struct outbox_answer a = { .id = one->id, .rev = one->rev, .hash = one->hash,
		.refused = code != NULL, .code = code ? code : "", .path = "",
		.message = message ? message : "" };

	if (!outbox_answered(c->nb, c->receipt, &a, 1, &c->err))
		return false;
	c->progress.sent++;
	c->progress.accepted += code == NULL;
	c->progress.refused += code != NULL;
	return true;
}

/* The body: one part, with a file's name, lines ended by CR LF. */
static bool
write_body(struct client *c, struct lane *lane, char *type, size_t size)
{
	struct buf xml = { 0 };
	char boundary[UUID_SIZE];
	bool good = session_submission(c->nb, lane->record.id, lane->record.rev, &xml,
	    &c->err);

	uuid_new(0, boundary);
	snprintf(type, size, "multipart/form-data; boundary=%s", boundary);
	buf_reset(&lane->body);
	buf_fmt(&lane->body,
	    "--%s\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
	    "filename=\"%s.xml\"\r\nContent-Type: text/xml\r\n\r\n",
	    boundary, lane->record.id);
	buf_add(&lane->body, xml.data, xml.len);
	buf_fmt(&lane->body, "\r\n--%s--\r\n", boundary);
	buf_clear(&xml);
	return good;
}

static bool
post(struct client *c, struct lane *lane)
{
	char type[100];
	struct line_request request = { .path = "/submission", .type = type };

	if (!write_body(c, lane, type, sizeof(type)))
		return false;
	if ((int64_t)lane->body.len > c->rosa->accepts)
		return answer(c, &lane->record, "too_large",
		    _("The record is larger than the server takes."));
	request.body = lane->body.data;
	request.len = lane->body.len;
	lane->busy = line_begin(lane->line, &request, &c->err);
	return lane->busy;
}

/* Gives every free lane a record. A later revision of one that is under way waits, and
 * all behind it. False and err. */
static bool
fill_lanes(struct client *c)
{
	struct rosa *rosa = c->rosa;

	for (int i = 0; i < rosa->lanes_used; i++) {
		struct lane *lane = &rosa->lanes[i];

		while (!lane->busy && rosa->chosen_at < rosa->chosen_count) {
			const struct chosen *one = &rosa->chosen[rosa->chosen_at];

			if (is_under_way(rosa, one->id))
				return true;
			rosa->chosen_at++;
			lane->record = *one;
			lane->again = false;
			if (one->withdrawn
				? !answer(c, one, "withdrawn",
				      _("This server cannot take back a record. Tell "
					"whoever looks after it."))
				: !post(c, lane))
				return false;
		}
	}
	return true;
}

static enum client_next
ask_send(struct client *c)
{
	struct rosa *rosa = c->rosa;

	if (!rosa->lanes_used) {
		err_set(&c->err, ERR_SYSTEM, _("There is not enough memory to send. Close other programs "
		    "and try again."));
		return NEXT_FAILED;
	}
	rosa->chosen_count = rosa->chosen_at = 0;
	if (!outbox_each(c->nb, 0, CHOSEN_MOST, choose, rosa, &c->err) || !fill_lanes(c))
		return NEXT_FAILED;
	if (busy_lanes(rosa))
		return NEXT_LANES;
	if (rosa->chosen_count)
		return NEXT_BUSY; /* all were answered without asking */
	if (rosa->problems.len && c->err.kind == ERR_NONE) {
		err_set(&c->err, ERR_INPUT, _("Some forms could not be taken. %s Try again, or ask the "
		    "server's people."),
		    buf_text(&rosa->problems));
		return NEXT_FAILED;
	}
	return NEXT_NOTHING;
}

/* Refused for good, in the server's words where it has some. */
static bool
refuse(struct client *c, struct lane *lane, const struct line_result *r)
{
	const char *said = rosa_message(buf_text(r->answer), r->answer->len, c->rosa->arena);
	struct buf message = { 0 };
	char code[24];
	bool good;

	snprintf(code, sizeof(code), "http_%ld", r->status);
	buf_str(&message, _(r->text));
	if (*said)
		buf_fmt(&message, " (%s)", said);
	good = answer(c, &lane->record, code, buf_text(&message));
	buf_clear(&message);
	return good;
}

/* One record's exchange has ended. False: the run is interrupted. */
static bool
lane_ended(struct client *c, struct lane *lane, const struct line_result *r)
{
	lane->busy = false;
	switch (r->action) {
	case LINE_ANSWER:
		client_succeeded(c);
		if (answer(c, &lane->record, NULL, NULL))
			return true;
		client_fail(c);
		return false;
	case LINE_REFUSED:
		/* Of two that came in at one moment a server may say that it was
		 * deleted. Once more tells the truth. */
		if (r->status == 409 && !lane->again) {
			lane->again = true;
			if (post(c, lane))
				return true;
		} else if (refuse(c, lane, r)) {
			client_succeeded(c);
			return true;
		}
		client_fail(c);
		return false;
	default:
		/* What was under way goes again, with the same bytes; one at a time on a
		 * line that cuts. */
		if (r->action == LINE_CUT)
			c->rosa->lanes_used = 1;
		rosa_stop(c->rosa);
		client_failed_with(c, r);
		return false;
	}
}

void
rosa_step(struct client *c)
{
	struct rosa *rosa = c->rosa;
	struct line_result r;

	for (int i = 0; i < LANES; i++) {
		struct lane *lane = &rosa->lanes[i];

		if (lane->busy && line_step(lane->line, &r) && !lane_ended(c, lane, &r))
			return;
	}
	if (!fill_lanes(c))
		client_fail(c);
	else if (!busy_lanes(rosa))
		c->stage = STAGE_ASK; /* for the next ones */
}

int
rosa_fd(const struct rosa *rosa)
{
	return rosa->epoll;
}

int
rosa_timeout(const struct rosa *rosa)
{
	int least = -1;

	for (int i = 0; i < LANES; i++) {
		int own = rosa->lanes[i].busy ? line_timeout(rosa->lanes[i].line) : -1;

		if (own >= 0 && (least < 0 || own < least))
			least = own;
	}
	return least;
}

void
rosa_traffic(const struct rosa *rosa, struct line_traffic *traffic)
{
	for (int i = 0; i < LANES; i++) {
		struct line_traffic t = { 0 };

		if (rosa->lanes[i].line)
			line_traffic(rosa->lanes[i].line, &t);
		traffic->up += t.up;
		traffic->down += t.down;
	}
}

/* --- the rows --- */

/* Sending is not over the client's own line: nothing is taken, nothing fails there. */
const struct exchange rosa_exchanges[] = {
	{ N_("asking for the forms"), ask_list, take_list, NULL },
	{ N_("fetching"), ask_form, take_form, form_failed },
	{ N_("connecting"), ask_measure, take_measure, measure_failed },
	{ N_("sending"), ask_send, NULL, NULL },
};

const size_t rosa_exchange_count = sizeof(rosa_exchanges) / sizeof(rosa_exchanges[0]);
