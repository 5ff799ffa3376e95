/* Values that only one account may have, like a username: trying one tells whether somebody else has it, so how often is counted. */
#ifndef LATCHKEY_UNIQUE_TRIES_H
#define LATCHKEY_UNIQUE_TRIES_H

#include "account/portal.h"
#include "model/change.h"

/* For every door at which a person tries such values. Each in the change that could be kept and is not what the person has counts as
   a try, whether it turns out to be free or not. *seconds 0: go on; else *tried is a field that has to wait, and none was tried. */
MUST_USE Error unique_tries_admit(struct portal *, const struct visit *, const struct user *, const struct change *,
                                  const struct field **tried, int64_t *seconds);

#endif
