/*
 * A record as XML: what it looks like, whose bytes are the same, and that it reads back.
 */
#include "check.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "list.h"
#include "logic.h"
#include "submission.h"

#include <string.h>

static const char table[] = "survey\n"
			    ",type,name,label,relevant,calculation\n"
			    ",begin group,g,G,,\n"
			    ",text,who,W,,\n"
			    ",integer,age,A,,\n"
			    ",text,school,S,${age} < 18,\n"
			    ",end group,,,,\n"
			    ",begin group,home,H,${age} > 200,\n"
			    ",text,street,S,,\n"
			    ",end group,,,,\n"
			    ",begin repeat,need,N,,\n"
			    ",text,what,W,,\n"
			    ",begin repeat,step,S,,\n"
			    ",text,day,D,,\n"
			    ",end repeat,,,,\n"
			    ",end repeat,,,,\n"
			    ",note,n,Note,,\n"
			    ",audit,audit,,,\n"
			    ",csv-external,extra,,,\n"
			    ",calculate,count,,,count(${need})\n"
			    "settings\n"
			    ",form_id,version,name,instance_name\n"
			    ",visit,7,data,${who}\n";

static const char xform[] =
    "<h:html xmlns='http://www.w3.org/2002/xforms' "
    "xmlns:h='http://www.w3.org/1999/xhtml' xmlns:jr='http://openrosa.org/javarosa' "
    "xmlns:orx='http://openrosa.org/xforms' "
    "xmlns:e='urn:e'><h:head><h:title>X</h:title>"
    "<model><instance><x:rec xmlns:x='urn:x' xmlns='urn:d' orx:version='3' "
    "id='a&amp;b'>"
    "<who kind='&#10;&quot;'/><e:age/><r jr:template=''><v/></r>"
    "<orx:meta><orx:instanceID/><orx:timeStart/>"
    "<e:entity dataset='p' create='1' id=''><label/></e:entity></orx:meta>"
    "</x:rec></instance>"
    "<bind nodeset='/x:rec/who'/><bind nodeset='/x:rec/e:age' type='int'/>"
    "<bind nodeset='/x:rec/orx:meta/orx:instanceID' jr:preload='uid'/>"
    "<bind nodeset='/x:rec/orx:meta/orx:timeStart' calculate=\"'begun'\"/>"
    "<bind nodeset='/x:rec/orx:meta/e:entity/label' calculate='/x:rec/who'/>"
    "</model></h:head><h:body><input ref='/x:rec/who'><label>W</label></input>"
    "<input ref='/x:rec/e:age'><label>A</label></input>"
    "<group ref='/x:rec/r'><repeat nodeset='/x:rec/r'><input ref='/x:rec/r/v'>"
    "<label>V</label></input></repeat></group>"
    "</h:body></h:html>";

#define ID  "01a1fd70-f1c0-779f-a490-f54c0613fce0"
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

struct record {
	struct form *form;
	struct instance *in;
	struct clock clock;
	struct logic_world world;
	struct logic *logic;
	struct buf xml;
};

static struct list *
no_rows(void *data, const char *filename, struct err *err)
{
	static const char *const columns[] = { "name", "label" };

	(void)data, (void)filename, (void)err;
	return list_new("extra", columns, 2);
}

static void
begin(struct record *r, const char *text)
{
	struct form_files files = { no_rows, NULL };
	struct err err = { 0 };

	*r = (struct record){ 0 };
	r->form = form_read(text, strlen(text), &files, NULL, NULL, &err);
	CHECK_STR(err.text, "");
	clock_stop_at(&r->clock, "2026-11-23T18:00:00+08:00", NULL);
	r->world.clock = &r->clock;
	r->in = instance_new(r->form);
	r->logic = logic_new(r->in, &r->world, &err);
	CHECK(logic_begin(r->logic, &err));
}

