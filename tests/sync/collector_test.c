/* The collector from outside: raw HTTP, the commands, signals. */
#include "../check.h"

#include "collector.h"
#include "hash.h"
#include "wire.h"

#include <time.h>

#define UUID "01a18d00-c3c0-7611-8ab9-%012x"

/* One record of a batch being written. */
struct rec {
	int n; /* makes the id */
	long rev, base;
	const char *user, *answers, *why, *base_hash;
};

static void
add_record(struct buf *out, struct rec r)
{
	const char *answers = r.answers ? r.answers : "{\"who\":\"王小明\"}";
	char hash[17], id[64];

	snprintf(id, sizeof(id), UUID, (unsigned)r.n);
	if (r.why)
		answers = r.why;
	hash_short(answers, strlen(answers), hash);
	buf_fmt(out,
	    "{\"id\":\"%s\",\"rev\":%ld,\"base\":%ld,\"form\":\"visit\",\"version\":\"1\","
	    "\"user\":\"%s\",\"at\":\"2026-11-02T09:30:00+08:00\",\"hash\":\"%s\",",
	    id, r.rev ? r.rev : 1, r.base, r.user ? r.user : "chen", hash);
	if (r.base_hash)
		buf_fmt(out, "\"base_hash\":\"%s\",", r.base_hash);
	if (r.why)
		buf_fmt(out, "\"withdrawn\":true,\"why\":\"%s\"}\n", r.why);
	else
		buf_fmt(out, "\"answers\":%s}\n", answers);
}

/* How a request differs from a good one. */
struct change {
	const char *method, *path, *token, *version, *type, *encoding, *digest;
	const char *extra; /* more header lines */
	bool no_token, no_version, no_length, plain;
	size_t claim; /* Content-Length, when not the body's */
};

static void
write_head(struct buf *out, const struct collector *c, const struct change *ch, size_t len)
{
	buf_fmt(out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n",
	    ch->method ? ch->method : "POST", ch->path ? ch->path : "/v1/batch");
	if (!ch->no_token)
		buf_fmt(out, "Authorization: Bearer %s\r\n", ch->token ? ch->token : c->token);
	if (!ch->no_version)
		buf_fmt(out, "Sync-Version: %s\r\n", ch->version ? ch->version : "1");
	buf_fmt(out, "Content-Type: %s\r\n", ch->type ? ch->type : "application/x-ndjson");
	if (!ch->plain)
		buf_fmt(out, "Content-Encoding: %s\r\n", ch->encoding ? ch->encoding : "gzip");
	if (ch->digest)
		buf_fmt(out, "Content-Digest: %s\r\n", ch->digest);
	if (ch->extra)
		buf_str(out, ch->extra);
	if (!ch->no_length)
		buf_fmt(out, "Content-Length: %zu\r\n", ch->claim ? ch->claim : len);
	buf_str(out, "\r\n");
}

static void
post_raw(const struct collector *c, const struct change *ch, const void *body, size_t len,
    struct reply *r)
{
	int fd = connect_to(c->port);
	struct buf head = { 0 };

	write_head(&head, c, ch, len);
	send_all(fd, head.data, head.len);
	send_all(fd, body, len);
	read_reply(fd, r);
	close(fd);
	buf_clear(&head);
}

/* A batch sent as it should be; the lines are compressed. */
static void
post(const struct collector *c, const struct buf *lines, struct reply *r)
{
	struct buf packed = { 0 };
	struct change ch = { 0 };
	char digest[64];

	CHECK(wire_gzip(buf_text(lines), lines->len, &packed, NULL));
	hash_content_digest(packed.data, packed.len, digest);
	ch.digest = digest;
	post_raw(c, &ch, packed.data, packed.len, r);
	buf_clear(&packed);
}

static const char *
post_one(const struct collector *c, struct rec rec)
{
	static char text[1024];
	struct buf lines = { 0 };
	struct reply r = { 0 };

	add_record(&lines, rec);
	post(c, &lines, &r);
	snprintf(text, sizeof(text), "%d %s", r.status, buf_text(&r.body));
	reply_clear(&r);
	buf_clear(&lines);
	return text;
}

#define NEW  "200 {\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}"
#define SAME "200 {\"n\":1,\"new\":0,\"same\":1,\"bad\":[]}"

static bool
refused(const char *reply, const char *code)
{
	char want[64];

	snprintf(want, sizeof(want), "\"code\":\"%s\"", code);
	if (!strncmp(reply, "200 ", 4) && strstr(reply, want))
		return true;
	fprintf(stderr, "  got %s\n", reply);
	return false;
}

static void
hello_says_who_and_how_much(void)
{
	struct change ch = { .method = "GET", .path = "/v1/hello", .no_length = true };
	struct collector c;
	struct reply r = { 0 };

	collector_start(&c);
	post_raw(&c, &ch, "", 0, &r);
	CHECK_INT(r.status, 200);
	CHECK(strstr(buf_text(&r.body), "\"name\":\"minqing-collector\""));
	CHECK(strstr(buf_text(&r.body), "\"device\":\"laptop-1\""));
	CHECK(strstr(buf_text(&r.body), "\"max_bytes\":1048576"));
	CHECK(strstr(buf_text(&r.body), "\"max_records\":1000"));
	CHECK(strstr(buf_text(&r.body), "\"time\":\"20"));
	ch.no_token = true;
	post_raw(&c, &ch, "", 0, &r);
	CHECK_INT(r.status, 401);
	reply_clear(&r);
	collector_end(&c);
}

