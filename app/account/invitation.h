/* Inviting people into an organization by e-mail. Only the invited mailbox gets the link; the secret is never shown, listed or audited
   (security.md J5, J7, J8). */
#ifndef LATCHKEY_INVITATION_H
#define LATCHKEY_INVITATION_H

#include "account/desk.h"
#include "account/signup.h"

struct invitation {
    int64_t id, organization;
    Str public_id, email, language, inviter_name;
    Str state;                    /* pending, accepted, declined, revoked, expired */
    const json_t *roles, *prefilled;
    int64_t made_account;         /* 0: none */
    int64_t created_at, sent_at, expires_at, decided_at;
};

enum { INVITED_AT_ONCE = 100, INVITATION_PAGE = 25 };
struct invitation_wish {
    Str emails;                   /* account/invited.h; at most INVITED_AT_ONCE */
    const Str *roles;
    size_t role_count;
    Str language;
    const json_t *prefilled;      /* { field: value }, NULL: none; first values of an account that the invitation makes, decided as
                                     ACTOR_DESK then; a line of the list may have its own */
    int64_t seconds;              /* life; 0: option invitation_seconds */
};
enum invited { INVITED_DONE, INVITED_UNREADABLE, INVITED_MEMBER, INVITED_PENDING, INVITED_TOO_OFTEN };
struct invited_line {
    Str typed;
    enum invited became;          /* the same for people who have an account elsewhere and people who have none */
};
/* All good lines in one transaction with their letters; each line says what became of it. DESK_RANK: a role may more than who invites;
   DESK_IMPOSSIBLE: no such role; DESK_WAIT: the organization's daily cap; nothing was sent. ERR_INVALID: no line at all or too many, or a first value that no
   invitation may hold (invited_may_prefill). Needs create:invitations. */
MUST_USE Error invitation_send(struct portal *, const struct visit *, const struct desk *, const struct invitation_wish *, DeskAct *out,
                               struct invited_line *lines, size_t *count);
MUST_USE Error invitation_resend(struct portal *, const struct visit *, const struct desk *, Str public_id, DeskAct *out);   /* the older link is dead */
MUST_USE Error invitation_revoke(struct portal *, const struct visit *, const struct desk *, Str public_id, DeskAct *out);
/* The newest first; `before` 0: from the newest. state empty: all. */
MUST_USE Error invitation_list(struct portal *, const struct visit *, const struct desk *, Str state, int64_t before,
                               struct invitation *out, size_t room, size_t *count, bool *older);

/* For the invited person. The live one with this secret, with the roles that it gives as things stand: none that is gone, and none
   that may more than who invited may by now. Changes nothing. ERR_EXPIRED: dead, why is never told. */
MUST_USE Error invitation_find(struct portal *, const struct visit *, Str secret, struct invitation *out);
/* Whether the account has exactly the invited address; compared as mailboxes, not as texts. */
bool invitation_fits(struct portal *, struct arena *, const struct invitation *, const struct user *);
enum invitation_step {
    INVITATION_REFUSED = 0,       /* the account has another address */
    INVITATION_DONE,
    INVITATION_MEMBER,            /* is one already; the invitation is used up, roles are added */
};
/* One transaction: membership (invited; home when the invitation made the account), roles, the address verified, the invitation used up.
   The account must have exactly the invited address. ERR_EXPIRED: somebody was first, or it died. */
MUST_USE Error invitation_accept(struct portal *, const struct visit *, const struct user *, Str secret, enum invitation_step *out);
MUST_USE Error invitation_decline(struct portal *, const struct visit *, Str secret);

/* Where an account is made through an invitation: the organization's first connection of our own with a password and an address that
   people fill in, whether or not its public sign-up is open. NULL: there is none. */
MUST_USE Error invitation_connection(struct portal *, int64_t organization, const struct connection **out);
/* Whether the form of that sign-up has the field: as signup_asks_for says, and what the invitation brings a first value for. */
bool invitation_asks_for(const struct portal *, const struct connection *, const struct invitation *, const struct field *);
/* The account and its password, and the invitation knows of it: one transaction. It joins nothing yet. The wish's connection is
   invitation_connection's, its change sets `email` to the invited address and nothing else but what invitation_asks_for; ERR_INVALID
   else. SIGNUP_EXISTS: that address has an account there. ERR_EXPIRED: the invitation is dead. ERR_BUSY: no hasher is free. */
MUST_USE Error invitation_sign_up(struct portal *, const struct visit *, Str secret, const struct signup_wish *, Signup *out);

#endif
