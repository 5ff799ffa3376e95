#include "account/apply_plan.h"

#include "account/shape.h"

enum { MEMBERSHIPS_MAX = 100, ROLES_MAX = 50 };

static const json_t *member_roles(struct planner *planner, const struct shape *entry)
{
    const json_t *list = shape_array(entry, "roles");
    if (!list) return NULL;
    Str place = shape_place(entry, "roles");
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str name = json_str(json_array_get(list, i));
        if (name.p) plan_known(planner, planner->roles, name, place_index(planner->arena, place, i), "role");
    }
    return plan_names(planner, list, place, ROLES_MAX);
}

static bool plan_member(struct planner *planner, const json_t *value, Str place, json_t *claimed, struct plan_membership *out)
{
    static const Str keys[] = {STR("name"), STR("roles"), STR("invited"), STR("home")};
    struct shape entry;
    if (!shape_open(planner->problems, value, place, &entry)) return false;
    shape_closed(&entry, keys, sizeof keys / sizeof keys[0]);
    *out = (struct plan_membership){.place = place, .roles = member_roles(planner, &entry),
                                    .invited = shape_bool(&entry, "invited"), .home = shape_bool(&entry, "home")};
    if (!shape_has(&entry, "name")) return false;
    out->organization = shape_text(&entry, "name", 1, PLAN_DISPLAY_NAME_MAX);
    return out->organization.p && plan_claim(planner, claimed, out->organization, place) &&
           plan_known(planner, planner->organizations, out->organization, shape_place(&entry, "name"), "organization");
}

static void check_homes(struct planner *planner, const struct plan_membership *list, size_t count, Str place)
{
    size_t homes = 0;
    for (size_t i = 0; i < count; i++) homes += list[i].home == 1;
    if (homes > 1) problem_add(planner->problems, place, "a person has one home, not %zu", homes);
}

void plan_members(struct planner *planner, struct plan_user *user, const json_t *list, Str place)
{
    size_t count = json_array_size(list), n = 0;
    if (count > MEMBERSHIPS_MAX) {
        problem_add(planner->problems, place, "at most %d are kept", MEMBERSHIPS_MAX);
        return;
    }
    struct plan_membership *members = ARENA_ARRAY(planner->arena, struct plan_membership, count + 1);
    json_t *claimed = json_object();
    for (size_t i = 0; i < count; i++)
        n += plan_member(planner, json_array_get(list, i), place_index(planner->arena, place, i), claimed, &members[n]);
    check_homes(planner, members, n, place);
    user->memberships = members;
    user->membership_count = n;
}
