/*
 * fuzz_form - a form that was read is shown, filled, written as XML and read back
 */
#ifndef FUZZ_FORM_H
#define FUZZ_FORM_H

#include "fuzz.h"

#include "buf.h"
#include "clock.h"
#include "instance.h"
#include "logic.h"
#include "submission.h"

#include <stdlib.h>

/* The record must come back: what was written is always well-formed and of the form. */
static inline void
fuzz_record(const struct form *form)
{
	struct submission s = { .id = "uuid:01a1fd70-f1c0-779f-a490-f54c0613fce0" };
	struct clock clock = { 0 };
	struct logic_world world = { .clock = &clock, .language = "en" };
	struct instance *in = instance_new(form), *back = instance_new(form);
	struct buf xml = { 0 }, message = { 0 };
	struct err err = { 0 };
	struct logic *logic;

	clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err);
	logic = logic_new(in, &world, &err);
	if (logic && logic_begin(logic, &err)) {
		struct node *n = instance_root(in);

		for (int i = 0; n && i < 200; i++, n = instance_next(n))
			if (n->def->kind == DEF_QUESTION)
				logic_answer(logic, n, "1", &err);
		logic_check_all(logic, &message, NULL, NULL);
		logic_finish(logic);
		submission_write(in, &s, &xml);
		if (!submission_read(back, buf_text(&xml), xml.len, &err))
			abort();
	}
	logic_free(logic);
	instance_free(in);
	instance_free(back);
	buf_clear(&xml);
	buf_clear(&message);
}

static inline void
fuzz_form(const uint8_t *data, size_t size)
{
	struct form_files files = { fuzz_list, NULL };
	struct err err = { 0 };
	struct form *form =
	    form_read((const char *)data, size, &files, NULL, NULL, &err);
	struct buf shown = { 0 };

	if (form) {
		form_show(form, &shown);
		fuzz_record(form);
	} else if (!err.kind) {
		abort(); /* refused without a word */
	}
	buf_clear(&shown);
	form_free(form);
}

#endif
