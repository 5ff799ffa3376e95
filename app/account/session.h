/* Signing in and out; the session behind a cookie. Values: security.md (d). */
#ifndef LATCHKEY_SESSION_H
#define LATCHKEY_SESSION_H

#include "account/portal.h"

struct session {
    Str id_hash;                  /* keyed hash of the cookie's value: 32 bytes */
    Str public_id;                /* for lists; says nothing about the cookie */
    int64_t created_at, authenticated_at, last_seen_at;
    int64_t consented;            /* the generation of the purposes under which nothing held it up (account/consent.h); below 0: that
                                     of the sign-in, and nobody has looked yet */
    bool asks;                    /* a question that may be left open is new, and this request the first to know (account/consent.h) */
    struct user user;             /* as it is now */
};

enum sign_in_outcome {
    SIGN_IN_REFUSED = 0,          /* wrong password, no such account, no password here: one answer for all */
    SIGN_IN_OK,
    SIGN_IN_BLOCKED,              /* the right password of a blocked account */
    SIGN_IN_SUSPENDED,            /* the right password of a member whose membership is suspended, at that organization's door */
    SIGN_IN_PAUSED,               /* too many failures: retry_after */
    SIGN_IN_BUSY                  /* no hasher free: retry_after */
};

typedef struct SignIn {
    enum sign_in_outcome outcome;
    int64_t retry_after;          /* seconds */
    Str blocked_by;               /* SIGN_IN_BLOCKED: name of the organization whose desk did it; STR_NONE: no desk */
    Str cookie;                   /* SIGN_IN_OK: the session's secret, for the cookie alone */
    Str device;                   /* and the known-device cookie from now on (account/known_device.h) */
} SignIn;

/* How long the failure with that number pauses what counts it, in seconds. */
int64_t sign_in_pause(const struct options *, int64_t failures);
/* Exactly one hash for an identifier that is one account's or nobody's (account/decoy.h). Of several (account/namesake.h) it is the first
   whose password it is, after at most NAMESAKES of them: that a name is shared can be told by the time of a refusal, since
   everybody else would have to wait as long as three take. What is counted: account/sign_in_limit.h. `connection` may be
   STR_NONE. Ends `old_cookie`'s session. ERR_FAULT, ERR_BUSY (store) beside the outcome. */
MUST_USE Error session_sign_in(struct portal *, const struct visit *, Str identifier, Str password, Str connection,
                               Str old_cookie, SignIn *out);
/* The same at an organization's own door, where nobody else's accounts are found (account/look.h). */
MUST_USE Error session_sign_in_at(struct portal *, const struct visit *, int64_t organization, Str identifier, Str password,
                                  Str connection, Str old_cookie, SignIn *out);
/* The live session of a cookie: not expired, not idle, of the account's current epoch, account not blocked. Marks it as used
   at most once a minute. ERR_SIGN_IN: none. */
MUST_USE Error session_find(struct portal *, const struct visit *, Str cookie, struct session *out);
/* With an audit row when the session was alive. */
MUST_USE Error session_sign_out(struct portal *, const struct visit *, Str cookie);

/* Whether it is the password of the session's account: counted before it is looked at, as at sign-in. The bucket is the account's
   own, so that only somebody with a session can fill it. SIGN_IN_OK leaves `cookie` empty. */
MUST_USE Error session_check_password(struct portal *, const struct visit *, const struct session *, Str password, SignIn *out);
/* The same; when it is right the sign-in counts as fresh, and the session goes on under another cookie. */
MUST_USE Error session_confirm(struct portal *, const struct visit *, const struct session *, Str password, SignIn *out);
/* Until when it is paused for that account; 0: it is not. */
MUST_USE Error session_confirm_paused(struct portal *, const struct visit *, const struct user *, int64_t *until);
/* The pauses that it brought upon the account end. */
MUST_USE Error session_confirm_forgive(struct portal *, const struct visit *, const struct user *);
/* Pauses that wrong passwords brought upon the account end: those at this visitor's address, and those from all addresses together.
   Inside a transaction. */
MUST_USE Error session_forgive(struct portal *, const struct visit *, const struct user *);
/* Form tokens, bound to the session (or, before sign-in, to the pre-session cookie's value). */
Str form_token(struct portal *, struct arena *, Str binding);
bool form_token_is(struct portal *, struct arena *, Str binding, Str token);

#endif
