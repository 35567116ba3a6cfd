#include "client.h"

#include "buf.h"
#include "client_batch.h"
#include "clock.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "uuid.h"
#include "version.h"
#include "wire.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#define ANSWER_MAX     (1u << 20)    /* bytes */
#define CONNECT_MS     15000
#define STALL_SECONDS  30
#define PATIENCE       20            /* seconds */
#define TIMEOUT_COST   10000         /* of patience, for a line that went silent */
#define RETRY_FIRST_MS 500
#define RETRY_MOST_MS  8000

/* libcurl is loaded, not linked: a start of the notebook must not pay 5 ms and 6 MB for
 * it. Each function is named once, here. */
#define CURL_FUNCTIONS(X) \
	X(global_init) X(easy_init) X(easy_cleanup) X(easy_setopt) X(easy_getinfo) \
	X(easy_strerror) X(multi_init) X(multi_cleanup) X(multi_add_handle) \
	X(multi_remove_handle) X(multi_perform) X(multi_poll) X(multi_info_read) \
	X(slist_append) X(slist_free_all) X(url) X(url_cleanup) X(url_set) X(url_get) \
	X(free)

struct curl_table {
#define MEMBER(name) __typeof__(&curl_##name) name;
	CURL_FUNCTIONS(MEMBER)
#undef MEMBER
};

static const struct {
	const char *name;
	size_t at;
} curl_functions[] = {
#define ROW(name) { "curl_" #name, offsetof(struct curl_table, name) },
	CURL_FUNCTIONS(ROW)
#undef ROW
};

enum stage { PREPARE, TRANSFER, WAIT, ENDED };

struct client {
	struct notebook *nb;
	struct curl_table curl;
	CURLM *multi;
	CURL *easy;
	bool in_multi;
	struct curl_slist *headers;
	char *collector, *url, *token, *ca;
	char *host; /* for sentences */
	bool loopback;
	long stall;
	int64_t patience; /* milliseconds */

	enum stage stage;
	enum client_state state;
	int64_t began, wake; /* monotonic milliseconds */

	struct client_batch batch; /* under way */

	/* Failures in a row. */
	int tries;
	int64_t waited;

	struct buf answer;
	long postponed;
	int64_t up_before, down_before; /* bytes of finished transfers */
	struct client_progress progress;
	int64_t receipt;
	struct buf sentence;
	struct err err;
};

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 0 … most - 1, so that laptops that failed together do not come back together. */
static int64_t
random_below(int64_t most)
{
	uint32_t n;

	hash_random(&n, sizeof(n));
	return most > 0 ? (int64_t)(n % (uint64_t)most) : 0;
}

