/*
 * The XLSForm reader: what it says to a designer whose form is wrong, and its limits.
 */
#include "xlsform_reading.h"

#include <time.h>

/* clang-format off */
static const struct {
	const char *name, *text;
	const char *place; /* of the first error */
	const char *says;  /* in some sentence */
} broken[] = {
	{ "empty", "", "survey:0:-", "no sheet named survey" },
	{ "no survey", "choices\n,list_name,name\n,l,1\n", "survey:0:-", "no sheet named survey" },
	{ "a plain table", "type,name,label\ntext,a,A\n", "survey:0:-", "no sheet named survey" },
	{ "GB18030", SURVEY "\n,text,a,\xc3\xf1\xc7\xe9\n", "survey:0:-", "UTF-8" },
	{ "a workbook", "PK\003\004xxxx", "survey:0:-", "workbook" },
	{ "open quote", SURVEY "\n,text,a,\"A\n", "survey:0:-", "quote" },
	{ "survey twice", SURVEY "\n,text,a,A\n" SURVEY "\n,text,b,B\n", "survey:0:-", "twice" },
	{ "choices twice, wider", SURVEY "\n,select_one l,a,A\n" CHOICES "choices\n,list_name,name,label,b,c,d,e\n,l,3,x,x,x,x,x\n",
	    "choices:0:-", "twice" },
	{ "no type column", "survey\n,name,label\n,a,A\n", "survey:1:type", "column \"type\"" },
	{ "same column twice", "survey\n,type,name,label,relevant,relevance\n,text,a,A,,\n",
	    "survey:1:relevance", "same" },
	{ "same language twice", "survey\n,type,name,label::fr,label::fr\n,text,a,A,B\n",
	    "survey:1:label::fr", "same" },
	{ "unknown type", SURVEY "\n,text,a,A\n,telepathy,b,B\n", "survey:3:type", "telepathy" },
	{ "a type of others", SURVEY "\n,db:person,a,A\n", "survey:2:type", "Medic" },
	{ "unknown type is a reference", SURVEY "\n,${a},a,A\n", "survey:2:type", "${a}" },
	{ "begin alone", SURVEY "\n,begin,a,A\n", "survey:2:type", "begin" },
	{ "begin what", SURVEY "\n,begin dancing,a,A\n", "survey:2:type", "dancing" },
	{ "two lists", SURVEY "\n,select_one l l,a,A\n" CHOICES, "survey:2:type", "l l" },
	{ "no type", SURVEY "\n,text,a,A\n,,b,B\n", "survey:3:type", "no type" },
	{ "no label", SURVEY "\n,text,a,\n", "survey:2:label", "neither label nor hint" },
	{ "guidance alone", "survey\n,type,name,guidance_hint\n,text,a,Look\n", "survey:2:label", "neither label nor hint" },
	{ "big-image alone", "survey\n,type,name,label,big-image\n,note,a,A,b.png\n", "survey:2:big-image", "image" },
	{ "no name", SURVEY "\n,text,,A\n", "survey:2:name", "no name" },
	{ "bad name", SURVEY "\n,text,2a,A\n", "survey:2:name", "2a" },
	{ "name with a blank", SURVEY "\n,text,a b,A\n", "survey:2:name", "a b" },
	{ "same name in a group", SURVEY "\n,begin group,g,G\n,text,a,A\n,note,x,X\n,text,a,B\n,end group,,\n",
	    "survey:5:name", "row 3" },
	{ "same repeat name", SURVEY "\n,begin repeat,r,R\n,text,a,A\n,end repeat,,\n,begin group,g,G\n"
	    ",begin repeat,r,R\n,text,b,B\n,end repeat,,\n,end group,,\n", "survey:6:name", "row 2" },
	{ "repeat named as the form", "settings\n,form_id\n,f\n" SURVEY "\n,begin repeat,f,F\n,text,a,A\n,end repeat,,\n",
	    "survey:2:name", "own name" },
	{ "name of a made question", "survey\n,type,name,label,repeat_count\n,integer,r_count,N,\n,begin repeat,r,R,3\n"
	    ",text,a,A,\n,end repeat,,,\n", "survey:3:name", "r_count" },
	{ "missing list", SURVEY "\n,select_one k,a,A\n" CHOICES, "survey:2:type", "\"k\"" },
	{ "no choices at all", SURVEY "\n,select_one k,a,A\n", "survey:2:type", "\"k\"" },
	{ "missing file", SURVEY "\n,select_one_from_file none.csv,a,A\n", "survey:2:type", "no none.csv here" },
	{ "not a list's file", SURVEY "\n,select_one_from_file towns.exe,a,A\n", "survey:2:type", ".csv" },
	{ "a file elsewhere", SURVEY "\n,select_one_from_file ../towns.csv,a,A\n", "survey:2:type", ".csv" },
	{ "file without the column", "survey\n,type,name,label,parameters\n,select_one_from_file towns.csv,a,A,value=code\n",
	    "survey:2:type", "\"code\"" },
	{ "file without names", SURVEY "\n,select_one_from_file ids.csv,a,A\n", "survey:2:type", "\"name\"" },
	{ "missing external csv", SURVEY "\n,csv-external,people,\n", "survey:2:name", "people.csv" },
	{ "missing pulldata", "survey\n,type,name,label,calculation\n,calculate,a,,\"pulldata('people', 'x', 'y', 'z')\"\n",
	    "survey:2:calculation", "people.csv" },
	{ "choices from an answer in no repeat", SURVEY "\n,text,a,A\n,select_one ${a},b,B\n", "survey:3:type", "${a}" },
	{ "choices from unknown answers", SURVEY "\n,select_one ${a},b,B\n", "survey:2:type", "\"a\"" },
	{ "places from nowhere", "survey\n,type,name,label,parameters\n,geoshape,a,A,reference-geometry=l\n",
	    "survey:2:parameters", "reference-geometry" },
	{ "an entity without a list", SURVEY "\n,text,a,A\nentities\n,list_name,label\n,,E\n",
	    "entities:2:list_name", "list_name" },
	{ "an entity's name", SURVEY "\n,text,a,A\nentities\n,list_name,label\n,e.1,E\n",
	    "entities:2:list_name", "e.1" },
	{ "an entity twice", SURVEY "\n,text,a,A\nentities\n,list_name,label\n,e,E\n,e,E\n",
	    "entities:3:list_name", "row 2" },
	{ "an entity without a label", SURVEY "\n,text,a,A\nentities\n,list_name\n,e\n", "entities:2:label", "label" },
	{ "an entity changed without its id", SURVEY "\n,text,a,A\nentities\n,list_name,label,update_if\n,e,E,1\n",
	    "entities:2:entity_id", "entity_id" },
	{ "an entity made or changed", SURVEY "\n,text,a,A\nentities\n,list_name,label,create_if,entity_id\n,e,E,1,1\n",
	    "entities:2:update_if", "update_if" },
	{ "unknown reference of an entity", SURVEY "\n,text,a,A\nentities\n,list_name,label\n,e,${b}\n",
	    "entities:2:label", "\"b\"" },
	{ "an entity of two repeats", "survey\n,type,name,label,save_to\n,begin repeat,r,R,\n,text,a,A,p\n,end repeat,,,\n"
	    ",begin repeat,s,S,\n,text,b,B,q\n,end repeat,,,\nentities\n,list_name,label\n,e,E\n",
	    "survey:6:save_to", "\"b\"" },
	{ "an entity's label from elsewhere", "survey\n,type,name,label,save_to\n,begin repeat,r,R,\n,text,a,A,p\n"
	    ",end repeat,,,\n,begin repeat,s,S,\n,text,b,B,\n,end repeat,,,\nentities\n,list_name,label\n,e,${b}\n",
	    "entities:2:label", "\"b\"" },
	{ "two entities, one group", SURVEY "\n,text,a,A\nentities\n,list_name,label\n,e,E\n,f,${a}\n",
	    "entities:3:list_name", "row 2" },
	{ "two entities in a repeat", "survey\n,type,name,label,save_to\n,begin repeat,g,G,\n,text,a,A,e#p\n"
	    ",begin group,h,H,\n,text,b,B,f#p\n,end group,,,\n,begin group,i,I,\n,text,c,C,f#q\n,end group,,,\n"
	    ",end repeat,,,\nentities\n,list_name,label\n,e,E\n,f,F\n",
	    "entities:3:list_name", "\"e\"" },
	{ "save_to twice", "survey\n,type,name,label,save_to\n,text,a,A,p\n,text,b,B,p\nentities\n,list_name,label\n,e,E\n",
	    "survey:3:save_to", "Row 2" },
	{ "save_to an unknown list", "survey\n,type,name,label,save_to\n,text,a,A,f#p\nentities\n,list_name,label\n,e,E\n",
	    "survey:2:save_to", "\"f\"" },
	{ "save_to one of several", "survey\n,type,name,label,save_to\n,text,a,A,p\n"
	    "entities\n,list_name,label\n,e,E\n,f,F\n", "survey:2:save_to", "e#p" },
	{ "save_to at an end", "survey\n,type,name,label,save_to\n,begin group,g,G,\n,text,a,A,\n,end group,,,p\n"
	    "entities\n,list_name,label\n,e,E\n", "survey:4:save_to", "group" },
	{ "end without begin", SURVEY "\n,text,a,A\n,end group,,\n", "survey:3:type", "begin group" },
	{ "begin without end", SURVEY "\n,begin group,g,G\n,text,a,A\n", "survey:2:type", "end group" },
	{ "wrong end", SURVEY "\n,begin repeat,g,G\n,text,a,A\n,end group,,\n", "survey:4:type", "end repeat" },
	{ "unknown reference", "survey\n,type,name,label,relevant\n,text,a,A,\n,text,b,B,${c} = 1\n",
	    "survey:3:relevant", "\"c\"" },
	{ "unknown reference in a label", SURVEY "\n,text,a,Hello ${c}\n", "survey:2:label", "\"c\"" },
	{ "unknown last saved", "survey\n,type,name,label,default\n,text,a,A,${last-saved#c}\n", "survey:2:default", "\"c\"" },
	{ "unknown reference in a filter", "survey\n,type,name,label,choice_filter\n,select_one l,a,A,x = ${c}\n" CHOICES,
	    "survey:2:choice_filter", "\"c\"" },
	{ "ambiguous reference", "survey\n,type,name,label,relevant\n,begin group,g,G,\n,text,a,A,\n,end group,,,\n"
	    ",begin group,h,H,\n,text,a,A,\n,end group,,,\n,text,b,B,${a} = 1\n", "survey:8:relevant", "2 times" },
	{ "open reference", "survey\n,type,name,label,relevant\n,text,a,A,${a\n", "survey:2:relevant", "${a" },
	{ "reference with blanks", "survey\n,type,name,label,relevant\n,text,a,A,${ a } = 1\n", "survey:2:relevant", "${ a }" },
	{ "bad relevant", "survey\n,type,name,label,relevant\n,text,a,A,\n,text,b,B,${a} = \n", "survey:3:relevant", "" },
	{ "bad constraint", "survey\n,type,name,label,constraint\n,text,a,A,(. > 1\n", "survey:2:constraint", "" },
	{ "bad calculation", "survey\n,type,name,label,calculation\n,calculate,a,,nofunction(1)\n",
	    "survey:2:calculation", "nofunction" },
	{ "bad required", "survey\n,type,name,label,required\n,text,a,A,yes please\n", "survey:2:required", "" },
	{ "bad default", "survey\n,type,name,label,default\n,text,a,A,concat(\n", "survey:2:default", "" },
	{ "bad instance name", "settings\n,form_id,instance_name\n,f,concat(${x})\n" SURVEY "\n,text,a,A\n",
	    "settings:2:instance_name", "\"x\"" },
	{ "bad form name", "settings\n,form_id,name\n,f,my form\n" SURVEY "\n,text,a,A\n", "settings:2:name", "my form" },
	{ "choice without a name", SURVEY "\n,select_one l,a,A\n" CHOICES ",l,,Three\n", "choices:4:name", "name" },
	{ "choice twice", SURVEY "\n,select_one l,a,A\n" CHOICES ",l,1,Three\n", "choices:4:name", "row 2" },
	{ "choice with a blank", SURVEY "\n,select_multiple l,a,A\n" CHOICES ",l,3 4,Three\n", "choices:4:name", "3 4" },
	{ "choices without names", SURVEY "\n,select_one l,a,A\nchoices\n,list_name,label\n,l,One\n",
	    "choices:1:name", "\"name\"" },
	{ "choices without lists", SURVEY "\n,text,a,A\nchoices\n,name,label\n,1,One\n",
	    "choices:1:list_name", "\"list_name\"" },
	{ "calculate without calculation", "survey\n,type,name,label,calculation\n,calculate,a,,\n",
	    "survey:2:calculation", "calculation" },
	{ "or_other with a filter", "survey\n,type,name,label,choice_filter\n,select_one l or_other,a,A,name != ''\n" CHOICES,
	    "survey:2:choice_filter", "or_other" },
	{ "trigger is no reference", "survey\n,type,name,label,trigger,calculation\n,text,a,A,,\n,text,b,B,a,now()\n",
	    "survey:3:trigger", "${name}" },
	{ "triggers without a comma", "survey\n,type,name,label,trigger,calculation\n,text,a,A,,\n,text,c,C,,\n"
	    ",text,b,B,${a} ${c},now()\n", "survey:4:trigger", "${a}, ${b}" },
	{ "trigger is not asked", "survey\n,type,name,label,trigger,calculation\n,calculate,a,,,1\n,text,b,B,${a},now()\n",
	    "survey:3:trigger", "not asked" },
	{ "no such parameter", "survey\n,type,name,label,parameters\n,range,a,A,from=1\n", "survey:2:parameters", "from" },
	{ "parameter of another kind", "survey\n,type,name,label,parameters\n,select_one l,a,A,value=x\n" CHOICES,
	    "survey:2:parameters", "value" },
	{ "parameter without a value", "survey\n,type,name,label,parameters\n,text,a,A,rows\n", "survey:2:parameters", "rows" },
	{ "parameter is no number", "survey\n,type,name,label,parameters\n,range,a,A,start=one\n",
	    "survey:2:parameters", "start" },
	{ "seed alone", "survey\n,type,name,label,parameters\n,select_one l,a,A,seed=3\n" CHOICES,
	    "survey:2:parameters", "randomize" },
	{ "a name that is taken", SURVEY "\n,begin group,g,G\n,text,meta,A\n,end group,,\n", "survey:3:name", "meta" },
	{ "loop over nothing", SURVEY "\n,begin loop,g,G\n,text,a,A\n,end loop,,\n", "survey:2:type", "loop over" },
	{ "loop over an unknown list", SURVEY "\n,begin loop over k,g,G\n,text,a,A\n,end loop,,\n" CHOICES,
	    "survey:2:type", "loop over" },
	{ "loop without end", SURVEY "\n,begin loop over l,g,G\n,text,a,A\n" CHOICES, "survey:2:type", "end loop" },
	{ "loop names are names", SURVEY "\n,begin loop over l,g,G\n,text,a,A\n,end loop,,\n" CHOICES,
	    "survey:2:name", "\"1\"" },
	{ "step of nothing", "survey\n,type,name,label,parameters\n,range,a,A,step=0\n", "survey:2:parameters", "step" },
	{ "step too large", "survey\n,type,name,label,parameters\n,range,a,A,start=1 end=3 step=4\n",
	    "survey:2:parameters", "step" },
	{ "ticks too far", "survey\n,type,name,label,parameters\n,range,a,A,tick_interval=40\n",
	    "survey:2:parameters", "tick_interval" },
	{ "placeholder outside", "survey\n,type,name,label,parameters\n,range,a,A,placeholder=11\n",
	    "survey:2:parameters", "placeholder" },
	{ "placeholder between steps", "survey\n,type,name,label,parameters\n,range,a,A,step=3 placeholder=3\n",
	    "survey:2:parameters", "placeholder" },
	{ "ticks in a picker", "survey\n,type,name,label,parameters,appearance\n,range,a,A,tick_interval=2,picker\n",
	    "survey:2:parameters", "picker" },
	{ "labels from nowhere", "survey\n,type,name,label,parameters\n,range,a,A,tick_labelset=k\n" CHOICES,
	    "survey:2:parameters", "\"k\"" },
	{ "labels off the range", "survey\n,type,name,label,parameters\n,range,a,A,start=2 tick_labelset=l\n" CHOICES,
	    "survey:2:parameters", "\"1\"" },
	{ "unknown reference in a choice", SURVEY "\n,select_one l,a,A\n" CHOICES ",l,3,Like ${b}\n",
	    "choices:4:label", "\"b\"" },
	{ "save_to without entities", "survey\n,type,name,label,save_to\n,text,a,A,p\n", "survey:2:save_to", "entities" },
	{ "save_to of a group", "survey\n,type,name,label,save_to\n,begin group,g,G,p\n,text,a,A,\n,end group,,,\n"
	    "entities\n,list_name,label\n,e,E\n", "survey:2:save_to", "group" },
	{ "save_to a bad name", "survey\n,type,name,label,save_to\n,text,a,A,Name\nentities\n,list_name,label\n,e,E\n",
	    "survey:2:save_to", "Name" },
	{ "two files of one name", SURVEY "\n,csv-external,towns,\n,xml-external,towns,\n", "survey:3:name", "towns" },
	{ "no Android program", "survey\n,type,name,label,parameters\n,image,a,A,app=camera\n",
	    "survey:2:parameters", "camera" },
	{ "a circle", "settings\n,form_id\n,f\nsurvey\n,type,name,label,calculation\n,calculate,a,,${b} + 1\n"
	    ",calculate,b,,${a} + 1\n", "survey:0:-", "a" },
};
/* clang-format on */