static void
too_many_syncs_at_once_are_told_when_to_come_again(void)
{
	struct change ch = { .method = "GET", .path = "/v1/hello", .no_length = true };
	struct collector c;
	struct reply r = { 0 };
	long later = 0;

	collector_init(&c);
	c.rate = "1";
	c.closing = "17:00-18:30";
	collector_serve(&c);
	post_raw(&c, &ch, "", 0, &r);
	CHECK_INT(r.status, 200);
	CHECK(strstr(buf_text(&r.body), "\"closing\":\"17:00-18:30\""));
	/* More than there are seconds in which this could be done. */
	for (int i = 0; i < 60; i++) {
		post_raw(&c, &ch, "", 0, &r);
		if (r.status == 200)
			continue;
		CHECK_INT(r.status, 503);
		later = atol(reply_header(&r, "Retry-After"));
		CHECK(later >= 1);
		CHECK_STR(reply_header(&r, "Connection"), "close");
	}
	CHECK(later > 1); /* each got a place of its own */
	/* Whoever is in goes on; whoever is unknown gets no place. */
	CHECK_STR(post_one(&c, (struct rec){ .n = 1, .rev = 1 }), NEW);
	ch.no_token = true;
	post_raw(&c, &ch, "", 0, &r);
	CHECK_INT(r.status, 401);
	reply_clear(&r);
	collector_end(&c);
}

static void
a_batch_is_stored_once_however_often_it_comes(void)
{
	struct buf lines = { 0 }, before = { 0 }, after = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int i;

	collector_start(&c);
	for (i = 0; i < 300; i++)
		add_record(&lines, (struct rec){ .n = i });
	post(&c, &lines, &r);
	CHECK_INT(r.status, 200);
	CHECK_STR(reply_header(&r, "Content-Type"), "application/json");
	CHECK_STR(buf_text(&r.body), "{\"n\":300,\"new\":300,\"same\":0,\"bad\":[]}");
	collector_export(&c, &before);
	for (i = 300; i < 310; i++)
		add_record(&lines, (struct rec){ .n = i });
	post(&c, &lines, &r);
	CHECK_STR(buf_text(&r.body), "{\"n\":310,\"new\":10,\"same\":300,\"bad\":[]}");
	collector_export(&c, &after);
	CHECK(after.len > before.len && !memcmp(after.data, before.data, before.len));
	/* Twice in one batch. */
	buf_reset(&lines);
	add_record(&lines, (struct rec){ .n = 900 });
	add_record(&lines, (struct rec){ .n = 900 });
	post(&c, &lines, &r);
	CHECK_STR(buf_text(&r.body), "{\"n\":2,\"new\":1,\"same\":1,\"bad\":[]}");
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&before);
	buf_clear(&after);
	collector_end(&c);
}

/* A record's whole life, in every order. */
static void
every_order_ends_the_same(void)
{
	static const struct rec life[] = {
		{ .rev = 1, .base = 0, .answers = "{\"a\":1}" },
		{ .rev = 2, .base = 1, .answers = "{\"a\":2}" },
		{ .rev = 4, .base = 2, .answers = "{\"a\":4}" }, /* 3 was refused */
		{ .rev = 5, .base = 4, .why = "x" },
	};
	struct buf out = { 0 }, want = { 0 };
	struct collector c;
	int order, n;

	collector_start(&c);
	for (order = 0; order < 24; order++) {
		int left[4] = { 0, 1, 2, 3 }, code = order;
		struct rec rec;

		for (n = 4; n > 0; n--) {
			rec = life[left[code % n]];
			rec.n = order;
			CHECK_STR(post_one(&c, rec), NEW);
			left[code % n] = left[n - 1];
			code /= n;
		}
		for (n = 0; n < 4; n++) {
			rec = life[n];
			rec.n = order;
			CHECK_STR(post_one(&c, rec), SAME);
		}
		buf_fmt(&want, "{\"_id\":\"" UUID "\",\"_form\":\"visit\",\"_version\":\"1\","
			       "\"_created\":\"2026-11-02T09:30:00+08:00\",\"_rev\":5,"
			       "\"_operator\":\"chen\",\"_station\":\"\",\"_device\":\"\","
			       "\"_withdrawn\":\"x\",\"a\":4}\n", (unsigned)order);
	}
	collector_export(&c, &out);
	CHECK_STR(buf_text(&out), buf_text(&want));
	buf_reset(&out);
	collector_run(&c, &out, "stats", "--db", c.db, "--json", NULL);
	CHECK(strstr(buf_text(&out), "{\"records\":24,\"revisions\":96,\"withdrawn\":24,"
				     "\"waiting_for_base\":0"));
	buf_clear(&out);
	buf_clear(&want);
	collector_end(&c);
}

