/*
 * fuzz - what the fuzz targets share
 *
 * A target is a file NAME_fuzz.c with one function, which takes any bytes and must
 * neither crash nor leak nor take long. `make fuzz` mutates tests/fuzz/NAME by
 * libFuzzer with NAME.dict; `make check` runs each file of that folder once (replay.c).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "err.h"
#include "form.h"
#include "list.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Files beside a form: lists without rows. */
static inline struct list *
fuzz_list(void *data, const char *filename, struct err *err)
{
	static const char *const columns[] = { "name", "label", "list_name" };

	(void)data, (void)err;
	return list_new(filename, columns, 3);
}

#endif
