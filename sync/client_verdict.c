#include "client_verdict.h"

#include "i18n.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define RETRY_AFTER 86400 /* the longest that is believed, in seconds */

const char line_not_ours[] =
    N_("What answered is not a collector. Perhaps this network wants you to log in first "
       "(open a web browser), or the address is wrong.");
#define not_ours line_not_ours
static const char was_cut[] = N_("The line was cut in the middle.");

/* clang-format off */
static const struct {
	CURLcode code;
	enum line_action action;
	const char *text;
} transfer_failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, LINE_STOP,
		N_("This name was not found: is the network connected, and is the address right?") },
	{ CURLE_COULDNT_RESOLVE_PROXY, LINE_STOP, N_("The proxy's name was not found.") },
	{ CURLE_COULDNT_CONNECT, LINE_STOP, N_("It cannot be reached: is the network connected?") },
	{ CURLE_OPERATION_TIMEDOUT, LINE_CUT, N_("The line went silent in the middle.") },
	{ CURLE_SEND_ERROR, LINE_CUT, was_cut },
	{ CURLE_RECV_ERROR, LINE_CUT, was_cut },
	{ CURLE_GOT_NOTHING, LINE_CUT, was_cut },
	{ CURLE_PARTIAL_FILE, LINE_CUT, was_cut },
	{ CURLE_SEND_FAIL_REWIND, LINE_CUT, was_cut },
	{ CURLE_ABORTED_BY_CALLBACK, LINE_CUT, was_cut },
	{ CURLE_HTTP2, LINE_CUT, was_cut },
	{ CURLE_HTTP2_STREAM, LINE_CUT, was_cut },
	{ CURLE_SSL_CONNECT_ERROR, LINE_STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_PEER_FAILED_VERIFICATION, LINE_STOP,
		N_("Its certificate cannot be trusted. Is this computer's clock right? Otherwise tell the district.") },
	{ CURLE_SSL_CERTPROBLEM, LINE_STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_SSL_CIPHER, LINE_STOP, N_("The encrypted connection could not be made.") },
	{ CURLE_SSL_CACERT_BADFILE, LINE_STOP, N_("The file of trusted certificates cannot be read.") },
	{ CURLE_WRITE_ERROR, LINE_STOP, not_ours },
	{ CURLE_BAD_CONTENT_ENCODING, LINE_STOP, not_ours },
	{ CURLE_UNSUPPORTED_PROTOCOL, LINE_STOP, not_ours },
	{ CURLE_WEIRD_SERVER_REPLY, LINE_STOP, not_ours },
};

struct status_failure {
	long from, to; /* HTTP statuses */
	enum line_action action;
	enum err_kind kind;
	const char *text;
};

static const struct status_failure status_failures[] = {
	{ 400, 400, LINE_CUT, ERR_NETWORK, N_("The records arrived damaged.") },
	{ 401, 401, LINE_STOP, ERR_REFUSED,
		N_("The collector does not know this notebook's token. Ask the district for a new one.") },
	{ 403, 403, LINE_STOP, ERR_REFUSED,
		N_("The collector has locked this notebook out. Ask the district.") },
	{ 404, 405, LINE_STOP, ERR_NETWORK, not_ours },
	{ 407, 407, LINE_STOP, ERR_NETWORK, N_("The proxy wants a name and a password.") },
	{ 408, 408, LINE_CUT, ERR_NETWORK, N_("The line went silent in the middle.") },
	{ 413, 413, LINE_SPLIT, ERR_REFUSED, N_("The record is larger than the collector takes. Shorten its longest texts and finish it again.") },
	{ 415, 415, LINE_STOP, ERR_REFUSED, N_("The collector does not read what this program sends.") },
	{ 426, 426, LINE_STOP, ERR_REFUSED,
		N_("The collector wants a newer version of this program. Update it.") },
	{ 429, 429, LINE_RETRY, ERR_NETWORK, N_("The collector is busy.") },
	{ 503, 503, LINE_RETRY, ERR_NETWORK, N_("The collector is busy.") },
	{ 507, 507, LINE_STOP, ERR_NETWORK, N_("The collector's disk is full. Tell the district.") },
	{ 511, 511, LINE_STOP, ERR_NETWORK, not_ours },
	{ 500, 599, LINE_RETRY, ERR_NETWORK, N_("The collector has a fault. If it stays, tell the district.") },
	{ 0, 399, LINE_STOP, ERR_NETWORK, not_ours },
	{ 400, 499, LINE_STOP, ERR_REFUSED, N_("The collector refused the batch.") },
};