static void
two_histories_of_one_record_do_not_mix(void)
{
	struct buf lines = { 0 };
	struct collector c;
	struct reply r = { 0 };
	char hash[17];

	collector_start(&c);
	CHECK_STR(post_one(&c, (struct rec){ .n = 1 }), NEW);
	CHECK_STR(post_one(&c, (struct rec){ .n = 1, .rev = 2, .base = 1,
				   .answers = "{\"a\":1}" }), NEW);
	CHECK(refused(post_one(&c, (struct rec){ .n = 1, .rev = 2, .base = 1,
				       .answers = "{\"b\":1}" }), "conflict"));
	CHECK(refused(post_one(&c, (struct rec){ .n = 1, .rev = 3, .base = 1,
				       .answers = "{\"b\":2}" }), "conflict"));
	CHECK(refused(post_one(&c, (struct rec){ .n = 1, .rev = 5, .base = 0,
				       .answers = "{\"b\":2}" }), "conflict"));
	/* What was made from a revision that lost does not follow the one that won. */
	add_record(&lines, (struct rec){ .n = 1, .rev = 3, .base = 2,
			       .answers = "{\"b\":3}" });
	add_record(&lines, (struct rec){ .n = 1, .rev = 2, .base = 1,
			       .answers = "{\"b\":1}" });
	post(&c, &lines, &r);
	CHECK(strstr(buf_text(&r.body), "{\"n\":2,\"new\":0,\"same\":0,"));
	/* Nor in another batch, when it says what it was made from. */
	hash_short("{\"b\":1}", 7, hash);
	CHECK(refused(post_one(&c, (struct rec){ .n = 1, .rev = 3, .base = 2,
				       .answers = "{\"b\":3}", .base_hash = hash }),
	    "conflict"));
	hash_short("{\"a\":1}", 7, hash);
	CHECK_STR(post_one(&c, (struct rec){ .n = 1, .rev = 3, .base = 2,
				   .answers = "{\"a\":3}", .base_hash = hash }), NEW);
	/* The same the other way round: the successor is there first. */
	CHECK_STR(post_one(&c, (struct rec){ .n = 2, .rev = 3, .base = 2,
				   .answers = "{\"a\":3}", .base_hash = hash }), NEW);
	CHECK(refused(post_one(&c, (struct rec){ .n = 2, .rev = 2, .base = 1,
				       .answers = "{\"b\":1}" }), "conflict"));
	CHECK_STR(post_one(&c, (struct rec){ .n = 2, .rev = 2, .base = 1,
				   .answers = "{\"a\":1}" }), NEW);
	reply_clear(&r);
	buf_clear(&lines);
	collector_end(&c);
}

static void
a_record_is_its_workers_on_any_laptop(void)
{
	struct collector c, second;
	struct buf out = { 0 };

	collector_start(&c);
	second = c;
	collector_run(&c, &out, "token", "add", "laptop-2", "--db", c.db, NULL);
	snprintf(second.token, sizeof(second.token), "%.64s", buf_text(&out));
	CHECK_STR(post_one(&c, (struct rec){ .n = 1 }), NEW);
	/* The same worker elsewhere; a colleague on the same laptop. */
	CHECK_STR(post_one(&second, (struct rec){ .n = 1, .rev = 2, .base = 1 }), NEW);
	CHECK_STR(post_one(&c, (struct rec){ .n = 1, .rev = 3, .base = 2, .user = "li" }),
	    NEW);
	CHECK_STR(post_one(&c, (struct rec){ .n = 2 }), NEW);
	CHECK(refused(post_one(&second, (struct rec){ .n = 2, .rev = 2, .base = 1,
					    .user = "zhang" }), "forbidden"));
	buf_clear(&out);
	collector_end(&c);
}

static void
one_bad_among_good_is_named_and_the_rest_kept(void)
{
	struct buf lines = { 0 }, out = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int i;

	collector_start(&c);
	add_record(&lines, (struct rec){ .n = 1 });
	buf_str(&lines, "this is not JSON\n\n");
	add_record(&lines, (struct rec){ .n = 2 });
	i = (int)lines.len;
	add_record(&lines, (struct rec){ .n = 3 });
	memcpy(strstr(lines.data + i, "\"hash\":\"") + 8, "0000", 4);
	buf_str(&lines, "{\"id\":\"01a18d00-c3c0-7611-8ab9-000000000004\",\"rev\":1,\"a\":");
	for (i = 0; i < 10000; i++)
		buf_char(&lines, '[');
	buf_char(&lines, '\n');
	buf_str(&lines, "{\"id\":\"01a18d00-c3c0-7611-8ab9-000000000005\",\"rev\":1,\"a\":\"");
	for (i = 0; i < 10000; i++)
		buf_fmt(&lines, "%08x", (unsigned)i * 2654435761u);
	buf_str(&lines, "\"}\n");
	add_record(&lines, (struct rec){ .n = 6 });
	post(&c, &lines, &r);
	CHECK_INT(r.status, 200);
	CHECK(strstr(buf_text(&r.body), "{\"n\":7,\"new\":3,\"same\":0,\"bad\":["));
	CHECK(strstr(buf_text(&r.body), "{\"line\":2,\"code\":\"json\""));
	CHECK(strstr(buf_text(&r.body),
	    "{\"line\":4,\"id\":\"01a18d00-c3c0-7611-8ab9-000000000003\",\"rev\":1,"
	    "\"code\":\"invalid\",\"path\":\"hash\""));
	CHECK(strstr(buf_text(&r.body),
	    "{\"line\":5,\"id\":\"01a18d00-c3c0-7611-8ab9-000000000004\",\"rev\":1,"
	    "\"code\":\"json\""));
	CHECK(strstr(buf_text(&r.body),
	    "{\"line\":6,\"id\":\"01a18d00-c3c0-7611-8ab9-000000000005\",\"rev\":1,"
	    "\"code\":\"too_big\""));
	collector_export(&c, &out);
	CHECK(strstr(buf_text(&out), "000000000001\"") && strstr(buf_text(&out), "000000000002\"") &&
	    strstr(buf_text(&out), "000000000006\"") && !strstr(buf_text(&out), "000000000003\""));
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&out);
	collector_end(&c);
}

