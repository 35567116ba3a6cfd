/* The collector's feed from outside: what goes down, to whom, and by which cursor. */
#include "../check.h"

#include "collector.h"
#include "hash.h"

#define ID(n) "01a18d00-c3c0-7611-8ab9-0000000000" #n

static struct buf line; /* of the last record that was written */

/* A batch's line. */
static const char *
record(const char *id, int rev, int base, const char *form, const char *user,
    const char *answers)
{
	char hash[17];

	hash_short(answers, strlen(answers), hash);
	buf_reset(&line);
	buf_fmt(&line,
	    "{\"id\":\"%s\",\"rev\":%d,\"base\":%d,\"form\":\"%s\",\"version\":\"1\","
	    "\"user\":\"%s\",\"at\":\"2026-11-02T09:30:00+08:00\",\"hash\":\"%s\","
	    "\"answers\":%s}\n",
	    id, rev, base, form, user, hash, answers);
	return line.data;
}

static const char *
withdrawal(const char *id, int rev, int base, const char *form, const char *user)
{
	buf_reset(&line);
	buf_fmt(&line,
	    "{\"id\":\"%s\",\"rev\":%d,\"base\":%d,\"form\":\"%s\",\"version\":\"1\","
	    "\"user\":\"%s\",\"withdrawn\":true,\"why\":\"gone\"}\n",
	    id, rev, base, form, user);
	return line.data;
}

static bool
send_record(const struct collector *c, const char *token, const char *text)
{
	struct reply r = { 0 };
	bool good;

	collector_ask(c, token, "/v1/batch", "application/x-ndjson", text, &r);
	good = r.status == 200 && strstr(buf_text(&r.body), "\"bad\":[]");
	reply_clear(&r);
	return good;
}

/* Everything after the cursor, page by page, without the last lines; the cursor moves. */
static const char *
feed(const struct collector *c, const char *token, char cursor[200])
{
	static struct buf all;
	struct reply r = { 0 };
	bool more = true;

	buf_reset(&all);
	while (more) {
		char path[256], *end, *at;

		snprintf(path, sizeof(path), "/v1/changes?since=%s", cursor);
		collector_ask(c, token, path, NULL, NULL, &r);
		CHECK_INT(r.status, 200);
		CHECK_STR(reply_header(&r, "Content-Type"), "application/x-ndjson");
		end = strstr(buf_text(&r.body), "{\"kind\":\"end\"");
		CHECK(end);
		if (!end)
			break;
		buf_add(&all, r.body.data, (size_t)(end - r.body.data));
		at = strstr(end, "\"cursor\":\"") + 10;
		snprintf(cursor, 200, "%.*s", (int)strcspn(at, "\""), at);
		more = strstr(end, "\"more\":true") != NULL;
		if (strstr(end, "\"again\":true"))
			buf_str(&all, "again\n");
	}
	reply_clear(&r);
	return buf_text(&all);
}

static int
lines_of(const char *text, const char *kind)
{
	char begin[40];
	int n = 0;

	snprintf(begin, sizeof(begin), "{\"kind\":\"%s\"", kind);
	for (; (text = strstr(text, begin)); text++)
		n++;
	return n;
}

static bool
run(const struct collector *c, const char *a, const char *b, const char *o1, const char *v1,
    const char *o2, const char *v2)
{
	return collector_run(c, NULL, a, b, "--db", c->db, o1, v1, o2, v2, NULL) == 0;
}

