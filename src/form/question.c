/*
 * question - the table of question kinds and every spelling that names one
 *
 * Spellings are those that pyxform accepts. Case and the difference between a blank
 * and an underscore do not matter.
 */
#include "question.h"

#include <ctype.h>
#include <stddef.h>

/* clang-format off */
const struct question_row question_rows[QUESTION_KINDS] = {
	/* kind                        name                answer           asked  served list */
	{ QUESTION_TEXT,             "text",             ANSWER_STRING,   true,  true,  false },
	{ QUESTION_INTEGER,          "integer",          ANSWER_INTEGER,  true,  true,  false },
	{ QUESTION_DECIMAL,          "decimal",          ANSWER_DECIMAL,  true,  true,  false },
	{ QUESTION_DATE,             "date",             ANSWER_DATE,     true,  true,  false },
	{ QUESTION_TIME,             "time",             ANSWER_TIME,     true,  true,  false },
	{ QUESTION_DATETIME,         "dateTime",         ANSWER_DATETIME, true,  true,  false },
	{ QUESTION_SELECT_ONE,       "select_one",       ANSWER_ONE,      true,  true,  true },
	{ QUESTION_SELECT_MULTIPLE,  "select_multiple",  ANSWER_MANY,     true,  true,  true },
	{ QUESTION_RANK,             "rank",             ANSWER_MANY,     true,  true,  true },
	{ QUESTION_RANGE,            "range",            ANSWER_DECIMAL,  true,  true,  false },
	{ QUESTION_ACKNOWLEDGE,      "acknowledge",      ANSWER_STRING,   true,  true,  false },
	{ QUESTION_NOTE,             "note",             ANSWER_NONE,     true,  true,  false },
	{ QUESTION_CALCULATE,        "calculate",        ANSWER_STRING,   false, true,  false },
	{ QUESTION_HIDDEN,           "hidden",           ANSWER_STRING,   false, true,  false },
	{ QUESTION_BARCODE,          "barcode",          ANSWER_STRING,   true,  true,  false },
	{ QUESTION_GEOPOINT,         "geopoint",         ANSWER_STRING,   true,  false, false },
	{ QUESTION_GEOTRACE,         "geotrace",         ANSWER_STRING,   true,  false, false },
	{ QUESTION_GEOSHAPE,         "geoshape",         ANSWER_STRING,   true,  false, false },
	{ QUESTION_IMAGE,            "image",            ANSWER_STRING,   true,  false, false },
	{ QUESTION_AUDIO,            "audio",            ANSWER_STRING,   true,  false, false },
	{ QUESTION_VIDEO,            "video",            ANSWER_STRING,   true,  false, false },
	{ QUESTION_FILE,             "file",             ANSWER_STRING,   true,  false, false },
	{ QUESTION_START,            "start",            ANSWER_DATETIME, false, true,  false },
	{ QUESTION_END,              "end",              ANSWER_DATETIME, false, true,  false },
	{ QUESTION_TODAY,            "today",            ANSWER_DATE,     false, true,  false },
	{ QUESTION_DEVICEID,         "deviceid",         ANSWER_STRING,   false, true,  false },
	{ QUESTION_USERNAME,         "username",         ANSWER_STRING,   false, true,  false },
	{ QUESTION_PHONENUMBER,      "phonenumber",      ANSWER_STRING,   false, true,  false },
	{ QUESTION_EMAIL,            "email",            ANSWER_STRING,   false, true,  false },
	{ QUESTION_AUDIT,            "audit",            ANSWER_STRING,   false, false, false },
	{ QUESTION_START_GEOPOINT,   "start-geopoint",   ANSWER_STRING,   false, false, false },
	{ QUESTION_BACKGROUND_AUDIO, "background-audio", ANSWER_STRING,   false, false, false },
	{ QUESTION_XML_EXTERNAL,     "xml-external",     ANSWER_NONE,     false, true,  false },
	{ QUESTION_CSV_EXTERNAL,     "csv-external",     ANSWER_NONE,     false, true,  false },
};

/* Blanks are written as underscores here. A SIM card's numbers are hidden questions:
 * a laptop has none to give. */
