/* Pages behind the mailed link of an invitation: whose it is, and the page when there is none. */
#ifndef LATCHKEY_PAGE_INVITED_H
#define LATCHKEY_PAGE_INVITED_H

#include "account/invitation.h"
#include "page/exchange.h"

/* The one of the cookie, with its organization's look on the exchange; the cookie lasts anew. ERR_EXPIRED: none, or it is dead, and *out is
   for invited_say_over. */
MUST_USE Error invited_find(struct exchange *, struct invitation *out);
void invited_forget(struct exchange *);
/* It is over, why is not told; but whom to ask, where *dead knows (account/invitation.h). `dead` may be NULL. Returns OK. */
Error invited_say_over(struct exchange *, const struct invitation *dead);
/* Which link a form was filled in for: with two links open in one browser, only the newer one is in its cookie. */
Str invited_mark(struct exchange *, const struct invitation *);
bool invited_is_other(struct exchange *, const struct invitation *);

/* What accepting brings about, above the button: what the organization sees and may do then, and what its member can no longer change. */
MUST_USE Error invited_terms(struct exchange *, const struct invitation *, struct part *accept);

#endif
