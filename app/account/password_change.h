/* A new password takes the place of the old one. */
#ifndef LATCHKEY_PASSWORD_CHANGE_H
#define LATCHKEY_PASSWORD_CHANGE_H

#include "account/artefact.h"

/* Sets it (hash made by the hashers before the transaction): hash, history, epoch + 1, sessions gone, artefacts of the account dead
   by epoch, pauses at the sign-in ended, notice to the mailbox, audit row — one transaction. `user` as it was when the person proved
   who they are: ERR_EXPIRED when something happened to the account since; then nothing is changed. ERR_BUSY: no hasher is free.
   With `reset` that is consumed in the transaction too (ERR_EXPIRED: it is dead). It proved the mailbox: an address that was not
   verified becomes so, and what a pre-registrant may have left there (phone, pending values) is cleaned; names stay. */
MUST_USE Error password_change(struct portal *, const struct visit *, const struct user *, Str password,
                               const struct artefact *reset, Str language);

#endif
