/* The username: unique, so every try tells whether somebody has it; how often one may be tried is counted (security.md A8). */
#ifndef LATCHKEY_USERNAME_H
#define LATCHKEY_USERNAME_H

#include "account/proving.h"

/* For every door at which a person tries usernames. Counts the try, unless `typed` is what the person has. *seconds 0: go on. */
MUST_USE Error username_admit(struct portal *, const struct visit *, const struct user *, Str typed, int64_t *seconds);
/* STEP_UNUSABLE: somebody else has it. STEP_NOTHING: it is the one already. */
MUST_USE Error username_change(struct portal *, const struct visit *, const struct user *, Str typed, Step *out);

#endif
