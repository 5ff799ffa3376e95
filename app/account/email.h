/* The e-mail address: verified and changed by what its mailbox answers, and changed back by the mailbox before. Asking:
   account/proving.h with email_proof. Source: security.md C1 to C12, E4. */
#ifndef LATCHKEY_EMAIL_H
#define LATCHKEY_EMAIL_H

#include "account/proving.h"

extern const struct proof_kind email_proof;

/* What a link would do, for the page that asks first. Changes nothing. ERR_EXPIRED: the link is dead, why is never told. */
typedef struct EmailLink {
    struct artefact artefact;
    struct user user;             /* whose it is */
    bool changes;                 /* another address counts then; else the one that counts is only confirmed */
} EmailLink;
MUST_USE Error email_link(struct portal *, const struct visit *, Str secret, EmailLink *out);
MUST_USE Error email_revert_link(struct portal *, const struct visit *, Str secret, EmailLink *out);

/* One transaction: the link is used up, its address is the account's and verified. When it is another one than before,
   everything that the account had open ends and the old mailbox, if it was a proven one, gets a link that undoes it.
   ERR_EXPIRED: the link is dead; after STEP_REFUSED and STEP_UNUSABLE nothing has changed. */
MUST_USE Error email_confirm(struct portal *, const struct visit *, Str secret, Str language, Step *out);
/* One transaction: the address before counts again, whatever came after it, everything that the account had open ends. No rule for
   the owner stands against it: who took the account over may have brought that rule about. Who took the old address meanwhile
   without proving it loses it and is signed out; who proved it keeps it, and that is STEP_UNUSABLE. */
MUST_USE Error email_revert(struct portal *, const struct visit *, Str secret, Step *out);

#endif
