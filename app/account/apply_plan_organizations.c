#include "account/apply_plan.h"

#include "account/branding.h"
#include "account/deletion.h"
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

static const json_t *organization_connections(struct planner *planner, const struct shape *entry)
{
    const json_t *list = shape_array(entry, "connections");
    if (!list) return NULL;
    Str place = shape_place(entry, "connections");
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str name = json_str(json_array_get(list, i));
        if (name.p) plan_known(planner, planner->connections, name, place_index(planner->arena, place, i), "connection");
    }
    return plan_names(planner, list, place, ORGANIZATION_CONNECTIONS);
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
            .display_name = shape_text(&entry, "display_name", 1, PLAN_DISPLAY_NAME_MAX),
            .support_email = support_email(planner, &entry), .branding = plan_branding(planner, &entry),
            .metadata = metadata_of(planner, &entry), .rules = plan_rules(planner, &entry),
            .connections = organization_connections(planner, &entry), .deletion_grace = grace_of(planner, &entry),
        };
    }
}
