/* Whom a notebook believes: certificates, the words for going without, proxies. */
#include "day.h"
#include "fake.h"

#include <microhttpd.h>

/* --- a collector behind TLS --- */

struct secure {
	pid_t pid;
	volatile int port, requests;
};

#define CERTIFICATES "tests/data/tls/"

static const char hello[] = "{\"name\":\"minqing-collector\",\"protocols\":[1],"
			    "\"time\":\"2026-11-23T09:30:00+08:00\"}";

static enum MHD_Result
answer(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **begun)
{
	const char *batch =
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Batch-Id");
	bool feed = !strcmp(url, "/v1/changes");
	struct secure *secure = cls;
	struct MHD_Response *response;
	struct buf text = { 0 };
	enum MHD_Result result;

	(void)method;
	(void)version;
	(void)data;
	if (!*begun || *len) { /* the head, or a piece of the body */
		*begun = secure;
		*len = 0;
		return MHD_YES;
	}
	secure->requests++;
	if (batch)
		buf_fmt(&text,
		    "{\"batch\":\"%s\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}",
		    batch);
	else if (feed)
		buf_str(&text, "{\"kind\":\"end\",\"cursor\":\"1\",\"more\":false}\n");
	else
		buf_str(&text, hello);
	response =
	    MHD_create_response_from_buffer(text.len, text.data, MHD_RESPMEM_MUST_COPY);
	buf_clear(&text);
	MHD_add_response_header(response, "Content-Type",
	    feed ? "application/x-ndjson" : "application/json");
	result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static void
read_file(const char *name, char *text, size_t size)
{
	char path[128];
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), CERTIFICATES "%s", name);
	in = fopen(path, "r");
	if (!in)
		die(path);
	n = fread(text, 1, size - 1, in);
	text[n] = '\0';
	fclose(in);
}

static void
serve_securely(struct secure *secure, const char *certificate)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	char key[4096], cert[4096];
	struct MHD_Daemon *daemon;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	read_file("server.key", key, sizeof(key));
	read_file(certificate, cert, sizeof(cert));
	daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD, 0,
	    NULL, NULL, answer, secure, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at,
	    MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_HTTPS_MEM_CERT, cert,
	    MHD_OPTION_END);
	if (!daemon)
		die("MHD_start_daemon");
	secure->port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	for (;;)
		pause();
}

static struct secure *
secure_new(const char *certificate)
{
	struct secure *secure = mmap(NULL, sizeof(*secure), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (secure == MAP_FAILED)
		die("mmap");
	pid = fork();
	if (pid == 0)
		serve_securely(secure, certificate);
	secure->pid = pid;
	while (!secure->port && waitpid(pid, NULL, WNOHANG) == 0)
		usleep(1000);
	if (!secure->port)
		die("the server does not start");
	return secure;
}

static void
secure_free(struct secure *secure)
{
	kill(secure->pid, SIGKILL);
	waitpid(secure->pid, NULL, 0);
	munmap(secure, sizeof(*secure));
}

static const struct {
	const char *name, *certificate, *host, *ca;
	const char *words; /* NULL: it is believed */
} servers[] = {
	{ "the pinned authority", "good.pem", "localhost", "ca.pem", NULL },
	{ "by its address", "good.pem", "127.0.0.1", "ca.pem", NULL },
	{ "nobody that the system knows", "good.pem", "localhost", NULL,
	    "certificate cannot be trusted" },
	{ "another authority is pinned", "good.pem", "localhost", "other-ca.pem",
	    "certificate cannot be trusted" },
	{ "its time is over", "expired.pem", "localhost", "ca.pem",
	    "certificate cannot be trusted" },
	{ "of another name", "elsewhere.pem", "localhost", "ca.pem",
	    "certificate cannot be trusted" },
	{ "the file is not there", "good.pem", "localhost", "none.pem",
	    "file of trusted certificates cannot be read" },
	{ "the file is none", "good.pem", "localhost", "server.key",
	    "file of trusted certificates cannot be read" },
};

static void
only_a_certificate_that_can_be_trusted_is_believed(void)
{
	char address[64], ca[64];
	struct secure *secure;
	struct day d;

	day_begin(&d);
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		check_case(servers[i].name);
		secure = secure_new(servers[i].certificate);
		snprintf(address, sizeof(address), "https://%s:%d", servers[i].host,
		    secure->port);
		snprintf(ca, sizeof(ca), CERTIFICATES "%s",
		    servers[i].ca ? servers[i].ca : "");
		day_set(&d, SETTING_COLLECTOR, address);
		day_set(&d, SETTING_CA, servers[i].ca ? ca : "");
		day_add(&d, 1 - (int)day_waiting(&d));
		day_sync(&d);
		if (servers[i].words) {
			CHECK_INT(d.state, CLIENT_FAILED);
			CHECK(day_says(&d, servers[i].words));
			CHECK_INT(secure->requests, 0); /* not one byte of a request */
			CHECK_INT(day_waiting(&d), 1);
		} else {
			CHECK_INT(d.state, CLIENT_DONE);
			CHECK_INT(day_waiting(&d), 0);
		}
		secure_free(secure);
	}
	check_case("only_a_certificate_that_can_be_trusted_is_believed");
	day_end(&d);
}

