/* How many guesses are looked at. A stranger's count for the name that was typed at their address, for the account from all
   addresses, under whichever of its names, and for their network; those of a browser in which that account has signed in before
   (account/known_device.h) count by themselves, so that nobody elsewhere can lock its owner out. A name that is nobody's counts
   and pauses as an account does. At one address names are counted, never accounts: else ten failures would tell whether an address
   and a username are one person's. From all addresses that takes a hundred. */
#ifndef LATCHKEY_SIGN_IN_LIMIT_H
#define LATCHKEY_SIGN_IN_LIMIT_H

#include "account/namesake.h"

enum { SIGN_IN_NAMES = 3, SIGN_IN_ACCOUNTS = NAMESAKES };
/* What an account can be signed in to with, as keys to compare: its address, username and number. Returns how many. */
size_t sign_in_names(struct arena *, const struct user *, Str keys[SIGN_IN_NAMES]);

struct sign_in_limit {
    struct portal *portal;
    const struct visit *visit;
    Str name;                     /* the key of what was typed */
    int64_t accounts[SIGN_IN_ACCOUNTS];  /* whose it is: the guess is one at each of them */
    size_t count;                 /* 0: nobody's */
    bool shared;                  /* by several: signing in to one of them says nothing for the others */
    Str device;                   /* of a known device: what counts its guesses; empty: a stranger's attempt */
};

/* All inside a transaction. Counts the attempt, and sets the pause that its failure would bring, before the password is looked
   at: however many come at the same moment, only so many are ever evaluated. *seconds 0: it may be; else nothing was counted. */
MUST_USE Error sign_in_limit_take(const struct sign_in_limit *, int64_t *seconds);
/* Whether others are called so, at whatever door they sign in. */
MUST_USE Error sign_in_limit_share(struct sign_in_limit *);
/* It was not evaluated after all. */
MUST_USE Error sign_in_limit_give_back(const struct sign_in_limit *);
/* The password was that account's: what was counted for it ends, for this visitor and from all addresses together. Of what several
   share only this attempt is taken back: their own account must not set anybody free to guess for another. */
MUST_USE Error sign_in_limit_passed(const struct sign_in_limit *, int64_t account);
/* The password was wrong. *alarm: with this one so many different names have failed that it looks like one password tried on
   everybody; said once in ten minutes, with an audit row. */
MUST_USE Error sign_in_limit_failed(const struct sign_in_limit *, bool *alarm);
/* Until when attempts under that name are paused somewhere: at an address, from all addresses, or in a known browser; 0: nowhere. */
MUST_USE Error sign_in_limit_paused(struct portal *, const struct visit *, Str name, int64_t *until);
void sign_in_limit_tell(const struct options *);  /* the log line of that alarm; after the commit */

#endif
