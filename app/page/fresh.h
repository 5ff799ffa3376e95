/* Pages that could give an account away want a password that was given just now. Who comes with an older sign-in is sent to
   /reauthenticate, and what they typed is not lost: it waits, sealed, in a cookie of ten minutes that only this session's page
   opens again. */
#ifndef LATCHKEY_FRESH_H
#define LATCHKEY_FRESH_H

#include "page/exchange.h"

bool fresh_is(const struct exchange *);
/* 303 to /reauthenticate; nothing of the request is carried out. */
Error fresh_ask(struct exchange *);
/* On the page itself: fills exchange->typed with what was typed before, once. */
void fresh_recall(struct exchange *);

#endif
