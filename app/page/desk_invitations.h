/* The list of an organization's invitations, below the form that sends them. */
#ifndef LATCHKEY_DESK_INVITATIONS_H
#define LATCHKEY_DESK_INVITATIONS_H

#include "page/exchange.h"

/* As the query wants it (?state=, ?before=). ERR_NOT_FOUND: there is no such state or place. */
MUST_USE Error desk_invitation_list(struct exchange *, struct part *content);

#endif
