/* Inviting people into an organization by e-mail. Only the invited mailbox gets the link; the secret is never shown, listed or
   audited (security.md J5, J7, J8). */
#ifndef LATCHKEY_INVITATION_H
#define LATCHKEY_INVITATION_H

#include "account/desk.h"
#include "account/signup.h"

struct invited_entry;             /* account/invited.h */

struct invitation {
    int64_t id, organization;
    Str public_id, email, language, inviter_name;
    Str state;                    /* pending, accepted, declined, revoked, expired */
    const json_t *roles, *prefilled;
    int64_t made_account;         /* 0: none */
    int64_t created_at, sent_at, expires_at, decided_at;
    bool bouncing;                /* of the lists: what was sent to that address came back */
    bool orphaned;                /* of the lists: pending, and who sent it may invite nobody any more */
    const struct member_of *joins;   /* of invitation_find: its organization's rules for whose home it becomes, invited */
};

enum { INVITED_AT_ONCE = 100, INVITATION_PAGE = 25 };
struct invitation_wish {
    const struct invited_entry *entries;      /* account/invited.h: whom; at most INVITED_AT_ONCE */
    size_t entry_count;
    const Str *roles;             /* of everybody without roles of their own */
    size_t role_count;
    Str language;
    const json_t *prefilled;      /* { field: value }, NULL: none; first values of an account that the invitation makes, decided as
                                     ACTOR_DESK then; an entry's own go before */
    int64_t seconds;              /* life; 0: option invitation_seconds */
    Str operator_name;            /* not empty: an operator invites at the command line and may all that there is; what the mail calls
                                     them. Who it is stands in the visit's actor_id */
};
enum invited { INVITED_DONE, INVITED_UNREADABLE, INVITED_MEMBER, INVITED_PENDING, INVITED_TOO_OFTEN };
struct invited_line {
    Str typed;
    enum invited became;          /* the same for people who have an account elsewhere and people who have none */
};
/* All good entries in one transaction with their letters; each has its line that says what became of it. DESK_RANK: a role may
   more than who invites; DESK_NO_ROLE: no such role; DESK_WAIT: the organization's daily cap; nothing was sent. ERR_INVALID: no
   entry at all or too many, or a first value that no invitation may hold (invited_may_prefill). Needs create:invitations. What
   an older one of the organization to that address made, and nobody answered, is the newer one's account. */
MUST_USE Error invitation_send(struct portal *, const struct visit *, const struct desk *, const struct invitation_wish *, DeskAct *out,
                               struct invited_line *lines, size_t *count);
/* One that is pending, expired or taken back goes out again: the older link is dead, and who asks is who invites. DESK_RANK: it
   gives more than they may. DESK_NOTHING: it was answered, a newer one to that address is pending, or a member has it. */
MUST_USE Error invitation_resend(struct portal *, const struct visit *, const struct desk *, Str public_id, DeskAct *out);
MUST_USE Error invitation_revoke(struct portal *, const struct visit *, const struct desk *, Str public_id, DeskAct *out);
/* The newest first; `before` 0: from the newest. state empty: all. */
MUST_USE Error invitation_list(struct portal *, const struct visit *, const struct desk *, Str state, int64_t before,
                               struct invitation *out, size_t room, size_t *count, bool *older);
/* Those to an address that is, or begins with, what was typed; by address. */
MUST_USE Error invitation_search(struct portal *, const struct visit *, const struct desk *, Str typed,
                                 struct invitation *out, size_t room, size_t *count, bool *more);

/* For the invited person. The live one with this secret, with the roles that it gives as things stand: none that is gone, and
   none that may more than who invited may by now. Changes nothing. ERR_EXPIRED: dead, why is never told; but with an
   organization in *out it is because who sent it may invite nobody there any more, and whom to ask can be said. */
MUST_USE Error invitation_find(struct portal *, const struct visit *, Str secret, struct invitation *out);
/* Whether the account has exactly the invited address; compared as mailboxes, not as texts. */
bool invitation_fits(struct portal *, struct arena *, const struct invitation *, const struct user *);
/* What accepting makes of the account, for the page that says so before. */
struct invitation_prospect {
    bool member;                  /* is one already, and stays what they are there */
    bool home;                    /* the organization becomes the home */
};
MUST_USE Error invitation_prospect(struct portal *, const struct visit *, const struct invitation *, const struct user *,
                                   struct invitation_prospect *out);
enum invitation_step {
    INVITATION_REFUSED = 0,       /* the account has another address */
    INVITATION_DONE,
    INVITATION_MEMBER,            /* is one already; the invitation is used up, roles are added */
    INVITATION_SUSPENDED,         /* is one who may not act there now: nothing is done */
};
/* One transaction: membership (invited; home when the invitation made the account), roles, the address verified, the invitation
   used up. The account must have exactly the invited address. ERR_EXPIRED: somebody was first, or it died. */
MUST_USE Error invitation_accept(struct portal *, const struct visit *, const struct user *, Str secret, enum invitation_step *out);
/* `user`: who is signed in; NULL: nobody, and whoever holds the link may. INVITATION_REFUSED: the account has another address. */
MUST_USE Error invitation_decline(struct portal *, const struct visit *, const struct user *, Str secret, enum invitation_step *out);

/* What becomes of a person ends invitations, each with its audit row. Inside the transaction of that act.
   The pending ones of the organization (which the visit names) to the account's addresses, and the one that made it. */
MUST_USE Error invitation_withdraw(struct portal *, const struct visit *, enum actor, int64_t organization, const struct user *);
/* After a change of the address: the one that made the account for the address before, when it was not answered. It counts as
   declined, and nobody sends it again. */
MUST_USE Error invitation_outgrown(struct portal *, const struct visit *, enum actor, const struct user *);

/* Where an account is made through an invitation: the organization's first connection of our own with a password and an address
   that people fill in, whether or not its public sign-up is open. NULL: there is none. */
MUST_USE Error invitation_connection(struct portal *, int64_t organization, const struct connection **out);
/* Whether the form of that sign-up has the field: as signup_asks_for says, and what the invitation brings a first value for
   that its organization leaves to its people. The invitation is invitation_find's. */
bool invitation_asks_for(const struct portal *, const struct connection *, const struct invitation *, const struct field *);
/* The account and its password, and the invitation knows of it: one transaction. It joins nothing yet. The wish's connection is
   invitation_connection's, its change sets `email` to the invited address and nothing else but what invitation_asks_for;
   ERR_INVALID else. SIGNUP_EXISTS: that address has an account there, or the invitation has made one already. ERR_EXPIRED: the
   invitation is dead. ERR_BUSY: no hasher is free. */
MUST_USE Error invitation_sign_up(struct portal *, const struct visit *, Str secret, const struct signup_wish *, Signup *out);

#endif
