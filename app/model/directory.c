#include "model/user.h"

const struct connection *directory_connection(const struct directory *directory, int64_t id)
{
    for (size_t i = 0; i < directory->connection_count; i++)
        if (directory->connections[i].id == id)
            return &directory->connections[i];
    return NULL;
}

const struct connection *directory_connection_named(const struct directory *directory, Str name)
{
    for (size_t i = 0; i < directory->connection_count; i++)
        if (str_eq(directory->connections[i].source.name, name))
            return &directory->connections[i];
    return NULL;
}

static const struct role *role_named(const struct directory *directory, Str name)
{
    for (size_t i = 0; i < directory->role_count; i++)
        if (str_eq(directory->roles[i].name, name))
            return &directory->roles[i];
    return NULL;
}

const struct role *directory_role(const struct directory *directory, int64_t organization, Str name)
{
    const struct role *role = role_named(directory, name);
    return role && (role->organization == 0 || role->organization == organization) ? role : NULL;
}

const struct consent_purpose *directory_purpose(const struct directory *directory, Str name)
{
    for (size_t i = 0; i < directory->purpose_count; i++)
        if (str_eq(directory->purposes[i].name, name)) return &directory->purposes[i];
    return NULL;
}

Permissions directory_permissions(const struct directory *directory, Str roles)
{
    Permissions may = 0;
    while (roles.n) {
        const struct role *role = role_named(directory, str_cut(&roles, ','));
        may |= role ? role->may : 0;
    }
    return may;
}
