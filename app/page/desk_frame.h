/* What the pages of a help desk have in common: their addresses, their side list, lists of roles, and pages for what was refused. */
#ifndef LATCHKEY_DESK_FRAME_H
#define LATCHKEY_DESK_FRAME_H

#include "page/exchange.h"

/* "/o/acme/desk/members" for "members". */
Str desk_path(const struct exchange *, const char *below);
/* "/o/acme/desk/members/local%7Cada". */
Str desk_member_path(const struct exchange *, Str user_id);

/* The side list behind a desk: its places as far as the person's permissions reach, and the way back. */
void desk_places(struct exchange *, struct part *base);
/* In everybody else's side list: the desks that they may stand behind. */
void desk_doors(struct exchange *, struct part *base);

/* Roles as people read them (view/words.h), out of names with commas between. */
Str desk_role_names(const struct exchange *, Str roles);

/* What a member is called: the first name or address that the desk sees, else their user_id. */
Str desk_person(const struct exchange *, const struct desk_member *);

/* Who alone unblocks what this desk did not block. `blocked_by`: the organization whose desk did; 0: the operator. */
Str desk_blocker_words(struct exchange *, int64_t blocked_by);

/* The page for an act that was not carried out: 403, 409 for the last administrator and what others decided, 422, 429. `way`: where to go
   on. Returns OK. */
Error desk_refused(struct exchange *, const DeskAct *, const char *way, Str way_path);

#endif
