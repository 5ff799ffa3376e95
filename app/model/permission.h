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

/* The roles that exist from the start; an operator may redefine them by name. */
extern const char *const builtin_roles[];                      /* ended by NULL */
bool builtin_role_has(const char *role, const struct permission *);

#endif
