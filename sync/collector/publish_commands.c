/* Forms and lists that go down to the notebooks. */
#include "commands.h"

#include "auth.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "form_glance.h"
#include "hash.h"
#include "i18n.h"
#include "json.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

/* A file on its way into the store. */
struct new_file {
	struct db_file file;
	struct buf bytes, packed;
	char name[FORM_GLANCE_SIZE], version[FORM_GLANCE_SIZE];
};

static void
new_file_clear(struct new_file *f)
{
	buf_clear(&f->bytes);
	buf_clear(&f->packed);
}

static int
put_file(struct db *db, const struct words *words, void *data, struct err *err)
{
	struct new_file *f = data;
	char stamp[CLOCK_STAMP_SIZE];
	enum db_result result;

	stamp_now(words, stamp);
	result = store_ops()->file_put(db, &f->file, f->packed.data, f->packed.len, stamp,
	    err);
	if (result == DB_NONE) {
		err_set(err, ERR_INPUT,
		    _("The form %s %s was published already, with other content. Give the "
		      "changed form a new version in its settings sheet."),
		    f->name, f->version);
		return WRONG;
	}
	return exit_of(result);
}

static int
publish(const struct words *words, struct new_file *f, const char *kind, struct err *err)
{
	f->file.kind = kind;
	f->file.name = f->name;
	f->file.version = f->version;
	f->file.size = f->bytes.len;
	hash_sha256(f->bytes.data, f->bytes.len, f->file.sha);
	if (!wire_gzip(f->bytes.data, f->bytes.len, &f->packed, err))
		return SYSTEM;
	return store_change(words, put_file, f, err);
}

/* The form itself is checked by the notebook's own reader: minqing form check. */
static bool
read_form(struct new_file *f, const char *path, struct err *err)
{
	if (!form_glance(buf_text(&f->bytes), f->bytes.len, f->name, f->version, err))
		return err_within(err, path);
	if (auth_name_valid(f->name) && auth_name_valid(f->version))
		return true;
	return err_set(err, ERR_INPUT,
	    _("%s is not a form with a form_id and a version in its settings sheet. Check "
	      "it first: minqing form check"),
	    path);
}

int
cmd_publish(const struct words *words, struct err *err)
{
	struct new_file f = { .name = "" };
	const char *path = words->names[0];
	int code = SYSTEM;

	if (read_file(path, WIRE_FILE_MAX, &f.bytes, err))
		code = read_form(&f, path, err) ? publish(words, &f, "form", err) : WRONG;
	if (code == DONE)
		printf("%s %s\n", f.name, f.version);
	new_file_clear(&f);
	return code;
}

/* A header row with a name in it, and at least one more row. */
static bool
check_list(const struct new_file *f, const char *path, struct err *err)
{
	struct csv_reader r;
	bool named = false;
	int got, rows = 0;

	csv_reader_init(&r, buf_text(&f->bytes), f->bytes.len);
	while ((got = csv_next(&r, err)) == 1) {
		for (size_t i = 0; rows == 0 && i < r.count; i++)
			named |= !strcmp(r.cells[i], "name");
		rows++;
	}
	csv_reader_clear(&r);
	if (got < 0)
		return err_within(err, path);
	if (named && rows > 1)
		return true;
	return err_set(err, ERR_INPUT,
	    _("%s is not a list. Give it a header row with a column \"name\", and at "
	      "least one more row."),
	    path);
}

int
cmd_list_put(const struct words *words, struct err *err)
{
	struct new_file f = { .name = "" };
	const char *path = words->names[0], *slash = strrchr(path, '/'),
		   *name = slash ? slash + 1 : path;
	size_t len = strlen(name);
	int code = SYSTEM;

	if (!auth_name_valid(name) || len < 5 || strcmp(name + len - 4, ".csv") != 0 ||
	    name[0] == '.') {
		err_set(err, ERR_INPUT,
		    _("\"%s\" is not a list's file name: name it as building.csv."),
		    name);
		return USAGE;
	}
	snprintf(f.name, sizeof(f.name), "%s", name);
	if (read_file(path, WIRE_FILE_MAX, &f.bytes, err))
		code = check_list(&f, path, err) ? publish(words, &f, "list", err) : WRONG;
	if (code == DONE)
		printf("%s\n", f.name);
	new_file_clear(&f);
	return code;
}

static bool
print_file(const struct db_file *f, void *data)
{
	struct json_writer *json = data;
	char sha[HASH_HEX_SIZE];

	hash_hex(f->sha, HASH_SIZE, sha);
	if (!json) {
		printf("%s\t%s\t%s\t%zu\t%.16s\n", f->kind, f->name,
		    *f->version ? f->version : "-", f->size, sha);
		return true;
	}
	json_object(json);
	json_member(json, "kind", f->kind);
	json_member(json, "name", f->name);
	json_member(json, "version", f->version);
	json_member_integer(json, "bytes", (long long)f->size);
	json_member(json, "sha256", sha);
	json_object_end(json);
	return true;
}

static enum db_result
file_rows(struct db *db, struct json_writer *json, struct err *err)
{
	return store_ops()->files_after(db, 0, print_file, json, err);
}

int
cmd_published(const struct words *words, struct err *err)
{
	return print_rows(words, file_rows, err);
}
