/* What was done in an organization, as its help desk may read it: from the audit, this organization's rows alone. Names are those that
   the desk's list of members shows now; addresses of computers are never told. */
#ifndef LATCHKEY_DESK_ACTIVITY_H
#define LATCHKEY_DESK_ACTIVITY_H

#include "account/activity.h"
#include "account/desk.h"

struct desk_query {
    Str action, other_action;     /* the same act under one name or the other; empty: any */
    Str member, by;               /* user_ids of whom it is about, and of who did it from the desk; empty: anybody */
    int64_t from, to;             /* times, `to` not included; 0: unbounded */
    int64_t before;               /* older than the row of that id; 0: from the newest */
};
struct desk_named {
    Str user_id;                  /* empty: nobody, or not for these eyes */
    Str name;                     /* empty: none that the desk may see */
    bool member;                  /* still is one */
    Str email;                    /* of desk_activity_find, to tell people of one name apart; empty where it stands for the name, and else */
};
struct desk_event {
    int64_t id, at;
    enum activity_by by;
    struct desk_named who;        /* a person of the desk, or the owner; else nobody */
    struct desk_named whom;
    Str action;
    bool refused;
    Str reason;                   /* what the desk gave; of what was refused: ours, like "rank" */
    const struct field **fields;  /* what was changed, or refused */
    size_t count;
    bool more_fields;             /* there were others, which do not exist or are no desk's to see */
    Str gives, takes;             /* names of roles, with commas between */
    Permissions allows, forbids;  /* what a role allows from then on, and does no longer */
    Str invited;                  /* address of the invitation that it is about, while that one is kept; else empty */
    Str invited_roles;            /* what that one gives: names with commas between */
};
/* At most `room`, the newest first; *older: there are more. */
MUST_USE Error desk_activity_read(struct portal *, struct arena *, const struct desk *, const struct desk_query *,
                                  struct desk_event *out, size_t room, size_t *count, bool *older);

/* Since when, by whom and why a member stands as they do: the newest act that brought it about, unless it was undone since. *found false:
   none is kept, or it is not this organization's to tell. */
enum desk_standing { STANDING_BLOCKED, STANDING_SUSPENDED, STANDING_DELETED };
MUST_USE Error desk_activity_since(struct portal *, struct arena *, const struct desk *, Str user_id, enum desk_standing,
                                   struct desk_event *out, bool *found);

/* Whom a person of the desk may mean: a user_id as it is, or, with read:members, members as their list finds them. At most `room`;
   *more: others fit, too. */
MUST_USE Error desk_activity_find(struct portal *, struct arena *, const struct desk *, Str typed, struct desk_named *out, size_t room,
                                  size_t *count, bool *more);

#endif
