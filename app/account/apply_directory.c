#include "account/applying.h"

#include "account/member_index.h"
#include "account/shape.h"
#include "model/permission.h"

Str json_column(const json_t *value)
{
    return str_of(json_dumps(value, JSON_COMPACT));
}

json_t *column_json(const struct rows *rows, int column)
{
    Str text = row_text(rows, column);
    return json_loadb(text.n ? text.p : "", text.n, 0, NULL);
}

bool names_are(const json_t *list, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_object_get(names, json_string_value(json_array_get(list, i)))) return false;
    return json_array_size(list) == json_object_size(names);
}

json_t *names_list(const json_t *names)
{
    const char *name;
    json_t *value, *list = json_array();
    json_object_foreach((json_t *)names, name, value) json_array_append_new(list, json_string(name));
    return json_array_size(list) ? list : NULL;
}

static void put_name(json_t *names, Str name, json_t *value)
{
    json_object_setn_new(names, name.p, name.n, value);
}

static Error load_definitions(struct db *db, json_t *list)
{
    struct rows rows;
    Error error = db_select(db, STMT_field_definition_list, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) json_array_append_new(list, column_json(&rows, 2));
    return rows_end(&rows);
}

static Error load_connections(struct db *db, json_t *names)
{
    struct rows rows;
    Error error = db_select(db, STMT_connection_list, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) {
        Str strategy = row_text(&rows, 2);
        put_name(names, row_text(&rows, 1), json_stringn(strategy.p, strategy.n));
    }
    return rows_end(&rows);
}

static Error load_names(struct db *db, enum statement statement, json_t *names)
{
    struct rows rows;
    Error error = db_select(db, statement, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) put_name(names, row_text(&rows, 1), json_true());
    return rows_end(&rows);
}

static Error load_purposes(struct db *db, json_t *names)
{
    struct rows rows;
    Error error = db_select(db, STMT_purpose_list, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows)) put_name(names, row_text(&rows, 0), json_true());
    return rows_end(&rows);
}

Error apply_known_load(struct db *db, struct apply_known *out)
{
    json_t *definitions = json_array(), *connections = json_object(), *roles = json_object(), *organizations = json_object();
    json_t *gone = json_object(), *purposes = json_object();
    Error error = load_definitions(db, definitions);
    if (!error) error = load_connections(db, connections);
    if (!error) error = load_names(db, STMT_role_list, roles);
    if (!error) error = load_names(db, STMT_organization_list, organizations);
    if (!error) error = load_names(db, STMT_organization_gone_list, gone);
    if (!error) error = load_purposes(db, purposes);
    *out = (struct apply_known){definitions, connections, roles, organizations, gone, purposes};
    return error;
}

static Error stored_definition(struct db *db, Str name, int64_t *position, json_t **definition)
{
    struct rows rows;
    *definition = NULL;
    Error error = db_select(db, STMT_field_definition_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows)) {
        *position = row_int(&rows, 0);
        *definition = column_json(&rows, 1);
    }
    return rows_end(&rows);
}

static Error apply_definition(struct applying *applying, const struct plan_definition *wanted, int64_t next)
{
    json_t *before = NULL;
    Error error = stored_definition(applying->portal->db, wanted->name, &next, &before);
    if (error) return error;
    if (!diff_keys(&applying->diff, STR("fields"), arena_cstr(applying->arena, wanted->name), before, wanted->definition)) return OK;
    return db_run(applying->portal->db, STMT_field_definition_put,
                  DB_ARGS(db_text(wanted->name), db_int(next), db_text(json_column(wanted->definition))), NULL);
}

static Error apply_definitions(struct applying *applying)
{
    int64_t next = 0;
    struct rows rows;
    Error error = db_select(applying->portal->db, STMT_field_definition_list, DB_NO_ARGS, &rows);
    if (error) return error;
    while (row_next(&rows))
        if (row_int(&rows, 1) >= next) next = row_int(&rows, 1) + 1;
    error = rows_end(&rows);
    for (size_t i = 0; !error && i < applying->plan->definition_count; i++)
        error = apply_definition(applying, &applying->plan->definitions[i], next++);
    return error;
}

