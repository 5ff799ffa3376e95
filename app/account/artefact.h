/* The one table of proofs: every mailed link, code and pending value is a row bound to its purpose, the account, the
   organization whose look it wears, the exact value it proves, the account's security epoch and its expiry. Only a keyed hash
   is stored. Looking never consumes; consuming is one conditional UPDATE inside the transaction of its effect. */
#ifndef LATCHKEY_ARTEFACT_H
#define LATCHKEY_ARTEFACT_H

#include "account/portal.h"

enum purpose {
    PURPOSE_PASSWORD_RESET, PURPOSE_EMAIL_VERIFY, PURPOSE_EMAIL_CHANGE,
    PURPOSE_EMAIL_REVERT,         /* outlives epochs: nobody who took the account over can suppress it */
    PURPOSE_PHONE_CHANGE,         /* a six-digit code */
    PURPOSE_ACCOUNT_DELETE,
    PURPOSES
};

struct artefact {
    int64_t id, account, organization;   /* organization 0: none */
    int64_t number;               /* the higher the newer, among those of its account and purpose */
    enum purpose purpose;
    Str value;
    const json_t *data;
    int64_t created_at, expires_at, tries;
};

struct artefact_wish {
    enum purpose purpose;
    const struct user *user;
    int64_t organization;
    Str value;
    const json_t *data;           /* NULL: {} */
    int64_t seconds;              /* life */
};

/* Inside a transaction. Every earlier one of that account and purpose is dead from then on, reverts excepted: a second change
   must not take the way back from the first mailbox. Of `user`'s epoch: read the account again when this transaction moved it
   on. *secret: 43 characters for a link, six digits for a code. */
MUST_USE Error artefact_make(struct portal *, const struct visit *, const struct artefact_wish *, Str *secret);
/* The live one with this secret: unused, not expired, of the account's current epoch (unless it outlives epochs), the account not
   blocked. ERR_EXPIRED: there is none; why is never told. `artefact_find` changes nothing. */
MUST_USE Error artefact_find(struct portal *, const struct visit *, enum purpose, Str secret, struct artefact *out);
/* The live one of an account, for "pending" lines. ERR_NOT_FOUND: none. */
MUST_USE Error artefact_pending(struct portal *, const struct visit *, enum purpose, int64_t account, struct artefact *out);
/* Consumes it, inside the transaction of its effect and before the effect moves the epoch. A revert takes the newer ones along:
   they lead to mailboxes that came later. ERR_EXPIRED: somebody was first, or it died meanwhile. */
MUST_USE Error artefact_take(struct portal *, const struct visit *, const struct artefact *);
/* A code for the account's live artefact of that purpose: the try is counted first (at most five, also when many come at once).
   OK: it fits, and is consumed. ERR_DENIED: not this one, tries left in out->tries. ERR_EXPIRED: none left, now or before. One
   transaction, or joins the one that is open, so that the effect stands in it too: then the caller commits after ERR_DENIED and
   ERR_EXPIRED as well, or the try would not count. */
MUST_USE Error artefact_try_code(struct portal *, const struct visit *, enum purpose, int64_t account, Str code,
                                 struct artefact *out);
/* Inside a transaction: no live one of that purpose stays. */
MUST_USE Error artefact_cancel(struct portal *, const struct visit *, enum purpose, int64_t account);
/* For the courier: takes away what ended until `now`, in a bounded piece of the table; no index by their ends, which each new one would
   write as well. *from: 0 for the first piece, then as it was left. *more: call again; false: the next call begins anew. */
MUST_USE Error artefact_sweep(struct db *, int64_t now, int64_t *from, bool *more);

#endif
