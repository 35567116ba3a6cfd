/* Numbers: arithmetic, rounding, aggregates, and places on the earth. */
#include "functions.h"

#include "hash.h"
#include "i18n.h"
#include "value.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Places that round() can be asked for. */
#define ROUND_PLACES_MAX 30

#define EARTH_RADIUS 6378100.0 /* metres, as JavaRosa and Enketo have it */

static double
exp10_of(double n)
{
	return pow(10, n);
}

/* clang-format off */
static const struct {
	const char *name;
	double (*fn)(double n);
} maths[] = {
	{ "abs", fabs },
	{ "acos", acos },
	{ "asin", asin },
	{ "atan", atan },
	{ "ceiling", ceil },
	{ "cos", cos },
	{ "exp", exp },
	{ "exp10", exp10_of },
	{ "floor", floor },
	{ "log", log },
	{ "log10", log10 },
	{ "sin", sin },
	{ "sqrt", sqrt },
	{ "tan", tan },
};
/* clang-format on */

FN(fn_math)
{
	for (size_t i = 0; i < sizeof(maths) / sizeof(maths[0]); i++)
		if (!strcmp(maths[i].name, c->ast->call.function->name)) {
			*out = value_number(maths[i].fn(call_number(c, 0)));
			return true;
		}
	return false;
}

FN(fn_number)
{
	*out = value_number(call_number(c, 0));
	return true;
}

FN(fn_int)
{
	*out = value_number(trunc(call_number(c, 0)));
	return true;
}

FN(fn_pow)
{
	*out = value_number(pow(call_number(c, 0), call_number(c, 1)));
	return true;
}

FN(fn_atan2)
{
	*out = value_number(atan2(call_number(c, 0), call_number(c, 1)));
	return true;
}

FN(fn_pi)
{
	(void)c;
	*out = value_number(PI);
	return true;
}

/* 53 bits, as evenly as a double can hold. */
FN(fn_random)
{
	uint64_t bits;

	(void)c;
	hash_random(&bits, sizeof(bits));
	*out = value_number((double)(bits >> 11) / 9007199254740992.0);
	return true;
}

/*
 * Rounds the decimal digits that the number is written with, not the binary ones:
 * round(2.15, 1) is 2.2. A half goes up, -0.5 to -0 (XPath's rule).
 */
static double
round_to(double n, int places)
{
	char text[VALUE_NUMBER_SIZE], *digits = text, padded[VALUE_NUMBER_SIZE * 2];
	double part = n - floor(n);
	size_t whole, len, cut;
	bool up, negative = n < 0;

	/* Most are far from a half, where no digits need be looked at. */
	if (places == 0 && fabs(part - 0.5) > 1e-6)
		return part < 0.5 ? floor(n) : ceil(n);
	value_format_number(fabs(n), text);
	whole = strcspn(digits, ".");
	len = strlen(digits);
	if (digits[whole])
		memmove(digits + whole, digits + whole + 1, len-- - whole);
	/* The digits without a point, with zeros in front for what places cut off. */
	memset(padded, '0', ROUND_PLACES_MAX + 1);
	memcpy(padded + ROUND_PLACES_MAX + 1, digits, len + 1);
	len += ROUND_PLACES_MAX + 1;
	whole += ROUND_PLACES_MAX + 1;
	if (places >= 0 && whole + (size_t)places >= len)
		return n;
	cut = places >= 0 ? whole + (size_t)places : whole - (size_t)-places;
	up = padded[cut] > '5' || (padded[cut] == '5' && !negative);
	if (padded[cut] == '5' && negative)
		up = strspn(padded + cut + 1, "0") != strlen(padded + cut + 1);
	for (size_t i = cut; i < whole; i++)
		padded[i] = '0';
	for (size_t i = cut; up && i > 0; i--) {
		up = padded[i - 1] == '9';
		padded[i - 1] = up ? '0' : (char)(padded[i - 1] + 1);
	}
	if (cut > whole) {
		memmove(padded + whole + 1, padded + whole, cut - whole);
		padded[whole] = '.';
		padded[cut + 1] = '\0';
	} else {
		padded[whole] = '\0';
	}
	return negative ? -strtod(padded, NULL) : strtod(padded, NULL);
}

FN(fn_round)
{
	double n = call_number(c, 0), places = c->count > 1 ? call_number(c, 1) : 0;

	if (!isfinite(n))
		*out = value_number(n);
	else if (!(fabs(places) < ROUND_PLACES_MAX + 1))
		*out = value_number(NAN);
	else
		*out = value_number(round_to(n, (int)places));
	return true;
}

/*
 * The numbers among the values. What is empty is left out, as JavaRosa does; what is
 * there and no number makes the whole NaN, lest an answer be passed over in silence.
 */
struct numbers {
	double sum, min, max;
	size_t count;
	bool bad;
};

