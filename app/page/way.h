/* Ways through the portal: where a person is, came from and goes next. */
#ifndef LATCHKEY_WAY_H
#define LATCHKEY_WAY_H

#include "page/exchange.h"

/* Whether a text that came from outside may be followed: a path of this portal and nothing else. */
bool way_is_ours(Str path);
/* `next` of the form or of the query, if it may be followed; else STR_NONE. */
Str way_next(const struct request *);
/* The path of this page as it was asked for, if there is a page to open there; else "/". */
Str way_here(const struct exchange *);
/* "/login?next=…", so that signing in leads back here. */
Str way_to_login(const struct exchange *);

#endif
