/* What a help desk can do with one member, as sections of their page. */
#ifndef LATCHKEY_DESK_ACTS_H
#define LATCHKEY_DESK_ACTS_H

#include "account/deletion.h"
#include "page/exchange.h"

enum desk_form { FORM_NONE, FORM_SAVE, FORM_ROLES, FORM_ACTS };   /* FORM_ACTS + an act */

struct desk_acts {
    struct exchange *exchange;
    const struct desk_member *member;
    const struct form *typed;     /* what was sent; NULL: nothing yet */
    int tried;                    /* enum desk_form of the form whose reason was missing; FORM_NONE: none was sent */
    bool unconfirmed;             /* it was not the reason, but what confirms the deletion */
    bool returns;                 /* by desk_acts_read, as all below: who is removed is a member again by signing in (account/member.h) */
    int64_t grace;                /* seconds in which a deletion can be taken back */
    struct deletion_state deletion;
};
MUST_USE Error desk_acts_read(struct desk_acts *);

/* What may be done with the member, and what each will bring about; nothing with somebody who may more. */
void desk_acts_fill(const struct desk_acts *, struct part *content);
/* The reason that was typed, if it was into this form. */
Str desk_acts_reason(const struct desk_acts *, int form);
/* What an act that mails a link says: to which address, as far as this desk sees it, and that nobody has confirmed it. STR_NONE: the act
   mails none, or the address is not for these eyes. */
Str desk_act_mailed(const struct desk_acts *, enum desk_act);
/* The segment of the act's address, and its notice once it is done. */
const char *desk_act_path(enum desk_act);
const char *desk_act_notice(Str done);    /* NULL: there is no such act */

#endif
