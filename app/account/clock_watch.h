/* A clock that was set back brings nothing back to life, and one that leapt ahead takes nothing away for good (the courier looks once a
   second). The highest time ever seen is kept in the store, to the minute, so that a restart knows it, too.
   Set back: what had ended by the highest time (sessions, proofs, invitations) is ended in the store, in small steps.
   Leapt ahead by more than an hour (or an hour passed while the program did not run): for an hour nothing is done that cannot be undone, so that
   somebody can set the clock right. People are signed out meanwhile; they lose nothing. More than a minute either way is a line in the log.
   Source: abuse and fault catalogue S16. */
#ifndef LATCHKEY_CLOCK_WATCH_H
#define LATCHKEY_CLOCK_WATCH_H

#include "account/portal.h"

struct clock_watch {
    int64_t wall, running_ms;     /* at the last look */
    int64_t highest;              /* time seen; 0: not read from the store yet */
    int64_t stored;               /* what the store has of it */
    int64_t owed;                 /* what had ended by this time is to be ended; 0: nothing is owed */
    int64_t proofs;               /* how far they were ended (artefact_sweep) */
    size_t table;                 /* how many of the tables that owe something are done */
    int64_t doubted_until_ms;     /* by clock_running_ms */
};

/* `now` by the clock, `running_ms` by clock_running_ms. ERR_BUSY, ERR_FAULT: the store. *more: something is owed still. */
MUST_USE Error clock_watch_look(struct clock_watch *, struct db *, const struct options *, int64_t now, int64_t running_ms, bool *more);
/* Also before the first look. */
bool clock_watch_doubts(const struct clock_watch *, int64_t running_ms);

#endif
