/*
 * client_verdict - what the end of an exchange means, as two tables
 *
 * One for what libcurl says of the transfer, one for the statuses of HTTP.
 */
#ifndef CLIENT_VERDICT_H
#define CLIENT_VERDICT_H

#include <stdbool.h>

#include "client_curl.h"
#include "client_line.h"

/* No whole answer came. connected: there was a connection to wait on. */
void verdict_on_failure(const struct curl_table *curl, CURL *easy, CURLcode code,
    bool connected, struct line_result *r);
/* One came: it is an answer when its status is 200 and its media type is accept. */
void verdict_on_status(const struct curl_table *curl, CURL *easy, const char *accept,
    struct line_result *r);

/* The same of an OpenRosa server, to a question or to a body. */
void verdict_on_openrosa(const struct curl_table *curl, CURL *easy, bool body,
    struct line_result *r);

#endif
