/* A mailed link brings its secret as ?token=. It goes out of the address bar at once, into a cookie of ten minutes that only this
   portal reads; the page without it asks before anything happens (security.md B11, B12). */
#ifndef LATCHKEY_MAILED_LINK_H
#define LATCHKEY_MAILED_LINK_H

#include "page/exchange.h"

/* True: a token came, and was answered with a 303 to the page without it. Every answer of such a page says no-referrer. */
bool mailed_link_arrived(struct exchange *, const char *cookie);
Str mailed_link_secret(const struct exchange *, const char *cookie);      /* empty: none came */
/* For another ten minutes: the page asks for more than one click. */
void mailed_link_keep(struct exchange *, const char *cookie);
void mailed_link_forget(struct exchange *, const char *cookie);

#endif
