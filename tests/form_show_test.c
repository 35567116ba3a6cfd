/*
 * The model as text: what stands in a line, and that both readers give the same.
 */
#include "check.h"

#include "buf.h"
#include "err.h"
#include "form.h"

#include <string.h>

static const char table[] =
    "survey\n"
    ",type,name,label::中文 (zh),label::English (en),hint,relevant,required,constraint,"
    "default,calculation,choice_filter,appearance,read_only\n"
    ",begin group,g,组,Group,,,,,,,,field-list,\n"
    ",text,who,\"姓\"\"名\",Name,全名,,yes,string-length(.)>1,,,,,\n"
    ",select_one kind,k,种类,Kind,,${who} != '/all/x',,,b,,part=${who},,\n"
    ",end group,,,,,,,,,,,,\n"
    ",begin repeat,r,人,People,,,,,,,,,\n"
    ",integer,age,\"${who} 的年龄\",Age of ${who},,,,,,,,,\n"
    ",end repeat,,,,,,,,,,,,\n"
    ",calculate,total,没人看,Unseen,,,,,,\"sum( ${age}) div 2\",,,\n"
    ",note,n,好,Good,,,,,,,,,\n"
    "choices\n"
    ",list_name,name,label::中文 (zh),label::English (en),part\n"
    ",kind,a,甲,A,p\n"
    ",kind,b,乙,B,\n"
    "settings\n"
    ",form_id,form_title,version,default_language,instance_name\n"
    ",all,全,7,中文 (zh),${who}\n";

static const char xform[] =
    "<h:html xmlns='http://www.w3.org/2002/xforms' "
    "xmlns:h='http://www.w3.org/1999/xhtml' xmlns:jr='http://openrosa.org/javarosa'>"
    "<h:head><h:title>全</h:title><model><itext>"
    "<translation lang='中文 (zh)' default='true()'>"
    "<text id='g'><value>组</value></text><text id='w'><value>姓\"名</value></text>"
    "<text id='k'><value>种类</value></text><text id='r'><value>人</value></text>"
    "<text id='a'><value><output value='/other/g/who'/> 的年龄</value></text>"
    "<text id='n'><value>好</value></text>"
    "<text id='k-0'><value>甲</value></text><text id='k-1'><value>乙</value></text>"
    "</translation><translation lang='English (en)'>"
    "<text id='g'><value>Group</value></text><text id='w'><value>Name</value></text>"
    "<text id='k'><value>Kind</value></text><text id='r'><value>People</value></text>"
    "<text id='a'><value>Age of <output value='/other/g/who'/></value></text>"
    "<text id='n'><value>Good</value></text>"
    "<text id='k-0'><value>A</value></text><text id='k-1'><value>B</value></text>"
    "</translation></itext>"
    "<instance><other id='all' version='7'><g><who/><k>b</k></g>"
    "<r jr:template=''><age/></r><r><age/></r><total/><n/>"
    "<meta><instanceID/><instanceName/></meta></other></instance>"
    "<instance id='x'><root>"
    "<item><itextId>k-0</itextId><name>a</name><part>p</part></item>"
    "<item><itextId>k-1</itextId><name>b</name></item></root></instance>"
    "<bind nodeset='/other/g/who' required='true()' constraint='string-length(.) &gt; 1'/>"
    "<bind nodeset='/other/g/k' relevant=\"/other/g/who!='/all/x'\"/>"
    "<bind nodeset='/other/r/age' type='int'/>"
    "<bind nodeset='/other/total' calculate='sum(/other/r/age) div 2'/>"
    "<bind nodeset='/other/n' readonly='true()'/>"
    "<bind nodeset='/other/meta/instanceID' jr:preload='uid'/>"
    "<bind nodeset='/other/meta/instanceName' calculate='/other/g/who'/>"
    "</model></h:head><h:body>"
    "<group ref='/other/g' appearance='field-list'><label ref=\"jr:itext('g')\"/>"
    "<input ref='/other/g/who'><label ref=\"jr:itext('w')\"/><hint>全名</hint></input>"
    "<select1 ref='/other/g/k'><label ref=\"jr:itext('k')\"/>"
    "<itemset nodeset=\"instance('x')/root/item[part = /other/g/who]\">"
    "<value ref='name'/><label ref='jr:itext(itextId)'/></itemset></select1></group>"
    "<group ref='/other/r'><label ref=\"jr:itext('r')\"/><repeat nodeset='/other/r'>"
    "<input ref='/other/r/age'><label ref=\"jr:itext('a')\"/></input></repeat></group>"
    "<input ref='/other/n'><label ref=\"jr:itext('n')\"/></input>"
    "</h:body></h:html>";

static const char shown[] =
    "form id=\"all\" version=\"7\" title=\"全\" language=\"中文 (zh)\" "
    "language=\"English (en)\" default_language=\"中文 (zh)\" "
    "instance_name=\"/g/who\"\n"
    "/g group label::中文 (zh)=\"组\" label::English (en)=\"Group\" "
    "appearance=\"field-list\"\n"
    "/g/who text required label::中文 (zh)=\"姓\\\"名\" label::English (en)=\"Name\" "
    "hint=\"全名\" constraint=\"string-length(.) > 1\"\n"
    "/g/k select_one label::中文 (zh)=\"种类\" label::English (en)=\"Kind\" "
    "relevant=\"/g/who != '/all/x'\" default=\"b\" choice_filter=\"part = /g/who\" "
    "choices=( \"a\" label::中文 (zh)=\"甲\" label::English (en)=\"A\" part=\"p\", "
    "\"b\" label::中文 (zh)=\"乙\" label::English (en)=\"B\" )\n"
    "/r repeat label::中文 (zh)=\"人\" label::English (en)=\"People\"\n"
    "/r/age integer label::中文 (zh)=\"{/g/who} 的年龄\" "
    "label::English (en)=\"Age of {/g/who}\"\n"
    "/total calculate calculation=\"sum(/r/age) div 2\"\n"
    "/n note label::中文 (zh)=\"好\" label::English (en)=\"Good\"\n";

static void
show(const char *text, struct buf *out)
{
	struct err err = { 0 };
	struct form *form = form_read(text, strlen(text), NULL, NULL, NULL, &err);

	CHECK_STR(err.text, "");
	if (form)
		form_show(form, out);
	form_free(form);
}

static void
a_table_is_shown_a_line_a_node(void)
{
	struct buf out = { 0 };

	show(table, &out);
	CHECK_STR(buf_text(&out), shown);
	buf_clear(&out);
}

static void
an_xform_of_it_is_shown_alike(void)
{
	struct buf out = { 0 };

	show(xform, &out);
	CHECK_STR(buf_text(&out), shown);
	buf_clear(&out);
}

int
main(void)
{
	RUN(a_table_is_shown_a_line_a_node);
	RUN(an_xform_of_it_is_shown_alike);
	return CHECK_DONE();
}
