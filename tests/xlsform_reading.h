/*
 * xlsform_reading - reads a form for a test and keeps what was said about it
 */
#ifndef XLSFORM_READING_H
#define XLSFORM_READING_H

#include "form.h"

#include "buf.h"
#include "err.h"
#include "list.h"

#include "check.h"

#include <stdlib.h>

#define SURVEY  "survey\n,type,name,label"
#define CHOICES "choices\n,list_name,name,label\n,l,1,One\n,l,2,Two\n"

/* The problems of the last reading, and its error. */
struct reading {
	struct form *form;
	struct err err;
	struct buf places; /* "survey:3:relevant" of each error, a line each */
	struct buf texts;  /* their sentences */
	int errors, warnings;
};

static inline void
note_problem(const struct form_problem *p, void *data)
{
	struct reading *r = data;

	if (p->warning)
		r->warnings++;
	else
		r->errors++;
	buf_fmt(&r->places, "%s%s:%d:%s\n", p->warning ? "?" : "", p->sheet, p->row,
	    p->column ? p->column : "-");
	buf_fmt(&r->texts, "%s\n", p->text);
}

static inline char *
read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	struct buf b = { 0 };
	char part[65536];
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(part, 1, sizeof(part), f)))
		buf_add(&b, part, n);
	fclose(f);
	*len = b.len;
	return buf_take(&b);
}

/* forms/lists, and two small lists of the tests' own. */
static inline struct list *
give_list(void *data, const char *filename, struct err *err)
{
	static const char towns[] =
	    "name,label,region\nsz,Shenzhen,gd\ncs,Changsha,hn\n";
	static const char ids[] = "id,title\n1,One\n";
	char path[256], id[64];
	struct list *list;
	size_t len;
	char *text;

	(void)data;
	if (!strcmp(filename, "towns.csv"))
		return list_from_csv("towns", towns, sizeof(towns) - 1, err);
	if (!strcmp(filename, "ids.csv"))
		return list_from_csv("ids", ids, sizeof(ids) - 1, err);
	snprintf(path, sizeof(path), "forms/lists/%s", filename);
	snprintf(id, sizeof(id), "%.*s", (int)strcspn(filename, "."), filename);
	text = read_whole(path, &len);
	if (!text) {
		err_set(err, ERR_INPUT, "no %s here", filename);
		return NULL;
	}
	list = list_from_csv(id, text, len, err);
	free(text);
	return list;
}

static inline void
read_form(struct reading *r, const char *text, size_t len)
{
	static const struct form_files files = { give_list, NULL };

	*r = (struct reading){ 0 };
	r->form = form_from_xlsform_csv(text, len, &files, note_problem, r, &r->err);
}

static inline void
reading_clear(struct reading *r)
{
	form_free(r->form);
	buf_clear(&r->places);
	buf_clear(&r->texts);
}

/* A form that must be good; its complaint is printed when it is not. */
static inline struct form *
good_form(struct reading *r, const char *text)
{
	read_form(r, text, strlen(text));
	if (!r->form)
		fprintf(stderr, "  %s\n", r->err.text);
	CHECK(r->form != NULL);
	if (!r->form) /* the rest of the test would crash */
		exit(1);
	return r->form;
}

/* A form that uses all there is. */
/* clang-format off */
static const char everything[] =
	"settings\n"
	",form_title,form_id,version,default_language,instance_name,style\n"
	",全,all,7,中文 (zh),\"concat(${name}, '-', ${n})\",pages\n"
	"survey\n"
	",Type,NAME,label::中文 (zh),label::English (en),hint,guidance hint::English (en),"
	    "Required,required_message,relevance,constraint,constraint message,calculation,"
	    "default,readonly,choice_filter,parameters,appearance,repeat_count,trigger,save_to\n"
	",begin group,g,组,Group,,,,,,,,,,,,,field-list,,,\n"
	",string,name,姓名,Name,写全名,Full name only,yes,必填,,string-length(.) < 9,太长,,"
	    "\"${last-saved#name}\",,,rows=3,,,,prop\n"
	",int,n,数,Number of ${name},,,${name} != '',,,. > 0,,,4,,,,masked,,,\n"
	",select_one kind,k,类,Kind,,,false(),,,,,,a,yes,,,minimal multiline,,,\n"
	",select multiple kind,m,多,Many,,,,,\"selected(${k} , 'a')\",,,,,,,randomize=true seed=7,,,,\n"
	",select_one_from_file towns.csv,t,城,Town,,,,,,,,,,,region = ${k},,,,,\n"
	",select_one_from_file ids.csv,i,号,Id,,,,,,,,,,,,value=id label=title,,,,\n"
	",rank kind,rk,序,Order,,,,,,,,,,,,,,,,\n"
	",range,rg,度,Grade,,,,,,,,,,,,start=1 end=5 step=0.5,,,,\n"
	",select_one kind or_other,oo,它,Other,,,,,,,,,,,,,,,,\n"
	",end_group,,,,,,,,,,,,,,,,,,,\n"
	",begin_repeat,r,次,Times,,,,,,,,,,,,,,${n},,\n"
	",date,d,日,Day,,,,,,. <= today(),,,2026-11-02,,,,,,,\n"
	",date,d2,日2,Day 2,,,,,${d} != '',. > ${d},,,${d},,,,,,,\n"
	",select_one kind,rk1,类,Kind,,,,,,,,,,,part = ${rk2},,,,,\n"
	",select_one kind,rk2,类,Kind,,,,,,,,,,,,,,,,\n"
	",begin_group,rg1,组,Group,,,,,,,,,,,,,,,,\n"
	",calculate,c,,,,,,,,,,${d} + ${n},,,,,,,,\n"
	",end group,,,,,,,,,,,,,,,,,,,\n"
	",end_repeat,,,,,,,,,,,,,,,,,,,\n"
	",begin_repeat,r2,两,Two,,,,,,,,,,,,,,${n} + 1,,\n"
	",note,,记 ${n} 条,Note ${n},,,,,,,,,,,,,,,,\n"
	",end_repeat,,,,,,,,,,,,,,,,,,,\n"
	",calculate,total,,,,,,,,,,sum(${c}),,,,,,,,\n"
	",calculate,at,,,,,,,,,,now(),,,,,,,\"${k}, ${n}\",\n"
	",start,begun,,,,,,,,,,,,,,,,,,\n"
	",today,day,,,,,,,,,,,,,,,,,,\n"
	",geopoint,where,地,Where,,,,,,,,,,,,,,,,\n"
	",image,photo,照,Photo,,,,,,,,,,,,max-pixels=640,,,,\n"
	",csv-external,ids,,,,,,,,,,,,,,,,,,\n"
	"choices\n"
	",list name,value,label::中文 (zh),label::English (en),part\n"
	",kind,a,甲,A,x\n"
	",kind,b,乙,B,y\n"
	"entities\n"
	",list_name,label\n"
	",people,${name}\n";
/* clang-format on */

#endif
