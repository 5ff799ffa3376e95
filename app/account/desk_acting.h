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
    Str confirm;                  /* struct desk_wish */
    struct desk_member member;    /* user.id 0: nobody was met */
    DeskAct *out;
};

/* Opens the transaction, or joins the one that is open (then the caller ends it). With OK comes desk_acting_close, whatever
   happens in between. */
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
/* The same of every other organization, where the whole account is acted on. */
MUST_USE Error desk_acting_spares_others(struct desk_acting *, bool *spares);
/* Writes down that it was refused, and why. */
MUST_USE Error desk_acting_refuse(struct desk_acting *, enum desk_outcome);
/* After the act was taken back because somebody else has a value: counts towards DESK_WAIT of desk_save, and writes down which
   field it was, in a transaction of its own. */
MUST_USE Error desk_acting_taken(struct desk_acting *, const Commit *);
/* The row of what was done. */
MUST_USE Error desk_acting_done(struct desk_acting *);

/* A letter to the member (as it was read before the act) in the organization's look, with the reason where the address is a
   confirmed one; nothing where there is none. `link`: a path, or STR_NONE. */
MUST_USE Error desk_letter_send(struct desk_acting *, enum letter, Str link);
/* Which roles came and went: entries of { "gives" or "takes": name }. */
MUST_USE Error desk_letter_roles(struct desk_acting *, const json_t *differences);
/* After a save: when the address is another one now, the mailbox before, if it was a confirmed one, hears of it, and the new
   one gets the link that confirms it (account/proving.h, with its limits). */
MUST_USE Error desk_letter_address(struct desk_acting *, const Commit *);
/* What the desk decided about a request for that field: like desk_letter_send, with the field. */
MUST_USE Error desk_letter_decided(struct desk_acting *, enum letter, Str field);
/* The same after the save of what was approved; but when the address is another one now, it is the new one that hears that it was
   approved, without a link, and the one before only if it was confirmed. */
MUST_USE Error desk_letter_approved(struct desk_acting *, const Commit *, Str field);

bool desk_names_role(Str roles, const char *name);             /* whether it is among names with commas between */

#endif
