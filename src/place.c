#include "place.h"

#include "place_private.h"

#include "buf.h"
#include "clock.h"
#include "district.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "list.h"
#include "mem.h"
#include "notebook.h"
#include "pinyin.h"
#include "text.h"
#include "vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES_MAX  120
#define ORDER_BYTES_MAX 65536

/* The shipped files as they stood when they were last taken in. */
#define SETTING_FORMS_STAMP "forms.stamp"

/* So that a power cut does not take the folder away with what is in it. */
static void
sync_parent(const char *path)
{
	char *copy = mem_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

bool
place_make_folders(const char *path, struct err *err)
{
	char *copy = mem_strdup(path);
	bool good = true;

	for (char *p = copy + 1; good; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char end = *p;

		*p = '\0';
		if (mkdir(copy, 0700) == 0)
			sync_parent(copy);
		else if (errno != EEXIST)
			good = err_set(err, ERR_SYSTEM,
			    _("The folder %s cannot be made: %s. Set MINQING_HOME to a "
			      "folder that you may write to."),
			    copy, strerror(errno));
		*p = end;
		if (!end)
			break;
	}
	free(copy);
	return good;
}

bool
place_folder(struct buf *path, struct err *err)
{
	const char *home = getenv("MINQING_HOME");
	const char *data = getenv("XDG_DATA_HOME");

	if (home && *home) {
		buf_str(path, home);
		return true;
	}
	if (data && *data == '/') {
		buf_fmt(path, "%s/minqing", data);
		return true;
	}
	home = getenv("HOME");
	if (!home || !*home)
		return err_set(err, ERR_SYSTEM,
		    _("No place for notebooks: neither MINQING_HOME nor HOME is "
		    "set. Set one of them."));
	buf_fmt(path, "%s/.local/share/minqing", home);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The worker's name when a file name is a notebook's, or NULL. Given. */
static char *
notebook_name(const char *filename)
{
	size_t len = strlen(filename), suffix = strlen(PLACE_SUFFIX);

	if (len <= suffix || strcmp(filename + len - suffix, PLACE_SUFFIX) != 0)
		return NULL;
	return mem_strndup(filename, len - suffix);
}

char **
place_names(size_t *count, struct err *err)
{
	struct buf folder = { 0 };
	char **names = mem_alloc(sizeof(*names));
	size_t cap = 1;
	DIR *dir = NULL;

	*count = 0;
	if (!place_folder(&folder, err))
		goto fail;
	dir = opendir(buf_text(&folder));
	if (!dir && errno != ENOENT) {
		err_set(err, ERR_SYSTEM, _("The folder %s cannot be read: %s. Check the name, and "
		    "that you may read it."),
		    buf_text(&folder), strerror(errno));
		goto fail;
	}
	for (struct dirent *e; dir && (e = readdir(dir));) {
		char *name = notebook_name(e->d_name);

		if (!name)
			continue;
		names = mem_grow(names, &cap, *count + 2, sizeof(*names));
		names[(*count)++] = name;
	}
	names[*count] = NULL;
	if (dir)
		closedir(dir);
	buf_clear(&folder);
	qsort(names, *count, sizeof(*names), by_name);
	return names;
fail:
	buf_clear(&folder);
	free(names);
	return NULL;
}

void
place_names_free(char **names)
{
	if (!names)
		return;
	for (char **n = names; *n; n++)
		free(*n);
	free(names);
}

bool
place_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	size_t before = out->len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd < 0)
		return err_set(err, ERR_INPUT, _("%s cannot be opened: %s. Check the name, and that you may "
		    "read it."), path,
		    strerror(errno));
	do {
		buf_reserve(out, 65536);
		got = read(fd, out->data + out->len, 65536);
		if (got > 0)
			buf_truncate(out, out->len += (size_t)got);
	} while (got > 0 && out->len - before <= max);
	close(fd);
	if (got < 0)
		return err_set(err, ERR_SYSTEM, _("%s cannot be read: %s. Check the name, and that you may "
		    "read it."), path,
		    strerror(errno));
	if (out->len - before > max)
		return err_set(err, ERR_INPUT,
		    _("%s is larger than the %zu bytes that are read at most. "
		    "Choose another file, or split it."), path,
		    max);
	return true;
}

