/* The notebook against a server of ODK's kind: forms come, records go, each once. */
#include "day.h"
#include "rosa_server.h"

#include "instance.h"
#include "session.h"

static struct day d;
static struct rosa_server *server;

/* A notebook that has the server's form. */
static void
begin(void)
{
	d = (struct day){ 0 };
	i18n_use("en");
	server = rosa_server_new();
	d.f = fixture_new();
	day_set(&d, SETTING_PROTOCOL, PROTOCOL_OPENROSA);
	day_set(&d, SETTING_PATIENCE, "20");
	day_address(&d, server->port);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "Nothing was waiting to be sent");
}

static void
end(void)
{
	CHECK(!server->odd_request);
	fixture_free(d.f);
	rosa_server_free(server);
}

/* A record of the server's form; its id. */
static const char *
fill(const char *name)
{
	static char id[UUID_SIZE];
	struct session *s = session_new(d.f->nb, "home", "en", &d.err);
	struct node *wrong;
	struct buf message = { 0 };

	CHECK(s && session_answer(s, instance_find(session_instance(s), "name"), name, NULL,
		       &d.err));
	CHECK(session_answer(s, instance_find(session_instance(s), "clinic"), "west", NULL,
	    &d.err));
	CHECK_INT(session_finalise(s, &wrong, &message, &d.err), SESSION_FINAL);
	snprintf(id, sizeof(id), "%s", session_record_id(s));
	session_close(s);
	buf_clear(&message);
	return id;
}

static const char *
state_of(const char *id)
{
	struct record record;

	return record_get(d.f->nb, id, &record, &d.err) == 1 ? record_state_names[record.state]
							     : "none";
}

static void
forms_and_their_files_come_once(void)
{
	begin();
	CHECK_INT(server->gets, 2); /* the form and its list; no picture, no path */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(server->lists, 2);
	CHECK_INT(server->gets, 2);
	end();
}

static void
records_go_several_at_a_time(void)
{
	begin();
	server->think_ms = 50;
	for (int i = 0; i < 12; i++)
		fill("王阿姨");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "12 sent, 12 accepted");
	CHECK_INT(server->count, 12);
	CHECK_INT(server->posts, 12);
	CHECK(server->most_under_way > 1 && server->most_under_way <= 4);
	CHECK_INT(day_waiting(&d), 0);
	end();
}

static void
a_correction_names_what_it_replaces(void)
{
	char id[UUID_SIZE];
	struct session *s;
	struct node *wrong;
	struct buf message = { 0 };

	begin();
	snprintf(id, sizeof(id), "%s", fill("one"));
	s = session_correct(d.f->nb, id, "en", &d.err);
	CHECK(session_answer(s, instance_find(session_instance(s), "name"), "two", NULL,
	    &d.err));
	CHECK_INT(session_finalise(s, &wrong, &message, &d.err), SESSION_FINAL);
	session_close(s);
	buf_clear(&message);
	server->think_ms = 20;
	CHECK_INT(day_sync(&d), CLIENT_DONE); /* both, and one after the other */
	CHECK_INT(server->count, 2);
	CHECK_STR(server->records[0].deprecated, "");
	CHECK_STR(server->records[1].deprecated, server->records[0].id);
	CHECK_INT(server->most_under_way, 1);
	end();
}

static void
the_same_bytes_again_are_stored(void)
{
	begin();
	server->stored_status = 202;
	server->refuse_post = server->refuse_until = 1;
	server->store_refused = true; /* the answer is lost */
	server->refuse_with = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
	fill("one");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "1 sent, 1 accepted");
	CHECK_INT(server->count, 1);
	CHECK_INT(server->records[0].posts, 2);
	end();
}

#define SAID_409 \
	"HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n" \
	"{\"message\":\"This submission has been deleted now\"}"

static void
a_false_conflict_is_asked_twice(void)
{
	const char *id;

	begin();
	server->refuse_post = server->refuse_until = 1;
	server->refuse_with = SAID_409;
	fill("one");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "1 sent, 1 accepted");
	CHECK_INT(server->posts, 2);
	/* A true one comes back to its writer in the server's words. */
	server->refuse_post = 3;
	server->refuse_until = 99;
	id = fill("two");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "1 sent, 0 accepted, 1 refused");
	CHECK_INT(server->posts, 4);
	CHECK_STR(state_of(id), "returned");
	end();
}

