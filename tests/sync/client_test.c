/* The notebook's side of the line, against a real collector over a bad line, and
 * against whatever else may answer. */
#include "day.h"
#include "fake.h"

/* --- a real collector --- */

static void
a_day_arrives_once(void)
{
	struct day d;

	day_begin(&d);
	day_add(&d, 5);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "5 sent, 5 accepted"));
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 5);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "Nothing was waiting"));
	CHECK_INT(day_held(&d), 5);
	day_end(&d);
}

/* Bytes that a sync of so many records takes, up and down, over this line. */
static struct link_count
cost_of(struct day *d, int records)
{
	struct link_count count;

	day_add(d, records);
	link_reset(d->link);
	CHECK_INT(day_sync(d), CLIENT_DONE);
	memcpy(&count, (void *)(uintptr_t)&d->link->count, sizeof(count));
	return count;
}

static const struct {
	const char *name;
	bool up, reset;
	int percent; /* of the way's bytes, at which the line is cut */
} cuts[] = {
	{ "cut at once, up", true, false, 0 },
	{ "cut early, up", true, false, 5 },
	{ "cut in the middle, up", true, true, 50 },
	{ "cut late, up", true, false, 90 },
	{ "cut after the last byte, up", true, true, 100 },
	{ "cut at once, down", false, true, 0 },
	{ "cut early, down", false, false, 5 },
	{ "cut in the middle, down", false, true, 50 },
	{ "cut late, down", false, false, 90 },
	{ "cut before the last byte, down", false, true, 99 },
};

static void
what_is_cut_is_kept_and_sent_again(void)
{
	struct link_count whole;
	struct day d;
	long held = 10, left;

	day_begin(&d);
	cost_of(&d, 5); /* the first feed says more than the later ones */
	whole = cost_of(&d, 5);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		volatile struct link_way *way;

		check_case(cuts[i].name);
		day_add(&d, 5);
		held += 5;
		link_reset(d.link);
		way = cuts[i].up ? &d.link->plan.up : &d.link->plan.down;
		way->cut = 1 + (cuts[i].up ? whole.up : whole.down) * cuts[i].percent / 101;
		d.link->plan.reset = cuts[i].reset;
		CHECK_INT(day_sync(&d), CLIENT_FAILED);
		CHECK_INT(d.err.kind, ERR_NETWORK);
		CHECK(day_says(&d, "cut in the middle"));
		CHECK(day_says(&d, "Everything is kept"));
		CHECK_INT(day_waiting(&d), 5 - d.progress.accepted);
		left = day_waiting(&d);
		CHECK_INT(day_sync(&d), CLIENT_DONE);
		CHECK_INT(d.progress.accepted, left);
		CHECK_INT(day_waiting(&d), 0);
		CHECK_INT(day_held(&d), held);
	}
	check_case("what_is_cut_is_kept_and_sent_again");
	day_end(&d);
}

static void
one_sync_goes_on_after_a_cut(void)
{
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_PATIENCE, "20");
	day_add(&d, 40);
	d.link->plan.up.cut = 900;
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.link->count.cuts, 1);
	CHECK(d.progress.batch > 2); /* the second half had a batch of its own */
	CHECK_INT(d.progress.accepted, 40);
	CHECK_INT(day_held(&d), 40);
	day_end(&d);
}

static void
what_is_acknowledged_is_never_sent_again(void)
{
	struct link_count one, three;
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_BATCH, "2");
	one = cost_of(&d, 2);
	three = cost_of(&d, 6);
	CHECK_INT(three.connections, 1); /* kept alive */
	CHECK_INT(d.progress.batch, 3);
	day_add(&d, 6);
	link_reset(d.link);
	d.link->plan.up.cut = three.up - (one.up / 4); /* in the third batch */
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(d.progress.accepted, 4);
	CHECK_INT(day_waiting(&d), 2);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.sent, 2);
	CHECK_INT(day_held(&d), 14);
	day_end(&d);
}

