/* The phone number: changed by the code that its phone got. Asking: account/proving.h with phone_proof. Source: security.md C13 to
   C18. */
#ifndef LATCHKEY_PHONE_H
#define LATCHKEY_PHONE_H

#include "account/proving.h"
#include "account/session.h"

extern const struct proof_kind phone_proof;

/* With the right code the number is the account's, verified, every other session ends, this one stays, and the mailbox gets a
   notice. STEP_WRONG_CODE tells how many tries are left, STEP_WAIT that too many codes were tried within an hour. ERR_EXPIRED: there
   is no code (any more). */
MUST_USE Error phone_confirm(struct portal *, const struct visit *, const struct session *, Str code, Str language, Step *out);
/* No number any more. A fresh sign-in is asked for by the page; nothing new is claimed, so nothing has to be proven. */
MUST_USE Error phone_remove(struct portal *, const struct visit *, const struct session *, Str language, Step *out);

#endif
