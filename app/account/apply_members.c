#include "account/applying.h"

#include "account/member.h"
#include "account/member_index.h"
#include "account/shape.h"
#include "account/state.h"
#include "store/user_store.h"

/* One person's memberships: what is stored and what the file wants. */
struct joining {
    struct applying *applying;
    const struct user *user;
    Str place;
    const struct membership *stored;
    size_t stored_count;
    const struct plan_membership *home;   /* that the file makes the home; NULL: it leaves homes alone */
};

static const struct membership *stored_named(const struct joining *joining, Str organization)
{
    for (size_t i = 0; i < joining->stored_count; i++)
        if (str_eq(joining->stored[i].rules.organization.name, organization)) return &joining->stored[i];
    return NULL;
}

static const struct membership *stored_home(const struct joining *joining)
{
    for (size_t i = 0; i < joining->stored_count; i++)
        if (joining->stored[i].rules.home) return &joining->stored[i];
    return NULL;
}

/* interface.md "Home by apply": the entry that says so; else the single invited one, for a person who has no home yet. */
static const struct plan_membership *wanted_home(const struct joining *joining, const struct plan_user *wanted)
{
    const struct plan_membership *invited = NULL;
    size_t count = 0;
    for (size_t i = 0; i < wanted->membership_count; i++) {
        if (wanted->memberships[i].home == 1) return &wanted->memberships[i];
        if (wanted->memberships[i].invited != 1) continue;
        invited = &wanted->memberships[i];
        count++;
    }
    return count == 1 && invited->home < 0 && !stored_home(joining) ? invited : NULL;
}

static Error find_id(struct db *db, enum statement statement, Str name, int64_t *id)
{
    struct rows rows;
    *id = 0;
    Error error = db_select(db, statement, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows)) *id = row_int(&rows, 0);
    error = rows_end(&rows);
    return error || *id ? error : ERR_FAULT;
}

/* Whoever is made a member again where their home was has it there again, unless the file says something else. */
static Error find_returning(struct joining *joining, const struct plan_user *wanted)
{
    Error error = OK;
    for (size_t i = 0; !error && !joining->home && i < wanted->membership_count; i++) {
        const struct plan_membership *each = &wanted->memberships[i];
        int64_t organization = 0;
        bool returns = false;
        if (each->home >= 0 || stored_named(joining, each->organization)) continue;
        error = find_id(joining->applying->portal->db, STMT_organization_get, each->organization, &organization);
        if (!error) error = member_returns_home(joining->applying->portal, organization, joining->user->id, &returns);
        if (returns) joining->home = each;
    }
    return error;
}