static void
a_collector_that_is_down_is_told(void)
{
	struct day d;

	day_begin(&d);
	day_add(&d, 3);
	day_address(&d, d.c.port);
	collector_stop(&d.c, SIGTERM);
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(d.err.kind, ERR_NETWORK);
	CHECK(day_says(&d, "Nothing answers there"));
	CHECK_INT(day_waiting(&d), 3);
	collector_serve(&d.c);
	day_address(&d, d.c.port);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_held(&d), 3);
	day_end(&d);
}

static void
a_line_that_goes_silent_counts_as_cut(void)
{
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_STALL, "1");
	day_add(&d, 5);
	d.link->plan.up.stall = 900;
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK(day_says(&d, "went silent"));
	CHECK_INT(day_waiting(&d), 5);
	link_reset(d.link);
	d.link->plan.down.stall = 600; /* in the answer to hello */
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(day_waiting(&d), 5);
	link_reset(d.link);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_held(&d), 5);
	day_end(&d);
}

/* The answer is on its way for longer than the notebook waits. */
static void
a_late_answer_changes_nothing(void)
{
	struct client *client;
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_STALL, "1");
	day_add(&d, 5);
	client = client_new(d.f->nb, CLIENT_BY_HAND, &d.err);
	CHECK(client != NULL);
	while ((d.state = client_step(client)) == CLIENT_RUNNING) {
		if (client_progress(client)->batch == 1)
			d.link->plan.hold_down = true;
		client_wait(client, -1, 1000);
	}
	day_keep_result(&d, client);
	client_free(client);
	CHECK_INT(d.state, CLIENT_FAILED);
	CHECK(day_says(&d, "went silent"));
	CHECK_INT(day_waiting(&d), 5);
	CHECK_INT(day_held(&d), 5); /* it is there, and nobody knows it here */
	d.link->plan.hold_down = false;
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.accepted, 5);
	CHECK_INT(day_held(&d), 5);
	day_end(&d);
}

static void
a_doubled_answer_is_not_the_next_ones(void)
{
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_BATCH, "1");
	day_set(&d, SETTING_PATIENCE, "20");
	day_add(&d, 3);
	d.link->plan.twice = true;
	day_sync(&d);
	/* Whatever was believed is there. */
	CHECK(day_held(&d) >= 3 - day_waiting(&d));
	link_reset(d.link);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 3);
	day_end(&d);
}

static void
a_token_that_is_not_known_stops_the_run(void)
{
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_PATIENCE, "20");
	day_add(&d, 3);
	day_set(&d, SETTING_TOKEN, "mq1_nobody");
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK_INT(d.err.kind, ERR_REFUSED);
	CHECK(day_says(&d, "does not know this notebook's token"));
	CHECK_INT(day_waiting(&d), 3);
	CHECK_INT(collector_run(&d.c, NULL, "token", "remove", "laptop-1", "--db", d.c.db,
		      NULL), 0);
	day_set(&d, SETTING_TOKEN, d.c.token);
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK(day_says(&d, "locked this notebook out"));
	CHECK_INT(day_waiting(&d), 3);
	CHECK_INT(day_held(&d), 0);
	day_end(&d);
}

static void
a_run_is_stopped_and_goes_on_where_it_was(void)
{
	struct client *client;
	struct day d;

	day_begin(&d);
	day_set(&d, SETTING_BATCH, "10");
	day_add(&d, 30);
	d.link->plan.up.rate = 20000;
	client = client_new(d.f->nb, CLIENT_BY_HAND, &d.err);
	CHECK(client != NULL);
	while (client_step(client) == CLIENT_RUNNING &&
	    !(client_progress(client)->accepted == 10 &&
		client_progress(client)->bytes_done > 100))
		client_wait(client, -1, 10);
	client_cancel(client);
	CHECK_INT(client_step(client), CLIENT_CANCELLED);
	day_keep_result(&d, client);
	CHECK(day_says(&d, "10 sent, 10 accepted; 20 still waiting. Stopped."));
	client_free(client);
	CHECK_INT(day_waiting(&d), 20);
	link_reset(d.link);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(d.progress.sent, 20);
	CHECK_INT(day_held(&d), 30);
	day_end(&d);
}

