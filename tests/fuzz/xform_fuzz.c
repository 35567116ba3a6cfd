/* An XForm of any bytes. */
#include "fuzz_form.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_form(data, size);
	return 0;
}
