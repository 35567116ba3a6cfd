#include "meaning.h"

#include "list.h"
#include "notebook.h"

#include <string.h>

struct list *
meaning_list(struct notebook *nb)
{
	return notebook_list(nb, MEANING_LIST, NULL);
}

static const char *
cell(const struct list *list, size_t row, const char *column)
{
	size_t at = list_column_named(list, column);

	return at == LIST_NONE ? "" : list_cell(list, row, at);
}

bool
meaning_row(const struct list *list, size_t i, struct meaning *row)
{
	const char *use;

	if (!list || i >= list_count(list))
		return false;
	use = cell(list, i, "use");
	*row = (struct meaning){
		.form = cell(list, i, "form"),
		.field = cell(list, i, "field"),
		.thing = cell(list, i, "thing"),
		.part = cell(list, i, "part"),
		.use = strcmp(use, "find") == 0 ? MEANING_FIND
		    : strcmp(use, "same") == 0	? MEANING_SAME
						: MEANING_PLAIN,
	};
	return true;
}

bool
meaning_of(const struct list *list, const char *form, const char *field,
    struct meaning *row)
{
	for (size_t i = 0; meaning_row(list, i, row); i++)
		if (strcmp(row->form, form) == 0 && strcmp(row->field, field) == 0)
			return true;
	return false;
}