static void
a_refused_record_comes_back_with_field_and_reason(void)
{
	char id[UUID_SIZE];
	struct record record;
	struct day d;

	day_begin(&d);
	day_add(&d, 2);
	CHECK(fixture_add(d.f, "no such form!", "x", id));
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK(day_says(&d, "3 sent, 2 accepted, 1 refused"));
	CHECK_INT(record_get(d.f->nb, id, &record, &d.f->err), 1);
	CHECK_INT(record.state, RECORD_RETURNED);
	CHECK_STR(record.reason_code, "invalid");
	CHECK_STR(record.reason_path, "form");
	CHECK_STR(record.reason, "The collector found something wrong in the record. Correct "
				 "it, or tell the district. (form: must be letters, digits "
				 "and _ - . :)");
	CHECK_INT(day_waiting(&d), 0);
	CHECK_INT(day_held(&d), 2);
	day_end(&d);
}

static void
the_reason_is_in_the_worker_s_language(void)
{
	char id[UUID_SIZE];
	struct record record;
	struct day d;

	day_begin(&d);
	CHECK(fixture_add(d.f, "no such form!", "x", id));
	i18n_use("zh");
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	i18n_use("en");
	CHECK_INT(record_get(d.f->nb, id, &record, &d.f->err), 1);
	CHECK_STR(record.reason, "收集端发现这条记录有错。请改正，或告诉区里。"
				 "（form：只能用字母、数字和 _ - . :）");
	day_end(&d);
}

/* --- whatever else may answer --- */

#define PAGE "<html><body>Welcome to our network! Please log in.</body></html>"
#define HTML "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: $L\r\n\r\n" PAGE
#define ONE  "\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}"

