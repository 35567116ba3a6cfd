#include "moment.h"

#include "client_pace.h"

#define FIRST    5000   /* ms, of the waits between tries */
#define MOST     600000 /* ms */
#define A_MINUTE 60000  /* ms */

void
moment_init(struct moment *m, int64_t soon)
{
	*m = (struct moment){ .due = MOMENT_NEVER, .soon = soon };
}

void
moment_plan(struct moment *m, int64_t now, int minute, int from, int to)
{
	if (m->due != MOMENT_NEVER)
		return;
	m->due = now + pace_random(minute >= from && minute < to
				       ? (int64_t)(to - minute) * A_MINUTE
				       : m->soon);
}

void
moment_network(struct moment *m, int64_t now)
{
	if (m->due == MOMENT_NEVER || m->asked || m->due <= now + m->soon)
		return;
	m->due = now + pace_random(m->soon);
	m->tries = 0;
}

void
moment_failed(struct moment *m, int64_t now, long retry_after, bool offline)
{
	m->asked = retry_after > 0;
	m->offline = offline;
	m->due = now + (m->asked ? pace_retry_after(retry_after)
				 : pace_back_off(m->tries, FIRST, MOST));
	m->tries++;
}

void
moment_done(struct moment *m)
{
	moment_init(m, m->soon);
}