static void
a_laptop_becomes_a_workers_by_a_code(void)
{
	struct collector c;
	struct buf code = { 0 }, body = { 0 };
	struct reply r = { 0 };
	char token[HASH_HEX_SIZE], hex[HASH_HEX_SIZE];
	unsigned char hash[HASH_SIZE];

	collector_start(&c);
	memset(token, 'a', 64);
	token[64] = '\0';
	hash_sha256(token, 64, hash);
	hash_hex(hash, sizeof(hash), hex);
	CHECK_INT(collector_run(&c, NULL, "enrol", "chen", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, &code, "enrol", "chen", "--name", "陈桂芳", "--role",
		      "bldhead", "--station", "巴登U站", "--db", c.db, NULL), 0);
	CHECK_INT(code.len, 15);
	/* As somebody types it: small letters, blanks. */
	buf_fmt(&body, "{\"code\":\" %.4s%.4s %.4s\",\"token\":\"%s\"}", code.data,
	    code.data + 5, code.data + 10, hex);
	for (size_t i = 0; i < 24; i++)
		if (body.data[i] >= 'A' && body.data[i] <= 'Z')
			body.data[i] = (char)(body.data[i] + 32);
	for (int again = 0; again < 2; again++) {
		collector_ask(&c, NULL, "/v1/enrol", "application/json", body.data, &r);
		CHECK_INT(r.status, 200);
		CHECK(strstr(buf_text(&r.body),
		    "{\"device\":\"chen\",\"user\":\"chen\",\"name\":\"陈桂芳\","
		    "\"role\":\"bldhead\",\"station\":\"巴登U站\",\"key\":\""));
	}
	collector_ask(&c, token, "/v1/hello", NULL, NULL, &r);
	CHECK(strstr(buf_text(&r.body), "\"device\":\"chen\",\"user\":\"chen\""));
	/* The same code with another token is another laptop. */
	body.data[body.len - 3] = body.data[body.len - 3] == '0' ? '1' : '0';
	collector_ask(&c, NULL, "/v1/enrol", "application/json", body.data, &r);
	CHECK_INT(r.status, 403);
	CHECK(strstr(buf_text(&r.body), "problem:code-used"));
	/* A code that was never given. */
	body.data[10] = body.data[10] == '7' ? '8' : '7';
	collector_ask(&c, NULL, "/v1/enrol", "application/json", body.data, &r);
	CHECK(strstr(buf_text(&r.body), "problem:code-unknown"));
	collector_ask(&c, NULL, "/v1/enrol", "application/json", "{}", &r);
	CHECK_INT(r.status, 400);
	/* A second laptop of the same worker, who is known by now. */
	buf_reset(&code);
	CHECK_INT(collector_run(&c, &code, "enrol", "chen", "--db", c.db, NULL), 0);
	buf_reset(&body);
	buf_fmt(&body, "{\"code\":\"%.14s\",\"token\":\"%064d\"}", code.data, 7);
	collector_ask(&c, NULL, "/v1/enrol", "application/json", body.data, &r);
	CHECK(strstr(buf_text(&r.body), "{\"device\":\"chen-2\",\"user\":\"chen\""));
	reply_clear(&r);
	buf_clear(&code);
	buf_clear(&body);
	collector_end(&c);
}

static void
a_code_gets_too_old(void)
{
	struct collector c;
	struct buf code = { 0 }, body = { 0 };
	struct reply r = { 0 };

	setenv("MINQING_NOW", "2026-11-02T09:00:00+08:00", 1);
	collector_init(&c);
	CHECK_INT(collector_run(&c, &code, "enrol", "chen", "--name", "陈桂芳", "--hours", "2",
		      "--db", c.db, NULL), 0);
	setenv("MINQING_NOW", "2026-11-02T11:00:01+08:00", 1);
	collector_serve(&c);
	unsetenv("MINQING_NOW");
	buf_fmt(&body, "{\"code\":\"%.14s\",\"token\":\"%064d\"}", buf_text(&code), 7);
	collector_ask(&c, NULL, "/v1/enrol", "application/json", body.data, &r);
	CHECK_INT(r.status, 403);
	CHECK(strstr(buf_text(&r.body), "problem:code-expired"));
	reply_clear(&r);
	buf_clear(&code);
	buf_clear(&body);
	collector_end(&c);
}