/* clang-format off */
static const struct {
	const char *name;
	const char *answers[3];
	enum err_kind kind;
	const char *words;
	int requests;
} strangers[] = {
	{ "a captive portal's page", { HTML }, ERR_NETWORK, "is not a collector", 1 },
	{ "a page in place of the batch's answer", { FAKE_HELLO, HTML }, ERR_NETWORK, "is not a collector", 2 },
	{ "a page that says it is JSON", { FAKE_HELLO, FAKE_JSON("200 OK", "", PAGE) }, ERR_NETWORK, "is not a collector", 2 },
	{ "somebody else's JSON", { FAKE_JSON("200 OK", "", "{\"status\":\"ok\"}") }, ERR_NETWORK, "is not a collector", 1 },
	{ "a hello without our version", { FAKE_JSON("200 OK", "", "{\"protocols\":[7],\"time\":\"2026-11-23T09:30:00Z\"}") }, ERR_NETWORK, "is not a collector", 1 },
	{ "a redirect", { FAKE_JSON("302 Found", "Location: http://127.0.0.1:9/\r\n", "{}") }, ERR_NETWORK, "is not a collector", 1 },
	{ "a redirect in the middle", { FAKE_HELLO, FAKE_JSON("307 Temporary Redirect", "Location: /v1/hello\r\n", "{}") }, ERR_NETWORK, "is not a collector", 2 },
	{ "a login wanted", { FAKE_JSON("511 Network Authentication Required", "", "{}") }, ERR_NETWORK, "is not a collector", 1 },
	{ "another address", { FAKE_JSON("404 Not Found", "", "{}") }, ERR_NETWORK, "is not a collector", 1 },
	{ "accepted, but not 200", { FAKE_HELLO, FAKE_JSON("202 Accepted", "", "{\"batch\":\"$B\"," ONE) }, ERR_NETWORK, "is not a collector", 2 },
	{ "no HTTP at all", { "SSH-2.0-OpenSSH_9.2\r\n" }, ERR_NETWORK, "is not a collector", 1 },
	{ "a status line that is none", { "HTTP/one 200 \r\nContent-Type: application/json\r\n\r\n{\"protocols\":[1],\"time\":\"2026-11-23T09:30:00Z\"}" }, ERR_NETWORK, "is not a collector", 1 },
	{ "another batch's answer", { FAKE_HELLO, FAKE_JSON("200 OK", "", "{\"batch\":\"01a18d00-c3c0-7611-8ab9-caf83cdf9504\"," ONE) }, ERR_NETWORK, "is not a collector", 2 },
	{ "an answer without a batch", { FAKE_HELLO, FAKE_JSON("200 OK", "", "{" ONE) }, ERR_NETWORK, "is not a collector", 2 },
	{ "counts that do not add up", { FAKE_HELLO, FAKE_JSON("200 OK", "", "{\"batch\":\"$B\",\"n\":2,\"new\":2,\"same\":0,\"bad\":[]}") }, ERR_NETWORK, "is not a collector", 2 },
	{ "an answer cut by its sender", { FAKE_HELLO, FAKE_JSON("200 OK", "", "{\"batch\":\"$B\",\"n\":1,\"new\":1,\"sam") }, ERR_NETWORK, "is not a collector", 2 },
	{ "an answer shorter than promised", { FAKE_HELLO, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"batch\":\"$B\"," ONE }, ERR_NETWORK, "cut in the middle", 2 },
	{ "gzip that is none", { FAKE_HELLO, FAKE_JSON("200 OK", "Content-Encoding: gzip\r\n", "{\"batch\":\"$B\"," ONE) }, ERR_NETWORK, "is not a collector", 2 },
	{ "nothing", { FAKE_HELLO, "" }, ERR_NETWORK, "cut in the middle", 2 },
	{ "a fault", { FAKE_HELLO, FAKE_JSON("500 Internal Server Error", "", "{}") }, ERR_NETWORK, "has a fault", 2 },
	{ "a fault at once", { FAKE_JSON("502 Bad Gateway", "", "{}") }, ERR_NETWORK, "has a fault", 1 },
	{ "a full disk", { FAKE_HELLO, FAKE_JSON("507 Insufficient Storage", "", "{}") }, ERR_NETWORK, "disk is full", 2 },
	{ "an update wanted", { FAKE_JSON("426 Upgrade Required", "", "{}") }, ERR_REFUSED, "newer version of this program", 1 },
	{ "busy", { FAKE_JSON("503 Service Unavailable", "Retry-After: 400\r\n", "{}") }, ERR_NETWORK, "Try again in 7 minutes", 1 },
	{ "too many", { FAKE_HELLO, FAKE_JSON("429 Too Many Requests", "Retry-After: 30\r\n", "{}") }, ERR_NETWORK, "Try again in 30 seconds", 2 },
	{ "a proxy's own wish", { FAKE_JSON("407 Proxy Authentication Required", "", "{}") }, ERR_NETWORK, "proxy wants a name", 1 },
	{ "some refusal", { FAKE_HELLO, FAKE_JSON("418 I'm a teapot", "", "{}") }, ERR_REFUSED, "refused the batch", 2 },
};
/* clang-format on */

/* A sync of what waits, with a server that says this. */
static struct fake *
sync_with(struct day *d, const char *const *answers, int count)
{
	struct fake *fake = fake_new(answers, count);

	day_address(d, fake->port);
	day_sync(d);
	return fake;
}

static void
only_our_answers_are_success(void)
{
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		int count = 1;
		struct fake *fake;

		while (count < 3 && strangers[i].answers[count])
			count++;
		check_case(strangers[i].name);
		fake = sync_with(&d, strangers[i].answers, count);
		CHECK_INT(d.state, CLIENT_FAILED);
		CHECK_INT(d.err.kind, strangers[i].kind);
		CHECK(day_says(&d, strangers[i].words));
		CHECK(day_says(&d, "1 still waiting"));
		CHECK(day_says(&d, "Everything is kept"));
		CHECK_INT(fake->count, strangers[i].requests);
		CHECK_INT(day_waiting(&d), 1);
		fake_free(fake);
	}
	check_case("only_our_answers_are_success");
	day_end(&d);
}