static bool
curl_load(struct curl_table *curl, struct err *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
	void *library = NULL;
	size_t i;

	for (i = 0; !library && i < sizeof(names) / sizeof(names[0]); i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(err, ERR_SYSTEM,
		    _("Sending needs the library libcurl, which is not installed "
		      "(package libcurl4)."));
	for (i = 0; i < sizeof(curl_functions) / sizeof(curl_functions[0]); i++) {
		void *function = dlsym(library, curl_functions[i].name);

		if (!function)
			return err_set(err, ERR_SYSTEM,
			    _("The library libcurl is too old: it has no %s."),
			    curl_functions[i].name);
		memcpy((char *)curl + curl_functions[i].at, &function, sizeof(function));
	}
	if (curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_SYSTEM, _("The library libcurl does not start."));
	return true;
}

/* The setting's text, given; "" when it was never set. NULL and err. */
static char *
setting(struct notebook *nb, const char *key, struct err *err)
{
	struct buf value = { 0 };

	if (notebook_get(nb, key, &value, err))
		return buf_take(&value);
	buf_clear(&value);
	return NULL;
}

static bool
setting_seconds(struct notebook *nb, const char *key, long otherwise, long *seconds,
    struct err *err)
{
	char *text = setting(nb, key, err), *end;

	if (!text)
		return false;
	*seconds = strtol(text, &end, 10);
	if (end == text || *end || *seconds < 0 || *seconds > 3600)
		*seconds = otherwise;
	free(text);
	return true;
}

static bool
host_is_loopback(const char *host)
{
	struct in_addr four;
	struct in6_addr six;
	char bare[64];
	size_t len = strlen(host);

	if (!strcasecmp(host, "localhost"))
		return true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (len < 3 || len >= sizeof(bare) || host[0] != '[')
		return false;
	memcpy(bare, host + 1, len - 2);
	bare[len - 2] = '\0';
	return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* http or https, a host, no name and password; plain http only where allowed. */
static bool
check_parts(struct client *c, CURLU *u, bool insecure, struct err *err)
{
	char *scheme = NULL, *host = NULL, *user = NULL;
	bool ok = false;

	if (c->curl.url_set(u, CURLUPART_URL, c->collector, 0) != CURLUE_OK ||
	    c->curl.url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    c->curl.url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    c->curl.url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
		err_set(err, ERR_INPUT,
		    _("The collector's address is not a web address: \"%s\". It looks like "
		      "https://example.org"),
		    c->collector);
		goto out;
	}
	c->host = mem_strdup(host);
	c->loopback = host_is_loopback(host);
	if (!strcmp(scheme, "http") && !c->loopback && !insecure) {
		err_set(err, ERR_INPUT,
		    _("%s would be reached without encryption, so nothing was sent. Use an "
		      "address that begins with https://, or set %s to \"yes\" if the line "
		      "is safe."),
		    c->host, SETTING_INSECURE);
		goto out;
	}
	ok = true;
out:
	c->curl.free(scheme);
	c->curl.free(host);
	c->curl.free(user);
	return ok;
}

static bool
check_address(struct client *c, struct err *err)
{
	char *insecure = setting(c->nb, SETTING_INSECURE, err);
	struct buf url = { 0 };
	size_t len = strlen(c->collector);
	CURLU *u;
	bool ok;

	if (!insecure)
		return false;
	u = c->curl.url();
	ok = u && check_parts(c, u, !strcmp(insecure, "yes"), err);
	c->curl.url_cleanup(u);
	free(insecure);
	while (len > 0 && c->collector[len - 1] == '/')
		len--;
	buf_add(&url, c->collector, len);
	buf_str(&url, "/v1/batch");
	c->url = buf_take(&url);
	return ok;
}

static bool
read_settings(struct client *c, struct err *err)
{
	long patience;

	if (!(c->collector = setting(c->nb, SETTING_COLLECTOR, err)) ||
	    !(c->token = setting(c->nb, SETTING_TOKEN, err)) ||
	    !(c->ca = setting(c->nb, SETTING_CA, err)) ||
	    !setting_seconds(c->nb, SETTING_STALL, STALL_SECONDS, &c->stall, err) ||
	    !setting_seconds(c->nb, SETTING_PATIENCE, PATIENCE, &patience, err))
		return false;
	c->patience = patience * 1000;
	if (!*c->collector)
		return err_set(err, ERR_INPUT,
		    _("No collector's address is set, so there is nowhere to send to. Your "
		      "records are kept."));
	if (!*c->token || strpbrk(c->token, "\r\n"))
		return err_set(err, ERR_INPUT,
		    _("This notebook has no token for the collector. Ask the district for "
		      "one. Your records are kept."));
	return true;
}

static size_t
take_answer(char *data, size_t size, size_t count, void *into)
{
	struct client *c = into;

	if (c->answer.len + size * count > ANSWER_MAX)
		return 0;
	buf_add(&c->answer, data, size * count);
	return size * count;
}

/* What is the same for every batch; the handle keeps the connection alive. */
static bool
set_up_handle(struct client *c, struct err *err)
{
	const struct curl_table *curl = &c->curl;

	c->multi = curl->multi_init();
	c->easy = curl->easy_init();
	if (!c->multi || !c->easy)
		return err_set(err, ERR_SYSTEM, _("The library libcurl does not start."));
	curl->easy_setopt(c->easy, CURLOPT_URL, c->url);
	curl->easy_setopt(c->easy, CURLOPT_POST, 1L);
	curl->easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl->easy_setopt(c->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl->easy_setopt(c->easy, CURLOPT_LOW_SPEED_TIME, c->stall);
	curl->easy_setopt(c->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl->easy_setopt(c->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl->easy_setopt(c->easy, CURLOPT_USERAGENT, "minqing/" MINQING_VERSION);
	curl->easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, take_answer);
	curl->easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Not to wait for a slow name server when cancelled; older ones do not know it. */
	curl->easy_setopt(c->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	if (c->loopback)
		curl->easy_setopt(c->easy, CURLOPT_NOPROXY, "*");
	if (*c->ca)
		curl->easy_setopt(c->easy, CURLOPT_CAINFO, c->ca);
	return true;
}

struct client *
client_new(struct notebook *nb, struct err *err)
{
	struct client *c = mem_alloc(sizeof(*c));

	c->nb = nb;
	batch_init(&c->batch);
	c->progress.stage = _("connecting");
	c->began = monotonic();
	if (!read_settings(c, err) || !curl_load(&c->curl, err))
		goto fail;
	if (!check_address(c, err) || !set_up_handle(c, err) ||
	    !outbox_count(nb, &c->progress.total, &c->progress.bytes_total, err) ||
	    !receipt_begin(nb, c->collector, &c->receipt, err))
		goto fail;
	return c;
fail:
	client_free(c);
	return NULL;
}

static void
stop_transfer(struct client *c)
{
	if (c->in_multi)
		c->curl.multi_remove_handle(c->multi, c->easy);
	c->in_multi = false;
	if (c->headers)
		c->curl.slist_free_all(c->headers);
	c->headers = NULL;
}

static void
count_time(struct client *c)
{
	c->progress.milliseconds = monotonic() - c->began;
}

/* "47 sent, 47 accepted; 3 still waiting." and why it stopped. */
static void
write_sentence(struct client *c, const char *why)
{
	const struct client_progress *p = &c->progress;
	struct buf *out = &c->sentence;
	int64_t bytes;
	long left = 0;

	if (!outbox_count(c->nb, &left, &bytes, NULL))
		left = p->total - p->accepted - p->refused;
	buf_reset(out);
	if (p->sent == 0 && left == 0) {
		buf_str(out, _("Nothing was waiting to be sent"));
	} else if (p->refused) {
		buf_fmt(out, _("%ld sent, %ld accepted, %ld refused"), p->sent, p->accepted,
		    p->refused);
	} else {
		buf_fmt(out, _("%ld sent, %ld accepted"), p->sent, p->accepted);
	}
	if (left)
		buf_fmt(out, _("; %ld still waiting"), left);
	if (why && *why)
		buf_fmt(out, ". %s", why);
}

/* The end of a run; c->err says why it failed. */
static void
finish(struct client *c, enum client_state state)
{
	stop_transfer(c);
	count_time(c);
	c->stage = ENDED;
	c->state = state;
	c->progress.stage = "";
	write_sentence(c, state == CLIENT_DONE ? "" : c->err.text);
	if (!receipt_end(c->nb, c->receipt, c->progress.bytes_up, c->progress.bytes_down,
		c->progress.milliseconds,
		state == CLIENT_DONE ? "ok" : c->sentence.data, &c->err))
		c->state = CLIENT_FAILED;
}

void
client_free(struct client *c)
{
	if (!c)
		return;
	if (c->receipt && c->stage != ENDED)
		client_cancel(c);
	stop_transfer(c);
	if (c->easy)
		c->curl.easy_cleanup(c->easy);
	if (c->multi)
		c->curl.multi_cleanup(c->multi);
	batch_clear(&c->batch);
	free(c->collector);
	free(c->url);
	free(c->token);
	free(c->ca);
	free(c->host);
	buf_clear(&c->answer);
	buf_clear(&c->sentence);
	free(c);
}

static bool
add_header(struct client *c, const char *name, const char *value)
{
	struct buf line = { 0 };
	struct curl_slist *longer;

	/* "Name:" alone takes a header of libcurl's own away. */
	buf_fmt(&line, *value ? "%s: %s" : "%s:", name, value);
	longer = c->curl.slist_append(c->headers, line.data);
	buf_clear(&line);
	if (longer)
		c->headers = longer;
	return longer != NULL;
}

static bool
add_headers(struct client *c)
{
	char digest[64], id[UUID_SIZE], version[8];
	struct buf token = { 0 };
	bool ok;

	hash_content_digest(batch_body(&c->batch)->data, batch_body(&c->batch)->len, digest);
	uuid_new(clock_now(notebook_clock(c->nb)), id);
	snprintf(version, sizeof(version), "%d", WIRE_VERSION);
	buf_fmt(&token, "Bearer %s", c->token);
	ok = add_header(c, "Authorization", token.data) &&
	    add_header(c, "Sync-Version", version) &&
	    add_header(c, "Content-Type", "application/x-ndjson") &&
	    add_header(c, "Content-Encoding", c->batch.gzip ? "gzip" : "identity") &&
	    add_header(c, "Content-Digest", digest) && add_header(c, "Batch-Id", id) &&
	    add_header(c, "Accept", "application/json, application/problem+json") &&
	    add_header(c, "Expect", ""); /* a second's wait on a slow line */
	buf_clear(&token);
	return ok;
}

static void
begin_transfer(struct client *c)
{
	const struct curl_table *curl = &c->curl;
	const struct buf *body = batch_body(&c->batch);

	buf_reset(&c->answer);
	if (!add_headers(c)) {
		err_set(&c->err, ERR_SYSTEM, _("There is not enough memory to send."));
		finish(c, CLIENT_FAILED);
		return;
	}
	curl->easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	curl->easy_setopt(c->easy, CURLOPT_POSTFIELDS, body->data);
	curl->easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	if (curl->multi_add_handle(c->multi, c->easy) != CURLM_OK) {
		err_set(&c->err, ERR_SYSTEM, _("There is not enough memory to send."));
		finish(c, CLIENT_FAILED);
		return;
	}
	c->in_multi = true;
	c->stage = TRANSFER;
	c->progress.stage = _("connecting");
}

static void
prepare(struct client *c)
{
	if (!batch_gather(&c->batch, c->nb, &c->err)) {
		finish(c, CLIENT_FAILED);
	} else if (c->batch.count == 0) {
		if (!c->postponed) {
			finish(c, CLIENT_DONE);
			return;
		}
		err_set(&c->err, ERR_NETWORK,
		    _("The collector cannot take %ld of them yet; the next sync tries "
		      "again."),
		    c->postponed);
		finish(c, CLIENT_FAILED);
	} else {
		c->progress.batch++;
		begin_transfer(c);
	}
}

/* What to do after a transfer that brought no answer to the batch. */
enum action {
	STOP,  /* trying again would change nothing */
	RETRY, /* the same records, a little later */
	CUT,   /* fewer records, a little later */
	SPLIT, /* fewer records, at once */
};

struct failure {
	enum action action;
	enum err_kind kind;
	const char *text; /* not yet translated */
	long retry_after; /* seconds; 0: it did not say */
};

static const char not_ours[] =
    N_("What answered is not a collector. Perhaps this network wants you to log in first "
       "(open a web browser), or the address is wrong.");
static const char was_cut[] = N_("The line was cut in the middle.");

/* clang-format off */
static const struct {
	CURLcode code;
	enum action action;
	const char *text;
} transfer_failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, STOP,
		N_("This name was not found: is the network connected, and is the address right?") },
	{ CURLE_COULDNT_RESOLVE_PROXY, STOP, N_("The proxy's name was not found.") },
	{ CURLE_COULDNT_CONNECT, STOP, N_("It cannot be reached: is the network connected?") },
	{ CURLE_OPERATION_TIMEDOUT, CUT, N_("The line went silent in the middle.") },
	{ CURLE_SEND_ERROR, CUT, was_cut },
	{ CURLE_RECV_ERROR, CUT, was_cut },
	{ CURLE_GOT_NOTHING, CUT, was_cut },
	{ CURLE_PARTIAL_FILE, CUT, was_cut },
	{ CURLE_HTTP2, CUT, was_cut },
	{ CURLE_HTTP2_STREAM, CUT, was_cut },
	{ CURLE_SSL_CONNECT_ERROR, STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_PEER_FAILED_VERIFICATION, STOP,
		N_("Its certificate cannot be trusted. Is this computer's clock right? Otherwise tell the district.") },
	{ CURLE_SSL_CERTPROBLEM, STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_SSL_CIPHER, STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_SSL_CACERT_BADFILE, STOP, N_("The file of trusted certificates cannot be read.") },
	{ CURLE_WRITE_ERROR, STOP, not_ours },
	{ CURLE_BAD_CONTENT_ENCODING, STOP, not_ours },
	{ CURLE_UNSUPPORTED_PROTOCOL, STOP, not_ours },
	{ CURLE_WEIRD_SERVER_REPLY, STOP, not_ours },
};

static const struct {
	long from, to; /* HTTP statuses */
	enum action action;
	enum err_kind kind;
	const char *text;
} status_failures[] = {
	{ 400, 400, CUT, ERR_NETWORK, N_("The records arrived damaged.") },
	{ 401, 401, STOP, ERR_REFUSED,
		N_("The collector does not know this notebook's token. Ask the district for a new one.") },
	{ 403, 403, STOP, ERR_REFUSED,
		N_("The collector has locked this notebook out. Ask the district.") },
	{ 404, 405, STOP, ERR_NETWORK, not_ours },
	{ 407, 407, STOP, ERR_NETWORK, N_("The proxy wants a name and a password.") },
	{ 408, 408, CUT, ERR_NETWORK, N_("The line went silent in the middle.") },
	{ 413, 413, SPLIT, ERR_REFUSED, N_("The record is larger than the collector takes.") },
	{ 415, 415, STOP, ERR_REFUSED, N_("The collector does not read what this program sends.") },
	{ 426, 426, STOP, ERR_REFUSED,
		N_("The collector wants a newer version of this program. Update it.") },
	{ 429, 429, RETRY, ERR_NETWORK, N_("The collector is busy.") },
	{ 503, 503, RETRY, ERR_NETWORK, N_("The collector is busy.") },
	{ 507, 507, STOP, ERR_NETWORK, N_("The collector's disk is full. Tell the district.") },
	{ 511, 511, STOP, ERR_NETWORK, not_ours },
	{ 500, 599, RETRY, ERR_NETWORK, N_("The collector has a fault. If it stays, tell the district.") },
	{ 0, 399, STOP, ERR_NETWORK, not_ours },
	{ 400, 499, STOP, ERR_REFUSED, N_("The collector refused the batch.") },
};
/* clang-format on */

/* Why no connection came about, where the system knows it better than libcurl. */
static const char *
connect_failure(const struct client *c)
{
	long os = 0;

	c->curl.easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
	if (os == ECONNREFUSED)
		return N_("Nothing answers there: the collector is not running, or the "
			  "address is wrong.");
	if (os == ENETUNREACH || os == EHOSTUNREACH || os == ENETDOWN)
		return N_("There is no way to it: is the network connected?");
	return NULL;
}

static struct failure
classify_transfer(const struct client *c, CURLcode code)
{
	struct failure f = { STOP, ERR_NETWORK, NULL, 0 };
	curl_off_t before_transfer = 0;
	size_t i;

	for (i = 0; i < sizeof(transfer_failures) / sizeof(transfer_failures[0]); i++)
		if (transfer_failures[i].code == code) {
			f.action = transfer_failures[i].action;
			f.text = transfer_failures[i].text;
		}
	if (code == CURLE_COULDNT_CONNECT && connect_failure(c))
		f.text = connect_failure(c);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		c->curl.easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T,
		    &before_transfer);
		if (before_transfer == 0) {
			f.action = STOP;
			f.text = N_("It did not answer: is the network connected?");
		}
	}
	/* A line that was there a moment ago may come back. */
	if (f.action == STOP && c->progress.sent > 0 &&
	    (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
		code == CURLE_OPERATION_TIMEDOUT))
		f.action = RETRY;
	if (!f.text) {
		f.kind = ERR_SYSTEM;
		f.text = c->curl.easy_strerror(code);
	}
	return f;
}

static struct failure
classify_status(const struct client *c, long status)
{
	struct failure f = { STOP, ERR_NETWORK, not_ours, 0 };
	curl_off_t after = 0;
	size_t i;

	for (i = 0; i < sizeof(status_failures) / sizeof(status_failures[0]); i++)
		if (status >= status_failures[i].from && status <= status_failures[i].to)
			break;
	if (i == sizeof(status_failures) / sizeof(status_failures[0]))
		return f;
	f.action = status_failures[i].action;
	f.kind = status_failures[i].kind;
	f.text = status_failures[i].text;
	if (f.action == RETRY &&
	    c->curl.easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &after) == CURLE_OK)
		f.retry_after = after > 86400 ? 86400 : (long)after;
	return f;
}

