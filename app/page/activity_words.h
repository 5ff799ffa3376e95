/* One thing that happened to an account, in words: on the activity page and in a person's export. */
#ifndef LATCHKEY_ACTIVITY_WORDS_H
#define LATCHKEY_ACTIVITY_WORDS_H

#include "account/activity.h"
#include "page/exchange.h"

/* The marks of an event in templates/activity.tpl. Of the exchange it needs arena, portal and language. */
void activity_fill(struct exchange *, const struct activity *, struct part *);

#endif
