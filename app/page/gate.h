/* What a request must get past before a handler that changes something sees it. */
#ifndef LATCHKEY_GATE_H
#define LATCHKEY_GATE_H

#include "page/exchange.h"

/* Whether a POST comes from a page of this portal, as far as the browser says: Sec-Fetch-Site, else Origin (security.md F1, F5). */
bool gate_same_site(const struct exchange *);
/* Whether the body, if there is one, is a form's: the only kind that a page reads. Files come to the few pages that take them. */
bool gate_is_form(const struct exchange *);
/* What this visitor's form tokens are bound to: the session, or the pre-session cookie. Sets exchange->token_binding. */
void gate_bind(struct exchange *);
/* Gives a visitor without a session a pre-session cookie when there is none yet. */
void gate_begin(struct exchange *);
/* Whether the form's `csrf` was made for this visitor. On pages that are open to strangers a form that was fetched before
   signing in, in another tab, still counts. */
bool gate_token_is(struct exchange *);

#endif