static void
say_when(struct buf *out, long seconds)
{
	if (seconds >= 120)
		buf_fmt(out, _(" Try again in %ld minutes."), (seconds + 59) / 60);
	else if (seconds > 0)
		buf_fmt(out, _(" Try again in %ld seconds."), seconds);
}

static void
give_up(struct client *c, const struct failure *f)
{
	struct buf text = { 0 };

	buf_fmt(&text, "%s: %s", c->host, _(f->text));
	say_when(&text, f->retry_after);
	buf_str(&text, _(" Everything is kept; the next sync sends the rest."));
	err_set(&c->err, f->kind, "%s", text.data);
	buf_clear(&text);
	finish(c, CLIENT_FAILED);
}

static void
wait_and_retry(struct client *c, const struct failure *f, int64_t cost)
{
	int64_t most = (int64_t)RETRY_FIRST_MS << (c->tries < 5 ? c->tries : 5), wait;

	wait = f->retry_after > 0
	    ? f->retry_after * 1000 + random_below(1000)
	    : random_below(most < RETRY_MOST_MS ? most : RETRY_MOST_MS) + 50;
	if (c->waited + wait + cost > c->patience) {
		give_up(c, f);
		return;
	}
	c->tries++;
	c->waited += wait + cost;
	c->wake = monotonic() + wait;
	c->stage = WAIT;
	c->progress.stage = _("waiting to try again");
}