/* Where the program file itself stands: "/usr/bin". */
static bool
program_folder(char *out, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", out, size - 1);
	char *slash;

	if (len <= 0)
		return false;
	out[len] = '\0';
	slash = strrchr(out, '/');
	if (slash)
		*slash = '\0';
	return slash != NULL;
}

bool
place_forms(struct buf *path, struct err *err)
{
	/* From PREFIX/bin, from build/MODE, from build/MODE/tests/... */
	static const char *const beside[] = { "../share/minqing/forms", "../../forms",
		"../../../forms", "../../../../forms" };
	const char *set = getenv("MINQING_FORMS");
	char folder[4096];

	if (set && *set) {
		buf_str(path, set);
		return true;
	}
	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++) {
		size_t before = path->len;

		if (!program_folder(folder, sizeof(folder)))
			break;
		buf_fmt(path, "%s/%s", folder, beside[i]);
		if (access(buf_text(path), R_OK) == 0)
			return true;
		buf_truncate(path, before);
	}
	return err_set(err, ERR_SYSTEM,
	    _("The shipped forms are not beside the program. Install it with make "
	      "install, or set MINQING_FORMS to their folder."));
}

struct list *
place_list(void *data, const char *filename, struct err *err)
{
	const char *folder = data;
	struct buf path = { 0 }, text = { 0 };
	struct list *list = NULL;

	if (strchr(filename, '/') || filename[0] == '.') {
		err_set(err, ERR_INPUT, _("\"%s\" is not a file name for a list. Name it like "
		    "list.csv."),
		    filename);
		return NULL;
	}
	buf_fmt(&path, "%s/lists/%s", folder, filename);
	if (access(buf_text(&path), R_OK) != 0) {
		buf_reset(&path);
		buf_fmt(&path, "%s/%s", folder, filename);
	}
	if (place_read(buf_text(&path), LIST_BYTES_MAX, &text, err))
		list = list_read(filename, buf_text(&text), text.len, err);
	buf_clear(&path);
	buf_clear(&text);
	return list;
}

/* --- taking the shipped forms into a notebook --- */

struct csv_files {
	char **names;
	size_t count, cap;
};

static void
csv_files_clear(struct csv_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	*f = (struct csv_files){ 0 };
}

/* The CSV files of a folder, sorted; their sizes and times go to the stamp. */
static bool
csv_files_read(struct csv_files *f, const char *folder, struct buf *stamp,
    struct err *err)
{
	DIR *dir = opendir(folder);

	if (!dir)
		return err_set(err, ERR_SYSTEM, _("The folder %s cannot be read: %s. Check the name, and "
		    "that you may read it."),
		    folder, strerror(errno));
	for (struct dirent *e; (e = readdir(dir));) {
		size_t len = strlen(e->d_name);

		if (len <= 4 || strcmp(e->d_name + len - 4, ".csv") != 0 ||
		    e->d_name[0] == '.')
			continue;
		f->names = mem_grow(f->names, &f->cap, f->count + 1, sizeof(*f->names));
		f->names[f->count++] = mem_strdup(e->d_name);
	}
	closedir(dir);
	if (f->count)
		qsort(f->names, f->count, sizeof(*f->names), by_name);
	for (size_t i = 0; i < f->count; i++) {
		struct buf path = { 0 };
		struct stat st = { 0 };

		buf_fmt(&path, "%s/%s", folder, f->names[i]);
		if (stat(buf_text(&path), &st) == 0)
			buf_fmt(stamp, "%s %lld %lld.%09ld\n", f->names[i],
			    (long long)st.st_size, (long long)st.st_mtim.tv_sec,
			    st.st_mtim.tv_nsec);
		buf_clear(&path);
	}
	return true;
}

