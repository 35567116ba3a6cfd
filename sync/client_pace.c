#include "client_pace.h"

#include "hash.h"

#define FIRST    150   /* records, until the line is known */
#define MOST     500   /* records */
#define BATCH_MS 10000 /* of line a batch: what a cut may cost */

void
pace_init(struct pace *p, int most)
{
	*p = (struct pace){ .most = most > 0 && most < MOST ? most : MOST };
	p->records = p->most < FIRST ? p->most : FIRST;
}

void
pace_clean(struct pace *p, size_t records, int64_t milliseconds)
{
	/* As many as the line carries in BATCH_MS. */
	int64_t fits = (int64_t)records * BATCH_MS / (milliseconds > 0 ? milliseconds : 1);

	if (++p->clean >= 2) {
		p->records *= 2;
		p->clean = 0;
	}
	if (p->records > fits && fits > 0)
		p->records = (int)fits;
	if (p->records > p->most)
		p->records = p->most;
}

void
pace_halve(struct pace *p, size_t records)
{
	p->records = (int)(records / 2);
	if (p->records < 1)
		p->records = 1;
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
