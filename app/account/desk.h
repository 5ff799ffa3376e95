/* The help desk of one organization: who may stand behind it, and whom they reach. Everything here begins with desk_enter,
   which makes the organization of the path and the membership of who asks into one value; every statement behind it carries
   that organization's id. Source: interface.md "Desk", "Permissions", "Rules"; security.md J1, J2. */
#ifndef LATCHKEY_DESK_H
#define LATCHKEY_DESK_H

#include "account/profile.h"
#include "model/permission.h"

struct desk {
    int64_t organization;
    Str name, display_name;       /* as in /o/NAME/ */
    int64_t account;              /* who stands behind it */
    Str user_id;
    Permissions may;
};

/* The desk that `user` may stand behind. ERR_NOT_FOUND: there is no such organization, or the person is no member: nobody can tell
   which. ERR_DENIED: a suspended member, or one without any permission. */
MUST_USE Error desk_enter(struct portal *, struct arena *, const struct user *, Str organization, struct desk *out);
bool desk_may(const struct desk *, const char *permission);

/* What waits for the desk, and how many members there are. */
struct desk_counts {
    int64_t members, invitations, requests;
};
MUST_USE Error desk_count(struct portal *, const struct visit *, const struct desk *, struct desk_counts *out);

/* One member as the desk meets them. */
struct desk_member {
    struct user user;
    struct subject subject;       /* for policy_level(…, ACTOR_DESK, guest) */
    bool home, invited, suspended;
    bool guest;                   /* not this organization's: the profile is read at most, and only the membership is acted on */
    bool self;
    Permissions may;              /* the member's own here */
    Str roles;                    /* names, comma-separated */
    int64_t joined_at;
};
/* ERR_NOT_FOUND: no member of this organization has that user_id, whoever else may. */
MUST_USE Error desk_member_find(struct portal *, struct arena *, const struct desk *, Str user_id, struct desk_member *out);

enum desk_outcome {
    DESK_REFUSED = 0,             /* the permission for it is missing (or has been taken away meanwhile) */
    DESK_DONE,
    DESK_NOTHING,                 /* it was so already */
    DESK_RANK,                    /* the member, or the role, may more than who asks */
    DESK_LAST_ADMINISTRATOR,      /* the organization would be without one */
    DESK_NEEDED,                  /* another organization would be; which one is not told */
    DESK_GUEST,                   /* only the member's home may */
    DESK_SELF,                    /* nobody does that to themself; nor does a desk save its own person's profile */
    DESK_REASON,                  /* a reason is needed: 1 to 200 characters */
    DESK_WAIT,                    /* asked too often: `seconds` */
    DESK_NO_ADDRESS,              /* nothing can be mailed */
    DESK_NO_PASSWORD,             /* it is kept elsewhere */
    DESK_BLOCKED,                 /* who is blocked gets no link */
    DESK_NO_ROLE, DESK_NO_FIELD,  /* there is none of that name */
    DESK_OPERATOR,                /* the operator blocked it: only they unblock it */
    DESK_OTHER_DESK,              /* the desk of the home before blocked it: only the operator unblocks it now */
    DESK_HELD,                    /* the operator keeps the account for now; why is not told */
    DESK_CONFIRM,                 /* what was typed in to confirm it is not desk_deletion_phrase */
    DESK_NOT_ASKED,               /* somebody else asked for the deletion: this desk does not take it back */
    DESK_TOO_LATE,                /* the time of grace is over */
    DESK_IMPOSSIBLE,              /* who is suspended does not leave (account/member.h) */
};
typedef struct DeskAct {
    enum desk_outcome outcome;
    int64_t seconds;
    bool at_once;                 /* DESK_DELETE: there is no time of grace */
} DeskAct;

/* Each act is one transaction: permission, rank and membership are read anew inside it, so that nothing that was taken away a
   moment ago still counts. The audit row has actor desk, the organization and the reason; the person reads it among their
   activity. Refusals for a missing permission, rank, guest, last administrator and for somebody else's block or deletion are
   audited as well. Who was blocked, unblocked, suspended, restored, removed, signed out everywhere, given other roles, or is to
   be deleted or kept gets a letter that says so, in the same transaction. ERR_NOT_FOUND: no such member (any more). */
enum desk_act {
    DESK_BLOCK, DESK_UNBLOCK,     /* home; block:members; block ends all sessions at once */
    DESK_SUSPEND, DESK_RESTORE,   /* this membership alone; block:members */
    DESK_RESET,                   /* home; a reset mail in this organization's look; update:members */
    DESK_VERIFY,                  /* home; the mail that confirms the address, once more; update:members */
    DESK_UNLOCK,                  /* home; pauses that wrong passwords brought end; update:members */
    DESK_END_SESSIONS,            /* home; update:members */
    DESK_DELETE,                  /* home; the account is to be deleted, as if the person had asked for it here; without a time of grace
                                     `confirm` has to be desk_deletion_phrase; delete:members */
    DESK_KEEP,                    /* home; takes back what this desk did by DESK_DELETE, in its time of grace; delete:members */
    DESK_REMOVE,                  /* this membership ends, the account stays; delete:members */
    DESK_ACTS
};
struct desk_wish {
    enum desk_act act;
    Str user_id, reason;
    Str confirm;                  /* DESK_DELETE without a time of grace */
};
MUST_USE Error desk_act(struct portal *, const struct visit *, const struct desk *, const struct desk_wish *, DeskAct *out);
/* What a desk types to delete an account at once: the address, else what it can see instead. */
Str desk_deletion_phrase(const struct portal *, struct arena *, const struct desk_member *);
/* Whoever asks for an act without its permission does not come as far as these; the first time in a minute has its row. */
MUST_USE Error desk_turned_away(struct portal *, const struct visit *, const struct desk *);
/* The member's roles become exactly these names (update:roles). Nobody gives or takes what they do not have themself. */
MUST_USE Error desk_set_roles(struct portal *, const struct visit *, const struct desk *, Str user_id, const Str *roles, size_t count,
                              Str reason, DeskAct *out);
/* Saves the member's profile through the one door, as ACTOR_DESK (update:members; a guest's is refused by the policy). With
   DESK_DONE *commit says what became of it, and a refusal has its row; of another e-mail address the mailbox before hears, and
   the new one gets the link that confirms it. Joins an open transaction: then the caller ends it, and takes it back after
   COMMIT_TAKEN and COMMIT_STALE. DESK_WAIT: it has met other people's values too often. */
MUST_USE Error desk_save(struct portal *, const struct visit *, const struct desk *, Str user_id, int64_t version, struct change *,
                         Str reason, DeskAct *out, Commit *commit);
/* Whether the organization keeps an administrator who can act (role `administrator`, not suspended, not blocked, not about to be
   deleted) when `without` (account; 0: nobody) is left out. Inside the transaction of the act. */
MUST_USE Error desk_keeps_administrator(struct portal *, int64_t organization, int64_t without, bool *out);

#endif
