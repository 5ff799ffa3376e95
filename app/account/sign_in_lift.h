/* A help desk lets somebody in again whom wrong passwords have paused, wherever these were typed. */
#ifndef LATCHKEY_SIGN_IN_LIFT_H
#define LATCHKEY_SIGN_IN_LIFT_H

#include "account/portal.h"

/* Every pause that failures have brought upon the account ends: from all addresses together, at each address where one failed in the
   last day, in the browsers that it knows, and where a signed-in person is asked once more. Inside a transaction. */
MUST_USE Error sign_in_lift(struct portal *, const struct visit *, const struct user *);
/* Until when the last of these pauses lasts; 0: there is none. At most one look for each name, and one more. */
MUST_USE Error sign_in_paused(struct portal *, const struct visit *, const struct user *, int64_t *until);
/* How often that happened lately: part of what known devices count under, so that their counts begin anew as well. */
MUST_USE Error sign_in_lifts(struct portal *, const struct visit *, int64_t account, int64_t *count);

#endif