void
place_warn(struct buf *warning, const char *what, const struct err *err)
{
	if (!warning)
		return;
	if (warning->len)
		buf_char(warning, '\n');
	buf_fmt(warning, "%s: %s", what, err->text);
}

static void
take_list(struct notebook *nb, const char *folder, const char *name, struct buf *warning)
{
	struct buf path = { 0 }, text = { 0 };
	struct err err = { 0 };

	buf_fmt(&path, "%s/lists/%s", folder, name);
	if (!place_read(buf_text(&path), LIST_BYTES_MAX, &text, &err) ||
	    !notebook_list_add(nb, name, buf_text(&text), text.len, &err))
		place_warn(warning, name, &err);
	buf_clear(&path);
	buf_clear(&text);
}

static struct list *
list_of_notebook(void *data, const char *filename, struct err *err)
{
	return notebook_list(data, filename, err);
}

bool
place_add_form(struct notebook *nb, const char *text, size_t len, struct err *err)
{
	struct form_files files = { list_of_notebook, nb };
	struct form *form = form_read(text, len, &files, NULL, NULL, err);
	bool added = form && notebook_form_add(nb, form, text, len, err);

	form_free(form);
	return added;
}

struct current {
	const char *id;
	char version[64];
	bool found;
};

static bool
find_current(const struct notebook_form *row, void *data)
{
	struct current *c = data;

	c->found = !strcmp(row->id, c->id);
	if (c->found)
		snprintf(c->version, sizeof(c->version), "%s", row->version);
	return !c->found;
}

/* The newest form that is added is the current one. A shipped one that is older than
 * what a designer or the collector has given must not take its place; numbers in
 * versions count as numbers. */
static bool
is_older(struct notebook *nb, const struct form *form, struct err *err)
{
	struct current c = { .id = form->id };

	return notebook_forms(nb, "en", find_current, &c, err) && c.found &&
	       strverscmp(form->version, c.version) < 0;
}

static void
take_form(struct notebook *nb, const char *folder, const char *name, struct buf *warning)
{
	struct buf path = { 0 }, text = { 0 };
	struct err err = { 0 };
	struct form_files files = { list_of_notebook, nb };
	struct form *form = NULL;

	buf_fmt(&path, "%s/%s", folder, name);
	if (!place_read(buf_text(&path), FORM_BYTES_MAX, &text, &err) ||
	    !(form = form_read(buf_text(&text), text.len, &files, NULL, NULL,
		  &err)) ||
	    (!is_older(nb, form, &err) &&
		!notebook_form_add(nb, form, buf_text(&text), text.len, &err)))
		place_warn(warning, name, &err);
	form_free(form);
	buf_clear(&path);
	buf_clear(&text);
}

/* The forms that order.txt names, a file a line, come first and in its order: so they
 * stand on the home page, and a form's digit stays the same. The file may be missing. */
static void
put_in_order(struct csv_files *f, const char *folder)
{
	struct buf path = { 0 }, text = { 0 };
	size_t placed = 0;

	buf_fmt(&path, "%s/order.txt", folder);
	if (!place_read(buf_text(&path), ORDER_BYTES_MAX, &text, NULL))
		buf_reset(&text);
	for (char *line = text.data ? strtok(text.data, "\r\n") : NULL; line;
	     line = strtok(NULL, "\r\n"))
		for (size_t i = placed; i < f->count; i++) {
			char *name = f->names[i];

			if (strcmp(name, line) != 0)
				continue;
			memmove(&f->names[placed + 1], &f->names[placed],
			    (i - placed) * sizeof(*f->names));
			f->names[placed++] = name;
			break;
		}
	buf_clear(&path);
	buf_clear(&text);
}