static void
answer(struct record *r, const char *path, const char *text)
{
	struct err err = { 0 };

	CHECK(logic_answer(r->logic, instance_find(r->in, path), text, &err));
	CHECK_STR(err.text, "");
}

static const char *
write_xml(struct record *r, const struct submission *s)
{
	buf_reset(&r->xml);
	submission_write(r->in, s, &r->xml);
	return buf_text(&r->xml);
}

static void
end(struct record *r)
{
	buf_clear(&r->xml);
	logic_free(r->logic);
	instance_free(r->in);
	form_free(r->form);
}

static void
add(struct record *r, struct node *parent, const char *repeat)
{
	struct err err = { 0 };

	CHECK(logic_repeat_add(
	    r->logic, parent, form_find(r->form, repeat), (size_t)-1, &err));
}

static void
fill(struct record *r)
{
	begin(r, table);
	answer(r, "g/who", "赵 <\"&'> 某\n二行\t尾");
	answer(r, "g/age", "40");
	answer(r, "g/school", "not asked at that age");
	add(r, instance_root(r->in), "need");
	add(r, instance_root(r->in), "need");
	answer(r, "need[1]/what", "水");
	add(r, instance_find(r->in, "need[2]"), "step");
	answer(r, "need[2]/step[1]/day", "一");
}

static void
a_record_of_a_table_looks_as_pyxforms_would(void)
{
	struct submission s = { .id = "uuid:" ID, .name = "赵某" };
	struct record r;

	fill(&r);
	CHECK_STR(write_xml(&r, &s),
	    XML "<data id=\"visit\" version=\"7\"><g><who>赵 &lt;&quot;&amp;'&gt; "
		"某&#10;二行&#9;尾</who><age>40</age></g>"
		"<need><what>水</what></need>"
		"<need><what/><step><day>一</day></step></need><n/><count>2</count>"
		"<meta><instanceID>uuid:" ID "</instanceID>"
		"<instanceName>赵某</instanceName></meta></data>");
	end(&r);
}

static void
a_correction_says_what_it_replaces(void)
{
	struct submission s = { .id = "uuid:2", .deprecated = "uuid:1" };
	struct record r;

	begin(&r, table);
	CHECK(strstr(write_xml(&r, &s),
	    "<meta><instanceID>uuid:2</instanceID>"
	    "<deprecatedID>uuid:1</deprecatedID></meta></data>"));
	end(&r);
}

static void
a_record_of_an_xform_keeps_its_names(void)
{
	struct submission s = { .id = "uuid:" ID, .deprecated = "uuid:old" };
	struct record r;

	begin(&r, xform);
	answer(&r, "who", "王");
	CHECK_STR(write_xml(&r, &s), XML
	    "<x:rec xmlns:x=\"urn:x\" xmlns=\"urn:d\" orx:version=\"3\" "
	    "id=\"a&amp;b\" xmlns:orx=\"http://openrosa.org/xforms\" "
	    "xmlns:e=\"urn:e\"><who kind=\"&#10;&quot;\">王</who><e:age/><orx:meta>"
	    "<orx:instanceID>uuid:" ID "</orx:instanceID>"
	    "<orx:timeStart>begun</orx:timeStart>"
	    "<e:entity dataset=\"p\" create=\"1\" "
	    "id=\"01a1fd70-f1c0-7316-aac7-233a46150813\"><label>王</label></e:entity>"
	    "<orx:deprecatedID>uuid:old</orx:deprecatedID></orx:meta></x:rec>");
	end(&r);
}

static void
it_reads_back(void)
{
	struct submission s = { .id = "uuid:" ID, .name = "赵某" };
	struct buf before = { 0 }, after = { 0 };
	struct err err = { 0 };
	struct instance *in;
	struct record r;

	fill(&r);
	write_xml(&r, &s);
	in = instance_new(r.form);
	CHECK(submission_read(in, buf_text(&r.xml), r.xml.len, &err));
	CHECK_STR(err.text, "");
	instance_to_json(r.in, true, &before);
	instance_to_json(in, true, &after);
	CHECK_STR(buf_text(&after), buf_text(&before));
	CHECK(strstr(buf_text(&after), "\\n二行\\t尾"));
	buf_clear(&before);
	buf_clear(&after);
	instance_free(in);
	end(&r);
}

