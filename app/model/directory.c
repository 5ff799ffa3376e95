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
