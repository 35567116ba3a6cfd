/* Closing time: 10,000 laptops fire in the same second. The collector's own gate and the
 * notebook's own waits, on a clock that only this test moves. */
#include "../../sync/client_pace.h"
#include "../../sync/collector/gate.h"
#include "../check.h"

#include <stdlib.h>

#define LAPTOPS 10000
#define RATE    50

struct laptop {
	int64_t at; /* milliseconds: when it comes next */
	int tries;
};

static struct laptop laptops[LAPTOPS];

static int
by_time(const void *a, const void *b)
{
	const struct laptop *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Moves the first of the waiting laptops to where its time belongs. */
static void
put_in_order(int first)
{
	struct laptop moved = laptops[first];

	for (; first + 1 < LAPTOPS && laptops[first + 1].at < moved.at; first++)
		laptops[first] = laptops[first + 1];
	laptops[first] = moved;
}

/* How long it takes until the last one is in, milliseconds. */
static int64_t
herd(int64_t spread, double *tries)
{
	struct gate gate;
	long all = 0;
	int in = 0;

	gate_init(&gate, RATE);
	for (int i = 0; i < LAPTOPS; i++)
		laptops[i] = (struct laptop){ pace_random(spread), 0 };
	qsort(laptops, LAPTOPS, sizeof(laptops[0]), by_time);
	while (in < LAPTOPS) {
		struct laptop *l = &laptops[in];
		long later = gate_ask(&gate, l->at);

		all++;
		if (later) {
			l->at += pace_retry_after(later);
			put_in_order(in);
		} else {
			in++;
		}
	}
	*tries = (double)all / LAPTOPS;
	return laptops[LAPTOPS - 1].at;
}

static void
ten_thousand_at_once_settle_near_the_ideal(void)
{
	int64_t ideal = 1000 * LAPTOPS / RATE;
	double tries;

	for (int i = 0; i < 5; i++) {
		int64_t took = herd(1000, &tries);

		CHECK(took < ideal * 115 / 100);
		CHECK(tries < 2.2);
	}
}

static void
a_trickle_never_waits(void)
{
	struct gate gate;

	gate_init(&gate, RATE);
	for (int64_t now = 0; now < 60000; now += 1000 / RATE)
		CHECK_INT(gate_ask(&gate, now), 0);
	gate_init(&gate, 0);
	for (int i = 0; i < LAPTOPS; i++)
		CHECK_INT(gate_ask(&gate, 0), 0);
}

static void
whoever_is_too_many_gets_a_place_of_its_own(void)
{
	struct gate gate;

	gate_init(&gate, 2);
	CHECK_INT(gate_ask(&gate, 0), 0);
	CHECK_INT(gate_ask(&gate, 0), 0);
	for (int i = 0; i < 10; i++)
		CHECK_INT(gate_ask(&gate, 0), i / 2 + 1);
	CHECK_INT(gate_ask(&gate, 1000), 0); /* a second's worth is free again */
}

/* --- the notebook's side of it --- */

static void
a_wait_that_was_asked_for_is_never_shorter(void)
{
	for (int i = 0; i < 1000; i++) {
		int64_t ms = pace_retry_after(100);

		CHECK(ms >= 100000 && ms <= 105000);
	}
}

static void
a_batch_follows_the_line(void)
{
	struct pace p;

	pace_init(&p, 0);
	CHECK_INT(p.records, 200);
	pace_clean(&p, 200, 1000, 1000);
	CHECK_INT(p.records, 400);
	pace_clean(&p, 400, 20000, 21000); /* twice as long as it should be */
	CHECK_INT(p.records, 200);
	pace_halve(&p, 200, 8000); /* cut after 8 s: two of it, from now on */
	CHECK_INT(p.records, 40);
	pace_clean(&p, 40, 500, 600);
	CHECK_INT(p.records, 40); /* more only after the second one */
	pace_clean(&p, 40, 500, 1200);
	CHECK_INT(p.records, 80);
	pace_clean(&p, 80, 1000, 40000); /* it holds longer now */
	pace_clean(&p, 80, 1000, 41000);
	CHECK_INT(p.records, 160);
	while (p.records > 1)
		pace_halve(&p, (size_t)p.records, 10);
	pace_halve(&p, 1, 10);
	CHECK_INT(p.records, 1);
}

int
main(void)
{
	RUN(ten_thousand_at_once_settle_near_the_ideal);
	RUN(a_trickle_never_waits);
	RUN(whoever_is_too_many_gets_a_place_of_its_own);
	RUN(a_wait_that_was_asked_for_is_never_shorter);
	RUN(a_batch_follows_the_line);
	return CHECK_DONE();
}