static void
a_worker_gets_what_other_laptops_sent(void)
{
	char one[80], two[80], cursor[200] = "", other[200] = "", stranger[200] = "";
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", one);
	CHECK(send_record(&c, one, record(ID(01), 1, 0, "visit", "chen", "{\"a\":\"1\"}")));
	CHECK(send_record(&c, one, record(ID(02), 1, 0, "visit", "chen", "{\"a\":\"2\"}")));
	CHECK(send_record(&c, one, record(ID(01), 2, 1, "visit", "chen", "{\"a\":\"3\"}")));
	/* From the beginning: everything, its own too, last revisions only. */
	CHECK(!strcmp(feed(&c, one, cursor), feed(&c, one, stranger)));
	stranger[0] = '\0';
	CHECK_INT(lines_of(feed(&c, one, stranger), "record"), 2);
	/* After that nothing of its own. */
	CHECK(send_record(&c, one, record(ID(03), 1, 0, "visit", "chen", "{\"a\":\"4\"}")));
	CHECK_STR(feed(&c, one, cursor), "");
	/* A new laptop gets them all, and what it changes goes to the first. */
	collector_enrol(&c, "chen", "陈桂芳", two);
	CHECK_INT(lines_of(feed(&c, two, other), "record"), 3);
	CHECK(send_record(&c, two, record(ID(02), 2, 1, "visit", "chen", "{\"a\":\"5\"}")));
	CHECK(strstr(feed(&c, one, cursor), "\"id\":\"" ID(02) "\",\"rev\":2,\"base\":1"));
	CHECK_STR(feed(&c, one, cursor), "");
	CHECK_STR(feed(&c, two, other), "");
	/* Nobody else's. */
	collector_enrol(&c, "li", "李伟", two);
	stranger[0] = '\0';
	CHECK_INT(lines_of(feed(&c, two, stranger), "record"), 0);
	stranger[0] = '\0';
	CHECK_INT(lines_of(feed(&c, c.token, stranger), "record"), 0);
	collector_end(&c);
}

static void
a_cursor_of_another_store_begins_again(void)
{
	static const char *const odd[] = { "x", "1.2", "0.0.99.0.0.0.-.-", "9.0.0.0.0.0.-.-",
		"-1.0.0.0.0.0.-.-", "0.0.1.0.0.0.00000000.-", "0.0.0.0.0.0.-.-.-",
		"99999999999999999999.0.0.0.0.0.-.-" };
	char token[80], cursor[200] = "";
	struct collector c;
	size_t i;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", token);
	CHECK(send_record(&c, token, record(ID(01), 1, 0, "visit", "chen", "{}")));
	CHECK(!strstr(feed(&c, token, cursor), "again"));
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const char *all;

		snprintf(cursor, sizeof(cursor), "%s", odd[i]);
		all = feed(&c, token, cursor);
		CHECK(strstr(all, "again") && lines_of(all, "record") == 1);
	}
	collector_end(&c);
}

static void
feedback_reaches_the_writer(void)
{
	char token[80], cursor[200] = "", unbound[200] = "";
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", token);
	CHECK(send_record(&c, token, record(ID(01), 1, 0, "visit", "chen", "{}")));
	CHECK(send_record(&c, c.token, record(ID(12), 1, 0, "visit", "li", "{}")));
	feed(&c, token, cursor);
	feed(&c, c.token, unbound);
	CHECK(run(&c, "return", ID(01), "--why", "房号不对", "--field", "g_who/room"));
	CHECK(strstr(feed(&c, token, cursor),
	    "{\"kind\":\"feedback\",\"id\":\"" ID(01) "\",\"rev\":1,\"state\":\"returned\","
	    "\"path\":\"g_who/room\",\"message\":\"房号不对\""));
	/* Said again, said otherwise: the last counts, once. */
	CHECK(run(&c, "return", ID(01), "--why", "a", "--field", "b"));
	CHECK_INT(collector_run(&c, NULL, "accept", ID(01), "--db", c.db, NULL), 0);
	CHECK_INT(lines_of(feed(&c, token, cursor), "feedback"), 1);
	CHECK_STR(feed(&c, token, cursor), "");
	/* A laptop that is nobody's hears of what it sent itself. */
	CHECK_STR(feed(&c, c.token, unbound), "");
	CHECK_INT(collector_run(&c, NULL, "accept", "01a18d00-c3c0-7611-8ab9-000000000012",
		      "--db", c.db, NULL), 0);
	CHECK_INT(lines_of(feed(&c, c.token, unbound), "feedback"), 1);
	CHECK_STR(feed(&c, token, cursor), "");
	collector_end(&c);
}

