/* An organization's own roles, beside those that every organization gives (model/permission.h): what its administrators make of
   the permissions that they have themselves. */
#ifndef LATCHKEY_ROLE_H
#define LATCHKEY_ROLE_H

#include "account/desk.h"

enum { ROLE_NAME_MAX = 40, ROLES_OWN_MAX = 50 };

/* What people call it: without "ORGANIZATION:" in front. */
Str role_short_name(const struct role *);
/* 1 to ROLE_NAME_MAX of a-z, 0-9, - and _, and not the name of a role that everybody has. */
bool role_name_is_fine(const struct directory *, Str name);

enum role_outcome {
    ROLE_REFUSED = 0,             /* as `act.outcome` says: permission, rank, reason */
    ROLE_DONE,
    ROLE_NOTHING,                 /* it allows just that already */
    ROLE_NAME,                    /* not a name for a role */
    ROLE_TAKEN,                   /* there is one of that name */
    ROLE_EMPTY,                   /* it would allow nothing */
    ROLE_USED,                    /* `members` have it, or `invitations` that wait for an answer give it */
    ROLE_MANY,                    /* ROLES_OWN_MAX are there */
};
typedef struct RoleStep {
    enum role_outcome outcome;
    DeskAct act;
    int64_t members, invitations;
} RoleStep;

/* One transaction each, with permission (update:roles) and rank read anew; names as people call them. A role may hold, before
   and after, only what who asks may, and is changed only while no member has it who may more than that. ERR_NOT_FOUND: the
   organization has no own role of that name. */
MUST_USE Error role_make(struct portal *, const struct visit *, const struct desk *, Str name, Permissions may, Str reason, RoleStep *out);
MUST_USE Error role_change(struct portal *, const struct visit *, const struct desk *, Str name, Permissions may, Str reason, RoleStep *out);
MUST_USE Error role_drop(struct portal *, const struct visit *, const struct desk *, Str name, Str reason, RoleStep *out);
/* How many members of the desk's organization have it. */
MUST_USE Error role_members(struct portal *, const struct desk *, const struct role *, int64_t *out);

#endif
