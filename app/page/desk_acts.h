/* What a help desk can do with one member, as sections of their page. */
#ifndef LATCHKEY_DESK_ACTS_H
#define LATCHKEY_DESK_ACTS_H

#include "page/exchange.h"

enum desk_form { FORM_NONE, FORM_SAVE, FORM_ROLES, FORM_ACTS };   /* FORM_ACTS + an act */

struct desk_acts {
    struct exchange *exchange;
    const struct desk_member *member;
    bool returns;                 /* who is removed becomes a member again by signing in (account/member.h) */
    const struct form *typed;     /* what was sent; NULL: nothing yet */
    int tried;                    /* enum desk_form of the form whose reason was missing; FORM_NONE: none was sent */
};

/* What may be done with the member, and what each will bring about; nothing with somebody who may more. */
void desk_acts_fill(const struct desk_acts *, struct part *content);
/* The reason that was typed, if it was into this form. */
Str desk_acts_reason(const struct desk_acts *, int form);
/* The segment of the act's address, and its notice once it is done. */
const char *desk_act_path(enum desk_act);
const char *desk_act_notice(Str done);    /* NULL: there is no such act */

#endif