static const struct {
	const char *name;
	struct change change;
	int status;
	const char *body; /* something that the answer says */
	const char *header, *value;
} refusals[] = {
	{ "no such address", { .path = "/" }, 404, "not-found", NULL, NULL },
	{ "no such version", { .path = "/v2/batch" }, 404, "not-found", NULL, NULL },
	{ "an address that goes up", { .path = "/v1/../v1/batch" }, 404, "", NULL, NULL },
	{ "GET of a batch", { .method = "GET" }, 405, "method", "Allow", "POST" },
	{ "DELETE of a batch", { .method = "DELETE" }, 405, "method", "Allow", "POST" },
	{ "a method that is none", { .method = "BREW" }, 405, "method", "Allow", "POST" },
	{ "POST to hello", { .path = "/v1/hello" }, 405, "method", "Allow", "GET" },
	{ "no token", { .no_token = true }, 401, "token", "WWW-Authenticate",
	    "Bearer realm=\"minqing\"" },
	{ "an empty token", { .token = "" }, 401, "token", NULL, NULL },
	{ "another token", { .token = "0000" }, 401, "token", NULL, NULL },
	{ "a token of another shape", { .token = "a b, c" }, 401, "token", NULL, NULL },
	{ "no version", { .no_version = true }, 426, "version", "Sync-Version", "1" },
	{ "a later version", { .version = "2" }, 426, "version", "Sync-Version", "1" },
	{ "another type", { .type = "text/html" }, 415, "type", "Accept-Post",
	    "application/x-ndjson" },
	{ "another encoding", { .encoding = "br" }, 415, "encoding", "Accept-Encoding",
	    "gzip, identity" },
	{ "two encodings", { .encoding = "gzip, gzip" }, 415, "encoding", NULL, NULL },
	{ "not gzip", { .encoding = "gzip" }, 400, "not-gzip", NULL, NULL },
	{ "a digest of something else",
	    { .plain = true,
		.digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" },
	    400, "digest", NULL, NULL },
	{ "half a digest", { .plain = true, .digest = "sha-256=:X48E9q" }, 400, "digest", NULL,
	    NULL },
	{ "a digest among others",
	    { .plain = true,
		.digest = "md5=:AAAA:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" },
	    400, "digest", NULL, NULL },
};

static void
wrong_requests_are_told_so(void)
{
	struct buf lines = { 0 }, out = { 0 };
	struct collector c;
	struct reply r = { 0 };
	size_t i;

	collector_start(&c);
	add_record(&lines, (struct rec){ .n = 1 });
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		check_case(refusals[i].name);
		post_raw(&c, &refusals[i].change, lines.data, lines.len, &r);
		CHECK_INT(r.status, refusals[i].status);
		CHECK(strstr(buf_text(&r.body), refusals[i].body));
		CHECK(strstr(buf_text(&r.body), "\"request_id\":\""));
		CHECK_STR(reply_header(&r, "Content-Type"), "application/problem+json");
		CHECK_INT(strlen(reply_header(&r, "Request-Id")), 16);
		if (refusals[i].header)
			CHECK_STR(reply_header(&r, refusals[i].header), refusals[i].value);
	}
	check_case("no length");
	post_raw(&c, &(struct change){ .plain = true, .no_length = true,
			 .extra = "Transfer-Encoding: chunked\r\n" }, "0\r\n\r\n", 5, &r);
	CHECK_INT(r.status, 411);
	check_case("nothing of all that was stored");
	collector_export(&c, &out);
	CHECK_STR(buf_text(&out), "");
	check_case("after all that a good one is taken");
	post(&c, &lines, &r);
	CHECK_INT(r.status, 200);
	check_case("plain, with a digest that is right");
	{
		char digest[64];

		hash_content_digest(lines.data, lines.len, digest);
		post_raw(&c, &(struct change){ .plain = true, .digest = digest }, lines.data,
		    lines.len, &r);
		CHECK_INT(r.status, 200);
	}
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&out);
	collector_end(&c);
}

