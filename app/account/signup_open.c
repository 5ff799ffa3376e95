#include "account/signup.h"

bool signup_is_open(const struct connection *connection)
{
    return connection && str_is(connection->strategy, "local") &&
           !json_is_true(json_object_get(connection->options, "disable_signup"));
}

bool signup_asks_for(const struct portal *portal, const struct connection *connection, const struct field *field)
{
    struct subject subject = {.connection = &connection->source};
    bool wanted = field->type == TYPE_EMAIL ? str_is(field->name, "email") : field->required;
    return wanted && !field->system && field->type != TYPE_OBJECT &&
           policy_level(&portal->directory.fields, field, &subject, ACTOR_OWNER, false).level >= LEVEL_ONCE;
}

/* --- at one door --- */

static void add_open(struct signup_choice *choice, const struct connection *connection)
{
    if (signup_is_open(connection)) choice->list[choice->count++] = connection;
}

static Error read_enabled(struct portal *portal, int64_t organization, struct signup_choice *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_organization_connection_list, DB_ARGS(db_int(organization)), &rows);
    if (error) return error;
    while (row_next(&rows)) add_open(out, directory_connection(&portal->directory, row_int(&rows, 0)));
    return rows_end(&rows);
}

Error signup_choice_read(struct portal *portal, struct arena *arena, int64_t organization, struct signup_choice *out)
{
    const struct directory *directory = &portal->directory;
    *out = (struct signup_choice){.list = ARENA_ARRAY(arena, const struct connection *, directory->connection_count)};
    if (organization) return read_enabled(portal, organization, out);
    for (size_t i = 0; i < directory->connection_count; i++) add_open(out, &directory->connections[i]);
    return OK;
}

const struct connection *signup_choice_of(const struct signup_choice *choice, Str name)
{
    if (!name.n) return choice->count == 1 ? choice->list[0] : NULL;
    for (size_t i = 0; i < choice->count; i++)
        if (str_eq(choice->list[i]->source.name, name)) return choice->list[i];
    return NULL;
}
