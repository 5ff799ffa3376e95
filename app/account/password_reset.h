/* A forgotten password: a link to the mailbox that the account has. Source: security.md A7, B1 to B22, E4. */
#ifndef LATCHKEY_PASSWORD_RESET_H
#define LATCHKEY_PASSWORD_RESET_H

#include "account/artefact.h"

struct reset_wish {
    Str identifier;               /* as typed */
    int64_t organization;         /* whose look mail and pages wear, and whose people alone are found; 0: the portal's */
    Str language;                 /* of the page; the person's own goes before it */
};

/* One transaction: throttles, and for each account that is meant (account/namesake.h) the link and its letter, counted by
   itself, and an audit row. The mail goes to the address that is stored, never to what was typed. Whoever asks learns nothing
   about accounts: unknown, blocked, without an address, asked for too often — all of them are OK. *retry_after above 0: this
   network has to wait so long (seconds); nothing was done. ERR_INVALID: nobody could be called so. */
MUST_USE Error password_reset_ask(struct portal *, const struct visit *, const struct reset_wish *, int64_t *retry_after);

/* The same for a help desk, inside its transaction, which writes the audit row; the letter says who sends it. *possible false:
   there is no password here, no address, or the account is blocked. *seconds above 0: asked too often, nothing was sent. */
MUST_USE Error password_reset_send(struct portal *, const struct visit *, const struct user *, int64_t organization, bool *possible,
                                   int64_t *seconds);

/* The live link with this secret and whose it is. Changes nothing. ERR_EXPIRED: it is dead, or the address is another one by
   now. */
MUST_USE Error password_reset_find(struct portal *, const struct visit *, Str secret, struct artefact *, struct user *);

#endif