static void
broken_forms_say_where_and_how_to_mend(void)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct reading r;
		const char *first;
		size_t len;

		check_case(broken[i].name);
		read_form(&r, broken[i].text, strlen(broken[i].text));
		CHECK(!r.form);
		CHECK_INT(r.err.kind, ERR_INPUT);
		first = buf_text(&r.places);
		while (*first == '?') /* warnings before it */
			first = strchr(first, '\n') + 1;
		len = strcspn(first, "\n");
		if (len != strlen(broken[i].place) ||
		    strncmp(first, broken[i].place, len))
			CHECK_STR(first, broken[i].place);
		if (!strstr(buf_text(&r.texts), broken[i].says))
			CHECK_STR(buf_text(&r.texts), broken[i].says);
		reading_clear(&r);
	}
}

static void
all_errors_are_told_in_the_order_of_the_file(void)
{
	static const char text[] = "survey\n"
				   ",type,name,label,relevant\n"
				   ",text,2,A,\n"
				   ",telepathy,b,B,\n"
				   ",select_one k,c,C,${d}\n"
				   ",text,e,E,(1\n"
				   ",begin group,g,G,\n"
				   "settings\n,name\n,a b\n";
	struct reading r;

	read_form(&r, text, strlen(text));
	CHECK(!r.form);
	CHECK_STR(buf_text(&r.places), "survey:2:name\n"
				       "survey:3:type\n"
				       "survey:4:relevant\n"
				       "survey:4:type\n"
				       "survey:5:relevant\n"
				       "survey:6:type\n"
				       "?settings:2:form_id\n"
				       "settings:2:name\n");
	CHECK(!strncmp(r.err.text, "survey, row 2, column name: ", 28));
	reading_clear(&r);
}

