/*
 * xlsform_range - what must hold among the parameters of a range
 *
 * From start to end in steps, either way up. The ticks and the value that the slider
 * rests on before it is answered have to lie on it.
 */
#include "xlsform.h"

#include "arena.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <string.h>

struct range {
	double start, end, step;
	const char *placeholder, *interval, *labels;
};

static double
number_of(const char *const *pairs, const char *name, double otherwise)
{
	const char *value = form_pair(pairs, name);

	return value ? value_parse_number(value) : otherwise;
}

/* How many steps from the start; decimal steps are not exact in binary. */
static bool
is_on_steps(const struct range *r, double value, double step)
{
	double steps = (value - r->start) / step;

	return fabs(steps - round(steps)) < 1e-9 * (1 + fabs(steps));
}

static bool
is_inside(const struct range *r, double value)
{
	return value >= fmin(r->start, r->end) && value <= fmax(r->start, r->end);
}

static void
check_ticks(struct xls *x, struct xls_place place, const struct range *r,
    const char *appearance)
{
	const struct list *list = xls_choices_list(x, r->labels);
	bool bare = strstr(appearance, "no-ticks");
	double step = r->interval ? value_parse_number(r->interval) : r->step;

	if (!list) {
		xls_error(x, place, _("There is no list \"%s\" on the sheet choices."),
		    r->labels);
		return;
	}
	for (size_t i = 0; i < list_count(list); i++) {
		const char *name = list_cell(list, i, 0);
		double value = value_parse_number(name);

		if (isnan(value) || !is_inside(r, value) ||
		    !is_on_steps(r, value, step) ||
		    (bare && value != r->start && value != r->end)) {
			xls_error(x, place,
			    _("\"%s\" of the list \"%s\" is no place on this range "
			      "that "
			      "can be labelled."),
			    name, r->labels);
			return;
		}
	}
}

void
xls_check_range(struct xls *x, const struct xls_row *row, const char *const *pairs)
{
	struct xls_place place = xls_place(&x->survey, row, COL_PARAMETERS);
	const char *appearance = xls_cell(&x->survey, row, COL_APPEARANCE);
	struct range r = { number_of(pairs, "start", 1), number_of(pairs, "end", 10),
		number_of(pairs, "step", 1), form_pair(pairs, "placeholder"),
		form_pair(pairs, "tick_interval"), form_pair(pairs, "tick_labelset") };
	double width = fabs(r.end - r.start), value;

	if (isnan(width) || isnan(r.step))
		return; /* told already */
	if (r.step == 0 || fabs(r.step) > width)
		xls_error(x, place,
		    _("The step of a range is not 0 and not larger than the range."));
	if (r.interval && fabs(value_parse_number(r.interval)) > width)
		xls_error(x, place, _("tick_interval is larger than the range."));
	if ((r.interval || r.placeholder || r.labels) && appearance[0] &&
	    strcmp(appearance, "vertical") && strcmp(appearance, "no-ticks") &&
	    strcmp(appearance, "vertical no-ticks"))
		xls_error(x, place,
		    _("tick_interval, placeholder and tick_labelset do not go with the "
		      "appearance \"%s\"."),
		    appearance);
	value = r.placeholder ? value_parse_number(r.placeholder) : r.start;
	if (!is_inside(&r, value) || !is_on_steps(&r, value, r.step))
		xls_error(x, place,
		    _("The placeholder must be a value that the range can have."));
	if (r.labels)
		check_ticks(x, place, &r, appearance);
}