static const struct status_failure openrosa_failures[] = {
	{ 401, 401, LINE_STOP, ERR_REFUSED,
		N_("The server does not know this name and password, or this key. Ask whoever looks after it.") },
	{ 403, 403, LINE_STOP, ERR_REFUSED,
		N_("The server does not let this notebook in. Ask whoever looks after it.") },
	{ 404, 404, LINE_REFUSED, ERR_REFUSED, N_("The server does not have this form, or not this version of it.") },
	{ 407, 407, LINE_STOP, ERR_NETWORK, N_("The proxy wants a name and a password.") },
	{ 408, 408, LINE_RETRY, ERR_NETWORK, N_("The line went silent in the middle.") },
	{ 409, 409, LINE_REFUSED, ERR_REFUSED,
		N_("The server does not take this record: the form is closed, the record was deleted there, or it has another one of this name.") },
	{ 413, 413, LINE_REFUSED, ERR_REFUSED, N_("The record is larger than the server takes.") },
	{ 423, 423, LINE_RETRY, ERR_NETWORK, N_("The server is busy.") },
	{ 429, 429, LINE_RETRY, ERR_NETWORK, N_("The server is busy.") },
	{ 502, 504, LINE_RETRY, ERR_NETWORK, N_("The server is busy.") },
	{ 511, 511, LINE_STOP, ERR_NETWORK, not_ours },
	{ 500, 599, LINE_RETRY, ERR_NETWORK, N_("The server has a fault. If it stays, tell whoever looks after it.") },
	{ 0, 399, LINE_STOP, ERR_NETWORK, not_ours },
	{ 400, 499, LINE_REFUSED, ERR_REFUSED, N_("The server does not take this record.") },
};
/* clang-format on */

/* Why no connection came about, where the system knows it better than libcurl. */
static const char *
connect_failure(const struct curl_table *curl, CURL *easy)
{
	long os = 0;

	curl->easy_getinfo(easy, CURLINFO_OS_ERRNO, &os);
	if (os == ECONNREFUSED)
		return N_("Nothing answers there: the collector is not running, or the "
			  "address is wrong.");
	if (os == ENETUNREACH || os == EHOSTUNREACH || os == ENETDOWN)
		return N_("There is no way to it: is the network connected?");
	return NULL;
}

/* What a proxy said in place of a tunnel; libcurl calls that a failure to receive. */
static const char *
tunnel_failure(const struct curl_table *curl, CURL *easy)
{
	long status = 0;

	curl->easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (status == 407)
		return N_("The proxy wants a name and a password.");
	return status >= 300 ? N_("The proxy does not let it through.") : NULL;
}

void
verdict_on_failure(const struct curl_table *curl, CURL *easy, CURLcode code,
    bool connected, struct line_result *r)
{
	size_t i;

	r->action = LINE_STOP;
	r->kind = ERR_NETWORK;
	for (i = 0; i < sizeof(transfer_failures) / sizeof(transfer_failures[0]); i++)
		if (transfer_failures[i].code == code) {
			r->action = transfer_failures[i].action;
			r->text = transfer_failures[i].text;
		}
	r->silent = code == CURLE_OPERATION_TIMEDOUT;
	r->unreached = code == CURLE_COULDNT_RESOLVE_HOST ||
	    code == CURLE_COULDNT_CONNECT || (r->silent && !connected);
	if (code == CURLE_COULDNT_CONNECT && connect_failure(curl, easy))
		r->text = connect_failure(curl, easy);
	if (code == CURLE_RECV_ERROR && !connected && tunnel_failure(curl, easy)) {
		r->action = LINE_STOP;
		r->text = tunnel_failure(curl, easy);
	}
	if (r->silent && r->unreached) {
		r->action = LINE_STOP;
		r->text = N_("It did not answer: is the network connected?");
	}
	if (!r->text) {
		r->kind = ERR_SYSTEM;
		r->text = curl->easy_strerror(code);
	}
}

/* A 200 of another media type is a page of somebody else's. */
static bool
type_is(const struct curl_table *curl, CURL *easy, const char *accept)
{
	size_t len = strlen(accept);
	char *type = NULL;

	curl->easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	return type && !strncasecmp(type, accept, len) && strchr("; \t", type[len]);
}

/* What another status than the hoped for means; the last row that fits all is met last. */
static void
on_failure(const struct curl_table *curl, CURL *easy, const struct status_failure *rows,
    size_t count, struct line_result *r)
{
	curl_off_t after = 0;
	size_t i = 0;

	r->action = LINE_STOP;
	r->kind = ERR_NETWORK;
	r->text = not_ours;
	while (i < count && (r->status < rows[i].from || r->status > rows[i].to))
		i++;
	if (i == count)
		return;
	r->action = rows[i].action;
	r->kind = rows[i].kind;
	r->text = rows[i].text;
	r->silent = r->status == 408;
	if (r->action == LINE_RETRY &&
	    curl->easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after) == CURLE_OK)
		r->retry_after = after > RETRY_AFTER ? RETRY_AFTER : (long)after;
}

void
verdict_on_status(const struct curl_table *curl, CURL *easy, const char *accept,
    struct line_result *r)
{
	curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &r->status);
	if (r->status == 200 && type_is(curl, easy, accept))
		r->action = LINE_ANSWER;
	else
		on_failure(curl, easy, status_failures,
		    sizeof(status_failures) / sizeof(status_failures[0]), r);
}

void
verdict_on_openrosa(const struct curl_table *curl, CURL *easy, bool body,
    struct line_result *r)
{
	curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &r->status);
	if (body ? r->status == 201 || r->status == 202
		 : r->status == 200 || r->status == 204 || r->status == 304)
		r->action = LINE_ANSWER;
	else
		on_failure(curl, easy, openrosa_failures,
		    sizeof(openrosa_failures) / sizeof(openrosa_failures[0]), r);
}
