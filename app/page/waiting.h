/* How long to wait, in words. */
#ifndef LATCHKEY_WAITING_H
#define LATCHKEY_WAITING_H

#include "page/exchange.h"

/* "You can ask for it again in 42 seconds." Minutes and hours when it is longer. */
Str waiting_words(struct exchange *, int64_t seconds);

#endif
