/* How many guesses are looked at. A stranger's count for the name that was typed at their address, for that name from all
   addresses, and for their network; those of a browser in which that account has signed in before (account/known_device.h) count
   by themselves, so that nobody elsewhere can lock its owner out. Names are counted, never accounts: whether somebody goes by a
   name makes no difference to any of it. */
#ifndef LATCHKEY_SIGN_IN_LIMIT_H
#define LATCHKEY_SIGN_IN_LIMIT_H

#include "account/portal.h"

enum { SIGN_IN_NAMES = 3 };
/* What an account can be signed in to with, as keys to compare: its address, username and number. Returns how many. */
size_t sign_in_names(struct arena *, const struct user *, Str keys[SIGN_IN_NAMES]);

struct sign_in_limit {
    struct portal *portal;
    const struct visit *visit;
    Str name;                     /* the key of what was typed */
    Str device;                   /* of a known device: what counts its guesses; empty: a stranger's attempt */
};

/* All inside a transaction. Counts the attempt, and sets the pause that its failure would bring, before the password is looked
   at: however many come at the same moment, only so many are ever evaluated. *seconds 0: it may be; else nothing was counted. */
MUST_USE Error sign_in_limit_take(const struct sign_in_limit *, int64_t *seconds);
/* It was not evaluated after all. */
MUST_USE Error sign_in_limit_give_back(const struct sign_in_limit *);
/* The password was right: what was counted for this name ends, for this visitor and from all addresses together. */
MUST_USE Error sign_in_limit_forget(const struct sign_in_limit *);
/* The password was wrong. *alarm: with this one so many different names have failed that it looks like one password tried on
   everybody; said once in ten minutes, with an audit row. */
MUST_USE Error sign_in_limit_failed(const struct sign_in_limit *, bool *alarm);
void sign_in_limit_tell(const struct options *);  /* the log line of that alarm; after the commit */

#endif