static void
what_is_too_large_is_told_the_limits(void)
{
	struct buf lines = { 0 }, packed = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int i;

	collector_start(&c);
	/* A body of more than 1 MiB. */
	buf_reserve(&lines, WIRE_BODY_MAX + 1);
	memset(lines.data, 'x', WIRE_BODY_MAX + 1);
	post_raw(&c, &(struct change){ .plain = true }, lines.data, WIRE_BODY_MAX + 1, &r);
	CHECK_INT(r.status, 413);
	CHECK(strstr(buf_text(&r.body), "\"max_bytes\":1048576,\"max_inflated\":16777216,"
					"\"max_records\":1000"));
	/* A body that would never end, by its own account. */
	post_raw(&c, &(struct change){ .plain = true, .claim = (size_t)1 << 40 }, "", 0, &r);
	CHECK_INT(r.status, 413);
	/* A bomb. */
	buf_reserve(&lines, 30000000);
	memset(lines.data, ' ', 30000000);
	CHECK(wire_gzip(lines.data, 30000000, &packed, NULL));
	post_raw(&c, &(struct change){ 0 }, packed.data, packed.len, &r);
	CHECK_INT(r.status, 413);
	/* 1,001 records. */
	buf_reset(&lines);
	buf_reset(&packed);
	for (i = 0; i < 1001; i++)
		add_record(&lines, (struct rec){ .n = i });
	post(&c, &lines, &r);
	CHECK_INT(r.status, 413);
	/* 1,000 are taken. */
	buf_truncate(&lines, lines.len - (lines.len - 1) / 1001 - 1);
	while (lines.data[lines.len - 1] != '\n')
		buf_truncate(&lines, lines.len - 1);
	post(&c, &lines, &r);
	CHECK_INT(r.status, 200);
	CHECK(strstr(buf_text(&r.body), "{\"n\":1000,\"new\":1000,"));
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&packed);
	collector_end(&c);
}

static void
gzip_must_be_one_whole_member(void)
{
	struct buf lines = { 0 }, packed = { 0 }, out = { 0 };
	struct collector c;
	struct reply r = { 0 };
	size_t whole;

	collector_start(&c);
	add_record(&lines, (struct rec){ .n = 1 });
	CHECK(wire_gzip(lines.data, lines.len, &packed, NULL));
	whole = packed.len;
	post_raw(&c, &(struct change){ 0 }, packed.data, whole - 1, &r);
	CHECK_INT(r.status, 400);
	CHECK(strstr(buf_text(&r.body), "not-gzip"));
	buf_str(&packed, "x");
	post_raw(&c, &(struct change){ 0 }, packed.data, packed.len, &r);
	CHECK_INT(r.status, 400);
	buf_truncate(&packed, whole);
	CHECK(wire_gzip(lines.data, lines.len, &packed, NULL));
	post_raw(&c, &(struct change){ 0 }, packed.data, packed.len, &r);
	CHECK_INT(r.status, 400);
	post_raw(&c, &(struct change){ .plain = true }, "nothing\nof\nit\n", 14, &r);
	CHECK_INT(r.status, 400);
	CHECK(strstr(buf_text(&r.body), "not-ndjson"));
	post_raw(&c, &(struct change){ .plain = true }, "", 0, &r);
	CHECK_INT(r.status, 400);
	collector_export(&c, &out);
	CHECK_STR(buf_text(&out), "");
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&packed);
	buf_clear(&out);
	collector_end(&c);
}

static void
half_a_body_stores_nothing(void)
{
	struct buf lines = { 0 }, head = { 0 }, out = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int i, fd;

	collector_start(&c);
	for (i = 0; i < 50; i++)
		add_record(&lines, (struct rec){ .n = i });
	write_head(&head, &c, &(struct change){ .plain = true }, lines.len);
	fd = connect_to(c.port);
	send_all(fd, head.data, head.len);
	send_all(fd, lines.data, lines.len / 2);
	close(fd);
	fd = connect_to(c.port);
	send_all(fd, head.data, head.len / 2);
	close(fd);
	post(&c, &lines, &r); /* also says that it is still there */
	CHECK(strstr(buf_text(&r.body), "{\"n\":50,\"new\":50,\"same\":0,"));
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&head);
	buf_clear(&out);
	collector_end(&c);
}

static void
a_silent_body_is_broken_off_with_408(void)
{
	struct buf lines = { 0 }, head = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int fd;

	collector_init(&c);
	c.stall = "1";
	collector_serve(&c);
	add_record(&lines, (struct rec){ .n = 1 });
	write_head(&head, &c, &(struct change){ .plain = true }, lines.len);
	fd = connect_to(c.port);
	send_all(fd, head.data, head.len);
	send_all(fd, lines.data, 10);
	read_reply(fd, &r);
	CHECK_INT(r.status, 408);
	CHECK(strstr(buf_text(&r.body), "stalled"));
	CHECK_INT(recv(fd, head.data, 1, 0), 0);
	close(fd);
	post(&c, &lines, &r);
	CHECK_INT(r.status, 200);
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&head);
	collector_end(&c);
}

