#include "account/organization.h"

#include "account/applying.h"
#include "account/member_index.h"
#include "account/shape.h"
#include "account/state.h"
#include "base/json_memory.h"

/* --- looking --- */

Error organization_connections(struct portal *portal, int64_t organization, const struct connection **out, size_t room, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_organization_connection_list, DB_ARGS(db_int(organization)), &rows);
    if (error) return error;
    while (*count < room && row_next(&rows)) {
        const struct connection *connection = directory_connection(&portal->directory, row_int(&rows, 0));
        if (connection) out[(*count)++] = connection;
    }
    return rows_end(&rows);
}

json_t *organization_connection_entry(Str name, bool assigns)
{
    json_t *text = json_stringn(name.p, name.n), *entry = json_object();
    if (!assigns) return text;
    json_object_set_new(entry, "name", text);
    json_object_set_new(entry, "assign_membership_on_login", json_true());
    return entry;
}

static void put_text(json_t *object, const char *key, Str text)
{
    if (text.n) json_object_set_new(object, key, json_stringn(text.p, text.n));
}

static void put_object(json_t *object, const char *key, json_t *value)
{
    if (json_object_size(value)) json_object_set_new(object, key, value);
}

enum shown_column {               /* organization_show */
    SHOWN_ID, SHOWN_DISPLAY_NAME, SHOWN_SUPPORT_EMAIL, SHOWN_BRANDING, SHOWN_METADATA, SHOWN_RULES, SHOWN_MEMBERS, SHOWN_INVITATIONS,
    SHOWN_REQUESTS, SHOWN_ROLES, SHOWN_GRACE
};

static void read_row(struct arena *arena, const struct rows *rows, Str name, struct organization *out)
{
    *out = (struct organization){
        .id = row_int(rows, SHOWN_ID), .name = arena_copy(arena, name), .display_name = arena_copy(arena, row_text(rows, SHOWN_DISPLAY_NAME)),
        .support_email = arena_copy(arena, row_text(rows, SHOWN_SUPPORT_EMAIL)), .members = row_int(rows, SHOWN_MEMBERS),
        .invitations = row_int(rows, SHOWN_INVITATIONS), .requests = row_int(rows, SHOWN_REQUESTS), .roles = row_int(rows, SHOWN_ROLES),
        .object = json_object(),
    };
    put_text(out->object, "name", out->name);
    put_text(out->object, "display_name", out->display_name);
    put_text(out->object, "support_email", out->support_email);
    put_object(out->object, "branding", column_json(rows, SHOWN_BRANDING));
    put_object(out->object, "metadata", column_json(rows, SHOWN_METADATA));
    put_object(out->object, "fields", column_json(rows, SHOWN_RULES));
    if (!row_is_null(rows, SHOWN_GRACE)) json_object_set_new(out->object, "deletion_grace", json_integer(row_int(rows, SHOWN_GRACE)));
}

static Error add_connections(struct portal *portal, struct organization *organization)
{
    struct rows rows;
    json_t *list = json_array();
    Error error = db_select(portal->db, STMT_organization_connection_list, DB_ARGS(db_int(organization->id)), &rows);
    if (error) return error;
    while (row_next(&rows)) json_array_append_new(list, organization_connection_entry(row_text(&rows, 1), row_int(&rows, 2) != 0));
    json_object_set_new(organization->object, "connections", list);
    return rows_end(&rows);
}

Error organization_read(struct portal *portal, const struct visit *visit, Str name, struct organization *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_organization_show, DB_ARGS(db_text(name), db_int(visit->now)), &rows);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    bool found = row_next(&rows);
    if (found) read_row(visit->arena, &rows, name, out);
    error = rows_end(&rows);
    if (!error) error = found ? add_connections(portal, out) : ERR_NOT_FOUND;
    json_memory_use(before);
    return error;
}

Error organization_page(struct portal *portal, struct arena *arena, Str after, struct organization *out, size_t room, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_organization_page, DB_ARGS(db_text(after.p ? after : STR("")), db_int((int64_t)room)), &rows);
    if (error) return error;
    while (*count < room && row_next(&rows))
        out[(*count)++] = (struct organization){
            .id = row_int(&rows, 0), .name = arena_copy(arena, row_text(&rows, 1)), .display_name = arena_copy(arena, row_text(&rows, 2)),
            .support_email = arena_copy(arena, row_text(&rows, 3)), .members = row_int(&rows, 4),
        };
    return rows_end(&rows);
}

Error organization_is_gone(struct portal *portal, Str name, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_organization_gone, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}

/* --- changing --- */

static Error audit(struct portal *portal, const struct visit *visit, Str name, const char *action, Str reason)
{
    struct visit there = *visit;
    there.organization = name;
    return account_audit(portal, &there, ACTOR_OPERATOR, NULL, action, reason);
}

/* What was read of a transaction that is gone must not be taken for the store's. */
static Error finish(struct portal *portal, Error error)
{
    if (!error) error = db_commit(portal->db);
    if (!error) return portal_refresh(portal);
    db_rollback(portal->db);
    portal->directory.generation = -1;
    Error refreshed = portal_refresh(portal);
    return error ? error : refreshed;
}

static Error put_inside(struct portal *portal, const struct visit *visit, const json_t *entry, bool is_new, struct problems *problems,
                        Applied *out)
{
    struct organization before;
    Str name = json_str(json_object_get(entry, "name"));
    Error found = organization_read(portal, visit, name, &before);
    if (found && found != ERR_NOT_FOUND) return found;
    if (!found && is_new) return ERR_CONFLICT;
    if (found && !is_new) return ERR_NOT_FOUND;
    json_t *file = json_object(), *list = json_array();
    json_array_append(list, (json_t *)entry);
    json_object_set_new(file, "organizations", list);
    Error error = apply_run(portal, visit, str_of(json_dumps(file, JSON_COMPACT)), false, problems, out);
    if (error || !out->lines.n) return error;
    return audit(portal, visit, name, is_new ? "organization.add" : "organization.save", STR_NONE);
}

Error organization_put(struct portal *portal, const struct visit *visit, const json_t *entry, bool is_new, struct problems *problems,
                       Applied *out)
{
    *out = (Applied){0};
    Error error = db_begin(portal->db);
    if (error) return error;
    struct arena *before = json_memory_use(visit->arena);
    error = finish(portal, put_inside(portal, visit, entry, is_new, problems, out));
    json_memory_use(before);
    return error;
}

/* Memberships, roles, invitations and requests hang on the organization's row and go with it. */
static Error delete_inside(struct portal *portal, const struct visit *visit, Str name, Str reason, struct organization *out)
{
    struct db *db = portal->db;
    Error error = organization_read(portal, visit, name, out);
    if (!error) error = member_index_forget(portal, out->id);
    if (!error) error = db_run(db, STMT_picture_gone_of_organization, DB_ARGS(db_int(out->id), db_int(visit->now)), NULL);
    if (!error) error = db_run(db, STMT_organization_drop, DB_ARGS(db_int(out->id)), NULL);
    if (!error) error = db_run(db, STMT_organization_bury, DB_ARGS(db_text(name), db_int(visit->now)), NULL);
    if (!error) error = db_run(db, STMT_generation_bump, DB_NO_ARGS, NULL);
    return error ? error : audit(portal, visit, name, "organization.delete", reason);
}

Error organization_delete(struct portal *portal, const struct visit *visit, Str name, Str reason, struct organization *out)
{
    Error error = db_begin(portal->db);
    return error ? error : finish(portal, delete_inside(portal, visit, name, reason, out));
}