/* The column of a mistake is counted in what was written, not in the paths. */
static void
a_mistake_has_the_column_that_was_written(void)
{
	static const char text[] =
	    "survey\n,type,name,label,relevant\n,begin group,g,G,\n"
	    ",text,a_long_name,A,\n,end group,,,\n"
	    ",text,b,B,${a_long_name} = )\n";
	struct reading r;

	read_form(&r, text, strlen(text));
	CHECK(!r.form);
	if (!strstr(buf_text(&r.texts), "18"))
		CHECK_STR(buf_text(&r.texts), "column 18");
	reading_clear(&r);
}

/* clang-format off */
static const struct {
	const char *name, *text;
	const char *place; /* of the first warning */
} odd[] = {
	{ "unknown sheet", "settings\n,form_id\n,f\nnotes\n,a\n,b\n" SURVEY "\n,text,a,A\n", "?notes:0:-" },
	{ "no form_id", SURVEY "\n,text,a,A\n", "?survey:0:-" },
	{ "group without a label", "settings\n,form_id\n,f\n" SURVEY "\n,begin group,g,\n,text,a,A\n,end group,,\n",
	    "?survey:2:label" },
	{ "choice without a label", "settings\n,form_id\n,f\n" SURVEY "\n,select_one l,a,A\n" CHOICES ",l,3,\n",
	    "?choices:4:label" },
	{ "row without a list", "settings\n,form_id\n,f\n" SURVEY "\n,select_one l,a,A\n" CHOICES ",,3,Three\n",
	    "?choices:4:list_name" },
	{ "comment row", "settings\n,form_id\n,f\nsurvey\n,type,name,label,note\n,text,a,A,\n,,,,look here\n", "?survey:3:type" },
	{ "disabled row", "settings\n,form_id\n,f\nsurvey\n,type,name,label,disabled\n,text,a,A,\n,nonsense,,,yes\n",
	    "?survey:3:disabled" },
	{ "column misspelt", "settings\n,form_id\n,f\nsurvey\n,type,name,label,relevent\n,text,a,A,\n", "?survey:1:relevent" },
	{ "letters changed places", "settings\n,form_id\n,f\nsurvey\n,type,name,label,hnit,defualt::fr\n,text,a,A,,\n",
	    "?survey:1:defualt::fr" },
	{ "names alike", "settings\n,form_id\n,f\n" SURVEY "\n,text,a,A\n,text,A,B\n", "?survey:3:name" },
	{ "default is no choice", "settings\n,form_id\n,f\nsurvey\n,type,name,label,default\n,select_one l,a,A,9\n" CHOICES,
	    "?survey:2:default" },
	{ "default language without columns", "settings\n,form_id,default_language\n,f,fr\n"
	    "survey\n,type,name,label::zh\n,text,a,A\n", "?settings:1:default_language" },
	{ "two rows of settings", "settings\n,form_id\n,f\n,g\n" SURVEY "\n,text,a,A\n", "?settings:3:-" },
};
/* clang-format on */

