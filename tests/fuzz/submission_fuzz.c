/*
 * A record's XML of any bytes: what is taken is written again, and that is taken too.
 */
#include "fuzz.h"

#include "buf.h"
#include "instance.h"
#include "submission.h"

#include <stdlib.h>
#include <string.h>

static const char table[] =
    "survey\n,type,name,label\n,text,a,A\n,begin group,g,G\n,integer,b,B\n,end "
    "group,,\n"
    ",begin repeat,r,R\n,text,c,C\n,begin repeat,s,S\n,text,d,D\n,end repeat,,\n"
    ",end repeat,,\nsettings\n,form_id\n,data\n";

static void
write_again(const struct form *form, const struct instance *in)
{
	struct submission s = { .id = "uuid:01a1fd70-f1c0-779f-a490-f54c0613fce0" };
	struct instance *back = instance_new(form);
	struct buf once = { 0 }, twice = { 0 };

	submission_write(in, &s, &once);
	if (!submission_read(back, buf_text(&once), once.len, NULL))
		abort();
	submission_write(back, &s, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	instance_free(back);
	buf_clear(&once);
	buf_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct form *form;
	struct err err = { 0 };
	struct instance *in;

	if (!form)
		form = form_read(table, strlen(table), NULL, NULL, NULL, NULL);
	in = instance_new(form);
	if (submission_read(in, (const char *)data, size, &err))
		write_again(form, in);
	else if (!err.kind)
		abort();
	instance_free(in);
	return 0;
}
