/* Making one's own account. Whether an address has one already is told to its mailbox alone: both cases cost the same and leave
   the same answer (security.md A6, O17). At whose door it was made changes nothing of the account: it has no home and is nobody's
   member (interface.md). */
#ifndef LATCHKEY_SIGNUP_H
#define LATCHKEY_SIGNUP_H

#include "account/password_policy.h"

/* A connection of our own whose options do not say disable_signup. */
bool signup_is_open(const struct connection *);

/* Where people can make their own account at one door: the open ones of the connections that the organization enables, in the
   directory's order; organization 0: all open ones. As long as the directory stays as it is (portal_refresh). */
struct signup_choice {
    const struct connection **list;
    size_t count;
};
MUST_USE Error signup_choice_read(struct portal *, struct arena *, int64_t organization, struct signup_choice *out);
/* The one of that name; without a name (empty) the only one there is. NULL: none. */
const struct connection *signup_choice_of(const struct signup_choice *, Str name);

/* Whether the form asks for the field: the address, and what the operator requires and its owner may fill in. */
bool signup_asks_for(const struct portal *, const struct connection *, const struct field *);

struct signup_wish {
    const struct connection *connection;
    int64_t organization;         /* at whose door, which enables the connection: its look for mails and link; 0: the portal's */
    const struct change *change;  /* ACTOR_OWNER: the address and the required fields, also those left empty */
    Str password, language;
};

enum signup_outcome {
    SIGNUP_REFUSED = 0,           /* `refusals` and `reasons` say what is wrong, all at once */
    SIGNUP_DONE,                  /* a mail goes to the address */
    SIGNUP_WAIT,                  /* too many from this network: `retry_after` */
    SIGNUP_EXISTS,                /* signup_put alone: the address has an account there already */
};

typedef struct Signup {
    enum signup_outcome outcome;
    struct refusals refusals;
    struct password_reason reasons[PASSWORD_REASONS];
    size_t count;
    int64_t retry_after;          /* seconds */
} Signup;

/* What is wrong with the wish, before anything is written or computed: SIGNUP_DONE says nothing is. */
MUST_USE Error signup_check(struct portal *, const struct visit *, const struct signup_wish *, Signup *out);
/* The account, its password, the link that confirms the address and the letter: one transaction. ERR_BUSY: no hasher is free. */
MUST_USE Error signup_make(struct portal *, const struct visit *, const struct signup_wish *, Signup *out);
/* Inside a transaction, with the password hashed before: the account alone, without a mail, for who came through a link that was
   mailed to that very address. *account is 0 unless SIGNUP_DONE. */
MUST_USE Error signup_put(struct portal *, const struct visit *, const struct signup_wish *, Str hash, Signup *out, int64_t *account);

#endif
