#include "account/apply_plan.h"

#include <stdlib.h>
#include <string.h>

#include "account/shape.h"
#include "base/json_memory.h"
#include "model/permission.h"

const char *const plan_loose[2] = {"user_metadata", "app_metadata"};

Str plan_sentence(struct arena *arena, FieldProblem problem)
{
    static const char mark[] = "{LIMIT}";
    const char *at = strstr(problem.message, mark);
    if (!at) return str_of(problem.message);
    return arena_print(arena, "%.*s%lld%s", (int)(at - problem.message), problem.message, (long long)problem.limit,
                       at + sizeof mark - 1);
}

bool plan_clean(struct planner *planner, const struct field *field, const json_t *raw, Str place, json_t **out)
{
    FieldProblem problem = {0};
    *out = NULL;
    if (field_clean(planner->arena, field, raw, out, &problem)) return true;
    if (!problem.message) problem_add(planner->problems, place, "cannot be kept");
    else problem_add(planner->problems, place, "%.*s", STR_ARGS(plan_sentence(planner->arena, problem)));
    return false;
}

bool plan_known(struct planner *planner, const json_t *names, Str name, Str place, const char *what)
{
    if (json_object_getn(names, name.p, name.n)) return true;
    size_t n = 0;
    Str *list = ARENA_ARRAY(planner->arena, Str, json_object_size(names) + 1);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)names, key, value) list[n++] = str_of(key);
    shape_unknown(planner->problems, place, what, name, list, n);
    return false;
}

bool plan_claim(struct planner *planner, json_t *claimed, Str name, Str place)
{
    const json_t *before = json_object_getn(claimed, name.p, name.n);
    if (before) {
        problem_add(planner->problems, place, "is the same as in %.*s", STR_ARGS(json_str(before)));
        return false;
    }
    json_object_setn_new(claimed, name.p, name.n, json_stringn(place.p, place.n));
    return true;
}

static bool is_name(Str name, const char *also)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || !strchr(also, c))) return false;
    }
    return name.n > 0;
}

Str plan_name(struct planner *planner, const struct shape *entry, size_t most, const char *also, json_t *claimed)
{
    if (!shape_has(entry, "name")) return STR_NONE;
    Str name = shape_text(entry, "name", 1, most);
    if (!name.p) return STR_NONE;
    Str place = shape_place(entry, "name");
    if (!is_name(name, also) || name.p[0] == '-' || name.p[name.n - 1] == '-') {
        problem_add(planner->problems, place, "must be small letters, digits and inside it %s", also[1] ? "- or _" : "-");
        return STR_NONE;
    }
    return plan_claim(planner, claimed, name, entry->place) ? name : STR_NONE;
}

const json_t *plan_rules(struct planner *planner, const struct shape *entry)
{
    const json_t *object = shape_dict(entry, "fields");
    struct rules rules;
    if (!object) return NULL;
    Str place = shape_place(entry, "fields");
    if (rules_make(planner->arena, object, place, planner->problems, &rules)) return NULL;
    for (size_t i = 0; i < rules.count; i++) {
        Str name = rules.list[i].field;
        if (str_is(name, "*") || str_is(name, "user_metadata.*") || field_find(&planner->plan->fields, name)) continue;
        Str *names = ARENA_ARRAY(planner->arena, Str, planner->plan->fields.count + 1);
        for (size_t j = 0; j < planner->plan->fields.count; j++) names[j] = planner->plan->fields.list[j].name;
        Str where = place_at(planner->arena, place, shape_shown(planner->arena, name).p);
        shape_unknown(planner->problems, where, "field", name, names, planner->plan->fields.count);
    }
    return object;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

json_t *plan_names(struct planner *planner, const json_t *list, Str place, size_t most)
{
    size_t count = json_array_size(list);
    Str *names = ARENA_ARRAY(planner->arena, Str, count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = json_str(json_array_get(list, i));
        if (names[i].p) continue;
        problem_add(planner->problems, place_index(planner->arena, place, i), "must be a text");
        return NULL;
    }
    if (count > most) {
        problem_add(planner->problems, place, "at most %zu are kept", most);
        return NULL;
    }
    qsort(names, count, sizeof names[0], compare_names);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !str_eq(names[i], names[i - 1])) json_array_append_new(sorted, json_stringn(names[i].p, names[i].n));
    return sorted;
}

/* Names that users and organizations may refer to: those of the store and those of the file, right or wrong otherwise, so
   that one mistake is said once. */
static json_t *names_of(const json_t *known, const json_t *section)
{
    json_t *names = known ? json_copy((json_t *)known) : json_object();
    for (size_t i = 0; i < json_array_size(section); i++) {
        const json_t *entry = json_array_get(section, i);
        const json_t *name = json_object_get(entry, "name"), *strategy = json_object_get(entry, "strategy");
        if (!json_is_string(name)) continue;
        const char *key = json_string_value(name);
        if (json_is_string(strategy)) json_object_set(names, key, (json_t *)strategy);
        else if (!json_object_get(names, key)) json_object_set_new(names, key, json_true());
    }
    return names;
}

static void plan_sections(struct planner *planner, const struct shape *file)
{
    const json_t *connections = shape_array(file, "connections"), *roles = shape_array(file, "roles");
    const json_t *organizations = shape_array(file, "organizations");
    planner->connections = names_of(planner->known->connections, connections);
    planner->roles = names_of(planner->known->roles, roles);
    for (size_t i = 0; builtin_roles[i]; i++) json_object_set_new(planner->roles, builtin_roles[i], json_true());
    planner->organizations = names_of(planner->known->organizations, organizations);
    planner->identifiers = json_object();
    plan_fields(planner, shape_array(file, "fields"));
    plan_connections(planner, connections);
    plan_roles(planner, roles);
    plan_organizations(planner, organizations);
    plan_purposes(planner, shape_array(file, "purposes"));
    plan_users(planner, shape_array(file, "users"));
}

Error apply_check(struct arena *arena, Str json, const struct apply_known *known, struct problems *problems, struct plan **out)
{
    static const Str keys[] = {STR("fields"), STR("connections"), STR("roles"), STR("organizations"),
                               STR("purposes"), STR("users")};
    struct arena *before = json_memory_use(arena);
    json_t *root = NULL;
    struct shape file;
    Error error = shape_parse(problems, json, APPLY_MAX_BYTES, &root);
    if (!error && !shape_open(problems, root, STR("file"), &file)) error = ERR_INVALID;
    if (!error) {
        file.place = STR("");
        shape_closed(&file, keys, sizeof keys / sizeof keys[0]);
        struct planner planner = {arena, problems, known, ARENA_NEW(arena, struct plan), NULL, NULL, NULL, NULL};
        plan_sections(&planner, &file);
        *out = planner.plan;
        error = problems->count ? ERR_INVALID : OK;
    }
    json_memory_use(before);
    return error;
}
