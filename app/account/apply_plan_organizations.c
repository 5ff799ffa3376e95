#include "account/apply_plan.h"

#include "account/branding.h"
#include "account/deletion.h"
#include "account/organization.h"
#include "account/shape.h"
#include "base/utf8.h"

enum { ORGANIZATION_NAME_MAX = 50, METADATA_PAIRS = 25, METADATA_MAX = 255, ORGANIZATION_CONNECTIONS = 10 };

static Str support_email(struct planner *planner, const struct shape *entry)
{
    const json_t *value = json_object_get(entry->object, "support_email");
    json_t *clean = NULL;
    if (!value || !plan_clean(planner, &branding_support_field, value, shape_place(entry, "support_email"), &clean)) return STR_NONE;
    return clean ? json_str(clean) : STR("");
}

static const json_t *metadata_of(struct planner *planner, const struct shape *entry)
{
    const json_t *value = shape_dict(entry, "metadata");
    struct shape metadata;
    if (!value || !shape_open(planner->problems, value, shape_place(entry, "metadata"), &metadata)) return NULL;
    if (json_object_size(value) > METADATA_PAIRS)
        problem_add(planner->problems, metadata.place, "at most %d pairs are kept", METADATA_PAIRS);
    const char *key;
    json_t *text;
    json_object_foreach((json_t *)value, key, text) {
        if (utf8_length(str_of(key)) > METADATA_MAX)
            problem_add(planner->problems, shape_place(&metadata, key), "a key has at most %d characters", METADATA_MAX);
        shape_text(&metadata, key, 0, METADATA_MAX);
    }
    return value;
}

/* A name, or an object where it says more than that. False: a problem was said. */
static bool read_enabled(struct planner *planner, const json_t *value, Str place, Str *name, bool *assigns)
{
    static const Str keys[] = {STR("name"), STR("assign_membership_on_login")};
    struct shape entry = {planner->problems, value, place};
    *name = json_str(value);
    if (name->p) return plan_known(planner, planner->connections, *name, place, "connection");
    if (!json_is_object(value)) {
        problem_add(planner->problems, place, "must be the name of a connection, or an object");
        return false;
    }
    shape_closed(&entry, keys, sizeof keys / sizeof keys[0]);
    *assigns = shape_bool(&entry, "assign_membership_on_login") == 1;
    if (!shape_has(&entry, "name")) return false;
    *name = shape_text(&entry, "name", 1, ORGANIZATION_NAME_MAX);
    return name->p && plan_known(planner, planner->connections, *name, shape_place(&entry, "name"), "connection");
}

/* By name, each once, so that two files that say the same give the same list. */
static const json_t *enabled_connections(struct planner *planner, const struct shape *entry)
{
    const json_t *list = shape_array(entry, "connections");
    json_t *names = json_array(), *entries = json_object(), *out = json_array();
    if (!list) return NULL;
    Str place = shape_place(entry, "connections");
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str name, where = place_index(planner->arena, place, i);
        bool assigns = false;
        if (!read_enabled(planner, json_array_get(list, i), where, &name, &assigns)) continue;
        const json_t *before = json_object_getn(entries, name.p, name.n);
        if (before && json_is_object(before) != assigns)
            problem_add(planner->problems, where, "stands there before with another assign_membership_on_login");
        json_object_setn_new(entries, name.p, name.n, organization_connection_entry(name, assigns));
        json_array_append_new(names, json_stringn(name.p, name.n));
    }
    const json_t *sorted = plan_names(planner, names, place, ORGANIZATION_CONNECTIONS);
    for (size_t i = 0; i < json_array_size(sorted); i++)
        json_array_append(out, json_object_get(entries, json_string_value(json_array_get(sorted, i))));
    return out;
}

static const json_t *grace_of(struct planner *planner, const struct shape *entry)
{
    const json_t *value = json_object_get(entry->object, "deletion_grace");
    json_int_t seconds = json_integer_value(value);
    if (!value || json_is_null(value)) return value;
    if (json_is_integer(value) && seconds >= 0 && seconds <= DELETION_GRACE_MAX) return value;
    problem_add(planner->problems, shape_place(entry, "deletion_grace"), "must be seconds from 0 to %d, as a whole number, or null",
                DELETION_GRACE_MAX);
    return NULL;
}

/* Old links, mails and audit rows carry the name: nobody else shall answer to it. */
static Str organization_name(struct planner *planner, const struct shape *entry, json_t *claimed)
{
    Str name = plan_name(planner, entry, ORGANIZATION_NAME_MAX, "-_", claimed);
    if (name.p && json_object_getn(planner->known->gone, name.p, name.n))
        problem_add(planner->problems, shape_place(entry, "name"), "an organization of this name was deleted; the name is not given again");
    return name;
}

void plan_organizations(struct planner *planner, const json_t *list)
{
    static const Str keys[] = {STR("name"), STR("display_name"), STR("support_email"), STR("branding"), STR("metadata"),
                               STR("connections"), STR("fields"), STR("deletion_grace")};
    struct plan *plan = planner->plan;
    plan->organizations = ARENA_ARRAY(planner->arena, struct plan_organization, json_array_size(list) + 1);
    json_t *claimed = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str place = place_index(planner->arena, STR("organizations"), i);
        struct shape entry;
        if (!shape_open(planner->problems, json_array_get(list, i), place, &entry)) continue;
        shape_closed(&entry, keys, sizeof keys / sizeof keys[0]);
        plan->organizations[plan->organization_count++] = (struct plan_organization){
            .place = place, .name = organization_name(planner, &entry, claimed),
            .display_name = shape_name(&entry, "display_name", PLAN_DISPLAY_NAME_MAX),
            .support_email = support_email(planner, &entry), .branding = plan_branding(planner, &entry),
            .metadata = metadata_of(planner, &entry), .rules = plan_rules(planner, &entry),
            .connections = enabled_connections(planner, &entry), .deletion_grace = grace_of(planner, &entry),
        };
    }
}
