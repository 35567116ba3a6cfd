#include "district.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "place.h"

#include <string.h>
#include <unistd.h>

#define FILE_BYTES_MAX 65536

static bool
read_passphrase(struct district *d, const char *value, struct err *err)
{
	d->passphrase_required = strcmp(value, "required") == 0;
	return d->passphrase_required || strcmp(value, "optional") == 0 ||
	       err_set(err, ERR_INPUT,
		       _("passphrase is \"required\" or \"optional\", not \"%s\". "
		    "Change it in district.txt."),
		       value);
}

static bool
read_recovery(struct district *d, const char *value, struct err *err)
{
	d->has_recovery = vault_recovery_read(value, VAULT_PUBLIC, d->recovery, err);
	return d->has_recovery;
}

static const struct {
	const char *name;
	bool (*read)(struct district *d, const char *value, struct err *err);
} rows[] = {
	{ "passphrase", read_passphrase },
	{ "recovery", read_recovery },
};

/* A line without its end, which it may change. */
static bool
read_line(struct district *d, char *line, struct err *err)
{
	char *value;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	for (size_t len = strlen(line); len > 0 && strchr(" \t", line[len - 1]); len--)
		line[len - 1] = '\0';
	if (!*line)
		return true;
	value = line + strcspn(line, " \t");
	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, line) == 0)
			return rows[i].read(d, value, err);
	return err_set(err, ERR_INPUT, _("\"%s\" is not a setting of a district. Remove it from "
	    "district.txt."), line);
}

bool
district_read(struct district *d, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	bool good = true;

	memset(d, 0, sizeof(*d));
	if (!place_forms(&path, NULL)) /* said when the forms are taken in */
		goto out;
	buf_str(&path, "/district.txt");
	if (access(buf_text(&path), F_OK) != 0)
		goto out;
	good = place_read(buf_text(&path), FILE_BYTES_MAX, &text, err);
	for (char *line = good && text.data ? strtok(text.data, "\r\n") : NULL;
	     line && good; line = strtok(NULL, "\r\n"))
		good = read_line(d, line, err) || err_within(err, buf_text(&path));
out:
	buf_clear(&path);
	buf_clear(&text);
	return good;
}