static const struct {
	const char *name;
	enum question_kind kind;
} aliases[] = {
	{ "string", QUESTION_TEXT },
	{ "q_string", QUESTION_TEXT },
	{ "add_text_prompt", QUESTION_TEXT },
	{ "phone_number", QUESTION_TEXT },
	{ "int", QUESTION_INTEGER },
	{ "q_int", QUESTION_INTEGER },
	{ "add_integer_prompt", QUESTION_INTEGER },
	{ "percentage", QUESTION_INTEGER },
	{ "number_of_days_in_last_month", QUESTION_INTEGER },
	{ "number_of_days_in_last_six_months", QUESTION_INTEGER },
	{ "number_of_days_in_last_year", QUESTION_INTEGER },
	{ "q_decimal", QUESTION_DECIMAL },
	{ "add_decimal_prompt", QUESTION_DECIMAL },
	{ "q_date", QUESTION_DATE },
	{ "add_date_prompt", QUESTION_DATE },
	{ "date_time", QUESTION_DATETIME },
	{ "q_date_time", QUESTION_DATETIME },
	{ "q_datetime", QUESTION_DATETIME },
	{ "add_date_time_prompt", QUESTION_DATETIME },
	{ "add_datetime_prompt", QUESTION_DATETIME },
	{ "select1", QUESTION_SELECT_ONE },
	{ "select_one_from", QUESTION_SELECT_ONE },
	{ "select_one_from_file", QUESTION_SELECT_ONE },
	{ "select_one_external", QUESTION_SELECT_ONE },
	{ "add_select_one_prompt_using", QUESTION_SELECT_ONE },
	{ "select_all_that_apply", QUESTION_SELECT_MULTIPLE },
	{ "select_all_that_apply_from", QUESTION_SELECT_MULTIPLE },
	{ "select_multiple_from_file", QUESTION_SELECT_MULTIPLE },
	{ "add_select_multiple_prompt_using", QUESTION_SELECT_MULTIPLE },
	{ "trigger", QUESTION_ACKNOWLEDGE },
	{ "q_acknowledge", QUESTION_ACKNOWLEDGE },
	{ "add_acknowledge_prompt", QUESTION_ACKNOWLEDGE },
	{ "q_note", QUESTION_NOTE },
	{ "add_note_prompt", QUESTION_NOTE },
	{ "q_calculate", QUESTION_CALCULATE },
	{ "add_calculate_prompt", QUESTION_CALCULATE },
	{ "simserial", QUESTION_HIDDEN },
	{ "sim_id", QUESTION_HIDDEN },
	{ "get_sim_id", QUESTION_HIDDEN },
	{ "uri:simserial", QUESTION_HIDDEN },
	{ "subscriberid", QUESTION_HIDDEN },
	{ "subscriber_id", QUESTION_HIDDEN },
	{ "get_subscriber_id", QUESTION_HIDDEN },
	{ "uri:subscriberid", QUESTION_HIDDEN },
	{ "q_barcode", QUESTION_BARCODE },
	{ "add_barcode_prompt", QUESTION_BARCODE },
	{ "gps", QUESTION_GEOPOINT },
	{ "location", QUESTION_GEOPOINT },
	{ "q_geopoint", QUESTION_GEOPOINT },
	{ "q_location", QUESTION_GEOPOINT },
	{ "add_location_prompt", QUESTION_GEOPOINT },
	{ "photo", QUESTION_IMAGE },
	{ "q_image", QUESTION_IMAGE },
	{ "q_picture", QUESTION_IMAGE },
	{ "add_image_prompt", QUESTION_IMAGE },
	{ "add_photo_prompt", QUESTION_IMAGE },
	{ "q_audio", QUESTION_AUDIO },
	{ "add_audio_prompt", QUESTION_AUDIO },
	{ "q_video", QUESTION_VIDEO },
	{ "add_video_prompt", QUESTION_VIDEO },
	{ "add_file_prompt", QUESTION_FILE },
	{ "osm", QUESTION_FILE },
	{ "start_time", QUESTION_START },
	{ "get_start_time", QUESTION_START },
	{ "end_time", QUESTION_END },
	{ "get_end_time", QUESTION_END },
	{ "get_today", QUESTION_TODAY },
	{ "imei", QUESTION_DEVICEID },
	{ "device_id", QUESTION_DEVICEID },
	{ "get_device_id", QUESTION_DEVICEID },
	{ "uri:deviceid", QUESTION_DEVICEID },
	{ "uri:username", QUESTION_USERNAME },
	{ "get_phone_number", QUESTION_PHONENUMBER },
	{ "uri:phonenumber", QUESTION_PHONENUMBER },
	{ "uri:email", QUESTION_EMAIL },
	{ "background-geopoint", QUESTION_START_GEOPOINT },
};
/* clang-format on */

/* Equal but for case and for how words are parted. */
static bool
same_spelling(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char x = *a == ' ' ? '_' : *a, y = *b == ' ' ? '_' : *b;

		if (tolower((unsigned char)x) != tolower((unsigned char)y))
			return false;
	}
	return *a == *b;
}

const struct question_row *
question_named(const char *name)
{
	for (size_t i = 0; i < QUESTION_KINDS; i++)
		if (same_spelling(name, question_rows[i].name))
			return &question_rows[i];
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (same_spelling(name, aliases[i].name))
			return &question_rows[aliases[i].kind];
	return NULL;
}