/* Both half sent, then finished in the other order, then once more on one line. */
static void
two_batches_at_once(void)
{
	struct buf one = { 0 }, two = { 0 }, head = { 0 }, out = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int fds[2], i;

	collector_start(&c);
	for (i = 0; i < 100; i++) {
		add_record(&one, (struct rec){ .n = i });
		add_record(&two, (struct rec){ .n = i + 50 });
	}
	for (i = 0; i < 2; i++) {
		buf_reset(&head);
		write_head(&head, &c, &(struct change){ .plain = true }, i ? two.len : one.len);
		fds[i] = connect_to(c.port);
		send_all(fds[i], head.data, head.len);
		send_all(fds[i], i ? two.data : one.data, 1000);
	}
	send_all(fds[1], two.data + 1000, two.len - 1000);
	read_reply(fds[1], &r);
	CHECK(strstr(buf_text(&r.body), "\"n\":100,\"new\":100,\"same\":0"));
	send_all(fds[0], one.data + 1000, one.len - 1000);
	read_reply(fds[0], &r);
	CHECK(strstr(buf_text(&r.body), "\"n\":100,\"new\":50,\"same\":50"));
	/* The connection is kept alive. */
	send_all(fds[1], head.data, head.len);
	send_all(fds[1], two.data, two.len);
	read_reply(fds[1], &r);
	CHECK(strstr(buf_text(&r.body), "\"n\":100,\"new\":0,\"same\":100"));
	close(fds[0]);
	close(fds[1]);
	collector_run(&c, &out, "stats", "--db", c.db, "--json", NULL);
	CHECK(strstr(buf_text(&out), "\"records\":150,\"revisions\":150"));
	CHECK(strstr(buf_text(&out), "\"devices\":1,\"batches\":3"));
	reply_clear(&r);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&head);
	buf_clear(&out);
	collector_end(&c);
}

static void
sigterm_lets_a_batch_finish(void)
{
	struct buf lines = { 0 }, head = { 0 }, out = { 0 };
	struct timespec moment = { 0, 200000000 };
	struct collector c;
	struct reply r = { 0 };
	char wal[128];
	int fd, i;

	collector_start(&c);
	for (i = 0; i < 20; i++)
		add_record(&lines, (struct rec){ .n = i });
	write_head(&head, &c, &(struct change){ .plain = true }, lines.len);
	fd = connect_to(c.port);
	send_all(fd, head.data, head.len);
	send_all(fd, lines.data, lines.len / 2);
	nanosleep(&moment, NULL);
	kill(c.pid, SIGTERM);
	nanosleep(&moment, NULL);
	CHECK_INT(connect_to(c.port), -1); /* takes no new ones */
	send_all(fd, lines.data + lines.len / 2, lines.len - lines.len / 2);
	read_reply(fd, &r);
	CHECK_INT(r.status, 200);
	CHECK_STR(reply_header(&r, "Connection"), "close");
	close(fd);
	CHECK_INT(collector_stop(&c, 0), 0);
	/* Everything is in the database itself. */
	snprintf(wal, sizeof(wal), "%s-wal", c.db);
	CHECK(access(wal, F_OK) != 0);
	collector_run(&c, &out, "stats", "--db", c.db, "--json", NULL);
	CHECK(strstr(buf_text(&out), "\"records\":20,"));
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&head);
	buf_clear(&out);
	collector_end(&c);
}

static void
what_was_answered_survives_a_kill(void)
{
	struct buf lines = { 0 }, before = { 0 }, after = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int round, i;

	collector_start(&c);
	for (round = 0; round < 5; round++) {
		buf_reset(&lines);
		for (i = 0; i < 100; i++)
			add_record(&lines, (struct rec){ .n = round * 100 + i });
		post(&c, &lines, &r);
		CHECK_INT(r.status, 200);
		CHECK_INT(collector_stop(&c, SIGKILL), -1);
		collector_export(&c, &before);
		collector_serve(&c);
		collector_export(&c, &after);
		CHECK_STR(buf_text(&after), buf_text(&before));
		post(&c, &lines, &r);
		CHECK_STR(buf_text(&r.body), "{\"n\":100,\"new\":0,\"same\":100,\"bad\":[]}");
	}
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&before);
	buf_clear(&after);
	collector_end(&c);
}

static void
a_full_disk_stores_nothing_and_says_so(void)
{
	struct buf lines = { 0 }, out = { 0 }, text = { 0 };
	struct collector c;
	struct reply r = { 0 };
	int i, round, stored = 0, full = 0;
	char command[256];

	collector_init(&c);
	c.file_max = 512 * 1024;
	setenv("LANGUAGE", "zh_CN", 1);
	collector_serve(&c);
	buf_str(&text, "{\"a\":\"");
	for (i = 0; i < 1000; i++)
		buf_fmt(&text, "%08x", (unsigned)i * 2654435761u);
	buf_str(&text, "\"}");
	for (round = 0; round < 20; round++) {
		buf_reset(&lines);
		for (i = 0; i < 10; i++)
			add_record(&lines,
			    (struct rec){ .n = round * 10 + i, .answers = text.data });
		post(&c, &lines, &r);
		if (r.status == 200) {
			CHECK_INT(full, 0);
			stored += 10;
		} else {
			CHECK_INT(r.status, 507);
			CHECK(strstr(buf_text(&r.body), "\"status\":507"));
			full++;
		}
	}
	CHECK(stored > 0);
	CHECK(full > 0);
	/* The log is English whoever started it. */
	snprintf(command, sizeof(command), "grep -q 'The disk of the store is full' %s/log", c.dir);
	CHECK(system(command) == 0);
	unsetenv("LANGUAGE");
	collector_run(&c, &out, "stats", "--db", c.db, "--json", NULL);
	CHECK_INT(atoi(buf_text(&out) + strlen("{\"records\":")), stored);
	/* With room again the same batches go in, and none is there twice. */
	collector_stop(&c, SIGTERM);
	c.file_max = 0;
	collector_serve(&c);
	for (round = 0; round < 20; round++) {
		buf_reset(&lines);
		for (i = 0; i < 10; i++)
			add_record(&lines,
			    (struct rec){ .n = round * 10 + i, .answers = text.data });
		post(&c, &lines, &r);
		CHECK_INT(r.status, 200);
	}
	buf_reset(&out);
	collector_run(&c, &out, "stats", "--db", c.db, "--json", NULL);
	CHECK_INT(atoi(buf_text(&out) + strlen("{\"records\":")), 200);
	reply_clear(&r);
	buf_clear(&lines);
	buf_clear(&out);
	buf_clear(&text);
	collector_end(&c);
}