static void
a_case_is_handed_over_and_back(void)
{
	char chen[80], li[80], at_chen[200] = "", at_li[200] = "", fresh[200] = "";
	struct collector c;
	const char *got;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", chen);
	collector_enrol(&c, "li", "李伟", li);
	CHECK(send_record(&c, chen, record(ID(01), 1, 0, "dispute", "chen", "{}")));
	feed(&c, chen, at_chen);
	feed(&c, li, at_li);
	/* Before that, li may not touch it. */
	CHECK(!send_record(&c, li, record(ID(01), 2, 1, "dispute", "li", "{\"a\":1}")));
	CHECK(run(&c, "hand-over", ID(01), "--to", "li", "--json", NULL) == false);
	CHECK_INT(collector_run(&c, NULL, "hand-over", ID(01), "--to", "li", "--db", c.db, NULL),
	    0);
	CHECK_INT(collector_run(&c, NULL, "hand-over", ID(01), "--to", "li", "--db", c.db, NULL),
	    1);
	CHECK_INT(lines_of(feed(&c, li, at_li), "record"), 1);
	CHECK_STR(feed(&c, chen, at_chen), "{\"kind\":\"moved\",\"id\":\"" ID(01)
		  "\",\"rev\":1,\"to\":\"李伟\"}\n");
	CHECK(send_record(&c, li, record(ID(01), 2, 1, "dispute", "li", "{\"a\":1}")));
	/* What the new holder writes is not the old one's to read, on no laptop. */
	CHECK_STR(feed(&c, chen, at_chen), "");
	got = feed(&c, chen, fresh);
	CHECK_INT(lines_of(got, "record"), 0);
	CHECK_INT(lines_of(got, "moved"), 1);
	/* Nor by a conflict. */
	CHECK(!send_record(&c, chen, record(ID(01), 2, 1, "dispute", "chen", "{\"a\":2}")));
	CHECK_INT(lines_of(feed(&c, chen, at_chen), "moved"), 1);
	/* Back again. */
	CHECK_INT(collector_run(&c, NULL, "hand-over", ID(01), "--to", "chen", "--db", c.db,
		      NULL), 0);
	CHECK(strstr(feed(&c, chen, at_chen), "\"rev\":2"));
	CHECK_INT(lines_of(feed(&c, li, at_li), "moved"), 1);
	collector_end(&c);
}

static void
a_conflict_shows_what_it_met(void)
{
	char one[80], two[80], at_one[200] = "", at_two[200] = "";
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", one);
	collector_enrol(&c, "chen", "陈桂芳", two);
	CHECK(send_record(&c, one, record(ID(01), 1, 0, "dispute", "chen", "{}")));
	feed(&c, one, at_one);
	feed(&c, two, at_two);
	CHECK(send_record(&c, one, record(ID(01), 2, 1, "dispute", "chen", "{\"a\":1}")));
	CHECK(!send_record(&c, two, record(ID(01), 2, 1, "dispute", "chen", "{\"a\":2}")));
	/* Twice, by two ways: applying it twice is harmless. */
	CHECK(strstr(feed(&c, two, at_two), "\"rev\":2,\"base\":1"));
	CHECK_STR(feed(&c, two, at_two), "");
	CHECK(!send_record(&c, two, record(ID(01), 2, 1, "dispute", "chen", "{\"a\":2}")));
	CHECK(strstr(feed(&c, two, at_two), "\"answers\":{\"a\":1}"));
	CHECK(send_record(&c, two, record(ID(01), 3, 2, "dispute", "chen", "{\"a\":3}")));
	CHECK(strstr(feed(&c, one, at_one), "\"rev\":3,\"base\":2"));
	collector_end(&c);
}