static void
an_endless_answer_is_given_up(void)
{
	static char endless[(3u << 20) + 200];
	const char *answers[] = { endless };
	struct fake *fake;
	struct day d;
	int n;

	n = sprintf(endless, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
	memset(endless + n, ' ', 3u << 20);
	day_begin(&d);
	day_add(&d, 1);
	fake = sync_with(&d, answers, 1);
	CHECK_INT(d.state, CLIENT_FAILED);
	CHECK(day_says(&d, "is not a collector"));
	CHECK(d.progress.bytes_down < 2 << 20);
	fake_free(fake);
	day_end(&d);
}

static void
retry_after_is_obeyed(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_JSON("503 Service Unavailable", "Retry-After: 1\r\n", "{}"),
		FAKE_JSON("429 Too Many Requests", "Retry-After: 1\r\n", "{}"),
		FAKE_JSON("200 OK", "", "{\"batch\":\"$B\"," ONE) };
	struct fake *fake;
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	day_set(&d, SETTING_PATIENCE, "10");
	fake = sync_with(&d, answers, 4);
	CHECK_INT(d.state, CLIENT_DONE);
	CHECK_INT(fake->count, 4);
	CHECK(fake->seen[2].at - fake->seen[1].at >= 1000);
	CHECK(fake->seen[3].at - fake->seen[2].at >= 1000);
	fake_free(fake);
	day_add(&d, 1);
	fake = sync_with(&d, (const char *const[]){ FAKE_JSON("503 Service Unavailable",
	    "Retry-After: 60\r\n", "{}") }, 1);
	CHECK_INT(d.state, CLIENT_FAILED); /* longer than anybody waits */
	CHECK_INT(d.retry_after, 60);
	CHECK_INT(fake->count, 1);
	fake_free(fake);
	day_end(&d);
}

static void
limits_are_kept_to(void)
{
	static const char *const answers[] = {
		FAKE_JSON("200 OK", "", "{\"protocols\":[1],\"time\":\"2026-11-23T09:30:00Z\","
		    "\"limits\":{\"max_records\":2}}"),
		FAKE_JSON("200 OK", "",
		    "{\"batch\":\"$B\",\"n\":2,\"new\":2,\"same\":0,\"bad\":[]}"),
		FAKE_JSON("413 Content Too Large", "", "{\"max_records\":1}"),
		FAKE_JSON("200 OK", "", "{\"batch\":\"$B\"," ONE) };
	struct fake *fake;
	struct day d;

	day_begin(&d);
	day_add(&d, 4);
	fake = sync_with(&d, answers, 4);
	CHECK_INT(d.state, CLIENT_DONE);
	CHECK_INT(d.progress.accepted, 4);
	CHECK_INT(fake->count, 5);
	fake_free(fake);
	day_end(&d);
}

static bool
keep_id(const struct record *record, void *data)
{
	strcpy(data, record->id);
	return false;
}

static void
one_record_that_is_too_large_comes_back(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_JSON("413 Content Too Large", "", "{}") };
	struct record_query query = { .limit = 1 };
	char id[UUID_SIZE] = "";
	struct record record;
	struct fake *fake;
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	CHECK(record_list(d.f->nb, &query, keep_id, id, &d.f->err));
	fake = sync_with(&d, answers, 2);
	CHECK_INT(d.state, CLIENT_DONE);
	CHECK(day_says(&d, "1 sent, 0 accepted, 1 refused"));
	CHECK_INT(record_get(d.f->nb, id, &record, &d.f->err), 1);
	CHECK_INT(record.state, RECORD_RETURNED);
	CHECK_STR(record.reason_code, "too_big");
	fake_free(fake);
	day_end(&d);
}

static void
an_unknown_code_is_for_later(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_JSON("200 OK", "", "{\"batch\":\"$B\",\"n\":2,\"new\":1,\"same\":0,\"bad\":["
		    "{\"line\":1,\"rev\":1,\"code\":\"moon_in_wrong_phase\",\"x\":[1]}]}") };
	struct fake *fake;
	struct day d;

	day_begin(&d);
	day_add(&d, 2);
	fake = sync_with(&d, answers, 2);
	CHECK_INT(d.state, CLIENT_FAILED);
	CHECK(day_says(&d, "cannot take 1 of them yet"));
	CHECK_INT(d.progress.accepted, 1);
	CHECK_INT(fake->count, 2); /* not again in the same run */
	CHECK_INT(day_waiting(&d), 1);
	fake_free(fake);
	day_end(&d);
}

