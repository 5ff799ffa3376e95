/* What the role of a member may allow. Source: interface.md "Permissions". */
#ifndef LATCHKEY_PERMISSION_H
#define LATCHKEY_PERMISSION_H

#include "base/str.h"

struct permission {
    const char *name;             /* "update:members" */
    bool auditor, help_desk;      /* part of that built-in role; administrator has all */
};

extern const struct permission permissions[];
extern const size_t permission_count;

const struct permission *permission_find(Str name);            /* NULL: no such permission */

/* What somebody may: a bit for each row above. */
typedef uint32_t Permissions;
Permissions permission_bit(const char *name);                  /* of a permission that exists */
/* With what they cannot do without: nobody looks after members whom they do not see, so any other ":members" brings read:members. */
Permissions permissions_whole(Permissions);

struct role {
    int64_t id;
    int64_t organization;         /* whose own it is; 0: every organization's */
    Str name;                     /* an organization's own begins with its name and a colon */
    Permissions may;
};

/* The roles that exist from the start; an operator may redefine them by name. */
extern const char *const builtin_roles[];                      /* ended by NULL */
bool builtin_role_has(const char *role, const struct permission *);

#endif