bool
place_take_shipped(struct notebook *nb, struct buf *warning, struct err *err)
{
	struct buf folder = { 0 }, lists = { 0 }, stamp = { 0 }, before = { 0 };
	struct csv_files forms_found = { 0 }, lists_found = { 0 };
	bool good = false;

	if (!place_forms(&folder, err))
		goto out;
	buf_fmt(&lists, "%s/lists", buf_text(&folder));
	buf_fmt(&stamp, "%s\n", buf_text(&folder));
	if (!csv_files_read(&forms_found, buf_text(&folder), &stamp, err) ||
	    !csv_files_read(&lists_found, buf_text(&lists), &stamp, err) ||
	    !notebook_get(nb, SETTING_FORMS_STAMP, &before, err))
		goto out;
	good = true;
	if (strcmp(buf_text(&stamp), buf_text(&before)) == 0)
		goto out;
	good = notebook_begin(nb, err);
	if (!good)
		goto out;
	put_in_order(&forms_found, buf_text(&folder));
	for (size_t i = 0; i < lists_found.count; i++)
		take_list(nb, buf_text(&folder), lists_found.names[i], warning);
	for (size_t i = 0; i < forms_found.count; i++)
		take_form(nb, buf_text(&folder), forms_found.names[i], warning);
	good = notebook_set(nb, SETTING_FORMS_STAMP, buf_text(&stamp), err);
	good = notebook_end(nb, good, good ? err : NULL) && good;
out:
	csv_files_clear(&forms_found);
	csv_files_clear(&lists_found);
	buf_clear(&folder);
	buf_clear(&lists);
	buf_clear(&stamp);
	buf_clear(&before);
	return good;
}

/* --- notebooks --- */

static bool
name_is_usable(const char *name, struct err *err)
{
	if (!name || !*name)
		return err_set(err, ERR_INPUT,
		    _("A notebook needs its worker's name: say who you are."));
	if (strlen(name) > NAME_BYTES_MAX)
		return err_set(err, ERR_INPUT,
		    _("The name is too long: at most %d bytes. Choose a shorter "
		    "one."), NAME_BYTES_MAX);
	if (name[0] == '.' || strchr(name, '/') || !text_valid(name, strlen(name)))
		return err_set(err, ERR_INPUT,
		    _("\"%s\" cannot be a worker's name: it must not begin with "
		    "a full stop or hold a slash. Choose another one."),
		    name);
	return true;
}

static bool
path_of(const char *name, struct buf *path, struct err *err)
{
	if (!place_folder(path, err))
		return false;
	buf_fmt(path, "/%s%s", name, PLACE_SUFFIX);
	return true;
}

/* "陈桂芳" → "chenguifang": what records and the collector call the worker. */
static void
worker_id(const char *name, struct buf *out)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < len;) {
		const char *reading[1];
		int32_t code;
		size_t n = text_decode(name + at, len - at, &code);

		if ((code >= '0' && code <= '9') || (code >= 'a' && code <= 'z'))
			buf_char(out, (char)code);
		else if (code >= 'A' && code <= 'Z')
			buf_char(out, (char)(code - 'A' + 'a'));
		else if (pinyin_readings(code, reading, 1))
			buf_str(out, reading[0]);
		at += n;
	}
	if (!out->len)
		buf_str(out, "worker");
}

static bool
store_worker(struct notebook *nb, const struct worker *w, struct err *err)
{
	struct buf id = { 0 };
	bool good;

	if (w->id && *w->id)
		buf_str(&id, w->id);
	else
		worker_id(w->name, &id);
	const struct {
		const char *key, *value;
	} rows[] = {
		{ SETTING_WORKER_ID, buf_text(&id) },
		{ SETTING_WORKER_NAME, w->name },
		{ SETTING_WORKER_ROLE, w->role },
		{ SETTING_STATION, w->station },
		{ SETTING_COLLECTOR, w->collector },
		{ SETTING_TOKEN, w->token },
	};

	good = notebook_begin(nb, err);
	if (!good)
		goto out;
	for (size_t i = 0; good && i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].value && *rows[i].value)
			good = notebook_set(nb, rows[i].key, rows[i].value, err);
	good = notebook_end(nb, good, good ? err : NULL) && good;
out:
	buf_clear(&id);
	return good;
}

