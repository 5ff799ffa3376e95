/* Time. Stored times are seconds since 1970 UTC. Code that decides takes `now` as a parameter; only the edge asks here. */
#ifndef LATCHKEY_CLOCK_H
#define LATCHKEY_CLOCK_H

#include "base/arena.h"

int64_t clock_now(void);                         /* seconds since 1970; CLOCK_REALTIME */
int64_t clock_monotonic_ms(void);                /* for durations inside one process */
int64_t clock_monotonic_us(void);
int64_t clock_running_ms(void);                  /* the same, and it counts while the machine sleeps, too */
Str clock_iso(struct arena *, int64_t seconds);  /* 2026-11-21T02:23:00Z */

#endif