static Error stored_connection(struct applying *applying, Str name, struct plan_connection *out)
{
    struct rows rows;
    *out = (struct plan_connection){.name = STR_NONE};
    Error error = db_select(applying->portal->db, STMT_connection_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows))
        *out = (struct plan_connection){.name = name, .strategy = arena_copy(applying->arena, row_text(&rows, 1)),
                                        .display_name = arena_copy(applying->arena, row_text(&rows, 2)),
                                        .options = column_json(&rows, 3), .rules = column_json(&rows, 4)};
    return rows_end(&rows);
}

/* What the file does not say stays as it is; a new entry begins with what its kind begins with. */
static Str text_or(Str said, Str stored, Str preset)
{
    return said.p ? said : stored.p ? stored : preset;
}

static const json_t *json_or(const json_t *said, const json_t *stored)
{
    return said ? said : stored ? stored : json_object();
}

static Error apply_connection(struct applying *applying, const struct plan_connection *wanted)
{
    struct plan_connection before;
    Error error = stored_connection(applying, wanted->name, &before);
    if (error) return error;
    Str strategy = text_or(wanted->strategy, before.strategy, STR_NONE);
    Str display_name = text_or(wanted->display_name, before.display_name, wanted->name);
    const json_t *options = json_or(wanted->options, before.options), *rules = json_or(wanted->rules, before.rules);
    Str place = place_at(applying->arena, STR("connections"), arena_cstr(applying->arena, wanted->name));
    struct diff *diff = &applying->diff;
    bool differs = diff_text(diff, place, "strategy", before.strategy, strategy);
    differs |= diff_text(diff, place, "display_name", before.display_name, display_name);
    differs |= diff_keys(diff, place, "options", before.options, options);
    differs |= diff_keys(diff, place, "fields", before.rules, rules);
    if (!differs) return OK;
    return db_run(applying->portal->db, STMT_connection_put,
                  DB_ARGS(db_text(wanted->name), db_text(strategy), db_text(display_name), db_text(json_column(options)),
                          db_text(json_column(rules))), NULL);
}

static Error stored_permissions(struct db *db, Str name, json_t **out)
{
    struct rows rows;
    *out = NULL;
    Error error = db_select(db, STMT_role_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows)) *out = column_json(&rows, 1);
    return rows_end(&rows);
}

static Error apply_role(struct applying *applying, Str name, const json_t *wanted)
{
    json_t *before = NULL;
    Error error = stored_permissions(applying->portal->db, name, &before);
    if (error) return error;
    const json_t *after = wanted ? wanted : before ? before : json_array();
    Str place = place_at(applying->arena, STR("roles"), arena_cstr(applying->arena, name));
    if (!diff_value(&applying->diff, place, "permissions", before, after)) return OK;
    return db_run(applying->portal->db, STMT_role_put, DB_ARGS(db_text(name), db_text(json_column(after))), NULL);
}

static bool is_planned(const struct plan *plan, Str role)
{
    for (size_t i = 0; i < plan->role_count; i++)
        if (str_eq(plan->roles[i].name, role) && plan->roles[i].permissions) return true;
    return false;
}

static Error apply_builtin_role(struct applying *applying, const char *name)
{
    json_t *stored = NULL, *list = json_array();
    Error error = stored_permissions(applying->portal->db, str_of(name), &stored);
    if (error || stored || is_planned(applying->plan, str_of(name))) return error;
    for (size_t i = 0; i < permission_count; i++)
        if (builtin_role_has(name, &permissions[i])) json_array_append_new(list, json_string(permissions[i].name));
    return apply_role(applying, str_of(name), list);
}

static Error apply_roles(struct applying *applying)
{
    Error error = OK;
    for (size_t i = 0; !error && builtin_roles[i]; i++) error = apply_builtin_role(applying, builtin_roles[i]);
    for (size_t i = 0; !error && i < applying->plan->role_count; i++)
        error = apply_role(applying, applying->plan->roles[i].name, applying->plan->roles[i].permissions);
    return error;
}

Error apply_directory(struct applying *applying, bool *changed)
{
    size_t before = applying->diff.lines.n;
    Error error = apply_definitions(applying);
    for (size_t i = 0; !error && i < applying->plan->connection_count; i++)
        error = apply_connection(applying, &applying->plan->connections[i]);
    if (!error) error = apply_roles(applying);
    if (!error) error = apply_organizations(applying);
    if (!error) error = apply_purposes(applying);
    *changed = applying->diff.lines.n != before;
    if (error || !*changed) return error;
    error = db_run(applying->portal->db, STMT_generation_bump, DB_NO_ARGS, NULL);
    return error ? error : member_index_outdate(applying->portal);
}
