/* Deleting an account, with a way back: asked for, confirmed from its own mailbox, then scheduled for the end of a time of grace in which
   signing in offers nothing but to keep it or to have it gone at once. Erasing itself: account/erase.h. Source: interface.md "Delete",
   security.md L1. */
#ifndef LATCHKEY_DELETION_H
#define LATCHKEY_DELETION_H

#include "account/artefact.h"

enum { DELETION_GRACE_MAX = 30 * 86400 };     /* seconds */

enum deletion_outcome {
    DELETION_NOTHING = 0,         /* it was so already: scheduled, or not */
    DELETION_ASKED,               /* a link is on its way to the account's address */
    DELETION_SCHEDULED,           /* for `at`; everybody is signed out */
    DELETION_KEPT,
    DELETION_HOLD,                /* the law or a dispute holds the account; nothing was changed */
    DELETION_ADMINISTRATOR,       /* the only one who manages `organization`; nothing was changed */
    DELETION_WAIT,                /* asked too often: `seconds` */
};
typedef struct Deletion {
    enum deletion_outcome outcome;
    int64_t at, seconds;
    Str organization;             /* its display name */
    Str organization_name;        /* DELETION_ADMINISTRATOR: what the audit calls it */
} Deletion;

/* What of the account's state decides about it. */
struct deletion_state {
    int64_t at;                   /* 0: not scheduled */
    int64_t asked_at, reminded_at;
    Str asked_by;                 /* owner, desk, operator; STR_NONE: not scheduled */
    Str reason;                   /* theirs; may be empty */
    Str hold;                     /* why it must be kept; STR_NONE: it need not */
    int64_t organization;         /* whose desk asked; 0: no desk */
    Str organization_name;        /* as people read it */
};
MUST_USE Error deletion_state(struct portal *, struct arena *, int64_t account, struct deletion_state *out);
/* DELETION_HOLD, DELETION_ADMINISTRATOR, or DELETION_NOTHING: nothing is in the way. */
MUST_USE Error deletion_obstacle(struct portal *, struct arena *, const struct user *, Deletion *out);
/* Seconds between confirming and the end, as things stand: the home organization's, else the option's. */
MUST_USE Error deletion_grace(struct portal *, int64_t account, int64_t *seconds);
/* What a person types to confirm: their address, else username, number, user_id. */
Str deletion_phrase(struct arena *, const struct user *);
bool deletion_phrase_is(struct arena *, const struct user *, Str typed);
bool deletion_confirms(struct arena *, Str phrase, Str typed);     /* as people write it */

/* The owner asks, signed in, with the password given and the phrase typed. With an address: a mailed link. Without one the phrase stands
   for it, and the time of grace for the mailbox's answer: scheduled at once. */
MUST_USE Error deletion_ask(struct portal *, const struct visit *, const struct user *, Str language, Deletion *out);
/* The live link. ERR_EXPIRED: dead, why is never told. */
MUST_USE Error deletion_find(struct portal *, const struct visit *, Str secret, struct artefact *, struct user *);
MUST_USE Error deletion_confirm(struct portal *, const struct visit *, Str secret, Deletion *out);
/* A desk (of visit->organization) or an operator starts it for somebody who asked in another way. One transaction, or joins the open one.
   A mail says until when it can be kept. Where a desk leaves no time of grace, it says so, and is sent before anything is erased. */
MUST_USE Error deletion_schedule(struct portal *, const struct visit *, enum actor, const struct user *, Str reason, Deletion *out);
/* The owner, or the desk that asked for it. DELETION_NOTHING: it was not scheduled, or its time is over. */
MUST_USE Error deletion_keep(struct portal *, const struct visit *, enum actor, const struct user *, Str reason, Deletion *out);
/* Before its time: the courier's next round erases it. Everybody is signed out. */
MUST_USE Error deletion_now(struct portal *, const struct visit *, enum actor, const struct user *, Deletion *out);
/* For the courier: the mail before the end, for one account in a transaction of its own. *more: call again. */
MUST_USE Error deletion_remind(struct portal *, const struct visit *, bool *more);

/* `why`: 1 to 200 characters; STR_NONE: it need not be kept any more. With an audit row. */
MUST_USE Error deletion_hold(struct portal *, const struct visit *, const struct user *, Str why, Str reason);

/* A row in the audit for each organization of the account, with its name, else one without. Inside a transaction. */
MUST_USE Error deletion_audit(struct portal *, const struct visit *, enum actor, const struct user *, const char *action, Str reason);

#endif
