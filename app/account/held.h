/* Everything that is held about one person, by table: for an operator who has to say so. Never a secret: no hash, no token, no key. */
#ifndef LATCHKEY_HELD_H
#define LATCHKEY_HELD_H

#include "account/portal.h"

/* An object with a list for each table, in the arena. Of one state of the store. */
MUST_USE Error held_report(struct portal *, struct arena *, const struct user *, json_t **out);

#endif