/* A new notebook's file: sealed, or plain where the district allows it. */
static struct notebook *
make_notebook(const char *path, const struct vault_passphrase *passphrase,
    const struct clock *clock, struct err *err)
{
	struct district district;
	struct vault_choice choice = { .passphrase = passphrase };
	struct vault_key *key;
	struct notebook *nb;

	if (!district_read(&district, err))
		return NULL;
	if (!passphrase && district.passphrase_required) {
		err_set(err, ERR_INPUT,
		    _("In this district every notebook has a passphrase. Choose one."));
		return NULL;
	}
	if (!passphrase)
		return notebook_open(path, true, clock, err);
	if (district.has_recovery)
		choice.recovery = district.recovery;
	if (!vault_passphrase_check(passphrase, err))
		return NULL;
	key = vault_key_new(&choice, err);
	nb = key ? notebook_open_sealed(path, true, key, clock, err) : NULL;
	if (nb)
		notebook_keep_key(nb, key);
	else
		vault_key_free(key);
	return nb;
}

struct notebook *
place_create(const struct worker *worker, const struct clock *clock, struct err *err)
{
	return place_create_sealed(worker, NULL, clock, err);
}

struct notebook *
place_create_sealed(const struct worker *worker,
    const struct vault_passphrase *passphrase, const struct clock *clock,
    struct err *err)
{
	struct buf folder = { 0 }, path = { 0 };
	struct notebook *nb = NULL;
	struct stat st;

	if (!name_is_usable(worker->name, err) || !place_folder(&folder, err) ||
	    !place_make_folders(buf_text(&folder), err) ||
	    !path_of(worker->name, &path, err))
		goto out;
	/* An empty one was begun and did not come far. */
	if (stat(buf_text(&path), &st) == 0 && st.st_size > 0) {
		err_set(err, ERR_INPUT,
		    _("There is a notebook of %s already. Open it, or give the new one "
		      "another name."),
		    worker->name);
		goto out;
	}
	nb = make_notebook(buf_text(&path), passphrase, clock, err);
	if (nb && (!store_worker(nb, worker, err) || !place_take_shipped(nb, NULL, err) ||
		      (!passphrase && !notebook_set(nb, SETTING_PLAIN, "yes", err)))) {
		notebook_close(nb);
		nb = NULL;
		unlink(buf_text(&path)); /* a half-made notebook holds nothing yet */
	}
out:
	buf_clear(&folder);
	buf_clear(&path);
	return nb;
}

/* The one notebook that is meant, or NULL and err. Given. */
static char *
choose(const char *name, struct err *err)
{
	size_t count, hits = 0;
	char **names = place_names(&count, err), *chosen = NULL;

	if (!names)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		bool exact = name && strcmp(names[i], name) == 0;

		if (!exact && name && !pinyin_match(names[i], name))
			continue;
		free(chosen);
		chosen = mem_strdup(names[i]);
		hits++;
		if (exact) {
			hits = 1;
			break;
		}
	}
	if (hits != 1) {
		free(chosen);
		chosen = NULL;
	}
	if (!count)
		err_set(err, ERR_INPUT,
		    _("There is no notebook here yet. Make one with: minqing init "
		      "--name NAME"));
	else if (!hits)
		err_set(err, ERR_INPUT, _("There is no notebook of \"%s\" here. Make one with "
		    "minqing init, or check the name."), name);
	else if (hits > 1)
		err_set(err, ERR_INPUT,
		    _("There are %zu notebooks here. Say whose: --worker NAME"), hits);
	place_names_free(names);
	return chosen;
}

bool
place_path(const char *name, struct buf *path, struct err *err)
{
	char *chosen;
	bool good;

	if (!name) {
		name = getenv("MINQING_WORKER");
		if (name && !*name)
			name = NULL;
	}
	chosen = choose(name, err);
	good = chosen && path_of(chosen, path, err);
	free(chosen);
	return good;
}

char *
place_worker(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = notebook_name(slash ? slash + 1 : path);

	return name ? name : mem_strdup(path);
}