/* What was said of the batch goes into the notebook and into the progress. */
static bool
store_answers(struct client *c)
{
	struct client_progress *p = &c->progress;
	struct batch_counts counts;

	if (!batch_store(&c->batch, c->nb, c->receipt, &counts, &c->err)) {
		finish(c, CLIENT_FAILED);
		return false;
	}
	p->sent += counts.sent;
	p->accepted += counts.accepted;
	p->refused += counts.refused;
	c->postponed += counts.later;
	if (p->total < p->sent)
		p->total = p->sent;
	c->tries = 0;
	c->waited = 0;
	c->stage = PREPARE;
	return true;
}

static void
on_failure(struct client *c, const struct failure *f, int64_t cost)
{
	switch (f->action) {
	case STOP:
		give_up(c, f);
		break;
	case RETRY:
		wait_and_retry(c, f, cost);
		break;
	case CUT:
		batch_halve(&c->batch);
		wait_and_retry(c, f, cost);
		break;
	case SPLIT:
		/* A single record that is too large comes back to its writer. */
		if (c->batch.count == 1) {
			batch_refuse_only(&c->batch, _(f->text));
			store_answers(c);
			break;
		}
		batch_shrink(&c->batch, buf_text(&c->answer), c->answer.len);
		c->stage = PREPARE;
		break;
	}
}