static void
odd_forms_load_with_a_warning(void)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct reading r;

		check_case(odd[i].name);
		good_form(&r, odd[i].text);
		CHECK_INT(r.warnings, 1);
		if (strncmp(buf_text(&r.places), odd[i].place, strlen(odd[i].place)))
			CHECK_STR(buf_text(&r.places), odd[i].place);
		reading_clear(&r);
	}
}

static void
twins_of_choices_are_allowed_by_setting(void)
{
	struct reading r;

	good_form(&r, "settings\n,form_id,allow_choice_duplicates\n,f,yes\n" SURVEY
		      "\n,select_one l,a,A\n" CHOICES ",l,1,Three\n");
	reading_clear(&r);
}

static void
depth_and_size_are_bounded(void)
{
	struct buf b = { 0 };
	struct reading r;

	buf_str(&b, "settings\n,form_id\n,f\n" SURVEY "\n");
	for (int i = 0; i < 500; i++)
		buf_fmt(&b, ",begin group,g%d,G\n", i);
	buf_str(&b, ",text,a,A\n");
	for (int i = 0; i < 500; i++)
		buf_str(&b, ",end group,,\n");
	read_form(&r, b.data, b.len);
	CHECK(!r.form);
	CHECK_STR(buf_text(&r.places), "survey:66:type\n");
	reading_clear(&r);

	buf_reset(&b);
	buf_reserve(&b, FORM_BYTES_MAX + 1);
	memset(b.data, ',', FORM_BYTES_MAX + 1);
	read_form(&r, b.data, FORM_BYTES_MAX + 1);
	CHECK(!r.form && strstr(r.err.text, "8 MB"));
	reading_clear(&r);
	buf_clear(&b);
}

