#include "gate.h"

#define BURST 1000000 /* µs: a second's worth may come at once */

void
gate_init(struct gate *gate, int per_second)
{
	*gate = (struct gate){ .spacing = per_second > 0 ? 1000000 / per_second : 0 };
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

long
gate_ask(struct gate *gate, int64_t now)
{
	int64_t at = now * 1000;

	if (!gate->spacing)
		return 0;
	if (gate->entered <= at + BURST - gate->spacing) {
		gate->entered = later(gate->entered, at) + gate->spacing;
		return 0;
	}
	gate->promised = later(gate->promised, at) + gate->spacing;
	return (long)((gate->promised - at + 999999) / 1000000);
}
