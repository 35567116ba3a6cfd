#include "client_curl.h"

#include "err.h"
#include "i18n.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	size_t at;
} functions[] = {
#define ROW(name) { "curl_" #name, offsetof(struct curl_table, name) },
	CURL_FUNCTIONS(ROW)
#undef ROW
};

bool
curl_load(struct curl_table *curl, struct err *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
	void *library = NULL;
	size_t i;

	for (i = 0; !library && i < sizeof(names) / sizeof(names[0]); i++)
		library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		return err_set(err, ERR_SYSTEM,
		    _("Sending needs the library libcurl, which is not installed "
		    "(package libcurl4). Install it and send again."));
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return err_set(err, ERR_SYSTEM,
			    _("The library libcurl is too old: it has no %s. Install the "
			    "package libcurl4."),
			    functions[i].name);
		memcpy((char *)curl + functions[i].at, &function, sizeof(function));
	}
	if (curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_SYSTEM, _("The library libcurl does not start. Install the package "
		    "libcurl4 anew."));
	return true;
}
