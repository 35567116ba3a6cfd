/*
 * rosa_server - a server of ODK's kind, as far as a notebook meets it
 *
 * Behaves as ODK Central and KoboToolbox were seen to: one request wants its version
 * header, a record is known by its instanceID and its bytes, the same bytes again are
 * fine, any others are not. A process for each connection, so that records can come in
 * at one moment.
 */
#ifndef TEST_ROSA_SERVER_H
#define TEST_ROSA_SERVER_H

#include "collector.h"
#include "hash.h"

#include <pthread.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define ROSA_RECORDS 64

struct rosa_record {
	char id[64], deprecated[64];
	unsigned char hash[HASH_SIZE];
	int posts;
};

struct rosa_server {
	int port;
	pid_t pid;
	pthread_mutex_t lock;

	/* What it holds and has seen. */
	struct rosa_record records[ROSA_RECORDS];
	int count, posts, gets, lists, under_way, most_under_way;
	bool twice_at_once, odd_request;

	/* How it behaves. */
	const char *key;      /* what Authorization must be; NULL: nothing */
	int refuse_post;      /* this POST (from 1) gets refuse_with; 0: none */
	int refuse_until;     /* and those up to this one */
	const char *refuse_with; /* raw HTTP */
	bool store_refused;   /* it is stored all the same, as when an answer is lost */
	int stored_status;    /* 201; Kobo and Ona say 202 of the same bytes again */
	long accepts;
	int think_ms;
};

