#include "model/permission.h"

#include <string.h>

const struct permission permissions[] = {
    {"read:members", true, true},
    {"read:activity", true, true},
    {"update:members", false, true},
    {"block:members", false, true},
    {"delete:members", false, false},
    {"create:invitations", false, false},
    {"update:roles", false, false},
    {"update:branding", false, false},
};
const size_t permission_count = sizeof permissions / sizeof permissions[0];

Permissions permission_bit(const char *name)
{
    const struct permission *found = permission_find(str_of(name));
    return found ? (Permissions)1 << (found - permissions) : 0;
}

Permissions permissions_whole(Permissions may)
{
    Permissions whole = may;
    for (size_t i = 0; i < permission_count; i++)
        if ((may & permission_bit(permissions[i].name)) && str_ends(str_of(permissions[i].name), STR(":members")))
            whole |= permission_bit("read:members");
    return whole;
}

const char *const builtin_roles[] = {"auditor", "help-desk", "administrator", NULL};

const struct permission *permission_find(Str name)
{
    for (size_t i = 0; i < permission_count; i++)
        if (str_is(name, permissions[i].name))
            return &permissions[i];
    return NULL;
}

bool builtin_role_has(const char *role, const struct permission *permission)
{
    if (strcmp(role, "administrator") == 0)
        return true;
    if (strcmp(role, "help-desk") == 0)
        return permission->help_desk;
    return strcmp(role, "auditor") == 0 && permission->auditor;
}