static void
tokens_come_and_go_while_it_serves(void)
{
	struct collector c, second;
	struct buf out = { 0 };

	collector_start(&c);
	second = c;
	CHECK_INT(collector_run(&c, &out, "token", "add", "laptop-2", "--db", c.db, NULL), 0);
	CHECK_INT(strlen(buf_text(&out)), 65);
	snprintf(second.token, sizeof(second.token), "%.64s", buf_text(&out));
	CHECK_STR(post_one(&second, (struct rec){ .n = 1 }), NEW);
	CHECK_INT(collector_run(&c, NULL, "token", "add", "laptop-2", "--db", c.db, NULL), 1);
	buf_reset(&out);
	collector_run(&c, &out, "token", "list", "--db", c.db, NULL);
	CHECK(strstr(buf_text(&out), "laptop-1\t") && strstr(buf_text(&out), "laptop-2\t"));
	CHECK(!strstr(buf_text(&out), second.token));
	CHECK_INT(collector_run(&c, NULL, "token", "remove", "laptop-2", "--db", c.db, NULL),
	    0);
	CHECK(!strncmp(post_one(&second, (struct rec){ .n = 2 }), "403 ", 4));
	CHECK_STR(post_one(&c, (struct rec){ .n = 1 }), SAME);
	CHECK_INT(collector_run(&c, NULL, "token", "remove", "laptop-2", "--db", c.db, NULL),
	    1);
	CHECK_INT(collector_run(&c, NULL, "token", "add", "laptop-2", "--db", c.db, NULL), 0);
	CHECK(!strncmp(post_one(&second, (struct rec){ .n = 2 }), "403 ", 4));
	buf_clear(&out);
	collector_end(&c);
}

static void
the_token_is_nowhere_in_the_files(void)
{
	char command[256];
	struct collector c;

	collector_start(&c);
	CHECK_STR(post_one(&c, (struct rec){ .n = 1 }), NEW);
	snprintf(command, sizeof(command), "grep -rqF %s %s", c.token, c.dir);
	CHECK(system(command) != 0);
	snprintf(command, sizeof(command), "grep -q 王小明 %s/log", c.dir);
	CHECK(system(command) != 0);
	snprintf(command, sizeof(command), "grep -q 'POST /v1/batch 200 device=laptop-1' %s/log",
	    c.dir);
	CHECK(system(command) == 0);
	collector_end(&c);
}

