/* Inviting behind a desk: the list of an organization's invitations below the form that sends them, and what a table of people may say. */
#ifndef LATCHKEY_DESK_INVITATIONS_H
#define LATCHKEY_DESK_INVITATIONS_H

#include "account/invited.h"
#include "page/exchange.h"

/* As the query wants it (?state=, ?before=, or ?q= for addresses). ERR_NOT_FOUND: there is no such state or place. */
MUST_USE Error desk_invitation_list(struct exchange *, struct part *content);

/* Whether this desk could write the field into an account that is made through an invitation over that connection (NULL: there is none). */
bool desk_invitation_fills(const struct exchange *, const struct connection *, const struct field *);
/* Whether who stands here may give the role. */
bool desk_invitation_gives(const struct exchange *, const struct role *);
/* Columns by name and by label in all languages, roles and languages. */
struct invited_terms desk_invitation_terms(const struct exchange *, const struct connection *);
/* The help beside the box: what columns there are. */
void desk_invitation_columns(const struct exchange *, const struct connection *, struct part *form);
/* One thing that keeps a table from being sent, with its line. */
Str desk_invitation_problem(struct exchange *, const struct invited_problem *);

#endif