static void
on_answer(struct client *c)
{
	static const struct failure odd = { STOP, ERR_NETWORK, not_ours, 0 };

	if (batch_read_answer(&c->batch, buf_text(&c->answer), c->answer.len))
		store_answers(c);
	else
		give_up(c, &odd);
}

/* A 200 that is not JSON is a page of somebody else's. */
static bool
answer_is_json(const struct client *c)
{
	char *type = NULL;

	c->curl.easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
	return type && !strncasecmp(type, "application/json", 16);
}

static void
count_bytes(struct client *c, bool ended)
{
	curl_off_t up = 0, down = 0;
	long head = 0;

	c->curl.easy_getinfo(c->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	c->curl.easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	c->curl.easy_getinfo(c->easy, CURLINFO_HEADER_SIZE, &head);
	c->progress.bytes_up = c->up_before + up;
	c->progress.bytes_down = c->down_before + down + head;
	if (ended) {
		c->up_before = c->progress.bytes_up;
		c->down_before = c->progress.bytes_down;
		return;
	}
	if ((size_t)up >= batch_body(&c->batch)->len)
		c->progress.stage = _("waiting for the answer");
	else if (up > 0)
		c->progress.stage = _("sending");
}

static void
on_transfer(struct client *c, CURLcode code)
{
	struct failure f;
	long status = 0;

	count_bytes(c, true);
	c->curl.easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	stop_transfer(c);
	if (code != CURLE_OK) {
		f = classify_transfer(c, code);
		on_failure(c, &f, code == CURLE_OPERATION_TIMEDOUT ? TIMEOUT_COST : 0);
	} else if (status == 200 && answer_is_json(c)) {
		on_answer(c);
	} else {
		f = classify_status(c, status);
		on_failure(c, &f, status == 408 ? TIMEOUT_COST : 0);
	}
}

static void
go_on_transfer(struct client *c)
{
	int running, left;
	CURLMsg *message;

	if (c->curl.multi_perform(c->multi, &running) != CURLM_OK) {
		err_set(&c->err, ERR_SYSTEM, _("There is not enough memory to send."));
		finish(c, CLIENT_FAILED);
		return;
	}
	count_bytes(c, false);
	message = c->curl.multi_info_read(c->multi, &left);
	if (message && message->msg == CURLMSG_DONE)
		on_transfer(c, message->data.result);
}

enum client_state
client_step(struct client *c)
{
	if (c->stage == WAIT && monotonic() >= c->wake)
		c->stage = PREPARE;
	if (c->stage == PREPARE)
		prepare(c);
	if (c->stage == TRANSFER)
		go_on_transfer(c);
	if (c->stage != ENDED)
		count_time(c);
	return c->state;
}

bool
client_wait(struct client *c, int fd, int timeout_ms)
{
	struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int64_t left;
	int n;

	if (c->stage == WAIT) {
		left = c->wake - monotonic();
		if (left < timeout_ms)
			timeout_ms = left > 0 ? (int)left : 0;
	} else if (c->stage != TRANSFER) {
		timeout_ms = 0;
	}
	c->curl.multi_poll(c->multi, &extra, fd >= 0 ? 1 : 0, timeout_ms, &n);
	return fd >= 0 && extra.revents != 0;
}

void
client_cancel(struct client *c)
{
	if (c->stage == ENDED)
		return;
	if (c->in_multi)
		count_bytes(c, true);
	err_set(&c->err, ERR_CANCELLED,
	    _("Stopped. Everything that was not accepted is kept."));
	finish(c, CLIENT_CANCELLED);
}

const struct client_progress *
client_progress(const struct client *c)
{
	return &c->progress;
}

const char *
client_sentence(const struct client *c)
{
	return buf_text(&c->sentence);
}

const struct err *
client_err(const struct client *c)
{
	return &c->err;
}

int64_t
client_receipt(const struct client *c)
{
	return c->receipt;
}