static void
export_gives_the_last_revision_nested_or_as_a_table(void)
{
	static const char jsonl[] =
	    "{\"_id\":\"01a18d00-c3c0-7611-8ab9-000000000001\",\"_form\":\"visit\","
	    "\"_version\":\"1\",\"_created\":\"2026-11-02T09:30:00+08:00\",\"_rev\":2,"
	    "\"_operator\":\"chen\",\"_station\":\"\",\"_device\":\"\","
	    "\"who\":\"李, 四\",\"g\":{\"room\":\"3\"},\"needs\":[{\"t\":\"a\"},{\"t\":\"=1\"}]}\n"
	    "{\"_id\":\"01a18d00-c3c0-7611-8ab9-000000000003\",\"_form\":\"visit\","
	    "\"_version\":\"1\",\"_created\":\"2026-11-02T09:30:00+08:00\",\"_rev\":1,"
	    "\"_operator\":\"chen\",\"_station\":\"\",\"_device\":\"\"}\n"
	    "{\"_id\":\"01a18d00-c3c0-7611-8ab9-000000000004\",\"_form\":\"visit\","
	    "\"_version\":\"1\",\"_created\":\"2026-11-02T09:30:00+08:00\",\"_rev\":1,"
	    "\"_operator\":\"chen\",\"_station\":\"\",\"_device\":\"\","
	    "\"who\":\"x\",\"n\":-3.5,\"needs\":[{\"u\":1}]}\n";
	static const char csv[] =
	    "\xEF\xBB\xBF_id,_form,_version,_created,_rev,_operator,_station,_device,_withdrawn,"
	    "who,n,g/room,needs[1]/u,needs[1]/t,needs[2]/t\r\n"
	    "01a18d00-c3c0-7611-8ab9-000000000001,visit,1,2026-11-02T09:30:00+08:00,2,chen,,,,"
	    "\"李, 四\",,3,,a,'=1\r\n"
	    "01a18d00-c3c0-7611-8ab9-000000000003,visit,1,2026-11-02T09:30:00+08:00,1,chen,,,,"
	    ",,,,,\r\n"
	    "01a18d00-c3c0-7611-8ab9-000000000004,visit,1,2026-11-02T09:30:00+08:00,1,chen,,,,"
	    "x,-3.5,,1,,\r\n";
	struct buf out = { 0 }, part = { 0 };
	struct collector c;
	char path[96];
	FILE *f;
	int ch;

	collector_start(&c);
	post_one(&c, (struct rec){ .n = 1, .answers = "{\"who\":\"old\"}" });
	post_one(&c, (struct rec){ .n = 1, .rev = 2, .base = 1,
			 .answers = "{\"who\":\"李, 四\",\"g\":{\"room\":\"3\"},"
				    "\"needs\":[{\"t\":\"a\"},{\"t\":\"=1\"}]}" });
	post_one(&c, (struct rec){ .n = 2 });
	post_one(&c, (struct rec){ .n = 2, .rev = 2, .base = 1, .why = "gone" });
	post_one(&c, (struct rec){ .n = 3, .answers = "{}" });
	post_one(&c, (struct rec){ .n = 4,
			 .answers = "{\"who\":\"x\",\"n\":-3.5,\"needs\":[{\"u\":1}]}" });
	CHECK_INT(collector_run(&c, &out, "export", "--db", c.db, "--format", "jsonl", NULL), 0);
	CHECK_STR(buf_text(&out), jsonl);
	buf_reset(&out);
	CHECK_INT(collector_run(&c, &out, "export", "--db", c.db, "--format", "csv", "--form",
		      "visit", NULL), 0);
	CHECK_STR(buf_text(&out), csv);
	collector_export(&c, &out);
	CHECK(strstr(buf_text(&out), "\"_withdrawn\":\"gone\",\"who\":\"王小明\"}"));
	buf_reset(&out);
	CHECK_INT(collector_run(&c, &out, "export", "--db", c.db, "--format", "jsonl", "--form",
		      "dispute", NULL), 0);
	CHECK_STR(buf_text(&out), "");
	snprintf(path, sizeof(path), "%s/out", c.dir);
	CHECK_INT(collector_run(&c, &out, "export", "--db", c.db, "--format", "jsonl", "--out",
		      path, NULL), 0);
	f = fopen(path, "r");
	while (f && (ch = fgetc(f)) != EOF)
		buf_char(&part, (char)ch);
	if (f)
		fclose(f);
	CHECK_STR(buf_text(&part), jsonl);
	buf_clear(&out);
	buf_clear(&part);
	collector_end(&c);
}

static void
words_that_are_not_understood_are_refused(void)
{
	struct collector c;

	collector_init(&c);
	CHECK_INT(collector_run(&c, NULL, "--help", NULL), 0);
	CHECK_INT(collector_run(&c, NULL, "--version", NULL), 0);
	CHECK_INT(collector_run(&c, NULL, "stats", "--help", NULL), 0);
	CHECK_INT(collector_run(&c, NULL, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "sing", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "stats", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "stats", "--db", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "stats", "--db", c.db, "--form", "x", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "token", "add", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "token", "add", "a b", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "export", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "export", "--db", c.db, "--format", "csv", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", c.db, "--listen", "x:y", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", c.db, "--listen", "127.0.0.1:0",
		      "--rate", "many", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", c.db, "--listen", "127.0.0.1:0",
		      "--closing", "18:30-17:00", NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "stats", "--db", "/nowhere/c.db", NULL), 3);
	CHECK_INT(collector_run(&c, NULL, "stats", "--db", "/etc/passwd", NULL), 3);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", "/nowhere/c.db", "--listen",
		      "127.0.0.1:0", NULL), 3);
	/* Two that serve one database would each checkpoint it. */
	collector_serve(&c);
	CHECK_INT(collector_run(&c, NULL, "serve", "--db", c.db, "--listen", "127.0.0.1:0",
		      NULL), 3);
	collector_end(&c);
}

int
main(void)
{
	RUN(hello_says_who_and_how_much);
	RUN(too_many_syncs_at_once_are_told_when_to_come_again);
	RUN(a_batch_is_stored_once_however_often_it_comes);
	RUN(every_order_ends_the_same);
	RUN(two_histories_of_one_record_do_not_mix);
	RUN(a_record_is_its_workers_on_any_laptop);
	RUN(one_bad_among_good_is_named_and_the_rest_kept);
	wrong_requests_are_told_so();
	RUN(what_is_too_large_is_told_the_limits);
	RUN(gzip_must_be_one_whole_member);
	RUN(half_a_body_stores_nothing);
	RUN(a_silent_body_is_broken_off_with_408);
	RUN(two_batches_at_once);
	RUN(sigterm_lets_a_batch_finish);
	RUN(what_was_answered_survives_a_kill);
	RUN(a_full_disk_stores_nothing_and_says_so);
	RUN(tokens_come_and_go_while_it_serves);
	RUN(the_token_is_nowhere_in_the_files);
	RUN(export_gives_the_last_revision_nested_or_as_a_table);
	RUN(words_that_are_not_understood_are_refused);
	return CHECK_DONE();
}
