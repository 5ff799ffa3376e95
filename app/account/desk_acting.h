/* What every act of a desk has in common: one transaction, in which permission, membership and rank are read anew, a reason, and
   a row in the audit for what was refused as well. For the files of desk.h. */
#ifndef LATCHKEY_DESK_ACTING_H
#define LATCHKEY_DESK_ACTING_H

#include "account/desk.h"
#include "account/outbox.h"

enum { DESK_REASON_MAX = 200 };

struct desk_acting {
    struct portal *portal;
    struct visit visit;           /* the desk's, with the reason */
    struct desk desk;             /* who asks, and what they may by now */
    const char *action;           /* for the audit */
    bool own;                     /* the transaction is this act's */
    struct desk_member member;    /* user.id 0: nobody was met */
    DeskAct *out;
};

/* Opens the transaction, or joins the one that is open (then the caller ends it). With OK comes desk_acting_close, whatever happens
   in between. */
MUST_USE Error desk_acting_open(struct portal *, const struct visit *, const struct desk *, const char *action, Str reason,
                                DeskAct *out, struct desk_acting *);
MUST_USE Error desk_acting_close(struct desk_acting *, Error);

/* Whether who asks has the permission by now. False: refused, with its row. */
MUST_USE Error desk_acting_may(struct desk_acting *, const char *permission, bool *may);
/* Reads the member and says whether they may be acted on: permission and rank. False: refused. ERR_NOT_FOUND: no member. */
MUST_USE Error desk_acting_meet(struct desk_acting *, const char *permission, Str user_id, bool *may);
/* Whether the reason is one; false: DESK_REASON, which nobody needs to hear of later. */
bool desk_acting_has_reason(struct desk_acting *);
/* False: the member is the last administrator who can act, and it is refused. */
MUST_USE Error desk_acting_spares(struct desk_acting *, bool *spares);
/* Writes down that it was refused, and why. */
MUST_USE Error desk_acting_refuse(struct desk_acting *, enum desk_outcome);
/* The row of what was done. */
MUST_USE Error desk_acting_done(struct desk_acting *);

/* A letter to the member (as it was read before the act) in the organization's look, with the reason where the address is a confirmed one; nothing where there is
   none.
   `link`: a path, or STR_NONE. */
MUST_USE Error desk_letter_send(struct desk_acting *, enum letter, Str link);
/* After a save: when the address is another one now, the mailbox before, if it was a confirmed one, hears of it. */
MUST_USE Error desk_letter_address(struct desk_acting *, const Commit *);

bool desk_names_role(Str roles, const char *name);             /* whether it is among names with commas between */

#endif