/* As other programs write it: blanks between elements, other prefixes. */
static void
what_others_write_is_read(void)
{
	static const char text[] =
	    "<?xml version='1.0'?>\n<data id='visit' version='6' xmlns:o='urn:o'>\n"
	    "  <g>\n    <who>  x </who><age/>\n  </g>\n  <need><what>y</what></need>\n"
	    "  <o:meta><o:instanceID>uuid:1</o:instanceID><other/></o:meta>\n</data>\n";
	struct buf json = { 0 };
	struct err err = { 0 };
	struct instance *in;
	struct record r;

	begin(&r, table);
	in = instance_new(r.form);
	CHECK(submission_read(in, text, strlen(text), &err));
	CHECK_STR(err.text, "");
	instance_to_json(in, true, &json);
	CHECK_STR(buf_text(&json),
	    "{\"g\":{\"who\":\"  x \"},\"need\":[{\"what\":\"y\",\"step\":[]}]}");
	buf_clear(&json);
	instance_free(in);
	end(&r);
}

static void
what_is_no_record_of_the_form_is_refused(void)
{
	static const struct {
		const char *xml, *says;
	} cases[] = {
		{ "<data id='visit'><g>", "Line 1" },
		{ "<data id='other'/>", "the form \"other\", not of \"visit\"" },
		{ "<data id='visit'><g><what/></g></data>", "\"g/what\"" },
		{ "<data id='visit'><g><who><b/></who></g></data>", "\"g/who/b\"" },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]><data id='visit'/>", "document type" },
	};
	struct record r;

	begin(&r, table);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct instance *in = instance_new(r.form);
		struct err err = { 0 };

		CHECK(!submission_read(in, cases[i].xml, strlen(cases[i].xml), &err));
		if (!strstr(err.text, cases[i].says))
			CHECK_STR(err.text, cases[i].says);
		instance_free(in);
	}
	end(&r);
}

static void
what_has_no_answer_can_be_left_out(void)
{
	struct submission s = { .id = "uuid:" ID, .answered = true };
	struct record r;

	begin(&r, table);
	answer(&r, "g/who", "王");
	add(&r, instance_root(r.in), "need");
	CHECK_STR(write_xml(&r, &s), XML
	    "<data id=\"visit\" version=\"7\"><g><who>王</who></g><need/>"
	    "<count>1</count><meta><instanceID>uuid:" ID "</instanceID></meta></data>");
	end(&r);
}

static void
each_revision_has_its_id(void)
{
	char first[SUBMISSION_ID_SIZE], second[SUBMISSION_ID_SIZE],
	    again[SUBMISSION_ID_SIZE], third[SUBMISSION_ID_SIZE];

	submission_id(ID, 1, first);
	submission_id(ID, 2, second);
	submission_id(ID, 2, again);
	submission_id(ID, 3, third);
	CHECK_STR(first, "uuid:" ID);
	CHECK_STR(second, again);
	CHECK(strcmp(second, third) != 0 && strcmp(first, second) != 0);
	CHECK(uuid_valid(second + 5));
	CHECK(!strncmp(second, first, 18));
}

int
main(void)
{
	RUN(a_record_of_a_table_looks_as_pyxforms_would);
	RUN(a_correction_says_what_it_replaces);
	RUN(a_record_of_an_xform_keeps_its_names);
	RUN(it_reads_back);
	RUN(what_others_write_is_read);
	RUN(what_is_no_record_of_the_form_is_refused);
	RUN(what_has_no_answer_can_be_left_out);
	RUN(each_revision_has_its_id);
	return CHECK_DONE();
}