/* No words of a setting make an https address go without. */
static void
nothing_turns_the_check_off(void)
{
	struct secure *secure = secure_new("good.pem");
	char address[64];
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	snprintf(address, sizeof(address), "https://localhost:%d", secure->port);
	day_set(&d, SETTING_COLLECTOR, address);
	day_set(&d, SETTING_INSECURE, INSECURE_WORDS);
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK(day_says(&d, "certificate cannot be trusted"));
	CHECK_INT(secure->requests, 0);
	secure_free(secure);
	day_end(&d);
}

/* --- proxies --- */

static void
proxy_is(const char *variable, int port)
{
	char address[64];

	snprintf(address, sizeof(address), "http://127.0.0.1:%d", port);
	setenv(variable, address, 1);
}

static void
the_environments_proxy_is_used(void)
{
	static const char *const answers[] = { FAKE_HELLO,
		FAKE_JSON("200 OK", "",
		    "{\"batch\":\"$B\",\"n\":1,\"new\":1,\"same\":0,\"bad\":[]}") };
	struct fake *fake = fake_new(answers, 2);
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	proxy_is("http_proxy", fake->port);
	day_set(&d, SETTING_COLLECTOR, "http://collector.invalid");
	day_set(&d, SETTING_INSECURE, INSECURE_WORDS);
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(fake->count, 2);
	CHECK(strstr(fake->seen[0].head, "GET http://collector.invalid/v1/hello") !=
	      NULL);
	CHECK_INT(day_waiting(&d), 0);
	day_add(&d, 1);
	day_address(&d, d.link->port); /* this machine itself is never behind one */
	CHECK_INT(day_sync(&d), CLIENT_DONE);
	CHECK_INT(fake->count, 2);
	CHECK_INT(day_held(&d), 2); /* what another collector took is missed here */
	unsetenv("http_proxy");
	fake_free(fake);
	day_end(&d);
}

/* The token and the records go only through a tunnel whose other end is known. */
static void
a_proxy_of_https_sees_only_the_name(void)
{
	static const char *const answers[] = { FAKE_JSON(
	    "407 Proxy Authentication Required", "", "{}") };
	struct fake *fake = fake_new(answers, 1);
	struct day d;

	day_begin(&d);
	day_add(&d, 1);
	proxy_is("https_proxy", fake->port);
	day_set(&d, SETTING_COLLECTOR, "https://collector.invalid");
	CHECK_INT(day_sync(&d), CLIENT_FAILED);
	CHECK(day_says(&d, "proxy"));
	CHECK_INT(day_waiting(&d), 1);
	CHECK_INT(fake->count, 1);
	CHECK(strstr(fake->seen[0].head, "CONNECT collector.invalid:443") != NULL);
	CHECK(!strstr(fake->seen[0].head, d.c.token));
	unsetenv("https_proxy");
	fake_free(fake);
	day_end(&d);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	only_a_certificate_that_can_be_trusted_is_believed();
	RUN(nothing_turns_the_check_off);
	RUN(the_environments_proxy_is_used);
	RUN(a_proxy_of_https_sees_only_the_name);
	return CHECK_DONE();
}