/* 60,000 questions in one group and as many lists: names must not be compared one by
 * one. Takes a fraction of a second; it would be minutes. */
static void
long_sheets_are_read_in_one_go(void)
{
	struct buf b = { 0 };
	struct timespec from, to;
	struct reading r;

	buf_str(&b, "settings\n,form_id\n,f\n" SURVEY "\n");
	for (int i = 0; i < 60000; i++)
		buf_fmt(&b, ",text,q%d,Q\n", i);
	buf_str(&b, "choices\n,list_name,name,label\n");
	for (int i = 0; i < 60000; i++)
		buf_fmt(&b, ",l%d,1,One\n", i);
	clock_gettime(CLOCK_MONOTONIC, &from);
	read_form(&r, b.data, b.len);
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK(r.form && r.form->def_count == 60001 && r.form->list_count == 60000);
	CHECK(to.tv_sec - from.tv_sec < 20);
	if (getenv("MINQING_VERBOSE"))
		fprintf(stderr, "long sheets: %.0f ms\n",
		    (double)(to.tv_sec - from.tv_sec) * 1e3 +
			(double)(to.tv_nsec - from.tv_nsec) / 1e6);
	reading_clear(&r);

	buf_reset(&b);
	buf_str(&b, SURVEY "\n,text,a,");
	for (int i = 0; i < 98302; i++)
		buf_char(&b, 'x');
	read_form(&r, b.data, b.len);
	CHECK_STR(
	    buf_text(&r.places), "?survey:0:-\nsurvey:2:label\nsurvey:2:label\n");
	reading_clear(&r);
	buf_clear(&b);
}

