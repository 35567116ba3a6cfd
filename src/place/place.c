/*
 * place - where notebooks and forms stand, and which notebook is meant
 */
#include "place.h"

#include "place_private.h"

#include "buf.h"
#include "err.h"
#include "i18n.h"
#include "list.h"
#include "mem.h"
#include "pinyin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int
place_by_name(const void *a, const void *b)
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
	qsort(names, *count, sizeof(*names), place_by_name);
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

/* --- which notebook --- */

bool
place_path_of(const char *name, struct buf *path, struct err *err)
{
	if (!place_folder(path, err))
		return false;
	buf_fmt(path, "/%s%s", name, PLACE_SUFFIX);
	return true;
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
	good = chosen && place_path_of(chosen, path, err);
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