static Error stored_roles(struct applying *applying, int64_t organization, int64_t account, json_t **out)
{
    struct rows rows;
    json_t *names = json_object();
    Error error = db_select(applying->portal->db, STMT_membership_role_list, DB_ARGS(db_int(organization), db_int(account)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        Str name = row_text(&rows, 1);
        json_object_setn_new(names, name.p, name.n, json_true());
    }
    *out = names;
    return rows_end(&rows);
}

static Error write_roles(struct joining *joining, const struct plan_membership *wanted, int64_t organization, Str place,
                         bool *changed)
{
    struct db *db = joining->applying->portal->db;
    Value account = db_int(joining->user->id);
    json_t *before = NULL;
    if (!wanted->roles) return OK;
    Error error = stored_roles(joining->applying, organization, joining->user->id, &before);
    if (error || names_are(wanted->roles, before)) return error;
    *changed = true;
    diff_value(&joining->applying->diff, place, "roles", names_list(before), wanted->roles);
    error = db_run(db, STMT_membership_role_clear, DB_ARGS(db_int(organization), account), NULL);
    for (size_t i = 0; !error && i < json_array_size(wanted->roles); i++) {
        int64_t role = 0;
        error = find_id(db, STMT_role_get, json_str(json_array_get(wanted->roles, i)), &role);
        if (!error) error = db_run(db, STMT_membership_role_add, DB_ARGS(db_int(organization), account, db_int(role)), NULL);
    }
    return error ? error : member_index_refresh(joining->applying->portal, joining->applying->arena, joining->user->id);
}

static Error put(struct joining *joining, int64_t organization, bool home, bool invited, bool suspended)
{
    const struct member_wish wish = {.organization = organization, .account = joining->user->id, .home = home, .invited = invited,
                                     .suspended = suspended};
    return member_put(joining->applying->portal, joining->applying->visit, &wish);
}

static bool diff_flag(struct joining *joining, Str place, const char *key, bool before, bool after)
{
    return diff_value(&joining->applying->diff, place, key, before ? json_true() : NULL, after ? json_true() : NULL);
}

static Str member_place(const struct joining *joining, Str organization)
{
    struct arena *arena = joining->applying->arena;
    return arena_print(arena, "%.*s.organizations.%.*s", STR_ARGS(joining->place), STR_ARGS(organization));
}

static Error audit(struct joining *joining, Str organization, bool is_new)
{
    struct visit visit = *joining->applying->visit;
    visit.organization = organization;
    return account_audit(joining->applying->portal, &visit, ACTOR_OPERATOR, joining->user, is_new ? "member.add" : "member.save",
                         STR_NONE);
}

static Error write_membership(struct joining *joining, const struct plan_membership *wanted)
{
    const struct membership *before = stored_named(joining, wanted->organization);
    Str place = member_place(joining, wanted->organization);
    bool was_home = before && before->rules.home, was_invited = before && before->rules.invited;
    bool home = wanted == joining->home || (was_home && !joining->home && wanted->home != 0);
    bool invited = wanted->invited < 0 ? was_invited : wanted->invited == 1;
    int64_t organization = 0;
    Error error = find_id(joining->applying->portal->db, STMT_organization_get, wanted->organization, &organization);
    if (error) return error;
    bool changed = !before && diff_flag(joining, place, "member", false, true);
    changed |= diff_flag(joining, place, "invited", was_invited, invited);
    changed |= diff_flag(joining, place, "home", was_home, home);
    if (changed) error = put(joining, organization, home, invited, before && before->rules.suspended);
    if (!error) error = write_roles(joining, wanted, organization, place, &changed);
    return error || !changed ? error : audit(joining, wanted->organization, !before);
}

/* The old home has to go first: there is never more than one. */
static Error leave_home(struct joining *joining)
{
    const struct membership *before = stored_home(joining);
    if (!before || !joining->home || str_eq(before->rules.organization.name, joining->home->organization)) return OK;
    Error error = put(joining, before->organization, false, before->rules.invited, before->rules.suspended);
    if (error) return error;
    diff_flag(joining, member_place(joining, before->rules.organization.name), "home", true, false);
    return audit(joining, before->rules.organization.name, false);
}

static Error read_stored(struct joining *joining)
{
    struct membership *stored = NULL;
    struct portal *portal = joining->applying->portal;
    Error error = user_memberships(portal->db, joining->applying->arena, &portal->directory.fields, joining->user->id, &stored,
                                   &joining->stored_count);
    joining->stored = stored;
    return error;
}

Error apply_members(struct applying *applying, const struct plan_user *wanted, const struct user *user, Str place)
{
    struct joining joining = {.applying = applying, .user = user, .place = place};
    if (!wanted->membership_count) return OK;
    Error error = read_stored(&joining);
    if (error) return error;
    joining.home = wanted_home(&joining, wanted);
    error = find_returning(&joining, wanted);
    if (!error) error = leave_home(&joining);
    /* What was left is no home any more when its own entry is looked at. */
    if (!error) error = read_stored(&joining);
    for (size_t i = 0; !error && i < wanted->membership_count; i++) error = write_membership(&joining, &wanted->memberships[i]);
    return error;
}