static struct numbers
gather(struct call *c)
{
	struct numbers all = { .min = INFINITY, .max = -INFINITY };
	struct call_items it;
	double n;

	for (call_items_start(&it, c, 0); call_items_next(&it);) {
		if (it.item.type == VALUE_STRING && !*it.item.string)
			continue;
		n = eval_to_number(c->ev, &it.item);
		all.bad |= isnan(n);
		all.sum += n;
		all.min = fmin(all.min, n);
		all.max = fmax(all.max, n);
		all.count++;
	}
	return all;
}

FN(fn_sum)
{
	const struct value *nodes;
	struct numbers all;

	if (!call_nodes(c, 0, &nodes))
		return false;
	all = gather(c);
	*out = value_number(all.sum);
	return true;
}

FN(fn_avg)
{
	struct numbers all = gather(c);

	*out = value_number(all.count ? all.sum / (double)all.count : NAN);
	return true;
}

FN(fn_min)
{
	struct numbers all = gather(c);

	*out = value_number(all.count && !all.bad ? all.min : NAN);
	return true;
}

FN(fn_max)
{
	struct numbers all = gather(c);

	*out = value_number(all.count && !all.bad ? all.max : NAN);
	return true;
}

struct place {
	double latitude, longitude;
};

struct places {
	struct place *items;
	size_t count, cap;
};

static bool
add_place(struct places *all, const char *text)
{
	struct place at;
	char *end;

	at.latitude = strtod(text, &end);
	if (end == text)
		return false;
	text = end;
	at.longitude = strtod(text, &end);
	if (end == text || fabs(at.latitude) > 90 || fabs(at.longitude) > 180)
		return false;
	if (all->count == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 16;
		struct place *items = realloc(all->items, all->cap * sizeof(*items));
		if (!items)
			abort();
		all->items = items;
	}
	all->items[all->count++] = at;
	return true;
}

/* "lat lon alt acc; lat lon …", in one text or in several. */
static bool
read_places(struct call *c, size_t first, size_t count, struct places *all)
{
	struct call some = { c->ev, c->ast, c->args + first, count };
	struct call_items it;
	bool good = true;

	for (call_items_start(&it, &some, 0); good && call_items_next(&it);) {
		const char *s = eval_to_string(c->ev, &it.item), *next;

		for (; good && s; s = next) {
			next = strchr(s, ';');
			next = next ? next + 1 : NULL;
			if (s[strspn(s, " \t\r\n;")])
				good = add_place(all, s);
		}
	}
	return good;
}

static double
radians(double degrees)
{
	return degrees * PI / 180;
}

/* Triangles from the first place, on a plane that is right near it. */
static double
area_of(const struct places *all)
{
	const double metre = 2 * EARTH_RADIUS * PI / 360;
	double sum = 0, x, y, last_x = 0, last_y = 0;

	for (size_t i = 1; i < all->count; i++) {
		y = (all->items[i].latitude - all->items[0].latitude) * metre;
		x = (all->items[i].longitude - all->items[0].longitude) * metre *
		    cos(radians(all->items[i].latitude));
		if (i > 1)
			sum += (last_y * x - last_x * y) / 2;
		last_x = x;
		last_y = y;
	}
	return fabs(sum);
}

static double
distance_of(const struct places *all)
{
	double sum = 0, cosine, a, b;

	for (size_t i = 1; i < all->count; i++) {
		a = radians(all->items[i - 1].latitude);
		b = radians(all->items[i].latitude);
		cosine =
		    sin(a) * sin(b) + cos(a) * cos(b) *
					  cos(radians(all->items[i].longitude -
						      all->items[i - 1].longitude));
		sum += acos(fmin(1, fmax(-1, cosine))) * EARTH_RADIUS;
	}
	return sum;
}

static bool
measure(struct call *c, double (*of)(const struct places *all), struct value *out)
{
	struct places all = { 0 };

	*out = value_number(read_places(c, 0, c->count, &all) && all.count ? of(&all)
									   : NAN);
	free(all.items);
	return true;
}

FN(fn_area)
{
	return measure(c, area_of, out);
}

FN(fn_distance)
{
	return measure(c, distance_of, out);
}

/* Is the place inside the outline, which ends where it began? (Rays to the east.) */
static bool
is_inside(struct place p, const struct places *outline)
{
	bool inside = false;

	for (size_t i = 1; i < outline->count; i++) {
		struct place a = outline->items[i - 1], b = outline->items[i];

		if ((b.latitude > p.latitude) != (a.latitude > p.latitude) &&
		    p.longitude < (a.longitude - b.longitude) *
					  (p.latitude - b.latitude) /
					  (a.latitude - b.latitude) +
				      b.longitude)
			inside = !inside;
	}
	return inside;
}

FN(fn_geofence)
{
	struct places point = { 0 }, outline = { 0 };
	struct place first, last;
	bool good = read_places(c, 0, 1, &point) && read_places(c, 1, 1, &outline) &&
		    outline.count;

	if (good) {
		first = outline.items[0];
		last = outline.items[outline.count - 1];
		*out = value_boolean(point.count && first.latitude == last.latitude &&
				     first.longitude == last.longitude &&
				     is_inside(point.items[0], &outline));
	} else {
		call_fail(c, _("it needs a point and an outline"));
	}
	free(point.items);
	free(outline.items);
	return good;
}