/* clang-format off */
static const char rosa_form[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\""
	" xmlns:orx=\"http://openrosa.org/xforms\"><h:head><h:title>Home</h:title><model><instance>"
	"<data id=\"home\" version=\"3\"><name/><clinic/><orx:meta><orx:instanceID/></orx:meta></data>"
	"</instance><instance id=\"clinics\" src=\"jr://file-csv/clinics.csv\"/>"
	"<bind nodeset=\"/data/name\" type=\"string\" required=\"true()\"/>"
	"<bind nodeset=\"/data/clinic\" type=\"string\"/>"
	"<bind nodeset=\"/data/orx:meta/orx:instanceID\" type=\"string\" jr:preload=\"uid\""
	" xmlns:jr=\"http://openrosa.org/javarosa\"/></model></h:head><h:body>"
	"<input ref=\"/data/name\"><label>Name</label></input><select1 ref=\"/data/clinic\">"
	"<label>Clinic</label><itemset nodeset=\"instance('clinics')/root/item\"><value ref=\"name\"/>"
	"<label ref=\"label\"/></itemset></select1></h:body></h:html>";
/* clang-format on */

static inline void
rosa_say(int fd, const char *status, const char *headers, const char *body)
{
	struct buf out = { 0 };

	buf_fmt(&out, "HTTP/1.1 %s\r\nX-OpenRosa-Version: 1.0\r\n%sContent-Length: %zu\r\n\r\n%s",
	    status, headers, strlen(body), body);
	send_all(fd, out.data, out.len);
	buf_clear(&out);
}

static inline void
rosa_list(struct rosa_server *s, int fd, const char *head)
{
	struct buf xml = { 0 };

	s->lists++;
	if (strcasestr(head, "If-None-Match: \"one\"")) {
		rosa_say(fd, "304 Not Modified", "", "");
		return;
	}
	buf_fmt(&xml,
	    "<xforms xmlns=\"http://openrosa.org/xforms/xformsList\"><xform><formID>home"
	    "</formID><name>Home</name><version>3</version><hash>md5:1</hash><downloadUrl>"
	    "http://127.0.0.1:%d/forms/home.xml</downloadUrl><manifestUrl>"
	    "http://127.0.0.1:%d/forms/home/manifest</manifestUrl></xform></xforms>",
	    s->port, s->port);
	rosa_say(fd, "200 OK", "Content-Type: text/xml\r\nETag: \"one\"\r\n", buf_text(&xml));
	buf_clear(&xml);
}

static inline void
rosa_manifest(struct rosa_server *s, int fd)
{
	struct buf xml = { 0 };

	buf_fmt(&xml,
	    "<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">"
	    "<mediaFile><filename>clinics.csv</filename><hash>md5:2</hash><downloadUrl>"
	    "http://127.0.0.1:%d/clinics.csv</downloadUrl></mediaFile>"
	    "<mediaFile><filename>door.jpg</filename><hash>md5:3</hash><downloadUrl>"
	    "http://127.0.0.1:%d/door.jpg</downloadUrl></mediaFile>"
	    "<mediaFile><filename>../evil.csv</filename><hash>md5:4</hash><downloadUrl>"
	    "http://127.0.0.1:%d/evil.csv</downloadUrl></mediaFile></manifest>",
	    s->port, s->port, s->port);
	rosa_say(fd, "200 OK", "Content-Type: text/xml\r\n", buf_text(&xml));
	buf_clear(&xml);
}

static inline void
rosa_element(const char *xml, const char *name, char *out, size_t size)
{
	const char *at = strstr(xml, name);

	*out = '\0';
	if (at)
		snprintf(out, size, "%.*s", (int)strcspn(at + strlen(name), "<"),
		    at + strlen(name));
}

/* The status of a record that came in. */
static inline int
rosa_store(struct rosa_server *s, const char *xml, size_t len)
{
	struct rosa_record one = { 0 }, *known = NULL;

	rosa_element(xml, "instanceID>", one.id, sizeof(one.id));
	rosa_element(xml, "deprecatedID>", one.deprecated, sizeof(one.deprecated));
	hash_sha256(xml, len, one.hash);
	for (int i = 0; i < s->count; i++)
		if (!strcmp(s->records[i].id, one.id))
			known = &s->records[i];
	if (known) {
		known->posts++;
		return memcmp(known->hash, one.hash, HASH_SIZE) ? 409 : s->stored_status;
	}
	one.posts = 1;
	s->records[s->count++] = one;
	return 201;
}

/* One part, with a file's name, CR LF. */
static inline void
rosa_submission(struct rosa_server *s, int fd, const char *head, const char *body,
    size_t len)
{
	const char *xml = strstr(body, "\r\n\r\n"), *end = NULL;
	int status = 400, number;
	char answer[64];

	pthread_mutex_lock(&s->lock);
	number = ++s->posts;
	if (++s->under_way > s->most_under_way)
		s->most_under_way = s->under_way;
	pthread_mutex_unlock(&s->lock);
	usleep((unsigned)s->think_ms * 1000);
	pthread_mutex_lock(&s->lock);
	for (const char *at = xml; at && (at = strstr(at, "\r\n--")); at++)
		end = at;
	if (!strcasestr(head, "multipart/form-data") || strcasestr(head, "Content-Encoding") ||
	    !strstr(body, "name=\"xml_submission_file\"; filename=\"") || !end ||
	    strlen(body) != len)
		s->odd_request = true;
	else if (number < s->refuse_post || number > s->refuse_until || s->store_refused)
		status = rosa_store(s, xml + 4, (size_t)(end - xml - 4));
	s->under_way--;
	pthread_mutex_unlock(&s->lock);
	if (number >= s->refuse_post && number <= s->refuse_until) {
		send_all(fd, s->refuse_with, strlen(s->refuse_with));
		if (!strstr(s->refuse_with, "\r\n\r\n"))
			shutdown(fd, SHUT_RDWR); /* and no more of it */
		return;
	}
	snprintf(answer, sizeof(answer), "%d Said", status);
	rosa_say(fd, answer, "Content-Type: text/xml\r\n",
	    "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message>as it is"
	    "</message></OpenRosaResponse>");
}

static inline bool
rosa_serve_one(struct rosa_server *s, int fd)
{
	struct buf all = { 0 };
	char bytes[8192], length[32] = "", accepts[80];
	const char *end = NULL, *at;
	size_t want = (size_t)-1;
	ssize_t n;

	while (all.len < want && (n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		buf_add(&all, bytes, (size_t)n);
		end = strstr(all.data, "\r\n\r\n");
		if (!end)
			continue;
		at = strcasestr(all.data, "Content-Length: ");
		snprintf(length, sizeof(length), "%.20s", at && at < end ? at + 16 : "0");
		want = (size_t)(end - all.data) + 4 + (size_t)atol(length);
	}
	if (all.len < want || want == (size_t)-1) {
		buf_clear(&all);
		return false;
	}
	all.data[end - all.data] = '\0';
	if (!strcasestr(all.data, "X-OpenRosa-Version: 1.0"))
		rosa_say(fd, "400 Bad Request", "", "");
	else if (s->key && !strstr(all.data, s->key))
		rosa_say(fd, "401 Unauthorized", "WWW-Authenticate: Basic\r\n", "");
	else if (!strncmp(all.data, "GET /formList ", 14))
		rosa_list(s, fd, all.data);
	else if (!strncmp(all.data, "GET /forms/home/manifest", 24))
		rosa_manifest(s, fd);
	else if (!strncmp(all.data, "GET /forms/home.xml", 19) && ++s->gets)
		rosa_say(fd, "200 OK", "Content-Type: text/xml\r\n", rosa_form);
	else if (!strncmp(all.data, "GET /clinics.csv", 16) && ++s->gets)
		rosa_say(fd, "200 OK", "Content-Type: text/csv\r\n",
		    "name,label\neast,East gate\nwest,West gate\n");
	else if (!strncmp(all.data, "HEAD /submission", 16)) {
		snprintf(accepts, sizeof(accepts),
		    "HTTP/1.1 204 No Content\r\nX-OpenRosa-Accept-Content-Length: %ld\r\n\r\n",
		    s->accepts);
		send_all(fd, accepts, strlen(accepts));
	} else if (!strncmp(all.data, "POST /submission", 16))
		rosa_submission(s, fd, all.data, end + 4, all.len - (size_t)(end + 4 - all.data));
	else {
		s->odd_request = true;
		rosa_say(fd, "404 Not Found", "", "");
	}
	buf_clear(&all);
	return true;
}

static inline struct rosa_server *
rosa_server_new(void)
{
	struct rosa_server *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_mutexattr_t shared;
	pid_t pid;

	if (s == MAP_FAILED || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 16) != 0 || getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		die("rosa_server");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->lock, &shared);
	s->port = ntohs(at.sin_port);
	s->stored_status = 201;
	s->accepts = 100000000;
	pid = fork(); /* the child's 0 must not stand in what is shared */
	if (pid < 0)
		die("fork");
	if (pid > 0) {
		s->pid = pid;
		close(fd);
		return s;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int one = accept(fd, NULL, NULL);

		if (one >= 0 && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (rosa_serve_one(s, one)) {}
			_exit(0);
		}
		close(one);
	}
}

static inline void
rosa_server_free(struct rosa_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	munmap(s, sizeof(*s));
}

#endif
