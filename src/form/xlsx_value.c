/*
 * xlsx_value - the numbers in a workbook's cells, as pyxform sees them
 */
#include "xlsx.h"

#include "buf.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum xlsx_look
xlsx_look(int id, const char *code)
{
	char quote = 0;

	if (!code)
		return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) ||
			       (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
			   ? XLSX_DATE
			   : XLSX_NUMBER;
	/* letters of a date, outside of texts, colours and locales */
	for (const char *p = code; *p && *p != ';'; p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '"')
			quote = '"';
		else if (*p == '[')
			quote = ']';
		else if ((*p == '\\' || *p == '_' || *p == '*') && p[1])
			p++;
		else if (strchr("dmhysDMHYS", *p))
			return XLSX_DATE;
		else if (!strncasecmp(p, "general", 7))
			p += 6;
	}
	return XLSX_NUMBER;
}

/* The shortest digits that give the same number again. */
static void
shortest(double value, struct buf *out)
{
	char text[40];

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_str(out, text);
}

/* Days since 1970-01-01 as a date: http://howardhinnant.github.io/date_algorithms.html */
static void
write_date(int64_t days, struct buf *out)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	buf_fmt(out, "%04d-%02d-%02d", (int)(yoe + era * 400 + (month <= 2)), month,
	    (int)(doy - (153 * mp + 2) / 5 + 1));
}

/* Days are counted from the end of 1899; 1900 has a 29th of February there. */
static void
write_moment(double value, bool from_1904, struct buf *out)
{
	double days = floor(value);
	long seconds = lround((value - days) * 86400);

	if (seconds == 86400) {
		days++;
		seconds = 0;
	}
	if (value >= 1 || from_1904) {
		if (from_1904)
			days += 1462;
		write_date((int64_t)days - 25569 + (days < 60), out);
		buf_char(out, ' ');
	}
	buf_fmt(out, "%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60,
	    seconds % 60);
}

void
xlsx_number(const char *text, enum xlsx_look look, bool from_1904, struct buf *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !isfinite(value))
		buf_str(out, text);
	else if (look == XLSX_DATE && value >= 0 && value < 2958466) /* 9999-12-31 */
		write_moment(value, from_1904, out);
	else if (value == floor(value) && fabs(value) < 1e300)
		buf_fmt(out, "%.0f", value == 0 ? 0.0 : value);
	else
		shortest(value, out);
}
