#include "account/apply_plan.h"

#include "account/shape.h"
#include "model/permission.h"
#include "model/strategy.h"

enum { CONNECTION_NAME_MAX = 35, ROLE_NAME_MAX = 50 };

/* The file's definitions come first, so that places are right; those of the store that it does not speak about follow. */
static json_t *merged_definitions(const struct planner *planner, const json_t *list)
{
    json_t *merged = json_array(), *said = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        json_array_append(merged, entry);
        const json_t *name = json_object_get(entry, "name");
        if (json_is_string(name)) json_object_set_new(said, json_string_value(name), json_true());
    }
    for (size_t i = 0; i < json_array_size(planner->known->definitions); i++) {
        json_t *entry = json_array_get(planner->known->definitions, i);
        const json_t *name = json_object_get(entry, "name");
        if (!json_object_get(said, json_is_string(name) ? json_string_value(name) : "")) json_array_append(merged, entry);
    }
    return merged;
}

void plan_fields(struct planner *planner, const json_t *list)
{
    struct plan *plan = planner->plan;
    if (fields_make(planner->arena, merged_definitions(planner, list), planner->problems, &plan->fields)) {
        /* Its problems are said; what follows is checked against the standard fields. */
        struct problems dropped = {.arena = planner->arena};
        if (fields_make(planner->arena, NULL, &dropped, &plan->fields)) plan->fields = (struct fields){0};
        return;
    }
    plan->definitions = ARENA_ARRAY(planner->arena, struct plan_definition, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        plan->definitions[plan->definition_count++] = (struct plan_definition){
            place_index(planner->arena, STR("fields"), i), json_str(json_object_get(entry, "name")), entry};
    }
}

static Str connection_strategy(struct planner *planner, const struct shape *entry, Str name)
{
    Str strategy = shape_text(entry, "strategy", 1, 50);
    const json_t *stored = name.p ? json_object_getn(planner->known->connections, name.p, name.n) : NULL;
    if (!stored && !shape_has(entry, "strategy")) return STR_NONE;
    if (!strategy.p) return STR_NONE;
    Str place = shape_place(entry, "strategy");
    if (!strategy_find(strategy)) {
        Str *names = ARENA_ARRAY(planner->arena, Str, strategy_count);
        for (size_t i = 0; i < strategy_count; i++) names[i] = str_of(strategies[i].name);
        shape_unknown(planner->problems, place, "strategy", strategy, names, strategy_count);
    } else if (stored && !str_eq(json_str(stored), strategy)) {
        problem_add(planner->problems, place, "stays %.*s: people's ids are made of it", STR_ARGS(json_str(stored)));
    }
    return strategy;
}

static void plan_connection(struct planner *planner, const json_t *value, Str place, json_t *claimed)
{
    static const Str keys[] = {STR("name"), STR("strategy"), STR("display_name"), STR("options"), STR("fields")};
    struct shape entry;
    if (!shape_open(planner->problems, value, place, &entry)) return;
    shape_closed(&entry, keys, sizeof keys / sizeof keys[0]);
    Str name = plan_name(planner, &entry, CONNECTION_NAME_MAX, "-", claimed);
    planner->plan->connections[planner->plan->connection_count++] = (struct plan_connection){
        .place = place, .name = name, .strategy = connection_strategy(planner, &entry, name),
        .display_name = shape_name(&entry, "display_name", PLAN_DISPLAY_NAME_MAX),
        .options = shape_dict(&entry, "options"), .rules = plan_rules(planner, &entry),
    };
}

void plan_connections(struct planner *planner, const json_t *list)
{
    size_t count = json_array_size(list);
    planner->plan->connections = ARENA_ARRAY(planner->arena, struct plan_connection, count + 1);
    json_t *claimed = json_object();
    for (size_t i = 0; i < count; i++)
        plan_connection(planner, json_array_get(list, i), place_index(planner->arena, STR("connections"), i), claimed);
}

/* As an organization's own role gets it (permissions_whole), so that the store, the export and this file say the same. */
static const json_t *whole_permissions(const json_t *list)
{
    Permissions may = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct permission *known = permission_find(json_str(json_array_get(list, i)));
        may |= known ? permission_bit(known->name) : 0;
    }
    if (permissions_whole(may) == may) return list;
    json_t *whole = json_copy((json_t *)(uintptr_t)list);
    json_array_append_new(whole, json_string("read:members"));
    return whole;
}

static const json_t *role_permissions(struct planner *planner, const struct shape *entry)
{
    const json_t *list = shape_array(entry, "permissions");
    if (!list) return NULL;
    Str place = shape_place(entry, "permissions");
    Str *names = ARENA_ARRAY(planner->arena, Str, permission_count);
    for (size_t i = 0; i < permission_count; i++) names[i] = str_of(permissions[i].name);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str name = json_str(json_array_get(list, i)), where = place_index(planner->arena, place, i);
        if (name.p && !permission_find(name))
            shape_unknown(planner->problems, where, "permission", name, names, permission_count);
    }
    return plan_names(planner, whole_permissions(list), place, 100);
}

void plan_roles(struct planner *planner, const json_t *list)
{
    static const Str keys[] = {STR("name"), STR("permissions")};
    struct plan *plan = planner->plan;
    plan->roles = ARENA_ARRAY(planner->arena, struct plan_role, json_array_size(list) + 1);
    json_t *claimed = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str place = place_index(planner->arena, STR("roles"), i);
        struct shape entry;
        if (!shape_open(planner->problems, json_array_get(list, i), place, &entry)) continue;
        shape_closed(&entry, keys, 2);
        Str name = plan_name(planner, &entry, ROLE_NAME_MAX, "-_", claimed);
        plan->roles[plan->role_count++] = (struct plan_role){place, name, role_permissions(planner, &entry)};
    }
}