/* What each answer means for the record and for the run. */
static const struct {
	const char *name, *answer, *says, *state;
	int posts;
} answers[] = {
	{ "a login page", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "log in", "queued", 1 },
	{ "wrong key", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "name and password", "queued", 1 },
	{ "not let in", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "let this notebook in", "queued", 1 },
	{ "no such form", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "1 refused", "returned", 1 },
	{ "too large", "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n", "1 refused", "returned", 1 },
	{ "malformed", "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", "1 refused", "returned", 1 },
	{ "busy for ever", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "busy", "queued", 1 },
	{ "in flight elsewhere", "HTTP/1.1 423 No\r\nContent-Length: 0\r\n\r\n", "busy", "queued", 1 },
	{ "nothing at all", "", "cut", "queued", 1 },
};

static void
every_answer_means_what_it_says(void)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const char *id;

		check_case(answers[i].name);
		begin();
		day_set(&d, SETTING_PATIENCE, "0");
		server->refuse_post = 1;
		server->refuse_until = 99;
		server->refuse_with = answers[i].answer;
		if (!*answers[i].answer) /* cut: less than what was promised */
			server->refuse_with = "HTTP/1.1 201 Created\r\nContent-Le";
		id = fill("one");
		day_sync(&d);
		CHECK(day_says(&d, answers[i].says));
		CHECK_STR(state_of(id), answers[i].state);
		if (*answers[i].answer)
			CHECK_INT(server->posts, answers[i].posts);
		/* When the server has come to itself, everything is there once. */
		server->refuse_post = 0;
		server->refuse_until = 0;
		if (!strcmp(answers[i].state, "queued")) {
			CHECK_INT(day_sync(&d), CLIENT_DONE);
			CHECK_INT(server->count, 1);
			CHECK_INT(day_waiting(&d), 0);
		}
		end();
	}
	check_case("every_answer_means_what_it_says");
}

static void
keys_are_shown_as_each_server_wants(void)
{
	static const struct {
		const char *token, *header;
	} keys[] = {
		{ "chen:secret", "Authorization: Basic Y2hlbjpzZWNyZXQ=" },
		{ "Token abc", "Authorization: Token abc" },
		{ "abc", "Authorization: Bearer abc" },
	};

	begin();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		server->key = keys[i].header;
		day_set(&d, SETTING_TOKEN, "no");
		CHECK_INT(day_sync(&d), CLIENT_FAILED);
		CHECK_INT(d.err.kind, ERR_REFUSED);
		day_set(&d, SETTING_TOKEN, keys[i].token);
		CHECK_INT(day_sync(&d), CLIENT_DONE);
	}
	end();
}

static void
what_is_larger_than_it_takes_is_not_sent(void)
{
	const char *id;

	begin();
	server->accepts = 100;
	id = fill("one");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_STR(d.sentence, "1 sent, 0 accepted, 1 refused");
	CHECK_STR(state_of(id), "returned");
	CHECK_INT(server->posts, 0);
	end();
}

static void
a_page_instead_of_the_list_is_no_server(void)
{
	d = (struct day){ 0 };
	i18n_use("en");
	day_begin(&d); /* our own collector speaks otherwise */
	day_set(&d, SETTING_PROTOCOL, PROTOCOL_OPENROSA);
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(d.progress.sent, 0);
	day_end(&d);
}

int
main(void)
{
	RUN(forms_and_their_files_come_once);
	RUN(records_go_several_at_a_time);
	RUN(a_correction_names_what_it_replaces);
	RUN(the_same_bytes_again_are_stored);
	RUN(a_false_conflict_is_asked_twice);
	RUN(every_answer_means_what_it_says);
	RUN(keys_are_shown_as_each_server_wants);
	RUN(what_is_larger_than_it_takes_is_not_sent);
	RUN(a_page_instead_of_the_list_is_no_server);
	return CHECK_DONE();
}
