/* What a signed-in person must answer before anything else: an account that is to be deleted, a question about terms. */
#ifndef LATCHKEY_HOLD_H
#define LATCHKEY_HOLD_H

#include "page/exchange.h"

/* Where the signed-in person must go first; STR_NONE: nothing holds them up. Costs no query: what it looks at was read with the
   session, and consent is looked up once a session and change of the purposes. Pages of GUARD_HELD are open to who is held up;
   everywhere else page/answer.c sends them there by 303. */
Str hold_way(struct exchange *);
/* Whether this page is open all the same: who does not agree to terms can still delete the account. */
bool hold_passes(const struct exchange *);

#endif
