#include "regex.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "i18n.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Steps of backtracking: some tens of milliseconds. */
#define MATCH_LIMIT   400000
#define HEAP_LIMIT_KB 8192
#define PATTERN_MAX   20000

struct regex {
	pcre2_code *code;
};

/* Java's names for what PCRE2 calls otherwise: for use inside a class. */
/* clang-format off */
static const struct {
	const char *java, *pcre;
} classes[] = {
	{ "Lower", "[:lower:]" },
	{ "Upper", "[:upper:]" },
	{ "ASCII", "[:ascii:]" },
	{ "Alpha", "[:alpha:]" },
	{ "Digit", "[:digit:]" },
	{ "Alnum", "[:alnum:]" },
	{ "Punct", "[:punct:]" },
	{ "Graph", "[:graph:]" },
	{ "Print", "[:print:]" },
	{ "Blank", "[:blank:]" },
	{ "Cntrl", "[:cntrl:]" },
	{ "XDigit", "[:xdigit:]" },
	{ "Space", "[:space:]" },
};
/* clang-format on */

/* The code dies with the arena, so nothing is given back one by one. */
static void *
arena_malloc(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

static void
arena_keep(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

/* \p{Alpha} → [[:alpha:]], \p{IsHan} → \p{Han}; returns the bytes read, 0 when the
 * property is to be left as it stands. */
static size_t
translate_property(const char *s, bool in_class, struct buf *out)
{
	const char *name = s + 3, *end = strchr(s, '}');
	size_t len;

	if (!end || s[2] != '{')
		return 0;
	len = (size_t)(end - name);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const char *pcre = classes[i].pcre;

		if (strlen(classes[i].java) != len ||
		    memcmp(classes[i].java, name, len) != 0)
			continue;
		if (!in_class)
			buf_char(out, '[');
		buf_str(out, s[1] == 'P' ? "[:^" : "[:");
		buf_str(out, pcre + 2);
		if (!in_class)
			buf_char(out, ']');
		return (size_t)(end - s) + 1;
	}
	if (len > 2 && !memcmp(name, "Is", 2)) {
		buf_fmt(out, "\\%c{%.*s}", s[1], (int)len - 2, name + 2);
		return (size_t)(end - s) + 1;
	}
	return 0;
}

static bool
is_hex(const char *s, size_t count)
{
	return strspn(s, "0123456789abcdefABCDEF") >= count;
}

/* Java's dialect in PCRE2's words. */
static void
translate(const char *pattern, struct buf *out)
{
	bool in_class = false;
	size_t n;

	for (const char *p = pattern; *p;) {
		if (p[0] == '\\' && p[1] == 'u' && is_hex(p + 2, 4)) {
			buf_fmt(out, "\\x{%.4s}", p + 2);
			p += 6;
		} else if (p[0] == '\\' && (p[1] == 'p' || p[1] == 'P') &&
			   (n = translate_property(p, in_class, out))) {
			p += n;
		} else if (p[0] == '\\' && p[1]) {
			buf_add(out, p, 2);
			p += 2;
		} else {
			if (*p == '[')
				in_class = true;
			else if (*p == ']')
				in_class = false;
			buf_char(out, *p++);
		}
	}
}

struct regex *
regex_new(const char *pattern, struct arena *arena, struct err *err)
{
	pcre2_general_context *memory = NULL;
	pcre2_compile_context *compiling = NULL;
	struct regex *regex = NULL;
	struct buf text = { 0 };
	PCRE2_UCHAR message[160] = "";
	PCRE2_SIZE at;
	int code;

	if (strlen(pattern) > PATTERN_MAX) {
		err_set(err, ERR_INPUT, _("the pattern is longer than %d characters"),
			PATTERN_MAX);
		return NULL;
	}
	translate(pattern, &text);
	memory = pcre2_general_context_create(arena_malloc, arena_keep, arena);
	compiling = pcre2_compile_context_create(memory);
	regex = arena_alloc(arena, sizeof(*regex));
	regex->code = pcre2_compile((PCRE2_SPTR)buf_text(&text), text.len,
				    PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
					PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
				    &code, &at, compiling);
	if (!regex->code) {
		pcre2_get_error_message(code, message, sizeof(message));
		err_set(err, ERR_INPUT,
			_("the pattern \"%s\" is wrong at character %zu: %s"), pattern,
			at + 1, (const char *)message);
		regex = NULL;
	}
	buf_clear(&text);
	return regex;
}

bool
regex_matches(const struct regex *regex, const char *text, bool *matches,
	      struct err *err)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	int result = PCRE2_ERROR_NOMEMORY;

	if (data && limits) {
		pcre2_set_match_limit(limits, MATCH_LIMIT);
		pcre2_set_heap_limit(limits, HEAP_LIMIT_KB);
		result = pcre2_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0,
				     data, limits);
	}
	pcre2_match_context_free(limits);
	pcre2_match_data_free(data);
	*matches = result >= 0;
	/* Text that is not UTF-8 matches no pattern. */
	if (result >= 0 || result == PCRE2_ERROR_NOMATCH ||
	    (result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21))
		return true;
	return err_set(err, ERR_INPUT,
		       _("the pattern takes too long on this text; make it simpler"));
}