/* Cut anywhere, a form is read or refused, never a crash; the sanitizers watch. */
static void
a_form_cut_anywhere_is_survived(void)
{
	for (size_t len = 0; len < sizeof(everything); len += 3) {
		struct reading r;
		char *text = malloc(len + 1);

		memcpy(text, everything, len);
		read_form(&r, text, len);
		CHECK(r.form || r.err.kind == ERR_INPUT);
		reading_clear(&r);
		free(text);
	}
}

static void
loops_in_loops_are_bounded(void)
{
	struct buf b = { 0 };
	struct reading r;

	buf_str(&b, SURVEY "\n");
	for (int i = 0; i < 6; i++)
		buf_fmt(&b, ",begin loop over l,g%d,G\n", i);
	buf_str(&b, ",text,a,A\n");
	for (int i = 0; i < 6; i++)
		buf_str(&b, ",end loop,,\n");
	buf_str(&b, "choices\n,list_name,name,label\n");
	for (int i = 0; i < 50; i++)
		buf_fmt(&b, ",l,c%d,C\n", i);
	read_form(&r, b.data, b.len);
	CHECK(!r.form && strstr(r.err.text, "65536"));
	reading_clear(&r);
	buf_clear(&b);
}

int
main(void)
{
	RUN(loops_in_loops_are_bounded);
	RUN(broken_forms_say_where_and_how_to_mend);
	RUN(all_errors_are_told_in_the_order_of_the_file);
	RUN(a_mistake_has_the_column_that_was_written);
	RUN(odd_forms_load_with_a_warning);
	RUN(twins_of_choices_are_allowed_by_setting);
	RUN(depth_and_size_are_bounded);
	RUN(long_sheets_are_read_in_one_go);
	RUN(a_form_cut_anywhere_is_survived);
	return CHECK_DONE();
}
