/*
 * client_curl - libcurl, loaded when it is first needed
 *
 * Linked, it would cost every start of the notebook 5 ms and 6 MB. Each function is
 * named once, in CURL_FUNCTIONS.
 */
#ifndef CLIENT_CURL_H
#define CLIENT_CURL_H

#include <stdbool.h>

#include <curl/curl.h>

struct err;

#define CURL_FUNCTIONS(X) \
	X(global_init) X(easy_init) X(easy_cleanup) X(easy_setopt) X(easy_getinfo) \
	X(easy_strerror) X(multi_init) X(multi_cleanup) X(multi_setopt) \
	X(multi_add_handle) X(multi_remove_handle) X(multi_socket_action) \
	X(multi_info_read) X(slist_append) X(slist_free_all) X(url) X(url_cleanup) \
	X(url_set) X(url_get) X(free)

struct curl_table {
#define MEMBER(name) __typeof__(&curl_##name) name;
	CURL_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* Safe to call again. ERR_SYSTEM when it is not installed or too old. */
bool curl_load(struct curl_table *curl, struct err *err);

#endif
