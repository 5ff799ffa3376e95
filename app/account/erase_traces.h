/* What names or counts a person without hanging on their account. */
#ifndef LATCHKEY_ERASE_TRACES_H
#define LATCHKEY_ERASE_TRACES_H

#include "account/portal.h"

/* Inside the transaction that erases the account, before its row goes: messages and invitations to the addresses that it had proven,
   what it was invited with, what it decided and whom it invited (`pseudonym` stands there then), counters and marks under keyed
   hashes that can be computed from it. An address that was never proven may be somebody else's: what others have to do with it stays. */
MUST_USE Error erase_traces(struct portal *, const struct visit *, const struct user *, Str pseudonym);

#endif
