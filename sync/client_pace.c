#include "client_pace.h"

#include "hash.h"

#define FIRST    200   /* records, until the line is known */
#define MOST     500   /* records */
#define BATCH_MS 10000 /* of line a batch: what a cut may cost */
#define LEAST_MS 1000  /* the same on a line that is cut all the time */
#define OF_LIFE  4     /* a batch takes so small a part of what the line holds */

void
pace_init(struct pace *p, int most)
{
	*p = (struct pace){ .most = most > 0 && most < MOST ? most : MOST };
	p->records = p->most < FIRST ? p->most : FIRST;
}

/* As many as the line carries in BATCH_MS, or in a part of what it held last. */
static void
keep_to_the_line(struct pace *p)
{
	int64_t time = BATCH_MS, fits;

	if (p->life && p->life / OF_LIFE < time)
		time = p->life / OF_LIFE > LEAST_MS ? p->life / OF_LIFE : LEAST_MS;
	fits = p->micros ? time * 1000 / p->micros : p->records;
	if (p->records > fits && fits > 0)
		p->records = (int)fits;
	if (p->records > p->most)
		p->records = p->most;
}

void
pace_clean(struct pace *p, size_t records, int64_t milliseconds, int64_t age)
{
	p->micros = (milliseconds > 0 ? milliseconds : 1) * 1000 / (int64_t)records;
	if (p->life && age > p->life)
		p->life = age;
	if (++p->clean >= (p->was_cut ? 2 : 1)) {
		p->records *= 2;
		p->clean = 0;
	}
	keep_to_the_line(p);
}

void
pace_halve(struct pace *p, size_t records, int64_t age)
{
	p->records = (int)(records / 2);
	if (age > 0)
		p->life = age;
	keep_to_the_line(p);
	if (p->records < 1)
		p->records = 1;
	p->was_cut = true;
	p->clean = 0;
}

int64_t
pace_random(int64_t most)
{
	uint64_t n;

	hash_random(&n, sizeof(n));
	return most > 0 ? (int64_t)(n % (uint64_t)most) : 0;
}

int64_t
pace_back_off(int tries, int64_t first, int64_t most)
{
	while (tries-- > 0 && first < most)
		first *= 2;
	return pace_random(first < most ? first : most);
}

int64_t
pace_retry_after(long seconds)
{
	int64_t spread = (int64_t)seconds * 50; /* a twentieth */

	return (int64_t)seconds * 1000 + pace_random(spread > 1000 ? spread : 1000);
}
