/* Where a page of a list begins, in its address: ?before=. The place is a row of the whole store; sealed, it says nothing about how
   much happens elsewhere, and none is made by hand or taken from another list. */
#ifndef LATCHKEY_PLACE_H
#define LATCHKEY_PLACE_H

#include "page/exchange.h"

/* `list` is what the list is called: its path. */
Str place_write(const struct exchange *, Str list, int64_t before);
/* What the query says; 0: it says nothing, so the list begins with the newest. False: there is no such place. */
MUST_USE bool place_read(const struct exchange *, Str list, int64_t *before);

#endif