/* --- addresses and receipts --- */

static const struct {
	const char *address, *insecure, *words;
	enum err_kind kind;
} addresses[] = {
	{ "", "", "No collector's address", ERR_INPUT },
	{ "example", "", "is not a web address", ERR_INPUT },
	{ "ftp://example.invalid", "", "is not a web address", ERR_INPUT },
	{ "https://name:secret@example.invalid", "", "is not a web address", ERR_INPUT },
	{ "http://example.invalid", "", "without encryption", ERR_INPUT },
	{ "http://127.0.0.1.example.invalid", "", "without encryption", ERR_INPUT },
	{ "http://10.0.0.1", "", "without encryption", ERR_INPUT },
	{ "http://example.invalid", "yes", "without encryption", ERR_INPUT },
	{ "http://example.invalid", INSECURE_WORDS, "name was not found", ERR_NETWORK },
	{ "https://example.invalid", "", "name was not found", ERR_NETWORK },
};

static void
a_wrong_address_is_told(void)
{
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		check_case(addresses[i].address);
		day_set(&d, SETTING_COLLECTOR, addresses[i].address);
		day_set(&d, SETTING_INSECURE, addresses[i].insecure);
		CHECK_INT(day_sync(&d), CLIENT_FAILED);
		CHECK_INT(d.err.kind, addresses[i].kind);
		if (!strstr(d.err.text, addresses[i].words))
			CHECK_STR(d.err.text, addresses[i].words);
		CHECK_INT(day_waiting(&d), 1);
	}
	check_case("a_wrong_address_is_told");
	day_end(&d);
}

static bool
add_up(const struct receipt *receipt, void *data)
{
	struct receipt *sum = data;

	sum->id++;
	sum->accepted += receipt->accepted;
	sum->left = receipt->left;
	return true;
}

static void
receipts_say_what_each_sync_did(void)
{
	struct receipt sum = { 0 };
	struct day d;

	day_begin(&d);
	day_add(&d, 5);
	d.link->plan.refuse = true;
	CHECK_INT(day_sync_as(&d, CLIENT_BY_ITSELF), CLIENT_FAILED);
	CHECK(receipt_list(d.f->nb, 0, add_up, &sum, &d.f->err));
	CHECK_INT(sum.id, 0); /* nobody asked for it, nothing came of it */
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	d.link->plan.refuse = false;
	CHECK_INT(day_sync_as(&d, CLIENT_BY_ITSELF), CLIENT_DONE);
	CHECK(receipt_list(d.f->nb, 0, add_up, &sum, &d.f->err));
	CHECK_INT(sum.id, 2);
	CHECK_INT(sum.accepted, 5);
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	RUN(a_day_arrives_once);
	what_is_cut_is_kept_and_sent_again();
	RUN(one_sync_goes_on_after_a_cut);
	RUN(what_is_acknowledged_is_never_sent_again);
	RUN(a_collector_that_is_down_is_told);
	RUN(a_line_that_goes_silent_counts_as_cut);
	RUN(a_late_answer_changes_nothing);
	RUN(a_doubled_answer_is_not_the_next_ones);
	RUN(a_token_that_is_not_known_stops_the_run);
	RUN(a_run_is_stopped_and_goes_on_where_it_was);
	RUN(a_refused_record_comes_back_with_field_and_reason);
	RUN(the_reason_is_in_the_worker_s_language);
	only_our_answers_are_success();
	RUN(an_endless_answer_is_given_up);
	RUN(retry_after_is_obeyed);
	RUN(limits_are_kept_to);
	RUN(one_record_that_is_too_large_comes_back);
	RUN(an_unknown_code_is_for_later);
	a_wrong_address_is_told();
	RUN(receipts_say_what_each_sync_did);
	return CHECK_DONE();
}