static void
write_file(const struct collector *c, const char *name, const char *text, char path[128])
{
	FILE *f;

	snprintf(path, 128, "%s/%s", c->dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void
forms_and_lists_come_first_and_by_their_bytes(void)
{
	static const char form[] =
	    "settings\n,form_title,form_id,version\n,T,tiny,%d\nsurvey\n,type,name,label\n,text,a,A\n";
	char token[80], cursor[200] = "", path[128], text[256], address[128];
	struct reply r = { 0 };
	struct collector c;
	const char *got, *sha;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", token);
	CHECK(send_record(&c, token, record(ID(01), 1, 0, "tiny", "chen", "{}")));
	snprintf(text, sizeof(text), form, 1);
	write_file(&c, "out", text, path);
	CHECK_INT(collector_run(&c, NULL, "publish", path, "--db", c.db, NULL), 0);
	CHECK_INT(collector_run(&c, NULL, "publish", path, "--db", c.db, NULL), 0);
	got = feed(&c, token, cursor);
	CHECK(!strncmp(got, "{\"kind\":\"form\",\"id\":\"tiny\",\"version\":\"1\",", 40));
	CHECK_INT(lines_of(got, "form"), 1);
	CHECK_INT(lines_of(got, "record"), 1);
	sha = strstr(got, "\"sha256\":\"") + 10;
	snprintf(address, sizeof(address), "/v1/blob/%.64s", sha);
	collector_ask(&c, token, address, NULL, NULL, &r);
	CHECK_INT(r.status, 200);
	CHECK_STR(buf_text(&r.body), text);
	CHECK(strstr(reply_header(&r, "Cache-Control"), "immutable"));
	address[9] = address[9] == '0' ? '1' : '0';
	collector_ask(&c, token, address, NULL, NULL, &r);
	CHECK_INT(r.status, 404);
	collector_ask(&c, token, "/v1/blob/..", NULL, NULL, &r);
	CHECK_INT(r.status, 404);
	/* Other bytes want another version; a list replaces the one of its name. */
	strcat(text, ",text,b\n");
	write_file(&c, "out", text, path);
	CHECK_INT(collector_run(&c, NULL, "publish", path, "--db", c.db, NULL), 1);
	/* A name that is too long is refused, not cut. */
	snprintf(text, sizeof(text),
	    "settings\n,form_id,version\n,%065d,1\nsurvey\n,type,name,label\n,text,a,A\n", 1);
	write_file(&c, "out", text, path);
	CHECK_INT(collector_run(&c, NULL, "publish", path, "--db", c.db, NULL), 1);
	write_file(&c, "out", "nonsense\n", path);
	CHECK_INT(collector_run(&c, NULL, "publish", path, "--db", c.db, NULL), 1);
	write_file(&c, "rooms.csv", "name,label\na,A\n", path);
	CHECK_INT(collector_run(&c, NULL, "list", "put", path, "--db", c.db, NULL), 0);
	write_file(&c, "rooms.csv", "name,label\na,A\nb,B\n", path);
	CHECK_INT(collector_run(&c, NULL, "list", "put", path, "--db", c.db, NULL), 0);
	CHECK_INT(lines_of(feed(&c, token, cursor), "list"), 1);
	CHECK_STR(feed(&c, token, cursor), "");
	write_file(&c, "rooms.csv", "label\n", path);
	CHECK_INT(collector_run(&c, NULL, "list", "put", path, "--db", c.db, NULL), 1);
	unlink(path);
	reply_clear(&r);
	collector_end(&c);
}

static void
tasks_are_told_as_a_whole_when_they_change(void)
{
	char token[80], cursor[200] = "";
	struct buf number = { 0 };
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", token);
	CHECK_STR(feed(&c, token, cursor), "{\"kind\":\"open\",\"count\":0}\n");
	CHECK_STR(feed(&c, token, cursor), "");
	CHECK_INT(collector_run(&c, NULL, "assign", "--to", "li", "--text", "x", "--db", c.db,
		      NULL), 1);
	CHECK_INT(collector_run(&c, NULL, "assign", "--to", "chen", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "assign", "--to", "chen", "--text", "x", "--due",
		      "2026-11-31", "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, NULL, "assign", "--to", "chen", "--text", "x", "--set", "x",
		      "--db", c.db, NULL), 2);
	CHECK_INT(collector_run(&c, &number, "assign", "--to", "chen", "--text", "走访302",
		      "--due", "2026-11-09", "--form", "visit", "--set", "room=302", "--db",
		      c.db, NULL), 0);
	CHECK_STR(buf_text(&number), "1\n");
	CHECK_STR(feed(&c, token, cursor),
	    "{\"kind\":\"open\",\"count\":1}\n"
	    "{\"kind\":\"assignment\",\"id\":\"1\",\"text\":\"走访302\",\"due\":\"2026-11-09\","
	    "\"form\":\"visit\",\"set\":{\"room\":\"302\"}}\n");
	CHECK_INT(collector_run(&c, NULL, "assign", "done", "1", "--db", c.db, NULL), 0);
	CHECK_INT(collector_run(&c, NULL, "assign", "done", "1", "--db", c.db, NULL), 1);
	CHECK_STR(feed(&c, token, cursor), "{\"kind\":\"open\",\"count\":0}\n");
	buf_clear(&number);
	collector_end(&c);
}

#define VISIT(kind) \
	"{\"needs\":[{\"need_kind\":\"praise\",\"need_text\":\"好\"}," \
	"{\"need_kind\":\"" kind "\",\"need_text\":\"漏水\",\"need_handling\":\"dispatch\"," \
	"\"need_due\":\"2026-11-09\"}],\"need_count\":2}"
#define FEEDBACK(ref, status) \
	"{\"need_ref\":\"" ref "\",\"fb_date\":\"2026-11-08\",\"fb_status\":\"" status "\"}"

static const char *
open_needs(const struct collector *c)
{
	static struct buf out;

	buf_reset(&out);
	CHECK_INT(collector_run(c, &out, "needs", "--db", c->db, NULL), 0);
	return buf_text(&out);
}

static void
a_need_is_open_until_somebody_answers_it(void)
{
	char chen[80], li[80], cursor[200] = "";
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", chen);
	collector_enrol(&c, "li", "李伟", li);
	CHECK(send_record(&c, chen, record(ID(01), 1, 0, "visit", "chen", VISIT("service"))));
	CHECK(send_record(&c, chen, record(ID(02), 1, 0, "visit", "chen", VISIT("dispute"))));
	CHECK_STR(open_needs(&c), ID(01) "-2\tchen\t2026-11-09\t漏水\n" ID(02)
		  "-2\tchen\t2026-11-09\t漏水\n");
	feed(&c, chen, cursor);
	/* Being dealt with, then done; by another worker. */
	CHECK(send_record(&c, li, record(ID(03), 1, 0, "feedback", "li",
				      FEEDBACK(ID(01) "-2", "doing"))));
	CHECK_STR(feed(&c, chen, cursor), "{\"kind\":\"need\",\"ref\":\"" ID(01)
		  "-2\",\"closed\":false,\"day\":\"2026-11-08\"}\n");
	CHECK(send_record(&c, li, record(ID(03), 2, 1, "feedback", "li",
				      FEEDBACK(ID(01) "-2", "done"))));
	CHECK_STR(feed(&c, chen, cursor), "{\"kind\":\"need\",\"ref\":\"" ID(01)
		  "-2\",\"closed\":true,\"day\":\"2026-11-08\"}\n");
	CHECK(send_record(&c, li, record(ID(04), 1, 0, "dispute", "li",
				      "{\"g_accept\":{\"accept_date\":\"2026-11-07\","
				      "\"visit_ref\":\"" ID(02) "\"}}")));
	CHECK_STR(feed(&c, chen, cursor), "{\"kind\":\"need\",\"ref\":\"" ID(02)
		  "\",\"closed\":true,\"day\":\"2026-11-07\"}\n");
	CHECK_STR(open_needs(&c), "");
	/* Taken back again. */
	CHECK(send_record(&c, li, withdrawal(ID(03), 3, 2, "feedback", "li")));
	CHECK_STR(feed(&c, chen, cursor), "{\"kind\":\"need\",\"ref\":\"" ID(01)
		  "-2\",\"closed\":false,\"day\":\"\"}\n");
	CHECK_STR(open_needs(&c), ID(01) "-2\tchen\t2026-11-09\t漏水\n");
	/* Assigned, without typing it again. */
	CHECK_INT(collector_run(&c, NULL, "assign", "--to", "li", "--need", ID(01) "-2", "--db",
		      c.db, NULL), 0);
	cursor[0] = '\0';
	CHECK(strstr(feed(&c, li, cursor), "\"text\":\"漏水\",\"due\":\"\",\"form\":\"feedback\","
					   "\"set\":{\"need_ref\":\"" ID(01) "-2\"}"));
	/* An answer that came before its visit. */
	CHECK(send_record(&c, li, record(ID(06), 1, 0, "feedback", "li",
				      FEEDBACK(ID(05) "-2", "done"))));
	CHECK(send_record(&c, chen, record(ID(05), 1, 0, "visit", "chen", VISIT("service"))));
	cursor[0] = '\0';
	CHECK(strstr(feed(&c, chen, cursor), "\"ref\":\"" ID(05) "-2\",\"closed\":true"));
	collector_end(&c);
}

static void
what_is_not_here_is_told(void)
{
	struct collector c;
	struct reply r = { 0 };

	collector_start(&c);
	CHECK(send_record(&c, c.token, record(ID(01), 1, 0, "visit", "chen", "{}")));
	collector_ask(&c, c.token, "/v1/have", "application/json",
	    "{\"ids\":[[\"" ID(01) "\",1],[\"" ID(01) "\",2],[\"" ID(02) "\",1]],\"x\":[]}", &r);
	CHECK_INT(r.status, 200);
	CHECK_STR(buf_text(&r.body),
	    "{\"missing\":[[\"" ID(01) "\",2],[\"" ID(02) "\",1]]}");
	collector_ask(&c, c.token, "/v1/have", "application/json", "{\"ids\":[[\"x\",1]]}", &r);
	CHECK_INT(r.status, 400);
	collector_ask(&c, NULL, "/v1/have", "application/json", "{\"ids\":[]}", &r);
	CHECK_INT(r.status, 401);
	reply_clear(&r);
	collector_end(&c);
}

/* More than fits on one page, and still each once. */
static void
many_records_come_page_by_page(void)
{
	char token[80], cursor[200] = "", id[40];
	struct buf batch = { 0 }, answers = { 0 };
	struct collector c;

	collector_start(&c);
	collector_enrol(&c, "chen", "陈桂芳", token);
	for (int i = 0; i < 300; i++) {
		buf_reset(&answers);
		buf_fmt(&answers, "{\"text\":\"%01000d\"}", i);
		snprintf(id, sizeof(id), "01a18d00-c3c0-7611-8ab9-%012x", (unsigned)i);
		buf_str(&batch, record(id, 1, 0, "visit", "chen", answers.data));
	}
	CHECK(send_record(&c, token, batch.data));
	CHECK_INT(lines_of(feed(&c, token, cursor), "record"), 300);
	CHECK_STR(feed(&c, token, cursor), "");
	buf_clear(&batch);
	buf_clear(&answers);
	collector_end(&c);
}

int
main(void)
{
	RUN(a_laptop_becomes_a_workers_by_a_code);
	RUN(a_code_gets_too_old);
	RUN(a_worker_gets_what_other_laptops_sent);
	RUN(a_cursor_of_another_store_begins_again);
	RUN(feedback_reaches_the_writer);
	RUN(a_case_is_handed_over_and_back);
	RUN(a_conflict_shows_what_it_met);
	RUN(forms_and_lists_come_first_and_by_their_bytes);
	RUN(tasks_are_told_as_a_whole_when_they_change);
	RUN(a_need_is_open_until_somebody_answers_it);
	RUN(what_is_not_here_is_told);
	RUN(many_records_come_page_by_page);
	buf_clear(&line);
	return CHECK_DONE();
}
