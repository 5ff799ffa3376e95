#include "account/desk_acting.h"
#include "account/member_index.h"
#include "account/state.h"
#include "store/user_store.h"

enum { MEMBER_ROLES_MAX = 50 };

struct giving {
    struct desk_acting *acting;
    const struct role *roles[MEMBER_ROLES_MAX];       /* what the member is to have, each once */
    size_t count;
};

Error desk_keeps_administrator(struct portal *portal, int64_t organization, int64_t without, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_membership_administrator, DB_ARGS(db_int(organization), db_int(without)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    error = rows_end(&rows);
    if (!error) *out = found;
    return error;
}

static bool is_wanted(const struct giving *giving, Str name)
{
    for (size_t i = 0; i < giving->count; i++)
        if (str_eq(giving->roles[i]->name, name)) return true;
    return false;
}

static bool has(Str roles, Str name)
{
    while (roles.n)
        if (str_eq(str_cut(&roles, ','), name)) return true;
    return false;
}

/* False: one of the names is no role that this organization gives, or they are too many. */
static bool find_roles(struct giving *giving, const Str *names, size_t count)
{
    const struct desk_acting *acting = giving->acting;
    for (size_t i = 0; i < count; i++) {
        const struct role *role = directory_role(&acting->portal->directory, acting->desk.organization, names[i]);
        if (!role || (giving->count == MEMBER_ROLES_MAX && !is_wanted(giving, role->name))) return false;
        if (!is_wanted(giving, role->name)) giving->roles[giving->count++] = role;
    }
    return true;
}

/* One entry a role that comes or goes, for the audit row; NULL: one of them may more than who asks. */
static json_t *differences(const struct giving *giving)
{
    const struct desk_acting *acting = giving->acting;
    const struct directory *directory = &acting->portal->directory;
    json_t *list = json_array();
    for (size_t i = 0; i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        bool before = has(acting->member.roles, role->name), after = is_wanted(giving, role->name);
        if (before == after) continue;
        if (role->may & ~acting->desk.may) return NULL;
        json_t *entry = json_object();
        json_object_set_new(entry, after ? "gives" : "takes", json_stringn(role->name.p, role->name.n));
        json_array_append_new(list, entry);
    }
    return list;
}

static Error write_roles(struct giving *giving)
{
    struct desk_acting *acting = giving->acting;
    struct db *db = acting->portal->db;
    Value organization = db_int(acting->desk.organization), account = db_int(acting->member.user.id);
    Error error = db_run(db, STMT_membership_role_clear, DB_ARGS(organization, account), NULL);
    for (size_t i = 0; !error && i < giving->count; i++)
        error = db_run(db, STMT_membership_role_add, DB_ARGS(organization, account, db_int(giving->roles[i]->id)), NULL);
    return error ? error : member_index_refresh(acting->portal, acting->visit.arena, acting->member.user.id);
}

static Error give(struct giving *giving)
{
    struct desk_acting *acting = giving->acting;
    bool goes_on = true;
    json_t *list = differences(giving);
    if (!list) return desk_acting_refuse(acting, DESK_RANK);
    acting->out->outcome = DESK_NOTHING;
    if (!json_array_size(list)) return OK;
    Error error = is_wanted(giving, STR("administrator")) ? OK : desk_acting_spares(acting, &goes_on);
    if (error || !goes_on) return error;
    error = write_roles(giving);
    if (!error) error = desk_letter_roles(acting, list);
    if (error) return error;
    acting->out->outcome = DESK_DONE;
    return account_audit_list(acting->portal, &acting->visit, ACTOR_DESK, &acting->member.user, acting->action,
                              acting->visit.reason, list);
}

static Error set_inside(struct desk_acting *acting, Str user_id, const Str *names, size_t count)
{
    struct giving giving = {.acting = acting};
    bool goes_on = false;
    Error error = desk_acting_meet(acting, "update:roles", user_id, &goes_on);
    if (error || !goes_on || !desk_acting_has_reason(acting)) return error;
    if (find_roles(&giving, names, count)) return give(&giving);
    acting->out->outcome = DESK_NO_ROLE;
    return OK;
}

Error desk_set_roles(struct portal *portal, const struct visit *visit, const struct desk *desk, Str user_id, const Str *roles,
                     size_t count, Str reason, DeskAct *out)
{
    struct desk_acting acting;
    Error error = desk_acting_open(portal, visit, desk, "membership.roles", reason, out, &acting);
    return error ? error : desk_acting_close(&acting, set_inside(&acting, user_id, roles, count));
}
