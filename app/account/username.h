/* The username: unique, so every try tells whether somebody has it and is counted (account/unique_tries.h; security.md A8). */
#ifndef LATCHKEY_USERNAME_H
#define LATCHKEY_USERNAME_H

#include "account/proving.h"

/* STEP_UNUSABLE: somebody else has it. STEP_NOTHING: it is the one already. */
MUST_USE Error username_change(struct portal *, const struct visit *, const struct user *, Str typed, Step *out);

#endif
